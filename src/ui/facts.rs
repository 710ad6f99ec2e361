//! A list of figures: a name, a figure, and words about it, in three columns. The words are wrapped to the screen.

use super::style::{Screen, Tone};
use crate::base::width::{columns, left, right, wrapped};

/// One figure.
pub struct Fact {
    pub name: String,
    pub figure: String,
    pub words: String,
}

impl Fact {
    pub fn new(name: impl Into<String>, figure: impl Into<String>, words: impl Into<String>) -> Self {
        Self { name: name.into(), figure: figure.into(), words: words.into() }
    }
}

/// Between columns.
const GAP: usize = 2;
/// Words need some room to be read at all.
const LEAST: usize = 16;

pub fn render(screen: &Screen, facts: &[Fact]) -> String {
    let widest = |part: fn(&Fact) -> &str| facts.iter().map(|fact| columns(part(fact))).max();
    let name = widest(|fact| &fact.name).unwrap_or(0);
    let figure = widest(|fact| &fact.figure).unwrap_or(0);
    let indent = name + figure + 2 * GAP;
    let room = usize::from(screen.width).saturating_sub(indent).max(LEAST);
    let mut out = String::new();
    for fact in facts {
        let lead = format!(
            "{}{:GAP$}{}",
            left(&fact.name, name),
            "",
            screen.paint(Tone::Heading, right(&fact.figure, figure))
        );
        let lines = wrapped(&fact.words, room);
        out.push_str(&lead);
        for (at, line) in lines.iter().enumerate() {
            let gap = if at == 0 { GAP } else { indent };
            out.push_str(&format!("{:gap$}{}\n", "", screen.paint(Tone::Faint, line)));
        }
        if lines.is_empty() {
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_line_up_and_words_wrap() {
        let facts = [
            Fact::new("Total", "$13.60", "210 calls in 30 days"),
            Fact::new("Dearest day", "$3.10", "Tue 17 Nov"),
            Fact::new("Mean", "$0.45", ""),
        ];
        let expected = "\
Total        $13.60  210 calls in 30
                     days
Dearest day   $3.10  Tue 17 Nov
Mean          $0.45
";
        assert_eq!(render(&Screen::plain(40), &facts), expected);
    }
}
