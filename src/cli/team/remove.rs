//! `cost-hook team remove`: ends a member's login.

use std::process::ExitCode;

use serde::Serialize;

use crate::base::error::{Error, Result};
use crate::base::words::{say, sentence};
use crate::cli::shop::Shop;
use crate::cli::success;
use crate::report::json::{self, SCHEMA_VERSION};
use crate::team::members;

const EXAMPLES: &str = "\
Examples:
  cost-hook team remove ann@example.org

The login is dropped at once; an open connection can do nothing more. `invite` lets them in again.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The member, as `team members` names them
    #[arg(value_name = "MEMBER")]
    user: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    removed: &'a str,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let setup = shop.setup();
    let (_, store) = super::open(&setup)?;
    let Some(name) = members::remove(&store, args.user.trim())? else {
        return Err(Error::user(say!(setup.language, "no-member", name = args.user.trim()))
            .hint(sentence!("no-member-cure")));
    };
    shop.say(&match shop.json {
        true => json::text(&Document { schema_version: SCHEMA_VERSION, removed: &name }),
        false => say!(shop.out.language, "removed-from-team", name = name) + "\n",
    })?;
    success()
}
