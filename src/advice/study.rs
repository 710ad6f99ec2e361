//! The whole question answered: sums, the hours that stand out, the dearest sessions with what was found in them, and
//! every kind of finding over all sessions. Holds the findings of few sessions at a time.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::Timelike;

use super::collect::{Collected, QUARTER, Slot, collect, in_order};
use super::detect::{self, SeriesPlace, series};
use super::finding::{CallRef, Finding, Kind, Numbers};
use super::pricing::Pricer;
use super::record::{COUNTED, ESTIMATED, ITERATED, ODD, Record, UNLISTED, hash};
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::{Time, Window, Zone};
use crate::ledger::Ledger;
use crate::ledger::entries;
use crate::ledger::entries::Sum;
use crate::ledger::scan::Bad;
use crate::model::price::PriceOverrides;
use crate::report::query::Query;

/// Findings of a kind that are kept as examples.
const EXAMPLES: usize = 3;

pub struct Question<'a> {
    pub query: &'a Query,
    pub prices: &'a PriceOverrides,
    pub zone: &'a Zone,
    /// How many of the dearest sessions are told of.
    pub top: usize,
}

/// An hour of the reader's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hour {
    pub start: Time,
    pub cost: Money,
    pub calls: u64,
}

/// One of the dearest sessions.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionStudy {
    pub id: String,
    pub project: String,
    pub calls: u64,
    pub cost: Money,
    pub unlisted: Money,
    pub estimated: Money,
    pub first: Time,
    pub last: Time,
    /// Tokens of the longest prompt.
    pub peak_context: u64,
    /// By saving, largest first.
    pub findings: Vec<Finding>,
    /// What all of them together would have saved.
    pub saving: Money,
}

/// A kind of finding over all sessions.
#[derive(Debug, Clone, PartialEq)]
pub struct KindTotal {
    pub kind: Kind,
    pub sessions: u64,
    pub calls: u64,
    pub cost: Money,
    pub spent: Money,
    pub saving: Money,
    pub numbers: Numbers,
    /// Session and project with the finding, those that save most first.
    pub examples: Vec<(String, String, Finding)>,
}

pub struct Study {
    pub total: Sum,
    pub sessions: u64,
    /// In the order of time.
    pub hours: Vec<Hour>,
    /// Dearest first.
    pub dearest: Vec<SessionStudy>,
    /// By saving, largest first.
    pub kinds: Vec<KindTotal>,
    /// What everything found would have saved, each call counted once with its largest saving.
    pub saving: Money,
    /// Lines that could not be read and are in no sum.
    pub bad: Vec<Bad>,
}

/// A session in a few numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Brief {
    pub(super) session: u32,
    pub(super) project: u32,
    pub(super) calls: u32,
    first: Time,
    last: Time,
    cost: Money,
    unlisted: Money,
    estimated: Money,
    peak: u64,
    /// The first call of the main conversation that is counted.
    pub(super) start: Option<Start>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    pub(super) time: Time,
    id: u32,
    pub(super) place: u16,
    pub(super) written: u64,
    read: u64,
}

/// What lies around a session: sessions before and after it.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    pub(super) series: HashMap<u32, SeriesPlace>,
    /// By project and place, in the order of time: sessions whose first call read a cache.
    readers: HashMap<(u32, u16), Vec<(Time, u32)>>,
}

impl Surroundings {
    fn of(briefs: &[Brief]) -> Self {
        let mut readers: HashMap<(u32, u16), Vec<(Time, u32)>> = HashMap::new();
        for brief in briefs {
            if let Some(start) = brief.start.filter(|start| start.read > 0) {
                readers.entry((brief.project, start.place)).or_default().push((start.time, brief.session));
            }
        }
        readers.values_mut().for_each(|list| list.sort_unstable());
        Self { series: series(briefs), readers }
    }

    /// Did another session of the project begin within `life` after the call, and read a cache?
    pub(super) fn reads_after(&self, project: u32, call: &Record, life: i64) -> bool {
        let Some(list) = self.readers.get(&(project, call.place)) else { return false };
        let from = list.partition_point(|(time, _)| *time < call.time);
        let within = list[from..].iter().take_while(|(time, _)| time.since(call.time) < life);
        within.into_iter().any(|(_, session)| *session != call.session)
    }
}

