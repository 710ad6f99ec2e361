//! A disk that is really full, and one that cannot be written: small file systems in memory, mounted where the data
//! folder is. Each test runs again inside a mount namespace of its own, so that nothing is left mounted and nobody need be
//! root; a machine that allows none fails here, and `tests/run` leaves these out by name.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use crate::world::{World, put_tree};

/// Tells the test that it is inside.
const INSIDE: &str = "COST_HOOK_FAULT_INSIDE";

fn inside(name: &str, body: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return body();
    }
    let root = fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
    let done = Command::new("unshare")
        .args(if root { ["-m", "--"].as_slice() } else { ["-r", "-m", "--"].as_slice() })
        .arg(std::env::current_exe().unwrap())
        .args([&format!("full::{name}"), "--exact", "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .expect("`unshare` is needed");
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
    said.lines().filter(|line| line.contains("seed")).for_each(|line| println!("{line}"));
}

fn mount(options: &str, at: &Path) {
    fs::create_dir_all(at).unwrap();
    let done = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).status().unwrap();
    assert!(done.success(), "cannot mount a file system in memory");
}

fn remount(options: &str, at: &Path) {
    let done = Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(at).status().unwrap();
    assert!(done.success());
}

fn unmount(at: &Path) {
    assert!(Command::new("umount").arg(at).status().unwrap().success());
}

/// Room for everything but `free` pages is taken.
fn fill(at: &Path, free: u64) {
    use std::io::Write;
    let mut ballast = fs::File::create(at.join("ballast")).unwrap();
    while ballast.write_all(&[1; 4096]).is_ok() {}
    let len = ballast.metadata().unwrap().len() / 4096 * 4096;
    ballast.set_len(len.saturating_sub(free * 4096)).unwrap();
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
