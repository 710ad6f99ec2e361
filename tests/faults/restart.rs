//! The machine is started again, and the checkpoint with it: made anew in parts, by hooks that have no time for all of
//! it and are ended in the middle; or gone on with from the safe copy. `COST_HOOK_TEST_STEP` makes a hook's time so short
//! that a small ledger takes many of them.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::disk::Disk;
use crate::power::{boot, booted, every_disk, watched};
use crate::shim::{Fault, meet};
use crate::world::{Job, World, tree};

/// Three or four lines.
const STEP: &str = "2000";
/// More events than any ledger here has parts.
const MANY: u32 = 200;

fn stepped(world: &World, job: Job) -> Job {
    let mut job = booted(world, job);
    job.0.env("COST_HOOK_TEST_STEP", STEP);
    job
}

fn beside(world: &World, suffix: &str) -> PathBuf {
    world.env.checkpoint().with_extension(format!("db.{suffix}"))
}

/// A world whose ledger takes many steps, in the first boot.
fn large(seed: u64) -> World {
    let world = World::busy(seed);
    boot(&world, 1);
    for number in 0..48 {
        world.call(["s1", "s2"][number % 2]);
        if number % 12 == 11 {
            // Comes again as another line, which another process may read than the first.
            world.done(booted(&world, world.hook("PostToolUse", "s2"))).silent();
            world.revise("s2");
        }
    }
    for session in ["s1", "s2"] {
        world.done(booted(&world, world.hook("PostToolUse", session))).silent();
    }
    world.revise("s2");
    world.done(booted(&world, world.hook("PostToolUse", "s2"))).silent();
    world.check_calls(&"a large ledger");
    world
}

/// How many hooks had to leave it at that, until one was ready. What they say is what is promised.
#[track_caller]
fn until_ready(world: &World, hook: &dyn Fn() -> Job, what: &dyn std::fmt::Debug) -> u32 {
    for event in 0..MANY {
        let before = world.env.journal();
        let answer = world.done(stepped(world, hook())).answer();
        let news = world.env.journal()[before.len()..].to_string();
        if news.is_empty() {
            return event;
        }
        assert!(news.contains("a part at each event"), "{what:?} (seed {}): {news}", world.seed);
        if let Some(answer) = answer {
            let told = answer["systemMessage"].as_str().unwrap_or_default();
            assert!(told.contains("budgets do not hold until then"), "{answer}");
        }
    }
    panic!("{what:?} (seed {}): not ready after {MANY} events", world.seed);
}

/// What the checkpoint knows is what one that is made anew in one go knows, and nothing is left of the making.
#[track_caller]
fn knows_the_truth(world: &World, what: &dyn std::fmt::Debug) {
    world.check_calls(what);
    let left: Vec<PathBuf> = tree(&world.env.data())
        .into_keys()
        .filter(|path| {
            ["new", "index"].iter().any(|end| path.to_string_lossy().ends_with(&format!("db.{end}")))
        })
        .collect();
    assert!(left.is_empty(), "{what:?}: {left:?}");
    // Limits by the sums that are kept.
    let told = || {
        let status = world.done(booted(world, world.job(&["status", "--json"])));
        assert_eq!(status.code, Some(0), "{status:?}");
        let status: Value = serde_json::from_str(&status.stdout).unwrap();
        status["limits"].clone()
    };
    let verify = world.done(booted(world, world.job(&["ledger", "verify", "--json"])));
    assert_eq!(verify.code, Some(0), "{what:?} (seed {}): {verify:?}", world.seed);
    let kept = told();
    fs::remove_file(world.env.checkpoint()).unwrap();
    assert_eq!(kept, told(), "{what:?} (seed {})", world.seed);
    assert_eq!(kept[0]["spent"], told()[0]["spent"]);
}

#[test]
fn hooks_without_time_make_the_checkpoint_in_parts() {
    let world = large(1);
    boot(&world, 2);
    // A session that has no other event than the one that comes too early.
    world.call("s2");
    let first = world.done(stepped(&world, world.hook("Stop", "s2"))).answer().unwrap();
    assert!(first["systemMessage"].as_str().unwrap().contains("budgets do not hold until then"), "{first}");
    world.call("s1");
    let parts = until_ready(&world, &|| world.hook("PostToolUse", "s1"), &"made in parts");
    println!("made in {parts} parts");
    assert!(parts > 20, "{parts}");
    assert!(fs::read_dir(world.env.data().join("late")).unwrap().next().is_none(), "every word was heard");
    knows_the_truth(&world, &"made in parts");
}

