//! The working context of a command or hook: settings, ledger, zone, user and prices, made from the world once.
//! Owns only the gluing; each part's rules are in its own module.

use std::path::{Path, PathBuf};

use crate::base::env;
use crate::base::time::Zone;
use crate::base::words::{Language, Reader};
use crate::base::world::World;
use crate::book::Context;
use crate::ledger::Ledger;
use crate::model::price::{ModelOverride, PriceOverrides};
use crate::model::provider::Provider;
use crate::model::ratio::Ratio;
use crate::settings::{self, Factor, PricingSettings, Settings, Sources};
use crate::team::state::State;

/// Everything the hook and the commands share.
pub struct Setup {
    pub settings: Settings,
    pub ledger: Ledger,
    /// The system's zone; `zone` is the one reports use.
    pub system: Zone,
    /// What people are answered in.
    pub language: Language,
    pub user: String,
    pub prices: PriceOverrides,
    pub provider: Option<Provider>,
}

impl Setup {
    /// For a session started in `project`.
    pub fn of(world: &World, project: &Path) -> Self {
        let settings = with_sources(world, project, settings::load);
        let user = settings.team.user.clone().unwrap_or_else(|| person(world, project));
        let system = world.system_zone();
        let ledger = Ledger::at(&world.data_dir()).chained(settings.tamper_evidence);
        Self {
            prices: overrides(&settings.pricing),
            provider: settings.provider,
            ledger: ledger.in_zone(&system).in_steps(world.ledger_step()),
            system,
            language: spoken(&settings, world),
            user,
            settings,
        }
    }

    /// Who is told how limits stand.
    pub fn reader(&self) -> Reader<'_> {
        Reader { zone: &self.system, language: self.language }
    }

    /// The zone reports cut days in.
    pub fn zone(&self) -> Zone {
        let named = self.settings.calendar.zone.as_deref().and_then(Zone::named);
        named.unwrap_or_else(|| self.system.clone())
    }

    /// What is remembered of the team's store, where there is one: limits of the team go by it.
    pub fn team(&self) -> Option<State> {
        self.settings.team.database_url.is_some().then(|| State::read(self.ledger.base()))
    }

    /// What booking needs. `env` is the client's environment in a hook and knows nothing in an import.
    pub fn context<'a>(&'a self, world: &World, env: &'a dyn Fn(&str) -> Option<String>) -> Context<'a> {
        Context {
            now: world.now(),
            prices: &self.prices,
            provider: self.provider,
            region: self.settings.region.as_deref(),
            user: &self.user,
            env,
            session: None,
            project: None,
        }
    }
}

/// Where the settings of a session started in `project` are looked for.
pub fn with_sources<T>(world: &World, project: &Path, then: impl FnOnce(&Sources<'_>) -> T) -> T {
    let member = || Some(person(world, project));
    then(&Sources {
        managed_dir: settings::managed_dir(world.var(env::COST_HOOK_MANAGED_DIR).map(PathBuf::from)),
        config_dir: world.config_dir(),
        home: Some(world.home()),
        start_dir: project.to_path_buf(),
        team_url: world.var(env::COST_HOOK_TEAM_URL),
        member: &member,
        zone_exists,
    })
}

/// What people are answered in, whatever the folder: a project's settings have no say in it.
pub fn language(world: &World) -> Language {
    spoken(&with_sources(world, &world.project_dir(), settings::load), world)
}

fn spoken(settings: &Settings, world: &World) -> Language {
    settings.language.unwrap_or_else(|| world.language())
}

/// Is this the name of a time zone the system knows?
pub fn zone_exists(name: &str) -> bool {
    Zone::named(name).is_some()
}

/// Who spends here: the git email address, else the system's user.
fn person(world: &World, project: &Path) -> String {
    let config = world.var(env::XDG_CONFIG_HOME).map_or_else(|| world.home().join(".config"), PathBuf::from);
    let places = [project.join(".git/config"), world.home().join(".gitconfig"), config.join("git/config")];
    let email = places.iter().find_map(|path| git_email(&std::fs::read_to_string(path).ok()?));
    email.or_else(|| world.os_user()).unwrap_or_else(|| "unknown".into())
}

/// `user.email` of a git configuration file. Starting git for it would cost more than the whole hook.
fn git_email(text: &str) -> Option<String> {
    let mut in_user = false;
    let mut email = None;
    for line in text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            in_user = section.trim_end_matches(']').trim().eq_ignore_ascii_case("user");
        } else if in_user
            && let Some((key, value)) = line.split_once('=')
            && key.trim().eq_ignore_ascii_case("email")
        {
            email = Some(value.trim().trim_matches('"').to_string());
        }
    }
    email.filter(|email| !email.is_empty())
}

fn overrides(pricing: &PricingSettings) -> PriceOverrides {
    let models = pricing.overrides.iter().map(|(model, price)| {
        let own = ModelOverride {
            input: price.input.map(|usd| usd.0),
            output: price.output.map(|usd| usd.0),
            cache_write_5m: price.cache_write_5m.map(|usd| usd.0),
            cache_write_1h: price.cache_write_1h.map(|usd| usd.0),
            cache_read: price.cache_read.map(|usd| usd.0),
        };
        (model.clone(), own)
    });
    let providers =
        Provider::ALL.into_iter().filter_map(|name| Some((name, ratio(pricing.providers.get(name)?)?)));
    PriceOverrides {
        models: models.collect(),
        aliases: Vec::new(),
        multiplier: ratio(pricing.multiplier).filter(|ratio| *ratio != Ratio::ONE),
        batch: pricing.batch.and_then(ratio),
        providers: providers.collect(),
    }
}

fn ratio(factor: Factor) -> Option<Ratio> {
    Ratio::new(u64::try_from(factor.0).ok()?, u64::try_from(Factor::ONE.0).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_email_is_read_from_the_user_section() {
        let text = "[core]\n\temail = no@x\n[user]\n\tname = A\n\temail = a@example.org\n[alias]\nemail=b\n";
        assert_eq!(git_email(text).as_deref(), Some("a@example.org"));
        assert_eq!(git_email("[user]\nemail =\n"), None);
    }
}
