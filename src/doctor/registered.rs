//! The settings files as Claude Code takes them: which it leaves out, what a key comes to over all of them, and where
//! our hooks and status line stand. Judging that is `hooks`' business.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Site;
use super::files::{self, Checked};
use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::env;
use crate::base::jsonc;
use crate::base::words::{Language, say};
use crate::claude::entries::{Fault, Surroundings, program};
use crate::claude::install::{self, Registered, StatusLine};
use crate::claude::state::{self, Plugin};
use crate::model::limit::Layer;

/// The rules that make Claude Code leave a file out, hooks and all.
const LEFT_OUT: [&str; 11] = [
    "broken-guard",
    "client-type",
    "comment",
    "invalid-json",
    "not-an-object",
    "not-strict-json",
    "not-utf-8",
    "too-deep",
    "too-large",
    "trailing-comma",
    "unreadable",
];

/// One settings file.
pub(super) struct Sheet {
    pub(super) checked: Checked,
    pub(super) layer: Layer,
    /// Null when Claude Code leaves the file out.
    pub(super) value: Value,
    /// Whether it counts or not.
    pub(super) registered: Vec<Registered>,
    pub(super) status_line: Option<StatusLine>,
}

impl Sheet {
    fn of(checked: Checked) -> Self {
        let layer = checked.layer.unwrap_or(Layer::User);
        let out = |rule: &str| match (layer, rule) {
            // Managed settings are policy: only the faulty key goes.
            (Layer::Managed, "client-type" | "broken-guard") => false,
            _ => LEFT_OUT.contains(&rule),
        };
        let is_out = checked.found.iter().any(|found| found.severity == Severity::Error && out(found.rule));
        let bytes = checked.bytes.as_deref().unwrap_or_default();
        let text = jsonc::decode(bytes).map_or("", |decoded| decoded.text);
        let value = if is_out {
            Value::Null
        } else {
            serde_json::from_str(&jsonc::without_halves(text)).unwrap_or_default()
        };
        let root = jsonc::parse(text).ok().and_then(|document| document.root);
        let registered = root.as_ref().map(|root| install::registered(text, root)).unwrap_or_default();
        let status_line = root.as_ref().and_then(|root| install::status_line(text, root));
        Self { checked, layer, value, registered, status_line }
    }

    pub(super) fn is_left_out(&self) -> bool {
        self.value.is_null()
    }

    /// Managed settings that cannot be understood are no reason to go without them; those that cannot be read are.
    pub(super) fn keeps_from_starting(&self) -> bool {
        let is_unread = |found: &Diagnostic| ["too-large", "unreadable"].contains(&found.rule);
        self.layer == Layer::Managed && self.is_left_out() && !self.checked.found.iter().any(is_unread)
    }

    /// Do its hooks count? In managed settings a broken guard costs all hooks and nothing else.
    pub(super) fn hooks_count(&self) -> bool {
        !self.is_left_out() && !self.checked.found.iter().any(|found| found.rule == "broken-guard")
    }

    pub(super) fn path(&self) -> PathBuf {
        PathBuf::from(&self.checked.name)
    }

    /// `/home/ada/.claude/settings.json (user)`.
    pub(super) fn name(&self, language: Language) -> String {
        say!(language, "file-of-layer", file = &self.checked.name, layer = self.layer.name())
    }
}

/// All that apply in the folder.
pub(super) struct Scene {
    /// As `layers::places` has them: managed first, then user, project, local.
    pub(super) sheets: Vec<Sheet>,
    pub(super) plugins: Vec<Plugin>,
}

impl Scene {
    pub(super) fn of(site: &Site<'_>) -> Self {
        let sheets = files::all(site.world, &site.project).into_iter().map(Sheet::of).collect();
        let mut scene = Self { sheets, plugins: Vec::new() };
        let names = scene.enabled_plugins();
        scene.plugins = state::plugins(&site.world.config_dir(), &names, |name| scene.place_of(name));
        scene
    }

    /// Highest first: managed (a later drop-in over an earlier one), local, project, user.
    pub(super) fn by_precedence(&self) -> impl Iterator<Item = &Sheet> {
        let rank = |layer| match layer {
            Layer::Managed => 0,
            Layer::Local => 1,
            Layer::Project => 2,
            Layer::User => 3,
        };
        let mut order: Vec<(usize, usize, &Sheet)> = Vec::new();
        for (at, sheet) in self.sheets.iter().enumerate() {
            order.push((rank(sheet.layer), self.sheets.len() - at, sheet));
        }
        order.sort_by_key(|(rank, at, _)| (*rank, *at));
        order.into_iter().map(|(_, _, sheet)| sheet)
    }

    /// What a key comes to, with the file that decides.
    pub(super) fn decided(&self, key: &[&str]) -> Option<(&Value, &Sheet)> {
        self.by_precedence().find_map(|sheet| {
            let value = key.iter().try_fold(&sheet.value, |value, key| value.get(key))?;
            Some((value, sheet))
        })
    }

    pub(super) fn setting(&self, key: &[&str]) -> Option<&Value> {
        self.decided(key).map(|(value, _)| value)
    }

    /// The same in managed settings alone.
    pub(super) fn managed(&self, key: &[&str]) -> Option<(&Value, &Sheet)> {
        let mut managed = self.by_precedence().filter(|sheet| sheet.layer == Layer::Managed);
        managed.find_map(|sheet| {
            let value = key.iter().try_fold(&sheet.value, |value, key| value.get(key))?;
            Some((value, sheet))
        })
    }

    /// Do managed settings switch this plugin on? Then nobody else switches it off.
    pub(super) fn is_managed(&self, plugin: &str) -> bool {
        self.managed(&["enabledPlugins", plugin]).is_some_and(|(on, _)| *on == Value::Bool(true))
    }

    /// The folder of a managed plugin whose marketplace is a folder: it is run from there and installed nowhere.
    fn place_of(&self, name: &str) -> Option<PathBuf> {
        let (plugin, market) = name.split_once('@').filter(|_| self.is_managed(name))?;
        let (source, _) = self.managed(&["extraKnownMarketplaces", market, "source"])?;
        let folder = source["path"].as_str().filter(|_| source["source"] == "directory")?;
        state::in_marketplace(Path::new(folder), plugin)
    }

    fn enabled_plugins(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for sheet in &self.sheets {
            let plugins = sheet.value.get("enabledPlugins").and_then(Value::as_object);
            names.extend(plugins.into_iter().flat_map(|plugins| plugins.keys().cloned()));
        }
        names.sort();
        names.dedup();
        names.retain(|name| self.setting(&["enabledPlugins", name]) == Some(&Value::Bool(true)));
        names
    }

    pub(super) fn is_installed(&self) -> bool {
        self.sheets.iter().any(|sheet| !sheet.registered.is_empty()) || !self.plugins.is_empty()
    }
}

/// The file behind a program's name in a settings file; None when that cannot be known here.
pub(super) fn found(site: &Site<'_>, word: &str) -> Option<Result<PathBuf, Fault>> {
    let (path, home) = (site.world.var(env::PATH), site.world.home());
    let around = Surroundings { managed: false, path: path.as_deref(), home: &home, project: &site.project };
    program(word, &around)
}
