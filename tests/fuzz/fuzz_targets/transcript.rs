//! Transcript lines, any bytes, cut anywhere: booked in pieces as they grow, and booked at once, come to the same
//! calls and sums; booked a second time, under a new checkpoint and from a new file they change nothing; money
//! without lines is never negative, and every sum kept is the sum of its lines. Cuts in the input are where a hook ran in
//! between. An input that begins with a zero is read as what an honest client does instead: then what is booked without
//! lines is what the client spent that way.
#![no_main]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use cost_hook::base::money::Money;
use cost_hook::base::time::Time;
use cost_hook::book::{Context, process, unlisted, watch};
use cost_hook::claude::transcript;
use cost_hook::ledger::Writer;
use cost_hook::model::entry::{Call, Line};
use cost_hook::model::price::PriceOverrides;
use cost_hook_fuzz::client::{self, Event, Step, Story};
use cost_hook_fuzz::{Sealed, now, parts};
use libfuzzer_sys::fuzz_target;

/// What the client's rounding may come to: its totals are binary floats.
const ROUNDING: Money = Money(1_000);

fuzz_target!(|data: &[u8]| match data.split_first() {
    Some((0, rest)) => {
        let mut source = Unstructured::new(rest);
        let told = bool::arbitrary(&mut source).unwrap_or_default();
        let mut steps = Vec::new();
        while !source.is_empty() && steps.len() < client::MOST_STEPS {
            steps.extend(Step::arbitrary(&mut source));
        }
        honest(&client::tell(told, &steps));
    }
    _ => any(data),
});

fn any(data: &[u8]) {
    let pieces = pieces(data);
    let grown = Sealed::new();
    let path = grown.transcript("s1");
    for piece in &pieces {
        append(&path, piece);
        book(&grown, &path);
    }
    let whole = Sealed::new();
    let at_once = whole.transcript("s1");
    append(&at_once, &pieces.concat());
    book(&whole, &at_once);
    let (in_pieces, together) = (calls(&grown), calls(&whole));
    assert_eq!(in_pieces.keys().collect::<Vec<_>>(), together.keys().collect::<Vec<_>>());
    for (id, call) in &together {
        let other = &in_pieces[id];
        assert_eq!(
            (call.tokens, call.web_searches, call.cost),
            (other.tokens, other.web_searches, other.cost),
            "{id}"
        );
    }
    assert_eq!(sum(&in_pieces), sum(&together));
    for sealed in [&grown, &whole] {
        adds_up(sealed);
        again(sealed, now(), "");
    }
}

fn honest(story: &Story) {
    let grown = Sealed::new();
    let path = grown.transcript("s1");
    for event in &story.events {
        match event {
            Event::Write(bytes) => append(&path, bytes),
            Event::Hook { now, start, sight } => {
                with(&grown, *now, |writer, context| {
                    watch::catch_up(writer, context, Some(&path), None).unwrap();
                    if start.is_some() {
                        process::start(writer, context, "s1", *start).unwrap();
                    }
                    if let Some(total) = sight {
                        unlisted::sight(writer, context, "s1", *total, Some("2.1.330")).unwrap();
                    }
                });
                without_lines(&grown);
            }
        }
    }
    let whole = Sealed::new();
    let at_once = whole.transcript("s1");
    append(&at_once, &story.text);
    with(&whole, story.ended, |writer, context| {
        watch::catch_up(writer, context, Some(&at_once), None).unwrap();
    });
    for sealed in [&grown, &whole] {
        assert_eq!(sum(&calls(sealed)), story.calls);
        adds_up(sealed);
    }
    about(without_lines(&grown), story.told, story);
    if story.killed {
        assert!(without_lines(&whole) - ROUNDING <= story.hidden);
    } else {
        assert_eq!(story.told, story.hidden);
        about(without_lines(&whole), story.hidden, story);
    }
    again(&grown, story.ended, &story.steps);
    again(&whole, story.ended, &story.steps);
}

fn about(found: Money, meant: Money, story: &Story) {
    let off = found - meant;
    let steps = &story.steps;
    assert!(off <= ROUNDING && -off <= ROUNDING, "{found} booked without lines, {meant} meant: {steps}");
}