/// `onError: block` stops while the budgets cannot be weighed, and only as long.
#[test]
fn who_wants_to_be_stopped_is_stopped_meanwhile() {
    let world = large(1);
    world.env.settings(json!({"cost": {"dailyBudget": 1000, "autoStopAtBudget": true, "onError": "block"}}));
    boot(&world, 2);
    let mut stopped = 0;
    loop {
        let answer = world.done(stepped(&world, world.hook("UserPromptSubmit", "s1"))).answer();
        let Some(answer) = answer else { break };
        assert_eq!(answer["decision"], "block", "{answer}");
        stopped += 1;
        assert!(stopped < MANY);
    }
    assert!(stopped > 20, "{stopped}");
}

/// A budget that is used up stops at once when the checkpoint is there again; what was spent before the start counts.
#[test]
fn a_budget_that_is_used_up_stops_afterwards() {
    let world = large(1);
    world.env.settings(json!({"cost": {"dailyBudget": 0.000001, "autoStopAtBudget": true}}));
    boot(&world, 2);
    until_ready(&world, &|| world.hook("Stop", "s2"), &"a budget");
    let answer = world.done(stepped(&world, world.hook("UserPromptSubmit", "s1"))).answer().unwrap();
    assert_eq!(answer["decision"], "block", "{answer}");
}

/// Ended after a few changes of the disk, again and again, and now and then the machine with it. What has grown in a boot
/// does not shrink in it.
#[test]
fn ended_in_every_part_it_comes_to_its_end() {
    for seed in 1..=2 * crate::world::rounds() {
        let world = large(seed);
        let mut number = 2;
        boot(&world, number);
        let (mut killed, mut grown, mut is_done) = (0, 0, false);
        for event in 0..2 * MANY {
            if event == 12 {
                number += 1;
                boot(&world, number);
                // It was never synced.
                let _ = fs::write(beside(&world, "index"), [0; 24]);
                grown = 0;
            }
            if world.roll(6) == 0 {
                world.call("s2");
            }
            let mut job = stepped(&world, world.hook("PostToolUse", ["s1", "s2"][(event % 2) as usize]));
            meet(&mut job.0, &world, &Fault::kill(Fault::CHANGES, "kill-before", 5 + world.roll(150)));
            let before = world.env.journal().len();
            let ended = world.done(job);
            killed += u32::from(ended.killed);
            let index = fs::metadata(beside(&world, "index")).map_or(0, |facts| facts.len());
            is_done = !ended.killed && world.env.journal().len() == before;
            if is_done {
                break;
            }
            if index > 0 {
                // But for rows whose process was ended before it said that they are there.
                assert!(index + 200 >= grown, "seed {seed}, event {event}: {index} after {grown}");
                grown = index.max(grown);
            }
        }
        println!("in parts, seed {seed}: killed {killed} times");
        assert!(is_done && killed > 5, "seed {seed}: {is_done}, {killed}");
        for session in ["s1", "s2"] {
            until_ready(&world, &|| world.hook("Stop", session), &"afterwards");
        }
        knows_the_truth(&world, &"ended in every part");
    }
}

/// A command that takes its time does all of it, and is ended at any moment as well.
#[test]
fn an_import_goes_on_where_hooks_left_off() {
    let world = large(1);
    boot(&world, 2);
    for _ in 0..5 {
        world.done(stepped(&world, world.hook("Stop", "s2"))).answer();
    }
    let half = fs::metadata(beside(&world, "index")).unwrap().len();
    assert!(half > 0);
    let mut job = stepped(&world, world.job(&["import", "--json"]));
    meet(&mut job.0, &world, &Fault::kill("write", "kill-half", 40));
    assert!(world.done(job).killed);
    assert!(fs::metadata(beside(&world, "index")).unwrap().len() > half);
    assert_eq!(world.done(stepped(&world, world.job(&["import", "--json"]))).code, Some(0));
    knows_the_truth(&world, &"an import");
}

/// Hooks until there is a safe copy, which takes one for copying and one for syncing.
fn makes_it_safe(world: &World) {
    for _ in 0..4 {
        world.call("s1");
        until_ready(world, &|| world.hook("PostToolUse", "s1"), &"on the way to a safe copy");
    }
    assert!(beside(world, "safe").exists());
}

