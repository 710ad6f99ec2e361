//! Both readers read the same of whatever both read.

use proptest::prelude::*;
use serde_json::Value;

use super::super::Line;
use super::*;

fn general(line: &[u8]) -> Option<Line<'_>> {
    serde_json::from_slice::<Raw<'_>>(line).ok().map(Raw::reduce)
}

#[test]
fn lines_of_the_client_are_read_here() {
    for line in [
        r#"{"parentUuid":null,"isSidechain":true,"cwd":"/w \"x\" \u00e9","sessionId":"s","version":"2.1.330","gitBranch":"main","agentId":"a1","type":"assistant","message":{"model":"claude-opus-5-5","id":"msg_1","type":"message","role":"assistant","content":[{"type":"thinking","thinking":"x\n→","signature":"="},{"type":"tool_use","id":"toolu_1","name":"Bash","input":{"deep":[1,-2.5,{"a":null,"b":true}]}}],"stop_reason":null,"usage":{"input_tokens":10,"cache_creation_input_tokens":30,"cache_read_input_tokens":5,"output_tokens":7,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"server_tool_use":{"web_search_requests":2,"web_fetch_requests":0},"service_tier":"standard","inference_geo":"us","iterations":[],"speed":"fast"}},"requestId":"req_1","uuid":"u","timestamp":"2026-11-24T02:36:45.407Z"}"#,
        r#"{"type":"user","promptId":"p","message":{"role":"user","content":[{"tool_use_id":"t","type":"tool_result","content":"é\u00e9\ud83d\ude00\t\"","is_error":false},{"type":"tool_result","content":[{"type":"text","text":"12"},{"type":"image","source":{"type":"base64","data":"abcd"}}]}]},"toolUseResult":{"stdout":"x"},"timestamp":"2026-11-24T02:36:45.407Z"}"#,
        r#"{"type":"user","message":"hello","timestamp":null}"#,
        r#"{"type":"system","subtype":"api_error","timestamp":"2026-11-24T02:36:45.407Z","error":{"status":529}}"#,
        r#"{"type":"summary","summary":"x","leafUuid":"u"}"#,
    ] {
        let read = read(line.as_bytes()).map(Raw::reduce);
        assert!(read.is_some(), "{line}");
        assert_eq!(read, general(line.as_bytes()), "{line}");
    }
}

#[test]
fn the_totals_and_what_looks_odd_are_left_to_the_other_reader() {
    for line in [
        r#"{"type":"cost-state","totalCostUSD":1}"#,
        r#"{ "type":"user"}"#,
        r#"{"type":"user","type":"user"}"#,
        r#"{"ty\u0070e":"user"}"#,
        r#"{"type":"assistant","message":{"usage":{"input_tokens":1e3}}}"#,
        r#"{"type":"user"}}"#,
        r#"{"type":"user"#,
        "{\"type\":\"us\ner\"}",
        "",
    ] {
        assert!(read(line.as_bytes()).is_none(), "{line}");
    }
}

#[test]
fn bytes_that_are_no_text_in_a_tool_result_cost_nothing() {
    let line = r#"{"type":"user","message":{"content":[{"type":"tool_result","content":"a@"}]}}"#;
    let half = line.replace('@', "\\ud83d").into_bytes();
    let foreign = line.bytes().map(|byte| if byte == b'@' { 0xff } else { byte }).collect::<Vec<u8>>();
    let zero = line.bytes().map(|byte| if byte == b'@' { 0 } else { byte }).collect::<Vec<u8>>();
    let elsewhere = line.replace("}]}}", "}]},\"x\":\"\\q\"}").into_bytes();
    for (line, bytes) in [(half, 4), (foreign, 2), (zero, 2), (elsewhere, 2)] {
        assert_eq!(general(&line), None);
        let found = read(&line).map(Raw::reduce);
        assert!(matches!(found, Some(Line::User { result_bytes, .. }) if result_bytes == bytes), "{found:?}");
    }
}

/// Values in which the keys that count turn up anywhere.
fn value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "[a-z\"\\\\\n\u{1}é→😀/]{0,12}",
        Just("tool_result".to_string()),
        Just("tool_use".to_string())
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..2_000_000u64).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    const KEYS: [&str; 30] = [
        "type",
        "subtype",
        "timestamp",
        "sessionId",
        "requestId",
        "uuid",
        "cwd",
        "gitBranch",
        "isSidechain",
        "agentId",
        "message",
        "id",
        "model",
        "stop_reason",
        "usage",
        "content",
        "name",
        "text",
        "data",
        "source",
        "input_tokens",
        "output_tokens",
        "cache_creation",
        "ephemeral_1h_input_tokens",
        "server_tool_use",
        "web_search_requests",
        "speed",
        "iterations",
        "é",
        "x",
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((proptest::sample::select(&KEYS[..]), inner), 0..6)
                .prop_map(|fields| fields.into_iter().map(|(key, value)| (key.to_string(), value)).collect()),
        ]
    })
}

/// A line of the usual shape, with anything in its places.
fn line() -> impl Strategy<Value = String> {
    let message = (value(), value(), value(), value(), value()).prop_map(|(id, usage, block, result, extra)| {
        serde_json::json!({"id": id, "model": "claude-opus-5-5", "content": [
            {"type": "tool_use", "id": "t", "name": block}, {"type": "tool_result", "content": result}, extra],
            "usage": {"input_tokens": 5, "cache_creation": usage, "output_tokens": 7}})
    });
    let message = prop_oneof![message, value()];
    (proptest::sample::select(&["assistant", "user", "system", "x"][..]), message, value(), value()).prop_map(
        |(kind, message, cwd, other)| {
            let mut line = serde_json::json!({"type": kind, "message": message, "cwd": cwd, "timestamp": "2026-11-24T02:36:45.407Z"});
            if let (Some(fields), Value::Object(more)) = (line.as_object_mut(), other) {
                fields.extend(more);
            }
            line.to_string()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_readers_read_the_same(line in line(), cut in 0..2_000usize, with in any::<u8>()) {
        if let Some(raw) = read(line.as_bytes()) {
            prop_assert_eq!(Some(raw.reduce()), general(line.as_bytes()));
        }
        // And with a byte changed: then here nothing is accepted that the other refuses, but for what is said above.
        let mut bytes = line.into_bytes();
        let at = cut % bytes.len();
        bytes[at] = with;
        if std::str::from_utf8(&bytes).is_ok()
            && let Some(raw) = read(&bytes)
        {
            let reduced = raw.reduce();
            if general(&bytes).is_some() {
                prop_assert_eq!(Some(reduced), general(&bytes));
            } else {
                let repaired = repaired(&bytes);
                prop_assert!(repaired != bytes);
                prop_assert_eq!(Some(reduced), general(&repaired));
            }
        }
    }
}

/// With a question mark for each backslash that begins no escape, and for each control character.
fn repaired(bytes: &[u8]) -> Vec<u8> {
    let mut repaired = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escape = match bytes.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u')
                if bytes.get(at + 2..at + 6).is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit)) =>
            {
                6
            }
            _ => 0,
        };
        let taken = if *byte == b'\\' { escape.max(1) } else { 1 };
        match byte {
            b'\\' if escape == 0 => repaired.push(b'?'),
            0..0x20 => repaired.push(b'?'),
            _ => repaired.extend_from_slice(&bytes[at..at + taken]),
        }
        at += taken;
    }
    repaired
}
