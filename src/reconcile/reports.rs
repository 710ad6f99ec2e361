//! The rows of Anthropic's reports. Amounts there are cents: a decimal in text, or a number.

use chrono::NaiveDate;
use serde_json::Value;

use super::anthropic::Place;
use super::bill::{Bill, Kind, day_of, whole_day};
use super::names;
use super::{Figures, Key, What};
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::{Time, Window};

/// Takes a row of `data` into the bill.
pub(super) fn row(bill: &mut Bill, row: &Value, place: &Place<'_>) -> Result<()> {
    if bill.kind == Kind::ClaudeCode {
        return claude_code(bill, row, place);
    }
    let start = time(row, "starting_at", place)?;
    let end = time(row, "ending_at", place)?;
    let span = Window { start, end };
    bill.cover(span);
    if end.since(start) > 86_400_000 {
        return Err(place
            .wrong("the row covers more than a day")
            .hint("ask for days: `bucket_width=1d`, or `time_bucket_width=1d` of analytics"));
    }
    let day = day_of(start);
    if let Some(group) = row.get("group") {
        return analytics(bill, row, group, day, place);
    }
    let empty = Vec::new();
    let results = row.get("results").and_then(Value::as_array).unwrap_or(&empty);
    for (at, result) in results.iter().enumerate() {
        let place = place.at("results").at(at);
        if bill.kind == Kind::CostReport {
            cost(bill, result, day, &place)?;
        } else {
            let model = text(result, "model");
            bill.models &= !model.is_empty();
            tokens(bill, result, day, &model_id(model), &place)?;
        }
    }
    Ok(())
}

fn cost(bill: &mut Bill, result: &Value, day: NaiveDate, place: &Place<'_>) -> Result<()> {
    dollars_only(result, place)?;
    let amount = cents(result, "amount", place)?;
    let (kind, token, model) = (text(result, "cost_type"), text(result, "token_type"), text(result, "model"));
    let what = match (kind, token) {
        ("" | "tokens", "") => {
            bill.meters = false;
            What::All
        }
        (_, "") => names::what(kind),
        (_, token) => names::what(token),
    };
    // Searches and the like name no model, and nor does a report that is not grouped.
    let has_models = !model.is_empty() || !matches!(kind, "" | "tokens");
    bill.models &= has_models;
    let key = Key { day, model: model_id(model), what };
    bill.add(key, Figures { cost: Some(amount), ..Figures::default() });
    Ok(())
}

/// The counts of a usage report.
fn tokens(bill: &mut Bill, row: &Value, day: NaiveDate, model: &str, place: &Place<'_>) -> Result<()> {
    let nothing = Value::Null;
    let writes = row.get("cache_creation").unwrap_or(&nothing);
    let tools = row.get("server_tool_use").unwrap_or(&nothing);
    for (what, from, name) in [
        (What::Input, row, "uncached_input_tokens"),
        (What::Output, row, "output_tokens"),
        (What::CacheWrite5m, writes, "ephemeral_5m_input_tokens"),
        (What::CacheWrite1h, writes, "ephemeral_1h_input_tokens"),
        (What::CacheRead, row, "cache_read_input_tokens"),
        (What::WebSearch, tools, "web_search_requests"),
    ] {
        let count = count(from, name, place)?;
        let key = Key { day, model: model.to_string(), what };
        bill.add(key, Figures { count: Some(count), ..Figures::default() });
    }
    Ok(())
}

