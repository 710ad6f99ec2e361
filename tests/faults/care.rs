//! `ledger compact` and `repair`: ended at any point, and hooks that come meanwhile.

use std::fs;
use std::time::Duration;

use cost_hook::base::lock::{self, Found};
use cost_hook::base::money::Money;
use cost_hook::ledger::Ledger;
use serde_json::Value;

use crate::kills::{at_every_chance, goes_on};
use crate::shim::Fault;
use crate::world::{Job, World, rounds, tree};

/// A world whose ledger holds lines that a higher revision stands for.
fn revised(seed: u64) -> World {
    let world = World::busy(seed);
    for _ in 0..3 {
        world.news();
        world.done(world.hook("PostToolUse", "s1")).silent();
        world.revise("s1");
        world.done(world.hook("PostToolUse", "s1")).silent();
    }
    world.check(&"before");
    world
}

/// Two lines glued together, and one that is none.
fn damage(world: &World) {
    let segment = world.env.segments().pop().unwrap();
    let text = fs::read_to_string(&segment).unwrap();
    world.env.write(&segment, (text.replacen("}\n{", "}{", 1) + "rubbish\n").as_bytes());
}

fn job(world: &World, command: &str) -> Job {
    world.job(&["ledger", command, "--json"])
}

#[test]
fn ended_at_any_point_compact_leaves_nothing_behind() {
    for seed in 1..=rounds() {
        let world = revised(seed);
        let before = world.save();
        let lines: usize = world.env.segments().iter().map(|path| fs::read(path).unwrap().len()).sum();
        let killed = at_every_chance(
            &world,
            || job(&world, "compact"),
            || world.restore(&before),
            |fault, _| {
                goes_on(&world, fault);
                assert_eq!(world.done(job(&world, "compact")).code, Some(0), "{fault:?}");
                world.check(fault);
                let now: usize = world.env.segments().iter().map(|path| fs::read(path).unwrap().len()).sum();
                assert!(now < lines, "{fault:?}");
                let left: Vec<_> = tree(&world.env.data()).into_keys().collect();
                let odd = |name: &str| name.contains("checkpoint.db.") && !name.ends_with("-journal");
                assert!(!left.iter().any(|path| odd(&path.to_string_lossy())), "{fault:?}: {left:?}");
            },
        );
        println!("compact, seed {seed}: killed {killed} times");
        assert!(killed >= 40, "{killed}");
    }
}

/// The event after it, not the next `compact`, clears up; and where the checkpoint still fits it comes back as it was: the
/// client's transcripts need not be read again.
#[test]
fn the_checkpoint_that_compact_put_aside_comes_back() {
    let world = revised(1);
    let before = world.save();
    let beside = |end: &str| world.env.checkpoint().with_extension(format!("db.{end}"));
    // A file that only a checkpoint which was carried over knows: no event makes one anew read it.
    let knows_s2 = || {
        let ledger = Ledger::at(&world.env.data());
        let writer = ledger.write(world.env.now(), Duration::from_secs(10)).unwrap();
        writer.file(&world.env.session("s2").path().to_string_lossy()).unwrap().is_some()
    };
    let (mut back, mut anew) = (0, 0);
    for at in 1.. {
        world.restore(&before);
        let fault = Fault::kill(Fault::CHANGES, "kill-before", at);
        if !world.run_with(job(&world, "compact"), &fault).killed {
            break;
        }
        if !beside("kept").exists() {
            continue;
        }
        world.done(world.hook("Stop", "s1")).silent();
        assert!(!beside("kept").exists(), "{at}");
        let came_back = knows_s2();
        back += u32::from(came_back);
        anew += u32::from(!came_back);
        world.check(&at);
        let verify = world.done(world.job(&["ledger", "verify", "--json"]));
        assert_eq!(verify.code, Some(0), "{verify:?}");
    }
    println!("ended in between: {back} came back, {anew} made anew");
    assert!(back > 0 && anew > 0, "{back} came back, {anew} made anew");
}

