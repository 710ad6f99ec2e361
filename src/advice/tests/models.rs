//! Models larger than the work, subagents, fast mode and places.

use super::*;

fn prompt(number: i64, counts: [u64; 5]) -> Call {
    Call { prompt_id: Some(format!("p{number}")), ..with(call(&format!("c{number}"), number * 1000), counts) }
}

#[test]
fn simple_prompts_are_priced_on_the_next_smaller_model() {
    let counts = [20, 500, 2_000, 0, 30_000];
    let simple = |count: i64| (0..count).map(|number| prompt(number, counts)).collect::<Vec<_>>();
    let found = one(&study_of(simple(3)), Kind::SimpleTurns);
    assert_eq!(found.saving, Money((opus(counts) - at(SONNET, counts)).0 * 3));
    none(&study_of(simple(2)), Kind::SimpleTurns);
    for (input, output) in [(20, 501), (18_001, 500)] {
        let mut calls = simple(3);
        calls[2] = prompt(2, [input, output, 2_000, 0, 30_000]);
        none(&study_of(calls), Kind::SimpleTurns);
    }
    let mut calls = simple(3);
    calls[2].tools = vec!["Bash".into()];
    none(&study_of(calls), Kind::SimpleTurns);
    let on_sonnet: Vec<Call> =
        simple(3).into_iter().map(|call| Call { model: "claude-sonnet-5-5".into(), ..call }).collect();
    let found = one(&study_of(on_sonnet), Kind::SimpleTurns);
    assert_eq!(found.saving, Money((at(SONNET, counts) - at(HAIKU, counts)).0 * 3));
    let on_haiku: Vec<Call> =
        simple(3).into_iter().map(|call| Call { model: "claude-haiku-5-5".into(), ..call }).collect();
    none(&study_of(on_haiku), Kind::SimpleTurns);
}

#[test]
fn beside_other_work_the_smaller_model_has_no_cache() {
    let counts = [20, 500, 2_000, 0, 3_000];
    let mut calls: Vec<Call> = (0..3).map(|number| prompt(number, counts)).collect();
    calls.push(Call { tools: vec!["Edit".into()], ..prompt(9, counts) });
    let found = one(&study_of(calls), Kind::SimpleTurns);
    assert_eq!(found.saving, Money((opus(counts) - at(SONNET, [20, 500, 5_000, 0, 0])).0 * 3));
}

#[test]
fn subagents_that_only_read_can_do_with_less() {
    let counts = [10, 200, 1_000, 0, 10_000];
    let agent = |tools: &[&str], calls: i64| -> Vec<Call> {
        (0..calls)
            .map(|n| Call {
                agent: Some("Explore".into()),
                agent_id: Some("a1".into()),
                tools: tools.iter().map(ToString::to_string).collect(),
                ..with(call(&n.to_string(), n), counts)
            })
            .collect()
    };
    let found = one(&study_of(agent(&["Read", "Grep"], 3)), Kind::SubagentModel);
    assert_eq!(found.saving, Money((opus(counts) - at(SONNET, counts)).0 * 3));
    assert_eq!((found.numbers.count, found.calls), (1, 3));
    none(&study_of(agent(&["Read"], 2)), Kind::SubagentModel);
    none(&study_of(agent(&["Read", "Edit"], 3)), Kind::SubagentModel);
    none(&study_of((0..3).map(|n| prompt(n, counts)).collect()), Kind::SubagentModel);
}

#[test]
fn background_work_counts_where_haiku_is_not_what_the_client_takes() {
    let counts = [5_000, 100, 0, 0, 0];
    let line = |provider, model: &str, counts| {
        let tokens = with(call("", 0), counts).tokens;
        let facts = CallFacts { provider, ..CallFacts::plain(model, Day::ymd(2026, 11, 24), tokens) };
        let cost = price(&facts, &PriceOverrides::default()).cost;
        let model = Some(model.to_string());
        Line::Unlisted(Box::new(Unlisted { provider, model, tokens, ..unlisted("1", cost) }))
    };
    let of = |line| study_lines(&[line], &Query::default());
    let found = one(&of(line(Provider::Foundry, "claude-sonnet-5-5", counts)), Kind::BackgroundModel);
    assert_eq!(found.saving, at(SONNET, counts) - at(HAIKU, counts));
    assert_eq!(found.ids, ["unlisted:s:1"]);
    none(&of(line(Provider::Anthropic, "claude-sonnet-5-5", counts)), Kind::BackgroundModel);
    none(&of(line(Provider::Foundry, "claude-haiku-5-5", counts)), Kind::BackgroundModel);
    let long = of(line(Provider::Foundry, "claude-sonnet-5-5", [50_001, 1, 0, 0, 0]));
    none(&long, Kind::BackgroundModel);
}

