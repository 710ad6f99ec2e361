//! Reading what is new in one transcript file. Owns the stored position and what is carried from line to line;
//! which files are looked at is `watch`'s business.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::draft::{self, Draft, Surroundings, Text, Texts};
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::time::Time;
use crate::claude::lenient;
use crate::claude::paths;
use crate::claude::transcript::{self, Assistant, CostState, Line};
use crate::ledger::segment::fingerprint;
use crate::ledger::state::FileState;

/// How many ids of tool requests are remembered per file: more than a model asks for at once.
const TOOL_IDS: usize = 64;
const TAIL: u64 = 64;
/// A buffer that is not kept from file to file.
const LARGE: usize = 1 << 20;
/// An agent's description is a few hundred bytes.
const META_BOUND: u64 = 1 << 20;

/// What a stretch of a file held, in file order.
#[derive(Debug, Default)]
pub struct News {
    pub drafts: Vec<Draft>,
    /// The client's totals.
    pub totals: Vec<Total>,
    /// The session most of these lines copy, when the file is a fork's: the origin of the newest copied call.
    pub origin: Option<String>,
    texts: Texts,
    by_message: HashMap<Text, usize>,
}

/// One total of the client's, and where among the calls it stands.
#[derive(Debug)]
pub struct Total {
    pub state: CostState,
    /// How many drafts come before it.
    pub at: usize,
    /// Time of the last line before it, and of the first after it.
    pub before: Option<Time>,
    pub after: Option<Time>,
}

/// What `stat` says, as far as it is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looks {
    pub inode: u64,
    pub size: u64,
    /// Nanoseconds since the epoch.
    pub changed: i64,
}

/// None when there is no such file.
fn look(path: &Path) -> Option<Looks> {
    let facts = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    Some(Looks { inode: inode(&facts), size: facts.len(), changed: changed(&facts) })
}

/// When a folder's list of entries changed last; 0 when there is no such folder.
pub fn folder_changed(path: &Path) -> i64 {
    std::fs::metadata(path).map_or(0, |facts| changed(&facts))
}

#[cfg(unix)]
fn inode(facts: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(facts)
}

#[cfg(not(unix))]
fn inode(_: &std::fs::Metadata) -> u64 {
    0
}

fn changed(facts: &std::fs::Metadata) -> i64 {
    let since = facts.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    since.map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

/// What a look at a file found.
#[derive(Debug)]
pub enum Found {
    Gone,
    /// It is as it was.
    Same,
    Changed(Box<Changed>),
}

#[derive(Debug)]
pub struct Changed {
    pub looks: Looks,
    pub news: News,
    /// Bytes that were read.
    pub bytes: u64,
}

/// Looks at a file and reads what is new in it. `buffer`: for who reads many, so that it is taken once.
pub fn find(path: &Path, state: &mut FileState, now: Time, buffer: &mut Vec<u8>) -> Result<Found> {
    let Some(looks) = look(path) else { return Ok(Found::Gone) };
    if (state.inode, state.size, state.changed) == (looks.inode, looks.size, looks.changed) {
        return Ok(Found::Same);
    }
    let from = state.read;
    let mut news = News::default();
    read_news(path, looks, state, now, buffer, &mut news)?;
    Ok(Found::Changed(Box::new(Changed { looks, news, bytes: state.read.saturating_sub(from) })))
}

/// Reads from the stored position to the last finished line, and remembers where that was.
///
/// A file that was replaced, or became shorter than what was read, is read again from the start; known calls are
/// recognised by their ids, so that nothing is booked twice.
fn read_news(
    path: &Path,
    looks: Looks,
    state: &mut FileState,
    now: Time,
    buffer: &mut Vec<u8>,
    news: &mut News,
) -> Result<()> {
    let io = |error| Error::io("read", path, error);
    let mut file = File::open(path).map_err(io)?;
    let replaced = state.read > 0
        && (state.inode != looks.inode
            || looks.size < state.read
            || tail_of(&mut file, state.read)? != state.tail);
    if replaced {
        *state = FileState { session: std::mem::take(&mut state.session), ..FileState::default() };
    }
    if state.session.is_empty() {
        introduce(path, state);
    }
    state.grown = now;
    file.seek(SeekFrom::Start(state.read)).map_err(io)?;
    let size = buffer_for(looks.size - state.read.min(looks.size));
    if buffer.len() < size {
        buffer.resize(size, 0);
    }
    // What is in the buffer of a line that has no end yet.
    let mut held = 0;
    loop {
        if held == buffer.len() {
            buffer.resize(held * 2, 0);
        }
        let read = match file.read(&mut buffer[held..]) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            read => read.map_err(io)?,
        };
        if read == 0 {
            break;
        }
        let (new, all) = (held, held + read);
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', &buffer[new..all]) {
            let end = new + end;
            take(&buffer[start..end], state, news);
            start = end + 1;
        }
        state.read += start as u64;
        buffer.copy_within(start..all, 0);
        held = all - start;
    }
    if held > 0 {
        // Torn, or just not finished: it is read again when it is. A line that is whole but for its newline may
        // be the last thing a killed client wrote, so it counts already, without moving the position.
        let mut scratch = state.clone();
        take(&buffer[..held], &mut scratch, news);
        state.tool_ids = scratch.tool_ids;
    }
    if buffer.len() > LARGE {
        // For one long line; the next file has hardly another.
        *buffer = Vec::new();
    }
    // Only of use while it is read. Given back here: an import takes it to another thread.
    (news.by_message, news.texts) = Default::default();
    state.tail = tail_of(&mut file, state.read)?;
    state.inode = looks.inode;
    state.size = looks.size;
    state.changed = looks.changed;
    Ok(())
}

