//! Hook and status line payloads as the client sends them, reduced to what is acted on. Every field may be
//! missing, null or of another type; only input that is no JSON object at all is an error.

use serde::Deserialize;

use super::lenient;
use crate::base::time::Time;
use crate::model::rate_limit::{RateLimits, Used};

/// What a hook gets on stdin.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct HookInput {
    #[serde(deserialize_with = "lenient::or_default")]
    pub hook_event_name: String,
    #[serde(deserialize_with = "lenient::maybe")]
    pub session_id: Option<String>,
    /// The main session's transcript, even inside a subagent.
    #[serde(deserialize_with = "lenient::maybe")]
    pub transcript_path: Option<String>,
    #[serde(deserialize_with = "lenient::maybe")]
    pub cwd: Option<String>,
    /// Set inside subagents.
    #[serde(deserialize_with = "lenient::maybe")]
    pub agent_id: Option<String>,
    #[serde(deserialize_with = "lenient::maybe")]
    pub agent_type: Option<String>,
    #[serde(deserialize_with = "lenient::maybe")]
    pub agent_transcript_path: Option<String>,
    #[serde(deserialize_with = "lenient::maybe")]
    pub tool_name: Option<String>,
    #[serde(deserialize_with = "lenient::maybe")]
    pub tool_use_id: Option<String>,
    /// Looked at for the type of a subagent about to start, and for a command or a prompt that would raise a limit;
    /// nothing of it is stored.
    #[serde(deserialize_with = "lenient::object")]
    pub tool_input: ToolInput,
    /// PreModelSwitch: the model that would be next.
    #[serde(deserialize_with = "lenient::maybe")]
    pub to_model: Option<String>,
    /// SessionStart: the session's model.
    #[serde(deserialize_with = "lenient::maybe")]
    pub model: Option<String>,
    /// PostToolBatch: all tools of the batch.
    #[serde(deserialize_with = "lenient::list")]
    pub tool_calls: Vec<ToolCall>,
    /// SessionStart: startup, resume, fork, compact, clear.
    #[serde(deserialize_with = "lenient::maybe")]
    pub source: Option<String>,
    /// SessionEnd: why.
    #[serde(deserialize_with = "lenient::maybe")]
    pub reason: Option<String>,
    /// UserPromptSubmit. Looked at for a `cost-hook allow` line and for the plugin's commands, never stored.
    #[serde(deserialize_with = "lenient::maybe")]
    pub prompt: Option<String>,
    /// The prompt an event belongs to.
    #[serde(deserialize_with = "lenient::maybe")]
    pub prompt_id: Option<String>,
    /// PreModelSwitch: USD to write the conversation into the new model's cache.
    #[serde(deserialize_with = "lenient::maybe")]
    pub estimated_cache_write_usd: Option<f64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ToolInput {
    #[serde(deserialize_with = "lenient::maybe")]
    pub subagent_type: Option<String>,
    #[serde(deserialize_with = "lenient::maybe")]
    pub command: Option<String>,
    /// What is to be entered later, or by another thread.
    #[serde(deserialize_with = "lenient::maybe")]
    pub prompt: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ToolCall {
    #[serde(deserialize_with = "lenient::maybe")]
    pub tool_use_id: Option<String>,
}

impl HookInput {
    /// The type of the subagent the next call would be made by: the one at work, or the one about to start.
    pub fn next_agent(&self) -> Option<&str> {
        let starts = self.hook_event_name == "PreToolUse"
            && matches!(self.tool_name.as_deref(), Some("Agent" | "Task"));
        let started = self.tool_input.subagent_type.as_deref().filter(|_| starts);
        started.or(self.agent_type.as_deref().filter(|_| self.agent_id.is_some()))
    }

    /// The tools whose requesting line should be in the transcript by now.
    pub fn tool_ids(&self) -> Vec<&str> {
        let batch = self.tool_calls.iter().filter_map(|call| call.tool_use_id.as_deref());
        self.tool_use_id.as_deref().into_iter().chain(batch).collect()
    }
}

/// What the status line command gets on stdin.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct StatusInput {
    #[serde(deserialize_with = "lenient::maybe")]
    pub session_id: Option<String>,
    #[serde(deserialize_with = "lenient::maybe")]
    pub transcript_path: Option<String>,
    #[serde(deserialize_with = "lenient::maybe")]
    pub cwd: Option<String>,
    #[serde(deserialize_with = "lenient::maybe")]
    pub version: Option<String>,
    #[serde(deserialize_with = "lenient::object")]
    pub cost: StatusCost,
    #[serde(deserialize_with = "lenient::object")]
    pub workspace: Workspace,
    #[serde(deserialize_with = "lenient::object")]
    pub model: StatusModel,
    /// Of a subscription, after the first answer.
    #[serde(deserialize_with = "lenient::object")]
    pub rate_limits: StatusLimits,
}

impl StatusInput {
    /// The limits reported with it, seen at a time.
    pub fn limits(&self, seen: Time) -> RateLimits {
        let used = |window: &StatusWindow| Used::new(window.used_percentage?, window.resets_at?, seen);
        let StatusLimits { five_hour, seven_day } = &self.rate_limits;
        RateLimits { five_hour: used(five_hour), seven_day: used(seven_day) }
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct StatusLimits {
    #[serde(deserialize_with = "lenient::object")]
    pub five_hour: StatusWindow,
    #[serde(deserialize_with = "lenient::object")]
    pub seven_day: StatusWindow,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct StatusWindow {
    #[serde(deserialize_with = "lenient::maybe")]
    pub used_percentage: Option<f64>,
    /// Seconds since the epoch.
    #[serde(deserialize_with = "lenient::maybe")]
    pub resets_at: Option<f64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct StatusCost {
    #[serde(deserialize_with = "lenient::maybe")]
    pub total_cost_usd: Option<f64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Workspace {
    #[serde(deserialize_with = "lenient::maybe")]
    pub project_dir: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct StatusModel {
    #[serde(deserialize_with = "lenient::maybe")]
    pub id: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_null_and_foreign_types_are_all_absent() {
        for text in [
            r#"{"hook_event_name":"Stop"}"#,
            r#"{"hook_event_name":"Stop","session_id":null,"tool_calls":null,"prompt":null}"#,
            r#"{"hook_event_name":"Stop","session_id":7,"tool_calls":"x","agent_id":{"a":[1]},"prompt":[2]}"#,
        ] {
            let input: HookInput = serde_json::from_str(text).expect(text);
            assert_eq!(input.hook_event_name, "Stop");
            assert!(input.session_id.is_none() && input.tool_ids().is_empty() && input.agent_id.is_none());
        }
    }

    #[test]
    fn a_batch_lists_all_its_tools() {
        let text = r#"{"hook_event_name":"PostToolBatch","tool_calls":[{"tool_use_id":"a"},{"x":1},{"tool_use_id":"b"}]}"#;
        let input: HookInput = serde_json::from_str(text).expect("payload");
        assert_eq!(input.tool_ids(), ["a", "b"]);
    }
}
