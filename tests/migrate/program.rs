//! `cost-hook ccusage`: the command line of ccusage, and what of it is refused. Whether programs made for ccusage can
//! live with the answers, and what ccusage itself says of the same transcripts, is `tests/ccusage`'s.

use serde_json::{Value, json};

use crate::support::{Call, Env};

fn world() -> Env {
    let env = Env::new();
    for (number, day) in [(1, "21"), (2, "22"), (3, "24")] {
        let session = env.session(&format!("s{number}"));
        session.call(&Call::cents(&format!("c{number}"), number).at(&format!("2026-11-{day}T09:00:00Z")));
    }
    env.run(&["import"]).ok();
    env
}

fn ask(env: &Env, args: &str) -> Value {
    let words: Vec<&str> = std::iter::once("ccusage").chain(args.split_whitespace()).collect();
    env.run(&words).json()
}

#[test]
fn rows_have_the_names_of_all_versions() {
    let env = world();
    let daily = ask(&env, "daily --json --offline --breakdown");
    let keys: Vec<&String> = daily.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["daily", "totals"]);
    let row = &daily["daily"][0];
    assert_eq!(
        (&row["date"], &row["period"], &row["agent"]),
        (&json!("2026-11-21"), &json!("2026-11-21"), &json!("all"))
    );
    assert_eq!(row["totalCost"], json!(0.01));
    assert_eq!(ask(&env, "-j"), daily, "daily is what is meant when nothing is named");
    assert_eq!(ask(&env, "daily --json --order desc")["daily"][0]["date"], "2026-11-24");
    assert_eq!(ask(&env, "daily --json -s 20261122 -u 20261122")["daily"].as_array().unwrap().len(), 1);
    assert_eq!(ask(&env, "daily --json --last 1")["totals"]["totalCost"], json!(0.03));
    assert_eq!(ask(&env, "weekly --json")["weekly"][0]["week"], "2026-11-16");
    assert_eq!(ask(&env, "claude weekly --json")["weekly"][0]["week"], "2026-11-15");
    assert_eq!(ask(&env, "monthly --json")["monthly"][0]["month"], "2026-11");
    let sessions = ask(&env, "session --json");
    assert_eq!(sessions["session"], sessions["sessions"]);
    assert_eq!(sessions["session"][0]["sessionId"], "s3", "the dearest first");
    assert_eq!(ask(&env, "blocks --json --active")["blocks"].as_array().unwrap().len(), 1);
    let projects = ask(&env, "claude daily --json --instances");
    let name = projects["projects"].as_object().unwrap().keys().next().unwrap().clone();
    assert!(name.starts_with('-') && projects["projects"][&name][0]["project"] == json!(name), "{projects}");
    assert_eq!(
        ask(&Env::new(), "daily --json"),
        json!({"daily": [], "totals": {"inputTokens": 0, "outputTokens": 0,
        "cacheCreationTokens": 0, "cacheReadTokens": 0, "totalTokens": 0, "totalCost": 0.0}})
    );
}

#[test]
fn what_cannot_be_done_is_refused_with_what_can() {
    let env = world();
    for (args, word) in [
        ("daily --json --jq .totals", "pipe the answer to jq"),
        ("blocks --live", "cost-hook watch"),
        ("daily --json --no-cost", "leave it out"),
        ("daily --json --mode display", "computed from tokens"),
        ("blocks --json --session-length 1", "five hours"),
        ("session --id s1 --json", "cost-hook session ID"),
        ("session --json --last 2", "not sessions"),
        ("daily monthly", "one report at a time"),
    ] {
        let words: Vec<&str> = std::iter::once("ccusage").chain(args.split_whitespace()).collect();
        let output = env.run(&words);
        assert_eq!((output.code, output.stdout.as_str()), (Some(64), ""), "{args}: {output:?}");
        assert!(output.stderr.contains(word), "{args}: {output:?}");
    }
    assert!(env.run(&["ccusage", "--version"]).ok().stdout.starts_with("cost-hook "));
    assert!(env.run(&["ccusage", "monthly"]).ok().stdout.contains("2026-11"));
}
