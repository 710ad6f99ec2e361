//! A month in one reading of the ledger: its days, sessions, models, projects and features, the same part of the month
//! before, and, while it is running, what it and the monthly limits will come to. Its forms are `forms`' business.

pub mod forms;

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::change::Change;
use super::fold::{By, Cut, Folded, Order, Sum, fold_together};
use super::forecast::{Forecast, RECENT_DAYS, Recent};
use super::query::Query;
use crate::base::error::{Error, Result};
use crate::base::money::Money;
use crate::base::time::{Time, Window};
use crate::budget::Standing;
use crate::ledger::Ledger;
use crate::model::limit::Filter;
use crate::model::usage::Tokens;

/// What is asked for.
pub struct Asked<'a> {
    /// Its window does not matter.
    pub query: &'a Query,
    pub month: Window,
    /// How many rows each ranking has; the others are put together in one.
    pub top: usize,
    /// The limits to hold against the month, while it is running.
    pub limits: &'a [Standing],
}

/// The whole answer.
#[derive(Debug, Clone)]
pub struct Analysis {
    pub name: String,
    pub month: Window,
    /// First and last day of the whole month.
    pub days: (NaiveDate, NaiveDate),
    /// Days that have begun, where it is not over.
    pub begun: Option<i64>,
    pub total: Sum,
    pub sessions: usize,
    /// Days with a call.
    pub active_days: usize,
    pub dearest_days: Folded,
    pub models: Folded,
    pub projects: Folded,
    pub features: Folded,
    pub name_before: String,
    /// As much of the month before as there is of this one.
    pub before: Window,
    pub total_before: Sum,
    pub forecast: Option<(Forecast, Recent)>,
    pub limits: Vec<(Standing, Option<Forecast>)>,
}

impl Analysis {
    pub fn change(&self) -> Change {
        Change { before: self.total_before.cost, after: self.total.cost }
    }

    pub fn day_count(&self) -> i64 {
        (self.days.1 - self.days.0).num_days() + 1
    }

    /// A mean day: of those that have begun, or of all.
    pub fn mean(&self) -> Money {
        self.total.cost.times(1, i128::from(self.begun.unwrap_or_else(|| self.day_count()).max(1)))
    }
}

/// The part of what went into the models that came from the cache, in tenths of a percent.
pub fn cache_hits(tokens: &Tokens) -> Option<u64> {
    let into = tokens.input.saturating_add(tokens.cache_write()).saturating_add(tokens.cache_read);
    (into > 0).then(|| {
        let tenths = (u128::from(tokens.cache_read) * 2000 + u128::from(into)) / (2 * u128::from(into));
        u64::try_from(tenths).unwrap_or(1000)
    })
}

pub fn analyze(ledger: &Ledger, asked: &Asked<'_>, cut: &Cut, now: Time) -> Result<Analysis> {
    let (zone, month) = (&cut.zone, asked.month);
    let today = zone.day(now);
    let running = month.contains(now);
    let first = zone.day(month.start);
    let earlier = cut.window(By::Month, month.start.plus_ms(-1));
    let before = Window { start: earlier.start, end: same_part(cut, month, earlier, now) };
    let recent =
        Window { start: zone.start_of(today - Days::new(2 * RECENT_DAYS)), end: zone.start_of(today) };
    let within = |window: Window| Query { window, ..asked.query.clone() };
    let (this, that, lately) = (within(month), within(before), within(recent));
    let mut wanted = vec![
        (&this, By::Day),
        (&this, By::Session),
        (&this, By::Model),
        (&this, By::Project),
        (&this, By::Feature),
        (&that, By::Day),
    ];
    let limits = if running { asked.limits } else { &[] };
    let of_limit = |standing: &Standing| Query {
        window: recent,
        filter: standing.limit.filter.clone(),
        ..Query::default()
    };
    let of_limits: Vec<Query> = limits.iter().map(of_limit).collect();
    if running {
        wanted.push((&lately, By::Day));
        wanted.extend(of_limits.iter().map(|query| (query, By::Day)));
    }
    let mut folded = fold_together(ledger, &wanted, cut)?.into_iter();
    let mut next = || folded.next().ok_or_else(|| Error::internal("a report is missing"));
    let (mut days, sessions) = (next()?, next()?);
    let (mut models, mut projects, mut features) = (next()?, next()?, next()?);
    let total_before = next()?.total.sum;
    let total = days.total.sum;
    let of_recent = |folded: Folded| Recent::of(&costs(&folded), today, zone);
    let mut forecast = None;
    let mut against = Vec::new();
    if running {
        forecast = of_recent(next()?).map(|recent| (recent.forecast(total.cost, month, now), recent));
        for standing in limits {
            let recent = of_recent(next()?);
            let forecast = recent.map(|recent| recent.forecast(standing.spent, standing.window, now));
            against.push((standing.clone(), forecast));
        }
    }
    let active_days = days.groups.len();
    for ranking in [&mut days, &mut models, &mut projects, &mut features] {
        ranking.arrange(Some(Order::Cost), Some(asked.top));
    }
    Ok(Analysis {
        name: cut.name(By::Month, month),
        month,
        days: (first, zone.day(month.end.plus_ms(-1))),
        begun: running.then(|| (today - first).num_days() + 1),
        total,
        sessions: sessions.groups.iter().filter(|group| !group.name.is_empty()).count(),
        active_days,
        dearest_days: days,
        models,
        projects,
        features,
        name_before: cut.name(By::Month, earlier),
        before,
        total_before,
        forecast,
        limits: against,
    })
}

