//! The very same calls, priced as other models and other platforms would have. One pass over the ledger: calls that
//! differ in nothing but their counts share their prices, and where no rounding can come between, their counts are added
//! up first. What it comes to is the same as pricing call by call. Drawing is `show`'s.

pub mod show;
pub mod target;

use std::collections::{BTreeMap, HashMap};

use super::query::{Query, Wanted};
use crate::base::error::Result;
use crate::base::money::Money;
use crate::ledger::Ledger;
use crate::ledger::entries::Sum;
use crate::ledger::entries::{self, Entry};
use crate::ledger::scan::Bad;
use crate::model::capacity::{CACHE_MINIMUMS, CONTEXTS, Tokenizer, capacity};
use crate::model::day::Day;
use crate::model::model_id::{canonical, identify};
use crate::model::price::{CallFacts, Iteration, PriceOverrides, location, price};
use crate::model::price_table::{Model, thresholds, turning_days};
use crate::model::provider::Provider;
use crate::model::ratio::Ratio;
use crate::model::tariff::Tariff;
use crate::model::usage::Tokens;
use target::Target;

/// What is to be compared, and by which prices.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    pub targets: Vec<Target>,
    /// The list of which day; None: of the day of each call.
    pub day: Option<Day>,
    /// As if everything had gone through the batch API.
    pub batch: bool,
    pub overrides: &'a PriceOverrides,
}

/// For how many calls something does not hold that the price takes for granted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Caveats {
    /// The prompt is longer than the model's context window.
    pub too_long: u64,
    /// What was cached is shorter than the model caches.
    pub cache_too_short: u64,
    /// Ran in fast mode, which is not to be had: priced at standard speed.
    pub fast: u64,
    /// Ran in the US only, which is not to be had for the model.
    pub us_inference: u64,
    /// The model searched the web, which the platform does not offer.
    pub web_search: u64,
    /// Wrote to the cache for an hour, which the platform does not offer for the model.
    pub cache_1h: u64,
    /// The platform does not sell the model.
    pub not_sold: u64,
    /// The price is not certain.
    pub estimated: u64,
}

impl Caveats {
    pub const ALL: [fn(&Caveats) -> u64; 8] = [
        |of| of.too_long,
        |of| of.cache_too_short,
        |of| of.fast,
        |of| of.us_inference,
        |of| of.web_search,
        |of| of.cache_1h,
        |of| of.not_sold,
        |of| of.estimated,
    ];

    fn plus(&mut self, other: &Caveats) {
        self.too_long += other.too_long;
        self.cache_too_short += other.cache_too_short;
        self.fast += other.fast;
        self.us_inference += other.us_inference;
        self.web_search += other.web_search;
        self.cache_1h += other.cache_1h;
        self.not_sold += other.not_sold;
        self.estimated += other.estimated;
    }
}

/// What all calls come to as something else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Priced {
    pub cost: Money,
    /// With the tokens the model itself would have counted, as far as tokenizers differ.
    pub adjusted: Money,
    pub caveats: Caveats,
}

/// A comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The calls as they are booked; `unlisted` lines are not among them.
    pub booked: Sum,
    /// Money without a call, which cannot be priced again.
    pub unlisted: Money,
    /// Calls by the platform that served them.
    pub providers: BTreeMap<Provider, u64>,
    /// The calls as they were, at the prices of the comparison.
    pub baseline: Priced,
    /// Cheapest first.
    pub rows: Vec<(Target, Priced)>,
    pub bad: Vec<Bad>,
}

/// Reads the ledger once.
pub fn compare(ledger: &Ledger, query: &Query, plan: &Plan<'_>) -> Result<Compared> {
    let targets: Vec<Target> =
        std::iter::once(Target { model: None, place: None }).chain(plan.targets.iter().cloned()).collect();
    let borders = Borders::new();
    let (folders, bad) = entries::fold(
        ledger,
        query.window,
        || Folder::new(query, plan, &targets, &borders),
        |folder, entry| folder.add(entry),
    )?;
    let mut whole = Folder::new(query, plan, &targets, &borders);
    folders.into_iter().for_each(|folder| whole.join(folder));
    let mut priced = whole.priced();
    let baseline = priced.remove(0);
    let mut rows: Vec<(Target, Priced)> = plan.targets.iter().cloned().zip(priced).collect();
    rows.sort_by_key(|(_, priced)| priced.cost);
    Ok(Compared {
        booked: whole.booked,
        unlisted: whole.unlisted,
        providers: whole.providers,
        baseline,
        rows,
        bad,
    })
}

