//! `team export`: who gets which rows, that they add up to the report, and what happens when it is cut off. How rows look in
//! each form is in `tests/export.rs`; the same code writes both.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use cost_hook::base::money::Money;
use postgres::{Client, NoTls};
use serde_json::{Value, json};

use crate::cuts::{Way, cut_after};
use crate::server::{free_port, shared};
use crate::support::books::{call, every_kind, fill};
use crate::support::table::{Row, rows_of};
use crate::support::{Env, finish, usd};
use crate::team::{Team, book, put, refused, sync};

/// What is written to standard output, and nothing else.
#[track_caller]
fn text(env: &Env, arguments: &[&str]) -> String {
    let answer = env.run(&[&["team", "export"], arguments].concat());
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""), "{arguments:?}: {answer:?}");
    answer.stdout
}

#[track_caller]
fn rows(env: &Env, arguments: &[&str]) -> Vec<Row> {
    rows_of(&text(env, arguments))
}

fn sum(rows: &[Row], column: &str) -> Money {
    rows.iter().map(|row| usd(&row[column])).sum()
}

fn users(rows: &[Row]) -> Vec<&str> {
    let mut users: Vec<&str> = rows.iter().map(|row| row["user"].as_str()).collect();
    users.sort_unstable();
    users.dedup();
    users
}

/// Ann has spent every kind of money in two months, Ben in three projects on three days.
fn scene() -> (Team, Env, Env) {
    let team = Team::new();
    // Whatever the server's clock says.
    team.tell("SELECT cost_hook.make_month('2026-10-01')");
    let (ann, ben) = (team.member("ann"), team.member("ben"));
    fill(&ann, &every_kind());
    for (number, (day, project)) in
        [("03", "/src/shop"), ("20", "/src/shop"), ("21", "/src/depot"), ("21", "/src/site")]
            .iter()
            .enumerate()
    {
        let time = format!("2026-11-{day}T10:00:00.000Z");
        let more = json!({"project": project, "user": "whoever"});
        put(&ben, &call(&format!("ben:{number}"), &time, "claude-haiku-5-5", [900, 80, 0, 7, 600], more));
    }
    sync(&ann);
    sync(&ben);
    (team, ann, ben)
}

const COSTS: [(&[&str], &str); 10] = [
    (&["--format", "csv"], "cost_usd"),
    (&["--format", "csv", "--granularity", "hour"], "cost_usd"),
    (&["--format", "csv", "--granularity", "day"], "cost_usd"),
    (&["--format", "focus"], "BilledCost"),
    (&["--format", "focus", "--granularity", "day", "--tags", "user"], "EffectiveCost"),
    (&["--format", "focus", "--granularity", "call"], "BilledCost"),
    (&["--format", "aws-billing"], "line_item_unblended_cost"),
    (&["--format", "aws-billing", "--granularity", "day"], "line_item_blended_cost"),
    (&["--format", "aws-billing", "--granularity", "call"], "line_item_unblended_cost"),
    (&["--format", "aws-billing", "--legacy", "--tags", "user,project"], "lineItem/UnblendedCost"),
];

#[test]
fn every_form_adds_up_to_the_report_and_is_the_same_each_time() {
    let (team, ann, _) = scene();
    for (who, month) in [(&team.owner, "2026-10"), (&team.owner, "2026-11"), (&ann, "2026-11")] {
        let report = who.run(&["team", "report", "--month", month, "--json"]).json();
        let total = usd(report["total"]["costExact"].as_str().unwrap());
        assert!(total > Money::ZERO);
        for (arguments, column) in COSTS {
            let arguments = [arguments, &["--month", month]].concat();
            let first = text(who, &arguments);
            assert_eq!(sum(&rows_of(&first), column), total, "{arguments:?}");
            assert_eq!(text(who, &arguments), first, "{arguments:?}");
        }
        let calls = rows(who, &["--month", month]);
        assert_eq!(calls.len() as u64, report["total"]["calls"].as_u64().unwrap());
        let document: Value = serde_json::from_str(&text(who, &["--json", "--month", month])).unwrap();
        assert_eq!(document["totals"]["totalCostExact"], total.to_string());
        assert_eq!((&document["timezone"], &document["unreadableLines"]), (&json!("UTC"), &json!(0)));
        let lines = text(who, &["--format", "jsonl", "--month", month]);
        let parsed: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(parsed, *document["rows"].as_array().unwrap());
    }
    let all = sum(&rows(&team.owner, &["--since", "2026-10"]), "cost_usd");
    assert_eq!(all, team.total());
    let file = team.owner.root().join("team.parquet");
    let name = file.to_str().unwrap();
    for format in ["parquet", "focus", "aws-billing"] {
        let arguments = ["team", "export", "--format", format, "--output", name];
        let told = team.owner.run(&arguments).ok().stdout;
        assert!(told.starts_with(&format!("{name}: ")) && told.contains(" rows, $"), "{told}");
        let first = std::fs::read(&file).unwrap();
        team.owner.run(&arguments).ok();
        assert!(first.starts_with(b"PAR1") && first == std::fs::read(&file).unwrap());
    }
}

