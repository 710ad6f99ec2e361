//! The store: is it there, can it be written, is it whole, is the lock free, does the checkpoint fit.

use std::path::{Path, PathBuf};

use super::{Check, Group, LEDGER_READ, Remedy, Seen, State};
use crate::base::disk;
use crate::base::lock::{self, Found};
use crate::base::text::size;
use crate::base::words::{say, word};
use crate::ledger::health::{self, Step};

/// With less room than this no month's calls fit; with less than the second not even one.
const LITTLE_SPACE: u64 = 200 << 20;
const NO_SPACE: u64 = 1 << 20;
/// More places are not named one by one.
const SHOWN: usize = 3;

pub(super) fn check(seen: &Seen<'_>) -> Vec<Check> {
    if !seen.site.setup.ledger.exists() {
        return vec![absent(seen), writable(seen), space(seen)].into_iter().flatten().collect();
    }
    let (lock, checkpoint) = locked(seen);
    [contents(seen), writable(seen), lines(seen), Some(lock)]
        .into_iter()
        .flatten()
        .chain(checkpoint)
        .chain([late(seen)])
        .chain(space(seen))
        .collect()
}

fn ledger(id: &'static str, state: State, message: impl AsRef<str>) -> Check {
    Check::new(id, Group::Ledger, state, message)
}

fn absent(seen: &Seen<'_>) -> Option<Check> {
    let folder = seen.site.setup.ledger.folder();
    let message = say!(seen.site.language, "nothing-booked-yet-in", folder = folder.display().to_string());
    Some(match seen.tails.iter().any(|tail| tail.last_call.is_some()) {
        true => ledger("ledger", State::Warning, message).cure(seen.word(word!("history-cure"))),
        false => ledger("ledger", State::Ok, message),
    })
}

fn contents(seen: &Seen<'_>) -> Option<Check> {
    let language = seen.site.language;
    let folder = seen.site.setup.ledger.folder();
    let Some(survey) = &seen.survey else {
        let why = seen.unreadable.clone().unwrap_or_default();
        let cure = seen.word(word!("ledger-unreadable-cure"));
        return Some(ledger("ledger", State::Error, why).cure(cure));
    };
    let message = say!(
        language,
        "ledger-contents",
        calls = survey.calls,
        months = survey.months,
        size = size(survey.bytes),
        folder = folder.display().to_string()
    );
    let check = ledger("ledger", State::Ok, message);
    Some(match survey.months_read < survey.months {
        true => check.detail(say!(
            language,
            "ledger-partly-read",
            months = survey.months_read,
            size = size(LEDGER_READ)
        )),
        false => check,
    })
}

/// The folders and files that are written to, or where those would be made.
fn writable(seen: &Seen<'_>) -> Option<Check> {
    let language = seen.site.language;
    let store = &seen.site.setup.ledger;
    let mut folders = vec![store.base().to_path_buf(), store.folder()];
    folders.retain(|path| path.exists());
    if folders.is_empty() {
        folders.extend(store.base().ancestors().find(|above| above.exists()).map(Path::to_path_buf));
    }
    if let Some(file) = folders.iter().find(|path| !path.is_dir()) {
        let message = say!(language, "no-folder", file = file.display().to_string());
        let cure = seen.word(word!("no-folder-cure"));
        return Some(ledger("ledger-writable", State::Error, message).cure(cure));
    }
    let files = [store.lock_path(), store.checkpoint_path()].into_iter().chain(seen.newest_segment());
    let needed: Vec<PathBuf> = folders.into_iter().chain(files.filter(|path| path.exists())).collect();
    if let Some(closed) = needed.iter().find(|path| !disk::can_write(path)) {
        let message = say!(language, "not-writable", path = closed.display().to_string());
        return Some(
            ledger("ledger-writable", State::Error, message)
                .cure(seen.word(word!("not-writable-cure")))
                .cure(seen.word(word!("set-folder-cure"))),
        );
    }
    if !store.base().exists() {
        return Some(ledger("ledger-writable", State::Ok, seen.word(word!("folder-can-be-made"))));
    }
    let open: Vec<_> =
        health::files(store).into_iter().filter(|path| disk::is_open_to_others(path)).collect();
    if open.is_empty() {
        return Some(ledger("ledger-writable", State::Ok, seen.word(word!("ledger-private"))));
    }
    let message = say!(language, "ledger-open", paths = open.len());
    let mut check = ledger("ledger-writable", State::Warning, message);
    for path in open.iter().take(SHOWN) {
        check = check.detail(path.display().to_string());
    }
    let cure = format!("chmod -R go= {}", store.base().display());
    Some(check.cure(cure).remedy(Remedy::Private(open)))
}

fn lines(seen: &Seen<'_>) -> Option<Check> {
    let (survey, language) = (seen.survey.as_ref()?, seen.site.language);
    let store = &seen.site.setup.ledger;
    let torn = health::torn(store);
    let aside = |check: Check| match torn {
        0 => check,
        count => check.detail(say!(
            language,
            "lines-aside",
            lines = count,
            file = health::torn_path(store).display().to_string()
        )),
    };
    if survey.bad.is_empty() {
        let message = say!(language, "lines-whole", lines = survey.lines);
        return Some(aside(ledger("ledger-lines", State::Ok, message)));
    }
    let mut check = match survey.newer {
        0 => {
            let message = say!(language, "lines-bad", lines = survey.bad.len());
            ledger("ledger-lines", State::Warning, message)
                .cure(seen.word(word!("lines-repair-cure")))
                .cure(seen.word(word!("lines-leave-cure")))
        }
        count => {
            let message = say!(language, "lines-newer", lines = count);
            ledger("ledger-lines", State::Error, message).cure(seen.word(word!("update-cure")))
        }
    };
    for bad in survey.bad.iter().take(SHOWN) {
        check = check.detail(format!("{}:{}: {}", bad.file.display(), bad.line, bad.why));
    }
    Some(aside(check))
}

