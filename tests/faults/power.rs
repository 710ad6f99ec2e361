//! Power lost: nothing that was not synced is sure. From every disk there may be afterwards the next events book what the
//! transcripts still hold, nothing twice, and what had reached the disk before is there.

use std::collections::HashSet;
use std::fmt::Debug;
use std::fs;
use std::path::Path;

use serde_json::json;

use crate::disk::{Disk, Fate};
use crate::shim::load;
use crate::world::{Job, Tree, World, rounds};

/// What the system says of its boot.
pub fn boot(world: &World, number: u32) {
    let id = format!("{number:08x}-0000-4000-8000-000000000000\n");
    fs::write(world.env.root().join("boot"), id).unwrap();
}

/// A command in the made-up boot.
pub fn booted(world: &World, mut job: Job) -> Job {
    load(&mut job.0, world);
    job.0.env("FAULT_BOOT", world.env.root().join("boot"));
    job
}

/// Runs what `work` does while everything is written down, on a disk on which all of what was before is safe.
pub fn watched(world: &World, jobs: &[&dyn Fn() -> Job]) -> Disk {
    watched_below(world, &world.env.data(), jobs)
}

fn watched_below(world: &World, root: &Path, jobs: &[&dyn Fn() -> Job]) -> Disk {
    let log = world.env.root().join("log");
    let _ = fs::remove_file(&log);
    let (mut disk, inodes) = Disk::new(root);
    for job in jobs {
        let mut job = booted(world, job());
        job.0.env("FAULT_LOG", &log);
        assert_eq!(world.done(job).code, Some(0));
    }
    disk.follow(&fs::read(&log).unwrap(), inodes);
    disk
}

/// The machine is on again, with this on its disk. `all`: the event of one session is enough for all that died.
#[track_caller]
fn comes_back(world: &World, left: &Tree, all: bool, what: &dyn Debug) {
    world.restore(left);
    world.done(booted(world, world.hook("SessionStart", "s1"))).answer();
    if !all {
        world.done(booted(world, world.hook("Stop", "s2"))).silent();
    }
    world.check_calls(what);
    assert!(world.env.journal().is_empty(), "{what:?} (seed {}): {}", world.seed, world.env.journal());
    for segment in world.env.segments() {
        let bytes = fs::read(&segment).unwrap();
        assert_eq!(bytes.last(), Some(&b'\n'), "{what:?}: {} has an unfinished line", segment.display());
    }
}

/// Every disk a power cut may leave behind, or a good part of them. `each` is told whether what came to the disk came in
/// the order in which it was written.
pub fn every_disk(world: &World, disk: &Disk, mut each: impl FnMut(&Tree, bool, &dyn Debug)) -> u32 {
    let (ops, files) = (disk.ops.len(), disk.changed());
    let mut states = 0;
    let mut seen = HashSet::new();
    let mut take = |tree: Tree, in_order: bool, what: &dyn Debug| {
        if seen.insert(tree.clone()) {
            states += 1;
            each(&tree, in_order, what);
        }
    };
    // Everything up to a moment, and half of what was written then.
    for cut in 0..=ops {
        take(
            disk.left(cut, |number, _| if number < cut { Fate::Kept } else { Fate::Lost }),
            true,
            &("up to", cut),
        );
        let torn = |number: usize, _| match number.cmp(&cut) {
            std::cmp::Ordering::Less => Fate::Kept,
            std::cmp::Ordering::Equal => Fate::Torn,
            std::cmp::Ordering::Greater => Fate::Lost,
        };
        take(disk.left(cut, torn), true, &("torn at", cut));
    }
    // All names, and of the bytes nothing, zeros, or those of one file, or those of all but one.
    for fate in [Fate::Lost, Fate::Zeros] {
        take(disk.left(ops, |_, _| fate), false, &("all", fate));
        for (file, name) in &files {
            take(disk.left(ops, |_, of| if of == *file { fate } else { Fate::Kept }), false, &(fate, name));
            take(
                disk.left(ops, |_, of| if of == *file { Fate::Kept } else { fate }),
                false,
                &("all but", fate, name),
            );
        }
    }
    // Each file up to a moment of its own.
    for round in 0..40 * rounds() {
        let cuts: Vec<u64> =
            (0..=files.keys().max().copied().unwrap_or(0)).map(|_| world.roll(ops as u64 + 1)).collect();
        let names = world.roll(ops as u64 + 1) as usize;
        let left = disk
            .left(names, |number, file| if (number as u64) < cuts[file] { Fate::Kept } else { Fate::Lost });
        take(left, false, &("each up to its own", names, &cuts, round));
    }
    // Anything.
    for round in 0..80 * rounds() {
        let names = ops - (world.roll(2) * world.roll(ops as u64 + 1)) as usize;
        let left = disk.left(names, |_, _| match world.roll(8) {
            0 => Fate::Lost,
            1 => Fate::Torn,
            2 => Fate::Zeros,
            3..5 => Fate::Pages(world.roll(1 << 30)),
            _ => Fate::Kept,
        });
        take(left, false, &("anything", names, round));
    }
    states
}

