//! `trend` through the real binary: every day is there, whatever the columns stand for they add up to the ledger, and
//! the chart can be read in 60 columns with and without Unicode.

use cost_hook::base::money::Money;
use serde_json::{Value, json};

use crate::support::{Call, Env, usd};

/// Calls on a few days of the last weeks, some money without a call, and a day without any.
fn world() -> Env {
    let env = Env::new();
    let session = env.session("s-1");
    for (name, cents, time) in [
        ("a", 500, "2026-10-05T10:00:00Z"),
        ("b", 120, "2026-10-28T10:00:00Z"),
        ("c", 240, "2026-11-02T10:00:00Z"),
        ("d", 60, "2026-11-02T22:30:00Z"),
        ("e", 900, "2026-11-10T09:00:00Z"),
        ("f", 30, "2026-11-17T10:00:00Z"),
        ("g", 455, "2026-11-20T10:00:00Z"),
        ("h", 333, "2026-11-23T23:30:00Z"),
        ("i", 210, "2026-11-24T08:00:00Z"),
    ] {
        session.call(&Call::cents(name, cents).at(time));
    }
    env.hook("Stop", &session, json!({}));
    env
}

fn exact(value: &Value, field: &str) -> Money {
    usd(value[field].as_str().unwrap_or_else(|| panic!("{field} of {value}")))
}

#[test]
fn every_day_is_there_and_they_add_up_to_the_ledger() {
    let env = world();
    for (arguments, list, count) in [
        (&["--days", "90"][..], "daily", 90),
        (&["--days", "90", "--by", "week"], "weekly", 14),
        (&["--days", "90", "--by", "month"], "monthly", 4),
        (&["--since", "2026-01-01"], "daily", 328),
        (&["--since", "2026-09-01", "--until", "2026-12-31", "--timezone", "Asia/Kolkata"], "daily", 85),
    ] {
        let document = env.run(&[&["trend", "--json"], arguments].concat()).json();
        let rows = document[list].as_array().unwrap();
        assert_eq!(rows.len(), count, "{arguments:?}");
        let sum: Money = rows.iter().map(|row| exact(row, "totalCostExact")).sum();
        assert_eq!((sum, exact(&document["totals"], "totalCostExact")), (env.total(), env.total()));
        let days: i64 = rows.iter().map(|row| row["days"].as_i64().unwrap()).sum();
        assert_eq!(document["days"].as_i64(), Some(days), "{arguments:?}");
        assert_eq!(document["previous"]["totals"]["calls"], 0);
        assert!(document["previous"]["changePercent"].is_null());
        assert_eq!(document["dearestDay"]["date"], "2026-11-10");
    }
}

#[test]
fn figures_recomputed_from_the_lines() {
    let env = world();
    let document = env.run(&["trend", "--json"]).json();
    let lines = env.calls();
    let between = |from: &str, to: &str| -> Money {
        let within = |line: &&Value| (from..to).contains(&line["time"].as_str().unwrap());
        lines.iter().filter(within).map(crate::support::cost).sum()
    };
    // Thirty days up to now, and the thirty before, up to noon of the last one.
    let now = between("2026-10-26", "2026-11-25");
    let before = between("2026-09-26", "2026-10-25T12");
    assert_eq!(exact(&document["totals"], "totalCostExact"), now);
    assert_eq!(exact(&document["previous"]["totals"], "totalCostExact"), before);
    assert_eq!(document["previous"]["end"], "2026-10-25T12:00:00.000Z");
    assert_eq!(exact(&document["previous"], "changeExact"), now - before);
    for row in document["daily"].as_array().unwrap() {
        let last: chrono::NaiveDate = row["startDate"].as_str().unwrap().parse().unwrap();
        let from = (last - chrono::Days::new(6)).to_string();
        let upto = (last + chrono::Days::new(1)).to_string();
        let seventh = Money((between(&from, &upto).0 * 2 + 7) / 14);
        assert_eq!(exact(row, "movingAverageExact"), seventh, "{row}");
    }
    // What was spent this month, and a 28th of the last 28 whole days for each of the 6.5 days left.
    let (spent, recent) = (between("2026-11-01", "2026-12-01"), between("2026-10-27", "2026-11-24"));
    let forecast = &document["forecast"];
    assert_eq!(exact(forecast, "spentExact"), spent);
    assert_eq!(exact(forecast, "recentCostExact"), recent);
    let expected = spent.to_f64() + recent.to_f64() / 28.0 * 6.5;
    assert!((forecast["expected"].as_f64().unwrap() - expected).abs() < 1e-9, "{forecast}");
    assert!(
        exact(forecast, "lowExact") >= spent
            && exact(forecast, "highExact") > exact(forecast, "expectedExact")
    );
    assert_eq!((&forecast["remainingDays"], &forecast["recentDays"]), (&json!(6.5), &json!(28)));
}

const ASCII: &str = "\
$10.00 +               .
       |---------------#--------------
 $7.50 +               #
       |               #
 $5.00 +               #         :
       |       .       #         #  :
 $2.50 +       #       ooooooo   #  #o
       |  oooooooooooo #      ooooooo#
 $0.00 ++------+------+------+------+-
        26 Oct 2 Nov  9 Nov  16 Nov 23 Nov
