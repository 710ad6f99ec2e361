//! Strings of JSON, stepped over 64 bytes at a time. Owns where a string ends and how long it is without its escapes;
//! what it says is not looked at, and need not be text.
//!
//! A transcript is mostly strings nobody reads, with an escape every few dozen bytes: a search that stops at each of
//! them takes eight times as long as one that handles them all at once.

use wide::u8x16;

const BLOCK: usize = 64;
const EVEN: u64 = 0x5555_5555_5555_5555;

/// A string, from behind its opening quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quoted {
    /// Where its closing quote stands.
    pub end: usize,
    pub has_escapes: bool,
}

impl Quoted {
    /// None when it does not end. Whether its escapes are any is for who reads them.
    pub fn find(bytes: &[u8]) -> Option<Self> {
        // Most strings are short and hold no escape.
        if let Some(first) = bytes.first_chunk::<16>() {
            let [quotes, slashes] = [b'"', b'\\'].map(|byte| where_is(first, byte));
            let end = quotes.trailing_zeros();
            if end < slashes.trailing_zeros() {
                return Some(Self { end: end as usize, has_escapes: false });
            }
        }
        let mut any = 0;
        let end = walk(bytes, |_, _, escaped| {
            any |= escaped;
            Some(())
        })?;
        Some(Self { end, has_escapes: any != 0 })
    }

    /// How many bytes stand for themselves: those before a quote, a backslash or a control character.
    pub fn plain(bytes: &[u8]) -> usize {
        let (parts, rest) = bytes.as_chunks::<16>();
        for (at, part) in parts.iter().enumerate() {
            let marks = marks(part);
            if marks != 0 {
                return 16 * at + marks.trailing_zeros() as usize;
            }
        }
        match bytes.last_chunk::<16>() {
            // Those of them that were looked at before are plain.
            Some(last) => bytes.len().min(bytes.len() - 16 + marks(last).trailing_zeros() as usize),
            None => rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)).count(),
        }
    }

    /// With how many bytes the string is without its escapes. None also when one of those is none.
    pub fn measure(bytes: &[u8]) -> Option<(Self, usize)> {
        let mut saved = 0;
        let end = walk(bytes, |at, block, escaped| {
            saved += escaped.count_ones() as usize;
            let mut odd = escaped & !(block.quotes | block.slashes | block.where_is(b'n'));
            while odd != 0 {
                let mark = at + odd.trailing_zeros() as usize;
                odd &= odd - 1;
                if bytes.get(mark) != Some(&b't') {
                    saved += more_than_one(bytes, mark)?;
                }
            }
            Some(())
        })?;
        Some((Self { end, has_escapes: saved > 0 }, end - saved))
    }
}

/// The end of a string; hands out the escaped bytes of each block before it, the first in the lowest bit.
#[inline]
fn walk(bytes: &[u8], mut met: impl FnMut(usize, &Block, u64) -> Option<()>) -> Option<usize> {
    let (mut at, mut is_escaped) = (0, false);
    while at < bytes.len() {
        let block = Block::of(&bytes[at..]);
        let mut ends = block.quotes;
        if block.slashes != 0 || is_escaped {
            let escaped = block.escaped(&mut is_escaped);
            ends &= !escaped;
            // All before the end, or all there are.
            met(at, &block, escaped & (ends & ends.wrapping_neg()).wrapping_sub(1))?;
        }
        if ends != 0 {
            return Some(at + ends.trailing_zeros() as usize);
        }
        at += BLOCK;
    }
    None
}

/// Quotes, backslashes and control characters.
fn marks(bytes: &[u8; 16]) -> u32 {
    let bytes = u8x16::new(*bytes);
    let [quotes, slashes] = [b'"', b'\\'].map(|byte| bytes.simd_eq(u8x16::splat(byte)));
    let controls = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
    (quotes | slashes | controls).to_bitmask()
}

fn where_is(bytes: &[u8; 16], byte: u8) -> u32 {
    u8x16::new(*bytes).simd_eq(u8x16::splat(byte)).to_bitmask()
}

/// 64 bytes, and where the two that count stand among them.
struct Block {
    bytes: [u8; BLOCK],
    quotes: u64,
    slashes: u64,
}

impl Block {
    /// Of the first bytes; what is beyond the last is nothing.
    #[inline]
    fn of(bytes: &[u8]) -> Self {
        let bytes = match bytes.first_chunk::<BLOCK>() {
            Some(whole) => *whole,
            None => {
                let mut padded = [0; BLOCK];
                padded[..bytes.len()].copy_from_slice(bytes);
                padded
            }
        };
        let mut block = Self { bytes, quotes: 0, slashes: 0 };
        (block.quotes, block.slashes) = (block.where_is(b'"'), block.where_is(b'\\'));
        block
    }

    #[inline]
    fn where_is(&self, byte: u8) -> u64 {
        let parts = self.bytes.as_chunks::<16>().0.iter().enumerate();
        parts.fold(0, |bits, (at, part)| bits | u64::from(where_is(part, byte)) << (16 * at))
    }

