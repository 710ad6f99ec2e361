//! The store: is it there, can it be written, is it whole, is the lock free, does the checkpoint fit.

use std::path::{Path, PathBuf};

use super::{Check, Group, LEDGER_READ, Remedy, Seen, State};
use crate::base::disk;
use crate::base::lock::{self, Found};
use crate::base::text::{counted, counted_as, size};
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
    let message = format!("nothing is booked yet in {}", folder.display());
    Some(match seen.tails.iter().any(|tail| tail.last_call.is_some()) {
        true => ledger("ledger", State::Warning, message).cure("`cost-hook import` books the history"),
        false => ledger("ledger", State::Ok, message),
    })
}

fn contents(seen: &Seen<'_>) -> Option<Check> {
    let folder = seen.site.setup.ledger.folder();
    let Some(survey) = &seen.survey else {
        let why = seen.unreadable.clone().unwrap_or_default();
        let cure = "check owner and mode of the folder and its files";
        return Some(ledger("ledger", State::Error, why).cure(cure));
    };
    let calls = counted(usize::try_from(survey.calls).unwrap_or(usize::MAX), "call");
    let months = counted(survey.months, "month");
    let message = format!("{calls} in {months}, {}, in {}", size(survey.bytes), folder.display());
    let check = ledger("ledger", State::Ok, message);
    Some(match survey.months_read < survey.months {
        true => check.detail(format!(
            "only the newest {} read: more than {} in one go would take long",
            counted_as(survey.months_read, "month was", "months were"),
            size(LEDGER_READ)
        )),
        false => check,
    })
}

/// The folders and files that are written to, or where those would be made.
fn writable(seen: &Seen<'_>) -> Option<Check> {
    let store = &seen.site.setup.ledger;
    let mut folders = vec![store.base().to_path_buf(), store.folder()];
    folders.retain(|path| path.exists());
    if folders.is_empty() {
        folders.extend(store.base().ancestors().find(|above| above.exists()).map(Path::to_path_buf));
    }
    if let Some(file) = folders.iter().find(|path| !path.is_dir()) {
        let message = format!("`{}` is no folder: nothing can be booked", file.display());
        let cure = "move it away, or set COST_HOOK_DIR to a folder that can be written";
        return Some(ledger("ledger-writable", State::Error, message).cure(cure));
    }
    let files = [store.lock_path(), store.checkpoint_path()].into_iter().chain(seen.newest_segment());
    let needed: Vec<PathBuf> = folders.into_iter().chain(files.filter(|path| path.exists())).collect();
    if let Some(closed) = needed.iter().find(|path| !disk::can_write(path)) {
        let message = format!("`{}` cannot be written: nothing can be booked", closed.display());
        return Some(
            ledger("ledger-writable", State::Error, message)
                .cure("check its owner and mode, and whether the file system is read-only")
                .cure("set COST_HOOK_DIR to a folder that can be written"),
        );
    }
    if !store.base().exists() {
        return Some(ledger("ledger-writable", State::Ok, "the ledger's folder can be made"));
    }
    let open: Vec<_> =
        health::files(store).into_iter().filter(|path| disk::is_open_to_others(path)).collect();
    if open.is_empty() {
        return Some(ledger("ledger-writable", State::Ok, "the ledger can be written, by its owner alone"));
    }
    let count = counted_as(open.len(), "file or folder", "files and folders");
    let mut check =
        ledger("ledger-writable", State::Warning, format!("others may read or write {count} of the ledger"));
    for path in open.iter().take(SHOWN) {
        check = check.detail(path.display().to_string());
    }
    let cure = format!("chmod -R go= {}", store.base().display());
    Some(check.cure(cure).remedy(Remedy::Private(open)))
}

