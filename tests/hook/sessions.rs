//! Several sessions, and the calls they share: forks, resumes, side questions, subagents, killed clients.

use serde_json::{Value, json};

use crate::support::{Call, Env, usd};

#[test]
fn a_resumed_session_goes_on_where_it_was() {
    let env = Env::new();
    let session = env.session("s1");
    env.hook("SessionStart", &session, json!({"source": "startup"})).silent();
    session.user("one").call(&Call::new("a"));
    env.hook("SessionEnd", &session, json!({"reason": "other"})).silent();
    env.later(600).hook("SessionStart", &session, json!({"source": "resume"})).silent();
    session.user("two").call(&Call::new("b"));
    env.hook("SessionEnd", &session, json!({"reason": "other"})).silent();
    assert_eq!(env.total_of("s1"), usd("0.010048"));
    assert_eq!(env.calls()[1]["promptId"], "prompt-s1-2");
}

#[test]
fn a_fork_repeats_calls_without_making_them_again() {
    let env = Env::new();
    let (parent, fork) = (env.session("s1"), env.session("s2"));
    parent.call(&Call::new("a")).call(&Call::new("b"));
    env.hook("SessionEnd", &parent, json!({"reason": "other"})).silent();
    env.later(60).hook("SessionStart", &fork, json!({"source": "fork"})).silent();
    for name in ["a", "b"] {
        fork.call(&Call::new(name).field("requestSessionId", json!("s1")).at("2026-11-24T12:00:00.000Z"));
    }
    fork.call(&Call::new("c"));
    env.hook("Stop", &fork, json!({})).silent();
    assert_eq!(env.calls().len(), 3);
    assert_eq!(env.total_of("s1"), usd("0.010048"));
    assert_eq!(env.total_of("s2"), usd("0.005024"));
    assert_eq!(env.known("s2").parent.as_deref(), Some("s1"));
}

#[test]
fn a_fork_seen_before_its_origin_books_the_calls_to_who_made_them() {
    let env = Env::new();
    let (parent, fork) = (env.session("s1"), env.session("s2"));
    fork.call(&Call::new("a").field("requestSessionId", json!("s1"))).call(&Call::new("b"));
    env.hook("Stop", &fork, json!({})).silent();
    parent.call(&Call::new("a"));
    env.hook("Stop", &parent, json!({})).silent();
    assert_eq!(env.calls().len(), 2);
    assert_eq!((env.total_of("s1"), env.total_of("s2")), (usd("0.005024"), usd("0.005024")));
}

#[test]
fn a_fork_of_a_fork_names_the_session_that_made_each_call() {
    let env = Env::new();
    let sessions = [env.session("s1"), env.session("s2"), env.session("s3")];
    let made = |name: &str, by: &str| Call::new(name).field("requestSessionId", json!(by));
    sessions[0].call(&Call::new("a"));
    sessions[1].call(&made("a", "s1")).call(&Call::new("b"));
    sessions[2].call(&made("a", "s1")).call(&made("b", "s2")).call(&Call::new("c"));
    for session in sessions.iter().rev() {
        env.hook("Stop", session, json!({})).silent();
    }
    assert_eq!(env.calls().len(), 3);
    for session in ["s1", "s2", "s3"] {
        assert_eq!(env.total_of(session), usd("0.005024"), "{session}");
    }
}

#[test]
fn a_side_question_repeats_calls_under_another_request_id() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a")).call(&Call::new("b"));
    env.hook("PostToolUse", &session, json!({})).silent();
    let agent = session.agent("a1", "general-purpose");
    for name in ["a", "b"] {
        agent.call(&Call::new(name).field("requestId", json!(format!("req_again_{name}"))));
    }
    agent.call(&Call::new("c"));
    env.hook("SubagentStop", &session, json!({"agent_id": "a1", "agent_type": ""})).silent();
    assert_eq!(env.calls().len(), 3, "{:#?}", env.calls());
    assert_eq!(env.total(), usd("0.015072"));
}

#[test]
fn a_gateway_with_one_message_id_for_all_answers_hides_no_call() {
    let env = Env::new();
    let session = env.session("s1");
    for (name, input) in [("a", 1000), ("b", 2000), ("c", 3000)] {
        session.call(&Call::new(name).tokens(input, 0).message("id", json!("msg_same")));
        env.hook("PostToolUse", &session, json!({})).silent();
    }
    assert_eq!(env.calls().len(), 3);
    assert_eq!(env.total(), usd("0.024"));
}

#[test]
fn subagents_of_all_depths_and_workflows_are_their_sessions_money() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a").tools(&[("toolu_1", "Agent")]));
    let agent = session.agent("a1", "Explore");
    agent.call(&Call::new("b"));
    session.workflow_agent("wf_1", "a2", "general-purpose").call(&Call::new("c"));
    env.hook("PostToolUse", &session, json!({"tool_use_id": "toolu_1", "tool_name": "Agent"})).silent();
    let calls = env.calls();
    assert_eq!(calls.len(), 3);
    assert!(calls.iter().all(|call| call["session"] == "s1" && call["project"] == json!(env.project())));
    assert_eq!(calls[0]["tools"], json!(["Agent"]));
    assert!(calls[0].get("agent").is_none());
    assert_eq!((&calls[1]["agent"], &calls[1]["agentId"]), (&json!("Explore"), &json!("a1")));
    assert_eq!(calls[1]["feature"], "subagent:Explore");
    assert_eq!(calls[2]["agent"], "general-purpose");
}

