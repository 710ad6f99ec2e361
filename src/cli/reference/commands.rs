//! The page that describes every command, from the definition the command line itself is read by.

use clap::{Arg, ArgAction, Command};

use super::super::examples::Example;
use super::super::{PROGRAM, definition, examples};

pub(super) const PATH: &str = "docs/reference/cli.md";

const HEAD: &str = "\
# Command line

Every command, as `--help` shows it. Generated from the program itself by `cargo run -- reference --write`; a test fails
when it is not current. What the commands answer with `--json`: [JSON documents](../guide/json.md).
";

const EXIT_CODES: &str = "\
## Exit codes

| code | meaning |
|---|---|
| 0 | done |
| 1 | it could not be done; `validate` found an error |
| 64 | the command line was not understood |
| 70 | a fault of cost-hook itself |

`hook` and `statusline`, which Claude Code runs, always exit with 0.
";

pub(super) fn page() -> String {
    let mut root = definition().disable_help_subcommand(true);
    root.build();
    let mut out = HEAD.to_string();
    out.push_str("\n| command | what it does |\n|---|---|\n");
    let mut commands = Vec::new();
    collect(&root, &mut commands);
    for command in &commands {
        let name = name(command);
        let row = format!("| [`{name}`](#{}) | {} |\n", name.replace(' ', "-"), about(command));
        out.push_str(&row);
    }
    out.push_str("\n## Options of every command\n\n");
    let everywhere = root.get_arguments().filter(|arg| !matches!(arg.get_action(), ArgAction::Version));
    out.push_str(&table(everywhere, "option"));
    out.push_str(&format!("\n`{PROGRAM} --version` prints the version.\n"));
    for command in &commands {
        out.push_str(&section(command, &root));
    }
    out.push('\n');
    out.push_str(EXIT_CODES);
    out
}

/// The commands below one, in the order of the help.
fn collect<'c>(command: &'c Command, found: &mut Vec<&'c Command>) {
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        found.push(inner);
        collect(inner, found);
    }
}

fn name(command: &Command) -> String {
    command.get_bin_name().unwrap_or(PROGRAM).to_string()
}

fn about(command: &Command) -> String {
    command.get_about().map(|about| in_a_cell(&about.to_string())).unwrap_or_default()
}

fn section(command: &Command, root: &Command) -> String {
    let mut out = format!("\n## {}\n\n{}.\n\n", name(command), about(command).trim_end_matches('.'));
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    out.push_str(&format!("```text\n{usage}\n```\n"));
    let shared = |arg: &&Arg| root.get_arguments().any(|one| one.get_id() == arg.get_id());
    let own: Vec<&Arg> = command.get_arguments().filter(|arg| !arg.is_hide_set() && !shared(arg)).collect();
    for (positional, title) in [(true, "argument"), (false, "option")] {
        let chosen: Vec<&Arg> = own.iter().copied().filter(|arg| arg.is_positional() == positional).collect();
        if !chosen.is_empty() {
            out.push('\n');
            out.push_str(&table(chosen, title));
        }
    }
    let after = examples::of(command);
    for words in &after.words {
        out.push_str(&format!("\n{words}\n"));
    }
    if !after.examples.is_empty() {
        let typed: Vec<String> = after.examples.iter().map(typed_line).collect();
        out.push_str(&format!("\n```sh\n{}```\n", typed.join("\n")));
    }
    out
}

fn table<'a>(arguments: impl IntoIterator<Item = &'a Arg>, title: &str) -> String {
    let mut out = format!("| {title} | meaning | default |\n|---|---|---|\n");
    for arg in arguments.into_iter().filter(|arg| !arg.is_hide_set()) {
        let help = arg.get_help().map(|help| in_a_cell(&help.to_string())).unwrap_or_default();
        let (mut meaning, told) = match help.split_once(" [default: ") {
            Some((meaning, told)) => (meaning.to_string(), Some(told.trim_end_matches(']').to_string())),
            None => (help, None),
        };
        let values: Vec<String> = arg.get_possible_values().iter().filter_map(value).collect();
        // A switch has two values that nobody types.
        if arg.get_action().takes_values() && !arg.is_hide_possible_values_set() && !values.is_empty() {
            meaning = format!("{}; one of {}", meaning.trim_end_matches('.'), values.join(", "));
        }
        let set = arg.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy()));
        let set: Vec<String> = set.collect();
        let default = told
            .unwrap_or_else(|| if arg.get_action().takes_values() { set.join(", ") } else { String::new() });
        let default = if arg.is_required_set() { "required".to_string() } else { default };
        out.push_str(&format!("| `{}` | {meaning} | {default} |\n", typed(arg)).replace("|  |", "| |"));
    }
    out
}

/// A value, with what it does where that is said.
fn value(value: &clap::builder::PossibleValue) -> Option<String> {
    let name = (!value.is_hide_set()).then(|| format!("`{}`", value.get_name()))?;
    Some(match value.get_help() {
        Some(help) => format!("{name} ({})", in_a_cell(&help.to_string())),
        None => name,
    })
}

/// A command line below what it does.
fn typed_line(example: &Example) -> String {
    match example.about.as_str() {
        "" => format!("{}\n", example.line),
        about => format!("# {about}\n{}\n", example.line),
    }
}

/// An argument as it is typed.
fn typed(arg: &Arg) -> String {
    let values = arg.get_value_names().map(|names| names.join(" "));
    let values = values.filter(|_| arg.get_action().takes_values()).map(|names| {
        let many = arg.get_num_args().is_some_and(|range| range.max_values() > 1);
        format!("<{names}>{}", if many { "..." } else { "" })
    });
    let short = arg.get_short().map(|short| format!("-{short}"));
    let long = arg.get_long().map(|long| format!("--{long}"));
    let flags: Vec<String> = short.into_iter().chain(long).collect();
    match (flags.is_empty(), values) {
        (true, values) if arg.is_required_set() => values.unwrap_or_default(),
        (true, values) => values.unwrap_or_default().replace('<', "[").replace('>', "]"),
        (false, None) => flags.join(", "),
        (false, Some(values)) => format!("{} {values}", flags.join(", ")),
    }
}

/// One line, and nothing that would end the cell.
fn in_a_cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
