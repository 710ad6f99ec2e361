//! What a session shows in Chinese, word for word; who may ask for it; and what stays the same in every language.

use serde_json::{Value, json};

use super::{budget, prompt, reason, spend, told};
use crate::support::{Call, Env, Output};

const USED_UP: &str = "cost-hook：每日预算 $1.00（用户设置）已用尽：已花费 $1.00。它将于 2026 年 11 月 25 日周三 00:00（UTC）重置。\
                       要继续，请将下面这行作为提示词输入（或在终端中运行）：\ncost-hook allow 5 --reason \"...\"";

/// A world in Chinese with these settings.
fn chinese(mut settings: Value) -> Env {
    let env = Env::new();
    settings["cost"]["language"] = "zh-CN".into();
    env.settings(settings);
    env
}

/// With its language taken from the settings, and no language elsewhere.
fn used_up() -> Env {
    let env = chinese(budget("dailyBudget", 1.0));
    spend(&env, &env.session("s1"), "a", 100);
    env
}

/// Is the stop of a used up budget in Chinese?
#[track_caller]
fn speaks_chinese(env: &Env) -> bool {
    let session = env.session("s1");
    spend(env, &session, "a", 100);
    let why = reason(&prompt(env, &session, "go"));
    let english = "cost-hook: the daily budget of $1.00 (user settings) is used up: $1.00 spent. It resets on Wed 25 Nov 2026 \
                   00:00 (UTC). To go on, enter this as a prompt (or in a terminal):\ncost-hook allow 5 --reason \"...\"";
    assert!(why == USED_UP || why == english, "{why}");
    why == USED_UP
}

fn with(cost: Value) -> Value {
    let mut settings = budget("dailyBudget", 1.0);
    for (key, value) in cost.as_object().unwrap() {
        settings["cost"][key] = value.clone();
    }
    settings
}

#[test]
fn every_event_stops_in_the_same_words() {
    let env = used_up();
    let session = env.session("s1");
    let inputs = json!({"prompt": "go on", "tool_use_id": "toolu_1", "trigger": "manual"});
    let answer = |event: &str| env.hook(event, &session, inputs.clone()).json();
    assert_eq!(answer("UserPromptSubmit"), json!({"decision": "block", "reason": USED_UP}));
    assert_eq!(answer("PreCompact"), json!({"decision": "block", "reason": USED_UP}));
    assert_eq!(answer("PostToolUse"), json!({"continue": false, "stopReason": USED_UP}));
    assert_eq!(answer("PreToolUse")["hookSpecificOutput"]["permissionDecisionReason"], USED_UP);
    let other = env.hook("SessionStart", &env.session("s2"), json!({"source": "startup"}));
    assert_eq!(other.message(), USED_UP);
}

#[test]
fn other_limits_and_other_ends() {
    for (settings, words) in [
        (
            budget("weeklyBudget", 0.5),
            "每周预算 $0.50（用户设置）已用尽：已花费 $1.00。它将于 2026 年 11 月 30 日周一 00:00（UTC）重置。",
        ),
        (
            budget("monthlyBudget", 1.0),
            "每月预算 $1.00（用户设置）已用尽：已花费 $1.00。它将于 2026 年 12 月 1 日周二 00:00（UTC）重置。",
        ),
        (budget("sessionBudget", 1.0), "会话预算 $1.00（用户设置）已用尽：已花费 $1.00。它只计入本会话。"),
        (
            json!({"cost": {"limits": [{"name": "试点", "amount": 0.75, "period": "total", "action": "stop", "warnAt": 1}]}}),
            "限额“试点” $0.75（用户设置）已用尽：已花费 $1.00。它从不重置。",
        ),
    ] {
        let env = chinese(settings);
        let session = env.session("s1");
        spend(&env, &session, "a", 100);
        let why = reason(&prompt(&env, &session, "go"));
        assert!(why.starts_with(&format!("cost-hook：{words}要继续")), "{why}");
    }
    let env = chinese(json!({}));
    env.managed(budget("dailyBudget", 1.0));
    spend(&env, &env.session("s1"), "a", 100);
    let why = reason(&prompt(&env, &env.session("s1"), "go"));
    assert!(why.contains("每日预算 $1.00（托管设置）已用尽"), "{why}");
    assert!(why.ends_with("重置。它由您的管理员设定，无法在这里提高。"), "{why}");
}

