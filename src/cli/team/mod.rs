//! `cost-hook team`: the team's store, from the command line. Setting it up (`init`), who is in it (`invite`, `remove`,
//! `members`), sending and asking (`sync`), and looking (`status`, `report`, `export`). What it does is `team`'s; the words
//! are here.

mod export;
mod init;
mod invite;
mod members;
mod remove;
mod report;
mod status;
mod sync;

use std::process::ExitCode;

use chrono::{Datelike, NaiveDate};
use clap::Subcommand;

use super::args::Format;
use super::shop::{self, Shop};
use super::success;
use crate::base::error::{Error, Result};
use crate::base::time::{Time, Window, Zone};
use crate::base::words::{Language, say, sentence, word};
use crate::report::columns::{self, Column, Row};
use crate::setup::Setup;
use crate::team::address::Address;
use crate::team::store::Store;
use crate::team::sync::period;
use crate::ui::print;

const EXAMPLES: &str = "\
Examples:
  cost-hook team init                      set up the database, by its owner
  cost-hook team invite ann@example.org    a login for a member, with the address to give them
  cost-hook team sync                      send what was spent and fetch the totals
  cost-hook team status                    how old the totals are and what is not sent yet
  cost-hook team members                   who spent what, of which allocation
  cost-hook team report --by project       the team's month by project
  cost-hook team export --format focus     the team's month for FinOps tools

docs/guide/teams.md goes through it from the empty database on.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Set up the team's database, or bring it up to date; takes the allocations from the settings
    Init(init::Args),
    /// Make a login for a member, or a new password for a known one
    Invite(invite::Args),
    /// Take a member's login away; what they spent stays
    Remove(remove::Args),
    /// Members with their allocation, what they spent and when they last sent it
    Members(members::Args),
    /// Send what the ledger has and the database does not, and fetch the team's totals
    Sync(sync::Args),
    /// The connection, the last sync, what is not sent yet, and the totals
    Status(status::Args),
    /// What the team spent in a month, by member, project or model
    Report(report::Args),
    /// Write the team's calls for spreadsheets, programs and FinOps tools
    Export(Box<export::Args>),
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    match &args.what {
        What::Init(args) => init::run(args, shop),
        What::Invite(args) => invite::run(args, shop),
        What::Remove(args) => remove::run(args, shop),
        What::Members(args) => members::run(args, shop),
        What::Sync(args) => sync::run(args, shop),
        What::Status(args) => status::run(args, shop),
        What::Report(args) => report::run(args, shop),
        What::Export(args) => export::run(args, shop),
    }
}

/// The address of the store as it was set, with its password.
fn url(setup: &Setup) -> Result<&str> {
    let url = setup.settings.team.database_url.as_ref().map(|url| url.0.as_str());
    url.ok_or_else(|| {
        Error::user(setup.language.word(word!("no-store-set"))).hint(sentence!("no-store-set-cure"))
    })
}

fn address(setup: &Setup) -> Result<Address> {
    Address::parse(url(setup)?)
}

fn open(setup: &Setup) -> Result<(Address, Store)> {
    let address = address(setup)?;
    let store = Store::open(&address)?;
    Ok((address, store))
}

/// The month that was asked for, or the present one: by the team's calendar, and as days of UTC.
fn month(setup: &Setup, asked: Option<&str>, now: Time) -> Result<Month> {
    let definition = period(&setup.settings);
    let Some(text) = asked else { return Ok(Month::of(definition.window(now, &Zone::utc()))) };
    let first = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").map_err(|_| {
        Error::usage(say!(setup.language, "no-calendar-month", text = text))
            .hint(sentence!("no-calendar-month-cure"))
    })?;
    // The period that begins in that month.
    let begins = Window::month(&Zone::utc(), last_of(first), definition.calendar.billing_day);
    Ok(Month::of(begins))
}

fn last_of(first: NaiveDate) -> NaiveDate {
    let next = if first.month() == 12 {
        NaiveDate::from_ymd_opt(first.year() + 1, 1, 1)
    } else {
        NaiveDate::from_ymd_opt(first.year(), first.month() + 1, 1)
    };
    next.and_then(|next| next.pred_opt()).unwrap_or(first)
}

/// A period as the store counts it.
struct Month {
    first: NaiveDate,
    /// The day after its last one.
    next: NaiveDate,
}

impl Month {
    fn of(window: Window) -> Self {
        Self { first: window.start.utc().date(), next: window.end.utc().date() }
    }

    /// `2026-11-01 to 2026-11-30`.
    fn in_words(&self, language: Language) -> String {
        let (first, last) = (self.first.to_string(), self.last().to_string());
        say!(language, "days-of-month", first = first, last = last)
    }

    fn last(&self) -> NaiveDate {
        self.next.pred_opt().unwrap_or(self.next)
    }
}

/// `5 min ago`, or that it never was.
fn ago(time: Option<Time>, now: Time, language: Language) -> String {
    match time {
        Some(time) => say!(language, "ago", span = language.span(now.since(time))),
        None => language.word(word!("never")).to_string(),
    }
}

/// A table in the form that was asked for. `head` and `records` are the CSV's.
fn tabled(
    shop: &Shop<'_>,
    format: Format,
    (columns, rows): (&[Column], &[Row]),
    (head, records): (&[&str], Vec<Vec<String>>),
    document: &impl serde::Serialize,
    note: &str,
) -> Result<ExitCode> {
    match format {
        _ if shop.json => print::json(document)?,
        Format::Json => print::json(document)?,
        Format::Csv => shop.say(&columns::csv(head, records))?,
        Format::Md => shop.say(&columns::markdown(columns, rows, shop.out.language))?,
        Format::Table => {
            let table = shop.table(&columns::draw(columns, rows, shop::look(&shop.out)));
            shop.say(&(table + &shop.faint(note)))?;
        }
    }
    success()
}
