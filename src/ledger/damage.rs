//! A line that cannot be read: what is wrong with it in words, and what of it can be saved. Looks at bytes alone; where
//! they stand and what becomes of them is `verify`'s and `repair`'s.

use serde_json::Value;

use super::census::{Census, Spot};
use super::scan;
use crate::base::error::Result;
use crate::base::words::{Language, say, word};

/// What is wrong with a line: a word for programs, and the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Damage {
    pub(super) id: &'static str,
    pub(super) words: String,
}

/// JSON that is none of our lines: somebody put it there, and it is whole.
pub(super) const FOREIGN: &str = "foreign";
/// Written by a newer version.
pub(super) const NEWER: &str = "newer";
/// Nothing is written there.
pub(super) const EMPTY: &str = "empty";

/// The last line of a segment, without its newline.
pub(super) const TORN: &str = "torn";

/// What is wrong with a line that `scan::parse` refused.
pub(super) fn of(line: &[u8], language: Language) -> Damage {
    let plain = |word| language.word(word).to_string();
    let damage = |id, words: String| Damage { id, words };
    let why = match scan::parse(line) {
        Ok(_) => return damage("whole", plain(word!("found-damage-whole"))),
        Err(why) if scan::is_newer_reason(&why) => {
            return damage(NEWER, say!(language, "found-damage-newer", why = why));
        }
        Err(why) => why,
    };
    if line.iter().all(u8::is_ascii_whitespace) {
        return damage(EMPTY, plain(word!("found-damage-empty")));
    }
    let nuls = memchr::memchr_iter(0, line).count();
    if nuls == line.len() {
        return damage("nul", say!(language, "found-damage-all-nul", bytes = nuls));
    }
    if nuls > 0 {
        return damage("nul", say!(language, "found-damage-nul", bytes = nuls, length = line.len()));
    }
    let mut values = serde_json::Deserializer::from_slice(line).into_iter::<Value>();
    let objects = values.by_ref().take_while(Result::is_ok).count();
    if objects > 1 {
        return damage("glued", say!(language, "found-damage-glued", count = objects));
    }
    match serde_json::from_slice::<Value>(line) {
        Ok(_) => {
            let why = why.replacen("not a ledger line", "JSON, but not a ledger line", 1);
            damage(FOREIGN, say!(language, "found-damage-foreign", why = why))
        }
        Err(error) if error.is_eof() => damage("half", plain(word!("found-damage-half"))),
        Err(error) => {
            // The parser counts lines, too, and each of ours is its first.
            let words = error.to_string();
            let words = words.replacen(" at line 1 column", " at column", 1);
            damage("unreadable", say!(language, "found-damage-unreadable", why = words))
        }
    }
}

/// Damaged lines that follow each other, since a newline may have fallen into one.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) lines: Vec<(Spot, Damage)>,
    /// The ledger lines that can be read in them.
    pub(super) saved: Vec<Vec<u8>>,
}

/// More bytes than this are not taken for one.
const LONGEST_RUN: usize = 16 << 20;

/// Hands out all lines that cannot be read, and what stands behind the last newlines.
pub(super) fn runs(
    census: &Census,
    language: Language,
    mut take: impl FnMut(Run) -> Result<()>,
) -> Result<()> {
    let follows = |one: &Spot, other: &Spot| {
        one.segment == other.segment && one.at + u64::from(one.len) + 1 == other.at
    };
    let mut lines: Vec<(Spot, Damage, Vec<u8>)> = Vec::new();
    let mut bytes = 0;
    let mut end = |lines: &mut Vec<(Spot, Damage, Vec<u8>)>| {
        if lines.is_empty() {
            return Ok(());
        }
        let texts: Vec<&[u8]> = lines.iter().map(|(.., text)| text.as_slice()).collect();
        let saved =
            if lines[0].1.id == NEWER || lines[0].1.id == FOREIGN { Vec::new() } else { salvage(&texts) };
        take(Run { lines: lines.drain(..).map(|(spot, damage, _)| (spot, damage)).collect(), saved })
    };
    for spot in &census.bad {
        let text = census.bytes(*spot)?;
        let damage = of(&text, language);
        // What is whole stands for itself.
        let is_alone = damage.id == NEWER || damage.id == FOREIGN && stands_alone(&text);
        let goes_on = lines.last().is_some_and(|(last, ..)| follows(last, spot));
        if !goes_on || is_alone || bytes > LONGEST_RUN {
            end(&mut lines)?;
            bytes = 0;
        }
        bytes += text.len();
        lines.push((*spot, damage, text));
        if is_alone {
            end(&mut lines)?;
            bytes = 0;
        }
    }
    end(&mut lines)?;
    for spot in census.tails() {
        let text = census.bytes(spot)?;
        let damage = match of(&text, language) {
            newer if newer.id == NEWER => newer,
            _ => Damage { id: TORN, words: language.word(word!("found-damage-torn")).to_string() },
        };
        lines.push((spot, damage, text));
        end(&mut lines)?;
    }
    Ok(())
}

