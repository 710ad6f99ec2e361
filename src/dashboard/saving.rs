//! What prompt caching saved: the cached tokens of a call at the price of plain input, less what writing and reading
//! them cost. Prices are `model::price`'s; here they are asked for once per kind of call and not for each of a million.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::base::money::Money;
use crate::ledger::entries::Entry;
use crate::model::day::Day;
use crate::model::price::{CallFacts, Cost, PriceOverrides, price};
use crate::model::usage::Tokens;

/// Tokens of the call that rates are read from: so many that no factor leaves a fraction.
const PROBE: u64 = 1000;
/// The lengths above which prompts have prices of their own, of whatever model.
const LENGTHS: [u64; 2] = [100_000, 200_000];

/// What plain input costs above each kind of cached tokens, for `PROBE` of them.
#[derive(Debug, Clone, Copy)]
struct Gains {
    write_5m: i128,
    write_1h: i128,
    read: i128,
}

pub(super) struct Saver<'p> {
    prices: &'p PriceOverrides,
    /// By UTC day, and there by everything else the price of a token depends on: a few a day.
    known: HashMap<i64, Vec<(String, Gains)>>,
    /// The kind of the call at hand, so that looking it up needs no memory of its own.
    kind: String,
}

impl<'p> Saver<'p> {
    pub(super) fn new(prices: &'p PriceOverrides) -> Self {
        Self { prices, known: HashMap::new(), kind: String::new() }
    }

    /// Nothing for money without a call: nobody knows what it was spent on. Below nothing where more was written than
    /// reading it paid back.
    pub(super) fn saved(&mut self, entry: &Entry<'_>) -> Money {
        let Some(model) = entry.model.filter(|_| !entry.is_unlisted) else { return Money::ZERO };
        let tokens = &entry.tokens;
        if tokens.cache_write() == 0 && tokens.cache_read == 0 {
            return Money::ZERO;
        }
        self.kind.clear();
        let Entry { region, speed, tier, geo, .. } = entry;
        for part in [model, entry.provider.name(), region, speed, tier, geo] {
            self.kind.push_str(part);
            self.kind.push('\0');
        }
        let longer_than = LENGTHS.into_iter().rev().find(|length| tokens.prompt() > *length).unwrap_or(0);
        self.kind.push_str(match longer_than {
            0 => "",
            length if length == LENGTHS[0] => "long",
            _ => "longer",
        });
        let day = entry.time.0.div_euclid(86_400_000);
        let known = self.known.get(&day).and_then(|kinds| kinds.iter().find(|(kind, _)| *kind == self.kind));
        let gains = match known {
            Some((_, gains)) => *gains,
            None => {
                let gains = self.ask(entry, model, longer_than);
                self.known.entry(day).or_default().push((self.kind.clone(), gains));
                gains
            }
        };
        let sum = times(tokens.cache_write_5m, gains.write_5m)
            + times(tokens.cache_write_1h, gains.write_1h)
            + times(tokens.cache_read, gains.read);
        let half = i128::from(PROBE / 2);
        Money((sum + half).div_euclid(i128::from(PROBE)))
    }

    fn ask(&self, entry: &Entry<'_>, model: &str, longer_than: u64) -> Gains {
        let date = entry.time.utc().date();
        // A prompt just long enough for its prices, and the probe as part of it.
        let prompt =
            Tokens { input: if longer_than == 0 { 0 } else { longer_than + 1 }, ..Tokens::default() };
        let gain = |tokens: Tokens| self.difference(entry, model, date, &prompt.plus(&tokens)).0;
        let none = Tokens::default();
        Gains {
            write_5m: gain(Tokens { cache_write_5m: PROBE, ..none }),
            write_1h: gain(Tokens { cache_write_1h: PROBE, ..none }),
            read: gain(Tokens { cache_read: PROBE, ..none }),
        }
    }

    /// The tokens as plain input, less the tokens as they were.
    fn difference(&self, entry: &Entry<'_>, model: &str, date: NaiveDate, tokens: &Tokens) -> Money {
        let plain = Tokens { input: tokens.prompt(), output: tokens.output, ..Tokens::default() };
        let without = self.cost(entry, model, date, plain).cost;
        without - self.cost(entry, model, date, *tokens).cost
    }