/// Lengths and days at which something changes for some model: between two of them all calls are alike.
struct Borders {
    prompts: Vec<u64>,
    days: Vec<Day>,
}

impl Borders {
    fn new() -> Self {
        let mut prompts: Vec<u64> = CONTEXTS.to_vec();
        for above in thresholds() {
            prompts.extend([above, above * 10 / 13, above * 13 / 10]);
        }
        prompts.sort_unstable();
        Self { prompts, days: turning_days() }
    }
}

/// Which calls share their prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Bucket {
    prompt: usize,
    cached: usize,
    day: usize,
    /// Which kinds of tokens there are, a bit each.
    kinds: u8,
}

struct Class {
    calls: u64,
    /// Calls with searches.
    searching: u64,
    searches: u64,
    tokens: Tokens,
    /// By target.
    sides: Vec<Side>,
}

/// One target's view of a class.
struct Side {
    tariff: Tariff,
    /// For the tokens the target would have counted, where that is another number.
    other: Option<(Tariff, Ratio)>,
    /// Of calls whose sum is not the sum of their costs.
    rounded: Money,
    /// Which of them hold, as ones.
    flags: Caveats,
    no_web_search: bool,
}

struct Folder<'a> {
    wanted: Wanted<'a>,
    plan: &'a Plan<'a>,
    targets: &'a [Target],
    borders: &'a Borders,
    booked: Sum,
    unlisted: Money,
    providers: BTreeMap<Provider, u64>,
    index: HashMap<(String, Bucket), usize>,
    classes: Vec<Class>,
    /// The key of the class last asked for, made in place.
    key: (String, Bucket),
    /// Calls with several runs, which are priced one by one: cost and adjusted cost by target.
    others: Vec<(Money, Money)>,
}

impl<'a> Folder<'a> {
    fn new(query: &'a Query, plan: &'a Plan<'a>, targets: &'a [Target], borders: &'a Borders) -> Self {
        Self {
            wanted: Wanted::new(query),
            plan,
            targets,
            borders,
            booked: Sum::default(),
            unlisted: Money::ZERO,
            providers: BTreeMap::new(),
            index: HashMap::new(),
            classes: Vec::new(),
            key: (String::new(), Bucket { prompt: 0, cached: 0, day: 0, kinds: 0 }),
            others: vec![(Money::ZERO, Money::ZERO); targets.len()],
        }
    }

    fn add(&mut self, entry: &Entry<'_>) {
        if !self.wanted.counts(entry) {
            return;
        }
        let Some(model) = entry.model.filter(|_| !entry.is_unlisted) else {
            self.unlisted += entry.cost;
            return;
        };
        self.booked.add(entry);
        *self.providers.entry(entry.provider).or_default() += 1;
        let at = self.class(entry, model);
        let class = &mut self.classes[at];
        class.calls += 1;
        class.searching += u64::from(entry.web_searches > 0);
        if !entry.iterations.is_empty() {
            self.add_runs(entry, model);
            return;
        }
        class.searches += entry.web_searches;
        class.tokens = class.tokens.plus(&entry.counts);
        for side in &mut class.sides {
            if !side.tariff.is_linear() {
                side.rounded += side.tariff.cost(&entry.counts, entry.web_searches);
            }
        }
    }

    /// The class of a call, made when it is the first of its kind.
    fn class(&mut self, entry: &Entry<'_>, model: &str) -> usize {
        let day = day_of(entry);
        let (key, bucket) = &mut self.key;
        key.clear();
        for part in [model, entry.provider.name(), entry.region, entry.speed, entry.tier, entry.geo] {
            key.push_str(part);
            key.push('\0');
        }
        let longest = entry.iterations.iter().map(|run| run.tokens.prompt()).max();
        let prompt = longest.unwrap_or(0).max(entry.counts.prompt());
        let cached = entry.counts.cache_write().saturating_add(entry.counts.cache_read);
        *bucket = Bucket {
            prompt: self.borders.prompts.partition_point(|border| *border < prompt),
            cached: if cached == 0 {
                0
            } else {
                1 + CACHE_MINIMUMS.partition_point(|least| *least <= cached)
            },
            day: match self.plan.day {
                Some(_) => 0,
                None => self.borders.days.partition_point(|border| *border <= day),
            },
            kinds: kinds(&entry.counts),
        };
        if let Some(at) = self.index.get(&self.key) {
            return *at;
        }
        let sides =
            self.targets.iter().map(|target| side(self.plan, target, entry, model, prompt, cached)).collect();
        self.index.insert(self.key.clone(), self.classes.len());
        self.classes.push(Class { calls: 0, searching: 0, searches: 0, tokens: Tokens::default(), sides });
        self.classes.len() - 1
    }

