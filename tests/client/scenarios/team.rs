//! One budget over machines: each scenario has a team's store on a real PostgreSQL server, and members whose machines are
//! homes of their own with the client and the hooks in them. The syncs are those that the hooks begin. What the store does
//! otherwise is `tests/team`'s subject.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Scenario, with_store};
use crate::bench::{Bench, note};
use crate::client::Home;
use crate::ledger::binary;
use crate::price::{self, Pico};
use crate::script::{Reply, Script, Usage};
use crate::server::{Server, shared};

pub(super) const ALL: &[Scenario] = &[
    with_store("team::what_others_spent_stops_a_session", what_others_spent),
    with_store("team::two_members_at_once", two_members_at_once),
    with_store("team::an_allocation_over_two_machines", an_allocation),
    with_store("team::the_server_is_away_and_comes_back", the_server_is_away),
];

const DOLLAR: Pico = 1_000_000_000_000;
const PATIENCE: Duration = Duration::from_secs(60);

/// A bit over 0.25 USD a call.
fn quarter() -> Usage {
    Usage { input: 62_500, output: 7, ..Usage::default() }
}

/// A session that would spend six dollars, and one that ends by itself after so many quarters.
fn script(quarters: usize, pause: Duration) -> Script {
    let step = || Reply::bash(&["echo again"]).usage(quarter()).after(pause);
    let mut part: Vec<Reply> = (1..quarters).map(|_| step()).collect();
    part.push(Reply::text("Part of it.").usage(quarter()));
    Script::new().on("GO", (0..24).map(|_| step()).collect()).on("PART", part)
}

struct Team {
    /// The machine of whoever owns the database.
    owner: Home,
    budgets: Value,
}

impl Team {
    fn new(server: &Server, budgets: Value) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let name = format!("team_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let url = server.database(&name, &name);
        let owner = Bench::settings(Script::new(), &json!({ "team": budgets })).home;
        let team = Self { owner: owner.also("COST_HOOK_TEAM_URL", &url), budgets };
        team.ask(&["init"]);
        team
    }

    fn ask(&self, args: &[&str]) -> String {
        ask(&self.owner, &[&["team"], args].concat())
    }

    fn invite(&self, user: &str) -> String {
        let answer: Value = serde_json::from_str(&self.ask(&["invite", user, "--json"])).unwrap();
        answer["url"].as_str().unwrap().to_owned()
    }

    /// A machine, as its user sets it up: the address in the user settings.
    fn machine(&self, user: &str, url: &str, script: Script) -> Bench {
        let mut team = self.budgets.clone();
        team["user"] = user.into();
        team["databaseUrl"] = url.into();
        Bench::settings(script, &json!({ "cost": { "autoStopAtBudget": true }, "team": team }))
    }

    fn member(&self, user: &str, script: Script) -> Bench {
        self.machine(user, &self.invite(user), script)
    }

    /// What the store holds, of everybody and of the named ones.
    fn spent(&self, user: Option<&str>) -> Pico {
        let answer: Value = serde_json::from_str(&self.ask(&["report", "--by", "user", "--json"])).unwrap();
        let rows = answer["rows"].as_array().unwrap();
        let row = match user {
            Some(user) => rows.iter().find(|row| row["name"] == user),
            None => Some(&answer["total"]),
        };
        row.map_or(0, |row| price::from_decimal(row["costExact"].as_str().unwrap()).unwrap())
    }

    /// Waits for the syncs that the ends of sessions began; then the store has what was served, to the last digit.
    fn settled(&self, served: Pico) {
        until("the store has everything", || self.spent(None) == served);
        note(format!("store {} served {}", price::show(self.spent(None)), price::show(served)));
    }
}

fn ask(home: &Home, args: &[&str]) -> String {
    let done = home.command(Path::new(&binary())).args(args).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "cost-hook {args:?}: {said}");
    String::from_utf8_lossy(&done.stdout).into_owned()
}

