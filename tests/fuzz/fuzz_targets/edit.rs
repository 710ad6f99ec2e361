//! A settings file of any shape and changes of it, one after the other: what stands there afterwards is what a plain
//! edit of the parsed value gives, all bytes that are not the setting stay, and what was put where nothing was comes
//! out again. Installing and uninstalling the hooks gives the old bytes.
//!
//! An input is the file and then the changes, with cuts between them: `KEY=VALUE` sets, `KEY` alone unsets.
#![no_main]

use cost_hook::base::jsonc::{self, Node};
use cost_hook::claude::install::{self, EVENTS};
use cost_hook::settings::edit;
use cost_hook::settings::keys::{Key, Step, position};
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
    only_there(text, &new);
    Some(new)
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

/// A change is one piece: what was in its place was blank, a comma, or the old value.
fn only_there(old: &str, new: &str) {
    let front = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - front;
    let back = old.bytes().rev().zip(new.bytes().rev()).take(most).take_while(|(a, b)| a == b).count();
    let comments = |text: &str| {
        let document = jsonc::parse(text).unwrap();
        document.comments.iter().map(|range| text[range.clone()].to_string()).collect::<Vec<_>>()
    };
    let gone = &old.as_bytes()[front..old.len() - back];
    let all = comments(old);
    let kept = comments(new);
    if String::from_utf8_lossy(gone).chars().all(|c| c.is_whitespace() || c == ',') {
        assert_eq!(all, kept, "a comment went");
    }
}

fn unset(text: &str, key: &Key) -> Option<String> {
    let document = jsonc::parse(text).ok()?;
    let was = document.root.as_ref().and_then(|root| key.find(root)).is_some();
    let new = edit::unset(text, key).ok()?;
    assert_eq!(new.is_some(), was, "{key} in\n{text}");
    let new = new?;
    let (before, after) = (root(text), root(&new));
    without(&before, &after, key.steps(), text);
    only_there(text, &new);
    Some(new)
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
