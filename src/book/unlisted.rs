//! Money that no transcript line explains: session titles, compaction, classifiers, the streamed part of calls that
//! were cut off. The client's running total knows of it; what that shows above the known calls is booked, once, and
//! taken back when the missing calls turn up as lines.
//!
//! What can be compared: a process of the client starts from the total saved when the process before it ended (from
//! nothing when that was killed; a fork from its origin's saved total), and adds each of its own calls. So the growth
//! of the total since the process started is set against the calls made since. Everything here is in the client's
//! terms (list price, no regional factor); the factor is put on when a line is booked.

use super::Context;
use super::read::Total;
use super::watch::Learned;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::{Time, Window};
use crate::claude::transcript::CostState;
use crate::ledger::state::{Process, Session, Sight};
use crate::ledger::{Writer, scan};
use crate::model::day::Day;
use crate::model::entry::{self, Line, Source, Start, Unlisted};
use crate::model::model_id::canonical;
use crate::model::price::{CallFacts, price};
use crate::model::provider::{Provider, recognise};
use crate::model::ratio::Ratio;
use crate::model::usage::Tokens;

/// The client sums binary floats: differences up to this are its rounding, not calls.
const TOLERANCE: Money = Money(1_000);
/// A total runs ahead of the transcript's lines for a moment. It is believed when it is this old and the lines have
/// still not come.
const SETTLE_MS: i64 = 2_000;
/// The clock of `startTime` and the moment our hook sees the same start differ by this much at most.
const SAME_START_MS: i64 = 1_000;
/// A session began, was resumed or forked: from here on its total is compared afresh.
pub fn start_process(writer: &mut Writer, context: &Context<'_>, id: &str, cleared: bool) -> Result<()> {
    settle(writer, context, id, true)?;
    let session = writer.session(id)?;
    let start = Start {
        v: entry::VERSION,
        id: format!("start:{id}:{}", context.now.0),
        time: context.now,
        session: id.to_string(),
        project: context.project.unwrap_or_default().to_string(),
        user: context.user.to_string(),
        total: session.totals.last().map_or(Money::ZERO, |(_, total)| *total),
        cleared,
    };
    writer.book(&Line::Start(Box::new(start)))?;
    let session = writer.session(id)?;
    let parent = session.parent.clone();
    inherit(writer, id, parent.as_deref())
}

/// The session's file repeats calls of `origin`: it is a fork, and its total started from the origin's saved one.
pub fn descend(writer: &mut Writer, id: &str, origin: &str) -> Result<()> {
    if writer.session(id)?.parent.as_deref() == Some(origin) {
        return Ok(());
    }
    writer.session(id)?.parent = Some(origin.to_string());
    let parent = writer.session(origin)?;
    if !parent.children.iter().any(|child| child == id) {
        parent.children.push(id.to_string());
    }
    inherit(writer, id, Some(origin))
}

/// Sets the total a fork started from, as far as the origin's totals are known.
fn inherit(writer: &mut Writer, id: &str, parent: Option<&str>) -> Result<()> {
    let Some(parent) = parent else { return Ok(()) };
    let inherited = writer.peek_session(parent)?.unwrap_or_default();
    let session = writer.session(id)?;
    let Some(started) = session.process.started else { return Ok(()) };
    // A fork that was resumed has a total of its own to go on from.
    if session.totals.iter().any(|(time, _)| *time < started) {
        return Ok(());
    }
    if let Some(total) = inherited.total_at(started) {
        session.process.total = total;
    }
    Ok(())
}

