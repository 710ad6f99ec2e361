//! Months whose partitions were taken out of the database: their sums stay, and whatever is sent of them again changes nothing.

use postgres::{Client, NoTls};
use serde_json::{Value, json};

use crate::support::Env;
use crate::support::books::call;
use crate::team::{Team, put, sync};

const BACK: &str = "ALTER TABLE cost_hook.calls ATTACH PARTITION cost_hook.calls_2026_10
    FOR VALUES FROM ('2026-10-01') TO ('2026-11-01')";

fn book(env: &Env, id: &str, time: &str, cost: &str) {
    put(env, &call(id, time, "claude-opus-5-5", [10, 20, 30, 40, 50], json!({ "cost": cost })));
}

/// With a partition of October, whatever the server's clock says.
fn team() -> Team {
    let team = Team::new();
    team.tell("SELECT cost_hook.make_month('2026-10-01')");
    team
}

fn october(team: &Team) -> Value {
    team.owner.run(&["team", "report", "--month", "2026-10", "--json"]).json()["total"]["costExact"].clone()
}

fn take_out(team: &Team, how: &str) {
    team.tell("ALTER TABLE cost_hook.calls DETACH PARTITION cost_hook.calls_2026_10");
    team.tell(how);
}

#[test]
fn what_is_sent_again_of_a_month_that_was_taken_out_counts_once() {
    for how in [
        "SELECT 1",
        "DROP TABLE cost_hook.calls_2026_10",
        "CREATE SCHEMA kept; ALTER TABLE cost_hook.calls_2026_10 SET SCHEMA kept",
    ] {
        let team = team();
        let ann = team.member("ann");
        book(&ann, "a:1", "2026-10-05T10:00:00.000Z", "1.5");
        book(&ann, "a:2", "2026-11-05T10:00:00.000Z", "2");
        sync(&ann);
        take_out(&team, how);
        // Everything once more, and one that nobody has seen.
        std::fs::remove_file(ann.data().join("team.json")).unwrap();
        book(&ann, "a:3", "2026-10-06T10:00:00.000Z", "4");
        book(&ann, "a:4", "2026-11-06T10:00:00.000Z", "8");
        let done = sync(&ann);
        assert_eq!((&done["sent"], &done["news"]), (&json!(4), &json!(1)), "{how}");
        assert_eq!(done["totals"]["team"]["cost"], "10", "{how}");
        assert_eq!(october(&team), "1.5", "{how}");
        assert_eq!(team.ask("SELECT count(*) FROM cost_hook.calls_other"), "0", "{how}");
    }
}

#[test]
fn put_back_it_takes_lines_in_again() {
    let team = team();
    let ann = team.member("ann");
    book(&ann, "a:1", "2026-10-05T10:00:00.000Z", "1.5");
    sync(&ann);
    take_out(&team, BACK);
    book(&ann, "a:3", "2026-10-06T10:00:00.000Z", "4");
    assert_eq!(sync(&ann)["news"], 1);
    assert_eq!(october(&team), "5.5");
    assert_eq!(team.total().to_string(), "5.5");
}

/// What came meanwhile is with the machine that sent it, and comes again when that sends everything.
#[test]
fn what_was_sent_meanwhile_can_be_sent_again() {
    let team = team();
    let ann = team.member("ann");
    book(&ann, "a:1", "2026-10-05T10:00:00.000Z", "1.5");
    sync(&ann);
    take_out(&team, "SELECT 1");
    book(&ann, "a:2", "2026-10-06T10:00:00.000Z", "4");
    let done = sync(&ann);
    assert_eq!((&done["sent"], &done["news"]), (&json!(1), &json!(0)));
    team.tell(BACK);
    assert_eq!(sync(&ann)["sent"], 0);
    std::fs::remove_file(ann.data().join("team.json")).unwrap();
    assert_eq!(sync(&ann)["news"], 1);
    assert_eq!(team.total().to_string(), "5.5");
}

/// An export, or somebody who looks at a month and goes for lunch, holds up nobody's first line of another month.
#[test]
fn a_month_begins_while_somebody_reads_another() {
    let team = team();
    let (ann, ben) = (team.member("ann"), team.invite("ben", &[]));
    book(&ann, "a:1", "2026-11-05T10:00:00.000Z", "1");
    sync(&ann);
    let mut reader = Client::connect(&ben, NoTls).unwrap();
    reader.batch_execute("BEGIN; SELECT * FROM cost_hook.calls WHERE month = DATE '2026-11-01'").unwrap();
    book(&ann, "a:2", "2026-08-05T10:00:00.000Z", "2");
    assert_eq!(sync(&ann)["news"], 1);
    assert_eq!(team.ask("SELECT count(*) FROM cost_hook.calls_2026_08"), "1");
    reader.batch_execute("COMMIT").unwrap();
    assert_eq!(team.total().to_string(), "3");
}

/// Months without a table of their own are no months that were taken out.
#[test]
fn months_of_other_times_go_on() {
    let team = team();
    let ann = team.member("ann");
    for (id, cost) in [("a:1", "1"), ("a:2", "2"), ("a:3", "4")] {
        book(&ann, id, "2019-03-05T10:00:00.000Z", cost);
        assert_eq!(sync(&ann)["news"], 1);
    }
    assert_eq!(team.total().to_string(), "7");
}
