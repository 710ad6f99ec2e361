//! What `--fix` mends and what it leaves alone, and that nothing changes without it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Report, change, healthy, look, user_settings};
use crate::support::{Call, Env, usd};

/// Every file and folder of the world with its mode and bytes.
fn everything(env: &Env) -> BTreeMap<PathBuf, (u32, Option<Vec<u8>>)> {
    fn walk(folder: &Path, found: &mut BTreeMap<PathBuf, (u32, Option<Vec<u8>>)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let mode = fs::symlink_metadata(&path).unwrap().mode();
            if path.is_dir() {
                walk(&path, found);
                found.insert(path, (mode, None));
            } else {
                let bytes = fs::read(&path).unwrap_or_default();
                found.insert(path, (mode, Some(bytes)));
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(&env.root(), &mut found);
    found
}

#[track_caller]
fn changes_nothing(env: &Env, args: &[&str]) {
    let before = everything(env);
    env.run(&[&["doctor"], args].concat());
    let after = everything(env);
    let names = |all: &BTreeMap<PathBuf, _>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&before), names(&after));
    for (path, was) in &before {
        assert!(after[path] == *was, "{} changed", path.display());
    }
}

/// A world in which everything is wrong that can be mended.
fn everything_wrong() -> Env {
    let env = healthy();
    change(&env, |settings| {
        settings["hooks"].as_object_mut().unwrap().remove("Stop");
        settings.as_object_mut().unwrap().remove("statusLine");
    });
    env.session("s1").call(&Call::new("b"));
    env.write(
        &env.data().join("late/0123456789abcdef"),
        env.session("s1").path().to_str().unwrap().as_bytes(),
    );
    fs::set_permissions(env.segments()[0].as_path(), fs::Permissions::from_mode(0o644)).unwrap();
    env.later(3600);
    env
}

#[test]
fn looking_changes_nothing() {
    changes_nothing(&Env::new(), &[]);
    changes_nothing(&healthy(), &["--json"]);
    let env = everything_wrong();
    changes_nothing(&env, &[]);
    changes_nothing(&env, &["--fix", "--dry-run"]);
    for bytes in [&b"not a database"[..], b""] {
        fs::write(env.checkpoint(), bytes).unwrap();
        changes_nothing(&env, &[]);
    }
    fs::remove_file(env.checkpoint()).unwrap();
    changes_nothing(&env, &[]);
    changes_nothing(&env, &["--fix", "--dry-run"]);
}

fn fixed(report: &Report) -> Vec<(&str, String)> {
    let list = report.document["fixed"].as_array().unwrap();
    let texts = |done: &Value| {
        assert!(done.get("error").is_none(), "{done}");
        done["did"]
            .as_array()
            .unwrap()
            .iter()
            .map(|text| text.as_str().unwrap())
            .collect::<Vec<_>>()
            .join("; ")
    };
    list.iter().map(|done| (done["id"].as_str().unwrap(), texts(done))).collect()
}

#[test]
fn everything_that_can_be_mended_is_and_only_once() {
    let env = everything_wrong();
    let before = look(&env);
    assert_eq!(before.wrong(), ["hooks", "status-line", "hooks-run", "ledger-writable", "late-words"]);
    let would = Report::of(&env, &["--fix", "--dry-run"]);
    assert_eq!(would.document["dryRun"], true);
    assert_eq!(would.wrong(), before.wrong());
    let report = Report::of(&env, &["--fix"]);
    assert_eq!(report.wrong(), [""; 0], "{:#}", report.document);
    let done = fixed(&report);
    let ids: Vec<&str> = done.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, ["hooks", "hooks-run", "ledger-writable"], "{done:?}");
    assert!(done[0].1.contains("1 hook added in ") && done[0].1.contains("status line added"), "{done:?}");
    assert!(done[0].1.contains("settings.json.cost-hook-backup"), "{done:?}");
    assert!(done[1].1.starts_with("1 call booked"), "{done:?}");
    assert_eq!(env.total(), usd("0.010048"));
    let again = Report::of(&env, &["--fix"]);
    assert_eq!(fixed(&again), []);
    let told = env.run(&["doctor", "--fix"]).ok().stdout;
    assert!(told.starts_with("There is nothing that can be mended without you.\n"), "{told}");
}

