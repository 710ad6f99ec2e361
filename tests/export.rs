//! `export` through the real binary: whatever the form, the rows add up to the ledger; and what FOCUS's own validator
//! does not look at. Validators and readers of others are in `tests/exports`.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;

use cost_hook::base::money::Money;
use cost_hook::base::time::Time;
use serde_json::{Value, json};

use crate::support::books::{call, every_kind, fill, world};
use crate::support::table::{Row, rows_of};
use crate::support::{Env, usd};

fn rows(env: &Env, arguments: &[&str]) -> Vec<Row> {
    let answer = env.run(&[&["export"], arguments].concat());
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""), "{answer:?}");
    rows_of(&answer.stdout)
}

fn sum(rows: &[Row], column: &str) -> Money {
    rows.iter().map(|row| usd(&row[column])).sum()
}

const COSTS: [(&[&str], &str); 12] = [
    (&["--format", "csv"], "cost_usd"),
    (&["--format", "csv", "--granularity", "hour"], "cost_usd"),
    (&["--format", "csv", "--granularity", "day", "--timezone", "Asia/Kolkata"], "cost_usd"),
    (&["--format", "focus"], "BilledCost"),
    (&["--format", "focus", "--granularity", "day"], "EffectiveCost"),
    (&["--format", "focus", "--granularity", "call"], "BilledCost"),
    (&["--format", "focus", "--tags", "session,feature,agent"], "BilledCost"),
    (&["--format", "aws-billing"], "line_item_unblended_cost"),
    (&["--format", "aws-billing", "--granularity", "day"], "line_item_blended_cost"),
    (&["--format", "aws-billing", "--granularity", "call"], "line_item_unblended_cost"),
    (&["--format", "aws-billing", "--legacy"], "lineItem/UnblendedCost"),
    (&["--format", "aws-billing", "--tags", "project"], "line_item_unblended_cost"),
];

#[test]
fn every_form_adds_up_to_the_ledger_and_is_the_same_each_time() {
    let env = world();
    let total = env.total();
    for (arguments, column) in COSTS {
        assert_eq!(sum(&rows(&env, arguments), column), total, "{arguments:?}");
        let again = || env.run(&[&["export"], arguments].concat()).stdout;
        assert_eq!(again(), again(), "{arguments:?}");
    }
    let document = env.run(&["export", "--json"]).json();
    let exact = |row: &Value| usd(row["costExact"].as_str().unwrap());
    assert_eq!(document["rows"].as_array().unwrap().iter().map(exact).sum::<Money>(), total);
    assert_eq!(document["totals"]["totalCostExact"], total.to_string());
    let lines = env.run(&["export", "--format", "jsonl"]).ok().stdout;
    let parsed: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(parsed, *document["rows"].as_array().unwrap());
    let part = rows(&env, &["--format", "focus", "--until", "2026-10"]);
    assert_eq!(sum(&part, "BilledCost"), usd(every_kind()[0]["cost"].as_str().unwrap()));
    // Days of bills are UTC's, wherever one lives.
    env.var("TZ", "Europe/Berlin");
    let same = rows(&env, &["--format", "focus", "--until", "2026-10"]);
    assert_eq!(sum(&same, "BilledCost"), sum(&part, "BilledCost"));
    assert!(rows(&env, &["--format", "csv", "--until", "2026-10"]).is_empty(), "here it is November already");
    let parquet = env.root().join("all.parquet");
    for format in [&["--format", "parquet"][..], &["--format", "focus"], &["--format", "aws-billing"]] {
        let output = ["--output", parquet.to_str().unwrap()];
        env.run(&[&["export"], format, &output].concat()).ok();
        let first = std::fs::read(&parquet).unwrap();
        env.run(&[&["export"], format, &output].concat()).ok();
        assert!(first.starts_with(b"PAR1") && first == std::fs::read(&parquet).unwrap());
    }
}

#[test]
fn a_call_is_a_row_with_all_that_is_known_in_the_order_of_time() {
    let env = world();
    let rows = rows(&env, &[]);
    assert_eq!(rows.len(), every_kind().len());
    let order: Vec<_> = rows.iter().map(|row| (row["time"].clone(), row["id"].clone())).collect();
    assert!(order.is_sorted());
    let of = |id: &str| rows.iter().find(|row| row["id"] == id).unwrap();
    assert_eq!((of("b:1")["tools"].as_str(), of("b:1")["web_searches"].as_str()), ("Bash;Read", "2"));
    assert_eq!(of("h:1")["model"], "claude-sonnet-4-6");
    assert_eq!(of("h:1")["model_sent"], "us.anthropic.claude-sonnet-4-6");
    assert_eq!((of("l:1")["input_tokens"].as_str(), of("e:1")["estimated"].as_str()), ("95000", "true"));
    assert_eq!(
        (of("unlisted:s-1:1")["kind"].as_str(), of("unlisted:s-1:1")["model"].as_str()),
        ("unlisted", "")
    );
    // What a spreadsheet would run is text.
    assert_eq!((of("c:1")["branch"].as_str(), of("d:1")["project"].as_str()), ("'=1+1", "'-evil\"\n,x"));
}

