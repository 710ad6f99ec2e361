//! A document against the checked-in schema: the keywords that schema uses and no others, with the place of every
//! problem and words a user understands. A test fails when the schema begins to use a keyword unknown here.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::Value as Json;

use super::ROOT_KEYS;
use crate::base::diagnostic::Findings;
use crate::base::jsonc::{Node, Value};
use crate::base::money::{Money, PER_USD};
use crate::base::text::{list_and, list_or, nearest, quoted, ticked, with_article};
use crate::base::width::shown;
use crate::settings::scalar::{self, MAX_USD};
use crate::settings::schema;

/// Keys of a limit that may be wrong without changing what the limit counts: then only the key does not count.
/// Any other fault in a limit takes the whole limit out, which is better than one that counts something else.
const HARMLESS_IN_A_LIMIT: [&str; 3] = ["action", "warnAt", "allowOverride"];

/// The checked-in schema, read once.
pub(in crate::settings) fn root_schema() -> &'static Json {
    static SCHEMA: OnceLock<Json> = OnceLock::new();
    SCHEMA.get_or_init(|| serde_json::from_str(schema::CHECKED_IN).unwrap_or(Json::Null))
}

/// The keys of a section at the root of the schema.
pub(super) fn keys_of(section: &str) -> Vec<&'static str> {
    keys(&root_schema()["properties"][section])
}

