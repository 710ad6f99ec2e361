//! What a call costs: exactly as the bill counts it, and as Claude Code itself counts it. Both in integers, rounded
//! at most once, to 1e-12 USD. Where prices come from is `price_table`'s business, which of them apply
//! `pricing_rules`'; nothing here knows of ledgers or settings.

pub mod meters;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::money::Money;
use crate::model::day::Day;
use crate::model::model_id::identify;
use crate::model::price_table::{Model, WEB_SEARCH, tier_for};
use crate::model::pricing_rules::{
    Doubts, Place, Prices, Row, client_row, fast_factor, is_batch, place_factor,
};
use crate::model::provider::Provider;
use crate::model::ratio::Ratio;
use crate::model::usage::Tokens;

pub use crate::model::pricing_rules::{Estimate, ModelOverride, PriceOverrides};

/// Everything about a call that its price depends on.
#[derive(Debug, Clone, Copy)]
pub struct CallFacts<'a> {
    /// The model id as sent or reported, in any spelling. The bill goes by the model that answered, the client by
    /// the one it asked for; they differ only where something between them redirects calls.
    pub model: &'a str,
    pub provider: Provider,
    /// Location of the endpoint, or a scope such as `global` or `us`. A geo prefix in the model id goes before it.
    pub region: Option<&'a str>,
    /// The UTC day of the call.
    pub day: Day,
    /// The counts of the call as a whole; they price it when there are no iterations.
    pub tokens: Tokens,
    pub web_searches: u64,
    /// `usage.speed` of the answer was `fast`.
    pub fast: bool,
    pub service_tier: Option<&'a str>,
    pub inference_geo: Option<&'a str>,
    pub iterations: &'a [Iteration],
}

impl<'a> CallFacts<'a> {
    /// Plain use of a model on the Claude API.
    pub fn plain(model: &'a str, day: Day, tokens: Tokens) -> Self {
        CallFacts {
            model,
            provider: Provider::Anthropic,
            region: None,
            day,
            tokens,
            web_searches: 0,
            fast: false,
            service_tier: None,
            inference_geo: None,
            iterations: &[],
        }
    }
}

/// One run of a model inside a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Iteration {
    pub kind: IterationKind,
    /// Where it is not the model of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    pub tokens: Tokens,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IterationKind {
    Message,
    Compaction,
    AdvisorMessage,
    FallbackMessage,
    /// Of a type that is not known.
    #[serde(other)]
    Other,
}

impl IterationKind {
    /// By the `type` of an entry of `usage.iterations`.
    pub fn parse(text: &str) -> Self {
        match text {
            "message" => IterationKind::Message,
            "compaction" => IterationKind::Compaction,
            "advisor_message" => IterationKind::AdvisorMessage,
            "fallback_message" => IterationKind::FallbackMessage,
            _ => IterationKind::Other,
        }
    }
}

/// What a call costs.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// As billed: all model runs, the factors of speed, batch and place, the user's contract.
    pub cost: Money,
    /// As Claude Code counts it in `total_cost_usd`: list price on every platform, the counts of the call plus
    /// advisor runs, no batch price, no contract. For comparing with the client, never for reporting.
    pub client_cost: Money,
    /// Why `cost` is not certain.
    pub estimate: Option<Estimate>,
    /// By what the list prices of the call's own model were multiplied for `cost`.
    pub factor: Ratio,
    /// None: in no price list.
    pub model: Option<&'static Model>,
}

/// Prices a call. With another model in the facts it tells what the same tokens would have cost there; the region
/// should then be `location`'s answer for the call as it was, since a geo prefix goes with the old id.
pub fn price(facts: &CallFacts<'_>, overrides: &PriceOverrides) -> Cost {
    let mut doubts = Doubts::default();
    let call = Row::of(facts.model, overrides);
    let is_batch = is_batch(facts.service_tier, &mut doubts);
    let bill = Bill { facts, region: call.location(facts.region), is_batch };
    let mut sum = 0;
    each_run(facts, &mut doubts, |run, doubts| {
        let other = run.model.map(|model| Row::of(model, overrides));
        let row = other.as_ref().unwrap_or(&call);
        sum = i128::saturating_add(sum, bill.run(row, run, doubts));
    });
    let nothing_used = facts.tokens.is_zero() && facts.iterations.iter().all(|i| i.tokens.is_zero());
    let batch = overrides.batch_factor(is_batch);
    let contract = overrides.contract(facts.provider);
    let own_factor = Ratio::thousandths(bill.factor(&call, facts.fast, &mut Doubts::default()));
    Cost {
        cost: settle(sum, batch, searches(facts), contract),
        client_cost: client_cost(facts),
        estimate: doubts.0.filter(|_| !nothing_used),
        factor: own_factor.times(batch).times(contract),
        model: call.is_known.then_some(call.model),
    }
}

