//! What a person sees when a budget speaks: the interactive client, its screen read for the words.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Scenario, product};
use crate::bench::Bench;
use crate::screen::Screen;
use crate::script::{Reply, Script, Usage};

pub(super) const ALL: &[Scenario] = &[
    product("said::stop_at_a_prompt_and_allow", prompt_and_allow),
    product("said::stop_in_a_tool_loop", tool_loop),
    product("said::stop_at_compact", compact),
    product("said::stop_by_a_title", title),
    product("said::warning", warning),
    product("said::allow_as_a_prompt", allow_as_a_prompt),
    product("said::allow_that_is_refused", allow_refused),
    product("said::bash_command_over_budget", bash_command),
    product("said::several_thresholds", several_thresholds),
    product("said::cost_threshold", cost_threshold),
    product("said::managed_budget", managed_budget),
    product("said::model_switch_refused", model_switch),
    product("said::another_model_as_the_way_on", another_model),
    product("said::stop_in_chinese", stop_in_chinese),
];

fn dollar() -> Usage {
    Usage { input: 250_000, output: 3, ..Usage::default() }
}

fn daily(usd: f64) -> Value {
    json!({ "cost": { "dailyBudget": usd, "autoStopAtBudget": true } })
}

/// A session that has just used up its budget of one dollar with one answer.
fn used_up(settings: &Value) -> Bench {
    let answer = vec![Reply::text("A dear answer.").usage(dollar())];
    let more = vec![Reply::text("A later answer.")];
    Bench::settings(Script::new().on("ALPHA", answer).on("BETA", more), settings)
}

fn spend<'a>(bench: &'a Bench) -> Screen<'a> {
    let screen = Screen::open(&bench.home, &[]);
    screen.say("ALPHA: mend the login form please");
    screen.wait("A dear answer.");
    // Until the status line and the Stop hook have had their turn.
    thread::sleep(Duration::from_millis(700));
    screen
}

fn prompt_and_allow() {
    let bench = used_up(&daily(1.0));
    let screen = spend(&bench);
    screen.say("BETA: and the rest");
    screen.wait("UserPromptSubmit operation blocked by hook");
    screen.wait("cost-hook: the daily budget of $1.00 (user settings) is used up: $1.00 spent. It resets on");
    screen.wait("To go on, enter this as a prompt (or in a terminal): cost-hook allow 5 --reason \"...\"");
    screen.wait("daily budget 100% of $1.00 STOPPED");
    // The prompt is back in the input box, as it was typed.
    screen.until("the prompt in the box", |text| text.matches("BETA: and the rest").count() >= 2);
    bench.stopped_at(1_000_000_000_000);
    assert_eq!(bench.api.calls().len(), 1);
    bench.ledger().allow("5");
    screen.key("Enter");
    screen.wait("A later answer.");
    screen.leave();
    assert_eq!(bench.api.calls().len(), 2);
    bench.settle_saved(&bench.only_session());
}

/// The same in Chinese, whose lines the client breaks between any two characters.
fn stop_in_chinese() {
    let mut settings = daily(1.0);
    settings["cost"]["language"] = json!("zh-CN");
    let bench = used_up(&settings);
    let screen = spend(&bench);
    let shows = |words: &str| {
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        screen.until(words, |text| bare(text).contains(&bare(words)));
    };
    screen.say("BETA: and the rest");
    shows("cost-hook：每日预算 $1.00（用户设置）已用尽：已花费 $1.00。它将于");
    shows(
        "00:00（UTC）重置。要继续，请将下面这行作为提示词输入（或在终端中运行）：cost-hook allow 5 --reason \"...\"",
    );
    shows("今日 $1.00 · 每日预算 100%（共 $1.00）已停止");
    bench.stopped_at(1_000_000_000_000);
    screen.key("C-u");
    screen.say("cost-hook allow 5 --reason \"赶上发布\"");
    shows("cost-hook：每日预算在本周期内现为 $6.00（原为 $1.00），还剩 $5.00。");
    thread::sleep(Duration::from_millis(300));
    assert_eq!(bench.api.calls().len(), 1, "the line was to cost nothing");
    screen.say("BETA: and the rest");
    screen.wait("A later answer.");
    screen.leave();
    assert_eq!(bench.api.calls().len(), 2);
    bench.settle_saved(&bench.only_session());
}

/// The way on that the reason names: the hook carries the line out and keeps it from the model.
fn allow_as_a_prompt() {
    let bench = used_up(&daily(1.0));
    let screen = spend(&bench);
    screen.say("cost-hook allow 5 --reason \"finish the form\"");
    screen.wait("cost-hook: the daily budget is now $6.00 for this period (was $1.00); $5.00 left.");
    thread::sleep(Duration::from_millis(300));
    assert_eq!(bench.api.calls().len(), 1, "the line was to cost nothing");
    // It is not given back to the input box, where the next return would carry it out again.
    screen.say("BETA: and the rest");
    screen.wait("A later answer.");
    screen.leave();
    assert_eq!(bench.api.calls().len(), 2);
    bench.settle_saved(&bench.only_session());
}

