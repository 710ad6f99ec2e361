//! The price list: how old it is, and which models of the ledger and of the settings it does not know.

use super::{Check, Group, Seen, State};
use crate::base::money::Money;
use crate::base::text::ticked;
use crate::base::time::Time;
use crate::base::words::{say, word};
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
    let (language, version) = (seen.site.language, PRICES_VERSION.to_string());
    let message = match u64::try_from(days).unwrap_or_default() {
        0 => say!(language, "list-of-today", version = version),
        days => say!(language, "list-of-days-ago", version = version, days = days),
    };
    if days <= OLD_DAYS {
        return prices("price-list", State::Ok, message);
    }
    prices("price-list", State::Warning, message)
        .detail(seen.word(word!("list-old")))
        .cure(seen.word(word!("list-cure")))
}

fn models(seen: &Seen<'_>) -> Option<Check> {
    let unknown = &seen.survey.as_ref()?.unknown_models;
    if unknown.is_empty() {
        return Some(prices("models", State::Ok, seen.word(word!("models-known"))));
    }
    let names: Vec<&String> = unknown.keys().take(SHOWN).collect();
    let money: Money = unknown.values().map(|(_, cost)| *cost).sum();
    let language = seen.site.language;
    let message = say!(language, "models-unknown", models = language.list_and(&ticked(&names)));
    let mut check = prices("models", State::Warning, message).detail(say!(
        language,
        "models-estimate",
        amount = money.show()
    ));
    if unknown.len() > SHOWN {
        check = check.detail(say!(language, "further-ones", count = unknown.len() - SHOWN));
    }
    Some(check.cure(seen.word(word!("models-cure"))))
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
    let language = seen.site.language;
    if nobodys.is_empty() {
        let message = say!(language, "overrides-right", models = set.len());
        return Some(prices("price-overrides", State::Ok, message));
    }
    let message = say!(language, "overrides-nobodys", models = language.list_and(&ticked(&nobodys)));
    let cure = seen.word(word!("overrides-cure"));
    Some(prices("price-overrides", State::Warning, message).cure(cure))
}
