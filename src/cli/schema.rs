//! `cost-hook schema`: the published JSON Schemas, from the checked-in files, so that what is printed is what the
//! validator uses.

use std::process::ExitCode;

use clap::ValueEnum;

use super::shop::Shop;
use super::success;
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::ledger::schema as ledger;
use crate::settings::schema as settings;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Of which file
    #[arg(value_enum, default_value_t = What::Settings)]
    what: What,
    /// Bring the checked-in files below the current folder up to date
    #[arg(long, hide = true)]
    write: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Our keys in Claude Code's settings.json
    Settings,
    /// One line of the ledger
    Ledger,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    if args.write {
        return write(shop);
    }
    shop.say(match args.what {
        What::Settings => settings::CHECKED_IN,
        What::Ledger => ledger::CHECKED_IN,
    })?;
    success()
}

fn write(shop: &Shop<'_>) -> Result<ExitCode> {
    let root = shop.world.cwd();
    if !root.join("schema").is_dir() {
        return Err(
            Error::user("there is no folder `schema` here").hint("run it in the root of the repository")
        );
    }
    for (path, text) in [(settings::PATH, settings::schema_text()), (ledger::PATH, ledger::schema_text())] {
        disk::replace_with_mode(&root.join(path), text.as_bytes(), 0o644)?;
        shop.say(&format!("{path}\n"))?;
    }
    success()
}
