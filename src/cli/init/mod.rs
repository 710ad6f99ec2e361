//! `cost-hook init`: the shell function that makes `claude cost …` mean cost-hook. The scripts beside this file are its
//! text; nothing here knows what the commands do.

use std::process::ExitCode;

use super::completions::Name as Shell;
use super::place::lasting_path;
use super::shop::Shop;
use super::success;
use crate::base::error::Result;
use crate::claude::shell::quote;

const EXAMPLES: &str = "\
Examples:
  cost-hook init bash        for bash: eval \"$(cost-hook init bash)\" in ~/.bashrc
  cost-hook init zsh         for zsh: eval \"$(cost-hook init zsh)\" in ~/.zshrc
  cost-hook init fish        for fish: cost-hook init fish | source in ~/.config/fish/config.fish
  cost-hook init powershell  for PowerShell: Invoke-Expression (& cost-hook init powershell | Out-String) in $PROFILE

Put the line after your own aliases and functions. Then `claude cost report` runs `cost-hook report`, `claude cost` alone
runs `cost-hook status`, and every other `claude ...` runs what it ran before.";

/// What stands for the program in the scripts.
const PROGRAM: &str = "@PROGRAM@";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// For which shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    shop.say(&script(args.shell, &lasting_path(shop.world)?))?;
    success()
}

fn script(shell: Shell, program: &str) -> String {
    let (text, quoted) = match shell {
        Shell::Bash => (include_str!("bash.sh"), quote(program)),
        Shell::Zsh => (include_str!("zsh.zsh"), quote(program)),
        Shell::Fish => (include_str!("fish.fish"), fish(program)),
        Shell::PowerShell => (include_str!("powershell.ps1"), power_shell(program)),
    };
    text.replace(PROGRAM, &quoted)
}

/// In single quotes as fish reads them: a backslash means something there.
fn fish(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

/// In single quotes as PowerShell reads them, to which typographic quotes are quotes too.
fn power_shell(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        if matches!(c, '\'' | '\u{2018}'..='\u{201B}') {
            out.push(c);
        }
        out.push(c);
    }
    out + "'"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_as_each_shell_reads_them() {
        let path = "/opt/it's a \\ $HOME \u{2019}/cost-hook";
        assert_eq!(quote(path), "'/opt/it'\\''s a \\ $HOME \u{2019}/cost-hook'");
        assert_eq!(fish(path), "'/opt/it\\'s a \\\\ $HOME \u{2019}/cost-hook'");
        assert_eq!(power_shell(path), "'/opt/it''s a \\ $HOME \u{2019}\u{2019}/cost-hook'");
    }

    #[test]
    fn every_script_names_the_program_and_nothing_is_left_to_fill_in() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell] {
            let text = script(shell, "/opt/cost-hook");
            assert!(text.contains("'/opt/cost-hook'") && !text.contains(PROGRAM), "{shell:?}");
            assert!(text.contains("status") && text.ends_with('\n'), "{shell:?}");
        }
    }
}
