//! Payloads through the whole hook and status line, a step after the other in one sealed world: no panic, an answer
//! that is nothing or JSON of the event's form without control characters, a ledger that can be read afterwards.
//!
//! An input is text: steps with cuts between them. `>` appends to the transcript, `u` and `p` write the user's or the
//! project's settings, `s` is a payload of the status line, anything else one of the hook; `@/` stands for the
//! sealed folder. An input that begins with a zero is read as the fields of payloads instead.
#![no_main]

use std::fs;
use std::io::Write;

use arbitrary::{Arbitrary, Unstructured};
use cost_hook::claude::lenient;
use cost_hook::claude::wire::HookInput;
use cost_hook::hook;
use cost_hook_fuzz::{Sealed, parts};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

fuzz_target!(|data: &[u8]| {
    let sealed = Sealed::new();
    fs::write(sealed.user_settings(), br#"{"cost":{"sessionBudget":50,"dailyBudget":1000}}"#).unwrap();
    match data.split_first() {
        Some((0, rest)) => {
            let mut source = Unstructured::new(rest);
            for _ in 0..6 {
                let Ok(payload) = Payload::arbitrary(&mut source) else { break };
                hook_step(&sealed, payload.into_json().to_string().as_bytes());
                if source.is_empty() {
                    break;
                }
            }
        }
        _ => parts(data).take(8).for_each(|step| run(&sealed, step)),
    }
    sealed.lines();
});

fn run(sealed: &Sealed, step: &[u8]) {
    let here = format!("{}/", sealed.path().display());
    let there = |bytes: &[u8]| match std::str::from_utf8(bytes) {
        Ok(text) => text.replace("@/", &here).into_bytes(),
        Err(_) => bytes.to_vec(),
    };
    match step.split_first() {
        Some((b'>', lines)) => {
            let path = sealed.transcript("s1");
            fs::OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(lines).unwrap();
        }
        Some((b'u', settings)) => fs::write(sealed.user_settings(), settings).unwrap(),
        Some((b'p', settings)) => fs::write(sealed.project_settings(), settings).unwrap(),
        Some((b's', payload)) => {
            if let Some(line) = hook::status(&sealed.world, &there(payload)) {
                harmless(&line);
            }
        }
        _ => hook_step(sealed, &there(step)),
    }
}

fn hook_step(sealed: &Sealed, payload: &[u8]) {
    let Some(answer) = hook::answer(&sealed.world, payload) else { return };
    let answer: Value = serde_json::from_str(&answer).expect("an answer is JSON");
    // By the product's own types: what nobody reads may be worse than `Value` takes.
    let payload = payload.strip_prefix(b"\xef\xbb\xbf").unwrap_or(payload);
    let told: HookInput = lenient::read(payload).expect("it was answered");
    has_its_form(&told.hook_event_name, answer.as_object().expect("an answer is an object"));
}

fn has_its_form(event: &str, answer: &Map<String, Value>) {
    assert!(!answer.is_empty());
    for (key, value) in answer {
        match key.as_str() {
            "systemMessage" | "stopReason" | "reason" => harmless(value.as_str().expect("a text")),
            "continue" => {
                assert_eq!(*value, Value::Bool(false));
                assert!(answer.contains_key("stopReason"));
            }
            "decision" => {
                assert_eq!(value, "block");
                assert!(matches!(event, "UserPromptSubmit" | "PreCompact") && answer.contains_key("reason"));
            }
            "hookSpecificOutput" => {
                assert_eq!(value["hookEventName"], event);
                assert!(matches!(event, "PreToolUse" | "PreModelSwitch"));
                assert_eq!(value["permissionDecision"], "deny");
                harmless(value["permissionDecisionReason"].as_str().expect("a text"));
            }
            other => panic!("`{other}` is nothing a hook may answer"),
        }
    }
}

/// Short enough, and nothing a terminal would obey.
fn harmless(text: &str) {
    assert!(text.chars().count() <= 2_000);
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert!(!text.contains(turns), "{text:?}");
}

const EVENTS: [&str; 18] = [
    "SessionStart",
    "UserPromptSubmit",
    "PreToolUse",
    "PostToolUse",
    "PostToolUseFailure",
    "PostToolBatch",
    "SubagentStart",
    "SubagentStop",
    "Stop",
    "StopFailure",
    "PreCompact",
    "PostCompact",
    "PreModelSwitch",
    "SessionEnd",
    "Notification",
    "ConfigChange",
    "Status",
    "",
];

/// A payload with the fields that are acted on, each of any kind.
#[derive(Debug, Arbitrary)]
struct Payload<'a> {
    event: u8,
    session_id: Field<'a>,
    transcript_path: Field<'a>,
    agent_id: Field<'a>,
    agent_type: Field<'a>,
    agent_transcript_path: Field<'a>,
    tool_name: Field<'a>,
    tool_use_id: Field<'a>,
    tool_input: Field<'a>,
    to_model: Field<'a>,
    model: Field<'a>,
    source: Field<'a>,
    prompt: Field<'a>,
    estimated: Field<'a>,
}

#[derive(Debug, Arbitrary)]
enum Field<'a> {
    Absent,
    Null,
    Bool(bool),
    Number(f64),
    Text(&'a str),
    Usual(u8),
    List(Vec<&'a str>),
    Object(Vec<(&'a str, &'a str)>),
}

impl Field<'_> {
    fn into_json(self, usual: &[&str]) -> Option<Value> {
        Some(match self {
            Field::Absent => return None,
            Field::Null => Value::Null,
            Field::Bool(bool) => bool.into(),
            Field::Number(number) => number.into(),
            Field::Text(text) => text.into(),
            Field::Usual(which) => usual[usize::from(which) % usual.len()].into(),
            Field::List(texts) => texts.into(),
            Field::Object(members) => members
                .into_iter()
                .map(|(key, text)| (key.to_string(), text.into()))
                .collect::<Map<_, _>>()
                .into(),
        })
    }
}

impl Payload<'_> {
    fn into_json(self) -> Value {
        let mut payload = Map::new();
        payload.insert("hook_event_name".into(), EVENTS[usize::from(self.event) % EVENTS.len()].into());
        let mut put = |key: &str, field: Field<'_>, usual: &[&str]| {
            payload.extend(field.into_json(usual).map(|value| (key.to_string(), value)));
        };
        put("session_id", self.session_id, &["s1", "s2", "../../x", "a/b", "\u{1b}[31mred"]);
        put("transcript_path", self.transcript_path, &["/dev/null", "/", "relative.jsonl", "/a/../b.jsonl"]);
        put("agent_id", self.agent_id, &["a1", "../a1", "a/b"]);
        put("agent_type", self.agent_type, &["Explore", "general-purpose"]);
        put("agent_transcript_path", self.agent_transcript_path, &["/dev/null", "x"]);
        put("tool_name", self.tool_name, &["Bash", "Agent", "Task"]);
        put("tool_use_id", self.tool_use_id, &["toolu_1"]);
        put("tool_input", self.tool_input, &["x"]);
        put("to_model", self.to_model, &["claude-opus-5-5", "claude-haiku-4-5", "x"]);
        put("model", self.model, &["claude-opus-5-5", "claude-haiku-4-5[1m]"]);
        put("source", self.source, &["startup", "resume", "fork", "clear", "compact"]);
        put("prompt", self.prompt, &["cost-hook allow 5", "cost-hook allow daily budget 5 USD", "hello"]);
        put("estimated_cache_write_usd", self.estimated, &["1"]);
        Value::Object(payload)
    }
}
