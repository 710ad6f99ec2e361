//! The world the guide's pages answer from: Ada's two projects over two months, priced like any call; this morning a long
//! conversation with a pause in it.

use std::fmt::Write;
use std::path::Path;

use chrono::{Datelike, NaiveDate};
use cost_hook::base::money::Money;
use cost_hook::base::time::Time;
use cost_hook::model::day::Day;
use cost_hook::model::price::{CallFacts, price};
use cost_hook::model::pricing_rules::PriceOverrides;
use cost_hook::model::usage::Tokens;
use serde_json::{Value, json};

use crate::support::Env;

pub const SHOP: &str = "/home/ada/shop";
const BLOG: &str = "/home/ada/blog";
const LONG: &str = "0f3c5a52-6b1e-4a0e-9d2c-4f7f1f2f9a11";
const SHORT: &str = "91a76acc-5b59-44aa-8316-dd14fdc9bd19";

struct Call<'a> {
    time: Time,
    session: &'a str,
    project: &'a str,
    model: &'a str,
    tokens: Tokens,
    feature: &'a str,
    branch: &'a str,
}

impl Call<'_> {
    fn cost(&self) -> Money {
        let day = Day::from(self.time.utc().date());
        price(&CallFacts::plain(self.model, day, self.tokens), &PriceOverrides::default()).cost
    }

    fn line(&self, number: usize) -> Value {
        let mut line = json!({
            "kind": "call", "v": 1, "id": format!("msg_{number:05x}:req_{number:05x}"), "time": self.time.to_string(),
            "session": self.session, "project": self.project, "model": self.model, "provider": "anthropic",
            "tokens": self.tokens, "feature": self.feature, "branch": self.branch, "user": "ada@example.org",
            "cost": self.cost(), "prices": "2026-11-23", "stopReason": "end_turn", "client": "2.1.330",
        });
        if let Some(tool) = self.feature.strip_prefix("tool:") {
            line["tools"] = json!([tool]);
            line["stopReason"] = json!("tool_use");
        }
        line
    }
}

fn at(day: NaiveDate, minutes: u32) -> Time {
    let time = day.and_hms_opt(minutes / 60, minutes % 60, 0).unwrap();
    Time(time.and_utc().timestamp_millis())
}

fn counts(input: u64, output: u64, write: u64, read: u64) -> Tokens {
    Tokens { input, output, cache_write_5m: write, cache_write_1h: 0, cache_read: read }
}

/// What a page is tried in: the ledger, and what only that page speaks of.
pub fn of(page: &str) -> Env {
    let env = Env::new();
    let program = Path::new(env!("CARGO_BIN_EXE_cost-hook")).parent().unwrap().display();
    env.var("COLUMNS", "100").var("LC_ALL", "C.UTF-8").var("PATH", &format!("{program}:/usr/bin:/bin"));
    let mut settings = json!({"cost": {"dailyBudget": 2, "monthlyBudget": 60}});
    match page {
        "pricing" => {
            settings["cost"]["pricing"] = json!({"overrides": {"claude-opus-5-5": {"input": 3.5}}});
            let prices = json!({
                "claude-opus-5": {
                    "litellm_provider": "anthropic", "mode": "chat",
                    "input_cost_per_token": 5.5e-6, "output_cost_per_token": 25e-6,
                },
                "claude-opus-6": {
                    "litellm_provider": "anthropic", "mode": "chat",
                    "input_cost_per_token": 6e-6, "output_cost_per_token": 30e-6,
                },
            });
            let file = env.project().join("model_prices_and_context_window.json");
            env.write(&file, prices.to_string().as_bytes());
        }
        // Without budgets `advise` says what one would have done.
        "advise" => settings = json!({}),
        "validate" => {
            settings = json!({
                "cost": {
                    "dailyBugdet": 10, "warningThreshold": 80, "timezone": "Berlin", "weeklyBudget": "5",
                    "limits": [{"name": "docs", "amount": -1, "period": "daily"}],
                },
                "hooks": {"Stop": [{"hooks": [{"type": "command"}]}]},
            });
        }
        // What a project may not set, and what comes from two files.
        "config" => {
            settings["cost"]["warningThreshold"] = json!([0.5, 0.8]);
            let project = json!({"cost": {"enabled": false, "dailyBudget": 1}});
            env.write(&env.project().join(".claude/settings.json"), format!("{project:#}\n").as_bytes());
        }
        // Its reader has set nothing yet.
        "start" => settings = json!({}),
        _ => {}
    }
    match page {
        // What is wrong is shown in its line.
        "config" | "validate" => {
            env.write(&env.config().join("settings.json"), format!("{settings:#}\n").as_bytes());
        }
        _ => {
            env.settings(settings);
        }
    }
    let calls = calls();
    write(&env, &calls);
    match page {
        "reconcile" => {
            let report = cost_report(&calls);
            env.write(&env.project().join("cost.json"), report.to_string().as_bytes());
        }
        "blocks" | "watch" => limits(&env),
        "ledger" => damage(&env),
        _ => {}
    }
    env
}

/// Two lines on one, and a copy of a line at the end.
fn damage(env: &Env) {
    use std::os::unix::fs::PermissionsExt;
    let segments = env.segments();
    let newest = &segments[segments.len() - 1];
    let text = std::fs::read_to_string(newest).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let (before, last) = lines.split_at(lines.len() - 2);
    let damaged = format!("{}\n{}\n{}\n", before.join("\n"), last.concat(), lines[0]);
    env.write(newest, damaged.as_bytes());
    let modes = [(env.data(), 0o700), (env.data().join("ledger"), 0o700)];
    for (path, mode) in modes.into_iter().chain(segments.into_iter().map(|path| (path, 0o600))) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
}

