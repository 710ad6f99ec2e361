//! A list of things that were looked at, under headings: a word for each, a line of text, and below it what else is to
//! be said. Wrapped to the width of the screen; what the words mean is the caller's business.

use super::style::{Screen, Tone};
use crate::base::width::{columns, left, wrapped};

/// One thing.
pub struct Item {
    pub heading: &'static str,
    pub word: &'static str,
    pub tone: Tone,
    pub text: String,
    /// Below it, in their tones.
    pub notes: Vec<(Tone, String)>,
}

/// Between the word and the text.
const GAP: usize = 2;
const INDENT: usize = 2;

/// The items in their order, a heading before the first of each group.
pub fn render(screen: &Screen, items: &[Item]) -> String {
    let widest = items.iter().map(|item| columns(item.word)).max().unwrap_or(0);
    let indent = INDENT + widest + GAP;
    let room = usize::from(screen.width).saturating_sub(indent).max(20);
    let mut out = String::new();
    let mut heading = "";
    for item in items {
        if item.heading != heading {
            let gap = if heading.is_empty() { "" } else { "\n" };
            heading = item.heading;
            out.push_str(&format!("{gap}{}\n", screen.paint(Tone::Heading, heading)));
        }
        let word = left(item.word, widest);
        let lead = format!("{:INDENT$}{}{:GAP$}", "", screen.paint(item.tone, word), "");
        for (at, line) in wrapped(&item.text, room).iter().enumerate() {
            match at {
                0 => out.push_str(&format!("{lead}{line}\n")),
                _ => out.push_str(&format!("{:indent$}{line}\n", "")),
            }
        }
        for (tone, note) in &item.notes {
            for (at, line) in wrapped(note, room.saturating_sub(2)).iter().enumerate() {
                let further = if at == 0 { 0 } else { 2 };
                out.push_str(&format!("{:indent$}{:further$}{}\n", "", "", screen.paint(*tone, line)));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_aligned_and_wrapped() {
        let item = |heading, word, text: &str, notes| Item {
            heading,
            word,
            tone: Tone::Good,
            text: text.to_string(),
            notes,
        };
        let note = vec![(Tone::Command, "cure: do this and then that until it is well".to_string())];
        let items = [
            item("One", "ok", "fine", Vec::new()),
            item("One", "warning", "a message that is longer than the screen is wide", note),
            item("Two", "ok", "/a/path/that/is/longer/than/the/screen/is/wide", Vec::new()),
        ];
        let expected = "\
One
  ok       fine
  warning  a message that is longer than
           the screen is wide
           cure: do this and then that
             until it is well

Two
  ok       /a/path/that/is/longer/than/the/screen/is/wide
";
        assert_eq!(render(&Screen::plain(40), &items), expected);
    }
}
