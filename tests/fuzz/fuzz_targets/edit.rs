//! A settings file of any shape and changes of it, one after the other: what stands there afterwards is what a plain
//! edit of the parsed value gives; all bytes stay but those of the setting and what divides it from its neighbours; what
//! was put where nothing was comes out again, and a plain value put back, to the byte. Installing and uninstalling the
//! hooks gives the old bytes.
//!
//! An input is the file and then the changes, with cuts between them: `KEY=VALUE` sets, `KEY` alone unsets.
#![no_main]

use std::ops::Range;

use cost_hook::base::jsonc::{self, Node};
use cost_hook::base::splice::{self, Item};
use cost_hook::claude::install::{self, EVENTS};
use cost_hook::settings::edit;
use cost_hook::settings::keys::{Key, Step, position, step_into};
use cost_hook::settings::value;
use cost_hook_fuzz::parts;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let mut parts = parts(data);
    let Some(Ok(file)) = parts.next().map(std::str::from_utf8) else { return };
    install_and_back(file.as_bytes());
    let mut text = file.to_string();
    for change in parts.take(6).filter_map(|part| std::str::from_utf8(part).ok()) {
        let (name, typed) = match change.split_once('=') {
            Some((name, typed)) => (name, Some(typed)),
            None => (change, None),
        };
        let Ok(key) = Key::parse(name) else { continue };
        if key.schema().is_err() {
            continue;
        }
        let new = match typed {
            Some(typed) => set(&text, &key, typed),
            None => unset(&text, &key),
        };
        text = new.unwrap_or(text);
    }
});

