//! The dashboard in a real Chromium without a network: what it shows is what the ledger holds, to the last digit, before
//! and after filters; nothing is loaded, refused or complained about; it can be used by keyboard and read by a screen
//! reader in both colour schemes. `drive.mjs` does the clicking, the expectations come from here.
//!
//! With `COST_HOOK_SCREENSHOTS=FOLDER` pictures of every world at every width are saved there.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    unreachable_pub,
    dead_code,
    unused_imports
)]

#[path = "../support/mod.rs"]
mod support;
mod worlds;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support::Env;
use worlds::{HOSTILE, MILLION, Totals};

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser");
/// The page of a million calls may be a few megabytes, and making it may take this much memory.
const MOST_BYTES: usize = 4_000_000;
const MOST_MEMORY: u64 = 100_000_000;

/// What a page is tried with.
struct Trial<'a> {
    name: &'a str,
    file: PathBuf,
    checks: &'a [&'a str],
    totals: Value,
    /// Of the running month, where it is looked at.
    forecast: Value,
    filters: Vec<Value>,
    names: &'a [&'a str],
    hidden: &'a [&'a str],
}

impl Trial<'_> {
    fn run(&self) {
        let config = json!({
            "name": self.name,
            "file": self.file,
            "browser": browser(),
            "checks": self.checks,
            "totals": self.totals,
            "forecast": self.forecast,
            "filters": self.filters,
            "names": self.names,
            "hidden": self.hidden,
            "screenshots": std::env::var("COST_HOOK_SCREENSHOTS").ok(),
        });
        let mut node = Command::new("node")
            .arg(Path::new(HERE).join("drive.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("`node` is needed: apt install nodejs npm, then tests/browser/setup");
        node.stdin.take().unwrap().write_all(config.to_string().as_bytes()).unwrap();
        let output = node.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        // Shown when the test fails: what passed before, and how long it took.
        println!("{}: {}", self.name, said.replace('\n', " ms, "));
        assert!(output.status.success(), "{}: {}", self.name, String::from_utf8_lossy(&output.stderr));
        let passed: Vec<&str> = said.lines().filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(passed, self.checks, "{}: not everything was tried", self.name);
    }
}

/// The system's Chromium.
fn browser() -> PathBuf {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let found = std::env::split_paths(&folders).flat_map(|folder| names.map(|name| folder.join(name)));
    found.into_iter().find(|path| path.is_file()).expect("Chromium is needed: apt install chromium")
}

/// Makes the page with the real binary.
fn page(env: &Env, more: &[&str]) -> (PathBuf, Value) {
    let made = env.run(&[&["dashboard", "--json"], more].concat()).json();
    let file = PathBuf::from(made["file"].as_str().unwrap());
    assert_eq!(std::fs::metadata(&file).unwrap().len(), made["bytes"].as_u64().unwrap());
    (file, made)
}

fn totals(env: &Env, more: &[&str]) -> Value {
    env.run(&[&["report", "--json"], more].concat()).json()["totals"].clone()
}

/// A row of `breakdown`, which has the fields of totals.
fn row(env: &Env, by: &str, list: &str, name: &str) -> Value {
    let document = env.run(&["breakdown", "--by", by, "--json"]).json();
    let rows = document[list].as_array().unwrap();
    rows.iter().find(|row| row["period"] == name).unwrap_or_else(|| panic!("no {name} in {document}")).clone()
}

#[test]
fn ten_calls() {
    let env = worlds::ten();
    let (file, made) = page(&env, &[]);
    let totals = |more: &[&str]| totals(&env, more);
    assert_eq!(made["totals"], totals(&[]));
    assert_eq!(made["totals"]["totalCostExact"], env.total().to_string());
    let filters = vec![
        json!({"choose": {"project": "/work/shop"}, "totals": totals(&["--project", "/work/shop"])}),
        json!({"choose": {"model": "claude-haiku-5-5"}, "totals": totals(&["--model", "claude-haiku-5-5"])}),
        json!({"choose": {"branch": "release/1"}, "totals": totals(&["--branch", "release/1"])}),
        json!({"choose": {"user": "bob@example.org"}, "totals": totals(&["--user", "bob@example.org"])}),
        json!({"choose": {"feature": "tool:Bash"}, "totals": row(&env, "feature", "features", "tool:Bash")}),
        json!({"choose": {"feature": "unlisted"}, "totals": row(&env, "feature", "features", "unlisted")}),
        json!({
            "choose": {}, "since": "2026-11-02", "until": "2026-11-20",
            "totals": totals(&["--since", "2026-11-02", "--until", "2026-11-20"]),
        }),
        json!({
            "choose": {"project": "/work/shop", "model": "claude-opus-5-5"}, "since": "2026-11-01", "until": "2026-11-24",
            "totals": totals(&["--project", "/work/shop", "--model", "claude-opus-5-5", "--since", "2026-11"]),
        }),
    ];
    let checks = [
        "totals",
        "filters",
        "sorting",
        "keyboard",
        "themes",
        "widths",
        "print",
        "accessibility",
        "zones",
        "names",
        "plain",
    ];
    let names = ["/work/shop", "/work/blog", "claude-opus-5-5", "tool:Bash"];
    let forecast = env.run(&["analyze", "--json"]).json()["forecast"].clone();
    assert!(forecast["highExact"].is_string(), "there is nothing to compare: {forecast}");
    Trial {
        name: "ten",
        file,
        checks: &checks,
        totals: totals(&[]),
        forecast,
        filters,
        names: &names,
        hidden: &[],
    }
    .run();
}

#[test]
fn an_empty_ledger() {
    let env = Env::new();
    let (file, _) = page(&env, &[]);
    let checks = ["totals", "widths", "print", "accessibility", "plain"];
    let totals = totals(&env, &[]);
    Trial {
        name: "empty",
        file,
        checks: &checks,
        totals,
        forecast: Value::Null,
        filters: Vec::new(),
        names: &[],
        hidden: &[],
    }
    .run();
}

#[test]
fn names_that_mean_harm() {
    let env = worlds::hostile();
    let (file, _) = page(&env, &[]);
    let totals = totals(&env, &[]);
    let checks = ["totals", "names", "widths", "accessibility", "print"];
    let filters = Vec::new();
    Trial {
        name: "hostile",
        file,
        checks: &checks,
        totals: totals.clone(),
        forecast: Value::Null,
        filters: filters.clone(),
        names: &HOSTILE,
        hidden: &[],
    }
    .run();
    let (file, _) = page(&env, &["--anonymize", "--output", "anonymous.html"]);
    let html = std::fs::read_to_string(&file).unwrap();
    for name in HOSTILE {
        let json = serde_json::to_string(name).unwrap();
        assert!(!html.contains(name) && !html.contains(json.trim_matches('"')), "{name}");
    }
    let (names, hidden) = (["project 1", "branch 1", "user 1", "session 1"], ["pwned"]);
    Trial {
        name: "anonymous",
        file,
        checks: &["names"],
        totals,
        forecast: Value::Null,
        filters,
        names: &names,
        hidden: &hidden,
    }
    .run();
}

#[test]
fn a_million_calls() {
    let env = Env::new();
    let world = worlds::million(&env);
    // Somebody else is at work: there is no checkpoint yet, and building one is not what is measured here.
    let lock = env.data().join("ledger/.lock");
    let held = cost_hook::base::lock::Lock::acquire(&lock, std::time::Duration::from_secs(1)).unwrap();
    let output = with_little_memory(&env.command(&["dashboard", "--json"]));
    drop(held);
    let made: Value = serde_json::from_str(&output).unwrap();
    let file = PathBuf::from(made["file"].as_str().unwrap());
    let bytes = std::fs::metadata(&file).unwrap().len();
    assert!(bytes < MOST_BYTES as u64, "{bytes} bytes");
    let all = world.all.document();
    assert_eq!(made["totals"]["calls"].as_u64().unwrap(), MILLION);
    for field in ["totalCostExact", "calls", "totalTokens", "unlistedCostExact", "estimatedCostExact"] {
        assert_eq!(made["totals"][field], all[field], "{field}");
    }
    let filter = |choose: Value, totals: &Totals| json!({"choose": choose, "totals": totals.document()});
    let filters = vec![
        filter(json!({"project": "/home/dev/p3"}), &world.project),
        filter(json!({"model": "claude-haiku-5-5", "feature": "tool:T5"}), &world.model_and_feature),
        json!({"choose": {}, "since": "2026-05-01", "until": "2026-05-31", "totals": world.may.document()}),
    ];
    let checks = ["totals", "filters", "accessibility"];
    Trial {
        name: "million",
        file,
        checks: &checks,
        totals: all,
        forecast: Value::Null,
        filters,
        names: &[],
        hidden: &[],
    }
    .run();
}

/// Runs a command that gets no more memory than `MOST_MEMORY`, where the system can be asked for that: it fails when it
/// wants more.
fn with_little_memory(command: &Command) -> String {
    let mut limited = Command::new("/bin/sh");
    let limit = format!("ulimit -d {} && exec \"$@\"", MOST_MEMORY / 1000);
    limited.args(["-c", &limit, "sh"]).arg(command.get_program()).args(command.get_args());
    limited.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    limited.current_dir(command.get_current_dir().unwrap());
    let output = limited.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}
