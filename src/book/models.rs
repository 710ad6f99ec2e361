//! Putting model names on unlisted money. The client's final total says what each model cost; what that is above the
//! calls known names the lines that were booked without.

use super::unlisted::TOLERANCE;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::claude::transcript::CostState;
use crate::ledger::Writer;
use crate::ledger::state::Session;
use crate::model::entry::{Line, Unlisted};
use crate::model::model_id::canonical;
use crate::model::usage::Tokens;

/// Puts the names of models, and the token counts that are missing, on the lines that were booked without.
pub(super) fn name(writer: &mut Writer, id: &str, at: usize, state: &CostState) -> Result<()> {
    let lines = writer.unlisted_of(id)?;
    let mut nameless: Vec<Unlisted> =
        lines.iter().filter(|line| line.model.is_none() && line.cost.is_positive()).cloned().collect();
    if nameless.is_empty() {
        return Ok(());
    }
    let session = writer.session(id)?.clone();
    let process = &session.processes[at];
    let known_before: Money =
        session.processes[..at].iter().map(|earlier| earlier.calls + earlier.unlisted).sum();
    // A fork's figures contain its origin's, a later process's those of a killed one do not: then the split per model
    // says nothing about what is missing here, unless there is only one model anyway.
    let comparable = session.parent.is_none()
        && process.base == Some(session.early.calls + session.early.unlisted + known_before);
    let mut missing = missing_by_model(&session, &lines, state);
    if !comparable {
        // A model that cost nothing explains nothing, whichever way it is looked at.
        if state.models.len() != 1 || state.models.values().all(|total| total.cost <= TOLERANCE) {
            return Ok(());
        }
        let (from, to) = (process.started, session.end_of(at));
        nameless.retain(|line| line.time >= from && line.time < to);
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
