//! Lines of a transcript, reduced to what booking needs. Owns the parsing of single lines; reading files from
//! stored positions and joining the lines of one call is `book`'s business.
//!
//! The format is internal to the client and changes: every field is optional, unknown line types are skipped. The
//! text of prompts, answers and tools is stepped over, never kept.

mod quick;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::lenient;
use crate::base::money::Money;
use crate::base::time::Time;
use crate::model::price::{Iteration, IterationKind};
use crate::model::usage::Tokens;

/// What a line says that matters here. Texts are those of the line as far as they can be.
#[derive(Debug, Clone, PartialEq)]
pub enum Line<'a> {
    /// One block of an assistant message, with the usage of the whole call.
    Assistant(Box<Assistant<'a>>),
    /// A prompt or tool results on their way into the next call.
    User { time: Option<Time>, cwd: Option<Cow<'a, str>>, prompt_id: Option<Cow<'a, str>>, result_bytes: u64 },
    /// A failed attempt; the client tries again.
    ApiError { time: Option<Time> },
    /// The client's own running total, written at exit.
    CostState(Box<CostState>),
    /// Any other line: only its time is of use.
    Other { time: Option<Time>, cwd: Option<Cow<'a, str>> },
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Assistant<'a> {
    pub message_id: Option<Cow<'a, str>>,
    pub request_id: Option<Cow<'a, str>>,
    pub uuid: Option<Cow<'a, str>>,
    pub time: Option<Time>,
    pub session: Option<Cow<'a, str>>,
    /// On lines a fork repeats: the session the call was made in.
    pub request_session: Option<Cow<'a, str>>,
    pub cwd: Option<Cow<'a, str>>,
    pub branch: Option<Cow<'a, str>>,
    pub client: Option<Cow<'a, str>>,
    pub agent_id: Option<Cow<'a, str>>,
    pub agent: Option<Cow<'a, str>>,
    pub skill: Option<Cow<'a, str>>,
    pub plugin: Option<Cow<'a, str>>,
    pub mcp_server: Option<Cow<'a, str>>,
    pub sidechain: bool,
    /// The model that answered, as the API named it.
    pub model: Cow<'a, str>,
    /// The model that was asked, which the client prices by; on Bedrock it alone keeps the id's prefix.
    pub requested_model: Option<Cow<'a, str>>,
    pub stop_reason: Option<Cow<'a, str>>,
    pub usage: Usage,
    pub tools: Vec<ToolUse>,
}

impl Assistant<'_> {
    /// To be kept when the line is gone.
    pub fn into_owned(self) -> Assistant<'static> {
        Assistant {
            message_id: owned(self.message_id),
            request_id: owned(self.request_id),
            uuid: owned(self.uuid),
            time: self.time,
            session: owned(self.session),
            request_session: owned(self.request_session),
            cwd: owned(self.cwd),
            branch: owned(self.branch),
            client: owned(self.client),
            agent_id: owned(self.agent_id),
            agent: owned(self.agent),
            skill: owned(self.skill),
            plugin: owned(self.plugin),
            mcp_server: owned(self.mcp_server),
            sidechain: self.sidechain,
            model: self.model.into_owned().into(),
            requested_model: owned(self.requested_model),
            stop_reason: owned(self.stop_reason),
            usage: self.usage,
            tools: self.tools,
        }
    }
}

impl Line<'_> {
    fn into_owned(self) -> Line<'static> {
        match self {
            Line::Assistant(assistant) => Line::Assistant(Box::new(assistant.into_owned())),
            Line::User { time, cwd, prompt_id, result_bytes } => {
                Line::User { time, cwd: owned(cwd), prompt_id: owned(prompt_id), result_bytes }
            }
            Line::ApiError { time } => Line::ApiError { time },
            Line::CostState(total) => Line::CostState(total),
            Line::Other { time, cwd } => Line::Other { time, cwd: owned(cwd) },
        }
    }
}