#[test]
fn a_subagents_growing_file_is_followed() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a"));
    env.hook("PostToolUse", &session, json!({})).silent();
    let agent = session.agent("a1", "Explore");
    let inside = json!({"agent_id": "a1", "agent_type": "Explore", "tool_use_id": "toolu_9"});
    for (i, name) in ["b", "c", "d"].into_iter().enumerate() {
        env.later(1);
        agent.call(&Call::new(name));
        env.hook("PostToolUse", &session, inside.clone()).silent();
        assert_eq!(env.calls().len(), i + 2);
    }
}

#[test]
fn old_clients_kept_agents_beside_their_sessions() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a"));
    let agent = session.old_agent("a1");
    agent.call(&Call::new("b"));
    let stop = json!({"agent_id": "a1", "agent_type": "Explore", "agent_transcript_path": agent.path()});
    env.hook("SubagentStop", &session, stop).silent();
    assert_eq!(env.total_of("s1"), usd("0.010048"));
}

#[test]
fn a_session_that_was_killed_is_caught_up_by_another_ones_event() {
    let env = Env::new();
    let (killed, next) = (env.session("s1"), env.session("s2"));
    env.hook("SessionStart", &killed, json!({"source": "startup"})).silent();
    env.hook("UserPromptSubmit", &killed, json!({"prompt": "x"})).silent();
    killed.call(&Call::new("a"));
    env.hook("PreToolUse", &killed, json!({"tool_use_id": "toolu_1"})).silent();
    killed.call(&Call::new("b"));
    let agent = killed.agent("a1", "Explore");
    agent.call(&Call::new("c"));
    env.later(3600).hook("SessionStart", &next, json!({"source": "startup"})).silent();
    assert_eq!(env.total_of("s1"), usd("0.015072"));
}

#[test]
fn a_session_killed_before_its_file_was_there_is_caught_up_too() {
    let env = Env::new();
    let (killed, next) = (env.session("s1"), env.session("s2"));
    env.hook("SessionStart", &killed, json!({"source": "startup"})).silent();
    env.hook("UserPromptSubmit", &killed, json!({"prompt": "x"})).silent();
    env.later(2);
    killed.call(&Call::new("a"));
    env.later(60).hook("SessionStart", &next, json!({"source": "startup"})).silent();
    assert_eq!(env.total_of("s1"), usd("0.005024"));
}

#[test]
fn the_line_that_comes_after_the_last_hook_is_booked_by_the_next_event() {
    let env = Env::new();
    let (first, next) = (env.session("s1"), env.session("s2"));
    first.call(&Call::new("a"));
    env.hook("Stop", &first, json!({})).silent();
    first.call(&Call::new("b"));
    env.later(5).hook("UserPromptSubmit", &next, json!({"prompt": "x"})).silent();
    assert_eq!(env.total_of("s1"), usd("0.010048"));
}

#[test]
fn two_sessions_at_once_book_their_own() {
    let env = Env::new();
    let (one, two) = (env.session("s1"), env.session("s2"));
    for i in 0..5 {
        one.call(&Call::new(&format!("a{i}")));
        two.call(&Call::cents(&format!("b{i}"), 1));
        env.later(1).hook("PostToolUse", if i % 2 == 0 { &one } else { &two }, json!({})).silent();
    }
    env.hook("Stop", &two, json!({})).silent();
    assert_eq!((env.total_of("s1"), env.total_of("s2")), (usd("0.02512"), usd("0.05")));
}

#[test]
fn the_project_is_where_the_session_was_started() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a").field("cwd", json!(env.project().join("deep/er"))));
    env.hook("Stop", &session, json!({"cwd": env.project().join("deep/er")})).silent();
    assert_eq!(env.call()["project"], json!(env.project()));
}

#[test]
fn what_one_session_booked_is_known_to_the_checkpoint() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a")).call(&Call::new("b"));
    env.hook("Stop", &session, json!({})).silent();
    let known = env.known("s1");
    assert_eq!((known.calls, known.cost), (2, usd("0.010048")));
    assert_eq!(known.known_total(), usd("0.010048"));
}

#[test]
fn ids_that_are_missing_do_not_lose_the_call() {
    let env = Env::new();
    let session = env.session("s1");
    let nameless = |name: &str, at: &str| {
        Call::new(name)
            .message("id", Value::Null)
            .field("requestId", Value::Null)
            .field("uuid", Value::Null)
            .at(at)
    };
    session.call(&nameless("a", "2026-11-24T11:00:00.000Z")).call(&nameless("b", "2026-11-24T11:00:01.000Z"));
    env.hook("Stop", &session, json!({})).silent();
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.calls().len(), 2);
}

/// As where managed settings and the plugin both have the hooks: whichever comes second holds its tongue.
#[test]
fn a_start_that_two_hooks_are_told_of_is_spoken_of_once() {
    let env = Env::new();
    env.settings(json!({"cost": {"dailyBudget": 0.001, "autoStopAtBudget": true}}));
    let session = env.session("s1");
    session.call(&Call::new("a"));
    env.hook("PostToolUse", &session, json!({}));
    let speaks = |source: &str| {
        let said = env.later(0).hook("SessionStart", &session, json!({"source": source})).stdout;
        assert!(said.is_empty() || said.contains("is used up"), "{said}");
        !said.is_empty()
    };
    env.later(3600);
    assert!(speaks("resume"));
    assert!(!speaks("resume"), "in the same millisecond");
    env.at("2026-11-24T13:00:00.080Z");
    assert!(!speaks("resume"), "a moment later");
    env.later(3600);
    assert!(speaks("resume"), "the next start is another one");
    env.later(60);
    assert!(speaks("compact"));
    assert!(!speaks("compact"));
}