fn lines(seen: &Seen<'_>) -> Option<Check> {
    let survey = seen.survey.as_ref()?;
    let store = &seen.site.setup.ledger;
    let torn = health::torn(store);
    let aside = |check: Check| match torn {
        0 => check,
        count => check.detail(format!(
            "{} set aside in {}; their calls were read again",
            counted_as(count, "unfinished line was", "unfinished lines were"),
            health::torn_path(store).display()
        )),
    };
    let read = usize::try_from(survey.lines).unwrap_or(usize::MAX);
    if survey.bad.is_empty() {
        let message = format!("{} read, each of them whole", counted_as(read, "line was", "lines were"));
        return Some(aside(ledger("ledger-lines", State::Ok, message)));
    }
    let mut check = match survey.newer {
        0 => {
            let count = counted(survey.bad.len(), "line");
            ledger("ledger-lines", State::Warning, format!("{count} cannot be read and count for nothing"))
                .cure("`cost-hook ledger repair` keeps what can be read in them and moves the rest aside, with a backup")
                .cure("leave them: nothing else depends on them; `cost-hook ledger verify` says more")
        }
        count => {
            let lines = counted_as(count, "line was", "lines were");
            let message = format!("{lines} written by a newer cost-hook: this one books nothing");
            ledger("ledger-lines", State::Error, message).cure("update cost-hook")
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
        Ok(Found::Absent) => (free("the ledger has no lock yet"), checkpoint(seen)),
        Ok(Found::Free(held)) => {
            let checks = checkpoint(seen);
            drop(held);
            (free("nobody holds the ledger's lock"), checks)
        }
        Ok(Found::Held) => {
            let who = lock::holder(&path).map(|who| format!(" by {who}")).unwrap_or_default();
            let check =
                ledger("ledger-lock", State::Warning, format!("the ledger's lock is held{who} just now"))
                    .detail(
                        "an event at work holds it for some milliseconds, an import for a second at a time",
                    )
                    .cure("run `cost-hook doctor` again; if it stays held, end that process");
            (check, Vec::new())
        }
        Err(error) => (
            ledger("ledger-lock", State::Error, error.to_string()).cure("check the file's owner and mode"),
            Vec::new(),
        ),
    }
}

fn checkpoint(seen: &Seen<'_>) -> Vec<Check> {
    let look = health::look(&seen.site.setup.ledger);
    let say = |state, message: String| ledger("checkpoint", state, message);
    let anew = "it is made anew from the ledger at the next event";
    let has_lines = seen.survey.as_ref().is_some_and(|survey| survey.bytes > 0);
    let check = match look.step {
        Step::InStep => say(State::Ok, "the checkpoint is in step with the ledger".to_string()),
        Step::Absent if !has_lines => {
            say(State::Ok, "there is no checkpoint yet, and nothing to remember".to_string())
        }
        Step::Absent => say(State::Warning, "there is no checkpoint of this version".to_string())
            .detail(anew)
            .remedy(Remedy::Checkpoint)
            .cure("nothing needs to be done, but that event takes longer"),
        Step::Behind(bytes) => {
            say(State::Warning, format!("{} of the ledger are not in the checkpoint yet", size(bytes)))
                .detail("a process was ended while it booked; nothing is lost")
                .remedy(Remedy::Book)
                .cure("the next event takes them in")
        }
        Step::Apart(why) => {
            say(State::Warning, format!("the checkpoint is out of step with the ledger: {why}"))
                .detail(anew)
                .remedy(Remedy::Checkpoint)
                .cure("`cost-hook ledger verify` says whether lines are damaged, and where they were changed")
                .cure("if the ledger lost lines, `cost-hook import` books again what transcripts still hold")
        }
        Step::Broken(why) => say(State::Warning, format!("the checkpoint is broken: {why}"))
            .detail(anew)
            .remedy(Remedy::Checkpoint)
            .cure("nothing needs to be done, but that event takes longer"),
        Step::Unseen(why) => say(
            State::Warning,
            format!("the checkpoint cannot be looked at just now: {why}"),
        )
        .detail("a process may have been ended in the middle of a change, which the next event takes back")
        .remedy(Remedy::Book)
        .cure("run `cost-hook doctor` again after the next event"),
    };
    let odd: u32 = look.odd_sessions.iter().map(|(_, count)| count).sum();
    let totals = if odd == 0 {
        ledger("client-totals", State::Ok, "Claude Code's own totals fit the calls known")
    } else {
        let sessions = counted(look.odd_sessions.len(), "session");
        let message = format!("in {sessions} Claude Code's own total did not fit the calls known");
        let mut check = ledger("client-totals", State::Warning, message)
            .detail("such a total was below the calls, or jumped; it was booked as nothing, the calls count")
            .cure("older versions of Claude Code do that; update it if it happens again");
        for (id, count) in look.odd_sessions.iter().take(SHOWN) {
            check = check.detail(format!("session {id}: {}", counted_as(*count as usize, "time", "times")));
        }
        check
    };
    vec![check, totals]
}

fn late(seen: &Seen<'_>) -> Check {
    match seen.late_words() {
        0 => ledger("late-words", State::Ok, "no transcript waits to be read"),
        count => {
            let what = counted_as(count, "transcript waits", "transcripts wait");
            ledger(
                "late-words",
                State::Warning,
                format!("{what} to be read: an event could not get the lock"),
            )
            .remedy(Remedy::Book)
            .cure("the next event of any session books them")
        }
    }
}

fn space(seen: &Seen<'_>) -> Option<Check> {
    let base = seen.site.setup.ledger.base();
    let free = disk::free_space(base.ancestors().find(|above| above.exists())?)?;
    let message = format!("{} are free on the ledger's disk", size(free));
    Some(
        match free {
            ..NO_SPACE => ledger("disk-space", State::Error, format!("{message}: nothing can be booked")),
            NO_SPACE..LITTLE_SPACE => ledger("disk-space", State::Warning, message),
            _ => return Some(ledger("disk-space", State::Ok, message)),
        }
        .cure(format!("make room on the disk of {}", base.display())),
    )
}
