//! The client: sessions with prompts, calls, tools, subagents, titles and compaction, in the order and with the delays
//! that were measured on the real one (`docs/design/client.md`). It runs the product's hooks and obeys their answers
//! where the real one does, and only there.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use cost_hook::base::money::Money;
use cost_hook::base::time::Time;
use cost_hook::hook;
use cost_hook::model::usage::Tokens;
use serde_json::{Value, json};

use super::machine::{Machine, heard_out};
use super::shape::{Conversation, title};
use super::stage::Stage;
use super::truth::{Call, Early, Gate};

/// What a hook answered, as far as the client obeys it.
struct Answer {
    stop: bool,
    gate: Gate,
}

/// One session, shared by its main thread, its agents and its tools.
pub struct Session {
    machine: Arc<Machine>,
    id: String,
    main: PathBuf,
    /// It has a status line and a title, which `-p` has not.
    interactive: bool,
    /// The client's total, and the part of it that is in no line: spent, and shown by the status line.
    total: Mutex<Totals>,
    long_cache: bool,
    model: &'static str,
    /// How many agents it starts at a time; most sessions none.
    agents: usize,
    /// Notices of agents that ended, and the actor that is to hear of them.
    notices: Mutex<(usize, Option<usize>)>,
    /// Agents in the background that have not ended.
    at_work: Mutex<usize>,
}

#[derive(Default)]
struct Totals {
    all: Money,
    unlisted: Money,
    shown: Money,
}

/// A conversation of a session: the main one, or an agent's.
struct Thread {
    /// Id and type of an agent.
    agent: Option<(String, &'static str)>,
    path: PathBuf,
    talk: Conversation,
    gate: Gate,
}

impl Session {
    pub fn new(machine: &Arc<Machine>, number: usize) -> Arc<Self> {
        let mut dice = machine.dice();
        let id = format!("session-{number}");
        Arc::new(Self {
            machine: machine.clone(),
            main: machine.root.join(format!("home/.claude/projects/-work/{id}.jsonl")),
            id,
            interactive: dice.chance(0.75),
            total: Mutex::default(),
            long_cache: dice.chance(0.7),
            model: dice.main_model(),
            agents: [0, 1, 3][dice.case(&[70.0, 20.0, 10.0])],
            notices: Mutex::default(),
            at_work: Mutex::default(),
        })
    }