# a day   o 7-day mean   - daily budget of $8.00

Total        $23.48  8 calls in 30 days: 26 Oct to 24 Nov
                     2026
Mean          $0.78  a day
Before        $5.00  26 Sep to 25 Oct 2026 12:00; now $18.48
                     more (+369.6%)
Dearest day   $9.00  Tue 10 Nov 2026
Forecast     $27.24  by 30 Nov, likely $22.28 to $34.45:
                     $22.28 so far, and the mean of the last
                     28 whole days for the 6.5 days left
";

const UNICODE: &str = "\
$10.00 ┤               ▂
       │┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄█┄┄┄┄┄┄┄┄┄┄┄┄┄┄
 $7.50 ┤               █
       │               █
 $5.00 ┤               █         ▅
       │       ▃       █         █  ▅
 $2.50 ┤       █       •••••••   █  █•
       │  •••••••••••• █      •••••••█
 $0.00 └┬──────┬──────┬──────┬──────┬─
        26 Oct 2 Nov  9 Nov  16 Nov 23 Nov
█ a day   • 7-day mean   ┄ daily budget of $8.00

Total        $23.48  8 calls in 30 days: 26 Oct to 24 Nov
                     2026
Mean          $0.78  a day
Before        $5.00  26 Sep to 25 Oct 2026 12:00; now $18.48
                     more (+369.6%)
Dearest day   $9.00  Tue 10 Nov 2026
Forecast     $27.24  by 30 Nov, likely $22.28 to $34.45:
                     $22.28 so far, and the mean of the last
                     28 whole days for the 6.5 days left
";

#[test]
fn the_chart_in_60_columns() {
    let env = world();
    env.settings(json!({"cost": {"dailyBudget": 8}}));
    env.var("COLUMNS", "60");
    assert_eq!(env.run(&["trend"]).ok().stdout, ASCII);
    env.var("LC_ALL", "C.UTF-8");
    assert_eq!(env.run(&["trend", "--ascii"]).ok().stdout, ASCII);
    assert_eq!(env.run(&["trend"]).ok().stdout, UNICODE);
    for width in [40, 60, 80, 120, 200] {
        env.var("COLUMNS", &width.to_string());
        for format in ["chart", "table"] {
            for days in ["1", "7", "31", "365"] {
                let shown = env.run(&["trend", "--days", days, "--format", format]).ok().stdout;
                let widest = shown.lines().map(|line| line.chars().count()).max().unwrap();
                assert!(widest <= width && !shown.contains("-$0"), "{days} at {width}:\n{shown}");
            }
        }
    }
}

#[test]
fn every_form_says_the_same() {
    let env = world();
    let document = env.run(&["trend", "--json"]).json();
    assert_eq!(env.run(&["trend", "--format", "json"]).json(), document);
    let csv = env.run(&["trend", "--format", "csv"]).ok().stdout;
    let cost: Money = csv.lines().skip(1).map(|line| usd(line.split(',').nth(6).unwrap())).sum();
    assert_eq!((cost, csv.lines().count()), (exact(&document["totals"], "totalCostExact"), 31));
    let md = env.run(&["trend", "--format", "md"]).ok().stdout;
    assert!(md.starts_with("| Date | Calls | Tokens | Cost | 7-day mean |\n"), "{md}");
    assert_eq!(md.lines().count(), 33);
    let shop = env.run(&["trend", "--project", "nowhere", "--json"]).json();
    assert_eq!((&shop["totals"]["calls"], &shop["days"]), (&json!(0), &json!(30)));
    assert!(shop["dearestDay"].is_null() && shop["forecast"].is_null());
}

#[test]
fn ranges_at_the_edges() {
    let env = world();
    assert!(env.run(&["trend", "--since", "2027-01-01"]).ok().stdout.contains("No day of this range"));
    let one = env.run(&["trend", "--days", "1", "--json"]).json();
    assert_eq!(exact(&one["totals"], "totalCostExact"), usd("2.1"));
    // Yesterday up to noon: its call was at half past eleven in the evening.
    assert_eq!(exact(&one["previous"]["totals"], "totalCostExact"), Money::ZERO);
    let berlin = env.run(&["trend", "--days", "1", "--json", "--timezone", "Europe/Berlin"]).json();
    assert_eq!(exact(&berlin["totals"], "totalCostExact"), usd("5.43"));
    for wrong in [&["--days", "0"][..], &["--days", "7", "--since", "today"], &["--days", "40000"]] {
        assert_eq!(env.run(&[&["trend"], wrong].concat()).code, Some(64), "{wrong:?}");
    }
    let nothing = Env::new().run(&["trend"]).ok().stdout;
    assert!(nothing.contains("Nothing is booked yet"), "{nothing}");
    let empty = Env::new().run(&["trend", "--json"]).json();
    assert_eq!(empty["daily"].as_array().unwrap().len(), 30);
}
