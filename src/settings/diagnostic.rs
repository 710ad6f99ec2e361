//! One problem of a settings file with everything needed to show it: place, words, cures. Finding problems is
//! `validate`'s business, drawing them `ui`'s.

use std::ops::Range;

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
    pub message: String,
    /// What stands beside the marked part: what is allowed there.
    pub label: String,
    /// Cures.
    pub hints: Vec<String>,
}

/// Every rule there is, with a sentence for lists of rules (SARIF, reference).
pub const RULES: &[(&str, &str)] = &[
    ("byte-order-mark", "Claude Code reads strict JSON, which has no byte order mark."),
    ("comment", "Claude Code reads strict JSON and drops a file with comments."),
    ("duplicate-key", "Of a key that stands twice only the last one counts."),
    ("duplicate-name", "A limit's name and a team member stand once in a file."),
    ("invalid-json", "The text is not JSON."),
    ("misplaced-key", "A key beside `cost` or `team` looks like one of ours."),
    ("missing-key", "A limit or member lacks something it needs."),
    ("no-effect", "A project's settings try what only managed or user settings may."),
    ("not-allowed", "The value is not one of those allowed."),
    ("not-an-object", "A settings file is one JSON object."),
    ("not-strict-json", "Claude Code reads strict JSON and drops a file that is not."),
    ("not-utf-8", "A settings file is UTF-8."),
    ("out-of-range", "A number is too small or too large."),
    ("project-path", "A limit's project folder cannot be the one meant."),
    ("too-large", "A settings file of this size is not read."),
    ("trailing-comma", "Claude Code reads strict JSON and drops a file with trailing commas."),
    ("unknown-key", "A key inside `cost` or `team` that does not exist."),
    ("unknown-zone", "The time zone is not in the system's list of zones."),
    ("unreadable", "The file cannot be read."),
    ("wrong-type", "The value is of another type."),
];