    fn thread(&self, agent: Option<(String, &'static str)>) -> Thread {
        let mut dice = self.machine.dice();
        let path = match &agent {
            Some((id, _)) => self.main.with_extension("").join(format!("subagents/agent-{id}.jsonl")),
            None => self.main.clone(),
        };
        let model = if agent.is_some() { dice.agent_model(self.model) } else { self.model };
        let talk = Conversation::new(&mut dice, model, self.long_cache);
        Thread { agent, path, talk, gate: Gate { at: 0, seen: Money::ZERO } }
    }

    /// The main thread from the client's start to its end. With `past`, the session went on for so many calls before.
    pub fn run(self: &Arc<Self>, past: usize, mut first: Main) {
        let machine = &self.machine;
        self.hook(&first.0, "SessionStart", json!({"source": if past > 0 { "resume" } else { "startup" }}));
        self.status_line();
        let mut blocked = 0;
        for prompt in 0..40 {
            self.pause(prompt == 0 && past == 0);
            let notices = std::mem::take(&mut self.notices.lock().unwrap().0);
            let text = if notices > 0 { "<task-notification>" } else { "go on" };
            let answer = self.hook(&first.0, "UserPromptSubmit", json!({"prompt": text}));
            if answer.stop {
                self.stopped(&first.0);
                blocked += usize::from(notices == 0);
                // The person tries once more.
                if blocked == 2 {
                    break;
                }
                continue;
            }
            first.0.gate = answer.gate;
            self.user_line(&first.0.path, text);
            if prompt == 0 && past == 0 && self.interactive {
                self.title(&first.0);
            }
            if self.turn(&mut first.0) {
                self.hook(&first.0, "Stop", json!({}));
            }
        }
        // The person lets the agents at work come to their end.
        loop {
            machine.sleep(1_000, 5_000);
            if *self.at_work.lock().unwrap() == 0 {
                break;
            }
        }
        let total = self.total.lock().unwrap().all;
        machine.append(&self.main, &[self.cost_state(total)]);
        self.hook(&first.0, "SessionEnd", json!({"reason": "other"}));
    }

    /// The person reads and thinks; a notice of an agent's end comes in between.
    fn pause(&self, at_once: bool) {
        let machine = &self.machine;
        let end =
            machine.stage.now() + if at_once { machine.roll(100, 2_000) } else { machine.dice().pause_ms() };
        self.notices.lock().unwrap().1 = Some(Stage::me());
        while machine.stage.now() < end && self.notices.lock().unwrap().0 == 0 {
            machine.stage.sleep_for(end - machine.stage.now());
        }
        self.notices.lock().unwrap().1 = None;
    }

    /// Calls and tools until the answer has no tool, or a hook stops it. False when stopped.
    fn turn(self: &Arc<Self>, thread: &mut Thread) -> bool {
        let rounds = self.machine.dice().rounds();
        let agents_at = self.machine.roll(0, rounds);
        for round in 0..=rounds {
            let start_agents = thread.agent.is_none() && round == agents_at && self.agents > 0;
            let count = match (round == rounds, start_agents) {
                (true, _) => 0,
                (false, true) => self.agents,
                (false, false) => 1 + self.machine.dice().case(&[70.0, 20.0, 10.0]),
            };
            let tools = self.call(thread, count);
            if tools.is_empty() {
                return true;
            }
            if !self.tools(thread, &tools, start_agents) {
                self.stopped(thread);
                return false;
            }
            if thread.talk.is_full() && !self.compact(thread) {
                self.stopped(thread);
                return false;
            }
        }
        true
    }

    /// One call; returns the ids of the tools it asks for.
    fn call(self: &Arc<Self>, thread: &mut Thread, tools: usize) -> Vec<String> {
        let machine = &self.machine;
        machine.sleep(1, 30);
        let start = machine.stage.now();
        let (tokens, cost) = (thread.talk.tokens(start), thread.talk.cost(start));
        let ms = thread.talk.call_ms(&mut machine.dice());
        let call = Call { gate: thread.gate, start, cost };
        let number = machine.truth().start(call);
        machine.stage.sleep_for(ms);
        let now = machine.stage.now();
        thread.talk.go_on(&mut machine.dice(), now);
        machine.truth().end(number, now);
        self.total.lock().unwrap().all += cost;
        let id = machine.number();
        let ids: Vec<String> = (0..tools).map(|tool| format!("toolu_{id}_{tool}")).collect();
        let lines = self.assistant_lines(thread, id, &tokens, &ids, now);
        let mut lag = 0;
        for (at, line) in lines.into_iter().enumerate() {
            // The first line has the call's whole usage; the others follow shortly.
            lag += if at == 0 { machine.dice().lag() } else { machine.roll(0, 3) };
            let (owner, path) = (machine.clone(), thread.path.clone());
            machine.stage.later(lag, move || {
                owner.append(&path, &[line]);
                if at == 0 {
                    owner.truth().show(cost, owner.stage.now());
                }
            });
        }
        if thread.agent.is_none() && self.interactive {
            let (session, ms) = (self.clone(), machine.roll(100, 900));
            machine.stage.later(ms, move || session.status_line());
        }
        ids
    }

    /// Runs the tools of an answer, with their hooks. False when one of these stops the turn.
    fn tools(self: &Arc<Self>, thread: &mut Thread, ids: &[String], agents: bool) -> bool {
        let machine = &self.machine;
        machine.sleep(2, 10);
        let stopped = Arc::new(Mutex::new(false));
        let parallel = agents || machine.dice().chance(0.5);
        let play = |id: &String| {
            let (session, id, stopped) = (self.clone(), id.clone(), stopped.clone());
            let caller = Caller { agent: thread.agent.clone() };
            Box::new(move || {
                if !session.tool(&caller, &id, agents) {
                    *stopped.lock().unwrap() = true;
                }
            }) as Box<dyn FnOnce() + Send>
        };
        if parallel && ids.len() > 1 {
            machine.stage.together(ids.iter().map(play).collect());
        } else {
            for id in ids {
                play(id)();
                if *stopped.lock().unwrap() {
                    break;
                }
            }
        }
        if *stopped.lock().unwrap() {
            return false;
        }
        let calls: Vec<Value> =
            ids.iter().map(|id| json!({"tool_use_id": id, "tool_name": "Bash"})).collect();
        let answer = self.hook(&*thread, "PostToolBatch", json!({"tool_calls": calls}));
        thread.gate = answer.gate;
        !answer.stop
    }

    /// One tool; an agent in the foreground is one that takes long.
    fn tool(self: &Arc<Self>, caller: &Caller, id: &str, agent: bool) -> bool {
        let machine = &self.machine;
        let kind = "Explore";
        let name = if agent { "Agent" } else { "Bash" };
        let mut input = json!({"tool_name": name, "tool_use_id": id, "tool_input": {}});
        if agent {
            input["tool_input"] = json!({"subagent_type": kind, "prompt": "look"});
        }
        let before = self.hook(caller, "PreToolUse", input.clone());
        if before.stop {
            return false;
        }
        if agent {
            let agent = format!("a{}", machine.number());
            let foreground = machine.dice().chance(0.5);
            if foreground {
                self.agent(agent, kind, before.gate);
            } else {
                let session = self.clone();
                *self.at_work.lock().unwrap() += 1;
                machine.stage.enter(20, move || {
                    session.agent(agent, kind, before.gate);
                    *session.at_work.lock().unwrap() -= 1;
                    let mut notices = session.notices.lock().unwrap();
                    notices.0 += 1;
                    if let Some(main) = notices.1 {
                        session.machine.stage.wake(main);
                    }
                });
                machine.sleep(20, 60);
            }
        } else {
            let ms = machine.dice().tool_ms();
            machine.stage.sleep_for(ms);
        }
        let after = self.hook(caller, "PostToolUse", input);
        !after.stop
    }

    /// A subagent from its start, which no hook can hold back any more, to its end.
    fn agent(self: &Arc<Self>, id: String, kind: &'static str, gate: Gate) {
        let mut thread = self.thread(Some((id.clone(), kind)));
        thread.gate = gate;
        let meta = json!({"agentType": kind, "spawnDepth": 1});
        self.machine.append(&thread.path.with_extension("meta.json"), &[meta]);
        self.hook(&thread, "SubagentStart", json!({}));
        self.user_line(&thread.path, "look");
        self.turn(&mut thread);
        self.hook(&thread, "SubagentStop", json!({"agent_transcript_path": thread.path}));
    }

    /// False when a hook keeps it from running: then there is no room for another call.
    fn compact(self: &Arc<Self>, thread: &mut Thread) -> bool {
        let machine = &self.machine;
        let answer = self.hook(&*thread, "PreCompact", json!({"trigger": "auto"}));
        if answer.stop {
            return false;
        }
        thread.gate = answer.gate;
        let start = machine.stage.now();
        let (cost, ms) = thread.talk.compact(&mut machine.dice(), start);
        self.hidden(Call { gate: thread.gate, start, cost }, ms, false);
        self.hook(&*thread, "SessionStart", json!({"source": "compact"}));
        true
    }

    fn title(self: &Arc<Self>, thread: &Thread) {
        let (session, gate) = (self.clone(), thread.gate);
        self.machine.stage.enter(5, move || {
            let start = session.machine.stage.now();
            let (cost, ms) = title(&mut session.machine.dice(), session.model, start);
            session.hidden(Call { gate, start, cost }, ms, true);
        });
    }

    /// A call that is in the client's total and in no line.
    fn hidden(self: &Arc<Self>, call: Call, ms: i64, refresh: bool) {
        let cost = call.cost;
        let number = self.machine.truth().start(call);
        self.machine.stage.sleep_for(ms);
        self.machine.truth().end(number, self.machine.stage.now());
        let mut total = self.total.lock().unwrap();
        total.all += cost;
        total.unlisted += cost;
        drop(total);
        if refresh && self.interactive {
            self.status_line();
        }
    }

    /// Without a word of what comes next: what the stop spared, and whether it was needed.
    fn stopped(&self, thread: &Thread) {
        let now = self.machine.stage.now();
        let next = thread.talk.cost(now);
        let mut truth = self.machine.truth();
        truth.stops += 1;
        if truth.spent < truth.budget {
            let left = (truth.budget - truth.spent).saturating_sub_zero(truth.committed());
            truth.early.push(Early { left, next });
        }
    }
}

/// Who runs a hook.
trait Speaker {
    fn agent(&self) -> Option<&(String, &'static str)>;
}

impl Speaker for Thread {
    fn agent(&self) -> Option<&(String, &'static str)> {
        self.agent.as_ref()
    }
}

/// A tool of a thread.
struct Caller {
    agent: Option<(String, &'static str)>,
}

impl Speaker for Caller {
    fn agent(&self) -> Option<&(String, &'static str)> {
        self.agent.as_ref()
    }
}

/// The main thread, before it runs.
pub struct Main(Thread);

// Hooks and lines.
impl Session {
    /// Runs the hook of an event: a process that starts, looks, and is heard a little later.
    fn hook(&self, speaker: &impl Speaker, event: &str, more: Value) -> Answer {
        let machine = &self.machine;
        let mut payload = json!({
            "session_id": self.id, "transcript_path": self.main, "cwd": machine.root.join("work"),
            "hook_event_name": event,
        });
        if let Some((id, kind)) = speaker.agent() {
            payload["agent_id"] = json!(id);
            payload["agent_type"] = json!(kind);
        }
        for (key, value) in more.as_object().unwrap() {
            payload[key] = value.clone();
        }
        machine.sleep(2, 6);
        let answer = hook::answer(&machine.world, payload.to_string().as_bytes());
        let gate = Gate { at: machine.stage.now(), seen: machine.truth().seen };
        machine.sleep(1, 3);
        let answer: Value = answer.map_or(Value::Null, |text| serde_json::from_str(&text).unwrap());
        assert!(
            !answer["systemMessage"].as_str().is_some_and(|text| text.contains("cannot work")),
            "{answer}"
        );
        let stop = match event {
            "UserPromptSubmit" => answer["decision"] == "block" || answer["continue"] == false,
            "PreCompact" => answer["decision"] == "block",
            // Denied alone, the model would be called again; stopped alone, the tool would run.
            "PreToolUse" => {
                answer["continue"] == false && answer["hookSpecificOutput"]["permissionDecision"] == "deny"
            }
            "PostToolUse" | "PostToolBatch" => answer["continue"] == false,
            _ => false,
        };
        Answer { stop, gate }
    }

