//! Work done in more calls than it needs: single look-ups, short prompts one after the other, short sessions in a row.
//! Each call sends the whole context again.

use std::collections::HashMap;

use super::super::finding::{Kind, Numbers};
use super::super::pricing::read_instead;
use super::super::record::Record;
use super::super::study::Brief;
use super::{Named, Session};
use crate::base::time::Time;
use crate::model::provider::Provider;
use crate::model::usage::Tokens;

/// So many calls in a row that each ask for one look-up and say little else are a finding, ...
pub(crate) const ONE_BY_ONE: usize = 6;
pub(crate) const STEP_OUTPUT: u64 = 400;
/// ... and so many look-ups are taken to fit into one call.
pub(crate) const TOGETHER: usize = 3;

/// So many short prompts in a row, each so soon after the answer to the one before, are a finding.
pub(crate) const SHORT_PROMPTS: usize = 3;
pub(crate) const PROMPT_GAP: i64 = 2 * 60_000;
/// A short prompt takes at most so many calls and so much output.
pub(crate) const PROMPT_CALLS: usize = 2;
pub(crate) const PROMPT_OUTPUT: u64 = 1_000;

/// So many sessions of a project in a row, each of at most `SHORT_CALLS` calls and begun so soon after the one before.
pub(crate) const SHORT_SESSIONS: usize = 5;
pub(crate) const SHORT_CALLS: u32 = 3;
pub(crate) const SESSION_GAP: i64 = 10 * 60_000;
/// So many sessions of a single call in a row look like a script.
pub(crate) const BATCH_SESSIONS: usize = 10;

/// Without what the call read from the cache again.
fn without_reading(tokens: Tokens) -> Tokens {
    Tokens { cache_read: 0, ..tokens }
}

pub(super) fn one_by_one(session: &mut Session<'_>) {
    let mut named: Vec<Named> = Vec::new();
    let mut numbers = Numbers::default();
    let is_step = |session: &Session<'_>, at: usize| {
        let call = &session.calls[at];
        let work = session.work(call);
        work.tools.len() == 1 && work.only_reads() && call.output() <= STEP_OUTPUT && session.is_plain(at)
    };
    for thread in session.threads() {
        let mut from = thread.start;
        while from < thread.end {
            let prompt = session.calls[from].prompt;
            let goes_on = |at: &usize| session.calls[*at].prompt == prompt && is_step(session, *at);
            let to = (from..thread.end).find(|at| !goes_on(at)).unwrap_or(thread.end);
            if to - from >= ONE_BY_ONE {
                for at in (from..to).filter(|at| (at - from) % TOGETHER != 0) {
                    let call = &session.calls[at];
                    let saving = session.pricer.saving(call, without_reading(call.tokens()));
                    named.push((at, saving, saving));
                    numbers.tokens += call.cache_read();
                }
                numbers.count += (to - from) as u64;
                numbers.largest = numbers.largest.max((to - from) as u64);
            }
            from = to.max(from + 1);
        }
    }
    session.note(Kind::OneByOne, named, numbers);
}

struct Prompt {
    first: usize,
    calls: usize,
    output: u64,
    begin: Time,
    end: Time,
    id: u32,
}

pub(super) fn short_prompts(session: &mut Session<'_>) {
    let mut prompts: Vec<Prompt> = Vec::new();
    for at in 0..session.calls.iter().take_while(|call| call.agent == 0).count() {
        let call = &session.calls[at];
        match prompts.last_mut().filter(|last| last.id == call.prompt) {
            Some(last) => {
                last.calls += 1;
                last.output += call.output();
                last.end = call.time;
            }
            None => prompts.push(Prompt {
                first: at,
                calls: 1,
                output: call.output(),
                begin: call.time,
                end: call.time,
                id: call.prompt,
            }),
        }
    }
    let is_short =
        |prompt: &Prompt| prompt.id != 0 && prompt.calls <= PROMPT_CALLS && prompt.output <= PROMPT_OUTPUT;
    let follows = |a: &Prompt, b: &Prompt| is_short(a) && is_short(b) && b.begin.since(a.end) <= PROMPT_GAP;
    let mut named: Vec<Named> = Vec::new();
    let mut numbers = Numbers::default();
    for run in prompts.chunk_by(follows).filter(|run| run.len() >= SHORT_PROMPTS) {
        numbers.count += run.len() as u64;
        numbers.largest = numbers.largest.max(run.len() as u64);
        for prompt in run.iter().skip(1).filter(|prompt| session.is_plain(prompt.first)) {
            let call = &session.calls[prompt.first];
            let saving = session.pricer.saving(call, without_reading(call.tokens()));
            named.push((prompt.first, saving, saving));
            numbers.tokens += call.cache_read();
        }
    }
    session.note(Kind::ShortPrompts, named, numbers);
}

/// Where a session stands in a row of short ones.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct SeriesPlace {
    length: usize,
    /// Counted from 0.
    number: usize,
    /// What the first of them wrote to the cache.
    written: u64,
}

/// The rows of short sessions, by session.
pub(in super::super) fn series(briefs: &[Brief]) -> HashMap<u32, SeriesPlace> {
    let mut short: Vec<_> = briefs
        .iter()
        .filter(|brief| (1..=SHORT_CALLS).contains(&brief.calls))
        .filter_map(|brief| Some((brief, brief.start?)))
        .collect();
    short.sort_unstable_by_key(|(brief, start)| (brief.project, start.place, start.time, brief.session));
    let follows = |a: &(&Brief, super::super::study::Start), b: &(&Brief, super::super::study::Start)| {
        (a.0.project, a.1.place) == (b.0.project, b.1.place) && b.1.time.since(a.1.time) <= SESSION_GAP
    };
    let mut found = HashMap::new();
    for run in short.chunk_by(follows).filter(|run| run.len() >= SHORT_SESSIONS) {
        let written = run[0].1.written;
        for (number, (brief, _)) in run.iter().enumerate() {
            found.insert(brief.session, SeriesPlace { length: run.len(), number, written });
        }
    }
    found
}

/// The first call of a later session of such a row: in one session it would have read what it wrote.
pub(super) fn short_sessions(session: &mut Session<'_>) {
    let Some(place) = session.around.series.get(&session.number).copied() else { return };
    let Some(call) = session.calls.first().filter(|call| call.agent == 0) else { return };
    if !session.is_plain(0) {
        return;
    }
    let again = call.cache_write().min(place.written);
    if place.number > 0 && again > 0 {
        let saving = session.pricer.saving(call, read_instead(call.tokens(), again));
        let numbers = Numbers { count: 1, tokens: again, largest: place.length as u64, ..Numbers::default() };
        session.note(Kind::ShortSessions, vec![(0, saving, saving)], numbers);
    }
    if place.length >= BATCH_SESSIONS && session.calls.len() == 1 && can_be_batched(session, call) {
        let saving = session.pricer.saving_with(call, |facts| facts.service_tier = Some("batch"));
        let numbers = Numbers { count: 1, largest: place.length as u64, ..Numbers::default() };
        session.note(Kind::BatchWork, vec![(0, saving, saving)], numbers);
    }
}

fn can_be_batched(session: &Session<'_>, call: &Record) -> bool {
    let place = session.place(call);
    let is_sold = place.provider != Provider::Foundry;
    is_sold && !place.fast && place.tier.is_empty() && session.work(call).tools.is_empty()
}
