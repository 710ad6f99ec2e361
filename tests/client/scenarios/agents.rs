//! Subagents in all their arrangements.

use super::{Scenario, figures};
use crate::bench::Bench;
use crate::script::{Reply, Script};

pub(super) const ALL: &[Scenario] = &[
    figures("agents::foreground", foreground),
    figures("agents::background", background),
    figures("agents::parallel_background", parallel_background),
    figures("agents::nested_foreground", nested_foreground),
    figures("agents::nested_background", nested_background),
];

fn settle(script: Script, at_least: usize) {
    let bench = Bench::new(script);
    let run = bench.home.run("START", &[]);
    assert_eq!(run.ended(), "completed");
    // How many calls the notices of finished agents cause depends on when they arrive.
    assert!(bench.api.charged() >= at_least, "{} calls, {at_least} were scripted", bench.api.charged());
    bench.settle(&run);
}

fn leaf() -> Vec<Reply> {
    vec![Reply::bash(&["echo leaf"]), Reply::text("The leaf is done.")]
}

fn foreground() {
    let script = Script::new().on("START", vec![Reply::agents(&["LEAF job"], false)]).on("LEAF", leaf());
    settle(script, 4);
}

fn background() {
    let script = Script::new().on("START", vec![Reply::agents(&["LEAF job"], true)]).on("LEAF", leaf());
    settle(script, 5);
}

fn parallel_background() {
    let script =
        Script::new().on("START", vec![Reply::agents(&["LEAF a", "LEAF b"], true)]).on("LEAF", leaf());
    settle(script, 7);
}

fn nested(in_background: bool) -> Script {
    Script::new()
        .on("START", vec![Reply::agents(&["MIDDLE job"], in_background)])
        .on("MIDDLE", vec![Reply::agents(&["LEAF job"], in_background)])
        .on("LEAF", leaf())
}

fn nested_foreground() {
    settle(nested(false), 6);
}

fn nested_background() {
    settle(nested(true), 7);
}
