//! What a person sees when a budget speaks: the interactive client, its screen read for the words.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Scenario, product};
use crate::bench::Bench;
use crate::ledger;
use crate::screen::Screen;
use crate::script::{Reply, Script, Usage};

pub(super) const ALL: &[Scenario] = &[
    product("said::stop_at_a_prompt_and_allow", prompt_and_allow),
    product("said::stop_in_a_tool_loop", tool_loop),
    product("said::stop_at_compact", compact),
    product("said::stop_by_a_title", title),
    product("said::warning", warning),
    product("said::bash_command_over_budget", bash_command),
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

fn lower(text: &str) -> String {
    text.to_lowercase()
}

fn prompt_and_allow() {
    let bench = used_up(&daily(1.0));
    let screen = spend(&bench);
    screen.say("BETA: and the rest");
    screen.wait("UserPromptSubmit operation blocked by hook");
    screen.until("the limit and the way on", |text| {
        let text = lower(text);
        text.contains("daily") && text.contains("budget") && text.contains("cost-hook allow")
    });
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

fn tool_loop() {
    let quarter = Usage { input: 62_500, output: 7, ..Usage::default() };
    let steps = (0..9).map(|_| Reply::bash(&["echo again"]).usage(quarter.clone())).collect();
    let mut settings = daily(1.0);
    settings["permissions"] = json!({ "allow": ["Bash(echo:*)"] });
    let bench = Bench::settings(Script::new().on("ALPHA", steps), &settings);
    let screen = Screen::open(&bench.home, &["--permission-mode", "default"]);
    screen.say("ALPHA: mend the login form please");
    screen.until("why it stopped", |text| lower(text).contains("daily") && lower(text).contains("budget"));
    thread::sleep(Duration::from_millis(700));
    screen.leave();
    bench.stopped_at(1_000_000_000_000);
    bench.settle_saved(&bench.only_session());
}

fn compact() {
    let bench = used_up(&daily(1.0));
    let screen = spend(&bench);
    screen.say("/compact");
    screen.until("why it did not compact", |text| lower(text).contains("budget"));
    thread::sleep(Duration::from_millis(700));
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
    screen.until("the warning", |text| lower(text).contains("daily") && lower(text).contains("budget"));
    screen.leave();
    assert_eq!(bench.api.calls().len(), 2);
    bench.settle_saved(&bench.only_session());
}

/// `!` is the way on that the reason names. The client asks the model about the output of every such command,
/// and no hook runs before that call: it must be switched off, or the way on costs money.
fn bash_command() {
    let bench = used_up(&daily(1.0));
    let screen = spend(&bench);
    screen.say(&format!("! {} allow 5 --reason \"go on\" && echo allowed-$((1+1))", ledger::binary()));
    screen.wait("allowed-2");
    thread::sleep(Duration::from_millis(1_000));
    assert_eq!(bench.api.calls().len(), 1, "the command was to cost nothing");
    bench.stopped_at(1_000_000_000_000);
    screen.say("BETA: and the rest");
    screen.wait("A later answer.");
    screen.leave();
    bench.settle_saved(&bench.only_session());
}
