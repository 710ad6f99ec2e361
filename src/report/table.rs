//! The rows of reports and their notes, as lines for a terminal of a given width or as Markdown. How rows become a grid
//! is `grid`'s; colour is the caller's.

use super::fold::{By, Folded, Group};
use super::grid::{Entry, Heads, draw, markdown as as_markdown, wrapped};
pub use super::grid::{Line, Look, Role, compact, escaped, grouped, share};
use super::key::word_for;
use crate::base::money::Money;
use crate::base::words::{Language, Value, say, word};
use crate::ledger::entries::Sum;
use crate::ledger::scan::Bad;

/// The report with its notes. With `breakdown`, every row is followed by its models.
pub fn report(folded: &Folded, breakdown: bool, look: Look) -> Vec<Line> {
    let (heads, entries) = rows(folded, breakdown, look.language);
    let mut lines = draw(heads, &entries, look);
    lines.extend(notes(&folded.total.sum, look));
    lines.extend(unreadable(folded, look));
    lines
}

/// The same rows as Markdown, with the notes below.
pub fn markdown(folded: &Folded, breakdown: bool, language: Language) -> String {
    let (heads, entries) = rows(folded, breakdown, language);
    let look = Look { width: usize::MAX, unicode: true, language };
    let notes = notes(&folded.total.sum, look).into_iter().chain(unreadable(folded, look));
    notes.fold(as_markdown(heads, &entries, language), |text, note| text + "\n" + &note.text + "\n")
}

/// The rows alone, each with its part of the total.
pub fn ranking(folded: &Folded, look: Look) -> Vec<Line> {
    let (heads, entries) = rows(folded, false, look.language);
    draw(Heads { share: true, ..heads }, &entries, look)
}

/// The same as Markdown.
pub fn ranking_markdown(folded: &Folded, language: Language) -> String {
    let (heads, entries) = rows(folded, false, language);
    as_markdown(Heads { share: true, ..heads }, &entries, language)
}

/// What is shown of a report: headings, and one row after the other.
fn rows(folded: &Folded, breakdown: bool, language: Language) -> (Heads, Vec<Entry>) {
    let name = match folded.by {
        By::Day => word!("heading-date"),
        By::Week => word!("heading-week"),
        By::Month => word!("heading-month"),
        By::Session => word!("heading-session"),
        By::Project => word!("heading-project"),
        By::Model => word!("heading-model"),
        By::Feature => word!("heading-feature"),
        By::Tool => word!("heading-tool"),
        By::Agent => word!("heading-agent"),
        By::Branch => word!("heading-branch"),
        By::User => word!("heading-user"),
        By::Provider => word!("heading-provider"),
        By::Hour => word!("heading-hour"),
    };
    let detail = match folded.by {
        By::Session => Some(word!("heading-project")),
        By::Model => None,
        _ if breakdown => None,
        _ => Some(word!("heading-models")),
    };
    let mut entries = Vec::new();
    for group in &folded.groups {
        let models: Vec<String> = group.by_cost().into_iter().map(|(name, _)| short(name)).collect();
        let detail = match folded.by {
            By::Session => last_name(&group.project),
            _ => models.join(", "),
        };
        let name = row_name(group, folded.by, language);
        entries.push(Entry { name, detail, role: Role::Row, sum: group.sum });
        if breakdown {
            entries.extend(group.by_cost().into_iter().map(|(model, sum)| part(model, sum)));
        }
    }
    entries.push(total(folded.total.sum));
    if breakdown {
        entries.extend(folded.total.by_cost().into_iter().map(|(model, sum)| part(model, sum)));
    }
    (Heads { name, detail, share: !folded.by.is_period() && folded.by != By::Session }, entries)
}

/// What a row is called.
fn row_name(group: &Group, by: By, language: Language) -> String {
    match (group.others, word_for(by, &group.name)) {
        (Some(count), _) => say!(language, "others-together", count = count),
        (None, Some(word)) => language.word(word).to_string(),
        (None, None) => group.name.clone(),
    }
}

/// One row for each model.
pub fn models(folded: &Folded, look: Look) -> Vec<Line> {
    let row = |(model, sum): (&str, &Sum)| Entry {
        name: model.to_string(),
        detail: String::new(),
        role: Role::Row,
        sum: *sum,
    };
    let mut entries: Vec<Entry> = folded.total.by_cost().into_iter().map(row).collect();
    entries.push(total(folded.total.sum));
    let mut lines = draw(Heads { name: word!("heading-model"), detail: None, share: false }, &entries, look);
    lines.extend(notes(&folded.total.sum, look));
    lines.extend(unreadable(folded, look));
    lines
}

/// `1,234 calls`, in a language.
pub fn calls_in(count: u64, language: Language) -> String {
    say!(language, "call-count", calls = Value::Written(count, grouped(count).into()))
}

/// `1,234 calls`.
pub fn calls(count: u64) -> String {
    format!("{} {}", grouped(count), if count == 1 { "call" } else { "calls" })
}

fn part(model: &str, sum: &Sum) -> Entry {
    Entry { name: format!("  {}", short(model)), detail: String::new(), role: Role::Part, sum: *sum }
}

fn total(sum: Sum) -> Entry {
    Entry { name: String::new(), detail: String::new(), role: Role::Total, sum }
}

