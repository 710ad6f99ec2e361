//! An answer in words, headings and small tables, drawn for a terminal of a given width or as Markdown. Knows nothing of
//! what is said.

use crate::base::width::{self, left, right, shown, wrapped};
use crate::base::words::{Language, Word, say};
use crate::report::table::{Line, Look, Role, escaped};

const INDENT: usize = 3;
const GAP: usize = 2;
/// Where `shown` cuts a cell of text at the latest.
const MAX_CELL: usize = 60;

/// What an item begins with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Label {
    Nothing,
    /// It is one of a list.
    Point,
    Word(Word),
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Title(String),
    Words(String),
    /// Holds names.
    Heading(String),
    Item {
        depth: usize,
        label: Label,
        text: String,
    },
    /// The same, and `text` holds names and nothing that is marked up.
    Names {
        depth: usize,
        label: Label,
        text: String,
    },
    /// Columns that are text first.
    Table {
        heads: Vec<Word>,
        texts: usize,
        rows: Vec<Vec<String>>,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    language: Language,
    parts: Vec<Part>,
}

impl Page {
    pub(super) fn new(language: Language) -> Self {
        Self { language, parts: Vec::new() }
    }

    pub(super) fn title(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Title(text.into()));
    }

    pub(super) fn words(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Words(text.into()));
    }

    pub(super) fn heading(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Heading(text.into()));
    }

    pub(super) fn item(&mut self, label: Label, text: impl Into<String>) {
        self.parts.push(Part::Item { depth: 0, label, text: text.into() });
    }

    /// About the item above.
    pub(super) fn detail(&mut self, label: Label, text: impl Into<String>) {
        self.parts.push(Part::Item { depth: 1, label, text: text.into() });
    }

    pub(super) fn names(&mut self, label: Label, text: impl Into<String>) {
        self.parts.push(Part::Names { depth: 0, label, text: text.into() });
    }

    pub(super) fn detail_names(&mut self, label: Label, text: impl Into<String>) {
        self.parts.push(Part::Names { depth: 1, label, text: text.into() });
    }

    /// The first `texts` columns are text, the others numbers; only the first gives way to the width.
    pub(super) fn table(&mut self, heads: &[Word], texts: usize, rows: Vec<Vec<String>>) {
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
                    hanging(*depth, &self.labelled(*label, text), look.width)
                        .into_iter()
                        .for_each(|line| put(Role::Row, line));
                }
                Part::Names { depth, label, text } => {
                    hanging(*depth, &self.labelled(*label, &clean(text)), look.width)
                        .into_iter()
                        .for_each(|line| put(Role::Note, line));
                }
                Part::Table { heads, texts, rows } => {
                    put(Role::Row, String::new());
                    let drawn = columns(&self.said(heads), *texts, rows, look.width);
                    for (at, line) in drawn.into_iter().enumerate() {
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
                    text.push_str(&format!("{}- {}\n", "  ".repeat(*depth), self.strong(*label, words)));
                }
                Part::Names { depth, label, text: names } => {
                    let names = self.strong(*label, &escaped(names));
                    text.push_str(&format!("{}- {names}\n", "  ".repeat(*depth)));
                }
                Part::Table { heads, texts, rows } => {
                    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
                    text.push_str(&row(self.said(heads).iter().map(ToString::to_string).collect()));
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

    fn said(&self, words: &[Word]) -> Vec<&'static str> {
        words.iter().map(|word| self.language.word(*word)).collect()
    }

    /// A text behind its label.
    fn labelled(&self, label: Label, text: &str) -> String {
        match label {
            Label::Nothing => text.to_string(),
            Label::Point => format!("- {text}"),
            Label::Word(word) => {
                say!(self.language, "finding-labelled", label = self.language.word(word), text = text)
            }
        }
    }

    /// The same in Markdown, where every item is one of a list.
    fn strong(&self, label: Label, text: &str) -> String {
        match label {
            Label::Nothing | Label::Point => text.to_string(),
            Label::Word(word) => {
                say!(self.language, "finding-labelled-in-bold", label = self.language.word(word), text = text)
            }
        }
    }
}

/// Names without what moves a cursor.
fn clean(text: &str) -> String {
    shown(text, usize::MAX)
}

/// Lines of at most `width`; what has no space to break at is cut.
fn fit(text: &str, width: usize) -> Vec<String> {
    wrapped(text, width).into_iter().map(|line| shown(&line, width)).collect()
}

/// A text, indented, its further lines a little more.
fn hanging(depth: usize, text: &str, width: usize) -> Vec<String> {
    let indent = INDENT + GAP * depth;
    let room = width.saturating_sub(indent + GAP).max(20);
    let lines = fit(text, room).into_iter().enumerate();
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
    use crate::base::words::word;

    fn page(language: Language) -> Page {
        let mut page = Page::new(language);
        page.title("Title");
        page.words("a few words that have to be broken somewhere, because they are many of them indeed");
        page.heading(format!("1. \x1b[31mred {}", "x".repeat(300)));
        page.item(
            Label::Word(word!("finding-label-do")),
            "`/compact` when a step is done, `/clear` before another task, and so on and on",
        );
        page.names(Label::Word(word!("heading-calls")), "msg_1|<b>:req_1");
        page.table(
            &[word!("heading-project"), word!("heading-cost")],
            1,
            vec![vec!["n|ame".repeat(30), "$1.00".into()], vec!["b".into(), "$12.00".into()]],
        );
        page
    }

    #[test]
    fn it_fits_every_terminal_and_no_name_moves_the_cursor() {
        for width in [40, 60, 80, 120, 200] {
            for unicode in [true, false] {
                for language in Language::ALL {
                    for line in page(language).lines(Look { width, unicode, language }) {
                        assert!(width::columns(&line.text) <= width, "{width}: {}", line.text);
                        assert!(!line.text.contains('\x1b'));
                    }
                }
            }
        }
        let lines =
            page(Language::English).lines(Look { width: 60, unicode: false, language: Language::English });
        let last: Vec<&str> = lines.iter().rev().take(2).map(|line| line.text.as_str()).collect();
        assert!(last[0].ends_with("  $12.00") && last[1].ends_with("   $1.00"), "{last:?}");
    }

    #[test]
    fn markdown_keeps_marks_of_ours_and_none_of_names() {
        let text = page(Language::English).markdown();
        assert!(text.contains("- **Do:** `/compact` when"), "{text}");
        assert!(text.contains("\n- **Calls:** msg\\_1\\|&lt;b&gt;:req\\_1\n"), "{text}");
        assert!(text.contains("| --- | ---: |\n") && !text.contains("| n|ame"), "{text}");
        // A mark inside the asterisks would keep them from closing before a letter.
        let text = page(Language::Chinese).markdown();
        assert!(text.contains("- **对策**：`/compact` when"), "{text}");
        assert!(text.contains("| 项目 | 费用 |\n"), "{text}");
    }
}