#[test]
fn a_row_is_the_ledgers_as_far_as_it_was_sent() {
    let (team, ann, _) = scene();
    let own: BTreeMap<String, Row> =
        rows_of(&ann.run(&["export"]).ok().stdout).into_iter().map(|row| (row["id"].clone(), row)).collect();
    let found = rows(&team.owner, &["--since", "2026-10", "--user", "ann"]);
    assert_eq!(found.len(), own.len());
    let order: Vec<_> = found.iter().map(|row| (row["time"].clone(), row["id"].clone())).collect();
    assert!(order.is_sorted());
    const SENT: [&str; 16] = [
        "time",
        "id",
        "kind",
        "model",
        "model_sent",
        "provider",
        "region",
        "input_tokens",
        "output_tokens",
        "cache_write_5m_tokens",
        "cache_write_1h_tokens",
        "cache_read_tokens",
        "total_tokens",
        "web_searches",
        "cost_usd",
        "estimated",
    ];
    for row in &found {
        let known = &own[&row["id"]];
        assert!(row.keys().eq(known.keys()), "the columns are the same");
        for (column, value) in row {
            match column.as_str() {
                sent if SENT.contains(&sent) => assert_eq!(value, &known[column], "{column}"),
                "user" => assert_eq!(value, "ann", "the member and not what the ledger says"),
                "project" => assert!(known[column].ends_with(value.as_str()) && !value.is_empty()),
                _ => assert_eq!(value, "", "{column} is not sent"),
            }
        }
    }
    // A text that a spreadsheet would run: the name of a folder here, too.
    assert!(found.iter().any(|row| row["project"] == "'-evil\"\n,x"), "{found:?}");
}

