//! Is the program of a hook there, and can it be run? Only what is certain is reported: a command whose first word
//! depends on something unknown (a variable of the session's shell) is taken to be fine.

use std::path::{Path, PathBuf};

use crate::base::diagnostic::Findings;
use crate::base::env;
use crate::base::jsonc::Node;
use crate::base::platform::{self, Platform};
use crate::base::text::quoted;
use crate::base::words::{sentence, word};
use crate::claude::{install, shell};

/// What a command's first word is looked up in.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The folders of programs, as in the variable PATH; without it bare names are not judged.
    pub path: Option<&'a str>,
    pub home: &'a Path,
    /// The file is managed settings.
    pub managed: bool,
    /// The session's start folder, which hooks know as CLAUDE_PROJECT_DIR and mostly run in.
    pub project: &'a Path,
}

/// Words a shell understands by itself, and those that begin something longer than a simple command.
const SHELL_WORDS: [&str; 46] = [
    "!", ".", ":", "[", "[[", "{", "alias", "bg", "builtin", "case", "cd", "command", "declare", "echo",
    "eval", "exec", "exit", "export", "false", "fg", "for", "function", "hash", "if", "kill", "let", "local",
    "printf", "pwd", "read", "return", "set", "shift", "source", "test", "time", "times", "trap", "true",
    "type", "ulimit", "umask", "unset", "until", "wait", "while",
];
/// Programs whose first argument is the file that matters.
const INTERPRETERS: [&str; 12] =
    ["bash", "bun", "dash", "deno", "fish", "node", "perl", "php", "python", "python3", "ruby", "sh"];

/// Why a program cannot be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Missing,
    NotExecutable,
    Folder,
}

pub(super) fn check(
    text: &str,
    handler: &Node<'_>,
    around: &Surroundings<'_>,
    key: &str,
    findings: &mut Findings<'_>,
) {
    let Some(command) = handler.get("command").map(|member| &member.node) else { return };
    let Some(decoded) = command.as_str() else { return };
    let is_powershell = handler.get("shell").is_some_and(|member| member.node.as_str() == Some("powershell"));
    let words = if handler.get("args").is_some() {
        vec![decoded.to_string()]
    } else if is_powershell {
        return;
    } else {
        shell::first_words(decoded, 2)
    };
    let Some((program, fault)) = fault_of(&words, around, handler.get("args").is_some()) else { return };
    let ours = install::is_ours(text, handler);
    let (message, label) = match fault {
        Fault::Missing => (sentence!("no-program", program = quoted(&program)), word!("not-found")),
        Fault::NotExecutable => {
            (sentence!("cannot-be-executed", program = quoted(&program)), word!("not-executable"))
        }
        Fault::Folder => {
            (sentence!("program-is-folder", program = quoted(&program)), word!("no-program-here"))
        }
    };
    let found = if ours {
        findings.error("missing-program", command.range.clone(), message)
    } else {
        findings.warning("missing-program", command.range.clone(), message)
    };
    found.key = key.to_string();
    found.label = label.into();
    found.hints.push(if ours {
        word!("nothing-through-this-hook").into()
    } else {
        match fault {
            Fault::NotExecutable => {
                sentence!("make-executable-cure", command = format!("chmod +x {program}"))
            }
            _ => word!("goes-on-without").into(),
        }
    });
}

/// The word that cannot be run, and why.
fn fault_of(words: &[String], around: &Surroundings<'_>, exact: bool) -> Option<(String, Fault)> {
    let first = words.first()?;
    if !exact && SHELL_WORDS.contains(&first.as_str()) {
        return None;
    }
    let program = if exact { first.clone() } else { expanded(first, around)? };
    if let Some(Err(fault)) = judged(&program, around) {
        return Some((program, fault));
    }
    let name = Path::new(&program).file_name()?.to_str()?;
    let script = words.get(1).filter(|_| INTERPRETERS.contains(&name))?;
    let script = expanded(script, around)?;
    let is_path = script.contains('/') && !script.starts_with('-') && !script.contains("://");
    let full = around.project.join(&script);
    (is_path && !full.exists()).then_some((script, Fault::Missing))
}

/// The file that a program's name or path leads to. None when that depends on something unknown, and for a bare
/// name where nothing says in which folders programs are.
pub fn program(word: &str, around: &Surroundings<'_>) -> Option<Result<PathBuf, Fault>> {
    judged(&expanded(word, around)?, around)
}

fn judged(program: &str, around: &Surroundings<'_>) -> Option<Result<PathBuf, Fault>> {
    if program.contains(['/', '\\']) {
        let path = around.project.join(program);
        return Some(file_fault(&path).map_or(Ok(path), Err));
    }
    let path = around.path?;
    Some(named(platform::HERE, path, program).find(|path| file_fault(path).is_none()).ok_or(Fault::Missing))
}

/// Where a program's name may lead to, in the order in which it is looked for.
fn named(platform: Platform, path: &str, program: &str) -> impl Iterator<Item = PathBuf> {
    let has_ending = platform.endings().iter().any(|ending| !ending.is_empty() && program.ends_with(ending));
    let endings = if has_ending { &[""][..] } else { platform.endings() };
    platform.folders(path).flat_map(move |folder| {
        endings.iter().map(move |ending| Path::new(folder).join(format!("{program}{ending}")))
    })
}

fn file_fault(path: &Path) -> Option<Fault> {
    let Ok(found) = std::fs::metadata(path) else { return Some(Fault::Missing) };
    if found.is_dir() {
        return Some(Fault::Folder);
    }
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o111 == 0 {
        return Some(Fault::NotExecutable);
    }
    None
}

/// A word with the variables whose values are known; None when there are others.
fn expanded(word: &str, around: &Surroundings<'_>) -> Option<String> {
    let (home, project) = (around.home.display().to_string(), around.project.display().to_string());
    let mut word = word.to_string();
    for (name, value) in [(env::CLAUDE_PROJECT_DIR, &project), (env::HOME, &home)] {
        word = word.replace(&format!("${{{name}}}"), value).replace(&format!("${name}"), value);
    }
    if word == "~" || word.starts_with("~/") {
        word.replace_range(..1, &home);
    }
    let unknown = word.contains(['$', '`', '*', '?', '%']) || word.starts_with('~');
    (!unknown && !word.is_empty()).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_for_as_the_system_does() {
        let on = |platform, path, program| {
            named(platform, path, program).map(|path| path.display().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(on(Platform::Unix, "/a:/b", "jq"), ["/a/jq", "/b/jq"]);
        assert_eq!(on(Platform::Windows, "C/a", "jq"), ["C/a/jq.exe", "C/a/jq.cmd", "C/a/jq.bat", "C/a/jq"]);
        assert_eq!(on(Platform::Windows, "C/a;D/b", "jq.exe"), ["C/a/jq.exe", "D/b/jq.exe"]);
        assert_eq!(on(Platform::MacOs, "/a", "jq.exe"), ["/a/jq.exe"]);
    }
}
