//! The ledger, its lock and its checkpoint, as accidents leave them.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::time::Duration;

use cost_hook::base::lock::Lock;
use cost_hook::ledger::Ledger;
use serde_json::json;

use super::{Report, healthy, look};
use crate::support::{Call, Env};

fn lock(env: &Env) -> Lock {
    Lock::acquire(&Ledger::at(&env.data()).lock_path(), Duration::from_secs(5)).unwrap()
}

#[test]
fn size_and_lines_are_counted() {
    let env = healthy();
    let report = look(&env);
    report.says("ledger", "ok", &["1 call in 1 month", "kB"]);
    report.says("ledger-lines", "ok", &["1 line was read"]);
    env.append(&env.data().join("ledger/torn.jsonl"), b"{\"kind\n{\"ki\n");
    look(&env).says("ledger-lines", "ok", &["2 unfinished lines were set aside", "torn.jsonl"]);
    env.append(&env.segments()[0], b"foreign\n");
    look(&env).says(
        "ledger-lines",
        "warning",
        &["1 line cannot be read", "2026-11.jsonl:2: not a ledger line"],
    );
    env.append(&env.segments()[0], b"{\"kind\":\"call\",\"v\":99}\n");
    look(&env).says("ledger-lines", "error", &["a newer cost-hook", "books nothing", "update cost-hook"]);
}

#[test]
fn transcripts_without_a_ledger_are_a_history_to_book() {
    let env = Env::new();
    env.session("s1").call(&Call::new("a"));
    look(&env).says("ledger", "warning", &["nothing is booked yet", "cost-hook import"]);
    assert!(!env.data().exists());
}

#[test]
fn a_folder_in_the_place_of_a_segment_is_told() {
    let env = healthy();
    fs::create_dir(env.data().join("ledger/2026-10.jsonl")).unwrap();
    let report = look(&env);
    report.says("ledger", "error", &["2026-10.jsonl"]);
    assert!(report.find("ledger-lines").is_none() && report.find("models").is_none());
}

#[test]
fn modes_and_owners() {
    let env = healthy();
    look(&env).says("ledger-writable", "ok", &["by its owner alone"]);
    let set =
        |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    set(&env.segments()[0], 0o644);
    set(&env.data().join("ledger"), 0o755);
    let report = look(&env);
    report.says("ledger-writable", "warning", &["2 files and folders", "chmod -R go= ", "2026-11.jsonl"]);
    assert_eq!(report.check("ledger-writable")["fixable"], true);
    // Where other things lie too, only ours is to be private.
    Report::of(&env, &["--fix"]).says("ledger-writable", "ok", &[]);
    set(&env.data(), 0o755);
    look(&env).says("ledger-writable", "warning", &["1 file or folder"]);
    env.write(&env.data().join("notes.txt"), b"");
    look(&env).says("ledger-writable", "ok", &[]);
    env.write(&env.root().join("file"), b"");
    for below in ["file", "file/cost-hook"] {
        env.var("COST_HOOK_DIR", env.root().join(below).to_str().unwrap());
        look(&env).says("ledger-writable", "error", &["/file` is no folder", "COST_HOOK_DIR"]);
    }
}

/// Root may write everywhere, so it has to give that right away first.
#[test]
fn what_may_not_be_written_is_an_error() {
    let env = healthy();
    let set =
        |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let is_root = fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
    let look = || {
        let plain = env.command(&["doctor", "--json"]);
        let mut command = std::process::Command::new("setpriv");
        command
            .args([
                "--bounding-set=-dac_override,-dac_read_search",
                "--inh-caps=-dac_override,-dac_read_search",
            ])
            .arg(plain.get_program());
        command.args(plain.get_args()).env_clear().envs(plain.get_envs().filter_map(|(k, v)| Some((k, v?))));
        command.current_dir(env.project());
        let output = if is_root { command.output() } else { env.command(&["doctor", "--json"]).output() };
        Report::from(output.unwrap())
    };
    look().says("ledger-writable", "ok", &[]);
    for (path, open, closed) in [
        (env.segments()[0].clone(), 0o600, 0o400),
        (env.checkpoint(), 0o600, 0o400),
        (env.data(), 0o700, 0o500),
    ] {
        set(&path, closed);
        let named = format!("`{}` cannot be written", path.display());
        look().says("ledger-writable", "error", &[&named, "COST_HOOK_DIR"]);
        set(&path, open);
    }
    set(&env.data(), 0o700);
    set(&env.segments()[0], 0o000);
    look().says("ledger", "error", &["2026-11.jsonl", "check owner and mode"]);
    set(&env.segments()[0], 0o600);
}

