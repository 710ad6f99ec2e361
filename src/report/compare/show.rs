//! A comparison as a table, Markdown, CSV and JSON, with what has to be said of it. Every figure is `mod`'s.

use serde::Serialize;

use super::target::Target;
use super::{Caveats, Compared, Priced};
use crate::base::money::Money;
use crate::base::text::{counted, list_and, size};
use crate::base::time::Zone;
use crate::base::words::{Language, Word, word};
use crate::model::day::Day;
use crate::model::price_table::PRICES_VERSION;
use crate::model::provider::Provider;
use crate::report::columns::{self, Column, Row};
use crate::report::grid::{self, Line, Look, Role, dollars, grouped, wrapped};
use crate::report::json::{self, Figures, SCHEMA_VERSION};
use crate::report::table::short;

/// What was asked for, as far as the answer has to say it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub today: Day,
    /// None: the list of each call's day.
    pub day: Option<Day>,
    pub batch: bool,
    /// The user has prices or factors of their own.
    pub own_prices: bool,
    /// USD for a gigabyte of transferred data.
    pub transfer_per_gb: Money,
    pub zone: &'a Zone,
}

/// How many bytes a token is taken for, where only data is paid for.
const BYTES_A_TOKEN: u64 = 4;
/// More names are not listed.
const NAMED: usize = 6;

impl Compared {
    /// What a row saves of the calls as they were; negative when it costs more. None when they cost nothing.
    fn saving(&self, cost: Money) -> Option<String> {
        let base = self.baseline.cost.0;
        (base > 0).then(|| {
            let saved = (base - cost.0).saturating_mul(1000);
            let half = if saved < 0 { -base / 2 } else { base / 2 };
            let tenths = (saved + half) / base;
            let sign = if tenths < 0 { "-" } else { "" };
            format!("{sign}{}.{}", tenths.abs() / 10, tenths.abs() % 10)
        })
    }

    fn has_models(&self) -> bool {
        self.rows.iter().any(|(target, _)| target.model.is_some())
    }

    fn has_places(&self) -> bool {
        self.rows.iter().any(|(target, _)| target.place.is_some())
    }

    fn is_adjusted(&self) -> bool {
        self.rows.iter().any(|(_, priced)| priced.adjusted != priced.cost)
    }

    /// As Claude Code's calls cost today: shown only where it is another amount than what is booked.
    fn has_moved(&self) -> bool {
        self.baseline.cost != self.booked.cost
    }
}

/// As lines of a terminal.
pub fn table(compared: &Compared, asked: &Asked<'_>, look: Look) -> Vec<Line> {
    let (columns, rows) = rows(compared, asked);
    let mut lines = columns::draw(&columns, &rows, look);
    lines.extend(notes(compared, asked).iter().flat_map(|note| wrapped(note, look.width)));
    lines
}

pub fn markdown(compared: &Compared, asked: &Asked<'_>, language: Language) -> String {
    let (columns, rows) = rows(compared, asked);
    notes(compared, asked)
        .iter()
        .fold(columns::markdown(&columns, &rows, language), |text, note| text + "\n" + note + "\n")
}

/// Headings of the counts of `Caveats`, in the table and in CSV.
const COUNTS: [(Word, &str); 8] = [
    (word!("heading-too-long"), "too_long_calls"),
    (word!("heading-uncached"), "cache_too_short_calls"),
    (word!("heading-no-fast"), "fast_unavailable_calls"),
    (word!("heading-no-us-only"), "us_inference_unavailable_calls"),
    (word!("heading-no-search"), "web_search_unavailable_calls"),
    (word!("heading-no-1h-cache"), "cache_1h_unavailable_calls"),
    (word!("heading-not-sold"), "not_sold_calls"),
    (word!("heading-estimated"), "estimated_calls"),
];

