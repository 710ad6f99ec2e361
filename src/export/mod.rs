//! The ledger for other programs: rows of calls or of their sums, and bills in the forms of FOCUS and of AWS, as CSV,
//! JSON, lines of JSON or Parquet. Owns what a row holds and how it is written; where the bytes go is the caller's.
//!
//! Rows stand in the order of time and are the same whenever the same lines are exported. Memory is bounded: the calls
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
use crate::ledger::Ledger;
use crate::ledger::entries::Sum;
use crate::ledger::scan::Bad;
use crate::model::price::PriceOverrides;
use crate::report::query::Query;
use charges::Accounts;

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

/// Writes what the query asks for to `to`, whose name is `path` in messages.
pub fn write(
    ledger: &Ledger,
    query: &Query,
    job: &Job<'_>,
    to: &mut (dyn Write + Send),
    path: &Path,
) -> Result<Written> {
    let failed = |error| Error::io("write", path, error);
    match job.form {
        Form::Ledger if job.granularity == Granularity::Call => {
            let mut sink = sink::open(job, &rows::call_heads(), to).map_err(failed)?;
            let mut written = Written { rows: 0, sum: Sum::default(), bad: Vec::new() };
            written.bad = ordered::each(ledger, query, &mut |entry| {
                written.sum.add(entry);
                written.rows += 1;
                sink.row(&rows::call(entry)).map_err(failed)
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
            written.bad = ordered::each(ledger, query, &mut |entry| {
                sum.add(entry);
                sums.add(entry, &mut put)
            })?;
            sums.finish(&mut put)?;
            written.sum = sum;
            sink.finish(&written).map_err(failed)?;
            Ok(written)
        }
        Form::Focus(accounts) => bill(ledger, query, job, accounts, &focus::columns(), to, path),
        Form::Cur { accounts, legacy } => {
            bill(ledger, query, job, accounts, &cur::columns(accounts, *legacy), to, path)
        }
    }
}

fn bill(
    ledger: &Ledger,
    query: &Query,
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
    let bad = ordered::each(ledger, query, &mut |entry| {
        sum.add(entry);
        charges.add(entry, &mut put)
    })?;
    charges.finish(&mut put)?;
    let written = Written { rows, sum, bad };
    sink.finish(&written).map_err(failed)?;
    Ok(written)
}
