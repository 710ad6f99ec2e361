//! Who wins: every key, set in every pair of places, against the rules of the guide written down a second time. The
//! rules are few (`Rule`), so they are spelled out here and not looked up in the product. Which files Claude Code
//! itself reads is compared with ours in `tests/client/scenarios/configuration.rs`.

use std::fs;
use std::path::{Path, PathBuf};

use cost_hook::base::disk;
use cost_hook::base::words::Language;
use cost_hook::model::limit::{Action, Limit};
use cost_hook::settings::file::OnError;
use cost_hook::settings::validate::NOT_FOR_PROJECTS;
use cost_hook::settings::{Settings, Sources, keys, layers, load, precedence};
use serde_json::{Value, json};

/// The places of settings, each after those it comes before in its own group.
const PLACES: [(&str, Group, &str); 5] = [
    ("managed file", Group::Managed, "managed/managed-settings.json"),
    ("managed drop-in", Group::Managed, "managed/managed-settings.d/10.json"),
    ("user", Group::User, "home/.claude/settings.json"),
    ("project", Group::Project, "work/.claude/settings.json"),
    ("local", Group::Project, "work/.claude/settings.local.json"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Managed,
    User,
    Project,
}

const GROUPS: [Group; 3] = [Group::Managed, Group::User, Group::Project];

/// What a key's values in several places come to.
#[derive(Debug, Clone, Copy)]
enum Rule {
    /// A limit for each group.
    Limit,
    /// Managed settings, else the user's; a project's never.
    Program,
    /// Of each group's limits: the group's own value, else the managed one, else the user's.
    Inherited,
    /// Of each group's limits: the managed value if there is one, else the group's own.
    Managed,
    /// Of each group's limits: the group's own value.
    Own,
    /// Of each group's limits: the group's own value, for users and projects else one from above.
    Calendar,
    /// The managed value, else the stricter one of the two other groups.
    Strictest,
}

struct Key {
    /// As in `keys::all_keys`.
    name: &'static str,
    rule: Rule,
    values: [Value; 2],
    /// What shows of it, for one of the groups where that matters.
    seen: fn(&Settings, Group) -> String,
}

fn limit_of<'s>(settings: &'s Settings, group: Group, id: &str) -> Option<&'s Limit> {
    let start = match group {
        Group::Managed => "managed:",
        Group::User => "user:",
        Group::Project => "project:",
    };
    settings.limits.iter().find(|limit| limit.id.starts_with(start) && limit.id.ends_with(&format!(":{id}")))
}

/// The limit through which what governs limits is seen.
fn probe(settings: &Settings, group: Group) -> &Limit {
    limit_of(settings, group, "limits/probe").unwrap()
}

fn amount(settings: &Settings, group: Group, id: &str) -> String {
    limit_of(settings, group, id).map_or("none".to_string(), |limit| limit.amount.to_string())
}

