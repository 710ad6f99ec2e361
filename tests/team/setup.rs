//! The database: set up once, whoever does it how often, and refused where it is not ours.

use chrono::{Datelike, Utc};
use cost_hook::team::migrate::ALL;
use postgres::{Client, NoTls};
use serde_json::json;

use crate::server::shared;
use crate::team::{Team, book, put, refused, sync};

#[test]
fn it_is_set_up_once_and_again_changes_nothing() {
    let team = Team::bare(shared(), json!({}));
    let dry = team.owner.run(&["team", "init", "--dry-run"]).ok().stdout;
    assert!(dry.contains("CREATE TABLE cost_hook.calls") && dry.ends_with("COMMIT;\n"), "{dry}");
    assert_eq!(team.ask("SELECT count(*) FROM pg_namespace WHERE nspname = 'cost_hook'"), "0");
    let first = team.owner.run(&["team", "init", "--json"]).json();
    assert_eq!(first["applied"], json!([{"version": 1, "name": "store"}, {"version": 2, "name": "months"}]));
    let schema =
        "SELECT string_agg(attrelid::regclass || attname, ',' ORDER BY attrelid, attnum) FROM pg_attribute
        WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'cost_hook'::regnamespace)";
    let before = team.ask(schema);
    assert_eq!(team.owner.run(&["team", "init", "--json"]).json()["applied"], json!([]));
    assert_eq!(team.ask(schema), before);
    let dry = team.owner.run(&["team", "init", "--dry-run"]).ok().stdout;
    assert_eq!(dry, "-- Nothing to do: the store is up to date.\n");
}

#[test]
fn what_dry_run_prints_does_the_same() {
    let team = Team::bare(shared(), json!({}));
    let script = team.owner.run(&["team", "init", "--dry-run"]).ok().stdout;
    team.tell(&script);
    assert_eq!(team.owner.run(&["team", "init", "--json"]).json()["applied"], json!([]));
    let ann = team.member("ann");
    book(&ann, "a:1", "0.5");
    sync(&ann);
    assert_eq!(team.total().to_string(), "0.5");
}

#[test]
fn ten_at_once_set_it_up_once() {
    let team = Team::bare(shared(), json!({}));
    let running: Vec<_> = (0..10).map(|_| team.owner.start(&["team", "init", "--json"], b"")).collect();
    let applied: Vec<_> = running
        .into_iter()
        .map(|child| crate::support::finish(child).json()["applied"].as_array().unwrap().len())
        .collect();
    assert_eq!(applied.iter().sum::<usize>(), ALL.len(), "{applied:?}");
    assert_eq!(team.ask("SELECT count(*) FROM cost_hook.migrations"), ALL.len().to_string());
}

#[test]
fn a_newer_or_a_changed_store_is_left_alone() {
    let team = Team::new();
    let mut owner = Client::connect(team.url_of_owner(), NoTls).unwrap();
    owner.batch_execute("INSERT INTO cost_hook.migrations VALUES (99, 'future', 'x')").unwrap();
    let message = refused(&team.owner.run(&["team", "init"]));
    assert!(message.contains("set up by a newer cost-hook (version 99)"), "{message}");
    owner.batch_execute("DELETE FROM cost_hook.migrations WHERE version = 99").unwrap();
    owner.batch_execute("UPDATE cost_hook.migrations SET checksum = 'x'").unwrap();
    let message = refused(&team.owner.run(&["team", "init"]));
    assert!(message.contains("is not the one that was released"), "{message}");
}

#[test]
fn who_comes_before_it_is_set_up_is_told_what_to_do() {
    let team = Team::bare(shared(), json!({}));
    book(&team.owner, "a:1", "1");
    let message = refused(&team.owner.run(&["team", "sync"]));
    assert!(message.contains("cost-hook team init"), "{message}");
    let env = crate::support::Env::new();
    let message = refused(&env.run(&["team", "status"]));
    assert!(
        message.contains("no team's store is set") && message.contains("COST_HOOK_TEAM_URL"),
        "{message}"
    );
}

