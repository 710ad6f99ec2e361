//! `watch` where nobody looks at a terminal: a snapshot, and a line for each call as it is booked. The live screen is
//! looked at in tests/shells.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use cost_hook::base::money::Money;
use serde_json::{Value, json};

use crate::support::{Call, Env, usd};

fn world() -> Env {
    let env = Env::new();
    let shop = env.session("s-shop");
    for (name, cents, time) in [
        ("a", 300, "2026-11-02T10:00:00Z"),
        ("b", 150, "2026-11-23T10:00:00Z"),
        ("c", 40, "2026-11-24T08:00:00Z"),
        ("d", 20, "2026-11-24T11:20:00Z"),
        ("e", 80, "2026-11-24T11:58:30Z"),
    ] {
        shop.call(&Call::cents(name, cents).tools(&[(name, "Bash")]).at(time));
    }
    env.hook("Stop", &shop, json!({}));
    env
}

fn exact(value: &Value) -> Money {
    usd(value["totalCostExact"].as_str().unwrap_or_else(|| panic!("{value}")))
}

#[test]
fn a_snapshot_is_what_the_other_commands_say() {
    let env = world();
    env.settings(json!({"cost": {"dailyBudget": 2}}));
    let document = env.run(&["watch", "--once", "--json"]).json();
    let status = env.run(&["status", "--json"]).json();
    assert_eq!((&document["today"], &document["month"]), (&status["today"], &status["month"]));
    assert_eq!(document["limits"], status["limits"]);
    assert_eq!(exact(&document["month"]), env.total());
    assert_eq!((exact(&document["week"]), exact(&document["lastHour"])), (usd("2.9"), usd("1")));
    let minutes = document["minutes"].as_array().unwrap();
    assert_eq!((minutes.len(), &minutes[19], &minutes[57]), (60, &json!(0.2), &json!(0.8)));
    assert_eq!(minutes.iter().map(|minute| minute.as_f64().unwrap()).sum::<f64>(), 1.0);
    let sessions = document["sessions"].as_array().unwrap();
    assert_eq!((sessions.len(), &sessions[0]["costExact"]), (1, &json!("5.9")));
    assert_eq!(sessions[0]["lastHourExact"], "1");
    assert_eq!(
        (document["calls"].as_array().unwrap().len(), &document["calls"][0]["costExact"]),
        (5, &json!("0.8"))
    );
    let shop = env.run(&["watch", "--once", "--json", "--project", "nowhere"]).json();
    assert_eq!((exact(&shop["month"]), &shop["calls"]), (Money::ZERO, &json!([])));
}

const SNAPSHOT: &str = "\
cost-hook watch                          Tue 24 Nov 12:00:00

Today           $1.40  3 calls
This week       $2.90  4 calls
This month      $5.90  5 calls

daily budget    ##############------   70%  $1.40 of $2.00
monthly budget  #-------------------    3%  $5.90 of $150.00

Last hour       $1.00  4.1k tokens a minute
___________________:_____________________________________@__

Sessions of the last hour
work          s-shop        $5.90      $1.00/h  1 min ago

Newest calls
11:58:30     $0.80  work          opus-5-5        tool:Bash
11:20:00     $0.20  work          opus-5-5        tool:Bash
08:00:00     $0.40  work          opus-5-5        tool:Bash
23 Nov       $1.50  work          opus-5-5        tool:Bash
2 Nov        $3.00  work          opus-5-5        tool:Bash
";

#[test]
fn the_snapshot_in_60_columns() {
    let env = world();
    env.settings(json!({"cost": {"dailyBudget": 2, "monthlyBudget": 150}}));
    env.var("COLUMNS", "60");
    let root = env.root().display().to_string();
    assert_eq!(env.run(&["watch", "--once"]).ok().stdout.replace(&root, ""), SNAPSHOT);
    env.var("LC_ALL", "C.UTF-8");
    for width in [40, 60, 80, 120, 200] {
        env.var("COLUMNS", &width.to_string());
        let shown = env.run(&["watch", "--once"]).ok().stdout;
        let widest = shown.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= width && !shown.contains("-$0"), "{width}:\n{shown}");
    }
    let nothing = Env::new();
    assert!(nothing.run(&["watch", "--once"]).ok().stdout.contains("Nothing is booked yet"));
    assert_eq!(nothing.run(&["watch", "--interval", "0"]).code, Some(64));
}

/// Whatever books it, and whether or not a hook does: each call is told once, and the process ends with its reader.
#[test]
fn a_line_for_each_call_as_long_as_somebody_reads() {
    let env = world();
    for arguments in [&["watch", "--interval", "0.1"][..], &["watch", "--interval", "0.1", "--json"]] {
        let is_json = arguments.contains(&"--json");
        let mut child = env.command(arguments).stdin(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let session = env.session(if is_json { "s-json" } else { "s-text" });
        // It may not have begun to look yet: what it missed is no news, so calls are booked until it tells of one.
        let teller = std::thread::scope(|scope| {
            let first = scope.spawn(|| lines.next().unwrap().unwrap());
            let mut count = 0;
            while !first.is_finished() {
                count += 1;
                session.call(&Call::new(&format!("{is_json}{count}")).tools(&[("t", "Edit")]));
                env.later(1).hook("Stop", &session, json!({}));
            }
            first.join().unwrap()
        });
        if is_json {
            let call: Value = serde_json::from_str(&teller).unwrap();
            assert_eq!((&call["costExact"], &call["feature"]), (&json!("0.005024"), &json!("tool:Edit")));
            assert_eq!((&call["sessionId"], &call["unlisted"]), (&json!("s-json"), &json!(false)));
        } else {
            assert!(teller.contains("$0.0050  work          opus-5-5        tool:Edit"), "{teller}");
        }
        drop(lines);
        // The reader is gone, which a pipe tells at once.
        assert!(child.wait().unwrap().success());
    }
}
