//! The one who may write: holds the lock, the checkpoint's transaction and the lines not yet appended.
//!
//! Order of a commit: first the lines go to the segments, then the checkpoint's transaction ends. Killed in
//! between, the segment is longer than the checkpoint remembers, and the next writer follows it up. So read
//! positions never get ahead of the ledger, and no disk sync is needed to be safe from a crash of the process.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::time::Duration;

use super::checkpoint::{Checkpoint, Followed, Place, Unusable, Usable};
use super::counter::{Counter, Definition};
use super::state::{FileState, Recent, Session};
use super::{Ledger, rebuild, scan, segment};
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::lock::Lock;
use crate::base::money::Money;
use crate::base::time::{Time, Zone};
use crate::model::entry::{Call, Line, Override, Unlisted};
use crate::model::limit::{Facts, Period};
use crate::model::model_id;

/// How many recent calls of a session are remembered.
const RECENT: usize = 8;

pub struct Writer {
    pub(super) ledger: Ledger,
    pub(super) now: Time,
    pub(super) db: Checkpoint,
    /// While the checkpoint is made anew: the index, which goes to the file sorted, in one go.
    pub(super) fresh_index: Option<HashMap<i64, Place>>,
    followed: BTreeMap<u32, Followed>,
    pending: BTreeMap<u32, Vec<u8>>,
    readers: HashMap<u32, File>,
    sessions: HashMap<String, (Session, bool)>,
    counters: Vec<Row>,
    /// Dropped last: the lock outlives the checkpoint's file.
    _lock: Option<Lock>,
}

struct Row {
    id: Option<i64>,
    counter: Counter,
    changed: bool,
}

impl Writer {
    pub(super) fn open(ledger: Ledger, now: Time, patience: Duration) -> Result<Self> {
        disk::create_dir_private(&ledger.folder())?;
        let lock = Lock::acquire(&ledger.lock_path(), patience)?;
        match Self::in_step(&ledger, now) {
            Ok(Some(mut writer)) => {
                writer._lock = Some(lock);
                Ok(writer)
            }
            // Missing, of another version, broken, or ahead of a ledger that lost lines: make it anew.
            Ok(None) | Err(Fault::Checkpoint(_)) => rebuild::rebuild(ledger, now, lock),
            Err(Fault::Ledger(error)) => Err(error),
        }
    }

    /// The existing checkpoint, brought in step with the segments. None when it has to be made anew.
    fn in_step(ledger: &Ledger, now: Time) -> Result<Option<Self>, Fault> {
        let Some(db) = Checkpoint::open(&ledger.checkpoint_path())? else { return Ok(None) };
        let mut writer = Self::over(ledger.clone(), now, db);
        writer.followed = writer.db.followed()?.into_iter().map(|row| (row.month, row)).collect();
        for row in writer.db.counters()? {
            writer.counters.push(Row { id: Some(row.0), counter: row.1, changed: false });
        }
        let segments = segment::list(ledger)?;
        let newest = segments.last().map(|(month, _)| *month);
        for (month, len) in &segments {
            let known = writer.followed.get(month).copied();
            let followed =
                known.unwrap_or(Followed { month: *month, len: 0, tail: segment::fingerprint(b"") });
            if *len < followed.len {
                return Ok(None);
            }
            // Only a segment that is written to can have been exchanged by one of the same length without anyone
            // meaning to; the older ones are checked when they change.
            let suspicious = *len > followed.len || Some(*month) == newest;
            if suspicious
                && segment::tail_fingerprint(&ledger.segment_path(*month), followed.len)? != followed.tail
            {
                return Ok(None);
            }
            if *len > followed.len {
                writer.follow_up(*month, followed.len, *len)?;
            }
        }
        let vanished =
            writer.followed.keys().any(|month| !segments.iter().any(|(exists, _)| exists == month));
        Ok((!vanished).then_some(writer))
    }

