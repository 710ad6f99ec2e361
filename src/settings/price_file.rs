//! Prices from somebody's file: read in the two forms there are, and weighed before anybody believes them. What is
//! written into settings from it is the caller's to say.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::scalar::number;
use crate::base::error::{Error, Result};
use crate::base::money::Money;
use crate::base::text::{list_and, quoted};
use crate::model::price::ModelOverride;
use crate::model::tariff::Kind;

/// What a price for a million tokens lies between, where nothing is known of the model.
const PLAUSIBLE: (Money, Money) = (Money(1_000_000_000), Money(1_000_000_000_000_000));
/// No price changes by more from one day to the next.
const JUMP: i128 = 100;

/// A row of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// As the file has it.
    pub name: String,
    /// Who sells it at these prices, as far as the file says.
    pub platform: Option<String>,
    /// For a million tokens.
    pub prices: ModelOverride,
    /// Longer prompts have other prices.
    pub has_steps: bool,
    /// What of it cannot be read.
    pub fault: Option<String>,
}

/// Why a row is not believed, and what helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub why: String,
    pub cure: &'static str,
}

const UNITS: &str =
    "a LiteLLM file has USD for one token, `cost-hook pricing list --json` USD for a million tokens";
const COMPLETE: &str = "give the row both, an input and an output price, and read the file again";
const CORRECT: &str = "correct the row in the file, or leave it out with `--model` for the others";

fn set(prices: &mut ModelOverride, kind: Kind, price: Option<Money>) {
    *match kind {
        Kind::Input => &mut prices.input,
        Kind::Output => &mut prices.output,
        Kind::CacheWrite5m => &mut prices.cache_write_5m,
        Kind::CacheWrite1h => &mut prices.cache_write_1h,
        Kind::CacheRead => &mut prices.cache_read,
    } = price;
}

/// The rows of a price file, in the order of their names.
pub fn read(text: &str) -> Result<Vec<Row>> {
    let entries: BTreeMap<String, Box<RawValue>> = serde_json::from_str(text)
        .map_err(|error| Error::user(format!("it is not a JSON object: {error}")).hint(FORMS))?;
    let rows = match (entries.get("models"), entries.get("schemaVersion")) {
        (Some(models), Some(_)) => own_rows(models)?,
        _ => entries.iter().filter_map(|(name, entry)| lite_row(name, entry)).collect(),
    };
    if rows.is_empty() {
        return Err(Error::user("it holds no prices of models").hint(FORMS));
    }
    Ok(rows)
}

const FORMS: &str = "a price file is LiteLLM's `model_prices_and_context_window.json`, or what \
                     `cost-hook pricing list --json` prints";

/// Our own form; only the first step of a model's prices can be an override.
fn own_rows(models: &RawValue) -> Result<Vec<Row>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Model {
        model_name: String,
        tiers: Vec<BTreeMap<String, Box<RawValue>>>,
    }
    let models: Vec<Model> = serde_json::from_str(models.get()).map_err(|error| {
        Error::user(format!("its `models` are not those of a price list: {error}")).hint(FORMS)
    })?;
    let row = |model: Model| {
        let none = BTreeMap::new();
        let first = model.tiers.first().unwrap_or(&none);
        let mut row = Row {
            name: model.model_name,
            platform: None,
            prices: ModelOverride::default(),
            has_steps: model.tiers.len() > 1,
            fault: None,
        };
        for kind in Kind::ALL {
            let value = first.get(kind.key()).filter(|value| value.get() != "null");
            row.take(kind, kind.key(), value.map(|value| value.get()), 1);
        }
        row
    };
    Ok(models.into_iter().map(row).collect())
}

