//! The shape of what users write into `settings.json`: everything optional, everything unknown refused inside
//! `cost` and `team`, everything else in the file left to Claude Code. The schema, the reference and completion
//! are made from these types, so the doc comments below are read by users: meaning, unit, default.
//!
//! Reading accepts exactly what the schema accepts (`tests/settings` compares the two). What the values mean
//! together is `resolve`'s business, where a wrong value stands `validate`'s.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::de::{self, Error as _};
use serde::{Deserialize, Deserializer};

use super::scalar::{BillingDay, DatabaseUrl, Factor, Span, Text, Thresholds, Usd};
use super::tongue::Tongue;
use crate::model::limit::{Action, Period};
use crate::model::provider::Provider;

/// The cost settings of cost-hook inside Claude Code's `settings.json`. All other keys are Claude Code's own.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(title = "cost-hook settings")]
pub struct FileSettings {
    /// Show cost warnings in the session. Default: true. Counts in managed and user settings only, so that a
    /// cloned repository cannot silence them.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = true))]
    pub cost_warnings: Option<bool>,
    /// Warn once when the cost of a session passes this amount, in USD. Default: none.
    #[serde(deserialize_with = "present")]
    pub cost_threshold: Option<Usd>,
    /// Budgets, limits, prices, and how calls are recorded.
    #[serde(deserialize_with = "object")]
    pub cost: Option<Cost>,
    /// A budget shared by several people, and each person's part of it.
    #[serde(deserialize_with = "object")]
    pub team: Option<Team>,
}

/// Budgets, limits, prices, and how calls are recorded. Every settings file's budgets are limits of their own:
/// managed and user budgets count all spending, a project's count that project's spending, and none raises another.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(title = "Cost")]
pub struct Cost {
    /// Record model calls at all. Default: true. Counts in managed and user settings only, and a user cannot
    /// switch recording off while managed settings hold limits.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = true))]
    pub enabled: Option<bool>,
    /// Budget for a calendar day, in USD. Default: none.
    #[serde(deserialize_with = "present")]
    pub daily_budget: Option<Usd>,
    /// Budget for seven days from `weekStart`, in USD. Default: none.
    #[serde(deserialize_with = "present")]
    pub weekly_budget: Option<Usd>,
    /// Budget for a month from `billingDay`, in USD. Default: none.
    #[serde(deserialize_with = "present")]
    pub monthly_budget: Option<Usd>,
    /// Budget for each Claude Code session, in USD. Default: none.
    #[serde(deserialize_with = "present")]
    pub session_budget: Option<Usd>,
    /// Warn when this part of a budget is used up: a fraction from 0 to 1, or a list of them. Default: 0.8.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = 0.8))]
    pub warning_threshold: Option<Thresholds>,
    /// Stop the session when a budget of this settings file is used up, instead of only warning. Default: false.
    /// Where managed settings set it, they decide for every file.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = false))]
    pub auto_stop_at_budget: Option<bool>,
    /// Limit for a calendar month, in USD. It always stops, and already before the call that is expected to
    /// cross it. Default: none.
    #[serde(deserialize_with = "present")]
    pub hard_limit: Option<Usd>,
    /// Further limits, each with a name, an amount, a period, and which calls it counts. Default: none.
    #[serde(deserialize_with = "objects")]
    pub limits: Option<Vec<LimitEntry>>,
    /// Time zone in which days, weeks and months begin, as an IANA name such as `Europe/Berlin`. Default: the
    /// system's zone. Set it in managed settings to keep users from moving managed budgets to another zone.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("examples" = ["Europe/Berlin", "America/New_York", "UTC"]))]
    pub timezone: Option<Text>,
    /// Language of messages and tables: `auto` goes by the locale (`LC_ALL`, `LC_MESSAGES`, `LANG`). Counts in managed
    /// and user settings only. Default: auto.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = "auto"))]
    pub language: Option<Tongue>,
    /// First day of the week. Default: monday.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = "monday"))]
    pub week_start: Option<Weekday>,
    /// First day of the monthly period, 1 to 31; shorter months start on their last day. Default: 1.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = 1))]
    pub billing_day: Option<BillingDay>,
    /// What happens to model calls when cost-hook itself cannot work. Default: allow.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = "allow"))]
    pub on_error: Option<OnError>,
    /// Keep a chain of hashes beside the ledger, by which `cost-hook ledger verify` finds lines that were edited or
    /// removed. Counts in managed and user settings only. Default: false.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = false))]
    pub tamper_evidence: Option<bool>,
    /// Prices that differ from the published ones. Counts in managed and user settings only.
    #[serde(deserialize_with = "object")]
    pub pricing: Option<Pricing>,
    /// Who serves the models, when it is not recognised rightly by itself. Counts in managed and user settings
    /// only. Default: recognised from the model id and the environment.
    #[serde(deserialize_with = "present")]
    pub provider: Option<Provider>,
    /// The provider's region, such as `eu-central-1`, when it is not recognised rightly by itself. Counts in
    /// managed and user settings only. Default: recognised from the model id and the environment.
    #[serde(deserialize_with = "present")]
    pub region: Option<Text>,
    /// May `cost-hook allow` raise the limits of this settings file? Default: true, in managed settings false.
    #[serde(deserialize_with = "present")]
    pub allow_override: Option<bool>,
}

