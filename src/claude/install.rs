//! Our hooks and status line in Claude Code's `settings.json`: what would change, the new bytes, and how to get the
//! old ones back. Everything else in the file keeps its bytes. Which file it is, and asking the user, is `cli`'s.
//!
//! Claude Code reads strict JSON: nothing here adds a comment or a trailing comma; those that are there stay.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use super::shell;
use crate::base::error::{Error, Result};
use crate::base::jsonc::{self, Node, Value};
use crate::base::platform::{self, Platform};
use crate::base::rewrite::{self, Readers, Written};
use crate::base::splice::{self, Item, Layout, Style};
use crate::base::words::word;

/// A hook event we register for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    pub name: &'static str,
    /// Seconds after which Claude Code gives up on us.
    pub timeout: u32,
}

const fn event(name: &'static str) -> Event {
    Event { name, timeout: 30 }
}

/// The events through which every call is seen and every limit can stop.
pub const EVENTS: [Event; 14] = [
    event("SessionStart"),
    event("UserPromptSubmit"),
    event("PreToolUse"),
    event("PostToolUse"),
    event("PostToolUseFailure"),
    event("PostToolBatch"),
    event("SubagentStart"),
    event("SubagentStop"),
    event("Stop"),
    event("StopFailure"),
    event("PreCompact"),
    event("PostCompact"),
    event("PreModelSwitch"),
    // All hooks of this event share a budget that the largest timeout raises, paid as exit latency.
    Event { name: "SessionEnd", timeout: 5 },
];

/// One thing that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    AddHook {
        event: String,
    },
    /// The binary has moved.
    UpdateHook {
        event: String,
    },
    RemoveHook {
        event: String,
    },
    AddStatusLine,
    /// The user's own status line goes on inside ours.
    WrapStatusLine {
        original: String,
    },
    UpdateStatusLine,
    RestoreStatusLine {
        original: String,
    },
    RemoveStatusLine,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::AddHook { event } => write!(f, "add the hook for {event}"),
            Change::UpdateHook { event } => write!(f, "point the hook for {event} to the binary's new path"),
            Change::RemoveHook { event } => write!(f, "remove the hook for {event}"),
            Change::AddStatusLine => f.write_str("add the status line"),
            Change::WrapStatusLine { original } => {
                write!(f, "put the status line around yours: `{original}`")
            }
            Change::UpdateStatusLine => f.write_str("point the status line to the binary's new path"),
            Change::RestoreStatusLine { original } => write!(f, "restore your status line: `{original}`"),
            Change::RemoveStatusLine => f.write_str("remove the status line"),
        }
    }
}

/// What a file would become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub new_bytes: Vec<u8>,
    /// Empty: the file is as it should be, and `new_bytes` are its bytes.
    pub changes: Vec<Change>,
}

/// The file with our hooks and status line; `binary` is the real path of this program. An absent or empty file
/// becomes one with nothing else in it. Fails for a file that is not JSON, or whose `hooks` have a shape that
/// cannot be added to.
pub fn plan_install(bytes: Option<&[u8]>, binary: &str, events: &[Event]) -> Result<Plan> {
    planned(bytes, Program { path: binary, platform: platform::HERE }, events, true)
}

/// The same where nobody was asked: a status line of the user's own stays as it is.
pub fn plan_mend(bytes: Option<&[u8]>, binary: &str, events: &[Event]) -> Result<Plan> {
    planned(bytes, Program { path: binary, platform: platform::HERE }, events, false)
}

/// This program, as a settings file of a system names it.
#[derive(Debug, Clone, Copy)]
struct Program<'a> {
    path: &'a str,
    platform: Platform,
}

