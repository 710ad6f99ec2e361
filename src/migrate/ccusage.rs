//! The JSON of ccusage: `daily`, `weekly`, `monthly`, `session` and `blocks`, of all agents or of Claude Code alone, with
//! and without projects. What changed between its versions 15 and 20 is read in either form.

use chrono::{Days, Months, NaiveDate};

use super::{Found, Source, Text, is_sane, is_transcript, member, transcript_given};
use crate::base::error::{Error, Result};
use crate::base::jsonc::{self, Node, Value};
use crate::base::money::Money;
use crate::base::time::{Time, Zone};
use crate::book::imported::Report;
use crate::model::entry;
use crate::model::model_id::{Target, identify};
use crate::model::usage::Tokens;

/// Sums of binary floats differ by less than this.
const TOLERANCE: Money = Money(1_000_000);
/// What ccusage names a project it does not know.
const NO_PROJECT: &str = "Unknown Project";

/// The parts that a file may have, by their key.
const PARTS: [(&str, Form); 6] = [
    ("daily", Form::Day),
    ("weekly", Form::Week),
    ("monthly", Form::Month),
    ("session", Form::Session),
    ("sessions", Form::Session),
    ("blocks", Form::Block),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Day,
    Week,
    Month,
    Session,
    Block,
}

/// Adds what a file says.
pub fn read(source: &Source<'_>, found: &mut Found) -> Result<()> {
    let decoded = jsonc::decode(source.bytes)
        .map_err(|_| Error::user(format!("`{}` is not UTF-8 text", source.name)).hint(HOW))?;
    let text = Text { name: source.name, text: decoded.text, line: 1 };
    let document = jsonc::parse(decoded.text).map_err(|error| {
        let first = decoded.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let line = jsonc::parse(first).ok().and_then(|line| line.root);
        if line.is_some_and(|line| is_transcript(&line)) {
            return transcript_given(source.name);
        }
        text.wrong(&error.range, &format!("not JSON: {}", error.message)).hint(HOW)
    })?;
    let Some(root) = document.root else {
        return Err(Error::user(format!("`{}` is empty", source.name)).hint(HOW));
    };
    if is_transcript(&root) {
        return Err(transcript_given(source.name));
    }
    let mut reader = Reader { text, source, found, left_out: Money::ZERO, left_out_names: Vec::new() };
    reader.document(&root)
}

const HOW: &str = "ccusage writes such a file with `ccusage daily --json > daily.json`";

struct Reader<'a, 'f> {
    text: Text<'a>,
    source: &'a Source<'a>,
    found: &'f mut Found,
    left_out: Money,
    left_out_names: Vec<String>,
}

/// What a row is of.
#[derive(Clone)]
struct Span {
    label: String,
    start: Option<Time>,
    end: Time,
    time: Time,
    session: Option<String>,
    project: Option<String>,
}

impl Reader<'_, '_> {
    fn document(&mut self, root: &Node<'_>) -> Result<()> {
        if !matches!(root.value, Value::Object(_)) {
            return Err(self
                .text
                .wrong(&root.range, &format!("{}, where ccusage writes an object", root.kind()))
                .hint(HOW));
        }
        let mut rows = 0;
        let mut sum = Money::ZERO;
        let mut parts = 0;
        for (key, form) in PARTS {
            let Some(part) = root.get(key) else { continue };
            let Value::Array(elements) = &part.node.value else {
                return Err(self.text.wrong(&part.node.range, &format!("`{key}` is not a list")).hint(HOW));
            };
            parts += 1;
            rows += elements.len();
            for row in elements {
                sum += self.row(row, form, None)?;
            }
        }
        if let Some(projects) = root.get("projects") {
            parts += 1;
            for project in projects.node.members() {
                rows += project.node.elements().len();
                for row in project.node.elements() {
                    sum += self.row(row, Form::Day, Some(&project.key))?;
                }
            }
        }
        if parts == 0 {
            return Err(self
                .text
                .wrong(&root.range, "no report of ccusage: none of daily, weekly, monthly, session, blocks, projects is in it")
                .hint(HOW));
        }
        if let Some(totals) = root.get("totals").filter(|_| parts == 1)
            && let Some((name, total)) = member(&totals.node, &["totalCost", "costUSD"])
        {
            let total_cost = self.text.money(total, name)?;
            if (total_cost - sum).abs() > TOLERANCE {
                self.found.warnings.push(format!(
                    "{}: the total is {total_cost}, but the rows come to {sum}: the rows were taken",
                    self.text.place(&total.range)
                ));
            }
        }
        if rows == 0 {
            self.found.warnings.push(format!("{}: the report has no rows", self.source.name));
        }
        if !self.left_out_names.is_empty() {
            self.left_out_names.sort();
            self.left_out_names.dedup();
            self.found.warnings.push(format!(
                "{}: {} of other agents was left out ({}): the ledger is Claude Code's",
                self.source.name,
                self.left_out.show(),
                self.left_out_names.join(", ")
            ));
        }
        Ok(())
    }

