//! Install and uninstall on files of every shape.

use super::*;
use crate::base::disk;
use proptest::prelude::*;

const BINARY: &str = "/home/o'neil/.cargo/bin/cost-hook";

fn install(text: &str) -> String {
    let plan = plan_install(Some(text.as_bytes()), BINARY, &EVENTS).unwrap();
    String::from_utf8(plan.new_bytes).unwrap()
}

fn uninstall(text: &str) -> String {
    String::from_utf8(plan_uninstall(text.as_bytes()).unwrap().new_bytes).unwrap()
}

fn there_and_back(text: &str) {
    let there = install(text);
    assert_ne!(there, text);
    assert_eq!(install(&there), there, "a second time changes nothing");
    assert_eq!(uninstall(&there), text, "through\n{there}");
    let value: serde_json::Value = match serde_json::from_str(there.trim_start_matches('\u{feff}')) {
        Ok(value) => value,
        Err(_) => return,
    };
    for event in EVENTS {
        let groups = value["hooks"][event.name].as_array().unwrap();
        let handler = &groups.last().unwrap()["hooks"][0];
        assert_eq!(handler["command"], r"'/home/o'\''neil/.cargo/bin/cost-hook' hook");
        assert_eq!(handler["timeout"], event.timeout);
    }
    let line = value["statusLine"]["command"].as_str().unwrap();
    assert!(line.starts_with(r"'/home/o'\''neil/.cargo/bin/cost-hook' statusline"));
}

#[test]
fn a_usual_file() {
    let text = "{\n  \"model\": \"opus\",\n  \"permissions\": {\n    \"allow\": []\n  }\n}\n";
    let plan = plan_install(Some(text.as_bytes()), "/b/cost-hook", &EVENTS[..1]).unwrap();
    let expected = "{\n  \"model\": \"opus\",\n  \"permissions\": {\n    \"allow\": []\n  },\n  \"hooks\": {\n    \
         \"SessionStart\": [\n      {\n        \"hooks\": [\n          {\n            \"type\": \
         \"command\",\n            \"command\": \"'/b/cost-hook' hook\",\n            \"timeout\": 30\n          \
         }\n        ]\n      }\n    ]\n  },\n  \"statusLine\": {\n    \"type\": \"command\",\n    \
         \"command\": \"'/b/cost-hook' statusline\"\n  }\n}\n";
    assert_eq!(String::from_utf8(plan.new_bytes).unwrap(), expected);
    let shown: Vec<String> = plan.changes.iter().map(Change::to_string).collect();
    assert_eq!(shown, ["add the hook for SessionStart", "add the status line"]);
}

#[test]
fn every_odd_file_comes_back() {
    for text in [
        "{}",
        "{}\n",
        "{ }",
        "{\n}",
        "{\r\n}\r\n",
        "{\n\n}\n",
        "{\"a\":1}",
        "{\"a\":1\n}",
        "{ \"a\": 1 }",
        "{\"hooks\":{}}",
        "{\"hooks\": { }}",
        "{\n  \"hooks\": {\n  }\n}\n",
        "{\n  \"hooks\": {\n    \"Stop\": []\n  }\n}\n",
        "{\n\t\"hooks\": {\n\t\t\"Stop\": [\n\t\t]\n\t},\n\t\"z\": 1\n}",
        "{\"hooks\":{\"Stop\":[{\"hooks\":[{\"type\":\"command\",\"command\":\"say hi\"}]}]}}",
        "{\"hooks\":{\"PreToolUse\":[{\"matcher\":\"Bash\",\"hooks\":[{\"type\":\"command\",\"command\":\"x\"}]}]},\"b\":2}",
        "{\"statusLine\":{\"type\":\"command\",\"command\":\"~\\/x.sh 'a' \\u0027b\\u0027\",\"padding\":0}}",
        "{\"statusLine\":{\"type\":\"command\",\"command\":\"\"}}\n",
        "// mine\n{\n  // two\n  \"a\": 1, // three\n}\n// end\n",
        "{\"a\": [1,],}",
        "\u{feff}{\r\n    \"a\": 1\r\n}\r\n",
    ] {
        there_and_back(text);
    }
}

#[test]
fn an_absent_or_empty_file_becomes_one_of_ours() {
    for start in [None, Some(&b""[..]), Some(b" \n")] {
        let plan = plan_install(start, BINARY, &EVENTS).unwrap();
        assert_eq!(plan.changes.len(), EVENTS.len() + 1);
        assert_eq!(plan_uninstall(&plan.new_bytes).unwrap().new_bytes, b"{}\n");
    }
}

#[test]
fn a_moved_binary_is_followed_and_copies_are_removed() {
    let old = plan_install(Some(b"{\"a\": 1}"), "/old place/cost-hook", &EVENTS).unwrap().new_bytes;
    let plan = plan_install(Some(&old), BINARY, &EVENTS).unwrap();
    assert_eq!(plan.new_bytes, install("{\"a\": 1}").as_bytes());
    assert!(plan.changes.contains(&Change::UpdateHook { event: "Stop".to_string() }));
    assert!(plan.changes.contains(&Change::UpdateStatusLine));
    let double = String::from_utf8(old).unwrap().replacen(
        "\"SessionStart\": [",
        "\"SessionStart\": [\n{\"hooks\": [{\"type\": \"command\", \"command\": \"cost-hook hook\"}]},",
        1,
    );
    assert_eq!(install(&double).matches("cost-hook' hook").count(), EVENTS.len());
    assert_eq!(uninstall(&double), "{\"a\": 1}");
}