/// The lock, and under it the checkpoint.
fn locked(seen: &Seen<'_>) -> (Check, Vec<Check>) {
    let store = &seen.site.setup.ledger;
    let path = store.lock_path();
    let free = |message| ledger("ledger-lock", State::Ok, message);
    match lock::look(&path) {
        Ok(Found::Absent) => (free(seen.word(word!("lock-absent"))), checkpoint(seen)),
        Ok(Found::Free(held)) => {
            let checks = checkpoint(seen);
            drop(held);
            (free(seen.word(word!("lock-free"))), checks)
        }
        Ok(Found::Held) => {
            let message = match lock::holder(&path) {
                Some(who) => say!(seen.site.language, "lock-held-by", who = who),
                None => seen.word(word!("lock-held")).to_string(),
            };
            let check = ledger("ledger-lock", State::Warning, message)
                .detail(seen.word(word!("lock-held-why")))
                .cure(seen.word(word!("lock-held-cure")));
            (check, Vec::new())
        }
        Err(error) => (
            ledger("ledger-lock", State::Error, error.to_string()).cure(seen.word(word!("lock-cure"))),
            Vec::new(),
        ),
    }
}

fn checkpoint(seen: &Seen<'_>) -> Vec<Check> {
    let look = health::look(&seen.site.setup.ledger);
    let language = seen.site.language;
    let say = |state, message: String| ledger("checkpoint", state, message);
    let known = |state, message| ledger("checkpoint", state, seen.word(message));
    let anew = seen.word(word!("made-anew-at-next-event"));
    let has_lines = seen.survey.as_ref().is_some_and(|survey| survey.bytes > 0);
    let check = match look.step {
        Step::InStep => known(State::Ok, word!("checkpoint-in-step")),
        Step::Absent if !has_lines => known(State::Ok, word!("checkpoint-nothing")),
        Step::Absent => known(State::Warning, word!("checkpoint-absent"))
            .detail(anew)
            .remedy(Remedy::Checkpoint)
            .cure(seen.word(word!("checkpoint-slow-cure"))),
        Step::Behind(bytes) => say(State::Warning, say!(language, "checkpoint-behind", size = size(bytes)))
            .detail(seen.word(word!("checkpoint-behind-why")))
            .remedy(Remedy::Book)
            .cure(seen.word(word!("checkpoint-behind-cure"))),
        Step::Apart(why) => say(State::Warning, say!(language, "checkpoint-apart", why = why))
            .detail(anew)
            .remedy(Remedy::Checkpoint)
            .cure(seen.word(word!("checkpoint-verify-cure")))
            .cure(seen.word(word!("checkpoint-import-cure"))),
        Step::Broken(why) => say(State::Warning, say!(language, "checkpoint-broken", why = why))
            .detail(anew)
            .remedy(Remedy::Checkpoint)
            .cure(seen.word(word!("checkpoint-slow-cure"))),
        Step::Unseen(why) => say(State::Warning, say!(language, "checkpoint-unseen", why = why))
            .detail(seen.word(word!("checkpoint-unseen-why")))
            .remedy(Remedy::Book)
            .cure(seen.word(word!("checkpoint-unseen-cure"))),
    };
    let odd: u32 = look.odd_sessions.iter().map(|(_, count)| count).sum();
    let totals = if odd == 0 {
        ledger("client-totals", State::Ok, seen.word(word!("totals-fit")))
    } else {
        let message = say!(language, "totals-odd", sessions = look.odd_sessions.len());
        let mut check = ledger("client-totals", State::Warning, message)
            .detail(seen.word(word!("totals-odd-why")))
            .cure(seen.word(word!("totals-odd-cure")));
        for (id, count) in look.odd_sessions.iter().take(SHOWN) {
            check =
                check.detail(say!(language, "totals-odd-session", session = id, times = u64::from(*count)));
        }
        check
    };
    vec![check, totals]
}

fn late(seen: &Seen<'_>) -> Check {
    match seen.late_words() {
        0 => ledger("late-words", State::Ok, seen.word(word!("late-none"))),
        count => {
            let message = say!(seen.site.language, "late-some", transcripts = count);
            ledger("late-words", State::Warning, message)
                .remedy(Remedy::Book)
                .cure(seen.word(word!("late-cure")))
        }
    }
}

fn space(seen: &Seen<'_>) -> Option<Check> {
    let base = seen.site.setup.ledger.base();
    let free = disk::free_space(base.ancestors().find(|above| above.exists())?)?;
    let language = seen.site.language;
    let message = say!(language, "space-free", size = size(free));
    Some(
        match free {
            ..NO_SPACE => ledger("disk-space", State::Error, say!(language, "space-none", size = size(free))),
            NO_SPACE..LITTLE_SPACE => ledger("disk-space", State::Warning, message),
            _ => return Some(ledger("disk-space", State::Ok, message)),
        }
        .cure(say!(language, "space-cure", folder = base.display().to_string())),
    )
}