fn all() -> Vec<Key> {
    let key = |name, rule, values: [Value; 2], seen| Key { name, rule, values, seen };
    let two = || [json!(1), json!(2)];
    vec![
        key("costThreshold", Rule::Limit, two(), |s, g| amount(s, g, "costThreshold")),
        key("cost.dailyBudget", Rule::Limit, two(), |s, g| amount(s, g, "dailyBudget")),
        key("cost.weeklyBudget", Rule::Limit, two(), |s, g| amount(s, g, "weeklyBudget")),
        key("cost.monthlyBudget", Rule::Limit, two(), |s, g| amount(s, g, "monthlyBudget")),
        key("cost.sessionBudget", Rule::Limit, two(), |s, g| amount(s, g, "sessionBudget")),
        key("cost.hardLimit", Rule::Limit, two(), |s, g| amount(s, g, "hardLimit")),
        key("team.budget", Rule::Limit, two(), |s, g| amount(s, g, "team/budget")),
        key(
            "cost.limits",
            Rule::Limit,
            two().map(|amount| json!([{"name": "a", "amount": amount, "period": "daily"}])),
            |s, g| amount(s, g, "limits/a"),
        ),
        key(
            "team.members",
            Rule::Limit,
            two().map(|amount| json!([{"user": "Ann", "allocation": amount}])),
            |s, g| amount(s, g, "team/allocation"),
        ),
        key("costWarnings", Rule::Program, [json!(true), json!(false)], |s, _| s.warnings.to_string()),
        key("cost.enabled", Rule::Program, [json!(true), json!(false)], |s, _| s.enabled.to_string()),
        key("cost.tamperEvidence", Rule::Program, [json!(true), json!(false)], |s, _| {
            s.tamper_evidence.to_string()
        }),
        key("cost.language", Rule::Program, [json!("zh-CN"), json!("en")], |s, _| {
            s.language.map_or("none".to_string(), |language| match language {
                Language::English => "en".to_string(),
                Language::Chinese => "zh-CN".to_string(),
            })
        }),
        key("cost.provider", Rule::Program, [json!("bedrock"), json!("google")], |s, _| {
            s.provider.map_or("none".to_string(), |provider| provider.name().to_string())
        }),
        key("cost.region", Rule::Program, [json!("a"), json!("b")], |s, _| {
            s.region.clone().unwrap_or("none".into())
        }),
        key("cost.pricing", Rule::Program, two().map(|by| json!({"multiplier": by})), |s, _| {
            (s.pricing.multiplier.0 / 1_000_000_000_000).to_string()
        }),
        key("team.onStale", Rule::Program, [json!("allow"), json!("block")], |s, _| {
            format!("{:?}", s.team.on_stale).to_lowercase()
        }),
        key("team.maxAge", Rule::Program, [json!("1s"), json!("2s")], |s, _| {
            format!("{}s", s.team.max_age_seconds)
        }),
        key("team.syncInterval", Rule::Program, [json!("1s"), json!("2s")], |s, _| {
            format!("{}s", s.team.sync_interval_seconds)
        }),
        key("team.projects", Rule::Program, [json!("path"), json!("hash")], |s, _| {
            format!("{:?}", s.team.projects).to_lowercase()
        }),
        key("team.databaseUrl", Rule::Program, [json!("postgres://a"), json!("postgres://b")], |s, _| {
            s.team.database_url.clone().map_or("none".to_string(), |url| url.0)
        }),
        key("cost.warningThreshold", Rule::Inherited, [json!(0.5), json!(0.25)], |s, g| {
            let parts: Vec<String> =
                probe(s, g).warn_at.iter().map(|part| (f64::from(*part) / 1e6).to_string()).collect();
            parts.join(",")
        }),
        key("cost.autoStopAtBudget", Rule::Managed, [json!(true), json!(false)], |s, g| {
            (probe(s, g).action == Action::Stop).to_string()
        }),
        key("cost.allowOverride", Rule::Own, [json!(true), json!(false)], |s, g| {
            probe(s, g).overridable.to_string()
        }),
        key("cost.timezone", Rule::Calendar, [json!("Europe/Paris"), json!("UTC")], |s, g| {
            probe(s, g).calendar.zone.clone().unwrap_or("none".into())
        }),
        key("cost.weekStart", Rule::Calendar, [json!("tuesday"), json!("sunday")], |s, g| {
            ["monday", "tuesday", "", "", "", "", "sunday"][usize::from(probe(s, g).calendar.week_start)]
                .to_string()
        }),
        key("cost.billingDay", Rule::Calendar, [json!(5), json!(9)], |s, g| {
            probe(s, g).calendar.billing_day.to_string()
        }),
        key("cost.onError", Rule::Strictest, [json!("allow"), json!("block")], |s, _| match s.on_error {
            OnError::Allow => "allow".to_string(),
            OnError::Block => "block".to_string(),
        }),
        key("team.user", Rule::Program, [json!("u1"), json!("u2")], |s, _| {
            s.team.user.clone().unwrap_or("none".into())
        }),
    ]
}

/// What shows of a value where it counts.
fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        // The amount in a list, the factor in an object.
        Value::Array(list) => word(list[0].get("amount").or(list[0].get("allocation")).unwrap()),
        Value::Object(object) => word(&object["multiplier"]),
        other => other.to_string(),
    }
}

fn default_of(name: &str, group: Group) -> String {
    let text = match name {
        "costWarnings" | "cost.enabled" => "true",
        "cost.tamperEvidence" => "false",
        "cost.pricing" => "1",
        "team.onStale" | "cost.onError" => "allow",
        "team.maxAge" => "3600s",
        "team.syncInterval" => "60s",
        "team.projects" => "name",
        "cost.warningThreshold" => "0.8",
        "cost.autoStopAtBudget" => "false",
        "cost.allowOverride" => return (group != Group::Managed).to_string(),
        "cost.weekStart" => "monday",
        "cost.billingDay" => "1",
        _ => "none",
    };
    text.to_string()
}

