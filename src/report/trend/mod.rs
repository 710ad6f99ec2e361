//! Spending over time: every day, week or month of a range, those without a call too, with the moving average; what the
//! range comes to beside the equally long one before; and what the month will come to. Which forms the answer takes is
//! `forms`' business.

pub mod forms;

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::change::Change;
use super::fold::{By, Cut, Folded, Sum, fold_together};
use super::forecast::{Forecast, RECENT_DAYS, Recent};
use super::query::Query;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::{Time, Window};
use crate::ledger::Ledger;
use crate::ledger::scan::Bad;

/// What a column stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Day,
    Week,
    Month,
}

impl Unit {
    pub fn by(self) -> By {
        match self {
            Unit::Day => By::Day,
            Unit::Week => By::Week,
            Unit::Month => By::Month,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Unit::Day => "day",
            Unit::Week => "week",
            Unit::Month => "month",
        }
    }

    /// Over how many of them the average goes, the period itself and those before it.
    pub fn averaged(self) -> u32 {
        match self {
            Unit::Day => 7,
            Unit::Week => 4,
            Unit::Month => 3,
        }
    }
}

/// One period.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    pub name: String,
    /// First day and, one past it, the last; the whole period, of which the range may hold a part.
    pub first: NaiveDate,
    pub end: NaiveDate,
    /// Days of it in the range.
    pub days: i64,
    /// Spent in it, as far as it is in the range.
    pub sum: Sum,
    /// Mean of this whole period and those before it.
    pub average: Money,
}

/// The whole answer.
#[derive(Debug, Clone)]
pub struct Trend {
    pub unit: Unit,
    pub points: Vec<Point>,
    /// First and last day; None where no day of the range has begun.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// Today is in it and not over.
    pub running: bool,
    pub total: Sum,
    /// The equally long range before, up to the same time of day where this one is running.
    pub before: Window,
    pub total_before: Sum,
    pub dearest: Option<(NaiveDate, Money)>,
    /// For the month that is running, where the range is.
    pub forecast: Option<(Window, Forecast, Recent)>,
    pub bad: Vec<Bad>,
}

impl Trend {
    pub fn day_count(&self) -> i64 {
        self.days.map_or(0, |(first, last)| (last - first).num_days() + 1)
    }

    pub fn mean(&self) -> Money {
        self.total.cost.times(1, i128::from(self.day_count()))
    }

    pub fn change(&self) -> Change {
        Change { before: self.total_before.cost, after: self.total.cost }
    }
}

/// Reads the ledger once. The query's window has both ends; what lies after today counts only where there are calls.
pub fn trend(ledger: &Ledger, query: &Query, unit: Unit, cut: &Cut, now: Time) -> Result<Trend> {
    let zone = &cut.zone;
    let today = zone.day(now);
    let asked = query.window;
    let first = zone.day(asked.start);
    let begun = asked.start <= now;
    // Until it is known whether there are calls after today, the range ends with today.
    let tomorrow = zone.start_of(today + Days::new(1));
    let expected_end = asked.end.min(tomorrow.max(asked.start));
    let running = begun && asked.end > now;
    let before = before(cut, asked.start, if running { now } else { expected_end });
    let lookback = zone.start_of(begin_of_average(cut, unit, first));
    let recent = today - Days::new(2 * RECENT_DAYS);
    let month = Window::month(zone, today, cut.billing_day);
    let hull = if running {
        let start = lookback.min(zone.start_of(recent)).min(month.start);
        Window { start, end: asked.end.max(tomorrow) }
    } else {
        Window { start: lookback, end: asked.end }
    };
    let [all, earlier] = [hull, before].map(|window| Query { window, ..query.clone() });
    let month_query =
        Query { window: Window { start: month.start, end: month.end.min(hull.end) }, ..query.clone() };
    let wanted = [(query, By::Day), (&all, By::Day), (&earlier, By::Day), (&month_query, By::Day)];
    let mut folded = fold_together(ledger, &wanted[..if running { 4 } else { 3 }], cut)?;
    let spent = if running { folded.pop().map(|month| month.total.sum.cost) } else { None };
    let total_before = folded.pop().map(|folded| folded.total.sum).unwrap_or_default();
    let costs: BTreeMap<NaiveDate, Money> = folded
        .pop()
        .map(|folded| sums(&folded))
        .unwrap_or_default()
        .into_iter()
        .map(|(day, sum)| (day, sum.cost))
        .collect();
    let Some(range) = folded.pop() else { return Ok(nothing(unit, before)) };
    let days = sums(&range);
    let last = zone.day(expected_end.plus_ms(-1)).max(days.keys().next_back().copied().unwrap_or(first));
    let is_empty = asked.start >= expected_end && days.is_empty();
    let forecast = spent.and_then(|spent| {
        let recent = Recent::of(&costs, today, zone)?;
        Some((month, recent.forecast(spent, month, now), recent))
    });
    Ok(Trend {
        points: if is_empty { Vec::new() } else { points(cut, unit, first, last, &days, &costs) },
        days: (!is_empty).then_some((first, last)),
        unit,
        running,
        total: range.total.sum,
        before,
        total_before,
        dearest: dearest(&days),
        forecast,
        bad: range.bad,
    })
}

