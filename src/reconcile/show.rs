//! The answer: lines for a terminal of a given width, Markdown, CSV, and the JSON document.

use serde::Serialize;

use super::bill::{Kind, day_of};
use super::{Comparison, Figures, Row, State, Tolerance, What};
use crate::base::money::Money;
use crate::base::time::Time;
use crate::base::width::{self, left, right, shown, wrapped};
use crate::base::words::{Language, Word, say, word};
use crate::report::json::{self, SCHEMA_VERSION};
use crate::report::spreadsheet::defused;
use crate::report::table::{Line, Look, Role, grouped};

/// A model's name is cut beyond this.
const LONGEST_NAME: usize = 32;

/// Everything about all bills. Rows that match are left out unless `all` is asked for.
pub fn table(comparisons: &[Comparison], all: bool, look: Look) -> Vec<Line> {
    let mut lines = Vec::new();
    for comparison in comparisons {
        if !lines.is_empty() {
            lines.push(Line { role: Role::Row, text: String::new() });
        }
        lines.extend(one(comparison, all, look));
    }
    lines
}

fn one(comparison: &Comparison, all: bool, look: Look) -> Vec<Line> {
    let Look { width, language, .. } = look;
    let mut lines = Vec::new();
    let line = |role, text: String| Line { role, text };
    let head = head(&title(comparison, language), comparison, language);
    lines.extend(wrapped(&head, width).into_iter().map(|text| line(Role::Header, text)));
    lines.extend(grid(&totals(comparison, language), 1, None, language));
    let sentence = counts(comparison, language);
    lines.extend(wrapped(&sentence, width).into_iter().map(|text| line(Role::Note, text)));
    let shown: Vec<&Row> = comparison.rows.iter().filter(|row| all || row.state != State::Matched).collect();
    if !shown.is_empty() {
        lines.push(line(Role::Row, String::new()));
        lines.extend(layouts(comparison, &shown, width, language));
    }
    for reason in &comparison.reasons {
        let words = wrapped(reason, width.saturating_sub(2).max(20));
        let marked = words.into_iter().enumerate().map(|(at, text)| {
            line(Role::Row, if at == 0 { format!("- {text}") } else { format!("  {text}") })
        });
        lines.extend(marked);
    }
    if !comparison.bad.is_empty() {
        let told = say!(language, "lines-left-out", lines = comparison.bad.len());
        lines.extend(wrapped(&told, width).into_iter().map(|text| line(Role::Note, text)));
    }
    lines
}

/// Which bill, and of which days.
fn head(title: &str, comparison: &Comparison, language: Language) -> String {
    say!(language, "bill-and-days", bill = title, days = span(comparison, language))
}

fn title(comparison: &Comparison, language: Language) -> String {
    let bill = &comparison.bill;
    let files: Vec<String> = bill.files.iter().map(|name| shown(name, 60)).collect();
    let name = language.word(name_of(bill.kind));
    say!(language, "bill-of-files", bill = name, files = language.names(&files))
}

fn span(comparison: &Comparison, language: Language) -> String {
    let covered = &comparison.bill.covered;
    match (covered.first(), covered.last()) {
        (Some(first), Some(last)) => {
            let (first, last) = (day_of(first.start), day_of(last.end.plus_ms(-1)));
            let (begin, end) = (first.to_string(), last.to_string());
            match first == last {
                true => say!(language, "bill-day", day = begin),
                false => say!(language, "bill-days", first = begin, last = end),
            }
        }
        _ => language.word(word!("bill-of-no-time")).to_string(),
    }
}

fn count(comparison: &Comparison, state: State) -> usize {
    comparison.rows.iter().filter(|row| row.state == state).count()
}

fn counts(comparison: &Comparison, language: Language) -> String {
    let of = |state| count(comparison, state);
    say!(
        language,
        "rows-by-state",
        rows = comparison.rows.len(),
        matched = of(State::Matched),
        differing = of(State::Differs),
        bill = of(State::OnlyInBill),
        ledger = of(State::OnlyInLedger)
    )
}

