//! Budgets: nothing may start after the call that crossed one, wherever it was crossed. Calls are made large
//! here, so that amounts read like amounts: a quarter of a dollar and a dollar.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Scenario, product};
use crate::bench::{Bench, note};
use crate::client::Run;
use crate::price::{self, Pico};
use crate::script::{Reply, Script, Usage};

pub(super) const ALL: &[Scenario] = &[
    product("stop::by_another_session", by_another_session),
    product("stop::at_a_prompt", at_a_prompt),
    product("stop::in_a_tool_loop", in_a_tool_loop),
    product("stop::in_a_batch_of_tools", in_a_batch),
    product("stop::in_a_foreground_subagent", || in_a_subagent(false)),
    product("stop::in_a_background_subagent", || in_a_subagent(true)),
    product("stop::in_parallel_subagents", in_parallel_subagents),
    product("stop::two_sessions_on_one_budget", two_sessions),
    product("stop::by_a_session_budget", by_a_session_budget),
    product("stop::by_a_killed_session", by_a_killed_session),
    product("stop::before_a_hard_limit", before_a_hard_limit),
    product("stop::warning_only", warning_only),
    product("stop::allow_and_on_again", allow_and_on_again),
];

const DOLLAR: Pico = 1_000_000_000_000;

fn dollar() -> Usage {
    Usage { input: 250_000, output: 3, ..Usage::default() }
}

/// A bit over 0.25 USD.
fn quarter() -> Usage {
    Usage { input: 62_500, output: 7, ..Usage::default() }
}

/// A model that never stops asking for tools, a quarter a call.
fn loops() -> Vec<Reply> {
    (0..12).map(|_| Reply::bash(&["echo again"]).usage(quarter())).collect()
}

fn daily(usd: f64) -> Value {
    json!({ "cost": { "dailyBudget": usd, "autoStopAtBudget": true } })
}

/// The run ended because of a hook, and the figures still agree.
fn stopped(bench: &Bench, run: &Run) {
    assert_eq!(run.ended(), "hook_stopped", "how the run ended: {}", run.json["result"]);
    bench.settle(run);
}

fn at_a_prompt() {
    let bench =
        Bench::settings(Script::new().on("GO", vec![Reply::text("Dear.").usage(dollar())]), &daily(1.0));
    let first = bench.home.run("GO", &[]);
    assert_eq!(first.ended(), "completed");
    bench.settle(&first);
    // Both a new session and the old one are held at the door.
    bench.home.run("GO on", &[]);
    bench.home.run("GO on", &["--resume", &first.session()]);
    assert_eq!(bench.api.calls().len(), 1, "calls after the budget was used up");
    bench.stopped_at(DOLLAR);
}

fn in_a_tool_loop() {
    let bench = Bench::settings(Script::new().on("GO", loops()), &daily(1.0));
    let run = bench.home.run("GO", &[]);
    stopped(&bench, &run);
    bench.stopped_at(DOLLAR);
}

fn in_a_batch() {
    let steps = (0..6).map(|_| Reply::bash(&["sleep 0.2", "echo b", "false"]).usage(quarter())).collect();
    let bench = Bench::settings(Script::new().on("GO", steps), &daily(1.0));
    let run = bench.home.run("GO", &[]);
    stopped(&bench, &run);
    bench.stopped_at(DOLLAR);
}

/// The subagent ends, and neither its result nor the notice of its end may cost another call.
fn in_a_subagent(background: bool) {
    let start = vec![Reply::agents(&["LEAF job"], background).usage(quarter()), Reply::text("Started.")];
    let bench = Bench::settings(Script::new().on("START", start).on("LEAF", loops()), &daily(1.0));
    let run = bench.home.run("START", &[]);
    bench.settle(&run);
    bench.stopped_at(DOLLAR);
}

/// Three agents spend side by side: what was already under way when the budget was crossed may end, nothing
/// may start.
fn in_parallel_subagents() {
    let start = vec![Reply::agents(&["LEAF a", "LEAF b", "LEAF c"], true), Reply::text("Started.")];
    let leaf = (0..12).map(|_| Reply::bash(&["sleep 0.15"]).usage(quarter()).after(SOON)).collect();
    let bench = Bench::settings(Script::new().on("START", start).on("LEAF", leaf), &daily(2.0));
    let run = bench.home.run("START", &[]);
    bench.settle(&run);
    bench.stopped_within(2 * DOLLAR, WRITING, 2);
}

/// Two sessions at work at once spend the same two dollars.
fn two_sessions() {
    let steps = || (0..12).map(|_| Reply::bash(&["sleep 0.15"]).usage(quarter()).after(SOON)).collect();
    let bench = Bench::settings(Script::new().on("LEFT", steps()).on("RIGHT", steps()), &daily(2.0));
    let (left, right) = (bench.home.start("LEFT", &[]), bench.home.start("RIGHT", &[]));
    let (left, right) = (left.finish(), right.finish());
    stopped(&bench, &left);
    stopped(&bench, &right);
    bench.stopped_within(2 * DOLLAR, WRITING, 1);
}