pub fn study(ledger: &Ledger, question: &Question<'_>) -> Result<Study> {
    let Collected { sessions, projects, places, works, heaps, mut compactions, huge, total, quarters, bad } =
        collect(ledger, question.query, question.prices)?;
    let project_of: Vec<u32> = sessions.iter().map(|(_, row)| row.project).collect();
    let mut briefs: Vec<Option<Brief>> = vec![None; sessions.len()];
    for record in heaps.iter().flatten().flatten().filter(|record| record.is(COUNTED)) {
        let number = record.session as usize;
        briefs[number].get_or_insert_with(|| Brief::new(record, project_of[number])).add(record);
    }
    // In the order of their numbers.
    let mut briefs: Vec<Brief> = briefs.into_iter().flatten().collect();
    for (session, cost) in huge {
        if let Ok(at) = briefs.binary_search_by_key(&session, |brief| brief.session) {
            briefs[at].cost += cost;
        }
    }
    compactions.sort_unstable_by_key(|found| found.session);
    let around = Surroundings::of(&briefs);
    let wanted = dearest(&briefs, &sessions, question.top);
    let pricer = Pricer { prices: question.prices, places: &places };

    let mut kept: HashMap<u32, (Vec<Finding>, Money)> = HashMap::new();
    let mut kinds: BTreeMap<Kind, (KindTotal, Vec<Finding>)> = BTreeMap::new();
    let mut saving = Money::ZERO;
    for heap in heaps {
        for records in in_order(heap).chunk_by(|a, b| a.session == b.session) {
            let number = records[0].session;
            let Ok(at) = briefs.binary_search_by_key(&number, |brief| brief.session) else { continue };
            let own = compactions.partition_point(|found| found.session < number)
                ..compactions.partition_point(|found| found.session <= number);
            let own: Vec<(u32, Money)> =
                compactions[own].iter().map(|found| (found.id, found.cost)).collect();
            let context = detect::Context {
                pricer: &pricer,
                works: &works,
                around: &around,
                project: briefs[at].project,
                cost: briefs[at].cost,
                compactions: &own,
            };
            let (findings, together) = detect::detect(records, &context);
            saving += together;
            for finding in &findings {
                add(&mut kinds, finding);
            }
            if wanted.contains(&number) {
                kept.insert(number, (findings, together));
            }
        }
    }

    let mut refs: HashSet<CallRef> = HashSet::new();
    let of_kinds = kinds.values().flat_map(|(_, examples)| examples);
    let of_sessions = kept.values().flat_map(|(findings, _)| findings);
    of_kinds.chain(of_sessions).for_each(|finding| refs.extend(&finding.refs));
    let ids = ids(ledger, &refs, &sessions)?;
    let name = |number: u32| sessions[number as usize].0.clone();
    let project = |number: u32| projects[project_of[number as usize] as usize].clone();
    let named = |mut finding: Finding| {
        finding.ids = finding.refs.iter().filter_map(|call| ids.get(call).cloned()).collect();
        finding
    };

    let mut told: Vec<SessionStudy> = Vec::new();
    for brief in briefs.iter().filter(|brief| wanted.contains(&brief.session)) {
        let (findings, saving) = kept.remove(&brief.session).unwrap_or_default();
        told.push(SessionStudy {
            id: name(brief.session),
            project: project(brief.session),
            calls: u64::from(brief.calls),
            cost: brief.cost,
            unlisted: brief.unlisted,
            estimated: brief.estimated,
            first: brief.first,
            last: brief.last,
            peak_context: brief.peak,
            findings: findings.into_iter().map(named).collect(),
            saving,
        });
    }
    told.sort_by(|a, b| b.cost.cmp(&a.cost).then_with(|| a.id.cmp(&b.id)));
    let mut kinds: Vec<KindTotal> = kinds
        .into_values()
        .map(|(mut total, examples)| {
            let with_session = |finding: Finding| {
                let number = finding.refs.first().map_or(0, |call| call.session);
                (name(number), project(number), named(finding))
            };
            total.examples = examples.into_iter().map(with_session).collect();
            total
        })
        .collect();
    kinds.sort_by(|a, b| (b.saving, b.spent).cmp(&(a.saving, a.spent)).then(a.kind.cmp(&b.kind)));
    Ok(Study {
        total,
        sessions: briefs.len() as u64,
        hours: hours(&quarters, question.zone),
        dearest: told,
        kinds,
        saving,
        bad,
    })
}

impl Brief {
    fn new(first: &Record, project: u32) -> Self {
        Self {
            session: first.session,
            project,
            calls: 0,
            first: first.time,
            last: first.time,
            cost: Money::ZERO,
            unlisted: Money::ZERO,
            estimated: Money::ZERO,
            peak: 0,
            start: None,
        }
    }