/// Is it JSON as a whole, an object or a list, so that it stands for itself?
pub(super) fn stands_alone(line: &[u8]) -> bool {
    matches!(serde_json::from_slice(line), Ok(Value::Object(_) | Value::Array(_)))
}

/// The ledger lines that can be read in damaged ones which follow each other: glued lines are taken apart, lines that
/// a newline fell into are put together, and what is readable between rubbish, NUL bytes or marks of byte order is kept.
/// Byte for byte as it stands there otherwise. NUL bytes inside a line stand where something else stood: without them
/// it would say what nobody wrote.
pub(super) fn salvage(run: &[&[u8]]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let text: Vec<u8> = run.concat();
    let text: Vec<u8> = text.into_iter().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'{', &text[from..]).map(|at| from + at) {
        from = match object(&text[at..]) {
            Some(len) => {
                found.push(text[at..at + len].to_vec());
                at + len
            }
            None => at + 1,
        };
    }
    found
}

/// The length of the ledger line that begins here.
fn object(text: &[u8]) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<serde::de::IgnoredAny>();
    values.next()?.ok()?;
    let len = values.byte_offset();
    scan::parse(&text[..len]).ok().map(|_| len)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = r#"{"kind":"start","v":1,"id":"start:s:1","time":"2026-11-24T10:00:00Z","session":"s","project":"/w","user":"u{}","birth":"startup"}"#;

    fn saved(run: &[&str]) -> Vec<String> {
        let run: Vec<&[u8]> = run.iter().map(|line| line.as_bytes()).collect();
        salvage(&run).into_iter().map(|line| String::from_utf8(line).unwrap()).collect()
    }

    #[test]
    fn damage_has_words() {
        let id = |text: &str| of(text.as_bytes(), Language::English).id;
        assert_eq!(of(b"\0\0\0", Language::English).words, "3 NUL bytes, as a power cut leaves them");
        assert_eq!(id(&format!("{A}{A}")), "glued");
        assert_eq!(id(&A[..50]), "half");
        assert_eq!(id(&format!("{}\0", &A[..50])), "nul");
        assert_eq!(id("[1]"), FOREIGN);
        assert_eq!(id("{\"kind\":\"call\",\"v\":1}"), FOREIGN);
        assert_eq!(id("{\"kind\":\"call\",\"v\":9}"), NEWER);
        assert_eq!(id("not json"), "unreadable");
        assert_eq!(id(" \r"), EMPTY);
        assert_eq!(id(A), "whole");
    }

    #[test]
    fn what_is_readable_is_saved() {
        assert_eq!(saved(&[&format!("{A}{A}")]), [A, A]);
        assert_eq!(saved(&[&format!("rub{{bish{A}\0\0")]), [A]);
        assert_eq!(saved(&[&format!("\u{feff}\0\0{A}\0\0{A}")]), [A, A]);
        assert_eq!(saved(&[&format!("{}\0{}", &A[..20], &A[21..])]), [""; 0], "a byte is lost");
        assert_eq!(saved(&[&A[..33], &A[33..70], &A[70..]]), [A]);
        assert_eq!(saved(&["{", "\0", "{\"kind\":\"call\",\"v\":1}"]), [""; 0]);
        assert_eq!(saved(&[&A[..60], A]), [A], "half a line before a whole one");
    }
}
