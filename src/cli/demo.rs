//! `cost-hook demo`: a made-up session in a temporary folder, booked and stopped by the real hook, and nothing left
//! behind. The program runs itself as Claude Code would, so what is shown is what a session sees.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::place::real_path;
use super::shop::Shop;
use super::success;
use crate::base::disk;
use crate::base::env;
use crate::base::error::{Error, Result};
use crate::base::lock::Lock;
use crate::base::time::Time;
use crate::base::width::wrapped;
use crate::base::world::World;
use crate::claude::paths;
use crate::report::json::{self as documents, SCHEMA_VERSION};
use crate::team::sync;
use crate::ui::style::Tone;

const SESSION: &str = "demo0000-0000-4000-8000-000000000001";
const MODEL: &str = "claude-opus-5-5";
const SMALL: &str = "claude-haiku-5-5";
const AGENT: &str = "demo1";
const MORE: &str = "And now the documentation.";
const BUDGET: &str = r#"{"cost": {"dailyBudget": 1, "autoStopAtBudget": true}}"#;

const EXAMPLES: &str = "\
Examples:
  cost-hook demo                       what a warning and a stop look like
  cost-hook demo --json                the same for a program";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {}

pub(super) fn run(_: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let stage = Stage::set(shop.world)?;
    let intro = format!(
        "{}\nA made-up session in a temporary folder, with a budget of one dollar a day:\n\n  {}\n\n",
        shop.heading("Demo"),
        shop.command(BUDGET)
    );
    if !shop.json {
        shop.say(&intro)?;
    }
    let mut steps = Vec::new();
    for step in script() {
        let answer = stage.play(&step)?;
        if !shop.json {
            shop.say(&shown(shop, &step, answer.as_ref()))?;
        }
        steps.push(Played { says: step.says, event: step.event, answer });
    }
    if shop.json {
        let status = stage.answer(&["status", "--json"])?;
        let report = stage.answer(&["report", "--json"])?;
        shop.say(&document(&steps, &status, &report))?;
        return success();
    }
    let status = stage.answer(&["status"])?;
    let report = stage.answer(&["report", "--breakdown"])?;
    shop.say(&format!(
        "\n{} {}\n{}\n{} {}\n{}\nThe folder of this demo is gone; your own settings and ledger were not touched.\n",
        shop.heading("What the ledger says:"),
        shop.command("cost-hook status"),
        indented(&status),
        shop.heading("And by day and model:"),
        shop.command("cost-hook report --breakdown"),
        indented(&report),
    ))?;
    success()
}

/// One thing that happens: what the transcript gains, and the event Claude Code then tells.
struct Step {
    says: &'static str,
    lines: Vec<Value>,
    /// The same for the subagent's transcript.
    agent: Vec<Value>,
    event: &'static str,
    payload: Value,
}

#[derive(Serialize)]
struct Played {
    says: &'static str,
    event: &'static str,
    /// What Claude Code is told; null is nothing, which means: go on.
    answer: Option<Value>,
}

fn script() -> Vec<Step> {
    let tool =
        |id: &str| json!({"tool_name": "Bash", "tool_use_id": id, "tool_input": {"command": "cargo test"}});
    let prompt = |text: &str| json!({"prompt": text});
    let step = |says, lines, event, payload| Step { says, lines, agent: Vec::new(), event, payload };
    let ask = |says, text| step(says, Vec::new(), "UserPromptSubmit", prompt(text));
    let call = |says, lines, id| step(says, lines, "PostToolUse", tool(id));
    let first = "Make the tests pass.";
    vec![
        Step { lines: vec![said(first)], ..ask("You ask for something.", first) },
        call(
            "The model reads the code and runs the tests.",
            vec![answered(1, MODEL, [9_400, 30_000, 0, 1_900], "toolu_demo1")],
            "toolu_demo1",
        ),
        Step {
            agent: vec![answered(2, SMALL, [2_100, 18_000, 0, 2_400], "toolu_demo_a")],
            ..step(
                "A subagent on a smaller model looks for the cause.",
                vec![result("toolu_demo1")],
                "SubagentStop",
                json!({"agent_id": AGENT, "agent_type": "Explore"}),
            )
        },
        call(
            "It changes a file and runs them again.",
            vec![answered(3, MODEL, [1_200, 41_000, 39_400, 18_000], "toolu_demo2")],
            "toolu_demo2",
        ),
        call(
            "It writes a longer change; that call crosses the budget.",
            vec![result("toolu_demo2"), answered(4, MODEL, [800, 22_000, 80_400, 12_500], "toolu_demo3")],
            "toolu_demo3",
        ),
        ask("You ask for more.", MORE),
        ask(
            "You raise the limit, in the prompt itself. It costs no model call.",
            "cost-hook allow 2 --reason \"the release is today\"",
        ),
        ask("You ask again.", MORE),
    ]
}