#[test]
fn people_are_told_what_was_done_before_the_checks() {
    let env = everything_wrong();
    let offer = env.run(&["doctor"]).ok().stdout;
    assert!(offer.ends_with("5 of them can be mended by cost-hook doctor --fix.\n"), "{offer}");
    let dry = env.run(&["doctor", "--fix", "--dry-run"]).ok().stdout;
    assert!(dry.starts_with("Would mend\n  hooks: 1 hook added in "), "{dry}");
    let told = env.run(&["doctor", "--fix"]).ok().stdout;
    assert!(told.starts_with("Mended\n  hooks: 1 hook added in "), "{told}");
    assert!(told.contains("\n\nClaude Code\n  ok ") && told.contains("Everything is in order"), "{told}");
    assert_ne!(env.run(&["doctor", "--dry-run"]).code, Some(0), "it says nothing without --fix");
}

#[test]
fn a_program_that_moved_is_found_again_and_foreign_hooks_stay() {
    let env = healthy();
    let own = json!([{"matcher": "Bash", "hooks": [{"type": "command", "command": "/no/such/guard"}]}]);
    change(&env, |settings| settings["hooks"]["PermissionRequest"] = own.clone());
    let path = env.config().join("settings.json");
    let here = env!("CARGO_BIN_EXE_cost-hook");
    let text = fs::read_to_string(&path).unwrap().replace(here, "/gone/cost-hook");
    env.write(&path, text.as_bytes());
    let report = Report::of(&env, &["--fix"]);
    report.says("hook-program", "ok", &[here]).says("status-line", "ok", &[]);
    assert_eq!(user_settings(&env)["hooks"]["PermissionRequest"], own);
    report.says("settings", "warning", &["/no/such/guard"]);
}

#[test]
fn a_second_copy_goes_and_a_program_that_works_stays() {
    let env = healthy();
    let copy = json!({"hooks": [{"type": "command", "command": "'/gone/cost-hook' hook"}]});
    change(&env, |settings| settings["hooks"]["Stop"].as_array_mut().unwrap().insert(0, copy.clone()));
    let report = Report::of(&env, &["--fix"]);
    assert_eq!(report.wrong(), [""; 0], "{:#}", report.document);
    assert_eq!(user_settings(&env)["hooks"]["Stop"].as_array().unwrap().len(), 1);
    // Another copy of the program, which works: a missing event is added under its name.
    let other = env.root().join("other/cost-hook");
    fs::create_dir(other.parent().unwrap()).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_cost-hook"), &other).unwrap();
    let path = env.config().join("settings.json");
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replace(env!("CARGO_BIN_EXE_cost-hook"), other.to_str().unwrap());
    env.write(&path, text.as_bytes());
    change(&env, |settings| drop(settings["hooks"].as_object_mut().unwrap().remove("Stop")));
    let report = Report::of(&env, &["--fix"]);
    assert_eq!(report.wrong(), ["hook-program"]);
    assert!(user_settings(&env)["hooks"]["Stop"].to_string().contains(other.to_str().unwrap()));
}

/// A project's file is others' too: it gets no path of this machine.
#[test]
fn a_projects_file_keeps_its_paths() {
    let env = Env::new();
    let group =
        |program: &str| json!([{"hooks": [{"type": "command", "command": format!("{program} hook")}]}]);
    fs::create_dir_all(env.project().join("bin")).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_cost-hook"), env.project().join("bin/cost-hook")).unwrap();
    for program in ["/opt/elsewhere/cost-hook", "$CLAUDE_PROJECT_DIR/bin/cost-hook", "cost-hook"] {
        env.project_settings(json!({"hooks": {"Stop": group(program)}}));
        let before = everything(&env);
        assert_eq!(fixed(&Report::of(&env, &["--fix"])), [], "{program}");
        assert!(before == everything(&env), "{program}");
    }
    // One that works and is a path for everybody.
    env.project_settings(json!({"hooks": {"Stop": group(env!("CARGO_BIN_EXE_cost-hook"))}}));
    let report = Report::of(&env, &["--fix"]);
    assert!(fixed(&report)[0].1.contains("13 hooks added in "), "{:?}", fixed(&report));
    report.says("hooks", "ok", &["(project)"]);
}

