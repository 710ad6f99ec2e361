//! `cost-hook team invite`: a login for a member, and what to give them.

use std::process::ExitCode;

use serde::Serialize;

use crate::base::error::{Error, Result};
use crate::base::money::Money;
use crate::cli::shop::Shop;
use crate::cli::success;
use crate::report::json::{self, SCHEMA_VERSION};
use crate::team::address::with_login;
use crate::team::members;

const EXAMPLES: &str = "\
Examples:
  cost-hook team invite ann@example.org            the name as in `team.members`
  cost-hook team invite ann@example.org            again: a new password, the old one ends
  cost-hook team invite ops@example.org --admin    may invite and remove, and sees everybody's spending
  cost-hook team invite ci --json                  for a script

The password is made here and shown once; the database has a verifier of it only.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The member: an email address or user name, as in `team.members` and `team.user`
    #[arg(value_name = "MEMBER")]
    user: String,
    /// An administrator: sees everybody's spending, invites and removes
    #[arg(long)]
    admin: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    user: &'a str,
    admin: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    allocation: Option<Money>,
    login: &'a str,
    url: &'a str,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let name = args.user.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(Error::usage("a member's name has 1 to 200 characters, on one line"));
    }
    let setup = shop.setup();
    let listed =
        setup.settings.team.members.iter().find(|(user, _)| user.to_lowercase() == name.to_lowercase());
    let allocation = listed.map(|(_, allocation)| *allocation);
    let (_, store) = super::open(&setup)?;
    let invited = members::invite(&store, name, args.admin, allocation)?;
    let url = with_login(super::url(&setup)?, &invited.login, &invited.password);
    if shop.json {
        shop.say(&json::text(&Document {
            schema_version: SCHEMA_VERSION,
            user: name,
            admin: args.admin,
            allocation,
            login: &invited.login,
            url: &url,
        }))?;
        return success();
    }
    let what = if args.admin { "an administrator" } else { "a member" };
    let share = match allocation {
        Some(amount) => format!("with an allocation of {} a month", amount.show()),
        None => "without an allocation: shares what the others leave".to_string(),
    };
    shop.say(&format!(
        "{name} is {what} of the team, {share}.\n\n\
         Give them this address over a channel you trust; it is not shown again:\n\n  {}\n\n\
         They put it where only they can read it, and try it:\n\n  {}\n  {}\n",
        shop.command(&url),
        shop.command("cost-hook config set team.databaseUrl 'the address'"),
        shop.command("cost-hook team sync")
    ))?;
    success()
}
