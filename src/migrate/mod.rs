//! Files of other programs, as reports that `book::imported` can weigh: ccusage's JSON, and the logs of hooks that people
//! wrote themselves. Owns what their fields mean and what is wrong with a file; books nothing and prints nothing.

pub mod ccusage;
pub mod hook_log;

use std::ops::Range;
use std::path::PathBuf;

use chrono::{Datelike, NaiveDate};

use crate::base::error::{Error, Result};
use crate::base::jsonc::{Lines, Node, Value};
use crate::base::money::Money;
use crate::base::time::{Time, Zone};
use crate::book::imported::Report;

/// A file that is read.
pub struct Source<'a> {
    pub name: &'a str,
    pub bytes: &'a [u8],
    /// When it was written: calls of later are not in it.
    pub written: Time,
    /// In which its days are days.
    pub zone: &'a Zone,
}

/// What files say.
#[derive(Debug, Default)]
pub struct Found {
    pub reports: Vec<Report>,
    /// Transcripts that are named and still there to be read.
    pub transcripts: Vec<PathBuf>,
    /// Which fields were taken for what, where the file does not say.
    pub notes: Vec<String>,
    /// What is odd, and what was left out.
    pub warnings: Vec<String>,
}

/// A text with its name, for messages that point into it.
struct Text<'a> {
    name: &'a str,
    text: &'a str,
    /// Of the text's first line, where it is a part of a file.
    line: usize,
}

impl Text<'_> {
    fn place(&self, range: &Range<usize>) -> String {
        let place = Lines::new(self.text).position(range.start);
        format!("{}:{}:{}", self.name, place.line + self.line - 1, place.column)
    }

    fn wrong(&self, range: &Range<usize>, message: &str) -> Error {
        Error::user(format!("{}: {message}", self.place(range)))
    }

    /// An amount of money: never less than nothing.
    fn money(&self, node: &Node<'_>, name: &str) -> Result<Money> {
        let Value::Number(text) = node.value else {
            return Err(self.wrong(&node.range, &format!("`{name}` is {}, not an amount", node.kind())));
        };
        let money: Money =
            text.parse().map_err(|_| self.wrong(&node.range, &format!("`{name}` is no amount: {text}")))?;
        if money < Money::ZERO {
            return Err(self
                .wrong(&node.range, &format!("`{name}` is below nothing: {text}"))
                .hint("no call costs less than nothing; mend or remove this entry"));
        }
        Ok(money)
    }

    fn count(&self, node: &Node<'_>, name: &str) -> Result<u64> {
        let Value::Number(text) = node.value else {
            return Err(self.wrong(&node.range, &format!("`{name}` is {}, not a count", node.kind())));
        };
        text.parse().map_err(|_| self.wrong(&node.range, &format!("`{name}` is no count of tokens: {text}")))
    }
}

/// Is it a day that any program could have reported? Others would lead the calendar astray.
fn is_sane(day: NaiveDate) -> bool {
    (2000..2200).contains(&day.year())
}

/// The first member of these names that says anything.
fn member<'n, 'a>(node: &'n Node<'a>, names: &[&'static str]) -> Option<(&'static str, &'n Node<'a>)> {
    names.iter().find_map(|name| {
        let found = node.get(name).filter(|member| member.node.value != Value::Null)?;
        Some((*name, &found.node))
    })
}

/// A line of one of Claude Code's transcripts?
fn is_transcript(node: &Node<'_>) -> bool {
    node.get("type").is_some()
        && ["sessionId", "uuid", "parentUuid", "leafUuid"].iter().any(|key| node.get(key).is_some())
}

fn transcript_given(name: &str) -> Error {
    Error::user(format!("`{name}` is a transcript of Claude Code, not a report"))
        .hint("transcripts need no --from: `cost-hook import` books those in the folder `projects` of Claude Code's configuration; put it there, in a folder, to have it booked")
}
