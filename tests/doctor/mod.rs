//! `cost-hook doctor`: each check in each of its states on a world made for it, what `--fix` mends, and that looking
//! changes nothing and tells no secret.

mod chinese;
mod fixing;
mod hooks;
mod secrets;
mod store;
mod surroundings;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{Call, Env};

/// What a look said.
struct Report {
    document: Value,
    code: Option<i32>,
}

impl Report {
    fn of(env: &Env, args: &[&str]) -> Self {
        let report = Self::from(env.command(&[&["doctor", "--json"], args].concat()).output().unwrap());
        if !args.contains(&"--fix") {
            chinese::holds(env, args, &report);
        }
        report
    }

    fn from(output: std::process::Output) -> Self {
        assert!(output.stderr.is_empty(), "{output:?}");
        let document =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
        let report = Self { document, code: output.status.code() };
        let failed = report.checks().iter().any(|check| check["state"] == "error");
        assert_eq!(report.code, Some(i32::from(failed)), "{:#}", report.document);
        report
    }

    fn checks(&self) -> &Vec<Value> {
        self.document["checks"].as_array().unwrap()
    }

    fn find(&self, id: &str) -> Option<&Value> {
        let mut found = self.checks().iter().filter(|check| check["id"] == id);
        let first = found.next();
        assert!(found.next().is_none(), "{id} occurs twice");
        first
    }

    #[track_caller]
    fn check(&self, id: &str) -> &Value {
        self.find(id).unwrap_or_else(|| panic!("there is no check {id}: {:#}", self.document))
    }

    /// The check came out so, and says these words somewhere.
    #[track_caller]
    fn says(&self, id: &str, state: &str, words: &[&str]) -> &Self {
        let check = self.check(id);
        assert_eq!(check["state"], state, "{check:#}");
        let text = check.to_string().replace("\\\"", "\"");
        for word in words {
            assert!(text.contains(word), "{id} does not say `{word}`: {check:#}");
        }
        let cures = check["cures"].as_array().unwrap().len();
        assert_eq!(cures > 0, state != "ok", "a cure where something is wrong: {check:#}");
        self
    }

    /// The ids of what is not ok.
    fn wrong(&self) -> Vec<&str> {
        let wrong = self.checks().iter().filter(|check| check["state"] != "ok");
        wrong.map(|check| check["id"].as_str().unwrap()).collect()
    }
}

/// One look.
#[track_caller]
fn look(env: &Env) -> Report {
    Report::of(env, &[])
}

fn script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn claude(env: &Env) -> PathBuf {
    env.root().join("bin/claude")
}

/// A program that answers as the client does when asked for its version.
fn client(env: &Env, version: &str) {
    script(&claude(env), &format!("#!/bin/sh\necho '{version} (Claude Code)'\n"));
    env.var("PATH", &format!("{}:/usr/bin:/bin", env.root().join("bin").display()));
}

/// The user's settings as a value.
fn user_settings(env: &Env) -> Value {
    serde_json::from_slice(&fs::read(env.config().join("settings.json")).unwrap()).unwrap()
}

/// Changes the user's settings.
fn change(env: &Env, edit: impl Fn(&mut Value)) {
    let mut settings = user_settings(env);
    edit(&mut settings);
    env.settings(settings);
}

fn trust(env: &Env) {
    let state = json!({"projects": {env.project().to_str().unwrap(): {"hasTrustDialogAccepted": true}}});
    env.write(&env.config().join(".claude.json"), state.to_string().as_bytes());
}

/// Client, hooks, trust, a key, and a session with a call that was booked.
fn healthy() -> Env {
    let env = Env::new();
    client(&env, "2.1.330");
    env.var("ANTHROPIC_API_KEY", "sk-ant-dummy");
    env.run(&["install"]).ok();
    trust(&env);
    let session = env.session("s1");
    session.call(&Call::new("a"));
    env.hook("Stop", &session, json!({})).silent();
    env
}

#[test]
fn a_healthy_world_has_no_fault() {
    let env = healthy();
    let report = look(&env);
    assert_eq!(report.wrong(), [""; 0], "{:#}", report.document);
    let ids: Vec<&str> = report.checks().iter().map(|check| check["id"].as_str().unwrap()).collect();
    let expected = [
        "client",
        "hooks",
        "hook-program",
        "hook-copies",
        "hooks-allowed",
        "trust",
        "status-line",
        "hooks-run",
        "settings",
        "booking",
        "budgets",
        "ledger",
        "ledger-writable",
        "ledger-lines",
        "ledger-lock",
        "checkpoint",
        "client-totals",
        "late-words",
        "disk-space",
        "price-list",
        "models",
        "time-zone",
        "clock",
        "journal",
        "provider",
        "credentials",
        "endpoint",
        "api-errors",
    ];
    assert_eq!(ids, expected);
    let counts = [&report.document["errors"], &report.document["warnings"]];
    assert_eq!(counts, [&json!(0), &json!(0)]);
    let told = env.run(&["doctor"]).ok().stdout;
    assert!(told.ends_with("\nEverything is in order: 28 checks.\n"), "{told}");
}

/// The guide has a row for each check, and no other.
#[test]
fn the_guide_explains_every_check() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide/doctor.md");
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let mut explained: Vec<&str> = rows.collect();
    let env = healthy();
    change(&env, |settings| {
        settings["team"] = json!({"databaseUrl": "postgres://db.example/x"});
        settings["cost"] = json!({"pricing": {"overrides": {"my-model": {"input": 1, "output": 2}}}});
    });
    let report = Report::of(&env, &["--offline"]);
    let mut known: Vec<&str> = report.checks().iter().map(|check| check["id"].as_str().unwrap()).collect();
    explained.sort_unstable();
    known.sort_unstable();
    assert_eq!(explained, known);
}

#[test]
fn people_see_groups_and_cures_at_any_width() {
    let env = healthy();
    fs::remove_file(env.config().join(".claude.json")).unwrap();
    env.var("COLUMNS", "60");
    let output = env.run(&["doctor"]).ok();
    let plain = |text: &str| text.chars().all(|c| c == '\n' || !c.is_control());
    assert!(plain(&output.stdout) && output.stdout.is_ascii(), "{}", output.stdout);
    for line in output.stdout.lines() {
        let is_one_word = line.trim().split(' ').count() <= 3;
        assert!(line.chars().count() <= 60 || is_one_word, "{line}");
    }
    for part in [
        "\nHooks\n  ok       ",
        "\n  warning  ",
        "[trust]",
        "\n           cure: ",
        "\n1 warning in 28 checks.\n",
    ] {
        assert!(output.stdout.contains(part), "{part}: {}", output.stdout);
    }
    assert!(!output.stdout.contains("they were not read"), "details of what is ok");
    let more = env.run(&["doctor", "--verbose"]).ok().stdout.replace("\n             ", " ");
    assert!(more.contains("they were not read"), "{more}");
}