fn nothing(unit: Unit, before: Window) -> Trend {
    Trend {
        unit,
        points: Vec::new(),
        days: None,
        running: false,
        total: Sum::default(),
        before,
        total_before: Sum::default(),
        dearest: None,
        forecast: None,
        bad: Vec::new(),
    }
}

/// As many days before `start` as there are up to `end`, to the same time of day.
fn before(cut: &Cut, start: Time, end: Time) -> Window {
    let zone = &cut.zone;
    let last = zone.day(end.plus_ms(-1).max(start));
    let count = (last - zone.day(start)).num_days() + 1;
    let back = |time: Time| {
        let civil = zone.civil(time).checked_sub_days(Days::new(u64::try_from(count).unwrap_or(1)));
        civil.map_or(Time::MIN, |civil| zone.instant(civil))
    };
    Window { start: back(start), end: back(end).min(start) }
}

/// The first day that the average of the period of `day` looks at.
fn begin_of_average(cut: &Cut, unit: Unit, day: NaiveDate) -> NaiveDate {
    let mut first = period(cut, unit, day).0;
    for _ in 1..unit.averaged() {
        first = first.pred_opt().map_or(first, |day| period(cut, unit, day).0);
    }
    first
}

/// First day and, one past it, the last day of the period a day is in.
fn period(cut: &Cut, unit: Unit, day: NaiveDate) -> (NaiveDate, NaiveDate) {
    match unit {
        Unit::Day => (day, day.succ_opt().unwrap_or(day)),
        // The middle of the day is in it whatever the clock does.
        _ => {
            let noon = day.and_hms_opt(12, 0, 0).unwrap_or_default();
            cut.days(cut.window(unit.by(), cut.zone.instant(noon)))
        }
    }
}

fn sums(folded: &Folded) -> BTreeMap<NaiveDate, Sum> {
    folded.groups.iter().filter_map(|group| Some((group.days?.0, group.sum))).collect()
}

fn points(
    cut: &Cut,
    unit: Unit,
    first: NaiveDate,
    last: NaiveDate,
    days: &BTreeMap<NaiveDate, Sum>,
    costs: &BTreeMap<NaiveDate, Money>,
) -> Vec<Point> {
    let mut points = Vec::new();
    let mut day = first;
    while day <= last {
        let (begin, end) = period(cut, unit, day);
        let upto = end.min(last.succ_opt().unwrap_or(last));
        let mut sum = Sum::default();
        days.range(day..upto).for_each(|(_, part)| sum.join(part));
        let window: Money = costs.range(begin_of_average(cut, unit, day)..end).map(|(_, cost)| *cost).sum();
        let name = match unit {
            Unit::Month => begin.format("%Y-%m").to_string(),
            _ => begin.to_string(),
        };
        let average = window.times(1, i128::from(unit.averaged()));
        points.push(Point { name, first: begin, end, days: (upto - day).num_days(), sum, average });
        if upto <= day {
            break;
        }
        day = upto;
    }
    points
}