#[test]
fn encrypted_only_to_a_server_that_can_be_trusted() {
    let team = Team::new();
    let url = team.invite("ann", &[]);
    let plain = url.replace("?sslmode=disable", "");
    let trusted = |more: &str| {
        let env = team.machine("ann", &format!("{plain}?{more}"));
        book(&env, "a:1", "1");
        env.run(&["team", "sync"])
    };
    let authority = shared().authority().display().to_string();
    trusted(&format!("sslmode=verify-full&sslrootcert={authority}")).ok();
    trusted(&format!("sslmode=require&sslrootcert={}", authority.replace('/', "%2F"))).ok();
    let message = refused(&trusted("sslmode=require"));
    assert!(message.contains("certificate") && message.contains("sslrootcert"), "{message}");
    let message = refused(&trusted("sslrootcert=/nowhere&sslmode=require"));
    assert!(message.contains("there is no file `/nowhere`"), "{message}");
    // The right authority, but a name the certificate does not have.
    let other = plain.replace("127.0.0.1", "127.0.0.2");
    let env = team.machine("ann", &format!("{other}?sslmode=verify-full&sslrootcert={authority}"));
    let message = refused(&env.run(&["team", "sync"]));
    assert!(message.contains("no connection"), "{message}");
    let encrypted = team.ask("SELECT count(*) FROM pg_stat_ssl WHERE ssl");
    assert_eq!(encrypted, "0", "nothing stays connected");
}

/// As a replica is, and a server that was the first one before another took over.
#[test]
fn a_server_that_only_reads_answers_reports_and_takes_nothing_in() {
    let team = Team::new();
    let ann = team.member("ann");
    let url = format!("{}&target_session_attrs=read-write", team.invite("ben", &[]));
    let ben = team.machine("ben", &url);
    book(&ann, "a:1", "1");
    sync(&ann);
    let mut owner = Client::connect(team.url_of_owner(), NoTls).unwrap();
    owner
        .batch_execute(&format!("ALTER DATABASE {} SET default_transaction_read_only = on", team.database))
        .unwrap();
    book(&ann, "a:2", "1");
    let message = refused(&ann.run(&["team", "sync"]));
    assert!(
        message.contains("read-only") && message.contains("target_session_attrs=read-write"),
        "{message}"
    );
    let report = team.owner.run(&["team", "report", "--by", "user", "--month", "2026-11", "--json"]).json();
    assert_eq!(report["team"], "1");
    // Of several hosts the one that can be written to is looked for; here there is none.
    let message = refused(&ben.run(&["team", "sync"]));
    assert!(message.contains("no connection"), "{message}");
    owner.batch_execute("SET default_transaction_read_only = off").unwrap();
    owner
        .batch_execute(&format!("ALTER DATABASE {} RESET default_transaction_read_only", team.database))
        .unwrap();
    assert_eq!(sync(&ann)["totals"]["team"]["cost"], "2");
    assert_eq!(sync(&ben)["totals"]["team"]["cost"], "2");
}

#[test]
fn months_get_partitions_and_odd_months_do_not() {
    let team = Team::new();
    let ann = team.member("ann");
    // By the server's clock, which is the real one.
    let this = Utc::now().date_naive().with_day(1).unwrap();
    let last = this.pred_opt().unwrap();
    let times = [
        "1971-01-01T00:00:00.000Z",
        &format!("{last}T23:59:59.999Z"),
        &format!("{this}T00:00:00.000Z"),
        "2199-05-05T00:00:00.000Z",
    ];
    for (at, time) in times.iter().enumerate() {
        let line = crate::support::books::call(
            &format!("m:{at}"),
            time,
            "claude-opus-5-5",
            [1; 5],
            json!({"cost": "1"}),
        );
        put(&ann, &line);
    }
    assert_eq!(sync(&ann)["news"], 4);
    assert_eq!(team.total().to_string(), "4");
    let odd = team.ask("SELECT string_agg(month::text, ' ' ORDER BY month) FROM cost_hook.calls_other");
    assert_eq!(odd.split(' ').count(), 2, "{odd}");
    let of_last = format!("SELECT count(*) FROM cost_hook.calls_{}", last.format("%Y_%m"));
    assert_eq!(team.ask(&of_last), "1");
    assert_eq!(team.ask("SELECT to_regclass('cost_hook.calls_2199_05') IS NULL"), "true");
}
