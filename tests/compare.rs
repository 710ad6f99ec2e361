//! `compare` through the real binary: the same tokens on other models, against pricing each call of the ledger by itself.

use cost_hook::base::money::Money;
use cost_hook::model::day::Day;
use cost_hook::model::price::{CallFacts, PriceOverrides, price};
use cost_hook::model::provider::Provider;
use cost_hook::model::usage::Tokens;
use serde_json::{Value, json};

use crate::support::{Call, Env, usd};

fn world() -> Env {
    let env = Env::new();
    let shop = env.session("s-shop");
    shop.call(&Call::new("a").tokens(30_000, 4_000).usage("cache_read_input_tokens", json!(60_000)));
    shop.call(&Call::new("b").model("claude-sonnet-4-6").tokens(110_000, 900).at("2026-10-01T10:00:00Z"));
    shop.call(&Call::new("c").model("claude-haiku-4-5").tokens(250_000, 10).at("2026-11-01T10:00:00Z"));
    shop.call(&Call::new("d").usage("speed", json!("fast")));
    env.hook("Stop", &shop, json!({}));
    shop.cost_state(5.0, "2026-11-24T11:58:00Z");
    env.hook("SessionEnd", &shop, json!({}));
    env
}

/// Every call of the ledger priced as another model, from what its line says.
fn priced(env: &Env, model: &str, fast: bool) -> Money {
    let count = |line: &Value, key: &str| line["tokens"][key].as_u64().unwrap_or(0);
    let calls = env.calls();
    let each = calls.iter().map(|line| {
        let tokens = Tokens {
            input: count(line, "input"),
            output: count(line, "output"),
            cache_write_5m: count(line, "cacheWrite5m"),
            cache_write_1h: count(line, "cacheWrite1h"),
            cache_read: count(line, "cacheRead"),
        };
        let own = line["model"].as_str().unwrap();
        let day = Day::ymd(2026, 11, 24);
        let facts = CallFacts {
            provider: Provider::Anthropic,
            fast: fast && line["speed"] == "fast",
            ..CallFacts::plain(if model.is_empty() { own } else { model }, day, tokens)
        };
        price(&facts, &PriceOverrides::default()).cost
    });
    each.sum()
}

fn exact(row: &Value, key: &str) -> Money {
    usd(row[key].as_str().unwrap_or_else(|| panic!("{row}")))
}

#[test]
fn every_model_is_priced_call_by_call() {
    let env = world();
    let document = env.run(&["compare", "--models", "all", "--json"]).json();
    let booked: Money = env.calls().iter().map(|line| usd(line["cost"].as_str().unwrap())).sum();
    assert_eq!(exact(&document["booked"], "totalCostExact"), booked);
    assert_eq!(document["booked"]["calls"], 4);
    assert_eq!(booked + exact(&document, "unlistedCostExact"), env.total(), "nothing of the ledger is lost");
    assert!(env.unlisted_total() > Money::ZERO);
    let baseline = priced(&env, "", true);
    assert_eq!(exact(&document["baseline"], "costExact"), baseline);
    let rows = document["comparisons"].as_array().unwrap();
    assert!(rows.len() > 12, "{document}");
    for row in rows {
        let model = row["modelName"].as_str().unwrap();
        let has_fast =
            ["claude-opus-5-5", "claude-opus-5", "claude-opus-4-8", "claude-fable-5-2", "claude-mythos-5-2"];
        let expected = priced(&env, model, has_fast.contains(&model));
        assert_eq!(exact(row, "costExact"), expected, "{model}");
        assert_eq!(exact(row, "differenceExact"), expected - baseline, "{model}");
        assert_eq!(row["fastUnavailableCalls"], u64::from(!has_fast.contains(&model)), "{model}");
    }
    let of = |name: &str| rows.iter().find(|row| row["modelName"] == name).unwrap();
    assert_eq!(of("claude-haiku-4-5-20251001")["tooLongCalls"], 1);
    assert!(!rows.iter().any(|row| row["modelName"] == "claude-opus-4-1-20250805"), "only clouds sell it");
    assert_eq!(document["pricesDate"], "2026-11-24");
}

