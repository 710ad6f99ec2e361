//! `blocks` through the real binary: windows add up to the ledger, have ccusage's names, and the limits that Claude Code
//! reports to the status line are kept.

use cost_hook::base::money::Money;
use serde_json::{Value, json};

use crate::support::{Call, Env, Transcript, usd};

fn world(env: &Env) -> Transcript<'_> {
    let session = env.session("s-1");
    for (name, cents, time) in [
        ("a", 100, "2026-11-10T08:20:00Z"),
        ("b", 50, "2026-11-10T12:59:00Z"),
        ("c", 25, "2026-11-10T13:01:00Z"),
        ("d", 200, "2026-11-24T10:15:00Z"),
        ("e", 100, "2026-11-24T11:45:00Z"),
    ] {
        session.call(&Call::cents(name, cents).at(time));
    }
    env.hook("Stop", &session, json!({}));
    session
}

/// The status line of a subscriber.
fn status_line(env: &Env, session: &Transcript<'_>, limits: Value) {
    let payload = json!({
        "session_id": session.id(),
        "transcript_path": session.path(),
        "workspace": {"project_dir": session.project()},
        "rate_limits": limits,
    });
    let said = env.run_with(&["statusline"], payload.to_string().as_bytes()).ok();
    assert!(said.stdout.contains("session"), "{said:?}");
}

fn window(percent: f64, resets_at: &str) -> Value {
    let seconds = cost_hook::base::time::Time::parse(resets_at).unwrap().seconds();
    json!({"used_percentage": percent, "resets_at": seconds})
}

#[test]
fn windows_add_up_to_the_ledger_under_the_names_readers_of_ccusage_know() {
    let env = Env::new();
    world(&env);
    let document = env.run(&["blocks", "--json", "--token-limit", "max"]).json();
    let blocks = document["blocks"].as_array().unwrap();
    let sum: Money = blocks.iter().map(|block| usd(block["costUSDExact"].as_str().unwrap())).sum();
    assert_eq!(sum, env.total());
    let ids: Vec<&str> = blocks.iter().map(|block| block["id"].as_str().unwrap()).collect();
    assert_eq!(
        ids,
        [
            "2026-11-10T08:00:00.000Z",
            "2026-11-10T13:00:00.000Z",
            "gap-2026-11-10T18:01:00.000Z",
            "2026-11-24T10:00:00.000Z"
        ]
    );
    let active = &blocks[3];
    assert_eq!((&active["isActive"], &active["entries"]), (&json!(true), &json!(2)));
    assert_eq!(active["endTime"], "2026-11-24T15:00:00.000Z");
    assert_eq!(active["actualEndTime"], "2026-11-24T11:45:00.000Z");
    assert_eq!(active["tokenCounts"]["inputTokens"], 750_000);
    // Three dollars and 750,000 tokens in 90 minutes, and three hours to go.
    assert_eq!(active["burnRate"]["costPerHour"], 2.0);
    assert!((active["burnRate"]["tokensPerMinute"].as_f64().unwrap() - 750_000.0 / 90.0).abs() < 1e-6);
    assert_eq!(
        active["projection"],
        json!({"totalTokens": 2_250_000, "totalCost": 9.0, "totalCostExact": "9", "remainingMinutes": 180})
    );
    // The largest window that is over had 375,000 tokens.
    let status = &active["tokenLimitStatus"];
    assert_eq!((&status["limit"], &status["status"]), (&json!(375_000), &json!("exceeds")));
    assert_eq!(status["percentUsed"], 600.0);
    assert!(blocks[2]["actualEndTime"].is_null() && blocks[0]["burnRate"].is_null());
    assert!(document["rateLimits"].is_null());
}

#[test]
fn parts_of_it() {
    let env = Env::new();
    world(&env);
    let starts = |arguments: &[&str]| -> Vec<String> {
        let document = env.run(&[&["blocks", "--json"], arguments].concat()).json();
        let blocks = document["blocks"].as_array().unwrap().clone();
        blocks.iter().map(|block| block["startTime"].as_str().unwrap()[5..13].to_string()).collect()
    };
    assert_eq!(starts(&["--active"]), ["11-24T10"]);
    assert_eq!(starts(&["--recent"]), ["11-24T10"]);
    assert_eq!(starts(&["--since", "2026-11-10", "--until", "2026-11-10"]), ["11-10T08", "11-10T13"]);
    // A window that began before the range keeps its beginning, and is none of it.
    assert_eq!(
        starts(&["--since", "2026-11-10T09:00:00Z", "--until", "2026-11-24"]),
        ["11-10T13", "11-10T18", "11-24T10"]
    );
    assert_eq!(starts(&["--project", "nowhere"]), Vec::<String>::new());
    assert_eq!(env.run(&["blocks", "--active", "--recent"]).code, Some(64));
    assert_eq!(env.run(&["blocks", "--token-limit", "much"]).code, Some(64));
    env.later(4 * 3600);
    assert!(starts(&["--active"]).is_empty());
    assert!(env.run(&["blocks", "--active"]).ok().stdout.starts_with("No window is running"));
    let csv = env.run(&["blocks", "--format", "csv"]).ok().stdout;
    let cost: Money = csv.lines().skip(1).map(|line| usd(line.rsplit(',').next().unwrap())).sum();
    assert_eq!((cost, csv.lines().count()), (env.total(), 4));
}