    /// Returns what the row comes to by itself.
    fn row(&mut self, row: &Node<'_>, form: Form, project: Option<&str>) -> Result<Money> {
        if !matches!(row.value, Value::Object(_)) {
            return Err(self
                .text
                .wrong(&row.range, &format!("{} in the place of a row", row.kind()))
                .hint(HOW));
        }
        if row.get("isGap").is_some_and(|gap| gap.node.value == Value::Bool(true)) {
            return Ok(Money::ZERO);
        }
        let Some((name, cost)) = member(row, &["totalCost", "costUSD"]) else {
            return Err(self.text.wrong(&row.range, "the row has no `totalCost`").hint(
                "was it made with --no-cost, or by ccusage for another agent? Make it again with `ccusage claude daily --json`",
            ));
        };
        let whole = self.text.money(cost, name)?;
        let span = self.span(row, form, project)?;
        // Rows of all agents may say what each of them spent.
        let agents = row.get("agents").map(|agents| agents.node.elements()).unwrap_or_default();
        if !agents.is_empty() {
            for agent in agents {
                self.models(agent, &span, true)?;
            }
            return Ok(whole);
        }
        let names = row.get("metadata").and_then(|metadata| metadata.node.get("agents"));
        let is_pure = names
            .is_none_or(|names| names.node.elements().iter().all(|name| name.as_str() == Some("claude")));
        let taken = self.models(row, &span, is_pure)?;
        if (taken - whole).abs() > TOLERANCE {
            self.found.warnings.push(format!(
                "{}: the row's models come to {taken}, its total is {whole}: the models were taken",
                self.text.place(&cost.range)
            ));
        }
        Ok(whole)
    }

    /// The models of a row, or the row where it names none. `is_pure`: all of it is Claude Code's.
    fn models(&mut self, row: &Node<'_>, span: &Span, is_pure: bool) -> Result<Money> {
        let agent = row.get("agent").and_then(|agent| agent.node.as_str()).filter(|agent| *agent != "all");
        let is_other = agent.is_some_and(|agent| agent != "claude");
        let parts = row.get("modelBreakdowns").map(|parts| parts.node.elements()).unwrap_or_default();
        let mut sum = Money::ZERO;
        if parts.is_empty() {
            let Some((name, cost)) = member(row, &["totalCost", "costUSD"]) else { return Ok(sum) };
            let cost = self.text.money(cost, name)?;
            let used =
                member(row, &["modelsUsed", "models"]).map(|(_, used)| used.elements()).unwrap_or_default();
            let only = used.first().filter(|_| used.len() == 1).and_then(Node::as_str);
            let tokens = self.tokens(row.get("tokenCounts").map_or(row, |counts| &counts.node))?;
            self.take(span, only, cost, tokens, is_other, is_pure);
            return Ok(cost);
        }
        for part in parts {
            let Some((name, cost)) = member(part, &["cost", "totalCost", "costUSD"]) else {
                return Err(self.text.wrong(&part.range, "the model has no `cost`").hint(HOW));
            };
            let cost = self.text.money(cost, name)?;
            let model = member(part, &["modelName", "model"]).and_then(|(_, model)| model.as_str());
            let tokens = self.tokens(part)?;
            self.take(span, model, cost, tokens, is_other, is_pure);
            sum += cost;
        }
        Ok(sum)
    }

