//! A report as a table for a terminal of a given width. Returns lines with their role; colour is the caller's.
//!
//! What does not fit is left out column by column, never wrapped: a number that breaks over two lines is misread.

use comfy_table::{CellAlignment, ContentArrangement, Row, Table, TableStyle};

use super::fold::{By, Folded, Sum};
use crate::base::money::{Money, PER_USD};
use crate::base::text::{counted, shown};

/// Columns between columns.
const GAP: usize = 2;
/// A longer list of models is cut.
const MAX_DETAIL: usize = 42;

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub width: usize,
    pub unicode: bool,
}

/// What a line of the table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Header,
    Rule,
    Row,
    /// A part of the row above.
    Part,
    Total,
    /// A sentence about the table.
    Note,
}

/// One line, without its line break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub role: Role,
    pub text: String,
}

/// One row to be.
#[derive(Debug, Clone)]
pub struct Entry {
    pub name: String,
    /// Shown where there is room: the models of a day, the project of a session.
    pub detail: String,
    pub role: Role,
    pub sum: Sum,
}

/// The report with its notes. With `breakdown`, every row is followed by its models.
pub fn report(folded: &Folded, breakdown: bool, look: Look) -> Vec<Line> {
    let heading = match folded.by {
        By::Day => "Date",
        By::Week => "Week of",
        By::Month => "Month",
        By::Session => "Session",
        By::Project => "Project",
        By::Model => "Model",
        By::Feature => "Feature",
        By::Tool => "Tool",
        By::Agent => "Agent",
        By::Branch => "Branch",
        By::User => "User",
        By::Provider => "Provider",
        By::Hour => "Hour",
    };
    let detail = match folded.by {
        By::Session => "Project",
        By::Model => "",
        _ if breakdown => "",
        _ => "Models",
    };
    let mut entries = Vec::new();
    for group in &folded.groups {
        let models: Vec<String> = group.by_cost().into_iter().map(|(name, _)| short(name)).collect();
        let detail = match folded.by {
            By::Session => last_name(&group.project),
            _ => models.join(", "),
        };
        entries.push(Entry { name: group.name.clone(), detail, role: Role::Row, sum: group.sum });
        if breakdown {
            entries.extend(group.by_cost().into_iter().map(|(model, sum)| part(model, sum)));
        }
    }
    entries.push(total(folded.total.sum));
    if breakdown {
        entries.extend(folded.total.by_cost().into_iter().map(|(model, sum)| part(model, sum)));
    }
    let mut lines = draw(heading, detail, &entries, look);
    lines.extend(notes(&folded.total.sum, look));
    lines.extend(unreadable(folded, look));
    lines
}

/// One row for each model.
pub fn models(folded: &Folded, look: Look) -> Vec<Line> {
    let row = |(model, sum): (&str, &Sum)| Entry {
        name: model.to_string(),
        detail: String::new(),
        role: Role::Row,
        sum: *sum,
    };
    let mut entries: Vec<Entry> = folded.total.by_cost().into_iter().map(row).collect();
    entries.push(total(folded.total.sum));
    let mut lines = draw("Model", "", &entries, look);
    lines.extend(notes(&folded.total.sum, look));
    lines.extend(unreadable(folded, look));
    lines
}

fn part(model: &str, sum: &Sum) -> Entry {
    Entry { name: format!("  {}", short(model)), detail: String::new(), role: Role::Part, sum: *sum }
}

fn total(sum: Sum) -> Entry {
    Entry { name: "Total".to_string(), detail: String::new(), role: Role::Total, sum }
}

/// `haiku-4-5` for `claude-haiku-4-5-20251001`: among nothing but Claude models the first word says nothing, nor
/// does the day of a release.
fn short(model: &str) -> String {
    let Some(name) = model.strip_prefix("claude-") else { return model.to_string() };
    let is_day = |end: &str| end.len() == 8 && end.bytes().all(|b| b.is_ascii_digit());
    match name.rsplit_once('-') {
        Some((name, end)) if is_day(end) => name.to_string(),
        _ => name.to_string(),
    }
}

