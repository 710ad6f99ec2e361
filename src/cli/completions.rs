//! `cost-hook completions`: the script that teaches a shell to complete our commands, made from their definition.

use std::process::ExitCode;

use clap::ValueEnum;
use clap_complete::Shell as Generator;

use super::shop::Shop;
use super::{PROGRAM, definition, success};
use crate::base::error::Result;

const EXAMPLES: &str = "\
Examples:
  cost-hook completions bash > ~/.local/share/bash-completion/completions/cost-hook  for bash
  cost-hook completions zsh > ~/.zfunc/_cost-hook  for zsh, where ~/.zfunc is in fpath
  cost-hook completions fish > ~/.config/fish/completions/cost-hook.fish  for fish
  cost-hook completions powershell >> $PROFILE  for PowerShell";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// For which shell
    #[arg(value_enum)]
    shell: Name,
}

/// A shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Name {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell", alias = "pwsh")]
    PowerShell,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    shop.say(&script(args.shell))?;
    success()
}

fn script(shell: Name) -> String {
    let generator = match shell {
        Name::Bash => Generator::Bash,
        Name::Zsh => Generator::Zsh,
        Name::Fish => Generator::Fish,
        Name::PowerShell => Generator::PowerShell,
    };
    let mut text = Vec::new();
    clap_complete::generate(generator, &mut definition(), PROGRAM, &mut text);
    let text = String::from_utf8_lossy(&text).into_owned();
    match shell {
        // The generator takes the hyphen of our name for the border of a command in one of two places, and nothing after
        // a command is completed (clap-rs/clap#6421). Harmless once that is mended.
        Name::Bash => text.replace("cost__subcmd__hook", "cost__hook"),
        Name::Fish => text + &arguments(&definition(), ""),
        _ => text,
    }
}

/// For fish the generator knows commands and options only: the values of arguments, such as a setting's key.
fn arguments(command: &clap::Command, condition: &str) -> String {
    let mut lines = String::new();
    for argument in command.get_positionals().filter(|argument| !argument.is_hide_set()) {
        let values = argument.get_possible_values();
        let values: Vec<&str> = values.iter().map(clap::builder::PossibleValue::get_name).collect();
        if !values.is_empty() {
            let values = values.join(" ");
            lines.push_str(&format!("complete -c {PROGRAM} -n \"{condition}\" -f -a \"{values}\"\n"));
        }
    }
    for inner in command.get_subcommands() {
        let test = match condition {
            "" => format!("__fish_cost_hook_using_subcommand {}", inner.get_name()),
            _ => format!("{condition}; and __fish_seen_subcommand_from {}", inner.get_name()),
        };
        lines.push_str(&arguments(inner, &test));
    }
    lines
}