    /// Takes in a record, in any order.
    fn add(&mut self, record: &Record) {
        self.first = self.first.min(record.time);
        self.last = self.last.max(record.time);
        self.cost += record.cost();
        if record.is(ESTIMATED) {
            self.estimated += record.cost();
        }
        if record.is(UNLISTED) {
            self.unlisted += record.cost();
            return;
        }
        self.calls += 1;
        if !record.is(ITERATED) && !record.is(ODD) {
            self.peak = self.peak.max(record.context());
        }
        let is_earlier = |start: &Start| (record.time, record.id) < (start.time, start.id);
        if record.agent == 0 && !record.is(ODD) && self.start.as_ref().is_none_or(is_earlier) {
            self.start = Some(Start {
                time: record.time,
                id: record.id,
                place: record.place,
                written: record.cache_write(),
                read: record.cache_read(),
            });
        }
    }
}

fn dearest<T>(briefs: &[Brief], sessions: &[(String, T)], top: usize) -> HashSet<u32> {
    let mut order: Vec<&Brief> = briefs.iter().collect();
    order.sort_by(|a, b| {
        let name = |brief: &Brief| sessions[brief.session as usize].0.as_str();
        b.cost.cmp(&a.cost).then_with(|| name(a).cmp(name(b)))
    });
    order.into_iter().take(top).map(|brief| brief.session).collect()
}

fn add(kinds: &mut BTreeMap<Kind, (KindTotal, Vec<Finding>)>, finding: &Finding) {
    let (total, examples) = kinds.entry(finding.kind).or_insert_with(|| {
        let total = KindTotal {
            kind: finding.kind,
            sessions: 0,
            calls: 0,
            cost: Money::ZERO,
            spent: Money::ZERO,
            saving: Money::ZERO,
            numbers: Numbers::default(),
            examples: Vec::new(),
        };
        (total, Vec::new())
    });
    total.sessions += 1;
    total.calls += finding.calls;
    total.cost += finding.cost;
    total.spent += finding.spent;
    total.saving += finding.saving;
    total.numbers.join(&finding.numbers);
    // Sessions come in no order that means anything: of equal amounts the earlier call decides.
    let weight = |finding: &Finding| (finding.saving, finding.spent);
    let time = |finding: &Finding| (finding.first, finding.refs.first().map(|call| call.id));
    let at = examples.partition_point(|other| {
        (weight(other), std::cmp::Reverse(time(other))) > (weight(finding), std::cmp::Reverse(time(finding)))
    });
    if at < EXAMPLES {
        examples.insert(at, finding.clone());
        examples.truncate(EXAMPLES);
    }
}

/// The ids of the calls that findings name: records do not hold them, and few are asked for.
fn ids<T: Sync>(
    ledger: &Ledger,
    refs: &HashSet<CallRef>,
    sessions: &[(String, T)],
) -> Result<HashMap<CallRef, String>> {
    let (Some(first), Some(last)) = (refs.iter().min(), refs.iter().max()) else {
        return Ok(HashMap::new());
    };
    let window = Window { start: first.time, end: last.time.plus_ms(1) };
    let mut by_time: HashMap<Time, Vec<CallRef>> = HashMap::new();
    refs.iter().for_each(|call| by_time.entry(call.time).or_default().push(*call));
    let (found, _) = entries::fold(ledger, window, Vec::new, |found, entry| {
        let Some(calls) = by_time.get(&entry.time) else { return };
        let id = hash(entry.id);
        let is_it = |call: &&CallRef| call.id == id && sessions[call.session as usize].0 == entry.session;
        if let Some(call) = calls.iter().find(is_it) {
            found.push((*call, entry.id.to_string()));
        }
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// Quarters put together by the reader's hours. An hour that a clock change repeats stays two hours.
fn hours(quarters: &HashMap<i64, Slot>, zone: &Zone) -> Vec<Hour> {
    let mut hours: BTreeMap<Time, Slot> = BTreeMap::new();
    for (quarter, slot) in quarters {
        let time = Time(quarter.saturating_mul(QUARTER));
        let minutes = i64::from(zone.civil(time).minute());
        let hour = hours.entry(time.plus_ms(-minutes * 60_000)).or_default();
        hour.cost += slot.cost;
        hour.calls += slot.calls;
    }
    hours.into_iter().map(|(start, slot)| Hour { start, cost: slot.cost, calls: slot.calls }).collect()
}
