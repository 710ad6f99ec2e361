//! What the newest transcripts end with: the last call, the client's version, failed requests. Reads a bounded piece
//! of the end of a few files, and keeps no text of theirs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Deserialize;
use serde_json::Value;

use super::lenient;
use super::paths;
use super::transcript::{self, Line};
use crate::base::time::Time;

/// So much of a file's end is looked at.
const TAIL: u64 = 256 * 1024;

/// The end of a session's transcript.
#[derive(Debug, Clone, Default)]
pub struct Tail {
    pub path: PathBuf,
    pub session: String,
    /// The last call: its message id and time.
    pub last_call: Option<(String, Time)>,
    /// As the client names itself in its lines.
    pub version: Option<String>,
    /// Failed requests, with their times.
    pub failures: Vec<(Time, String)>,
}

/// The ends of the `most` main transcripts that were written last, the newest first.
pub fn newest(projects: &Path, most: usize) -> Vec<Tail> {
    let mut files: Vec<(SystemTime, PathBuf)> = paths::all_transcripts(projects)
        .into_iter()
        .filter(|path| !paths::is_agent_file(path))
        .filter_map(|path| Some((std::fs::metadata(&path).ok()?.modified().ok()?, path)))
        .collect();
    files.sort_by(|a, b| b.cmp(a));
    files.into_iter().take(most).filter_map(|(_, path)| tail(path)).collect()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Raw {
    #[serde(rename = "type", deserialize_with = "lenient::or_default")]
    kind: String,
    #[serde(deserialize_with = "lenient::or_default")]
    subtype: String,
    #[serde(deserialize_with = "lenient::maybe")]
    version: Option<String>,
    #[serde(deserialize_with = "lenient::maybe")]
    timestamp: Option<String>,
    error: Value,
}

fn tail(path: PathBuf) -> Option<Tail> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = std::fs::File::open(&path).ok()?;
    let size = file.metadata().ok()?.len();
    let from = size.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(from)).ok()?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes).ok()?;
    let mut tail = Tail { session: paths::session_of(&path).unwrap_or_default(), path, ..Tail::default() };
    // The first piece is the end of a line whose start was not read.
    for line in bytes.split(|byte| *byte == b'\n').skip(usize::from(from > 0)) {
        let Ok(raw) = lenient::read::<Raw>(line) else { continue };
        tail.version = raw.version.or(tail.version.take());
        let time = raw.timestamp.as_deref().and_then(Time::parse);
        if raw.kind == "system" && raw.subtype == "api_error" {
            tail.failures.extend(time.map(|time| (time, kind_of(&raw.error))));
        }
        if raw.kind == "assistant"
            && let Some(Line::Assistant(call)) = transcript::parse(line)
            && call.model != "<synthetic>"
            && let (Some(id), Some(time)) = (call.message_id, call.time)
        {
            tail.last_call = Some((id.into_owned(), time));
        }
    }
    Some(tail)
}

/// What kind of failure it was: the status, else the API's word for it, else the network's code. Never its text,
/// which may name anything.
fn kind_of(error: &Value) -> String {
    let word = |value: &Value| {
        let text =
            value.as_str().map(str::to_string).or_else(|| value.as_u64().map(|code| code.to_string()))?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        (!text.is_empty() && text.len() <= 40 && text.bytes().all(plain)).then_some(text)
    };
    let places = ["/status", "/error/error/type", "/error/type", "/cause/code", "/code", "/type"];
    let mut found = places.iter().filter_map(|place| error.pointer(place)).filter_map(word);
    found.next().unwrap_or_else(|| "unknown".to_string())
}

/// How often each kind occurred since a time, the most frequent first.
pub fn failures_since(tails: &[Tail], since: Time) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, kind) in tails.iter().flat_map(|tail| &tail.failures).filter(|(time, _)| *time >= since) {
        *counts.entry(kind).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().map(|(kind, count)| (kind.to_string(), count)).collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_kind_of_a_failure_holds_no_text() {
        let kind = |error: Value| kind_of(&error);
        assert_eq!(kind(json!({"status": 529, "message": "Overloaded"})), "529");
        assert_eq!(kind(json!({"error": {"error": {"type": "rate_limit_error"}}})), "rate_limit_error");
        assert_eq!(kind(json!({"cause": {"code": "ECONNREFUSED"}})), "ECONNREFUSED");
        assert_eq!(kind(json!({"type": "sk-ant secret text"})), "unknown");
        assert_eq!(kind(Value::Null), "unknown");
    }
}
