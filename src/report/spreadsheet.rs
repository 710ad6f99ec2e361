//! A report as CSV: one line a row, all columns, amounts exact. Texts that a spreadsheet would take for a formula are
//! defused.

use csv::Writer;

use super::fold::{Folded, Group};
use super::json;
use crate::ledger::entries::Sum;

/// One line for each row; with `breakdown` one for each of its models instead.
pub fn report(folded: &Folded, breakdown: bool) -> String {
    let mut writer = Writer::from_writer(Vec::new());
    let name = snake(json::names(folded.by).1);
    let mut head = vec![name.as_str()];
    if breakdown {
        head.push("model");
    }
    head.extend([
        "calls",
        "input_tokens",
        "output_tokens",
        "cache_write_5m_tokens",
        "cache_write_1h_tokens",
        "cache_read_tokens",
        "total_tokens",
        "web_searches",
        "cost_usd",
        "unlisted_usd",
        "estimated_usd",
    ]);
    // Written to memory, where nothing can fail.
    let _ = writer.write_record(&head);
    for group in &folded.groups {
        if breakdown {
            for (model, sum) in group.by_cost() {
                let _ = writer.write_record(line(group, Some(model), sum));
            }
        } else {
            let _ = writer.write_record(line(group, None, &group.sum));
        }
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

fn line(group: &Group, model: Option<&str>, sum: &Sum) -> Vec<String> {
    let tokens = &sum.tokens;
    let mut cells = vec![defused(&group.name)];
    cells.extend(model.map(defused));
    cells.extend([
        sum.calls.to_string(),
        tokens.input.to_string(),
        tokens.output.to_string(),
        tokens.cache_write_5m.to_string(),
        tokens.cache_write_1h.to_string(),
        tokens.cache_read.to_string(),
        tokens.total().to_string(),
        sum.web_searches.to_string(),
        sum.cost.to_string(),
        sum.unlisted.to_string(),
        sum.estimated.to_string(),
    ]);
    cells
}

/// Spreadsheets run what begins like a formula, quoted or not. A leading apostrophe makes it the text it is.
pub fn defused(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text.to_string(),
    }
}

/// `sessionId` as `session_id`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::fold::{By, fold, tests as sample};
    use super::super::query::Query;
    use super::*;

    #[test]
    fn exact_amounts_and_harmless_names() {
        let lines = [
            sample::call("a:1", "2026-11-23T10:00:00Z", "=1+1", "claude-opus-5-5", "0.000000000001", ""),
            sample::call("b:1", "2026-11-23T11:00:00Z", "a,b", "claude-haiku-4-5", "2", ""),
        ];
        let (_dir, ledger) = sample::ledger(&lines);
        let folded = fold(&ledger, &Query::default(), By::Session, &sample::cut("UTC")).unwrap();
        let expected = "\
session_id,calls,input_tokens,output_tokens,cache_write_5m_tokens,cache_write_1h_tokens,cache_read_tokens,\
total_tokens,web_searches,cost_usd,unlisted_usd,estimated_usd
'=1+1,1,10,5,3,2,100,120,0,0.000000000001,0,0
\"a,b\",1,10,5,3,2,100,120,0,2,0,0
";
        assert_eq!(report(&folded, false), expected);
        let by_model = report(&folded, true);
        assert!(by_model.contains("\n\"a,b\",claude-haiku-4-5-20251001,1,"), "{by_model}");
    }
}
