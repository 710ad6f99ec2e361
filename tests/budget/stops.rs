//! Each event's exact answer when a limit is used up.

use serde_json::{Value, json};

use super::{budget, goes_on, prompt, reason, spend};
use crate::support::{Call, Env};

const HOW: &str = "To go on, enter this as a prompt (or in a terminal):\ncost-hook allow 5 --reason \"...\"";

/// Everything each event answers at this limit.
fn answers(settings: Value, words: &str) {
    let env = Env::new();
    env.settings(settings);
    let session = env.session("s1");
    spend(&env, &session, "a", 100);
    let reason = format!("cost-hook: the {words} {HOW}");
    let denied = |event: &str| json!({"hookEventName": event, "permissionDecision": "deny", "permissionDecisionReason": reason});
    let stopped = json!({"continue": false, "stopReason": reason});
    let mut tool = stopped.clone();
    tool["hookSpecificOutput"] = denied("PreToolUse");
    for (event, expected) in [
        ("UserPromptSubmit", json!({"decision": "block", "reason": reason})),
        ("PreCompact", json!({"decision": "block", "reason": reason})),
        ("PreToolUse", tool),
        ("PostToolUse", stopped.clone()),
        ("PostToolUseFailure", stopped.clone()),
        ("PostToolBatch", stopped),
    ] {
        let inputs = json!({"prompt": "go on", "tool_use_id": "toolu_1", "trigger": "manual"});
        assert_eq!(env.hook(event, &session, inputs).json(), expected, "{event}");
    }
    // A stop must not be kept from stopping, and the rest cannot be stopped.
    for event in ["Stop", "SubagentStop", "SubagentStart", "SessionEnd", "Notification", "PostCompact"] {
        env.hook(event, &session, json!({"agent_id": "a1"})).silent();
    }
}

#[test]
fn a_used_up_daily_budget() {
    answers(
        budget("dailyBudget", 1.0),
        "daily budget of $1.00 (user settings) is used up: $1.00 spent. It resets on Wed 25 Nov 2026 00:00 (UTC).",
    );
}

#[test]
fn a_used_up_weekly_budget() {
    answers(
        budget("weeklyBudget", 0.5),
        "weekly budget of $0.50 (user settings) is used up: $1.00 spent. It resets on Mon 30 Nov 2026 00:00 (UTC).",
    );
}

#[test]
fn a_used_up_monthly_budget() {
    answers(
        budget("monthlyBudget", 1.0),
        "monthly budget of $1.00 (user settings) is used up: $1.00 spent. It resets on Tue 1 Dec 2026 00:00 (UTC).",
    );
}

#[test]
fn a_used_up_session_budget() {
    answers(
        budget("sessionBudget", 1.0),
        "session budget of $1.00 (user settings) is used up: $1.00 spent. It counts this session only.",
    );
}

#[test]
fn a_used_up_limit_without_a_period() {
    answers(
        json!({"cost": {"limits": [{"name": "pilot", "amount": 0.75, "period": "total", "action": "stop", "warnAt": 1}]}}),
        "limit `pilot` of $0.75 (user settings) is used up: $1.00 spent. It never resets.",
    );
}

#[test]
fn nothing_is_left_of_a_budget_of_nothing() {
    let env = Env::new();
    env.settings(budget("dailyBudget", 0.0));
    let session = env.session("s1");
    assert!(reason(&prompt(&env, &session, "go")).contains("daily budget of $0.00"));
}

#[test]
fn a_cent_below_the_limit_goes_on() {
    let env = Env::new();
    env.settings(budget("dailyBudget", 1.0));
    let session = env.session("s1");
    spend(&env, &session, "a", 99);
    prompt(&env, &session, "go").silent();
    env.hook("PreToolUse", &session, json!({"tool_use_id": "toolu_1"})).silent();
    session.call(&Call::cents("b", 1));
    assert!(reason(&prompt(&env, &session, "go")).contains("daily budget"));
}

#[test]
fn the_event_that_books_the_crossing_call_stops() {
    let env = Env::new();
    env.settings(budget("dailyBudget", 1.0));
    let session = env.session("s1");
    session.call(&Call::cents("a", 150).tools(&[("toolu_1", "Bash")]));
    let answer =
        env.hook("PostToolUse", &session, json!({"tool_use_id": "toolu_1", "tool_name": "Bash"})).json();
    assert_eq!(answer["continue"], false);
}

