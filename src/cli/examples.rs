//! What stands below the options in a command's help: examples, one a line with what they do, and words. Read from
//! the help itself, so that manual pages and the reference show what `--help` shows.

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
