//! `cost-hook team status`: what this machine knows of the store, and whether the store can be reached.

use std::process::ExitCode;

use serde::Serialize;

use super::ago;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::text::size;
use crate::base::time::Time;
use crate::base::words::{Language, say, word};
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
    let failed = asked.as_ref().and_then(|asked| asked.as_ref().err());
    let why = failed.map(|error| error.one_line());
    let (user, admin) = match &asked {
        Some(Ok((user, admin))) => (user.clone(), Some(*admin)),
        _ => (None, None),
    };
    let most = setup.settings.team.max_age_ms();
    let age = state.age(now);
    let is_stale = age.is_none_or(|age| age > most);
    let trouble = why.as_deref().or(state.trouble.as_deref());
    if shop.json {
        shop.say(&json::text(&Document {
            schema_version: SCHEMA_VERSION,
            store: &address.name(Language::English),
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
        let language = shop.out.language;
        let fact = |name, figure: &str, words: String| Fact::new(language.word(name), figure, words);
        let said = |word| language.word(word).to_string();
        let connection = match (&asked, failed) {
            (None, _) => fact(
                word!("fact-connection"),
                &said(word!("connection-not-tried")),
                "`--offline`".to_string(),
            ),
            (_, Some(why)) => {
                fact(word!("fact-connection"), &said(word!("connection-none")), language.error(why))
            }
            (Some(_), None) => fact(
                word!("fact-connection"),
                &said(word!("connection-ok")),
                member(user.as_deref(), admin, language),
            ),
        };
        let mut list = vec![fact(word!("fact-store"), "", address.name(language)), connection];
        let fetched = state.totals.as_ref().map(|totals| totals.fetched);
        let stale = if is_stale { said(word!("totals-stale")) } else { String::new() };
        list.push(fact(word!("fact-totals"), &ago(fetched, now, language), stale));
        if let Some(trouble) = state.trouble.as_deref().filter(|_| failed.is_none()) {
            list.push(fact(word!("fact-last-try"), &ago(state.tried, now, language), trouble.to_string()));
        }
        if let Some(known) = user.as_deref().filter(|known| known.to_lowercase() != setup.user.to_lowercase())
        {
            let words = say!(language, "member-differs", local = &setup.user, known = known);
            list.push(fact(word!("fact-member"), &said(word!("member-another")), words));
        }
        let waits = if waiting == 0 { word!("everything-sent") } else { word!("not-sent-yet") };
        list.push(fact(word!("fact-waiting"), &size(waiting), said(waits)));
        if let Some(totals) = &state.totals {
            let of = |sum: Sum| crate::budget::marked(sum.cost, sum.estimated);
            let active = say!(language, "active-in-last-hour", members = totals.active);
            list.push(fact(word!("fact-team"), &of(totals.team), active));
            let share = totals.allocation.map(Money::show);
            let share = share.map(|share| say!(language, "of-an-allocation", amount = share));
            list.push(fact(word!("fact-you"), &of(totals.own), share.unwrap_or_default()));
        }
        shop.say(&facts::render(&shop.out, &list))?;
    }
    Ok(if failed.is_some() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn member(user: Option<&str>, admin: Option<bool>, language: Language) -> String {
    match (user, admin) {
        (Some(user), Some(true)) => say!(language, "connected-as-admin", user = user),
        (Some(user), _) => say!(language, "connected-as", user = user),
        (None, Some(true)) => language.word(word!("connected-as-owner")).to_string(),
        (None, _) => language.word(word!("connected-as-nobody")).to_string(),
    }
}
