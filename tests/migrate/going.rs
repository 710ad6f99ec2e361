//! What is there after `uninstall`: the whole tree before `install` and after `uninstall` is compared, byte for byte.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::support::{Call, Env};

/// Every file and folder below, with its bytes.
fn tree(root: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().flatten() {
            let path = entry.path();
            let name = path.strip_prefix(root).unwrap().to_path_buf();
            if path.is_dir() {
                found.insert(name, None);
                folders.push(path);
            } else {
                found.insert(name, Some(fs::read(&path).unwrap()));
            }
        }
    }
    found
}

/// A world whose configuration folder is where it is when nobody says otherwise, and does not exist yet.
fn untouched() -> Env {
    let env = Env::new();
    let folder = env.home().join(".claude");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    env.var("CLAUDE_CONFIG_DIR", folder.to_str().unwrap());
    env.var("COST_HOOK_DIR", folder.join("cost-hook").to_str().unwrap());
    env
}

const SHAPES: [Option<&str>; 14] = [
    None,
    Some(""),
    Some("\n"),
    Some("  \r\n"),
    Some("// nothing yet\n"),
    Some("{}"),
    Some("{}\n"),
    Some("{ }\r\n"),
    Some("{\n}\n"),
    Some("{\"model\": \"opus\"}"),
    Some("{\r\n\t\"model\": \"opus\"\r\n}\r\n"),
    Some("// mine\n{\n  \"model\": \"opus\", // because\n}\n"),
    Some(
        "\u{feff}{\"hooks\": {\"Stop\": [{\"hooks\": [{\"type\": \"command\", \"command\": \"say hi\"}]}]}}",
    ),
    Some("{\n  \"statusLine\": {\"type\": \"command\", \"command\": \"~/line.sh 'a'\", \"padding\": 0}\n}"),
];

#[test]
fn without_a_ledger_nothing_at_all_is_left() {
    for scope in ["user", "project", "local"] {
        for shape in SHAPES {
            let env = untouched();
            let file = match scope {
                "user" => env.home().join(".claude/settings.json"),
                "project" => env.project().join(".claude/settings.json"),
                _ => env.project().join(".claude/settings.local.json"),
            };
            if let Some(text) = shape {
                env.write(&file, text.as_bytes());
            }
            let before = tree(&env.root());
            env.run(&["install", "--no-import", "--scope", scope]).ok();
            assert_ne!(tree(&env.root()), before, "{scope}, {shape:?}");
            env.run(&["install", "--no-import", "--scope", scope]).ok();
            let dry = tree(&env.root());
            env.run(&["uninstall", "--scope", scope, "--dry-run"]).ok();
            assert_eq!(tree(&env.root()), dry, "{scope}, {shape:?}");
            env.run(&["uninstall", "--scope", scope]).ok();
            assert_eq!(tree(&env.root()), before, "{scope}, {shape:?}");
        }
    }
}

#[test]
fn after_work_only_the_ledger_is_left_and_reports_go_on() {
    let env = untouched();
    env.write(&env.home().join(".zshrc"), b"alias ll='ls -l'\neval \"$(cost-hook init zsh)\"\n");
    let session = env.session("s1");
    session.call(&Call::cents("a", 20));
    env.write(&env.home().join(".claude/projects/-w/s1.jsonl"), &session.bytes());
    let before = tree(&env.home());
    env.run(&["install"]).ok();
    env.run(&["report"]).ok();
    env.run(&["status"]).ok();
    let told = env.run(&["uninstall"]).ok().stdout;
    let mut after = tree(&env.home());
    let ledger: Vec<PathBuf> = after.keys().filter(|path| !before.contains_key(*path)).cloned().collect();
    let names: Vec<&str> = ledger.iter().map(|path| path.to_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            ".claude/cost-hook",
            ".claude/cost-hook/ledger",
            ".claude/cost-hook/ledger/.lock",
            ".claude/cost-hook/ledger/2026-11.jsonl"
        ]
    );
    after.retain(|path, _| before.contains_key(path));
    assert_eq!(after, before);
    let folder = env.home().join(".claude/cost-hook").display().to_string();
    assert!(told.contains(&format!("The ledger stays in {folder}")), "{told}");
    assert!(told.contains(&format!("rm -r '{folder}'")), "{told}");
    assert!(told.contains(".zshrc:\n  eval \"$(cost-hook init zsh)\""), "{told}");
    assert_eq!(env.run(&["report", "--json"]).json()["totals"]["totalCostExact"], "0.2");
}

#[test]
fn what_somebody_wrote_into_a_file_of_ours_keeps_the_file() {
    let env = untouched();
    env.run(&["install", "--no-import"]).ok();
    env.run(&["config", "set", "cost.dailyBudget", "5"]).ok();
    let said = env.run(&["uninstall", "--json"]).json();
    let file = env.home().join(".claude/settings.json");
    let left: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(left, json!({"cost": {"dailyBudget": 5}}));
    assert!(!file.with_file_name("settings.json.cost-hook-backup").exists());
    assert_eq!(said["changed"], true);
    // The next time there is something to begin from, and it comes back.
    let before = tree(&env.root());
    env.run(&["install", "--no-import"]).ok();
    let told = env.run(&["uninstall"]).ok().stdout;
    assert_eq!(tree(&env.root()), before);
    assert!(told.contains("Your own settings under `cost` stay"), "{told}");
}

#[test]
fn who_still_books_keeps_what_is_made_from_the_ledger() {
    let env = untouched();
    env.run(&["install"]).ok();
    env.run(&["install", "--scope", "local"]).ok();
    let session = env.session("s1");
    session.call(&Call::cents("a", 20));
    env.hook("Stop", &session, json!({}));
    env.run(&["uninstall"]).ok();
    assert!(env.home().join(".claude/cost-hook/checkpoint.db").exists());
    env.run(&["uninstall", "--scope", "local"]).ok();
    env.run(&["uninstall"]).ok();
    assert!(!env.home().join(".claude/cost-hook/checkpoint.db").exists());
    assert!(env.home().join(".claude/cost-hook/ledger").exists());
}
