//! Transcripts as the client writes them: the shapes of lines are those of version 2.1.330.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

use cost_hook::base::time::Time;
use serde_json::{Value, json};

use super::Env;

/// One model call: what the API answered, and how the client wrote it down.
#[derive(Debug, Clone)]
pub struct Call {
    name: String,
    pub model: String,
    pub usage: Value,
    /// Content blocks; one line each.
    pub content: Vec<Value>,
    pub stop_reason: Option<String>,
    /// Fields of the line besides `message`, over the usual ones; null removes.
    pub fields: Value,
    pub message_fields: Value,
    time: Option<Time>,
}

impl Call {
    /// A plain answer under ids made of the name: 1001 tokens in, 51 out, on Opus 5.5 worth 0.005024 USD.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_string(),
            model: "claude-opus-5-5".to_string(),
            usage: usage(1001, 51),
            content: vec![json!({"type": "text", "text": "answer"})],
            stop_reason: Some("end_turn".to_string()),
            fields: json!({}),
            message_fields: json!({}),
            time: None,
        }
    }

    /// A call that costs this many cents.
    pub fn cents(name: &str, cents: u64) -> Self {
        // Opus 5.5 takes 4 USD for a million tokens.
        Self { usage: usage(cents * 2500, 0), ..Self::new(name) }
    }

    pub fn tokens(mut self, input: u64, output: u64) -> Self {
        self.usage = usage(input, output);
        self
    }

    pub fn model(mut self, model: &str) -> Self {
        self.model = model.to_string();
        self
    }

    pub fn usage(mut self, key: &str, value: Value) -> Self {
        self.usage[key] = value;
        self
    }

    /// The answer asks for tools: a line each.
    pub fn tools(mut self, tools: &[(&str, &str)]) -> Self {
        self.content = tools
            .iter()
            .map(|(id, name)| json!({"type": "tool_use", "id": id, "name": name, "input": {"command": "ls"}}))
            .collect();
        self.stop_reason = Some("tool_use".to_string());
        self
    }

    pub fn blocks(mut self, count: usize) -> Self {
        self.content = (0..count).map(|i| json!({"type": "text", "text": format!("part {i}")})).collect();
        self
    }

    /// A field of the line itself.
    pub fn field(mut self, key: &str, value: Value) -> Self {
        self.fields[key] = value;
        self
    }

    /// A field of its `message`.
    pub fn message(mut self, key: &str, value: Value) -> Self {
        self.message_fields[key] = value;
        self
    }

    pub fn at(mut self, time: &str) -> Self {
        self.time = Some(Time::parse(time).unwrap());
        self
    }

    pub fn message_id(&self) -> String {
        format!("msg_{}", self.name)
    }

    fn lines(&self, common: &Value, now: Time) -> Vec<Value> {
        let mut lines = Vec::new();
        for (index, block) in self.content.iter().enumerate() {
            let mut line = json!({
                "parentUuid": null,
                "isSidechain": false,
                "message": {
                    "id": self.message_id(),
                    "type": "message",
                    "role": "assistant",
                    "model": self.model,
                    "content": [block],
                    "stop_reason": self.stop_reason,
                    "stop_sequence": null,
                    "usage": self.usage,
                    "stop_details": null,
                },
                "apiBlockIndex": index,
                "requestId": format!("req_{}", self.name),
                "requestRef": format!("ref-{}", self.name),
                "requestedModel": self.model,
                "promptCacheRequested": "5m",
                "type": "assistant",
                "uuid": format!("uuid-{}-{index}", self.name),
                "timestamp": self.time.unwrap_or(now).to_string(),
                "effort": "medium",
                "madeBy": "model",
            });
            put(&mut line, common);
            put(&mut line["message"], &self.message_fields);
            put(&mut line, &self.fields);
            lines.push(line);
        }
        lines
    }
}

/// The usage object of a plain answer.
pub fn usage(input: u64, output: u64) -> Value {
    json!({
        "input_tokens": input,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": output,
        "output_tokens_details": {"thinking_tokens": 0},
        "server_tool_use": {"web_search_requests": 0, "web_fetch_requests": 0},
        "service_tier": "standard",
        "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 0},
        "inference_geo": "",
        "iterations": [],
        "speed": "standard",
        "fallback_credit": null,
    })
}

fn put(target: &mut Value, fields: &Value) {
    for (key, value) in fields.as_object().unwrap() {
        match value {
            Value::Null => drop(target.as_object_mut().unwrap().remove(key)),
            value => target[key] = value.clone(),
        }
    }
}

/// A transcript file, main or agent's.
pub struct Transcript<'a> {
    env: &'a Env,
    id: String,
    path: PathBuf,
    project: PathBuf,
    agent: Option<String>,
    prompts: Cell<u32>,
}

