//! The price list against its sources: field by field against the data it was written from, and against an
//! independent price list. Both lie outside the repository; where they are absent, the tests say so.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use cost_hook::base::money::Money;
use cost_hook::model::capacity::capacity;
use cost_hook::model::day::Day;
use cost_hook::model::model_id::{Scope, Target, identify};
use cost_hook::model::price::{CallFacts, PriceOverrides, price};
use cost_hook::model::price_table::{
    CODE_EXECUTION_FREE_HOURS_A_MONTH, CODE_EXECUTION_HOUR, CODE_EXECUTION_MINIMUM_MINUTES, CONSUMPTION_UNIT,
    Confidence, EXCEPTIONS, Model, PRICES_VERSION, Rates, SESSION_HOUR, Tier, WEB_SEARCH, models, per_mtok,
};
use cost_hook::model::provider::Provider;
use cost_hook::model::ratio::Ratio;
use cost_hook::model::usage::Tokens;
use serde_json::{Map, Value, json};

#[expect(clippy::disallowed_methods, reason = "where the reference data lie is no business of the product")]
fn shared_by_environment() -> Option<PathBuf> {
    std::env::var_os("COST_HOOK_SHARED").map(PathBuf::from)
}

/// A file of the reference data, or None with a line that says what was not checked.
fn reference(file: &str) -> Option<Value> {
    let places =
        [shared_by_environment(), Some(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")))];
    let path = places
        .into_iter()
        .flatten()
        .map(|place| place.join("reference").join(file))
        .find(|path| path.is_file());
    let Some(path) = path else {
        say(&format!("not run: shared/reference/{file} is absent"));
        return None;
    };
    let text = std::fs::read_to_string(&path).expect("readable");
    Some(serde_json::from_str(&text).expect("JSON"))
}

#[expect(clippy::print_stdout, reason = "a test that did not run must say so")]
fn say(line: &str) {
    println!("{line}");
}

fn maybe(value: Option<impl ToString>) -> Value {
    value.map_or(Value::Null, |value| json!(value.to_string()))
}

fn rates(rates: &Rates) -> Value {
    let price = |rate: Option<u64>| maybe(rate.map(per_mtok));
    json!({
        "input": price(Some(rates.input)),
        "cache_write_5m": price(rates.cache_write_5m),
        "cache_write_1h": price(rates.cache_write_1h),
        "cache_read": price(rates.cache_read),
        "output": price(Some(rates.output)),
    })
}

fn tiers(tiers: &[Tier]) -> Value {
    let tier = |tier: &Tier| {
        let mut value = rates(&tier.rates);
        value["above_prompt_tokens"] = json!(tier.above);
        value
    };
    tiers.iter().map(tier).collect()
}

fn words(list: &str) -> Value {
    list.split_ascii_whitespace().collect()
}

/// A row in the form of the data it was written from.
fn row(model: &'static Model) -> Value {
    let mut platforms = Map::new();
    for provider in [Provider::Bedrock, Provider::Google, Provider::Foundry] {
        let ids: Vec<&str> = model.platform_ids(provider).collect();
        if !ids.is_empty() {
            platforms.insert(provider.name().to_string(), json!(ids));
        }
    }
    let period = |period: &cost_hook::model::price_table::Period| {
        let mut value = json!({
            "from": maybe(period.from),
            "until": maybe(period.until),
            "tiers": tiers(period.tiers),
        });
        if !period.tier_gate.is_empty() {
            value["tier_gate"] = json!(period.tier_gate);
        }
        if let Some(confidence) = period.confidence {
            value["confidence"] = json!(confidence.name());
        }
        value
    };
    let fast = |fast: &cost_hook::model::price_table::Fast| {
        json!({
            "from": fast.from.to_string(),
            "until": maybe(fast.until),
            "multiplier": fast.multiplier.to_string(),
            "state": fast.state.text(),
        })
    };
    json!({
        "name": model.name,
        "family": model.family.name(),
        "released": maybe(model.released),
        "status": model.status.name(),
        "deprecated": maybe(model.deprecated),
        "retired": maybe(model.retired),
        "still_on": model.still_on.iter().map(|provider| provider.name()).collect::<Vec<_>>(),
        "limited_availability": model.limited_availability,
        "aliases": model.aliases().collect::<Vec<_>>(),
        "platform_ids": platforms,
        "prices": model.prices.iter().map(period).collect::<Vec<_>>(),
        "fast": model.fast.iter().map(fast).collect::<Vec<_>>(),
        "us_inference_geo_multiplier": if model.us_inference_geo { json!("1.1") } else { Value::Null },
        "regional_premium": model.regional_premium,
        "bedrock_us_gov": model.bedrock_us_gov,
        "cache_1h_on_partner_clouds": model.cache_1h_on_partner_clouds,
        "confidence": model.confidence.name(),
        "sources": words(model.sources),
        "notes": if model.notes.is_empty() { json!([]) } else { json!([model.notes]) },
    })
}

#[test]
fn every_row_of_the_list_is_as_its_source_has_it() {
    let Some(source) = reference("prices.json") else { return };
    assert_eq!(source["assembled"], PRICES_VERSION);
    let listed = source["models"].as_object().expect("models");
    let ours: BTreeSet<&str> = models().map(|model| model.id).collect();
    assert_eq!(ours, listed.keys().map(String::as_str).collect());
    let mut fields = 0;
    for model in models() {
        let ours = row(model);
        let (ours, theirs) = (ours.as_object().expect("row"), listed[model.id].as_object().expect("row"));
        for field in ours.keys().chain(theirs.keys()).collect::<BTreeSet<_>>() {
            assert_eq!(ours.get(field), theirs.get(field), "{} {field}", model.id);
            fields += 1;
        }
    }
    assert_eq!((ours.len(), fields), (31, 31 * 19));
}

#[test]
fn exceptions_are_as_their_source_has_them() {
    let Some(source) = reference("prices.json") else { return };
    let ours: Vec<Value> = EXCEPTIONS
        .iter()
        .map(|exception| {
            let mut value = json!({
                "provider": exception.provider.name(),
                "model": exception.model,
                "confidence": exception.confidence.name(),
                "sources": words(exception.sources),
            });
            if !exception.scope.is_empty() {
                value["scope"] = json!(exception.scope);
            }
            if let Some(from) = exception.from {
                value["from"] = json!(from.to_string());
            }
            if !exception.tiers.is_empty() {
                value["tiers"] = tiers(exception.tiers);
            }
            if let Some(multiplier) = exception.multiplier {
                value["multiplier"] = json!(Ratio::thousandths(multiplier).to_string());
            }
            value
        })
        .collect();
    assert_eq!(source["provider_exceptions"], json!(ours));
    assert!(EXCEPTIONS.iter().all(|exception| exception.confidence == Confidence::Low));
}

#[test]
fn providers_and_extras_are_as_their_source_has_them() {
    let Some(source) = reference("prices.json") else { return };
    let newest: &Model = models().find(|model| model.id == "claude-opus-5-5").expect("listed");
    for provider in Provider::ALL {
        let terms = &source["providers"][provider.name()];
        assert_eq!(terms["batch"], true);
        assert_eq!(terms["us_inference_geo"] == true, provider.has_inference_geo(), "{}", provider.name());
        let fast = terms["fast"] == true || terms["fast"] == "claude-opus-5-5 only";
        assert_eq!(fast, provider.offers_fast(newest), "{}", provider.name());
        let scopes = terms["scopes"].as_object();
        for (scope, factor) in scopes.into_iter().flatten() {
            let ours = provider.location_factor(scope).map(|factor| Ratio::thousandths(factor).to_string());
            assert_eq!(maybe(ours), *factor, "{} {scope}", provider.name());
        }
        assert_eq!(scopes.is_none(), provider.location_factor("region").is_none());
    }
    let prefixes = source["ids"]["bedrock_geo_prefixes"].as_array().expect("prefixes");
    for prefix in prefixes.iter().filter_map(Value::as_str) {
        let id = format!("{prefix}.anthropic.claude-opus-5-5");
        assert_eq!(identify(&id).scope.map(Scope::name), Some(prefix));
    }
    let extras = &source["extras"];
    for (name, ours) in [
        ("web_search_request", WEB_SEARCH),
        ("web_fetch_request", Money::ZERO),
        ("code_execution_container_hour", CODE_EXECUTION_HOUR),
        ("managed_agents_session_hour", SESSION_HOUR),
        ("claude_consumption_unit", CONSUMPTION_UNIT),
    ] {
        assert_eq!(extras[name]["usd"], ours.to_string(), "{name}");
    }
    assert_eq!(extras.as_object().map(Map::len), Some(5));
    let container = &extras["code_execution_container_hour"];
    assert_eq!(container["free_hours_per_month_and_organization"], CODE_EXECUTION_FREE_HOURS_A_MONTH);
    assert_eq!(container["minimum_minutes"], CODE_EXECUTION_MINIMUM_MINUTES);
    assert_eq!(source["rules"]["batch_multiplier"], "0.5");
}

/// Ids of the independent list that mean no model.
const NO_MODELS: [&str; 2] = ["aihubmix/claude-opus-4-8-think", "databricks/databricks-claude-sonnet-4-1"];

#[test]
fn every_id_of_the_independent_list_is_understood() {
    let Some(list) = reference("litellm-claude.json") else { return };
    let list = list.as_object().expect("entries");
    let unknown: Vec<&str> = list
        .keys()
        .map(String::as_str)
        .filter(|id| !matches!(identify(id).target, Target::Model(_)))
        .collect();
    assert_eq!(unknown, NO_MODELS);
    assert_eq!(list.len() - unknown.len(), 400);
}

/// Why the independent list differs, and in which rows; each a line of the documentation of the price list.
#[rustfmt::skip]
const DIFFERENCES: [(&str, &[&str]); 7] = [
    ("bare Bedrock ids: global there, in-region here", &[
        "anthropic.claude-fable-5",
        "anthropic.claude-fable-5-1",
        "anthropic.claude-haiku-4-5-20251001-v1:0",
        "anthropic.claude-haiku-4-5@20251001",
        "anthropic.claude-haiku-5-5",
        "anthropic.claude-mythos-5-1",
        "anthropic.claude-opus-4-5-20251101-v1:0",
        "anthropic.claude-opus-4-6-v1",
        "anthropic.claude-opus-4-7",
        "anthropic.claude-opus-4-8",
        "anthropic.claude-opus-5",
        "anthropic.claude-opus-5-5",
        "anthropic.claude-sonnet-4-5-20250929-v1:0",
        "anthropic.claude-sonnet-4-6",
        "anthropic.claude-sonnet-5",
        "anthropic.claude-sonnet-5-5",
        "claude-sonnet-4-5-20250929-v1:0",
    ]),
    ("the same in the one Mantle row without the tenth", &["bedrock_mantle/anthropic.claude-haiku-4-5"]),
    ("Mythos Preview: 10/50 there, 25/125 here", &["claude-mythos-preview"]),
    ("an id that cannot be, at the GovCloud price", &["anthropic.claude-3-7-sonnet-20240620-v1:0"]),
    ("Haiku 3.5 on Google at its launch price", &[
        "vertex_ai/claude-3-5-haiku",
        "vertex_ai/claude-3-5-haiku@20241022",
    ]),
    ("Opus 5.5 batch on Google at half the price of Opus 5", &[
        "vertex_ai/claude-opus-5-5",
        "vertex_ai/claude-opus-5-5@default",
    ]),
    ("a batch cache write rounded to cents", &[
        "vertex_ai/claude-sonnet-4-5",
        "vertex_ai/claude-sonnet-4-5@20250929",
        "vertex_ai/claude-sonnet-4-6",
        "vertex_ai/claude-sonnet-4-6@default",
    ]),
];

/// Whose list prices a section of the independent list gives; None: a reseller, or another currency.
fn section(id: &str, name: &str) -> Option<(Provider, Option<&'static str>)> {
    match name {
        "anthropic" => Some((Provider::Anthropic, None)),
        "azure_ai" => Some((Provider::Foundry, None)),
        "bedrock" if id.starts_with("bedrock/claude_platform/") => Some((Provider::ClaudePlatformAws, None)),
        "bedrock" | "bedrock_converse" | "bedrock_mantle" => Some((Provider::Bedrock, None)),
        _ if name.starts_with("vertex_ai") => Some((Provider::Google, Some("global"))),
        _ => None,
    }
}

/// One price: the kind of token it is for, the prompt length it begins above, and whether it is a batch price.
fn meaning(field: &str) -> Option<(&'static str, u64, bool)> {
    let (field, batch) = match field.strip_suffix("_batches") {
        Some(rest) => (rest, true),
        None => (field, false),
    };
    let (field, above) = [("_above_100k_tokens", 100_000), ("_above_200k_tokens", 200_000)]
        .into_iter()
        .find_map(|(suffix, above)| Some((field.strip_suffix(suffix)?, above)))
        .unwrap_or((field, 0));
    let kind = match field {
        "input_cost_per_token" => "input",
        "output_cost_per_token" => "output",
        "cache_creation_input_token_cost" => "write_5m",
        "cache_creation_input_token_cost_above_1hr" => "write_1h",
        "cache_read_input_token_cost" => "read",
        _ => return None,
    };
    Some((kind, above, batch))
}

/// What one token of a kind costs in a call whose prompt is longer than `above`: the difference that a thousand of
/// them make to a call, so that no second table of prices is needed to compare with.
fn price_of_one(call: &CallFacts<'_>, kind: &str, above: u64) -> f64 {
    let with = |count: u64| {
        let mut tokens = Tokens { input: if above == 0 { 0 } else { above + 1000 }, ..Tokens::default() };
        let field = match kind {
            "input" => &mut tokens.input,
            "output" => &mut tokens.output,
            "write_5m" => &mut tokens.cache_write_5m,
            "write_1h" => &mut tokens.cache_write_1h,
            _ => &mut tokens.cache_read,
        };
        *field += count;
        price(&CallFacts { tokens, ..*call }, &PriceOverrides::default()).cost
    };
    (with(2000) - with(1000)).to_f64() / 1000.0
}

#[test]
fn an_independent_list_agrees_except_where_it_is_known_not_to() {
    let Some(list) = reference("litellm-claude.json") else { return };
    let day: Day = PRICES_VERSION.parse().expect("a day");
    let (mut rows, mut values) = (0, 0);
    let mut differing = BTreeMap::new();
    for (id, entry) in list.as_object().expect("entries") {
        let name = entry["litellm_provider"].as_str().unwrap_or("");
        let Some((provider, region)) = section(id, name) else { continue };
        let mut compared = 0;
        for (field, theirs) in entry.as_object().expect("entry") {
            let (Some((kind, above, batch)), Some(theirs)) = (meaning(field), theirs.as_f64()) else {
                continue;
            };
            let call = CallFacts {
                provider,
                region,
                service_tier: batch.then_some("batch"),
                ..CallFacts::plain(id, day, Tokens::default())
            };
            let ours = price_of_one(&call, kind, above);
            if ((ours - theirs) * 1e6).abs() > 1e-9 {
                differing.entry(id.as_str()).or_insert_with(Vec::new).push((field, theirs * 1e6, ours * 1e6));
            }
            compared += 1;
        }
        rows += usize::from(compared > 0);
        values += compared;
    }
    let known: BTreeSet<&str> = DIFFERENCES.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
    let found: BTreeSet<&str> = differing.keys().copied().collect();
    assert_eq!(found, known, "{differing:#?}");
    assert_eq!((rows, values, known.len()), (266, 1666, 28));
    // What is explained by the tenth for a region differs by nothing else.
    for id in DIFFERENCES.iter().take(2).flat_map(|(_, ids)| ids.iter()) {
        assert!(differing[id].iter().all(|(_, theirs, ours)| (ours / theirs - 1.1).abs() < 1e-9), "{id}");
    }
}

#[test]
fn an_independent_list_has_the_same_factors_of_speed_and_place() {
    let Some(list) = reference("litellm-claude.json") else { return };
    let day: Day = PRICES_VERSION.parse().expect("a day");
    let million = Tokens { input: 1000, ..Tokens::default() };
    let mut compared = 0;
    for (id, entry) in list.as_object().expect("entries") {
        let factors = &entry["provider_specific_entry"];
        let plain = CallFacts::plain(id, day, million);
        let cost = |facts: &CallFacts<'_>| price(facts, &PriceOverrides::default()).cost.to_f64();
        for (name, call) in [
            ("us", CallFacts { inference_geo: Some("us"), ..plain }),
            ("fast", CallFacts { fast: true, ..plain }),
        ] {
            if let Some(theirs) = factors[name].as_f64() {
                assert!((cost(&call) / cost(&plain) - theirs).abs() < 1e-9, "{id} {name}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 30);
}

#[test]
fn an_independent_list_has_the_same_context_windows_and_cache_minimums() {
    let Some(list) = reference("litellm-claude.json") else { return };
    let mut compared = BTreeSet::new();
    for (id, entry) in list.as_object().expect("entries") {
        let name = entry["litellm_provider"].as_str().unwrap_or("");
        // Other gateways cut prompts where they like.
        let (Some(_), Some(model)) = (section(id, name), identify(id).target.model()) else { continue };
        let ours = capacity(model);
        if let Some(theirs) = entry["max_input_tokens"].as_u64() {
            assert_eq!(ours.context, theirs, "{id}");
            compared.insert(model.id);
        }
        if let Some(theirs) = entry["prompt_cache_min_tokens"].as_u64() {
            assert_eq!(ours.cache_minimum, Some(theirs), "{id}");
        }
    }
    assert!(compared.len() > 20, "{compared:?}");
}
