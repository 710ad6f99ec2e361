//! Money that no transcript line explains: session titles, compaction, classifiers, the streamed part of calls that
//! were cut off. The client's running total knows of it; what that shows above the known calls is booked, once, and
//! taken back when the missing calls turn up as lines.
//!
//! Each process of the client is an account of its own: the growth of its total since it started is set against the
//! calls it made, and what is booked or taken back lies within its time. So it does not matter when and in which
//! order things are read, nor how often. Everything here is in the client's terms (list price, no regional factor);
//! the factor is put on when a line is booked.

use super::process::{self, Calls};
use super::read::Total;
use super::watch::Learned;
use super::{Context, models};
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::Time;
use crate::ledger::Writer;
use crate::ledger::state::{Process, Session, Sight};
use crate::model::day::Day;
use crate::model::entry::{self, Birth, Line, Source, Unlisted};
use crate::model::price::{CallFacts, price};
use crate::model::provider::{Provider, recognise};
use crate::model::ratio::Ratio;
use crate::model::usage::Tokens;

/// The client sums binary floats: differences up to this are its rounding, not calls.
pub(super) const TOLERANCE: Money = Money(1_000);
/// A total runs ahead of the transcript's lines for a moment. It is believed when it is this old and the lines have
/// still not come.
const SETTLE_MS: i64 = 2_000;

/// The status line told the session's running total.
pub fn sight(
    writer: &mut Writer,
    context: &Context<'_>,
    id: &str,
    total: Money,
    client: Option<&str>,
) -> Result<()> {
    process::meet_in_mid_life(writer, context, id)?;
    process::ground(writer, context, id)?;
    let session = writer.session(id)?;
    session.client = client.map(str::to_string).or(session.client.take());
    let at = session.processes.len() - 1;
    let process = &mut session.processes[at];
    // The client shows its total before the first call: there a fork says what it went on from, as does a process
    // after `/clear` in clients that did not begin afresh then.
    let first = std::mem::take(&mut process.fresh) && process.calls == Money::ZERO;
    let carried = match process.birth {
        Birth::Fork => process.base_guessed || process.base.is_none_or(|base| base < total),
        Birth::Clear => before(client, [2, 1, 211]),
        Birth::Startup | Birth::Resume => false,
    };
    if first && carried {
        process::set_base(writer, id, at, total)?;
    } else if process.base.is_none() {
        let base = total - process.calls;
        process::guess_base(writer, id, at, base)?;
    }
    let process = &mut writer.session(id)?.processes[at];
    if process.latest.is_none_or(|latest| latest.total != total) {
        let sight = Sight { total, time: context.now, known: process.calls };
        process.latest = Some(sight);
        process.settling.get_or_insert(sight);
    }
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
    let Some(process) = session.processes.last() else { return Money::ZERO };
    process.latest.map_or(Money::ZERO, |sight| target(process, &sight).saturating_sub_zero(process.unlisted))
}

/// What a process's total has above its calls; negative when the client lost count.
fn excess(process: &Process, sight: &Sight) -> Money {
    process.base.map_or(Money::ZERO, |base| sight.total - base - sight.known)
}

/// What should be booked as unlisted for a process, given its total. A total below the known calls is no negative
/// money: the client lost count (`doctor` tells), and what is booked stays.
fn target(process: &Process, sight: &Sight) -> Money {
    let excess = excess(process, sight);
    if process.base.is_none() || excess < -TOLERANCE {
        return process.unlisted;
    }
    if excess > TOLERANCE { excess } else { Money::ZERO }
}

/// Books what totals showed, once they are old enough for all lines to have come, and takes back what lines that came
/// later explain.
pub fn settle(writer: &mut Writer, context: &Context<'_>, id: &str, force: bool) -> Result<()> {
    let Some(peeked) = writer.peek_session(id)?.cloned() else { return Ok(()) };
    for (at, process) in peeked.processes.iter().enumerate() {
        let Some(latest) = process.latest else { continue };
        let Some(mut sight) = process.settling else {
            // Settled; only lines that came since can change anything, and they only explain more of it.
            if process.unlisted - target(process, &latest) > TOLERANCE {
                adjust(writer, context, id, at, &latest, Source::StatusLine, false)?;
            }
            continue;
        };
        // A clock that was set back says nothing about its age: then it is believed at once.
        while force || context.now.since(sight.time).abs() >= SETTLE_MS {
            judge(writer, id, at, &sight)?;
            adjust(writer, context, id, at, &sight, Source::StatusLine, false)?;
            let process = &mut writer.session(id)?.processes[at];
            process.settling =
                Some(latest).filter(|latest| (latest.time, latest.total) != (sight.time, sight.total));
            match process.settling {
                Some(next) => sight = next,
                None => break,
            }
        }
    }
    Ok(())
}

