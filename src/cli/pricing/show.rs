//! `pricing show`: everything about one model.

use std::process::ExitCode;

use serde::Serialize;

use super::At;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::text::counted;
use crate::base::width::wrapped;
use crate::cli::shop::{self, Shop};
use crate::cli::success;
use crate::model::capacity::{Tokenizer, capacity};
use crate::model::day::Day;
use crate::model::price_table::{EXCEPTIONS, Fast, Model, PRICES_VERSION, Period, Rates, per_mtok};
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

fn span(from: Option<Day>, until: Option<Day>) -> String {
    match (from, until) {
        (Some(from), Some(until)) => format!("{from} until {until}"),
        (Some(from), None) => format!("since {from}"),
        (None, Some(until)) => format!("until {until}"),
        (None, None) => "always".to_string(),
    }
}

/// `4 in, 20 out, 5 and 8 cache write, 0.2 cache read`.
fn rates(rates: &Rates) -> String {
    let price = |rate: Option<u64>| rate.map_or("-".to_string(), |rate| per_mtok(rate).to_string());
    let mut text = format!("{} in, {} out", price(Some(rates.input)), price(Some(rates.output)));
    if rates.cache_read.is_some() {
        text.push_str(&format!(
            ", {} and {} cache write, {} cache read",
            price(rates.cache_write_5m),
            price(rates.cache_write_1h),
            price(rates.cache_read)
        ));
    }
    text
}

