//! What the price list says of a session's calls: fast mode, dearer places, long answers, searches, compactions, and
//! money without calls.

use std::collections::HashMap;

use super::super::finding::{Kind, Numbers};
use super::super::record::Record;
use super::{Named, Session};
use crate::base::money::Money;
use crate::model::model_id::identify;
use crate::model::price::location;
use crate::model::provider::Provider;
use crate::model::usage::Tokens;

/// An answer of so many tokens is long.
pub(crate) const LONG_OUTPUT: u64 = 4_000;
/// So many long answers, in a session whose output is at least half of its cost, are a finding.
pub(crate) const LONG_ANSWERS: usize = 5;
/// So many web searches are.
pub(crate) const SEARCHES: u64 = 10;
/// Money without calls is a finding from a fifth of the session's cost on, and ten cents.
pub(crate) const UNLISTED_PART: i128 = 5;
pub(crate) const UNLISTED_LEAST: Money = Money(100_000_000_000);
/// A context that falls from at least so many tokens to less than half was compacted or cleared.
pub(crate) const COMPACTED_FROM: u64 = 50_000;

pub(super) fn fast_mode(session: &mut Session<'_>) {
    let mut named: Vec<Named> = Vec::new();
    for (at, call) in session.calls.iter().enumerate() {
        let place = session.place(call);
        if !place.fast || !session.is_plain(at) {
            continue;
        }
        let saving = session.pricer.saving_with(call, |facts| {
            facts.fast = false;
            if identify(&place.model).fast {
                facts.region = location(&place.model, facts.region);
                facts.model = &place.canonical;
            }
        });
        named.push((at, saving, saving));
    }
    let numbers = Numbers { count: named.len() as u64, ..Numbers::default() };
    session.note(Kind::FastMode, named, numbers);
}

/// Places where every token costs a tenth more than on the global endpoint. What runs in GovCloud cannot run there.
pub(super) fn regional(session: &mut Session<'_>) {
    let mut named: Vec<Named> = Vec::new();
    for (at, call) in session.calls.iter().enumerate() {
        let place = session.place(call);
        let told = location(&place.model, Some(place.region.as_str()).filter(|region| !region.is_empty()));
        let dear = match place.provider {
            Provider::Bedrock => !told.is_some_and(|place| place.starts_with("us-gov")),
            Provider::Google | Provider::Foundry => told.is_some(),
            Provider::Anthropic | Provider::ClaudePlatformAws => place.geo == "us",
        };
        if !dear || !session.is_plain(at) {
            continue;
        }
        let saving = session.pricer.saving_with(call, |facts| {
            facts.region = Some("global");
            facts.inference_geo = None;
            if place.family.is_some() && !identify(&place.model).fast {
                facts.model = &place.canonical;
            }
        });
        if saving.is_positive() {
            named.push((at, saving, saving));
        }
    }
    let numbers = Numbers { count: named.len() as u64, ..Numbers::default() };
    session.note(Kind::RegionalPremium, named, numbers);
}

pub(super) fn output(session: &mut Session<'_>) {
    let is_long = |call: &Record| call.output() >= LONG_OUTPUT;
    if session.calls.iter().filter(|call| is_long(call)).count() < LONG_ANSWERS {
        return;
    }
    let mut named: Vec<Named> = Vec::new();
    let mut numbers = Numbers::default();
    let mut whole = Money::ZERO;
    for (at, call) in session.calls.iter().enumerate().filter(|(at, _)| session.is_plain(*at)) {
        let spent = session.pricer.saving(call, Tokens { output: 0, ..call.tokens() });
        whole += spent;
        if is_long(call) {
            named.push((at, spent, Money::ZERO));
            numbers.count += 1;
            numbers.tokens += call.output();
            numbers.largest = numbers.largest.max(call.output());
        }
    }
    if whole.0 * 2 >= session.cost.0 && named.len() >= LONG_ANSWERS {
        session.note(Kind::OutputHeavy, named, numbers);
    }
}

pub(super) fn searches(session: &mut Session<'_>) {
    let mut named: Vec<Named> = Vec::new();
    let mut count = 0;
    for (at, call) in session.calls.iter().enumerate().filter(|(_, call)| call.searches > 0) {
        let spent = session.pricer.saving_with(call, |facts| facts.web_searches = 0);
        named.push((at, spent, Money::ZERO));
        count += u64::from(call.searches);
    }
    if count >= SEARCHES {
        session.note(Kind::WebSearch, named, Numbers { count, ..Numbers::default() });
    }
}

pub(super) fn unlisted(session: &mut Session<'_>) {
    let calls = session.calls.len();
    let named: Vec<Named> = session
        .unlisted
        .iter()
        .enumerate()
        .map(|(at, line)| (calls + at, line.cost(), Money::ZERO))
        .collect();
    let sum: Money = session.unlisted.iter().map(Record::cost).sum();
    if sum >= UNLISTED_LEAST && sum.0 * UNLISTED_PART >= session.cost.0 {
        let numbers = Numbers { count: named.len() as u64, ..Numbers::default() };
        session.note(Kind::UnlistedShare, named, numbers);
    }
}

/// Compactions on the server cost what their run of the model costs; those of the client are in no transcript, and what
/// shows of them is the new context that is written to the cache.
pub(super) fn compaction(session: &mut Session<'_>) {
    let on_server: HashMap<u32, Money> = session.compactions.iter().copied().collect();
    let mut named: Vec<Named> = Vec::new();
    let mut numbers = Numbers::default();
    for thread in session.threads() {
        for at in thread.clone() {
            let call = &session.calls[at];
            if let Some(cost) = on_server.get(&call.id) {
                numbers.count += 1;
                named.push((at, *cost, Money::ZERO));
                continue;
            }
            let Some(before) = (at > thread.start).then(|| &session.calls[at - 1]) else { continue };
            let is_small = |call: &Record| call.context() * 2 < before.context();
            // A small call for another purpose is followed by the conversation as it was.
            let stays = at + 1 < thread.end && is_small(&session.calls[at + 1]);
            if before.context() >= COMPACTED_FROM && is_small(call) && stays && session.is_plain(at) {
                let tokens = call.tokens();
                let unwritten = Tokens { cache_write_5m: 0, cache_write_1h: 0, ..tokens };
                numbers.count += 1;
                numbers.tokens += tokens.cache_write();
                numbers.largest = numbers.largest.max(before.context());
                named.push((at, session.pricer.saving(call, unwritten), Money::ZERO));
            }
        }
    }
    session.note(Kind::Compaction, named, numbers);
}