/// Small for the few new lines of a hook, large for an import.
fn buffer_for(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX).clamp(4 * 1024, 256 * 1024)
}

fn tail_of(file: &mut File, read: u64) -> Result<i64> {
    let from = read.saturating_sub(TAIL);
    let bytes = crate::ledger::segment::read_range_of(file, from, read)
        .map_err(|error| Error::user("cannot read a transcript").caused_by(error))?;
    Ok(fingerprint(&bytes))
}

/// What the path says of the file.
fn introduce(path: &Path, state: &mut FileState) {
    state.session = paths::session_of(path).unwrap_or_default();
    state.agent_id = paths::agent_id_of(path);
    if state.agent_id.is_some() {
        state.agent = agent_type(&paths::agent_meta(path));
    }
}

fn agent_type(meta: &Path) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Meta {
        #[serde(rename = "agentType", default, deserialize_with = "crate::claude::lenient::maybe")]
        agent_type: Option<String>,
    }
    let text = disk::read_at_most(meta, META_BOUND).ok()??;
    lenient::read::<Meta>(&text).ok()?.agent_type.filter(|kind| !kind.is_empty())
}

fn take(bytes: &[u8], state: &mut FileState, news: &mut News) {
    let Some(line) = transcript::parse(bytes) else { return };
    let seen = |state: &mut FileState, news: &mut News, time: Option<Time>, cwd: Option<&str>| {
        state.last_time = time.or(state.last_time);
        if state.project.is_none() {
            state.project = cwd.filter(|cwd| !cwd.is_empty()).map(str::to_string);
        }
        if let Some(total) = news.totals.last_mut() {
            total.after = total.after.or(time);
        }
    };
    match line {
        Line::Assistant(assistant) => {
            seen(state, news, assistant.time, assistant.cwd.as_deref());
            take_call(*assistant, state, news);
        }
        Line::User { time, cwd, prompt_id, result_bytes } => {
            seen(state, news, time, cwd.as_deref());
            if let Some(id) = prompt_id.filter(|id| state.prompt_id.as_deref() != Some(id)) {
                state.prompt_id = Some(id.into_owned());
            }
            state.result_bytes = state.result_bytes.saturating_add(result_bytes);
        }
        Line::ApiError { time } => {
            seen(state, news, time, None);
            state.retries = state.retries.saturating_add(1);
        }
        Line::CostState(total) => {
            let at = news.drafts.len();
            news.totals.push(Total { state: *total, at, before: state.last_time, after: None });
        }
        Line::Other { time, cwd } => seen(state, news, time, cwd.as_deref()),
    }
}

fn take_call(mut line: Assistant<'_>, state: &mut FileState, news: &mut News) {
    for tool in line.tools.iter_mut().filter(|tool| !tool.id.is_empty()) {
        state.tool_ids.push(std::mem::take(&mut tool.id));
    }
    let surplus = state.tool_ids.len().saturating_sub(TOOL_IDS);
    state.tool_ids.drain(..surplus);
    if state.session.is_empty() {
        state.session = line.session.as_deref().unwrap_or_default().to_string();
    }
    if let Some(origin) = line.request_session.as_ref().filter(|origin| **origin != state.session)
        && news.origin.as_deref() != Some(origin)
    {
        news.origin = Some(origin.to_string());
    }
    let dated = line.time.or(state.last_time);
    let message = draft::message(&line, &state.session, dated);
    // Most lines are of the call of the line before.
    let last = news.drafts.len().checked_sub(1).filter(|last| *news.drafts[*last].message == *message);
    let known = last.or_else(|| news.by_message.get(&*message).copied());
    match known.map(|at| &mut news.drafts[at]) {
        Some(known) if known.is_of(&line) => known.join(line, &mut news.texts),
        _ => {
            let message = message.into_owned();
            let around = Surroundings {
                session: &state.session,
                agent: state.agent.as_deref(),
                agent_id: state.agent_id.as_deref(),
                prompt_id: state.prompt_id.as_deref(),
                result_bytes: std::mem::take(&mut state.result_bytes),
                retries: std::mem::take(&mut state.retries),
                time: dated.unwrap_or(state.grown),
            };
            let draft = Draft::of(line, &message, &around, &mut news.texts);
            news.by_message.insert(Text::clone(&draft.message), news.drafts.len());
            news.drafts.push(draft);
        }
    }
}
