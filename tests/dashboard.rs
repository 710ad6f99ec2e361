//! `dashboard` as a command: where the page goes, who may read it, what is said, and that its figures are the ledger's. What
//! the page looks like and how it reacts is `tests/browser`'s.

use std::fs;
use std::path::{Path, PathBuf};

use cost_hook::base::money::Money;
use serde_json::{Value, json};

use crate::support::{Call, Env, usd};

const FILE: &str = "cost-hook-dashboard.html";

/// Two sessions in two folders, and money that no line explains.
fn world() -> Env {
    let env = Env::new();
    let shop = env.session("s-shop");
    shop.call(&Call::new("a").tools(&[("t1", "Bash")]).at("2026-11-20T09:59:00Z"));
    shop.cost_state(0.5, "2026-11-20T09:58:00Z");
    env.hook("SessionEnd", &shop, json!({}));
    let blog = env.session_in("s-blog", &env.root().join("blog"));
    blog.call(&Call::cents("c", 30).field("gitBranch", json!("release/1")).at("2026-11-24T23:30:00Z"));
    env.at("2026-11-24T23:40:00.000Z").hook("Stop", &blog, json!({}));
    env
}

fn data(html: &str) -> Value {
    let (_, rest) = html.split_once("<script type=\"application/json\" id=\"data\">").unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

/// The cost of all rows, added up as the page's script does it.
fn cost(data: &Value) -> Money {
    let rows = &data["rows"];
    let units = |value: &Value| match value {
        Value::String(text) => text.parse().unwrap(),
        // `2504e7` is an integer, too; none here is beyond what a float holds exactly.
        value => Money(value.as_f64().unwrap() as i128).0,
    };
    let count = i128::from(rows["count"].as_u64().unwrap());
    Money(match &rows["cost"] {
        Value::Array(values) => values.iter().map(units).sum(),
        value => units(value) * count,
    })
}

fn page(env: &Env, arguments: &[&str]) -> String {
    env.run(&[&["dashboard", "--output", "-"], arguments].concat()).ok().stdout
}

#[test]
fn the_page_is_a_private_file_in_the_current_folder() {
    let env = world();
    let path = env.project().join(FILE);
    let told = env.run(&["dashboard"]).ok();
    let html = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = told.stdout.lines().collect();
    assert_eq!(lines[0], path.display().to_string());
    assert!(lines[1].starts_with("$0.80 for 2 calls, 2026-11-20 to 2026-11-24 ("), "{}", lines[1]);
    assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // Replaced in one step: who has the old page open keeps it, and nothing is left beside it.
    let old = fs::File::open(&path).unwrap();
    let made = env.run(&["dashboard", "--json", "--output", FILE]).json();
    assert_eq!(old.metadata().unwrap().len(), html.len() as u64);
    assert_eq!(made["file"], path.display().to_string());
    assert_eq!(made["bytes"], fs::metadata(&path).unwrap().len());
    assert_eq!((&made["startDate"], &made["endDate"]), (&json!("2026-11-20"), &json!("2026-11-24")));
    assert_eq!(made["totals"], env.run(&["report", "--json"]).json()["totals"]);
    assert_eq!(fs::read_dir(env.project()).unwrap().count(), 1);
    let nowhere = env.run(&["dashboard", "--output", "no/such/folder.html"]);
    assert_eq!(nowhere.code, Some(1));
    assert!(nowhere.stderr.contains("no/such"), "{}", nowhere.stderr);
}

#[test]
fn its_figures_are_the_ledgers() {
    let env = world();
    let whole = data(&page(&env, &[]));
    assert_eq!(cost(&whole), env.total());
    assert_eq!(whole["totals"]["totalCostExact"], env.total().to_string());
    assert_eq!(whole["totals"]["unlistedCostExact"], env.unlisted_total().to_string());
    let blog = data(&page(&env, &["--project", "blog"]));
    assert_eq!(cost(&blog), usd("0.3"));
    assert_eq!(blog["scope"], json!(["project blog"]));
    // Days are cut in the reader's zone: in Berlin the last call was made on the next day.
    let day = |zone: &str| {
        let found = data(&page(&env, &["--timezone", zone, "--project", "blog"]));
        found["rows"]["day"].as_i64().unwrap()
    };
    assert_eq!((day("UTC"), day("Europe/Berlin")), (20_781, 20_782));
    let november = data(&page(&env, &["--since", "2026-11", "--until", "2026-11-20"]));
    assert_eq!(cost(&november), usd("0.5"));
    assert_eq!((&november["since"], &november["until"]), (&json!(20_758), &json!(20_778)));
}

#[test]
fn nothing_to_show_is_a_page_too() {
    let env = Env::new();
    let told = env.run(&["dashboard"]).ok();
    assert!(told.stdout.contains("nothing is booked yet"), "{}", told.stdout);
    let empty = data(&fs::read_to_string(env.project().join(FILE)).unwrap());
    assert_eq!((&empty["rows"]["count"], &empty["totals"]["totalCostExact"]), (&json!(0), &json!("0")));
    assert!(!env.data().exists(), "looking makes no ledger");
}

#[test]
fn numbers_stand_for_names() {
    let env = world();
    env.settings(json!({"cost": {
        "monthlyBudget": 10,
        "limits": [{"name": "secret", "amount": 1, "period": "monthly", "branch": "release/1", "project": env.root().join("blog")}],
    }}));
    let plain = page(&env, &[]);
    let hidden = page(&env, &["--anonymize", "--branch", "release/*"]);
    let names = [
        env.root().display().to_string(),
        "s-blog".into(),
        "release/".into(),
        "tester".into(),
        "secret".into(),
    ];
    for name in &names {
        assert!(plain.contains(name) && !hidden.contains(name), "{name}");
    }
    let hidden = data(&hidden);
    assert_eq!(hidden["dimensions"][0]["names"], json!(["project 1"]));
    assert_eq!(hidden["scope"], json!(["one branch"]));
    assert_eq!(hidden["limits"][1]["name"], "limit 2");
    assert_eq!(hidden["limits"][1]["spent"], "0.3");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let env = world();
    for option in ["--open", "--json"] {
        let refused = env.run(&["dashboard", "--output", "-", option]);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(64), ""), "{option}");
        assert!(refused.stderr.contains(option), "{}", refused.stderr);
    }
}

