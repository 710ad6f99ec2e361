//! Caches that had to be written again, by their cause, and caches that nobody read.

use std::ops::Range;

use super::super::finding::{Kind, Numbers};
use super::super::pricing::read_instead;
use super::super::record::Record;
use super::{FIVE_MINUTES, Named, ONE_HOUR, Session};
use crate::model::usage::Tokens;

/// Fewer tokens written again are not worth a word.
pub(crate) const REWRITTEN_LEAST: u64 = 10_000;
/// A single call has to write so many tokens for a finding.
pub(crate) const UNREAD_LEAST: u64 = 10_000;

/// How many tokens that were in the cache after `a` did `b` write again, although its context goes on from `a`'s?
pub(super) fn written_again(a: &Record, b: &Record) -> u64 {
    let cached = a.cached();
    // Less of a context is another context: it was compacted or cleared.
    if b.context() * 10 < cached * 9 {
        return 0;
    }
    let again = b.cache_write().min(cached.saturating_sub(b.cache_read()));
    // At least half of it: the end of a context is written anew all the time.
    if again < REWRITTEN_LEAST || again * 2 < cached { 0 } else { again }
}

/// How long the caches of a thread live at a call: as long as those that were written last before it.
pub(super) fn lifetime(session: &Session<'_>, thread: &Range<usize>, at: usize) -> i64 {
    let mut earlier = session.calls[thread.start..at].iter().rev();
    match earlier.find(|call| call.cache_write() > 0) {
        Some(call) if call.cache_write_1h() * 2 >= call.cache_write() => ONE_HOUR,
        _ => FIVE_MINUTES,
    }
}

pub(super) fn rewritten(session: &mut Session<'_>) {
    let kinds = [Kind::CacheExpired5m, Kind::CacheExpired1h, Kind::CacheMiss, Kind::ModelSwitch];
    let mut found: [(Vec<Named>, Numbers); 4] = Default::default();
    for thread in session.threads() {
        for at in thread.clone() {
            let Some(before) = session.before(&thread, at).filter(|_| session.is_plain(at)) else { continue };
            let (a, b) = (&session.calls[before], &session.calls[at]);
            let again = written_again(a, b);
            if again == 0 {
                continue;
            }
            let pause = b.time.since(a.time);
            let switched = session.place(a).canonical != session.place(b).canonical;
            let which = match lifetime(session, &thread, at) {
                _ if switched => 3,
                FIVE_MINUTES if pause >= FIVE_MINUTES => 0,
                ONE_HOUR if pause >= ONE_HOUR => 1,
                _ => 2,
            };
            let saving = session.pricer.saving(b, read_instead(b.tokens(), again));
            let (named, numbers) = &mut found[which];
            named.push((at, saving, saving));
            numbers.count += 1;
            numbers.tokens += again;
            numbers.largest = numbers.largest.max(again);
            numbers.longest_pause_ms = numbers.longest_pause_ms.max(pause);
        }
    }
    for (kind, (named, numbers)) in kinds.into_iter().zip(found) {
        session.note(kind, named, numbers);
    }
}

/// Threads of a single call that write a cache: nothing of their own comes later to read it. Another session or
/// subagent that begins alike within the cache's lifetime may have.
pub(super) fn unread(session: &mut Session<'_>) {
    let mut named: Vec<Named> = Vec::new();
    let mut numbers = Numbers::default();
    let threads = session.threads();
    let mut readers: Vec<&Record> = threads.iter().map(|thread| &session.calls[thread.start]).collect();
    readers.retain(|call| call.cache_read() > 0);
    readers.sort_by_key(|call| call.time);
    for thread in threads.into_iter().filter(|thread| thread.len() == 1) {
        let at = thread.start;
        let call = &session.calls[at];
        let tokens = call.tokens();
        let life = if call.cache_write_1h() > 0 { ONE_HOUR } else { FIVE_MINUTES };
        if tokens.cache_write() < UNREAD_LEAST || !session.is_plain(at) {
            continue;
        }
        let model = &session.place(call).canonical;
        let from = readers.partition_point(|other| other.time < call.time);
        let is_read = readers[from..]
            .iter()
            .take_while(|other| other.time.since(call.time) < life)
            .any(|other| other.agent != call.agent && session.place(other).canonical == *model);
        if is_read || session.around.reads_after(session.project, call, life) {
            continue;
        }
        let input = tokens.input + tokens.cache_write();
        let changed = Tokens { input, cache_write_5m: 0, cache_write_1h: 0, ..tokens };
        let saving = session.pricer.saving(call, changed);
        if saving.is_positive() {
            named.push((at, saving, saving));
            numbers.count += 1;
            numbers.tokens += tokens.cache_write();
        }
    }
    session.note(Kind::CacheUnread, named, numbers);
}
