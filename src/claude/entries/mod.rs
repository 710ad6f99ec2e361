//! What in a settings file keeps Claude Code from running hooks: entries it leaves out, files it leaves out because
//! of them, hooks that never run, and programs that are not there. The rules are Claude Code's own, measured
//! (`docs/design/client.md`); our keys are `settings`' business, putting our hooks in is `install`'s.
//!
//! Claude Code leaves out the smallest unit that is broken: a handler, else its group, else the event. With the two
//! events that guard permissions it leaves out the whole file instead, wherever they stand.

mod command;
mod handler;
mod keys;
mod misplaced;
mod ours;

pub use command::{Fault, Surroundings, program};
pub use ours::{is_off, switched_off, what_is_lost};

use crate::base::diagnostic::{Diagnostic, Findings};
use crate::base::jsonc::{Node, Value};
use crate::base::text::{nearest, quoted};
use crate::base::width::shown;
use crate::base::words::{Sentence, Word, sentence, word};
use handler::TYPES;
use misplaced::looks_like_a_group;

/// The rules of this module.
pub const RULES: &[(&str, &str)] = &[
    (
        "broken-guard",
        "Claude Code leaves the whole file out because of a PreToolUse or PermissionRequest hook.",
    ),
    ("broken-hook", "Claude Code leaves this hook out."),
    ("client-type", "A key of Claude Code has a wrong type, so that it leaves the whole file out."),
    ("hooks-off", "The file switches all hooks off, so that nothing is recorded or stopped."),
    ("missing-hook", "cost-hook is not registered for all events it needs."),
    ("missing-program", "The program of a hook is not there or cannot be run."),
    ("never-runs", "Claude Code accepts the hook and never runs it."),
    ("second-copy", "cost-hook is registered twice for one event."),
    ("unknown-event", "Claude Code knows no such hook event."),
];

/// Every event of Claude Code 2.1.330.
pub const EVENTS: [&str; 33] = [
    "SessionStart",
    "Setup",
    "InstructionsLoaded",
    "UserPromptSubmit",
    "UserPromptExpansion",
    "PreToolUse",
    "PermissionRequest",
    "PermissionDenied",
    "PostToolUse",
    "PostToolUseFailure",
    "PostToolBatch",
    "SubagentStart",
    "SubagentStop",
    "TaskCreated",
    "TaskCompleted",
    "TeammateIdle",
    "Stop",
    "StopFailure",
    "PreCompact",
    "PostCompact",
    "PreModelSwitch",
    "PostModelSwitch",
    "Notification",
    "MessageDisplay",
    "Elicitation",
    "ElicitationResult",
    "ConfigChange",
    "CwdChanged",
    "DirectoryAdded",
    "FileChanged",
    "WorktreeCreate",
    "WorktreeRemove",
    "SessionEnd",
];

/// The events whose broken entries cost the whole file: they may be what guards the permissions beside them.
const GUARDS: [&str; 2] = ["PreToolUse", "PermissionRequest"];
/// The events on which `if` has a meaning, and a matcher is compared with a tool's name.
const TOOL_EVENTS: [&str; 5] =
    ["PreToolUse", "PostToolUse", "PostToolUseFailure", "PermissionRequest", "PermissionDenied"];
/// The events on which a matcher is ignored.
const WITHOUT_MATCHER: [&str; 11] = [
    "UserPromptSubmit",
    "PostToolBatch",
    "Stop",
    "TeammateIdle",
    "TaskCreated",
    "TaskCompleted",
    "WorktreeCreate",
    "WorktreeRemove",
    "MessageDisplay",
    "CwdChanged",
    "PreModelSwitch",
];

/// What a fault costs beyond itself. Managed settings are policy, which Claude Code enforces as far as it can.
fn cost_of_a_guard(managed: bool) -> Word {
    match managed {
        true => word!("leaves-all-hooks-out"),
        false => word!("leaves-whole-file-out"),
    }
}

/// What is wrong with the hooks, the status line and other keys of Claude Code. `root` is an object.
pub fn check(text: &str, root: &Node<'_>, around: &Surroundings<'_>, file: &str) -> Vec<Diagnostic> {
    let mut findings = Findings::new(text, file);
    keys::check(root, around.managed, &mut findings);
    let mut check = Check { text, around, findings: &mut findings };
    for lost in misplaced::outside(root) {
        check.misplaced(&lost.range, &lost.key, word!("expected-inside-hooks"));
        if around.managed
            && let Some(found) = check.findings.list.last_mut()
        {
            found.hints = vec![word!("runs-the-others").into()];
        }
    }
    if let Some(hooks) = root.get("hooks") {
        check.hooks(&hooks.node);
        ours::check(text, root, &mut findings);
    }
    findings.list
}

struct Check<'c, 'a> {
    text: &'c str,
    around: &'c Surroundings<'c>,
    findings: &'c mut Findings<'a>,
}

/// A place under `hooks`, as Claude Code names it.
struct At<'k> {
    event: &'k str,
    key: String,
}

fn expected(what: Word) -> Sentence {
    sentence!("expected", what = what)
}

