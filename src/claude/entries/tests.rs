//! Shapes and verdicts as measured with Claude Code 2.1.330; the client's own verdicts on the same shapes are in
//! `tests/client/scenarios/configuration.rs`.

use super::*;
use crate::base::jsonc;

fn found(text: &str) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let around =
        Surroundings { managed: false, path: Some("/usr/bin:/bin"), home: dir.path(), project: dir.path() };
    let document = jsonc::parse(text).unwrap();
    let list = check(text, document.root.as_ref().unwrap(), &around, "settings.json");
    list.iter().map(|found| format!("{} {}: {}", found.rule, found.key, found.message)).collect()
}

fn rules(text: &str) -> Vec<String> {
    found(text).iter().map(|line| line.split(' ').next().unwrap().to_string()).collect()
}

/// A value so many levels down in a key that is nobody's.
fn nested(open: &str, levels: usize, value: &str, close: &str) -> String {
    format!("{{\"x\": {}{value}{}}}", open.repeat(levels), close.repeat(levels))
}

/// One hook entry in the place of the event's list.
fn of_event(event: &str, list: &str) -> String {
    format!("{{\"hooks\": {{\"{event}\": {list}}}}}")
}

#[test]
fn broken_entries_cost_the_entry_or_the_file() {
    let handler = |text: &str| format!("[{{\"hooks\": [{text}]}}]");
    let broken = [
        "{}".to_string(),
        "\"x\"".to_string(),
        "[\"x\"]".to_string(),
        "[null]".to_string(),
        "[{}]".to_string(),
        "[{\"hooks\": {}}]".to_string(),
        "[{\"matcher\": 5, \"hooks\": []}]".to_string(),
        "[{\"matcher\": null, \"hooks\": []}]".to_string(),
        handler("\"x\""),
        handler("null"),
        handler("{}"),
        handler("{\"type\": \"shell\"}"),
        handler("{\"type\": 5}"),
        handler("{\"type\": \"command\"}"),
        handler("{\"type\": \"command\", \"command\": 5}"),
        handler("{\"type\": \"http\"}"),
        handler("{\"type\": \"prompt\"}"),
        handler("{\"type\": \"http\", \"url\": \"nonsense\"}"),
        handler("{\"type\": \"http\", \"url\": \"http://a b/\"}"),
        handler("{\"type\": \"http\", \"url\": \"http://x/\", \"headers\": {\"A\": 5}}"),
        handler("{\"type\": \"http\", \"url\": \"http://x/\", \"allowedEnvVars\": [5]}"),
        handler("{\"type\": \"mcp_tool\", \"server\": \"a\", \"tool\": \"b\", \"input\": []}"),
        handler("{\"type\": \"prompt\", \"prompt\": \"x\", \"continueOnBlock\": 5}"),
    ];
    let keys = [
        "\"timeout\": -1",
        "\"timeout\": 0",
        "\"timeout\": \"5\"",
        "\"timeout\": null",
        "\"timeout\": 1e400",
        "\"args\": \"x\"",
        "\"args\": [1]",
        "\"onFailure\": \"maybe\"",
        "\"async\": \"yes\"",
        "\"if\": 5",
        "\"shell\": \"fish\"",
        "\"statusMessage\": 5",
        "\"once\": \"yes\"",
        "\"asyncRewake\": 5",
        "\"rewakeMessage\": \"\"",
    ];
    let keys =
        keys.iter().map(|key| handler(&format!("{{\"type\": \"command\", \"command\": \"true\", {key}}}")));
    for list in broken.into_iter().chain(keys) {
        assert_eq!(rules(&of_event("UserPromptSubmit", &list)), ["broken-hook"], "{list}");
        for guard in GUARDS {
            assert_eq!(rules(&of_event(guard, &list)), ["broken-guard"], "{list}");
        }
        // Whatever an unknown event holds, it is left out as a whole.
        assert_eq!(rules(&of_event("PreTooluse", &list)), ["unknown-event"], "{list}");
    }
    assert_eq!(rules(&of_event("PreToolUse", "null")), ["broken-hook"]);
    // What looks like hooks in the wrong place costs the file, whatever stands there.
    let group = "{\"matcher\": \"\", \"hooks\": [{\"type\": \"command\", \"command\": \"true\"}]}";
    for text in [
        format!("{{\"hooks\": {group}}}"),
        format!("{{\"hooks\": [{group}]}}"),
        "{\"hooks\": [1, {}]}".to_string(),
        format!("{{\"hooks\": {{\"PreTooluse\": {group}}}}}"),
        format!("{{\"hooks\": {{\"Foo\": {{\"a\": {group}}}}}}}"),
        "{\"hooks\": {\"Foo\": [{\"PreToolUse\": [1]}]}}".to_string(),
        "{\"hooks\": {\"Stop\": [{\"hooks\": [], \"x\": {\"PreToolUse\": [1]}}]}}".to_string(),
        "{\"hooks\": {\"PreToolUse\": [{\"hooks\": [], \"PreToolUse\": \"x\"}]}}".to_string(),
        "{\"PreToolUse\": 5}".to_string(),
        "{\"x\": {\"PermissionRequest\": {}}}".to_string(),
        format!("{{\"x\": {group}}}"),
        nested("{\"a\": ", 3, "{\"PreToolUse\": [1]}", "}"),
        nested("[", 3, "{\"PreToolUse\": [1]}", "]"),
        nested("{\"a\": ", 3, group, "}"),
    ] {
        assert_eq!(rules(&text), ["broken-guard"], "{text}");
    }
    // What was no guard, stands deeper, or under keys that may have any name.
    for text in [
        "{\"PreToolUse\": []}".to_string(),
        "{\"PreToolUse\": null, \"Stop\": 5}".to_string(),
        "{\"x\": {\"PreToolUse\": [], \"pretooluse\": 5}}".to_string(),
        "{\"env\": {\"PreToolUse\": \"x\"}, \"x\": {\"env\": {\"PreToolUse\": \"x\"}}}".to_string(),
        "{\"mcpServers\": {\"PreToolUse\": {}}, \"pluginConfigs\": {\"PreToolUse\": {}}}".to_string(),
        nested("{\"a\": ", 4, "{\"PreToolUse\": [1]}", "}"),
        nested("{\"a\": ", 4, group, "}"),
        "{\"x\": {\"hooks\": [1], \"Stop\": []}}".to_string(),
        "{\"x\": {\"hooks\": []}, \"matcher\": 5}".to_string(),
    ] {
        assert_eq!(found(&text), [""; 0], "{text}");
    }
    for list in ["{\"PreToolUse\": []}", "[[{\"hooks\": [1]}]]", "{\"hooks\": [1], \"Stop\": []}"] {
        assert_eq!(rules(&of_event("Foo", list)), ["unknown-event"], "{list}");
    }
    assert_eq!(rules(&format!("{{\"hooks\": {{\"PreTooluse\": [{group}]}}}}")), ["unknown-event"]);
    for hooks in ["[]", "[1]", "[[{}]]", "null", "\"x\""] {
        assert_eq!(rules(&format!("{{\"hooks\": {hooks}}}")), ["broken-hook"]);
    }
}