    fn tokens(&self, row: &Node<'_>) -> Result<Tokens> {
        let count = |names: &[&'static str]| match member(row, names) {
            Some((name, node)) => self.text.count(node, name),
            None => Ok(0),
        };
        Ok(Tokens {
            input: count(&["inputTokens"])?,
            output: count(&["outputTokens"])?,
            cache_write_5m: count(&["cacheCreationTokens", "cacheCreationInputTokens"])?,
            cache_write_1h: 0,
            cache_read: count(&["cacheReadTokens", "cacheReadInputTokens"])?,
        })
    }

    fn take(
        &mut self,
        span: &Span,
        model: Option<&str>,
        cost: Money,
        tokens: Tokens,
        is_other: bool,
        is_pure: bool,
    ) {
        if cost == Money::ZERO && tokens.is_zero() {
            return;
        }
        let is_claude = model.is_some_and(|model| {
            matches!(identify(model).target, Target::Model(_))
                || model.to_ascii_lowercase().contains("claude")
        });
        if is_other || !is_pure && !is_claude {
            self.left_out += cost;
            self.left_out_names.push(model.unwrap_or("no model named").to_string());
            return;
        }
        let mut label = span.label.clone();
        for part in [span.project.as_deref(), model].into_iter().flatten() {
            label.push(':');
            label.push_str(part);
        }
        // A model may stand twice in a row, as with and without fast mode in older versions.
        if let Some(same) = self
            .found
            .reports
            .iter_mut()
            .rev()
            .take_while(|report| report.label.starts_with(&span.label))
            .find(|report| report.label == label)
        {
            same.cost += cost;
            same.tokens = same.tokens.plus(&tokens);
            return;
        }
        self.found.reports.push(Report {
            source: entry::Source::Ccusage,
            label,
            start: span.start,
            end: span.end,
            until: self.source.written,
            time: span.time,
            session: span.session.clone(),
            project: span.project.clone(),
            model: model.map(str::to_string),
            cost,
            tokens,
        });
    }

    fn span(&self, row: &Node<'_>, form: Form, project: Option<&str>) -> Result<Span> {
        let own = member(row, &["project", "projectPath"]).and_then(|(_, name)| name.as_str());
        let project =
            project.or(own).filter(|name| *name != NO_PROJECT && !name.is_empty()).map(str::to_string);
        match form {
            Form::Day => self.days(row, "date", "day", project, |day| day.checked_add_days(Days::new(1))),
            Form::Week => self.days(row, "week", "week", project, |day| day.checked_add_days(Days::new(7))),
            Form::Month => {
                self.days(row, "month", "month", project, |day| day.checked_add_months(Months::new(1)))
            }
            Form::Block => {
                let (start, end) = (self.moment(row, &["startTime"])?.0, self.moment(row, &["endTime"])?.1);
                let label = format!("block:{}", zone_free(start));
                Ok(Span { label, start: Some(start), end, time: start, session: None, project })
            }
            Form::Session => self.session(row, project),
        }
    }

    fn days(
        &self,
        row: &Node<'_>,
        key: &'static str,
        form: &str,
        project: Option<String>,
        next: impl Fn(NaiveDate) -> Option<NaiveDate>,
    ) -> Result<Span> {
        let Some((name, node)) = member(row, &[key, "period"]) else {
            return Err(self
                .text
                .wrong(&row.range, &format!("the row has neither `{key}` nor `period`"))
                .hint(HOW));
        };
        let said = node.as_str().unwrap_or_default();
        let whole = if form == "month" && said.len() == 7 { format!("{said}-01") } else { said.to_string() };
        let day: Option<NaiveDate> = whole.parse().ok().filter(|day| is_sane(*day));
        let day = day.ok_or_else(|| {
            self.text
                .wrong(&node.range, &format!("`{name}` is no {form}: {said:?}"))
                .hint("expected a date such as 2026-11-24 (of months 2026-11)")
        })?;
        let Some(after) = next(day) else {
            return Err(self.text.wrong(&node.range, "the calendar ends before"));
        };
        let zone = self.source.zone;
        let (start, end) = (zone.start_of(day), zone.start_of(after));
        let time = noon(zone, day).min(self.source.written.plus_ms(-1)).max(start);
        Ok(Span { label: format!("{form}:{said}"), start: Some(start), end, time, session: None, project })
    }

