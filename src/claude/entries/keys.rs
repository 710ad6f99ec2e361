//! Keys of Claude Code besides `hooks` whose wrong type makes it leave the whole file out, with our hooks in it. Only
//! those are known here that were measured; `claude doctor` judges the rest.

use super::expected;
use crate::base::diagnostic::Findings;
use crate::base::jsonc::{Node, Value};
use crate::base::words::{Sentence, Word, sentence, word};

#[derive(Clone, Copy)]
enum Kind {
    Bool,
    Text,
    Object,
    List,
    /// A whole number of 1 or more.
    Days,
    Number,
}

impl Kind {
    fn name(self) -> Word {
        match self {
            Kind::Bool => word!("kind-switch"),
            Kind::Text => word!("kind-string"),
            Kind::Object => word!("kind-object"),
            Kind::List => word!("kind-list"),
            Kind::Days => word!("kind-days"),
            Kind::Number => word!("kind-number"),
        }
    }

    fn is(self, node: &Node<'_>) -> bool {
        match (self, &node.value) {
            (Kind::Bool, Value::Bool(_))
            | (Kind::Text, Value::String(_))
            | (Kind::Object, Value::Object(_))
            | (Kind::List, Value::Array(_))
            | (Kind::Number, Value::Number(_)) => true,
            (Kind::Days, Value::Number(digits)) => {
                digits.parse::<f64>().is_ok_and(|days| (1.0..=LARGEST).contains(&days) && days.fract() == 0.0)
            }
            _ => false,
        }
    }
}

/// Above it JavaScript does not know whole numbers from each other.
const LARGEST: f64 = 9_007_199_254_740_991.0;

const KEYS: &[(&str, Kind)] = &[
    ("$schema", Kind::Text),
    ("allowManagedHooksOnly", Kind::Bool),
    ("alwaysThinkingEnabled", Kind::Bool),
    ("apiKeyHelper", Kind::Text),
    ("attribution", Kind::Object),
    ("autoMemoryEnabled", Kind::Bool),
    ("availableModels", Kind::List),
    ("awsAuthRefresh", Kind::Text),
    ("awsCredentialExport", Kind::Text),
    ("cleanupPeriodDays", Kind::Days),
    ("companyAnnouncements", Kind::List),
    ("disableAllHooks", Kind::Bool),
    ("disabledMcpjsonServers", Kind::List),
    ("enableAllProjectMcpServers", Kind::Bool),
    ("enabledMcpjsonServers", Kind::List),
    ("enabledPlugins", Kind::Object),
    ("env", Kind::Object),
    ("fallbackModel", Kind::List),
    ("fileSuggestion", Kind::Object),
    ("gcpAuthRefresh", Kind::Text),
    ("includeCoAuthoredBy", Kind::Bool),
    ("language", Kind::Text),
    ("model", Kind::Text),
    ("otelHeadersHelper", Kind::Text),
    ("outputStyle", Kind::Text),
    ("permissions", Kind::Object),
    ("permissions.additionalDirectories", Kind::List),
    ("permissions.allow", Kind::List),
    ("permissions.ask", Kind::List),
    ("permissions.defaultMode", Kind::Text),
    ("permissions.deny", Kind::List),
    ("plansDirectory", Kind::Text),
    ("respondToBashCommands", Kind::Bool),
    ("sandbox", Kind::Object),
    ("spinnerTipsEnabled", Kind::Bool),
    ("statusLine", Kind::Object),
    ("statusLine.command", Kind::Text),
    ("statusLine.padding", Kind::Number),
    ("verbose", Kind::Bool),
];

pub(super) fn check(root: &Node<'_>, managed: bool, findings: &mut Findings<'_>) {
    let first = findings.list.len();
    for (key, kind) in KEYS {
        let member = match key.split_once('.') {
            Some((outer, inner)) => root.get(outer).and_then(|outer| outer.node.get(inner)),
            None => root.get(key),
        };
        let Some(node) = member.map(|member| &member.node) else { continue };
        if !kind.is(node) {
            let message = match &node.value {
                Value::Number(digits) if matches!(kind, Kind::Days) => {
                    sentence!("is-value", key = *key, value = digits.to_string())
                }
                _ => sentence!("is-of-kind", key = *key, what = node.kind_in_words()),
            };
            wrong(node, key, message, expected(kind.name()), findings);
        }
    }
    if let Some(line) = root.get("statusLine").map(|member| &member.node)
        && matches!(line.value, Value::Object(_))
    {
        let kind = line.get("type").map(|member| &member.node);
        if kind.and_then(Node::as_str) != Some("command") {
            let label = sentence!("expected-words", words = "`\"type\": \"command\"`");
            let message = word!("line-not-command").into();
            wrong(kind.unwrap_or(line), "statusLine.type", message, label, findings);
        } else if line.get("command").is_none() {
            let message = word!("line-lacks-command").into();
            wrong(line, "statusLine.command", message, expected(word!("kind-string")), findings);
        }
    }
    let hint = match managed {
        true => word!("leaves-key-out"),
        false => word!("leaves-whole-file-out"),
    };
    for found in &mut findings.list[first..] {
        found.hints.push(hint.into());
    }
}

fn wrong(node: &Node<'_>, key: &str, message: Sentence, label: Sentence, findings: &mut Findings<'_>) {
    let found = findings.error("client-type", node.range.clone(), message);
    found.key = key.to_string();
    found.label = label;
}
