//! `analyze` through the real binary: every ranking adds up to the ledger, the forecast is what its words say, and limits
//! are held against it.

use cost_hook::base::money::Money;
use serde_json::{Value, json};

use crate::support::{Call, Env, cost, usd};

/// Two projects in October and November, and money that no line explains.
fn world() -> Env {
    let env = Env::new();
    let shop = env.session("s-shop");
    for (name, cents, time) in [
        ("a", 100, "2026-10-05T10:00:00Z"),
        ("b", 250, "2026-10-30T10:00:00Z"),
        ("c", 400, "2026-11-03T10:00:00Z"),
        ("d", 60, "2026-11-20T10:00:00Z"),
    ] {
        shop.call(&Call::cents(name, cents).tools(&[(name, "Edit")]).at(time));
    }
    shop.cost_state(9.0, "2026-10-05T09:00:00Z");
    env.hook("SessionEnd", &shop, json!({}));
    let blog = env.session_in("s-blog", &env.root().join("blog"));
    blog.call(&Call::cents("e", 30).model("claude-haiku-4-5").at("2026-11-23T10:30:00Z"));
    blog.call(&Call::new("f").usage("cache_read_input_tokens", json!(90_000)).at("2026-11-24T10:30:00Z"));
    env.hook("Stop", &blog, json!({}));
    env
}

fn exact(value: &Value, field: &str) -> Money {
    usd(value[field].as_str().unwrap_or_else(|| panic!("{field} of {value}")))
}

fn between(env: &Env, from: &str, to: &str) -> Money {
    let lines = [env.calls(), env.unlisted()].concat();
    let within = |line: &&Value| (from..to).contains(&line["time"].as_str().unwrap());
    lines.iter().filter(within).map(cost).sum()
}

#[test]
fn every_ranking_adds_up_to_the_ledger() {
    let env = world();
    let (october, november) = (between(&env, "2026-10", "2026-11"), between(&env, "2026-11", "2026-12"));
    assert_eq!(october + november, env.total());
    for (arguments, whole, calls) in [
        (&["--month", "last"][..], october, 2),
        (&["--month", "2026-11"], november, 4),
        (&["--top", "1"], november, 4),
    ] {
        let document = env.run(&[&["analyze", "--json"], arguments].concat()).json();
        assert_eq!(exact(&document["totals"], "totalCostExact"), whole);
        for ranking in ["days", "models", "projects", "features"] {
            let rows = document[ranking].as_array().unwrap();
            assert_eq!(
                rows.iter().map(|row| exact(row, "totalCostExact")).sum::<Money>(),
                whole,
                "{ranking}"
            );
            assert_eq!(
                rows.iter().map(|row| row["calls"].as_u64().unwrap()).sum::<u64>(),
                calls,
                "{ranking}"
            );
            let shares: f64 = rows.iter().map(|row| row["sharePercent"].as_f64().unwrap()).sum();
            assert!((shares - 100.0).abs() < 0.3, "{ranking}: {shares}");
        }
    }
    let top = env.run(&["analyze", "--top", "1", "--json"]).json();
    assert_eq!(top["projects"].as_array().unwrap().len(), 2);
    assert_eq!(top["projects"][1]["period"], "(1 more)");
    let blog = env.run(&["analyze", "--project", "blog", "--json"]).json();
    assert_eq!(exact(&blog["totals"], "totalCostExact"), env.total_of("s-blog"));
    assert_eq!(blog["limits"], json!([]));
}

