//! The checkpoint: an SQLite file that remembers what would be slow to find out again. Owns its tables and
//! nothing else; every row can be made anew from the segments and the transcripts.
//!
//! Why SQLite: the hook needs a few point look-ups among a million known calls and a few small updates, all or
//! nothing, also when it is killed in between. Measured on this design: 0.4 ms a hook, the same at any size.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::counter::Counter;
use super::{Ledger, segment};
use crate::base::error::{Error, Result};
use crate::base::money::Money;
use crate::base::{boot, disk};

/// Counts up with every change of the tables or of what their values mean; another number means: make it anew.
const SCHEMA: i64 = 6;

/// Stands where the system does not tell one boot from another.
const NO_BOOT: i32 = 0;

// Tables with large rows have their key in an index of its own: searched by key, a tree of large rows is read in full.
const TABLES: &str = "
    CREATE TABLE segments (month INTEGER PRIMARY KEY, len INTEGER NOT NULL, tail INTEGER NOT NULL,
        safe INTEGER NOT NULL);
    CREATE TABLE calls (key INTEGER PRIMARY KEY, month INTEGER NOT NULL, at INTEGER NOT NULL, len INTEGER NOT NULL);
    CREATE TABLE seen (key INTEGER NOT NULL, session TEXT NOT NULL, PRIMARY KEY (key, session)) WITHOUT ROWID;
    CREATE TABLE sessions (id TEXT PRIMARY KEY, state TEXT NOT NULL);
    CREATE TABLE files (path TEXT PRIMARY KEY, watched INTEGER NOT NULL, state TEXT NOT NULL);
    CREATE INDEX watched ON files (watched) WHERE watched = 1;
    CREATE TABLE counters (id INTEGER PRIMARY KEY, state TEXT NOT NULL);
    CREATE TABLE lines (id TEXT PRIMARY KEY, owner TEXT NOT NULL, line TEXT NOT NULL);
    CREATE INDEX owners ON lines (owner);
    CREATE TABLE heard (what TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE told (what TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
";

/// The open file, inside one transaction.
#[derive(Debug)]
pub struct Checkpoint {
    db: Connection,
}

/// Where a line lies in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub month: u32,
    pub at: u64,
    pub len: u64,
}

/// How far the checkpoint has followed a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Followed {
    pub month: u32,
    pub len: u64,
    pub tail: i64,
    /// So much of it the safe copy of the checkpoint has followed.
    pub safe: u64,
}

impl Followed {
    pub fn nothing_of(month: u32) -> Self {
        Self { month, len: 0, tail: segment::fingerprint(b""), safe: 0 }
    }

    /// Does the segment still begin with what was followed?
    pub fn fits(&self, ledger: &Ledger) -> bool {
        let path = ledger.segment_path(self.month);
        std::fs::metadata(&path).is_ok_and(|facts| facts.len() >= self.len)
            && segment::tail_fingerprint(&path, self.len).is_ok_and(|tail| tail == self.tail)
    }
}

/// What outlives a checkpoint that is made anew: no money hangs on it.
#[derive(Debug, Default)]
pub struct Remembered {
    /// The files that were watched: sessions that died with the machine have no event of their own to be read at.
    pub watched: Vec<String>,
    /// What was said to the user, and when, so that it is not said again.
    pub told: Vec<(String, i64)>,
    /// What limits ask for, with the sums of then: summed up while the lines are read anyway, and not once more for each
    /// of them later.
    pub counters: Vec<Counter>,
}

/// Why the checkpoint cannot be used.
#[derive(Debug)]
pub struct Unusable {
    why: String,
    /// Its content is wrong, so that only making it anew helps. Otherwise (disk full, read-only) that would fail too.
    pub broken: bool,
}

impl From<rusqlite::Error> for Unusable {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let outside = [
            Code::DiskFull,
            Code::ReadOnly,
            Code::CannotOpen,
            Code::PermissionDenied,
            Code::SystemIoFailure,
            Code::DatabaseBusy,
            Code::DatabaseLocked,
            Code::OutOfMemory,
        ];
        let broken = error.sqlite_error_code().is_none_or(|code| !outside.contains(&code));
        Self { why: error.to_string(), broken }
    }
}

