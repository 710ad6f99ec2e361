//! Which settings files there are, whose they are, and in which order they stand; reading them. What their keys
//! mean together is `resolve`'s business.
//!
//! The places are Claude Code's own (managed file and drop-ins, user, project, local). Settings from a policy
//! helper, a server, MDM or the registry are not files and are not seen here.

use std::path::{Component, Path, PathBuf};

use super::file::FileSettings;
use super::validate::{self, Context};
use crate::base::diagnostic::Diagnostic;
use crate::base::disk;
use crate::base::error::Error;
use crate::model::limit::Layer;

/// Larger files are not read, as Claude Code does not read them either.
pub const MAX_FILE: u64 = 2 << 20;

/// Where to look, and what settings refer to but do not hold. Everything from the process is given by the caller.
pub struct Sources<'a> {
    /// From `managed_dir`.
    pub managed_dir: PathBuf,
    /// `$CLAUDE_CONFIG_DIR`, else `~/.claude`.
    pub config_dir: PathBuf,
    /// What `~` stands for.
    pub home: Option<PathBuf>,
    /// `$CLAUDE_PROJECT_DIR`, else the current folder.
    pub start_dir: PathBuf,
    /// `$COST_HOOK_TEAM_URL`.
    pub team_url: Option<String>,
    /// Who works here when no settings say so: the email address of git, else the user name. Asked only when an
    /// allocation depends on it, because the answer takes time.
    pub member: &'a dyn Fn() -> Option<String>,
    pub zone_exists: fn(&str) -> bool,
}

/// The folder of the managed settings.
///
/// Managed limits bind the user, so nothing the user controls may lead elsewhere: the folder is fixed when the
/// program is built. `instead` (from `COST_HOOK_MANAGED_DIR`) is for the tests and is looked at only in debug
/// builds; in a release build the branch does not exist.
pub fn managed_dir(instead: Option<PathBuf>) -> PathBuf {
    #[cfg(debug_assertions)]
    if let Some(instead) = instead {
        return instead;
    }
    #[cfg(not(debug_assertions))]
    drop(instead);
    let path = if cfg!(target_os = "macos") {
        "/Library/Application Support/ClaudeCode"
    } else if cfg!(windows) {
        r"C:\Program Files\ClaudeCode"
    } else {
        "/etc/claude-code"
    };
    PathBuf::from(path)
}

/// One place where a settings file may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub layer: Layer,
    pub path: PathBuf,
    /// The folder whose spending the file's limits count; None for all spending.
    pub root: Option<PathBuf>,
}

/// One settings file that exists.
#[derive(Debug, Clone)]
pub struct SettingsFile {
    pub place: Place,
    pub bytes: Vec<u8>,
    /// What of it counts.
    pub settings: FileSettings,
    pub problems: Vec<Diagnostic>,
}

impl SettingsFile {
    pub fn name(&self) -> String {
        self.place.path.display().to_string()
    }
}

/// Every place, existing or not. Of those with the same root a later one comes before an earlier one, key by key;
/// the managed ones are among themselves in the order of their names, as Claude Code merges them.
/// The error is that of the drop-ins' folder, when it cannot be listed; everything else still counts.
pub fn places(sources: &Sources<'_>) -> (Vec<Place>, Option<Error>) {
    let mut places = Vec::new();
    let mut add = |layer, path: PathBuf, root: Option<&Path>| {
        // Started in the home folder, the project's file is the user's.
        if places.iter().all(|place: &Place| place.path != path) {
            places.push(Place { layer, path, root: root.map(Path::to_path_buf) });
        }
    };
    add(Layer::Managed, sources.managed_dir.join("managed-settings.json"), None);
    let drop_ins = disk::list(&sources.managed_dir.join("managed-settings.d"));
    for path in drop_ins.as_deref().unwrap_or_default() {
        if path.extension().is_some_and(|extension| extension == "json") {
            add(Layer::Managed, path.clone(), None);
        }
    }
    add(Layer::User, plain(&sources.config_dir).join("settings.json"), None);
    let start = plain(&sources.start_dir);
    let folder = start.join(".claude");
    add(Layer::Project, folder.join("settings.json"), Some(&start));
    add(Layer::Local, folder.join("settings.local.json"), Some(&start));
    if let Some(root) = repository_root(&start).filter(|root| *root != start) {
        add(Layer::Local, root.join(".claude/settings.local.json"), Some(&root));
    }
    (places, drop_ins.err())
}

