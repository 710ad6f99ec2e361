//! What a token of each kind costs under given circumstances, worked out once for many calls. `price` prices one call of
//! whatever form; this is for sums over calls that differ in nothing but their counts.

use crate::base::money::Money;
use crate::model::price::{Bill, CallFacts, FINE, settle, times, tokens_at};
use crate::model::price_table::WEB_SEARCH;
use crate::model::pricing_rules::{Doubts, Estimate, ModelOverride, PriceOverrides, Prices, Row, is_batch};
use crate::model::ratio::Ratio;
use crate::model::usage::Tokens;

/// A kind of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Input,
    Output,
    CacheWrite5m,
    CacheWrite1h,
    CacheRead,
}

impl Kind {
    pub const ALL: [Kind; 5] =
        [Kind::Input, Kind::Output, Kind::CacheWrite5m, Kind::CacheWrite1h, Kind::CacheRead];

    /// As the settings call it.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Input => "input",
            Kind::Output => "output",
            Kind::CacheWrite5m => "cacheWrite5m",
            Kind::CacheWrite1h => "cacheWrite1h",
            Kind::CacheRead => "cacheRead",
        }
    }

    /// Its price among a user's own.
    pub fn of(self, prices: &ModelOverride) -> Option<Money> {
        match self {
            Kind::Input => prices.input,
            Kind::Output => prices.output,
            Kind::CacheWrite5m => prices.cache_write_5m,
            Kind::CacheWrite1h => prices.cache_write_1h,
            Kind::CacheRead => prices.cache_read,
        }
    }

    fn one(self) -> Tokens {
        self.many(1)
    }

    fn many(self, count: u64) -> Tokens {
        let mut tokens = Tokens::default();
        *match self {
            Kind::Input => &mut tokens.input,
            Kind::Output => &mut tokens.output,
            Kind::CacheWrite5m => &mut tokens.cache_write_5m,
            Kind::CacheWrite1h => &mut tokens.cache_write_1h,
            Kind::CacheRead => &mut tokens.cache_read,
        } = count;
        tokens
    }
}

/// The prices of one run of one model, with every factor that holds for it.
#[derive(Debug, Clone, Copy)]
pub struct Tariff {
    prices: Prices,
    /// Speed and place, in thousandths.
    factor: u64,
    batch: Ratio,
    contract: Ratio,
    doubt: Option<Estimate>,
    is_linear: bool,
}

impl Tariff {
    /// For calls with these facts and a prompt of this length; the counts and runs in the facts are not looked at.
    pub fn of(facts: &CallFacts<'_>, prompt: u64, overrides: &PriceOverrides) -> Self {
        let mut doubts = Doubts::default();
        let row = Row::of(facts.model, overrides);
        let is_batch = is_batch(facts.service_tier, &mut doubts);
        let bill = Bill { facts, region: row.location(facts.region), is_batch };
        let prices = row.prices(&bill.place(&row), facts.day, prompt);
        let mut tariff = Tariff {
            prices,
            factor: bill.factor(&row, facts.fast, &mut doubts),
            batch: overrides.batch_factor(is_batch),
            contract: overrides.contract(facts.provider),
            doubt: None,
            is_linear: false,
        };
        if let Some(reason) = prices.doubt {
            doubts.note(reason);
        }
        tariff.doubt = doubts.0;
        tariff.is_linear = Kind::ALL.into_iter().all(|kind| tariff.is_whole(&kind.one(), 0))
            && tariff.is_whole(&Tokens::default(), 1);
        tariff
    }

    /// What a call with these counts costs, as `price` says it.
    pub fn cost(&self, tokens: &Tokens, searches: u64) -> Money {
        let sum = self.fine(tokens);
        settle(sum, self.batch, times(searches, WEB_SEARCH.0), self.contract)
    }

    /// Does nothing get lost in rounding, so that the cost of a sum of calls is the sum of their costs?
    pub fn is_linear(&self) -> bool {
        self.is_linear
    }

    /// Why the cost of a call with these counts is not certain.
    pub fn estimate(&self, tokens: &Tokens) -> Option<Estimate> {
        let mut doubts = Doubts(self.doubt);
        tokens_at(tokens, &self.prices, &mut doubts);
        doubts.0.filter(|_| !tokens.is_zero())
    }

    /// A million tokens of a kind; None: not sold.
    pub fn per_million(&self, kind: Kind) -> Option<Money> {
        let sold = match kind {
            Kind::Input | Kind::Output => true,
            Kind::CacheWrite5m => self.prices.cache_write_5m.is_some(),
            Kind::CacheWrite1h => self.prices.cache_write_1h.is_some(),
            Kind::CacheRead => self.prices.cache_read.is_some(),
        };
        sold.then(|| self.cost(&kind.many(1_000_000), 0))
    }

