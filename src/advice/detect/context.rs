//! Contexts that grew: a long conversation that was never compacted, and large tool results that every later call
//! carried along.

use super::super::finding::{Kind, Numbers};
use super::super::pricing::{without_context, without_news, written_instead};
use super::super::record::Record;
use super::{Account, Named, Session};
use crate::base::money::Money;
use crate::model::usage::Tokens;

/// A context above this is long.
pub(crate) const LARGE_CONTEXT: u64 = 100_000;
/// So many calls above it are a finding.
pub(crate) const LARGE_CALLS: u64 = 10;
/// What `/compact` is assumed to leave: the system prompt, the tools, and a summary.
pub(crate) const AFTER_COMPACT: u64 = 25_000;
/// What `/compact` is assumed to cost: two calls that each read the context and write half of a summary of this many tokens.
pub(crate) const SUMMARY: u64 = 4_000;

/// A tool result of this many bytes is large.
pub(crate) const LARGE_RESULT: u64 = 40_000;
/// What of a large result is taken to have been needed.
pub(crate) const NEEDED_RESULT: u64 = 10_000;
/// A token is at least this many bytes of a result: the context may have grown by other things as well.
const BYTES_A_TOKEN: u64 = 3;

pub(super) fn growth(session: &mut Session<'_>) {
    let mut named: Vec<Named> = Vec::new();
    let mut numbers = Numbers::default();
    for thread in session.threads() {
        let mut account = Account::default();
        // What compactions would have taken out by now, and what the conversation held after the call before.
        let (mut removed, mut held, mut last) = (0, 0, 0);
        for at in thread {
            let call = &session.calls[at];
            let context = call.context();
            if context * 2 < last {
                // It was compacted or cleared here.
                (removed, held, last, account) = (0, 0, 0, Account::default());
            }
            if context > LARGE_CONTEXT {
                numbers.count += 1;
                numbers.tokens += context;
                numbers.largest = numbers.largest.max(context);
            }
            // What comes in with a call could not have been compacted before it: only the call after one that passed the
            // limit has less to carry.
            let is_compacted = last.saturating_sub(removed) > LARGE_CONTEXT;
            if is_compacted {
                account.owe(compacting(session, call, held - removed));
                removed = held - AFTER_COMPACT;
            }
            (held, last) = (context + call.output(), context);
            if !session.is_plain(at) {
                continue;
            }
            let mut changed =
                without_context(call.tokens(), removed.min(context.saturating_sub(AFTER_COMPACT)));
            if is_compacted {
                changed = written_instead(changed, AFTER_COMPACT);
            }
            let saving = match removed {
                0 => Money::ZERO,
                _ => account.settle(session.pricer.saving(call, changed)),
            };
            if saving.is_positive() || context > LARGE_CONTEXT {
                named.push((at, saving, saving));
            }
        }
    }
    if numbers.count >= LARGE_CALLS && named.iter().any(|(_, _, saving)| saving.is_positive()) {
        session.note(Kind::ContextGrowth, named, numbers);
    }
}

/// What `/compact` costs with a context of that length.
fn compacting(session: &Session<'_>, call: &Record, context: u64) -> Money {
    let tokens = Tokens { cache_read: context, output: SUMMARY / 2, ..Tokens::default() };
    let one = session.pricer.price(call, tokens) - session.pricer.price(call, Tokens::default());
    one + one
}

pub(super) fn results(session: &mut Session<'_>) {
    let mut named: Vec<Named> = Vec::new();
    let mut numbers = Numbers::default();
    for thread in session.threads() {
        let mut carried = 0;
        let start = thread.start;
        for at in thread {
            let call = &session.calls[at];
            let Some(before) = (at > start).then(|| &session.calls[at - 1]) else { continue };
            if call.context() * 2 < before.context() {
                carried = 0;
            }
            let bytes = u64::from(call.result_bytes);
            let mut news = 0;
            if bytes >= LARGE_RESULT {
                let grown = call.context().saturating_sub(before.context() + before.output());
                news = grown.min(bytes / BYTES_A_TOKEN).saturating_sub(NEEDED_RESULT);
                if news > 0 {
                    numbers.count += 1;
                    numbers.tokens += news;
                    numbers.largest = numbers.largest.max(bytes);
                }
            }
            if carried + news > 0 && session.is_plain(at) {
                let changed = without_news(without_context(call.tokens(), carried), news);
                let saving = session.pricer.saving(call, changed);
                if saving.is_positive() {
                    named.push((at, saving, saving));
                }
            }
            carried += news;
        }
    }
    if numbers.count > 0 {
        session.note(Kind::LargeResults, named, numbers);
    }
}
