//! Sending: each line counts once, whoever sends it how often and from where.

use std::collections::BTreeMap;

use serde_json::json;

use crate::support::books::{call, unlisted};
use crate::support::dice::Dice;
use crate::support::{Call, usd};
use crate::team::{Team, book, book_with, put, refused, state, sync};

#[test]
fn sent_again_it_counts_once() {
    let team = Team::new();
    let ann = team.member("ann");
    book(&ann, "a:1", "0.1");
    book(&ann, "a:2", "0.000000000001");
    let done = sync(&ann);
    assert_eq!((&done["sent"], &done["news"]), (&json!(2), &json!(2)));
    assert_eq!(done["totals"]["team"]["cost"], "0.100000000001");
    assert_eq!(sync(&ann)["sent"], 0);
    // The machine forgets what it sent.
    std::fs::remove_file(ann.data().join("team.json")).unwrap();
    let again = sync(&ann);
    assert_eq!((&again["sent"], &again["news"]), (&json!(2), &json!(0)));
    assert_eq!(team.total(), usd("0.100000000001"));
}

#[test]
fn a_revision_adds_its_difference_and_an_older_one_nothing() {
    let team = Team::new();
    let ann = team.member("ann");
    book_with(&ann, "a:1", json!({"cost": "1", "tokens": {"input": 5, "output": 1}}));
    sync(&ann);
    book_with(&ann, "a:1", json!({"rev": 1, "cost": "1.5", "tokens": {"input": 5, "output": 9}}));
    assert_eq!(sync(&ann)["news"], 1);
    assert_eq!(team.total(), usd("1.5"));
    assert_eq!(team.ask("SELECT sum(tokens) || ' ' || sum(calls) FROM cost_hook.daily"), "14 1");
    // Another machine has read the transcript when it was shorter.
    let other = team.machine("ann", &team.invite("ann", &[]));
    book_with(&other, "a:1", json!({"cost": "1", "tokens": {"input": 5, "output": 1}}));
    assert_eq!(sync(&other)["news"], 0);
    assert_eq!(team.total(), usd("1.5"));
}

#[test]
fn two_machines_of_one_member_add_up_and_a_call_on_both_counts_once() {
    let team = Team::new();
    let url = team.invite("ann", &[]);
    let (laptop, runner) = (team.machine("ann", &url), team.machine("ann", &url));
    book(&laptop, "both:1", "2");
    book(&laptop, "laptop:1", "3");
    book(&runner, "both:1", "2");
    book(&runner, "runner:1", "5");
    sync(&laptop);
    let done = sync(&runner);
    assert_eq!((&done["sent"], &done["news"]), (&json!(2), &json!(1)));
    assert_eq!(
        (&done["totals"]["own"]["cost"], &done["totals"]["team"]["cost"]),
        (&json!("10"), &json!("10"))
    );
    assert_eq!(team.total(), usd("10"));
}

#[test]
fn two_machines_at_once_lose_nothing_and_double_nothing() {
    let team = Team::new();
    let url = team.invite("ann", &[]);
    let machines: Vec<_> = (0..4).map(|_| team.machine("ann", &url)).collect();
    for machine in &machines {
        // The same ids everywhere, in growing revisions.
        for call in 0..1200 {
            book_with(machine, &format!("c{call}:1"), json!({"cost": "0.01"}));
        }
    }
    let running: Vec<_> =
        machines.iter().map(|machine| machine.start(&["team", "sync", "--json"], b"")).collect();
    let news: u64 =
        running.into_iter().map(|child| crate::support::finish(child).json()["news"].as_u64().unwrap()).sum();
    assert_eq!((news, team.total()), (1200, usd("12")));
}

#[test]
fn a_call_of_two_members_is_the_first_ones_and_counts_once() {
    let team = Team::new();
    let (ann, ben) = (team.member("ann"), team.member("ben"));
    book(&ann, "shared:1", "4");
    sync(&ann);
    book(&ben, "shared:1", "9");
    let done = sync(&ben);
    assert_eq!((&done["news"], &done["totals"]["own"]["cost"]), (&json!(0), &json!("0")));
    assert_eq!(team.total(), usd("4"));
}

