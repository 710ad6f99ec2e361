//! Any bytes as a segment: both readers take the same lines for lines, bad ones are located, a line survives being
//! written and read, and a writer over it loses nothing that can be read. What stands behind a cut is appended later.
#![no_main]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::time::Duration;

use cost_hook::base::disk;
use cost_hook::base::time::{Time, Window};
use cost_hook::ledger::entries::{self, Entry};
use cost_hook::ledger::scan::{self, Bad};
use cost_hook::ledger::{Ledger, segment};
use cost_hook::model::entry::Line;
use cost_hook_fuzz::{Sealed, now, parts};
use libfuzzer_sys::fuzz_target;

const MONTH: u32 = 202_611;

fuzz_target!(|data: &[u8]| {
    let sealed = Sealed::new();
    let ledger = sealed.ledger();
    disk::create_dir_private(&ledger.folder()).unwrap();
    let path = ledger.segment_path(MONTH);
    for part in parts(data).take(4) {
        fs::OpenOptions::new().create(true).append(true).open(&path).unwrap().write_all(part).unwrap();
        readers_agree(&ledger);
        let before = fs::read(&path).unwrap();
        lines_survive(&before);
        write_over(&ledger, &before);
        readers_agree(&ledger);
    }
});

fn readers_agree(ledger: &Ledger) {
    let day = Window { start: Time::parse("2026-11-24T00:00:00Z").unwrap(), end: Time::MAX };
    for window in [Window::ALWAYS, day] {
        let mut plain = Vec::new();
        let plain_bad = scan::each(ledger, window, |line| {
            entries::of_line(&line, |entry: &Entry<'_>| plain.push(format!("{entry:?}")));
        })
        .unwrap();
        let (sums, quick_bad) = entries::fold(ledger, window, Vec::new, |sum: &mut Vec<String>, entry| {
            sum.push(format!("{entry:?}"))
        })
        .unwrap();
        let mut quick = sums.concat();
        plain.sort();
        quick.sort();
        assert_eq!(plain, quick);
        if window == Window::ALWAYS {
            let place = |bad: &Bad| (bad.line, bad.why.clone());
            let plain: Vec<_> = plain_bad.iter().map(place).collect();
            assert_eq!(plain, quick_bad.iter().map(place).collect::<Vec<_>>());
            let count =
                fs::read(ledger.segment_path(MONTH)).unwrap().iter().filter(|byte| **byte == b'\n').count();
            assert!(plain.iter().all(|(line, why)| (1..=count as u64).contains(line) && !why.is_empty()));
        }
    }
}

/// The lines of a text that end in a newline.
fn finished(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let end = text.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    text[..end].split(|byte| *byte == b'\n').take(if end == 0 { 0 } else { usize::MAX })
}

fn lines_survive(text: &[u8]) {
    for line in finished(text).filter_map(|line| scan::parse(line).ok()) {
        let written = serde_json::to_vec(&line).unwrap();
        let again = scan::parse(&written)
            .unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&written)));
        assert_eq!(line, again);
        assert_eq!(written, serde_json::to_vec(&again).unwrap());
    }
}

fn write_over(ledger: &Ledger, before: &[u8]) {
    let path = ledger.segment_path(MONTH);
    let mut calls = Vec::new();
    let mut ids = BTreeSet::new();
    scan::each(ledger, Window::ALWAYS, |line| {
        ids.insert(line.id().to_string());
        if let Line::Call(call) = line {
            calls.push(call);
        }
    })
    .unwrap();
    match ledger.write(now(), Duration::from_secs(5)) {
        Ok(mut writer) => {
            for call in &calls {
                let message = call.id.split_once(':').map_or(call.id.as_str(), |(message, _)| message);
                let (_, found) = writer.find(message, |known| known.id == call.id).unwrap();
                let found = found.unwrap_or_else(|| panic!("`{}` is in no index", call.id));
                assert_eq!(found.id, call.id);
            }
            writer.commit().unwrap();
            let after = fs::read(&path).unwrap();
            // A last line that lacks its end gets it or, when it is no line, is set aside without the zeros behind it. Nothing
            // else happens to what is there.
            let end = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let tail = &before[end..];
            if let Ok(line) = scan::parse(tail) {
                assert_eq!(after, [before, b"\n"].concat());
                ids.insert(line.id().to_string());
            } else {
                assert_eq!(after, &before[..end]);
                let torn = fs::read(ledger.folder().join("torn.jsonl")).unwrap_or_default();
                let kept =
                    tail.iter().rposition(|byte| *byte != 0).map(|last| [&tail[..=last], b"\n"].concat());
                assert!(torn.ends_with(&kept.unwrap_or_default()));
            }
        }
        Err(error) => {
            // Only a line of a newer version stops a writer, and then nothing is touched.
            let newer = finished(before).any(scan::is_newer) || error.one_line().contains("longer than");
            assert!(newer, "{}", error.one_line());
        }
    }
    assert_eq!(segment::file_name(MONTH), "2026-11.jsonl");
    let mut left = BTreeSet::new();
    scan::each(ledger, Window::ALWAYS, |line| {
        left.insert(line.id().to_string());
    })
    .unwrap();
    assert_eq!(left, ids);
}
