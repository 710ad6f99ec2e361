//! The grid of a table: columns that give way to the width, numbers that line up, and the same rows as Markdown. Which
//! rows there are is `table`'s.
//!
//! What does not fit is left out column by column, never wrapped: a number that breaks over two lines is misread.

use comfy_table::{CellAlignment, ContentArrangement, Row, Table, TableStyle};

use crate::base::money::{Money, PER_USD};
use crate::base::width::{self, shown};
use crate::base::words::{Language, Word, word};
use crate::ledger::entries::Sum;

/// Columns between columns.
const GAP: usize = 2;
/// A longer list of models is cut.
const MAX_DETAIL: usize = 42;

/// What the terminal can show, and in which language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub width: usize,
    pub unicode: bool,
    pub language: Language,
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

/// One row to be. A total needs no name.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) name: String,
    /// Shown where there is room: the models of a day, the project of a session.
    pub(super) detail: String,
    pub(super) role: Role,
    pub(super) sum: Sum,
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
    Share,
    Unlisted,
}

impl Column {
    fn heading(self, heads: Heads) -> Word {
        match self {
            Column::Name => heads.name,
            Column::Detail => heads.detail.unwrap_or(heads.name),
            Column::Calls => word!("heading-calls"),
            Column::Input => word!("heading-input"),
            Column::Output => word!("heading-output"),
            Column::CacheWrite => word!("heading-cache-write"),
            Column::CacheRead => word!("heading-cache-read"),
            Column::Tokens => word!("heading-tokens"),
            Column::Cost => word!("heading-cost"),
            Column::Share => word!("heading-share"),
            Column::Unlisted => word!("heading-unlisted"),
        }
    }

    fn is_text(self) -> bool {
        matches!(self, Column::Name | Column::Detail)
    }
}

/// What the columns of a table depend on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heads {
    /// Of the first column.
    pub(super) name: Word,
    /// Of the second, which is shown where there is room.
    pub(super) detail: Option<Word>,
    /// Show each row's part of the total.
    pub(super) share: bool,
}

