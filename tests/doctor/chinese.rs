//! The same checks for somebody who reads Chinese: every look of these tests is taken in both languages. Programs are told
//! the same, and people nothing in English but what others wrote.

use std::fs;

use serde_json::{Value, json};

use super::{Report, change, healthy};
use crate::support::Env;

const CHINESE: &str = "zh_CN.UTF-8";

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// How much room a disk has is another thing each time.
fn without_space(document: &Value) -> Value {
    let mut document = document.clone();
    for check in document["checks"].as_array_mut().unwrap() {
        if check["id"] == "disk-space" {
            check["message"] = json!("");
        }
    }
    document
}

/// A line without the word before it.
fn text_of(line: &str) -> &str {
    let words = ["正常", "警告", "错误", "解决办法：", "或者："];
    words.iter().find_map(|word| line.trim().strip_prefix(word)).unwrap_or(line).trim()
}

/// Takes the look once more, in Chinese.
#[track_caller]
pub(super) fn holds(env: &Env, args: &[&str], english: &Report) {
    env.var("LC_ALL", CHINESE).var("COLUMNS", "2000");
    let output = env.command(&[&["doctor", "--json"], args].concat()).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(without_space(&document), without_space(&english.document));
    let said = env.run(&[&["doctor", "--verbose"], args].concat()).stdout;
    env.var("LC_ALL", "C.UTF-8");
    // A name, an address, a command, what the system says, and what was found at a place in a file.
    let theirs = |line: &str| {
        ["Claude Code", "ANTHROPIC_", "chmod ", "cannot ", "/"].iter().any(|start| line.starts_with(start))
    };
    for line in said.lines().map(text_of).filter(|line| !line.is_empty()) {
        assert!(is_chinese(line) || theirs(line), "`{line}` is not Chinese:\n{said}");
    }
}

/// What is said of a group, and the last lines.
fn group(said: &str, heading: &str) -> String {
    let groups: Vec<&str> = said.split("\n\n").collect();
    let found = groups.iter().find(|group| group.starts_with(heading)).unwrap();
    format!("{found}\n\n{}", groups.last().unwrap())
}

#[test]
fn what_is_wrong_and_how_to_mend_it() {
    let env = healthy();
    change(&env, |settings| {
        settings["hooks"].as_object_mut().unwrap().remove("PreCompact");
    });
    let file = env.config().join("settings.json").display().to_string();
    let program = env!("CARGO_BIN_EXE_cost-hook");
    env.var("LC_ALL", CHINESE).var("COLUMNS", "300");
    let said = env.run(&["doctor"]).ok().stdout;
    assert_eq!(
        group(&said, "钩子"),
        format!(
            "\
钩子
  警告  14 个事件中的 13 个有钩子，位于 {file}（用户设置） [hooks]
        缺少：`PreCompact`
        没有 PreCompact，用尽的预算无法拦停压缩
        解决办法：`cost-hook install` 会补上缺少的钩子
  正常  {program} 存在，可以运行
  正常  每个事件运行程序一次
  正常  没有设置关闭钩子
  正常  {project} 受信任
  正常  状态栏是 cost-hook 的，位于 {file}（用户设置）
  正常  最新的调用（2026-11-24 12:00）已记账

28 项检查中有 1 个警告。
其中 1 项可以用 cost-hook doctor --fix 修复。
",
            project = env.project().display()
        )
    );
    let dry = env.run(&["doctor", "--fix", "--dry-run"]).ok().stdout;
    assert!(
        dry.starts_with(&format!("将修复\n  hooks: 添加了 1 个钩子（{file}）\n\nClaude Code\n")),
        "{dry}"
    );
    let mended = env.run(&["doctor", "--fix"]).ok().stdout;
    let expected = format!(
        "已修复\n  hooks: 添加了 1 个钩子（{file}）\n  hooks: 更改之前的文件：{file}.cost-hook-backup\n\nClaude Code\n"
    );
    assert!(mended.starts_with(&expected), "{mended}");
    assert!(mended.ends_with("\n\n一切正常：共 28 项检查。\n"), "{mended}");
    let nothing = env.run(&["doctor", "--fix"]).ok().stdout;
    assert!(nothing.starts_with("没有无须您参与就能修复的问题。\n\n"), "{nothing}");
}

#[test]
fn lines_are_wrapped_by_columns() {
    let env = healthy();
    fs::remove_file(env.config().join("settings.json")).unwrap();
    env.var("LC_ALL", CHINESE).var("COLUMNS", "60");
    let said = env.run(&["doctor", "--offline"]).stdout;
    assert_eq!(
        group(&said, "钩子").lines().take(5).collect::<Vec<_>>().join("\n"),
        "\
钩子
  错误  任何设置文件中都没有钩子：什么都不记录，也什么都不拦
        停 [hooks]
        解决办法：`cost-hook install` 会将钩子写入您的设置
  正常  没有设置关闭钩子"
    );
}
