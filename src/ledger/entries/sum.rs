//! What entries add up to: calls, tokens and money, exactly. Whatever the grouping, the sums come to the same total.

use super::Entry;
use crate::base::money::Money;
use crate::model::usage::Tokens;

/// Sums of lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    pub calls: u64,
    pub tokens: Tokens,
    pub web_searches: u64,
    /// Everything, `unlisted` and `estimated` included.
    pub cost: Money,
    /// The part no transcript line explains.
    pub unlisted: Money,
    /// The part whose price is not certain.
    pub estimated: Money,
    /// The part of that which another program computed.
    pub imported: Money,
}

impl Sum {
    pub fn add(&mut self, entry: &Entry<'_>) {
        self.tokens = self.tokens.plus(&entry.tokens);
        self.web_searches = self.web_searches.saturating_add(entry.web_searches);
        self.cost += entry.cost;
        if entry.is_unexplained() {
            self.unlisted += entry.cost;
        }
        self.calls += u64::from(!entry.is_unlisted);
        if entry.estimated {
            self.estimated += entry.cost;
        }
        if entry.source.is_imported() {
            self.imported += entry.cost;
        }
    }

    pub fn join(&mut self, other: &Sum) {
        self.calls += other.calls;
        self.tokens = self.tokens.plus(&other.tokens);
        self.web_searches = self.web_searches.saturating_add(other.web_searches);
        self.cost += other.cost;
        self.unlisted += other.unlisted;
        self.estimated += other.estimated;
        self.imported += other.imported;
    }

    /// Takes something out again that was added.
    pub fn take_back(&mut self, other: &Sum) {
        self.calls = self.calls.saturating_sub(other.calls);
        self.tokens = self.tokens.minus(&other.tokens);
        self.web_searches = self.web_searches.saturating_sub(other.web_searches);
        self.cost -= other.cost;
        self.unlisted -= other.unlisted;
        self.estimated -= other.estimated;
        self.imported -= other.imported;
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
