//! Killed at any instant: before each call that changes the disk, in the middle of each write, and at random moments.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use crate::shim::{Fault, struck};
use crate::world::{Ended, Job, World, rounds, tree};

/// Runs a job again and again from the same state, killed at the first, second, third … chance, until it ends untouched.
/// Between the kills `after` looks at what is left. Returns how often it was killed.
pub fn at_every_chance(
    world: &World,
    job: impl Fn() -> Job,
    reset: impl Fn(),
    after: impl Fn(&Fault, &Ended),
) -> u64 {
    let (mut killed, mut chances) = (0, 0);
    for (ops, kind) in
        [(Fault::CHANGES, "kill-before"), ("write", "kill-half"), (Fault::CHANGES, "kill-after")]
    {
        for at in 1.. {
            // The state after one call is the state before the next: only the last one is left to do.
            let at = if kind == "kill-after" { chances } else { at };
            let fault = Fault::kill(ops, kind, at);
            reset();
            let ended = world.run_with(job(), &fault);
            assert_eq!(ended.killed, struck(world), "{ended:?} after {fault:?}");
            after(&fault, &ended);
            killed += u64::from(ended.killed);
            chances += u64::from(kind == "kill-before" && ended.killed);
            if !ended.killed || kind == "kill-after" {
                break;
            }
        }
    }
    killed
}

/// The event after the kill is answered and brings everything in order; so does the one after it, and the checkpoint
/// made anew says the same.
#[track_caller]
pub fn goes_on(world: &World, fault: &Fault) {
    world.done(world.hook("PostToolUse", "s1")).silent();
    world.check(fault);
    assert!(world.env.journal().is_empty(), "{fault:?}: {}", world.env.journal());
}

#[test]
fn a_hook() {
    for seed in 1..=rounds() {
        let world = World::busy(seed);
        // A line that an earlier death left unfinished, too.
        let segment = world.env.segments().pop().unwrap();
        world.env.append(&segment, b"{\"kind\":\"call\",\"v\":1,\"id\":\"msg_c");
        let before = world.save();
        world.news();
        let killed = at_every_chance(
            &world,
            || world.hook("PostToolUse", "s1"),
            || world.restore(&before),
            |fault, ended| {
                if !ended.killed {
                    ended.silent();
                }
                goes_on(&world, fault);
            },
        );
        println!("hook, seed {seed}: killed {killed} times");
        assert!(killed >= 40, "{killed}");
    }
}

/// What only the status line knows has no other source: it is shown again with the next answer.
#[test]
fn a_status_line() {
    for seed in 1..=rounds() {
        let world = World::busy(seed);
        let before = world.save();
        world.news();
        let more = |world: &World| usd_of(world.total()) + 0.5;
        let job = || {
            let job = world.hook("Status", "s1");
            let mut payload: Value = serde_json::from_slice(&job.1).unwrap();
            payload["cost"] = json!({"total_cost_usd": more(&world)});
            payload["version"] = json!("2.1.330");
            Job(world.env.command(&["statusline"]), payload.to_string().into_bytes())
        };
        let unlisted = std::cell::Cell::new(None);
        at_every_chance(
            &world,
            job,
            || world.restore(&before),
            |fault, _| {
                world.done(job());
                world.env.later(5);
                world.done(job());
                world.check_calls(fault);
                let booked = world.env.unlisted_total();
                assert!(booked.is_positive());
                assert_eq!(*unlisted.get().get_or_insert(booked), booked, "{fault:?} (seed {seed})");
                unlisted.set(Some(booked));
            },
        );
    }
}

#[test]
fn the_making_anew_of_the_checkpoint() {
    for seed in 1..=rounds() {
        let world = World::busy(seed);
        world.news();
        world.done(world.hook("PostToolUse", "s1")).silent();
        // Not missing but broken, so that there is something to clear away as well.
        fs::write(world.env.checkpoint(), [7; 9000]).unwrap();
        let before = world.save();
        world.news();
        let killed = at_every_chance(
            &world,
            || world.hook("Stop", "s1"),
            || world.restore(&before),
            |fault, _| {
                goes_on(&world, fault);
                let left: Vec<_> = tree(&world.env.data()).into_keys().collect();
                let odd: Vec<_> =
                    left.iter().filter(|path| path.to_string_lossy().contains("db.new")).collect();
                assert!(odd.iter().all(|path| path.to_string_lossy().ends_with("-journal")), "{odd:?}");
            },
        );
        println!("checkpoint, seed {seed}: killed {killed} times");
        assert!(killed >= 40, "{killed}");
    }
}

