//! Every event, whatever it carries: exit code 0 and nothing on stdout unless something is meant. Exit code 2 would
//! block the user's work, and stray output would be read as a decision or as context.

use serde_json::{Value, json};

use crate::support::{Call, Env, Output, usd};

/// The events of Claude Code 2.1.330, and one it does not have.
const EVENTS: &[&str] = &[
    "SessionStart",
    "Setup",
    "InstructionsLoaded",
    "UserPromptSubmit",
    "UserPromptExpansion",
    "PreToolUse",
    "PermissionRequest",
    "PermissionDenied",
    "PostToolUse",
    "PostToolUseFailure",
    "PostToolBatch",
    "SubagentStart",
    "SubagentStop",
    "TaskCreated",
    "TaskCompleted",
    "TeammateIdle",
    "Stop",
    "StopFailure",
    "PreCompact",
    "PostCompact",
    "PreModelSwitch",
    "PostModelSwitch",
    "Notification",
    "MessageDisplay",
    "Elicitation",
    "ElicitationResult",
    "ConfigChange",
    "CwdChanged",
    "DirectoryAdded",
    "FileChanged",
    "WorktreeCreate",
    "WorktreeRemove",
    "SessionEnd",
    "BrandNew",
];

/// Every field any event has.
const FIELDS: &[&str] = &[
    "session_id",
    "transcript_path",
    "cwd",
    "prompt_id",
    "permission_mode",
    "agent_id",
    "agent_type",
    "effort",
    "agent_transcript_path",
    "tool_name",
    "tool_use_id",
    "tool_input",
    "tool_response",
    "tool_calls",
    "source",
    "reason",
    "prompt",
    "trigger",
    "estimated_cache_write_usd",
    "stop_hook_active",
    "background_tasks",
    "error",
];

#[test]
fn every_event_books_and_says_nothing() {
    let env = Env::new();
    let session = env.session("s1");
    for (number, event) in EVENTS.iter().enumerate() {
        session.call(&Call::new(&format!("a{number}")));
        env.later(1);
        env.hook(event, &session, json!({})).silent();
        assert_eq!(env.calls().len(), number + 1, "{event} did not book");
    }
}

#[test]
fn an_event_with_nothing_but_its_name_is_accepted() {
    let env = Env::new();
    for event in EVENTS {
        env.run_with(&["hook"], json!({"hook_event_name": event}).to_string().as_bytes()).silent();
    }
    env.run_with(&["hook"], b"{}").silent();
    assert!(env.ledger().is_empty());
}

#[test]
fn nulls_and_foreign_types_count_as_absent() {
    let env = Env::new();
    for odd in [
        Value::Null,
        json!(7),
        json!(-1.5e300),
        json!([1, [2]]),
        json!({"a": {"b": 1}}),
        json!(true),
        json!(""),
    ] {
        for event in EVENTS {
            let mut payload = json!({"hook_event_name": event});
            for field in FIELDS {
                payload[field] = odd.clone();
            }
            env.run_with(&["hook"], payload.to_string().as_bytes()).silent();
        }
        env.run_with(&["hook"], json!({"hook_event_name": odd}).to_string().as_bytes()).silent();
    }
    assert!(env.lines().is_empty());
}

#[test]
fn unknown_fields_are_ignored() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a"));
    env.hook("Stop", &session, json!({"brand": {"new": [1, 2, 3]}, "v": 9})).silent();
    assert_eq!(env.total(), usd("0.005024"));
}

#[test]
fn paths_and_ids_that_lead_elsewhere_do_no_harm() {
    let env = Env::new();
    let session = env.session("s1");
    for more in [
        json!({"transcript_path": "relative/path.jsonl"}),
        json!({"transcript_path": "/nonexistent/x.jsonl"}),
        json!({"transcript_path": "/dev/null"}),
        json!({"transcript_path": "/"}),
        json!({"transcript_path": "\u{0}"}),
        json!({"agent_id": "../../../etc/passwd"}),
        json!({"agent_transcript_path": "../x"}),
        json!({"session_id": "../../x\n\u{0}"}),
        json!({"session_id": "x".repeat(100_000)}),
    ] {
        let output = env.hook("Stop", &session, more.clone());
        assert_eq!((output.code, output.stdout.as_str()), (Some(0), ""), "{more}: {output:?}");
    }
    assert!(env.ledger().is_empty());
}

/// What is no payload is noted, answered with nothing, and never with exit code 2.
fn refused(stdin: &[u8]) {
    let env = Env::new();
    let output = env.run_with(&["hook"], stdin);
    let start = String::from_utf8_lossy(&stdin[..stdin.len().min(40)]).into_owned();
    assert_eq!((output.code, output.stdout.as_str(), output.stderr.as_str()), (Some(0), "", ""), "{start}");
    let journal = env.journal();
    assert_eq!(journal.lines().count(), 1, "{start}: {journal}");
    let entry: Value = serde_json::from_str(journal.trim()).unwrap();
    assert_eq!(entry["time"], "2026-11-24T12:00:00.000Z");
    assert!(entry["message"].as_str().is_some_and(|text| !text.is_empty()), "{entry}");
    assert!(env.ledger().is_empty());
}

