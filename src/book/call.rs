//! From the draft of one API call to its ledger line. Owns whether a call is known, its price and its feature; what lines
//! a draft is made of is `draft`'s business.

use super::Context;
use super::draft::{Draft, Text};
use super::imported::{self, Late};
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
    /// Where another program may have reported it already.
    pub late: Option<Box<Late>>,
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

/// Books a draft, or what it adds to a call that is known. `project`: its session's start folder. `scratch`: any call; where
/// a million of them are booked, their texts need not have their memory taken and given back each.
pub fn book(
    writer: &mut Writer,
    context: &Context<'_>,
    project: &str,
    draft: &Draft,
    scratch: &mut Call,
) -> Result<Booked> {
    let known_before = writer.session(&draft.session)?.known_total();
    let (key, known) = writer.find(&draft.message, |known| is_same(known, draft))?;
    let new = known.is_none();
    let grown_call;
    let (call, grown) = match &known {
        None => {
            new_call(context, project, draft, scratch);
            writer.book_call(scratch, key, None)?;
            (&*scratch, scratch.client_cost())
        }
        Some(known) => match grown(context, known, draft) {
            None => (known, Money::ZERO),
            Some(call) => {
                writer.book_call(&call, key, Some(known))?;
                grown_call = call;
                (&grown_call, grown_call.client_cost() - known.client_cost())
            }
        },
    };
    // Told only where somebody asks: a million old calls need not be copied for a ledger without reports.
    let late = if imported::is_late(context.now, call.time) && !writer.imported()?.is_empty() {
        Some(Box::new(Late::of(call, known.as_ref()))).filter(|late| !late.is_nothing())
    } else {
        None
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
    let elsewhere = (*call.session != *draft.session).then(|| (call.session.clone(), grown));
    Ok(Booked { new, elsewhere, learned, whole, late })
}

fn own(text: &Option<Text>) -> Option<String> {
    text.as_deref().map(str::to_string)
}

fn set(to: &mut String, text: &str) {
    to.clear();
    to.push_str(text);
}

fn set_some(to: &mut Option<String>, text: Option<&str>) {
    match (&mut *to, text) {
        (Some(to), Some(text)) => set(to, text),
        (_, text) => *to = text.map(str::to_string),
    }
}

/// Makes `call` the one the draft describes.
fn new_call(context: &Context<'_>, project: &str, draft: &Draft, call: &mut Call) {
    let asked = draft.requested_model.as_ref().unwrap_or(&draft.model);
    // The id that was asked for keeps the prefix a cloud wants; but when another model answered, that one is paid.
    let same = asked == &draft.model || canonical(asked) == canonical(&draft.model);
    let (its_provider, its_region) = place(context, draft, asked);
    // By name, so that nothing of another call stays.
    let Call {
        v,
        id,
        rev,
        time,
        session,
        project: its_project,
        model,
        requested_model,
        provider,
        region,
        tokens,
        web_searches,
        speed,
        tier,
        geo,
        iterations,
        feature: _,
        tools,
        agent,
        agent_id,
        skill,
        plugin,
        mcp_server,
        branch,
        user,
        cost: _,
        client_cost: _,
        prices: _,
        estimated: _,
        estimate_reason: _,
        prompt_id,
        stop_reason,
        result_bytes,
        retries,
        client,
        source,
    } = &mut *call;
    (*v, *rev, *time, *source) = (entry::VERSION, 0, draft.time, Source::Transcript);
    set(id, &draft.message);
    if let Some(request) = draft.request() {
        id.push(':');
        id.push_str(request);
    }
    set(session, draft.made_in.as_ref().unwrap_or(&draft.session));
    set(its_project, project);
    set(model, if same { asked } else { &draft.model });
    set_some(requested_model, Some(&**asked).filter(|_| !same));
    (*provider, *region) = (its_provider, its_region);
    (*tokens, *web_searches) = (draft.usage.tokens, draft.usage.web_searches);
    set_some(speed, draft.usage.speed.as_deref());
    set_some(tier, draft.usage.tier.as_deref());
    set_some(geo, draft.usage.geo.as_deref());
    iterations.clone_from(&draft.usage.iterations);
    tools.clear();
    set_some(agent, draft.agent.as_deref());
    set_some(agent_id, draft.agent_id.as_deref());
    set_some(skill, draft.skill.as_deref());
    set_some(plugin, draft.plugin.as_deref());
    set_some(mcp_server, draft.mcp_server.as_deref());
    set_some(branch, draft.branch.as_deref().filter(|branch| *branch != "HEAD"));
    set(user, context.user);
    set_some(prompt_id, draft.prompt_id.as_deref());
    set_some(stop_reason, draft.stop_reason.as_deref());
    (*result_bytes, *retries) = (draft.result_bytes, draft.retries);
    set_some(client, draft.client.as_deref());
    add_tools(call, draft);
    reprice(context, call);
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
    set_some(&mut call.estimate_reason, cost.estimate.map(|why| why.text()));
    set(&mut call.prices, PRICES_VERSION);
}
