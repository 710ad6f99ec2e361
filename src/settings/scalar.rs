//! Single values in the settings: amounts, factors, fractions, days, texts, lengths of time, addresses. How each is read
//! from the digits and letters in the file, and the schema that says the same. What they mean is `file`'s.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::base::money::{Money, PER_USD};

/// Larger amounts are taken for a slip of the keyboard.
pub(super) const MAX_USD: i64 = 1_000_000_000;
/// Larger factors on a price are taken for a slip of the keyboard.
pub(super) const MAX_FACTOR: i64 = 1000;

/// An amount of USD, 0 to `MAX_USD`, read from the digits in the file and never through a float.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usd(pub Money);

/// A factor on a price in units of 1e-12, 0 to `MAX_FACTOR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Factor(pub i128);

impl Factor {
    pub const ONE: Factor = Factor(PER_USD);
}

/// A part of an amount in millionths, 0 to 1,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fraction(pub u32);

/// One fraction or several, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thresholds(pub Vec<Fraction>);

/// 1 to 31.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BillingDay(pub u8);

/// A text that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(pub String);

/// A length of time in seconds, written as `90s`, `15m`, `2h` or `1d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(pub u64);

/// May hold a password, so it cannot be printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(pub String);

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(…)")
    }
}

pub(super) const SPAN_PATTERN: &str = "^[1-9][0-9]{0,5}[smhd]$";
pub(super) const DATABASE_PATTERN: &str = "^postgres(ql)?://";

/// The two patterns of the schema, in code: a whole engine for them would be most of the hook's size.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    match pattern {
        SPAN_PATTERN => span(text).is_some(),
        DATABASE_PATTERN => text.starts_with("postgres://") || text.starts_with("postgresql://"),
        _ => false,
    }
}

fn span(text: &str) -> Option<u64> {
    let (digits, unit) = (text.get(..text.len().checked_sub(1)?)?, text.chars().last()?);
    let plain = matches!(digits.len(), 1..=6) && digits.bytes().all(|b| b.is_ascii_digit());
    let unit = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    if !plain || digits.starts_with('0') {
        return None;
    }
    Some(digits.parse::<u64>().ok()? * unit)
}

/// A number's own digits, within bounds.
fn decimal<'de, D: Deserializer<'de>>(deserializer: D, max: i64) -> Result<Money, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    let value = number(raw.get()).ok_or_else(|| D::Error::custom("expected a number"))?;
    if value < Money::ZERO || value > Money::from_usd(max) {
        return Err(D::Error::custom(format!("expected a number from 0 to {max}")));
    }
    Ok(value)
}

/// The exact value of a JSON number; None for other JSON, and for numbers too large to mean anything.
pub(super) fn number(raw: &str) -> Option<Money> {
    if !raw.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return None;
    }
    raw.parse().ok()
}

impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decimal(deserializer, MAX_USD).map(Usd)
    }
}

impl<'de> Deserialize<'de> for Factor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decimal(deserializer, MAX_FACTOR).map(|value| Factor(value.0))
    }
}

impl<'de> Deserialize<'de> for Fraction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let units = decimal(deserializer, 1)?.0;
        let step = PER_USD / 1_000_000;
        u32::try_from((units + step / 2) / step).map(Fraction).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Thresholds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not an untagged enum: that would read the numbers as floats before they get here.
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let list = if raw.get().starts_with('[') { nested(&raw)? } else { vec![nested(&raw)?] };
        if list.is_empty() {
            return Err(D::Error::custom("expected at least one fraction"));
        }
        Ok(Thresholds(list))
    }
}

fn nested<T: DeserializeOwned, E: de::Error>(raw: &RawValue) -> Result<T, E> {
    serde_json::from_str(raw.get()).map_err(E::custom)
}

impl<'de> Deserialize<'de> for BillingDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Through the same door as amounts because a schema's integer may be written `1.0`.
        let value = decimal(deserializer, 31)?.0;
        match u8::try_from(value / PER_USD) {
            Ok(day) if day > 0 && value % PER_USD == 0 => Ok(BillingDay(day)),
            _ => Err(D::Error::custom("expected a day from 1 to 31")),
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() { Err(D::Error::custom("expected some text")) } else { Ok(Text(text)) }
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        span(&text).map(Span).ok_or_else(|| D::Error::custom("expected a length of time such as 15m"))
    }
}

impl<'de> Deserialize<'de> for DatabaseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let url = String::deserialize(deserializer)?;
        if !matches(DATABASE_PATTERN, &url) {
            return Err(D::Error::custom("expected a postgres:// URL"));
        }
        Ok(DatabaseUrl(url))
    }
}

macro_rules! inline_schema {
    ($($kind:ident => $schema:tt),* $(,)?) => {$(
        impl JsonSchema for $kind {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($kind).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}

inline_schema! {
    Usd => {"type": "number", "minimum": 0, "maximum": MAX_USD},
    Factor => {"type": "number", "minimum": 0, "maximum": MAX_FACTOR},
    Fraction => {"type": "number", "minimum": 0, "maximum": 1},
    Thresholds => {"anyOf": [
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}, "minItems": 1}
    ]},
    BillingDay => {"type": "integer", "minimum": 1, "maximum": 31},
    Text => {"type": "string", "minLength": 1},
    Span => {"type": "string", "pattern": SPAN_PATTERN},
    DatabaseUrl => {"type": "string", "pattern": DATABASE_PATTERN},
}