/// The place that decides about the price of a call: the scope or region in the model id, else the known region.
pub fn location<'a>(model_as_sent: &'a str, region: Option<&'a str>) -> Option<&'a str> {
    let id = identify(model_as_sent);
    id.scope.map(|scope| scope.name()).or(id.region).or(region)
}

/// One run of a model, as far as it is billed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<'a> {
    /// Where it is not the model of the call.
    pub(super) model: Option<&'a str>,
    pub(super) tokens: Tokens,
    /// Length of the prompt that decides the tier.
    pub(super) prompt: u64,
    pub(super) fast: bool,
}

/// Every run of a call that is billed.
fn each_run<'a>(facts: &CallFacts<'a>, doubts: &mut Doubts, mut take: impl FnMut(&Run<'a>, &mut Doubts)) {
    let prompt = facts.tokens.prompt();
    if facts.iterations.is_empty() {
        take(&Run { model: None, tokens: facts.tokens, prompt, fast: facts.fast }, doubts);
    }
    for iteration in facts.iterations {
        if iteration.kind == IterationKind::Other && !iteration.tokens.is_zero() {
            doubts.note(Estimate::UnknownIteration);
        }
        // Fast mode is asked for and reported for the call's own model; an advisor is another request.
        let fast = facts.fast && iteration.kind != IterationKind::AdvisorMessage;
        let (tokens, prompt) = (iteration.tokens, iteration.tokens.prompt());
        take(&Run { model: iteration.model.as_deref(), tokens, prompt, fast }, doubts);
    }
    let rest = uncovered(&facts.tokens, facts.iterations);
    if !rest.is_zero() {
        doubts.note(Estimate::IncompleteIterations);
        take(&Run { model: None, tokens: rest, prompt, fast: facts.fast }, doubts);
    }
}

pub(super) struct Bill<'a> {
    pub(super) facts: &'a CallFacts<'a>,
    pub(super) region: Option<&'a str>,
    pub(super) is_batch: bool,
}

impl Bill<'_> {
    /// One run of one model, before batch and contract, in 1e-21 USD.
    fn run(&self, row: &Row<'_>, run: &Run<'_>, doubts: &mut Doubts) -> i128 {
        if run.tokens.is_zero() {
            return 0;
        }
        let prices = row.prices(&self.place(row), self.facts.day, run.prompt);
        let factor = self.factor(row, run.fast, doubts);
        tokens_at(&run.tokens, &prices, doubts).saturating_mul(i128::from(factor))
    }

    /// Speed and place, in thousandths.
    pub(super) fn factor(&self, row: &Row<'_>, fast: bool, doubts: &mut Doubts) -> u64 {
        let (place, speed) = self.factors(row, fast, doubts);
        place.saturating_mul(speed)
    }

    /// What the place adds, in thousandths, and what speed multiplies by.
    fn factors(&self, row: &Row<'_>, fast: bool, doubts: &mut Doubts) -> (u64, u64) {
        let (provider, day) = (self.facts.provider, self.facts.day);
        let place = place_factor(row.model, &self.place(row), day, doubts);
        let speed = match fast || row.fast {
            true if self.is_batch => {
                doubts.note(Estimate::FastNotOffered);
                1
            }
            true => fast_factor(row.model, provider, day, doubts),
            false => 1,
        };
        (place, speed)
    }

    pub(super) fn place<'s>(&'s self, row: &'s Row<'_>) -> Place<'s> {
        Place {
            provider: self.facts.provider,
            location: row.location(self.region),
            inference_geo: self.facts.inference_geo,
        }
    }
}

/// What the counts of the call contain that its runs do not: nothing, unless a list of runs is torn. Compaction and
/// advisor runs are not in those counts to begin with.
fn uncovered(counts: &Tokens, iterations: &[Iteration]) -> Tokens {
    if iterations.is_empty() {
        return Tokens::default();
    }
    let counted = |kind| !matches!(kind, IterationKind::Compaction | IterationKind::AdvisorMessage);
    let covered = iterations
        .iter()
        .filter(|iteration| counted(iteration.kind))
        .fold(Tokens::default(), |sum, iteration| sum.plus(&iteration.tokens));
    let mut rest = counts.minus(&covered);
    // Runs need not split their cache writes the way the call does; only their sum can be missing.
    let writes = counts.cache_write().saturating_sub(covered.cache_write());
    rest.cache_write_1h = rest.cache_write_1h.min(writes);
    rest.cache_write_5m = writes - rest.cache_write_1h;
    rest
}

