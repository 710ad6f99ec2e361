//! `reconcile` through the real binary: our own bills differ by nothing, and every kind of report says what is apart.

use std::io::Write;

use cost_hook::base::money::Money;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::support::books::{call, fill, world};
use crate::support::{Env, Output, usd};

fn saved(env: &Env, name: &str, text: &str) -> String {
    let path = env.root().join(name);
    env.write(&path, text.as_bytes());
    path.to_str().unwrap().to_string()
}

fn reconcile(env: &Env, file: &str, more: &[&str]) -> Output {
    env.run(&[&["reconcile", "--against", file][..], more].concat())
}

/// The only comparison, and whether it was within the tolerance.
fn one(env: &Env, file: &str, more: &[&str]) -> (Value, bool) {
    let answer = reconcile(env, file, &[more, &["--json"]].concat());
    assert!(matches!(answer.code, Some(0 | 1)) && answer.stderr.is_empty(), "{answer:?}");
    let document: Value = serde_json::from_str(&answer.stdout).unwrap();
    let comparisons = document["comparisons"].as_array().unwrap();
    assert_eq!(comparisons.len(), 1, "{document}");
    assert_eq!(document["within"], answer.code == Some(0));
    (comparisons[0].clone(), answer.code == Some(0))
}

fn reasons(comparison: &Value) -> String {
    let reasons = comparison["reasons"].as_array().unwrap();
    reasons.iter().map(|reason| reason.as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

#[test]
fn our_own_bills_differ_by_nothing() {
    let env = world();
    let before = env.lines();
    for (name, arguments) in [
        ("focus.csv", &["--format", "focus"][..]),
        ("days.csv", &["--format", "focus", "--granularity", "day", "--tags", "session,agent"]),
        ("calls.csv", &["--format", "focus", "--granularity", "call"]),
        ("cur.csv", &["--format", "aws-billing"]),
        ("legacy.csv", &["--format", "aws-billing", "--legacy", "--granularity", "day"]),
    ] {
        let text = env.run(&[&["export"], arguments].concat()).ok().stdout;
        let (comparison, within) = one(&env, &saved(&env, name, &text), &[]);
        assert!(within, "{name}: {comparison:#}");
        for (count, expected) in [("differing", 0), ("onlyInBill", 0), ("onlyInLedger", 0)] {
            assert_eq!(comparison[count], expected, "{name}: {comparison:#}");
        }
        assert!(comparison["matched"].as_u64().unwrap() > 20, "{comparison:#}");
        for side in ["bill", "ledger"] {
            assert_eq!(usd(comparison[side]["costExact"].as_str().unwrap()), env.total(), "{name}");
        }
        let exported = env.run(&["export", "--json"]).json();
        let calls = exported["rows"].as_array().unwrap().iter().filter(|row| row["kind"] == "call");
        let tokens: u64 = calls.map(|row| row["totalTokens"].as_u64().unwrap()).sum();
        assert_eq!(
            (&comparison["bill"]["tokens"], &comparison["ledger"]["tokens"]),
            (&json!(tokens), &json!(tokens))
        );
        assert_eq!(comparison["apart"]["costExact"], "0");
        assert_eq!(comparison["reasons"], json!([]), "{name}");
    }
    assert_eq!(env.lines(), before, "the ledger is only read");
}

#[test]
fn bills_are_read_as_they_are_delivered() {
    let env = world();
    let nothing_apart = |path: &str| {
        let (comparison, within) = one(&env, path, &[]);
        assert!(within && comparison["matched"].as_u64().unwrap() > 20, "{path}: {comparison:#}");
        assert_eq!(usd(comparison["bill"]["costExact"].as_str().unwrap()), env.total(), "{path}");
    };
    for (name, format) in [("focus.parquet", "focus"), ("cur.parquet", "aws-billing")] {
        let path = env.root().join(name);
        let path = path.to_str().unwrap();
        env.run(&["export", "--format", format, "--file-type", "parquet", "--output", path]).ok();
        nothing_apart(path);
    }
    let text = env.run(&["export", "--format", "aws-billing"]).ok().stdout;
    // In two members, as files that were put together are.
    let (front, back) = text.as_bytes().split_at(text.len() / 2);
    let member = |part: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(part).unwrap();
        encoder.finish().unwrap()
    };
    let whole = [member(front), member(back)].concat();
    let path = env.root().join("cur.csv.gz");
    env.write(&path, &whole);
    nothing_apart(path.to_str().unwrap());
    for (name, bytes, part) in [
        ("torn.csv.gz", whole[..whole.len() - 9].to_vec(), "download it again"),
        ("twice.csv.gz", member(&whole), "gzip within gzip"),
    ] {
        let path = env.root().join(name);
        env.write(&path, &bytes);
        let answer = reconcile(&env, path.to_str().unwrap(), &[]);
        assert!(answer.code == Some(1) && answer.stderr.contains(part), "{name}: {answer:?}");
    }
}

/// Two calls on two days.
fn two_days() -> Env {
    let env = Env::new();
    let opus = |id, time, input| call(id, time, "claude-opus-5-5", [input, 100, 0, 200, 1_000], json!({}));
    fill(
        &env,
        &[
            opus("a:1", "2026-11-20T10:00:00.000Z", 1_000),
            opus("b:1", "2026-11-20T23:59:59.999Z", 500),
            opus("c:1", "2026-11-21T00:00:00.000Z", 10),
            call(
                "d:1",
                "2026-11-20T12:00:00.000Z",
                "us.anthropic.claude-opus-5-5",
                [7, 7, 7, 7, 7],
                json!({ "provider": "bedrock" }),
            ),
        ],
    );
    env
}

fn usage(day: &str, input: u64, model: &str) -> Value {
    json!({
        "starting_at": format!("{day}T00:00:00Z"),
        "ending_at": if day == "2026-11-20" { "2026-11-21T00:00:00Z" } else { "2026-11-22T00:00:00Z" },
        "results": [{
            "uncached_input_tokens": input, "output_tokens": 200, "cache_read_input_tokens": 2_000,
            "cache_creation": { "ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 400 },
            "server_tool_use": { "web_search_requests": 0 }, "model": model, "service_tier": "standard",
        }],
    })
}

#[test]
fn a_usage_report_is_compared_by_tokens_of_its_own_days_and_provider() {
    let env = two_days();
    let page = json!({ "data": [usage("2026-11-20", 1_500, "claude-opus-5-5")], "has_more": false, "next_page": null });
    let (comparison, within) = one(&env, &saved(&env, "usage.json", &page.to_string()), &[]);
    assert!(within, "{comparison:#}");
    assert_eq!(
        (&comparison["kind"], &comparison["bill"]["tokens"]),
        (&json!("Anthropic usage report"), &json!(4_100))
    );
    assert_eq!(comparison["ledger"]["cost"], Value::Null, "it has no money");
    assert!(reasons(&comparison).contains("through providers this bill does not hold"));

    let page = json!({ "data": [usage("2026-11-20", 1_400, "claude-opus-5-5"), usage("2026-11-21", 10, "claude-sonnet-9")], "has_more": true });
    let file = saved(&env, "pages.json", &json!([page]).to_string());
    let (comparison, within) = one(&env, &file, &[]);
    assert!(!within);
    assert_eq!((&comparison["differing"], &comparison["matched"]), (&json!(1), &json!(3)));
    let row = &comparison["rows"][0];
    assert_eq!((&row["meter"], &row["tokensDifference"]), (&json!("input"), &json!(100)));
    let told = reasons(&comparison);
    for part in
        ["`has_more` is true", "only in the bill: other programs", "claude-sonnet-9", "only in the ledger"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    // Of 1,500 input tokens 100 are 6.67 %, and of the bill's 4,000 they are 2.5 %.
    let page = json!({ "data": [usage("2026-11-20", 1_400, "claude-opus-5-5")] });
    let file = saved(&env, "near.json", &page.to_string());
    for (tolerance, within, differing) in [("2", false, 1), ("3", true, 1), ("7", true, 0)] {
        let (comparison, seen) = one(&env, &file, &["--tolerance", tolerance]);
        assert_eq!((seen, &comparison["differing"]), (within, &json!(differing)), "{tolerance}");
    }
}

fn cost(amount: &str, token: &str) -> Value {
    json!({
        "amount": amount, "currency": "USD", "cost_type": "tokens", "model": "claude-opus-5-5", "token_type": token,
        "description": "Claude Opus 5.5 Usage",
    })
}

/// A cost report of 20 November, its amounts times a factor in percent.
fn cost_report(percent: u32) -> Value {
    // 1,500 in at 4, 200 out at 20, 400 written at 8, 2,000 read at 0.2, USD a million; in cents.
    let cents = |micros: u32| format!("{:.6}", f64::from(micros * percent) / 1e6);
    let results = [
        cost(&cents(6_000), "uncached_input_tokens"),
        cost(&cents(4_000), "output_tokens"),
        cost(&cents(3_200), "cache_creation.ephemeral_1h_input_tokens"),
        cost(&cents(400), "cache_read_input_tokens"),
    ];
    json!({ "data": [{ "starting_at": "2026-11-20T00:00:00Z", "ending_at": "2026-11-21T00:00:00Z", "results": results }] })
}

#[test]
fn a_cost_report_is_in_cents_and_its_differences_have_reasons() {
    let env = two_days();
    let (comparison, within) = one(&env, &saved(&env, "cost.json", &cost_report(100).to_string()), &[]);
    assert!(within, "{comparison:#}");
    assert_eq!(usd(comparison["bill"]["costExact"].as_str().unwrap()), usd("0.0136"));
    for (percent, reason) in
        [(80, "20.0 % below the ledger"), (110, "10 % above the ledger"), (130, "30.0 % above")]
    {
        let (comparison, within) =
            one(&env, &saved(&env, "cost.json", &cost_report(percent).to_string()), &[]);
        assert!(!within && reasons(&comparison).contains(reason), "{percent}: {comparison:#}");
    }
    let mut extra = cost_report(100);
    let more = json!({ "amount": "250", "currency": "USD", "cost_type": "code_execution", "model": null, "token_type": null });
    extra["data"][0]["results"].as_array_mut().unwrap().push(more);
    let (comparison, within) = one(&env, &saved(&env, "cost.json", &extra.to_string()), &[]);
    assert!(
        !within && reasons(&comparison).contains("$2.50 of the bill is neither tokens nor searches"),
        "{comparison:#}"
    );
    // A day without use belongs to the report it stands in.
    let mut quiet = cost_report(100);
    let bucket =
        json!({ "starting_at": "2026-11-19T00:00:00Z", "ending_at": "2026-11-20T00:00:00Z", "results": [] });
    quiet["data"].as_array_mut().unwrap().insert(0, bucket);
    let (comparison, within) = one(&env, &saved(&env, "quiet.json", &quiet.to_string()), &[]);
    assert!(within && comparison["start"] == "2026-11-19T00:00:00.000Z", "{comparison:#}");
    // Not grouped: one amount a day.
    let lump = json!({ "data": [{ "starting_at": "2026-11-20T00:00:00Z", "ending_at": "2026-11-21T00:00:00Z",
        "results": [{ "amount": "1.36", "currency": "USD", "cost_type": null, "model": null, "token_type": null }] }] });
    assert!(one(&env, &saved(&env, "lump.json", &lump.to_string()), &[]).1);
}

#[test]
fn reports_of_claude_code_analytics_and_the_console_are_read() {
    let env = two_days();
    let claude_code = json!({ "data": [{
        "date": "2026-11-20T00:00:00Z", "actor": { "type": "user_actor", "email_address": "ada@example.org" },
        "model_breakdown": [{ "model": "claude-opus-5-5", "tokens": { "input": 1_500, "output": 200, "cache_read": 2_000, "cache_creation": 400 },
            "estimated_cost": { "currency": "USD", "amount": 1 } }],
    }] });
    let (comparison, within) = one(&env, &saved(&env, "cc.json", &claude_code.to_string()), &[]);
    assert!(within && reasons(&comparison).contains("estimated by the report"), "{comparison:#}");

    let analytics = json!({ "data": [{
        "starting_at": "2026-11-20T00:00:00Z", "ending_at": "2026-11-21T00:00:00Z",
        "group": { "model": "claude-opus-5-5", "token_type": null, "cost_type": null, "rbac_group_id": null },
        "cost": { "amount": "1.224", "list_amount": "1.36", "currency": "USD" },
    }] });
    let (comparison, within) = one(&env, &saved(&env, "an.json", &analytics.to_string()), &[]);
    assert!(!within, "{comparison:#}");
    assert!(reasons(&comparison).contains("the bill's list cost is the ledger's"), "{comparison:#}");

    let console = "usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,web_search_count,inference_geo,speed
2026-11-20,claude-opus-5-5,k,Default,standard,\u{2264} 200k,1500,0,400,2000,200,0,global,
";
    assert!(one(&env, &saved(&env, "usage.csv", console), &[]).1);
    let console = "usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type,inference_geo,speed
2026-11-20,Claude Opus 5.5,Default,k,message,\u{2264} 200k,input_no_cache,0.01,0.01,token,global,
2026-11-20,Claude Opus 5.5,Default,k,message,\u{2264} 200k,output,0.00,0.00,token,global,
2026-11-20,Claude Opus 5.5,Default,k,message,\u{2264} 200k,input_cache_write_1h,0.00,0.00,token,global,
2026-11-20,Claude Opus 5.5,Default,k,message,\u{2264} 200k,input_cache_read,0.00,0.00,token,global,
";
    let (comparison, within) = one(&env, &saved(&env, "cost.csv", console), &[]);
    assert!(within, "the Console rounds to cents: {comparison:#}");
}

/// A real bill of AWS has another product code, and other scales.
#[test]
fn a_bill_of_aws_is_read_in_each_of_its_namings() {
    let env = Env::new();
    let more = json!({ "provider": "bedrock", "region": "us-east-1" });
    let line = call(
        "a:1",
        "2026-11-20T10:00:00.000Z",
        "us.anthropic.claude-sonnet-4-6",
        [12_345, 678, 0, 0, 250_000],
        more,
    );
    let total = usd(line["cost"].as_str().unwrap());
    fill(&env, &[line]);
    let head = "line_item_product_code,line_item_line_item_type,line_item_usage_start_date,line_item_usage_end_date,line_item_usage_type,line_item_usage_amount,pricing_unit,line_item_unblended_cost,product_product_name,line_item_line_item_description";
    let when = "2026-11-20 10:00:00,2026-11-20 11:00:00";
    let own = format!("{head}
AmazonBedrock,Usage,{when},USE1-Claude4.6Sonnet-input-tokens,12.345,1K tokens,0.0407385,Amazon Bedrock,
AmazonBedrock,Usage,{when},USE1-Claude4.6Sonnet-output-tokens,0.678,1K tokens,0.011187,Amazon Bedrock,
AmazonBedrock,Usage,{when},USE1-Claude4.6Sonnet-cache-read-input-token-count,250,1K tokens,0.0825,Amazon Bedrock,
AmazonBedrock,Usage,{when},USE1-TitanText-input-tokens,9,1K tokens,5,Amazon Bedrock,
AmazonEC2,Usage,{when},BoxUsage,1,Hrs,5,Amazon EC2,
AmazonBedrock,Credit,{when},USE1-Claude4.6Sonnet-input-tokens,0,1K tokens,-3,Amazon Bedrock,
");
    let product = "Claude Sonnet 4.6 (Amazon Bedrock Edition)";
    let market = format!(
        "{head}
1a2b3c,Usage,{when},USE1-MP:USE1_InputTokenCount-Units,0.012345,Units,0.0407385,{product},
1a2b3c,Usage,{when},USE1-MP:USE1_OutputTokenCount-Units,0.000678,Units,0.011187,{product},
1a2b3c,Usage,{when},USE1-MP:USE1_CacheReadInputTokenCount-Units,0.25,Units,0.0825,{product},
"
    );
    let third = format!("{head}
AmazonBedrockService,Usage,{when},USE1-anthropic.claude-sonnet-4-6-mantle-input-tokens-standard,12.345,1K tokens,0.0407385,,
AmazonBedrockService,Usage,{when},USE1-anthropic.claude-sonnet-4-6-mantle-output-tokens-standard,0.678,1K tokens,0.011187,,
AmazonBedrockService,Usage,{when},USE1-anthropic.claude-sonnet-4-6-mantle-cache-read-tokens-standard,250,1K tokens,0.0825,,
");
    for text in [&own, &market, &third] {
        let (comparison, within) = one(&env, &saved(&env, "cur.csv", text), &[]);
        assert!(within, "{text}{comparison:#}");
        assert_eq!(comparison["matched"], 3);
        assert_eq!(usd(comparison["bill"]["costExact"].as_str().unwrap()), total);
    }
    let (comparison, _) = one(&env, &saved(&env, "cur.csv", &own), &[]);
    assert_eq!(comparison["skippedLines"], 2);
    assert!(reasons(&comparison).contains("-$3.00 of Credit"), "{comparison:#}");
}

#[test]
fn what_cannot_be_read_is_said_with_place_and_cure() {
    let env = two_days();
    let mut wrong = cost_report(100);
    wrong["data"][0]["results"][3]["amount"] = json!("many");
    let cur = "line_item_unblended_cost,line_item_usage_type,line_item_usage_start_date,line_item_usage_end_date\n1,claude-input,2026-11-20T10:00:00Z,2026-11-20T11:00:00Z\nx,claude-input,a,b\n";
    for (name, text, parts) in [
        (
            "a.json",
            wrong.to_string(),
            &["`/data/0/results/3/amount`", "`many` is not an amount in cents"][..],
        ),
        ("b.json", "{\"data\": [".to_string(), &["not JSON", "line 1"]),
        (
            "c.json",
            json!({ "error": { "message": "invalid x-api-key" } }).to_string(),
            &["invalid x-api-key"],
        ),
        ("d.json", json!({ "data": [{ "x": 1 }] }).to_string(), &["`/data/0`", "one of"]),
        ("e.csv", cur.to_string(), &["line 3", "`line_item_unblended_cost`", "is not a number"]),
        ("f.csv", "a,b\n1,2\n".to_string(), &["line 1", "a, b", "one of"]),
        ("g.csv", "a,b\n1\n".to_string(), &["line 1"]),
        ("h.csv", String::new(), &["is empty"]),
        ("i.csv.gz", "\u{1f}".to_string(), &["line 1"]),
        ("j.parquet", "PAR1".to_string(), &["Parquet", "duckdb"]),
    ] {
        let answer = reconcile(&env, &saved(&env, name, &text), &[]);
        assert_eq!((answer.code, answer.stdout.as_str()), (Some(1), ""), "{name}: {answer:?}");
        for part in parts {
            assert!(answer.stderr.contains(part), "{name}, {part}: {}", answer.stderr);
        }
    }
    let gz = env.root().join("k.csv.gz");
    std::fs::write(&gz, [0x1f, 0x8b, 8, 0]).unwrap();
    let answer = reconcile(&env, gz.to_str().unwrap(), &[]);
    assert!(answer.code == Some(1) && answer.stderr.contains("download it again"), "{answer:?}");
    let absent = reconcile(&env, "nowhere.json", &[]);
    assert!(
        absent.code == Some(1) && absent.stderr.contains("there is no file `nowhere.json`"),
        "{absent:?}"
    );
    assert_eq!(reconcile(&env, "x", &["--tolerance", "-1"]).code, Some(64));
}

#[test]
fn every_form_says_the_same_and_fits() {
    let env = two_days();
    let file = saved(&env, "cost.json", &cost_report(80).to_string());
    let csv = reconcile(&env, &file, &["--format", "csv"]);
    assert_eq!(csv.code, Some(1));
    let mut reader = csv::Reader::from_reader(csv.stdout.as_bytes());
    let apart: Money = reader.records().map(|record| usd(&record.unwrap()[10])).sum();
    assert_eq!(apart, usd("0.00272"));
    let md = reconcile(&env, &file, &["--format", "md"]).stdout;
    assert!(md.contains("| Day | Model |") && md.contains("- the bill is 20.0 %"), "{md}");
    assert!(
        reconcile(&env, &file, &["--all", "--tolerance", "25"]).stdout.ends_with("Within the tolerance.\n")
    );
    for width in ["60", "80", "120", "200"] {
        env.var("COLUMNS", width);
        let shown = reconcile(&env, &file, &[]).stdout;
        assert!(shown.contains("Difference") && shown.contains("Not within the tolerance."), "{shown}");
        assert!(shown.contains("Meter") && shown.contains("Cost apart"), "rows stay apart: {shown}");
        // A file's name is not broken.
        for line in shown.lines().filter(|line| !line.contains("cost.json")) {
            assert!(line.chars().count() <= width.parse().unwrap(), "at {width}: {line}");
        }
    }
    let from_stdin = env.run_with(&["reconcile", "--against", "-"], cost_report(100).to_string().as_bytes());
    assert_eq!(from_stdin.code, Some(0), "{from_stdin:?}");
}
