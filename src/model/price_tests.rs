//! The worked examples of the price list's documentation, the client's measured prices, and the rules at their edges.

use super::*;
use crate::model::price_table::{SESSION_HOUR, find, models, newest_opus, per_mtok};
use proptest::prelude::*;

const NOW: Day = Day::ymd(2026, 11, 23);

fn money(text: &str) -> Money {
    text.parse().expect(text)
}

fn tokens(input: u64, cache_write_5m: u64, cache_write_1h: u64, cache_read: u64, output: u64) -> Tokens {
    Tokens { input, cache_write_5m, cache_write_1h, cache_read, output }
}

fn on_list(facts: &CallFacts<'_>) -> Cost {
    price(facts, &PriceOverrides::default())
}

#[track_caller]
fn costs(facts: &CallFacts<'_>, expected: &str) {
    let cost = on_list(facts);
    assert_eq!((cost.cost, cost.estimate), (money(expected), None), "{facts:?}");
}

#[track_caller]
fn is_estimated(facts: &CallFacts<'_>, expected: &str, reason: Estimate) {
    let cost = on_list(facts);
    assert_eq!((cost.cost, cost.estimate), (money(expected), Some(reason)), "{facts:?}");
}

fn on(provider: Provider, region: Option<&'static str>, model: &'static str) -> CallFacts<'static> {
    CallFacts { provider, region, ..CallFacts::plain(model, NOW, tokens(1_000_000, 0, 0, 0, 0)) }
}

fn run(kind: IterationKind, model: Option<&str>, counts: Tokens) -> Iteration {
    Iteration { kind, model: model.map(str::to_string), tokens: counts }
}

#[test]
fn examples_1_of_opus() {
    let call = CallFacts::plain("claude-opus-5-5", NOW, tokens(1200, 4000, 10_000, 80_000, 2500));
    costs(&call, "0.1708");
    let us = CallFacts { inference_geo: Some("us"), ..call };
    costs(&us, "0.18788");
    costs(&CallFacts { fast: true, ..call }, "0.3416");
    let both = CallFacts { fast: true, ..us };
    costs(&both, "0.37576");
    assert_eq!(on_list(&both).factor.to_string(), "2.2");
}

#[test]
fn examples_2_of_the_prompt_length() {
    let day = Day::ymd(2026, 11, 1);
    costs(&CallFacts::plain("claude-haiku-5-5", day, tokens(500, 0, 0, 99_500, 1000)), "0.001545");
    costs(&CallFacts::plain("claude-haiku-5-5", day, tokens(500, 0, 0, 99_501, 1000)), "0.00772505");
    let output = tokens(100_000, 0, 0, 0, 1_000_000);
    costs(&CallFacts::plain("claude-haiku-5-5", day, output), "0.51");
}

#[test]
fn example_3_of_a_batch() {
    let call = CallFacts::plain("claude-sonnet-5-5", NOW, tokens(100_000, 0, 0, 0, 10_000));
    costs(&CallFacts { service_tier: Some("batch"), ..call }, "0.15");
}

#[test]
fn example_4_of_a_tier_of_the_past() {
    let long = tokens(50_000, 0, 0, 160_000, 4000);
    costs(&CallFacts::plain("claude-sonnet-4-5", Day::ymd(2026, 1, 15), long), "0.486");
    costs(&CallFacts::plain("claude-sonnet-4-5", Day::ymd(2026, 4, 30), long), "0.258");
}

#[test]
fn examples_5_of_bedrock() {
    let call = CallFacts {
        provider: Provider::Bedrock,
        ..CallFacts::plain("us.anthropic.claude-sonnet-5-5", NOW, tokens(10_000, 0, 0, 0, 1000))
    };
    costs(&call, "0.033");
    costs(&CallFacts { model: "global.anthropic.claude-sonnet-5-5", ..call }, "0.03");
    assert_eq!(on_list(&call).client_cost, money("0.03"));
}

#[test]
fn example_6_of_web_searches() {
    let call = CallFacts::plain("claude-opus-5-5", NOW, tokens(1200, 4000, 10_000, 80_000, 2500));
    costs(&CallFacts { inference_geo: Some("us"), web_searches: 2, ..call }, "0.20788");
    let free = CallFacts { tokens: Tokens::default(), service_tier: Some("batch"), web_searches: 3, ..call };
    costs(&free, "0.03");
}

