//! `cost-hook ledger verify` and `repair`: every kind of damage is named with its place, and mended so that every call
//! that can be read counts once.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use cost_hook::ledger::scan;
use cost_hook::model::entry::Line;
use serde_json::{Value, json};

use crate::support::books::{call, unlisted};
use crate::support::{Call, Env, usd};

const OPUS: &str = "claude-opus-5-5";

fn line(id: &str, rev: u32, output: u64) -> Value {
    let more = if rev == 0 { json!({}) } else { json!({"rev": rev}) };
    call(id, "2026-11-20T10:00:00.000Z", OPUS, [10, output, 0, 0, 0], more)
}

fn segment(env: &Env) -> PathBuf {
    env.data().join("ledger/2026-11.jsonl")
}

/// A world whose segment has these bytes, all files private.
fn world(bytes: &[u8]) -> Env {
    let env = Env::new();
    env.write(&segment(&env), bytes);
    private(&env);
    env
}

fn private(env: &Env) {
    for (path, mode) in [(env.data(), 0o700), (env.data().join("ledger"), 0o700), (segment(env), 0o600)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
}

pub(super) fn verify(env: &Env) -> (Option<i32>, Value) {
    let output = env.run(&["ledger", "verify", "--json"]);
    (output.code, serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}")))
}

/// What is wrong: word and line.
pub(super) fn wrong(env: &Env) -> Vec<(String, u64)> {
    let (code, answer) = verify(env);
    let found = answer["findings"].as_array().unwrap().iter().filter(|finding| finding["wrong"] == true);
    let found: Vec<_> = found
        .map(|finding| (finding["id"].as_str().unwrap().to_string(), finding["line"].as_u64().unwrap_or(0)))
        .collect();
    assert_eq!((code, answer["ok"].as_bool()), (Some(i32::from(!found.is_empty())), Some(found.is_empty())));
    found
}

pub(super) fn repair(env: &Env) -> Value {
    let output = env.run(&["ledger", "repair", "--json"]);
    assert_eq!(output.code, Some(0), "{output:?}");
    serde_json::from_str(&output.stdout).unwrap()
}

/// The newest state of each id that can be read anywhere in the segments, as reports would take it.
fn readable(env: &Env) -> BTreeMap<String, (u32, u64)> {
    let mut states = BTreeMap::new();
    for segment in env.segments() {
        for bytes in std::fs::read(segment).unwrap().split(|byte| *byte == b'\n') {
            let Ok(Line::Call(call)) = scan::parse(bytes) else { continue };
            let state = (call.rev, call.tokens.output);
            let known: &mut (u32, u64) = states.entry(call.id).or_default();
            *known = (*known).max(state);
        }
    }
    states
}

/// Repairs, and holds the result to what is promised of every repair.
fn mended(env: &Env) -> Value {
    let before = readable(env);
    let dry = env.run(&["ledger", "repair", "--dry-run", "--json"]).ok();
    assert!(dry.stdout.contains("\"dryRun\": true"), "{dry:?}");
    assert_eq!(readable(env), before, "a dry run changes nothing");
    let did = repair(env);
    let after = readable(env);
    for (id, (rev, output)) in &before {
        let new = after.get(id).unwrap_or_else(|| panic!("{id} was lost"));
        assert!(new.0 >= *rev && new.1 >= *output, "{id}: {new:?} after {:?}", (rev, output));
    }
    assert_eq!(wrong(env), [], "{did}");
    let bytes: Vec<_> = env.segments().iter().map(|path| std::fs::read(path).unwrap()).collect();
    let again = repair(env);
    assert_eq!(again["did"], json!([]), "the second repair has nothing to do");
    assert_eq!(env.segments().iter().map(|path| std::fs::read(path).unwrap()).collect::<Vec<_>>(), bytes);
    did
}

#[test]
fn a_ledger_that_is_well_says_so_and_nothing_is_touched() {
    let env = Env::new();
    assert!(env.run(&["ledger", "verify"]).ok().stdout.starts_with("Nothing is booked yet"));
    assert!(env.run(&["ledger", "repair"]).ok().stdout.starts_with("Nothing is booked yet"));
    assert!(!env.data().exists(), "looking makes no folder");
    let session = env.session("s1");
    session.call(&Call::new("a").tokens(1001, 1));
    env.hook("PostToolUse", &session, json!({})).silent();
    session.call(&Call::new("a").tokens(1001, 51)).call(&Call::new("b"));
    session.cost_state(1.0, "2026-11-24T12:00:00.000Z");
    env.hook("SessionEnd", &session, json!({"reason": "other"})).silent();
    let before = std::fs::read(&env.segments()[0]).unwrap();
    assert_eq!(wrong(&env), []);
    let told = env.run(&["ledger", "verify"]).ok();
    assert!(told.stdout.contains("Nothing is wrong: "), "{told:?}");
    assert_eq!(repair(&env)["did"], json!([]));
    assert_eq!(std::fs::read(&env.segments()[0]).unwrap(), before);
    let stats: Value = env.run(&["ledger", "stats", "--json"]).json();
    assert_eq!((&stats["total"]["calls"], &stats["total"]["revisions"]), (&json!(2), &json!(1)));
    assert_eq!(stats["total"]["costExact"], json!(env.total().to_string()));
}

#[test]
fn each_damage_of_a_line_is_named_and_nothing_readable_is_lost() {
    let (a, b, c) =
        (line("a:1", 0, 5).to_string(), line("b:1", 0, 6).to_string(), line("c:1", 0, 7).to_string());
    /// A name, the bytes, what is wrong on which line, and how many calls there are afterwards.
    type Case = (&'static str, String, Vec<(&'static str, u64)>, usize);
    let cases: Vec<Case> = vec![
        ("glued", format!("{a}\n{b}{c}\n"), vec![("glued", 2)], 3),
        ("an empty line", format!("{a}\n\n \n{b}\n"), vec![("empty", 2), ("empty", 3)], 2),
        ("only NUL bytes", format!("{a}\n\0\0\0\0\n{b}\n"), vec![("nul", 2)], 2),
        ("NUL bytes before a line", format!("\0\0{a}\n{b}\n"), vec![("nul", 1)], 2),
        ("a mark of byte order inside", format!("{a}\n{{\u{feff}{b}\n"), vec![("unreadable", 2)], 2),
        ("half a line", format!("{a}\n{}\n{b}\n", &c[..60]), vec![("half", 2)], 2),
        ("half a line, and one glued to it", format!("{}{b}\n", &c[..60]), vec![("unreadable", 1)], 1),
        (
            "a newline in a line",
            format!("{}\n{}\n{b}\n", &c[..60], &c[60..]),
            vec![("half", 1), ("unreadable", 2)],
            2,
        ),
        ("rubbish", format!("{a}\nnot json\n{b}\n"), vec![("unreadable", 2)], 2),
        (
            "JSON of others",
            format!("{a}\n[1]\n{{\"kind\":\"note\",\"v\":1}}\n"),
            vec![("foreign", 2), ("foreign", 3)],
            1,
        ),
        ("no newline at the end", format!("{a}\n{b}"), vec![("torn", 2)], 2),
        ("a torn end", format!("{a}\n{}", &b[..50]), vec![("torn", 2)], 1),
        ("a copy", format!("{a}\n{b}\n{a}\n"), vec![("double", 3)], 2),
    ];
    for (name, text, expected, calls) in cases {
        let env = world(text.as_bytes());
        let expected: Vec<_> = expected.into_iter().map(|(id, line)| (id.to_string(), line)).collect();
        assert_eq!(wrong(&env), expected, "{name}");
        let did = mended(&env);
        assert_eq!(env.calls().len(), calls, "{name}: {did}");
        let backup = PathBuf::from(did["backup"].as_str().unwrap());
        assert_eq!(std::fs::read(backup.join("2026-11.jsonl")).unwrap(), text.as_bytes(), "{name}");
        assert_eq!(std::fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(
            std::fs::metadata(backup.join("2026-11.jsonl")).unwrap().permissions().mode() & 0o777,
            0o600
        );
        // What was taken out stands beside it, unless it said nothing.
        let aside = std::fs::read_to_string(env.data().join("ledger/unreadable.jsonl")).unwrap_or_default();
        let rubbish = ["half", "torn end", "rubbish", "others", "byte order"];
        assert_eq!(!aside.is_empty(), rubbish.iter().any(|word| name.contains(word)), "{name}: {aside}");
    }
}

#[test]
fn lines_that_share_an_id_come_to_one_state() {
    let text = |lines: &[Value]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    // The same revision twice, differing: reports would count both.
    let env = world(text(&[line("a:1", 0, 5), line("a:1", 0, 900), line("b:1", 0, 1)]).as_bytes());
    assert_eq!(wrong(&env), [("conflict".to_string(), 2)]);
    mended(&env);
    let joined = env.calls().into_iter().find(|call| call["id"] == "a:1").unwrap();
    assert_eq!((&joined["rev"], &joined["tokens"]["output"]), (&json!(1), &json!(900)));
    assert_eq!(
        joined["cost"],
        line("a:1", 0, 900)["cost"],
        "the larger one is whole, so that its price is known"
    );
    let aside = std::fs::read_to_string(env.data().join("ledger/unreadable.jsonl")).unwrap();
    assert!(aside.contains("2026-11.jsonl\",\"line\":2,"), "{aside}");
    // Revisions in the wrong order.
    let env = world(text(&[line("a:1", 1, 9), line("a:1", 0, 5)]).as_bytes());
    assert_eq!(wrong(&env), [("order".to_string(), 2)]);
    mended(&env);
    assert_eq!(env.lines(), [line("a:1", 0, 5), line("a:1", 1, 9)]);
    // A revision that says less is for a person to decide on; one that is missing changes nothing.
    let env = world(text(&[line("a:1", 0, 9), line("a:1", 2, 5)]).as_bytes());
    assert_eq!(wrong(&env), [("shrunk".to_string(), 2)]);
    let env = world(text(&[line("a:1", 3, 5), line("a:1", 5, 9)]).as_bytes());
    assert_eq!(wrong(&env), []);
    assert!(verify(&env).1["findings"].to_string().contains("\"gap\""));
    // Amounts that cannot be.
    let odd = [
        call("a:1", "2026-11-20T10:00:00.000Z", OPUS, [1; 5], json!({"cost": "-1"})),
        unlisted(1, "2026-11-20T10:00:00.000Z", "1", json!({"session": "other"})),
    ];
    let env = world(text(&odd).as_bytes());
    assert_eq!(wrong(&env), [("negative".to_string(), 1), ("wrong-session".to_string(), 2)]);
}

#[test]
fn a_line_of_another_month_goes_home() {
    let october = call("o:1", "2026-10-31T23:00:00.000Z", OPUS, [1, 2, 0, 0, 0], json!({"unknown": [1]}));
    let moved = call("m:1", "2026-12-01T00:00:00.000Z", OPUS, [10, 9, 0, 0, 0], json!({"rev": 1}));
    let env = world(format!("{october}\n{}\n", line("m:1", 0, 4)).as_bytes());
    env.write(&env.data().join("ledger/2026-12.jsonl"), format!("{moved}\n").as_bytes());
    std::fs::set_permissions(env.data().join("ledger/2026-12.jsonl"), std::fs::Permissions::from_mode(0o600))
        .unwrap();
    let found: Vec<String> = wrong(&env).into_iter().map(|(id, _)| id).collect();
    assert_eq!(found, ["wrong-month", "other-month"]);
    mended(&env);
    let at = std::fs::read_to_string(env.data().join("ledger/2026-10.jsonl")).unwrap();
    assert_eq!(at, format!("{october}\n"), "byte for byte");
    let newest = env.calls().into_iter().find(|call| call["id"] == "m:1").unwrap();
    assert_eq!((&newest["rev"], &newest["tokens"]["output"]), (&json!(2), &json!(9)));
    assert_eq!(newest["time"], "2026-11-20T10:00:00.000Z");
}

#[test]
fn what_was_set_aside_and_can_be_read_comes_back() {
    let env = world(format!("{}\n", line("a:1", 0, 5)).as_bytes());
    let torn = format!("{}\nrubbish\n{}\n", line("t:1", 0, 8), line("a:1", 0, 5));
    env.write(&env.data().join("ledger/torn.jsonl"), torn.as_bytes());
    let aside = json!({"time": "2026-11-20T10:00:00.000Z", "file": "2026-11.jsonl", "line": 3, "why": "x",
        "text": format!("{}{}", line("u:1", 0, 3), line("u:1", 1, 4))});
    env.write(&env.data().join("ledger/unreadable.jsonl"), format!("{aside}\n").as_bytes());
    for name in ["torn", "unreadable"] {
        let path = env.data().join(format!("ledger/{name}.jsonl"));
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let found = wrong(&env);
    assert_eq!(
        found.iter().map(|(id, line)| (id.as_str(), *line)).collect::<Vec<_>>(),
        [("unbooked", 1), ("unbooked", 1), ("unbooked", 1)]
    );
    mended(&env);
    let ids: Vec<String> = env.calls().iter().map(|call| call["id"].as_str().unwrap().to_string()).collect();
    assert_eq!(ids, ["a:1", "t:1", "u:1"]);
}

#[test]
fn files_and_the_checkpoint_are_looked_at() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a")).call(&Call::new("b"));
    env.hook("PostToolUse", &session, json!({})).silent();
    let ledger = env.data().join("ledger");
    std::fs::set_permissions(segment(&env), std::fs::Permissions::from_mode(0o644)).unwrap();
    env.write(&ledger.join("notes.txt"), b"x");
    std::fs::set_permissions(ledger.join("notes.txt"), std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::create_dir(ledger.join("2025-01.jsonl")).unwrap();
    std::fs::set_permissions(ledger.join("2025-01.jsonl"), std::fs::Permissions::from_mode(0o700)).unwrap();
    let found: Vec<String> = wrong(&env).into_iter().map(|(id, _)| id).collect();
    assert!(found.contains(&"open".to_string()) && found.contains(&"not-a-file".to_string()), "{found:?}");
    let (_, answer) = verify(&env);
    assert!(answer["findings"].to_string().contains("foreign-file"));
    std::fs::remove_dir(ledger.join("2025-01.jsonl")).unwrap();
    // An exchanged line of the same length: length and end fit, the sums do not.
    let text = std::fs::read_to_string(segment(&env)).unwrap();
    let cost = env.calls()[0]["cost"].as_str().unwrap().to_string();
    env.write(&segment(&env), text.replacen(&cost, "0.999999", 1).as_bytes());
    let found: Vec<String> = wrong(&env).into_iter().map(|(id, _)| id).collect();
    assert!(
        found.contains(&"checkpoint-sums".to_string()) || found.contains(&"checkpoint-apart".to_string()),
        "{found:?}"
    );
    mended(&env);
    assert_eq!(env.known("s1").cost, env.total());
}

/// What a person reads: the place by its name, one number for a line, and never that all is well where it is not.
#[test]
fn what_is_said_of_damage_leads_to_its_cure() {
    let env = world(format!("{}\n{{\"kind\": oops}}\n", line("a:1", 0, 9)).as_bytes());
    std::fs::set_permissions(env.data(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let said = env.run(&["ledger", "verify"]).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("wrong the data folder: others than its owner may read or write it"), "{said}");
    assert!(said.contains("2026-11.jsonl:2 (byte "), "{said}");
    assert!(said.contains("it cannot be read: expected value at column 10"), "{said}");
    let figures = env.run(&["ledger", "stats"]).ok().stdout;
    assert!(figures.contains("in 1 project\n"), "{figures}");
    let mended = env.run(&["ledger", "repair"]).ok().stdout;
    assert!(mended.contains("1 file or folder made private"), "{mended}");
    let figures = env.run(&["ledger", "stats"]).ok().stdout;
    assert!(figures.contains("1 line that was set aside"), "{figures}");
    // A file where the ledger's folder belongs is no empty ledger.
    std::fs::remove_dir_all(env.data().join("ledger")).unwrap();
    env.write(&env.data().join("ledger"), b"x");
    for what in ["verify", "repair", "compact", "stats"] {
        let refused = env.run(&["ledger", what]);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.stderr.contains("ledger` is no folder\nhint: move it away"), "{refused:?}");
    }
}

#[test]
fn lines_of_a_newer_version_are_not_touched() {
    let text = format!("{}\nrubbish\n{{\"v\":2,\"kind\":\"marvel\",\"id\":\"x\"}}\n", line("a:1", 0, 5));
    let env = world(text.as_bytes());
    let found: Vec<String> = wrong(&env).into_iter().map(|(id, _)| id).collect();
    assert_eq!(found, ["unreadable", "newer"]);
    let did = repair(&env);
    assert_eq!((did["did"].clone(), did["left"].as_array().unwrap().len()), (json!([]), 1), "{did}");
    let said = env.run(&["ledger", "repair"]).ok().stdout;
    assert!(said.starts_with("Left as it is\n"), "what is left is not nothing: {said}");
    assert_eq!(std::fs::read_to_string(segment(&env)).unwrap(), text);
    let refused = env.run(&["ledger", "compact"]);
    assert_eq!(std::fs::read_to_string(segment(&env)).unwrap(), text, "{refused:?}");
}

/// A made-up sequence of numbers, the same each time.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % sides
    }
}

