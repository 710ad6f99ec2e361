//! A clock that jumps: between events, and while one is at work.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use cost_hook::base::money::Money;
use serde_json::{Value, json};

use crate::shim::load;
use crate::world::{World, rounds};

/// What a limit stands at, as `status` shows it.
fn spent(world: &World, name: &str) -> Money {
    let ended = world.done(world.job(&["status", "--json"]));
    let status: Value = serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended:?}"));
    let limit = status["limits"].as_array().unwrap().iter().find(|limit| limit["name"] == name).unwrap();
    limit["spent"].as_str().unwrap_or_else(|| panic!("{limit}")).parse().unwrap()
}

/// A day, a month, years back and forth, in any order; each call is made at the time the clock shows. Nothing is lost, and
/// the day and the month the clock shows hold exactly what was spent in them.
#[test]
fn between_events_it_may_say_what_it_likes() {
    const MOMENTS: [&str; 12] = [
        "2026-11-24T12:00:00.000Z",
        "2026-11-23T12:00:00.000Z",
        "2026-11-25T00:00:00.000Z",
        "2026-11-24T23:59:59.999Z",
        "2026-10-24T12:00:00.000Z",
        "2026-12-31T23:59:59.000Z",
        "2027-11-24T12:00:00.000Z",
        "2025-11-24T12:00:00.000Z",
        "1999-12-31T23:59:59.000Z",
        "1970-01-01T00:00:01.000Z",
        "2038-01-19T03:14:08.000Z",
        "2105-06-01T00:00:00.000Z",
    ];
    for seed in 1..=2 * rounds() {
        let world = World::new(seed);
        world.env.settings(json!({"cost": {"dailyBudget": 1000, "monthlyBudget": 5000}}));
        let (mut days, mut months): (BTreeMap<String, Money>, BTreeMap<String, Money>) = Default::default();
        for round in 0..40 {
            let moment = MOMENTS[world.roll(12) as usize];
            world.env.at(moment).later(round);
            let now = world.env.now().to_string();
            let session = if world.roll(2) == 0 { "s1" } else { "s2" };
            let before = world.total();
            world.call(session);
            let grown = world.total() - before;
            *days.entry(now[..10].to_string()).or_default() += grown;
            *months.entry(now[..7].to_string()).or_default() += grown;
            let event = if world.roll(4) == 0 { "SessionStart" } else { "PostToolUse" };
            world.done(world.hook(event, session)).answer();
            world.check(&("the clock says", moment, round));
            if round % 4 == 0 {
                assert_eq!(spent(&world, "daily budget"), days[&now[..10]], "{now} (seed {seed})");
                assert_eq!(spent(&world, "monthly budget"), months[&now[..7]], "{now} (seed {seed})");
            }
        }
        fs::remove_file(world.env.checkpoint()).unwrap();
        for session in ["s1", "s2"] {
            world.done(world.hook("PostToolUse", session)).answer();
        }
        world.check(&"made anew under any clock");
        assert_eq!(world.reported(), world.total());
        assert!(world.env.journal().is_empty(), "{}", world.env.journal());
    }
}

/// A budget that is used up today stays used up when the clock was wrong in between.
#[test]
fn a_stop_holds_when_the_clock_comes_back() {
    let world = World::new(1);
    world.env.settings(json!({"cost": {"dailyBudget": 0.000001, "autoStopAtBudget": true}}));
    let stopped = |world: &World| {
        let answer = world.done(world.hook("UserPromptSubmit", "s1")).answer();
        answer.is_some_and(|answer| answer["decision"] == "block")
    };
    world.call("s1");
    assert!(stopped(&world));
    for elsewhere in ["2026-11-25T12:00:00.000Z", "2026-11-23T12:00:00.000Z", "1999-01-01T00:00:00.000Z"] {
        world.env.at(elsewhere);
        assert!(!stopped(&world), "{elsewhere} is another day");
        world.env.at("2026-11-24T12:30:00.000Z");
        assert!(stopped(&world), "back from {elsewhere}");
    }
}

/// What a status line showed is believed after two seconds. A clock set back in between neither puts that off until it has
/// caught up nor hides what was shown after it; the client may die before it says anything else.
#[test]
fn money_only_the_status_line_knows_is_booked_whatever_the_clock_does() {
    for jump in [-3600 * 24 * 400, -3600, 3600, 3600 * 24 * 400] {
        let world = World::new(1);
        world.done(world.hook("SessionStart", "s1")).answer();
        world.env.later(1);
        world.call("s1");
        let session = world.env.session("s1");
        let total = world.total().0 as f64 / 1e12;
        world.env.statusline(&session, total + 0.125).ok();
        world.env.later(jump);
        world.env.statusline(&session, total + 0.25).ok();
        world.env.later(5);
        world.done(world.hook("PostToolUse", "s1")).silent();
        let found = world.env.unlisted_total().0 as f64 / 1e12;
        assert!((found - 0.25).abs() < 1e-9, "{jump}: {found}");
    }
}

/// Patience is counted by a clock that nobody sets: with the other one running wild, a hook waits its two seconds for the
/// lock, not none and not an hour.
#[test]
fn patience_goes_by_no_clock_on_the_wall() {
    let world = World::busy(1);
    world.news();
    let lock = world.env.data().join("ledger/.lock");
    for jump in [-3600, 3600] {
        let mut holder = Command::new("flock")
            .arg("-F")
            .arg(&lock)
            .args(["sleep", "600"])
            .spawn()
            .expect("`flock` is needed");
        while Command::new("flock").arg("-n").arg(&lock).arg("true").status().unwrap().success() {
            std::thread::sleep(Duration::from_millis(5));
        }
        let mut job = world.hook("SessionEnd", "s1");
        load(&mut job.0, &world);
        job.0.env("FAULT_CLOCK", jump.to_string()).env_remove("COST_HOOK_TEST_NOW");
        let started = Instant::now();
        world.done(job).answer();
        let took = started.elapsed();
        // SessionEnd waits 900 ms; whatever the machine does, that is far from an hour and not nothing.
        assert!(took >= Duration::from_millis(800) && took < Duration::from_secs(50), "{jump}: {took:?}");
        assert!(world.env.journal().contains("locked"), "{}", world.env.journal());
        holder.kill().unwrap();
        holder.wait().unwrap();
    }
    world.done(world.hook("PostToolUse", "s2")).answer();
    world.check(&"the word that was left is heard");
}