    fn add_runs(&mut self, entry: &Entry<'_>, model: &str) {
        for (target, (cost, adjusted)) in self.targets.iter().zip(&mut self.others) {
            let circumstances = Circumstances::of(self.plan, target, entry, model);
            let facts = circumstances.facts(entry.counts, entry.iterations, entry.web_searches);
            let plain = price(&facts, self.plan.overrides).cost;
            *cost += plain;
            *adjusted += match circumstances.counted_anew {
                None => plain,
                Some(by) => {
                    // Runs of other models stay what they are.
                    let runs: Vec<Iteration> = entry
                        .iterations
                        .iter()
                        .map(|run| match run.model {
                            Some(_) => run.clone(),
                            None => Iteration { tokens: scaled(&run.tokens, by), ..run.clone() },
                        })
                        .collect();
                    let counts = scaled(&entry.counts, by);
                    price(&CallFacts { tokens: counts, iterations: &runs, ..facts }, self.plan.overrides).cost
                }
            };
        }
    }

    fn join(&mut self, other: Self) {
        self.booked.join(&other.booked);
        self.unlisted += other.unlisted;
        for (provider, calls) in other.providers {
            *self.providers.entry(provider).or_default() += calls;
        }
        for (own, theirs) in self.others.iter_mut().zip(other.others) {
            own.0 += theirs.0;
            own.1 += theirs.1;
        }
        let mut theirs: Vec<Option<Class>> = other.classes.into_iter().map(Some).collect();
        for (key, at) in other.index {
            let Some(class) = theirs[at].take() else { continue };
            match self.index.get(&key) {
                None => {
                    self.index.insert(key, self.classes.len());
                    self.classes.push(class);
                }
                Some(known) => self.classes[*known].join(class),
            }
        }
    }

    fn priced(&self) -> Vec<Priced> {
        let mut all: Vec<Priced> = self
            .others
            .iter()
            .map(|(cost, adjusted)| Priced { cost: *cost, adjusted: *adjusted, ..Priced::default() })
            .collect();
        for class in &self.classes {
            for (priced, side) in all.iter_mut().zip(&class.sides) {
                priced.add(class, side);
            }
        }
        all
    }
}

impl Class {
    fn join(&mut self, other: Class) {
        self.calls += other.calls;
        self.searching += other.searching;
        self.searches += other.searches;
        self.tokens = self.tokens.plus(&other.tokens);
        for (own, theirs) in self.sides.iter_mut().zip(other.sides) {
            own.rounded += theirs.rounded;
        }
    }
}

impl Priced {
    fn add(&mut self, class: &Class, side: &Side) {
        let cost = match side.tariff.is_linear() {
            true => side.tariff.cost(&class.tokens, class.searches),
            false => side.rounded,
        };
        self.cost += cost;
        self.adjusted += match &side.other {
            None => cost,
            Some((tariff, by)) => tariff.cost(&scaled(&class.tokens, *by), class.searches),
        };
        let times = |flag: u64| flag * class.calls;
        let flags = &side.flags;
        self.caveats.plus(&Caveats {
            too_long: times(flags.too_long),
            cache_too_short: times(flags.cache_too_short),
            fast: times(flags.fast),
            us_inference: times(flags.us_inference),
            web_search: if side.no_web_search { class.searching } else { 0 },
            cache_1h: times(flags.cache_1h),
            not_sold: times(flags.not_sold),
            estimated: times(flags.estimated),
        });
    }
}

fn kinds(tokens: &Tokens) -> u8 {
    let counts =
        [tokens.input, tokens.output, tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_read];
    counts.into_iter().fold(0, |bits, count| bits << 1 | u8::from(count > 0))
}

fn day_of(entry: &Entry<'_>) -> Day {
    Day::from(entry.time.utc().date())
}

/// Everything the price of a call as something else depends on, but for its counts.
struct Circumstances<'e> {
    model: std::borrow::Cow<'e, str>,
    listed: Option<&'static Model>,
    provider: Provider,
    region: Option<&'e str>,
    geo: Option<&'e str>,
    tier: Option<&'e str>,
    day: Day,
    fast: bool,
    /// Ran in fast mode, which is not to be had.
    fast_lost: bool,
    /// By what the tokens would have been more, or less.
    counted_anew: Option<Ratio>,
}