/// Calls with revisions in two months, as writers leave them.
fn generated(dice: &mut Dice) -> BTreeMap<&'static str, Vec<u8>> {
    let mut months: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for number in 0..40 {
        let month = ["2026-10", "2026-11"][dice.roll(2)];
        let time = format!("{month}-1{}T10:00:00.000Z", dice.roll(9));
        for rev in 0..=dice.roll(3) as u32 {
            let tokens = [1, 10 + u64::from(rev), 0, 0, 0];
            let more = if rev == 0 { json!({}) } else { json!({"rev": rev}) };
            let line = call(&format!("m{number}:r"), &time, OPUS, tokens, more);
            months.entry(month).or_default().extend(format!("{line}\n").into_bytes());
        }
    }
    months
}

fn damage(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.roll(bytes.len());
    let starts: Vec<usize> = memchr::memchr_iter(b'\n', bytes).map(|end| end + 1).collect();
    let start = if starts.is_empty() { 0 } else { starts[dice.roll(starts.len())] };
    match dice.roll(8) {
        0 => bytes.truncate(at.max(1)),
        1 => drop(bytes.remove(at)),
        2 => bytes.insert(at, b'\n'),
        3 => bytes[at] = 0,
        4 => drop(bytes.splice(start..start, b"{\"foreign\":1}\nrubbish{\n\0\0\n".iter().copied())),
        // The newline between two lines.
        5 if start > 0 => drop(bytes.remove(start - 1)),
        // Lines copied to somewhere else.
        6 => {
            let copy = bytes[start..].to_vec();
            bytes.splice(0..0, copy);
        }
        _ => {
            let end = bytes.len().min(at + 30);
            bytes.drain(at..end);
        }
    }
    if bytes.is_empty() {
        bytes.push(b'\n');
    }
}

