//! The guide's console blocks, run: what a page shows is what the program answers, in one made-up world (`world`).
//!
//! A line `…` in a block stands for any lines, and `…` within a line for any characters. With `COST_HOOK_WRITE_GUIDE=1`
//! blocks that leave nothing out are written anew instead; the test still fails, so that nobody takes that for a pass.

mod chinese;
mod world;

use std::fs;
use std::path::{Path, PathBuf};

use super::support::Env;

/// Pages whose blocks all answer from this world. Those before them tell longer stories, which tests of their own hold.
const PAGES: &[&str] = &[
    "advise",
    "analyze",
    "blocks",
    "compare",
    "dashboard",
    "debug",
    "export",
    "ledger",
    "numbers",
    "pricing",
    "reconcile",
    "start",
    "trend",
    "watch",
];

struct Block {
    /// The lines of the page between the fences.
    from: usize,
    to: usize,
    command: String,
    shown: Vec<String>,
}

fn path(page: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/guide/{page}.md"))
}

/// Each command with the lines that are its answer.
fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match (line.strip_prefix("$ "), found.last_mut()) {
                (Some(command), _) => found.push(Block {
                    from: number + 1,
                    to: number + 1,
                    command: command.to_string(),
                    shown: Vec::new(),
                }),
                (None, Some(block)) => {
                    block.shown.push(line.to_string());
                    block.to = number + 1;
                }
                (None, None) => panic!("a block without a command: {line}"),
            },
        }
    }
    found
}

fn answer(env: &Env, command: &str) -> Vec<String> {
    let words: Vec<&str> = command.split(' ').collect();
    assert_eq!(words[0], "cost-hook", "{command}");
    let output = env.run(&words[1..]);
    assert_eq!(output.stderr, "", "{command}");
    let text = output.stdout.replace(env.project().to_str().unwrap(), world::SHOP);
    let text = text.replace(env.home().to_str().unwrap(), "/home/ada");
    let mut lines: Vec<String> = text.lines().map(String::from).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// Does a line answer to one that is shown, in which `…` stands for anything?
fn is_like(line: &str, shown: &str) -> bool {
    let mut parts = shown.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Do the lines answer to those shown, where a line `…` stands for any lines?
fn are_like(lines: &[String], shown: &[String]) -> bool {
    match shown.split_first() {
        None => lines.is_empty(),
        Some((first, more)) if first == "…" => (0..=lines.len()).any(|at| are_like(&lines[at..], more)),
        Some((first, more)) => {
            lines.split_first().is_some_and(|(line, rest)| is_like(line, first) && are_like(rest, more))
        }
    }
}

#[test]
fn blocks_show_what_the_program_answers() {
    let write = std::env::var_os("COST_HOOK_WRITE_GUIDE").is_some();
    let mut wrong = Vec::new();
    for page in PAGES {
        let env = world::of(page);
        let text = fs::read_to_string(path(page)).unwrap();
        let blocks = blocks(&text);
        assert!(!blocks.is_empty(), "{page}.md shows nothing");
        let mut lines: Vec<String> = text.lines().map(String::from).collect();
        let mut moved = 0_isize;
        for block in &blocks {
            let answer = answer(&env, &block.command);
            if are_like(&answer, &block.shown) {
                continue;
            }
            wrong.push(format!(
                "{page}.md line {}: {}\nanswers:\n{}",
                block.from,
                block.command,
                answer.iter().take(60).cloned().collect::<Vec<_>>().join("\n")
            ));
            if write && !block.shown.iter().any(|line| line.contains('…')) {
                let at = |line: usize| line.checked_add_signed(moved).unwrap();
                lines.splice(at(block.from)..at(block.to), answer.iter().cloned());
                moved +=
                    isize::try_from(answer.len()).unwrap() - isize::try_from(block.to - block.from).unwrap();
            }
        }
        // For `tests/pictures/run`, which makes a picture of it.
        if let Some(folder) = std::env::var_os("COST_HOOK_SCREENSHOTS").filter(|_| *page == "dashboard") {
            let made = env.project().join("cost-hook-dashboard.html");
            fs::copy(made, Path::new(&folder).join("dashboard.html")).unwrap();
        }
        if write {
            fs::write(path(page), lines.join("\n") + "\n").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_is_left_out_stands_for_anything_and_nothing_else_does() {
    let lines = |text: &str| -> Vec<String> { text.lines().map(String::from).collect() };
    let like = |answer: &str, shown: &str| are_like(&lines(answer), &lines(shown));
    assert!(like("a\nb\nc", "a\n…\nc") && like("a\nc", "a\n…\nc") && like("a\nb", "…"));
    assert!(!like("a\nb", "a") && !like("a", "a\nb") && !like("a\nb\nd", "a\n…\nc"));
    assert!(like("x (12 kB)", "x (… kB)") && like("{1}{2}", "{…}{…}") && !like("x (12 MB)", "x (… kB)"));
    assert!(!like("a…", "a") && !like("ab", "a…c"));
}
