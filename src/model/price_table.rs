//! The price list: every Claude model, what else it is called, and what it cost when. Plain data and the look-up by
//! exact spelling. What a call costs is `price`'s business, how odd spellings are understood `model_id`'s.
//!
//! Prices are integers of 1e-12 USD per token, which are also millionths of a dollar per million tokens:
//! `8_000_000` is 8 USD per million. Nothing is parsed at run time, and the index is built by the compiler.

mod fable;
mod haiku;
mod opus;
mod sonnet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::money::Money;
use crate::model::day::Day;
use crate::model::provider::Provider;

/// The day up to which this list is known to be right. Ledger lines carry it, so that a cost can be redone.
pub const PRICES_VERSION: &str = "2026-11-23";

/// One web search made by the model; no factor of the list applies to it.
pub const WEB_SEARCH: Money = Money(10_000_000_000);
/// One hour of a code execution container, after the free hours. The time is not in the usage of a call.
pub const CODE_EXECUTION_HOUR: Money = Money(50_000_000_000);
pub const CODE_EXECUTION_FREE_HOURS_A_MONTH: u32 = 1550;
pub const CODE_EXECUTION_MINIMUM_MINUTES: u32 = 5;
/// One hour of a Managed Agents session, on top of its tokens. Not in the usage of a call.
pub const SESSION_HOUR: Money = Money(80_000_000_000);
/// What Claude Platform on AWS and Foundry write on their bills.
pub const CONSUMPTION_UNIT: Money = Money(10_000_000_000);

/// Prices of the five kinds of tokens, in 1e-12 USD per token. None: not sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    pub input: u64,
    pub cache_write_5m: Option<u64>,
    pub cache_write_1h: Option<u64>,
    pub cache_read: Option<u64>,
    pub output: u64,
}

/// The price of one of `Rates` as people quote it: for a million tokens.
pub const fn per_mtok(rate: u64) -> Money {
    Money(rate as i128 * 1_000_000)
}

/// Prices by the length of the prompt: the last tier whose `above` is exceeded prices the whole request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tier {
    pub above: u64,
    pub rates: Rates,
}

/// The prices of a span of UTC days; `from` belongs to it, `until` does not, None is open.
#[derive(Debug, Clone, Copy)]
pub struct Period {
    pub from: Option<Day>,
    pub until: Option<Day>,
    /// Ascending, the first one from zero; never empty.
    pub tiers: &'static [Tier],
    /// What had to be switched on for the upper tiers; empty when nothing. A request that was served above the
    /// threshold had it on.
    pub tier_gate: &'static str,
    /// Where it differs from the model's.
    pub confidence: Option<Confidence>,
}

/// A span of days in which a model could be had in fast mode, at a multiple of every token price.
#[derive(Debug, Clone, Copy)]
pub struct Fast {
    pub from: Day,
    pub until: Option<Day>,
    pub multiplier: u8,
    pub state: FastState,
}

/// How fast mode of a model stands, or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FastState {
    Available,
    Preview,
    /// Its end is announced.
    Ending,
    /// Ended; requests for it fail.
    Refused,
    /// Ended; requests for it run and bill at standard speed.
    Standard,
}

impl FastState {
    pub fn text(self) -> &'static str {
        match self {
            FastState::Available => "available",
            FastState::Preview => "research preview",
            FastState::Ending => "deprecated 2026-10-30, removal 2026-11-30",
            FastState::Refused => "removed; requests now fail",
            FastState::Standard => "removed; requests now run and bill at standard speed",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    Fable,
    Mythos,
    Opus,
    Sonnet,
    Haiku,
    /// The generations before there were families.
    Legacy,
}

impl Family {
    pub const ALL: [Family; 6] =
        [Family::Fable, Family::Mythos, Family::Opus, Family::Sonnet, Family::Haiku, Family::Legacy];

