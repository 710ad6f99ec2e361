//! Refusals, cut streams, interrupted and killed clients.

use std::time::{Duration, Instant};

use super::{Scenario, figures};
use crate::bench::{Bench, note, same};
use crate::price;
use crate::script::{Reply, Script, Usage};

pub(super) const ALL: &[Scenario] = &[
    figures("trouble::overloaded_then_fine", overloaded),
    figures("trouble::stream_cut_before_a_block", || cut(Reply::text("A first part").cut_in(0))),
    figures("trouble::stream_cut_after_a_block", || {
        cut(Reply::text("A first part").and_bash(&["ls"]).cut_in(1))
    }),
    figures("trouble::interrupted_in_an_answer", interrupted),
    figures("trouble::killed_in_a_tool_then_a_new_session", killed_then_new),
    figures("trouble::killed_in_a_tool_then_resumed", killed_then_resumed),
];

fn overloaded() {
    let bench = Bench::new(Script::new().stumble(Reply::status(529)).stumble(Reply::status(500)));
    let run = bench.home.run("GO", &[]);
    assert_eq!(run.ended(), "completed");
    assert_eq!((bench.api.calls().len(), bench.api.charged()), (3, 1));
    bench.settle(&run);
}

/// What a cut stream cost only its server knows. The client charges the prompt and its own guess at the words
/// it received, and writes a line with less than that, or none. So the stand-in can only bound the session:
/// from one output token of the cut call to all it would have sent; within that the ledger follows the client
/// exactly, the difference as an unlisted call.
fn cut(first: Reply) {
    let bench = Bench::new(Script::new().stumble(first));
    let run = bench.home.run("GO", &[]);
    assert_eq!(run.ended(), "completed");
    let bounds =
        bench.api.calls().iter().map(crate::api::Call::bounds).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    let client = run.total();
    note(format!("a cut stream: between {} and {}", price::show(bounds.0), price::show(bounds.1)));
    assert!((bounds.0..=bounds.1).contains(&client), "the client says {}", price::show(client));
    bench.agree(&run.session(), client, client, client);
}

/// The client prints a total that it never writes down: the line it saves at an interrupt is older than its own
/// guess at the words that had arrived. The ledger has the transcript's line, the prompt and one output token;
/// what it cannot know is the guess, a few output tokens.
fn interrupted() {
    let slow = Reply::text("A first part of a longer answer").hold(Duration::from_secs(8));
    let bench = Bench::new(Script::new().on("GO", vec![slow]));
    let running = bench.home.start("GO", &[]);
    let give_up = Instant::now() + Duration::from_secs(20);
    while bench.api.calls().is_empty() {
        assert!(Instant::now() < give_up, "no call");
        std::thread::sleep(Duration::from_millis(20));
    }
    // The words are on their way; they must arrive before the interrupt.
    std::thread::sleep(Duration::from_millis(500));
    let told = std::process::Command::new("kill").args(["-INT", &running.child.id().to_string()]).status();
    assert!(told.unwrap().success());
    let run = running.finish();
    let session = run.session();
    let least = price::list("claude-opus-5-5", &Usage { input: 1_001, output: 1, ..Usage::default() });
    let most = price::list("claude-opus-5-5", &Usage { input: 1_001, output: 51, ..Usage::default() });
    let client = run.total();
    note(format!(
        "interrupted: client {} between {} and {}",
        price::show(client),
        price::show(least),
        price::show(most)
    ));
    assert!((least..=most).contains(&client), "the client says {}", price::show(client));
    if let Some(booked) = bench.booked(&session) {
        note(format!("ledger {}", price::show(booked.total)));
        assert!((least..=client).contains(&booked.total), "the ledger says {}", price::show(booked.total));
    }
}

/// Two calls, then a tool in which the client dies: both calls have their lines, no total was saved, no
/// SessionEnd hook ran. The last call's line was written before its tool started.
fn die_in_a_tool(bench: &Bench) -> String {
    let mut running = bench.home.start("DIE", &[]);
    let give_up = Instant::now() + Duration::from_secs(20);
    while !bench.home.path("project/started").exists() {
        assert!(
            Instant::now() < give_up && running.child.try_wait().unwrap().is_none(),
            "the tool never ran"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    // The client writes a line up to a tenth of a second after it acts on it.
    std::thread::sleep(Duration::from_millis(300));
    running.kill();
    assert_eq!(bench.api.calls().len(), 2);
    bench.only_session()
}

fn dying() -> Script {
    Script::new().on("DIE", vec![Reply::bash(&["echo one"]), Reply::bash(&["touch started; sleep 5"])])
}

fn killed_then_new() {
    let bench = Bench::new(dying());
    let dead = die_in_a_tool(&bench);
    let run = bench.home.run("GO", &[]);
    bench.settle(&run);
    // The dead session has no figure of the client's; the new one's hooks caught it up.
    let served = bench.api.session_total(&dead);
    bench.agree(&dead, served, served, served);
}

/// The client forgets what the killed process spent: its total starts at nothing again, so it is compared with
/// what this process was served, and the ledger with all of it.
fn killed_then_resumed() {
    let bench = Bench::new(dying());
    let dead = die_in_a_tool(&bench);
    let before = bench.api.session_total(&dead);
    let run = bench.home.run("GO", &["--resume", &dead]);
    assert_eq!(run.session(), dead);
    let all = bench.api.session_total(&dead);
    same("the resumed client's total", run.total(), "what its process was served", all - before);
    note(format!("{} of {} were spent before the kill", price::show(before), price::show(all)));
    bench.agree(&dead, all, before + run.total(), all);
}
