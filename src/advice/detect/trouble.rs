//! Calls that led nowhere: repeated turns, failed attempts, answers cut off, and bursts of calls.

use super::super::finding::{Kind, Numbers};
use super::super::record::{COUNTED, Record};
use super::{Named, Session};
use crate::base::money::Money;

/// So many calls in a row that are alike in tools, size of result and length of answer are a repetition.
pub(crate) const REPEATS: usize = 3;
/// So many failed attempts of a session are a finding.
pub(crate) const RETRIES: u64 = 5;
/// So many calls of a session within a minute are a burst.
pub(crate) const BURST: usize = 30;
const MINUTE: i64 = 60_000;
/// Why an answer ended that is not whole.
const CUT_OFF: [&str; 3] = ["max_tokens", "model_context_window_exceeded", "refusal"];

pub(super) fn repeated(session: &mut Session<'_>) {
    let mut named: Vec<Named> = Vec::new();
    let mut numbers = Numbers::default();
    let alike = |a: &Record, b: &Record| {
        a.work == b.work && a.output() == b.output() && a.result_bytes == b.result_bytes && b.result_bytes > 0
    };
    for thread in session.threads() {
        let mut at = thread.start;
        for run in session.calls[thread].chunk_by(alike) {
            if run.len() >= REPEATS && !session.work(&run[0]).tools.is_empty() {
                numbers.count += run.len() as u64 - 1;
                numbers.largest = numbers.largest.max(run.len() as u64);
                named.extend((1..run.len()).map(|next| (at + next, run[next].cost(), run[next].cost())));
            }
            at += run.len();
        }
    }
    session.note(Kind::RepeatedTurns, named, numbers);
}

/// What the API refused is not billed; each attempt costs time, and the cache may expire over it.
pub(super) fn retries(session: &mut Session<'_>) {
    let mut numbers = Numbers::default();
    let mut named: Vec<Named> = Vec::new();
    for (at, call) in session.calls.iter().enumerate().filter(|(_, call)| call.retries > 0) {
        if call.is(COUNTED) {
            numbers.count += u64::from(call.retries);
            numbers.largest = numbers.largest.max(u64::from(call.retries));
        }
        named.push((at, Money::ZERO, Money::ZERO));
    }
    if numbers.count >= RETRIES {
        session.note(Kind::Retries, named, numbers);
    }
}

pub(super) fn cut_off(session: &mut Session<'_>) {
    let is_cut = |call: &Record| CUT_OFF.contains(&session.work(call).stop.as_str());
    let named: Vec<Named> = session
        .calls
        .iter()
        .enumerate()
        .filter(|(_, call)| is_cut(call))
        .map(|(at, call)| (at, call.cost(), Money::ZERO))
        .collect();
    let tokens = named.iter().map(|(at, ..)| session.calls[*at].output()).sum();
    let numbers = Numbers { count: named.len() as u64, tokens, ..Numbers::default() };
    session.note(Kind::CutOff, named, numbers);
}

pub(super) fn bursts(session: &mut Session<'_>) {
    let mut times: Vec<(i64, usize)> =
        session.calls.iter().enumerate().map(|(at, call)| (call.time.0, at)).collect();
    times.sort_unstable();
    let mut is_in = vec![false; times.len()];
    let (mut from, mut marked, mut most) = (0, 0, 0);
    for to in 0..times.len() {
        while times[to].0 - times[from].0 >= MINUTE {
            from += 1;
        }
        let within = to - from + 1;
        if within >= BURST {
            is_in[from.max(marked)..=to].fill(true);
            marked = to + 1;
            most = most.max(within);
        }
    }
    let named: Vec<Named> = times
        .iter()
        .zip(is_in)
        .filter(|(_, is_in)| *is_in)
        .map(|((_, at), _)| (*at, session.calls[*at].cost(), Money::ZERO))
        .collect();
    let numbers = Numbers { count: named.len() as u64, largest: most as u64, ..Numbers::default() };
    session.note(Kind::CallBurst, named, numbers);
}