#[test]
fn a_bill_names_members_and_projects() {
    let (team, _, _) = scene();
    let focus = rows(&team.owner, &["--format", "focus"]);
    let tags = |row: &Row| -> Value { serde_json::from_str(&row["Tags"]).unwrap() };
    for row in &focus {
        // An apostrophe before what a spreadsheet would run.
        assert_eq!(tags(row)["project"], row["SubAccountId"].trim_start_matches('\''));
        assert_eq!(row["BillingPeriodStart"], "2026-11-01T00:00:00Z");
    }
    let of = |user: &str| -> Money {
        let own: Vec<Row> = focus.iter().filter(|row| tags(row)["user"] == user).cloned().collect();
        sum(&own, "BilledCost")
    };
    let report = team.owner.run(&["team", "report", "--json"]).json();
    for row in report["rows"].as_array().unwrap() {
        assert_eq!(of(row["name"].as_str().unwrap()).to_string(), row["costExact"].as_str().unwrap());
    }
    let ids = |rows: &[Row]| {
        let mut ids: Vec<String> = rows.iter().map(|row| row["x_LineItemId"].clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    assert_eq!(ids(&focus).len(), focus.len());
    let legacy = rows(&team.owner, &["--format", "aws-billing", "--legacy"]);
    assert!(legacy.iter().any(|row| row["resourceTags/user:user"] == "ben"), "{legacy:?}");
    // A call that comes late changes its row and leaves its name.
    let ben = team.machine("ben", &team.invite("ben", &[]));
    let time = "2026-11-03T10:30:00.000Z";
    put(
        &ben,
        &call("ben:late", time, "claude-haiku-5-5", [900, 80, 0, 7, 600], json!({"project": "/src/shop"})),
    );
    sync(&ben);
    let again = rows(&team.owner, &["--format", "focus"]);
    assert_eq!(ids(&again), ids(&focus));
    assert!(sum(&again, "BilledCost") > sum(&focus, "BilledCost"));
}

#[test]
fn a_member_exports_their_own_rows_and_an_administrator_all() {
    let (team, ann, ben) = scene();
    let ops = team.machine("ops", &team.invite("ops", &["--admin"]));
    assert_eq!(users(&rows(&ann, &[])), ["ann"]);
    assert_eq!(users(&rows(&ben, &[])), ["ben"]);
    for (env, name) in [(&ann, "ben"), (&ops, "bne")] {
        let message = refused(&env.run(&["team", "export", "--user", name]));
        assert!(message.contains(&format!("`{name}` is no member whose calls you may read")), "{message}");
    }
    assert_eq!(users(&rows(&ops, &["--user", "BEN"])), ["ben"]);
    assert_eq!(users(&rows(&ops, &[])), ["ann", "ben"]);
    assert_eq!(text(&ops, &[]), text(&team.owner, &[]));
    let bills = text(&ann, &["--format", "focus", "--since", "2026-10"]);
    assert!(bills.contains(r#"""user"":""ann"""#) && !bills.contains("ben"), "{bills}");
    // Who was removed has spent all the same.
    let before = text(&ops, &[]);
    team.owner.run(&["team", "remove", "ben"]).ok();
    assert_eq!(text(&ops, &[]), before);
    let message = refused(&ben.run(&["team", "export"]));
    assert!(message.contains("team invite"), "{message}");
}

#[test]
fn months_days_and_filters_are_those_that_are_asked_for() {
    let (team, _, _) = scene();
    let owner = &team.owner;
    let ids = |arguments: &[&str]| -> Vec<String> {
        rows(owner, arguments).into_iter().map(|row| row["id"].clone()).collect()
    };
    assert_eq!(ids(&["--month", "2026-10"]), ["a:1"]);
    assert_eq!(ids(&["--until", "2026-11-03"]), ["a:1", "ben:0"]);
    assert_eq!(ids(&["--since", "2026-11-21"]), ["m:1", "ben:2", "ben:3"]);
    // A moment on a day cuts the day.
    assert_eq!(
        ids(&["--since", "2026-11-20T10:09:00Z", "--until", "2026-11-20T10:11:00Z", "--user", "ann"]),
        ["h:1", "i:1"]
    );
    assert_eq!(ids(&["--user", "BEN", "--project", "shop"]), ["ben:0", "ben:1"]);
    assert_eq!(ids(&["--user", "ben", "--project", "/src/shop"]), Vec::<String>::new());
    assert_eq!(
        ids(&["--model", "haiku", "--since", "2026-11-20", "--until", "2026-11-20"]),
        ["ben:1", "f:1", "g:1"]
    );
    assert_eq!(ids(&["--month", "2025-01"]), Vec::<String>::new());
    assert_eq!(ids(&["--until", "0000-01-02T00:00:00Z"]), Vec::<String>::new());
    assert_eq!(ids(&["--since", "9999-12-31"]), Vec::<String>::new());
    for (arguments, said) in [
        (&["--month", "2026-11", "--since", "2026-11"][..], "cannot be used with"),
        (&["--month", "soon"], "2026-11"),
        (&["--since", "soon"], "is not a day"),
        (&["--tags", "branch"], "project, user"),
        (&["--legacy"], "`--format aws-billing`"),
        (&["--format", "csv", "--json"], "cannot be used with"),
        (&["--output", ""], "--output"),
    ] {
        let answer = owner.run(&[&["team", "export"], arguments].concat());
        assert!(answer.code == Some(64) && answer.stderr.contains(said), "{arguments:?}: {answer:?}");
        assert_eq!(answer.stdout, "");
    }
    // The team's month begins on its billing day, for the report and for this.
    owner.settings(json!({"cost": {"billingDay": 21}}));
    for (month, expected) in [("2026-10", 14 + 2), ("2026-11", 3)] {
        let report = owner.run(&["team", "report", "--month", month, "--json"]).json();
        let found = rows(owner, &["--month", month]);
        assert_eq!(
            (found.len(), sum(&found, "cost_usd").to_string()),
            (expected, report["total"]["costExact"].as_str().unwrap().into())
        );
    }
}

#[test]
fn a_month_without_calls_is_a_file_without_rows() {
    let team = Team::new();
    let file = team.owner.root().join("empty.csv");
    let name = file.to_str().unwrap();
    let told = team.owner.run(&["team", "export", "--format", "focus", "-o", name]).ok().stdout;
    assert_eq!(told, format!("{name}: 0 rows, $0.00\n"));
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("AvailabilityZone,BilledCost,") && text.lines().count() == 1, "{text}");
    let document = team.owner.run(&["team", "export", "--json"]).json();
    assert_eq!((&document["rows"], &document["totals"]["calls"]), (&json!([]), &json!(0)));
}

/// So many calls of a cent in the name of a login, twenty seconds one after the other.
fn book_many(url: &str, count: u32) {
    let mut client = Client::connect(url, NoTls).unwrap();
    client
        .execute(
            "SELECT cost_hook.book((SELECT jsonb_agg(jsonb_build_object(
                'id', 'many:' || n, 'kind', 'call', 'rev', 0,
                'time', timestamptz '2026-11-20 00:00Z' + n * interval '20 seconds', 'project', 'shop',
                'model', 'claude-opus-5-5', 'provider', 'anthropic', 'region', '', 'input', n, 'output', 1,
                'cache_write_5m', 0, 'cache_write_1h', 0, 'cache_read', 0, 'web_searches', 0, 'cost', '0.01',
                'estimated', false)) FROM generate_series(1, $1::text::int) n), '[]')",
            &[&count.to_string()],
        )
        .unwrap();
}

