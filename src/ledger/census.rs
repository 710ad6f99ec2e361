//! One reading of every line, for who looks after the ledger: where each line stands, which ids come more than once,
//! which lines cannot be read, and how much there is of everything. Finds and counts; what it means is `verify`'s, what
//! to do about it `repair`'s and `compact`'s.
//!
//! Takes no lock and keeps no line: 48 bytes for each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::entries::{self, Entry};
use super::{Ledger, scan, segment};
use crate::base::error::{Error, Result};
use crate::base::money::Money;
use crate::base::time::Time;
use crate::model::entry::Line;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Call,
    Unlisted,
    Other,
}

/// A segment that can be read.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub(super) month: u32,
    pub(super) path: PathBuf,
    /// With what stands behind the last newline.
    pub(super) len: u64,
    /// Up to the last newline.
    pub(super) whole: u64,
}

/// A line that was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// Of its id. Two ids may share it by chance, so that nothing is done about lines before they are read again.
    pub(super) id: u64,
    pub(super) at: u64,
    /// All that was billed.
    pub(super) tokens: u64,
    /// In the units of `Money`, as far as they go: to tell a changed amount.
    pub(super) cost: i64,
    pub(super) rev: u32,
    pub(super) len: u32,
    pub(super) segment: u16,
    pub(super) kind: Kind,
    pub(super) estimated: bool,
}

impl Seen {
    pub(super) fn spot(&self) -> Spot {
        Spot { segment: self.segment, at: self.at, len: self.len }
    }
}

/// A line that could not be read, or one that says what cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) segment: u16,
    pub(super) at: u64,
    pub(super) len: u32,
}

/// What is wrong with a line that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Odd {
    /// It stands in another month's segment.
    Month,
    /// An amount below nothing.
    Negative,
    /// An `unlisted` or `start` line whose id names another session than the line.
    Session,
    /// An `override` that raises nothing, or whose period ends before it begins.
    Override,
}

/// How much there is of a month.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    pub bytes: u64,
    pub lines: u64,
    /// Lines of calls, each revision one.
    pub call_lines: u64,
    pub unlisted_lines: u64,
    pub overrides: u64,
    pub starts: u64,
    pub unreadable: u64,
    pub first: Option<Time>,
    pub last: Option<Time>,
    /// Filled in from the ids: calls, money without calls, lines that a newer revision stands for.
    pub calls: u64,
    pub unlisted: u64,
    pub revisions: u64,
    pub superseded_bytes: u64,
    pub cost: Money,
    /// Calls whose cost is not certain, and calls that cost nothing although they used tokens.
    pub estimated: u64,
    pub unpriced: u64,
}

/// All that was found.
#[derive(Debug, Default)]
pub(super) struct Census {
    pub(super) segments: Vec<Segment>,
    /// By id, and of an id in the order in which they stand.
    pub(super) seen: Vec<Seen>,
    pub(super) bad: Vec<Spot>,
    pub(super) odd: Vec<(Spot, Odd)>,
    pub(super) counts: Vec<Counts>,
    pub(super) names: Names,
}

/// Who and what the lines name.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) sessions: BTreeSet<i64>,
    pub(super) projects: BTreeSet<i64>,
    pub(super) models: BTreeSet<String>,
}

/// What one thread gathers.
#[derive(Default)]
struct Part {
    seen: Vec<Seen>,
    bad: Vec<Spot>,
    odd: Vec<(Spot, Odd)>,
    counts: BTreeMap<u16, Counts>,
    names: Names,
}

impl Census {
    /// Of the ledger as it stands. What is no file is left out; `verify` names it.
    pub(super) fn of(ledger: &Ledger) -> Result<Self> {
        let mut segments = Vec::new();
        for (month, path, facts) in segment::named(ledger)? {
            if facts.is_file() {
                let len = facts.len();
                let whole = segment::end_of_last_line(&path, len)?;
                segments.push(Segment { month, path, len, whole });
            }
        }
        Self::of_segments(segments)
    }

