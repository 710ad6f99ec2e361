//! The answers Claude Code understands, one per event. Exit codes are always 0: exit 2 would block by accident,
//! and a deliberate stop is said in JSON. What stops what was measured on the real client
//! (`docs/design/client.md`).

use serde_json::{Value, json};

use crate::base::text::shown_lines;

/// What a hook has to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// Stop spending, for this reason.
    pub stop: Option<String>,
    /// PreToolUse: this tool does not run, and the model is told why; it may go on with something else.
    pub deny: Option<String>,
    /// Tell the user, without costing a token.
    pub message: Option<String>,
    /// UserPromptSubmit: the prompt was for us and is carried out. It goes no further, and unlike a stopped one it is
    /// not given back to the input box, where the next return would carry it out again.
    pub done: Option<String>,
    /// UserPromptSubmit: what the prompt asked us for. It goes no further either. What stands in a block is shown and
    /// forgotten, while what is `done` is read by the model with the next prompt, which costs tokens.
    pub answer: Option<String>,
}

impl Reply {
    /// The JSON for an event; None where there is nothing to say or nothing that would be heard.
    pub fn render(&self, event: &str) -> Option<String> {
        let mut answer = self.stop.as_deref().map_or_else(|| json!({}), |reason| stop(event, reason));
        if let Some(reason) = self.deny.as_deref().filter(|_| self.stop.is_none() && event == "PreToolUse") {
            answer = denied(event, &cut(reason));
        }
        if let Some(done) = &self.done {
            answer = json!({ "continue": false, "stopReason": cut(done) });
        }
        if let Some(text) = &self.answer {
            answer = json!({ "decision": "block", "reason": cut_at(text, MOST_ANSWER) });
        }
        if let Some(message) = self.message.as_deref().filter(|_| hears_messages(event)) {
            answer["systemMessage"] = Value::from(cut(message));
        }
        let empty = answer.as_object().is_none_or(serde_json::Map::is_empty);
        (!empty).then(|| answer.to_string())
    }
}

fn stop(event: &str, reason: &str) -> Value {
    let reason = cut(reason);
    match event {
        // `continue: false` would lose the prompt; a block gives it back to the input box.
        "UserPromptSubmit" | "PreCompact" => json!({ "decision": "block", "reason": reason }),
        // Denied alone, the refusal goes back to the model in another paid call; stopped alone, the tool runs.
        "PreToolUse" => json!({
            "continue": false,
            "stopReason": reason,
            "hookSpecificOutput": {
                "hookEventName": event,
                "permissionDecision": "deny",
                "permissionDecisionReason": reason,
            },
        }),
        "PostToolUse" | "PostToolUseFailure" | "PostToolBatch" => {
            json!({ "continue": false, "stopReason": reason })
        }
        "PreModelSwitch" => denied(event, &reason),
        // Elsewhere nothing can be stopped, and on Stop a block would mean "go on working".
        _ => json!({}),
    }
}

fn denied(event: &str, reason: &str) -> Value {
    json!({
        "hookSpecificOutput": {
            "hookEventName": event,
            "permissionDecision": "deny",
            "permissionDecisionReason": reason,
        },
    })
}

/// Can this event stop something?
pub fn can_stop(event: &str) -> bool {
    stop(event, "").as_object().is_some_and(|answer| !answer.is_empty())
}

/// Events whose output the client discards.
pub fn hears_messages(event: &str) -> bool {
    !matches!(
        event,
        "" | "SessionEnd"
            | "StopFailure"
            | "Notification"
            | "PostCompact"
            | "PermissionDenied"
            | "CwdChanged"
            | "FileChanged"
            | "DirectoryAdded"
            | "InstructionsLoaded"
            | "WorktreeCreate"
            | "WorktreeRemove"
            | "MessageDisplay"
            | "ConfigChange"
    )
}

/// The client cuts strings at 10,000 characters; a budget message that long is a mistake of ours anyway. Names in it
/// come from files of repositories, and the client shows it on a terminal.
fn cut(text: &str) -> String {
    cut_at(text, 2_000)
}

fn cut_at(text: &str, most: usize) -> String {
    shown_lines(&text.chars().take(most).collect::<String>())
}

/// The most characters of what a prompt asked for.
pub const MOST_ANSWER: usize = 9_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn stopped(event: &str) -> Option<Value> {
        let reply = Reply { stop: Some("used up".into()), ..Reply::default() };
        reply.render(event).map(|text| serde_json::from_str(&text).expect("valid JSON"))
    }

    #[test]
    fn each_event_is_stopped_in_its_own_form() {
        assert_eq!(stopped("UserPromptSubmit"), Some(json!({"decision": "block", "reason": "used up"})));
        assert_eq!(stopped("PreCompact"), Some(json!({"decision": "block", "reason": "used up"})));
        let tool = stopped("PreToolUse").expect("an answer");
        assert_eq!(tool["continue"], false);
        assert_eq!(tool["hookSpecificOutput"]["permissionDecision"], "deny");
        for event in ["PostToolUse", "PostToolUseFailure", "PostToolBatch"] {
            assert_eq!(stopped(event), Some(json!({"continue": false, "stopReason": "used up"})), "{event}");
        }
        let switch = stopped("PreModelSwitch").expect("an answer");
        assert_eq!(switch["hookSpecificOutput"]["permissionDecision"], "deny");
    }

    #[test]
    fn stop_events_are_never_blocked_since_that_would_keep_the_model_working() {
        for event in ["Stop", "SubagentStop", "SessionEnd", "SessionStart", "SubagentStart", "Brandnew", ""] {
            assert_eq!(stopped(event), None, "{event}");
            assert!(!can_stop(event));
        }
    }

    #[test]
    fn nothing_is_said_that_a_terminal_would_obey() {
        let hostile = "one\ntwo \u{1b}]0;x\u{7} \u{9b}31m \u{202e}evil\u{2066}";
        let reply = Reply { stop: Some(hostile.into()), message: Some(hostile.into()), ..Reply::default() };
        for event in ["UserPromptSubmit", "PreToolUse", "PostToolUse", "PreModelSwitch"] {
            let answer: Value = serde_json::from_str(&reply.render(event).expect("an answer")).expect("JSON");
            let mut said = Vec::new();
            texts(&answer, &mut said);
            assert!(said.iter().any(|text| text.contains("one\ntwo \u{fffd}]0;x\u{fffd}")), "{said:?}");
            let obeyed = |c: char| c != '\n' && crate::base::text::obeyed(c);
            assert!(!said.iter().any(|text| text.contains(obeyed)), "{said:?}");
        }
    }

    fn texts(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::String(text) => into.push(text.clone()),
            Value::Object(members) => members.values().for_each(|member| texts(member, into)),
            _ => {}
        }
    }

    #[test]
    fn a_denied_tool_stops_nothing_else() {
        let reply = Reply { deny: Some("no".into()), ..Reply::default() };
        let answer: Value =
            serde_json::from_str(&reply.render("PreToolUse").expect("an answer")).expect("JSON");
        assert_eq!(answer["hookSpecificOutput"]["permissionDecision"], "deny");
        assert!(answer.get("continue").is_none());
        assert_eq!(reply.render("PostToolUse"), None);
    }

    #[test]
    fn nothing_to_say_prints_nothing() {
        assert_eq!(Reply::default().render("UserPromptSubmit"), None);
        let note = Reply { message: Some("80 % used".into()), ..Reply::default() };
        assert_eq!(note.render("Stop"), Some(r#"{"systemMessage":"80 % used"}"#.into()));
        assert_eq!(note.render("SessionEnd"), None);
    }
}