    /// The bytes behind a backslash that is not escaped itself. `carry`: the byte behind the block is one.
    ///
    /// As simdjson does it: of a run of backslashes that begins at an odd place, adding its first bit carries to the
    /// byte behind it, which tells where the run ends; from there parity says which are escaped.
    #[inline]
    fn escaped(&self, carry: &mut bool) -> u64 {
        let slashes = self.slashes & !u64::from(*carry);
        let behind = slashes << 1 | u64::from(*carry);
        let odd_starts = slashes & !EVEN & !behind;
        let (runs, carried) = odd_starts.overflowing_add(slashes);
        *carry = carried;
        (EVEN ^ runs << 1) & behind
    }
}

/// By how many bytes beyond one the escape whose mark stands at `mark` (the `u` of `\u00e9`) is longer than what it stands
/// for.
#[cold]
#[inline(never)]
fn more_than_one(bytes: &[u8], mark: usize) -> Option<usize> {
    match bytes.get(mark)? {
        b'/' | b'b' | b'f' | b'r' => Some(0),
        b'u' => {
            let code_at = |at: usize| code(bytes.get(at..)?);
            let is_low = |code: u32| (0xdc00..0xe000).contains(&code);
            Some(match code_at(mark + 1)? {
                0..0x80 => 4,
                0x80..0x800 => 3,
                // Two escapes are one character of four bytes. The second one counts as if it stood alone, two.
                0xd800..0xdc00
                    if bytes.get(mark + 5..mark + 7) == Some(b"\\u")
                        && code_at(mark + 7).is_some_and(is_low) =>
                {
                    4
                }
                _ => 2,
            })
        }
        _ => None,
    }
}

/// The UTF-16 unit of the four hexadecimal digits at the beginning.
pub fn code(digits: &[u8]) -> Option<u32> {
    let digits = digits.get(..4)?;
    digits.iter().try_fold(0, |code, digit| Some(code << 4 | char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Byte by byte.
    fn plain(bytes: &[u8]) -> Option<(Quoted, usize)> {
        let (mut at, mut len) = (0, 0);
        loop {
            let unit = |at: usize| match bytes.get(at..at + 2)? {
                b"\\u" => code(&bytes[at + 2..]),
                _ => None,
            };
            let (taken, stands_for) = match bytes.get(at)? {
                b'"' => return Some((Quoted { end: at, has_escapes: len < at }, len)),
                b'\\' if bytes.get(at + 1)? == &b'u' => match unit(at)? {
                    0..0x80 => (6, 1),
                    0x80..0x800 => (6, 2),
                    0xd800..0xdc00 if unit(at + 6).is_some_and(|low| (0xdc00..0xe000).contains(&low)) => {
                        (12, 4)
                    }
                    _ => (6, 3),
                },
                b'\\' if b"\"\\/bfnrt".contains(bytes.get(at + 1)?) => (2, 1),
                b'\\' => return None,
                _ => (1, 1),
            };
            (at, len) = (at + taken, len + stands_for);
        }
    }

    fn check(text: &str) {
        let (measured, plain) = (Quoted::measure(text.as_bytes()), plain(text.as_bytes()));
        assert_eq!(measured, plain, "{text}");
        let found = Quoted::find(text.as_bytes());
        if measured.is_some() {
            assert_eq!(found, measured.map(|(found, _)| found), "{text}");
        }
        // Where an escape is none, the string still ends at the first quote that is not escaped.
        let mut ends = text.bytes().scan(false, |escaped, byte| {
            let is_end = byte == b'"' && !*escaped;
            *escaped = byte == b'\\' && !*escaped;
            Some(is_end)
        });
        assert_eq!(found.map(|found| found.end), ends.position(|end| end), "{text}");
    }

    #[test]
    fn escapes_are_counted_wherever_they_lie() {
        let odd = [
            r"\\ud83d\ude00",
            r"\ud83d\ude00",
            r"\ud83d\ud83d\ude00",
            r"\ude00\ud83d",
            r"\u0041\u00e9\u20ac",
        ];
        let more = ["\\\"", "\\\\", "\\\\\\\\\\\"", "\\n\\t\\/", "\\x", "\\u12", "\\u12g4", "\\", "é→😀"];
        for piece in odd.iter().chain(&more) {
            for before in 0..140 {
                for after in ["", "\"", "x\"", "\"\\"] {
                    let text = "a".repeat(before) + piece + after;
                    check(&text);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn it_is_what_the_plain_reading_says(text in r#"([a-z]{0,20}|\\["\\/bfnrtux]|\\u[0-9a-fA-F]{4}|\\u[dD][89c-fC-F]0[0-9]|é){0,60}"?[a-z"]{0,70}"#) {
            check(&text);
        }

        #[test]
        fn marks_are_found_where_they_are(bytes in proptest::collection::vec(
            prop_oneof![Just(b'"'), Just(b'\\'), 0..0x25_u8, any::<u8>(), b'a'..=b'z', b'a'..=b'z'], 0..80
        )) {
            let plain = bytes.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)).count();
            prop_assert_eq!(Quoted::plain(&bytes), plain);
        }

        #[test]
        fn and_of_any_text_what_the_library_says(text in any::<String>(), more in "[a-z]{0,80}") {
            let written = serde_json::to_string(&(text.clone() + &more)).unwrap() + "\"\\";
            let (found, length) = Quoted::measure(&written.as_bytes()[1..]).unwrap();
            prop_assert_eq!(length, text.len() + more.len());
            prop_assert_eq!(found.end + 2 + 2, written.len());
            prop_assert_eq!(Quoted::find(&written.as_bytes()[1..]), Some(found));
        }
    }
}
