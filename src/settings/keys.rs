//! Keys as people type them: `cost.dailyBudget`, `cost.limits[night].amount`, `team.members[ann@example.org]`,
//! `cost.pricing.overrides["claude-3.5"].input`. What a key may hold says the schema; changing values is `edit`'s.
//!
//! An entry of a list is named by what tells it from the others (a limit's `name`, a member's `user`) or by its
//! number from 0. Brackets also name a member of an object, for names that hold a dot.

use std::fmt;
use std::ops::Range;

use serde_json::Value as Json;

use super::validate::root_schema;
use crate::base::error::{Error, Result};
use crate::base::jsonc::{Node, Value};
use crate::base::text::{nearest, quoted};
use crate::base::words::{sentence, word};

/// What tells the entries of a list apart: a limit's name, a member's user.
const NAMES: [&str; 2] = ["name", "user"];

/// One step from a value to a value in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A member of an object.
    Member(String),
    /// An entry of a list, by number or name; or a member of an object.
    Entry(String),
}

impl Step {
    pub fn text(&self) -> &str {
        match self {
            Step::Member(text) | Step::Entry(text) => text,
        }
    }
}

/// The way from the root of a settings file to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(Vec<Step>);

/// A value in a file.
#[derive(Debug, Clone)]
pub struct Found<'n, 'a> {
    pub node: &'n Node<'a>,
    /// The key before the value; of a list's entry the entry.
    pub key_range: Range<usize>,
}

impl Key {
    pub fn new(steps: Vec<Step>) -> Self {
        Self(steps)
    }

    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Understands what was typed; whether there is such a setting is for `schema` to say.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |why: &str| {
            Error::usage(format!("{} is no key: {why}", quoted(text))).hint(word!("keys-look-like"))
        };
        let mut steps = Vec::new();
        let mut rest = text;
        loop {
            if let Some(inside) = rest.strip_prefix('[') {
                let (name, after) = match inside.strip_prefix('"') {
                    Some(_) => {
                        let mut values = serde_json::Deserializer::from_str(inside).into_iter::<String>();
                        let Some(Ok(name)) = values.next() else { return Err(wrong("a quote is open")) };
                        (name, &inside[values.byte_offset()..])
                    }
                    None => {
                        let end = inside.find(']').ok_or_else(|| wrong("a bracket is open"))?;
                        (inside[..end].to_string(), &inside[end..])
                    }
                };
                if name.is_empty() {
                    return Err(wrong("the brackets are empty"));
                }
                rest = after.strip_prefix(']').ok_or_else(|| wrong("a bracket is open"))?;
                steps.push(Step::Entry(name));
            } else {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                if end == 0 {
                    return Err(wrong("a name is missing"));
                }
                steps.push(Step::Member(rest[..end].to_string()));
                rest = &rest[end..];
            }
            match rest.strip_prefix('.') {
                Some(more) => rest = more,
                None if rest.is_empty() => return Ok(Self(steps)),
                None if rest.starts_with('[') => {}
                None => return Err(wrong("a dot is missing")),
            }
        }
    }

    /// What the schema says of the value; an error that names the nearest key when there is no such setting.
    pub fn schema(&self) -> Result<&'static Json> {
        let mut schema = root_schema();
        for (at, step) in self.0.iter().enumerate() {
            schema = below(schema, step).ok_or_else(|| self.unknown(at, schema))?;
        }
        Ok(schema)
    }

    /// Where the step with this number names an entry of a list: the key by which such entries are told apart.
    pub fn list_at(&self, at: usize) -> Option<&'static str> {
        let mut schema = root_schema();
        for step in self.0.get(..at)? {
            schema = below(schema, step)?;
        }
        let step = self.0.get(at)?;
        let properties =
            &below(schema, step).filter(|_| matches!(step, Step::Entry(_)) && is_list(schema))?["properties"];
        NAMES.into_iter().find(|name| properties.get(name).is_some())
    }

    fn unknown(&self, at: usize, schema: &'static Json) -> Error {
        let known: Vec<&'static str> =
            schema["properties"].as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
        let name = self.0[at].text();
        let before = Key(self.0[..at].to_vec()).to_string();
        let dotted = |key: &str| if at == 0 { key.to_string() } else { format!("{before}.{key}") };
        let error = Error::user(format!("there is no setting `{self}`"));
        let everywhere = all_keys();
        let last = self.0.last().map(Step::text);
        let same = |key: &&String| !key.contains('[') && key.rsplit('.').next() == last;
        let same_name: Vec<&String> = everywhere.iter().filter(same).collect();
        if let [only] = same_name[..] {
            return error.hint(sentence!("did-you-mean", near = only.to_string()));
        }
        match nearest(name, known.iter().copied()) {
            Some(near) => error.hint(sentence!("did-you-mean", near = dotted(near))),
            None => match nearest(&self.to_string(), everywhere.iter().map(String::as_str)) {
                Some(near) => error.hint(sentence!("did-you-mean", near = near.to_string())),
                None => error.hint(word!("every-setting-cure")),
            },
        }
    }

    /// The value in a file, if it is there.
    pub fn find<'n, 'a>(&self, root: &'n Node<'a>) -> Option<Found<'n, 'a>> {
        let mut found = Found { node: root, key_range: root.range.clone() };
        for step in &self.0 {
            found = step_into(found.node, step)?;
        }
        Some(found)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Member(name) if at == 0 => f.write_str(name)?,
                Step::Member(name) => write!(f, ".{name}")?,
                Step::Entry(name) if name.starts_with('"') || name.contains([']', '\n']) => {
                    write!(f, "[{}]", Json::from(name.as_str()))?;
                }
                Step::Entry(name) => write!(f, "[{name}]")?,
            }
        }
        Ok(())
    }
}

