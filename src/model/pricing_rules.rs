//! The rules that turn the price list into the prices of one call: which model's row, which tier, which factors of
//! speed and place, and where the user's own prices take their place. Each rule reports its doubts; nothing is
//! ever priced at zero because it is not understood. Adding tokens up is `price`'s business.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::money::Money;
use crate::model::day::Day;
use crate::model::model_id::{Scope, identify};
use crate::model::price_table::{
    EXCEPTIONS, Exception, FastState, Model, Rates, newest_opus, per_mtok, tier_for,
};
use crate::model::provider::Provider;
use crate::model::ratio::Ratio;

/// Why a cost is only an estimate. Of several reasons the first in this order is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Estimate {
    /// The model is in no price list; priced as the newest Opus.
    UnknownModel,
    /// The call contains a kind of model run that is not understood; priced like the others.
    UnknownIteration,
    /// The runs listed in the call do not add up to its totals; the rest is priced as a run of its own.
    IncompleteIterations,
    /// A service tier without a public price; priced as standard.
    UnknownTier,
    /// A kind of tokens the model has no price for; priced by the usual multiple of its input price.
    NoPriceForKind,
    /// What this place costs is not known.
    UnknownRegion,
    /// Fast mode where it cannot be had.
    FastNotOffered,
    /// Prepaid capacity: its tokens have no price of their own; shown at the standard price.
    PriorityTier,
    /// The sources of the price list disagree about this price.
    UnsettledPrice,
}

impl Estimate {
    /// Half a sentence for people.
    pub fn text(self) -> &'static str {
        match self {
            Estimate::UnknownModel => "the model is in no price list: priced as the newest Opus",
            Estimate::UnknownIteration => "the call contains a kind of model run that is not understood",
            Estimate::IncompleteIterations => "the model runs of the call do not add up to its totals",
            Estimate::UnknownTier => "the service tier has no public price: priced as standard",
            Estimate::NoPriceForKind => "the model has no price for a kind of tokens it used",
            Estimate::UnknownRegion => "what the place it ran in costs is not known",
            Estimate::FastNotOffered => "fast mode cannot be had for this model at that time and place",
            Estimate::PriorityTier => "prepaid capacity: shown at the standard price",
            Estimate::UnsettledPrice => "sources disagree about this price",
        }
    }
}

/// Collects reasons and keeps the weightiest.
#[derive(Debug, Default)]
pub(super) struct Doubts(pub(super) Option<Estimate>);

impl Doubts {
    pub(super) fn note(&mut self, reason: Estimate) {
        self.0 = Some(self.0.map_or(reason, |known| known.min(reason)));
    }
}

/// Prices of the user's own for one model, each for a million tokens; None leaves the list price. They hold for
/// prompts of every length; the factors of speed, batch and place still apply. What is below zero counts as zero.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelOverride {
    pub input: Option<Money>,
    pub output: Option<Money>,
    pub cache_write_5m: Option<Money>,
    pub cache_write_1h: Option<Money>,
    pub cache_read: Option<Money>,
}

/// What a contract changes. All of it applies to `Cost::cost` and none to `Cost::client_cost`, because the client
/// knows nothing of contracts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriceOverrides {
    /// By model id in any spelling; every spelling of the same model is meant. The very spelling of the call goes
    /// before others, then the first of the list. A model that is in no price list is known by its exact spelling
    /// (upper and lower case alike), and must have an input and an output price here to count as priced.
    pub models: Vec<(String, ModelOverride)>,
    /// Names that stand for a model: deployments of Foundry, inference profiles of Bedrock. First the name as sent,
    /// then the model id.
    pub aliases: Vec<(String, String)>,
    /// A factor on everything billed, web searches included.
    pub multiplier: Option<Ratio>,
    /// The factor of batch calls, in place of 0.5.
    pub batch: Option<Ratio>,
    /// A further factor on everything billed by a provider.
    pub providers: Vec<(Provider, Ratio)>,
}

impl PriceOverrides {
    /// The factor of a contract with that provider.
    pub fn contract(&self, provider: Provider) -> Ratio {
        let own = self.providers.iter().filter(|(owner, _)| *owner == provider);
        own.map(|(_, ratio)| *ratio).fold(self.multiplier.unwrap_or(Ratio::ONE), Ratio::times)
    }

    /// What batch calls are multiplied by; one for others.
    pub(super) fn batch_factor(&self, is_batch: bool) -> Ratio {
        if is_batch { self.batch.unwrap_or(Ratio::thousandths(500)) } else { Ratio::ONE }
    }

    /// The user's own prices of a model, in any spelling.
    pub fn of(&self, sent: &str) -> Option<&ModelOverride> {
        self.of_model(sent, identify(sent).target.model())
    }

