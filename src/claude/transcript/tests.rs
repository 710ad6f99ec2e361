//! Single lines, as the client writes them and as it might.

use super::*;

fn assistant(line: &[u8]) -> Assistant<'_> {
    match parse(line) {
        Some(Line::Assistant(assistant)) => *assistant,
        other => panic!("not an assistant line: {other:?}"),
    }
}

const PLAIN: &str = r#"{"type":"assistant","message":{"id":"msg_1","model":"claude-opus-5-5","content":[{"type":"text","text":"x"},{"type":"tool_use","id":"toolu_1","name":"Bash","input":{"id":null,"usage":{}}}],"stop_reason":"tool_use","usage":{"input_tokens":10,"cache_creation_input_tokens":30,"cache_read_input_tokens":5,"output_tokens":7,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":15},"server_tool_use":{"web_search_requests":2},"service_tier":"standard","inference_geo":"us","speed":"fast","iterations":[]}},"requestId":"req_1","uuid":"u","timestamp":"2026-11-24T02:36:45.407Z","sessionId":"s","cwd":"/w","version":"2.1.330","gitBranch":"main"}"#;

#[test]
fn an_assistant_line_is_read_whole() {
    let line = assistant(PLAIN.as_bytes());
    assert_eq!(line.message_id.as_deref(), Some("msg_1"));
    assert_eq!(
        line.usage.tokens,
        Tokens { input: 10, output: 7, cache_write_5m: 15, cache_write_1h: 15, cache_read: 5 }
    );
    assert_eq!((line.usage.web_searches, line.usage.geo.as_deref()), (2, Some("us")));
    assert_eq!((line.usage.speed.as_deref(), line.usage.tier), (Some("fast"), None));
    assert_eq!(line.tools, [ToolUse { id: "toolu_1".into(), name: "Bash".into() }]);
}

#[test]
fn odd_bytes_do_not_lose_a_call() {
    let spaced = PLAIN.replace("\":", "\" : ");
    let with_bom = format!("\u{feff}{PLAIN}");
    let mut bad_utf8 = PLAIN.as_bytes().to_vec();
    let at = PLAIN.find("\"x\"").expect("the text") + 1;
    bad_utf8[at] = 0xff;
    let nulls = PLAIN
        .replace("\"fast\"", "null")
        .replace("\"us\"", "null")
        .replace("\"web_search_requests\":2", "\"web_search_requests\":null");
    let crlf = format!("{PLAIN}\r");
    for line in [spaced.as_bytes(), with_bom.as_bytes(), &bad_utf8, nulls.as_bytes(), crlf.as_bytes()] {
        assert_eq!(assistant(line).usage.tokens, assistant(PLAIN.as_bytes()).usage.tokens);
    }
}

#[test]
fn absurd_counts_are_held_not_wrapped() {
    let line = PLAIN
        .replace("\"input_tokens\":10", "\"input_tokens\":1e30")
        .replace("\"output_tokens\":7", "\"output_tokens\":-7");
    let tokens = assistant(line.as_bytes()).usage.tokens;
    assert_eq!((tokens.input, tokens.output), (u64::MAX, 0));
}

#[test]
fn synthetic_and_torn_lines_are_no_calls() {
    let synthetic = PLAIN.replace("claude-opus-5-5", "<synthetic>");
    assert!(matches!(parse(synthetic.as_bytes()), Some(Line::Other { .. })));
    assert_eq!(parse(&PLAIN.as_bytes()[..PLAIN.len() - 9]), None);
    assert_eq!(parse(b""), None);
    assert_eq!(parse(&[0; 40]), None);
    assert!(matches!(parse(br#"{"type":"assistant","message":"text"}"#), Some(Line::Other { .. })));
}

#[test]
fn tool_results_are_measured_not_kept() {
    let line = br#"{"type":"user","promptId":"p","timestamp":"2026-11-24T02:36:45Z","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"12345"},{"type":"tool_result","content":[{"type":"text","text":"678"}]},{"type":"text","text":"not a result"}]}}"#;
    assert!(matches!(parse(line), Some(Line::User { result_bytes: 8, prompt_id: Some(_), .. })));
    assert!(matches!(
        parse(br#"{"type":"user","message":{"content":"hello"}}"#),
        Some(Line::User { result_bytes: 0, .. })
    ));
}

#[test]
fn the_clients_total_is_read_exactly() {
    let line = br#"{"type":"cost-state","sessionId":"s","totalCostUSD":0.261606,"startTime":1795487804668,"modelUsage":{"claude-opus-5-5":{"inputTokens":3,"outputTokens":4,"cacheCreationInputTokens":10,"cacheCreationEphemeral1hInputTokens":4,"costUSD":0.261606}},"hasUnknownModelCost":true}"#;
    let Some(Line::CostState(state)) = parse(line) else { panic!("not a cost-state") };
    assert_eq!(state.total.to_string(), "0.261606");
    assert!(state.unknown_model);
    assert_eq!(state.models["claude-opus-5-5"].tokens.cache_write_5m, 6);
    assert_eq!(state.started, Some(Time(1_795_487_804_668)));
}

#[test]
fn iterations_keep_their_models() {
    let line = PLAIN.replace("\"iterations\":[]", r#""iterations":[{"type":"compaction","input_tokens":180000,"output_tokens":3500},{"type":"advisor_message","model":"claude-haiku-5-5","input_tokens":1}]"#);
    let iterations = assistant(line.as_bytes()).usage.iterations;
    assert_eq!(iterations.len(), 2);
    assert_eq!(iterations[0].tokens.input, 180_000);
    assert_eq!(iterations[1].model.as_deref(), Some("claude-haiku-5-5"));
}
