//! Installing and taking out again, and homes in which the product cannot work.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Scenario, product};
use crate::bench::Bench;
use crate::screen::Screen;
use crate::script::{Reply, Script};

pub(super) const ALL: &[Scenario] = &[
    product("home::read_only", read_only),
    product("home::read_only_and_on_error_block", read_only_and_block),
    product("install::beside_a_status_line", beside_a_status_line),
    product("install::taken_out_again", taken_out_again),
    product("install::another_schema", another_schema),
];

fn answers() -> Script {
    Script::new()
        .on("ALPHA", vec![Reply::bash(&["echo a tool"]), Reply::text("Answer alpha.")])
        .on("BETA", vec![Reply::text("Answer beta.")])
}

/// A home whose ledger can be neither written nor made.
fn sealed(settings: &Value) -> (Bench, Sealed) {
    let mut settings = settings.clone();
    settings["permissions"] = json!({ "allow": ["Bash(echo:*)"] });
    let bench = Bench::settings(answers(), &settings);
    let folder = bench.home.config().join("cost-hook");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o555)).unwrap();
    assert!(fs::write(folder.join("x"), "").is_err(), "the folder was to be read-only");
    let sealed = Sealed(folder);
    (bench, sealed)
}

/// Opens the folder again, so that the home can be removed.
struct Sealed(PathBuf);

impl Drop for Sealed {
    fn drop(&mut self) {
        let _open = fs::set_permissions(&self.0, Permissions::from_mode(0o755));
    }
}

/// The session goes on as without us, and says so once.
fn read_only() {
    let (bench, _sealed) = sealed(&json!({}));
    let screen = Screen::open(&bench.home, &["--permission-mode", "default"]);
    screen.wait("cost-hook cannot work");
    screen.say("ALPHA: mend the login form please");
    screen.wait("Answer alpha.");
    screen.say("BETA: and the rest");
    screen.wait("Answer beta.");
    screen.once("cost-hook cannot work");
    screen.leave();
    assert_eq!(bench.api.calls().len(), 3);
}

/// Whoever would rather have no session than one that is not counted gets none.
fn read_only_and_block() {
    let (bench, _sealed) = sealed(&json!({ "cost": { "onError": "block" } }));
    let screen = Screen::open(&bench.home, &["--permission-mode", "default"]);
    screen.say("ALPHA: mend the login form please");
    screen.wait("cost-hook cannot work");
    screen.wait("cost.onError is `block`");
    screen.leave();
    let headless = bench.home.run("ALPHA", &[]);
    assert_ne!(headless.json["result"], "Answer alpha.");
    assert_eq!(bench.api.calls().len(), 0, "nothing was to be asked");
}

/// The line the user had stays, ours comes below it; taken out, it is as it was.
fn beside_a_status_line() {
    let own = json!({ "statusLine": { "type": "command", "command": "echo my own line: $((40+2))", "padding": 0 } });
    let bench = Bench::settings(answers(), &own);
    let screen = Screen::open(&bench.home, &[]);
    screen.say("BETA: and the rest");
    screen.wait("Answer beta.");
    screen.wait("my own line: 42");
    screen.wait("$0.0050 session · $0.0050 today");
    screen.leave();
    bench.settle_saved(&bench.only_session());
    bench.ledger().uninstall();
    assert_eq!(settings(&bench)["statusLine"], own["statusLine"]);
}

/// Nothing of ours is left in the settings, the ledger stays as it is, and the client runs without us.
fn taken_out_again() {
    let bench =
        Bench::settings(answers(), &json!({ "cost": { "dailyBudget": 0.001, "autoStopAtBudget": true } }));
    bench.ledger().uninstall();
    let file = bench.home.config().join("settings.json");
    let text = b"{\n    \"model\": \"opus\",\n\n  \"hooks\": {\"Stop\": [{\"hooks\": [{\"type\": \"command\", \"command\": \"true\"}]}]},\n\t\"cost\": {\"dailyBudget\": 0.001, \"autoStopAtBudget\": true}\n}";
    fs::write(&file, text).unwrap();
    bench.ledger().install();
    assert_ne!(fs::read(&file).unwrap(), text);
    let held = bench.home.run("BETA", &[]);
    bench.settle(&held);
    bench.home.run("BETA", &[]);
    assert_eq!(bench.api.calls().len(), 1, "the budget stands while it is installed");
    bench.ledger().uninstall();
    assert_eq!(String::from_utf8_lossy(&fs::read(&file).unwrap()), String::from_utf8_lossy(text));
    let before = contents(&bench.home.config().join("cost-hook/ledger"));
    let free = bench.home.run("BETA", &[]);
    assert_eq!(free.json["result"], "Answer beta.");
    assert_eq!(contents(&bench.home.config().join("cost-hook/ledger")), before, "nothing is booked any more");
    bench.ledger().install();
    bench.ledger().ask(&["import"]);
    bench.settle(&free);
}

/// Editors go by `$schema`; Claude Code must not mind whose schema it names.
fn another_schema() {
    let schema = json!({ "$schema": "./claude-code-settings.schema.json" });
    let bench = Bench::settings(answers(), &schema);
    let run = bench.home.run("BETA", &[]);
    assert_eq!(run.json["result"], "Answer beta.");
    assert_eq!(settings(&bench)["$schema"], schema["$schema"]);
    bench.settle(&run);
}

fn settings(bench: &Bench) -> Value {
    serde_json::from_slice(&fs::read(bench.home.config().join("settings.json")).unwrap()).unwrap()
}

fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().flatten().map(|e| e.path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}
