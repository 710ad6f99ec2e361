//! The product against the real Claude Code. Every scenario starts the pinned client in a home of its own, lets
//! it talk to a scripted stand-in of the Messages API, and compares three figures: what the stand-in served,
//! what the client says it spent, and what the ledger holds.
//!
//! This file owns the run: the sealed network, which scenarios, two at a time, the report. `COST_HOOK_TEST_CLIENT=skip`
//! leaves the suite out; `COST_HOOK_TEST_LEDGER=skip` compares the first two figures only; arguments are parts
//! of scenario names; `--list` names them all.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::exit
)]

mod api;
mod bench;
mod client;
mod eventstream;
mod ledger;
mod price;
mod scenarios;
mod screen;
mod script;
// What the store's own tests use of it is not used here.
#[allow(dead_code, unreachable_pub)]
#[path = "../team/server.rs"]
mod server;

use std::any::Any;
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use scenarios::{Needs, Scenario};

/// Set in the second start of this program, the one inside the namespace.
const INSIDE: &str = "COST_HOOK_TEST_CLIENT_INSIDE";

/// The client alone keeps a core busy while it starts.
const AT_ONCE: usize = 2;

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let scenarios = scenarios::all();
    if wanted.iter().any(|w| w == "--list") {
        for scenario in &scenarios {
            println!("{}: test", scenario.name);
        }
        return ExitCode::SUCCESS;
    }
    let chosen = |s: &Scenario| {
        let mut words = wanted.iter().filter(|w| !w.starts_with('-')).peekable();
        words.peek().is_none() || words.any(|w| s.name.contains(w.as_str()))
    };
    let scenarios: Vec<Scenario> = scenarios.into_iter().filter(chosen).collect();
    if std::env::var("COST_HOOK_TEST_CLIENT").is_ok_and(|v| v == "skip") {
        println!("client tests skipped: COST_HOOK_TEST_CLIENT=skip");
        println!("0 passed, 0 failed, {} skipped", scenarios.len());
        return ExitCode::SUCCESS;
    }
    if std::env::var_os(INSIDE).is_some() {
        return run(&scenarios);
    }
    match client::prepare().and_then(|()| seal()) {
        Ok(code) => code,
        Err(why) => {
            println!("not run: {why}");
            println!("0 passed, {} failed, 0 skipped", scenarios.len());
            ExitCode::FAILURE
        }
    }
}

/// Starts this program again where only loopback exists, so that nothing the client does leaves the machine.
fn seal() -> Result<ExitCode, String> {
    let me = std::env::current_exe().map_err(|e| e.to_string())?;
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.starts_with(b"0"));
    let namespace: &[&str] = if root { &["-n"] } else { &["-r", "-n"] };
    let status = Command::new("unshare")
        .args(namespace)
        // Root without the right to ignore modes: a read-only folder has to be read-only for the client, too.
        .args(["sh", "-c", "ip link set lo up && exec setpriv --bounding-set=-dac_override --inh-caps=-dac_override \"$0\" \"$@\""])
        .arg(me)
        .args(std::env::args_os().skip(1))
        .env(INSIDE, "1")
        .status()
        .map_err(|e| format!("unshare: {e}"))?;
    match status.code() {
        Some(code) => Ok(ExitCode::from(u8::try_from(code).unwrap_or(1))),
        None => Err(format!("unshare: {status}")),
    }
}

enum Verdict {
    Passed,
    Failed(String),
    Skipped(&'static str),
}

fn run(scenarios: &[Scenario]) -> ExitCode {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(String::new, |l| format!(" ({}:{})", l.file(), l.line()));
        PLACE.with(|p| *p.borrow_mut() = place);
    }));
    let begun = Instant::now();
    let next = Mutex::new(scenarios.iter());
    let counts = Mutex::new([0usize; 3]);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(scenario) = next.lock().unwrap().next() else { break };
                    let started = Instant::now();
                    let verdict = judge(scenario);
                    let mut counts = counts.lock().unwrap();
                    counts[report(scenario, &verdict, started.elapsed())] += 1;
                }
            });
        }
    });
    let [passed, failed, skipped] = *counts.lock().unwrap();
    println!("{:.0} s", begun.elapsed().as_secs_f64());
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

thread_local! {
    /// Where the newest panic of this thread came from.
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

fn judge(scenario: &Scenario) -> Verdict {
    if ledger::left_out() && !matches!(scenario.needs, Needs::Client) {
        return Verdict::Skipped("it is about the ledger, which COST_HOOK_TEST_LEDGER leaves out");
    }
    if matches!(scenario.needs, Needs::Store) && !server::is_installed() {
        return Verdict::Skipped("no PostgreSQL server is installed");
    }
    match panic::catch_unwind(AssertUnwindSafe(scenario.run)) {
        Ok(()) => Verdict::Passed,
        Err(panic) => Verdict::Failed(format!("{}{}", words(panic.as_ref()), PLACE.with(RefCell::take))),
    }
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    owned.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words")
}

/// Prints one scenario's outcome with its figures; the index of the count it belongs to.
fn report(scenario: &Scenario, verdict: &Verdict, took: Duration) -> usize {
    let (index, word) = match verdict {
        Verdict::Passed => (0, "ok"),
        Verdict::Failed(_) => (1, "FAILED"),
        Verdict::Skipped(_) => (2, "skipped"),
    };
    println!("{word:8}{} ({:.1} s)", scenario.name, took.as_secs_f64());
    for note in bench::take_notes() {
        println!("        {note}");
    }
    match verdict {
        Verdict::Passed => {}
        Verdict::Failed(why) => println!("        {}", why.replace('\n', "\n        ")),
        Verdict::Skipped(why) => println!("        {why}"),
    }
    index
}
