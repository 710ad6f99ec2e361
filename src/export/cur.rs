//! The columns of AWS's Cost and Usage Report: 2.0, with maps as JSON objects, or the legacy report, which has a column for
//! each member of a map. Line items are named as Amazon Bedrock names them, which importers know; who really served a
//! call stands in `product` and in a tag, so that nobody takes the file for a second bill of AWS.

use serde_json::{Map, Value, json};

use super::cell::{Cell, Column, Kind};
use super::charges::{Accounts, Charge, Counted, Tag};
use super::focus::{cost, product as times_quantity, service, usd};
use crate::model::model_id::identify;
use crate::model::price::meters::Meter;
use crate::model::provider::Provider;

/// Names in 2.0 and in the legacy report; an empty one has no such column.
fn table() -> Vec<(&'static str, &'static str, Column)> {
    use Kind::{Json, Text, Time};
    const COST: Kind = Kind::Decimal(12);
    const LIST: Kind = Kind::Decimal(18);
    const RATE: Kind = Kind::Decimal(15);
    let col = |name, legacy, kind, value| (name, legacy, Column::new(name, kind, value));
    vec![
        col("bill_bill_type", "bill/BillType", Text, |_| Cell::word("Anniversary")),
        col("bill_billing_entity", "bill/BillingEntity", Text, |_| Cell::word("AWS")),
        col("bill_billing_period_end_date", "bill/BillingPeriodEndDate", Time, |c| Cell::Time(c.month().end)),
        col("bill_billing_period_start_date", "bill/BillingPeriodStartDate", Time, |c| {
            Cell::Time(c.month().start)
        }),
        col("bill_invoice_id", "bill/InvoiceId", Text, |_| Cell::Null),
        col("bill_invoicing_entity", "bill/InvoicingEntity", Text, |_| {
            Cell::word("Amazon Web Services, Inc.")
        }),
        col("bill_payer_account_id", "bill/PayerAccountId", Text, |c| Cell::text(&c.accounts.aws_account)),
        col("bill_payer_account_name", "", Text, |c| Cell::text(&c.accounts.billing_name)),
        col("cost_category", "", Json, |_| Cell::Null),
        col("identity_line_item_id", "identity/LineItemId", Text, |c| Cell::owned(c.id())),
        col("identity_time_interval", "identity/TimeInterval", Text, |c| Cell::owned(interval(c))),
        col("line_item_availability_zone", "lineItem/AvailabilityZone", Text, |_| Cell::Null),
        col("line_item_blended_cost", "lineItem/BlendedCost", COST, cost),
        col("line_item_blended_rate", "lineItem/BlendedRate", RATE, |c| rate(c, c.price().0)),
        col("line_item_currency_code", "lineItem/CurrencyCode", Text, usd),
        col("line_item_legal_entity", "lineItem/LegalEntity", Text, |_| Cell::Null),
        col("line_item_line_item_description", "lineItem/LineItemDescription", Text, |c| {
            Cell::owned(description(c))
        }),
        col("line_item_line_item_type", "lineItem/LineItemType", Text, |_| Cell::word("Usage")),
        col("line_item_normalization_factor", "lineItem/NormalizationFactor", RATE, |_| Cell::Null),
        col("line_item_normalized_usage_amount", "lineItem/NormalizedUsageAmount", RATE, |_| Cell::Null),
        col("line_item_operation", "lineItem/Operation", Text, |_| {
            Cell::word("InvokeModelStreamingInference")
        }),
        col("line_item_product_code", "lineItem/ProductCode", Text, product_code),
        col("line_item_resource_id", "lineItem/ResourceId", Text, |_| Cell::Null),
        col("line_item_tax_type", "lineItem/TaxType", Text, |_| Cell::Null),
        col("line_item_unblended_cost", "lineItem/UnblendedCost", COST, cost),
        col("line_item_unblended_rate", "lineItem/UnblendedRate", RATE, |c| rate(c, c.price().0)),
        col("line_item_usage_account_id", "lineItem/UsageAccountId", Text, |c| {
            Cell::text(&c.accounts.aws_account)
        }),
        col("line_item_usage_account_name", "", Text, |c| Cell::text(&c.accounts.billing_name)),
        col("line_item_usage_amount", "lineItem/UsageAmount", COST, amount),
        col("line_item_usage_end_date", "lineItem/UsageEndDate", Time, |c| Cell::Time(c.period.end)),
        col("line_item_usage_start_date", "lineItem/UsageStartDate", Time, |c| Cell::Time(c.period.start)),
        col("line_item_usage_type", "lineItem/UsageType", Text, usage),
        col("pricing_currency", "pricing/currency", Text, usd),
        col("pricing_public_on_demand_cost", "pricing/publicOnDemandCost", LIST, list_cost),
        col("pricing_public_on_demand_rate", "pricing/publicOnDemandRate", RATE, |c| {
            rate(c, c.key.list_price.0)
        }),
        col("pricing_rate_code", "pricing/RateCode", Text, |_| Cell::Null),
        col("pricing_rate_id", "pricing/RateId", Text, |_| Cell::Null),
        col("pricing_term", "pricing/term", Text, |_| Cell::word("OnDemand")),
        col("pricing_unit", "pricing/unit", Text, |c| Cell::word(unit(c))),
        col("product", "", Json, |c| Cell::Json(product(c).to_string())),
        col("", "product/ProductName", Text, |c| Cell::word(service(c))),
        col("", "product/model", Text, |c| Cell::text(c.model())),
        col("product_product_family", "product/productFamily", Text, |_| Cell::word("Amazon Bedrock")),
        col("", "product/provider", Text, |c| Cell::word(c.key.provider.name())),
        col("", "product/publisher", Text, |_| Cell::word("Anthropic")),
        col("", "product/region", Text, region),
        col("product_region_code", "product/regionCode", Text, region),
        col("product_servicecode", "product/servicecode", Text, product_code),
        col("product_usagetype", "product/usagetype", Text, usage),
        col("resource_tags", "", Json, |c| Cell::Json(tags(c).to_string())),
        col("", "resourceTags/user:cost_hook_provider", Text, |c| Cell::word(c.key.provider.name())),
    ]
}

