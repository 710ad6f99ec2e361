//! The plugin: installed from a marketplace as a person does it, beside hooks in the settings, without its program, and
//! its commands, which no model sees.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Scenario, product};
use crate::bench::Bench;
use crate::client::Home;
use crate::ledger::binary;
use crate::screen::Screen;
use crate::script::{Reply, Script, Usage};

pub(super) const ALL: &[Scenario] = &[
    product("plugin::from_a_marketplace", from_a_marketplace),
    product("plugin::options", options),
    product("plugin::beside_the_settings", beside_the_settings),
    product("plugin::without_its_program", without_its_program),
    product("plugin::commands_cost_nothing", commands_cost_nothing),
    product("plugin::no_executable_bits_and_a_short_path", no_executable_bits),
    product("plugin::after_an_update", after_an_update),
    product("plugin::the_client_finds_nothing_wrong", nothing_wrong),
];

pub(super) const PLAIN: &str = "/usr/local/bin:/usr/bin:/bin";

fn answers() -> Script {
    let dear = || Reply::text("Answer beta.").usage(Usage { input: 2_000, output: 400, ..Usage::default() });
    Script::new()
        .on("ALPHA", vec![Reply::bash(&["echo a tool"]), Reply::text("Answer alpha.")])
        .on("BETA", vec![dear(), dear(), dear()])
        .on("GAMMA", vec![Reply::text("Answer gamma.")])
}

/// A home without our hooks, where `cost-hook` is on the path or not.
fn bench(settings: &Value, with_program: bool) -> Bench {
    let bench = Bench::settings(answers(), settings);
    bench.ledger().uninstall();
    let binary = binary();
    let folder = Path::new(&binary).parent().unwrap().display();
    let path = if with_program { format!("{folder}:{PLAIN}") } else { PLAIN.to_string() };
    let home = bench.home.also("PATH", &path);
    Bench { home, ..bench }
}

