//! `cost-hook advise`: what would have saved money, from the user's own ledger, and how the budgets stand.

use std::process::ExitCode;

use super::args::Filters;
use super::debug::{self, Form, Looked, When};
use super::shop::Shop;
use super::status;
use crate::advice::{self, Budgets, NearLimit};
use crate::base::env;
use crate::base::error::Result;
use crate::base::words::Reader;
use crate::budget::{self, Place, Standing, is_near};
use crate::model::limit::Action;
use crate::setup::Setup;

const EXAMPLES: &str = "\
Examples:
  cost-hook advise                            from the last 30 days
  cost-hook advise --period 2026-11           from a month
  cost-hook advise --project shop             for one project
  cost-hook advise --format md                for a wiki page or a job summary

docs/guide/advise.md says how each saving is computed, and how sure it is.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    when: When,
    /// In which form to answer
    #[arg(long, value_enum, default_value_t = Form::Text, conflicts_with = "json")]
    format: Form,
    #[command(flatten)]
    filters: Filters,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let setup = shop.setup();
    let looked = debug::look(shop, &setup, &args.when, "30d", &args.filters, 0)?;
    let Looked { study, window, zone } = &looked;
    let budgets = budgets(shop, &setup)?;
    debug::answer(
        shop,
        &setup,
        args.format,
        study,
        || advice::advise_page(study, &budgets, *window, Reader { zone, language: shop.out.language }),
        || advice::advise_json(study, &budgets, *window, zone),
    )
}

/// The limits that count in this folder, and those near their end.
fn budgets(shop: &Shop<'_>, setup: &Setup) -> Result<Budgets> {
    let session = shop.world.var(env::CLAUDE_CODE_SESSION_ID);
    let project = shop.world.project_dir().display().to_string();
    let place = Place { session: session.as_deref(), project: &project, ..Place::default() };
    let standings = status::standings(shop, setup, &place)?;
    let near = |standing: &Standing| NearLimit {
        name: standing.limit.name.clone(),
        title: budget::name(&standing.limit, shop.out.language).into_owned(),
        spent: standing.spent,
        allowed: standing.allowed(),
        stops: standing.limit.action == Action::Stop,
    };
    Ok(Budgets {
        set: setup.settings.limits.len(),
        near: standings.iter().filter(|standing| is_near(standing)).map(near).collect(),
    })
}
