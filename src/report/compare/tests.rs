//! The comparison against prices of single calls, and what it says of them.

use proptest::prelude::*;
use serde_json::json;

use super::super::fold::tests::ledger;
use super::target::{Place, choices, places};
use super::*;
use crate::model::entry::billed;
use crate::model::price::{IterationKind, ModelOverride};

const TODAY: Day = Day::ymd(2026, 11, 24);

/// A call as far as its price depends on it.
#[derive(Debug, Clone)]
struct Made {
    model: &'static str,
    provider: &'static str,
    region: &'static str,
    speed: &'static str,
    tier: &'static str,
    geo: &'static str,
    time: &'static str,
    tokens: Tokens,
    runs: Vec<Iteration>,
    searches: u64,
}

impl Made {
    fn new(model: &'static str, tokens: Tokens) -> Self {
        Made {
            model,
            provider: "anthropic",
            region: "",
            speed: "",
            tier: "",
            geo: "",
            time: "2026-11-23T10:00:00Z",
            tokens,
            runs: Vec::new(),
            searches: 0,
        }
    }

    fn line(&self, number: usize) -> String {
        // The time stands where the sample ledger looks for it.
        let rest = json!({
            "session": "s", "project": "/w", "model": self.model, "provider": self.provider, "region": self.region,
            "speed": self.speed, "tier": self.tier, "geo": self.geo, "tokens": self.tokens, "iterations": self.runs,
            "webSearches": self.searches, "feature": "conversation", "user": "u", "cost": "1", "prices": "p",
        });
        let rest = rest.to_string();
        format!("{{\"kind\":\"call\",\"v\":1,\"id\":\"{number}\",\"time\":\"{}\",{}", self.time, &rest[1..])
    }

    /// What `price` says of it, with nothing of this module in between but what the target asks for.
    fn priced(&self, plan: &Plan<'_>, target: &Target) -> Money {
        let time = crate::base::time::Time::parse(self.time).unwrap();
        let billed = billed(&self.tokens, &self.runs);
        let entry = Entry {
            time,
            model: Some(self.model),
            provider: Provider::parse(self.provider).unwrap(),
            region: self.region,
            tokens: billed,
            counts: self.tokens,
            iterations: &self.runs,
            web_searches: self.searches,
            speed: self.speed,
            tier: self.tier,
            geo: self.geo,
            ..Entry::nothing()
        };
        let circumstances = Circumstances::of(plan, target, &entry, self.model);
        price(&circumstances.facts(self.tokens, &self.runs, self.searches), plan.overrides).cost
    }
}

fn compared(calls: &[Made], plan: &Plan<'_>) -> Compared {
    let lines: Vec<String> = calls.iter().enumerate().map(|(number, call)| call.line(number)).collect();
    let (_dir, ledger) = ledger(&lines);
    let compared = compare(&ledger, &Query::default(), plan).unwrap();
    assert!(compared.bad.is_empty(), "{:?}", compared.bad);
    compared
}

fn plan<'a>(models: &str, overrides: &'a PriceOverrides) -> Plan<'a> {
    let choices = choices(models, TODAY, overrides).unwrap().into_iter().map(Some);
    let targets = choices.map(|model| Target { model, place: None }).collect();
    Plan { targets, day: Some(TODAY), batch: false, overrides }
}

fn input(input: u64) -> Tokens {
    Tokens { input, ..Tokens::default() }
}

fn row<'c>(compared: &'c Compared, id: &str) -> &'c Priced {
    let found =
        compared.rows.iter().find(|(target, _)| target.model.as_ref().is_some_and(|one| one.id == id));
    &found.unwrap_or_else(|| panic!("{id} is missing")).1
}

