//! Every problem of one settings file, each with its place. What a JSON Schema can say is read from the schema made
//! from the types (`walk`); here is what it cannot: bytes that are no text, what strict JSON does not allow, keys
//! that stand twice, zones, and what a project's settings may not do. Problems between files are `resolve`'s.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use serde::de::IgnoredAny;

use super::diagnostic::{Diagnostic, Severity};
use super::file::FileSettings;
use super::walk;
use crate::base::jsonc::{self, Decoded, Document, Lines, Member, Node, Value};
use crate::base::text::{nearest, quoted, shown};
use crate::model::limit::Layer;

/// The root keys that are ours.
pub const ROOT_KEYS: [&str; 4] = ["costWarnings", "costThreshold", "cost", "team"];

/// Keys whose value counts in managed and user settings only. A cloned repository brings its own settings: with
/// these it could hide or lower what is booked, or send the ledger elsewhere.
pub const NOT_FOR_PROJECTS: [&str; 8] = [
    "costWarnings",
    "cost.enabled",
    "cost.pricing",
    "cost.provider",
    "cost.region",
    "team.databaseUrl",
    "team.onStale",
    "team.maxAge",
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
        Err(error) => return (FileSettings::default(), vec![not_utf8(bytes, error, context)]),
    };
    let mut findings = Findings::new(decoded.text, context.file);
    let document = match jsonc::parse(decoded.text) {
        Ok(document) => document,
        Err(error) => {
            findings
                .error("invalid-json", error.range, format!("this is not JSON: {}", error.message))
                .hints
                .push("Claude Code ignores the whole file until this is mended".to_string());
            return (FileSettings::default(), findings.list);
        }
    };
    report_strictness(&decoded, &document, &mut findings);
    let Some(root) = &document.root else { return (FileSettings::default(), findings.sorted()) };
    if !matches!(root.value, Value::Object(_)) {
        let found =
            findings.error("not-an-object", root.range.clone(), "a settings file must be one JSON object");
        found.label = format!("this is {}", with_article(root.kind()));
        return (FileSettings::default(), findings.sorted());
    }
    report_root_keys(root, &mut findings);
    report_duplicates(root, &mut findings);
    walk::check(root, &mut findings);
    report_meaning(root, context, &mut findings);

    let cleaned = print_without(root, decoded.text, &findings.dropped);
    let settings = serde_json::from_str(&cleaned).unwrap_or_else(|error| {
        // Walk and types come from one source; should they ever disagree, that is said and not hidden.
        let message = format!("the settings cannot be read: {error}");
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
    // A byte order mark is no white space to the strict reader, so such a file takes the long way too.
    match std::str::from_utf8(bytes).ok().and_then(|text| serde_json::from_str::<FileSettings>(text).ok()) {
        Some(settings) if is_silent(&settings, context) => (settings, Vec::new()),
        _ => read(bytes, context),
    }
}

/// Nothing in settings that satisfy the types would be reported by `report_meaning`.
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
                    || cost.pricing.is_some()
                    || cost.provider.is_some()
                    || cost.region.is_some()
            })
            || team.is_some_and(|team| {
                team.database_url.is_some() || team.on_stale.is_some() || team.max_age.is_some()
            }));
    !forbidden
        && zone.is_none_or(|zone| (context.zone_exists)(&zone.0))
        && limits.iter().all(|limit| {
            names.insert(&limit.name.0)
                && limit.project.as_ref().is_none_or(|project| project_fault(&project.0, context).is_none())
        })
        && of_team.iter().all(|member| members.insert(member.user.0.to_lowercase()))
}

/// What was found so far, and which values do not count because of it.
pub(super) struct Findings<'a> {
    lines: Lines<'a>,
    file: &'a str,
    pub(super) list: Vec<Diagnostic>,
    /// Where the values start that are left out.
    pub(super) dropped: BTreeSet<usize>,
}

impl<'a> Findings<'a> {
    fn new(text: &'a str, file: &'a str) -> Self {
        Self { lines: Lines::new(text), file, list: Vec::new(), dropped: BTreeSet::new() }
    }

    pub(super) fn error(
        &mut self,
        rule: &'static str,
        range: Range<usize>,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        self.add(Severity::Error, rule, range, message.into())
    }

    fn warning(
        &mut self,
        rule: &'static str,
        range: Range<usize>,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        self.add(Severity::Warning, rule, range, message.into())
    }

    fn add(
        &mut self,
        severity: Severity,
        rule: &'static str,
        range: Range<usize>,
        message: String,
    ) -> &mut Diagnostic {
        let place = self.lines.position(range.start);
        let at = self.list.len();
        self.list.push(Diagnostic {
            severity,
            rule,
            file: self.file.to_string(),
            range,
            line: place.line,
            column: place.column,
            key: String::new(),
            message,
            label: String::new(),
            hints: Vec::new(),
        });
        &mut self.list[at]
    }

