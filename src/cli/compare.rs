//! `cost-hook compare`: what the same calls would cost on other models and other platforms.

use std::process::ExitCode;

use super::args::{Filters, Format};
use super::report::nothing;
use super::shop::{self, Shop};
use super::success;
use crate::base::error::{Error, Result};
use crate::model::day::Day;
use crate::model::provider::Provider;
use crate::report::compare::show::{self, Asked};
use crate::report::compare::target::{self, Target};
use crate::report::compare::{Compared, Plan, compare};
use crate::settings::PricingSettings;

const EXAMPLES: &str = "\
Examples:
  cost-hook compare                                       every model that can be had today
  cost-hook compare --models sonnet,haiku --since 30d     two models, on the calls of a month
  cost-hook compare --providers all                       the same models on every platform
  cost-hook compare --models opus --providers bedrock --regions global,eu-central-1  one model in two places
  cost-hook compare --batch --agent Explore               what batch calls would save on subagents

The cost of a row is for the very same tokens, call by call. `docs/guide/compare.md` says what that can and cannot tell.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Models in any spelling, with commas between them, or `all` for those that can be had today [default: all; with
    /// --providers or --regions each call's own]
    #[arg(long, value_name = "MODELS")]
    models: Option<String>,
    /// Platforms: anthropic, claude-platform-aws, foundry, bedrock, google, with commas between them, or `all` [default:
    /// where each call ran]
    #[arg(long, value_name = "PLATFORMS")]
    providers: Option<String>,
    /// Where on the platforms: global, regional, us, eu-central-1 and so on, or `all` [default: global and regional]
    #[arg(long, value_name = "REGIONS")]
    regions: Option<String>,
    /// As if the calls had gone through the batch API
    #[arg(long)]
    batch: bool,
    /// The prices of this day, such as 2026-11-24, or `call` for those of each call's own day [default: today]
    #[arg(long, value_name = "DAY")]
    prices: Option<String>,
    /// In which form to answer
    #[arg(long, value_enum, default_value_t = Format::Table, conflicts_with = "json")]
    format: Format,
    #[command(flatten)]
    filters: Filters,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let setup = shop.setup();
    let zone = args.filters.zone.zone(&setup)?;
    let query = args.filters.query(shop.world, &zone)?;
    // Prices change at midnight UTC.
    let today = Day::from(shop.world.now().utc().date());
    let day = day(args.prices.as_deref(), today)?;
    let targets = targets(args, day.unwrap_or(today), &setup.prices)?;
    shop.catch_up(&setup, |_| Ok(()));
    let plan = Plan { targets, day, batch: args.batch, overrides: &setup.prices };
    let mut compared = compare(&setup.ledger, &query, &plan)?;
    if args.models.as_deref().is_none_or(|list| list.eq_ignore_ascii_case("all")) {
        leave_out_what_nobody_sells(&mut compared, day.unwrap_or(today));
    }
    let pricing = &setup.settings.pricing;
    let asked = Asked {
        today,
        day,
        batch: args.batch,
        own_prices: PricingSettings {
            transfer_per_gb: pricing.transfer_per_gb,
            ..PricingSettings::default()
        } != *pricing,
        transfer_per_gb: pricing.transfer_per_gb,
        zone: &zone,
    };
    let is_for_people = args.format == Format::Table && !shop.json;
    if is_for_people && compared.booked.calls == 0 && compared.bad.is_empty() {
        shop.say(&nothing(shop, &setup))?;
        return success();
    }
    shop.say(&match args.format {
        _ if shop.json => show::document(&compared, &asked),
        Format::Json => show::document(&compared, &asked),
        Format::Csv => show::csv(&compared),
        Format::Md => show::markdown(&compared, &asked, shop.out.language),
        Format::Table => {
            let look = shop::look(&shop.out);
            shop.table(&show::table(&compared, &asked, look))
        }
    })?;
    success()
}

fn day(text: Option<&str>, today: Day) -> Result<Option<Day>> {
    match text {
        None | Some("today") => Ok(Some(today)),
        Some("call") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|why| {
            Error::usage(format!("--prices: {why}")).hint("for example 2026-11-24, today, or `call`")
        }),
    }
}

fn targets(args: &Args, day: Day, overrides: &crate::model::price::PriceOverrides) -> Result<Vec<Target>> {
    let places = target::places(args.providers.as_deref(), args.regions.as_deref())?;
    let models = match &args.models {
        Some(list) => target::choices(list, day, overrides)?.into_iter().map(Some).collect(),
        None if places.is_empty() => target::choices("all", day, overrides)?.into_iter().map(Some).collect(),
        None => vec![None],
    };
    let places: Vec<_> = if places.is_empty() { vec![None] } else { places.into_iter().map(Some).collect() };
    let at = |model: &Option<target::Choice>| {
        let model = model.clone();
        places
            .iter()
            .map(move |place| Target { model: model.clone(), place: place.clone() })
            .collect::<Vec<_>>()
    };
    Ok(models.iter().flat_map(at).collect())
}

/// Of all models, those that none of the platforms in question sells are no choice.
fn leave_out_what_nobody_sells(compared: &mut Compared, day: Day) {
    let used: Vec<Provider> = compared.providers.keys().copied().collect();
    compared.rows.retain(|(target, _)| {
        let Some(model) = target.model.as_ref().and_then(|choice| choice.listed) else { return true };
        match &target.place {
            Some(place) => model.is_sold(place.provider, day),
            None => used.iter().any(|provider| model.is_sold(*provider, day)),
        }
    });
}
