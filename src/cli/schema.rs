//! `cost-hook schema`: the published JSON Schemas, from the checked-in files, so that what is printed is what the
//! validator uses. Bringing those files up to date is `reference`'s.

use std::process::ExitCode;

use clap::ValueEnum;

use super::shop::Shop;
use super::success;
use crate::base::error::Result;
use crate::ledger::schema as ledger;
use crate::settings::schema as settings;

const EXAMPLES: &str = "\
Examples:
  cost-hook schema > cost-hook.schema.json           our keys, for an editor that joins schemas
  cost-hook schema editor > claude-code.schema.json  all keys, for `$schema`
  cost-hook schema ledger                            a line of the ledger";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Of which file
    #[arg(value_enum, default_value_t = What::Settings)]
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Our keys in Claude Code's settings.json
    Settings,
    /// The same with Claude Code's own keys, which are SchemaStore's: for a `$schema` in the file
    Editor,
    /// One line of the ledger
    Ledger,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    shop.say(match args.what {
        What::Settings => settings::CHECKED_IN,
        What::Editor => settings::EDITOR,
        What::Ledger => ledger::CHECKED_IN,
    })?;
    success()
}