fn owned(text: Option<Cow<'_, str>>) -> Option<Cow<'static, str>> {
    text.map(|text| text.into_owned().into())
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct ToolUse {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Usage {
    pub tokens: Tokens,
    pub web_searches: u64,
    pub speed: Option<String>,
    pub tier: Option<String>,
    pub geo: Option<String>,
    pub iterations: Vec<Iteration>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct CostState {
    pub session: Option<String>,
    pub total: Money,
    /// When the total started from nothing: the client restores it with the total on resume and fork.
    pub started: Option<Time>,
    pub unknown_model: bool,
    pub models: BTreeMap<String, ModelTotal>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ModelTotal {
    pub tokens: Tokens,
    pub web_searches: u64,
    pub cost: Money,
}

/// Parses one line. None for lines that are no JSON object: torn, foreign or empty ones.
pub fn parse(line: &[u8]) -> Option<Line<'_>> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    if let Some(raw) = quick::read(line) {
        return Some(raw.reduce());
    }
    // Nothing but a search, where a parser would look at every byte of what says nothing here.
    memchr::memmem::find(line, b"\"type\"")?;
    match serde_json::from_slice::<Raw<'_>>(line) {
        Ok(raw) => Some(raw.reduce()),
        // A lone bad byte inside a text must not lose the call: read it again with the byte replaced.
        Err(error) if error.is_syntax() => {
            let text = lenient::mended(line)?;
            serde_json::from_str::<Raw<'_>>(&text).ok().map(|raw| raw.reduce().into_owned())
        }
        Err(_) => None,
    }
}

/// A line's fields as they stand.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Raw<'a> {
    #[serde(rename = "type", deserialize_with = "lenient::or_default")]
    kind: Cow<'a, str>,
    #[serde(deserialize_with = "lenient::maybe")]
    subtype: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "lenient::maybe")]
    timestamp: Option<Cow<'a, str>>,
    #[serde(rename = "sessionId", deserialize_with = "lenient::maybe")]
    session_id: Option<Cow<'a, str>>,
    #[serde(rename = "requestSessionId", deserialize_with = "lenient::maybe")]
    request_session_id: Option<Cow<'a, str>>,
    #[serde(rename = "requestId", deserialize_with = "lenient::maybe")]
    request_id: Option<Cow<'a, str>>,
    #[serde(rename = "requestedModel", deserialize_with = "lenient::maybe")]
    requested_model: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "lenient::maybe")]
    uuid: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "lenient::maybe")]
    cwd: Option<Cow<'a, str>>,
    #[serde(rename = "gitBranch", deserialize_with = "lenient::maybe")]
    git_branch: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "lenient::maybe")]
    version: Option<Cow<'a, str>>,
    #[serde(rename = "isSidechain", deserialize_with = "lenient::or_default")]
    is_sidechain: bool,
    #[serde(rename = "agentId", deserialize_with = "lenient::maybe")]
    agent_id: Option<Cow<'a, str>>,
    #[serde(rename = "promptId", deserialize_with = "lenient::maybe")]
    prompt_id: Option<Cow<'a, str>>,
    #[serde(rename = "attributionAgent", deserialize_with = "lenient::maybe")]
    attribution_agent: Option<Cow<'a, str>>,
    #[serde(rename = "attributionSkill", deserialize_with = "lenient::maybe")]
    attribution_skill: Option<Cow<'a, str>>,
    #[serde(rename = "attributionPlugin", deserialize_with = "lenient::maybe")]
    attribution_plugin: Option<Cow<'a, str>>,
    #[serde(rename = "attributionMcpServer", deserialize_with = "lenient::maybe")]
    attribution_mcp_server: Option<Cow<'a, str>>,
    message: Option<RawMessage<'a>>,
    #[serde(rename = "totalCostUSD", deserialize_with = "lenient::maybe")]
    total_cost_usd: Option<f64>,
    #[serde(rename = "startTime", deserialize_with = "lenient::maybe")]
    start_time: Option<u64>,
    #[serde(rename = "hasUnknownModelCost", deserialize_with = "lenient::or_default")]
    has_unknown_model_cost: bool,
    #[serde(rename = "modelUsage")]
    model_usage: Option<BTreeMap<String, RawModelTotal>>,
}