/// A user's line of the transcript; time and session are added when it is written.
fn said(text: &str) -> Value {
    json!({"type": "user", "promptId": "demo-prompt", "message": {"role": "user", "content": text}})
}

fn result(id: &str) -> Value {
    let content = json!([{"type": "tool_result", "tool_use_id": id, "content": "test result: FAILED", "is_error": true}]);
    json!({"type": "user", "promptId": "demo-prompt", "message": {"role": "user", "content": content}})
}

/// A model's answer that asks for a tool. Tokens: input, cache written, cache read, output.
fn answered(number: u32, model: &str, tokens: [u64; 4], tool: &str) -> Value {
    let [input, written, read, output] = tokens;
    json!({
        "type": "assistant",
        "requestId": format!("req_demo{number}"),
        "message": {
            "id": format!("msg_demo{number}"), "type": "message", "role": "assistant", "model": model,
            "content": [{"type": "tool_use", "id": tool, "name": "Bash", "input": {"command": "cargo test"}}],
            "stop_reason": "tool_use",
            "usage": {
                "input_tokens": input, "output_tokens": output,
                "cache_creation_input_tokens": written, "cache_read_input_tokens": read,
                "cache_creation": {"ephemeral_5m_input_tokens": written, "ephemeral_1h_input_tokens": 0},
                "service_tier": "standard", "speed": "standard"
            }
        }
    })
}

/// The temporary folder with everything a session needs. Dropped, it is gone.
struct Stage {
    folder: disk::TemporaryFolder,
    binary: String,
    transcript: PathBuf,
    project: PathBuf,
    now: Time,
    /// What of the caller's environment says how things look and when days begin.
    kept: Vec<(&'static str, String)>,
    /// Managed settings of this machine may name a team's store, which made-up calls are nobody's business of: while this
    /// is held nothing is sent. Let go of last, when there is nothing left to send.
    _no_sync: Lock,
}

const KEPT: [&str; 5] = [env::TZ, env::LC_ALL, env::LC_CTYPE, env::LC_MESSAGES, env::LANG];

impl Stage {
    fn set(world: &World) -> Result<Self> {
        let folder = disk::TemporaryFolder::create("cost-hook-demo-")?;
        let config = folder.path().join(".claude");
        let project = folder.path().join("shop");
        let transcripts = config.join("projects/-shop");
        disk::create_dir_private(&transcripts)?;
        disk::create_dir_private(&project)?;
        disk::replace(&config.join("settings.json"), BUDGET.as_bytes())?;
        let transcript = transcripts.join(format!("{SESSION}.jsonl"));
        let kept = KEPT.iter().filter_map(|name| Some((*name, world.var(name)?))).collect();
        let _no_sync = sync::lock(&folder.path().join("cost-hook"), Duration::ZERO)?;
        Ok(Self { binary: real_path()?, folder, transcript, project, now: world.now(), kept, _no_sync })
    }

    fn play(&self, step: &Step) -> Result<Option<Value>> {
        self.write(&self.transcript, &step.lines, None)?;
        let agents = paths::subagents_of(&self.transcript);
        if !step.agent.is_empty() {
            disk::create_dir_private(&agents)?;
            self.write(&agents.join(format!("agent-{AGENT}.jsonl")), &step.agent, Some(AGENT))?;
        }
        let mut payload = step.payload.clone();
        payload["hook_event_name"] = step.event.into();
        payload["session_id"] = SESSION.into();
        payload["transcript_path"] = self.transcript.display().to_string().into();
        payload["cwd"] = self.project.display().to_string().into();
        let answer = self.call(&["hook"], &payload.to_string())?;
        if answer.trim().is_empty() {
            return Ok(None);
        }
        let parsed = serde_json::from_str(&answer);
        parsed.map(Some).map_err(|error| Error::internal("the hook's answer is not JSON").caused_by(error))
    }

    fn write(&self, path: &Path, lines: &[Value], agent: Option<&str>) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut file = disk::open_append(path)?;
        for line in lines {
            let mut line = line.clone();
            line["sessionId"] = SESSION.into();
            line["timestamp"] = self.now.to_string().into();
            line["cwd"] = self.project.display().to_string().into();
            line["version"] = "2.1.330".into();
            line["isSidechain"] = agent.is_some().into();
            if let Some(agent) = agent {
                line["agentId"] = agent.into();
            }
            let text = format!("{line}\n");
            file.write_all(text.as_bytes()).map_err(|error| Error::io("write", path, error))?;
        }
        Ok(())
    }