/// Both sides, and what is between them.
fn totals(comparison: &Comparison, language: Language) -> Vec<Vec<String>> {
    let word = |word| language.word(word).to_string();
    let (bill, ledger) = (&comparison.bill_total, &comparison.ledger_total);
    let heads = [word!("heading-bill"), word!("heading-ledger"), word!("heading-difference")].map(word);
    let mut rows = vec![std::iter::once(String::new()).chain(heads).collect::<Vec<_>>()];
    if comparison.bill.counts {
        let (theirs, ours) = (bill.count.unwrap_or(0), ledger.count.unwrap_or(0));
        let apart = i128::from(ours) - i128::from(theirs);
        rows.push(vec![word(word!("heading-tokens")), grouped(theirs), grouped(ours), signed(apart)]);
    }
    if comparison.bill.money {
        let (theirs, ours) = (bill.cost.unwrap_or_default(), ledger.cost.unwrap_or_default());
        rows.push(vec![word(word!("heading-cost")), dollars(theirs), dollars(ours), dollars(ours - theirs)]);
    }
    rows
}

fn signed(value: i128) -> String {
    let magnitude = grouped(u64::try_from(value.unsigned_abs()).unwrap_or(u64::MAX));
    if value < 0 { format!("-{magnitude}") } else { magnitude }
}

/// With as many decimals as an amount needs to be told from nothing.
fn dollars(amount: Money) -> String {
    let digits = match amount.abs().0 {
        0 | 10_000_000_000.. => 2,
        1_000_000.. => 6,
        _ => 12,
    };
    let text = amount.round(digits);
    match text.strip_prefix('-') {
        Some(rest) => format!("-${rest}"),
        None => format!("${text}"),
    }
}

fn number(value: Option<u64>) -> String {
    value.map_or_else(String::new, grouped)
}

fn money(value: Option<Money>) -> String {
    value.map_or_else(String::new, dollars)
}

/// The columns of a row; which of them are shown depends on the width.
fn cells(row: &Row, language: Language) -> [String; 10] {
    let model = if row.key.model.is_empty() { "-".to_string() } else { shown(&row.key.model, LONGEST_NAME) };
    [
        row.key.day.to_string(),
        model,
        language.word(name_of_meter(row.key.what)).to_string(),
        number(row.bill.count),
        number(row.ledger.count),
        row.count_difference().map_or_else(String::new, signed),
        money(row.bill.cost),
        money(row.ledger.cost),
        row.cost_difference().map_or_else(String::new, dollars),
        language.word(name_of_state(row.state)).to_string(),
    ]
}

const HEADS: [Word; 10] = [
    word!("heading-day"),
    word!("heading-model"),
    word!("heading-meter"),
    word!("heading-bill-tokens"),
    word!("heading-ledger-tokens"),
    word!("heading-tokens-apart"),
    word!("heading-bill-cost"),
    word!("heading-ledger-cost"),
    word!("heading-cost-apart"),
    word!("heading-state"),
];

fn name_of(kind: Kind) -> Word {
    match kind {
        Kind::UsageReport => word!("bill-usage-report"),
        Kind::CostReport => word!("bill-cost-report"),
        Kind::ClaudeCode => word!("bill-claude-code"),
        Kind::AnalyticsUsage => word!("bill-analytics-usage"),
        Kind::AnalyticsCost => word!("bill-analytics-cost"),
        Kind::ConsoleUsage => word!("bill-console-usage"),
        Kind::ConsoleCost => word!("bill-console-cost"),
        Kind::Cur => word!("bill-cur"),
        Kind::Focus => word!("bill-focus"),
    }
}

fn name_of_state(state: State) -> Word {
    match state {
        State::Matched => word!("row-matched"),
        State::Differs => word!("row-differs"),
        State::OnlyInBill => word!("row-only-in-bill"),
        State::OnlyInLedger => word!("row-only-in-ledger"),
    }
}

fn name_of_meter(what: What) -> Word {
    match what {
        What::Input => word!("meter-input"),
        What::Output => word!("meter-output"),
        What::CacheWrite5m => word!("meter-cache-write-5m"),
        What::CacheWrite1h => word!("meter-cache-write-1h"),
        What::CacheWrite => word!("meter-cache-write"),
        What::CacheRead => word!("meter-cache-read"),
        What::WebSearch => word!("meter-web-search"),
        What::Unlisted => word!("meter-unlisted"),
        What::Other => word!("meter-other"),
        What::All => word!("meter-all"),
    }
}

