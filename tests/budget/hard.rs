//! `cost.hardLimit`: stops before the call that is expected to cross it.

use serde_json::json;

use super::{prompt, reason, spend};
use crate::support::{Call, Env};

fn env() -> Env {
    let env = Env::new();
    env.settings(json!({"cost": {"hardLimit": 10, "warningThreshold": 1}}));
    env
}

#[test]
fn the_call_that_would_cross_is_not_made() {
    let env = env();
    let session = env.session("s1");
    spend(&env, &session, "a", 100);
    prompt(&env, &session, "go").silent();
    spend(&env, &session, "b", 300);
    // The next call writes what the last one read into the cache and adds as much again: far more than what is left.
    let why = reason(&prompt(&env, &session, "go"));
    assert!(why.contains("would cross the hard limit of $10.00 (user settings): $4.00 spent"), "{why}");
    assert!(why.contains("It resets on Tue 1 Dec 2026 00:00 (UTC)."), "{why}");
    let tool = env.hook("PreToolUse", &session, json!({"tool_use_id": "toolu_1"})).json();
    assert_eq!(tool["continue"], false);
}

#[test]
fn it_stops_without_autostop_and_counts_a_calendar_month() {
    let env = Env::new();
    env.settings(
        json!({"cost": {"hardLimit": 1, "autoStopAtBudget": false, "billingDay": 15, "warningThreshold": 1}}),
    );
    let session = env.session("s1");
    session.call(&Call::cents("a", 200).at("2026-11-02T10:00:00.000Z"));
    env.hook("Stop", &session, json!({})).ok();
    let why = reason(&prompt(&env, &session, "go"));
    assert!(why.contains("hard limit of $1.00 (user settings) is used up: $2.00 spent"), "{why}");
    assert!(why.contains("Tue 1 Dec 2026"), "{why}");
}

#[test]
fn a_first_call_is_taken_to_be_small() {
    let env = Env::new();
    env.settings(json!({"cost": {"hardLimit": 1, "warningThreshold": 1}}));
    prompt(&env, &env.session("s1"), "go").silent();
    let env = Env::new();
    env.settings(json!({"cost": {"hardLimit": 0.01, "warningThreshold": 1}}));
    assert!(reason(&prompt(&env, &env.session("s1"), "go")).contains("would cross"));
}
