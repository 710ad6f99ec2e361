//! The one who may write: holds the lock, the checkpoint's transaction and the lines not yet appended.
//!
//! Order of a commit: first the lines go to the segments, then the checkpoint's transaction ends. Killed in
//! between, the segment is longer than the checkpoint remembers, and the next writer follows it up. So read
//! positions never get ahead of the ledger, and no disk sync is needed to be safe from a crash of the process.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::hash::{BuildHasherDefault, Hasher};
use std::time::Duration;

use super::checkpoint::{Checkpoint, Followed, Place, Unusable, Usable};
use super::counter::{Counter, DAY_MS};
use super::fresh::Fresh;
use super::pace::Pace;
use super::sessions::Sessions;
use super::state::{FileState, Session};
use super::tally::Tally;
use super::{Ledger, chain, rebuild, safe, scan, segment, written};
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::lock::Lock;
use crate::base::time::Time;
use crate::model::entry::{Call, Line, Override, Unlisted};
use crate::model::rate_limit::RateLimits;

pub struct Writer {
    pub(super) ledger: Ledger,
    pub(super) now: Time,
    pub(super) db: Checkpoint,
    /// While the checkpoint is made anew: the index, which goes to the file sorted, in one go.
    pub(super) fresh_index: Option<Fresh>,
    /// Otherwise what this transaction adds to it. Sorted too: rows beside each other in the table's tree are a third of
    /// the work of rows all over it.
    index: HashMap<i64, Place, BuildHasherDefault<Key>>,
    pub(super) followed: BTreeMap<u32, Followed>,
    pending: BTreeMap<u32, Vec<u8>>,
    /// Something is booked that no transcript could tell again after a power cut.
    must_last: bool,
    readers: HashMap<u32, File>,
    sessions: Sessions,
    pub(super) counters: Vec<Row>,
    /// Where somebody asks for it.
    pub(super) tally: Option<Tally>,
    /// What other programs reported, once somebody asked.
    pub(super) imports: Option<BTreeMap<String, Unlisted>>,
    /// Dropped last: the lock outlives the checkpoint's file.
    lock: Option<Lock>,
    /// A hook waits for it.
    pub(super) is_hurried: bool,
}

pub(super) struct Row {
    pub(super) id: Option<i64>,
    pub(super) counter: Counter,
    pub(super) changed: bool,
}

impl Writer {
    /// `most`: how long it may take, once the lock is held, to come in step; None for who waits for all of it.
    pub(super) fn open(
        ledger: Ledger,
        now: Time,
        patience: Duration,
        most: Option<Duration>,
    ) -> Result<Self> {
        disk::create_dir_private(&ledger.folder())?;
        let lock = Lock::acquire(&ledger.lock_path(), patience)?;
        let mut pace = most.map_or_else(|| Pace::unhurried(&ledger), |most| Pace::within(most, &ledger));
        match Self::in_step(&ledger, now, &mut pace) {
            Ok(Some(writer)) => Ok(writer.holding(lock)),
            // Missing, of another version, broken, or ahead of a ledger that lost lines: make it anew.
            Ok(None) => rebuild::rebuild(ledger, now, lock, &mut pace),
            Err(Fault::Checkpoint(fault)) if fault.broken => rebuild::rebuild(ledger, now, lock, &mut pace),
            Err(fault) => Err(fault.into_error(&ledger.checkpoint_path())),
        }
    }

    /// The existing checkpoint, brought in step with the segments. None when it has to be made anew. `Busy` when `pace`
    /// leaves no time for all of it; then a part is done.
    pub(super) fn in_step(ledger: &Ledger, now: Time, pace: &mut Pace) -> Result<Option<Self>, Fault> {
        let Some(db) = Checkpoint::open(&ledger.checkpoint_path())? else { return Ok(None) };
        let mut writer = Self::over(ledger.clone(), now, db);
        writer.is_hurried = pace.is_hurried();
        writer.load()?;
        Ok(writer.take_in(pace)?.then_some(writer))
    }

    /// Takes in what the checkpoint knows of segments and sums.
    pub(super) fn load(&mut self) -> Result<(), Fault> {
        self.followed = self.db.followed()?.into_iter().map(|row| (row.month, row)).collect();
        for row in self.db.counters()? {
            self.counters.push(Row { id: Some(row.0), counter: row.1, changed: false });
        }
        Ok(())
    }

