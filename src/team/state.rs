//! What this machine remembers of the team's store: how far it sent the ledger, and the totals it was told. A cache in
//! one small file, replaced in one step: without it everything is sent again, to no effect.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::base::disk;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::{Time, Window};
use crate::ledger::outgoing::Marks;
use crate::model::limit::Share;

const VERSION: u32 = 1;
/// Larger is no file of ours.
const BOUND: u64 = 1 << 20;
/// However near the limit is, this machine does not ask more often.
const LEAST_MS: i64 = 2_000;
const MINUTE_MS: i128 = 60_000;
/// After so long nothing of an earlier pace is believed any more.
const FORGET_MS: i128 = 3 * MINUTE_MS;

pub fn path(base: &Path) -> PathBuf {
    base.join("team.json")
}

/// Held by whoever syncs; its file is never deleted.
pub fn lock_path(base: &Path) -> PathBuf {
    base.join("team.lock")
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct State {
    pub v: u32,
    /// Which database and login this is about.
    pub store: String,
    pub sent: Marks,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totals: Option<Totals>,
    /// When a sync was last begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tried: Option<Time>,
    /// Why the last one did not come to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// A sum, and the part of it that is an estimate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Sum {
    pub cost: Money,
    pub estimated: Money,
}

/// What the store told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// The period.
    pub start: Time,
    pub end: Time,
    pub team: Sum,
    pub own: Sum,
    /// Of all members without an allocation.
    pub rest: Sum,
    /// Members whose machines sent something in the last hour.
    pub active: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocation: Option<Money>,
    /// By the server's clock.
    pub server_time: Time,
    /// By this machine's.
    pub fetched: Time,
    /// What this machine's own ledger came to in the period, of the lines sent until then.
    pub booked: Sum,
    /// What the team spends in a minute, by this answer and those before it.
    #[serde(default)]
    pub pace: Money,
}

impl Totals {
    pub fn window(&self) -> Window {
        Window { start: self.start, end: self.end }
    }

    /// With the team's pace since the answer before. That comes in lumps, since each machine sends what it spent in a
    /// minute: a lower pace is believed only by and by.
    pub fn after(self, before: Option<&Totals>) -> Self {
        let Some(before) = before.filter(|before| before.start == self.start) else { return self };
        let ms = i128::from(self.server_time.since(before.server_time).max(1));
        let spent = self.team.cost.saturating_sub_zero(before.team.cost);
        let kept = before.pace.0 * (FORGET_MS - ms).max(0) / FORGET_MS;
        // Answers right behind one another say nothing of a minute.
        let seen = spent.0.saturating_mul(MINUTE_MS) / ms.max(i128::from(LEAST_MS));
        Self { pace: Money(seen.max(kept)), ..self }
    }

    pub fn of(&self, share: Share) -> Sum {
        match share {
            Share::Team => self.team,
            Share::Own => self.own,
            Share::Rest => self.rest,
        }
    }
}

/// What a limit of the team goes by: what others spent, as far as it was told, and what this machine has not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub spent: Sum,
    /// This machine's part of it that the store does not know yet.
    pub unsent: Money,
    /// How old the totals are, in milliseconds; None: there are none.
    pub age: Option<i64>,
}

impl State {
    /// What is remembered; nothing where there is nothing that can be used.
    pub fn read(base: &Path) -> Self {
        let bytes = disk::read_at_most(&path(base), BOUND).ok().flatten().unwrap_or_default();
        serde_json::from_slice(&bytes).ok().filter(|state: &State| state.v == VERSION).unwrap_or_default()
    }

    pub fn write(&mut self, base: &Path) -> Result<()> {
        self.v = VERSION;
        let mut text = serde_json::to_vec_pretty(self).unwrap_or_default();
        text.push(b'\n');
        disk::create_dir_private(base)?;
        disk::replace_here(&path(base), &text, disk::PRIVATE_FILE)
    }

