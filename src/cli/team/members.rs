//! `cost-hook team members`: who is in the team and how each stands.

use std::process::ExitCode;

use serde::Serialize;

use super::{Month, ago, month, open, tabled};
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::Time;
use crate::base::words::{Language, word};
use crate::cli::args::Format;
use crate::cli::shop::Shop;
use crate::report::columns::{Column, Row};
use crate::report::json::SCHEMA_VERSION;
use crate::report::table::{Role, grouped, share};
use crate::team::members::{self, Member};

const EXAMPLES: &str = "\
Examples:
  cost-hook team members                    this month
  cost-hook team members --month 2026-10    an earlier one
  cost-hook team members --format csv       for a spreadsheet

A member sees their own row; an administrator everybody's.";

const COLUMNS: [Column; 7] = [
    Column::text(word!("heading-member"), 0),
    Column::text(word!("heading-role"), 4),
    Column::number(word!("heading-allocation"), 0),
    Column::number(word!("heading-spent"), 0),
    Column::number(word!("heading-used"), 2),
    Column::number(word!("heading-calls"), 3),
    Column::text(word!("heading-last-sync"), 1),
];

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The month, such as 2026-11 [default: the present one]
    #[arg(long, value_name = "MONTH")]
    month: Option<String>,
    /// In which form to answer
    #[arg(long, value_enum, default_value_t = Format::Table, conflicts_with = "json")]
    format: Format,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    user: &'a str,
    admin: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    allocation: Option<Money>,
    spent: Money,
    calls: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sync: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<Time>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    first: String,
    last: String,
    members: Vec<Entry<'a>>,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let setup = shop.setup();
    let now = shop.world.now();
    let month = month(&setup, args.month.as_deref(), now)?;
    let (_, store) = open(&setup)?;
    let members = members::list(&store, month.first, month.next)?;
    let language = shop.out.language;
    let rows: Vec<Row> = members.iter().map(|member| row(member, now, language)).collect();
    let head = ["user", "admin", "allocation", "spent", "calls", "last_sync", "removed"];
    tabled(
        shop,
        args.format,
        (&COLUMNS, &rows),
        (&head, members.iter().map(record).collect()),
        &document(&members, &month),
        &(month.in_words(language) + "\n"),
    )
}

fn row(member: &Member, now: Time, language: Language) -> Row {
    let role = match (member.removed, member.is_admin) {
        (Some(_), _) => word!("role-removed"),
        (None, true) => word!("role-admin"),
        (None, false) => word!("role-member"),
    };
    let allocation = member.allocation;
    Row {
        role: Role::Row,
        cells: vec![
            member.name.clone(),
            language.word(role).to_string(),
            allocation.map_or_else(|| "-".to_string(), Money::show),
            member.spent.show(),
            allocation.map_or_else(|| "-".to_string(), |allocation| share(member.spent, allocation)),
            grouped(member.calls),
            ago(member.last_sync, now, language),
        ],
    }
}

fn record(member: &Member) -> Vec<String> {
    let time = |time: Option<Time>| time.map_or_else(String::new, |time| time.to_string());
    vec![
        member.name.clone(),
        member.is_admin.to_string(),
        member.allocation.map_or_else(String::new, |amount| amount.to_string()),
        member.spent.to_string(),
        member.calls.to_string(),
        time(member.last_sync),
        time(member.removed),
    ]
}

fn document<'a>(members: &'a [Member], month: &Month) -> Document<'a> {
    let entry = |member: &'a Member| Entry {
        user: &member.name,
        admin: member.is_admin,
        allocation: member.allocation,
        spent: member.spent,
        calls: member.calls,
        last_sync: member.last_sync,
        removed: member.removed,
    };
    Document {
        schema_version: SCHEMA_VERSION,
        first: month.first.to_string(),
        last: month.last().to_string(),
        members: members.iter().map(entry).collect(),
    }
}
