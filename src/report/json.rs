//! The JSON documents of reports. Field names are ccusage's where the meaning is the same, so that programs which
//! read its documents can read these; every amount stands there twice, as a number for them and as an exact decimal.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::UNLISTED;
use super::fold::{By, Folded, Group, Sum};
use crate::base::money::Money;
use crate::base::time::{Time, Zone};

/// Version of all documents: it goes up when a field changes its meaning or goes away, not when one is added.
pub const SCHEMA_VERSION: u32 = 1;

/// Counts and amounts of a row or of the whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    pub calls: u64,
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub cache_creation_tokens: u64,
    #[serde(rename = "cacheCreation5mTokens")]
    pub cache_creation_5m_tokens: u64,
    #[serde(rename = "cacheCreation1hTokens")]
    pub cache_creation_1h_tokens: u64,
    pub cache_read_tokens: u64,
    pub total_tokens: u64,
    pub web_searches: u64,
    pub total_cost: f64,
    pub total_cost_exact: Money,
    pub unlisted_cost: f64,
    pub unlisted_cost_exact: Money,
    pub estimated_cost: f64,
    pub estimated_cost_exact: Money,
}

impl From<&Sum> for Figures {
    fn from(sum: &Sum) -> Self {
        let tokens = &sum.tokens;
        Self {
            calls: sum.calls,
            input_tokens: tokens.input,
            output_tokens: tokens.output,
            cache_creation_tokens: tokens.cache_write(),
            cache_creation_5m_tokens: tokens.cache_write_5m,
            cache_creation_1h_tokens: tokens.cache_write_1h,
            cache_read_tokens: tokens.cache_read,
            total_tokens: tokens.total(),
            web_searches: sum.web_searches,
            total_cost: sum.cost.to_f64(),
            total_cost_exact: sum.cost,
            unlisted_cost: sum.unlisted.to_f64(),
            unlisted_cost_exact: sum.unlisted,
            estimated_cost: sum.estimated.to_f64(),
            estimated_cost_exact: sum.estimated,
        }
    }
}

/// One model's part of a row.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Breakdown {
    pub model_name: String,
    pub calls: u64,
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub cache_creation_tokens: u64,
    #[serde(rename = "cacheCreation5mTokens")]
    pub cache_creation_5m_tokens: u64,
    #[serde(rename = "cacheCreation1hTokens")]
    pub cache_creation_1h_tokens: u64,
    pub cache_read_tokens: u64,
    pub cost: f64,
    pub cost_exact: Money,
    pub unlisted_cost_exact: Money,
    pub estimated_cost_exact: Money,
}

fn breakdown((model, sum): (&str, &Sum)) -> Breakdown {
    let figures = Figures::from(sum);
    Breakdown {
        model_name: model.to_string(),
        calls: figures.calls,
        input_tokens: figures.input_tokens,
        output_tokens: figures.output_tokens,
        cache_creation_tokens: figures.cache_creation_tokens,
        cache_creation_5m_tokens: figures.cache_creation_5m_tokens,
        cache_creation_1h_tokens: figures.cache_creation_1h_tokens,
        cache_read_tokens: figures.cache_read_tokens,
        cost: figures.total_cost,
        cost_exact: figures.total_cost_exact,
        unlisted_cost_exact: figures.unlisted_cost_exact,
        estimated_cost_exact: figures.estimated_cost_exact,
    }
}

/// A row, named twice: `period` in every report, and the name ccusage's report of that kind has for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    key: &'static str,
    name: String,
    /// First and last day.
    days: Option<(String, String)>,
    project: Option<String>,
    first: Time,
    last: Time,
    figures: Figures,
    models: Vec<Breakdown>,
}

impl Row {
    pub(super) fn new(by: By, group: &Group) -> Self {
        let is_session = by == By::Session;
        Self {
            key: names(by).1,
            name: group.name.clone(),
            days: group
                .days
                .map(|(first, end)| (first.to_string(), end.pred_opt().unwrap_or(end).to_string())),
            project: is_session.then(|| group.project.clone()),
            first: group.first,
            last: group.last,
            figures: Figures::from(&group.sum),
            models: group.by_cost().into_iter().map(breakdown).collect(),
        }
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Rest<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            project_path: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            start_date: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            end_date: Option<&'a str>,
            first_activity: Time,
            last_activity: Time,
            #[serde(flatten)]
            figures: &'a Figures,
            models_used: Vec<&'a str>,
            model_breakdowns: &'a [Breakdown],
        }
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            name: Name<'a>,
            #[serde(flatten)]
            rest: Rest<'a>,
        }
        let name = Name { key: self.key, name: &self.name };
        let rest = Rest {
            project_path: self.project.as_deref(),
            start_date: self.days.as_ref().map(|days| days.0.as_str()),
            end_date: self.days.as_ref().map(|days| days.1.as_str()),
            first_activity: self.first,
            last_activity: self.last,
            figures: &self.figures,
            models_used: models_used(&self.models),
            model_breakdowns: &self.models,
        };
        Whole { name, rest }.serialize(serializer)
    }
}

struct Name<'a> {
    key: &'static str,
    name: &'a str,
}

impl Serialize for Name<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("period", self.name)?;
        map.serialize_entry(self.key, self.name)?;
        map.end()
    }
}

fn models_used(models: &[Breakdown]) -> Vec<&str> {
    let mut used: Vec<&str> = models.iter().map(|model| model.model_name.as_str()).collect();
    used.retain(|name| *name != UNLISTED);
    used.sort_unstable();
    used
}

