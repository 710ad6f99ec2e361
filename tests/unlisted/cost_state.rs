//! The total the client writes into the transcript when it exits.

use serde_json::{Value, json};

use crate::support::{Call, Env, Transcript, usd};

const START: &str = "2026-11-24T12:00:00.000Z";

fn start(env: &Env, session: &Transcript<'_>, source: &str) {
    env.hook("SessionStart", session, json!({"source": source})).silent();
}

fn end(env: &Env, session: &Transcript<'_>) {
    env.hook("SessionEnd", session, json!({"reason": "other"})).silent();
}

/// What a total says of one model.
fn model(input: u64, output: u64, cost: f64) -> Value {
    json!({"inputTokens": input, "outputTokens": output, "thinkingTokens": 0, "cacheReadInputTokens": 0,
        "cacheCreationInputTokens": 0, "cacheCreationEphemeral5mInputTokens": 0,
        "cacheCreationEphemeral1hInputTokens": 0, "webSearchRequests": 0, "costUSD": cost})
}

#[test]
fn a_total_that_equals_the_calls_books_nothing() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    session.call(&Call::new("a")).call(&Call::new("b")).cost_state(0.010048000000000001, START);
    end(&env, &session);
    assert!(env.unlisted().is_empty());
    assert_eq!(env.total(), usd("0.010048"));
}

#[test]
fn what_the_total_has_above_the_calls_is_booked_once() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    env.later(1);
    session.call(&Call::new("a"));
    let models = json!({"claude-opus-5-5": model(1001 + 500, 51 + 20, 0.007424)});
    session.cost_state_with(0.007424, START, models.clone()).cost_state_with(0.007424, START, models);
    end(&env, &session);
    let lines = env.unlisted();
    assert_eq!(lines.len(), 1, "{lines:#?}");
    for (key, value) in [
        ("v", json!(1)),
        ("id", json!("unlisted:s1:1")),
        ("session", json!("s1")),
        ("project", json!(env.project())),
        ("model", json!("claude-opus-5-5")),
        ("provider", json!("anthropic")),
        ("cost", json!("0.0024")),
        ("source", json!("cost-state")),
        ("user", json!("tester")),
        ("tokens", json!({"input": 500, "output": 20, "cacheWrite5m": 0, "cacheWrite1h": 0, "cacheRead": 0})),
    ] {
        assert_eq!(lines[0][key], value, "{key}");
    }
    assert_eq!(env.total_of("s1"), usd("0.007424"));
    // Later events, of this session or another, book nothing more.
    end(&env, &session);
    env.later(60).hook("SessionStart", &env.session("s2"), json!({"source": "startup"})).silent();
    assert_eq!(env.total(), usd("0.007424"));
}

#[test]
fn a_total_of_several_models_is_split() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    session.call(&Call::new("a"));
    let models = json!({
        "claude-opus-5-5": model(1001 + 1000, 51, 0.009024),
        "claude-haiku-4-5": model(1000, 100, 0.0015),
    });
    session.cost_state_with(0.010524, START, models);
    end(&env, &session);
    let mut lines: Vec<_> =
        env.unlisted().into_iter().map(|line| (line["model"].clone(), line["cost"].clone())).collect();
    lines.sort_by_key(|(model, _)| model.to_string());
    assert_eq!(
        lines,
        [(json!("claude-haiku-4-5"), json!("0.0015")), (json!("claude-opus-5-5"), json!("0.004"))]
    );
    assert_eq!(env.total(), usd("0.010524"));
}

#[test]
fn a_total_below_the_known_calls_books_nothing_and_nothing_negative() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    session.call(&Call::new("a")).call(&Call::new("b")).cost_state(0.005, START);
    end(&env, &session);
    assert!(env.unlisted().is_empty());
    assert_eq!(env.total(), usd("0.010048"));
    assert_eq!(env.known("s1").odd_totals, 1);
}

#[test]
fn calls_after_the_total_in_the_file_are_none_of_its_business() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    env.later(1);
    session.call(&Call::new("a")).cost_state(0.006024, START);
    env.later(600);
    session.user("again").call(&Call::new("b"));
    end(&env, &session);
    assert_eq!(env.unlisted_total(), usd("0.001"));
    assert_eq!(env.total(), usd("0.011048"));
}

