//! What is wrong with the bytes before anybody asks what they mean: no text, no strict JSON, a key that stands twice.
//! Claude Code reads strict JSON and drops a file that is not, with its hooks and permissions.

use serde::de::IgnoredAny;

use super::{Context, ROOT_KEYS};
use crate::base::diagnostic::{Diagnostic, Findings};
use crate::base::jsonc::{self, Decoded, Document, Node};
use crate::base::text::quoted;
use crate::base::width::shown;
use crate::model::limit::Layer;

pub(super) fn not_utf8(bytes: &[u8], error: jsonc::NotUtf8, context: &Context<'_>) -> Diagnostic {
    let good = String::from_utf8_lossy(&bytes[..error.valid_up_to]);
    let mut findings = Findings::new(&good, context.file);
    let end = good.len();
    let found = findings.error("not-utf-8", end..end, "the file is not UTF-8 text");
    found.label = "the first byte that is none".to_string();
    found.hints.push(if error.looks_like_utf16 {
        "it looks like UTF-16: save it as UTF-8 without a byte order mark".to_string()
    } else {
        "save it as UTF-8".to_string()
    });
    found.clone()
}

/// Deeper values Claude Code ignores.
const MAX_DEPTH: usize = 64;

/// What it costs that a file is no strict JSON.
pub(super) fn cost_of(context: &Context<'_>) -> &'static str {
    match context.layer {
        Some(Layer::Managed) => "Claude Code does not start while managed settings are no strict JSON",
        _ => "Claude Code reads strict JSON and ignores the whole file: its hooks, permissions and all",
    }
}

pub(super) fn check(
    decoded: &Decoded<'_>,
    document: &Document<'_>,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) {
    let cost = cost_of(context).to_string();
    if decoded.byte_order_mark {
        let found = findings.warning("byte-order-mark", 0..0, "the file begins with a byte order mark");
        found.hints.push(
            "Claude Code reads over it, other programs do not: save it as UTF-8 without one".to_string(),
        );
    }
    if let Some(deep) = document.root.as_ref().and_then(|root| too_deep(root, MAX_DEPTH)) {
        let message = format!("a value is nested more than {MAX_DEPTH} levels deep");
        let found = findings.warning("too-deep", deep.range.clone(), message);
        found.label = "Claude Code ignores what is below".to_string();
    }
    let before = findings.list.len();
    // One for all: a hundred comments are one thing to mend.
    if let Some(first) = document.comments.first() {
        let message = match document.comments.len() {
            1 => "the file holds a comment".to_string(),
            n => format!("the file holds {n} comments"),
        };
        let found = findings.error("comment", first.clone(), message);
        found.label = "not allowed in strict JSON".to_string();
        found.hints.push(cost.clone());
    }
    for comma in &document.trailing_commas {
        let found = findings.error("trailing-comma", comma.clone(), "a comma stands after the last item");
        found.label = "not allowed in strict JSON".to_string();
        found.hints.push(cost.clone());
    }
    if findings.list.len() > before || decoded.text.trim().is_empty() {
        return;
    }
    if let Err(error) = serde_json::from_str::<IgnoredAny>(decoded.text) {
        let lines = decoded.text.split_inclusive('\n').take(error.line().saturating_sub(1));
        let at = lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
        let mut at = at.min(decoded.text.len());
        while !decoded.text.is_char_boundary(at) {
            at -= 1;
        }
        // Without the place, which is told beside it.
        let said = error.to_string();
        let said = said.split(" at line ").next().unwrap_or_default();
        // A limit of our reader and not of JSON; `too_deep` told what Claude Code makes of it.
        if said.contains("recursion limit") {
            return;
        }
        let found = findings.error("not-strict-json", at..at, format!("this is not strict JSON: {said}"));
        found.hints.push(cost.clone());
    }
}

/// The first value so many levels below the given one.
fn too_deep<'n, 'a>(node: &'n Node<'a>, levels: usize) -> Option<&'n Node<'a>> {
    if levels == 0 {
        return Some(node);
    }
    let members = node.members().iter().map(|member| &member.node);
    members.chain(node.elements()).find_map(|inner| too_deep(inner, levels - 1))
}

pub(super) fn check_duplicates(root: &Node<'_>, findings: &mut Findings<'_>) {
    for duplicate in jsonc::duplicate_keys(root) {
        let first = findings.lines.position(duplicate.first.start);
        let root_key = duplicate.path.first().unwrap_or(&duplicate.key);
        let message = format!("the key {} stands twice", quoted(&duplicate.key));
        let found = if ROOT_KEYS.contains(&root_key.as_str()) {
            findings.error("duplicate-key", duplicate.again, message)
        } else {
            findings.warning("duplicate-key", duplicate.again, message)
        };
        found.key = {
            let parts = duplicate.path.iter().chain([&duplicate.key]);
            parts.map(|part| shown(part, 60)).collect::<Vec<_>>().join(".")
        };
        found.label = "only this last one counts".to_string();
        found.hints.push(format!("the first one is in line {}, column {}", first.line, first.column));
    }
}
