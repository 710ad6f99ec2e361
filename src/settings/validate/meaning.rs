//! What a schema cannot say of one file: keys that were meant for our sections, zones, names that stand twice, folders
//! of limits, and what a project's settings may not do. What files say together is `together`'s.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Context, NOT_FOR_PROJECTS, ROOT_KEYS, walk};
use crate::base::diagnostic::Findings;
use crate::base::jsonc::{Member, Node, Value};
use crate::base::text::{nearest, quoted};
use crate::base::words::{Sentence, Word, sentence, word};
use crate::model::limit::Layer;

/// The root is Claude Code's, so an unknown key there is fine, unless it is nearly one of ours.
pub(super) fn check_root_keys(root: &Node<'_>, findings: &mut Findings<'_>) {
    let cost_keys = walk::keys_of("cost");
    for member in root.members().iter().filter(|member| !ROOT_KEYS.contains(&&*member.key)) {
        let key = quoted(&member.key);
        // The telling ones: short words such as `limits` or `provider` may be anybody's.
        let telling = member.key.contains(char::is_uppercase) && member.key != "onError";
        if telling && cost_keys.contains(&&*member.key) {
            let found = findings.warning(
                "misplaced-key",
                member.key_range.clone(),
                sentence!("outside-cost", key = key),
            );
            let example = format!("{{\"cost\": {{\"{}\": …}}}}", member.key);
            found.hints.push(sentence!("inside-cost-cure", example = example));
            found.key = member.key.to_string();
        } else if let Some(known) = nearest(&member.key, ROOT_KEYS) {
            let message = sentence!("no-setting-of-ours", key = key);
            let found = findings.warning("misplaced-key", member.key_range.clone(), message);
            found.hints.push(sentence!("did-you-mean", near = known));
            found.key = member.key.to_string();
        }
    }
}

/// What a schema cannot say of values that satisfy it.
pub(super) fn check(
    root: &Node<'_>,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    dropped: &mut BTreeSet<usize>,
) {
    if context.of_project() {
        report_forbidden(root, findings, dropped);
    }
    let member = |section: &str, key: &str| root.get(section).and_then(|section| section.node.get(key));
    if let Some(zone) = member("cost", "timezone")
        && let Some(name) = zone.node.as_str().filter(|name| !name.is_empty())
        && !(context.zone_exists)(name)
    {
        let message = sentence!("no-time-zone", zone = quoted(name));
        let found = findings.error("unknown-zone", zone.node.range.clone(), message);
        found.key = "cost.timezone".to_string();
        found.label = word!("expected-zone").into();
        dropped.insert(zone.node.range.start);
    }
    if let Some(limits) = member("cost", "limits") {
        report_twice(&limits.node, "cost.limits", "name", "limit", str::to_string, findings);
        for (i, limit) in limits.node.elements().iter().enumerate() {
            let Some(project) = limit.get("project") else { continue };
            let Some(path) = project.node.as_str().filter(|path| !path.is_empty()) else { continue };
            if let Some((message, label)) = project_fault(path, context) {
                let found = findings.error("project-path", project.node.range.clone(), message);
                found.key = format!("cost.limits[{i}].project");
                found.label = label.into();
                // Without its folder the limit would count, and stop, far more than was meant.
                found.hints.push(sentence!("entry-does-not-count", entry = "limit"));
                dropped.insert(limit.range.start);
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
    noun: &'static str,
    fold: fn(&str) -> String,
    findings: &mut Findings<'_>,
) {
    let mut seen = BTreeSet::new();
    for (i, entry) in list.elements().iter().enumerate() {
        let Some(member) = entry.get(key) else { continue };
        let Some(name) = member.node.as_str() else { continue };
        if !seen.insert(fold(name)) {
            let message = sentence!("two-entries", entry = noun, name = quoted(name));
            let found = findings.error("duplicate-name", member.node.range.clone(), message);
            found.key = format!("{list_key}[{i}].{key}");
            found.label = word!("used-before").into();
        }
    }
}

fn report_forbidden(root: &Node<'_>, findings: &mut Findings<'_>, dropped: &mut BTreeSet<usize>) {
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
        dropped.insert(member.node.range.start);
        let message = sentence!("no-effect-in-project", key = key);
        let found = findings.warning("no-effect", member.key_range.clone(), message);
        found.key = key.to_string();
        found.label = word!("only-managed-and-user").into();
        found.hints.push(word!("move-to-user-cure").into());
    }
}

/// Why a limit's folder cannot be the one meant: message and label.
pub(super) fn project_fault(path: &str, context: &Context<'_>) -> Option<(Sentence, Word)> {
    let absolute = Path::new(path).is_absolute() || path == "~" || path.starts_with("~/");
    let climbs = Path::new(path).components().any(|part| part == std::path::Component::ParentDir);
    if climbs {
        return Some((sentence!("folder-upwards", folder = quoted(path)), word!("folder-upwards-cure")));
    }
    match (context.layer?, absolute) {
        (Layer::Managed | Layer::User, false) => {
            Some((sentence!("folder-depends", folder = quoted(path)), word!("expected-full-path")))
        }
        (Layer::Project | Layer::Local, true)
            if !context.root.is_some_and(|root| Path::new(path).starts_with(root)) =>
        {
            Some((sentence!("folder-outside", folder = quoted(path)), word!("expected-inner-folder")))
        }
        _ => None,
    }
}