/// An `allow` line that cannot be carried out says why and goes no further either.
fn allow_refused() {
    let bench = used_up(&daily(1.0));
    let screen = Screen::open(&bench.home, &[]);
    screen.say("cost-hook allow 5 --reason \"for later\"");
    screen.wait("cost-hook: no limit is used up; name the one to raise with --limit NAME");
    screen.key("C-u");
    screen.say("cost-hook allow 5 --limit weekly --reason x");
    screen.wait("cost-hook: there is no limit called `weekly`; the limits here: daily budget");
    screen.key("C-u");
    screen.say("cost-hook allow 5");
    screen.wait("cost-hook: a raised limit needs a reason; add --reason");
    screen.key("C-u");
    screen.say("cost-hook allow five --reason x");
    screen.wait("cost-hook: `five` is not an amount in USD");
    thread::sleep(Duration::from_millis(300));
    assert_eq!(bench.api.calls().len(), 0);
    screen.leave();
}

fn tool_loop() {
    let quarter = Usage { input: 62_500, output: 7, ..Usage::default() };
    let steps = (0..9).map(|_| Reply::bash(&["echo again"]).usage(quarter.clone())).collect();
    let mut settings = daily(1.0);
    settings["permissions"] = json!({ "allow": ["Bash(echo:*)"] });
    let bench = Bench::settings(Script::new().on("ALPHA", steps), &settings);
    let screen = Screen::open(&bench.home, &["--permission-mode", "default"]);
    screen.say("ALPHA: mend the login form please");
    screen.wait("cost-hook: the daily budget of $1.00 (user settings) is used up: $1.00 spent.");
    thread::sleep(Duration::from_millis(500));
    screen.leave();
    bench.stopped_at(1_000_000_000_000);
    bench.settle_saved(&bench.only_session());
}

fn compact() {
    let bench = used_up(&daily(1.0));
    let screen = spend(&bench);
    screen.say("/compact");
    screen.wait("cost-hook: the daily budget of $1.00 (user settings) is used up: $1.00 spent.");
    thread::sleep(Duration::from_millis(500));
    screen.leave();
    bench.stopped_at(1_000_000_000_000);
    assert_eq!(bench.api.calls().len(), 1, "the compaction was not to run");
    bench.settle_saved(&bench.only_session());
}

/// The title's call has no line anywhere. It is asked for beside the first answer, and it is the two together
/// that use up the budget here: the next prompt is stopped because the status line told of it.
fn title() {
    let half = Usage { input: 124_000, output: 3, ..Usage::default() };
    let script = Script::new().title(Reply::text("{\"title\":\"Dear title\"}").usage(half.clone()));
    let script = script.on("ALPHA", vec![Reply::text("A dear answer.").usage(half)]);
    let bench = Bench::with_titles(script, &daily(0.99));
    let screen = spend(&bench);
    screen.say("BETA: and the rest");
    screen.wait("UserPromptSubmit operation blocked by hook");
    screen.leave();
    bench.stopped_at(990_000_000_000);
    assert_eq!(bench.api.calls().len(), 2);
    bench.settle_saved(&bench.only_session());
}

fn warning() {
    let settings = json!({ "cost": { "dailyBudget": 1.2, "warningThreshold": 0.8 } });
    let bench = used_up(&settings);
    let screen = spend(&bench);
    screen.say("BETA: and the rest");
    screen.wait("A later answer.");
    screen
        .wait("says: cost-hook: 83% of the daily budget used: $1.00 of $1.20 (user settings). It resets on");
    screen.leave();
    assert_eq!(bench.api.calls().len(), 2);
    bench.settle_saved(&bench.only_session());
}

/// Prompts of a bit more than a quarter of a dollar each, against thresholds a quarter apart.
fn several_thresholds() {
    let quarter = Usage { input: 65_000, output: 7, ..Usage::default() };
    let answer = |text: &str| vec![Reply::text(text).usage(quarter.clone())];
    let script = Script::new()
        .on("ALPHA", answer("Answer alpha."))
        .on("BETA", answer("Answer beta."))
        .on("GAMMA", answer("Answer gamma."))
        .on("DELTA", answer("Answer delta."))
        .on("EPSILON", vec![Reply::text("Answer epsilon.")]);
    let settings = json!({ "cost": { "dailyBudget": 1.0, "warningThreshold": [0.25, 0.5, 0.75] } });
    let bench = Bench::settings(script, &settings);
    let screen = Screen::open(&bench.home, &[]);
    for (marker, answer) in [
        ("ALPHA", "Answer alpha."),
        ("BETA", "Answer beta."),
        ("GAMMA", "Answer gamma."),
        ("DELTA", "Answer delta."),
        ("EPSILON", "Answer epsilon."),
    ] {
        screen.say(&format!("{marker} go on"));
        screen.wait(answer);
        // The answer's line is written a moment after it is shown.
        thread::sleep(Duration::from_millis(400));
    }
    for words in ["26% of", "52% of", "78% of", "104% of"] {
        assert_eq!(
            screen.count(&format!("cost-hook: {words} the daily budget used")),
            1,
            "{words}:\n{}",
            screen.text()
        );
    }
    screen.leave();
    assert_eq!(bench.api.calls().len(), 5);
    bench.settle_saved(&bench.only_session());
}

