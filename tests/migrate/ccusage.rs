//! ccusage's JSON in the forms its versions write, against transcripts that come before, after and in between.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{file, import, total};
use crate::support::{Call, Env};

const CCUSAGE: &str = "ccusage-json";

/// As version 20 writes it of all agents.
const UNIFIED: &str = r#"{"daily": [
  {"agent": "all", "metadata": {"agents": ["claude"]}, "period": "2026-09-01", "inputTokens": 10, "outputTokens": 20,
   "cacheCreationTokens": 30, "cacheReadTokens": 40, "totalTokens": 100, "totalCost": 1.2300000000000002,
   "modelsUsed": ["claude-opus-4-5-20251101", "somebody-elses"],
   "modelBreakdowns": [
     {"modelName": "claude-opus-4-5-20251101", "inputTokens": 4, "outputTokens": 20, "cacheCreationTokens": 30,
      "cacheReadTokens": 40, "cost": 1.0300000000000002},
     {"modelName": "somebody-elses", "inputTokens": 6, "outputTokens": 0, "cacheCreationTokens": 0,
      "cacheReadTokens": 0, "cost": 0.2}]}],
 "totals": {"inputTokens": 10, "outputTokens": 20, "cacheCreationTokens": 30, "cacheReadTokens": 40,
   "totalTokens": 100, "totalCost": 1.2300000000000002}}"#;

#[test]
fn amounts_are_the_files_to_the_last_digit_and_marked_as_imported() {
    let env = Env::new();
    let path = file(&env, "daily.json", UNIFIED);
    let args = ["import", "--from", CCUSAGE, path.to_str().unwrap(), "--dry-run"];
    let dry = env.run(&args).ok().stdout;
    assert!(dry.contains("$1.23 would be imported") && dry.contains("Nothing was changed"), "{dry}");
    assert!(!env.data().exists());

    let said = import(&env, CCUSAGE, &path);
    // 1.0300000000000002 has more digits than money; it is rounded once, in decimals.
    assert_eq!(said["importedCostExact"], "1.23");
    assert_eq!((&said["totalsRead"], &said["warnings"]), (&json!(2), &json!([])));
    let report = env.run(&["report", "--json"]).json();
    let day = &report["daily"][0];
    assert_eq!(
        (&day["date"], &day["calls"], &day["totalTokens"]),
        (&json!("2026-09-01"), &json!(0), &json!(100))
    );
    assert_eq!((&day["estimatedCostExact"], &day["unlistedCostExact"]), (&json!("1.23"), &json!("0")));
    assert_eq!(day["modelsUsed"], json!(["claude-opus-4-5-20251101", "somebody-elses"]));
    let features = env.run(&["breakdown", "--json"]).json();
    assert_eq!(features["features"][0]["feature"], "imported");
    let rows = env.run(&["export", "--format", "json"]).ok().stdout;
    assert!(
        rows.contains("ccusage") && rows.contains("imported:ccusage:day:2026-09-01:somebody-elses"),
        "{rows}"
    );
    let verify = env.run(&["ledger", "verify"]).ok().stdout;
    assert!(verify.contains("Nothing is wrong"), "{verify}");

    // Again: nothing. With the checkpoint gone: nothing either.
    assert_eq!(import(&env, CCUSAGE, &path)["importedCostExact"], "0");
    std::fs::remove_file(env.checkpoint()).unwrap();
    let again = import(&env, CCUSAGE, &path);
    assert_eq!((&again["importedCostExact"], &again["heldCostExact"]), (&json!("0"), &json!("1.23")));
    assert_eq!(total(&env), "1.23");
}

