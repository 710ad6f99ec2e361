//! What calls are told apart by on the page, and what a call says of each. How many names of each are kept is decided
//! here too: the page has to stay small, whatever the ledger holds.

use std::collections::HashMap;

use crate::ledger::entries::Entry;
use crate::model::model_id::canonical;
use crate::report::UNLISTED;
use crate::report::key::NO_BRANCH;

pub(super) const COUNT: usize = 7;

/// In the order of `Names`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dimension {
    Project,
    Model,
    Feature,
    Branch,
    User,
    Provider,
    Session,
}

impl Dimension {
    pub(super) const ALL: [Dimension; COUNT] = [
        Dimension::Project,
        Dimension::Model,
        Dimension::Feature,
        Dimension::Branch,
        Dimension::User,
        Dimension::Provider,
        Dimension::Session,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Dimension::Project => "project",
            Dimension::Model => "model",
            Dimension::Feature => "feature",
            Dimension::Branch => "branch",
            Dimension::User => "user",
            Dimension::Provider => "provider",
            Dimension::Session => "session",
        }
    }
}

/// What is told apart at a level: so many names of each dimension, and so many hours of the day.
pub(super) struct Level {
    names: [usize; COUNT],
    /// Hours that are put together, a divisor of 24.
    pub(super) hours: u8,
}

impl Level {
    /// The first of the hours that are one with this one.
    pub(super) fn begin(&self, hour: u8) -> u8 {
        hour - hour % self.hours
    }
}

const fn level(hours: u8, names: [usize; COUNT]) -> Level {
    Level { names, hours }
}

/// From the finest level to the coarsest, at which a year has no more rows than days. Each tells less apart than the one
/// before, in every respect: what is put together at one level is still together at the next.
pub(super) const LEVELS: [Level; 10] = [
    level(1, [60, 24, 60, 40, 40, 8, 250]),
    level(1, [24, 12, 24, 16, 16, 8, 120]),
    level(1, [12, 8, 12, 8, 8, 6, 60]),
    level(3, [12, 8, 12, 4, 6, 6, 30]),
    level(3, [8, 6, 8, 3, 4, 4, 20]),
    level(6, [8, 4, 6, 2, 3, 3, 10]),
    level(6, [6, 4, 4, 1, 2, 2, 10]),
    level(6, [3, 3, 3, 1, 2, 2, 5]),
    level(6, [1, 1, 1, 0, 1, 1, 0]),
    level(6, [0; COUNT]),
];

/// How many sessions a page can have at most, one more that would be alone among the others included.
pub(super) const MOST_SESSIONS: usize = LEVELS[0].names[Dimension::Session as usize] + 1;

/// Of so many names at a level, how many are kept. One name alone is not put away as "1 other".
pub(super) fn kept(level: usize, dimension: usize, names: usize) -> usize {
    let most = LEVELS[level].names[dimension];
    if names == most + 1 && most > 0 { names } else { names.min(most) }
}

/// What a call says of each dimension. Spellings of models met are not canonised again, and the one of the last call is
/// not even looked up.
#[derive(Debug, Default)]
pub(super) struct Namer {
    models: HashMap<String, String>,
    last: Option<(String, String)>,
}

impl Namer {
    pub(super) fn names<'n>(&'n mut self, entry: &Entry<'n>) -> [&'n str; COUNT] {
        let model = match entry.model {
            None => UNLISTED,
            Some(spelling) => {
                if self.last.as_ref().is_none_or(|(last, _)| last != spelling) {
                    let found = self.models.get(spelling).cloned();
                    let name = found.unwrap_or_else(|| {
                        let name = canonical(spelling).into_owned();
                        self.models.insert(spelling.to_string(), name.clone());
                        name
                    });
                    self.last = Some((spelling.to_string(), name));
                }
                self.last.as_ref().map_or(UNLISTED, |(_, name)| name.as_str())
            }
        };
        let branch = if entry.branch.is_empty() { NO_BRANCH } else { entry.branch };
        [entry.project, model, entry.feature, branch, entry.user, entry.provider.name(), entry.session]
    }
}

/// Names with something kept for each. Calls come in runs that say the same: the last name is compared before it is
/// looked up.
#[derive(Debug)]
pub(super) struct Slots<V> {
    places: HashMap<String, usize>,
    values: Vec<V>,
    last: Option<(String, usize)>,
}

impl<V> Default for Slots<V> {
    fn default() -> Self {
        Self { places: HashMap::new(), values: Vec::new(), last: None }
    }
}

impl<V> Slots<V> {
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// What is kept for a name; `new` makes it for one that was not met before.
    pub(super) fn of(&mut self, name: &str, new: impl FnOnce() -> V) -> &mut V {
        let at = match &self.last {
            Some((last, at)) if last == name => *at,
            _ => {
                let at = match self.places.get(name) {
                    Some(at) => *at,
                    None => {
                        self.places.insert(name.to_string(), self.values.len());
                        self.values.push(new());
                        self.values.len() - 1
                    }
                };
                self.last = Some((name.to_string(), at));
                at
            }
        };
        &mut self.values[at]
    }

    /// Every name with what was kept for it; nothing is left.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = (String, V)> {
        self.last = None;
        let mut values: Vec<Option<V>> = std::mem::take(&mut self.values).into_iter().map(Some).collect();
        let places = std::mem::take(&mut self.places);
        places.into_iter().filter_map(move |(name, at)| Some((name, values[at].take()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_is_coarser_than_the_one_before() {
        for names in [0, 1, 2, 3, 4, 10, 24, 25, 61, 1000] {
            for dimension in 0..COUNT {
                for level in 1..LEVELS.len() {
                    assert!(kept(level, dimension, names) <= kept(level - 1, dimension, names));
                }
            }
        }
        for pair in LEVELS.windows(2) {
            assert!(24 % pair[1].hours == 0 && pair[1].hours % pair[0].hours == 0);
        }
        assert_eq!(kept(0, 0, 61), 61);
        assert_eq!(kept(0, 0, 62), 60);
        assert_eq!(kept(9, 0, 1), 0);
    }
}
