//! Which settings files there are, whose they are, and in which order they stand; reading them. What their keys
//! mean together is `resolve`'s business.
//!
//! The places are Claude Code's own (managed file and drop-ins, user, project, local). Settings from a policy
//! helper, a server, MDM or the registry are not files and are not seen here.

use std::path::{Component, Path, PathBuf};

use serde_json::{Map, Value, json};

use super::file::FileSettings;
use super::validate::{self, Context};
use crate::base::diagnostic::Diagnostic;
use crate::base::disk;
use crate::base::error::Error;
use crate::base::platform::{self, Platform, real_path};
use crate::model::limit::Layer;

/// Larger files are not read, as Claude Code does not read them either.
pub const MAX_FILE: u64 = 2 << 20;
/// The keys of `cost` that the plugin asks for (`userConfig` in its manifest).
pub const PLUGIN_OPTIONS: [&str; 4] = ["dailyBudget", "monthlyBudget", "autoStopAtBudget", "timezone"];
/// Far above what git writes into the one-line files of a worktree.
const MAX_LINK: u64 = 64 << 10;

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
    PathBuf::from(managed_folder(platform::HERE))
}

/// Where Claude Code looks for them.
fn managed_folder(platform: Platform) -> &'static str {
    match platform {
        Platform::Unix => "/etc/claude-code",
        Platform::MacOs => "/Library/Application Support/ClaudeCode",
        Platform::Windows => r"C:\Program Files\ClaudeCode",
    }
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

/// Every place, existing or not, in Claude Code's own order: a later one comes before an earlier one of the same root,
/// key by key; the managed ones are among themselves in the order of their names.
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
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !hidden && path.extension().is_some_and(|extension| extension == "json") {
            add(Layer::Managed, path.clone(), None);
        }
    }
    add(Layer::User, plain(&sources.config_dir).join("settings.json"), None);
    let start = plain(&sources.start_dir);
    let folder = start.join(".claude");
    add(Layer::Project, folder.join("settings.json"), Some(&start));
    add(Layer::Local, folder.join("settings.local.json"), Some(&start));
    if let Some(repository) = Repository::of(&start)
        && repository.main != start
        && !sources.home.as_deref().is_some_and(|home| is_same_folder(home, &repository.main))
    {
        let counted =
            if start.starts_with(&repository.main) { &repository.main } else { &repository.checkout };
        add(Layer::Local, repository.main.join(".claude/settings.local.json"), Some(counted));
    }
    (places, drop_ins.err())
}

/// The repository a session works in, as far as its settings go.
struct Repository {
    /// The checkout around the start folder.
    checkout: PathBuf,
    /// The main checkout, whose local settings Claude Code reads in every linked worktree.
    main: PathBuf,
}

impl Repository {
    /// By the nearest `.git` upwards, whatever it holds. None also for a worktree of a repository without a main
    /// checkout, where Claude Code reads the start folder's settings only.
    fn of(start: &Path) -> Option<Self> {
        let (checkout, is_link) = checkout(start)?;
        let main = match is_link.then(|| common_folder(&checkout)).flatten() {
            Some(common) if common.file_name().is_some_and(|name| name == ".git") => {
                common.parent()?.to_path_buf()
            }
            Some(_) => return None,
            None => checkout.clone(),
        };
        Some(Self { checkout, main })
    }
}

/// The nearest folder upwards with a `.git` in it, and whether that is a file, as in a linked worktree.
fn checkout(start: &Path) -> Option<(PathBuf, bool)> {
    start.ancestors().find_map(|folder| {
        let metadata = std::fs::metadata(folder.join(".git")).ok()?;
        Some((folder.to_path_buf(), metadata.is_file()))
    })
}

/// The root of the checkout around a folder.
pub fn repository_root(start: &Path) -> Option<PathBuf> {
    checkout(start).map(|(root, _)| root)
}

/// The git folder that a linked worktree shares with its main checkout. None when it is no worktree, or when the
/// repository does not point back to it: anybody can write a `.git` file that names somebody else's repository.
fn common_folder(checkout: &Path) -> Option<PathBuf> {
    let line = |path: &Path| {
        let bytes = disk::read_at_most(path, MAX_LINK).ok()??;
        Some(String::from_utf8(bytes).ok()?.trim_end().to_string())
    };
    let link = checkout.join(".git");
    let own = checkout.join(line(&link)?.strip_prefix("gitdir:")?.trim_start());
    let common = real_path(&own.join(line(&own.join("commondir"))?)).ok()?;
    let back = own.join(line(&own.join("gitdir"))?);
    is_same_folder(&back, &link).then_some(common)
}

