//! The columns of FOCUS 1.2 (FinOps Open Cost and Usage Specification), in the alphabetical order of the standard, and
//! ours, which begin with `x_`, after them.

use serde_json::json;

use super::cell::{Cell, Column, Kind};
use super::charges::{Charge, Counted};
use crate::model::price::meters::Meter;
use crate::model::provider::Provider;

pub(super) fn columns() -> Vec<Column> {
    use Kind::{Json, Seconds, Text};
    // Prices have up to 12 decimals; a price times a count of millionths has 18.
    const PRICE: Kind = Kind::Decimal(12);
    const COST: Kind = Kind::Decimal(12);
    const PRODUCT: Kind = Kind::Decimal(18);
    const QUANTITY: Kind = Kind::Decimal(12);
    let col = Column::new;
    vec![
        col("AvailabilityZone", Text, none),
        col("BilledCost", COST, cost),
        col("BillingAccountId", Text, |c| Cell::text(&c.accounts.billing_id)),
        col("BillingAccountName", Text, |c| Cell::text(&c.accounts.billing_name)),
        col("BillingAccountType", Text, |_| Cell::word("Organization")),
        col("BillingCurrency", Text, usd),
        col("BillingPeriodEnd", Seconds, |c| Cell::Time(c.month().end)),
        col("BillingPeriodStart", Seconds, |c| Cell::Time(c.month().start)),
        col("CapacityReservationId", Text, none),
        col("CapacityReservationStatus", Text, none),
        col("ChargeCategory", Text, |_| Cell::word("Usage")),
        col("ChargeClass", Text, none),
        col("ChargeDescription", Text, |c| Cell::owned(description(c))),
        col("ChargeFrequency", Text, |_| Cell::word("Usage-Based")),
        col("ChargePeriodEnd", Seconds, |c| Cell::Time(c.period.end)),
        col("ChargePeriodStart", Seconds, |c| Cell::Time(c.period.start)),
        col("CommitmentDiscountCategory", Text, none),
        col("CommitmentDiscountId", Text, none),
        col("CommitmentDiscountName", Text, none),
        col("CommitmentDiscountQuantity", QUANTITY, none),
        col("CommitmentDiscountStatus", Text, none),
        col("CommitmentDiscountType", Text, none),
        col("CommitmentDiscountUnit", Text, none),
        col("ConsumedQuantity", QUANTITY, consumed),
        col("ConsumedUnit", Text, |c| Cell::word(consumed_unit(c))),
        col("ContractedCost", PRODUCT, contracted_cost),
        col("ContractedUnitPrice", PRICE, contracted_price),
        col("EffectiveCost", COST, cost),
        col("InvoiceId", Text, |c| Cell::owned(c.period.start.utc().format("provisional-%Y-%m").to_string())),
        col("InvoiceIssuerName", Text, |c| Cell::word(seller(c))),
        col("ListCost", PRODUCT, |c| product(c, c.key.list_price.0)),
        col("ListUnitPrice", PRICE, list_price),
        col("PricingCategory", Text, |_| Cell::word("Standard")),
        col("PricingCurrency", Text, usd),
        col("PricingCurrencyContractedUnitPrice", PRICE, contracted_price),
        col("PricingCurrencyEffectiveCost", COST, cost),
        col("PricingCurrencyListUnitPrice", PRICE, list_price),
        col("PricingQuantity", QUANTITY, priced),
        col("PricingUnit", Text, |c| Cell::word(pricing_unit(c))),
        col("ProviderName", Text, |c| Cell::word(seller(c))),
        col("PublisherName", Text, |_| Cell::word("Anthropic")),
        col("RegionId", Text, |c| Cell::text(&c.key.region)),
        col("RegionName", Text, |c| Cell::text(&c.key.region)),
        col("ResourceId", Text, none),
        col("ResourceName", Text, none),
        col("ResourceType", Text, none),
        col("ServiceCategory", Text, |_| Cell::word("AI and Machine Learning")),
        col("ServiceName", Text, |c| Cell::word(service(c))),
        col("ServiceSubcategory", Text, |_| Cell::word("Generative AI")),
        col("SkuId", Text, |c| Cell::owned(sku(c))),
        col("SkuMeter", Text, |c| Cell::word(c.meter_name())),
        col("SkuPriceDetails", Json, |c| Cell::Json(details(c))),
        col("SkuPriceId", Text, |c| Cell::owned(format!("{}/{}", sku(c), c.variant()))),
        col("SubAccountId", Text, |c| Cell::text(&c.key.project)),
        col("SubAccountName", Text, |c| Cell::text(last_name(&c.key.project))),
        col("SubAccountType", Text, |c| {
            if c.key.project.is_empty() { Cell::Null } else { Cell::word("Project") }
        }),
        col("Tags", Json, |c| Cell::Json(json!(c.tags()).to_string())),
        col("x_CallId", Text, |c| Cell::text(c.call())),
        col("x_Estimated", Kind::Bool, |c| Cell::Bool(c.key.estimated)),
        col("x_LineItemId", Text, |c| Cell::owned(c.id())),
    ]
}