    pub fn name(self) -> &'static str {
        match self {
            Family::Fable => "fable",
            Family::Mythos => "mythos",
            Family::Opus => "opus",
            Family::Sonnet => "sonnet",
            Family::Haiku => "haiku",
            Family::Legacy => "legacy",
        }
    }
}

/// How a model stands on the platforms Anthropic operates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Active,
    Deprecated,
    Retired,
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Status::Active => "active",
            Status::Deprecated => "deprecated",
            Status::Retired => "retired",
        }
    }
}

/// How well a price is supported by its sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    High,
    Medium,
    Low,
}

impl Confidence {
    pub fn name(self) -> &'static str {
        match self {
            Confidence::High => "high",
            Confidence::Medium => "medium",
            Confidence::Low => "low",
        }
    }
}

/// One row of the price list.
#[derive(Debug, Clone, Copy)]
pub struct Model {
    /// The id of the Claude API, without doubt and never reused.
    pub id: &'static str,
    pub name: &'static str,
    pub family: Family,
    pub released: Option<Day>,
    pub status: Status,
    pub deprecated: Option<Day>,
    pub retired: Option<Day>,
    /// Platforms that sell it after its retirement.
    pub still_on: &'static [Provider],
    pub limited_availability: bool,
    /// Aliases, then the ids of Bedrock (without geo prefix), Google and Foundry: four lists of words with bars
    /// between them. One string a model rather than four, for the sake of the time it takes to load the program.
    spellings: &'static str,
    /// Ascending and without gaps; never empty.
    pub prices: &'static [Period],
    pub fast: &'static [Fast],
    /// US-only inference can be had, at 1.1 times every token price.
    pub us_inference_geo: bool,
    /// Regional and geo endpoints of Bedrock and Google cost a tenth more.
    pub regional_premium: bool,
    /// The GovCloud price, 1.2 times the list, is known.
    pub bedrock_us_gov: bool,
    pub cache_1h_on_partner_clouds: bool,
    pub confidence: Confidence,
    /// Words: where the prices were read.
    pub sources: &'static str,
    pub notes: &'static str,
}

/// What most of the models on sale have in common.
const CURRENT: Model = Model {
    id: "",
    name: "",
    family: Family::Legacy,
    released: None,
    status: Status::Active,
    deprecated: None,
    retired: None,
    still_on: &[],
    limited_availability: false,
    spellings: "",
    prices: &[],
    fast: &[],
    us_inference_geo: true,
    regional_premium: true,
    bedrock_us_gov: false,
    cache_1h_on_partner_clouds: true,
    confidence: Confidence::High,
    sources: "",
    notes: "",
};

/// What most of the models of the past have in common.
const OLD: Model = Model {
    status: Status::Retired,
    us_inference_geo: false,
    regional_premium: false,
    cache_1h_on_partner_clouds: false,
    ..CURRENT
};

const ALWAYS: Period = Period { from: None, until: None, tiers: &[], tier_gate: "", confidence: None };

const fn cached(input: u64, write_5m: u64, write_1h: u64, read: u64, output: u64) -> Rates {
    Rates {
        input,
        cache_write_5m: Some(write_5m),
        cache_write_1h: Some(write_1h),
        cache_read: Some(read),
        output,
    }
}

const fn uncached(input: u64, output: u64) -> Rates {
    Rates { input, cache_write_5m: None, cache_write_1h: None, cache_read: None, output }
}

impl Model {
    /// Other ids of the same model with the same price; family words such as `opus` last.
    pub fn aliases(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.words(0)
    }