fn claude_code(bill: &mut Bill, row: &Value, place: &Place<'_>) -> Result<()> {
    let date = text(row, "date");
    let day = Time::parse(date).map(day_of).or_else(|| date.parse().ok());
    let Some(day) = day else { return Err(place.at("date").wrong(format!("`{date}` is not a day"))) };
    bill.cover(whole_day(day));
    bill.write_kinds = false;
    let empty = Vec::new();
    let models = row.get("model_breakdown").and_then(Value::as_array).unwrap_or(&empty);
    for (at, part) in models.iter().enumerate() {
        let place = place.at("model_breakdown").at(at);
        let model = model_id(text(part, "model"));
        if let Some(estimate) = part.get("estimated_cost") {
            let amount = cents(estimate, "amount", &place.at("estimated_cost"))?;
            *bill.apart.entry("estimated by the report, not by meter".to_string()).or_default() += amount;
        }
        let nothing = Value::Null;
        let counts = part.get("tokens").unwrap_or(&nothing);
        for (what, name) in [
            (What::Input, "input"),
            (What::Output, "output"),
            (What::CacheWrite, "cache_creation"),
            (What::CacheRead, "cache_read"),
        ] {
            let count = count(counts, name, &place.at("tokens"))?;
            bill.add(
                Key { day, model: model.clone(), what },
                Figures { count: Some(count), ..Figures::default() },
            );
        }
    }
    Ok(())
}

fn analytics(bill: &mut Bill, row: &Value, group: &Value, day: NaiveDate, place: &Place<'_>) -> Result<()> {
    if !text(group, "rbac_group_id").is_empty() {
        return Err(place
            .at("group/rbac_group_id")
            .wrong("groups of people overlap, so that their rows count some use twice")
            .hint("leave `rbac_group_id` out of `group_by[]`"));
    }
    let model = text(group, "model");
    let kind = text(group, "cost_type");
    bill.models &= !model.is_empty() || !matches!(kind, "" | "tokens");
    let Some(cost) = row.get("cost") else {
        let usage = row.get("usage").unwrap_or(row);
        return tokens(bill, usage, day, &model_id(model), &place.at("usage"));
    };
    let place = place.at("cost");
    dollars_only(cost, &place)?;
    let amount = cents(cost, "amount", &place)?;
    let list =
        if cost.get("list_amount").is_some() { Some(cents(cost, "list_amount", &place)?) } else { None };
    let what = match (kind, text(group, "token_type")) {
        ("" | "tokens", "") => {
            bill.meters = false;
            What::All
        }
        (kind, "") => names::what(kind),
        (_, token) => names::what(token),
    };
    bill.add(Key { day, model: model_id(model), what }, Figures { count: None, cost: Some(amount), list });
    Ok(())
}

/// One spelling for a model; a name nobody knows stands for itself.
fn model_id(sent: &str) -> String {
    let known = names::model(sent);
    known.unwrap_or_else(|| crate::model::model_id::canonical(sent).into_owned())
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn time(row: &Value, key: &str, place: &Place<'_>) -> Result<Time> {
    let shown = text(row, key);
    Time::parse(shown).ok_or_else(|| place.at(key).wrong(format!("`{shown}` is not an RFC 3339 time")))
}

fn count(from: &Value, key: &str, place: &Place<'_>) -> Result<u64> {
    match from.get(key) {
        None | Some(Value::Null) => Ok(0),
        Some(value) => {
            value.as_u64().ok_or_else(|| place.at(key).wrong(format!("`{value}` is not a count of tokens")))
        }
    }
}

fn dollars_only(value: &Value, place: &Place<'_>) -> Result<()> {
    match text(value, "currency") {
        "" | "USD" => Ok(()),
        other => {
            Err(place.at("currency").wrong(format!("`{other}` is not USD, the only currency of the ledger")))
        }
    }
}

/// Cents, with or without a fraction.
fn cents(value: &Value, key: &str, place: &Place<'_>) -> Result<Money> {
    let shown = match value.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        other => {
            let seen = other.map_or("nothing".to_string(), Value::to_string);
            return Err(place.at(key).wrong(format!("{seen} is not an amount in cents")));
        }
    };
    let amount = shown.parse::<Money>();
    let amount = amount.map_err(|_| place.at(key).wrong(format!("`{shown}` is not an amount in cents")))?;
    Ok(Money((amount.0 + 50).div_euclid(100)))
}
