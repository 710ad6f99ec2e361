//! Every problem of one settings file, each with its place. What a JSON Schema can say is read from the schema made
//! from the types (`walk`), what strict JSON does not allow is `strict`'s, what neither can say `meaning`'s. Problems
//! that only show when files are taken together are `resolve`'s and `together`'s.

mod meaning;
mod strict;
mod walk;

pub(super) use walk::{allowed_words, root_schema};

use std::collections::BTreeSet;
use std::path::Path;

use super::file::FileSettings;
use crate::base::diagnostic::{Diagnostic, Findings};
use crate::base::jsonc::{self, Node, Value};
use crate::base::words::{sentence, word};
use crate::model::limit::Layer;

/// The root keys that are ours.
pub const ROOT_KEYS: [&str; 4] = ["costWarnings", "costThreshold", "cost", "team"];

/// Keys whose value counts in managed and user settings only. A cloned repository brings its own settings: with
/// these it could hide or lower what is booked, send the ledger elsewhere, or say in a language its user cannot read
/// why the session stops.
pub const NOT_FOR_PROJECTS: [&str; 12] = [
    "costWarnings",
    "cost.enabled",
    "cost.language",
    "cost.tamperEvidence",
    "cost.pricing",
    "cost.provider",
    "cost.region",
    "team.databaseUrl",
    "team.onStale",
    "team.maxAge",
    "team.syncInterval",
    "team.projects",
];

/// Every rule there is, with a sentence for lists of rules (SARIF, reference).
pub const RULES: &[(&str, &str)] = &[
    (
        "byte-order-mark",
        "Strict JSON has no byte order mark; Claude Code reads over it, other programs may not.",
    ),
    ("comment", "Claude Code reads strict JSON and drops a file with comments."),
    ("duplicate-key", "Of a key that stands twice only the last one counts."),
    ("duplicate-name", "A limit's name and a team member stand once in a file."),
    ("invalid-json", "The text is not JSON."),
    ("misplaced-key", "A key beside `cost` or `team` looks like one of ours."),
    ("missing-key", "A limit or member lacks something it needs."),
    ("no-effect", "The key is set where another layer's settings decide."),
    ("no-member", "Whoever works here is not in the list of the team's members."),
    ("not-allowed", "The value is not one of those allowed."),
    ("not-an-object", "A settings file is one JSON object."),
    ("not-strict-json", "Claude Code reads strict JSON and drops a file that is not."),
    ("not-utf-8", "A settings file is UTF-8."),
    ("out-of-range", "A number is too small or too large."),
    ("project-path", "A limit's project folder cannot be the one meant."),
    ("too-deep", "Claude Code ignores values that are nested so deeply."),
    ("too-large", "A settings file of this size is not read."),
    ("trailing-comma", "Claude Code reads strict JSON and drops a file with trailing commas."),
    ("unknown-key", "A key inside `cost` or `team` that does not exist."),
    ("unknown-zone", "The time zone is not in the system's list of zones."),
    ("unreadable", "The file cannot be read."),
    ("wrong-type", "The value is of another type."),
];

/// What has to be known beside the bytes.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The path for messages.
    pub file: &'a str,
    /// Whose settings these are; None when that is unknown (standard input), which allows everything.
    pub layer: Option<Layer>,
    /// For a project's settings the folder they are for.
    pub root: Option<&'a Path>,
    pub zone_exists: fn(&str) -> bool,
}

impl Context<'_> {
    fn of_project(&self) -> bool {
        matches!(self.layer, Some(Layer::Project | Layer::Local))
    }
}

/// All problems of the file, in the order of the text.
pub fn validate(bytes: &[u8], context: &Context<'_>) -> Vec<Diagnostic> {
    read(bytes, context).1
}

/// What of the file counts, and all its problems. Never fails: what is wrong is left out.
pub fn read(bytes: &[u8], context: &Context<'_>) -> (FileSettings, Vec<Diagnostic>) {
    let decoded = match jsonc::decode(bytes) {
        Ok(decoded) => decoded,
        Err(error) => return (FileSettings::default(), vec![strict::not_utf8(bytes, error, context)]),
    };
    let mut findings = Findings::new(decoded.text, context.file);
    let document = match jsonc::parse(decoded.text) {
        Ok(document) => document,
        Err(error) => {
            let hint = match error.message.contains("nesting depth") {
                // Our reader's limit, far beyond the depth at which Claude Code ignores a value.
                true => word!("text-too-nested"),
                false => strict::cost_of(context),
            };
            let message = sentence!("text-not-json", error = error.message);
            findings.error("invalid-json", error.range, message).hints.push(hint.into());
            return (FileSettings::default(), findings.list);
        }
    };
    strict::check(&decoded, &document, context, &mut findings);
    let Some(root) = &document.root else { return (FileSettings::default(), findings.sorted()) };
    if !matches!(root.value, Value::Object(_)) {
        let found = findings.error("not-an-object", root.range.clone(), word!("text-not-object"));
        found.label = sentence!("text-is-of-kind", what = root.kind_in_words());
        if context.layer == Some(Layer::Managed) {
            found.hints.push(strict::cost_of(context).into());
        }
        return (FileSettings::default(), findings.sorted());
    }
    meaning::check_root_keys(root, &mut findings);
    strict::check_duplicates(root, &mut findings);
    let mut dropped = BTreeSet::new();
    walk::check(root, &mut findings, &mut dropped);
    meaning::check(root, context, &mut findings, &mut dropped);

    let cleaned = print_without(root, decoded.text, &dropped);
    let settings = serde_json::from_str(&cleaned).unwrap_or_else(|error| {
        // Walk and types come from one source; should they ever disagree, that is said and not hidden.
        let message = sentence!("text-not-read", error = error.to_string());
        findings.error("wrong-type", root.range.start..root.range.start + 1, message);
        FileSettings::default()
    });
    (settings, findings.sorted())
}