#[test]
fn example_7_of_iterations() {
    let iterations = [
        run(IterationKind::Compaction, None, tokens(180_000, 0, 0, 0, 3500)),
        run(IterationKind::Message, None, tokens(23_000, 0, 0, 0, 1000)),
    ];
    let call = CallFacts::plain("claude-sonnet-5-5", NOW, tokens(23_000, 0, 0, 0, 1000));
    costs(&call, "0.056");
    let whole = CallFacts { iterations: &iterations, ..call };
    costs(&whole, "0.451");
    assert_eq!(on_list(&whole).client_cost, money("0.056"));
}

#[test]
fn examples_8_of_a_session_hour_on_top_of_tokens() {
    // The hour is not in the usage of a call: it is added by whoever knows of the session.
    let day = Day::ymd(2026, 8, 1);
    let plain = on_list(&CallFacts::plain("claude-opus-5", day, tokens(50_000, 0, 0, 0, 15_000)));
    assert_eq!(plain.cost, money("0.625"));
    assert_eq!(plain.cost + SESSION_HOUR, money("0.705"));
    let cached = on_list(&CallFacts::plain("claude-opus-5", day, tokens(10_000, 0, 0, 40_000, 15_000)));
    assert_eq!(cached.cost, money("0.445"));
    assert_eq!(cached.cost + SESSION_HOUR, money("0.525"));
}

#[test]
fn example_9_of_a_cut_price() {
    let read = tokens(0, 0, 0, 1_000_000, 0);
    costs(&CallFacts::plain("claude-sonnet-5-5", Day::ymd(2026, 10, 6), read), "0.2");
    costs(&CallFacts::plain("claude-sonnet-5-5", Day::ymd(2026, 10, 7), read), "0.1");
}

#[test]
fn example_10_of_the_smallest_price() {
    let call = CallFacts::plain("claude-haiku-5-5", NOW, tokens(100, 0, 0, 0, 10));
    costs(&CallFacts { service_tier: Some("batch"), inference_geo: Some("us"), ..call }, "0.00000825");
}

#[test]
fn example_11_of_two_haikus() {
    let counts = tokens(1_000_000, 0, 0, 0, 1_000_000);
    costs(&CallFacts::plain("claude-3-5-haiku", Day::ymd(2025, 6, 1), counts), "4.8");
    costs(&CallFacts::plain("claude-3-5-haiku", Day::ymd(2024, 11, 30), counts), "6");
    costs(&CallFacts::plain("claude-3-haiku", Day::ymd(2025, 6, 1), counts), "1.5");
}

/// Model, then input, output, cache write 5m, 1h, cache read, and the multiple of fast mode where it was measured.
type Measured = (&'static str, [&'static str; 5], Option<u64>);

#[rustfmt::skip]
const MEASURED: [Measured; 28] = [
    ("claude-opus-5-5", ["4", "20", "5", "8", "0.2"], Some(2)),
    ("claude-opus-5", ["5", "25", "6.25", "10", "0.5"], Some(2)),
    ("claude-opus-4-8", ["5", "25", "6.25", "10", "0.5"], Some(2)),
    ("claude-opus-4-7", ["5", "25", "6.25", "10", "0.5"], Some(6)),
    ("claude-opus-4-6", ["5", "25", "6.25", "10", "0.5"], Some(6)),
    ("claude-opus-4-5", ["5", "25", "6.25", "10", "0.5"], Some(1)),
    ("claude-fable-5-2", ["8", "40", "10", "16", "0.2"], Some(2)),
    ("claude-mythos-5-2", ["8", "40", "10", "16", "0.2"], Some(2)),
    ("claude-fable-5-1", ["10", "50", "12.5", "20", "0.25"], Some(1)),
    ("claude-mythos-5-1", ["10", "50", "12.5", "20", "0.25"], None),
    ("claude-fable-5", ["10", "50", "12.5", "20", "1"], Some(1)),
    ("claude-mythos-5", ["10", "50", "12.5", "20", "1"], None),
    ("claude-sonnet-5-5", ["2", "10", "2.5", "4", "0.1"], Some(1)),
    ("claude-sonnet-5", ["2", "10", "2.5", "4", "0.2"], Some(1)),
    ("claude-sonnet-4-6", ["3", "15", "3.75", "6", "0.3"], Some(1)),
    ("claude-sonnet-4-5", ["3", "15", "3.75", "6", "0.3"], Some(1)),
    ("claude-sonnet-4-0", ["3", "15", "3.75", "6", "0.3"], Some(1)),
    ("claude-3-7-sonnet", ["3", "15", "3.75", "6", "0.3"], Some(1)),
    ("claude-3-5-sonnet", ["3", "15", "3.75", "6", "0.3"], Some(1)),
    ("claude-haiku-4-5", ["1", "5", "1.25", "2", "0.1"], Some(1)),
    ("claude-3-5-haiku", ["0.8", "4", "1", "1.6", "0.08"], Some(1)),
    // What the client does not know it prices as the newest Opus, never fast.
    ("a-model-nobody-knows", ["4", "20", "5", "8", "0.2"], Some(1)),
    ("claude-mythos-preview", ["4", "20", "5", "8", "0.2"], None),
    ("claude-3-opus-20240229", ["4", "20", "5", "8", "0.2"], None),
    ("claude-3-sonnet-20240229", ["4", "20", "5", "8", "0.2"], None),
    ("claude-3-haiku-20240307", ["4", "20", "5", "8", "0.2"], None),
    ("claude-2.1", ["4", "20", "5", "8", "0.2"], None),
    ("claude-instant-1.2", ["4", "20", "5", "8", "0.2"], None),
];

