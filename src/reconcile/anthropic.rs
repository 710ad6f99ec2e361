//! Anthropic's reports as saved from the Admin API: a response, several pages one after the other, or a list of pages.
//! Finds out which report it is; what its rows mean is `reports`'.

use serde_json::Value;

use super::bill::{Bill, Kind, forms};
use super::reports;
use crate::base::error::{Error, Result};
use crate::base::text::quoted;

/// Where in which file, for messages.
pub(super) struct Place<'a> {
    pub(super) file: &'a str,
    /// A JSON pointer.
    pub(super) pointer: String,
}

impl<'a> Place<'a> {
    pub(super) fn at(&self, step: impl std::fmt::Display) -> Place<'a> {
        Place { file: self.file, pointer: format!("{}/{step}", self.pointer) }
    }

    pub(super) fn wrong(&self, what: impl std::fmt::Display) -> Error {
        let pointer = if self.pointer.is_empty() { "/" } else { &self.pointer };
        Error::user(format!("{} at `{pointer}`: {what}", quoted(self.file)))
    }
}

pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Vec<Bill>> {
    let mut pages = Vec::new();
    for value in serde_json::Deserializer::from_slice(bytes).into_iter::<Value>() {
        let value = value.map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Error::user(format!("{} is not JSON: line {line}, column {column}", quoted(file)))
                .caused_by(error)
                .hint("save the response of the API as it is")
        })?;
        match value {
            Value::Array(list) => pages.extend(list),
            page => pages.push(page),
        }
    }
    let mut bills: Vec<Bill> = Vec::new();
    let root = Place { file, pointer: String::new() };
    let several = pages.len() > 1;
    let rows = || pages.iter().filter_map(|page| page.get("data")?.as_array()).flatten();
    // A bucket without use says how far the report reaches, and not which report it is.
    let usual = rows().find_map(kind_of).unwrap_or(Kind::UsageReport);
    for (number, page) in pages.iter().enumerate() {
        let place = if several { root.at(number) } else { Place { file, pointer: String::new() } };
        if let Some(error) = page.get("error") {
            let said = error.get("message").and_then(Value::as_str).unwrap_or("an error");
            return Err(place.wrong(format!("the API answered with an error: {said}")));
        }
        let data = page.get("data").and_then(Value::as_array);
        let Some(data) = data else { return Err(place.wrong("there is no list `data`").hint(forms())) };
        let place = place.at("data");
        for (at, row) in data.iter().enumerate() {
            let place = place.at(at);
            let Some(kind) = kind_of(row).or(is_empty(row).then_some(usual)) else {
                return Err(place.wrong("this is no report that is known").hint(forms()));
            };
            let known = bills.iter().position(|bill| bill.kind == kind);
            let position = known.unwrap_or_else(|| {
                bills.push(Bill::new(kind, file));
                bills.len() - 1
            });
            reports::row(&mut bills[position], row, &place)?;
        }
    }
    let unfinished =
        pages.last().and_then(|page| page.get("has_more")).and_then(Value::as_bool) == Some(true);
    if bills.is_empty() {
        return Err(root.wrong("there is nothing in it").hint("was the report asked for the right days?"));
    }
    if unfinished {
        bills.iter_mut().for_each(|bill| bill.unfinished.push(file.to_string()));
    }
    Ok(bills)
}

fn kind_of(row: &Value) -> Option<Kind> {
    if row.get("model_breakdown").is_some() {
        return Some(Kind::ClaudeCode);
    }
    if row.get("group").is_some() {
        return Some(if row.get("cost").is_some() { Kind::AnalyticsCost } else { Kind::AnalyticsUsage });
    }
    let first = row.get("results")?.as_array()?.first()?;
    let has = |name: &str| first.get(name).is_some();
    if has("amount") {
        Some(Kind::CostReport)
    } else {
        has("uncached_input_tokens").then_some(Kind::UsageReport)
    }
}

fn is_empty(row: &Value) -> bool {
    row.get("results").and_then(Value::as_array).is_some_and(Vec::is_empty)
}
