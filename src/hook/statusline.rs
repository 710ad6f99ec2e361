//! The status line: one line from the client's payload and the sums, and the place where the client's running total
//! is seen live.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::{STDIN_BOUND, most, note, patience, print};
use crate::base::env;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::width::shown;
use crate::base::words::{Language, say};
use crate::base::world::World;
use crate::book::{Context, late, unlisted, watch};
use crate::budget::{self, Place, Standing};
use crate::claude::lenient;
use crate::claude::wire::{HookInput, StatusInput};
use crate::ledger::state::Session;
use crate::model::limit::Action;
use crate::setup::Setup;

/// Prints the line. With `then`, the status line the user had before is run with the same input and printed first.
pub(super) fn run(world: &World, then: Option<&str>) {
    let mut input = Vec::new();
    // A status line that cannot be read is printed as far as it is known, which is not at all.
    let _ = std::io::stdin().lock().take(STDIN_BOUND).read_to_end(&mut input);
    let before = then.and_then(|command| other_line(command, &input));
    let lines: Vec<String> = before.into_iter().chain(own(world, &input)).collect();
    print((!lines.is_empty()).then(|| lines.join("\n")));
}

/// Our own line for the client's input: all that `cost-hook statusline` does but reading, printing and the line of others.
pub fn own(world: &World, input: &[u8]) -> Option<String> {
    let payload: StatusInput = lenient::read(input).unwrap_or_default();
    let from_payload = payload.workspace.project_dir.clone();
    let project = from_payload.map_or_else(|| world.project_dir(), PathBuf::from);
    let setup = Setup::of(world, &project);
    match line(world, &setup, &payload, &project.to_string_lossy()) {
        Ok(line) => Some(line),
        Err(error) => {
            let named = HookInput {
                hook_event_name: "Status".into(),
                session_id: payload.session_id.clone(),
                ..HookInput::default()
            };
            note(world, &setup, &named, &error);
            fallback(&payload, setup.language)
        }
    }
}

/// What the wrapped status line prints; nothing when it fails.
fn other_line(command: &str, input: &[u8]) -> Option<String> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut child = Command::new(shell)
        .args([flag, command])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    // A payload fits into the pipe; a command that does not read it is none of our business.
    let _ = child.stdin.take()?.write_all(input);
    let output = child.wait_with_output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim_end_matches(['\n', '\r']).to_string();
    (!text.is_empty()).then_some(text)
}

/// The client's own figure, when ours cannot be had.
fn fallback(payload: &StatusInput, language: Language) -> Option<String> {
    let total = payload.cost.total_cost_usd.and_then(Money::from_f64)?;
    Some(say!(language, "status-line-session", amount = total.show()))
}

fn line(world: &World, setup: &Setup, payload: &StatusInput, project: &str) -> Result<String> {
    let env = |name: &str| world.var(name);
    let context = Context {
        session: payload.session_id.as_deref().filter(|id| !id.is_empty()),
        project: Some(project),
        ..setup.context(world, &env)
    };
    if !setup.settings.enabled {
        return Ok(fallback(payload, setup.language).unwrap_or_default());
    }
    let mut writer = setup.ledger.write_in_time(context.now, patience("Status"), most("Status"))?;
    let place =
        Place { session: context.session, project, model: payload.model.id.as_deref(), ..Place::default() };
    let (settings, system) = (&setup.settings, &setup.system);
    let team = setup.team();
    budget::standings(&mut writer, settings, team.as_ref(), &place, system)?;
    budget::today(&mut writer, &settings.calendar, system)?;
    let main = payload.transcript_path.as_ref().map(PathBuf::from).filter(|path| path.is_absolute());
    let caught = watch::catch_up(&mut writer, &context, main.as_deref(), None)?;
    let total = payload.cost.total_cost_usd.and_then(Money::from_f64);
    let (mut session_cost, mut estimated) = (Money::ZERO, Money::ZERO);
    let mut pending = Money::ZERO;
    if let Some(id) = context.session {
        if let Some(model) = &payload.model.id {
            // The person may have switched it since the last call.
            writer.session(id)?.hear_model(context.now, model);
        }
        if let Some(total) = total {
            unlisted::sight(&mut writer, &context, id, total, payload.version.as_deref())?;
        }
        let unknown = Session::default();
        let session = writer.peek_session(id)?.unwrap_or(&unknown);
        pending = unlisted::pending(session);
        session_cost = session.cost + pending;
        estimated = session.estimated;
    }
    let limits = payload.limits(context.now);
    if !limits.is_empty() {
        writer.learn_rate_limits(&limits)?;
    }
    let today = budget::today(&mut writer, &settings.calendar, system)?;
    let standings = budget::standings(&mut writer, settings, team.as_ref(), &place, system)?;
    writer.commit()?;
    late::forget(&caught.heard);
    let (color, language) = (world.var(env::NO_COLOR).is_none(), setup.language);
    let today = budget::marked(today.sum + pending, today.estimated);
    let mut parts = vec![
        say!(language, "status-line-session", amount = budget::marked(session_cost, estimated)),
        say!(language, "status-line-today", amount = today),
    ];
    let limits = standings.iter().filter(|standing| standing.limit.amount.is_positive());
    parts.extend(limits.map(|standing| state(standing, color, language)));
    Ok(parts.join(" · "))
}

/// A name longer than this pushes the sums out of the line.
const LONGEST_NAME: usize = 60;

/// `daily budget 31% of $10.00`, yellow when near and red when used up.
fn state(standing: &Standing, color: bool, language: Language) -> String {
    let used = standing.is_used_up();
    let mut text = say!(
        language,
        "status-line-limit",
        limit = shown(&budget::name(&standing.limit, language), LONGEST_NAME),
        percent = budget::percent(standing),
        amount = standing.allowed().show()
    );
    if used && standing.limit.action == Action::Stop {
        text = match standing.lifted_until {
            Some(_) => say!(language, "status-line-lifted", limit = text),
            None => say!(language, "status-line-stopped", limit = text),
        };
    }
    let code = match (used, budget::is_near(standing)) {
        (true, _) => "31",
        (false, true) => "33",
        (false, false) => return text,
    };
    if color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text }
}
