//! One pass over the ledger into records, session by session in 64 heaps, so that each can be put in order and let go
//! on its own. Sums are kept beside them, so that the answer's totals are the ledger's whatever a record can hold.

use std::collections::HashMap;

use super::record::{COUNTED, ESTIMATED, ITERATED, Parts, Place, Record, Table, UNLISTED, Work, hash, put};
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::Time;
use crate::ledger::Ledger;
use crate::ledger::entries::Sum;
use crate::ledger::entries::{self, Entry};
use crate::ledger::scan::Bad;
use crate::model::limit::Filter;
use crate::model::price::{CallFacts, Iteration, IterationKind, PriceOverrides, price};
use crate::model::usage::Tokens;
use crate::report::query::{Query, Wanted};

const HEAPS: usize = 64;
/// Records are kept in pieces of this many: a list that doubles would need its memory twice.
const PIECE: usize = 512;
/// No zone changes its clock within one.
pub(super) const QUARTER: i64 = 900_000;

/// What is known of a session beside its records.
#[derive(Debug, Clone, Copy)]
pub(super) struct SessionRow {
    newest: Time,
    pub(super) project: u32,
}

/// A compaction inside a call, on the server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Compaction {
    pub(super) session: u32,
    pub(super) id: u32,
    pub(super) cost: Money,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slot {
    pub(super) cost: Money,
    pub(super) calls: u64,
}

/// Everything the ledger says about the question.
pub(super) struct Collected {
    /// By number.
    pub(super) sessions: Vec<(String, SessionRow)>,
    pub(super) projects: Vec<String>,
    pub(super) places: Vec<Place>,
    pub(super) works: Vec<Work>,
    /// In pieces and in no order: `in_order` makes one whole when it is needed.
    pub(super) heaps: Vec<Vec<Vec<Record>>>,
    pub(super) compactions: Vec<Compaction>,
    /// Cost that no record could hold, by session.
    pub(super) huge: Vec<(u32, Money)>,
    pub(super) total: Sum,
    /// By quarter of an hour since 1970.
    pub(super) quarters: HashMap<i64, Slot>,
    pub(super) bad: Vec<Bad>,
}

pub(super) fn collect(ledger: &Ledger, query: &Query, prices: &PriceOverrides) -> Result<Collected> {
    // What a filter leaves out of a session still stands between the calls it counts.
    let filter = Filter { session: query.filter.session.clone(), ..Filter::default() };
    let wide = Query { filter, ..query.clone() };
    let (parts, bad) = entries::fold(
        ledger,
        query.window,
        || Collector::new(query, &wide, prices),
        |collector, entry| collector.add(entry),
    )?;
    let mut parts = parts.into_iter();
    let mut whole = parts.next().unwrap_or_else(|| Collector::new(query, &wide, prices));
    parts.for_each(|part| whole.join(part));
    Ok(whole.finish(bad))
}

struct Collector<'q> {
    wide: Wanted<'q>,
    narrow: Option<Wanted<'q>>,
    prices: &'q PriceOverrides,
    sessions: Table<SessionRow>,
    projects: Table<String>,
    places: Table<Place>,
    works: Table<Work>,
    heaps: Vec<Vec<Vec<Record>>>,
    compactions: Vec<Compaction>,
    huge: Vec<(u32, Money)>,
    total: Sum,
    quarters: HashMap<i64, Slot>,
    key: Vec<u8>,
}

impl<'q> Collector<'q> {
    fn new(query: &'q Query, wide: &'q Query, prices: &'q PriceOverrides) -> Self {
        Self {
            wide: Wanted::new(wide),
            narrow: (query != wide).then(|| Wanted::new(query)),
            prices,
            sessions: Table::default(),
            projects: Table::default(),
            places: Table::default(),
            works: Table::default(),
            heaps: (0..HEAPS).map(|_| Vec::new()).collect(),
            compactions: Vec::new(),
            huge: Vec::new(),
            total: Sum::default(),
            quarters: HashMap::new(),
            key: Vec::new(),
        }
    }

    fn add(&mut self, entry: &Entry<'_>) {
        if !self.wide.counts(entry) {
            return;
        }
        let is_counted = self.narrow.as_mut().is_none_or(|narrow| narrow.counts(entry));
        if is_counted {
            self.total.add(entry);
            let slot = self.quarters.entry(entry.time.0.div_euclid(QUARTER)).or_default();
            slot.cost += entry.cost;
            slot.calls += u64::from(!entry.is_unlisted);
        }
        let session = self.session(entry);
        let id = hash(entry.id);
        if is_counted {
            self.compaction(entry, session, id);
        }
        let flag = |on: bool, flag: u8| if on { flag } else { 0 };
        let flags = flag(is_counted, COUNTED)
            | flag(entry.is_unlisted, UNLISTED)
            | flag(entry.estimated, ESTIMATED)
            | flag(!entry.iterations.is_empty(), ITERATED);
        let (place, work) = (self.place(entry), self.work(entry));
        let (record, rest) = Record::new(Parts {
            time: entry.time,
            cost: entry.cost,
            session,
            agent: hash(entry.agent_id),
            prompt: hash(entry.prompt_id),
            id,
            tokens: own_tokens(entry),
            result_bytes: entry.result_bytes,
            place,
            work,
            searches: entry.web_searches,
            retries: entry.retries,
            flags,
        });
        if is_counted {
            self.huge.extend(rest.map(|cost| (session, cost)));
        }
        // By its name, so that all threads put a session into the same heap.
        let heap = &mut self.heaps[hash(entry.session) as usize % HEAPS];
        match heap.last_mut().filter(|piece| piece.len() < PIECE) {
            Some(piece) => piece.push(record),
            None => {
                let mut piece = Vec::with_capacity(PIECE);
                piece.push(record);
                heap.push(piece);
            }
        }
    }

