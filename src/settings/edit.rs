//! One setting changed in the text of a settings file, every other byte as it was. Whether the value is right says
//! `validate`, writing the file is `base::rewrite`'s, what was typed is `value`'s.
//!
//! No edit is believed: the new text is parsed again and compared with the old one changed in memory, so that a
//! fault here can spoil a value but never a file.

use super::keys::{self, Key, Step};
use crate::base::error::{Error, Result};
use crate::base::jsonc::{self, Document, Node, Value};
use crate::base::splice::{self, Item, Layout, Style};
use crate::base::text::with_article;
use crate::base::words::{sentence, word};

/// The text with the value at the key. A text without a document becomes one.
pub fn set(text: &str, key: &Key, value: &Item) -> Result<String> {
    let start = splice::with_object(text, &parse(text)?);
    let mut plain = None;
    for style in [Style::Plain, Style::Tight] {
        let new = put(&start, key, value, style)?;
        check(&start, &new, key, Some(value))?;
        // What was not there can be taken out again to the byte; where two ways do that, the plain one looks better.
        let document = parse(&start)?;
        if find(&document, key).is_some() || unset(&new, &made_by(&document, key))?.as_ref() == Some(&start) {
            return Ok(new);
        }
        plain.get_or_insert(new);
    }
    plain.ok_or_else(|| Error::internal("no way was found to write the setting"))
}

/// The text without the key, and without what only held it; None when it is not there.
pub fn unset(text: &str, key: &Key) -> Result<Option<String>> {
    let document = parse(text)?;
    let Some(root) = &document.root else { return Ok(None) };
    // The way down: each container and which of its items leads on.
    let mut way: Vec<(&Node<'_>, usize)> = Vec::new();
    let mut node = root;
    for step in key.steps() {
        let Some((number, next)) = item(node, step) else { return Ok(None) };
        way.push((node, number));
        node = next;
    }
    let mut last = way.len() - 1;
    while last > 0 {
        let (container, number) = way[last];
        let goes =
            splice::holds_only(text, container, number) && splice::is_made_for_its_item(text, container);
        if !goes {
            break;
        }
        last -= 1;
    }
    let (container, number) = way[last];
    let new = splice::remove(text, container, number);
    let gone = Key::new(key.steps()[..=last].to_vec());
    check(text, &new, &gone, None)?;
    Ok(Some(new))
}

fn parse(text: &str) -> Result<Document<'_>> {
    let document = jsonc::parse(text).map_err(|error| {
        let place = jsonc::Lines::new(text).position(error.range.start);
        Error::user(format!(
            "it is not JSON: {} (line {}, column {})",
            error.message, place.line, place.column
        ))
        .hint(word!("mend-place-cure"))
    })?;
    match &document.root {
        Some(root) if !matches!(root.value, Value::Object(_)) => {
            Err(Error::user(format!("it must be one JSON object, and is {}", with_article(root.kind()))))
        }
        _ => Ok(document),
    }
}

fn find<'n, 'a>(document: &'n Document<'a>, key: &Key) -> Option<&'n Node<'a>> {
    Some(key.find(document.root.as_ref()?)?.node)
}

/// What comes into being with the key: the entry of a list, if it is not there yet, else just the key.
fn made_by(document: &Document<'_>, key: &Key) -> Key {
    let prefixes = (1..=key.steps().len()).map(|length| Key::new(key.steps()[..length].to_vec()));
    let mut entries = prefixes.filter(|prefix| key.list_at(prefix.steps().len() - 1).is_some());
    entries.find(|entry| find(document, entry).is_none()).unwrap_or_else(|| key.clone())
}

/// The item of a container a step leads to.
fn item<'n, 'a>(node: &'n Node<'a>, step: &Step) -> Option<(usize, &'n Node<'a>)> {
    match &node.value {
        Value::Object(members) => {
            let at = members.iter().rposition(|member| member.key == step.text())?;
            Some((at, &members[at].node))
        }
        Value::Array(elements) => {
            let at = keys::position(node, step)?;
            Some((at, &elements[at]))
        }
        _ => None,
    }
}

fn put(text: &str, key: &Key, value: &Item, style: Style) -> Result<String> {
    let document = parse(text)?;
    let root = document.root.as_ref().ok_or_else(|| Error::internal("a text without a document"))?;
    let layout = Layout::of(text, root);
    let mut node = root;
    for (at, step) in key.steps().iter().enumerate() {
        if let Some((_, next)) = item(node, step) {
            node = next;
            continue;
        }
        return match (&node.value, key.list_at(at)) {
            (Value::Object(_), None) => {
                let item = nested(key, at + 1, value)?;
                Ok(splice::insert(text, node, Some(step.text()), &item, style, &layout))
            }
            (Value::Array(_), Some(name)) => {
                let item = entry(key, at, name, value)?;
                Ok(splice::insert(text, node, None, &item, style, &layout))
            }
            (_, list) => {
                let outer = Key::new(key.steps()[..at].to_vec());
                let expected = if list.is_some() { "a list" } else { "an object" };
                Err(Error::user(format!("`{outer}` is {}, not {expected}", with_article(node.kind()))).hint(
                    sentence!("remove-first-cure", command = format!("cost-hook config unset {outer}")),
                ))
            }
        };
    }
    let name = key.list_at(key.steps().len().saturating_sub(1));
    let value = match name {
        Some(name) => named(key, name, value)?,
        None => value.clone(),
    };
    if Item::of(text, node) == value {
        return Ok(text.to_string());
    }
    Ok(splice::replace(text, node, &value, &layout))
}