/// Tokens times prices, in 1e-18 USD.
pub(super) fn tokens_at(tokens: &Tokens, prices: &Prices, doubts: &mut Doubts) -> i128 {
    if let Some(reason) = prices.doubt {
        doubts.note(reason);
    }
    let sold = [prices.cache_write_5m, prices.cache_write_1h, prices.cache_read];
    let used = [tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_read];
    if sold.iter().zip(used).any(|(price, count)| count > 0 && price.is_none()) {
        doubts.note(Estimate::NoPriceForKind);
    }
    let kinds = kinds(tokens).into_iter().zip(unit_prices(prices));
    kinds.fold(0, |sum: i128, (count, price)| sum.saturating_add(times(count, price)))
}

/// The five counts in the order of `unit_prices`.
fn kinds(tokens: &Tokens) -> [u64; 5] {
    [tokens.input, tokens.output, tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_read]
}

/// The prices of the five kinds; a kind that is not sold has the usual multiple of the input price.
fn unit_prices(prices: &Prices) -> [i128; 5] {
    let input = prices.input;
    [
        input,
        prices.output,
        prices.cache_write_5m.unwrap_or(input.saturating_mul(5) / 4),
        prices.cache_write_1h.unwrap_or(input.saturating_mul(2)),
        prices.cache_read.unwrap_or(input / 10),
    ]
}

pub(super) fn times(count: u64, price: i128) -> i128 {
    i128::from(count).saturating_mul(price)
}

fn searches(facts: &CallFacts<'_>) -> i128 {
    times(facts.web_searches, WEB_SEARCH.0)
}

/// How many of the 1e-21 USD of a sum make 1e-12 USD.
pub(super) const FINE: i128 = 1_000_000_000;

/// Batch and contract over the sums, rounded half up to 1e-12 USD. Batch makes tokens cheaper, not searches.
pub(super) fn settle(tokens: i128, batch: Ratio, searches: i128, contract: Ratio) -> Money {
    let exactly = || -> Option<i128> {
        let cheaper = tokens.checked_mul(i128::from(batch.num()))?;
        let extra = searches.checked_mul(FINE)?.checked_mul(i128::from(batch.den()))?;
        let whole = cheaper.checked_add(extra)?.checked_mul(i128::from(contract.num()))?;
        let parts = FINE.checked_mul(i128::from(batch.den()))?.checked_mul(i128::from(contract.den()))?;
        Some(whole.checked_add(parts / 2)? / parts)
    };
    // Only counts beyond all sense come here: better a huge amount than a wrong small one.
    let roughly = || {
        let scaled = |sum: i128, by: Ratio| (sum / i128::from(by.den())).saturating_mul(i128::from(by.num()));
        scaled(scaled(tokens / FINE, batch).saturating_add(searches), contract)
    };
    Money(exactly().unwrap_or_else(roughly))
}

/// The client's rule, measured on the real client: the counts of the call at list price, plus each advisor run at the
/// price of the model it names, never fast; an advisor run without a model is not counted.
fn client_cost(facts: &CallFacts<'_>) -> Money {
    let geo = if facts.inference_geo == Some("us") { 1100 } else { 1000 };
    let run = |model: &'static Model, tokens: &Tokens, speed: u64| {
        let rates = tier_for(model.period(facts.day).tiers, tokens.prompt()).rates;
        let sum = tokens_at(tokens, &Prices::new(rates, None), &mut Doubts::default());
        sum.saturating_mul(i128::from(speed.saturating_mul(geo)))
    };
    let (own, fast) = client_row(facts.model);
    let mut sum = run(own, &facts.tokens, if facts.fast { fast } else { 1 });
    for advisor in facts.iterations.iter().filter(|i| i.kind == IterationKind::AdvisorMessage) {
        if let Some(model) = advisor.model.as_deref() {
            sum = sum.saturating_add(run(client_row(model).0, &advisor.tokens, 1));
        }
    }
    settle(sum, Ratio::ONE, searches(facts), Ratio::ONE)
}

#[cfg(test)]
#[path = "price_tests.rs"]
mod tests;
