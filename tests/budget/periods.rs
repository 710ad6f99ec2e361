//! When a period begins afresh: zones, changes of the clock, first weekdays, billing days.

use serde_json::{Value, json};

use super::{prompt, reason};
use crate::support::{Call, Env};

fn env(key: &str, more: Value) -> Env {
    let env = Env::new();
    let mut cost = json!({key: 1, "autoStopAtBudget": true, "warningThreshold": 1});
    for (key, value) in more.as_object().unwrap() {
        cost[key] = value.clone();
    }
    env.settings(json!({"cost": cost}));
    env
}

/// A call at `spent` uses the limit up; it is so until just before `fresh`, and no longer from then on.
fn used_up_until(env: &Env, spent: &str, last: &str, fresh: &str) {
    let session = env.session("s1");
    env.at(spent);
    session.call(&Call::cents("a", 100));
    env.hook("Stop", &session, json!({})).ok();
    env.at(last);
    let why = reason(&prompt(env, &session, "go"));
    assert!(why.contains("$1.00 spent"), "{why}");
    env.at(fresh);
    prompt(env, &session, "go").silent();
    // The clock set back: the old period's spending is still known.
    env.at(last);
    reason(&prompt(env, &session, "go"));
}

#[test]
fn a_day_in_utc() {
    let env = env("dailyBudget", json!({}));
    used_up_until(&env, "2026-11-24T00:00:00.000Z", "2026-11-24T23:59:59.999Z", "2026-11-25T00:00:00.000Z");
}

#[test]
fn a_day_in_the_systems_zone() {
    let env = env("dailyBudget", json!({}));
    env.var("TZ", "Asia/Kolkata");
    used_up_until(&env, "2026-11-24T18:30:00.000Z", "2026-11-25T18:29:59.999Z", "2026-11-25T18:30:00.000Z");
}

#[test]
fn the_day_of_25_hours() {
    let env = env("dailyBudget", json!({"timezone": "Europe/Berlin"}));
    used_up_until(&env, "2026-10-24T22:00:00.000Z", "2026-10-25T22:59:59.999Z", "2026-10-25T23:00:00.000Z");
}

#[test]
fn the_day_of_23_hours() {
    let env = env("dailyBudget", json!({"timezone": "America/New_York"}));
    used_up_until(&env, "2026-03-08T05:00:00.000Z", "2026-03-09T03:59:59.999Z", "2026-03-09T04:00:00.000Z");
}

#[test]
fn a_day_that_begins_at_one_since_there_is_no_midnight() {
    // Santiago's clocks jump from 24:00 to 01:00.
    let env = env("dailyBudget", json!({"timezone": "America/Santiago"}));
    used_up_until(&env, "2026-09-06T04:00:00.000Z", "2026-09-07T02:59:59.999Z", "2026-09-07T03:00:00.000Z");
}

#[test]
fn a_week_from_monday_or_another_day() {
    let env1 = env("weeklyBudget", json!({}));
    used_up_until(&env1, "2026-11-23T00:00:00.000Z", "2026-11-29T23:59:59.999Z", "2026-11-30T00:00:00.000Z");
    let env2 = env("weeklyBudget", json!({"weekStart": "sunday"}));
    used_up_until(&env2, "2026-11-22T00:00:00.000Z", "2026-11-28T23:59:59.999Z", "2026-11-29T00:00:00.000Z");
}

#[test]
fn a_week_with_a_change_of_the_clock() {
    let env = env("weeklyBudget", json!({"timezone": "Europe/Berlin"}));
    used_up_until(&env, "2026-10-18T22:00:00.000Z", "2026-10-25T22:59:59.999Z", "2026-10-25T23:00:00.000Z");
}

#[test]
fn a_month_from_the_first_or_the_billing_day() {
    let env1 = env("monthlyBudget", json!({}));
    used_up_until(&env1, "2026-11-01T00:00:00.000Z", "2026-11-30T23:59:59.999Z", "2026-12-01T00:00:00.000Z");
    let env2 = env("monthlyBudget", json!({"billingDay": 15}));
    used_up_until(&env2, "2026-11-15T00:00:00.000Z", "2026-12-14T23:59:59.999Z", "2026-12-15T00:00:00.000Z");
}

#[test]
fn a_billing_day_shorter_months_do_not_have() {
    let env = env("monthlyBudget", json!({"billingDay": 31}));
    used_up_until(&env, "2027-01-31T00:00:00.000Z", "2027-02-27T23:59:59.999Z", "2027-02-28T00:00:00.000Z");
}

#[test]
fn a_late_line_counts_in_the_period_it_belongs_to() {
    let env = env("dailyBudget", json!({}));
    let session = env.session("s1");
    env.at("2026-11-25T00:00:10.000Z");
    session.call(&Call::cents("a", 100).at("2026-11-24T23:59:59.000Z"));
    prompt(&env, &session, "go").silent();
    session.call(&Call::cents("b", 100).at("2026-11-25T00:00:01.000Z"));
    assert!(reason(&prompt(&env, &session, "go")).contains("$1.00 spent"));
}

#[test]
fn a_call_from_the_future_counts_when_its_day_has_come() {
    let env = env("dailyBudget", json!({}));
    let session = env.session("s1");
    session.call(&Call::cents("a", 100).at("2026-11-25T08:00:00.000Z"));
    prompt(&env, &session, "go").silent();
    env.at("2026-11-25T09:00:00.000Z");
    assert!(reason(&prompt(&env, &session, "go")).contains("$1.00 spent"));
}

#[test]
fn the_moment_of_the_reset_is_told_in_the_limits_zone() {
    let env = env("dailyBudget", json!({"timezone": "Asia/Kathmandu"}));
    let session = env.session("s1");
    session.call(&Call::cents("a", 100));
    let why = reason(&prompt(&env, &session, "go"));
    assert!(why.contains("It resets on Wed 25 Nov 2026 00:00 (Asia/Kathmandu)."), "{why}");
}