#[test]
fn from_the_safe_copy_only_what_is_new_is_read() {
    let world = large(1);
    makes_it_safe(&world);
    boot(&world, 2);
    world.call("s2");
    let parts = until_ready(&world, &|| world.hook("Stop", "s2"), &"from the copy");
    assert!((1..=5).contains(&parts), "{parts}: copied in parts, and little to read");
    knows_the_truth(&world, &"from the copy");
    // The copy is of use in every boot, as long as it is there; without it all of the ledger is read.
    makes_it_safe(&world);
    boot(&world, 3);
    fs::remove_file(beside(&world, "safe")).unwrap();
    assert!(until_ready(&world, &|| world.hook("Stop", "s2"), &"without the copy") > 20);
    // Who deletes the checkpoint has it made from the segments.
    makes_it_safe(&world);
    fs::remove_file(world.env.checkpoint()).unwrap();
    assert!(until_ready(&world, &|| world.hook("Stop", "s2"), &"deleted") > 20);
    assert!(!beside(&world, "safe").exists());
    knows_the_truth(&world, &"deleted");
}

/// A copy does not outlive what it is a copy of: segments that were rewritten, cut or exchanged are read.
#[test]
fn a_safe_copy_of_other_segments_is_not_gone_back_to() {
    for number in 0..4 {
        let world = large(1);
        makes_it_safe(&world);
        let segment = world.env.segments().pop().unwrap();
        let text = fs::read_to_string(&segment).unwrap();
        match number {
            0 => {
                let done = world.done(stepped(&world, world.job(&["ledger", "compact"])));
                assert_eq!(done.code, Some(0), "{done:?}");
                assert!(!beside(&world, "safe").exists());
            }
            1 => {
                let cut = text[..text.len() / 2].rfind('\n').unwrap() + 1;
                world.env.write(&segment, &text.as_bytes()[..cut]);
            }
            2 => world.env.write(&segment, text.replacen("{\"kind\"", " {\"kind\"", 1).as_bytes()),
            _ => fs::remove_file(world.env.segments().remove(0)).unwrap(),
        }
        boot(&world, 2);
        let parts = until_ready(&world, &|| world.hook("Stop", "s2"), &number);
        assert!(parts > 10, "{number}: {parts}");
        if number != 3 {
            // What was cut off is read from its transcript. A whole month is not: one of its sessions has none.
            until_ready(&world, &|| world.hook("Stop", "s1"), &number);
            knows_the_truth(&world, &number);
        }
    }
}

/// Power lost while copies are made and synced, or the segments grow: from every disk there may be, by hooks that are
/// ended, the ledger comes to hold the truth.
#[test]
fn power_lost_around_the_safe_copy() {
    let world = large(1);
    let hook = |session: &'static str| {
        let world = &world;
        move || {
            world.call(session);
            let mut job = world.hook("PostToolUse", session);
            job.0.env("COST_HOOK_TEST_STEP", STEP);
            job
        }
    };
    makes_it_safe(&world);
    let (one, two) = (hook("s1"), hook("s2"));
    // Up to the event that makes the next one.
    let _ = fs::remove_file(beside(&world, "unsynced"));
    loop {
        let before = world.save();
        world.done(booted(&world, one())).silent();
        if beside(&world, "unsynced").exists() {
            world.restore(&before);
            break;
        }
    }
    let disk: Disk = watched(&world, &[&two, &one, &one]);
    assert!(disk.changed().values().any(|path| path.ends_with("checkpoint.db.safe")), "a copy was made");
    boot(&world, 2);
    let (mut most, mut killed) = (0, 0);
    let states = every_disk(&world, &disk, |left, _, what| {
        world.restore(left);
        if world.roll(3) == 0 {
            for _ in 0..2 {
                let mut job = stepped(&world, world.hook("SessionStart", "s1"));
                meet(&mut job.0, &world, &Fault::kill(Fault::CHANGES, "kill-half", 1 + world.roll(50)));
                killed += u32::from(world.done(job).killed);
            }
        }
        most = most.max(until_ready(&world, &|| world.hook("SessionStart", "s1"), what));
        until_ready(&world, &|| world.hook("Stop", "s2"), what);
        world.check_calls(what);
        if world.roll(8) == 0 {
            let verify = world.done(booted(&world, world.job(&["ledger", "verify", "--json"])));
            assert!(!verify.stdout.contains("checkpoint"), "{what:?}: {verify:?}");
        }
    });
    println!(
        "around the copy: {states} disks from {} changes, {most} parts at most, {killed} killed",
        disk.ops.len()
    );
    assert!(states > 100 && killed > 20, "{states}, {killed}");
    assert!(most <= 6, "{most}: there was a copy on every disk");
}