    /// Follows up all segments. False when they are not those that were followed.
    pub(super) fn take_in(&mut self, pace: &mut Pace) -> Result<bool, Fault> {
        let segments = segment::list(&self.ledger)?;
        let newest = segments.last().map(|(month, _)| *month);
        for (month, len) in &segments {
            let followed = self.followed.get(month).copied().unwrap_or(Followed::nothing_of(*month));
            if *len < followed.len {
                return Ok(false);
            }
            // Only a segment that is written to can have been exchanged by one of the same length without anyone
            // meaning to; the older ones are checked when they change.
            let suspicious = *len > followed.len || Some(*month) == newest;
            if suspicious
                && segment::tail_fingerprint(&self.ledger.segment_path(*month), followed.len)?
                    != followed.tail
            {
                return Ok(false);
            }
            if *len > followed.len {
                self.follow_up(followed, *len, pace)?;
                if Some(*month) != newest {
                    self.keep_if_it_is_time(pace)?;
                }
            }
        }
        Ok(!self.followed.keys().any(|month| !segments.iter().any(|(exists, _)| exists == month)))
    }

    pub(super) fn over(ledger: Ledger, now: Time, db: Checkpoint) -> Self {
        Self {
            ledger,
            now,
            db,
            fresh_index: None,
            index: HashMap::default(),
            followed: BTreeMap::new(),
            pending: BTreeMap::new(),
            must_last: false,
            readers: HashMap::new(),
            sessions: Sessions::default(),
            counters: Vec::new(),
            tally: None,
            imports: None,
            lock: None,
            is_hurried: false,
        }
    }

    pub(super) fn holding(mut self, lock: Lock) -> Self {
        self.lock = Some(lock);
        self
    }

    /// Takes lines into the checkpoint that a segment holds beyond what was followed.
    fn follow_up(&mut self, followed: Followed, len: u64, pace: &mut Pace) -> Result<(), Fault> {
        let month = followed.month;
        let len = segment::set_torn_tail_aside(&self.ledger, month, len)?;
        let path = self.ledger.segment_path(month);
        // All of it is on the disk: a line that comes again is looked up there, and not among what is still to be written.
        self.followed.insert(month, Followed { len, ..followed });
        let mut at = followed.len;
        while at < len {
            let piece = segment::read_range(&path, at, len.min(at + pace.piece()))?;
            let Some(end) = memchr::memrchr(b'\n', &piece).map(|end| end + 1) else {
                return Err(Error::user(format!(
                    "a line of `{}` is longer than {} bytes",
                    path.display(),
                    pace.piece()
                ))
                .into());
            };
            let mut start = 0;
            for newline in memchr::memchr_iter(b'\n', &piece[..end]) {
                let bytes = &piece[start..newline];
                let place = Place { month, at: at + start as u64, len: (newline - start) as u64 };
                start = newline + 1;
                match scan::parse(bytes) {
                    Ok(line) => self.apply(&line, place)?,
                    Err(_) if scan::is_newer(bytes) => return Err(newer(&path).into()),
                    // A foreign line stays where it is; `doctor` and the reports name it.
                    Err(_) => {}
                }
            }
            at += end as u64;
            if at < len && pace.is_time_to_keep() {
                let tail = segment::tail_fingerprint(&path, at)?;
                self.db.follow(Followed { len: at, tail, ..followed })?;
                self.keep(pace)?;
            }
        }
        self.mark_followed(month, len)
    }

    /// Keeps what was taken in so far, whatever becomes of this process. An error when there is no time for more.
    pub(super) fn keep(&mut self, pace: &mut Pace) -> Result<(), Fault> {
        self.save_index()?;
        self.flush()?;
        pace.kept()?;
        Ok(self.db.begin()?)
    }

    fn mark_followed(&mut self, month: u32, len: u64) -> Result<(), Fault> {
        let tail = segment::tail_fingerprint(&self.ledger.segment_path(month), len)?;
        let safe = self.followed.get(&month).map_or(0, |followed| followed.safe);
        let followed = Followed { month, len, tail, safe };
        self.followed.insert(month, followed);
        Ok(self.db.follow(followed)?)
    }