/// Is a key, as it is written, `outer` or something in it?
pub fn is_within(key: &str, outer: &str) -> bool {
    key.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// One step down in a file.
pub fn step_into<'n, 'a>(node: &'n Node<'a>, step: &Step) -> Option<Found<'n, 'a>> {
    match &node.value {
        Value::Object(_) => {
            let member = node.get(step.text())?;
            Some(Found { node: &member.node, key_range: member.key_range.clone() })
        }
        Value::Array(_) => {
            let entry = &node.elements()[position(node, step)?];
            Some(Found { node: entry, key_range: entry.range.clone() })
        }
        _ => None,
    }
}

/// Which entry of a list a step means.
pub fn position(list: &Node<'_>, step: &Step) -> Option<usize> {
    let Step::Entry(name) = step else { return None };
    let entries = list.elements();
    let has_name = |entry: &Node<'_>| {
        let is = |key: &str| entry.get(key).and_then(|member| member.node.as_str());
        let [limit, member] = NAMES.map(is);
        limit.is_some_and(|own| own == name)
            || member.is_some_and(|own| own.to_lowercase() == name.to_lowercase())
    };
    let number = || name.parse().ok().filter(|at| *at < entries.len());
    entries.iter().position(has_name).or_else(number)
}

fn is_list(schema: &Json) -> bool {
    schema.get("items").is_some_and(|items| items["properties"].is_object())
}

/// One step down in the schema.
fn below(schema: &'static Json, step: &Step) -> Option<&'static Json> {
    let list = || {
        let branches = schema["anyOf"].as_array().into_iter().flatten().chain([schema]);
        branches.into_iter().find_map(|branch| branch.get("items"))
    };
    match step {
        Step::Entry(_) if list().is_some() => list(),
        Step::Member(name) | Step::Entry(name) => schema["properties"]
            .get(name.as_str())
            .or_else(|| schema.get("additionalProperties").filter(|open| open.is_object())),
    }
}

/// The key of every single value of ours in a document, in the order of the text; a list of numbers is one value.
/// What the schema does not know is left out.
pub fn leaves(root: &Node<'_>) -> Vec<Key> {
    fn collect(node: &Node<'_>, schema: &'static Json, at: &[Step], found: &mut Vec<Key>) {
        let down = |step: Step, inner: &Node<'_>, found: &mut Vec<Key>| {
            if let Some(schema) = below(schema, &step) {
                collect(inner, schema, &[at, &[step]].concat(), found);
            }
        };
        match &node.value {
            Value::Object(members) => {
                for (i, member) in members.iter().enumerate() {
                    // Of a key that stands twice the last one counts.
                    if members[i + 1..].iter().any(|later| later.key == member.key) {
                        continue;
                    }
                    let name = member.key.to_string();
                    let open = schema["properties"].get(&name).is_none();
                    down(if open { Step::Entry(name) } else { Step::Member(name) }, &member.node, found);
                }
            }
            Value::Array(entries) if is_list(schema) => {
                for (number, entry) in entries.iter().enumerate() {
                    let name = NAMES.iter().find_map(|name| entry.get(name)?.node.as_str());
                    let step = name.map_or_else(|| number.to_string(), str::to_string);
                    down(Step::Entry(step), entry, found);
                }
            }
            _ if !at.is_empty() => found.push(Key(at.to_vec())),
            _ => {}
        }
    }
    let mut found = Vec::new();
    let ours = root.members().iter().filter(|member| root_schema()["properties"].get(&*member.key).is_some());
    for member in ours {
        let step = Step::Member(member.key.to_string());
        if let Some(schema) = below(root_schema(), &step) {
            collect(&member.node, schema, &[step], &mut found);
        }
    }
    found
}

