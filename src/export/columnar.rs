//! Rows as Parquet. Exact numbers are decimals, times are timestamps in UTC, everything may be null. Rows are gathered
//! into groups, since the file has column after column.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::Written;
use super::cell::{Cell, Head, Kind};
use super::sink::Sink;

/// Rows of a group. Readers like large ones; these keep memory small.
const GROUP: usize = 20_000;
/// Digits of a decimal: as many as readers take.
const PRECISION: i32 = 38;

pub(super) struct Parquet<'w> {
    writer: SerializedFileWriter<&'w mut (dyn Write + Send)>,
    columns: Vec<Held>,
    rows: usize,
}

/// A column's values since the last group was written.
struct Held {
    kind: Kind,
    values: Values,
    /// 1 where there is a value.
    levels: Vec<i16>,
}

enum Values {
    Text { values: Vec<ByteArray>, last: ByteArray },
    Whole(Vec<i64>),
    Exact(Vec<FixedLenByteArray>),
    Bool(Vec<bool>),
}

impl<'w> Parquet<'w> {
    pub(super) fn new(heads: Vec<Head>, to: &'w mut (dyn Write + Send)) -> io::Result<Self> {
        let fields: Result<Vec<_>, ParquetError> =
            heads.iter().map(|head| field(head).map(Arc::new)).collect();
        let schema =
            Type::group_type_builder("row").with_fields(fields.map_err(fault)?).build().map_err(fault)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("cost-hook ", env!("CARGO_PKG_VERSION")).to_string())
            .build();
        let writer = SerializedFileWriter::new(to, Arc::new(schema), Arc::new(properties)).map_err(fault)?;
        let columns = heads.iter().map(|head| Held::new(head.kind)).collect();
        Ok(Self { writer, columns, rows: 0 })
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        if self.rows == 0 {
            return Ok(());
        }
        self.rows = 0;
        let mut group = self.writer.next_row_group()?;
        for held in &mut self.columns {
            let Some(mut column) = group.next_column()? else {
                return Err(ParquetError::General("a column is missing".into()));
            };
            let levels = Some(held.levels.as_slice());
            match &mut held.values {
                Values::Text { values, .. } => {
                    column.typed::<ByteArrayType>().write_batch(values, levels, None)?;
                    values.clear();
                }
                Values::Whole(values) => {
                    column.typed::<Int64Type>().write_batch(values, levels, None)?;
                    values.clear();
                }
                Values::Exact(values) => {
                    column.typed::<FixedLenByteArrayType>().write_batch(values, levels, None)?;
                    values.clear();
                }
                Values::Bool(values) => {
                    column.typed::<BoolType>().write_batch(values, levels, None)?;
                    values.clear();
                }
            }
            held.levels.clear();
            column.close()?;
        }
        group.close()?;
        Ok(())
    }
}

impl Held {
    fn new(kind: Kind) -> Self {
        let values = match kind {
            Kind::Text | Kind::Json | Kind::List => {
                Values::Text { values: Vec::new(), last: ByteArray::from("") }
            }
            Kind::Count | Kind::Time | Kind::Seconds => Values::Whole(Vec::new()),
            Kind::Money | Kind::Decimal(_) => Values::Exact(Vec::new()),
            Kind::Bool => Values::Bool(Vec::new()),
        };
        Self { kind, values, levels: Vec::new() }
    }

    fn push(&mut self, cell: &Cell<'_>) {
        let known = match (&mut self.values, cell) {
            (Values::Text { values, last }, Cell::Text(text)) => put(values, last, text),
            (Values::Text { values, last }, Cell::Json(text)) => put(values, last, text),
            (Values::Text { values, last }, Cell::List(names)) => put(values, last, &names.join(";")),
            (Values::Whole(values), Cell::Count(count)) => {
                values.push(i64::try_from(*count).unwrap_or(i64::MAX));
                true
            }
            (Values::Whole(values), Cell::Time(time)) => {
                values.push(time.0);
                true
            }
            (Values::Exact(values), Cell::Money(amount)) => {
                values.push(exact(amount.0));
                true
            }
            (Values::Exact(values), Cell::Decimal(number)) => {
                values.push(exact(number.at(scale(self.kind))));
                true
            }
            (Values::Bool(values), Cell::Bool(yes)) => {
                values.push(*yes);
                true
            }
            _ => false,
        };
        self.levels.push(i16::from(known));
    }
}

/// A text that comes again and again shares its bytes.
fn put(values: &mut Vec<ByteArray>, last: &mut ByteArray, text: &str) -> bool {
    if last.data() != text.as_bytes() {
        *last = ByteArray::from(text);
    }
    values.push(last.clone());
    true
}

fn exact(units: i128) -> FixedLenByteArray {
    FixedLenByteArray::from(units.to_be_bytes().to_vec())
}

fn scale(kind: Kind) -> u32 {
    match kind {
        Kind::Decimal(scale) => scale,
        _ => 12,
    }
}

fn field(head: &Head) -> Result<Type, ParquetError> {
    let optional =
        |physical| Type::primitive_type_builder(head.name, physical).with_repetition(Repetition::OPTIONAL);
    match head.kind {
        Kind::Text | Kind::Json | Kind::List => {
            optional(Physical::BYTE_ARRAY).with_logical_type(Some(LogicalType::String)).build()
        }
        Kind::Count => optional(Physical::INT64).build(),
        Kind::Bool => optional(Physical::BOOLEAN).build(),
        Kind::Time | Kind::Seconds => optional(Physical::INT64)
            .with_logical_type(Some(LogicalType::timestamp(true, TimeUnit::MILLIS)))
            .build(),
        Kind::Money | Kind::Decimal(_) => {
            let scale = i32::try_from(scale(head.kind)).unwrap_or(0);
            optional(Physical::FIXED_LEN_BYTE_ARRAY)
                .with_length(16)
                .with_logical_type(Some(LogicalType::decimal(scale, PRECISION)))
                .with_precision(PRECISION)
                .with_scale(scale)
                .build()
        }
    }
}

/// What the disk said is told in its own words.
fn fault(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(io) => *io,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}

impl Sink for Parquet<'_> {
    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        for (held, cell) in self.columns.iter_mut().zip(cells) {
            held.push(cell);
        }
        self.rows += 1;
        if self.rows == GROUP { self.write_group().map_err(fault) } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>, _: &Written) -> io::Result<()> {
        self.write_group().map_err(fault)?;
        self.writer.close().map_err(fault)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::cell::Decimal;
    use super::*;

    #[test]
    fn exact_numbers_keep_their_scale() {
        let number = Decimal { units: 15, scale: 1 };
        assert_eq!(exact(number.at(scale(Kind::Decimal(6)))).data(), 1_500_000_i128.to_be_bytes());
        assert_eq!(scale(Kind::Money), 12);
    }
}
