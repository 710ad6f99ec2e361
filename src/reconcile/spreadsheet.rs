//! Bills as CSV: AWS's Cost and Usage Report (2.0 and legacy), FOCUS 1.0 to 1.4, the Console's exports of usage and cost.
//! Which it is, the header says.

use std::collections::HashMap;

use csv::{ReaderBuilder, StringRecord};
use serde_json::Value;

use super::bill::{Bill, Kind, day_of, forms, whole_day};
use super::names;
use super::{Figures, Key, What};
use crate::base::error::{Error, Result};
use crate::base::money::{Money, PER_USD};
use crate::base::text::quoted;
use crate::base::time::{Time, Window};
use crate::model::model_id::canonical;
use crate::model::provider::Provider;

/// A line with its columns by name.
struct Line<'a> {
    file: &'a str,
    number: u64,
    record: &'a StringRecord,
    columns: &'a HashMap<String, usize>,
}

impl<'a> Line<'a> {
    /// The first of these columns that there is; empty where there is none.
    fn text(&self, names: &[&str]) -> &'a str {
        let at = names.iter().find_map(|name| self.columns.get(*name));
        at.and_then(|at| self.record.get(*at)).unwrap_or_default().trim()
    }

    fn wrong(&self, names: &[&str], what: &str) -> Error {
        let name = names.iter().find(|name| self.columns.contains_key(**name)).or(names.first()).copied();
        let text = self.text(names);
        let column = name.unwrap_or_default();
        Error::user(format!(
            "{}, line {}, column `{column}`: {} is not {what}",
            quoted(self.file),
            self.number,
            quoted(text)
        ))
    }

    fn number(&self, names: &[&str]) -> Result<Option<Money>> {
        match self.text(names) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| self.wrong(names, "a number")),
        }
    }

    fn time(&self, names: &[&str]) -> Result<Time> {
        let text = self.text(names);
        // AWS and readers between write a space for the `T`, and some leave the zone out: all of it is UTC.
        let plain = text.trim_end_matches(" UTC").trim_end_matches('Z').replacen(' ', "T", 1);
        let day = || if plain.len() == 10 { Time::parse(&format!("{plain}T00:00:00Z")) } else { None };
        let time = Time::parse(text).or_else(|| Time::parse(&format!("{plain}Z"))).or_else(day);
        time.ok_or_else(|| self.wrong(names, "a time or day").hint("for example 2026-11-20T10:00:00Z"))
    }

    /// A count in units of some size.
    fn count(&self, amount: &[&str], unit: &str) -> Result<Option<u64>> {
        let Some(size) = size_of(unit) else { return Ok(None) };
        let Some(amount) = self.number(amount)? else { return Ok(None) };
        let whole = amount.0.saturating_mul(size.into()).saturating_add(PER_USD / 2).div_euclid(PER_USD);
        Ok(Some(u64::try_from(whole).unwrap_or(0)))
    }
}

/// How many tokens or requests a unit is; None for what counts neither.
fn size_of(unit: &str) -> Option<u64> {
    let unit = unit.trim().to_ascii_lowercase();
    let (number, word) = unit.split_once(' ').unwrap_or(("1", &unit));
    let size = match number {
        "1k" => 1000,
        "1m" => 1_000_000,
        number => number.parse().ok()?,
    };
    match word {
        // The marketplace's unit is a million tokens.
        "units" | "unit" | "mtok" => Some(size * 1_000_000),
        word if word.contains("token") || word.contains("request") => Some(size),
        _ => None,
    }
}

pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Bill> {
    let mut reader = ReaderBuilder::new().flexible(false).from_reader(bytes);
    let wrong = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        Error::user(format!("{}, line {line}: not CSV as it should be", quoted(file))).caused_by(error)
    };
    let columns: HashMap<String, usize> = reader
        .headers()
        .map_err(wrong)?
        .iter()
        .enumerate()
        .map(|(at, name)| (name.trim().to_string(), at))
        .collect();
    let has = |name: &str| columns.contains_key(name);
    type Take = fn(&mut Bill, &Line<'_>) -> Result<()>;
    let (kind, take): (Kind, Take) = if has("usage_input_tokens_no_cache") {
        (Kind::ConsoleUsage, console_usage)
    } else if has("usage_date_utc") && has("cost_usd") {
        (Kind::ConsoleCost, console_cost)
    } else if has("BilledCost") && has("ChargePeriodStart") {
        (Kind::Focus, focus)
    } else if has("line_item_unblended_cost") || has("lineItem/UnblendedCost") {
        (Kind::Cur, cur)
    } else {
        let mut names: Vec<&str> = columns.keys().map(String::as_str).collect();
        names.sort_unstable();
        names.truncate(5);
        let told = format!(
            "{}, line 1: these columns are of no bill that is known: {}",
            quoted(file),
            names.join(", ")
        );
        return Err(Error::user(told).hint(forms()));
    };
    let mut bill = Bill::new(kind, file);
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(wrong)? {
        let number = record.position().map_or(0, csv::Position::line);
        take(&mut bill, &Line { file, number, record: &record, columns: &columns })?;
    }
    if bill.covered.is_empty() {
        let told = format!("{} has no rows about Claude", quoted(file));
        return Err(
            Error::user(told).hint("was the report exported for the right days, accounts and services?")
        );
    }
    Ok(bill)
}

fn console_usage(bill: &mut Bill, line: &Line<'_>) -> Result<()> {
    let day = day_of(line.time(&["usage_date_utc"])?);
    bill.cover(whole_day(day));
    let model = model_of(&[line.text(&["model_version", "model"])]);
    for (what, name) in [
        (What::Input, "usage_input_tokens_no_cache"),
        (What::Output, "usage_output_tokens"),
        (What::CacheWrite5m, "usage_input_tokens_cache_write_5m"),
        (What::CacheWrite1h, "usage_input_tokens_cache_write_1h"),
        (What::CacheRead, "usage_input_tokens_cache_read"),
        (What::WebSearch, "web_search_count"),
    ] {
        let count = line.count(&[name], "tokens")?.unwrap_or(0);
        bill.add(
            Key { day, model: model.clone(), what },
            Figures { count: Some(count), ..Figures::default() },
        );
    }
    Ok(())
}

fn console_cost(bill: &mut Bill, line: &Line<'_>) -> Result<()> {
    let day = day_of(line.time(&["usage_date_utc"])?);
    bill.cover(whole_day(day));
    let model = model_of(&[line.text(&["model"])]);
    let what = match line.text(&["token_type"]) {
        "" => names::what(line.text(&["cost_type"])),
        token => names::what(token),
    };
    let cost = line.number(&["cost_usd"])?.unwrap_or_default();
    let list = line.number(&["list_price_usd"])?;
    bill.add(Key { day, model, what }, Figures { count: None, cost: Some(cost), list });
    Ok(())
}

fn focus(bill: &mut Bill, line: &Line<'_>) -> Result<()> {
    let words = [
        "SkuPriceDetails",
        "SkuId",
        "SkuMeter",
        "ChargeDescription",
        "ServiceName",
        "ResourceName",
        "x_UsageType",
        "x_SkuDescription",
    ];
    let words = words.map(|name| line.text(&[name]));
    let ours = line.columns.contains_key("x_LineItemId");
    if !ours && !is_claude(&words) {
        bill.skipped += 1;
        return Ok(());
    }
    usd(line, &["BillingCurrency"])?;
    let cost = line.number(&["BilledCost"])?.unwrap_or_default();
    let category = line.text(&["ChargeCategory"]);
    if !matches!(category, "" | "Usage") {
        *bill.apart.entry(category.to_string()).or_default() += cost;
        return Ok(());
    }
    let span = Window { start: line.time(&["ChargePeriodStart"])?, end: line.time(&["ChargePeriodEnd"])? };
    bill.cover(span);
    match line.text(&["ProviderName", "ServiceProviderName"]).to_ascii_lowercase() {
        seller if seller.contains("anthropic") => drop(bill.providers.insert(Provider::Anthropic)),
        seller if seller.contains("aws") || seller.contains("amazon") => {
            bill.providers.extend([Provider::Bedrock, Provider::ClaudePlatformAws]);
        }
        seller if seller.contains("google") => drop(bill.providers.insert(Provider::Google)),
        seller if seller.contains("microsoft") => drop(bill.providers.insert(Provider::Foundry)),
        _ => {}
    }
    let meter = [words[2], words[1], words[3]].into_iter().map(names::what).find(|what| *what != What::Other);
    let what = meter.unwrap_or(What::Other);
    let consumed = line.count(&["ConsumedQuantity"], line.text(&["ConsumedUnit"]))?;
    let count = match consumed {
        None => line.count(&["PricingQuantity"], line.text(&["PricingUnit"]))?,
        found => found,
    };
    let count = count.filter(|_| what != What::Unlisted);
    let detail = serde_json::from_str::<Value>(words[0]).ok();
    let told = detail.as_ref().and_then(|detail| detail.get("x_model")).and_then(Value::as_str);
    let told = told.filter(|model| *model != "unknown");
    let model = match (told, ours) {
        (Some(model), _) => canonical(model).into_owned(),
        (None, true) => String::new(),
        (None, false) => model_of(&words),
    };
    let list = line.number(&["ListCost"])?;
    bill.add(Key { day: day_of(span.start), model, what }, Figures { count, cost: Some(cost), list });
    Ok(())
}

