//! `report` and `breakdown` through the real binary: whatever lines are put together by, they add up to the ledger, and
//! every form of the answer says the same.

use cost_hook::base::money::Money;
use serde_json::{Value, json};

use crate::support::{Call, Env, usd};

const GROUPS: [(&str, &str); 10] = [
    ("feature", "features"),
    ("model", "models"),
    ("project", "projects"),
    ("session", "sessions"),
    ("tool", "tools"),
    ("agent", "agents"),
    ("branch", "branches"),
    ("user", "users"),
    ("provider", "providers"),
    ("hour", "hours"),
];

/// Two sessions in two folders, of several models, with tools, and money that no line explains.
fn world() -> Env {
    let env = Env::new();
    let shop = env.session("s-shop");
    shop.call(&Call::new("a").tools(&[("t1", "Bash"), ("t2", "Read")]).at("2026-11-20T09:59:00Z"));
    shop.call(&Call::new("b").model("claude-haiku-4-5").at("2026-11-21T10:00:00Z"));
    shop.cost_state(0.5, "2026-11-20T09:58:00Z");
    env.hook("SessionEnd", &shop, json!({}));
    let blog = env.session_in("s-blog", &env.root().join("blog"));
    blog.call(&Call::cents("c", 30).field("gitBranch", json!("release/1")).at("2026-11-24T10:30:00Z"));
    env.hook("Stop", &blog, json!({}));
    env
}

fn exact(row: &Value) -> Money {
    usd(row["totalCostExact"].as_str().unwrap_or_else(|| panic!("{row}")))
}

#[test]
fn every_grouping_adds_up_to_the_ledger() {
    let env = world();
    let whole = env.total();
    assert!(env.unlisted_total() > Money::ZERO);
    assert_eq!(
        whole,
        usd("0.8"),
        "half a dollar in the shop, by the client's total, and 30 cents in the blog"
    );
    let check = |document: &Value, list: &str| {
        assert_eq!(exact(&document["totals"]), whole, "{list}");
        let rows = document[list].as_array().unwrap_or_else(|| panic!("{list}: {document}"));
        assert_eq!(rows.iter().map(exact).sum::<Money>(), whole, "{list}");
        assert_eq!(rows.iter().map(|row| row["calls"].as_u64().unwrap()).sum::<u64>(), 3, "{list}");
        let models = rows.iter().flat_map(|row| row["modelBreakdowns"].as_array().unwrap());
        assert_eq!(models.map(|model| usd(model["costExact"].as_str().unwrap())).sum::<Money>(), whole);
    };
    for (by, list) in GROUPS {
        check(&env.run(&["breakdown", "--by", by, "--json"]).json(), list);
    }
    for (period, list) in [
        ("daily", "daily"),
        ("weekly", "weekly"),
        ("monthly", "monthly"),
        ("session", "sessions"),
        ("project", "projects"),
    ] {
        check(&env.run(&["report", "--period", period, "--json"]).json(), list);
        check(
            &env.run(&["report", "--period", period, "--top", "1", "--order", "cost", "--json"]).json(),
            list,
        );
    }
}

#[test]
fn rows_are_what_people_recognise() {
    let env = world();
    let names = |arguments: &[&str], list: &str| -> Vec<String> {
        let document = env.run(&[arguments, &["--json"]].concat()).json();
        let rows = document[list].as_array().unwrap().clone();
        rows.iter().map(|row| row["period"].as_str().unwrap().to_string()).collect()
    };
    assert_eq!(names(&["breakdown"], "features"), ["unlisted", "conversation", "tool:Bash"]);
    assert_eq!(names(&["breakdown", "--by", "tool"], "tools"), ["unlisted", "(no tool)", "Bash"]);
    let branches = names(&["breakdown", "--by", "branch", "--order", "name"], "branches");
    assert!(branches.contains(&"release/1".to_string()), "{branches:?}");
    assert_eq!(
        names(&["breakdown", "--by", "hour", "--timezone", "Asia/Kolkata", "--branch", "release/*"], "hours"),
        ["16"]
    );
    assert_eq!(
        names(&["breakdown", "--by", "session", "--top", "1", "--order", "cost"], "sessions"),
        ["s-shop", "(1 more)"]
    );
    assert_eq!(names(&["report", "--session", "s-blog"], "daily"), ["2026-11-24"]);
    assert!(names(&["report", "--user", "nobody"], "daily").is_empty());
    assert_eq!(
        names(&["breakdown", "--by", "model", "--model", "haiku"], "models"),
        ["claude-haiku-4-5-20251001"]
    );
}

#[test]
fn every_form_says_the_same() {
    let env = world();
    let document = env.run(&["breakdown", "--by", "project", "--json"]).json();
    assert_eq!(env.run(&["breakdown", "--by", "project", "--format", "json"]).json(), document);
    let csv = env.run(&["breakdown", "--by", "project", "--format", "csv"]).ok().stdout;
    let mut lines = csv.lines();
    let head: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!((head[0], head[9]), ("project_path", "cost_usd"));
    let cost: Money = lines.map(|line| usd(line.split(',').nth(9).unwrap())).sum();
    assert_eq!(cost, env.total());
    let md = env.run(&["report", "--format", "md"]).ok().stdout;
    assert!(md.starts_with("| Date | Models | Calls | Input |") && md.contains("\n| **Total** | "), "{md}");
    for line in md.lines().take_while(|line| line.starts_with('|')) {
        assert_eq!(line.matches('|').count(), md.lines().next().unwrap().matches('|').count(), "{line}");
    }
    let table = env.run(&["breakdown"]).ok().stdout;
    assert!(table.contains("Share") && table.contains("100.0%"), "{table}");
    for width in ["60", "80", "120", "200"] {
        env.var("COLUMNS", width);
        for (by, _) in GROUPS {
            let shown = env.run(&["breakdown", "--by", by]).ok().stdout;
            let widest = shown.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= width.parse().unwrap(), "{by} at {width}:\n{shown}");
        }
    }
    let wrong = env.run(&["report", "--top", "0"]);
    assert_eq!(wrong.code, Some(64), "{wrong:?}");
}

#[test]
fn names_cannot_do_harm() {
    let env = Env::new();
    let odd = env.session_in("s", &env.root().join("=HYPERLINK(\"x\")|\u{1b}[31m"));
    odd.call(&Call::new("a"));
    env.hook("Stop", &odd, json!({}));
    for format in ["table", "md", "csv"] {
        let shown = env.run(&["breakdown", "--by", "project", "--format", format]).ok().stdout;
        assert!(!shown.contains('\u{1b}') || format == "csv", "{shown:?}");
    }
    let branch = env.session("t");
    branch.call(&Call::new("b").field("gitBranch", json!("=1+1")));
    env.hook("Stop", &branch, json!({}));
    let csv = env.run(&["breakdown", "--by", "branch", "--format", "csv"]).ok().stdout;
    assert!(csv.contains("\n'=1+1,"), "{csv}");
}
