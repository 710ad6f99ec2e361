//! What changes in a text, as a diff with a little context. For settings files, which are short: the comparison
//! grows with the square of what differs.

use super::style::{Screen, Tone};
use crate::base::width::shown;

/// Unchanged lines shown around a change.
const CONTEXT: usize = 2;
/// More differing lines than this are not aligned, only replaced.
const MAX_ALIGNED: usize = 2000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Same,
    Removed,
    Added,
}

/// The lines that differ with their surroundings; empty when nothing does.
pub fn diff(screen: &Screen, before: &str, after: &str) -> String {
    let before: Vec<&str> = before.lines().collect();
    let after: Vec<&str> = after.lines().collect();
    let lines = compare(&before, &after);
    let near_change = |at: usize| {
        let from = at.saturating_sub(CONTEXT);
        let to = (at + CONTEXT + 1).min(lines.len());
        lines[from..to].iter().any(|(mark, _)| *mark != Mark::Same)
    };
    let mut out = String::new();
    let mut gap = false;
    for (at, (mark, line)) in lines.iter().enumerate() {
        if !near_change(at) {
            gap = true;
            continue;
        }
        if gap {
            out.push_str(&screen.paint(Tone::Faint, "  ..."));
            out.push('\n');
        }
        gap = false;
        let line = shown(line, 500);
        out.push_str(&match mark {
            Mark::Same => format!("  {line}"),
            Mark::Removed => screen.paint(Tone::Bad, format!("- {line}")),
            Mark::Added => screen.paint(Tone::Good, format!("+ {line}")),
        });
        out.push('\n');
    }
    if gap && !out.is_empty() {
        out.push_str(&screen.paint(Tone::Faint, "  ..."));
        out.push('\n');
    }
    out
}

fn compare<'a>(before: &[&'a str], after: &[&'a str]) -> Vec<(Mark, &'a str)> {
    let head = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let (old, new) = (&before[head..], &after[head..]);
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[..old.len() - tail], &new[..new.len() - tail]);
    let mut lines: Vec<_> = before[..head].iter().map(|line| (Mark::Same, *line)).collect();
    if old.len().max(new.len()) > MAX_ALIGNED {
        lines.extend(old.iter().map(|line| (Mark::Removed, *line)));
        lines.extend(new.iter().map(|line| (Mark::Added, *line)));
    } else {
        align(old, new, &mut lines);
    }
    lines.extend(before[before.len() - tail..].iter().map(|line| (Mark::Same, *line)));
    lines
}

/// By the longest common subsequence.
fn align<'a>(old: &[&'a str], new: &[&'a str], lines: &mut Vec<(Mark, &'a str)>) {
    let width = new.len() + 1;
    let mut common = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i * width + j] = if old[i] == new[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push((Mark::Same, old[i]));
            i += 1;
            j += 1;
        } else if j == new.len()
            || (i < old.len() && common[(i + 1) * width + j] >= common[i * width + j + 1])
        {
            lines.push((Mark::Removed, old[i]));
            i += 1;
        } else {
            lines.push((Mark::Added, new[j]));
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shows_changes_with_their_surroundings() {
        let before = "a\nb\nc\nd\ne\nf\ng\n";
        let after = "a\nb\nc\nD\ne\nf\ng\n";
        let expected = "  ...\n  b\n  c\n- d\n+ D\n  e\n  f\n  ...\n";
        assert_eq!(diff(&Screen::plain(80), before, after), expected);
        assert_eq!(diff(&Screen::plain(80), before, before), "");
        assert_eq!(diff(&Screen::plain(80), "", "{\n}\n"), "+ {\n+ }\n");
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_back(before in "[ab\n]{0,30}", after in "[ab\n]{0,30}") {
            let (before, after): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
            let lines = compare(&before, &after);
            let side = |without| -> Vec<&str> {
                lines.iter().filter(|(mark, _)| *mark != without).map(|(_, line)| *line).collect()
            };
            prop_assert_eq!(side(Mark::Added), before);
            prop_assert_eq!(side(Mark::Removed), after);
        }
    }
}
