//! A disk that is really full, and one that cannot be written: small file systems in memory, mounted where the data
//! folder is. Each test runs again inside a mount namespace of its own, so that nothing is left mounted and nobody need be
//! root; a machine that allows none fails here, and `tests/run` leaves these out by name.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::full_disk::{self, fill, mount, unmount};
use crate::world::{World, put_tree};

fn inside(name: &str, body: impl FnOnce()) {
    let said = full_disk::inside(&format!("full::{name}"), body);
    said.lines().filter(|line| line.contains("seed")).for_each(|line| println!("{line}"));
}

fn remount(options: &str, at: &Path) {
    let done = Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(at).status().unwrap();
    assert!(done.success());
}

/// From no room at all to enough, a page at a time.
#[test]
fn with_so_many_pages_left_nothing_is_lost() {
    inside("with_so_many_pages_left_nothing_is_lost", || {
        let world = World::busy(1);
        let before = world.save();
        for _ in 0..12 {
            world.news();
        }
        let data = world.env.data();
        for forgotten in [false, true] {
            let mut fits = false;
            for free in 0..60 {
                mount("size=1m,mode=700", &data);
                put_tree(&data, &before);
                if forgotten {
                    fs::remove_file(world.env.checkpoint()).unwrap();
                }
                fill(&data, free);
                for event in ["UserPromptSubmit", "PostToolUse"] {
                    world.done(world.hook(event, "s1")).answer();
                    world.booked();
                }
                fits = world.booked() == *world.truth.borrow();
                fs::remove_file(data.join("ballast")).unwrap();
                world.done(world.hook("PostToolUse", "s1")).silent();
                world.check(&("pages", free, forgotten));
                unmount(&data);
                if fits {
                    break;
                }
                assert!(free > 0 || !fits, "without room there is nothing to write to");
            }
            assert!(fits, "there was never room enough");
        }
        println!("full, seed 1");
    });
}

#[test]
fn an_import_into_too_little_room_can_be_repeated() {
    inside("an_import_into_too_little_room_can_be_repeated", || {
        let world = World::new(1);
        for _ in 0..200 {
            world.call("s1");
        }
        world.call("s2");
        let data = world.env.data();
        let mut failures = 0;
        for free in (0..80).step_by(3) {
            mount("size=1m,mode=700", &data);
            fill(&data, free);
            let ended = world.done(world.job(&["import", "--json"]));
            failures += u32::from(ended.code != Some(0));
            assert!(ended.code == Some(0) || ended.stderr.contains("full"), "{ended:?}");
            fs::remove_file(data.join("ballast")).unwrap();
            assert_eq!(world.done(world.job(&["import", "--json"])).code, Some(0));
            world.check(&("pages", free));
            unmount(&data);
        }
        assert!(failures > 5, "{failures}");
    });
}

/// Not a byte changes, every event is answered, reports work; and once it can be written all is booked.
#[test]
fn a_disk_that_may_only_be_read() {
    inside("a_disk_that_may_only_be_read", || {
        let world = World::busy(1);
        let before = world.save();
        let total = world.reported();
        let data = world.env.data();
        mount("size=4m,mode=700", &data);
        put_tree(&data, &before);
        remount("ro", &data);
        world.news();
        let told = world.done(world.hook("UserPromptSubmit", "s1")).answer().unwrap();
        let told = told["systemMessage"].as_str().unwrap().to_string();
        assert!(told.contains("read-only"), "{told}");
        for event in ["PostToolUse", "Stop", "SessionEnd", "SessionStart"] {
            world.done(world.hook(event, "s1")).answer();
        }
        assert_ne!(world.done(world.job(&["import"])).code, Some(0));
        assert_eq!(world.reported(), total);
        assert_eq!(world.save(), before);
        remount("rw", &data);
        world.done(world.hook("PostToolUse", "s1")).silent();
        world.check(&"writable again");
        unmount(&data);
    });
}
