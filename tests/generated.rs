//! What is generated and checked in is what the types say now.

use std::fs;
use std::path::Path;

use cost_hook::ledger;
use cost_hook::settings::schema;

use crate::support::Env;

const COMMAND: &str = "cargo run -- schema --write";

fn checked_in(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_default()
}

/// Says what to run, and where the two part ways: a whole schema in a terminal helps nobody.
fn compare(path: &str, fresh: &str, command: &str) -> Result<(), String> {
    let old = checked_in(path);
    if old == fresh {
        return Ok(());
    }
    let at = old.lines().zip(fresh.lines()).take_while(|(old, fresh)| old == fresh).count();
    let line = |text: &str| text.lines().nth(at).unwrap_or("(the end)").trim().to_string();
    Err(format!(
        "{path} is not current; line {} is\n    {}\nand should be\n    {}\nbring it up to date with\n\n    {command}\n",
        at + 1,
        line(&old),
        line(fresh)
    ))
}

#[track_caller]
fn is_current(path: &str, fresh: &str, command: &str) {
    if let Err(why) = compare(path, fresh, command) {
        panic!("{why}");
    }
}

#[test]
fn the_schema_of_the_settings() {
    is_current(schema::PATH, &schema::schema_text(), COMMAND);
    assert_eq!(schema::CHECKED_IN, checked_in(schema::PATH), "the binary carries another copy");
}

#[test]
fn the_schema_of_the_ledger() {
    is_current(ledger::schema::PATH, &ledger::schema::schema_text(), COMMAND);
    assert_eq!(
        ledger::schema::CHECKED_IN,
        checked_in(ledger::schema::PATH),
        "the binary carries another copy"
    );
}

#[test]
fn the_binary_prints_what_is_checked_in() {
    let env = Env::new();
    assert_eq!(env.run(&["schema"]).ok().stdout, schema::CHECKED_IN);
    assert_eq!(env.run(&["schema", "ledger"]).ok().stdout, ledger::schema::CHECKED_IN);
}

#[test]
fn a_stale_file_is_noticed_and_the_command_named() {
    let stale = schema::schema_text().replacen("boolean", "bolean", 1);
    let why = compare(schema::PATH, &stale, "make it so").unwrap_err();
    assert!(why.contains("make it so") && why.contains("bolean"), "{why}");
}

#[test]
fn the_hooks_are_those_that_install_writes() {
    let hooks: serde_json::Value = serde_json::from_str(&checked_in("hooks/hooks.json")).unwrap();
    let plan =
        cost_hook::claude::install::plan_install(None, "cost-hook", &cost_hook::claude::install::EVENTS)
            .unwrap();
    let written = String::from_utf8(plan.new_bytes).unwrap().replace("'cost-hook' hook", "cost-hook hook");
    let written: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!(hooks["hooks"], written["hooks"], "hooks/hooks.json is not what `cost-hook install` writes");
}
