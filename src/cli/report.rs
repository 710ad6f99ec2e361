//! `cost-hook report`: cost and tokens by day, week, month or session.

use std::process::ExitCode;

use clap::ValueEnum;

use super::args::Filters;
use super::shop::Shop;
use super::success;
use crate::base::error::Result;
use crate::report::fold::{By, Cut, fold};
use crate::report::table::Look;
use crate::report::{json, table};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What a row stands for
    #[arg(long, value_enum, default_value_t = Period::Daily)]
    period: Period,
    /// Every row with its models below it
    #[arg(long)]
    breakdown: bool,
    #[command(flatten)]
    filters: Filters,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Period {
    Daily,
    Weekly,
    Monthly,
    Session,
}

impl From<Period> for By {
    fn from(period: Period) -> Self {
        match period {
            Period::Daily => By::Day,
            Period::Weekly => By::Week,
            Period::Monthly => By::Month,
            Period::Session => By::Session,
        }
    }
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let setup = shop.setup();
    let zone = args.filters.zone.zone(&setup)?;
    let query = args.filters.query(shop.world, &zone)?;
    shop.catch_up(&setup, |_| Ok(()));
    let cut = Cut::new(zone, &setup.settings.calendar);
    let folded = fold(&setup.ledger, &query, args.period.into(), &cut)?;
    if shop.json {
        shop.say(&json::report(&folded, &cut.zone))?;
        return success();
    }
    if folded.groups.is_empty() && folded.bad.is_empty() {
        shop.say(&nothing(shop, &setup.ledger))?;
        return success();
    }
    let look = Look { width: usize::from(shop.out.width), unicode: shop.out.unicode };
    let mut text = shop.table(&table::report(&folded, args.breakdown, look));
    if args.period == Period::Monthly && cut.billing_day != 1 {
        let note = format!("Months begin on day {} (cost.billingDay).\n", cut.billing_day);
        text.push_str(&shop.faint(&note));
    }
    shop.say(&text)?;
    success()
}

/// Why there is nothing, as far as it can be told.
pub(super) fn nothing(shop: &Shop<'_>, ledger: &crate::ledger::Ledger) -> String {
    if ledger.exists() {
        return "No calls match.\n".to_string();
    }
    format!(
        "Nothing is booked yet: there is no ledger in {}.\nTo begin, run {}.\n",
        ledger.base().display(),
        shop.command("cost-hook install")
    )
}
