//! The five-hour windows of subscribers, worked out from the calls: a window begins at the hour of its first call and lasts
//! five hours; the first call after that, or after five hours without one, begins the next. The same rule as ccusage's,
//! and the same names in the document. What the client itself reports of its limits is not made here.
//!
//! Calls come in no order and may be a million: they are summed up by the hour, which every window begins at.

pub mod forms;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::query::{Query, Wanted};
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::{Time, Window};
use crate::ledger::Ledger;
use crate::ledger::entries::Sum;
use crate::ledger::entries::{self, Entry};
use crate::ledger::scan::Bad;
use crate::model::model_id::canonical;

const HOUR_MS: i64 = 3_600_000;
/// How long a window lasts.
pub const LENGTH_MS: i64 = 5 * HOUR_MS;
/// How far back to look first for a pause of five hours, from which on windows can be told without what came before.
const LOOK_BACK_MS: i64 = 7 * 24 * HOUR_MS;

/// One window, or the pause between two.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    pub start: Time,
    pub end: Time,
    pub is_gap: bool,
    pub is_active: bool,
    /// Its first and last call; those around it for a pause.
    pub first: Time,
    pub last: Time,
    pub sum: Sum,
    pub models: Vec<String>,
}

/// How fast money and tokens go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Burn {
    /// From the first call to the last.
    pub ms: i64,
    pub cost: Money,
    pub tokens: u64,
}

impl Burn {
    pub fn cost_per_hour(&self) -> Money {
        self.cost.times(i128::from(HOUR_MS), i128::from(self.ms))
    }

    pub fn tokens_per_minute(&self) -> f64 {
        self.tokens as f64 / (self.ms as f64 / 60_000.0)
    }
}

/// What a window comes to if it goes on so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Projection {
    pub tokens: u64,
    pub cost: Money,
    pub minutes_left: i64,
}

impl Block {
    /// None where there was but one moment.
    pub fn burn(&self) -> Option<Burn> {
        let ms = self.last.since(self.first);
        (!self.is_gap && ms > 0).then(|| Burn { ms, cost: self.sum.cost, tokens: self.sum.tokens.total() })
    }

    pub fn projection(&self, now: Time) -> Option<Projection> {
        let burn = self.burn().filter(|_| self.is_active)?;
        let minutes_left = (self.end.since(now).max(0) + 30_000) / 60_000;
        let more =
            |amount: i128| Money(amount).times(i128::from(minutes_left) * 60_000, i128::from(burn.ms)).0;
        let tokens = i128::from(burn.tokens);
        Some(Projection {
            tokens: u64::try_from(tokens + more(tokens)).unwrap_or(u64::MAX),
            cost: Money(burn.cost.0 + more(burn.cost.0)),
            minutes_left,
        })
    }
}

/// The windows that begin within the query's window, oldest first, with the pauses between them; and what could not be
/// read.
pub fn blocks(ledger: &Ledger, query: &Query, now: Time) -> Result<(Vec<Block>, Vec<Bad>)> {
    let asked = query.window;
    let end = asked.end.plus_ms(LENGTH_MS).min(Time::MAX);
    let (mut found, mut bad) = (None, Vec::new());
    if asked.start > Time::MIN.plus_ms(LOOK_BACK_MS) {
        let start = asked.start.plus_ms(-LOOK_BACK_MS);
        let (read, faults) = hours(ledger, &Query { window: Window { start, end }, ..query.clone() })?;
        bad = faults;
        found = from_a_pause(read, asked.start);
    }
    let hours = match found {
        Some(hours) => hours,
        None => {
            let window = Window { start: Time::MIN, end };
            let (read, faults) = hours(ledger, &Query { window, ..query.clone() })?;
            bad = faults;
            read
        }
    };
    let mut blocks = of_hours(&hours, now);
    keep(&mut blocks, |block| asked.contains(block.start));
    Ok((blocks, bad))
}

/// Leaves only some windows, and the pauses between two of them.
pub fn keep(blocks: &mut Vec<Block>, wanted: impl Fn(&Block) -> bool) {
    let first = blocks.iter().position(|block| !block.is_gap && wanted(block));
    let last = blocks.iter().rposition(|block| !block.is_gap && wanted(block));
    let (Some(first), Some(last)) = (first, last) else { return blocks.clear() };
    blocks.truncate(last + 1);
    blocks.drain(..first);
    blocks.retain(|block| block.is_gap || wanted(block));
}