#[test]
fn a_resumed_session_goes_on_from_its_saved_total() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    env.later(1);
    session.call(&Call::new("a")).cost_state(0.006024, START);
    end(&env, &session);
    env.later(600);
    start(&env, &session, "resume");
    env.later(1);
    session.call(&Call::new("b")).cost_state(0.006024 + 0.005024 + 0.002, "2026-11-24T12:10:01.000Z");
    end(&env, &session);
    assert_eq!(env.unlisted_total(), usd("0.003"));
    assert_eq!(env.total_of("s1"), usd("0.013048"));
}

#[test]
fn after_a_kill_the_total_restarts_at_nothing() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    env.later(1);
    session.call(&Call::new("a")).call(&Call::new("b"));
    env.hook("PreToolUse", &session, json!({"tool_use_id": "toolu_1"})).silent();
    // Killed: no total was saved. The next process counts from nothing.
    env.later(600);
    start(&env, &session, "resume");
    env.later(1);
    session.call(&Call::new("c")).cost_state(0.005024 + 0.001, "2026-11-24T12:10:01.000Z");
    end(&env, &session);
    assert_eq!(env.unlisted_total(), usd("0.001"), "{:#?}", env.unlisted());
    assert_eq!(env.total_of("s1"), usd("0.016072"));
    // And a third process goes on from what the second saved.
    env.later(600);
    start(&env, &session, "resume");
    env.later(1);
    session.call(&Call::new("d")).cost_state(0.006024 + 0.005024, "2026-11-24T12:20:02.000Z");
    end(&env, &session);
    assert_eq!(env.total_of("s1"), usd("0.021096"));
    assert_eq!(env.known("s1").odd_totals, 0);
}

#[test]
fn a_fork_starts_from_its_origins_total() {
    let env = Env::new();
    let (origin, fork) = (env.session("s1"), env.session("s2"));
    start(&env, &origin, "startup");
    env.later(1);
    // The origin's total holds 0.003 that no line explains; the fork repeats it.
    origin.call(&Call::new("a")).cost_state(0.008024, START);
    end(&env, &origin);
    env.later(60);
    start(&env, &fork, "fork");
    env.later(1);
    fork.call(&Call::new("a").field("requestSessionId", json!("s1")).at("2026-11-24T12:00:01.000Z"));
    fork.call(&Call::new("b")).cost_state(0.008024 + 0.005024, "2026-11-24T12:01:01.000Z");
    end(&env, &fork);
    assert_eq!(env.unlisted_total(), usd("0.003"), "{:#?}", env.unlisted());
    assert_eq!((env.total_of("s1"), env.total_of("s2")), (usd("0.008024"), usd("0.005024")));
    // The fork's own unlisted calls are the fork's.
    env.later(60);
    start(&env, &fork, "resume");
    env.later(1);
    fork.cost_state(0.008024 + 0.005024 + 0.004, "2026-11-24T12:02:02.000Z");
    end(&env, &fork);
    assert_eq!(env.total_of("s2"), usd("0.009024"));
}

#[test]
fn an_origins_subagents_are_in_the_forks_total_but_not_in_its_files() {
    let env = Env::new();
    let (origin, fork) = (env.session("s1"), env.session("s2"));
    start(&env, &origin, "startup");
    env.later(1);
    origin.call(&Call::new("a"));
    origin.agent("a1", "Explore").call(&Call::new("b"));
    origin.cost_state(0.010048, START);
    end(&env, &origin);
    env.later(60);
    start(&env, &fork, "fork");
    env.later(1);
    fork.call(&Call::new("a").field("requestSessionId", json!("s1")).at("2026-11-24T12:00:01.000Z"));
    fork.call(&Call::new("c")).cost_state(0.015072, "2026-11-24T12:01:01.000Z");
    end(&env, &fork);
    assert!(env.unlisted().is_empty(), "{:#?}", env.unlisted());
    assert_eq!(env.total(), usd("0.015072"));
}

