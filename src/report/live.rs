//! Spending as it happens: today, the week and the month, the last hour by the minute, the sessions at work and the newest
//! calls. Made by one reading of the ledger, then kept up line by line; `is_stale` says when it has to be made anew.

use std::collections::{BTreeMap, HashMap};

use super::fold::{By, Cut};
use super::query::{Query, Wanted};
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::{Time, Window};
use crate::ledger::Ledger;
use crate::ledger::entries::Sum;
use crate::ledger::entries::{self, Entry};
use crate::ledger::segment::fingerprint;
use crate::model::entry::Line;

const MINUTE_MS: i64 = 60_000;
/// What the minutes cover.
pub const MINUTES: usize = 60;
/// Lines of this time are remembered one by one, so that one that comes again with larger counts takes its own place.
/// For an older one everything is read again; that is rare.
const REMEMBERED_MS: i64 = 2 * 3_600_000;
/// After this time everything is read again, so that what is remembered stays small.
const FRESH_MS: i64 = 3_600_000;
/// The newest calls that are kept.
const CALLS: usize = 100;

/// One call, or money without one.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    key: i64,
    pub time: Time,
    pub session: String,
    pub project: String,
    /// None where nobody knows.
    pub model: Option<String>,
    pub feature: String,
    pub sum: Sum,
}

/// A session that made a call in the last hour.
#[derive(Debug, Clone, Default)]
pub struct Session {
    pub project: String,
    pub last: Time,
    minutes: BTreeMap<i64, Money>,
}

#[derive(Debug)]
pub struct Live {
    made: Time,
    day: Window,
    week: Window,
    month: Window,
    pub today: Sum,
    pub this_week: Sum,
    pub this_month: Sum,
    minutes: BTreeMap<i64, Sum>,
    sessions: HashMap<String, Session>,
    remembered: HashMap<i64, Sum>,
    /// Newest last, once `settle` ran.
    calls: Vec<Call>,
    outdated: bool,
}

impl Live {
    /// Reads the ledger once.
    pub fn of(ledger: &Ledger, query: &Query, cut: &Cut, now: Time) -> Result<Self> {
        let new = || Self::empty(cut, now);
        let empty = new();
        let start = empty.month.start.min(empty.week.start).min(now.plus_ms(-REMEMBERED_MS));
        let window = Window { start, end: Time::MAX };
        let query = Query { window, ..query.clone() };
        let with_wanted = || (new(), Wanted::new(&query));
        let (parts, _) = entries::fold(ledger, window, with_wanted, |(live, wanted), entry| {
            if wanted.counts(entry) {
                live.add(entry);
            }
        })?;
        let mut whole = empty;
        parts.into_iter().for_each(|(live, _)| whole.join(live));
        whole.settle(now);
        Ok(whole)
    }

    fn empty(cut: &Cut, now: Time) -> Self {
        Self {
            made: now,
            day: cut.window(By::Day, now),
            week: cut.window(By::Week, now),
            month: cut.window(By::Month, now),
            today: Sum::default(),
            this_week: Sum::default(),
            this_month: Sum::default(),
            minutes: BTreeMap::new(),
            sessions: HashMap::new(),
            remembered: HashMap::new(),
            calls: Vec::new(),
            outdated: false,
        }
    }

    /// The day is another one, much time went by, or a line came that cannot be put in its place.
    pub fn is_stale(&self, now: Time) -> bool {
        self.outdated || !self.day.contains(now) || now.since(self.made) > FRESH_MS
    }

    /// A line that was booked since. The call, when it was not known before.
    pub fn take(&mut self, line: &Line, query: &Query) -> Option<Call> {
        let mut news = None;
        entries::of_line(line, |entry| {
            if Wanted::new(query).counts(entry) {
                if entry.time < self.made.plus_ms(-REMEMBERED_MS) {
                    self.outdated = true;
                } else if self.add(entry) {
                    news = self.calls.last().cloned();
                }
            }
        });
        news
    }

    /// True when it is a new one, which is then the last of `calls`.
    fn add(&mut self, entry: &Entry<'_>) -> bool {
        let mut one = Sum::default();
        one.add(entry);
        let key = fingerprint(entry.id.as_bytes());
        // What another program reported stands where its span begins, and may be restated however old it is.
        let is_imported = entry.source.is_imported();
        let remembers = is_imported || entry.time >= self.made.plus_ms(-REMEMBERED_MS);
        let before = if remembers { self.remembered.insert(key, one) } else { None };
        for (window, sum) in [
            (self.day, &mut self.today),
            (self.week, &mut self.this_week),
            (self.month, &mut self.this_month),
        ] {
            if window.contains(entry.time) {
                replace(sum, before.as_ref(), &one);
            }
        }
        if is_imported {
            return false;
        }
        if remembers {
            let minute = entry.time.0.div_euclid(MINUTE_MS);
            replace(self.minutes.entry(minute).or_default(), before.as_ref(), &one);
            let session = self.sessions.entry(entry.session.to_string()).or_default();
            *session.minutes.entry(minute).or_default() +=
                one.cost - before.map_or(Money::ZERO, |before| before.cost);
            if entry.time >= session.last {
                session.last = entry.time;
                session.project = entry.project.to_string();
            }
        }
        if before.is_some() {
            self.calls.iter_mut().filter(|call| call.key == key).for_each(|call| call.sum = one);
            return false;
        }
        if self.calls.len() >= 4 * CALLS {
            self.trim();
        }
        self.calls.push(Call {
            key,
            time: entry.time,
            session: entry.session.to_string(),
            project: entry.project.to_string(),
            model: entry.model.map(str::to_string),
            feature: entry.feature.to_string(),
            sum: one,
        });
        true
    }

