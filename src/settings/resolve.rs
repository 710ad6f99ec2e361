//! Several settings files to one `Settings`. The rules, each with its reason where it stands:
//!
//! - every layer's budgets are limits of their own, and none raises another;
//! - managed and user limits count all spending, a project's count that project's;
//! - what governs the whole program comes from managed settings, else from the user's, never from a project;
//! - nothing a user can write takes effect on a managed limit.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::file::{Cost, FileSettings, LimitEntry, Member, OnError, Pricing, Team, Weekday};
use super::keys::{Key, Step};
use super::layers::{SettingsFile, Sources};
use super::scalar::{DatabaseUrl, Text, Thresholds, Usd};
use super::tongue::Tongue;
use super::{PricingSettings, Settings, TeamSettings};
use crate::base::diagnostic::{Diagnostic, Findings};
use crate::base::jsonc;
use crate::base::money::Money;
use crate::base::text::quoted;
use crate::base::words::{Sentence, Word, sentence, word};
use crate::model::limit::{Action, Calendar, Filter, Layer, Limit, Period};

/// `cost.warningThreshold` when nobody sets it, in millionths.
const DEFAULT_THRESHOLD: u32 = 800_000;
/// `team.syncInterval` when nobody sets it.
const DEFAULT_SYNC_INTERVAL: u64 = 60;
/// `team.maxAge` when nobody sets it.
const DEFAULT_MAX_AGE: u64 = 3600;

/// The files that govern the same spending, lowest precedence first.
struct Scope<'a> {
    /// What its limits' ids begin with. A project's local and shared settings share it, so that a limit stays the
    /// same limit when the local settings take it over.
    id: String,
    layer: Layer,
    root: Option<PathBuf>,
    files: Vec<&'a SettingsFile>,
}

impl<'a> Scope<'a> {
    fn new(id: String, layer: Layer, root: Option<PathBuf>) -> Self {
        Self { id, layer, root, files: Vec::new() }
    }

    /// The value of the highest file that has one, and that file.
    fn pick<T: 'a>(&self, get: impl Fn(&'a FileSettings) -> Option<T>) -> Option<(T, &'a SettingsFile)> {
        self.files.iter().rev().find_map(|&file| Some((get(&file.settings)?, file)))
    }

    fn cost<T: 'a>(&self, get: impl Fn(&'a Cost) -> Option<T>) -> Option<T> {
        self.pick(|settings| get(settings.cost.as_ref()?)).map(|(value, _)| value)
    }

    fn team<T: 'a>(&self, get: impl Fn(&'a Team) -> Option<T>) -> Option<T> {
        self.pick(|settings| get(settings.team.as_ref()?)).map(|(value, _)| value)
    }
}

pub(super) fn resolve(files: &[SettingsFile], sources: &Sources<'_>) -> Settings {
    let (managed, user, projects) = scopes(files);
    let mut problems: Vec<Diagnostic> = files.iter().flat_map(|file| file.problems.iter().cloned()).collect();

    let calendar = calendar_of(&[&managed, &user], &Calendar::default());
    let managed_stop = managed.cost(|cost| cost.auto_stop_at_budget);
    let base_thresholds = thresholds(&managed).or_else(|| thresholds(&user));
    let team_user =
        || managed.team(|team| team.user.as_ref()).or_else(|| user.team(|team| team.user.as_ref()));
    let mut limits = Vec::new();
    for scope in [&managed, &user].into_iter().chain(&projects) {
        let rules = Rules {
            scope,
            calendar: match scope.layer {
                // By the managed keys alone: whoever could move the first day of the month or the zone could make a
                // managed budget start afresh.
                Layer::Managed => calendar_of(&[&managed], &Calendar::default()),
                Layer::User => calendar.clone(),
                _ => calendar_of(&[scope], &calendar),
            },
            stop: managed_stop.or_else(|| scope.cost(|cost| cost.auto_stop_at_budget)).unwrap_or(false),
            warn_at: thresholds(scope)
                .or_else(|| base_thresholds.clone())
                .unwrap_or_else(|| vec![DEFAULT_THRESHOLD]),
            overridable: scope.cost(|cost| cost.allow_override).unwrap_or(scope.layer != Layer::Managed),
            home: sources.home.as_deref(),
        };
        rules.simple(&mut limits);
        rules.listed(&mut limits);
        let own_user = scope.team(|team| team.user.as_ref());
        let who = || own_user.or_else(team_user).map(|user| user.0.clone()).or_else(sources.member);
        rules.team(who, &mut limits, &mut problems);
    }

    let team = team(&managed, &user, &projects, sources);
    if team.database_url.is_some() {
        in_the_months_of_the_team(&mut limits);
    }

    let managed_limits = limits.iter().any(|limit| limit.layer == Layer::Managed);
    let enabled = enabled(&managed, &user, managed_limits, &mut problems);
    let pricing = pricing(&managed, &user, managed_limits, &mut problems);
    let both = [&managed, &user];
    Settings {
        enabled,
        warnings: both
            .iter()
            .find_map(|scope| scope.pick(|settings| settings.cost_warnings))
            .is_none_or(|(on, _)| on),
        on_error: on_error(&managed, &user, &projects, &mut problems),
        calendar,
        language: both.iter().find_map(|scope| scope.cost(|cost| cost.language)).and_then(Tongue::language),
        limits,
        pricing,
        tamper_evidence: both
            .iter()
            .find_map(|scope| scope.cost(|cost| cost.tamper_evidence))
            .unwrap_or(false),
        provider: both.iter().find_map(|scope| scope.cost(|cost| cost.provider)),
        region: both
            .iter()
            .find_map(|scope| scope.cost(|cost| cost.region.as_ref()))
            .map(|text| text.0.clone()),
        team,
        problems,
        files: files.iter().map(|file| file.place.clone()).collect(),
    }
}

