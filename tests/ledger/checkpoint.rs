//! The checkpoint is a cache: deleted, broken or behind at any time, the figures stay and nothing is booked twice.

use serde_json::json;

use crate::support::{Call, Env, Transcript, usd};

fn busy_day(env: &Env) -> Transcript<'_> {
    let session = env.session("s1");
    env.hook("SessionStart", &session, json!({"source": "startup"})).silent();
    env.later(1);
    session.call(&Call::new("a").tokens(1001, 1)).call(&Call::new("b"));
    env.hook("PostToolUse", &session, json!({})).silent();
    session.call(&Call::new("a").tokens(1001, 51));
    session.agent("a1", "Explore").call(&Call::new("c"));
    session.cost_state(0.017072, "2026-11-24T12:00:00.000Z");
    env.hook("SessionEnd", &session, json!({"reason": "other"})).silent();
    assert_eq!(env.total(), usd("0.017072"));
    session
}

fn sums(env: &Env) -> (cost_hook::base::money::Money, String, String) {
    let known = env.known("s1");
    (env.total(), known.cost.to_string(), known.unlisted_cost.to_string())
}

#[test]
fn deleted_it_comes_back_the_same() {
    let env = Env::new();
    let session = busy_day(&env);
    let (before, lines) = (sums(&env), env.ledger());
    std::fs::remove_file(env.checkpoint()).unwrap();
    env.later(5).hook("SessionEnd", &session, json!({"reason": "other"})).silent();
    assert_eq!(sums(&env), before);
    assert_eq!(env.ledger(), lines, "everything is read again and nothing booked again");
}

#[test]
fn deleted_between_any_two_events_nothing_is_lost_or_doubled() {
    let env = Env::new();
    let session = env.session("s1");
    for i in 0..6 {
        env.later(5);
        session.call(&Call::new(&format!("a{i}")).tokens(1001, 1));
        env.hook("PostToolUse", &session, json!({})).silent();
        std::fs::remove_file(env.checkpoint()).unwrap();
        session.call(&Call::new(&format!("a{i}")).tokens(1001, 51));
        env.hook("PostToolUse", &session, json!({})).silent();
        let _ = std::fs::remove_file(env.checkpoint());
    }
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.total(), usd("0.030144"));
}

#[test]
fn deleted_after_a_kill_and_resume_the_unlisted_money_stays() {
    let env = Env::new();
    let session = env.session("s1");
    env.hook("SessionStart", &session, json!({"source": "startup"})).silent();
    env.later(1);
    session.call(&Call::new("a"));
    env.statusline(&session, 0.009024).ok();
    env.later(5).statusline(&session, 0.009024).ok();
    assert_eq!(env.total(), usd("0.009024"));
    // Killed; the next process counts from nothing.
    env.later(600).hook("SessionStart", &session, json!({"source": "resume"})).silent();
    env.later(1).statusline(&session, 0.0).ok();
    std::fs::remove_file(env.checkpoint()).unwrap();
    env.later(1);
    session.call(&Call::new("b"));
    env.statusline(&session, 0.005024).ok();
    env.later(5).statusline(&session, 0.005024).ok();
    assert_eq!(env.total(), usd("0.014048"), "{:#?}", env.unlisted());
}

#[test]
fn a_broken_one_is_made_anew() {
    let env = Env::new();
    let session = busy_day(&env);
    let before = sums(&env);
    for bytes in [&b""[..], b"not a database at all", &[0u8; 8192]] {
        std::fs::write(env.checkpoint(), bytes).unwrap();
        env.later(5).hook("SessionEnd", &session, json!({"reason": "other"})).silent();
        assert_eq!(sums(&env), before);
    }
    let mut half = std::fs::read(env.checkpoint()).unwrap();
    half.truncate(half.len() / 2);
    std::fs::write(env.checkpoint(), half).unwrap();
    env.later(5).hook("SessionEnd", &session, json!({"reason": "other"})).silent();
    assert_eq!(sums(&env), before);
}

#[test]
fn one_from_before_the_newest_lines_follows_them_up() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a"));
    env.hook("PostToolUse", &session, json!({})).silent();
    let old = std::fs::read(env.checkpoint()).unwrap();
    session.call(&Call::new("b"));
    env.hook("PostToolUse", &session, json!({})).silent();
    // As after a power cut: the segment is there, the checkpoint's last transaction is not.
    std::fs::write(env.checkpoint(), old).unwrap();
    session.call(&Call::new("c"));
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.ledger().len(), 3);
    assert_eq!(env.known("s1").cost, usd("0.015072"));
}