#[test]
fn lines_that_cannot_be_read_are_told() {
    let env = world();
    env.append(&env.segments()[0], b"{\"kind\":\"call\",\"v\":1}\n");
    let told = env.run(&["dashboard"]);
    assert_eq!(told.code, Some(0));
    assert!(told.stderr.contains("1 line of the ledger cannot be read"), "{}", told.stderr);
    assert_eq!(data(&fs::read_to_string(env.project().join(FILE)).unwrap())["unreadableLines"], 1);
}

/// An opener that notes what it is asked to open.
#[cfg(target_os = "linux")]
fn opener(env: &Env, script: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let folder = env.root().join("bin");
    let program = folder.join("xdg-open");
    env.write(&program, format!("#!/bin/sh\n{script}\n").as_bytes());
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    env.var("PATH", &format!("{}:/usr/bin:/bin", folder.display()));
    folder
}

#[cfg(target_os = "linux")]
#[test]
fn the_page_is_opened_when_that_is_asked_for() {
    let env = world();
    let folder = opener(&env, "echo \"$@\" > \"$(dirname \"$0\")/opened\"");
    let noted = folder.join("opened");
    env.run(&["dashboard"]).ok();
    assert!(!noted.exists(), "nobody asked");
    env.run(&["dashboard", "--open"]).ok();
    let opened = fs::read_to_string(&noted).unwrap();
    assert_eq!(Path::new(opened.trim()), env.project().join(FILE));
    opener(&env, "exit 3");
    let failed = env.run(&["dashboard", "--open"]);
    assert_eq!(failed.code, Some(1));
    assert!(failed.stderr.contains("it is written; open "), "{}", failed.stderr);
    assert!(failed.stdout.contains(FILE), "{}", failed.stdout);
}