const MANY: u32 = 14_000;

#[test]
fn pages_are_of_one_state_whatever_is_sent_meanwhile() {
    let team = Team::new();
    let url = team.invite("ann", &[]);
    book_many(&url, MANY);
    // Nobody reads what it writes: it stands still in the middle.
    let mut running = team.owner.start(&["team", "export"], b"");
    let mut pipe = running.stdout.take().unwrap();
    let mut begun = vec![0; 1000];
    pipe.read_exact(&mut begun).unwrap();
    let ann = team.machine("ann", &url);
    book(&ann, "a:1", "5");
    put(
        &ann,
        &call(
            &format!("many:{MANY}"),
            "2026-11-23T05:46:40.000Z",
            "claude-opus-5-5",
            [20_000, 1, 0, 0, 0],
            json!({"cost": "7"}),
        ),
    );
    assert_eq!(sync(&ann)["news"], 2);
    assert_eq!(team.total(), usd("151.99"));
    let mut rest = Vec::new();
    pipe.read_to_end(&mut rest).unwrap();
    finish(running).ok();
    let found = rows_of(&String::from_utf8([begun, rest].concat()).unwrap());
    assert_eq!((found.len(), sum(&found, "cost_usd")), (MANY as usize, usd("140")));
    let inputs: Vec<u32> = found.iter().map(|row| row["input_tokens"].parse().unwrap()).collect();
    assert!(inputs.into_iter().eq(1..=MANY), "every call once, in the order of time");
    let after = rows(&team.owner, &[]);
    assert_eq!((after.len(), sum(&after, "cost_usd")), (MANY as usize + 1, usd("151.99")));
    // A reader that leaves had what it wanted, and the server is not kept waiting.
    let mut running = team.owner.start(&["team", "export"], b"");
    let mut pipe = running.stdout.take().unwrap();
    pipe.read_exact(&mut [0; 1000]).unwrap();
    drop(pipe);
    let output = finish(running);
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{output:?}");
}

fn leftovers(folder: &Path) -> Vec<String> {
    let names =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(".tmp")).collect()
}