/// Facts in pairs: what, and how it is.
fn facts(model: &'static Model, scene: &Scene<'_>) -> Vec<(&'static str, Vec<String>)> {
    let mut facts: Vec<(&'static str, Vec<String>)> = Vec::new();
    let mut life = vec![model.status.name().to_string()];
    life.extend(model.released.map(|day| format!("release {day}")));
    life.extend(model.deprecated.map(|day| format!("deprecation {day}")));
    life.extend(model.retired.map(|day| format!("retirement {day}")));
    life.extend(model.limited_availability.then(|| "limited availability".to_string()));
    facts.push(("Family", vec![format!("{}, {}", model.family.name(), life.join(", "))]));
    if !model.still_on.is_empty() {
        let names: Vec<&str> = model.still_on.iter().map(|provider| provider.name()).collect();
        facts.push(("Still on", vec![names.join(", ")]));
    }
    facts.extend(spellings(model).into_iter().map(|(name, ids)| (name, vec![ids.join(" ")])));
    facts.push(("Prices", model.prices.iter().flat_map(period).collect()));
    let exceptions = EXCEPTIONS.iter().filter(|exception| exception.model == model.id);
    let exceptions: Vec<String> = exceptions
        .map(|exception| {
            let place = if exception.scope.is_empty() { "everywhere" } else { exception.scope };
            let what = match (exception.tiers.last(), exception.multiplier) {
                (Some(tier), _) => format!("prompts over {}: {}", grouped(tier.above), rates(&tier.rates)),
                (None, Some(factor)) => format!("times {}", Ratio::thousandths(factor)),
                (None, None) => String::new(),
            };
            let confidence = exception.confidence.name();
            format!("{} ({place}): {what} ({confidence} confidence)", exception.provider.name())
        })
        .collect();
    if !exceptions.is_empty() {
        facts.push(("Exceptions", exceptions));
    }
    facts.push((
        "Fast mode",
        match model.fast {
            [] => vec!["none".to_string()],
            fast => fast.iter().map(fast_mode).collect(),
        },
    ));
    let batch = scene.overrides.batch.unwrap_or(Ratio::thousandths(500));
    facts.push(("Batch", vec![format!("times {batch}, on every platform that has it; never fast")]));
    let us = if model.us_inference_geo { "times 1.1" } else { "not to be had" };
    facts.push((
        "US only",
        vec![format!("{us} (Claude API, Claude Platform on AWS, Foundry's US data zone)")],
    ));
    let regional = if model.regional_premium { "times 1.1" } else { "no difference" };
    let gov = if model.bedrock_us_gov { ", GovCloud times 1.2" } else { "" };
    facts.push(("Regional", vec![format!("{regional} (Bedrock, Google){gov}")]));
    let limits = capacity(model);
    let least =
        limits.cache_minimum.map_or(String::new(), |least| format!(", caches from {} on", grouped(least)));
    let tokenizer = match limits.tokenizer {
        Tokenizer::Newer => "; counts about 30% more tokens for the same text than models up to 4.6",
        Tokenizer::Earlier => "",
    };
    facts.push(("Takes", vec![format!("prompts of {} tokens{least}{tokenizer}", grouped(limits.context))]));
    facts.push(("Sources", vec![format!("{} ({} confidence)", model.sources, model.confidence.name())]));
    if !model.notes.is_empty() {
        facts.push(("Notes", vec![model.notes.to_string()]));
    }
    facts
}

fn period(period: &Period) -> Vec<String> {
    let gate = if period.tier_gate.is_empty() { String::new() } else { format!(" ({})", period.tier_gate) };
    let line = |tier: &crate::model::price_table::Tier| match tier.above {
        0 => format!("{}: {}", span(period.from, period.until), rates(&tier.rates)),
        above => format!("  prompts over {}{gate}: {}", grouped(above), rates(&tier.rates)),
    };
    period.tiers.iter().map(line).collect()
}

fn fast_mode(fast: &Fast) -> String {
    format!("times {}, {} ({})", fast.multiplier, span(Some(fast.from), fast.until), fast.state.text())
}

fn in_words(shop: &Shop<'_>, priced: &Priced, scene: &Scene<'_>, sample: Money) -> String {
    let look = shop::look(&shop.out);
    let name = priced.listed.map_or(priced.id.as_str(), |model| model.name);
    let mut text = format!("{}  {}\n\n", shop.heading(name), shop.faint(&priced.id));
    let facts = priced.listed.map(|model| facts(model, scene)).unwrap_or_default();
    let indent = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0) + 2;
    for (name, lines) in facts {
        let mut name = name;
        for line in lines {
            let inner = line.len() - line.trim_start().len();
            for (at, part) in
                wrapped(&line, look.width.saturating_sub(indent + inner + 2)).into_iter().enumerate()
            {
                let pad = " ".repeat(inner + if at > 0 { 2 } else { 0 });
                text.push_str(&format!("{}{pad}{part}\n", shop.faint(&format!("{name:indent$}"))));
                name = "";
            }
        }
    }
    let (heads, rows) = prices::table(std::slice::from_ref(priced));
    let heading = format!(
        "In force on {} ({}), {}, USD for a million tokens",
        scene.place.provider.name(),
        scene.place.region,
        scene.day
    );
    text.push('\n');
    text.extend(wrapped(&heading, look.width).into_iter().map(|line| shop.heading(&line) + "\n"));
    text.push_str(&shop.table(&columns::draw(&heads, &rows, look)));
    for note in notes(priced, scene, sample) {
        text.extend(wrapped(&note, look.width).into_iter().map(|line| shop.faint(&line) + "\n"));
    }
    text
}

fn notes(priced: &Priced, scene: &Scene<'_>, sample: Money) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(own) = scene.overrides.of(&priced.id).filter(|_| !priced.own.is_empty()) {
        let listed = priced.listed.map(|model| model.rates(scene.day));
        let one = |kind: &Kind| {
            let price = kind.of(own).unwrap_or_default();
            let published = listed.and_then(|rates| listed_rate(&rates, *kind));
            let instead = published.map_or(String::new(), |rate| format!(" instead of {}", per_mtok(rate)));
            format!("{} {price}{instead}", prices::word(*kind))
        };
        let kinds: Vec<String> = priced.own.iter().map(one).collect();
        notes.push(format!(
            "* your own price ({}), for prompts of every length: {}. To give it up: cost-hook config unset \
             'cost.pricing.overrides[{}]'",
            counted(kinds.len(), "kind"),
            kinds.join(", "),
            priced.id
        ));
    }
    let contract = scene.overrides.contract(scene.place.provider);
    if contract != Ratio::ONE {
        notes.push(format!("Multiplied by {contract} (cost.pricing.multiplier, discounts.providers)."));
    }
    notes.push(format!(
        "A million tokens as Claude Code spends them (94% read from the cache, 4% written to it for five minutes, 1% other \
         input, 1% output, short prompts) cost {}.",
        sample.show()
    ));
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
        notes: notes(priced, scene, sample),
    })
}
