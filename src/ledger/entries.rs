//! Reading every line of the ledger that holds money, as fast as the machine can: borrowed from the bytes, on all
//! cores. For reports, whose sums do not care for the order; who needs it reads with `scan`.
//!
//! Takes no lock. Memory is a few chunks, whatever the ledger's size.

mod quick;
mod sum;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use memchr::{memchr, memchr_iter, memmem, memrchr};

use super::numbering::Numbering;
use super::scan::{self, Bad};
use super::{Ledger, snapshot};
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::money::Money;
use crate::base::time::{Time, Window};
use crate::model::day::Day;
use crate::model::entry::{Call, Line, Source, Unlisted};
use crate::model::price::{CallFacts, Iteration};
use crate::model::provider::Provider;
use crate::model::usage::Tokens;
use quick::Quick;
pub use sum::Sum;

/// What a thread reads at once: what its core's own cache holds.
const CHUNK: u64 = 256 << 10;
/// The longest line there can be; ours have at most a few kilobytes.
const LONGEST: u64 = 64 << 20;
/// More threads than this only wait for memory.
const MOST_THREADS: usize = 8;

/// A call, or money without one, as far as reports ask. Texts that are absent are empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'a> {
    /// Money the client reports and no call explains.
    pub is_unlisted: bool,
    pub id: &'a str,
    pub time: Time,
    pub session: &'a str,
    pub project: &'a str,
    /// As sent; None where nobody knows.
    pub model: Option<&'a str>,
    /// Asked for, where another model answered.
    pub requested_model: &'a str,
    pub provider: Provider,
    pub region: &'a str,
    /// All that was billed, iterations included.
    pub tokens: Tokens,
    /// As the call itself gives them: what some of its runs name beyond that is not in here.
    pub counts: Tokens,
    /// The runs of the model inside the call, where there was more than the one `tokens` describes.
    pub iterations: &'a [Iteration],
    pub web_searches: u64,
    pub speed: &'a str,
    pub tier: &'a str,
    pub geo: &'a str,
    pub feature: &'a str,
    pub tools: &'a [Cow<'a, str>],
    pub agent: &'a str,
    pub agent_id: &'a str,
    pub skill: &'a str,
    pub plugin: &'a str,
    pub mcp_server: &'a str,
    pub branch: &'a str,
    pub user: &'a str,
    pub cost: Money,
    pub client_cost: Money,
    pub prices: &'a str,
    pub estimated: bool,
    pub estimate_reason: &'a str,
    pub prompt_id: &'a str,
    pub stop_reason: &'a str,
    pub result_bytes: u64,
    pub retries: u32,
    /// Version of the client.
    pub client: &'a str,
    pub source: Source,
}

impl Entry<'_> {
    /// Money the client reports and nothing else does: what was imported is known from elsewhere.
    pub fn is_unexplained(&self) -> bool {
        self.is_unlisted && !self.source.is_imported()
    }

    /// What a call was priced by.
    pub fn facts(&self) -> CallFacts<'_> {
        let known = |text| Some(text).filter(|text: &&str| !text.is_empty());
        CallFacts {
            model: self.model.unwrap_or_default(),
            provider: self.provider,
            region: known(self.region),
            day: Day::from(self.time.utc().date()),
            tokens: self.counts,
            web_searches: self.web_searches,
            fast: self.speed == "fast",
            service_tier: known(self.tier),
            inference_geo: known(self.geo),
            iterations: self.iterations,
        }
    }
}

impl Entry<'static> {
    /// An entry of which nothing is known, to be filled in.
    pub fn nothing() -> Self {
        Entry {
            is_unlisted: false,
            id: "",
            time: Time::default(),
            session: "",
            project: "",
            model: None,
            requested_model: "",
            provider: Provider::Anthropic,
            region: "",
            tokens: Tokens::default(),
            counts: Tokens::default(),
            iterations: &[],
            web_searches: 0,
            speed: "",
            tier: "",
            geo: "",
            feature: "",
            tools: &[],
            agent: "",
            agent_id: "",
            skill: "",
            plugin: "",
            mcp_server: "",
            branch: "",
            user: "",
            cost: Money::ZERO,
            client_cost: Money::ZERO,
            prices: "",
            estimated: false,
            estimate_reason: "",
            prompt_id: "",
            stop_reason: "",
            result_bytes: 0,
            retries: 0,
            client: "",
            source: Source::Transcript,
        }
    }
}

/// The feature of money without a call.
pub const UNLISTED: &str = "unlisted";
/// The feature of what another program reported.
pub const IMPORTED: &str = "imported";
/// Why its cost is not certain.
const BY_ANOTHER: &str = "imported: as another program computed it";

