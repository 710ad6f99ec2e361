//! Do our hooks run? Where they are registered and for which events, whether their program is there, what switches
//! them off, whether the folder is trusted, whether the status line is ours, and whether the newest calls were booked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::registered::{Sheet, found};
use super::{Check, Group, Remedy, Seen, State};
use crate::base::env;
use crate::base::platform::real_path;
use crate::base::text::ticked;
use crate::base::time::Time;
use crate::base::words::{say, word};
use crate::claude::entries::{Fault, what_is_lost};
use crate::claude::install::{EVENTS, Registered, StatusLine};
use crate::claude::state;
use crate::model::limit::Layer;
use crate::settings::layers::repository_root;

/// A call may wait so long for the next event without anybody having to worry.
const PATIENCE_MS: i64 = 10 * 60_000;

pub(super) fn check(seen: &Seen<'_>) -> Vec<Check> {
    let mut checks = vec![registered(seen)];
    if seen.scene.is_installed() {
        checks.extend([programs(seen), copies(seen)]);
    }
    checks.extend([allowed(seen), trust(seen), status_line(seen), booked(seen)]);
    checks
}

fn hooks(id: &'static str, state: State, message: impl AsRef<str>) -> Check {
    Check::new(id, Group::Hooks, state, message)
}

/// What mends the entries of a file that is the user's to change. A program that works stays: which of several is
/// the right one is not for us to say. A project's file is others' too, so no path of this machine comes into it.
fn entries(seen: &Seen<'_>, sheet: &Sheet) -> Option<Remedy> {
    if sheet.layer == Layer::Managed || sheet.is_left_out() || sheet.registered.is_empty() {
        return None;
    }
    let works = |hook: &Registered| {
        let path = found(seen.site, &hook.program)?.ok()?;
        match (Path::new(&hook.program).is_absolute(), sheet.layer) {
            (true, _) => Some(hook.program.clone()),
            (false, Layer::Project) => None,
            // What a shell makes a path of, such as `~`, is no path inside quotes.
            (false, _) => path.to_str().map(str::to_string),
        }
    };
    let here = || seen.site.program.clone().filter(|_| sheet.layer != Layer::Project);
    let program = sheet.registered.iter().find_map(works).or_else(here)?;
    Some(Remedy::Entries { file: sheet.path(), program })
}

fn with_entries(check: Check, seen: &Seen<'_>, sheet: &Sheet) -> Check {
    match entries(seen, sheet) {
        Some(remedy) => check.remedy(remedy),
        None => check,
    }
}

fn registered(seen: &Seen<'_>) -> Check {
    let (scene, language) = (&seen.scene, seen.site.language);
    if !scene.is_installed() {
        let mut check = hooks("hooks", State::Error, seen.word(word!("hooks-absent")));
        for sheet in scene.sheets.iter().filter(|sheet| sheet.is_left_out()) {
            check = check
                .detail(say!(language, "hooks-would-not-count", file = sheet.name(language)))
                .cure(seen.word(word!("mend-that-file-cure")));
        }
        return check.cure(seen.word(word!("hooks-install-cure")));
    }
    let full = |hook: &&Registered| hook.covers_everything;
    let counting = || scene.sheets.iter().filter(|sheet| sheet.hooks_count() && !sheet.registered.is_empty());
    let of_sheets = counting().flat_map(|sheet| sheet.registered.iter());
    let of_plugins = scene.plugins.iter().flat_map(|plugin| plugin.registered.iter());
    let heard: Vec<&str> = of_sheets.chain(of_plugins).filter(full).map(|hook| hook.event.as_str()).collect();
    let missing: Vec<&str> =
        EVENTS.iter().map(|event| event.name).filter(|name| !heard.contains(name)).collect();
    let mut places: Vec<String> = counting().map(|sheet| sheet.name(language)).collect();
    places.extend(scene.plugins.iter().map(|plugin| say!(language, "the-plugin", name = &plugin.name)));
    let listed = language.list_and(&places);
    let mut check = match (missing.len(), places.is_empty()) {
        (_, true) => hooks("hooks", State::Error, seen.word(word!("hooks-files-left-out")))
            .cure(seen.word(word!("mend-the-file-cure"))),
        (0, _) => {
            hooks("hooks", State::Ok, say!(language, "hooks-all", events = EVENTS.len(), places = listed))
        }
        (count, _) => {
            let prompts = missing.contains(&"UserPromptSubmit");
            let state = if prompts { State::Error } else { State::Warning };
            let there = EVENTS.len() - count;
            let message = say!(language, "hooks-some", there = there, events = EVENTS.len(), places = listed);
            let check = hooks("hooks", state, message)
                .detail(say!(language, "hooks-missing", events = language.list_and(&ticked(&missing))))
                .detail(seen.word(what_is_lost(&missing)));
            let check = counting().take(1).fold(check, |check, sheet| with_entries(check, seen, sheet));
            check.cure(match counting().next() {
                Some(_) => seen.word(word!("hooks-add-cure")),
                None => seen.word(word!("hooks-plugin-cure")),
            })
        }
    };
    for sheet in scene.sheets.iter().filter(|sheet| !sheet.registered.is_empty() && !sheet.hooks_count()) {
        check = check.detail(say!(language, "hooks-do-not-count", file = sheet.name(language)));
    }
    check
}

