//! Finds out what is wrong. `files` looks at settings files, for `validate` and for whoever is about to write one;
//! `examine` looks at everything that recording and stopping depend on, one file a subject. Nothing here prints or
//! changes anything: the words are for `cli` to show, and `Remedy` says what can be mended without asking.

mod client;
mod clock;
pub mod files;
mod hooks;
mod journal;
mod ledger;
mod network;
mod prices;
mod registered;
mod settings;
mod team;

use std::path::PathBuf;
use std::time::Duration;

use crate::base::text::without_password;
use crate::base::width::shown;
use crate::base::words::{Language, Word, word};
use crate::base::world::World;
use crate::book::late;
use crate::claude::recent::{self, Tail};
use crate::ledger::health::{self, Survey};
use crate::ledger::segment;
use crate::setup::Setup;
use registered::Scene;

/// So many of the newest transcripts are looked at.
const TRANSCRIPTS: usize = 8;
/// Months of the ledger beyond the newest are read as long as all together is no more than this.
const LEDGER_READ: u64 = 64 << 20;
/// Longer texts are cut.
const LONGEST: usize = 400;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Ok,
    /// It works, but not as well as it could, or not everywhere.
    Warning,
    /// Something is not recorded or not stopped.
    Error,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Warning => "warning",
            State::Error => "error",
        }
    }
}

/// Under which heading a check is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Client,
    Hooks,
    Settings,
    Ledger,
    Prices,
    Time,
    Team,
    Troubles,
    Network,
}

impl Group {
    pub fn heading(self) -> Word {
        match self {
            Group::Client => word!("group-client"),
            Group::Hooks => word!("group-hooks"),
            Group::Settings => word!("group-settings"),
            Group::Ledger => word!("group-ledger"),
            Group::Prices => word!("group-prices"),
            Group::Time => word!("group-time"),
            Group::Team => word!("group-team"),
            Group::Troubles => word!("group-troubles"),
            Group::Network => word!("group-network"),
        }
    }

    /// For programs.
    pub fn name(self) -> &'static str {
        match self {
            Group::Client => "client",
            Group::Hooks => "hooks",
            Group::Settings => "settings",
            Group::Ledger => "ledger",
            Group::Prices => "prices",
            Group::Time => "time",
            Group::Team => "team",
            Group::Troubles => "troubles",
            Group::Network => "network",
        }
    }
}

/// What mends a finding without a question: nothing that a person decided is undone by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// Our entries in this settings file: what is missing is added, copies go, and all name `program`.
    Entries { file: PathBuf, program: String },
    /// Nobody but the owner may read these.
    Private(Vec<PathBuf>),
    /// The checkpoint is made anew from the ledger.
    Checkpoint,
    /// What transcripts hold beyond what was booked is booked.
    Book,
}

/// One thing that was looked at.
#[derive(Debug, Clone)]
pub struct Check {
    /// Stable, for tools; each occurs at most once.
    pub id: &'static str,
    pub group: Group,
    pub state: State,
    /// In the language the site asks for, as all its texts. Lower case unless it begins with a name, no full stop.
    pub message: String,
    /// What else is known of it.
    pub details: Vec<String>,
    pub cures: Vec<String>,
    pub remedies: Vec<Remedy>,
}

impl Check {
    fn new(id: &'static str, group: Group, state: State, message: impl AsRef<str>) -> Self {
        let (details, cures, remedies) = (Vec::new(), Vec::new(), Vec::new());
        Self { id, group, state, message: harmless(message.as_ref()), details, cures, remedies }
    }

    fn detail(mut self, text: impl AsRef<str>) -> Self {
        self.details.push(harmless(text.as_ref()));
        self
    }

    fn cure(mut self, text: impl AsRef<str>) -> Self {
        self.cures.push(harmless(text.as_ref()));
        self
    }

    fn remedy(mut self, remedy: Remedy) -> Self {
        if !self.remedies.contains(&remedy) {
            self.remedies.push(remedy);
        }
        self
    }
}

/// Texts come from files of others too: no escapes, no passwords, no endless lines.
fn harmless(text: &str) -> String {
    shown(&without_password(text), LONGEST)
}

/// Where the examination takes place.
pub struct Site<'a> {
    pub world: &'a World,
    pub setup: &'a Setup,
    /// The folder whose sessions are meant.
    pub project: PathBuf,
    /// This program, behind all links.
    pub program: Option<String>,
    /// In which everything is said.
    pub language: Language,
    /// No network connection is to be opened.
    pub offline: bool,
    /// For the client's answer and the team's store, each.
    pub patience: Duration,
}

/// What several subjects look at.
struct Seen<'a> {
    site: &'a Site<'a>,
    scene: Scene,
    tails: Vec<Tail>,
    /// None when there is no ledger, or it cannot be read.
    survey: Option<Survey>,
    unreadable: Option<String>,
}

/// Looks at everything. What only exists where it was set up, such as the team's store, has a check only there.
pub fn examine(site: &Site<'_>) -> Vec<Check> {
    let tails = recent::newest(&site.world.config_dir().join("projects"), TRANSCRIPTS);
    let ids: Vec<String> = tails.iter().filter_map(|tail| Some(tail.last_call.as_ref()?.0.clone())).collect();
    let ledger = &site.setup.ledger;
    let surveyed = ledger.exists().then(|| health::survey(ledger, LEDGER_READ, &ids)).transpose();
    let (survey, unreadable) = match surveyed {
        Ok(survey) => (survey, None),
        Err(error) => (None, Some(error.to_string())),
    };
    let seen = Seen { site, scene: Scene::of(site), tails, survey, unreadable };
    let subjects = [
        client::check,
        hooks::check,
        settings::check,
        ledger::check,
        prices::check,
        clock::check,
        team::check,
    ];
    let more = [journal::check, network::check];
    subjects.iter().chain(&more).flat_map(|subject| subject(&seen)).collect()
}

impl Seen<'_> {
    fn word(&self, word: Word) -> &'static str {
        self.site.language.word(word)
    }

    /// The client's environment as far as it can be known here: the settings' `env` comes over the shell's.
    fn client_var(&self, name: &str) -> Option<String> {
        let own = self.scene.setting(&["env", name]).and_then(|value| value.as_str().map(str::to_string));
        own.filter(|value| !value.is_empty()).or_else(|| self.site.world.var(name))
    }

    /// Is a switch of the client on, as it reads them?
    fn switched_on(&self, name: &str) -> bool {
        let on = |value: String| {
            ["1", "true", "yes", "on"].iter().any(|word| value.trim().eq_ignore_ascii_case(word))
        };
        self.client_var(name).is_some_and(on)
    }

    fn late_words(&self) -> usize {
        late::words(self.site.setup.ledger.base()).len()
    }

    fn newest_segment(&self) -> Option<PathBuf> {
        let ledger = &self.site.setup.ledger;
        segment::list(ledger).ok()?.last().map(|(month, _)| ledger.segment_path(*month))
    }
}
