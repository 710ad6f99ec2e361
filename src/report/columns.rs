//! Tables whose columns are not those of a report: any columns, the less important ones left out where the terminal is
//! too narrow, numbers lined up, and the same as Markdown or CSV.

use comfy_table::{CellAlignment, ContentArrangement, Row as Cells, Table, TableStyle};
use csv::Writer;

use super::grid::{Line, Look, Role, escaped};
use super::spreadsheet::defused;
use crate::base::width::shown;
use crate::base::words::{Language, Word};

/// Columns between columns.
const GAP: usize = 2;
/// The first column is never cut below this.
const LEAST: usize = 8;

/// A column. The one with the highest `rank` goes first when the width is too small; rank 0 stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub heading: Word,
    pub rank: u8,
    pub is_text: bool,
}

impl Column {
    pub const fn text(heading: Word, rank: u8) -> Self {
        Column { heading, rank, is_text: true }
    }

    pub const fn number(heading: Word, rank: u8) -> Self {
        Column { heading, rank, is_text: false }
    }
}

/// A row, a cell for each column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub role: Role,
    pub cells: Vec<String>,
}

/// As lines of a terminal. Before a row that is a total or a rule, and after a run of totals, stands a line.
pub fn draw(columns: &[Column], rows: &[Row], look: Look) -> Vec<Line> {
    let mut kept: Vec<usize> = (0..columns.len()).collect();
    let (mut table, mut width) = fill(columns, rows, &kept, usize::MAX, look.language);
    while width > look.width {
        let Some(least) =
            kept.iter().copied().filter(|at| columns[*at].rank > 0).max_by_key(|at| columns[*at].rank)
        else {
            break;
        };
        kept.retain(|at| *at != least);
        (table, width) = fill(columns, rows, &kept, usize::MAX, look.language);
    }
    if width > look.width {
        let names = table.column_max_content_widths().first().copied().unwrap_or_default();
        let room = usize::from(names).saturating_sub(width - look.width).max(LEAST);
        (table, width) = fill(columns, rows, &kept, room, look.language);
    }
    let rule = if look.unicode { "─" } else { "-" }.repeat(width);
    let rule = || Line { role: Role::Rule, text: rule.clone() };
    let roles: Vec<Role> = std::iter::once(Role::Header).chain(rows.iter().map(|row| row.role)).collect();
    let mut lines = Vec::new();
    for (at, text) in table.lines().enumerate() {
        let role = roles.get(at).copied().unwrap_or(Role::Row);
        lines.push(Line { role, text: text.trim_end().to_string() });
        let changes = roles.get(at + 1).is_some_and(|next| (*next == Role::Total) != (role == Role::Total));
        if role == Role::Header || changes {
            lines.push(rule());
        }
    }
    lines
}

fn fill(columns: &[Column], rows: &[Row], kept: &[usize], room: usize, language: Language) -> (Table, usize) {
    let mut table = Table::new();
    table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(Cells::from(
        kept.iter().map(|at| language.word(columns[*at].heading)).collect::<Vec<_>>(),
    ));
    for row in rows {
        let cell = |at: &usize| {
            shown(
                row.cells.get(*at).map_or("", String::as_str),
                if *at == kept[0] { room } else { usize::MAX },
            )
        };
        table.add_row(Cells::from(kept.iter().map(cell).collect::<Vec<_>>()));
    }
    let last = kept.len().saturating_sub(1);
    for (at, (column, kind)) in table.column_iter_mut().zip(kept).enumerate() {
        column.set_padding((0, if at == last { 0 } else { GAP as u16 }));
        let side = if columns[*kind].is_text { CellAlignment::Left } else { CellAlignment::Right };
        column.set_cell_alignment(side);
    }
    let widths = table.column_max_content_widths();
    let width =
        widths.iter().map(|width| usize::from(*width)).sum::<usize>() + GAP * widths.len().saturating_sub(1);
    (table, width)
}

/// All columns as a Markdown table.
pub fn markdown(columns: &[Column], rows: &[Row], language: Language) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(columns.iter().map(|column| language.word(column.heading).to_string()).collect());
    text.push_str(&line(
        columns.iter().map(|column| if column.is_text { "---" } else { "---:" }.to_string()).collect(),
    ));
    for row in rows {
        let cells = row.cells.iter().zip(columns);
        text.push_str(&line(
            cells.map(|(cell, column)| if column.is_text { escaped(cell) } else { cell.clone() }).collect(),
        ));
    }
    text
}

/// Records as CSV, texts defused; the first names the columns.
pub fn csv(head: &[&str], records: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut writer = Writer::from_writer(Vec::new());
    // Written to memory, where nothing can fail.
    let _ = writer.write_record(head);
    for record in records {
        let is_number = |cell: &String| cell.parse::<f64>().is_ok();
        let _ = writer.write_record(
            record.iter().map(|cell| if is_number(cell) { cell.clone() } else { defused(cell) }),
        );
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::width::columns;
    use crate::base::words::word;

    const COLUMNS: [Column; 3] = [
        Column::text(word!("heading-model"), 0),
        Column::number(word!("heading-cost"), 0),
        Column::number(word!("heading-calls"), 1),
    ];

    fn row(role: Role, cells: [&str; 3]) -> Row {
        Row { role, cells: cells.map(String::from).to_vec() }
    }

    fn rows() -> [Row; 2] {
        [row(Role::Total, ["all of it", "10.00", "1"]), row(Role::Row, ["a|b", "-1.00", "1,000"])]
    }

    fn text(width: usize) -> String {
        let lines = draw(&COLUMNS, &rows(), Look { width, unicode: false, language: Language::English });
        lines.iter().map(|line| format!("{}\n", line.text)).collect()
    }

    #[test]
    fn what_matters_least_goes_first_and_names_last() {
        assert_eq!(
            text(80),
            "Model       Cost  Calls\n-----------------------\nall of it  10.00      1\n-----------------------\n\
             a|b        -1.00  1,000\n"
        );
        assert!(text(20).lines().all(|line| line.len() <= 20 && !line.contains("Calls")));
        assert!(text(15).contains("all of "), "{}", text(15));
    }

    #[test]
    fn chinese_lines_up_by_its_width() {
        let rows =
            [row(Role::Row, ["中文项目的名称", "10.00", "1"]), row(Role::Row, ["a", "-1.00", "1,000"])];
        let text = |width| {
            let look = Look { width, unicode: false, language: Language::Chinese };
            draw(&COLUMNS, &rows, look).into_iter().map(|line| line.text).collect::<Vec<_>>()
        };
        assert_eq!(
            text(80),
            [
                "模型             费用   调用",
                "----------------------------",
                "中文项目的名称  10.00      1",
                "a               -1.00  1,000"
            ]
        );
        assert_eq!(
            text(18),
            ["模型          费用", "------------------", "中文项目的…  10.00", "a            -1.00"]
        );
        assert!(markdown(&COLUMNS, &rows, Language::Chinese).starts_with("| 模型 | 费用 | 调用 |\n"));
        for width in 15..40 {
            assert!(text(width).iter().all(|line| columns(line) <= width), "{width}: {:#?}", text(width));
        }
    }

    #[test]
    fn the_same_as_markdown_and_csv() {
        assert_eq!(
            markdown(&COLUMNS, &rows(), Language::English),
            "| Model | Cost | Calls |\n| --- | ---: | ---: |\n| all of it | 10.00 | 1 |\n| a\\|b | -1.00 | 1,000 |\n"
        );
        assert_eq!(csv(&["a", "b"], [vec!["=x".into(), "-1".into()]]), "a,b\n'=x,-1\n");
    }
}