    fn of_model(&self, sent: &str, model: Option<&'static Model>) -> Option<&ModelOverride> {
        let by_spelling = self.models.iter().find(|(name, _)| name.trim().eq_ignore_ascii_case(sent.trim()));
        let by_model = || {
            let wanted = model?.id;
            let means_it = |name: &str| identify(name).target.model().is_some_and(|found| found.id == wanted);
            self.models.iter().find(|(name, _)| means_it(name))
        };
        by_spelling.or_else(by_model).map(|(_, prices)| prices)
    }
}

/// A model id, understood with the help of the overrides.
pub(super) struct Row<'a> {
    /// The row that prices it: the model's own or the newest Opus's.
    pub(super) model: &'static Model,
    pub(super) is_known: bool,
    pub(super) fast: bool,
    scope: Option<Scope>,
    region: Option<&'a str>,
    own_prices: Option<&'a ModelOverride>,
}

impl<'a> Row<'a> {
    pub(super) fn of(sent: &'a str, overrides: &'a PriceOverrides) -> Self {
        let id = identify(sent);
        let alias = overrides.aliases.iter().find(|(name, _)| name.trim().eq_ignore_ascii_case(sent.trim()));
        // What an alias stands for may be spelled with a scope or `-fast` of its own.
        let meant = alias.map(|(_, model)| identify(model));
        let model = meant.map_or(id.target, |meant| meant.target).model();
        Row {
            model: model.unwrap_or(newest_opus()),
            is_known: model.is_some(),
            fast: id.fast || meant.is_some_and(|meant| meant.fast),
            scope: id.scope.or(meant.and_then(|meant| meant.scope)),
            region: id.region.or(meant.and_then(|meant| meant.region)),
            own_prices: overrides.of_model(sent, model),
        }
    }

    /// The user's prices, where they alone are enough to price a model that is in no list.
    fn complete_own_prices(&self) -> Option<(&'a ModelOverride, Money, Money)> {
        let own = self.own_prices?;
        Some((own, own.input?, own.output?))
    }

    /// The place that decides about the price: what the id says, else what is known of the call.
    pub(super) fn location<'r>(&'r self, region: Option<&'r str>) -> Option<&'r str> {
        let told = self.scope.map(Scope::name).or(self.region).or(region);
        told.map(str::trim).filter(|place| !place.is_empty())
    }

    /// Prices of the five kinds, in 1e-12 USD per million tokens.
    pub(super) fn prices(&self, at: &Place<'_>, day: Day, prompt: u64) -> Prices {
        let listed = tier_for(self.model.period(day).tiers, prompt).rates;
        if !self.is_known {
            if let Some((own, input, output)) = self.complete_own_prices() {
                let none = Rates { cache_write_5m: None, cache_write_1h: None, cache_read: None, ..listed };
                let mut prices = Prices::new(none, None);
                (prices.input, prices.output) = (input.0.max(0), output.0.max(0));
                return prices.overridden(own);
            }
            return Prices::new(listed, Some(Estimate::UnknownModel)).overridden_by(self.own_prices);
        }
        let special = exception(at, self.model, day).map(|e| e.tiers).filter(|tiers| !tiers.is_empty());
        let rates = special.map_or(listed, |tiers| tier_for(tiers, prompt).rates);
        let doubt = (rates != listed).then_some(Estimate::UnsettledPrice);
        Prices::new(rates, doubt).overridden_by(self.own_prices)
    }
}

/// Prices in 1e-12 USD per million tokens; None where the kind is not sold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prices {
    pub(super) input: i128,
    pub(super) output: i128,
    pub(super) cache_write_5m: Option<i128>,
    pub(super) cache_write_1h: Option<i128>,
    pub(super) cache_read: Option<i128>,
    pub(super) doubt: Option<Estimate>,
}

impl Prices {
    pub(super) fn new(rates: Rates, doubt: Option<Estimate>) -> Self {
        let scaled = |rate: Option<u64>| rate.map(|rate| per_mtok(rate).0);
        Prices {
            input: per_mtok(rates.input).0,
            output: per_mtok(rates.output).0,
            cache_write_5m: scaled(rates.cache_write_5m),
            cache_write_1h: scaled(rates.cache_write_1h),
            cache_read: scaled(rates.cache_read),
            doubt,
        }
    }

    fn overridden_by(self, own: Option<&ModelOverride>) -> Self {
        match own {
            Some(own) => self.overridden(own),
            None => self,
        }
    }

    fn overridden(mut self, own: &ModelOverride) -> Self {
        let price = |money: Option<Money>| money.map(|money| money.0.max(0));
        self.input = price(own.input).unwrap_or(self.input);
        self.output = price(own.output).unwrap_or(self.output);
        self.cache_write_5m = price(own.cache_write_5m).or(self.cache_write_5m);
        self.cache_write_1h = price(own.cache_write_1h).or(self.cache_write_1h);
        self.cache_read = price(own.cache_read).or(self.cache_read);
        self
    }
}