#[test]
fn the_client_is_followed_to_the_cent() {
    let million = 1_000_000;
    for (model, [input, output, write_5m, write_1h, read], fast) in MEASURED {
        for (counts, expected) in [
            (tokens(million, 0, 0, 0, 0), input),
            (tokens(0, 0, 0, 0, million), output),
            (tokens(0, million, 0, 0, 0), write_5m),
            (tokens(0, 0, million, 0, 0), write_1h),
            (tokens(0, 0, 0, million, 0), read),
        ] {
            let call = CallFacts::plain(model, NOW, counts);
            let client = |facts: &CallFacts<'_>| on_list(facts).client_cost;
            let expected = money(expected);
            assert_eq!(client(&call), expected, "{model}");
            let us = client(&CallFacts { inference_geo: Some("us"), ..call });
            assert_eq!(us.0 * 10, expected.0 * 11, "{model}");
            for geo in ["eu", "global", "", "not_available"] {
                assert_eq!(
                    client(&CallFacts { inference_geo: Some(geo), ..call }),
                    expected,
                    "{model} {geo}"
                );
            }
            for tier in ["batch", "priority", "standard"] {
                assert_eq!(
                    client(&CallFacts { service_tier: Some(tier), ..call }),
                    expected,
                    "{model} {tier}"
                );
            }
            if let Some(fast) = fast {
                let both = CallFacts { inference_geo: Some("us"), fast: true, ..call };
                assert_eq!(client(&both).0 * 10, expected.0 * i128::from(fast) * 11, "{model}");
            }
        }
    }
}

#[test]
fn the_client_knows_the_step_of_haiku_and_no_other() {
    let client =
        |model, prompt| on_list(&CallFacts::plain(model, NOW, tokens(prompt, 0, 0, 0, 0))).client_cost;
    assert_eq!(client("claude-haiku-5-5", 100_000), money("0.01"));
    assert_eq!(client("claude-haiku-5-5", 100_001), money("0.0500005"));
    assert_eq!(client("claude-sonnet-4-6", 900_000), money("2.7"));
    assert_eq!(client("claude-opus-4-6", 900_000), money("4.5"));
    assert_eq!(client("us.anthropic.claude-opus-5-5", 1_000_000), money("4"));
    assert_eq!(client("claude-opus-4-5@20251101", 1_000_000), money("5"));
    assert_eq!(client("claude-sonnet-4-6[1m]", 1_000_000), money("3"));
}