/// A program the hooks name, and what it leads to.
struct Named<'a> {
    word: String,
    found: Result<PathBuf, Fault>,
    place: String,
    sheet: Option<&'a Sheet>,
}

/// Every program in every place once; those that only a session's environment can tell are left out.
fn named<'a>(seen: &'a Seen<'_>) -> Vec<Named<'a>> {
    let language = seen.site.language;
    let mut all: Vec<Named<'a>> = Vec::new();
    let mut add = |word: String, place: String, sheet| {
        let known = all.iter().any(|named| named.word == word && named.place == place);
        if let Some(found) = found(seen.site, &word).filter(|_| !known) {
            all.push(Named { word, found, place, sheet });
        }
    };
    for sheet in &seen.scene.sheets {
        for hook in &sheet.registered {
            add(hook.program.clone(), sheet.name(language), Some(sheet));
        }
    }
    for plugin in &seen.scene.plugins {
        let folder = plugin.folder.display().to_string();
        for hook in &plugin.registered {
            let word = hook.program.replace(&format!("${{{}}}", env::CLAUDE_PLUGIN_ROOT), &folder);
            let word = word.replace(&format!("${}", env::CLAUDE_PLUGIN_ROOT), &folder);
            // A shell reads it, executable or not, and which program it finds is up to the session.
            if !hook.is_script || !Path::new(&word).is_file() {
                add(word, say!(language, "the-plugin", name = &plugin.name), None);
            }
        }
    }
    all
}

