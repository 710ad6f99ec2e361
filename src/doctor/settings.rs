//! What the settings files say of us: are they valid, is booking on, which limits there are. Single problems with
//! their places are `validate`'s to show.

use super::{Check, Group, Seen, State};
use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::words::{say, word};
use crate::budget;
use crate::model::limit::Action;

/// More are left to `validate`.
const SHOWN: usize = 3;
/// Rules about our own hooks, which the checks of hooks tell in full.
const TOLD_ELSEWHERE: [&str; 3] = ["hooks-off", "missing-hook", "second-copy"];

pub(super) fn check(seen: &Seen<'_>) -> Vec<Check> {
    vec![files(seen), booking(seen), budgets(seen)]
}

fn files(seen: &Seen<'_>) -> Check {
    let language = seen.site.language;
    let is_ours = |found: &&Diagnostic| {
        let own_program = found.rule == "missing-program" && found.severity == Severity::Error;
        !TOLD_ELSEWHERE.contains(&found.rule) && !own_program
    };
    let sheets = &seen.scene.sheets;
    let mut found: Vec<&Diagnostic> =
        sheets.iter().flat_map(|sheet| sheet.checked.found.iter().filter(is_ours)).collect();
    found.sort_by_key(|found| found.severity);
    let errors = found.iter().filter(|found| found.severity == Severity::Error).count();
    let files = sheets.len();
    let (state, message) = match (errors, found.len()) {
        (_, 0) if sheets.is_empty() => (State::Ok, seen.word(word!("no-settings-files")).to_string()),
        (_, 0) => (State::Ok, say!(language, "settings-right", files = files)),
        (0, warnings) => {
            (State::Warning, say!(language, "settings-warnings", warnings = warnings, files = files))
        }
        _ => (State::Error, say!(language, "settings-errors", errors = errors, files = files)),
    };
    let mut check = Check::new("settings", Group::Settings, state, message);
    for left_out in sheets.iter().filter(|sheet| sheet.is_left_out()) {
        let file = left_out.name(language);
        check = check.detail(match left_out.keeps_from_starting() {
            true => say!(language, "keeps-from-starting", file = file),
            false => say!(language, "leaves-out", file = file),
        });
    }
    for problem in found.iter().take(SHOWN) {
        check = check.detail(problem.on_one_line(language));
    }
    if found.len() > SHOWN {
        check = check.detail(say!(language, "further-ones", count = found.len() - SHOWN));
    }
    if state == State::Ok { check } else { check.cure(seen.word(word!("settings-cure"))) }
}

fn booking(seen: &Seen<'_>) -> Check {
    if seen.site.setup.settings.enabled {
        let message = seen.word(word!("calls-are-booked"));
        return Check::new("booking", Group::Settings, State::Ok, message);
    }
    let language = seen.site.language;
    let message = seen.word(word!("booking-off-nothing"));
    let check = Check::new("booking", Group::Settings, State::Error, message);
    let place = seen.scene.decided(&["cost", "enabled"]).map(|(_, sheet)| sheet.name(language));
    let place = place.unwrap_or_else(|| seen.word(word!("the-settings")).to_string());
    check.cure(say!(language, "booking-cure", file = place))
}

fn budgets(seen: &Seen<'_>) -> Check {
    let settings = &seen.site.setup.settings;
    let stops = settings.limits.iter().filter(|limit| limit.action == Action::Stop).count();
    let language = seen.site.language;
    let message = match (settings.limits.len(), stops) {
        (0, _) => seen.word(word!("no-budget-set")).to_string(),
        (limits, 0) => say!(language, "limits-only-warn", limits = limits),
        (limits, stops) => say!(language, "limits-stop", limits = limits, stops = stops),
    };
    let mut check = Check::new("budgets", Group::Settings, State::Ok, message);
    for limit in &settings.limits {
        let does = if limit.action == Action::Stop { word!("stops") } else { word!("warns") };
        check = check.detail(say!(
            language,
            "limit-does",
            name = budget::name(limit, language).as_ref(),
            amount = limit.amount.show(),
            does = seen.word(does)
        ));
    }
    if !settings.warnings {
        check = check.detail(seen.word(word!("warnings-not-shown")));
    }
    check
}
