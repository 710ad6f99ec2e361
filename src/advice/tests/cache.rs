//! Caches written again, lifetimes that do not fit, and caches nobody read.

use super::*;

/// A conversation that goes on after a pause, its context written again.
fn paused(seconds: i64, hour: bool) -> Vec<Call> {
    let written = |tokens: u64| if hour { [0, 100, 0, tokens, 0] } else { [0, 100, tokens, 0, 0] };
    let mut second = written(41_000);
    second[4] = 0;
    vec![with(call("0", 0), written(40_000)), with(call("1", seconds), second)]
}

#[test]
fn an_expired_cache_is_written_again_after_its_lifetime() {
    for (hour, limit, kind, other) in [
        (false, 300, Kind::CacheExpired5m, Kind::CacheExpired1h),
        (true, 3600, Kind::CacheExpired1h, Kind::CacheExpired5m),
    ] {
        let found = one(&study_of(paused(limit, hour)), kind);
        let again = if hour { [0, 0, 0, 40_000, 0] } else { [0, 0, 40_000, 0, 0] };
        assert_eq!(found.saving, opus(again) - opus([0, 0, 0, 0, 40_000]));
        assert_eq!((found.spent, found.calls, found.numbers.tokens), (found.saving, 1, 40_000));
        assert_eq!(found.numbers.longest_pause_ms, limit * 1000);
        assert_eq!(found.ids, ["1"]);
        let before = study_of(paused(limit - 1, hour));
        none(&before, kind);
        none(&before, other);
        assert_eq!(one(&before, Kind::CacheMiss).saving, found.saving, "no pause explains it");
    }
}

#[test]
fn a_context_that_changed_or_a_small_one_has_no_cache_to_lose() {
    let second = |counts| vec![with(call("0", 0), [0, 100, 40_000, 0, 0]), with(call("1", 400), counts)];
    none(&study_of(second([0, 100, 35_999, 0, 0])), Kind::CacheExpired5m);
    assert_eq!(one(&study_of(second([0, 100, 36_000, 0, 0])), Kind::CacheExpired5m).numbers.tokens, 36_000);
    none(&study_of(second([0, 100, 19_999, 0, 20_001])), Kind::CacheExpired5m);
    assert_eq!(
        one(&study_of(second([0, 100, 20_000, 0, 20_000])), Kind::CacheExpired5m).numbers.tokens,
        20_000
    );
    let small =
        |tokens| vec![with(call("0", 0), [0, 1, tokens, 0, 0]), with(call("1", 400), [0, 1, tokens, 0, 0])];
    none(&study_of(small(9_999)), Kind::CacheExpired5m);
    assert_eq!(one(&study_of(small(10_000)), Kind::CacheExpired5m).numbers.tokens, 10_000);
}

#[test]
fn subagents_have_contexts_of_their_own() {
    let mut calls = paused(400, false);
    calls[1].agent_id = Some("a1".into());
    none(&study_of(calls), Kind::CacheExpired5m);
}

#[test]
fn a_switch_of_the_model_is_called_by_its_name() {
    let mut calls = paused(10, false);
    calls[1].model = "claude-sonnet-5-5".into();
    let study = study_of(calls.clone());
    let found = one(&study, Kind::ModelSwitch);
    assert_eq!(found.saving, at(SONNET, [0, 0, 40_000, 0, 0]) - at(SONNET, [0, 0, 0, 0, 40_000]));
    none(&study, Kind::CacheMiss);
    // Another spelling of the same model is the same cache.
    calls[1].model = "claude-opus-5-5[1m]".into();
    none(&study_of(calls), Kind::ModelSwitch);
}

