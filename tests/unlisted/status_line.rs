//! The status line: one line for the person, and the client's running total seen live.

use serde_json::json;

use crate::support::{Call, Env, Transcript, usd};

fn start(env: &Env, session: &Transcript<'_>, source: &str) {
    env.hook("SessionStart", session, json!({"source": source})).silent();
}

#[test]
fn a_total_settles_after_two_seconds() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    session.call(&Call::new("a"));
    env.statusline(&session, 0.007024).ok();
    assert_eq!(env.total(), usd("0.005024"), "its lines may still come");
    env.later(1).statusline(&session, 0.007024).ok();
    assert_eq!(env.total(), usd("0.005024"));
    env.later(1).statusline(&session, 0.007024).ok();
    assert_eq!(env.total(), usd("0.007024"));
    assert_eq!(env.unlisted()[0]["source"], "status-line");
    env.later(60).statusline(&session, 0.007024).ok();
    assert_eq!(env.ledger().len(), 2);
}

#[test]
fn a_total_that_runs_ahead_of_its_lines_books_nothing_in_the_end() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    env.statusline(&session, 0.005024).ok();
    env.later(1);
    session.call(&Call::new("a").at("2026-11-24T12:00:00.000Z"));
    env.later(5).statusline(&session, 0.005024).ok();
    assert!(env.unlisted().is_empty(), "{:#?}", env.unlisted());
    assert_eq!(env.total(), usd("0.005024"));
}

#[test]
fn what_was_booked_is_taken_back_when_the_lines_come_after_all() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    env.later(1).statusline(&session, 0.005024).ok();
    env.later(3).statusline(&session, 0.005024).ok();
    assert_eq!(env.unlisted_total(), usd("0.005024"));
    session.call(&Call::new("a").at("2026-11-24T12:00:00.500Z"));
    env.later(1).statusline(&session, 0.005024).ok();
    env.later(3).statusline(&session, 0.005024).ok();
    assert_eq!(env.unlisted_total(), usd("0"), "{:#?}", env.unlisted());
    assert_eq!(env.total(), usd("0.005024"));
}

/// A session met in mid-life began before it was met: a total whose last line is older is its own, and no other process's.
#[test]
fn a_total_behind_lines_older_than_the_first_sight_is_of_the_process_that_was_seen() {
    let env = Env::new();
    let session = env.session("s1");
    env.later(1);
    session.user("a title");
    env.later(1).statusline(&session, 0.002).ok();
    env.later(1);
    session.cost_state(0.002, "2026-11-24T12:00:00.000Z");
    env.hook("SessionEnd", &session, json!({"reason": "other"})).silent();
    assert_eq!(env.unlisted_total(), usd("0.002"));
    env.later(60);
    session.user("again").call(&Call::new("a")).cost_state(0.007024, "2026-11-24T12:00:00.000Z");
    for _ in 0..2 {
        env.later(5).hook("SessionEnd", &session, json!({"reason": "other"})).silent();
        assert_eq!(env.unlisted_total(), usd("0.002"), "{:#?}", env.unlisted());
    }
    assert_eq!(env.total(), usd("0.007024"));
}

/// The total saved at the end has the time of the last line, which the status line came after: it counts all the same.
#[test]
fn a_saved_total_says_more_than_an_earlier_status_line() {
    for is_read_late in [false, true] {
        let env = Env::new();
        let session = env.session("s1");
        start(&env, &session, "startup");
        env.later(1);
        session.user("a title");
        env.later(1).statusline(&session, 0.001).ok();
        env.later(3).statusline(&session, 0.001).ok();
        assert_eq!(env.unlisted_total(), usd("0.001"));
        env.later(1);
        session.cost_state(0.003, "2026-11-24T12:00:00.000Z");
        if !is_read_late {
            env.hook("SessionEnd", &session, json!({"reason": "other"})).silent();
        }
        // Resumed by a client whose start no hook told.
        env.later(60);
        session.user("again").call(&Call::new("a"));
        for _ in 0..2 {
            env.later(5).hook("Stop", &session, json!({})).silent();
            assert_eq!(env.unlisted_total(), usd("0.003"), "{:#?}", env.unlisted());
        }
        std::fs::remove_file(env.checkpoint()).unwrap();
        for _ in 0..2 {
            env.later(5).hook("Stop", &session, json!({})).silent();
            assert_eq!(env.unlisted_total(), usd("0.003"), "{:#?}", env.unlisted());
        }
        assert_eq!(env.total(), usd("0.008024"));
    }
}

