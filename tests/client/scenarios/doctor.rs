//! What `doctor` says of the real client: its version, its trust, its failed requests, and runs without hooks.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cost_hook::base::time::Time;
use serde_json::Value;

use super::{Scenario, product};
use crate::bench::Bench;
use crate::client;
use crate::ledger::binary;
use crate::screen::Screen;
use crate::script::{Reply, Script};

pub(super) const ALL: &[Scenario] = &[
    product("doctor::after_a_session", after_a_session),
    product("doctor::after_a_session_without_hooks", after_a_session_without_hooks),
    product("doctor::before_and_after_trust", before_and_after_trust),
];

/// The document, as if looked for so much later.
fn doctor(bench: &Bench, later: Duration) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + later;
    let now = Time(i64::try_from(now.as_millis()).unwrap());
    let mut command = bench.home.command(Path::new(&binary()));
    command.args(["doctor", "--json"]).env("COST_HOOK_TEST_NOW", now.to_string());
    let done = command.output().unwrap();
    serde_json::from_slice(&done.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&done.stderr)))
}

fn check<'d>(document: &'d Value, id: &str) -> &'d Value {
    let mut checks = document["checks"].as_array().unwrap().iter();
    checks.find(|check| check["id"] == id).unwrap_or_else(|| panic!("no check {id}: {document:#}"))
}

#[track_caller]
fn says(document: &Value, id: &str, state: &str, words: &str) {
    let check = check(document, id);
    assert!(check["state"] == state && check.to_string().contains(words), "{check:#}");
}

fn pinned() -> String {
    let manifest = fs::read(client::folder().join("package.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    manifest["dependencies"]["@anthropic-ai/claude-code"].as_str().unwrap().to_owned()
}

/// Every file below a folder with its size.
fn files(folder: &Path) -> Vec<(PathBuf, u64)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push((path, entry.metadata().unwrap().len())),
        }
    }
    found.sort();
    found
}

/// The client in a place where its installer puts it.
fn put_in_place(bench: &Bench) {
    let folder = bench.home.path("home/.local/bin");
    fs::create_dir_all(&folder).unwrap();
    symlink(client::executable(), folder.join("claude")).unwrap();
}

fn after_a_session() {
    let bench = Bench::new(Script::new().stumble(Reply::status(529)));
    put_in_place(&bench);
    let run = bench.home.run("GO", &[]);
    bench.settle(&run);
    let found = doctor(&bench, Duration::ZERO);
    let wrong: Vec<&Value> =
        found["checks"].as_array().unwrap().iter().filter(|check| check["state"] != "ok").collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    says(&found, "client", "ok", &format!("Claude Code {} at ", pinned()));
    says(&found, "hooks-run", "ok", "is booked");
    says(&found, "credentials", "ok", "ANTHROPIC_API_KEY");
    says(&found, "api-errors", "ok", "1 of 529");
    // Without a package around it the program itself is asked.
    let link = bench.home.path("home/.local/bin/claude");
    fs::remove_file(&link).unwrap();
    if fs::hard_link(client::executable(), &link).is_err() {
        fs::copy(client::executable(), &link).unwrap();
    }
    let before = files(&bench.home.path("home"));
    says(&doctor(&bench, Duration::ZERO), "client", "ok", &format!("Claude Code {} at ", pinned()));
    assert_eq!(files(&bench.home.path("home")), before, "asked for its version the client writes nothing");
}

/// `--bare` runs no hooks: the calls are in a transcript, and nothing is booked.
fn after_a_session_without_hooks() {
    let bench = Bench::new(Script::new());
    put_in_place(&bench);
    let run = bench.home.run("GO", &["--bare"]);
    assert_eq!(run.ended(), "completed");
    let found = doctor(&bench, Duration::from_secs(3600));
    says(&found, "hooks-run", "error", &format!("{}.jsonl", run.session()));
    bench.ledger().ask(&["import"]);
    says(&doctor(&bench, Duration::from_secs(3600)), "hooks-run", "ok", "is booked");
    bench.settle(&run);
}

/// An interactive session holds all hooks back until the folder is trusted.
fn before_and_after_trust() {
    let bench = Bench::new(Script::new());
    let state = bench.home.config().join(".claude.json");
    let mut known: Value = serde_json::from_slice(&fs::read(&state).unwrap()).unwrap();
    known["projects"] = serde_json::json!({});
    fs::write(&state, known.to_string()).unwrap();
    says(&doctor(&bench, Duration::ZERO), "trust", "warning", "is not trusted yet");
    let screen = Screen::open(&bench.home, &[]);
    screen.wait("trust this folder");
    let ledger = bench.home.config().join("cost-hook/ledger");
    assert!(!ledger.exists(), "no hook runs before the folder is trusted");
    // The dialog stands on `No, exit`.
    screen.key("Down");
    screen.key("Enter");
    screen.until("the prompt", |text| text.contains('❯') && !text.contains("trust this folder"));
    std::thread::sleep(Duration::from_millis(400));
    screen.leave();
    assert!(ledger.is_dir(), "SessionStart was to be heard");
    says(&doctor(&bench, Duration::ZERO), "trust", "ok", "is trusted");
}
