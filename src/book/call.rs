//! From the draft of one API call to its ledger line. Owns whether a call is known, its price and its feature; what lines
//! a draft is made of is `draft`'s business.

use super::Context;
use super::draft::{Draft, Text};
use crate::base::error::Result;
use crate::base::money::Money;
use crate::ledger::Writer;
use crate::ledger::state::Known;
use crate::model::entry::{self, Call, Source};
use crate::model::model_id::canonical;
use crate::model::price::{CallFacts, price};
use crate::model::price_table::PRICES_VERSION;
use crate::model::provider::{Provider, recognise};

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

/// Is a known call with the same message id the same call? Ids of the API are unique, but some gateways hand out
/// one message id for everything: then only lines that repeat the prompt's counts are copies.
fn is_same(known: &Call, draft: &Draft) -> bool {
    let request = draft.request().unwrap_or_default();
    let known_request = known.id.split_once(':').map_or("", |(_, request)| request);
    let tokens = &draft.usage.tokens;
    let same_prompt = (tokens.input, tokens.cache_read, tokens.cache_write())
        == (known.tokens.input, known.tokens.cache_read, known.tokens.cache_write());
    request.is_empty()
        || known_request.is_empty()
        || request == known_request
        || draft.sidechain
        || same_prompt
}

/// Books a draft, or what it adds to a call that is known. `project`: its session's start folder.
pub fn book(writer: &mut Writer, context: &Context<'_>, project: &str, draft: &Draft) -> Result<Booked> {
    let known_before = writer.session(&draft.session)?.known_total();
    let (key, known) = writer.find(&draft.message, |known| is_same(known, draft))?;
    let new = known.is_none();
    let (call, grown) = match known {
        None => {
            let call = new_call(context, project, draft);
            writer.book_call(&call, key, None)?;
            let cost = call.client_cost();
            (call, cost)
        }
        Some(known) => match grown(context, &known, draft) {
            None => (known, Money::ZERO),
            Some(call) => {
                writer.book_call(&call, key, Some(&known))?;
                let grown = call.client_cost() - known.client_cost();
                (call, grown)
            }
        },
    };
    // A fork's file repeats the calls of its origin: they count among the calls this session's total covers.
    if *call.session != *draft.session && writer.see(key, &draft.session)? {
        let session = writer.session(&draft.session)?;
        let model = canonical(call.requested_model.as_deref().unwrap_or(&call.model));
        let grown = Known { tokens: call.tokens, searches: call.web_searches, cost: call.client_cost() };
        session.learn(call.time, &model, grown, false);
        if session.project.is_empty() {
            session.project = project.to_string();
        }
    }
    let learned = writer.session(&draft.session)?.known_total() - known_before;
    let whole = call.client_cost();
    let elsewhere = (*call.session != *draft.session).then_some((call.session, grown));
    Ok(Booked { new, elsewhere, learned, whole })
}

fn own(text: &Option<Text>) -> Option<String> {
    text.as_deref().map(str::to_string)
}

fn new_call(context: &Context<'_>, project: &str, draft: &Draft) -> Call {
    let asked = draft.requested_model.as_ref().unwrap_or(&draft.model);
    // The id that was asked for keeps the prefix a cloud wants; but when another model answered, that one is paid.
    let same = asked == &draft.model || canonical(asked) == canonical(&draft.model);
    let (provider, region) = place(context, draft, asked);
    let mut call = Call {
        v: entry::VERSION,
        id: match draft.request() {
            Some(request) => [&draft.message, ":", request].concat(),
            None => draft.message.to_string(),
        },
        rev: 0,
        time: draft.time,
        session: draft.made_in.as_ref().unwrap_or(&draft.session).to_string(),
        project: project.to_string(),
        model: if same { asked } else { &draft.model }.to_string(),
        requested_model: (!same).then(|| asked.to_string()),
        provider,
        region,
        tokens: draft.usage.tokens,
        web_searches: draft.usage.web_searches,
        speed: draft.usage.speed.clone(),
        tier: draft.usage.tier.clone(),
        geo: draft.usage.geo.clone(),
        iterations: draft.usage.iterations.clone(),
        feature: String::new(),
        tools: Vec::new(),
        agent: own(&draft.agent),
        agent_id: own(&draft.agent_id),
        skill: own(&draft.skill),
        plugin: own(&draft.plugin),
        mcp_server: own(&draft.mcp_server),
        branch: own(&draft.branch).filter(|branch| branch != "HEAD"),
        user: context.user.to_string(),
        cost: Default::default(),
        client_cost: None,
        prices: String::new(),
        estimated: false,
        estimate_reason: None,
        prompt_id: own(&draft.prompt_id),
        stop_reason: own(&draft.stop_reason),
        result_bytes: draft.result_bytes,
        retries: draft.retries,
        client: own(&draft.client),
        source: Source::Transcript,
    };
    add_tools(&mut call, draft);
    reprice(context, &mut call);
    call
}

/// The known call with what the draft adds; None when it adds nothing.
fn grown(context: &Context<'_>, known: &Call, draft: &Draft) -> Option<Call> {
    let usage = &draft.usage;
    let mut call = known.clone();
    call.tokens = known.tokens.max(&usage.tokens);
    call.web_searches = known.web_searches.max(usage.web_searches);
    if usage.iterations.len() > known.iterations.len() {
        call.iterations.clone_from(&usage.iterations);
    }
    call.speed = known.speed.clone().or(usage.speed.clone());
    call.tier = known.tier.clone().or(usage.tier.clone());
    call.geo = known.geo.clone().or(usage.geo.clone());
    call.stop_reason = known.stop_reason.clone().or_else(|| own(&draft.stop_reason));
    add_tools(&mut call, draft);
    if call == *known {
        return None;
    }
    call.rev += 1;
    reprice(context, &mut call);
    Some(call)
}

fn add_tools(call: &mut Call, draft: &Draft) {
    for name in draft.tools.iter().filter(|name| !name.is_empty()) {
        if call.tools.iter().all(|known| **known != **name) {
            call.tools.push(name.to_string());
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
    let own = context.session == Some(&*draft.session);
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
