//! How far a team goes over its budget in made-up time (`support::crowd`), where the store is a sum. The same with a real
//! server is `tests/team/overshoot.rs`.

use serde_json::json;

use crate::support::crowd::{Adder, Case, MEAN_CALL, MEAN_RATE, Outcome, play};

/// How many runs of each case; set, the table is printed.
const RUNS: &str = "COST_HOOK_TEAM_RUNS";

fn sorted(case: &Case, runs: u64) -> (Vec<f64>, f64) {
    let done: Vec<Outcome> = (1..=runs).map(|seed| play(&mut Adder::default(), case, seed)).collect();
    let mut over: Vec<f64> = done.iter().map(|outcome| outcome.over).collect();
    over.sort_by(f64::total_cmp);
    (over, done.iter().map(|outcome| outcome.syncs).sum::<f64>() / runs as f64)
}

#[test]
#[allow(clippy::print_stderr, reason = "the table is what such a run is for")]
fn a_team_stops_soon_after_its_budget_and_sooner_for_knowing_its_pace() {
    let told = std::env::var(RUNS).ok().map(|runs| runs.parse().unwrap());
    for members in [1, 10, 50, 300] {
        let runs = told.unwrap_or(if members == 300 { 20 } else { 100 });
        let median = |over: &[f64]| over[over.len() / 2];
        let (with, syncs) = sorted(&Case::of(members), runs);
        let (without, fewer) = sorted(&Case { knows_pace: false, ..Case::of(members) }, runs);
        if told.is_some() {
            for (name, over, syncs) in [("with", &with, syncs), ("without", &without, fewer)] {
                let at = |part: f64| over[((over.len() - 1) as f64 * part) as usize];
                eprintln!(
                    "{members:>4} members, {name:>7} the pace: median {:.2}, p99 {:.2}, most {:.2} USD; {syncs:.1} syncs",
                    at(0.5),
                    at(0.99),
                    at(1.0)
                );
            }
        }
        // A call of each that was under way is the least there can be.
        let least = MEAN_CALL * members as f64;
        assert!(median(&with) <= 3.0 * least, "{members} members: {} over", median(&with));
        assert!(members < 50 || median(&with) < median(&without), "{members}: the pace is of no use");
    }
}

/// An hour, in which the budget would be used up after a few minutes.
#[test]
fn while_the_store_is_away_block_bounds_what_is_spent_and_allow_does_not() {
    let over = |team| {
        let case = Case { left: (250, 250), outage: Some((3, 60)), team, ..Case::of(50) };
        sorted(&case, 5).0
    };
    let of = |minutes: f64| 50.0 * MEAN_RATE * 60.0 * minutes;
    let left = 2.5 * 50.0;
    let blocked = over(json!({"onStale": "block", "maxAge": "10m"}));
    assert!(blocked[4] + left < 1.5 * of(3.0 + 10.0), "{blocked:?}");
    let allowed = over(json!({"onStale": "allow"}));
    assert!(allowed[0] + left > 0.5 * of(3.0 + 60.0), "{allowed:?}");
}
