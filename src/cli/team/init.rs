//! `cost-hook team init`: the store's schema, version by version, and the allocations of the settings.

use std::process::ExitCode;

use serde::Serialize;

use crate::base::error::Result;
use crate::base::words::say;
use crate::cli::shop::Shop;
use crate::cli::success;
use crate::report::json::{self, SCHEMA_VERSION};
use crate::team::members;
use crate::team::migrate::{self, Migration};

const EXAMPLES: &str = "\
Examples:
  cost-hook team init --dry-run    the SQL that would be run, to read first
  cost-hook team init              by the database's owner, who may create roles; safe to repeat
  cost-hook team init --json       what was applied, for a script

The owner's address comes from COST_HOOK_TEAM_URL. Run it again after every update of cost-hook, and whenever `team.members` changed.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Print the SQL and change nothing; without an address all of it
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    dry_run: bool,
    applied: &'a [Migration],
    allocations_changed: u64,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let setup = shop.setup();
    if args.dry_run {
        let missing = match setup.settings.team.database_url {
            Some(_) => migrate::missing(&super::open(&setup)?.1)?,
            None => migrate::ALL.to_vec(),
        };
        return told(shop, true, &missing, 0, &script(&missing));
    }
    let (address, store) = super::open(&setup)?;
    let applied = migrate::run(&store, migrate::ALL)?;
    let changed = members::allocate(&store, &setup.settings.team.members)?;
    let language = shop.out.language;
    let store = address.name(language);
    let mut text = match applied.as_slice() {
        [] => say!(language, "store-up-to-date", store = store),
        applied => say!(language, "store-set-up", versions = applied.len(), store = store),
    };
    if changed > 0 {
        text.push_str(&format!("\n{}", say!(language, "allocations-changed", allocations = changed)));
    }
    let invite = shop.command("cost-hook team invite MEMBER");
    text.push_str(&format!("\n{}\n", say!(language, "next-invite", command = invite)));
    told(shop, false, &applied, changed, &text)
}

fn script(missing: &[Migration]) -> String {
    match missing {
        [] => "-- Nothing to do: the store is up to date.\n".to_string(),
        missing => migrate::script(missing),
    }
}

fn told(shop: &Shop<'_>, dry_run: bool, applied: &[Migration], changed: u64, text: &str) -> Result<ExitCode> {
    if shop.json {
        let document =
            Document { schema_version: SCHEMA_VERSION, dry_run, applied, allocations_changed: changed };
        shop.say(&json::text(&document))?;
    } else {
        shop.say(text)?;
    }
    success()
}
