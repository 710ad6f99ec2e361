//! Sessions that go on, split and run side by side.

use super::{Scenario, figures};
use crate::bench::{Bench, same};
use crate::script::{Reply, Script};

pub(super) const ALL: &[Scenario] = &[
    figures("sessions::resume_and_continue", resume_and_continue),
    figures("sessions::fork", fork),
    figures("sessions::fork_of_a_fork", fork_of_a_fork),
    figures("sessions::two_at_once", two_at_once),
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
