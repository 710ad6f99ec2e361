//! What the stand-in answers: rules that match a request by the marker word in its newest prompt and by how
//! many rounds of tools followed it, and the replies they give. Also what one request is (`Ask`). Not here: how
//! an answer travels (`api`, `eventstream`) and what it costs (`price`).

use std::time::Duration;

use serde_json::{Value, json};

/// The tokens one reply reports.
#[derive(Clone, Debug, Default)]
pub(crate) struct Usage {
    pub(crate) input: u64,
    pub(crate) output: u64,
    pub(crate) read: u64,
    pub(crate) write_5m: u64,
    pub(crate) write_1h: u64,
    pub(crate) web_searches: u64,
    pub(crate) fast: bool,
    pub(crate) geo: &'static str,
}

impl Usage {
    /// As the Messages API writes it; `output` apart, because a stream opens with a placeholder.
    pub(crate) fn json(&self, output: u64) -> Value {
        json!({
            "input_tokens": self.input,
            "output_tokens": output,
            "cache_read_input_tokens": self.read,
            "cache_creation_input_tokens": self.write_5m + self.write_1h,
            "cache_creation": {
                "ephemeral_5m_input_tokens": self.write_5m,
                "ephemeral_1h_input_tokens": self.write_1h,
            },
            "server_tool_use": { "web_search_requests": self.web_searches, "web_fetch_requests": 0 },
            "service_tier": "standard",
            "speed": if self.fast { "fast" } else { "standard" },
            "inference_geo": self.geo,
        })
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Block {
    Text(String),
    Tool { name: &'static str, input: Value },
}

/// One answer, good or bad.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub(crate) blocks: Vec<Block>,
    /// None: numbers of the stand-in's choosing, different for every call so that no two errors cancel out.
    pub(crate) usage: Option<Usage>,
    /// None: the model that was asked for.
    pub(crate) model: Option<&'static str>,
    /// Before the first byte.
    pub(crate) delay: Duration,
    /// An HTTP status instead of an answer.
    pub(crate) status: Option<u16>,
    /// Close the connection inside this block.
    pub(crate) cut_in: Option<usize>,
    /// Between the words and the end of the answer.
    pub(crate) hold: Duration,
}

impl Reply {
    pub(crate) fn text(text: &str) -> Self {
        Self { blocks: vec![Block::Text(text.to_owned())], ..Self::default() }
    }

    pub(crate) fn bash(commands: &[&str]) -> Self {
        Self::default().and_bash(commands)
    }

    pub(crate) fn and_bash(mut self, commands: &[&str]) -> Self {
        self.blocks.extend(
            commands.iter().map(|c| Block::Tool {
                name: "Bash",
                input: json!({ "command": c, "description": "a step" }),
            }),
        );
        self
    }

    /// Any tool of the client's.
    pub(crate) fn tool(name: &'static str, input: Value) -> Self {
        Self { blocks: vec![Block::Tool { name, input }], ..Self::default() }
    }

    /// Starts subagents with these prompts.
    pub(crate) fn agents(prompts: &[&str], background: bool) -> Self {
        let blocks = prompts.iter().map(|prompt| Block::Tool {
            name: "Agent",
            input: json!({
                "description": "a job", "prompt": prompt, "subagent_type": "general-purpose",
                "run_in_background": background,
            }),
        });
        Self { blocks: blocks.collect(), ..Self::default() }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self { status: Some(status), ..Self::default() }
    }

    pub(crate) fn usage(mut self, usage: Usage) -> Self {
        self.usage = Some(usage);
        self
    }

    pub(crate) fn model(mut self, model: &'static str) -> Self {
        self.model = Some(model);
        self
    }

    pub(crate) fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    pub(crate) fn hold(mut self, pause: Duration) -> Self {
        self.hold = pause;
        self
    }

    pub(crate) fn cut_in(mut self, block: usize) -> Self {
        self.cut_in = Some(block);
        self
    }
}

/// Which of the client's calls a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A turn of the main thread or of a subagent.
    Turn,
    /// The title of a session.
    Title,
    /// The summary that replaces a conversation.
    Compact,
}

/// One request, as far as a rule cares.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) kind: Kind,
    /// User texts, oldest first, each with the rounds of tool results that followed it.
    prompts: Vec<(String, usize)>,
    /// What the newest round of tools came to, as the model reads it.
    pub(crate) results: Vec<String>,
}