    /// What the platform calls it; the platforms that Anthropic operates itself call it by its id.
    pub fn platform_ids(&self, provider: Provider) -> impl Iterator<Item = &'static str> + use<> {
        self.words(match provider {
            Provider::Anthropic | Provider::ClaudePlatformAws => usize::MAX,
            Provider::Bedrock => 1,
            Provider::Google => 2,
            Provider::Foundry => 3,
        })
    }

    fn words(&self, list: usize) -> impl Iterator<Item = &'static str> + use<> {
        self.spellings.split('|').nth(list).unwrap_or("").split_ascii_whitespace()
    }

    fn is_called(&self, spelling: &str) -> bool {
        self.id == spelling || self.spellings.split(['|', ' ']).any(|word| word == spelling)
    }

    /// The prices of a day. A day before the first period has the first one's prices.
    pub fn period(&self, day: Day) -> &'static Period {
        let begun = self.prices.iter().take_while(|period| period.from.is_none_or(|from| from <= day));
        begun.last().or(self.prices.first()).unwrap_or(&NO_PRICES)
    }

    /// The prices of a short prompt on a day.
    pub fn rates(&self, day: Day) -> Rates {
        tier_for(self.period(day).tiers, 0).rates
    }

    /// Fast mode as it can be had on a day.
    pub fn fast_on(&self, day: Day) -> Option<&'static Fast> {
        self.fast.iter().find(|fast| fast.from <= day && fast.until.is_none_or(|until| day < until))
    }

    /// Sold by the platform on a day? Of the future only what is announced is known.
    pub fn is_sold(&self, provider: Provider, day: Day) -> bool {
        let begun = self.released.is_none_or(|released| released <= day);
        let ended = match self.retired {
            Some(retired) => retired <= day,
            None => self.status == Status::Retired,
        };
        begun && (!ended || self.still_on.contains(&provider))
    }
}

/// Stands in where a row has no prices, which a test rules out; better than a panic in a hook.
static NO_PRICES: Period = Period { tiers: &[NO_TIER], ..ALWAYS };
const NO_TIER: Tier = Tier { above: 0, rates: uncached(0, 0) };

/// The tier of a prompt of that length: exactly at a threshold is still below it.
pub fn tier_for(tiers: &'static [Tier], prompt: u64) -> &'static Tier {
    static NONE: Tier = NO_TIER;
    tiers.iter().rev().find(|tier| prompt > tier.above).or(tiers.first()).unwrap_or(&NONE)
}

/// A platform that departs from the list.
#[derive(Debug, Clone, Copy)]
pub struct Exception {
    pub provider: Provider,
    pub model: &'static str,
    /// Only there: a geo prefix or a region. Empty: everywhere.
    pub scope: &'static str,
    pub from: Option<Day>,
    /// In place of the model's; empty: as listed.
    pub tiers: &'static [Tier],
    /// In place of the factor of the scope, in thousandths.
    pub multiplier: Option<u64>,
    pub confidence: Confidence,
    /// Words: where it was read.
    pub sources: &'static str,
}

const EXCEPTION: Exception = Exception {
    provider: Provider::Bedrock,
    model: "",
    scope: "",
    from: None,
    tiers: &[],
    multiplier: None,
    confidence: Confidence::Low,
    sources: "litellm",
};

/// Sonnet 4 and 4.5 as two platforms are said to go on selling them above 200,000 tokens.
const LONG_SONNET: &[Tier] = &[
    Tier { above: 0, rates: cached(3_000_000, 3_750_000, 6_000_000, 300_000, 15_000_000) },
    Tier { above: 200_000, rates: cached(6_000_000, 7_500_000, 12_000_000, 600_000, 22_500_000) },
];

pub static EXCEPTIONS: [Exception; 6] = [
    Exception {
        model: "claude-sonnet-4-5-20250929",
        from: Some(Day::ymd(2026, 4, 30)),
        tiers: LONG_SONNET,
        ..EXCEPTION
    },
    Exception {
        model: "claude-sonnet-4-20250514",
        from: Some(Day::ymd(2026, 4, 30)),
        tiers: LONG_SONNET,
        ..EXCEPTION
    },
    Exception {
        provider: Provider::Google,
        model: "claude-sonnet-4-5-20250929",
        from: Some(Day::ymd(2026, 4, 30)),
        tiers: LONG_SONNET,
        sources: "litellm genai-prices",
        ..EXCEPTION
    },
    Exception { model: "claude-3-7-sonnet-20250219", scope: "us-gov", multiplier: Some(1200), ..EXCEPTION },
    Exception {
        model: "claude-instant-1.2",
        scope: "ap-northeast-1",
        tiers: &[Tier { above: 0, rates: uncached(2_230_000, 7_550_000) }],
        ..EXCEPTION
    },
    Exception {
        model: "claude-instant-1.2",
        scope: "eu-central-1",
        tiers: &[Tier { above: 0, rates: uncached(2_480_000, 8_380_000) }],
        ..EXCEPTION
    },
];

/// All models, family by family, newest first within each.
pub fn models() -> impl Iterator<Item = &'static Model> {
    FAMILIES.into_iter().flatten()
}