/// A limit: an amount, the period it counts over, and which calls it counts.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Limit")]
pub struct LimitEntry {
    /// What the limit is called in messages; a project's local settings replace the shared limit of this name.
    pub name: Text,
    /// What may be spent in one period, in USD.
    pub amount: Usd,
    /// After which time the limit starts afresh.
    pub period: Period,
    /// Count only sessions started in this folder or below it. Absolute or from `~` in managed and user settings,
    /// relative to the project in a project's settings. Default: all, or the whole project.
    #[serde(default, deserialize_with = "present")]
    pub project: Option<Text>,
    /// Count only this model: an id, or a family such as `opus`. Default: all models.
    #[serde(default, deserialize_with = "present")]
    pub model: Option<Text>,
    /// Count only work on this git branch; `*` stands for any characters. Default: all branches.
    #[serde(default, deserialize_with = "present")]
    pub branch: Option<Text>,
    /// Count only this kind of subagent, such as `Explore`; `*` stands for any characters. Default: everything.
    #[serde(default, deserialize_with = "present")]
    pub agent: Option<Text>,
    /// What happens when the limit is used up. Default: stop if `autoStopAtBudget` is on, else warn.
    #[serde(default, deserialize_with = "present")]
    pub action: Option<Action>,
    /// Warn when this part of the amount is used up: a fraction from 0 to 1, or a list of them. Default:
    /// `warningThreshold`.
    #[serde(default, deserialize_with = "present")]
    pub warn_at: Option<Thresholds>,
    /// May `cost-hook allow` raise this limit? Default: `allowOverride` of the settings file.
    #[serde(default, deserialize_with = "present")]
    pub allow_override: Option<bool>,
}

/// Prices that differ from the published ones.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(title = "Pricing")]
pub struct Pricing {
    /// Prices per model, in USD per million tokens. The key is a model id in any spelling. Default: as
    /// published.
    #[serde(deserialize_with = "overrides")]
    pub overrides: Option<BTreeMap<String, ModelPrice>>,
    /// Every price times this factor: 0.9 is ten percent off. Default: 1.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = 1))]
    pub multiplier: Option<Factor>,
    /// Factors for a part of the calls.
    #[serde(deserialize_with = "object")]
    pub discounts: Option<Discounts>,
    /// Price of the data that requests and answers transfer, in USD per gigabyte (1e9 bytes). Default: 0. It is in
    /// no booked cost, since nobody counts the bytes; `cost-hook compare` estimates it.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = 0))]
    pub transfer_per_gb: Option<Usd>,
}

/// The price of one model, in USD per million tokens; what is left out stays as published.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ModelPrice {
    /// Prompt tokens outside the prompt cache, in USD per million. Default: as published.
    #[serde(deserialize_with = "present")]
    pub input: Option<Usd>,
    /// Generated tokens, in USD per million. Default: as published.
    #[serde(deserialize_with = "present")]
    pub output: Option<Usd>,
    /// Tokens written to the prompt cache for five minutes, in USD per million. Default: as published.
    #[serde(rename = "cacheWrite5m", deserialize_with = "present")]
    pub cache_write_5m: Option<Usd>,
    /// Tokens written to the prompt cache for one hour, in USD per million. Default: as published.
    #[serde(rename = "cacheWrite1h", deserialize_with = "present")]
    pub cache_write_1h: Option<Usd>,
    /// Tokens read from the prompt cache, in USD per million. Default: as published.
    #[serde(deserialize_with = "present")]
    pub cache_read: Option<Usd>,
}

/// Factors for a part of the calls: 1 is the published price, 0.9 ten percent off.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Discounts {
    /// Factor for calls through the batch API. Default: the published one, 0.5.
    #[serde(deserialize_with = "present")]
    pub batch: Option<Factor>,
    /// Factors by provider, for reserved capacity or a negotiated price. Default: 1.
    #[serde(deserialize_with = "object")]
    pub providers: Option<ProviderFactors>,
}

