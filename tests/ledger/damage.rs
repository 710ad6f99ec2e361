//! What accidents and other programs leave in the segments: kept, reported, never glued to our lines.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::support::{Call, Env, usd};

fn append(env: &Env, bytes: &[u8]) {
    env.append(&env.segments()[0], bytes);
}

#[test]
fn a_torn_tail_is_set_aside_and_the_call_booked_again() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a"));
    env.hook("PostToolUse", &session, json!({})).silent();
    append(&env, br#"{"kind":"call","v":1,"id":"msg_b:req_b","ti"#);
    session.call(&Call::new("b"));
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.ledger().len(), 2, "every line is whole");
    assert_eq!(env.total(), usd("0.010048"));
    let aside = std::fs::read_to_string(env.data().join("ledger/torn.jsonl")).unwrap();
    assert_eq!(aside, "{\"kind\":\"call\",\"v\":1,\"id\":\"msg_b:req_b\",\"ti\n");
}

#[test]
fn foreign_lines_stay_and_count_nothing() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a"));
    env.hook("PostToolUse", &session, json!({})).silent();
    let foreign = "not json\n\n[1]\n{\"kind\":\"note\",\"v\":1}\n{\"kind\":\"call\",\"v\":1}\n\0\0\0\n";
    append(&env, foreign.as_bytes());
    session.call(&Call::new("b"));
    env.hook("Stop", &session, json!({})).silent();
    let text = std::fs::read_to_string(&env.segments()[0]).unwrap();
    assert!(text.contains(foreign), "the bytes stay where they are");
    assert_eq!(text.lines().count(), 8);
    assert_eq!(env.known("s1").cost, usd("0.010048"));
    std::fs::remove_file(env.checkpoint()).unwrap();
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(std::fs::read_to_string(&env.segments()[0]).unwrap(), text);
}

#[test]
fn unknown_fields_of_a_line_are_kept_and_ignored() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a"));
    env.hook("PostToolUse", &session, json!({})).silent();
    let mut line = env.call();
    line["id"] = json!("msg_x:req_x");
    line["brandNew"] = json!({"a": [1]});
    append(&env, format!("{line}\n").as_bytes());
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.known("s1").calls, 2);
}

/// A ledger that a later version wrote to.
fn newer() -> Env {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a"));
    env.hook("PostToolUse", &session, json!({})).silent();
    append(&env, b"{\"v\":2,\"kind\":\"marvel\",\"id\":\"x\"}\n");
    env
}

#[test]
fn a_line_of_a_newer_version_is_said_clearly_and_touched_by_nobody() {
    let env = newer();
    let session = env.session("s1");
    let before = std::fs::read(&env.segments()[0]).unwrap();
    session.call(&Call::new("b"));
    let told = env.hook("UserPromptSubmit", &session, json!({"prompt": "x"})).message();
    assert!(told.contains("newer cost-hook") && told.contains("update"), "{told}");
    assert_eq!(std::fs::read(&env.segments()[0]).unwrap(), before);
    env.hook("Stop", &session, json!({})).silent();
    std::fs::remove_file(env.checkpoint()).unwrap();
    env.hook("Stop", &session, json!({})).ok();
    assert_eq!(std::fs::read(&env.segments()[0]).unwrap(), before);
}

#[test]
fn with_on_error_block_a_newer_ledger_stops() {
    let env = newer();
    env.settings(json!({"cost": {"onError": "block"}}));
    let answer = env.hook("UserPromptSubmit", &env.session("s1"), json!({"prompt": "x"})).json();
    assert_eq!(answer["decision"], "block");
    assert!(answer["reason"].as_str().unwrap().contains("newer cost-hook"), "{answer}");
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

#[test]
fn a_folder_that_cannot_be_written_is_said_once_and_left_as_it_is() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a"));
    env.hook("PostToolUse", &session, json!({})).silent();
    let before = std::fs::read(&env.segments()[0]).unwrap();
    session.call(&Call::new("b"));
    let modes = |file: u32, folder: u32| {
        for path in [env.segments()[0].clone(), env.checkpoint(), env.data().join("ledger/.lock")] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(file)).unwrap();
        }
        for path in [env.data().join("ledger"), env.data()] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(folder)).unwrap();
        }
    };
    modes(0o400, 0o500);
    // Root writes where it likes: there is nothing to see as root but that nothing breaks.
    let output = env.hook("UserPromptSubmit", &session, json!({"prompt": "x"})).ok();
    if !is_root() {
        assert!(output.message().contains("cannot"), "{output:?}");
        assert_eq!(std::fs::read(&env.segments()[0]).unwrap(), before);
    }
    modes(0o600, 0o700);
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.total(), usd("0.010048"));
}

#[test]
fn a_known_call_may_stand_twice_in_a_segment() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a"));
    env.hook("PostToolUse", &session, json!({})).silent();
    // A copy of the ledger pasted to its end.
    let text = std::fs::read_to_string(&env.segments()[0]).unwrap();
    append(&env, text.as_bytes());
    session.call(&Call::new("b"));
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.known("s1").cost, usd("0.010048"));
}

#[test]
fn the_lock_held_by_another_is_waited_for_and_then_said() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a"));
    std::fs::create_dir_all(env.data().join("ledger")).unwrap();
    let holder =
        std::process::Command::new("flock").arg(env.data().join("ledger/.lock")).args(["sleep", "4"]).spawn();
    let Ok(mut holder) = holder else { return };
    while !env.data().join("ledger/.lock").exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    std::thread::sleep(std::time::Duration::from_millis(50));
    let told = env.hook("UserPromptSubmit", &session, json!({"prompt": "x"})).message();
    assert!(told.contains("locked"), "{told}");
    assert!(env.ledger().is_empty());
    holder.wait().unwrap();
    // Whoever comes next hears of it, even another session.
    env.hook("SessionStart", &env.session("s2"), json!({"source": "startup"})).ok();
    assert_eq!(env.total_of("s1"), usd("0.005024"));
    let journal: Value = serde_json::from_str(env.journal().lines().next().unwrap()).unwrap();
    assert_eq!(journal["session"], "s1");
}