#[test]
fn a_session_budget_counts_its_session_only() {
    let env = Env::new();
    env.settings(budget("sessionBudget", 1.0));
    let (one, two) = (env.session("s1"), env.session("s2"));
    spend(&env, &one, "a", 100);
    spend(&env, &two, "b", 99);
    assert!(reason(&prompt(&env, &one, "go")).contains("session budget"));
    prompt(&env, &two, "go").silent();
}

#[test]
fn subagents_and_other_sessions_use_up_the_same_day() {
    let env = Env::new();
    env.settings(budget("dailyBudget", 1.0));
    let (one, two) = (env.session("s1"), env.session("s2"));
    one.agent("a1", "Explore").call(&Call::cents("a", 60));
    env.hook("SubagentStop", &one, json!({"agent_id": "a1"})).ok();
    spend(&env, &two, "b", 40);
    let inside = json!({"agent_id": "a1", "agent_type": "Explore", "tool_use_id": "toolu_1"});
    let answer = env.hook("PostToolUse", &one, inside).json();
    assert_eq!(answer["continue"], false);
    assert!(reason(&prompt(&env, &two, "<task-notification>")).contains("$1.00 spent"));
}

#[test]
fn what_another_sessions_total_shows_counts_at_once() {
    let env = Env::new();
    env.settings(budget("dailyBudget", 1.0));
    let (one, two) = (env.session("s1"), env.session("s2"));
    env.hook("SessionStart", &one, json!({"source": "startup"})).silent();
    spend(&env, &one, "a", 90);
    prompt(&env, &two, "go").silent();
    // A title or a compaction of the other session: no line will ever tell of it, and its total is not settled yet.
    env.statusline(&one, 1.05).ok();
    assert!(reason(&prompt(&env, &two, "go")).contains("$1.05 spent"));
}

#[test]
fn a_limit_on_a_model_a_branch_or_an_agent_counts_just_that() {
    for (filter, counted, other) in [
        (
            json!({"model": "opus"}),
            Call::cents("a", 100),
            Call::new("b").model("claude-sonnet-5-5").tokens(500_000, 0),
        ),
        (
            json!({"branch": "feature/*"}),
            Call::cents("a", 100).field("gitBranch", json!("feature/x")),
            Call::cents("b", 100),
        ),
    ] {
        let env = Env::new();
        let mut limit =
            json!({"name": "part", "amount": 1, "period": "daily", "action": "stop", "warnAt": 1});
        for (key, value) in filter.as_object().unwrap() {
            limit[key] = value.clone();
        }
        env.settings(json!({"cost": {"limits": [limit]}}));
        let session = env.session("s1");
        session.call(&other);
        env.hook("Stop", &session, json!({})).ok();
        prompt(&env, &session, "go").silent();
        session.call(&counted);
        env.hook("Stop", &session, json!({})).ok();
        assert!(reason(&prompt(&env, &session, "go")).contains("part"), "{filter}");
    }
    let env = Env::new();
    let limit = json!({"name": "part", "amount": 1, "period": "daily", "action": "stop", "agent": "Explore", "warnAt": 1});
    env.settings(json!({"cost": {"limits": [limit]}}));
    let session = env.session("s1");
    session.call(&Call::cents("a", 100));
    session.agent("a1", "general-purpose").call(&Call::cents("b", 100));
    prompt(&env, &session, "go").silent();
    env.later(1);
    session.agent("a2", "Explore").call(&Call::cents("c", 100));
    // The main thread is not what it counts; the agent itself is stopped, and no other of its kind is started.
    goes_on(prompt(&env, &session, "go"));
    let inside = json!({"agent_id": "a2", "agent_type": "Explore", "tool_use_id": "toolu_c"});
    let stopped = env.hook("PostToolUse", &session, inside).json();
    assert!(stopped["stopReason"].as_str().is_some_and(|why| why.contains("limit `part`")), "{stopped}");
    let start =
        |kind: &str| json!({"tool_name": "Agent", "tool_input": {"subagent_type": kind, "prompt": "x"}});
    let denied = env.hook("PreToolUse", &session, start("Explore")).json();
    assert_eq!(denied["hookSpecificOutput"]["permissionDecision"], "deny");
    env.hook("PreToolUse", &session, start("Plan")).silent();
}

