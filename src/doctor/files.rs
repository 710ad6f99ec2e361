//! Settings files with everything that is wrong with them: what `settings` finds in each and in all together, and
//! what keeps Claude Code from running their hooks (`claude::entries`). Every problem belongs to one file.

use std::io::Read;
use std::path::Path;

use crate::base::diagnostic::{Diagnostic, Findings, Severity};
use crate::base::disk;
use crate::base::env;
use crate::base::error::{Error, Result};
use crate::base::jsonc::{self, Node, Value};
use crate::base::text::quoted;
use crate::base::words::sentence;
use crate::base::world::World;
use crate::claude::entries::{self, Surroundings};
use crate::claude::install;
use crate::model::limit::Layer;
use crate::settings::layers::{self, MAX_FILE};
use crate::settings::validate::{self, Context};
use crate::settings::{self, Place, SettingsFile, together};
use crate::setup::{with_sources, zone_exists};

/// One file with what was found in it, in the order of its text.
#[derive(Debug, Clone)]
pub struct Checked {
    /// As the user named it.
    pub name: String,
    /// Whose it is; None when that cannot be told, which allows everything.
    pub layer: Option<Layer>,
    /// None when it could not be read.
    pub bytes: Option<Vec<u8>>,
    pub found: Vec<Diagnostic>,
}

impl Checked {
    pub fn count(&self, severity: Severity) -> usize {
        self.found.iter().filter(|found| found.severity == severity).count()
    }
}

/// Every rule a problem can be found by, with a sentence about it, in alphabetical order.
pub fn rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut rules = [validate::RULES, together::RULES, entries::RULES].concat();
    rules.sort_unstable();
    rules.into_iter()
}

/// All settings files that apply to a session started in `project`.
pub fn all(world: &World, project: &Path) -> Vec<Checked> {
    let (path, home) = (world.var(env::PATH), world.home());
    let around = Surroundings { managed: false, path: path.as_deref(), home: &home, project };
    with_sources(world, project, |sources| {
        let (places, unlisted) = layers::places(sources);
        let mut checked = Vec::new();
        let mut files = Vec::new();
        for place in &places {
            let name = place.path.display().to_string();
            match disk::read_at_most(&place.path, MAX_FILE) {
                Ok(None) => {}
                Ok(Some(bytes)) => {
                    let file = read(&name, place, Some(place.layer), bytes);
                    if let Some(options) = layers::plugin_options(&file, sources.zone_exists)
                        && !options.problems.is_empty()
                    {
                        checked.push(of_file(&options, Some(place.layer), &options.name(), &around));
                    }
                    checked.push(of_file(&file, Some(place.layer), &name, &around));
                    files.push(file);
                }
                Err(error) => checked.push(unreadable(&name, Some(place.layer), &error)),
            }
        }
        if let Some(error) = unlisted {
            let name = sources.managed_dir.join("managed-settings.d").display().to_string();
            checked.insert(0, unreadable(&name, Some(Layer::Managed), &error));
        }
        add_between(&mut checked, &files, sources);
        add_switch(&mut checked, &files);
        checked
    })
}

/// One file given by its path, as a file of `scope`, or where that is None of whoever it belongs to.
pub fn one(world: &World, project: &Path, path: &Path, scope: Option<Layer>) -> Checked {
    let name = path.display().to_string();
    let full = world.cwd().join(path);
    let place = with_sources(world, project, |sources| place_of(&full, scope, sources));
    let layer = place.as_ref().map(|place| place.layer);
    let read = disk::read_at_most(path, MAX_FILE)
        .and_then(|bytes| bytes.ok_or_else(|| Error::user(format!("there is no file `{name}`"))));
    match read {
        Ok(bytes) => text(world, project, &name, bytes, place.as_ref()),
        Err(error) => unreadable(&name, layer, &error),
    }
}

/// Bytes that are or may become the file at `place`; without one nothing is forbidden to them.
pub fn text(world: &World, project: &Path, name: &str, bytes: Vec<u8>, place: Option<&Place>) -> Checked {
    let layer = place.map(|place| place.layer);
    let nowhere = Place { layer: Layer::User, path: name.into(), root: None };
    let file = read(name, place.unwrap_or(&nowhere), layer, bytes);
    let (path, home) = (world.var(env::PATH), world.home());
    let around = Surroundings { managed: false, path: path.as_deref(), home: &home, project };
    let mut checked = vec![of_file(&file, layer, name, &around)];
    with_sources(world, project, |sources| {
        // Whether it is right does not depend on who works here.
        let anybody = settings::Sources {
            managed_dir: sources.managed_dir.clone(),
            config_dir: sources.config_dir.clone(),
            home: sources.home.clone(),
            start_dir: sources.start_dir.clone(),
            team_url: None,
            member: &|| None,
            zone_exists,
        };
        add_between(&mut checked, &[file], &anybody);
    });
    checked.remove(0)
}

