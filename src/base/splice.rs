//! Putting an item into a JSON text and taking it out again so that the bytes around it are exactly what they were.
//! What the items are is their owners' business: hooks are `claude::install`'s, settings `settings::edit`'s.
//!
//! An item goes in as one piece, right behind the item before it, and comes out as the same piece. How it was put
//! in can be read off the text, because two texts that would look alike afterwards are spelled apart: in the
//! `Plain` way the item begins a line of its own, in the `Tight` way it follows a single space. `Tight` is for
//! places where the plain way could not be undone, such as an empty list that was there before.

use super::jsonc::{self, Node, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Plain,
    Tight,
}

/// JSON to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// Written as it is: a number's digits, a string with its quotes and escapes, `true`.
    Raw(String),
    List(Vec<Item>),
    /// The keys not yet escaped.
    Object(Vec<(String, Item)>),
}

impl Item {
    /// A string whose inside is escaped already.
    pub fn escaped(inside: &str) -> Self {
        Item::Raw(format!("\"{inside}\""))
    }

    pub fn string(text: &str) -> Self {
        Item::Raw(serde_json::Value::from(text).to_string())
    }

    pub fn object<'k>(members: impl IntoIterator<Item = (&'k str, Item)>) -> Self {
        Item::Object(members.into_iter().map(|(key, item)| (key.to_string(), item)).collect())
    }

    /// A value as it stands in `text`, in a layout of its own: numbers and strings keep their spelling.
    pub fn of(text: &str, node: &Node<'_>) -> Self {
        match &node.value {
            Value::Array(elements) => Item::List(elements.iter().map(|item| Item::of(text, item)).collect()),
            Value::Object(members) => Item::Object(
                members.iter().map(|member| (member.key.to_string(), Item::of(text, &member.node))).collect(),
            ),
            _ => Item::Raw(text[node.range.clone()].to_string()),
        }
    }

    /// On one line.
    pub fn compact(&self) -> String {
        match self {
            Item::Raw(text) => text.clone(),
            Item::List(items) => {
                format!("[{}]", items.iter().map(Item::compact).collect::<Vec<_>>().join(", "))
            }
            Item::Object(members) => {
                let member = |(key, item): &(String, Item)| format!("{}{}", written(key), item.compact());
                format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// As `JSON.stringify` with an indent prints it, which is how Claude Code rewrites the file.
    fn print(&self, indent: &str, layout: &Layout) -> String {
        let deeper = format!("{indent}{}", layout.unit);
        let block = |open: char, close: char, lines: Vec<String>| {
            let lines: Vec<String> =
                lines.into_iter().map(|line| format!("{}{deeper}{line}", layout.newline)).collect();
            format!("{open}{}{}{indent}{close}", lines.join(","), layout.newline)
        };
        match self {
            Item::Raw(_) => self.compact(),
            Item::Object(members) if members.is_empty() => self.compact(),
            // A list of plain values reads better on one line.
            Item::List(items) if items.iter().all(|item| matches!(item, Item::Raw(_))) => self.compact(),
            Item::List(items) => {
                block('[', ']', items.iter().map(|item| item.print(&deeper, layout)).collect())
            }
            Item::Object(members) => {
                let line =
                    |(key, item): &(String, Item)| format!("{}{}", written(key), item.print(&deeper, layout));
                block('{', '}', members.iter().map(line).collect())
            }
        }
    }
}

/// How the file is laid out.
#[derive(Debug, Clone)]
pub struct Layout {
    newline: &'static str,
    /// One step of indentation.
    unit: String,
}

impl Layout {
    pub fn of(text: &str, root: &Node<'_>) -> Self {
        let first = root.members().first().map(|member| leading_space(text, member.key_range.start));
        let unit = match first {
            Some((space, true)) if !space.is_empty() => space.to_string(),
            _ => "  ".to_string(),
        };
        Self { newline: jsonc::newline_of(text), unit }
    }
}

/// The white space at the beginning of the line of `at`, and whether `at` comes right behind it.
fn leading_space(text: &str, at: usize) -> (&str, bool) {
    let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let before = &text[line..at];
    let space = &before[..before.len() - before.trim_start_matches([' ', '\t']).len()];
    (space, space.len() == before.len())
}

/// Where the items of an object or list are.
fn items(container: &Node<'_>) -> Vec<(usize, usize)> {
    match &container.value {
        Value::Object(members) => {
            members.iter().map(|member| (member.key_range.start, member.node.range.end)).collect()
        }
        _ => container.elements().iter().map(|element| (element.range.start, element.range.end)).collect(),
    }
}

/// The text, with an empty object where there is none yet. The text holds a document or nothing but comments.
pub fn with_object(text: &str, document: &jsonc::Document<'_>) -> String {
    if document.root.is_some() {
        return text.to_string();
    }
    let newline = jsonc::newline_of(text);
    let kept = text.trim_end();
    let between = if kept.is_empty() { "" } else { newline };
    format!("{kept}{between}{{}}{newline}")
}

/// The key as it is written before a value.
fn written(key: &str) -> String {
    format!("{}: ", serde_json::Value::from(key))
}

/// Puts an item behind the last one of an object (with a key) or a list.
pub fn insert(
    text: &str,
    container: &Node<'_>,
    key: Option<&str>,
    item: &Item,
    style: Style,
    layout: &Layout,
) -> String {
    let open = container.range.start;
    let items = items(container);
    let at = items.last().map_or(open + 1, |&(_, end)| end);
    let outer = leading_space(text, open).0;
    let own_line = items.iter().map(|&(start, _)| leading_space(text, start)).find(|(_, alone)| *alone);
    let indent = own_line.map_or_else(|| format!("{outer}{}", layout.unit), |(space, _)| space.to_string());
    let key = key.map(written).unwrap_or_default();
    let body = item.print(&indent, layout);
    let comma = if items.is_empty() { "" } else { "," };
    let own_lead = format!("{}{indent}", layout.newline);
    let one_line = !text[open..container.range.end].contains('\n');
    // A comment on the last item's line is about that item: ours goes behind it.
    let close = container.range.end - 1;
    let trailing = comma_in(&text[at..close]).map(|comma| at + comma + 1);
    let beyond = trailing.filter(|trailing| has_comment(&text[at..*trailing]));
    let end = comment_behind(text, beyond.unwrap_or(at), close).or(beyond);
    if let Some(end) = end.filter(|_| !items.is_empty()) {
        let between = &text[at..end];
        // A trailing comma divides from now on, and ours gets one like it.
        let (before, after) = if comma_in(between).is_some() { ("", ",") } else { (",", "") };
        let lead = if text[end..close].contains('\n') { &own_lead } else { " " };
        return format!("{}{before}{between}{lead}{key}{body}{after}{}", &text[..at], &text[end..]);
    }
    let (lead, tail) = match style {
        Style::Tight => (" ".to_string(), String::new()),
        Style::Plain => {
            let tail = if one_line { format!("{}{outer}", layout.newline) } else { String::new() };
            (own_lead, tail)
        }
    };
    format!("{}{comma}{lead}{key}{body}{tail}{}", &text[..at], &text[at..])
}

/// Puts another value in the place of one.
pub fn replace(text: &str, old: &Node<'_>, item: &Item, layout: &Layout) -> String {
    let indent = leading_space(text, old.range.start).0;
    format!("{}{}{}", &text[..old.range.start], item.print(indent, layout), &text[old.range.end..])
}

/// Where the comment ends that stands behind an item on its line, with the comma behind it.
fn comment_behind(text: &str, at: usize, most: usize) -> Option<usize> {
    let line = &text[at..most];
    let line = &line[..line.find('\n').unwrap_or(line.len())];
    let start = line.len() - line.trim_start_matches([' ', '\t', ',']).len();
    let rest = &line[start..];
    let length = match rest.strip_prefix("/*") {
        Some(inside) => inside.find("*/")? + 4,
        None if rest.starts_with("//") => rest.trim_end_matches('\r').len(),
        None => return None,
    };
    let behind = &line[start + length..];
    // Something else behind it on the same line: then it is about that.
    if has_comment(behind) {
        return None;
    }
    Some(at + start + length + behind.find(',').map_or(0, |comma| comma + 1))
}

/// The comma between two items, which may also stand in a comment between them.
fn comma_in(gap: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(c) = gap[at..].chars().next() {
        let rest = &gap[at..];
        at += if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(inside) = rest.strip_prefix("/*") {
            inside.find("*/").map_or(rest.len(), |end| end + 4)
        } else if c == ',' {
            return Some(at);
        } else {
            c.len_utf8()
        };
    }
    None
}

fn has_comment(gap: &str) -> bool {
    !gap.chars().all(|c| c.is_whitespace() || c == ',')
}

fn without_byte(text: &str, at: Option<usize>) -> String {
    at.map_or_else(|| text.to_string(), |at| format!("{}{}", &text[..at], &text[at + 1..]))
}

/// Takes out the item with this number. Comments around it stay.
pub fn remove(text: &str, container: &Node<'_>, number: usize) -> String {
    let open = container.range.start;
    let items = items(container);
    let (start, end) = items[number];
    if let Some(&(next, _)) = items.get(number + 1) {
        let gap = &text[end..next];
        let kept = if has_comment(gap) { without_byte(gap, comma_in(gap)) } else { String::new() };
        return format!("{}{}{}", &text[..start], kept.trim_start_matches([' ', '\t']), &text[next..]);
    }
    let before = if number == 0 { open + 1 } else { items[number - 1].1 };
    let gap = &text[before..start];
    let mut rest = text[end..].to_string();
    let inside = container.range.end - 1 - end;
    let trailing = comma_in(&rest[..inside]);
    if has_comment(gap) {
        let mut kept = gap.to_string();
        if trailing.is_some() {
            // The comma in the gap becomes the trailing one.
            rest = without_byte(&rest, trailing);
        } else if number > 0 {
            kept = without_byte(gap, comma_in(gap));
        }
        if rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n') {
            // The item had a line of its own, which goes with it.
            kept.truncate(kept.trim_end().len());
            rest = rest.trim_start_matches([' ', '\t']).to_string();
        } else if kept.ends_with(' ') {
            kept.pop();
        }
        return format!("{}{kept}{rest}", &text[..before]);
    }
    if number == 0 {
        rest = without_byte(&rest, trailing);
    }
    if gap.contains('\n') && !text[open..before].contains('\n') {
        let newline = if gap.contains("\r\n") { "\r\n" } else { "\n" };
        let tail = format!("{newline}{}", leading_space(text, open).0);
        rest = rest.strip_prefix(tail.as_str()).map(str::to_string).unwrap_or(rest);
    }
    format!("{}{rest}", &text[..before])
}

/// Does this list or object hold an item and nothing else, no comment either?
pub fn holds_only(text: &str, container: &Node<'_>, number: usize) -> bool {
    let items = items(container);
    let (start, end) = items[number];
    let around = [&text[container.range.start + 1..start], &text[end..container.range.end - 1]];
    items.len() == 1 && !around.into_iter().any(has_comment)
}

/// Was this list or object written together with its first item? Then it goes with it.
pub fn is_made_for_its_item(text: &str, container: &Node<'_>) -> bool {
    let first = items(container).first().map_or(container.range.end, |&(start, _)| start);
    text[container.range.start..first].contains('\n')
}
