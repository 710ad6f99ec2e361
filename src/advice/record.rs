//! A line of the ledger in 64 bytes, so that a million of them fit into memory, and the tables its numbers point into.
//! Texts stand once in a table; ids that only have to be told apart within a session are hashes.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};

use crate::base::money::Money;
use crate::base::time::Time;
use crate::model::model_id::{canonical, identify};
use crate::model::price_table::Family;
use crate::model::provider::Provider;
use crate::model::usage::Tokens;

/// Money without a call.
pub(super) const UNLISTED: u8 = 1;
pub(super) const ESTIMATED: u8 = 2;
/// The question's filters count it. Other lines of the same session are kept for what they say about its neighbours.
pub(super) const COUNTED: u8 = 4;
/// Counts beyond all sense: it is in the sums and in no finding.
pub(super) const ODD: u8 = 8;
/// Several runs of the model: its counts here are those of the last one, and it is not priced again.
pub(super) const ITERATED: u8 = 16;

#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub(super) time: Time,
    cost: i64,
    pub(super) session: u32,
    /// Hash of the subagent's id; 0 is the main conversation. Two of a session's subagents share one once in billions.
    pub(super) agent: u32,
    /// Hash of the prompt's id; 0 where it is not known.
    pub(super) prompt: u32,
    /// Hash of the call's id; with session and time it finds the call again.
    pub(super) id: u32,
    input: u32,
    output: u32,
    cache_write_5m: u32,
    cache_write_1h: u32,
    cache_read: u32,
    pub(super) result_bytes: u32,
    pub(super) place: u16,
    pub(super) work: u16,
    pub(super) searches: u8,
    pub(super) retries: u8,
    pub(super) flags: u8,
}

const _: () = assert!(size_of::<Record>() <= 64);

/// What a record is made of.
pub(super) struct Parts {
    pub(super) time: Time,
    pub(super) cost: Money,
    pub(super) session: u32,
    pub(super) agent: u32,
    pub(super) prompt: u32,
    pub(super) id: u32,
    pub(super) tokens: Tokens,
    pub(super) result_bytes: u64,
    pub(super) place: usize,
    pub(super) work: usize,
    pub(super) searches: u64,
    pub(super) retries: u32,
    pub(super) flags: u8,
}

impl Record {
    /// The record, and the cost where the record cannot hold it.
    pub(super) fn new(parts: Parts) -> (Self, Option<Money>) {
        let mut flags = parts.flags;
        let mut count = |value: u64| {
            u32::try_from(value).unwrap_or_else(|_| {
                flags |= ODD;
                u32::MAX
            })
        };
        let tokens = parts.tokens;
        let [input, output, cache_write_5m, cache_write_1h, cache_read] =
            [tokens.input, tokens.output, tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_read]
                .map(&mut count);
        let cost = i64::try_from(parts.cost.0).ok();
        let numbers = (u16::try_from(parts.place).ok(), u16::try_from(parts.work).ok());
        if cost.is_none() || numbers.0.is_none() || numbers.1.is_none() {
            flags |= ODD;
        }
        let record = Self {
            time: parts.time,
            cost: cost.unwrap_or(0),
            session: parts.session,
            agent: parts.agent,
            prompt: parts.prompt,
            id: parts.id,
            input,
            output,
            cache_write_5m,
            cache_write_1h,
            cache_read,
            result_bytes: u32::try_from(parts.result_bytes).unwrap_or(u32::MAX),
            place: numbers.0.unwrap_or(0),
            work: numbers.1.unwrap_or(0),
            searches: u8::try_from(parts.searches).unwrap_or(u8::MAX),
            retries: u8::try_from(parts.retries).unwrap_or(u8::MAX),
            flags,
        };
        (record, cost.is_none().then_some(parts.cost))
    }

    pub(super) fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    pub(super) fn cost(&self) -> Money {
        Money(i128::from(self.cost))
    }

    pub(super) fn tokens(&self) -> Tokens {
        Tokens {
            input: u64::from(self.input),
            output: u64::from(self.output),
            cache_write_5m: u64::from(self.cache_write_5m),
            cache_write_1h: u64::from(self.cache_write_1h),
            cache_read: u64::from(self.cache_read),
        }
    }

    pub(super) fn output(&self) -> u64 {
        u64::from(self.output)
    }

    pub(super) fn cache_read(&self) -> u64 {
        u64::from(self.cache_read)
    }

    pub(super) fn cache_write(&self) -> u64 {
        u64::from(self.cache_write_5m) + u64::from(self.cache_write_1h)
    }

    pub(super) fn cache_write_1h(&self) -> u64 {
        u64::from(self.cache_write_1h)
    }

    /// Length of the prompt.
    pub(super) fn context(&self) -> u64 {
        u64::from(self.input) + self.cached()
    }

    /// What lies in the cache after the call.
    pub(super) fn cached(&self) -> u64 {
        self.cache_read() + self.cache_write()
    }

    /// Sessions together, in each the calls before everything else, thread by thread in the order of time.
    pub(super) fn order(&self) -> (u32, u8, u32, Time, u32) {
        let group = if self.is(ODD) {
            2
        } else if self.is(UNLISTED) {
            1
        } else {
            0
        };
        (self.session, group, self.agent, self.time, self.id)
    }
}

/// Where and how calls are served: everything of the price but the counts.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// As sent; empty where nobody knows.
    pub(super) model: String,
    pub(super) provider: Provider,
    pub(super) region: String,
    pub(super) geo: String,
    pub(super) tier: String,
    pub(super) fast: bool,
    /// One spelling for all ids of the model: caches are kept by model.
    pub(super) canonical: String,
    pub(super) family: Option<Family>,
}

