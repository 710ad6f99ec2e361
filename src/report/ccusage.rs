//! Reports in ccusage's own documents: the fields of its version 20, and beside them the names that versions 15 to 18 and
//! its reports of Claude Code alone have, so that programs made for either read them. Nothing else is in there; our own
//! documents (`json`) say more. Windows of five hours are `blocks`'.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::fold::{By, Folded, Group, Sum};
use crate::base::time::Time;
use crate::model::limit::slug;

/// How a report names its rows: the document's keys, and the row's older key.
fn names(by: By) -> (&'static [&'static str], &'static str) {
    match by {
        By::Week => (&["weekly"], "week"),
        By::Month => (&["monthly"], "month"),
        By::Session => (&["session", "sessions"], "sessionId"),
        _ => (&["daily"], "date"),
    }
}

/// A whole report. `by_agent`: each row says again what Claude Code, the only agent here, spent of it.
pub fn report(folded: &Folded, by_agent: bool) -> String {
    let (keys, name) = names(folded.by);
    let rows: Vec<Value> = folded.groups.iter().map(|group| row(folded.by, name, group, by_agent)).collect();
    let mut document = Map::new();
    for key in keys {
        document.insert((*key).to_string(), json!(rows));
    }
    document.insert("totals".into(), Value::Object(figures(&folded.total.sum)));
    super::json::text(&document)
}

/// Days of each project, by the name of its folder of transcripts.
pub fn projects(of: &[(String, Folded)], total: &Sum) -> String {
    let rows = |project: &str, folded: &Folded| -> Vec<Value> {
        let rows = folded.groups.iter().map(|group| row(By::Day, "date", group, false));
        rows.map(|mut row| {
            row["project"] = json!(project);
            row
        })
        .collect()
    };
    let projects: Map<String, Value> =
        of.iter().map(|(project, folded)| (project.clone(), json!(rows(project, folded)))).collect();
    super::json::text(&json!({ "projects": projects, "totals": figures(total) }))
}

fn row(by: By, name: &str, group: &Group, by_agent: bool) -> Value {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Activity {
        first_activity: Time,
        last_activity: Time,
    }
    let activity = json!(Activity { first_activity: group.first, last_activity: group.last });
    let mut row = figures(&group.sum);
    let models: Vec<Value> = group.by_cost().into_iter().map(|(model, sum)| breakdown(model, sum)).collect();
    let mut used: Vec<&str> = group.models.keys().map(String::as_str).collect();
    used.retain(|model| *model != super::UNLISTED);
    row.insert("modelBreakdowns".into(), json!(models));
    row.insert("modelsUsed".into(), json!(used));
    if by_agent {
        let mut own = row.clone();
        own.insert("agent".into(), json!("claude"));
        row.insert("agents".into(), json!([own]));
    }
    row.insert("period".into(), json!(group.name));
    row.insert(name.to_string(), json!(group.name));
    if by == By::Session {
        row.insert("agent".into(), json!("claude"));
        row.insert("projectPath".into(), json!(slug(&group.project)));
        row.insert("firstActivity".into(), activity["firstActivity"].clone());
        row.insert("lastActivity".into(), activity["lastActivity"].clone());
        row.insert("metadata".into(), json!({ "lastActivity": activity["lastActivity"] }));
    } else {
        row.insert("agent".into(), json!("all"));
        row.insert("metadata".into(), json!({ "agents": ["claude"] }));
    }
    Value::Object(row)
}

fn breakdown(model: &str, sum: &Sum) -> Value {
    let mut part = figures(sum);
    part.remove("totalTokens");
    part.remove("totalCost");
    part.insert("modelName".into(), json!(model));
    part.insert("cost".into(), json!(sum.cost.to_f64()));
    Value::Object(part)
}

fn figures(sum: &Sum) -> Map<String, Value> {
    let tokens = &sum.tokens;
    let named = [
        ("inputTokens", json!(tokens.input)),
        ("outputTokens", json!(tokens.output)),
        ("cacheCreationTokens", json!(tokens.cache_write())),
        ("cacheReadTokens", json!(tokens.cache_read)),
        ("totalTokens", json!(tokens.total())),
        ("totalCost", json!(sum.cost.to_f64())),
    ];
    named.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
}
