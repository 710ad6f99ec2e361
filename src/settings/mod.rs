//! The settings users write into Claude Code's own files: their shape, where they are, what is wrong with them, and
//! what they come to. Spending is `ledger`'s, the verdict on it `budget`'s, what a price is `model`'s.
//!
//! `load` never fails. What is wrong in a file is left out and told in `Settings::problems`, the rest counts.

pub mod edit;
pub mod file;
pub mod keys;
pub mod layers;
pub mod precedence;
pub mod price_file;
pub mod reference;
mod resolve;
mod scalar;
pub mod schema;
pub mod together;
pub mod tongue;
pub mod validate;
pub mod value;

use std::collections::BTreeMap;

use crate::base::diagnostic::Diagnostic;
use crate::base::money::Money;
use crate::base::words::Language;
use crate::model::limit::{Calendar, Limit};

pub use crate::model::provider::Provider;
pub use file::{ModelPrice, Naming, OnError, OnStale, ProviderFactors};
pub use layers::{Place, SettingsFile, Sources, managed_dir};
pub use scalar::{DatabaseUrl, Factor};

/// Everything the settings files come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Are calls recorded at all?
    pub enabled: bool,
    /// Does every commit leave tamper evidence beside the ledger?
    pub tamper_evidence: bool,
    /// Are warnings shown?
    pub warnings: bool,
    pub on_error: OnError,
    /// How reports cut days, weeks and months. A limit has its own: a project may cut its own limits otherwise.
    pub calendar: Calendar,
    /// None: that of the locale.
    pub language: Option<Language>,
    /// Managed first, then user, then projects; all of them count.
    pub limits: Vec<Limit>,
    pub pricing: PricingSettings,
    /// None: to be recognised.
    pub provider: Option<Provider>,
    /// None: to be recognised.
    pub region: Option<String>,
    pub team: TeamSettings,
    /// What was left out, and what has no effect.
    pub problems: Vec<Diagnostic>,
    /// The files that exist, in the order of `layers::places`.
    pub files: Vec<Place>,
}

/// Prices that differ from the published ones.
#[derive(Debug, Clone, PartialEq)]
pub struct PricingSettings {
    /// By model id as written; USD per million tokens.
    pub overrides: BTreeMap<String, ModelPrice>,
    pub multiplier: Factor,
    /// None: as published.
    pub batch: Option<Factor>,
    pub providers: ProviderFactors,
    pub transfer_per_gb: Money,
}

impl Default for PricingSettings {
    fn default() -> Self {
        Self {
            overrides: BTreeMap::new(),
            multiplier: Factor::ONE,
            batch: None,
            providers: ProviderFactors::default(),
            transfer_per_gb: Money::ZERO,
        }
    }
}

/// What the settings say of the team. Allocation and budget are limits too, in `Settings::limits`.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamSettings {
    /// Who the settings say works here; None: ask git, then the system.
    pub user: Option<String>,
    pub budget: Option<Money>,
    /// In the order of the file.
    pub members: Vec<(String, Money)>,
    pub on_stale: OnStale,
    pub max_age_seconds: u64,
    pub sync_interval_seconds: u64,
    /// How projects are named in the database.
    pub projects: Naming,
    /// May hold a password; never for printing.
    pub database_url: Option<DatabaseUrl>,
}

impl TeamSettings {
    /// How old the team's totals may be, in milliseconds.
    pub fn max_age_ms(&self) -> i64 {
        ms(self.max_age_seconds)
    }

    /// How often they are asked for while somebody works, in milliseconds.
    pub fn sync_interval_ms(&self) -> i64 {
        ms(self.sync_interval_seconds)
    }
}

fn ms(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000)
}

/// What these files come to, read in whatever way.
pub fn join(files: &[SettingsFile], sources: &Sources<'_>) -> Settings {
    resolve::resolve(files, sources)
}

/// Reads and joins all settings files.
pub fn load(sources: &Sources<'_>) -> Settings {
    let (places, unlisted) = layers::places(sources);
    let files = layers::read_all(&places, sources.zone_exists);
    let mut settings = resolve::resolve(&files, sources);
    if let Some(error) = unlisted {
        let name = sources.managed_dir.join("managed-settings.d").display().to_string();
        settings.problems.insert(0, Diagnostic::unreadable(&name, &error));
    }
    settings
}
