//! Shell commands inside JSON strings: recognising ours, quoting, and wrapping a user's command so that the very
//! bytes come back. Works on the text as it stands in the file, because a string may be escaped in several ways and
//! a decoded one has forgotten which.

use std::borrow::Cow;
use std::ops::Range;

use crate::base::env;

/// The file name by which our binary is known, wherever it is.
const BINARY: &str = "cost-hook";

/// `'text'`, safe for every POSIX shell.
pub fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A path as a word of a command: quoted, but for one of Windows that every shell takes for one word as it is. PowerShell
/// starts no program whose path is in quotes.
pub(super) fn word(path: &str) -> String {
    let is_drive = matches!(path.as_bytes(), [letter, b':', b'/', ..] if letter.is_ascii_alphabetic());
    let is_plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/:._-".contains(&byte));
    if is_drive && is_plain { path.to_string() } else { quote(path) }
}

/// A text as the inside of a JSON string.
pub(super) fn escape(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_string()
}

/// A character of a JSON string and the bytes that spell it.
#[derive(Debug, Clone, Copy)]
struct Unit<'a> {
    decoded: char,
    raw: &'a str,
}

/// The inside of a JSON string, unit by unit. Halves of surrogate pairs stay apart: nothing here looks at them.
fn units(inside: &str) -> Vec<Unit<'_>> {
    let mut units = Vec::new();
    let mut rest = inside;
    while let Some(first) = rest.chars().next() {
        let (length, decoded) = match (first, rest.as_bytes().get(1)) {
            ('\\', Some(b'u')) => {
                let code = rest.get(2..6).and_then(|hex| u32::from_str_radix(hex, 16).ok());
                let length = if code.is_some() { 6 } else { 2 };
                (length, code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER))
            }
            ('\\', Some(b'n')) => (2, '\n'),
            ('\\', Some(b't')) => (2, '\t'),
            ('\\', Some(b'r')) => (2, '\r'),
            ('\\', Some(b'b')) => (2, '\u{8}'),
            ('\\', Some(b'f')) => (2, '\u{c}'),
            ('\\', Some(&other)) if other.is_ascii() => (2, char::from(other)),
            (other, _) => (other.len_utf8(), other),
        };
        let (raw, after) = rest.split_at(length);
        units.push(Unit { decoded, raw });
        rest = after;
    }
    units
}

/// One word of a shell command.
#[derive(Debug, PartialEq, Eq)]
struct Word {
    text: String,
    /// Which units it is made of, quotes included.
    units: Range<usize>,
}

/// The words of a simple command, up to the first character that would make it more than one. Only what is needed
/// to find a program's path and its first argument.
fn words(units: &[Unit<'_>], most: usize) -> Vec<Word> {
    let mut words = Vec::new();
    let mut i = 0;
    while words.len() < most {
        while units.get(i).is_some_and(|unit| unit.decoded.is_whitespace()) {
            i += 1;
        }
        let start = i;
        let mut text = String::new();
        let mut quote = None;
        while let Some(unit) = units.get(i) {
            match (quote, unit.decoded) {
                (None, c)
                    if c.is_whitespace() || matches!(c, ';' | '|' | '&' | '<' | '>' | '(' | ')' | '#') =>
                {
                    break;
                }
                (None, c @ ('\'' | '"')) => quote = Some(c),
                (Some(open), c) if c == open => quote = None,
                // In a Windows path the backslash is a separator and not an escape: only what needs escaping has it.
                (None | Some('"'), '\\')
                    if units.get(i + 1).is_some_and(|next| !next.decoded.is_alphanumeric()) =>
                {
                    i += 1;
                    text.push(units[i].decoded);
                }
                (_, c) => text.push(c),
            }
            i += 1;
        }
        if i == start {
            break;
        }
        words.push(Word { text, units: start..i });
    }
    words
}

/// A command of ours, taken apart.
struct Ours<'a> {
    units: Vec<Unit<'a>>,
    binary: Word,
    /// The first unit after the subcommand.
    rest: usize,
}

/// Takes a command apart if it runs our binary with this subcommand; assignments in front of it are the user's, and the
/// plugin's script is run by a shell.
fn ours<'a>(inside: &'a str, subcommand: &str) -> Option<Ours<'a>> {
    let units = units(inside);
    let mut words = words(&units, 8);
    words.drain(..words.iter().take_while(|word| is_assignment(&word.text)).count());
    if let [shell, script, ..] = &words[..]
        && is_script(&shell.text, &script.text)
    {
        words.remove(0);
    }
    let mut words = words.into_iter();
    let (binary, argument) = (words.next()?, words.next()?);
    let rest = argument.units.end;
    (is_binary(&binary.text) && argument.text == subcommand).then_some(Ours { units, binary, rest })
}

/// The program of a simple command and what follows it, at most `most` words; assignments in front of it are left
/// out. `command` is what the shell is given, not as it stands in JSON.
pub(super) fn first_words(command: &str, most: usize) -> Vec<String> {
    let escaped = escape(command);
    let units = units(&escaped);
    let words = words(&units, most + 8).into_iter().map(|word| word.text);
    words.skip_while(|word| is_assignment(word)).take(most).collect()
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

/// The program of a command of ours, and whether that is the plugin's script.
pub(super) fn program(command: &str) -> Option<(String, bool)> {
    let mut words = first_words(command, 2).into_iter();
    let (first, second) = (words.next()?, words.next());
    Some(match second.filter(|second| is_script(&first, second)) {
        Some(script) => (script, true),
        None => (first, false),
    })
}

/// Is it our plugin's script, given to a shell?
fn is_script(shell: &str, script: &str) -> bool {
    shell == "sh" && script.contains(env::CLAUDE_PLUGIN_ROOT) && is_binary(script)
}

/// Is this a path to our binary?
pub(super) fn is_binary(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".exe").unwrap_or(name) == BINARY
}