fn keys(schema: &'static Json) -> Vec<&'static str> {
    schema["properties"].as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect()
}

/// Reports what the schema does not allow under our root keys.
pub(super) fn check(root: &Node<'_>, findings: &mut Findings<'_>, dropped: &mut BTreeSet<usize>) {
    let properties = &root_schema()["properties"];
    for key in ROOT_KEYS {
        if let Some(member) = root.get(key) {
            Walk { findings, dropped, whole: None, entry: None }.value(&member.node, &properties[key], key);
        }
    }
}

struct Walk<'f, 'a> {
    findings: &'f mut Findings<'a>,
    /// Where the values start that are left out.
    dropped: &'f mut BTreeSet<usize>,
    /// Where the value starts that falls with any part of it: a limit, a member, a list of thresholds.
    whole: Option<usize>,
    /// What falls, when that is more than the user may expect.
    entry: Option<&'static str>,
}

impl Walk<'_, '_> {
    fn value(&mut self, node: &Node<'_>, schema: &'static Json, key: &str) {
        if let Some(branches) = schema["anyOf"].as_array() {
            return self.union(node, branches, key);
        }
        let expected = schema["type"].as_str().unwrap_or("");
        let allowed = allowed_words(schema);
        let expected = if expected.is_empty() && !allowed.is_empty() { "string" } else { expected };
        if !is_kind(node, expected) {
            return self.wrong_type(node, expected, &allowed, key);
        }
        match &node.value {
            Value::Object(_) => self.object(node, schema, key),
            Value::Array(_) => self.array(node, schema, key),
            Value::Number(digits) => self.number(node, digits, schema, key),
            Value::String(text) => self.string(node, text, schema, &allowed, key),
            Value::Bool(_) | Value::Null => {}
        }
    }

    fn union(&mut self, node: &Node<'_>, branches: &'static [Json], key: &str) {
        let kinds: Vec<&str> = branches.iter().filter_map(|branch| branch["type"].as_str()).collect();
        match branches.iter().find(|branch| branch["type"].as_str().is_some_and(|kind| is_kind(node, kind))) {
            Some(branch) => {
                let outer = self.whole;
                // A list that lost some of its elements would mean something else.
                self.whole = outer.or(Some(node.range.start));
                self.value(node, branch, key);
                self.whole = outer;
            }
            None => {
                let words: Vec<String> = kinds.iter().map(|kind| with_article(kind)).collect();
                self.mismatch(node, &list_or(&words), key);
            }
        }
    }

    fn object(&mut self, node: &Node<'_>, schema: &'static Json, key: &str) {
        let properties = &schema["properties"];
        for member in node.members() {
            // As shown: keys are the user's words and end up on a terminal.
            let below = format!("{key}.{}", shown(&member.key, 60));
            let outer = (self.whole, self.entry);
            if key.starts_with("cost.limits[") && HARMLESS_IN_A_LIMIT.contains(&&*member.key) {
                (self.whole, self.entry) = (None, None);
            }
            if let Some(schema) = properties.get(&*member.key) {
                self.value(&member.node, schema, &below);
            } else if schema["additionalProperties"].is_object() {
                self.value(&member.node, &schema["additionalProperties"], &below);
            } else if schema["additionalProperties"] == false {
                let known = keys(schema);
                let message = format!("unknown key {} in `{key}`", quoted(&member.key));
                let hint = match nearest(&member.key, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => match other_home(&member.key, key) {
                        Some(home) => format!("it belongs {home}"),
                        None => format!("`{key}` knows {}", list_and(&ticked(&known))),
                    },
                };
                let found = self.findings.error("unknown-key", member.key_range.clone(), message);
                found.key = below;
                found.label = "no such setting".to_string();
                found.hints.push(hint);
                self.drop(&member.node);
            }
            (self.whole, self.entry) = outer;
        }
        for needed in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            if node.get(needed).is_none() {
                let message = format!("`{key}` lacks `{needed}`");
                let brace = node.range.start..node.range.start + 1;
                let found = self.findings.error("missing-key", brace, message);
                found.key = key.to_string();
                let about = properties[needed]["description"].as_str().unwrap_or_default();
                found.label = format!("`{needed}` is needed here");
                found.hints.push(format!("`{needed}`: {about}"));
                self.drop(node);
            }
        }
    }

    fn array(&mut self, node: &Node<'_>, schema: &'static Json, key: &str) {
        let outer = (self.whole, self.entry);
        for (i, element) in node.elements().iter().enumerate() {
            self.whole = outer.0.or(Some(element.range.start));
            self.entry = match key {
                "cost.limits" => Some("limit"),
                "team.members" => Some("member"),
                _ => outer.1,
            };
            self.value(element, &schema["items"], &format!("{key}[{i}]"));
            (self.whole, self.entry) = outer;
        }
        let least = schema["minItems"].as_u64().unwrap_or(0);
        if (node.elements().len() as u64) < least {
            self.report(
                "out-of-range",
                node,
                format!("`{key}` is empty"),
                "expected at least one",
                None,
                key,
            );
        }
    }

    fn number(&mut self, node: &Node<'_>, digits: &str, schema: &'static Json, key: &str) {
        let bound = |name: &str| schema[name].as_i64();
        let (min, max) = (bound("minimum").unwrap_or(0), bound("maximum").unwrap_or(MAX_USD));
        let whole = schema["type"] == "integer";
        let noun = if whole { "whole number" } else { "number" };
        let label = format!("expected a {noun} from {min} to {max}");
        let Some(value) = scalar::number(digits) else {
            let message = format!("`{key}` is far too large");
            return self.report("out-of-range", node, message, &label, None, key);
        };
        if value < Money::from_usd(min) {
            let message = format!("`{key}` is less than {min}");
            return self.report("out-of-range", node, message, &label, None, key);
        }
        if value > Money::from_usd(max) {
            let as_percent = max == 1 && value >= Money::from_usd(2) && value <= Money::from_usd(100);
            let hint = as_percent.then(|| format!("for {value} percent write {}", Money(value.0 / 100)));
            let message = format!("`{key}` is more than {max}");
            return self.report("out-of-range", node, message, &label, hint, key);
        }
        if whole && value.0 % PER_USD != 0 {
            let message = format!("`{key}` is not a whole number");
            self.report("out-of-range", node, message, &label, None, key);
        }
    }

    fn string(&mut self, node: &Node<'_>, text: &str, schema: &'static Json, allowed: &[&str], key: &str) {
        if !allowed.is_empty() {
            if !allowed.contains(&text) {
                let message = format!("`{key}` cannot be {}", quoted(text));
                let hint =
                    nearest(text, allowed.iter().copied()).map(|near| format!("did you mean `{near}`?"));
                let label = format!("expected {}", list_or(&ticked(allowed)));
                self.report("not-allowed", node, message, &label, hint, key);
            }
        } else if schema["minLength"].as_u64() == Some(1) && text.is_empty() {
            let message = format!("`{key}` is empty");
            self.report("not-allowed", node, message, "expected some text", None, key);
        } else if let Some(pattern) = schema["pattern"].as_str()
            && !scalar::matches(pattern, text)
        {
            // Not the text itself: a database's address may hold a password.
            let label = match pattern {
                scalar::SPAN_PATTERN => "expected a number with `s`, `m`, `h` or `d`, such as `15m`",
                _ => "expected an address such as `postgres://host/name`",
            };
            let message = format!("`{key}` is not in the right form");
            self.report("not-allowed", node, message, label, None, key);
        }
    }

    fn wrong_type(&mut self, node: &Node<'_>, expected: &str, allowed: &[&str], key: &str) {
        if !allowed.is_empty() {
            let message = format!("`{key}` is {}", with_article(node.kind()));
            let label = format!("expected {}", list_or(&ticked(allowed)));
            return self.report("wrong-type", node, message, &label, None, key);
        }
        self.mismatch(node, &with_article(expected), key);
    }

    fn mismatch(&mut self, node: &Node<'_>, expected: &str, key: &str) {
        let hint = match &node.value {
            Value::Null => Some("to have none, leave the key out".to_string()),
            Value::String(text) => unquoted(text, expected),
            _ => None,
        };
        let message = format!("`{key}` is {}", with_article(node.kind()));
        self.report("wrong-type", node, message, &format!("expected {expected}"), hint, key);
    }

    fn report(
        &mut self,
        rule: &'static str,
        node: &Node<'_>,
        message: String,
        label: &str,
        hint: Option<String>,
        key: &str,
    ) {
        let found = self.findings.error(rule, node.range.clone(), message);
        found.key = key.to_string();
        found.label = label.to_string();
        found.hints.extend(hint);
        self.drop(node);
    }

    /// Takes a value out, or what it is a part of; called right after the problem was reported.
    fn drop(&mut self, node: &Node<'_>) {
        self.dropped.insert(self.whole.unwrap_or(node.range.start));
        if let (Some(entry), Some(found)) = (self.entry, self.findings.list.last_mut()) {
            found.hints.push(format!("this {entry} does not count until it is mended"));
        }
    }
}