#[test]
fn filters_choose_the_calls_and_options_the_rows() {
    let env = world();
    let rows = |arguments: &[&str]| {
        let document = env.run(&[&["compare", "--json"], arguments].concat()).json();
        document["comparisons"].as_array().unwrap().clone()
    };
    let names = |rows: &[Value]| -> Vec<String> {
        rows.iter().map(|row| format!("{} {} {}", row["modelName"], row["provider"], row["region"])).collect()
    };
    let models = rows(&["--models", "haiku,sonnet-5-5", "--model", "haiku"]);
    assert_eq!(names(&models), ["\"claude-haiku-5-5\" null null", "\"claude-sonnet-5-5\" null null"]);
    // A prompt of 250,000 tokens and 10 out.
    assert_eq!(exact(&models[0], "costExact"), usd("0.125025"));
    let places = rows(&["--providers", "anthropic,bedrock", "--since", "today", "--model", "opus"]);
    assert_eq!(names(&places).len(), 3, "{places:?}");
    assert!(places.iter().all(|row| row["modelName"].is_null()));
    let batch = rows(&["--models", "opus", "--batch", "--session", "s-shop"]);
    let plain = rows(&["--models", "opus", "--session", "s-shop"]);
    let fast = usd("0.005024");
    assert_eq!(
        exact(&batch[0], "costExact").0 * 2,
        (exact(&plain[0], "costExact") - fast).0,
        "no fast mode in a batch"
    );
    // The prices of a day, and of each call's own.
    let then = rows(&["--models", "sonnet-5-5", "--prices", "2026-10-06", "--model", "opus"]);
    let now = rows(&["--models", "sonnet-5-5", "--model", "opus"]);
    let own = rows(&["--models", "sonnet-5-5", "--prices", "call", "--model", "opus"]);
    assert_eq!(
        exact(&then[0], "costExact") - exact(&now[0], "costExact"),
        usd("0.006"),
        "60,000 tokens read from the cache"
    );
    assert_eq!(own, now);
    for wrong in [
        &["--models", "opsu"][..],
        &["--providers", "moon"],
        &["--regions", "moon"],
        &["--prices", "soon"],
        &["--models", ","],
    ] {
        let answer = env.run(&[&["compare"], wrong].concat());
        assert_eq!(answer.code, Some(64), "{wrong:?}: {answer:?}");
        assert!(answer.stderr.contains("hint:"), "{answer:?}");
    }
}

#[test]
fn every_form_says_the_same_and_fits() {
    let env = world();
    let document = env.run(&["compare", "--providers", "all", "--models", "all", "--json"]).json();
    assert_eq!(
        env.run(&["compare", "--providers", "all", "--models", "all", "--format", "json"]).json(),
        document
    );
    let rows = document["comparisons"].as_array().unwrap();
    let csv = env.run(&["compare", "--providers", "all", "--models", "all", "--format", "csv"]).ok().stdout;
    let records: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(records[0][..5], ["model", "provider", "region", "calls", "cost_usd"]);
    assert_eq!(records.len(), rows.len() + 3, "a heading, what is booked, and the calls at today's prices");
    for (record, row) in records[3..].iter().zip(rows) {
        assert_eq!(
            (record[0], usd(record[4])),
            (row["modelName"].as_str().unwrap(), exact(row, "costExact"))
        );
        assert!(
            record.iter().all(|cell| !cell.starts_with('\'')),
            "a negative number is no formula: {record:?}"
        );
    }
    let md = env.run(&["compare", "--format", "md"]).ok().stdout;
    assert!(md.starts_with("| Model | Cost | Difference | Saving |"), "{md}");
    for width in ["60", "80", "120", "200"] {
        env.var("COLUMNS", width);
        for arguments in [
            &["compare"][..],
            &["compare", "--providers", "all"],
            &["compare", "--models", "all", "--regions", "all"],
        ] {
            let shown = env.run(arguments).ok().stdout;
            let widest = shown.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= width.parse().unwrap(), "{arguments:?} at {width}:\n{shown}");
            assert!(!shown.contains("-0.0%") && !shown.contains("-$0.00"), "{shown}");
        }
    }
    env.var("COLUMNS", "200");
    let shown = env.run(&["compare", "--models", "haiku-4-5,opus"]).ok().stdout;
    for part in [
        "as booked",
        "Saving",
        "Adjusted",
        "Too long",
        "1 call has a prompt longer than the context window of haiku-4-5, and could not be made there as they are.",
        "Quality is not compared",
        "is unlisted",
    ] {
        assert!(shown.contains(part), "{part} is missing:\n{shown}");
    }
}

#[test]
fn contracts_and_transfer_are_the_users() {
    let env = world();
    let opus = |env: &Env| {
        let document =
            env.run(&["compare", "--models", "opus", "--providers", "anthropic,bedrock", "--json"]).json();
        document["comparisons"].as_array().unwrap().clone()
    };
    let list = opus(&env);
    env.settings(json!({"cost": {"pricing": {
        "multiplier": 0.9, "discounts": {"providers": {"bedrock": 0.5}}, "transferPerGb": 0.09,
    }}}));
    let own = opus(&env);
    let cost = |rows: &[Value], provider: &str, region: &str| {
        exact(
            rows.iter().find(|row| row["provider"] == provider && row["region"] == region).unwrap(),
            "costExact",
        )
    };
    assert_eq!(cost(&own, "anthropic", "global").0 * 10, cost(&list, "anthropic", "global").0 * 9);
    assert_eq!(cost(&own, "bedrock", "global").0 * 20, cost(&list, "bedrock", "global").0 * 9);
    let document = env.run(&["compare", "--json"]).json();
    let tokens = document["booked"]["totalTokens"].as_u64().unwrap();
    assert_eq!(
        exact(&document, "transferCostExact").0,
        i128::from(tokens) * 4 * usd("0.09").0 / 1_000_000_000
    );
    let said = env.run(&["compare"]).ok().stdout;
    assert!(said.contains("Data transfer would come on top") && said.contains("cost.pricing"), "{said}");
}

#[test]
fn nothing_to_compare_is_said() {
    let env = Env::new();
    let shown = env.run(&["compare"]).ok().stdout;
    assert!(shown.contains("Nothing is booked yet"), "{shown}");
    let document = env.run(&["compare", "--json"]).json();
    assert_eq!(document["baseline"]["savingPercent"], Value::Null);
}