fn until(what: &str, so: impl Fn() -> bool) {
    let started = Instant::now();
    while !so() {
        assert!(started.elapsed() < PATIENCE, "never: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// What a machine was told last that the team has spent.
fn heard(home: &Home) -> Pico {
    let text = fs::read_to_string(home.config().join("cost-hook/team.json")).unwrap_or_default();
    let state: Value = serde_json::from_str(&text).unwrap_or_default();
    state["totals"]["team"]["cost"].as_str().map_or(0, |cost| price::from_decimal(cost).unwrap())
}

/// One call, with whose end the hooks have the store asked; then the machine knows of everybody's.
fn hears(bench: &Bench, others: Pico) {
    let run = bench.home.run("PART", &[]);
    assert_eq!(run.ended(), "completed");
    bench.settle(&run);
    until("the machine hears of the others", || heard(&bench.home) == others + bench.api.total());
}

/// Ben spends two dollars of three on his machine and goes home. Ann's machine hears of them, and stops her to the call.
fn what_others_spent() {
    let team = Team::new(shared(), json!({ "budget": 3 }));
    let ben = team.member("ben", script(8, Duration::ZERO));
    assert_eq!(ben.home.run("PART", &[]).ended(), "completed");
    team.settled(ben.api.total());

    let ann = team.member("ann", script(1, Duration::ZERO));
    hears(&ann, ben.api.total());
    let run = ann.home.run("GO", &[]);
    assert_eq!(run.ended(), "hook_stopped", "{}", run.json["result"]);
    ann.settle(&run);
    assert_eq!(ann.api.calls().len(), 4, "2.00 of Ben's and 1.00 of hers");
    team.settled(ben.api.total() + ann.api.total());
    let told = ann.ledger().ask(&["status"]);
    assert!(told.contains("team budget"), "{told}");
    // Nobody begins anything any more, on either machine.
    for bench in [&ann, &ben] {
        let calls = bench.api.calls().len();
        ask(&bench.home, &["team", "sync"]);
        bench.home.run("GO", &[]);
        assert_eq!(bench.api.calls().len(), calls, "calls after the team's budget was used up");
    }
}

/// Both spend at the same time, a call every half second: faster than a machine asks, which is every two seconds at most.
fn two_members_at_once() {
    let team = Team::new(shared(), json!({ "budget": 5 }));
    let pause = Duration::from_millis(500);
    let machines = ["ann", "ben"].map(|name| team.member(name, script(1, pause)));
    thread::scope(|scope| {
        for bench in &machines {
            scope.spawn(|| {
                let run = bench.home.run("GO", &[]);
                assert_eq!(run.ended(), "hook_stopped", "{}", run.json["result"]);
                bench.settle(&run);
            });
        }
    });
    let served = machines.iter().map(|bench| bench.api.total()).sum();
    team.settled(served);
    let over = served - 5 * DOLLAR;
    note(format!("{} over the budget", price::show(over)));
    // How far is the machine's speed (`docs/design/teams.md`); each of them would have gone on for six dollars.
    assert!(over >= 0, "stopped too early: {served}");
    assert!(over < 5 * DOLLAR, "each was stopped by its own spending alone");
}

/// What one's other machine spent counts for one's allocation, and nobody else's is touched.
fn an_allocation() {
    let team = Team::new(
        shared(),
        json!({ "budget": 100, "members": [{ "user": "ann", "allocation": 2 }, { "user": "ben", "allocation": 50 }] }),
    );
    let url = team.invite("ann");
    let laptop = team.machine("ann", &url, script(6, Duration::ZERO));
    assert_eq!(laptop.home.run("PART", &[]).ended(), "completed");
    team.settled(laptop.api.total());

    let runner = team.machine("ann", &url, script(1, Duration::ZERO));
    hears(&runner, laptop.api.total());
    let run = runner.home.run("GO", &[]);
    assert_eq!(run.ended(), "hook_stopped", "{}", run.json["result"]);
    runner.settle(&run);
    assert_eq!(runner.api.calls().len(), 2, "1.50 on the laptop and 0.50 here");
    let ben = team.member("ben", script(3, Duration::ZERO));
    assert_eq!(ben.home.run("PART", &[]).ended(), "completed");
    let hers = laptop.api.total() + runner.api.total();
    team.settled(hers + ben.api.total());
    assert_eq!(team.spent(Some("ann")), hers);
}

/// The client is not held up and nothing is lost; what was spent meanwhile counts as soon as the server is there again.
fn the_server_is_away() {
    let mut server = Server::start();
    let team = Team::new(&server, json!({ "budget": 2 }));
    let (ann, ben) =
        (team.member("ann", script(4, Duration::ZERO)), team.member("ben", script(5, Duration::ZERO)));
    server.stop();
    for bench in [&ann, &ben] {
        let run = bench.home.run("PART", &[]);
        assert_eq!(run.ended(), "completed", "{}", run.json["result"]);
        bench.settle(&run);
    }
    server.go_on();
    // A person or cron asks; a hook would within its interval.
    for bench in [&ann, &ben] {
        ask(&bench.home, &["team", "sync"]);
    }
    assert_eq!(team.spent(None), ann.api.total() + ben.api.total());
    ask(&ann.home, &["team", "sync"]);
    ann.home.run("GO", &[]);
    assert_eq!(ann.api.calls().len(), 4, "calls after the team's budget was used up");
}