#[test]
fn an_advisor_is_billed_at_its_own_price_and_the_client_counts_it() {
    let iterations = [
        run(IterationKind::Message, None, tokens(1000, 0, 0, 0, 100)),
        run(IterationKind::AdvisorMessage, Some("claude-opus-5-5"), tokens(10_000, 0, 0, 0, 1000)),
        run(IterationKind::Message, None, tokens(2000, 0, 0, 0, 200)),
    ];
    let call = CallFacts {
        iterations: &iterations,
        ..CallFacts::plain("claude-sonnet-5-5", NOW, tokens(2000, 0, 0, 0, 200))
    };
    costs(&call, "0.069");
    assert_eq!(on_list(&call).client_cost, money("0.066"));
    let bedrock = CallFacts { provider: Provider::Bedrock, model: "us.anthropic.claude-sonnet-5-5", ..call };
    costs(&bedrock, "0.0759");
    assert_eq!(on_list(&bedrock).client_cost, money("0.066"));
}

#[test]
fn the_client_counts_advisors_by_its_own_rules() {
    let million = tokens(1_000_000, 0, 0, 0, 0);
    let with = |advisor: Option<&str>, change: fn(&mut CallFacts<'_>)| {
        let runs = [
            run(IterationKind::Message, None, million),
            run(IterationKind::AdvisorMessage, advisor, million),
        ];
        let mut call = CallFacts { iterations: &runs, ..CallFacts::plain("claude-opus-5", NOW, million) };
        change(&mut call);
        on_list(&call).client_cost
    };
    let opus = Some("claude-opus-5-5");
    assert_eq!(with(opus, |_| ()), money("9"));
    assert_eq!(with(opus, |call| call.inference_geo = Some("us")), money("9.9"));
    assert_eq!(with(opus, |call| call.fast = true), money("14"));
    assert_eq!(with(opus, |call| call.web_searches = 3), money("9.03"));
    assert_eq!(with(Some("claude-opus-4-1"), |_| ()), money("20"));
    assert_eq!(with(Some("claude-3-haiku-20240307"), |_| ()), money("9"));
    assert_eq!(with(None, |_| ()), money("5"));
}

#[test]
fn each_run_has_its_own_prompt_length() {
    let half = tokens(60_000, 0, 0, 0, 0);
    let iterations = [run(IterationKind::Message, None, half), run(IterationKind::Compaction, None, half)];
    let call = CallFacts { iterations: &iterations, ..CallFacts::plain("claude-haiku-5-5", NOW, half) };
    costs(&call, "0.012");
}

#[test]
fn runs_that_are_not_understood_or_missing_are_priced_and_said() {
    let counts = tokens(1000, 0, 0, 0, 100);
    let odd = [run(IterationKind::Other, None, counts)];
    let call = CallFacts { iterations: &odd, ..CallFacts::plain("claude-sonnet-5-5", NOW, counts) };
    is_estimated(&call, "0.003", Estimate::UnknownIteration);
    let torn = [run(IterationKind::Message, None, tokens(1000, 0, 0, 0, 1))];
    is_estimated(&CallFacts { iterations: &torn, ..call }, "0.003", Estimate::IncompleteIterations);
    let only_advice = [run(IterationKind::AdvisorMessage, None, counts)];
    is_estimated(&CallFacts { iterations: &only_advice, ..call }, "0.006", Estimate::IncompleteIterations);
    // A run that does not split its cache writes has them all nevertheless.
    let unsplit = [run(IterationKind::Message, None, tokens(0, 1000, 0, 0, 0))];
    let split = CallFacts { tokens: tokens(0, 0, 1000, 0, 0), iterations: &unsplit, ..call };
    costs(&split, "0.0025");
}

#[test]
fn an_unknown_model_costs_what_the_newest_opus_does() {
    let counts = tokens(1_000_000, 0, 0, 0, 0);
    for model in ["claude-opus-5-6", "claude-fable-5-3", "gpt-5", "arn:aws:bedrock:r:1:provisioned-model/x"] {
        let call = CallFacts::plain(model, NOW, counts);
        is_estimated(&call, "4", Estimate::UnknownModel);
        assert_eq!(on_list(&call).client_cost, money("4"));
        assert!(on_list(&call).model.is_none());
    }
    costs(&CallFacts::plain("<synthetic>", NOW, Tokens::default()), "0");
}

#[test]
fn service_tiers_without_a_price_are_said() {
    let call = CallFacts::plain("claude-opus-5-5", NOW, tokens(1_000_000, 0, 0, 0, 0));
    for tier in ["flex", "flex_discount", "priority_on_demand", "something-new"] {
        is_estimated(&CallFacts { service_tier: Some(tier), ..call }, "4", Estimate::UnknownTier);
    }
    is_estimated(&CallFacts { service_tier: Some("priority"), ..call }, "4", Estimate::PriorityTier);
    costs(&CallFacts { service_tier: Some("standard"), ..call }, "4");
}

