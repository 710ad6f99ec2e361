//! The interactive client in a terminal: tmux on a private socket, keys in, screen out. What it waits for are
//! words a person would see. Not here: what they should say (the scenarios).

use std::cell::Cell;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::client::Home;

const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Screen<'a> {
    home: &'a Home,
    socket: String,
    open: Cell<bool>,
}

impl<'a> Screen<'a> {
    /// Opens the client and waits for its prompt.
    pub(crate) fn open(home: &'a Home, args: &[&str]) -> Self {
        let mut client = home.client();
        client.args(args);
        Self::of(home, &client)
    }

    /// The same for a command that starts it.
    pub(crate) fn of(home: &'a Home, client: &Command) -> Self {
        let socket = home.path("tmux").display().to_string();
        let screen = Self { home, socket, open: Cell::new(true) };
        let env = home.env().iter().map(|(key, value)| format!("{key}={value}"));
        screen
            .tmux()
            .args([
                "new-session",
                "-d",
                "-x",
                if pictures().is_some() { "104" } else { "160" },
                "-y",
                "50",
                "env",
                "-i",
            ])
            .args(env)
            .arg(client.get_program())
            .args(client.get_args())
            .current_dir(home.project())
            .status()
            .unwrap();
        screen.wait("❯");
        // The prompt is drawn a moment before it takes keys.
        thread::sleep(Duration::from_millis(400));
        screen
    }

    fn tmux(&self) -> Command {
        let mut tmux = self.home.command("tmux".as_ref());
        tmux.args(["-S", &self.socket, "-f", "/dev/null"]).stdout(Stdio::null()).stderr(Stdio::null());
        tmux
    }

    pub(crate) fn text(&self) -> String {
        let shown = self.tmux().args(["capture-pane", "-p"]).stdout(Stdio::piped()).output().unwrap();
        String::from_utf8_lossy(&shown.stdout).into_owned()
    }

    /// Keeps the screen with its colours for `tests/pictures/run`, which makes a picture of it.
    pub(crate) fn keep(&self, name: &str) {
        let Some(folder) = pictures() else { return };
        let shown = self.tmux().args(["capture-pane", "-p", "-e"]).stdout(Stdio::piped()).output().unwrap();
        std::fs::write(folder.join(format!("{name}.ansi")), shown.stdout).unwrap();
    }

    /// Waits for words, wherever the screen breaks its lines.
    pub(crate) fn wait(&self, words: &str) {
        self.until(&format!("the words {words:?}"), |text| folded(text).contains(&folded(words)));
    }

    /// The words are there once: what is said again follows within a moment.
    pub(crate) fn once(&self, words: &str) {
        thread::sleep(Duration::from_millis(700));
        assert_eq!(self.count(words), 1, "{words:?} is said once:\n{}", self.text());
    }

    /// How often the words stand on the screen.
    pub(crate) fn count(&self, words: &str) -> usize {
        folded(&self.text()).matches(&folded(words)).count()
    }

    pub(crate) fn until(&self, what: &str, is: impl Fn(&str) -> bool) {
        let give_up = Instant::now() + PATIENCE;
        loop {
            let text = self.text();
            if is(&text) {
                return;
            }
            assert!(Instant::now() < give_up, "the screen never showed {what}:\n{text}");
            thread::sleep(Duration::from_millis(40));
        }
    }

    pub(crate) fn key(&self, key: &str) {
        self.tmux().args(["send-keys", key]).status().unwrap();
    }

    /// Types a line and sends it off once the input box shows it.
    pub(crate) fn say(&self, line: &str) {
        self.tmux().args(["send-keys", "-l", line]).status().unwrap();
        // Bash mode swallows the leading mark, and a long line wraps: its last words are enough.
        let tail: String = line.chars().skip(line.chars().count().saturating_sub(16)).collect();
        self.wait(tail.trim_start_matches(['!', ' ']));
        thread::sleep(Duration::from_millis(120));
        self.key("Enter");
    }

    /// `/exit`, and waits until the client is gone with its last words written.
    pub(crate) fn leave(&self) {
        // A prompt that was held back is still in the box.
        self.key("C-u");
        self.say("/exit");
        let give_up = Instant::now() + PATIENCE;
        while self.tmux().arg("has-session").status().unwrap().success() {
            assert!(Instant::now() < give_up, "the client does not leave:\n{}", self.text());
            thread::sleep(Duration::from_millis(40));
        }
        self.open.set(false);
    }
}

/// Where screens are kept, when somebody asks for pictures of them.
fn pictures() -> Option<PathBuf> {
    std::env::var_os("COST_HOOK_SCREENSHOTS").map(PathBuf::from)
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        if self.open.get() {
            let _ended = self.tmux().arg("kill-server").status();
        }
    }
}
