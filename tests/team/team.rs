//! A team: a database of its own with an owner who is no superuser, and members with machines.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use cost_hook::base::money::Money;
use cost_hook::team::address::with_login;
use postgres::{Client, NoTls};
use serde_json::{Value, json};

use crate::server::{Server, shared};
use crate::support::books::call;
use crate::support::{Env, Output, usd};

pub struct Team {
    pub database: String,
    /// The owner's.
    address: String,
    /// The machine of whoever owns the database.
    pub owner: Env,
}

impl Team {
    /// On the shared server, set up.
    pub fn new() -> Self {
        Self::on(shared(), json!({}))
    }

    pub fn with(settings: Value) -> Self {
        Self::on(shared(), settings)
    }

    /// `settings` are the team's, for the owner; members get them, too.
    pub fn on(server: &Server, settings: Value) -> Self {
        let team = Self::bare(server, settings);
        team.owner.run(&["team", "init"]).ok();
        team
    }

    /// Nothing is set up yet.
    pub fn bare(server: &Server, settings: Value) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let (database, owner) = (format!("team_{number}"), format!("owner_{number}"));
        let address = server.database(&database, &owner);
        let team = Self { database, address, owner: Env::new() };
        team.owner.var("COST_HOOK_TEAM_URL", &team.address);
        if settings != json!({}) {
            team.owner.managed(settings);
        }
        team
    }

    pub fn database(&self) -> &str {
        &self.database
    }

    /// The address that `invite` gives.
    pub fn invite(&self, name: &str, more: &[&str]) -> String {
        let words = [&["team", "invite", name, "--json"], more].concat();
        self.owner.run(&words).json()["url"].as_str().unwrap().to_string()
    }

    /// So many at once, `m0`, `m1` and so on, by the function that `invite` calls. They share a password: making its verifier
    /// is what takes long.
    pub fn invite_many(&self, count: usize) -> Vec<String> {
        let secret = postgres_protocol::password::scram_sha_256(b"s3cret");
        let mut owner = Client::connect(&self.address, NoTls).unwrap();
        let question =
            "SELECT cost_hook.invite('m' || n, $1, false, NULL) FROM generate_series(0, $2 - 1) AS n";
        let count = i32::try_from(count).unwrap();
        let rows = owner.query(question, &[&secret, &count]).unwrap();
        rows.iter().map(|row| with_login(&self.address, row.get(0), "s3cret")).collect()
    }

    /// A new member with a machine.
    pub fn member(&self, name: &str) -> Env {
        self.machine(name, &self.invite(name, &[]))
    }

    /// One more machine of a member.
    pub fn machine(&self, name: &str, url: &str) -> Env {
        let env = Env::new();
        env.var("COST_HOOK_TEAM_URL", url).var("USER", name);
        env
    }

    /// What stands in the database, seen by its owner.
    pub fn ask(&self, question: &str) -> String {
        let mut client = Client::connect(&self.address, NoTls).unwrap();
        let row = client.query_one(&format!("SELECT ({question})::text"), &[]).unwrap();
        row.get::<_, Option<String>>(0).unwrap_or_default()
    }

    /// Has the owner do something.
    pub fn tell(&self, sql: &str) {
        Client::connect(&self.address, NoTls).unwrap().batch_execute(sql).unwrap();
    }

    pub fn url_of_owner(&self) -> &str {
        &self.address
    }

    /// The team's total, by three ways that have to agree: calls, sums for reports, sums for limits.
    #[track_caller]
    pub fn total(&self) -> Money {
        let of =
            |table: &str| usd(&self.ask(&format!("SELECT coalesce(sum(cost), 0) FROM cost_hook.{table}")));
        let total = of("calls");
        assert_eq!((of("daily"), of("totals")), (total, total), "the sums are not those of the calls");
        let count = |of: &str| self.ask(&format!("SELECT coalesce({of}, 0)"));
        let calls = count("(SELECT count(*) FROM cost_hook.calls)");
        assert_eq!(count("(SELECT sum(calls) FROM cost_hook.daily)"), calls);
        assert_eq!(count("(SELECT sum(calls) FROM cost_hook.totals)"), calls);
        total
    }
}

/// A call of this cost in the ledger of a machine, as if it had been booked.
pub fn book(env: &Env, id: &str, cost: &str) {
    book_with(env, id, json!({ "cost": cost }));
}

pub fn book_with(env: &Env, id: &str, more: Value) {
    let line = call(id, "2026-11-24T10:00:00.000Z", "claude-opus-5-5", [10, 20, 30, 40, 50], more);
    put(env, &line);
}

/// A line at the end of its month's segment.
pub fn put(env: &Env, line: &Value) {
    let month = &line["time"].as_str().unwrap()[..7];
    env.append(&env.data().join(format!("ledger/{month}.jsonl")), format!("{line}\n").as_bytes());
}

/// Sends and asks; the answer's JSON.
#[track_caller]
pub fn sync(env: &Env) -> Value {
    env.run(&["team", "sync", "--json"]).json()
}

/// Fails, with one message on stderr, which is returned.
#[track_caller]
pub fn refused(output: &Output) -> String {
    assert_eq!((output.code, output.stdout.as_str()), (Some(1), ""), "{output:?}");
    output.stderr.clone()
}

/// What the machine remembers.
pub fn state(env: &Env) -> Value {
    let text = std::fs::read_to_string(env.data().join("team.json")).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Waits until something is so, for a bounded time.
#[track_caller]
pub fn until(what: &str, so: impl Fn() -> bool) {
    let started = Instant::now();
    while !so() {
        assert!(started.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