    /// For who books a lot: remembers more of the checkpoint than a hook would have time to read.
    pub fn expecting_much(self) -> Result<Self> {
        self.db.cache_bytes(8 << 20).map_err(|fault| self.explain(fault))?;
        Ok(self)
    }

    /// Adds what is booked from now on to `so_far`.
    pub fn tallying(self, so_far: Tally) -> Self {
        Self { tally: Some(so_far), ..self }
    }

    /// The time this writer takes for now.
    pub fn now(&self) -> Time {
        self.now
    }

    /// For who is `tallying`.
    pub fn tally(&self) -> Option<Tally> {
        self.tally
    }

    /// How many bytes of lines there are, those included that wait to be appended.
    pub fn bytes(&self) -> u64 {
        let waiting = self.pending.values().map(|lines| lines.len() as u64);
        waiting.chain(self.followed.values().map(|followed| followed.len)).sum()
    }

    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    // Look-ups.

    /// The known call with this message id that `same` accepts, and its key; without one, the key a new call gets.
    pub fn find(&mut self, message: &str, same: impl Fn(&Call) -> bool) -> Result<(i64, Option<Call>)> {
        self.search(message, |call| message_of(&call.id) == message && same(call))
            .map_err(|fault| self.fault(fault))
    }

    /// The slot of a call's id in the index, and the call if it is there.
    pub(super) fn slot(&mut self, id: &str) -> Result<(i64, Option<Call>), Fault> {
        self.search(message_of(id), |call| call.id == id)
    }

    fn search(&mut self, message: &str, fits: impl Fn(&Call) -> bool) -> Result<(i64, Option<Call>), Fault> {
        let mut key = segment::fingerprint(message.as_bytes());
        while let Some(place) = self.place(key)? {
            match self.call_at(place)? {
                Some(call) if fits(&call) => return Ok((key, Some(call))),
                _ => key = key.wrapping_add(1),
            }
        }
        Ok((key, None))
    }

    fn place(&self, key: i64) -> Usable<Option<Place>> {
        match (&self.fresh_index, self.index.get(&key)) {
            (Some(index), _) => Ok(index.get(key)),
            (None, Some(place)) => Ok(Some(*place)),
            (None, None) => self.db.place(key),
        }
    }

    pub(super) fn put_place(&mut self, key: i64, place: Place) {
        match &mut self.fresh_index {
            Some(index) => index.put(key, place),
            None => drop(self.index.insert(key, place)),
        }
    }

    fn call_at(&mut self, place: Place) -> Result<Option<Call>> {
        match scan::parse(&self.bytes_at(place)?) {
            Ok(Line::Call(call)) => Ok(Some(*call)),
            _ => Ok(None),
        }
    }