fn install_and_back(bytes: &[u8]) {
    let Ok(plan) = install::plan_install(Some(bytes), "/usr/bin/cost-hook", &EVENTS) else { return };
    assert!(install::is_installed(&plan.new_bytes));
    let again = install::plan_install(Some(&plan.new_bytes), "/usr/bin/cost-hook", &EVENTS).unwrap();
    assert_eq!(again.changes, [], "a second time changes nothing");
    let bare = install::plan_uninstall(bytes);
    let back = install::plan_uninstall(&plan.new_bytes).unwrap();
    // Of a file with none of our hooks: what was there, to the byte. A file without a document becomes an empty one.
    if bare.is_ok_and(|bare| bare.changes.is_empty()) && value_of(bytes).is_some() {
        assert_eq!(text(&back.new_bytes), text(bytes));
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn value_of(bytes: &[u8]) -> Option<Value> {
    let decoded = jsonc::decode(bytes).ok()?;
    jsonc::parse(decoded.text).ok()?.root.as_ref().map(plain)
}

/// The value a reader sees: of a repeated key the last one.
fn plain(node: &Node<'_>) -> Value {
    match &node.value {
        jsonc::Value::Null => Value::Null,
        jsonc::Value::Bool(bool) => (*bool).into(),
        // As written, so that a digit lost is seen.
        jsonc::Value::Number(digits) => format!("number {digits}").into(),
        jsonc::Value::String(text) => format!("text {text}").into(),
        jsonc::Value::Array(items) => items.iter().map(plain).collect(),
        jsonc::Value::Object(members) => {
            members.iter().map(|member| (member.key.to_string(), plain(&member.node))).collect()
        }
    }
}

fn root(text: &str) -> Value {
    let document = jsonc::parse(text).expect("what was written can be read");
    document.root.as_ref().map_or_else(|| Value::Object(serde_json::Map::new()), plain)
}

fn set(text: &str, key: &Key, typed: &str) -> Option<String> {
    let value = value::parse(key, typed).ok()?;
    let new = edit::set(text, key, &value).ok()?;
    let written = plain(jsonc::parse(&value.compact()).unwrap().root.as_ref().unwrap());
    let (before, after) = (root(text), root(&new));
    let mut model = before.clone();
    let there = put(&mut model, text, key.steps(), &written);
    assert_eq!(there_now(&after, &new, key), Some(model_at(&model, there)), "{text}\n{new}");
    // Everything else is as it was.
    assert_eq!(after, model, "{key} in\n{text}\n{new}");
    assert_eq!(edit::set(&new, key, &value).ok().as_ref(), Some(&new), "a second time changes nothing");
    undone(text, &new, key);
    Some(new)
}

/// A value that was not there comes out again, and a plain one comes back, to the byte.
fn undone(text: &str, new: &str, key: &Key) {
    let document = jsonc::parse(text).unwrap();
    // A file without a document becomes one, which it stays.
    let start = splice::with_object(text, &document);
    let old = document.root.as_ref().and_then(|root| key.find(root));
    if let Some(old) = &old {
        outside(text, new, old.node.range.clone());
        let value = Item::of(text, old.node);
        if matches!(value, Item::Raw(_)) {
            assert_eq!(edit::set(new, key, &value).unwrap(), text, "{key} put back from\n{new}");
        }
        return;
    }
    let document = jsonc::parse(&start).unwrap();
    let container = deepest(document.root.as_ref().unwrap(), key.steps());
    outside(&start, new, behind_last(container));
    let made = made_by(&document, key);
    let is_there = made.find(jsonc::parse(new).unwrap().root.as_ref().unwrap()).is_some();
    // A whole entry may bring another name than the one it was asked for by.
    if is_there {
        assert_eq!(edit::unset(new, &made).unwrap().as_ref(), Some(&start), "{made} taken out of\n{new}");
    }
}

/// What comes into being with a key: the entry of a list, if that is not there, else the value itself.
fn made_by(document: &jsonc::Document<'_>, key: &Key) -> Key {
    let root = document.root.as_ref().unwrap();
    let prefixes = (1..=key.steps().len()).map(|length| Key::new(key.steps()[..length].to_vec()));
    let mut entries = prefixes.filter(|prefix| key.list_at(prefix.steps().len() - 1).is_some());
    entries.find(|entry| entry.find(root).is_none()).unwrap_or_else(|| key.clone())
}

/// The last value on the way to a key that is there.
fn deepest<'n, 'a>(root: &'n Node<'a>, steps: &[Step]) -> &'n Node<'a> {
    let mut node = root;
    for step in steps {
        match step_into(node, step) {
            Some(found) => node = found.node,
            None => break,
        }
    }
    node
}

/// The places of the items of an object or list.
fn items(container: &Node<'_>) -> Vec<Range<usize>> {
    match &container.value {
        jsonc::Value::Object(members) => {
            members.iter().map(|member| member.key_range.start..member.node.range.end).collect()
        }
        _ => container.elements().iter().map(|element| element.range.clone()).collect(),
    }
}

/// From the end of the last item to the bracket that closes.
fn behind_last(container: &Node<'_>) -> Range<usize> {
    let last = items(container).last().map_or(container.range.start + 1, |item| item.end);
    last..container.range.end - 1
}

/// Nothing changed but in this place of the old text.
fn outside(old: &str, new: &str, place: Range<usize>) {
    let (front, back) = (&old[..place.start], &old[place.end..]);
    let fits = new.len() >= front.len() + back.len() && new.starts_with(front) && new.ends_with(back);
    assert!(fits, "more than {place:?} changed in\n{old}\n{new}");
}

/// The way to a value by members' names and entries' numbers.
type Way = Vec<Result<String, usize>>;

/// Edits the value as one would by hand, and tells where.
fn put(model: &mut Value, text: &str, steps: &[Step], value: &Value) -> Way {
    let document = jsonc::parse(text).unwrap();
    let mut node = document.root.as_ref();
    let mut way = Way::new();
    let mut at = model;
    for (number, step) in steps.iter().enumerate() {
        let last = number + 1 == steps.len();
        let is_list =
            at.is_array() || (at.is_null() && matches!(step, Step::Entry(_)) && list_before(steps, number));
        if is_list {
            let found = node.and_then(|node| position(node, step));
            if at.is_null() {
                *at = Value::Array(Vec::new());
            }
            let list = at.as_array_mut().unwrap();
            let index = found.unwrap_or(list.len());
            let name = if list_name(steps, number) == "members" { "user" } else { "name" };
            let named = (name.to_string(), Value::from(format!("text {}", step.text())));
            if found.is_none() {
                list.push(Value::Object(std::iter::once(named.clone()).collect()));
            }
            way.push(Err(index));
            at = &mut list[index];
            if last {
                let mut value = value.clone();
                let is_number = step.text().bytes().all(|byte| byte.is_ascii_digit());
                if let Some(members) = value.as_object_mut().filter(|_| !is_number) {
                    members.entry(named.0).or_insert(named.1);
                }
                *at = value;
            }
            node = found.and_then(|found| node?.elements().get(found));
        } else {
            if at.is_null() {
                *at = Value::Object(serde_json::Map::new());
            }
            let members = at.as_object_mut().expect("an object, or `set` would have refused");
            way.push(Ok(step.text().to_string()));
            at = members.entry(step.text()).or_insert(Value::Null);
            if last {
                *at = value.clone();
            }
            node = node.and_then(|node| node.get(step.text())).map(|member| &member.node);
            // An explicit null is a value of the user's and no place for more.
            let _ = &node;
        }
    }
    way
}

fn list_before(steps: &[Step], number: usize) -> bool {
    matches!(list_name(steps, number), "limits" | "members")
}

fn list_name(steps: &[Step], number: usize) -> &str {
    number.checked_sub(1).map_or("", |before| steps[before].text())
}

fn model_at(model: &Value, way: Way) -> Value {
    let mut at = model;
    for step in way {
        at = match step {
            Ok(name) => &at[name.as_str()],
            Err(number) => &at[number],
        };
    }
    at.clone()
}

fn there_now(after: &Value, text: &str, key: &Key) -> Option<Value> {
    let document = jsonc::parse(text).ok()?;
    let found = key.find(document.root.as_ref()?)?;
    assert!(after.is_object());
    Some(plain(found.node))
}

fn unset(text: &str, key: &Key) -> Option<String> {
    let document = jsonc::parse(text).ok()?;
    let was = document.root.as_ref().and_then(|root| key.find(root)).is_some();
    let new = edit::unset(text, key).ok()?;
    assert_eq!(new.is_some(), was, "{key} in\n{text}");
    let new = new?;
    let (before, after) = (root(text), root(&new));
    without(&before, &after, key.steps(), text);
    taken_out(text, &new, key.steps());
    Some(new)
}

/// Between the neighbours of what went, nothing went but blanks and a comma; and nothing at all outside.
fn taken_out(old: &str, new: &str, steps: &[Step]) {
    let (before, after) = (jsonc::parse(old).unwrap(), jsonc::parse(new).unwrap());
    let (mut node, mut left) = (before.root.as_ref().unwrap(), after.root.as_ref().unwrap());
    for step in steps {
        let found = step_into(node, step).unwrap();
        let all = items(node);
        let at = all.iter().position(|item| item.end == found.node.range.end).unwrap();
        let others = items(left);
        if others.len() == all.len() {
            let at_left = match &left.value {
                jsonc::Value::Array(elements) => &elements[at],
                _ => &left.members()[at].node,
            };
            (node, left) = (found.node, at_left);
            continue;
        }
        let start = at.checked_sub(1).map_or(node.range.start + 1, |at| all[at].end);
        let end = all.get(at + 1).map_or(node.range.end - 1, |next| next.start);
        outside(old, new, start..end);
        let solid = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != ',').collect::<String>();
        let stayed = format!("{}{}", solid(&old[start..all[at].start]), solid(&old[all[at].end..end]));
        assert_eq!(
            solid(&new[start..new.len() - (old.len() - end)]),
            stayed,
            "a comment went from\n{old}\n{new}"
        );
        return;
    }
    panic!("nothing was taken out of\n{old}\n{new}");
}

/// `after` is `before` without the value, and without what held nothing but it.
fn without(before: &Value, after: &Value, steps: &[Step], text: &str) {
    let (Some(old), Some(new)) = (before.as_object(), after.as_object()) else { return };
    let first = steps[0].text();
    for (key, value) in old.iter().filter(|(key, _)| *key != first) {
        assert_eq!(new.get(key), Some(value), "{text}");
    }
    assert!(new.keys().all(|key| old.contains_key(key)), "{text}");
    if steps.len() > 1
        && let (Some(old), Some(new)) = (old.get(first), new.get(first))
    {
        without(old, new, &steps[1..], text);
    }
}