    fn join(&mut self, other: Self) {
        self.today.join(&other.today);
        self.this_week.join(&other.this_week);
        self.this_month.join(&other.this_month);
        for (minute, sum) in &other.minutes {
            self.minutes.entry(*minute).or_default().join(sum);
        }
        for (id, session) in other.sessions {
            let known = self.sessions.entry(id).or_default();
            for (minute, cost) in session.minutes {
                *known.minutes.entry(minute).or_default() += cost;
            }
            if session.last >= known.last {
                (known.last, known.project) = (session.last, session.project);
            }
        }
        self.remembered.extend(other.remembered);
        self.calls.extend(other.calls);
    }

    fn trim(&mut self) {
        self.calls.sort_by_key(|call| (call.time, call.key));
        self.calls.drain(..self.calls.len().saturating_sub(CALLS));
    }

    /// Brings what is shown in order, and forgets minutes that are over.
    pub fn settle(&mut self, now: Time) {
        self.trim();
        let first = first_minute(now);
        self.minutes.retain(|minute, _| *minute >= first);
        self.sessions.retain(|_, session| {
            session.minutes.retain(|minute, _| *minute >= first);
            !session.minutes.is_empty()
        });
    }

    /// Newest last.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// Cost of each of the last sixty minutes, the present one last.
    pub fn by_minute(&self, now: Time) -> Vec<Sum> {
        let first = first_minute(now);
        (first..first + MINUTES as i64)
            .map(|minute| self.minutes.get(&minute).copied().unwrap_or_default())
            .collect()
    }

    pub fn last_hour(&self, now: Time) -> Sum {
        let mut whole = Sum::default();
        self.by_minute(now).iter().for_each(|sum| whole.join(sum));
        whole
    }

    /// Sessions with a call in the last hour and what they cost in it, the one that called last first.
    pub fn sessions(&self, now: Time) -> Vec<(&str, &Session, Money)> {
        let first = first_minute(now);
        let within = |session: &Session| session.minutes.range(first..).map(|(_, cost)| *cost).sum::<Money>();
        let mut sessions: Vec<_> = self
            .sessions
            .iter()
            .filter(|(_, session)| session.minutes.range(first..).next().is_some())
            .map(|(id, session)| (id.as_str(), session, within(session)))
            .collect();
        sessions.sort_by(|a, b| b.1.last.cmp(&a.1.last).then(a.0.cmp(b.0)));
        sessions
    }
}

fn first_minute(now: Time) -> i64 {
    now.0.div_euclid(MINUTE_MS) + 1 - MINUTES as i64
}

fn replace(sum: &mut Sum, before: Option<&Sum>, after: &Sum) {
    if let Some(before) = before {
        sum.take_back(before);
    }
    sum.join(after);
}

#[cfg(test)]
mod tests {
    use super::super::fold::tests as sample;
    use super::*;
    use crate::ledger::scan;

    fn usd(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn kept_up_line_by_line_it_is_what_one_reading_gives() {
        let cut = sample::cut("UTC");
        let now = Time::parse("2026-11-24T12:00:00Z").unwrap();
        let lines = [
            sample::call("a:1", "2026-11-02T10:00:00Z", "s", "claude-opus-5-5", "1", ""),
            sample::call("b:1", "2026-11-23T10:00:00Z", "s", "claude-opus-5-5", "2", ""),
            sample::call("c:1", "2026-11-24T09:00:00Z", "s", "claude-opus-5-5", "4", ""),
            sample::call("d:1", "2026-11-24T11:30:00Z", "t", "claude-opus-5-5", "8", ""),
            sample::unlisted("1", "2026-11-24T11:40:00Z", "s", "16", ""),
            sample::call("d:1", "2026-11-24T11:30:00Z", "t", "claude-opus-5-5", "9", r#","rev":1"#),
            sample::call("e:1", "2026-11-24T11:59:59Z", "t", "claude-opus-5-5", "32", ""),
        ];
        let query = Query::default();
        let figures = |live: &Live| {
            let sessions: Vec<_> =
                live.sessions(now).iter().map(|(id, _, cost)| (id.to_string(), *cost)).collect();
            (
                live.today,
                live.this_week,
                live.this_month,
                live.by_minute(now),
                sessions,
                live.calls().to_vec(),
            )
        };
        let (_dir, ledger) = sample::ledger(&lines);
        let whole = figures(&Live::of(&ledger, &query, &cut, now).unwrap());
        assert_eq!((whole.0.cost, whole.1.cost, whole.2.cost), (usd("61"), usd("63"), usd("64")));
        assert_eq!(whole.3.iter().map(|sum| sum.cost).sum::<Money>(), usd("57"));
        assert_eq!(whole.4, [("t".to_string(), usd("41")), ("s".to_string(), usd("16"))]);
        for known in 0..lines.len() {
            let (_dir, part) = sample::ledger(&lines[..known]);
            let mut live = Live::of(&part, &query, &cut, now).unwrap();
            let mut new = 0;
            for line in &lines[known..] {
                let line = scan::parse(line.as_bytes()).unwrap();
                new += usize::from(live.take(&line, &query).is_some());
                // The same line twice, as when it was read by both.
                assert!(live.take(&line, &query).is_none());
            }
            live.settle(now);
            if known < 3 {
                assert!(live.is_stale(now), "a line of this morning");
                continue;
            }
            assert_eq!(figures(&live), whole, "{known}");
            assert_eq!(new, if known < 4 { 3 } else { lines[known..].len() - usize::from(known < 6) });
            assert!(!live.is_stale(now) && live.is_stale(now.plus_ms(FRESH_MS + 1)));
        }
    }
}
