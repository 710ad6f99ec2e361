//! Words for messages: counted nouns, lists, the nearest known name, shortened text. Colour and layout are `ui`'s.

use std::fmt::Display;

use super::width::shown;

/// `1 file`, `3 files`. The plural is the noun with an `s`; for others there is `counted_as`.
pub fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// `1 entry`, `3 entries`.
pub fn counted_as(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The name of a kind of JSON value: `a number`, `an object`, `null`.
pub fn with_article(kind: &str) -> String {
    match kind {
        "null" => "null".to_string(),
        "object" | "array" | "integer" => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

/// `1.2 GB`, in units of a thousand as disks are sold.
pub fn size(bytes: u64) -> String {
    let (value, unit) = match bytes {
        0..1_000_000 => (bytes as f64 / 1e3, "kB"),
        1_000_000..1_000_000_000 => (bytes as f64 / 1e6, "MB"),
        _ => (bytes as f64 / 1e9, "GB"),
    };
    format!("{value:.1} {unit}")
}

/// `a`, `a and b`, `a, b and c`.
pub fn list_and<T: Display>(items: &[T]) -> String {
    list(items, "and")
}

/// `a`, `a or b`, `a, b or c`.
pub fn list_or<T: Display>(items: &[T]) -> String {
    list(items, "or")
}

fn list<T: Display>(items: &[T], word: &str) -> String {
    let mut out = String::new();
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            if i + 1 == items.len() {
                out.push(' ');
                out.push_str(word);
                out.push(' ');
            } else {
                out.push_str(", ");
            }
        }
        out.push_str(&item.to_string());
    }
    out
}

/// Each item in backticks.
pub fn ticked<T: Display>(items: &[T]) -> Vec<String> {
    items.iter().map(|item| format!("`{item}`")).collect()
}

/// The known name somebody most likely meant; None when none is near. Upper and lower case, `-` and `_` do not
/// count as differences.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = folded(name);
    let best =
        known.into_iter().map(|known| (distance(&name, &folded(known)), known)).min_by_key(|&(d, _)| d)?;
    // A third of the letters, as rustc does: `dialyBudget` is near `dailyBudget`, `user` is not near `team`.
    (best.0 <= (name.len() / 3).max(1) && best.0 < name.len()).then_some(best.1)
}

fn folded(name: &str) -> Vec<char> {
    name.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect()
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before_last[j - 2] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// Words as a shell would see them: quotes keep spaces. None when a quote is left open.
pub fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for letter in text.chars() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (Some(_), _) => word.get_or_insert_default().push(letter),
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, _) if letter.is_whitespace() => words.extend(word.take()),
            (None, _) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// Would a terminal do something on this character instead of showing it? Control characters, those that set the
/// direction of writing, and the two that Unicode has for the ends of lines.
pub fn obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A message of several lines, safe to be shown: the ends of its lines stay.
pub fn shown_lines(text: &str) -> String {
    text.chars().map(|c| if c != '\n' && obeyed(c) { '\u{FFFD}' } else { c }).collect()
}