/// What has to be written for the steps from `at` on, where nothing is yet.
fn nested(key: &Key, at: usize, value: &Item) -> Result<Item> {
    let Some(step) = key.steps().get(at) else { return Ok(value.clone()) };
    match key.list_at(at) {
        Some(name) => Ok(Item::List(vec![entry(key, at, name, value)?])),
        None => Ok(Item::Object(vec![(step.text().to_string(), nested(key, at + 1, value)?)])),
    }
}

/// A new entry of a list; `name` is the key its entries are told apart by.
fn entry(key: &Key, at: usize, name: &'static str, value: &Item) -> Result<Item> {
    let step = &key.steps()[at];
    let entry = Key::new(key.steps()[..=at].to_vec());
    if step.text().bytes().all(|b| b.is_ascii_digit()) {
        return Err(Error::user(format!("there is no `{entry}`"))
            .hint(sentence!("named-not-numbered", name = name.to_string())));
    }
    let Some(next) = key.steps().get(at + 1) else { return named(key, name, value) };
    if next.text() == name {
        return Err(Error::user(format!("there is no `{entry}` whose `{name}` could be changed")));
    }
    let inner = nested(key, at + 2, value)?;
    Ok(Item::object([(name, Item::string(step.text())), (next.text(), inner)]))
}

/// A whole entry with the name the key gives it, where it has none of its own.
fn named(key: &Key, name: &'static str, value: &Item) -> Result<Item> {
    let step = key.steps().last().map(Step::text).unwrap_or_default();
    let Item::Object(members) = value else { return Ok(value.clone()) };
    let own = members.iter().find(|(member, _)| member == name).map(|(_, own)| own);
    if own.is_some_and(|own| !matches!(own, Item::Raw(text) if text.starts_with('"'))) {
        // Nobody would find the entry again.
        return Err(Error::user(format!("the `{name}` of an entry must be text")));
    }
    if own.is_some() || step.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(value.clone());
    }
    let own = (name.to_string(), Item::string(step));
    Ok(Item::Object(std::iter::once(own).chain(members.iter().cloned()).collect()))
}

/// Is `after` nothing but `before` with this one value, or without it?
fn check(before: &str, after: &str, key: &Key, value: Option<&Item>) -> Result<()> {
    let spoiled =
        || Error::internal("the edit would have changed more than it should; the file was left alone");
    let (old, new) = (parse(before)?, parse(after).map_err(|_| spoiled())?);
    let tree = |text: &str, document: &Document<'_>| document.root.as_ref().map(|root| Item::of(text, root));
    let mut expected = tree(before, &old).unwrap_or(Item::Object(Vec::new()));
    let root = old.root.as_ref();
    match value {
        Some(value) => write_into(&mut expected, root, key, 0, value)?,
        None => take_out(&mut expected, root, key.steps()),
    }
    let same = tree(after, &new).is_some_and(|found| found == expected);
    let fewer_commas = new.trailing_commas.len() <= old.trailing_commas.len();
    // What is said inside a value goes with the value.
    let replaced = find(&old, key).map_or(0..0, |node| node.range.clone());
    let kept = jsonc::comments_kept(&old, &new, replaced);
    if same && fewer_commas && kept { Ok(()) } else { Err(spoiled()) }
}

fn write_into(tree: &mut Item, node: Option<&Node<'_>>, key: &Key, at: usize, value: &Item) -> Result<()> {
    let Some(step) = key.steps().get(at) else {
        *tree = match key.list_at(at.saturating_sub(1)).filter(|_| at > 0) {
            Some(name) => named(key, name, value)?,
            None => value.clone(),
        };
        return Ok(());
    };
    let found = node.and_then(|node| item(node, step));
    match (tree, found) {
        (Item::Object(members), Some((number, next))) => {
            write_into(&mut members[number].1, Some(next), key, at + 1, value)
        }
        (Item::List(items), Some((number, next))) => {
            write_into(&mut items[number], Some(next), key, at + 1, value)
        }
        (Item::Object(members), None) => {
            members.push((step.text().to_string(), nested(key, at + 1, value)?));
            Ok(())
        }
        (Item::List(items), None) => {
            items.push(entry(key, at, key.list_at(at).unwrap_or_default(), value)?);
            Ok(())
        }
        (Item::Raw(_), _) => Err(Error::internal("a value inside a value")),
    }
}

fn take_out(tree: &mut Item, node: Option<&Node<'_>>, steps: &[Step]) {
    let Some((step, rest)) = steps.split_first() else { return };
    let Some((number, next)) = node.and_then(|node| item(node, step)) else { return };
    match tree {
        Item::Object(members) if rest.is_empty() => drop(members.remove(number)),
        Item::List(items) if rest.is_empty() => drop(items.remove(number)),
        Item::Object(members) => take_out(&mut members[number].1, Some(next), rest),
        Item::List(items) => take_out(&mut items[number], Some(next), rest),
        Item::Raw(_) => {}
    }
}

#[cfg(test)]
mod tests;
