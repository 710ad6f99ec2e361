//! The scenarios, by subject. Each is a function that panics when the product, the client and the stand-in do
//! not agree. This file only lists them.

mod agents;
mod answers;
mod cloud;
mod configuration;
mod continuous;
mod doctor;
mod entries;
mod installs;
mod layers;
mod limits;
mod organisation;
mod pictures;
mod plugin;
mod raises;
mod said;
mod screens;
mod sessions;
mod stops;
mod team;
mod troubles;

#[derive(Clone, Copy)]
pub(crate) enum Needs {
    /// Stand-in and client can be compared without the product.
    Client,
    /// Nothing to see without the product.
    Ledger,
    /// The same, and a PostgreSQL server that can be started.
    Store,
}

pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) needs: Needs,
    pub(crate) run: fn(),
}

const fn figures(name: &'static str, run: fn()) -> Scenario {
    Scenario { name, needs: Needs::Client, run }
}

const fn product(name: &'static str, run: fn()) -> Scenario {
    Scenario { name, needs: Needs::Ledger, run }
}

const fn with_store(name: &'static str, run: fn()) -> Scenario {
    Scenario { name, needs: Needs::Store, run }
}

/// Longest first: two run at a time, and a long one at the end would leave a core idle.
pub(crate) fn all() -> Vec<Scenario> {
    let groups = [
        entries::ALL,
        screens::ALL,
        said::ALL,
        configuration::ALL,
        continuous::ALL,
        installs::ALL,
        plugin::ALL,
        doctor::ALL,
        organisation::ALL,
        pictures::ALL,
        raises::ALL,
        limits::ALL,
        layers::ALL,
        stops::ALL,
        team::ALL,
        sessions::ALL,
        agents::ALL,
        troubles::ALL,
        cloud::ALL,
        answers::ALL,
    ];
    groups.into_iter().flatten().map(|s| Scenario { ..*s }).collect()
}