fn rows(compared: &Compared, asked: &Asked<'_>) -> (Vec<Column>, Vec<Row>) {
    let (models, places) = (compared.has_models(), compared.has_places());
    let adjusted = compared.is_adjusted();
    let counts: Vec<usize> = (0..COUNTS.len())
        .filter(|at| compared.rows.iter().any(|(_, priced)| Caveats::ALL[*at](&priced.caveats) > 0))
        .collect();
    let mut columns = Vec::new();
    if models || !places {
        columns.push(Column::text(word!("heading-model"), 0));
    }
    if places {
        columns
            .extend([Column::text(word!("heading-platform"), 0), Column::text(word!("heading-region"), 0)]);
    }
    columns.extend([
        Column::number(word!("heading-cost"), 0),
        Column::number(word!("heading-difference"), 3),
        Column::number(word!("heading-saving"), 1),
    ]);
    if adjusted {
        columns.extend([
            Column::number(word!("heading-adjusted"), 2),
            Column::number(word!("heading-adjusted-saving"), 4),
        ]);
    }
    columns.extend(counts.iter().zip(5..).map(|(at, rank)| Column::number(COUNTS[*at].0, rank)));
    let amounts = compared.rows.iter().flat_map(|(_, priced)| [priced.cost, priced.adjusted]);
    let digits = grid::digits(amounts.chain([compared.booked.cost, compared.baseline.cost]));
    let row = |role, names: Vec<String>, priced: &Priced, mark: bool, of_calls: bool| {
        let mut cells = names;
        let mark = if mark { "~" } else { "" };
        let saving = |cost| compared.saving(cost).map_or("-".to_string(), |tenths| tenths + "%");
        cells.push(format!("{mark}{}", dollars(priced.cost, digits)));
        if of_calls {
            cells.resize(columns.len(), String::new());
        } else {
            cells.extend([dollars(priced.cost - compared.baseline.cost, digits), saving(priced.cost)]);
            if adjusted {
                cells.extend([dollars(priced.adjusted, digits), saving(priced.adjusted)]);
            }
            cells.extend(counts.iter().map(|at| match Caveats::ALL[*at](&priced.caveats) {
                0 => "-".to_string(),
                count => grouped(count),
            }));
        }
        Row { role, cells }
    };
    let named = |name: &str| {
        let mut names = vec![name.to_string()];
        names.resize(usize::from(models || !places) + 2 * usize::from(places), String::new());
        names
    };
    let booked = Priced { cost: compared.booked.cost, ..Priced::default() };
    let mut rows =
        vec![row(Role::Total, named("as booked"), &booked, compared.booked.estimated != Money::ZERO, true)];
    if compared.has_moved() {
        let name = if asked.day == Some(asked.today) { "at today's prices" } else { "at these prices" };
        rows.push(row(
            Role::Total,
            named(name),
            &compared.baseline,
            compared.baseline.caveats.estimated > 0,
            true,
        ));
    }
    for (target, priced) in &compared.rows {
        let mut names = Vec::new();
        if models || !places {
            names.push(target.model.as_ref().map_or("their own".to_string(), |choice| short(&choice.id)));
        }
        if places {
            let place = target.place.as_ref();
            names.push(place.map_or(String::new(), |place| place.provider.name().to_string()));
            names.push(place.map_or(String::new(), |place| place.region.clone()));
        }
        rows.push(row(Role::Row, names, priced, priced.caveats.estimated > 0, false));
    }
    (columns, rows)
}

/// What a row is called in a sentence.
fn label(target: &Target) -> String {
    let model = target.model.as_ref().map(|choice| short(&choice.id));
    let place = target.place.as_ref().map(|place| format!("{} ({})", place.provider.name(), place.region));
    [model, place].into_iter().flatten().collect::<Vec<_>>().join(" on ")
}

