//! Hooks where no hooks can be. Claude Code looks through a settings file for the events that guard permissions, and
//! for groups of hooks, in places where it would never run them, takes them for guards that were lost, and leaves the
//! file out. It looks four levels deep and not into values whose keys are other people's names.

use std::ops::Range;

use super::{EVENTS, GUARDS};
use crate::base::jsonc::{Node, Value};
use crate::base::width::shown;

/// The levels of a value that are looked through, itself being the first.
const LEVELS: usize = 4;
/// Keys of the file that are not looked into.
const NOT_AT_THE_TOP: [&str; 4] = ["env", "extraKnownMarketplaces", "mcpServers", "pluginConfigs"];
/// A key that is not looked into wherever it stands.
const NOT_ANYWHERE: &str = "env";

pub(super) struct Misplaced {
    pub(super) range: Range<usize>,
    pub(super) key: String,
}

/// The first one in each key of the file besides `hooks`.
pub(super) fn outside(root: &Node<'_>) -> Vec<Misplaced> {
    let members = root.members().iter().filter(|member| {
        member.key != "hooks"
            && !NOT_AT_THE_TOP.contains(&&*member.key)
            && root.get(&member.key).is_some_and(|last| last.key_range == member.key_range)
    });
    let found = members.filter_map(|member| {
        let key = shown(&member.key, 40);
        if GUARDS.contains(&&*member.key) {
            return is_lost(&member.node).then(|| Misplaced { range: member.key_range.clone(), key });
        }
        find(&member.node, key, LEVELS, true)
    });
    found.collect()
}

/// The first one in what stands under a name in `hooks`. Groups are where they belong in a list, and under an event.
pub(super) fn within(node: &Node<'_>, key: &str, is_event: bool) -> Option<Misplaced> {
    let with_groups = !is_event && matches!(node.value, Value::Object(_));
    find(node, key.to_string(), LEVELS, with_groups)
}

fn find(node: &Node<'_>, key: String, levels: usize, with_groups: bool) -> Option<Misplaced> {
    if levels == 0 {
        return None;
    }
    if with_groups && looks_like_a_group(node) {
        return Some(Misplaced { range: node.range.start..node.range.start + 1, key });
    }
    let in_members = node.members().iter().filter(|member| member.key != NOT_ANYWHERE).find_map(|member| {
        let below = format!("{key}.{}", shown(&member.key, 40));
        if GUARDS.contains(&&*member.key) && is_lost(&member.node) {
            return Some(Misplaced { range: member.key_range.clone(), key: below });
        }
        find(&member.node, below, levels - 1, with_groups)
    });
    let elements = || node.elements().iter().enumerate();
    in_members.or_else(|| {
        elements().find_map(|(i, item)| find(item, format!("{key}[{i}]"), levels - 1, with_groups))
    })
}

/// Does Claude Code take this object for a group of hooks?
pub(super) fn looks_like_a_group(node: &Node<'_>) -> bool {
    let Some(hooks) = node.get("hooks").map(|member| &member.node) else { return false };
    let has_matcher = node.get("matcher").is_some();
    if !has_matcher && EVENTS.iter().any(|event| node.get(event).is_some()) {
        return false;
    }
    match &hooks.value {
        Value::Array(list) => !list.is_empty(),
        Value::Object(_) => {
            has_matcher || hooks.get("type").is_some_and(|member| member.node.as_str().is_some())
        }
        _ => false,
    }
}

/// May this have been a guard?
fn is_lost(node: &Node<'_>) -> bool {
    match &node.value {
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        _ => true,
    }
}
