//! `cost-hook allow`: raises a limit, booked with its reason.

use std::process::ExitCode;

use serde::Serialize;

use super::shop::{PATIENT, Shop};
use super::success;
use crate::base::env;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::Time;
use crate::base::words::{Reader, say};
use crate::budget::allow::{self, Request};
use crate::budget::{self, Place, Standing};
use crate::model::entry::Override;
use crate::report::json::{self, SCHEMA_VERSION};

const AFTER_HELP: &str = "\
Examples:
  cost-hook allow 5 --reason \"the release\"                          raise what is used up by 5 USD
  cost-hook allow 5 --limit \"daily budget\" --reason \"a big review\"  raise one limit
  cost-hook allow --until 18:00 --reason \"pairing\"                  stop at nothing until then

Typed after `!` in a session, Claude Code follows it with one model call about its output, unless \
settings.json has \"respondToBashCommands\": false. The same words entered as a prompt \
(cost-hook allow 5 --reason \"...\") are carried out by the hook without any call.";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// USD to add for the limit's present period, such as 5 or 2.50
    #[arg(required_unless_present = "until", allow_negative_numbers = true)]
    amount: Option<String>,
    /// Switch the limit off until then: 18:00, 2h, 30m, tomorrow, or an RFC 3339 time
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Name or id of the limit, as `cost-hook status` shows it [default: those that are used up]
    #[arg(long, value_name = "NAME")]
    limit: Option<String>,
    /// Why; stands in the ledger
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let now = shop.world.now();
    let session = shop.world.var(env::CLAUDE_CODE_SESSION_ID);
    let project = shop.project(session.as_deref(), PATIENT)?;
    let setup = shop.setup_in(&project);
    let (zone, language) = (setup.zone(), setup.language);
    let reader = Reader { zone: &zone, language };
    let until = args.until.as_deref().map(|text| allow::until(text, now, reader)).transpose()?;
    let request = Request {
        amount: args.amount.as_deref().map(|text| allow::amount(text, language)).transpose()?,
        until,
        reason: args.reason.clone(),
        limit: args.limit.clone(),
        session: session.clone(),
    };
    let project = project.display().to_string();
    let place = Place { session: session.as_deref(), project: &project, ..Place::default() };
    let team = setup.team();
    let ask =
        |writer: &mut _| budget::standings(writer, &setup.settings, team.as_ref(), &place, &setup.system);
    // What was spent up to now decides which limit is used up, and with it which one is meant.
    let raised = shop.booked(
        &setup,
        PATIENT,
        |writer| ask(writer).map(drop),
        |writer| {
            let standings = ask(writer)?;
            allow::raise(writer, &standings, &request, &setup.user, now, language)
        },
    )?;
    let text = if shop.json {
        document(&raised)
    } else {
        raised.iter().map(|(before, line)| in_words(before, line, reader)).collect()
    };
    shop.say(&text)?;
    success()
}

fn in_words(before: &Standing, line: &Override, reader: Reader<'_>) -> String {
    let mut text = budget::capitalised(&allow::done(before, line, reader)) + "\n";
    let allowed = before.allowed() + line.amount.unwrap_or_default();
    if line.until.is_none() && before.spent >= allowed {
        let over = (before.spent - allowed).show();
        text += &say!(reader.language, "still-used-up", spent = before.spent.show(), over = over);
        text.push('\n');
    }
    text
}

fn document(raised: &[(Standing, Override)]) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Row<'a> {
        limit: &'a str,
        name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Time>,
        reason: &'a str,
        allowed_before: Money,
        allowed: Money,
        spent: Money,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        raised: Vec<Row<'a>>,
    }
    let row = |(before, line): &'_ (Standing, Override)| -> (Money, Money) {
        (before.allowed(), before.allowed() + line.amount.unwrap_or_default())
    };
    let rows = raised.iter().map(|pair| {
        let (allowed_before, allowed) = row(pair);
        Row {
            limit: &pair.1.limit,
            name: &pair.0.limit.name,
            amount: pair.1.amount,
            until: pair.1.until,
            reason: &pair.1.reason,
            allowed_before,
            allowed,
            spent: pair.0.spent,
        }
    });
    json::text(&Document { schema_version: SCHEMA_VERSION, raised: rows.collect() })
}
