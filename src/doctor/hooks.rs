//! Do our hooks run? Where they are registered and for which events, whether their program is there, what switches
//! them off, whether the folder is trusted, whether the status line is ours, and whether the newest calls were booked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::registered::{Sheet, found};
use super::{Check, Group, Remedy, Seen, State};
use crate::base::env;
use crate::base::platform::real_path;
use crate::base::text::{counted, list_and, ticked};
use crate::base::time::Time;
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
    let scene = &seen.scene;
    if !scene.is_installed() {
        let message = "the hooks are in no settings file: nothing is recorded or stopped";
        let mut check = hooks("hooks", State::Error, message);
        for sheet in scene.sheets.iter().filter(|sheet| sheet.is_left_out()) {
            check = check
                .detail(format!("hooks in {} would not count: Claude Code leaves the file out", sheet.name()))
                .cure("mend that file; `cost-hook validate` shows what is wrong with it");
        }
        return check.cure("`cost-hook install` registers them in your settings");
    }
    let full = |hook: &&Registered| hook.covers_everything;
    let counting = || scene.sheets.iter().filter(|sheet| sheet.hooks_count() && !sheet.registered.is_empty());
    let of_sheets = counting().flat_map(|sheet| sheet.registered.iter());
    let of_plugins = scene.plugins.iter().flat_map(|plugin| plugin.registered.iter());
    let heard: Vec<&str> = of_sheets.chain(of_plugins).filter(full).map(|hook| hook.event.as_str()).collect();
    let missing: Vec<&str> =
        EVENTS.iter().map(|event| event.name).filter(|name| !heard.contains(name)).collect();
    let mut places: Vec<String> = counting().map(Sheet::name).collect();
    places.extend(scene.plugins.iter().map(|plugin| format!("the plugin {}", plugin.name)));
    let mut check = match (missing.len(), places.is_empty()) {
        (_, true) => hooks("hooks", State::Error, "Claude Code leaves out every file the hooks are in")
            .cure("mend the file; `cost-hook validate` shows what is wrong with it"),
        (0, _) => hooks(
            "hooks",
            State::Ok,
            format!("hooks for all {} events, in {}", EVENTS.len(), list_and(&places)),
        ),
        (count, _) => {
            let prompts = missing.contains(&"UserPromptSubmit");
            let state = if prompts { State::Error } else { State::Warning };
            let there = EVENTS.len() - count;
            let message = format!("hooks for {there} of {} events, in {}", EVENTS.len(), list_and(&places));
            let check = hooks("hooks", state, message)
                .detail(format!("missing: {}", list_and(&ticked(&missing))))
                .detail(what_is_lost(&missing));
            let check = counting().take(1).fold(check, |check, sheet| with_entries(check, seen, sheet));
            check.cure(match counting().next() {
                Some(_) => "`cost-hook install` adds what is missing",
                None => "update the plugin, or use `cost-hook install` in its place",
            })
        }
    };
    for sheet in scene.sheets.iter().filter(|sheet| !sheet.registered.is_empty() && !sheet.hooks_count()) {
        check =
            check.detail(format!("those in {} do not count: Claude Code leaves the file out", sheet.name()));
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
    let mut all: Vec<Named<'a>> = Vec::new();
    let mut add = |word: String, place: String, sheet| {
        let known = all.iter().any(|named| named.word == word && named.place == place);
        if let Some(found) = found(seen.site, &word).filter(|_| !known) {
            all.push(Named { word, found, place, sheet });
        }
    };
    for sheet in &seen.scene.sheets {
        for hook in &sheet.registered {
            add(hook.program.clone(), sheet.name(), Some(sheet));
        }
    }
    for plugin in &seen.scene.plugins {
        let folder = plugin.folder.display().to_string();
        for hook in &plugin.registered {
            let word = hook.program.replace(&format!("${{{}}}", env::CLAUDE_PLUGIN_ROOT), &folder);
            let word = word.replace(&format!("${}", env::CLAUDE_PLUGIN_ROOT), &folder);
            // A shell reads it, executable or not, and which program it finds is up to the session.
            if !hook.is_script || !Path::new(&word).is_file() {
                add(word, format!("the plugin {}", plugin.name), None);
            }
        }
    }
    all
}

