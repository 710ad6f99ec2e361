//! An answer in words, headings and small tables, drawn for a terminal of a given width or as Markdown. Knows nothing of
//! what is said.

use crate::base::width::{self, left, right, shown, wrapped};
use crate::report::table::{Line, Look, Role, escaped};

const INDENT: usize = 3;
const GAP: usize = 2;
/// The label of an item that is one of a list.
pub(super) const POINT: &str = "-";
/// Where `shown` cuts a cell of text at the latest.
const MAX_CELL: usize = 60;

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Title(String),
    Words(String),
    /// Holds names.
    Heading(String),
    Item {
        depth: usize,
        label: &'static str,
        text: String,
    },
    /// The same, and `text` holds names and nothing that is marked up.
    Names {
        depth: usize,
        label: &'static str,
        text: String,
    },
    /// Columns that are text first.
    Table {
        heads: Vec<&'static str>,
        texts: usize,
        rows: Vec<Vec<String>>,
    },
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    parts: Vec<Part>,
}

impl Page {
    pub(super) fn title(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Title(text.into()));
    }

    pub(super) fn words(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Words(text.into()));
    }

    pub(super) fn heading(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Heading(text.into()));
    }

    pub(super) fn item(&mut self, label: &'static str, text: impl Into<String>) {
        self.parts.push(Part::Item { depth: 0, label, text: text.into() });
    }

    /// About the item above.
    pub(super) fn detail(&mut self, label: &'static str, text: impl Into<String>) {
        self.parts.push(Part::Item { depth: 1, label, text: text.into() });
    }

    pub(super) fn names(&mut self, label: &'static str, text: impl Into<String>) {
        self.parts.push(Part::Names { depth: 0, label, text: text.into() });
    }

    pub(super) fn detail_names(&mut self, label: &'static str, text: impl Into<String>) {
        self.parts.push(Part::Names { depth: 1, label, text: text.into() });
    }

    /// The first `texts` columns are text, the others numbers; only the first gives way to the width.
    pub(super) fn table(&mut self, heads: &[&'static str], texts: usize, rows: Vec<Vec<String>>) {
        self.parts.push(Part::Table { heads: heads.to_vec(), texts, rows });
    }

    /// For a terminal.
    pub fn lines(&self, look: Look) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        let mut put = |role: Role, text: String| lines.push(Line { role, text });
        for part in &self.parts {
            match part {
                Part::Title(text) => {
                    fit(text, look.width).into_iter().for_each(|line| put(Role::Header, line))
                }
                Part::Words(text) => fit(text, look.width).into_iter().for_each(|line| put(Role::Row, line)),
                Part::Heading(text) => {
                    put(Role::Row, String::new());
                    fit(&clean(text), look.width).into_iter().for_each(|line| put(Role::Header, line));
                }
                Part::Item { depth, label, text } => {
                    hanging(*depth, label, text, look.width)
                        .into_iter()
                        .for_each(|line| put(Role::Row, line));
                }
                Part::Names { depth, label, text } => {
                    hanging(*depth, label, &clean(text), look.width)
                        .into_iter()
                        .for_each(|line| put(Role::Note, line));
                }
                Part::Table { heads, texts, rows } => {
                    put(Role::Row, String::new());
                    for (at, line) in columns(heads, *texts, rows, look.width).into_iter().enumerate() {
                        if at == 1 {
                            let width = width::columns(&line);
                            let rule = if look.unicode { "─" } else { "-" };
                            put(Role::Rule, rule.repeat(width.min(look.width)));
                        }
                        put(if at == 0 { Role::Header } else { Role::Row }, line.trim_end().to_string());
                    }
                }
            }
        }
        lines
    }

    pub fn markdown(&self) -> String {
        let mut text = String::new();
        let mut in_list = false;
        for part in &self.parts {
            let is_item = matches!(part, Part::Item { .. } | Part::Names { .. });
            if !(text.is_empty() || is_item && in_list) {
                text.push('\n');
            }
            in_list = is_item;
            match part {
                Part::Title(title) => text.push_str(&format!("## {title}\n")),
                Part::Words(words) => text.push_str(&format!("{words}\n")),
                Part::Heading(heading) => text.push_str(&format!("### {}\n", escaped(heading))),
                Part::Item { depth, label, text: words } => {
                    text.push_str(&format!("{}- {}{words}\n", "  ".repeat(*depth), strong(label)));
                }
                Part::Names { depth, label, text: names } => {
                    text.push_str(&format!("{}- {}{}\n", "  ".repeat(*depth), strong(label), escaped(names)));
                }
                Part::Table { heads, texts, rows } => {
                    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
                    text.push_str(&row(heads.iter().map(ToString::to_string).collect()));
                    let kind = |at: usize| if at < *texts { "---" } else { "---:" }.to_string();
                    text.push_str(&row((0..heads.len()).map(kind).collect()));
                    for cells in rows {
                        text.push_str(&row(cells.iter().map(|cell| escaped(cell)).collect()));
                    }
                }
            }
        }
        text
    }
}