pub(super) fn columns(accounts: &Accounts, legacy: bool) -> Vec<Column> {
    let mut columns = Vec::new();
    for (name, old, mut column) in table() {
        let name = if legacy { old } else { name };
        if name.is_empty() {
            continue;
        }
        (column.head.name, column.head.key) = (name, name);
        if legacy && column.head.kind == Kind::Time {
            column.head.kind = Kind::Seconds;
        }
        columns.push(column);
    }
    if legacy {
        columns.extend(accounts.tags.iter().map(|tag| match tag {
            Tag::Project => {
                Column::new("resourceTags/user:project", Kind::Text, |c| Cell::text(c.tag(Tag::Project)))
            }
            Tag::User => Column::new("resourceTags/user:user", Kind::Text, |c| Cell::text(c.tag(Tag::User))),
            Tag::Branch => {
                Column::new("resourceTags/user:branch", Kind::Text, |c| Cell::text(c.tag(Tag::Branch)))
            }
            Tag::Session => {
                Column::new("resourceTags/user:session", Kind::Text, |c| Cell::text(c.tag(Tag::Session)))
            }
            Tag::Feature => {
                Column::new("resourceTags/user:feature", Kind::Text, |c| Cell::text(c.tag(Tag::Feature)))
            }
            Tag::Agent => {
                Column::new("resourceTags/user:agent", Kind::Text, |c| Cell::text(c.tag(Tag::Agent)))
            }
        }));
    }
    columns
}

fn product_code<'c>(charge: &'c Charge<'_>) -> Cell<'c> {
    Cell::text(&charge.accounts.product_code)
}

fn usage<'c>(charge: &'c Charge<'_>) -> Cell<'c> {
    Cell::owned(usage_type(charge))
}

fn region<'c>(charge: &'c Charge<'_>) -> Cell<'c> {
    Cell::text(&charge.key.region)
}

/// USD for a thousand tokens, where the price is for a million.
fn rate<'c>(charge: &Charge<'_>, price: i128) -> Cell<'c> {
    Cell::decimal(price, if charge.counts_tokens() { 15 } else { 12 })
}

fn amount<'c>(charge: &'c Charge<'_>) -> Cell<'c> {
    match charge.key.counted {
        Counted::Unlisted => Cell::decimal(charge.cost.0, 12),
        Counted::Meter(Meter::WebSearch) => Cell::decimal(charge.quantity.into(), 0),
        Counted::Meter(_) => Cell::decimal(charge.quantity.into(), 3),
    }
}

