//! What only shows when values are taken together: amounts that can never be reached, limits that neither stop nor
//! warn, filters that match nothing. Everything counts as it is written, so these are warnings; what does not count
//! is reported by `validate` and `resolve`.
//!
//! Works for one file as well as for all that apply: `settings` is what just these files come to.

use std::path::Path;

use super::keys::Key;
use super::layers::SettingsFile;
use super::{Factor, Settings};
use crate::base::diagnostic::{Diagnostic, Findings};
use crate::base::jsonc::{self, Document};
use crate::base::money::Money;
use crate::base::text::{nearest, quoted};
use crate::base::words::{Sentence, sentence, word};
use crate::model::limit::{Action, Layer, Limit, Period};
use crate::model::model_id::identify;
use crate::model::price_table::{Family, models};

/// The rules of this module.
pub const RULES: &[(&str, &str)] = &[
    ("never-reached", "A limit is larger than one over a longer time, so it is never reached first."),
    ("no-action", "A limit neither stops nor warns."),
    ("no-folder", "A limit counts a folder that does not exist."),
    ("nothing-recorded", "Limits are set, but calls are not recorded or cost nothing."),
    ("nothing-to-stop", "Stopping is switched on where no budget is set."),
    ("over-allocated", "The members' allocations add up to more than the team's budget."),
    ("unknown-model", "A model that is not known, so that the limit or price may apply to nothing."),
    ("zero-amount", "A limit of 0 is used up from the start."),
];

/// All such problems of the files, each with the place of the value that is to be changed.
pub fn check(
    files: &[SettingsFile],
    settings: &Settings,
    folder_exists: &dyn Fn(&Path) -> bool,
) -> Vec<Diagnostic> {
    let mut pages: Vec<Page<'_>> = files.iter().filter_map(Page::of).collect();
    let mut report = Report { pages: &mut pages };
    never_reached(settings, &mut report);
    no_effect_of_limits(settings, &mut report);
    filters(settings, folder_exists, &mut report);
    recording(settings, &mut report);
    for file in files {
        stopping(file, settings, &mut report);
        allocations(file, &mut report);
        prices(file, &mut report);
    }
    pages.into_iter().flat_map(|page| page.found).collect()
}

/// One file's text, taken apart once.
struct Page<'a> {
    name: String,
    text: &'a str,
    document: Document<'a>,
    found: Vec<Diagnostic>,
}

impl<'a> Page<'a> {
    fn of(file: &'a SettingsFile) -> Option<Self> {
        let text = jsonc::decode(&file.bytes).ok()?.text;
        let document = jsonc::parse(text).ok()?;
        Some(Self { name: file.name(), text, document, found: Vec::new() })
    }
}

struct Report<'p, 'a> {
    pages: &'p mut Vec<Page<'a>>,
}

/// What is to be said at a key.
struct Words {
    message: Sentence,
    label: Sentence,
    hint: Option<Sentence>,
}

impl Words {
    fn new(message: impl Into<Sentence>, label: impl Into<Sentence>, hint: Option<Sentence>) -> Self {
        Self { message: message.into(), label: label.into(), hint }
    }
}

impl Report<'_, '_> {
    /// At the value of a key; without a place for it there is nothing a user could mend.
    fn at(&mut self, file: &str, key: &str, rule: &'static str, words: Words) {
        let Some(page) = self.pages.iter_mut().find(|page| page.name == file) else { return };
        let Ok(parsed) = Key::parse(key) else { return };
        let Some(range) = page
            .document
            .root
            .as_ref()
            .and_then(|root| parsed.find(root))
            .map(|found| found.node.range.clone())
        else {
            return;
        };
        let mut findings = Findings::new(page.text, &page.name);
        let found = findings.warning(rule, range, words.message);
        found.key = key.to_string();
        found.label = words.label;
        found.hints.extend(words.hint);
        page.found.append(&mut findings.list);
    }
}

