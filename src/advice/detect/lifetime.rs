//! Would the other lifetime of caches have been cheaper? Five minutes cost 1.25 times the input price to write, an hour
//! twice; every pause between the two decides.

use std::ops::Range;

use super::super::finding::{Kind, Numbers};
use super::super::pricing::read_instead;
use super::cache::written_again;
use super::{Account, FIVE_MINUTES, Named, ONE_HOUR, Session};
use crate::base::money::Money;
use crate::model::usage::Tokens;

fn is_between(pause: i64) -> bool {
    (FIVE_MINUTES..ONE_HOUR).contains(&pause)
}

/// The call before, and the pause since, where an hour's cache would be there and one of five minutes would not.
fn across_a_pause(session: &Session<'_>, thread: &Range<usize>, at: usize) -> Option<(usize, i64)> {
    let before = session.before(thread, at)?;
    let pause = session.calls[at].time.since(session.calls[before].time);
    is_between(pause).then_some((before, pause))
}

/// Caches of five minutes, where caches of one hour would have cost less in all.
pub(super) fn too_short(session: &mut Session<'_>) {
    let mut named: Vec<Named> = Vec::new();
    let mut numbers = Numbers::default();
    for thread in session.threads() {
        let short =
            |at: usize| session.calls[at].cache_write() > 0 && session.calls[at].cache_write_1h() == 0;
        if thread.clone().any(|at| session.calls[at].cache_write_1h() > 0) {
            continue;
        }
        let again = |at: usize| {
            let (before, pause) = across_a_pause(session, &thread, at)?;
            let again = written_again(&session.calls[before], &session.calls[at]);
            (again > 0 && session.is_plain(at)).then_some((again, pause))
        };
        let pauses: Vec<(usize, (u64, i64))> =
            thread.clone().filter_map(|at| Some((at, again(at)?))).collect();
        if pauses.is_empty() {
            continue;
        }
        let for_an_hour =
            |tokens: Tokens| Tokens { cache_write_1h: tokens.cache_write_5m, cache_write_5m: 0, ..tokens };
        let mut account = Account::default();
        let mut savings = Vec::new();
        let mut next = pauses.iter().peekable();
        for at in thread.clone().filter(|&at| short(at) && session.is_plain(at)) {
            let call = &session.calls[at];
            match next.next_if(|(pause, _)| *pause == at) {
                Some((_, (again, pause))) => {
                    let changed = for_an_hour(read_instead(call.tokens(), *again));
                    savings.push((at, session.pricer.saving(call, changed), *again, *pause));
                }
                None => account.owe(-session.pricer.saving(call, for_an_hour(call.tokens()))),
            }
        }
        let left: Vec<Money> = savings.iter().map(|(_, saving, ..)| account.settle(*saving)).collect();
        if left.iter().any(|left| left.is_positive()) {
            for ((at, _, again, pause), left) in savings.into_iter().zip(left) {
                named.push((at, left, left));
                numbers.count += 1;
                numbers.tokens += again;
                numbers.longest_pause_ms = numbers.longest_pause_ms.max(pause);
            }
        }
    }
    session.note(Kind::CacheTtlShort, named, numbers);
}

/// Caches of one hour, where caches of five minutes would have cost less in all, those written again after pauses
/// included.
pub(super) fn too_long(session: &mut Session<'_>) {
    let mut named: Vec<Named> = Vec::new();
    let mut numbers = Numbers::default();
    for thread in session.threads() {
        if !thread.clone().any(|at| session.calls[at].cache_write_1h() > 0) {
            continue;
        }
        let mut account = Account::default();
        let mut savings = Vec::new();
        for at in thread.clone().filter(|&at| session.is_plain(at)) {
            let call = &session.calls[at];
            let tokens = call.tokens();
            let lost = across_a_pause(session, &thread, at)
                .map_or(0, |(before, _)| call.cache_read().min(session.calls[before].cached()));
            if tokens.cache_write_1h == 0 && lost == 0 {
                continue;
            }
            let changed = Tokens {
                cache_write_1h: 0,
                cache_write_5m: tokens.cache_write() + lost,
                cache_read: tokens.cache_read - lost,
                ..tokens
            };
            let saving = session.pricer.saving(call, changed);
            if saving.is_positive() {
                savings.push((at, saving, tokens.cache_write_1h));
            } else {
                account.owe(-saving);
            }
        }
        let left: Vec<Money> = savings.iter().map(|(_, saving, _)| account.settle(*saving)).collect();
        for ((at, _, tokens), left) in savings.into_iter().zip(left).filter(|(_, left)| left.is_positive()) {
            named.push((at, left, left));
            numbers.count += 1;
            numbers.tokens += tokens;
        }
    }
    session.note(Kind::CacheTtlLong, named, numbers);
}
