//! A comparison as a table, Markdown, CSV and JSON, with what has to be said of it. Every figure is `mod`'s.

use serde::Serialize;

use super::target::Target;
use super::{Caveats, Compared, Priced};
use crate::base::money::Money;
use crate::base::text::size;
use crate::base::time::Zone;
use crate::base::words::{Language, Value, Word, say, word};
use crate::model::day::Day;
use crate::model::price_table::PRICES_VERSION;
use crate::model::provider::Provider;
use crate::report::columns::{self, Column, Row};
use crate::report::grid::{self, Line, Look, Role, dollars, grouped, wrapped};
use crate::report::json::{self, Figures, SCHEMA_VERSION};
use crate::report::table::{calls_in, short};

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
    let (columns, rows) = rows(compared, asked, look.language);
    let mut lines = columns::draw(&columns, &rows, look);
    lines.extend(notes(compared, asked, look.language).iter().flat_map(|note| wrapped(note, look.width)));
    lines
}

pub fn markdown(compared: &Compared, asked: &Asked<'_>, language: Language) -> String {
    let (columns, rows) = rows(compared, asked, language);
    notes(compared, asked, language)
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

fn rows(compared: &Compared, asked: &Asked<'_>, language: Language) -> (Vec<Column>, Vec<Row>) {
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
    let named = |name: Word| {
        let mut names = vec![language.word(name).to_string()];
        names.resize(usize::from(models || !places) + 2 * usize::from(places), String::new());
        names
    };
    let booked = Priced { cost: compared.booked.cost, ..Priced::default() };
    let is_estimated = compared.booked.estimated != Money::ZERO;
    let mut rows = vec![row(Role::Total, named(word!("row-as-booked")), &booked, is_estimated, true)];
    if compared.has_moved() {
        let name = match asked.day == Some(asked.today) {
            true => word!("row-at-todays-prices"),
            false => word!("row-at-these-prices"),
        };
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
            let own = || language.word(word!("row-their-own")).to_string();
            names.push(target.model.as_ref().map_or_else(own, |choice| short(&choice.id)));
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
fn label(target: &Target, language: Language) -> String {
    let model = target.model.as_ref().map(|choice| short(&choice.id));
    let place = target.place.as_ref().map(|place| {
        say!(language, "place-of-platform", platform = place.provider.name(), region = &place.region)
    });
    match (model, place) {
        (Some(model), Some(place)) => say!(language, "model-on-place", model = model, place = place),
        (Some(name), None) | (None, Some(name)) => name,
        (None, None) => language.word(word!("their-own-models")).to_string(),
    }
}

/// What has to be known to read the table rightly, with its figures.
pub fn notes(compared: &Compared, asked: &Asked<'_>, language: Language) -> Vec<String> {
    let sentence = |word: Word| language.word(word).to_string();
    let mut notes = Vec::new();
    let calls = calls_in(compared.booked.calls, language);
    let day = asked.day.map_or("call".to_string(), |day| day.to_string());
    notes.push(match asked.own_prices {
        true => {
            say!(language, "same-tokens-own-prices", day = day, calls = calls, list = PRICES_VERSION)
        }
        false => say!(language, "same-tokens", day = day, calls = calls, list = PRICES_VERSION),
    });
    if asked.batch {
        notes.push(sentence(word!("as-if-batch")));
    }
    if compared.is_adjusted() {
        notes.push(sentence(word!("tokenizers-differ")));
    }
    for at in 0..COUNTS.len() {
        for (count, models) in by_count(compared, Caveats::ALL[at], language) {
            notes.push(caveat(at, count, models, language));
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
        notes.push(say!(language, "not-for-everybody", models = language.list_and(&limited)));
    }
    for (target, _) in &compared.rows {
        if let Some(found) = model(target)
            && let Some(end) = found.retired.filter(|end| *end > asked.today)
        {
            let note = say!(language, "model-retires", model = short(found.id), day = end.to_string());
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    if asked.transfer_per_gb != Money::ZERO {
        let bytes = compared.booked.tokens.total().saturating_mul(BYTES_A_TOKEN);
        notes.push(say!(
            language,
            "transfer-on-top",
            size = size(bytes),
            price = asked.transfer_per_gb.show(),
            cost = transfer(compared, asked).show(),
            bytes = BYTES_A_TOKEN
        ));
    }
    if compared.unlisted != Money::ZERO {
        notes.push(say!(language, "unlisted-not-compared", amount = compared.unlisted.show()));
    }
    if !compared.bad.is_empty() {
        notes.push(say!(language, "lines-not-compared", lines = compared.bad.len()));
    }
    notes.push(sentence(word!("quality-not-compared")));
    notes
}

/// The sentence of one of `Caveats::ALL`.
fn caveat(at: usize, count: u64, models: String, language: Language) -> String {
    let calls = Value::Written(count, grouped(count).into());
    match at {
        0 => say!(language, "calls-too-long", calls = calls, models = models),
        1 => say!(language, "calls-cache-too-short", calls = calls, models = models),
        2 => say!(language, "calls-no-fast", calls = calls, models = models),
        3 => say!(language, "calls-no-us-only", calls = calls, models = models),
        4 => say!(language, "calls-no-search", calls = calls, models = models),
        5 => say!(language, "calls-no-1h-cache", calls = calls, models = models),
        6 => say!(language, "calls-not-sold", calls = calls, models = models),
        _ => say!(language, "calls-estimated", calls = calls, models = models),
    }
}

/// Rows for which something holds for as many calls, as the names of a sentence.
fn by_count(compared: &Compared, of: fn(&Caveats) -> u64, language: Language) -> Vec<(u64, String)> {
    let mut groups: Vec<(u64, Vec<String>)> = Vec::new();
    for (target, priced) in &compared.rows {
        let count = of(&priced.caveats);
        let name = label(target, language);
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
            names.push(say!(language, "names-more", count = more));
        }
        language.list_and(&names)
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
        // Documents are in no language but their own.
        notes: notes(compared, asked, Language::English),
        unreadable_lines: compared.bad.len(),
    })
}
