//! Logs as people's hooks write them: fields nobody agreed on, totals that grow, lines that come twice.

use serde_json::json;

use super::{file, import, total};
use crate::support::{Call, Env};

const LOG: &str = "hook-log";

/// As a SessionEnd hook that is handed around writes it: one line a session, with the status line's total.
const HUD: &str = r#"{"timestamp":"2026-09-01T10:00:00Z","date":"2026-09-01","session_id":"s1","model":"claude-opus-5-5","cost_usd":1.5,"duration_ms":1,"api_duration_ms":1,"input_tokens":5,"output_tokens":6}
{"timestamp":"2026-09-02T10:00:00Z","date":"2026-09-02","session_id":"s2","model":"claude-opus-5-5","cost_usd":0.25,"duration_ms":1,"api_duration_ms":1,"input_tokens":5,"output_tokens":6}
"#;

#[test]
fn one_line_a_session_is_its_total_and_is_no_more_than_its_calls() {
    let env = Env::new();
    let path = file(&env, "usage-log.jsonl", HUD);
    let said = import(&env, LOG, &path);
    assert_eq!(said["importedCostExact"], "1.75");
    assert!(
        said["notes"][0].as_str().unwrap().contains("`cost_usd` was taken for the session's total"),
        "{said}"
    );
    let sessions = env.run(&["report", "--period", "session", "--json"]).json();
    assert_eq!(sessions["sessions"][0]["sessionId"], "s1");
    // A transcript turns up.
    env.session("s2").call(&Call::cents("a", 20).at("2026-09-02T09:00:00Z"));
    env.run(&["import"]).ok();
    assert_eq!(total(&env), "1.75");
    env.session("s2").call(&Call::cents("b", 5).at("2026-09-02T09:30:00Z"));
    env.run(&["import"]).ok();
    let report = env.run(&["report", "--json"]).json();
    assert_eq!(
        (&report["totals"]["totalCostExact"], &report["totals"]["estimatedCostExact"]),
        (&json!("1.75"), &json!("1.5"))
    );
}

#[test]
fn of_totals_that_grow_the_largest_counts_and_lines_that_come_twice_count_once() {
    let line = |time: &str, total: &str| {
        format!(
            r#"{{"ts": {time}, "session_id": "s1", "cost": {{"total_cost_usd": {total}}}, "model": {{"id": "claude-opus-5-5"}}, "workspace": {{"project_dir": "/w/shop"}}}}"#
        )
    };
    let lines = [
        line("1788256800", "0.1"),
        line("1788256860000", "0.30000000000000004"),
        line("1788256860000", "0.30000000000000004"),
    ];
    let env = Env::new();
    let said = import(&env, LOG, &file(&env, "log.jsonl", &lines.join("\n")));
    assert_eq!(said["importedCostExact"], "0.3");
    assert!(said["warnings"][0].as_str().unwrap().contains("count once: 1"), "{said}");
    assert!(
        said["notes"][0]
            .as_str()
            .unwrap()
            .contains("`cost.total_cost_usd` was taken for the session's total")
    );
    let report = env.run(&["report", "--period", "project", "--json"]).json();
    assert_eq!(report["projects"][0]["projectPath"], "/w/shop");
}

#[test]
fn what_can_be_read_in_two_ways_is_not_guessed() {
    let text = "{\"time\": \"2026-09-01T10:00:00Z\", \"session_id\": \"s1\", \"cost_usd\": 1, \"model\": \"claude-opus-5-5\", \"input_tokens\": 7}\n\
                {\"time\": \"2026-09-01T11:00:00Z\", \"session_id\": \"s1\", \"cost_usd\": 2, \"model\": \"claude-opus-5-5\", \"input_tokens\": 8}\n";
    let env = Env::new();
    let path = file(&env, "log.jsonl", text);
    let name = path.to_str().unwrap();
    let asked = env.run(&["import", "--from", LOG, name]);
    assert_eq!(asked.code, Some(1));
    assert!(
        asked.stderr.contains("`cost_usd` of session s1 may be") && asked.stderr.contains("--amounts call"),
        "{asked:?}"
    );
    for (amounts, cost, tokens) in [("call", "3", 15), ("session", "2", 0)] {
        let env = Env::new();
        let path = file(&env, "log.jsonl", text);
        let args = ["import", "--from", LOG, path.to_str().unwrap(), "--amounts", amounts, "--json"];
        assert_eq!(env.run(&args).json()["importedCostExact"], cost);
        assert_eq!(env.run(&args).json()["importedCostExact"], "0");
        let report = env.run(&["report", "--json"]).json();
        assert_eq!(
            (&report["totals"]["totalCostExact"], &report["totals"]["totalTokens"]),
            (&json!(cost), &json!(tokens))
        );
    }
}

