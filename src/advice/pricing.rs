//! Calls priced again under an assumption: other counts, another model, another speed or place. All prices are
//! `model::price`'s; what is assumed is the detectors'.

use super::record::{Place, Record};
use crate::base::money::Money;
use crate::base::time::Time;
use crate::model::day::Day;
use crate::model::price::{CallFacts, PriceOverrides, location, price};
use crate::model::price_table::{Family, Model, models};
use crate::model::usage::Tokens;

pub(super) struct Pricer<'a> {
    pub(super) prices: &'a PriceOverrides,
    pub(super) places: &'a [Place],
}

impl<'a> Pricer<'a> {
    pub(super) fn place(&self, call: &Record) -> &'a Place {
        &self.places[usize::from(call.place)]
    }

    fn facts(&self, call: &Record, tokens: Tokens) -> CallFacts<'a> {
        let place = self.place(call);
        let some = |text: &'a str| Some(text).filter(|text| !text.is_empty());
        CallFacts {
            model: &place.model,
            provider: place.provider,
            region: some(&place.region),
            day: Day::from(call.time.utc().date()),
            tokens,
            web_searches: u64::from(call.searches),
            fast: place.fast,
            service_tier: some(&place.tier),
            inference_geo: some(&place.geo),
            iterations: &[],
        }
    }

    /// What a call like this one costs with these counts.
    pub(super) fn price(&self, call: &Record, tokens: Tokens) -> Money {
        price(&self.facts(call, tokens), self.prices).cost
    }

    /// What the changed counts would have saved; below zero where they would have cost more. Both are priced by the same
    /// list, so that a call that was booked by an older one is compared fairly.
    pub(super) fn saving(&self, call: &Record, changed: Tokens) -> Money {
        let saving = self.price(call, call.tokens()) - self.price(call, changed);
        at_most_booked(call, saving)
    }

    /// The same for other facts than the counts.
    pub(super) fn saving_with(&self, call: &Record, change: impl FnOnce(&mut CallFacts<'a>)) -> Money {
        let facts = self.facts(call, call.tokens());
        let mut changed = facts;
        change(&mut changed);
        let saving = price(&facts, self.prices).cost - price(&changed, self.prices).cost;
        at_most_booked(call, saving)
    }

    /// What these counts would have saved on another model, at the same place and at standard speed.
    pub(super) fn saving_on(&self, call: &Record, model: &'static Model, tokens: Tokens) -> Money {
        let place = self.place(call);
        self.saving_with(call, |facts| {
            facts.model = model.id;
            // The geo prefix goes with the old id.
            facts.region = location(&place.model, facts.region);
            facts.fast = false;
            facts.tokens = tokens;
        })
    }

    /// The newest model of a family that the call's platform sold on its day.
    pub(super) fn newest(&self, family: Family, call: &Record) -> Option<&'static Model> {
        let (provider, day) = (self.place(call).provider, day(call.time));
        models()
            .filter(|model| model.family == family && model.is_sold(provider, day))
            .max_by_key(|model| (model.released, std::cmp::Reverse(model.id)))
    }
}

fn day(time: Time) -> Day {
    Day::from(time.utc().date())
}

fn at_most_booked(call: &Record, saving: Money) -> Money {
    saving.min(Money(call.cost().0.max(0)))
}

/// The counts without `removed` tokens of context: first what was read from the cache, then what was written, then the
/// rest.
pub(super) fn without_context(tokens: Tokens, removed: u64) -> Tokens {
    let mut left = removed;
    let mut less = |count: u64| {
        let taken = count.min(left);
        left -= taken;
        count - taken
    };
    let cache_read = less(tokens.cache_read);
    let cache_write_5m = less(tokens.cache_write_5m);
    let cache_write_1h = less(tokens.cache_write_1h);
    let input = less(tokens.input);
    Tokens { input, cache_write_5m, cache_write_1h, cache_read, ..tokens }
}

/// The counts without `removed` tokens that are new in the call: first what was written to the cache.
pub(super) fn without_news(tokens: Tokens, removed: u64) -> Tokens {
    let news = Tokens { cache_read: 0, ..tokens };
    let taken = removed.min(news.prompt());
    let changed = without_context(news, taken);
    without_context(Tokens { cache_read: tokens.cache_read, ..changed }, removed - taken)
}

/// `count` tokens read from the cache instead of written to it.
pub(super) fn read_instead(tokens: Tokens, count: u64) -> Tokens {
    let long = count.min(tokens.cache_write_1h);
    let short = (count - long).min(tokens.cache_write_5m);
    Tokens {
        cache_write_1h: tokens.cache_write_1h - long,
        cache_write_5m: tokens.cache_write_5m - short,
        cache_read: tokens.cache_read + long + short,
        ..tokens
    }
}

/// `count` tokens written to the cache, for as long as the call's others, instead of read from it.
pub(super) fn written_instead(tokens: Tokens, count: u64) -> Tokens {
    let moved = count.min(tokens.cache_read);
    let long = tokens.cache_write_1h > tokens.cache_write_5m;
    Tokens {
        cache_read: tokens.cache_read - moved,
        cache_write_1h: tokens.cache_write_1h + if long { moved } else { 0 },
        cache_write_5m: tokens.cache_write_5m + if long { 0 } else { moved },
        ..tokens
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTS: Tokens =
        Tokens { input: 10, output: 7, cache_write_5m: 20, cache_write_1h: 0, cache_read: 100 };

    #[test]
    fn tokens_are_moved_and_never_made() {
        assert_eq!(without_context(COUNTS, 105).prompt(), 25);
        assert_eq!(without_context(COUNTS, 105).cache_write_5m, 15);
        assert_eq!(without_context(COUNTS, 1000).prompt(), 0);
        assert_eq!(without_news(COUNTS, 25), Tokens { input: 5, cache_write_5m: 0, ..COUNTS });
        assert_eq!(
            without_news(COUNTS, 35),
            Tokens { input: 0, cache_write_5m: 0, cache_read: 95, ..COUNTS }
        );
        for count in [0, 5, 20, 500] {
            for changed in [read_instead(COUNTS, count), written_instead(COUNTS, count)] {
                assert_eq!(changed.total(), COUNTS.total(), "{count}");
            }
        }
        assert_eq!(read_instead(COUNTS, 500).cache_read, 120);
        let long = Tokens { cache_write_1h: 30, ..COUNTS };
        assert_eq!(written_instead(long, 40).cache_write_1h, 70);
    }
}