/// Where the amount of a limit stands.
fn amount_key(limit: &Limit) -> String {
    if limit.key.starts_with("cost.limits[") {
        format!("{}.amount", limit.key)
    } else if limit.key.starts_with("team.members[") {
        format!("{}.allocation", limit.key)
    } else {
        limit.key.clone()
    }
}

/// What people call the setting of a limit.
fn named(limit: &Limit) -> Sentence {
    if limit.key.starts_with("cost.limits[") {
        sentence!("the-limit", name = quoted(&limit.name))
    } else {
        format!("`{}`", limit.key).into()
    }
}

fn days(period: Period) -> u32 {
    match period {
        Period::Session => 0,
        Period::Daily => 1,
        Period::Weekly => 7,
        Period::Monthly => 30,
        Period::Total => u32::MAX,
    }
}

/// Of two limits on the same calls the one over the shorter time is never reached first when it is the larger one.
fn never_reached(settings: &Settings, report: &mut Report<'_, '_>) {
    let limits = &settings.limits;
    for short in limits {
        let longer = |long: &&Limit| {
            let below = days(short.period) < days(long.period)
                || (long.hard && !short.hard && short.period == long.period && short.action == Action::Stop);
            // Another owner's limit is no reason to change one's own. A project's files have one owner, and its
            // folder is in the filter.
            let same_owner = short.layer == long.layer || short.filter.project.is_some();
            below
                && same_owner
                && short.filter == long.filter
                && !long.key.starts_with("team.")
                && !short.key.starts_with("team.")
                && short.amount > long.amount
                && long.amount > Money::ZERO
                // Beyond one that only warns, one that stops is still reached.
                && !(short.action == Action::Stop && long.action == Action::Warn)
        };
        let Some(long) = limits.iter().filter(longer).min_by_key(|long| long.amount) else { continue };
        let message = sentence!(
            "never-reached",
            short = named(short),
            amount = short.amount.show(),
            long = named(long),
            most = long.amount.show()
        );
        let hint = sentence!("lower-it-cure", amount = long.amount.show(), long = named(long));
        let words = Words::new(message, word!("never-reached-first"), Some(hint));
        report.at(&short.file, &amount_key(short), "never-reached", words);
    }
}

fn no_effect_of_limits(settings: &Settings, report: &mut Report<'_, '_>) {
    // What the team's allocations leave stands in no file: its key is the budget's.
    for limit in settings.limits.iter().filter(|limit| !limit.id.ends_with(":team/rest")) {
        if limit.amount == Money::ZERO {
            let message = sentence!("limit-is-zero", limit = named(limit));
            let words = Words::new(message, word!("no-call-fits"), Some(word!("no-limit-cure").into()));
            report.at(&limit.file, &amount_key(limit), "zero-amount", words);
        }
        if limit.action == Action::Warn && !settings.warnings {
            let message = sentence!("neither-stops-nor-warns", limit = named(limit));
            let hint = match limit.key.as_str() {
                "costThreshold" => word!("warnings-off-cure"),
                _ => word!("warnings-off-or-stop-cure"),
            };
            let words = Words::new(message, word!("nothing-happens"), Some(hint.into()));
            report.at(&limit.file, &amount_key(limit), "no-action", words);
        }
    }
}

fn filters(settings: &Settings, folder_exists: &dyn Fn(&Path) -> bool, report: &mut Report<'_, '_>) {
    for limit in settings.limits.iter().filter(|limit| limit.key.starts_with("cost.limits[")) {
        if let Some(model) = &limit.filter.model
            && !is_known(model)
        {
            let message = sentence!("model-unknown-limit", model = quoted(model), limit = named(limit));
            let hint = near_model(model).map(|near| sentence!("did-you-mean", near = near));
            let words = Words::new(message, word!("expected-model"), hint);
            report.at(&limit.file, &format!("{}.model", limit.key), "unknown-model", words);
        }
        if let Some(folder) = &limit.filter.project
            && !folder_exists(Path::new(folder))
        {
            let message = sentence!("no-such-folder", folder = quoted(folder));
            let words = Words::new(message, word!("limit-counts-nothing"), None);
            report.at(&limit.file, &format!("{}.project", limit.key), "no-folder", words);
        }
    }
}

