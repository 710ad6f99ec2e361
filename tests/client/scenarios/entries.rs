//! What in a settings file makes the client leave hooks or the whole file out, beside what `cost-hook validate` says of
//! the same bytes. Each case is a file with a fault and hooks around it that leave marks: what ran must be what is
//! left when all that `validate` calls broken is taken out. Not here: which files are read (`configuration`).

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{Scenario, product};
use crate::api::Api;
use crate::client::{Endpoint, Home, Run};
use crate::ledger;
use crate::script::{Reply, Script};

pub(super) const ALL: &[Scenario] = &[
    product("entries::handlers", handlers),
    product("entries::keys_of_handlers", keys_of_handlers),
    product("entries::groups_and_events", groups_and_events),
    product("entries::misplaced", misplaced),
    product("entries::bytes", bytes),
    product("entries::keys_of_the_client", keys_of_the_client),
    product("entries::never_run", never_run),
    product("entries::managed", managed),
    product("entries::hooks_off", hooks_off),
];

/// The files a client reads in a folder below a repository's root, of which none disturbs another.
const PLACES: [&str; 4] = [
    "home/.claude/settings.json",
    "project/sub/.claude/settings.json",
    "project/sub/.claude/settings.local.json",
    "project/.claude/settings.local.json",
];
const MANAGED: &str = "managed/managed-settings.json";