#[test]
fn a_hard_limit_and_a_switch_of_the_model_are_refused_ahead() {
    let env = chinese(json!({"cost": {"hardLimit": 1, "warningThreshold": 1}}));
    let session = env.session("s1");
    spend(&env, &session, "a", 90);
    let why = reason(&prompt(&env, &session, "go"));
    assert!(why.starts_with("cost-hook：下一次调用（约 $"), "{why}");
    assert!(
        why.contains("）将超过硬限额 $1.00（用户设置）：已花费 $0.90。它将于 2026 年 12 月 1 日"),
        "{why}"
    );

    let env = chinese(budget("dailyBudget", 1.0));
    let session = env.session("s1");
    spend(&env, &session, "a", 80);
    let switch = json!({"to_model": "claude-sonnet-5-5", "estimated_cache_write_usd": 0.3});
    let answer = env.hook("PreModelSwitch", &session, switch).json();
    assert_eq!(
        answer["hookSpecificOutput"]["permissionDecisionReason"],
        "cost-hook：切换模型会把对话写入新的缓存，约需 $0.30，而预算只剩 $0.20。"
    );
}

#[test]
fn warnings_and_what_is_left() {
    let env = chinese(json!({"cost": {"dailyBudget": 10, "weeklyBudget": 10}}));
    let session = env.session("s1");
    session.call(&Call::cents("a", 800));
    let warned = env.hook("PostToolUse", &session, json!({"tool_use_id": "toolu_1"})).message();
    let lines: Vec<&str> = warned.lines().collect();
    assert_eq!(
        lines,
        [
            "cost-hook：每日预算（用户设置）已用 80%：$8.00 / $10.00。它将于 2026 年 11 月 25 日周三 00:00（UTC）重置。",
            "cost-hook：每周预算（用户设置）已用 80%：$8.00 / $10.00。它将于 2026 年 11 月 30 日周一 00:00（UTC）重置。",
        ]
    );
    let started = env.hook("SessionStart", &env.session("s2"), json!({"source": "startup"})).message();
    assert_eq!(started, "cost-hook：每日预算还剩 $2.00（共 $10.00）；每周预算还剩 $2.00（共 $10.00）。");
}

#[test]
fn the_status_line() {
    let env = used_up();
    env.var("NO_COLOR", "1");
    let session = env.session("s1");
    let line = env.statusline(&session, 1.0).ok().stdout;
    assert_eq!(line, "会话 $1.00 · 今日 $1.00 · 每日预算 100%（共 $1.00）已停止\n");
    prompt(&env, &session, "cost-hook allow --until 14:00 --reason 截止").ok();
    let line = env.statusline(&session, 1.0).ok().stdout;
    assert_eq!(line, "会话 $1.00 · 今日 $1.00 · 每日预算 100%（共 $1.00）已解除\n");
}

#[test]
fn raising_a_limit_by_its_chinese_name_too() {
    let env = used_up();
    let session = env.session("s1");
    let say = |text: &str| told(&prompt(&env, &session, text));
    assert_eq!(
        say("cost-hook allow 5 --reason 发布"),
        "cost-hook：每日预算在本周期内现为 $6.00（原为 $1.00），还剩 $5.00。"
    );
    assert_eq!(
        say("cost-hook allow 1 --limit 每日预算 --reason 发布"),
        "cost-hook：每日预算在本周期内现为 $7.00（原为 $6.00），还剩 $6.00。"
    );
    assert_eq!(
        say("cost-hook allow 1 --limit \"daily budget\" --reason 发布"),
        "cost-hook：每日预算在本周期内现为 $8.00（原为 $7.00），还剩 $7.00。"
    );
    assert_eq!(
        say("cost-hook allow --until 14:00 --limit 每日预算 --reason 发布"),
        "cost-hook：在 2026 年 11 月 24 日周二 14:00（UTC）之前，每日预算不会停止任何操作。"
    );
    assert_eq!(say("cost-hook allow 5"), "cost-hook：提高限额必须给出理由；请加上 --reason \"...\"");
    assert_eq!(say("cost-hook allow 五 --reason x"), "cost-hook：“五”不是以 USD 计的金额；例如 5 或 2.50");
    assert_eq!(
        say("cost-hook allow 5 --limit 夜班 --reason x"),
        "cost-hook：没有名为“夜班”的限额；这里的限额：每日预算"
    );
    let typed = env.run(&["allow", "2", "--limit", "每日预算", "--reason", "发布"]).ok();
    assert_eq!(typed.stdout, "每日预算在本周期内现为 $10.00（原为 $8.00），还剩 $9.00。\n");
    let refused = env.run(&["allow", "0", "--reason", "x"]);
    assert_eq!((refused.code, refused.stderr.as_str()), (Some(64), "错误：金额必须大于零\n"));
    let names: Vec<Value> = env
        .lines()
        .into_iter()
        .filter(|line| line["kind"] == "override")
        .map(|line| line["limit"].clone())
        .collect();
    assert!(names.len() == 5 && names.iter().all(|name| name == "user:dailyBudget"), "{names:?}");
}

