//! Booking: from transcripts and the client's totals to ledger lines. Owns which files are read and from where,
//! how the lines of one call are joined, and what counts as unlisted. Used by the hook, the status line and
//! `import` alike; knows no limits and prints nothing.

pub mod ahead;
pub mod call;
pub mod draft;
pub mod imported;
pub mod late;
mod models;
pub mod process;
pub mod read;
pub mod unlisted;
pub mod watch;

use crate::base::time::Time;
use crate::model::price::PriceOverrides;
use crate::model::provider::Provider;

/// What booking needs to know besides the transcripts.
pub struct Context<'a> {
    pub now: Time,
    pub prices: &'a PriceOverrides,
    /// `cost.provider` and `cost.region`.
    pub provider: Option<Provider>,
    pub region: Option<&'a str>,
    pub user: &'a str,
    /// The environment of the client, for the provider and region of the session at hand. An import of history must
    /// not look at it, since another session's calls may have gone elsewhere: it passes a function that knows nothing.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// The session the environment belongs to.
    pub session: Option<&'a str>,
    /// That session's start folder.
    pub project: Option<&'a str>,
}