impl Program<'_> {
    /// Started by a shell, or by Claude Code itself? On Windows the shell is PowerShell where Git's is not installed,
    /// and takes a quoted path for a text that it has nothing to do with.
    fn is_started_by_shell(self) -> bool {
        self.platform != Platform::Windows
    }

    /// For a status line, which is a shell's everywhere.
    fn in_line(self) -> String {
        match self.platform {
            Platform::Windows => self.path.replace('\\', "/"),
            Platform::Unix | Platform::MacOs => self.path.to_string(),
        }
    }
}

fn planned(bytes: Option<&[u8]>, program: Program<'_>, events: &[Event], wraps: bool) -> Result<Plan> {
    let decoded = decode(bytes.unwrap_or_default())?;
    let start = splice::with_object(decoded.text, &parse(decoded.text)?);
    let bare = uninstalled(&start)?.0;
    for style in [Style::Plain, Style::Tight] {
        let (text, changes) = installed(&start, program, events, style, wraps)?;
        if changes.is_empty() {
            break;
        }
        // The one test that matters: taking ours out again gives what was there without it, byte for byte.
        if uninstalled(&text)?.0 == bare {
            jsonc::check_edit(&start, &text, &[&["hooks"], &["statusLine"]])?;
            return Ok(Plan { new_bytes: jsonc::encode(&text, decoded.byte_order_mark), changes });
        }
        if style == Style::Tight {
            return Err(Error::internal("the hooks could not be taken out again; the file was left alone"));
        }
    }
    Ok(Plan { new_bytes: bytes.unwrap_or_default().to_vec(), changes: Vec::new() })
}

/// The file without anything of ours, and with the user's own status line.
pub fn plan_uninstall(bytes: &[u8]) -> Result<Plan> {
    let decoded = decode(bytes)?;
    let (text, changes) = uninstalled(decoded.text)?;
    jsonc::check_edit(decoded.text, &text, &[&["hooks"], &["statusLine"]])?;
    Ok(Plan { new_bytes: jsonc::encode(&text, decoded.byte_order_mark), changes })
}

/// Does the file hold a hook of ours? One that cannot be read holds none that Claude Code would run.
pub fn is_installed(bytes: &[u8]) -> bool {
    let Ok(decoded) = decode(bytes) else { return false };
    let Ok(document) = parse(decoded.text) else { return false };
    document.root.as_ref().is_some_and(|root| !find_ours(decoded.text, root).is_empty())
}

/// Plans on the file as it is and carries that out; see `base::rewrite`.
pub fn apply(path: &Path, plan: impl Fn(Option<&[u8]>) -> Result<Plan>) -> Result<(Vec<Change>, Written)> {
    apply_for(Readers::Owner, path, plan)
}

/// The same for a file of other readers.
pub fn apply_for(
    readers: Readers,
    path: &Path,
    plan: impl Fn(Option<&[u8]>) -> Result<Plan>,
) -> Result<(Vec<Change>, Written)> {
    let written = rewrite::rewrite_for(readers, path, |before| {
        let planned = plan(before)?;
        Ok(((!planned.changes.is_empty()).then_some(planned.new_bytes), planned.changes))
    })?;
    Ok(written)
}

fn decode(bytes: &[u8]) -> Result<jsonc::Decoded<'_>> {
    jsonc::decode(bytes).map_err(|_| Error::user("the settings file is not UTF-8 text"))
}

fn parse(text: &str) -> Result<jsonc::Document<'_>> {
    jsonc::parse(text).map_err(|error| {
        let place = jsonc::Lines::new(text).position(error.range.start);
        let (line, column) = (place.line, place.column);
        Error::user(format!(
            "the settings file is not JSON: {} (line {line}, column {column})",
            error.message
        ))
        .hint(word!("file-ignored-cure"))
    })
}