#[test]
fn what_the_client_reports_is_kept_and_what_is_stale_is_not() {
    let env = Env::new();
    let session = world(&env);
    let limits = || env.run(&["blocks", "--json"]).json()["rateLimits"].clone();
    let five = |percent| json!({"five_hour": window(percent, "2026-11-24T15:00:00Z"), "seven_day": null});
    status_line(&env, &session, five(41.0));
    assert_eq!(
        limits(),
        json!({"fiveHour": {"usedPercentage": 41.0, "resetsAt": "2026-11-24T15:00:00.000Z",
            "seenAt": "2026-11-24T12:00:00.000Z", "isOver": false}, "sevenDay": null})
    );
    env.later(60);
    // Another session, idle since long, says again what it knew.
    status_line(&env, &session, five(12.5));
    assert_eq!(limits()["fiveHour"]["usedPercentage"], 41.0);
    status_line(&env, &session, json!({"seven_day": window(3.0, "2026-11-30T00:00:00Z")}));
    assert_eq!(limits()["sevenDay"]["usedPercentage"], 3.0);
    assert_eq!(limits()["fiveHour"]["seenAt"], "2026-11-24T12:00:00.000Z");
    for odd in
        [json!(null), json!([1]), json!({"five_hour": 7}), json!({"five_hour": {"used_percentage": "x"}})]
    {
        status_line(&env, &session, odd);
    }
    env.at("2026-11-24T16:00:00Z");
    assert_eq!(limits()["fiveHour"]["isOver"], true);
    let shown = env.run(&["blocks"]).ok().stdout;
    assert!(shown.contains("five hours  over since Tue 24 Nov 15:00; nothing reported since"), "{shown}");
    assert_eq!(env.journal(), "");
}

const ASCII: &str = "\
Begin             Length                    Tokens   Cost
---------------------------------------------------------
Tue 10 Nov 08:00  4 h 59 min                  375k  $1.50
Tue 10 Nov 13:00  1 min                      62.5k  $0.25
Tue 10 Nov 18:01  13 days pause                  -      -
Tue 24 Nov 10:00  running, 2 h 55 min left    750k  $3.00

Running window  Tue 24 Nov 10:00 to 15:00, 2 h 55 min left
Spent        $3.00  2 calls, 750,000 tokens
Burn rate    $2.00  an hour, and 8,333 tokens a minute, from
                    the first call to the last
Projection   $8.83  by 15:00, and 2,208,333 tokens, if it
                    goes on so
Token limit    37%  of 2,000,000 tokens, 110% by 15:00: more
                    than the limit

Limits of the plan, as Claude Code reported them
five hours  ########------------   41%
            resets Tue 24 Nov 15:00 (in 2 h 55 min);
            reported 5 min ago
seven days  #################---   83%
            resets Mon 30 Nov 00:00 (in 5 days); reported 5
            min ago
";

#[test]
fn the_table_in_60_columns() {
    let env = Env::new();
    let session = world(&env);
    env.var("COLUMNS", "60");
    let seven = window(83.0, "2026-11-30T00:00:00Z");
    status_line(
        &env,
        &session,
        json!({"five_hour": window(41.0, "2026-11-24T15:00:00Z"), "seven_day": seven}),
    );
    env.later(300);
    let ask = ["blocks", "--token-limit", "2_000_000"];
    assert_eq!(env.run(&ask).ok().stdout, ASCII);
    env.var("LC_ALL", "C.UTF-8");
    assert_eq!(env.run(&[&ask[..], &["--ascii"]].concat()).ok().stdout, ASCII);
    assert!(env.run(&ask).ok().stdout.contains("████████░░░░░░░░░░░░   41%"));
    for width in [60, 80, 120, 200] {
        env.var("COLUMNS", &width.to_string());
        let shown = env.run(&ask).ok().stdout;
        let widest = shown.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= width, "{width}:\n{shown}");
    }
    let md = env.run(&["blocks", "--format", "md"]).ok().stdout;
    assert!(md.starts_with("| Begin | Length | Models | Calls | Tokens | Cost |\n"), "{md}");
}
