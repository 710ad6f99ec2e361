//! Three hundred members whose machines sync at the same moment, more of them than the server has connections. Whoever is
//! refused is told why, keeps everything, and sends it at the next sync; in the end everything is there once.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use chrono::{Datelike, Utc};
use cost_hook::base::error::Result;
use cost_hook::base::money::Money;
use cost_hook::base::time::Time;
use cost_hook::ledger::Ledger;
use cost_hook::settings::Settings;
use cost_hook::team::address::Address;
use cost_hook::team::state::State;
use cost_hook::team::sync::{self, Done};
use postgres::{Client, NoTls};
use serde_json::json;

use crate::overshoot::line;
use crate::server::Server;
use crate::support::crowd::settings;
use crate::support::{Env, usd};
use crate::team::{Team, book, refused};

const MEMBERS: usize = 300;
/// Calls of each member in each round.
const CALLS: usize = 3;
const PATIENCE: Duration = Duration::from_secs(30);

/// What a machine is to `sync::run`.
struct Machine {
    env: Env,
    ledger: Ledger,
    address: Address,
}

fn machines(team: &Team) -> Vec<Machine> {
    let urls = team.invite_many(MEMBERS);
    let machine = |(at, url): (usize, &String)| {
        let env = team.machine(&format!("m{at}"), url);
        Machine { ledger: Ledger::at(&env.data()), address: Address::parse(url).unwrap(), env }
    };
    urls.iter().enumerate().map(machine).collect()
}

fn work(machines: &[Machine], round: usize) {
    for (at, machine) in machines.iter().enumerate() {
        for call in 0..CALLS {
            book(&machine.env, &format!("m{at}-{round}-{call}:1"), "0.01");
        }
    }
}

/// All of them at the same moment; what became of each.
fn at_once(machines: &[&Machine], settings: &Arc<Settings>) -> Vec<Result<Done>> {
    let start = Arc::new(Barrier::new(machines.len()));
    let threads: Vec<_> = machines
        .iter()
        .map(|machine| {
            let (ledger, address, now) = (machine.ledger.clone(), machine.address.clone(), machine.env.now());
            let (start, settings) = (Arc::clone(&start), Arc::clone(settings));
            std::thread::spawn(move || {
                start.wait();
                let _lock = sync::lock(ledger.base(), PATIENCE).unwrap();
                sync::run(&ledger, &settings, &address, (now, PATIENCE), |_| {})
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}

/// Syncs until everybody got in; how often somebody was refused.
fn until_all_are_in(machines: &[Machine], settings: &Arc<Settings>) -> usize {
    let mut waiting: Vec<&Machine> = machines.iter().collect();
    let mut refusals = 0;
    for _ in 0..100 {
        let done = at_once(&waiting, settings);
        let mut left = Vec::new();
        for (machine, done) in waiting.into_iter().zip(done) {
            match done {
                Ok(done) => assert_eq!(done.sent, CALLS),
                Err(error) => {
                    let said = format!(
                        "{} {}",
                        error.one_line(),
                        error.hints.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
                    );
                    assert!(said.contains("nothing is lost"), "{said}");
                    refusals += 1;
                    left.push(machine);
                }
            }
        }
        if left.is_empty() {
            return refusals;
        }
        waiting = left;
    }
    panic!("{} never got in", waiting.len());
}

#[test]
fn three_hundred_at_once_are_each_booked_once_whoever_was_refused() {
    let server = Server::start();
    let team = Team::on(&server, json!({}));
    let machines = machines(&team);
    let settings = Arc::new(settings(&json!({})).0);
    let each = Money(usd("0.01").0 * i128::try_from(MEMBERS * CALLS).unwrap());

    // As many as the server has connections: the moment decides who gets in.
    work(&machines, 1);
    let refusals = until_all_are_in(&machines, &settings);
    assert_eq!(team.total(), each);

    // Somebody else has all of them.
    work(&machines, 2);
    let mut taken: Vec<Client> = Vec::new();
    while let Ok(client) = Client::connect(team.url_of_owner(), NoTls) {
        taken.push(client);
    }
    let all: Vec<&Machine> = machines.iter().collect();
    assert!(at_once(&all, &settings).iter().all(Result::is_err));
    for machine in &machines {
        let state = State::read(machine.ledger.base());
        let trouble = state.trouble.unwrap();
        // Said in several ways: the last slots are kept for the superuser.
        let why = trouble.contains("too many clients") || trouble.contains("connection slots");
        assert!(trouble.contains("refuses") && why, "{trouble}");
        assert_eq!(state.totals.unwrap().own.cost, usd("0.03"), "what was told before is kept");
    }
    let message = refused(&machines[0].env.run(&["team", "sync"]));
    assert!(message.contains("refuses") && message.contains("nothing is lost"), "{message}");

    // A few are free again.
    taken.truncate(taken.len() - 25);
    let more = until_all_are_in(&machines, &settings);
    drop(taken);
    assert_eq!(team.total(), each + each);
    let own = "SELECT count(*) FROM cost_hook.totals WHERE cost = 0.06 AND calls = 6";
    assert_eq!(team.ask(own), MEMBERS.to_string());
    eprintln!("refused {refusals} times with 100 connections, {more} times with 25");
}

/// Each month has a first line, and it may be many who send theirs at that moment: nobody may hold what another waits for.
#[test]
fn the_first_lines_of_a_month_may_come_from_many_at_once() {
    let team = Team::new();
    let urls = team.invite_many(8);
    // The server gives months of the real last year partitions.
    let year = Utc::now().year() - 1;
    let start = Barrier::new(urls.len());
    // Whoever fails goes on to the next month: the others wait for all.
    let work = |(at, url): (usize, &String)| {
        let mut client = Client::connect(url, NoTls).unwrap();
        let mut month = |month: u32| {
            let time = Time::parse(&format!("{year}-{month:02}-05T10:00:00.000Z")).unwrap();
            let lines = serde_json::to_string(&[line(format!("m{at}-{month}:1"), time, usd("0.5"))]).unwrap();
            start.wait();
            client
                .query_one("SELECT cost_hook.book($1::text::jsonb, '[]')", &[&lines])
                .map(|row| row.get::<_, i64>(0))
        };
        (1..=10).map(&mut month).collect::<Vec<_>>()
    };
    let done: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = urls.iter().enumerate().map(|one| scope.spawn(move || work(one))).collect();
        running.into_iter().flat_map(|one| one.join().unwrap()).collect()
    });
    for news in done {
        assert_eq!(news.unwrap(), 1);
    }
    assert_eq!(team.total(), usd("40"));
    assert_eq!(team.ask(&format!("SELECT count(*) FROM cost_hook.calls_{year}_07")), "8");
}