#[test]
fn an_import() {
    for seed in 1..=rounds() {
        let world = World::new(seed);
        for session in ["s1", "s2"] {
            for _ in 0..8 {
                world.call(session);
            }
        }
        world.news();
        let nothing = world.save();
        // A long import appends lines before its transaction ends; here after a few.
        for step in [None, Some("1500")] {
            let import = || {
                let mut job = world.job(&["import", "--json"]);
                step.map(|step| job.0.env("COST_HOOK_TEST_STEP", step));
                job
            };
            let killed = at_every_chance(
                &world,
                import,
                || world.restore(&nothing),
                |fault, _| {
                    // A hook in between takes its own session's; the next import the rest.
                    world.done(world.hook("PostToolUse", "s2")).silent();
                    assert_eq!(world.done(world.job(&["import", "--json"])).code, Some(0));
                    world.check(fault);
                    assert_eq!(world.reported(), world.total(), "{fault:?} (seed {seed}, {step:?})");
                },
            );
            println!("import, seed {seed}, {step:?}: killed {killed} times");
            assert!(killed >= 40, "{killed}");
        }
    }
}

/// Raised not at all or once, never half; whoever was told that it is raised has it raised.
#[test]
fn an_allow() {
    for seed in 1..=rounds() {
        let world = World::busy(seed);
        let before = world.save();
        let allow = ["allow", "5", "--limit", "daily budget", "--reason", "a fault", "--json"];
        let killed = at_every_chance(
            &world,
            || world.job(&allow),
            || world.restore(&before),
            |fault, ended| {
                world.done(world.hook("PostToolUse", "s1")).silent();
                world.check(fault);
                let raised = world.env.newest("override").len();
                assert!(raised <= 1, "{fault:?}");
                assert!(raised == 1 || ended.stdout.is_empty(), "{fault:?}: said and not done");
                let status = world.done(world.job(&["status", "--json"]));
                let status: Value = serde_json::from_str(&status.stdout).unwrap();
                let daily =
                    status["limits"].as_array().unwrap().iter().find(|limit| limit["name"] == "daily budget");
                let allowed = daily.unwrap()["allowed"].as_str().unwrap().to_string();
                assert_eq!(allowed, if raised == 1 { "1005" } else { "1000" }, "{fault:?}");
            },
        );
        println!("allow, seed {seed}: killed {killed} times");
        assert!(killed >= 20, "{killed}");
    }
}

#[test]
fn a_change_of_the_settings() {
    let world = World::busy(1);
    let path = world.env.config().join("settings.json");
    let (before, beside) = (fs::read(&path).unwrap(), world.env.config());
    let backup = beside.join("settings.json.cost-hook-backup");
    let reset = || {
        fs::write(&path, &before).unwrap();
        let _ = fs::remove_file(&backup);
    };
    let set = ["config", "set", "cost.dailyBudget", "7"];
    world.done(world.job(&set));
    let after = fs::read(&path).unwrap();
    assert_ne!(before, after);
    let mut seen = [0, 0];
    let seen_in = std::cell::RefCell::new(&mut seen);
    let killed = at_every_chance(
        &world,
        || world.job(&set),
        reset,
        |fault, ended| {
            let found = fs::read(&path).unwrap();
            assert!(found == before || found == after, "{fault:?}: {}", String::from_utf8_lossy(&found));
            assert!(found == after || ended.stdout.is_empty(), "{fault:?}: said and not done");
            seen_in.borrow_mut()[usize::from(found == after)] += 1;
            if backup.exists() {
                assert_eq!(fs::read(&backup).unwrap(), before, "{fault:?}");
            }
            assert_eq!(world.done(world.job(&set)).code, Some(0), "{fault:?}");
            assert_eq!(fs::read(&path).unwrap(), after, "{fault:?}");
        },
    );
    println!("config set: killed {killed} times");
    assert!(killed >= 5 && seen[0] >= 3 && seen[1] >= 2, "{killed}: {seen:?}");
}

/// At moments of the clock, which the calls of the C library do not tell: while it thinks, reads, waits for the lock.
#[test]
fn at_random_moments() {
    for seed in 1..=rounds() {
        let world = World::busy(seed);
        let (mut hooks, mut killed) = (0, 0);
        for round in 0..60 {
            if world.roll(3) == 0 {
                world.news();
            } else {
                world.call(if world.roll(2) == 0 { "s1" } else { "s2" });
            }
            if world.roll(12) == 0 {
                let _ = fs::remove_file(world.env.checkpoint());
            }
            let jobs = [
                world.hook("PostToolUse", "s1"),
                world.hook("Stop", "s2"),
                world.job(&["import", "--json"]),
                world.hook("PostToolUse", "s2"),
            ];
            for mut child in jobs.into_iter().map(|job| world.start(job)).collect::<Vec<_>>() {
                // A process of the debug build takes about ten milliseconds.
                std::thread::sleep(Duration::from_micros(world.roll(6_000)));
                let _ = child.kill();
                hooks += 1;
                killed += u64::from(world.end(child).killed);
            }
            if round % 10 == 9 {
                for session in ["s1", "s2"] {
                    world.done(world.hook("Stop", session)).answer();
                }
                world.check(&("killed at random", round));
                assert_eq!(world.reported(), world.total());
            }
        }
        println!("at random, seed {seed}: killed {killed} of {hooks}");
        assert!(killed > 20, "{killed} of {hooks}");
    }
}

fn usd_of(amount: cost_hook::base::money::Money) -> f64 {
    amount.0 as f64 / 1e12
}