/// What has to be known to read the table rightly, with its figures.
pub fn notes(compared: &Compared, asked: &Asked<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    let list = match asked.day {
        Some(day) => format!("the prices of {day}"),
        None => "the prices of each call's day".to_string(),
    };
    let own = if asked.own_prices { ", with your own prices and factors (cost.pricing)" } else { "" };
    notes.push(format!(
        "The same tokens of {} at {list} (list of {PRICES_VERSION}){own}.",
        calls(compared.booked.calls)
    ));
    if asked.batch {
        notes.push(
            "As if every call had gone through the batch API: half price, answers within a day, no fast mode. Claude \
             Code itself makes no batch calls."
                .to_string(),
        );
    }
    if compared.is_adjusted() {
        notes.push(
            "Tokenizers differ: models since Opus 4.7, and Haiku 5.5, count about 30% more tokens for the same text \
             than earlier ones. Cost is for the tokens as they were counted, Adjusted for what the model itself would \
             have counted, price steps by prompt length included. Take the two as a range."
                .to_string(),
        );
    }
    let words: [(usize, &str, &str); 8] = [
        (0, "have a prompt longer than the context window of", "and could not be made there as they are"),
        (
            1,
            "cache less than the shortest prompt that is cached by",
            "which would bill those tokens as input",
        ),
        (2, "ran in fast mode, which is not to be had with", "and are priced at standard speed"),
        (3, "ran in the US only, which is not to be had with", ""),
        (4, "searched the web, which is not offered with", ""),
        (5, "wrote to the cache for an hour, which is not offered with", ""),
        (6, "ran where there is no", "which is priced as if there were"),
        (7, "have no certain price with", "marked ~"),
    ];
    for (at, verb, consequence) in words {
        for (count, names) in by_count(compared, Caveats::ALL[at]) {
            let consequence = if consequence.is_empty() { String::new() } else { format!(", {consequence}") };
            let sentence = format!("{} {verb} {names}{consequence}.", calls(count));
            notes.push(if count == 1 { singular(&sentence) } else { sentence });
        }
    }
    let listed = |test: &dyn Fn(&Target) -> bool| {
        let mut names: Vec<String> = Vec::new();
        for (target, _) in compared.rows.iter().filter(|(target, _)| test(target)) {
            let name = target.model.as_ref().map(|choice| short(&choice.id)).unwrap_or_default();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    };
    let model = |target: &Target| target.model.as_ref().and_then(|choice| choice.listed);
    let limited = listed(&|target| model(target).is_some_and(|model| model.limited_availability));
    if !limited.is_empty() {
        notes.push(format!("Not everybody can have {}.", list_and(&limited)));
    }
    for (target, _) in &compared.rows {
        if let Some(found) = model(target)
            && let Some(end) = found.retired.filter(|end| *end > asked.today)
        {
            let note = format!("{} is retired on {end}.", short(found.id));
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    if asked.transfer_per_gb != Money::ZERO {
        let bytes = compared.booked.tokens.total().saturating_mul(BYTES_A_TOKEN);
        notes.push(format!(
            "Data transfer would come on top, the same for every row: about {} at {} a gigabyte is {} (estimated at \
             {BYTES_A_TOKEN} bytes a token).",
            size(bytes),
            asked.transfer_per_gb.show(),
            transfer(compared, asked).show()
        ));
    }
    if compared.unlisted != Money::ZERO {
        notes.push(format!(
            "{} of the ledger is unlisted: money without a call, which cannot be priced again and is not in here.",
            compared.unlisted.show()
        ));
    }
    if !compared.bad.is_empty() {
        let lines = counted(compared.bad.len(), "line");
        notes.push(format!("{lines} of the ledger cannot be read and are in no figure."));
    }
    notes.push(
        "Quality is not compared: a model that needs more calls or longer answers for the same work costs more than \
         this says."
            .to_string(),
    );
    notes
}

fn calls(count: u64) -> String {
    format!("{} {}", grouped(count), if count == 1 { "call" } else { "calls" })
}

fn singular(sentence: &str) -> String {
    ["have ", "are "]
        .iter()
        .zip(["has ", "is "])
        .fold(sentence.replace("cache less", "caches less"), |text, (many, one)| text.replacen(many, one, 1))
}

/// Rows for which something holds for as many calls, as the names of a sentence.
fn by_count(compared: &Compared, of: fn(&Caveats) -> u64) -> Vec<(u64, String)> {
    let mut groups: Vec<(u64, Vec<String>)> = Vec::new();
    for (target, priced) in &compared.rows {
        let count = of(&priced.caveats);
        let name = match label(target) {
            name if name.is_empty() => "their own models".to_string(),
            name => name,
        };
        match groups.iter_mut().find(|(known, _)| *known == count) {
            _ if count == 0 => {}
            Some((_, names)) => names.push(name),
            None => groups.push((count, vec![name])),
        }
    }
    groups.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let sentence = |mut names: Vec<String>| {
        let more = names.len().saturating_sub(NAMED);
        if more > 1 {
            names.truncate(NAMED);
            names.push(format!("{more} more"));
        }
        list_and(&names)
    };
    groups.into_iter().map(|(count, names)| (count, sentence(names))).collect()
}

fn transfer(compared: &Compared, asked: &Asked<'_>) -> Money {
    let bytes = i128::from(compared.booked.tokens.total()) * i128::from(BYTES_A_TOKEN);
    Money(asked.transfer_per_gb.0.saturating_mul(bytes) / 1_000_000_000)
}

/// One record a row, amounts exact; what is booked and the calls at these prices first.
pub fn csv(compared: &Compared) -> String {
    let mut head = vec![
        "model",
        "provider",
        "region",
        "calls",
        "cost_usd",
        "difference_usd",
        "saving_percent",
        "adjusted_usd",
        "adjusted_saving_percent",
    ];
    head.extend(COUNTS.map(|(_, name)| name));
    let calls = compared.booked.calls.to_string();
    let record = |names: [String; 3], priced: &Priced| {
        let mut record = names.to_vec();
        record.extend([
            calls.clone(),
            priced.cost.to_string(),
            (priced.cost - compared.baseline.cost).to_string(),
            compared.saving(priced.cost).unwrap_or_default(),
            priced.adjusted.to_string(),
            compared.saving(priced.adjusted).unwrap_or_default(),
        ]);
        record.extend(Caveats::ALL.map(|of| of(&priced.caveats).to_string()));
        record
    };
    let named = |name: &str| [name.to_string(), String::new(), String::new()];
    let booked = Priced { cost: compared.booked.cost, adjusted: compared.booked.cost, ..Priced::default() };
    let first = [record(named("(as booked)"), &booked), record(named("(these prices)"), &compared.baseline)];
    let rest = compared.rows.iter().map(|(target, priced)| {
        let place = target.place.as_ref();
        let names = [
            target.model.as_ref().map_or("(their own)".to_string(), |choice| choice.id.clone()),
            place.map_or(String::new(), |place| place.provider.name().to_string()),
            place.map_or(String::new(), |place| place.region.clone()),
        ];
        record(names, priced)
    });
    columns::csv(&head, first.into_iter().chain(rest))
}

/// The answer for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    timezone: &'a str,
    prices_version: &'static str,
    /// Null: each call's own day.
    prices_date: Option<String>,
    batch: bool,
    /// The calls as booked.
    booked: Figures,
    unlisted_cost: f64,
    unlisted_cost_exact: Money,
    baseline: Figured<'a>,
    comparisons: Vec<Figured<'a>>,
    calls_by_provider: std::collections::BTreeMap<&'static str, u64>,
    transfer_cost: f64,
    transfer_cost_exact: Money,
    notes: Vec<String>,
    unreadable_lines: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Figured<'a> {
    /// Null: each call's own.
    model_name: Option<&'a str>,
    provider: Option<Provider>,
    region: Option<&'a str>,
    cost: f64,
    cost_exact: Money,
    difference: f64,
    difference_exact: Money,
    /// Null when the calls cost nothing.
    saving_percent: Option<f64>,
    adjusted_cost: f64,
    adjusted_cost_exact: Money,
    adjusted_saving_percent: Option<f64>,
    too_long_calls: u64,
    cache_too_short_calls: u64,
    fast_unavailable_calls: u64,
    us_inference_unavailable_calls: u64,
    web_search_unavailable_calls: u64,
    #[serde(rename = "cache1hUnavailableCalls")]
    cache_1h_unavailable_calls: u64,
    not_sold_calls: u64,
    estimated_calls: u64,
}

impl<'a> Figured<'a> {
    fn of(compared: &Compared, target: Option<&'a Target>, priced: &Priced) -> Self {
        let place = target.and_then(|target| target.place.as_ref());
        let percent = |cost: Money| compared.saving(cost)?.parse::<f64>().ok();
        let difference = priced.cost - compared.baseline.cost;
        let caveats = &priced.caveats;
        Self {
            model_name: target.and_then(|target| target.model.as_ref()).map(|choice| choice.id.as_str()),
            provider: place.map(|place| place.provider),
            region: place.map(|place| place.region.as_str()),
            cost: priced.cost.to_f64(),
            cost_exact: priced.cost,
            difference: difference.to_f64(),
            difference_exact: difference,
            saving_percent: percent(priced.cost),
            adjusted_cost: priced.adjusted.to_f64(),
            adjusted_cost_exact: priced.adjusted,
            adjusted_saving_percent: percent(priced.adjusted),
            too_long_calls: caveats.too_long,
            cache_too_short_calls: caveats.cache_too_short,
            fast_unavailable_calls: caveats.fast,
            us_inference_unavailable_calls: caveats.us_inference,
            web_search_unavailable_calls: caveats.web_search,
            cache_1h_unavailable_calls: caveats.cache_1h,
            not_sold_calls: caveats.not_sold,
            estimated_calls: caveats.estimated,
        }
    }
}

pub fn document(compared: &Compared, asked: &Asked<'_>) -> String {
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        timezone: asked.zone.name(),
        prices_version: PRICES_VERSION,
        prices_date: asked.day.map(|day| day.to_string()),
        batch: asked.batch,
        booked: Figures::from(&compared.booked),
        unlisted_cost: compared.unlisted.to_f64(),
        unlisted_cost_exact: compared.unlisted,
        baseline: Figured::of(compared, None, &compared.baseline),
        comparisons: compared
            .rows
            .iter()
            .map(|(target, priced)| Figured::of(compared, Some(target), priced))
            .collect(),
        calls_by_provider: compared
            .providers
            .iter()
            .map(|(provider, calls)| (provider.name(), *calls))
            .collect(),
        transfer_cost: transfer(compared, asked).to_f64(),
        transfer_cost_exact: transfer(compared, asked),
        notes: notes(compared, asked),
        unreadable_lines: compared.bad.len(),
    })
}
