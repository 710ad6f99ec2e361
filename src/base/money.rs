//! Exact money: integers of 1e-12 USD. Parsing and printing are exact; rounding happens only in `round`, at the
//! edge where a person reads.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount in units of 1e-12 USD. The sum of 1e15 tokens at the dearest price is far from overflowing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(pub i128);

/// Units in one dollar.
pub const PER_USD: i128 = 1_000_000_000_000;

impl Money {
    pub const ZERO: Money = Money(0);

    pub const fn from_usd(dollars: i64) -> Self {
        Money(dollars as i128 * PER_USD)
    }

    /// The nearest representable amount to a float somebody else computed; None when it is not a finite number
    /// or absurd. The float is read through its shortest decimal form, so `0.1` is exactly a tenth.
    pub fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() || value.abs() > 1e15 {
            return None;
        }
        format!("{value}").parse().ok()
    }

    /// For ratios only (bars, percentages), never for sums.
    pub fn ratio(self, whole: Money) -> f64 {
        if whole.0 == 0 { 0.0 } else { self.0 as f64 / whole.0 as f64 }
    }

    pub fn to_f64(self) -> f64 {
        // The decimal form is exact and the parse rounds once, which a division would not.
        self.to_string().parse().unwrap_or(0.0)
    }

    pub fn is_positive(self) -> bool {
        self.0 > 0
    }

    pub fn abs(self) -> Self {
        Money(self.0.abs())
    }

    pub fn saturating_sub_zero(self, other: Money) -> Self {
        Money((self.0 - other.0).max(0))
    }

    /// That many parts of it, rounded once to the nearest unit: `times(1, 7)` is a seventh. Of no parts at all, nothing.
    pub fn times(self, parts: i128, of: i128) -> Self {
        if of == 0 {
            return Money::ZERO;
        }
        let (whole, rest) = (self.0 / of, self.0 % of);
        let scaled = rest * parts;
        let half = if scaled < 0 { -of.abs() } else { of.abs() };
        Money(whole * parts + (scaled * 2 + half) / (of * 2))
    }

    /// Dollars with `digits` decimals, rounded half away from zero, with thousands separators: `1,234.50`.
    pub fn round(self, digits: u32) -> String {
        let digits = digits.min(12);
        let unit = 10_i128.pow(12 - digits);
        let magnitude = (self.0.unsigned_abs() as i128 + unit / 2) / unit;
        let scale = 10_i128.pow(digits);
        let sign = if self.0 < 0 && magnitude > 0 { "-" } else { "" };
        let whole = group_thousands(magnitude / scale);
        if digits == 0 {
            return format!("{sign}{whole}");
        }
        format!("{sign}{whole}.{:0width$}", magnitude % scale, width = digits as usize)
    }

    /// As people read it: `$1,234.50`; small amounts keep four decimals so that they are not shown as nothing.
    pub fn show(self) -> String {
        let digits = if self.0 != 0 && self.0.abs() < PER_USD / 10 { 4 } else { 2 };
        let text = self.round(digits);
        match text.strip_prefix('-') {
            Some(rest) => format!("-${rest}"),
            None => format!("${text}"),
        }
    }
}

fn group_thousands(value: i128) -> String {
    let plain = value.to_string();
    let mut out = String::with_capacity(plain.len() + plain.len() / 3);
    for (i, digit) in plain.chars().enumerate() {
        if i > 0 && (plain.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The exact decimal, without trailing zeros: `0.1708`, `12`, `-0.000000000001`. By hand: every line of the ledger has one.
struct Written {
    text: [u8; 42],
    from: usize,
}

impl Written {
    fn of(money: Money) -> Self {
        let mut written = Self { text: [0; 42], from: 42 };
        let magnitude = money.0.unsigned_abs();
        let (mut whole, mut fraction) = (magnitude / PER_USD as u128, (magnitude % PER_USD as u128) as u64);
        if fraction != 0 {
            let mut places = 12;
            while fraction.is_multiple_of(10) {
                (fraction, places) = (fraction / 10, places - 1);
            }
            for _ in 0..places {
                written.put(b'0' + (fraction % 10) as u8);
                fraction /= 10;
            }
            written.put(b'.');
        }
        loop {
            written.put(b'0' + (whole % 10) as u8);
            whole /= 10;
            if whole == 0 {
                break;
            }
        }
        if money.0 < 0 {
            written.put(b'-');
        }
        written
    }

    fn put(&mut self, byte: u8) {
        self.from -= 1;
        self.text[self.from] = byte;
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.text[self.from..]).unwrap_or_default()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Written::of(*self).text())
    }
}

/// Why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotMoney;

impl fmt::Display for NotMoney {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an amount of money")
    }
}

impl std::error::Error for NotMoney {}

impl FromStr for Money {
    type Err = NotMoney;

    /// A plain decimal, optionally with an exponent. Digits beyond 1e-12 are rounded half away from zero.
    fn from_str(text: &str) -> Result<Self, NotMoney> {
        if let Some(money) = parse_common(text.as_bytes()) {
            return Ok(money);
        }
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| NotMoney)?),
            None => (text, 0),
        };
        let (negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let has_digit = !whole.is_empty() || !fraction.is_empty();
        if !has_digit || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            return Err(NotMoney);
        }
        // value = digits * 10^(12 + exponent - fraction digits)
        let digits = [whole, fraction].concat();
        let digits = digits.trim_start_matches('0');
        let shift = 12_i64 + i64::from(exponent) - fraction.len() as i64;
        let units = scale_digits(digits, shift).ok_or(NotMoney)?;
        Ok(Money(if negative { -units } else { units }))
    }
}

