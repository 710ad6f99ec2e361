//! Files that somebody put in the way: links, pipes and folders in the data folder, marks in shared folders.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use serde_json::json;

use crate::support::{Call, Env};

/// Whatever the link is called, what it points to keeps its bytes and its mode.
#[test]
fn a_link_in_the_data_folder_spoils_nothing_elsewhere() {
    for name in
        ["ledger/.lock", "ledger/torn.jsonl", "checkpoint.db", "checkpoint.db-journal", "journal.jsonl"]
    {
        let env = Env::new();
        let victim = env.root().join("victim");
        env.write(&victim, b"mine\n");
        fs::set_permissions(&victim, fs::Permissions::from_mode(0o644)).unwrap();
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
        assert_eq!(fs::read(&victim).unwrap(), b"mine\n", "{name}");
        assert_eq!(fs::metadata(&victim).unwrap().permissions().mode() & 0o777, 0o644, "{name}");
    }
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
