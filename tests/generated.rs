//! What is generated and checked in is what the types say now.

use std::fs;
use std::path::Path;

use cost_hook::ledger::schema as ledger;
use cost_hook::settings::schema;

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
    let command = "UPDATE_SCHEMA=1 cargo test --lib the_checked_in_schema_is_current";
    is_current(schema::PATH, &schema::schema_text(), command);
    assert_eq!(schema::CHECKED_IN, checked_in(schema::PATH), "the binary carries another copy");
}

#[test]
fn the_schema_of_a_ledger_line() {
    is_current(ledger::PATH, &ledger::schema_text(), "cargo run -- schema --write");
    assert_eq!(ledger::CHECKED_IN, checked_in(ledger::PATH), "the binary carries another copy");
}

#[test]
fn a_stale_file_is_noticed_and_the_command_named() {
    let stale = schema::schema_text().replacen("boolean", "bolean", 1);
    let why = compare(schema::PATH, &stale, "make it so").unwrap_err();
    assert!(why.contains("make it so") && why.contains("bolean"), "{why}");
}
