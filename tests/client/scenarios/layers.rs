//! Budgets set in two places, in running sessions: what the client then does against what `cost-hook status` says the
//! settings come to. Every pair of places is compared without a client in `tests/layers.rs`; whose money a limit counts is
//! `limits`' subject.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use super::{Scenario, product};
use crate::bench::Bench;
use crate::client::Run;
use crate::script::{Reply, Script, Usage};

pub(super) const ALL: &[Scenario] = &[
    product("layers::amount", amount),
    product("layers::stopping", stopping),
    product("layers::calendar", calendar),
    product("layers::thresholds", thresholds),
    product("layers::when_it_cannot_work", when_it_cannot_work),
];

/// A session that would go on for ten calls, a bit over 0.25 USD each.
fn quarters(settings: &Value) -> Bench {
    let usage = Usage { input: 62_500, output: 7, ..Usage::default() };
    let steps = (0..10).map(|_| Reply::bash(&["echo again"]).usage(usage.clone())).collect();
    Bench::settings(Script::new().on("GO", steps), settings)
}

fn local_settings(bench: &Bench, keys: &Value) {
    let file = bench.home.project().join(".claude/settings.local.json");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, keys.to_string()).unwrap();
}

/// The limits as `status` sees them in the project.
fn limits(bench: &Bench) -> Vec<Value> {
    let answer: Value = serde_json::from_str(&bench.ledger().ask(&["status", "--json"])).unwrap();
    answer["limits"].as_array().unwrap().clone()
}

fn ended(bench: &Bench, run: &Run, how: &str, calls: usize) {
    assert_eq!(run.ended(), how, "{}", run.json["result"]);
    assert_eq!(bench.api.calls().len(), calls);
    bench.settle(run);
}

/// The local amount replaces the project's, also when it is larger; the user's stays a limit of its own.
fn amount() {
    let budget = |usd: f64| json!({ "cost": { "dailyBudget": usd, "autoStopAtBudget": true } });
    let bench = quarters(&budget(5.0));
    bench.home.project_settings(&budget(0.5));
    local_settings(&bench, &json!({ "cost": { "dailyBudget": 0.75 } }));
    let amounts: Vec<Value> = limits(&bench).iter().map(|limit| limit["amount"].clone()).collect();
    assert_eq!(amounts.len(), 2, "{amounts:?}");
    let run = bench.home.run("GO", &[]);
    ended(&bench, &run, "hook_stopped", 3);
}

/// A project that does not stop at its own budget does not keep the user's from stopping.
fn stopping() {
    let bench = quarters(&json!({ "cost": { "dailyBudget": 1, "autoStopAtBudget": true } }));
    bench.home.project_settings(&json!({ "cost": { "dailyBudget": 0.25, "autoStopAtBudget": true } }));
    local_settings(&bench, &json!({ "cost": { "autoStopAtBudget": false } }));
    let actions: Vec<Value> = limits(&bench).iter().map(|limit| limit["action"].clone()).collect();
    assert_eq!(actions, ["stop", "warn"]);
    let run = bench.home.run("GO", &[]);
    ended(&bench, &run, "hook_stopped", 4);
}

/// A project's month begins on its own day, the user's on theirs: the stop names the end of the one that stopped.
fn calendar() {
    let cost = |day: u32, usd: f64| json!({ "cost": { "monthlyBudget": usd, "billingDay": day, "autoStopAtBudget": true, "timezone": "UTC" } });
    let bench = quarters(&cost(3, 5.0));
    bench.home.project_settings(&cost(17, 0.25));
    let ends: Vec<String> =
        limits(&bench).iter().map(|limit| limit["end"].as_str().unwrap().to_owned()).collect();
    assert!(ends[0].contains("-03T00:00") && ends[1].contains("-17T00:00"), "{ends:?}");
    let run = bench.home.run("GO", &[]);
    ended(&bench, &run, "hook_stopped", 1);
    let said = said(&bench, "hook_stopped_continuation", "message");
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains(" 17 ") && said[0].contains("(project settings)"), "{said:?}");
}

/// The project's thresholds hold for its own budget, the user's for theirs.
fn thresholds() {
    let cost = |usd: u32, at: f64| json!({ "cost": { "dailyBudget": usd, "warningThreshold": at } });
    let bench = quarters(&cost(10, 0.1));
    bench.home.project_settings(&cost(2, 0.3));
    let at: Vec<Value> = limits(&bench).iter().map(|limit| limit["warnAt"].clone()).collect();
    assert_eq!(at, [json!([0.1]), json!([0.3])]);
    let run = bench.home.run("GO", &[]);
    assert_eq!(run.ended(), "completed");
    let said = said(&bench, "hook_system_message", "content");
    // The client writes its lines a few at a time: what a call costs may be known one or two quick calls later, when the next
    // threshold is still far.
    let percents = |of: &str| -> Vec<u32> {
        let lines = said.iter().flat_map(|text| text.lines()).filter(|line| line.contains(of));
        let percent = |line: &str| line.strip_prefix("cost-hook: ")?.split('%').next()?.parse().ok();
        lines.map(|line| percent(line).unwrap_or_else(|| panic!("{line}"))).collect()
    };
    assert!(matches!(percents("of $2.00 (project")[..], [37..=75, 100..=125]), "{said:?}");
    assert!(matches!(percents("of $10.00 (user")[..], [10..=20]), "{said:?}");
}

/// The user would rather not work uncounted, and a project cannot change that.
fn when_it_cannot_work() {
    let bench = quarters(&json!({ "cost": { "onError": "block" } }));
    bench.home.project_settings(&json!({ "cost": { "onError": "allow" } }));
    let folder = bench.home.config().join("cost-hook");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o555)).unwrap();
    bench.home.run("GO", &[]);
    fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
    assert_eq!(bench.api.calls().len(), 0, "nothing was to be asked");
}

/// What the client noted of hooks in the transcript: one word of each attachment of a kind.
fn said(bench: &Bench, kind: &str, word: &str) -> Vec<String> {
    let texts = bench.home.transcripts().into_iter().map(|file| fs::read_to_string(file).unwrap());
    let all = texts.collect::<String>();
    let lines = all.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let noted = lines.filter(|line| line["attachment"]["type"] == kind);
    noted.map(|line| line["attachment"][word].as_str().unwrap_or_default().to_owned()).collect()
}
