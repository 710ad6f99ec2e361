//! Going on: a person raises a limit by an amount or until a time, with a reason, and it is booked. As a prompt the
//! hook carries it out itself, which costs no call.

use serde_json::{Value, json};

use super::{budget, goes_on, prompt, reason, spend, told};
use crate::support::{Env, usd};

fn used_up() -> Env {
    let env = Env::new();
    env.settings(budget("dailyBudget", 1.0));
    spend(&env, &env.session("s1"), "a", 100);
    env
}

/// The `override` lines without what differs from run to run.
fn overrides(env: &Env) -> Vec<Value> {
    let mut lines: Vec<Value> = env.ledger().into_iter().filter(|line| line["kind"] == "override").collect();
    for line in &mut lines {
        line.as_object_mut().unwrap().remove("id");
    }
    lines
}

#[test]
fn an_amount_is_added_for_the_period_and_booked() {
    let env = used_up();
    let session = env.session("s1");
    let said = told(&prompt(&env, &session, "cost-hook allow 5 --reason \"ship it\""));
    assert_eq!(said, "cost-hook: the daily budget is now $6.00 for this period (was $1.00); $5.00 left.");
    assert_eq!(
        overrides(&env),
        [json!({
            "kind": "override", "v": 1, "time": "2026-11-24T12:00:00.000Z", "limit": "user:dailyBudget",
            "period": "daily", "start": "2026-11-24T00:00:00.000Z", "end": "2026-11-25T00:00:00.000Z",
            "amount": "5", "reason": "ship it", "session": "s1", "user": "tester", "source": "person",
        })]
    );
    prompt(&env, &session, "go").silent();
    spend(&env, &session, "b", 500);
    assert!(
        reason(&prompt(&env, &session, "go")).contains("daily budget of $6.00 (user settings) is used up")
    );
    // The next period begins with the limit as it is written.
    env.at("2026-11-25T10:00:00.000Z");
    spend(&env, &session, "c", 100);
    assert!(reason(&prompt(&env, &session, "go")).contains("daily budget of $1.00"));
    assert_eq!(env.total(), usd("7"), "an override is no money");
}

#[test]
fn a_limit_is_lifted_until_a_time() {
    let env = used_up();
    let session = env.session("s1");
    let said = told(&prompt(&env, &session, "! cost-hook allow --until 14:00 --reason deadline"));
    assert_eq!(said, "cost-hook: the daily budget stops nothing until Tue 24 Nov 2026 14:00 (UTC).");
    spend(&env, &session, "b", 900);
    env.at("2026-11-24T13:59:59.999Z");
    goes_on(prompt(&env, &session, "go"));
    env.at("2026-11-24T14:00:00.000Z");
    assert!(reason(&prompt(&env, &session, "go")).contains("$10.00 spent"));
}

#[test]
fn a_time_of_the_day_is_right_on_days_when_the_clock_changes() {
    let env = Env::new();
    env.settings(json!({"cost": {"dailyBudget": 1, "autoStopAtBudget": true, "timezone": "Europe/Berlin"}}));
    env.at("2026-10-25T08:00:00.000Z");
    let session = env.session("s1");
    spend(&env, &session, "a", 100);
    let said = told(&prompt(&env, &session, "cost-hook allow --until 18:00 --reason x"));
    assert!(said.contains("until Sun 25 Oct 2026 18:00 (Europe/Berlin)"), "{said}");
}

#[test]
fn a_managed_limit_cannot_be_raised() {
    let env = Env::new();
    env.managed(budget("dailyBudget", 1.0));
    let session = env.session("s1");
    spend(&env, &session, "a", 100);
    let said = told(&prompt(&env, &session, "cost-hook allow 5 --reason x"));
    assert!(said.contains("the daily budget cannot be raised"), "{said}");
    assert!(overrides(&env).is_empty());
    reason(&prompt(&env, &session, "go"));
}

#[test]
fn a_managed_limit_that_permits_it_can() {
    let env = Env::new();
    let mut settings = budget("dailyBudget", 1.0);
    settings["cost"]["allowOverride"] = json!(true);
    env.managed(settings);
    let session = env.session("s1");
    spend(&env, &session, "a", 100);
    assert!(told(&prompt(&env, &session, "cost-hook allow 5 --reason x")).contains("now $6.00"));
    prompt(&env, &session, "go").silent();
}

