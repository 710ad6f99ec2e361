//! From one version of the store to the next. What comes after the newest is made up here: it changes tables that hold
//! calls, and the functions that machines call.

use std::str::FromStr;

use cost_hook::team::address::Address;
use cost_hook::team::migrate::{self, ALL, Migration};
use cost_hook::team::store::Store;
use postgres::{Client, NoTls};
use serde_json::json;

use crate::server::shared;
use crate::support::{finish, usd};
use crate::team::{Team, book, refused, sync};

/// A column that old calls get, too, an index, and another body for a function.
const NEXT: Migration = made_up(
    "ALTER TABLE cost_hook.calls ADD COLUMN speed text NOT NULL DEFAULT 'standard' CHECK (length(speed) <= 20);
    CREATE INDEX calls_of_model ON cost_hook.calls (model, time);
    CREATE OR REPLACE FUNCTION cost_hook.me() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT m.member FROM cost_hook.members m WHERE m.login = session_user AND m.removed IS NULL LIMIT 1
    $$;",
);
/// Fails at its end, after it has changed something.
const BROKEN: Migration = made_up("ALTER TABLE cost_hook.calls ADD COLUMN speed text; SELECT 1 / 0;");

#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
const fn made_up(sql: &'static str) -> Migration {
    Migration { version: ALL.len() as i32 + 1, name: "made-up", sql }
}

/// All there are, and one more.
fn and(next: Migration) -> &'static [Migration] {
    [ALL, &[next]].concat().leak()
}

fn store(team: &Team) -> Store {
    Store::open(&Address::parse(team.url_of_owner()).unwrap()).unwrap()
}

fn columns(team: &Team) -> u32 {
    let count = team.ask(
        "SELECT count(*) FROM pg_attribute
        WHERE attrelid = 'cost_hook.calls'::regclass AND attnum > 0 AND NOT attisdropped",
    );
    u32::from_str(&count).unwrap()
}

/// Machines are updated before the store is, or after it.
#[test]
fn a_store_of_each_earlier_version_is_sent_to_and_brought_up_to_date() {
    for versions in 1..ALL.len() {
        let team = Team::bare(shared(), json!({}));
        let mut owner = Client::connect(team.url_of_owner(), NoTls).unwrap();
        owner.batch_execute(&migrate::script(&ALL[..versions])).unwrap();
        let ann = team.member("ann");
        book(&ann, "a:1", "0.5");
        assert_eq!(sync(&ann)["news"], 1);
        let applied = team.owner.run(&["team", "init", "--json"]).json()["applied"].clone();
        assert_eq!(applied.as_array().unwrap().len(), ALL.len() - versions);
        book(&ann, "a:2", "0.25");
        std::fs::remove_file(ann.data().join("team.json")).unwrap();
        assert_eq!(sync(&ann)["news"], 1, "what version {versions} took in is known");
        assert_eq!(team.total(), usd("0.75"));
    }
}

#[test]
fn the_next_version_keeps_what_is_there_and_old_machines_go_on() {
    let team = Team::new();
    let ann = team.member("ann");
    book(&ann, "a:1", "1.5");
    sync(&ann);
    let before = columns(&team);
    let versions = "SELECT string_agg(version || name, ',' ORDER BY version) FROM cost_hook.migrations";
    let known = team.ask(versions);

    assert_eq!(migrate::run(&store(&team), and(NEXT)).unwrap(), [NEXT]);
    assert_eq!(migrate::run(&store(&team), and(NEXT)).unwrap(), [], "once");
    assert_eq!(columns(&team), before + 1);
    assert_eq!(team.total(), usd("1.5"));
    assert_eq!(team.ask("SELECT speed FROM cost_hook.calls"), "standard");
    assert_eq!(team.ask(versions), format!("{known},{}made-up", NEXT.version));

    // The program of this build does not know it: it goes on sending, and is told when it would change the store.
    book(&ann, "a:2", "2");
    assert_eq!(sync(&ann)["news"], 1);
    assert_eq!(team.total(), usd("3.5"));
    assert_eq!(ann.run(&["team", "status", "--json"]).json()["connected"], true);
    let message = refused(&team.owner.run(&["team", "init"]));
    assert!(
        message.contains(&format!("set up by a newer cost-hook (version {})", NEXT.version))
            && message.contains("update"),
        "{message}"
    );
    // Nobody sees more than before.
    let url = team.invite("ben", &[]);
    let mut ben = Client::connect(&url, NoTls).unwrap();
    let seen: i64 = ben.query_one("SELECT count(*) FROM cost_hook.calls", &[]).unwrap().get(0);
    assert_eq!(seen, 0);
}

#[test]
fn a_version_that_fails_leaves_everything_as_it_was() {
    let team = Team::new();
    let ann = team.member("ann");
    book(&ann, "a:1", "1.5");
    sync(&ann);
    let before = columns(&team);
    let error = migrate::run(&store(&team), and(BROKEN)).unwrap_err();
    assert!(error.message.contains("division by zero"), "{error}");
    assert_eq!(
        (columns(&team), team.ask("SELECT max(version) FROM cost_hook.migrations")),
        (before, ALL.len().to_string())
    );
    book(&ann, "a:2", "2");
    sync(&ann);
    assert_eq!(team.total(), usd("3.5"));
    assert_eq!(migrate::run(&store(&team), and(NEXT)).unwrap(), [NEXT], "and the mended one is applied");
}

#[test]
fn five_at_once_apply_it_once_while_machines_send() {
    let team = Team::new();
    let machines: Vec<_> = ["ann", "ben", "cem"].map(|name| team.member(name)).into();
    let url = team.url_of_owner();
    let applied = std::thread::scope(|scope| {
        let bring_up_to_date = || {
            let store = Store::open(&Address::parse(url).unwrap()).unwrap();
            migrate::run(&store, and(NEXT)).unwrap().len()
        };
        let running: Vec<_> = (0..5).map(|_| scope.spawn(bring_up_to_date)).collect();
        for call in 0..5 {
            for (at, machine) in machines.iter().enumerate() {
                book(machine, &format!("m{at}-{call}:1"), "0.25");
            }
            let syncs: Vec<_> =
                machines.iter().map(|machine| machine.start(&["team", "sync"], b"")).collect();
            syncs.into_iter().for_each(|sync| drop(finish(sync).ok()));
        }
        running.into_iter().map(|one| one.join().unwrap()).sum::<usize>()
    });
    assert_eq!(applied, 1);
    assert_eq!(team.total(), usd("3.75"));
    assert_eq!(team.owner.run(&["team", "report", "--json"]).json()["total"]["cost"], json!(3.75));
}

/// `init --dry-run` gives the SQL to somebody with more rights, who is not the owner.
#[test]
fn whoever_brings_it_up_to_date_everything_belongs_to_the_owner() {
    let team = Team::bare(shared(), json!({}));
    team.tell(&migrate::script(&ALL[..1]));
    let mut superuser = Client::connect(&shared().superuser(&team.database), NoTls).unwrap();
    let next: Vec<Migration> = ALL[1..].iter().copied().chain([NEXT]).collect();
    superuser.batch_execute(&migrate::script(&next)).unwrap();
    let ann = team.member("ann");
    book(&ann, "a:1", "1.5");
    assert_eq!(sync(&ann)["news"], 1);
    assert_eq!(team.total(), usd("1.5"));
    let strangers = team.ask(
        "SELECT count(*) FROM pg_proc WHERE pronamespace = 'cost_hook'::regnamespace
            AND proowner <> (SELECT nspowner FROM pg_namespace WHERE nspname = 'cost_hook')",
    );
    assert_eq!(strangers, "0");
}
