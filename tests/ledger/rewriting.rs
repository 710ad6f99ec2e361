//! `ledger compact` and `repair` while other things happen: hooks that book, processes that are killed at any moment.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use serde_json::{Value, json};

use super::care::{Dice, repair, wrong};
use crate::support::{Call, Env, Transcript, finish};

/// A session whose calls were booked with several revisions.
fn revised<'e>(env: &'e Env, calls: usize) -> Transcript<'e> {
    let session = env.session("s1");
    for output in [1, 20, 51] {
        for number in 0..calls {
            session.call(&Call::new(&format!("a{number}")).tokens(1001, output));
        }
        env.hook("PostToolUse", &session, json!({})).silent();
    }
    session
}

#[test]
fn compacting_drops_what_is_superseded_and_no_figure_changes() {
    let env = Env::new();
    let session = revised(&env, 5);
    let marked =
        std::fs::read_to_string(&env.segments()[0]).unwrap().replace("\"v\":1,", "\"v\":1,\"later\":[1],");
    env.write(&env.segments()[0], marked.as_bytes());
    env.hook("PostToolUse", &session, json!({})).ok();
    let (total, known, calls) = (env.total(), env.known("s1"), env.calls());
    let before = env.lines().len();
    let dry: Value = env.run(&["ledger", "compact", "--dry-run", "--json"]).json();
    assert_eq!((&dry["months"][0]["linesDropped"], env.lines().len()), (&json!(10), before));
    let did: Value = env.run(&["ledger", "compact", "--json"]).json();
    assert_eq!(did["months"], dry["months"]);
    assert_eq!(did["months"][0]["bytesAfter"], json!(std::fs::metadata(&env.segments()[0]).unwrap().len()));
    assert_eq!((env.lines().len(), env.total(), env.calls()), (before - 10, total, calls));
    assert_eq!(wrong(&env), []);
    assert!(env.run(&["ledger", "compact"]).ok().stdout.starts_with("There is nothing to drop"));
    // The checkpoint was carried over: its index fits, and the transcript is not read again.
    assert_eq!(env.known("s1"), known);
    assert!(!env.data().join("checkpoint.db.kept").exists());
    let transcript = std::fs::read(session.path()).unwrap();
    env.write(session.path(), b"");
    env.append(session.path(), &transcript);
    session.call(&Call::new("a3").tokens(1001, 99)).call(&Call::new("new"));
    env.hook("Stop", &session, json!({})).silent();
    let revised = env.calls().into_iter().find(|call| call["id"].as_str().unwrap().contains("a3")).unwrap();
    assert_eq!((&revised["rev"], env.calls().len()), (&json!(3), 6), "a known call goes on where it was");
    std::fs::remove_file(env.checkpoint()).unwrap();
    let total = env.total();
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.known("s1").cost, total);
}

#[test]
fn hooks_book_while_the_ledger_is_compacted() {
    let env = Env::new();
    revised(&env, 4);
    let sessions: Vec<_> = (0..6).map(|number| env.session(&format!("p{number}"))).collect();
    for round in 0..4 {
        let mut running = Vec::new();
        for session in &sessions {
            session.call(&Call::new(&format!("{}r{}", session.id(), round / 2)).tokens(1001, 1 + round));
            running.push(env.start(&["hook"], env.payload("PostToolUse", session, json!({})).as_bytes()));
            running.push(env.start(&["ledger", "compact"], b""));
        }
        running.push(env.start(&["ledger", "repair"], b""));
        for child in running {
            assert_eq!(finish(child).code, Some(0));
        }
    }
    for session in &sessions {
        env.hook("Stop", session, json!({})).ok();
    }
    assert_eq!(env.calls().len(), 4 + 6 * 2);
    assert_eq!(wrong(&env), []);
    assert!(
        env.calls()
            .iter()
            .filter(|call| call["session"] != "s1")
            .all(|call| { [2, 4].contains(&call["tokens"]["output"].as_u64().unwrap()) })
    );
}

#[test]
fn killed_at_any_moment_nothing_is_lost() {
    let mut dice = Dice(77);
    for (round, command) in ["compact", "repair"].into_iter().cycle().take(16).enumerate() {
        let env = Env::new();
        env.settings(json!({"cost": {"tamperEvidence": round % 4 < 2}}));
        let session = revised(&env, 30);
        let calls = env.calls();
        if command == "repair" {
            let text = std::fs::read_to_string(&env.segments()[0]).unwrap();
            let damaged = text.replacen("}\n{", "}{", 3) + "rubbish\n" + text.lines().next().unwrap() + "\n";
            env.write(&env.segments()[0], damaged.as_bytes());
        }
        let mut child = env.start(&["ledger", command], b"");
        std::thread::sleep(Duration::from_millis(dice.roll(150) as u64));
        let _ = child.kill();
        child.wait().unwrap();
        env.later(5).hook("Stop", &session, json!({})).ok();
        repair(&env);
        let found: Vec<_> = wrong(&env).into_iter().filter(|(id, _)| !id.starts_with("chain-")).collect();
        assert_eq!(found, [], "{command}");
        let ids = |calls: &[Value]| -> Vec<(String, Value)> {
            calls.iter().map(|call| (call["id"].to_string(), call["tokens"].clone())).collect()
        };
        assert_eq!(ids(&env.calls()), ids(&calls), "round {round}: {command}");
        assert_eq!(env.known("s1").cost, env.total());
        let open = std::fs::read_dir(env.data().join("ledger")).unwrap().map(|entry| entry.unwrap());
        for entry in open {
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.path());
            assert!(!entry.file_name().to_string_lossy().ends_with(".tmp"), "{:?}", entry.path());
        }
    }
}
