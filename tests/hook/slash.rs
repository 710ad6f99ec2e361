//! The plugin's commands as prompts: answered by the hook, in every state of the budget, once, and also where the hook
//! itself cannot work; and where the plugin's script finds the program.

use std::fs;
use std::process::{Command, Stdio};

use cost_hook::base::words::Language;
use serde_json::{Value, json};

use crate::support::{Call, Env, Transcript};

fn ask(env: &Env, session: &Transcript<'_>, prompt: &str, id: &str) -> Option<Value> {
    let output = env.hook("UserPromptSubmit", session, json!({"prompt": prompt, "prompt_id": id})).ok();
    (!output.stdout.is_empty()).then(|| output.json())
}

/// What it says, as a block and nothing else.
#[track_caller]
fn said(answer: Option<Value>) -> String {
    let answer = answer.expect("an answer");
    let keys: Vec<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!((keys, &answer["decision"]), (vec!["decision", "reason"], &json!("block")));
    answer["reason"].as_str().unwrap().to_string()
}

/// A budget that is used up.
fn world() -> Env {
    let env = Env::new();
    env.settings(json!({"cost": {"dailyBudget": 1, "autoStopAtBudget": true}}));
    env.session("s1").call(&Call::cents("a", 150));
    env
}

#[test]
fn commands_are_answered_although_the_budget_is_used_up() {
    let env = world();
    let session = env.session("s1");
    let plain = said(ask(&env, &session, "go on", "p0"));
    assert!(plain.contains("is used up"), "{plain}");
    let report = said(ask(&env, &session, "/cost-hook:report", "p1"));
    assert_eq!(report, env.var("COLUMNS", "96").run(&["report"]).ok().stdout.trim_end());
    assert!(report.contains("$1.50"), "{report}");
    let budget = said(ask(&env, &session, "/cost-hook:budget", "p2"));
    assert!(budget.contains("150%"), "{budget}");
    assert!(said(ask(&env, &session, "/cost-hook:cost", "p3")).starts_with("Session s1\n"));
    let wrong = said(ask(&env, &session, "/cost-hook:report --periood weekly", "p4"));
    assert!(wrong.contains("'--periood'") && wrong.contains("'--period'"), "{wrong}");
    let raised = said(ask(&env, &session, "/cost-hook:allow 1 --reason x", "p5"));
    assert!(raised.contains("is now $2.00"), "{raised}");
    assert_eq!(ask(&env, &session, "go on", "p6"), None);
}

#[test]
fn of_two_processes_with_one_prompt_the_first_does_what_it_says() {
    let env = world();
    let session = env.session("s1");
    assert!(ask(&env, &session, "cost-hook allow 0.1 --reason x", "p1").is_some());
    assert_eq!(ask(&env, &session, "cost-hook allow 0.1 --reason x", "p1"), None);
    assert_eq!(env.lines().iter().filter(|line| line["kind"] == "override").count(), 1);
    assert!(ask(&env, &session, "/cost-hook:report", "p2").is_some());
    assert_eq!(ask(&env, &session, "/cost-hook:report", "p2"), None);
    // Said again by the person, it is another prompt.
    assert!(ask(&env, &session, "cost-hook allow 0.1 --reason x", "p3").is_some());
    assert_eq!(env.lines().iter().filter(|line| line["kind"] == "override").count(), 2);
}

#[test]
fn a_hook_that_cannot_work_still_answers() {
    let env = world();
    let session = env.session("s1");
    env.hook("Stop", &session, json!({})).ok();
    let segment = env.segments().pop().unwrap();
    fs::remove_file(&segment).unwrap();
    fs::create_dir(&segment).unwrap();
    let answer = ask(&env, &session, "/cost-hook:budget", "p1").expect("an answer");
    assert_eq!(answer["decision"], "block");
    assert!(answer["systemMessage"].as_str().unwrap().contains("cannot work"), "{answer}");
    assert!(!answer["reason"].as_str().unwrap().is_empty(), "{answer}");
}