/// Do two paths lead to the same place? Home and git's own notes may name it through a link.
fn is_same_folder(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    one == other || real(one).is_some_and(|real_one| Some(real_one) == real(other))
}

/// The same path without `.` and trailing separators, so that it can be compared and stand in an id. Links need no
/// following: `CLAUDE_PROJECT_DIR` and the current folder are real paths.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}

/// Reads every place where something is. Before the user's file stand the options of the plugin, which Claude Code keeps
/// in that file: so a key of `cost` beside them takes an option's place.
pub fn read_all(places: &[Place], zone_exists: fn(&str) -> bool) -> Vec<SettingsFile> {
    let mut files = Vec::new();
    for place in places {
        let Some(file) = read(place, zone_exists) else { continue };
        files.extend(plugin_options(&file, zone_exists));
        files.push(file);
    }
    files
}

/// What was entered when the plugin was installed or configured, as the settings it means. The client has checked the
/// types; a field that was left empty may be there as an empty text. None also for files that are not the user's own.
pub fn plugin_options(file: &SettingsFile, zone_exists: fn(&str) -> bool) -> Option<SettingsFile> {
    if file.place.layer != Layer::User {
        return None;
    }
    // Nearly no file has it, and to look for it is next to nothing.
    memchr::memmem::find(&file.bytes, b"\"cost-hook@")?;
    let all: Value = serde_json::from_slice(&file.bytes).ok()?;
    let ours =
        all.get("pluginConfigs")?.as_object()?.iter().filter(|(name, _)| name.starts_with("cost-hook@"));
    let options = ours.filter_map(|(_, config)| config.get("options")?.as_object());
    let mut cost: Map<String, Value> =
        options.flatten().map(|(key, value)| (key.clone(), value.clone())).collect();
    cost.retain(|key, value| {
        PLUGIN_OPTIONS.contains(&key.as_str()) && !value.is_null() && *value != json!("")
    });
    if cost.is_empty() {
        return None;
    }
    let bytes = json!({ "cost": cost }).to_string().into_bytes();
    let mut path = file.place.path.clone().into_os_string();
    path.push(", options of the plugin");
    let place = Place { path: path.into(), ..file.place.clone() };
    let name = place.path.display().to_string();
    let context = Context { file: &name, layer: Some(place.layer), root: None, zone_exists };
    let (settings, problems) = validate::read_quickly(&bytes, &context);
    Some(SettingsFile { place, bytes, settings, problems })
}

