//! `pricing show`: everything about one model.

use std::process::ExitCode;

use serde::Serialize;

use super::At;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::width::{columns as width_of, left, wrapped};
use crate::base::words::{Language, Word, say, word};
use crate::cli::shop::{self, Shop};
use crate::cli::success;
use crate::model::capacity::{Tokenizer, capacity};
use crate::model::day::Day;
use crate::model::price_table::{
    Confidence, EXCEPTIONS, Fast, FastState, Model, PRICES_VERSION, Period, Rates, per_mtok,
};
use crate::model::provider::Provider;
use crate::model::ratio::Ratio;
use crate::model::tariff::{Kind, Tariff};
use crate::model::usage::Tokens;
use crate::report::columns;
use crate::report::compare::target;
use crate::report::json::{self, SCHEMA_VERSION};
use crate::report::prices::{self, Priced, Scene, Tier};
use crate::report::table::grouped;

const EXAMPLES: &str = "\
Examples:
  cost-hook pricing show opus                     the model the word means
  cost-hook pricing show us.anthropic.claude-haiku-4-5-20251001-v1:0  an id in any spelling
  cost-hook pricing show haiku --provider bedrock --region eu  its prices there";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The model, in any spelling of its id
    model: String,
    #[command(flatten)]
    at: At,
}

/// A million tokens as Claude Code spends them: nearly all of a prompt comes from the cache.
const SAMPLE: Tokens =
    Tokens { input: 10_000, output: 10_000, cache_write_5m: 40_000, cache_write_1h: 0, cache_read: 940_000 };
/// The prompt of one call of the sample.
const SAMPLE_PROMPT: u64 = 50_000;

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let setup = shop.setup();
    let scene = args.at.scene(shop, &setup)?;
    let choice = target::choice(&args.model, scene.overrides)?;
    let priced = scene.priced(&choice.id, choice.listed);
    let sample = Tariff::of(&scene.facts(&choice.id), SAMPLE_PROMPT, scene.overrides).cost(&SAMPLE, 0);
    if shop.json {
        shop.say(&document(&priced, &scene, sample))?;
        return success();
    }
    shop.say(&in_words(shop, &priced, &scene, sample))?;
    success()
}

/// What the model is called, one list after the other.
fn spellings(model: &'static Model) -> Vec<(&'static str, Vec<&'static str>)> {
    let mut lists =
        vec![("Claude API", std::iter::once(model.id).chain(model.aliases()).collect::<Vec<_>>())];
    for (name, provider) in
        [("Bedrock", Provider::Bedrock), ("Google", Provider::Google), ("Foundry", Provider::Foundry)]
    {
        lists.push((name, model.platform_ids(provider).collect()));
    }
    lists.retain(|(_, ids)| !ids.is_empty());
    lists
}

fn span(from: Option<Day>, until: Option<Day>, language: Language) -> String {
    match (from, until) {
        (Some(from), Some(until)) => {
            say!(language, "days-from-until", from = from.to_string(), until = until.to_string())
        }
        (Some(from), None) => say!(language, "days-since", from = from.to_string()),
        (None, Some(until)) => say!(language, "days-until", until = until.to_string()),
        (None, None) => language.word(word!("days-always")).to_string(),
    }
}

/// `4 in, 20 out, 5 and 8 cache write, 0.2 cache read`.
fn rates(rates: &Rates, language: Language) -> String {
    let price = |rate: Option<u64>| rate.map_or("-".to_string(), |rate| per_mtok(rate).to_string());
    let (input, output) = (price(Some(rates.input)), price(Some(rates.output)));
    match rates.cache_read {
        None => say!(language, "rates-plain", input = input, output = output),
        read => say!(
            language,
            "rates-with-cache",
            input = input,
            output = output,
            short = price(rates.cache_write_5m),
            long = price(rates.cache_write_1h),
            read = price(read)
        ),
    }
}

fn sure(confidence: Confidence) -> Word {
    match confidence {
        Confidence::High => word!("confidence-high"),
        Confidence::Medium => word!("confidence-medium"),
        Confidence::Low => word!("confidence-low"),
    }
}

