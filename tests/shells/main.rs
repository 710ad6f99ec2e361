//! Completion scripts and the wrapper of `init` in the shells they are for, manual pages in the programs that show them, put where
//! docs/guide/install.md says; and the live screen in a terminal. A program that is missing is a failure; `tests/run` installs
//! what it can and says what it leaves out.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, unreachable_pub)]

mod brief;
mod init;
// What other test binaries use of it is not used here.
#[allow(dead_code)]
#[path = "../support/mod.rs"]
mod support;
mod watch;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A home of its own, in which `cost-hook` can be typed.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::Builder::new().prefix("cost-hook-shells-").tempdir().unwrap())
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn command(&self, program: &str) -> Command {
        let folder = Path::new(env!("CARGO_BIN_EXE_cost-hook")).parent().unwrap();
        let mut command = Command::new(program);
        command.env_clear().env("HOME", self.0.path()).current_dir(self.0.path());
        command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", folder.display()));
        command.env("TERM", "dumb").env("LC_ALL", "C.UTF-8").env("MANWIDTH", "100");
        command
    }

    /// What `cost-hook` prints.
    fn ask(&self, args: &[&str]) -> String {
        let done = self.command("cost-hook").args(args).output().unwrap();
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    fn write(&self, below: &str, text: &str) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs a program on a script from standard input. What it says against it is part of the answer. One that hangs is
    /// ended, since a shell that waits for a key would wait for ever.
    fn run(&self, program: &str, args: &[&str], script: &str, package: &str) -> String {
        let mut child = self
            .command("timeout")
            .args(["120", program])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that reads nothing may be gone already.
        let _gone = child.stdin.take().unwrap().write_all(script.as_bytes());
        let done = child.wait_with_output().unwrap();
        let said =
            String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
        assert_ne!(done.status.code(), Some(127), "`{program}` is missing; on Debian it is in {package}");
        assert!(done.status.success(), "{program} {args:?}: {said}");
        said
    }
}

/// Every command a user sees.
fn commands() -> Vec<String> {
    let help = Home::new().ask(&["--help"]);
    let list = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let starts = |line: &&str| line.starts_with("  ") && line.as_bytes().get(2).is_some_and(|b| *b != b' ');
    let names = list.lines().filter(starts).filter_map(|line| line.split_whitespace().next());
    let names: Vec<String> = names.filter(|name| *name != "help").map(str::to_string).collect();
    assert!(names.len() > 10, "{names:?}");
    names
}

/// The words a shell offered, one a line, what it says of them left out.
fn offered(answer: &str) -> Vec<&str> {
    answer.lines().filter_map(|line| line.split('\t').next()).map(str::trim).collect()
}

#[track_caller]
fn offers(answer: &str, wanted: &[&str]) {
    let offered = offered(answer);
    for word in wanted {
        assert!(offered.contains(word), "{word} is not offered: {answer}");
    }
}

/// Loads the script as bash-completion does at the first Tab, and asks the function it names.
const BASH: &str = r#"
source /usr/share/bash-completion/bash_completion || exit 9
_completion_loader cost-hook
function=$(complete -p cost-hook | sed 's/.*-F \([^ ]*\) .*/\1/')
ask() {
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
    "$function" "$1" "${@: -1}" "${@: -2:1}"
    printf '%s\n' "${COMPREPLY[@]}"
}
"#;

#[test]
fn bash() {
    let home = Home::new();
    home.write(".local/share/bash-completion/completions/cost-hook", &home.ask(&["completions", "bash"]));
    let ask =
        |line: &str| home.run("bash", &["--norc"], &format!("{BASH}ask {line}"), "bash bash-completion");
    let all = commands();
    offers(&ask("cost-hook ''"), &all.iter().map(String::as_str).collect::<Vec<_>>());
    offers(&ask("cost-hook report --per"), &["--period"]);
    offers(&ask("cost-hook report --period ''"), &["daily", "weekly", "monthly", "session"]);
    offers(&ask("cost-hook completions ''"), &["bash", "zsh", "fish", "powershell"]);
    offers(&ask("cost-hook config set cost.daily"), &["cost.dailyBudget"]);
    // Where nothing of ours is offered, bash offers files.
    assert_eq!(ask("cost-hook validate work/").trim(), "");
    let registered = home.run("bash", &["--norc"], &format!("{BASH}complete -p cost-hook"), "bash");
    assert!(registered.contains("-o bashdefault -o default"), "{registered}");
}

