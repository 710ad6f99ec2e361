//! The second reading: the figures by day and by every dimension, and the money of each hour of the day. When there are
//! more rows than a page can bear, fewer names are told apart; nothing is left out.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::{Datelike, NaiveDate, Timelike};

use super::Request;
use super::dimension::{COUNT, Dimension, LEVELS, Namer, kept};
use super::saving::Saver;
use super::survey::Survey;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::Zone;
use crate::ledger::entries::Sum;
use crate::ledger::entries::{self, Entry};
use crate::ledger::scan::Bad;
use crate::report::query::Wanted;

/// About how many bytes of the page the figures may take; more make it slow to open.
const MOST_BYTES: usize = 3_000_000;
/// About how many a row takes, and an hour of it.
const ROW_BYTES: usize = 45;
const HOUR_BYTES: usize = 10;
/// A thread's own calls are handed over when they are so many.
const HANDED_OVER: usize = 2048;
/// The place of names that are not told apart.
pub(super) const OTHERS: u16 = u16::MAX;

/// A day, counted from 1970-01-01, and the places of its names in the survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) day: i32,
    pub(super) names: [u16; COUNT],
}

/// Everything of one key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) sum: Sum,
    /// What caching saved.
    pub(super) saved: Money,
    /// The cost by hour of the day, a few of them; in order once the cube is full.
    pub(super) hours: Vec<(u8, Money)>,
}

/// One call on its way into the cube.
#[derive(Debug, Clone, Copy)]
struct Record {
    key: Key,
    hour: u8,
    sum: Sum,
    saved: Money,
}

impl Row {
    /// Says whether the hour is new to the row.
    fn add_hour(&mut self, hour: u8, cost: Money) -> bool {
        match self.hours.iter_mut().find(|(known, _)| *known == hour) {
            Some((_, sum)) => {
                *sum += cost;
                false
            }
            None => {
                self.hours.push((hour, cost));
                true
            }
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Cube {
    /// In order once the cube is full.
    pub(super) rows: Vec<(Key, Row)>,
    /// Where each row is. Apart from the rows: a table of places is half empty, and these are small.
    places: HashMap<Key, u32>,
    hours: usize,
    level: usize,
    /// How many names of each dimension the survey has.
    counts: [usize; COUNT],
}

impl Cube {
    fn new(survey: &Survey) -> Self {
        Self { counts: Dimension::ALL.map(|of| survey.count(of)), ..Self::default() }
    }

    /// How many names of a dimension are told apart.
    pub(super) fn kept(&self, dimension: Dimension) -> usize {
        kept(self.level, dimension as usize, self.counts[dimension as usize])
    }

    fn coarse(&self, key: Key) -> Key {
        let mut names = key.names;
        for (at, name) in names.iter_mut().enumerate() {
            if usize::from(*name) >= kept(self.level, at, self.counts[at]) {
                *name = OTHERS;
            }
        }
        Key { names, ..key }
    }

    fn add(&mut self, record: &Record) {
        self.join(record.key, &record.sum, record.saved, &[(record.hour, record.sum.cost)]);
        // Part of the calls needing a level means that all of them do: where this ends does not depend on their order.
        while self.bytes() > MOST_BYTES && self.level + 1 < LEVELS.len() {
            self.level += 1;
            self.fold_up();
        }
    }

    fn join(&mut self, key: Key, sum: &Sum, saved: Money, hours: &[(u8, Money)]) {
        let key = self.coarse(key);
        let next = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let at = *self.places.entry(key).or_insert(next);
        if at == next {
            self.rows.push((key, Row::default()));
        }
        let row = &mut self.rows[at as usize].1;
        row.sum.join(sum);
        row.saved += saved;
        for (hour, cost) in hours {
            let hour = LEVELS[self.level].begin(*hour);
            self.hours += usize::from(row.add_hour(hour, *cost));
        }
    }

    fn bytes(&self) -> usize {
        self.rows.len() * ROW_BYTES + self.hours * HOUR_BYTES
    }

    /// So many hours of the day are one.
    pub(super) fn hour_step(&self) -> u8 {
        LEVELS[self.level].hours
    }

    fn fold_up(&mut self) {
        self.hours = 0;
        self.places.clear();
        for (key, row) in std::mem::take(&mut self.rows) {
            self.join(key, &row.sum, row.saved, &row.hours);
        }
    }

    fn finish(&mut self) {
        self.places = HashMap::new();
        self.rows.sort_unstable_by_key(|(key, _)| *key);
        self.rows.iter_mut().for_each(|(_, row)| row.hours.sort_unstable());
    }

    pub(super) fn sum(&self) -> Sum {
        let mut sum = Sum::default();
        self.rows.iter().for_each(|(_, row)| sum.join(&row.sum));
        sum
    }

    pub(super) fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        let (first, _) = self.rows.first()?;
        let (last, _) = self.rows.last()?;
        Some((date(first.day), date(last.day)))
    }

    /// Sessions shown on their own.
    pub(super) fn sessions(&self, survey: &Survey) -> usize {
        self.kept(Dimension::Session).min(survey.session_count())
    }
}

/// Days from 1970-01-01.
pub(super) fn number(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - EPOCH
}

pub(super) fn date(number: i32) -> NaiveDate {
    NaiveDate::from_num_days_from_ce_opt(number.saturating_add(EPOCH)).unwrap_or_default()
}

const EPOCH: i32 = 719_163;

/// One thread's part of the reading.
struct Reader<'a> {
    wanted: Wanted<'a>,
    namer: Namer,
    saver: Saver<'a>,
    places: &'a [HashMap<&'a str, u16>; COUNT],
    /// The names of the last call with their places: the next one mostly says the same.
    last: [Option<(String, u16)>; COUNT],
    zone: &'a Zone,
    /// Quarters of an hour with the day and hour they fall into: no zone changes within one.
    quarters: HashMap<i64, (i32, u8)>,
    own: Vec<Record>,
    all: &'a Mutex<Cube>,
}

