//! Many subagents at once: each begins with a context of its own, whose beginning all of them write to the cache.

use std::collections::{HashMap, HashSet};

use super::super::finding::{Kind, Numbers};
use super::super::pricing::read_instead;
use super::{Named, Session};
use crate::base::money::Money;

/// So many subagents of a session that begin within `FAN_OUT_WINDOW` are a fan-out.
pub(crate) const FAN_OUT: usize = 4;
pub(crate) const FAN_OUT_WINDOW: i64 = 10 * 60_000;

pub(super) fn fan_out(session: &mut Session<'_>) {
    let mut starts: Vec<usize> = session
        .threads()
        .into_iter()
        .map(|thread| thread.start)
        .filter(|&at| session.calls[at].agent != 0)
        .collect();
    starts.sort_by_key(|&at| (session.calls[at].time, at));
    let begins = |&at: &usize| session.calls[at].time;
    // Everything that lies in some window with enough of them.
    let mut in_fan = vec![false; starts.len()];
    let mut from = 0;
    for to in 0..starts.len() {
        while begins(&starts[to]).since(begins(&starts[from])) > FAN_OUT_WINDOW {
            from += 1;
        }
        if to - from + 1 >= FAN_OUT {
            in_fan[from..=to].fill(true);
        }
    }
    let fan: Vec<usize> =
        starts.iter().zip(&in_fan).filter(|(_, is_in)| **is_in).map(|(at, _)| *at).collect();
    if fan.is_empty() {
        return;
    }
    // Subagents of one kind and model begin alike: what the first of them wrote, the others could have read.
    let mut first: HashMap<(&str, &str), u64> = HashMap::new();
    let mut saving_of: HashMap<usize, Money> = HashMap::new();
    let mut numbers = Numbers { count: fan.len() as u64, ..Numbers::default() };
    for &at in &fan {
        let call = &session.calls[at];
        let like = (session.work(call).agent.as_str(), session.place(call).canonical.as_str());
        match first.get(&like) {
            None => drop(first.insert(like, call.cache_write())),
            Some(written) if session.is_plain(at) => {
                let again = call.cache_write().min(*written);
                let saving = session.pricer.saving(call, read_instead(call.tokens(), again));
                saving_of.insert(at, saving);
                numbers.tokens += again;
            }
            Some(_) => {}
        }
    }
    let fan: HashSet<usize> = fan.into_iter().collect();
    let mut named: Vec<Named> = Vec::new();
    for thread in session.threads().into_iter().filter(|thread| fan.contains(&thread.start)) {
        for at in thread {
            let saving = saving_of.get(&at).copied().unwrap_or_default();
            named.push((at, session.calls[at].cost(), saving));
        }
    }
    session.note(Kind::SubagentFanOut, named, numbers);
}
