//! What changed between two texts, line by line, for a person to read before saying yes.

/// Lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// Two texts of more differing lines than this are shown as one block out, one block in: finding the smallest
/// difference takes their product in time.
const MOST_LINES: usize = 2000;

/// The changed lines with their surroundings, each behind `-`, `+` or a space; `…` where lines are left out. Empty
/// when the texts are the same.
pub fn lines(before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same_front = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - same_front;
    let same_back = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count().min(most);
    let middle = steps(&old[same_front..old.len() - same_back], &new[same_front..new.len() - same_back]);

    let front = old[..same_front].iter().map(|line| (' ', *line));
    let back = old[old.len() - same_back..].iter().map(|line| (' ', *line));
    let all: Vec<(char, &str)> = front.chain(middle).chain(back).collect();
    let changed = |i: usize| all[i].0 != ' ';
    let mut out = String::new();
    let mut left_out = false;
    for (i, (mark, line)) in all.iter().enumerate() {
        let near = i.saturating_sub(CONTEXT)..=(i + CONTEXT).min(all.len() - 1);
        if !near.into_iter().any(changed) {
            left_out = true;
            continue;
        }
        if left_out {
            out.push_str("…\n");
            left_out = false;
        }
        out.push(*mark);
        out.push_str(line);
        out.push('\n');
    }
    if left_out && !out.is_empty() {
        out.push_str("…\n");
    }
    out
}

/// The longest common lines kept, everything else out or in.
fn steps<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<(char, &'t str)> {
    let mut steps = Vec::with_capacity(old.len() + new.len());
    let (mut i, mut j) = (0, 0);
    if old.len().max(new.len()) <= MOST_LINES {
        // common[i][j]: how many lines the texts from i and from j have in common.
        let mut common = vec![vec![0_u32; new.len() + 1]; old.len() + 1];
        for i in (0..old.len()).rev() {
            for j in (0..new.len()).rev() {
                common[i][j] = if old[i] == new[j] {
                    common[i + 1][j + 1] + 1
                } else {
                    common[i + 1][j].max(common[i][j + 1])
                };
            }
        }
        while i < old.len() && j < new.len() {
            if old[i] == new[j] {
                steps.push((' ', old[i]));
                (i, j) = (i + 1, j + 1);
            } else if common[i + 1][j] >= common[i][j + 1] {
                steps.push(('-', old[i]));
                i += 1;
            } else {
                steps.push(('+', new[j]));
                j += 1;
            }
        }
    }
    steps.extend(old[i..].iter().map(|line| ('-', *line)));
    steps.extend(new[j..].iter().map(|line| ('+', *line)));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_with_their_surroundings() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        assert_eq!(lines(before, before), "");
        assert_eq!(lines(before, "1\n2\n3\n4\nx\n6\n7\n8\n9\n"), "…\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n…\n");
        assert_eq!(lines("", "a\nb\n"), "+a\n+b\n");
        assert_eq!(lines("a\nb\n", "b\n"), "-a\n b\n");
        assert_eq!(lines("a\na\n", "a\n"), " a\n-a\n");
    }
}
