//! Transcript files as they really are: torn, long, foreign, replaced, gone.

use serde_json::json;

use crate::support::{Call, Env, usd};

#[test]
fn a_torn_last_line_is_booked_when_it_is_whole_and_once() {
    let env = Env::new();
    let session = env.session("s1");
    let line = session.lines_of(&Call::new("b"))[0].to_string();
    let (head, tail) = line.split_at(line.len() / 2);
    session.call(&Call::new("a")).raw(head.as_bytes());
    env.hook("PostToolUse", &session, json!({})).silent();
    assert_eq!(env.total(), usd("0.005024"));
    session.raw(tail.as_bytes());
    env.hook("PostToolUse", &session, json!({})).silent();
    assert_eq!(env.total(), usd("0.010048"), "whole but for its newline");
    session.raw(b"\n").call(&Call::new("c"));
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.total(), usd("0.015072"));
    assert_eq!(env.ledger().len(), 3);
}

#[test]
fn a_line_cut_inside_a_character_is_read_when_it_is_whole() {
    let env = Env::new();
    let session = env.session("s1");
    let line = session.lines_of(&Call::new("a").field("note", json!("für")))[0].to_string();
    let cut = line.find('ü').unwrap() + 1;
    session.raw(&line.as_bytes()[..cut]);
    env.hook("PostToolUse", &session, json!({})).silent();
    session.raw(&line.as_bytes()[cut..]).raw(b"\n");
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.total(), usd("0.005024"));
}

#[test]
fn a_line_of_70_megabytes_is_passed() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a")).tool_result("toolu_1", &"x".repeat(70 << 20)).call(&Call::new("b"));
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.total(), usd("0.010048"));
    assert_eq!(env.calls()[1]["resultBytes"], 70 << 20);
}

#[test]
fn a_byte_order_mark_and_dos_line_ends_do_no_harm() {
    let env = Env::new();
    let session = env.session("s1");
    session.raw(b"\xef\xbb\xbf");
    for name in ["a", "b"] {
        session.raw(format!("{}\r\n", session.lines_of(&Call::new(name))[0]).as_bytes());
    }
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.total(), usd("0.010048"));
}

#[test]
fn foreign_lines_cost_only_themselves() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a"));
    session.raw(b"\n\n   \n");
    session.raw(b"not json\n[1,2,3]\n\"text\"\n7\nnull\n{}\n{\"type\":null}\n{\"type\":\"assistant\"}\n");
    session.raw(&[b"\0".repeat(5000).as_slice(), b"\n"].concat());
    session.raw(b"{\"type\":\"assistant\",\"message\":\"text\"}\n{\"type\":\"assistant\",\"message\":{\"usage\":7}}\n");
    session.raw(b"\xff\xfe{\"type\":\"user\"}\n");
    session.call(&Call::new("b"));
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.total(), usd("0.010048"));
    assert_eq!(env.ledger().len(), 2);
}

#[test]
fn a_bad_byte_inside_a_call_does_not_lose_the_call() {
    let env = Env::new();
    let session = env.session("s1");
    let mut line = session.lines_of(&Call::new("a").field("note", json!("@")))[0].to_string().into_bytes();
    let at = line.iter().rposition(|byte| *byte == b'@').unwrap();
    line[at] = 0xff;
    session.raw(&line).raw(b"\n");
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.total(), usd("0.005024"));
}

#[test]
fn odd_counts_do_not_lose_the_rest() {
    let env = Env::new();
    let session = env.session("s1");
    let odd = Call::new("a")
        .usage("output_tokens", json!(null))
        .usage("cache_read_input_tokens", json!("many"))
        .usage("cache_creation_input_tokens", json!(-5))
        .usage("cache_creation", json!(null))
        .usage("server_tool_use", json!(null))
        .usage("iterations", json!(null));
    session.call(&odd);
    env.hook("Stop", &session, json!({})).ok();
    assert_eq!(env.call()["tokens"]["input"], 1001);
    assert_eq!(env.total(), usd("0.004004"));
}

#[test]
fn absurd_counts_do_not_wrap() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a").usage("input_tokens", json!(u64::MAX)).usage("output_tokens", json!(1e300)));
    session.call(&Call::new("b"));
    env.hook("Stop", &session, json!({})).ok();
    assert_eq!(env.calls().len(), 2);
    assert!(env.calls().iter().all(|call| !call["cost"].as_str().unwrap().starts_with('-')));
}