    fn sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|found| (found.range.start, found.range.end));
        self.list
    }
}

/// `a number`, `an object`.
pub(super) fn with_article(kind: &str) -> String {
    match kind {
        "null" => "null".to_string(),
        "object" | "array" | "integer" => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

fn not_utf8(bytes: &[u8], error: jsonc::NotUtf8, context: &Context<'_>) -> Diagnostic {
    let good = String::from_utf8_lossy(&bytes[..error.valid_up_to]);
    let mut findings = Findings::new(&good, context.file);
    let end = good.len();
    let found = findings.error("not-utf-8", end..end, "the file is not UTF-8 text");
    found.label = "the first byte that is none".to_string();
    found.hints.push(if error.looks_like_utf16 {
        "it looks like UTF-16: save it as UTF-8 without a byte order mark".to_string()
    } else {
        "save it as UTF-8".to_string()
    });
    found.clone()
}

const DROPPED: &str =
    "Claude Code reads strict JSON and ignores the whole file: its hooks, permissions and all";

fn report_strictness(decoded: &Decoded<'_>, document: &Document<'_>, findings: &mut Findings<'_>) {
    let before = findings.list.len();
    if decoded.byte_order_mark {
        let found = findings.error("byte-order-mark", 0..0, "the file begins with a byte order mark");
        found.hints = vec![DROPPED.to_string(), "save it as UTF-8 without one".to_string()];
    }
    // One for all: a hundred comments are one thing to mend.
    if let Some(first) = document.comments.first() {
        let message = match document.comments.len() {
            1 => "the file holds a comment".to_string(),
            n => format!("the file holds {n} comments"),
        };
        let found = findings.error("comment", first.clone(), message);
        found.label = "not allowed in strict JSON".to_string();
        found.hints.push(DROPPED.to_string());
    }
    for comma in &document.trailing_commas {
        let found = findings.error("trailing-comma", comma.clone(), "a comma stands after the last item");
        found.label = "not allowed in strict JSON".to_string();
        found.hints.push(DROPPED.to_string());
    }
    if findings.list.len() > before || decoded.text.trim().is_empty() {
        return;
    }
    if let Err(error) = serde_json::from_str::<IgnoredAny>(decoded.text) {
        let lines = decoded.text.split_inclusive('\n').take(error.line().saturating_sub(1));
        let at = lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
        let mut at = at.min(decoded.text.len());
        while !decoded.text.is_char_boundary(at) {
            at -= 1;
        }
        // Without the place, which is told beside it.
        let said = error.to_string();
        let said = said.split(" at line ").next().unwrap_or_default();
        let found = findings.error("not-strict-json", at..at, format!("this is not strict JSON: {said}"));
        found.hints.push(DROPPED.to_string());
    }
}

/// The root is Claude Code's, so an unknown key there is fine, unless it is nearly one of ours.
fn report_root_keys(root: &Node<'_>, findings: &mut Findings<'_>) {
    let cost_keys = walk::keys_of("cost");
    for member in root.members().iter().filter(|member| !ROOT_KEYS.contains(&&*member.key)) {
        let key = quoted(&member.key);
        // The telling ones: short words such as `limits` or `provider` may be anybody's.
        let telling = member.key.contains(char::is_uppercase) && member.key != "onError";
        if telling && cost_keys.contains(&&*member.key) {
            let found = findings.warning(
                "misplaced-key",
                member.key_range.clone(),
                format!("{key} has no effect outside `cost`"),
            );
            found.hints.push(format!("write it inside `cost`: {{\"cost\": {{\"{}\": …}}}}", member.key));
            found.key = member.key.to_string();
        } else if let Some(known) = nearest(&member.key, ROOT_KEYS) {
            let message = format!("{key} is no setting of cost-hook");
            let found = findings.warning("misplaced-key", member.key_range.clone(), message);
            found.hints.push(format!("did you mean `{known}`?"));
            found.key = member.key.to_string();
        }
    }
}

fn report_duplicates(root: &Node<'_>, findings: &mut Findings<'_>) {
    for duplicate in jsonc::duplicate_keys(root) {
        let first = findings.lines.position(duplicate.first.start);
        let root_key = duplicate.path.first().unwrap_or(&duplicate.key);
        let message = format!("the key {} stands twice", quoted(&duplicate.key));
        let found = if ROOT_KEYS.contains(&root_key.as_str()) {
            findings.error("duplicate-key", duplicate.again, message)
        } else {
            findings.warning("duplicate-key", duplicate.again, message)
        };
        found.key = {
            let parts = duplicate.path.iter().chain([&duplicate.key]);
            parts.map(|part| shown(part, 60)).collect::<Vec<_>>().join(".")
        };
        found.label = "only this last one counts".to_string();
        found.hints.push(format!("the first one is in line {}, column {}", first.line, first.column));
    }
}

/// What a schema cannot say of values that satisfy it.
fn report_meaning(root: &Node<'_>, context: &Context<'_>, findings: &mut Findings<'_>) {
    if context.of_project() {
        report_forbidden(root, findings);
    }
    let member = |section: &str, key: &str| root.get(section).and_then(|section| section.node.get(key));
    if let Some(zone) = member("cost", "timezone")
        && let Some(name) = zone.node.as_str().filter(|name| !name.is_empty())
        && !(context.zone_exists)(name)
    {
        let message = format!("there is no time zone {}", quoted(name));
        let found = findings.error("unknown-zone", zone.node.range.clone(), message);
        found.key = "cost.timezone".to_string();
        found.label = "expected an IANA name such as `Europe/Berlin` or `UTC`".to_string();
        findings.dropped.insert(zone.node.range.start);
    }
    if let Some(limits) = member("cost", "limits") {
        report_twice(&limits.node, "cost.limits", "name", "limit", str::to_string, findings);
        for (i, limit) in limits.node.elements().iter().enumerate() {
            let Some(project) = limit.get("project") else { continue };
            let Some(path) = project.node.as_str().filter(|path| !path.is_empty()) else { continue };
            if let Some((message, label)) = project_fault(path, context) {
                let found = findings.error("project-path", project.node.range.clone(), message);
                found.key = format!("cost.limits[{i}].project");
                found.label = label.to_string();
                // Without its folder the limit would count, and stop, far more than was meant.
                found.hints.push("this limit does not count until it is mended".to_string());
                findings.dropped.insert(limit.range.start);
            }
        }
    }
    if let Some(members) = member("team", "members") {
        report_twice(&members.node, "team.members", "user", "member", str::to_lowercase, findings);
    }
}

/// A key by which list entries are told apart stands twice. All of them count all the same.
fn report_twice(
    list: &Node<'_>,
    list_key: &str,
    key: &str,
    noun: &str,
    fold: fn(&str) -> String,
    findings: &mut Findings<'_>,
) {
    let mut seen = BTreeSet::new();
    for (i, entry) in list.elements().iter().enumerate() {
        let Some(member) = entry.get(key) else { continue };
        let Some(name) = member.node.as_str() else { continue };
        if !seen.insert(fold(name)) {
            let message = format!("there are two {noun}s called {}", quoted(name));
            let found = findings.error("duplicate-name", member.node.range.clone(), message);
            found.key = format!("{list_key}[{i}].{key}");
            found.label = "used before".to_string();
        }
    }
}

fn report_forbidden(root: &Node<'_>, findings: &mut Findings<'_>) {
    for key in NOT_FOR_PROJECTS {
        let found: Option<&Member<'_>> = match key.split_once('.') {
            Some((section, key)) => root.get(section).and_then(|section| section.node.get(key)),
            None => root.get(key),
        };
        let Some(member) = found else { continue };
        // Asking for warnings is what everybody gets anyway; only silencing them would have been an effect.
        if key == "costWarnings" && member.node.value == Value::Bool(true) {
            continue;
        }
        findings.dropped.insert(member.node.range.start);
        let message = format!("`{key}` has no effect in a project's settings");
        let found = findings.warning("no-effect", member.key_range.clone(), message);
        found.key = key.to_string();
        found.label = "only managed and user settings may set this".to_string();
        found.hints.push("move it to your user settings, `~/.claude/settings.json`".to_string());
    }
}

/// Why a limit's folder cannot be the one meant: message and label.
fn project_fault(path: &str, context: &Context<'_>) -> Option<(String, &'static str)> {
    let absolute = Path::new(path).is_absolute() || path == "~" || path.starts_with("~/");
    let climbs = Path::new(path).components().any(|part| part == std::path::Component::ParentDir);
    if climbs {
        return Some((format!("the folder {} goes upwards", quoted(path)), "write it without `..`"));
    }
    match (context.layer?, absolute) {
        (Layer::Managed | Layer::User, false) => Some((
            format!("the folder {} depends on where the session starts", quoted(path)),
            "expected a full path, or one that begins with `~/`",
        )),
        (Layer::Project | Layer::Local, true)
            if !context.root.is_some_and(|root| Path::new(path).starts_with(root)) =>
        {
            Some((
                format!("the folder {} is outside the project", quoted(path)),
                "expected a folder of this project, relative to it",
            ))
        }
        _ => None,
    }
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
