//! What other programs reported of calls whose transcripts are gone: totals of days, months or sessions, which are no
//! calls. Owns how much of a report is booked: the part that no call of the ledger explains, and no report of a part of
//! the same span. It is weighed again whenever such calls turn up, so that in no order of reading money counts twice.
//! What a program's file says is `migrate`'s business.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Context;
use crate::base::error::{Error, Result};
use crate::base::money::Money;
use crate::base::time::{Time, Window};
use crate::ledger::{Writer, entries};
use crate::model::entry::{self, Call, Imported, Line, Source, Unlisted};
use crate::model::limit::slug;
use crate::model::model_id::canonical;
use crate::model::provider::Provider;
use crate::model::usage::Tokens;

/// A call that is booked so long after it was made comes from a transcript that was brought back: a report can only
/// hold calls that were on the disk when it was made, and these were booked before the report was.
const LATE_MS: i64 = 10 * 60_000;
const DAY_MS: i64 = 86_400_000;
/// A span of more days is looked up by itself.
const LONG: i64 = 400;

/// What another program says of one span, project, session and model, as far as it names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub source: Source,
    /// What it is of, in a word: the same words mean the same line of the ledger.
    pub label: String,
    pub start: Option<Time>,
    pub end: Time,
    /// When it was made.
    pub until: Time,
    /// Where it stands in reports.
    pub time: Time,
    pub session: Option<String>,
    pub project: Option<String>,
    pub model: Option<String>,
    pub cost: Money,
    pub tokens: Tokens,
}

/// What became of reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    pub reports: usize,
    /// What they say in all.
    pub reported: Money,
    /// What was booked that was not booked before; less than nothing where more of it is explained now.
    pub booked: Money,
    /// What the ledger holds of these reports now.
    pub held: Money,
}

/// A call of long ago that was booked now, or what it grew by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    time: Time,
    session: String,
    project: String,
    model: String,
    cost: Money,
    tokens: Tokens,
}

/// Was a call made long before it is booked?
pub(super) fn is_late(now: Time, made: Time) -> bool {
    now.since(made) > LATE_MS
}

impl Late {
    /// `before`: what the call was until now.
    pub(super) fn of(call: &Call, before: Option<&Call>) -> Self {
        Self {
            time: call.time,
            session: call.session.clone(),
            project: slug(&call.project),
            model: canonical(&call.model).into_owned(),
            cost: call.client_cost() - before.map_or(Money::ZERO, Call::client_cost),
            tokens: call.billed_tokens().minus(&before.map(Call::billed_tokens).unwrap_or_default()),
        }
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.cost == Money::ZERO && self.tokens.is_zero()
    }
}

/// What a line is about, in forms that can be compared.
struct Subject {
    window: Window,
    until: Time,
    session: Option<String>,
    project: Option<String>,
    model: Option<String>,
    /// The report goes by the client's own total, which knows money without a call as well.
    is_clients: bool,
}

impl Subject {
    fn of(line: &Unlisted) -> Option<Self> {
        let imported = line.imported.as_ref()?;
        let session = Some(line.session.clone()).filter(|session| session != nobody(line.source));
        // A session is known by its id: its folder may be named in another way, and it may have moved.
        let has_project = session.is_none() && !line.project.is_empty();
        Some(Self {
            window: imported.window(),
            until: imported.until,
            session,
            project: has_project.then(|| slug(&line.project)),
            model: line.model.as_deref().map(|model| canonical(model).into_owned()),
            is_clients: line.source == Source::HookLog,
        })
    }

    /// Is a call of this time, session, project and model part of what was reported?
    fn holds(&self, time: Time, session: &str, project: &str, model: &str) -> bool {
        fn is(wanted: &Option<String>, given: &str) -> bool {
            wanted.as_deref().is_none_or(|wanted| wanted == given)
        }
        self.window.contains(time)
            && time < self.until
            && is(&self.session, session)
            && is(&self.project, project)
            && is(&self.model, model)
    }