/// Booked again, and again under a new checkpoint, and from a file that was replaced: the same lines.
fn again(sealed: &Sealed, now: Time, steps: &str) {
    let path = sealed.transcript("s1");
    let before = sealed.lines();
    let read = || {
        with(sealed, now, |writer, context| {
            watch::catch_up(writer, context, Some(&path), None).unwrap();
        });
        assert_eq!(sealed.lines(), before, "{steps}");
    };
    read();
    if path.exists() {
        let copy = path.with_extension("copy");
        fs::copy(&path, &copy).unwrap();
        fs::rename(&copy, &path).unwrap();
        read();
    }
    sealed.ledger().make_checkpoint_anew(now, Duration::from_secs(5)).unwrap();
    adds_up(sealed);
    read();
}

/// What is booked without lines, in the client's terms.
fn without_lines(sealed: &Sealed) -> Money {
    let mut sum = Money::ZERO;
    for line in sealed.lines() {
        if let Line::Unlisted(line) = line {
            assert!(line.cost >= Money::ZERO && line.client_cost() >= Money::ZERO, "{line:?}");
            sum += line.client_cost();
        }
    }
    sum
}

/// What the checkpoint remembers of each session is the sum of its lines.
fn adds_up(sealed: &Sealed) {
    let mut sums: BTreeMap<String, [Money; 3]> = BTreeMap::new();
    for line in sealed.lines() {
        match line {
            Line::Call(call) => sums.entry(call.session.clone()).or_default()[0] += call.cost,
            Line::Unlisted(line) => {
                let [all, unlisted, client] = sums.entry(line.session.clone()).or_default();
                *all += line.cost;
                *unlisted += line.cost;
                *client += line.client_cost();
            }
            _ => {}
        }
    }
    with(sealed, now(), |writer, _| {
        for id in writer.session_ids().unwrap() {
            let session = writer.peek_session(&id).unwrap().unwrap();
            let accounts = session.processes.iter().map(|process| process.unlisted);
            let kept = [session.cost, session.unlisted_cost, session.early.unlisted + accounts.sum()];
            assert_eq!(kept, sums.remove(&id).unwrap_or_default(), "{id}");
        }
    });
    assert!(sums.values().flatten().all(|sum| *sum == Money::ZERO), "sessions nobody knows: {sums:?}");
    without_lines(sealed);
}

/// The parts, without cuts through a line whose beginning counts as a line already: the client never goes on with
/// those.
fn pieces(data: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces: Vec<Vec<u8>> = Vec::new();
    for part in parts(data).take(12) {
        match pieces.last_mut().filter(|piece| transcript::parse(last_line(piece)).is_some()) {
            Some(piece) => piece.extend_from_slice(part),
            None => pieces.push(part.to_vec()),
        }
    }
    pieces
}

fn last_line(piece: &[u8]) -> &[u8] {
    piece.rsplit(|byte| *byte == b'\n').next().unwrap_or_default()
}

fn append(path: &Path, bytes: &[u8]) {
    fs::OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(bytes).unwrap();
}

fn book(sealed: &Sealed, path: &Path) {
    with(sealed, now(), |writer, context| {
        watch::catch_up(writer, context, Some(path), None).unwrap();
    });
}

fn with(sealed: &Sealed, now: Time, act: impl FnOnce(&mut Writer, &Context<'_>)) {
    let prices = PriceOverrides::default();
    let context = Context {
        now,
        prices: &prices,
        provider: None,
        region: None,
        user: "fuzz",
        env: &|_| None,
        session: Some("s1"),
        project: Some("/w"),
    };
    let mut writer = sealed.ledger().write(now, Duration::from_secs(5)).unwrap();
    act(&mut writer, &context);
    writer.commit().unwrap();
}

fn calls(sealed: &Sealed) -> BTreeMap<String, Call> {
    let calls = sealed.lines().into_iter().filter_map(|line| match line {
        Line::Call(call) => Some((call.id.clone(), *call)),
        _ => None,
    });
    calls.collect()
}

fn sum(calls: &BTreeMap<String, Call>) -> Money {
    calls.values().map(|call| call.cost).sum()
}
