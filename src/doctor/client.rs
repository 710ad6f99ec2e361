//! Claude Code itself: is it there, and is it a version whose ways are known.

use super::{Check, Group, Seen, State};
use crate::base::env;
use crate::base::text::ticked;
use crate::base::words::{Language, say, word};
use crate::claude::program::{self, SINCE, TESTED, Version};

pub(super) fn check(seen: &Seen<'_>) -> Vec<Check> {
    let (world, language) = (seen.site.world, seen.site.language);
    let (path, home) = (world.var(env::PATH), world.home());
    let found = program::installed(path.as_deref(), &home, &world.config_dir());
    let in_lines = seen.tails.iter().find_map(|tail| Version::parse(tail.version.as_deref()?));
    let asked = found
        .first()
        .and_then(|program| program::version_of(program, path.as_deref(), &home, seen.site.patience));
    let Some(program) = found.first() else {
        let check = |state, message: &str| Check::new("client", Group::Client, state, message);
        return vec![match in_lines {
            Some(version) => judged(
                check(State::Ok, &say!(language, "client-by-transcript", version = version.to_string()))
                    .detail(seen.word(word!("client-no-program"))),
                version,
                language,
            ),
            None => check(State::Warning, seen.word(word!("client-not-found")))
                .cure(seen.word(word!("client-cure"))),
        }];
    };
    let place = program.display().to_string();
    let Some(version) = asked.or(in_lines) else {
        let message = say!(language, "client-without-version", program = place);
        let check = Check::new("client", Group::Client, State::Warning, message);
        return vec![check.cure(seen.word(word!("client-without-version-cure")))];
    };
    let message = say!(language, "client-at", version = version.to_string(), program = place);
    let mut check = Check::new("client", Group::Client, State::Ok, message);
    if asked.is_none() {
        check = check.detail(seen.word(word!("client-did-not-answer")));
    }
    if let Some(other) = in_lines.filter(|other| *other != version) {
        check = check.detail(say!(language, "client-other-transcript", version = other.to_string()));
    }
    if found.len() > 1 {
        let more: Vec<String> = found[1..].iter().map(|path| path.display().to_string()).collect();
        let programs = language.list_and(&ticked(&more));
        check = check.detail(say!(language, "client-copies", copies = more.len(), programs = programs));
    }
    vec![judged(check, version, language)]
}

/// With what this version does not do yet.
fn judged(mut check: Check, version: Version, language: Language) -> Check {
    let lacks: Vec<_> = SINCE.iter().filter(|(since, _)| version < *since).collect();
    if version > TESTED {
        return check.detail(say!(language, "client-newer-than-tested", version = TESTED.to_string()));
    }
    let Some((first, _)) = lacks.last() else { return check };
    let prompts = lacks.iter().any(|(since, _)| *since == SINCE[0].0);
    check.state = if prompts { State::Error } else { State::Warning };
    check.message = say!(language, "client-too-old", client = &check.message);
    for (since, lack) in &lacks {
        let lack = language.word(*lack);
        check = check.detail(say!(language, "client-lacks", version = since.to_string(), lack = lack));
    }
    check.cure(say!(language, "client-update-cure", version = first.to_string()))
}
