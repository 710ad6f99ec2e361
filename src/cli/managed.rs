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
        warn(shop, &program, &place, "run", "755");
    }
    if !dry && let Some(place) = disk::closed_to_others(&path, false) {
        let mode = if place == path { "644" } else { "755" };
        warn(shop, &path.display().to_string(), &place, "read", mode);
    }
    if shop.json {
        shop.say(&install::document(&edit, Scope::Managed, None, None, None))?;
        return success();
    }
    if dry {
        // The file and nothing else, to be put where it belongs.
        shop.say(&edit.after)?;
        print::err(&format!("Nothing was changed. This is to be {}, mode 0644.\n", path.display()));
        return success();
    }
    let mut text = edit.in_words(shop, true);
    text.push_str(
        "All users of this machine have them from their next session on. Budgets for all go into the same file,\n\
         or into another one beside it: docs/guide/organisations.md\n",
    );
    let undo = format!("cost-hook uninstall{}", Scope::Managed.option());
    text.push_str(&format!("{} {}\n", shop.heading("Undo:"), shop.command(&undo)));
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
        text.push_str(if dry {
            "Nothing else is in the file: it would be removed.\n"
        } else {
            "Nothing else was in the file: it is removed.\n"
        });
    }
    text.push_str(&closing(shop, dry, &edit));
    shop.say(&text)?;
    success()
}

fn closing(shop: &Shop<'_>, dry: bool, edit: &Edit) -> String {
    if dry {
        return "Nothing was changed.\n".to_string();
    }
    if edit.changes.is_empty() {
        return String::new();
    }
    let again = format!("cost-hook install{}", Scope::Managed.option());
    format!("Each user's ledger stays.\nInstall it again with {}.\n", shop.command(&again))
}

/// Said and not mended: who may read what is the administrator's to decide.
fn warn(shop: &Shop<'_>, what: &str, place: &Path, verb: &str, mode: &str) {
    let place = place.display();
    let message = format!("other users cannot {verb} {what}: chmod {mode} '{place}' lets them");
    print::warning(&shop.err, &message);
}

fn denied(error: Error, command: &str) -> Error {
    let cause = error.source.as_ref().and_then(|source| source.downcast_ref::<std::io::Error>());
    if cause.is_none_or(|cause| cause.kind() != ErrorKind::PermissionDenied) {
        return error;
    }
    let error = error.hint(if cfg!(windows) {
        "managed settings are the administrator's: run it as one".to_string()
    } else {
        format!("managed settings are the administrator's: sudo cost-hook {command} --scope managed")
    });
    if command == "install" { error.hint("`--dry-run` prints the file, and needs no rights") } else { error }
}
