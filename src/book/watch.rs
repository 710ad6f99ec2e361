//! Which transcripts are looked at. Owns the list of watched files: those of the session at hand, and those of
//! sessions that may still have something to say because nobody saw them end. Looking is a `stat`; only what
//! changed is opened.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::call::{self, Booked};
use super::draft::Draft;
use super::imported::{self, Late};
use super::read::{self, Changed, Found, Total};
use super::{Context, late, process, unlisted};
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::Time;
use crate::claude::paths;
use crate::ledger::Writer;
use crate::ledger::state::FileState;
use crate::model::entry::Call;

/// A main transcript without news for this long is no longer looked at. Whoever resumes the session brings it
/// back with its first event.
const MAIN_QUIET_MS: i64 = 24 * 3_600_000;
/// The same for an agent's: its events, too, bring it back.
const AGENT_QUIET_MS: i64 = 10 * 60_000;
/// A folder changed this recently may change again within the same tick of the file system's clock.
const TICK_NS: i64 = 50_000_000;

/// What a look at the files brought.
#[derive(Debug, Default)]
pub struct CaughtUp {
    /// Calls booked for the first time.
    pub new_calls: u64,
    /// Ids of the newest tool requests in the files of the session at hand.
    pub tool_ids: Vec<String>,
    pub bytes: u64,
    /// Words of late processes that were heard; to be forgotten after the commit.
    pub heard: Vec<PathBuf>,
}

/// A file to look at.
struct Entry {
    path: PathBuf,
    state: FileState,
    watched: bool,
    /// It belongs to the session at hand.
    own: bool,
}

/// A call that was read, in the client's terms.
pub struct Learned {
    pub time: Time,
    /// What it costs as far as it is known now; nothing for what another session's file told of it.
    pub whole: Money,
    /// What of that its session did not know before.
    pub news: Money,
    /// Its number among the calls of the main transcript; None for an agent's.
    pub at: Option<usize>,
}

/// Reads what is new in the files of the session at hand (`main`, its agents, and `agent` by name) and in all
/// watched files, and books it.
pub fn catch_up(
    writer: &mut Writer,
    context: &Context<'_>,
    main: Option<&Path>,
    agent: Option<&Path>,
) -> Result<CaughtUp> {
    let mut entries: BTreeMap<PathBuf, Entry> = BTreeMap::new();
    for (path, state) in writer.watched()? {
        let path = PathBuf::from(path);
        entries.insert(path.clone(), Entry { path, state, watched: true, own: false });
    }
    for path in main.into_iter().chain(agent) {
        add(writer, &mut entries, path)?;
        if let Some(entry) = entries.get_mut(path) {
            entry.own = true;
        }
    }
    let words = late::words(writer.ledger().base());
    for (_, path) in &words {
        add(writer, &mut entries, path)?;
    }
    find_agents(writer, &mut entries)?;
    let mut files: Vec<Entry> = entries.into_values().collect();
    // Sessions before agents, since a forked agent's file repeats lines of its session.
    files.sort_by_key(|entry| entry.state.agent_id.is_some() || paths::is_agent_file(&entry.path));
    let own_session = context.session;
    let mut caught =
        CaughtUp { heard: words.into_iter().map(|(word, _)| word).collect(), ..CaughtUp::default() };
    let mut batch = Batch::default();
    let mut buffer = Vec::new();
    let mut next = 0;
    while let Some(entry) = files.get_mut(next) {
        next += 1;
        let found = read::find(&entry.path, &mut entry.state, context.now, &mut buffer)?;
        let origin = take_in(writer, context, entry, found, &mut batch, &mut caught)?;
        if entry.own || own_session.is_some_and(|session| session == entry.state.session) {
            caught.tool_ids.extend(entry.state.tool_ids.iter().cloned());
        }
        let beside = origin.map(|origin| entry.path.with_file_name(format!("{origin}.jsonl")));
        if let Some(path) = beside.filter(|path| files.iter().all(|entry| entry.path != *path)) {
            // A fork's total started from its origin's: whoever does not know that yet reads it there.
            for path in std::iter::once(path.clone()).chain(paths::agent_files(&paths::subagents_of(&path))) {
                let state = known_state(writer, &path)?;
                files.push(Entry { path, state, watched: false, own: false });
            }
        }
    }
    batch.reconcile(writer, context)?;
    // What the client said last of sessions that went silent is settled by whoever comes next.
    // This also makes the writer meet every session that may be at work, those without a file yet included.
    let sessions: BTreeSet<String> = files.iter().map(session_of).collect();
    for session in sessions.iter().filter(|session| !session.is_empty()) {
        unlisted::settle(writer, context, session, false)?;
    }
    Ok(caught)
}