#[test]
fn whatever_happens_to_the_bytes_every_readable_call_stays() {
    for seed in 1..=24 {
        let mut dice = Dice(seed * 0x9e37_79b9);
        let env = Env::new();
        for (month, mut bytes) in generated(&mut dice) {
            for _ in 0..=dice.roll(4) {
                damage(&mut bytes, &mut dice);
            }
            let path = env.data().join(format!("ledger/{month}.jsonl"));
            env.write(&path, &bytes);
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        private(&env);
        let before = readable(&env);
        repair(&env);
        let after = readable(&env);
        for (id, state) in &before {
            let new = after.get(id).unwrap_or_else(|| panic!("seed {seed}: {id} was lost"));
            assert!(new >= state, "seed {seed}: {id} {new:?} after {state:?}");
        }
        // What a lost byte changed in a call that still reads well nobody can know: those are left to a person.
        let left = ["shrunk", "negative"];
        let found: Vec<_> = wrong(&env).into_iter().filter(|(id, _)| !left.contains(&id.as_str())).collect();
        assert_eq!(found, [], "seed {seed}");
        assert_eq!(repair(&env)["did"], json!([]), "seed {seed}");
        let total = env.total();
        let report: Value = env.run(&["report", "--json", "--since", "2020-01-01"]).json();
        assert_eq!(
            usd(report["totals"]["totalCostExact"].as_str().unwrap()),
            total,
            "seed {seed}: reports agree"
        );
    }
}
