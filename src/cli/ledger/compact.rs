//! `ledger compact`: drops lines that a newer revision stands for.

use std::process::ExitCode;

use serde::Serialize;

use super::{month, rewritten};
use crate::base::error::Result;
use crate::base::text::size;
use crate::base::words::{say, word};
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
    let language = shop.out.language;
    if months.is_empty() {
        return language.word(word!("nothing-to-drop")).to_string() + "\n";
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
    let (lines, size) = (sum(|of| of.lines), size(sum(|of| of.before - of.after)));
    let told = match args.dry_run {
        true => say!(language, "lines-would-be-dropped", lines = lines, size = size),
        false => say!(language, "lines-dropped", lines = lines, size = size),
    };
    shop.table(&columns::draw(&heads, &rows, shop::look(&shop.out))) + "\n" + &told + "\n"
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
