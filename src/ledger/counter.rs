//! Running sums for limits: how much was spent in a period on the calls a filter counts. Kept in the checkpoint so
//! that weighing a limit costs the same with ten calls in the ledger as with ten million.

use serde::{Deserialize, Serialize};

use crate::base::money::Money;
use crate::base::time::{Time, Window, Zone};
use crate::model::limit::{Calendar, Facts, Filter, Period};

pub(super) const DAY_MS: i64 = 86_400_000;

/// What is summed: period, how periods are cut, and which lines count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Definition {
    pub period: Period,
    pub calendar: Calendar,
    pub filter: Filter,
}

/// A sum, the part of it that is an estimate, and the window it was spent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    pub sum: Money,
    pub estimated: Money,
    pub window: Window,
}

/// A definition with its present window and sum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Counter {
    pub definition: Definition,
    pub window: Window,
    pub sum: Money,
    /// Part of the sum whose price is not certain.
    #[serde(default)]
    pub estimated: Money,
    pub lines: u64,
    /// Something was booked at or after the window's end: the next window cannot be assumed empty.
    pub later: bool,
    /// When it was last asked for; counters nobody asks for are dropped.
    pub used: Time,
}

impl Definition {
    /// Does it depend on the system's zone when its periods begin?
    pub fn goes_by_the_system(&self) -> bool {
        self.calendar.zone.is_none() && !matches!(self.period, Period::Session | Period::Total)
    }

    /// The window that contains `now`.
    pub fn window(&self, now: Time, system: &Zone) -> Window {
        let named = self.calendar.zone.as_deref().and_then(Zone::named);
        let zone = named.as_ref().unwrap_or(system);
        match self.period {
            Period::Session | Period::Total => Window::ALWAYS,
            Period::Daily => Window::day(zone, zone.day(now)),
            Period::Weekly => Window::week(zone, zone.day(now), self.calendar.week_start),
            Period::Monthly => Window::month(zone, zone.day(now), self.calendar.billing_day),
        }
    }
}

impl Counter {
    /// Of the present window, with nothing in it.
    pub fn empty(definition: &Definition, now: Time, system: &Zone) -> Self {
        Self {
            definition: definition.clone(),
            window: definition.window(now, system),
            sum: Money::ZERO,
            estimated: Money::ZERO,
            lines: 0,
            later: false,
            used: now,
        }
    }

    /// Nobody has asked for it in a long time.
    pub fn is_stale(&self, now: Time) -> bool {
        let keep_days = if self.definition.filter.session.is_some() { 8 } else { 60 };
        now.since(self.used) > keep_days * DAY_MS
    }

    /// Adds (or, for a line that is restated, corrects by) an amount.
    pub fn add(&mut self, time: Time, facts: &Facts<'_>, amount: Money, lines: i64) {
        if !self.definition.filter.counts(facts) {
            return;
        }
        if self.window.contains(time) {
            self.sum += amount;
            if facts.estimated {
                self.estimated += amount;
            }
            self.lines = self.lines.saturating_add_signed(lines);
        } else if time >= self.window.end {
            self.later = true;
        }
    }

    /// Moves on to the window that contains `now`. False when the sum for it has to be found by a scan.
    pub fn roll(&mut self, now: Time, system: &Zone) -> bool {
        if self.window.contains(now) {
            return true;
        }
        if now < self.window.start || self.later {
            return false;
        }
        self.window = self.definition.window(now, system);
        (self.sum, self.estimated) = (Money::ZERO, Money::ZERO);
        self.lines = 0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        Time::parse(text).expect(text)
    }

    fn daily() -> Counter {
        let definition = Definition {
            period: Period::Daily,
            calendar: Calendar { zone: Some("UTC".into()), ..Calendar::default() },
            filter: Filter::default(),
        };
        let window = definition.window(time("2026-11-24T10:00:00Z"), &Zone::utc());
        Counter {
            definition,
            window,
            sum: Money::ZERO,
            estimated: Money::ZERO,
            lines: 0,
            later: false,
            used: Time(0),
        }
    }

    #[test]
    fn a_new_day_starts_at_nothing_without_a_scan() {
        let mut counter = daily();
        counter.add(time("2026-11-24T11:00:00Z"), &Facts::default(), Money::from_usd(3), 1);
        assert_eq!(counter.sum, Money::from_usd(3));
        assert!(counter.roll(time("2026-11-25T00:00:00Z"), &Zone::utc()));
        assert_eq!(counter.sum, Money::ZERO);
    }

    #[test]
    fn a_call_from_tomorrow_or_a_clock_set_back_asks_for_a_scan() {
        let mut counter = daily();
        counter.add(time("2026-11-25T00:00:01Z"), &Facts::default(), Money::from_usd(1), 1);
        assert_eq!(counter.sum, Money::ZERO);
        assert!(!counter.roll(time("2026-11-25T08:00:00Z"), &Zone::utc()));
        let mut counter = daily();
        assert!(!counter.roll(time("2026-11-23T08:00:00Z"), &Zone::utc()));
    }
}
