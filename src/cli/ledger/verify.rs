//! `ledger verify`: what is wrong with the ledger.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde::Serialize;

use super::{month, nothing_booked, of};
use crate::base::error::Result;
use crate::base::width::{left, wrapped};
use crate::base::words::{Language, say, word};
use crate::book::late;
use crate::cli::shop::{self, Shop};
use crate::ledger::verify::{self, Chain, Expected, Finding, Verified};
use crate::report::columns::{self, Column, Row};
use crate::report::json::{self, SCHEMA_VERSION};
use crate::report::table::{Role, grouped};
use crate::ui::style::Tone;

const EXAMPLES: &str = "\
Examples:
  cost-hook ledger verify                          everything, with the place and the cure
  cost-hook ledger verify --json | jq '.findings'  for programs
  cost-hook ledger verify --expect 5f0c...e1       a head that was noted elsewhere must be in a chain

Exit code: 0 when nothing is wrong, 1 when something is; notes do not count.";

/// More of one kind are counted, not shown.
const SHOWN: usize = 10;

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The head of a chain as an earlier `verify` printed it: it must still be there. May be given several times
    #[arg(long, value_name = "HASH")]
    expect: Vec<String>,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let ledger = of(shop)?;
    // Documents are in no language but their own.
    let language = if shop.json { Language::English } else { shop.out.language };
    let mut verified = verify::verify(&ledger, &args.expect, language)?;
    let late = late::words(ledger.base()).len();
    if late > 0 {
        verified.findings.push(Finding {
            id: "late",
            is_wrong: false,
            file: "late".to_string(),
            line: None,
            at: None,
            words: say!(language, "transcripts-wait", transcripts = late),
            cure: language.word(word!("transcripts-wait-cure")).to_string(),
            is_mendable: false,
        });
    }
    let text = match shop.json {
        true => document(&verified),
        false if !ledger.exists() && args.expect.is_empty() => nothing_booked(&ledger, shop),
        false => in_words(&verified, shop),
    };
    shop.say(&text)?;
    Ok(ExitCode::from(u8::from(!verified.is_well())))
}

