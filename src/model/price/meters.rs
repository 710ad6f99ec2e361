//! What a call costs by meter, as bills have it: input, output, the two kinds of cache writes, cache reads, web
//! searches, each with its list price and its part of what was booked. The parts of a call add up to what was booked, to
//! the last 1e-12 USD. Runs, prices and factors are the same as those of `price`, which is next door.

use super::{
    Bill, CallFacts, Doubts, FINE, PriceOverrides, Row, WEB_SEARCH, each_run, is_batch, kinds, price,
    unit_prices,
};
use crate::base::money::Money;
use crate::model::price_table::tier_for;
use crate::model::ratio::Ratio;

/// What is counted and has a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meter {
    Input,
    Output,
    CacheWrite5m,
    CacheWrite1h,
    CacheRead,
    WebSearch,
}

const TOKENS: [Meter; 5] =
    [Meter::Input, Meter::Output, Meter::CacheWrite5m, Meter::CacheWrite1h, Meter::CacheRead];

/// What a list price depends on, besides model, meter and day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Terms {
    /// The length of prompt above which this price holds; 0 for the first tier.
    pub above: u64,
    /// The multiple of fast mode; 1 without it.
    pub speed: u64,
    pub batch: bool,
    /// What the place adds, in thousandths.
    pub place: u64,
    /// The platform has prices of its own for this model.
    pub special: bool,
}

impl Terms {
    /// Nothing that changes the price.
    pub const STANDARD: Terms = Terms { above: 0, speed: 1, batch: false, place: 1000, special: false };
}

/// One meter of one run of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    pub meter: Meter,
    /// Where it is not the model of the call.
    pub model: Option<&'a str>,
    /// Tokens, or web searches.
    pub quantity: u64,
    pub terms: Terms,
    /// The public price for a million tokens, or for one search, rounded to 1e-12 USD.
    pub list_price: Money,
    /// The price by contract; None where what was booked follows from no price that is known.
    pub price: Option<Money>,
    pub amount: Money,
}

/// The user's prices, and the list's for the same models.
#[derive(Debug, Clone)]
pub struct Books {
    contract: PriceOverrides,
    list: PriceOverrides,
}

impl Books {
    pub fn new(contract: &PriceOverrides) -> Self {
        let list = PriceOverrides { aliases: contract.aliases.clone(), ..PriceOverrides::default() };
        Self { contract: contract.clone(), list }
    }
}

/// A part before its amount is known.
struct Piece<'a> {
    meter: Meter,
    model: Option<&'a str>,
    quantity: u64,
    terms: Terms,
    /// For a million tokens or one search, with the factors of speed and place, in 1e-15 USD.
    list: i128,
    contract: i128,
}

/// The parts of a call that was booked with this amount. Empty where nothing was used.
///
/// The amount is what today's prices give, by the contract or by the list; then every part is its own product. Otherwise
/// (the prices were others when it was booked) the parts have the shares that list prices give them.
pub fn parts<'a>(facts: &CallFacts<'a>, books: &Books, booked: Money) -> Vec<Part<'a>> {
    let pieces = pieces(facts, books);
    if pieces.is_empty() {
        return Vec::new();
    }
    let is_batch = is_batch(facts.service_tier, &mut Doubts::default());
    let list = Factors { batch: batch_factor(is_batch, &books.list), contract: Ratio::ONE };
    let contract = Factors {
        batch: batch_factor(is_batch, &books.contract),
        contract: books.contract.contract(facts.provider),
    };
    let gives = |prices: &PriceOverrides| price(facts, prices).cost == booked;
    let by_contract: Vec<i128> = pieces.iter().map(|piece| piece.contract).collect();
    let by_list: Vec<i128> = pieces.iter().map(|piece| piece.list).collect();
    let known = if gives(&books.contract) {
        Some((&by_contract, contract))
    } else if gives(&books.list) {
        Some((&by_list, list))
    } else {
        None
    };
    let products = known.and_then(|(prices, factors)| factors.products(&pieces, prices));
    let amounts = match products {
        Some((products, unit)) => whole(&products, unit, booked),
        None => {
            let (products, _) = list.products(&pieces, &by_list).unwrap_or_default();
            shares(&products, pieces.len(), booked)
        }
    };
    let priced = |at: usize, piece: &Piece<'a>, amount: Money| Part {
        meter: piece.meter,
        model: piece.model,
        quantity: piece.quantity,
        terms: piece.terms,
        list_price: list.unit(piece.meter, piece.list),
        price: known.map(|(prices, factors)| factors.unit(piece.meter, prices[at])),
        amount,
    };
    pieces.iter().zip(amounts).enumerate().map(|(at, (piece, amount))| priced(at, piece, amount)).collect()
}

