//! Warnings: a message to the person that costs no token, once per threshold and period.

use serde_json::json;

use super::{prompt, reason};
use crate::support::{Call, Env, Output, Transcript};

/// A call of this many cents, seen by an event that hears warnings.
fn spend(env: &Env, session: &Transcript<'_>, name: &str, cents: u64) -> Output {
    session.call(&Call::cents(name, cents));
    env.hook("PostToolUse", session, json!({"tool_use_id": "toolu_1"}))
}

#[test]
fn a_threshold_is_told_once_a_period() {
    let env = Env::new();
    env.settings(json!({"cost": {"dailyBudget": 10}}));
    let session = env.session("s1");
    spend(&env, &session, "a", 799).silent();
    let told = spend(&env, &session, "b", 1).message();
    assert_eq!(
        told,
        "cost-hook: 80% of the daily budget used: $8.00 of $10.00 (user settings). It resets on Wed 25 Nov 2026 00:00 \
         (UTC)."
    );
    spend(&env, &session, "c", 1).silent();
    prompt(&env, &env.session("s2"), "another session hears it no second time").silent();
    env.at("2026-11-25T09:00:00.000Z");
    spend(&env, &session, "d", 700).silent();
    assert!(spend(&env, &session, "e", 100).message().contains("80% of the daily budget used"));
}

#[test]
fn each_of_several_thresholds_is_told_and_a_leap_is_one_message() {
    let env = Env::new();
    env.settings(json!({"cost": {"dailyBudget": 10, "warningThreshold": [0.9, 0.5]}}));
    let session = env.session("s1");
    assert!(spend(&env, &session, "a", 500).message().contains("50% of"));
    assert!(spend(&env, &session, "b", 400).message().contains("90% of"));
    env.at("2026-11-25T12:00:00.000Z");
    let told = spend(&env, &session, "c", 950).message();
    assert!(told.contains("95% of") && told.lines().count() == 1, "{told}");
    spend(&env, &session, "d", 1).silent();
}

#[test]
fn a_budget_that_only_warns_says_so_when_it_is_used_up() {
    let env = Env::new();
    env.settings(json!({"cost": {"dailyBudget": 1, "warningThreshold": 0.5}}));
    let session = env.session("s1");
    assert!(spend(&env, &session, "a", 50).message().contains("50% of the daily budget"));
    assert!(spend(&env, &session, "b", 60).message().contains("110% of the daily budget"));
    spend(&env, &session, "c", 60).silent();
}

#[test]
fn a_stop_says_it_all() {
    let env = Env::new();
    env.settings(json!({"cost": {"dailyBudget": 1, "autoStopAtBudget": true}}));
    let session = env.session("s1");
    let answer = spend(&env, &session, "a", 150).json();
    assert_eq!(answer["continue"], false);
    assert!(answer.get("systemMessage").is_none(), "{answer}");
}

#[test]
fn the_cost_threshold_is_told_once_a_session() {
    let env = Env::new();
    env.settings(json!({"costThreshold": 1.0}));
    let (one, two) = (env.session("s1"), env.session("s2"));
    spend(&env, &one, "a", 99).silent();
    let told = spend(&env, &one, "b", 2).message();
    assert!(told.contains("cost threshold") && told.contains("$1.01 of $1.00"), "{told}");
    spend(&env, &one, "c", 100).silent();
    assert!(spend(&env, &two, "d", 150).message().contains("cost threshold"));
}

#[test]
fn warnings_can_be_switched_off_and_stops_cannot_that_way() {
    let env = Env::new();
    env.settings(json!({"costWarnings": false, "costThreshold": 0.1,
        "cost": {"dailyBudget": 1, "autoStopAtBudget": true}}));
    let (one, two) = (env.session("s1"), env.session("s2"));
    spend(&env, &one, "a", 90).silent();
    spend(&env, &one, "b", 10).ok();
    assert!(reason(&prompt(&env, &one, "go")).contains("is used up"));
    env.hook("SessionStart", &two, json!({"source": "startup"})).silent();
}

#[test]
fn a_warning_waits_for_an_event_that_is_heard() {
    let env = Env::new();
    env.settings(json!({"cost": {"dailyBudget": 1}}));
    let session = env.session("s1");
    session.call(&Call::cents("a", 85));
    env.hook("SessionEnd", &session, json!({"reason": "other"})).silent();
    let told = prompt(&env, &env.session("s2"), "go").message();
    assert!(told.contains("85% of the daily budget"), "{told}");
}

#[test]
fn a_session_that_starts_near_a_limit_says_what_is_left() {
    let env = Env::new();
    env.settings(json!({"cost": {"dailyBudget": 10, "weeklyBudget": 1000}}));
    spend(&env, &env.session("s1"), "a", 900).ok();
    let told = env.hook("SessionStart", &env.session("s2"), json!({"source": "startup"})).message();
    assert_eq!(told, "cost-hook: $1.00 of $10.00 left of the daily budget.");
}

#[test]
fn two_limits_crossed_at_once_are_one_message_with_two_lines() {
    let env = Env::new();
    env.settings(json!({"cost": {"dailyBudget": 1, "weeklyBudget": 1}}));
    let told = spend(&env, &env.session("s1"), "a", 90).message();
    assert_eq!(told.lines().count(), 2, "{told}");
}
