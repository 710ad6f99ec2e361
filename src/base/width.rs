//! How much room text takes on a terminal: Chinese characters are two columns wide, combining marks none. Owns measuring,
//! lining up, cutting and wrapping by columns; what a column of a table is for is the caller's business.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::text::obeyed;

/// The columns a text fills.
pub fn columns(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// A text at the left of so many columns.
pub fn left(text: &str, width: usize) -> String {
    let mut text = text.to_string();
    let gap = width.saturating_sub(columns(&text));
    text.extend(std::iter::repeat_n(' ', gap));
    text
}

/// A text at the right of so many columns.
pub fn right(text: &str, width: usize) -> String {
    let gap = width.saturating_sub(columns(text));
    format!("{:gap$}{text}", "")
}

/// At most `width` columns, the cut marked by `…`; what a terminal would obey is shown as `�`, so that a text from a file
/// can neither move the cursor of the terminal it is shown on nor turn round the words beside it.
pub fn shown(text: &str, width: usize) -> String {
    let clean = |c: char| if obeyed(c) { '\u{FFFD}' } else { c };
    let whole: String = text.chars().map(clean).collect();
    if columns(&whole) <= width {
        return whole;
    }
    let mut room = width.saturating_sub(1);
    let mut cut = String::new();
    for letter in whole.chars() {
        let wide = letter.width().unwrap_or(0);
        if wide > room {
            break;
        }
        room -= wide;
        cut.push(letter);
    }
    cut.push('…');
    cut
}

/// Words in lines of at most `width` columns; a longer word has a line of its own. Between wide characters a line may end
/// without a space, but not before the marks that close something, nor after those that open it.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        for (at, piece) in pieces(word).enumerate() {
            let gap = if at == 0 { " " } else { "" };
            match lines.last_mut() {
                Some(line) if columns(line) + gap.len() + columns(piece) <= width => {
                    line.push_str(gap);
                    line.push_str(piece);
                }
                _ => lines.push(piece.to_string()),
            }
        }
    }
    lines
}

/// A word in the parts between which a line may end.
fn pieces(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut letters = rest.char_indices().peekable();
        let mut end = rest.len();
        while let Some((_, letter)) = letters.next() {
            if let Some((at, next)) = letters.peek()
                && (is_wide(letter) || is_wide(*next))
                && !opens(letter)
                && !closes(*next)
            {
                end = *at;
                break;
            }
        }
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

fn is_wide(letter: char) -> bool {
    letter.width() == Some(2)
}

fn opens(letter: char) -> bool {
    matches!(letter, '（' | '“' | '‘' | '《' | '「' | '【' | '(' | '[' | '`' | '"')
}

fn closes(letter: char) -> bool {
    matches!(
        letter,
        '）' | '”' | '’' | '》' | '」' | '】' | '，' | '。' | '、' | '；' | '：' | '！' | '？' | '…'
    ) || matches!(letter, ')' | ']' | '`' | '"' | ',' | '.' | ';' | ':' | '!' | '?' | '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(["", "abc", "预算", "a预", "█░─…", "é", "e\u{301}"].map(columns), [0, 3, 4, 3, 4, 1, 1]);
        assert_eq!((left("预算", 6), right("预算", 6)), ("预算  ".into(), "  预算".into()));
        assert_eq!((left("预算", 3), right("abcd", 3)), ("预算".into(), "abcd".into()));
    }

    #[test]
    fn shown_text_is_short_and_harmless() {
        assert_eq!(shown("abcdef", 4), "abc…");
        assert_eq!(shown("äöü", 3), "äöü");
        assert_eq!(shown("a\u{1b}[2Jb", 20), "a\u{FFFD}[2Jb");
        assert_eq!(["每日预算", "每日预", "每日"].map(|text| shown(text, 6)), ["每日…", "每日预", "每日"]);
        assert_eq!(shown("每日预算", 4), "每…");
        assert_eq!(shown("每日", usize::MAX), "每日");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrapped("a longword b", 5), ["a", "longword", "b"]);
        assert!(wrapped(" ", 5).is_empty());
    }

    #[test]
    fn lines_of_chinese_break_anywhere_but_at_a_mark() {
        assert_eq!(wrapped("每日预算已用尽。", 8), ["每日预算", "已用尽。"]);
        assert_eq!(wrapped("已花费 $10.20，剩余", 14), ["已花费", "$10.20，剩余"]);
        assert_eq!(wrapped("见（用户设置）", 6), ["见（用", "户设", "置）"]);
        for width in 4..40 {
            let text =
                "下一次调用（约 $0.12）将超过每日预算：已花费 $9.99。它将于 11 月 25 日周三 00:00 重置";
            for line in wrapped(text, width) {
                let is_one = !line.contains(' ') && pieces(&line).count() == 1;
                assert!(columns(&line) <= width || is_one, "{width}: {line}");
                assert!(!line.starts_with(['）', '。', '：']), "{width}: {line}");
            }
        }
    }
}