fn in_words(verified: &Verified, shop: &Shop<'_>) -> String {
    let width = usize::from(shop.out.width);
    let language = shop.out.language;
    let mut text = String::new();
    let mut of_kind: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &verified.findings {
        let count = of_kind.entry(finding.id).or_default();
        *count += 1;
        if *count > SHOWN {
            continue;
        }
        let (word, tone) = match finding.is_wrong {
            true => (word!("finding-wrong"), Tone::Bad),
            false => (word!("finding-note"), Tone::Warning),
        };
        let word = language.word(word);
        let place = place(finding, language);
        let lead = say!(language, "finding-at", place = place, words = &finding.words, id = finding.id);
        for (at, line) in wrapped(&lead, width.saturating_sub(7)).iter().enumerate() {
            let word = if at == 0 { shop.out.paint(tone, left(word, 5)) } else { " ".repeat(5) };
            text.push_str(&format!("{word}  {line}\n"));
        }
        for line in wrapped(&finding.cure, width.saturating_sub(7)) {
            text.push_str(&format!("       {}\n", shop.faint(&line)));
        }
    }
    for (id, count) in of_kind.iter().filter(|(_, count)| **count > SHOWN) {
        let more = say!(language, "finding-more", count = count - SHOWN, id = *id);
        text.push_str(&format!("       {more}\n"));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    if !verified.months.is_empty() {
        text.push_str(&months(verified, shop));
        text.push('\n');
    }
    for expected in &verified.expected {
        text.push_str(&told(expected, language));
    }
    text + &verdict(verified, shop)
}

fn place(finding: &Finding, language: Language) -> String {
    match (finding.line, finding.at) {
        (Some(line), Some(at)) => {
            let place = format!("{}:{line}", finding.file);
            say!(language, "place-with-byte", place = place, byte = at)
        }
        (Some(line), None) => format!("{}:{line}", finding.file),
        _ if finding.file == "." => language.word(word!("the-data-folder")).to_string(),
        _ => finding.file.clone(),
    }
}

fn months(verified: &Verified, shop: &Shop<'_>) -> String {
    let language = shop.out.language;
    let none = || language.word(word!("none")).to_string();
    let heads = [
        Column::text(word!("heading-month"), 0),
        Column::number(word!("heading-lines"), 0),
        Column::number(word!("heading-calls"), 0),
        Column::number(word!("heading-unreadable"), 0),
        Column::text(word!("heading-tamper-evidence"), 0),
    ];
    let rows: Vec<Row> = verified
        .months
        .iter()
        .map(|of| Row {
            role: Role::Row,
            cells: vec![
                month(of.month),
                grouped(of.counts.lines),
                grouped(of.counts.calls),
                grouped(of.counts.unreadable),
                of.chain.as_ref().map_or_else(none, |chain| evidence(chain, language)),
            ],
        })
        .collect();
    let mut text = shop.table(&columns::draw(&heads, &rows, shop::look(&shop.out)));
    let chained =
        || verified.months.iter().filter_map(|of| Some((of.month, of.chain.as_ref()?.head.as_ref()?)));
    if chained().next().is_some() {
        text.push_str(&format!("\n{}\n", language.word(word!("heads-to-note"))));
        for (number, head) in chained() {
            text.push_str(&format!("{}  {head}\n", month(number)));
        }
    }
    text
}

fn evidence(chain: &Chain, language: Language) -> String {
    let commits = say!(language, "commit-count", commits = chain.records);
    match (chain.holds, chain.uncovered) {
        (true, 0) => say!(language, "chain-holds", commits = commits),
        (true, _) => say!(language, "chain-holds-in-part", commits = commits),
        (false, _) => say!(language, "chain-broken", commits = commits),
    }
}

fn told(expected: &Expected, language: Language) -> String {
    let found = match (expected.month, &expected.rewritten) {
        (None, _) => language.word(word!("head-not-found")).to_string(),
        (Some(of), None) => say!(language, "head-found", month = month(of)),
        (Some(of), Some((why, time))) => {
            say!(language, "head-rewritten", month = month(of), command = why, time = time.to_string())
        }
    };
    format!("{}  {found}\n", expected.head)
}

fn verdict(verified: &Verified, shop: &Shop<'_>) -> String {
    let language = shop.out.language;
    let wrong = || verified.findings.iter().filter(|finding| finding.is_wrong);
    let count = wrong().count();
    let lines: u64 = verified.months.iter().map(|of| of.counts.lines).sum();
    if count == 0 {
        let months = say!(language, "month-count", months = verified.months.len());
        let text = say!(language, "nothing-wrong", lines = lines, months = months);
        return shop.out.paint(Tone::Good, text) + "\n";
    }
    let mendable = wrong().filter(|finding| finding.is_mendable).count();
    let head = shop.out.paint(Tone::Bad, say!(language, "things-wrong", count = count));
    let command = shop.command("cost-hook ledger repair");
    let told = match mendable {
        0 => say!(language, "wrong-only", wrong = head),
        all if all == count => say!(language, "wrong-all-mended", wrong = head, command = command),
        some => say!(language, "wrong-some-mended", wrong = head, command = command, some = some),
    };
    told + "\n"
}

fn document(verified: &Verified) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Found<'a> {
        id: &'a str,
        wrong: bool,
        repairable: bool,
        file: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        line: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        offset: Option<u64>,
        message: &'a str,
        cure: &'a str,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct OfChain<'a> {
        holds: bool,
        commits: usize,
        head: Option<&'a str>,
        uncovered_bytes: u64,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct OfMonth<'a> {
        month: String,
        bytes: u64,
        lines: u64,
        calls: u64,
        unreadable_lines: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        chain: Option<OfChain<'a>>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct OfHead<'a> {
        head: &'a str,
        found: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        month: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        rewritten_by: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        rewritten_at: Option<String>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        ok: bool,
        findings: Vec<Found<'a>>,
        months: Vec<OfMonth<'a>>,
        expected: Vec<OfHead<'a>>,
    }
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        ok: verified.is_well(),
        findings: verified
            .findings
            .iter()
            .map(|finding| Found {
                id: finding.id,
                wrong: finding.is_wrong,
                repairable: finding.is_mendable,
                file: &finding.file,
                line: finding.line,
                offset: finding.at,
                message: &finding.words,
                cure: &finding.cure,
            })
            .collect(),
        months: verified
            .months
            .iter()
            .map(|of| OfMonth {
                month: month(of.month),
                bytes: of.counts.bytes,
                lines: of.counts.lines,
                calls: of.counts.calls,
                unreadable_lines: of.counts.unreadable,
                chain: of.chain.as_ref().map(|chain| OfChain {
                    holds: chain.holds,
                    commits: chain.records,
                    head: chain.head.as_deref(),
                    uncovered_bytes: chain.uncovered,
                }),
            })
            .collect(),
        expected: verified
            .expected
            .iter()
            .map(|expected| OfHead {
                head: &expected.head,
                found: expected.month.is_some(),
                month: expected.month.map(month),
                rewritten_by: expected.rewritten.as_ref().map(|(why, _)| why.as_str()),
                rewritten_at: expected.rewritten.as_ref().map(|(_, time)| time.to_string()),
            })
            .collect(),
    })
}
