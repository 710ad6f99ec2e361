//! The shape of what users write into `settings.json`: everything optional, everything unknown refused inside
//! `cost` and `team`, everything else in the file left to Claude Code. The schema, the reference and completion
//! are made from these types, so the doc comments below are read by users: meaning, unit, default.
//!
//! Reading accepts exactly what the schema accepts (`tests/settings` compares the two). What the values mean
//! together is `resolve`'s business, where a wrong value stands `validate`'s.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::base::money::{Money, PER_USD};
use crate::model::limit::{Action, Period};
use crate::model::provider::Provider;

/// Larger amounts are taken for a slip of the keyboard.
pub const MAX_USD: i64 = 1_000_000_000;
/// Larger factors on a price are taken for a slip of the keyboard.
pub const MAX_FACTOR: i64 = 1000;

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

/// An amount of USD, 0 to `MAX_USD`, read from the digits in the file and never through a float.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usd(pub Money);

/// A factor on a price in units of 1e-12, 0 to `MAX_FACTOR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Factor(pub i128);

impl Factor {
    pub const ONE: Factor = Factor(PER_USD);
}

/// A part of an amount in millionths, 0 to 1,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fraction(pub u32);

/// One fraction or several, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thresholds(pub Vec<Fraction>);

/// 1 to 31.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BillingDay(pub u8);

/// A text that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(pub String);

/// A length of time in seconds, written as `90s`, `15m`, `2h` or `1d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(pub u64);

/// May hold a password, so it cannot be printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(pub String);

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(…)")
    }
}

pub(super) const SPAN_PATTERN: &str = "^[1-9][0-9]{0,5}[smhd]$";
pub(super) const DATABASE_PATTERN: &str = "^postgres(ql)?://";

/// The two patterns of the schema, in code: a whole engine for them would be most of the hook's size.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    match pattern {
        SPAN_PATTERN => span(text).is_some(),
        DATABASE_PATTERN => text.starts_with("postgres://") || text.starts_with("postgresql://"),
        _ => false,
    }
}

fn span(text: &str) -> Option<u64> {
    let (digits, unit) = (text.get(..text.len().checked_sub(1)?)?, text.chars().last()?);
    let plain = matches!(digits.len(), 1..=6) && digits.bytes().all(|b| b.is_ascii_digit());
    let unit = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    if !plain || digits.starts_with('0') {
        return None;
    }
    Some(digits.parse::<u64>().ok()? * unit)
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

/// A number's own digits, within bounds.
fn decimal<'de, D: Deserializer<'de>>(deserializer: D, max: i64) -> Result<Money, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    let value = number(raw.get()).ok_or_else(|| D::Error::custom("expected a number"))?;
    if value < Money::ZERO || value > Money::from_usd(max) {
        return Err(D::Error::custom(format!("expected a number from 0 to {max}")));
    }
    Ok(value)
}

/// The exact value of a JSON number; None for other JSON, and for numbers too large to mean anything.
pub(super) fn number(raw: &str) -> Option<Money> {
    if !raw.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return None;
    }
    raw.parse().ok()
}

impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decimal(deserializer, MAX_USD).map(Usd)
    }
}

impl<'de> Deserialize<'de> for Factor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decimal(deserializer, MAX_FACTOR).map(|value| Factor(value.0))
    }
}

impl<'de> Deserialize<'de> for Fraction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let units = decimal(deserializer, 1)?.0;
        let step = PER_USD / 1_000_000;
        u32::try_from((units + step / 2) / step).map(Fraction).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Thresholds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not an untagged enum: that would read the numbers as floats before they get here.
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let list = if raw.get().starts_with('[') { nested(&raw)? } else { vec![nested(&raw)?] };
        if list.is_empty() {
            return Err(D::Error::custom("expected at least one fraction"));
        }
        Ok(Thresholds(list))
    }
}

fn nested<T: DeserializeOwned, E: de::Error>(raw: &RawValue) -> Result<T, E> {
    serde_json::from_str(raw.get()).map_err(E::custom)
}

impl<'de> Deserialize<'de> for BillingDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Through the same door as amounts because a schema's integer may be written `1.0`.
        let value = decimal(deserializer, 31)?.0;
        match u8::try_from(value / PER_USD) {
            Ok(day) if day > 0 && value % PER_USD == 0 => Ok(BillingDay(day)),
            _ => Err(D::Error::custom("expected a day from 1 to 31")),
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() { Err(D::Error::custom("expected some text")) } else { Ok(Text(text)) }
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        span(&text).map(Span).ok_or_else(|| D::Error::custom("expected a length of time such as 15m"))
    }
}

impl<'de> Deserialize<'de> for DatabaseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let url = String::deserialize(deserializer)?;
        if !matches(DATABASE_PATTERN, &url) {
            return Err(D::Error::custom("expected a postgres:// URL"));
        }
        Ok(DatabaseUrl(url))
    }
}

macro_rules! inline_schema {
    ($($kind:ident => $schema:tt),* $(,)?) => {$(
        impl JsonSchema for $kind {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($kind).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}

inline_schema! {
    Usd => {"type": "number", "minimum": 0, "maximum": MAX_USD},
    Factor => {"type": "number", "minimum": 0, "maximum": MAX_FACTOR},
    Fraction => {"type": "number", "minimum": 0, "maximum": 1},
    Thresholds => {"anyOf": [
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}, "minItems": 1}
    ]},
    BillingDay => {"type": "integer", "minimum": 1, "maximum": 31},
    Text => {"type": "string", "minLength": 1},
    Span => {"type": "string", "pattern": SPAN_PATTERN},
    DatabaseUrl => {"type": "string", "pattern": DATABASE_PATTERN},
}