    /// Is all of `part` in here?
    fn covers(&self, part: &Subject) -> bool {
        fn is(whole: &Option<String>, part: &Option<String>) -> bool {
            whole.is_none() || whole == part
        }
        self.window.start <= part.window.start
            && part.window.end <= self.window.end
            && is(&self.session, &part.session)
            && is(&self.project, &part.project)
            && is(&self.model, &part.model)
    }

    /// Can one call be in both?
    fn meets(&self, other: &Subject) -> bool {
        fn may(one: &Option<String>, other: &Option<String>) -> bool {
            one.is_none() || other.is_none() || one == other
        }
        self.window.start < other.window.end
            && other.window.start < self.window.end
            && may(&self.session, &other.session)
            && may(&self.project, &other.project)
            && may(&self.model, &other.model)
    }

    /// Parts come before what they are parts of.
    fn order(&self) -> (i128, u8) {
        let names = [&self.session, &self.project, &self.model];
        let named = names.iter().filter(|name| name.is_some()).count();
        (
            i128::from(self.window.end.0) - i128::from(self.window.start.0),
            3 - u8::try_from(named).unwrap_or(3),
        )
    }
}

/// The session of lines whose program names none.
fn nobody(source: Source) -> &'static str {
    if source == Source::HookLog { "hook-log" } else { "ccusage" }
}

/// Where the subjects of a day are found.
struct Index {
    subjects: Vec<Subject>,
    by_day: HashMap<i64, Vec<usize>>,
    by_session: HashMap<String, Vec<usize>>,
    long: Vec<usize>,
}

impl Index {
    fn of(subjects: Vec<Subject>) -> Self {
        let mut index = Self {
            subjects: Vec::new(),
            by_day: HashMap::new(),
            by_session: HashMap::new(),
            long: Vec::new(),
        };
        for (at, subject) in subjects.iter().enumerate() {
            let (first, last) =
                (subject.window.start.0.div_euclid(DAY_MS), subject.window.end.0.div_euclid(DAY_MS));
            match &subject.session {
                Some(session) => index.by_session.entry(session.clone()).or_default().push(at),
                None if last.saturating_sub(first) > LONG => index.long.push(at),
                None => (first..=last).for_each(|day| index.by_day.entry(day).or_default().push(at)),
            }
        }
        Self { subjects, ..index }
    }

    /// The subjects that a call is part of. `model` in one spelling, `project` as a name of folders.
    fn each(&self, time: Time, session: &str, project: &str, model: &str, mut take: impl FnMut(usize)) {
        let day = self.by_day.get(&time.0.div_euclid(DAY_MS));
        let own = self.by_session.get(session);
        for at in day.into_iter().chain(own).flatten().chain(&self.long) {
            if self.subjects[*at].holds(time, session, project, model) {
                take(*at);
            }
        }
    }
}

/// Calls of the ledger, or what some of them grew by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Known {
    cost: Money,
    tokens: Tokens,
}

impl Known {
    fn add(&mut self, cost: Money, tokens: &Tokens) {
        self.cost += cost;
        self.tokens = self.tokens.plus(&alike(tokens));
    }
}

/// Other programs do not tell for how long something was put into the cache.
fn alike(tokens: &Tokens) -> Tokens {
    Tokens { cache_write_5m: tokens.cache_write(), cache_write_1h: 0, ..*tokens }
}

/// What is to be booked of reports, new ones and those that say more than an earlier one of the same. Everything that was
/// ever imported is weighed against all calls of the ledger. They must be on the disk: nothing may wait in the writer.
pub fn plan(writer: &mut Writer, context: &Context<'_>, reports: &[Report]) -> Result<(Vec<Unlisted>, Done)> {
    let before = writer.imported()?.clone();
    let mut lines = before.clone();
    let mut done = Done { reports: reports.len(), ..Done::default() };
    let (mut own, mut news) = (BTreeSet::new(), Vec::new());
    for report in reports {
        done.reported += report.cost;
        let id = format!("imported:{}:{}", nobody(report.source), report.label);
        match lines.get_mut(&id) {
            Some(line) => take_more(line, report)?,
            None => drop(lines.insert(id.clone(), line_of(context, &id, report))),
        }
        own.insert(id);
    }
    let mut lines: Vec<Unlisted> = lines.into_values().collect();
    refuse_what_overlaps(&lines, &own)?;
    weigh(writer, &mut lines)?;
    for mut line in lines {
        if own.contains(&line.id) {
            done.held += line.cost;
        }
        match before.get(&line.id) {
            Some(known) if *known == line => continue,
            Some(known) => line.rev = known.rev + 1,
            // All of it is explained: there is nothing to be held.
            None if line.cost == Money::ZERO && line.tokens.is_zero() => continue,
            None => {}
        }
        done.booked += line.cost - before.get(&line.id).map_or(Money::ZERO, |known| known.cost);
        news.push(line);
    }
    Ok((news, done))
}