/// `haiku-4-5` for `claude-haiku-4-5-20251001`: among nothing but Claude models the first word says nothing, nor
/// does the day of a release.
pub fn short(model: &str) -> String {
    let Some(name) = model.strip_prefix("claude-") else { return model.to_string() };
    let is_day = |end: &str| end.len() == 8 && end.bytes().all(|b| b.is_ascii_digit());
    match name.rsplit_once('-') {
        Some((name, end)) if is_day(end) => name.to_string(),
        _ => name.to_string(),
    }
}

fn last_name(folder: &str) -> String {
    folder.rsplit(['/', '\\']).next().unwrap_or_default().to_string()
}

/// What the marks mean, as far as they occur.
pub fn notes(sum: &Sum, look: Look) -> Vec<Line> {
    let mut notes = Vec::new();
    let uncertain = sum.estimated - sum.imported;
    if uncertain != Money::ZERO {
        notes.push(say!(look.language, "part-estimated", amount = uncertain.show()));
    }
    if sum.imported != Money::ZERO {
        notes.push(say!(look.language, "part-imported", amount = sum.imported.show()));
    }
    if sum.unlisted != Money::ZERO {
        notes.push(say!(look.language, "what-unlisted-is"));
    }
    notes.iter().flat_map(|note| wrapped(note, look.width)).collect()
}

fn unreadable(folded: &Folded, look: Look) -> Vec<Line> {
    unread(&folded.bad, look)
}

/// What could not be read, with the place of the first.
pub fn unread(bad: &[Bad], look: Look) -> Vec<Line> {
    let Some(first) = bad.first() else { return Vec::new() };
    let note = say!(
        look.language,
        "lines-unread",
        lines = bad.len(),
        file = first.file.display().to_string(),
        line = first.line.to_string(),
        why = &first.why
    );
    wrapped(&note, look.width)
}

#[cfg(test)]
mod tests {
    use super::super::fold::{Folded, fold, tests as sample};
    use super::super::query::Query;
    use super::*;

    fn folded(by: By) -> Folded {
        let session = "5f0c2f6e-92a4-4b1f-8d0e-3d0f1a2b3c4d";
        let tokens = r#","iterations":[{"kind":"message","tokens":{"input":1234567,"cacheRead":987654321}}]"#;
        let lines = [
            sample::call("a:1", "2026-11-23T10:00:00Z", session, "claude-opus-5-5", "12.345", tokens),
            sample::call("b:1", "2026-11-23T11:00:00Z", "s2", "claude-haiku-4-5", "0.02", ""),
            sample::call("c:1", "2026-11-24T11:00:00Z", "s2", "somebody-elses", "3", r#","estimated":true"#),
            sample::unlisted("1", "2026-11-24T12:00:00Z", "s2", "0.5", ""),
        ];
        let (_dir, ledger) = sample::ledger(&lines);
        fold(&ledger, &Query::default(), by, &sample::cut("UTC")).unwrap()
    }

    fn text(lines: &[Line]) -> String {
        lines.iter().map(|line| format!("{}\n", line.text)).collect()
    }

    #[test]
    fn a_wide_terminal_sees_everything() {
        let shown = text(&report(
            &folded(By::Day),
            false,
            Look { width: 120, unicode: false, language: Language::English },
        ));
        let expected = "\
Date        Models                    Calls      Input  Output  Cache write   Cache read     Cost  Unlisted
-----------------------------------------------------------------------------------------------------------
2026-11-23  opus-5-5, haiku-4-5           2  1,234,577      10           10  987,654,421   $12.37         -
2026-11-24  somebody-elses, unlisted      1         10       5            5          100   ~$3.50     $0.50
-----------------------------------------------------------------------------------------------------------
Total                                     3  1,234,587      15           15  987,654,521  ~$15.87     $0.50
~ $3.00 of this is an estimate: there is no certain price for the model or the way it was called.
Unlisted is part of the cost: money Claude Code reports for calls its transcripts do not hold, such as titles and
compaction.
";
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_narrow_one_sees_what_matters_most() {
        let shown = text(
            &report(&folded(By::Day), false, Look { width: 60, unicode: true, language: Language::English })
                [..4],
        );
        let expected = "\
Date        Calls       Tokens     Cost  Unlisted
─────────────────────────────────────────────────
2026-11-23      2  988,889,018   $12.37         -
2026-11-24      1          120   ~$3.50     $0.50
";
        assert_eq!(shown, expected);
    }

    #[test]
    fn every_report_fits_every_terminal() {
        for by in [By::Day, By::Week, By::Month, By::Session] {
            for width in [40, 60, 80, 120, 200] {
                for breakdown in [false, true] {
                    for line in report(
                        &folded(by),
                        breakdown,
                        Look { width, unicode: true, language: Language::English },
                    ) {
                        assert!(line.text.chars().count() <= width, "{by:?} {width}: {}", line.text);
                        assert!(!line.text.contains("-0.00"));
                    }
                }
            }
        }
    }

    #[test]
    fn a_breakdown_follows_its_row() {
        let lines =
            report(&folded(By::Month), true, Look { width: 80, unicode: false, language: Language::English });
        let names: Vec<&str> = lines
            .iter()
            .filter(|line| line.role == Role::Part)
            .filter_map(|line| line.text.split_whitespace().next())
            .collect();
        assert_eq!(names[..4], ["opus-5-5", "somebody-elses", "unlisted", "haiku-4-5"]);
        assert_eq!(names.len(), 8, "the month's and the total's");
    }
}