fn last_name(folder: &str) -> String {
    folder.rsplit(['/', '\\']).next().unwrap_or_default().to_string()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Name,
    Detail,
    Calls,
    Input,
    Output,
    CacheWrite,
    CacheRead,
    Tokens,
    Cost,
    Unlisted,
}

impl Column {
    fn heading<'a>(self, name: &'a str, detail: &'a str) -> &'a str {
        match self {
            Column::Name => name,
            Column::Detail => detail,
            Column::Calls => "Calls",
            Column::Input => "Input",
            Column::Output => "Output",
            Column::CacheWrite => "Cache write",
            Column::CacheRead => "Cache read",
            Column::Tokens => "Tokens",
            Column::Cost => "Cost",
            Column::Unlisted => "Unlisted",
        }
    }

    fn is_text(self) -> bool {
        matches!(self, Column::Name | Column::Detail)
    }
}

/// Columns and whether counts are written out, widest first; the last one that fits nothing is cut.
fn layouts(has_detail: bool, has_unlisted: bool) -> Vec<(Vec<Column>, bool)> {
    use Column::*;
    let kinds = [Calls, Input, Output, CacheWrite, CacheRead, Cost];
    let sums = [Calls, Tokens, Cost];
    let with = |head: &[Column], rest: &[Column]| {
        let mut columns = [head, rest].concat();
        if has_unlisted {
            columns.push(Unlisted);
        }
        columns
    };
    let mut layouts = Vec::new();
    if has_detail {
        layouts.push((with(&[Name, Detail], &kinds), true));
    }
    layouts.push((with(&[Name], &kinds), true));
    layouts.push((with(&[Name], &kinds), false));
    layouts.push((with(&[Name], &sums), true));
    layouts.push((with(&[Name], &sums), false));
    layouts.push((with(&[Name], &[Cost]), true));
    layouts.push((vec![Name, Cost], true));
    layouts
}

fn draw(name: &str, detail: &str, entries: &[Entry], look: Look) -> Vec<Line> {
    let has_detail = !detail.is_empty() && entries.iter().any(|entry| !entry.detail.is_empty());
    let has_unlisted = entries.iter().any(|entry| entry.sum.unlisted != Money::ZERO);
    let digits = digits(entries);
    let layouts = layouts(has_detail, has_unlisted);
    let mut fitting = None;
    for (columns, exact) in &layouts {
        let mut table = fill(name, detail, entries, columns, *exact, digits, usize::MAX);
        let width = width_of(&mut table);
        fitting = Some((table, width));
        if width <= look.width {
            break;
        }
    }
    let Some((mut table, mut width)) = fitting else { return Vec::new() };
    if width > look.width
        && let Some((columns, exact)) = layouts.last()
    {
        // Even the least is too wide: the name gives way, as a session's id or a gateway's model name may.
        let names = table.column_max_content_widths().first().copied().unwrap_or_default();
        let room = usize::from(names).saturating_sub(width - look.width).max(8);
        table = fill(name, detail, entries, columns, *exact, digits, room);
        width = width_of(&mut table);
    }
    let rule = if look.unicode { "─" } else { "-" }.repeat(width);
    let mut lines = Vec::new();
    let roles = std::iter::once(Role::Header).chain(entries.iter().map(|entry| entry.role));
    for (role, text) in roles.zip(table.lines()) {
        if role == Role::Total {
            lines.push(Line { role: Role::Rule, text: rule.clone() });
        }
        lines.push(Line { role, text: text.trim_end().to_string() });
        if role == Role::Header {
            lines.push(Line { role: Role::Rule, text: rule.clone() });
        }
    }
    lines
}

fn fill(
    name: &str,
    detail: &str,
    entries: &[Entry],
    columns: &[Column],
    exact: bool,
    digits: u32,
    room: usize,
) -> Table {
    let mut table = Table::new();
    table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Disabled);
    table
        .set_header(Row::from(columns.iter().map(|column| column.heading(name, detail)).collect::<Vec<_>>()));
    for entry in entries {
        let cells: Vec<String> =
            columns.iter().map(|column| cell(entry, *column, exact, digits, room)).collect();
        table.add_row(Row::from(cells));
    }
    let last = columns.len().saturating_sub(1);
    for (at, (column, kind)) in table.column_iter_mut().zip(columns).enumerate() {
        column.set_padding((0, if at == last { 0 } else { GAP as u16 }));
        let side = if kind.is_text() { CellAlignment::Left } else { CellAlignment::Right };
        column.set_cell_alignment(side);
    }
    table
}

