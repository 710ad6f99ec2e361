//! Transcript lines, any bytes, cut anywhere: booked in pieces as they grow, and booked at once, come to the same
//! calls and sums; booked a second time they change nothing. Cuts in the input are where a hook ran in between.
#![no_main]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use cost_hook::base::money::Money;
use cost_hook::book::{Context, watch};
use cost_hook::claude::transcript;
use cost_hook::model::entry::{Call, Line};
use cost_hook::model::price::PriceOverrides;
use cost_hook_fuzz::{Sealed, now, parts};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
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
    let before = grown.lines();
    book(&grown, &path);
    assert_eq!(grown.lines(), before);
});

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
    let prices = PriceOverrides::default();
    let context = Context {
        now: now(),
        prices: &prices,
        provider: None,
        region: None,
        user: "fuzz",
        env: &|_| None,
        session: Some("s1"),
        project: Some("/w"),
    };
    let mut writer = sealed.ledger().write(now(), Duration::from_secs(5)).unwrap();
    watch::catch_up(&mut writer, &context, Some(path), None).unwrap();
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
