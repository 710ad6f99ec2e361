//! `--scope managed` of `install` and `uninstall`: our hooks and status line for all users of a machine, in a drop-in file of
//! our own below Claude Code's managed settings. Other files of that folder belong to others and are never written.
//!
//! The file may hold budgets as well: they stay when the hooks go, and it is removed when nothing is left in it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::install::{self, Edit, Scope, edit_for};
use super::place::shared_path;
use super::shop::Shop;
use super::success;
use super::traces::is_empty_object;
use super::uninstall;
use crate::base::disk;
use crate::base::env;
use crate::base::error::{Error, Result};
use crate::base::rewrite::Readers;
use crate::base::words::{say, sentence, word};
use crate::base::world::World;
use crate::claude::install::{self as hooks, EVENTS};
use crate::settings;
use crate::ui::print;

/// In the middle, so that a drop-in of the organisation's can come before it and after it.
const NAME: &str = "50-cost-hook.json";

pub(super) fn file(world: &World) -> PathBuf {
    let folder = settings::managed_dir(world.var(env::COST_HOOK_MANAGED_DIR).map(PathBuf::from));
    folder.join("managed-settings.d").join(NAME)
}

pub(super) fn install(dry: bool, shop: &Shop<'_>) -> Result<ExitCode> {
    let program = shared_path(shop.world)?;
    let path = file(shop.world);
    let plan = |bytes: Option<&[u8]>| hooks::plan_install(bytes, &program, &EVENTS);
    let edit = edit_for(Readers::Everybody, &path, dry, plan).map_err(|error| denied(error, "install"))?;
    if let Some(place) = disk::closed_to_others(Path::new(&program), true) {
        warn(shop, &program, &place, Use::Run, "755");
    }
    if !dry && let Some(place) = disk::closed_to_others(&path, false) {
        let mode = if place == path { "644" } else { "755" };
        warn(shop, &path.display().to_string(), &place, Use::Read, mode);
    }
    if shop.json {
        shop.say(&install::document(&edit, Scope::Managed, None, None, None))?;
        return success();
    }
    if dry {
        // The file and nothing else, to be put where it belongs.
        shop.say(&edit.after)?;
        let file = path.display().to_string();
        print::err(&(say!(shop.err.language, "managed-file-to-be", file = file) + "\n"));
        return success();
    }
    let language = shop.out.language;
    let mut text = edit.in_words(shop, true);
    text.push_str(&(say!(language, "managed-installed") + "\n"));
    let undo = shop.command(&format!("cost-hook uninstall{}", Scope::Managed.option()));
    let label = shop.heading(language.word(word!("undo")));
    text.push_str(&(say!(language, "labelled", label = label, text = undo) + "\n"));
    shop.say(&text)?;
    success()
}

pub(super) fn uninstall(dry: bool, shop: &Shop<'_>) -> Result<ExitCode> {
    let path = file(shop.world);
    let edit = edit_for(Readers::Everybody, &path, dry, uninstall::plan)
        .map_err(|error| denied(error, "uninstall"))?;
    let is_empty = !edit.changes.is_empty() && is_empty_object(edit.after());
    // As in every scope, no trace is left: neither an empty file nor the copy with the hooks in it.
    let left = path.as_path();
    for trace in [edit.backup(), Some(left).filter(|_| is_empty && !dry)].into_iter().flatten() {
        disk::remove(trace).map_err(|error| denied(error, "uninstall"))?;
    }
    let edit = edit.without_backup();
    if shop.json {
        shop.say(&install::document(&edit, Scope::Managed, None, None, None))?;
        return success();
    }
    let mut text = edit.in_words(shop, false);
    if is_empty {
        let removed = if dry { word!("managed-would-be-removed") } else { word!("managed-removed") };
        text.push_str(&format!("{}\n", shop.out.language.word(removed)));
    }
    text.push_str(&closing(shop, dry, &edit));
    shop.say(&text)?;
    success()
}

fn closing(shop: &Shop<'_>, dry: bool, edit: &Edit) -> String {
    let language = shop.out.language;
    if dry {
        return language.word(word!("nothing-was-changed")).to_string() + "\n";
    }
    if edit.changes.is_empty() {
        return String::new();
    }
    let again = shop.command(&format!("cost-hook install{}", Scope::Managed.option()));
    let stays = language.word(word!("every-ledger-stays"));
    format!("{stays}\n{}\n", say!(language, "install-again", command = again))
}

/// What others have to do with a file.
#[derive(Clone, Copy)]
enum Use {
    Read,
    Run,
}

/// Said and not mended: who may read what is the administrator's to decide.
fn warn(shop: &Shop<'_>, what: &str, place: &Path, purpose: Use, mode: &str) {
    let (language, command) = (shop.err.language, format!("chmod {mode} '{}'", place.display()));
    let message = match purpose {
        Use::Read => say!(language, "others-cannot-read", what = what, command = command),
        Use::Run => say!(language, "others-cannot-run", what = what, command = command),
    };
    print::warning(&shop.err, &message);
}

fn denied(error: Error, command: &str) -> Error {
    let cause = error.source.as_ref().and_then(|source| source.downcast_ref::<std::io::Error>());
    if cause.is_none_or(|cause| cause.kind() != ErrorKind::PermissionDenied) {
        return error;
    }
    let error = error.hint(if cfg!(windows) {
        word!("managed-run-as-administrator").into()
    } else {
        sentence!("managed-sudo", command = format!("sudo cost-hook {command} --scope managed"))
    });
    if command == "install" { error.hint(word!("managed-dry-run")) } else { error }
}
