//! The detectors: each looks at one session, thread by thread, and names the calls of a pattern with what each of them
//! would have saved. Owns how a session is looked at; each pattern and its thresholds have a module of their own.

mod agents;
mod batching;
mod cache;
mod context;
mod lifetime;
mod models;
mod money;
mod trouble;

use std::ops::Range;

use super::finding::{CallRef, Finding, Kind, Numbers};
use super::pricing::Pricer;
use super::record::{COUNTED, ITERATED, ODD, Place, Record, UNLISTED, Work};
use super::study::Surroundings;
use crate::base::money::Money;

pub(super) use batching::{SeriesPlace, series};

/// Ids that a finding gives of its calls.
const IDS: usize = 3;
/// Lifetimes of caches.
pub(super) const FIVE_MINUTES: i64 = 5 * 60_000;
pub(super) const ONE_HOUR: i64 = 60 * 60_000;
/// How far back the call before is looked for: small calls of other purposes stand in between.
const LOOK_BACK: usize = 8;

/// One session as detectors see it.
pub(super) struct Session<'a> {
    /// Calls, thread by thread, each in the order of time.
    pub(super) calls: &'a [Record],
    /// Money without a call.
    pub(super) unlisted: &'a [Record],
    pub(super) pricer: &'a Pricer<'a>,
    works: &'a [Work],
    pub(super) around: &'a Surroundings,
    pub(super) number: u32,
    pub(super) project: u32,
    /// Of everything counted in it.
    pub(super) cost: Money,
    /// Compactions on the server, by the hash of their call's id.
    pub(super) compactions: &'a [(u32, Money)],
    found: Vec<Finding>,
    /// The largest saving any finding has for a call; calls first, then unlisted money.
    best: Vec<Money>,
}

/// A call by its place in the session, what the pattern cost of it and what would have been saved.
pub(super) type Named = (usize, Money, Money);

/// What surrounds a session's records.
pub(super) struct Context<'a> {
    pub(super) pricer: &'a Pricer<'a>,
    pub(super) works: &'a [Work],
    pub(super) around: &'a Surroundings,
    pub(super) project: u32,
    pub(super) cost: Money,
    pub(super) compactions: &'a [(u32, Money)],
}

/// Everything found in a session, and what all of it together would have saved: of each call the largest saving.
pub(super) fn detect(records: &[Record], context: &Context<'_>) -> (Vec<Finding>, Money) {
    let Some(first) = records.first() else { return (Vec::new(), Money::ZERO) };
    let end = records.partition_point(|record| !record.is(UNLISTED) && !record.is(ODD));
    let unlisted = records.partition_point(|record| !record.is(ODD));
    let mut session = Session {
        calls: &records[..end],
        unlisted: &records[end..unlisted],
        pricer: context.pricer,
        works: context.works,
        around: context.around,
        number: first.session,
        project: context.project,
        cost: context.cost,
        compactions: context.compactions,
        found: Vec::new(),
        best: vec![Money::ZERO; unlisted],
    };
    for detector in [
        context::growth,
        context::results,
        cache::rewritten,
        cache::unread,
        lifetime::too_short,
        lifetime::too_long,
        models::simple_turns,
        models::subagents,
        models::background,
        agents::fan_out,
        batching::one_by_one,
        batching::short_prompts,
        batching::short_sessions,
        trouble::repeated,
        trouble::retries,
        trouble::cut_off,
        trouble::bursts,
        money::compaction,
        money::fast_mode,
        money::regional,
        money::output,
        money::searches,
        money::unlisted,
    ] as [fn(&mut Session<'_>); 23]
    {
        detector(&mut session);
    }
    let together = session.best.iter().copied().sum();
    let mut found = session.found;
    found.sort_by(|a, b| (b.saving, b.spent).cmp(&(a.saving, a.spent)).then(a.kind.cmp(&b.kind)));
    (found, together)
}

impl<'a> Session<'a> {
    /// The calls of each thread: the main conversation, every subagent.
    pub(super) fn threads(&self) -> Vec<Range<usize>> {
        let mut threads = Vec::new();
        let mut from = 0;
        for thread in self.calls.chunk_by(|a, b| a.agent == b.agent) {
            threads.push(from..from + thread.len());
            from += thread.len();
        }
        threads
    }

    pub(super) fn work(&self, call: &Record) -> &'a Work {
        &self.works[usize::from(call.work)]
    }

    pub(super) fn place(&self, call: &Record) -> &'a Place {
        self.pricer.place(call)
    }

    /// May the call be priced again with other counts?
    pub(super) fn is_plain(&self, at: usize) -> bool {
        !self.calls[at].is(ITERATED)
    }

    /// The call of the thread whose context this one goes on from: the one before, unless that was a small one for
    /// another purpose.
    pub(super) fn before(&self, thread: &Range<usize>, at: usize) -> Option<usize> {
        let from = thread.start.max(at.saturating_sub(LOOK_BACK));
        let context = self.calls[at].context();
        let near = (from..at).rev().find(|&earlier| self.calls[earlier].context() * 2 >= context);
        near.or_else(|| (from..at).next_back())
    }

    fn any(&self, at: usize) -> &'a Record {
        match self.calls.get(at) {
            Some(call) => call,
            None => &self.unlisted[at - self.calls.len()],
        }
    }

    /// Notes a finding on those of the named calls that the question counts.
    pub(super) fn note(&mut self, kind: Kind, mut named: Vec<Named>, numbers: Numbers) {
        named.retain(|(at, ..)| self.any(*at).is(COUNTED));
        if named.is_empty() {
            return;
        }
        let mut refs: Vec<CallRef> = Vec::with_capacity(named.len());
        let (mut cost, mut spent, mut saving) = (Money::ZERO, Money::ZERO, Money::ZERO);
        for (at, call_spent, call_saving) in &named {
            let call = self.any(*at);
            let most = Money(call.cost().0.max(0));
            let call_saving = (*call_saving).clamp(Money::ZERO, most);
            cost += call.cost();
            spent += (*call_spent).clamp(Money::ZERO, most);
            saving += call_saving;
            self.best[*at] = self.best[*at].max(call_saving);
            refs.push(CallRef { time: call.time, session: call.session, id: call.id });
        }
        refs.sort_unstable();
        let (first, last) = match (refs.first(), refs.last()) {
            (Some(first), Some(last)) => (first.time, last.time),
            _ => return,
        };
        refs.truncate(IDS);
        self.found.push(Finding {
            kind,
            numbers,
            calls: named.len() as u64,
            ids: Vec::new(),
            first,
            last,
            cost,
            spent,
            saving,
            refs,
        });
    }
}

/// Pays what a change costs from what it saves afterwards, call by call: no call has a saving below zero, and their sum
/// is what is left when everything is paid.
#[derive(Debug, Default)]
pub(super) struct Account {
    debt: Money,
}

impl Account {
    pub(super) fn owe(&mut self, amount: Money) {
        self.debt += amount;
    }

    /// What is left of a call's saving.
    pub(super) fn settle(&mut self, saving: Money) -> Money {
        let left = saving - self.debt;
        self.debt = Money((-left.0).max(0));
        Money(left.0.max(0))
    }
}