#[test]
fn a_call_without_ids_and_time_is_one_call_whenever_it_is_read() {
    let env = Env::new();
    let session = env.session("s1");
    let line = r#"{"type":"assistant","message":{"model":"claude-opus-5-5","usage":{"input_tokens":7,"output_tokens":9}}}"#;
    session.raw(b"{\"type\":\"summary\"}\n");
    env.hook("Stop", &session, json!({})).silent();
    session.raw(format!("{line}\n").as_bytes());
    env.later(60).hook("Stop", &session, json!({})).silent();
    assert_eq!(env.call()["time"], "2026-11-24T12:01:00.000Z", "when it was read, for want of better");
    std::fs::remove_file(env.checkpoint()).unwrap();
    env.later(3600).hook("Stop", &session, json!({})).silent();
    assert_eq!(env.calls().len(), 1);
}

#[test]
fn a_file_that_shrank_is_read_again_without_booking_twice() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a"));
    let keep = session.bytes().len() as u64;
    session.call(&Call::new("b"));
    env.hook("PostToolUse", &session, json!({})).silent();
    session.shrink(keep).call(&Call::new("c"));
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.calls().len(), 3);
    assert_eq!(env.ledger().len(), 3);
    assert_eq!(env.total(), usd("0.015072"), "what was booked stays booked");
}

#[test]
fn a_file_that_was_replaced_is_read_from_its_start() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a")).call(&Call::new("b"));
    env.hook("PostToolUse", &session, json!({})).silent();
    let mut other = String::new();
    for name in ["c", "b", "d"] {
        other.push_str(&format!("{}\n", session.lines_of(&Call::new(name))[0]));
    }
    session.replace(other.as_bytes());
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.calls().len(), 4);
    assert_eq!(env.ledger().len(), 4);
}

#[test]
fn a_file_of_the_same_size_in_the_same_place_is_noticed() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::new("a"));
    env.hook("PostToolUse", &session, json!({})).silent();
    let other = format!("{}\n", session.lines_of(&Call::new("b"))[0]);
    assert_eq!(other.len(), session.bytes().len());
    env.write(session.path(), other.as_bytes());
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.calls().len(), 2);
}

#[test]
fn a_file_that_vanished_is_no_fault_and_may_come_back() {
    let env = Env::new();
    let session = env.session("s1");
    env.hook("SessionStart", &session, json!({"source": "startup"})).silent();
    session.call(&Call::new("a"));
    env.hook("PostToolUse", &session, json!({})).silent();
    let bytes = session.bytes();
    session.remove();
    env.hook("PostToolUse", &session, json!({})).silent();
    env.later(3600).hook("PostToolUse", &session, json!({})).silent();
    session.raw(&bytes).call(&Call::new("b"));
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.total(), usd("0.010048"));
    assert_eq!(env.journal(), "");
}

#[test]
fn a_transcript_that_is_a_folder_or_a_pipe_is_passed_over() {
    let env = Env::new();
    let session = env.session("s1");
    std::fs::create_dir_all(session.path()).unwrap();
    env.hook("Stop", &session, json!({})).ok();
    std::fs::remove_dir(session.path()).unwrap();
    let made = std::process::Command::new("mkfifo").arg(session.path()).status().unwrap();
    assert!(made.success());
    env.hook("Stop", &session, json!({})).ok();
    assert!(env.ledger().is_empty());
}

#[test]
fn what_is_read_is_only_what_is_new() {
    let env = Env::new();
    let session = env.session("s1");
    for i in 0..50 {
        session.call(&Call::new(&format!("a{i}")));
    }
    env.hook("PostToolUse", &session, json!({})).silent();
    // Bytes before the stored position are not looked at again, so a change there goes unnoticed.
    let mut bytes = session.bytes();
    let at = bytes.windows(9).position(|part| part == b"\"msg_a10\"").unwrap();
    bytes[at + 5..at + 8].copy_from_slice(b"z99");
    env.write(session.path(), &bytes);
    session.call(&Call::new("b"));
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.calls().len(), 51);
}
