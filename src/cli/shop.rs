//! What every command works with: the world, the two streams, the setup of the current project, and the quiet
//! catching up before an answer.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::args::Global;
use crate::base::diagnostic::Severity;
use crate::base::env;
use crate::base::error::{Kind, Result};
use crate::base::words::say;
use crate::base::world::World;
use crate::book::watch;
use crate::ledger::{Ledger, Writer};
use crate::report::table::{Line, Look, Role};
use crate::setup::{self, Setup};
use crate::ui::print;
use crate::ui::style::{Screen, Tone};

/// A command that only reads does not make its user wait for others.
pub(super) const SHORT: Duration = Duration::from_millis(300);
/// A command that cannot do without the lock. An import lets others in every second or so.
pub(super) const PATIENT: Duration = Duration::from_secs(10);
/// More problems of the settings than this are left to `validate`.
const PROBLEMS_SHOWN: usize = 3;

pub(super) struct Shop<'w> {
    pub(super) world: &'w World,
    pub(super) out: Screen,
    pub(super) err: Screen,
    pub(super) json: bool,
}

impl<'w> Shop<'w> {
    pub(super) fn new(world: &'w World, global: &Global) -> Self {
        let language = setup::language(world);
        Self {
            world,
            out: Screen::stdout(world, global.no_color, language),
            err: Screen::stderr(world, global.no_color, language),
            json: global.json,
        }
    }

    /// The setup of the folder the command was started in, its problems told on stderr.
    pub(super) fn setup(&self) -> Setup {
        self.setup_in(&self.world.project_dir())
    }

    pub(super) fn setup_in(&self, project: &Path) -> Setup {
        let setup = Setup::of(self.world, project);
        let errors: Vec<_> =
            setup.settings.problems.iter().filter(|found| found.severity == Severity::Error).collect();
        for problem in errors.iter().take(PROBLEMS_SHOWN) {
            print::warning(&self.err, &problem.on_one_line(self.err.language));
        }
        if errors.len() > PROBLEMS_SHOWN {
            let more = errors.len() - PROBLEMS_SHOWN;
            print::warning(&self.err, &say!(self.err.language, "more-problems", problems = more));
        }
        setup
    }

    /// The folder whose limits apply. After `!` the client names the session but not its start folder, and the
    /// command runs wherever the session has gone since: the ledger knows where it began.
    pub(super) fn project(&self, session: Option<&str>, patience: Duration) -> Result<PathBuf> {
        let ledger = Ledger::at(&self.world.data_dir());
        let told = self.world.var(env::CLAUDE_PROJECT_DIR).is_some();
        if let Some(id) = session.filter(|_| !told && ledger.exists()) {
            let mut writer = ledger.write(self.world.now(), patience)?;
            let known = writer.peek_session(id)?.map(|session| session.project.as_str());
            if let Some(project) = known.filter(|project| !project.is_empty()) {
                return Ok(PathBuf::from(project));
            }
        }
        Ok(self.world.project_dir())
    }

    /// Books what the files of known sessions hold beyond what was read, so that the answer is about now, and asks
    /// the checkpoint `question`. Whatever keeps it from that, the ledger can be read all the same: None.
    pub(super) fn catch_up<T>(
        &self,
        setup: &Setup,
        question: impl FnOnce(&mut Writer) -> Result<T>,
    ) -> Option<T> {
        if !setup.ledger.exists() {
            return None;
        }
        match self.booked(setup, SHORT, |_| Ok(()), question) {
            Ok(answer) => Some(answer),
            Err(error) => {
                if error.kind != Kind::Busy {
                    let language = self.err.language;
                    let error = language.error(&error);
                    print::warning(&self.err, &say!(language, "newest-calls-missing", error = error));
                }
                None
            }
        }
    }

    /// The same for who cannot go on without the lock. `before` is run before anything is booked.
    pub(super) fn booked<T>(
        &self,
        setup: &Setup,
        patience: Duration,
        before: impl FnOnce(&mut Writer) -> Result<()>,
        question: impl FnOnce(&mut Writer) -> Result<T>,
    ) -> Result<T> {
        let mut writer = setup.ledger.write(self.world.now(), patience)?;
        before(&mut writer)?;
        if setup.settings.enabled {
            // No session's environment is at hand here: a terminal's says nothing of where a session's calls went.
            watch::catch_up(&mut writer, &setup.context(self.world, &|_| None), None, None)?;
        }
        let answer = question(&mut writer)?;
        writer.commit()?;
        Ok(answer)
    }

    /// Prints the answer.
    pub(super) fn say(&self, text: &str) -> Result<()> {
        print::out(text)
    }

    pub(super) fn heading(&self, text: &str) -> String {
        self.out.paint(Tone::Heading, text)
    }

    pub(super) fn faint(&self, text: &str) -> String {
        self.out.paint(Tone::Faint, text)
    }

    pub(super) fn command(&self, text: &str) -> String {
        self.out.paint(Tone::Command, text)
    }

    /// A table's lines in their colours.
    pub(super) fn table(&self, lines: &[Line]) -> String {
        let paint = |line: &Line| match line.role {
            Role::Header | Role::Total => self.heading(&line.text),
            Role::Rule | Role::Part | Role::Note => self.faint(&line.text),
            Role::Row => line.text.clone(),
        };
        lines.iter().map(|line| paint(line) + "\n").collect()
    }
}

/// What tables go by of a screen.
pub(super) fn look(screen: &Screen) -> Look {
    Look { width: usize::from(screen.width), unicode: screen.unicode, language: screen.language }
}
