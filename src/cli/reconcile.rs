//! `cost-hook reconcile`: bills and providers' reports against the ledger.

use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueHint;

use super::args::{Filters, Format};
use super::shop::{self, Shop};
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::time::Zone;
use crate::base::words::{Language, word};
use crate::reconcile::{self, Tolerance, bill, show};
use crate::ui::style::Tone;

const EXAMPLES: &str = "\
Examples:
  cost-hook reconcile --against usage.json               a saved response of Anthropic's usage report
  cost-hook reconcile --against usage.json cost.json     tokens and money
  cost-hook reconcile --against cur.csv --tolerance 1    an AWS bill; one percent may differ
  cost-hook reconcile --against focus.csv --all          rows that match too
  cost-hook reconcile --against - --format md < cur.csv  standard input, for a job summary

Exit code: 0 when everything is within the tolerance, 1 when not. The ledger is never changed.";

/// Larger files than any sane report; they are held in memory.
const MAX_FILE: u64 = 1 << 30;

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Reports and bills; pages of the same report count as one; `-` is standard input
    #[arg(long, value_name = "FILE", required = true, num_args = 1.., value_hint = ValueHint::FilePath)]
    against: Vec<PathBuf>,
    /// How many percent may differ, of a row and of the whole, in tokens and in money
    #[arg(long, value_name = "PERCENT", default_value = "0", value_parser = percent)]
    tolerance: Tolerance,
    /// Show the rows that match too
    #[arg(long)]
    all: bool,
    /// In which form to answer
    #[arg(long, value_enum, default_value_t = Format::Table, conflicts_with = "json")]
    format: Format,
    #[command(flatten)]
    filters: Filters,
}

fn percent(text: &str) -> std::result::Result<Tolerance, String> {
    let number: f64 = text.trim_end_matches('%').trim().parse().map_err(|_| "not a number".to_string())?;
    if !(0.0..=100.0).contains(&number) {
        return Err("a percentage is from 0 to 100".into());
    }
    Ok(Tolerance { parts: (number * 10_000.0).round() as u64 })
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let mut files = Vec::new();
    for path in &args.against {
        files.push((path.display().to_string(), bytes(path, shop)?));
    }
    let bills = bill::read(&files)?;
    drop(files);
    let setup = shop.setup();
    // Bills are cut in UTC, and so are the days that are asked for unless another zone is named.
    let zone =
        if args.filters.zone.timezone.is_some() { args.filters.zone.zone(&setup)? } else { Zone::utc() };
    let query = args.filters.query(shop.world, &zone)?;
    shop.catch_up(&setup, |_| Ok(()));
    // Documents are in no language but their own.
    let is_for_people = !shop.json && matches!(args.format, Format::Table | Format::Md);
    let language = if is_for_people { shop.out.language } else { Language::English };
    let found = reconcile::compare(&setup.ledger, &query, &setup.prices, bills, args.tolerance, language)?;
    let within = found.iter().all(|comparison| comparison.within);
    let text = match args.format {
        _ if shop.json => show::document(&found, args.tolerance),
        Format::Json => show::document(&found, args.tolerance),
        Format::Csv => show::csv(&found),
        Format::Md => show::markdown(&found, args.all, language),
        Format::Table => {
            let verdict = if within {
                shop.out.paint(Tone::Good, language.word(word!("within-tolerance")))
            } else {
                shop.out.paint(Tone::Bad, language.word(word!("not-within-tolerance")))
            };
            shop.table(&show::table(&found, args.all, shop::look(&shop.out))) + "\n" + &verdict + "\n"
        }
    };
    shop.say(&text)?;
    Ok(ExitCode::from(u8::from(!within)))
}

fn bytes(path: &PathBuf, shop: &Shop<'_>) -> Result<Vec<u8>> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().take(MAX_FILE).read_to_end(&mut bytes);
        return read
            .map(|_| bytes)
            .map_err(|error| Error::user("cannot read standard input").caused_by(error));
    }
    let found = disk::read_at_most(&shop.world.cwd().join(path), MAX_FILE)?;
    found.ok_or_else(|| {
        Error::user(format!("there is no file `{}`", path.display()))
            .hint("give saved reports or bills to `--against`; docs/guide/reconcile.md says how to get them")
    })
}