#[test]
fn what_the_client_takes_is_fine() {
    for list in [
        "[]",
        "[{\"hooks\": []}]",
        // Keys of other types.
        "[{\"hooks\": [{\"type\": \"command\", \"command\": \"true\", \"url\": 5, \"prompt\": 5, \"headers\": 5}]}]",
        "[{\"hooks\": [{\"type\": \"agent\", \"prompt\": \"x\", \"async\": 5, \"onFailure\": 5}]}]",
        "[{\"hooks\": [{\"type\": \"http\", \"url\": \"mailto:x\"}, {\"type\": \"http\", \"url\": \"http://$HOST/\"}]}]",
        "[{\"matcher\": \"Bash|Edit, Write\", \"hooks\": []}]",
        "[{\"matcher\": \"mcp__.*__(?:read|write)+?\", \"extra\": 1, \"hooks\": []}]",
        "[{\"hooks\": [{\"type\": \"command\", \"command\": \"true\", \"timeout\": 1.5, \"extra\": 1}]}]",
        "[{\"hooks\": [{\"type\": \"command\", \"command\": \"sh\", \"args\": [\"-c\", \"x\"], \"shell\": \"bash\"}]}]",
        "[{\"hooks\": [{\"type\": \"http\", \"url\": \"http://127.0.0.1/\", \"timeout\": 1e12}]}]",
        "[{\"hooks\": [{\"type\": \"command\", \"command\": \"true\", \"if\": \"Bash(ls:*)\", \"onFailure\": \"block\"}]}]",
    ] {
        assert_eq!(found(&of_event("PreToolUse", list)), [""; 0], "{list}");
    }
    assert_eq!(found("{\"hooks\": {}, \"cost\": 5, \"unknown\": [], \"env\": {\"A\": 1}}"), [""; 0]);
}