/// The bytes of standard input, no more than of any file.
pub fn input(stream: &mut impl Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = stream.take(MAX_FILE + 1).read_to_end(&mut bytes);
    read.map_err(|error| Error::user("cannot read standard input").caused_by(error))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(Error::user(format!("standard input is too large: at most {MAX_FILE} bytes are read")));
    }
    Ok(bytes)
}

/// Whose settings a file given by path is: one of those that apply here, or by its name and folder those of another
/// project.
pub fn place_of(path: &Path, scope: Option<Layer>, sources: &settings::Sources<'_>) -> Option<Place> {
    let same = |place: &&Place| {
        place.path == path
            || std::fs::canonicalize(path)
                .is_ok_and(|real| std::fs::canonicalize(&place.path).is_ok_and(|own| own == real))
    };
    let known = layers::places(sources).0.iter().find(same).cloned();
    if let Some(place) = known.filter(|place| scope.is_none_or(|scope| place.layer == scope)) {
        return Some(place);
    }
    let above = path.parent().filter(|folder| folder.file_name().is_some_and(|name| name == ".claude"));
    let by_name = above.and(path.file_name()).and_then(|name| match name.to_str()? {
        "settings.json" => Some(Layer::Project),
        "settings.local.json" => Some(Layer::Local),
        _ => None,
    });
    let layer = scope.or(by_name)?;
    let root = matches!(layer, Layer::Project | Layer::Local)
        .then(|| above.and_then(Path::parent).unwrap_or(&sources.start_dir).to_path_buf());
    Some(Place { layer, path: path.to_path_buf(), root })
}

fn read(name: &str, place: &Place, layer: Option<Layer>, bytes: Vec<u8>) -> SettingsFile {
    let context = Context { file: name, layer, root: place.root.as_deref(), zone_exists };
    let (settings, problems) = validate::read(&bytes, &context);
    SettingsFile { place: Place { path: name.into(), ..place.clone() }, bytes, settings, problems }
}

fn of_file(file: &SettingsFile, layer: Option<Layer>, name: &str, around: &Surroundings<'_>) -> Checked {
    let mut found = file.problems.clone();
    if let Ok(decoded) = jsonc::decode(&file.bytes)
        && let Ok(document) = jsonc::parse(decoded.text)
        && let Some(root) = document.root.filter(|root| matches!(root.value, Value::Object(_)))
    {
        let around = Surroundings { managed: layer == Some(Layer::Managed), ..*around };
        found.extend(entries::check(decoded.text, &root, &around, name));
    }
    Checked { name: name.to_string(), layer, bytes: Some(file.bytes.clone()), found }
}

fn unreadable(name: &str, layer: Option<Layer>, error: &Error) -> Checked {
    Checked { name: name.to_string(), layer, bytes: None, found: vec![Diagnostic::unreadable(name, error)] }
}

/// `disableAllHooks` in another file than the one with our hooks: the highest file decides, so that a project can
/// switch off what the user installed. Hooks of managed settings are out of reach of all but those.
fn add_switch(checked: &mut [Checked], files: &[SettingsFile]) {
    let pages = files.iter().filter_map(|file| {
        let decoded = jsonc::decode(&file.bytes).ok()?;
        Some((file, decoded.text, jsonc::parse(decoded.text).ok()?.root?))
    });
    // Managed ones stand first in the list and come before all others.
    let (managed, others): (Vec<_>, Vec<_>) =
        pages.partition(|(file, ..)| file.place.layer == Layer::Managed);
    let all = || others.iter().chain(&managed);
    let Some((owner, text, root)) = all().rev().find(|(.., root)| entries::is_off(root).is_some()) else {
        return;
    };
    let is_managed = owner.place.layer == Layer::Managed;
    let has_ours = |text: &str, root: &Node<'_>| !install::registered(text, root).is_empty();
    let mut reached = all().filter(|(file, ..)| is_managed || file.place.layer != Layer::Managed);
    // Where both stand in one file, `entries` has said it.
    if entries::is_off(root) != Some(true) || has_ours(text, root) {
        return;
    }
    let Some((off, ..)) = reached.find(|(_, text, root)| has_ours(text, root)) else { return };
    let name = owner.name();
    let mut findings = Findings::new(text, &name);
    let hint = sentence!("hooks-do-not-run-here", file = quoted(&off.name()));
    entries::switched_off(root, &mut findings).hints.push(hint);
    if let Some(file) = checked.iter_mut().find(|file| file.name == name) {
        file.found.append(&mut findings.list);
        file.found.sort_by_key(|found| (found.range.start, found.range.end));
    }
}

/// What only shows when values are taken together, each problem to its file.
fn add_between(checked: &mut [Checked], files: &[SettingsFile], sources: &settings::Sources<'_>) {
    let joined = settings::join(files, sources);
    let between = together::check(files, &joined, &Path::is_dir);
    for found in joined.problems.into_iter().chain(between) {
        let Some(owner) = checked.iter_mut().find(|file| file.name == found.file) else { continue };
        if !owner.found.contains(&found) {
            owner.found.push(found);
        }
    }
    for file in checked {
        file.found.sort_by_key(|found| (found.range.start, found.range.end));
    }
}