fn is_kind(node: &Node<'_>, expected: &str) -> bool {
    node.kind() == expected || (expected == "integer" && node.kind() == "number")
}

/// The words an enumeration allows, in either of the two forms schemars writes.
pub(in crate::settings) fn allowed_words(schema: &'static Json) -> Vec<&'static str> {
    let plain = schema["enum"].as_array().into_iter().flatten();
    let described = schema["oneOf"].as_array().into_iter().flatten().flat_map(|branch| {
        std::iter::once(&branch["const"]).chain(branch["enum"].as_array().into_iter().flatten())
    });
    plain.chain(described).filter_map(Json::as_str).collect()
}

/// What a text in quotes should have been without them.
fn unquoted(text: &str, expected: &str) -> Option<String> {
    let bare = text.trim().trim_start_matches('$').trim_end_matches("USD").trim();
    let is_number = expected.contains("number") || expected.contains("integer");
    if is_number && scalar::number(bare).is_some() && serde_json::from_str::<serde_json::Number>(bare).is_ok()
    {
        return Some(format!("write {bare}, without quotes"));
    }
    let is_bool = expected == "a boolean" && matches!(text, "true" | "false");
    is_bool.then(|| format!("write {text}, without quotes"))
}

/// Where a key stands that was written in another place.
fn other_home(key: &str, section: &str) -> Option<String> {
    if section != "cost" && keys_of("cost").contains(&key) {
        return Some("into `cost`".to_string());
    }
    if section != "team" && keys_of("team").contains(&key) {
        return Some("into `team`".to_string());
    }
    ROOT_KEYS.contains(&key).then(|| "at the top of the file, outside `cost` and `team`".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_uses_no_keyword_this_module_does_not_know() {
        const KNOWN: [&str; 18] = [
            "$id",
            "$schema",
            "additionalProperties",
            "anyOf",
            "const",
            "default",
            "description",
            "enum",
            "examples",
            "items",
            "maximum",
            "minItems",
            "minLength",
            "minimum",
            "oneOf",
            "pattern",
            "required",
            "title",
        ];
        fn look(schema: &Json) {
            let Some(map) = schema.as_object() else { return };
            for (keyword, value) in map {
                match keyword.as_str() {
                    "properties" => value.as_object().unwrap().values().for_each(look),
                    "type" => assert!(value.is_string(), "several types at once"),
                    known => assert!(KNOWN.contains(&known), "the keyword `{known}` is not checked"),
                }
                match value {
                    Json::Object(_) if keyword != "properties" => look(value),
                    Json::Array(branches) => branches.iter().for_each(look),
                    _ => {}
                }
            }
            if let Some(pattern) = map.get("pattern").and_then(Json::as_str) {
                let sample = if pattern == scalar::SPAN_PATTERN { "15m" } else { "postgres://host/name" };
                assert!(scalar::matches(pattern, sample), "{pattern}");
            }
        }
        look(root_schema());
        assert!(!keys_of("cost").is_empty());
    }
}
