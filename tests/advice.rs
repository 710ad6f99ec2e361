//! `debug` and `advise` through the real binary: periods, filters, forms and widths, and that their sums are the
//! ledger's. What each detector finds is tested beside the detectors.

use cost_hook::base::money::Money;
use serde_json::{Value, json};

use crate::support::{Call, Env, usd};

/// One call of the ledger on Opus 5.5: input, output, written for 5 minutes, read.
fn line(id: &str, time: &str, session: &str, counts: [i128; 4], more: &Value) -> Value {
    let [input, output, write, read] = counts;
    // Opus 5.5: 4, 20, 5 and 0.20 USD for a million tokens.
    let cost = Money(input * 4_000_000 + output * 20_000_000 + write * 5_000_000 + read * 200_000);
    let mut line = json!({
        "kind": "call", "v": 1, "id": id, "time": time, "session": session, "project": format!("/w/{session}"),
        "model": "claude-opus-5-5", "provider": "anthropic",
        "tokens": {"input": input, "output": output, "cacheWrite5m": write, "cacheWrite1h": 0, "cacheRead": read},
        "feature": "conversation", "user": "tester", "cost": cost.to_string(), "prices": "2026-11-23",
    });
    for (key, value) in more.as_object().unwrap() {
        line[key] = value.clone();
    }
    line
}

/// A long conversation with a pause, of today; a small session of last week; and one of October.
fn lines() -> Vec<Value> {
    let none = json!({});
    let mut lines =
        vec![line("msg_first:r", "2026-11-24T08:00:00.000Z", "long", [10, 400, 120_000, 0], &none)];
    for minute in 1..40 {
        let time = format!("2026-11-24T08:{minute:02}:00.000Z");
        let read = 120_000 + minute * 1000;
        lines.push(line(&format!("msg_{minute}:r"), &time, "long", [10, 400, 1000, read], &none));
    }
    let late = "2026-11-24T09:10:00.000Z";
    lines.push(line("msg_late:r", late, "long", [10, 400, 161_000, 0], &json!({"branch": "late"})));
    lines.push(line("week:r", "2026-11-20T10:00:00.000Z", "week", [1000, 100, 0, 0], &none));
    lines.push(line("old:r", "2026-10-20T10:00:00.000Z", "old", [5000, 100, 0, 0], &none));
    lines
}

fn world_of(lines: &[Value]) -> Env {
    let env = Env::new();
    for line in lines {
        let month = &line["time"].as_str().unwrap()[..7];
        let path = env.data().join(format!("ledger/{month}.jsonl"));
        env.append(&path, format!("{line}\n").as_bytes());
    }
    env
}

fn world() -> Env {
    world_of(&lines())
}

fn total_of(lines: &[Value], counts: impl Fn(&Value) -> bool) -> Money {
    lines.iter().filter(|line| counts(line)).map(|line| usd(line["cost"].as_str().unwrap())).sum()
}

fn exact(value: &Value, key: &str) -> Money {
    usd(value[key].as_str().unwrap_or_else(|| panic!("{key} of {value}")))
}