const SOON: Duration = Duration::from_millis(50);

/// From the last byte of the crossing answer, which is when the stand-in knows, to the last call of a thread that
/// passed its gate before the answer's line was written: a quarter of a second on a quiet machine, and more where
/// hooks and clients wait for the processor.
const WRITING: Duration = Duration::from_millis(1_000);

/// One session sits in a long tool while another spends the rest: the first one's next call must not happen.
fn by_another_session() {
    let slow = vec![
        Reply::bash(&["touch waiting; until test -e go; do sleep 0.05; done"]).usage(quarter()),
        Reply::text("Unwanted."),
    ];
    let quick = vec![Reply::text("Dear.").usage(dollar())];
    let bench = Bench::settings(Script::new().on("SLOW", slow).on("QUICK", quick), &daily(1.0));
    let waiting = bench.home.start("SLOW", &[]);
    let give_up = Instant::now() + Duration::from_secs(20);
    while !bench.home.path("project/waiting").exists() {
        assert!(Instant::now() < give_up, "the slow session never reached its tool");
        thread::sleep(Duration::from_millis(20));
    }
    let other = bench.home.run("QUICK", &[]);
    bench.settle(&other);
    fs::write(bench.home.path("project/go"), "").unwrap();
    let slow = waiting.finish();
    stopped(&bench, &slow);
    bench.stopped_at(DOLLAR);
}

fn by_a_session_budget() {
    let settings = json!({ "cost": { "sessionBudget": 1.0, "autoStopAtBudget": true } });
    let bench = Bench::settings(Script::new().on("GO", loops()), &settings);
    let run = bench.home.run("GO", &[]);
    stopped(&bench, &run);
    bench.stopped_at(DOLLAR);
    // Its budget is its own: another session begins with a full one.
    let other = bench.home.run("another matter", &[]);
    assert_eq!(other.ended(), "completed");
    bench.settle(&other);
}

/// What a killed client spent counts, though no hook of its own could book its last call.
fn by_a_killed_session() {
    let dying = vec![Reply::bash(&["touch started; sleep 5"]).usage(dollar())];
    let bench = Bench::settings(Script::new().on("DIE", dying), &daily(1.0));
    let running = bench.home.start("DIE", &[]);
    // The tool must not wait for the stop, so the client dies as soon as the answer's line is written.
    let give_up = Instant::now() + Duration::from_secs(20);
    let written = || {
        let files = bench.home.transcripts();
        files.iter().any(|f| fs::read_to_string(f).is_ok_and(|text| text.contains("\"tool_use\"")))
    };
    while !written() {
        assert!(Instant::now() < give_up, "no line of the dear call");
        thread::sleep(Duration::from_millis(5));
    }
    running.kill();
    bench.home.run("GO", &[]);
    assert_eq!(bench.api.calls().len(), 1, "calls after the budget was used up");
    bench.stopped_at(DOLLAR);
}

/// A hard limit is not crossed at all: the call that would is not made.
fn before_a_hard_limit() {
    let settings = json!({ "cost": { "hardLimit": 1.1 } });
    let bench = Bench::settings(Script::new().on("GO", loops()), &settings);
    let run = bench.home.run("GO", &[]);
    stopped(&bench, &run);
    let served = bench.api.total();
    note(format!("hard limit 1.10 served {} in {} calls", price::show(served), bench.api.calls().len()));
    assert!(served <= DOLLAR * 11 / 10, "the hard limit was crossed");
    assert!(served >= DOLLAR / 2, "stopped long before the limit");
}

/// Without `autoStopAtBudget` a budget only speaks.
fn warning_only() {
    let steps = vec![Reply::bash(&["echo on"]).usage(dollar()), Reply::text("Done all the same.")];
    let bench = Bench::settings(Script::new().on("GO", steps), &json!({ "cost": { "dailyBudget": 1.0 } }));
    let run = bench.home.run("GO", &[]);
    assert_eq!(run.ended(), "completed");
    assert_eq!(bench.api.calls().len(), 2);
    bench.settle(&run);
    let again = bench.home.run("and again", &[]);
    assert_eq!(again.ended(), "completed");
    bench.settle(&again);
}

fn allow_and_on_again() {
    let bench = Bench::settings(Script::new().on("GO", loops()), &daily(1.0));
    let run = bench.home.run("GO", &[]);
    stopped(&bench, &run);
    let before = bench.api.calls().len();
    bench.stopped_at(DOLLAR);
    bench.ledger().allow("1");
    let more = bench.home.run("GO on", &["--resume", &run.session()]);
    assert!(bench.api.calls().len() > before, "nothing went on after allow");
    stopped(&bench, &more);
    bench.stopped_at(2 * DOLLAR);
}