#[test]
fn hooks_that_never_run_are_told() {
    let with = |event: &str, group: &str, handler: &str| {
        rules(&of_event(event, &format!("[{{{group}\"hooks\": [{{{handler}}}]}}]")))
    };
    let command = "\"type\": \"command\", \"command\": \"true\"";
    assert_eq!(with("Stop", "", "\"type\": \"command\", \"command\": \" \""), ["never-runs"]);
    assert_eq!(with("Stop", "", &format!("{command}, \"if\": \"Bash(x)\"")), ["never-runs"]);
    assert_eq!(with("SessionStart", "", "\"type\": \"prompt\", \"prompt\": \"x\""), ["never-runs"]);
    for fault in ["*Bash", "(Bash", "Bash)", "[a", "x\\\\", "a|+", "^*"] {
        let matcher = format!("\"matcher\": \"{fault}\", ");
        assert_eq!(with("PreToolUse", &matcher, command), ["never-runs"], "{fault}");
        // Where a matcher means nothing it cannot be wrong.
        assert_eq!(with("Stop", &matcher, command), [""; 0], "{fault}");
    }
    assert_eq!(
        found(&of_event("Foo", "5")),
        ["unknown-event hooks.Foo: Claude Code knows no hook event `Foo`"]
    );
}

#[test]
fn keys_that_cost_the_file() {
    for key in [
        "\"cleanupPeriodDays\": 1.5",
        "\"cleanupPeriodDays\": 1e20",
        "\"statusLine\": {\"type\": \"command\", \"command\": \"x\", \"padding\": \"y\"}",
        "\"permissions\": []",
        "\"permissions\": {\"allow\": \"x\"}",
        "\"model\": 5",
        "\"env\": []",
        "\"disableAllHooks\": \"yes\"",
        "\"disableAllHooks\": null",
        "\"statusLine\": {}",
        "\"statusLine\": \"x\"",
        "\"statusLine\": {\"type\": \"command\"}",
        "\"cleanupPeriodDays\": 0",
        "\"cleanupPeriodDays\": \"x\"",
        "\"$schema\": 5",
    ] {
        assert_eq!(rules(&format!("{{{key}}}")), ["client-type"], "{key}");
    }
    let fine = "{\"permissions\": {\"allow\": []}, \"cleanupPeriodDays\": 1, \"statusLine\": \
                {\"type\": \"command\", \"command\": \"x\"}}";
    assert_eq!(found(fine), [""; 0]);
}