    fn bytes_at(&mut self, place: Place) -> Result<Vec<u8>> {
        let on_disk = self.followed.get(&place.month).map_or(u64::MAX, |followed| followed.len);
        if place.at >= on_disk {
            let pending = self.pending.get(&place.month).map(Vec::as_slice).unwrap_or_default();
            let start = usize::try_from(place.at - on_disk).unwrap_or(usize::MAX);
            let end = start.saturating_add(usize::try_from(place.len).unwrap_or(0));
            return Ok(pending.get(start..end).unwrap_or_default().to_vec());
        }
        let path = self.ledger.segment_path(place.month);
        let file = match self.readers.entry(place.month) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(File::open(&path).map_err(|error| Error::io("read", &path, error))?)
            }
        };
        segment::read_range_of(file, place.at, place.at.saturating_add(place.len))
            .map_err(|error| Error::io("read", &path, error))
    }

    // Booking.

    /// Adds a line; it becomes visible to others with `commit`.
    pub fn book(&mut self, line: &Line) -> Result<()> {
        let place = self.write(line.time(), |out| serde_json::to_writer(out, line))?;
        self.must_last |= matches!(line, Line::Override(_));
        self.apply(line, place).map_err(|fault| self.fault(fault))
    }

    /// The same for a call, at the key `find` gave; `before` is what it was until now.
    pub fn book_call(&mut self, call: &Call, key: i64, before: Option<&Call>) -> Result<()> {
        let place = self.write(call.time, |out| written::call(out, call))?;
        self.apply_call(call, place, key, before).map_err(|fault| self.fault(fault))
    }

    fn write(
        &mut self,
        time: Time,
        line: impl FnOnce(&mut Vec<u8>) -> serde_json::Result<()>,
    ) -> Result<Place> {
        let month = time.utc_month();
        let most = self.ledger.step.unwrap_or(MOST_PENDING);
        if self.pending.get(&month).is_some_and(|lines| lines.len() as u64 > most) {
            self.append_lines().map_err(|fault| self.fault(fault))?;
        }
        let on_disk = self.followed.entry(month).or_insert(Followed::nothing_of(month)).len;
        let buffer = self.pending.entry(month).or_default();
        let start = buffer.len();
        if let Err(error) = line(buffer) {
            buffer.truncate(start);
            return Err(Error::internal("cannot write a ledger line").caused_by(error));
        }
        let place = Place { month, at: on_disk + start as u64, len: (buffer.len() - start) as u64 };
        buffer.push(b'\n');
        Ok(place)
    }

    // Sessions and files.

    /// A session's state, made when it is not known yet. Changes are stored with `commit`.
    pub fn session(&mut self, id: &str) -> Result<&mut Session> {
        match self.load_session(id) {
            Ok(()) => {}
            Err(fault) => return Err(self.explain(fault)),
        }
        Ok(self.sessions.change(id))
    }

    pub(super) fn session_mut(&mut self, id: &str) -> Usable<&mut Session> {
        self.load_session(id)?;
        Ok(self.sessions.change(id))
    }

    fn load_session(&mut self, id: &str) -> Usable<()> {
        if !self.sessions.knows(id) {
            self.sessions.meet(id, self.db.session(id)?.unwrap_or_default());
        }
        Ok(())
    }

    /// A session's state as far as there is one; changes nothing.
    pub fn peek_session(&mut self, id: &str) -> Result<Option<&Session>> {
        if !self.sessions.knows(id) {
            let Some(stored) = self.db.session(id).map_err(|fault| self.explain(fault))? else {
                return Ok(None);
            };
            self.sessions.meet(id, stored);
        }
        Ok(self.sessions.get(id))
    }

    /// The sessions this writer has met so far. After a look at the transcripts these are all that may be at work.
    pub fn met(&self) -> impl Iterator<Item = (&str, &Session)> {
        self.sessions.all()
    }

    pub fn session_ids(&self) -> Result<Vec<String>> {
        self.db.session_ids().map_err(|fault| self.explain(fault))
    }

    /// Notes that a session's files hold a call which another session made. True when that is news.
    pub fn see(&mut self, key: i64, session: &str) -> Result<bool> {
        self.db.see(key, session).map_err(|fault| self.explain(fault))
    }

    pub fn file(&self, path: &str) -> Result<Option<FileState>> {
        self.db.file(path).map_err(|fault| self.explain(fault))
    }

    pub fn put_file(&self, path: &str, watched: bool, state: &FileState) -> Result<()> {
        self.db.put_file(path, watched, state).map_err(|fault| self.explain(fault))
    }

    pub fn watched(&self) -> Result<Vec<(String, FileState)>> {
        self.db.watched().map_err(|fault| self.explain(fault))
    }

    /// All `unlisted` lines of a session in their newest state, oldest first.
    pub fn unlisted_of(&self, session: &str) -> Result<Vec<Unlisted>> {
        let mut lines: Vec<Unlisted> = self.db.lines_of(session).map_err(|fault| self.explain(fault))?;
        lines.sort_by_key(|line| line.time);
        Ok(lines)
    }

    pub fn overrides(&self) -> Result<Vec<Override>> {
        self.db.lines_of(OVERRIDES).map_err(|fault| self.explain(fault))
    }

    /// What the client reported last of a subscription's limits.
    pub fn rate_limits(&self) -> Result<Option<RateLimits>> {
        self.db.heard(RATE_LIMITS).map_err(|fault| self.explain(fault))
    }

    /// The client reports them; written only where that is news.
    pub fn learn_rate_limits(&self, news: &RateLimits) -> Result<()> {
        let mut known = self.rate_limits()?.unwrap_or_default();
        if known.learn(news) {
            self.db.hear(RATE_LIMITS, &known).map_err(|fault| self.explain(fault))?;
        }
        Ok(())
    }

    /// Notes that something was said to the user. True when it had not been.
    pub fn tell(&self, what: &str) -> Result<bool> {
        let news = self.db.tell(what, self.now.0).map_err(|fault| self.explain(fault))?;
        if news {
            self.db.forget_told(self.now.0 - TOLD_FOR_MS).map_err(|fault| self.explain(fault))?;
        }
        Ok(news)
    }

    // The end.

    /// Appends the booked lines and ends the checkpoint's transaction.
    pub fn commit(mut self) -> Result<()> {
        self.flush().map_err(|fault| self.fault(fault))?;
        safe::keep_up(&mut self);
        Ok(())
    }

    /// Appends the booked lines. They stand when this process is ended before the transaction does: then the next writer
    /// follows them up.
    fn append_lines(&mut self) -> Result<(), Fault> {
        for (month, lines) in std::mem::take(&mut self.pending) {
            let path = self.ledger.segment_path(month);
            let len = self.followed.get(&month).map_or(0, |followed| followed.len);
            segment::append(&path, len, &lines)?;
            if self.ledger.is_chained {
                chain::extend(&self.ledger, month, len, &lines, self.now)?;
            }
            if self.must_last {
                disk::sync(&path)?;
            }
            self.mark_followed(month, len + lines.len() as u64)?;
        }
        Ok(())
    }

    pub(super) fn flush(&mut self) -> Result<(), Fault> {
        self.append_lines()?;
        let mut index: Vec<(i64, Place)> = self.index.drain().collect();
        index.sort_unstable_by_key(|(key, _)| *key);
        if !index.is_empty() {
            self.db.put_places(index.into_iter())?;
        }
        for (id, session) in self.sessions.take_changed() {
            self.db.put_session(id, session)?;
        }
        for row in self.counters.iter_mut().filter(|row| row.changed) {
            row.id = Some(self.db.put_counter(row.id, &row.counter)?);
            row.changed = false;
        }
        Ok(self.db.commit()?)
    }

    pub(super) fn explain(&self, fault: Unusable) -> Error {
        fault.into_error(&self.ledger.checkpoint_path())
    }

    pub(super) fn fault(&self, fault: Fault) -> Error {
        fault.into_error(&self.ledger.checkpoint_path())
    }
}

