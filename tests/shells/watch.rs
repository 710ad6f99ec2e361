//! `cost-hook watch` on a real terminal: tmux on a private socket, keys in, screen out.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::Home;

const PATIENCE: Duration = Duration::from_secs(30);

struct Screen<'h> {
    home: &'h Home,
}

impl<'h> Screen<'h> {
    /// Opens a shell of this size.
    fn open(home: &'h Home, width: u16, height: u16) -> Self {
        let screen = Self { home };
        let (width, height) = (width.to_string(), height.to_string());
        let opened = screen
            .tmux()
            .args([
                "new-session",
                "-d",
                "-x",
                &width,
                "-y",
                &height,
                "env",
                "-u",
                "TMUX",
                "PS1=ready> ",
                "bash",
                "--norc",
            ])
            .status();
        assert!(opened.unwrap().success(), "`tmux` is missing; on Debian it is in tmux");
        screen.wait("ready>");
        screen
    }

    fn tmux(&self) -> Command {
        let mut tmux = self.home.command("tmux");
        let socket = self.home.path("tmux");
        tmux.arg("-S").arg(socket).args(["-f", "/dev/null"]).stdout(Stdio::null()).stderr(Stdio::null());
        tmux.env("TERM", "xterm").env("COST_HOOK_TEST_NOW", "2026-11-24T12:00:00.000Z").env("TZ", "UTC");
        tmux
    }

    fn text(&self) -> String {
        let shown = self.tmux().args(["capture-pane", "-p"]).stdout(Stdio::piped()).output().unwrap();
        String::from_utf8_lossy(&shown.stdout).into_owned()
    }

    /// Waits for words, for as long as somebody would.
    #[track_caller]
    fn wait(&self, words: &str) {
        let give_up = Instant::now() + PATIENCE;
        while !self.text().contains(words) {
            assert!(Instant::now() < give_up, "the screen never showed {words:?}:\n{}", self.text());
            thread::sleep(Duration::from_millis(40));
        }
    }

    fn keys(&self, keys: &[&str]) {
        self.tmux().arg("send-keys").args(keys).status().unwrap();
    }

    fn asked(&self, format: &str) -> String {
        let mut tmux = self.tmux();
        let said = tmux.args(["display-message", "-p", format]).stdout(Stdio::piped()).output().unwrap();
        String::from_utf8_lossy(&said.stdout).trim().to_string()
    }
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        let _ended = self.tmux().arg("kill-server").status();
    }
}

/// A line of the ledger, appended as another process would.
fn book(home: &Home, id: u32, cost: &str) {
    let line = format!(
        r#"{{"kind":"call","v":1,"id":"m{id}:r","time":"2026-11-24T11:59:{:02}.000Z","session":"s-1","project":"/w/shop","model":"claude-opus-5-5","provider":"anthropic","tokens":{{"input":10,"output":5,"cacheWrite5m":0,"cacheWrite1h":0,"cacheRead":0}},"feature":"tool:Bash","user":"u","cost":"{cost}","prices":"p"}}"#,
        id % 60
    );
    let path = home.path(".claude/cost-hook/ledger/2026-11.jsonl");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let before = fs::read_to_string(&path).unwrap_or_default();
    fs::write(&path, format!("{before}{line}\n")).unwrap();
}

#[test]
fn watch_in_tmux() {
    let home = Home::new();
    home.write(".claude/settings.json", r#"{"cost": {"dailyBudget": 10}}"#);
    book(&home, 1, "2.5");
    let screen = Screen::open(&home, 80, 24);
    let modes = || {
        screen.keys(&["clear; stty -a | grep -c -e ' icanon' -e ' echo '", "Enter"]);
        screen.wait("\nready>");
        screen.text()
    };
    let before = modes();
    screen.keys(&["cost-hook watch --interval 0.2", "Enter"]);
    screen.wait("cost-hook watch");
    screen.wait("daily budget");
    screen.wait("$2.50 of $10.00");
    assert_eq!(screen.asked("#{alternate_on} #{cursor_flag}"), "1 0");
    // A call that somebody books shows by itself, and in the limit.
    book(&home, 2, "1.25");
    screen.wait("$1.25");
    screen.wait("$3.75 of $10.00");
    // Another size is another picture, with nothing left over of the one before.
    screen.tmux().args(["resize-window", "-x", "44", "-y", "12"]).status().unwrap();
    let give_up = Instant::now() + PATIENCE;
    let fits = |text: &str| {
        text.lines().count() <= 12 && text.contains("cost-hook watch") && text.contains("12:00:00")
    };
    while !fits(&screen.text()) {
        assert!(Instant::now() < give_up, "{}", screen.text());
        thread::sleep(Duration::from_millis(40));
    }
    screen.keys(&["x"]);
    screen.keys(&["q"]);
    screen.wait("ready>");
    assert_eq!(screen.asked("#{alternate_on} #{cursor_flag}"), "0 1");
    screen.tmux().args(["resize-window", "-x", "80", "-y", "24"]).status().unwrap();
    screen.keys(&["clear; cost-hook watch", "Enter"]);
    screen.wait("Newest calls");
    screen.keys(&["C-c"]);
    screen.wait("ready>");
    assert_eq!(screen.asked("#{alternate_on} #{cursor_flag}"), "0 1");
    assert_eq!(modes(), before, "the terminal is as it was");
}
