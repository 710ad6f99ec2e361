//! The lines of the ledger: what is stored of a call, of money the client reports without a call, and of a raised
//! limit. Where and how they are stored is `ledger`'s business.
//!
//! Only counts, ids and names are stored: never prompts, code, file contents or tool inputs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::day::Day;
use super::limit::Period;
use super::price::{CallFacts, Iteration};
use super::provider::Provider;
use super::usage::Tokens;
use crate::base::money::Money;
use crate::base::time::{Time, Window};

/// Version of the line format. Readers accept lines of this version and ignore fields they do not know.
pub const VERSION: u32 = 1;

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Line {
    Call(Box<Call>),
    Unlisted(Box<Unlisted>),
    Override(Box<Override>),
    Start(Box<Start>),
}

/// Where a line's facts were seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A line of a transcript.
    #[default]
    Transcript,
    /// The status line's running total.
    StatusLine,
    /// The total the client writes into the transcript when it exits.
    CostState,
    /// A request record of OpenTelemetry.
    Telemetry,
    /// A person, on the command line.
    Person,
    /// A total of ccusage, from its JSON.
    Ccusage,
    /// A log that a hook of the user's own wrote.
    HookLog,
}

impl Source {
    /// Another program counted it, and a person brought it in.
    pub fn is_imported(self) -> bool {
        matches!(self, Source::Ccusage | Source::HookLog)
    }
}

/// One API call. The same id may come again with larger counts (`rev` counts up): each count's maximum is valid,
/// and the line with the highest `rev` already holds them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// Format version of the line.
    pub v: u32,
    /// The API's message id and request id, joined by `:`. Ids are global: forks and resumes repeat calls under
    /// new sessions, and they are the same money.
    pub id: String,
    /// How often this call was booked before with smaller counts.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rev: u32,
    /// When the call's first line was written, UTC.
    pub time: Time,
    /// The session that made the call.
    pub session: String,
    /// The folder the session was started in.
    pub project: String,
    /// Model id as sent: the one asked for, or the one that answered where that is another model.
    pub model: String,
    /// The model asked for, where another one answered; the client's own total goes by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_model: Option<String>,
    pub provider: Provider,
    /// Endpoint region or scope, where the provider has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Token counts of the call. With `iterations` the bill also holds what those name beyond them.
    pub tokens: Tokens,
    #[serde(default, skip_serializing_if = "is_zero64")]
    pub web_searches: u64,
    /// `fast` where the call was served in fast mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<String>,
    /// Service tier, where it is not `standard`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Inference geography, where the API named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geo: Option<String>,
    /// The runs of the model inside this call, where there was more than the one the counts describe.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub iterations: Vec<Iteration>,
    /// What the call was for; `docs/guide/ledger.md` states the rule.
    pub feature: String,
    /// Names of the tools the model asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<String>,
    /// Type of the subagent that made the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The subagent itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
    /// Skill, plugin or MCP server the client attributes the call to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skill: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mcp_server: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Who spent it: `team.user`, else the git email, else the system's user.
    pub user: String,
    /// What the bill says, USD.
    pub cost: Money,
    /// What the client's own total says for this call, where that differs from `cost`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_cost: Option<Money>,
    /// Version of the price table that priced it.
    pub prices: String,
    /// The cost is not certain; the reason is `estimateReason`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub estimated: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_reason: Option<String>,
    /// Bytes of the tool results that entered this call.
    #[serde(default, skip_serializing_if = "is_zero64")]
    pub result_bytes: u64,
    /// Failed attempts before this call, as far as the transcript shows them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub retries: u32,
    /// Version of the client that made the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub source: Source,
}

impl Call {
    /// A call of which nothing is known, to be filled in.
    pub fn nothing() -> Self {
        Self {
            v: VERSION,
            id: String::new(),
            rev: 0,
            time: Time::default(),
            session: String::new(),
            project: String::new(),
            model: String::new(),
            requested_model: None,
            provider: Provider::Anthropic,
            region: None,
            tokens: Tokens::default(),
            web_searches: 0,
            speed: None,
            tier: None,
            geo: None,
            iterations: Vec::new(),
            feature: String::new(),
            tools: Vec::new(),
            agent: None,
            agent_id: None,
            skill: None,
            plugin: None,
            mcp_server: None,
            branch: None,
            user: String::new(),
            cost: Money::ZERO,
            client_cost: None,
            prices: String::new(),
            estimated: false,
            estimate_reason: None,
            prompt_id: None,
            stop_reason: None,
            result_bytes: 0,
            retries: 0,
            client: None,
            source: Source::Transcript,
        }
    }

    /// The call in the client's own terms, for comparison with its totals.
    pub fn client_cost(&self) -> Money {
        self.client_cost.unwrap_or(self.cost)
    }

    /// What its price is made from.
    pub fn facts(&self) -> CallFacts<'_> {
        CallFacts {
            model: &self.model,
            provider: self.provider,
            region: self.region.as_deref(),
            day: Day::from(self.time.utc().date()),
            tokens: self.tokens,
            web_searches: self.web_searches,
            fast: self.speed.as_deref() == Some("fast"),
            service_tier: self.tier.as_deref(),
            inference_geo: self.geo.as_deref(),
            iterations: &self.iterations,
        }
    }

    /// All tokens that were billed: with iterations, their sum.
    pub fn billed_tokens(&self) -> Tokens {
        billed(&self.tokens, &self.iterations)
    }
}