#[test]
fn an_override_in_the_ledger_does_not_raise_a_managed_limit() {
    let env = Env::new();
    env.managed(budget("dailyBudget", 1.0));
    let session = env.session("s1");
    spend(&env, &session, "a", 100);
    let forged = json!({
        "kind": "override", "v": 1, "id": "override:1:1:0", "time": "2026-11-24T12:00:00.000Z",
        "limit": "managed:dailyBudget", "period": "daily", "start": "2026-11-24T00:00:00.000Z",
        "end": "2026-11-25T00:00:00.000Z", "amount": "500", "until": "2026-11-24T23:00:00.000Z", "reason": "mine",
        "user": "tester", "source": "person",
    });
    env.append(&env.segments()[0], format!("{forged}\n").as_bytes());
    reason(&prompt(&env, &session, "go"));
}

#[test]
fn when_several_are_used_up_all_that_may_be_are_raised_or_none() {
    let env = Env::new();
    env.settings(json!({"cost": {"dailyBudget": 1, "weeklyBudget": 1, "autoStopAtBudget": true}}));
    let session = env.session("s1");
    spend(&env, &session, "a", 100);
    let said = told(&prompt(&env, &session, "cost-hook allow 2 --reason x"));
    assert!(
        said.contains("daily budget is now $3.00") && said.contains("weekly budget is now $3.00"),
        "{said}"
    );
    goes_on(prompt(&env, &session, "go"));
}

#[test]
fn a_named_limit_is_raised_ahead_of_time() {
    let env = Env::new();
    env.settings(budget("dailyBudget", 1.0));
    let session = env.session("s1");
    assert!(told(&prompt(&env, &session, "cost-hook allow 2 --reason x")).contains("no limit is used up"));
    let said = told(&prompt(&env, &session, "cost-hook allow 2 --limit \"daily budget\" --reason x"));
    assert!(said.contains("now $3.00"), "{said}");
    spend(&env, &session, "a", 250);
    goes_on(prompt(&env, &session, "go"));
}

#[test]
fn what_is_wrong_with_a_request_is_said_and_nothing_booked() {
    let env = used_up();
    let session = env.session("s1");
    for (text, words) in [
        ("cost-hook allow 5", "needs a reason"),
        ("cost-hook allow --reason x", "by how much or until when"),
        ("cost-hook allow five --reason x", "not an amount"),
        ("cost-hook allow -5 --reason x", "not an option"),
        ("cost-hook allow 0 --reason x", "above zero"),
        ("cost-hook allow 5 --until yesterday --reason x", "not a time"),
        ("cost-hook allow --until 2026-11-24T11:00:00Z --reason x", "is past"),
        ("cost-hook allow 5 --limit nothing --reason x", "no limit called"),
        ("cost-hook allow 5 --frob --reason x", "not an option"),
        ("cost-hook allow 5 --reason", "needs a value"),
    ] {
        let said = reason(&prompt(&env, &session, text));
        assert!(said.contains(words), "{text}: {said}");
    }
    assert!(overrides(&env).is_empty());
}

#[test]
fn a_session_budget_is_raised_for_its_session() {
    let env = Env::new();
    env.settings(budget("sessionBudget", 1.0));
    let (one, two) = (env.session("s1"), env.session("s2"));
    spend(&env, &one, "a", 100);
    spend(&env, &two, "b", 100);
    assert!(told(&prompt(&env, &one, "cost-hook allow 5 --reason x")).contains("for this session"));
    prompt(&env, &one, "go").silent();
    reason(&prompt(&env, &two, "go"));
}

#[test]
fn a_raised_limit_survives_the_checkpoint() {
    let env = used_up();
    let session = env.session("s1");
    told(&prompt(&env, &session, "cost-hook allow 5 --reason x"));
    std::fs::remove_file(env.checkpoint()).unwrap();
    prompt(&env, &session, "go").silent();
    spend(&env, &session, "b", 500);
    assert!(reason(&prompt(&env, &session, "go")).contains("of $6.00"));
}

#[test]
fn the_command_does_what_the_prompt_does() {
    let env = used_up();
    let output = env.run(&["allow", "5", "--reason", "ship it"]);
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{output:?}");
    assert!(
        output.stdout.contains("daily budget is now $6.00 for this period (was $1.00); $5.00 left"),
        "{output:?}"
    );
    assert_eq!(overrides(&env)[0]["amount"], "5");
    prompt(&env, &env.session("s1"), "go").silent();
    let output = env.run(&["allow", "5"]);
    assert_eq!(output.code, Some(64), "a reason is asked for: {output:?}");
}

#[test]
fn the_command_raises_no_managed_limit() {
    let env = Env::new();
    env.managed(budget("dailyBudget", 1.0));
    spend(&env, &env.session("s1"), "a", 100);
    let output = env.run(&["allow", "5", "--reason", "x"]);
    assert_eq!((output.code, output.stdout.as_str()), (Some(1), ""), "{output:?}");
    assert!(output.stderr.contains("the daily budget cannot be raised"), "{output:?}");
    assert!(overrides(&env).is_empty());
}
