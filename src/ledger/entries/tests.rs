//! The quick reader beside the plain one: the same entries, whatever the lines.

use super::*;
use crate::base::disk;
use proptest::prelude::*;
use std::io::Write;

fn ledger(text: &[u8]) -> (tempfile::TempDir, Ledger) {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::at(dir.path());
    disk::create_dir_private(&ledger.folder()).unwrap();
    disk::open_append(&ledger.segment_path(202_611)).unwrap().write_all(text).unwrap();
    (dir, ledger)
}

/// What a reader says of each line, in one order.
fn quick(ledger: &Ledger, window: Window) -> (Vec<String>, Vec<Bad>) {
    let (sums, bad) = fold(ledger, window, Vec::new, |sum, entry| sum.push(format!("{entry:?}"))).unwrap();
    let mut all = sums.concat();
    all.sort();
    (all, bad)
}

fn plain(ledger: &Ledger, window: Window) -> (Vec<String>, Vec<Bad>) {
    let mut all = Vec::new();
    let bad = scan::each(ledger, window, |line| match &line {
        Line::Call(call) => hand_out_call(call, |entry| all.push(format!("{entry:?}"))),
        Line::Unlisted(line) => hand_out_unlisted(line, |entry| all.push(format!("{entry:?}"))),
        Line::Override(_) | Line::Start(_) => {}
    })
    .unwrap();
    all.sort();
    (all, bad)
}

fn agree(text: &[u8]) {
    let (_dir, ledger) = ledger(text);
    let day = Window { start: Time::parse("2026-11-24T00:00:00Z").unwrap(), end: Time::MAX };
    for window in [Window::ALWAYS, day] {
        assert_eq!(quick(&ledger, window).0, plain(&ledger, window).0, "{}", String::from_utf8_lossy(text));
    }
    let (quick, plain) = (quick(&ledger, Window::ALWAYS).1, plain(&ledger, Window::ALWAYS).1);
    let place = |bad: &Bad| (bad.line, bad.why.clone());
    assert_eq!(quick.iter().map(place).collect::<Vec<_>>(), plain.iter().map(place).collect::<Vec<_>>());
}

const CALL: &str = r#"{"kind":"call","v":1,"id":"a:1","time":"2026-11-24T10:00:00.000Z","session":"s","project":"/w \u00e9\"x","model":"claude-opus-5-5","provider":"bedrock","region":"eu-central-1","tokens":{"input":1,"output":2,"cacheWrite5m":3,"cacheWrite1h":4,"cacheRead":5},"webSearches":1,"speed":"fast","tier":"batch","geo":"us","iterations":[{"kind":"message","tokens":{"input":9}},{"kind":"compaction","tokens":{"output":7}}],"feature":"tool:Bash","tools":["Bash","R\"ead"],"agent":"Explore","agentId":"x","skill":"k","mcpServer":"m","branch":"main","user":"u","cost":"0.5","clientCost":"0.4","prices":"p","estimated":true,"promptId":"q","stopReason":"tool_use","resultBytes":7,"retries":2,"source":"transcript","client":"2.1.330","plugin":"l","requestedModel":"claude-opus-5","estimateReason":"e"}"#;

#[test]
fn every_field_is_read_alike() {
    agree(format!("{CALL}\n").as_bytes());
    let (_dir, ledger) = ledger(format!("{CALL}\n").as_bytes());
    let (sums, _) = fold(&ledger, Window::ALWAYS, Vec::new, |sum: &mut Vec<bool>, entry| {
        assert_eq!((entry.tokens.input, entry.tokens.output, entry.retries), (9, 7, 2));
        assert_eq!(
            (entry.project, entry.tools.len(), entry.client_cost.to_string()),
            ("/w é\"x", 2, "0.4".into())
        );
        sum.push(true);
    })
    .unwrap();
    assert_eq!(sums.concat(), [true]);
}

#[test]
fn what_is_odd_is_read_alike() {
    let body = &CALL[14..];
    let unlisted = r#"{"kind":"unlisted","v":1,"id":"unlisted:s:1","time":"2026-11-23T10:00:00.000Z","session":"s","project":"/w","provider":"anthropic","user":"u","cost":"0.5","source":"status-line"}"#;
    let start = r#"{"kind":"start","v":1,"id":"start:s:1","time":"2026-11-24T10:00:00.000Z","session":"s","project":"/w","user":"u","birth":"startup"}"#;
    let newer = CALL.replace("\"v\":1", "\"v\":2");
    let again = CALL.replace("\"a:1\"", "\"a:1\",\"rev\":1").replace("0.5", "0.75");
    let null = CALL.replace("\"branch\":\"main\"", "\"branch\":null");
    let unknown =
        CALL.replace("\"kind\":\"call\"", "\"kind\":\"call\",\"new\":{\"time\":\"x\"}").replace("a:1", "b:2");
    let turned = format!("{{{},\"kind\":\"call\"}}", &body[1..body.len() - 1]);
    let incomplete = CALL.replace("\"prices\":\"p\",", "");
    let lines = [
        unlisted,
        start,
        &newer,
        CALL,
        &again,
        &null,
        &unknown,
        &turned,
        &incomplete,
        "",
        "{}",
        "x",
        "\u{0}",
        "\r",
    ];
    for one in lines {
        agree(format!("{one}\n").as_bytes());
        for other in lines {
            agree(format!("{one}\n{other}\n").as_bytes());
        }
    }
    agree(b"\xff\n");
    agree(format!("{CALL}\n{}", &CALL[..50]).as_bytes());
}

#[test]
fn lines_are_whole_wherever_the_pieces_are_cut() {
    let mut text = String::new();
    for number in 0..12_000 {
        let padding = "x".repeat(number * 37 % 900);
        text += &CALL.replace("\"a:1\"", &format!("\"{number}:{padding}\""));
        text.push('\n');
        if number == 7_000 {
            text += &format!("{}\n", "y".repeat(5 << 20));
        }
    }
    assert!(text.len() as u64 > 4 * CHUNK);
    let (_dir, ledger) = ledger(text.as_bytes());
    let (sums, bad) = fold(&ledger, Window::ALWAYS, || 0, |sum: &mut u32, _| *sum += 1).unwrap();
    assert_eq!(sums.iter().sum::<u32>(), 12_000);
    assert_eq!(bad.iter().map(|bad| bad.line).collect::<Vec<_>>(), [7_002]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn torn_and_changed_lines_are_read_alike(cut in 0..CALL.len(), byte in any::<u8>(), at in 0..CALL.len()) {
        let mut changed = CALL.as_bytes().to_vec();
        changed[at] = byte;
        agree(&[changed.as_slice(), b"\n", &CALL.as_bytes()[..cut], b"\n", CALL.as_bytes(), b"\n"].concat());
    }

    #[test]
    fn calls_booked_again_are_read_alike(lines in proptest::collection::vec((0..4_u8, 0..4_u8, 0..CALL.len() * 4), 0..12)) {
        let mut text = Vec::new();
        for (id, rev, cut) in lines {
            let rev = if rev == 0 { String::new() } else { format!(",\"rev\":{rev}") };
            let line = CALL.replace("\"a:1\"", &format!("\"a:{id}\"{rev}"));
            // Some are torn: those count for nothing.
            text.extend_from_slice(&line.as_bytes()[..cut.min(line.len())]);
            text.push(b'\n');
        }
        agree(&text);
    }
}