    pub(super) fn of_segments(segments: Vec<Segment>) -> Result<Self> {
        if segments.len() > usize::from(u16::MAX) {
            return Err(Error::user("the ledger has more months than can be looked at"));
        }
        let files: Vec<_> = segments.iter().map(|segment| (segment.path.clone(), segment.whole)).collect();
        let parts = entries::each_whole_line(&files, Part::default, |part, file, at, line| {
            let spot = Spot {
                segment: u16::try_from(file).unwrap_or(u16::MAX),
                at,
                len: u32::try_from(line.len()).unwrap_or(u32::MAX),
            };
            part.take(segments[file].month, spot, line);
        })?;
        let mut census = Census { segments, ..Census::default() };
        census.counts = census
            .segments
            .iter()
            .map(|segment| Counts { bytes: segment.len, ..Counts::default() })
            .collect();
        for mut part in parts {
            census.seen.append(&mut part.seen);
            census.bad.append(&mut part.bad);
            census.odd.append(&mut part.odd);
            for (segment, counts) in part.counts {
                census.counts[usize::from(segment)].add(&counts);
            }
            census.names.add(part.names);
        }
        census.seen.sort_unstable_by_key(|seen| (seen.id, seen.segment, seen.at));
        census.bad.sort_unstable();
        census.odd.sort_unstable_by_key(|(spot, _)| *spot);
        census.count_ids();
        Ok(census)
    }

    /// The lines of each id.
    pub(super) fn groups(&self) -> impl Iterator<Item = &[Seen]> {
        self.seen.chunk_by(|one, other| one.id == other.id)
    }

    /// What the ledger holds: of each id the valid line, the highest `rev`.
    pub(super) fn newest(&self) -> impl Iterator<Item = Seen> {
        self.groups().filter_map(|group| group.iter().copied().max_by_key(|seen| seen.rev))
    }

    fn count_ids(&mut self) {
        let mut counts = std::mem::take(&mut self.counts);
        for group in self.groups() {
            let Some(newest) = group.iter().max_by_key(|seen| seen.rev) else { continue };
            let month = &mut counts[usize::from(newest.segment)];
            month.cost += Money(i128::from(newest.cost));
            month.calls += u64::from(newest.kind == Kind::Call);
            month.unlisted += u64::from(newest.kind == Kind::Unlisted);
            if newest.kind == Kind::Call {
                month.estimated += u64::from(newest.estimated);
                month.unpriced += u64::from(newest.cost == 0 && newest.tokens > 0);
            }
            for own in group.chunk_by(|one, other| one.segment == other.segment) {
                let month = &mut counts[usize::from(own[0].segment)];
                month.revisions += own.len() as u64 - u64::from(own[0].segment == newest.segment);
                month.superseded_bytes += superseded(own).map(|seen| u64::from(seen.len) + 1).sum::<u64>();
            }
        }
        self.counts = counts;
    }

    /// The bytes of a line, without its newline.
    pub(super) fn bytes(&self, spot: Spot) -> Result<Vec<u8>> {
        segment::read_range(
            &self.segments[usize::from(spot.segment)].path,
            spot.at,
            spot.at + u64::from(spot.len),
        )
    }

    /// What stands behind the last newlines.
    pub(super) fn tails(&self) -> Vec<Spot> {
        let mut tails = Vec::new();
        for (number, segment) in
            self.segments.iter().enumerate().filter(|(_, segment)| segment.whole < segment.len)
        {
            tails.push(Spot {
                segment: u16::try_from(number).unwrap_or(u16::MAX),
                at: segment.whole,
                len: u32::try_from(segment.len - segment.whole).unwrap_or(u32::MAX),
            });
        }
        tails
    }

    /// The highest revision under which an id is booked.
    pub(super) fn highest_rev(&self, id: &str) -> Option<u32> {
        self.newest_of(id).map(|newest| newest.rev)
    }

    /// By the hash of the id alone.
    fn newest_of(&self, id: &str) -> Option<&Seen> {
        let id = hash_of(id);
        let from = self.seen.partition_point(|seen| seen.id < id);
        self.seen[from..].iter().take_while(|seen| seen.id == id).max_by_key(|seen| seen.rev)
    }

    /// Would a call's line take something away from what is booked of it? A damaged line may say what nobody wrote.
    pub(super) fn would_lose_by(&self, line: &Line) -> bool {
        let Line::Call(call) = line else { return false };
        self.newest_of(&call.id).is_some_and(|newest| {
            call.rev > newest.rev
                && (call.billed_tokens().total() < newest.tokens
                    || call.cost < Money(i128::from(newest.cost)))
        })
    }

    /// The name of a segment's file.
    pub(super) fn name(&self, segment: u16) -> String {
        segment::file_name(self.segments[usize::from(segment)].month)
    }
}

/// Of an id's lines in one segment those that no reader needs: a higher revision stands there too.
pub(super) fn superseded(own: &[Seen]) -> impl Iterator<Item = &Seen> {
    let highest = own.iter().map(|seen| seen.rev).max().unwrap_or_default();
    own.iter().filter(move |seen| seen.rev < highest)
}