fn installed(
    start: &str,
    program: Program<'_>,
    events: &[Event],
    style: Style,
    wraps: bool,
) -> Result<(String, Vec<Change>)> {
    let mut text = start.to_string();
    let mut changes = Vec::new();
    for event in events {
        // Parsed again for each: offsets move with every change, and the file is small.
        let document = parse(&text)?;
        let root = root_of(&document)?;
        let step = add_hook(&text, root, program, *event, style)?;
        if let Some((new, change)) = step {
            text = new;
            changes.push(change);
        }
    }
    while let Some((new, change)) = without_second_copy(&text)? {
        text = new;
        changes.push(change);
    }
    let document = parse(&text)?;
    if let Some((new, change)) = add_status_line(&text, root_of(&document)?, &program.in_line(), style)
        && (wraps || !matches!(change, Change::WrapStatusLine { .. }))
    {
        text = new;
        changes.push(change);
    }
    Ok((text, changes))
}

fn root_of<'d, 'a>(document: &'d jsonc::Document<'a>) -> Result<&'d Node<'a>> {
    match &document.root {
        Some(root) if matches!(root.value, Value::Object(_)) => Ok(root),
        _ => Err(Error::user("the settings file must be one JSON object")),
    }
}

fn wrong_shape(key: &str, expected: &str) -> Error {
    Error::user(format!("`{key}` in the settings file is not {expected}")).hint(word!("hooks-ignored-cure"))
}

fn add_hook(
    text: &str,
    root: &Node<'_>,
    program: Program<'_>,
    event: Event,
    style: Style,
) -> Result<Option<(String, Change)>> {
    let layout = Layout::of(text, root);
    let mut handler = vec![("type", Item::string("command"))];
    if program.is_started_by_shell() {
        let command = shell::escape(&format!("{} hook", shell::word(program.path)));
        handler.push(("command", Item::escaped(&command)));
    } else {
        handler.push(("command", Item::string(program.path)));
        handler.push(("args", Item::List(vec![Item::string("hook")])));
    }
    handler.push(("timeout", Item::Raw(event.timeout.to_string())));
    let group = Item::object([("hooks", Item::List(vec![Item::object(handler)]))]);
    let list = Item::List(vec![group.clone()]);
    let added = Change::AddHook { event: event.name.to_string() };

    let Some(hooks) = root.get("hooks").map(|member| &member.node) else {
        let hooks = Item::object([(event.name, list)]);
        return Ok(Some((splice::insert(text, root, Some("hooks"), &hooks, style, &layout), added)));
    };
    let Value::Object(members) = &hooks.value else { return Err(wrong_shape("hooks", "an object")) };
    let Some(groups) = hooks.get(event.name).map(|member| &member.node) else {
        let style = if members.is_empty() { Style::Tight } else { style };
        return Ok(Some((splice::insert(text, hooks, Some(event.name), &list, style, &layout), added)));
    };
    let Value::Array(elements) = &groups.value else {
        return Err(wrong_shape(&format!("hooks.{}", event.name), "a list"));
    };
    let here = elements.iter().filter(|group| covers_everything(group)).flat_map(|group| handlers(group));
    if let Some(ours) = here.into_iter().find(|handler| is_ours(text, handler)) {
        let change = Change::UpdateHook { event: event.name.to_string() };
        return Ok(moved(text, ours, "hook", program.path).map(|new| (new, change)));
    }
    let style = if elements.is_empty() { Style::Tight } else { style };
    Ok(Some((splice::insert(text, groups, None, &group, style, &layout), added)))
}

/// A group whose matcher leaves nothing out.
fn covers_everything(group: &Node<'_>) -> bool {
    group.get("matcher").is_none_or(|matcher| matches!(matcher.node.as_str(), Some("" | "*")))
}

fn handlers<'n, 'a>(group: &'n Node<'a>) -> &'n [Node<'a>] {
    group.get("hooks").map_or(&[], |member| member.node.elements())
}

/// The inside of a JSON string as it stands in the text.
fn inside<'t>(text: &'t str, string: &Node<'_>) -> &'t str {
    &text[string.range.start + 1..string.range.end - 1]
}