    pub(super) fn over(ledger: Ledger, now: Time, db: Checkpoint) -> Self {
        Self {
            ledger,
            now,
            db,
            fresh_index: None,
            followed: BTreeMap::new(),
            pending: BTreeMap::new(),
            readers: HashMap::new(),
            sessions: HashMap::new(),
            counters: Vec::new(),
            _lock: None,
        }
    }

    pub(super) fn holding(mut self, lock: Lock) -> Self {
        self._lock = Some(lock);
        self
    }

    /// Takes lines into the checkpoint that a segment holds beyond what was followed.
    pub(super) fn follow_up(&mut self, month: u32, from: u64, len: u64) -> Result<(), Fault> {
        let len = segment::set_torn_tail_aside(&self.ledger, month, len)?;
        let path = self.ledger.segment_path(month);
        let mut at = from;
        // In pieces, so that a long segment need not fit into memory.
        while at < len {
            let piece = segment::read_range(&path, at, len.min(at + PIECE))?;
            let Some(end) = memchr::memrchr(b'\n', &piece).map(|end| end + 1) else {
                return Err(Error::user(format!(
                    "a line of `{}` is longer than {PIECE} bytes",
                    path.display()
                ))
                .into());
            };
            let mut start = 0;
            for newline in memchr::memchr_iter(b'\n', &piece[..end]) {
                let bytes = &piece[start..newline];
                let place = Place { month, at: at + start as u64, len: (newline - start) as u64 };
                start = newline + 1;
                match scan::parse(bytes) {
                    Ok(line) => drop(self.apply(&line, place)?),
                    Err(_) if scan::is_newer(bytes) => return Err(newer(&path).into()),
                    // A foreign line stays where it is; `doctor` and the reports name it.
                    Err(_) => {}
                }
            }
            at += end as u64;
        }
        self.mark_followed(month, len)
    }

    pub(super) fn load_followed(&mut self) -> Result<()> {
        let rows = self.db.followed().map_err(|fault| self.explain(fault))?;
        self.followed = rows.into_iter().map(|row| (row.month, row)).collect();
        Ok(())
    }

    fn mark_followed(&mut self, month: u32, len: u64) -> Result<(), Fault> {
        let tail = segment::tail_fingerprint(&self.ledger.segment_path(month), len)?;
        let followed = Followed { month, len, tail };
        self.followed.insert(month, followed);
        Ok(self.db.follow(followed)?)
    }

    /// The time this writer takes for now.
    pub fn now(&self) -> Time {
        self.now
    }

    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    // Look-ups.

    /// The known call with this message id that `same` accepts.
    pub fn find(&mut self, message: &str, same: impl Fn(&Call) -> bool) -> Result<Option<(i64, Call)>> {
        let mut key = segment::fingerprint(message.as_bytes());
        while let Some(place) = self.place(key).map_err(|fault| self.explain(fault))? {
            if let Some(call) = self.call_at(place)?
                && message_of(&call.id) == message
                && same(&call)
            {
                return Ok(Some((key, call)));
            }
            key = key.wrapping_add(1);
        }
        Ok(None)
    }

    /// The slot of a call's id in the index, and the call if it is there.
    fn slot(&mut self, id: &str) -> Result<(i64, Option<Call>), Fault> {
        let mut key = segment::fingerprint(message_of(id).as_bytes());
        while let Some(place) = self.place(key)? {
            match self.call_at(place)? {
                Some(call) if call.id == id => return Ok((key, Some(call))),
                _ => key = key.wrapping_add(1),
            }
        }
        Ok((key, None))
    }

    fn place(&self, key: i64) -> Usable<Option<Place>> {
        match &self.fresh_index {
            Some(index) => Ok(index.get(&key).copied()),
            None => self.db.place(key),
        }
    }