/// Columns and whether counts are written out, widest first; the last one that fits nothing is cut.
fn layouts(has_detail: bool, has_share: bool, has_unlisted: bool) -> Vec<(Vec<Column>, bool)> {
    use Column::*;
    let kinds = [Calls, Input, Output, CacheWrite, CacheRead, Cost];
    let sums = [Calls, Tokens, Cost];
    let with = |head: &[Column], rest: &[Column]| {
        let mut columns = [head, rest].concat();
        if has_share {
            columns.push(Share);
        }
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

pub(super) fn draw(heads: Heads, entries: &[Entry], look: Look) -> Vec<Line> {
    let has_detail = heads.detail.is_some() && entries.iter().any(|entry| !entry.detail.is_empty());
    let has_unlisted = entries.iter().any(|entry| entry.sum.unlisted != Money::ZERO);
    let shape =
        Shape { language: look.language, digits: digits(amounts_of(entries)), total: total_of(entries) };
    let layouts = layouts(has_detail, heads.share, has_unlisted);
    let mut fitting = None;
    for (columns, exact) in &layouts {
        let mut table = fill(heads, entries, columns, *exact, shape, usize::MAX);
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
        table = fill(heads, entries, columns, *exact, shape, room);
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
    heads: Heads,
    entries: &[Entry],
    columns: &[Column],
    exact: bool,
    shape: Shape,
    room: usize,
) -> Table {
    let mut table = Table::new();
    table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Disabled);
    let heading = |column: &Column| shape.language.word(column.heading(heads));
    table.set_header(Row::from(columns.iter().map(heading).collect::<Vec<_>>()));
    for entry in entries {
        let cells: Vec<String> =
            columns.iter().map(|column| cell(entry, *column, exact, shape, room)).collect();
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

/// What all cells of a table have in common.
#[derive(Debug, Clone, Copy)]
struct Shape {
    language: Language,
    digits: u32,
    total: Money,
}

fn total_of(entries: &[Entry]) -> Money {
    let total = entries.iter().find(|entry| entry.role == Role::Total);
    total.map_or(Money::ZERO, |total| total.sum.cost)
}

fn cell(entry: &Entry, column: Column, exact: bool, shape: Shape, room: usize) -> String {
    let sum = &entry.sum;
    let digits = shape.digits;
    let count = |value: u64| if exact { grouped(value) } else { compact(value) };
    match column {
        Column::Name if entry.role == Role::Total => shape.language.word(word!("row-total")).to_string(),
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
        Column::Share => share(sum.cost, shape.total),
        Column::Unlisted if sum.unlisted == Money::ZERO => "-".to_string(),
        Column::Unlisted => dollars(sum.unlisted, digits),
    }
}

/// A part of the total with one decimal, as percents: `12.5%`.
pub fn share(part: Money, total: Money) -> String {
    match share_tenths(part, total) {
        Some(tenths) => format!("{}.{}%", tenths / 10, (tenths % 10).abs()),
        None => "-".to_string(),
    }
}

/// In tenths of a percent; None of nothing.
pub(super) fn share_tenths(part: Money, total: Money) -> Option<i128> {
    (total != Money::ZERO).then(|| part.times(1000, total.0).0)
}

/// The rows as a Markdown table, all columns.
pub(super) fn markdown(heads: Heads, entries: &[Entry], language: Language) -> String {
    let has = |wanted: bool, column: Column| wanted.then_some(column);
    let unlisted = entries.iter().any(|entry| entry.sum.unlisted != Money::ZERO);
    use Column::*;
    let columns: Vec<Column> = [
        Some(Name),
        has(heads.detail.is_some(), Detail),
        Some(Calls),
        Some(Input),
        Some(Output),
        Some(CacheWrite),
        Some(CacheRead),
        Some(Cost),
        has(heads.share, Share),
        has(unlisted, Unlisted),
    ]
    .into_iter()
    .flatten()
    .collect();
    let shape = Shape { language, digits: digits(amounts_of(entries)), total: total_of(entries) };
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text =
        row(columns.iter().map(|column| language.word(column.heading(heads)).to_string()).collect());
    text.push_str(&row(columns
        .iter()
        .map(|column| if column.is_text() { "---" } else { "---:" }.to_string())
        .collect()));
    for entry in entries {
        let cells = columns.iter().map(|column| match (column, entry.role) {
            (Name, Role::Total) => format!("**{}**", language.word(word!("row-total"))),
            (Name, Role::Part) => format!("&nbsp;&nbsp;{}", escaped(entry.name.trim())),
            (Name, _) => escaped(&entry.name),
            (Detail, _) => escaped(&entry.detail),
            _ => cell(entry, *column, true, shape, usize::MAX),
        });
        text.push_str(&row(cells.collect()));
    }
    text
}

/// A name that Markdown takes for a name: no table, no tag, no link, no emphasis.
pub fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in shown(text, 200).chars() {
        match c {
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '#' => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
    out
}

/// One number of decimals for the whole table, so that amounts can be compared by their looks: four where cents
/// would show something as nothing and the amounts are small altogether.
pub(super) fn digits(amounts: impl IntoIterator<Item = Money>) -> u32 {
    let cent = PER_USD / 100;
    let (mut tiny, mut small) = (false, true);
    for amount in amounts {
        tiny |= amount != Money::ZERO && amount.abs().0 < cent;
        small &= amount.abs() < Money::from_usd(100);
    }
    if tiny && small { 4 } else { 2 }
}

fn amounts_of(entries: &[Entry]) -> impl Iterator<Item = Money> {
    entries.iter().flat_map(|entry| [entry.sum.cost, entry.sum.unlisted])
}

pub(super) fn dollars(amount: Money, digits: u32) -> String {
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

/// A sentence as notes.
pub(super) fn wrapped(words: &str, width: usize) -> Vec<Line> {
    width::wrapped(words, width).into_iter().map(|text| Line { role: Role::Note, text }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn parts_are_percents_of_the_total() {
        let usd = Money::from_usd;
        assert_eq!(share(usd(1), usd(8)), "12.5%");
        assert_eq!(share(usd(2), usd(3)), "66.7%");
        assert_eq!(share(usd(3), usd(3)), "100.0%");
        assert_eq!(share(usd(0), usd(0)), "-");
    }

    #[test]
    fn names_are_harmless_in_markdown() {
        assert_eq!(escaped("a|b <img> *x* [l](u)"), "a\\|b &lt;img&gt; \\*x\\* \\[l\\](u)");
    }
}
