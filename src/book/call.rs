//! From the lines of one API call to its ledger line. Owns the joining of repeated lines, the identity of a call,
//! its price and its feature.

use super::Context;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::Time;
use crate::claude::transcript::Assistant;
use crate::ledger::Writer;
use crate::ledger::state::Known;
use crate::model::entry::{self, Call, Line, Source};
use crate::model::model_id::canonical;
use crate::model::price::{CallFacts, price};
use crate::model::price_table::PRICES_VERSION;
use crate::model::provider::{Provider, recognise};

/// A call as far as the lines read so far tell.
#[derive(Debug, Clone)]
pub struct Draft {
    pub line: Assistant,
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
    /// The session that made the call, where the file is another's, and what the call grew by.
    pub elsewhere: Option<(String, Money)>,
    /// What it added to the known calls of the session whose file it was in, in the client's terms.
    pub learned: Money,
    /// What the call costs as far as it is known now, in the client's terms.
    pub whole: Money,
}

impl Draft {
    /// What all copies of the call have in common. The API's message id where there is one: a side question repeats
    /// calls under another request id. Without any id, place and counts have to do.
    pub fn message(&self) -> String {
        let line = &self.line;
        let id = line.message_id.as_ref().or(line.request_id.as_ref()).or(line.uuid.as_ref());
        match id {
            Some(id) => id.replace(':', "_"),
            None => {
                let time = if self.dated { self.time.0 } else { 0 };
                format!("line_{}_{time}_{}", self.session, line.usage.tokens.total())
            }
        }
    }

    pub fn id(&self) -> String {
        match (&self.line.message_id, &self.line.request_id) {
            (Some(_), Some(request)) => format!("{}:{request}", self.message()),
            _ => self.message(),
        }
    }

    /// Joins a further line of the same call: the field-wise maximum of the counts, all tools.
    pub fn join(&mut self, other: Assistant) {
        let usage = &mut self.line.usage;
        usage.tokens = usage.tokens.max(&other.usage.tokens);
        usage.web_searches = usage.web_searches.max(other.usage.web_searches);
        if other.usage.iterations.len() >= usage.iterations.len() {
            usage.iterations = other.usage.iterations;
        }
        usage.speed = other.usage.speed.or(usage.speed.take());
        usage.tier = other.usage.tier.or(usage.tier.take());
        usage.geo = other.usage.geo.or(usage.geo.take());
        self.line.stop_reason = other.stop_reason.or(self.line.stop_reason.take());
        self.line.request_id = self.line.request_id.take().or(other.request_id);
        self.line.tools.extend(other.tools);
    }
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
pub fn book(writer: &mut Writer, context: &Context<'_>, draft: &Draft) -> Result<Booked> {
    let known_before = writer.session(&draft.session)?.known_total();
    let found = writer.find(&draft.message(), |known| is_same(known, draft))?;
    let new = found.is_none();
    let (key, call, grown) = match found {
        None => {
            let call = new_call(context, draft);
            let cost = call.client_cost();
            (writer.book(&Line::Call(Box::new(call.clone())))?, call, cost)
        }
        Some((key, known)) => match grown(context, &known, draft) {
            None => (Some(key), known, Money::ZERO),
            Some(call) => {
                writer.book(&Line::Call(Box::new(call.clone())))?;
                let grown = call.client_cost() - known.client_cost();
                (Some(key), call, grown)
            }
        },
    };
    // A fork's file repeats the calls of its origin: they count among the calls this session's total covers.
    if call.session != draft.session
        && let Some(key) = key
        && writer.see(key, &draft.session)?
    {
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
    Ok(Booked { new, elsewhere, learned, whole })
}

fn new_call(context: &Context<'_>, draft: &Draft) -> Call {
    let line = &draft.line;
    let asked = line.requested_model.as_deref().unwrap_or(&line.model);
    // The id that was asked for keeps the prefix a cloud wants; but when another model answered, that one is paid.
    let same = canonical(asked) == canonical(&line.model);
    let model = if same { asked } else { &line.model };
    let (provider, region) = place(context, draft, asked);
    let session = line.request_session.as_ref().unwrap_or(&draft.session);
    let mut call = Call {
        v: entry::VERSION,
        id: draft.id(),
        rev: 0,
        time: draft.time,
        session: session.clone(),
        project: draft.project.clone(),
        model: model.to_string(),
        requested_model: (!same).then(|| asked.to_string()),
        provider,
        region,
        tokens: line.usage.tokens,
        web_searches: line.usage.web_searches,
        speed: line.usage.speed.clone(),
        tier: line.usage.tier.clone(),
        geo: line.usage.geo.clone(),
        iterations: line.usage.iterations.clone(),
        feature: String::new(),
        tools: Vec::new(),
        agent: draft.agent.clone().or(line.agent.clone()),
        agent_id: draft.agent_id.clone().or(line.agent_id.clone()),
        skill: line.skill.clone(),
        plugin: line.plugin.clone(),
        mcp_server: line.mcp_server.clone(),
        branch: line.branch.clone().filter(|branch| branch != "HEAD"),
        user: context.user.to_string(),
        cost: Default::default(),
        client_cost: None,
        prices: PRICES_VERSION.to_string(),
        estimated: false,
        estimate_reason: None,
        prompt_id: draft.prompt_id.clone(),
        stop_reason: line.stop_reason.clone(),
        result_bytes: draft.result_bytes,
        retries: draft.retries,
        client: line.client.clone(),
        source: Source::Transcript,
    };
    add_tools(&mut call, draft);
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
    call.stop_reason = known.stop_reason.clone().or(draft.line.stop_reason.clone());
    add_tools(&mut call, draft);
    if call == *known {
        return None;
    }
    call.rev += 1;
    reprice(context, &mut call);
    Some(call)
}

fn add_tools(call: &mut Call, draft: &Draft) {
    for tool in &draft.line.tools {
        if !call.tools.contains(&tool.name) && !tool.name.is_empty() {
            call.tools.push(tool.name.clone());
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
