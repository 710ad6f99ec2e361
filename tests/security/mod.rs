//! What an attacker would try, run against the real binary: `docs/design/security.md` names these tests and those that
//! live with what they test.

mod budget;
#[cfg(unix)]
mod commands;
mod names;
mod places;
mod sizes;

use crate::support::{Env, Output};

/// A name as it would come from somebody who means harm: colour, a window title, the C1 form of an escape, words that
/// run backwards, a formula, a table's bar, a tag.
pub(super) const HOSTILE: &str =
    "=evil\u{1b}[31m\u{1b}]0;title\u{7}\u{9b}2J\u{202e}drawkcab\u{2066}|<script>alert(1)</script>\r";

/// Would a terminal do something on this text?
pub(super) fn obeyed(text: &str) -> Option<char> {
    text.chars().find(|&c| {
        c.is_control() && !matches!(c, '\n' | '\t')
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

/// What a terminal would obey in an output, with its line.
pub(super) fn harm(what: &str, output: &Output) -> Option<String> {
    [("stdout", &output.stdout), ("stderr", &output.stderr)].into_iter().find_map(|(stream, text)| {
        let c = obeyed(text)?;
        let line = text.lines().find(|line| line.contains(c)).unwrap_or_default();
        Some(format!("{what}: {c:?} on {stream}: {line:?}"))
    })
}

/// A world in which everything that has a name has a hostile one.
pub(super) fn hostile() -> Env {
    use serde_json::json;
    let env = Env::new();
    let session = env.session("s1");
    let call = |name: &str| {
        crate::support::Call::cents(name, 40)
            .model(&format!("claude-{HOSTILE}"))
            .tools(&[("toolu_1", HOSTILE), ("toolu_2", &format!("mcp__{HOSTILE}__x"))])
            .field("gitBranch", json!(HOSTILE))
            .field("version", json!(HOSTILE))
            .field("attributionSkill", json!(HOSTILE))
            .field("attributionPlugin", json!(HOSTILE))
            .field("attributionMcpServer", json!(HOSTILE))
            .field("attributionAgent", json!(HOSTILE))
            .message("stop_reason", json!(HOSTILE))
    };
    env.settings(json!({"cost": {"limits": [
        {"name": format!("user {HOSTILE}"), "amount": 0.5, "period": "day", "action": "stop"},
        {"name": format!("branch {HOSTILE}"), "amount": 5, "period": "month", "branch": HOSTILE},
    ]}, "team": {"user": HOSTILE}}));
    env.project_settings(json!({"cost": {"limits": [
        {"name": format!("project {HOSTILE}"), "amount": 0.1, "period": "session", "action": "stop"},
    ], (HOSTILE): 1}}));
    session.call(&call("a")).call(&call("b"));
    env.hook("Stop", &session, json!({"session_id": "s1"}));
    let odd = env.session_in("s2", &env.root().join(format!("work{}", HOSTILE.replace('/', "-"))));
    odd.call(&call("c").field("sessionId", json!(HOSTILE)));
    env.hook("Stop", &odd, json!({}));
    env
}
