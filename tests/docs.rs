//! The pages people read: every relative link leads somewhere, and every command line shown can be typed. What the
//! commands answer is tested with the commands.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::support::Env;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

struct Page {
    path: PathBuf,
    text: String,
}

impl Page {
    fn read(path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).unwrap();
        Self { path, text }
    }

    fn name(&self) -> String {
        self.path.strip_prefix(ROOT).unwrap_or(&self.path).display().to_string()
    }

    /// Lines with the language of the fenced block they are in; None is plain text.
    fn lines(&self) -> Vec<(Option<&str>, &str)> {
        let mut block = None;
        let mut lines = Vec::new();
        for line in self.text.lines() {
            match (line.trim_start().strip_prefix("```"), block) {
                (Some(language), None) => block = Some(language.trim()),
                (Some(_), Some(_)) => block = None,
                (None, _) => lines.push((block, line)),
            }
        }
        assert!(block.is_none(), "{} has a block without an end", self.name());
        lines
    }

    fn links(&self) -> Vec<String> {
        let prose = self.lines().into_iter().filter(|(block, _)| block.is_none());
        prose.flat_map(|(_, line)| links_of(line)).collect()
    }

    /// The names that `#name` may have.
    fn anchors(&self) -> BTreeSet<String> {
        let mut anchors = BTreeSet::new();
        for (block, line) in self.lines() {
            if block.is_none() && line.starts_with('#') {
                let plain = anchor(line.trim_start_matches('#').trim());
                let again = (1..).map(|count| format!("{plain}-{count}"));
                let free = std::iter::once(plain.clone()).chain(again).find(|name| !anchors.contains(name));
                anchors.extend(free);
            }
        }
        anchors
    }
}

/// What GitHub makes of a heading: lower case, dashes for spaces, everything else but letters and digits gone.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

/// The targets of `[text](target)`, code left out.
fn links_of(line: &str) -> Vec<String> {
    let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("code");
    let targets = prose.split("](").skip(1);
    targets.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.to_string()).collect()
}

/// The pages at the root and everything below `docs`.
fn pages() -> Vec<Page> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(ROOT)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if path.starts_with(Path::new(ROOT).join("docs")) {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(Page::read(path));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn broken_links(page: &Page) -> Vec<String> {
    let mut broken = Vec::new();
    for link in page.links().iter().filter(|link| !link.contains("://") && !link.starts_with("mailto:")) {
        let (file, name) = link.split_once('#').unwrap_or((link, ""));
        let path = if file.is_empty() { page.path.clone() } else { page.path.parent().unwrap().join(file) };
        let leads = match (path.exists(), name) {
            (exists, "") => exists,
            (true, name) => Page::read(path).anchors().contains(name),
            (false, _) => false,
        };
        if !leads {
            broken.push(format!("{}: {link}", page.name()));
        }
    }
    broken
}

#[test]
fn every_relative_link_leads_somewhere() {
    let pages = pages();
    assert!(pages.iter().any(|page| page.name() == "README.md"));
    let broken: Vec<String> = pages.iter().flat_map(broken_links).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.md");
    let text = "# Où, & how\n[a](#où--how) [b](b.md) [c](#nowhere) `[d](d.md)` [e](https://e.md) [f](a.md#où--how)\n";
    fs::write(&path, text).unwrap();
    let broken = broken_links(&Page::read(path));
    let targets: Vec<&str> = broken.iter().filter_map(|line| line.rsplit(": ").next()).collect();
    assert_eq!(targets, ["b.md", "#nowhere"]);
}

/// The words of a command line as a shell would see them, up to what makes it more than one command.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), c) => words.last_mut().unwrap().push(c),
            (None, '"' | '\'') => quote = Some(c),
            (None, '|' | '>' | '<' | '&' | ';') => break,
            (None, ' ') => words.push(String::new()),
            (None, c) => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Lines of blocks that somebody may type: after a `$` in a console, as such in a shell's block.
fn commands(page: &Page) -> Vec<Vec<String>> {
    let typed = page.lines().into_iter().filter_map(|(block, line)| match block {
        Some("console") => line.strip_prefix("$ "),
        Some("sh" | "bash") => Some(line),
        _ => None,
    });
    typed.map(words).filter(|words| words.first().is_some_and(|first| first == "cost-hook")).collect()
}

#[test]
fn every_command_shown_can_be_typed() {
    let env = Env::new();
    let mut count = 0;
    for page in pages() {
        for words in commands(&page) {
            let arguments: Vec<&str> = words[1..].iter().map(String::as_str).chain(["--help"]).collect();
            let answer = env.run(&arguments);
            assert_eq!(answer.code, Some(0), "{}: {}\n{}", page.name(), words.join(" "), answer.stderr);
            count += 1;
        }
    }
    assert!(count >= 20, "only {count} command lines were found");
    assert_eq!(
        words("cost-hook allow 5 --reason \"a b\" | cat"),
        ["cost-hook", "allow", "5", "--reason", "a b"]
    );
    assert_ne!(env.run(&["nonsense", "--help"]).code, Some(0));
    assert_ne!(env.run(&["report", "--nonsense", "--help"]).code, Some(0));
}

#[test]
fn the_page_of_commands_names_every_one() {
    let help = Env::new().run(&["--help"]).ok().stdout;
    let list = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let starts = |line: &&str| line.starts_with("  ") && line.as_bytes().get(2).is_some_and(|b| *b != b' ');
    let names: Vec<&str> =
        list.lines().filter(starts).filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() > 10, "{names:?}");
    let page = fs::read_to_string(Path::new(ROOT).join("docs/guide/commands.md")).unwrap();
    for name in names.iter().filter(|name| **name != "help") {
        assert!(page.contains(&format!("`cost-hook {name}")), "commands.md does not name `cost-hook {name}`");
    }
}

/// The tests a page names: `tests/hook/files.rs::absurd_counts_do_not_wrap`.
fn tests_of(page: &Page) -> Vec<String> {
    let named = page.text.split('`').skip(1).step_by(2);
    named.filter(|text| text.contains(".rs::") && !text.contains(' ')).map(str::to_string).collect()
}

/// Does a test of this name stand in that file, marked as one?
fn is_test(named: &str) -> bool {
    let Some((file, name)) = named.split_once("::") else { return false };
    let text = fs::read_to_string(Path::new(ROOT).join(file)).unwrap_or_default();
    let wanted = format!("fn {name}(");
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    let Some(at) = lines.iter().position(|line| line.starts_with(&wanted)) else { return false };
    // Its attributes and comments stand right above it; in `proptest!` the same.
    lines[..at]
        .iter()
        .rev()
        .take_while(|line| line.starts_with("#[") || line.starts_with("//"))
        .any(|line| *line == "#[test]")
}

#[test]
fn the_security_page_names_tests_that_there_are() {
    let page = Page::read(Path::new(ROOT).join("docs/design/security.md"));
    let named = tests_of(&page);
    let missing: Vec<&String> = named.iter().filter(|named| !is_test(named)).collect();
    assert!(missing.is_empty(), "no such tests: {missing:#?}");
    // Each threat has its own heading, and names at least one.
    for threat in page.text.split("\n## ").skip(1) {
        let (heading, body) = threat.split_once('\n').unwrap_or((threat, ""));
        let own = heading.starts_with("What is not defended") || body.contains(".rs::");
        assert!(own, "`{heading}` names no test");
    }
    assert!(!is_test("tests/docs.rs::tests_of") && !is_test("tests/docs.rs::gone") && !is_test("gone.rs::x"));
}
