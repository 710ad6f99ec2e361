//! What is said of settings and of managed hooks in Chinese; documents and other programs' forms are in no language.

use serde_json::json;

use crate::support::{Call, Env};

fn env() -> Env {
    let env = Env::new();
    env.var("LC_ALL", "zh_CN.UTF-8").var("COLUMNS", "100");
    env
}

/// Paths of a world as they are shown here.
fn shown(env: &Env, text: &str) -> String {
    text.replace(env.managed_dir().to_str().unwrap(), "/managed")
        .replace(env.project().to_str().unwrap(), "/work")
        .replace(env.home().to_str().unwrap(), "/home/ada")
}

#[test]
fn what_may_not_be_set_is_told() {
    let env = env();
    env.write(&env.config().join("settings.json"), b"{\n  \"cost\": {\n    \"dailyBudget\": 5\n  }\n}\n");
    let refused = env.run(&["config", "set", "cost.warningThreshold", "80"]);
    assert_eq!(refused.code, Some(1));
    assert_eq!(
        shown(&env, &refused.stderr),
        "\
错误[out-of-range]: `cost.warningThreshold` 大于 1
 --> /home/ada/.claude/settings.json:4:25
  |
4 |     \"warningThreshold\": 80
  |                         ^^ 应为 0 到 1 的数字
  |
  = 解决办法: 百分之 80 请写作 0.8

错误：没有更改 `cost.warningThreshold`：否则 /home/ada/.claude/settings.json 就不再正确
"
    );
    let hint = |args: &[&str]| {
        let said = env.run(args).stderr;
        said.lines().find(|line| line.starts_with("提示：")).unwrap_or(&said).to_string()
    };
    assert_eq!(
        hint(&["config", "set", "cost.dailyBudget", "much"]),
        "提示：金额的写法如 10、2.50、$10 或 \"10 USD\""
    );
    assert_eq!(hint(&["config", "set", "cost.onError", "x"]), "提示：应为 `allow` 或 `block`");
    assert_eq!(
        hint(&["config", "get", "cost.weeklyBudget"]),
        "提示：`cost-hook config explain cost.weeklyBudget` 说明它的含义"
    );
}

#[test]
fn a_setting_is_written_and_where_it_has_no_effect_is_told() {
    let env = env();
    let set = env.run(&["config", "set", "cost.dailyBudget", "10"]).ok().stdout;
    assert_eq!(
        shown(&env, &set),
        "cost.dailyBudget 在用户设置（/home/ada/.claude/settings.json）中现为 10。\n"
    );
    let set = env.run(&["config", "set", "cost.dailyBudget", "12"]).ok().stdout;
    assert_eq!(
        shown(&env, &set),
        "cost.dailyBudget 在用户设置中现为 12（原为 10）。\n  更改之前的文件：/home/ada/.claude/settings.json.cost-hook-backup\n"
    );
    let unset = env.run(&["config", "unset", "cost.dailyBudget"]).ok().stdout;
    assert!(unset.starts_with("cost.dailyBudget 在用户设置中不再设置（原为 12）。\n"), "{unset}");
    env.managed(json!({"cost": {"timezone": "UTC"}}));
    let said = env.run(&["config", "set", "cost.timezone", "Europe/Berlin"]);
    assert_eq!(
        shown(&env, &said.stderr),
        "警告：`cost.timezone` 写在那里不起作用：被 /managed/managed-settings.json 覆盖\n"
    );
}

#[test]
fn managed_hooks_come_and_go() {
    let env = env();
    let installed = env.run(&["install", "--scope", "managed"]).ok();
    let text = shown(&env, &installed.stdout);
    assert!(text.starts_with("已更改 /managed/managed-settings.d/50-cost-hook.json\n"), "{text}");
    assert!(
        text.ends_with(
            "这台机器的所有用户从下一个会话起使用它们。面向所有人的预算写入同一个文件，\n\
             或旁边的另一个文件：docs/zh/guide/organisations.md\n\
             撤销：cost-hook uninstall --scope managed\n"
        ),
        "{text}"
    );
    let dry = env.run(&["install", "--scope", "managed", "--dry-run"]).ok();
    assert!(
        shown(&env, &dry.stderr).ends_with(
            "未做任何更改。这应为 /managed/managed-settings.d/50-cost-hook.json，权限模式 0644。\n"
        ),
        "{dry:?}"
    );
    let removed = env.run(&["uninstall", "--scope", "managed"]).ok().stdout;
    assert!(
        removed.ends_with(
            "文件中没有其他内容：已移除它。\n每位用户的账本都保留。\n\
             如要重新安装，请运行 cost-hook install --scope managed。\n"
        ),
        "{removed}"
    );
}

#[test]
fn a_session_is_told_what_of_its_settings_does_not_count() {
    let env = env();
    env.settings(json!({"cost": {"dialyBudget": 5}}));
    let session = env.session("s1");
    session.call(&Call::new("a"));
    let said = env.hook("UserPromptSubmit", &session, json!({"prompt": "x"})).message();
    assert!(
        shown(&env, &said).contains("/home/ada/.claude/settings.json:1:10：`cost` 中有未知的键 `dialyBudget`；您是否想写 `dailyBudget`？"),
        "{said}"
    );
}

#[test]
fn programs_are_told_the_same() {
    let env = Env::new();
    env.settings(json!({
        "cost": {"dialyBudget": 5, "limits": [{"name": "a"}], "timezone": "Mars"},
        "disableAllHooks": true, "model": 3, "hooks": {"Stop": [{"matcher": "(", "hooks": [{"type": "x"}]}]},
    }));
    env.project_settings(json!({"cost": {"enabled": false, "autoStopAtBudget": true}}));
    for args in [
        &["validate", "--json"][..],
        &["validate", "--format", "sarif"],
        &["validate", "--format", "github"],
        &["config", "list", "--all", "--json"],
        &["config", "explain", "cost.enabled", "--json"],
        &["config", "get", "cost.dailyBudget", "--json"],
        &["config", "set", "cost.weeklyBudget", "3", "--dry-run", "--json"],
        &["config", "path", "--all", "--json"],
        &["status", "--json"],
        &["install", "--scope", "managed", "--dry-run", "--json"],
    ] {
        env.var("LC_ALL", "C.UTF-8");
        let english = env.run(args);
        env.var("LC_ALL", "zh_CN.UTF-8");
        let chinese = env.run(args);
        assert_eq!((&english.stdout, english.code), (&chinese.stdout, chinese.code), "{args:?}");
        assert!(!english.stdout.is_empty(), "{args:?}: {english:?}");
    }
}