    /// The state for this store: of another one nothing is known.
    pub fn of_store(self, store: &str) -> Self {
        if self.store == store { self } else { State { store: store.to_string(), ..State::default() } }
    }

    /// How a share of the team stands in a window, with what the own ledger came to in it.
    pub fn told(&self, share: Share, window: Window, booked: Sum, now: Time) -> Told {
        let told = self.totals.as_ref().filter(|totals| totals.start == window.start);
        let (spent, sent) =
            told.map_or((Sum::default(), Sum::default()), |totals| (totals.of(share), totals.booked));
        let unsent = booked.cost.saturating_sub_zero(sent.cost);
        Told {
            spent: Sum {
                cost: spent.cost + unsent,
                estimated: spent.estimated + booked.estimated.saturating_sub_zero(sent.estimated),
            },
            unsent,
            age: self.age(now),
        }
    }

    /// How old the totals are; a clock that was set back makes them no younger than new.
    pub fn age(&self, now: Time) -> Option<i64> {
        self.totals.as_ref().map(|totals| now.since(totals.fetched).max(0))
    }

    /// Is it time to ask again? `left` is what is left of the team's budget, where there is one.
    pub fn is_due(&self, interval_ms: i64, unsent: Money, left: Option<Money>, now: Time) -> bool {
        let last = self.tried.max(self.totals.as_ref().map(|totals| totals.fetched));
        let Some(waited) = last.map(|last| now.since(last)) else { return true };
        // Asked four times until it would be used up at the team's pace: others send what they spent, so that what is left
        // is soon not what it was.
        let pace = self.totals.as_ref().map_or(0, |totals| totals.pace.0).max(0);
        let ahead = left.filter(|_| pace > 0).map(|left| left.0.max(0).saturating_mul(MINUTE_MS) / pace / 4);
        let ahead = ahead.and_then(|ms| i64::try_from(ms).ok()).map_or(i64::MAX, |ms| ms.max(LEAST_MS));
        let interval_ms = interval_ms.min(ahead);
        // What is not sent yet has reached half of an equal share of what is left.
        let active = self.totals.as_ref().map_or(1, |totals| totals.active.max(1));
        let is_near = unsent.is_positive()
            && left.is_some_and(|left| unsent.0.saturating_mul(2 * i128::from(active)) >= left.0);
        !(0..interval_ms).contains(&waited) || is_near && waited >= LEAST_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Time = Time(1_793_491_200_000);

    fn sum(usd: i64) -> Sum {
        Sum { cost: Money::from_usd(usd), estimated: Money::ZERO }
    }

    fn state() -> State {
        let totals = Totals {
            start: START,
            end: START.plus_ms(30 * 86_400_000),
            team: sum(80),
            own: sum(20),
            rest: sum(50),
            active: 4,
            allocation: None,
            server_time: START,
            fetched: START.plus_ms(1000),
            booked: sum(15),
            pace: Money::ZERO,
        };
        State { v: VERSION, store: "s".into(), totals: Some(totals), ..State::default() }
    }

    #[test]
    fn it_survives_the_disk_and_anything_else_is_nothing() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(State::read(dir.path()), State::default());
        let mut state = state();
        state.write(dir.path()).unwrap();
        assert_eq!(State::read(dir.path()), state);
        for foreign in ["", "{", "[1]", r#"{"v":2}"#, r#"{"v":1,"totals":{"start":5}}"#] {
            disk::replace(&path(dir.path()), foreign.as_bytes()).unwrap();
            let read = State::read(dir.path());
            assert!(read.sent.is_empty() && read.totals.is_none(), "{foreign}");
        }
        assert_eq!(state.clone().of_store("s"), state);
        assert_eq!(state.of_store("t").totals, None);
    }

