//! Whose money a limit counts and whom it stops: layers of settings, folders, models, kinds of subagent.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Scenario, product};
use crate::bench::Bench;
use crate::client::Run;
use crate::price::Pico;
use crate::script::{Reply, Script, Usage};

pub(super) const ALL: &[Scenario] = &[
    product("limit::of_a_project", of_a_project),
    product("limit::of_two_layers", of_two_layers),
    product("limit::of_an_administrator", of_an_administrator),
    product("limit::on_a_model", on_a_model),
    product("limit::on_an_agent", on_an_agent),
    product("limit::on_a_folder", on_a_folder),
    product("limit::with_both_caches", with_both_caches),
];

const DOLLAR: Pico = 1_000_000_000_000;

/// A bit over 0.25 USD on Opus.
fn quarter() -> Usage {
    Usage { input: 62_500, output: 7, ..Usage::default() }
}

fn loops(usage: &Usage) -> Vec<Reply> {
    (0..12).map(|_| Reply::bash(&["echo again"]).usage(usage.clone())).collect()
}

fn daily(usd: f64) -> Value {
    json!({ "cost": { "dailyBudget": usd, "autoStopAtBudget": true } })
}

fn limit(keys: Value) -> Value {
    let mut limit = json!({ "name": "part", "amount": 1, "period": "daily", "action": "stop" });
    for (key, value) in keys.as_object().into_iter().flatten() {
        limit[key] = value.clone();
    }
    json!({ "cost": { "limits": [limit] } })
}

fn stopped(bench: &Bench, run: &Run) {
    assert_eq!(run.ended(), "hook_stopped", "how the run ended: {}", run.json["result"]);
    bench.settle(run);
}

fn went_on(bench: &Bench, run: &Run) {
    assert_eq!(run.ended(), "completed");
    bench.settle(run);
}

fn calls(bench: &Bench) -> usize {
    bench.api.calls().len()
}

fn elsewhere(bench: &Bench, prompt: &str) -> Run {
    bench.home.start_in(&bench.home.elsewhere(), prompt, &[]).finish()
}

/// A project's own budget stops in the project, at its money; other folders go on.
fn of_a_project() {
    let bench = Bench::new(Script::new().on("GO", loops(&quarter())));
    bench.home.project_settings(&daily(1.0));
    went_on(&bench, &elsewhere(&bench, "first, something else"));
    let run = bench.home.run("GO", &[]);
    stopped(&bench, &run);
    assert_eq!(calls(&bench), 1 + 4);
    went_on(&bench, &elsewhere(&bench, "and something else"));
    bench.home.run("GO on", &[]);
    assert_eq!(calls(&bench), 6, "the project is still held");
}

/// The user's two dollars and the project's one: the smaller stops its project, the larger everything.
fn of_two_layers() {
    let bench = Bench::settings(Script::new().on("GO", loops(&quarter())), &daily(2.0));
    bench.home.project_settings(&daily(1.0));
    let run = bench.home.run("GO", &[]);
    stopped(&bench, &run);
    bench.stopped_at(DOLLAR);
    assert_eq!(calls(&bench), 4);
    stopped(&bench, &elsewhere(&bench, "GO"));
    bench.stopped_at(2 * DOLLAR);
    assert_eq!(calls(&bench), 8);
}

/// Managed money cannot be raised from a terminal either, and `autoStopAtBudget` is the administrator's.
fn of_an_administrator() {
    let user = json!({ "cost": { "dailyBudget": 0.5, "autoStopAtBudget": false } });
    let bench = Bench::settings(Script::new().on("GO", loops(&quarter())), &user);
    bench.home.managed_settings(&daily(1.0));
    let run = bench.home.run("GO", &[]);
    stopped(&bench, &run);
    // The user's own limit stops, too: where managed settings decide on stopping, they decide for all.
    bench.stopped_at(DOLLAR / 2);
    bench.ledger().allow("1");
    let more = bench.home.run("GO on", &["--resume", &run.session()]);
    stopped(&bench, &more);
    bench.stopped_at(DOLLAR);
    let refusal = bench.ledger().refused(&["allow", "5", "--reason", "a test"]);
    assert!(refusal.contains("cannot be raised"), "{refusal}");
    let before = calls(&bench);
    bench.home.run("GO on", &["--resume", &run.session()]);
    assert_eq!(calls(&bench), before, "calls after a refused allow");
}

