//! What the guide shows of the client: the status line and a stop, on the screens that `tests/pictures/run` makes pictures
//! of. Not here: drawing them.

use std::thread;
use std::time::Duration;

use serde_json::json;

use super::{Scenario, product};
use crate::bench::Bench;
use crate::screen::Screen;
use crate::script::{Reply, Script, Usage};

pub(super) const ALL: &[Scenario] = &[product("pictures::status_line_and_stop", status_line_and_stop)];

fn status_line_and_stop() {
    let answer =
        |text: &str, input| vec![Reply::text(text).usage(Usage { input, output: 90, ..Usage::default() })];
    let script = Script::new()
        .on("login form", answer("The form kept its old token. It asks for a new one now.", 160_000))
        .on("a test", answer("There is a test for it, and it passes.", 96_000));
    let bench = Bench::settings(script, &json!({ "cost": { "dailyBudget": 1.0, "autoStopAtBudget": true } }));
    let screen = Screen::open(&bench.home, &[]);
    screen.say("mend the login form please");
    screen.wait("It asks for a new one now.");
    screen.wait("daily budget 64% of $1.00");
    screen.keep("status-line");
    screen.say("and write a test for it");
    screen.wait("it passes.");
    screen.wait("STOPPED");
    screen.say("now the registration");
    screen.wait("UserPromptSubmit operation blocked by hook");
    screen.until("the prompt in the box", |text| text.matches("now the registration").count() >= 2);
    thread::sleep(Duration::from_millis(500));
    screen.keep("stop");
    assert_eq!(bench.api.calls().len(), 2);
    screen.leave();
    bench.settle_saved(&bench.only_session());
}