impl Check<'_, '_> {
    fn hooks(&mut self, hooks: &Node<'_>) {
        // A list of whatever objects may be a list of guards.
        if looks_like_a_group(hooks)
            || hooks.elements().iter().any(|item| matches!(item.value, Value::Object(_)))
        {
            return self.misplaced(
                &hooks.range,
                "hooks",
                sentence!("expected-events-example", example = "`{\"PreToolUse\": [...]}`"),
            );
        }
        let Value::Object(events) = &hooks.value else {
            let message = sentence!("is-of-kind", key = "hooks", what = hooks.kind_in_words());
            let found = self.findings.error("broken-hook", hooks.range.clone(), message);
            found.key = "hooks".to_string();
            found.label = word!("expected-events").into();
            found.hints.push(word!("runs-no-hook").into());
            return;
        };
        for (i, member) in events.iter().enumerate() {
            // Of a key that stands twice the last one counts.
            if events[i + 1..].iter().any(|later| later.key == member.key) {
                continue;
            }
            let key = format!("hooks.{}", shown(&member.key, 40));
            let is_event = EVENTS.contains(&&*member.key);
            if let Some(lost) = misplaced::within(&member.node, &key, is_event) {
                match is_event {
                    true => self.misplaced(&lost.range, &lost.key, word!("expected-directly-inside-hooks")),
                    false => self.misplaced(&member.key_range, &key, word!("no-event-but-hooks")),
                }
                continue;
            }
            if !is_event {
                let message = sentence!("unknown-event", event = quoted(&member.key));
                let found = self.findings.warning("unknown-event", member.key_range.clone(), message);
                found.key = key;
                found.label = word!("hooks-never-run").into();
                let near = nearest(&member.key, EVENTS);
                found.hints.extend(near.map(|near| sentence!("did-you-mean", near = near)));
                continue;
            }
            self.event(&member.node, &At { event: &member.key, key });
        }
    }

    fn event(&mut self, node: &Node<'_>, at: &At<'_>) {
        match &node.value {
            Value::Array(groups) => {
                for (i, group) in groups.iter().enumerate() {
                    self.group(group, &At { event: at.event, key: format!("{}[{i}]", at.key) });
                }
            }
            // The one broken form that costs a guard's file nothing.
            Value::Null => {
                let at = At { event: "", key: at.key.clone() };
                self.left_out(node, expected(word!("list-of-groups")), &at);
            }
            _ => self.left_out(node, expected(word!("list-of-groups")), at),
        }
    }

    fn group(&mut self, group: &Node<'_>, at: &At<'_>) {
        if !matches!(group.value, Value::Object(_)) {
            return self.left_out(group, expected(word!("object-with-hooks")), at);
        }
        let below = |name: &str| At { event: at.event, key: format!("{}.{name}", at.key) };
        if let Some(matcher) = group.get("matcher") {
            match matcher.node.as_str() {
                None => self.left_out(&matcher.node, expected(word!("kind-string")), &below("matcher")),
                Some(pattern) => self.matcher(&matcher.node, pattern, &below("matcher")),
            }
        }
        let Some(hooks) = group.get("hooks").map(|member| &member.node) else {
            return self.lacks(group, "hooks", word!("list-of-hooks").into(), at);
        };
        let Value::Array(handlers) = &hooks.value else {
            return self.left_out(hooks, expected(word!("list-of-hooks")), &below("hooks"));
        };
        for (i, handler) in handlers.iter().enumerate() {
            self.handler(handler, &below(&format!("hooks[{i}]")));
        }
    }

    fn handler(&mut self, handler: &Node<'_>, at: &At<'_>) {
        if !matches!(handler.value, Value::Object(_)) {
            return self.left_out(handler, expected(word!("object-with-type")), at);
        }
        let Some(kind) = handler.get("type").map(|member| &member.node) else {
            return self.lacks(handler, "type", Sentence::one_of(&TYPES), at);
        };
        let Some(name) = kind.as_str().filter(|name| TYPES.contains(name)) else {
            let below = At { event: at.event, key: format!("{}.type", at.key) };
            let label = sentence!("expected-words", words = Sentence::one_of(&TYPES));
            return self.left_out(kind, label, &below);
        };
        let broken = self.findings.list.len();
        for key in handler::needed(name).iter().filter(|key| handler.get(key).is_none()) {
            self.lacks(handler, key, word!("kind-string").into(), at);
        }
        for member in handler.members() {
            if let Some(label) = handler::expected(name, &member.key, &member.node) {
                let key = format!("{}.{}", at.key, shown(&member.key, 40));
                self.left_out(&member.node, label, &At { event: at.event, key });
            }
        }
        if self.findings.list.len() > broken {
            return;
        }
        self.never_runs(handler, name, at);
        if name == "command" {
            command::check(self.text, handler, self.around, &format!("{}.command", at.key), self.findings);
        }
    }