/// Books what was planned.
pub fn book(writer: &mut Writer, lines: Vec<Unlisted>) -> Result<()> {
    lines.into_iter().try_for_each(|line| writer.book(&Line::Unlisted(Box::new(line))))
}

/// A later report of the same says more while transcripts come, and less once the client has deleted some: the one
/// that says most is right.
fn take_more(line: &mut Unlisted, report: &Report) -> Result<()> {
    let id = line.id.clone();
    let Some(imported) = line.imported.as_mut() else { return Ok(()) };
    if (imported.start, imported.end) != (report.start, report.end) {
        return Err(Error::user(format!("`{id}` was imported before with days of another time zone"))
            .hint("name the zone it was made in then with --timezone; nothing was changed"));
    }
    if report.cost > imported.cost || report.cost == imported.cost && report.until > imported.until {
        imported.cost = report.cost;
        imported.tokens = imported.tokens.max(&report.tokens);
        imported.until = imported.until.max(report.until);
    }
    Ok(())
}

fn line_of(context: &Context<'_>, id: &str, report: &Report) -> Unlisted {
    Unlisted {
        v: entry::VERSION,
        id: id.to_string(),
        rev: 0,
        time: report.time,
        session: report.session.clone().unwrap_or_else(|| nobody(report.source).to_string()),
        project: report.project.clone().unwrap_or_default(),
        model: report.model.clone(),
        provider: context.provider.unwrap_or(Provider::Anthropic),
        region: None,
        tokens: Tokens::default(),
        web_searches: 0,
        branch: None,
        user: context.user.to_string(),
        cost: Money::ZERO,
        client_cost: None,
        client_total: None,
        known_calls: None,
        estimated: true,
        source: report.source,
        imported: Some(Box::new(Imported {
            start: report.start,
            end: report.end,
            until: report.until,
            cost: report.cost,
            tokens: alike(&report.tokens),
            explained: Money::ZERO,
            explained_tokens: Tokens::default(),
        })),
    }
}

/// Two reports of the same calls, of which neither is a part of the other, cannot be told apart.
fn refuse_what_overlaps(lines: &[Unlisted], own: &BTreeSet<String>) -> Result<()> {
    let subjects: Vec<(&Unlisted, Subject)> =
        lines.iter().filter_map(|line| Some((line, Subject::of(line)?))).collect();
    for (line, subject) in subjects.iter().filter(|(line, _)| own.contains(&line.id)) {
        let clash = subjects.iter().find(|(other, theirs)| {
            other.id != line.id && subject.meets(theirs) && !subject.covers(theirs) && !theirs.covers(subject)
        });
        if let Some((other, _)) = clash {
            return Err(Error::user(format!(
                "`{}` and `{}` are of the same time, and neither is a part of the other: their money would count twice",
                line.id, other.id
            ))
            .hint("import one kind of report for one time; days go together with their weeks and months. Nothing was changed"));
        }
    }
    Ok(())
}

