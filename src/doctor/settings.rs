//! What the settings files say of us: are they valid, is booking on, which limits there are. Single problems with
//! their places are `validate`'s to show.

use super::{Check, Group, Seen, State};
use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::text::counted;
use crate::model::limit::Action;

/// More are left to `validate`.
const SHOWN: usize = 3;
/// Rules about our own hooks, which the checks of hooks tell in full.
const TOLD_ELSEWHERE: [&str; 3] = ["hooks-off", "missing-hook", "second-copy"];

pub(super) fn check(seen: &Seen<'_>) -> Vec<Check> {
    vec![files(seen), booking(seen), budgets(seen)]
}

fn files(seen: &Seen<'_>) -> Check {
    let is_ours = |found: &&Diagnostic| {
        let own_program = found.rule == "missing-program" && found.severity == Severity::Error;
        !TOLD_ELSEWHERE.contains(&found.rule) && !own_program
    };
    let sheets = &seen.scene.sheets;
    let mut found: Vec<&Diagnostic> =
        sheets.iter().flat_map(|sheet| sheet.checked.found.iter().filter(is_ours)).collect();
    found.sort_by_key(|found| found.severity);
    let errors = found.iter().filter(|found| found.severity == Severity::Error).count();
    let count = counted(sheets.len(), "settings file");
    let (state, message) = match (errors, found.len()) {
        (_, 0) if sheets.is_empty() => (State::Ok, "there are no settings files here".to_string()),
        (_, 0) => (State::Ok, format!("{count} without a problem")),
        (0, warnings) => (State::Warning, format!("{} in {count}", counted(warnings, "warning"))),
        _ => (State::Error, format!("{} in {count}", counted(errors, "error"))),
    };
    let mut check = Check::new("settings", Group::Settings, state, message);
    for left_out in sheets.iter().filter(|sheet| sheet.is_left_out()) {
        check = check.detail(match left_out.keeps_from_starting() {
            true => format!("Claude Code does not start before {} is mended", left_out.name()),
            false => format!("Claude Code leaves {} out altogether", left_out.name()),
        });
    }
    for problem in found.iter().take(SHOWN) {
        check = check.detail(problem.one_line());
    }
    if found.len() > SHOWN {
        check = check.detail(format!("{} more", found.len() - SHOWN));
    }
    if state == State::Ok { check } else { check.cure("`cost-hook validate` shows each at its place") }
}

fn booking(seen: &Seen<'_>) -> Check {
    if seen.site.setup.settings.enabled {
        return Check::new("booking", Group::Settings, State::Ok, "calls are booked (`cost.enabled`)");
    }
    let check = Check::new(
        "booking",
        Group::Settings,
        State::Error,
        "booking is off: nothing is recorded and no budget stops anything",
    );
    let place = seen.scene.decided(&["cost", "enabled"]).map(|(_, sheet)| sheet.name());
    let place = place.unwrap_or_else(|| "the settings".to_string());
    check.cure(format!("set `cost.enabled` to true in {place}, or take it out"))
}

fn budgets(seen: &Seen<'_>) -> Check {
    let settings = &seen.site.setup.settings;
    let stops = settings.limits.iter().filter(|limit| limit.action == Action::Stop).count();
    let count = counted(settings.limits.len(), "limit");
    let message = match (settings.limits.len(), stops) {
        (0, _) => "no budget is set, so nothing is ever stopped".to_string(),
        (_, 0) => format!("{count}, which only warn"),
        (_, stops) => format!("{count}; sessions are stopped by {stops} of them"),
    };
    let mut check = Check::new("budgets", Group::Settings, State::Ok, message);
    for limit in &settings.limits {
        let does = if limit.action == Action::Stop { "stops" } else { "warns" };
        check = check.detail(format!("{} of {}: {does}", limit.name, limit.amount.show()));
    }
    if !settings.warnings {
        check = check.detail("warnings are not shown (`costWarnings` is false)");
    }
    check
}
