//! A call as far as the lines of its file tell. Owns what makes lines those of one call, and their joining; what a call
//! costs and where it is booked is `call`'s business.

use std::borrow::Cow;
use std::sync::Arc;

use crate::base::time::Time;
use crate::claude::transcript::{Assistant, Usage};

/// A text of a file's lines. Most of them are the same from line to line, and an import reads them in one thread to
/// book them in another: one copy is kept, instead of a piece of memory for each that the other thread gives back.
pub type Text = Arc<str>;

/// The texts of a file.
#[derive(Debug, Default)]
pub struct Texts(Vec<Text>);

impl Texts {
    /// More different ones than this are not those of most lines.
    const MOST: usize = 64;

    pub fn keep(&mut self, text: &str) -> Text {
        if let Some(known) = self.0.iter().find(|known| ***known == *text) {
            return Arc::clone(known);
        }
        let text: Text = text.into();
        if self.0.len() < Self::MOST {
            self.0.push(Arc::clone(&text));
        }
        text
    }

    fn keep_some(&mut self, text: Option<&str>) -> Option<Text> {
        text.map(|text| self.keep(text))
    }
}

/// A call as far as the lines read so far tell.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What all copies of the call have in common.
    pub message: Text,
    /// The message has the API's id, and not that of something else.
    has_message_id: bool,
    request_id: Option<Text>,
    /// The session in whose file it is.
    pub session: Text,
    /// On lines a fork repeats: the session the call was made in.
    pub made_in: Option<Text>,
    pub time: Time,
    pub sidechain: bool,
    pub model: Text,
    pub requested_model: Option<Text>,
    pub usage: Usage,
    /// Names of the tools the model asked for.
    pub tools: Vec<Text>,
    pub agent: Option<Text>,
    pub agent_id: Option<Text>,
    pub skill: Option<Text>,
    pub plugin: Option<Text>,
    pub mcp_server: Option<Text>,
    pub branch: Option<Text>,
    pub client: Option<Text>,
    pub prompt_id: Option<Text>,
    pub stop_reason: Option<Text>,
    pub result_bytes: u64,
    pub retries: u32,
}

/// What a draft has of its file and of the lines before it.
pub struct Surroundings<'a> {
    pub session: &'a str,
    pub agent: Option<&'a str>,
    pub agent_id: Option<&'a str>,
    pub prompt_id: Option<&'a str>,
    pub result_bytes: u64,
    pub retries: u32,
    pub time: Time,
}

impl Draft {
    /// `message`: what `message` says of this line.
    pub fn of(line: Assistant<'_>, message: &str, around: &Surroundings<'_>, texts: &mut Texts) -> Self {
        Self {
            message: message.into(),
            has_message_id: line.message_id.is_some(),
            request_id: line.request_id.as_deref().map(Text::from),
            session: texts.keep(around.session),
            made_in: texts.keep_some(line.request_session.as_deref()),
            time: around.time,
            sidechain: line.sidechain,
            model: texts.keep(&line.model),
            requested_model: texts.keep_some(line.requested_model.as_deref()),
            tools: line.tools.iter().map(|tool| texts.keep(&tool.name)).collect(),
            agent: texts.keep_some(around.agent.or(line.agent.as_deref())),
            agent_id: texts.keep_some(around.agent_id.or(line.agent_id.as_deref())),
            skill: texts.keep_some(line.skill.as_deref()),
            plugin: texts.keep_some(line.plugin.as_deref()),
            mcp_server: texts.keep_some(line.mcp_server.as_deref()),
            branch: texts.keep_some(line.branch.as_deref()),
            client: texts.keep_some(line.client.as_deref()),
            prompt_id: texts.keep_some(around.prompt_id),
            stop_reason: texts.keep_some(line.stop_reason.as_deref()),
            usage: line.usage,
            result_bytes: around.result_bytes,
            retries: around.retries,
        }
    }

    /// What tells calls with the same message id apart, in the id the ledger has for them.
    pub fn request(&self) -> Option<&str> {
        self.request_id.as_deref().filter(|_| self.has_message_id)
    }

    /// Is a line with the same message one of this call? A gateway that gives every answer the same message id still
    /// numbers its requests.
    pub fn is_of(&self, line: &Assistant<'_>) -> bool {
        let request = line.request_id.as_deref();
        request.is_none() || self.request() == request.filter(|_| line.message_id.is_some())
    }

    /// Joins a further line of the same call: the field-wise maximum of the counts, all tools.
    pub fn join(&mut self, line: Assistant<'_>, texts: &mut Texts) {
        let usage = &mut self.usage;
        usage.tokens = usage.tokens.max(&line.usage.tokens);
        usage.web_searches = usage.web_searches.max(line.usage.web_searches);
        if line.usage.iterations.len() >= usage.iterations.len() {
            usage.iterations = line.usage.iterations;
        }
        usage.speed = line.usage.speed.or(usage.speed.take());
        usage.tier = line.usage.tier.or(usage.tier.take());
        usage.geo = line.usage.geo.or(usage.geo.take());
        self.stop_reason = texts.keep_some(line.stop_reason.as_deref()).or(self.stop_reason.take());
        self.request_id = self.request_id.take().or_else(|| line.request_id.as_deref().map(Text::from));
        self.tools.extend(line.tools.iter().map(|tool| texts.keep(&tool.name)));
    }
}

/// What all copies of a call have in common. The API's message id where there is one: a side question repeats calls under
/// another request id. Without any id, place and counts have to do. `dated`: the time the transcript gives, if it gives
/// one; that of reading is another one when it is read again.
pub fn message<'a>(line: &'a Assistant<'_>, session: &str, dated: Option<Time>) -> Cow<'a, str> {
    match line.message_id.as_deref().or(line.request_id.as_deref()).or(line.uuid.as_deref()) {
        Some(id) if id.contains(':') => id.replace(':', "_").into(),
        Some(id) => id.into(),
        None => {
            let time = dated.unwrap_or(Time(0)).0;
            format!("line_{session}_{time}_{}", line.usage.tokens.total()).into()
        }
    }
}
