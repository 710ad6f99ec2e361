//! `config edit`: a settings file in the user's editor, on a copy. The file itself is replaced only by a text that is
//! valid, and only when nobody else has written it meanwhile; what was typed is never lost.

use std::io::{BufRead, IsTerminal};
use std::path::Path;
use std::process::{Command, ExitCode};

use super::change::{Target, news};
use super::{file_of, readers};
use crate::base::diagnostic::Severity;
use crate::base::disk::{self, TemporaryFolder};
use crate::base::env;
use crate::base::error::{Error, Result};
use crate::base::jsonc;
use crate::base::rewrite::{Written, rewrite_for};
use crate::base::text::without_secrets;
use crate::base::words::{say, sentence, word};
use crate::cli::shop::Shop;
use crate::cli::success;
use crate::settings::Place;
use crate::ui::diagnostics::render;
use crate::ui::diff::diff;
use crate::ui::print;

const EXAMPLES: &str = "\
Examples:
  cost-hook config edit                   your settings
  cost-hook config edit --scope local     those of this project, for you alone";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    target: Target,
}

/// What an empty file begins as.
const EMPTY: &str = "{\n  \"cost\": {\n  }\n}\n";

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let place = file_of(shop, args.target.scope);
    let (path, language) = (place.path.display().to_string(), shop.err.language);
    let before = disk::read(&place.path)?;
    let decoded = jsonc::decode(before.as_deref().unwrap_or_default()).map_err(|_| {
        Error::user(say!(language, "file-not-utf-8", file = &path)).hint(word!("save-as-utf-8"))
    })?;
    let start = if decoded.text.trim().is_empty() { EMPTY } else { decoded.text };
    let folder = TemporaryFolder::create("cost-hook-edit-")?;
    let draft = folder.path().join("settings.json");
    disk::replace(&draft, start.as_bytes())?;
    let edited = loop {
        open(shop, &draft)?;
        let edited =
            disk::read(&draft)?.ok_or_else(|| Error::user(language.word(word!("editor-left-nothing"))))?;
        let Ok(text) = String::from_utf8(edited) else {
            return Err(kept(shop, &draft, language.word(word!("editor-not-utf-8"))));
        };
        if text == start {
            shop.say(&(say!(shop.out.language, "nothing-changed-in", file = &path) + "\n"))?;
            return success();
        }
        if is_right(shop, &place, decoded.text, &text) {
            break text;
        }
        if !wants_another_try(shop) {
            return Err(kept(shop, &draft, &say!(language, "file-left-as-it-is", file = &path)));
        }
    };
    if args.target.dry_run {
        shop.say(&diff(&shop.out, &without_secrets(decoded.text), &without_secrets(&edited)))?;
        shop.say(&format!("{}\n", shop.out.language.word(word!("nothing-was-changed"))))?;
        return success();
    }
    let new = jsonc::encode(&edited, decoded.byte_order_mark);
    let (same, written) = rewrite_for(readers(&place), &place.path, |now| {
        let same = now == before.as_deref();
        Ok((same.then(|| new.clone()), same))
    })
    .inspect_err(|_| drop(kept(shop, &draft, "")))?;
    if !same {
        return Err(kept(shop, &draft, &say!(language, "changed-meanwhile", file = &path))
            .hint(word!("changed-meanwhile-cure")));
    }
    shop.say(&told(shop, &place, &written))?;
    success()
}

fn told(shop: &Shop<'_>, place: &Place, written: &Written) -> String {
    let language = shop.out.language;
    let changed = shop.heading(language.word(word!("changed")));
    let mut text = format!("{changed} {}\n", place.path.display());
    if let Some(backup) = &written.backup {
        let before = say!(language, "file-before", file = backup.display().to_string());
        text.push_str(&shop.faint(&format!("  {before}")));
        text.push('\n');
    }
    text
}

/// Runs the editor and waits for it.
fn open(shop: &Shop<'_>, draft: &Path) -> Result<()> {
    let language = shop.err.language;
    let named = [env::VISUAL, env::EDITOR].into_iter().find_map(|name| shop.world.var(name));
    let fallback = if cfg!(windows) { "notepad" } else { "vi" };
    let editor = named.unwrap_or_else(|| fallback.to_string());
    // Through a shell, as git does: the variable may hold options, and quotes around a path.
    let mut command = if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.arg("/C").arg(format!("{editor} \"{}\"", draft.display()));
        command
    } else {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(format!("{editor} \"$@\"")).arg("sh").arg(draft);
        command
    };
    let status = command.status().map_err(|error| {
        Error::user(say!(language, "editor-not-started", editor = &editor)).caused_by(error)
    })?;
    match status.success() {
        true => Ok(()),
        false => {
            let status = status.to_string();
            Err(Error::user(say!(language, "editor-failed", editor = editor, status = status))
                .hint(word!("editor-failed-cure")))
        }
    }
}

/// No mistake that was not there before; what else is new is told.
fn is_right(shop: &Shop<'_>, place: &Place, before: &str, after: &str) -> bool {
    let found = news(shop, place, before, after);
    let shown = without_secrets(after);
    for one in &found {
        print::err(&format!("{}\n\n", render(&shop.err, one, Some(&shown))));
    }
    !found.iter().any(|one| one.severity == Severity::Error)
}

fn wants_another_try(shop: &Shop<'_>) -> bool {
    if !std::io::stdin().is_terminal() || !shop.err.terminal {
        return false;
    }
    print::err(&format!("{} ", shop.err.language.word(word!("edit-again"))));
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer).unwrap_or(0);
    read > 0 && !answer.trim().to_ascii_lowercase().starts_with('n')
}

/// Keeps what was typed where it can be found, and says where.
fn kept(shop: &Shop<'_>, draft: &Path, why: &str) -> Error {
    let copy = shop.world.data_dir().join("settings-draft.json");
    let saved = disk::read(draft).and_then(|bytes| {
        disk::create_dir_private(&shop.world.data_dir())?;
        disk::replace_here(&copy, &bytes.unwrap_or_default(), disk::PRIVATE_FILE)
    });
    let error = Error::user(why);
    match saved {
        Ok(()) => error.hint(sentence!("typed-is-in", file = copy.display().to_string())),
        Err(other) => error.hint(sentence!("typed-not-kept", error = other.to_string())),
    }
}