#[test]
fn what_cannot_be_added_to_is_left_alone() {
    for text in ["{", "[]", "{\"hooks\": []}", "{\"hooks\": {\"Stop\": {}}}", "1"] {
        assert!(plan_install(Some(text.as_bytes()), BINARY, &EVENTS).is_err(), "{text}");
    }
    assert!(plan_install(Some(b"\xff"), BINARY, &EVENTS).is_err());
    let odd = "{\"statusLine\": null}";
    assert!(install(odd).contains("\"statusLine\": null"));
    assert_eq!(uninstall("[]"), "[]");
}

#[test]
fn applying_keeps_a_backup_and_does_nothing_twice() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".claude/settings.json");
    let plan = |bytes: Option<&[u8]>| plan_install(bytes, BINARY, &EVENTS);
    assert_eq!(apply(&path, plan).unwrap().1.backup, None);
    assert_eq!(apply(&path, plan).unwrap().0, []);
    let before = disk::read(&path).unwrap().unwrap();
    let (_, written) = apply(&path, |bytes| plan_uninstall(bytes.unwrap_or_default())).unwrap();
    assert_eq!(disk::read(&written.backup.unwrap()).unwrap().unwrap(), before);
    assert_eq!(disk::read(&path).unwrap().unwrap(), b"{}\n");
}

fn space() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", " ", "\n", "\n  ", "\n\t", "\r\n    ", "  \n"]).prop_map(String::from)
}

/// JSON in every layout there could be, foreign hooks and empty lists of them included.
fn file() -> impl Strategy<Value = String> {
    let handler =
        prop::sample::select(vec![r#"{"type":"command","command":"x"}"#, "{ \"type\": \"prompt\" }", "null"]);
    let group = prop_oneof![
        handler.prop_map(|handler| format!("{{\"hooks\":[{handler}]}}")),
        Just("{\"matcher\":\"Bash\",\n\"hooks\":[]}".to_string()),
        Just("{}".to_string()),
    ];
    let list = |item: BoxedStrategy<String>, open: &'static str, close: &'static str| {
        prop::collection::vec((space(), item, space()), 0..3).prop_flat_map(move |items| {
            space().prop_map(move |inner| {
                let inner = if items.is_empty() { inner } else { String::new() };
                let items: Vec<String> = items.iter().map(|(a, b, c)| format!("{a}{b}{c}")).collect();
                format!("{open}{inner}{}{close}", items.join(","))
            })
        })
    };
    let name = prop::sample::select(vec!["Stop", "PreToolUse", "Notification"]);
    let event =
        (name, list(group.boxed(), "[", "]")).prop_map(|(name, groups)| format!("\"{name}\":{groups}"));
    // Of a name that comes twice only the last counts, which is a case of its own.
    let hooks = list(event.boxed(), "{", "}").prop_filter("a name twice", |hooks| {
        ["Stop", "PreToolUse", "Notification"].iter().all(|name| hooks.matches(name).count() < 2)
    });
    let status = prop::sample::select(vec![
        r#"{"type":"command","command":"a 'b' \u0027c"}"#,
        r#"{"command":"~/x.sh","padding":0}"#,
    ]);
    let member = prop_oneof![
        3 => "[a-z]{1,3}".prop_map(|key| format!("\"{key}\": [1, {{}}]")),
        2 => hooks.prop_map(|hooks| format!("\"hooks\":{hooks}")),
        1 => status.prop_map(|status| format!("\"statusLine\": {status}")),
    ];
    let root = list(member.boxed(), "{", "}").prop_filter("a key twice", |text| {
        text.matches("\"statusLine\"").count() < 2 && text.matches("\"hooks\":{").count() < 2
    });
    (space(), root, space()).prop_map(|(a, b, c)| format!("{a}{b}{c}"))
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 400, ..ProptestConfig::with_cases(300) })]
    #[test]
    fn installing_and_removing_gives_the_same_bytes(text in file()) {
        there_and_back(&text);
    }
}

/// What Windows gets: hooks that no shell starts, and a status line for whichever shell there is.
#[test]
fn on_windows_no_shell_stands_between() {
    let plan = |text: &str, path| {
        let program = Program { path, platform: Platform::Windows };
        let plan = planned(Some(text.as_bytes()), program, &EVENTS, true).unwrap();
        String::from_utf8(plan.new_bytes).unwrap()
    };
    for (path, line) in [
        (r"C:\npm\cost-hook.exe", "C:/npm/cost-hook.exe statusline"),
        (r"C:\Users\Ada L\cost-hook.exe", "'C:/Users/Ada L/cost-hook.exe' statusline"),
        (r"\\share\it\cost-hook.exe", "'//share/it/cost-hook.exe' statusline"),
    ] {
        for before in ["{}", "{\n  \"statusLine\": {\"type\": \"command\", \"command\": \"~/it's.sh\"}\n}\n"]
        {
            let after = plan(before, path);
            let value: serde_json::Value = serde_json::from_str(&after).unwrap();
            for event in EVENTS {
                let handler = &value["hooks"][event.name][0]["hooks"][0];
                let wanted = serde_json::json!({
                    "type": "command", "command": path, "args": ["hook"], "timeout": event.timeout
                });
                assert_eq!(handler, &wanted);
            }
            let shown = value["statusLine"]["command"].as_str().unwrap();
            assert!(shown == line || shown == format!(r"{line} --then '~/it'\''s.sh'"), "{shown}");
            assert_eq!(plan(&after, path), after, "a second time changes nothing");
            assert_eq!(uninstall(&after), before, "through\n{after}");
            // The program moves: both follow.
            let moved = plan(&after, r"D:\x\cost-hook.exe");
            assert_eq!(moved, plan(before, r"D:\x\cost-hook.exe"));
        }
    }
}