impl From<serde_json::Error> for Unusable {
    fn from(error: serde_json::Error) -> Self {
        Self { why: error.to_string(), broken: true }
    }
}

impl Unusable {
    /// Something else is in the way than the content.
    pub fn outside(why: String) -> Self {
        Self { why, broken: false }
    }

    /// As an error for people. A broken checkpoint is removed on the way: the next writer makes it anew.
    pub fn into_error(self, path: &Path) -> Error {
        let error = Error::user(format!("cannot use the checkpoint `{}`: {}", path.display(), self.why));
        if self.broken && Checkpoint::discard(path).is_ok() {
            return error.hint("it is made anew from the ledger at the next event");
        }
        error.hint("check that the disk has room and the folder can be written")
    }
}

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.why)
    }
}

pub type Usable<T> = std::result::Result<T, Unusable>;

impl Checkpoint {
    /// Opens an existing checkpoint and starts a transaction. None when there is none of this version, or it is from
    /// before the machine was started: nothing of it was ever synced, so that after a power cut new pages may stand
    /// beside old ones, and a position may be ahead of a ledger that lost its last lines.
    pub fn open(path: &Path) -> Usable<Option<Self>> {
        let Some(found) = Self::of_any_boot(path)? else { return Ok(None) };
        if !found.is_of_this_boot()? {
            return Ok(None);
        }
        found.begin()?;
        Ok(Some(found))
    }

    /// Was it made since the machine was started? Where the system does not tell one boot from another it always was.
    pub fn is_of_this_boot(&self) -> Usable<bool> {
        let made_in: i32 = self.db.query_row("PRAGMA application_id", [], |row| row.get(0))?;
        Ok(made_in == NO_BOOT || boot::id().is_none_or(|now| now == made_in))
    }

    /// Opens a copy that was synced in any boot, which makes it one of this boot; in a transaction.
    pub fn adopt(path: &Path) -> Usable<Option<Self>> {
        let Some(found) = Self::of_any_boot(path)? else { return Ok(None) };
        found.begin()?;
        found.belongs_to_this_boot()?;
        Ok(Some(found))
    }

    fn belongs_to_this_boot(&self) -> Usable<()> {
        let boot = boot::id().unwrap_or(NO_BOOT);
        Ok(self.db.execute_batch(&format!("PRAGMA application_id = {boot}"))?)
    }

    fn of_any_boot(path: &Path) -> Usable<Option<Self>> {
        if !is_there(path)? {
            return Ok(None);
        }
        let db = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let version: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        Ok((version == SCHEMA).then_some(Self { db }))
    }

    /// What is worth keeping of a checkpoint that is not trusted any more, as far as it can still tell.
    pub fn remembered(path: &Path) -> Remembered {
        let mut kept = Remembered::default();
        if let Ok(Some(old)) = Self::of_any_boot(path) {
            kept.watched = old.readable("SELECT path FROM files WHERE watched = 1", |row| row.get(0));
            kept.told = old.readable("SELECT what, at FROM told", |row| Ok((row.get(0)?, row.get(1)?)));
            let counters: Vec<String> = old.readable("SELECT state FROM counters", |row| row.get(0));
            kept.counters = counters.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
        }
        kept
    }

    /// The rows up to the first that cannot be read.
    fn readable<T>(&self, query: &str, row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
        let Ok(mut statement) = self.db.prepare(query) else { return Vec::new() };
        let rows = statement.query_map([], row);
        rows.map(|rows| rows.map_while(std::result::Result::ok).collect()).unwrap_or_default()
    }

    /// Opens an existing checkpoint for looking only, so that not a byte changes. None when there is none of this
    /// version. For who holds the lock: without it a writer may be in the middle of a change.
    pub fn look(path: &Path) -> Usable<Option<Self>> {
        if !is_there(path)? {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags)?;
        let version: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        Ok((version == SCHEMA).then_some(Self { db }))
    }

    /// Reads every page. What is wrong with the file, if anything is.
    pub fn fault(&self) -> Usable<Option<String>> {
        let said: String = self.db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok((said != "ok").then_some(said))
    }

