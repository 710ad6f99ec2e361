//! Tables whose cells are texts already: columns that give way to the width, and the same rows as Markdown. Rows of sums
//! are `grid`'s.

use super::grid::{Line, Look, Role, escaped};

/// Columns between columns.
const GAP: usize = 2;

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Head {
    pub name: &'static str,
    /// Texts stand on the left, numbers on the right.
    pub text: bool,
    /// Where the width is too small, the column with the highest number goes first; 0 never goes.
    pub yields: u8,
}

impl Head {
    pub const fn text(name: &'static str, yields: u8) -> Self {
        Self { name, text: true, yields }
    }

    pub const fn number(name: &'static str, yields: u8) -> Self {
        Self { name, text: false, yields }
    }
}

/// A row: what it is, and a cell for each column.
pub type Cells = (Role, Vec<String>);

/// The table. A row that is a total has a rule above it.
pub fn draw(heads: &[Head], rows: &[Cells], look: Look) -> Vec<Line> {
    let widths: Vec<usize> = heads
        .iter()
        .enumerate()
        .map(|(at, head)| {
            let cells = rows.iter().filter_map(|(_, cells)| cells.get(at));
            cells.map(|cell| cell.chars().count()).chain([head.name.chars().count()]).max().unwrap_or(0)
        })
        .collect();
    let mut kept: Vec<usize> = (0..heads.len()).collect();
    let width = |kept: &[usize]| {
        kept.iter().map(|at| widths[*at]).sum::<usize>() + GAP * kept.len().saturating_sub(1)
    };
    while width(&kept) > look.width
        && let Some(at) = kept.iter().copied().max_by_key(|at| heads[*at].yields)
        && heads[at].yields > 0
    {
        kept.retain(|other| *other != at);
    }
    let line = |cells: &[&str]| {
        let parts: Vec<String> = kept
            .iter()
            .map(|at| {
                let (cell, width) = (cells.get(*at).copied().unwrap_or_default(), widths[*at]);
                if heads[*at].text { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            })
            .collect();
        parts.join(&" ".repeat(GAP)).trim_end().to_string()
    };
    let rule = if look.unicode { "─" } else { "-" }.repeat(width(&kept).min(look.width));
    let rule = || Line { role: Role::Rule, text: rule.clone() };
    let names: Vec<&str> = heads.iter().map(|head| head.name).collect();
    let mut lines = vec![Line { role: Role::Header, text: line(&names) }, rule()];
    for (role, cells) in rows {
        if *role == Role::Total {
            lines.push(rule());
        }
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        lines.push(Line { role: *role, text: line(&cells) });
    }
    lines
}

/// The same as Markdown, all columns.
pub fn markdown(heads: &[Head], rows: &[Cells]) -> String {
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = row(heads.iter().map(|head| head.name.to_string()).collect());
    text.push_str(&row(heads
        .iter()
        .map(|head| if head.text { "---" } else { "---:" }.to_string())
        .collect()));
    for (_, cells) in rows {
        text.push_str(&row(cells.iter().map(|cell| escaped(cell)).collect()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_give_way_in_their_order() {
        let heads = [
            Head::text("Date", 0),
            Head::text("Models", 2),
            Head::number("Tokens", 1),
            Head::number("Cost", 0),
        ];
        let row = |role, cells: [&str; 4]| (role, cells.map(String::from).to_vec());
        let rows = [
            row(Role::Row, ["2026-11-24", "opus, haiku", "1,000", "$1.00"]),
            row(Role::Total, ["Total", "", "1,000", "$1.00"]),
        ];
        let draw = |width| -> String {
            let look = Look { width, unicode: false };
            draw(&heads, &rows, look).iter().map(|line| format!("{}\n", line.text)).collect()
        };
        let wide = "\
Date        Models       Tokens   Cost
--------------------------------------
2026-11-24  opus, haiku   1,000  $1.00
--------------------------------------
Total                     1,000  $1.00
";
        assert_eq!(draw(40), wide);
        assert!(
            draw(30).starts_with("Date        Tokens   Cost\n-------------------------\n"),
            "{}",
            draw(30)
        );
        assert!(draw(10).starts_with("Date         Cost\n"), "{}", draw(10));
        assert_eq!(
            markdown(&heads, &rows[..1]),
            "| Date | Models | Tokens | Cost |\n| --- | --- | ---: | ---: |\n| 2026-11-24 | opus, haiku | 1,000 | $1.00 |\n"
        );
    }
}