/// A file as it was found, and how far it was read before: the piece an import is made of.
pub struct Read {
    pub path: PathBuf,
    pub before: FileState,
    pub state: FileState,
    pub found: Result<Found>,
}

/// Books one session's files, which somebody read for it: the unit of an import.
pub fn import(writer: &mut Writer, context: &Context<'_>, files: Vec<Read>) -> Result<CaughtUp> {
    let mut caught = CaughtUp::default();
    let mut batch = Batch::default();
    for Read { path, before, state, found } in files {
        let mut entry = Entry { path, state, watched: false, own: false };
        // A hook may have read the file in the meantime: then what is new is another matter.
        let known = known_state(writer, &entry.path)?;
        let found = if known == before {
            found?
        } else {
            entry.state = known;
            read::find(&entry.path, &mut entry.state, context.now, &mut Vec::new())?
        };
        take_in(writer, context, &mut entry, found, &mut batch, &mut caught)?;
    }
    batch.reconcile(writer, context)?;
    Ok(caught)
}

/// How far a file was read.
pub fn known_state(writer: &Writer, path: &Path) -> Result<FileState> {
    Ok(writer.file(&text_of(path))?.unwrap_or_default())
}

/// What a file that is not written yet is named for, its session is as well.
fn session_of(entry: &Entry) -> String {
    let known = Some(&entry.state.session).filter(|session| !session.is_empty()).cloned();
    known.or_else(|| paths::session_of(&entry.path)).unwrap_or_default()
}

fn add(writer: &Writer, entries: &mut BTreeMap<PathBuf, Entry>, path: &Path) -> Result<()> {
    if !entries.contains_key(path) {
        let state = known_state(writer, path)?;
        let entry = Entry { path: path.to_path_buf(), state, watched: false, own: false };
        entries.insert(path.to_path_buf(), entry);
    }
    Ok(())
}

/// Adds agent files that came since their folder was listed last. The folder tells when by its own time.
fn find_agents(writer: &Writer, entries: &mut BTreeMap<PathBuf, Entry>) -> Result<()> {
    let mains: Vec<PathBuf> = entries.keys().filter(|path| !paths::is_agent_file(path)).cloned().collect();
    for main in mains {
        let folder = paths::subagents_of(&main);
        let changed = read::folder_changed(&folder);
        let known = entries.get(&main).map_or(0, |entry| entry.state.subagents_changed);
        // Agents of workflows lie deeper, where the folder's own time does not tell.
        if changed == 0 || (changed == known && !folder.join("workflows").is_dir()) {
            continue;
        }
        for path in paths::agent_files(&folder) {
            add(writer, entries, &path)?;
        }
        let own = entries.get(&main).is_some_and(|entry| entry.own);
        let settled = writer_clock_ns(writer) - changed > TICK_NS;
        if let Some(entry) = entries.get_mut(&main) {
            entry.state.subagents_changed = if settled { changed } else { 0 };
        }
        for (path, entry) in entries.iter_mut() {
            entry.own |= own && path.starts_with(&folder);
        }
    }
    Ok(())
}

fn writer_clock_ns(writer: &Writer) -> i64 {
    writer.now().0.saturating_mul(1_000_000)
}

