//! Bedrock and Google: the provider is told by ids and environment, and regional endpoints cost a tenth more.

use serde_json::{Value, json};

use crate::support::{Call, Env, usd};

fn booked(vars: &[(&str, &str)], call: &Call) -> Value {
    let env = Env::new();
    for (name, value) in vars {
        env.var(name, value);
    }
    let session = env.session("s1");
    session.call(call);
    env.hook("Stop", &session, json!({})).silent();
    env.call()
}

#[test]
fn bedrock_keeps_its_id_in_what_was_asked_for() {
    let vars = [("CLAUDE_CODE_USE_BEDROCK", "1"), ("AWS_REGION", "us-east-1")];
    let call = booked(&vars, &Call::new("a").field("requestedModel", json!("us.anthropic.claude-opus-5-5")));
    assert_eq!(call["provider"], "bedrock");
    assert_eq!(call["model"], "us.anthropic.claude-opus-5-5");
    assert_eq!(call["region"], "us-east-1");
    assert_eq!((&call["cost"], &call["clientCost"]), (&json!("0.0055264"), &json!("0.005024")));
}

#[test]
fn a_global_bedrock_profile_costs_the_list_price() {
    let vars = [("CLAUDE_CODE_USE_BEDROCK", "1"), ("AWS_REGION", "us-east-1")];
    let call =
        booked(&vars, &Call::new("a").field("requestedModel", json!("global.anthropic.claude-opus-5-5")));
    assert_eq!(call["provider"], "bedrock");
    assert_eq!(call["cost"], "0.005024");
    assert!(call.get("clientCost").is_none());
}

#[test]
fn google_is_told_by_the_environment_alone() {
    for (region, cost) in [("us-east5", "0.0055264"), ("global", "0.005024")] {
        let call = booked(&[("CLAUDE_CODE_USE_VERTEX", "1"), ("CLOUD_ML_REGION", region)], &Call::new("a"));
        assert_eq!(call["provider"], "google");
        assert_eq!(call["region"], region);
        assert_eq!(call["cost"], cost, "{region}");
    }
}

#[test]
fn settings_decide_over_what_is_recognised() {
    let env = Env::new();
    env.settings(json!({"cost": {"provider": "google", "region": "us-east5"}}));
    let session = env.session("s1");
    session.call(&Call::new("a"));
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.call()["provider"], "google");
    assert_eq!(env.total(), usd("0.0055264"));
}

#[test]
fn another_sessions_calls_are_not_taken_for_this_environments() {
    let env = Env::new();
    let (first, second) = (env.session("s1"), env.session("s2"));
    env.hook("SessionStart", &first, json!({"source": "startup"})).silent();
    first.user("go");
    env.hook("UserPromptSubmit", &first, json!({"prompt": "go"})).silent();
    first.call(&Call::new("a"));
    env.var("CLAUDE_CODE_USE_VERTEX", "1").var("CLOUD_ML_REGION", "us-east5");
    second.call(&Call::new("b"));
    env.hook("Stop", &second, json!({})).silent();
    let provider = |id: &str| env.calls().iter().find(|call| call["id"] == id).unwrap()["provider"].clone();
    assert_eq!(provider("msg_a:req_a"), "anthropic");
    assert_eq!(provider("msg_b:req_b"), "google");
}
