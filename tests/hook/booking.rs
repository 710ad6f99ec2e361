//! One call, in every way the client writes it down.

use serde_json::json;

use crate::support::{Call, Env, usd};

#[test]
fn a_plain_call_is_booked_with_everything_later_questions_need() {
    let env = Env::new();
    let session = env.session("s1");
    session.user("do it").call(&Call::new("a").at("2026-11-24T11:59:58.123Z"));
    env.hook("Stop", &session, json!({"stop_hook_active": false})).silent();
    let call = env.call();
    for (key, value) in [
        ("v", json!(1)),
        ("kind", json!("call")),
        ("id", json!("msg_a:req_a")),
        ("time", json!("2026-11-24T11:59:58.123Z")),
        ("session", json!("s1")),
        ("project", json!(env.project())),
        ("model", json!("claude-opus-5-5")),
        ("provider", json!("anthropic")),
        ("feature", json!("conversation")),
        ("branch", json!("main")),
        ("user", json!("tester")),
        ("cost", json!("0.005024")),
        ("promptId", json!("prompt-s1-1")),
        ("stopReason", json!("end_turn")),
        ("client", json!("2.1.330")),
        (
            "tokens",
            json!({"input": 1001, "output": 51, "cacheWrite5m": 0, "cacheWrite1h": 0, "cacheRead": 0}),
        ),
    ] {
        assert_eq!(call[key], value, "{key}");
    }
    assert!(call["prices"].is_string());
    assert!(call.get("estimated").is_none() && call.get("clientCost").is_none(), "{call}");
    env.hook("SessionEnd", &session, json!({"reason": "other"})).silent();
    assert_eq!(env.ledger().len(), 1, "nothing new, nothing booked");
}

#[test]
fn all_five_counts_and_searches_are_priced() {
    let env = Env::new();
    let session = env.session("s1");
    let cache = json!({"ephemeral_5m_input_tokens": 1000, "ephemeral_1h_input_tokens": 2000});
    let call = Call::new("a")
        .usage("cache_creation_input_tokens", json!(3000))
        .usage("cache_creation", cache)
        .usage("cache_read_input_tokens", json!(5000));
    session.call(&call);
    let searches = json!({"web_search_requests": 3, "web_fetch_requests": 2});
    session.call(&Call::new("b").usage("server_tool_use", searches));
    session.call(&Call::new("c").usage("speed", json!("fast")).usage("inference_geo", json!("us")));
    env.hook("Stop", &session, json!({})).silent();
    let costs: Vec<_> = env.calls().iter().map(|call| call["cost"].clone()).collect();
    // Measured on the client for exactly these counts.
    assert_eq!(costs, [json!("0.027024"), json!("0.035024"), json!("0.0110528")]);
    assert_eq!(env.calls()[1]["webSearches"], 3);
    assert_eq!(env.calls()[2]["speed"], "fast");
    assert_eq!(env.calls()[2]["geo"], "us");
}

#[test]
fn haiku_costs_more_from_a_prompt_of_100001_tokens() {
    let env = Env::new();
    let session = env.session("s1");
    let prompt = |name: &str, input: u64| {
        let cache = json!({"ephemeral_5m_input_tokens": 2000, "ephemeral_1h_input_tokens": 0});
        Call::new(name)
            .model("claude-haiku-5-5")
            .tokens(input, 51)
            .usage("cache_read_input_tokens", json!(97_000))
            .usage("cache_creation_input_tokens", json!(2000))
            .usage("cache_creation", cache)
    };
    session.call(&prompt("at", 1000)).call(&prompt("above", 1001));
    env.hook("Stop", &session, json!({})).silent();
    let costs: Vec<_> = env.calls().iter().map(|call| call["cost"].clone()).collect();
    assert_eq!(costs, [json!("0.006728"), json!("0.0013455")], "sorted by id: above, at");
}

#[test]
fn the_lines_of_one_call_are_one_call() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a").blocks(4));
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.call()["cost"], "0.005024");
    assert!(env.call().get("rev").is_none());
}

#[test]
fn late_and_larger_counts_count_once() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a").tokens(1001, 1));
    env.hook("PostToolUse", &session, json!({"tool_use_id": "toolu_1"})).silent();
    assert_eq!(env.total(), usd("0.004024"));
    session.call(&Call::new("a").tokens(1001, 51));
    env.hook("PostToolUse", &session, json!({"tool_use_id": "toolu_1"})).silent();
    assert_eq!(env.total(), usd("0.005024"));
    assert_eq!(env.call()["rev"], 1);
    // Smaller again, and a mixture: each count's maximum.
    session.call(&Call::new("a").tokens(900, 60));
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.call()["tokens"]["input"], 1001);
    assert_eq!(env.call()["tokens"]["output"], 60);
    assert_eq!(env.total(), usd("0.005204"));
    session.call(&Call::new("a").tokens(900, 50));
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.ledger().len(), 3, "what adds nothing is not written");
}

#[test]
fn larger_counts_within_one_reading_are_booked_once() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a").tokens(1001, 1)).call(&Call::new("a").tokens(1001, 51));
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.ledger().len(), 1);
    assert_eq!(env.total(), usd("0.005024"));
}

#[test]
fn tools_are_named_and_their_results_measured() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a").tools(&[("toolu_1", "Bash"), ("toolu_2", "Read"), ("toolu_3", "Bash")]));
    session.tool_result("toolu_1", "12345").tool_result("toolu_2", "678");
    session.call(&Call::new("b")).call(&Call::new("c").tools(&[("toolu_4", "mcp__github__search")]));
    env.hook("Stop", &session, json!({})).silent();
    let calls = env.calls();
    assert_eq!(calls[0]["tools"], json!(["Bash", "Read"]));
    assert_eq!(calls[0]["feature"], "tool:Bash");
    assert_eq!(calls[1]["resultBytes"], 8);
    assert!(calls[1].get("tools").is_none());
    assert!(calls[2].get("resultBytes").is_none(), "results entered one call");
    assert_eq!(calls[2]["feature"], "mcp:github");
}

