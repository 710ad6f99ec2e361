//! One headless session each: what a call may report, and tools.

use super::{Scenario, figures};
use crate::bench::Bench;
use crate::script::{Reply, Script, Usage};

pub(super) const ALL: &[Scenario] = &[
    figures("answer::plain", plain),
    figures("answer::several_tools", several_tools),
    figures("answer::parallel_tools", parallel_tools),
    figures("answer::one_hour_cache_writes", one_hour_writes),
    figures("answer::fast_mode", fast),
    figures("answer::us_geo", us_geo),
    figures("answer::fast_mode_in_us_geo", fast_us),
    figures("answer::web_search", web_search),
    figures("answer::haiku_at_100_000", haiku_low),
    figures("answer::haiku_above_100_000", haiku_high),
    figures("answer::sonnet", sonnet),
    figures("answer::unknown_model", unknown_model),
    figures("answer::unknown_model_in_the_reply", unknown_reply),
];

/// Runs one prompt to its end and compares.
fn one(script: Script, args: &[&str], calls: usize) {
    let bench = Bench::new(script);
    let run = bench.home.run("GO", args);
    assert_eq!(run.ended(), "completed");
    assert_eq!(bench.api.charged(), calls);
    bench.settle(&run);
    if let Some(booked) = bench.booked(&run.session()) {
        assert_eq!(booked.calls, calls as u64, "calls in the ledger");
        assert_eq!(booked.unlisted, 0, "every call of these has its line");
    }
}

fn answer(usage: Usage) -> Script {
    Script::new().on("GO", vec![Reply::text("Here it is.").usage(usage)])
}

fn plain() {
    one(Script::new(), &[], 1);
}

fn several_tools() {
    let steps = vec![Reply::bash(&["echo one"]), Reply::bash(&["echo two"]), Reply::text("Both ran.")];
    one(Script::new().on("GO", steps), &[], 3);
}

fn parallel_tools() {
    let steps = vec![
        Reply::text("Three at once.").and_bash(&["echo a", "sleep 0.2", "false"]),
        Reply::bash(&["echo b", "echo c"]),
        Reply::text("All ran."),
    ];
    one(Script::new().on("GO", steps), &[], 3);
}

fn one_hour_writes() {
    let usage =
        Usage { input: 17, output: 311, read: 40_000, write_5m: 1_203, write_1h: 9_107, ..Usage::default() };
    one(answer(usage), &[], 1);
}

fn fast() {
    let usage = Usage { input: 2_003, output: 207, read: 501, write_5m: 33, fast: true, ..Usage::default() };
    one(answer(usage), &[], 1);
}

fn us_geo() {
    one(answer(Usage { input: 2_003, output: 207, read: 507, geo: "us", ..Usage::default() }), &[], 1);
}

fn fast_us() {
    let usage = Usage { input: 2_003, output: 207, read: 507, fast: true, geo: "us", ..Usage::default() };
    one(answer(usage), &[], 1);
}

fn web_search() {
    // The searches cost the same whatever the region: the 1.1 is on tokens only.
    let usage = Usage { input: 2_003, output: 207, web_searches: 3, geo: "us", ..Usage::default() };
    one(answer(usage), &[], 1);
}

fn haiku(prompt: u64) {
    let (input, write_5m, write_1h) = (1_000, 1_500, 500);
    let read = prompt - input - write_5m - write_1h;
    let usage = Usage { input, output: 909, read, write_5m, write_1h, ..Usage::default() };
    one(answer(usage), &["--model", "claude-haiku-5-5"], 1);
}

fn haiku_low() {
    haiku(100_000);
}

fn haiku_high() {
    haiku(100_001);
}

fn sonnet() {
    let usage = Usage { input: 2_003, output: 207, read: 5_070, write_5m: 11, ..Usage::default() };
    one(answer(usage), &["--model", "claude-sonnet-5-5"], 1);
}

fn unknown_model() {
    one(Script::new(), &["--model", "claude-zeta-9"], 1);
}

/// The client charges what it asked for; the line names what answered. Both are priced as the newest Opus here,
/// so the two readings agree.
fn unknown_reply() {
    let reply = Reply::text("Somebody else speaks.").model("claude-zeta-9");
    one(Script::new().on("GO", vec![reply]), &[], 1);
}
