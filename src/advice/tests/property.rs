//! Whatever the ledger holds: no finding saves more than the calls it names cost, nor the sum more than was spent.

use proptest::prelude::*;

use super::*;

const MODELS: [&str; 6] = [
    "claude-opus-5-5",
    "claude-sonnet-5-5",
    "claude-haiku-5-5",
    "eu.anthropic.claude-opus-5-5",
    "claude-opus-4-8-fast",
    "nobody-knows",
];
const TOOLS: [&str; 4] = ["Read", "Grep", "Bash", "Edit"];

fn counts() -> impl Strategy<Value = [u64; 5]> {
    let count = || prop_oneof![Just(0), 0..2_000_u64, 10_000..60_000_u64, 90_000..500_000_u64];
    (0..3_000_u64, 0..6_000_u64, count(), count(), count()).prop_map(|(i, o, w, h, r)| [i, o, w, h, r])
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let one = (
        counts(),
        prop_oneof![1..40_i64, 250..400_i64, 3_000..4_000_i64],
        0..3_usize,
        0..4_usize,
        0..MODELS.len(),
        0..5_usize,
        0..12_u64,
        prop_oneof![Just(0), 0..200_000_u64],
    );
    prop::collection::vec(one, 0..60).prop_map(|parts| {
        let mut seconds = 0;
        let made = parts.into_iter().enumerate().map(
            |(n, (counts, pause, session, agent, model, tool, small, bytes))| {
                seconds += pause;
                Call {
                    session: format!("s{session}"),
                    agent_id: (agent > 0).then(|| format!("a{agent}")),
                    agent: (agent > 1).then(|| "Explore".to_string()),
                    model: MODELS[model].to_string(),
                    provider: if model == 3 { Provider::Bedrock } else { Provider::Anthropic },
                    tools: TOOLS.get(tool).map(ToString::to_string).into_iter().collect(),
                    prompt_id: (small > 0).then(|| format!("p{}", n as u64 / small)),
                    web_searches: small / 6,
                    retries: (small / 5) as u32,
                    result_bytes: bytes,
                    speed: (small == 11).then(|| "fast".to_string()),
                    ..with(call(&n.to_string(), seconds), counts)
                }
            },
        );
        made.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn nothing_saves_more_than_it_cost(calls in calls(), share in 1..5_i128) {
        // Booked by another price list, some of them for less.
        let lines: Vec<Line> = calls.into_iter().map(|call| match booked(call) {
            Line::Call(mut call) => {
                call.cost = Money(call.cost.0 / share);
                Line::Call(call)
            }
            line => line,
        }).collect();
        let study = study_lines(&lines, &Query::default());
        let whole: Money = lines.iter().map(Line::cost).sum();
        prop_assert_eq!(study.total.cost, whole);
        prop_assert!(study.saving <= whole);
        let sum: Money = study.dearest.iter().map(|session| session.saving).sum();
        prop_assert_eq!(sum, study.saving);
        for session in &study.dearest {
            prop_assert!(session.saving <= session.cost);
            let largest = session.findings.iter().map(|finding| finding.saving).max().unwrap_or_default();
            let all: Money = session.findings.iter().map(|finding| finding.saving).sum();
            prop_assert!(largest <= session.saving && session.saving <= all);
            for finding in &session.findings {
                prop_assert!(finding.saving >= Money::ZERO && finding.saving <= finding.cost, "{:?}", finding);
                prop_assert!(finding.spent >= Money::ZERO && finding.spent <= finding.cost, "{:?}", finding);
                prop_assert!(finding.first <= finding.last);
                prop_assert_eq!(finding.ids.len() as u64, finding.calls.min(3), "{:?}", finding);
                // Named once each: their cost is that of so many calls of the session.
                prop_assert!(finding.cost <= session.cost, "{:?}", finding);
            }
        }
        for total in &study.kinds {
            let of_kind: Vec<&Finding> = of_kind(&study, total.kind);
            prop_assert_eq!(of_kind.iter().map(|finding| finding.saving).sum::<Money>(), total.saving);
            prop_assert_eq!(of_kind.iter().map(|finding| finding.calls).sum::<u64>(), total.calls);
        }
    }
}
