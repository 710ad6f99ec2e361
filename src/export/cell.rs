//! One value of a row, and what a column holds. How values look in a file is each writer's business.

use std::borrow::Cow;
use std::fmt;

use super::charges::Charge;
use crate::base::money::Money;
use crate::base::time::Time;

/// A number with a fixed number of decimals: `units` / 10^`scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) units: i128,
    pub(super) scale: u32,
}

impl Decimal {
    /// The same number with more decimals.
    pub(super) fn at(self, scale: u32) -> i128 {
        let more = scale.saturating_sub(self.scale);
        self.units.saturating_mul(10_i128.saturating_pow(more))
    }
}

impl fmt::Display for Decimal {
    /// Without trailing zeros, but always with a point: readers that guess types take `12` for an integer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let unit = 10_u128.pow(self.scale.min(38));
        let magnitude = self.units.unsigned_abs();
        let fraction = format!("{:0width$}", magnitude % unit, width = self.scale as usize);
        let fraction = fraction.trim_end_matches('0');
        let fraction = if fraction.is_empty() { "0" } else { fraction };
        write!(f, "{sign}{}.{fraction}", magnitude / unit)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell<'a> {
    Null,
    Text(Cow<'a, str>),
    /// Text that is JSON already.
    Json(String),
    List(Vec<&'a str>),
    Count(u64),
    Money(Money),
    Decimal(Decimal),
    Bool(bool),
    Time(Time),
}

impl<'a> Cell<'a> {
    /// Nothing where the text is empty.
    pub(super) fn text(text: &'a str) -> Self {
        if text.is_empty() { Cell::Null } else { Cell::Text(Cow::Borrowed(text)) }
    }

    pub(super) fn owned(text: String) -> Self {
        Cell::Text(Cow::Owned(text))
    }

    pub(super) fn word(text: &'static str) -> Self {
        Cell::Text(Cow::Borrowed(text))
    }

    pub(super) fn decimal(units: i128, scale: u32) -> Self {
        Cell::Decimal(Decimal { units, scale })
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Json,
    List,
    Count,
    /// USD, 1e-12 exact.
    Money,
    /// So many decimals at most.
    Decimal(u32),
    Bool,
    /// To the millisecond.
    Time,
    /// The same to the second.
    Seconds,
}

#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) name: &'static str,
    /// In JSON.
    pub(super) key: &'static str,
    pub(super) kind: Kind,
}

/// A column of a bill.
pub(super) struct Column {
    pub(super) head: Head,
    pub(super) value: for<'c> fn(&'c Charge<'_>) -> Cell<'c>,
}

impl Column {
    pub(super) fn new(name: &'static str, kind: Kind, value: for<'c> fn(&'c Charge<'_>) -> Cell<'c>) -> Self {
        Self { head: Head { name, key: name, kind }, value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_always_have_a_point_and_no_noise() {
        let shown = |units, scale| Decimal { units, scale }.to_string();
        assert_eq!(
            [shown(12, 0), shown(12_345, 6), shown(-5, 1), shown(1_000, 3), shown(1, 18)],
            ["12.0", "0.012345", "-0.5", "1.0", "0.000000000000000001"]
        );
        assert_eq!(Decimal { units: -5, scale: 1 }.at(3), -500);
    }
}
