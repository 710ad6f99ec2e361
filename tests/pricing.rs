//! `pricing` through the real binary: what is listed is what is booked, and prices from a file become the user's own.

use std::fs;
use std::path::PathBuf;

use cost_hook::base::money::Money;
use serde_json::{Value, json};

use crate::support::{Call, Env, usd};

fn exact(value: &Value, key: &str) -> Money {
    usd(value[key].as_str().unwrap_or_else(|| panic!("{key}: {value}")))
}

fn model<'d>(document: &'d Value, name: &str) -> &'d Value {
    let models = document["models"].as_array().unwrap();
    models.iter().find(|model| model["modelName"] == name).unwrap_or_else(|| panic!("{name} is missing"))
}

fn file(env: &Env, content: &Value) -> String {
    let path: PathBuf = env.root().join("prices.json");
    env.write(&path, content.to_string().as_bytes());
    path.to_str().unwrap().to_string()
}

fn settings(env: &Env) -> Value {
    serde_json::from_slice(&fs::read(env.config().join("settings.json")).unwrap_or(b"{}".to_vec())).unwrap()
}

/// LiteLLM's form, for one token.
fn lite(input: f64, output: f64) -> Value {
    json!({"mode": "chat", "litellm_provider": "anthropic", "input_cost_per_token": input, "output_cost_per_token": output})
}

#[test]
fn the_list_is_what_calls_are_booked_at() {
    let env = Env::new();
    env.settings(json!({"cost": {"provider": "bedrock", "region": "eu-central-1", "pricing": {
        "multiplier": 0.9, "overrides": {"opus": {"input": 3.5}, "my-gateway": {"input": 1, "output": 2}}}}}));
    let list = env.run(&["pricing", "list", "--json"]).json();
    assert_eq!((&list["provider"], &list["region"]), (&json!("bedrock"), &json!("eu-central-1")));
    let session = env.session("s");
    for (number, name) in
        ["claude-opus-5-5", "claude-haiku-5-5", "my-gateway", "claude-sonnet-4-5"].iter().enumerate()
    {
        session.call(&Call::new(&number.to_string()).model(name).tokens(1000, 10));
    }
    env.hook("Stop", &session, json!({}));
    for line in env.calls() {
        let name = match line["model"].as_str().unwrap() {
            "claude-sonnet-4-5" => "claude-sonnet-4-5-20250929",
            name => name,
        };
        let price = &model(&list, name)["tiers"][0];
        let cost = exact(price, "inputExact").0 * 1000 + exact(price, "outputExact").0 * 10;
        assert_eq!(usd(line["cost"].as_str().unwrap()).0 * 1_000_000, cost, "{name}");
    }
    assert_eq!(model(&list, "claude-opus-5-5")["ownPrices"], json!(["input"]));
    assert_eq!(
        exact(&model(&list, "claude-opus-5-5")["tiers"][0], "inputExact"),
        usd("3.465"),
        "3.5 x 1.1 x 0.9"
    );
    let shown = env.run(&["pricing", "list"]).ok().stdout;
    for part in ["opus-5-5 *", "my-gateway *", "prompts over 100,000", "multiplied by 0.9", "your own prices"]
    {
        assert!(shown.contains(part), "{part} is missing:\n{shown}");
    }
}

#[test]
fn day_place_and_form_are_chosen() {
    let env = Env::new();
    let list = |arguments: &[&str]| env.run(&[&["pricing", "list", "--json"], arguments].concat()).json();
    let read = |document: &Value| exact(&model(document, "claude-sonnet-5-5")["tiers"][0], "cacheReadExact");
    assert_eq!(read(&list(&["--date", "2026-10-06"])), usd("0.2"));
    assert_eq!(read(&list(&["--date", "2026-10-07"])), usd("0.1"));
    assert_eq!(read(&list(&["--region", "us"])), usd("0.11"));
    assert_eq!(read(&list(&["--provider", "google", "--region", "regional"])), usd("0.11"));
    let count = |document: &Value| document["models"].as_array().unwrap().len();
    assert_eq!(count(&list(&["--all"])), 31);
    assert!(count(&list(&[])) < 31);
    let steps = list(&["--all", "--date", "2026-03-01"]);
    assert_eq!(model(&steps, "claude-opus-4-6")["tiers"][1]["abovePromptTokens"], 200_000);
    let csv = env.run(&["pricing", "list", "--format", "csv"]).ok().stdout;
    assert!(csv.contains("\nclaude-haiku-5-5,100000,0.5,2.5,0.625,1,0.05,\n"), "{csv}");
    let md = env.run(&["pricing", "list", "--format", "md"]).ok().stdout;
    assert!(md.starts_with("| Model | Input | Output |"), "{md}");
    for width in ["60", "80", "120", "200"] {
        env.var("COLUMNS", width);
        for arguments in [
            &["pricing", "list", "--all", "--provider", "bedrock", "--region", "us-gov"][..],
            &["pricing", "show", "sonnet-4-5"],
            &["pricing", "show", "haiku"],
        ] {
            let shown = env.run(arguments).ok().stdout;
            let widest = shown.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= width.parse().unwrap(), "{arguments:?} at {width}:\n{shown}");
        }
    }
    for wrong in [&["--provider", "moon"][..], &["--region", "eu"], &["--date", "soon"]] {
        let answer = env.run(&[&["pricing", "list"], wrong].concat());
        assert_eq!(answer.code, Some(64), "{wrong:?} {answer:?}");
    }
}