#[test]
fn in_the_middle_of_a_day() {
    for seed in 1..=rounds() {
        let world = World::busy(seed);
        boot(&world, 1);
        // So that the checkpoint is of this boot, as it is after the first event of any.
        world.done(booted(&world, world.hook("Stop", "s1"))).silent();
        let disk = watched(
            &world,
            &[
                &|| {
                    world.news();
                    world.hook("PostToolUse", "s1")
                },
                &|| {
                    world.call("s2");
                    world.hook("PostToolUse", "s2")
                },
                &|| {
                    world.call("s1");
                    world.hook("Stop", "s1")
                },
                &|| {
                    world.call_at("s2", "2026-12-01T00:00:01.000Z");
                    world.call("s1");
                    world.hook("Stop", "s2")
                },
            ],
        );
        boot(&world, 2);
        let states =
            every_disk(&world, &disk, |left, in_order, what| comes_back(&world, left, in_order, what));
        println!("a day, seed {seed}: {states} disks from {} changes", disk.ops.len());
        assert!(states > 100, "{states}");
    }
}

#[test]
fn on_the_first_day() {
    for seed in 1..=rounds() {
        let world = World::new(seed);
        boot(&world, 1);
        let disk = watched(
            &world,
            &[
                &|| {
                    world.call("s1");
                    world.hook("SessionStart", "s1")
                },
                &|| {
                    world.news();
                    world.hook("PostToolUse", "s1")
                },
                &|| {
                    world.call("s2");
                    world.hook("PostToolUse", "s2")
                },
            ],
        );
        boot(&world, 2);
        let states = every_disk(&world, &disk, |left, _, what| comes_back(&world, left, false, what));
        println!("the first day, seed {seed}: {states} disks from {} changes", disk.ops.len());
        assert!(states > 100, "{states}");
    }
}

/// A machine that was started again, with power or without: what was said is not said again, and no event of a session that
/// died is needed to book what it did.
#[test]
fn after_a_start_of_the_machine_nothing_is_forgotten() {
    let world = World::busy(1);
    world.env.settings(json!({"cost": {"dailyBudget": 0.000001}}));
    boot(&world, 1);
    let warned =
        |world: &World| world.done(booted(world, world.hook("UserPromptSubmit", "s1"))).answer().is_some();
    assert!(warned(&world) && !warned(&world));
    world.call("s2");
    boot(&world, 2);
    assert!(!warned(&world));
    world.check_calls(&"started again");
}

/// A raised limit has no transcript it could be read from again: whoever was told so has it, in the month that goes on and
/// in one that just began.
#[test]
fn after_a_limit_was_raised() {
    for month in ["2026-11-30T23:59:00.000Z", "2026-12-01T00:00:01.000Z"] {
        for by_prompt in [false, true] {
            let world = World::busy(1);
            world.env.at(month);
            boot(&world, 1);
            world.done(booted(&world, world.hook("Stop", "s1"))).silent();
            let words = "allow 5 --limit \"daily budget\" --reason power";
            let disk = watched(
                &world,
                &[&|| {
                    if by_prompt {
                        let session = world.env.session("s1");
                        let more = json!({"prompt": format!("cost-hook {words}")});
                        let payload = world.env.payload("UserPromptSubmit", &session, more);
                        Job(world.env.command(&["hook"]), payload.into_bytes())
                    } else {
                        world.job(&["allow", "5", "--limit", "daily budget", "--reason", "power", "--json"])
                    }
                }],
            );
            boot(&world, 2);
            let states = every_disk(&world, &disk, |left, _, what| {
                comes_back(&world, left, false, what);
                assert_eq!(world.env.newest("override").len(), 1, "{month} {by_prompt} {what:?}");
            });
            assert!(states > 10, "{states}");
        }
    }
}

/// Settings and their backup are the old ones or the new ones, whole, whatever reached the disk.
#[test]
fn after_the_settings_were_changed() {
    let world = World::busy(1);
    boot(&world, 1);
    let config = world.env.config();
    let before = fs::read(config.join("settings.json")).unwrap();
    let set = || world.job(&["config", "set", "cost.dailyBudget", "7"]);
    let disk = watched_below(&world, &config, &[&set]);
    let after = fs::read(config.join("settings.json")).unwrap();
    let states = every_disk(&world, &disk, |left, _, what| {
        let found = left[Path::new("settings.json")].as_deref().unwrap();
        assert!(found == before || found == after, "{what:?}: {}", String::from_utf8_lossy(found));
        if let Some(backup) = left.get(Path::new("settings.json.cost-hook-backup")) {
            assert_eq!(backup.as_deref().unwrap(), before, "{what:?}");
        }
    });
    // Said to be done, so it is: the name is synced as well as the bytes.
    assert_eq!(disk.left(0, |_, _| Fate::Lost)[Path::new("settings.json")].as_deref().unwrap(), after);
    assert!(states >= 1, "{states}");
}
