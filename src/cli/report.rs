//! `cost-hook report`: cost and tokens by day, week, month, session or project.

use std::path::Path;
use std::process::ExitCode;

use clap::ValueEnum;

use super::args::{Filters, Shape};
use super::shop::Shop;
use super::success;
use crate::base::disk;
use crate::base::error::Result;
use crate::base::words::{say, word};
use crate::claude::install as hooks;
use crate::report::fold::{By, Cut, fold};
use crate::settings::layers::MAX_FILE;
use crate::setup::Setup;

const EXAMPLES: &str = "\
Examples:
  cost-hook report                                         every day
  cost-hook report --since 7d --breakdown                  the last week, by model
  cost-hook report --period project --since 2026-11        the projects of a month
  cost-hook report --period session --order cost --top 10  the dearest sessions
  cost-hook report --period monthly --format csv           for a spreadsheet";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// What a row stands for
    #[arg(long, value_enum, default_value_t = Period::Daily)]
    period: Period,
    /// Every row with its models below it
    #[arg(long)]
    breakdown: bool,
    #[command(flatten)]
    shape: Shape,
    #[command(flatten)]
    filters: Filters,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Period {
    Daily,
    Weekly,
    Monthly,
    Session,
    Project,
}

impl From<Period> for By {
    fn from(period: Period) -> Self {
        match period {
            Period::Daily => By::Day,
            Period::Weekly => By::Week,
            Period::Monthly => By::Month,
            Period::Session => By::Session,
            Period::Project => By::Project,
        }
    }
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let notes = |cut: &Cut| match args.period {
        Period::Monthly if cut.billing_day != 1 => {
            say!(shop.out.language, "months-begin-on-day", day = u64::from(cut.billing_day)) + "\n"
        }
        _ => String::new(),
    };
    show(shop, &args.filters, &args.shape, args.period.into(), args.breakdown, notes)
}

/// One pass over the ledger and the answer it gives. `note` is a sentence below it, for people.
pub(super) fn show(
    shop: &Shop<'_>,
    filters: &Filters,
    shape: &Shape,
    by: By,
    breakdown: bool,
    note: impl FnOnce(&Cut) -> String,
) -> Result<ExitCode> {
    let setup = shop.setup();
    let zone = filters.zone.zone(&setup)?;
    let query = filters.query(shop.world, &zone)?;
    shop.catch_up(&setup, |_| Ok(()));
    let cut = Cut::new(zone, &setup.settings.calendar);
    let folded = fold(&setup.ledger, &query, by, &cut)?;
    let for_people = shape.is_for_people(shop);
    if for_people && folded.groups.is_empty() && folded.bad.is_empty() {
        shop.say(&nothing(shop, &setup))?;
        return success();
    }
    shape.show(shop, folded, breakdown, &cut.zone, &note(&cut))?;
    success()
}

/// Why there is nothing, as far as it can be told.
pub(super) fn nothing(shop: &Shop<'_>, setup: &Setup) -> String {
    let language = shop.out.language;
    if setup.ledger.exists() {
        return language.word(word!("no-calls-match")).to_string() + "\n";
    }
    if is_installed(setup) {
        return language.word(word!("nothing-booked-with-hooks")).to_string() + "\n";
    }
    let folder = setup.ledger.base().display().to_string();
    say!(language, "nothing-booked", folder = folder, command = shop.command("cost-hook install")) + "\n"
}

/// Do any of the settings that apply here hold our hooks?
pub(super) fn is_installed(setup: &Setup) -> bool {
    let read = |path: &Path| disk::read_at_most(path, MAX_FILE).ok().flatten();
    setup.settings.files.iter().filter_map(|place| read(&place.path)).any(|bytes| hooks::is_installed(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Time;
    use crate::base::world::World;
    use crate::ui::style::Screen;

    #[test]
    fn a_newcomer_is_told_what_comes_next() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().display().to_string();
        let world = World::made_up(&[("HOME", &home)], dir.path(), Time(0));
        let plain = Screen::plain(80);
        let shop = Shop { world: &world, out: plain, err: plain, json: false };
        assert!(nothing(&shop, &shop.setup()).contains("cost-hook install"));
        let path = world.config_dir().join("settings.json");
        let plan = |bytes: Option<&[u8]>| hooks::plan_install(bytes, "/opt/cost-hook", &hooks::EVENTS);
        hooks::apply(&path, plan).unwrap();
        let told = nothing(&shop, &shop.setup());
        assert!(told.contains("first prompt") && !told.contains("cost-hook install"), "{told}");
    }
}