/// Managed, user, and one scope for each project folder.
fn scopes(files: &[SettingsFile]) -> (Scope<'_>, Scope<'_>, Vec<Scope<'_>>) {
    let mut managed = Scope::new("managed".to_string(), Layer::Managed, None);
    let mut user = Scope::new("user".to_string(), Layer::User, None);
    let mut projects: Vec<Scope<'_>> = Vec::new();
    for file in files {
        match (&file.place.root, file.place.layer) {
            (_, Layer::Managed) => managed.files.push(file),
            (None, _) => user.files.push(file),
            (Some(root), layer) => {
                match projects.iter_mut().find(|scope| scope.root.as_ref() == Some(root)) {
                    Some(scope) => scope.files.push(file),
                    None => {
                        let mut scope =
                            Scope::new(format!("project:{}", root.display()), layer, Some(root.clone()));
                        scope.files.push(file);
                        projects.push(scope);
                    }
                }
            }
        }
    }
    (managed, user, projects)
}

/// Key by key the first of the scopes that sets it, else `base`.
fn calendar_of(scopes: &[&Scope<'_>], base: &Calendar) -> Calendar {
    let zone = scopes.iter().find_map(|scope| scope.cost(|cost| cost.timezone.as_ref()));
    let week_start = scopes.iter().find_map(|scope| scope.cost(|cost| cost.week_start));
    let billing_day = scopes.iter().find_map(|scope| scope.cost(|cost| cost.billing_day));
    Calendar {
        zone: zone.map(|zone| zone.0.clone()).or_else(|| base.zone.clone()),
        week_start: week_start.map_or(base.week_start, week_day),
        billing_day: billing_day.map_or(base.billing_day, |day| day.0),
    }
}

fn week_day(day: Weekday) -> u8 {
    match day {
        Weekday::Monday => 0,
        Weekday::Tuesday => 1,
        Weekday::Wednesday => 2,
        Weekday::Thursday => 3,
        Weekday::Friday => 4,
        Weekday::Saturday => 5,
        Weekday::Sunday => 6,
    }
}

fn thresholds(scope: &Scope<'_>) -> Option<Vec<u32>> {
    scope.cost(|cost| cost.warning_threshold.as_ref()).map(ascending)
}

fn ascending(thresholds: &Thresholds) -> Vec<u32> {
    let mut parts: Vec<u32> = thresholds.0.iter().map(|fraction| fraction.0).collect();
    parts.sort_unstable();
    parts.dedup();
    parts
}

/// How one scope's amounts become limits.
struct Rules<'r, 'a> {
    scope: &'r Scope<'a>,
    calendar: Calendar,
    /// `autoStopAtBudget`.
    stop: bool,
    warn_at: Vec<u32>,
    overridable: bool,
    home: Option<&'r Path>,
}

impl<'a> Rules<'_, 'a> {
    /// `id` is what stands behind the scope in the limit's id; the setting is told by `key`.
    fn limit(
        &self,
        (id, key): (&str, String),
        name: &str,
        amount: Usd,
        period: Period,
        file: &SettingsFile,
    ) -> Limit {
        Limit {
            id: format!("{}:{id}", self.scope.id),
            name: name.to_string(),
            amount: amount.0,
            period,
            calendar: self.calendar.clone(),
            filter: Filter {
                project: self.scope.root.as_ref().map(|root| root.display().to_string()),
                ..Filter::default()
            },
            action: if self.stop { Action::Stop } else { Action::Warn },
            hard: false,
            warn_at: self.warn_at.clone(),
            layer: file.place.layer,
            key,
            file: file.name(),
            overridable: self.overridable,
        }
    }

    /// The keys that hold one amount each.
    fn simple(&self, limits: &mut Vec<Limit>) {
        type Get = fn(&Cost) -> Option<Usd>;
        let budgets: [(&str, &str, Period, Get); 4] = [
            ("sessionBudget", "session budget", Period::Session, |cost| cost.session_budget),
            ("dailyBudget", "daily budget", Period::Daily, |cost| cost.daily_budget),
            ("weeklyBudget", "weekly budget", Period::Weekly, |cost| cost.weekly_budget),
            ("monthlyBudget", "monthly budget", Period::Monthly, |cost| cost.monthly_budget),
        ];
        if let Some((amount, file)) = self.scope.pick(|settings| settings.cost_threshold) {
            let limit = self.limit(
                ("costThreshold", "costThreshold".to_string()),
                "cost threshold",
                amount,
                Period::Session,
                file,
            );
            // The amount itself is the warning; one ahead of it was not asked for.
            limits.push(Limit { action: Action::Warn, warn_at: Vec::new(), ..limit });
        }
        for (key, name, period, get) in budgets {
            if let Some((amount, file)) = self.scope.pick(|settings| get(settings.cost.as_ref()?)) {
                limits.push(self.limit((key, format!("cost.{key}")), name, amount, period, file));
            }
        }
        if let Some((amount, file)) = self.scope.pick(|settings| settings.cost.as_ref()?.hard_limit) {
            let limit = self.limit(
                ("hardLimit", "cost.hardLimit".to_string()),
                "hard limit",
                amount,
                Period::Monthly,
                file,
            );
            // A calendar month, whatever the billing day is.
            let calendar = Calendar { billing_day: 1, ..limit.calendar.clone() };
            limits.push(Limit { action: Action::Stop, hard: true, calendar, ..limit });
        }
    }

    /// `cost.limits` of all files of the scope; by name, the higher file's limit replaces the lower one's.
    fn listed(&self, limits: &mut Vec<Limit>) {
        let entries = |file: &'a SettingsFile| {
            file.settings.cost.as_ref().and_then(|cost| cost.limits.as_deref()).unwrap_or_default()
        };
        for (i, &file) in self.scope.files.iter().enumerate() {
            let higher = &self.scope.files[i + 1..];
            let mut names: BTreeMap<&str, usize> = BTreeMap::new();
            for entry in entries(file) {
                let name = entry.name.0.as_str();
                if higher.iter().any(|file| entries(file).iter().any(|other| other.name == entry.name)) {
                    continue;
                }
                // Twice in one file is a mistake that was reported; both count, so they need two ids.
                let count = names.entry(name).and_modify(|count| *count += 1).or_insert(1);
                let suffix = if *count > 1 { format!("#{count}") } else { String::new() };
                let id = format!("limits/{name}{suffix}");
                let key = entry_of(&["cost", "limits"], name);
                let limit = self.limit((&id, key), name, entry.amount, entry.period, file);
                limits.push(self.with_entry(limit, entry));
            }
        }
    }

    fn with_entry(&self, limit: Limit, entry: &LimitEntry) -> Limit {
        let text = |text: &Option<Text>| text.as_ref().map(|text| text.0.clone());
        Limit {
            action: entry.action.unwrap_or(limit.action),
            warn_at: entry.warn_at.as_ref().map_or(limit.warn_at, ascending),
            overridable: entry.allow_override.unwrap_or(limit.overridable),
            filter: Filter {
                project: entry.project.as_ref().map(|path| self.folder(&path.0)).or(limit.filter.project),
                model: text(&entry.model),
                branch: text(&entry.branch),
                agent: text(&entry.agent),
                session: None,
            },
            ..limit
        }
    }

    /// `~` and what is relative to the project, as a full path.
    fn folder(&self, path: &str) -> String {
        let full = match (path.strip_prefix('~'), self.home) {
            (Some(rest), Some(home)) => home.join(rest.trim_start_matches('/')),
            _ => self.scope.root.as_deref().unwrap_or(Path::new("")).join(path),
        };
        let plain: PathBuf = full.components().filter(|part| *part != Component::CurDir).collect();
        plain.display().to_string()
    }

    /// The team's budget, and the part of it that belongs to whoever works here.
    fn team(
        &self,
        who: impl Fn() -> Option<String>,
        limits: &mut Vec<Limit>,
        problems: &mut Vec<Diagnostic>,
    ) {
        let budget = self.scope.pick(|settings| settings.team.as_ref()?.budget);
        if let Some((amount, file)) = budget {
            limits.push(self.limit(
                ("team/budget", "team.budget".to_string()),
                "team budget",
                amount,
                Period::Monthly,
                file,
            ));
        }
        let members = |settings: &'a FileSettings| settings.team.as_ref()?.members.as_deref();
        let lists = self.scope.files.iter().rev().filter_map(|&file| Some((members(&file.settings)?, file)));
        let lists: Vec<(&[Member], &SettingsFile)> = lists.filter(|(list, _)| !list.is_empty()).collect();
        let Some(&(_, highest)) = lists.first() else { return };
        let Some(name) = who() else { return };
        let same = |member: &&Member| member.user.0.to_lowercase() == name.to_lowercase();
        match lists.iter().find_map(|&(list, file)| Some((list.iter().find(same)?, file))) {
            Some((member, file)) => {
                let id = ("team/allocation", entry_of(&["team", "members"], &member.user.0));
                limits.push(self.limit(id, "team allocation", member.allocation, Period::Monthly, file));
            }
            // Whoever is not listed shares what the listed ones leave.
            None if let Some((budget, file)) = budget => {
                let listed = lists.first().map_or(&[][..], |(list, _)| *list);
                let allocated: Money = listed.iter().map(|member| member.allocation.0).sum();
                let rest = Usd(budget.0.saturating_sub_zero(allocated));
                let id = ("team/rest", "team.budget".to_string());
                limits.push(self.limit(id, "team rest", rest, Period::Monthly, file));
            }
            None => {
                let message = sentence!("no-member-no-allocation", name = quoted(&name));
                let hint = word!("no-member-user-cure");
                problems.push(at(highest, &["team", "members"], "no-member", message, hint));
            }
        }
    }
}