pub(super) fn is_ours(inside: &str, subcommand: &str) -> bool {
    ours(inside, subcommand).is_some()
}

/// The same command with our binary at another path; None when it is there already.
pub(super) fn moved(inside: &str, subcommand: &str, binary: &str) -> Option<String> {
    let ours = ours(inside, subcommand)?;
    if ours.binary.text == binary {
        return None;
    }
    let raw = |range: Range<usize>| ours.units[range].iter().map(|unit| unit.raw).collect::<String>();
    let before = raw(0..ours.binary.units.start);
    let after = raw(ours.binary.units.end..ours.units.len());
    Some(format!("{before}{}{after}", escape(&word(binary))))
}

/// `<binary> statusline --then '<the user's command>'`, the user's bytes spelled as they were.
pub(super) fn wrap(inside: &str, binary: &str) -> String {
    let mut out = escape(&format!("{} statusline --then '", word(binary)));
    for unit in units(inside) {
        match unit.decoded {
            // What `quote` does to a quote: end, escaped quote, begin.
            '\'' => {
                out.push_str(r"'\\");
                out.push_str(unit.raw);
                out.push('\'');
            }
            _ => out.push_str(unit.raw),
        }
    }
    out.push('\'');
    out
}

/// The user's command inside a status line of ours.
pub(super) fn unwrap(inside: &str) -> Option<Cow<'_, str>> {
    let ours = ours(inside, "statusline")?;
    let rest: Vec<Unit<'_>> = ours.units[ours.rest..].to_vec();
    let flag: String = rest.iter().map(|unit| unit.decoded).take(" --then '".len()).collect();
    if flag != " --then '" || rest.last()?.decoded != '\'' || rest.len() <= flag.len() {
        return None;
    }
    let mut body = &rest[flag.len()..rest.len() - 1];
    let mut out = String::new();
    while let Some(unit) = body.first() {
        if unit.decoded == '\'' {
            let [_, slash, quote, open, ..] = body else { return None };
            if (slash.decoded, quote.decoded, open.decoded) != ('\\', '\'', '\'') {
                return None;
            }
            out.push_str(quote.raw);
            body = &body[4..];
        } else {
            out.push_str(unit.raw);
            body = &body[1..];
        }
    }
    Some(Cow::Owned(out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn our_commands_are_known_by_the_name_of_the_binary() {
        for command in [
            "cost-hook hook",
            "/usr/bin/cost-hook hook",
            "'/home/a b/cost-hook' hook",
            r#"\"/home/a b/cost-hook\" hook"#,
            "COST_HOOK_DIR=/x cost-hook hook --quiet",
            "C:/tools/cost-hook.exe hook",
            r"C:\\tools\\cost-hook.exe hook",
            r"/a\\ b/cost-hook   hook",
        ] {
            assert!(is_ours(command, "hook"), "{command}");
        }
        for command in [
            "",
            "cost-hook",
            "cost-hook hooks",
            "my-cost-hook hook",
            "/cost-hook/run hook",
            "echo cost-hook hook",
            "cost-hook; hook",
            "cost-hook status",
        ] {
            assert!(!is_ours(command, "hook"), "{command}");
        }
    }

    #[test]
    fn a_moved_binary_keeps_what_else_is_in_the_command() {
        let moved = moved("X=1  \\\"/old/cost-hook\\\" hook --y \\u0041", "hook", "/new/cost-hook").unwrap();
        assert_eq!(moved, "X=1  '/new/cost-hook' hook --y \\u0041");
        assert_eq!(super::moved("'/new/cost-hook' hook", "hook", "/new/cost-hook"), None);
    }

    #[test]
    fn wrapping_is_what_a_shell_undoes() {
        let wrapped = wrap("echo 'it'", "/b/cost-hook");
        assert_eq!(wrapped, r"'/b/cost-hook' statusline --then 'echo '\\''it'\\'''");
        assert_eq!(unwrap(&wrapped).unwrap(), "echo 'it'");
        assert_eq!(unwrap("'/b/cost-hook' statusline"), None);
        assert_eq!(unwrap("'/b/cost-hook' statusline --then 'a' b'"), None);
    }

    proptest! {
        #[test]
        fn wrapping_and_unwrapping_give_the_same_bytes(
            parts in prop::collection::vec(
                prop_oneof![
                    Just("'".to_string()), Just("\\u0027".to_string()), Just("\\\\".to_string()),
                    Just("\\/".to_string()), Just("\\\"".to_string()), Just("\\ud83d\\ude00".to_string()),
                    "[ -!#-\\[\\]-~é]{0,4}",
                ],
                0..12,
            ),
        ) {
            let inside = parts.concat();
            let wrapped = wrap(&inside, "/it's/cost-hook");
            prop_assert!(is_ours(&wrapped, "statusline"));
            let restored = unwrap(&wrapped).map(|inside| inside.into_owned());
            prop_assert_eq!(restored, Some(inside.clone()));
            let moved = moved(&wrapped, "statusline", "/b/cost-hook").unwrap();
            prop_assert_eq!(unwrap(&moved).map(Cow::into_owned), Some(inside));
        }

        #[test]
        fn a_real_quote_survives(text in "\\PC{0,20}") {
            let inside = escape(&format!("{} hook", quote(&format!("/{text}/cost-hook"))));
            prop_assert!(is_ours(&inside, "hook"));
        }
    }
}