/// The plugin's script, with what a session would give it.
fn script(env: &Env, variables: &[(&str, &str)], input: &str) -> (String, Option<i32>) {
    let mut command = Command::new("/bin/sh");
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/hooks/cost-hook")).arg("hook").env_clear();
    command.env("HOME", env.home()).envs(variables.iter().copied()).current_dir(env.root());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    crate::support::feed(&mut child, input.as_bytes());
    let output = child.wait_with_output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code())
}

#[test]
fn the_script_finds_the_program_or_says_how_to_get_it() {
    let env = Env::new();
    let data = env.root().join("plugin data");
    fs::create_dir_all(&data).unwrap();
    let found = env.root().join("bin");
    fs::create_dir_all(&found).unwrap();
    let stand_in = |path: &std::path::Path, says: &str| {
        env.write(path, format!("#!/bin/sh\necho {says} \"$@\"\n").as_bytes());
        let done = Command::new("/bin/chmod").arg("755").arg(path).status().unwrap();
        assert!(done.success());
    };
    let start = r#"{"hook_event_name":"SessionStart","source":"startup"}"#;
    let data_text = data.to_str().unwrap();
    let path = format!("{}:/usr/bin:/bin", found.display());
    let variables = [("CLAUDE_PLUGIN_DATA", data_text), ("PATH", path.as_str())];
    let (missing, code) = script(&env, &variables, start);
    let missing: Value = serde_json::from_str(&missing).expect("one JSON object");
    assert!(missing["systemMessage"].as_str().unwrap().contains("npm install -g cost-hook"), "{missing}");
    assert_eq!(code, Some(0));
    for (locale, is_chinese) in [
        (("LANG", "zh_CN.UTF-8"), true),
        (("LC_ALL", "zh-CN.utf8"), true),
        (("LC_MESSAGES", "zh"), true),
        (("LANG", "zh_TW.UTF-8"), false),
        (("LANG", "zh_CN.GB18030"), false),
        (("LANG", "en_US.UTF-8"), false),
    ] {
        let (said, _) = script(&env, &[&variables[..], &[locale]].concat(), start);
        let said: Value = serde_json::from_str(&said).expect("one JSON object");
        let said = said["systemMessage"].as_str().unwrap();
        assert!(said.contains("\"npm install -g cost-hook\""), "{said}");
        assert_eq!(said.starts_with("cost-hook：插件已就位"), is_chinese, "{locale:?}: {said}");
        assert_eq!(Language::of_locale(locale.1) == Language::Chinese, is_chinese, "as the program");
    }
    let other = script(&env, &variables, r#"{"hook_event_name":"UserPromptSubmit","prompt":"x"}"#);
    assert_eq!(other, (String::new(), Some(0)), "said at the start only");
    stand_in(&env.home().join(".cargo/bin/cost-hook"), "cargo");
    assert_eq!(script(&env, &variables, start), ("cargo hook\n".into(), Some(0)));
    stand_in(&found.join("cost-hook"), "path");
    assert_eq!(script(&env, &variables, start), ("path hook\n".into(), Some(0)));
    let last = env.root().join("last time's/cost-hook");
    stand_in(&last, "known");
    env.write(&data.join("program"), format!("{}\n", last.display()).as_bytes());
    assert_eq!(script(&env, &variables, start), ("known hook\n".into(), Some(0)));
    fs::remove_file(&last).unwrap();
    assert_eq!(script(&env, &variables, start), ("path hook\n".into(), Some(0)), "it has moved");
}

#[test]
fn the_plugin_is_told_where_the_program_is() {
    let env = Env::new();
    let (root, data) = (env.root().join("root"), env.root().join("data"));
    env.var("CLAUDE_PLUGIN_ROOT", root.to_str().unwrap()).var("CLAUDE_PLUGIN_DATA", data.to_str().unwrap());
    let session = env.session("s1");
    let start = || env.hook("SessionStart", &session, json!({"source": "startup"})).silent();
    start();
    assert!(!data.join("program").exists(), "that is somebody else's plugin");
    env.write(&root.join("hooks/cost-hook"), b"");
    start();
    let program = fs::canonicalize(env!("CARGO_BIN_EXE_cost-hook")).unwrap();
    let line = fs::read_to_string(data.join("program")).unwrap();
    assert_eq!(line, format!("{}\n", program.display()));
}