impl Ask {
    pub(crate) fn of(body: &Value) -> Self {
        let mut prompts: Vec<(String, usize)> = Vec::new();
        for message in body["messages"].as_array().into_iter().flatten().filter(|m| m["role"] == "user") {
            let mut text = String::new();
            let mut result = false;
            match &message["content"] {
                Value::String(s) => text.push_str(s),
                Value::Array(blocks) => {
                    for block in blocks {
                        result |= block["type"] == "tool_result";
                        text.push_str(block["text"].as_str().unwrap_or(""));
                    }
                }
                _ => {}
            }
            if result {
                if let Some(last) = prompts.last_mut() {
                    last.1 += 1;
                }
            } else {
                prompts.push((text, 0));
            }
        }
        let newest = body["messages"].as_array().and_then(|all| all.iter().rfind(|m| m["role"] == "user"));
        let blocks = newest.and_then(|m| m["content"].as_array()).into_iter().flatten();
        let results = blocks.filter(|b| b["type"] == "tool_result").map(|b| words(&b["content"])).collect();
        let last = prompts.last().map_or("", |p| p.0.as_str());
        let tools = body["tools"].as_array().is_some_and(|tools| !tools.is_empty());
        let kind = if last.contains("<summary>") && last.contains("Tool calls will be rejected") {
            Kind::Compact
        } else if tools {
            Kind::Turn
        } else {
            Kind::Title
        };
        Self { kind, prompts, results }
    }

    /// Rounds of tools since the newest prompt that holds the marker; None when that is not the newest marked one.
    fn step(&self, marker: &str) -> Option<usize> {
        let at = self.prompts.iter().rposition(|p| p.0.contains(marker))?;
        Some(self.prompts[at..].iter().map(|p| p.1).sum())
    }

    fn newest(&self, marker: &str) -> Option<usize> {
        self.prompts.iter().rposition(|p| p.0.contains(marker))
    }
}

/// A text, or the texts of blocks.
fn words(content: &Value) -> String {
    let blocks = content.as_array().into_iter().flatten().filter_map(|block| block["text"].as_str());
    content.as_str().map_or_else(|| blocks.collect::<Vec<_>>().join("\n"), str::to_owned)
}

/// The rules of one scenario. A marker's replies are given one after the other, one for each round of tools;
/// after the last one, and without a rule, the answer is plain text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    rules: Vec<(&'static str, Vec<Reply>)>,
    /// Replies of the first calls whatever they ask, used up in order: errors and cut streams.
    stumbles: Vec<Reply>,
    title: Option<Reply>,
}

impl Script {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn on(mut self, marker: &'static str, replies: Vec<Reply>) -> Self {
        self.rules.push((marker, replies));
        self
    }

    pub(crate) fn stumble(mut self, reply: Reply) -> Self {
        self.stumbles.push(reply);
        self
    }

    pub(crate) fn title(mut self, reply: Reply) -> Self {
        self.title = Some(reply);
        self
    }

    /// `nth` counts the calls from 0.
    pub(crate) fn answer(&self, ask: &Ask, nth: usize) -> Reply {
        if let Some(reply) = self.stumbles.get(nth) {
            return reply.clone();
        }
        match ask.kind {
            Kind::Title => {
                let plain = || Reply::text("{\"title\":\"A scripted title\"}");
                return self.title.clone().unwrap_or_else(plain);
            }
            Kind::Compact => {
                return Reply::text("<analysis>short</analysis><summary>All was said.</summary>");
            }
            Kind::Turn => {}
        }
        let rule = self
            .rules
            .iter()
            .filter_map(|rule| Some((ask.newest(rule.0)?, rule)))
            .max_by_key(|(at, _)| *at)
            .map(|(_, rule)| rule);
        rule.and_then(|(marker, replies)| replies.get(ask.step(marker)?).cloned())
            .unwrap_or_else(|| Reply::text("That is done."))
    }
}
