//! Rows as JSON: one document that is written as it grows, or a row a line. Amounts stand there twice, as in every
//! document of ours; what is not known is left out.

use std::io::{self, BufWriter, Write};

use super::cell::{Cell, Head, Kind};
use super::sink::Sink;
use super::{Job, Written};
use crate::report::json::{Figures, SCHEMA_VERSION};

pub(super) struct Json<'w> {
    to: BufWriter<&'w mut (dyn Write + Send)>,
    heads: Vec<Head>,
    is_document: bool,
    first: bool,
    line: Vec<u8>,
}

impl<'w> Json<'w> {
    pub(super) fn lines(heads: Vec<Head>, to: &'w mut (dyn Write + Send)) -> Self {
        let to = BufWriter::with_capacity(256 * 1024, to);
        Self { to, heads, is_document: false, first: true, line: Vec::new() }
    }

    pub(super) fn document(
        heads: Vec<Head>,
        to: &'w mut (dyn Write + Send),
        job: &Job<'_>,
    ) -> io::Result<Self> {
        let mut json = Self { is_document: true, ..Self::lines(heads, to) };
        let zone = serde_json::to_string(job.zone.name())?;
        write!(
            json.to,
            "{{\n  \"schemaVersion\": {SCHEMA_VERSION},\n  \"granularity\": \"{}\",\n  \"timezone\": {zone},\n  \"rows\": [",
            job.granularity.name()
        )?;
        Ok(json)
    }
}

impl Sink for Json<'_> {
    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        if self.is_document {
            self.to.write_all(if self.first { b"\n    " } else { b",\n    " })?;
        }
        self.first = false;
        let line = &mut self.line;
        line.clear();
        line.push(b'{');
        for (cell, Head { key, kind, .. }) in cells.iter().zip(&self.heads) {
            if *cell == Cell::Null {
                continue;
            }
            if line.len() > 1 {
                line.push(b',');
            }
            write!(line, "\"{key}\":")?;
            match cell {
                Cell::Null => {}
                Cell::Text(text) => serde_json::to_writer(&mut *line, text)?,
                Cell::Json(json) => line.extend_from_slice(json.as_bytes()),
                Cell::List(names) => serde_json::to_writer(&mut *line, names)?,
                Cell::Count(count) => write!(line, "{count}")?,
                Cell::Money(amount) => write!(line, "{amount},\"{key}Exact\":\"{amount}\"")?,
                Cell::Decimal(number) => write!(line, "{number}")?,
                Cell::Bool(yes) => write!(line, "{yes}")?,
                Cell::Time(time) if *kind == Kind::Seconds => {
                    write!(line, "\"{}\"", time.utc().format("%Y-%m-%dT%H:%M:%SZ"))?;
                }
                Cell::Time(time) => write!(line, "\"{time}\"")?,
            }
        }
        line.push(b'}');
        if !self.is_document {
            line.push(b'\n');
        }
        self.to.write_all(line)
    }

    fn finish(mut self: Box<Self>, written: &Written) -> io::Result<()> {
        if self.is_document {
            let totals = serde_json::to_string_pretty(&Figures::from(&written.sum))?.replace('\n', "\n  ");
            let rows_end = if self.first { "]" } else { "\n  ]" };
            let bad = written.bad.len();
            writeln!(self.to, "{rows_end},\n  \"totals\": {totals},\n  \"unreadableLines\": {bad}\n}}")?;
        }
        self.to.flush()
    }
}
