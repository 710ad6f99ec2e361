//! The hook: it goes by what was told last and what this machine spent since, never waits for the network, and has the store
//! asked in the background.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Call, Env, Output};
use crate::team::{Team, book, refused, state, sync, until};

/// A budget that stops, and no background sync in between.
fn settings(more: Value) -> Value {
    let mut team = json!({"budget": 100, "syncInterval": "9d", "members": [{"user": "ann", "allocation": 30}, {"user": "ben", "allocation": 60}]});
    for (key, value) in more.as_object().unwrap() {
        team[key] = value.clone();
    }
    json!({"cost": {"autoStopAtBudget": true, "warningThreshold": 1}, "team": team})
}

fn prompt(env: &Env) -> Output {
    env.hook("UserPromptSubmit", &env.session("s-1"), json!({"prompt": "go on"}))
}

#[track_caller]
fn reason(output: &Output) -> String {
    let answer = output.json();
    assert_eq!(answer["decision"], "block", "{answer}");
    answer["reason"].as_str().unwrap().to_string()
}

fn spend(env: &Env, name: &str, cents: u64) {
    let session = env.session("s-1");
    session.call(&Call::cents(name, cents));
    env.hook("Stop", &session, json!({})).ok();
}

/// Of all processes, as `ps` shows them.
fn command_lines() -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path().join("cmdline"));
    let read = processes.filter_map(|path| std::fs::read(path).ok());
    read.map(|line| String::from_utf8_lossy(&line).replace('\0', " ")).collect()
}

fn member(team: &Team, name: &str, settings: &Value) -> Env {
    let env = team.member(name);
    env.managed(settings.clone());
    env
}

#[test]
fn what_others_spent_stops_this_machine() {
    let settings = settings(json!({}));
    let team = Team::with(settings.clone());
    let (ann, ben) = (member(&team, "ann", &settings), member(&team, "ben", &settings));
    spend(&ann, "one", 1000);
    sync(&ann);
    prompt(&ann).ok();
    book(&ben, "ben:1", "95");
    sync(&ben);
    sync(&ann);
    ann.later(40);
    let reason = reason(&prompt(&ann));
    assert!(reason.contains("the team budget of $100.00 (managed settings) is used up: $105.00 spent, by the team's totals of 40 s ago"), "{reason}");
    let status = ann.run(&["status", "--json"]).json();
    let of_team =
        status["limits"].as_array().unwrap().iter().find(|limit| limit["name"] == "team budget").unwrap();
    assert_eq!((&of_team["spent"], &of_team["totalsAgeSeconds"]), (&json!("105"), &json!(40)));
    let own =
        status["limits"].as_array().unwrap().iter().find(|limit| limit["name"] == "team allocation").unwrap();
    assert_eq!(own["spent"], "10");
}

#[test]
fn an_allocation_counts_all_machines_of_the_member() {
    let settings = settings(json!({}));
    let team = Team::with(settings.clone());
    let url = team.invite("ann", &[]);
    let (laptop, runner) = (team.machine("ann", &url), team.machine("ann", &url));
    laptop.managed(settings.clone());
    runner.managed(settings);
    spend(&laptop, "one", 2900);
    sync(&laptop);
    prompt(&laptop).ok();
    book(&runner, "runner:1", "5");
    sync(&runner);
    sync(&laptop);
    let reason = reason(&prompt(&laptop));
    assert!(
        reason.contains("the team allocation of $30.00 (managed settings) is used up: $34.00 spent"),
        "{reason}"
    );
}

#[test]
fn what_is_not_sent_yet_counts_at_once() {
    let settings = settings(json!({}));
    let team = Team::with(settings.clone());
    let (ann, ben) = (member(&team, "ann", &settings), member(&team, "ben", &settings));
    book(&ben, "ben:1", "55");
    sync(&ben);
    sync(&ann);
    spend(&ann, "one", 2000);
    assert!(!prompt(&ann).ok().stdout.contains("block"));
    spend(&ann, "two", 1000);
    assert!(reason(&prompt(&ann)).contains("team allocation of $30.00"), "the member's own, unsent");
    assert_eq!(team.total().to_string(), "55", "and nothing of it was sent");
}

#[test]
fn members_without_an_allocation_share_the_rest() {
    let settings = settings(json!({}));
    let team = Team::with(settings.clone());
    let (zoe, max) = (member(&team, "zoe", &settings), member(&team, "max", &settings));
    book(&max, "max:1", "7");
    sync(&max);
    sync(&zoe);
    spend(&zoe, "one", 200);
    assert!(!prompt(&zoe).ok().stdout.contains("block"));
    spend(&zoe, "two", 200);
    let reason = reason(&prompt(&zoe));
    assert!(
        reason.contains("the team rest of $10.00 (managed settings) is used up: $11.00 spent"),
        "{reason}"
    );
}

#[test]
fn the_hook_has_the_store_asked_and_does_not_wait() {
    let settings = settings(json!({"syncInterval": "1m"}));
    let team = Team::with(settings.clone());
    let (ann, ben) = (member(&team, "ann", &settings), member(&team, "ben", &settings));
    book(&ben, "ben:1", "99");
    sync(&ben);
    spend(&ann, "one", 500);
    until("the first sync of the hook", || state(&ann)["totals"]["team"]["cost"] == "104");
    assert!(reason(&prompt(&ann)).contains("team budget of $100.00"));
    // Within the interval nothing is asked; what is asked again says so in its time.
    let fetched = state(&ann)["totals"]["fetched"].clone();
    ann.later(30);
    let far = settings.clone();
    ann.managed(json!({"cost": far["cost"], "team": {"budget": 100_000, "syncInterval": "1m"}}));
    spend(&ann, "two", 1);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(state(&ann)["totals"]["fetched"], fetched);
    ann.later(31);
    spend(&ann, "three", 1);
    until("the second sync of the hook", || state(&ann)["totals"]["team"]["cost"] == "104.02");
}

