//! `cost-hook team invite`: a login for a member, and what to give them.

use std::process::ExitCode;

use serde::Serialize;

use crate::base::error::{Error, Result};
use crate::base::money::Money;
use crate::base::words::{say, word};
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
        return Err(Error::usage(shop.err.language.word(word!("member-name-wrong"))));
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
    let language = shop.out.language;
    let role = if args.admin { "admin" } else { "member" };
    let who = match allocation {
        Some(amount) => {
            say!(language, "invited-with-allocation", name = name, role = role, amount = amount.show())
        }
        None => say!(language, "invited-without-allocation", name = name, role = role),
    };
    let set = format!("cost-hook config set team.databaseUrl '{}'", language.word(word!("the-address")));
    shop.say(&format!(
        "{who}\n\n{}\n\n  {}\n\n{}\n\n  {}\n  {}\n",
        language.word(word!("give-them-this-address")),
        shop.command(&url),
        language.word(word!("they-put-it")),
        shop.command(&set),
        shop.command("cost-hook team sync")
    ))?;
    success()
}