fn programs(seen: &Seen<'_>) -> Check {
    let language = seen.site.language;
    let named = named(seen);
    let mut words: Vec<String> = Vec::new();
    let mut paths: Vec<PathBuf> = Vec::new();
    for Named { word, found, .. } in &named {
        match found {
            Ok(path) => {
                let real = real_path(path).unwrap_or_else(|_| path.clone());
                if !paths.contains(&real) {
                    paths.push(real);
                }
            }
            Err(fault) => {
                let what = match fault {
                    Fault::Missing => say!(language, "program-missing", program = word),
                    Fault::NotExecutable => say!(language, "program-not-executable", program = word),
                    Fault::Folder => say!(language, "program-folder", program = word),
                };
                if !words.contains(&what) {
                    words.push(what);
                }
            }
        }
    }
    if !words.is_empty() {
        let mut check = hooks("hook-program", State::Error, language.list_and(&words))
            .detail(seen.word(word!("program-silence")))
            .cure(seen.word(word!("program-cure")));
        for broken in named.iter().filter(|named| named.found.is_err()) {
            check = check.detail(say!(language, "program-named-in", place = &broken.place));
            if let Some(sheet) = broken.sheet {
                check = with_entries(check, seen, sheet);
            }
        }
        return check;
    }
    // It may be named by a link that its package manager keeps.
    let own =
        seen.site.program.as_deref().map(|own| real_path(Path::new(own)).unwrap_or_else(|_| own.into()));
    let others: Vec<_> = paths.iter().filter(|path| own.as_ref().is_some_and(|own| own != *path)).collect();
    if let Some(own) = own.filter(|_| !others.is_empty()) {
        let names: Vec<String> = others.iter().map(|path| path.display().to_string()).collect();
        let message = say!(language, "programs-others", programs = language.list_and(&ticked(&names)));
        return hooks("hook-program", State::Warning, message)
            .detail(say!(language, "program-is-this", program = own.display().to_string()))
            .cure(seen.word(word!("program-choose-cure")));
    }
    match paths.first() {
        Some(path) => hooks(
            "hook-program",
            State::Ok,
            say!(language, "program-runs", program = path.display().to_string()),
        ),
        None => hooks("hook-program", State::Ok, seen.word(word!("program-unknown"))),
    }
}

/// A hook of ours that sees everything of its event.
struct Copy<'a> {
    place: String,
    command: &'a str,
    sheet: Option<&'a Sheet>,
}

/// Copies that run beside each other: the very same command runs once, however often it stands in settings files, but
/// a plugin's runs beside it.
fn copies(seen: &Seen<'_>) -> Check {
    let language = seen.site.language;
    let mut by_event: BTreeMap<&str, Vec<Copy<'_>>> = BTreeMap::new();
    for sheet in seen.scene.sheets.iter().filter(|sheet| sheet.hooks_count()) {
        for hook in sheet.registered.iter().filter(|hook| hook.covers_everything) {
            let known = by_event.entry(&hook.event).or_default();
            if !known.iter().any(|copy| copy.command == hook.command) {
                known.push(Copy { place: sheet.name(language), command: &hook.command, sheet: Some(sheet) });
            }
        }
    }
    for plugin in &seen.scene.plugins {
        for hook in plugin.registered.iter().filter(|hook| hook.covers_everything) {
            let place = say!(language, "the-plugin", name = &plugin.name);
            by_event.entry(&hook.event).or_default().push(Copy {
                place,
                command: &hook.command,
                sheet: None,
            });
        }
    }
    by_event.retain(|_, copies| copies.len() > 1);
    if by_event.is_empty() {
        return hooks("hook-copies", State::Ok, seen.word(word!("copies-none")));
    }
    let mut places: Vec<String> = Vec::new();
    let mut within: Vec<&Sheet> = Vec::new();
    for copies in by_event.values() {
        for (at, copy) in copies.iter().enumerate() {
            if !places.contains(&copy.place) {
                places.push(copy.place.clone());
            }
            let beside = copies[..at].iter().any(|other| other.place == copy.place);
            let known = |sheet: &&Sheet| within.iter().any(|known| known.checked.name == sheet.checked.name);
            within.extend(copy.sheet.filter(|sheet| beside && !known(sheet)));
        }
    }
    let message = say!(language, "copies-twice", events = by_event.len());
    let mut check = hooks("hook-copies", State::Warning, message)
        .detail(seen.word(word!("copies-cost")))
        .detail(say!(language, "copies-in", places = language.list_and(&places)));
    if places.len() > 1 {
        check = check.cure(seen.word(word!("copies-uninstall-cure")));
    }
    if !within.is_empty() {
        check = check.cure(seen.word(word!("copies-install-cure")));
    }
    within.into_iter().fold(check, |check, sheet| with_entries(check, seen, sheet))
}

