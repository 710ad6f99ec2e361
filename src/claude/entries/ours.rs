//! Our own hooks in a settings file: for which events they are registered, how often, and whether the file lets any
//! hook run.

use crate::base::diagnostic::{Diagnostic, Findings};
use crate::base::jsonc::{Node, Value};
use crate::base::words::{Sentence, Word, sentence, word};
use crate::claude::install::{self, EVENTS};

pub(super) fn check(text: &str, root: &Node<'_>, findings: &mut Findings<'_>) {
    let registered = install::registered(text, root);
    if registered.is_empty() {
        return;
    }
    let Some(hooks) = root.get("hooks") else { return };
    if is_off(root) == Some(true) {
        switched_off(root, findings);
    }
    let missing: Vec<&str> = EVENTS
        .iter()
        .map(|event| event.name)
        .filter(|name| !registered.iter().any(|hook| hook.event == *name && hook.covers_everything))
        .collect();
    if !missing.is_empty() {
        let message = sentence!("not-registered-for", events = Sentence::all_of(&missing));
        let found = findings.warning("missing-hook", hooks.key_range.clone(), message);
        found.key = "hooks".to_string();
        let there = EVENTS.len() - missing.len();
        found.label = sentence!("registered-for", there = there, events = EVENTS.len());
        found.hints.push(what_is_lost(&missing).into());
        found.hints.push(word!("adds-what-is-missing").into());
    }
    for (i, hook) in registered.iter().enumerate() {
        // The very same command is run once, however often it stands there.
        let copy = |other: &install::Registered| {
            other.event == hook.event && other.covers_everything && other.command != hook.command
        };
        if hook.covers_everything && registered[..i].iter().any(copy) {
            let message = sentence!("registered-twice", event = hook.event.clone());
            let found = findings.warning("second-copy", hook.range.clone(), message);
            found.key = format!("hooks.{}", hook.event);
            found.label = word!("one-copy-is-enough").into();
            found.hints.push(word!("second-copy-cure").into());
        }
    }
}

/// What the file says of all hooks.
pub fn is_off(root: &Node<'_>) -> Option<bool> {
    match root.get("disableAllHooks").map(|member| &member.node.value) {
        Some(Value::Bool(off)) => Some(*off),
        _ => None,
    }
}

/// The problem of a file that switches our hooks off.
pub fn switched_off<'f>(root: &Node<'_>, findings: &'f mut Findings<'_>) -> &'f mut Diagnostic {
    let range = root.get("disableAllHooks").map_or(0..0, |member| member.node.range.clone());
    let found = findings.warning("hooks-off", range, word!("switched-off"));
    found.key = "disableAllHooks".to_string();
    found.label = word!("nothing-recorded-or-stopped").into();
    found
}

/// What does not work without these events, the worst first.
pub fn what_is_lost(missing: &[&str]) -> Word {
    let lost = [
        ("UserPromptSubmit", word!("lost-prompt")),
        ("PreToolUse", word!("lost-tool")),
        ("PostToolBatch", word!("lost-batch")),
        ("PostToolUse", word!("lost-use")),
        ("PreCompact", word!("lost-compaction")),
        ("PreModelSwitch", word!("lost-switch")),
        ("SessionEnd", word!("lost-end")),
    ];
    lost.iter().find(|(event, _)| missing.contains(event)).map_or(word!("lost-others"), |(_, words)| *words)
}
