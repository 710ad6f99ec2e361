//! `cost-hook team report`: the team's month by member, project or model.

use std::process::ExitCode;

use clap::ValueEnum;
use serde::Serialize;

use super::{month, open, tabled};
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::words::{Language, Word, say, word};
use crate::budget::marked;
use crate::cli::args::Format;
use crate::cli::shop::Shop;
use crate::report::columns::{Column, Row};
use crate::report::json::SCHEMA_VERSION;
use crate::report::table::{Role, grouped, share};
use crate::team::members;

const EXAMPLES: &str = "\
Examples:
  cost-hook team report                      by member, this month
  cost-hook team report --by project         by project, as `team.projects` names them
  cost-hook team report --by model --month 2026-10
  cost-hook team report --by user --format md

A member sees their own spending; an administrator everybody's.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// What a row stands for
    #[arg(long, value_enum, default_value_t = By::User)]
    by: By,
    /// The month, such as 2026-11 [default: the present one]
    #[arg(long, value_name = "MONTH")]
    month: Option<String>,
    /// In which form to answer
    #[arg(long, value_enum, default_value_t = Format::Table, conflicts_with = "json")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    User,
    Project,
    Model,
}

impl By {
    fn name(self) -> &'static str {
        match self {
            By::User => "user",
            By::Project => "project",
            By::Model => "model",
        }
    }

    fn heading(self) -> Word {
        match self {
            By::User => word!("heading-member"),
            By::Project => word!("heading-project"),
            By::Model => word!("heading-model"),
        }
    }
}

impl From<By> for members::By {
    fn from(by: By) -> Self {
        match by {
            By::User => members::By::User,
            By::Project => members::By::Project,
            By::Model => members::By::Model,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    name: &'a str,
    calls: u64,
    tokens: u64,
    cost: f64,
    cost_exact: Money,
    estimated: Money,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    by: &'static str,
    first: String,
    last: String,
    rows: Vec<Entry<'a>>,
    total: Entry<'a>,
    /// Of everybody, whatever this login may see of it.
    team: Money,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let setup = shop.setup();
    let month = month(&setup, args.month.as_deref(), shop.world.now())?;
    let (_, store) = open(&setup)?;
    let found = members::report(&store, args.by.into(), month.first, month.next)?;
    let team = members::team_total(&store, month.first, month.next)?;
    let language = shop.out.language;
    let total = members::Row {
        name: "Total".to_string(),
        calls: found.iter().map(|row| row.calls).sum(),
        tokens: found.iter().map(|row| row.tokens).sum(),
        cost: found.iter().map(|row| row.cost).sum(),
        estimated: found.iter().map(|row| row.estimated).sum(),
    };
    let columns = [
        Column::text(args.by.heading(), 0),
        Column::number(word!("heading-calls"), 2),
        Column::number(word!("heading-tokens"), 3),
        Column::number(word!("heading-cost"), 0),
        Column::number(word!("heading-share"), 1),
    ];
    let row = |role, name: &str, row: &members::Row| Row {
        role,
        cells: vec![
            name.to_string(),
            grouped(row.calls),
            grouped(row.tokens),
            marked(row.cost, row.estimated),
            share(row.cost, total.cost),
        ],
    };
    let mut rows: Vec<Row> =
        found.iter().map(|found| row(Role::Row, named(&found.name, language), found)).collect();
    rows.push(row(Role::Total, language.word(word!("row-total")), &total));
    let record = |row: &members::Row| {
        vec![
            row.name.clone(),
            row.calls.to_string(),
            row.tokens.to_string(),
            row.cost.to_string(),
            row.estimated.to_string(),
        ]
    };
    let document = Document {
        schema_version: SCHEMA_VERSION,
        by: args.by.name(),
        first: month.first.to_string(),
        last: month.last().to_string(),
        rows: found.iter().map(entry).collect(),
        total: entry(&total),
        team,
    };
    tabled(
        shop,
        args.format,
        (&columns, &rows),
        (&[args.by.name(), "calls", "tokens", "cost", "estimated"], found.iter().map(record).collect()),
        &document,
        &(say!(language, "days-and-whole-team", days = month.in_words(language), amount = team.show())
            + "\n"),
    )
}

fn entry(row: &members::Row) -> Entry<'_> {
    Entry {
        name: &row.name,
        calls: row.calls,
        tokens: row.tokens,
        cost: row.cost.to_f64(),
        cost_exact: row.cost,
        estimated: row.estimated,
    }
}

/// Money without a call has no model until the client names one.
fn named(name: &str, language: Language) -> &str {
    if name.is_empty() { language.word(word!("unknown-name")) } else { name }
}