/// `@X` stands for a hook that leaves the mark X, `@A` for a variable that shows to a tool that the file counts.
type Case = (&'static str, Vec<u8>);

fn case(what: &'static str, text: String) -> Case {
    (what, text.into_bytes())
}

/// A broken handler, with good hooks beside it, in another group and for another event.
fn of_handler(event: &str, handler: &str) -> String {
    format!(
        r#"{{"hooks": {{"{event}": [{{"hooks": [{handler}, @H]}}, {{"hooks": [@G]}}], "Stop": [{{"hooks": [@E]}}]}}, @A}}"#
    )
}

fn of_group(event: &str, group: &str) -> String {
    format!(r#"{{"hooks": {{"{event}": [{group}, {{"hooks": [@G]}}], "Stop": [{{"hooks": [@E]}}]}}, @A}}"#)
}

fn of_event(event: &str, list: &str) -> String {
    format!(r#"{{"hooks": {{"{event}": {list}, "Stop": [{{"hooks": [@E]}}]}}, @A}}"#)
}

/// Good hooks with something among the events, and something among the keys of the file.
fn beside(event: &str, key: &str) -> String {
    let good = r#""UserPromptSubmit": [{"hooks": [@G]}], "Stop": [{"hooks": [@E]}]"#;
    format!(r#"{{"hooks": {{{good}{event}}}{key}, @A}}"#)
}

fn keys(keys: &[&'static str]) -> Vec<Case> {
    keys.iter().map(|key| case(key, beside("", &format!(", {key}")))).collect()
}

fn nested_lists(levels: usize) -> String {
    beside("", &format!(r#", "x": {}{}"#, "[".repeat(levels), "]".repeat(levels)))
}

/// The same fault for an event that guards permissions and one that does not.
fn for_both(list: &[&'static str], text: fn(&str, &str) -> String) -> Vec<Case> {
    let events = ["UserPromptSubmit", "PreToolUse"];
    list.iter().flat_map(|&fault| events.map(|event| case(fault, text(event, fault)))).collect()
}

fn handlers() {
    judge(for_both(
        &[
            r#""x""#,
            "null",
            "{}",
            r#"{"type": "shell"}"#,
            r#"{"type": "command"}"#,
            r#"{"type": "command", "command": 5}"#,
            r#"{"type": "http", "url": "nonsense"}"#,
            r#"{"type": "prompt"}"#,
            r#"{"type": "mcp_tool", "server": "a"}"#,
        ],
        of_handler,
    ));
}

/// Only for a guard: there the whole file tells what the client makes of the key.
fn keys_of_handlers() {
    const KEYS: [(&str, &str); 22] = [
        (r#""command", "command": "true""#, r#""timeout": -1"#),
        (r#""command", "command": "true""#, r#""timeout": 0"#),
        (r#""command", "command": "true""#, r#""timeout": 1.5"#),
        (r#""command", "command": "true""#, r#""args": [1]"#),
        (r#""command", "command": "true""#, r#""onFailure": "maybe""#),
        (r#""command", "command": "true""#, r#""async": "yes""#),
        (r#""command", "command": "true""#, r#""if": 5"#),
        (r#""command", "command": "true""#, r#""shell": "fish""#),
        (r#""command", "command": "true""#, r#""once": 1"#),
        (r#""command", "command": "true""#, r#""rewakeMessage": """#),
        (r#""command", "command": "true""#, r#""url": 5"#),
        (r#""command", "command": "true""#, r#""extra": 5"#),
        (r#""http", "url": "http://127.0.0.1:1/""#, r#""headers": {"A": 5}"#),
        (r#""http", "url": "http://127.0.0.1:1/""#, r#""allowedEnvVars": "A""#),
        (r#""http", "url": "http://127.0.0.1:1/""#, r#""async": 5"#),
        (r#""http", "url": "http:///""#, r#""once": true"#),
        (r#""mcp_tool", "server": "a", "tool": "b""#, r#""input": []"#),
        (r#""mcp_tool", "server": "a", "tool": "b""#, r#""onFailure": 5"#),
        (r#""prompt", "prompt": "x""#, r#""continueOnBlock": 5"#),
        (r#""prompt", "prompt": "x""#, r#""model": 5"#),
        (r#""agent", "prompt": "x""#, r#""model": 5"#),
        (r#""agent", "prompt": "x""#, r#""continueOnBlock": 5"#),
    ];
    let one = |(kind, key): &(&'static str, &'static str)| {
        let group = format!(r#"{{"matcher": "Nothing", "hooks": [{{"type": {kind}, {key}}}]}}"#);
        case(key, of_group("PreToolUse", &group))
    };
    judge(KEYS.iter().map(one).collect());
}

fn groups_and_events() {
    let mut cases = for_both(
        &[
            "5",
            "{}",
            r#"{"hooks": {}}"#,
            r#"{"matcher": 5, "hooks": [@H]}"#,
            r#"{"matcher": null, "hooks": [@H]}"#,
            r#"{"matcher": "*", "extra": 1, "hooks": [@H]}"#,
        ],
        of_group,
    );
    cases.extend(for_both(&["null", "{}", "false", "[]"], of_event));
    let permission = r#"{"hooks": [{"type": "shell"}]}"#;
    cases.push(case("a handler of PermissionRequest", of_group("PermissionRequest", permission)));
    judge(cases);
}

fn misplaced() {
    let group = r#"{"matcher": "", "hooks": [@H]}"#;
    let nested = |levels: usize, value: &str| {
        beside("", &format!(r#", "x": {}{value}{}"#, r#"{"a": "#.repeat(levels), "}".repeat(levels)))
    };
    judge(vec![
        case("hooks is a list", r#"{"hooks": [], @A}"#.to_owned()),
        case("hooks is a list of a number", r#"{"hooks": [1], @A}"#.to_owned()),
        case("hooks is a list of an object", r#"{"hooks": [{}], @A}"#.to_owned()),
        case("hooks is a string", r#"{"hooks": "x", @A}"#.to_owned()),
        case("hooks is a group", format!(r#"{{"hooks": {group}, @A}}"#)),
        case("an unknown event", beside(&format!(r#", "PreTooluse": [{group}]"#), "")),
        case("an unknown event with anything", beside(r#", "Foo": 5"#, "")),
        case("an unknown event with a group", beside(&format!(r#", "PreTooluse": {group}"#), "")),
        case("an unknown event with a guard", beside(r#", "Foo": [{"PreToolUse": [1]}]"#, "")),
        case("an unknown event with an empty guard", beside(r#", "Foo": {"PreToolUse": []}"#, "")),
        case("a guard in a group", beside(r#", "SessionEnd": [{"hooks": [], "PreToolUse": [1]}]"#, "")),
        case("a guard beside hooks", beside("", r#", "PreToolUse": [1]"#)),
        case("an empty guard beside hooks", beside("", r#", "PreToolUse": []"#)),
        case("another event beside hooks", beside("", r#", "Stop": [{"hooks": []}]"#)),
        case("a guard among the permissions", beside("", r#", "permissions": {"PreToolUse": 5}"#)),
        case("a guard of a server", beside("", r#", "mcpServers": {"PreToolUse": {}}"#)),
        case("a guard four levels down", nested(3, r#"{"PermissionRequest": {}}"#)),
        case("a guard five levels down", nested(4, r#"{"PermissionRequest": {}}"#)),
        case("a group four levels down", nested(3, group)),
        case("a group five levels down", nested(4, group)),
        case("a group with an event", beside("", r#", "x": {"hooks": [1], "Stop": []}"#)),
    ]);
}

fn bytes() {
    let good = || beside("", "");
    let largest = |more: usize| {
        let text = good();
        // As long as a settings file may be, once the placeholders are filled in.
        format!("{text}{}", " ".repeat((2 << 20) - filled_length(&text) + more))
    };
    judge(vec![
        case("a comment", format!("// why\n{}", good())),
        case("a comma too many", r#"{"hooks": {"Stop": [{"hooks": [@E],}]}, @A}"#.to_owned()),
        case("a byte order mark", format!("\u{feff}{}", good())),
        case("single quotes", beside("", ", 'x': 1")),
        case("a control character", beside("", ", \"x\": \"a\tb\"")),
        case("a number beyond all", beside("", r#", "x": 1e999"#)),
        case("a key that stands twice", beside("", r#", "hooks": {"Stop": [{"hooks": [@H]}]}"#)),
        case("an event that stands twice", beside(r#", "Stop": [{"hooks": [@H]}]"#, "")),
        case("a guard that is mended below", beside(r#", "PreToolUse": [{}], "PreToolUse": []"#, "")),
        case("a list", "[]".to_owned()),
        case("not an object", "null".to_owned()),
        case("cut off", good().trim_end_matches('}').to_owned()),
        case("64 levels", nested_lists(63)),
        case("65 levels", nested_lists(64)),
        case("two mebibytes", largest(0)),
        case("a byte more", largest(1)),
        case("our own keys", beside("", r#", "cost": 5, "team": []"#)),
    ]);
}

fn keys_of_the_client() {
    judge(keys(&[
        r#""permissions": []"#,
        r#""permissions": {"allow": "x"}"#,
        r#""permissions": {"allow": [5]}"#,
        r#""model": 5"#,
        r#""model": null"#,
        r#""language": 5"#,
        r#""fallbackModel": "x""#,
        r#""disableAllHooks": "yes""#,
        r#""statusLine": {}"#,
        r#""statusLine": {"type": "command"}"#,
        r#""statusLine": {"type": "text", "command": "x"}"#,
        r#""statusLine": {"type": "command", "command": "x", "padding": "y"}"#,
        r#""cleanupPeriodDays": 0"#,
        r#""cleanupPeriodDays": 1.5"#,
        r#""cleanupPeriodDays": 1e2"#,
        r#""$schema": 5"#,
        r#""enabledPlugins": []"#,
        r#""unknown": []"#,
    ]));
}

fn never_run() {
    let condition = r#"{"type": "command", "command": "touch '$MARKS/%I'", "if": "Bash(ls:*)"}"#;
    let at_the_start = r#"{"type": "prompt", "prompt": "x"}"#;
    judge(vec![
        case("if without a tool", of_handler("UserPromptSubmit", condition)),
        case("a prompt at the start", of_handler("SessionStart", at_the_start)),
        case("no expression", of_group("PreToolUse", r#"{"matcher": "*Bash", "hooks": [@H]}"#)),
        case("an open parenthesis", of_group("PostToolUse", r#"{"matcher": "(Bash", "hooks": [@H]}"#)),
        case("an expression", of_group("PreToolUse", r#"{"matcher": "^B.s(h)?", "hooks": [@H]}"#)),
        case("a list of names", of_group("PreToolUse", r#"{"matcher": "Edit, Bash", "hooks": [@H]}"#)),
        case("where none is looked at", of_group("UserPromptSubmit", r#"{"matcher": "(", "hooks": [@H]}"#)),
    ]);
}

/// Managed settings lose as little as possible, and stop the client when they are no JSON.
fn managed() {
    for (what, bytes) in [
        case("a handler", of_handler("UserPromptSubmit", r#"{"type": "shell"}"#)),
        case("a guard's handler", of_handler("PreToolUse", r#"{"type": "shell"}"#)),
        case("a key of the client", beside("", r#", "model": 5"#)),
        case("a guard beside hooks", beside("", r#", "PreToolUse": [1]"#)),
        case("hooks is a list", r#"{"hooks": [{}], @A}"#.to_owned()),
        case("64 levels", nested_lists(63)),
        case("65 levels", nested_lists(64)),
    ] {
        let (_api, home) = fresh();
        write(&home, MANAGED, &filled(&home, 0, &bytes));
        // An empty drop-in is no fault.
        write(&home, "managed/managed-settings.d/10.json", b"");
        let run = start(&home, true);
        assert_eq!(run.err.contains(MANAGED.rsplit('/').next().unwrap()), what != "64 levels", "{}", run.err);
        compare(&home, &run, &[(what, bytes)], &[MANAGED]);
    }
    for (file, text) in [(MANAGED, "// no JSON\n{}"), ("managed/managed-settings.d/10.json", "[]")] {
        let (api, home) = fresh();
        write(&home, file, text.as_bytes());
        let run = start(&home, true);
        assert_eq!(run.code, Some(1), "{file}");
        assert!(run.err.contains("could not be parsed as a JSON object"), "{}", run.err);
        assert_eq!(api.calls().len(), 0);
        let problems = problems(&home);
        assert!(problems.iter().any(|found| found["severity"] == "error"), "{file}: {problems:?}");
    }
}

/// `disableAllHooks` goes by the order of files; only managed hooks survive it.
fn hooks_off() {
    let hook = |mark: &str| format!(r#"{{"hooks": {{"Stop": [{{"hooks": [@{mark}]}}]}}"#);
    let plain = |mark| format!("{}, @A}}", hook(mark));
    let with = |mark, value| format!(r#"{}, "disableAllHooks": {value}, @A}}"#, hook(mark));
    for (user, project, managed, ran) in [
        (plain("G"), with("H", "true"), plain("E"), "E"),
        (with("G", "true"), with("H", "false"), plain("E"), "EGH"),
        (plain("G"), plain("H"), with("E", "true"), ""),
    ] {
        let (_api, home) = fresh();
        for (file, text) in [(PLACES[0], &user), (PLACES[1], &project), (MANAGED, &managed)] {
            write(&home, file, &filled(&home, 0, text.as_bytes()));
        }
        let run = start(&home, true);
        assert_eq!(run.ended(), "completed", "{}", run.err);
        let marks: String = marks(&home, 0).into_iter().collect();
        assert_eq!(marks, ran, "{user} {project} {managed}");
    }
}

fn fresh() -> (Api, Home) {
    let api = Api::start(Script::new().on("GO", vec![Reply::bash(&["env > seen"])]));
    let home = Home::new(&api.url(), Endpoint::Claude, false);
    for folder in ["marks", "project/.git", "project/sub"] {
        fs::create_dir_all(home.path(folder)).unwrap();
    }
    (api, home)
}

/// The cases, a few at a time.
fn judge(cases: Vec<Case>) {
    for some in cases.chunks(PLACES.len()) {
        let (_api, home) = fresh();
        for (i, ((_, bytes), place)) in some.iter().zip(PLACES).enumerate() {
            write(&home, place, &filled(&home, i, bytes));
        }
        let run = start(&home, false);
        assert_eq!(run.err, "", "the client says nothing of it");
        compare(&home, &run, some, &PLACES);
    }
}

fn start(home: &Home, is_managed: bool) -> Run {
    let mut client = home.headless("GO", &[]);
    client.current_dir(home.path("project/sub"));
    home.spawn(if is_managed { home.administered(&client) } else { client }).finish()
}

fn write(home: &Home, file: &str, bytes: &[u8]) {
    let file = home.path(file);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, bytes).unwrap();
}

fn filled(home: &Home, number: usize, bytes: &[u8]) -> Vec<u8> {
    let mut text = String::from_utf8(bytes.to_vec()).unwrap();
    for mark in ["H", "G", "E"] {
        let hook = format!(r#"{{"type": "command", "command": "touch '$MARKS/%{mark}'"}}"#);
        text = text.replace(&format!("@{mark}"), &hook);
    }
    text = text.replace("@A", &format!(r#""env": {{"FILE_{number}": "counts"}}"#));
    // Fixed in length, so that a case can be of a certain size.
    let marks = format!("{:/<60}", home.path("marks").display().to_string());
    text.replace("$MARKS", &marks).replace('%', &format!("{number}")).into_bytes()
}

/// How long a case's text will be.
fn filled_length(text: &str) -> usize {
    let hook = |mark| text.matches(&format!("@{mark}")).count();
    let hooks = hook("H") + hook("G") + hook("E");
    let one = r#"{"type": "command", "command": "touch '/0X'"}"#.len() + 60;
    text.len() + hooks * (one - 2) + text.matches("@A").count() * (r#""env": {"FILE_0": "counts"}"#.len() - 2)
}

/// Which of a file's hooks ran.
fn marks(home: &Home, number: usize) -> BTreeSet<String> {
    let files = fs::read_dir(home.path("marks")).unwrap().flatten();
    let names = files.map(|file| file.file_name().into_string().unwrap());
    names.filter_map(|name| Some(name.strip_prefix(&number.to_string())?.to_owned())).collect()
}

fn problems(home: &Home) -> Vec<Value> {
    let mut command: Command = home.command(Path::new(&ledger::binary()));
    let done = command.args(["validate", "--json"]).current_dir(home.path("project/sub")).output().unwrap();
    let answer: Value = serde_json::from_slice(&done.stdout).unwrap();
    answer["problems"].as_array().unwrap().clone()
}

/// What ran against what is left when everything `validate` calls broken is taken out.
fn compare(home: &Home, run: &Run, cases: &[Case], places: &[&str]) {
    assert_eq!(run.ended(), "completed", "{}", run.err);
    let seen = fs::read_to_string(home.path("project/sub/seen")).unwrap();
    let problems = problems(home);
    for (number, ((what, _), place)) in cases.iter().zip(places).enumerate() {
        let path = home.path(place);
        let text = String::from_utf8(fs::read(&path).unwrap()).unwrap();
        let own: Vec<&Value> =
            problems.iter().filter(|found| found["file"] == *path.to_str().unwrap()).collect();
        let counts = seen.lines().any(|line| line == format!("FILE_{number}=counts"));
        let (left, file_counts) = predicted(&text, &own, *place == MANAGED);
        let about = format!("{what}\n{:.600}\n{own:#?}", text.trim());
        assert_eq!(marks(home, number), left, "which hooks ran: {about}");
        assert_eq!(counts, file_counts && text.contains("FILE_"), "whether the file counts: {about}");
    }
}

/// The marks that should be left, and whether the file counts.
fn predicted(text: &str, problems: &[&Value], is_managed: bool) -> (BTreeSet<String>, bool) {
    let (mut lost_units, mut counts, mut hooks_run) = (Vec::new(), true, true);
    for found in problems {
        let key = found["key"].as_str().unwrap_or_default();
        let rule = found["rule"].as_str().unwrap();
        let severity = match rule {
            "broken-guard" if is_managed => {
                hooks_run &= !key.starts_with("hooks");
                "error"
            }
            "client-type" if is_managed => "error",
            "broken-guard" | "client-type" | "comment" | "trailing-comma" | "invalid-json"
            | "not-strict-json" | "not-an-object" | "too-large" => {
                counts = false;
                "error"
            }
            "broken-hook" => {
                lost_units.push(unit(key));
                "error"
            }
            "never-runs" | "unknown-event" => {
                lost_units.push(unit(key));
                "warning"
            }
            // Of our own keys, or without a consequence.
            "wrong-type" => "error",
            "byte-order-mark" | "duplicate-key" | "too-deep" => "warning",
            other => panic!("a rule this does not know: {other}"),
        };
        assert_eq!(found["severity"], severity, "{found}");
    }
    if !counts || !hooks_run {
        return (BTreeSet::new(), counts);
    }
    let document: Value = match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(document) => document,
        // Numbers beyond our reader's: without them.
        Err(_) => serde_json::from_str(&text.replace("1e999", "1")).unwrap(),
    };
    let mut all = Vec::new();
    collect(&document, String::new(), &mut all);
    let is_lost = |path: &str| {
        let inside = |unit: &String| {
            path.strip_prefix(unit.as_str())
                .is_some_and(|rest| rest.starts_with(['.', '[']) || rest.is_empty())
        };
        !path.starts_with("hooks.") || lost_units.iter().any(inside)
    };
    let left = all.into_iter().filter(|(path, _)| !is_lost(path)).map(|(_, mark)| mark);
    (left.collect(), counts)
}

/// The smallest unit around a key: a handler, else its group, else the event.
fn unit(key: &str) -> String {
    let end = |from: usize| key[from..].find(']').map(|at| from + at + 1);
    let group = end(0).filter(|_| key.contains('['));
    let handler = group.filter(|at| key[*at..].starts_with(".hooks[")).and_then(end);
    key[..handler.or(group).unwrap_or(key.len())].to_owned()
}

/// Every hook that leaves a mark, with its place.
fn collect(value: &Value, path: String, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            if let Some(command) = members.get("command").and_then(Value::as_str)
                && let Some(mark) = command.strip_prefix("touch '")
            {
                found.push((path.clone(), mark.chars().rev().nth(1).unwrap().to_string()));
            }
            for (key, value) in members {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                collect(value, below, found);
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                collect(item, format!("{path}[{i}]"), found);
            }
        }
        _ => {}
    }
}