#[test]
fn periods_and_filters_count_what_the_ledger_counts() {
    let (env, lines) = (world(), lines());
    let after = |from: &'static str| move |line: &Value| line["time"].as_str().unwrap() >= from;
    let is_long = |line: &Value| line["session"] == "long";
    let cases: Vec<(&[&str], Money)> = vec![
        (&[], total_of(&lines, is_long)),
        (&["--period", "last-24h"], total_of(&lines, is_long)),
        (&["--period", "4h"], total_of(&lines, after("2026-11-24T08:00:00.000Z"))),
        (&["--period", "3h"], total_of(&lines, after("2026-11-24T09:00:00.000Z"))),
        (&["--period", "last-7d"], total_of(&lines, after("2026-11-17"))),
        (&["--period", "2026-11"], total_of(&lines, after("2026-11-01"))),
        (&["--period", "2026-10-20..2026-11-20"], total_of(&lines, |line| !is_long(line))),
        (&["--period", "2026-11-24T08:00:00Z..2026-11-24T08:01:00Z"], total_of(&lines[..1], |_| true)),
        (&["--period", "yesterday"], Money::ZERO),
        (&["--period", "all"], total_of(&lines, |_| true)),
        (
            &["--since", "2026-11-20", "--until", "2026-11-20"],
            total_of(&lines, |line| line["session"] == "week"),
        ),
        (&["--session", "old"], total_of(&lines, |line| line["session"] == "old")),
        (&["--period", "all", "--project", "week"], total_of(&lines, |line| line["session"] == "week")),
        (&["--period", "all", "--branch", "late"], total_of(&lines, |line| line["branch"] == "late")),
        (&["--period", "all", "--model", "haiku"], Money::ZERO),
    ];
    for (arguments, expected) in cases {
        for command in ["debug", "advise"] {
            // What nobody says a period for is different.
            if command == "advise" && !arguments.iter().any(|word| *word == "--period" || *word == "--since")
            {
                continue;
            }
            let document = env.run(&[&[command], arguments, &["--json"]].concat()).json();
            assert_eq!(exact(&document["totals"], "totalCostExact"), expected, "{command} {arguments:?}");
            assert!(exact(&document, "savingExact") <= expected);
            if command == "debug" {
                let sessions = document["sessions"].as_array().unwrap();
                let sum: Money = sessions.iter().map(|session| exact(session, "costExact")).sum();
                assert_eq!(sum, expected, "{arguments:?}");
                let hours = document["hours"].as_array().unwrap();
                assert_eq!(hours.iter().map(|hour| exact(hour, "costExact")).sum::<Money>(), expected);
            }
        }
    }
    let month = env.run(&["advise", "--json"]).json();
    assert_eq!(exact(&month["totals"], "totalCostExact"), total_of(&lines, after("2026-10-25")));
    assert_eq!(env.total(), total_of(&lines, |_| true));
}

#[test]
fn what_cannot_be_understood_is_refused_with_an_example() {
    let env = world();
    for arguments in [
        &["debug", "--period", "soon"][..],
        &["advise", "--period", "last-week"],
        &["debug", "--period", "7d", "--since", "today"],
        &["debug", "--top", "0"],
        &["debug", "--format", "csv"],
        &["debug", "--format", "md", "--json"],
    ] {
        let answer = env.run(arguments);
        assert_eq!((answer.code, answer.stdout.as_str()), (Some(64), ""), "{arguments:?}");
    }
    assert!(env.run(&["debug", "--period", "soon"]).stderr.contains("for example last-24h, 7d"));
}

#[test]
fn the_dearest_session_is_told_of_with_its_calls_and_the_remedy() {
    let env = world();
    let document = env.run(&["debug", "--period", "all", "--json"]).json();
    let sessions = document["sessions"].as_array().unwrap();
    let names: Vec<&str> = sessions.iter().map(|session| session["sessionId"].as_str().unwrap()).collect();
    assert_eq!(names, ["long", "old", "week"]);
    let long = &sessions[0];
    assert_eq!((&long["calls"], &long["peakContextTokens"]), (&json!(41), &json!(161_010)));
    let findings = long["findings"].as_array().unwrap();
    let of = |kind: &str| {
        findings.iter().find(|finding| finding["kind"] == kind).unwrap_or_else(|| panic!("{kind}"))
    };
    let expired = of("cache-expired5m");
    assert_eq!(expired["callIds"], json!(["msg_late:r"]));
    assert_eq!(expired["evidence"]["longestPauseSeconds"], 31 * 60);
    // 160,000 tokens lay in the cache: written at 5, not read at 0.20 USD for a million.
    assert_eq!(exact(expired, "savingExact"), Money(160_000 * 4_800_000));
    assert_eq!(of("context-growth")["evidence"]["largestContextTokens"], 161_010);
    assert_eq!(of("context-growth")["certainty"], "medium");
    for finding in findings {
        assert!(exact(finding, "savingExact") <= exact(finding, "callsCostExact"), "{finding}");
    }
    let text = env.run(&["debug", "--top", "1"]).ok().stdout;
    for expected in ["$", "41 calls", "long", "/compact", "msg_late", "161,010", "Why: "] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    let all = env.run(&["debug", "--period", "all", "--top", "1"]).ok().stdout;
    assert!(all.contains("2 more sessions: $0.0280"), "{all}");
    let md = env.run(&["debug", "--format", "md"]).ok().stdout;
    assert!(
        md.starts_with("## $") && md.contains("\n### 1. ") && md.contains("- **Do:** `/compact`"),
        "{md}"
    );
    assert_eq!(
        env.run(&["debug", "--format", "json"]).ok().stdout,
        env.run(&["debug", "--json"]).ok().stdout
    );
}

