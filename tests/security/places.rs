//! Files that somebody put in the way: links, pipes and folders in the data folder, marks in shared folders.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use cost_hook::book::late;
use serde_json::json;

use crate::support::{Call, Env};

/// Whatever the link is called, what it points to keeps its bytes and its mode.
#[test]
fn a_link_in_the_data_folder_spoils_nothing_elsewhere() {
    for name in
        ["ledger/.lock", "ledger/torn.jsonl", "checkpoint.db", "checkpoint.db-journal", "journal.jsonl"]
    {
        let env = Env::new();
        let victim = victim(&env);
        fs::create_dir_all(env.data().join("ledger")).unwrap();
        symlink(&victim, env.data().join(name)).unwrap();
        let session = env.session("s1");
        session.call(&Call::cents("a", 10));
        let output = env.hook("Stop", &session, json!({}));
        assert_eq!(output.code, Some(0), "{name}: {output:?}");
        env.append(&env.data().join("ledger/2026-11.jsonl"), b"{\"torn");
        let output = env.hook("Stop", &session, json!({}));
        assert_eq!(output.code, Some(0), "{name}: {output:?}");
        env.run_with(&["hook"], b"no payload");
        spared(&victim, name);
    }
}

/// The names that are used while something is made anew, set aside or kept.
#[test]
fn a_link_under_a_name_for_a_while_spoils_nothing_elsewhere() {
    for name in
        ["checkpoint.db.new", "checkpoint.db.new-journal", "checkpoint.db.kept", "ledger/unreadable.jsonl"]
    {
        let env = Env::new();
        let session = env.session("s1");
        session.call(&Call::cents("a", 10));
        env.hook("Stop", &session, json!({})).silent();
        session.call(&Call::cents("a", 20)).call(&Call::cents("b", 5));
        env.hook("Stop", &session, json!({})).silent();
        env.append(&env.data().join("ledger/2026-11.jsonl"), b"{\"v\":1,\"kind\":\n");
        let victim = victim(&env);
        symlink(&victim, env.data().join(name)).unwrap();
        fs::write(env.data().join("checkpoint.db"), b"no database").unwrap();
        env.hook("Stop", &session, json!({}));
        for command in [&["ledger", "compact"][..], &["ledger", "repair"], &["doctor", "--fix"]] {
            env.run(command);
        }
        spared(&victim, name);
        let segment = fs::read_to_string(env.data().join("ledger/2026-11.jsonl")).unwrap();
        assert!(segment.contains("msg_a:req_a") && segment.contains("msg_b:req_b"), "{name}: {segment}");
    }
}

/// A word that is heard is removed, so a folder of somebody else's must not be listened to.
#[test]
fn a_link_in_the_place_of_words_is_neither_written_through_nor_emptied() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::cents("a", 10));
    env.hook("Stop", &session, json!({})).silent();
    let others = env.root().join("others");
    let note = others.join("0123456789abcdef");
    env.write(&note, b"/a/note");
    fs::set_permissions(&note, fs::Permissions::from_mode(0o644)).unwrap();
    symlink(&others, env.data().join("late")).unwrap();
    assert!(late::leave_word(&env.data(), session.path()).is_err());
    env.hook("Stop", &session, json!({})).silent();
    env.run(&["doctor", "--fix"]);
    assert_eq!(fs::read(&note).unwrap(), b"/a/note");
    assert_eq!(fs::metadata(&note).unwrap().permissions().mode() & 0o777, 0o644);
    assert_eq!(fs::read_dir(&others).unwrap().count(), 1);

    // In a folder of ours: a link in the place of a word gives way to it, and only words are heard.
    fs::remove_file(env.data().join("late")).unwrap();
    let victim = victim(&env);
    late::leave_word(&env.data(), session.path()).unwrap();
    let word = fs::read_dir(env.data().join("late")).unwrap().flatten().next().unwrap().path();
    fs::remove_file(&word).unwrap();
    symlink(&victim, &word).unwrap();
    late::leave_word(&env.data(), session.path()).unwrap();
    spared(&victim, "late");
    assert!(fs::symlink_metadata(&word).unwrap().is_file());
    let letter = env.data().join("late/letter.txt");
    env.write(&letter, b"to somebody");
    env.hook("Stop", &session, json!({})).silent();
    assert!(letter.exists() && !word.exists(), "heard, and nothing else");
}

/// A repository brings links of the names under which the old settings are kept and a page is written.
#[test]
fn a_link_of_a_repository_in_the_place_of_what_we_write_is_not_followed() {
    let env = Env::new();
    let victim = victim(&env);
    env.project_settings(json!({"model": "opus"}));
    let backup = env.project().join(".claude/settings.json.cost-hook-backup");
    symlink(&victim, &backup).unwrap();
    env.run(&["config", "set", "cost.sessionBudget", "5", "--scope", "project"]).ok();
    spared(&victim, "backup");
    assert!(fs::symlink_metadata(&backup).unwrap().is_file());
    assert!(fs::read_to_string(&backup).unwrap().contains("opus"));

    let page = env.project().join("cost-hook-dashboard.html");
    symlink(&victim, &page).unwrap();
    let refused = env.run(&["dashboard"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("symbolic link") && refused.stderr.contains("--output"), "{refused:?}");
    spared(&victim, "page");
}

/// A file that is none of ours.
fn victim(env: &Env) -> PathBuf {
    let victim = env.root().join("victim");
    env.write(&victim, b"mine\n");
    fs::set_permissions(&victim, fs::Permissions::from_mode(0o644)).unwrap();
    victim
}

fn spared(victim: &Path, what: &str) {
    assert_eq!(fs::read(victim).unwrap(), b"mine\n", "{what}");
    assert_eq!(fs::metadata(victim).unwrap().permissions().mode() & 0o777, 0o644, "{what}");
}

/// The mark for a fault that can be noted nowhere is a folder, which follows no link.
#[test]
fn a_link_in_the_shared_temporary_folder_is_not_followed() {
    let env = Env::new();
    let shared = env.root().join("shared");
    fs::create_dir_all(&shared).unwrap();
    env.var("TMPDIR", shared.to_str().unwrap());
    env.write(&env.root().join("file"), b"");
    env.var("COST_HOOK_DIR", env.root().join("file/x").to_str().unwrap());
    let session = env.session("s1");
    session.call(&Call::cents("a", 10));
    env.hook("UserPromptSubmit", &session, json!({"prompt": "x"}));
    let mark = fs::read_dir(&shared).unwrap().flatten().next().expect("a mark").path();
    fs::remove_dir(&mark).unwrap();
    let victim = env.root().join("victim");
    symlink(&victim, &mark).unwrap();
    let output = env.hook("UserPromptSubmit", &session, json!({"prompt": "x"}));
    assert_eq!(output.code, Some(0), "{output:?}");
    assert!(!victim.exists());
}

/// What the user has set up as open to others stays the user's business; what we make is private.
#[test]
fn what_is_made_in_an_open_folder_is_private() {
    let env = Env::new();
    let open = env.root().join("open");
    fs::create_dir_all(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    env.var("COST_HOOK_DIR", open.join("data").to_str().unwrap());
    let session = env.session("s1");
    session.call(&Call::cents("a", 10));
    env.hook("Stop", &session, json!({})).silent();
    for (path, wanted) in [
        ("data", 0o700),
        ("data/ledger", 0o700),
        ("data/ledger/2026-11.jsonl", 0o600),
        ("data/checkpoint.db", 0o600),
    ] {
        let mode = fs::metadata(open.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, wanted, "{path}");
    }
}
