//! Which lines of the ledger a report counts: a span of days in the reader's zone, a project, a model, a session.

use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path, PathBuf};

use chrono::{Datelike, Days, NaiveDate};

use crate::base::error::{Error, Result};
use crate::base::time::{Time, Window, Zone};
use crate::ledger::Ledger;
use crate::ledger::entries::{self, Entry};
use crate::model::limit::{Facts, Filter, is_inside, slug};

/// What a report counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub window: Window,
    pub project: Option<Project>,
    pub user: Option<String>,
    /// Model, session, branch and agent; a project is named in more ways than a limit's filter knows.
    pub filter: Filter,
}

impl Default for Query {
    fn default() -> Self {
        Self { window: Window::ALWAYS, project: None, user: None, filter: Filter::default() }
    }
}

impl Query {
    /// One session in all its time.
    pub fn of_session(id: &str) -> Self {
        Self { filter: Filter { session: Some(id.to_string()), ..Filter::default() }, ..Self::default() }
    }
}

/// A query at work: what was found out about a model or a project is not found out again for each line.
#[derive(Debug)]
pub struct Wanted<'q> {
    query: &'q Query,
    /// Only the time matters.
    any: bool,
    /// Everything but the model, which is asked for apart.
    rest: Filter,
    models: HashMap<String, bool>,
    projects: HashMap<String, bool>,
}

impl<'q> Wanted<'q> {
    pub fn new(query: &'q Query) -> Self {
        let rest = Filter { model: None, ..query.filter.clone() };
        let any = query.project.is_none() && query.user.is_none() && query.filter == Filter::default();
        Self { query, any, rest, models: HashMap::new(), projects: HashMap::new() }
    }

    pub fn counts(&mut self, entry: &Entry<'_>) -> bool {
        let Self { query, any, rest, models, projects } = self;
        if *any {
            return query.window.contains(entry.time);
        }
        query.window.contains(entry.time)
            && query.user.as_deref().is_none_or(|user| user.eq_ignore_ascii_case(entry.user))
            && rest.counts(&facts_of(entry))
            && query
                .project
                .as_ref()
                .is_none_or(|project| remembered(projects, entry.project, || project.is(entry.project)))
            && query.filter.model.as_ref().is_none_or(|wanted| {
                let filter = || Filter { model: Some(wanted.clone()), ..Filter::default() };
                entry.model.is_some_and(|model| {
                    remembered(models, model, || {
                        filter().counts(&Facts { model: Some(model), ..Facts::default() })
                    })
                })
            })
    }
}

fn remembered(known: &mut HashMap<String, bool>, key: &str, find_out: impl FnOnce() -> bool) -> bool {
    if let Some(known) = known.get(key) {
        return *known;
    }
    let found = find_out();
    known.insert(key.to_string(), found);
    found
}

fn facts_of<'e>(entry: &'e Entry<'_>) -> Facts<'e> {
    let known = |text: &'e str| Some(text).filter(|text| !text.is_empty());
    Facts {
        project: entry.project,
        model: entry.model,
        branch: known(entry.branch),
        agent: known(entry.agent),
        session: entry.session,
        estimated: entry.estimated,
    }
}

/// A project as people name it: its folder, the folder's last name, or the name Claude Code gives its transcripts'
/// folder (`-home-me-work`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Project {
    /// The folder and everything below it.
    Folder(String),
    /// A name without a separator.
    Name(String),
}

impl Project {
    /// `text` as typed in the folder `cwd`.
    pub fn parse(text: &str, cwd: &Path, home: &Path) -> Self {
        let is_path = text.starts_with(['.', '~']) || text.contains(['/', '\\']);
        if !is_path {
            return Project::Name(text.to_string());
        }
        let path = match text.strip_prefix('~') {
            Some(rest) => home.join(rest.trim_start_matches(['/', '\\'])),
            None => cwd.join(text),
        };
        Project::Folder(plain(&path).display().to_string())
    }

    fn is(&self, folder: &str) -> bool {
        match self {
            Project::Folder(root) => is_inside(folder, root),
            Project::Name(name) => {
                Path::new(folder).file_name().is_some_and(|last| last.to_str() == Some(name))
                    || (name.starts_with('-') && slug(folder) == *name)
            }
        }
    }
}

/// Without `.` and `..`, as the ledger has its paths. Links stay: projects are named by the path they were reached by.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(out.pop()),
            part => out.push(part),
        }
    }
    out
}

/// From the first instant of `since` to the last of `until`; an absent end is open.
pub fn window(since: Option<&str>, until: Option<&str>, now: Time, zone: &Zone) -> Result<Window> {
    let start = since.map(|text| moment(text, "--since", now, zone)).transpose()?;
    let end = until.map(|text| moment(text, "--until", now, zone)).transpose()?;
    let window = Window {
        start: start.map_or(Time::MIN, |window| window.start),
        end: end.map_or(Time::MAX, |window| window.end),
    };
    if window.start >= window.end {
        return Err(Error::usage("--until is before --since"));
    }
    Ok(window)
}