/// What the calls of one hour come to.
#[derive(Debug, Clone)]
struct Hour {
    first: Time,
    last: Time,
    sum: Sum,
    models: BTreeSet<String>,
}

impl Hour {
    fn join(&mut self, other: Hour) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.sum.join(&other.sum);
        self.models.extend(other.models);
    }
}

type Hours = BTreeMap<i64, Hour>;

struct Reader<'q> {
    wanted: Wanted<'q>,
    names: HashMap<String, String>,
    hours: Hours,
}

impl Reader<'_> {
    fn add(&mut self, entry: &Entry<'_>) {
        // What another program reported of a day has no hour.
        if entry.source.is_imported() || !self.wanted.counts(entry) {
            return;
        }
        let time = entry.time;
        let hour = self.hours.entry(time.0.div_euclid(HOUR_MS)).or_insert_with(|| Hour {
            first: time,
            last: time,
            sum: Sum::default(),
            models: BTreeSet::new(),
        });
        hour.first = hour.first.min(time);
        hour.last = hour.last.max(time);
        hour.sum.add(entry);
        if let Some(spelling) = entry.model {
            if !self.names.contains_key(spelling) {
                self.names.insert(spelling.to_string(), canonical(spelling).into_owned());
            }
            let name = &self.names[spelling];
            if !hour.models.contains(name) {
                hour.models.insert(name.clone());
            }
        }
    }
}

fn hours(ledger: &Ledger, query: &Query) -> Result<(Hours, Vec<Bad>)> {
    let new = || Reader { wanted: Wanted::new(query), names: HashMap::new(), hours: Hours::new() };
    let (readers, bad) = entries::fold(ledger, query.window, new, Reader::add)?;
    let mut whole = Hours::new();
    for (at, hour) in readers.into_iter().flat_map(|reader| reader.hours) {
        match whole.get_mut(&at) {
            Some(known) => known.join(hour),
            None => drop(whole.insert(at, hour)),
        }
    }
    Ok((whole, bad))
}

/// The hours from the last pause on that lies before `start`; None when there is none, so that windows depend on calls
/// that were not read.
fn from_a_pause(mut hours: Hours, start: Time) -> Option<Hours> {
    let mut last = start.plus_ms(-LOOK_BACK_MS);
    let mut begin = None;
    for (at, hour) in &hours {
        if hour.first.since(last) > LENGTH_MS {
            begin = Some(*at);
        }
        if hour.first > start {
            break;
        }
        last = hour.last;
    }
    match begin {
        Some(at) => Some(hours.split_off(&at)),
        // Without a call there is nothing to depend on.
        None if hours.is_empty() => Some(hours),
        None => None,
    }
}

fn of_hours(hours: &Hours, now: Time) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for (at, hour) in hours {
        let begins = Time(at * HOUR_MS);
        let open =
            blocks.last_mut().filter(|block| begins < block.end && hour.first.since(block.last) <= LENGTH_MS);
        match open {
            Some(block) => {
                block.last = hour.last;
                block.sum.join(&hour.sum);
                for model in &hour.models {
                    if !block.models.contains(model) {
                        block.models.push(model.clone());
                    }
                }
            }
            None => {
                let before = blocks.last().map(|block| block.last);
                blocks.extend(before.and_then(|last| pause(last, hour.first)));
                blocks.push(Block {
                    start: begins,
                    end: begins.plus_ms(LENGTH_MS),
                    is_gap: false,
                    is_active: false,
                    first: hour.first,
                    last: hour.last,
                    sum: hour.sum,
                    models: hour.models.iter().cloned().collect(),
                });
            }
        }
    }
    if let Some(block) = blocks.last_mut() {
        block.is_active = now < block.end && now.since(block.last) < LENGTH_MS && block.start <= now;
    }
    blocks
}

