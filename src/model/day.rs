//! A UTC calendar day as prices know it: something to compare and to print. Zones, weeks and the days of a person's
//! calendar are not its business.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

/// A day as the number YYYYMMDD, so that a price list can be written, compared and read without calendar sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u32);

impl Day {
    /// A day of a price list. What is no date of any calendar still compares sensibly.
    pub const fn ymd(year: u32, month: u32, day: u32) -> Self {
        Day(year * 10_000 + month * 100 + day)
    }
}

impl From<NaiveDate> for Day {
    /// Years before Christ or beyond 9999 are held at the ends.
    fn from(date: NaiveDate) -> Self {
        Day::ymd(date.year().clamp(0, 9999).unsigned_abs(), date.month(), date.day())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0 / 10_000, self.0 / 100 % 100, self.0 % 100)
    }
}

/// Why a text is not a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotADay;

impl fmt::Display for NotADay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a day of the form YYYY-MM-DD")
    }
}

impl std::error::Error for NotADay {}

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Day::from).map_err(|_| NotADay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_compare_and_print_as_dates() {
        assert!(Day::ymd(2026, 10, 7) > Day::ymd(2026, 9, 28));
        assert_eq!(Day::ymd(2026, 3, 1).to_string(), "2026-03-01");
        assert_eq!("2026-03-01".parse(), Ok(Day::ymd(2026, 3, 1)));
        assert_eq!("2026-13-01".parse::<Day>(), Err(NotADay));
        assert_eq!("soon".parse::<Day>(), Err(NotADay));
    }

    #[test]
    fn absurd_dates_do_no_harm() {
        assert!(Day::from(NaiveDate::MIN) < Day::from(NaiveDate::MAX));
    }
}