#[test]
fn the_model_is_told_in_chinese_too() {
    let env = used_up();
    env.settings(json!({"cost": {"language": "zh-CN"}}));
    let input = json!({"tool_name": "Bash", "tool_use_id": "t1", "tool_input": {"command": "cost-hook allow 5 --reason x"}});
    let answer = env.hook("PreToolUse", &env.session("s1"), input).json();
    assert_eq!(
        answer["hookSpecificOutput"]["permissionDecisionReason"],
        "cost-hook：限额由键盘前的人提高，而不是由模型提高。请让用户把 `cost-hook allow` 那一行作为提示词输入。"
    );
}

#[test]
fn faults_are_told_with_what_follows() {
    let message = |on_error: &str| {
        let env = chinese(json!({"cost": {"onError": on_error}}));
        // A file where the folder of the ledger should be.
        env.write(&env.data().join("ledger"), b"");
        let answer = env.hook("UserPromptSubmit", &env.session("s1"), json!({"prompt": "go"})).json();
        [&answer["systemMessage"], &answer["reason"]]
            .iter()
            .find_map(|text| text.as_str())
            .unwrap()
            .to_string()
    };
    let told = message("allow");
    assert!(told.starts_with("cost-hook 无法工作：cannot "), "{told}");
    assert!(told.ends_with("。没有调用会丢失：恢复工作后会补记；在此之前预算不起作用。"), "{told}");
    assert!(message("block").ends_with("。cost.onError 为 `block`。"), "{}", message("block"));

    let env = chinese(json!({"cost": {"dailyBudgte": 1}}));
    let told = env.hook("UserPromptSubmit", &env.session("s1"), json!({"prompt": "go"})).message();
    assert!(told.starts_with("cost-hook：") && told.ends_with("。请运行 `cost-hook validate`。"), "{told}");
    let env = chinese(json!({"cost": {"dailyBudgte": 1, "weekly": 2}}));
    let told = env.hook("UserPromptSubmit", &env.session("s1"), json!({"prompt": "go"})).message();
    assert!(told.ends_with("（另有 1 个问题）。请运行 `cost-hook validate`。"), "{told}");
}