/// Every setting, lists and open objects with empty brackets: `cost.limits[].amount`.
pub fn all_keys() -> Vec<String> {
    fn collect(schema: &Json, at: &str, keys: &mut Vec<String>) {
        if !at.is_empty() {
            keys.push(at.to_string());
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let dot = if at.is_empty() { "" } else { "." };
            collect(property, &format!("{at}{dot}{name}"), keys);
        }
        for inner in [&schema["items"], &schema["additionalProperties"]] {
            if inner.is_object() && inner.get("properties").is_some() {
                let mut inside = Vec::new();
                collect(inner, &format!("{at}[]"), &mut inside);
                keys.extend(inside.into_iter().skip(1));
            }
        }
    }
    let mut keys = Vec::new();
    collect(root_schema(), "", &mut keys);
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::jsonc;

    fn hint(key: &str) -> String {
        Key::parse(key).unwrap().schema().unwrap_err().hints[0].to_string()
    }

    #[test]
    fn keys_are_read_and_shown_alike() {
        for key in [
            "cost",
            "cost.dailyBudget",
            "cost.limits[0].amount",
            "cost.limits[night shift].amount",
            "team.members[ann@example.org]",
            "cost.pricing.overrides[claude-3.5].input",
        ] {
            let parsed = Key::parse(key).unwrap();
            assert_eq!(parsed.to_string(), key);
            assert!(parsed.schema().is_ok(), "{key}");
        }
        let odd = Key::parse(r#"cost.limits["a]b"].amount"#).unwrap();
        assert_eq!(odd.steps()[2], Step::Entry("a]b".into()));
        assert_eq!(odd.to_string(), r#"cost.limits["a]b"].amount"#);
        for key in [
            "",
            ".",
            "cost.",
            "cost..x",
            "cost.limits[",
            "cost.limits[]",
            "cost.limits[a]b",
            "cost.limits[\"a",
        ] {
            assert!(Key::parse(key).is_err(), "{key}");
        }
    }

    #[test]
    fn a_wrong_key_leads_to_the_right_one() {
        assert_eq!(hint("cost.dialyBudget"), "did you mean `cost.dailyBudget`?");
        assert_eq!(hint("dailyBudget"), "did you mean `cost.dailyBudget`?");
        assert_eq!(hint("cots.dailyBudget"), "did you mean `cost.dailyBudget`?");
        assert_eq!(hint("cost.limits[a].amuont"), "did you mean `cost.limits[a].amount`?");
        assert!(hint("model").contains("config list"), "{}", hint("model"));
    }

    #[test]
    fn entries_are_found_by_name_and_by_number() {
        let text = r#"{"cost": {"limits": [{"name": "a", "amount": 1}, {"name": "0", "amount": 2}]}}"#;
        let document = jsonc::parse(text).unwrap();
        let root = document.root.as_ref().unwrap();
        let at = |key: &str| Key::parse(key).unwrap().find(root).map(|found| &text[found.node.range.clone()]);
        assert_eq!(at("cost.limits[a].amount"), Some("1"));
        assert_eq!(at("cost.limits[0].amount"), Some("2"));
        assert_eq!(at("cost.limits[1].amount"), Some("2"));
        assert_eq!(at("cost.limits[2].amount"), None);
        assert_eq!(at("cost.limits.a"), None);
    }

    #[test]
    fn the_single_values_of_a_document() {
        let text = r#"{"model": "opus", "costThreshold": 1, "cost": {"dailyBudget": 1, "warningThreshold": [0.5, 1],
            "limits": [{"name": "a b", "amount": 1}, {"amount": 2}], "dailyBudget": 2, "nonsense": 1,
            "pricing": {"overrides": {"claude-3.5": {"input": 1}}}}, "team": 5}"#;
        let document = jsonc::parse(text).unwrap();
        let root = document.root.unwrap();
        let shown: Vec<String> = leaves(&root).iter().map(Key::to_string).collect();
        let expected = [
            "costThreshold",
            "cost.warningThreshold",
            "cost.limits[a b].name",
            "cost.limits[a b].amount",
            "cost.limits[1].amount",
            "cost.dailyBudget",
            "cost.pricing.overrides[claude-3.5].input",
            "team",
        ];
        assert_eq!(shown, expected);
        for key in leaves(&root) {
            assert!(key.find(&root).is_some() && Key::parse(&key.to_string()).unwrap() == key, "{key}");
        }
    }

    #[test]
    fn every_key_of_the_schema_is_a_key() {
        let keys = all_keys();
        assert!(keys.iter().any(|key| key == "cost.limits[].amount"), "{keys:?}");
        assert!(keys.iter().any(|key| key == "cost.pricing.overrides[].input"), "{keys:?}");
        for key in keys {
            assert!(Key::parse(&key.replace("[]", "[x]")).unwrap().schema().is_ok(), "{key}");
        }
    }
}