#[test]
fn unlisted_money_is_restated_downwards_and_gets_its_model() {
    let team = Team::new();
    let ann = team.member("ann");
    let line = |rev: u32, cost: &str, model: Option<&str>| {
        let mut line = unlisted(1, "2026-11-24T10:00:00.000Z", cost, json!({"rev": rev}));
        if let Some(model) = model {
            line["model"] = model.into();
        }
        line
    };
    put(&ann, &line(0, "0.7", None));
    sync(&ann);
    assert_eq!(team.total(), usd("0.7"));
    put(&ann, &line(1, "0.4", Some("claude-haiku-5-5")));
    sync(&ann);
    assert_eq!(team.total(), usd("0.4"));
    let by_model =
        "SELECT string_agg(model || '=' || calls || '=' || cost, ' ' ORDER BY model) FROM cost_hook.daily";
    assert_eq!(team.ask(by_model), "=0=0.000000000000 claude-haiku-5-5=1=0.400000000000");
    put(&ann, &line(2, "0", Some("claude-haiku-5-5")));
    sync(&ann);
    assert_eq!(team.total(), usd("0"));
}

#[test]
fn offline_for_weeks_everything_comes_later() {
    let team = Team::new();
    let ann = team.member("ann");
    let url = team.invite("ann", &[]);
    ann.var("COST_HOOK_TEAM_URL", "postgres://ann:s3cret@127.0.0.1:1/away?sslmode=disable");
    for day in 1..=20 {
        let line = call(
            &format!("d:{day}"),
            &format!("2026-11-{day:02}T10:00:00.000Z"),
            "claude-opus-5-5",
            [1; 5],
            json!({"cost": "1"}),
        );
        put(&ann, &line);
        if day % 5 == 0 {
            let message = refused(&ann.run(&["team", "sync"]));
            assert!(message.contains("no connection") && !message.contains("s3cret"), "{message}");
        }
    }
    let waiting = ann.run(&["team", "status", "--json", "--offline"]).json();
    assert!(waiting["waitingBytes"].as_u64().unwrap() > 1000, "{waiting}");
    assert!(waiting["trouble"].as_str().unwrap().contains("no connection"), "{waiting}");
    ann.var("COST_HOOK_TEAM_URL", &url);
    assert_eq!(sync(&ann)["news"], 20);
    assert_eq!(team.total(), usd("20"));
    assert_eq!(team.ask("SELECT count(*) FROM cost_hook.totals"), "20");
}

#[test]
fn a_segment_that_was_compacted_is_sent_again_to_no_effect() {
    let team = Team::new();
    let ann = team.member("ann");
    book_with(&ann, "a:1", json!({"cost": "1", "tokens": {"output": 1}}));
    book_with(&ann, "a:1", json!({"rev": 1, "cost": "2", "tokens": {"output": 2}}));
    book(&ann, "a:2", "1");
    sync(&ann);
    ann.run(&["ledger", "compact"]).ok();
    book(&ann, "a:3", "1");
    let done = sync(&ann);
    assert_eq!((&done["sent"], &done["news"]), (&json!(3), &json!(1)));
    assert_eq!(team.total(), usd("4"));
}

#[test]
fn raised_limits_are_told_with_their_reason() {
    let team = Team::new();
    let ann = team.member("ann");
    ann.settings(json!({"cost": {"dailyBudget": 1, "autoStopAtBudget": true}}));
    book(&ann, "a:1", "2");
    ann.run(&["allow", "5", "--reason", "the release"]).ok();
    sync(&ann);
    sync(&ann);
    let raised = team
        .ask("SELECT string_agg(limit_id || '|' || amount || '|' || reason, ' ') FROM cost_hook.overrides");
    assert_eq!(raised, "user:dailyBudget|5.000000000000|the release");
}

