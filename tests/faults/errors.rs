//! A disk that fails: full, broken, interrupted, writing less than asked, at each single call and from each call on.

use std::fs;

use crate::shim::{Fault, struck};
use crate::world::{Ended, Job, World, rounds};

const EINTR: i32 = 4;
const EIO: i32 = 5;
const ENOSPC: i32 = 28;

const ALL: &str = "open,read,write,truncate,sync,rename,unlink,mkdir";

/// What a disk does: fail once or from then on, with which error, on which calls.
fn faults() -> [Fault; 6] {
    let short = |kind| Fault { kind, ..Fault::error("write", ENOSPC, 0) };
    [
        Fault { lasts: true, ..Fault::error("open,write,sync,rename,mkdir", ENOSPC, 0) },
        Fault { lasts: true, ..Fault::error(ALL, EIO, 0) },
        Fault::error(ALL, EIO, 0),
        short("short"),
        Fault { lasts: true, ..short("short-error") },
        short("short-error"),
    ]
}

/// Runs a job from the same state with a fault at its first, second, third … call. Returns how many came to pass.
fn at_every_call(
    world: &World,
    fault: Fault,
    job: impl Fn() -> Job,
    reset: impl Fn(),
    after: impl Fn(&Fault, &Ended),
) -> u64 {
    for at in 1.. {
        let fault = Fault { at, ..fault };
        reset();
        let ended = world.run_with(job(), &fault);
        let struck = struck(world);
        after(&fault, &ended);
        if !struck {
            return at - 1;
        }
    }
    unreachable!("a process makes a finite number of calls")
}

#[test]
fn a_hook_answers_and_loses_nothing() {
    for seed in 1..=rounds() {
        let world = World::busy(seed);
        let before = world.save();
        world.news();
        for fault in faults() {
            let struck = at_every_call(
                &world,
                fault,
                || world.hook("UserPromptSubmit", "s1"),
                || world.restore(&before),
                |fault, ended| {
                    ended.answer();
                    // The part that is booked is booked right.
                    let truth = world.truth.borrow().clone();
                    assert!(world.booked().keys().all(|id| truth.contains_key(id)), "{fault:?}");
                    world.done(world.hook("PostToolUse", "s1")).silent();
                    world.check(fault);
                },
            );
            println!("hook, {}, errno {}, lasting {}: {struck} calls", fault.kind, fault.errno, fault.lasts);
            assert!(struck >= 10, "{fault:?}");
        }
    }
}

/// A signal in the middle of a call is no failure at all.
#[test]
fn an_interruption_is_not_even_noticed() {
    let world = World::busy(1);
    let before = world.save();
    world.news();
    let struck = at_every_call(
        &world,
        Fault::error("open,read,write,truncate,sync", EINTR, 0),
        || world.hook("PostToolUse", "s1"),
        || world.restore(&before),
        |fault, ended| {
            ended.silent();
            world.check(fault);
        },
    );
    assert!(struck >= 40, "{struck}");
}

#[test]
fn the_making_anew_of_the_checkpoint_is_tried_again() {
    let world = World::busy(1);
    fs::remove_file(world.env.checkpoint()).unwrap();
    let before = world.save();
    world.news();
    for fault in [faults()[0], faults()[2]] {
        let fault = Fault { ops: "write,truncate,sync,rename,unlink,mkdir", ..fault };
        let struck = at_every_call(
            &world,
            fault,
            || world.hook("Stop", "s1"),
            || world.restore(&before),
            |fault, ended| {
                ended.answer();
                world.done(world.hook("PostToolUse", "s1")).silent();
                world.check(fault);
            },
        );
        assert!(struck >= 20, "{struck}");
    }
}

#[test]
fn an_import_says_so_and_can_be_repeated() {
    let world = World::new(1);
    for session in ["s1", "s2"] {
        for _ in 0..6 {
            world.call(session);
        }
    }
    world.news();
    let nothing = world.save();
    for fault in [faults()[0], faults()[4]] {
        let struck = at_every_call(
            &world,
            Fault { ops: "write", ..fault },
            || world.job(&["import", "--json"]),
            || world.restore(&nothing),
            |fault, ended| {
                if struck(&world) && fault.kind == "error" {
                    assert!(
                        ended.code.is_some_and(|code| code > 0) && !ended.stderr.is_empty(),
                        "{fault:?}: {ended:?}"
                    );
                }
                assert_eq!(world.done(world.job(&["import", "--json"])).code, Some(0));
                world.check(fault);
            },
        );
        assert!(struck >= 20, "{struck}");
    }
}

#[test]
fn the_settings_stay_whole() {
    let world = World::busy(1);
    let path = world.env.config().join("settings.json");
    let before = fs::read(&path).unwrap();
    let set = ["config", "set", "cost.dailyBudget", "7"];
    world.done(world.job(&set));
    let after = fs::read(&path).unwrap();
    let remains = || {
        let names = fs::read_dir(world.env.config()).unwrap().map(|entry| entry.unwrap().file_name());
        let names = names.map(|name| name.into_string().unwrap());
        names.filter(|name| name.ends_with(".tmp")).collect::<Vec<_>>()
    };
    for fault in faults() {
        at_every_call(
            &world,
            fault,
            || world.job(&set),
            || {
                remains().iter().for_each(|name| fs::remove_file(world.env.config().join(name)).unwrap());
                fs::write(&path, &before).unwrap();
            },
            |fault, ended| {
                let found = fs::read(&path).unwrap();
                assert!(found == before || found == after, "{fault:?}: {}", String::from_utf8_lossy(&found));
                match ended.code {
                    // A lock that cannot be had and a folder that cannot be synced are no failures.
                    Some(0) => assert_eq!(found, after, "{fault:?}: {ended:?}"),
                    _ => assert!(!ended.stderr.is_empty(), "{fault:?}: {ended:?}"),
                }
                assert_eq!(world.done(world.job(&set)).code, Some(0), "{fault:?}");
                assert_eq!(fs::read(&path).unwrap(), after, "{fault:?}");
                // Where nothing can be removed any more, the unfinished file has to stay.
                assert!(
                    fault.lasts && fault.ops == ALL || remains().is_empty(),
                    "{fault:?}: {:?}",
                    remains()
                );
            },
        );
    }
}