/// LiteLLM's form: an entry a model, prices for one token. What is no model of text is left out.
fn lite_row(name: &str, entry: &RawValue) -> Option<Row> {
    let fields: BTreeMap<String, Box<RawValue>> = serde_json::from_str(entry.get()).ok()?;
    let text = |key: &str| serde_json::from_str::<String>(fields.get(key)?.get()).ok();
    let is_text =
        text("mode").is_none_or(|mode| matches!(mode.as_str(), "chat" | "responses" | "completion"));
    let has_price = fields.keys().any(|key| key.ends_with("_cost_per_token"));
    if name == "sample_spec" || !is_text || !has_price {
        return None;
    }
    let mut row = Row {
        name: name.to_string(),
        platform: text("litellm_provider"),
        prices: ModelOverride::default(),
        has_steps: fields.keys().any(|key| key.contains("_above_") && key.ends_with("_tokens")),
        fault: None,
    };
    for (kind, key) in [
        (Kind::Input, "input_cost_per_token"),
        (Kind::Output, "output_cost_per_token"),
        (Kind::CacheWrite5m, "cache_creation_input_token_cost"),
        (Kind::CacheWrite1h, "cache_creation_input_token_cost_above_1hr"),
        (Kind::CacheRead, "cache_read_input_token_cost"),
    ] {
        let value = fields.get(key).filter(|value| value.get() != "null");
        row.take(kind, key, value.map(|value| value.get()), 1_000_000);
    }
    Some(row)
}

impl Row {
    fn take(&mut self, kind: Kind, key: &str, value: Option<&str>, scale: i128) {
        let Some(value) = value else { return };
        match number(value) {
            Some(price) => set(&mut self.prices, kind, Some(Money(price.0.saturating_mul(scale)))),
            None => self.fault = Some(format!("`{key}` is no number, but {}", quoted(value))),
        }
    }

