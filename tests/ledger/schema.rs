//! Every line written is one the published schema describes, and the schema refuses what is no line.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Call, Env};

fn published() -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/ledger.schema.json");
    let text = std::fs::read_to_string(path).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}

#[test]
fn every_kind_of_line_is_as_the_schema_says() {
    let schema = published().expect("schema/ledger.schema.json is missing");
    let validator = jsonschema::validator_for(&schema).unwrap();
    let env = Env::new();
    env.settings(json!({"cost": {"dailyBudget": 0.01, "autoStopAtBudget": true}}));
    env.var("CLAUDE_CODE_USE_VERTEX", "1").var("CLOUD_ML_REGION", "us-east5");
    let session = env.session("s1");
    let run = json!({"type": "compaction", "input_tokens": 2000, "output_tokens": 200});
    session.call(&Call::new("a")).call(&Call::new("b").model("claude-zeta-9").tools(&[("toolu_1", "Bash")]));
    session.call(&Call::new("c").usage("iterations", json!([run])).usage("speed", json!("fast")));
    session.agent("a1", "Explore").call(&Call::new("d").field("requestedModel", json!("claude-sonnet-5")));
    session.cost_state(1.0, "2026-11-24T11:00:00.000Z");
    env.hook("PostToolUse", &session, json!({})).ok();
    session.call(&Call::new("a").tokens(1001, 99));
    env.hook("UserPromptSubmit", &session, json!({"prompt": "cost-hook allow 5 --reason x"})).ok();
    env.hook(
        "UserPromptSubmit",
        &session,
        json!({"prompt": "cost-hook allow --until 2h --reason y --limit \"daily budget\""}),
    )
    .ok();
    let lines = env.ledger();
    for kind in ["call", "unlisted", "override"] {
        assert!(lines.iter().any(|line| line["kind"] == kind), "no {kind} line was written");
    }
    for line in &lines {
        let wrong: Vec<String> = validator.iter_errors(line).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{line}\n{wrong:#?}");
    }
    for wrong in
        [json!({}), json!([]), json!({"kind": "call", "v": 1}), json!({"kind": "marvel", "v": 1, "id": "x"})]
    {
        assert!(!validator.is_valid(&wrong), "{wrong}");
    }
    let mut wrong = lines[0].clone();
    wrong["cost"] = json!(0.005);
    assert!(!validator.is_valid(&wrong), "money is never a float");
}
