//! `cost-hook init` in the shells it is for. What is not `claude cost` has to come out as if there were no wrapper: every
//! script here runs with it and without it, and both runs are compared byte for byte.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{Home, offers};

/// Stands for Claude Code: says with what it was called, and does what its first argument asks for.
const CLAUDE: &str = r#"#!/bin/sh
printf '%s:' "$#"
for word in "$@"; do printf '[%s]' "$word"; done
printf '%s\n' "${FOO-}"
case "${1-}" in
    in) cat ;;
    exit) exit "$2" ;;
    wait)
        trap 'echo got INT; exit 42' INT
        trap 'echo got TERM; exit 43' TERM
        echo "$$" > ready
        while :; do sleep 0.05; done
        ;;
esac
"#;

#[derive(Debug, PartialEq, Eq)]
struct Answer {
    code: Option<i32>,
    said: String,
}

struct Shell {
    program: &'static str,
    /// What keeps the machine's own start files out, and lets a script follow.
    plain: &'static [&'static str],
    load: &'static str,
}

const BASH: Shell =
    Shell { program: "bash", plain: &["--norc", "-c"], load: "eval \"$(cost-hook init bash)\"\n" };
const ZSH: Shell = Shell { program: "zsh", plain: &["-f", "-c"], load: "eval \"$(cost-hook init zsh)\"\n" };
const FISH: Shell =
    Shell { program: "fish", plain: &["--no-config", "-c"], load: "cost-hook init fish | source\n" };

/// A home with a `claude` in its PATH.
fn home() -> Home {
    let home = Home::new();
    home.write("bin/claude", CLAUDE);
    fs::set_permissions(home.path("bin/claude"), fs::Permissions::from_mode(0o755)).unwrap();
    home.write("file", "from a file\n");
    home.write("a b.txt", "");
    home
}

impl Shell {
    fn command(&self, home: &Home, script: &str) -> Command {
        let mut command = home.command(self.program);
        let own = Path::new(env!("CARGO_BIN_EXE_cost-hook")).parent().unwrap();
        let path = format!("{}:{}:/usr/local/bin:/usr/bin:/bin", home.path("bin").display(), own.display());
        command.env("PATH", path).args(self.plain).arg(script);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, home: &Home, script: &str) -> Answer {
        let started = self.command(home, script).spawn();
        let done =
            started.unwrap_or_else(|error| panic!("{}: {error}", self.program)).wait_with_output().unwrap();
        let said = String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap();
        Answer { code: done.status.code(), said }
    }

    fn loaded(&self, home: &Home, script: &str) -> Answer {
        self.run(home, &format!("{}{script}", self.load))
    }

    /// What the script says when the wrapper is there.
    #[track_caller]
    fn says(&self, home: &Home, script: &str, expected: &str) {
        let answer = self.run(home, script);
        assert_eq!((answer.said.as_str(), answer.code), (expected, Some(0)), "{}: {script}", self.program);
    }

    /// Nothing of what the scripts do shows that the wrapper is there.
    fn passes_through(&self, scripts: &[&str]) {
        let home = home();
        for script in scripts {
            let bare = self.run(&home, script);
            assert_eq!(self.loaded(&home, script), bare, "{}: {script}", self.program);
            assert!(bare.said.contains(':'), "{script} does not call it: {}", bare.said);
        }
    }
}

/// What bash, zsh and fish have in common.
const PLAIN: &[&str] = &[
    "claude",
    "claude a 'b  c' '' '*' '\"' \"'\" '$HOME' '\\' '\nx\n' '~' -- --print",
    "claude *",
    "claude -p 'what does it cost' --model opus",
    "claude 'cost report please'",
    "claude costs; claude Cost; claude '' cost; claude -- cost; claude -p cost",
    "echo piped | claude in",
    "claude in < file",
    "claude in < /dev/null | tr a-z A-Z",
    "claude exit 7",
    "claude exit 3 && claude yes || claude no",
    "command claude cost",
    "env FOO=bar claude in < file",
];

