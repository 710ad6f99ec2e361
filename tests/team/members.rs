//! Inviting, removing, and what each may look at.

use serde_json::{Value, json};

use crate::server::shared;
use crate::team::{Team, book, book_with, refused, sync};

fn budget() -> Value {
    json!({"team": {"budget": 100, "members": [{"user": "Ann", "allocation": 30}, {"user": "ben", "allocation": 50}]}})
}

/// Three members, of whom one has no allocation, and what they spent.
fn spent() -> Team {
    let team = Team::with(budget());
    for (name, cost) in [("ann", "10"), ("ben", "20"), ("zoe", "5")] {
        let env = team.member(name);
        book_with(&env, &format!("{name}:1"), json!({"cost": cost, "project": format!("/home/{name}/shop")}));
        sync(&env);
    }
    team
}

#[test]
fn invited_with_the_allocation_of_the_settings() {
    let team = spent();
    let members = team.owner.run(&["team", "members", "--json"]).json();
    assert_eq!((&members["first"], &members["last"]), (&json!("2026-11-01"), &json!("2026-11-30")));
    let rows: Vec<_> = members["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!([row["user"], row["allocation"], row["spent"]]))
        .collect();
    assert_eq!(rows, [json!(["ben", "50", "20"]), json!(["ann", "30", "10"]), json!(["zoe", null, "5"])]);
    let table = team.owner.run(&["team", "members"]).ok().stdout;
    assert!(
        table.contains("ben") && table.contains("$50.00") && table.contains("40") && table.contains("ago"),
        "{table}"
    );
    let csv = team.owner.run(&["team", "members", "--format", "csv"]).ok().stdout;
    assert!(
        csv.starts_with("user,admin,allocation,spent,calls,last_sync,removed\nben,false,50,20,1,"),
        "{csv}"
    );
    // The settings change; `init` takes them over.
    team.owner.managed(json!({"team": {"budget": 100, "members": [{"user": "zoe", "allocation": 7}]}}));
    assert_eq!(team.owner.run(&["team", "init", "--json"]).json()["allocationsChanged"], 3);
    assert_eq!(team.ask("SELECT string_agg(name || coalesce(allocation::text, '-'), ' ' ORDER BY name) FROM cost_hook.members"), "ann- ben- zoe7.000000000000");
}

#[test]
fn a_member_sees_themselves_and_the_total_an_administrator_everybody() {
    let team = spent();
    let ann = team.machine("ann", &team.invite("ann", &[]));
    let own = ann.run(&["team", "report", "--json"]).json();
    assert_eq!(own["rows"].as_array().unwrap().len(), 1, "{own}");
    assert_eq!(
        (&own["rows"][0]["name"], &own["total"]["costExact"], &own["team"]),
        (&json!("ann"), &json!("10"), &json!("35"))
    );
    assert_eq!(ann.run(&["team", "members", "--json"]).json()["members"].as_array().unwrap().len(), 1);
    let message = refused(&ann.run(&["team", "invite", "eve"]));
    assert!(message.contains("permission denied") || message.contains("administrator"), "{message}");
    refused(&ann.run(&["team", "remove", "ben"]));
    refused(&ann.run(&["team", "init"]));
    let ops = team.machine("ops", &team.invite("ops", &["--admin"]));
    for (by, names) in
        [("user", vec!["ben", "ann", "zoe"]), ("project", vec!["shop"]), ("model", vec!["claude-opus-5-5"])]
    {
        let all = ops.run(&["team", "report", "--by", by, "--json"]).json();
        let found: Vec<_> =
            all["rows"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
        assert_eq!((found, &all["total"]["costExact"]), (names, &json!("35")));
    }
    assert_eq!(ops.run(&["team", "report", "--month", "2026-10", "--json"]).json()["rows"], json!([]));
    let markdown = ops.run(&["team", "report", "--format", "md"]).ok().stdout;
    assert!(markdown.starts_with("| Member | Calls | Tokens | Cost | Share |\n"), "{markdown}");
    let eve =
        team.machine("eve", ops.run(&["team", "invite", "eve", "--json"]).json()["url"].as_str().unwrap());
    sync(&eve);
    ops.run(&["team", "remove", "eve"]).ok();
    refused(&eve.run(&["team", "sync"]));
}

#[test]
fn a_new_password_ends_the_old_one_and_a_removed_member_comes_back_with_their_sums() {
    let team = Team::new();
    let old = team.machine("ann", &team.invite("ann", &[]));
    book(&old, "a:1", "3");
    sync(&old);
    let new = team.machine("ann", &team.invite("ANN", &[]));
    let message = refused(&old.run(&["team", "sync"]));
    assert!(
        message.contains("password authentication failed") && message.contains("team invite"),
        "{message}"
    );
    assert_eq!(sync(&new)["totals"]["own"]["cost"], "3");
    team.owner.run(&["team", "remove", "ann"]).ok();
    refused(&new.run(&["team", "sync"]));
    let message = refused(&team.owner.run(&["team", "remove", "ann"]));
    assert!(message.contains("`ann` is no member of the team"), "{message}");
    assert_eq!(team.owner.run(&["team", "members", "--json"]).json()["members"][0]["spent"], "3");
    let back = team.machine("ann", &team.invite("ann", &[]));
    assert_eq!(sync(&back)["totals"]["own"]["cost"], "3");
}

#[test]
fn names_are_no_sql_and_logins_no_collisions() {
    let team = Team::new();
    for name in [
        "ann@example.org",
        "ann-example.org",
        "'; DROP TABLE cost_hook.calls; --",
        "Ünïcödé 名",
        "\"quoted\" $1",
    ] {
        let env = team.machine("x", &team.invite(name, &[]));
        book(&env, &format!("{name}:1"), "1");
        assert_eq!(sync(&env)["totals"]["own"]["cost"], "1", "{name}");
    }
    assert_eq!(team.ask("SELECT count(DISTINCT login) FROM cost_hook.members"), "5");
    assert_eq!(team.owner.run(&["team", "invite", ""]).code, Some(64));
}

#[test]
fn no_secret_is_shown_kept_or_logged() {
    let team = Team::new();
    let url = team.invite("ann", &[]);
    let password = url.split(':').nth(2).unwrap().split('@').next().unwrap();
    assert!(password.len() >= 40, "{password}");
    let ann = team.machine("ann", &url);
    book(&ann, "a:1", "1");
    for words in [
        &["team", "sync"][..],
        &["team", "status"],
        &["team", "status", "--json"],
        &["team", "members"],
        &["doctor"],
        &["team", "report"],
        &["config", "list"],
    ] {
        let output = ann.run(words);
        assert!(
            !output.stdout.contains(password) && !output.stderr.contains(password),
            "{words:?}: {output:?}"
        );
    }
    let kept = std::fs::read_to_string(ann.data().join("team.json")).unwrap();
    assert!(!kept.contains(password), "{kept}");
    // The server logs every statement: it saw a verifier only.
    let log = shared().log();
    assert!(log.contains("cost_hook.invite") && !log.contains(password), "the password reached the server");
    let broken = team.machine("ann", &url.replace("@127.0.0.1:", "@127.0.0.1:x"));
    let output = broken.run(&["team", "sync"]);
    assert!(!output.stderr.contains(password) && output.code == Some(1), "{output:?}");
}

#[test]
fn status_says_how_it_stands() {
    let team = Team::with(budget());
    let ann = team.member("ann");
    ann.managed(budget());
    book(&ann, "a:1", "10");
    let before = ann.run(&["team", "status", "--json"]).json();
    assert_eq!(
        (&before["connected"], &before["user"], &before["admin"], &before["stale"]),
        (&json!(true), &json!("ann"), &json!(false), &json!(true))
    );
    sync(&ann);
    ann.later(120);
    let text = ann.run(&["team", "status"]).ok().stdout;
    assert!(!text.contains("limits go by"), "{text}");
    ann.var("USER", "ann@home");
    let other = ann.run(&["team", "status"]).ok().stdout;
    assert!(other.contains("limits go by `ann@home`: set `team.user` to ann"), "{other}");
    for words in ["2 min ago", "everything is sent", "of an allocation of $30.00", "as ann"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let checks = ann.run(&["doctor", "--json"]).stdout;
    assert!(checks.contains("the team's totals are 2 min old"), "{checks}");
    ann.later(3600);
    let checks = ann.run(&["doctor", "--json"]).stdout;
    assert!(checks.contains("old, more than `team.maxAge`"), "{checks}");
    let stale = ann.run(&["team", "status", "--json", "--offline"]).json();
    assert_eq!(
        (&stale["stale"], &stale["ageSeconds"], &stale["waitingBytes"]),
        (&json!(true), &json!(3720), &json!(0))
    );
}
