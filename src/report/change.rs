//! What became more or less: two amounts of two spans of time beside each other.

use serde::Serialize;

use crate::base::money::Money;

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
    pub fn words(self) -> String {
        let difference = self.difference();
        let word = match difference {
            Money::ZERO => return "the same".to_string(),
            more if more.is_positive() => "more",
            _ => "less",
        };
        let percent = self.percent().map_or(String::new(), |percent| format!(" ({percent})"));
        format!("{} {word}{percent}", difference.abs().show())
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
        assert_eq!(change("8", "9").words(), "$1.00 more (+12.5%)");
        assert_eq!(change("8", "0").words(), "$8.00 less (-100.0%)");
        assert_eq!(change("3", "2").percent().as_deref(), Some("-33.3%"));
        assert_eq!(change("0", "2").words(), "$2.00 more");
        assert_eq!(change("2", "2").words(), "the same");
        assert_eq!(change("0", "0").percent(), None);
    }
}