/// The hook's way: the strict reader first, and the one above only when there is something to say. Both give the
/// same settings.
pub fn read_quickly(bytes: &[u8], context: &Context<'_>) -> (FileSettings, Vec<Diagnostic>) {
    if bytes.trim_ascii().is_empty() {
        return (FileSettings::default(), Vec::new());
    }
    // A byte order mark is no white space to the strict reader, so such a file takes the long way too. A list would pass
    // for the keys in their order.
    let is_object = bytes.trim_ascii_start().first() == Some(&b'{');
    match std::str::from_utf8(bytes).ok().and_then(|text| serde_json::from_str::<FileSettings>(text).ok()) {
        Some(settings) if is_object && is_silent(&settings, context) => (settings, Vec::new()),
        _ => read(bytes, context),
    }
}

/// Nothing in settings that satisfy the types would be reported by `meaning`.
fn is_silent(settings: &FileSettings, context: &Context<'_>) -> bool {
    let (cost, team) = (settings.cost.as_ref(), settings.team.as_ref());
    let zone = cost.and_then(|cost| cost.timezone.as_ref());
    let limits = cost.and_then(|cost| cost.limits.as_deref()).unwrap_or_default();
    let mut names = BTreeSet::new();
    let mut members = BTreeSet::new();
    let of_team = team.and_then(|team| team.members.as_deref()).unwrap_or_default();
    let forbidden = context.of_project()
        && (settings.cost_warnings == Some(false)
            || cost.is_some_and(|cost| {
                cost.enabled.is_some()
                    || cost.tamper_evidence.is_some()
                    || cost.pricing.is_some()
                    || cost.provider.is_some()
                    || cost.region.is_some()
            })
            || team.is_some_and(|team| {
                team.database_url.is_some()
                    || team.on_stale.is_some()
                    || team.max_age.is_some()
                    || team.sync_interval.is_some()
                    || team.projects.is_some()
            }));
    !forbidden
        && zone.is_none_or(|zone| (context.zone_exists)(&zone.0))
        && limits.iter().all(|limit| {
            names.insert(&limit.name.0)
                && limit
                    .project
                    .as_ref()
                    .is_none_or(|project| meaning::project_fault(&project.0, context).is_none())
        })
        && of_team.iter().all(|member| members.insert(member.user.0.to_lowercase()))
}

/// Our keys as strict JSON without the values that do not count; of a repeated key the last one.
fn print_without(root: &Node<'_>, text: &str, dropped: &BTreeSet<usize>) -> String {
    let mut out = String::from("{");
    for key in ROOT_KEYS {
        if let Some(member) = root.get(key).filter(|member| !dropped.contains(&member.node.range.start)) {
            if out.len() > 1 {
                out.push(',');
            }
            out.push_str(&quoted_json(&member.key));
            out.push(':');
            print(&member.node, text, dropped, &mut out);
        }
    }
    out.push('}');
    out
}

fn print(node: &Node<'_>, text: &str, dropped: &BTreeSet<usize>, out: &mut String) {
    let counts = |node: &Node<'_>| !dropped.contains(&node.range.start);
    match &node.value {
        Value::Object(members) => {
            let mut comma = "{";
            for (i, member) in members.iter().enumerate() {
                let repeated = members[i + 1..].iter().any(|later| later.key == member.key);
                if repeated || !counts(&member.node) {
                    continue;
                }
                out.push_str(comma);
                out.push_str(&quoted_json(&member.key));
                out.push(':');
                print(&member.node, text, dropped, out);
                comma = ",";
            }
            out.push_str(if comma == "{" { "{}" } else { "}" });
        }
        Value::Array(elements) => {
            let mut comma = "[";
            for element in elements.iter().filter(|element| counts(element)) {
                out.push_str(comma);
                print(element, text, dropped, out);
                comma = ",";
            }
            out.push_str(if comma == "[" { "[]" } else { "]" });
        }
        // Spelled anew: the text may hold what strict JSON would have escaped, such as a tab.
        Value::String(text) => out.push_str(&quoted_json(text)),
        _ => out.push_str(&text[node.range.clone()]),
    }
}

fn quoted_json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