pub(super) const OVERRIDES: &str = "override";
const RATE_LIMITS: &str = "rate limits";
/// Booked lines of one month that wait in memory, in bytes. A hook has a few hundred.
const MOST_PENDING: u64 = 2 << 20;
/// The longest period is a month; what was said is remembered a little longer.
const TOLD_FOR_MS: i64 = 70 * DAY_MS;

/// Keys of the index are hashes already.
#[derive(Default)]
struct Key(u64);

impl Hasher for Key {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_i64(&mut self, key: i64) {
        self.0 = key.cast_unsigned();
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// What can go wrong: the checkpoint, which is then made anew, or the ledger itself.
#[derive(Debug)]
pub(super) enum Fault {
    Checkpoint(Unusable),
    Ledger(Error),
}

impl Fault {
    /// As an error for people. `path` is the checkpoint's.
    pub(super) fn into_error(self, path: &std::path::Path) -> Error {
        match self {
            Fault::Ledger(error) => error,
            Fault::Checkpoint(fault) => fault.into_error(path),
        }
    }

    /// Nothing, where only the checkpoint is at fault: it can be made anew.
    pub(super) fn unless_of_the_checkpoint(self) -> Result<()> {
        match self {
            Fault::Checkpoint(_) => Ok(()),
            Fault::Ledger(error) => Err(error),
        }
    }
}

impl From<Unusable> for Fault {
    fn from(fault: Unusable) -> Self {
        Fault::Checkpoint(fault)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Fault::Ledger(error)
    }
}

fn newer(path: &std::path::Path) -> Error {
    Error::user(format!("`{}` was written by a newer cost-hook", path.display()))
        .hint("update cost-hook; nothing was changed")
}

/// The part of a call's id that all copies of the call share.
fn message_of(id: &str) -> &str {
    id.split_once(':').map_or(id, |(message, _)| message)
}