fn text_of(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Books what was found in a file and stores how far it was read. Returns the session a fork came from if nothing is
/// known of that one's totals.
fn take_in(
    writer: &mut Writer,
    context: &Context<'_>,
    entry: &mut Entry,
    found: Found,
    batch: &mut Batch,
    caught: &mut CaughtUp,
) -> Result<Option<String>> {
    let path = text_of(&entry.path);
    let state = &mut entry.state;
    let is_agent = state.agent_id.is_some() || paths::is_agent_file(&entry.path);
    let Changed { looks, news, bytes } = match found {
        Found::Gone => {
            // Deleted by the client's clean-up: what was booked stays booked. Or not written yet: a client that is killed
            // before its next event leaves a file nobody would know of.
            if entry.own && !entry.watched {
                state.grown = context.now;
                writer.put_file(&path, true, state)?;
            } else if entry.watched && !entry.own && context.now.since(state.grown) > AGENT_QUIET_MS {
                writer.put_file(&path, false, state)?;
            }
            return Ok(None);
        }
        Found::Same => {
            let quiet = if is_agent { AGENT_QUIET_MS } else { MAIN_QUIET_MS };
            let watch = context.now.since(state.grown) <= quiet || entry.own && !is_agent;
            if watch != entry.watched {
                writer.put_file(&path, watch, state)?;
            }
            return Ok(None);
        }
        Found::Changed(changed) => *changed,
    };
    caught.bytes += bytes;
    let project = project_of(writer, context, state)?;
    batch.met(writer, &state.session)?;
    let mut stranger = None;
    if let Some(origin) = &news.origin {
        process::descend(writer, context, &state.session, origin)?;
        let plain = origin.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let unheard = writer.session(origin)?.processes.iter().all(|process| process.saved.is_none());
        stranger = Some(origin.clone()).filter(|_| plain && unheard);
    }
    for (at, draft) in news.drafts.iter().enumerate() {
        if let Some(origin) = &draft.made_in {
            batch.met(writer, origin)?;
        }
        let booked = call::book(writer, context, &project, draft, &mut batch.scratch)?;
        caught.new_calls += u64::from(booked.new);
        if let Some((session, _)) = &booked.elsewhere {
            batch.met(writer, session)?;
        }
        batch.learned(draft, booked, (!is_agent).then_some(at));
    }
    if !is_agent {
        batch.totals(&state.session, news.totals);
    }
    // Quiet files found by an import are not watched: their last word was just read.
    let fresh = context.now.0.saturating_sub(looks.changed / 1_000_000) <= MAIN_QUIET_MS;
    writer.put_file(&path, fresh, state)?;
    Ok(stranger)
}

/// The session's start folder: what the hook's environment says, what is known of the session, or the first
/// folder a line of its main transcript names. An agent may work elsewhere; it is still its session's money.
fn project_of(writer: &mut Writer, context: &Context<'_>, state: &FileState) -> Result<String> {
    if let Some(project) = context.project.filter(|_| context.session == Some(state.session.as_str())) {
        return Ok(project.to_string());
    }
    let known = writer.peek_session(&state.session)?.map(|session| session.project.as_str());
    let known = known.filter(|project| !project.is_empty()).or(state.project.as_deref());
    Ok(known.unwrap_or_default().to_string())
}

/// The calls and totals of the sessions met while reading, until the totals can be compared with the calls: an
/// agent's file is read after the total that covers it.
struct Batch {
    sessions: BTreeMap<String, Met>,
    /// Calls of long ago, which another program may have reported.
    late: Vec<Late>,
    scratch: Call,
}

impl Default for Batch {
    fn default() -> Self {
        Self { sessions: BTreeMap::new(), late: Vec::new(), scratch: Call::nothing() }
    }
}

#[derive(Default)]
struct Met {
    learned: Vec<Learned>,
    totals: Vec<Total>,
    /// The session had calls before this batch.
    known_before: bool,
}

impl Batch {
    fn met(&mut self, writer: &mut Writer, session: &str) -> Result<()> {
        if !self.sessions.contains_key(session) {
            let known_before = writer.peek_session(session)?.is_some_and(|session| !session.known.is_empty());
            self.sessions.insert(session.to_string(), Met { known_before, ..Met::default() });
        }
        Ok(())
    }

    fn learned(&mut self, draft: &Draft, booked: Booked, at: Option<usize>) {
        let Booked { learned: news, whole, elsewhere, late, .. } = booked;
        self.late.extend(late.map(|late| *late));
        if let Some((session, grown)) = elsewhere.filter(|(_, grown)| *grown != Money::ZERO) {
            let learned = Learned { time: draft.time, whole: Money::ZERO, news: grown, at: None };
            self.sessions.entry(session).or_default().learned.push(learned);
        }
        let learned = Learned { time: draft.time, whole, news, at };
        match self.sessions.get_mut(&*draft.session) {
            Some(met) => met.learned.push(learned),
            None => self.sessions.entry(draft.session.to_string()).or_default().learned.push(learned),
        }
    }

    fn totals(&mut self, session: &str, totals: Vec<Total>) {
        self.sessions.entry(session.to_string()).or_default().totals.extend(totals);
    }

    fn reconcile(self, writer: &mut Writer, context: &Context<'_>) -> Result<()> {
        imported::explain(writer, &self.late)?;
        // Origins before their forks, whose totals start from the origins'.
        let mut order = Vec::new();
        for session in self.sessions.keys().filter(|session| !session.is_empty()) {
            order.push((depth(writer, session)?, session));
        }
        order.sort();
        for (_, session) in order {
            let news = &self.sessions[session];
            if !news.totals.is_empty() {
                unlisted::totals(writer, context, session, &news.totals, &news.learned, news.known_before)?;
            }
        }
        Ok(())
    }
}

/// How many forks lie between a session and the one its line of forks began with.
fn depth(writer: &mut Writer, session: &str) -> Result<u32> {
    let mut depth = 0;
    let mut at = session.to_string();
    while depth < 64
        && let Some(parent) = writer.peek_session(&at)?.and_then(|session| session.parent.clone())
    {
        depth += 1;
        at = parent;
    }
    Ok(depth)
}
