//! How far a team goes over its budget with a real server: `support::crowd` says in made-up time who works and asks when, the
//! product weighs, and each sync it comes to is made for real. A connection with the member's own login, the product's `book`
//! and `ask`, and what that took goes into the made-up time. An outage kills the server and starts it again.

use std::time::Instant;

use cost_hook::base::money::Money;
use cost_hook::base::time::Time;
use cost_hook::team::address::Address;
use cost_hook::team::plan::{Batch, Sent};
use cost_hook::team::state::Totals;
use cost_hook::team::store;
use cost_hook::team::sync::{BATCH, ask, book};
use serde_json::json;

use crate::server::Server;
use crate::support::crowd::{Adder, Case, MEAN_CALL, MEAN_RATE, Outcome, Store, Word, play, sum, window};
use crate::team::Team;

/// How many runs of each case; set, the table is printed.
const RUNS: &str = "COST_HOOK_TEAM_RUNS";

struct Real {
    server: Server,
    team: Team,
    addresses: Vec<Address>,
    /// How long an outage lasts by the made-up clock.
    away: i64,
}

impl Real {
    /// A team of so many, each with a login; and somebody who spent before them.
    fn new(members: usize) -> Self {
        let server = Server::start();
        let team = Team::on(&server, json!({}));
        let urls = team.invite_many(members + 1);
        let addresses = urls.iter().map(|url| Address::parse(url).unwrap()).collect();
        Self { server, team, addresses, away: 0 }
    }

    fn before(&self) -> &Address {
        self.addresses.last().unwrap()
    }
}

pub fn line(id: String, time: Time, cost: Money) -> Sent {
    Sent {
        id,
        kind: "call",
        rev: 0,
        time,
        project: "shop".to_string(),
        model: "claude-opus-5-5".to_string(),
        provider: "anthropic",
        region: String::new(),
        input: 10,
        output: 500,
        cache_write_5m: 2_000,
        cache_write_1h: 0,
        cache_read: 80_000,
        web_searches: 0,
        cost,
        estimated: false,
    }
}

impl Store for Real {
    fn open(&mut self, members: usize, before: Money) {
        assert!(members < self.addresses.len());
        self.team.tell("TRUNCATE cost_hook.calls, cost_hook.daily, cost_hook.totals");
        let lines = vec![line("before:1".to_string(), window().start, before)];
        let store = store::Store::open(self.before()).unwrap();
        assert_eq!(book(&store, &Batch { lines, raised: Vec::new() }).unwrap(), 1);
        self.team.tell("UPDATE cost_hook.members SET last_sync = NULL");
    }

    fn sync(&mut self, word: &Word<'_>) -> (Option<Totals>, i64) {
        let calls = word.calls.iter().zip(word.first..);
        let id = |number: usize| format!("m{}-{number}:1", word.machine);
        let lines: Vec<Sent> = calls.map(|((time, cost), at)| line(id(at), *time, *cost)).collect();
        let begun = Instant::now();
        let answer = store::Store::open(&self.addresses[word.member]).and_then(|store| {
            for part in lines.chunks(BATCH) {
                book(&store, &Batch { lines: part.to_vec(), raised: Vec::new() })?;
            }
            if lines.is_empty() {
                book(&store, &Batch::default())?;
            }
            ask(&store, window(), word.began, sum(word.booked))
        });
        let took = i64::try_from(begun.elapsed().as_millis()).unwrap().max(1);
        // The server's clock goes by real time. The pace is a matter of the made-up one.
        (answer.ok().map(|totals| Totals { server_time: word.now, ..totals }), took)
    }

    fn down(&mut self, ms: i64) {
        self.away = ms;
        self.server.kill();
    }

    fn up(&mut self, _: Time) {
        self.server.go_on();
        // So much time went by that nobody was heard of.
        let away = self.away;
        self.team.tell(&format!("UPDATE cost_hook.members SET last_sync = last_sync - interval '{away} ms'"));
    }
}

/// So many runs; the sums in the database are those of the calls after each of them.
fn runs(real: &mut Real, case: &Case, runs: u64) -> Vec<Outcome> {
    let mut done = Vec::new();
    for seed in 1..=runs {
        let outcome = play(real, case, seed);
        assert_eq!(real.team.total() + outcome.unsent, outcome.spent, "seed {seed}");
        assert!(outcome.over <= bound(case, &outcome), "{outcome:?}, seed {seed}");
        done.push(outcome);
    }
    done
}