#[test]
fn after_clear_the_old_sessions_total_comes_late() {
    let env = Env::new();
    let (old, new) = (env.session("s1"), env.session("s2"));
    start(&env, &old, "startup");
    env.later(1);
    old.call(&Call::new("a"));
    env.hook("SessionEnd", &old, json!({"reason": "clear"})).silent();
    start(&env, &new, "clear");
    // Written after both hooks.
    old.cost_state(0.007024, START);
    env.later(5);
    new.call(&Call::new("b"));
    env.hook("Stop", &new, json!({})).silent();
    assert_eq!(env.total_of("s1"), usd("0.007024"));
    assert_eq!(env.total_of("s2"), usd("0.005024"));
    env.later(5);
    new.cost_state(0.005024, "2026-11-24T12:00:01.000Z");
    end(&env, &new);
    assert_eq!(env.total(), usd("0.012048"));
}

#[test]
fn lines_that_turn_up_later_take_the_unlisted_money_back() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    env.later(1);
    session.call(&Call::new("a")).cost_state(0.010048, START);
    end(&env, &session);
    assert_eq!(env.unlisted_total(), usd("0.005024"));
    // A subagent's file that was not written out yet.
    session.agent("a1", "Explore").call(&Call::new("b").at("2026-11-24T12:00:01.000Z"));
    env.later(60);
    end(&env, &session);
    assert_eq!(env.unlisted_total(), usd("0"), "{:#?}", env.unlisted());
    assert_eq!(env.total(), usd("0.010048"));
}

#[test]
fn regional_factors_are_no_unlisted_calls() {
    let env = Env::new();
    env.var("CLAUDE_CODE_USE_VERTEX", "1").var("CLOUD_ML_REGION", "us-east5");
    let session = env.session("s1");
    start(&env, &session, "startup");
    env.later(1);
    session.call(&Call::new("a")).cost_state(0.005024, START);
    end(&env, &session);
    assert!(env.unlisted().is_empty());
    assert_eq!(env.total(), usd("0.0055264"));
    // Unlisted money carries the endpoint's factor too.
    session.cost_state(0.006024, START);
    end(&env, &session);
    assert_eq!(env.unlisted()[0]["cost"], "0.0011");
    assert_eq!(env.unlisted()[0]["clientCost"], "0.001");
}

#[test]
fn an_unknown_model_makes_the_total_an_estimate() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    env.later(1);
    let state = json!({"type": "cost-state", "sessionId": "s1", "totalCostUSD": 0.002, "startTime": 1795521600000_i64,
        "modelUsage": {}, "hasUnknownModelCost": true});
    session.line(&state);
    end(&env, &session);
    assert_eq!(env.unlisted()[0]["estimated"], true);
}

#[test]
fn odd_totals_do_no_harm() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    env.later(1);
    session.call(&Call::new("a"));
    for total in [json!(null), json!("x"), json!(-5), json!(1e300), json!({"a": 1})] {
        session.line(
            &json!({"type": "cost-state", "sessionId": "s1", "totalCostUSD": total, "startTime": total,
            "modelUsage": total, "hasUnknownModelCost": total}),
        );
        env.hook("SessionEnd", &session, json!({"reason": "other"})).ok();
    }
    assert!(env.calls().len() == 1);
    assert!(env.total() < usd("1000000"), "{}", env.total());
}

#[test]
fn installed_in_mid_session_everything_before_counts_as_one_process() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a").at("2026-11-24T11:00:00.000Z"));
    env.hook("Stop", &session, json!({})).silent();
    env.later(1);
    session.call(&Call::new("b")).cost_state(0.011048, "2026-11-24T10:59:00.000Z");
    end(&env, &session);
    assert_eq!(env.unlisted_total(), usd("0.001"));
    assert_eq!(env.total(), usd("0.011048"));
}

