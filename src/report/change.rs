//! What became more or less: two amounts of two spans of time beside each other.

use serde::Serialize;

use crate::base::money::Money;
use crate::base::words::{Language, say, word};

/// From one amount to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    pub before: Money,
    pub after: Money,
}

impl Change {
    pub fn difference(self) -> Money {
        self.after - self.before
    }

    /// In tenths of a percent of what was before, rounded half away from zero; None where that was nothing.
    pub fn tenths(self) -> Option<i128> {
        self.before.is_positive().then(|| self.difference().times(1000, self.before.0).0)
    }

    /// `+12.5%`.
    pub fn percent(self) -> Option<String> {
        self.tenths().map(|tenths| {
            let sign = if tenths < 0 { "-" } else { "+" };
            format!("{sign}{}.{}%", tenths.abs() / 10, tenths.abs() % 10)
        })
    }

    /// `$1.20 more (+9.7%)`, `the same`.
    pub fn words(self, language: Language) -> String {
        let difference = self.difference();
        let amount = difference.abs().show();
        match (difference.is_positive(), self.percent()) {
            _ if difference == Money::ZERO => language.word(word!("change-the-same")).to_string(),
            (true, Some(percent)) => say!(language, "change-more-by", amount = amount, percent = percent),
            (true, None) => say!(language, "change-more", amount = amount),
            (false, Some(percent)) => say!(language, "change-less-by", amount = amount, percent = percent),
            (false, None) => say!(language, "change-less", amount = amount),
        }
    }
}

/// As documents have it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fields {
    pub change: f64,
    pub change_exact: Money,
    /// Null where there was nothing before.
    pub change_percent: Option<f64>,
}

impl From<Change> for Fields {
    fn from(change: Change) -> Self {
        Self {
            change: change.difference().to_f64(),
            change_exact: change.difference(),
            change_percent: change.tenths().map(|tenths| tenths as f64 / 10.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_less_and_the_same() {
        let change = |before: &str, after: &str| Change {
            before: before.parse().unwrap(),
            after: after.parse().unwrap(),
        };
        let words = |before, after| change(before, after).words(Language::English);
        assert_eq!(words("8", "9"), "$1.00 more (+12.5%)");
        assert_eq!(words("8", "0"), "$8.00 less (-100.0%)");
        assert_eq!(change("3", "2").percent().as_deref(), Some("-33.3%"));
        assert_eq!(words("0", "2"), "$2.00 more");
        assert_eq!(words("2", "2"), "the same");
        assert_eq!(change("8", "7").words(Language::Chinese), "少 $1.00（-12.5%）");
        assert_eq!(change("0", "0").percent(), None);
    }
}