impl Reader<'_> {
    fn add(&mut self, entry: &Entry<'_>) {
        if !self.wanted.counts(entry) {
            return;
        }
        let quarter = entry.time.0.div_euclid(900_000);
        let (day, hour) = match self.quarters.get(&quarter) {
            Some(known) => *known,
            None => {
                let civil = self.zone.civil(entry.time);
                let found = (number(civil.date()), u8::try_from(civil.hour()).unwrap_or(0));
                self.quarters.insert(quarter, found);
                found
            }
        };
        let mut names = [OTHERS; COUNT];
        let found = self.namer.names(entry);
        for (at, name) in found.into_iter().enumerate() {
            names[at] = match &self.last[at] {
                Some((last, place)) if last == name => *place,
                _ => {
                    // What was booked since the first reading may have names that it did not meet.
                    let place = self.places[at].get(name).copied().unwrap_or(OTHERS);
                    self.last[at] = Some((name.to_string(), place));
                    place
                }
            };
        }
        let mut sum = Sum::default();
        sum.add(entry);
        let saved = self.saver.saved(entry);
        let key = Key { day, names };
        match self.own.last_mut().filter(|last| last.key == key && last.hour == hour) {
            Some(last) => {
                last.sum.join(&sum);
                last.saved += saved;
            }
            None => self.own.push(Record { key, hour, sum, saved }),
        }
        if self.own.len() >= HANDED_OVER {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        if let Ok(mut all) = self.all.lock() {
            self.own.drain(..).for_each(|record| all.add(&record));
        }
    }
}

pub(super) fn fill(request: &Request<'_>, survey: &Survey) -> Result<(Cube, Vec<Bad>)> {
    let places = survey.names.each_ref().map(|names| {
        let told_apart = names.iter().take(usize::from(OTHERS)).zip(0..);
        told_apart.map(|((name, _), at)| (name.as_str(), at)).collect::<HashMap<&str, u16>>()
    });
    let all = Mutex::new(Cube::new(survey));
    let new = || Reader {
        wanted: Wanted::new(request.query),
        namer: Namer::default(),
        saver: Saver::new(request.prices),
        places: &places,
        last: Default::default(),
        zone: &request.cut.zone,
        quarters: HashMap::new(),
        own: Vec::with_capacity(HANDED_OVER),
        all: &all,
    };
    let (readers, bad) = entries::fold(request.ledger, request.query.window, new, Reader::add)?;
    readers.into_iter().for_each(|mut reader| reader.hand_over());
    let mut cube = all.into_inner().unwrap_or_default();
    cube.finish();
    Ok((cube, bad))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn record(day: i32, names: [u16; COUNT], hour: u8, cents: i64) -> Record {
        let cost = Money(i128::from(cents) * 10_000_000_000);
        Record { key: Key { day, names }, hour, sum: Sum { calls: 1, cost, ..Sum::default() }, saved: cost }
    }

    fn cube(records: &[Record]) -> Cube {
        let mut cube = Cube { counts: [100; COUNT], ..Cube::default() };
        records.iter().for_each(|record| cube.add(record));
        cube.finish();
        cube
    }

    #[test]
    fn many_names_are_put_together_and_the_sum_stays() {
        let records: Vec<Record> = (0..100_000_u32)
            .map(|at| {
                // As good as random: hardly two are alike.
                let name = |part: u32| u16::try_from((at.wrapping_mul(2_654_435_761) >> part) % 100).unwrap();
                let names = [name(0), name(5), name(10), 0, 0, 0, name(15)];
                record(20_000 + i32::try_from(at % 300).unwrap(), names, u8::try_from(at % 24).unwrap(), 1)
            })
            .collect();
        let forwards = cube(&records);
        assert!(
            forwards.rows.len() * ROW_BYTES <= MOST_BYTES && forwards.level > 0,
            "{}",
            forwards.rows.len()
        );
        let hours: usize = forwards.rows.iter().map(|(_, row)| row.hours.len()).sum();
        assert_eq!(hours, forwards.hours);
        assert_eq!(forwards.sum().cost, Money::from_usd(1000));
        assert_eq!(forwards.sum().calls, 100_000);
        let mut other: Vec<Record> = records;
        other.reverse();
        let backwards = cube(&other);
        assert_eq!((backwards.level, backwards.rows), (forwards.level, forwards.rows));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(32) })]
        #[test]
        fn hours_add_up_to_their_row(
            calls in prop::collection::vec((0i32..3, 0u16..4, 0u8..24, -500i64..5000), 0..60),
        ) {
            let records: Vec<Record> =
                calls.iter().map(|(day, name, hour, cents)| record(*day, [*name; COUNT], *hour, *cents)).collect();
            let cube = cube(&records);
            for (_, row) in &cube.rows {
                prop_assert_eq!(row.hours.iter().map(|(_, cost)| *cost).sum::<Money>(), row.sum.cost);
            }
            let whole: Money = records.iter().map(|record| record.sum.cost).sum();
            prop_assert_eq!(cube.sum().cost, whole);
        }
    }

    #[test]
    fn days_are_counted_from_1970() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        assert_eq!((number(day), date(20_781)), (20_781, day));
        assert_eq!(number(date(-719_162)), -719_162);
    }
}