/// The key of a list's entry.
fn entry_of(list: &[&str], name: &str) -> String {
    let steps = list.iter().map(|step| Step::Member(step.to_string()));
    Key::new(steps.chain([Step::Entry(name.to_string())]).collect()).to_string()
}

/// A user may not switch off what would count against a managed limit.
fn enabled(
    managed: &Scope<'_>,
    user: &Scope<'_>,
    managed_limits: bool,
    problems: &mut Vec<Diagnostic>,
) -> bool {
    if let Some(enabled) = managed.cost(|cost| cost.enabled) {
        return enabled;
    }
    match user.pick(|settings| settings.cost.as_ref()?.enabled) {
        Some((false, file)) if managed_limits => {
            let message = sentence!("managed-set-limits", key = "cost.enabled");
            problems.push(at(
                file,
                &["cost", "enabled"],
                "no-effect",
                message,
                word!("ask-who-manages-cure"),
            ));
            true
        }
        Some((enabled, _)) => enabled,
        None => true,
    }
}

/// Managed settings decide alone; else whoever says `block` has it, and `allow` lifts nothing.
fn on_error(
    managed: &Scope<'_>,
    user: &Scope<'_>,
    projects: &[Scope<'_>],
    problems: &mut Vec<Diagnostic>,
) -> OnError {
    if let Some(decided) = managed.cost(|cost| cost.on_error) {
        return decided;
    }
    let users = user.cost(|cost| cost.on_error).unwrap_or_default();
    let mut decided = users;
    for scope in projects {
        match scope.pick(|settings| settings.cost.as_ref()?.on_error) {
            Some((OnError::Block, _)) => decided = OnError::Block,
            Some((OnError::Allow, file)) if users == OnError::Block => {
                let (message, hint) = (word!("user-says-block").into(), word!("project-stricter"));
                problems.push(at(file, &["cost", "onError"], "no-effect", message, hint));
            }
            _ => {}
        }
    }
    decided
}

/// Key by key, and model by model, managed before user; under managed limits the user's prices do not count, since
/// a price of nothing would be a way around them.
fn pricing(
    managed: &Scope<'_>,
    user: &Scope<'_>,
    managed_limits: bool,
    problems: &mut Vec<Diagnostic>,
) -> PricingSettings {
    let users = user.pick(|settings| settings.cost.as_ref()?.pricing.as_ref());
    let scopes = match users {
        Some((_, file)) if managed_limits => {
            let message = sentence!("managed-set-limits", key = "cost.pricing");
            problems.push(at(
                file,
                &["cost", "pricing"],
                "no-effect",
                message,
                word!("ask-who-manages-cure"),
            ));
            vec![managed]
        }
        _ => vec![managed, user],
    };
    // Highest first, each file for itself: drop-ins are joined key by key as well.
    let parts: Vec<&Pricing> = scopes
        .iter()
        .flat_map(|scope| scope.files.iter().rev())
        .filter_map(|file| file.settings.cost.as_ref()?.pricing.as_ref())
        .collect();
    let mut joined = PricingSettings::default();
    for part in parts.iter().rev() {
        let overrides = part.overrides.iter().flatten();
        joined.overrides.extend(overrides.map(|(model, price)| (model.clone(), price.clone())));
        if let Some(factor) = part.multiplier {
            joined.multiplier = factor;
        }
        if let Some(price) = part.transfer_per_gb {
            joined.transfer_per_gb = price.0;
        }
        let Some(discounts) = &part.discounts else { continue };
        joined.batch = discounts.batch.or(joined.batch);
        if let Some(above) = &discounts.providers {
            let below = joined.providers;
            joined.providers = super::ProviderFactors {
                anthropic: above.anthropic.or(below.anthropic),
                bedrock: above.bedrock.or(below.bedrock),
                google: above.google.or(below.google),
                foundry: above.foundry.or(below.foundry),
                claude_platform_aws: above.claude_platform_aws.or(below.claude_platform_aws),
            };
        }
    }
    joined
}

/// Members live in many zones and add up in one database: its months are those of UTC, and of one billing day.
fn in_the_months_of_the_team(limits: &mut [Limit]) {
    let mut of_team = limits.iter_mut().filter(|limit| limit.share().is_some());
    let Some(first) = of_team.next() else { return };
    first.calendar.zone = Some("UTC".to_string());
    let calendar = first.calendar.clone();
    for limit in of_team {
        limit.calendar = calendar.clone();
    }
}

fn team(
    managed: &Scope<'_>,
    user: &Scope<'_>,
    projects: &[Scope<'_>],
    sources: &Sources<'_>,
) -> TeamSettings {
    let global = [managed, user];
    let all = || global.into_iter().chain(projects);
    let url = |scope: &Scope<'_>| scope.team(|team| team.database_url.as_ref()).cloned();
    let from_env = || sources.team_url.clone().filter(|url| !url.is_empty()).map(DatabaseUrl);
    let members = all().find_map(|scope| scope.team(|team| team.members.as_deref()));
    TeamSettings {
        user: global
            .iter()
            .find_map(|scope| scope.team(|team| team.user.as_ref()))
            .map(|user| user.0.clone()),
        budget: all().find_map(|scope| scope.team(|team| team.budget)).map(|budget| budget.0),
        members: members
            .unwrap_or_default()
            .iter()
            .map(|member| (member.user.0.clone(), member.allocation.0))
            .collect::<Vec<(String, Money)>>(),
        on_stale: global.iter().find_map(|scope| scope.team(|team| team.on_stale)).unwrap_or_default(),
        max_age_seconds: global
            .iter()
            .find_map(|scope| scope.team(|team| team.max_age))
            .map_or(DEFAULT_MAX_AGE, |age| age.0),
        sync_interval_seconds: global
            .iter()
            .find_map(|scope| scope.team(|team| team.sync_interval))
            .map_or(DEFAULT_SYNC_INTERVAL, |interval| interval.0),
        projects: global.iter().find_map(|scope| scope.team(|team| team.projects)).unwrap_or_default(),
        database_url: url(managed).or_else(from_env).or_else(|| url(user)),
    }
}

/// A problem that only shows when files are taken together, at the key where it shows.
pub(super) fn at(
    file: &SettingsFile,
    path: &[&str],
    rule: &'static str,
    message: Sentence,
    hint: Word,
) -> Diagnostic {
    let name = file.name();
    let text = jsonc::decode(&file.bytes).map(|decoded| decoded.text).unwrap_or_default();
    let document = jsonc::parse(text).ok();
    let mut range = 0..0;
    let mut node = document.as_ref().and_then(|document| document.root.as_ref());
    for key in path {
        let Some(member) = node.and_then(|node| node.get(key)) else { break };
        range = member.key_range.clone();
        node = Some(&member.node);
    }
    let mut findings = Findings::new(text, &name);
    let found = findings.warning(rule, range, message);
    found.key = path.join(".");
    found.hints.push(hint.into());
    found.clone()
}

#[cfg(test)]
mod tests;