/// The model with exactly this id, alias or platform id (lower case). `model_id::identify` understands more.
pub fn find(spelling: &str) -> Option<&'static Model> {
    let mut slot = home(spelling.as_bytes(), 0, spelling.len());
    // The table is never full, so that every walk ends.
    while INDEX[slot] != 0 {
        let model = nth(usize::from(INDEX[slot]) - 1);
        if model.is_called(spelling) {
            return Some(model);
        }
        slot = (slot + 1) % SLOTS;
    }
    None
}

/// Every length of a prompt at which some model's price changes.
pub fn thresholds() -> Vec<u64> {
    let listed = models().flat_map(|model| model.prices).flat_map(|period| period.tiers);
    let tiers = listed.chain(EXCEPTIONS.iter().flat_map(|exception| exception.tiers));
    let mut all: Vec<u64> = tiers.map(|tier| tier.above).filter(|above| *above > 0).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Every day on which some price, or fast mode of some model, began or ended.
pub fn turning_days() -> Vec<Day> {
    let periods = models().flat_map(|model| model.prices).flat_map(|period| [period.from, period.until]);
    let fast = models().flat_map(|model| model.fast).flat_map(|fast| [Some(fast.from), fast.until]);
    let sale = models().flat_map(|model| [model.released, model.retired]);
    let exceptions = EXCEPTIONS.iter().map(|exception| exception.from);
    let mut all: Vec<Day> = periods.chain(fast).chain(sale).chain(exceptions).flatten().collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The newest Opus: what the client takes when it does not know a model.
pub fn newest_opus() -> &'static Model {
    &opus::MODELS[0]
}

static FAMILIES: [&[Model]; 4] = [&fable::MODELS, &opus::MODELS, &sonnet::MODELS, &haiku::MODELS];

const fn nth(mut number: usize) -> &'static Model {
    let mut family = 0;
    while number >= FAMILIES[family].len() {
        number -= FAMILIES[family].len();
        family += 1;
    }
    &FAMILIES[family][number]
}

/// Slots of the index: about twice the number of spellings.
const SLOTS: usize = 256;

/// An open hash table from spellings to the number of the model, counted from one. A hit is only a candidate:
/// the spellings themselves are compared.
static INDEX: [u8; SLOTS] = index();

const fn index() -> [u8; SLOTS] {
    let mut slots = [0; SLOTS];
    let (mut family, mut number) = (0, 0_u8);
    while family < FAMILIES.len() {
        let mut row = 0;
        while row < FAMILIES[family].len() {
            let model = &FAMILIES[family][row];
            number += 1;
            enter(&mut slots, model.id.as_bytes(), 0, model.id.len(), number);
            let words = model.spellings.as_bytes();
            let (mut start, mut end) = (0, 0);
            while end <= words.len() {
                if end == words.len() || words[end] == b'|' || words[end] == b' ' {
                    enter(&mut slots, words, start, end, number);
                    start = end + 1;
                }
                end += 1;
            }
            row += 1;
        }
        family += 1;
    }
    slots
}