    #[test]
    fn what_was_booked_since_is_added_to_what_was_told() {
        let window = state().totals.unwrap().window();
        let now = START.plus_ms(61_000);
        let told = state().told(Share::Team, window, sum(18), now);
        assert_eq!((told.spent, told.unsent, told.age), (sum(83), Money::from_usd(3), Some(60_000)));
        assert_eq!(state().told(Share::Own, window, sum(18), now).spent, sum(23));
        assert_eq!(state().told(Share::Rest, window, sum(18), now).spent, sum(53));
        // Less than was sent: a ledger that was cut takes nothing back from the team.
        assert_eq!(state().told(Share::Team, window, sum(1), now).spent, sum(80));
        // Another month: what was told of the last one is nothing.
        let next = Window { start: window.end, end: window.end.plus_ms(1) };
        let told = state().told(Share::Team, next, sum(2), now);
        assert_eq!((told.spent, told.unsent), (sum(2), Money::from_usd(2)));
        assert_eq!(State::default().told(Share::Own, window, sum(2), now).age, None);
    }

    #[test]
    fn it_is_due_sooner_the_sooner_it_would_be_used_up() {
        let at = |pace: i64| {
            let totals = Totals { pace: Money::from_usd(pace), ..state().totals.unwrap() };
            State { tried: Some(START), totals: Some(totals), ..state() }
        };
        let due = |pace: i64, ms: i64, left: i64| {
            at(pace).is_due(60_000, Money::ZERO, Some(Money::from_usd(left)), START.plus_ms(1000 + ms))
        };
        // Twenty dollars at ten a minute: two minutes, a quarter of that is thirty seconds.
        assert!(!due(10, 29_999, 20) && due(10, 30_000, 20));
        assert!(!due(0, 59_999, 1) && due(1, 60_000, 1_000) && !due(1, 59_999, 1_000));
        assert!(!due(10, 1_999, 0) && due(10, 2_000, 0) && due(10, 2_000, -5));
    }

    #[test]
    fn the_pace_is_what_was_spent_between_two_answers_and_falls_slowly() {
        let answer = |seconds: i64, team: i64| {
            let totals = state().totals.unwrap();
            Totals { server_time: START.plus_ms(seconds * 1000), team: sum(team), ..totals }
        };
        let pace = |totals: &Totals| totals.pace.to_f64();
        let first = answer(0, 80).after(None);
        assert_eq!(first.pace, Money::ZERO);
        let second = answer(30, 90).after(Some(&first));
        assert_eq!(pace(&second), 20.0);
        // Half a minute without news: five sixths of it are believed.
        let third = answer(60, 90).after(Some(&second));
        assert!((pace(&third) - 50.0 / 3.0).abs() < 1e-9, "{}", pace(&third));
        assert_eq!(answer(240, 90).after(Some(&third)).pace, Money::ZERO);
        // A second apart is taken for two, and never for nothing.
        assert_eq!(pace(&answer(31, 91).after(Some(&second))), 30.0);
        assert_eq!(pace(&answer(30, 91).after(Some(&second))), 30.0);
        let next_month = Totals { start: START.plus_ms(30 * 86_400_000), ..answer(60, 1) };
        assert_eq!(next_month.after(Some(&second)).pace, Money::ZERO);
    }

    #[test]
    fn it_is_due_after_the_interval_and_sooner_near_the_limit() {
        let state = State { tried: Some(START), ..state() };
        let due = |ms: i64, unsent: i64, left: i64| {
            let (unsent, left) = (Money::from_usd(unsent), Some(Money::from_usd(left)));
            state.is_due(60_000, unsent, left, START.plus_ms(1000 + ms))
        };
        assert!(!due(59_999, 0, 100) && due(60_000, 0, 100));
        // Four are active: an eighth of what is left.
        assert!(!due(5_000, 1, 9) && due(5_000, 1, 8) && due(5_000, 1, 0));
        assert!(!due(1_999, 1, 8), "not more often than that");
        assert!(!due(5_000, 0, 0), "nothing to send");
        assert!(state.is_due(60_000, Money::ZERO, None, START.plus_ms(-5)), "a clock that was set back");
        assert!(State::default().is_due(60_000, Money::ZERO, None, START));
    }
}