/// What the shell makes a path of does not become a quoted name of nothing.
#[test]
fn a_program_below_a_tilde_stays_one_that_runs() {
    let env = healthy();
    let copy = env.home().join("bin/cost-hook");
    fs::create_dir(env.home().join("bin")).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_cost-hook"), &copy).unwrap();
    let path = env.config().join("settings.json");
    let quoted = format!("'{}'", env!("CARGO_BIN_EXE_cost-hook"));
    env.write(&path, fs::read_to_string(&path).unwrap().replace(&quoted, "~/bin/cost-hook").as_bytes());
    change(&env, |settings| drop(settings["hooks"].as_object_mut().unwrap().remove("Stop")));
    let report = Report::of(&env, &["--fix"]);
    assert_eq!(report.wrong(), ["hook-program"], "it is another copy, which works: {:#}", report.document);
    let command = user_settings(&env)["hooks"]["Stop"][0]["hooks"][0]["command"].clone();
    assert_eq!(command, format!("'{}' hook", copy.display()));
}

#[test]
fn a_status_line_of_the_users_own_is_left_alone() {
    let env = healthy();
    let own = json!({"type": "command", "command": "date"});
    change(&env, |settings| {
        settings["statusLine"] = own.clone();
        settings["hooks"].as_object_mut().unwrap().remove("Stop");
    });
    let report = Report::of(&env, &["--fix"]);
    assert_eq!(report.wrong(), ["status-line"]);
    assert_eq!(user_settings(&env)["statusLine"], own);
}

#[test]
fn managed_files_broken_files_and_files_without_our_hooks_are_left_alone() {
    let env = Env::new();
    env.settings(json!({"model": "opus"}));
    env.managed(
        json!({"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "/gone/cost-hook hook"}]}]}}),
    );
    env.project_settings(json!({
        "model": 5,
        "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "/gone/cost-hook hook"}]}]},
    }));
    let before = everything(&env);
    let report = Report::of(&env, &["--fix"]);
    assert_eq!(fixed(&report), []);
    assert!(before == everything(&env));
}

#[test]
fn a_broken_checkpoint_is_made_anew() {
    let env = healthy();
    let good = look(&env).check("checkpoint")["message"].clone();
    for damage in [&b"no database"[..], b""] {
        fs::write(env.checkpoint(), damage).unwrap();
        let report = Report::of(&env, &["--fix"]);
        assert_eq!(fixed(&report)[0].0, "checkpoint");
        assert_eq!(report.check("checkpoint")["message"], good);
        assert_eq!(env.known("s1").calls, 1);
    }
    // Behind: the lines are taken in, and not doubled.
    let segment = env.segments()[0].clone();
    let line = fs::read_to_string(&segment).unwrap().replace("msg_a", "msg_b");
    env.append(&segment, line.as_bytes());
    let report = Report::of(&env, &["--fix"]);
    assert_eq!(report.check("checkpoint")["message"], good);
    assert_eq!(env.known("s1").calls, 2);
}

#[test]
fn what_cannot_be_mended_is_said() {
    let env = everything_wrong();
    let path = env.config().join("settings.json");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let output = env.run(&["doctor", "--fix"]);
    assert_eq!(output.code, Some(1));
    assert!(output.stdout.contains("hooks: failed: cannot write"), "{}", output.stdout);
    change_mode_back(&path);
    env.local_settings(json!({"cost": {"dailyBudget": 1}}));
    assert!(Report::of(&env, &["--fix"]).document["fixed"].as_array().unwrap().len() == 1);
    assert_eq!(
        fs::read_to_string(env.project().join(".claude/settings.local.json")).unwrap(),
        json!({"cost": {"dailyBudget": 1}}).to_string()
    );
}

fn change_mode_back(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}