/// What of this repository is the plugin, in a folder of the home's.
pub(super) fn marketplace(home: &Home, name: &str) -> PathBuf {
    let (from, to) = (Path::new(env!("CARGO_MANIFEST_DIR")), home.path(name));
    fs::create_dir_all(&to).unwrap();
    for part in [".claude-plugin", "hooks", "README.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        copy(&from.join(part), &to.join(part));
    }
    to
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().flatten() {
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

/// `claude plugin …`, which has to end well.
fn plugin(home: &Home, args: &[&str]) -> String {
    let done = home.client().arg("plugin").args(args).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "claude plugin {args:?}: {said}");
    said
}

fn install(home: &Home, folder: &Path) {
    plugin(home, &["marketplace", "add", &folder.display().to_string()]);
    plugin(home, &["install", "cost-hook@cost-hook"]);
}

fn stopping_at(usd: f64) -> Value {
    json!({ "cost": { "dailyBudget": usd, "autoStopAtBudget": true } })
}

/// Booked to the last digit, and stopped, from a folder with a space in its name.
fn from_a_marketplace() {
    let bench = bench(&stopping_at(0.01), true);
    let folder = marketplace(&bench.home, "a market place");
    install(&bench.home, &folder);
    let first = bench.home.run("BETA", &[]);
    assert_eq!(first.json["result"], "Answer beta.");
    bench.settle(&first);
    let held = bench.home.run("BETA", &[]);
    assert_ne!(held.json["result"], "Answer beta.");
    assert_eq!(bench.api.calls().len(), 1, "the second prompt was to be held back: {}", held.json["result"]);
    // Taken out again, nothing of it runs, and the ledger stays.
    plugin(&bench.home, &["uninstall", "cost-hook@cost-hook"]);
    assert_eq!(bench.home.run("BETA", &[]).json["result"], "Answer beta.");
    assert_eq!(bench.ledger().session(&first.session()).calls, 1);
}

/// What the client asks for when the plugin is installed is a budget that stops.
fn options() {
    let bench = bench(&json!({}), true);
    let folder = marketplace(&bench.home, "market");
    plugin(&bench.home, &["marketplace", "add", &folder.display().to_string()]);
    let install = [
        "install",
        "cost-hook@cost-hook",
        "--config",
        "dailyBudget=0.01",
        "--config",
        "autoStopAtBudget=true",
    ];
    plugin(&bench.home, &install);
    assert_eq!(bench.home.run("BETA", &[]).json["result"], "Answer beta.");
    let held = bench.home.run("BETA", &[]);
    let said = held.json["result"].as_str().unwrap();
    assert!(said.contains("the daily budget of $0.0100"), "{said}");
    assert_eq!(bench.api.calls().len(), 1);
}

/// Both are heard: nothing is counted twice, no limit raised twice, nothing said twice.
fn beside_the_settings() {
    let bench = bench(&stopping_at(0.01), true);
    let folder = marketplace(&bench.home, "market");
    install(&bench.home, &folder);
    bench.ledger().install();
    let screen = Screen::open(&bench.home, &[]);
    screen.say("BETA: mend the login form please");
    screen.wait("Answer beta.");
    screen.say("BETA: and the rest");
    screen.wait("is used up");
    screen.once("is used up");
    screen.key("C-u");
    screen.say("cost-hook allow 1 --reason more");
    screen.wait("is now $1.01");
    screen.once("is now $1.01");
    assert_eq!(bench.ledger().raises(), 1, "a limit is raised once");
    screen.say("/cost-hook:budget");
    screen.wait("This month");
    screen.once("This month");
    screen.say("BETA: go on");
    screen.until("the second answer", |text| text.matches("Answer beta.").count() == 2);
    screen.leave();
    assert_eq!(bench.api.calls().len(), 2);
    bench.settle_saved(&bench.only_session());
}

/// Said once, with the cure; the session goes on.
fn without_its_program() {
    let bench = bench(&stopping_at(0.01), false);
    let folder = marketplace(&bench.home, "market");
    install(&bench.home, &folder);
    let screen =
        Screen::open(&bench.home, &["--permission-mode", "default", "--allowedTools", "Bash(echo:*)"]);
    screen.wait("npm install -g cost-hook");
    screen.say("ALPHA: mend the login form please");
    screen.wait("Answer alpha.");
    screen.say("BETA: and the rest");
    screen.wait("Answer beta.");
    screen.once("is not installed");
    screen.leave();
    assert_eq!(bench.api.calls().len(), 3);
}

/// No model is asked, not even when the budget is used up, and none reads the answers later.
fn commands_cost_nothing() {
    let bench = bench(&stopping_at(0.01), true);
    let folder = marketplace(&bench.home, "market");
    install(&bench.home, &folder);
    let screen = Screen::open(&bench.home, &[]);
    screen.say("/cost-hook:report");
    screen.wait("No calls match.");
    screen.say("BETA: mend the login form please");
    screen.wait("Answer beta.");
    screen.say("/cost-hook:report --period session");
    screen.wait("Total");
    screen.say("/cost-hook:cost");
    screen.wait("opus");
    for command in ["/cost-hook:debug", "/cost-hook:advise"] {
        screen.say(command);
        thread::sleep(Duration::from_millis(1_500));
    }
    screen.say("/cost-hook:budget");
    screen.wait("160%");
    screen.say("/cost-hook:report --periood weekly");
    screen.wait("unexpected argument '--periood'");
    assert_eq!(bench.api.calls().len(), 1, "only the prompt was for the model:\n{}", screen.text());
    screen.say("/cost-hook:allow 1 --reason 'the release'");
    screen.wait("is now $1.01");
    screen.say("GAMMA: and the rest");
    screen.wait("Answer gamma.");
    screen.leave();
    let calls = bench.api.calls();
    assert_eq!(calls.len(), 2);
    let read = &calls[1].messages;
    assert!(
        read.contains("mend the login form") && !read.contains("160%") && !read.contains("cost-hook:"),
        "{read}"
    );
    bench.settle_saved(&bench.only_session());
    let headless = bench.home.run("/cost-hook:budget", &[]);
    assert!(headless.json["result"].as_str().unwrap().contains("daily budget"), "{}", headless.json);
    assert_eq!(bench.api.calls().len(), 2);
}

/// As some ways of installing leave the files; and a client that knows no PATH finds the program where it was.
fn no_executable_bits() {
    let bench = bench(&json!({}), true);
    let folder = marketplace(&bench.home, "market");
    fs::set_permissions(folder.join("hooks/cost-hook"), Permissions::from_mode(0o644)).unwrap();
    install(&bench.home, &folder);
    let run = bench.home.run("BETA", &[]);
    bench.settle(&run);
    let home = bench.home.also("PATH", PLAIN);
    let bench = Bench { home, ..bench };
    let run = bench.home.run("BETA", &[]);
    assert_eq!(run.json["result"], "Answer beta.");
    bench.settle(&run);
}

/// The new version lies in another folder, and the hooks run from there.
fn after_an_update() {
    let bench = bench(&json!({}), true);
    let folder = marketplace(&bench.home, "market");
    install(&bench.home, &folder);
    bench.settle(&bench.home.run("BETA", &[]));
    let manifest = folder.join(".claude-plugin/plugin.json");
    let mut plugin_json: Value = serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
    plugin_json["version"] = json!("99.0.0");
    fs::write(&manifest, plugin_json.to_string()).unwrap();
    plugin(&bench.home, &["marketplace", "update", "cost-hook"]);
    plugin(&bench.home, &["update", "cost-hook@cost-hook"]);
    let list = fs::read_to_string(bench.home.config().join("plugins/installed_plugins.json")).unwrap();
    assert!(list.contains("99.0.0"), "{list}");
    bench.settle(&bench.home.run("BETA", &[]));
}

fn nothing_wrong() {
    let bench = bench(&json!({}), true);
    let folder = marketplace(&bench.home, "market");
    let said = plugin(
        &bench.home,
        &["validate", "--strict", "--profile", "directory", &folder.display().to_string()],
    );
    assert!(said.contains("Validation passed"), "{said}");
    assert!(!said.contains('⚠'), "{said}");
}
