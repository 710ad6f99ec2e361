//! Logs that people's own hooks and status lines write, one JSON object a line. There is no format: what the fields of
//! such logs are called in practice is known here, and which one was taken for what is said. Where a log can be read in
//! two ways that come to different money, neither is guessed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::{Found, Source, Text, is_sane, is_transcript, member, transcript_given};
use crate::base::error::{Error, Result};
use crate::base::jsonc::{self, Node, Value};
use crate::base::money::Money;
use crate::base::time::Time;
use crate::book::imported::Report;
use crate::model::entry;
use crate::model::usage::Tokens;

const SESSION: [&str; 4] = ["session_id", "sessionId", "session", "sessionID"];
const TIME: [&str; 7] = ["timestamp", "time", "ts", "at", "datetime", "created_at", "date"];
const MODEL: [&str; 4] = ["model", "model_id", "modelId", "model_name"];
/// The client's running total of the session, under its own name.
const TOTAL: [&str; 7] = [
    "total_cost_usd",
    "totalCostUsd",
    "totalCostUSD",
    "session_cost_usd",
    "session_cost",
    "sessionCost",
    "session_total_cost",
];
/// Of a call, or again the running total: the name does not say.
const AMOUNT: [&str; 7] = ["cost_usd", "costUSD", "costUsd", "cost", "total_cost", "totalCost", "usd"];
const FOLDER: [&str; 4] = ["cwd", "project_dir", "project_path", "project"];

/// What the amounts of a log are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amounts {
    /// The session's total up to then: the largest counts.
    Session,
    /// Of a call or a turn: they are added up.
    Call,
}

/// A line with an amount.
struct Entry {
    time: Time,
    session: Option<String>,
    model: Option<String>,
    project: Option<String>,
    field: String,
    is_total: bool,
    amount: Money,
    tokens: Tokens,
}

/// Adds what a log says. `told`: what its amounts are, where a person said so.
pub fn read(source: &Source<'_>, told: Option<Amounts>, found: &mut Found) -> Result<()> {
    let text = std::str::from_utf8(source.bytes)
        .map_err(|_| Error::user(format!("`{}` is not UTF-8 text", source.name)))?;
    let (mut entries, mut seen, mut again, mut bare) = (Vec::new(), BTreeSet::new(), 0_u64, 0_u64);
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() {
            continue;
        }
        let text = Text { name: source.name, text: line, line: number + 1 };
        let document = jsonc::parse(line).map_err(|error| {
            text.wrong(&error.range, &format!("not JSON: {}", error.message))
                .hint("a hook's log has one JSON object a line; mend or remove this line")
        })?;
        let Some(root) = document.root.filter(|root| matches!(root.value, Value::Object(_))) else {
            return Err(text.wrong(&(0..1), "the line is no JSON object"));
        };
        if is_transcript(&root) && root.get("message").is_some() {
            return Err(transcript_given(source.name));
        }
        // A hook that is registered twice writes each line twice.
        if !seen.insert(line.to_string()) {
            again += 1;
            continue;
        }
        let path = member(&root, &["transcript_path", "transcriptPath"]).and_then(|(_, path)| path.as_str());
        let path = path.map(PathBuf::from).filter(|path| path.is_absolute() && path.is_file());
        found.transcripts.extend(path);
        match entry(&text, &root, source)? {
            Some(entry) => entries.push(entry),
            None => bare += 1,
        }
    }
    if again > 0 {
        found.warnings.push(format!(
            "{}: lines that stand there twice, word for word, count once: {again}",
            source.name
        ));
    }
    if entries.is_empty() && found.transcripts.is_empty() {
        return Err(Error::user(format!(
            "no line of `{}` names an amount or a transcript that is still there",
            source.name
        ))
        .hint(format!("amounts are looked for as {}", [&TOTAL[..], &AMOUNT[..]].concat().join(", "))));
    }
    if bare > 0 {
        found
            .notes
            .push(format!("{}: lines without an amount, which say nothing of money: {bare}", source.name));
    }
    found.transcripts.sort();
    found.transcripts.dedup();
    take(source, told, entries, found)
}