/// Columns by what the bill has and what fits.
fn layouts(comparison: &Comparison, rows: &[&Row], width: usize, language: Language) -> Vec<Line> {
    let all: Vec<usize> = (0..HEADS.len()).filter(|at| is_told(comparison, *at)).collect();
    let mut narrower: Vec<&[usize]> = vec![&[], &[3, 4], &[3, 4, 6, 7], &[3, 4, 6, 7, 9]];
    if comparison.bill.money {
        narrower.push(&[3, 4, 5, 6, 7, 9]);
    }
    let mut lines = Vec::new();
    for (at, left_out) in narrower.iter().enumerate() {
        let columns: Vec<usize> = all.iter().copied().filter(|at| !left_out.contains(at)).collect();
        let mut table =
            vec![columns.iter().map(|at| language.word(HEADS[*at]).to_string()).collect::<Vec<_>>()];
        for row in rows {
            let cells = cells(row, language);
            table.push(columns.iter().map(|at| cells[*at].clone()).collect());
        }
        let texts = columns.iter().filter(|at| **at < 3).count();
        // Where even the least does not fit, the model's name gives way.
        let is_last = at + 1 == narrower.len();
        lines = grid(&table, texts, is_last.then_some(width), language);
        if lines.iter().all(|line| width::columns(&line.text) <= width) {
            break;
        }
    }
    lines
}

fn is_told(comparison: &Comparison, column: usize) -> bool {
    let bill = &comparison.bill;
    match column {
        1 => bill.models,
        2 => bill.meters,
        3..=5 => bill.counts,
        6..=8 => bill.money,
        _ => true,
    }
}

/// Rows in columns, the first of them a heading; the first `texts` columns are words, as is a last one named State. With
/// a `most`, the second column is cut until the whole fits.
fn grid(rows: &[Vec<String>], texts: usize, most: Option<usize>, language: Language) -> Vec<Line> {
    let columns = rows.first().map_or(0, Vec::len);
    let of = |at: usize| rows.iter().map(|row| width::columns(&row[at])).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..columns).map(of).collect();
    let whole: usize = widths.iter().sum::<usize>() + 2 * columns.saturating_sub(1);
    if let Some(most) = most.filter(|most| whole > *most && texts > 1) {
        widths[1] = widths[1].saturating_sub(whole - most).max(8);
    }
    let is_text = |at: usize| at < texts || rows[0][at] == language.word(HEADS[9]);
    let line = |(number, row): (usize, &Vec<String>)| {
        let cells = row.iter().enumerate().map(|(at, cell)| {
            let (cell, width) = (shown(cell, widths[at]), widths[at]);
            if is_text(at) { left(&cell, width) } else { right(&cell, width) }
        });
        let text = cells.collect::<Vec<_>>().join("  ").trim_end().to_string();
        Line { role: if number == 0 { Role::Header } else { Role::Row }, text }
    };
    rows.iter().enumerate().map(line).collect()
}

/// For issues and job summaries: all columns of the rows that differ, or of all.
pub fn markdown(comparisons: &[Comparison], all: bool, language: Language) -> String {
    let mut text = String::new();
    let safe =
        |cell: &str| cell.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace('`', "\\`");
    let mut table = |rows: &[Vec<String>], texts: usize| {
        for (at, row) in rows.iter().enumerate() {
            let cells: Vec<String> = row.iter().map(|cell| safe(cell)).collect();
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
            if at == 0 {
                let rule =
                    |at: usize| if at < texts || row[at] == language.word(HEADS[9]) { "---" } else { "---:" };
                let rules: Vec<&str> = (0..row.len()).map(rule).collect();
                text.push_str(&format!("| {} |\n", rules.join(" | ")));
            }
        }
        std::mem::take(&mut text)
    };
    let mut out = String::new();
    for comparison in comparisons {
        let title = format!("**{}**", safe(&title(comparison, language)));
        out.push_str(&format!("{}\n\n", head(&title, comparison, language)));
        out.push_str(&table(&totals(comparison, language), 1));
        out.push_str(&format!("\n{}\n", counts(comparison, language)));
        let rows: Vec<&Row> =
            comparison.rows.iter().filter(|row| all || row.state != State::Matched).collect();
        if !rows.is_empty() {
            let mut cells_of = vec![HEADS.map(|head| language.word(head).to_string()).to_vec()];
            cells_of.extend(rows.iter().map(|row| cells(row, language).to_vec()));
            out.push_str(&format!("\n{}", table(&cells_of, 3)));
        }
        if !comparison.reasons.is_empty() {
            out.push('\n');
        }
        for reason in &comparison.reasons {
            out.push_str(&format!("- {}\n", safe(reason)));
        }
        out.push('\n');
    }
    out
}

