//! What a detector found: a kind, the calls it rests on, and three amounts. Words for it are `words`'.

use serde::Serialize;

use crate::base::money::Money;
use crate::base::time::Time;

/// What was found. In this order, most pressing first, kinds stand where amounts do not decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    ContextGrowth,
    LargeResults,
    CacheExpired5m,
    CacheExpired1h,
    CacheMiss,
    ModelSwitch,
    CacheTtlShort,
    CacheTtlLong,
    CacheUnread,
    SimpleTurns,
    SubagentModel,
    BackgroundModel,
    SubagentFanOut,
    OneByOne,
    ShortPrompts,
    ShortSessions,
    BatchWork,
    RepeatedTurns,
    Compaction,
    FastMode,
    RegionalPremium,
    Retries,
    CutOff,
    CallBurst,
    OutputHeavy,
    WebSearch,
    UnlistedShare,
}

impl Kind {
    pub const ALL: [Kind; 27] = [
        Kind::ContextGrowth,
        Kind::LargeResults,
        Kind::CacheExpired5m,
        Kind::CacheExpired1h,
        Kind::CacheMiss,
        Kind::ModelSwitch,
        Kind::CacheTtlShort,
        Kind::CacheTtlLong,
        Kind::CacheUnread,
        Kind::SimpleTurns,
        Kind::SubagentModel,
        Kind::BackgroundModel,
        Kind::SubagentFanOut,
        Kind::OneByOne,
        Kind::ShortPrompts,
        Kind::ShortSessions,
        Kind::BatchWork,
        Kind::RepeatedTurns,
        Kind::Compaction,
        Kind::FastMode,
        Kind::RegionalPremium,
        Kind::Retries,
        Kind::CutOff,
        Kind::CallBurst,
        Kind::OutputHeavy,
        Kind::WebSearch,
        Kind::UnlistedShare,
    ];
}

/// The ways to spend less that a finding's remedy belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    ModelChoice,
    ContextSize,
    BackgroundModel,
    Batching,
    Cache,
    Prices,
    Habits,
}

/// How sure it is that the saving could be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// The same answers for less, by a setting.
    High,
    /// The same work by another way of working; answers may differ.
    Medium,
    /// Counts alone cannot tell whether the work could have been done so.
    Low,
}

/// What a sentence about a finding needs beside money; what each stands for, its kind says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Numbers {
    pub count: u64,
    pub tokens: u64,
    /// Of one call, result, minute or answer.
    pub largest: u64,
    pub longest_pause_ms: i64,
}

impl Numbers {
    pub(super) fn join(&mut self, other: &Numbers) {
        self.count += other.count;
        self.tokens = self.tokens.saturating_add(other.tokens);
        self.largest = self.largest.max(other.largest);
        self.longest_pause_ms = self.longest_pause_ms.max(other.longest_pause_ms);
    }
}

/// A call as far as a record knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct CallRef {
    pub(super) time: Time,
    pub(super) session: u32,
    pub(super) id: u32,
}

/// One pattern in one session.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub kind: Kind,
    pub numbers: Numbers,
    /// How many calls it rests on, and the first few of them.
    pub calls: u64,
    pub ids: Vec<String>,
    pub first: Time,
    pub last: Time,
    /// What these calls cost.
    pub cost: Money,
    /// The part of it that the pattern cost.
    pub spent: Money,
    /// What would have been saved, under the assumption the kind states.
    pub saving: Money,
    pub(super) refs: Vec<CallRef>,
}
