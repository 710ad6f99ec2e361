//! What is wrong with the bytes before anybody asks what they mean: no text, no strict JSON, a key that stands twice.
//! Claude Code reads strict JSON and drops a file that is not, with its hooks and permissions.

use serde::de::IgnoredAny;

use super::{Context, ROOT_KEYS};
use crate::base::diagnostic::{Diagnostic, Findings};
use crate::base::jsonc::{self, Decoded, Document, Node};
use crate::base::text::quoted;
use crate::base::width::shown;
use crate::base::words::{Word, sentence, word};
use crate::model::limit::Layer;

pub(super) fn not_utf8(bytes: &[u8], error: jsonc::NotUtf8, context: &Context<'_>) -> Diagnostic {
    let good = String::from_utf8_lossy(&bytes[..error.valid_up_to]);
    let mut findings = Findings::new(&good, context.file);
    let end = good.len();
    let found = findings.error("not-utf-8", end..end, word!("text-not-utf-8"));
    found.label = word!("text-first-byte").into();
    let hint = if error.looks_like_utf16 { word!("text-utf-16") } else { word!("save-as-utf-8") };
    found.hints.push(hint.into());
    found.clone()
}

/// Deeper values Claude Code ignores.
const MAX_DEPTH: usize = 64;

/// What it costs that a file is no strict JSON.
pub(super) fn cost_of(context: &Context<'_>) -> Word {
    match context.layer {
        Some(Layer::Managed) => word!("strict-managed"),
        _ => word!("strict-file"),
    }
}

pub(super) fn check(
    decoded: &Decoded<'_>,
    document: &Document<'_>,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) {
    let cost = cost_of(context);
    if decoded.byte_order_mark {
        let found = findings.warning("byte-order-mark", 0..0, word!("byte-order-mark"));
        found.hints.push(word!("byte-order-mark-cure").into());
    }
    if let Some(deep) = document.root.as_ref().and_then(|root| too_deep(root, MAX_DEPTH)) {
        let message = sentence!("too-deep", levels = MAX_DEPTH);
        let found = findings.warning("too-deep", deep.range.clone(), message);
        found.label = word!("too-deep-ignored").into();
    }
    let before = findings.list.len();
    // One for all: a hundred comments are one thing to mend.
    if let Some(first) = document.comments.first() {
        let message = sentence!("comments", comments = document.comments.len());
        let found = findings.error("comment", first.clone(), message);
        found.label = word!("not-in-strict-json").into();
        found.hints.push(cost.into());
    }
    for comma in &document.trailing_commas {
        let found = findings.error("trailing-comma", comma.clone(), word!("trailing-comma"));
        found.label = word!("not-in-strict-json").into();
        found.hints.push(cost.into());
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
        let found =
            findings.error("not-strict-json", at..at, sentence!("not-strict-json", error = said.to_string()));
        found.hints.push(cost.into());
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
        let message = sentence!("key-twice", key = quoted(&duplicate.key));
        let found = if ROOT_KEYS.contains(&root_key.as_str()) {
            findings.error("duplicate-key", duplicate.again, message)
        } else {
            findings.warning("duplicate-key", duplicate.again, message)
        };
        found.key = {
            let parts = duplicate.path.iter().chain([&duplicate.key]);
            parts.map(|part| shown(part, 60)).collect::<Vec<_>>().join(".")
        };
        found.label = word!("only-last-counts").into();
        let (line, column) = (first.line, first.column);
        found.hints.push(sentence!("first-one-is-at", line = line, column = column));
    }
}