/// `costThreshold` is said once a session, at its amount, and stops nothing.
fn cost_threshold() {
    let bench = used_up(&json!({ "costThreshold": 0.75 }));
    let screen = spend(&bench);
    for _ in 0..2 {
        screen.say("BETA: and the rest");
        screen.until("the answer", |_| bench.api.charged() > 1);
        thread::sleep(Duration::from_millis(500));
    }
    let words = "cost-hook: 133% of the cost threshold used: $1.00 of $0.75 (user settings). It counts this session only.";
    screen.wait(words);
    screen.wait("A later answer.");
    assert_eq!(screen.count("of the cost threshold used"), 1, "{}", screen.text());
    screen.leave();
    bench.settle_saved(&bench.only_session());
}

/// An administrator's budget names no way on, and an `allow` line is refused.
fn managed_budget() {
    let bench = used_up(&json!({}));
    bench.home.managed_settings(&daily(1.0));
    let screen = spend(&bench);
    screen.say("BETA: and the rest");
    screen.wait("cost-hook: the daily budget of $1.00 (managed settings) is used up: $1.00 spent.");
    screen.wait("Your administrator set it; it cannot be raised here.");
    screen.key("C-u");
    screen.say("cost-hook allow 5 --reason \"please\"");
    screen.wait("cost-hook: the daily budget cannot be raised; it is set in");
    screen.key("C-u");
    screen.say("BETA: once more");
    screen.until("the second refusal", |text| text.matches("Original prompt: BETA").count() >= 2);
    screen.leave();
    bench.stopped_at(1_000_000_000_000);
    assert_eq!(bench.api.calls().len(), 1);
    bench.settle_saved(&bench.only_session());
}

/// Another model means that the whole conversation is written into a new cache: refused when that is dearer than
/// what is left.
fn model_switch() {
    let usage = Usage { input: 17, output: 311, read: 4_000, write_5m: 200_000, ..Usage::default() };
    let script = Script::new().on("ALPHA", vec![Reply::text("A dear answer.").usage(usage)]);
    let bench = Bench::settings(script, &daily(1.2));
    let screen = spend(&bench);
    screen.say("/model sonnet");
    screen.wait("was blocked by a PreModelSwitch hook: cost-hook: switching the model writes the conversation into a new cache for about $0.51, and $0.19 is left of the budget.");
    screen.leave();
    assert_eq!(bench.api.calls().len(), 1);
    bench.settle_saved(&bench.only_session());
}

/// The client asks the model about the output of every `!` command, and no hook runs before that call: nothing can
/// hold it back. It is one call, it is booked to the last digit, and the next prompt is held.
fn bash_command() {
    let bench = used_up(&daily(1.0));
    let screen = spend(&bench);
    screen.say("! echo shown-$((1+1))");
    screen.wait("shown-2");
    screen.until("the call after it", |_| bench.api.charged() == 2);
    thread::sleep(Duration::from_millis(700));
    screen.say("BETA: and the rest");
    screen.wait("UserPromptSubmit operation blocked by hook");
    thread::sleep(Duration::from_millis(300));
    assert_eq!(bench.api.calls().len(), 2, "one call is the bound");
    screen.leave();
    bench.settle_saved(&bench.only_session());
}

/// A limit on one model leaves the others: the person changes the model and works on, and cannot change back.
fn another_model() {
    let limit =
        json!({ "name": "opus money", "amount": 1, "period": "daily", "action": "stop", "model": "opus" });
    let bench = used_up(&json!({ "cost": { "limits": [limit] } }));
    let screen = spend(&bench);
    screen.say("BETA: and the rest");
    screen.wait("cost-hook: the limit `opus money` of $1.00 (user settings) is used up: $1.00 spent.");
    screen.key("C-u");
    screen.say("/model sonnet");
    screen.wait("Yes, switch to Sonnet");
    screen.key("Enter");
    screen.wait("Set model to");
    thread::sleep(Duration::from_millis(500));
    screen.say("BETA: and the rest");
    screen.wait("A later answer.");
    thread::sleep(Duration::from_millis(500));
    screen.say("/model opus");
    screen.wait("was blocked by a PreModelSwitch hook");
    screen.leave();
    let models: Vec<String> = bench.api.calls().into_iter().map(|call| call.asked_model).collect();
    assert_eq!(models, ["claude-opus-5-5", "claude-sonnet-5-5"]);
    bench.settle_saved(&bench.only_session());
}