fn is_known(model: &str) -> bool {
    let family = Family::ALL.iter().any(|family| family.name().eq_ignore_ascii_case(model));
    family || identify(model).target.model().is_some()
}

fn near_model(model: &str) -> Option<&'static str> {
    nearest(model, Family::ALL.iter().map(|family| family.name()))
}

fn recording(settings: &Settings, report: &mut Report<'_, '_>) {
    let Some(limit) = settings.limits.first() else { return };
    let more = settings.limits.len() - 1;
    let files: Vec<String> = report.pages.iter().map(|page| page.name.clone()).collect();
    for file in files {
        if !settings.enabled {
            let message = sentence!("limits-cannot-work", limit = named(limit), more = more);
            let words = Words::new(message, word!("no-call-booked"), Some(word!("true-or-out-cure").into()));
            report.at(&file, "cost.enabled", "nothing-recorded", words);
        }
        if settings.pricing.multiplier == Factor(0) {
            let message = sentence!("calls-cost-nothing", limit = named(limit), more = more);
            let words = Words::new(message, word!("every-price-zero"), Some(word!("multiplier-cure").into()));
            report.at(&file, "cost.pricing.multiplier", "nothing-recorded", words);
        }
    }
}

/// `autoStopAtBudget` in a file whose layer has nothing it could stop.
fn stopping(file: &SettingsFile, settings: &Settings, report: &mut Report<'_, '_>) {
    let asked = file.settings.cost.as_ref().and_then(|cost| cost.auto_stop_at_budget) == Some(true);
    // Managed settings decide for every file, so what they stop may stand anywhere.
    let managed = file.place.layer == Layer::Managed;
    let governs = |limit: &Limit| {
        let same_project = match &file.place.root {
            Some(root) => limit.id.starts_with(&format!("project:{}:", root.display())),
            None => limit.layer == file.place.layer,
        };
        same_project && limit.key != "costThreshold"
    };
    if asked && !managed && !settings.limits.iter().any(governs) {
        let hint = word!("nothing-to-stop-at-cure").into();
        let words = Words::new(word!("nothing-to-stop-at"), word!("stops-nothing"), Some(hint));
        report.at(&file.name(), "cost.autoStopAtBudget", "nothing-to-stop", words);
    }
}

fn allocations(file: &SettingsFile, report: &mut Report<'_, '_>) {
    let Some(team) = &file.settings.team else { return };
    let (Some(budget), Some(members)) = (team.budget, team.members.as_deref()) else { return };
    let sum = members.iter().fold(Money::ZERO, |sum, member| sum + member.allocation.0);
    if sum > budget.0 {
        let more = (sum - budget.0).show();
        let message = sentence!("over-allocated", sum = sum.show(), more = more);
        let label = sentence!("team-may-spend", budget = budget.0.show());
        let words = Words::new(message, label, Some(word!("over-allocated-why").into()));
        report.at(&file.name(), "team.budget", "over-allocated", words);
    }
}

/// A price for a model whose id is nearly one that is known.
fn prices(file: &SettingsFile, report: &mut Report<'_, '_>) {
    let pricing = file.settings.cost.as_ref().and_then(|cost| cost.pricing.as_ref());
    for model in
        pricing.and_then(|pricing| pricing.overrides.as_ref()).into_iter().flatten().map(|(id, _)| id)
    {
        let known = models().map(|model| model.id);
        if is_known(model) {
            continue;
        }
        let Some(near) = nearest(model, known) else { continue };
        let message = sentence!("model-unknown-price", model = quoted(model));
        let hint = sentence!("did-you-mean", near = near);
        let words = Words::new(message, word!("no-known-model"), Some(hint));
        let key = format!("cost.pricing.overrides[{}]", serde_json::Value::from(model.as_str()));
        report.at(&file.name(), &key, "unknown-model", words);
    }
}
