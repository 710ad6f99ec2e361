//! What a limit is: an amount, the period it counts over, which calls it counts, and what happens when it is used
//! up. Where limits come from is `settings`' business, what was spent against them `ledger`'s, the verdict
//! `budget`'s.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::money::Money;

/// The span of time after which a limit starts afresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// One Claude Code session.
    Session,
    /// A calendar day in the zone of the settings.
    Daily,
    /// Seven days from `cost.weekStart`.
    Weekly,
    /// From `cost.billingDay` to the day before the next one.
    Monthly,
    /// Never starts afresh.
    Total,
}

/// What happens when a limit is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Say so in the session and go on.
    Warn,
    /// Stop further model calls.
    Stop,
}

/// Whose settings a value comes from, highest authority first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    Managed,
    Local,
    Project,
    User,
}

impl Layer {
    pub fn name(self) -> &'static str {
        match self {
            Layer::Managed => "managed",
            Layer::Local => "local",
            Layer::Project => "project",
            Layer::User => "user",
        }
    }
}

/// Which calls a limit counts; an absent field counts all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Filter {
    /// A folder: calls of sessions started in it or below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// A model id (any spelling of it), or a family word such as `opus`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// A git branch; `*` stands for any run of characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// A subagent type such as `Explore`; `*` stands for any run of characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// One session, for limits with `Period::Session`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

/// How days, weeks and months are cut.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Calendar {
    /// IANA zone; None is the system's zone.
    pub zone: Option<String>,
    /// First weekday, 0 = Monday to 6 = Sunday.
    pub week_start: u8,
    /// First day of the month period, 1 to 31; shorter months start on their last day.
    pub billing_day: u8,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { zone: None, week_start: 0, billing_day: 1 }
    }
}

/// One limit, ready to be weighed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Stable over restarts and edits of the amount: layer, place and name, such as `user:dailyBudget`.
    pub id: String,
    /// What people call it: `daily budget`, or the name given in `cost.limits`.
    pub name: String,
    pub amount: Money,
    pub period: Period,
    pub calendar: Calendar,
    pub filter: Filter,
    pub action: Action,
    /// `cost.hardLimit`: stops before the call that is expected to cross it.
    pub hard: bool,
    /// Parts of a million of the amount at which to warn, ascending.
    pub warn_at: Vec<u32>,
    pub layer: Layer,
    /// The file it was read from, for messages.
    pub file: String,
    /// May `cost-hook allow` raise it?
    pub overridable: bool,
}