/// The status line told the session's running total.
pub fn sight(
    writer: &mut Writer,
    context: &Context<'_>,
    id: &str,
    total: Money,
    client: Option<&str>,
) -> Result<()> {
    let session = writer.session(id)?;
    if session.process.started.is_none() {
        // Met in mid-life: as far as we know all of the session's own calls belong to this process.
        session.process.started = Some(session.first.unwrap_or(context.now));
        session.process.known = session.repeated;
        let parent = session.parent.clone();
        inherit(writer, id, parent.as_deref())?;
    }
    let session = writer.session(id)?;
    let known = session.known_total();
    let first = session.latest.is_none();
    if first && session.process.cleared && known == session.process.known && before(client, [2, 1, 211]) {
        session.process.total = total;
    }
    session.client = client.map(str::to_string).or(session.client.take());
    let sight = Sight { total, time: context.now, known };
    if session.latest.is_some_and(|latest| latest.total == total) {
        return settle(writer, context, id, false);
    }
    session.latest = Some(sight);
    session.settling.get_or_insert(sight);
    settle(writer, context, id, false)
}

/// Is the client's version known to be before this one?
fn before(client: Option<&str>, version: [u32; 3]) -> bool {
    let parts = client
        .map(|client| client.split(['.', '-']).map_while(|part| part.parse().ok()).collect::<Vec<u32>>());
    parts.is_some_and(|parts| parts.len() >= 3 && parts[..3] < version[..])
}

/// What the client's total shows above the known calls but is not booked yet, for display and for weighing limits:
/// money is spent whether or not its line has come.
pub fn pending(session: &Session) -> Money {
    session.latest.map_or(Money::ZERO, |sight| {
        target(session, sight.total, sight.known).saturating_sub_zero(session.unlisted)
    })
}

/// What should be booked as unlisted altogether, given a total and the calls known when it was stated. A total below
/// the known calls is no negative money: the client lost count (`doctor` tells), and what is booked stays.
fn target(session: &Session, total: Money, known: Money) -> Money {
    let process = &session.process;
    let grown = (total - process.total) - (known - process.known);
    if grown < -TOLERANCE {
        return session.unlisted;
    }
    process.unlisted + if grown > TOLERANCE { grown } else { Money::ZERO }
}

/// Books what a total showed, once it is old enough for all lines to have come.
pub fn settle(writer: &mut Writer, context: &Context<'_>, id: &str, force: bool) -> Result<()> {
    let Some(peeked) = writer.peek_session(id)? else { return Ok(()) };
    let Some(sight) = peeked.settling else { return take_back_known(writer, id, &peeked) };
    if !force && context.now.since(sight.time) < SETTLE_MS {
        return Ok(());
    }
    judge(writer, id, sight.total, sight.known)?;
    let wanted = target(writer.session(id)?, sight.total, sight.known);
    adjust(writer, context, id, wanted, sight.time, Source::StatusLine, false)?;
    let session = writer.session(id)?;
    session.settling = session.latest.filter(|latest| latest.time > sight.time);
    if session.settling.is_some() {
        return settle(writer, context, id, force);
    }
    Ok(())
}

/// Lines that came after a total was settled explain part of what was booked.
fn take_back_known(writer: &mut Writer, id: &str, session: &Session) -> Result<()> {
    let Some(latest) = session.latest else { return Ok(()) };
    let excess = session.unlisted - target(session, latest.total, latest.known);
    if excess > TOLERANCE { take_back(writer, id, excess) } else { Ok(()) }
}

fn judge(writer: &mut Writer, id: &str, total: Money, known: Money) -> Result<()> {
    let session = writer.session(id)?;
    let process = session.process;
    if (total - process.total) - (known - process.known) < -TOLERANCE {
        session.odd_totals = session.odd_totals.saturating_add(1);
    }
    Ok(())
}