#[test]
fn what_fails_leaves_the_file_as_it_was() {
    let team = Team::new();
    book_many(&team.invite("ann", &[]), MANY);
    let owner = &team.owner;
    let file = owner.root().join("team.csv");
    let name = file.to_str().unwrap();
    std::fs::write(&file, "the old one").unwrap();
    let url = team.url_of_owner();
    let port = format!(":{}/", shared().port());
    for bytes in [0, 300, 2_000, 100_000, 700_000] {
        let cut = cut_after(bytes, Way::FromServer, shared().port());
        owner.var("COST_HOOK_TEAM_URL", &url.replace(&port, &format!(":{cut}/")));
        let message = refused(&owner.run(&["team", "export", "-o", name]));
        assert!(message.contains("the team's store"), "{message}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "the old one", "after {bytes} bytes");
    }
    owner.var("COST_HOOK_TEAM_URL", &url.replace(&port, &format!(":{}/", free_port())));
    let message = refused(&owner.run(&["team", "export", "-o", name]));
    assert!(message.contains("no connection to the team's store (database "), "{message}");
    assert_eq!(
        (std::fs::read_to_string(&file).unwrap().as_str(), leftovers(&owner.root())),
        ("the old one", vec![])
    );
    owner.var("COST_HOOK_TEAM_URL", url);
    let told = owner.run(&["team", "export", "-o", name]).ok().stdout;
    assert_eq!(told, format!("{name}: 14,000 rows, $140.00\n"));
    assert_eq!(sum(&rows_of(&std::fs::read_to_string(&file).unwrap()), "cost_usd"), usd("140"));
    let nobody = Env::new();
    let message = refused(&nobody.run(&["team", "export"]));
    assert!(
        message.contains("no team's store is set") && message.contains("COST_HOOK_TEAM_URL"),
        "{message}"
    );
    let bare = Team::bare(shared(), json!({}));
    let message = refused(&bare.owner.run(&["team", "export"]));
    assert!(message.contains("not set up") && message.contains("cost-hook team init"), "{message}");
    // Another team's member may connect to the same server, and is nobody here: no empty file for them.
    let eve = team.invite("eve", &[]).replace(team.database(), Team::new().database());
    let message = refused(&team.machine("eve", &eve).run(&["team", "export"]));
    assert!(message.contains("this login is no member of the team"), "{message}");
}

#[test]
fn rows_that_another_client_sent_add_up_too() {
    let team = Team::new();
    let mut client = Client::connect(&team.invite("eve", &[]), NoTls).unwrap();
    let line = |id: &str, time: &str, provider: &str| {
        json!({
            "id": id, "kind": "call", "rev": 0, "time": time, "project": "=1+1\u{1b}[2J\n", "model": "",
            "provider": provider, "region": "", "input": 1, "output": 1, "cache_write_5m": 0,
            "cache_write_1h": 0, "cache_read": 0, "web_searches": 0, "cost": "0.000000000001",
            "estimated": false
        })
    };
    // Rounded, the first would be of December. In a database that sorts as people do, `Z` is the last of the three.
    let mut owner = Client::connect(team.url_of_owner(), NoTls).unwrap();
    owner.batch_execute("ALTER TABLE cost_hook.calls ALTER id TYPE text COLLATE \"en-x-icu\"").unwrap();
    let lines = json!([
        line("Z", "2026-11-30T23:59:59.999999Z", "anthropic"),
        line("a", "2026-11-30T23:59:59.999Z", "mars"),
        line("ä", "2026-11-30T23:59:59.9999Z", "bedrock"),
    ]);
    client.execute("SELECT cost_hook.book($1::text::jsonb, '[]')", &[&lines.to_string()]).unwrap();
    let answer = team.owner.run(&["team", "export"]);
    assert_eq!(answer.code, Some(0));
    assert!(answer.stderr.contains("1 call of a provider that this version does not know"), "{answer:?}");
    let found = rows_of(&answer.stdout);
    let ids: Vec<_> = found.iter().map(|row| (row["id"].as_str(), row["time"].as_str())).collect();
    let time = "2026-11-30T23:59:59.999Z";
    assert_eq!(ids, [("Z", time), ("a", time), ("ä", time)]);
    assert_eq!(sum(&found, "cost_usd"), usd("0.000000000003"));
    assert!(found.iter().all(|row| row["project"].starts_with("'=1+1")), "{found:?}");
    let report = team.owner.run(&["team", "report", "--json"]).json();
    assert_eq!(report["total"]["costExact"], "0.000000000003");
    let focus = team.owner.run(&["team", "export", "--format", "focus"]).ok().stdout;
    assert_eq!(sum(&rows_of(&focus), "BilledCost"), usd("0.000000000003"));
}

#[test]
fn a_month_that_was_taken_out_is_no_silent_gap() {
    let (team, ann, _) = scene();
    team.tell("ALTER TABLE cost_hook.calls DETACH PARTITION cost_hook.calls_2026_10");
    for env in [&team.owner, &ann] {
        let answer = env.run(&["team", "export", "--since", "2026-10"]);
        assert_eq!(answer.code, Some(0));
        let said = "left out: calls of months that were detached from the database";
        assert!(answer.stderr.contains(said) && answer.stderr.contains("team report"), "{answer:?}");
        assert!(rows_of(&answer.stdout).iter().all(|row| row["time"].starts_with("2026-11")));
        // Of a part of its days, too; what is there is whole.
        let part = ["--since", "2026-10-31T20:00:00Z", "--until", "2026-11-01"];
        let part = env.run(&[&["team", "export"], &part[..]].concat());
        assert!(part.stderr.contains(said), "{part:?}");
        assert!(!rows(env, &["--month", "2026-11"]).is_empty());
    }
    assert_eq!(
        rows(&team.owner, &["--since", "2026-10", "--user", "ben"]).len(),
        4,
        "nothing of theirs is gone"
    );
}