#[test]
fn processes_stand_in_the_ledger_with_the_totals_they_went_on_from() {
    let env = Env::new();
    let (origin, fork) = (env.session("s1"), env.session("s2"));
    start(&env, &origin, "startup");
    env.later(1);
    origin.call(&Call::new("a")).cost_state(0.008024, START);
    end(&env, &origin);
    env.later(60);
    start(&env, &origin, "compact");
    start(&env, &origin, "resume");
    start(&env, &fork, "fork");
    assert_eq!(env.starts()[2].get("total"), None, "where a fork comes from is not known yet");
    env.later(1);
    fork.call(&Call::new("a").field("requestSessionId", json!("s1")).at(START)).call(&Call::new("b"));
    end(&env, &fork);
    let starts: Vec<_> = env
        .starts()
        .into_iter()
        .map(|line| {
            (line["session"].clone(), line["birth"].clone(), line["total"].clone(), line["rev"].clone())
        })
        .collect();
    let expected = [
        (json!("s1"), json!("startup"), json!("0"), json!(null)),
        (json!("s1"), json!("resume"), json!("0.008024"), json!(null)),
        (json!("s2"), json!("fork"), json!("0.008024"), json!(1)),
    ];
    assert_eq!(starts, expected);
    // With the origin's file and the checkpoint gone, the ledger still knows.
    origin.remove();
    std::fs::remove_file(env.checkpoint()).unwrap();
    env.later(60);
    fork.cost_state(0.008024 + 0.005024 + 0.001, "2026-11-24T12:01:01.000Z");
    end(&env, &fork);
    assert_eq!(env.unlisted_total(), usd("0.004"), "{:#?}", env.unlisted());
}

#[test]
fn lines_of_an_earlier_process_take_back_only_what_was_booked_for_it() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    env.later(1);
    session.call(&Call::new("a")).cost_state(0.010048, START);
    end(&env, &session);
    env.later(600);
    start(&env, &session, "resume");
    env.later(1);
    session.call(&Call::new("b")).cost_state(0.010048 + 0.005024 + 0.003, "2026-11-24T12:10:01.000Z");
    end(&env, &session);
    assert_eq!(env.unlisted_total(), usd("0.008024"));
    session.agent("a1", "Explore").call(&Call::new("c").at("2026-11-24T12:00:01.000Z"));
    env.later(60);
    end(&env, &session);
    assert_eq!(env.unlisted_total(), usd("0.003"), "{:#?}", env.unlisted());
    assert_eq!(env.total(), usd("0.018072"));
}

#[test]
fn an_imported_history_of_several_processes_is_weighed_process_by_process() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a").at("2026-11-24T09:00:00.000Z"));
    session.cost_state(0.006024, "2026-11-24T08:59:00.000Z");
    // Killed: its calls are in no total.
    session.call(&Call::new("b").at("2026-11-24T10:00:00.000Z"));
    session.call(&Call::new("c").at("2026-11-24T11:00:00.000Z"));
    session.cost_state(0.006024 + 0.005024 + 0.002, "2026-11-24T10:59:00.000Z");
    end(&env, &session);
    let booked = (env.total(), env.unlisted_total());
    assert_eq!(booked, (usd("0.018072"), usd("0.003")), "{:#?}", env.unlisted());
    // Read again, also after more came.
    std::fs::remove_file(env.checkpoint()).unwrap();
    end(&env, &session);
    assert_eq!((env.total(), env.unlisted_total()), booked);
    session.call(&Call::new("d").at("2026-11-24T11:30:00.000Z"));
    session.cost_state(0.013048 + 0.005024 + 0.001, "2026-11-24T11:29:00.000Z");
    end(&env, &session);
    assert_eq!(env.unlisted_total(), usd("0.004"), "{:#?}", env.unlisted());
}

#[test]
fn a_model_that_cost_nothing_names_no_money_however_often_it_is_read() {
    let env = Env::new();
    let session = env.session("s1");
    // A damaged line: the model's cost is missing.
    let models = json!({"claude-opus-5-5": {"inputTokens": 1001, "outputTokens": 51}});
    session.cost_state_with(0.02, "2026-11-24T11:00:00Z", models);
    env.hook("Stop", &session, json!({}));
    session.call(&Call::cents("early", 1).at("2026-11-24T09:59:00Z"));
    env.hook("Stop", &session, json!({}));
    let before = env.ledger();
    assert_eq!((before.len(), &before[0]["kind"]), (2, &json!("unlisted")), "{before:?}");
    let whole = std::fs::read(session.path()).unwrap();
    session.replace(&whole);
    env.hook("Stop", &session, json!({}));
    assert_eq!(env.ledger(), before);
}
