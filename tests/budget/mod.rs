//! Limits in the session: what stops, what warns, whose money counts, when a period begins afresh, how to go on.

mod allowing;
mod hard;
mod language;
mod layers;
mod periods;
mod stops;
mod warnings;

use serde_json::{Value, json};

use crate::support::{Call, Env, Output, Transcript};

/// One call of this many cents, seen by an event that cannot stop anything.
fn spend(env: &Env, session: &Transcript<'_>, name: &str, cents: u64) {
    session.call(&Call::cents(name, cents));
    env.hook("Stop", session, json!({})).ok();
}

fn prompt(env: &Env, session: &Transcript<'_>, text: &str) -> Output {
    env.hook("UserPromptSubmit", session, json!({"prompt": text}))
}

/// The reason a prompt is blocked for; panics when it is not.
#[track_caller]
fn reason(output: &Output) -> String {
    let answer = output.json();
    assert_eq!(answer["decision"], "block", "{answer}");
    answer["reason"].as_str().unwrap().to_string()
}

/// What the person is told of a prompt the hook carried out or refused to. What was carried out is not given back to
/// the input box, where the next return would carry it out again.
#[track_caller]
fn told(output: &Output) -> String {
    let answer = output.json();
    match answer["stopReason"].as_str() {
        Some(done) => {
            assert_eq!(answer, json!({"continue": false, "stopReason": done}));
            done.to_string()
        }
        None => reason(output),
    }
}

/// Says something to the person at most, but stops nothing.
#[track_caller]
fn goes_on(output: Output) {
    let output = output.ok();
    assert!(!output.stdout.contains("decision") && !output.stdout.contains("continue"), "{output:?}");
}

/// User settings with one budget that stops, and no warnings ahead of it.
fn budget(key: &str, amount: f64) -> Value {
    json!({"cost": {key: amount, "autoStopAtBudget": true, "warningThreshold": 1}})
}
