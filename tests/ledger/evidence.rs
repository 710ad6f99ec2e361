//! Tamper evidence (`cost.tamperEvidence`): what is edited, removed or added afterwards is found where it is.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::care::{verify, wrong};
use crate::support::{Call, Env, Transcript};

fn chain(env: &Env) -> PathBuf {
    env.data().join("ledger/2026-11.chain")
}

fn records(env: &Env) -> Vec<String> {
    let text = std::fs::read_to_string(chain(env)).unwrap_or_default();
    text.lines().map(str::to_string).collect()
}

/// Eight commits of one call each.
fn chained(env: &Env) -> Transcript<'_> {
    env.settings(json!({"cost": {"tamperEvidence": true}}));
    let session = env.session("s1");
    for number in 0..8 {
        session.call(&Call::new(&format!("a{number}")));
        env.hook("PostToolUse", &session, json!({})).silent();
    }
    session
}

fn head(env: &Env) -> String {
    verify(env).1["months"][0]["chain"]["head"].as_str().unwrap().to_string()
}

/// What is wrong with the chain, leaving out that the checkpoint notices changes too.
fn faults(env: &Env) -> Vec<(String, u64)> {
    wrong(env).into_iter().filter(|(id, _)| id.starts_with("chain-")).collect()
}

#[test]
fn off_there_is_no_chain_and_a_project_cannot_switch_it_off() {
    let env = Env::new();
    env.project_settings(json!({"cost": {"tamperEvidence": true}}));
    let session = env.session("s1");
    session.call(&Call::new("a"));
    env.hook("PostToolUse", &session, json!({})).silent();
    assert!(!chain(&env).exists());
    env.project_settings(json!({"cost": {"tamperEvidence": false}}));
    env.settings(json!({"cost": {"tamperEvidence": true}}));
    session.call(&Call::new("b"));
    env.hook("PostToolUse", &session, json!({})).silent();
    assert_eq!(records(&env).len(), 1, "the first record covers what was there before");
    assert_eq!(
        verify(&env).1["months"][0]["chain"],
        json!({"holds": true, "commits": 1, "head": head(&env), "uncoveredBytes": 0})
    );
}

#[test]
fn each_change_of_a_line_is_found_where_it_is() {
    let env = Env::new();
    chained(&env);
    let segment = env.segments().remove(0);
    let text = std::fs::read_to_string(&segment).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    assert_eq!((records(&env).len(), lines.len(), faults(&env)), (8, 8, vec![]));
    let changed = |lines: &[&str]| {
        env.write(&segment, lines.concat().as_bytes());
        faults(&env)
    };
    let found = |id: &str, line: u64| vec![(id.to_string(), line)];
    for at in 0..8 {
        let number = at as u64 + 1;
        let edited = lines[at].replace("tester", "testar");
        let mut with = lines.clone();
        with[at] = &edited;
        assert_eq!(changed(&with), found("chain-changed", number), "edited");
        let mut without = lines.clone();
        without.remove(at);
        // Of the last one there is no following line that it could be missed before.
        assert_eq!(changed(&without), found("chain-removed", number), "removed");
        let added = lines[0].replace("msg_a0", "msg_zz");
        let mut with = lines.clone();
        with.insert(at, &added);
        assert_eq!(changed(&with), found("chain-added", number), "added");
    }
    let mut exchanged = lines.clone();
    exchanged.swap(3, 4);
    assert_eq!(changed(&exchanged).len(), 2, "added at one place, gone from the other");
    assert_eq!(changed(&lines), []);
    let told = env.run(&["ledger", "verify"]);
    assert!(told.stdout.contains("holds, 8 commits") && told.stdout.contains(&head(&env)), "{told:?}");
}

#[test]
fn a_head_noted_elsewhere_finds_a_chain_that_was_cut_with_its_segment() {
    let env = Env::new();
    chained(&env);
    let noted = head(&env);
    assert_eq!(env.run(&["ledger", "verify", "--expect", &noted]).code, Some(0));
    assert_eq!(env.run(&["ledger", "verify", "--expect", "abc"]).code, Some(64));
    // Who can write the segment can write the chain.
    let segment = env.segments().remove(0);
    let text = std::fs::read_to_string(&segment).unwrap();
    let fewer: Vec<&str> = text.split_inclusive('\n').take(6).collect();
    env.write(&segment, fewer.concat().as_bytes());
    env.write(&chain(&env), (records(&env)[..6].join("\n") + "\n").as_bytes());
    assert_eq!(faults(&env), [], "by itself it cannot know");
    let output = env.run(&["ledger", "verify", "--json", "--expect", &noted]);
    let answer: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!((output.code, &answer["expected"][0]["found"]), (Some(1), &json!(false)));
    assert!(answer["findings"].to_string().contains(&noted));
}

#[test]
fn a_crash_between_lines_and_record_is_no_tampering() {
    let env = Env::new();
    let session = chained(&env);
    let kept = records(&env);
    for cut in [kept[..7].join("\n") + "\n", kept[..7].join("\n") + "\n" + &kept[7][..20]] {
        env.write(&chain(&env), cut.as_bytes());
        assert_eq!(faults(&env), []);
        session.call(&Call::new(&format!("after{}", cut.len())));
        env.hook("Stop", &session, json!({})).silent();
        assert_eq!(faults(&env), []);
        assert_eq!(verify(&env).1["months"][0]["chain"]["uncoveredBytes"], 0);
    }
}

#[test]
fn compacting_and_repairing_say_so_in_the_chain() {
    let env = Env::new();
    let session = chained(&env);
    session.call(&Call::new("a0").tokens(1001, 99));
    env.hook("PostToolUse", &session, json!({})).silent();
    let old = head(&env);
    env.run(&["ledger", "compact"]).ok();
    assert_eq!(wrong(&env), []);
    assert_ne!(head(&env), old);
    let told = env.run(&["ledger", "verify", "--expect", &old]).ok();
    assert!(told.stdout.contains("rewritten by compact on 2026-11-24"), "{told:?}");
    let compacted = head(&env);
    env.append(&env.segments()[0], b"rubbish\n");
    env.run(&["ledger", "repair"]).ok();
    assert_eq!(wrong(&env), []);
    let answer: Value =
        env.run(&["ledger", "verify", "--json", "--expect", &old, "--expect", &compacted]).json();
    assert_eq!(answer["expected"][0]["rewrittenBy"], "compact");
    assert_eq!(answer["expected"][1]["rewrittenBy"], "repair");
    session.call(&Call::new("later"));
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(wrong(&env), []);
    let text = std::fs::read_to_string(&env.segments()[0]).unwrap();
    env.write(&env.segments()[0], text.replacen("tester", "testar", 1).as_bytes());
    assert_eq!(faults(&env), [("chain-changed".to_string(), 1)], "the new chain holds as the old one did");
}
