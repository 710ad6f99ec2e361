//! Work that a smaller model does as well: prompts with a short answer, subagents that only read, and what the client
//! does in the background.

use std::collections::HashMap;

use super::super::finding::{Kind, Numbers};
use super::super::pricing::Pricer;
use super::super::record::{Place, Record};
use super::{Named, Session};
use crate::model::price_table::{Family, Model};
use crate::model::provider::Provider;
use crate::model::usage::Tokens;

/// An answer of at most so many tokens, without a tool, is a simple one.
pub(crate) const SIMPLE_OUTPUT: u64 = 500;
/// And its context at most so long.
pub(crate) const SIMPLE_CONTEXT: u64 = 50_000;
/// So many simple prompts of a session are a finding.
pub(crate) const SIMPLE_TURNS: usize = 3;
/// Fewer calls of reading subagents are not.
pub(crate) const READING_CALLS: usize = 3;

/// The next smaller family that serves for simple work.
fn smaller(place: &Place) -> Option<Family> {
    match place.family? {
        Family::Fable | Family::Mythos | Family::Opus => Some(Family::Sonnet),
        Family::Sonnet => Some(Family::Haiku),
        Family::Haiku | Family::Legacy => None,
    }
}

fn smaller_model(pricer: &Pricer<'_>, call: &Record) -> Option<&'static Model> {
    let place = pricer.place(call);
    smaller(place).filter(|_| !place.fast).and_then(|family| pricer.newest(family, call))
}

/// Prompts of the main conversation that were answered by one call without a tool.
pub(super) fn simple_turns(session: &mut Session<'_>) {
    let Some(main) = session.threads().into_iter().find(|thread| session.calls[thread.start].agent == 0)
    else {
        return;
    };
    let mut turns: HashMap<u32, (usize, bool)> = HashMap::new();
    for at in main.clone() {
        let call = &session.calls[at];
        let simple = session.work(call).tools.is_empty()
            && session.is_plain(at)
            && call.output() <= SIMPLE_OUTPUT
            && call.context() <= SIMPLE_CONTEXT;
        // Calls without a prompt's id belong to no turn that could be told from others.
        if call.prompt != 0 {
            turns.entry(call.prompt).and_modify(|turn| turn.1 = false).or_insert((at, simple));
        }
    }
    let others = turns.values().any(|(_, simple)| !simple);
    let mut simple: Vec<usize> = turns.values().filter(|turn| turn.1).map(|turn| turn.0).collect();
    simple.sort_unstable();
    let mut named: Vec<Named> = Vec::new();
    for at in simple {
        let call = &session.calls[at];
        let Some(model) = smaller_model(session.pricer, call) else { continue };
        let tokens = call.tokens();
        // Another model has no cache of what this one had read: in a session that goes on with the larger model, the
        // smaller one would have had to write it first.
        let tokens = if others {
            Tokens { cache_read: 0, cache_write_5m: tokens.cache_write_5m + tokens.cache_read, ..tokens }
        } else {
            tokens
        };
        let saving = session.pricer.saving_on(call, model, tokens);
        if saving.is_positive() {
            named.push((at, saving, saving));
        }
    }
    if named.len() >= SIMPLE_TURNS {
        let numbers = Numbers { count: named.len() as u64, ..Numbers::default() };
        session.note(Kind::SimpleTurns, named, numbers);
    }
}

/// Subagents that used nothing but tools that look.
pub(super) fn subagents(session: &mut Session<'_>) {
    let mut named: Vec<Named> = Vec::new();
    let mut numbers = Numbers::default();
    for thread in session.threads() {
        if session.calls[thread.start].agent == 0
            || !session.calls[thread.clone()].iter().all(|call| session.work(call).only_reads())
        {
            continue;
        }
        let had = named.len();
        for at in thread.filter(|&at| session.is_plain(at)) {
            let call = &session.calls[at];
            let Some(model) = smaller_model(session.pricer, call) else { continue };
            let saving = session.pricer.saving_on(call, model, call.tokens());
            if saving.is_positive() {
                named.push((at, saving, saving));
            }
        }
        numbers.count += u64::from(named.len() > had);
    }
    if named.len() >= READING_CALLS {
        session.note(Kind::SubagentModel, named, numbers);
    }
}

/// Money without calls on a platform where the client's background model is not Haiku by itself.
pub(super) fn background(session: &mut Session<'_>) {
    let mut named: Vec<Named> = Vec::new();
    let mut numbers = Numbers::default();
    for (at, line) in session.unlisted.iter().enumerate() {
        let place = session.place(line);
        let tokens = line.tokens();
        let is_cloud = matches!(place.provider, Provider::Bedrock | Provider::Google | Provider::Foundry);
        let is_larger =
            place.family.is_some_and(|family| family != Family::Haiku && family != Family::Legacy);
        // More than that is a compaction, which needs the model of the conversation.
        if !is_cloud || !is_larger || tokens.is_zero() || tokens.prompt() > SIMPLE_CONTEXT {
            continue;
        }
        let Some(model) = session.pricer.newest(Family::Haiku, line) else { continue };
        let saving = session.pricer.saving_on(line, model, tokens);
        if saving.is_positive() {
            named.push((session.calls.len() + at, line.cost(), saving));
            numbers.count += 1;
            numbers.tokens += tokens.total();
        }
    }
    session.note(Kind::BackgroundModel, named, numbers);
}
