//! What a stream can show: colour, box characters, width. Decided once from the flag, the environment and the
//! terminal; everything that draws is given a `Screen` and asks nobody else.

use std::fmt::Display;
use std::io::IsTerminal;

use anstyle::{AnsiColor, Style};

use crate::base::env;
use crate::base::words::Language;
use crate::base::world::World;

/// Narrower than this nothing is laid out for.
const MIN_WIDTH: u16 = 40;
/// For pipes and files, where nobody says how wide the reader is.
const UNKNOWN_WIDTH: u16 = 100;

/// What texts mean; how that looks is decided here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Heading,
    /// Less important than what stands around it.
    Faint,
    Good,
    Warning,
    Bad,
    /// Something to type.
    Command,
}

impl Tone {
    fn style(self) -> Style {
        let plain = Style::new();
        match self {
            Tone::Heading => plain.bold(),
            Tone::Faint => plain.dimmed(),
            Tone::Good => AnsiColor::Green.on_default(),
            Tone::Warning => AnsiColor::Yellow.on_default(),
            Tone::Bad => AnsiColor::Red.on_default().bold(),
            Tone::Command => AnsiColor::Cyan.on_default(),
        }
    }
}

/// One output stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    pub terminal: bool,
    pub color: bool,
    /// Bars and rules may use box characters.
    pub unicode: bool,
    pub width: u16,
    /// What is said on it.
    pub language: Language,
}

impl Screen {
    pub fn stdout(world: &World, no_color: bool, language: Language) -> Self {
        Self::of(world, no_color, language, std::io::stdout().is_terminal())
    }

    pub fn stderr(world: &World, no_color: bool, language: Language) -> Self {
        Self::of(world, no_color, language, std::io::stderr().is_terminal())
    }

    fn of(world: &World, no_color: bool, language: Language, terminal: bool) -> Self {
        let dumb = world.var(env::TERM).is_some_and(|term| term == "dumb");
        let color = terminal && !no_color && !dumb && world.var(env::NO_COLOR).is_none();
        let columns = world.var(env::COLUMNS).and_then(|columns| columns.parse().ok());
        let asked = || terminal.then(terminal_size::terminal_size).flatten().map(|(width, _)| width.0);
        let width = columns.or_else(asked).unwrap_or(UNKNOWN_WIDTH).max(MIN_WIDTH);
        Self { terminal, color, unicode: speaks_unicode(world), width, language }
    }

    /// Plain text of a width, for tests and for everything that is no terminal.
    pub fn plain(width: u16) -> Self {
        Self { terminal: false, color: false, unicode: false, width, language: Language::English }
    }

    pub fn paint(&self, tone: Tone, text: impl Display) -> String {
        if !self.color {
            return text.to_string();
        }
        let style = tone.style();
        format!("{style}{text}{style:#}")
    }

    /// A line across `width` columns.
    pub fn rule(&self, width: usize) -> String {
        let line = if self.unicode { "─" } else { "-" };
        line.repeat(width)
    }
}

/// Does the locale say so? Where no locale is set, other systems than Unix speak it all the same.
fn speaks_unicode(world: &World) -> bool {
    let locale = [env::LC_ALL, env::LC_CTYPE, env::LANG].iter().find_map(|name| world.var(name));
    match locale {
        Some(locale) => {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        }
        None => cfg!(any(windows, target_os = "macos")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Time;
    use std::path::Path;

    fn screen(env: &[(&str, &str)], no_color: bool, terminal: bool) -> Screen {
        Screen::of(&World::made_up(env, Path::new("/"), Time(0)), no_color, Language::English, terminal)
    }

    #[test]
    fn colour_needs_a_terminal_and_nobody_who_objects() {
        assert!(screen(&[], false, true).color);
        assert!(!screen(&[], true, true).color);
        assert!(!screen(&[], false, false).color);
        assert!(!screen(&[("NO_COLOR", "1")], false, true).color);
        assert!(screen(&[("NO_COLOR", "")], false, true).color, "empty is as good as absent");
        assert!(!screen(&[("TERM", "dumb")], false, true).color);
    }

    #[test]
    fn the_locale_decides_the_characters_and_columns_the_width() {
        assert!(screen(&[("LANG", "de_DE.UTF-8")], false, false).unicode);
        assert!(!screen(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "C")], false, false).unicode);
        assert_eq!(screen(&[("COLUMNS", "72")], false, false).width, 72);
        assert_eq!(screen(&[("COLUMNS", "3")], false, false).width, MIN_WIDTH);
        assert_eq!(screen(&[("COLUMNS", "wide")], false, false).width, UNKNOWN_WIDTH);
    }

    #[test]
    fn without_colour_text_is_text() {
        let plain = Screen::plain(80);
        assert_eq!(plain.paint(Tone::Bad, "x"), "x");
        let colored = Screen { color: true, ..plain };
        assert_eq!(colored.paint(Tone::Good, "x"), "\u{1b}[32mx\u{1b}[0m");
    }
}