const POSIX: &[&str] = &[
    "claude exit 7; echo \"code $?\"; claude; echo \"code $?\"",
    "set -eu; claude; claude exit 3; echo not reached",
    "set -eu; if claude exit 3; then echo no; else claude; fi",
    "set -o nounset; claude a",
    "(claude exit 4); echo \"code $?\"",
    "x=$(claude in < file); echo \"$x\"",
    "set -o pipefail; echo x | claude exit 5 | cat; echo \"code $?\"",
    "FOO=bar claude a; echo \"${FOO-unset}\"",
    "IFS=,; claude 'a,b' c; set -- x y; claude \"$@\"; echo \"$# $1\"",
    "cd /; claude; pwd",
    "claude in <<< 'a here string'; claude & wait; echo \"code $?\"",
];

#[test]
fn bash() {
    BASH.passes_through(PLAIN);
    BASH.passes_through(POSIX);
    BASH.passes_through(&["set -euo posix; shopt -s nullglob; claude 'x y' nothing*"]);
    own_words(&BASH, "claude: command not found");
    let home = home();
    // An alias, a function, both, and everything loaded twice.
    let twice = BASH.load.repeat(2);
    let alias =
        format!("shopt -s expand_aliases; alias claude='FOO=\"it'\\''s\" claude --model opus'\n{twice}");
    BASH.says(
        &home,
        &format!("{alias}claude a 'b c'\nclaude cost --version"),
        &both("4:[--model][opus][a][b c]it's"),
    );
    BASH.says(&home, &format!("{alias}alias claude='claude x'\n{}claude a", BASH.load), "2:[x][a]\n");
    let function = "claude() { echo mine; claude -f \"$@\"; claude cost --version; }\n";
    BASH.says(&home, &format!("{function}{twice}claude a"), &format!("mine\n{}", both("2:[-f][a]")));
    let both_of_them =
        format!("shopt -s expand_aliases\n{function}{}alias claude='claude -a'\n{twice}", BASH.load);
    BASH.says(&home, &format!("{both_of_them}claude a"), &format!("mine\n{}", both("3:[-f][-a][a]")));
    let exported = format!("claude() {{ command claude -e \"$@\"; }}; export -f claude\n{}", BASH.load);
    BASH.says(&home, &format!("{exported}bash -c 'claude a'"), "2:[-e][a]\n");
    // An alias that no line of this shell would have used stays unused.
    BASH.says(&home, &format!("alias claude='claude -a'\n{}claude a", BASH.load), "1:[a]\n");
    quoted(&BASH);
    signals(&BASH);
    let ask = |words: &str, number: usize| {
        let last = words.rsplit(' ').next().unwrap();
        let script = format!(
            "complete -W 'theirs' other\n{}COMP_WORDS=({words}); COMP_CWORD={number}\n\
             _cost_hook_complete claude {last} x; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            BASH.load
        );
        BASH.run(&home, &script).said
    };
    offers(&ask("claude cost rep", 2), &["report"]);
    offers(&ask("claude cost report --period w", 4), &["weekly"]);
    offers(&ask("claude co", 1), &["cost"]);
    let theirs =
        format!("theirs() {{ COMPREPLY=(theirs); }}; complete -F theirs claude\n{}", BASH.load.repeat(2));
    let script = format!(
        "{theirs}COMP_WORDS=(claude x); COMP_CWORD=1; _cost_hook_complete claude x claude; echo $COMPREPLY"
    );
    BASH.says(&home, &script, "theirs\n");
}

#[test]
fn zsh() {
    ZSH.passes_through(PLAIN);
    ZSH.passes_through(POSIX);
    ZSH.passes_through(&["setopt ksharrays shwordsplit noglob; claude 'x y' nothing*"]);
    own_words(&ZSH, "command not found: claude");
    let home = home();
    let twice = ZSH.load.repeat(2);
    // Aliases hold from the next line that is read.
    let alias = format!("alias claude='FOO=\"it'\\''s\" claude --model opus'\n{twice}");
    ZSH.says(
        &home,
        &format!("{alias}claude a 'b c'\nclaude cost --version"),
        &both("4:[--model][opus][a][b c]it's"),
    );
    let noglob = format!("alias claude='noglob claude -n'\n{twice}");
    ZSH.says(&home, &format!("{noglob}eval 'claude what *?'"), "3:[-n][what][*?]\n");
    let function = "function claude { echo mine; claude -f \"$@\"; claude cost --version }\n";
    ZSH.says(&home, &format!("{function}{twice}claude a"), &format!("mine\n{}", both("2:[-f][a]")));
    let both_of_them = format!("{function}{}alias claude='claude -a'\n{twice}", ZSH.load);
    ZSH.says(&home, &format!("{both_of_them}claude a"), &format!("mine\n{}", both("3:[-f][-a][a]")));
    home.write("functions/claude", "command claude -l \"$@\"\n");
    let autoloaded = format!("fpath=(~/functions $fpath); autoload -Uz claude\n{twice}");
    ZSH.says(&home, &format!("{autoloaded}claude a; claude b"), "2:[-l][a]\n2:[-l][b]\n");
    quoted(&ZSH);
    signals(&ZSH);
    let pty = super::ZSH.replace("compinit -u'", "compinit -u; eval \"$(cost-hook init zsh)\"'");
    assert!(pty.contains("init zsh"));
    home.write("ask.zsh", &pty);
    let becomes = |line: &str| home.run("zsh", &["-f", "ask.zsh", line], "", "zsh").trim().to_string();
    assert_eq!(becomes("claude cost rep"), "claude cost report");
    assert_eq!(becomes("claude cost report --period mo"), "claude cost report --period monthly");
    assert_eq!(becomes("claude cos"), "claude cost");
}

