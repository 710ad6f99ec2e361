//! The plugin's slash commands. What a person asks with one is answered here, before anything is sent: a question about
//! money costs none. Owns which there are and how they are run; `/cost-hook:allow` is carried out where an `allow` line is.
//!
//! The answer is the command's own, from a process of its own: nothing of reports is loaded for an event that asks for
//! none.

use std::process::{Command, Stdio};

use crate::base::env;
use crate::base::text::words;
use crate::base::words::{Language, say};
use crate::base::world::World;
use crate::claude::reply::MOST_ANSWER;
use crate::claude::wire::HookInput;

const PREFIX: &str = "/cost-hook:";

/// What is typed, and what is run.
const COMMANDS: [(&str, &str); 5] = [
    ("cost", "session"),
    ("report", "report"),
    ("debug", "debug"),
    ("advise", "advise"),
    ("budget", "status"),
];

/// What the client leaves of a terminal's usual width beside its own margin.
const WIDTH: &str = "96";

/// Did a slash command of the plugin bring this prompt?
pub(super) fn is_command(prompt: &str) -> bool {
    prompt.trim().starts_with(PREFIX)
}

/// What a prompt asks for.
pub(super) struct Asked {
    arguments: Vec<String>,
}

impl Asked {
    /// None when the event brings no such prompt.
    pub(super) fn of(payload: &HookInput) -> Option<Self> {
        let prompt = payload.prompt.as_deref().filter(|_| payload.hook_event_name == "UserPromptSubmit")?;
        let line = prompt.trim().strip_prefix(PREFIX)?;
        let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let (_, command) = COMMANDS.into_iter().find(|(known, _)| *known == name)?;
        // A quote that is left open is an apostrophe: then the words are those between spaces.
        let rest = words(rest).unwrap_or_else(|| rest.split_whitespace().map(str::to_string).collect());
        let mut arguments = vec![command.to_string()];
        if rest.is_empty() && name == "cost" {
            arguments.extend(payload.session_id.clone());
        }
        arguments.extend(rest);
        Some(Self { arguments })
    }

    /// What the command says.
    pub(super) fn answer(&self, world: &World, language: Language) -> String {
        let output = world.program().and_then(|program| {
            let mut command = Command::new(program);
            command.args(&self.arguments).env(env::COLUMNS, WIDTH).stdin(Stdio::null());
            command.output().ok()
        });
        let Some(output) = output else {
            return say!(language, "slash-cannot-run", command = &self.arguments[0]);
        };
        let said = if output.status.success() { &output.stdout } else { &output.stderr };
        let mut text = String::from_utf8_lossy(said).trim_end().to_string();
        if text.len() > MOST_ANSWER {
            text = shortened(&text, &self.arguments[0], language);
        }
        text
    }
}

/// As many whole lines as the client shows.
fn shortened(text: &str, command: &str, language: Language) -> String {
    let rest = format!("\n{}", say!(language, "slash-shortened", command = command));
    let end = text.floor_char_boundary(MOST_ANSWER - rest.len());
    let end = text[..end].rfind('\n').unwrap_or(end);
    format!("{}{rest}", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(prompt: &str) -> Option<Vec<String>> {
        let payload = HookInput {
            hook_event_name: "UserPromptSubmit".into(),
            session_id: Some("s1".into()),
            prompt: Some(prompt.into()),
            ..HookInput::default()
        };
        Asked::of(&payload).map(|asked| asked.arguments)
    }

    #[test]
    fn only_our_own_commands_are_answered() {
        let words = |words: &[&str]| Some(words.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(asked("/cost-hook:report"), words(&["report"]));
        assert_eq!(asked(" /cost-hook:report --since 7d\n"), words(&["report", "--since", "7d"]));
        assert_eq!(asked("/cost-hook:budget"), words(&["status"]));
        assert_eq!(asked("/cost-hook:debug --project 'a b'"), words(&["debug", "--project", "a b"]));
        assert_eq!(asked("/cost-hook:debug it's"), words(&["debug", "it's"]));
        assert_eq!(asked("/cost-hook:cost"), words(&["session", "s1"]));
        assert_eq!(asked("/cost-hook:cost other"), words(&["session", "other"]));
        for no in [
            "/cost-hook:allow 5",
            "/cost-hook:reports",
            "/cost-hook",
            "cost-hook report",
            "x /cost-hook:report",
        ] {
            assert_eq!(asked(no), None, "{no}");
        }
        let elsewhere = HookInput {
            hook_event_name: "UserPromptExpansion".into(),
            prompt: Some("/cost-hook:report".into()),
            ..HookInput::default()
        };
        assert!(Asked::of(&elsewhere).is_none());
    }

    #[test]
    fn a_long_answer_ends_with_a_whole_line_and_says_so() {
        let text = "→ row\n".repeat(MOST_ANSWER);
        let short = shortened(&text, "report", Language::English);
        assert!(short.len() <= MOST_ANSWER && short.contains("→ row\n… The rest"), "{}", short.len());
    }
}