/// The nearest folder with a `.git` in it, upwards. A linked worktree has a file of that name, and is a root of its
/// own: a session that only *entered* a worktree keeps the folder it was started in.
pub fn repository_root(start: &Path) -> Option<PathBuf> {
    start.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_path_buf)
}

/// The same path without `.` and trailing separators, so that it can be compared and stand in an id. Links stay:
/// Claude Code names projects by the path they were reached by.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}

/// Reads one place; None when nothing is there.
pub fn read(place: &Place, zone_exists: fn(&str) -> bool) -> Option<SettingsFile> {
    let name = place.path.display().to_string();
    let context = Context { file: &name, layer: Some(place.layer), root: place.root.as_deref(), zone_exists };
    let (bytes, settings, problems) = match disk::read_at_most(&place.path, MAX_FILE) {
        Ok(None) => return None,
        Ok(Some(bytes)) => {
            let (settings, problems) = validate::read_quickly(&bytes, &context);
            (bytes, settings, problems)
        }
        Err(error) => (Vec::new(), FileSettings::default(), vec![Diagnostic::unreadable(&name, &error)]),
    };
    Some(SettingsFile { place: place.clone(), bytes, settings, problems })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(start: &Path, home: &Path, managed: &Path) -> Vec<String> {
        let sources = Sources {
            managed_dir: managed.to_path_buf(),
            config_dir: home.join(".claude"),
            home: Some(home.to_path_buf()),
            start_dir: start.to_path_buf(),
            team_url: None,
            member: &|| None,
            zone_exists: |_| true,
        };
        let base = home.parent().unwrap();
        let short = |path: &Path| path.strip_prefix(base).unwrap().display().to_string();
        places(&sources)
            .0
            .iter()
            .map(|place| {
                let root = place.root.as_deref().map(short).unwrap_or_default();
                format!("{} {} {root}", place.layer.name(), short(&place.path)).trim_end().to_string()
            })
            .collect()
    }

    #[test]
    fn every_place_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let (home, managed) = (dir.path().join("home"), dir.path().join("managed"));
        let repository = dir.path().join("repo");
        for folder in ["repo/.git", "repo/sub/.claude", "managed/managed-settings.d", "home"] {
            disk::create_dir_private(&dir.path().join(folder)).unwrap();
        }
        for name in ["20-b.json", "10-a.json", "notes.txt"] {
            disk::replace(&managed.join("managed-settings.d").join(name), b"{}").unwrap();
        }
        let fixed = [
            "managed managed/managed-settings.json",
            "managed managed/managed-settings.d/10-a.json",
            "managed managed/managed-settings.d/20-b.json",
            "user home/.claude/settings.json",
        ];
        let nested = [
            "project repo/sub/.claude/settings.json repo/sub",
            "local repo/sub/.claude/settings.local.json repo/sub",
            "local repo/.claude/settings.local.json repo",
        ];
        assert_eq!(shown(&repository.join("sub/."), &home, &managed), [&fixed[..], &nested].concat());
        let top = ["project repo/.claude/settings.json repo", "local repo/.claude/settings.local.json repo"];
        assert_eq!(shown(&repository, &home, &managed), [&fixed[..], &top].concat());
        // A linked worktree inside the repository is its own root.
        disk::create_dir_private(&repository.join("tree")).unwrap();
        disk::replace(&repository.join("tree/.git"), b"gitdir: elsewhere\n").unwrap();
        assert_eq!(repository_root(&repository.join("tree/x")), Some(repository.join("tree")));
        // At home the project's file is the user's.
        let at_home = ["local home/.claude/settings.local.json home"];
        assert_eq!(shown(&home, &home, &managed), [&fixed[..], &at_home].concat());
    }

    #[test]
    fn the_managed_folder_moves_in_debug_builds_only() {
        let moved = managed_dir(Some(PathBuf::from("/tmp/x")));
        assert_eq!(moved == Path::new("/tmp/x"), cfg!(debug_assertions));
        assert_ne!(managed_dir(None), Path::new("/tmp/x"));
    }
}