#[test]
fn recommendations_stand_in_the_order_of_the_money() {
    let env = world();
    let document = env.run(&["advise", "--json"]).json();
    let rows = document["recommendations"].as_array().unwrap();
    let savings: Vec<Money> = rows.iter().map(|row| exact(row, "savingExact")).collect();
    assert!(savings.len() >= 2 && savings.is_sorted_by(|a, b| a >= b), "{savings:?}");
    assert!(savings.iter().copied().sum::<Money>() >= exact(&document, "savingExact"), "overlaps count once");
    assert_eq!(rows[0]["examples"][0]["sessionId"], "long");
    assert_eq!(document["nothingFound"], json!(["model-choice", "background-model", "batching"]));
    assert_eq!(
        document["budgets"],
        json!({"set": 0, "near": [], "suggestedDailyBudget": 4.0, "suggestedDailyBudgetExact": "4"})
    );
    let text = env.run(&["advise"]).ok().stdout;
    for expected in
        ["Recommendation", "Sure", "Computed: ", "Do: ", "cost.dailyBudget 4`", "several tasks in one prompt"]
    {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert!(env.run(&["advise", "--format", "md"]).ok().stdout.contains("| --- | --- | ---: | ---: |"));
}

#[test]
fn budgets_near_their_end_are_named() {
    let env = world();
    env.settings(json!({"cost": {"dailyBudget": 3.5, "monthlyBudget": 100, "autoStopAtBudget": true}}));
    let document = env.run(&["advise", "--json"]).json();
    let budgets = &document["budgets"];
    assert_eq!(
        (budgets["set"].as_u64(), budgets["near"].as_array().unwrap().len()),
        (Some(2), 1),
        "{budgets}"
    );
    let near = &budgets["near"][0];
    assert_eq!(
        (&near["name"], &near["stops"], &near["allowedExact"]),
        (&json!("daily budget"), &json!(true), &json!("3.5"))
    );
    assert_eq!(exact(near, "spentExact"), total_of(&lines(), |line| line["session"] == "long"));
    assert!(budgets.get("suggestedDailyBudget").is_none());
    assert!(env.run(&["advise"]).ok().stdout.contains("it stops the session"));
    env.settings(json!({"cost": {"monthlyBudget": 100}}));
    assert!(env.run(&["advise"]).ok().stdout.contains("1 limit set, none near its end"));
}

#[test]
fn nothing_fits_too_and_everything_fits_the_terminal() {
    let empty = Env::new();
    for command in ["debug", "advise"] {
        assert!(empty.run(&[command]).ok().stdout.contains("Nothing is booked yet"));
        assert_eq!(empty.run(&[command, "--json"]).json()["totals"]["calls"], 0);
        assert!(empty.run(&[command, "--format", "md"]).ok().stdout.contains("Nothing stands out"));
    }
    let quiet = world();
    let text = quiet.run(&["debug", "--session", "week"]).ok().stdout;
    assert!(text.contains("nothing stands out") && text.contains("Nothing stands out."), "{text}");
    assert_eq!(quiet.run(&["debug", "--period", "yesterday"]).ok().stdout, "No calls match.\n");
    let env = world();
    for width in [60, 80, 120, 200] {
        env.var("COLUMNS", &width.to_string());
        for arguments in [&["debug", "--period", "all"][..], &["advise", "--period", "all"]] {
            let text = env.run(arguments).ok().stdout;
            for line in text.lines() {
                assert!(line.chars().count() <= width, "{width} {arguments:?}: {line}");
                assert!(!line.contains("-0") && line == line.trim_end(), "{line:?}");
            }
        }
    }
}

#[test]
fn the_newest_calls_are_booked_first() {
    let env = Env::new();
    let session = env.session("now");
    session.call(&Call::cents("a", 30).at("2026-11-24T11:00:00Z"));
    env.hook("Stop", &session, json!({}));
    session.call(&Call::cents("b", 12).at("2026-11-24T11:30:00Z"));
    let document = env.run(&["debug", "--json"]).json();
    assert_eq!(exact(&document["totals"], "totalCostExact"), usd("0.42"));
    assert_eq!(document["sessions"][0]["sessionId"], "now");
}