fn cur(bill: &mut Bill, line: &Line<'_>) -> Result<()> {
    let usage_type = line.text(&["line_item_usage_type", "lineItem/UsageType"]);
    let words = [
        line.text(&["product_product_name", "product/ProductName"]),
        usage_type,
        line.text(&["line_item_line_item_description", "lineItem/LineItemDescription"]),
        line.text(&["line_item_product_code", "lineItem/ProductCode"]),
        line.text(&["product"]),
    ];
    let tags = serde_json::from_str::<Value>(line.text(&["resource_tags"])).ok();
    let tag = tags.as_ref().and_then(|tags| tags.get("user_cost_hook_provider")).and_then(Value::as_str);
    let ours = tag.unwrap_or_else(|| line.text(&["resourceTags/user:cost_hook_provider"]));
    if ours.is_empty() && !is_claude(&words) {
        bill.skipped += 1;
        return Ok(());
    }
    usd(line, &["line_item_currency_code", "lineItem/CurrencyCode"])?;
    let cost = line.number(&["line_item_unblended_cost", "lineItem/UnblendedCost"])?.unwrap_or_default();
    let kind = line.text(&["line_item_line_item_type", "lineItem/LineItemType"]);
    if !matches!(kind, "" | "Usage" | "DiscountedUsage" | "SavingsPlanCoveredUsage") {
        *bill.apart.entry(kind.to_string()).or_default() += cost;
        return Ok(());
    }
    let start = line.time(&["line_item_usage_start_date", "lineItem/UsageStartDate"])?;
    let end = line.time(&["line_item_usage_end_date", "lineItem/UsageEndDate"])?;
    bill.cover(Window { start, end });
    match Provider::parse(ours) {
        Some(provider) => drop(bill.providers.insert(provider)),
        None => bill.providers.extend([Provider::Bedrock, Provider::ClaudePlatformAws]),
    }
    let what = names::what(usage_type);
    let unit = line.text(&["pricing_unit", "pricing/unit"]);
    let amount = line.count(&["line_item_usage_amount", "lineItem/UsageAmount"], unit)?;
    let count = amount.filter(|_| !matches!(what, What::Unlisted | What::Other));
    let product = serde_json::from_str::<Value>(words[4]).ok();
    let named = product.as_ref().and_then(|product| product.get("model")).and_then(Value::as_str);
    let named = named.unwrap_or_else(|| line.text(&["product/model"]));
    let model = match (named, ours.is_empty()) {
        ("unknown", false) => String::new(),
        ("", _) => model_of(&words),
        (named, false) => canonical(named).into_owned(),
        (named, true) => model_of(&[named, words[0], words[1], words[2]]),
    };
    let list = line.number(&["pricing_public_on_demand_cost", "pricing/publicOnDemandCost"])?;
    bill.add(Key { day: day_of(start), model, what }, Figures { count, cost: Some(cost), list });
    Ok(())
}

fn is_claude(words: &[&str]) -> bool {
    words.iter().any(|words| {
        let words = words.to_ascii_lowercase();
        words.contains("claude") || words.contains("anthropic")
    })
}

fn usd(line: &Line<'_>, names: &[&str]) -> Result<()> {
    match line.text(names) {
        "" | "USD" => Ok(()),
        _ => Err(line.wrong(names, "USD, the only currency of the ledger")),
    }
}

/// The first of the texts that names a model; the first text itself where none does.
fn model_of(words: &[&str]) -> String {
    let known = words.iter().find_map(|words| names::model(words));
    known.unwrap_or_else(|| match words {
        [only] => canonical(only).into_owned(),
        _ => String::new(),
    })
}