fn strong(label: &str) -> String {
    if label.is_empty() || label == POINT { String::new() } else { format!("**{label}:** ") }
}

/// Names without what moves a cursor.
fn clean(text: &str) -> String {
    shown(text, usize::MAX)
}

/// Lines of at most `width`; what has no space to break at is cut.
fn fit(text: &str, width: usize) -> Vec<String> {
    wrapped(text, width).into_iter().map(|line| shown(&line, width)).collect()
}

/// A labelled text, indented, its further lines a little more.
fn hanging(depth: usize, label: &str, text: &str, width: usize) -> Vec<String> {
    let indent = INDENT + GAP * depth;
    let room = width.saturating_sub(indent + GAP).max(20);
    let whole = match label {
        "" => text.to_string(),
        POINT => format!("{POINT} {text}"),
        label => format!("{label}: {text}"),
    };
    let lines = fit(&whole, room).into_iter().enumerate();
    lines
        .map(|(at, line)| {
            format!("{:indent$}{line}", "", indent = if at == 0 { indent } else { indent + GAP })
        })
        .collect()
}

fn columns(heads: &[&str], texts: usize, rows: &[Vec<String>], width: usize) -> Vec<String> {
    let length = width::columns;
    let mut widths: Vec<usize> = heads.iter().map(|head| length(head)).collect();
    for row in rows {
        for (cell, width) in row.iter().zip(&mut widths) {
            *width = (*width).max(length(cell)).min(MAX_CELL);
        }
    }
    let all = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    if let Some(first) = widths.first_mut() {
        *first = first.saturating_sub(all.saturating_sub(width)).max(8);
    }
    let line = |cells: Vec<&str>| {
        let cells = cells.iter().zip(&widths).enumerate().map(|(at, (cell, width))| {
            let cell = shown(cell, *width);
            if at < texts { left(&cell, *width) } else { right(&cell, *width) }
        });
        cells.collect::<Vec<_>>().join(&" ".repeat(GAP))
    };
    let head = std::iter::once(line(heads.to_vec()));
    head.chain(rows.iter().map(|row| line(row.iter().map(String::as_str).collect()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::words::Language;

    fn page() -> Page {
        let mut page = Page::default();
        page.title("Title");
        page.words("a few words that have to be broken somewhere, because they are many of them indeed");
        page.heading(format!("1. \x1b[31mred {}", "x".repeat(300)));
        page.item("Do", "`/compact` when a step is done, `/clear` before another task, and so on and on");
        page.names("Calls", "msg_1|<b>:req_1");
        page.table(
            &["Name", "Cost"],
            1,
            vec![vec!["n|ame".repeat(30), "$1.00".into()], vec!["b".into(), "$12.00".into()]],
        );
        page
    }

    #[test]
    fn it_fits_every_terminal_and_no_name_moves_the_cursor() {
        for width in [40, 60, 80, 120, 200] {
            for unicode in [true, false] {
                for line in page().lines(Look { width, unicode, language: Language::English }) {
                    assert!(line.text.chars().count() <= width, "{width}: {}", line.text);
                    assert!(!line.text.contains('\x1b'));
                }
            }
        }
        let lines = page().lines(Look { width: 60, unicode: false, language: Language::English });
        let last: Vec<&str> = lines.iter().rev().take(2).map(|line| line.text.as_str()).collect();
        assert!(last[0].ends_with("  $12.00") && last[1].ends_with("   $1.00"), "{last:?}");
    }

    #[test]
    fn markdown_keeps_marks_of_ours_and_none_of_names() {
        let text = page().markdown();
        assert!(text.contains("- **Do:** `/compact` when"), "{text}");
        assert!(text.contains("\n- **Calls:** msg\\_1\\|&lt;b&gt;:req\\_1\n"), "{text}");
        assert!(text.contains("| --- | ---: |\n") && !text.contains("| n|ame"), "{text}");
    }
}