/// Both lines of a call came after what the checkpoint followed: the second is what the first one grew by.
#[test]
fn one_from_before_a_call_and_its_revision_counts_it_once() {
    let env = Env::new();
    env.settings(json!({"cost": {"dailyBudget": 100}}));
    let session = env.session("s1");
    session.call(&Call::new("a"));
    env.hook("PostToolUse", &session, json!({})).silent();
    let old = std::fs::read(env.checkpoint()).unwrap();
    for output in [1, 20, 51] {
        session.call(&Call::new("b").tokens(1001, output));
        env.hook("PostToolUse", &session, json!({})).silent();
    }
    std::fs::write(env.checkpoint(), old).unwrap();
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.ledger().len(), 4);
    assert_eq!((env.known("s1").cost, env.known("s1").calls), (env.total(), 2));
    let status = env.run(&["status", "--json"]).json();
    assert_eq!(status["limits"][0]["spent"], json!(env.total().to_string()), "{status}");
}

#[test]
fn a_segment_that_lost_lines_is_believed_and_its_calls_booked_again() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a")).call(&Call::new("b"));
    env.hook("PostToolUse", &session, json!({})).silent();
    let segment = &env.segments()[0];
    let text = std::fs::read_to_string(segment).unwrap();
    std::fs::write(segment, format!("{}\n", text.lines().next().unwrap())).unwrap();
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.total(), usd("0.010048"));
    assert_eq!(env.ledger().len(), 2);
    std::fs::remove_file(segment).unwrap();
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.total(), usd("0.010048"));
}

#[test]
fn files_and_folders_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let env = Env::new();
    busy_day(&env);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let mut folders = vec![env.data()];
    while let Some(folder) = folders.pop() {
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                assert_eq!(mode(&path), 0o600, "{}", path.display());
            }
        }
    }
}

#[test]
fn deleted_after_several_processes_each_total_is_set_against_its_own_calls() {
    let env = Env::new();
    let session = env.session("s1");
    let mut saved = 0.0;
    for (i, name) in ["a", "b", "c"].into_iter().enumerate() {
        let started = env.now().to_string();
        env.hook("SessionStart", &session, json!({"source": if i == 0 { "startup" } else { "resume" }}))
            .silent();
        env.later(1);
        saved += 0.005024 + 0.001;
        session.call(&Call::new(name)).cost_state(saved, &started);
        env.hook("SessionEnd", &session, json!({"reason": "other"})).silent();
        env.later(600);
    }
    assert_eq!(env.total(), usd("0.018072"));
    let lines = env.ledger();
    std::fs::remove_file(env.checkpoint()).unwrap();
    env.hook("SessionStart", &session, json!({"source": "resume"})).silent();
    assert_eq!(env.ledger(), lines);
    let started = env.now().to_string();
    env.later(1);
    session.call(&Call::new("d")).cost_state(saved + 0.005024, &started);
    env.hook("SessionEnd", &session, json!({"reason": "other"})).silent();
    assert_eq!(env.total(), usd("0.023096"));
}

#[test]
fn deleted_between_origin_and_fork_the_origins_total_is_still_known() {
    let env = Env::new();
    let (origin, fork) = (env.session("s1"), env.session("s2"));
    env.hook("SessionStart", &origin, json!({"source": "startup"})).silent();
    env.later(1);
    origin.call(&Call::new("a")).cost_state(0.008024, "2026-11-24T12:00:00.000Z");
    env.hook("SessionEnd", &origin, json!({"reason": "other"})).silent();
    std::fs::remove_file(env.checkpoint()).unwrap();
    env.later(60).hook("SessionStart", &fork, json!({"source": "fork"})).silent();
    env.later(1);
    fork.call(&Call::new("a").field("requestSessionId", json!("s1")).at("2026-11-24T12:00:01.000Z"));
    fork.call(&Call::new("b")).cost_state(0.013048, "2026-11-24T12:01:01.000Z");
    env.hook("SessionEnd", &fork, json!({"reason": "other"})).silent();
    assert_eq!(env.total(), usd("0.013048"), "{:#?}", env.unlisted());
}

#[test]
fn a_fork_of_a_session_from_before_the_installation_does_not_book_the_origins_unlisted_money() {
    let env = Env::new();
    let (origin, fork) = (env.session("s1"), env.session("s2"));
    origin.call(&Call::new("a")).cost_state(0.008024, "2026-11-24T11:59:00.000Z");
    env.later(60).hook("SessionStart", &fork, json!({"source": "fork"})).silent();
    env.later(1);
    fork.call(&Call::new("a").field("requestSessionId", json!("s1")).at("2026-11-24T12:00:00.000Z"));
    fork.call(&Call::new("b")).cost_state(0.013048, "2026-11-24T12:01:00.000Z");
    env.hook("SessionEnd", &fork, json!({"reason": "other"})).silent();
    assert_eq!((env.total_of("s1"), env.total_of("s2")), (usd("0.008024"), usd("0.005024")));
}