#[derive(Debug, Default)]
struct RawMessage<'a> {
    id: Option<Cow<'a, str>>,
    model: Option<Cow<'a, str>>,
    stop_reason: Option<Cow<'a, str>>,
    usage: Option<RawUsage<'a>>,
    content: Content,
}

impl<'de> Deserialize<'de> for RawMessage<'_> {
    /// By hand, because `message` is an object on the lines that matter and a plain string on some others.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Fields<'a> {
            #[serde(deserialize_with = "lenient::maybe")]
            id: Option<Cow<'a, str>>,
            #[serde(deserialize_with = "lenient::maybe")]
            model: Option<Cow<'a, str>>,
            #[serde(deserialize_with = "lenient::maybe")]
            stop_reason: Option<Cow<'a, str>>,
            usage: Option<RawUsage<'a>>,
            content: Content,
        }
        struct Message;
        impl<'de> Visitor<'de> for Message {
            type Value = RawMessage<'static>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a message")
            }
            fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
                Ok(RawMessage::default())
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(RawMessage::default())
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let fields = Fields::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                let Fields { id, model, stop_reason, usage, content } = fields;
                Ok(RawMessage { id, model, stop_reason, usage, content })
            }
        }
        deserializer.deserialize_any(Message)
    }
}

/// What is looked at of a message's content: tool requests, and how long tool results are.
#[derive(Debug, Default)]
struct Content {
    tools: Vec<ToolUse>,
    result_bytes: u64,
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Block {
            #[serde(rename = "type", deserialize_with = "lenient::or_default")]
            kind: String,
            #[serde(deserialize_with = "lenient::or_default")]
            id: String,
            #[serde(deserialize_with = "lenient::or_default")]
            name: String,
            content: TextBytes,
        }
        struct Blocks;
        impl<'de> Visitor<'de> for Blocks {
            type Value = Content;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("message content")
            }
            fn visit_str<E>(self, _: &str) -> Result<Content, E> {
                Ok(Content::default())
            }
            fn visit_unit<E>(self) -> Result<Content, E> {
                Ok(Content::default())
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Content, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Content::default())
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Content, A::Error> {
                let mut content = Content::default();
                while let Some(block) = seq.next_element::<Block>()? {
                    match block.kind.as_str() {
                        "tool_use" | "server_tool_use" => {
                            content.tools.push(ToolUse { id: block.id, name: block.name });
                        }
                        "tool_result" => content.result_bytes += block.content.0,
                        _ => {}
                    }
                }
                Ok(content)
            }
        }
        deserializer.deserialize_any(Blocks)
    }
}

/// Length of a tool result: a string, or a list of text blocks. The text itself is not kept.
#[derive(Debug, Default)]
struct TextBytes(u64);