#[test]
fn input_that_is_no_payload_is_noted() {
    for stdin in [
        &b""[..],
        b"\n",
        b"not json",
        b"{\"hook_event_name\":",
        b"[1,2]",
        b"\"text\"",
        b"7",
        b"null",
        b"{}{}",
        b"\0\0\0",
        b"\xff\xfe\xfd",
    ] {
        refused(stdin);
    }
}

#[test]
fn a_huge_input_is_read_or_noted() {
    refused(&b"x".repeat(64 << 20));
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a"));
    env.hook("PostToolUse", &session, json!({"tool_response": {"stdout": "x".repeat(32 << 20)}})).silent();
    assert_eq!(env.total(), usd("0.005024"));
}

#[test]
fn nested_without_end_is_noted_and_does_not_overflow() {
    refused(&b"[".repeat(1_000_000));
    refused(&[b"{\"hook_event_name\":\"Stop\",\"tool_input\":".as_slice(), &b"[".repeat(1_000_000)].concat());
}

#[test]
fn a_mark_before_the_payload_and_bad_bytes_in_it_do_not_lose_it() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a"));
    let payload = env.payload("Stop", &session, json!({"last_assistant_message": "@"}));
    let mut bytes = [b"\xef\xbb\xbf", payload.as_bytes()].concat();
    let at = bytes.iter().position(|byte| *byte == b'@').unwrap();
    bytes[at] = 0xff;
    env.run_with(&["hook"], &bytes).silent();
    assert_eq!(env.total(), usd("0.005024"));
}

#[test]
fn no_stdin_at_all_is_noted() {
    let env = Env::new();
    let mut command = env.command(&["hook"]);
    let child = command.stdin(std::process::Stdio::null()).spawn().unwrap();
    crate::support::finish(child).silent();
    assert_eq!(env.journal().lines().count(), 1);
}

/// A world in which nothing can be booked: a file lies where the ledger's folder should be.
fn broken() -> Env {
    let env = Env::new();
    env.write(&env.data().join("ledger"), b"in the way");
    env
}

#[test]
fn a_fault_of_ours_is_told_once_and_stops_nothing() {
    let env = broken();
    let session = env.session("s1");
    session.call(&Call::new("a"));
    let first = env.hook("UserPromptSubmit", &session, json!({"prompt": "x"})).message();
    assert!(first.contains("cost-hook") && first.contains("ledger"), "{first}");
    for event in ["PreToolUse", "PostToolUse", "Stop", "UserPromptSubmit", "PreCompact", "SessionEnd"] {
        env.hook(event, &session, json!({"tool_use_id": "toolu_1"})).silent();
    }
    assert!(env.journal().lines().count() >= 2);
    // When the way is free again, nothing was lost.
    std::fs::remove_file(env.data().join("ledger")).unwrap();
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.total(), usd("0.005024"));
}

#[test]
fn the_journal_is_bounded() {
    let env = broken();
    env.write(&env.data().join("journal.jsonl"), "{}\n".repeat(60_000).as_bytes());
    let session = env.session("s1");
    env.hook("Stop", &session, json!({})).ok();
    assert!(env.journal().len() < 200_000, "{}", env.journal().len());
}

#[test]
fn on_error_block_turns_a_fault_into_a_stop() {
    let env = broken();
    env.settings(json!({"cost": {"onError": "block"}}));
    let session = env.session("s1");
    let answer = |event: &str| -> Output { env.hook(event, &session, json!({"tool_use_id": "toolu_1"})) };
    let prompt = answer("UserPromptSubmit").json();
    assert_eq!(prompt["decision"], "block");
    assert!(prompt["reason"].as_str().unwrap().contains("onError"), "{prompt}");
    let tool = answer("PreToolUse").json();
    assert_eq!(tool["continue"], false);
    assert_eq!(tool["hookSpecificOutput"]["permissionDecision"], "deny");
    assert_eq!(answer("PostToolUse").json()["continue"], false);
    assert_eq!(answer("PreCompact").json()["decision"], "block");
    for event in ["Stop", "SubagentStop", "SessionEnd", "SessionStart"] {
        let output = answer(event).ok();
        assert!(
            !output.stdout.contains("block") || !output.stdout.contains("decision"),
            "{event}: {output:?}"
        );
    }
}

#[test]
fn a_broken_settings_file_is_told_once_a_session_and_the_rest_goes_on() {
    let env = Env::new();
    env.write(&env.config().join("settings.json"), b"{ \"cost\": { \"dialyBudget\": 5 } }");
    let session = env.session("s1");
    session.call(&Call::new("a"));
    let told = env.hook("UserPromptSubmit", &session, json!({"prompt": "x"})).message();
    assert!(told.contains("dialyBudget") && told.contains("dailyBudget"), "{told}");
    env.hook("UserPromptSubmit", &session, json!({"prompt": "x"})).silent();
    assert_eq!(env.total(), usd("0.005024"));
    env.write(&env.config().join("settings.json"), b"{ not json");
    env.hook("Stop", &session, json!({})).ok();
}

#[test]
fn words_after_hook_are_no_hook() {
    let env = Env::new();
    let output = env.run_with(&["hook", "--frobnicate"], b"{}");
    assert_ne!(output.code, Some(2), "exit code 2 would block the user's work");
}