impl Place {
    pub(super) fn new(
        model: &str,
        provider: Provider,
        region: &str,
        geo: &str,
        tier: &str,
        speed: &str,
    ) -> Self {
        let identity = identify(model);
        Self {
            model: model.to_string(),
            provider,
            region: region.to_string(),
            geo: geo.to_string(),
            tier: tier.to_string(),
            fast: speed == "fast" || identity.fast,
            canonical: canonical(model).into_owned(),
            family: identity.target.model().map(|model| model.family),
        }
    }
}

/// What a call did.
#[derive(Debug, Clone)]
pub(super) struct Work {
    pub(super) agent: String,
    pub(super) stop: String,
    pub(super) tools: Vec<String>,
}

/// Tools that look and change nothing.
const READING: [&str; 7] = ["Read", "Grep", "Glob", "LS", "NotebookRead", "WebFetch", "WebSearch"];

impl Work {
    pub(super) fn only_reads(&self) -> bool {
        self.tools.iter().all(|tool| READING.contains(&tool.as_str()))
    }
}

/// Things by number. The key is whatever tells them apart.
#[derive(Debug)]
pub(super) struct Table<T> {
    known: HashMap<Vec<u8>, u32>,
    pub(super) rows: Vec<T>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { known: HashMap::new(), rows: Vec::new() }
    }
}

impl<T> Table<T> {
    pub(super) fn number(&mut self, key: &[u8], new: impl FnOnce() -> T) -> u32 {
        if let Some(number) = self.known.get(key) {
            return *number;
        }
        // A ledger has fewer lines than this counts.
        let number = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.known.insert(key.to_vec(), number);
        self.rows.push(new());
        number
    }

    /// Takes another table in; what its numbers are called from now on. `join` puts two rows of one key together.
    pub(super) fn take(&mut self, other: Self, join: impl Fn(&mut T, T)) -> Vec<u32> {
        let mut names: Vec<u32> = vec![0; other.rows.len()];
        let mut keys: Vec<(Vec<u8>, u32)> = other.known.into_iter().collect();
        keys.sort_unstable_by_key(|(_, number)| *number);
        for ((key, number), row) in keys.into_iter().zip(other.rows) {
            let mut row = Some(row);
            let mine = self.number_of(key, &mut row);
            if let (Some(row), Some(kept)) = (row, self.rows.get_mut(mine as usize)) {
                join(kept, row);
            }
            names[number as usize] = mine;
        }
        names
    }

    fn number_of(&mut self, key: Vec<u8>, row: &mut Option<T>) -> u32 {
        if let Some(number) = self.known.get(&key) {
            return *number;
        }
        let number = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.known.insert(key, number);
        self.rows.extend(row.take());
        number
    }

    /// The rows with their keys, which are texts.
    pub(super) fn named(self) -> Vec<(String, T)> {
        let mut names = vec![String::new(); self.rows.len()];
        for (key, number) in self.known {
            names[number as usize] = String::from_utf8(key).unwrap_or_default();
        }
        names.into_iter().zip(self.rows).collect()
    }
}

/// Puts texts into a key that no other texts give.
pub(super) fn put(key: &mut Vec<u8>, text: &str) {
    key.extend_from_slice(&(text.len() as u64).to_le_bytes());
    key.extend_from_slice(text.as_bytes());
}

/// 0 for no text.
pub(super) fn hash(text: &str) -> u32 {
    if text.is_empty() {
        return 0;
    }
    let mut hasher = DefaultHasher::new();
    hasher.write(text.as_bytes());
    (hasher.finish() as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> Parts {
        Parts {
            time: Time(5),
            cost: Money(7),
            session: 1,
            agent: 0,
            prompt: 0,
            id: 9,
            tokens: Tokens { input: 1, output: 2, cache_write_5m: 3, cache_write_1h: 4, cache_read: 5 },
            result_bytes: 6,
            place: 1,
            work: 2,
            searches: 3,
            retries: 4,
            flags: COUNTED,
        }
    }

    #[test]
    fn a_record_gives_back_what_it_was_made_of() {
        let (record, rest) = Record::new(parts());
        assert_eq!((record.cost(), rest), (Money(7), None));
        assert_eq!(record.tokens(), parts().tokens);
        assert_eq!((record.context(), record.cached(), record.cache_write()), (13, 12, 7));
        assert!(record.is(COUNTED) && !record.is(ODD));
    }

    #[test]
    fn what_does_not_fit_is_marked_and_its_money_kept() {
        let tokens = Tokens { input: u64::MAX, ..Tokens::default() };
        let (record, rest) = Record::new(Parts { tokens, ..parts() });
        assert!(record.is(ODD) && rest.is_none());
        let huge = Money(i128::from(i64::MAX) + 1);
        let (record, rest) = Record::new(Parts { cost: huge, ..parts() });
        assert!(record.is(ODD));
        assert_eq!(record.cost() + rest.unwrap(), huge);
        assert!(Record::new(Parts { place: 70_000, ..parts() }).0.is(ODD));
    }

    #[test]
    fn tables_are_joined_by_key() {
        let (mut a, mut b) = (Table::default(), Table::default());
        assert_eq!(a.number(b"x", || 1), 0);
        assert_eq!(a.number(b"y", || 2), 1);
        assert_eq!(b.number(b"z", || 10), 0);
        assert_eq!(b.number(b"y", || 20), 1);
        assert_eq!(a.take(b, |kept, other| *kept += other), [2, 1]);
        assert_eq!(a.named(), [("x".into(), 1), ("y".into(), 22), ("z".into(), 10)]);
        let key = |texts: &[&str]| {
            let mut key = Vec::new();
            texts.iter().for_each(|text| put(&mut key, text));
            key
        };
        assert_ne!(key(&["a", "b\0"]), key(&["a\0", "b"]));
    }
}