fn width_of(table: &mut Table) -> usize {
    let widths = table.column_max_content_widths();
    widths.iter().map(|width| usize::from(*width)).sum::<usize>() + GAP * widths.len().saturating_sub(1)
}

fn cell(entry: &Entry, column: Column, exact: bool, digits: u32, room: usize) -> String {
    let sum = &entry.sum;
    let count = |value: u64| if exact { grouped(value) } else { compact(value) };
    match column {
        Column::Name => shown(&entry.name, room),
        Column::Detail => shown(&entry.detail, MAX_DETAIL),
        Column::Calls => grouped(sum.calls),
        Column::Input => count(sum.tokens.input),
        Column::Output => count(sum.tokens.output),
        Column::CacheWrite => count(sum.tokens.cache_write()),
        Column::CacheRead => count(sum.tokens.cache_read),
        Column::Tokens => count(sum.tokens.total()),
        Column::Cost => {
            let mark = if sum.estimated == Money::ZERO { "" } else { "~" };
            format!("{mark}{}", dollars(sum.cost, digits))
        }
        Column::Unlisted if sum.unlisted == Money::ZERO => "-".to_string(),
        Column::Unlisted => dollars(sum.unlisted, digits),
    }
}

/// One number of decimals for the whole table, so that amounts can be compared by their looks: four where cents
/// would show something as nothing and the amounts are small altogether.
fn digits(entries: &[Entry]) -> u32 {
    let cent = PER_USD / 100;
    let amounts = || entries.iter().flat_map(|entry| [entry.sum.cost, entry.sum.unlisted]);
    let tiny = amounts().any(|amount| amount != Money::ZERO && amount.abs().0 < cent);
    let small = amounts().all(|amount| amount.abs() < Money::from_usd(100));
    if tiny && small { 4 } else { 2 }
}

fn dollars(amount: Money, digits: u32) -> String {
    let text = amount.round(digits);
    match text.strip_prefix('-') {
        Some(rest) => format!("-${rest}"),
        None => format!("${text}"),
    }
}

