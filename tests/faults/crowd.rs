//! Many at once: hundreds of hooks of many sessions while imports and reports run, some of them killed; and a lock whose
//! holder died, hangs, or is somebody else's.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};

use crate::world::{World, rounds};

#[test]
fn hundreds_of_hooks_beside_imports_and_reports() {
    for seed in 1..=rounds() {
        let world = World::busy(seed);
        let sessions: Vec<String> = (0..60).map(|number| format!("crowd{number}")).collect();
        let (mut running, mut ended, mut killed): (Vec<(bool, Child)>, u32, u32) = Default::default();
        for round in 0..300 {
            let session = &sessions[world.roll(60) as usize];
            world.call(session);
            running.push((true, world.start(world.hook("PostToolUse", session))));
            if round % 25 == 0 {
                running.push((false, world.start(world.job(&["import", "--json"]))));
                running.push((false, world.start(world.job(&["report", "--json"]))));
            }
            if world.roll(6) == 0 {
                // One of those that came last: the others are done by now.
                let victim = running.len() - 1 - world.roll(running.len().min(6) as u64) as usize;
                let _ = running[victim].1.kill();
            }
            // About as many as a busy machine has at once.
            while running.len() > 48 {
                let (is_hook, child) = running.remove(0);
                let done = world.end(child);
                ended += 1;
                killed += u32::from(done.killed);
                if is_hook && !done.killed {
                    done.answer();
                } else if !done.killed {
                    // A report counts what is there, an import may find the lock taken; both say so properly.
                    assert!(done.code == Some(0) || !done.stderr.is_empty(), "{done:?}");
                }
            }
        }
        for (_, child) in running {
            killed += u32::from(world.end(child).killed);
        }
        println!("crowd, seed {seed}: {killed} of {} killed", ended + 48);
        assert!(killed >= 10, "{killed}");
        // Whoever was killed before it read anything left no word: its session's next event, or an import.
        assert_eq!(world.done(world.job(&["import", "--json"])).code, Some(0));
        world.done(world.hook("PostToolUse", "s1")).answer();
        world.check_calls(&"a crowd");
        assert_eq!(world.reported(), world.total());
        fs::remove_file(world.env.checkpoint()).unwrap();
        world.done(world.hook("PostToolUse", "s1")).answer();
        let known = sessions
            .iter()
            .map(String::as_str)
            .chain(crate::world::SESSIONS)
            .map(|id| world.env.known(id).cost);
        assert_eq!(known.sum::<cost_hook::base::money::Money>(), world.total());
    }
}

/// A hook is suspended in the middle of its work, the lock in its hands: the others answer and leave word. When it goes on,
/// nothing is booked twice.
#[test]
fn a_holder_that_hangs() {
    let world = World::busy(1);
    let before = world.save();
    world.news();
    world.call("s2");
    let mut locked = 0;
    for at in [1, 9, 24] {
        world.restore(&before);
        let holder =
            world.start_stopped(world.hook("PostToolUse", "s1"), "write,truncate,unlink", at).unwrap();
        world.done(world.hook("SessionEnd", "s2")).answer();
        world.done(world.hook("SessionEnd", "s1")).answer();
        locked += u32::from(world.env.journal().contains("locked"));
        let status = world.done(world.job(&["report", "--json"]));
        assert_eq!(status.code, Some(0), "reports wait for nobody");
        world.wake(&holder);
        world.end(holder).answer();
        // Any session's event hears the words.
        world.done(world.hook("SessionStart", "s3")).answer();
        world.check(&at);
        assert_eq!(fs::read_dir(world.env.data().join("late")).map_or(0, Iterator::count), 0, "{at}");
    }
    assert!(locked >= 2, "{locked}");
}

/// The system frees what the dead held; the file they leave is no lock.
#[test]
fn a_holder_that_is_dead() {
    let world = World::busy(1);
    let before = world.save();
    world.news();
    for at in [1, 9, 15] {
        world.restore(&before);
        let mut holder = world.start_stopped(world.hook("PostToolUse", "s1"), "write", at).unwrap();
        // One waits while the holder dies, one comes after.
        let waiting = world.start(world.hook("PostToolUse", "s1"));
        holder.kill().unwrap();
        world.end(waiting).silent();
        assert!(world.end(holder).killed);
        world.done(world.hook("PostToolUse", "s2")).silent();
        world.check(&at);
        // What stands in the file means nothing.
        fs::write(world.env.data().join("ledger/.lock"), "99999 somebody").unwrap();
        world.done(world.hook("PostToolUse", "s2")).silent();
    }
}

/// A lock file, or a whole folder, that belongs to somebody else: said, not waited for, nothing changed.
#[test]
fn a_lock_that_is_not_ours() {
    const NOBODY: u32 = 65_534;
    let world = World::busy(1);
    world.news();
    let lock = world.env.data().join("ledger/.lock");
    let root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let binary = world.env.root().join("cost-hook");
    let mut mine = Vec::new();
    if root {
        // Root may open anything: another user runs the hook, to whom everything belongs but the lock.
        // Copied by another process: a file that this one has open for writing is busy in what other tests start.
        let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_cost-hook")).arg(&binary).status();
        assert!(copied.unwrap().success());
        let mut folders = vec![world.env.root()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    mine.push(path);
                }
            }
            mine.push(folder);
        }
        mine.retain(|path| *path != lock);
        mine.iter().for_each(|path| chown(path, Some(NOBODY), None).unwrap());
    }
    fs::set_permissions(&lock, fs::Permissions::from_mode(if root { 0o600 } else { 0 })).unwrap();
    let hook = |event: &str| {
        let mut job = world.hook(event, "s1");
        if root {
            let mut other = Command::new(&binary);
            other.arg("hook").env_clear().current_dir(world.env.project());
            other.envs(job.0.get_envs().filter_map(|(name, value)| Some((name, value?))));
            other.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
            other.stderr(std::process::Stdio::piped()).uid(NOBODY);
            job.0 = other;
        }
        world.done(job)
    };
    let before = world.env.segments().iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>();
    let told = hook("UserPromptSubmit").answer().unwrap();
    assert!(told["systemMessage"].as_str().unwrap().contains(".lock"), "{told}");
    hook("PostToolUse").answer();
    hook("SessionEnd").answer();
    assert_eq!(world.env.segments().iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>(), before);
    if root {
        chown(&lock, Some(NOBODY), None).unwrap();
    }
    fs::set_permissions(&lock, fs::Permissions::from_mode(0o600)).unwrap();
    hook("PostToolUse").silent();
    world.check(&"the lock is ours again");
}