    fn put_place(&mut self, key: i64, place: Place) -> Usable<()> {
        match &mut self.fresh_index {
            Some(index) => {
                index.insert(key, place);
                Ok(())
            }
            None => self.db.put_place(key, place),
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

    /// Adds a line; it becomes visible to others with `commit`. For a call, returns its key in the index.
    pub fn book(&mut self, line: &Line) -> Result<Option<i64>> {
        let month = line.time().utc_month();
        let mut bytes = serde_json::to_vec(line)
            .map_err(|error| Error::internal("cannot write a ledger line").caused_by(error))?;
        if !self.followed.contains_key(&month) {
            self.followed.insert(month, Followed { month, len: 0, tail: segment::fingerprint(b"") });
        }
        let on_disk = self.followed.get(&month).map_or(0, |followed| followed.len);
        let buffer = self.pending.entry(month).or_default();
        let place = Place { month, at: on_disk + buffer.len() as u64, len: bytes.len() as u64 };
        bytes.push(b'\n');
        buffer.extend_from_slice(&bytes);
        self.apply(line, place).map_err(|fault| self.fault(fault))
    }

    /// Brings index, sums and sessions up to a line that lies at `place`.
    fn apply(&mut self, line: &Line, place: Place) -> Result<Option<i64>, Fault> {
        match line {
            Line::Call(call) => return Ok(Some(self.apply_call(call, place)?)),
            Line::Unlisted(unlisted) => self.apply_unlisted(unlisted)?,
            Line::Override(raised) => self.db.put_line(&raised.id, OVERRIDES, raised)?,
        }
        Ok(None)
    }

    fn apply_call(&mut self, call: &Call, place: Place) -> Result<i64, Fault> {
        let (key, before) = self.slot(&call.id)?;
        self.put_place(key, place)?;
        let before = before.as_ref();
        let cost_before = before.map_or(Money::ZERO, |before| before.cost);
        let grown = call.cost - cost_before;
        let facts = Facts {
            project: &call.project,
            model: Some(&call.model),
            branch: call.branch.as_deref(),
            agent: call.agent.as_deref(),
            session: &call.session,
        };
        self.count(call.time, &facts, grown, i64::from(before.is_none()));

        let model = model_id::canonical(call.requested_model.as_deref().unwrap_or(&call.model)).into_owned();
        let tokens_before = before.map(|before| before.tokens).unwrap_or_default();
        let client_tokens = call.tokens.minus(&tokens_before);
        let client_cost = call.client_cost() - before.map_or(Money::ZERO, Call::client_cost);
        let searches =
            call.web_searches - before.map_or(0, |before| before.web_searches.min(call.web_searches));
        if before.is_some() && (client_cost != Money::ZERO || !client_tokens.is_zero()) {
            for seer in self.db.seers(key)? {
                self.session_mut(&seer)?.learn(call.time, &model, client_tokens, searches, client_cost);
            }
        }
        let billed_before = before.map(Call::billed_tokens).unwrap_or_default();
        let session = self.session_mut(&call.session)?;
        session.learn(call.time, &model, client_tokens, searches, client_cost);
        session.saw(call.time);
        session.calls += u64::from(before.is_none());
        session.tokens = session.tokens.plus(&call.billed_tokens().minus(&billed_before));
        session.cost += grown;
        session.project.clone_from(&call.project);
        session.user.clone_from(&call.user);
        session.provider = Some(call.provider);
        session.region.clone_from(&call.region);
        session.branch.clone_from(&call.branch);
        session.client = call.client.clone().or(session.client.take());
        session.recent.retain(|recent| recent.key != key);
        session.recent.push(Recent {
            time: call.time,
            model,
            agent: call.agent_id.clone(),
            tokens: call.tokens,
            cost: call.cost,
            key,
        });
        if session.recent.len() > RECENT {
            session.recent.remove(0);
        }
        Ok(key)
    }

    fn apply_unlisted(&mut self, line: &Unlisted) -> Result<(), Fault> {
        let before: Option<Unlisted> = self.db.line(&line.id)?;
        if before.as_ref().is_some_and(|before| before.rev > line.rev) {
            return Ok(());
        }
        self.db.put_line(&line.id, &line.session, line)?;
        let cost = line.cost - before.as_ref().map_or(Money::ZERO, |before| before.cost);
        let client = line.client_cost() - before.as_ref().map_or(Money::ZERO, Unlisted::client_cost);
        let facts = |model| Facts {
            project: &line.project,
            model,
            branch: line.branch.as_deref(),
            agent: None,
            session: &line.session,
        };
        // A line that learns its model moves from the sums of one to those of another.
        let old_model = before.as_ref().and_then(|before| before.model.as_deref());
        if before.is_some() && old_model != line.model.as_deref() {
            let old_cost = line.cost - cost;
            self.count(line.time, &facts(old_model), -old_cost, -1);
            self.count(line.time, &facts(line.model.as_deref()), line.cost, 1);
        } else {
            self.count(line.time, &facts(line.model.as_deref()), cost, i64::from(before.is_none()));
        }
        let session = self.session_mut(&line.session)?;
        session.saw(line.time);
        session.cost += cost;
        session.unlisted_cost += cost;
        session.unlisted += client;
        session.unlisted_lines += u32::from(before.is_none());
        if session.project.is_empty() {
            session.project.clone_from(&line.project);
            session.user.clone_from(&line.user);
        }
        Ok(())
    }

    fn count(&mut self, time: Time, facts: &Facts<'_>, amount: Money, lines: i64) {
        for row in &mut self.counters {
            let before = (row.counter.sum, row.counter.lines, row.counter.later);
            row.counter.add(time, facts, amount, lines);
            row.changed |= before != (row.counter.sum, row.counter.lines, row.counter.later);
        }
    }

    // Sessions and files.

    /// A session's state, made when it is not known yet. Changes are stored with `commit`.
    pub fn session(&mut self, id: &str) -> Result<&mut Session> {
        match self.load_session(id) {
            Ok(()) => {}
            Err(fault) => return Err(self.explain(fault)),
        }
        Ok(self.loaded(id))
    }

    fn session_mut(&mut self, id: &str) -> Usable<&mut Session> {
        self.load_session(id)?;
        Ok(self.loaded(id))
    }

    fn load_session(&mut self, id: &str) -> Usable<()> {
        if !self.sessions.contains_key(id) {
            let stored = if self.fresh_index.is_some() { None } else { self.db.session(id)? };
            self.sessions.insert(id.to_string(), (stored.unwrap_or_default(), false));
        }
        Ok(())
    }

    fn loaded(&mut self, id: &str) -> &mut Session {
        let entry = self.sessions.entry(id.to_string()).or_default();
        entry.1 = true;
        &mut entry.0
    }

    /// A session's state as far as there is one; changes nothing.
    pub fn peek_session(&mut self, id: &str) -> Result<Option<Session>> {
        if let Some((session, _)) = self.sessions.get(id) {
            return Ok(Some(session.clone()));
        }
        self.db.session(id).map_err(|fault| self.explain(fault))
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

    /// Notes that something was said to the user. True when it had not been.
    pub fn tell(&self, what: &str) -> Result<bool> {
        let news = self.db.tell(what, self.now.0).map_err(|fault| self.explain(fault))?;
        if news {
            self.db.forget_told(self.now.0 - TOLD_FOR_MS).map_err(|fault| self.explain(fault))?;
        }
        Ok(news)
    }

    // Sums.

    /// What was spent in the definition's present window. The first time a definition is asked for (settings
    /// changed, checkpoint new), and when the clock was set back, the segments of the window are read; from then
    /// on the sum is kept. Lines booked in this transaction are counted only if the definition was asked for
    /// before: ask for all of them first.
    pub fn spent(&mut self, definition: &Definition, system: &Zone) -> Result<Money> {
        let at = match self.counters.iter().position(|row| row.counter.definition == *definition) {
            Some(at) => at,
            None => self.add_counter(definition, system)?,
        };
        let before = self.counters[at].counter.window;
        if !self.counters[at].counter.roll(self.now, system) {
            self.counters[at].counter = self.sum_up(definition, system)?;
            self.counters[at].changed = true;
        }
        let row = &mut self.counters[at];
        row.changed |= row.counter.window != before;
        if self.now.since(row.counter.used) > DAY_MS {
            row.counter.used = self.now;
            row.changed = true;
        }
        Ok(row.counter.sum)
    }

    fn add_counter(&mut self, definition: &Definition, system: &Zone) -> Result<usize> {
        let new_session = match (&definition.period, &definition.filter.session) {
            (Period::Session, Some(id)) => {
                self.peek_session(id)?.is_none_or(|session| session.first.is_none())
            }
            _ => false,
        };
        let counter = if new_session {
            self.empty_counter(definition, system)
        } else {
            self.sum_up(definition, system)?
        };
        self.drop_stale_counters()?;
        self.counters.push(Row { id: None, counter, changed: true });
        Ok(self.counters.len() - 1)
    }

    fn empty_counter(&self, definition: &Definition, system: &Zone) -> Counter {
        Counter {
            definition: definition.clone(),
            window: definition.window(self.now, system),
            sum: Money::ZERO,
            lines: 0,
            later: false,
            used: self.now,
        }
    }

    fn sum_up(&self, definition: &Definition, system: &Zone) -> Result<Counter> {
        let mut counter = self.empty_counter(definition, system);
        let mut window = counter.window;
        window.end = Time::MAX;
        scan::each(&self.ledger, window, |line| {
            let facts = facts_of(&line);
            counter.add(line.time(), &facts, line.cost(), 1);
        })?;
        Ok(counter)
    }

    fn drop_stale_counters(&mut self) -> Result<()> {
        let now = self.now;
        let stale = |counter: &Counter| {
            let keep_days = if counter.definition.filter.session.is_some() { 8 } else { 60 };
            now.since(counter.used) > keep_days * DAY_MS
        };
        for row in self.counters.iter().filter(|row| stale(&row.counter)) {
            if let Some(id) = row.id {
                self.db.drop_counter(id).map_err(|fault| self.explain(fault))?;
            }
        }
        self.counters.retain(|row| !stale(&row.counter));
        Ok(())
    }

    // The end.

    /// Appends the booked lines and ends the checkpoint's transaction.
    pub fn commit(mut self) -> Result<()> {
        self.flush().map_err(|fault| self.fault(fault))
    }

    pub(super) fn flush(&mut self) -> Result<(), Fault> {
        for (month, lines) in std::mem::take(&mut self.pending) {
            let path = self.ledger.segment_path(month);
            let len = self.followed.get(&month).map_or(0, |followed| followed.len);
            segment::append(&path, len, &lines)?;
            self.mark_followed(month, len + lines.len() as u64)?;
        }
        for (id, (session, changed)) in &self.sessions {
            if *changed {
                self.db.put_session(id, session)?;
            }
        }
        for row in self.counters.iter_mut().filter(|row| row.changed) {
            row.id = Some(self.db.put_counter(row.id, &row.counter)?);
            row.changed = false;
        }
        Ok(self.db.commit()?)
    }

    fn explain(&self, fault: Unusable) -> Error {
        fault.into_error(&self.ledger.checkpoint_path())
    }

    fn fault(&self, fault: Fault) -> Error {
        match fault {
            Fault::Ledger(error) => error,
            Fault::Checkpoint(fault) => self.explain(fault),
        }
    }
}

const OVERRIDES: &str = "override";
const PIECE: u64 = 8 << 20;
const DAY_MS: i64 = 86_400_000;
/// The longest period is a month; what was said is remembered a little longer.
const TOLD_FOR_MS: i64 = 70 * DAY_MS;

/// What can go wrong: the checkpoint, which is then made anew, or the ledger itself.
#[derive(Debug)]
pub(super) enum Fault {
    Checkpoint(Unusable),
    Ledger(Error),
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

/// What filters look at.
fn facts_of(line: &Line) -> Facts<'_> {
    match line {
        Line::Call(call) => Facts {
            project: &call.project,
            model: Some(&call.model),
            branch: call.branch.as_deref(),
            agent: call.agent.as_deref(),
            session: &call.session,
        },
        Line::Unlisted(line) => Facts {
            project: &line.project,
            model: line.model.as_deref(),
            branch: line.branch.as_deref(),
            agent: None,
            session: &line.session,
        },
        Line::Override(_) => Facts::default(),
    }
}
