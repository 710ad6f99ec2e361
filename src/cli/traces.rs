//! What `install` makes besides entries in a settings file, and what `uninstall` takes away again: the file where there
//! was none, its folder, the copy of the file as it was, and what of our own folder can be made anew. The ledger is not
//! among it: it is the user's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::base::disk;
use crate::base::error::Result;
use crate::base::jsonc;
use crate::base::world::World;

/// Beside the ledger.
const NOTE: &str = "made.json";
/// Lines of start-up files that only a person should change are looked for up to here.
const MAX_FILE: u64 = 1 << 20;
/// Where `init` says that its line goes, below the home folder.
const START_UP_FILES: [&str; 6] =
    [".bashrc", ".bash_profile", ".profile", ".zshrc", ".config/fish/config.fish", ".zprofile"];

/// What there was before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    /// Of each settings file that had no object in it the text; None where there was no file.
    files: BTreeMap<String, Option<String>>,
    /// Folders that were made, the outermost first.
    folders: Vec<PathBuf>,
}

fn note_of(world: &World) -> PathBuf {
    world.data_dir().join(NOTE)
}

fn read(world: &World) -> Note {
    let bytes = disk::read_at_most(&note_of(world), MAX_FILE).ok().flatten();
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

fn write(world: &World, note: &Note) -> Result<()> {
    let path = note_of(world);
    if note.files.is_empty() {
        disk::remove(&path)?;
        return Ok(());
    }
    disk::create_dir_private(&world.data_dir())?;
    let text = serde_json::to_string_pretty(note).unwrap_or_default();
    disk::replace(&path, (text + "\n").as_bytes())
}

/// What `install` is about to begin from; to be asked before it writes.
pub(super) struct Beginning {
    /// The text of a file without an object, or that there is none.
    before: Option<Option<String>>,
    folders: Vec<PathBuf>,
}

impl Beginning {
    pub(super) fn of(world: &World, path: &Path) -> Self {
        let before = match disk::read(path) {
            Ok(None) => Some(None),
            Ok(Some(bytes)) => String::from_utf8(bytes).ok().filter(|text| is_blank(text)).map(Some),
            Err(_) => None,
        };
        let own = world.data_dir();
        let above = path.ancestors().skip(1).chain(own.ancestors());
        let mut folders: Vec<PathBuf> =
            above.filter(|folder| !folder.exists()).map(Path::to_path_buf).collect();
        folders.sort();
        folders.dedup();
        Self { before, folders }
    }

    /// Remembers it, now that something was written. An entry in an object goes without: it is taken out byte for byte.
    pub(super) fn remember(self, world: &World, path: &Path) -> Result<()> {
        let Some(before) = self.before else { return Ok(()) };
        let mut note = read(world);
        note.files.insert(path.display().to_string(), before);
        note.folders.extend(self.folders);
        note.folders.sort();
        note.folders.dedup();
        write(world, &note)
    }
}

/// Nothing but white space and comments.
fn is_blank(text: &str) -> bool {
    jsonc::decode(text.as_bytes())
        .ok()
        .and_then(|decoded| jsonc::parse(decoded.text).ok())
        .is_some_and(|document| document.root.is_none())
}

/// What was taken away, and what is left for the user to do.
#[derive(Debug, Default)]
pub(super) struct Gone {
    pub(super) removed: Vec<PathBuf>,
    /// Made by `install`, and to be taken when they are empty.
    pub(super) folders: Vec<PathBuf>,
    /// Lines of start-up files that run `cost-hook init`: file and line.
    pub(super) lines: Vec<(PathBuf, String)>,
}

/// After our entries were taken out of a settings file: `left` is what it has now. Brings back what was there before.
pub(super) fn restore(world: &World, path: &Path, left: &[u8], gone: &mut Gone) -> Result<()> {
    let mut note = read(world);
    let before = note.files.remove(&path.display().to_string());
    write(world, &note)?;
    gone.folders = note.folders;
    let path = &disk::follow_links(path)?;
    take(disk::backup_of(path), gone)?;
    let Some(before) = before.filter(|_| is_empty_object(left)) else { return Ok(()) };
    if disk::read(path)?.as_deref() != Some(left) {
        return Ok(());
    }
    match before {
        Some(text) => disk::replace(path, text.as_bytes()),
        None => take(path.to_path_buf(), gone),
    }
}

/// Folders that have nothing in them any more: ours, and those that were made for it and for the settings file.
pub(super) fn tidy(world: &World, gone: &mut Gone) -> Result<()> {
    take_folder(&world.data_dir(), gone)?;
    while let Some(folder) = gone.folders.pop() {
        take_folder(&folder, gone)?;
    }
    Ok(())
}

/// An object without members, whatever white space and comments are in it.
pub(super) fn is_empty_object(bytes: &[u8]) -> bool {
    let text = jsonc::decode(bytes).map(|decoded| decoded.text).unwrap_or_default();
    jsonc::parse(text)
        .ok()
        .and_then(|document| document.root)
        .is_some_and(|root| root.value == jsonc::Value::Object(Vec::new()))
}

/// What of our folder can be made anew.
pub(super) fn sweep(world: &World, gone: &mut Gone) -> Result<()> {
    let folder = world.data_dir();
    for path in disk::list(&folder)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_string();
        if name.starts_with("checkpoint.db") || name == "journal.jsonl" {
            take(path, gone)?;
        } else if name == "late" {
            disk::list(&path)?.into_iter().try_for_each(|word| take(word, gone))?;
            take_folder(&path, gone)?;
        }
    }
    Ok(())
}

fn take(path: PathBuf, gone: &mut Gone) -> Result<()> {
    if disk::remove(&path)? {
        gone.removed.push(path);
    }
    Ok(())
}

fn take_folder(path: &Path, gone: &mut Gone) -> Result<()> {
    if disk::remove_empty_folder(path)? {
        gone.removed.push(path.to_path_buf());
    }
    Ok(())
}

/// Lines in start-up files of shells that would fail without the program.
pub(super) fn start_up_lines(world: &World) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for name in START_UP_FILES {
        let path = world.home().join(name);
        let Ok(Some(bytes)) = disk::read_at_most(&path, MAX_FILE) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().map(str::trim).filter(|line| {
            !line.starts_with('#')
                && ["cost-hook init", "cost-hook completions"].iter().any(|word| line.contains(word))
        });
        found.extend(lines.map(|line| (path.clone(), line.to_string())));
    }
    found
}