/// Facts in pairs: what, and how it is.
fn facts(model: &'static Model, scene: &Scene<'_>, language: Language) -> Vec<(&'static str, Vec<String>)> {
    let word = |word: Word| language.word(word);
    let mut facts: Vec<(&'static str, Vec<String>)> = Vec::new();
    let mut life =
        vec![model.family.name().to_string(), word(prices::word_of_status(model.status)).to_string()];
    life.extend(model.released.map(|day| say!(language, "release-on", day = day.to_string())));
    life.extend(model.deprecated.map(|day| say!(language, "deprecation-on", day = day.to_string())));
    life.extend(model.retired.map(|day| say!(language, "retirement-on", day = day.to_string())));
    life.extend(model.limited_availability.then(|| word(word!("limited-availability")).to_string()));
    facts.push((word(word!("model-family")), vec![language.names(&life)]));
    if !model.still_on.is_empty() {
        let names: Vec<String> = model.still_on.iter().map(|provider| provider.name().to_string()).collect();
        facts.push((word(word!("model-still-on")), vec![language.names(&names)]));
    }
    facts.extend(spellings(model).into_iter().map(|(name, ids)| (name, vec![ids.join(" ")])));
    let prices = model.prices.iter().flat_map(|of| period(of, language)).collect();
    facts.push((word(word!("model-prices")), prices));
    let exceptions = EXCEPTIONS.iter().filter(|exception| exception.model == model.id);
    let exceptions: Vec<String> = exceptions
        .map(|exception| {
            let place = match exception.scope {
                "" => word(word!("everywhere")),
                scope => scope,
            };
            let what = match (exception.tiers.last(), exception.multiplier) {
                (Some(tier), _) => say!(
                    language,
                    "rates-over",
                    tokens = grouped(tier.above),
                    rates = rates(&tier.rates, language)
                ),
                (None, Some(factor)) => {
                    say!(language, "times-factor", factor = Ratio::thousandths(factor).to_string())
                }
                (None, None) => String::new(),
            };
            say!(
                language,
                "exception",
                platform = exception.provider.name(),
                place = place,
                what = what,
                confidence = word(sure(exception.confidence))
            )
        })
        .collect();
    if !exceptions.is_empty() {
        facts.push((word(word!("model-exceptions")), exceptions));
    }
    facts.push((
        word(word!("model-fast-mode")),
        match model.fast {
            [] => vec![word(word!("fast-none")).to_string()],
            fast => fast.iter().map(|fast| fast_mode(fast, language)).collect(),
        },
    ));
    let batch = scene.overrides.batch.unwrap_or(Ratio::thousandths(500));
    facts
        .push((word(word!("model-batch")), vec![say!(language, "batch-factor", factor = batch.to_string())]));
    let us = if model.us_inference_geo { word!("us-only-factor") } else { word!("us-only-none") };
    facts.push((word(word!("model-us-only")), vec![word(us).to_string()]));
    let regional = if model.regional_premium { word!("regional-factor") } else { word!("regional-same") };
    let regional = match model.bedrock_us_gov {
        true => say!(language, "with-gov-cloud", regional = word(regional)),
        false => word(regional).to_string(),
    };
    facts.push((word(word!("model-regional")), vec![regional]));
    let limits = capacity(model);
    let context = grouped(limits.context);
    let takes = match limits.cache_minimum {
        Some(least) => say!(language, "takes-and-caches", tokens = context, least = grouped(least)),
        None => say!(language, "takes-prompts", tokens = context),
    };
    let takes = match limits.tokenizer {
        Tokenizer::Newer => say!(language, "takes-counts-more", takes = takes),
        Tokenizer::Earlier => takes,
    };
    facts.push((word(word!("model-takes")), vec![takes]));
    let sources = say!(
        language,
        "sources-with-confidence",
        sources = model.sources,
        confidence = word(sure(model.confidence))
    );
    facts.push((word(word!("model-sources")), vec![sources]));
    if !model.notes.is_empty() {
        facts.push((word(word!("model-notes")), vec![model.notes.to_string()]));
    }
    facts
}

fn period(period: &Period, language: Language) -> Vec<String> {
    let line = |tier: &crate::model::price_table::Tier| {
        let rates = rates(&tier.rates, language);
        let tokens = grouped(tier.above);
        match (tier.above, period.tier_gate) {
            (0, _) => {
                let days = span(period.from, period.until, language);
                say!(language, "rates-of-days", days = days, rates = rates)
            }
            (_, "") => format!("  {}", say!(language, "rates-over", tokens = tokens, rates = rates)),
            (_, condition) => {
                let line =
                    say!(language, "rates-over-if", tokens = tokens, condition = condition, rates = rates);
                format!("  {line}")
            }
        }
    };
    period.tiers.iter().map(line).collect()
}

fn fast_mode(fast: &Fast, language: Language) -> String {
    let state = match fast.state {
        FastState::Available => word!("fast-available"),
        FastState::Preview => word!("fast-preview"),
        FastState::Ending => word!("fast-ending"),
        FastState::Refused => word!("fast-refused"),
        FastState::Standard => word!("fast-standard"),
    };
    say!(
        language,
        "fast-factor",
        factor = u64::from(fast.multiplier),
        days = span(Some(fast.from), fast.until, language),
        state = language.word(state)
    )
}

fn in_words(shop: &Shop<'_>, priced: &Priced, scene: &Scene<'_>, sample: Money) -> String {
    let look = shop::look(&shop.out);
    let language = look.language;
    let name = priced.listed.map_or(priced.id.as_str(), |model| model.name);
    let mut text = format!("{}  {}\n\n", shop.heading(name), shop.faint(&priced.id));
    let facts = priced.listed.map(|model| facts(model, scene, language)).unwrap_or_default();
    let indent = facts.iter().map(|(name, _)| width_of(name)).max().unwrap_or(0) + 2;
    for (name, lines) in facts {
        let mut name = name;
        for line in lines {
            let inner = line.len() - line.trim_start().len();
            for (at, part) in
                wrapped(&line, look.width.saturating_sub(indent + inner + 2)).into_iter().enumerate()
            {
                let pad = " ".repeat(inner + if at > 0 { 2 } else { 0 });
                text.push_str(&format!("{}{pad}{part}\n", shop.faint(&left(name, indent))));
                name = "";
            }
        }
    }
    let (heads, rows) = prices::table(std::slice::from_ref(priced), language);
    let heading = say!(
        language,
        "in-force",
        platform = scene.place.provider.name(),
        region = &scene.place.region,
        day = scene.day.to_string()
    );
    text.push('\n');
    text.extend(wrapped(&heading, look.width).into_iter().map(|line| shop.heading(&line) + "\n"));
    text.push_str(&shop.table(&columns::draw(&heads, &rows, look)));
    for note in notes(priced, scene, sample, language) {
        text.extend(wrapped(&note, look.width).into_iter().map(|line| shop.faint(&line) + "\n"));
    }
    text
}

fn notes(priced: &Priced, scene: &Scene<'_>, sample: Money, language: Language) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(own) = scene.overrides.of(&priced.id).filter(|_| !priced.own.is_empty()) {
        let listed = priced.listed.map(|model| model.rates(scene.day));
        let one = |kind: &Kind| {
            let price = kind.of(own).unwrap_or_default().to_string();
            let published = listed.and_then(|rates| listed_rate(&rates, *kind));
            let kind = language.word(prices::word(*kind));
            match published {
                Some(rate) => say!(
                    language,
                    "own-price-instead",
                    kind = kind,
                    price = price,
                    published = per_mtok(rate).to_string()
                ),
                None => say!(language, "own-price-of-kind", kind = kind, price = price),
            }
        };
        let kinds: Vec<String> = priced.own.iter().map(one).collect();
        notes.push(say!(
            language,
            "own-price",
            count = kinds.len(),
            prices = language.names(&kinds),
            model = &priced.id
        ));
    }
    let contract = scene.overrides.contract(scene.place.provider);
    if contract != Ratio::ONE {
        notes.push(say!(language, "multiplied", factor = contract.to_string()));
    }
    notes.push(say!(language, "sample-cost", cost = sample.show()));
    notes
}