fn programs(seen: &Seen<'_>) -> Check {
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
                    Fault::Missing => "is not there",
                    Fault::NotExecutable => "is not executable",
                    Fault::Folder => "is a folder",
                };
                let what = format!("`{word}` {what}");
                if !words.contains(&what) {
                    words.push(what);
                }
            }
        }
    }
    if !words.is_empty() {
        let mut check = hooks("hook-program", State::Error, list_and(&words))
            .detail("Claude Code says nothing when a hook's program is missing: calls pass unseen")
            .cure("`cost-hook install`, from where the program is now");
        for broken in named.iter().filter(|named| named.found.is_err()) {
            check = check.detail(format!("named in {}", broken.place));
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
        return hooks("hook-program", State::Warning, format!("the hooks run {}", list_and(&ticked(&names))))
            .detail(format!("this program is `{}`; the two may be of different versions", own.display()))
            .cure("`cost-hook install` from the one that is to be used");
    }
    match paths.first() {
        Some(path) => hooks("hook-program", State::Ok, format!("{} is there and can be run", path.display())),
        None => hooks(
            "hook-program",
            State::Ok,
            "which program the hooks run depends on the session's environment",
        ),
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
    let mut by_event: BTreeMap<&str, Vec<Copy<'_>>> = BTreeMap::new();
    for sheet in seen.scene.sheets.iter().filter(|sheet| sheet.hooks_count()) {
        for hook in sheet.registered.iter().filter(|hook| hook.covers_everything) {
            let known = by_event.entry(&hook.event).or_default();
            if !known.iter().any(|copy| copy.command == hook.command) {
                known.push(Copy { place: sheet.name(), command: &hook.command, sheet: Some(sheet) });
            }
        }
    }
    for plugin in &seen.scene.plugins {
        for hook in plugin.registered.iter().filter(|hook| hook.covers_everything) {
            let place = format!("the plugin {}", plugin.name);
            by_event.entry(&hook.event).or_default().push(Copy {
                place,
                command: &hook.command,
                sheet: None,
            });
        }
    }
    by_event.retain(|_, copies| copies.len() > 1);
    if by_event.is_empty() {
        return hooks("hook-copies", State::Ok, "each event runs the program once");
    }
    let mut places: Vec<&str> = Vec::new();
    let mut within: Vec<&Sheet> = Vec::new();
    for copies in by_event.values() {
        for (at, copy) in copies.iter().enumerate() {
            if !places.contains(&copy.place.as_str()) {
                places.push(&copy.place);
            }
            let beside = copies[..at].iter().any(|other| other.place == copy.place);
            let known = |sheet: &&Sheet| within.iter().any(|known| known.checked.name == sheet.checked.name);
            within.extend(copy.sheet.filter(|sheet| beside && !known(sheet)));
        }
    }
    let count = counted(by_event.len(), "event");
    let mut check = hooks("hook-copies", State::Warning, format!("the hooks are there twice for {count}"))
        .detail("nothing is counted twice, but each copy costs a process")
        .detail(format!("in {}", list_and(&places)));
    if places.len() > 1 {
        check = check
            .cure("`cost-hook uninstall` with `--scope user`, `project` or `local` takes one of them out");
    }
    if !within.is_empty() {
        check = check.cure("`cost-hook install` takes out the second copy in a file");
    }
    within.into_iter().fold(check, |check, sheet| with_entries(check, seen, sheet))
}

/// Is anything in the way of all hooks?
fn allowed(seen: &Seen<'_>) -> Check {
    let scene = &seen.scene;
    let off = |message: String, cure: String| hooks("hooks-allowed", State::Error, message).cure(cure);
    let managed_hooks =
        scene.sheets.iter().any(|sheet| sheet.layer == Layer::Managed && !sheet.registered.is_empty());
    let managed_plugins = scene.plugins.iter().any(|plugin| scene.is_managed(&plugin.name));
    if let Some((Value::Bool(true), sheet)) = scene.decided(&["disableAllHooks"])
        && (sheet.layer == Layer::Managed || !(managed_hooks || managed_plugins))
    {
        let cure = format!("take `disableAllHooks` out of {}", sheet.name());
        return off("`disableAllHooks` is true: no hook and no status line runs".to_string(), cure);
    }
    if let Some((Value::Bool(true), sheet)) = scene.managed(&["allowManagedHooksOnly"])
        && !managed_hooks
        && !managed_plugins
    {
        let message = "`allowManagedHooksOnly`: only hooks in managed settings run, and ours are not there";
        let cure = "have an administrator run `cost-hook install --scope managed`".to_string();
        return off(message.to_string(), cure).detail(format!("said by {}", sheet.name()));
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
        let message = "`strictPluginOnlyCustomization`: hooks in user and project settings do not run";
        let cure =
            "have an administrator run `cost-hook install --scope managed`, or use the plugin".to_string();
        return off(message.to_string(), cure).detail(format!("said by {}", sheet.name()));
    }
    // Whoever starts a session cannot leave out what managed settings run.
    if managed_hooks || managed_plugins {
        return hooks("hooks-allowed", State::Ok, "no setting switches hooks off")
            .detail("managed hooks run in sessions started with `--bare` or `--safe-mode`, too");
    }
    for (name, what) in [
        (env::CLAUDE_CODE_SIMPLE, "sessions started from here run no hooks, as with `--bare`"),
        (
            env::CLAUDE_CODE_SAFE_MODE,
            "sessions started from here run managed hooks only, as with `--safe-mode`",
        ),
    ] {
        if seen.switched_on(name) {
            return off(format!("`{name}` is set: {what}"), format!("unset {name}"));
        }
    }
    hooks("hooks-allowed", State::Ok, "no setting switches hooks off").detail(
        "sessions started with `--bare` or `--safe-mode` run no hooks and are not counted while they run",
    )
}

fn trust(seen: &Seen<'_>) -> Check {
    let (site, world) = (seen.site, seen.site.world);
    let moved = world.var(env::CLAUDE_CONFIG_DIR).is_some();
    let file = state::file(moved, &world.config_dir(), &world.home());
    let root = repository_root(&site.project);
    let folder = site.project.display();
    if seen.switched_on(env::CLAUDE_CODE_SANDBOXED) {
        return hooks("trust", State::Ok, "every folder is trusted (`CLAUDE_CODE_SANDBOXED`)");
    }
    let waiting = |message: String| {
        hooks("trust", State::Warning, message)
            .detail("interactive sessions hold all hooks back until then; `claude -p` takes every folder as trusted")
            .cure("start `claude` in this folder and accept the dialog")
    };
    match state::is_trusted(&file, &site.project, root.as_deref()) {
        Some(true) => hooks("trust", State::Ok, format!("{folder} is trusted")),
        Some(false) => waiting(format!("{folder} is not trusted yet")),
        None => waiting(format!(
            "{folder} is not trusted yet: Claude Code has kept nothing in {}",
            file.display()
        )),
    }
}

fn status_line(seen: &Seen<'_>) -> Check {
    let late = "calls that no transcript names (titles, compaction) are booked when a session ends, not while it runs";
    let line = |state, message: String| hooks("status-line", state, message);
    let managed_only =
        seen.scene.managed(&["allowManagedHooksOnly"]).is_some_and(|(on, _)| *on == Value::Bool(true));
    let of = |sheet: &&Sheet| {
        let is_run = sheet.layer == Layer::Managed || !managed_only;
        is_run && !sheet.is_left_out() && sheet.value.get("statusLine").is_some()
    };
    let decided = seen.scene.by_precedence().find(of);
    let Some(sheet) = decided else {
        let check = line(State::Warning, "there is no status line".to_string()).detail(late);
        if managed_only {
            return check
                .detail("`allowManagedHooksOnly` leaves only one in managed settings")
                .cure("have an administrator run `cost-hook install --scope managed`");
        }
        let with_hooks = |sheet: &&Sheet| entries(seen, sheet).is_some();
        let check = check.cure("`cost-hook install` adds it");
        return match seen.scene.by_precedence().filter(with_hooks).last() {
            Some(sheet) => with_entries(check, seen, sheet),
            None => check,
        };
    };
    match &sheet.status_line {
        Some(StatusLine::Ours(program)) => match found(seen.site, program) {
            Some(Err(_)) => {
                let check =
                    line(State::Warning, format!("the status line's program `{program}` cannot be run"))
                        .detail(late);
                with_entries(check, seen, sheet).cure("`cost-hook install` points it to the program")
            }
            _ => line(State::Ok, format!("the status line is ours, in {}", sheet.name())),
        },
        _ => {
            let check = line(State::Warning, format!("the status line is another one, in {}", sheet.name()))
                .detail(late);
            let scope = match sheet.layer {
                Layer::Managed => {
                    return check.cure("have an administrator put `cost-hook statusline --then` around it");
                }
                Layer::User => "",
                Layer::Project => " --scope project",
                Layer::Local => " --scope local",
            };
            check.cure(format!("`cost-hook install{scope}` puts ours below it; yours goes on"))
        }
    }
}

/// The proof: the newest calls in the transcripts against the ledger.
fn booked(seen: &Seen<'_>) -> Check {
    let now = seen.site.world.now();
    // What older months hold is not known.
    let from = seen.survey.as_ref().map_or(Time::MIN, |survey| survey.from);
    let calls = seen.tails.iter().filter_map(|tail| Some((tail, tail.last_call.as_ref()?)));
    let calls: Vec<_> = calls.filter(|(_, (_, time))| *time >= from).collect();
    let newest = calls.iter().max_by_key(|(_, (_, time))| *time);
    let Some((tail, (id, time))) = newest else {
        return hooks("hooks-run", State::Ok, "no new transcript holds a call yet: nothing to book");
    };
    let shown = |time: &Time| seen.site.setup.zone().civil(*time).format("%Y-%m-%d %H:%M").to_string();
    let is_booked = |id: &String| seen.survey.as_ref().is_some_and(|survey| survey.found.contains(id));
    let is_known =
        |session: &String| seen.survey.as_ref().is_some_and(|survey| survey.sessions.contains(session));
    let mut open =
        calls.iter().filter(|(_, (id, time))| !is_booked(id) && now.since(*time) > PATIENCE_MS).peekable();
    if open.peek().is_none() {
        let what = if is_booked(id) { "is booked" } else { "is for the next event to book" };
        return hooks("hooks-run", State::Ok, format!("the newest call, of {}, {what}", shown(time)))
            .detail(format!("in {}", tail.path.display()));
    }
    let open: Vec<_> = open.collect();
    let unseen = open.iter().any(|(tail, _)| !is_known(&tail.session));
    let (state, message) = match unseen {
        true => (State::Error, "sessions ran without the hooks: none of their calls is booked"),
        false => (State::Warning, "the last call of a session is not booked yet"),
    };
    let mut check = hooks("hooks-run", state, message);
    for (tail, (_, time)) in open.iter().take(3) {
        check = check.detail(format!("{}, last call {}", tail.path.display(), shown(time)));
    }
    if !unseen {
        check = check.remedy(Remedy::Book);
    }
    check.cure("`cost-hook import` books what the transcripts hold")
}