fn entry(text: &Text<'_>, root: &Node<'_>, source: &Source<'_>) -> Result<Option<Entry>> {
    let nested =
        root.get("cost").map(|cost| &cost.node).filter(|cost| matches!(cost.value, Value::Object(_)));
    let total = member(root, &TOTAL).map(|(name, node)| (name.to_string(), node));
    let total = total.or_else(|| {
        let (name, node) = member(nested?, &TOTAL)?;
        Some((format!("cost.{name}"), node))
    });
    let amount = || {
        let plain = AMOUNT.iter().copied().filter(|name| *name != "cost" || nested.is_none());
        plain.into_iter().find_map(|name| member(root, &[name])).map(|(name, node)| (name.to_string(), node))
    };
    let is_total = total.is_some();
    let Some((field, node)) = total.or_else(amount) else { return Ok(None) };
    let amount = text.money(node, &field)?;
    let said = member(root, &TIME);
    let time = said.and_then(|(_, node)| moment(node, source)).filter(|time| is_sane(time.utc().date()));
    let Some(time) = time else {
        let range = said.map_or(root.range.clone(), |(_, node)| node.range.clone());
        return Err(text.wrong(&range, "the line has an amount and no time").hint(format!(
            "times are looked for as {}: an ISO time, or seconds or milliseconds since 1970",
            TIME.join(", ")
        )));
    };
    let words =
        |names: &[&'static str]| member(root, names).and_then(|(_, node)| node.as_str()).map(str::to_string);
    let model = words(&MODEL).or_else(|| {
        let (_, model) = member(root, &["model"])?;
        member(model, &["id", "display_name"])?.1.as_str().map(str::to_string)
    });
    let folder = words(&FOLDER).or_else(|| {
        let (_, place) = member(root, &["workspace"])?;
        member(place, &["project_dir", "current_dir"])?.1.as_str().map(str::to_string)
    });
    let usage = member(root, &["usage", "tokens"]).map_or(root, |(_, usage)| usage);
    let count = |names: &[&'static str]| match member(usage, names) {
        Some((name, node)) => text.count(node, name),
        None => Ok(0),
    };
    Ok(Some(Entry {
        time,
        session: words(&SESSION).filter(|id| !id.is_empty()),
        model,
        project: folder.filter(|folder| folder.starts_with('/') || folder.contains(":\\")),
        field,
        is_total,
        amount,
        tokens: Tokens {
            input: count(&["input_tokens", "inputTokens"])?,
            output: count(&["output_tokens", "outputTokens"])?,
            cache_write_5m: count(&[
                "cache_creation_input_tokens",
                "cacheCreationInputTokens",
                "cache_creation_tokens",
                "cache_write_tokens",
                "cacheCreationTokens",
            ])?,
            cache_write_1h: 0,
            cache_read: count(&[
                "cache_read_input_tokens",
                "cacheReadInputTokens",
                "cache_read_tokens",
                "cacheReadTokens",
            ])?,
        },
    }))
}

/// An ISO time, a number since 1970, or a day of the zone.
fn moment(node: &Node<'_>, source: &Source<'_>) -> Option<Time> {
    match &node.value {
        Value::String(text) => Time::parse(text).or_else(|| {
            let civil = text.replace(' ', "T").parse::<chrono::NaiveDateTime>().ok();
            let day = || text.parse::<chrono::NaiveDate>().ok()?.and_hms_opt(12, 0, 0);
            civil.or_else(day).map(|civil| source.zone.instant(civil))
        }),
        Value::Number(text) => {
            let whole: i64 = text.split('.').next()?.parse().ok()?;
            // Seconds of this century have ten digits, milliseconds thirteen.
            Some(if whole.abs() < 100_000_000_000 { Time::from_seconds(whole) } else { Time(whole) })
        }
        _ => None,
    }
}

fn take(source: &Source<'_>, told: Option<Amounts>, entries: Vec<Entry>, found: &mut Found) -> Result<()> {
    let mut by_session: BTreeMap<Option<String>, Vec<Entry>> = BTreeMap::new();
    for entry in entries {
        by_session.entry(entry.session.clone()).or_default().push(entry);
    }
    let (mut totals, mut calls) = (BTreeSet::new(), BTreeSet::new());
    for (session, mut entries) in by_session {
        entries.sort_by_key(|entry| entry.time);
        let is_total = entries.iter().all(|entry| entry.is_total);
        let amounts = match (told, &session) {
            (Some(told), _) => told,
            (None, Some(_)) if is_total => Amounts::Session,
            // One line alone comes to the same in either way.
            (None, Some(_)) if entries.len() == 1 => Amounts::Session,
            (None, None) if !is_total => Amounts::Call,
            (None, _) => {
                let field = entries
                    .iter()
                    .find(|entry| !entry.is_total)
                    .map_or("total_cost_usd", |entry| &entry.field);
                let of = session
                    .as_deref()
                    .map_or("lines without a session".to_string(), |id| format!("session {id}"));
                return Err(Error::user(format!(
                    "{}: `{field}` of {of} may be the cost of each call, or the session's total up to then",
                    source.name
                ))
                .hint("say which: --amounts call adds them up, --amounts session takes the largest of each session. Nothing was changed"));
            }
        };
        if amounts == Amounts::Session && session.is_none() {
            return Err(Error::user(format!(
                "{}: totals of sessions, but lines that name no session",
                source.name
            ))
            .hint(format!("sessions are looked for as {}", SESSION.join(", "))));
        }
        let fields = entries.iter().map(|entry| entry.field.clone());
        match amounts {
            Amounts::Session => {
                totals.extend(fields);
                found.reports.extend(total_of(source, session.unwrap_or_default(), &entries));
            }
            Amounts::Call => {
                calls.extend(fields);
                sum_of(source, session.as_deref(), &entries, &mut found.reports);
            }
        }
    }
    let mut note = |fields: BTreeSet<String>, meaning: &str| {
        if !fields.is_empty() {
            let fields: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
            found.notes.push(format!("{}: {} was taken for {meaning}", source.name, fields.join(", ")));
        }
    };
    note(totals, "the session's total up to then: the largest of each session counts");
    note(calls, "the cost of a call: they are added up");
    Ok(())
}

/// The largest total of a session. It holds all of its calls so far, whatever model made them.
fn total_of(source: &Source<'_>, session: String, entries: &[Entry]) -> Option<Report> {
    let largest = entries.iter().map(|entry| entry.amount).max().filter(|amount| amount.is_positive())?;
    let last = entries.last()?;
    Some(Report {
        source: entry::Source::HookLog,
        label: format!("session:{session}"),
        start: None,
        end: last.time.plus_ms(1),
        until: source.written.max(last.time.plus_ms(1)),
        time: last.time,
        session: Some(session),
        project: entries.iter().find_map(|entry| entry.project.clone()),
        model: None,
        cost: largest,
        tokens: Tokens::default(),
    })
}

/// What the calls of a session come to by model; of calls that name no session by day and model.
fn sum_of(source: &Source<'_>, session: Option<&str>, entries: &[Entry], reports: &mut Vec<Report>) {
    let mut groups: BTreeMap<(String, Option<String>), Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        let label = match session {
            Some(id) => format!("session:{id}"),
            None => format!("day:{}", source.zone.day(entry.time)),
        };
        groups.entry((label, entry.model.clone())).or_default().push(entry);
    }
    for ((label, model), entries) in groups {
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { continue };
        let day = source.zone.day(first.time);
        let (start, end) = match (session, day.succ_opt()) {
            // A line is written after its call: the first one's began before it.
            (Some(_), _) | (None, None) => (None, last.time.plus_ms(1)),
            (None, Some(next)) => (Some(source.zone.start_of(day)), source.zone.start_of(next)),
        };
        reports.push(Report {
            source: entry::Source::HookLog,
            label: model.iter().fold(label, |label, model| format!("{label}:{model}")),
            start,
            end,
            until: source.written.max(last.time.plus_ms(1)),
            time: last.time,
            session: session.map(str::to_string),
            project: entries.iter().find_map(|entry| entry.project.clone()),
            model,
            cost: entries.iter().map(|entry| entry.amount).sum(),
            tokens: entries.iter().fold(Tokens::default(), |sum, entry| sum.plus(&entry.tokens)),
        });
    }
}