/// Hands every entry of the window once, in its newest state, to one of several sums: `new` makes them, `take` adds to
/// them. In no order.
pub fn fold<A: Send>(
    ledger: &Ledger,
    window: Window,
    new: impl Fn() -> A + Sync,
    take: impl Fn(&mut A, &Entry<'_>) + Sync,
) -> Result<(Vec<A>, Vec<Bad>)> {
    let files = snapshot::open(ledger, |month| scan::overlaps(month, window))?;
    let lens = files.iter().map(|opened| opened.len);
    let whole: Vec<_> = files.iter().map(|opened| (opened.path.as_path(), &opened.file)).collect();
    let pieces = Pieces::of(&whole, lens);
    let newest = Newest::of(&pieces)?;
    let faults: Mutex<Vec<Fault>> = Mutex::default();
    let sums = in_parallel(
        &pieces,
        || (new(), Vec::new()),
        |(sum, own), piece, bytes, start| {
            each_line(bytes, start, |at, line| match read(line, window, &newest, |entry| take(sum, entry)) {
                Ok(()) => {}
                Err(why) => own.push(Fault { file: files[piece.file].path.clone(), at, why }),
            });
        },
    )?;
    let mut all = Vec::new();
    for (sum, mut own) in sums {
        if let Ok(mut faults) = faults.lock() {
            faults.append(&mut own);
        }
        all.push(sum);
    }
    let faults = faults.into_inner().unwrap_or_default();
    Ok((all, located(faults)?))
}

/// Hands out the entry of a line that was read otherwise; lines without money have none.
pub fn of_line(line: &Line, take: impl FnOnce(&Entry<'_>)) {
    match line {
        Line::Call(call) => hand_out_call(call, take),
        Line::Unlisted(unlisted) => hand_out_unlisted(unlisted, take),
        Line::Override(_) | Line::Start(_) => {}
    }
}

/// Hands out every whole line of files, with the number of its file and its offset there: on all cores and in no order, to
/// one of several `A`. Of each file the first so many bytes are read.
pub(super) fn each_whole_line<A: Send>(
    files: &[(PathBuf, u64)],
    new: impl Fn() -> A + Sync,
    take: impl Fn(&mut A, usize, u64, &[u8]) + Sync,
) -> Result<Vec<A>> {
    let open = |(path, _): &(PathBuf, u64)| File::open(path).map_err(|error| Error::io("read", path, error));
    let opened = files.iter().map(open).collect::<Result<Vec<_>>>()?;
    let opened: Vec<_> = files.iter().map(|(path, _)| path.as_path()).zip(&opened).collect();
    in_parallel(&Pieces::of(&opened, files.iter().map(|(_, len)| *len)), new, |sum, piece, bytes, start| {
        each_line(bytes, start, |at, line| take(sum, piece.file, at, line));
    })
}

/// The entry and the `rev` of a line as this program writes it. False for any other, which is left to `scan::parse`.
pub(super) fn read_quick(line: &[u8], take: impl FnOnce(&Entry<'_>, u32)) -> bool {
    let mut found = Quick::default();
    let is_ours = quick::read(line, &mut found).is_some();
    if is_ours {
        found.hand_out(|entry| take(entry, found.rev));
    }
    is_ours
}

/// A stretch of a segment.
struct Piece {
    /// Which of the files.
    file: usize,
    from: u64,
    to: u64,
    /// Of the finished part of the segment.
    len: u64,
}

/// Files that stay open, so that all of a file's pieces are of the same file.
struct Pieces<'f> {
    files: &'f [(&'f Path, &'f File)],
    pieces: Vec<Piece>,
}

impl<'f> Pieces<'f> {
    fn of(files: &'f [(&'f Path, &'f File)], lens: impl Iterator<Item = u64>) -> Self {
        let mut pieces = Vec::new();
        for (file, len) in lens.enumerate() {
            let mut from = 0;
            while from < len {
                let to = (from + CHUNK).min(len);
                pieces.push(Piece { file, from, to, len });
                from = to;
            }
        }
        Self { files, pieces }
    }
}

struct Fault {
    file: PathBuf,
    at: u64,
    why: String,
}

/// Runs `work` over the lines of all pieces: those that begin in a piece are its own. Each thread has one `A`.
fn in_parallel<A: Send>(
    of: &Pieces<'_>,
    new: impl Fn() -> A + Sync,
    work: impl Fn(&mut A, &Piece, &[u8], u64) + Sync,
) -> Result<Vec<A>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.min(MOST_THREADS).min(of.pieces.len()).max(1);
    let next = AtomicUsize::new(0);
    let run = || -> Result<A> {
        let mut sum = new();
        let mut buffer = Vec::new();
        while let Some(piece) = of.pieces.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (path, file) = of.files[piece.file];
            let (from, start) =
                load(file, piece, &mut buffer).map_err(|error| Error::io("read", path, error))?;
            work(&mut sum, piece, &buffer[from..], start);
        }
        Ok(sum)
    };
    if threads == 1 {
        return Ok(vec![run()?]);
    }
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err(Error::internal("a reading thread failed"))))
            .collect()
    })
}

