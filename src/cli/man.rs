//! `cost-hook man`: manual pages, one for the program and one for each command, made from their definition.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueHint;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};

use super::shop::Shop;
use super::{PROGRAM, definition, examples, success};
use crate::base::disk;
use crate::base::env::{self, Whose};
use crate::base::error::{Error, Result};

const EXAMPLES: &str = "\
Examples:
  cost-hook man | man -l -                           the page of the program
  cost-hook man report | man -l -                    the page of one command
  cost-hook man --output ~/.local/share/man/man1     every page, where man looks for them";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Of which command [default: the program itself]
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
    /// Write every page into this folder, which is made if it is not there
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath, conflicts_with = "command")]
    output: Option<PathBuf>,
}

/// What every page ends with.
const EXIT_CODES: [(&str, &str); 4] = [
    ("0", "Done."),
    ("1", "It could not be done, or what was asked for was found wanting."),
    ("64", "The command line was not understood."),
    ("70", "A fault of the program itself."),
];

const FILES: [(&str, &str); 5] = [
    ("~/.claude/settings.json", "Your settings. Those of a project are in its folder .claude."),
    ("~/.claude/cost-hook/ledger/2026-11.jsonl", "The ledger, one file a month, one JSON object a line."),
    ("~/.claude/cost-hook/checkpoint.db", "Running totals and read positions, made again from the ledger."),
    ("~/.claude/cost-hook/journal.jsonl", "Troubles the hook had."),
    ("/etc/claude-code/managed-settings.json", "Managed settings on Linux."),
];

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let pages = pages()?;
    let Some(folder) = &args.output else {
        let wanted = [&[PROGRAM.to_string()][..], &args.command].concat().join("-");
        let Some((_, page)) = pages.iter().find(|(name, _)| *name == wanted) else {
            let words = args.command.join(" ");
            return Err(Error::usage(format!("there is no command `{words}`"))
                .hint("`cost-hook --help` lists the commands"));
        };
        shop.say(page)?;
        return success();
    };
    let folder = shop.world.cwd().join(folder);
    if !folder.is_dir() {
        disk::create_dir_private(&folder)?;
    }
    for (name, page) in &pages {
        let path = folder.join(format!("{name}.1"));
        disk::replace_with_mode(&path, page.as_bytes(), 0o644)?;
        shop.say(&format!("{}\n", path.display()))?;
    }
    success()
}

/// Every page with its name: `cost-hook`, `cost-hook-report`.
fn pages() -> Result<Vec<(String, String)>> {
    let mut root = definition().disable_help_subcommand(true);
    // Gives every command its full name and the options all have.
    root.build();
    let mut pages = Vec::new();
    collect(&root, None, &mut pages)?;
    Ok(pages)
}

fn collect(command: &clap::Command, above: Option<&str>, pages: &mut Vec<(String, String)>) -> Result<()> {
    let name = command.get_display_name().unwrap_or(command.get_name()).to_string();
    pages.push((name.clone(), page(command, above)?));
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        collect(inner, Some(&name), pages)?;
    }
    Ok(())
}

fn page(command: &clap::Command, above: Option<&str>) -> Result<String> {
    let name = command.get_display_name().unwrap_or(command.get_name()).to_uppercase();
    let has_commands = command.get_subcommands().any(|inner| !inner.is_hide_set());
    let usage = command.clone().render_usage().to_string();
    // The generator's own synopsis leaves out what options take, and writes no date as no argument at all, which moves
    // the others up. A date would make every build another one.
    let usage = usage.trim_start_matches("Usage:").trim().to_string();
    let man = Man::new(command.clone().subcommand_help_heading("COMMANDS").override_usage(usage));
    let title = format!(".TH {name} 1 \"\" \"{PROGRAM} {}\" \"User Commands\"\n", env!("CARGO_PKG_VERSION"));
    let mut text = title.into_bytes();
    let mut write = || {
        man.render_name_section(&mut text)?;
        man.render_synopsis_section(&mut text)?;
        man.render_description_section(&mut text)?;
        man.render_options_section(&mut text)?;
        if has_commands {
            man.render_subcommands_section(&mut text)?;
        }
        rest(command, above).to_writer(&mut text)
    };
    write().map_err(|error| Error::internal("a manual page could not be made").caused_by(error))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// What the help says below the options, and what people look for in a manual page.
fn rest(command: &clap::Command, above: Option<&str>) -> Roff {
    let mut roff = Roff::new();
    let after = examples::of(command);
    if !after.words.is_empty() {
        roff.control("SH", ["NOTES"]);
        for (at, words) in after.words.iter().enumerate() {
            if at > 0 {
                roff.control("PP", []);
            }
            roff.text([roman(words)]);
        }
    }
    if !after.examples.is_empty() {
        roff.control("SH", ["EXAMPLES"]);
        for example in after.examples {
            roff.control("TP", []);
            roff.text([bold(example.line)]);
            roff.text([roman(example.about)]);
        }
    }
    roff.control("SH", ["EXIT STATUS"]);
    for (code, about) in EXIT_CODES {
        roff.control("TP", []);
        roff.text([bold(code)]);
        roff.text([roman(about)]);
    }
    if above.is_none() {
        roff.control("SH", ["ENVIRONMENT"]);
        for variable in env::all().into_iter().filter(|variable| variable.whose != Whose::Contributors) {
            roff.control("TP", []);
            roff.text([bold(variable.name)]);
            let text = format!("{} Default: {}.", variable.meaning, variable.default);
            roff.text([roman(text.replace('`', ""))]);
        }
        roff.control("SH", ["FILES"]);
        for (path, about) in FILES {
            roff.control("TP", []);
            roff.text([italic(path)]);
            roff.text([roman(about)]);
        }
    }
    let mut others: Vec<String> = above.map(str::to_string).into_iter().collect();
    let own = command.get_display_name().unwrap_or(command.get_name());
    let inner = command.get_subcommands().filter(|inner| !inner.is_hide_set());
    others.extend(inner.map(|inner| format!("{own}-{}", inner.get_name())));
    if !others.is_empty() {
        roff.control("SH", ["SEE ALSO"]);
        let last = others.len() - 1;
        for (at, name) in others.into_iter().enumerate() {
            roff.text([bold(name), roman(if at == last { "(1)" } else { "(1)," })]);
        }
    }
    roff
}