/// Where a call ran, as far as its price depends on it.
pub(super) struct Place<'a> {
    pub(super) provider: Provider,
    pub(super) location: Option<&'a str>,
    pub(super) inference_geo: Option<&'a str>,
}

fn exception(at: &Place<'_>, model: &Model, day: Day) -> Option<&'static Exception> {
    let here = |scope: &str| match at.location {
        _ if scope.is_empty() => true,
        Some(place) => place == scope || (scope == "us-gov" && place.starts_with("us-gov")),
        None => false,
    };
    EXCEPTIONS.iter().find(|e| {
        e.provider == at.provider
            && e.model == model.id
            && e.from.is_none_or(|from| from <= day)
            && here(e.scope)
    })
}

/// What the place adds, in thousandths.
pub(super) fn place_factor(model: &Model, at: &Place<'_>, day: Day, doubts: &mut Doubts) -> u64 {
    const LIST: u64 = 1000;
    const US_INFERENCE: u64 = 1100;
    if at.provider.has_inference_geo() || at.provider == Provider::Foundry {
        let us_zone = at.location.and_then(|place| at.provider.location_factor(place)) == Some(US_INFERENCE);
        let us = match at.inference_geo.unwrap_or("") {
            "us" => true,
            "" | "global" | "not_available" => us_zone,
            _ => {
                doubts.note(Estimate::UnknownRegion);
                us_zone
            }
        };
        return if us && model.us_inference_geo { US_INFERENCE } else { LIST };
    }
    if let Some(factor) = exception(at, model, day).and_then(|e| e.multiplier) {
        doubts.note(Estimate::UnsettledPrice);
        return factor;
    }
    // Without a prefix a Bedrock call runs in its region; a Google call says nothing of where it runs.
    let place = match at.location {
        Some(place) => place,
        None if at.provider == Provider::Google => {
            if model.regional_premium {
                doubts.note(Estimate::UnknownRegion);
            }
            return LIST;
        }
        None => "region",
    };
    let factor = at.provider.location_factor(place).unwrap_or(LIST);
    if factor > 1100 {
        if !model.bedrock_us_gov {
            doubts.note(Estimate::UnknownRegion);
        }
        return factor;
    }
    if place == Scope::Other.name() && model.regional_premium {
        doubts.note(Estimate::UnknownRegion);
    }
    if model.regional_premium { factor } else { LIST }
}

/// The multiple that a call served fast costs on a day.
pub(super) fn fast_factor(model: &Model, provider: Provider, day: Day, doubts: &mut Doubts) -> u64 {
    if let Some(fast) = model.fast_on(day) {
        if !provider.offers_fast(model) {
            doubts.note(Estimate::FastNotOffered);
        }
        return u64::from(fast.multiplier);
    }
    // Outside its time the answer should not say "fast"; if it does, its words are taken with the nearest price,
    // except where standard billing is documented.
    doubts.note(Estimate::FastNotOffered);
    match model.fast.last() {
        Some(fast) if fast.state == FastState::Standard && fast.until.is_some_and(|end| end <= day) => 1,
        Some(fast) => u64::from(fast.multiplier),
        None => 1,
    }
}

/// What a service tier means for the price.
pub(super) fn is_batch(service_tier: Option<&str>, doubts: &mut Doubts) -> bool {
    match service_tier.unwrap_or("") {
        "" | "standard" => false,
        "batch" => true,
        "priority" => {
            doubts.note(Estimate::PriorityTier);
            false
        }
        _ => {
            doubts.note(Estimate::UnknownTier);
            false
        }
    }
}

/// Models the client has no price for, although they have one: it takes them for unknown.
const UNKNOWN_TO_CLIENT: [&str; 6] = [
    "claude-mythos-preview",
    "claude-3-opus-20240229",
    "claude-3-sonnet-20240229",
    "claude-3-haiku-20240307",
    "claude-2.1",
    "claude-instant-1.2",
];

/// How the client prices a run of a model: by which row, and by what it multiplies in fast mode, which is a constant
/// of the model whatever the day. Measured with version 2.1.330. Of aliases and contracts the client knows nothing.
pub(super) fn client_row(sent: &str) -> (&'static Model, u64) {
    let known = identify(sent).target.model().filter(|model| !UNKNOWN_TO_CLIENT.contains(&model.id));
    match known {
        Some(model) => (model, model.fast.last().map_or(1, |fast| u64::from(fast.multiplier))),
        None => (newest_opus(), 1),
    }
}
