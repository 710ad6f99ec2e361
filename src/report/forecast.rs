//! What a running month will come to: what was spent so far, and the mean of the recent days for the time that is left.
//! The range says how far the sum of so many days strays when days go on to differ as the recent ones did.
//!
//! All in integers; the square root too.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::Serialize;

use crate::base::money::Money;
use crate::base::time::{Time, Window, Zone};
use crate::base::words::{Language, say};

/// Four whole weeks, so that weekdays and weekends weigh as they do in a year.
pub const RECENT_DAYS: u64 = 28;
/// Fewer days say nothing of how much days differ.
const LEAST_FOR_RANGE: usize = 3;
/// Eight of ten values of a normal distribution lie within so many hundredths of a standard deviation.
const EIGHT_OF_TEN: i128 = 128;
const DAY_MS: i64 = 86_400_000;
/// For the range, amounts are counted in units of 1e-6 USD, so that squares fit.
const MICRO: i128 = 1_000_000;

/// The recent whole days.
#[derive(Debug, Clone, PartialEq)]
pub struct Recent {
    pub first: NaiveDate,
    /// What each day cost, nothing included.
    pub days: Vec<Money>,
    /// How long they were, clock changes and all.
    ms: i64,
}

impl Recent {
    /// The days before `today`, at most 28, from the first day on that has a call at all: before somebody began there is
    /// nothing to learn. `costs` reaches back further than that. None before the first whole day.
    pub fn of(costs: &BTreeMap<NaiveDate, Money>, today: NaiveDate, zone: &Zone) -> Option<Self> {
        let earliest = today.checked_sub_days(Days::new(RECENT_DAYS))?;
        let first = (*costs.keys().next()?).max(earliest);
        if first >= today {
            return None;
        }
        let days = first.iter_days().take_while(|day| *day < today);
        let days = days.map(|day| costs.get(&day).copied().unwrap_or_default()).collect();
        let window = Window::days(zone, first, today);
        Some(Self { first, days, ms: window.end.since(window.start).max(1) })
    }

    pub fn sum(&self) -> Money {
        self.days.iter().copied().sum()
    }

    /// What a month comes to of which so much is spent.
    pub fn forecast(&self, spent: Money, month: Window, now: Time) -> Forecast {
        let left = month.end.since(now).max(0);
        let expected = spent + self.sum().times(i128::from(left), i128::from(self.ms));
        let range = self.stray(left).map(|stray| (spent.max(expected - stray), expected + stray));
        Forecast { spent, expected, range, left_ms: left }
    }

    /// How far the sum of days to come strays from its mean, in eight of ten cases: by what days differ, and by how
    /// little so few days tell of the true mean.
    fn stray(&self, left: i64) -> Option<Money> {
        let count = self.days.len();
        if count < LEAST_FOR_RANGE {
            return None;
        }
        let n = i128::try_from(count).ok()?;
        let units: Vec<i128> = self.days.iter().map(|day| day.0 / MICRO).collect();
        let sum: i128 = units.iter().sum();
        // n * (n - 1) * variance, with n * value in the place of value.
        let squares: i128 = units.iter().map(|value| (value * n - sum).pow(2)).sum();
        let variance = squares / (n * n * (n - 1));
        // Thousandths of days.
        let left = i128::from(left) * 1000 / i128::from(DAY_MS);
        let of_sum = variance * (left * 1000 + left * left / n) / 1_000_000;
        Some(Money(of_sum.isqrt() * EIGHT_OF_TEN / 100 * MICRO))
    }
}

/// What a month is expected to come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    pub spent: Money,
    pub expected: Money,
    /// Between these in about eight of ten cases; None where too few days are known.
    pub range: Option<(Money, Money)>,
    pub left_ms: i64,
}

impl Forecast {
    /// `likely $15.10 to $19.30: $13.60 so far, and the mean of the last 28 whole days for the 6.5 days left`.
    pub fn words(&self, recent: &Recent, language: Language) -> String {
        let forecast = self.made_of(recent, language);
        match self.range {
            None => forecast,
            Some((low, high)) => {
                say!(language, "forecast-likely", low = low.show(), high = high.show(), forecast = forecast)
            }
        }
    }

    /// The same with its last day: `by 30 Nov, likely …`.
    pub fn words_by(&self, day: NaiveDate, recent: &Recent, language: Language) -> String {
        let (day, forecast) = (language.date(day), self.made_of(recent, language));
        match self.range {
            None => say!(language, "forecast-by", day = day, forecast = forecast),
            Some((low, high)) => say!(
                language,
                "forecast-by-likely",
                day = day,
                low = low.show(),
                high = high.show(),
                forecast = forecast
            ),
        }
    }

    fn made_of(&self, recent: &Recent, language: Language) -> String {
        say!(
            language,
            "forecast",
            spent = self.spent.show(),
            days = recent.days.len(),
            left = self.days_left().to_string()
        )
    }