/// Types a line and a Tab into an interactive zsh on a terminal of its own, and prints what then stands there.
const ZSH: &str = r#"
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'unset zle_bracketed_paste; fpath=(~/.zfunc $fpath); autoload -Uz compinit; compinit -u'
zpty -w shell 'show() { print -r -- "<<$BUFFER>>" }; zle -N show; bindkey "^G" show; print -r -- "REA""DY"'
zpty -r shell answer '*READY*'
zpty -w -n shell "$1"$'\t\x07'
zpty -r shell answer '*<<*>>*'
zpty -d shell
answer=${answer##*<<}
print -r -- "${answer%%>>*}"
"#;

#[test]
fn zsh() {
    let home = Home::new();
    home.write(".zfunc/_cost-hook", &home.ask(&["completions", "zsh"]));
    home.write("ask.zsh", ZSH);
    let becomes = |line: &str| home.run("zsh", &["-f", "ask.zsh", line], "", "zsh").trim().to_string();
    assert_eq!(becomes("cost-hook rep"), "cost-hook report");
    assert_eq!(becomes("cost-hook report --per"), "cost-hook report --period=");
    assert_eq!(becomes("cost-hook report --period mo"), "cost-hook report --period monthly");
    assert_eq!(becomes("cost-hook config get cost.daily"), "cost-hook config get cost.dailyBudget");
    assert_eq!(becomes("cost-hook completions power"), "cost-hook completions powershell");
    home.write("work/settings.json", "{}");
    assert_eq!(becomes("cost-hook validate work/se"), "cost-hook validate work/settings.json");
}

#[test]
fn fish() {
    let home = Home::new();
    home.write(".config/fish/completions/cost-hook.fish", &home.ask(&["completions", "fish"]));
    let ask = |line: &str| home.run("fish", &["-c", &format!("complete -C '{line}'")], "", "fish");
    let all = commands();
    offers(&ask("cost-hook "), &all.iter().map(String::as_str).collect::<Vec<_>>());
    offers(&ask("cost-hook config explain cost.daily"), &["cost.dailyBudget"]);
    offers(&ask("cost-hook completions "), &["bash", "zsh", "fish", "powershell"]);
    let period = ask("cost-hook report --per");
    offers(&period, &["--period"]);
    assert!(period.contains("What a row stands for"), "{period}");
    offers(&ask("cost-hook report --period "), &["daily", "weekly", "monthly", "session"]);
}

/// PowerShell is in no Debian package: what can be told without it is that every command and option is there.
#[test]
fn powershell_script() {
    let home = Home::new();
    let script = home.ask(&["completions", "powershell"]);
    assert!(script.contains("Register-ArgumentCompleter -Native -CommandName 'cost-hook'"), "{script}");
    for name in commands() {
        assert!(script.contains(&format!("'cost-hook;{name}' {{")), "{name}");
        assert!(script.contains(&format!("[CompletionResult]::new('{name}', '{name}'")), "{name}");
    }
    assert!(script.contains("[CompletionResult]::new('--period', '--period'"), "{script}");
}

/// Writes every page, as the guide says; the names of the files.
fn pages(home: &Home) -> Vec<String> {
    home.ask(&["man", "--output", ".local/share/man/man1"]);
    let folder = home.path(".local/share/man/man1");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| folder.join(entry.unwrap().file_name()).to_str().unwrap().to_string())
        .collect();
    names.sort();
    for command in commands() {
        let end = format!("/cost-hook-{command}.1");
        assert!(names.iter().any(|name| name.ends_with(&end)), "{command} has no page");
    }
    assert!(names.iter().any(|name| name.ends_with("/cost-hook.1")), "{names:?}");
    names
}

#[test]
fn man_in_groff() {
    let home = Home::new();
    for page in pages(&home) {
        let warnings = home.run("groff", &["-man", "-ww", "-z", "-Tutf8", &page], "", "groff");
        assert_eq!(warnings, "", "{page}");
    }
    let shown = home.run("man", &["-l", ".local/share/man/man1/cost-hook-report.1"], "", "man-db");
    for part in [
        "COST-HOOK-REPORT(1)",
        "cost-hook report [OPTIONS]",
        "EXAMPLES",
        "--since 7d",
        "EXIT STATUS",
        "SEE ALSO",
    ] {
        assert!(shown.contains(part), "{part} is missing: {shown}");
    }
    // Found by its name, and the same as printed.
    let folder = home.path(".local/share/man");
    let found = home.run("man", &["-M", folder.to_str().unwrap(), "cost-hook-report"], "", "man-db");
    assert_eq!(found, shown);
    assert_eq!(
        home.ask(&["man", "report"]),
        fs::read_to_string(home.path(".local/share/man/man1/cost-hook-report.1")).unwrap()
    );
    let program = home.run("man", &["-l", "-"], &home.ask(&["man"]), "man-db");
    for part in ["COST-HOOK(1)", "COMMANDS", "ENVIRONMENT", "COST_HOOK_DIR", "FILES"] {
        assert!(program.contains(part), "{part} is missing: {program}");
    }
    assert!(!program.contains("COST_HOOK_TEST_NOW"), "a variable users cannot use");
}

#[test]
fn man_in_mandoc() {
    let home = Home::new();
    for page in pages(&home) {
        let found = home.run("mandoc", &["-Tlint", "-W", "error", &page], "", "mandoc");
        assert_eq!(found, "", "{page}");
        // Milder remarks: the date is left out on purpose, and the generator spaces the lists of values generously.
        let known = ["missing date", "skipping paragraph macro"];
        let remarks = home.command("mandoc").args(["-Tlint", "-W", "warning", &page]).output().unwrap();
        let remarks = String::from_utf8_lossy(&remarks.stdout).into_owned();
        let other: Vec<&str> =
            remarks.lines().filter(|line| !known.iter().any(|part| line.contains(part))).collect();
        assert!(other.is_empty(), "{other:#?}");
    }
}

#[test]
fn a_page_that_is_not_there() {
    let home = Home::new();
    let done = home.command("cost-hook").args(["man", "nonsense"]).output().unwrap();
    assert_eq!(done.status.code(), Some(64));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(said.contains("there is no command `nonsense`"), "{said}");
}
