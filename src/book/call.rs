//! From the lines of one API call to its ledger line. Owns the joining of repeated lines, the identity of a call,
//! its price and its feature.

use std::borrow::Cow;

use super::Context;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::Time;
use crate::claude::transcript::Assistant;
use crate::ledger::Writer;
use crate::ledger::state::Known;
use crate::model::entry::{self, Call, Source};
use crate::model::model_id::canonical;
use crate::model::price::{CallFacts, price};
use crate::model::price_table::PRICES_VERSION;
use crate::model::provider::{Provider, recognise};

/// A call as far as the lines read so far tell.
#[derive(Debug, Clone)]
pub struct Draft {
    pub line: Assistant<'static>,
    pub session: String,
    pub project: String,
    pub agent: Option<String>,
    pub agent_id: Option<String>,
    pub prompt_id: Option<String>,
    pub result_bytes: u64,
    pub retries: u32,
    pub time: Time,
    /// The transcript says when it was; else `time` is that of reading, which is another one when it is read again.
    pub dated: bool,
}

/// What booking a draft changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    pub new: bool,
    /// The session in whose file it was, and when it was made.
    pub session: String,
    pub time: Time,
    /// The session that made the call, where the file is another's, and what the call grew by.
    pub elsewhere: Option<(String, Money)>,
    /// What it added to the known calls of the session whose file it was in, in the client's terms.
    pub learned: Money,
    /// What the call costs as far as it is known now, in the client's terms.
    pub whole: Money,
}

impl Draft {
    pub fn message(&self) -> Cow<'_, str> {
        message(&self.line, &self.session, self.dated.then_some(self.time))
    }

    /// Joins a further line of the same call: the field-wise maximum of the counts, all tools.
    pub fn join(&mut self, other: Assistant<'_>) {
        let usage = &mut self.line.usage;
        usage.tokens = usage.tokens.max(&other.usage.tokens);
        usage.web_searches = usage.web_searches.max(other.usage.web_searches);
        if other.usage.iterations.len() >= usage.iterations.len() {
            usage.iterations = other.usage.iterations;
        }
        usage.speed = other.usage.speed.or(usage.speed.take());
        usage.tier = other.usage.tier.or(usage.tier.take());
        usage.geo = other.usage.geo.or(usage.geo.take());
        let owned = |text: Cow<'_, str>| Cow::from(text.into_owned());
        self.line.stop_reason = other.stop_reason.map(owned).or(self.line.stop_reason.take());
        self.line.request_id = self.line.request_id.take().or_else(|| other.request_id.map(owned));
        self.line.tools.extend(other.tools);
    }
}

/// What all copies of the call have in common. The API's message id where there is one: a side question repeats
/// calls under another request id. Without any id, place and counts have to do. `dated`: the time the transcript gives.
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

/// What tells calls with the same message id apart, in the id the ledger has for them: a gateway may hand out one for all.
pub fn request<'a>(line: &'a Assistant<'_>) -> Option<&'a str> {
    line.request_id.as_deref().filter(|_| line.message_id.is_some())
}

/// Is a known call with the same message id the same call? Ids of the API are unique, but some gateways hand out
/// one message id for everything: then only lines that repeat the prompt's counts are copies.
fn is_same(known: &Call, draft: &Draft) -> bool {
    let line = &draft.line;
    let request = line.request_id.as_deref().unwrap_or_default();
    let known_request = known.id.split_once(':').map_or("", |(_, request)| request);
    let tokens = &line.usage.tokens;
    let same_prompt = (tokens.input, tokens.cache_read, tokens.cache_write())
        == (known.tokens.input, known.tokens.cache_read, known.tokens.cache_write());
    request.is_empty()
        || known_request.is_empty()
        || request == known_request
        || line.sidechain
        || same_prompt
}

/// Books a draft, or what it adds to a call that is known.
pub fn book(writer: &mut Writer, context: &Context<'_>, mut draft: Draft) -> Result<Booked> {
    let known_before = writer.session(&draft.session)?.known_total();
    let (key, known) = writer.find(&draft.message(), |known| is_same(known, &draft))?;
    let new = known.is_none();
    let (call, grown) = match known {
        None => {
            let call = new_call(context, &mut draft);
            writer.book_call(&call, key, None)?;
            let cost = call.client_cost();
            (call, cost)
        }
        Some(known) => match grown(context, &known, &draft) {
            None => (known, Money::ZERO),
            Some(call) => {
                writer.book_call(&call, key, Some(&known))?;
                let grown = call.client_cost() - known.client_cost();
                (call, grown)
            }
        },
    };
    // A fork's file repeats the calls of its origin: they count among the calls this session's total covers.
    if call.session != draft.session && writer.see(key, &draft.session)? {
        let session = writer.session(&draft.session)?;
        let model = canonical(call.requested_model.as_deref().unwrap_or(&call.model));
        let grown = Known { tokens: call.tokens, searches: call.web_searches, cost: call.client_cost() };
        session.learn(call.time, &model, grown, false);
        if session.project.is_empty() {
            session.project.clone_from(&draft.project);
        }
    }
    let learned = writer.session(&draft.session)?.known_total() - known_before;
    let whole = call.client_cost();
    let elsewhere = (call.session != draft.session).then_some((call.session, grown));
    Ok(Booked { new, session: draft.session, time: draft.time, elsewhere, learned, whole })
}