/// `1,234,567`.
pub fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `950`, `12.3k`, `4.5M`: three digits at least are always right.
pub fn compact(value: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(1_000_000_000_000, "T"), (1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")];
    let Some((unit, name)) = UNITS.into_iter().find(|(unit, _)| value >= *unit) else {
        return value.to_string();
    };
    let tenths = value / (unit / 10);
    if tenths >= 1000 {
        format!("{}{name}", tenths / 10)
    } else {
        format!("{}.{}{name}", tenths / 10, tenths % 10)
    }
}

/// What the marks mean, as far as they occur.
fn notes(sum: &Sum, look: Look) -> Vec<Line> {
    let mut notes = Vec::new();
    if sum.estimated != Money::ZERO {
        notes.push(format!(
            "~ {} of this is an estimate: there is no certain price for the model or the way it was called.",
            sum.estimated.show()
        ));
    }
    if sum.unlisted != Money::ZERO {
        notes.push(
            "Unlisted is part of the cost: money Claude Code reports for calls its transcripts do not hold, such as \
             titles and compaction."
                .to_string(),
        );
    }
    notes.iter().flat_map(|note| wrapped(note, look.width)).collect()
}

fn unreadable(folded: &Folded, look: Look) -> Vec<Line> {
    let Some(first) = folded.bad.first() else { return Vec::new() };
    let lines = counted(folded.bad.len(), "line");
    let verb = if folded.bad.len() == 1 { "is" } else { "are" };
    let note = format!(
        "{lines} of the ledger cannot be read and {verb} not counted; the first: {}:{}: {}",
        first.file.display(),
        first.line,
        first.why
    );
    wrapped(&note, look.width)
}

fn wrapped(text: &str, width: usize) -> Vec<Line> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines.into_iter().map(|text| Line { role: Role::Note, text }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fold::{Folded, fold, tests as sample};
    use super::super::query::Query;
    use super::*;

    fn folded(by: By) -> Folded {
        let session = "5f0c2f6e-92a4-4b1f-8d0e-3d0f1a2b3c4d";
        let tokens = r#","iterations":[{"kind":"message","tokens":{"input":1234567,"cacheRead":987654321}}]"#;
        let lines = [
            sample::call("a:1", "2026-11-23T10:00:00Z", session, "claude-opus-5-5", "12.345", tokens),
            sample::call("b:1", "2026-11-23T11:00:00Z", "s2", "claude-haiku-4-5", "0.02", ""),
            sample::call("c:1", "2026-11-24T11:00:00Z", "s2", "somebody-elses", "3", r#","estimated":true"#),
            sample::unlisted("1", "2026-11-24T12:00:00Z", "s2", "0.5", ""),
        ];
        let (_dir, ledger) = sample::ledger(&lines);
        fold(&ledger, &Query::default(), by, &sample::cut("UTC")).unwrap()
    }

    fn text(lines: &[Line]) -> String {
        lines.iter().map(|line| format!("{}\n", line.text)).collect()
    }

    #[test]
    fn a_wide_terminal_sees_everything() {
        let shown = text(&report(&folded(By::Day), false, Look { width: 120, unicode: false }));
        let expected = "\
Date        Models                    Calls      Input  Output  Cache write   Cache read     Cost  Unlisted
-----------------------------------------------------------------------------------------------------------
2026-11-23  opus-5-5, haiku-4-5           2  1,234,577      10           10  987,654,421   $12.37         -
2026-11-24  somebody-elses, unlisted      1         10       5            5          100   ~$3.50     $0.50
-----------------------------------------------------------------------------------------------------------
Total                                     3  1,234,587      15           15  987,654,521  ~$15.87     $0.50
~ $3.00 of this is an estimate: there is no certain price for the model or the way it was called.
Unlisted is part of the cost: money Claude Code reports for calls its transcripts do not hold, such as titles and
compaction.
";
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_narrow_one_sees_what_matters_most() {
        let shown = text(&report(&folded(By::Day), false, Look { width: 60, unicode: true })[..4]);
        let expected = "\
Date        Calls       Tokens     Cost  Unlisted
─────────────────────────────────────────────────
2026-11-23      2  988,889,018   $12.37         -
2026-11-24      1          120   ~$3.50     $0.50
";
        assert_eq!(shown, expected);
    }

    #[test]
    fn every_report_fits_every_terminal() {
        for by in [By::Day, By::Week, By::Month, By::Session] {
            for width in [40, 60, 80, 120, 200] {
                for breakdown in [false, true] {
                    for line in report(&folded(by), breakdown, Look { width, unicode: true }) {
                        assert!(line.text.chars().count() <= width, "{by:?} {width}: {}", line.text);
                        assert!(!line.text.contains("-0.00"));
                    }
                }
            }
        }
    }

    #[test]
    fn a_breakdown_follows_its_row() {
        let lines = report(&folded(By::Month), true, Look { width: 80, unicode: false });
        let names: Vec<&str> = lines
            .iter()
            .filter(|line| line.role == Role::Part)
            .filter_map(|line| line.text.split_whitespace().next())
            .collect();
        assert_eq!(names[..4], ["opus-5-5", "somebody-elses", "unlisted", "haiku-4-5"]);
        assert_eq!(names.len(), 8, "the month's and the total's");
    }

    #[test]
    fn counts_are_short_and_never_too_high() {
        let shown: Vec<String> = [0, 999, 1000, 12_345, 99_999, 100_000, 999_999, 1_000_000, u64::MAX]
            .into_iter()
            .map(compact)
            .collect();
        assert_eq!(
            shown,
            ["0", "999", "1.0k", "12.3k", "99.9k", "100k", "999k", "1.0M", "18446744T"].map(String::from)
        );
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
