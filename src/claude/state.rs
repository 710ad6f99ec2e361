//! What Claude Code keeps besides settings and transcripts, as far as it decides whether hooks run: which folders
//! are trusted, and which plugins are installed where.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::install::{self, Registered};
use super::lenient;
use crate::base::disk;
use crate::base::jsonc;
use crate::base::platform::real_path;

/// Larger ones are left unread.
const MOST: u64 = 32 << 20;

/// The client's own state: beside its settings when they were moved, else in the home folder.
pub fn file(config_moved: bool, config: &Path, home: &Path) -> PathBuf {
    if config_moved { config.join(".claude.json") } else { home.join(".claude.json") }
}

/// Was the trust dialog accepted for a folder, or for one above it within the same repository? None when the state
/// cannot be read, or there is none yet.
pub fn is_trusted(state: &Path, folder: &Path, repository: Option<&Path>) -> Option<bool> {
    let bytes = disk::read_at_most(state, MOST).ok()??;
    let state: Value = lenient::read(&bytes).ok()?;
    let real = real_path(folder).unwrap_or_else(|_| folder.to_path_buf());
    let accepted = |folder: &Path| state["projects"][folder.to_str()?]["hasTrustDialogAccepted"].as_bool();
    let within = |start: &Path| {
        let last = repository.filter(|root| start.starts_with(root)).map(Path::to_path_buf);
        let mut folders = Vec::new();
        for above in start.ancestors() {
            folders.push(above.to_path_buf());
            if last.as_deref() == Some(above) {
                break;
            }
        }
        folders.iter().any(|folder| accepted(folder) == Some(true))
    };
    Some(within(folder) || within(&real))
}

/// A plugin with hooks of ours.
#[derive(Debug, Clone)]
pub struct Plugin {
    /// `name@marketplace`.
    pub name: String,
    /// What its hooks know as CLAUDE_PLUGIN_ROOT.
    pub folder: PathBuf,
    pub registered: Vec<Registered>,
}

/// The plugins of these names that register this program: those that are installed, and those that Claude Code runs from
/// the folder where they lie. Says nothing of plugins whose place cannot be told.
pub fn plugins(config: &Path, enabled: &[String], in_place: impl Fn(&str) -> Option<PathBuf>) -> Vec<Plugin> {
    let list = json(&config.join("plugins/installed_plugins.json")).unwrap_or_default();
    let mut found = Vec::new();
    for name in enabled {
        // One entry, or since version 2 of the list one for each scope.
        let entry = &list["plugins"][name];
        let places = entry.as_array().map_or(std::slice::from_ref(entry), Vec::as_slice);
        let listed = places.iter().find_map(|place| place["installPath"].as_str()).map(PathBuf::from);
        // One that is run where it lies may be listed as well, by a path where nothing is.
        let hooks = |folder: PathBuf| Some((read(&folder.join("hooks/hooks.json"))?, folder));
        let Some((bytes, folder)) = listed.and_then(hooks).or_else(|| hooks(in_place(name)?)) else {
            continue;
        };
        let Ok(decoded) = jsonc::decode(&bytes) else { continue };
        let root = jsonc::parse(decoded.text).ok().and_then(|document| document.root);
        let registered = root.map(|root| install::registered(decoded.text, &root)).unwrap_or_default();
        if !registered.is_empty() {
            found.push(Plugin { name: name.clone(), folder, registered });
        }
    }
    found
}

/// Where a marketplace that is a folder has a plugin.
pub fn in_marketplace(folder: &Path, plugin: &str) -> Option<PathBuf> {
    let market = json(&folder.join(".claude-plugin/marketplace.json"))?;
    let entry = market["plugins"].as_array()?.iter().find(|entry| entry["name"] == plugin)?;
    // Anything but a path below is fetched from somewhere, and then listed as installed.
    Some(folder.join(entry["source"].as_str()?))
}

fn read(path: &Path) -> Option<Vec<u8>> {
    disk::read_at_most(path, MOST).ok().flatten()
}

fn json(path: &Path) -> Option<Value> {
    serde_json::from_slice(&read(path)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_goes_down_within_a_repository() {
        let dir = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(dir.path()).unwrap();
        let state = root.join(".claude.json");
        let trusts = |folder: &Path, repository: Option<&Path>| is_trusted(&state, folder, repository);
        assert_eq!(trusts(&root, None), None);
        let text =
            serde_json::json!({"projects": {root.to_str().unwrap(): {"hasTrustDialogAccepted": true}}});
        disk::replace(&state, text.to_string().as_bytes()).unwrap();
        assert_eq!(trusts(&root.join("a/b"), None), Some(true));
        assert_eq!(trusts(&root.join("a/b"), Some(&root.join("a"))), Some(false));
        assert_eq!(trusts(&root.join("a"), Some(&root)), Some(true));
        assert_eq!(trusts(Path::new("/elsewhere"), None), Some(false));
    }
}
