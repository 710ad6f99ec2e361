//! A document against the checked-in schema: the keywords that schema uses and no others, with the place of every
//! problem and words a user understands. A test fails when the schema begins to use a keyword unknown here.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::Value as Json;

use super::ROOT_KEYS;
use crate::base::diagnostic::Findings;
use crate::base::jsonc::{Node, Value, kind_in_words};
use crate::base::money::{Money, PER_USD};
use crate::base::text::{nearest, quoted};
use crate::base::width::shown;
use crate::base::words::{Sentence, sentence, word};
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
                self.mismatch(node, &kinds, key);
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
                let name = quoted(&member.key);
                let message = sentence!("unknown-key", key = name, section = key.to_string());
                let hint = match nearest(&member.key, known.iter().copied()) {
                    Some(near) => sentence!("did-you-mean", near = near),
                    None => other_home(&member.key, key).unwrap_or_else(|| {
                        let keys = Sentence::all_of(&known);
                        sentence!("section-knows", section = key.to_string(), keys = keys)
                    }),
                };
                let found = self.findings.error("unknown-key", member.key_range.clone(), message);
                found.key = below;
                found.label = word!("no-such-setting").into();
                found.hints.push(hint);
                self.drop(&member.node);
            }
            (self.whole, self.entry) = outer;
        }
        for needed in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            if node.get(needed).is_none() {
                let message = sentence!("lacks", key = key.to_string(), needed = needed);
                let brace = node.range.start..node.range.start + 1;
                let found = self.findings.error("missing-key", brace, message);
                found.key = key.to_string();
                let about = properties[needed]["description"].as_str().unwrap_or_default();
                found.label = sentence!("is-needed", needed = needed);
                found.hints.push(sentence!("about-key", key = needed, about = about));
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
                sentence!("is-empty", key = key.to_string()),
                word!("expected-one").into(),
                None,
                key,
            );
        }
    }

    fn number(&mut self, node: &Node<'_>, digits: &str, schema: &'static Json, key: &str) {
        let bound = |name: &str| schema[name].as_i64();
        let (min, max) = (bound("minimum").unwrap_or(0), bound("maximum").unwrap_or(MAX_USD));
        let whole = schema["type"] == "integer";
        let (least, most, name) = (min.to_string(), max.to_string(), key.to_string());
        let label = match whole {
            true => sentence!("expected-whole", min = least.clone(), max = most.clone()),
            false => sentence!("expected-number", min = least.clone(), max = most.clone()),
        };
        let Some(value) = scalar::number(digits) else {
            let message = sentence!("far-too-large", key = name);
            return self.report("out-of-range", node, message, label, None, key);
        };
        if value < Money::from_usd(min) {
            let message = sentence!("less-than", key = name, min = least);
            return self.report("out-of-range", node, message, label, None, key);
        }
        if value > Money::from_usd(max) {
            let as_percent = max == 1 && value >= Money::from_usd(2) && value <= Money::from_usd(100);
            let fraction = Money(value.0 / 100).to_string();
            let hint =
                as_percent.then(|| sentence!("percent-cure", value = value.to_string(), fraction = fraction));
            let message = sentence!("more-than", key = name, max = most);
            return self.report("out-of-range", node, message, label, hint, key);
        }
        if whole && value.0 % PER_USD != 0 {
            let message = sentence!("not-whole", key = name);
            self.report("out-of-range", node, message, label, None, key);
        }
    }

    fn string(&mut self, node: &Node<'_>, text: &str, schema: &'static Json, allowed: &[&str], key: &str) {
        if !allowed.is_empty() {
            if !allowed.contains(&text) {
                let message = sentence!("cannot-be", key = key.to_string(), value = quoted(text));
                let near = nearest(text, allowed.iter().copied()).map(str::to_string);
                let hint = near.map(|near| sentence!("did-you-mean", near = near));
                let label = sentence!("expected-words", words = Sentence::one_of(allowed));
                self.report("not-allowed", node, message, label, hint, key);
            }
        } else if schema["minLength"].as_u64() == Some(1) && text.is_empty() {
            let message = sentence!("is-empty", key = key.to_string());
            self.report("not-allowed", node, message, word!("expected-text").into(), None, key);
        } else if let Some(pattern) = schema["pattern"].as_str()
            && !scalar::matches(pattern, text)
        {
            // Not the text itself: a database's address may hold a password.
            let label = match pattern {
                scalar::SPAN_PATTERN => word!("expected-span"),
                _ => word!("expected-address"),
            };
            let message = sentence!("wrong-form", key = key.to_string());
            self.report("not-allowed", node, message, label.into(), None, key);
        }
    }

    fn wrong_type(&mut self, node: &Node<'_>, expected: &str, allowed: &[&str], key: &str) {
        if !allowed.is_empty() {
            let message = sentence!("is-of-kind", key = key.to_string(), what = node.kind_in_words());
            let label = sentence!("expected-words", words = Sentence::one_of(allowed));
            return self.report("wrong-type", node, message, label, None, key);
        }
        self.mismatch(node, &[expected], key);
    }

    /// It is of none of the kinds.
    fn mismatch(&mut self, node: &Node<'_>, kinds: &[&str], key: &str) {
        let hint = match &node.value {
            Value::Null => Some(word!("leave-key-out").into()),
            Value::String(text) => unquoted(text, kinds),
            _ => None,
        };
        let message = sentence!("is-of-kind", key = key.to_string(), what = node.kind_in_words());
        let kinds = kinds.iter().map(|kind| Sentence::from(kind_in_words(kind)));
        let kinds = kinds.reduce(|kinds, kind| sentence!("kinds-or", kinds = kinds, kind = kind));
        let label = sentence!("expected", what = kinds.unwrap_or_default());
        self.report("wrong-type", node, message, label, hint, key);
    }

    fn report(
        &mut self,
        rule: &'static str,
        node: &Node<'_>,
        message: Sentence,
        label: Sentence,
        hint: Option<Sentence>,
        key: &str,
    ) {
        let found = self.findings.error(rule, node.range.clone(), message);
        found.key = key.to_string();
        found.label = label;
        found.hints.extend(hint);
        self.drop(node);
    }

    /// Takes a value out, or what it is a part of; called right after the problem was reported.
    fn drop(&mut self, node: &Node<'_>) {
        self.dropped.insert(self.whole.unwrap_or(node.range.start));
        if let (Some(entry), Some(found)) = (self.entry, self.findings.list.last_mut()) {
            found.hints.push(sentence!("entry-does-not-count", entry = entry));
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
fn unquoted(text: &str, kinds: &[&str]) -> Option<Sentence> {
    let bare = text.trim().trim_start_matches('$').trim_end_matches("USD").trim();
    let is_number = kinds.iter().any(|kind| matches!(*kind, "number" | "integer"));
    if is_number && scalar::number(bare).is_some() && serde_json::from_str::<serde_json::Number>(bare).is_ok()
    {
        return Some(sentence!("without-quotes", value = bare.to_string()));
    }
    let is_bool = kinds == ["boolean"] && matches!(text, "true" | "false");
    is_bool.then(|| sentence!("without-quotes", value = text.to_string()))
}

/// Where a key stands that was written in another place.
fn other_home(key: &str, section: &str) -> Option<Sentence> {
    for home in ["cost", "team"] {
        if section != home && keys_of(home).contains(&key) {
            return Some(sentence!("belongs-into", section = home));
        }
    }
    ROOT_KEYS.contains(&key).then(|| word!("belongs-to-the-top").into())
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