/// While the lock is held for longer than hooks wait, each of them leaves word; afterwards one event of any session books
/// for all of them, once.
#[test]
fn words_left_meanwhile_are_heard_afterwards() {
    for (command, ops, at) in
        [("compact", "rename", 1), ("compact", "sync", 2), ("repair", "sync", 1), ("repair", "sync", 4)]
    {
        let world = revised(1);
        if command == "repair" {
            damage(&world);
        }
        let held = world.start_stopped(job(&world, command), ops, at).expect("it comes to that call");
        let late = world.env.data().join("late");
        for session in ["s2", "s3", "s2"] {
            world.call(session);
            world.call_at(session, "2026-10-31T23:58:00.000Z");
            // The event with the least patience.
            let answer = world.done(world.hook("SessionEnd", session)).answer();
            assert_eq!(answer, None, "nobody hears it at the end of a session");
        }
        assert_eq!(fs::read_dir(&late).unwrap().count(), 2, "one word for each transcript");
        world.wake(&held);
        let ended = world.end(held);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let did: Value = serde_json::from_str(&ended.stdout).unwrap();
        assert!(did.is_object());
        world.done(world.hook("Stop", "s1")).answer();
        world.check_calls(&(command, ops, at));
        assert_eq!(fs::read_dir(&late).unwrap().count(), 0, "every word was heard");
        world.done(world.hook("Stop", "s2")).answer();
        world.check_calls(&(command, ops, at));
    }
}

/// A report takes no lock. Whenever in its reading all segments are exchanged, by fewer lines of the same calls and by
/// calls that went into another month, it counts every call once.
#[test]
fn a_report_while_segments_are_exchanged() {
    for command in ["compact", "repair"] {
        let world = revised(1);
        if command == "repair" {
            stray(&world);
        }
        let (before, mut stops) = (world.save(), 0);
        for ops in ["open", "read"] {
            for at in 1.. {
                world.restore(&before);
                let report = world.job(&["report", "--period", "monthly", "--json"]);
                let Some(reading) = world.start_stopped(report, ops, at) else { break };
                // First it books what is new, with the lock, which keeps the others out.
                if matches!(lock::look(&world.env.data().join("ledger/.lock")), Ok(Found::Free(_))) {
                    stops += 1;
                    assert_eq!(world.done(job(&world, command)).code, Some(0));
                }
                world.wake(&reading);
                let ended = world.end(reading);
                assert_eq!(ended.code, Some(0), "{ops} {at}: {ended:?}");
                assert_eq!(total(&ended.stdout), world.total(), "{command}: {ops} {at}");
            }
        }
        println!("{command}: a report stopped at {stops} places");
        assert!(stops >= 8, "{stops}");
    }
}

/// The other way round: while new segments take their places, a report waits for that, and says so when it does not end.
#[test]
fn a_report_in_the_middle_of_the_exchange() {
    let world = revised(1);
    stray(&world);
    let (before, mut refused) = (world.save(), 0);
    for at in 1.. {
        world.restore(&before);
        let Some(held) = world.start_stopped(job(&world, "repair"), "sync", at) else { break };
        let ended = world.done(world.job(&["report", "--period", "monthly", "--json"]));
        if ended.code == Some(0) {
            assert_eq!(total(&ended.stdout), world.total(), "{at}");
        } else {
            assert!(ended.stderr.contains("are being replaced just now"), "{ended:?}");
            refused += 1;
        }
        world.wake(&held);
        assert_eq!(world.end(held).code, Some(0));
        assert_eq!(world.reported(), world.total());
    }
    println!("refused {refused} times");
    assert!(refused > 0);
}

/// A call of November stands in October.
fn stray(world: &World) {
    let segments = world.env.segments();
    let november = fs::read_to_string(&segments[1]).unwrap();
    let (first, rest) = november.split_once('\n').unwrap();
    world.env.append(&segments[0], format!("{first}\n").as_bytes());
    world.env.write(&segments[1], rest.as_bytes());
}

fn total(report: &str) -> Money {
    let document: Value = serde_json::from_str(report).unwrap();
    document["totals"]["totalCostExact"].as_str().unwrap().parse().unwrap()
}