#[test]
fn fish() {
    FISH.passes_through(PLAIN);
    FISH.passes_through(&[
        "claude exit 7; echo \"code $status\"; claude; echo \"code $status\"",
        "set x (claude in < file); echo $x; claude $x[1..1]",
        "set argv a b; claude $argv; echo $argv; if claude exit 3; echo no; else; claude; end",
        "FOO=bar claude a; begin; claude b; end | cat",
        "cd /; claude; pwd",
    ]);
    own_words(&FISH, "Unknown command: claude");
    let home = home();
    let twice = FISH.load.repeat(2);
    let alias = format!("alias claude 'FOO=\"it\\'s\" command claude --model opus'\n{twice}");
    FISH.says(
        &home,
        &format!("{alias}claude a 'b c'\nclaude cost --version"),
        &both("4:[--model][opus][a][b c]it's"),
    );
    let function = "function claude; echo mine; claude -f $argv; claude cost --version; end\n";
    FISH.says(&home, &format!("{function}{twice}claude a"), &format!("mine\n{}", both("2:[-f][a]")));
    quoted(&FISH);
    signals(&FISH);
    let ask = |line: &str| FISH.run(&home, &format!("{}complete -C '{line}'", FISH.load)).said;
    offers(&ask("claude cost rep"), &["report"]);
    offers(&ask("claude cost report --period "), &["daily", "weekly", "monthly"]);
    offers(&ask("claude co"), &["cost"]);
}

/// What comes of `claude …` and a `claude cost --version` after it.
fn both(first: &str) -> String {
    format!("{first}\ncost-hook {}\n", env!("CARGO_PKG_VERSION"))
}

/// `claude cost` and its arguments, and a `claude` that is not there.
fn own_words(shell: &Shell, not_found: &str) {
    let home = home();
    let direct = |args: &[&str]| {
        let done = home.command("cost-hook").args(args).output().unwrap();
        let said = String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap();
        Answer { code: done.status.code(), said }
    };
    for (line, args) in [
        ("claude cost", &["status"][..]),
        ("claude cost --help", &["--help"]),
        ("claude cost report --period weekly", &["report", "--period", "weekly"]),
        ("claude cost session 'a b'", &["session", "a b"]),
        ("claude cost session ''", &["session", ""]),
        ("claude cost nonsense", &["nonsense"]),
    ] {
        assert_eq!(shell.loaded(&home, line), direct(args), "{}: {line}", shell.program);
    }
    fs::remove_file(home.path("bin/claude")).unwrap();
    for line in ["claude", "claude a b"] {
        let answer = shell.loaded(&home, line);
        assert_eq!(answer.code, Some(127), "{}: {}", shell.program, answer.said);
        assert!(answer.said.contains(not_found), "{}: {}", shell.program, answer.said);
    }
    assert_eq!(shell.loaded(&home, "claude cost --version").code, Some(0));
}

