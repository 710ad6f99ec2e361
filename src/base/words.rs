//! What the program says to people, in each language it speaks: the lists of messages and the choice of one. The lists
//! are Fluent's (`words/en/*.ftl`, `words/zh-CN/*.ftl`), every message once in each; code names a message by its key,
//! and a key, an argument or a translation that is not there is an error of the compiler. Which language is asked for is
//! the settings' and the locale's to say; machines are answered in none (JSON, CSV and exit codes have no words).
//!
//! A message's place in the texts is worked out at compile time, so that a hook reads one message and not a list.

mod dates;
mod fluent;
mod sentence;

use std::borrow::Cow;

use super::time::Zone;

/// A language of the messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    English,
    /// In simplified characters.
    Chinese,
}

/// Who is told something: by which zone's clock, and in which language.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'z> {
    pub zone: &'z Zone,
    pub language: Language,
}

/// A word or sentence that is the same every time: a heading, a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word(Message);

/// A message of the lists, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message(usize);

/// What is put into a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    Text(Cow<'a, str>),
    /// It chooses singular or plural, too.
    Count(u64),
    /// A number that is not written as it is: `1,234`, `12.3k`.
    Written(u64, Cow<'a, str>),
    /// A sentence within another.
    Said(Sentence),
}

/// The lists, those of the session first. An area is a file in each language, with the same messages in the same order.
macro_rules! lists {
    ($($area:literal),+ $(,)?) => {
        const ENGLISH: &str = concat!($(include_str!(concat!("words/en/", $area, ".ftl")), "\n"),+);
        const CHINESE: &str = concat!($(include_str!(concat!("words/zh-CN/", $area, ".ftl")), "\n"),+);

        #[cfg(test)]
        const AREAS: &[(&str, &str, &str)] = &[$((
            $area,
            include_str!(concat!("words/en/", $area, ".ftl")),
            include_str!(concat!("words/zh-CN/", $area, ".ftl")),
        )),+];
    };
}

lists![
    "session",
    "common",
    "tables",
    "trends",
    "compare",
    "blocks",
    "reconcile",
    "ledger",
    "doctor",
    "advice",
    "settings",
    "install",
    "team",
    "dashboard",
];

/// Where each message begins, and the end. Numbers and no slices: a reference in a static costs the loader work at each
/// start.
static STARTS_ENGLISH: [u32; COUNT + 1] = starts(ENGLISH);
static STARTS_CHINESE: [u32; COUNT + 1] = starts(CHINESE);

const COUNT: usize = count(ENGLISH);

/// A constant word: `word!("calls")`.
#[macro_export]
macro_rules! word {
    ($key:literal) => {
        const {
            $crate::base::words::Word::of(
                $key,
                concat!("src/base/words/en has no message `", $key, "`"),
                concat!("`", $key, "` has arguments or several lines: it needs say!"),
            )
        }
    };
}

/// A message with its arguments: `say!(language, "used-up", amount = amount.show(), calls = calls)`.
#[macro_export]
macro_rules! say {
    ($language:expr, $key:literal $(, $name:ident = $value:expr)* $(,)?) => {{
        const MESSAGE: $crate::base::words::Message = $crate::base::words::Message::with(
            $key,
            &[$(stringify!($name)),*],
            concat!("src/base/words/en has no message `", $key, "`"),
            concat!("the arguments of `", $key, "` are not those of its text"),
        );
        $crate::base::words::Language::say(
            $language,
            MESSAGE,
            &[$((stringify!($name), $crate::base::words::Value::from($value))),*],
        )
    }};
}

pub use crate::{say, sentence, word};
pub use sentence::Sentence;

impl Language {
    pub const ALL: [Language; 2] = [Language::English, Language::Chinese];