#[test]
fn an_hours_cache_pays_when_pauses_are_many() {
    let pauses = |seconds: i64| -> Vec<Call> {
        let again = |n: i64| with(call(&n.to_string(), n * seconds), [0, 100, 40_000, 0, 0]);
        (0..4).map(again).collect()
    };
    let found = one(&study_of(pauses(300)), Kind::CacheTtlShort);
    // The first write costs 8 instead of 5, three times 40,000 are read instead of written.
    let first = opus([0, 0, 0, 40_000, 0]) - opus([0, 0, 40_000, 0, 0]);
    let saved = opus([0, 0, 40_000, 0, 0]) - opus([0, 0, 0, 0, 40_000]);
    assert_eq!(found.saving, Money(saved.0 * 3) - first);
    assert_eq!((found.calls, found.numbers.count), (3, 3));
    assert_eq!(one(&study_of(pauses(3599)), Kind::CacheTtlShort).saving, found.saving);
    none(&study_of(pauses(299)), Kind::CacheTtlShort);
    none(&study_of(pauses(3600)), Kind::CacheTtlShort);
}

#[test]
fn and_does_not_when_more_is_written_than_lost() {
    let mut calls = vec![with(call("a", 0), [0, 100, 200_000, 0, 0])];
    calls.push(with(call("b", 10), [0, 100, 10_000, 0, 0]));
    calls.push(with(call("c", 400), [0, 100, 10_000, 0, 0]));
    assert_eq!(of_kind(&study_of(calls.clone()), Kind::CacheExpired5m).len(), 1);
    none(&study_of(calls), Kind::CacheTtlShort);
}

#[test]
fn an_hours_cache_without_pauses_is_paid_for_nothing() {
    let conversation = |pause: i64| {
        vec![with(call("0", 0), [0, 100, 0, 40_000, 0]), with(call("1", pause), [0, 100, 0, 1_000, 40_000])]
    };
    let found = one(&study_of(conversation(299)), Kind::CacheTtlLong);
    assert_eq!(found.saving, opus([0, 0, 0, 41_000, 0]) - opus([0, 0, 41_000, 0, 0]));
    assert_eq!((found.calls, found.numbers.tokens), (2, 41_000));
    // After the pause five minutes would not have held: 40,000 tokens are written again, and that costs more.
    none(&study_of(conversation(300)), Kind::CacheTtlLong);
    // An hour would not have held either.
    let long =
        vec![with(call("0", 0), [0, 100, 0, 40_000, 0]), with(call("1", 3600), [0, 100, 0, 41_000, 0])];
    assert!(one(&study_of(long), Kind::CacheTtlLong).saving.is_positive());
    none(&study_of(vec![with(call("0", 0), [0, 100, 40_000, 0, 0])]), Kind::CacheTtlLong);
}

#[test]
fn what_a_single_call_wrote_nobody_read() {
    let single = |tokens: u64| with(call("0", 0), [5, 100, tokens, 0, 0]);
    let found = one(&study_of(vec![single(10_000)]), Kind::CacheUnread);
    assert_eq!(found.saving, opus([0, 0, 10_000, 0, 0]) - opus([10_000, 0, 0, 0, 0]));
    none(&study_of(vec![single(9_999)]), Kind::CacheUnread);
    let hour = with(call("0", 0), [5, 100, 0, 10_000, 0]);
    let found = one(&study_of(vec![hour]), Kind::CacheUnread);
    assert_eq!(found.saving, opus([0, 0, 0, 10_000, 0]) - opus([10_000, 0, 0, 0, 0]));
    let next = with(call("1", 1), [5, 100, 10, 0, 10_000]);
    none(&study_of(vec![single(10_000), next.clone()]), Kind::CacheUnread);
    // Another session of the project, or a subagent, that begins in time and reads.
    let elsewhere =
        |seconds| Call { session: "t".into(), ..with(call("1", seconds), [5, 100, 10, 0, 10_000]) };
    none(&study_of(vec![single(10_000), elsewhere(299)]), Kind::CacheUnread);
    assert_eq!(of_kind(&study_of(vec![single(10_000), elsewhere(300)]), Kind::CacheUnread).len(), 1);
    let other_project = Call { project: "/other".into(), ..elsewhere(10) };
    assert_eq!(of_kind(&study_of(vec![single(10_000), other_project]), Kind::CacheUnread).len(), 1);
    let agent = Call { agent_id: Some("a".into()), ..next };
    none(&study_of(vec![single(10_000), agent]), Kind::CacheUnread);
}
