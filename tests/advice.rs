//! `debug` and `advise` through the real binary: periods, filters, forms and widths, and that their sums are the
//! ledger's. What each detector finds is tested beside the detectors.

use cost_hook::base::money::Money;
use cost_hook::base::width::columns;
use serde_json::{Value, json};

use crate::support::{Call, Env, usd};

/// One call of the ledger on Opus 5.5: input, output, written for 5 minutes, read.
fn line(id: &str, time: &str, session: &str, counts: [i128; 4], more: &Value) -> Value {
    let [input, output, write, read] = counts;
    // Opus 5.5: 4, 20, 5 and 0.20 USD for a million tokens.
    let cost = Money(input * 4_000_000 + output * 20_000_000 + write * 5_000_000 + read * 200_000);
    let mut line = json!({
        "kind": "call", "v": 1, "id": id, "time": time, "session": session, "project": format!("/w/{session}"),
        "model": "claude-opus-5-5", "provider": "anthropic",
        "tokens": {"input": input, "output": output, "cacheWrite5m": write, "cacheWrite1h": 0, "cacheRead": read},
        "feature": "conversation", "user": "tester", "cost": cost.to_string(), "prices": "2026-11-23",
    });
    for (key, value) in more.as_object().unwrap() {
        line[key] = value.clone();
    }
    line
}

/// A long conversation with a pause, of today; a small session of last week; and one of October.
fn lines() -> Vec<Value> {
    let none = json!({});
    let mut lines =
        vec![line("msg_first:r", "2026-11-24T08:00:00.000Z", "long", [10, 400, 120_000, 0], &none)];
    for minute in 1..40 {
        let time = format!("2026-11-24T08:{minute:02}:00.000Z");
        let read = 120_000 + minute * 1000;
        lines.push(line(&format!("msg_{minute}:r"), &time, "long", [10, 400, 1000, read], &none));
    }
    let late = "2026-11-24T09:10:00.000Z";
    lines.push(line("msg_late:r", late, "long", [10, 400, 161_000, 0], &json!({"branch": "late"})));
    lines.push(line("week:r", "2026-11-20T10:00:00.000Z", "week", [1000, 100, 0, 0], &none));
    lines.push(line("old:r", "2026-10-20T10:00:00.000Z", "old", [5000, 100, 0, 0], &none));
    lines
}

fn world_of(lines: &[Value]) -> Env {
    let env = Env::new();
    for line in lines {
        let month = &line["time"].as_str().unwrap()[..7];
        let path = env.data().join(format!("ledger/{month}.jsonl"));
        env.append(&path, format!("{line}\n").as_bytes());
    }
    env
}

fn world() -> Env {
    world_of(&lines())
}

fn total_of(lines: &[Value], counts: impl Fn(&Value) -> bool) -> Money {
    lines.iter().filter(|line| counts(line)).map(|line| usd(line["cost"].as_str().unwrap())).sum()
}

fn exact(value: &Value, key: &str) -> Money {
    usd(value[key].as_str().unwrap_or_else(|| panic!("{key} of {value}")))
}