#[test]
fn sums_are_by_hour_or_day_and_unlisted_money_stands_apart() {
    let env = world();
    let hours = rows(&env, &["--granularity", "hour"]);
    let unlisted: Vec<&Row> = hours.iter().filter(|row| row["kind"] == "unlisted").collect();
    assert_eq!(unlisted.len(), 2, "one has a model, one has none");
    assert!(unlisted.iter().all(|row| row["calls"] == "0" && row["unlisted_usd"] == row["cost_usd"]));
    let days = rows(&env, &["--granularity", "day", "--timezone", "Europe/Berlin"]);
    let first = &days[0];
    assert_eq!((first["period"].as_str(), first["start"].as_str()), ("2026-11-01", "2026-10-31T23:00:00Z"));
}

#[test]
fn charges_are_what_no_validator_looks_at() {
    let env = world();
    for granularity in ["call", "hour", "day"] {
        let rows = rows(&env, &["--format", "focus", "--granularity", granularity]);
        let mut prices: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
        let mut ids = BTreeSet::new();
        for row in &rows {
            let number = |column: &str| row[column].parse::<f64>().unwrap();
            for (cost, price) in [("ListCost", "ListUnitPrice"), ("ContractedCost", "ContractedUnitPrice")] {
                let product = number(price) * number("PricingQuantity");
                assert!((number(cost) - product).abs() <= 1e-9 * product.abs().max(1.0), "{row:#?}");
            }
            let time = |column: &str| {
                let text = &row[column];
                assert!(text.len() == 20 && text.ends_with(":00:00Z"), "{text}");
                Time::parse(text).unwrap()
            };
            let (start, end) = (time("ChargePeriodStart"), time("ChargePeriodEnd"));
            assert_eq!(end.since(start), if granularity == "day" { 86_400_000 } else { 3_600_000 });
            assert!(time("BillingPeriodStart") <= start && end <= time("BillingPeriodEnd"));
            for column in ["Tags", "SkuPriceDetails"] {
                let tags: Value = serde_json::from_str(&row[column]).unwrap();
                let flat = |value: &Value| value.is_string() || value.is_number();
                assert!(tags.as_object().unwrap().values().all(flat), "{tags}");
            }
            assert!(row["PricingQuantity"].contains('.') && row["ConsumedQuantity"].contains('.'));
            // One price id has one SKU and, on these days, one price.
            let price = (row["SkuId"].as_str(), row["ListUnitPrice"].as_str());
            assert_eq!(*prices.entry(&row["SkuPriceId"]).or_insert(price), price, "{row:#?}");
            assert!(ids.insert(row["x_LineItemId"].clone()), "{row:#?}");
            assert_eq!(row["ProviderName"], row["InvoiceIssuerName"]);
            assert_eq!(row["RegionId"].is_empty(), row["RegionName"].is_empty());
        }
        let has = |id: &str| assert!(prices.contains_key(id), "{id} in {:?}", prices.keys());
        has("claude-opus-5-5/input/standard");
        has("claude-opus-5-5/input/fast");
        has("claude-opus-5-5/input/batch");
        has("claude-opus-5-5/input/priority-us");
        has("claude-haiku-5-5/input/above-100000");
        has("claude-opus-5-5/web-search/standard");
        has("bedrock/claude-sonnet-4-6/cache-read/regional");
        has("google/claude-opus-5-5/output/standard");
        has("unknown/unlisted/standard");
        let columns: Vec<&String> = rows[0].keys().filter(|name| name.starts_with("x_")).collect();
        assert_eq!(columns, ["x_CallId", "x_Estimated", "x_LineItemId"]);
    }
    let head = env.run(&["export", "--format", "focus"]).ok().stdout;
    let names: Vec<&str> = head.lines().next().unwrap().split(',').collect();
    let standard = names.iter().take_while(|name| !name.starts_with("x_")).count();
    assert!(names[..standard].is_sorted() && standard + 3 == names.len(), "own columns come last");
}

