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

#[test]
fn room_is_kept_for_calls_under_way_in_other_sessions() {
    let env = Env::new();
    env.settings(json!({"cost": {"hardLimit": 1, "warningThreshold": 1}}));
    let sessions = ["s1", "s2", "s3"].map(|id| env.session(id));
    for session in &sessions {
        // The next call is taken to write 25,000 tokens of context and as many new ones, for 0.25.
        spend(&env, session, session.id(), 10);
    }
    let [one, two, three] = &sessions;
    env.later(5);
    prompt(&env, one, "go").silent();
    prompt(&env, two, "go").silent();
    let why = reason(&prompt(&env, three, "go"));
    assert!(why.contains("the next call (about $0.25) would cross the hard limit of $1.00"), "{why}");
    assert!(why.contains("$0.30 spent, about $0.50 under way"), "{why}");
    // One of them has its line, and cost less than expected.
    one.call(&Call::cents("d", 10));
    prompt(&env, three, "go").silent();
}

#[test]
fn a_call_that_never_gets_its_line_is_not_waited_for_forever() {
    let env = Env::new();
    env.settings(json!({"cost": {"hardLimit": 0.6, "warningThreshold": 1}}));
    let (one, two) = (env.session("s1"), env.session("s2"));
    spend(&env, &one, "a", 10);
    spend(&env, &two, "b", 10);
    env.later(5);
    prompt(&env, &one, "go").silent();
    reason(&prompt(&env, &two, "go"));
    // Its turn ended: a line would have come by now.
    env.later(1).hook("Stop", &one, json!({})).ok();
    reason(&prompt(&env, &two, "go"));
    env.later(3);
    prompt(&env, &two, "go").silent();
    // A client that was killed says nothing at all.
    reason(&prompt(&env, &one, "go"));
    env.later(16 * 60);
    prompt(&env, &one, "go").silent();
}

#[test]
fn room_is_kept_for_agents_about_to_start() {
    let env = Env::new();
    env.settings(json!({"cost": {"hardLimit": 0.5, "warningThreshold": 1}}));
    let session = env.session("s1");
    spend(&env, &session, "a", 10);
    env.later(5);
    let start = |tool: &str| {
        let input =
            json!({"tool_name": "Agent", "tool_use_id": tool, "tool_input": {"subagent_type": "Explore"}});
        env.hook("PreToolUse", &session, input)
    };
    // A first call is taken to cost 0.12 at least.
    for tool in ["t1", "t2", "t3"] {
        start(tool).silent();
    }
    assert_eq!(start("t4").json()["continue"], false);
    // The first agent's call has its line, for less.
    session.agent("a1", "Explore").call(&Call::cents("b", 1));
    start("t4").silent();
}

#[test]
fn busy_agents_do_not_push_out_what_is_known_of_the_main_thread() {
    let env = env();
    let session = env.session("s1");
    spend(&env, &session, "a", 300);
    let agent = session.agent("a1", "Explore");
    for number in 0..20 {
        agent.call(&Call::cents(&format!("b{number}"), 1));
    }
    // The main thread's context is still the large one.
    let why = reason(&prompt(&env, &session, "go"));
    assert!(why.contains("the next call (about $7.50) would cross"), "{why}");
}
