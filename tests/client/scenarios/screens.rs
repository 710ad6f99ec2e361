//! The interactive client: what it asks beside the turns (titles, compaction, the call after a `!` command),
//! and how sessions begin and end there.

use std::thread;
use std::time::Duration;

use serde_json::json;

use super::{Scenario, figures};
use crate::bench::Bench;
use crate::screen::Screen;
use crate::script::{Kind, Reply, Script};

pub(super) const ALL: &[Scenario] = &[
    figures("screen::title_compact_and_clear", title_compact_clear),
    figures("screen::resume", resume),
    figures("screen::bash_mode", bash_mode),
];

fn answers() -> Script {
    Script::new()
        .on("ALPHA", vec![Reply::text("Answer alpha.")])
        .on("BETA", vec![Reply::text("Answer beta.")])
        .on("GAMMA", vec![Reply::text("Answer gamma.")])
}

fn kinds(bench: &Bench) -> Vec<Kind> {
    bench.api.calls().iter().map(|c| c.kind).collect()
}

/// Titles and compactions have no line in any transcript: only the client's totals know them.
fn title_compact_clear() {
    let bench = Bench::with_titles(answers(), &json!({}));
    let screen = Screen::open(&bench.home, &[]);
    screen.say("ALPHA: mend the login form please");
    screen.wait("Answer alpha.");
    screen.say("/compact");
    screen.wait("Compacted");
    screen.say("BETA: and now the rest");
    screen.wait("Answer beta.");
    // The status line follows an answer by a third of a second.
    thread::sleep(Duration::from_millis(700));
    screen.say("/clear");
    screen.until("an empty conversation", |text| !text.contains("Answer beta."));
    screen.say("GAMMA: a new start with another form");
    screen.wait("Answer gamma.");
    screen.leave();
    let count = |kind| kinds(&bench).iter().filter(|k| **k == kind).count();
    assert_eq!((count(Kind::Title), count(Kind::Compact), count(Kind::Turn)), (2, 1, 3));
    let sessions = bench.sessions();
    assert_eq!(sessions.len(), 2, "/clear begins a session: {sessions:?}");
    for session in &sessions {
        bench.settle_saved(session);
    }
}

fn resume() {
    let bench = Bench::with_titles(answers(), &json!({}));
    let screen = Screen::open(&bench.home, &[]);
    screen.say("ALPHA: mend the login form please");
    screen.wait("Answer alpha.");
    screen.leave();
    let session = bench.only_session();
    bench.settle_saved(&session);
    let screen = Screen::open(&bench.home, &["--resume", &session]);
    screen.say("BETA: and now the rest");
    screen.wait("Answer beta.");
    screen.leave();
    assert_eq!(bench.only_session(), session);
    bench.settle_saved(&session);
}

/// After a `!` command the client asks the model, and no prompt hook runs before that call.
fn bash_mode() {
    let bench = Bench::settings(answers(), &json!({ "respondToBashCommands": true }));
    let screen = Screen::open(&bench.home, &[]);
    screen.say("ALPHA: mend the login form please");
    screen.wait("Answer alpha.");
    screen.say("! echo a bare word");
    screen.until("the answer to it", |_| bench.api.calls().len() == 2);
    thread::sleep(Duration::from_millis(700));
    screen.leave();
    bench.settle_saved(&bench.only_session());
}