impl<'a> Transcript<'a> {
    pub fn new(env: &'a Env, id: &str, project: &Path) -> Self {
        let slug = project.to_str().unwrap().replace(['/', '.'], "-");
        let path = env.config().join("projects").join(slug).join(format!("{id}.jsonl"));
        fs::create_dir_all(project).unwrap();
        let (id, project) = (id.to_string(), project.to_path_buf());
        Self { env, id, path, project, agent: None, prompts: Cell::new(0) }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn project(&self) -> &Path {
        &self.project
    }

    /// A subagent's transcript in this session, with its `meta.json`.
    pub fn agent(&self, agent: &str, kind: &str) -> Transcript<'a> {
        self.agent_in("subagents", agent, kind)
    }

    /// One of a workflow's agents, which lie a folder deeper.
    pub fn workflow_agent(&self, workflow: &str, agent: &str, kind: &str) -> Transcript<'a> {
        self.agent_in(&format!("subagents/workflows/{workflow}"), agent, kind)
    }

    fn agent_in(&self, folder: &str, agent: &str, kind: &str) -> Transcript<'a> {
        let path = self.path.with_extension("").join(folder).join(format!("agent-{agent}.jsonl"));
        let meta = json!({
            "agentType": kind, "isBuiltIn": true, "description": "d", "toolUseId": "toolu_1", "spawnDepth": 1,
            "requestShape": "foreground", "requestNonInteractive": true, "model": "claude-opus-5-5",
        });
        self.env.write(&path.with_extension("meta.json"), meta.to_string().as_bytes());
        self.beside(path, agent)
    }

    /// A subagent's transcript where old clients kept it: beside the session's.
    pub fn old_agent(&self, agent: &str) -> Transcript<'a> {
        self.beside(self.path.with_file_name(format!("agent-{agent}.jsonl")), agent)
    }

    fn beside(&self, path: PathBuf, agent: &str) -> Transcript<'a> {
        let (id, project) = (self.id.clone(), self.project.clone());
        Transcript { env: self.env, id, path, project, agent: Some(agent.to_string()), prompts: Cell::new(0) }
    }

    fn common(&self) -> Value {
        let mut common = json!({
            "userType": "external", "entrypoint": "sdk-cli", "cwd": self.project, "sessionId": self.id,
            "version": "2.1.330", "gitBranch": "main",
        });
        if let Some(agent) = &self.agent {
            common["agentId"] = json!(agent);
            common["isSidechain"] = json!(true);
        }
        common
    }

    pub fn lines_of(&self, call: &Call) -> Vec<Value> {
        call.lines(&self.common(), self.env.now())
    }

    /// Writes all lines of a call.
    pub fn call(&self, call: &Call) -> &Self {
        for line in self.lines_of(call) {
            self.line(&line);
        }
        self
    }

    /// A prompt.
    pub fn user(&self, text: &str) -> &Self {
        self.prompts.set(self.prompts.get() + 1);
        self.line(&self.user_line(json!(text)))
    }

    pub fn tool_result(&self, tool: &str, text: &str) -> &Self {
        let content =
            json!([{"tool_use_id": tool, "type": "tool_result", "content": text, "is_error": false}]);
        self.line(&self.user_line(content))
    }

    fn user_line(&self, content: Value) -> Value {
        let mut line = json!({
            "parentUuid": null,
            "isSidechain": false,
            "promptId": format!("prompt-{}-{}", self.id, self.prompts.get()),
            "type": "user",
            "message": {"role": "user", "content": content},
            "uuid": format!("user-{}", self.prompts.get()),
            "timestamp": self.env.now().to_string(),
            "permissionMode": "bypassPermissions",
        });
        put(&mut line, &self.common());
        line
    }

    /// The client's own total, as it writes it when it exits. `started` is when its process began.
    pub fn cost_state(&self, total: f64, started: &str) -> &Self {
        self.cost_state_with(total, started, json!({}))
    }

    pub fn cost_state_with(&self, total: f64, started: &str, models: Value) -> &Self {
        self.line(&json!({
            "type": "cost-state", "sessionId": self.id, "totalCostUSD": total, "totalAPIDuration": 66,
            "totalAPIDurationWithoutRetries": 57, "totalToolDuration": 30, "totalLinesAdded": 0,
            "totalLinesRemoved": 0, "totalDuration": 1208, "startTime": Time::parse(started).unwrap().0,
            "modelUsage": models, "hasUnknownModelCost": false,
        }))
    }

    pub fn line(&self, line: &Value) -> &Self {
        self.raw(format!("{line}\n").as_bytes())
    }

    /// Bytes as they are: torn, foreign, anything.
    pub fn raw(&self, bytes: &[u8]) -> &Self {
        self.env.append(&self.path, bytes);
        self
    }

    /// The whole file exchanged.
    pub fn replace(&self, bytes: &[u8]) -> &Self {
        let fresh = self.path.with_extension("fresh");
        self.env.write(&fresh, bytes);
        fs::rename(&fresh, &self.path).unwrap();
        self.env.touch(&self.path);
        self
    }

    pub fn shrink(&self, len: u64) -> &Self {
        fs::OpenOptions::new().write(true).open(&self.path).unwrap().set_len(len).unwrap();
        self.env.touch(&self.path);
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        fs::read(&self.path).unwrap()
    }

    pub fn remove(&self) -> &Self {
        fs::remove_file(&self.path).unwrap();
        self
    }
}