/// The program lies where nobody would put it.
fn quoted(shell: &Shell) {
    let home = home();
    let odd = "it's \"$HOME\" \\ `x`";
    fs::create_dir_all(home.path(odd)).unwrap();
    let there = home.path(odd).join("cost-hook");
    if fs::hard_link(env!("CARGO_BIN_EXE_cost-hook"), &there).is_err() {
        fs::copy(env!("CARGO_BIN_EXE_cost-hook"), &there).unwrap();
    }
    let printed = home.command(there.to_str().unwrap()).args(["init", shell.program]).output().unwrap();
    assert!(printed.status.success(), "{printed:?}");
    home.write("init", &String::from_utf8(printed.stdout).unwrap());
    shell.says(
        &home,
        "source ./init; PATH=/bin claude cost --version; cd /; claude cost --version",
        &[VERSION; 2].concat(),
    );
}

const VERSION: &str = concat!("cost-hook ", env!("CARGO_PKG_VERSION"), "\n");

/// Signals reach the program and nothing is left running: those sent to it alone, those a terminal sends to all of the
/// group, and those of a terminal's own Ctrl-C.
fn signals(shell: &Shell) {
    let after = if shell.program == "fish" { "$status" } else { "$?" };
    let script = format!("claude wait\necho \"code {after}\"");
    for (signal, group) in [("INT", false), ("TERM", false), ("INT", true), ("TERM", true)] {
        let answers = [false, true].map(|loaded| {
            let home = home();
            let script = if loaded { format!("{}{script}", shell.load) } else { script.clone() };
            let mut command = shell.command(&home, &script);
            let child = command.process_group(0).spawn().unwrap();
            let claude = ready(&home);
            let target = if group { format!("-{}", child.id()) } else { claude };
            let sent = Command::new("kill").args([&format!("-{signal}"), "--", &target]).status().unwrap();
            assert!(sent.success());
            // Ends with the last process that could still write.
            let done = child.wait_with_output().unwrap();
            (done.status, String::from_utf8(done.stdout).unwrap())
        });
        // Interrupted together with its program, fish says so of a function, and the program's own code of a program.
        if shell.program == "fish" && group && signal == "INT" {
            assert_eq!(answers[0].1, answers[1].1);
            assert_eq!(answers.each_ref().map(|answer| answer.0.code()), [Some(42), Some(130)]);
        } else {
            assert_eq!(answers[0], answers[1], "{} {signal} {group}", shell.program);
        }
        assert!(answers[1].1.contains(&format!("got {signal}")), "{} {answers:?}", shell.program);
    }
    let home = home();
    let interactive = format!("{} {}", shell.program, shell.plain[0]) + " -i";
    let mut command = shell.command(&home, "");
    let path = command.get_envs().find(|(name, _)| *name == "PATH").unwrap().1.unwrap().to_owned();
    command = home.command("script");
    let mut child = command
        .env("PATH", path)
        .args(["-qec", &interactive, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut keys = child.stdin.take().unwrap();
    let mut typed = |text: &str| std::io::Write::write_all(&mut keys, text.as_bytes()).unwrap();
    typed(&format!("{}claude wait\n", shell.load));
    ready(&home);
    typed("\u{3}");
    typed(&format!("echo \"code {after} is it\"\nexit\n"));
    let done = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(said.contains("got INT") && said.contains("code 42 is it"), "{}: {said}", shell.program);
}

/// The id of the stand-in's process, once it has set its traps.
fn ready(home: &Home) -> String {
    let since = Instant::now();
    loop {
        let text = fs::read_to_string(home.path("ready")).unwrap_or_default();
        if text.ends_with('\n') {
            return text.trim().to_string();
        }
        assert!(since.elapsed() < Duration::from_secs(60), "it never started");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// There is no PowerShell to be had from Debian, npm or PyPI: only the text can be looked at.
#[test]
fn powershell_init() {
    let home = Home::new();
    let script = home.ask(&["init", "powershell"]);
    assert_eq!(script, home.ask(&["init", "pwsh"]));
    let program = fs::canonicalize(env!("CARGO_BIN_EXE_cost-hook")).unwrap();
    for part in [
        "function global:claude {".to_string(),
        format!("$command = '{}'", program.display()),
        "$input | & $command @rest".to_string(),
        "Remove-Item Alias:claude".to_string(),
        "Get-Command -Name claude -CommandType Application".to_string(),
    ] {
        assert!(script.contains(&part), "{part}: {script}");
    }
    for (open, close) in [('{', '}'), ('(', ')')] {
        assert_eq!(script.matches(open).count(), script.matches(close).count(), "{open}{close}");
    }
}