fn dearest(days: &BTreeMap<NaiveDate, Sum>) -> Option<(NaiveDate, Money)> {
    let mut dearest: Option<(NaiveDate, Money)> = None;
    for (day, sum) in days {
        if sum.cost.is_positive() && dearest.is_none_or(|(_, cost)| sum.cost > cost) {
            dearest = Some((*day, sum.cost));
        }
    }
    dearest
}

#[cfg(test)]
mod tests {
    use super::super::fold::tests as sample;
    use super::*;

    fn time(text: &str) -> Time {
        Time::parse(text).unwrap()
    }

    fn usd(text: &str) -> Money {
        text.parse().unwrap()
    }

    fn calls(days: &[(&str, &str)]) -> Vec<String> {
        let call = |(at, (time, cost)): (usize, &(&str, &str))| {
            sample::call(&format!("{at}:1"), time, "s", "claude-opus-5-5", cost, "")
        };
        days.iter().enumerate().map(call).collect()
    }

    fn of(lines: &[String], zone: &str, unit: Unit, window: Window, now: &str) -> Trend {
        let (_dir, ledger) = sample::ledger(lines);
        let query = Query { window, ..Query::default() };
        trend(&ledger, &query, unit, &sample::cut(zone), time(now)).unwrap()
    }

    fn days(zone: &str, first: &str, end: &str) -> Window {
        Window::days(&sample::cut(zone).zone, first.parse().unwrap(), end.parse().unwrap())
    }

    #[test]
    fn days_without_a_call_are_there_and_the_average_trails() {
        let lines = calls(&[
            ("2026-11-15T10:00:00Z", "100"),
            ("2026-11-17T10:00:00Z", "7"),
            ("2026-11-20T23:30:00Z", "14"),
            ("2026-11-23T10:00:00Z", "0.7"),
        ]);
        let window = days("UTC", "2026-11-20", "2026-11-25");
        let trend = of(&lines, "UTC", Unit::Day, window, "2026-11-24T12:00:00Z");
        let shown: Vec<(&str, Money, Money)> =
            trend.points.iter().map(|point| (point.name.as_str(), point.sum.cost, point.average)).collect();
        assert_eq!(
            shown,
            [
                // Seven days up to it: the hundred of the 15th, 7 and 14.
                ("2026-11-20", usd("14"), usd("121").times(1, 7)),
                ("2026-11-21", usd("0"), usd("121").times(1, 7)),
                ("2026-11-22", usd("0"), usd("3")),
                ("2026-11-23", usd("0.7"), usd("3.1")),
                ("2026-11-24", usd("0"), usd("14.7").times(1, 7)),
            ]
        );
        assert_eq!((trend.total.cost, trend.mean()), (usd("14.7"), usd("2.94")));
        assert_eq!(trend.dearest, Some(("2026-11-20".parse().unwrap(), usd("14"))));
        // Five days before, up to noon of the last one.
        assert_eq!(trend.total_before.cost, usd("107"));
        assert_eq!(trend.before.end, time("2026-11-19T12:00:00Z"));
        let (_, forecast, recent) = trend.forecast.unwrap();
        assert_eq!((recent.days.len(), recent.sum()), (9, usd("121.7")));
        assert_eq!(forecast.expected, usd("121.7") + usd("121.7").times(13, 18));
    }

    #[test]
    fn a_running_range_is_compared_to_the_same_time_of_day() {
        let lines = calls(&[
            ("2026-11-23T09:00:00Z", "1"),
            ("2026-11-23T15:00:00Z", "50"),
            ("2026-11-24T09:00:00Z", "2"),
        ]);
        let one =
            of(&lines, "UTC", Unit::Day, days("UTC", "2026-11-24", "2026-11-25"), "2026-11-24T12:00:00Z");
        assert_eq!((one.total.cost, one.total_before.cost, one.day_count()), (usd("2"), usd("1"), 1));
        assert_eq!(one.change().words(crate::base::words::Language::English), "$1.00 more (+100.0%)");
        let past =
            of(&lines, "UTC", Unit::Day, days("UTC", "2026-11-23", "2026-11-24"), "2026-11-24T12:00:00Z");
        assert_eq!((past.total.cost, past.running, past.forecast.is_none()), (usd("51"), false, true));
        assert_eq!(past.total_before.cost, Money::ZERO);
    }

