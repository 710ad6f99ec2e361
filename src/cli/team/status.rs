//! `cost-hook team status`: what this machine knows of the store, and whether the store can be reached.

use std::process::ExitCode;

use serde::Serialize;

use super::ago;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::text::size;
use crate::base::time::Time;
use crate::cli::shop::Shop;
use crate::ledger::outgoing;
use crate::report::json::{self, SCHEMA_VERSION};
use crate::team::members;
use crate::team::state::{State, Sum};
use crate::team::store::Store;
use crate::ui::facts::{self, Fact};

const EXAMPLES: &str = "\
Examples:
  cost-hook team status              the connection, the last sync, what waits, the totals
  cost-hook team status --offline    without a connection
  cost-hook team status --json       for scripts; exit code 1 when the store cannot be reached";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Open no connection
    #[arg(long)]
    offline: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    store: &'a str,
    /// Absent when it was not tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    connected: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    /// Who the settings say works here.
    local_user: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tried: Option<Time>,
    waiting_bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    age_seconds: Option<i64>,
    stale: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    totals: Option<&'a crate::team::state::Totals>,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let setup = shop.setup();
    let now = shop.world.now();
    let address = super::address(&setup)?;
    let state = State::read(setup.ledger.base()).of_store(&address.store);
    let waiting = outgoing::waiting(&setup.ledger, &state.sent)?;
    let asked = (!args.offline).then(|| Store::open(&address).and_then(|store| members::whoami(&store)));
    let failed = asked.as_ref().and_then(|asked| asked.as_ref().err()).map(|error| error.one_line());
    let (user, admin) = match &asked {
        Some(Ok((user, admin))) => (user.clone(), Some(*admin)),
        _ => (None, None),
    };
    let most = setup.settings.team.max_age_ms();
    let age = state.age(now);
    let is_stale = age.is_none_or(|age| age > most);
    let trouble = failed.as_deref().or(state.trouble.as_deref());
    if shop.json {
        shop.say(&json::text(&Document {
            schema_version: SCHEMA_VERSION,
            store: &address.name,
            connected: asked.as_ref().map(|asked| asked.is_ok()),
            user: user.as_deref(),
            local_user: &setup.user,
            admin,
            trouble,
            tried: state.tried,
            waiting_bytes: waiting,
            age_seconds: age.map(|age| age / 1000),
            stale: is_stale,
            totals: state.totals.as_ref(),
        }))?;
    } else {
        let connection = match (&asked, &failed) {
            (None, _) => Fact::new("Connection", "not tried", "`--offline`"),
            (_, Some(why)) => Fact::new("Connection", "none", why.clone()),
            (Some(_), None) => Fact::new("Connection", "ok", member(user.as_deref(), admin)),
        };
        let mut list = vec![Fact::new("Store", "", address.name.clone()), connection];
        let fetched = state.totals.as_ref().map(|totals| totals.fetched);
        let stale = if is_stale { "stale: older than `team.maxAge`, or never fetched" } else { "" };
        list.push(Fact::new("Totals", ago(fetched, now), stale));
        if let Some(trouble) = state.trouble.as_deref().filter(|_| failed.is_none()) {
            list.push(Fact::new("Last try", ago(state.tried, now), trouble));
        }
        if let Some(known) = user.as_deref().filter(|known| known.to_lowercase() != setup.user.to_lowercase())
        {
            let words =
                format!("limits go by `{}`: set `team.user` to {known} to have its allocation", setup.user);
            list.push(Fact::new("Member", "another", words));
        }
        let waits = if waiting == 0 { "everything is sent" } else { "of the ledger not sent yet" };
        list.push(Fact::new("Waiting", size(waiting), waits));
        if let Some(totals) = &state.totals {
            let of = |sum: Sum| crate::budget::marked(sum.cost, sum.estimated);
            let active = format!("{} active in the last hour", totals.active);
            list.push(Fact::new("Team", of(totals.team), active));
            let share = totals.allocation.map(|share| format!("of an allocation of {}", Money::show(share)));
            list.push(Fact::new("You", of(totals.own), share.unwrap_or_default()));
        }
        shop.say(&facts::render(&shop.out, &list))?;
    }
    Ok(if failed.is_some() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn member(user: Option<&str>, admin: Option<bool>) -> String {
    match (user, admin) {
        (Some(user), Some(true)) => format!("as {user}, an administrator"),
        (Some(user), _) => format!("as {user}"),
        (None, Some(true)) => "as the owner of the database".to_string(),
        (None, _) => "with a login that is no member of the team".to_string(),
    }
}