fn batch_factor(is_batch: bool, prices: &PriceOverrides) -> Ratio {
    if is_batch { prices.batch.unwrap_or(Ratio::thousandths(500)) } else { Ratio::ONE }
}

fn pieces<'a>(facts: &CallFacts<'a>, books: &Books) -> Vec<Piece<'a>> {
    let call = Row::of(facts.model, &books.contract);
    let batch = is_batch(facts.service_tier, &mut Doubts::default());
    let bill = Bill { facts, region: call.location(facts.region), is_batch: batch };
    let mut pieces = Vec::new();
    each_run(facts, &mut Doubts::default(), |run, doubts| {
        if run.tokens.is_zero() {
            return;
        }
        let sent = run.model.unwrap_or(facts.model);
        let (own, listed) = (Row::of(sent, &books.contract), Row::of(sent, &books.list));
        let (place, speed) = bill.factors(&own, run.fast, doubts);
        let factor = i128::from(place.saturating_mul(speed));
        let prices = |row: &Row<'_>| row.prices(&bill.place(row), facts.day, run.prompt);
        let at_list = prices(&listed);
        let special = at_list.doubt.is_some() && listed.is_known;
        let tiers = listed.model.period(facts.day).tiers;
        let above = if special && run.prompt > LONG { LONG } else { tier_for(tiers, run.prompt).above };
        let terms = Terms { above, speed, batch, place, special };
        let both = unit_prices(&at_list).into_iter().zip(unit_prices(&prices(&own)));
        for ((meter, quantity), (list, contract)) in TOKENS.into_iter().zip(kinds(&run.tokens)).zip(both) {
            if quantity > 0 {
                let (list, contract) = (list.saturating_mul(factor), contract.saturating_mul(factor));
                pieces.push(Piece { meter, model: run.model, quantity, terms, list, contract });
            }
        }
    });
    if facts.web_searches > 0 {
        pieces.push(Piece {
            meter: Meter::WebSearch,
            model: None,
            quantity: facts.web_searches,
            terms: Terms::STANDARD,
            list: WEB_SEARCH.0 * 1000,
            contract: WEB_SEARCH.0 * 1000,
        });
    }
    pieces
}

/// The threshold of the tiers that only some platforms have.
const LONG: u64 = 200_000;

/// What multiplies every price of a call.
#[derive(Clone, Copy)]
struct Factors {
    batch: Ratio,
    contract: Ratio,
}