/// What a text for a day or a time covers: a day from its first to its last instant, a time nothing but itself.
fn moment(text: &str, option: &str, now: Time, zone: &Zone) -> Result<Window> {
    let text = text.trim();
    if let Some(time) = Time::parse(text) {
        return Ok(Window { start: time, end: time });
    }
    if let Some(first) = date(&format!("{text}-01"), "%Y-%m-%d") {
        return Ok(Window::month(zone, first, 1));
    }
    match day(text, zone.day(now)) {
        Some(day) => Ok(Window::day(zone, day)),
        None => Err(Error::usage(format!("`{text}` is not a day for {option}")).hint(
            "for example 2026-11-24, 20261124, 2026-11, today, yesterday, 7d (seven days ago) or an RFC 3339 time",
        )),
    }
}

fn day(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    match text {
        "today" => return Some(today),
        "yesterday" => return today.pred_opt(),
        _ => {}
    }
    if let Some(count) = text.strip_suffix('d') {
        return today.checked_sub_days(Days::new(count.parse().ok()?));
    }
    date(text, "%Y-%m-%d").or_else(|| date(text, "%Y%m%d"))
}

/// The calendar reaches further than clients do; what lies outside would not fit a window.
fn date(text: &str, form: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, form).ok().filter(|day| (1970..=9999).contains(&day.year()))
}

/// The ids of sessions in the ledger that begin with `prefix`, each with the time of its last line.
pub fn sessions(ledger: &Ledger, prefix: &str) -> Result<Vec<(String, Time)>> {
    let (found, _) = entries::fold(ledger, Window::ALWAYS, HashMap::new, |found, entry| {
        if entry.session.is_empty() || !entry.session.starts_with(prefix) {
            return;
        }
        match found.get_mut(entry.session) {
            Some(last) => *last = entry.time.max(*last),
            None => drop(found.insert(entry.session.to_string(), entry.time)),
        }
    })?;
    let mut all: BTreeMap<String, Time> = BTreeMap::new();
    for (session, time) in found.into_iter().flatten() {
        let last = all.entry(session).or_insert(time);
        *last = time.max(*last);
    }
    Ok(all.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Time = Time(1_795_521_600_000);

    fn berlin() -> Zone {
        Zone::named("Europe/Berlin").expect("the system has the zone database")
    }

    fn span(since: Option<&str>, until: Option<&str>) -> String {
        let window = window(since, until, NOON, &berlin()).expect("a window");
        let shown =
            |time: Time| if time == Time::MAX || time == Time::MIN { "-".into() } else { time.to_string() };
        format!("{} {}", shown(window.start), shown(window.end))
    }

    #[test]
    fn days_are_whole_and_in_the_readers_zone() {
        assert_eq!(span(None, None), "- -");
        assert_eq!(span(Some("2026-11-24"), None), "2026-11-23T23:00:00.000Z -");
        assert_eq!(
            span(Some("20261124"), Some("20261124")),
            "2026-11-23T23:00:00.000Z 2026-11-24T23:00:00.000Z"
        );
        assert_eq!(
            span(Some("yesterday"), Some("today")),
            "2026-11-22T23:00:00.000Z 2026-11-24T23:00:00.000Z"
        );
        assert_eq!(span(Some("7d"), None), "2026-11-16T23:00:00.000Z -");
        assert_eq!(span(Some("2026-11"), None), "2026-10-31T23:00:00.000Z -");
        assert_eq!(span(None, Some("2026-11")), "- 2026-11-30T23:00:00.000Z");
        // The clock is put back on this day: it has 25 hours.
        assert_eq!(
            span(Some("2026-10-25"), Some("2026-10-25")),
            "2026-10-24T22:00:00.000Z 2026-10-25T23:00:00.000Z"
        );
        assert_eq!(span(Some("2026-11-24T10:00:00Z"), None), "2026-11-24T10:00:00.000Z -");
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for wrong in ["", "soon", "2026-13-01", "d", "-1d", "99999999999d", "0001-01-01"] {
            let error = window(Some(wrong), None, NOON, &berlin()).expect_err(wrong);
            assert_eq!(error.kind.exit_code(), 64, "{wrong}");
        }
        assert!(window(Some("2026-11-24"), Some("2026-11-23"), NOON, &berlin()).is_err());
    }

    #[test]
    fn projects_are_known_by_folder_name_and_slug() {
        let parse = |text| Project::parse(text, Path::new("/home/me/work"), Path::new("/home/me"));
        for (text, expected) in [
            ("/home/me/work/shop", true),
            ("shop", true),
            ("./shop", true),
            (".", true),
            ("..", true),
            ("~/work", true),
            ("/home/me/work/sho", false),
            ("-home-me-work-shop", true),
            ("work", false),
            ("../other", false),
        ] {
            assert_eq!(parse(text).is("/home/me/work/shop"), expected, "{text}");
        }
    }
}
