//! Repetitions, failures, bursts, long answers, searches and money without calls.

use super::*;

#[test]
fn a_turn_again_and_again() {
    let turn = |n: i64| Call {
        tools: vec!["Bash".into()],
        result_bytes: 812,
        ..with(call(&n.to_string(), n * 5), [0, 120, 700 + n as u64, 0, 20_000])
    };
    let found = one(&study_of((0..3).map(turn).collect()), Kind::RepeatedTurns);
    assert_eq!(found.saving, opus([0, 240, 1_403, 0, 40_000]));
    assert_eq!((found.calls, found.ids.clone()), (2, vec!["1".to_string(), "2".to_string()]));
    none(&study_of((0..2).map(turn).collect()), Kind::RepeatedTurns);
    type Change = fn(&mut Call);
    let changes: [Change; 4] = [
        |call| call.tools = vec!["Read".into()],
        |call| call.result_bytes = 813,
        |call| call.tokens.output = 121,
        |call| call.result_bytes = 0,
    ];
    for change in changes {
        let mut calls: Vec<Call> = (0..3).map(turn).collect();
        change(&mut calls[1]);
        none(&study_of(calls), Kind::RepeatedTurns);
    }
}

#[test]
fn failed_attempts_are_counted() {
    let failing = |retries: [u32; 2]| {
        let calls = retries.iter().enumerate();
        calls
            .map(|(n, retries)| Call { retries: *retries, ..with(call(&n.to_string(), n as i64), [1; 5]) })
            .collect()
    };
    let found = one(&study_of(failing([2, 3])), Kind::Retries);
    assert_eq!(
        (found.numbers.count, found.numbers.largest, found.saving, found.spent),
        (5, 3, Money::ZERO, Money::ZERO)
    );
    none(&study_of(failing([2, 2])), Kind::Retries);
}

#[test]
fn answers_that_were_not_whole() {
    let stopped = |reason: &str| {
        study_of(vec![Call { stop_reason: Some(reason.into()), ..with(call("0", 0), [10, 8_000, 0, 0, 0]) }])
    };
    for reason in ["max_tokens", "refusal", "model_context_window_exceeded"] {
        let found = one(&stopped(reason), Kind::CutOff);
        assert_eq!((found.spent, found.saving), (opus([10, 8_000, 0, 0, 0]), Money::ZERO));
    }
    none(&stopped("end_turn"), Kind::CutOff);
    none(&stopped("tool_use"), Kind::CutOff);
}

#[test]
fn thirty_calls_a_minute_are_a_burst() {
    let burst = |count: i64, last: i64| {
        let mut calls: Vec<Call> =
            (1..count).map(|n| with(call(&n.to_string(), n), [10, 10, 0, 0, 0])).collect();
        calls.push(with(call("last", last), [10, 10, 0, 0, 0]));
        calls.push(with(call("much later", 10_000), [10, 10, 0, 0, 0]));
        study_of(calls)
    };
    let found = one(&burst(30, 60), Kind::CallBurst);
    assert_eq!((found.calls, found.numbers.largest), (30, 30));
    assert_eq!(found.spent, Money(opus([10, 10, 0, 0, 0]).0 * 30));
    none(&burst(30, 61), Kind::CallBurst);
    none(&burst(29, 30), Kind::CallBurst);
    assert_eq!(one(&burst(40, 41), Kind::CallBurst).numbers.largest, 40);
}

#[test]
fn long_answers_that_are_half_of_the_cost() {
    let answers = |count: i64, output: u64, input: u64| -> Study {
        study_of((0..count).map(|n| with(call(&n.to_string(), n), [input, output, 0, 0, 0])).collect())
    };
    let found = one(&answers(5, 4_000, 20_000), Kind::OutputHeavy);
    assert_eq!((found.spent, found.saving), (opus([0, 20_000, 0, 0, 0]), Money::ZERO));
    assert_eq!((found.numbers.tokens, found.numbers.largest), (20_000, 4_000));
    none(&answers(4, 4_000, 20_000), Kind::OutputHeavy);
    none(&answers(5, 3_999, 0), Kind::OutputHeavy);
    none(&answers(5, 4_000, 20_001), Kind::OutputHeavy);
}

#[test]
fn searches_cost_a_cent_each() {
    let searching = |count: u64| study_of(vec![Call { web_searches: count, ..with(call("0", 0), [1; 5]) }]);
    assert_eq!(one(&searching(10), Kind::WebSearch).spent, "0.1".parse().unwrap());
    none(&searching(9), Kind::WebSearch);
}

#[test]
fn money_without_calls_from_a_fifth_on() {
    let dollars = |text: &str| text.parse::<Money>().unwrap();
    let with_unlisted = |cost: &str, tokens: u64| {
        let line = Line::Unlisted(Box::new(unlisted("1", dollars(cost))));
        study_lines(&[booked(with(call("0", 0), [tokens, 0, 0, 0, 0])), line], &Query::default())
    };
    // 100,000 tokens of input are 40 cents.
    let found = one(&with_unlisted("0.1", 100_000), Kind::UnlistedShare);
    assert_eq!((found.spent, found.cost, found.saving), (dollars("0.1"), dollars("0.1"), Money::ZERO));
    none(&with_unlisted("0.1", 100_001), Kind::UnlistedShare);
    none(&with_unlisted("0.099999999999", 1), Kind::UnlistedShare);
}
