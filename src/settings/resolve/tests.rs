//! What several files come to: each rule of the module with the scopes it is about.

use std::path::{Path, PathBuf};

use super::*;
use crate::base::disk;
use crate::settings::{Naming, OnStale, Provider, load};

/// A machine with a managed folder, a home and a repository `repo`.
struct Machine {
    dir: tempfile::TempDir,
    start: PathBuf,
    team_url: Option<String>,
}

const MANAGED: &str = "managed/managed-settings.json";
const USER: &str = "home/.claude/settings.json";
const PROJECT: &str = "repo/.claude/settings.json";
const LOCAL: &str = "repo/.claude/settings.local.json";

fn machine(files: &[(&str, &str)]) -> Machine {
    let dir = tempfile::tempdir().unwrap();
    disk::create_dir_private(&dir.path().join("repo/.git")).unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        disk::create_dir_private(path.parent().unwrap()).unwrap();
        disk::replace(&path, text.as_bytes()).unwrap();
    }
    let start = dir.path().join("repo");
    Machine { dir, start, team_url: None }
}

impl Machine {
    fn load(&self) -> Settings {
        load(&Sources {
            managed_dir: self.dir.path().join("managed"),
            config_dir: self.dir.path().join("home/.claude"),
            home: Some(self.dir.path().join("home")),
            start_dir: self.start.clone(),
            team_url: self.team_url.clone(),
            member: &|| Some("git@example.com".to_string()),
            zone_exists: |name| name.starts_with("Europe/") || name == "UTC",
        })
    }

    /// Without the folder of this run.
    fn short(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.dir.path().display()), "")
    }

    /// Id, amount, action and warnings of every limit.
    fn limits(&self) -> Vec<String> {
        let shown = |limit: &Limit| {
            let action = match limit.action {
                Action::Stop => "stop",
                Action::Warn => "warn",
            };
            self.short(&format!("{} {} {action} {:?}", limit.id, limit.amount, limit.warn_at))
        };
        self.load().limits.iter().map(shown).collect()
    }

    fn problems(&self) -> Vec<String> {
        self.load().problems.iter().map(|problem| self.short(&problem.one_line())).collect()
    }

    fn limit(&self, id: &str) -> Limit {
        let settings = self.load();
        let found = settings.limits.iter().find(|limit| self.short(&limit.id) == id);
        found.unwrap_or_else(|| panic!("no limit {id}")).clone()
    }
}

#[test]
fn no_files_no_limits() {
    let settings = machine(&[]).load();
    assert!(settings.enabled && settings.warnings);
    assert_eq!(settings.on_error, OnError::Allow);
    assert_eq!(settings.calendar, Calendar::default());
    assert_eq!((settings.limits.len(), settings.problems.len(), settings.files.len()), (0, 0, 0));
    assert_eq!(settings.pricing, PricingSettings::default());
    assert_eq!(settings.team.max_age_seconds, 3600);
}

#[test]
fn every_layer_has_limits_of_its_own() {
    let budget = r#"{"cost": {"dailyBudget": 10}}"#;
    let machine = machine(&[(MANAGED, budget), (USER, budget), (PROJECT, budget)]);
    let all = ["managed", "user", "project:repo"];
    assert_eq!(machine.limits(), all.map(|id| format!("{id}:dailyBudget 10 warn [800000]")));
    assert_eq!(machine.limit("user:dailyBudget").filter, Filter::default());
    let project = machine.limit("project:repo:dailyBudget");
    assert_eq!(machine.short(project.filter.project.as_deref().unwrap()), "repo");
    assert_eq!((project.layer, machine.short(&project.file).as_str()), (Layer::Project, PROJECT));
    assert!(project.overridable && !machine.limit("managed:dailyBudget").overridable);
}