    fn session(&mut self, entry: &Entry<'_>) -> u32 {
        let project = self.projects.number(entry.project.as_bytes(), || entry.project.to_string());
        let fresh = || SessionRow { newest: Time::MIN, project };
        let session = self.sessions.number(entry.session.as_bytes(), fresh);
        let row = SessionRow { newest: entry.time, project };
        newer(&mut self.sessions.rows[session as usize], row, &self.projects.rows);
        session
    }

    fn place(&mut self, entry: &Entry<'_>) -> usize {
        let model = entry.model.unwrap_or_default();
        self.key.clear();
        let texts = [model, entry.provider.name(), entry.region, entry.geo, entry.tier, entry.speed];
        texts.iter().for_each(|text| put(&mut self.key, text));
        let new = || Place::new(model, entry.provider, entry.region, entry.geo, entry.tier, entry.speed);
        self.places.number(&self.key, new) as usize
    }

    fn work(&mut self, entry: &Entry<'_>) -> usize {
        self.key.clear();
        [entry.agent, entry.stop_reason].iter().for_each(|text| put(&mut self.key, text));
        entry.tools.iter().for_each(|tool| put(&mut self.key, tool));
        let new = || Work {
            agent: entry.agent.to_string(),
            stop: entry.stop_reason.to_string(),
            tools: entry.tools.iter().map(ToString::to_string).collect(),
        };
        self.works.number(&self.key, new) as usize
    }

    /// What the compactions inside a call cost: the call priced with and without them.
    fn compaction(&mut self, entry: &Entry<'_>, session: u32, id: u32) {
        let is_compaction = |run: &&Iteration| run.kind == IterationKind::Compaction;
        if !entry.iterations.iter().any(|run| is_compaction(&run)) {
            return;
        }
        let others: Vec<Iteration> =
            entry.iterations.iter().filter(|run| !is_compaction(run)).cloned().collect();
        // The counts of the call are those of its own runs: then nothing is missing, and nothing is priced twice.
        let own = others
            .iter()
            .filter(|run| run.kind != IterationKind::AdvisorMessage)
            .fold(Tokens::default(), |sum, run| sum.plus(&run.tokens));
        let facts = |iterations| CallFacts { tokens: own, iterations, ..entry.facts() };
        let with = price(&facts(entry.iterations), self.prices).cost;
        let without = price(&facts(&others), self.prices).cost;
        let cost = with.saturating_sub_zero(without).min(entry.cost);
        if cost.is_positive() {
            self.compactions.push(Compaction { session, id, cost });
        }
    }

    fn join(&mut self, other: Self) {
        let projects = self.projects.take(other.projects, |_, _| {});
        let mut rows = other.sessions;
        rows.rows.iter_mut().for_each(|row| row.project = projects[row.project as usize]);
        let names = &self.projects.rows;
        let sessions = self.sessions.take(rows, |kept, row| newer(kept, row, names));
        let places = self.places.take(other.places, |_, _| {});
        let works = self.works.take(other.works, |_, _| {});
        let short = |number: u32| u16::try_from(number).ok();
        for (heap, mut more) in self.heaps.iter_mut().zip(other.heaps) {
            for record in more.iter_mut().flatten() {
                record.session = sessions[record.session as usize];
                let numbers = (
                    places.get(usize::from(record.place)).and_then(|number| short(*number)),
                    works.get(usize::from(record.work)).and_then(|number| short(*number)),
                );
                match numbers {
                    (Some(place), Some(work)) => (record.place, record.work) = (place, work),
                    _ => record.flags |= super::record::ODD,
                }
            }
            heap.append(&mut more);
        }
        let renamed = |session: u32| sessions[session as usize];
        self.compactions.extend(
            other
                .compactions
                .into_iter()
                .map(|found| Compaction { session: renamed(found.session), ..found }),
        );
        self.huge.extend(other.huge.into_iter().map(|(session, cost)| (renamed(session), cost)));
        self.total.join(&other.total);
        for (quarter, slot) in other.quarters {
            let kept = self.quarters.entry(quarter).or_default();
            kept.cost += slot.cost;
            kept.calls += slot.calls;
        }
    }

    fn finish(self, bad: Vec<Bad>) -> Collected {
        Collected {
            sessions: self.sessions.named(),
            projects: self.projects.rows,
            places: self.places.rows,
            works: self.works.rows,
            heaps: self.heaps,
            compactions: self.compactions,
            huge: self.huge,
            total: self.total,
            quarters: self.quarters,
            bad,
        }
    }
}

/// A heap's records by session, thread and time. Its pieces are let go one by one: all heaps put in order at once would
/// need the memory of all records twice.
pub(super) fn in_order(pieces: Vec<Vec<Record>>) -> Vec<Record> {
    let mut records = Vec::with_capacity(pieces.iter().map(Vec::len).sum());
    pieces.into_iter().for_each(|piece| records.extend(piece));
    records.sort_unstable_by_key(Record::order);
    records
}

/// The project of a session is that of its newest line, and of two of one instant always the same one.
fn newer(kept: &mut SessionRow, row: SessionRow, projects: &[String]) {
    let name = |row: &SessionRow| projects.get(row.project as usize);
    if (row.newest, name(&row)) > (kept.newest, name(kept)) {
        *kept = row;
    }
}

/// The counts a call's neighbours are compared by: of several runs those of the last one, which had the whole context.
fn own_tokens(entry: &Entry<'_>) -> Tokens {
    let is_own =
        |run: &&Iteration| matches!(run.kind, IterationKind::Message | IterationKind::FallbackMessage);
    entry.iterations.iter().rev().find(is_own).map_or(entry.tokens, |run| run.tokens)
}
