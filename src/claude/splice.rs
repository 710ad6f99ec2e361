//! Putting an item into a JSON text and taking it out again so that the bytes around it are exactly what they were.
//! What the items are is `install`'s business.
//!
//! An item goes in as one piece, right behind the item before it, and comes out as the same piece. How it was put
//! in can be read off the text, because two texts that would look alike afterwards are spelled apart: in the
//! `Plain` way the item begins a line of its own, in the `Tight` way it follows a single space. `Tight` is for
//! places where the plain way could not be undone, such as an empty list that was there before.

use crate::base::jsonc::{self, Node, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Tight,
}

/// JSON to be written, its strings and keys already escaped.
#[derive(Debug, Clone)]
pub(super) enum Item {
    Text(String),
    Number(u32),
    List(Vec<Item>),
    Object(Vec<(&'static str, Item)>),
}

impl Item {
    /// As `JSON.stringify` with an indent prints it, which is how Claude Code rewrites the file.
    fn print(&self, indent: &str, layout: &Layout) -> String {
        let deeper = format!("{indent}{}", layout.unit);
        let block = |open: char, close: char, lines: Vec<String>| {
            let lines: Vec<String> =
                lines.into_iter().map(|line| format!("{}{deeper}{line}", layout.newline)).collect();
            format!("{open}{}{}{indent}{close}", lines.join(","), layout.newline)
        };
        match self {
            Item::Text(text) => format!("\"{text}\""),
            Item::Number(number) => number.to_string(),
            Item::List(items) => {
                block('[', ']', items.iter().map(|item| item.print(&deeper, layout)).collect())
            }
            Item::Object(members) => {
                let lines =
                    members.iter().map(|(key, item)| format!("\"{key}\": {}", item.print(&deeper, layout)));
                block('{', '}', lines.collect())
            }
        }
    }
}

/// How the file is laid out.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    newline: &'static str,
    /// One step of indentation.
    unit: String,
}

impl Layout {
    pub(super) fn of(text: &str, root: &Node<'_>) -> Self {
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

/// Puts an item behind the last one of an object (with a key) or a list.
pub(super) fn insert(
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
    let key = key.map(|key| format!("\"{key}\": ")).unwrap_or_default();
    let body = item.print(&indent, layout);
    let comma = if items.is_empty() { "" } else { "," };
    let (lead, tail) = match style {
        Style::Tight => (" ".to_string(), String::new()),
        Style::Plain => {
            let one_line = !text[open..container.range.end].contains('\n');
            let tail = if one_line { format!("{}{outer}", layout.newline) } else { String::new() };
            (format!("{}{indent}", layout.newline), tail)
        }
    };
    format!("{}{comma}{lead}{key}{body}{tail}{}", &text[..at], &text[at..])
}

/// Takes out the item with this number.
pub(super) fn remove(text: &str, container: &Node<'_>, number: usize) -> String {
    let open = container.range.start;
    let items = items(container);
    let (start, end) = items[number];
    if let Some(&(next, _)) = items.get(number + 1) {
        return format!("{}{}", &text[..start], &text[next..]);
    }
    let before = if number == 0 { open + 1 } else { items[number - 1].1 };
    let gap = &text[before..start];
    if !gap.chars().all(|c| c.is_whitespace() || c == ',') {
        // A comment was written there since: it stays, and the comma before it would be a trailing one.
        let comma =
            gap.find(',').filter(|_| number > 0 && !gap.trim_start().starts_with('/')).map(|at| before + at);
        let kept = match comma {
            Some(comma) => format!("{}{}", &text[before..comma], &text[comma + 1..start]),
            None => gap.to_string(),
        };
        return format!("{}{kept}{}", &text[..before], &text[end..]);
    }
    let mut rest = &text[end..];
    if gap.contains('\n') && !text[open..before].contains('\n') {
        let newline = if gap.contains("\r\n") { "\r\n" } else { "\n" };
        let tail = format!("{newline}{}", leading_space(text, open).0);
        rest = rest.strip_prefix(tail.as_str()).unwrap_or(rest);
    }
    format!("{}{rest}", &text[..before])
}

/// Was this list or object written together with its first item? Then it goes with it.
pub(super) fn is_made_for_its_item(text: &str, container: &Node<'_>) -> bool {
    let first = items(container).first().map_or(container.range.end, |&(start, _)| start);
    text[container.range.start..first].contains('\n')
}
