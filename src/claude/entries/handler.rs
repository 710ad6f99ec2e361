//! Which keys a handler of each type must and may have, and of what kind: what Claude Code demands of it. Keys that
//! belong to another type it does not look at.

use super::expected as of_kind;
use crate::base::jsonc::{Node, Value};
use crate::base::words::{Sentence, sentence, word};

pub(super) const TYPES: [&str; 5] = ["command", "prompt", "agent", "http", "mcp_tool"];

pub(super) fn needed(kind: &str) -> &'static [&'static str] {
    match kind {
        "command" => &["command"],
        "http" => &["url"],
        "mcp_tool" => &["server", "tool"],
        _ => &["prompt"],
    }
}

/// What is expected of a key where it is something else.
pub(super) fn expected(kind: &str, key: &str, node: &Node<'_>) -> Option<Sentence> {
    let text = node.as_str();
    let (fits, expected) = match (kind, key) {
        (_, "timeout") => (is_positive(node), word!("kind-seconds")),
        (_, "if" | "statusMessage")
        | ("command", "command")
        | ("mcp_tool", "server" | "tool")
        | ("prompt" | "agent", "prompt" | "model") => (text.is_some(), word!("kind-string")),
        (_, "once") | ("command", "async" | "asyncRewake") | ("prompt", "continueOnBlock") => {
            (matches!(node.value, Value::Bool(_)), word!("kind-switch"))
        }
        ("command" | "http", "onFailure") => {
            let words = sentence!("expected-words", words = Sentence::one_of(&["continue", "block"]));
            return (!matches!(text, Some("continue" | "block"))).then_some(words);
        }
        ("command", "args") | ("http", "allowedEnvVars") => {
            let strings = node.elements().iter().all(|item| item.as_str().is_some());
            (matches!(node.value, Value::Array(_)) && strings, word!("kind-strings"))
        }
        ("command", "shell") => {
            let words = sentence!("expected-words", words = Sentence::one_of(&["bash", "powershell"]));
            return (!matches!(text, Some("bash" | "powershell"))).then_some(words);
        }
        ("command", "rewakeMessage" | "rewakeSummary") => {
            (text.is_some_and(|text| !text.is_empty()), word!("kind-text-not-empty"))
        }
        ("http", "url") => (text.is_some_and(is_address), word!("kind-address")),
        ("http", "headers") => {
            let strings = node.members().iter().all(|member| member.node.as_str().is_some());
            (matches!(node.value, Value::Object(_)) && strings, word!("kind-object-of-strings"))
        }
        ("mcp_tool", "input") => (matches!(node.value, Value::Object(_)), word!("kind-object")),
        _ => return None,
    };
    (!fits).then(|| of_kind(expected))
}

fn is_positive(node: &Node<'_>) -> bool {
    let Value::Number(digits) = &node.value else { return false };
    digits.parse::<f64>().is_ok_and(|value| value > 0.0 && value.is_finite())
}

/// Is this an address, as far as that is plain to see?
fn is_address(text: &str) -> bool {
    let Some((scheme, rest)) = text.trim().split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    let has_host = || {
        let host = rest.trim_start_matches('/').split(['/', '?', '#']).next().unwrap_or_default();
        !host.is_empty() && !host.contains(char::is_whitespace)
    };
    is_scheme && (!matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") || has_host())
}