const fn enter(slots: &mut [u8; SLOTS], text: &[u8], start: usize, end: usize, number: u8) {
    if start == end {
        return;
    }
    let mut slot = home(text, start, end);
    while slots[slot] != 0 && slots[slot] != number {
        slot = (slot + 1) % SLOTS;
    }
    slots[slot] = number;
}

/// FNV-1a, folded to a slot.
const fn home(text: &[u8], start: usize, end: usize) -> usize {
    let mut hash = 0x811c_9dc5_u32;
    let mut at = start;
    while at < end {
        hash = (hash ^ text[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    ((hash ^ (hash >> 16)) % SLOTS as u32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn spellings(model: &'static Model) -> impl Iterator<Item = &'static str> {
        std::iter::once(model.id).chain(model.spellings.split(['|', ' ']).filter(|word| !word.is_empty()))
    }

    #[test]
    fn every_spelling_leads_to_its_model_and_to_no_other() {
        let mut owners = HashMap::new();
        for model in models() {
            for word in spellings(model) {
                assert_eq!(find(word).map(|found| found.id), Some(model.id), "{word}");
                assert_eq!(*owners.entry(word).or_insert(model.id), model.id, "{word}");
            }
        }
        assert_eq!((models().count(), owners.len()), (31, 130));
    }

    #[test]
    fn the_index_has_room() {
        let used = INDEX.iter().filter(|&&number| number != 0).count();
        assert!(used <= SLOTS * 2 / 3, "{used}");
        assert!(find("").is_none() && find(" ").is_none() && find("|").is_none() && find("claude").is_none());
    }

    #[test]
    fn rows_are_well_formed() {
        for model in models() {
            assert_eq!(model.spellings.matches('|').count(), 3, "{}", model.id);
            assert!(model.prices.iter().all(|p| p.tiers.first().is_some_and(|tier| tier.above == 0)));
            assert!(model.prices.iter().all(|p| p.tiers.is_sorted_by_key(|tier| tier.above)));
            assert!(model.prices.windows(2).all(|pair| pair[0].until == pair[1].from), "{}", model.id);
            assert!(model.prices.last().is_some_and(|p| p.until.is_none()), "{}", model.id);
        }
        assert!(EXCEPTIONS.iter().all(|exception| find(exception.model).is_some()));
    }

    #[test]
    fn the_newest_opus_is_the_one_the_word_means() {
        assert_eq!(find("opus").map(|model| model.id), Some(newest_opus().id));
    }

    #[test]
    fn a_day_belongs_to_the_period_that_begins_on_it() {
        let sonnet = find("claude-sonnet-5-5").expect("listed");
        let read = |day| sonnet.rates(day).cache_read;
        assert_eq!(read(Day::ymd(2026, 10, 6)), Some(200_000));
        assert_eq!(read(Day::ymd(2026, 10, 7)), Some(100_000));
        assert_eq!(read(Day::ymd(2020, 1, 1)), Some(200_000));
    }

    #[test]
    fn a_threshold_itself_is_below_it() {
        let haiku = find("claude-haiku-5-5").expect("listed");
        let tiers = haiku.period(Day::ymd(2026, 11, 1)).tiers;
        assert_eq!(tier_for(tiers, 100_000).rates.input, 100_000);
        assert_eq!(tier_for(tiers, 100_001).rates.input, 500_000);
    }

    #[test]
    fn sale_ends_with_retirement_except_where_it_goes_on() {
        let opus = find("claude-opus-4-1").expect("listed");
        let (before, after) = (Day::ymd(2026, 8, 4), Day::ymd(2026, 8, 5));
        assert!(opus.is_sold(Provider::Anthropic, before) && !opus.is_sold(Provider::Anthropic, after));
        assert!(opus.is_sold(Provider::Bedrock, after) && !opus.is_sold(Provider::Foundry, after));
        assert!(!opus.is_sold(Provider::Anthropic, Day::ymd(2025, 8, 4)));
        assert!(!find("claude-2").expect("listed").is_sold(Provider::Anthropic, before));
    }
}