#[test]
fn one_model_with_all_that_is_known() {
    let env = Env::new();
    env.settings(json!({"cost": {"pricing": {"overrides": {"claude-opus-5-5": {"input": 3.5}}}}}));
    let shown = env.run(&["pricing", "show", "us.anthropic.claude-opus-5-5"]).ok().stdout;
    for part in [
        "Claude Opus 5.5",
        "anthropic.claude-opus-5-5",
        "since 2026-09-22: 4 in, 20 out",
        "times 2",
        "prompts of 1,000,000 tokens",
        "input 3.5 instead of 4",
        "config unset 'cost.pricing.overrides[claude-opus-5-5]'",
        "(high confidence)",
        // 0.01 x 3.5 + 0.01 x 20 + 0.04 x 5 + 0.94 x 0.2
        "cost $0.62.",
    ] {
        let plain = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(plain.contains(part), "{part} is missing:\n{shown}");
    }
    let document = env.run(&["pricing", "show", "haiku", "--json"]).json();
    assert_eq!(exact(&document, "sampleCostExact"), usd("0.0204"));
    assert_eq!(document["listed"]["periods"][0]["tiers"][1]["abovePromptTokens"], 100_000);
    let unknown = env.run(&["pricing", "show", "claude-opus-9"]);
    assert_eq!(unknown.code, Some(64));
    assert!(unknown.stderr.contains("pricing update FILE --model"), "{unknown:?}");
}

#[test]
fn new_prices_become_the_users_own_and_the_next_call_has_them() {
    let env = Env::new();
    env.settings(json!({"model": "opus"}));
    let session = env.session("s");
    session.call(&Call::new("a").model("claude-opus-6").tokens(1_000_000, 0));
    env.hook("Stop", &session, json!({}));
    let before = env.total();
    let path = file(
        &env,
        &json!({
            "claude-opus-6": lite(6e-06, 3e-05),
            "claude-opus-5-5": lite(4e-06, 2e-05),
            "claude-opus-5": lite(5.5e-06, 2.5e-05),
            "vertex_ai/claude-opus-5": {"litellm_provider": "vertex_ai-anthropic_models", "input_cost_per_token": 9e-06, "output_cost_per_token": 9e-05},
            "gpt-x": {"litellm_provider": "openai", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06},
        }),
    );
    let dry = env.run(&["pricing", "update", &path, "--dry-run"]).ok().stdout;
    assert!(
        dry.contains("would be written") && dry.contains("+ ") && dry.contains("Nothing was changed."),
        "{dry}"
    );
    assert_eq!(settings(&env), json!({"model": "opus"}));
    let done = env.run(&["pricing", "update", &path, "--json"]).json();
    assert_eq!(
        (&done["changed"], &done["unchangedModels"], &done["otherRows"]),
        (&json!(true), &json!(1), &json!(2))
    );
    let expected = json!({"claude-opus-5": {"input": 5.5}, "claude-opus-6": {"input": 6, "output": 30}});
    assert_eq!(settings(&env)["cost"]["pricing"]["overrides"], expected);
    assert_eq!(settings(&env)["model"], "opus");
    assert!(fs::exists(done["backup"].as_str().unwrap()).unwrap());
    assert_eq!(env.total(), before, "what is booked stays");
    session.call(&Call::new("b").model("claude-opus-6").tokens(1_000_000, 0));
    env.hook("Stop", &session, json!({}));
    assert_eq!(env.total() - before, usd("6"));
    assert!(env.run(&["pricing", "update", &path]).ok().stdout.starts_with("Nothing to do"));
    // What is the user's own is changed only when that is asked for.
    let path = file(&env, &json!({"claude-opus-6": lite(7e-06, 3e-05)}));
    let kept = env.run(&["pricing", "update", &path]).ok().stdout;
    assert!(kept.contains("Left as you have set them: claude-opus-6"), "{kept}");
    env.run(&["pricing", "update", &path, "--model", "claude-opus-6"]).ok();
    assert_eq!(settings(&env)["cost"]["pricing"]["overrides"]["claude-opus-6"]["input"], 7);
    let path = file(&env, &json!({"claude-opus-6": lite(8e-06, 3e-05)}));
    env.run(&["pricing", "update", &path, "--replace"]).ok();
    assert_eq!(settings(&env)["cost"]["pricing"]["overrides"]["claude-opus-6"]["input"], 8);
}