/// The list's key in the document, and the name's key in a row.
pub fn names(by: By) -> (&'static str, &'static str) {
    match by {
        By::Day => ("daily", "date"),
        By::Week => ("weekly", "week"),
        By::Month => ("monthly", "month"),
        By::Session => ("sessions", "sessionId"),
        By::Project => ("projects", "projectPath"),
        By::Model => ("models", "modelName"),
        By::Feature => ("features", "feature"),
        By::Tool => ("tools", "tool"),
        By::Agent => ("agents", "agent"),
        By::Branch => ("branches", "branch"),
        By::User => ("users", "user"),
        By::Provider => ("providers", "provider"),
        By::Hour => ("hours", "hour"),
    }
}

/// A whole report. Rows are made while they are written: there can be as many as sessions.
pub fn report<'a>(folded: &'a Folded, zone: &'a Zone) -> impl Serialize + 'a {
    struct Rows<'a>(&'a Folded);
    impl Serialize for Rows<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let Rows(folded) = self;
            serializer.collect_seq(folded.groups.iter().map(|group| Row::new(folded.by, group)))
        }
    }
    struct Document<'a>(&'a Folded, &'a Zone);
    impl Serialize for Document<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let Document(folded, zone) = self;
            let mut map = serializer.serialize_map(None)?;
            map.serialize_entry("schemaVersion", &SCHEMA_VERSION)?;
            map.serialize_entry("timezone", zone.name())?;
            map.serialize_entry(names(folded.by).0, &Rows(folded))?;
            map.serialize_entry("totals", &Figures::from(&folded.total.sum))?;
            map.serialize_entry("unreadableLines", &folded.bad.len())?;
            map.end()
        }
    }
    Document(folded, zone)
}

/// One session: the row's fields at the top, and its totals as a report has them.
pub fn session(group: &Group, by_model: &Group) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        session_id: &'a str,
        project_path: &'a str,
        first_activity: Time,
        last_activity: Time,
        models_used: Vec<&'a str>,
        model_breakdowns: &'a [Breakdown],
        totals: Figures,
    }
    let models: Vec<Breakdown> = by_model.by_cost().into_iter().map(breakdown).collect();
    text(&Document {
        schema_version: SCHEMA_VERSION,
        session_id: &group.name,
        project_path: &group.project,
        first_activity: group.first,
        last_activity: group.last,
        models_used: models_used(&models),
        model_breakdowns: &models,
        totals: Figures::from(&group.sum),
    })
}

/// A document as it is printed.
pub fn text(document: &impl Serialize) -> String {
    // Maps with string keys and numbers that are finite: nothing here can fail.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::super::fold::{fold, tests as sample};
    use super::super::query::Query;
    use super::*;
    use serde_json::Value;

    fn document(by: By) -> (String, Value) {
        let lines = [
            sample::call("a:1", "2026-11-23T10:00:00Z", "s", "claude-opus-5-5", "0.1", ""),
            sample::call("b:1", "2026-11-23T11:00:00Z", "s", "claude-opus-5-5", "0.2", ""),
            sample::unlisted("1", "2026-11-23T12:00:00Z", "s", "0.000000000001", ""),
        ];
        let (_dir, ledger) = sample::ledger(&lines);
        let folded = fold(&ledger, &Query::default(), by, &sample::cut("UTC")).unwrap();
        let text = text(&report(&folded, &Zone::utc()));
        let value = serde_json::from_str(&text).unwrap();
        (text, value)
    }

    #[test]
    fn rows_have_the_names_that_readers_of_ccusage_look_for() {
        for (by, list, name, expected) in [
            (By::Day, "daily", "date", "2026-11-23"),
            (By::Week, "weekly", "week", "2026-11-23"),
            (By::Month, "monthly", "month", "2026-11"),
            (By::Session, "sessions", "sessionId", "s"),
        ] {
            let (_, value) = document(by);
            let row = &value[list][0];
            assert_eq!((&row[name], &row["period"]), (&expected.into(), &expected.into()));
            assert_eq!(row["inputTokens"], 20);
            assert_eq!(row["cacheCreationTokens"], 10);
            assert_eq!(row["cacheCreation1hTokens"], 4);
            assert_eq!(row["totalTokens"], 240);
            assert_eq!(row["modelsUsed"], serde_json::json!(["claude-opus-5-5"]));
            assert_eq!(row["modelBreakdowns"][0]["modelName"], "claude-opus-5-5");
            assert_eq!(row["modelBreakdowns"][1]["modelName"], "unlisted");
            assert_eq!(value["schemaVersion"], 1);
        }
    }

    #[test]
    fn money_is_a_number_for_programs_and_an_exact_text_for_sums() {
        let (text, value) = document(By::Day);
        assert_eq!(value["totals"]["totalCostExact"], "0.300000000001");
        assert_eq!(value["daily"][0]["modelBreakdowns"][0]["cost"], 0.3);
        assert!(text.contains("\"totalCost\": 0.300000000001"), "no noise of binary fractions:\n{text}");
        assert_eq!(value["totals"]["unlistedCostExact"], "0.000000000001");
        assert_eq!(value["totals"]["estimatedCostExact"], "0");
    }

    #[test]
    fn nothing_is_a_document_too() {
        let (_dir, ledger) = sample::ledger(&[]);
        let folded = fold(&ledger, &Query::default(), By::Day, &sample::cut("UTC")).unwrap();
        let text = text(&report(&folded, &Zone::utc()));
        assert!(text.contains("\"daily\": []") && text.contains("\"totalCost\": 0.0,"), "{text}");
        assert!(!text.contains("-0"), "{text}");
    }
}