#[test]
fn local_settings_come_before_shared_ones_key_by_key() {
    let shared = r#"{"cost": {"dailyBudget": 10, "weeklyBudget": 50, "warningThreshold": 0.5,
        "limits": [{"name": "a", "amount": 1, "period": "daily"}, {"name": "b", "amount": 1, "period": "total"}]}}"#;
    let local = r#"{"cost": {"dailyBudget": 20, "autoStopAtBudget": true,
        "limits": [{"name": "a", "amount": 2, "period": "daily", "action": "warn", "warnAt": [0.9, 0.1]}]}}"#;
    let machine = machine(&[(PROJECT, shared), (LOCAL, local)]);
    assert_eq!(
        machine.limits(),
        [
            "project:repo:dailyBudget 20 stop [500000]",
            "project:repo:weeklyBudget 50 stop [500000]",
            "project:repo:limits/b 1 stop [500000]",
            "project:repo:limits/a 2 warn [100000, 900000]",
        ]
    );
    assert_eq!(machine.limit("project:repo:dailyBudget").layer, Layer::Local);
    assert_eq!(machine.limit("project:repo:weeklyBudget").layer, Layer::Project);
}

#[test]
fn a_session_below_the_repository_has_both_folders_limits() {
    let mut machine = machine(&[
        ("repo/sub/.claude/settings.json", r#"{"cost": {"dailyBudget": 1}}"#),
        (LOCAL, r#"{"cost": {"dailyBudget": 2}}"#),
        (PROJECT, r#"{"cost": {"dailyBudget": 3}}"#),
    ]);
    machine.start = machine.dir.path().join("repo/sub");
    let expected =
        ["project:repo/sub:dailyBudget 1 warn [800000]", "project:repo:dailyBudget 2 warn [800000]"];
    assert_eq!(machine.limits(), expected);
}

#[test]
fn stopping_is_each_layers_own_choice_until_managed_settings_decide() {
    let stop = r#"{"cost": {"dailyBudget": 1, "autoStopAtBudget": true}}"#;
    let plain = r#"{"cost": {"dailyBudget": 1}}"#;
    let actions = |files: &[(&str, &str)]| {
        let actions: Vec<Action> = machine(files).load().limits.iter().map(|limit| limit.action).collect();
        actions
    };
    assert_eq!(actions(&[(USER, stop), (PROJECT, plain)]), [Action::Stop, Action::Warn]);
    assert_eq!(actions(&[(USER, plain), (PROJECT, stop)]), [Action::Warn, Action::Stop]);
    assert_eq!(
        actions(&[(MANAGED, r#"{"cost": {"autoStopAtBudget": true}}"#), (USER, plain)]),
        [Action::Stop]
    );
    assert_eq!(
        actions(&[(MANAGED, r#"{"cost": {"autoStopAtBudget": false}}"#), (USER, stop)]),
        [Action::Warn]
    );
}

#[test]
fn threshold_and_hard_limit() {
    let machine = machine(&[(
        USER,
        r#"{"costThreshold": 1.00, "cost": {"hardLimit": 0.1, "sessionBudget": 2, "billingDay": 15,
            "weekStart": "sunday", "timezone": "Europe/Berlin", "allowOverride": false}}"#,
    )]);
    assert_eq!(
        machine.limits(),
        [
            "user:costThreshold 1 warn []",
            "user:sessionBudget 2 warn [800000]",
            "user:hardLimit 0.1 stop [800000]",
        ]
    );
    let hard = machine.limit("user:hardLimit");
    assert!(hard.hard && !hard.overridable);
    let berlin = Some("Europe/Berlin".to_string());
    assert_eq!(hard.calendar, Calendar { zone: berlin.clone(), week_start: 6, billing_day: 1 });
    let threshold = machine.limit("user:costThreshold");
    assert_eq!((threshold.name.as_str(), threshold.period), ("cost threshold", Period::Session));
    assert_eq!(threshold.calendar, Calendar { zone: berlin, week_start: 6, billing_day: 15 });
}

#[test]
fn nobody_recuts_the_limits_of_those_above() {
    let machine = machine(&[
        (MANAGED, r#"{"cost": {"monthlyBudget": 1, "weekStart": "monday"}}"#),
        (
            USER,
            r#"{"cost": {"monthlyBudget": 1, "billingDay": 9, "weekStart": "sunday", "timezone": "UTC"}}"#,
        ),
        (PROJECT, r#"{"cost": {"monthlyBudget": 1, "billingDay": 20, "timezone": "Europe/Paris"}}"#),
    ]);
    let cut = |id: &str| {
        let calendar = machine.limit(id).calendar;
        (calendar.zone.unwrap_or_default(), calendar.week_start, calendar.billing_day)
    };
    assert_eq!(cut("managed:monthlyBudget"), (String::new(), 0, 1));
    assert_eq!(cut("user:monthlyBudget"), ("UTC".to_string(), 0, 9));
    assert_eq!(cut("project:repo:monthlyBudget"), ("Europe/Paris".to_string(), 0, 20));
    assert_eq!(machine.load().calendar, machine.limit("user:monthlyBudget").calendar);
}

#[test]
fn a_project_cannot_lift_anything() {
    let machine = machine(&[
        (USER, r#"{"cost": {"onError": "block", "dailyBudget": 5}}"#),
        (
            PROJECT,
            "{\n\"costWarnings\": false,\n\"cost\": {\"enabled\": false, \"onError\": \"allow\", \"dailyBudget\": 50,\n\
             \"pricing\": {\"multiplier\": 0}, \"provider\": \"bedrock\", \"region\": \"x\"},\n\
             \"team\": {\"databaseUrl\": \"postgres://evil/x\", \"onStale\": \"allow\"}}",
        ),
    ]);
    let settings = machine.load();
    assert!(settings.enabled && settings.warnings);
    assert_eq!(settings.on_error, OnError::Block);
    assert_eq!(settings.pricing, PricingSettings::default());
    assert_eq!((settings.provider, settings.region), (None, None));
    assert_eq!(settings.team.database_url, None);
    assert_eq!(machine.limits().len(), 2);
    let problems = machine.problems();
    assert_eq!(problems.len(), 8, "{problems:#?}");
    assert_eq!(
        problems[0],
        "repo/.claude/settings.json:2:1: `costWarnings` has no effect in a project's settings; move it to your \
         user settings, `~/.claude/settings.json`"
    );
    let last = "repo/.claude/settings.json:3:28: `cost.onError` has no effect: the user settings say `block`; \
                a project may only be stricter";
    assert_eq!(problems[7], last);
}

#[test]
fn a_project_may_be_stricter_about_errors() {
    let block = r#"{"cost": {"onError": "block"}}"#;
    let allow = r#"{"cost": {"onError": "allow"}}"#;
    let decided = |files: &[(&str, &str)]| machine(files).load().on_error;
    assert_eq!(decided(&[(PROJECT, block)]), OnError::Block);
    assert_eq!(decided(&[(USER, allow), (LOCAL, block)]), OnError::Block);
    assert_eq!(decided(&[(MANAGED, allow), (USER, block)]), OnError::Allow);
    assert!(machine(&[(PROJECT, allow)]).problems().is_empty());
}

#[test]
fn a_user_cannot_get_around_managed_limits() {
    let user = r#"{"cost": {"enabled": false, "pricing": {"multiplier": 0.5}}}"#;
    let free = machine(&[(USER, user)]).load();
    assert!(!free.enabled);
    assert_eq!(free.pricing.multiplier.0 * 2, super::super::Factor::ONE.0);
    let bound = machine(&[(MANAGED, r#"{"cost": {"hardLimit": 5}}"#), (USER, user)]);
    let settings = bound.load();
    assert!(settings.enabled);
    assert_eq!(settings.pricing, PricingSettings::default());
    assert_eq!(settings.problems.len(), 2);
    assert!(bound.problems()[0].starts_with("home/.claude/settings.json:1:11: `cost.enabled` has no effect"));
    // Managed settings may well do both.
    let managed = r#"{"cost": {"hardLimit": 5, "enabled": false, "pricing": {"multiplier": 0.5}}}"#;
    assert!(!machine(&[(MANAGED, managed)]).load().enabled);
}

#[test]
fn drop_ins_are_joined_in_the_order_of_their_names() {
    let machine = machine(&[
        (
            MANAGED,
            r#"{"cost": {"dailyBudget": 1, "weeklyBudget": 7, "limits": [{"name": "a", "amount": 1, "period": "total"}]}}"#,
        ),
        ("managed/managed-settings.d/10.json", r#"{"cost": {"dailyBudget": 2, "provider": "bedrock"}}"#),
        (
            "managed/managed-settings.d/20.json",
            r#"{"cost": {"dailyBudget": 3, "allowOverride": true, "limits": [{"name": "b", "amount": 1, "period": "total"}]}}"#,
        ),
        ("managed/managed-settings.d/30.txt", r#"{"cost": {"dailyBudget": 4}}"#),
    ]);
    let expected = [
        "managed:dailyBudget 3 warn [800000]",
        "managed:weeklyBudget 7 warn [800000]",
        "managed:limits/a 1 warn [800000]",
        "managed:limits/b 1 warn [800000]",
    ];
    assert_eq!(machine.limits(), expected);
    assert_eq!(machine.load().provider, Some(Provider::Bedrock));
    assert!(machine.limit("managed:weeklyBudget").overridable);
}

#[test]
fn prices_are_joined_model_by_model() {
    let machine = machine(&[
        (
            MANAGED,
            r#"{"cost": {"pricing": {"overrides": {"a": {"input": 1}}, "discounts": {"providers": {"google": 0.9}}}}}"#,
        ),
        (
            USER,
            r#"{"cost": {"pricing": {"overrides": {"a": {"input": 2}, "b": {"output": 0.1}}, "transferPerGb": 0.09,
                "discounts": {"batch": 0.4, "providers": {"google": 0.5, "bedrock": 0.7}}}}}"#,
        ),
    ]);
    let pricing = machine.load().pricing;
    assert_eq!(pricing.overrides["a"].input, Some(Usd(Money::from_usd(1))));
    assert_eq!(pricing.overrides["b"].output.unwrap().0.to_string(), "0.1");
    assert_eq!(pricing.transfer_per_gb.to_string(), "0.09");
    assert_eq!(Money(pricing.batch.unwrap().0).to_string(), "0.4");
    let factor = |provider| Money(pricing.providers.get(provider).unwrap().0).to_string();
    assert_eq!((factor(Provider::Google), factor(Provider::Bedrock)), ("0.9".to_string(), "0.7".to_string()));
}

#[test]
fn folders_of_limits_become_full_paths() {
    let listed = |path: &str| {
        format!(
            r#"{{"cost": {{"limits": [{{"name": "x", "amount": 1, "period": "daily", "project": "{path}"}}]}}}}"#
        )
    };
    let machine = machine(&[(USER, &listed("~/work/./a")), (PROJECT, &listed("packages/api/"))]);
    let folder = |id: &str| machine.short(machine.limit(id).filter.project.as_deref().unwrap());
    assert_eq!(folder("user:limits/x"), "home/work/a");
    assert_eq!(folder("project:repo:limits/x"), "repo/packages/api");
    assert!(Path::new(&machine.limit("user:limits/x").filter.project.unwrap()).is_absolute());
}

#[test]
fn the_member_of_a_team_has_an_allocation() {
    let team = |user: &str| {
        format!(
            r#"{{"team": {{"budget": 100, {user} "members": [{{"user": "Ann", "allocation": 30}},
                {{"user": "git@example.com", "allocation": 40}}]}}}}"#
        )
    };
    let by_git = machine(&[(USER, &team(""))]);
    let expected = ["user:team/budget 100 warn [800000]", "user:team/allocation 40 warn [800000]"];
    assert_eq!(by_git.limits(), expected);
    assert_eq!(by_git.load().team.members.len(), 2);
    assert_eq!(by_git.load().team.user, None);
    let by_name = machine(&[(MANAGED, &team("")), (USER, r#"{"team": {"user": "ann"}}"#)]);
    assert_eq!(by_name.limits()[1], "managed:team/allocation 30 warn [800000]");
    let nobody = machine(&[(PROJECT, &team(r#""user": "zoe","#))]);
    let expected = ["project:repo:team/budget 100 warn [800000]", "project:repo:team/rest 30 warn [800000]"];
    assert_eq!((nobody.limits(), nobody.problems()), (expected.map(String::from).to_vec(), Vec::new()));
    let nobody = machine(&[(PROJECT, &team(r#""user": "zoe","#).replace(r#""budget": 100,"#, ""))]);
    assert_eq!(nobody.limits(), [""; 0]);
    assert!(nobody.problems()[0].contains("`zoe` is no member of the team"));
}

#[test]
fn the_team_store_comes_from_managed_settings_then_the_environment_then_the_user() {
    let at = |host: &str| {
        format!(r#"{{"team": {{"databaseUrl": "postgres://{host}/x", "onStale": "block", "maxAge": "2m"}}}}"#)
    };
    let mut machine = machine(&[(USER, &at("user"))]);
    let url = |machine: &Machine| machine.load().team.database_url.map(|url| url.0).unwrap_or_default();
    assert_eq!(url(&machine), "postgres://user/x");
    machine.team_url = Some("postgres://env/x".to_string());
    assert_eq!(url(&machine), "postgres://env/x");
    let managed = machine.dir.path().join(MANAGED);
    disk::create_dir_private(managed.parent().unwrap()).unwrap();
    disk::replace(&managed, at("managed").as_bytes()).unwrap();
    assert_eq!(url(&machine), "postgres://managed/x");
    let team = machine.load().team;
    assert_eq!((team.on_stale, team.max_age_seconds), (OnStale::Block, 120));
    assert_eq!((team.sync_interval_seconds, team.projects), (60, Naming::Name));
    assert!(!format!("{team:?}").contains("postgres"));
}

#[test]
fn what_is_wrong_is_left_out_and_the_rest_counts() {
    let machine = machine(&[
        (
            USER,
            "{\n  // comment\n  \"cost\": {\"dailyBudget\": \"x\", \"weeklyBudget\": 5, \"timezone\": \"Mars\",}\n}",
        ),
        (PROJECT, "{"),
        (
            LOCAL,
            r#"{"cost": {"limits": [
            {"name": "a", "amount": 1, "period": "daily", "modle": "opus"},
            {"name": "b", "amount": 1, "period": "daily", "action": "halt"},
            {"name": "c", "amount": 1, "period": "daily"}, {"name": "c", "amount": 2, "period": "daily"}]}}"#,
        ),
    ]);
    assert_eq!(
        machine.limits(),
        [
            "user:weeklyBudget 5 warn [800000]",
            "project:repo:limits/b 1 warn [800000]",
            "project:repo:limits/c 1 warn [800000]",
            "project:repo:limits/c#2 2 warn [800000]",
        ]
    );
    assert_eq!(machine.load().calendar.zone, None);
    let places: Vec<String> = machine
        .load()
        .problems
        .iter()
        .map(|problem| format!("{}:{}", problem.line, problem.column))
        .collect();
    assert_eq!(places, ["2:3", "3:27", "3:63", "3:69", "1:1", "2:59", "3:69", "4:69"]);
}

#[test]
fn a_folder_or_a_huge_file_in_the_place_of_settings_is_told() {
    let machine = machine(&[(USER, &format!("{{}}{}", " ".repeat(5 << 20)))]);
    disk::create_dir_private(&machine.dir.path().join(PROJECT)).unwrap();
    let problems = machine.problems();
    assert!(problems[0].contains("is too large: 5242882 bytes, at most 2097152 are read"), "{problems:?}");
    assert!(problems[1].contains("cannot read") && problems[1].contains("it is a folder"), "{problems:?}");
}