/// Totals the client wrote into the transcript, with the calls that were read in the same go.
pub fn totals(
    writer: &mut Writer,
    context: &Context<'_>,
    id: &str,
    totals: &[Total],
    learned: &[Learned],
    known_before: bool,
) -> Result<()> {
    let now_known = writer.session(id)?.known_total();
    for total in totals {
        let state = &total.state;
        let time = total.before.or(state.started).unwrap_or(context.now);
        meet_process(writer, id, state.started, learned, known_before, now_known)?;
        if writer.session(id)?.process.started.is_some_and(|started| time < started) {
            // Of an earlier process, read again: it was weighed then. Still it is what a fork may have started from.
            writer.session(id)?.remember_total(time.max(state.started.unwrap_or(time)), state.total);
            continue;
        }
        // Calls that come after the total in the file are none of its business.
        let after: Money = learned
            .iter()
            .filter(|call| match call.at {
                Some(at) => at >= total.at,
                None => total.after.is_some_and(|after| call.time > after),
            })
            .map(|call| call.whole)
            .sum();
        let known = now_known - after;
        judge(writer, id, state.total, known)?;
        let wanted = target(writer.session(id)?, state.total, known);
        adjust(writer, context, id, wanted, time, Source::CostState, state.unknown_model)?;
        name_models(writer, id, state)?;
        let session = writer.session(id)?;
        session.remember_total(time.max(state.started.unwrap_or(time)), state.total);
        session.settling = None;
        // Calls up to here that turn up later are still compared with it.
        session.latest = Some(Sight { total: state.total, time: total.after.unwrap_or(context.now), known });
    }
    let children = writer.session(id)?.children.clone();
    for child in children {
        reconsider(writer, context, &child, id)?;
    }
    Ok(())
}

/// A total names the process that wrote it by its start. A process nobody told us of began then.
fn meet_process(
    writer: &mut Writer,
    id: &str,
    started: Option<Time>,
    learned: &[Learned],
    known_before: bool,
    now_known: Money,
) -> Result<()> {
    let session = writer.session(id)?;
    let unheard = match (session.process.started, started) {
        (None, _) => true,
        (Some(known), Some(started)) => started.since(known) > SAME_START_MS,
        (Some(_), None) => false,
    };
    if !unheard {
        return Ok(());
    }
    let started = started.or(session.first).unwrap_or(Time(0));
    let since_start: Money = learned.iter().filter(|call| call.time >= started).map(|call| call.news).sum();
    let earlier = if known_before { booked_since(writer, id, started)? } else { Money::ZERO };
    let before = writer.unlisted_of(id)?.into_iter().filter(|line| line.time < started);
    let unlisted = before.map(|line| line.client_cost()).sum();
    let session = writer.session(id)?;
    session.process = Process {
        started: Some(started),
        total: session.totals.last().map_or(Money::ZERO, |(_, total)| *total),
        known: now_known - since_start - earlier,
        unlisted,
        cleared: false,
    };
    let parent = session.parent.clone();
    inherit(writer, id, parent.as_deref())
}

/// Calls of a session made since a time and booked before this transaction, from the ledger itself. Needed only when
/// a process is met in mid-life.
fn booked_since(writer: &Writer, id: &str, since: Time) -> Result<Money> {
    let mut sum = Money::ZERO;
    scan::each(writer.ledger(), Window { start: since, end: Time::MAX }, |line| {
        if let Line::Call(call) = line
            && call.session == id
        {
            sum += call.client_cost();
        }
    })?;
    Ok(sum)
}

/// An origin's totals became known after its fork's were weighed: weigh the fork again.
fn reconsider(writer: &mut Writer, context: &Context<'_>, child: &str, parent: &str) -> Result<()> {
    let before = writer.session(child)?.process;
    inherit(writer, child, Some(parent))?;
    let session = writer.session(child)?;
    if session.process.total == before.total {
        return Ok(());
    }
    if let Some((time, total)) = session.totals.last().copied() {
        let known = session.known_total();
        let wanted = target(session, total, known);
        adjust(writer, context, child, wanted, time, Source::CostState, false)?;
    }
    Ok(())
}

