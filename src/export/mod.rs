//! What was spent, for other programs: rows of calls or of their sums, and bills in the forms of FOCUS and of AWS, as CSV,
//! JSON, lines of JSON or Parquet. Owns what a row holds and how it is written; where the entries come from and where the
//! bytes go is the caller's. The ledger's entries come from `ordered`.
//!
//! Rows stand in the order of time and are the same whenever the same entries are exported. Memory is bounded: the calls
//! of some hours at a time.

mod cell;
pub mod charges;
mod columnar;
mod cur;
mod focus;
mod json;
mod ordered;
mod rows;
mod sink;

use std::io::Write;
use std::path::Path;

use crate::base::error::{Error, Result};
use crate::base::time::Zone;
use crate::ledger::entries::{Entry, Sum};
use crate::ledger::scan::Bad;
use crate::model::price::PriceOverrides;
use charges::Accounts;
pub use ordered::OfLedger;

/// Where entries come from.
pub trait Entries {
    /// Hands out every entry that is wanted by time and, at the same time, by id. What could not be read is returned.
    fn each(&self, take: &mut dyn FnMut(&Entry<'_>) -> Result<()>) -> Result<Vec<Bad>>;

    /// Columns of which nothing is known here, although an entry always has a value for them. They stay empty.
    fn unknown(&self) -> &'static [&'static str] {
        &[]
    }
}

/// What a row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granularity {
    Call,
    Hour,
    Day,
}

impl Granularity {
    pub fn name(self) -> &'static str {
        match self {
            Granularity::Call => "call",
            Granularity::Hour => "hour",
            Granularity::Day => "day",
        }
    }
}

/// Which columns.
#[derive(Debug, Clone)]
pub enum Form {
    /// Our own: calls, or sums over their dimensions.
    Ledger,
    Focus(Accounts),
    /// `legacy` has the headers of the reports before 2.0.
    Cur {
        accounts: Accounts,
        legacy: bool,
    },
}

/// How the file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileType {
    Csv,
    /// One document.
    Json,
    /// A row a line.
    JsonLines,
    Parquet,
}

/// What to export.
#[derive(Debug)]
pub struct Job<'a> {
    pub form: &'a Form,
    pub file_type: FileType,
    pub granularity: Granularity,
    /// The zone of hours and days; bills are in UTC whatever it is.
    pub zone: &'a Zone,
    pub prices: &'a PriceOverrides,
}

/// What was written.
#[derive(Debug)]
pub struct Written {
    pub rows: u64,
    pub sum: Sum,
    pub bad: Vec<Bad>,
}

/// Writes the entries to `to`, whose name is `path` in messages.
pub fn write(
    entries: &dyn Entries,
    job: &Job<'_>,
    to: &mut (dyn Write + Send),
    path: &Path,
) -> Result<Written> {
    let failed = |error| Error::io("write", path, error);
    match job.form {
        Form::Ledger if job.granularity == Granularity::Call => {
            let heads = rows::call_heads();
            let mut sink = sink::open(job, &heads, to).map_err(failed)?;
            let unknown: Vec<usize> =
                (0..heads.len()).filter(|at| entries.unknown().contains(&heads[*at].name)).collect();
            let mut written = Written { rows: 0, sum: Sum::default(), bad: Vec::new() };
            written.bad = entries.each(&mut |entry| {
                written.sum.add(entry);
                written.rows += 1;
                let mut cells = rows::call(entry);
                for at in &unknown {
                    cells[*at] = cell::Cell::Null;
                }
                sink.row(&cells).map_err(failed)
            })?;
            sink.finish(&written).map_err(failed)?;
            Ok(written)
        }
        Form::Ledger => {
            let mut sink = sink::open(job, &rows::sum_heads(), to).map_err(failed)?;
            let mut written = Written { rows: 0, sum: Sum::default(), bad: Vec::new() };
            let mut sums = rows::Sums::new(job.zone, job.granularity);
            let mut put = |row: &[cell::Cell<'_>]| {
                written.rows += 1;
                sink.row(row).map_err(failed)
            };
            let mut sum = Sum::default();
            written.bad = entries.each(&mut |entry| {
                sum.add(entry);
                sums.add(entry, &mut put)
            })?;
            sums.finish(&mut put)?;
            written.sum = sum;
            sink.finish(&written).map_err(failed)?;
            Ok(written)
        }
        Form::Focus(accounts) => bill(entries, job, accounts, &focus::columns(), to, path),
        Form::Cur { accounts, legacy } => {
            bill(entries, job, accounts, &cur::columns(accounts, *legacy), to, path)
        }
    }
}

fn bill(
    entries: &dyn Entries,
    job: &Job<'_>,
    accounts: &Accounts,
    columns: &[cell::Column],
    to: &mut (dyn Write + Send),
    path: &Path,
) -> Result<Written> {
    let failed = |error| Error::io("write", path, error);
    let heads: Vec<cell::Head> = columns.iter().map(|column| column.head.clone()).collect();
    let mut sink = sink::open(job, &heads, to).map_err(failed)?;
    let mut charges = charges::Charges::new(job.granularity, accounts, job.prices);
    let mut rows = 0;
    let mut put = |charge: &charges::Charge<'_>| {
        rows += 1;
        let cells: Vec<cell::Cell<'_>> = columns.iter().map(|column| (column.value)(charge)).collect();
        sink.row(&cells).map_err(failed)
    };
    let mut sum = Sum::default();
    let bad = entries.each(&mut |entry| {
        sum.add(entry);
        charges.add(entry, &mut put)
    })?;
    charges.finish(&mut put)?;
    let written = Written { rows, sum, bad };
    sink.finish(&written).map_err(failed)?;
    Ok(written)
}
