//! What is said of a command line that cannot be understood: the parser's own words, and the way on. The rest of the
//! words, and what they look like in a terminal, are the parser's.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::examples;

/// Names for it that are not commands, in other programs or in the mind, and the command lines that are meant.
const MEANT: [(&[&str], &[&str]); 7] = [
    (
        &["budget", "budgets", "limit", "limits"],
        &["cost-hook status", "cost-hook config set cost.dailyBudget 10"],
    ),
    (&["daily", "today", "usage", "stats", "costs", "show", "summary"], &["cost-hook report"]),
    (&["weekly", "week"], &["cost-hook report --period weekly"]),
    (&["monthly", "month"], &["cost-hook report --period monthly"]),
    (&["cost", "current"], &["cost-hook session"]),
    (&["live", "monitor", "top"], &["cost-hook watch"]),
    (&["setup", "enable", "hooks", "plugin"], &["cost-hook install"]),
];

/// Options of the same kind: `report --weekly`.
const PERIODS: [(&[&str], &str); 5] = [
    (&["--daily", "--day", "--days"], "daily"),
    (&["--weekly", "--week"], "weekly"),
    (&["--monthly", "--month"], "monthly"),
    (&["--session", "--sessions"], "session"),
    (&["--projects"], "project"),
];

/// The error, and what to type instead as lines of a terminal; nothing where the parser's own words say it.
pub(super) fn with_cure(mut error: clap::Error, arguments: &[OsString]) -> (clap::Error, String) {
    let cure = cure(&error, arguments);
    if error.kind() == ErrorKind::InvalidSubcommand && !cure.is_empty() {
        // A name that only looks alike would be a second, worse answer.
        error.remove(ContextKind::SuggestedSubcommand);
        error.remove(ContextKind::Suggested);
    }
    (error, cure)
}

fn cure(error: &clap::Error, arguments: &[OsString]) -> String {
    let words = |kind| match error.get(kind) {
        Some(ContextValue::String(word)) => vec![word.clone()],
        Some(ContextValue::Strings(words)) => words.clone(),
        _ => Vec::new(),
    };
    let lines = match error.kind() {
        ErrorKind::InvalidSubcommand => meant(&words(ContextKind::InvalidSubcommand)),
        ErrorKind::UnknownArgument => period(&words(ContextKind::InvalidArg), arguments),
        ErrorKind::MissingRequiredArgument | ErrorKind::ValueValidation => example(arguments),
        _ => Vec::new(),
    };
    if lines.is_empty() { String::new() } else { format!("\nFor example:\n  {}\n", lines.join("\n  ")) }
}

fn meant(words: &[String]) -> Vec<String> {
    let known = MEANT.iter().find(|(names, _)| words.iter().any(|word| names.contains(&word.as_str())));
    known.map_or(Vec::new(), |(_, lines)| lines.iter().map(ToString::to_string).collect())
}

fn period(words: &[String], arguments: &[OsString]) -> Vec<String> {
    let known = PERIODS.iter().find(|(names, _)| words.iter().any(|word| names.contains(&word.as_str())));
    let of_report = arguments.get(1).is_some_and(|word| word == "report");
    known
        .filter(|_| of_report)
        .map_or(Vec::new(), |(_, name)| vec![format!("cost-hook report --period {name}")])
}

/// The first example of the command that was meant.
fn example(arguments: &[OsString]) -> Vec<String> {
    let mut command = super::definition();
    for word in arguments.iter().skip(1) {
        let inner = word.to_str().and_then(|word| command.find_subcommand(word)).cloned();
        command = inner.unwrap_or(command);
    }
    examples::of(&command).examples.into_iter().take(1).map(|example| example.line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cure_of(line: &str) -> String {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        cure(&super::super::definition().try_get_matches_from(&words).unwrap_err(), &words)
    }

    #[test]
    fn what_was_meant_is_named() {
        assert_eq!(
            cure_of("cost-hook budget"),
            "\nFor example:\n  cost-hook status\n  cost-hook config set cost.dailyBudget 10\n"
        );
        assert_eq!(
            cure_of("cost-hook report --weekly"),
            "\nFor example:\n  cost-hook report --period weekly\n"
        );
        assert_eq!(
            cure_of("cost-hook allow 5"),
            "\nFor example:\n  cost-hook allow 5 --reason \"the release\"\n"
        );
        assert_eq!(
            cure_of("cost-hook ledger repair --patience"),
            "",
            "the parser says that the value is missing"
        );
        assert_eq!(cure_of("cost-hook nonsense"), "");
        assert_eq!(cure_of("cost-hook trend --weekly"), "");
    }

    #[test]
    fn what_is_named_can_be_typed() {
        let periods = PERIODS.iter().map(|(_, name)| format!("cost-hook report --period {name}"));
        let lines = MEANT.iter().flat_map(|(_, lines)| lines.iter().map(ToString::to_string));
        for line in lines.chain(periods) {
            let parsed = super::super::definition().try_get_matches_from(line.split(' '));
            assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
        }
        let commands = super::super::definition();
        for name in MEANT.iter().flat_map(|(names, _)| names.iter()) {
            assert!(commands.find_subcommand(name).is_none(), "`{name}` is a command");
        }
    }
}