    /// The language of a locale such as `zh_CN.UTF-8`. Who writes in traditional characters is better served in English
    /// than in simplified ones, as is a terminal whose character set is not Unicode's.
    pub fn of_locale(locale: &str) -> Self {
        let locale = locale.to_ascii_lowercase();
        let (name, set) = locale.split_once('.').unwrap_or((&locale, "utf-8"));
        let set = set.split('@').next().unwrap_or_default();
        let mut parts = name.split(['_', '-', '@']);
        let is_chinese = parts.next() == Some("zh") && matches!(set, "utf-8" | "utf8");
        let is_traditional = parts.any(|part| matches!(part, "tw" | "hk" | "mo" | "hant"));
        if is_chinese && !is_traditional { Language::Chinese } else { Language::English }
    }

    /// Its name as HTML and settings have it.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Chinese => "zh-CN",
        }
    }

    /// A word in this language.
    pub fn word(self, word: Word) -> &'static str {
        plain(self.source(word.0))
    }

    /// A message in this language, its arguments filled in. By the macro, which sees to it that they fit.
    pub fn say(self, message: Message, arguments: &[(&str, Value<'_>)]) -> String {
        fluent::written(self.source(message), self, arguments)
    }

    /// The message as it stands in the list.
    fn source(self, message: Message) -> &'static str {
        let (text, starts) = match self {
            Language::English => (ENGLISH, &STARTS_ENGLISH),
            Language::Chinese => (CHINESE, &STARTS_CHINESE),
        };
        &text[starts[message.0] as usize..starts[message.0 + 1] as usize]
    }
}

impl Word {
    /// Looks a constant word up; at compile time, where a wrong key is an error.
    pub const fn of(key: &str, unknown: &str, not_plain: &str) -> Self {
        let message = find(key, unknown);
        let is_plain = is_plain(ENGLISH, STARTS_ENGLISH[message] as usize)
            && is_plain(CHINESE, STARTS_CHINESE[message] as usize);
        if !is_plain {
            panic!("{}", not_plain);
        }
        Word(Message(message))
    }
}

impl Message {
    /// Looks a message up; at compile time, where a wrong key or argument is an error.
    pub const fn with(key: &str, arguments: &[&str], unknown: &str, wrong: &str) -> Self {
        let message = find(key, unknown);
        let english = (STARTS_ENGLISH[message] as usize, STARTS_ENGLISH[message + 1] as usize);
        let chinese = (STARTS_CHINESE[message] as usize, STARTS_CHINESE[message + 1] as usize);
        if !takes(ENGLISH, english, arguments) || !takes(CHINESE, chinese, arguments) {
            panic!("{}", wrong);
        }
        Message(message)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Value::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Text(Cow::Owned(text))
    }
}

impl From<Sentence> for Value<'_> {
    fn from(sentence: Sentence) -> Self {
        Value::Said(sentence)
    }
}

impl From<Word> for Value<'_> {
    fn from(word: Word) -> Self {
        Value::Said(word.into())
    }
}

impl From<u64> for Value<'_> {
    fn from(count: u64) -> Self {
        Value::Count(count)
    }
}

impl From<usize> for Value<'_> {
    fn from(count: usize) -> Self {
        Value::Count(count as u64)
    }
}

/// What stands after `key = `, up to the end of the line.
fn plain(source: &str) -> &str {
    let line = source.lines().next().unwrap_or_default();
    line.split_once('=').map_or("", |(_, text)| text.trim())
}

// What follows is the compiler's work: it runs when the program is built.

/// A message begins with a letter at the beginning of a line; what belongs to it is indented or a comment.
const fn begins(text: &[u8], at: usize) -> bool {
    text[at].is_ascii_alphabetic() && (at == 0 || text[at - 1] == b'\n')
}

const fn count(text: &str) -> usize {
    let (text, mut at, mut count) = (text.as_bytes(), 0, 0);
    while at < text.len() {
        count += begins(text, at) as usize;
        at += 1;
    }
    count
}