    /// What Claude Code takes without a word and then never runs.
    fn never_runs(&mut self, handler: &Node<'_>, kind: &str, at: &At<'_>) {
        let mut say = |node: &Node<'_>, key: &str, message: Sentence, label: Sentence| {
            let found = self.findings.warning("never-runs", node.range.clone(), message);
            found.key = format!("{}.{key}", at.key);
            found.label = label;
        };
        if let Some(command) = handler.get("command").map(|member| &member.node)
            && command.as_str().is_some_and(|text| text.trim().is_empty())
        {
            say(command, "command", word!("command-empty").into(), word!("nothing-is-run").into());
        }
        if let Some(condition) = handler.get("if").map(|member| &member.node)
            && !TOOL_EVENTS.contains(&at.event)
        {
            let message = sentence!("if-never-runs", event = at.event.to_string());
            say(condition, "if", message, word!("if-is-for-tools").into());
        }
        if matches!(at.event, "SessionStart" | "Setup") && !matches!(kind, "command" | "mcp_tool") {
            let node = handler.get("type").map_or(handler, |member| &member.node);
            say(
                node,
                "type",
                sentence!("event-without-type", event = at.event.to_string(), kind = kind.to_string()),
                sentence!("expected-words", words = Sentence::one_of(&["command", "mcp_tool"])),
            );
        }
    }

    fn matcher(&mut self, node: &Node<'_>, pattern: &str, at: &At<'_>) {
        let Some(fault) = expression_fault(pattern).filter(|_| !WITHOUT_MATCHER.contains(&at.event)) else {
            return;
        };
        let message = sentence!("matcher-no-expression", pattern = quoted(pattern), fault = fault);
        let found = self.findings.warning("never-runs", node.range.clone(), message);
        found.key.clone_from(&at.key);
        found.label = word!("matches-nothing").into();
        found.hints.push(word!("match-everything-cure").into());
    }

    /// Hooks where no hooks can be: Claude Code takes them for guards that were lost.
    fn misplaced(&mut self, range: &std::ops::Range<usize>, key: &str, label: impl Into<Sentence>) {
        let message = match key {
            "hooks" => word!("hooks-no-object").into(),
            _ => sentence!("hooks-in-wrong-place", key = key.to_string()),
        };
        let at = At { event: GUARDS[0], key: key.to_string() };
        self.broken(range.clone(), message, label.into(), &at);
    }

    fn lacks(&mut self, node: &Node<'_>, needed: &str, what: Sentence, at: &At<'_>) {
        let brace = node.range.start..node.range.start + 1;
        let message = sentence!("lacks", key = at.key.clone(), needed = needed.to_string());
        let label = sentence!("is-needed-expected", needed = needed.to_string(), what = what);
        self.broken(brace, message, label, at);
    }

    fn left_out(&mut self, node: &Node<'_>, label: Sentence, at: &At<'_>) {
        let key = at.key.clone();
        let message = match &node.value {
            Value::String(text) => sentence!("is-value", key = key, value = quoted(text)),
            Value::Number(digits) => sentence!("is-value", key = key, value = digits.to_string()),
            _ => sentence!("is-of-kind", key = key, what = node.kind_in_words()),
        };
        self.broken(node.range.clone(), message, label, at);
    }

    fn broken(&mut self, range: std::ops::Range<usize>, message: Sentence, label: Sentence, at: &At<'_>) {
        let guard = GUARDS.contains(&at.event);
        let (rule, hint) = match (guard, self.around.managed) {
            (true, managed) => ("broken-guard", cost_of_a_guard(managed)),
            (false, true) => ("broken-hook", word!("leaves-it-out-loudly")),
            (false, false) => ("broken-hook", word!("leaves-it-out-quietly")),
        };
        let found = self.findings.error(rule, range, message);
        found.key.clone_from(&at.key);
        found.label = label;
        found.hints.push(hint.into());
    }
}

/// Why a matcher is no JavaScript regular expression, for the faults that can be told without an engine. Names and
/// lists of names are none and always fine.
fn expression_fault(pattern: &str) -> Option<Word> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '|' | ',' | ' ');
    if pattern == "*" || pattern.chars().all(is_name) {
        return None;
    }
    let (mut depth, mut class) = (0_usize, false);
    // Is there something in front that `*`, `+` or `?` could repeat?
    let mut repeatable = false;
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.next().is_none() => return Some(word!("fault-backslash")),
            '\\' => repeatable = true,
            ']' if class => (class, repeatable) = (false, true),
            _ if class => {}
            '[' => class = true,
            '(' => {
                depth += 1;
                repeatable = false;
                // `(?:`, `(?=`, `(?<name>` begin a group; their `?` repeats nothing.
                if letters.peek() == Some(&'?') {
                    letters.next();
                }
            }
            ')' if depth == 0 => return Some(word!("fault-closing")),
            ')' => (depth, repeatable) = (depth - 1, true),
            '|' | '^' => repeatable = false,
            '*' | '+' | '?' if !repeatable => return Some(word!("fault-repetition")),
            '*' | '+' | '?' => {
                repeatable = false;
                // A question mark behind it only makes it lazy.
                letters.next_if_eq(&'?');
            }
            _ => repeatable = true,
        }
    }
    match (depth, class) {
        (_, true) => Some(word!("fault-bracket")),
        (1.., _) => Some(word!("fault-parenthesis")),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