#[test]
fn kinds_without_a_price_take_the_usual_multiple() {
    let call = |counts| CallFacts::plain("claude-2.1", NOW, counts);
    is_estimated(&call(tokens(0, 1_000_000, 0, 0, 0)), "10", Estimate::NoPriceForKind);
    is_estimated(&call(tokens(0, 0, 1_000_000, 0, 0)), "16", Estimate::NoPriceForKind);
    is_estimated(&call(tokens(0, 0, 0, 1_000_000, 0)), "0.8", Estimate::NoPriceForKind);
    costs(&call(tokens(1_000_000, 0, 0, 0, 1_000_000)), "32");
}

#[test]
fn fast_mode_costs_what_it_did_on_the_day() {
    let fast =
        |model, day| CallFacts { fast: true, ..CallFacts::plain(model, day, tokens(100_000, 0, 0, 0, 0)) };
    let opus_4_6 = |month, day| fast("claude-opus-4-6", Day::ymd(2026, month, day));
    costs(&opus_4_6(2, 7), "3");
    costs(&opus_4_6(6, 28), "3");
    is_estimated(&opus_4_6(6, 29), "0.5", Estimate::FastNotOffered);
    is_estimated(&opus_4_6(2, 6), "3", Estimate::FastNotOffered);
    let mut long = opus_4_6(3, 12);
    long.tokens.input = 200_001;
    costs(&long, "12.00006");
    costs(&fast("claude-opus-4-7", Day::ymd(2026, 7, 23)), "3");
    is_estimated(&fast("claude-opus-4-7", Day::ymd(2026, 7, 24)), "3", Estimate::FastNotOffered);
    costs(&fast("claude-opus-4-8", Day::ymd(2026, 11, 29)), "1");
    is_estimated(&fast("claude-opus-4-8", Day::ymd(2026, 11, 30)), "1", Estimate::FastNotOffered);
    is_estimated(&fast("claude-sonnet-5-5", NOW), "0.2", Estimate::FastNotOffered);
    let batch = CallFacts { service_tier: Some("batch"), ..fast("claude-opus-5-5", NOW) };
    is_estimated(&batch, "0.2", Estimate::FastNotOffered);
    costs(&CallFacts { provider: Provider::Foundry, ..fast("claude-opus-5-5", NOW) }, "0.8");
    let suffix = CallFacts { fast: false, model: "azure_ai/claude-opus-5-5-fast", ..fast("", NOW) };
    costs(&CallFacts { provider: Provider::Foundry, ..suffix }, "0.8");
    let google =
        CallFacts { provider: Provider::Google, region: Some("global"), ..fast("claude-opus-5-5", NOW) };
    is_estimated(&google, "0.8", Estimate::FastNotOffered);
}