fn none<'c>(_: &'c Charge<'_>) -> Cell<'c> {
    Cell::Null
}

pub(super) fn usd<'c>(_: &'c Charge<'_>) -> Cell<'c> {
    Cell::word("USD")
}

pub(super) fn cost<'c>(charge: &'c Charge<'_>) -> Cell<'c> {
    Cell::decimal(charge.cost.0, 12)
}

fn list_price<'c>(charge: &'c Charge<'_>) -> Cell<'c> {
    Cell::decimal(charge.key.list_price.0, 12)
}

fn contracted_price<'c>(charge: &'c Charge<'_>) -> Cell<'c> {
    Cell::decimal(charge.price().0, 12)
}

/// What was booked, where its price is only what it comes to.
fn contracted_cost<'c>(charge: &'c Charge<'_>) -> Cell<'c> {
    if charge.has_known_price() { product(charge, charge.price().0) } else { cost(charge) }
}

/// Quantity in the pricing unit.
fn priced<'c>(charge: &'c Charge<'_>) -> Cell<'c> {
    match charge.key.counted {
        Counted::Unlisted => Cell::decimal(charge.cost.0, 12),
        Counted::Meter(Meter::WebSearch) => Cell::decimal(charge.quantity.into(), 0),
        Counted::Meter(_) => Cell::decimal(charge.quantity.into(), 6),
    }
}

/// Price times quantity, to the last digit.
pub(super) fn product<'c>(charge: &Charge<'_>, price: i128) -> Cell<'c> {
    match charge.key.counted {
        Counted::Unlisted => Cell::decimal(charge.cost.0, 12),
        Counted::Meter(Meter::WebSearch) => Cell::decimal(price.saturating_mul(charge.quantity.into()), 12),
        Counted::Meter(_) => Cell::decimal(price.saturating_mul(charge.quantity.into()), 18),
    }
}

fn pricing_unit(charge: &Charge<'_>) -> &'static str {
    match charge.key.counted {
        Counted::Unlisted => "USD",
        Counted::Meter(Meter::WebSearch) => "Requests",
        Counted::Meter(_) => "1000000 Tokens",
    }
}

/// What was used: of unlisted money the tokens where they are known, else itself.
fn consumed<'c>(charge: &'c Charge<'_>) -> Cell<'c> {
    match charge.key.counted {
        Counted::Unlisted if charge.quantity == 0 => Cell::decimal(charge.cost.0, 12),
        _ => Cell::decimal(charge.quantity.into(), 0),
    }
}

fn consumed_unit(charge: &Charge<'_>) -> &'static str {
    match charge.key.counted {
        Counted::Unlisted if charge.quantity == 0 => "USD",
        Counted::Meter(Meter::WebSearch) => "Requests",
        _ => "Tokens",
    }
}

/// Who sends the bill, which is who sells.
fn seller(charge: &Charge<'_>) -> &'static str {
    match charge.key.provider {
        Provider::Anthropic => "Anthropic",
        Provider::Bedrock | Provider::ClaudePlatformAws => "AWS",
        Provider::Google => "Google Cloud",
        Provider::Foundry => "Microsoft",
    }
}

pub(super) fn service(charge: &Charge<'_>) -> &'static str {
    match charge.key.provider {
        Provider::Anthropic => "Claude API",
        Provider::Bedrock => "Amazon Bedrock",
        Provider::ClaudePlatformAws => "Claude Platform on AWS",
        Provider::Google => "Vertex AI",
        Provider::Foundry => "Microsoft Foundry",
    }
}

fn description(charge: &Charge<'_>) -> String {
    let (model, meter, variant) = (charge.model_name(), charge.meter_name(), charge.variant());
    let terms = if variant == "standard" { String::new() } else { format!(" ({variant})") };
    format!("{model} {meter}{terms} on {}", service(charge))
}

fn sku(charge: &Charge<'_>) -> String {
    let own = format!("{}/{}", charge.model(), charge.meter());
    match charge.key.provider {
        Provider::Anthropic => own,
        provider => format!("{}/{own}", provider.name()),
    }
}

fn details(charge: &Charge<'_>) -> String {
    let terms = &charge.key.terms;
    let mut details = json!({ "x_model": charge.model(), "x_provider": charge.key.provider.name() });
    if terms.speed > 1 {
        details["x_speed"] = "fast".into();
    }
    if terms.batch {
        details["x_tier"] = "batch".into();
    } else if !charge.key.tier.is_empty() {
        details["x_tier"] = charge.key.tier.as_str().into();
    }
    if terms.above > 0 {
        details["x_prompt_above"] = terms.above.into();
    }
    if terms.place != 1000 {
        details["x_place_factor"] = (terms.place as f64 / 1000.0).into();
    }
    details.to_string()
}

fn last_name(path: &str) -> &str {
    let name = path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
    if name.is_empty() { path } else { name }
}