#[test]
fn tokens_cost_what_the_other_model_takes_for_them() {
    let none = PriceOverrides::default();
    let calls = [
        Made::new("claude-opus-5-5", Tokens { input: 1_000_000, output: 100_000, ..Tokens::default() }),
        Made {
            searches: 2,
            ..Made::new("claude-opus-5-5", Tokens { cache_read: 90_000, ..Tokens::default() })
        },
    ];
    let compared = compared(&calls, &plan("opus,sonnet,haiku,claude-opus-4-6", &none));
    assert_eq!(compared.booked.cost.to_string(), "2");
    // 4 + 2, 0.018 for the cache, 0.02 for the searches.
    assert_eq!(compared.baseline.cost.to_string(), "6.038");
    assert_eq!(row(&compared, "claude-opus-5-5"), &compared.baseline);
    assert_eq!(row(&compared, "claude-sonnet-5-5").cost.to_string(), "3.029");
    // The first prompt is over 100,000 tokens, the second is not.
    assert_eq!(row(&compared, "claude-haiku-5-5").cost.to_string(), "0.7709");
    let older = row(&compared, "claude-opus-4-6");
    assert_eq!(older.cost.to_string(), "7.565");
    // 1 / 1.3 of the tokens, and the searches as they are: 7.545 / 1.3 + 0.02, to the token.
    assert_eq!(older.adjusted.round(3), "5.824");
    assert_eq!(row(&compared, "claude-sonnet-5-5").adjusted, row(&compared, "claude-sonnet-5-5").cost);
    let order: Vec<Money> = compared.rows.iter().map(|(_, priced)| priced.cost).collect();
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn a_model_that_counts_more_tokens_may_come_into_the_next_price_step() {
    let none = PriceOverrides::default();
    // 90,000 tokens for the earlier tokenizer are 117,000 for Haiku 5.5, beyond its step at 100,000.
    let compared = compared(&[Made::new("claude-opus-4-6", input(90_000))], &plan("haiku", &none));
    let haiku = row(&compared, "claude-haiku-5-5");
    assert_eq!((haiku.cost.to_string(), haiku.adjusted.to_string()), ("0.009".into(), "0.0585".into()));
}

#[test]
fn what_the_other_model_could_not_do_is_counted() {
    let none = PriceOverrides::default();
    let calls = [
        Made { speed: "fast", ..Made::new("claude-opus-5-5", input(250_000)) },
        Made { geo: "us", ..Made::new("claude-opus-5-5", Tokens { cache_write_5m: 600, ..input(10) }) },
        Made::new("somebody-elses", input(10)),
    ];
    let compared = compared(&calls, &plan("haiku-4-5,opus,claude-3-opus", &none));
    let haiku = row(&compared, "claude-haiku-4-5-20251001").caveats;
    assert_eq!((haiku.too_long, haiku.cache_too_short, haiku.fast, haiku.us_inference), (1, 1, 1, 1));
    assert_eq!((haiku.not_sold, haiku.estimated), (0, 0));
    let opus = row(&compared, "claude-opus-5-5").caveats;
    assert_eq!(opus, Caveats::default());
    assert_eq!(row(&compared, "claude-3-opus-20240229").caveats.not_sold, 3);
    assert_eq!(compared.baseline.caveats.estimated, 1, "the model nobody knows");
    // Fast is twice the price where it can be had, and one time where it cannot.
    assert_eq!(row(&compared, "claude-opus-5-5").cost.round(2), "2.00");
    assert_eq!(row(&compared, "claude-haiku-4-5-20251001").cost.round(2), "0.25");
    let batch = Plan { batch: true, ..plan("opus", &none) };
    let compared = self::compared(&calls, &batch);
    assert_eq!(row(&compared, "claude-opus-5-5").caveats.fast, 1);
    assert_eq!(
        (compared.baseline.cost.round(2), row(&compared, "claude-opus-5-5").cost.round(2)),
        ("2.00".into(), "0.50".into())
    );
}

#[test]
fn unlisted_money_stays_outside() {
    let none = PriceOverrides::default();
    let unlisted = super::super::fold::tests::unlisted("1", "2026-11-24T12:00:00Z", "s", "0.5", "");
    let (_dir, ledger) = ledger(&[Made::new("claude-opus-5-5", input(10)).line(1), unlisted]);
    let compared = compare(&ledger, &Query::default(), &plan("opus", &none)).unwrap();
    assert_eq!(
        (compared.booked.calls, compared.booked.cost.to_string(), compared.unlisted.to_string()),
        (1, "1".into(), "0.5".into())
    );
}

#[test]
fn places_cost_what_their_rules_say() {
    let none = PriceOverrides::default();
    let calls = [
        Made {
            provider: "bedrock",
            region: "us",
            ..Made::new("us.anthropic.claude-opus-5-5", input(1_000_000))
        },
        Made { searches: 1, ..Made::new("claude-haiku-4-5", input(1_000_000)) },
    ];
    let targets: Vec<Target> = places(None, Some("all"))
        .unwrap()
        .into_iter()
        .map(|place| Target { model: None, place: Some(place) })
        .collect();
    let compared = compared(&calls, &Plan { targets, day: Some(TODAY), batch: false, overrides: &none });
    assert_eq!(compared.baseline.cost.to_string(), "5.41");
    let cost = |provider: Provider, region: &str| {
        let is_it = |place: &Place| place.provider == provider && place.region == region;
        let found = compared.rows.iter().find(|(target, _)| target.place.as_ref().is_some_and(is_it));
        found.map(|(_, priced)| (priced.cost.to_string(), priced.caveats.web_search)).unwrap()
    };
    assert_eq!(cost(Provider::Anthropic, "global"), ("5.01".into(), 0));
    // Haiku 4.5 has no US inference.
    assert_eq!(cost(Provider::Anthropic, "us"), ("5.41".into(), 0));
    assert_eq!(cost(Provider::Bedrock, "global"), ("5.01".into(), 1));
    assert_eq!(cost(Provider::Bedrock, "regional"), ("5.51".into(), 1));
    assert_eq!(cost(Provider::Bedrock, "us-gov"), ("6.01".into(), 1));
    assert_eq!(cost(Provider::Google, "regional"), ("5.51".into(), 0));
    assert_eq!(cost(Provider::Foundry, "us-data-zone"), ("5.41".into(), 0));
    assert_eq!(cost(Provider::ClaudePlatformAws, "global"), ("5.01".into(), 0));
}

fn made() -> impl Strategy<Value = Made> {
    let models = vec![
        "claude-opus-5-5",
        "claude-opus-4-6",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "claude-haiku-5-5",
        "claude-opus-4-7-fast",
        "somebody-elses",
    ];
    let run = (0u8..4, 0u64..150_000, any::<bool>()).prop_map(|(kind, input, other)| Iteration {
        kind: match kind {
            0 => IterationKind::Message,
            1 => IterationKind::Compaction,
            2 => IterationKind::AdvisorMessage,
            _ => IterationKind::FallbackMessage,
        },
        model: other.then(|| "claude-sonnet-5-5".to_string()),
        tokens: Tokens { input, output: 7, ..Tokens::default() },
    });
    (
        prop::sample::select(models),
        prop::sample::select(vec![
            ("anthropic", ""),
            ("bedrock", "eu-central-1"),
            ("google", "global"),
            ("foundry", ""),
        ]),
        (prop::sample::select(vec!["", "fast"]), prop::sample::select(vec!["", "batch", "priority"])),
        prop::sample::select(vec!["", "us"]),
        prop::sample::select(vec!["2026-02-20T10:00:00Z", "2026-10-06T23:59:59Z", "2026-11-23T10:00:00Z"]),
        prop::array::uniform5(0u64..120_000),
        prop::collection::vec(run, 0..3),
        0u64..3,
    )
        .prop_map(|(model, (provider, region), (speed, tier), geo, time, counts, runs, searches)| Made {
            model,
            provider,
            region,
            speed,
            tier,
            geo,
            time,
            tokens: Tokens {
                input: counts[0],
                output: counts[1],
                cache_write_5m: counts[2],
                cache_write_1h: counts[3],
                cache_read: counts[4],
            },
            runs: if searches == 0 { runs } else { Vec::new() },
            searches,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn it_is_the_same_as_pricing_call_by_call(
        calls in prop::collection::vec(made(), 1..12),
        multiplier in prop::sample::select(vec!["1", "0.93", "1/7"]),
        (batch, each_day) in (any::<bool>(), any::<bool>()),
    ) {
        let own = ModelOverride { input: Some(Money(1_234_567_891)), ..ModelOverride::default() };
        let overrides = PriceOverrides {
            models: vec![("claude-sonnet-5-5".into(), own)],
            multiplier: multiplier.parse().ok(),
            ..PriceOverrides::default()
        };
        let models: Vec<_> = std::iter::once(None)
            .chain(choices("opus,sonnet,haiku,claude-opus-4-6,claude-haiku-4-5", TODAY, &overrides).unwrap().into_iter().map(Some))
            .collect();
        let places: Vec<_> =
            std::iter::once(None).chain(places(None, Some("all")).unwrap().into_iter().map(Some)).collect();
        let targets = models
            .iter()
            .flat_map(|model| places.iter().map(|place| Target { model: model.clone(), place: place.clone() }))
            .collect();
        let day = (!each_day).then_some(TODAY);
        let plan = Plan { targets, day, batch, overrides: &overrides };
        let compared = compared(&calls, &plan);
        prop_assert_eq!(compared.booked.calls, calls.len() as u64);
        for (target, priced) in &compared.rows {
            let expected: Money = calls.iter().map(|call| call.priced(&plan, target)).sum();
            prop_assert_eq!(priced.cost, expected, "{:?}", target);
        }
        let own: Money = calls.iter().map(|call| call.priced(&plan, &OWN)).sum();
        prop_assert_eq!(compared.baseline.cost, own);
    }
}
