//! An exact factor, such as 0.85 or 1.1: two integers, never a float. It knows nothing of what it is applied to.

use std::fmt;
use std::str::FromStr;

use crate::base::money::Money;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A factor of zero or more, kept in lowest terms, so that equal factors are equal values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio {
    num: u64,
    den: u64,
}

impl Ratio {
    pub const ONE: Ratio = Ratio { num: 1, den: 1 };

    /// None when the denominator is zero.
    pub const fn new(num: u64, den: u64) -> Option<Self> {
        if den == 0 {
            return None;
        }
        let divisor = gcd(num, den);
        Some(Ratio { num: num / divisor, den: den / divisor })
    }

    /// Thousandths, the unit of the factors of the price list.
    pub const fn thousandths(count: u64) -> Self {
        let divisor = gcd(count, 1000);
        Ratio { num: count / divisor, den: 1000 / divisor }
    }

    pub const fn num(self) -> u64 {
        self.num
    }

    pub const fn den(self) -> u64 {
        self.den
    }

    /// The amount times the factor, rounded half away from zero to 1e-12 USD.
    pub fn of(self, amount: Money) -> Money {
        let (num, den) = (i128::from(self.num), i128::from(self.den));
        let scaled = amount.0.saturating_mul(num);
        let half = if scaled < 0 { -den / 2 } else { den / 2 };
        Money(scaled.saturating_add(half) / den)
    }

    /// The product. Exact as long as its lowest terms fit, which every sensible factor does by far; beyond that
    /// both terms lose their last digits alike.
    pub fn times(self, other: Ratio) -> Ratio {
        let mut num = u128::from(self.num) * u128::from(other.num);
        let mut den = u128::from(self.den) * u128::from(other.den);
        let divisor = gcd_wide(num, den);
        num /= divisor;
        den /= divisor;
        while num > u128::from(u64::MAX) || den > u128::from(u64::MAX) {
            num /= 2;
            den /= 2;
        }
        Ratio::new(num as u64, (den as u64).max(1)).unwrap_or(Ratio::ONE)
    }
}

const fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    if a == 0 { 1 } else { a }
}

fn gcd_wide(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

impl Default for Ratio {
    fn default() -> Self {
        Ratio::ONE
    }
}

impl fmt::Display for Ratio {
    /// A decimal where that is exact (`1.1`), else the quotient (`1/3`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut scale, mut digits) = (1_u128, 0);
        while scale % u128::from(self.den) != 0 {
            if digits == 19 {
                return write!(f, "{}/{}", self.num, self.den);
            }
            scale *= 10;
            digits += 1;
        }
        let scaled = u128::from(self.num) * (scale / u128::from(self.den));
        if digits == 0 {
            return write!(f, "{scaled}");
        }
        write!(f, "{}.{:0width$}", scaled / scale, scaled % scale, width = digits)
    }
}

/// Why a text is not a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotARatio;

impl fmt::Display for NotARatio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a factor of zero or more")
    }
}

impl std::error::Error for NotARatio {}

impl FromStr for Ratio {
    type Err = NotARatio;

    /// A plain decimal (`0.85`) or a quotient (`1/3`).
    fn from_str(text: &str) -> Result<Self, NotARatio> {
        if let Some((num, den)) = text.split_once('/') {
            return Ratio::new(whole(num)?, whole(den)?).ok_or(NotARatio);
        }
        let (integer, fraction) = text.split_once('.').unwrap_or((text, ""));
        let fraction = fraction.trim_end_matches('0');
        let digits = u32::try_from(fraction.len()).map_err(|_| NotARatio)?;
        let den = 10_u64.checked_pow(digits).ok_or(NotARatio)?;
        if integer.is_empty() && text.len() < 2 {
            return Err(NotARatio);
        }
        let integer = if integer.is_empty() { 0 } else { whole(integer)? };
        let fraction = if fraction.is_empty() { 0 } else { whole(fraction)? };
        let num = integer.checked_mul(den).and_then(|n| n.checked_add(fraction)).ok_or(NotARatio)?;
        Ratio::new(num, den).ok_or(NotARatio)
    }
}

/// Digits only: the library's parser would let a sign through.
fn whole(text: &str) -> Result<u64, NotARatio> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().map_err(|_| NotARatio)
    } else {
        Err(NotARatio)
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Ratio;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a factor as a string, such as \"0.85\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Ratio, E> {
                text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_and_prints_exactly() {
        for text in ["0", "1", "1.1", "0.85", "13.2", "0.000001", "1/3"] {
            assert_eq!(text.parse::<Ratio>().expect(text).to_string(), text);
        }
        assert_eq!("1.10".parse(), Ok(Ratio::thousandths(1100)));
        assert_eq!(".5".parse(), Ok(Ratio::thousandths(500)));
        assert_eq!("2.".parse(), Ok(Ratio::thousandths(2000)));
    }

    #[test]
    fn refuses_what_is_no_factor() {
        for text in
            ["", ".", "-1", "+1", "1/0", "1/", "1e3", "0.12345678901234567890123", "99999999999999999999"]
        {
            assert_eq!(text.parse::<Ratio>(), Err(NotARatio), "{text}");
        }
    }

    #[test]
    fn products_are_exact() {
        let all = ["1.1", "2", "0.5", "0.85"].map(|text| text.parse::<Ratio>().expect(text));
        assert_eq!(all.into_iter().fold(Ratio::ONE, Ratio::times).to_string(), "0.935");
    }

    proptest! {
        #[test]
        fn nothing_panics(a in any::<u64>(), b in 1_u64.., c in any::<u64>(), d in 1_u64..) {
            let product = Ratio::new(a, b).unwrap_or_default().times(Ratio::new(c, d).unwrap_or_default());
            prop_assert!(product.den() > 0);
            let _ = product.to_string();
        }

        #[test]
        fn any_text_is_a_factor_or_refused(text in "[0-9./+-]{0,24}") {
            let _ = text.parse::<Ratio>();
        }
    }
}
