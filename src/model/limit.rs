//! What a limit is: an amount, the period it counts over, which calls it counts, and what happens when it is used
//! up. Where limits come from is `settings`' business, what was spent against them `ledger`'s, the verdict
//! `budget`'s.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::model_id::{self, canonical};
use crate::base::money::Money;

/// The span of time after which a limit starts afresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// One Claude Code session.
    Session,
    /// A calendar day in the zone of the settings.
    Daily,
    /// Seven days from `cost.weekStart`.
    Weekly,
    /// From `cost.billingDay` to the day before the next one.
    Monthly,
    /// Never starts afresh.
    Total,
}

/// What happens when a limit is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Say so in the session and go on.
    Warn,
    /// Stop further model calls.
    Stop,
}

/// Whose settings a value comes from, highest authority first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    Managed,
    Local,
    Project,
    User,
}

impl Layer {
    pub fn name(self) -> &'static str {
        match self {
            Layer::Managed => "managed",
            Layer::Local => "local",
            Layer::Project => "project",
            Layer::User => "user",
        }
    }
}

/// Which calls a limit counts; an absent field counts all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Filter {
    /// A folder: calls of sessions started in it or below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// A model id (any spelling of it), or a family word such as `opus`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// A git branch; `*` stands for any run of characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// A subagent type such as `Explore`; `*` stands for any run of characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// One session, for limits with `Period::Session`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

/// What a filter looks at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts<'a> {
    pub project: &'a str,
    pub model: Option<&'a str>,
    pub branch: Option<&'a str>,
    pub agent: Option<&'a str>,
    pub session: &'a str,
    /// The line's cost is an estimate. No filter asks; sums keep it apart.
    pub estimated: bool,
}

impl Filter {
    /// Does the filter count a line with these facts? What is not known of a line (the model of unlisted money)
    /// is not counted by a filter that asks for it.
    pub fn counts(&self, facts: &Facts<'_>) -> bool {
        let Self { project, model, branch, agent, session } = self;
        session.as_deref().is_none_or(|session| session == facts.session)
            && project.as_deref().is_none_or(|root| is_inside(facts.project, root))
            && model.as_deref().is_none_or(|model| facts.model.is_some_and(|id| same_model(id, model)))
            && branch.as_deref().is_none_or(|wanted| facts.branch.is_some_and(|name| matches(wanted, name)))
            && agent.as_deref().is_none_or(|wanted| facts.agent.is_some_and(|name| matches(wanted, name)))
    }
}

/// Is `path` the folder `root` or below it? Whole components count: `/a/bc` is not inside `/a/b`.
pub fn is_inside(path: &str, root: &str) -> bool {
    std::path::Path::new(path).starts_with(root)
}

/// How Claude Code names a project's folder of transcripts.
pub fn slug(folder: &str) -> String {
    let dashed = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    folder.encode_utf16().map(|unit| u8::try_from(unit).map_or('-', char::from)).map(dashed).collect()
}

fn same_model(id: &str, wanted: &str) -> bool {
    let family = model_id::identify(id).target.model().map(|model| model.family.name());
    family.is_some_and(|family| family.eq_ignore_ascii_case(wanted)) || canonical(id) == canonical(wanted)
}

/// A name against a pattern in which `*` stands for any run of characters.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(middle) = last.replace(part) {
            match rest.find(middle) {
                Some(at) => rest = &rest[at + middle.len()..],
                None => return false,
            }
        }
    }
    last.map_or(rest.is_empty(), |end| rest.ends_with(end))
}

/// How days, weeks and months are cut.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Calendar {
    /// IANA zone; None is the system's zone.
    pub zone: Option<String>,
    /// First weekday, 0 = Monday to 6 = Sunday.
    pub week_start: u8,
    /// First day of the month period, 1 to 31; shorter months start on their last day.
    pub billing_day: u8,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { zone: None, week_start: 0, billing_day: 1 }
    }
}

/// One limit, ready to be weighed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Stable over restarts and edits of the amount: layer, place and name, such as `user:dailyBudget`.
    pub id: String,
    /// What people call it: `daily budget`, or the name given in `cost.limits`.
    pub name: String,
    pub amount: Money,
    pub period: Period,
    pub calendar: Calendar,
    pub filter: Filter,
    pub action: Action,
    /// `cost.hardLimit`: stops before the call that is expected to cross it.
    pub hard: bool,
    /// Parts of a million of the amount at which to warn, ascending.
    pub warn_at: Vec<u32>,
    pub layer: Layer,
    /// The setting it comes from, such as `cost.dailyBudget` or `cost.limits[night]`.
    pub key: String,
    /// The file it was read from, for messages.
    pub file: String,
    /// May `cost-hook allow` raise it?
    pub overridable: bool,
}

/// What a team limit counts of a team that has a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// All of it.
    Team,
    /// The member's own part, on all machines.
    Own,
    /// What members without a part of their own share.
    Rest,
}

impl Limit {
    /// Is it a limit of the whole team, and of which share? A project's own team counts that project, on this machine.
    pub fn share(&self) -> Option<Share> {
        let (_, what) = self.id.split_once(':').filter(|_| self.filter == Filter::default())?;
        match what {
            "team/budget" => Some(Share::Team),
            "team/allocation" => Some(Share::Own),
            "team/rest" => Some(Share::Rest),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, name, expected) in [
            ("main", "main", true),
            ("main", "maintenance", false),
            ("feature/*", "feature/login", true),
            ("feature/*", "fix/login", false),
            ("*-wip", "login-wip", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("*", "", true),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_project_counts_its_folders_but_not_its_namesakes() {
        assert!(is_inside("/a/b", "/a/b"));
        assert!(is_inside("/a/b/c", "/a/b"));
        assert!(!is_inside("/a/bc", "/a/b"));
        assert!(!is_inside("/a", "/a/b"));
    }

    #[test]
    fn what_is_not_known_of_a_line_is_not_counted_by_a_filter_that_asks_for_it() {
        let filter = Filter { model: Some("opus".into()), ..Filter::default() };
        assert!(!filter.counts(&Facts { project: "/a", session: "s", ..Facts::default() }));
        let facts = Facts { model: Some("us.anthropic.claude-opus-5-5"), ..Facts::default() };
        assert!(filter.counts(&facts));
        let exact = Filter { model: Some("claude-opus-5".into()), ..Filter::default() };
        assert!(!exact.counts(&facts));
    }
}