#[test]
fn places_cost_what_they_cost() {
    use Provider::{Anthropic, Bedrock, ClaudePlatformAws, Foundry, Google};
    costs(&on(Bedrock, None, "anthropic.claude-opus-5-5"), "4.4");
    costs(&on(Bedrock, Some("us-east-1"), "anthropic.claude-opus-5-5"), "4.4");
    costs(&on(Bedrock, Some("us-east-1"), "global.anthropic.claude-opus-5-5"), "4");
    costs(&on(Bedrock, Some("global"), "claude-opus-5-5"), "4");
    costs(&on(Bedrock, Some("us-gov-west-1"), "anthropic.claude-opus-5-5"), "4.8");
    costs(&on(Bedrock, None, "us-gov.anthropic.claude-opus-5-5"), "4.8");
    is_estimated(&on(Bedrock, None, "us-gov.anthropic.claude-opus-4-6-v1"), "6", Estimate::UnknownRegion);
    is_estimated(&on(Bedrock, None, "ca.anthropic.claude-opus-5-5"), "4.4", Estimate::UnknownRegion);
    costs(&on(Bedrock, None, "eu.anthropic.claude-opus-4-1-20250805-v1:0"), "15");
    let sonnet = "us-gov.anthropic.claude-3-7-sonnet-20250219-v1:0";
    is_estimated(&on(Bedrock, None, sonnet), "3.6", Estimate::UnsettledPrice);
    costs(&on(Google, Some("global"), "claude-opus-5-5"), "4");
    costs(&on(Google, Some("us"), "claude-opus-5-5"), "4.4");
    costs(&on(Google, Some("europe-west1"), "claude-opus-5-5"), "4.4");
    costs(&on(Google, Some("us-east5"), "claude-opus-4-1"), "15");
    is_estimated(&on(Google, None, "claude-opus-5-5"), "4", Estimate::UnknownRegion);
    costs(&on(Google, None, "claude-opus-4-1"), "15");
    costs(&on(Foundry, Some("us-data-zone-standard"), "claude-opus-5-5"), "4.4");
    costs(&on(Foundry, Some("eastus2"), "claude-opus-5-5"), "4");
    let in_us = |provider, model| CallFacts { inference_geo: Some("us"), ..on(provider, None, model) };
    costs(&in_us(Anthropic, "claude-opus-5-5"), "4.4");
    costs(&in_us(ClaudePlatformAws, "claude-opus-5-5"), "4.4");
    costs(&in_us(Foundry, "claude-opus-5-5"), "4.4");
    costs(&in_us(Anthropic, "claude-opus-4-5"), "5");
    costs(&in_us(Bedrock, "global.anthropic.claude-opus-5-5"), "4");
    let elsewhere = CallFacts { inference_geo: Some("mars"), ..on(Anthropic, None, "claude-opus-5-5") };
    is_estimated(&elsewhere, "4", Estimate::UnknownRegion);
}

#[test]
fn exceptions_of_platforms_hold_there_only() {
    let sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    is_estimated(&on(Provider::Bedrock, None, sonnet), "6.6", Estimate::UnsettledPrice);
    let mut short = on(Provider::Bedrock, None, sonnet);
    short.tokens.input = 200_000;
    costs(&short, "0.66");
    costs(&on(Provider::Anthropic, None, "claude-sonnet-4-5"), "3");
    let google = on(Provider::Google, Some("global"), "claude-sonnet-4@20250514");
    costs(&google, "3");
    let instant = "anthropic.claude-instant-v1";
    is_estimated(&on(Provider::Bedrock, Some("eu-central-1"), instant), "2.48", Estimate::UnsettledPrice);
    costs(&on(Provider::Bedrock, Some("us-east-1"), instant), "0.8");
    is_estimated(
        &on(Provider::Bedrock, None, "bedrock/ap-northeast-1/anthropic.claude-instant-v1"),
        "2.23",
        Estimate::UnsettledPrice,
    );
}

#[test]
fn a_call_before_the_first_price_has_the_first_price() {
    costs(&CallFacts::plain("claude-opus-5-5", Day::ymd(2020, 1, 1), tokens(1_000_000, 0, 0, 0, 0)), "4");
}

#[test]
fn contracts_change_the_bill_and_not_the_client() {
    let ratio = |text: &str| -> Ratio { text.parse().expect(text) };
    let call = CallFacts { web_searches: 1, ..on(Provider::Bedrock, None, "us.anthropic.claude-opus-5-5") };
    let overrides = PriceOverrides {
        multiplier: Some(ratio("0.9")),
        providers: vec![(Provider::Bedrock, ratio("0.5")), (Provider::Google, ratio("0.1"))],
        batch: Some(ratio("0.4")),
        ..PriceOverrides::default()
    };
    let cost = price(&call, &overrides);
    assert_eq!((cost.cost, cost.client_cost), (money("1.9845"), money("4.01")));
    assert_eq!(cost.factor.to_string(), "0.495");
    let batch = price(&CallFacts { service_tier: Some("batch"), ..call }, &overrides);
    assert_eq!((batch.cost, batch.client_cost), (money("0.7965"), money("4.01")));
    let third = PriceOverrides { multiplier: Ratio::new(1, 3), ..PriceOverrides::default() };
    let one = CallFacts::plain("claude-haiku-5-5", NOW, tokens(0, 0, 0, 1, 0));
    assert_eq!(price(&one, &third).cost, money("0.000000003333"));
    let two_thirds = PriceOverrides { multiplier: Ratio::new(2, 3), ..PriceOverrides::default() };
    assert_eq!(price(&one, &two_thirds).cost, money("0.000000006667"));
}