#[test]
fn transcripts_that_a_log_names_are_read_as_such() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::cents("a", 20).at("2026-09-02T09:00:00Z"));
    let elsewhere = env.root().join("kept/s1.jsonl");
    env.write(&elsewhere, &session.bytes());
    session.remove();
    let text = format!(
        "{}\n",
        json!({"hook_event_name": "Stop", "session_id": "s1", "transcript_path": elsewhere, "cwd": "/w", "timestamp": "2026-09-02T09:00:05Z", "total_cost_usd": 0.2})
    );
    let said = import(&env, LOG, &file(&env, "log.jsonl", &text));
    assert_eq!((&said["transcripts"]["newCalls"], &said["importedCostExact"]), (&json!(1), &json!("0")));
    assert_eq!(total(&env), "0.2");
    assert_eq!(env.calls().len(), 1);
}

#[test]
fn what_is_wrong_with_a_log_is_said_with_its_place() {
    let env = Env::new();
    for (text, words) in [
        ("{\"a\": 1}\nnonsense\n", vec![":2:1: not JSON", "one JSON object a line"]),
        ("[1]\n", vec![":1:1: the line is no JSON object"]),
        (
            "{\"session_id\": \"s\", \"hook_event_name\": \"Stop\"}\n",
            vec!["names an amount", "total_cost_usd"],
        ),
        (
            "{\"session_id\": \"s\", \"total_cost_usd\": 1}\n",
            vec![":1:1: the line has an amount and no time"],
        ),
        ("{\"time\": \"soon\", \"total_cost_usd\": 1}\n", vec![":1:10: the line has an amount and no time"]),
        (
            "{\"time\": \"2026-09-01\", \"total_cost_usd\": 1}\n",
            vec!["may be the cost of each call", "--amounts"],
        ),
        (
            "{\"time\": \"2026-09-01\", \"session_id\": \"s\", \"total_cost_usd\": -1}\n",
            vec!["below nothing"],
        ),
    ] {
        let path = file(&env, "odd.jsonl", text);
        let output = env.run(&["import", "--from", LOG, path.to_str().unwrap()]);
        assert_eq!(output.code, Some(1), "{text}: {output:?}");
        for word in words {
            assert!(output.stderr.contains(word), "{text}: {output:?}");
        }
        assert!(!env.data().join("ledger").exists(), "{text}");
    }
}

#[test]
fn the_clients_total_in_a_log_holds_what_the_ledger_has_as_unlisted() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::cents("a", 20).at("2026-09-02T09:00:00Z"));
    session.cost_state(0.25, "2026-09-02T08:59:00Z");
    env.run(&["import"]).ok();
    assert_eq!(total(&env), "0.25", "five cents of it are unlisted");
    let line = r#"{"timestamp": "2026-09-02T09:10:00Z", "session_id": "s1", "total_cost_usd": 0.25}"#;
    assert_eq!(import(&env, LOG, &file(&env, "log.jsonl", line))["importedCostExact"], "0");
    let more = line.replace("0.25", "0.3");
    assert_eq!(import(&env, LOG, &file(&env, "log.jsonl", &more))["importedCostExact"], "0.05");
    assert_eq!(total(&env), "0.3");
    // Nothing of it is held against the totals of the client's processes.
    env.run(&["import"]).ok();
    assert_eq!(total(&env), "0.3");
}
