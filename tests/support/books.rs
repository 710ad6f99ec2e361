//! A ledger with every kind of charge there is, its costs made by the product's own prices: for what exports and
//! compares bills.

use cost_hook::base::money::Money;
use cost_hook::base::time::Time;
use cost_hook::model::day::Day;
use cost_hook::model::price::{CallFacts, Iteration, PriceOverrides, price};
use cost_hook::model::provider::Provider;
use cost_hook::model::usage::Tokens;
use serde_json::{Value, json};

use super::Env;

/// A call's line; `more` is added to it, and its cost follows from all of that unless it is given.
pub fn call(id: &str, time: &str, model: &str, tokens: [u64; 5], more: Value) -> Value {
    let [input, output, write_5m, write_1h, read] = tokens;
    let mut line = json!({
        "kind": "call", "v": 1, "id": id, "time": time, "session": "s-1", "project": "/home/ada/shop",
        "model": model, "provider": "anthropic",
        "tokens": {
            "input": input, "output": output, "cacheWrite5m": write_5m, "cacheWrite1h": write_1h, "cacheRead": read,
        },
        "feature": "conversation", "branch": "main", "user": "ada@example.org", "prices": "2026-11-23",
    });
    for (key, value) in more.as_object().unwrap() {
        line[key] = value.clone();
    }
    if line.get("cost").is_none() {
        line["cost"] = cost(&line).to_string().into();
    }
    line
}

fn cost(line: &Value) -> Money {
    let text = |key: &str| line[key].as_str();
    let iterations: Vec<Iteration> =
        line.get("iterations").map_or_else(Vec::new, |runs| serde_json::from_value(runs.clone()).unwrap());
    let tokens: Tokens = serde_json::from_value(line["tokens"].clone()).unwrap();
    let facts = CallFacts {
        model: text("model").unwrap(),
        provider: Provider::parse(text("provider").unwrap()).unwrap(),
        region: text("region"),
        day: Day::from(Time::parse(text("time").unwrap()).unwrap().utc().date()),
        tokens,
        web_searches: line["webSearches"].as_u64().unwrap_or(0),
        fast: text("speed") == Some("fast"),
        service_tier: text("tier"),
        inference_geo: text("geo"),
        iterations: &iterations,
    };
    price(&facts, &PriceOverrides::default()).cost
}

pub fn unlisted(number: u32, time: &str, cost: &str, more: Value) -> Value {
    let mut line = json!({
        "kind": "unlisted", "v": 1, "id": format!("unlisted:s-1:{number}"), "time": time, "session": "s-1",
        "project": "/home/ada/shop", "provider": "anthropic", "user": "ada@example.org", "cost": cost,
        "source": "cost-state",
    });
    for (key, value) in more.as_object().unwrap() {
        line[key] = value.clone();
    }
    line
}

/// Every kind of charge, in two months.
pub fn every_kind() -> Vec<Value> {
    const OPUS: &str = "claude-opus-5-5";
    let usual = [12_345, 678, 2_000, 3_000, 250_000];
    let run = |kind: &str, input: u64| json!({ "kind": kind, "tokens": { "input": input, "output": 50 } });
    vec![
        call("a:1", "2026-10-31T23:59:59.999Z", OPUS, usual, json!({})),
        call(
            "b:1",
            "2026-11-20T10:00:00.000Z",
            OPUS,
            usual,
            json!({ "webSearches": 2, "tools": ["Bash", "Read"] }),
        ),
        call("c:1", "2026-11-20T10:05:00.000Z", OPUS, usual, json!({ "speed": "fast", "branch": "=1+1" })),
        call(
            "d:1",
            "2026-11-20T10:06:00.000Z",
            OPUS,
            usual,
            json!({ "tier": "batch", "project": "-evil\"\n,x" }),
        ),
        call(
            "e:1",
            "2026-11-20T10:07:00.000Z",
            OPUS,
            usual,
            json!({ "geo": "us", "tier": "priority", "estimated": true }),
        ),
        call("f:1", "2026-11-20T10:08:00.000Z", "claude-haiku-5-5", [100_000, 9, 0, 0, 0], json!({})),
        call("g:1", "2026-11-20T10:08:00.000Z", "claude-haiku-5-5", [100_001, 9, 0, 0, 0], json!({})),
        call(
            "h:1",
            "2026-11-20T10:09:00.000Z",
            "us.anthropic.claude-sonnet-4-6",
            usual,
            json!({ "provider": "bedrock", "region": "us-east-1" }),
        ),
        call(
            "i:1",
            "2026-11-20T10:10:00.000Z",
            OPUS,
            usual,
            json!({ "provider": "google", "region": "global" }),
        ),
        call("j:1", "2026-11-20T10:11:00.000Z", "someone/else-9", usual, json!({ "estimated": true })),
        call(
            "k:1",
            "2026-11-20T10:12:00.000Z",
            OPUS,
            usual,
            json!({ "cost": "0.333333333333", "prices": "2025-01-01" }),
        ),
        call(
            "l:1",
            "2026-11-20T10:13:00.000Z",
            OPUS,
            [5_000, 50, 0, 0, 0],
            json!({ "iterations": [run("message", 5_000), run("compaction", 90_000)] }),
        ),
        call(
            "m:1",
            "2026-11-21T00:00:00.000Z",
            OPUS,
            [3, 1, 0, 0, 7],
            json!({ "agent": "Explore", "session": "s-2" }),
        ),
        unlisted(1, "2026-11-20T10:14:00.000Z", "0.001000000001", json!({})),
        unlisted(
            2,
            "2026-11-20T10:15:00.000Z",
            "0.0031",
            json!({ "model": OPUS, "tokens": { "input": 320, "output": 91 } }),
        ),
    ]
}

/// Puts lines into the ledger, each in the segment of its month.
pub fn fill(env: &Env, lines: &[Value]) {
    for line in lines {
        let month = &line["time"].as_str().unwrap()[..7];
        let path = env.data().join("ledger").join(format!("{month}.jsonl"));
        env.append(&path, format!("{line}\n").as_bytes());
    }
}

/// A world whose ledger holds one charge of every kind.
pub fn world() -> Env {
    let env = Env::new();
    fill(&env, &every_kind());
    env
}