#[test]
fn older_versions_and_other_reports_are_read() {
    let row = |name: &str, value: &str| {
        format!(
            r#"{{"{name}": "{value}", "inputTokens": 1, "outputTokens": 2, "cacheCreationTokens": 3, "cacheReadTokens": 4,
            "totalTokens": 10, "totalCost": 0.5, "modelsUsed": ["claude-haiku-4-5-20251001"], "lastActivity": "2026-09-02",
            "modelBreakdowns": [{{"modelName": "claude-haiku-4-5-20251001", "inputTokens": 1, "outputTokens": 2,
            "cacheCreationTokens": 3, "cacheReadTokens": 4, "cost": 0.5}}]}}"#
        )
    };
    let block = r#"{"blocks": [
        {"id": "gap-x", "startTime": "2026-09-01T05:00:00.000Z", "endTime": "2026-09-02T10:00:00.000Z", "isGap": true,
         "costUSD": 0, "models": [], "tokenCounts": {"inputTokens": 0}},
        {"id": "x", "startTime": "2026-09-02T10:00:00.000Z", "endTime": "2026-09-02T15:00:00.000Z", "isGap": false,
         "costUSD": 0.5, "models": ["claude-haiku-4-5-20251001"], "totalTokens": 10, "tokenCounts": {"inputTokens": 1,
         "outputTokens": 2, "cacheCreationInputTokens": 3, "cacheReadInputTokens": 4}}]}"#;
    for (text, day, session) in [
        (format!(r#"{{"daily": [{}]}}"#, row("date", "2026-09-02")), "2026-09-02", "ccusage"),
        (format!(r#"{{"weekly": [{}]}}"#, row("week", "2026-08-30")), "2026-08-30", "ccusage"),
        (format!(r#"{{"monthly": [{}]}}"#, row("month", "2026-09")), "2026-09-01", "ccusage"),
        (
            format!(r#"{{"projects": {{"-work-shop": [{}]}}}}"#, row("date", "2026-09-02")),
            "2026-09-02",
            "ccusage",
        ),
        (format!(r#"{{"sessions": [{}]}}"#, row("sessionId", "-work-shop")), "2026-09-02", "ccusage"),
        (format!(r#"{{"session": [{}]}}"#, row("period", "0a1b-s1")), "2026-09-02", "0a1b-s1"),
        (block.to_string(), "2026-09-02", "ccusage"),
    ] {
        let env = Env::new();
        let said = import(&env, CCUSAGE, &file(&env, "report.json", &text));
        assert_eq!((&said["importedCostExact"], &said["warnings"]), (&json!("0.5"), &json!([])), "{text}");
        let report = env.run(&["report", "--json"]).json();
        assert_eq!(
            (&report["daily"][0]["date"], &report["totals"]["totalTokens"]),
            (&json!(day), &json!(10)),
            "{text}"
        );
        let sessions = env.run(&["report", "--period", "session", "--json"]).json();
        assert_eq!(sessions["sessions"][0]["sessionId"], session, "{text}");
        if text.contains("work-shop") {
            assert_eq!(sessions["sessions"][0]["projectPath"], "-work-shop");
        }
    }
}

/// What these come to.
const WHOLE: &str = "0.615";

/// Three days of two projects, with a model of its own each.
fn spent(env: &Env) {
    for (number, day) in [(1, "01"), (2, "02"), (3, "03")] {
        let project = PathBuf::from(format!("/work/shop-{}", number % 2));
        let session = env.session_in(&format!("s{number}"), &project);
        session
            .call(&Call::cents(&format!("a{number}"), 10 * number).at(&format!("2026-09-{day}T10:00:00Z")))
            .call(
                &Call::cents(&format!("b{number}"), number)
                    .model("claude-haiku-4-5-20251001")
                    .at(&format!("2026-09-{day}T23:30:00Z")),
            );
    }
}

/// The reports of a ledger that knows these calls, as ccusage would have written them.
fn reports() -> Vec<(String, String)> {
    let env = Env::new();
    spent(&env);
    env.run(&["import"]).ok();
    let ask = |args: &[&str]| env.run(&[&["ccusage"], args, &["--json"]].concat()).ok().stdout;
    vec![
        ("daily".into(), ask(&["daily"])),
        ("instances".into(), ask(&["claude", "daily", "--instances"])),
        ("weekly".into(), ask(&["weekly"])),
        ("monthly".into(), ask(&["monthly"])),
        ("session".into(), ask(&["claude", "session"])),
        ("blocks".into(), ask(&["blocks"])),
    ]
}

#[test]
fn in_no_order_does_money_count_twice() {
    for (name, text) in reports() {
        for order in ["report", "calls", "some"] {
            let env = Env::new();
            let path = file(&env, "report.json", &text);
            let what = format!("{name}, first {order}");
            match order {
                "report" => {}
                "calls" => spent(&env),
                _ => drop(
                    env.session_in("s2", Path::new("/work/shop-0"))
                        .call(&Call::cents("a2", 20).at("2026-09-02T10:00:00Z")),
                ),
            }
            import(&env, CCUSAGE, &path);
            if name != "blocks" || order == "report" {
                assert_eq!(total(&env), WHOLE, "{what}");
            }
            // The transcripts come back from a backup.
            for known in std::fs::read_dir(env.config().join("projects")).into_iter().flatten().flatten() {
                std::fs::remove_dir_all(known.path()).unwrap();
            }
            spent(&env);
            env.run(&["import"]).ok();
            assert_eq!(total(&env), WHOLE, "{what}");
            let report = env.run(&["report", "--json"]).json();
            assert_eq!(report["totals"]["estimatedCostExact"], "0", "{what}: all of it is calls now");
            assert_eq!(import(&env, CCUSAGE, &path)["importedCostExact"], "0", "{what}");
            let verify = env.run(&["ledger", "verify"]).ok().stdout;
            assert!(verify.contains("Nothing is wrong"), "{verify}");
        }
    }
}

#[test]
fn a_hook_that_reads_an_old_transcript_takes_the_reports_part_back() {
    let env = Env::new();
    let text = &reports()[0].1;
    import(&env, CCUSAGE, &file(&env, "daily.json", text));
    let before = total(&env);
    // Somebody resumes a session whose transcript came back.
    let session = env.session_in("s2", Path::new("/work/shop-0"));
    session.call(&Call::cents("a2", 20).at("2026-09-02T10:00:00Z"));
    env.hook("UserPromptSubmit", &session, json!({"prompt": "go on"}));
    let report = env.run(&["report", "--json"]).json();
    assert_eq!(
        (&report["totals"]["totalCostExact"], &report["totals"]["calls"]),
        (&json!(before), &json!(1))
    );
    // Made anew, the checkpoint says the same.
    std::fs::remove_file(env.checkpoint()).unwrap();
    assert_eq!(total(&env), before);
}

#[test]
fn days_go_together_with_their_weeks_and_months_and_not_with_sessions() {
    let reports = reports();
    let text = |name: &str| &reports.iter().find(|(kind, _)| kind == name).unwrap().1;
    for order in [
        ["daily", "monthly", "instances"],
        ["monthly", "instances", "daily"],
        ["weekly", "daily", "instances"],
    ] {
        let env = Env::new();
        for name in order {
            import(&env, CCUSAGE, &file(&env, name, text(name)));
            assert_eq!(total(&env), WHOLE, "{order:?} at {name}");
        }
    }
    let env = Env::new();
    import(&env, CCUSAGE, &file(&env, "daily", text("daily")));
    let path = file(
        &env,
        "weekly-of-others",
        r#"{"session": [{"period": "abc", "totalCost": 1, "metadata": {"lastActivity": "2026-09-02T10:00:00Z"}}]}"#,
    );
    let refused = env.run(&["import", "--from", CCUSAGE, path.to_str().unwrap()]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("would count twice") && refused.stderr.contains("hint:"), "{refused:?}");
    assert_eq!(total(&env), WHOLE);
}

#[test]
fn what_was_imported_for_this_month_counts_for_its_budget() {
    let env = Env::new();
    env.settings(json!({"cost": {"monthlyBudget": 5}}));
    let text = r#"{"monthly": [{"month": "2026-11", "totalCost": 6, "modelsUsed": []}]}"#;
    let session = env.session("s1");
    session.call(&Call::cents("now", 1));
    env.hook("UserPromptSubmit", &session, json!({"prompt": "go on"})).silent();
    import(&env, CCUSAGE, &file(&env, "monthly.json", text));
    let told = env.hook("UserPromptSubmit", &session, json!({"prompt": "go on"})).message();
    assert!(told.contains("120% of the monthly budget used: ~$6.01 of $5.00"), "{told}");
}

#[test]
fn calls_after_the_file_was_written_are_none_of_it() {
    let env = Env::new();
    let text = r#"{"daily": [{"date": "2026-11-24", "totalCost": 0.5, "modelsUsed": ["claude-opus-5-5"]}]}"#;
    let path = file(&env, "daily.json", text);
    env.later(3600);
    env.session("s1").call(&Call::cents("later", 20));
    import(&env, CCUSAGE, &path);
    assert_eq!(total(&env), "0.7", "the report's and the call of after it");
    // Of the same day a later report says more, and the call is in it.
    env.later(60);
    let path = file(&env, "daily.json", &text.replace("0.5", "0.7"));
    import(&env, CCUSAGE, &path);
    assert_eq!(total(&env), "0.7");
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_place() {
    let env = Env::new();
    let line = |text: &str| format!("{{\"daily\": [\n  {text}\n]}}");
    for (text, words) in [
        (String::new(), vec!["is empty", "hint:"]),
        ("{\"daily\": [}".into(), vec![":1:12: not JSON", "hint:"]),
        ("[1]".into(), vec!["array, where ccusage writes an object"]),
        ("{\"rows\": []}".into(), vec!["no report of ccusage"]),
        (
            line(r#"{"date": "2026-09-01", "totalCost": -1}"#),
            vec![":2:39: `totalCost` is below nothing: -1", "hint:"],
        ),
        (
            line(r#"{"date": "yesterday", "totalCost": 1}"#),
            vec![":2:12: `date` is no day: \"yesterday\"", "hint:"],
        ),
        (line(r#"{"date": "2026-09-01"}"#), vec![":2:3: the row has no `totalCost`", "--no-cost"]),
        (line(r#"{"date": "2026-09-01", "totalCost": "1"}"#), vec!["is string, not an amount"]),
        (
            line(r#"{"date": "2026-09-01", "totalCost": 1, "inputTokens": 1.5}"#),
            vec![":2:57: `inputTokens` is no count"],
        ),
        (
            "{\"type\":\"user\",\"sessionId\":\"s\",\"uuid\":\"u\"}\n{\"type\":\"assistant\"}\n".into(),
            vec!["is a transcript of Claude Code", "need no --from"],
        ),
    ] {
        let path = file(&env, "odd.json", &text);
        let output = env.run(&["import", "--from", CCUSAGE, path.to_str().unwrap()]);
        assert_eq!(output.code, Some(1), "{text}: {output:?}");
        for word in words {
            assert!(output.stderr.contains(word), "{text}: {output:?}");
        }
        assert!(!env.data().join("ledger").exists(), "{text}");
    }
    let output = env.run(&["import", "--from", CCUSAGE, "nowhere.json"]);
    assert!(output.code == Some(1) && output.stderr.contains("no file `nowhere.json`"), "{output:?}");
    assert_eq!(env.run(&["import", "some.json"]).code, Some(64));
    assert_eq!(env.run(&["import", "--from", CCUSAGE]).code, Some(64));

    // What is odd is taken all the same, and said.
    let warned = |text: &str| -> Value {
        let env = Env::new();
        let path = file(&env, "odd.json", text);
        let output = env.run(&["import", "--from", CCUSAGE, path.to_str().unwrap(), "--json"]).ok();
        serde_json::from_str(&output.stdout).unwrap()
    };
    let said = warned(r#"{"daily": [{"date": "2026-09-01", "totalCost": 1}], "totals": {"totalCost": 3}}"#);
    assert!(
        said["warnings"][0].as_str().unwrap().contains("the total is 3, but the rows come to 1"),
        "{said}"
    );
    let others = r#"{"daily": [{"period": "2026-09-01", "metadata": {"agents": ["claude", "codex"]}, "totalCost": 3,
        "modelBreakdowns": [{"modelName": "gpt-5", "cost": 2}, {"modelName": "claude-opus-5-5", "cost": 1}]}]}"#;
    let said = warned(others);
    assert!(
        said["warnings"][0].as_str().unwrap().contains("$2.00 of other agents was left out (gpt-5)"),
        "{said}"
    );
    assert_eq!(said["importedCostExact"], "1");
}