fn unit(charge: &Charge<'_>) -> &'static str {
    match charge.key.counted {
        Counted::Unlisted => "USD",
        Counted::Meter(Meter::WebSearch) => "Requests",
        Counted::Meter(_) => "1K tokens",
    }
}

fn list_cost<'c>(charge: &'c Charge<'_>) -> Cell<'c> {
    times_quantity(charge, charge.key.list_price.0)
}

fn interval(charge: &Charge<'_>) -> String {
    let shown = |time: crate::base::time::Time| time.utc().format("%Y-%m-%dT%H:%M:%SZ").to_string();
    format!("{}/{}", shown(charge.period.start), shown(charge.period.end))
}

fn description(charge: &Charge<'_>) -> String {
    let price = match rate(charge, charge.price().0) {
        Cell::Decimal(price) => price.to_string(),
        _ => String::new(),
    };
    let (unit, meter, model) = (unit(charge), charge.meter_name(), charge.model_name());
    format!("${price} per {unit} for {meter}, {model}, {}", charge.variant())
}

fn product(charge: &Charge<'_>) -> Value {
    json!({
        "product_name": service(charge),
        "region": charge.key.region,
        "model": charge.model(),
        "provider": charge.key.provider.name(),
        "publisher": "Anthropic",
    })
}

fn tags(charge: &Charge<'_>) -> Value {
    let mut tags = Map::new();
    tags.insert("user_cost_hook_provider".into(), charge.key.provider.name().into());
    for (tag, value) in charge.tags() {
        tags.insert(format!("user_{tag}"), value.into());
    }
    Value::Object(tags)
}

/// As Bedrock's own usage types are: `USE1-Claude4.6Sonnet-input-tokens`.
fn usage_type(charge: &Charge<'_>) -> String {
    let what = match charge.key.counted {
        Counted::Meter(Meter::Input) => "input-tokens",
        Counted::Meter(Meter::Output) => "output-tokens",
        Counted::Meter(Meter::CacheRead) => "cache-read-input-token-count",
        Counted::Meter(Meter::CacheWrite5m) => "cache-write-input-token-count",
        Counted::Meter(Meter::CacheWrite1h) => "cache-write-1-hour-input-token-count",
        Counted::Meter(Meter::WebSearch) => "web-search-requests",
        Counted::Unlisted => "unlisted-usage",
    };
    let prefix = billing_prefix(&charge.key.region).map_or(String::new(), |prefix| format!("{prefix}-"));
    let model = usage_model(charge);
    let mut words = vec![what.to_string()];
    let variant = charge.variant();
    // Bedrock's plain name is the regional endpoint; the global one has a word of its own.
    if charge.key.provider == Provider::Bedrock && charge.key.region == "global" {
        words.push("cross-region-global".into());
    }
    let plain = charge.key.provider == Provider::Bedrock && variant == "regional";
    if variant != "standard" && !plain {
        words.push(variant);
    }
    format!("{prefix}{model}-{}", words.join("-"))
}

/// `Claude4.6Sonnet` of Claude Sonnet 4.6; a model that is not in the list under its id.
fn usage_model(charge: &Charge<'_>) -> String {
    let known = identify(charge.model()).target.model();
    let mut words = known.map_or("", |model| model.name).split(' ');
    match (words.next(), words.next(), words.next(), words.next()) {
        (Some("Claude"), Some(family), Some(version), None) => format!("Claude{version}{family}"),
        _ => charge.model().replace(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-'), "_"),
    }
}

/// What AWS puts before the usage types of a region.
fn billing_prefix(region: &str) -> Option<&'static str> {
    const PREFIXES: [(&str, &str); 17] = [
        ("us-east-1", "USE1"),
        ("us-east-2", "USE2"),
        ("us-west-1", "USW1"),
        ("us-west-2", "USW2"),
        ("ca-central-1", "CAN1"),
        ("eu-west-1", "EU"),
        ("eu-west-2", "EUW2"),
        ("eu-west-3", "EUW3"),
        ("eu-central-1", "EUC1"),
        ("eu-north-1", "EUN1"),
        ("eu-south-1", "EUS1"),
        ("ap-northeast-1", "APN1"),
        ("ap-northeast-2", "APN2"),
        ("ap-southeast-1", "APS1"),
        ("ap-southeast-2", "APS2"),
        ("ap-south-1", "APS3"),
        ("us-gov-west-1", "UGW1"),
    ];
    PREFIXES.iter().find(|(name, _)| *name == region).map(|(_, prefix)| *prefix)
}
