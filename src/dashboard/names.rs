//! What names are shown as: themselves, or numbers where a page is to be shown to others. Numbers follow the order of
//! the survey, dearest first, so that they say nothing about the names.

use std::collections::HashMap;

use super::dimension::Dimension;
use super::survey::Survey;
use crate::base::words::{Language, say, word};
use crate::model::model_id::identify;
use crate::report::UNLISTED;
use crate::report::key::NO_BRANCH;

pub(super) struct Names<'s> {
    survey: &'s Survey,
    projects: HashMap<&'s str, usize>,
    anonymous: bool,
    language: Language,
}

impl<'s> Names<'s> {
    pub(super) fn new(survey: &'s Survey, anonymous: bool, language: Language) -> Self {
        let projects = &survey.names[Dimension::Project as usize];
        let projects = projects.iter().enumerate().map(|(at, (name, _))| (name.as_str(), at)).collect();
        Self { survey, projects, anonymous, language }
    }

    pub(super) fn is_anonymous(&self) -> bool {
        self.anonymous
    }

    /// The name at a place of the survey.
    pub(super) fn shown(&self, dimension: Dimension, at: usize) -> String {
        let name = self.survey.names[dimension as usize].get(at).map_or("", |(name, _)| name.as_str());
        match (dimension, name) {
            (Dimension::Branch, NO_BRANCH) => {
                let title = self.language.word(word!("page-branch")).to_lowercase();
                say!(self.language, "page-without", title = title)
            }
            _ if self.anonymous => without_identity(dimension, at, name, self.language),
            _ => name.to_string(),
        }
    }

    /// A project's folder, which may be one that no call was made in.
    pub(super) fn project(&self, folder: &str) -> String {
        match self.projects.get(folder) {
            Some(at) => self.shown(Dimension::Project, *at),
            None if self.anonymous => self.language.word(word!("page-a-project")).to_string(),
            None => folder.to_string(),
        }
    }
}

fn without_identity(dimension: Dimension, at: usize, name: &str, language: Language) -> String {
    let number = at + 1;
    let known = match dimension {
        Dimension::Provider => true,
        Dimension::Model => name == UNLISTED || identify(name).target.model().is_some(),
        Dimension::Branch => name == NO_BRANCH,
        // Claude Code's own tools and kinds; what users and servers call their own has a name behind a colon.
        Dimension::Feature => name.starts_with("tool:") || !name.contains(':'),
        Dimension::Project | Dimension::User | Dimension::Session => false,
    };
    match (known, dimension, name.split_once(':')) {
        (true, _, _) => name.to_string(),
        (false, Dimension::Feature, Some((kind, _))) => format!("{kind} {number}"),
        (false, _, _) => {
            say!(language, "page-anonymous-name", kind = dimension.name(), number = number)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_who_and_where_becomes_a_number() {
        for (dimension, name, expected) in [
            (Dimension::Project, "/home/ada/shop", "project 3"),
            (Dimension::User, "ada@example.org", "user 3"),
            (Dimension::Session, "7be0d1c9", "session 3"),
            (Dimension::Branch, "secret-plan", "branch 3"),
            (Dimension::Branch, NO_BRANCH, NO_BRANCH),
            (Dimension::Feature, "skill:secret", "skill 3"),
            (Dimension::Feature, "mcp:intranet", "mcp 3"),
            (Dimension::Feature, "tool:Bash", "tool:Bash"),
            (Dimension::Feature, "conversation", "conversation"),
            (Dimension::Model, "claude-opus-5-5", "claude-opus-5-5"),
            (Dimension::Model, "our-gateway/secret", "model 3"),
            (Dimension::Model, UNLISTED, UNLISTED),
            (Dimension::Provider, "bedrock", "bedrock"),
        ] {
            assert_eq!(without_identity(dimension, 2, name, Language::English), expected);
        }
    }
}