impl<'de> Deserialize<'de> for TextBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = TextBytes;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a tool result")
            }
            fn visit_str<E>(self, text: &str) -> Result<TextBytes, E> {
                Ok(TextBytes(text.len() as u64))
            }
            fn visit_unit<E>(self) -> Result<TextBytes, E> {
                Ok(TextBytes(0))
            }
            fn visit_bool<E>(self, _: bool) -> Result<TextBytes, E> {
                Ok(TextBytes(0))
            }
            fn visit_u64<E>(self, _: u64) -> Result<TextBytes, E> {
                Ok(TextBytes(0))
            }
            fn visit_i64<E>(self, _: i64) -> Result<TextBytes, E> {
                Ok(TextBytes(0))
            }
            fn visit_f64<E>(self, _: f64) -> Result<TextBytes, E> {
                Ok(TextBytes(0))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<TextBytes, A::Error> {
                let mut total = 0;
                while let Some(part) = seq.next_element::<TextBytes>()? {
                    total += part.0;
                }
                Ok(TextBytes(total))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TextBytes, A::Error> {
                let mut total = 0;
                while let Some(key) = map.next_key::<Cow<'de, str>>()? {
                    match key.as_ref() {
                        "text" | "data" | "source" => total += map.next_value::<TextBytes>()?.0,
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(TextBytes(total))
            }
        }
        deserializer.deserialize_any(Bytes)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawUsage<'a> {
    #[serde(deserialize_with = "lenient::or_default")]
    input_tokens: u64,
    #[serde(deserialize_with = "lenient::or_default")]
    output_tokens: u64,
    #[serde(deserialize_with = "lenient::or_default")]
    cache_creation_input_tokens: u64,
    #[serde(deserialize_with = "lenient::or_default")]
    cache_read_input_tokens: u64,
    cache_creation: Option<RawCacheCreation>,
    server_tool_use: Option<RawServerTools>,
    #[serde(deserialize_with = "lenient::maybe")]
    speed: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "lenient::maybe")]
    service_tier: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "lenient::maybe")]
    inference_geo: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "lenient::list")]
    iterations: Vec<RawIteration>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawCacheCreation {
    #[serde(deserialize_with = "lenient::or_default")]
    ephemeral_5m_input_tokens: u64,
    #[serde(deserialize_with = "lenient::or_default")]
    ephemeral_1h_input_tokens: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawServerTools {
    #[serde(deserialize_with = "lenient::or_default")]
    web_search_requests: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawIteration {
    #[serde(rename = "type", deserialize_with = "lenient::or_default")]
    kind: String,
    #[serde(deserialize_with = "lenient::maybe")]
    model: Option<String>,
    #[serde(deserialize_with = "lenient::or_default")]
    input_tokens: u64,
    #[serde(deserialize_with = "lenient::or_default")]
    output_tokens: u64,
    #[serde(deserialize_with = "lenient::or_default")]
    cache_creation_input_tokens: u64,
    #[serde(deserialize_with = "lenient::or_default")]
    cache_read_input_tokens: u64,
    cache_creation: Option<RawCacheCreation>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawModelTotal {
    #[serde(deserialize_with = "lenient::or_default")]
    input_tokens: u64,
    #[serde(deserialize_with = "lenient::or_default")]
    output_tokens: u64,
    #[serde(deserialize_with = "lenient::or_default")]
    cache_read_input_tokens: u64,
    #[serde(deserialize_with = "lenient::or_default")]
    cache_creation_input_tokens: u64,
    #[serde(rename = "cacheCreationEphemeral1hInputTokens", deserialize_with = "lenient::or_default")]
    cache_creation_1h: u64,
    #[serde(deserialize_with = "lenient::or_default")]
    web_search_requests: u64,
    #[serde(rename = "costUSD", deserialize_with = "lenient::maybe")]
    cost_usd: Option<f64>,
}

/// The five priced counts from the four the API sends. The split of the cache writes may be missing or fall short
/// of their total; what it leaves is a five-minute write, as the client has it. Versions before 2.1.152 sometimes
/// left the total at 0: then the split counts.
fn tokens(
    input: u64,
    output: u64,
    written: u64,
    cache_read: u64,
    split: Option<&RawCacheCreation>,
) -> Tokens {
    let one_hour = split.map_or(0, |split| split.ephemeral_1h_input_tokens);
    let five_minutes = split.map_or(0, |split| split.ephemeral_5m_input_tokens);
    let written = written.max(one_hour.saturating_add(five_minutes));
    Tokens { input, output, cache_write_5m: written - one_hour, cache_write_1h: one_hour, cache_read }
}

impl RawUsage<'_> {
    fn reduce(self) -> Usage {
        let named = |text: Option<Cow<'_, str>>| {
            text.filter(|text| !text.is_empty() && text != "not_available").map(Cow::into_owned)
        };
        let standard = |text| named(text).filter(|text| text != "standard");
        let iterations = self.iterations.into_iter().map(|raw| Iteration {
            kind: IterationKind::parse(&raw.kind),
            model: raw.model.filter(|model| !model.is_empty()),
            tokens: tokens(
                raw.input_tokens,
                raw.output_tokens,
                raw.cache_creation_input_tokens,
                raw.cache_read_input_tokens,
                raw.cache_creation.as_ref(),
            ),
        });
        Usage {
            tokens: tokens(
                self.input_tokens,
                self.output_tokens,
                self.cache_creation_input_tokens,
                self.cache_read_input_tokens,
                self.cache_creation.as_ref(),
            ),
            web_searches: self.server_tool_use.map_or(0, |tools| tools.web_search_requests),
            speed: standard(self.speed),
            tier: standard(self.service_tier),
            geo: named(self.inference_geo),
            iterations: iterations.collect(),
        }
    }
}

impl<'a> Raw<'a> {
    fn reduce(self) -> Line<'a> {
        let time = self.timestamp.as_deref().and_then(Time::parse);
        match self.kind.as_ref() {
            "assistant" => self.assistant(time),
            "user" => {
                let result_bytes = self.message.map_or(0, |message| message.content.result_bytes);
                Line::User { time, cwd: self.cwd, prompt_id: self.prompt_id, result_bytes }
            }
            "system" if self.subtype.as_deref() == Some("api_error") => Line::ApiError { time },
            "cost-state" => self.cost_state(),
            _ => Line::Other { time, cwd: self.cwd },
        }
    }

    fn assistant(self, time: Option<Time>) -> Line<'a> {
        let Some(message) = self.message else { return Line::Other { time, cwd: self.cwd } };
        let model = message.model.unwrap_or_default();
        // `<synthetic>` lines are the client's own words: no call was made. Lines without usage tell nothing.
        let usage = message.usage.filter(|_| !model.starts_with('<') && !model.is_empty());
        let Some(usage) = usage else { return Line::Other { time, cwd: self.cwd } };
        let named = |text: Option<Cow<'a, str>>| text.filter(|text| !text.is_empty());
        Line::Assistant(Box::new(Assistant {
            message_id: named(message.id),
            request_id: named(self.request_id),
            uuid: named(self.uuid),
            time,
            session: named(self.session_id),
            request_session: named(self.request_session_id),
            cwd: self.cwd,
            branch: named(self.git_branch),
            client: named(self.version),
            agent_id: named(self.agent_id),
            agent: named(self.attribution_agent),
            skill: named(self.attribution_skill),
            plugin: named(self.attribution_plugin),
            mcp_server: named(self.attribution_mcp_server),
            sidechain: self.is_sidechain,
            model,
            requested_model: named(self.requested_model),
            stop_reason: named(message.stop_reason),
            usage: usage.reduce(),
            tools: message.content.tools,
        }))
    }

    fn cost_state(self) -> Line<'a> {
        let Some(total) = self.total_cost_usd.and_then(Money::from_f64) else {
            return Line::Other { time: None, cwd: None };
        };
        let models = self.model_usage.unwrap_or_default().into_iter().map(|(model, raw)| {
            let tokens = Tokens {
                input: raw.input_tokens,
                output: raw.output_tokens,
                cache_write_5m: raw.cache_creation_input_tokens.saturating_sub(raw.cache_creation_1h),
                cache_write_1h: raw.cache_creation_1h.min(raw.cache_creation_input_tokens),
                cache_read: raw.cache_read_input_tokens,
            };
            let cost = raw.cost_usd.and_then(Money::from_f64).unwrap_or_default();
            (model, ModelTotal { tokens, web_searches: raw.web_search_requests, cost })
        });
        Line::CostState(Box::new(CostState {
            session: self.session_id.map(Cow::into_owned),
            total,
            started: self.start_time.and_then(|ms| i64::try_from(ms).ok()).map(Time),
            unknown_model: self.has_unknown_model_cost,
            models: models.collect(),
        }))
    }
}

#[cfg(test)]
mod tests;