/// The rules, for values in some of the places.
fn expected(key: &Key, set: &[(usize, &Value)], group: Group) -> String {
    // Within a group the later place wins.
    let of = |wanted: Group| {
        set.iter()
            .filter(|(place, _)| PLACES[*place].1 == wanted)
            .max_by_key(|(place, _)| *place)
            .map(|(_, value)| word(value))
    };
    let (managed, user, own) = (of(Group::Managed), of(Group::User), of(group));
    let found = match key.rule {
        Rule::Limit | Rule::Own => own,
        Rule::Program => managed.or(user),
        Rule::Inherited => own.or(managed).or(user),
        Rule::Managed => managed.or(own),
        Rule::Calendar => match group {
            Group::Managed => managed,
            Group::User => managed.or(user),
            Group::Project => own.or(managed).or(user),
        },
        Rule::Strictest => {
            let others = [user, of(Group::Project)];
            managed.or(others.into_iter().flatten().find(|word| word == "block"))
        }
    };
    found.unwrap_or_else(|| default_of(key.name, group))
}

/// Writes the files and reads what they come to.
fn observed(key: &Key, set: &[(usize, &Value)], with_probe: bool) -> Settings {
    let dir = written(key, set, with_probe);
    load(&sources(dir.path()))
}

fn sources(root: &Path) -> Sources<'static> {
    Sources {
        managed_dir: root.join("managed"),
        config_dir: root.join("home/.claude"),
        home: Some(root.join("home")),
        start_dir: root.join("work"),
        team_url: None,
        member: &|| Some("nobody".to_string()),
        zone_exists: |_| true,
    }
}

fn written(key: &Key, set: &[(usize, &Value)], with_probe: bool) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (place, (_, _, path)) in PLACES.iter().enumerate() {
        let mut file = json!({});
        if with_probe {
            file["cost"] = json!({"limits": [{"name": "probe", "amount": 1, "period": "daily"}]});
        }
        if key.name == "team.user" {
            file["team"] =
                json!({"members": [{"user": "u1", "allocation": 1}, {"user": "u2", "allocation": 2}]});
        }
        if let Some((_, value)) = set.iter().find(|(at, _)| *at == place) {
            match key.name.split_once('.') {
                Some((section, name)) => {
                    file[section][name] = (*value).clone();
                    if name == "members" {
                        file["team"]["user"] = json!("ann");
                    }
                }
                None => file[key.name] = (*value).clone(),
            }
        }
        let path = dir.path().join(path);
        disk::create_dir_private(path.parent().unwrap()).unwrap();
        // Without the syncing of `disk`: these are thousands.
        fs::write(&path, file.to_string()).unwrap();
    }
    dir
}

/// All sets of places worth looking at: none, one, two, all.
fn sets(key: &Key) -> Vec<Vec<(usize, &Value)>> {
    let mut sets: Vec<Vec<(usize, &Value)>> = vec![Vec::new()];
    for (a, _) in PLACES.iter().enumerate() {
        sets.extend(key.values.iter().map(|value| vec![(a, value)]));
        for (b, _) in PLACES.iter().enumerate().skip(a + 1) {
            sets.push(vec![(a, &key.values[0]), (b, &key.values[1])]);
            sets.push(vec![(a, &key.values[1]), (b, &key.values[0])]);
        }
    }
    sets.push((0..PLACES.len()).map(|place| (place, &key.values[place % 2])).collect());
    sets
}

fn governs_limits(key: &Key) -> bool {
    matches!(key.rule, Rule::Inherited | Rule::Managed | Rule::Own | Rule::Calendar)
}