/// What was billed of a call with these counts and these runs inside it.
pub fn billed(tokens: &Tokens, iterations: &[Iteration]) -> Tokens {
    let runs = iterations.iter().fold(Tokens::default(), |sum, run| sum.plus(&run.tokens));
    if iterations.is_empty() { *tokens } else { runs.max(tokens) }
}

/// Money the client reports for a session which no transcript line explains: titles, compaction, classifiers.
/// The same id may come again (`rev` counts up): the line with the highest `rev` is valid, even when it says
/// less, because calls that were missing have turned up as lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unlisted {
    pub v: u32,
    /// `unlisted:` session `:` running number; of what was imported `imported:` and what was reported.
    pub id: String,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rev: u32,
    pub time: Time,
    pub session: String,
    pub project: String,
    /// Known once the client's final total names models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    pub provider: Provider,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Token counts, where the client's final total gives them.
    #[serde(default, skip_serializing_if = "Tokens::is_zero")]
    pub tokens: Tokens,
    #[serde(default, skip_serializing_if = "is_zero64")]
    pub web_searches: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    pub user: String,
    /// USD, with the regional factor of the session's endpoint.
    pub cost: Money,
    /// USD in the client's terms, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_cost: Option<Money>,
    /// The client's total that showed it, and the calls of its process known then, USD in the client's terms: so that calls
    /// which turn up later can still be told from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_total: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_calls: Option<Money>,
    /// The client had no price for one of its models.
    #[serde(default, skip_serializing_if = "is_false")]
    pub estimated: bool,
    pub source: Source,
    /// For what another program reported: its report, and how much of that is explained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Box<Imported>>,
}

impl Unlisted {
    pub fn client_cost(&self) -> Money {
        self.client_cost.unwrap_or(self.cost)
    }
}

/// What another program reported for a span of time, be it of one project, one session or one model. The line that holds
/// it has the part which no call explains, and is restated when calls of that span turn up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Imported {
    /// The span; absent where the program does not say when its report begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Time>,
    pub end: Time,
    /// When the report was made: later calls are not in it.
    pub until: Time,
    /// What it says in all.
    pub cost: Money,
    #[serde(default, skip_serializing_if = "Tokens::is_zero")]
    pub tokens: Tokens,
    /// The part of that which calls, or reports of parts of the span, account for.
    pub explained: Money,
    #[serde(default, skip_serializing_if = "Tokens::is_zero")]
    pub explained_tokens: Tokens,
}

impl Imported {
    pub fn window(&self) -> Window {
        Window { start: self.start.unwrap_or(Time::MIN), end: self.end }
    }
}

/// How a process of the client came to work on a session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Birth {
    #[default]
    Startup,
    Resume,
    /// It goes on from another session's transcript and total.
    Fork,
    Clear,
}

/// The client began to work on a session: a new one, a resumed one, a fork. From here on its running total is compared
/// with the calls made. Booked so that the ledger alone is enough to do that again. The same id may come again (`rev`
/// counts up) when it becomes known that the process went on from another total.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Start {
    pub v: u32,
    /// `start:` session `:` time in milliseconds.
    pub id: String,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rev: u32,
    pub time: Time,
    pub session: String,
    pub project: String,
    pub user: String,
    pub birth: Birth,
    /// The total the client's process goes on from, USD, in its own terms; absent while that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
}

/// A person raised a limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Override {
    pub v: u32,
    pub id: String,
    pub time: Time,
    /// Id of the limit, such as `user:dailyBudget`.
    pub limit: String,
    pub period: Period,
    /// The period it is valid in; absent ends mean a limit that never starts afresh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Time>,
    /// USD added to the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// The limit stops nothing before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    pub user: String,
    pub source: Source,
}

impl Override {
    pub fn window(&self) -> Window {
        Window::of_ends(self.start, self.end)
    }
}

impl Line {
    pub fn id(&self) -> &str {
        match self {
            Line::Call(call) => &call.id,
            Line::Unlisted(unlisted) => &unlisted.id,
            Line::Override(raised) => &raised.id,
            Line::Start(start) => &start.id,
        }
    }

    pub fn time(&self) -> Time {
        match self {
            Line::Call(call) => call.time,
            Line::Unlisted(unlisted) => unlisted.time,
            Line::Override(raised) => raised.time,
            Line::Start(start) => start.time,
        }
    }

    pub fn rev(&self) -> u32 {
        match self {
            Line::Call(call) => call.rev,
            Line::Unlisted(unlisted) => unlisted.rev,
            Line::Start(start) => start.rev,
            Line::Override(_) => 0,
        }
    }

    pub fn cost(&self) -> Money {
        match self {
            Line::Call(call) => call.cost,
            Line::Unlisted(unlisted) => unlisted.cost,
            Line::Override(_) | Line::Start(_) => Money::ZERO,
        }
    }
}

fn is_zero(value: &u32) -> bool {
    *value == 0
}

fn is_zero64(value: &u64) -> bool {
    *value == 0
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