/// Where the messages of a list begin; they have to be the English ones, in their order.
const fn starts(list: &str) -> [u32; COUNT + 1] {
    let (text, english) = (list.as_bytes(), ENGLISH.as_bytes());
    let (mut starts, mut found, mut at, mut same) = ([0; COUNT + 1], 0, 0, 0);
    while at < text.len() {
        if begins(text, at) {
            while same < english.len() && !begins(english, same) {
                same += 1;
            }
            if same >= english.len() || !same_key(text, at, english, same) {
                panic!("{}", key_at(list, at));
            }
            starts[found] = at as u32;
            found += 1;
            same += 1;
        }
        at += 1;
    }
    if found < COUNT {
        panic!("the last messages of src/base/words/en are missing in another language");
    }
    starts[COUNT] = text.len() as u32;
    starts
}

const fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

const fn same_key(one: &[u8], at: usize, other: &[u8], place: usize) -> bool {
    let mut i = 0;
    while is_of_name(one[at + i]) && one[at + i] == other[place + i] {
        i += 1;
    }
    !is_of_name(one[at + i]) && !is_of_name(other[place + i])
}

/// The message that begins there, for an error: its first line.
const fn key_at(list: &str, at: usize) -> &str {
    let mut end = at;
    while end < list.len() && list.as_bytes()[end] != b'\n' {
        end += 1;
    }
    let (_, rest) = list.as_bytes().split_at(at);
    let (line, _) = rest.split_at(end - at);
    match std::str::from_utf8(line) {
        Ok(line) => line,
        Err(_) => "a message is not where the English list has it",
    }
}

const fn find(key: &str, unknown: &str) -> usize {
    let (key, text) = (key.as_bytes(), ENGLISH.as_bytes());
    let mut message = 0;
    while message < COUNT {
        let start = STARTS_ENGLISH[message] as usize;
        let mut i = 0;
        while i < key.len() && key[i] == text[start + i] {
            i += 1;
        }
        if i == key.len() && !is_of_name(text[start + i]) {
            return message;
        }
        message += 1;
    }
    panic!("{}", unknown);
}

/// One line and no argument?
const fn is_plain(list: &str, start: usize) -> bool {
    let (text, mut at) = (list.as_bytes(), start);
    while text[at] != b'\n' {
        if text[at] == b'{' {
            return false;
        }
        at += 1;
    }
    while at < text.len() && text[at] == b'\n' {
        at += 1;
    }
    at == text.len() || text[at] != b' '
}

/// Are the variables between the two places these arguments, no fewer and no more?
const fn takes(list: &str, (start, end): (usize, usize), arguments: &[&str]) -> bool {
    let text = list.as_bytes();
    let mut used = 0;
    let (mut at, mut line) = (start, start);
    while at < end {
        if text[at] == b'\n' {
            line = at + 1;
        }
        // An argument stands in braces; comments belong to the message that follows.
        if text[at] == b'$' && text[line] != b'#' && is_in_braces(text, at) {
            let (mut argument, mut known) = (0, false);
            while argument < arguments.len() {
                if is_name(text, at + 1, arguments[argument].as_bytes()) {
                    used |= 1 << argument;
                    known = true;
                }
                argument += 1;
            }
            if !known && is_of_name(text[at + 1]) {
                return false;
            }
        }
        at += 1;
    }
    used + 1 == 1u32 << arguments.len()
}

/// Does an opening brace stand before it, with nothing but spaces between?
const fn is_in_braces(text: &[u8], at: usize) -> bool {
    let mut before = at - 1;
    while text[before] == b' ' {
        before -= 1;
    }
    text[before] == b'{'
}

const fn is_name(text: &[u8], at: usize, name: &[u8]) -> bool {
    let mut i = 0;
    while i < name.len() && text[at + i] == name[i] {
        i += 1;
    }
    i == name.len() && !is_of_name(text[at + i])
}

#[cfg(test)]
mod tests;