/// Brings what is booked as unlisted to `wanted`.
fn adjust(
    writer: &mut Writer,
    context: &Context<'_>,
    id: &str,
    wanted: Money,
    time: Time,
    source: Source,
    estimated: bool,
) -> Result<()> {
    let booked = writer.session(id)?.unlisted;
    let more = wanted - booked;
    if more > TOLERANCE {
        return book_more(writer, context, id, more, time, source, estimated);
    }
    if more < -TOLERANCE {
        return take_back(writer, id, -more);
    }
    Ok(())
}

fn book_more(
    writer: &mut Writer,
    context: &Context<'_>,
    id: &str,
    more: Money,
    time: Time,
    source: Source,
    estimated: bool,
) -> Result<()> {
    let session = writer.session(id)?.clone();
    let factor = factor(context, id, &session);
    let cost = factor.of(more);
    let (provider, region) = place(context, id, &session);
    let line = Unlisted {
        v: entry::VERSION,
        id: format!("unlisted:{id}:{}", session.unlisted_lines + 1),
        rev: 0,
        time,
        project: if session.project.is_empty() {
            context.project.unwrap_or_default().to_string()
        } else {
            session.project.clone()
        },
        session: id.to_string(),
        model: None,
        provider,
        region,
        tokens: Tokens::default(),
        web_searches: 0,
        branch: session.branch.clone(),
        user: if session.user.is_empty() { context.user.to_string() } else { session.user.clone() },
        cost,
        client_cost: (cost != more).then_some(more),
        estimated,
        source,
    };
    writer.book(&Line::Unlisted(Box::new(line)))?;
    Ok(())
}

fn take_back(writer: &mut Writer, id: &str, mut excess: Money) -> Result<()> {
    for line in writer.unlisted_of(id)?.iter().rev() {
        let part = line.client_cost().min(excess);
        if part.is_positive() {
            restate(writer, line, line.client_cost() - part)?;
            excess -= part;
        }
    }
    Ok(())
}

/// Books a line again with another amount in the client's terms, keeping its factor.
fn restate(writer: &mut Writer, line: &Unlisted, client_cost: Money) -> Result<()> {
    let mut line = line.clone();
    let old = line.client_cost();
    line.cost = match line.client_cost {
        Some(client) if client.0 != 0 => Money(line.cost.0.saturating_mul(client_cost.0) / client.0),
        _ => client_cost,
    };
    line.client_cost = (line.cost != client_cost).then_some(client_cost);
    if client_cost < old {
        // Counts named with the amount no longer belong to it.
        line.tokens = Tokens::default();
        line.web_searches = 0;
    }
    line.rev += 1;
    writer.book(&Line::Unlisted(Box::new(line)))?;
    Ok(())
}

fn place(context: &Context<'_>, id: &str, session: &Session) -> (Provider, Option<String>) {
    if let Some(provider) = session.provider {
        return (provider, session.region.clone());
    }
    let nothing = |_: &str| None;
    let env = if context.session == Some(id) { context.env } else { &nothing };
    let (provider, region) = recognise("", env);
    (context.provider.unwrap_or(provider), context.region.map(str::to_string).or(region))
}

/// What the bill puts on the list price where this session's calls go.
fn factor(context: &Context<'_>, id: &str, session: &Session) -> Ratio {
    let (provider, region) = place(context, id, session);
    let model = session.recent.last().map_or("opus", |recent| recent.model.as_str());
    let day = Day::from(context.now.utc().date());
    let facts =
        CallFacts { provider, region: region.as_deref(), ..CallFacts::plain(model, day, Tokens::default()) };
    price(&facts, context.prices).factor
}

