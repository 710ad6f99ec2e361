//! Long contexts, large results, and compactions.

use super::*;
use crate::model::price::IterationKind;

/// A conversation whose first call writes `first` tokens, and `count` more that each read everything and add 1,000.
fn growing(first: u64, count: u64) -> Vec<Call> {
    let mut calls = vec![with(call("0", 0), [0, 100, first, 0, 0])];
    for number in 0..count {
        let counts = [0, 100, 1000, 0, first + number * 1000];
        calls.push(with(call(&format!("{}", number + 1), 10 * (number as i64 + 1)), counts));
    }
    calls
}

#[test]
fn a_context_above_the_limit_is_priced_as_if_it_had_been_compacted() {
    let found = one(&study_of(growing(99_500, 40)), Kind::ContextGrowth);
    // Contexts of 100,500 to 139,500. Compacted after the first of them, which left 100,600: 75,600 tokens less in each.
    let removed = 75_600;
    let compaction = opus([0, 2_000, 0, 0, 100_600]);
    let first = opus([0, 100, 1_000, 0, 100_500]) - opus([0, 100, 25_900, 0, 0]);
    let later = Money(opus([0, 0, 0, 0, removed]).0 * 38);
    assert_eq!(found.saving, later + first - compaction - compaction);
    assert!(found.saving.is_positive());
    assert_eq!((found.calls, found.numbers.count, found.numbers.largest), (40, 40, 139_500));
    assert_eq!(found.ids, ["1", "2", "3"]);
    assert_eq!(found.cost, growing(99_500, 40)[1..].iter().map(|call| booked(call.clone()).cost()).sum());
}

#[test]
fn a_few_calls_above_the_limit_are_none_and_many_at_it_neither() {
    assert_eq!(one(&study_of(growing(400_000, 9)), Kind::ContextGrowth).numbers.count, 10);
    none(&study_of(growing(400_000, 8)), Kind::ContextGrowth);
    let level: Vec<Call> = (0..60).map(|n| with(call(&n.to_string(), n), [0, 1, 0, 0, 100_000])).collect();
    none(&study_of(level), Kind::ContextGrowth);
}

#[test]
fn a_compaction_that_happened_is_not_asked_for_again() {
    // Compacted at 100,500 again and again: no saving is left over.
    let mut calls = Vec::new();
    for round in 0..12_i64 {
        let at = |step: i64| round * 100 + step;
        calls.push(with(call(&format!("a{round}"), at(0)), [0, 100, 20_000, 0, 0]));
        calls.push(with(call(&format!("b{round}"), at(1)), [0, 100, 80_500, 0, 20_000]));
    }
    none(&study_of(calls), Kind::ContextGrowth);
}

#[test]
fn a_large_result_is_carried_by_every_later_call() {
    let result = |bytes: u64| {
        let mut calls = vec![with(call("0", 0), [0, 500, 20_000, 0, 0])];
        // 500 tokens of answer, 30,000 of the result.
        calls.push(Call { result_bytes: bytes, ..with(call("1", 10), [0, 100, 30_500, 0, 20_000]) });
        calls.extend((2..6).map(|n| with(call(&n.to_string(), n * 10), [0, 100, 100, 0, 50_500])));
        calls
    };
    let found = one(&study_of(result(120_000)), Kind::LargeResults);
    let expected = opus([0, 0, 20_000, 0, 0]) + Money(opus([0, 0, 0, 0, 20_000]).0 * 4);
    assert_eq!((found.saving, found.calls), (expected, 5));
    assert_eq!((found.numbers.count, found.numbers.tokens, found.numbers.largest), (1, 20_000, 120_000));
    assert_eq!(found.ids, ["1", "2", "3"]);
    // 40,000 bytes are at most 13,333 tokens, of which 10,000 are taken for needed.
    let small = one(&study_of(result(40_000)), Kind::LargeResults);
    assert_eq!(small.numbers.tokens, 3_333);
    none(&study_of(result(39_999)), Kind::LargeResults);
}

#[test]
fn what_a_compaction_threw_away_is_not_carried_on() {
    let calls = vec![
        with(call("0", 0), [0, 500, 20_000, 0, 0]),
        Call { result_bytes: 300_000, ..with(call("1", 10), [0, 100, 80_500, 0, 20_000]) },
        with(call("2", 20), [0, 100, 20_000, 0, 0]),
        with(call("3", 30), [0, 100, 100, 0, 20_000]),
    ];
    let found = one(&study_of(calls.clone()), Kind::LargeResults);
    assert_eq!((found.calls, found.saving), (1, opus([0, 0, 70_000, 0, 0])));
    let compacted = one(&study_of(calls), Kind::Compaction);
    assert_eq!((compacted.spent, compacted.saving), (opus([0, 0, 20_000, 0, 0]), Money::ZERO));
    assert_eq!(compacted.ids, ["2"]);
}

#[test]
fn a_small_call_in_between_is_no_compaction() {
    let calls = vec![
        with(call("0", 0), [0, 500, 60_000, 0, 0]),
        with(call("1", 10), [900, 20, 0, 0, 0]),
        with(call("2", 20), [0, 100, 1_000, 0, 60_000]),
    ];
    let study = study_of(calls);
    none(&study, Kind::Compaction);
    none(&study, Kind::CacheMiss);
}

#[test]
fn a_compaction_on_the_server_costs_what_its_run_costs() {
    let own = [10, 300, 0, 0, 30_000];
    let iterations = vec![
        iteration(IterationKind::Compaction, [180_000, 3_500, 0, 0, 0]),
        iteration(IterationKind::Message, own),
    ];
    let found = one(&study_of(vec![Call { iterations, ..with(call("0", 0), own) }]), Kind::Compaction);
    assert_eq!(found.spent, opus([180_000, 3_500, 0, 0, 0]));
    assert_eq!(found.cost, opus([180_010, 3_800, 0, 0, 30_000]));
    let plain = vec![iteration(IterationKind::Message, own)];
    none(&study_of(vec![Call { iterations: plain, ..with(call("0", 0), own) }]), Kind::Compaction);
}
