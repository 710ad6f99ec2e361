//! Bills as providers deliver them: gzip is unpacked, Parquet turned into the CSV that `spreadsheet` reads. What the
//! columns mean is not known here.

use std::io::Read;

use bytes::Bytes;
use csv::Writer;
use flate2::read::MultiGzDecoder;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::{Map, Value};

use crate::base::error::{Error, Result};
use crate::base::text::{quoted, size};
use crate::base::time::Time;

/// A bill that unpacks to more is cut into months first.
const MOST: u64 = 1 << 30;

/// All members of a gzip file, one after the other.
pub(super) fn unzipped(name: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    unzipped_at_most(name, bytes, MOST)
}

fn unzipped_at_most(name: &str, bytes: &[u8], most: u64) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    let read = MultiGzDecoder::new(bytes).take(most + 1).read_to_end(&mut text);
    read.map_err(|error| {
        Error::user(format!("{} is gzip that cannot be unpacked", quoted(name)))
            .caused_by(error)
            .hint("download it again: the end may be missing")
    })?;
    if text.len() as u64 > most {
        let told = format!("{} unpacks to more than {}", quoted(name), size(most));
        return Err(Error::user(told).hint("give it in parts, such as one month at a time"));
    }
    Ok(text)
}

/// The rows of a Parquet file as CSV.
pub(super) fn as_csv(name: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    let wrong = |error: ParquetError| {
        Error::user(format!("{} is Parquet that cannot be read", quoted(name)))
            .caused_by(error)
            .hint(format!("write it as CSV: `duckdb -c \"copy (select * from '{name}') to 'bill.csv'\"`"))
    };
    let unwritten = |error: csv::Error| Error::internal("a row cannot be written as CSV").caused_by(error);
    let file = SerializedFileReader::new(Bytes::copy_from_slice(bytes)).map_err(wrong)?;
    let schema = file.metadata().file_metadata().schema();
    let names: Vec<&str> = schema.get_fields().iter().map(|field| field.name()).collect();
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(&names).map_err(unwritten)?;
    for row in file.get_row_iter(None).map_err(wrong)? {
        let row = row.map_err(wrong)?;
        writer.write_record(row.get_column_iter().map(|(_, field)| cell(field))).map_err(unwritten)?;
    }
    writer.into_inner().map_err(|error| unwritten(error.into_error().into()))
}

/// A value as CSV has it; what is null is empty.
fn cell(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).into_owned(),
        // Never with an exponent, and with as few digits as tell the number.
        Field::Float(value) => value.to_string(),
        Field::Double(value) => value.to_string(),
        Field::TimestampMillis(ms) => Time(*ms).to_string(),
        Field::TimestampMicros(us) => Time(us.div_euclid(1000)).to_string(),
        Field::MapInternal(_) | Field::Group(_) => json(field).to_string(),
        other => other.to_string(),
    }
}

/// Maps and structs as the JSON objects that CSV has in their place.
fn json(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::MapInternal(map) => {
            let entries = map.entries().iter().map(|(name, value)| (cell(name), json(value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        Field::Group(row) => {
            let entries = row.get_column_iter().map(|(name, value)| (name.clone(), json(value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        other => Value::String(cell(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    /// Ten gigabytes of zeros are ten megabytes of gzip, and gzip files may follow each other.
    #[test]
    fn what_unpacks_without_end_is_refused() {
        let mut packed = Vec::new();
        for _ in 0..4 {
            let mut one = GzEncoder::new(Vec::new(), Compression::fast());
            one.write_all(&[b'0'; 50_000]).unwrap();
            packed.extend(one.finish().unwrap());
        }
        assert!(packed.len() < 10_000);
        assert_eq!(unzipped_at_most("bill", &packed, 200_000).unwrap().len(), 200_000);
        let error = unzipped_at_most("bill", &packed, 199_999).unwrap_err();
        assert!(error.to_string().contains("unpacks to more than"), "{error}");
    }
}