impl Factors {
    /// Quantity times price of every piece, all in one unit, and how many of it make 1e-12 USD. None where a
    /// product is beyond all sense.
    fn products(&self, pieces: &[Piece<'_>], prices: &[i128]) -> Option<(Vec<i128>, i128)> {
        let (batch, contract) = (self.batch, self.contract);
        let unit = FINE.checked_mul(i128::from(batch.den()))?.checked_mul(i128::from(contract.den()))?;
        let product = |(piece, price): (&Piece<'_>, &i128)| {
            let plain = i128::from(piece.quantity).checked_mul(*price)?;
            // Batch makes tokens cheaper, not searches; a search is not priced by the million.
            let scaled = match piece.meter {
                Meter::WebSearch => plain.checked_mul(1_000_000)?.checked_mul(i128::from(batch.den()))?,
                _ => plain.checked_mul(i128::from(batch.num()))?,
            };
            scaled.checked_mul(i128::from(contract.num()))
        };
        let products: Option<Vec<i128>> = pieces.iter().zip(prices).map(product).collect();
        Some((products?, unit))
    }

    /// The price of a million tokens or of one search, rounded to 1e-12 USD.
    fn unit(&self, meter: Meter, price: i128) -> Money {
        let batch = if meter == Meter::WebSearch { Ratio::ONE } else { self.batch };
        self.contract.times(batch).times(Ratio::thousandths(1)).of(Money(price))
    }
}

/// Whole units of 1e-12 USD: what is lost by rounding down goes to the parts that lost most.
fn whole(products: &[i128], unit: i128, booked: Money) -> Vec<Money> {
    let mut amounts: Vec<Money> = products.iter().map(|product| Money(product / unit)).collect();
    hand_out(&mut amounts, booked, |at| products[at] % unit);
    amounts
}

/// The amount in shares.
fn shares(products: &[i128], count: usize, booked: Money) -> Vec<Money> {
    // Products have up to 90 bits, which multiplied by an amount would be too many. Shares need no more than 60.
    let most = products.iter().copied().max().unwrap_or(0);
    let shift = (128 - most.leading_zeros()).saturating_sub(60);
    let weights: Vec<i128> = products.iter().map(|product| product >> shift).collect();
    let sum: i128 = weights.iter().sum();
    if sum <= 0 || weights.len() != count {
        let mut amounts = vec![Money::ZERO; count];
        amounts[0] = booked;
        return amounts;
    }
    let share = |weight: &i128| {
        let product = booked.0.checked_mul(*weight);
        product.unwrap_or_else(|| (booked.0 / sum).saturating_mul(*weight))
    };
    let mut amounts: Vec<Money> = weights.iter().map(|weight| Money(share(weight).div_euclid(sum))).collect();
    hand_out(&mut amounts, booked, |at| share(&weights[at]).rem_euclid(sum));
    amounts
}

/// Gives what is missing from the sum to the parts with the largest rests, one unit each; whatever is left after
/// that to the first.
fn hand_out(amounts: &mut [Money], booked: Money, rest: impl Fn(usize) -> i128) {
    let mut missing = booked - amounts.iter().copied().sum();
    let mut order: Vec<usize> = (0..amounts.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(rest(*at)));
    for at in order {
        if missing <= Money::ZERO {
            break;
        }
        amounts[at] += Money(1);
        missing -= Money(1);
    }
    if let Some(first) = amounts.first_mut() {
        *first += missing;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::day::Day;
    use crate::model::price::{Iteration, IterationKind, ModelOverride};
    use crate::model::provider::Provider;
    use crate::model::usage::Tokens;
    use proptest::prelude::*;

    const DAY: Day = Day::ymd(2026, 11, 20);

    fn tokens(input: u64, output: u64, w5: u64, w1: u64, read: u64) -> Tokens {
        Tokens { input, output, cache_write_5m: w5, cache_write_1h: w1, cache_read: read }
    }

    fn usd(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn every_meter_is_quantity_times_price() {
        let facts = CallFacts {
            web_searches: 2,
            ..CallFacts::plain("claude-opus-5-5", DAY, tokens(12_345, 678, 0, 0, 250_000))
        };
        let books = Books::new(&PriceOverrides::default());
        let booked = price(&facts, &PriceOverrides::default()).cost;
        let parts = parts(&facts, &books, booked);
        let seen: Vec<_> = parts.iter().map(|part| (part.meter, part.list_price, part.amount)).collect();
        assert_eq!(
            seen,
            [
                (Meter::Input, usd("4"), usd("0.04938")),
                (Meter::Output, usd("20"), usd("0.01356")),
                (Meter::CacheRead, usd("0.2"), usd("0.05")),
                (Meter::WebSearch, usd("0.01"), usd("0.02")),
            ]
        );
        assert!(
            parts.iter().all(|part| part.terms == Terms::STANDARD && part.price == Some(part.list_price))
        );
    }

    #[test]
    fn what_changes_the_price_is_in_the_terms() {
        let books = Books::new(&PriceOverrides::default());
        let one = |facts: CallFacts<'_>| {
            let booked = price(&facts, &PriceOverrides::default()).cost;
            let parts = parts(&facts, &books, booked);
            (parts[0].terms, parts[0].list_price)
        };
        let plain = CallFacts::plain("claude-opus-5-5", DAY, tokens(1000, 0, 0, 0, 0));
        assert_eq!(one(CallFacts { fast: true, ..plain }), (Terms { speed: 2, ..Terms::STANDARD }, usd("8")));
        let batch = CallFacts { service_tier: Some("batch"), ..plain };
        assert_eq!(one(batch), (Terms { batch: true, ..Terms::STANDARD }, usd("2")));
        let bedrock =
            CallFacts { provider: Provider::Bedrock, model: "us.anthropic.claude-opus-5-5", ..plain };
        assert_eq!(one(bedrock), (Terms { place: 1100, ..Terms::STANDARD }, usd("4.4")));
        let long = CallFacts::plain("claude-haiku-5-5", DAY, tokens(100_001, 0, 0, 0, 0));
        assert_eq!(one(long), (Terms { above: 100_000, ..Terms::STANDARD }, usd("0.5")));
    }

    #[test]
    fn contracts_change_the_price_and_not_the_list() {
        let own = ModelOverride { output: Some(usd("10")), ..ModelOverride::default() };
        let contract = PriceOverrides {
            models: vec![("claude-opus-5-5".into(), own)],
            multiplier: Ratio::new(9, 10),
            ..PriceOverrides::default()
        };
        let facts = CallFacts::plain("claude-opus-5-5", DAY, tokens(3, 7, 1, 1, 1));
        let booked = price(&facts, &contract).cost;
        let parts = parts(&facts, &Books::new(&contract), booked);
        assert_eq!(parts.iter().map(|part| part.amount).sum::<Money>(), booked);
        assert_eq!((parts[1].list_price, parts[1].price), (usd("20"), Some(usd("9"))));
        assert_eq!(parts[1].amount, usd("0.000063"));
    }

    #[test]
    fn an_amount_of_other_prices_is_shared_out() {
        let facts = CallFacts::plain("claude-opus-5-5", DAY, tokens(1000, 1000, 0, 0, 0));
        let parts = parts(&facts, &Books::new(&PriceOverrides::default()), usd("0.030000000001"));
        assert_eq!(parts[0].amount + parts[1].amount, usd("0.030000000001"));
        assert_eq!((parts[0].amount, parts[0].price), (usd("0.005"), None));
        let none = CallFacts::plain("claude-opus-5-5", DAY, Tokens::default());
        assert!(super::parts(&none, &Books::new(&PriceOverrides::default()), usd("1")).is_empty());
    }

    fn any_tokens() -> impl Strategy<Value = Tokens> {
        let count = || prop_oneof![Just(0_u64), 0_u64..3_000_000, Just(u64::MAX / 8)];
        (count(), count(), count(), count(), count()).prop_map(|(a, b, c, d, e)| tokens(a, b, c, d, e))
    }

    proptest! {
        #[test]
        fn parts_add_up_whatever_the_call(
            whole in any_tokens(),
            runs in prop::collection::vec(any_tokens(), 0..3),
            model in prop::sample::select(vec!["claude-haiku-5-5", "eu.anthropic.claude-sonnet-5-5", "nobody-knows", "claude-sonnet-4-5"]),
            searches in 0_u64..4,
            fast in any::<bool>(),
            batch in any::<bool>(),
            ratio in (1_u64..2000, 1_u64..2000),
            booked in prop::option::of(0_i128..10_000_000_000_000_000),
        ) {
            let iterations: Vec<Iteration> = runs
                .iter()
                .map(|tokens| Iteration { kind: IterationKind::Message, model: None, tokens: *tokens })
                .collect();
            let facts = CallFacts {
                provider: Provider::Bedrock,
                web_searches: searches,
                fast,
                service_tier: batch.then_some("batch"),
                iterations: &iterations,
                ..CallFacts::plain(model, DAY, whole)
            };
            let contract = PriceOverrides { multiplier: Ratio::new(ratio.0, ratio.1), ..PriceOverrides::default() };
            let booked = booked.map_or_else(|| price(&facts, &contract).cost, Money);
            let parts = parts(&facts, &Books::new(&contract), booked);
            if !parts.is_empty() {
                prop_assert_eq!(parts.iter().map(|part| part.amount).sum::<Money>(), booked);
                prop_assert!(parts.iter().all(|part| part.amount >= Money::ZERO));
            }
        }
    }
}
