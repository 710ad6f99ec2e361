//! Which of the values that a key has in several files count, and why the others do not: the rules of `resolve`, told
//! about single values. `tests/layers` holds the two together: whatever is said not to count here can be taken out of
//! its file without any effect.

use super::keys::{Key, Step, is_within};
use super::layers::SettingsFile;
use super::validate::NOT_FOR_PROJECTS;
use super::{Settings, file};
use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::jsonc::{self, Document, Lines, Node, Position};
use crate::base::words::{Sentence, Word, sentence, word};
use crate::model::limit::Layer;

/// How the values of several files go together. A group is the managed files, the user's, or one project's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Each group's value is a limit of its own.
    Limit,
    /// One value for everything: the managed one, else the user's.
    Program,
    /// Each group's value holds for its own limits; the managed one, then the user's, for groups without one.
    Inherited,
    /// The managed value holds for all limits; without one each group's for its own.
    Managed,
    /// Each group's value holds for its own limits and no others.
    Own,
    /// As `Inherited`, but a managed value also takes the user's place.
    Calendar,
    /// The managed value, else the strictest.
    Strictest,
    /// Each group's value holds for its own list of members; the managed one, then the user's, says who works here.
    Person,
}

impl Rule {
    pub fn of(key: &Key) -> Self {
        let (section, name) = match key.steps() {
            [root] => (root.text(), ""),
            [section, name, ..] => (section.text(), name.text()),
            [] => ("", ""),
        };
        match (section, name) {
            ("cost", "enabled" | "language" | "tamperEvidence" | "pricing" | "provider" | "region")
            | ("team", "onStale" | "maxAge" | "syncInterval" | "projects" | "databaseUrl")
            | ("costWarnings", _) => Rule::Program,
            ("cost", "warningThreshold") => Rule::Inherited,
            ("cost", "autoStopAtBudget") => Rule::Managed,
            ("cost", "allowOverride") => Rule::Own,
            ("cost", "timezone" | "weekStart" | "billingDay") => Rule::Calendar,
            ("cost", "onError") => Rule::Strictest,
            ("team", "user") => Rule::Person,
            _ => Rule::Limit,
        }
    }

    /// How several values go together, for people.
    pub fn in_words(self) -> Word {
        match self {
            Rule::Limit => word!("rule-limit"),
            Rule::Program => word!("rule-program"),
            Rule::Inherited => word!("rule-inherited"),
            Rule::Managed => word!("rule-managed"),
            Rule::Own => word!("rule-own"),
            Rule::Calendar => word!("rule-calendar"),
            Rule::Strictest => word!("rule-strictest"),
            Rule::Person => word!("rule-person"),
        }
    }
}

/// Does a value count?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Counts,
    /// It is wrong, and left out.
    Invalid(Sentence),
    /// A project's settings may not set it.
    NotForProjects,
    /// Another file of the group comes first.
    Replaced(String),
    /// Another group decides; its file.
    Overruled(String),
    /// Managed settings hold limits, which the user's value could get around.
    ManagedLimits,
}

impl Standing {
    pub fn counts(&self) -> bool {
        *self == Standing::Counts
    }

    pub fn in_words(&self) -> Sentence {
        match self {
            Standing::Counts => word!("value-counts").into(),
            Standing::Invalid(why) => sentence!("value-invalid", why = why.clone()),
            Standing::NotForProjects => word!("value-not-for-projects").into(),
            Standing::Replaced(file) => sentence!("value-replaced", file = file.clone()),
            Standing::Overruled(file) => sentence!("value-overruled", file = file.clone()),
            Standing::ManagedLimits => word!("value-managed-limits").into(),
        }
    }
}

/// A value of a key in a file.
#[derive(Debug, Clone)]
pub struct Occurrence<'f> {
    pub file: &'f SettingsFile,
    /// As it stands in the file, over several lines where it does there.
    pub text: &'f str,
    pub place: Position,
    pub standing: Standing,
}