/// Two calls of each machine, what it spends until the answer is here, and what it spends without one; twice as much for
/// who works faster than the average.
fn bound(case: &Case, outcome: &Outcome) -> f64 {
    let machines = (case.members * case.machines) as f64;
    let minutes = case.outage.map_or(0.0, |_| outcome.alone);
    let of_chance = 2.0 * outcome.largest.to_f64() * (1.0 + machines.sqrt());
    of_chance + machines * (2.0 * MEAN_CALL + 2.0 * MEAN_RATE * (2.0 + outcome.slowest + 60.0 * minutes))
}

fn print(name: &str, outcomes: &[Outcome]) {
    let mut over: Vec<f64> = outcomes.iter().map(|outcome| outcome.over).collect();
    over.sort_by(f64::total_cmp);
    let at = |part: f64| over[((over.len() - 1) as f64 * part) as usize];
    let syncs = outcomes.iter().map(|outcome| outcome.syncs).sum::<f64>() / outcomes.len() as f64;
    let slowest = outcomes.iter().map(|outcome| outcome.slowest).fold(0.0, f64::max);
    let alone = outcomes.iter().map(|outcome| outcome.alone).fold(0.0, f64::max);
    eprintln!(
        "{name}: median {:.2}, least {:.2}, most {:.2} USD over; {syncs:.1} syncs a minute, slowest answer {slowest:.2} s, oldest totals {alone:.0} min",
        at(0.5),
        at(0.0),
        at(1.0)
    );
}

fn told() -> Option<u64> {
    std::env::var(RUNS).ok().map(|runs| runs.parse().unwrap())
}

/// Runs of what takes longest.
fn fewer(runs: u64) -> u64 {
    runs.div_ceil(4)
}

#[test]
fn three_hundred_members_stop_soon_after_the_budget_of_a_real_server() {
    let Some(many) = told() else {
        let mut real = Real::new(300);
        runs(&mut real, &Case { left: (40, 40), ..Case::of(300) }, 1);
        return;
    };
    for members in [1, 10, 50, 300] {
        let mut real = Real::new(members);
        // A few minutes of work: how far it goes over does not depend on how long it took to get there.
        let case = Case { left: (50, 200), ..Case::of(members) };
        compare(&format!("{members} members"), &mut real, &case, many);
        if members == 300 {
            let case = Case { machines: 2, ..case };
            compare("300 members with two machines each", &mut real, &case, fewer(many));
        }
    }
}

/// The same runs with a real server and with a sum in its place.
fn compare(name: &str, real: &mut Real, case: &Case, many: u64) {
    print(name, &runs(real, case, many));
    let with_a_sum: Vec<Outcome> = (1..=many).map(|seed| play(&mut Adder::default(), case, seed)).collect();
    print(&format!("{name}, a sum"), &with_a_sum);
}

/// With `block` nobody goes on for longer than the totals may be old; with `allow` everybody does until the server is back.
#[test]
fn while_the_server_is_away_the_settings_say_how_long_anybody_goes_on() {
    let many = told();
    let (members, lengths) = if many.is_some() { (300, vec![30, 120]) } else { (30, vec![30]) };
    let mut real = Real::new(members);
    for length in lengths {
        let case = |team| Case { left: (250, 250), outage: Some((3, length)), team, ..Case::of(members) };
        let count = many.map_or(1, fewer);
        let allowed = runs(&mut real, &case(json!({"onStale": "allow"})), count);
        let blocked = runs(&mut real, &case(json!({"onStale": "block", "maxAge": "10m"})), count);
        for outcome in &blocked {
            assert!(outcome.alone <= 10.0, "{outcome:?}");
        }
        if length > 10 {
            let least = |of: &[Outcome]| of.iter().map(|outcome| outcome.over).fold(f64::MAX, f64::min);
            assert!(least(&allowed) > least(&blocked), "{length} minutes");
        }
        if many.is_some() {
            print(&format!("away {length} min, allow"), &allowed);
            print(&format!("away {length} min, block after 10 min"), &blocked);
        }
    }
}
