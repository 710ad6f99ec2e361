//! What stands below the options in a command's help: examples, one a line with what they do, and words. Read from
//! the help itself, so that manual pages and the reference show what `--help` shows, and laid out for a terminal.

use crate::base::width::wrapped;

/// A command line, and what it is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Example {
    pub(super) line: String,
    pub(super) about: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct After {
    pub(super) examples: Vec<Example>,
    /// Everything else, a paragraph each.
    pub(super) words: Vec<String>,
}

const HEADING: &str = "Examples:";

/// The text below a command's options, in its parts.
pub(super) fn of(command: &clap::Command) -> After {
    let text = command.get_after_long_help().or_else(|| command.get_after_help());
    let text = text.map(ToString::to_string).unwrap_or_default();
    let mut after = After::default();
    for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        match paragraph.strip_prefix(HEADING) {
            Some(lines) => after.examples.extend(lines.lines().filter_map(example)),
            None => after.words.push(paragraph.lines().map(str::trim).collect::<Vec<_>>().join(" ")),
        }
    }
    after
}

/// Two spaces part a command line from what it does.
fn example(line: &str) -> Option<Example> {
    let line = line.trim();
    let (line, about) = line.split_once("  ").unwrap_or((line, ""));
    (!line.is_empty()).then(|| Example { line: line.to_string(), about: about.trim().to_string() })
}

/// What a terminal holds that nobody made wider.
const WIDTH: usize = 80;
/// What stands below a command line begins further right than the command line does.
const BELOW: &str = "      ";

/// A command and all in it, with the text below their options laid out for a terminal of the usual width: the parser
/// breaks a long line anywhere and starts the next one at the margin, which tears columns apart.
pub(super) fn laid_out(command: clap::Command) -> clap::Command {
    let after = of(&command);
    let names: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_string()).collect();
    let command = names.into_iter().fold(command, |command, name| command.mut_subcommand(name, laid_out));
    if after == After::default() { command } else { command.after_help(text(&after)) }
}

fn text(after: &After) -> String {
    let mut parts = Vec::new();
    if !after.examples.is_empty() {
        parts.push(format!("{HEADING}\n{}", examples(&after.examples).join("\n")));
    }
    // The parser breaks words of one line where the terminal ends.
    parts.extend(after.words.iter().cloned());
    parts.join("\n\n")
}

/// In two columns where they fit, else with what a line does below it.
fn examples(examples: &[Example]) -> Vec<String> {
    let column = examples.iter().map(|example| example.line.chars().count()).max().unwrap_or_default() + 4;
    let fits = examples.iter().all(|example| column + example.about.chars().count() <= WIDTH);
    let mut lines = Vec::new();
    for Example { line, about } in examples {
        if fits {
            let pad = column - 2;
            lines.push(format!("  {line:pad$}{about}").trim_end().to_string());
            continue;
        }
        lines.push(format!("  {line}"));
        lines.extend(wrapped(about, WIDTH - BELOW.len()).iter().map(|row| format!("{BELOW}{row}")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of a command line as a shell would see them, up to a pipe or a redirection.
    fn words(line: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        let mut quote = None;
        for c in line.chars() {
            match (quote, c) {
                (Some(open), c) if c == open => quote = None,
                (None, '"' | '\'') => quote = Some(c),
                (None, '|' | '>' | '<') => break,
                (None, ' ') => words.push(String::new()),
                (_, c) => words.last_mut().unwrap().push(c),
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }

    fn every(command: &clap::Command, visit: &mut dyn FnMut(&clap::Command)) {
        visit(command);
        command.get_subcommands().for_each(|inner| every(inner, visit));
    }

    #[test]
    fn help_is_read_in_its_parts() {
        let text = "Examples:\n  a b  does c\n  a \"d  e\"\n\nExit code: 0,\n1 when not.";
        let after = of(&clap::Command::new("a").after_help(text));
        assert_eq!(after.examples[0], Example { line: "a b".into(), about: "does c".into() });
        assert_eq!(after.words, ["Exit code: 0, 1 when not."]);
        assert_eq!(words("a \"d  e\" --x | cat"), ["a", "d  e", "--x"]);
    }

    #[test]
    fn what_an_example_does_never_starts_at_the_margin() {
        let short = "Examples:\n  a b  does c\n  a bcd   does d";
        let laid = |after: &str| text(&of(&clap::Command::new("a").after_help(after.to_string())));
        assert_eq!(laid(short), "Examples:\n  a b    does c\n  a bcd  does d");
        let about = "word ".repeat(20);
        let row = format!("      {}", ["word"; 15].join(" "));
        let rest = format!("      {}", ["word"; 5].join(" "));
        let long = laid(&format!("Examples:\n  a b  does c\n  a c  {about}\n\nMore\nwords."));
        assert_eq!(long, format!("Examples:\n  a b\n      does c\n  a c\n{row}\n{rest}\n\nMore words."));
        let mut seen = 0;
        every(&laid_out(super::super::definition()), &mut |command| {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            for line in help.lines().skip_while(|line| *line != HEADING).take_while(|line| !line.is_empty()) {
                // A command line is one word to whoever copies it.
                let typed = line.trim_start().starts_with("cost-hook ") && !line.trim_start().contains("  ");
                assert!(line.chars().count() <= WIDTH || typed, "{}: {line}", command.get_name());
                seen += 1;
            }
        });
        assert!(seen > 60, "{seen}");
    }

    #[test]
    fn every_command_has_examples_and_each_can_be_typed() {
        let mut seen = 0;
        every(&super::super::definition(), &mut |command| {
            let after = of(command);
            // What Claude Code runs is typed by nobody, and groups only hold commands.
            let typed = !matches!(command.get_name(), "hook" | "statusline");
            assert!(!typed || !after.examples.is_empty(), "{} has no examples", command.get_name());
            for Example { line, .. } in after.examples {
                let words = words(&line);
                assert_eq!(words[0], "cost-hook", "{line}");
                let parsed = super::super::definition().try_get_matches_from(&words);
                assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
                seen += 1;
            }
        });
        assert!(seen > 20, "{seen}");
    }
}
