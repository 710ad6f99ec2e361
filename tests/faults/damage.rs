//! What other programs and broken disks leave in the data folder: bytes that are no lines of ours, and files that are no
//! files. Answered in bounded time, nothing readable lost. `tests/ledger/damage.rs` has what is said about it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::world::World;

/// The lines of a segment, without their ends.
fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect()
}

fn joined(lines: &[Vec<u8>], end: &[u8]) -> Vec<u8> {
    lines.iter().flat_map(|line| [line.as_slice(), end].concat()).collect()
}

fn is_of(line: &[u8], session: &str) -> bool {
    let text = String::from_utf8_lossy(line);
    text.contains(&format!("\"session\":\"{session}\"")) && text.contains("\"kind\":\"call\"")
}

/// A call that the transcript can tell again, and one that stands in the ledger alone.
fn first_of(lines: &[Vec<u8>], session: &str) -> usize {
    lines.iter().position(|line| is_of(line, session)).unwrap()
}

type Damage = (&'static str, fn(Vec<Vec<u8>>) -> Vec<u8>);

/// What becomes of a segment. Lines of the session whose transcript is gone stay readable in all of them.
const DAMAGES: &[Damage] = &[
    ("an editor wrote DOS line ends", |lines| joined(&lines, b"\r\n")),
    ("an editor wrote a byte order mark", |lines| {
        [b"\xef\xbb\xbf", joined(&lines, b"\n").as_slice()].concat()
    }),
    ("an editor left the last line without its end", |lines| {
        let text = joined(&lines, b"\n");
        text[..text.len() - 1].to_vec()
    }),
    ("zeros at the end", |lines| [joined(&lines, b"\n"), vec![0; 5000]].concat()),
    ("zeros and a line's end", |lines| [joined(&lines, b"\n"), vec![0; 300], b"\n".to_vec()].concat()),
    ("zeros before the first line", |lines| [vec![0; 4096], b"\n".to_vec(), joined(&lines, b"\n")].concat()),
    ("zeros over a line", |mut lines| {
        let at = first_of(&lines, "s1");
        lines[at].fill(0);
        joined(&lines, b"\n")
    }),
    ("half a line in the middle", |mut lines| {
        let at = first_of(&lines, "s1");
        let half = lines[at].len() / 2;
        lines[at].truncate(half);
        joined(&lines, b"\n")
    }),
    ("half a line at the end", |mut lines| {
        let at = first_of(&lines, "s1");
        let half = lines[at][..lines[at].len() / 2].to_vec();
        lines.push(half);
        let text = joined(&lines, b"\n");
        text[..text.len() - 1].to_vec()
    }),
    ("two lines glued together", |mut lines| {
        let at = first_of(&lines, "s1");
        let line = lines.remove(at);
        let other = first_of(&lines, "s2");
        lines[other].extend(line);
        joined(&lines, b"\n")
    }),
    ("foreign lines everywhere", |lines| {
        let foreign =
            b"\nnot json\n[1]\n\xff\xfe\n{\"kind\":\"note\",\"v\":1}\n{\"kind\":\"call\",\"v\":1}\n7\n";
        lines.iter().flat_map(|line| [foreign.as_slice(), line, b"\n"].concat()).collect()
    }),
    ("the lines in another order", |mut lines| {
        lines.reverse();
        joined(&lines, b"\n")
    }),
    ("a line cut out", |mut lines| {
        let at = first_of(&lines, "s1");
        lines.remove(at);
        joined(&lines, b"\n")
    }),
];

#[test]
fn nothing_readable_is_lost_whatever_becomes_of_a_segment() {
    let world = World::busy(1);
    world.news();
    world.done(world.hook("PostToolUse", "s1")).silent();
    let before = world.save();
    let segments = world.env.segments();
    for (what, damage) in DAMAGES {
        for segment in &segments {
            for forgotten in [false, true] {
                let what = (what, segment.file_name().unwrap(), forgotten);
                world.restore(&before);
                let whole = fs::read(segment).unwrap();
                let bytes = damage(lines(&whole));
                if bytes.len() == whole.len() && !forgotten {
                    // Bytes changed in place, in the middle: no event reads them, reports name the line.
                    continue;
                }
                fs::write(segment, &bytes).unwrap();
                if forgotten {
                    fs::remove_file(world.env.checkpoint()).unwrap();
                }
                for session in ["s1", "s2"] {
                    world.done(world.hook("PostToolUse", session)).silent();
                }
                world.check(&what);
                assert_eq!(world.reported(), world.total(), "{what:?}");
                assert!(fs::read(segment).unwrap().ends_with(b"\n"), "{what:?}");
                assert!(world.env.journal().is_empty(), "{what:?}: {}", world.env.journal());
            }
        }
    }
}

/// A line of a later version, in the middle of others: nobody writes until it is gone or the program is newer, and then
/// nothing is missing.
#[test]
fn a_newer_line_stops_the_writing_and_loses_nothing() {
    let world = World::busy(1);
    let segment = world.env.segments().pop().unwrap();
    let before = fs::read(&segment).unwrap();
    world.env.append(&segment, b"{\"v\":2,\"kind\":\"call\",\"id\":\"x\",\"more\":{}}\n");
    world.news();
    let with = fs::read(&segment).unwrap();
    for event in ["UserPromptSubmit", "PostToolUse", "Stop", "SessionEnd"] {
        world.done(world.hook(event, "s1")).answer();
        assert_eq!(fs::read(&segment).unwrap(), with);
    }
    fs::write(&segment, before).unwrap();
    world.done(world.hook("PostToolUse", "s1")).silent();
    world.check(&"a newer line went");
}

/// Puts something that is no file in a file's place.
fn put(what: &str, path: &Path) {
    let _ = fs::remove_file(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    match what {
        "folder" => fs::create_dir(path).unwrap(),
        "pipe" => assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
        "endless device" => symlink("/dev/zero", path).unwrap(),
        "circle" => symlink(path.file_name().unwrap(), path).unwrap(),
        "link to nothing" => symlink("nowhere/at/all", path).unwrap(),
        other => panic!("{other}"),
    }
}

fn put_away(path: &Path) {
    if path.symlink_metadata().unwrap().is_dir() {
        fs::remove_dir_all(path).unwrap();
    } else {
        fs::remove_file(path).unwrap();
    }
}

/// Whatever stands in the place of one of our files: no process waits for it, every one answers, and once it is out of
/// the way everything is in order.
#[test]
fn what_is_no_file_is_waited_for_by_nobody() {
    let world = World::busy(1);
    // A tail to set aside, so that `torn.jsonl` is needed.
    let segment = world.env.segments().pop().unwrap();
    world.env.append(&segment, b"{\"kind\":\"call\",\"v\":1,\"id\":\"msg_c");
    let before = world.save();
    world.news();
    let data = world.env.data();
    let places: Vec<PathBuf> = vec![
        segment.clone(),
        data.join("ledger/2026-09.jsonl"),
        data.join("ledger/2027-01.jsonl"),
        data.join("ledger/torn.jsonl"),
        data.join("ledger/.lock"),
        data.join("checkpoint.db"),
        data.join("checkpoint.db-journal"),
        data.join("journal.jsonl"),
        data.join("late/0123456789abcdef"),
        data.join("late"),
    ];
    for what in ["folder", "pipe", "endless device", "circle", "link to nothing"] {
        for place in &places {
            let told = (what, place.strip_prefix(&data).unwrap());
            world.restore(&before);
            put(what, place);
            world.done(world.hook("UserPromptSubmit", "s1")).answer();
            world.done(world.hook("PostToolUse", "s1")).answer();
            let report = world.done(world.job(&["report", "--json"]));
            assert!(report.code == Some(0) || !report.stderr.is_empty(), "{told:?}: {report:?}");
            put_away(place);
            if *place == segment {
                // The file itself comes back, as after a mistaken move.
                let name = Path::new("ledger").join(segment.file_name().unwrap());
                fs::write(place, before[&name].as_ref().unwrap()).unwrap();
            }
            world.done(world.hook("PostToolUse", "s1")).answer();
            world.check(&told);
        }
    }
}

/// The same of what Claude Code and people keep: a session's own files, an agent's description, the settings.
#[test]
fn no_file_of_the_client_is_waited_for() {
    for what in ["folder", "pipe", "endless device", "circle", "link to nothing"] {
        let world = World::busy(1);
        let before = world.save();
        world.news();
        let agent = world.env.session("s1").agent("a1", "Explore");
        for place in [
            agent.path().with_extension("meta.json"),
            world.env.config().join("settings.json"),
            world.env.project().join(".claude/settings.json"),
            world.env.session("s2").path().to_path_buf(),
        ] {
            world.restore(&before);
            let bytes = fs::read(&place).ok();
            put(what, &place);
            world.done(world.hook("UserPromptSubmit", "s1")).answer();
            world.done(world.hook("PostToolUse", "s2")).answer();
            put_away(&place);
            if let Some(bytes) = bytes {
                world.env.write(&place, &bytes);
            }
            for session in ["s1", "s2"] {
                world.done(world.hook("PostToolUse", session)).answer();
            }
            world.check(&(what, &place));
        }
    }
}

/// A segment may live elsewhere, if what is there is a file.
#[test]
fn a_segment_behind_a_link_is_a_segment() {
    let world = World::busy(1);
    let segment = world.env.segments().pop().unwrap();
    let elsewhere = world.env.root().join("elsewhere.jsonl");
    fs::rename(&segment, &elsewhere).unwrap();
    symlink(&elsewhere, &segment).unwrap();
    world.news();
    world.done(world.hook("PostToolUse", "s1")).silent();
    world.check(&"a link");
    assert!(segment.symlink_metadata().unwrap().is_symlink());
    assert_eq!(world.reported(), world.total());
    // A budget is weighed with what is behind the link, too.
    world.env.settings(json!({"cost": {"monthlyBudget": 0.001, "autoStopAtBudget": true}}));
    let answer = world.done(world.hook("UserPromptSubmit", "s1")).answer().unwrap();
    assert_eq!(answer["decision"], "block");
}
