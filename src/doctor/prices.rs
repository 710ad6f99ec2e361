//! The price list: how old it is, and which models of the ledger and of the settings it does not know.

use super::{Check, Group, Seen, State};
use crate::base::money::Money;
use crate::base::text::{counted, list_and, ticked};
use crate::base::time::Time;
use crate::model::model_id::{canonical, identify};
use crate::model::price_table::PRICES_VERSION;

/// New models come every few months.
const OLD_DAYS: i64 = 120;
const DAY_MS: i64 = 86_400_000;
/// More models are not named one by one.
const SHOWN: usize = 5;

pub(super) fn check(seen: &Seen<'_>) -> Vec<Check> {
    [Some(table(seen)), models(seen), overrides(seen)].into_iter().flatten().collect()
}

fn prices(id: &'static str, state: State, message: impl AsRef<str>) -> Check {
    Check::new(id, Group::Prices, state, message)
}

/// When the list was known to be right.
pub(super) fn published() -> Time {
    Time::parse(&format!("{PRICES_VERSION}T00:00:00Z")).unwrap_or_default()
}

fn table(seen: &Seen<'_>) -> Check {
    let days = seen.site.world.now().since(published()) / DAY_MS;
    let age = match days {
        ..1 => String::new(),
        days => format!(", {} ago", counted(usize::try_from(days).unwrap_or(0), "day")),
    };
    let message = format!("the price list is of {PRICES_VERSION}{age}");
    if days <= OLD_DAYS {
        return prices("price-list", State::Ok, message);
    }
    prices("price-list", State::Warning, message)
        .detail(
            "models that came since are priced like the newest Opus it knows, and prices may have changed",
        )
        .cure("update cost-hook, or take newer prices from a file with `cost-hook pricing update`")
}

fn models(seen: &Seen<'_>) -> Option<Check> {
    let unknown = &seen.survey.as_ref()?.unknown_models;
    if unknown.is_empty() {
        return Some(prices("models", State::Ok, "every model in the ledger is in the price list"));
    }
    let names: Vec<&String> = unknown.keys().take(SHOWN).collect();
    let money: Money = unknown.values().map(|(_, cost)| *cost).sum();
    let message = format!("not in the price list: {}", list_and(&ticked(&names)));
    let mut check = prices("models", State::Warning, message).detail(format!(
        "{} of the ledger is an estimate for that reason, at the prices of the newest Opus",
        money.show()
    ));
    if unknown.len() > SHOWN {
        check = check.detail(format!("{} more", unknown.len() - SHOWN));
    }
    Some(check.cure(
        "update cost-hook, or give them prices: `cost-hook pricing update FILE --model NAME`, or `cost.pricing.overrides`",
    ))
}

/// Prices somebody set for a model that neither the list nor the ledger knows: most likely misspelt.
fn overrides(seen: &Seen<'_>) -> Option<Check> {
    let set = &seen.site.setup.settings.pricing.overrides;
    if set.is_empty() {
        return None;
    }
    let called = |id: &str| {
        let survey = seen.survey.as_ref();
        survey.is_some_and(|survey| survey.models.iter().any(|model| canonical(model) == canonical(id)))
    };
    let nobodys: Vec<&String> =
        set.keys().filter(|id| identify(id).target.model().is_none() && !called(id)).collect();
    if nobodys.is_empty() {
        let message = format!("prices of your own for {}", counted(set.len(), "model"));
        return Some(prices("price-overrides", State::Ok, message));
    }
    let message = format!("prices are set for models nobody called: {}", list_and(&ticked(&nobodys)));
    let cure =
        "compare the spelling in `cost.pricing.overrides` with the models in `cost-hook report --breakdown`";
    Some(prices("price-overrides", State::Warning, message).cure(cure))
}