fn calls() -> Vec<String> {
    let mut lines = Vec::new();
    let mut add = |call: &Call<'_>| {
        let line = call.line(lines.len());
        lines.push(line.to_string());
    };
    let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
    for date in day(9, 28).iter_days().take_while(|date| *date < day(11, 24)) {
        let number = date.ordinal();
        let is_weekend = date.weekday().number_from_monday() > 5;
        let count = if is_weekend { number % 3 * 4 } else { 12 + number * 7 % 17 };
        let project = if number % 3 == 0 { BLOG } else { SHOP };
        let session = format!("{number:08x}-6b1e-4a0e-9d2c-4f7f1f2f9a11");
        for call in 0..count {
            let context = 12_000 + u64::from(call) * 2_600;
            let (model, feature) = match (call + number) % 6 {
                0 => ("claude-haiku-5-5", "subagent:Explore"),
                1 | 4 => ("claude-opus-5-5", "tool:Edit"),
                2 => ("claude-opus-5-5", "tool:Bash"),
                3 => ("claude-sonnet-5-5", "tool:Read"),
                _ => ("claude-opus-5-5", "conversation"),
            };
            let branch = if number % 4 == 0 { "release/2.4" } else { "main" };
            let output = 200 + u64::from((call * 137 + number * 11) % 900);
            let tokens = counts(40, output, 2_600, context);
            let time = at(date, 9 * 60 + call * 4 + number % 40);
            add(&Call { time, session: &session, project, model, tokens, feature, branch });
        }
    }
    let today = day(11, 24);
    let mut long = |minutes: u32, tokens: Tokens| {
        let (model, feature) = ("claude-opus-5-5", "tool:Edit");
        add(&Call {
            time: at(today, minutes),
            session: LONG,
            project: SHOP,
            model,
            tokens,
            feature,
            branch: "main",
        });
    };
    for call in 0..40 {
        long(480 + call, counts(10, 400, 1_000, 117_000 + u64::from(call) * 1_000));
    }
    long(550, counts(10, 400, 157_000, 1_000));
    let last = at(today, 11 * 60 + 30);
    let tokens = counts(900, 600, 9_000, 0);
    let (model, feature, branch) = ("claude-opus-5-5", "conversation", "main");
    add(&Call { time: last, session: SHORT, project: BLOG, model, tokens, feature, branch });
    lines.push(
        json!({
            "kind": "unlisted", "v": 1, "id": format!("unlisted:{SHORT}:1"), "time": last.to_string(),
            "session": SHORT, "project": BLOG, "provider": "anthropic", "user": "ada@example.org",
            "cost": "0.0031", "source": "status-line",
        })
        .to_string(),
    );
    lines
}

fn write(env: &Env, lines: &[String]) {
    let mut months: std::collections::BTreeMap<String, String> = Default::default();
    for line in lines {
        let value: Value = serde_json::from_str(line).unwrap();
        let month = value["time"].as_str().unwrap()[..7].to_string();
        writeln!(months.entry(month).or_default(), "{line}").unwrap();
    }
    for (month, text) in months {
        env.write(&env.data().join(format!("ledger/{month}.jsonl")), text.as_bytes());
    }
}

/// What Anthropic would report of a day for which it had given 10 % off.
fn cost_report(lines: &[String]) -> Value {
    let day = "2026-11-20";
    let mut models: std::collections::BTreeMap<String, Money> = Default::default();
    for line in lines {
        let line: Value = serde_json::from_str(line).unwrap();
        if line["kind"] == "call" && line["time"].as_str().unwrap().starts_with(day) {
            let cost: Money = line["cost"].as_str().unwrap().parse().unwrap();
            *models.entry(line["model"].as_str().unwrap().to_string()).or_default() += cost;
        }
    }
    let results: Vec<Value> = models
        .iter()
        .map(|(model, cost)| {
            // Cents.
            let amount = cost.times(90, 1).to_string();
            json!({
                "amount": amount, "currency": "USD", "cost_type": "tokens", "model": model,
                "description": format!("{model} Usage"), "token_type": null, "context_window": null,
                "service_tier": "standard", "inference_geo": "global", "workspace_id": null,
            })
        })
        .collect();
    json!({
        "data": [{"starting_at": format!("{day}T00:00:00Z"), "ending_at": "2026-11-21T00:00:00Z", "results": results}],
        "has_more": false, "next_page": null,
    })
}

/// The limits of a subscription, as Claude Code hands them to the status line.
fn limits(env: &Env) {
    let second = |time: &str| Time::parse(time).unwrap().seconds();
    let payload = json!({
        "session_id": SHORT, "cwd": BLOG,
        "rate_limits": {
            "five_hour": {"used_percentage": 41, "resets_at": second("2026-11-24T13:00:00Z")},
            "seven_day": {"used_percentage": 83, "resets_at": second("2026-11-30T00:00:00Z")},
        },
    });
    env.at("2026-11-24T11:55:00.000Z");
    env.run_with(&["statusline"], payload.to_string().as_bytes());
    env.at("2026-11-24T12:00:00.000Z");
}