impl<'e> Circumstances<'e> {
    fn of(plan: &Plan<'_>, target: &'e Target, entry: &'e Entry<'_>, sent: &'e str) -> Self {
        let known = |text: &'e str| Some(text).filter(|text| !text.is_empty());
        let own = identify(sent);
        let (model, listed) = match (&target.model, &target.place) {
            (Some(choice), _) => (choice.id.as_str().into(), choice.listed),
            (None, Some(_)) => (canonical(sent), own.target.model()),
            (None, None) => (sent.into(), own.target.model()),
        };
        let (provider, region, geo) = match &target.place {
            Some(place) => (place.provider, place.location(), place.us_inference.then_some("us")),
            None => (entry.provider, location(sent, known(entry.region)), known(entry.geo)),
        };
        let day = plan.day.unwrap_or_else(|| day_of(entry));
        let batch = plan.batch && target != &OWN;
        let was_fast = entry.speed == "fast" || own.fast;
        let offered = |model: &Model| model.fast_on(day).is_some() && provider.offers_fast(model);
        let fast = was_fast && !batch && listed.is_none_or(offered);
        let tokenizer = |model: Option<&Model>| model.map(|model| capacity(model).tokenizer);
        let counted_anew = match (tokenizer(own.target.model()), tokenizer(listed)) {
            (Some(from), Some(to)) if from != to => Some(Tokenizer::factor_to(from, to)),
            _ => None,
        };
        Self {
            model,
            listed,
            provider,
            region,
            geo,
            tier: if batch { Some("batch") } else { known(entry.tier) },
            day,
            fast,
            fast_lost: was_fast && !fast,
            counted_anew,
        }
    }

    fn facts<'f>(&'f self, tokens: Tokens, iterations: &'f [Iteration], web_searches: u64) -> CallFacts<'f> {
        CallFacts {
            model: &self.model,
            provider: self.provider,
            region: self.region,
            day: self.day,
            tokens,
            web_searches,
            fast: self.fast,
            service_tier: self.tier,
            inference_geo: self.geo,
            iterations,
        }
    }
}

/// The calls as they were: `--batch` asks what the others would be against them.
const OWN: Target = Target { model: None, place: None };

fn side(plan: &Plan<'_>, target: &Target, entry: &Entry<'_>, model: &str, prompt: u64, cached: u64) -> Side {
    let circumstances = Circumstances::of(plan, target, entry, model);
    let facts = circumstances.facts(Tokens::default(), &[], 0);
    let tariff = Tariff::of(&facts, prompt, plan.overrides);
    let other = circumstances
        .counted_anew
        .map(|by| (Tariff::of(&facts, scaled_count(prompt, by), plan.overrides), by));
    let flag = |holds: bool| u64::from(holds);
    let on = |test: &dyn Fn(&Model) -> bool| flag(circumstances.listed.is_some_and(test));
    let is_partner = matches!(circumstances.provider, Provider::Bedrock | Provider::Google);
    let us = circumstances.provider.has_inference_geo() && circumstances.geo == Some("us");
    let flags = Caveats {
        // What the call's own model served, it could serve.
        too_long: on(&|model| target.model.is_some() && prompt > capacity(model).context),
        cache_too_short: on(&|model| {
            target.model.is_some()
                && cached > 0
                && capacity(model).cache_minimum.is_some_and(|least| cached < least)
        }),
        fast: flag(circumstances.fast_lost),
        us_inference: on(&|model| us && !model.us_inference_geo),
        web_search: 0,
        cache_1h: on(&|model| {
            entry.counts.cache_write_1h > 0 && is_partner && !model.cache_1h_on_partner_clouds
        }),
        not_sold: on(&|model| !model.is_sold(circumstances.provider, circumstances.day)),
        estimated: flag(tariff.estimate(&entry.tokens).is_some()),
    };
    Side {
        tariff,
        other,
        rounded: Money::ZERO,
        flags,
        no_web_search: circumstances.provider == Provider::Bedrock,
    }
}

/// Counts as another tokenizer has them, to the nearest token.
fn scaled(tokens: &Tokens, by: Ratio) -> Tokens {
    Tokens {
        input: scaled_count(tokens.input, by),
        output: scaled_count(tokens.output, by),
        cache_write_5m: scaled_count(tokens.cache_write_5m, by),
        cache_write_1h: scaled_count(tokens.cache_write_1h, by),
        cache_read: scaled_count(tokens.cache_read, by),
    }
}

fn scaled_count(count: u64, by: Ratio) -> u64 {
    let scaled = (u128::from(count) * u128::from(by.num()) + u128::from(by.den()) / 2) / u128::from(by.den());
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