#[test]
fn a_bill_of_aws_is_named_as_aws_names_it() {
    let env = world();
    let line = |rows: &[Row], column: &str, start: &str| -> Row {
        rows.iter().find(|row| row[column].starts_with(start)).unwrap_or_else(|| panic!("{start}")).clone()
    };
    let bill = rows(&env, &["--format", "aws-billing", "--account", "001234567890"]);
    let bedrock = line(&bill, "line_item_usage_type", "USE1-Claude4.6Sonnet-input-tokens");
    let shown = |column: &str| bedrock[column].as_str();
    assert_eq!(
        [
            shown("line_item_usage_amount"),
            shown("line_item_unblended_rate"),
            shown("line_item_unblended_cost"),
            shown("pricing_unit"),
            shown("line_item_usage_account_id"),
            shown("identity_time_interval"),
            shown("line_item_usage_start_date"),
        ],
        [
            "12.345",
            "0.0033",
            "0.0407385",
            "1K tokens",
            "001234567890",
            "2026-11-20T10:00:00Z/2026-11-20T11:00:00Z",
            "2026-11-20T10:00:00.000Z",
        ]
    );
    let product: Value = serde_json::from_str(shown("product")).unwrap();
    let tags: Value = serde_json::from_str(shown("resource_tags")).unwrap();
    assert_eq!(
        (&product["provider"], &tags["user_cost_hook_provider"]),
        (&json!("bedrock"), &json!("bedrock"))
    );
    let types: BTreeSet<&str> = bill.iter().map(|row| row["line_item_usage_type"].as_str()).collect();
    for wanted in [
        "Claude5.5Opus-cache-write-1-hour-input-token-count",
        "Claude5.5Opus-input-tokens-fast",
        "Claude5.5Opus-input-tokens-batch",
        "Claude5.5Opus-web-search-requests",
        "Claude5.5Haiku-input-tokens-above-100000",
        "someone_else-9-output-tokens",
    ] {
        assert!(types.contains(wanted), "{wanted} in {types:?}");
    }
    let legacy =
        rows(&env, &["--format", "aws-billing", "--legacy", "--tags", "project", "--product-code", "Other"]);
    let old = line(&legacy, "lineItem/UsageType", "USE1-Claude4.6Sonnet-input-tokens");
    assert_eq!(old["lineItem/UsageStartDate"], "2026-11-20T10:00:00Z");
    assert_eq!(
        (old["lineItem/ProductCode"].as_str(), old["product/provider"].as_str()),
        ("Other", "bedrock")
    );
    assert_eq!(old["resourceTags/user:project"], "/home/ada/shop");
    assert_eq!(old["resourceTags/user:cost_hook_provider"], "bedrock");
}

#[test]
fn a_line_keeps_its_name_while_it_grows() {
    let env = world();
    let ids = || -> BTreeMap<String, String> {
        let rows = rows(&env, &["--format", "aws-billing"]);
        rows.into_iter()
            .map(|row| (row["identity_line_item_id"].clone(), row["line_item_unblended_cost"].clone()))
            .collect()
    };
    let before = ids();
    let more = call("z:1", "2026-11-20T10:30:00.000Z", "claude-opus-5-5", [1_000, 0, 0, 0, 0], json!({}));
    fill(&env, &[more]);
    let after = ids();
    assert!(before.keys().eq(after.keys()), "a later export replaces lines, it adds none");
    let grown: Vec<_> = before.iter().filter(|(id, cost)| after[*id] != **cost).collect();
    assert_eq!(grown.len(), 1, "{grown:?}");
    assert_eq!(after.values().map(|cost| usd(cost)).sum::<Money>(), env.total());
}

#[test]
fn a_file_is_replaced_whole_or_not_at_all() {
    let env = world();
    let path = env.root().join("costs.csv");
    let name = path.to_str().unwrap();
    let told = env.run(&["export", "--output", name]).ok().stdout;
    assert!(told.starts_with(&format!("{name}: 15 rows, $")), "{told}");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), env.run(&["export"]).ok().stdout);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
    let refused = env.run(&["export", "--output", name, "--project", "nothing"]);
    assert!(refused.code == Some(1) && refused.stderr.contains("read-only"), "{refused:?}");
    assert_eq!(rows_of(&std::fs::read_to_string(&path).unwrap()).len(), 15);
    let folder: Vec<_> =
        std::fs::read_dir(env.root()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(folder.iter().all(|name| !name.to_str().unwrap().ends_with(".tmp")), "{folder:?}");
    let absent = env.run(&["export", "--output", "no/such/folder/x.csv"]);
    assert!(absent.code == Some(1) && absent.stderr.contains("no/such/folder"), "{absent:?}");
}

#[test]
fn what_does_not_fit_together_is_refused_with_the_cure() {
    let env = world();
    for (arguments, said) in [
        (&["--legacy"][..], "`--format aws-billing`"),
        (&["--file-type", "parquet"], "`--format parquet`"),
        (&["--format", "aws-billing", "--account", "1234"], "twelve digits"),
        (&["--format", "focus", "--billing-account-id", " "], "empty"),
        (&["--format", "csv", "--json"], "cannot be used with"),
        (&["--output", ""], "--output"),
    ] {
        let answer = env.run(&[&["export"], arguments].concat());
        assert!(answer.code == Some(64) && answer.stderr.contains(said), "{arguments:?}: {answer:?}");
        assert_eq!(answer.stdout, "");
    }
    let empty = Env::new();
    assert_eq!(rows(&empty, &["--format", "focus"]).len(), 0);
    assert_eq!(empty.run(&["export", "--json"]).json()["rows"], json!([]));
}