#[test]
fn our_own_list_is_a_price_file_too() {
    let env = Env::new();
    let list = env.run(&["pricing", "list", "--json"]).ok().stdout;
    let path = env.root().join("list.json");
    env.write(&path, list.as_bytes());
    let path = path.to_str().unwrap();
    let same = env.run(&["pricing", "update", path]).ok();
    assert!(same.stdout.starts_with("Nothing to do") && same.stderr.is_empty(), "{same:?}");
    let mut changed: Value = serde_json::from_str(&list).unwrap();
    let models = changed["models"].as_array_mut().unwrap();
    let opus = models.iter_mut().find(|model| model["modelName"] == "claude-opus-5-5").unwrap();
    opus["tiers"][0]["cacheRead"] = json!(0.25);
    env.write(std::path::Path::new(path), changed.to_string().as_bytes());
    env.run(&["pricing", "update", path, "--scope", "managed"]).ok();
    let text = fs::read_to_string(env.managed_dir().join("managed-settings.json")).unwrap();
    let managed: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        managed,
        json!({"cost": {"pricing": {"overrides": {"claude-opus-5-5": {"cacheRead": 0.25}}}}})
    );
    let shown = env.run(&["pricing", "list", "--json"]).json();
    assert_eq!(exact(&model(&shown, "claude-opus-5-5")["tiers"][0], "cacheReadExact"), usd("0.25"));
}

#[test]
fn what_cannot_be_right_is_refused_with_its_cure() {
    let env = Env::new();
    let update = |content: Value, more: &[&str]| {
        let path = file(&env, &content);
        env.run(&[&["pricing", "update", &path], more].concat())
    };
    for (row, part) in [
        (lite(-4e-06, 2e-05), "negative"),
        (lite(4.0, 20.0), "would go from 4 to 4000000"),
        (lite(0.004, 0.02), "would go from 4 to 4000"),
        (lite(4e-09, 2e-08), "would go from 4 to 0.004"),
        (json!({"litellm_provider": "anthropic", "input_cost_per_token": 4e-06}), "no output price"),
        (
            json!({"litellm_provider": "anthropic", "input_cost_per_token": "4e-06", "output_cost_per_token": 2e-05}),
            "no number",
        ),
    ] {
        let answer = update(json!({"claude-opus-5-5": row, "claude-opus-6": lite(6e-06, 3e-05)}), &[]);
        assert_eq!(answer.code, Some(0), "{answer:?}");
        assert!(
            answer.stderr.contains(part) && answer.stderr.contains("`claude-opus-5-5` is left out"),
            "{answer:?}"
        );
        assert!(settings(&env)["cost"]["pricing"]["overrides"]["claude-opus-5-5"].is_null());
        let named = update(json!({"claude-opus-5-5": row}), &["--model", "opus"]);
        assert_eq!(named.code, Some(1), "{named:?}");
        assert!(named.stderr.contains("hint:"), "{named:?}");
    }
    // Haiku 5.5 has a step, which one price for all lengths would take away.
    let answer = update(json!({"claude-haiku-5-5": lite(2e-07, 1e-06)}), &[]);
    assert!(answer.stderr.contains("over 100000 tokens"), "{answer:?}");
    for (text, part) in
        [("", "not a JSON object"), ("[]", "not a JSON object"), ("{\"a\": 1}", "holds no prices")]
    {
        let path = env.root().join("wrong.json");
        env.write(&path, text.as_bytes());
        let answer = env.run(&["pricing", "update", path.to_str().unwrap()]);
        assert_eq!(answer.code, Some(1), "{answer:?}");
        assert!(answer.stderr.contains(part) && answer.stderr.contains("wrong.json"), "{answer:?}");
    }
    let answer = env.run(&["pricing", "update", "nowhere.json"]);
    assert!(answer.code == Some(1) && answer.stderr.contains("nowhere.json"), "{answer:?}");
    let answer = update(json!({"claude-opus-6": lite(6e-06, 3e-05)}), &["--model", "nobody"]);
    assert!(answer.code == Some(1) && answer.stderr.contains("no prices of `nobody`"), "{answer:?}");
    // A settings file that is no JSON is left alone.
    env.write(&env.config().join("settings.json"), b"{");
    let answer = update(json!({"claude-opus-6": lite(6e-06, 3e-05)}), &[]);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    assert_eq!(fs::read(env.config().join("settings.json")).unwrap(), b"{");
}
