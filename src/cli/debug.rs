//! `cost-hook debug`: the dearest sessions of a period, and why they were dear. Where a study of the ledger begins for
//! `advise` too.

use std::process::ExitCode;

use clap::ValueEnum;

use super::args::Filters;
use super::report;
use super::shop::{self, Shop};
use super::success;
use crate::advice::{self, Page, Question, Study};
use crate::base::error::Result;
use crate::base::time::{Window, Zone};
use crate::base::words::Reader;
use crate::report::period;
use crate::setup::Setup;

const EXAMPLES: &str = "\
Examples:
  cost-hook debug                                          the last 24 hours
  cost-hook debug --period 7d --top 10                     more sessions of a week
  cost-hook debug --period 2026-11-01..2026-11-15          from one day to another
  cost-hook debug --session 91a76acc-5b59-44aa-8316-dd14fdc9bd19  one session in all its time
  cost-hook debug --period today --format md               for an issue

docs/guide/debug.md states every threshold, and how each amount is computed.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    when: When,
    /// How many of the dearest sessions to tell of
    #[arg(long, value_name = "SESSIONS", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    top: u32,
    /// In which form to answer
    #[arg(long, value_enum, default_value_t = Form::Text, conflicts_with = "json")]
    format: Form,
    #[command(flatten)]
    filters: Filters,
}

/// A period in one option.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct When {
    /// The period: last-24h, 7d, today, yesterday, 2026-11, FROM..TO with days or RFC 3339 times, or all
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["since", "until"])]
    period: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// Words and tables for the terminal
    #[value(alias = "table")]
    Text,
    /// Markdown, for issues and job summaries
    Md,
    /// One JSON document, as --json
    Json,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    // One session is asked for in all its time.
    let usual = if args.filters.names_a_session() { "all" } else { "last-24h" };
    let setup = shop.setup();
    let looked = look(shop, &setup, &args.when, usual, &args.filters, args.top as usize)?;
    let Looked { study, window, zone } = &looked;
    answer(
        shop,
        &setup,
        args.format,
        study,
        || advice::debug_page(study, *window, Reader { zone, language: shop.out.language }),
        || advice::debug_json(study, *window, zone),
    )
}

/// What was looked at, and what was found.
pub(super) struct Looked {
    pub(super) study: Study,
    pub(super) window: Window,
    pub(super) zone: Zone,
}

pub(super) fn look(
    shop: &Shop<'_>,
    setup: &Setup,
    when: &When,
    usual: &str,
    filters: &Filters,
    top: usize,
) -> Result<Looked> {
    let zone = filters.zone.zone(setup)?;
    let mut query = filters.query(shop.world, &zone)?;
    if query.window == Window::ALWAYS {
        query.window = period::window(when.period.as_deref().unwrap_or(usual), shop.world.now(), &zone)?;
    }
    shop.catch_up(setup, |_| Ok(()));
    let question = Question { query: &query, prices: &setup.prices, zone: &zone, top };
    let study = advice::study(&setup.ledger, &question)?;
    Ok(Looked { study, window: query.window, zone })
}

/// The answer in its form. People are told in words that there is nothing.
pub(super) fn answer(
    shop: &Shop<'_>,
    setup: &Setup,
    form: Form,
    study: &Study,
    page: impl FnOnce() -> Page,
    json: impl FnOnce() -> String,
) -> Result<ExitCode> {
    let is_empty = study.sessions == 0 && study.bad.is_empty();
    let text = match form {
        _ if shop.json => json(),
        Form::Json => json(),
        Form::Md => page().markdown(),
        Form::Text if is_empty => report::nothing(shop, setup),
        Form::Text => {
            let look = shop::look(&shop.out);
            shop.table(&page().lines(look))
        }
    };
    shop.say(&text)?;
    success()
}
