//! Exports before those who read them: FOCUS's own validator, DuckDB and pyarrow. `tests/exports/setup` fetches them;
//! nothing here goes to the network. A team's export is read from a PostgreSQL that the test starts for itself.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, dead_code, unreachable_pub)]

#[path = "../team/server.rs"]
mod server;
#[allow(unused_imports)]
#[path = "../support/mod.rs"]
mod support;
#[path = "../team/team.rs"]
mod team;

use std::path::{Path, PathBuf};
use std::process::Command;

use cost_hook::base::money::Money;
use serde_json::Value;
use support::{Env, books, usd};
use team::Team;

/// Without these most rules are skipped; with `ALL` some fail for reasons of the validator's own.
const CRITERIA: &str = "ACCOUNT_NAMING_SUPPORTED,PUBLIC_PRICE_LIST_SUPPORTED,UNIT_PRICING_SUPPORTED,\
USAGE_MEASUREMENT_SUPPORTED,SUB_ACCOUNT_SUPPORTED,TAGGING_SUPPORTED,MULTIPLE_PRICING_CATEGORIES_SUPPORTED,\
NEGOTIATED_PRICING_SUPPORTED";

/// One asks for no invoice, the other for one, and both are put to every row: one of them always fails.
const CONTRADICTORY: [&str; 2] = ["InvoiceId-C-004-C", "InvoiceId-C-005-C"];

fn venv() -> PathBuf {
    let venv = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports/venv");
    assert!(venv.join("installed").exists(), "run tests/exports/setup first");
    venv
}

fn export(env: &Env, file: &str, arguments: &[&str]) -> PathBuf {
    let path = env.root().join(file);
    env.run(&[&["export", "--output", path.to_str().unwrap()], arguments].concat()).ok();
    path
}

struct Verdict {
    total: u32,
    passed: u32,
    failed: Vec<String>,
    skipped: u32,
}

/// What the validator says of a file. Its exit code is 0 whatever it finds.
fn validate(file: &Path) -> Verdict {
    let venv = venv();
    // It opens a list of currencies by a path that holds only here.
    let packages = venv.join("lib/python3.12/site-packages");
    let mut command = Command::new(venv.join("bin/focus-validator"));
    command.args(["--validate-version", "1.2", "--block-download", "--show-violations"]);
    command.args(["--applicability-criteria", CRITERIA, "--data-file"]).arg(file);
    let output = command.current_dir(packages).output().unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let totals = said.lines().find(|line| line.contains("Total:") && line.contains("Skipped:"));
    let totals = totals.unwrap_or_else(|| panic!("no verdict:\n{said}"));
    let number = |name: &str| {
        let rest = totals.split(name).nth(1).unwrap_or_else(|| panic!("{totals}"));
        rest.split('|').next().unwrap().trim().parse::<u32>().unwrap()
    };
    let failed: Vec<String> = said
        .lines()
        .filter(|line| line.contains(": FAIL"))
        .map(|line| line.trim_start_matches(['❌', ' ']).split(':').next().unwrap().to_string())
        .collect();
    assert_eq!(number("Fail:") as usize, failed.len(), "{said}");
    Verdict { total: number("Total:"), passed: number("Pass:"), failed, skipped: number("Skipped:") }
}

#[test]
fn focus_passes_its_validator_as_csv_and_as_parquet() {
    let env = books::world();
    let csv = export(&env, "focus.csv", &["--format", "focus"]);
    let parquet = export(&env, "focus.parquet", &["--format", "focus", "--granularity", "day"]);
    std::thread::scope(|scope| {
        let both = [&csv, &parquet].map(|file| scope.spawn(move || validate(file)));
        for verdict in both.map(|running| running.join().unwrap()) {
            let unexpected: Vec<&String> =
                verdict.failed.iter().filter(|rule| !CONTRADICTORY.contains(&rule.as_str())).collect();
            assert!(unexpected.is_empty(), "{unexpected:?}");
            // A run that checks little must not pass for one that found nothing.
            assert_eq!((verdict.total, verdict.skipped), (578, 328));
            assert_eq!(verdict.passed, 249);
        }
    });
}