#[test]
fn dry_run_lists_exactly_what_leaves_and_sends_nothing() {
    let team = Team::new();
    let ann = team.member("ann");
    let session = ann.session("11111111-1111-4111-8111-111111111111");
    session.user("a secret prompt about sk-live-12345");
    session.call(&Call::cents("one", 25).tools(&[("Read", "/home/ann/secret.txt")]));
    ann.hook("Stop", &session, json!({})).ok();
    crate::team::until("the sync of the hook", || state(&ann)["totals"].is_object());
    std::fs::remove_file(ann.data().join("team.json")).unwrap();
    let before = team.ask("SELECT count(*) FROM cost_hook.calls");
    let listed = ann.run(&["team", "sync", "--dry-run"]).ok().stdout;
    assert_eq!(team.ask("SELECT count(*) FROM cost_hook.calls"), before);
    assert_eq!(listed.lines().count(), 1, "{listed}");
    let line: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let keys: Vec<_> = line.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "cache_read",
            "cache_write_1h",
            "cache_write_5m",
            "cost",
            "estimated",
            "id",
            "input",
            "kind",
            "model",
            "output",
            "project",
            "provider",
            "region",
            "rev",
            "time",
            "web_searches"
        ]
    );
    assert_eq!(line["project"], "work");
    for secret in ["secret", "sk-live", "/home", "Read", "11111111-1111"] {
        assert!(!listed.contains(secret), "{secret} in {listed}");
    }
    // And the database has no more than that.
    let stored = team.ask("SELECT string_agg(c::text, ' ') FROM cost_hook.calls c");
    assert!(!stored.contains("secret") && !stored.contains("11111111-1111"), "{stored}");
    ann.managed(json!({"team": {"projects": "hash"}}));
    let hashed = ann.run(&["team", "sync", "--dry-run"]).ok().stdout;
    assert!(!hashed.contains("\"work\""), "{hashed}");
}

#[test]
fn in_the_background_no_folder_is_made() {
    let team = Team::new();
    let ann = team.member("ann");
    ann.run(&["team", "sync", "--background"]).silent();
    assert!(!ann.data().exists());
    book(&ann, "a:1", "1");
    ann.run(&["team", "sync", "--background"]).silent();
    assert_eq!(team.total(), usd("1"));
}

#[test]
fn a_sync_waits_for_another_and_the_background_one_does_not() {
    let team = Team::new();
    let ann = team.member("ann");
    book(&ann, "a:1", "1");
    sync(&ann);
    let held = std::fs::File::open(ann.data().join("team.lock")).unwrap();
    held.lock().unwrap();
    ann.run(&["team", "sync", "--background"]).silent();
    book(&ann, "a:2", "1");
    let waiting = ann.start(&["team", "sync"], b"");
    std::thread::sleep(std::time::Duration::from_millis(300));
    drop(held);
    crate::support::finish(waiting).ok();
    assert_eq!(team.total(), usd("2"));
}

/// Calls in several revisions on several machines, sent in any order and again: of each the largest counts, once.
#[test]
fn whatever_is_sent_in_whatever_order_the_sums_are_those_of_the_largest_counts() {
    for seed in 1..=2 {
        let mut dice = Dice(seed);
        let team = Team::new();
        let url = team.invite("ann", &[]);
        let machines: Vec<_> = (0..3).map(|_| team.machine("ann", &url)).collect();
        let mut largest: BTreeMap<String, u64> = BTreeMap::new();
        for _ in 0..15 {
            let at = usize::try_from(dice.roll(3)).unwrap();
            let machine = &machines[at];
            for _ in 0..dice.roll(30) {
                let (id, rev) = (format!("c{}:1", dice.roll(60)), dice.roll(4));
                // A higher revision has larger counts, in the same place of the same day.
                let cents = 1 + 7 * rev;
                let day = 1 + id.len() % 3;
                let line = call(
                    &id,
                    &format!("2026-11-{day:02}T10:00:00.000Z"),
                    "claude-opus-5-5",
                    [rev, 1, 0, 0, 0],
                    json!({"rev": rev, "cost": format!("0.{cents:02}"), "project": format!("/p/{}", id.len())}),
                );
                put(machine, &line);
                let known = largest.entry(id).or_default();
                *known = (*known).max(cents);
            }
            if dice.roll(3) == 0 {
                let _ = std::fs::remove_file(machine.data().join("team.json"));
            }
            sync(machine);
            team.total();
        }
        machines.iter().for_each(|machine| drop(sync(machine)));
        let expected: u64 = largest.values().sum();
        assert_eq!(team.total(), usd(&format!("{}.{:02}", expected / 100, expected % 100)), "seed {seed}");
        assert_eq!(team.ask("SELECT count(*) FROM cost_hook.calls"), largest.len().to_string());
    }
}