/// Our hook, as a shell command or as a program with arguments.
pub(super) fn is_ours(text: &str, handler: &Node<'_>) -> bool {
    let Some(command) = handler.get("command").map(|member| &member.node) else { return false };
    let Some(decoded) = command.as_str() else { return false };
    match handler.get("args") {
        Some(arguments) => {
            let first = arguments.node.elements().first().and_then(Node::as_str);
            shell::is_binary(decoded) && first == Some("hook")
        }
        None => shell::is_ours(inside(text, command), "hook"),
    }
}

/// The text with a command of ours at the binary's path; None when it is there.
fn moved(text: &str, entry: &Node<'_>, subcommand: &str, binary: &str) -> Option<String> {
    let command = &entry.get("command")?.node;
    let new = if entry.get("args").is_some() {
        (command.as_str() != Some(binary)).then(|| shell::escape(binary))?
    } else {
        shell::moved(inside(text, command), subcommand, binary)?
    };
    Some(replace_inside(text, command, &new))
}

fn replace_inside(text: &str, string: &Node<'_>, new: &str) -> String {
    format!("{}{new}{}", &text[..string.range.start + 1], &text[string.range.end - 1..])
}

fn add_status_line(text: &str, root: &Node<'_>, binary: &str, style: Style) -> Option<(String, Change)> {
    let Some(line) = root.get("statusLine").map(|member| &member.node) else {
        let command = shell::escape(&format!("{} statusline", shell::word(binary)));
        let item = Item::object([("type", Item::string("command")), ("command", Item::escaped(&command))]);
        let layout = Layout::of(text, root);
        return Some((
            splice::insert(text, root, Some("statusLine"), &item, style, &layout),
            Change::AddStatusLine,
        ));
    };
    // A status line that Claude Code itself could not run has nothing to wrap and is not ours to mend.
    let command = &line.get("command")?.node;
    let original = command.as_str()?;
    if shell::is_ours(inside(text, command), "statusline") {
        return moved(text, line, "statusline", binary).map(|new| (new, Change::UpdateStatusLine));
    }
    let change = Change::WrapStatusLine { original: original.to_string() };
    Some((replace_inside(text, command, &shell::wrap(inside(text, command), binary)), change))
}

/// Where a hook of ours stands: event, group, handler.
struct Found {
    event: usize,
    group: usize,
    handler: usize,
}

/// Our hooks in the order of the text.
fn find_ours(text: &str, root: &Node<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let events = root.get("hooks").map_or(&[][..], |hooks| hooks.node.members());
    for (event, member) in events.iter().enumerate() {
        for (group, node) in member.node.elements().iter().enumerate() {
            for (handler, node) in handlers(node).iter().enumerate() {
                if is_ours(text, node) {
                    found.push(Found { event, group, handler });
                }
            }
        }
    }
    found
}

/// A hook of ours in a settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    pub event: String,
    /// Its group's matcher leaves nothing out.
    pub covers_everything: bool,
    pub command: String,
    /// The program in the command, as it stands there.
    pub program: String,
    /// It is the plugin's script, which a shell reads.
    pub is_script: bool,
    /// Of the command in the text.
    pub range: Range<usize>,
}

/// Every hook of ours, in the order of the text.
pub fn registered(text: &str, root: &Node<'_>) -> Vec<Registered> {
    let events = root.get("hooks").map_or(&[][..], |hooks| hooks.node.members());
    let all = find_ours(text, root).into_iter().filter_map(|found| {
        let member = &events[found.event];
        let group = &member.node.elements()[found.group];
        let handler = &handlers(group)[found.handler];
        let command = &handler.get("command")?.node;
        let text = command.as_str()?;
        let (program, is_script) = match handler.get("args") {
            Some(_) => (text.to_string(), false),
            None => shell::program(text)?,
        };
        Some(Registered {
            event: member.key.to_string(),
            covers_everything: covers_everything(group),
            command: text.to_string(),
            program,
            is_script,
            range: command.range.clone(),
        })
    });
    all.collect()
}

