//! Claude Fable and Mythos.
//! Rows as the price list of `PRICES_VERSION` has them, newest first; picodollars a token.

use super::{ALWAYS, CURRENT, Confidence, Family, Fast, FastState, Model, Period, Status, Tier, cached};
use crate::model::day::Day;

pub(super) static MODELS: [Model; 7] = [
    Model {
        id: "claude-fable-5-2",
        name: "Claude Fable 5.2",
        family: Family::Fable,
        released: Some(Day::ymd(2026, 11, 9)),
        spellings: "fable|anthropic.claude-fable-5-2|claude-fable-5-2 claude-fable-5-2@default|\
claude-fable-5-2",
        prices: &[Period {
            from: Some(Day::ymd(2026, 11, 9)),
            until: None,
            tiers: &[Tier {
                above: 0,
                rates: cached(8_000_000, 10_000_000, 16_000_000, 200_000, 40_000_000),
            }],
            ..ALWAYS
        }],
        fast: &[Fast {
            from: Day::ymd(2026, 11, 9),
            until: None,
            multiplier: 2,
            state: FastState::Available,
        }],
        sources: "genai-prices client-measured secondary-2026-11",
        notes: "Not in litellm 1.109.1.",
        ..CURRENT
    },
    Model {
        id: "claude-mythos-5-2",
        name: "Claude Mythos 5.2",
        family: Family::Mythos,
        released: Some(Day::ymd(2026, 11, 9)),
        limited_availability: true,
        spellings: "|anthropic.claude-mythos-5-2|claude-mythos-5-2 claude-mythos-5-2@default|\
claude-mythos-5-2",
        prices: &[Period {
            from: Some(Day::ymd(2026, 11, 9)),
            until: None,
            tiers: &[Tier {
                above: 0,
                rates: cached(8_000_000, 10_000_000, 16_000_000, 200_000, 40_000_000),
            }],
            ..ALWAYS
        }],
        fast: &[Fast {
            from: Day::ymd(2026, 11, 9),
            until: None,
            multiplier: 2,
            state: FastState::Available,
        }],
        sources: "genai-prices client-measured secondary-2026-11",
        notes: "Not in litellm 1.109.1.",
        ..CURRENT
    },
    Model {
        id: "claude-fable-5-1",
        name: "Claude Fable 5.1",
        family: Family::Fable,
        released: Some(Day::ymd(2026, 9, 1)),
        spellings: "|anthropic.claude-fable-5-1|claude-fable-5-1 claude-fable-5-1@default|claude-fable-5-1",
        prices: &[Period {
            from: Some(Day::ymd(2026, 9, 1)),
            until: None,
            tiers: &[Tier {
                above: 0,
                rates: cached(10_000_000, 12_500_000, 20_000_000, 250_000, 50_000_000),
            }],
            ..ALWAYS
        }],
        bedrock_us_gov: true,
        sources: "official-model-page litellm genai-prices client-measured",
        ..CURRENT
    },
    Model {
        id: "claude-mythos-5-1",
        name: "Claude Mythos 5.1",
        family: Family::Mythos,
        released: Some(Day::ymd(2026, 9, 1)),
        limited_availability: true,
        spellings: "|anthropic.claude-mythos-5-1|claude-mythos-5-1 claude-mythos-5-1@default|\
claude-mythos-5-1",
        prices: &[Period {
            from: Some(Day::ymd(2026, 9, 1)),
            until: None,
            tiers: &[Tier {
                above: 0,
                rates: cached(10_000_000, 12_500_000, 20_000_000, 250_000, 50_000_000),
            }],
            ..ALWAYS
        }],
        sources: "litellm client-measured",
        ..CURRENT
    },
    Model {
        id: "claude-fable-5",
        name: "Claude Fable 5",
        family: Family::Fable,
        released: Some(Day::ymd(2026, 6, 9)),
        spellings: "|anthropic.claude-fable-5|claude-fable-5 claude-fable-5@default|claude-fable-5",
        prices: &[Period {
            from: Some(Day::ymd(2026, 6, 9)),
            until: None,
            tiers: &[Tier {
                above: 0,
                rates: cached(10_000_000, 12_500_000, 20_000_000, 1_000_000, 50_000_000),
            }],
            ..ALWAYS
        }],
        sources: "official-page litellm genai-prices client-measured",
        ..CURRENT
    },
    Model {
        id: "claude-mythos-5",
        name: "Claude Mythos 5",
        family: Family::Mythos,
        released: Some(Day::ymd(2026, 6, 9)),
        limited_availability: true,
        spellings: "|anthropic.claude-mythos-5|claude-mythos-5 claude-mythos-5@default|claude-mythos-5",
        prices: &[Period {
            from: Some(Day::ymd(2026, 6, 9)),
            until: None,
            tiers: &[Tier {
                above: 0,
                rates: cached(10_000_000, 12_500_000, 20_000_000, 1_000_000, 50_000_000),
            }],
            ..ALWAYS
        }],
        sources: "official-page litellm client-measured",
        ..CURRENT
    },
    Model {
        id: "claude-mythos-preview",
        name: "Claude Mythos Preview",
        family: Family::Mythos,
        released: Some(Day::ymd(2026, 4, 7)),
        status: Status::Deprecated,
        deprecated: Some(Day::ymd(2026, 6, 9)),
        limited_availability: true,
        spellings: "|anthropic.claude-mythos-preview|claude-mythos-preview|claude-mythos-preview",
        prices: &[Period {
            from: Some(Day::ymd(2026, 4, 7)),
            until: None,
            tiers: &[Tier {
                above: 0,
                rates: cached(25_000_000, 31_250_000, 50_000_000, 2_500_000, 125_000_000),
            }],
            ..ALWAYS
        }],
        confidence: Confidence::Medium,
        sources: "litellm:bedrock secondary-2026-11",
        notes: "litellm says 10/50 for the Anthropic API but 27.5/137.5 for Bedrock regional (= \
25/125 x 1.1); the launch article says 25/125.",
        ..CURRENT
    },
];
