//! `cost-hook ledger`: looking after the store itself. What is wrong with it (`verify`), mending (`repair`), dropping
//! superseded lines (`compact`), figures (`stats`). Finding and mending are `ledger`'s; the words and forms are here.

mod compact;
mod repair;
mod stats;
mod verify;

use std::process::ExitCode;
use std::time::Duration;

use clap::Subcommand;

use super::shop::{PATIENT, Shop};
use super::success;
use crate::base::error::{Error, Result};
use crate::base::time::Time;
use crate::base::words::say;
use crate::ledger::Ledger;
use crate::ledger::segment::month_name as month;

const EXAMPLES: &str = "\
Examples:
  cost-hook ledger verify             what is wrong, in words; exit code 1 when anything is
  cost-hook ledger repair --dry-run   what would be mended
  cost-hook ledger repair             mends it, with a backup of every file it changes
  cost-hook ledger compact            drops lines that a newer revision stands for
  cost-hook ledger stats              how much there is, month by month";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Find everything that is wrong, and hold the segments against their tamper evidence; changes nothing
    Verify(verify::Args),
    /// Mend what is wrong: a backup first, and no call that can be read is lost
    Repair(repair::Args),
    /// Drop the lines that a newer revision of the same call stands for, and nothing else
    Compact(compact::Args),
    /// Lines, calls and bytes of each month, and what lies beside them
    Stats(stats::Args),
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    match &args.what {
        What::Verify(args) => verify::run(args, shop),
        What::Repair(args) => repair::run(args, shop),
        What::Compact(args) => compact::run(args, shop),
        What::Stats(args) => stats::run(args, shop),
    }
}

/// The ledger, without a look at settings: what they say changes nothing here.
fn of(shop: &Shop<'_>) -> Result<Ledger> {
    let ledger = Ledger::at(&shop.world.data_dir());
    let folder = ledger.folder();
    if folder.exists() && !folder.is_dir() {
        return Err(Error::user(format!("`{}` is no folder", folder.display()))
            .hint("move it away; the next event makes the ledger's folder in its place"));
    }
    Ok(ledger)
}

/// Does what changes the ledger, where there is one, and tells of it.
fn rewritten<T: Default>(
    shop: &Shop<'_>,
    does: impl FnOnce(&Ledger, Time, Duration) -> Result<T>,
    document: impl FnOnce(&T) -> String,
    in_words: impl FnOnce(&T) -> String,
) -> Result<ExitCode> {
    let ledger = of(shop)?;
    let done = match ledger.exists() {
        true => does(&ledger, shop.world.now(), PATIENT)?,
        false => T::default(),
    };
    shop.say(&match shop.json {
        true => document(&done),
        false if !ledger.exists() => nothing_booked(&ledger, shop),
        false => in_words(&done),
    })?;
    success()
}

fn nothing_booked(ledger: &Ledger, shop: &Shop<'_>) -> String {
    let folder = ledger.folder().display().to_string();
    say!(shop.out.language, "nothing-booked-in", folder = folder) + "\n"
}