/// The status line of a settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusLine {
    /// Ours, around another one or alone; the program as it stands there.
    Ours(String),
    /// Somebody else's.
    Foreign,
}

/// None when the file has none that Claude Code could run.
pub fn status_line(text: &str, root: &Node<'_>) -> Option<StatusLine> {
    let command = &root.get("statusLine")?.node.get("command")?.node;
    let decoded = command.as_str()?;
    if !shell::is_ours(inside(text, command), "statusline") {
        return Some(StatusLine::Foreign);
    }
    shell::first_words(decoded, 1).pop().map(StatusLine::Ours)
}

/// The text without one hook of ours, where an event has two that see everything.
fn without_second_copy(text: &str) -> Result<Option<(String, Change)>> {
    let document = parse(text)?;
    let root = root_of(&document)?;
    let Some(hooks) = root.get("hooks") else { return Ok(None) };
    let found = find_ours(text, root);
    let full =
        |found: &&Found| covers_everything(&hooks.node.members()[found.event].node.elements()[found.group]);
    let full: Vec<&Found> = found.iter().filter(full).collect();
    let second = full.windows(2).find(|pair| pair[0].event == pair[1].event).map(|pair| pair[1]);
    Ok(second.map(|second| {
        let event = hooks.node.members()[second.event].key.to_string();
        (without(text, root, second), Change::RemoveHook { event })
    }))
}

/// Takes out one hook, and with it what only held it.
fn without(text: &str, root: &Node<'_>, found: &Found) -> String {
    let hooks_at = root.members().iter().rposition(|member| member.key == "hooks").unwrap_or(0);
    let hooks = &root.members()[hooks_at].node;
    let groups = &hooks.members()[found.event].node;
    let group = &groups.elements()[found.group];
    if handlers(group).len() > 1
        && let Some(list) = group.get("hooks")
    {
        return splice::remove(text, &list.node, found.handler);
    }
    if groups.elements().len() > 1 || !splice::is_made_for_its_item(text, groups) {
        return splice::remove(text, groups, found.group);
    }
    if hooks.members().len() > 1 || !splice::is_made_for_its_item(text, hooks) {
        return splice::remove(text, hooks, found.event);
    }
    splice::remove(text, root, hooks_at)
}

fn uninstalled(start: &str) -> Result<(String, Vec<Change>)> {
    let mut text = start.to_string();
    let mut changes = Vec::new();
    // In the opposite order of `installed`, so that each item is the last one again when it is taken out.
    let document = parse(&text)?;
    let step = match &document.root {
        Some(root) if matches!(root.value, Value::Object(_)) => remove_status_line(&text, root),
        _ => return Ok((text, changes)),
    };
    if let Some((new, change)) = step {
        text = new;
        changes.push(change);
    }
    loop {
        let document = parse(&text)?;
        let root = root_of(&document)?;
        let found = find_ours(&text, root);
        let Some(last) = found.last() else { break };
        let event = root.get("hooks").map(|hooks| hooks.node.members()[last.event].key.to_string());
        changes.push(Change::RemoveHook { event: event.unwrap_or_default() });
        let new = without(&text, root, last);
        text = new;
    }
    changes.reverse();
    Ok((text, changes))
}

fn remove_status_line(text: &str, root: &Node<'_>) -> Option<(String, Change)> {
    let at = root.members().iter().rposition(|member| member.key == "statusLine")?;
    let command = &root.members()[at].node.get("command")?.node;
    command.as_str()?;
    let inside = inside(text, command);
    if !shell::is_ours(inside, "statusline") {
        return None;
    }
    Some(match shell::unwrap(inside) {
        Some(original) => {
            let new = replace_inside(text, command, &original);
            let shown = serde_json::from_str(&format!("\"{original}\"")).unwrap_or(original);
            (new, Change::RestoreStatusLine { original: shown.into_owned() })
        }
        None => (splice::remove(text, root, at), Change::RemoveStatusLine),
    })
}

#[cfg(test)]
mod tests;