fn hash_of(id: &str) -> u64 {
    segment::fingerprint(id.as_bytes()) as u64
}

impl Part {
    fn take(&mut self, month: u32, spot: Spot, line: &[u8]) {
        let read = entries::read_quick(line, |entry, rev| self.entry(month, spot, entry, rev));
        if read {
            return;
        }
        match scan::parse(line) {
            Ok(Line::Start(start)) => {
                if !start.id.starts_with(&format!("start:{}:", start.session)) {
                    self.odd.push((spot, Odd::Session));
                }
                self.other(month, spot, &Line::Start(start));
            }
            Ok(Line::Override(raised)) => {
                let upside_down =
                    matches!((raised.start, raised.end), (Some(start), Some(end)) if end < start);
                if upside_down || raised.amount.is_none() && raised.until.is_none() {
                    self.odd.push((spot, Odd::Override));
                }
                self.other(month, spot, &Line::Override(raised));
            }
            Ok(line) => {
                let rev = line.rev();
                entries::of_line(&line, |entry| self.entry(month, spot, entry, rev));
            }
            Err(_) => {
                self.counts.entry(spot.segment).or_default().unreadable += 1;
                self.bad.push(spot);
            }
        }
    }

    fn entry(&mut self, month: u32, spot: Spot, entry: &Entry<'_>, rev: u32) {
        let kind = if entry.is_unlisted { Kind::Unlisted } else { Kind::Call };
        self.line(month, spot, entry.time, |counts| match kind {
            Kind::Call => counts.call_lines += 1,
            _ => counts.unlisted_lines += 1,
        });
        if entry.cost < Money::ZERO || entry.client_cost < Money::ZERO {
            self.odd.push((spot, Odd::Negative));
        }
        if entry.is_unlisted
            && !entry.source.is_imported()
            && !entry.id.starts_with(&format!("unlisted:{}:", entry.session))
        {
            self.odd.push((spot, Odd::Session));
        }
        self.names.sessions.insert(segment::fingerprint(entry.session.as_bytes()));
        self.names.projects.insert(segment::fingerprint(entry.project.as_bytes()));
        if let Some(model) = entry.model.filter(|model| !self.names.models.contains(*model)) {
            self.names.models.insert(model.to_string());
        }
        self.seen.push(Seen {
            id: hash_of(entry.id),
            at: spot.at,
            tokens: entry.tokens.total(),
            cost: i64::try_from(entry.cost.0).unwrap_or(i64::MAX),
            rev,
            len: spot.len,
            segment: spot.segment,
            kind,
            estimated: entry.estimated,
        });
    }

    fn other(&mut self, month: u32, spot: Spot, line: &Line) {
        self.line(month, spot, line.time(), |counts| match line {
            Line::Start(_) => counts.starts += 1,
            _ => counts.overrides += 1,
        });
        self.seen.push(Seen {
            id: hash_of(line.id()),
            at: spot.at,
            tokens: 0,
            cost: 0,
            rev: line.rev(),
            len: spot.len,
            segment: spot.segment,
            kind: Kind::Other,
            estimated: false,
        });
    }

    fn line(&mut self, month: u32, spot: Spot, time: Time, count: impl FnOnce(&mut Counts)) {
        let counts = self.counts.entry(spot.segment).or_default();
        counts.lines += 1;
        counts.first = Some(counts.first.map_or(time, |first| first.min(time)));
        counts.last = counts.last.max(Some(time));
        count(counts);
        if time.utc_month() != month {
            self.odd.push((spot, Odd::Month));
        }
    }
}

impl Counts {
    fn add(&mut self, other: &Counts) {
        self.bytes += other.bytes;
        self.lines += other.lines;
        self.call_lines += other.call_lines;
        self.unlisted_lines += other.unlisted_lines;
        self.overrides += other.overrides;
        self.starts += other.starts;
        self.unreadable += other.unreadable;
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = self.last.max(other.last);
        self.calls += other.calls;
        self.unlisted += other.unlisted;
        self.revisions += other.revisions;
        self.superseded_bytes += other.superseded_bytes;
        self.cost += other.cost;
        self.estimated += other.estimated;
        self.unpriced += other.unpriced;
    }

    /// All of several months.
    pub fn total<'a>(months: impl IntoIterator<Item = &'a Counts>) -> Self {
        let mut total = Counts::default();
        months.into_iter().for_each(|month| total.add(month));
        total
    }
}

impl Names {
    fn add(&mut self, other: Names) {
        self.sessions.extend(other.sessions);
        self.projects.extend(other.projects);
        self.models.extend(other.models);
    }
}