#[test]
fn status_and_session() {
    let env = chinese(json!({"cost": {"dailyBudget": 10, "autoStopAtBudget": true, "limits": [
        {"name": "文档", "amount": 8, "period": "total", "branch": "docs/*", "action": "warn"}
    ]}}));
    spend(&env, &env.session("s1"), "a", 215);
    env.var("LANG", "zh_CN.UTF-8");
    assert_eq!(
        env.run(&["status"]).ok().stdout,
        "\
今日  $2.15   1 次调用
本月  $2.15   1 次调用

每日预算  ████░░░░░░░░░░░░░░░░   21%  $2.15 / $10.00
          停止（用户设置）；11 月 25 日周三 00:00 重置（12 小时 0 分钟后）
文档      ░░░░░░░░░░░░░░░░░░░░    0%  $0.00 / $8.00
          警告（用户设置）；计入分支 docs/*；从不重置
"
    );
    let session = env.run(&["session", "s1"]).ok().stdout;
    let head: Vec<&str> = session.lines().collect();
    assert_eq!(head[0], "会话 s1");
    assert_eq!(head[2], "$2.15，1 次调用（537,500 token），11 月 24 日周二 12:00 至 11 月 24 日周二 12:00");
    assert!(head[4].starts_with("模型 ") && head[4].ends_with("费用"), "{session}");
    let missing = env.run(&["session", "s2"]);
    assert_eq!(
        (missing.code, missing.stderr.as_str()),
        (Some(1), "错误：没有已记账的会话 `s2`\n提示：`cost-hook report --period session` 会列出所有会话\n")
    );
    env.settings(json!({"cost": {"language": "zh-CN"}}));
    assert!(env.run(&["status"]).ok().stdout.contains("未设置预算。要在每天花费 10 美元时停止："));
}

#[test]
fn the_locale_asks_and_the_first_one_set_decides() {
    for (variables, is_chinese) in [
        (&[("LANG", "zh_CN.UTF-8")][..], true),
        (&[("LC_MESSAGES", "zh_CN.UTF-8"), ("LANG", "de_DE.UTF-8")], true),
        (&[("LC_ALL", "C"), ("LC_MESSAGES", "zh_CN.UTF-8"), ("LANG", "zh_CN.UTF-8")], false),
        (&[("LC_ALL", "zh_CN.UTF-8"), ("LANG", "en_US.UTF-8")], true),
        (&[("LC_ALL", ""), ("LANG", "zh_CN.UTF-8")], true),
        (&[("LC_CTYPE", "zh_CN.UTF-8")], false),
        (&[("LANG", "zh_TW.UTF-8")], false),
        (&[], false),
    ] {
        let env = Env::new();
        env.settings(budget("dailyBudget", 1.0));
        for (name, value) in variables {
            env.var(name, value);
        }
        assert_eq!(speaks_chinese(&env), is_chinese, "{variables:?}");
    }
}

#[test]
fn managed_settings_decide_then_yours_and_a_project_has_no_say() {
    let env = Env::new();
    env.var("LANG", "zh_CN.UTF-8").settings(with(json!({"language": "en"})));
    assert!(!speaks_chinese(&env), "settings come before the locale");
    for tag in ["zh-CN", "zh", "zh-Hans"] {
        let env = Env::new();
        env.settings(with(json!({"language": tag})));
        assert!(speaks_chinese(&env), "{tag}");
    }
    let env = Env::new();
    env.settings(with(json!({"language": "zh-CN"}))).managed(json!({"cost": {"language": "en"}}));
    assert!(!speaks_chinese(&env), "managed settings come first");
    let env = Env::new();
    env.settings(with(json!({"language": "zh-CN"}))).managed(json!({"cost": {"language": "auto"}}));
    assert!(!speaks_chinese(&env), "and may leave it to the locale");
    for local in [false, true] {
        let env = Env::new();
        env.settings(budget("dailyBudget", 1.0));
        let theirs = json!({"cost": {"language": "zh-CN"}});
        if local {
            env.local_settings(theirs)
        } else {
            env.project_settings(theirs)
        };
        assert!(!speaks_chinese(&env), "a project's settings say nothing of it");
    }
    // What is no language leaves the locale to decide, and is told.
    let env = Env::new();
    env.var("LANG", "zh_CN.UTF-8").settings(with(json!({"language": "klingon"})));
    assert!(speaks_chinese(&env));
    let found = env.run(&["validate"]);
    assert_eq!(found.code, Some(1));
    assert!(found.stderr.contains("zh-CN") || found.stdout.contains("zh-CN"), "{found:?}");
}

#[test]
fn what_machines_read_is_in_no_language() {
    let outputs = |language: &str| {
        let env = Env::new();
        env.settings(with(json!({"language": language, "limits": [
            {"name": "夜", "amount": 3, "period": "weekly", "model": "opus"}
        ]})));
        spend(&env, &env.session("s1"), "a", 215);
        let run = |args: &[&str]| {
            let Output { code, stdout, stderr } = env.run(args);
            // Where the world is differs from run to run, and is as long.
            let root = env.root().display().to_string();
            (code, stdout.replace(&root, "ROOT"), stderr.replace(&root, "ROOT"))
        };
        [
            &["status", "--json"][..],
            &["session", "s1", "--json"],
            &["report", "--json"],
            &["report", "--format", "csv"],
            &["breakdown", "--by", "model", "--json"],
            &["export", "--format", "csv"],
            &["export", "--format", "jsonl"],
            &["analyze", "--json"],
            &["trend", "--format", "csv"],
            &["blocks", "--json"],
            &["pricing", "list", "--json"],
            &["allow", "1", "--limit", "daily budget", "--reason", "x", "--json"],
        ]
        .map(run)
    };
    for (english, chinese) in outputs("en").iter().zip(&outputs("zh-CN")) {
        assert_eq!(english.0, Some(0), "{english:?}");
        assert_eq!(english, chinese);
    }
}
