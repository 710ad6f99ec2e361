//! A sentence that waits for its reader: what went wrong is found by those who do not know who will be told, and is told
//! in two languages at times: in English to a program or a file, in the reader's to a person.

use std::fmt::{self, Display};

use super::{Language, Message, Value, Word};

/// A message with its arguments, or a text that is the same in every language: `sentence!("key", name = value)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Text(String),
    Message(Message, Vec<(&'static str, Value<'static>)>),
}

/// A sentence for later: `sentence!("used-up", amount = amount.show())`. Its arguments are its own.
#[macro_export]
macro_rules! sentence {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {{
        const MESSAGE: $crate::base::words::Message = $crate::base::words::Message::with(
            $key,
            &[$(stringify!($name)),*],
            concat!("src/base/words/en has no message `", $key, "`"),
            concat!("the arguments of `", $key, "` are not those of its text"),
        );
        $crate::base::words::Sentence::of(
            MESSAGE,
            vec![$((stringify!($name), $crate::base::words::Value::from($value))),*],
        )
    }};
}

impl Sentence {
    /// By the macro, which sees to it that message and arguments fit.
    pub fn of(message: Message, arguments: Vec<(&'static str, Value<'static>)>) -> Self {
        Self(Kind::Message(message, arguments))
    }

    pub fn within(&self, language: Language) -> String {
        match &self.0 {
            Kind::Text(text) => text.clone(),
            Kind::Message(message, arguments) => language.say(*message, arguments),
        }
    }

    /// `` `a`, `b` or `c` ``.
    pub fn one_of(words: &[impl Display]) -> Self {
        listed(words, |words, word| sentence!("words-or", words = words, word = word))
    }

    /// `` `a`, `b` and `c` ``.
    pub fn all_of(words: &[impl Display]) -> Self {
        listed(words, |words, word| sentence!("last-name-after-names", names = words, name = word))
    }

    pub fn is_empty(&self) -> bool {
        matches!(&self.0, Kind::Text(text) if text.is_empty())
    }
}

/// Words in backticks one after the other, the last as `last` has it.
fn listed(words: &[impl Display], last: impl Fn(Sentence, String) -> Sentence) -> Sentence {
    let mut all = Sentence::default();
    for (at, word) in words.iter().enumerate() {
        let word = format!("`{word}`");
        all = match at {
            0 => word.into(),
            _ if at + 1 == words.len() => last(all, word),
            _ => sentence!("name-after-names", names = all, name = word),
        };
    }
    all
}

impl Default for Sentence {
    fn default() -> Self {
        Self(Kind::Text(String::new()))
    }
}

/// In English, as documents, files and logs have it.
impl Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.within(Language::English))
    }
}

impl From<Word> for Sentence {
    fn from(word: Word) -> Self {
        Self(Kind::Message(word.0, Vec::new()))
    }
}

impl From<String> for Sentence {
    fn from(text: String) -> Self {
        Self(Kind::Text(text))
    }
}

impl From<&str> for Sentence {
    fn from(text: &str) -> Self {
        Self(Kind::Text(text.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_said_in_the_language_of_whoever_reads_it() {
        let days = sentence!("span-days", days = 3_u64);
        assert_eq!(days.to_string(), "3 days");
        assert_eq!(days.within(Language::Chinese), "3 天");
        // One in another is in the same language.
        let spent = sentence!("fact-after-facts", facts = days, fact = Sentence::from("$1"));
        assert_eq!(spent.to_string(), "3 days; $1");
        assert_eq!(spent.within(Language::Chinese), "3 天；$1");
        assert_eq!(Sentence::one_of(&["a", "b", "c"]).to_string(), "`a`, `b` or `c`");
        assert_eq!(Sentence::one_of(&["a", "b", "c"]).within(Language::Chinese), "`a`、`b` 或 `c`");
        assert_eq!(Sentence::all_of(&["a", "b"]).to_string(), "`a` and `b`");
        assert!(Sentence::all_of(&[""; 0]).is_empty());
        assert!(!spent.is_empty() && Sentence::default().is_empty());
    }
}