    fn answer(&self, words: &[&str]) -> Result<String> {
        self.call(words, "")
    }

    /// Runs this program in the made-up world. Nothing of the caller's environment gets in, since the provider, the
    /// prices and the budgets of a real session could be told there.
    fn call(&self, words: &[&str], input: &str) -> Result<String> {
        let mut command = Command::new(&self.binary);
        let home = self.folder.path();
        command.args(words).env_clear().current_dir(&self.project);
        command
            .env(env::HOME, home)
            .env(env::USERPROFILE, home)
            .env(env::USER, "demo")
            .env(env::COLUMNS, "96");
        command.env(env::CLAUDE_CONFIG_DIR, home.join(".claude"));
        command.env(env::COST_HOOK_DIR, home.join("cost-hook"));
        command.env(env::CLAUDE_PROJECT_DIR, &self.project);
        command.env(env::COST_HOOK_MANAGED_DIR, home.join("managed"));
        command.env(env::COST_HOOK_TEST_NOW, self.now.to_string());
        for (name, value) in &self.kept {
            command.env(name, value);
        }
        let failed = |error| Error::io("run", Path::new(&self.binary), error);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        if let Some(mut stdin) = child.stdin.take() {
            // A command that needs no input may be gone already.
            let _ = stdin.write_all(input.as_bytes());
        }
        let output = child.wait_with_output().map_err(failed)?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_string();
            return Err(Error::internal(format!(
                "`cost-hook {}` failed in the demo: {said}",
                words.join(" ")
            )));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// The step and what Claude Code was told, in the words a user would see.
fn shown(shop: &Shop<'_>, step: &Step, answer: Option<&Value>) -> String {
    let event = shop.faint(&format!("[{}]", step.event));
    let mut text = format!("{} {event}\n", shop.heading(step.says));
    let Some(answer) = answer else {
        return text + &shop.faint("    nothing is said, the session goes on") + "\n";
    };
    for (tone, message) in messages(answer) {
        for line in wrapped(&message, usize::from(shop.out.width).saturating_sub(4)) {
            text.push_str(&format!("    {}\n", shop.out.paint(tone, line)));
        }
    }
    text
}

/// The texts in an answer that reach the user.
fn messages(answer: &Value) -> Vec<(Tone, String)> {
    let text = |key: &str| answer.get(key).and_then(Value::as_str).map(str::to_string);
    let mut found = Vec::new();
    if answer.get("continue") == Some(&Value::Bool(false)) {
        found.extend(text("stopReason").map(|reason| (Tone::Bad, format!("Claude Code stops: {reason}"))));
    }
    if text("decision").as_deref() == Some("block") {
        found.extend(text("reason").map(|reason| (Tone::Bad, format!("The prompt is not sent: {reason}"))));
    }
    found.extend(
        text("systemMessage").map(|message| (Tone::Warning, format!("Claude Code shows: {message}"))),
    );
    if found.is_empty() {
        found.push((Tone::Warning, answer.to_string()));
    }
    found
}

fn indented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_string() } else { format!("  {line}\n") }).collect()
}

fn document(steps: &[Played], status: &str, report: &str) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        steps: &'a [Played],
        status: Value,
        report: Value,
    }
    let parsed = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    documents::text(&Document {
        schema_version: SCHEMA_VERSION,
        steps,
        status: parsed(status),
        report: parsed(report),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_behind() {
        let world = World::made_up(&[("LANG", "C.UTF-8")], Path::new("/"), Time(1_795_521_600_000));
        let stage = Stage::set(&world).unwrap();
        assert_eq!(stage.kept, [(env::LANG, "C.UTF-8".to_string())]);
        let folder = stage.folder.path().to_path_buf();
        assert!(folder.join(".claude/settings.json").exists());
        drop(stage);
        assert!(!folder.exists());
    }

    #[test]
    fn answers_are_put_into_words() {
        let stop = json!({"continue": false, "stopReason": "used up"});
        assert_eq!(messages(&stop), [(Tone::Bad, "Claude Code stops: used up".to_string())]);
        let block = json!({"decision": "block", "reason": "used up", "systemMessage": "note"});
        assert_eq!(messages(&block).len(), 2);
        assert_eq!(messages(&json!({"other": 1})).len(), 1);
    }
}