#[test]
fn failed_attempts_are_counted_on_the_call_that_came_of_them() {
    let env = Env::new();
    let session = env.session("s1");
    let failed = json!({"type": "system", "subtype": "api_error", "timestamp": "2026-11-24T11:59:00.000Z",
        "status": 529, "source": "request_retry", "retryInMs": 547, "retryAttempt": 1, "maxRetries": 3});
    session.user("go").line(&failed).line(&failed).call(&Call::new("a")).call(&Call::new("b"));
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.calls()[0]["retries"], 2);
    assert!(env.calls()[1].get("retries").is_none());
}

#[test]
fn prompts_answers_and_tool_inputs_are_never_stored() {
    let env = Env::new();
    let session = env.session("s1");
    session.user("SECRET prompt").call(&Call::new("a").tools(&[("toolu_1", "Bash")]));
    session.tool_result("toolu_1", "SECRET result");
    let mut answer = Call::new("b");
    answer.content = vec![json!({"type": "text", "text": "SECRET answer"})];
    session.call(&answer);
    let input = json!({"prompt": "SECRET prompt", "tool_input": {"command": "SECRET"}});
    env.hook("UserPromptSubmit", &session, input).silent();
    for path in
        std::fs::read_dir(env.data()).unwrap().chain(std::fs::read_dir(env.data().join("ledger")).unwrap())
    {
        let path = path.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(6).any(|part| part == b"SECRET"), "{}", path.display());
        }
    }
}

#[test]
fn an_answer_the_client_made_up_is_no_call() {
    let env = Env::new();
    let session = env.session("s1");
    let made_up = Call::new("x")
        .model("<synthetic>")
        .tokens(0, 0)
        .message("id", json!("8c1f6c1e-0000-4000-8000-000000000000"))
        .field("isApiErrorMessage", json!(true))
        .field("requestId", json!(null));
    session.call(&made_up);
    env.hook("StopFailure", &session, json!({"error": "server_error"})).silent();
    assert_eq!(env.ledger(), Vec::<serde_json::Value>::new());
}

#[test]
fn an_advisor_is_charged_at_its_own_model_and_other_iterations_by_the_bill() {
    let env = Env::new();
    let session = env.session("s1");
    let run = |kind: &str, input: u64, output: u64| {
        json!({"type": kind, "input_tokens": input, "output_tokens": output,
        "cache_read_input_tokens": 0, "cache_creation_input_tokens": 0})
    };
    let mut advisor = run("advisor_message", 1000, 100);
    advisor["model"] = json!("claude-fable-5-2");
    session.call(&Call::new("a").usage("iterations", json!([run("message", 1001, 51), advisor])));
    session.call(
        &Call::new("b").usage("iterations", json!([run("compaction", 2000, 200), run("message", 1001, 51)])),
    );
    env.hook("Stop", &session, json!({})).silent();
    let calls = env.calls();
    // The bill has both; the client's own total leaves compaction out.
    assert_eq!(calls[0]["cost"], "0.017024");
    assert!(calls[0].get("clientCost").is_none(), "{}", calls[0]);
    assert_eq!(calls[1]["cost"], "0.017024");
    assert_eq!(calls[1]["clientCost"], "0.005024");
}

#[test]
fn an_unknown_model_is_priced_as_the_client_does_and_flagged() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a").model("claude-zeta-9"));
    env.hook("Stop", &session, json!({})).ok();
    let call = env.call();
    assert_eq!((&call["model"], &call["cost"]), (&json!("claude-zeta-9"), &json!("0.005024")));
    assert_eq!(call["estimated"], true);
    assert!(call["estimateReason"].as_str().is_some_and(|why| !why.is_empty()));
}

#[test]
fn another_model_answering_is_the_bills_and_the_one_asked_the_clients() {
    let env = Env::new();
    let session = env.session("s1");
    let redirected =
        Call::new("a").model("claude-haiku-4-5-20251001").field("requestedModel", json!("claude-opus-5-5"));
    session.call(&redirected);
    env.hook("Stop", &session, json!({})).silent();
    let call = env.call();
    assert_eq!(call["model"], "claude-haiku-4-5-20251001");
    assert_eq!(call["requestedModel"], "claude-opus-5-5");
    assert_eq!((&call["cost"], &call["clientCost"]), (&json!("0.001256"), &json!("0.005024")));
}

#[test]
fn a_call_is_priced_by_its_own_day_and_filed_in_its_own_month() {
    let env = Env::new();
    let session = env.session("s1");
    session
        .call(&Call::new("a").at("2026-10-31T23:59:59.999Z"))
        .call(&Call::new("b").at("2026-11-01T00:00:00.000Z"));
    env.hook("Stop", &session, json!({})).silent();
    let names: Vec<_> = env.segments().iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["2026-10.jsonl", "2026-11.jsonl"]);
}

#[test]
fn recording_can_be_switched_off() {
    let env = Env::new();
    env.settings(json!({"cost": {"enabled": false, "dailyBudget": 0.001, "autoStopAtBudget": true}}));
    let session = env.session("s1");
    session.call(&Call::new("a"));
    env.hook("UserPromptSubmit", &session, json!({"prompt": "x"})).silent();
    assert!(env.ledger().is_empty());
}