#[test]
fn periods_and_filters_count_what_the_ledger_counts() {
    let (env, lines) = (world(), lines());
    let after = |from: &'static str| move |line: &Value| line["time"].as_str().unwrap() >= from;
    let is_long = |line: &Value| line["session"] == "long";
    let cases: Vec<(&[&str], Money)> = vec![
        (&[], total_of(&lines, is_long)),
        (&["--period", "last-24h"], total_of(&lines, is_long)),
        (&["--period", "4h"], total_of(&lines, after("2026-11-24T08:00:00.000Z"))),
        (&["--period", "3h"], total_of(&lines, after("2026-11-24T09:00:00.000Z"))),
        (&["--period", "last-7d"], total_of(&lines, after("2026-11-17"))),
        (&["--period", "2026-11"], total_of(&lines, after("2026-11-01"))),
        (&["--period", "2026-10-20..2026-11-20"], total_of(&lines, |line| !is_long(line))),
        (&["--period", "2026-11-24T08:00:00Z..2026-11-24T08:01:00Z"], total_of(&lines[..1], |_| true)),
        (&["--period", "yesterday"], Money::ZERO),
        (&["--period", "all"], total_of(&lines, |_| true)),
        (
            &["--since", "2026-11-20", "--until", "2026-11-20"],
            total_of(&lines, |line| line["session"] == "week"),
        ),
        (&["--session", "old"], total_of(&lines, |line| line["session"] == "old")),
        (&["--period", "all", "--project", "week"], total_of(&lines, |line| line["session"] == "week")),
        (&["--period", "all", "--branch", "late"], total_of(&lines, |line| line["branch"] == "late")),
        (&["--period", "all", "--model", "haiku"], Money::ZERO),
    ];
    for (arguments, expected) in cases {
        for command in ["debug", "advise"] {
            // What nobody says a period for is different.
            if command == "advise" && !arguments.iter().any(|word| *word == "--period" || *word == "--since")
            {
                continue;
            }
            let document = env.run(&[&[command], arguments, &["--json"]].concat()).json();
            assert_eq!(exact(&document["totals"], "totalCostExact"), expected, "{command} {arguments:?}");
            assert!(exact(&document, "savingExact") <= expected);
            if command == "debug" {
                let sessions = document["sessions"].as_array().unwrap();
                let sum: Money = sessions.iter().map(|session| exact(session, "costExact")).sum();
                assert_eq!(sum, expected, "{arguments:?}");
                let hours = document["hours"].as_array().unwrap();
                assert_eq!(hours.iter().map(|hour| exact(hour, "costExact")).sum::<Money>(), expected);
            }
        }
    }
    let month = env.run(&["advise", "--json"]).json();
    assert_eq!(exact(&month["totals"], "totalCostExact"), total_of(&lines, after("2026-10-25")));
    assert_eq!(env.total(), total_of(&lines, |_| true));
}

#[test]
fn what_cannot_be_understood_is_refused_with_an_example() {
    let env = world();
    for arguments in [
        &["debug", "--period", "soon"][..],
        &["advise", "--period", "last-week"],
        &["debug", "--period", "7d", "--since", "today"],
        &["debug", "--top", "0"],
        &["debug", "--format", "csv"],
        &["debug", "--format", "md", "--json"],
    ] {
        let answer = env.run(arguments);
        assert_eq!((answer.code, answer.stdout.as_str()), (Some(64), ""), "{arguments:?}");
    }
    assert!(env.run(&["debug", "--period", "soon"]).stderr.contains("for example last-24h, 7d"));
}

#[test]
fn the_dearest_session_is_told_of_with_its_calls_and_the_remedy() {
    let env = world();
    let document = env.run(&["debug", "--period", "all", "--json"]).json();
    let sessions = document["sessions"].as_array().unwrap();
    let names: Vec<&str> = sessions.iter().map(|session| session["sessionId"].as_str().unwrap()).collect();
    assert_eq!(names, ["long", "old", "week"]);
    let long = &sessions[0];
    assert_eq!((&long["calls"], &long["peakContextTokens"]), (&json!(41), &json!(161_010)));
    let findings = long["findings"].as_array().unwrap();
    let of = |kind: &str| {
        findings.iter().find(|finding| finding["kind"] == kind).unwrap_or_else(|| panic!("{kind}"))
    };
    let expired = of("cache-expired5m");
    assert_eq!(expired["callIds"], json!(["msg_late:r"]));
    assert_eq!(expired["evidence"]["longestPauseSeconds"], 31 * 60);
    // 160,000 tokens lay in the cache: written at 5, not read at 0.20 USD for a million.
    assert_eq!(exact(expired, "savingExact"), Money(160_000 * 4_800_000));
    assert_eq!(of("context-growth")["evidence"]["largestContextTokens"], 161_010);
    assert_eq!(of("context-growth")["certainty"], "medium");
    for finding in findings {
        assert!(exact(finding, "savingExact") <= exact(finding, "callsCostExact"), "{finding}");
    }
    let text = env.run(&["debug", "--top", "1"]).ok().stdout;
    for expected in ["$", "41 calls", "long", "/compact", "msg_late", "161,010", "Why: "] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    let all = env.run(&["debug", "--period", "all", "--top", "1"]).ok().stdout;
    assert!(all.contains("2 more sessions: $0.0280"), "{all}");
    let md = env.run(&["debug", "--format", "md"]).ok().stdout;
    assert!(
        md.starts_with("## $") && md.contains("\n### 1. ") && md.contains("- **Do:** `/compact`"),
        "{md}"
    );
    assert_eq!(
        env.run(&["debug", "--format", "json"]).ok().stdout,
        env.run(&["debug", "--json"]).ok().stdout
    );
}

