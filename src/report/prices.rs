//! The prices in force: the list, with the user's own prices and factors, for a day and a place. What a call costs is
//! `model`'s business; this is for looking at prices themselves.

use serde::Serialize;

use super::columns::{Column, Row};
use super::compare::target::Place;
use super::grid::{Role, grouped};
use super::json::{self, SCHEMA_VERSION};
use super::table::short;
use crate::base::money::Money;
use crate::base::words::{Language, Word, say, word};
use crate::model::day::Day;
use crate::model::model_id::identify;
use crate::model::price::{CallFacts, PriceOverrides};
use crate::model::price_table::{Model, PRICES_VERSION, Status, models, thresholds};
use crate::model::tariff::{Kind, Tariff};
use crate::model::usage::Tokens;

/// Where and when.
#[derive(Debug, Clone)]
pub struct Scene<'a> {
    pub place: Place,
    pub day: Day,
    pub overrides: &'a PriceOverrides,
}

/// One model's prices.
#[derive(Debug, Clone)]
pub struct Priced {
    pub id: String,
    /// None: only the user's own prices know it.
    pub listed: Option<&'static Model>,
    /// Kinds whose price is the user's own.
    pub own: Vec<Kind>,
    /// By the length of the prompt, ascending.
    pub steps: Vec<Step>,
}

/// The prices of prompts longer than `above`, for a million tokens; None: not sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub above: u64,
    pub prices: [Option<Money>; 5],
}

/// In which order kinds stand in a row.
pub const KINDS: [Kind; 5] =
    [Kind::Input, Kind::Output, Kind::CacheWrite5m, Kind::CacheWrite1h, Kind::CacheRead];

impl Scene<'_> {
    pub fn facts<'f>(&'f self, id: &'f str) -> CallFacts<'f> {
        CallFacts {
            provider: self.place.provider,
            region: self.place.location(),
            inference_geo: self.place.us_inference.then_some("us"),
            ..CallFacts::plain(id, self.day, Tokens::default())
        }
    }

    /// The prices of one model.
    pub fn priced(&self, id: &str, listed: Option<&'static Model>) -> Priced {
        let facts = self.facts(id);
        let at = |above: u64, prompt: u64| {
            let tariff = Tariff::of(&facts, prompt, self.overrides);
            Step { above, prices: KINDS.map(|kind| tariff.per_million(kind)) }
        };
        let mut steps = vec![at(0, 0)];
        for above in thresholds() {
            let step = at(above, above + 1);
            if steps.last().is_some_and(|last| last.prices != step.prices) {
                steps.push(step);
            }
        }
        let own = self.overrides.of(id);
        let own = KINDS.into_iter().filter(|kind| own.is_some_and(|own| kind.of(own).is_some()));
        Priced { id: id.to_string(), listed, own: own.collect(), steps }
    }

    /// Every model sold there then, or with `all` every model there ever was; and those that only the user's own
    /// prices know.
    pub fn all(&self, all: bool) -> Vec<Priced> {
        let listed = models().filter(|model| all || model.is_sold(self.place.provider, self.day));
        let mut rows: Vec<Priced> = listed.map(|model| self.priced(model.id, Some(model))).collect();
        let unknown = self.overrides.models.iter().filter(|(id, own)| {
            identify(id).target.model().is_none() && own.input.is_some() && own.output.is_some()
        });
        rows.extend(unknown.map(|(id, _)| self.priced(id, None)));
        rows
    }
}

/// As many decimals as any of the amounts has, at least two and at most four.
fn decimals(amounts: impl Iterator<Item = Money>) -> u32 {
    let needed = |amount: Money| (2..4).find(|digits| amount.0 % 10_i128.pow(12 - digits) == 0).unwrap_or(4);
    amounts.map(needed).max().unwrap_or(2)
}

