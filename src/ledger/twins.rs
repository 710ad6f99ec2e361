//! Lines that share an id where they should not as they do: read again, compared, and brought into the one order that
//! every reader understands the same way. Finds what is wrong with them for `verify` and says for `repair` which lines
//! are to stand; writes nothing.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fs::File;

use serde_json::{Value, json};

use super::census::{Census, Kind, Odd, Seen};
use super::{scan, segment};
use crate::base::error::{Error, Result};
use crate::base::money::Money;
use crate::model::entry::Line;
use crate::model::usage::Tokens;

/// A line with what it says.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) seen: Seen,
    pub(super) bytes: Vec<u8>,
    pub(super) line: Line,
}

/// What is wrong with a line beside the others of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The same revision with the same content stands before it.
    Double,
    /// The same revision with other content stands before it.
    Conflict,
    /// A higher revision stands before it.
    Falls,
    /// Its time is in another month than that of the first revision.
    OtherMonth,
    /// A revision between this one and the one before is missing. It was superseded, so nothing depends on it.
    Gap,
    /// It says fewer tokens than a revision before it.
    Shrunk,
}

/// The lines of one id in the order in which they stand, with what is wrong.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) lines: Vec<Known>,
    pub(super) faults: Vec<(usize, Fault)>,
}

/// How the lines of an id should stand.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Settled {
    pub(super) month: u32,
    pub(super) lines: Vec<Vec<u8>>,
    /// Those of the lines that are in none of these, by number.
    pub(super) aside: Vec<usize>,
}

/// Hands out every group with a fault, or with a line in another month's segment.
pub(super) fn each(census: &Census, mut take: impl FnMut(Group) -> Result<()>) -> Result<()> {
    let astray: HashSet<(u16, u64)> = census
        .odd
        .iter()
        .filter(|(_, odd)| *odd == Odd::Month)
        .map(|(spot, _)| (spot.segment, spot.at))
        .collect();
    let mut reader = Reader::new(census);
    for group in census.groups() {
        let strays = !astray.is_empty() && group.iter().any(|seen| astray.contains(&(seen.segment, seen.at)));
        if !strays && are_in_order(group) {
            continue;
        }
        let mut known: Vec<Known> = Vec::new();
        for seen in group {
            let bytes = reader.bytes(seen)?;
            // A line that changed since it was counted is somebody else's at work: whoever has the lock sees none.
            if let Ok(line) = scan::parse(&bytes) {
                known.push(Known { seen: *seen, bytes, line });
            }
        }
        // Other ids may share the hash.
        known.sort_by(|one, other| one.line.id().cmp(other.line.id()));
        while let Some(first) = known.first() {
            let end = known.partition_point(|other| other.line.id() <= first.line.id());
            let rest = known.split_off(end);
            let lines = std::mem::replace(&mut known, rest);
            let faults = faults(&lines);
            let strays = lines.iter().any(|known| astray.contains(&(known.seen.segment, known.seen.at)));
            if strays || !faults.is_empty() {
                take(Group { lines, faults })?;
            }
        }
    }
    Ok(())
}

/// Reads lines again, each segment opened once.
pub(super) struct Reader<'c> {
    census: &'c Census,
    files: HashMap<u16, File>,
}

impl<'c> Reader<'c> {
    pub(super) fn new(census: &'c Census) -> Self {
        Self { census, files: HashMap::new() }
    }

    fn bytes(&mut self, seen: &Seen) -> Result<Vec<u8>> {
        let path = &self.census.segments[usize::from(seen.segment)].path;
        let failed = |error| Error::io("read", path, error);
        let file = match self.files.entry(seen.segment) {
            Entry::Occupied(open) => open.into_mut(),
            Entry::Vacant(none) => none.insert(File::open(path).map_err(failed)?),
        };
        segment::read_range_of(file, seen.at, seen.at + u64::from(seen.len)).map_err(failed)
    }