/// Is anything in the way of all hooks?
fn allowed(seen: &Seen<'_>) -> Check {
    let (scene, language) = (&seen.scene, seen.site.language);
    let off = |message: &str, cure: &str| hooks("hooks-allowed", State::Error, message).cure(cure);
    let allowed = || hooks("hooks-allowed", State::Ok, seen.word(word!("hooks-allowed")));
    let said_by = |sheet: &Sheet| say!(language, "said-by", file = sheet.name(language));
    let managed_hooks =
        scene.sheets.iter().any(|sheet| sheet.layer == Layer::Managed && !sheet.registered.is_empty());
    let managed_plugins = scene.plugins.iter().any(|plugin| scene.is_managed(&plugin.name));
    if let Some((Value::Bool(true), sheet)) = scene.decided(&["disableAllHooks"])
        && (sheet.layer == Layer::Managed || !(managed_hooks || managed_plugins))
    {
        let cure = say!(language, "hooks-disabled-cure", file = sheet.name(language));
        return off(seen.word(word!("hooks-disabled")), &cure);
    }
    if let Some((Value::Bool(true), sheet)) = scene.managed(&["allowManagedHooksOnly"])
        && !managed_hooks
        && !managed_plugins
    {
        let message = seen.word(word!("managed-hooks-only"));
        return off(message, seen.word(word!("managed-install-cure"))).detail(said_by(sheet));
    }
    let closed = |value: &Value| match value {
        Value::Bool(on) => *on,
        Value::Array(list) => list.iter().any(|item| item == "hooks"),
        _ => false,
    };
    if let Some((value, sheet)) = scene.managed(&["strictPluginOnlyCustomization"])
        && closed(value)
        && !managed_hooks
        && scene.plugins.is_empty()
    {
        let message = seen.word(word!("plugin-hooks-only"));
        return off(message, seen.word(word!("managed-install-or-plugin-cure"))).detail(said_by(sheet));
    }
    // Whoever starts a session cannot leave out what managed settings run.
    if managed_hooks || managed_plugins {
        return allowed().detail(seen.word(word!("managed-hooks-run-too")));
    }
    let unset = |name| say!(language, "unset-cure", name = name);
    let (simple, safe) = (env::CLAUDE_CODE_SIMPLE, env::CLAUDE_CODE_SAFE_MODE);
    if seen.switched_on(simple) {
        return off(&say!(language, "simple-mode", name = simple), &unset(simple));
    }
    if seen.switched_on(safe) {
        return off(&say!(language, "safe-mode", name = safe), &unset(safe));
    }
    allowed().detail(seen.word(word!("bare-sessions")))
}

fn trust(seen: &Seen<'_>) -> Check {
    let (site, world) = (seen.site, seen.site.world);
    let moved = world.var(env::CLAUDE_CONFIG_DIR).is_some();
    let file = state::file(moved, &world.config_dir(), &world.home());
    let root = repository_root(&site.project);
    let (folder, language) = (site.project.display().to_string(), site.language);
    if seen.switched_on(env::CLAUDE_CODE_SANDBOXED) {
        return hooks("trust", State::Ok, seen.word(word!("every-folder-trusted")));
    }
    let waiting = |message: String| {
        hooks("trust", State::Warning, message)
            .detail(seen.word(word!("trust-holds-hooks")))
            .cure(seen.word(word!("trust-cure")))
    };
    match state::is_trusted(&file, &site.project, root.as_deref()) {
        Some(true) => hooks("trust", State::Ok, say!(language, "folder-trusted", folder = folder)),
        Some(false) => waiting(say!(language, "folder-not-trusted", folder = folder)),
        None => {
            let file = file.display().to_string();
            waiting(say!(language, "folder-not-known", folder = folder, file = file))
        }
    }
}