/// Reads the lines that begin in the piece into `buffer`: where they begin there, and in the file.
fn load(file: &File, piece: &Piece, buffer: &mut Vec<u8>) -> std::io::Result<(usize, u64)> {
    // One byte more in front tells whether a line begins right at the piece.
    let from = piece.from.saturating_sub(1);
    more(file, buffer, 0, from, piece.to - from)?;
    let mut start = 0;
    if piece.from > 0 {
        match memchr(b'\n', buffer) {
            Some(at) => start = at + 1,
            // The whole piece is the middle of a line that began before.
            None => {
                buffer.clear();
                return Ok((0, piece.to));
            }
        }
    }
    // The last line goes on in the next piece.
    let mut end = from + buffer.len() as u64;
    while buffer.last() != Some(&b'\n') && end < piece.len && end - from < LONGEST {
        let had = buffer.len();
        more(file, buffer, had, end, (64 * 1024).min(piece.len - end))?;
        if buffer.len() == had {
            break;
        }
        end = from + buffer.len() as u64;
        if let Some(at) = memchr(b'\n', &buffer[had..]) {
            buffer.truncate(had + at + 1);
            break;
        }
    }
    Ok((start, from + start as u64))
}

/// Behind the first `had` bytes come so many from an offset of the file, or as many as there are.
fn more(file: &File, buffer: &mut Vec<u8>, had: usize, at: u64, bytes: u64) -> std::io::Result<()> {
    // Not cleared before: what is there already need not be made zero.
    buffer.resize(had + usize::try_from(bytes).unwrap_or(0), 0);
    let read = disk::read_at(file, &mut buffer[had..], at)?;
    buffer.truncate(had + read);
    Ok(())
}

/// Each finished line with its offset in the file.
fn each_line(bytes: &[u8], start: u64, mut take: impl FnMut(u64, &[u8])) {
    let mut from = 0;
    for end in memchr_iter(b'\n', bytes) {
        take(start + from as u64, &bytes[from..end]);
        from = end + 1;
    }
}

/// The ids that come more than once, with their highest `rev`: every call whose output came late does. Of each id only
/// 128 bits of hash are kept, which two ids do not share by chance.
#[derive(Default)]
struct Newest {
    revs: HashMap<u128, u32>,
    hash: RandomState,
}

impl Newest {
    fn of(pieces: &Pieces<'_>) -> Result<Self> {
        let hash = RandomState::new();
        let probe = memmem::Finder::new(b"\"rev\":");
        let found = in_parallel(pieces, HashMap::new, |revs: &mut HashMap<u128, u32>, _, bytes, _| {
            let mut note = |id: &str, rev: u32| {
                let known = revs.entry(fingerprint(&hash, id)).or_default();
                *known = (*known).max(rev);
            };
            for at in probe.find_iter(bytes) {
                let from = memrchr(b'\n', &bytes[..at]).map_or(0, |before| before + 1);
                let to = memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |after| at + after);
                let mut line = Quick::default();
                if quick::read(&bytes[from..to], &mut line).is_some() {
                    note(&line.id, line.rev);
                } else if let Ok(line) = scan::parse(&bytes[from..to]) {
                    note(line.id(), line.rev());
                }
            }
        })?;
        let mut found = found.into_iter();
        let mut revs = found.next().unwrap_or_default();
        for (id, rev) in found.flatten() {
            let known = revs.entry(id).or_default();
            *known = (*known).max(rev);
        }
        Ok(Self { revs, hash })
    }

    fn is_newest(&self, id: &str, rev: u32) -> bool {
        self.revs.is_empty()
            || self.revs.get(&fingerprint(&self.hash, id)).is_none_or(|newest| rev >= *newest)
    }
}

fn fingerprint(hash: &RandomState, id: &str) -> u128 {
    let (one, other) = (hash.hash_one(id), hash.hash_one((id, 1_u8)));
    u128::from(one) << 64 | u128::from(other)
}