#[test]
fn every_key_in_every_pair_of_places() {
    let mut compared = 0;
    for key in all() {
        for set in sets(&key) {
            let settings = observed(&key, &set, governs_limits(&key));
            for group in GROUPS {
                let places: Vec<_> =
                    set.iter().map(|(at, value)| (PLACES[*at].0, value.to_string())).collect();
                assert_eq!(
                    (key.seen)(&settings, group),
                    expected(&key, &set, group),
                    "{} for {group:?} limits with {places:?}",
                    key.name
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 2000, "{compared}");
}

/// `config explain` says which values count. What it says does not count can be taken out without any effect, and
/// what it says counts cannot be exchanged without one.
#[test]
fn what_is_said_of_single_values_is_what_resolving_does() {
    let (mut idle, mut effective) = (0, 0);
    for key in all() {
        let typed = keys::Key::parse(key.name).unwrap();
        // A list is joined entry by entry, so its entries are what counts or not.
        let typed = match key.name {
            "cost.limits" => keys::Key::parse("cost.limits[a]").unwrap(),
            "team.members" => keys::Key::parse("team.members[ann]").unwrap(),
            "cost.pricing" => keys::Key::parse("cost.pricing.multiplier").unwrap(),
            _ => typed,
        };
        for set in sets(&key) {
            let with_probe = governs_limits(&key);
            let dir = written(&key, &set, with_probe);
            let sources = sources(dir.path());
            let places = layers::places(&sources).0;
            let files = layers::read_all(&places, |_| true);
            let without_problems = |settings: Settings| Settings { problems: Vec::new(), ..settings };
            let before = without_problems(load(&sources));
            let pages = precedence::Pages::of(&files, &before);
            let found = pages.occurrences(&typed);
            assert_eq!(found.len(), set.len(), "{} in {set:?}", key.name);
            for (one, (place, value)) in found.iter().zip(&set) {
                let other = key.values.iter().find(|other| other != value).unwrap();
                let rest: Vec<_> = set.iter().filter(|(at, _)| at != place).copied().collect();
                let exchanged: Vec<_> = rest.iter().copied().chain([(*place, other)]).collect();
                // In the same folder, since the settings name their files.
                let again = |set: &[(usize, &Value)]| {
                    let fresh = written(&key, set, with_probe);
                    for (_, _, path) in PLACES {
                        fs::copy(fresh.path().join(path), dir.path().join(path)).unwrap();
                    }
                    without_problems(load(&sources))
                };
                let told = format!("{} in {set:?}: {:?}", key.name, one.standing);
                if one.standing.counts() {
                    effective += 1;
                    assert!(again(&exchanged) != before, "it counts, but nothing depends on it: {told}");
                } else {
                    idle += 1;
                    assert!(again(&exchanged) == before, "it does not count, but changes something: {told}");
                    assert!(again(&rest) == before, "it does not count, but is missed: {told}");
                }
                again(&set);
            }
        }
    }
    assert!(idle > 200 && effective > 500, "{idle} {effective}");
}

/// A limit of managed settings cannot be hollowed out: what could is overruled and told.
#[test]
fn managed_limits_hold_recording_and_prices() {
    let limit = json!({"cost": {"dailyBudget": 1}});
    for (key, value) in [("enabled", json!(false)), ("pricing", json!({"multiplier": 0}))] {
        let dir = tempfile::tempdir().unwrap();
        let user = json!({"cost": {key: value}});
        for (path, text) in [("managed/managed-settings.json", &limit), ("home/.claude/settings.json", &user)]
        {
            let path = dir.path().join(path);
            disk::create_dir_private(path.parent().unwrap()).unwrap();
            disk::replace(&path, text.to_string().as_bytes()).unwrap();
        }
        let settings = load(&Sources {
            managed_dir: dir.path().join("managed"),
            config_dir: dir.path().join("home/.claude"),
            home: None,
            start_dir: PathBuf::from("/nowhere"),
            team_url: None,
            member: &|| None,
            zone_exists: |_| true,
        });
        assert!(
            settings.enabled && settings.pricing == cost_hook::settings::PricingSettings::default(),
            "{key}"
        );
        assert!(
            settings.problems[0].message.to_string().contains("has no effect"),
            "{:?}",
            settings.problems
        );
    }
}

#[test]
fn every_key_of_the_schema_has_a_rule_here() {
    let named: Vec<&str> = all().iter().map(|key| key.name).collect();
    let top: Vec<String> = keys::all_keys()
        .into_iter()
        .filter(|key| !key.contains("[]") && !["cost", "team"].contains(&key.as_str()))
        .filter(|key| key.matches('.').count() < 2)
        .collect();
    for key in &top {
        assert!(named.contains(&key.as_str()), "{key} has no rule");
    }
    for key in all().iter().filter(|key| matches!(key.rule, Rule::Program) && key.name != "team.user") {
        assert!(NOT_FOR_PROJECTS.contains(&key.name), "{} is not refused to projects", key.name);
    }
}