    /// The sessions whose totals did not fit the calls known, with how often.
    pub fn odd_sessions(&self) -> Usable<Vec<(String, u32)>> {
        let query =
            "SELECT id, json_extract(state, '$.odd_totals') AS odd FROM sessions WHERE odd > 0 ORDER BY id";
        let mut statement = self.db.prepare_cached(query)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// How many calls the index knows, how many calls the sessions made, and what each session cost.
    pub fn sums(&self) -> Usable<(u64, u64, Vec<Money>)> {
        let indexed: i64 = self.db.query_row("SELECT COUNT(*) FROM calls", [], |row| row.get(0))?;
        let query = "SELECT json_extract(state, '$.calls'), json_extract(state, '$.cost') FROM sessions";
        let mut statement = self.db.prepare_cached(query)?;
        let mut rows = statement.query([])?;
        let (mut calls, mut costs) = (0, Vec::new());
        while let Some(row) = rows.next()? {
            calls += row.get::<_, i64>(0)?;
            let text: String = row.get(1)?;
            costs.push(text.parse().unwrap_or_default());
        }
        Ok((indexed as u64, calls as u64, costs))
    }

    /// A new, empty one at `path`, which must not exist.
    pub fn create(path: &Path) -> Usable<Self> {
        // Made here so that it is private; SQLite gives its journal the same mode.
        disk::open_rw(path).map_err(|error| Unusable::outside(error.to_string()))?;
        let db = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        db.execute_batch("BEGIN IMMEDIATE")?;
        db.execute_batch(TABLES)?;
        db.execute_batch(&format!("PRAGMA user_version = {SCHEMA}"))?;
        let made = Self { db };
        made.belongs_to_this_boot()?;
        Ok(made)
    }

    /// Removes a checkpoint with what SQLite keeps beside it.
    pub fn discard(path: &Path) -> Result<()> {
        disk::remove(path)?;
        disk::remove(&journal_of(path))?;
        Ok(())
    }

    /// Puts a finished one, which nobody has open, into its place. The other's journal must not be taken for its own.
    pub fn put(finished: &Path, path: &Path) -> Result<()> {
        disk::remove(&journal_of(path))?;
        disk::rename(finished, path)?;
        disk::remove(&journal_of(finished))?;
        Ok(())
    }

    pub fn commit(&self) -> Usable<()> {
        Ok(self.db.execute_batch("COMMIT")?)
    }

    /// How much of the file may be held in memory.
    pub fn cache_bytes(&self, bytes: u32) -> Usable<()> {
        Ok(self.db.execute_batch(&format!("PRAGMA cache_size = -{}", bytes / 1024))?)
    }

    pub fn begin(&self) -> Usable<()> {
        Ok(self.db.execute_batch("BEGIN IMMEDIATE")?)
    }

    pub fn followed(&self) -> Usable<Vec<Followed>> {
        let mut statement =
            self.db.prepare_cached("SELECT month, len, tail, safe FROM segments ORDER BY month")?;
        let rows = statement.query_map([], |row| {
            let long = |at| Ok::<u64, rusqlite::Error>(row.get::<_, i64>(at)? as u64);
            Ok(Followed { month: row.get(0)?, len: long(1)?, tail: row.get(2)?, safe: long(3)? })
        })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    pub fn follow(&self, to: Followed) -> Usable<()> {
        let mut statement = self.db.prepare_cached("INSERT OR REPLACE INTO segments VALUES (?, ?, ?, ?)")?;
        statement.execute((to.month, to.len as i64, to.tail, to.safe as i64))?;
        Ok(())
    }

    pub fn place(&self, key: i64) -> Usable<Option<Place>> {
        let mut statement = self.db.prepare_cached("SELECT month, at, len FROM calls WHERE key = ?")?;
        let row = statement.query_row([key], |row| {
            Ok(Place {
                month: row.get(0)?,
                at: row.get::<_, i64>(1)? as u64,
                len: row.get::<_, i64>(2)? as u64,
            })
        });
        Ok(row.optional()?)
    }

    pub fn put_places(&self, places: impl Iterator<Item = (i64, Place)>) -> Usable<()> {
        let mut statement = self.db.prepare_cached("INSERT OR REPLACE INTO calls VALUES (?, ?, ?, ?)")?;
        for (key, place) in places {
            statement.execute((key, place.month, place.at as i64, place.len as i64))?;
        }
        Ok(())
    }

    /// The last key of the index.
    pub fn last_key(&self) -> Usable<Option<i64>> {
        Ok(self.db.query_row("SELECT MAX(key) FROM calls", [], |row| row.get(0))?)
    }

    /// Moves the places of a month's calls. False when a call's line is gone.
    pub fn move_places(&self, month: u32, moved: impl Fn(u64) -> Option<u64>) -> Usable<bool> {
        let mut statement = self.db.prepare("SELECT key, at FROM calls WHERE month = ?")?;
        let rows =
            statement.query_map([month], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)? as u64)))?;
        let places: Vec<(i64, u64)> = rows.collect::<std::result::Result<_, _>>()?;
        let mut update = self.db.prepare("UPDATE calls SET at = ? WHERE key = ?")?;
        for (key, at) in places {
            match moved(at) {
                None => return Ok(false),
                Some(to) if to == at => {}
                Some(to) => drop(update.execute((to as i64, key))?),
            }
        }
        Ok(true)
    }

    /// Remembers that a session's files hold a call another session made. True when that is news.
    pub fn see(&self, key: i64, session: &str) -> Usable<bool> {
        let mut statement = self.db.prepare_cached("INSERT OR IGNORE INTO seen VALUES (?, ?)")?;
        Ok(statement.execute((key, session))? > 0)
    }

    /// The sessions, besides the one that made it, whose files hold a call.
    pub fn seers(&self, key: i64) -> Usable<Vec<String>> {
        let mut statement = self.db.prepare_cached("SELECT session FROM seen WHERE key = ?")?;
        let rows = statement.query_map([key], |row| row.get(0))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    pub fn session<T: DeserializeOwned>(&self, id: &str) -> Usable<Option<T>> {
        self.json("SELECT state FROM sessions WHERE id = ?", id)
    }

    pub fn put_session<T: Serialize>(&self, id: &str, state: &T) -> Usable<()> {
        let text = serde_json::to_string(state)?;
        self.db.prepare_cached("INSERT OR REPLACE INTO sessions VALUES (?, ?)")?.execute((id, text))?;
        Ok(())
    }

    pub fn session_ids(&self) -> Usable<Vec<String>> {
        let mut statement = self.db.prepare_cached("SELECT id FROM sessions ORDER BY id")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    pub fn file<T: DeserializeOwned>(&self, path: &str) -> Usable<Option<T>> {
        self.json("SELECT state FROM files WHERE path = ?", path)
    }

    pub fn put_file<T: Serialize>(&self, path: &str, watched: bool, state: &T) -> Usable<()> {
        let text = serde_json::to_string(state)?;
        let mut statement = self.db.prepare_cached("INSERT OR REPLACE INTO files VALUES (?, ?, ?)")?;
        statement.execute((path, watched, text))?;
        Ok(())
    }

    pub fn watched<T: DeserializeOwned>(&self) -> Usable<Vec<(String, T)>> {
        self.pairs("SELECT path, state FROM files WHERE watched = 1")
    }

    pub fn counters<T: DeserializeOwned>(&self) -> Usable<Vec<(i64, T)>> {
        self.pairs("SELECT id, state FROM counters ORDER BY id")
    }

    pub fn put_counter<T: Serialize>(&self, id: Option<i64>, state: &T) -> Usable<i64> {
        let text = serde_json::to_string(state)?;
        let mut statement = self.db.prepare_cached("INSERT OR REPLACE INTO counters VALUES (?, ?)")?;
        statement.execute((id, text))?;
        Ok(self.db.last_insert_rowid())
    }

    pub fn drop_counter(&self, id: i64) -> Usable<()> {
        self.db.prepare_cached("DELETE FROM counters WHERE id = ?")?.execute([id])?;
        Ok(())
    }

    /// Keeps a copy of an `unlisted` or `override` line, which are looked up as a group by their owner.
    pub fn put_line<T: Serialize>(&self, id: &str, owner: &str, line: &T) -> Usable<()> {
        let text = serde_json::to_string(line)?;
        let mut statement = self.db.prepare_cached("INSERT OR REPLACE INTO lines VALUES (?, ?, ?)")?;
        statement.execute((id, owner, text))?;
        Ok(())
    }

    pub fn line<T: DeserializeOwned>(&self, id: &str) -> Usable<Option<T>> {
        self.json("SELECT line FROM lines WHERE id = ?", id)
    }

    pub fn lines_of<T: DeserializeOwned>(&self, owner: &str) -> Usable<Vec<T>> {
        let mut statement = self.db.prepare_cached("SELECT line FROM lines WHERE owner = ? ORDER BY id")?;
        let mut rows = statement.query([owner])?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next()? {
            lines.push(serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?);
        }
        Ok(lines)
    }

    /// What the client said last of something that is in no line of the ledger. Lost with the file, and said again.
    pub fn heard<T: DeserializeOwned>(&self, what: &str) -> Usable<Option<T>> {
        self.json("SELECT state FROM heard WHERE what = ?", what)
    }

    pub fn hear<T: Serialize>(&self, what: &str, state: &T) -> Usable<()> {
        let text = serde_json::to_string(state)?;
        self.db.prepare_cached("INSERT OR REPLACE INTO heard VALUES (?, ?)")?.execute((what, text))?;
        Ok(())
    }

    /// The opposite of `hear`.
    pub fn unhear(&self, what: &str) -> Usable<()> {
        self.db.prepare_cached("DELETE FROM heard WHERE what = ?")?.execute([what])?;
        Ok(())
    }

    /// Notes that something was said. True when it had not been.
    pub fn tell(&self, what: &str, at: i64) -> Usable<bool> {
        let mut statement = self.db.prepare_cached("INSERT OR IGNORE INTO told VALUES (?, ?)")?;
        Ok(statement.execute((what, at))? > 0)
    }

    /// Forgets what was said before a time, so that the table stays small.
    pub fn forget_told(&self, before: i64) -> Usable<()> {
        self.db.prepare_cached("DELETE FROM told WHERE at < ?")?.execute([before])?;
        Ok(())
    }

    fn json<T: DeserializeOwned>(&self, query: &str, key: &str) -> Usable<Option<T>> {
        let mut statement = self.db.prepare_cached(query)?;
        let mut rows = statement.query([key])?;
        match rows.next()? {
            Some(row) => {
                let text = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
                Ok(Some(serde_json::from_str(text)?))
            }
            None => Ok(None),
        }
    }

    fn pairs<K: rusqlite::types::FromSql, T: DeserializeOwned>(&self, query: &str) -> Usable<Vec<(K, T)>> {
        let mut statement = self.db.prepare_cached(query)?;
        let mut rows = statement.query([])?;
        let mut pairs = Vec::new();
        while let Some(row) = rows.next()? {
            let text = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            pairs.push((row.get(0)?, serde_json::from_str(text)?));
        }
        Ok(pairs)
    }
}

/// What SQLite keeps beside the file while it writes.
fn journal_of(path: &Path) -> PathBuf {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    PathBuf::from(journal)
}

/// Is there a checkpoint? An error where something else is in its or its journal's place: SQLite would wait for
/// whoever writes to a pipe.
fn is_there(path: &Path) -> Usable<bool> {
    for place in [path, &journal_of(path)] {
        if let Ok(found) = std::fs::metadata(place) {
            disk::refuse_what_is_no_file("use", place, &found)
                .map_err(|error| Unusable::outside(error.to_string()))?;
        } else if place == path {
            return Ok(false);
        }
    }
    Ok(true)
}

fn connect(path: &Path, flags: OpenFlags) -> Usable<Connection> {
    let db = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // Our own lock is held whenever the file is open, so SQLite need not lock page by page; and the file is a
    // cache, so nothing waits for the disk. The rollback journal stays, since a hook may be killed at any time;
    // kept in place (`PERSIST`) it costs no creating and deleting.
    db.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF; PRAGMA journal_mode = PERSIST;
         PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 1048576;",
    )?;
    Ok(db)
}