    fn status_line(&self) {
        if !self.interactive {
            return;
        }
        let machine = &self.machine;
        let total = {
            let mut total = self.total.lock().unwrap();
            let news = total.unlisted - total.shown;
            total.shown = total.unlisted;
            machine.truth().show(news, machine.stage.now());
            total.all
        };
        let payload = json!({
            "session_id": self.id, "transcript_path": self.main, "version": "2.1.330",
            "model": {"id": self.model}, "workspace": {"project_dir": machine.root.join("work")},
            "cost": {"total_cost_usd": total.to_f64()},
        });
        hook::status(&machine.world, payload.to_string().as_bytes());
    }

    fn user_line(&self, path: &Path, text: &str) {
        let line = json!({
            "type": "user", "message": {"role": "user", "content": text}, "sessionId": self.id,
            "timestamp": Time(self.machine.stage.now()).to_string(), "cwd": self.machine.root.join("work"),
        });
        self.machine.append(path, &[line]);
    }

    fn assistant_lines(
        &self,
        thread: &Thread,
        id: u64,
        tokens: &Tokens,
        tools: &[String],
        now: i64,
    ) -> Vec<Value> {
        let mut blocks = vec![json!({"type": "text", "text": "x"})];
        blocks.extend(
            tools.iter().map(|id| json!({"type": "tool_use", "id": id, "name": "Bash", "input": {}})),
        );
        let line = |block: Value| {
            let mut line = json!({
                "type": "assistant", "requestId": format!("req_{id}"), "sessionId": self.id,
                "timestamp": Time(now).to_string(), "cwd": self.machine.root.join("work"), "version": "2.1.330",
                "isSidechain": thread.agent.is_some(),
                "message": {
                    "id": format!("msg_{id}"), "type": "message", "role": "assistant",
                    "model": thread.talk.model, "content": [block],
                    "stop_reason": if tools.is_empty() { "end_turn" } else { "tool_use" },
                    "usage": {
                        "input_tokens": tokens.input, "output_tokens": tokens.output,
                        "cache_read_input_tokens": tokens.cache_read,
                        "cache_creation_input_tokens": tokens.cache_write(),
                        "cache_creation": {
                            "ephemeral_5m_input_tokens": tokens.cache_write_5m,
                            "ephemeral_1h_input_tokens": tokens.cache_write_1h,
                        },
                    },
                },
            });
            if let Some((agent, _)) = &thread.agent {
                line["agentId"] = json!(agent);
            }
            line
        };
        blocks.into_iter().map(line).collect()
    }

    fn cost_state(&self, total: Money) -> Value {
        json!({
            "type": "cost-state", "sessionId": self.id, "totalCostUSD": total.to_f64(), "modelUsage": {},
        })
    }

    /// The main thread, with so many calls before the run, whose cost is returned.
    pub fn begin(&self, past: usize) -> (Main, Money) {
        let machine = &self.machine;
        let mut thread = self.thread(None);
        if past == 0 {
            return (Main(thread), Money::ZERO);
        }
        thread.talk = thread.talk.grown(&mut machine.dice());
        let start = machine.stage.now() - past as i64 * 30_000;
        let mut sum = Money::ZERO;
        for call in 0..past {
            let now = start + call as i64 * 30_000;
            let (tokens, cost) = (thread.talk.tokens(now), thread.talk.cost(now));
            let id = machine.number();
            machine.append(&thread.path, &self.assistant_lines(&thread, id, &tokens, &[], now));
            thread.talk.go_on(&mut machine.dice(), now);
            sum += cost;
        }
        machine.append(&thread.path, &[self.cost_state(sum)]);
        self.total.lock().unwrap().all = sum;
        heard_out(machine, &self.id, &self.main);
        (Main(thread), sum)
    }
}