/// Both are read in one go: the smaller one, which has not settled yet, takes nothing back.
#[test]
fn a_status_line_that_has_not_settled_is_not_believed_over_a_saved_total() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    env.later(1);
    session.user("a title");
    env.later(1).statusline(&session, 0.001).ok();
    session.cost_state(0.003, "2026-11-24T12:00:00.000Z");
    env.later(1);
    session.user("again").call(&Call::new("a"));
    env.later(5).hook("Stop", &session, json!({})).silent();
    assert_eq!(env.unlisted_total(), usd("0.003"), "{:#?}", env.unlisted());
    let lines = env.lines();
    let unlisted: Vec<_> = lines.iter().filter(|line| line["kind"] == "unlisted").collect();
    assert_eq!(unlisted.len(), 1, "booked once and never taken back: {unlisted:#?}");
}

#[test]
fn with_the_checkpoint_deleted_in_between_it_is_taken_back_all_the_same() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    env.later(1).statusline(&session, 0.005024).ok();
    env.later(3).statusline(&session, 0.005024).ok();
    assert_eq!(env.unlisted_total(), usd("0.005024"));
    std::fs::remove_file(env.checkpoint()).unwrap();
    session.call(&Call::new("a").at("2026-11-24T12:00:00.500Z"));
    // Killed: no total follows.
    env.later(60).hook("SessionStart", &session, json!({"source": "resume"})).silent();
    assert_eq!((env.unlisted_total(), env.total()), (usd("0"), usd("0.005024")), "{:#?}", env.unlisted());
}

#[test]
fn a_fork_shows_what_it_went_on_from_before_its_origin_is_known() {
    let env = Env::new();
    let fork = env.session("s2");
    start(&env, &fork, "fork");
    env.statusline(&fork, 7.5).ok();
    env.later(5).statusline(&fork, 7.5).ok();
    assert!(env.unlisted().is_empty(), "another session's money: {:#?}", env.unlisted());
    fork.call(&Call::new("b"));
    env.later(1).statusline(&fork, 7.5 + 0.005024 + 0.001).ok();
    env.later(5).statusline(&fork, 7.5 + 0.005024 + 0.001).ok();
    assert_eq!(env.unlisted_total(), usd("0.001"));
}

#[test]
fn any_hook_settles_what_the_status_line_saw() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    session.call(&Call::new("a"));
    env.statusline(&session, 0.006024).ok();
    env.later(10).hook("UserPromptSubmit", &session, json!({"prompt": "x"})).silent();
    assert_eq!(env.total(), usd("0.006024"));
}

#[test]
fn a_session_that_went_silent_is_settled_by_another_one() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    session.call(&Call::new("a"));
    env.hook("Stop", &session, json!({})).silent();
    env.statusline(&session, 0.006024).ok();
    env.later(60);
    start(&env, &env.session("s2"), "startup");
    assert_eq!(env.total_of("s1"), usd("0.006024"));
}

#[test]
fn growing_totals_book_only_what_they_grew_by() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    let mut total = 0.0;
    for i in 0..10 {
        env.later(10);
        session.call(&Call::new(&format!("a{i}")));
        total += 0.005024 + 0.001;
        env.hook("Stop", &session, json!({})).silent();
        env.statusline(&session, total).ok();
    }
    env.later(10).statusline(&session, total).ok();
    assert_eq!(env.unlisted_total(), usd("0.01"));
    assert_eq!(env.total(), usd("0.06024"));
    let lines: Vec<_> =
        env.unlisted().into_iter().map(|line| (line["cost"].clone(), line["rev"].clone())).collect();
    assert_eq!(
        lines,
        vec![(json!("0.001"), json!(null)); 10],
        "what came at one time is one line, and stays it"
    );
}

#[test]
fn the_final_total_agrees_with_what_was_seen_live() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    env.later(1);
    session.call(&Call::new("a"));
    env.statusline(&session, 0.007024).ok();
    env.later(5).statusline(&session, 0.007024).ok();
    env.later(5);
    session.cost_state(0.007024, "2026-11-24T12:00:00.000Z");
    env.hook("SessionEnd", &session, json!({"reason": "other"})).silent();
    assert_eq!(env.total(), usd("0.007024"));
    assert_eq!(env.unlisted_total(), usd("0.002"));
}

#[test]
fn a_smaller_total_books_nothing() {
    let env = Env::new();
    let session = env.session("s1");
    start(&env, &session, "startup");
    session.call(&Call::new("a"));
    env.statusline(&session, 0.001).ok();
    env.later(5).statusline(&session, 0.001).ok();
    assert!(env.unlisted().is_empty());
    assert_eq!(env.total(), usd("0.005024"));
}

