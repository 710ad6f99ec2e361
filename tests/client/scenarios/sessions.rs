//! Sessions that go on, split and run side by side.

use super::{Scenario, figures};
use crate::bench::{Bench, same};
use crate::script::{Reply, Script};

pub(super) const ALL: &[Scenario] = &[
    figures("sessions::resume_and_continue", resume_and_continue),
    figures("sessions::fork", fork),
    figures("sessions::fork_of_a_fork", fork_of_a_fork),
    figures("sessions::two_at_once", two_at_once),
    figures("sessions::open_twice", open_twice),
    figures("sessions::moved_by_cd", moved_by_cd),
];

fn resume_and_continue() {
    let bench = Bench::new(Script::new());
    let first = bench.home.run("one", &[]);
    let session = first.session();
    bench.settle(&first);
    let second = bench.home.run("two", &["--resume", &session]);
    assert_eq!(second.session(), session);
    bench.settle(&second);
    let third = bench.home.run("three", &["--continue"]);
    assert_eq!(third.session(), session);
    assert_eq!(bench.api.calls().len(), 3);
    bench.settle(&third);
}

/// A fork's total begins with its parent's, subagents included, though its files hold no line of those. The
/// parent's calls stay the parent's in the ledger: they are the same money.
fn fork() {
    let script = Script::new()
        .on("START", vec![Reply::agents(&["LEAF job"], false)])
        .on("LEAF", vec![Reply::bash(&["echo leaf"]), Reply::text("Done.")]);
    let bench = Bench::new(script);
    let parent = bench.home.run("START", &[]);
    bench.settle(&parent);
    let child = bench.home.run("another way", &["--resume", &parent.session(), "--fork-session"]);
    split(&bench, parent.total(), &child);
    // The parent goes on from its own total.
    let later = bench.home.run("go on", &["--resume", &parent.session()]);
    bench.settle(&later);
    split(&bench, parent.total(), &child);
}

fn fork_of_a_fork() {
    let bench = Bench::new(Script::new());
    let root = bench.home.run("one", &[]);
    let fork = bench.home.run("two", &["--resume", &root.session(), "--fork-session"]);
    let second = bench.home.run("three", &["--resume", &fork.session(), "--fork-session"]);
    bench.settle(&root);
    split(&bench, root.total(), &fork);
    split(&bench, fork.total(), &second);
}

/// A fork whose lineage had cost `inherited`.
fn split(bench: &Bench, inherited: i128, fork: &crate::client::Run) {
    let own = bench.api.session_total(&fork.session());
    same("the fork's total", fork.total(), "its lineage's and its own", inherited + own);
    bench.agree(&fork.session(), own, fork.total() - inherited, own);
}

fn two_at_once() {
    let steps = || vec![Reply::bash(&["sleep 0.2"]), Reply::bash(&["echo two"]), Reply::text("Done.")];
    let bench = Bench::new(Script::new().on("LEFT", steps()).on("RIGHT", steps()));
    let left = bench.home.start("LEFT", &[]);
    let right = bench.home.start("RIGHT", &[]);
    let (left, right) = (left.finish(), right.finish());
    assert_eq!(bench.api.charged(), 6);
    bench.settle(&left);
    bench.settle(&right);
}

/// One session in two clients at the same time: each goes on from the saved total and knows nothing of the other's
/// calls, which all land in one file. So the clients' totals overlap in what was saved before.
fn open_twice() {
    let steps = || vec![Reply::bash(&["sleep 0.4"]), Reply::bash(&["echo two"]), Reply::text("Done.")];
    let bench = Bench::new(Script::new().on("LEFT", steps()).on("RIGHT", steps()));
    let first = bench.home.run("one", &[]);
    let session = first.session();
    let left = bench.home.start("LEFT", &["--resume", &session]);
    let right = bench.home.start("RIGHT", &["--resume", &session]);
    let (left, right) = (left.finish(), right.finish());
    assert_eq!((left.session(), right.session()), (session.clone(), session.clone()));
    assert_eq!(bench.api.charged(), 7);
    let served = bench.api.session_total(&session);
    bench.agree(&session, served, left.total() + right.total() - first.total(), served);
    // Whoever comes next goes on from the total of the one that ended last, and the ledger from all of it.
    let later = bench.home.run("three", &["--resume", &session]);
    let all = bench.api.session_total(&session);
    bench.agree(&session, all, all - served + left.total() + right.total() - first.total(), all);
    let own = all - served;
    assert!(later.total() >= own, "the last client's total");
}

/// `cd` moves the session, not its money: it stays with the folder the session was started in.
fn moved_by_cd() {
    let steps = vec![Reply::bash(&["mkdir -p sub/deep && cd sub/deep && pwd"]), Reply::bash(&["pwd"])];
    let bench = Bench::new(Script::new().on("GO", steps));
    let run = bench.home.run("GO", &[]);
    bench.settle(&run);
    if !crate::ledger::left_out() {
        let report = bench.ledger().ask(&["session", &run.session(), "--json"]);
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        assert_eq!(report["projectPath"], bench.home.project().display().to_string());
    }
}
