//! The answer of `validate` for people, as JSON, and as GitHub's workflow commands. SARIF is `sarif`'s.

use std::path::Path;

use serde::Serialize;

use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::jsonc::{self, Lines};
use crate::base::text::without_secrets;
use crate::base::words::{say, word};
use crate::cli::shop::Shop;
use crate::doctor::files::Checked;
use crate::model::limit::Layer;
use crate::report::json::{self, SCHEMA_VERSION};
use crate::ui::diagnostics::render;
use crate::ui::style::Tone;

/// The text the ranges of a file's problems are in; None when there is none to show.
fn source(file: &Checked) -> Option<&str> {
    Some(jsonc::decode(file.bytes.as_deref()?).ok()?.text)
}

/// Where a problem ends; at its start when its text was never seen.
pub(super) fn end(file: &Checked, found: &Diagnostic) -> (usize, usize) {
    match source(file) {
        Some(text) if found.range.end > found.range.start => {
            let end = Lines::new(text).position(found.range.end);
            (end.line, end.column)
        }
        _ => (found.line, found.column),
    }
}

pub(super) fn human(shop: &Shop<'_>, checked: &[Checked], quiet: bool) -> String {
    let mut text = String::new();
    for file in checked {
        // A file on one line shows everything in it around a mistake.
        let shown = source(file).map(without_secrets);
        for found in &file.found {
            text.push_str(&render(&shop.out, found, shown.as_deref()));
            text.push_str("\n\n");
        }
    }
    if quiet {
        return text;
    }
    let count = |severity| checked.iter().map(|file| file.count(severity)).sum::<usize>();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let (files, language) = (checked.len(), shop.out.language);
    let verdict = match (errors, warnings) {
        (0, 0) if files == 0 => language.word(word!("settings-files-none")).to_string(),
        (0, 0) => shop.out.paint(Tone::Good, say!(language, "settings-files-right", files = files)),
        (0, _) => say!(language, "settings-files-warnings", warnings = warnings, files = files),
        (_, 0) => say!(language, "settings-files-errors", errors = errors, files = files),
        _ => say!(language, "settings-files-both", errors = errors, warnings = warnings, files = files),
    };
    text.push_str(&verdict);
    text.push('\n');
    for file in checked {
        let whose = file.layer.map_or("unknown", Layer::name);
        let name = say!(language, "file-of-layer", file = &file.name, layer = whose);
        text.push_str(&shop.faint(&format!("  {name}")));
        text.push('\n');
    }
    text
}

pub(super) fn json(checked: &[Checked], errors: usize, warnings: usize) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Row<'a> {
        severity: &'static str,
        rule: &'static str,
        file: &'a str,
        line: usize,
        column: usize,
        end_line: usize,
        end_column: usize,
        #[serde(skip_serializing_if = "str::is_empty")]
        key: &'a str,
        message: String,
        #[serde(skip_serializing_if = "String::is_empty")]
        expected: String,
        hints: Vec<String>,
    }
    #[derive(Serialize)]
    struct File<'a> {
        file: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        layer: Option<&'static str>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        files: Vec<File<'a>>,
        errors: usize,
        warnings: usize,
        problems: Vec<Row<'a>>,
    }
    let mut problems = Vec::new();
    for file in checked {
        for found in &file.found {
            let (end_line, end_column) = end(file, found);
            problems.push(Row {
                severity: found.severity.name(),
                rule: found.rule,
                file: &found.file,
                line: found.line,
                column: found.column,
                end_line,
                end_column,
                key: &found.key,
                message: found.message.to_string(),
                expected: found.label.to_string(),
                hints: found.hints.iter().map(ToString::to_string).collect(),
            });
        }
    }
    let files = checked.iter().map(|file| File { file: &file.name, layer: file.layer.map(Layer::name) });
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        files: files.collect(),
        errors,
        warnings,
        problems,
    })
}

/// One command a line: https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
pub(super) fn github(checked: &[Checked], cwd: &Path) -> String {
    let mut text = String::new();
    for file in checked {
        let path = Path::new(&file.name);
        let path = path.strip_prefix(cwd).unwrap_or(path).display().to_string();
        for found in &file.found {
            let (end_line, end_column) = end(file, found);
            let kind = found.severity.name();
            let place = format!("line={},col={}", found.line, found.column);
            // Columns are only understood within one line.
            let end = match end_line == found.line {
                true if end_column > found.column => format!(",endLine={end_line},endColumn={end_column}"),
                true => String::new(),
                false => format!(",endLine={end_line}"),
            };
            let mut message = found.message.to_string();
            for part in std::iter::once(&found.label).chain(&found.hints).filter(|part| !part.is_empty()) {
                message.push_str(&format!("\n{part}"));
            }
            text.push_str(&format!(
                "::{kind} file={},{place}{end},title={}::{}\n",
                property(&path),
                property(&format!("cost-hook {}", found.rule)),
                data(&message)
            ));
        }
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