/// Reads one place; None when nothing is there.
fn read(place: &Place, zone_exists: fn(&str) -> bool) -> Option<SettingsFile> {
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

    /// Folders and files of a made-up machine, with a linked worktree beside the repository and one in it.
    fn machine(dir: &Path) {
        let (base, git) = (dir.display(), "repo/.git/worktrees");
        for folder in ["repo/.git", "repo/sub/.claude", "managed/managed-settings.d", "home/shop"] {
            disk::create_dir_private(&dir.join(folder)).unwrap();
        }
        for name in ["20-b.json", "10-a.json", ".hidden.json", "notes.txt"] {
            disk::replace(&dir.join("managed/managed-settings.d").join(name), b"{}").unwrap();
        }
        for (name, at) in [("beside", "beside"), ("inside", "repo/trees/inside")] {
            for folder in [format!("{at}/sub"), format!("{git}/{name}")] {
                disk::create_dir_private(&dir.join(folder)).unwrap();
            }
            for (file, text) in [
                (format!("{at}/.git"), format!("gitdir: {base}/{git}/{name}\n")),
                (format!("{git}/{name}/commondir"), "../..\n".to_string()),
                (format!("{git}/{name}/gitdir"), format!("{base}/{at}/.git\n")),
            ] {
                disk::replace(&dir.join(file), text.as_bytes()).unwrap();
            }
        }
    }

    const FIXED: [&str; 4] = [
        "managed managed/managed-settings.json",
        "managed managed/managed-settings.d/10-a.json",
        "managed managed/managed-settings.d/20-b.json",
        "user home/.claude/settings.json",
    ];

    /// What comes after the managed files and the user's for a session started there.
    fn of_a_start(dir: &Path, start: &str) -> Vec<String> {
        let all = shown(&dir.join(start), &dir.join("home"), &dir.join("managed"));
        assert_eq!(all[..FIXED.len()], FIXED);
        all[FIXED.len()..].to_vec()
    }

    /// Every expectation is what Claude Code does: `configuration::places`, `configuration::repositories`.
    #[test]
    fn every_place_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let dir = std::fs::canonicalize(dir.path()).unwrap();
        machine(&dir);
        let own = |folder: &str| {
            [
                format!("project {folder}/.claude/settings.json {folder}"),
                format!("local {folder}/.claude/settings.local.json {folder}"),
            ]
            .to_vec()
        };
        let main = |counted: &str| [format!("local repo/.claude/settings.local.json {counted}")].to_vec();
        assert_eq!(of_a_start(&dir, "repo"), own("repo"));
        assert_eq!(of_a_start(&dir, "repo/sub/."), [own("repo/sub"), main("repo")].concat());
        // The main checkout's file counts the whole repository, or the worktree that lies elsewhere.
        assert_eq!(of_a_start(&dir, "beside"), [own("beside"), main("beside")].concat());
        assert_eq!(of_a_start(&dir, "beside/sub"), [own("beside/sub"), main("beside")].concat());
        let inside = "repo/trees/inside";
        assert_eq!(of_a_start(&dir, inside), [own(inside), main("repo")].concat());
        // At home the project's file is the user's.
        assert_eq!(of_a_start(&dir, "home"), ["local home/.claude/settings.local.json home"]);
        // A repository that is the home folder has no local settings for what is below.
        disk::create_dir_private(&dir.join("home/.git")).unwrap();
        assert_eq!(of_a_start(&dir, "home/shop"), own("home/shop"));
    }

    #[test]
    fn a_worktree_has_to_be_known_to_its_repository() {
        let dir = tempfile::tempdir().unwrap();
        let dir = std::fs::canonicalize(dir.path()).unwrap();
        machine(&dir);
        let last = |start: &str| of_a_start(&dir, start).pop().unwrap();
        let known = "local repo/.claude/settings.local.json beside";
        let unknown = "local beside/.claude/settings.local.json beside";
        assert_eq!(last("beside/sub"), known);
        let notes = dir.join("repo/.git/worktrees/beside");
        disk::replace(&notes.join("gitdir"), b"../../../../beside/.git\n").unwrap();
        assert_eq!(last("beside/sub"), known, "git writes relative paths when it is told to");
        for bytes in [&b"/elsewhere/.git\n"[..], b"", b"\xff\n"] {
            disk::replace(&notes.join("gitdir"), bytes).unwrap();
            assert_eq!(last("beside/sub"), unknown);
        }
        for bytes in [&b""[..], b"gitdir: elsewhere\n", b"nonsense"] {
            disk::replace(&dir.join("beside/.git"), bytes).unwrap();
            assert_eq!(last("beside/sub"), unknown);
        }
        // A bare repository has no main checkout.
        disk::create_dir_private(&dir.join("bare.git/worktrees/tree")).unwrap();
        disk::create_dir_private(&dir.join("tree/sub")).unwrap();
        let at = |path: &str| dir.join(path).display().to_string();
        for (file, text) in [
            ("tree/.git", format!("gitdir: {}", at("bare.git/worktrees/tree"))),
            ("bare.git/worktrees/tree/commondir", "../..".to_string()),
            ("bare.git/worktrees/tree/gitdir", at("tree/.git")),
        ] {
            disk::replace(&dir.join(file), text.as_bytes()).unwrap();
        }
        assert_eq!(last("tree/sub"), "local tree/sub/.claude/settings.local.json tree/sub");
    }

    #[test]
    fn the_managed_folder_moves_in_debug_builds_only() {
        let moved = managed_dir(Some(PathBuf::from("/tmp/x")));
        assert_eq!(moved == Path::new("/tmp/x"), cfg!(debug_assertions));
        assert_ne!(managed_dir(None), Path::new("/tmp/x"));
    }

    #[test]
    fn each_system_has_its_managed_folder() {
        assert_eq!(managed_folder(Platform::Unix), "/etc/claude-code");
        assert_eq!(managed_folder(Platform::MacOs), "/Library/Application Support/ClaudeCode");
        assert_eq!(managed_folder(Platform::Windows), r"C:\Program Files\ClaudeCode");
        assert_eq!(managed_dir(None), Path::new(managed_folder(platform::HERE)));
    }
}
