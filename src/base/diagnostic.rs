//! One problem of a file with everything needed to show it (place, words, cures), and the list that problems are
//! collected in. Finding problems is the business of those who know the file, drawing them `ui`'s.

use std::ops::Range;

use super::error::Error;
use super::jsonc::Lines;
use super::words::{Language, Sentence, say};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The value, or the whole file, does not count.
    Error,
    /// Everything counts, but probably not as it was meant.
    Warning,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// A problem of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    /// A stable name of the kind of problem, such as `unknown-key`; for tools.
    pub rule: &'static str,
    pub file: String,
    /// Bytes of the text after a byte order mark (`jsonc::decode`), which is the text to show.
    pub range: Range<usize>,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The key, such as `cost.limits[0].amount`; empty for the file itself.
    pub key: String,
    /// Lower case, no full stop.
    pub message: Sentence,
    /// What stands beside the marked part: what is allowed there.
    pub label: Sentence,
    /// Cures.
    pub hints: Vec<Sentence>,
}

impl Diagnostic {
    /// `settings.json:3:5: unknown key …; did you mean …?`, in English, for documents.
    pub fn one_line(&self) -> String {
        self.on_one_line(Language::English)
    }

    pub fn on_one_line(&self, language: Language) -> String {
        let place = format!("{}:{}:{}", self.file, self.line, self.column);
        let problem = say!(language, "problem-at", place = place, problem = self.message.clone());
        let label = Some(&self.label).filter(|label| label.to_string().starts_with("expected"));
        match self.hints.first().or(label) {
            Some(hint) => say!(language, "fact-after-facts", facts = problem, fact = hint.clone()),
            None => problem,
        }
    }

    /// Of a file whose text nobody has seen.
    pub fn unreadable(file: &str, error: &Error) -> Self {
        let message = error.to_string();
        Self {
            severity: Severity::Error,
            rule: if message.contains("is too large") { "too-large" } else { "unreadable" },
            file: file.to_string(),
            range: 0..0,
            line: 1,
            column: 1,
            key: String::new(),
            message: message.into(),
            label: Sentence::default(),
            hints: error.hints.clone(),
        }
    }
}

/// The problems of one text found so far.
#[derive(Debug)]
pub struct Findings<'a> {
    pub lines: Lines<'a>,
    file: &'a str,
    pub list: Vec<Diagnostic>,
}

impl<'a> Findings<'a> {
    /// `file` is the name for messages.
    pub fn new(text: &'a str, file: &'a str) -> Self {
        Self { lines: Lines::new(text), file, list: Vec::new() }
    }

    pub fn error(
        &mut self,
        rule: &'static str,
        range: Range<usize>,
        message: impl Into<Sentence>,
    ) -> &mut Diagnostic {
        self.add(Severity::Error, rule, range, message.into())
    }

    pub fn warning(
        &mut self,
        rule: &'static str,
        range: Range<usize>,
        message: impl Into<Sentence>,
    ) -> &mut Diagnostic {
        self.add(Severity::Warning, rule, range, message.into())
    }

    fn add(
        &mut self,
        severity: Severity,
        rule: &'static str,
        range: Range<usize>,
        message: Sentence,
    ) -> &mut Diagnostic {
        let place = self.lines.position(range.start);
        let at = self.list.len();
        self.list.push(Diagnostic {
            severity,
            rule,
            file: self.file.to_string(),
            range,
            line: place.line,
            column: place.column,
            key: String::new(),
            message,
            label: Sentence::default(),
            hints: Vec::new(),
        });
        &mut self.list[at]
    }

    /// In the order of the text.
    pub fn sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|found| (found.range.start, found.range.end));
        self.list
    }
}
