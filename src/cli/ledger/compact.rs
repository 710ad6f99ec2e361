//! `ledger compact`: drops lines that a newer revision stands for.

use std::process::ExitCode;

use serde::Serialize;

use super::{month, rewritten};
use crate::base::error::Result;
use crate::base::text::{counted_as, size};
use crate::base::words::word;
use crate::cli::shop::{self, Shop};
use crate::ledger::compact::{self, Shrunk};
use crate::report::columns::{self, Column, Row};
use crate::report::json::{self, SCHEMA_VERSION};
use crate::report::table::{Role, grouped};

const EXAMPLES: &str = "\
Examples:
  cost-hook ledger compact --dry-run   how much it would save
  cost-hook ledger compact             every figure stays the same";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Say what would be dropped, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    rewritten(
        shop,
        |ledger, now, patience| compact::compact(ledger, now, patience, args.dry_run),
        |months| document(args, months),
        |months| in_words(args, months, shop),
    )
}

fn in_words(args: &Args, months: &[Shrunk], shop: &Shop<'_>) -> String {
    if months.is_empty() {
        return "There is nothing to drop: no line is superseded.\n".to_string();
    }
    let heads = [
        Column::text(word!("heading-month"), 0),
        Column::number(word!("heading-lines-dropped"), 0),
        Column::number(word!("heading-size-before"), 0),
        Column::number(word!("heading-size-after"), 0),
    ];
    let rows: Vec<Row> = months
        .iter()
        .map(|of| Row {
            role: Role::Row,
            cells: vec![month(of.month), grouped(of.lines), size(of.before), size(of.after)],
        })
        .collect();
    let sum = |part: fn(&Shrunk) -> u64| months.iter().map(part).sum::<u64>();
    let lines = usize::try_from(sum(|of| of.lines)).unwrap_or(usize::MAX);
    let verb = if args.dry_run { "would be dropped" } else { "dropped; every figure is the same" };
    shop.table(&columns::draw(&heads, &rows, shop::look(&shop.out)))
        + &format!(
            "\n{}, {}, {verb}.\n",
            counted_as(lines, "superseded line", "superseded lines"),
            size(sum(|of| of.before - of.after))
        )
}

fn document(args: &Args, months: &[Shrunk]) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Of {
        month: String,
        lines_dropped: u64,
        bytes_before: u64,
        bytes_after: u64,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document {
        schema_version: u32,
        dry_run: bool,
        months: Vec<Of>,
    }
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        dry_run: args.dry_run,
        months: months
            .iter()
            .map(|of| Of {
                month: month(of.month),
                lines_dropped: of.lines,
                bytes_before: of.before,
                bytes_after: of.after,
            })
            .collect(),
    })
}