#[test]
fn a_held_lock_is_seen_and_hides_the_checkpoint() {
    let env = healthy();
    look(&env).says("ledger-lock", "ok", &["nobody holds"]);
    let held = lock(&env);
    let report = look(&env);
    report.says("ledger-lock", "warning", &["is held"]);
    if cfg!(target_os = "linux") {
        report.says("ledger-lock", "warning", &[&format!("by process {}", std::process::id())]);
    }
    assert!(report.find("checkpoint").is_none());
    drop(held);
    look(&env).says("ledger-lock", "ok", &[]).says("checkpoint", "ok", &[]);
    fs::remove_file(env.data().join("ledger/.lock")).unwrap();
    look(&env).says("ledger-lock", "ok", &["no lock yet"]);
    symlink("nowhere/at/all", env.data().join("ledger/.lock")).unwrap();
    look(&env).says("ledger-lock", "ok", &["no lock yet"]);
    fs::remove_file(env.data().join("ledger/.lock")).unwrap();
    symlink(".lock", env.data().join("ledger/.lock")).unwrap();
    look(&env).says("ledger-lock", "error", &["cannot open"]);
}

#[test]
fn the_checkpoint_is_in_step_behind_apart_broken_or_absent() {
    let env = healthy();
    look(&env).says("checkpoint", "ok", &["in step"]);
    let segment = env.segments()[0].clone();
    let whole = fs::read(&segment).unwrap();
    env.append(&segment, &whole);
    let report = look(&env);
    report.says("checkpoint", "warning", &["not in the checkpoint yet", "nothing is lost"]);
    assert_eq!(report.check("checkpoint")["fixable"], true);
    fs::write(&segment, &whole[..whole.len() - 1]).unwrap();
    look(&env).says("checkpoint", "warning", &["`2026-11.jsonl` has become shorter"]);
    let other = String::from_utf8(whole.clone()).unwrap().replace("0.005024", "0.005025");
    fs::write(&segment, other).unwrap();
    look(&env).says("checkpoint", "warning", &["`2026-11.jsonl` was exchanged"]);
    fs::rename(&segment, env.root().join("away")).unwrap();
    look(&env).says("checkpoint", "warning", &["`2026-11.jsonl` is gone", "cost-hook import"]);
    fs::write(&segment, &whole).unwrap();
    look(&env).says("checkpoint", "ok", &[]);
    let mut bytes = fs::read(env.checkpoint()).unwrap();
    let half = bytes.len() / 2;
    bytes.truncate(half);
    fs::write(env.checkpoint(), &bytes).unwrap();
    look(&env).says("checkpoint", "warning", &["is broken"]);
    fs::write(env.checkpoint(), b"no database at all").unwrap();
    look(&env).says("checkpoint", "warning", &["is broken"]);
    fs::remove_file(env.checkpoint()).unwrap();
    look(&env).says("checkpoint", "warning", &["no checkpoint of this version"]);
    fs::remove_file(&segment).unwrap();
    look(&env).says("checkpoint", "ok", &["nothing to remember"]);
}

/// A process killed in the middle of a change leaves a journal that the next writer plays back; looking must not.
#[test]
fn a_change_that_was_cut_off_is_left_to_the_next_event() {
    let env = healthy();
    let path = env.checkpoint();
    let journal = path.with_extension("db-journal");
    let db = rusqlite::Connection::open(&path).unwrap();
    // Pages go to the file before the end of the change, as they do in a large one.
    db.execute_batch("PRAGMA cache_size = 1; PRAGMA synchronous = OFF; BEGIN IMMEDIATE").unwrap();
    for key in 0..3000 {
        db.execute("INSERT INTO told VALUES (?, 0)", [format!("{key:0100}")]).unwrap();
    }
    let (half, hot) = (fs::read(&path).unwrap(), fs::read(&journal).unwrap());
    drop(db);
    fs::write(&path, &half).unwrap();
    fs::write(&journal, &hot).unwrap();
    let report = look(&env);
    report.says("checkpoint", "warning", &["cannot be looked at just now", "takes back"]);
    assert!(fs::read(&path).unwrap() == half && fs::read(&journal).unwrap() == hot, "it was changed");
    let report = Report::of(&env, &["--fix"]);
    report.says("checkpoint", "ok", &["in step"]);
    assert_eq!(env.known("s1").calls, 1);
}

#[test]
fn totals_below_the_known_calls_are_told() {
    let env = healthy();
    look(&env).says("client-totals", "ok", &[]);
    let session = env.session("s1");
    session.call(&Call::cents("b", 50)).cost_state(0.005, "2026-11-24T12:00:00Z");
    env.hook("SessionEnd", &session, json!({"reason": "other"})).silent();
    look(&env).says("client-totals", "warning", &["in 1 session", "session s1"]);
}

#[test]
fn words_of_late_hooks_wait() {
    let env = healthy();
    look(&env).says("late-words", "ok", &[]);
    env.write(&env.data().join("late/0123456789abcdef"), b"/a/transcript.jsonl");
    let report = look(&env);
    report.says("late-words", "warning", &["1 transcript waits"]);
    assert_eq!(report.check("late-words")["fixable"], true);
}