/// Where the part of the earlier month ends that is as long as what there is of this one: the same day of it, at the same
/// time of day, or all of it.
fn same_part(cut: &Cut, month: Window, earlier: Window, now: Time) -> Time {
    if !month.contains(now) {
        return earlier.end;
    }
    let days = (cut.zone.day(month.start) - cut.zone.day(earlier.start)).num_days();
    let civil =
        u64::try_from(days).ok().and_then(|days| cut.zone.civil(now).checked_sub_days(Days::new(days)));
    civil.map_or(earlier.end, |civil| cut.zone.instant(civil).min(earlier.end))
}

fn costs(folded: &Folded) -> BTreeMap<NaiveDate, Money> {
    folded.groups.iter().filter_map(|group| Some((group.days?.0, group.sum.cost))).collect()
}

/// Does a query ask for everything, so that limits can be held against it?
pub fn is_everything(query: &Query) -> bool {
    query.project.is_none() && query.user.is_none() && query.filter == Filter::default()
}

#[cfg(test)]
mod tests {
    use super::super::fold::tests as sample;
    use super::*;

    fn time(text: &str) -> Time {
        Time::parse(text).unwrap()
    }

    fn of(lines: &[String], cut: &Cut, day: &str, now: &str) -> Analysis {
        let (_dir, ledger) = sample::ledger(lines);
        let month = cut.window(By::Month, time(day));
        let asked = Asked { query: &Query::default(), month, top: 2, limits: &[] };
        analyze(&ledger, &asked, cut, time(now)).unwrap()
    }

    #[test]
    fn a_running_month_is_held_against_as_many_days_of_the_one_before() {
        let lines = [
            sample::call("a:1", "2026-10-24T11:00:00Z", "s", "claude-opus-5-5", "1", ""),
            sample::call("b:1", "2026-10-24T13:00:00Z", "s", "claude-opus-5-5", "2", ""),
            sample::call("c:1", "2026-11-02T13:00:00Z", "s", "claude-opus-5-5", "4", ""),
            sample::call("d:1", "2026-11-03T13:00:00Z", "t", "claude-haiku-4-5", "8", ""),
            sample::unlisted("1", "2026-11-03T13:30:00Z", "t", "16", ""),
        ];
        let now = "2026-11-24T12:00:00Z";
        let month = of(&lines, &sample::cut("UTC"), now, now);
        assert_eq!((month.name.as_str(), month.name_before.as_str()), ("2026-11", "2026-10"));
        assert_eq!((month.total.cost, month.total_before.cost), (Money::from_usd(28), Money::from_usd(1)));
        assert_eq!((month.sessions, month.active_days, month.begun), (2, 2, Some(24)));
        for folded in [&month.dearest_days, &month.models, &month.projects, &month.features] {
            let sum: Money = folded.groups.iter().map(|group| group.sum.cost).sum();
            assert_eq!((sum, folded.total.sum.cost), (month.total.cost, month.total.cost), "{:?}", folded.by);
        }
        assert_eq!(month.models.groups[0].name, "unlisted");
        assert_eq!(month.models.groups[2].name, "(1 more)");
        // Whole, once it is over.
        let past = of(&lines, &sample::cut("UTC"), now, "2026-12-05T12:00:00Z");
        assert_eq!((past.total_before.cost, past.begun), (Money::from_usd(3), None));
        assert!(past.forecast.is_none());
    }

    #[test]
    fn a_short_month_before_counts_as_far_as_it_goes() {
        let cut = sample::cut("UTC");
        let part = |now: &str| {
            let month = cut.window(By::Month, time(now));
            let earlier = cut.window(By::Month, month.start.plus_ms(-1));
            same_part(&cut, month, earlier, time(now)).to_string()
        };
        assert_eq!(part("2026-03-31T12:00:00Z"), "2026-03-01T00:00:00.000Z");
        assert_eq!(part("2026-03-05T12:00:00Z"), "2026-02-05T12:00:00.000Z");
        let billing = Cut { billing_day: 15, ..sample::cut("Europe/Berlin") };
        let lines = [sample::call("a:1", "2026-10-20T11:00:00Z", "s", "claude-opus-5-5", "1", "")];
        let month = of(&lines, &billing, "2026-11-20T00:00:00Z", "2026-11-24T12:00:00Z");
        assert_eq!((month.name.as_str(), month.days.0.to_string()), ("2026-11", "2026-11-15".to_string()));
        // Nine and a half days of the month from 15 October, with its clock change.
        assert_eq!(month.before.end, time("2026-10-24T11:00:00Z"));
        assert_eq!(month.total_before.cost, Money::from_usd(1));
    }

    #[test]
    fn cache_hits_are_parts_of_what_went_in() {
        let tokens = |input, write, read| Tokens {
            input,
            cache_write_5m: write,
            cache_read: read,
            ..Tokens::default()
        };
        assert_eq!(cache_hits(&tokens(1, 1, 6)), Some(750));
        assert_eq!(cache_hits(&tokens(0, 0, 6)), Some(1000));
        assert_eq!(cache_hits(&tokens(2, 1, 0)), Some(0));
        assert_eq!(cache_hits(&Tokens::default()), None);
        assert_eq!(cache_hits(&tokens(0, 0, u64::MAX)), Some(1000));
    }
}