/// The client's final total names models: puts their names, and the token counts that are missing, on the lines that
/// were booked without.
fn name_models(writer: &mut Writer, id: &str, state: &CostState) -> Result<()> {
    let lines = writer.unlisted_of(id)?;
    let mut nameless: Vec<Unlisted> =
        lines.iter().filter(|line| line.model.is_none() && line.cost.is_positive()).cloned().collect();
    if nameless.is_empty() {
        return Ok(());
    }
    let session = writer.session(id)?.clone();
    // A fork's figures contain its origin's, a later process's those of a killed one do not: then the split per model
    // says nothing about what is missing here, unless there is only one model anyway.
    let comparable =
        session.parent.is_none() && session.process.total == session.process.known + session.process.unlisted;
    let mut missing = missing_by_model(&session, &lines, state);
    if !comparable {
        if state.models.len() != 1 {
            return Ok(());
        }
        missing = state
            .models
            .keys()
            .map(|model| Missing { model: model.clone(), cost: Money(i128::MAX / 4), ..Missing::default() })
            .collect();
    }
    nameless.reverse();
    while let Some(line) = nameless.pop() {
        let Some(richest) = missing.iter_mut().max_by_key(|model| model.cost) else { return Ok(()) };
        if richest.cost <= TOLERANCE {
            return Ok(());
        }
        let whole = line.client_cost();
        let part = if richest.cost + TOLERANCE >= whole { whole } else { richest.cost };
        let named = Unlisted { model: Some(richest.model.clone()), ..line.clone() };
        richest.cost -= part;
        // The counts go on the line that completes the model's amount, so that they are there once.
        let complete = richest.cost.abs() <= TOLERANCE;
        let counts = if complete { (richest.tokens, richest.searches) } else { Default::default() };
        let named = Unlisted { tokens: counts.0, web_searches: counts.1, rev: line.rev + 1, ..named };
        if part == whole {
            writer.book(&Line::Unlisted(Box::new(named)))?;
            continue;
        }
        restate_named(writer, named, part)?;
        let rest = split_off(writer, &line, whole - part)?;
        nameless.push(rest);
    }
    Ok(())
}

#[derive(Debug, Clone, Default)]
struct Missing {
    model: String,
    cost: Money,
    tokens: Tokens,
    searches: u64,
}

/// What the client has above the known calls and the lines already named, by model.
fn missing_by_model(session: &Session, lines: &[Unlisted], state: &CostState) -> Vec<Missing> {
    let of_model = |model: &str| {
        let name = canonical(model);
        let known = session.known.get(name.as_ref()).copied().unwrap_or_default();
        let named =
            lines.iter().filter(|line| line.model.as_deref().is_some_and(|other| canonical(other) == name));
        named.fold((known.tokens, known.searches, known.cost), |sum, line| {
            (sum.0.plus(&line.tokens), sum.1 + line.web_searches, sum.2 + line.client_cost())
        })
    };
    let mut missing = Vec::new();
    for (model, total) in &state.models {
        let (tokens, searches, cost) = of_model(model);
        missing.push(Missing {
            model: model.clone(),
            cost: total.cost - cost,
            tokens: total.tokens.minus(&tokens),
            searches: total.web_searches.saturating_sub(searches),
        });
    }
    missing.retain(|model| model.cost > TOLERANCE);
    missing
}

fn restate_named(writer: &mut Writer, mut line: Unlisted, client_cost: Money) -> Result<()> {
    let (cost, client) = (line.cost, line.client_cost());
    line.cost = Money(cost.0.saturating_mul(client_cost.0) / client.0.max(1));
    line.client_cost = (line.cost != client_cost).then_some(client_cost);
    writer.book(&Line::Unlisted(Box::new(line)))?;
    Ok(())
}

/// The rest of a line whose first part went to a model, as a line of its own with the same time.
fn split_off(writer: &mut Writer, line: &Unlisted, client_cost: Money) -> Result<Unlisted> {
    let number = writer.session(&line.session)?.unlisted_lines + 1;
    let cost = Money(line.cost.0.saturating_mul(client_cost.0) / line.client_cost().0.max(1));
    let rest = Unlisted {
        id: format!("unlisted:{}:{number}", line.session),
        rev: 0,
        cost,
        client_cost: (cost != client_cost).then_some(client_cost),
        ..line.clone()
    };
    writer.book(&Line::Unlisted(Box::new(rest.clone())))?;
    Ok(rest)
}