    /// Have all of these lines the same id, not only the same hash of it?
    pub(super) fn is_one_id(&mut self, group: &[Seen]) -> Result<bool> {
        let mut id: Option<String> = None;
        for seen in group {
            let Ok(line) = scan::parse(&self.bytes(seen)?) else { return Ok(false) };
            if id.get_or_insert_with(|| line.id().to_string()) != line.id() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Do the lines of an id stand as a writer leaves them: in one segment, each revision one more than the one before?
fn are_in_order(group: &[Seen]) -> bool {
    group.windows(2).all(|pair| {
        pair[0].segment == pair[1].segment
            && pair[0].rev.checked_add(1) == Some(pair[1].rev)
            && (pair[1].kind != Kind::Call || pair[0].tokens <= pair[1].tokens)
    })
}

fn faults(lines: &[Known]) -> Vec<(usize, Fault)> {
    let mut faults = Vec::new();
    let mut contents: HashMap<u32, HashSet<String>> = HashMap::new();
    let mut highest: Option<u32> = None;
    let mut tokens = 0;
    for (at, known) in lines.iter().enumerate() {
        let rev = known.line.rev();
        let same = contents.entry(rev).or_default();
        let is_new = same.insert(serde_json::to_string(&known.line).unwrap_or_default());
        match highest {
            _ if !is_new => faults.push((at, Fault::Double)),
            _ if same.len() > 1 => faults.push((at, Fault::Conflict)),
            Some(highest) if rev < highest => faults.push((at, Fault::Falls)),
            Some(highest) if rev - highest > 1 => faults.push((at, Fault::Gap)),
            _ => {}
        }
        if known.line.time().utc_month() != lines[0].line.time().utc_month() {
            faults.push((at, Fault::OtherMonth));
        }
        if is_new && highest.is_none_or(|highest| rev > highest) && known.seen.tokens < tokens {
            faults.push((at, Fault::Shrunk));
        }
        highest = highest.max(Some(rev));
        tokens = tokens.max(known.seen.tokens);
    }
    // Of unlisted money less is said when calls turn up as lines.
    faults.retain(|(at, fault)| *fault != Fault::Shrunk || lines[*at].seen.kind == Kind::Call);
    faults
}

/// The lines as they should stand. The newest state stays the valid one; where several claim to be it they are joined.
pub(super) fn settle(lines: &[Known]) -> Settled {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|at| (lines[*at].line.rev(), lines[*at].line.time(), *at));
    if matches!(lines[0].line, Line::Override(_)) {
        return of_override(lines);
    }
    let first = &lines[order[0]].line;
    let month = first.time().utc_month();
    let highest = lines[order[order.len() - 1]].line.rev();
    let (mut kept, mut aside): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    for at in order {
        let before = kept.last().map(|last| lines[*last].line.rev());
        let fits = before != Some(lines[at].line.rev()) && lines[at].line.time().utc_month() == month;
        if fits { kept.push(at) } else { aside.push(at) }
    }
    let mut settled: Vec<Vec<u8>> = kept.iter().map(|at| lines[*at].bytes.clone()).collect();
    let valid: Vec<&Known> = lines.iter().filter(|known| known.line.rev() == highest).collect();
    let joined = join(&valid, first);
    let differs = valid.iter().any(|known| known.line != valid[0].line);
    if differs || valid[0].line.time().utc_month() != month {
        settled.push(joined);
    }
    aside.retain(|at| !kept.iter().any(|kept| lines[*kept].bytes == lines[*at].bytes));
    Settled { month, lines: settled, aside }
}

/// An override has no revisions. The last one is what limits go by.
fn of_override(lines: &[Known]) -> Settled {
    let last = &lines[lines.len() - 1];
    let differs = |at: &usize| lines[*at].bytes != last.bytes;
    Settled {
        month: last.line.time().utc_month(),
        lines: vec![last.bytes.clone()],
        aside: (0..lines.len() - 1).filter(differs).collect(),
    }
}

/// One line that holds the maximum of each count, one revision higher, at the time of the first.
fn join(valid: &[&Known], first: &Line) -> Vec<u8> {
    let weight = |known: &Known| (known.seen.tokens, known.line.cost());
    let Some(base) = valid.iter().max_by_key(|known| weight(known)) else { return Vec::new() };
    let mut value: Value = serde_json::from_slice(&base.bytes).unwrap_or_default();
    value["rev"] = base.line.rev().saturating_add(1).into();
    value["time"] = json!(first.time());
    match &base.line {
        Line::Call(call) => {
            let calls = || {
                valid.iter().filter_map(|known| match &known.line {
                    Line::Call(call) => Some(call),
                    _ => None,
                })
            };
            let tokens = calls().fold(Tokens::default(), |most, call| most.max(&call.tokens));
            let cost = calls().map(|call| call.cost).max().unwrap_or_default();
            let client = calls().map(|call| call.client_cost()).max().unwrap_or_default();
            let searches = calls().map(|call| call.web_searches).max().unwrap_or_default();
            if tokens != call.tokens || cost != call.cost {
                value["estimated"] = true.into();
                value["estimateReason"] = JOINED.into();
            }
            value["tokens"] = json!(tokens);
            value["cost"] = json!(cost);
            if searches > 0 {
                value["webSearches"] = searches.into();
            }
            if client != cost {
                value["clientCost"] = json!(client);
            } else if let Some(object) = value.as_object_mut() {
                object.remove("clientCost");
            }
        }
        Line::Unlisted(_) => {
            let most = valid.iter().map(|known| known.line.cost()).max().unwrap_or(Money::ZERO);
            value["cost"] = json!(most);
        }
        Line::Start(_) | Line::Override(_) => {}
    }
    serde_json::to_vec(&value).unwrap_or_default()
}

const JOINED: &str = "joined by `ledger repair` from lines of one revision that differed";

#[cfg(test)]
mod tests {
    use super::*;

    fn call(rev: u32, output: u64, cost: &str, time: &str) -> Known {
        let text = json!({
            "kind": "call", "v": 1, "id": "m:r", "rev": rev, "time": time, "session": "s", "project": "/w",
            "model": "m", "provider": "anthropic", "tokens": {"input": 7, "output": output}, "feature": "chat",
            "user": "u", "cost": cost, "prices": "p", "later": [1],
        });
        known(&text)
    }

    fn known(text: &Value) -> Known {
        let bytes = text.to_string().into_bytes();
        let line = scan::parse(&bytes).unwrap();
        let tokens = text["tokens"]["output"].as_u64().map_or(0, |output| 7 + output);
        let kind = if text["kind"] == "call" { Kind::Call } else { Kind::Other };
        let seen = Seen {
            id: 1,
            at: 0,
            tokens,
            cost: 0,
            rev: line.rev(),
            len: 0,
            segment: 0,
            kind,
            estimated: false,
        };
        Known { seen, bytes, line }
    }

    const NOV: &str = "2026-11-24T10:00:00.000Z";

    #[test]
    fn what_is_wrong_has_a_name() {
        let of = |lines: &[(u32, u64)]| {
            let lines: Vec<Known> = lines.iter().map(|(rev, output)| call(*rev, *output, "1", NOV)).collect();
            faults(&lines)
        };
        assert_eq!(of(&[(0, 1), (1, 2), (2, 2)]), []);
        assert_eq!(of(&[(0, 1), (0, 1)]), [(1, Fault::Double)]);
        assert_eq!(of(&[(0, 1), (0, 2)]), [(1, Fault::Conflict)]);
        assert_eq!(of(&[(1, 2), (0, 1)]), [(1, Fault::Falls)]);
        assert_eq!(of(&[(0, 1), (2, 2)]), [(1, Fault::Gap)]);
        assert_eq!(of(&[(3, 5), (4, 2)]), [(1, Fault::Shrunk)], "compacted lines may begin at any revision");
        let lines = [call(0, 1, "1", NOV), call(1, 2, "1", "2026-12-01T00:00:00.000Z")];
        assert_eq!(faults(&lines), [(1, Fault::OtherMonth)]);
    }

    #[test]
    fn a_conflict_is_joined_to_the_maximum_one_revision_higher() {
        let lines = [call(0, 5, "1.5", NOV), call(0, 9, "1.25", NOV)];
        let settled = settle(&lines);
        assert_eq!((settled.lines.len(), settled.aside.clone()), (2, vec![1]));
        assert_eq!(settled.lines[0], lines[0].bytes);
        let joined: Value = serde_json::from_slice(&settled.lines[1]).unwrap();
        assert_eq!((&joined["rev"], &joined["cost"]), (&json!(1), &json!("1.5")));
        assert_eq!((&joined["tokens"]["output"], &joined["estimated"]), (&json!(9), &json!(true)));
        assert_eq!(joined["later"], json!([1]), "what is not known is kept");
        // The maximum is one of the lines: then its price is known.
        let settled = settle(&[call(0, 9, "1.5", NOV), call(0, 5, "1.25", NOV)]);
        let joined: Value = serde_json::from_slice(&settled.lines[1]).unwrap();
        assert_eq!((&joined["cost"], joined.get("estimated")), (&json!("1.5"), None));
    }

    #[test]
    fn order_and_doubles_change_no_figure() {
        let lines = [call(1, 9, "2", NOV), call(0, 5, "1", NOV), call(1, 9, "2", NOV)];
        let settled = settle(&lines);
        assert_eq!(settled.lines, [lines[1].bytes.clone(), lines[0].bytes.clone()]);
        assert_eq!(settled.aside, [0; 0]);
        // A conflict below the newest revision: that one stays valid, unjoined.
        let lines = [call(0, 5, "1", NOV), call(0, 6, "1", NOV), call(1, 9, "2", NOV)];
        let settled = settle(&lines);
        assert_eq!((settled.lines.len(), settled.aside), (2, vec![1]));
    }

    #[test]
    fn a_revision_of_another_month_comes_home() {
        let lines = [call(0, 5, "1", NOV), call(1, 9, "2", "2026-12-01T00:00:00.000Z")];
        let settled = settle(&lines);
        assert_eq!((settled.month, settled.aside.clone()), (202_611, vec![1]));
        let joined: Value = serde_json::from_slice(&settled.lines[1]).unwrap();
        assert_eq!((&joined["rev"], &joined["time"]), (&json!(2), &json!(NOV)));
        assert_eq!(joined["tokens"]["output"], json!(9));
    }
}