#[test]
fn a_fork_on_the_status_line_starts_from_its_origins_total() {
    let env = Env::new();
    let (origin, fork) = (env.session("s1"), env.session("s2"));
    start(&env, &origin, "startup");
    env.later(1);
    origin.call(&Call::new("a")).cost_state(0.008024, "2026-11-24T12:00:00.000Z");
    env.hook("SessionEnd", &origin, json!({"reason": "other"})).silent();
    env.later(60);
    start(&env, &fork, "fork");
    env.statusline(&fork, 0.008024).ok();
    env.later(1);
    fork.call(&Call::new("a").field("requestSessionId", json!("s1")).at("2026-11-24T12:00:01.000Z"));
    fork.call(&Call::new("b"));
    for _ in 0..3 {
        env.later(3).statusline(&fork, 0.013048).ok();
    }
    assert_eq!(env.total(), usd("0.013048"), "{:#?}", env.unlisted());
}

#[test]
fn a_cleared_session_starts_at_nothing() {
    let env = Env::new();
    let (old, new) = (env.session("s1"), env.session("s2"));
    start(&env, &old, "startup");
    old.call(&Call::new("a"));
    env.statusline(&old, 0.005024).ok();
    env.later(5).hook("SessionEnd", &old, json!({"reason": "clear"})).silent();
    start(&env, &new, "clear");
    env.statusline(&new, 0.0).ok();
    env.later(5);
    new.call(&Call::new("b"));
    env.statusline(&new, 0.006024).ok();
    env.later(5).statusline(&new, 0.006024).ok();
    assert_eq!((env.total_of("s1"), env.total_of("s2")), (usd("0.005024"), usd("0.006024")));
}

#[test]
fn money_the_client_reports_counts_against_limits_at_once() {
    let env = Env::new();
    env.settings(json!({"cost": {"dailyBudget": 1, "autoStopAtBudget": true, "warningThreshold": 1}}));
    let session = env.session("s1");
    start(&env, &session, "startup");
    session.call(&Call::cents("a", 90));
    env.statusline(&session, 1.1).ok();
    let answer = env.hook("UserPromptSubmit", &session, json!({"prompt": "x"})).json();
    assert!(answer["reason"].as_str().unwrap().contains("$1.10 spent"), "{answer}");
}

#[test]
fn the_line_tells_session_day_and_limits() {
    let env = Env::new();
    env.var("NO_COLOR", "1");
    env.settings(json!({"cost": {"dailyBudget": 10, "autoStopAtBudget": true}}));
    let (one, two) = (env.session("s1"), env.session("s2"));
    one.call(&Call::cents("a", 100));
    env.hook("Stop", &one, json!({})).ok();
    two.call(&Call::cents("b", 250));
    assert_eq!(
        env.statusline(&two, 2.5).ok().stdout,
        "$2.50 session · $3.50 today · daily budget 35% of $10.00\n"
    );
    two.call(&Call::cents("c", 800));
    env.later(10);
    assert_eq!(
        env.statusline(&two, 10.5).ok().stdout,
        "$10.50 session · $11.50 today · daily budget 115% of $10.00 STOPPED\n"
    );
}

#[test]
fn odd_input_never_breaks_the_line() {
    let env = Env::new();
    for stdin in [
        "",
        "x",
        "{}",
        "[]",
        "null",
        "{\"cost\":7}",
        "{\"cost\":{\"total_cost_usd\":\"x\"},\"session_id\":5}",
    ] {
        let output = env.run_with(&["statusline"], stdin.as_bytes()).ok();
        assert_eq!(output.stderr, "", "{stdin}");
        assert!(output.stdout.lines().count() <= 1, "{stdin}: {output:?}");
    }
}

#[test]
fn a_line_the_user_had_before_comes_first() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::cents("a", 100));
    let stdin =
        json!({"session_id": "s1", "transcript_path": session.path(), "cost": {"total_cost_usd": 1.0}});
    let output = env
        .run_with(&["statusline", "--then", "cat >/dev/null; echo mine"], stdin.to_string().as_bytes())
        .ok();
    assert_eq!(output.stdout, "mine\n$1.00 session · $1.00 today\n");
    let output = env.run_with(&["statusline", "--then", "exit 3"], stdin.to_string().as_bytes()).ok();
    assert_eq!(output.stdout, "$1.00 session · $1.00 today\n");
}