/// Sets what is explained of each line, and so what it holds, by all calls of the ledger.
fn weigh(writer: &Writer, lines: &mut [Unlisted]) -> Result<()> {
    let subjects: Vec<Subject> = lines.iter().filter_map(Subject::of).collect();
    if subjects.is_empty() || subjects.len() != lines.len() {
        return Ok(());
    }
    let start = subjects.iter().map(|subject| subject.window.start).min().unwrap_or(Time::MIN);
    let end = subjects.iter().map(|subject| subject.window.end).max().unwrap_or(Time::MAX);
    let index = Index::of(subjects);
    let new = || (vec![Known::default(); lines.len()], HashMap::<String, String>::new());
    let (parts, _) =
        entries::fold(writer.ledger(), Window { start, end }, new, |(known, folders), entry| {
            if entry.source.is_imported() {
                return;
            }
            if !folders.contains_key(entry.project) {
                folders.insert(entry.project.to_string(), slug(entry.project));
            }
            let (project, model) = (&folders[entry.project], entry.model.map(canonical).unwrap_or_default());
            index.each(entry.time, entry.session, project, &model, |at| {
                if !entry.is_unlisted || index.subjects[at].is_clients {
                    known[at].add(entry.client_cost, &entry.tokens);
                }
            });
        })?;
    let mut folders: BTreeMap<String, String> = BTreeMap::new();
    let mut known = vec![Known::default(); lines.len()];
    for (part, met) in parts {
        known.iter_mut().zip(part).for_each(|(sum, one)| sum.add(one.cost, &one.tokens));
        folders.extend(met.into_iter().map(|(folder, name)| (name, folder)));
    }
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|at| index.subjects[*at].order());
    for (place, at) in order.iter().enumerate() {
        for part in order[..place].iter().filter(|part| index.subjects[*at].covers(&index.subjects[**part])) {
            known[*at].add(lines[*part].cost, &lines[*part].tokens);
        }
        let line = &mut lines[*at];
        if line.rev == 0
            && line.cost == Money::ZERO
            && let Some(folder) = folders.get(&line.project)
        {
            // The name of a folder of transcripts does not say where its slashes were; the ledger's own calls do.
            line.project.clone_from(folder);
        }
        hold(line, known[*at]);
    }
    Ok(())
}

/// Brings a line to what is not explained of its report. Where all tokens are, so is the money: programs differ in what
/// they make a call cost.
fn hold(line: &mut Unlisted, known: Known) {
    let Some(imported) = line.imported.as_mut() else { return };
    (imported.explained, imported.explained_tokens) = (known.cost, known.tokens);
    let missing = imported.tokens.minus(&known.tokens);
    let is_explained = missing.is_zero() && !imported.tokens.is_zero();
    line.tokens = missing;
    line.cost = if is_explained { Money::ZERO } else { imported.cost.saturating_sub_zero(known.cost) };
}

/// Calls of long ago were booked: what was reported of them is taken back.
pub(super) fn explain(writer: &mut Writer, late: &[Late]) -> Result<()> {
    if late.is_empty() || writer.imported()?.is_empty() {
        return Ok(());
    }
    let mut lines: Vec<Unlisted> = writer.imported()?.values().cloned().collect();
    lines.retain(|line| line.imported.is_some());
    let index = Index::of(lines.iter().filter_map(Subject::of).collect());
    let mut more: BTreeMap<usize, Known> = BTreeMap::new();
    for call in late {
        index.each(call.time, &call.session, &call.project, &call.model, |at| {
            more.entry(at).or_default().add(call.cost, &call.tokens);
        });
    }
    let mut order: Vec<usize> = more.keys().copied().collect();
    order.sort_by_key(|at| index.subjects[*at].order());
    // What a line gives up explains that much less of those it is a part of.
    let mut given_up: Vec<(usize, Known)> = Vec::new();
    for at in order {
        let line = &mut lines[at];
        let Some(imported) = line.imported.as_ref() else { continue };
        let mut known = Known { cost: imported.explained, tokens: imported.explained_tokens };
        known.add(more[&at].cost, &more[&at].tokens);
        for (_, less) in given_up.iter().filter(|(part, _)| index.subjects[at].covers(&index.subjects[*part]))
        {
            known.cost -= less.cost;
            known.tokens = known.tokens.minus(&less.tokens);
        }
        let before = Known { cost: line.cost, tokens: line.tokens };
        hold(line, known);
        given_up
            .push((at, Known { cost: before.cost - line.cost, tokens: before.tokens.minus(&line.tokens) }));
        line.rev += 1;
        writer.book(&Line::Unlisted(Box::new(line.clone())))?;
    }
    Ok(())
}