/// One factor for each provider.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct ProviderFactors {
    /// Factor for Anthropic's own API. Default: 1.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = 1))]
    pub anthropic: Option<Factor>,
    /// Factor for Amazon Bedrock. Default: 1.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = 1))]
    pub bedrock: Option<Factor>,
    /// Factor for Google Cloud. Default: 1.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = 1))]
    pub google: Option<Factor>,
    /// Factor for Microsoft Foundry. Default: 1.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = 1))]
    pub foundry: Option<Factor>,
    /// Factor for Claude Platform on AWS. Default: 1.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = 1))]
    pub claude_platform_aws: Option<Factor>,
}

impl ProviderFactors {
    pub fn get(&self, provider: Provider) -> Option<Factor> {
        match provider {
            Provider::Anthropic => self.anthropic,
            Provider::Bedrock => self.bedrock,
            Provider::Google => self.google,
            Provider::Foundry => self.foundry,
            Provider::ClaudePlatformAws => self.claude_platform_aws,
        }
    }
}

/// A budget shared by several people, and each person's part of it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(title = "Team")]
pub struct Team {
    /// What the whole team may spend in a month, in USD. Default: none.
    #[serde(deserialize_with = "present")]
    pub budget: Option<Usd>,
    /// The members and what each may spend in a month.
    #[serde(deserialize_with = "objects")]
    pub members: Option<Vec<Member>>,
    /// Which member you are. Default: the email address git is set up with, else the user name of the system.
    #[serde(deserialize_with = "present")]
    pub user: Option<Text>,
    /// What happens to model calls when the team's totals are older than `maxAge`. Counts in managed and user
    /// settings only, and where a database is set. Default: allow.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = "allow"))]
    pub on_stale: Option<OnStale>,
    /// How old the team's totals may be: a number with `s`, `m`, `h` or `d`, such as `15m`. Counts in managed and
    /// user settings only. Default: 1h.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = "1h"))]
    pub max_age: Option<Span>,
    /// How often this machine sends what it spent and fetches the team's totals while somebody works on it: a number
    /// with `s`, `m`, `h` or `d`. Near the team's budget it does so more often by itself. Counts in managed and user
    /// settings only. Default: 1m.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = "1m"))]
    pub sync_interval: Option<Span>,
    /// How projects are named in the team's database: the folder's last name, its whole path, or a hash of its name.
    /// Counts in managed and user settings only. Default: name.
    #[serde(deserialize_with = "present")]
    #[schemars(extend("default" = "name"))]
    pub projects: Option<Naming>,
    /// The PostgreSQL database that holds the team's totals, such as `postgres://host/name`. Counts in managed
    /// and user settings only; the environment variable COST_HOOK_TEAM_URL comes before the user's. Default: none.
    #[serde(deserialize_with = "present")]
    pub database_url: Option<DatabaseUrl>,
}

/// One member of the team.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Member")]
pub struct Member {
    /// The member's email address or user name; upper and lower case are the same.
    pub user: Text,
    /// What the member may spend in a month, in USD.
    pub allocation: Usd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnError {
    /// The session goes on, with a message.
    #[default]
    Allow,
    /// The session stops.
    Block,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnStale {
    /// The session goes on by the last known totals.
    #[default]
    Allow,
    /// The session stops until the totals are fetched again.
    Block,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Naming {
    /// The folder's last name.
    #[default]
    Name,
    /// The whole path of the folder.
    Path,
    /// The first 16 digits of the SHA-256 of the folder's last name.
    Hash,
}

/// A missing key is None; `null` is a wrong type like any other and not a way to say "none".
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A struct that is written as an object. The derived reader would take a list for one too, its elements for the
/// fields in their order, which the schema does not.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> de::Visitor<'de> for Members<T> {
            type Value = T;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(de::value::MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_map(Members(PhantomData)).map(Object)
    }
}

/// `present`, for an object.
fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Object::deserialize(deserializer).map(|Object(value)| Some(value))
}

/// `present`, for a list of objects.
fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    let list = Vec::<Object<T>>::deserialize(deserializer)?;
    Ok(Some(list.into_iter().map(|Object(value)| value).collect()))
}

/// Like the derived one for maps, but a repeated key is an error, as it is in a struct.
fn overrides<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BTreeMap<String, ModelPrice>>, D::Error> {
    struct Models;
    impl<'de> de::Visitor<'de> for Models {
        type Value = BTreeMap<String, ModelPrice>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of models")
        }
        fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut models = BTreeMap::new();
            while let Some((model, Object(price))) = map.next_entry()? {
                if models.insert(model, price).is_some() {
                    return Err(A::Error::custom("the same model twice"));
                }
            }
            Ok(models)
        }
    }
    deserializer.deserialize_map(Models).map(Some)
}
