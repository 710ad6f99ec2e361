//! What is deleted, moved or rewritten underneath: the data folder, the project, the transcripts.

use std::fs;
use std::time::Duration;

use crate::shim::Fault;
use crate::support::feed;
use crate::world::{World, rounds};

/// A hook that is at work while the folder goes, at every step of its work; a second one begins anew before the first goes
/// on. What Claude Code still has is booked, once.
#[test]
fn the_data_folder_at_every_step_of_a_hook() {
    let world = World::busy(1);
    let before = world.save();
    world.news();
    // What the ledger alone knew goes with it.
    let gone: Vec<String> = {
        let lines = world.env.calls();
        let gone = lines.iter().filter(|line| line["session"] == "gone");
        gone.map(|line| line["id"].as_str().unwrap().to_string()).collect()
    };
    assert_eq!(gone.len(), 4);
    world.truth.borrow_mut().retain(|id, _| !gone.contains(id));
    for seed in 1..=rounds() {
        for at in 1.. {
            let moved = (at + seed) % 2 == 0;
            world.restore(&before);
            let Some(child) = world.start_stopped(world.hook("PostToolUse", "s1"), Fault::CHANGES, at) else {
                assert!(at > 10);
                break;
            };
            if moved {
                let _ = fs::remove_dir_all(world.env.root().join("moved"));
                fs::rename(world.env.data(), world.env.root().join("moved")).unwrap();
            } else {
                fs::remove_dir_all(world.env.data()).unwrap();
            }
            world.done(world.hook("PostToolUse", "s1")).answer();
            world.wake(&child);
            world.end(child).answer();
            for session in ["s1", "s2"] {
                world.done(world.hook("Stop", session)).answer();
            }
            world.check(&(at, moved));
        }
    }
}

#[test]
fn the_data_folder_again_and_again() {
    for seed in 1..=rounds() {
        let world = World::new(seed);
        for round in 0..30 {
            let mut running = Vec::new();
            for _ in 0..6 {
                let session = if world.roll(2) == 0 { "s1" } else { "s2" };
                world.call(session);
                running.push(world.start(world.hook("PostToolUse", session)));
            }
            std::thread::sleep(Duration::from_micros(world.roll(12_000)));
            // Files made meanwhile are in the way of the first try.
            while world.env.data().exists() && fs::remove_dir_all(world.env.data()).is_err() {}
            for child in running {
                world.end(child).answer();
            }
            for session in ["s1", "s2"] {
                world.done(world.hook("Stop", session)).answer();
            }
            world.check(&("removed", round));
        }
    }
}

/// The folder the session works in: the hook was started in it, and it is no more.
#[test]
fn the_project() {
    let world = World::busy(1);
    world.news();
    let mut job = world.hook("PostToolUse", "s1");
    let mut child = job.0.spawn().unwrap();
    fs::remove_dir_all(world.env.project()).unwrap();
    feed(&mut child, &job.1);
    world.end(child).silent();
    world.check(&"the project is gone");
    fs::create_dir_all(world.env.project()).unwrap();
    world.done(world.hook("PostToolUse", "s1")).silent();
    world.check(&"and here again");
}

#[test]
fn the_transcripts() {
    let world = World::busy(1);
    world.news();
    world.done(world.hook("PostToolUse", "s1")).silent();
    world.check(&"before");
    let projects = world.env.config().join("projects");
    let kept = crate::world::tree(&projects);
    let segments: Vec<_> = world.env.segments().iter().map(|path| fs::read(path).unwrap()).collect();
    for round in 0..10 {
        let running: Vec<_> = ["s1", "s2", "s1"]
            .map(|session| world.start(world.hook("PostToolUse", session)))
            .into_iter()
            .collect();
        std::thread::sleep(Duration::from_micros(world.roll(8_000)));
        fs::remove_dir_all(&projects).unwrap();
        running.into_iter().for_each(|child| world.end(child).silent());
        world.done(world.hook("Stop", "s1")).silent();
        world.check(&("without transcripts", round));
        crate::world::put_tree(&projects, &kept);
        world.done(world.hook("Stop", "s1")).silent();
        world.check(&("with them again", round));
    }
    assert_eq!(world.env.segments().iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>(), segments);
}

/// Rewritten, cut and written again, replaced by a copy, with what was read already in front or behind: while hooks read.
#[test]
fn transcripts_rewritten_under_the_reader() {
    for seed in 1..=rounds() {
        let world = World::busy(seed);
        for round in 0..40 {
            for session in ["s1", "s2"] {
                for _ in 0..=world.roll(3) {
                    world.call(session);
                }
            }
            let running: Vec<_> = ["s1", "s2", "s1"]
                .map(|session| world.start(world.hook("PostToolUse", session)))
                .into_iter()
                .collect();
            for name in ["s1", "s2"] {
                let session = world.env.session(name);
                let bytes = session.bytes();
                std::thread::sleep(Duration::from_micros(world.roll(6_000)));
                match world.roll(5) {
                    0 => drop(session.replace(&bytes)),
                    1 => drop(session.shrink(bytes.len() as u64 / 2).replace(&bytes)),
                    2 => {
                        session.shrink(bytes.len() as u64 / 3);
                        session.raw(&bytes[bytes.len() / 3..]);
                    }
                    3 => {
                        let lines: Vec<_> = bytes.split_inclusive(|byte| *byte == b'\n').rev().collect();
                        session.replace(&lines.concat());
                    }
                    _ => {
                        session.remove();
                        session.raw(&bytes);
                    }
                }
            }
            running.into_iter().for_each(|child| world.end(child).silent());
            for session in ["s1", "s2"] {
                world.done(world.hook("Stop", session)).silent();
            }
            world.check(&("rewritten", round));
        }
    }
}