fn status_line(seen: &Seen<'_>) -> Check {
    let language = seen.site.language;
    let late = seen.word(word!("line-late"));
    let line = |state, message: String| hooks("status-line", state, message);
    let managed_only =
        seen.scene.managed(&["allowManagedHooksOnly"]).is_some_and(|(on, _)| *on == Value::Bool(true));
    let of = |sheet: &&Sheet| {
        let is_run = sheet.layer == Layer::Managed || !managed_only;
        is_run && !sheet.is_left_out() && sheet.value.get("statusLine").is_some()
    };
    let decided = seen.scene.by_precedence().find(of);
    let Some(sheet) = decided else {
        let check = line(State::Warning, seen.word(word!("line-absent")).to_string()).detail(late);
        if managed_only {
            return check
                .detail(seen.word(word!("line-managed-only")))
                .cure(seen.word(word!("managed-install-cure")));
        }
        let with_hooks = |sheet: &&Sheet| entries(seen, sheet).is_some();
        let check = check.cure(seen.word(word!("line-install-cure")));
        return match seen.scene.by_precedence().filter(with_hooks).last() {
            Some(sheet) => with_entries(check, seen, sheet),
            None => check,
        };
    };
    match &sheet.status_line {
        Some(StatusLine::Ours(program)) => match found(seen.site, program) {
            Some(Err(_)) => {
                let message = say!(language, "line-broken", program = program);
                let check = line(State::Warning, message).detail(late);
                with_entries(check, seen, sheet).cure(seen.word(word!("line-broken-cure")))
            }
            _ => line(State::Ok, say!(language, "line-ours", file = sheet.name(language))),
        },
        _ => {
            let message = say!(language, "line-another", file = sheet.name(language));
            let check = line(State::Warning, message).detail(late);
            let command = match sheet.layer {
                Layer::Managed => {
                    return check.cure(seen.word(word!("line-managed-cure")));
                }
                Layer::User => "cost-hook install",
                Layer::Project => "cost-hook install --scope project",
                Layer::Local => "cost-hook install --scope local",
            };
            check.cure(say!(language, "line-below-cure", command = command))
        }
    }
}

/// The proof: the newest calls in the transcripts against the ledger.
fn booked(seen: &Seen<'_>) -> Check {
    let (now, language) = (seen.site.world.now(), seen.site.language);
    // What older months hold is not known.
    let from = seen.survey.as_ref().map_or(Time::MIN, |survey| survey.from);
    let calls = seen.tails.iter().filter_map(|tail| Some((tail, tail.last_call.as_ref()?)));
    let calls: Vec<_> = calls.filter(|(_, (_, time))| *time >= from).collect();
    let newest = calls.iter().max_by_key(|(_, (_, time))| *time);
    let Some((tail, (id, time))) = newest else {
        return hooks("hooks-run", State::Ok, seen.word(word!("no-new-transcript")));
    };
    let shown = |time: &Time| seen.site.setup.zone().civil(*time).format("%Y-%m-%d %H:%M").to_string();
    let is_booked = |id: &String| seen.survey.as_ref().is_some_and(|survey| survey.found.contains(id));
    let is_known =
        |session: &String| seen.survey.as_ref().is_some_and(|survey| survey.sessions.contains(session));
    let mut open =
        calls.iter().filter(|(_, (id, time))| !is_booked(id) && now.since(*time) > PATIENCE_MS).peekable();
    if open.peek().is_none() {
        let message = match is_booked(id) {
            true => say!(language, "newest-call-booked", time = shown(time)),
            false => say!(language, "newest-call-next", time = shown(time)),
        };
        return hooks("hooks-run", State::Ok, message).detail(say!(
            language,
            "call-in",
            file = tail.path.display().to_string()
        ));
    }
    let open: Vec<_> = open.collect();
    let unseen = open.iter().any(|(tail, _)| !is_known(&tail.session));
    let (state, message) = match unseen {
        true => (State::Error, word!("sessions-without-hooks")),
        false => (State::Warning, word!("last-call-not-booked")),
    };
    let mut check = hooks("hooks-run", state, seen.word(message));
    for (tail, (_, time)) in open.iter().take(3) {
        check = check.detail(say!(
            language,
            "transcript-last-call",
            file = tail.path.display().to_string(),
            time = shown(time)
        ));
    }
    if !unseen {
        check = check.remedy(Remedy::Book);
    }
    check.cure(seen.word(word!("hooks-run-cure")))
}
