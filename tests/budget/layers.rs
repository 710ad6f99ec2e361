//! Every layer's budgets are limits of their own: managed and user ones count everything, a project's its project,
//! and none raises another.

use serde_json::json;

use super::{budget, goes_on, prompt, reason, spend};
use crate::support::Env;

#[test]
fn a_projects_budget_counts_its_project_only() {
    let env = Env::new();
    let project = budget("dailyBudget", 1.0);
    env.project_settings(project);
    let elsewhere = env.root().join("elsewhere");
    let (here, there) = (env.session("s1"), env.session_in("s2", &elsewhere));
    spend(&env, &there, "a", 500);
    prompt(&env, &here, "go").silent();
    spend(&env, &here, "b", 100);
    let why = reason(&prompt(&env, &here, "go"));
    assert!(why.contains("daily budget of $1.00 (project settings) is used up: $1.00 spent"), "{why}");
    prompt(&env, &there, "go").silent();
}

#[test]
fn a_project_cannot_raise_the_users_budget_nor_the_user_the_projects() {
    for (user, project, whose) in [(1.0, 100.0, "user settings"), (100.0, 1.0, "project settings")] {
        let env = Env::new();
        env.settings(budget("dailyBudget", user)).project_settings(budget("dailyBudget", project));
        let session = env.session("s1");
        spend(&env, &session, "a", 150);
        let why = reason(&prompt(&env, &session, "go"));
        assert!(why.contains(&format!("of $1.00 ({whose})")), "{why}");
    }
}

#[test]
fn a_project_switches_nothing_off() {
    let env = Env::new();
    env.settings(budget("dailyBudget", 1.0));
    env.project_settings(json!({
        "costWarnings": false,
        "cost": {
            "enabled": false, "autoStopAtBudget": false, "onError": "allow", "pricing": {"multiplier": 0.001},
            "provider": "google", "region": "us-east5", "timezone": "Pacific/Kiritimati",
        },
    }));
    let session = env.session("s1");
    spend(&env, &session, "a", 100);
    let why = reason(&prompt(&env, &session, "go"));
    assert!(why.contains("is used up: $1.00 spent. It resets on Wed 25 Nov 2026 00:00 (UTC)"), "{why}");
    assert_eq!(env.call()["provider"], "anthropic");
}

#[test]
fn local_settings_replace_the_shared_budget_of_their_project() {
    let env = Env::new();
    env.project_settings(budget("dailyBudget", 1.0)).local_settings(budget("dailyBudget", 2.0));
    let session = env.session("s1");
    spend(&env, &session, "a", 150);
    prompt(&env, &session, "go").silent();
    spend(&env, &session, "b", 50);
    assert!(reason(&prompt(&env, &session, "go")).contains("of $2.00 (local settings)"));
}

#[test]
fn autostop_governs_its_own_layer() {
    let env = Env::new();
    env.settings(json!({"cost": {"dailyBudget": 1, "autoStopAtBudget": false, "warningThreshold": 1}}));
    env.project_settings(budget("dailyBudget", 3.0));
    let session = env.session("s1");
    spend(&env, &session, "a", 150);
    goes_on(prompt(&env, &session, "go"));
    spend(&env, &session, "b", 150);
    assert!(reason(&prompt(&env, &session, "go")).contains("of $3.00 (project settings)"));
}

#[test]
fn managed_settings_decide_on_stopping_for_all() {
    let env = Env::new();
    env.managed(json!({"cost": {"autoStopAtBudget": true}}));
    env.settings(json!({"cost": {"dailyBudget": 1, "autoStopAtBudget": false, "warningThreshold": 1}}));
    let session = env.session("s1");
    spend(&env, &session, "a", 100);
    assert!(reason(&prompt(&env, &session, "go")).contains("(user settings)"));
}

#[test]
fn a_managed_limit_counts_everything_and_says_that_it_cannot_be_raised() {
    let env = Env::new();
    env.managed(budget("dailyBudget", 2.0)).settings(budget("dailyBudget", 50.0));
    let elsewhere = env.root().join("elsewhere");
    spend(&env, &env.session("s1"), "a", 100);
    spend(&env, &env.session_in("s2", &elsewhere), "b", 100);
    let why = reason(&prompt(&env, &env.session("s1"), "go"));
    assert!(why.contains("daily budget of $2.00 (managed settings) is used up: $2.00 spent"), "{why}");
    assert!(why.contains("cannot be raised here") && !why.contains("cost-hook allow"), "{why}");
}

#[test]
fn managed_limits_hold_recording_on_and_the_users_prices_off() {
    let env = Env::new();
    env.managed(budget("dailyBudget", 1.0));
    env.settings(json!({"cost": {"enabled": false, "pricing": {"multiplier": 0.001}}}));
    let session = env.session("s1");
    spend(&env, &session, "a", 100);
    assert!(reason(&prompt(&env, &session, "go")).contains("managed settings"));
}

#[test]
fn managed_drop_ins_count_too() {
    let env = Env::new();
    let path = env.managed_dir().join("managed-settings.d/50-budget.json");
    env.write(&path, budget("dailyBudget", 1.0).to_string().as_bytes());
    let session = env.session("s1");
    spend(&env, &session, "a", 100);
    assert!(reason(&prompt(&env, &session, "go")).contains("managed settings"));
}

#[test]
fn settings_changed_in_mid_session_count_at_the_next_event() {
    let env = Env::new();
    let session = env.session("s1");
    spend(&env, &session, "a", 100);
    prompt(&env, &session, "go").silent();
    env.settings(budget("dailyBudget", 1.0));
    assert!(reason(&prompt(&env, &session, "go")).contains("$1.00 spent"));
    env.settings(budget("dailyBudget", 1.5));
    prompt(&env, &session, "go").silent();
}

#[test]
fn the_users_own_prices_count() {
    let env = Env::new();
    env.settings(json!({"cost": {"dailyBudget": 1, "autoStopAtBudget": true, "warningThreshold": 1,
        "pricing": {"multiplier": 2, "overrides": {"claude-opus-5-5": {"input": 1}}}}}));
    let session = env.session("s1");
    spend(&env, &session, "a", 100);
    // 250,000 tokens at 1 USD a million, twice.
    assert_eq!(env.call()["cost"], "0.5");
    prompt(&env, &session, "go").silent();
}
