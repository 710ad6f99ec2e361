//! `cost-hook pricing`: the prices in force (`list`), everything about one model (`show`), and new prices from a file
//! (`update`).

mod list;
mod show;
mod update;

use std::process::ExitCode;

use clap::Subcommand;

use super::shop::Shop;
use crate::base::error::{Error, Result};
use crate::model::day::Day;
use crate::model::provider::Provider;
use crate::report::compare::target::{self, Place};
use crate::report::prices::Scene;
use crate::setup::Setup;

const EXAMPLES: &str = "\
Examples:
  cost-hook pricing list                                every model that is sold today
  cost-hook pricing list --provider bedrock --region eu-central-1  with what the region adds
  cost-hook pricing show opus                           everything about one model
  cost-hook pricing update prices.json --dry-run        what a new price file would change

A model that is in no list is priced like the newest Opus and its cost marked `~`, until it has a price of its own.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The prices in force, by model
    List(list::Args),
    /// Everything about one model: spellings, prices over time, factors, platforms, your own prices
    Show(show::Args),
    /// Take new prices from a file into your settings: LiteLLM's price file, or what `pricing list --json` printed
    Update(update::Args),
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    match &args.what {
        What::List(args) => list::run(args, shop),
        What::Show(args) => show::run(args, shop),
        What::Update(args) => update::run(args, shop),
    }
}

/// Where and when.
#[derive(Debug, clap::Args)]
struct At {
    /// The platform: anthropic, claude-platform-aws, foundry, bedrock or google [default: cost.provider, else anthropic]
    #[arg(long, value_name = "PLATFORM")]
    provider: Option<String>,
    /// Where on it: global, regional, us, eu-central-1 and so on [default: cost.region, else global]
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// The prices of this day (UTC), such as 2026-11-24 [default: today]
    #[arg(long, value_name = "DAY")]
    date: Option<String>,
}

impl At {
    fn scene<'a>(&self, shop: &Shop<'_>, setup: &'a Setup) -> Result<Scene<'a>> {
        let configured = setup.provider.unwrap_or(Provider::Anthropic);
        let provider = self.provider.as_deref().map_or(Ok(configured), target::provider)?;
        // The region of the settings is one of the platform of the settings.
        let own = setup.settings.region.as_deref().filter(|_| provider == configured);
        let place = match (&self.region, own) {
            (Some(region), _) => Place::named(provider, Some(region))?,
            (None, own) => Place::named(provider, own).or_else(|_| Place::named(provider, None))?,
        };
        let today = today(shop);
        let day = match self.date.as_deref() {
            None | Some("today") => today,
            Some(text) => text.parse().map_err(|why| {
                Error::usage(format!("--date: {why}")).hint("for example 2026-11-24, or today")
            })?,
        };
        Ok(Scene { place, day, overrides: &setup.prices })
    }
}

/// Prices change at midnight UTC.
fn today(shop: &Shop<'_>) -> Day {
    Day::from(shop.world.now().utc().date())
}