fn listed_rate(rates: &Rates, kind: Kind) -> Option<u64> {
    match kind {
        Kind::Input => Some(rates.input),
        Kind::Output => Some(rates.output),
        Kind::CacheWrite5m => rates.cache_write_5m,
        Kind::CacheWrite1h => rates.cache_write_1h,
        Kind::CacheRead => rates.cache_read,
    }
}

fn document(priced: &Priced, scene: &Scene<'_>, sample: Money) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        prices_version: &'static str,
        date: String,
        provider: &'static str,
        region: &'a str,
        model_name: &'a str,
        name: Option<&'static str>,
        tiers: Vec<Tier>,
        own_prices: Vec<&'static str>,
        sample_cost: f64,
        sample_cost_exact: Money,
        #[serde(skip_serializing_if = "Option::is_none")]
        listed: Option<Listed>,
        notes: Vec<String>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Listed {
        family: &'static str,
        status: &'static str,
        released: Option<String>,
        deprecated: Option<String>,
        retired: Option<String>,
        still_on: Vec<&'static str>,
        limited_availability: bool,
        aliases: Vec<&'static str>,
        bedrock_ids: Vec<&'static str>,
        google_ids: Vec<&'static str>,
        foundry_ids: Vec<&'static str>,
        periods: Vec<Span>,
        fast: Vec<FastMode>,
        us_inference: bool,
        regional_premium: bool,
        context_window: u64,
        cache_minimum: Option<u64>,
        newer_tokenizer: bool,
        confidence: &'static str,
        sources: Vec<&'static str>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Span {
        from: Option<String>,
        until: Option<String>,
        tiers: Vec<Tier>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct FastMode {
        from: String,
        until: Option<String>,
        multiplier: u8,
        state: &'static str,
    }
    let day = |day: Option<Day>| day.map(|day| day.to_string());
    let step = |tier: &crate::model::price_table::Tier| {
        let prices = prices::KINDS.map(|kind| listed_rate(&tier.rates, kind).map(per_mtok));
        Tier::from(&prices::Step { above: tier.above, prices })
    };
    let listed = priced.listed.map(|model| Listed {
        family: model.family.name(),
        status: model.status.name(),
        released: day(model.released),
        deprecated: day(model.deprecated),
        retired: day(model.retired),
        still_on: model.still_on.iter().map(|provider| provider.name()).collect(),
        limited_availability: model.limited_availability,
        aliases: model.aliases().collect(),
        bedrock_ids: model.platform_ids(Provider::Bedrock).collect(),
        google_ids: model.platform_ids(Provider::Google).collect(),
        foundry_ids: model.platform_ids(Provider::Foundry).collect(),
        periods: model
            .prices
            .iter()
            .map(|period| Span {
                from: day(period.from),
                until: day(period.until),
                tiers: period.tiers.iter().map(step).collect(),
            })
            .collect(),
        fast: model
            .fast
            .iter()
            .map(|fast| FastMode {
                from: fast.from.to_string(),
                until: day(fast.until),
                multiplier: fast.multiplier,
                state: fast.state.text(),
            })
            .collect(),
        us_inference: model.us_inference_geo,
        regional_premium: model.regional_premium,
        context_window: capacity(model).context,
        cache_minimum: capacity(model).cache_minimum,
        newer_tokenizer: capacity(model).tokenizer == Tokenizer::Newer,
        confidence: model.confidence.name(),
        sources: model.sources.split_whitespace().collect(),
    });
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        prices_version: PRICES_VERSION,
        date: scene.day.to_string(),
        provider: scene.place.provider.name(),
        region: &scene.place.region,
        model_name: &priced.id,
        name: priced.listed.map(|model| model.name),
        tiers: priced.steps.iter().map(Tier::from).collect(),
        own_prices: prices::own_keys(priced),
        sample_cost: sample.to_f64(),
        sample_cost_exact: sample,
        listed,
        // Documents are in no language but their own.
        notes: notes(priced, scene, sample, Language::English),
    })
}
