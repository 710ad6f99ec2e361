//! Where rows go: one interface for all kinds of files, and CSV. JSON is `json`'s, Parquet `columnar`'s.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};

use csv::{ByteRecord, Writer};

use super::cell::{Cell, Head, Kind};
use super::columnar::Parquet;
use super::json::Json;
use super::{FileType, Job, Written};
use crate::report::spreadsheet::defused;

pub(super) trait Sink {
    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()>;
    /// Writes what comes after the rows.
    fn finish(self: Box<Self>, written: &Written) -> io::Result<()>;
}

pub(super) fn open<'w>(
    job: &Job<'_>,
    heads: &[Head],
    to: &'w mut (dyn Write + Send),
) -> io::Result<Box<dyn Sink + 'w>> {
    let heads = heads.to_vec();
    Ok(match job.file_type {
        FileType::Csv => Box::new(Csv::new(heads, to)?),
        FileType::Json => Box::new(Json::document(heads, to, job)?),
        FileType::JsonLines => Box::new(Json::lines(heads, to)),
        FileType::Parquet => Box::new(Parquet::new(heads, to)?),
    })
}

struct Csv<'w> {
    writer: Writer<BufWriter<&'w mut (dyn Write + Send)>>,
    heads: Vec<Head>,
    record: ByteRecord,
    text: String,
}

impl<'w> Csv<'w> {
    fn new(heads: Vec<Head>, to: &'w mut (dyn Write + Send)) -> io::Result<Self> {
        let mut writer = Writer::from_writer(BufWriter::with_capacity(256 * 1024, to));
        writer.write_record(heads.iter().map(|head| head.name))?;
        Ok(Self { writer, heads, record: ByteRecord::new(), text: String::new() })
    }
}

impl Sink for Csv<'_> {
    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        self.record.clear();
        for (cell, head) in cells.iter().zip(&self.heads) {
            self.text.clear();
            let text = &mut self.text;
            // Written to memory, where nothing can fail.
            let _ = match cell {
                Cell::Null => Ok(()),
                Cell::Text(name) => text.write_str(&defused(name)),
                Cell::Json(json) => text.write_str(json),
                Cell::List(names) => text.write_str(&defused(&names.join(";"))),
                Cell::Count(count) => write!(text, "{count}"),
                Cell::Money(amount) => write!(text, "{amount}"),
                Cell::Decimal(number) => write!(text, "{number}"),
                Cell::Bool(yes) => write!(text, "{yes}"),
                Cell::Time(time) if head.kind == Kind::Seconds => {
                    write!(text, "{}", time.utc().format("%Y-%m-%dT%H:%M:%SZ"))
                }
                Cell::Time(time) => write!(text, "{time}"),
            };
            self.record.push_field(self.text.as_bytes());
        }
        Ok(self.writer.write_byte_record(&self.record)?)
    }

    fn finish(mut self: Box<Self>, _: &Written) -> io::Result<()> {
        self.writer.flush()
    }
}
