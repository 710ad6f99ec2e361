//! Names that do something where they are shown: on a terminal, in a spreadsheet, in Markdown, in a browser.

use serde_json::{Value, json};

use super::{HOSTILE, harm, hostile, obeyed};
use crate::support::Call;

/// Every command that prints for people. Those with an interactive screen draw the same tables.
const SHOWN: &[&[&str]] = &[
    &["status"],
    &["session"],
    &["session", "s1"],
    &["session", "s2"],
    &["report"],
    &["breakdown", "--by", "project"],
    &["breakdown", "--by", "branch"],
    &["breakdown", "--by", "model"],
    &["breakdown", "--by", "feature"],
    &["breakdown", "--by", "session"],
    &["breakdown", "--by", "user"],
    &["breakdown", "--by", "agent"],
    &["analyze"],
    &["advise"],
    &["debug"],
    &["trend"],
    &["blocks"],
    &["doctor"],
    &["doctor", "--verbose"],
    &["validate"],
    &["config", "list"],
    &["config", "get", "cost.limits"],
    &["config", "explain", "cost.limits"],
    &["compare", HOSTILE],
    &["pricing", "show", HOSTILE],
    &["pricing", "list"],
    &["allow", "1", "--limit", HOSTILE, "--reason", HOSTILE],
    &["config", "set", HOSTILE, "1"],
    &["config", "set", "cost.dailyBudget", HOSTILE],
    &["session", HOSTILE],
    &["reconcile", "--against", HOSTILE],
    &["pricing", "update", HOSTILE],
    &[HOSTILE],
    &["install", "--dry-run"],
    &["uninstall", "--dry-run"],
    &["import", "--dry-run"],
];

#[test]
fn nothing_a_terminal_would_obey_is_printed() {
    let env = hostile();
    assert!(env.ledger().iter().any(|line| line["branch"] == HOSTILE), "{:?}", env.ledger());
    let wrong: Vec<String> = SHOWN.iter().filter_map(|args| harm(&args.join(" "), &env.run(args))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn hooks_and_the_status_line_say_nothing_a_terminal_would_obey() {
    let env = hostile();
    let session = env.session("s1");
    session.call(&Call::cents("more", 40));
    let mut said = 0;
    for (event, more) in [
        ("SessionStart", json!({"source": "startup"})),
        ("UserPromptSubmit", json!({"prompt": "x"})),
        ("UserPromptSubmit", json!({"prompt": format!("cost-hook allow 1 --limit '{HOSTILE}' --reason x")})),
        ("UserPromptSubmit", json!({"prompt": format!("cost-hook allow {HOSTILE}")})),
        ("PreToolUse", json!({"tool_name": HOSTILE})),
        ("PreModelSwitch", json!({"to_model": HOSTILE, "estimated_cache_write_usd": 5})),
        ("Stop", json!({})),
    ] {
        let output = env.hook(event, &session, more);
        if let Ok(answer) = serde_json::from_str::<Value>(&output.stdout) {
            said += 1;
            let mut texts = Vec::new();
            texts_of(&answer, &mut texts);
            for text in texts {
                assert_eq!(obeyed(&text), None, "{event}: {text:?}");
            }
        }
    }
    assert!(said >= 3, "{said}");
    env.var("NO_COLOR", "1");
    assert_eq!(harm("statusline", &env.statusline(&session, 1.0)), None);
}

fn texts_of(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Object(members) => members.values().for_each(|member| texts_of(member, into)),
        Value::Array(items) => items.iter().for_each(|item| texts_of(item, into)),
        _ => {}
    }
}

#[test]
fn no_cell_of_a_spreadsheet_is_a_formula() {
    let env = hostile();
    for start in ['=', '+', '-', '@', '\t', '\r'] {
        let session = env.session(&format!("f{}", start as u32));
        let name = format!("{start}HYPERLINK(\"http://x\")");
        let id = format!("f{}", start as u32);
        session.call(&Call::new(&id).model(&name).field("gitBranch", json!(name)));
        env.hook("Stop", &session, json!({}));
    }
    let exported = env.root().join("out.csv");
    env.run(&["export", "--format", "csv", "--output", exported.to_str().unwrap()]).ok();
    let mut all = vec![std::fs::read_to_string(&exported).unwrap()];
    assert!(all[0].contains("HYPERLINK"), "{}", all[0]);
    for by in ["branch", "model", "project", "user"] {
        all.push(env.run(&["breakdown", "--by", by, "--format", "csv"]).ok().stdout);
    }
    assert!(all.iter().any(|text| text.contains("HYPERLINK")));
    for text in all {
        for record in csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes()).records() {
            for cell in record.unwrap().iter() {
                let number = cell.parse::<f64>().is_ok();
                assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?} in {text}");
            }
        }
    }
}

#[test]
fn markdown_is_a_table_and_nothing_else() {
    let env = hostile();
    for by in ["branch", "model", "project", "user"] {
        let text = env.run(&["breakdown", "--by", by, "--format", "md"]).ok().stdout;
        assert!(!text.contains("<script") && text.contains("evil"), "{text}");
        let bars = |line: &str| line.replace("\\|", "").matches('|').count();
        let table: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
        assert!(table.iter().all(|line| bars(line) == bars(table[0])), "{text}");
    }
}

#[test]
fn the_dashboard_runs_no_script_but_its_own() {
    let env = hostile();
    let page = env.root().join("page.html");
    env.run(&["dashboard", "--output", page.to_str().unwrap()]).ok();
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(text.contains("evil") && !text.contains("<script>alert"), "the name is in it, and is no tag");
    let policy = text.split("Content-Security-Policy").nth(1).unwrap().split('>').next().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
}