    fn session(&self, row: &Node<'_>, project: Option<String>) -> Result<Span> {
        let Some((_, id)) = member(row, &["sessionId", "period"]) else {
            return Err(self.text.wrong(&row.range, "the row names no session").hint(HOW));
        };
        let id = id.as_str().unwrap_or_default().to_string();
        let facts = row.get("metadata").map_or(row, |metadata| &metadata.node);
        let from = if facts.get("lastActivity").is_some() { facts } else { row };
        let (last, end) = self.moment(from, &["lastActivity"])?;
        let start = if from.get("firstActivity").is_some() {
            Some(self.moment(from, &["firstActivity"])?.0)
        } else {
            None
        };
        let label = format!("session:{id}");
        // Up to version 18 what is called a session is the folder of a project.
        let is_folder = id.starts_with('-');
        let (session, project) = if is_folder { (None, Some(id)) } else { (Some(id), project) };
        let label = if is_folder { "session".to_string() } else { label };
        Ok(Span { label, start, end, time: last, session, project })
    }

    /// A time, or noon of a day; and where it ends.
    fn moment(&self, row: &Node<'_>, names: &[&'static str]) -> Result<(Time, Time)> {
        let Some((name, node)) = member(row, names) else {
            return Err(self.text.wrong(&row.range, &format!("the row has no `{}`", names[0])).hint(HOW));
        };
        let said = node.as_str().unwrap_or_default();
        if let Some(time) = Time::parse(said).filter(|time| is_sane(time.utc().date())) {
            return Ok((time, time.plus_ms(1)));
        }
        let zone = self.source.zone;
        let day: Option<NaiveDate> = said.parse().ok().filter(|day| is_sane(*day));
        match day.and_then(|day| Some((day, day.succ_opt()?))) {
            Some((day, next)) => {
                Ok((noon(zone, day).min(self.source.written.plus_ms(-1)), zone.start_of(next)))
            }
            None => Err(self.text.wrong(&node.range, &format!("`{name}` is no time: {said:?}"))),
        }
    }
}

fn noon(zone: &Zone, day: NaiveDate) -> Time {
    day.and_hms_opt(12, 0, 0).map_or_else(|| zone.start_of(day), |noon| zone.instant(noon))
}

fn zone_free(time: Time) -> String {
    time.utc().format("%Y-%m-%dT%H:%MZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{"daily": [{"agent": "all", "metadata": {"agents": ["claude"]}, "period": "2026-09-01",
        "inputTokens": 1, "totalCost": 1.5e0, "modelsUsed": ["a"], "modelBreakdowns": [{"modelName": "a", "cost": 1.5}]}],
        "session": [{"period": "s", "totalCost": 1, "metadata": {"lastActivity": "2026-09-01T10:00:00.000Z"}}],
        "blocks": [{"startTime": "2026-09-01T10:00:00.000Z", "endTime": "2026-09-01T15:00:00.000Z", "isGap": false,
        "costUSD": 1, "models": [], "tokenCounts": {"inputTokens": 1}}], "totals": {"totalCost": 3.5}}"#;

    fn found(text: &[u8]) -> Result<Found> {
        let (zone, mut found) = (Zone::utc(), Found::default());
        let written = Time::parse("2026-11-24T12:00:00Z").unwrap();
        read(&Source { name: "f", bytes: text, written, zone: &zone }, &mut found).map(|()| found)
    }

    #[test]
    fn several_parts_of_a_file_are_all_read() {
        let costs: Vec<String> =
            found(FILE.as_bytes()).unwrap().reports.iter().map(|report| report.cost.to_string()).collect();
        assert_eq!(costs, ["1.5", "1", "1"]);
    }

    #[test]
    fn no_byte_makes_it_panic() {
        for at in 0..FILE.len() {
            let _ = found(&FILE.as_bytes()[..at]);
            for byte in [b'0', b'9', b'-', b'"', b'[', b'}', b'e', b'.', 0xff] {
                let mut text = FILE.as_bytes().to_vec();
                text[at] = byte;
                let _ = found(&text);
            }
        }
        for day in ["262142-12-31", "+262142-12-31", "-262143-01-01", "9999-12-31", "0000-01-01"] {
            assert!(found(FILE.replace("2026-09-01", day).as_bytes()).is_err(), "{day}");
        }
        for number in ["1e400", "-1e-400", "1e-400", "99999999999999999999999999999999999999999"] {
            let _ = found(FILE.replace("1.5", number).as_bytes());
        }
    }
}