/// `12`, `0.02504`: at most six digits before the point and twelve behind it. A report reads a million of them.
fn parse_common(text: &[u8]) -> Option<Money> {
    let mut units: u64 = 0;
    let mut point = None;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => units = units.checked_mul(10)?.checked_add(u64::from(byte - b'0'))?,
            b'.' if point.is_none() && at > 0 => point = Some(at),
            _ => return None,
        }
    }
    let digits = text.len() - point.unwrap_or(text.len());
    let fraction = digits.saturating_sub(1);
    if text.len() - digits > 6 || text.is_empty() || digits == 1 || fraction > 12 {
        return None;
    }
    Some(Money(i128::from(units) * 10_i128.pow(12 - fraction as u32)))
}

fn scale_digits(digits: &str, shift: i64) -> Option<i128> {
    if digits.is_empty() {
        return Some(0);
    }
    if shift >= 0 {
        let factor = 10_i128.checked_pow(u32::try_from(shift).ok()?)?;
        return digits.parse::<i128>().ok()?.checked_mul(factor);
    }
    let drop = usize::try_from(-shift).ok()?;
    if drop > digits.len() {
        return Some(0);
    }
    let (kept, dropped) = digits.split_at(digits.len() - drop);
    let kept: i128 = if kept.is_empty() { 0 } else { kept.parse().ok()? };
    Some(kept + i128::from(dropped.as_bytes()[0] >= b'5'))
}

impl Add for Money {
    type Output = Money;
    fn add(self, other: Money) -> Money {
        Money(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Money;
    fn sub(self, other: Money) -> Money {
        Money(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Money;
    fn neg(self) -> Money {
        Money(-self.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        self.0 += other.0;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Money) {
        self.0 -= other.0;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(iter: I) -> Money {
        iter.fold(Money::ZERO, Add::add)
    }
}

impl Serialize for Money {
    /// A decimal string, so that no reader can lose digits to a float.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(Written::of(*self).text())
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Money;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal amount as a string, such as \"0.25\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Money, E> {
                text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl schemars::JsonSchema for Money {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "Exact amount in USD as a decimal string, at most twelve decimals.",
            "pattern": r"^-?\d+(\.\d{1,12})?$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn money(text: &str) -> Money {
        text.parse().expect(text)
    }

    #[test]
    fn parses_and_prints_exactly() {
        for text in ["0", "0.1708", "12", "-0.000000000001", "1234567.89", "0.00000825"] {
            assert_eq!(money(text).to_string(), text);
        }
        assert_eq!(money("1e-6"), Money(1_000_000));
        assert_eq!(money("2.5E3"), Money::from_usd(2500));
        assert_eq!(money(".5"), money("0.5"));
        assert_eq!(money("0.0000000000005"), Money(1));
        assert_eq!(money("0.00000000000049"), Money(0));
    }

    proptest! {
        #[test]
        fn the_common_form_is_read_like_any_other(text in "[0-9]{0,8}[.]?[0-9]{0,14}") {
            // An exponent leads around the short way.
            prop_assert_eq!(text.parse::<Money>(), format!("{text}e0").parse::<Money>());
        }
    }

    #[test]
    fn refuses_what_is_no_amount() {
        for text in ["", ".", "-", "1e", "1,5", "$1", "NaN", "inf", "1e400", "0x10", "1_000", "--1", "1.2.3"]
        {
            assert_eq!(text.parse::<Money>(), Err(NotMoney), "{text}");
        }
    }

    #[test]
    fn rounds_once_and_half_away_from_zero() {
        assert_eq!(money("1234.565").round(2), "1,234.57");
        assert_eq!(money("-0.005").round(2), "-0.01");
        assert_eq!(money("-0.0049").round(2), "0.00");
        assert_eq!(money("999999.5").round(0), "1,000,000");
        assert_eq!(money("0.0123").show(), "$0.0123");
        assert_eq!(money("-3").show(), "-$3.00");
        assert_eq!(Money::ZERO.show(), "$0.00");
    }

    #[test]
    fn floats_are_read_as_people_wrote_them() {
        assert_eq!(Money::from_f64(0.1), Some(money("0.1")));
        assert_eq!(Money::from_f64(0.261606), Some(money("0.261606")));
        assert_eq!(Money::from_f64(f64::NAN), None);
        assert_eq!(Money::from_f64(1e300), None);
        assert_eq!(money("0.1").to_f64(), 0.1);
    }

    #[test]
    fn parts_are_rounded_once() {
        assert_eq!(Money(10).times(1, 3), Money(3));
        assert_eq!(Money(11).times(1, 3), Money(4));
        assert_eq!(Money(-11).times(1, 3), Money(-4));
        assert_eq!(Money(11).times(1, -3), Money(-4));
        assert_eq!(money("1").times(7, 2), money("3.5"));
        assert_eq!(money("1").times(1, 0), Money::ZERO);
    }

    proptest! {
        #[test]
        fn printing_and_parsing_are_inverse(units in any::<i64>(), large in any::<i128>(), zeros in 0..13u32) {
            for units in [i128::from(units), large, units as i128 / 10_i128.pow(zeros) * 10_i128.pow(zeros)] {
                let amount = Money(units);
                prop_assert_eq!(money(&amount.to_string()), amount);
                prop_assert!(!amount.to_string().contains('.') || !amount.to_string().ends_with('0'));
            }
        }
    }
}