#[test]
fn near_the_limit_it_is_asked_at_once() {
    let settings = settings(json!({"syncInterval": "1d"}));
    let team = Team::with(settings.clone());
    let (ann, ben) = (member(&team, "ann", &settings), member(&team, "ben", &settings));
    book(&ben, "ben:1", "90");
    sync(&ben);
    sync(&ann);
    // Two are active and ten dollars left: a share is five, half of it 2.50.
    ann.later(60);
    spend(&ann, "one", 200);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(team.total().to_string(), "90");
    spend(&ann, "two", 60);
    until("the sync near the limit", || state(&ann)["totals"]["team"]["cost"] == "92.6");
}

#[test]
fn a_store_that_says_nothing_holds_up_nothing() {
    // Takes connections and never answers.
    let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("postgres://ann:s3cret@{}/x?sslmode=disable", silent.local_addr().unwrap());
    let env = Env::new();
    env.var("COST_HOOK_TEAM_URL", &url).settings(settings(json!({})));
    let started = Instant::now();
    spend(&env, "one", 100);
    assert!(!prompt(&env).ok().stdout.contains("block"));
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    until("the try", || state(&env)["tried"].is_string());
    // What everybody on the machine can see of the process that waits.
    if cfg!(target_os = "linux") {
        let shown = command_lines();
        assert!(shown.iter().any(|line| line.ends_with("team sync --background ")), "{shown:?}");
        assert!(!shown.iter().any(|line| line.contains("s3cret")), "{shown:?}");
    }
    drop(silent);
    until("what came of it", || state(&env)["trouble"].is_string());
    assert!(!state(&env).to_string().contains("s3cret"));
}

#[test]
fn stale_totals_allow_or_block_as_it_was_set() {
    let allow = settings(json!({"maxAge": "15m"}));
    let team = Team::with(allow.clone());
    let ann = member(&team, "ann", &allow);
    spend(&ann, "one", 100);
    until("the first sync", || state(&ann)["totals"].is_object());
    let start =
        |env: &Env| env.hook("SessionStart", &env.session("s-1"), json!({"source": "startup"})).ok().stdout;
    ann.later(14 * 60);
    assert_eq!(start(&ann), "");
    ann.later(2 * 60);
    assert!(!prompt(&ann).ok().stdout.contains("block"));
    let message = start(&ann);
    assert!(message.contains("the team's totals are 16 min old, more than 15 min"), "{message}");

    let block = settings(json!({"maxAge": "15m", "onStale": "block"}));
    ann.managed(block.clone());
    let text = reason(&prompt(&ann));
    assert!(
        text.contains("are 16 min old, more than 15 min (`team.maxAge`), and `team.onStale` is `block`"),
        "{text}"
    );
    assert!(text.contains("cost-hook team sync"), "{text}");
    sync(&ann);
    assert!(!prompt(&ann).ok().stdout.contains("block"));
    // Never fetched is stale, too.
    let new = member(&team, "ben", &block);
    new.var("COST_HOOK_TEAM_URL", "postgres://ben:x@127.0.0.1:1/x?sslmode=disable");
    assert!(reason(&prompt(&new)).contains("the team's totals were never fetched"));
    refused(&new.run(&["team", "sync"]));
}

#[test]
fn last_months_totals_are_nothing_in_a_new_month() {
    let settings = settings(json!({}));
    let team = Team::with(settings.clone());
    let ben = member(&team, "ben", &settings);
    book(&ben, "ben:1", "200");
    sync(&ben);
    assert!(reason(&prompt(&ben)).contains("team budget"));
    // UTC's month, wherever the machine is.
    ben.var("TZ", "America/Los_Angeles").at("2026-11-30T23:59:59.000Z");
    assert!(reason(&prompt(&ben)).contains("It resets on Tue 1 Dec 2026 00:00 (UTC)"));
    ben.at("2026-12-01T00:00:01.000Z");
    assert!(!prompt(&ben).ok().stdout.contains("block"));
}

#[test]
fn without_a_store_nothing_is_written_or_started() {
    let env = Env::new();
    let mut settings = settings(json!({}));
    settings["team"]["user"] = "ann".into();
    env.settings(settings);
    spend(&env, "one", 100);
    assert!(!env.data().join("team.json").exists() && !env.data().join("team.lock").exists());
}

#[test]
fn a_projects_team_budget_stays_the_projects() {
    let team = Team::new();
    let ann = team.member("ann");
    ann.project_settings(json!({"cost": {"autoStopAtBudget": true}, "team": {"budget": 5}}));
    book(&ann, "elsewhere:1", "50");
    sync(&ann);
    assert!(!prompt(&ann).ok().stdout.contains("block"), "what other projects spent is not the project's");
    spend(&ann, "one", 600);
    assert!(
        reason(&prompt(&ann))
            .contains("the team budget of $5.00 (project settings) is used up: $6.00 spent. ")
    );
}
