//! The entries of the ledger in the order of time, which `ledger::entries` does not keep: as many hours at a time as
//! memory bears are read, kept in compact records and sorted. Texts that repeat are kept once.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::Entries;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::{Time, Window};
use crate::ledger::Ledger;
use crate::ledger::entries::{self, Entry};
use crate::ledger::scan::Bad;
use crate::model::entry::Source;
use crate::model::price::Iteration;
use crate::model::provider::Provider;
use crate::model::usage::Tokens;
use crate::report::query::{Query, Wanted};

/// As many entries are held at once, which are about 50 MB; more only where a single hour has more.
const MOST: u32 = 50_000;
const HOUR: i64 = 3_600_000;

/// What a query asks for of the ledger.
#[derive(Debug)]
pub struct OfLedger<'a> {
    pub ledger: &'a Ledger,
    pub query: &'a Query,
}

impl Entries for OfLedger<'_> {
    fn each(&self, take: &mut dyn FnMut(&Entry<'_>) -> Result<()>) -> Result<Vec<Bad>> {
        each(self.ledger, self.query, take)
    }
}

fn each(ledger: &Ledger, query: &Query, take: &mut dyn FnMut(&Entry<'_>) -> Result<()>) -> Result<Vec<Bad>> {
    let new = || (Wanted::new(query), HashMap::new());
    let (found, bad) = entries::fold(ledger, query.window, new, |(wanted, hours), entry| {
        if wanted.counts(entry) {
            *hours.entry(entry.time.0.div_euclid(HOUR)).or_insert(0_u32) += 1;
        }
    })?;
    let mut hours: BTreeMap<i64, u32> = BTreeMap::new();
    for (hour, count) in found.into_iter().flat_map(|(_, hours)| hours) {
        *hours.entry(hour).or_default() += count;
    }
    for (first, last) in slices(&hours, MOST) {
        let window = Window {
            start: Time(first * HOUR).max(query.window.start),
            end: Time((last + 1) * HOUR).min(query.window.end),
        };
        let new = || (Wanted::new(query), Pool::default());
        let (pools, _) = entries::fold(ledger, window, new, |(wanted, pool), entry| {
            if wanted.counts(entry) {
                pool.keep(entry);
            }
        })?;
        let pools: Vec<Pool> = pools.into_iter().map(|(_, pool)| pool).collect();
        let places = pools
            .iter()
            .enumerate()
            .flat_map(|(pool, held)| (0..held.records.len()).map(move |at| (pool, at)));
        let mut order: Vec<(usize, usize)> = places.collect();
        let key = |&(pool, at): &(usize, usize)| (pools[pool].records[at].time, pools[pool].id(at));
        order.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
        for (pool, at) in order {
            pools[pool].hand_out(at, take)?;
        }
    }
    Ok(bad)
}

/// Spans of hours, both ends inclusive, with at most `most` entries each.
fn slices(hours: &BTreeMap<i64, u32>, most: u32) -> Vec<(i64, i64)> {
    let mut slices: Vec<(i64, i64)> = Vec::new();
    let mut held = 0;
    for (&hour, &count) in hours {
        match slices.last_mut() {
            Some((_, last)) if held + count <= most => *last = hour,
            _ => {
                slices.push((hour, hour));
                held = 0;
            }
        }
        held += count;
    }
    slices
}

const TEXTS: usize = 21;
/// The number of a text that is not there at all, which an empty one is.
const NONE: u32 = u32::MAX;

struct Record {
    time: Time,
    /// Where the id ends among the ids; it begins where the one before ends.
    id_end: usize,
    texts: [u32; TEXTS],
    tools: u32,
    provider: Provider,
    source: Source,
    is_unlisted: bool,
    estimated: bool,
    tokens: Tokens,
    counts: Tokens,
    iterations: Option<Box<[Iteration]>>,
    web_searches: u64,
    cost: Money,
    client_cost: Money,
    result_bytes: u64,
    retries: u32,
}

#[derive(Default)]
struct Pool {
    records: Vec<Record>,
    ids: String,
    texts: Vec<Arc<str>>,
    known: HashMap<Arc<str>, u32>,
    tools: Vec<Box<[Cow<'static, str>]>>,
    /// By the names, joined.
    known_tools: HashMap<String, u32>,
}

impl Pool {
    fn keep(&mut self, entry: &Entry<'_>) {
        let texts = [
            entry.session,
            entry.project,
            entry.requested_model,
            entry.region,
            entry.speed,
            entry.tier,
            entry.geo,
            entry.feature,
            entry.agent,
            entry.agent_id,
            entry.skill,
            entry.plugin,
            entry.mcp_server,
            entry.branch,
            entry.user,
            entry.prices,
            entry.estimate_reason,
            entry.prompt_id,
            entry.stop_reason,
            entry.client,
            entry.model.unwrap_or_default(),
        ];
        let mut texts = texts.map(|text| self.text(text));
        if entry.model.is_none() {
            texts[TEXTS - 1] = NONE;
        }
        self.ids.push_str(entry.id);
        let record = Record {
            time: entry.time,
            id_end: self.ids.len(),
            texts,
            tools: self.tool_set(entry.tools),
            provider: entry.provider,
            source: entry.source,
            is_unlisted: entry.is_unlisted,
            estimated: entry.estimated,
            tokens: entry.tokens,
            counts: entry.counts,
            iterations: (!entry.iterations.is_empty()).then(|| entry.iterations.into()),
            web_searches: entry.web_searches,
            cost: entry.cost,
            client_cost: entry.client_cost,
            result_bytes: entry.result_bytes,
            retries: entry.retries,
        };
        self.records.push(record);
    }

    fn text(&mut self, text: &str) -> u32 {
        if let Some(number) = self.known.get(text) {
            return *number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(NONE);
        let kept: Arc<str> = text.into();
        self.texts.push(Arc::clone(&kept));
        self.known.insert(kept, number);
        number
    }

    fn tool_set(&mut self, tools: &[Cow<'_, str>]) -> u32 {
        let joined = tools.join("\0");
        if let Some(number) = self.known_tools.get(&joined) {
            return *number;
        }
        let number = u32::try_from(self.tools.len()).unwrap_or(NONE);
        let kept: Box<[Cow<'static, str>]> = tools.iter().map(|tool| Cow::Owned(tool.to_string())).collect();
        self.tools.push(kept);
        self.known_tools.insert(joined, number);
        number
    }

    fn id(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.records[before].id_end);
        &self.ids[start..self.records[at].id_end]
    }

    fn hand_out(&self, at: usize, take: &mut dyn FnMut(&Entry<'_>) -> Result<()>) -> Result<()> {
        let record = &self.records[at];
        let text =
            |number: usize| -> &str { self.texts.get(record.texts[number] as usize).map_or("", |text| text) };
        let model = (record.texts[TEXTS - 1] != NONE).then(|| text(TEXTS - 1));
        take(&Entry {
            is_unlisted: record.is_unlisted,
            id: self.id(at),
            time: record.time,
            session: text(0),
            project: text(1),
            model,
            requested_model: text(2),
            provider: record.provider,
            region: text(3),
            tokens: record.tokens,
            counts: record.counts,
            iterations: record.iterations.as_deref().unwrap_or_default(),
            web_searches: record.web_searches,
            speed: text(4),
            tier: text(5),
            geo: text(6),
            feature: text(7),
            tools: self.tools.get(record.tools as usize).map_or(&[], |tools| tools),
            agent: text(8),
            agent_id: text(9),
            skill: text(10),
            plugin: text(11),
            mcp_server: text(12),
            branch: text(13),
            user: text(14),
            cost: record.cost,
            client_cost: record.client_cost,
            prices: text(15),
            estimated: record.estimated,
            estimate_reason: text(16),
            prompt_id: text(17),
            stop_reason: text(18),
            result_bytes: record.result_bytes,
            retries: record.retries,
            client: text(19),
            source: record.source,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_hold_as_much_as_they_may() {
        let hours: BTreeMap<i64, u32> = [(1, 4), (2, 6), (9, 1), (10, 20), (11, 1)].into();
        assert_eq!(slices(&hours, 10), [(1, 2), (9, 9), (10, 10), (11, 11)]);
        assert_eq!(slices(&BTreeMap::new(), 10), []);
    }
}