/// The rows of a table of prices.
pub fn table(rows: &[Priced], language: Language) -> (Vec<Column>, Vec<Row>) {
    let columns = vec![
        Column::text(word!("heading-model"), 0),
        Column::number(word!("heading-input"), 0),
        Column::number(word!("heading-output"), 0),
        Column::number(word!("heading-write-5m"), 2),
        Column::number(word!("heading-write-1h"), 3),
        Column::number(word!("heading-read"), 1),
        Column::text(word!("heading-note"), 4),
    ];
    let steps = || rows.iter().flat_map(|row| &row.steps);
    let digits: Vec<u32> = (0..5).map(|at| decimals(steps().filter_map(|step| step.prices[at]))).collect();
    let mut lines = Vec::new();
    for row in rows {
        for step in &row.steps {
            let mark = if row.own.is_empty() { "" } else { " *" };
            let mut cells = vec![match step.above {
                0 => short(&row.id) + mark,
                above => format!("  {}", say!(language, "prompts-over", tokens = grouped(above))),
            }];
            let price = |(price, digits): (&Option<Money>, &u32)| match price {
                Some(price) => price.round(*digits),
                None => "-".to_string(),
            };
            cells.extend(step.prices.iter().zip(&digits).map(price));
            cells.push(if step.above == 0 { note(row, language) } else { String::new() });
            lines.push(Row { role: if step.above == 0 { Role::Row } else { Role::Part }, cells });
        }
    }
    (columns, lines)
}

fn note(row: &Priced, language: Language) -> String {
    let Some(model) = row.listed else { return language.word(word!("price-your-own")).to_string() };
    let mut notes = Vec::new();
    match model.retired {
        Some(day) => notes.push(say!(language, "retirement-on", day = day.to_string())),
        None if model.status != Status::Active => {
            notes.push(language.word(word_of_status(model.status)).to_string());
        }
        None => {}
    }
    if model.limited_availability {
        notes.push(language.word(word!("limited-availability")).to_string());
    }
    language.names(&notes)
}

/// How a model stands.
pub fn word_of_status(status: Status) -> Word {
    match status {
        Status::Active => word!("model-active"),
        Status::Deprecated => word!("model-deprecated"),
        Status::Retired => word!("model-retired"),
    }
}

/// Kinds in words: `input, output`.
pub fn in_words(kinds: &[Kind], language: Language) -> String {
    let words: Vec<String> = kinds.iter().map(|kind| language.word(word(*kind)).to_string()).collect();
    language.list_and(&words)
}

pub const fn word(kind: Kind) -> Word {
    match kind {
        Kind::Input => word!("price-input"),
        Kind::Output => word!("price-output"),
        Kind::CacheWrite5m => word!("price-cache-write-5m"),
        Kind::CacheWrite1h => word!("price-cache-write-1h"),
        Kind::CacheRead => word!("price-cache-read"),
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tier {
    above_prompt_tokens: u64,
    input: f64,
    input_exact: Money,
    output: f64,
    output_exact: Money,
    cache_write_5m: Option<f64>,
    cache_write_5m_exact: Option<Money>,
    cache_write_1h: Option<f64>,
    cache_write_1h_exact: Option<Money>,
    cache_read: Option<f64>,
    cache_read_exact: Option<Money>,
}

impl From<&Step> for Tier {
    fn from(step: &Step) -> Self {
        let [input, output, write_5m, write_1h, read] = step.prices;
        let number = |price: Option<Money>| price.map(Money::to_f64);
        let (input, output) = (input.unwrap_or_default(), output.unwrap_or_default());
        Tier {
            above_prompt_tokens: step.above,
            input: input.to_f64(),
            input_exact: input,
            output: output.to_f64(),
            output_exact: output,
            cache_write_5m: number(write_5m),
            cache_write_5m_exact: write_5m,
            cache_write_1h: number(write_1h),
            cache_write_1h_exact: write_1h,
            cache_read: number(read),
            cache_read_exact: read,
        }
    }
}

/// The keys of kinds whose price is the user's own.
pub fn own_keys(row: &Priced) -> Vec<&'static str> {
    row.own.iter().map(|kind| kind.key()).collect()
}

/// The list for programs; `cost-hook pricing update` reads it again.
pub fn document(rows: &[Priced], scene: &Scene<'_>) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        prices_version: &'static str,
        unit: &'static str,
        date: String,
        provider: &'static str,
        region: &'a str,
        models: Vec<Listed<'a>>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Listed<'a> {
        model_name: &'a str,
        name: Option<&'static str>,
        status: Option<&'static str>,
        own_prices: Vec<&'static str>,
        tiers: Vec<Tier>,
    }
    let models = rows.iter().map(|row| Listed {
        model_name: &row.id,
        name: row.listed.map(|model| model.name),
        status: row.listed.map(|model| model.status.name()),
        own_prices: own_keys(row),
        tiers: row.steps.iter().map(Tier::from).collect(),
    });
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        prices_version: PRICES_VERSION,
        unit: "USD for a million tokens",
        date: scene.day.to_string(),
        provider: scene.place.provider.name(),
        region: &scene.place.region,
        models: models.collect(),
    })
}
