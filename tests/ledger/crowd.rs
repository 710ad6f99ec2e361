//! A thousand hooks at once on one ledger: nothing lost, nothing double, no torn line.

use std::collections::BTreeSet;
use std::io::Read;
use std::process::Child;

use serde_json::json;

use crate::support::{Call, Env, Transcript, feed, usd};

/// Starts a hook for each session before any gets its input, so that all are alive together, then feeds them all.
/// Returns how many said something.
fn all_at_once(env: &Env, sessions: &[&Transcript<'_>]) -> usize {
    let mut children: Vec<Child> =
        sessions.iter().map(|_| env.command(&["hook"]).spawn().expect("one more process")).collect();
    for (child, session) in children.iter_mut().zip(sessions) {
        feed(child, env.payload("PostToolUse", session, json!({})).as_bytes());
    }
    let mut talking = 0;
    for mut child in children {
        let mut said = String::new();
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{said}");
        talking += usize::from(!said.is_empty());
    }
    talking
}

#[test]
fn a_thousand_hooks_lose_and_double_nothing() {
    let env = Env::new();
    let own: Vec<Transcript<'_>> = (0..800).map(|i| env.session(&format!("own{i}"))).collect();
    for (i, session) in own.iter().enumerate() {
        session.call(&Call::new(&format!("own{i}")));
    }
    let shared = env.session("shared");
    for i in 0..200 {
        shared.call(&Call::new(&format!("shared{i}")));
    }
    let mut sessions: Vec<&Transcript<'_>> = own.iter().collect();
    // The shared ones in between, not at the end.
    for i in 0..200 {
        sessions.insert(i * 5, &shared);
    }
    all_at_once(&env, &sessions);
    // Those whose patience ran out left word of it: the next event, of any session, hears it.
    env.later(1).hook("SessionStart", &env.session("next"), json!({"source": "startup"})).ok();

    let lines = env.ledger();
    let ids: BTreeSet<&str> = lines.iter().map(|line| line["id"].as_str().unwrap()).collect();
    assert_eq!((lines.len(), ids.len()), (1000, 1000));
    assert_eq!(env.total(), usd("5.024"));
    assert_eq!(env.known("shared").calls, 200);
    assert!(own.iter().all(|session| env.known(session.id()).calls == 1));
    assert!(!env.data().join("ledger/torn.jsonl").exists());
    // Made anew from the ledger, it says the same.
    std::fs::remove_file(env.checkpoint()).unwrap();
    assert_eq!(env.known("shared").cost, usd("1.0048"));
}

#[test]
fn hooks_killed_at_random_lose_and_double_nothing() {
    let env = Env::new();
    let session = env.session("s1");
    for i in 0..120 {
        session.call(&Call::new(&format!("a{i}")));
        let stdin = env.payload("PostToolUse", &session, json!({}));
        let mut child = env.start(&["hook"], stdin.as_bytes());
        // Spread over the whole life of a hook, which takes some milliseconds.
        std::thread::sleep(std::time::Duration::from_micros(i * 97 % 9000));
        let _ = child.kill();
        child.wait().unwrap();
    }
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.calls().len(), 120);
    assert_eq!(env.ledger().len(), 120);
    assert_eq!(env.total(), usd("0.60288"));
    assert_eq!(env.known("s1").cost, usd("0.60288"));
}
