//! Claude Code itself: is it there, and is it a version whose ways are known.

use super::{Check, Group, Seen, State};
use crate::base::env;
use crate::base::text::{counted_as, list_and, ticked};
use crate::claude::program::{self, SINCE, TESTED, Version};

pub(super) fn check(seen: &Seen<'_>) -> Vec<Check> {
    let world = seen.site.world;
    let (path, home) = (world.var(env::PATH), world.home());
    let found = program::installed(path.as_deref(), &home, &world.config_dir());
    let in_lines = seen.tails.iter().find_map(|tail| Version::parse(tail.version.as_deref()?));
    let asked = found
        .first()
        .and_then(|program| program::version_of(program, path.as_deref(), &home, seen.site.patience));
    let Some(program) = found.first() else {
        let check = |state, message: &str| Check::new("client", Group::Client, state, message);
        let cure = "install Claude Code, or put its folder into PATH, and start it once";
        return vec![match in_lines {
            Some(version) => judged(
                check(State::Ok, &format!("Claude Code {version}, by its newest transcript"))
                    .detail("no program `claude` was found in PATH or in the usual places"),
                version,
            ),
            None => {
                check(State::Warning, "Claude Code was not found in PATH or in the usual places").cure(cure)
            }
        }];
    };
    let place = program.display();
    let Some(version) = asked.or(in_lines) else {
        let message = format!("`{place}` does not say which version it is");
        let check = Check::new("client", Group::Client, State::Warning, message);
        return vec![check.cure("see whether `claude --version` answers in a terminal")];
    };
    let message = format!("Claude Code {version} at {place}");
    let mut check = Check::new("client", Group::Client, State::Ok, message);
    if asked.is_none() {
        check = check.detail("it did not answer when asked; the version is that of its newest transcript");
    }
    if let Some(other) = in_lines.filter(|other| *other != version) {
        check = check.detail(format!("the newest transcript was written by {other}"));
    }
    if found.len() > 1 {
        let more: Vec<String> = found[1..].iter().map(|path| path.display().to_string()).collect();
        let count = counted_as(more.len(), "other copy", "other copies");
        check = check.detail(format!("{count}: {}", list_and(&ticked(&more))));
    }
    vec![judged(check, version)]
}

/// With what this version does not do yet.
fn judged(mut check: Check, version: Version) -> Check {
    let lacks: Vec<_> = SINCE.iter().filter(|(since, _)| version < *since).collect();
    if version > TESTED {
        return check.detail(format!("newer than {TESTED}, which cost-hook was tested with"));
    }
    let Some((first, _)) = lacks.last() else { return check };
    let prompts = lacks.iter().any(|(since, _)| *since == SINCE[0].0);
    check.state = if prompts { State::Error } else { State::Warning };
    check.message.push_str(": too old for some of what cost-hook does");
    for (since, what) in &lacks {
        check = check.detail(format!("before {since} {what}"));
    }
    check.cure(format!("update Claude Code to {first} or later: claude update"))
}