#[test]
fn programs_are_looked_for() {
    let dir = tempfile::tempdir().unwrap();
    let (home, project) = (dir.path().join("home"), dir.path().join("shop"));
    crate::base::disk::create_dir_private(&home).unwrap();
    crate::base::disk::create_dir_private(&project.join("hooks")).unwrap();
    crate::base::disk::replace_with_mode(&project.join("hooks/run"), b"", 0o755).unwrap();
    crate::base::disk::replace_with_mode(&home.join("plain"), b"", 0o644).unwrap();
    let around = Surroundings { managed: false, path: Some("/usr/bin:/bin"), home: &home, project: &project };
    let verdict = |command: &str, more: &str| {
        let command = serde_json::Value::from(command);
        let hook = format!("[{{\"hooks\": [{{\"type\": \"command\", \"command\": {command}{more}}}]}}]");
        let text = of_event("Stop", &hook);
        let document = jsonc::parse(&text).unwrap();
        let list = check(&text, document.root.as_ref().unwrap(), &around, "x");
        list.iter().map(|found| (found.severity.name(), found.label.to_string())).collect::<Vec<_>>()
    };
    let missing = [("warning", "not found".to_string())];
    for fine in [
        "sh -c x",
        "/bin/sh",
        "hooks/run --now",
        "$CLAUDE_PROJECT_DIR/hooks/run",
        "\"${CLAUDE_PROJECT_DIR}/hooks/run\" | tee",
        "A=1 B='2 3' sh",
        "$UNKNOWN/run",
        "if true; then x; fi",
        "cd x && ./y",
        "sh hooks/run",
        "sh -c 'a/b'",
        "python3 -m a.b",
        "(subshell)",
    ] {
        assert_eq!(verdict(fine, ""), [], "{fine}");
    }
    for command in [
        "no-such-program",
        "/no/such",
        "~/no",
        "hooks/none",
        "sh hooks/none.sh",
        "A=1 $HOME/x",
        "'/a b/c' hook",
    ] {
        assert_eq!(verdict(command, ""), missing, "{command}");
    }
    assert_eq!(verdict("~/plain", ""), [("warning", "not executable".to_string())]);
    assert_eq!(verdict("hooks/", ""), [("warning", "not a program".to_string())]);
    // With arguments nothing is expanded.
    assert_eq!(verdict("~/plain", ", \"args\": []"), missing);
    assert_eq!(verdict("no-such-program", ", \"shell\": \"powershell\""), []);
    // One of ours is the whole product.
    assert_eq!(verdict("/no/such/cost-hook hook", "")[0], ("error", "not found".to_string()));
}

#[test]
fn our_own_hooks_are_counted() {
    let hook = |event: &str| {
        format!(
            "\"{event}\": [{{\"hooks\": [{{\"type\": \"command\", \"command\": \"/bin/../bin/cost-hook hook\"}}]}}]"
        )
    };
    let all: Vec<String> = crate::claude::install::EVENTS.iter().map(|event| hook(event.name)).collect();
    let only = |rule: &str, text: &str| {
        found(text).into_iter().filter(|line| line.starts_with(rule)).collect::<Vec<_>>()
    };
    assert_eq!(only("missing-hook", &format!("{{\"hooks\": {{{}}}}}", all.join(", "))), [""; 0]);
    let fewer = format!("{{\"hooks\": {{{}}}}}", all[2..].join(", "));
    assert_eq!(
        only("missing-hook", &fewer),
        ["missing-hook hooks: cost-hook is not registered for `SessionStart` and `UserPromptSubmit`"]
    );
    assert_eq!(only("missing-hook", "{\"hooks\": {}}"), [""; 0]);
    let twice = of_event(
        "Stop",
        "[{\"hooks\": [{\"type\": \"command\", \"command\": \"cost-hook hook\"}]}, \
         {\"hooks\": [{\"type\": \"command\", \"command\": \"/x/cost-hook hook\"}]}]",
    );
    assert_eq!(
        only("second-copy", &twice),
        ["second-copy hooks.Stop: cost-hook is registered twice for `Stop`"]
    );
    let off = format!("{{\"disableAllHooks\": true, \"hooks\": {{{}}}}}", all.join(", "));
    assert_eq!(only("hooks-off", &off).len(), 1);
}
