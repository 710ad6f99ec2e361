//! Token counts of one call by kind. What they cost is `price`'s business.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The five token counts that are priced. They are disjoint: adding them gives all tokens of the call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Tokens {
    /// Prompt tokens that were neither written to nor read from the prompt cache.
    pub input: u64,
    /// Generated tokens, thinking included.
    pub output: u64,
    /// Prompt tokens written to the cache for five minutes.
    pub cache_write_5m: u64,
    /// Prompt tokens written to the cache for one hour.
    pub cache_write_1h: u64,
    /// Prompt tokens read from the cache.
    pub cache_read: u64,
}

impl Tokens {
    /// Length of the prompt: everything but the output. Decides the price tier.
    pub fn prompt(&self) -> u64 {
        self.input
            .saturating_add(self.cache_write_5m)
            .saturating_add(self.cache_write_1h)
            .saturating_add(self.cache_read)
    }

    pub fn cache_write(&self) -> u64 {
        self.cache_write_5m.saturating_add(self.cache_write_1h)
    }

    pub fn total(&self) -> u64 {
        self.prompt().saturating_add(self.output)
    }

    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// Field-wise maximum: how two lines of the same call are joined.
    pub fn max(&self, other: &Self) -> Self {
        self.zip(other, u64::max)
    }

    pub fn plus(&self, other: &Self) -> Self {
        self.zip(other, u64::saturating_add)
    }

    pub fn minus(&self, other: &Self) -> Self {
        self.zip(other, u64::saturating_sub)
    }

    fn zip(&self, other: &Self, join: impl Fn(u64, u64) -> u64) -> Self {
        Self {
            input: join(self.input, other.input),
            output: join(self.output, other.output),
            cache_write_5m: join(self.cache_write_5m, other.cache_write_5m),
            cache_write_1h: join(self.cache_write_1h, other.cache_write_1h),
            cache_read: join(self.cache_read, other.cache_read),
        }
    }
}