/// The same for a text that is painted already: the escapes stay that colours are made of, since those who painted it
/// let no others through.
pub fn shown_painted(text: &str) -> String {
    text.chars().map(|c| if !matches!(c, '\n' | '\u{1b}') && obeyed(c) { '\u{FFFD}' } else { c }).collect()
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// And back; None for anything else.
pub fn of_hex(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| match pair {
        [high, low] => {
            let digit = |byte: &u8| char::from(*byte).to_digit(16);
            u8::try_from(digit(high)? << 4 | digit(low)?).ok()
        }
        _ => None,
    };
    pairs.map(byte).collect()
}

/// `` `text` ``, shortened to what a message can bear.
pub fn quoted(text: &str) -> String {
    format!("`{}`", shown(text, 60))
}

/// JSON as text with stars in the place of what is nobody's business: the values of keys that name a secret, and
/// passwords in addresses. As long as before, byte for byte, so that places in it stay where they are. Works on broken
/// JSON too, which is what gets shown.
pub fn without_secrets(json: &str) -> String {
    let mut out = json.as_bytes().to_vec();
    let mut at = 0;
    let mut telling = false;
    while let Some(open) = memchr::memchr(b'"', &json.as_bytes()[at..]).map(|found| at + found + 1) {
        let end = end_of_string(json, open);
        let inside = &json[open..end];
        let rest = json[(end + 1).min(json.len())..].trim_start();
        if rest.starts_with(':') {
            telling = names_a_secret(inside);
        } else if telling {
            out[open..end].fill(b'*');
        } else if let Some((from, to)) = password_in(inside) {
            out[open + from..open + to].fill(b'*');
        }
        at = (end + 1).min(json.len());
    }
    String::from_utf8(out).unwrap_or_default()
}

/// An address without the password in it.
pub fn without_password(address: &str) -> String {
    match password_in(address) {
        Some((from, to)) => format!("{}***{}", &address[..from], &address[to..]),
        None => address.to_string(),
    }
}

/// An address without the part that says who asks: some put a token in the place of the user's name.
pub fn without_user(address: &str) -> String {
    let Some(start) = address.find("://").map(|found| found + 3) else {
        return match address.rsplit_once('@') {
            Some((_, host)) => format!("***@{host}"),
            None => address.to_string(),
        };
    };
    let end = address[start..].find(['/', '?', ' ']).map_or(address.len(), |found| start + found);
    match address[start..end].rfind('@') {
        Some(at) => format!("{}***{}", &address[..start], &address[start + at..]),
        None => address.to_string(),
    }
}

/// The closing quote, or the end of the line where it is missing.
fn end_of_string(json: &str, open: usize) -> usize {
    let bytes = json.as_bytes();
    let mut at = open;
    while at < bytes.len() && !matches!(bytes[at], b'"' | b'\n') {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    let mut at = at.min(bytes.len());
    while !json.is_char_boundary(at) {
        at += 1;
    }
    at
}

fn names_a_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["key", "token", "secret", "password", "passwd", "credential", "auth", "headers"]
        .iter()
        .any(|word| key.contains(word))
        // The client's own switch that only looks like one.
        && key != "apikeyhelper"
}

/// Where the password stands in `scheme://user:password@host`.
fn password_in(address: &str) -> Option<(usize, usize)> {
    let start = address.find("://")? + 3;
    let end = address[start..].find(['/', '?', ' ']).map_or(address.len(), |found| start + found);
    let at = start + address[start..end].rfind('@')?;
    let colon = start + address[start..at].find(':')? + 1;
    (colon < at).then_some((colon, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_from_their_digits() {
        assert_eq!(hex(&[0, 0x7f, 0xff]), "007fff");
        assert_eq!(of_hex("007fFF"), Some(vec![0, 0x7f, 0xff]));
        assert_eq!((of_hex(""), of_hex("0"), of_hex("0g"), of_hex("+1")), (Some(vec![]), None, None, None));
    }

    #[test]
    fn words() {
        assert_eq!(counted(1, "file"), "1 file");
        assert_eq!(counted(0, "file"), "0 files");
        assert_eq!(counted_as(2, "entry", "entries"), "2 entries");
        assert_eq!(list_and(&["a"]), "a");
        assert_eq!(list_and(&["a", "b"]), "a and b");
        assert_eq!(list_or(&ticked(&["a", "b", "c"])), "`a`, `b` or `c`");
        assert_eq!(list_or::<&str>(&[]), "");
    }

    #[test]
    fn sizes_in_words() {
        assert_eq!(size(999), "1.0 kB");
        assert_eq!(size(12_340_000), "12.3 MB");
        assert_eq!(size(2_500_000_000), "2.5 GB");
    }

    #[test]
    fn the_nearest_name() {
        let known = ["dailyBudget", "weeklyBudget", "hardLimit", "onError", "user"];
        assert_eq!(nearest("dialyBudget", known), Some("dailyBudget"));
        assert_eq!(nearest("daily_budget", known), Some("dailyBudget"));
        assert_eq!(nearest("weekly-budget", known), Some("weeklyBudget"));
        assert_eq!(nearest("hardlimits", known), Some("hardLimit"));
        assert_eq!(nearest("users", known), Some("user"));
        assert_eq!(nearest("quota", known), None);
        assert_eq!(nearest("x", known), None);
        assert_eq!(nearest("", known), None);
    }

    #[test]
    fn what_a_terminal_obeys_is_replaced_and_nothing_else() {
        let odd = "a\n\u{1b}[1m\t\u{9b}2J\u{202e}\u{200f}\u{2028}é→\u{1f600}";
        assert_eq!(shown_lines(odd), "a\n�[1m��2J���é→\u{1f600}");
        assert_eq!(shown_painted(odd), "a\n\u{1b}[1m��2J���é→\u{1f600}");
        assert_eq!(shown(odd, 3), "a�…");
    }

    #[test]
    fn secrets_are_starred_and_nothing_moves() {
        let same = |text: &str, shown: &str| {
            assert_eq!(without_secrets(text), shown);
            assert_eq!(text.len(), shown.len());
        };
        same(
            r#"{"a": "x", "databaseUrl": "postgres://u:pw@h/d"}"#,
            r#"{"a": "x", "databaseUrl": "postgres://u:**@h/d"}"#,
        );
        same(r#"{"env": {"API_KEY": "s\"k", "B": "c"}}"#, r#"{"env": {"API_KEY": "****", "B": "c"}}"#);
        same(r#"{"auth": ["a", "b"], "c": "d"}"#, r#"{"auth": ["*", "*"], "c": "d"}"#);
        // Broken, and with more than one byte to a character.
        same("{\"token\": \"\u{e9}\n \"b\": \"c", "{\"token\": \"**\n \"b\": \"c");
        same("\"\\", "\"\\");
        assert_eq!(without_password("postgres://ann:p:w@db:5432/x"), "postgres://ann:***@db:5432/x");
        assert_eq!(without_password("postgres://db/x"), "postgres://db/x");
        assert_eq!(without_user("http://t0ken@proxy:3128/x@y"), "http://***@proxy:3128/x@y");
        assert_eq!(without_user("ann:pw@proxy:3128"), "***@proxy:3128");
        assert_eq!(without_user("http://proxy"), "http://proxy");
    }
}
