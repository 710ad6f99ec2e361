//! The guide's tables against the generated reference: the guide may say it shorter, but not otherwise.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cost_hook::settings::reference::{self, Setting};
use cost_hook::settings::schema;

fn settings() -> BTreeMap<String, Setting> {
    let parsed = serde_json::from_str(schema::CHECKED_IN).unwrap();
    reference::settings(&parsed).into_iter().map(|one| (one.key.clone(), one)).collect()
}

/// Keys, meanings and defaults of the table that follows a heading.
fn table(page: &str, heading: &str) -> Vec<(String, String, String)> {
    let below = page.split(&format!("\n## {heading}\n")).nth(1).unwrap_or_else(|| panic!("no {heading}"));
    let section = below.split("\n## ").next().unwrap();
    let cells =
        |line: &str| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_string()).collect();
    let rows = section.lines().filter(|line| line.starts_with("| `")).map(cells);
    let rows = rows.filter_map(|cells: Vec<String>| {
        let [keys, meaning, default] = cells.try_into().ok()?;
        Some(names(&keys).into_iter().map(move |key| (key, meaning.clone(), default.clone())))
    });
    rows.flatten().collect()
}

/// What stands in backticks.
fn names(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_string).collect()
}

#[test]
fn the_guide_says_what_the_reference_says() {
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide/budgets.md")).unwrap();
    let settings = settings();
    let mut named = Vec::new();
    for (heading, before) in [
        ("All settings", ""),
        ("Limits for a part of the work", "cost.limits[]."),
        ("Prices, provider, region", "cost."),
    ] {
        let rows = table(&page, heading);
        assert!(rows.len() > 3, "{heading}: {rows:?}");
        for (key, meaning, default) in rows {
            let key = format!("{before}{key}");
            let one =
                settings.get(&key).unwrap_or_else(|| panic!("the guide has `{key}`, which does not exist"));
            assert_eq!(default, one.default, "the guide's default of `{key}`");
            if heading == "All settings" {
                assert_eq!(meaning.contains("not in projects"), one.not_in_projects, "`{key}` in projects");
            }
            named.push(key);
        }
    }
    for key in settings.keys() {
        // What is in an object or a list is listed there, or named in its row.
        let within =
            |outer: &String| key.starts_with(&format!("{outer}.")) || key.starts_with(&format!("{outer}[]"));
        let is_group = matches!(key.as_str(), "cost" | "team" | "cost.pricing.discounts");
        assert!(
            is_group || named.contains(key) || named.iter().any(within),
            "the guide does not have `{key}`"
        );
    }
}