#[test]
fn figures_recomputed_from_the_lines() {
    let env = world();
    env.settings(json!({"cost": {"monthlyBudget": 5, "limits": [
        {"name": "blog", "amount": 100, "period": "monthly", "project": env.root().join("blog"), "action": "warn"},
    ]}}));
    let document = env.run(&["analyze", "--json"]).json();
    let spent = between(&env, "2026-11", "2026-12");
    let before = between(&env, "2026-10", "2026-10-24T12");
    assert_eq!(exact(&document["previous"]["totals"], "totalCostExact"), before);
    assert_eq!(document["previous"]["end"], "2026-10-24T12:00:00.000Z");
    assert_eq!(exact(&document["previous"], "changeExact"), spent - before);
    let tenths = ((spent.0 - before.0) * 1000).div_euclid(before.0);
    let percent = document["previous"]["changePercent"].as_f64().unwrap();
    assert!((percent - tenths as f64 / 10.0).abs() < 0.11, "{percent}");
    let recent = between(&env, "2026-10-27", "2026-11-24");
    let expected = spent.to_f64() + recent.to_f64() / 28.0 * 6.5;
    assert!((document["forecast"]["expected"].as_f64().unwrap() - expected).abs() < 1e-9);
    let limits = document["limits"].as_array().unwrap();
    let named = |name: &str| limits.iter().find(|limit| limit["name"] == name).unwrap();
    let monthly = named("monthly budget");
    assert_eq!(exact(monthly, "spentExact"), spent);
    assert!((monthly["expected"].as_f64().unwrap() - expected).abs() < 1e-9);
    assert_eq!(monthly["expectedPercent"].as_f64(), Some((expected / 5.0 * 100.0).floor()));
    // The blog's first call was yesterday: one whole day, for 6.5 days to come.
    let blog = named("blog");
    let yesterday = between(&env, "2026-11-23", "2026-11-24").to_f64();
    let expected = env.total_of("s-blog").to_f64() + yesterday * 6.5;
    assert!((blog["expected"].as_f64().unwrap() - expected).abs() < 1e-9, "{blog}");
    assert_eq!((&document["sessions"], &document["daysBegun"]), (&json!(2), &json!(24)));
    let into = 90_000.0 / (90_000.0 + 1001.0 + 400.0 * 2500.0 + 60.0 * 2500.0 + 30.0 * 2500.0) * 100.0;
    assert!((document["cacheHitPercent"].as_f64().unwrap() - into).abs() < 0.06, "{document}");
}

const TABLE: &str = "\
2026-11  1 Nov to 30 Nov 2026, day 24 of 30

Cost        $5.60  $4.60 more (+459.8%) than 2026-10 up to
                   24 Oct 12:00 ($1.00)
Mean        $0.23  a day
Calls           4  in 2 sessions on 4 days
Tokens       1.3M  1.2M input, 51 output, 0 cache write,
                   90.0k cache read
Cache hits   6.8%  of what went into the models was read
                   from the cache
Unlisted    $0.90  of the cost, reported by Claude Code for
                   calls its transcripts do not hold
Forecast    $7.47  likely $5.60 to $10.76: $5.60 so far, and
                   the mean of the last 28 whole days for
                   the 6.5 days left
Limit        149%  of the monthly budget of $5.00 by the end
                   of the month: $7.47 expected, $2.47 more
                   than it allows

Dearest days
Date        Calls     Tokens   Cost   Share  Unlisted
-----------------------------------------------------
2026-11-03      1  1,000,000  $4.00   71.5%         -
2026-11-20      1    150,000  $1.50   26.8%     $0.90
2026-11-23      1     75,000  $0.08    1.3%         -
2026-11-24      1     91,052  $0.02    0.4%         -
-----------------------------------------------------
Total           4  1,316,052  $5.60  100.0%     $0.90

Models
Model                       Cost   Share  Unlisted
--------------------------------------------------
claude-opus-5-5            $4.62   82.6%         -
unlisted                   $0.90   16.1%     $0.90
claude-haiku-4-5-20251001  $0.08    1.3%         -
--------------------------------------------------
Total                      $5.60  100.0%     $0.90
";

#[test]
fn the_table_in_60_columns() {
    let env = world();
    env.settings(json!({"cost": {"monthlyBudget": 5}}));
    env.var("COLUMNS", "60");
    let root = env.root().display().to_string();
    let shown = env.run(&["analyze"]).ok().stdout.replace(&root, "");
    let (head, tables) = shown.split_once("\nProjects\n").unwrap();
    assert_eq!(head, TABLE);
    assert!(tables.contains("tool:Edit"), "{tables}");
    for width in [60, 80, 120, 200] {
        env.var("COLUMNS", &width.to_string());
        let shown = env.run(&["analyze"]).ok().stdout;
        let widest = shown.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= width && !shown.contains("-$0"), "{width}:\n{shown}");
    }
}

#[test]
fn other_forms_and_empty_months() {
    let env = world();
    let document = env.run(&["analyze", "--json"]).json();
    assert_eq!(env.run(&["analyze", "--format", "json"]).json(), document);
    let md = env.run(&["analyze", "--format", "md"]).ok().stdout;
    assert!(md.starts_with("## 2026-11\n") && md.contains("\n### Models\n\n| Model | Calls |"), "{md}");
    assert_eq!(env.run(&["analyze", "--month", "2024-01"]).ok().stdout, "No calls match.\n");
    assert_eq!(env.run(&["analyze", "--month", "2027-01"]).code, Some(64));
    assert_eq!(env.run(&["analyze", "--month", "soon"]).code, Some(64));
    let nothing = Env::new();
    assert!(nothing.run(&["analyze"]).ok().stdout.contains("Nothing is booked yet"));
    assert_eq!(nothing.run(&["analyze", "--json"]).json()["forecast"], Value::Null);
}