/// Every row, exact.
pub fn csv(comparisons: &[Comparison]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Written to memory, where nothing can fail.
    let _ = writer.write_record([
        "bill",
        "day",
        "model",
        "meter",
        "state",
        "bill_tokens",
        "ledger_tokens",
        "tokens_difference",
        "bill_cost_usd",
        "ledger_cost_usd",
        "cost_difference_usd",
    ]);
    for comparison in comparisons {
        for row in &comparison.rows {
            let text = |value: Option<String>| value.unwrap_or_default();
            let _ = writer.write_record([
                comparison.bill.kind.name().to_string(),
                row.key.day.to_string(),
                defused(&row.key.model),
                row.key.what.name().to_string(),
                row.state.name().to_string(),
                text(row.bill.count.map(|count| count.to_string())),
                text(row.ledger.count.map(|count| count.to_string())),
                text(row.count_difference().map(|count| count.to_string())),
                text(row.bill.cost.map(|cost| cost.to_string())),
                text(row.ledger.cost.map(|cost| cost.to_string())),
                text(row.cost_difference().map(|cost| cost.to_string())),
            ]);
        }
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Side {
    tokens: Option<u64>,
    cost: Option<f64>,
    cost_exact: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    list_cost: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    list_cost_exact: Option<Money>,
}

impl From<&Figures> for Side {
    fn from(figures: &Figures) -> Self {
        Side {
            tokens: figures.count,
            cost: figures.cost.map(Money::to_f64),
            cost_exact: figures.cost,
            list_cost: figures.list.map(Money::to_f64),
            list_cost_exact: figures.list,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    day: String,
    model: Option<&'a str>,
    meter: &'static str,
    state: &'static str,
    bill: Side,
    ledger: Side,
    tokens_difference: Option<i64>,
    cost_difference: Option<f64>,
    cost_difference_exact: Option<Money>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Part<'a> {
    kind: &'static str,
    files: &'a [String],
    start: Option<Time>,
    end: Option<Time>,
    within: bool,
    matched: usize,
    differing: usize,
    only_in_bill: usize,
    only_in_ledger: usize,
    bill: Side,
    ledger: Side,
    apart: Side,
    rows: Vec<Entry<'a>>,
    reasons: &'a [String],
    skipped_lines: u64,
    unreadable_lines: usize,
}

/// The whole document, with all rows.
pub fn document(comparisons: &[Comparison], tolerance: Tolerance) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        within: bool,
        tolerance_percent: f64,
        comparisons: Vec<Part<'a>>,
    }
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        within: comparisons.iter().all(|comparison| comparison.within),
        tolerance_percent: tolerance.parts as f64 / 10_000.0,
        comparisons: comparisons.iter().map(part).collect(),
    })
}

fn part(comparison: &Comparison) -> Part<'_> {
    let covered = &comparison.bill.covered;
    let entry = |row: &'_ Row| -> (String, Option<i64>) {
        let apart = row.count_difference().map(|apart| i64::try_from(apart).unwrap_or(i64::MAX));
        (row.key.day.to_string(), apart)
    };
    let rows = comparison.rows.iter().map(|row| {
        let (day, tokens_difference) = entry(row);
        Entry {
            day,
            model: Some(row.key.model.as_str()).filter(|model| !model.is_empty()),
            meter: row.key.what.name(),
            state: row.state.name(),
            bill: Side::from(&row.bill),
            ledger: Side::from(&row.ledger),
            tokens_difference,
            cost_difference: row.cost_difference().map(Money::to_f64),
            cost_difference_exact: row.cost_difference(),
        }
    });
    Part {
        kind: comparison.bill.kind.name(),
        files: &comparison.bill.files,
        start: covered.first().map(|span| span.start),
        end: covered.last().map(|span| span.end),
        within: comparison.within,
        matched: count(comparison, State::Matched),
        differing: count(comparison, State::Differs),
        only_in_bill: count(comparison, State::OnlyInBill),
        only_in_ledger: count(comparison, State::OnlyInLedger),
        bill: Side::from(&comparison.bill_total),
        ledger: Side::from(&comparison.ledger_total),
        apart: Side::from(&comparison.apart),
        rows: rows.collect(),
        reasons: &comparison.reasons,
        skipped_lines: comparison.bill.skipped,
        unreadable_lines: comparison.bad.len(),
    }
}
