//! What reports answer in Chinese, word for word and column by column: `chinese/PAGE.txt` holds commands and their answers
//! in the world of the page of that name, each at the width before it. With `COST_HOOK_WRITE_GUIDE=1` the answers are
//! written anew, and the test fails all the same.

use std::fs;
use std::path::{Path, PathBuf};

use cost_hook::base::width::columns;

use super::{answer, world};
use crate::support::Env;

const PAGES: &[&str] = &[
    "advise",
    "analyze",
    "blocks",
    "compare",
    "config",
    "debug",
    "ledger",
    "pricing",
    "reconcile",
    "start",
    "trend",
    "validate",
    "watch",
];

fn path(page: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/guide/chinese/{page}.txt"))
}

fn world_of(page: &str) -> Env {
    let env = world::of(page);
    env.var("LC_ALL", "zh_CN.UTF-8");
    env
}

/// The width and the command of a line such as `60 $ cost-hook blocks`.
fn asked(line: &str) -> Option<(&str, &str)> {
    let (width, command) = line.split_once(" $ ")?;
    width.parse::<usize>().ok()?;
    Some((width, command))
}

#[test]
fn pages_show_what_the_program_answers_in_chinese() {
    let write = std::env::var_os("COST_HOOK_WRITE_GUIDE").is_some();
    let mut wrong = String::new();
    for page in PAGES {
        let env = world_of(page);
        let text = fs::read_to_string(path(page)).unwrap();
        let mut now = String::new();
        for line in text.lines() {
            let Some((width, command)) = asked(line) else { continue };
            env.var("COLUMNS", width);
            now.push_str(&format!("{line}\n"));
            for line in answer(&env, command) {
                now.push_str(&format!("{line}\n"));
            }
        }
        assert!(now.contains("cost-hook"), "{page} shows nothing");
        if now != text {
            wrong.push_str(&now);
            if write {
                fs::write(path(page), now).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn nothing_is_wider_than_the_terminal() {
    // What stands in a file, and the sentences about it, are not broken.
    for page in PAGES.iter().filter(|page| !["config", "validate"].contains(page)) {
        let env = world_of(page);
        let text = fs::read_to_string(path(page)).unwrap();
        for command in text.lines().filter_map(asked).map(|(_, command)| command) {
            for width in [60, 80, 100, 140] {
                env.var("COLUMNS", &width.to_string());
                for line in answer(&env, command) {
                    assert!(columns(&line) <= width, "{command} at {width}: {line}");
                }
            }
        }
    }
}

#[test]
fn what_programs_read_is_in_no_language() {
    for page in PAGES {
        let env = world_of(page);
        let text = fs::read_to_string(path(page)).unwrap();
        let mut commands: Vec<&str> = text.lines().filter_map(asked).map(|(_, command)| command).collect();
        commands.dedup();
        for command in commands {
            let words: Vec<&str> = command.split(' ').skip(1).collect();
            for form in [&["--json"][..], &["--format", "csv"]] {
                let said = |locale: &str| {
                    env.var("LC_ALL", locale);
                    env.run(&[&words[..], form].concat())
                };
                let (english, chinese) = (said("C.UTF-8"), said("zh_CN.UTF-8"));
                assert_eq!(english.stdout, chinese.stdout, "{command} {form:?}");
                assert_eq!(english.code, chinese.code);
                assert!(form != ["--json"] || english.stdout.starts_with('{'), "{command}: {english:?}");
            }
        }
    }
}

#[test]
fn new_prices_are_told_in_chinese() {
    let env = world_of("pricing");
    env.var("COLUMNS", "300");
    let update = "cost-hook pricing update model_prices_and_context_window.json --dry-run";
    let said = answer(&env, update).join("\n");
    let expected = "\
模型           价格  现行   新
──────────────────────────────
claude-opus-5  输入     5  5.5
claude-opus-6  输入     -    6
               输出     -   30
2 个模型的价格将写入 /home/ada/.claude/settings.json，以每百万 token 的 USD 计。它们适用于从现在起记账的调用；已记账的费用不变。
";
    assert!(said.starts_with(expected), "{said}");
}

#[test]
fn the_dashboard_is_a_page_in_chinese() {
    let env = world_of("dashboard");
    let html = env.run(&["dashboard", "--output", "-"]).ok().stdout;
    assert!(html.starts_with("<!doctype html>\n<html lang=\"zh-CN\">"));
    for text in
        ["<title>Claude Code 费用</title>", "跳到各项数字", "本页需要 JavaScript 才能显示图表。总计："]
    {
        assert!(html.contains(text), "{text}");
    }
    let (_, data) = html.split_once("<script type=\"application/json\" id=\"data\">").unwrap();
    let data: serde_json::Value = serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap();
    assert_eq!(data["language"], "zh-CN");
    assert_eq!(data["words"]["page-calls"][0], "{calls} 次调用");
    assert_eq!(data["limits"][0]["name"], "每日预算");
    assert_eq!(data["limits"][0]["facts"], "用户设置；警告；它将于 2026 年 11 月 25 日周三 00:00（UTC）重置");
    let said = answer(&env, "cost-hook dashboard");
    assert!(said[1].starts_with("$24.73，915 次调用，2026-09-28 至 2026-11-24（"), "{said:?}");
    env.var("LC_ALL", "C.UTF-8");
    let english = env.run(&["dashboard", "--output", "-"]).ok().stdout;
    assert!(english.starts_with("<!doctype html>\n<html lang=\"en\">"));
}

#[test]
fn what_stands_in_files_of_the_ledger_is_in_no_language() {
    let env = world_of("ledger");
    let segments = env.segments();
    env.append(&segments[0], b"[1]\n");
    let found = env.run(&["ledger", "verify"]).stdout;
    assert!(found.contains("不是账本的行（JSON, but not a ledger line"), "{found}");
    let json = env.run(&["ledger", "repair", "--dry-run", "--json"]).json();
    assert_eq!(json["did"][1], "1 damaged line moved to unreadable.jsonl", "{json}");
    let repaired = env.run(&["ledger", "repair"]).ok().stdout;
    assert!(
        repaired.starts_with("已修复\n") && repaired.contains("把 1 个损坏的行移到 unreadable.jsonl"),
        "{repaired}"
    );
    let aside = fs::read_to_string(env.data().join("ledger/unreadable.jsonl")).unwrap();
    assert!(aside.contains("\"why\":\"JSON, but not a ledger line"), "{aside}");
}