#[test]
fn recommendations_stand_in_the_order_of_the_money() {
    let env = world();
    let document = env.run(&["advise", "--json"]).json();
    let rows = document["recommendations"].as_array().unwrap();
    let savings: Vec<Money> = rows.iter().map(|row| exact(row, "savingExact")).collect();
    assert!(savings.len() >= 2 && savings.is_sorted_by(|a, b| a >= b), "{savings:?}");
    assert!(savings.iter().copied().sum::<Money>() >= exact(&document, "savingExact"), "overlaps count once");
    assert_eq!(rows[0]["examples"][0]["sessionId"], "long");
    assert_eq!(document["nothingFound"], json!(["model-choice", "background-model", "batching"]));
    assert_eq!(
        document["budgets"],
        json!({"set": 0, "near": [], "suggestedDailyBudget": 4.0, "suggestedDailyBudgetExact": "4"})
    );
    let text = env.run(&["advise"]).ok().stdout;
    for expected in
        ["Recommendation", "Sure", "Computed: ", "Do: ", "cost.dailyBudget 4`", "several tasks in one prompt"]
    {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert!(env.run(&["advise", "--format", "md"]).ok().stdout.contains("| --- | --- | ---: | ---: |"));
}

#[test]
fn budgets_near_their_end_are_named() {
    let env = world();
    env.settings(json!({"cost": {"dailyBudget": 3.5, "monthlyBudget": 100, "autoStopAtBudget": true}}));
    let document = env.run(&["advise", "--json"]).json();
    let budgets = &document["budgets"];
    assert_eq!(
        (budgets["set"].as_u64(), budgets["near"].as_array().unwrap().len()),
        (Some(2), 1),
        "{budgets}"
    );
    let near = &budgets["near"][0];
    assert_eq!(
        (&near["name"], &near["stops"], &near["allowedExact"]),
        (&json!("daily budget"), &json!(true), &json!("3.5"))
    );
    assert_eq!(exact(near, "spentExact"), total_of(&lines(), |line| line["session"] == "long"));
    assert!(budgets.get("suggestedDailyBudget").is_none());
    assert!(env.run(&["advise"]).ok().stdout.contains("it stops the session"));
    env.settings(json!({"cost": {"monthlyBudget": 100}}));
    assert!(env.run(&["advise"]).ok().stdout.contains("1 limit set, none near its end"));
}

#[test]
fn nothing_fits_too_and_everything_fits_the_terminal() {
    let empty = Env::new();
    for command in ["debug", "advise"] {
        assert!(empty.run(&[command]).ok().stdout.contains("Nothing is booked yet"));
        assert_eq!(empty.run(&[command, "--json"]).json()["totals"]["calls"], 0);
        assert!(empty.run(&[command, "--format", "md"]).ok().stdout.contains("Nothing stands out"));
    }
    let quiet = world();
    let text = quiet.run(&["debug", "--session", "week"]).ok().stdout;
    assert!(text.contains("nothing stands out") && text.contains("Nothing stands out."), "{text}");
    assert_eq!(quiet.run(&["debug", "--period", "yesterday"]).ok().stdout, "No calls match.\n");
    let env = world();
    for width in [60, 80, 120, 200] {
        env.var("COLUMNS", &width.to_string());
        for arguments in [&["debug", "--period", "all"][..], &["advise", "--period", "all"]] {
            let text = env.run(arguments).ok().stdout;
            for line in text.lines() {
                assert!(line.chars().count() <= width, "{width} {arguments:?}: {line}");
                assert!(!line.contains("-0") && line == line.trim_end(), "{line:?}");
            }
        }
    }
}

#[test]
fn the_newest_calls_are_booked_first() {
    let env = Env::new();
    let session = env.session("now");
    session.call(&Call::cents("a", 30).at("2026-11-24T11:00:00Z"));
    env.hook("Stop", &session, json!({}));
    session.call(&Call::cents("b", 12).at("2026-11-24T11:30:00Z"));
    let document = env.run(&["debug", "--json"]).json();
    assert_eq!(exact(&document["totals"], "totalCostExact"), usd("0.42"));
    assert_eq!(document["sessions"][0]["sessionId"], "now");
}

#[test]
fn debug_answers_in_chinese() {
    let env = world();
    env.var("LANG", "zh_CN.UTF-8").var("COLUMNS", "80");
    assert_eq!(env.run(&["debug", "--period", "all", "--top", "1"]).ok().stdout, DEBUG_IN_CHINESE);
    let quiet = env.run(&["debug", "--session", "week"]).ok().stdout;
    assert_eq!(quiet, QUIET_IN_CHINESE);
    let md = env.run(&["debug", "--format", "md"]).ok().stdout;
    assert!(md.contains("\n  - **对策**：一个步骤完成后执行 `/compact`"), "{md}");
    fits(&env);
}

#[test]
fn advise_answers_in_chinese() {
    let env = world();
    env.var("LANG", "zh_CN.UTF-8").var("COLUMNS", "80");
    assert_eq!(env.run(&["advise"]).ok().stdout, ADVISE_IN_CHINESE);
    env.settings(json!({"cost": {"dailyBudget": 3.5, "monthlyBudget": 100, "autoStopAtBudget": true}}));
    let budgets = env.run(&["advise"]).ok().stdout;
    assert!(
        budgets.ends_with("\n预算\n   - 每日预算：已花费 $3.02，共 $3.50（86.3%）；它会停止会话。\n"),
        "{budgets}"
    );
    env.settings(json!({"cost": {"monthlyBudget": 100}}));
    let budgets = env.run(&["advise"]).ok().stdout;
    assert!(budgets.ends_with("\n预算\n   - 已设置 1 个限额，没有接近用尽的。\n"), "{budgets}");
    fits(&env);
}

/// No line is wider than the terminal.
fn fits(env: &Env) {
    for width in [60, 80, 100, 200] {
        env.var("COLUMNS", &width.to_string());
        for arguments in [&["debug", "--period", "all"][..], &["advise", "--period", "all"]] {
            for line in env.run(arguments).ok().stdout.lines() {
                assert!(columns(line) <= width && line == line.trim_end(), "{width} {arguments:?}: {line}");
            }
        }
    }
}

#[test]
fn programs_are_answered_alike_in_every_language() {
    let env = world();
    env.settings(json!({"cost": {"dailyBudget": 3.5}}));
    let all: Vec<String> = ["en_US.UTF-8", "zh_CN.UTF-8"]
        .into_iter()
        .map(|locale| {
            env.var("LANG", locale);
            let answers = [&["debug", "--period", "all", "--json"][..], &["advise", "--format", "json"]];
            answers.map(|arguments| env.run(arguments).ok().stdout).concat()
        })
        .collect();
    assert!(all[0].contains("\"cause\":") && all[0].contains("daily budget"), "{}", all[0]);
    assert_eq!(all[0], all[1]);
}

const DEBUG_IN_CHINESE: &str = "\
$3.05：3 个会话，43 次调用
账本的全部内容（UTC）
所有发现合起来本可以节省 $1.26（41.4%）。它们相互重叠：每次调用只取其最大的一项
节省。

1. $3.02（99.1%） long
   41 次调用，历时 1 小时 10 分钟，始于 11 月 24 日周二 08:00；最长的上下文
     161,010 个 token
   项目：/w/long
   原因：上下文过长；5 分钟缓存过期
   - 上下文过长，本可以节省 $0.97（32.2%）：41 次调用携带超过 100,000 个
     token，最多 161,010 个。
     计算方式：假设每当上下文超过 100,000 个 token 就执行 `/compact`，留下
       25,000 个，并据此对每次调用重新计价；压缩本身（两次读取该上下文、共写出
       4,000 个 token 的调用）和新的缓存已计入其中。
     把握：中：以另一种方式完成同样的工作，回答可能不同。
     对策：一个步骤完成后执行 `/compact`，开始另一项任务前执行
       `/clear`；`autoCompactWindow` 让 Claude Code 更早压缩；将大任务拆分到多个
       会话。
     依据：41 次调用，费用 $3.02，11 月 24 日周二 08:00 至 11 月 24 日周二
       09:10：msg_first、msg_1、msg_2、...
   - 5 分钟缓存过期，本可以节省 $0.77（25.4%）：1 次超过 5 分钟的停顿，最长 31
     分钟，之后须将 160,000 个 token 重新写入缓存。
     计算方式：重新写入的部分按从缓存读取计价，如同没有那次停顿。
     把握：中：以另一种方式完成同样的工作，回答可能不同。
     对策：停顿前执行 `/compact`，任务已完成则执行 `/clear`；在 5 分钟内继续；
       经常停顿时，如果有关的建议说明划算，将 `promptCacheTtl` 设为 `1h`。
     依据：1 次调用，费用 $0.81，11 月 24 日周二 09:10 至 11 月 24 日周二
       09:10：msg_late
   - 有停顿的对话使用 5 分钟缓存，本可以节省 $0.29（9.5%）：1 次 5 分钟至 1 小
     时的停顿，最长 31 分钟，之后须将 160,000 个 token 重新写入缓存。
     计算方式：这些对话的所有缓存写入按 1 小时的价格计，停顿 5 分钟至 1 小时后
       重新写入的部分按读取计；差额即为节省。
     把握：高：回答相同，费用更低。
     对策：将 `promptCacheTtl` 设为 `1h`（子代理为
       `subagentPromptCacheTtl`），或设置变量
       `CLAUDE_CODE_PROMPT_CACHE_TTL=1h`。
     依据：1 次调用，费用 $0.81，11 月 24 日周二 09:10 至 11 月 24 日周二
       09:10：msg_late

另有 2 个会话：$0.0280
";
const QUIET_IN_CHINESE: &str = "\
$0.0060：1 个会话，1 次调用
账本的全部内容（UTC）

1. $0.0060（100.0%） week
   1 次调用，历时 0 秒，始于 11 月 20 日周五 10:00；最长的上下文 1,000 个
     token
   项目：/w/week
   原因：没有突出之处：其费用就是各次调用的费用

没有突出之处。
";
const ADVISE_IN_CHINESE: &str = "\
$3.03：2 个会话，42 次调用
10 月 25 日周日 00:00 至今（UTC）
所有发现合起来本可以节省 $1.26（41.7%）。它们相互重叠：每次调用只取其最大的一项
节省。

建议                           把握   节省   占比
─────────────────────────────────────────────────
1. 压缩或清空过长的对话        中    $0.97  32.1%
2. 上下文很大时不要让缓存过期  中    $0.77  25.4%
3. 将缓存保留一小时            高    $0.29   9.5%

1. 压缩或清空过长的对话：$0.97
   发现：41 次调用携带超过 100,000 个 token，最多 161,010 个（见于 1 个会
     话）。
   计算方式：假设每当上下文超过 100,000 个 token 就执行 `/compact`，留下
     25,000 个，并据此对每次调用重新计价；压缩本身（两次读取该上下文、共写出
     4,000 个 token 的调用）和新的缓存已计入其中。
   把握：中：以另一种方式完成同样的工作，回答可能不同。
   对策：一个步骤完成后执行 `/compact`，开始另一项任务前执行
     `/clear`；`autoCompactWindow` 让 Claude Code 更早压缩；将大任务拆分到多个会
     话。
   例如：/w/long 中的会话 long 可节省 $0.97，始于 11 月 24 日周二 08:00：
     msg_first、msg_1、msg_2、...

2. 上下文很大时不要让缓存过期：$0.77
   发现：1 次超过 5 分钟的停顿，最长 31 分钟，之后须将 160,000 个 token 重新写
     入缓存（见于 1 个会话）。
   计算方式：重新写入的部分按从缓存读取计价，如同没有那次停顿。
   把握：中：以另一种方式完成同样的工作，回答可能不同。
   对策：停顿前执行 `/compact`，任务已完成则执行 `/clear`；在 5 分钟内继续；经
     常停顿时，如果有关的建议说明划算，将 `promptCacheTtl` 设为 `1h`。
   例如：/w/long 中的会话 long 可节省 $0.77，始于 11 月 24 日周二 09:10：
     msg_late

3. 将缓存保留一小时：$0.29
   发现：1 次 5 分钟至 1 小时的停顿，最长 31 分钟，之后须将 160,000 个 token
     重新写入缓存（见于 1 个会话）。
   计算方式：这些对话的所有缓存写入按 1 小时的价格计，停顿 5 分钟至 1 小时后重
     新写入的部分按读取计；差额即为节省。
   把握：高：回答相同，费用更低。
   对策：将 `promptCacheTtl` 设为 `1h`（子代理为 `subagentPromptCacheTtl`），
     或设置变量 `CLAUDE_CODE_PROMPT_CACHE_TTL=1h`。
   例如：/w/long 中的会话 long 可节省 $0.29，始于 11 月 24 日周二 09:10：
     msg_late

以下方面没有可节省的
   - 选择模型
   - 为子代理和后台工作使用较小的模型
   - 一条提示词中包含多项任务

预算
   - 没有设置预算：`cost-hook config set cost.dailyBudget 4` 不会拦停其中任何
     一天（最贵的 2026-11-24 花费 $3.02），但会停止更糟的情况。
";