    /// May this be a price? `now` are the prices in force, where the model has any.
    pub fn check(&self, now: Option<&ModelOverride>) -> std::result::Result<(), Refusal> {
        let refuse = |why: String, cure| Err(Refusal { why, cure });
        if let Some(fault) = &self.fault {
            return refuse(fault.clone(), CORRECT);
        }
        let (Some(input), Some(output)) = (self.prices.input, self.prices.output) else {
            let missing: Vec<&str> = [(self.prices.input, "input"), (self.prices.output, "output")]
                .into_iter()
                .filter_map(|(price, name)| price.is_none().then_some(name))
                .collect();
            return refuse(format!("it has no {} price", list_and(&missing)), COMPLETE);
        };
        for kind in Kind::ALL {
            let Some(price) = kind.of(&self.prices) else { continue };
            let name = kind.key();
            if price < Money::ZERO {
                return refuse(format!("its `{name}` price is negative"), CORRECT);
            }
            let known = now.and_then(|now| kind.of(now)).filter(|known| known.is_positive());
            if let Some(known) = known {
                if price.0.saturating_mul(JUMP) < known.0 || price.0 > known.0.saturating_mul(JUMP) {
                    let why =
                        format!("its `{name}` price would go from {known} to {price} USD a million tokens");
                    return refuse(why, UNITS);
                }
            } else if matches!(kind, Kind::Input | Kind::Output)
                && !(PLAUSIBLE.0..=PLAUSIBLE.1).contains(&price)
            {
                return refuse(format!("its `{name}` price would be {price} USD a million tokens"), UNITS);
            }
        }
        if self.prices.cache_read.is_some_and(|read| read > input) {
            return refuse("reading from its cache would cost more than not having one".to_string(), CORRECT);
        }
        let writes = [self.prices.cache_write_5m, self.prices.cache_write_1h];
        if writes.into_iter().flatten().any(|write| write.0 > input.0.saturating_mul(10)) {
            return refuse("writing to its cache would cost over ten times its input".to_string(), CORRECT);
        }
        if output.0.saturating_mul(10) < input.0 {
            return refuse("its output would cost less than a tenth of its input".to_string(), CORRECT);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn usd(text: &str) -> Option<Money> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn both_forms_are_read_exactly() {
        let lite = r#"{
            "sample_spec": {"input_cost_per_token": 0},
            "text-embedding": {"mode": "embedding", "input_cost_per_token": 1e-8, "output_cost_per_token": 0},
            "claude-haiku-5-5": {"mode": "chat", "litellm_provider": "anthropic", "input_cost_per_token": 1e-07,
                "output_cost_per_token": 5e-07, "cache_creation_input_token_cost": 1.25e-07,
                "cache_creation_input_token_cost_above_1hr": 2e-7, "cache_read_input_token_cost": 1e-8,
                "input_cost_per_token_above_100k_tokens": 5e-07}
        }"#;
        let rows = read(lite).unwrap();
        assert_eq!(rows.len(), 1);
        let expected = ModelOverride {
            input: usd("0.1"),
            output: usd("0.5"),
            cache_write_5m: usd("0.125"),
            cache_write_1h: usd("0.2"),
            cache_read: usd("0.01"),
        };
        assert_eq!(
            (&rows[0].prices, rows[0].has_steps, rows[0].platform.as_deref()),
            (&expected, true, Some("anthropic"))
        );
        let own = r#"{"schemaVersion": 1, "models": [{"modelName": "a", "tiers": [{"input": 0.1, "output": 0.5,
            "cacheWrite5m": 0.125, "cacheWrite1h": 0.2, "cacheRead": 0.01}]}, {"modelName": "b", "tiers": []}]}"#;
        let rows = read(own).unwrap();
        assert_eq!((&rows[0].prices, rows[0].has_steps), (&expected, false));
        assert_eq!(rows[1].prices, ModelOverride::default());
        for wrong in ["", "[]", "{}", r#"{"a": 1}"#, r#"{"schemaVersion": 1, "models": {}}"#] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn slips_are_not_believed() {
        let row = |input: &str, output: &str, read: &str| Row {
            name: "a".into(),
            platform: None,
            prices: ModelOverride {
                input: usd(input),
                output: usd(output),
                cache_read: usd(read),
                ..ModelOverride::default()
            },
            has_steps: false,
            fault: None,
        };
        let now = row("4", "20", "0.2").prices;
        let why = |row: Row, now: Option<&ModelOverride>| row.check(now).map_err(|refusal| refusal.why);
        assert_eq!(row("3", "15", "0.3").check(Some(&now)), Ok(()));
        assert_eq!(row("3", "15", "0.3").check(None), Ok(()));
        for (row, part) in [
            (row("-3", "15", "0"), "negative"),
            (row("0.000003", "0.000015", "0"), "would go from 4 to 0.000003"),
            (row("4000", "20000", "200"), "would go from 4 to 4000"),
            (row("0", "0", "0"), "from 4 to 0"),
            (row("3", "15", "4"), "more than not having one"),
            (row("30", "0.3", "0.3"), "less than a tenth"),
            (
                Row { prices: ModelOverride { output: None, ..now.clone() }, ..row("3", "15", "0.1") },
                "no output price",
            ),
            (Row { prices: ModelOverride::default(), ..row("3", "15", "0.1") }, "no input and output price"),
            (Row { fault: Some("`x` is no number".into()), ..row("3", "15", "0.1") }, "no number"),
        ] {
            let refused = why(row, Some(&now)).unwrap_err();
            assert!(refused.contains(part), "{refused}");
        }
        for (input, output) in [("0.000003", "0.000015"), ("3000000", "15000000"), ("0", "0")] {
            assert!(why(row(input, output, "0"), None).is_err(), "{input}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in r#"[{}\[\]":,a-z0-9_.e-]{0,60}"#, input in any::<i128>(), read in any::<i128>()) {
            let _ = super::read(&text);
            let prices = ModelOverride {
                input: Some(Money(input)), output: Some(Money(read)), cache_read: Some(Money(read)),
                cache_write_5m: Some(Money(read)), cache_write_1h: Some(Money(input)),
            };
            let row = Row { name: text, platform: None, prices: prices.clone(), has_steps: false, fault: None };
            let _ = row.check(Some(&prices));
            let _ = row.check(None);
        }
    }
}