/// The files, taken apart once for any number of keys. Files that are no JSON hold nothing.
pub struct Pages<'f> {
    pages: Vec<(&'f SettingsFile, Document<'f>)>,
    managed_limits: bool,
}

impl<'f> Pages<'f> {
    pub fn of(files: &'f [SettingsFile], settings: &Settings) -> Self {
        let page = |file: &'f SettingsFile| {
            let text = jsonc::decode(&file.bytes).ok()?.text;
            Some((file, jsonc::parse(text).ok()?))
        };
        Self {
            pages: files.iter().filter_map(page).collect(),
            managed_limits: settings.limits.iter().any(|limit| limit.layer == Layer::Managed),
        }
    }

    /// Each file with its document.
    pub fn documents(&self) -> impl Iterator<Item = (&'f SettingsFile, &Document<'f>)> {
        self.pages.iter().map(|(file, document)| (*file, document))
    }

    /// Every value of a key, in the order of the files.
    pub fn occurrences(&self, key: &Key) -> Vec<Occurrence<'f>> {
        let all = self.documents().filter_map(|(file, document)| {
            let found = key.find(document.root.as_ref()?)?;
            Some(Occurrence {
                file,
                text: &document.text[found.node.range.clone()],
                place: Lines::new(document.text).position(found.node.range.start),
                standing: invalid(key, file, document).map_or(Standing::Counts, Standing::Invalid),
            })
        });
        let mut all: Vec<Occurrence<'f>> = all.collect();
        for at in 0..all.len() {
            if all[at].standing.counts() {
                all[at].standing = self.standing(key, &all, at);
            }
        }
        all
    }

    fn standing(&self, key: &Key, all: &[Occurrence<'f>], at: usize) -> Standing {
        let own = all[at].file;
        let layer = own.place.layer;
        let of_project = matches!(layer, Layer::Project | Layer::Local);
        let name = key.to_string();
        if of_project && NOT_FOR_PROJECTS.into_iter().any(|outer| is_within(&name, outer)) {
            return Standing::NotForProjects;
        }
        let valid = |other: &&Occurrence<'f>| !matches!(other.standing, Standing::Invalid(_));
        if let Some(above) = self.replacing(key, all, at) {
            return Standing::Replaced(above);
        }
        let of = |wanted: Layer| all.iter().filter(valid).rfind(|other| other.file.place.layer == wanted);
        let managed = of(Layer::Managed).filter(|_| layer != Layer::Managed);
        let overruled = |by: &Occurrence<'f>| Standing::Overruled(by.file.name());
        match Rule::of(key) {
            Rule::Program | Rule::Managed | Rule::Strictest if managed.is_some() => {
                managed.map_or(Standing::Counts, overruled)
            }
            Rule::Calendar if managed.is_some() && layer == Layer::User => {
                managed.map_or(Standing::Counts, overruled)
            }
            Rule::Program
                if layer == Layer::User
                    && self.managed_limits
                    && ["cost.enabled", "cost.pricing"].into_iter().any(|outer| is_within(&name, outer))
                    && all[at].text != "true" =>
            {
                Standing::ManagedLimits
            }
            Rule::Strictest if layer != Layer::Managed && all[at].text == "\"allow\"" => {
                let stricter = |(at, other): &(usize, &Occurrence<'f>)| {
                    other.text == "\"block\"" && valid(other) && self.replacing(key, all, *at).is_none()
                };
                let found = all.iter().enumerate().find(stricter);
                found.map_or(Standing::Counts, |(_, other)| overruled(other))
            }
            _ => Standing::Counts,
        }
    }

    fn entry_of(&self, key: &Key, file: &SettingsFile) -> Option<(&'static str, String)> {
        let (_, document) = self.documents().find(|(one, _)| one.place.path == file.place.path)?;
        entry_of(key, document.root.as_ref()?)
    }

    /// The file of the same group that comes before this one for this key. A limit and a member come as a whole.
    fn replacing(&self, key: &Key, all: &[Occurrence<'f>], at: usize) -> Option<String> {
        let own = &all[at].file.place;
        let same_group = |other: &SettingsFile| {
            let project = |layer| matches!(layer, Layer::Project | Layer::Local);
            other.place.root == own.root
                && (other.place.layer == own.layer || project(other.place.layer) && project(own.layer))
        };
        if let Some(entry) = self.entry_of(key, all[at].file) {
            let above = self.pages.iter().rev().take_while(|(file, _)| file.place.path != own.path);
            return above
                .map(|(file, _)| *file)
                .find(|file| same_group(file) && holds(file, &entry))
                .map(SettingsFile::name);
        }
        // A whole list is joined with the others' and an object key by key.
        if key.schema().is_ok_and(|schema| matches!(schema["type"].as_str(), Some("array" | "object"))) {
            return None;
        }
        let above = all[at + 1..].iter().rev();
        above
            .filter(|other| !matches!(other.standing, Standing::Invalid(_)))
            .find(|other| same_group(other.file))
            .map(|other| other.file.name())
    }
}

/// The limit or member a key is about, by the name it has in this document.
fn entry_of(key: &Key, root: &Node<'_>) -> Option<(&'static str, String)> {
    let [section, list, Step::Entry(_), ..] = key.steps() else { return None };
    let (list, name) = match (section.text(), list.text()) {
        ("cost", "limits") => ("limits", "name"),
        ("team", "members") => ("members", "user"),
        _ => return None,
    };
    let entry = Key::new(key.steps()[..3].to_vec()).find(root)?.node;
    Some((list, entry.get(name)?.node.as_str()?.to_string()))
}

/// Does what counts of a file hold this limit or member?
fn holds(file: &SettingsFile, (list, name): &(&'static str, String)) -> bool {
    let settings = &file.settings;
    let limits = settings.cost.as_ref().and_then(|cost| cost.limits.as_deref()).unwrap_or_default();
    let members = settings.team.as_ref().and_then(|team| team.members.as_deref()).unwrap_or_default();
    match *list {
        "limits" => limits.iter().any(|limit: &file::LimitEntry| limit.name.0 == *name),
        _ => members.iter().any(|member| member.user.0.to_lowercase() == name.to_lowercase()),
    }
}

/// Why a value was left out of what counts of its file.
fn invalid(key: &Key, file: &SettingsFile, document: &Document<'_>) -> Option<Sentence> {
    let root = document.root.as_ref()?;
    let node = key.find(root)?.node;
    let within = |found: &&Diagnostic, range: &std::ops::Range<usize>| {
        range.start <= found.range.start && found.range.start < range.end
    };
    let mut errors = file.problems.iter().filter(|found| found.severity == Severity::Error);
    // A later double is what counts of a repeated key, and `find` finds that one.
    let own = errors.find(|found| found.rule != "duplicate-key" && within(found, &node.range));
    if let Some(found) = own {
        return Some(found.message.clone());
    }
    // A fault elsewhere in a limit or member takes all of it out.
    if holds(file, &entry_of(key, root)?) {
        return None;
    }
    let node = Key::new(key.steps()[..3].to_vec()).find(root)?.node;
    let mut errors = file.problems.iter().filter(|found| found.severity == Severity::Error);
    errors.find(|found| within(found, &node.range)).map(|found| found.message.clone())
}

#[cfg(test)]
mod tests {
    use super::super::keys::all_keys;
    use super::*;

    #[test]
    fn what_projects_may_not_set_is_of_the_program() {
        for name in NOT_FOR_PROJECTS {
            assert_eq!(Rule::of(&Key::parse(name).unwrap()), Rule::Program, "{name}");
        }
        let amounts = all_keys().into_iter().filter(|key| key.to_lowercase().ends_with("budget"));
        for name in amounts.filter(|key| key != "cost.autoStopAtBudget") {
            assert_eq!(Rule::of(&Key::parse(&name).unwrap()), Rule::Limit, "{name}");
        }
    }
}