fn judge(writer: &mut Writer, id: &str, at: usize, sight: &Sight) -> Result<()> {
    let session = writer.session(id)?;
    if excess(&session.processes[at], sight) < -TOLERANCE {
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
    let mut calls = Calls::new(learned, known_before);
    let mut last: Vec<(Time, &Total)> = Vec::new();
    for total in totals {
        let Some(started) = process::of_total(writer, context, id, total, &mut calls)? else { continue };
        last.retain(|(other, _)| *other != started);
        last.push((started, total));
    }
    // What each process saved is known before any is weighed, since it is what the next one went on from.
    for (started, total) in &last {
        let session = writer.session(id)?;
        let Some(at) = session.process_at(*started) else { continue };
        let time = [total.before, total.state.started].into_iter().flatten().fold(*started, Time::max);
        session.processes[at].saved = Some((time, total.state.total));
    }
    process::rebase(writer, context, id)?;
    process::ground(writer, context, id)?;
    for (started, total) in &last {
        let Some(at) = writer.session(id)?.process_at(*started) else { continue };
        weigh(writer, context, id, at, total, learned)?;
    }
    let children = writer.session(id)?.children.clone();
    for child in children {
        process::rebase(writer, context, &child)?;
    }
    Ok(())
}

/// Weighs the last total a process wrote.
fn weigh(
    writer: &mut Writer,
    context: &Context<'_>,
    id: &str,
    at: usize,
    total: &Total,
    learned: &[Learned],
) -> Result<()> {
    let session = writer.session(id)?;
    let (from, to) = (session.processes[at].started, session.end_of(at));
    // Calls that come after the total in the file are none of its business.
    let after: Money = learned
        .iter()
        .filter(|call| call.time >= from && call.time < to)
        .filter(|call| match call.at {
            Some(place) => place >= total.at,
            None => total.after.is_some_and(|after| call.time > after),
        })
        .map(|call| call.whole)
        .sum();
    let known = session.processes[at].calls - after;
    let last_line = total.before.or(total.state.started).unwrap_or(context.now);
    let stated = Sight { total: total.state.total, time: last_line.max(from), known };
    if session.processes[at].base.is_none() {
        // A fork whose origin is not to be found: nothing says more than its calls.
        process::guess_base(writer, id, at, stated.total - known)?;
    }
    judge(writer, id, at, &stated)?;
    let process = &writer.session(id)?.processes[at];
    let is_final = total.after.is_none_or(|after| after >= to);
    // When the process went on after it, later totals may have shown more; they are not taken back.
    if is_final || target(process, &stated) > process.unlisted {
        adjust(writer, context, id, at, &stated, Source::CostState, total.state.unknown_model)?;
    }
    models::name(writer, id, at, &total.state)?;
    let process = &mut writer.session(id)?.processes[at];
    if is_final {
        process.settling = None;
        // Calls up to here that turn up later are still compared with it.
        process.latest = Some(Sight { time: context.now.min(to), ..stated });
    } else {
        // What the status line showed before says less than was just booked.
        process.settling.take_if(|sight| sight.total < stated.total);
    }
    Ok(())
}

/// Weighs a process again whose start was not known rightly.
pub(super) fn reweigh(writer: &mut Writer, context: &Context<'_>, id: &str, at: usize) -> Result<()> {
    let process = &writer.session(id)?.processes[at];
    match (process.settling, process.latest) {
        (None, Some(latest)) => {
            let source = if process.saved.is_some() { Source::CostState } else { Source::StatusLine };
            adjust(writer, context, id, at, &latest, source, false)
        }
        _ => Ok(()),
    }
}

/// Brings what is booked as unlisted for a process to what a sight of its total says.
fn adjust(
    writer: &mut Writer,
    context: &Context<'_>,
    id: &str,
    at: usize,
    sight: &Sight,
    source: Source,
    estimated: bool,
) -> Result<()> {
    let session = writer.session(id)?;
    let (from, to) = (session.processes[at].started, session.end_of(at));
    let more = target(&session.processes[at], sight) - session.processes[at].unlisted;
    if more > TOLERANCE {
        let time = sight.time.min(to.plus_ms(-1)).max(from);
        let sight = Sight { time, ..*sight };
        return book_more(writer, context, id, more, &sight, source, estimated);
    }
    if more < -TOLERANCE {
        return take_back(writer, id, from, to, -more);
    }
    Ok(())
}

fn book_more(
    writer: &mut Writer,
    context: &Context<'_>,
    id: &str,
    more: Money,
    sight: &Sight,
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
        time: sight.time,
        project: if session.project.is_empty() {
            context.project.filter(|_| context.session == Some(id)).unwrap_or_default().to_string()
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
        client_total: Some(sight.total),
        known_calls: Some(sight.known),
        estimated,
        source,
        imported: None,
    };
    writer.book(&Line::Unlisted(Box::new(line)))?;
    Ok(())
}

/// Takes back money booked for a process, which is what was booked while it ran.
fn take_back(writer: &mut Writer, id: &str, from: Time, to: Time, mut excess: Money) -> Result<()> {
    let lines = writer.unlisted_of(id)?;
    for line in lines.iter().rev().filter(|line| line.time >= from && line.time < to) {
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