    /// In 1e-21 USD, before batch and contract.
    fn fine(&self, tokens: &Tokens) -> i128 {
        tokens_at(tokens, &self.prices, &mut Doubts::default()).saturating_mul(i128::from(self.factor))
    }

    fn is_whole(&self, tokens: &Tokens, searches: u64) -> bool {
        let ratio =
            |sum: i128, by: Ratio| Some((sum.checked_mul(i128::from(by.num()))?, i128::from(by.den())));
        let whole = || {
            let (cheaper, batch) = ratio(self.fine(tokens), self.batch)?;
            let extra = times(searches, WEB_SEARCH.0).checked_mul(FINE)?.checked_mul(batch)?;
            let (sum, contract) = ratio(cheaper.checked_add(extra)?, self.contract)?;
            Some(sum % FINE.checked_mul(batch)?.checked_mul(contract)? == 0)
        };
        whole().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::day::Day;
    use crate::model::price::price;
    use crate::model::price_table::models;
    use crate::model::provider::Provider;
    use proptest::prelude::*;

    const DAY: Day = Day::ymd(2026, 11, 24);

    fn contract(multiplier: &str) -> PriceOverrides {
        let own = ModelOverride { input: Some(Money(3_333_333)), ..ModelOverride::default() };
        PriceOverrides {
            models: vec![("claude-opus-5".into(), own)],
            multiplier: multiplier.parse().ok(),
            providers: vec![(Provider::Bedrock, "0.95".parse().expect("a factor"))],
            ..PriceOverrides::default()
        }
    }

    #[test]
    fn published_prices_lose_nothing_in_rounding() {
        for model in models() {
            for (provider, region) in
                [(Provider::Anthropic, "us"), (Provider::Bedrock, "us-gov"), (Provider::Google, "eu")]
            {
                for tier in [None, Some("batch")] {
                    let plain = CallFacts::plain(model.id, DAY, Tokens::default());
                    let facts = CallFacts {
                        provider,
                        region: Some(region),
                        inference_geo: Some("us"),
                        service_tier: tier,
                        fast: true,
                        ..plain
                    };
                    assert!(Tariff::of(&facts, 1, &PriceOverrides::default()).is_linear(), "{}", model.id);
                }
            }
        }
        let facts = CallFacts::plain("claude-opus-5", DAY, Tokens::default());
        assert!(!Tariff::of(&facts, 1, &contract("1")).is_linear());
        let facts = CallFacts::plain("claude-opus-5-5", DAY, Tokens::default());
        assert!(Tariff::of(&facts, 1, &contract("0.85")).is_linear());
        assert!(!Tariff::of(&facts, 1, &contract("1/3")).is_linear());
    }

    proptest! {
        #[test]
        fn a_tariff_prices_as_price_does(
            model in 0usize..32,
            provider in 0usize..5,
            place in prop::sample::select(vec!["", "global", "us", "eu-central-1", "us-gov-west-1"]),
            tier in prop::sample::select(vec!["", "batch", "priority", "odd"]),
            (fast, us, searches) in (any::<bool>(), any::<bool>(), 0u64..3),
            counts in prop::array::uniform5(0u64..150_000),
            multiplier in prop::sample::select(vec!["1", "0.85", "1/3"]),
            day in prop::sample::select(vec![Day::ymd(2026, 3, 1), DAY]),
        ) {
            let overrides = contract(multiplier);
            let id = models().nth(model).map_or("somebody-elses", |model| model.id);
            let tokens = Tokens {
                input: counts[0], output: counts[1], cache_write_5m: counts[2],
                cache_write_1h: counts[3], cache_read: counts[4],
            };
            let facts = CallFacts {
                provider: Provider::ALL[provider], region: Some(place), service_tier: Some(tier), fast,
                inference_geo: us.then_some("us"), web_searches: searches, ..CallFacts::plain(id, day, tokens)
            };
            let expected = price(&facts, &overrides);
            let tariff = Tariff::of(&facts, tokens.prompt(), &overrides);
            prop_assert_eq!(tariff.cost(&tokens, searches), expected.cost);
            prop_assert_eq!(tariff.estimate(&tokens), expected.estimate);
            if tariff.is_linear() {
                let three = tokens.plus(&tokens).plus(&tokens);
                prop_assert_eq!(tariff.cost(&three, 3 * searches).0, 3 * expected.cost.0);
            }
        }
    }
}