    #[test]
    fn clock_changes_move_no_day() {
        // 25 October has 25 hours in Berlin; the last call of it is at 23:30, wall clock.
        let lines = calls(&[
            ("2026-10-24T22:30:00Z", "1"),
            ("2026-10-25T22:30:00Z", "2"),
            ("2026-10-25T23:30:00Z", "4"),
        ]);
        let window = days("Europe/Berlin", "2026-10-24", "2026-10-27");
        let trend = of(&lines, "Europe/Berlin", Unit::Day, window, "2026-11-24T12:00:00Z");
        let costs: Vec<Money> = trend.points.iter().map(|point| point.sum.cost).collect();
        assert_eq!(costs, [usd("0"), usd("3"), usd("4")]);
        assert_eq!(trend.before, days("Europe/Berlin", "2026-10-21", "2026-10-24"));
        // Samoa left a day out; it is shown as one without a call.
        let apia = of(
            &calls(&[("2011-12-30T09:00:00Z", "1"), ("2011-12-30T11:00:00Z", "2")]),
            "Pacific/Apia",
            Unit::Day,
            days("Pacific/Apia", "2011-12-29", "2012-01-01"),
            "2026-11-24T12:00:00Z",
        );
        let costs: Vec<Money> = apia.points.iter().map(|point| point.sum.cost).collect();
        assert_eq!(costs, [usd("1"), usd("0"), usd("2")]);
    }

    #[test]
    fn weeks_and_months_add_up_to_the_same() {
        let lines: Vec<String> = calls(&[
            ("2026-09-30T10:00:00Z", "1"),
            ("2026-10-08T10:00:00Z", "2"),
            ("2026-10-31T10:00:00Z", "4"),
            ("2026-11-02T10:00:00Z", "8"),
            ("2026-11-24T10:00:00Z", "16"),
        ]);
        let window = days("UTC", "2026-10-08", "2026-11-25");
        let mut totals = Vec::new();
        for unit in [Unit::Day, Unit::Week, Unit::Month] {
            let trend = of(&lines, "UTC", unit, window, "2026-11-24T12:00:00Z");
            totals.push(trend.points.iter().map(|point| point.sum.cost).sum::<Money>());
            assert_eq!(trend.points.iter().map(|point| point.days).sum::<i64>(), 48, "{unit:?}");
        }
        assert_eq!(totals, [usd("30"); 3]);
        let months = of(&lines, "UTC", Unit::Month, window, "2026-11-24T12:00:00Z");
        assert_eq!(months.points[0].name, "2026-10");
        // The average goes over whole months, August to October.
        assert_eq!(months.points[0].average, usd("7").times(1, 3));
        let weeks = of(&lines, "UTC", Unit::Week, window, "2026-11-24T12:00:00Z");
        assert_eq!((weeks.points[0].first.to_string(), weeks.points[0].days), ("2026-10-05".into(), 4));
    }

    #[test]
    fn a_future_range_holds_nothing_unless_there_are_calls() {
        let window = days("UTC", "2027-01-01", "2027-02-01");
        let future = of(&[], "UTC", Unit::Day, window, "2026-11-24T12:00:00Z");
        assert!(future.points.is_empty() && future.days.is_none() && future.mean() == Money::ZERO);
        let odd = calls(&[("2027-01-02T00:00:00Z", "1")]);
        let future = of(&odd, "UTC", Unit::Day, window, "2026-11-24T12:00:00Z");
        assert_eq!((future.points.len(), future.total.cost), (2, usd("1")));
        // Partly in the future: the days to come are left out.
        let window = days("UTC", "2026-11-23", "2027-02-01");
        let partly = of(&[], "UTC", Unit::Day, window, "2026-11-24T12:00:00Z");
        assert_eq!((partly.points.len(), partly.total.cost), (2, Money::ZERO));
    }
}