/// Takes from the draft what a call is made of, but for its session and project.
fn new_call(context: &Context<'_>, draft: &mut Draft) -> Call {
    let message = draft.message();
    let id = match request(&draft.line) {
        Some(request) => format!("{message}:{request}"),
        None => message.into_owned(),
    };
    let asked = draft.line.requested_model.as_deref().unwrap_or(&draft.line.model);
    // The id that was asked for keeps the prefix a cloud wants; but when another model answered, that one is paid.
    let same = canonical(asked) == canonical(&draft.line.model);
    let (provider, region) = place(context, draft, asked);
    let line = &mut draft.line;
    let owned = |text: Option<Cow<'static, str>>| text.map(Cow::into_owned);
    let answered = std::mem::take(&mut line.model).into_owned();
    let (model, requested_model) = match owned(line.requested_model.take()) {
        Some(asked) if same => (asked, None),
        asked => (answered, asked),
    };
    let tools = std::mem::take(&mut line.tools);
    let mut call = Call {
        v: entry::VERSION,
        id,
        rev: 0,
        time: draft.time,
        session: owned(line.request_session.take()).unwrap_or_else(|| draft.session.clone()),
        project: draft.project.clone(),
        model,
        requested_model,
        provider,
        region,
        tokens: line.usage.tokens,
        web_searches: line.usage.web_searches,
        speed: line.usage.speed.take(),
        tier: line.usage.tier.take(),
        geo: line.usage.geo.take(),
        iterations: std::mem::take(&mut line.usage.iterations),
        feature: String::new(),
        tools: Vec::new(),
        agent: draft.agent.take().or_else(|| owned(line.agent.take())),
        agent_id: draft.agent_id.take().or_else(|| owned(line.agent_id.take())),
        skill: owned(line.skill.take()),
        plugin: owned(line.plugin.take()),
        mcp_server: owned(line.mcp_server.take()),
        branch: owned(line.branch.take()).filter(|branch| branch != "HEAD"),
        user: context.user.to_string(),
        cost: Default::default(),
        client_cost: None,
        prices: String::new(),
        estimated: false,
        estimate_reason: None,
        prompt_id: draft.prompt_id.take(),
        stop_reason: owned(line.stop_reason.take()),
        result_bytes: draft.result_bytes,
        retries: draft.retries,
        client: owned(line.client.take()),
        source: Source::Transcript,
    };
    add_tools(&mut call, tools.into_iter().map(|tool| tool.name));
    reprice(context, &mut call);
    call
}

/// The known call with what the draft adds; None when it adds nothing.
fn grown(context: &Context<'_>, known: &Call, draft: &Draft) -> Option<Call> {
    let usage = &draft.line.usage;
    let mut call = known.clone();
    call.tokens = known.tokens.max(&usage.tokens);
    call.web_searches = known.web_searches.max(usage.web_searches);
    if usage.iterations.len() > known.iterations.len() {
        call.iterations.clone_from(&usage.iterations);
    }
    call.speed = known.speed.clone().or(usage.speed.clone());
    call.tier = known.tier.clone().or(usage.tier.clone());
    call.geo = known.geo.clone().or(usage.geo.clone());
    call.stop_reason = known.stop_reason.clone().or(draft.line.stop_reason.as_deref().map(str::to_string));
    add_tools(&mut call, draft.line.tools.iter().map(|tool| tool.name.clone()));
    if call == *known {
        return None;
    }
    call.rev += 1;
    reprice(context, &mut call);
    Some(call)
}

fn add_tools(call: &mut Call, names: impl Iterator<Item = String>) {
    for name in names {
        if !call.tools.contains(&name) && !name.is_empty() {
            call.tools.push(name);
        }
    }
    call.feature = feature(call);
}

/// What the call was for. One answer per call, so that the features of a report add up to its total: the most
/// specific cause wins.
fn feature(call: &Call) -> String {
    if let Some(skill) = &call.skill {
        return format!("skill:{skill}");
    }
    if let Some(agent) = &call.agent {
        return format!("subagent:{agent}");
    }
    if call.agent_id.is_some() {
        return "subagent".into();
    }
    if let Some(server) = &call.mcp_server {
        return format!("mcp:{server}");
    }
    if call.web_searches > 0 {
        return "web search".into();
    }
    match call.tools.first() {
        Some(tool) => match tool.strip_prefix("mcp__").and_then(|rest| rest.split("__").next()) {
            Some(server) => format!("mcp:{server}"),
            None => format!("tool:{tool}"),
        },
        None => "conversation".into(),
    }
}

/// Provider and region: the settings, else what id and environment say. The environment is believed only for the
/// session it belongs to.
fn place(context: &Context<'_>, draft: &Draft, model: &str) -> (Provider, Option<String>) {
    let own = context.session == Some(draft.session.as_str());
    let nothing = |_: &str| None;
    let (provider, region) = recognise(model, if own { context.env } else { &nothing });
    (context.provider.unwrap_or(provider), context.region.map(str::to_string).or(region))
}

/// Sets what the call costs.
fn reprice(context: &Context<'_>, call: &mut Call) {
    let facts = call.facts();
    let cost = price(&facts, context.prices);
    let client = match &call.requested_model {
        Some(asked) => price(&CallFacts { model: asked, ..facts }, context.prices).client_cost,
        None => cost.client_cost,
    };
    call.cost = cost.cost;
    call.client_cost = (client != cost.cost).then_some(client);
    call.estimated = cost.estimate.is_some();
    call.estimate_reason = cost.estimate.map(|why| why.text().to_string());
    call.prices = PRICES_VERSION.to_string();
}