#[test]
fn what_a_team_exports_is_a_bill_too() {
    let team = Team::new();
    for name in ["ann@example.org", "ben"] {
        let env = team.member(name);
        for mut line in books::every_kind() {
            line["id"] = format!("{name}:{}", line["id"].as_str().unwrap()).into();
            team::put(&env, &line);
        }
        team::sync(&env);
    }
    let folder = team.owner.root();
    let export = |file: &str, arguments: &[&str]| {
        let path = folder.join(file);
        let output = ["team", "export", "--since", "2026-10", "--output", path.to_str().unwrap()];
        team.owner.run(&[&output, arguments].concat()).ok();
        path
    };
    let verdict = validate(&export("focus.csv", &["--format", "focus"]));
    let unexpected: Vec<&String> =
        verdict.failed.iter().filter(|rule| !CONTRADICTORY.contains(&rule.as_str())).collect();
    assert!(unexpected.is_empty(), "{unexpected:?}");
    assert_eq!((verdict.total, verdict.skipped, verdict.passed), (578, 328, 249));
    export("focus.parquet", &["--format", "focus", "--granularity", "day"]);
    export("calls.parquet", &["--format", "parquet"]);
    // Who spent what, in the guide's words; and calls of which some columns are empty from the first row to the last.
    let guide = include_str!("../../docs/guide/teams.md");
    let asked = guide.lines().find_map(|line| line.strip_prefix("duckdb -c \"")?.strip_suffix('"')).unwrap();
    let asked = asked.replace("focus-2026-10.csv", folder.join("focus.csv").to_str().unwrap());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports/team.py");
    let mut python = Command::new(venv().join("bin/python"));
    let output = python.arg(script).arg(&folder).arg(asked).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let total = team.total();
    assert_eq!(usd(answer["sum"].as_str().unwrap()), total);
    assert_eq!(answer["rows"], answer["withoutRetries"], "the store knows of no retries");
    let members = answer["members"].as_array().unwrap();
    let of = |at: usize| (members[at][0].as_str().unwrap(), usd(members[at][1].as_str().unwrap()));
    assert_eq!((of(0).0, of(1).0, members.len()), ("ann@example.org", "ben", 2));
    assert_eq!((of(0).1, of(0).1 + of(1).1), (of(1).1, total));
    // There the amounts are floats, as people read files.
    let asked = answer["asked"].as_array().unwrap();
    assert_eq!(asked.len(), members.len());
    for (at, row) in asked.iter().enumerate() {
        assert_eq!(row[0], of(at).0);
        assert!((row[1].as_f64().unwrap() - of(at).1.to_f64()).abs() < 1e-9, "{answer}");
    }
}

#[test]
fn a_wrong_file_does_not_pass() {
    let env = books::world();
    let right = export(&env, "right.csv", &["--format", "focus"]);
    let text = std::fs::read_to_string(right).unwrap();
    let wrong = env.root().join("wrong.csv");
    std::fs::write(&wrong, text.replace(",Usage,", ",Use,")).unwrap();
    let failed = validate(&wrong).failed;
    assert!(failed.iter().any(|rule| rule.starts_with("ChargeCategory")), "{failed:?}");
}

#[test]
fn duckdb_and_pyarrow_read_every_file_to_the_last_digit() {
    let env = books::world();
    let files: [(&str, &[&str]); 8] = [
        ("focus.csv", &["--format", "focus"]),
        ("focus.parquet", &["--format", "focus"]),
        ("cur.csv", &["--format", "aws-billing"]),
        ("legacy.csv", &["--format", "aws-billing", "--legacy"]),
        ("cur.parquet", &["--format", "aws-billing"]),
        ("calls.csv", &["--format", "csv"]),
        ("calls.parquet", &["--format", "parquet"]),
        ("hours.csv", &["--format", "csv", "--granularity", "hour"]),
    ];
    for (file, arguments) in files {
        export(&env, file, arguments);
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports/read.py");
    let output = Command::new(venv().join("bin/python")).arg(script).arg(env.root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let total = env.total();
    for (file, _) in files {
        let sum: Money = usd(answer["sums"][file].as_str().unwrap());
        assert_eq!(sum, total, "{file}");
    }
    assert_eq!(answer["rows"]["calls.csv"], answer["rows"]["calls.parquet"]);
    for (file, kind) in [("focus.csv", "DOUBLE"), ("cur.csv", "DOUBLE"), ("focus.parquet", "DECIMAL(38,12)")]
    {
        assert_eq!(answer["types"][file], kind, "{file}");
    }
    assert!(answer["times"]["focus.csv"].as_str().unwrap().starts_with("TIMESTAMP"), "{answer}");
    assert!(answer["times"]["cur.csv"].as_str().unwrap().starts_with("TIMESTAMP"), "{answer}");
    assert_eq!(answer["times"]["calls.parquet"], "TIMESTAMP WITH TIME ZONE");
    assert!(answer["tags"].as_u64().unwrap() > 0, "{answer}");
    assert_eq!(usd(answer["pyarrow"]["sum"].as_str().unwrap()), total);
    assert_eq!(answer["pyarrow"]["cost"], "decimal128(38, 12)");
    assert_eq!(answer["pyarrow"]["time"], "timestamp[ms, tz=UTC]");
    let rows = env.run(&["export", "--json"]).json();
    let tokens: u64 =
        rows["rows"].as_array().unwrap().iter().map(|row| row["totalTokens"].as_u64().unwrap()).sum();
    assert_eq!(answer["tokens"], tokens);
}