#[test]
fn own_prices_go_before_the_list() {
    let own = |name: &str, input: &str| {
        (name.to_string(), ModelOverride { input: Some(money(input)), ..ModelOverride::default() })
    };
    let overrides = PriceOverrides {
        models: vec![
            own("anthropic/claude-opus-5.5", "3"),
            own("us.anthropic.claude-opus-5-5", "2"),
            own("house-model", "1"),
        ],
        ..PriceOverrides::default()
    };
    let cost = |facts: &CallFacts<'_>| price(facts, &overrides);
    let plain = CallFacts::plain("claude-opus-5-5", NOW, tokens(1_000_000, 0, 0, 0, 1_000_000));
    assert_eq!((cost(&plain).cost, cost(&plain).client_cost), (money("23"), money("24")));
    assert_eq!(cost(&on(Provider::Bedrock, None, "us.anthropic.claude-opus-5-5")).cost, money("2.2"));
    let opus_5 = CallFacts { model: "claude-opus-5", ..plain };
    assert_eq!(cost(&opus_5).cost, money("30"));
    let half_known = CallFacts { model: "house-model", ..plain };
    assert_eq!(
        (cost(&half_known).cost, cost(&half_known).estimate),
        (money("21"), Some(Estimate::UnknownModel))
    );
    let complete = PriceOverrides {
        models: vec![(
            "House-Model".to_string(),
            ModelOverride {
                input: Some(money("1")),
                output: Some(money("2")),
                cache_read: Some(money("-7")),
                ..ModelOverride::default()
            },
        )],
        ..PriceOverrides::default()
    };
    let known = price(&half_known, &complete);
    assert_eq!((known.cost, known.estimate, known.client_cost), (money("3"), None, money("24")));
    let cached = CallFacts { tokens: tokens(0, 1_000_000, 0, 1_000_000, 0), ..half_known };
    let known = price(&cached, &complete);
    assert_eq!((known.cost, known.estimate), (money("1.25"), Some(Estimate::NoPriceForKind)));
}

#[test]
fn an_alias_names_the_model_of_a_deployment() {
    let profile = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3";
    let overrides = PriceOverrides {
        aliases: vec![
            ("Team-Opus".to_string(), "claude-opus-5-5".to_string()),
            (profile.to_string(), "global.anthropic.claude-sonnet-5-5".to_string()),
        ],
        ..PriceOverrides::default()
    };
    let foundry = price(&on(Provider::Foundry, None, "team-opus"), &overrides);
    assert_eq!((foundry.cost, foundry.estimate), (money("4"), None));
    assert_eq!(foundry.model.map(|model| model.id), Some("claude-opus-5-5"));
    let bedrock = price(&on(Provider::Bedrock, None, profile), &overrides);
    assert_eq!((bedrock.cost, bedrock.estimate), (money("2"), None));
}

#[test]
fn a_comparison_keeps_the_place() {
    let sent = "global.anthropic.claude-opus-5-5";
    let call = on(Provider::Bedrock, Some("us-east-1"), sent);
    let other = CallFacts { model: "claude-sonnet-5-5", region: location(sent, call.region), ..call };
    costs(&other, "2");
    assert_eq!(location("us.anthropic.claude-opus-5-5", None), Some("us"));
    assert_eq!(location("claude-opus-5-5", Some("us-east-1")), Some("us-east-1"));
}

