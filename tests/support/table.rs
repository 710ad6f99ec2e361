//! What an export in CSV says.

use std::collections::BTreeMap;

/// By the names of the columns.
pub type Row = BTreeMap<String, String>;

pub fn rows_of(text: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heads = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        heads.iter().map(str::to_string).zip(record.iter().map(str::to_string)).collect::<Row>()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}