#[test]
fn a_limit_on_a_model_lets_sessions_on_other_models_go_on() {
    let env = Env::new();
    let limit = json!({"name": "part", "amount": 1, "period": "daily", "action": "stop", "model": "opus", "warnAt": 1});
    env.settings(json!({"cost": {"limits": [limit]}}));
    let dear = env.session("s1");
    dear.call(&Call::cents("a", 100));
    assert!(reason(&prompt(&env, &dear, "go")).contains("limit `part` of $1.00"));
    let cheap = env.session("s2");
    cheap.call(&Call::new("b").model("claude-sonnet-5-5").tokens(1_000, 0));
    prompt(&env, &cheap, "go").silent();
    let switch = json!({"to_model": "claude-opus-5-5", "estimated_cache_write_usd": 0.001});
    let refused = env.hook("PreModelSwitch", &cheap, switch).json();
    assert_eq!(refused["hookSpecificOutput"]["permissionDecision"], "deny");
}

#[test]
fn a_users_limit_on_one_project_lets_the_others_go_on() {
    let env = Env::new();
    let elsewhere = env.root().join("elsewhere");
    let limit = json!({"name": "shop", "amount": 1, "period": "daily", "action": "stop", "project": env.project(), "warnAt": 1});
    env.settings(json!({"cost": {"limits": [limit]}}));
    let session = env.session("s1");
    session.call(&Call::cents("a", 100));
    assert!(reason(&prompt(&env, &session, "go")).contains("limit `shop`"));
    env.var("CLAUDE_PROJECT_DIR", elsewhere.to_str().unwrap());
    let other = env.session_in("s2", &elsewhere);
    prompt(&env, &other, "go").silent();
}

#[test]
fn a_budget_that_only_warns_stops_nothing() {
    let env = Env::new();
    env.settings(json!({"cost": {"dailyBudget": 1, "warningThreshold": 1}}));
    let session = env.session("s1");
    spend(&env, &session, "a", 200);
    for event in ["UserPromptSubmit", "PreToolUse", "PostToolUse", "PostToolBatch", "PreCompact"] {
        goes_on(env.hook(event, &session, json!({"tool_use_id": "toolu_1"})));
    }
}

#[test]
fn switching_to_a_model_is_refused_when_the_cache_costs_more_than_is_left() {
    let env = Env::new();
    env.settings(budget("dailyBudget", 1.0));
    let session = env.session("s1");
    spend(&env, &session, "a", 80);
    let switch = |usd: f64| env.hook("PreModelSwitch", &session, json!({"estimated_cache_write_usd": usd}));
    switch(0.10).silent();
    let answer = switch(0.30).json();
    assert_eq!(answer["hookSpecificOutput"]["permissionDecision"], "deny", "{answer}");
    assert!(answer.get("continue").is_none());
}

/// Does a hook near the limit stop for a line that is written while it is at work?
fn waits_for_the_line() -> bool {
    let env = Env::new();
    env.settings(budget("dailyBudget", 1.0));
    let session = env.session("s1");
    spend(&env, &session, "a", 95);
    let payload =
        env.payload("PostToolUse", &session, json!({"tool_use_id": "toolu_7", "tool_name": "Bash"}));
    let hook = env.start(&["hook"], payload.as_bytes());
    std::thread::sleep(std::time::Duration::from_millis(15));
    session.call(&Call::cents("b", 10).tools(&[("toolu_7", "Bash")]));
    crate::support::finish(hook).stdout.contains("\"continue\":false")
}

#[test]
fn the_call_that_crosses_is_waited_for_near_a_limit() {
    // The wait is bounded to some milliseconds, and a busy machine may let this test sleep for longer.
    assert!((0..5).any(|_| waits_for_the_line()));
}

#[test]
fn a_session_starts_with_word_of_what_is_used_up() {
    let env = Env::new();
    env.settings(budget("dailyBudget", 1.0));
    let (one, two) = (env.session("s1"), env.session("s2"));
    env.hook("SessionStart", &one, json!({"source": "startup"})).silent();
    spend(&env, &one, "a", 100);
    let told = env.hook("SessionStart", &two, json!({"source": "startup"})).message();
    assert!(told.contains("the daily budget of $1.00 (user settings) is used up"), "{told}");
}