    fn cost(&self, entry: &Entry<'_>, model: &str, date: NaiveDate, tokens: Tokens) -> Cost {
        let day = Day::from(date);
        let facts = CallFacts { model, day, tokens, web_searches: 0, iterations: &[], ..entry.facts() };
        price(&facts, self.prices)
    }
}

fn times(count: u64, gain: i128) -> i128 {
    i128::from(count).saturating_mul(gain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Time;
    use crate::model::provider::Provider;
    use proptest::prelude::*;

    fn entry<'a>(model: &'a str, tokens: Tokens, place: (&'a str, &'a str), ms: i64) -> Entry<'a> {
        Entry {
            time: Time(ms),
            model: Some(model),
            provider: if place.0.is_empty() { Provider::Anthropic } else { Provider::Bedrock },
            region: place.0,
            tokens,
            counts: tokens,
            tier: place.1,
            ..Entry::nothing()
        }
    }

    const NOON: i64 = 1_795_521_600_000;

    #[test]
    fn reading_saves_and_writing_costs() {
        let prices = PriceOverrides::default();
        let mut saver = Saver::new(&prices);
        let mut saved = |tokens| saver.saved(&entry("claude-haiku-4-5", tokens, ("", ""), NOON)).to_string();
        let none = Tokens::default();
        // A dollar for a million tokens of input, a tenth of it for reading, a quarter more for writing.
        assert_eq!(saved(Tokens { cache_read: 1_000_000, ..none }), "0.9");
        assert_eq!(saved(Tokens { cache_write_5m: 1_000_000, ..none }), "-0.25");
        assert_eq!(saved(Tokens { cache_write_1h: 1_000_000, ..none }), "-1");
        assert_eq!(saved(Tokens { input: 1_000_000, output: 5, ..none }), "0");
        let tokens = Tokens { cache_read: 10, ..none };
        let unlisted = Entry { is_unlisted: true, ..entry("claude-haiku-4-5", tokens, ("", ""), NOON) };
        assert_eq!(saver.saved(&unlisted), Money::ZERO);
    }

    #[test]
    fn every_length_of_the_price_list_is_known() {
        let lists = [
            include_str!("../model/price_table/fable.rs"),
            include_str!("../model/price_table/haiku.rs"),
            include_str!("../model/price_table/opus.rs"),
            include_str!("../model/price_table/sonnet.rs"),
            include_str!("../model/price_table.rs"),
        ];
        let mut lengths = Vec::new();
        for rest in lists.iter().flat_map(|list| list.split("above: ").skip(1)) {
            let digits =
                rest.split(|c: char| !c.is_ascii_digit() && c != '_').next().unwrap().replace('_', "");
            lengths.extend(digits.parse::<u64>().ok().filter(|length| *length > 0));
        }
        assert!(lengths.len() > 3 && lengths.iter().all(|length| LENGTHS.contains(length)), "{lengths:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]
        #[test]
        fn it_is_what_the_price_list_says_for_each_call(
            model in prop::sample::select(vec!["claude-opus-5-5", "claude-haiku-5-5", "claude-sonnet-4-5", "claude-haiku-4-5", "x"]),
            place in prop::sample::select(vec![("", ""), ("eu-central-1", ""), ("", "batch")]),
            (write_5m, write_1h, read) in (0u64..300_000, 0u64..300_000, 0u64..900_000),
            day in 0i64..400,
        ) {
            let prices = PriceOverrides::default();
            let mut saver = Saver::new(&prices);
            let tokens = Tokens { input: 7, output: 9, cache_write_5m: write_5m, cache_write_1h: write_1h, cache_read: read };
            let entry = entry(model, tokens, place, NOON - day * 86_400_000);
            let date = entry.time.utc().date();
            let exact = saver.difference(&entry, model, date, &tokens);
            for _ in 0..2 {
                let saved = saver.saved(&entry);
                prop_assert!((saved - exact).abs() <= Money(1), "{} {}", saved, exact);
            }
        }
    }
}
