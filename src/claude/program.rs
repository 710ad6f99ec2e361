//! Claude Code's own program: where it is, which version, and what other versions do otherwise. Asking it for its
//! version is all it is ever started for.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::base::disk;
use crate::base::env;
use crate::base::platform::{self, Platform};
use crate::base::words::{Word, word};

/// `2.1.330`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

/// The version everything here was measured with; `tests/client/package.json` pins it.
pub const TESTED: Version = Version(2, 1, 330);

/// What versions before a certain one do not do.
pub const SINCE: &[(Version, Word)] = &[
    (Version(1, 0, 54), word!("lack-prompt")),
    (Version(2, 1, 105), word!("lack-compaction")),
    (Version(2, 1, 122), word!("lack-faulty-entry")),
    (Version(2, 1, 211), word!("lack-clear")),
    (Version(2, 1, 212), word!("lack-streaming")),
    (Version(2, 1, 251), word!("lack-totals")),
    (Version(2, 1, 277), word!("lack-resume")),
];

impl Version {
    /// The first version number in a text.
    pub fn in_text(text: &str) -> Option<Self> {
        let words = text.split(|c: char| !c.is_ascii_digit() && c != '.');
        words.filter_map(Self::parse).next()
    }

    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '.');
        let mut number = || {
            let part = parts.next()?;
            let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            part[..digits].parse().ok()
        };
        Some(Self(number()?, number()?, number()?))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Every `claude` in the folders of programs and in the places its installers use, the one that a shell would take
/// first.
pub fn installed(path: Option<&str>, home: &Path, config: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for program in places(platform::HERE, path, home, config) {
        let same =
            |known: &PathBuf| std::fs::canonicalize(known).ok() == std::fs::canonicalize(&program).ok();
        if is_program(&program) && !found.iter().any(same) {
            found.push(program);
        }
    }
    found
}

/// Where it may be. What lies without an ending on Windows is a script for another shell, and no program.
fn places(platform: Platform, path: Option<&str>, home: &Path, config: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = platform.folders(path.unwrap_or_default()).map(PathBuf::from).collect();
    folders.push(config.join("local"));
    for below in [".local/bin", ".claude/local", ".npm-global/bin", ".npm/bin", ".volta/bin", ".bun/bin"] {
        folders.push(home.join(below));
    }
    let endings =
        platform.endings().iter().filter(|ending| platform != Platform::Windows || !ending.is_empty());
    let names: Vec<String> = endings.map(|ending| format!("claude{ending}")).collect();
    folders.iter().flat_map(|folder| names.iter().map(|name| folder.join(name))).collect()
}

fn is_program(path: &Path) -> bool {
    let Ok(found) = std::fs::metadata(path) else { return false };
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o111 == 0 {
        return false;
    }
    found.is_file()
}

/// Its version: from where it lies, else by asking it. None when neither says.
pub fn version_of(program: &Path, path: Option<&str>, home: &Path, patience: Duration) -> Option<Version> {
    let real = std::fs::canonicalize(program).ok()?;
    from_its_place(&real).or_else(|| ask(&real, path, home, patience))
}

/// The package it is part of, or the name the native installer gives it: `…/versions/2.1.330`.
fn from_its_place(real: &Path) -> Option<Version> {
    let in_versions = real.parent().and_then(Path::file_name).is_some_and(|name| name == "versions");
    if in_versions && let Some(version) = real.file_name()?.to_str().and_then(Version::parse) {
        return Some(version);
    }
    let package = real.ancestors().skip(1).take(3).find_map(|folder| {
        let text = disk::read_at_most(&folder.join("package.json"), 1 << 20).ok()??;
        let package: Value = serde_json::from_slice(&text).ok()?;
        package["name"].as_str()?.starts_with("@anthropic-ai/claude-code").then_some(package)
    })?;
    Version::parse(package["version"].as_str()?)
}

/// Asked for its version the program reads and writes nothing (measured with 2.1.330); it gets no more of the
/// environment than a wrapper script needs to find it.
fn ask(program: &Path, path: Option<&str>, home: &Path, patience: Duration) -> Option<Version> {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .env_clear()
        .current_dir("/")
        .env(env::HOME, home)
        .env(env::DISABLE_AUTOUPDATER, "1");
    command.env(env::PATH, path.unwrap_or_default());
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let answer = child.stdout.take()?;
    let (sender, receiver) = mpsc::channel();
    // In a thread of its own: a grandchild may keep the pipe open after the child was ended.
    std::thread::spawn(move || {
        let mut text = String::new();
        let _ = answer.take(4096).read_to_string(&mut text);
        let _ = sender.send(text);
    });
    let started = Instant::now();
    let text = receiver.recv_timeout(patience).ok();
    while child.try_wait().ok().flatten().is_none() {
        if text.is_none() || started.elapsed() >= patience {
            let _ = child.kill();
            let _ = child.wait();
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Version::in_text(&text?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_ordered() {
        assert_eq!(Version::in_text("2.1.330 (Claude Code)\n"), Some(TESTED));
        assert_eq!(Version::in_text("Claude Code v2.1.7-beta.1"), Some(Version(2, 1, 7)));
        assert_eq!(Version::in_text("no version 2.1"), None);
        assert!(Version(2, 1, 99) < Version(2, 1, 105));
        assert!(SINCE.is_sorted_by_key(|(version, _)| *version));
    }

    #[test]
    fn it_is_looked_for_where_the_system_has_programs() {
        let (home, config) = (Path::new("/home/ada"), Path::new("/conf"));
        let on = |platform, path| {
            let found = places(platform, Some(path), home, config).into_iter();
            found.map(|path| path.display().to_string()).take(4).collect::<Vec<_>>()
        };
        let unix = ["/a/claude", "/b/claude", "/conf/local/claude", "/home/ada/.local/bin/claude"];
        assert_eq!(on(Platform::Unix, "/a::/b"), unix);
        assert_eq!(on(Platform::MacOs, "/a:/b"), unix);
        let windows = ["C/a/claude.exe", "C/a/claude.cmd", "C/a/claude.bat", "/b/claude.exe"];
        assert_eq!(on(Platform::Windows, "C/a;/b"), windows);
    }

    #[test]
    fn the_tested_version_is_the_pinned_one() {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/client/package.json");
        let text = std::fs::read_to_string(manifest).unwrap();
        assert!(text.contains(&format!("\"@anthropic-ai/claude-code\": \"{TESTED}\"")), "{text}");
    }
}