#[test]
fn facts_are_written_as_the_ledger_needs_them() {
    let entry = run(IterationKind::AdvisorMessage, Some("claude-opus-5-5"), tokens(1, 0, 0, 0, 2));
    let written = serde_json::to_string(&entry).expect("plain data");
    assert!(
        written.starts_with(r#"{"kind":"advisor_message","model":"claude-opus-5-5","tokens":{"input":1"#)
    );
    assert_eq!(serde_json::from_str::<Iteration>(&written).expect("own words"), entry);
    let later = r#"{"kind":"dreaming","tokens":{"input":1}}"#;
    assert_eq!(serde_json::from_str::<Iteration>(later).expect("lenient").kind, IterationKind::Other);
    for name in ["message", "compaction", "advisor_message", "fallback_message", "other"] {
        let written = serde_json::to_value(IterationKind::parse(name)).expect("plain data");
        assert_eq!(written, name);
    }
    assert_eq!(serde_json::to_value(Estimate::NoPriceForKind).expect("plain data"), "no-price-for-kind");
}

/// Every model, every platform, every kind of oddity.
fn any_facts() -> impl Strategy<Value = CallFacts<'static>> {
    let count = prop_oneof![Just(0_u64), 0_u64..2_000_000, any::<u64>()];
    let counts = (count.clone(), count.clone(), count.clone(), count.clone(), count);
    let ids: Vec<&'static str> =
        models().map(|model| model.id).chain(["?", "us.anthropic.claude-opus-5-5"]).collect();
    let place =
        proptest::sample::select(vec![None, Some("global"), Some("us"), Some("us-gov-west-1"), Some("")]);
    let tier = proptest::sample::select(vec![None, Some("batch"), Some("priority"), Some("flex")]);
    let geo = proptest::sample::select(vec![None, Some("us"), Some("eu")]);
    let provider = proptest::sample::select(Provider::ALL.to_vec());
    let day = (2023_u32..2028, 1_u32..13, 1_u32..29);
    (proptest::sample::select(ids), provider, place, tier, geo, any::<bool>(), counts, day).prop_map(
        |(model, provider, region, service_tier, inference_geo, fast, (i, w5, w1, r, o), (y, m, d))| {
            CallFacts {
                provider,
                region,
                service_tier,
                inference_geo,
                fast,
                web_searches: o % 7,
                ..CallFacts::plain(model, Day::ymd(y, m, d), tokens(i, w5, w1, r, o))
            }
        },
    )
}

proptest! {
    #[test]
    fn no_call_panics_or_costs_less_than_nothing(facts in any_facts(), num in any::<u64>(), den in any::<u64>()) {
        let overrides = PriceOverrides {
            multiplier: Ratio::new(num, den),
            batch: Ratio::new(den, num),
            models: vec![("sonnet".to_string(), ModelOverride {
                input: Some(Money(i128::MAX)),
                output: Some(Money(i128::MIN)),
                ..ModelOverride::default()
            })],
            ..PriceOverrides::default()
        };
        let cost = price(&facts, &overrides);
        prop_assert!(cost.cost >= Money::ZERO && cost.client_cost >= Money::ZERO);
        prop_assert!(on_list(&facts).cost >= Money::ZERO);
    }

    #[test]
    fn more_tokens_never_cost_less(mut facts in any_facts(), more in 1_u64..1000) {
        let before = on_list(&facts);
        facts.tokens.output = facts.tokens.output.saturating_add(more);
        facts.tokens.input = facts.tokens.input.saturating_add(more);
        let after = on_list(&facts);
        prop_assert!(after.cost >= before.cost && after.client_cost >= before.client_cost);
    }

    #[test]
    fn one_run_that_is_the_whole_call_changes_nothing(facts in any_facts()) {
        let whole = [run(IterationKind::Message, None, facts.tokens)];
        let without = on_list(&facts);
        let with = on_list(&CallFacts { iterations: &whole, ..facts });
        prop_assert_eq!((without.cost, without.client_cost, without.estimate), (with.cost, with.client_cost, with.estimate));
    }

    #[test]
    fn list_prices_lose_no_digit(input in 0_u64..1_000_000_000_000, batch in any::<bool>(), us in any::<bool>()) {
        for model in models() {
            let mut facts = CallFacts::plain(model.id, NOW, tokens(input, 0, 0, 0, 0));
            facts.service_tier = batch.then_some("batch");
            facts.inference_geo = us.then_some("us");
            let tier = tier_for(model.period(NOW).tiers, input);
            let factor = i128::from(if us && model.us_inference_geo { 11 } else { 10 } * if batch { 1 } else { 2 });
            let twentieths = i128::from(input) * i128::from(tier.rates.input) * factor;
            prop_assert_eq!(twentieths % 20, 0);
            prop_assert_eq!(on_list(&facts).cost, Money(twentieths / 20));
        }
    }
}

#[test]
fn the_list_quotes_prices_for_a_million() {
    assert_eq!(per_mtok(newest_opus().rates(NOW).input), money("4"));
    assert_eq!(find("haiku").map(|haiku| per_mtok(haiku.rates(NOW).output)), Some(money("0.5")));
}