fn pause(last: Time, next: Time) -> Option<Block> {
    (next.since(last) > LENGTH_MS).then(|| Block {
        start: last.plus_ms(LENGTH_MS),
        end: next,
        is_gap: true,
        is_active: false,
        first: last,
        last: next,
        sum: Sum::default(),
        models: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::fold::tests as sample;
    use super::*;
    use proptest::prelude::*;

    fn time(text: &str) -> Time {
        Time::parse(text).unwrap()
    }

    fn calls(times: &[&str]) -> Vec<String> {
        let call = |(at, time): (usize, &&str)| {
            sample::call(&format!("{at}:1"), time, "s", "claude-opus-5-5", "1", "")
        };
        times.iter().enumerate().map(call).collect()
    }

    fn shown(blocks: &[Block]) -> Vec<String> {
        let short = |time: Time| time.to_string()[8..16].to_string();
        let kind = |block: &Block| match (block.is_gap, block.is_active) {
            (true, _) => "gap",
            (_, true) => "active",
            _ => "-",
        };
        blocks
            .iter()
            .map(|block| {
                format!("{} {} {} {}", short(block.start), short(block.end), block.sum.calls, kind(block))
            })
            .collect()
    }

    #[test]
    fn windows_begin_at_the_hour_and_after_pauses() {
        let lines = calls(&[
            "2026-11-23T08:20:00Z",
            "2026-11-23T12:59:59Z",
            // Five hours after the hour it began in, the next window begins at once.
            "2026-11-23T13:00:00Z",
            "2026-11-23T14:10:00Z",
            "2026-11-24T09:30:00Z",
            "2026-11-24T11:30:00Z",
        ]);
        let (_dir, ledger) = sample::ledger(&lines);
        let now = time("2026-11-24T12:00:00Z");
        let expected = [
            "23T08:00 23T13:00 2 -",
            "23T13:00 23T18:00 2 -",
            "23T19:10 24T09:30 0 gap",
            "24T09:00 24T14:00 2 active",
        ];
        let (all, _) = blocks(&ledger, &Query::default(), now).unwrap();
        assert_eq!(shown(&all), expected);
        let active = all.last().unwrap();
        let burn = active.burn().unwrap();
        assert_eq!((burn.cost_per_hour(), burn.tokens), (Money::from_usd(1), 240));
        assert!((burn.tokens_per_minute() - 2.0).abs() < 1e-9);
        let projection = active.projection(now).unwrap();
        assert_eq!(
            (projection.cost, projection.tokens, projection.minutes_left),
            (Money::from_usd(4), 480, 120)
        );
        // Over, after its end and after five hours without a call.
        for now in ["2026-11-24T14:00:00Z", "2026-11-25T00:00:00Z"] {
            assert!(
                !blocks(&ledger, &Query::default(), time(now)).unwrap().0.iter().any(|block| block.is_active)
            );
        }
        let since = Query {
            window: Window { start: time("2026-11-23T12:30:00Z"), end: Time::MAX },
            ..Query::default()
        };
        assert_eq!(shown(&blocks(&ledger, &since, now).unwrap().0), expected[1..]);
    }

    proptest! {
        /// However little is asked for, windows are those of the whole ledger; and nothing is lost.
        #[test]
        fn a_part_has_the_windows_of_the_whole(
            minutes in prop::collection::vec(0_i64..40_000, 1..60),
            dense in prop::collection::vec(0_i64..20_000, 0..200),
            start in 0_i64..40_000,
        ) {
            let at = |minutes: &i64| time("2026-10-01T00:00:00Z").plus_ms(minutes * 60_000);
            let times: Vec<String> = minutes.iter().chain(&dense).map(|m| at(m).to_string().replace(".000", "")).collect();
            let lines = calls(&times.iter().map(String::as_str).collect::<Vec<_>>());
            let (_dir, ledger) = sample::ledger(&lines);
            let now = at(&40_000);
            let (all, _) = blocks(&ledger, &Query::default(), now).unwrap();
            prop_assert_eq!(all.iter().map(|block| block.sum.calls).sum::<u64>(), lines.len() as u64);
            for block in all.iter().filter(|block| !block.is_gap) {
                prop_assert!(block.start <= block.first && block.last < block.end);
            }
            for pair in all.windows(2) {
                prop_assert!(pair[0].is_gap || pair[0].end <= pair[1].start || pair[1].is_gap);
            }
            let window = Window { start: at(&start), end: Time::MAX };
            let (part, _) = blocks(&ledger, &Query { window, ..Query::default() }, now).unwrap();
            let mut expected = all;
            keep(&mut expected, |block| window.contains(block.start));
            prop_assert_eq!(part, expected);
        }
    }
}