/// A dollar of Sonnet stops Sonnet at a dollar, while a session on Opus goes on. Before its first call no hook of a
/// headless session says which model it is going to ask: that one call goes, and is the last.
fn on_a_model() {
    let sonnet = Usage { input: 125_000, output: 7, ..Usage::default() };
    let slow = vec![
        Reply::bash(&["touch waiting; until test -e go; do sleep 0.05; done"]).usage(quarter()),
        Reply::bash(&["echo on"]).usage(quarter()),
        Reply::text("Opus is done."),
    ];
    let script = Script::new().on("SLOW", slow).on("SONNET", loops(&sonnet));
    let bench = Bench::settings(script, &limit(json!({ "model": "sonnet" })));
    let opus = bench.home.start("SLOW", &[]);
    waiting(&bench);
    let run = bench.home.run("SONNET", &["--model", "claude-sonnet-5-5"]);
    stopped(&bench, &run);
    assert_eq!(calls(&bench), 1 + 4);
    fs::write(bench.home.path("project/go"), "").unwrap();
    went_on(&bench, &opus.finish());
    let before = calls(&bench);
    stopped(&bench, &bench.home.run("SONNET", &["--model", "claude-sonnet-5-5"]));
    assert_eq!(calls(&bench), before + 1, "one call of a new session is the bound");
    // A headless session that is resumed is taken to go on with its last model, whatever `--model` says.
    bench.home.run("another matter", &["--resume", &run.session(), "--model", "claude-opus-5-5"]);
    assert_eq!(calls(&bench), before + 1, "held by the model of its last call");
}

/// The subagent's dollar ends subagents of its kind, and no new one starts; the main thread goes on.
fn on_an_agent() {
    let start = vec![
        Reply::agents(&["LEAF job"], false).usage(quarter()),
        Reply::bash(&["echo back"]).usage(quarter()),
        Reply::text("The main thread is done."),
    ];
    let script = Script::new().on("START", start).on("LEAF", loops(&quarter()));
    let bench = Bench::settings(script, &limit(json!({ "agent": "general-*" })));
    let run = bench.home.run("START", &[]);
    went_on(&bench, &run);
    assert_eq!(calls(&bench), 3 + 4);
    let again = bench.home.run("START", &[]);
    stopped(&bench, &again);
    assert_eq!(calls(&bench), 8, "the call that wanted another subagent is the last");
}

/// The user's limit on one folder holds there only.
fn on_a_folder() {
    let bench = Bench::new(Script::new().on("GO", loops(&quarter())));
    bench.home.settings(&limit(json!({ "project": bench.home.project() })));
    stopped(&bench, &bench.home.run("GO", &[]));
    bench.stopped_at(DOLLAR);
    went_on(&bench, &elsewhere(&bench, "another matter"));
    let before = calls(&bench);
    bench.home.run("GO on", &[]);
    assert_eq!(calls(&bench), before);
}

/// Calls that read and write the five-minute and the one-hour cache: the exact sum stops, to the call.
fn with_both_caches() {
    let usage = |n: u64| Usage {
        input: 11 + n,
        output: 401,
        read: 150_000 + 1_000 * n,
        write_5m: 9_000,
        write_1h: 20_000,
        ..Usage::default()
    };
    let steps = (0..12).map(|n| Reply::bash(&["echo again"]).usage(usage(n))).collect();
    let bench = Bench::settings(Script::new().on("GO", steps), &daily(1.0));
    stopped(&bench, &bench.home.run("GO", &[]));
    bench.stopped_at(DOLLAR);
}

fn waiting(bench: &Bench) {
    let give_up = Instant::now() + Duration::from_secs(20);
    while !bench.home.path("project/waiting").exists() {
        assert!(Instant::now() < give_up, "the slow session never reached its tool");
        thread::sleep(Duration::from_millis(20));
    }
}