    /// Days that are left, with one decimal.
    pub fn days_left(&self) -> f64 {
        (self.left_ms as f64 / DAY_MS as f64 * 10.0).round() / 10.0
    }
}

/// As documents have it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fields {
    pub spent: f64,
    pub spent_exact: Money,
    pub expected: f64,
    pub expected_exact: Money,
    pub low: Option<f64>,
    pub low_exact: Option<Money>,
    pub high: Option<f64>,
    pub high_exact: Option<Money>,
    pub remaining_days: f64,
    pub recent_days: usize,
    pub recent_cost: f64,
    pub recent_cost_exact: Money,
}

impl Fields {
    pub fn new(forecast: &Forecast, recent: &Recent) -> Self {
        let (low, high) = (forecast.range.map(|range| range.0), forecast.range.map(|range| range.1));
        Self {
            spent: forecast.spent.to_f64(),
            spent_exact: forecast.spent,
            expected: forecast.expected.to_f64(),
            expected_exact: forecast.expected,
            low: low.map(Money::to_f64),
            low_exact: low,
            high: high.map(Money::to_f64),
            high_exact: high,
            remaining_days: forecast.days_left(),
            recent_days: recent.days.len(),
            recent_cost: recent.sum().to_f64(),
            recent_cost_exact: recent.sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(text: &str) -> Money {
        text.parse().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn recent(costs: &[(&str, &str)], today: &str) -> Option<Recent> {
        let costs = costs.iter().map(|(date, cost)| (day(date), usd(cost))).collect();
        Recent::of(&costs, day(today), &Zone::utc())
    }

    #[test]
    fn so_far_and_the_mean_of_recent_days_for_what_is_left() {
        // Four days, the second without a call: a mean of 2 USD; six and a half days are left.
        let recent = recent(
            &[("2026-11-20", "1"), ("2026-11-22", "4"), ("2026-11-23", "3"), ("2026-11-24", "9")],
            "2026-11-24",
        )
        .unwrap();
        assert_eq!((recent.days.len(), recent.sum()), (4, usd("8")));
        let month = Window::month(&Zone::utc(), day("2026-11-24"), 1);
        let noon = Time::parse("2026-11-24T12:00:00Z").unwrap();
        let forecast = recent.forecast(usd("17"), month, noon);
        assert_eq!((forecast.expected, forecast.days_left()), (usd("30"), 6.5));
        // The same by floats: variance 10/3, of the sum 10/3 * (6.5 + 6.5^2/4), 1.28 times its root.
        let stray = 1.28 * (10.0_f64 / 3.0 * (6.5 + 6.5 * 6.5 / 4.0)).sqrt();
        let (low, high) = forecast.range.unwrap();
        assert!((high.to_f64() - 30.0 - stray).abs() < 1e-4, "{high}");
        assert!((30.0 - low.to_f64() - stray).abs() < 1e-4 || low == usd("17"), "{low}");
        let over = recent.forecast(usd("17"), month, month.end.plus_ms(1));
        assert_eq!((over.expected, over.range), (usd("17"), Some((usd("17"), usd("17")))));
    }

    #[test]
    fn days_before_the_first_call_say_nothing() {
        assert_eq!(recent(&[("2026-11-24", "1")], "2026-11-24"), None);
        assert_eq!(recent(&[], "2026-11-24"), None);
        assert_eq!(recent(&[("2026-11-23", "1")], "2026-11-24").unwrap().days.len(), 1);
        let long = recent(&[("2026-09-01", "1"), ("2026-11-23", "1")], "2026-11-24").unwrap();
        assert_eq!((long.days.len(), long.first), (28, day("2026-10-27")));
        let one = recent(&[("2026-11-23", "1")], "2026-11-24").unwrap();
        let month = Window::month(&Zone::utc(), day("2026-11-24"), 1);
        assert_eq!(one.forecast(usd("1"), month, month.start).range, None);
    }

    #[test]
    fn large_sums_do_not_overflow() {
        let costs = [("2026-11-01", "1000000"), ("2026-11-02", "0"), ("2026-11-03", "9000000")];
        let recent = recent(&costs, "2026-11-04").unwrap();
        let month = Window::month(&Zone::utc(), day("2026-11-04"), 1);
        assert!(recent.forecast(usd("10000000"), month, month.start).range.is_some());
    }

    #[test]
    fn a_day_of_25_hours_is_a_day() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let costs = [(day("2026-10-24"), usd("24")), (day("2026-10-25"), usd("25"))].into();
        let recent = Recent::of(&costs, day("2026-10-26"), &berlin).unwrap();
        let month = Window::month(&berlin, day("2026-10-26"), 1);
        // A dollar an hour, and the month ends six days later.
        let now = berlin.start_of(day("2026-10-26"));
        assert_eq!(recent.forecast(usd("49"), month, now).expected, usd("193"));
    }
}