#[test]
fn a_fan_of_subagents_writes_the_same_beginning() {
    let agents = |count: i64, seconds: i64| -> Vec<Call> {
        let mut calls = vec![with(call("main", 0), [0, 100, 5_000, 0, 0])];
        calls.extend((0..count).map(|n| Call {
            agent: Some("Explore".into()),
            agent_id: Some(format!("a{n}")),
            tools: vec!["Bash".into()],
            ..with(call(&format!("c{n}"), n * seconds), [0, 100, 8_000 + n as u64, 0, 0])
        }));
        calls
    };
    let study = study_of(agents(4, 200));
    let found = one(&study, Kind::SubagentFanOut);
    assert_eq!(found.saving, opus([0, 0, 24_000, 0, 0]) - opus([0, 0, 0, 0, 24_000]));
    assert_eq!((found.numbers.count, found.calls, found.numbers.tokens), (4, 4, 24_000));
    assert_eq!(found.cost, opus([0, 400, 32_006, 0, 0]));
    assert_eq!(found.spent, found.cost);
    none(&study_of(agents(3, 200)), Kind::SubagentFanOut);
    none(&study_of(agents(4, 201)), Kind::SubagentFanOut);
    let mut kinds = agents(4, 10);
    for (number, call) in kinds[1..].iter_mut().enumerate() {
        call.agent = Some(format!("kind {number}"));
    }
    assert_eq!(one(&study_of(kinds), Kind::SubagentFanOut).saving, Money::ZERO, "none of them begin alike");
}

#[test]
fn fast_mode_at_standard_speed() {
    let counts = [100, 1_000, 2_000, 0, 50_000];
    let fast =
        |speed: Option<&str>| vec![Call { speed: speed.map(Into::into), ..with(call("0", 0), counts) }];
    let found = one(&study_of(fast(Some("fast"))), Kind::FastMode);
    assert_eq!((found.saving, found.cost), (opus(counts), Money(opus(counts).0 * 2)));
    none(&study_of(fast(None)), Kind::FastMode);
    none(&study_of(fast(Some("standard"))), Kind::FastMode);
}

#[test]
fn a_tenth_more_at_dearer_places() {
    let counts = [100, 1_000, 2_000, 0, 50_000];
    let tenth = Money(opus(counts).0 / 10);
    let placed = |provider, model: &str, region: Option<&str>, geo: Option<&str>| {
        let (region, geo) = (region.map(Into::into), geo.map(Into::into));
        study_of(vec![Call { provider, model: model.into(), region, geo, ..with(call("0", 0), counts) }])
    };
    for (provider, model, region, geo) in [
        (Provider::Bedrock, "eu.anthropic.claude-opus-5-5", Some("eu-central-1"), None),
        (Provider::Bedrock, "anthropic.claude-opus-5-5", Some("us-east-1"), None),
        (Provider::Google, "claude-opus-5-5", Some("europe-west1"), None),
        (Provider::Anthropic, "claude-opus-5-5", None, Some("us")),
    ] {
        let found = one(&placed(provider, model, region, geo), Kind::RegionalPremium);
        assert_eq!(found.saving, tenth, "{model} {region:?}");
    }
    for (provider, model, region, geo) in [
        (Provider::Bedrock, "global.anthropic.claude-opus-5-5", Some("us-east-1"), None),
        (Provider::Google, "claude-opus-5-5", Some("global"), None),
        (Provider::Google, "claude-opus-5-5", None, None),
        (Provider::Anthropic, "claude-opus-5-5", None, Some("eu")),
        (Provider::Bedrock, "us-gov.anthropic.claude-opus-4-5", Some("us-gov-west-1"), None),
    ] {
        none(&placed(provider, model, region, geo), Kind::RegionalPremium);
    }
}