/// Hands out the entry of a line, if it is one that counts.
fn read(
    line: &[u8],
    window: Window,
    newest: &Newest,
    take: impl FnOnce(&Entry<'_>),
) -> std::result::Result<(), String> {
    if window != Window::ALWAYS && quick_time(line).is_some_and(|time| !window.contains(time)) {
        return Ok(());
    }
    let counts = |id: &str, rev: u32, time: Time| window.contains(time) && newest.is_newest(id, rev);
    let mut found = Quick::default();
    match quick::read(line, &mut found) {
        Some(()) => {
            if counts(&found.id, found.rev, found.time) {
                found.hand_out(take);
            }
        }
        // What this reader does not understand, the other one does, or says why not.
        None => match scan::parse(line)? {
            Line::Call(call) if counts(&call.id, call.rev, call.time) => hand_out_call(&call, take),
            Line::Unlisted(line) if counts(&line.id, line.rev, line.time) => hand_out_unlisted(&line, take),
            _ => {}
        },
    }
    Ok(())
}

/// The time of a line as we write it, without reading the rest. A quote inside a text is escaped, so these bytes can only
/// be the key.
fn quick_time(line: &[u8]) -> Option<Time> {
    const KEY: &[u8] = b",\"time\":\"";
    line.starts_with(b"{\"kind\":\"").then_some(())?;
    let at = memmem::find(line, KEY)? + KEY.len();
    let length = memchr(b'"', &line[at..])?;
    Time::parse(std::str::from_utf8(&line[at..at + length]).ok()?)
}

pub(super) fn hand_out_call(call: &Call, take: impl FnOnce(&Entry<'_>)) {
    fn text(text: &Option<String>) -> &str {
        text.as_deref().unwrap_or_default()
    }
    let tools: Vec<Cow<'_, str>> = call.tools.iter().map(|tool| Cow::Borrowed(tool.as_str())).collect();
    take(&Entry {
        is_unlisted: false,
        id: &call.id,
        time: call.time,
        session: &call.session,
        project: &call.project,
        model: Some(&call.model),
        requested_model: text(&call.requested_model),
        provider: call.provider,
        region: text(&call.region),
        tokens: call.billed_tokens(),
        counts: call.tokens,
        iterations: &call.iterations,
        web_searches: call.web_searches,
        speed: text(&call.speed),
        tier: text(&call.tier),
        geo: text(&call.geo),
        feature: &call.feature,
        tools: &tools,
        agent: text(&call.agent),
        agent_id: text(&call.agent_id),
        skill: text(&call.skill),
        plugin: text(&call.plugin),
        mcp_server: text(&call.mcp_server),
        branch: text(&call.branch),
        user: &call.user,
        cost: call.cost,
        client_cost: call.client_cost(),
        prices: &call.prices,
        estimated: call.estimated,
        estimate_reason: text(&call.estimate_reason),
        prompt_id: text(&call.prompt_id),
        stop_reason: text(&call.stop_reason),
        result_bytes: call.result_bytes,
        retries: call.retries,
        client: text(&call.client),
        source: call.source,
    });
}

pub(super) fn hand_out_unlisted(line: &Unlisted, take: impl FnOnce(&Entry<'_>)) {
    take(&Entry {
        is_unlisted: true,
        id: &line.id,
        time: line.time,
        session: &line.session,
        project: &line.project,
        model: line.model.as_deref(),
        provider: line.provider,
        region: line.region.as_deref().unwrap_or_default(),
        tokens: line.tokens,
        counts: line.tokens,
        web_searches: line.web_searches,
        feature: if line.source.is_imported() { IMPORTED } else { UNLISTED },
        estimate_reason: if line.source.is_imported() { BY_ANOTHER } else { "" },
        branch: line.branch.as_deref().unwrap_or_default(),
        user: &line.user,
        cost: line.cost,
        client_cost: line.client_cost(),
        estimated: line.estimated,
        source: line.source,
        ..Entry::nothing()
    });
}

/// Offsets to line numbers, which nobody counted while all went well.
fn located(mut faults: Vec<Fault>) -> Result<Vec<Bad>> {
    faults.sort_by(|a, b| (&a.file, a.at).cmp(&(&b.file, b.at)));
    let mut numbering = Numbering::default();
    let number = |fault: Fault| {
        let line = numbering.of(&fault.file, fault.at)?;
        Ok(Bad { file: fault.file, line, why: fault.why })
    };
    faults.into_iter().map(number).collect()
}
