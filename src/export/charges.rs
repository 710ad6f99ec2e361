//! A bill's rows: what one meter of one model came to in an hour or a day, for one project and whatever else is told
//! apart. The amounts of the rows add up to the ledger's, exactly; which columns they fill is `focus`'s and `cur`'s.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, NaiveDate};

use super::Granularity;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::{Time, Window, Zone};
use crate::ledger::entries::Entry;
use crate::ledger::segment::fingerprint;
use crate::model::model_id::{canonical, identify};
use crate::model::price::PriceOverrides;
use crate::model::price::meters::{Books, Meter, Part, Terms, parts};
use crate::model::provider::Provider;

/// What rows of a bill are told apart by, besides project, model and meter, and what they carry as tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tag {
    Project,
    User,
    Branch,
    Session,
    Feature,
    Agent,
}

impl Tag {
    pub const ALL: [Tag; 6] = [Tag::Project, Tag::User, Tag::Branch, Tag::Session, Tag::Feature, Tag::Agent];

    pub fn name(self) -> &'static str {
        match self {
            Tag::Project => "project",
            Tag::User => "user",
            Tag::Branch => "branch",
            Tag::Session => "session",
            Tag::Feature => "feature",
            Tag::Agent => "agent",
        }
    }

    fn of<'e>(self, entry: &Entry<'e>) -> &'e str {
        match self {
            Tag::Project => entry.project,
            Tag::User => entry.user,
            Tag::Branch => entry.branch,
            Tag::Session => entry.session,
            Tag::Feature => entry.feature,
            Tag::Agent => entry.agent,
        }
    }
}

/// What a bill says and the ledger cannot know.
#[derive(Debug, Clone)]
pub struct Accounts {
    pub billing_id: String,
    pub billing_name: String,
    /// Twelve digits.
    pub aws_account: String,
    pub product_code: String,
    pub tags: Vec<Tag>,
}

/// What a row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    Meter(Meter),
    /// Money that no call explains.
    Unlisted,
}

/// What the calls of a row have in common; in the order of rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    call: String,
    pub(super) provider: Provider,
    pub(super) region: String,
    pub(super) model: Cow<'static, str>,
    pub(super) counted: Counted,
    pub(super) terms: Terms,
    pub(super) tier: String,
    pub(super) estimated: bool,
    pub(super) project: String,
    tags: Vec<String>,
    pub(super) list_price: Money,
    price: Option<Money>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Amount {
    quantity: u64,
    cost: Money,
}

/// One row to be.
pub struct Charge<'a> {
    pub(super) key: &'a Key,
    pub(super) accounts: &'a Accounts,
    pub(super) period: Window,
    pub(super) quantity: u64,
    pub(super) cost: Money,
}

type Put<'p> = dyn FnMut(&Charge<'_>) -> Result<()> + 'p;

/// The rows of the period that is being read.
pub(super) struct Charges<'a> {
    granularity: Granularity,
    accounts: &'a Accounts,
    books: Books,
    period: Option<Window>,
    groups: BTreeMap<Key, Amount>,
    models: HashMap<String, Cow<'static, str>>,
}

impl<'a> Charges<'a> {
    pub(super) fn new(granularity: Granularity, accounts: &'a Accounts, prices: &PriceOverrides) -> Self {
        Self {
            granularity,
            accounts,
            books: Books::new(prices),
            period: None,
            groups: BTreeMap::new(),
            models: HashMap::new(),
        }
    }

    pub(super) fn add(&mut self, entry: &Entry<'_>, put: &mut Put<'_>) -> Result<()> {
        let is_own = self.granularity == Granularity::Call;
        if is_own || self.period.is_none_or(|window| !window.contains(entry.time)) {
            self.finish(put)?;
            self.period = Some(period(self.granularity, entry.time));
        }
        if entry.is_unlisted {
            self.book(entry, entry.model, None);
            return Ok(());
        }
        let facts = entry.facts();
        let parts = parts(&facts, &self.books, entry.cost);
        if parts.is_empty() && entry.cost != Money::ZERO {
            self.book(entry, entry.model, None);
        }
        for part in parts {
            self.book(entry, part.model.or(entry.model), Some(&part));
        }
        Ok(())
    }

    fn book(&mut self, entry: &Entry<'_>, model: Option<&str>, part: Option<&Part<'_>>) {
        let is_own = self.granularity == Granularity::Call;
        let tags = self.accounts.tags.iter().map(|tag| tag.of(entry).to_string()).collect();
        let key = Key {
            call: if is_own { entry.id.to_string() } else { String::new() },
            provider: entry.provider,
            region: entry.region.to_string(),
            model: model.map_or(Cow::Borrowed(""), |model| self.canonical(model)),
            counted: part.map_or(Counted::Unlisted, |part| Counted::Meter(part.meter)),
            terms: part.map_or(Terms::STANDARD, |part| part.terms),
            tier: match entry.tier {
                "standard" | "batch" => String::new(),
                tier => tier.to_string(),
            },
            estimated: entry.estimated,
            project: entry.project.to_string(),
            tags,
            list_price: part.map_or(Money::from_usd(1), |part| part.list_price),
            price: part.map_or(Some(Money::from_usd(1)), |part| part.price),
        };
        let amount = self.groups.entry(key).or_default();
        amount.quantity =
            amount.quantity.saturating_add(part.map_or(entry.tokens.total(), |part| part.quantity));
        amount.cost += part.map_or(entry.cost, |part| part.amount);
    }

    fn canonical(&mut self, model: &str) -> Cow<'static, str> {
        if let Some(known) = self.models.get(model) {
            return known.clone();
        }
        let name = canonical(model);
        self.models.insert(model.to_string(), name.clone());
        name
    }

    /// Hands out the rows of the period and begins anew.
    pub(super) fn finish(&mut self, put: &mut Put<'_>) -> Result<()> {
        let Some(period) = self.period.take() else { return Ok(()) };
        let groups = std::mem::take(&mut self.groups);
        for (key, Amount { quantity, cost }) in &groups {
            put(&Charge { key, accounts: self.accounts, period, quantity: *quantity, cost: *cost })?;
        }
        Ok(())
    }
}

/// The whole UTC hour or day. A call that is a row of its own is charged in its hour.
fn period(granularity: Granularity, time: Time) -> Window {
    let length = if granularity == Granularity::Day { 86_400_000 } else { 3_600_000 };
    let start = Time(time.0.div_euclid(length) * length);
    Window { start, end: start.plus_ms(length) }
}

impl Charge<'_> {
    /// The calendar month in UTC, which a charge never crosses.
    pub(super) fn month(&self) -> Window {
        let day = self.period.start.utc().date();
        let first = NaiveDate::from_ymd_opt(day.year(), day.month(), 1).unwrap_or(day);
        Window::month(&Zone::utc(), first, 1)
    }

    /// The meter as part of a name.
    pub(super) fn meter(&self) -> &'static str {
        match self.key.counted {
            Counted::Meter(Meter::Input) => "input",
            Counted::Meter(Meter::Output) => "output",
            Counted::Meter(Meter::CacheWrite5m) => "cache-write-5m",
            Counted::Meter(Meter::CacheWrite1h) => "cache-write-1h",
            Counted::Meter(Meter::CacheRead) => "cache-read",
            Counted::Meter(Meter::WebSearch) => "web-search",
            Counted::Unlisted => "unlisted",
        }
    }

    /// The meter in words.
    pub(super) fn meter_name(&self) -> &'static str {
        match self.key.counted {
            Counted::Meter(Meter::Input) => "Input tokens",
            Counted::Meter(Meter::Output) => "Output tokens",
            Counted::Meter(Meter::CacheWrite5m) => "Cache write tokens (5 minutes)",
            Counted::Meter(Meter::CacheWrite1h) => "Cache write tokens (1 hour)",
            Counted::Meter(Meter::CacheRead) => "Cache read tokens",
            Counted::Meter(Meter::WebSearch) => "Web searches",
            Counted::Unlisted => "Unlisted usage",
        }
    }

    pub(super) fn counts_tokens(&self) -> bool {
        !matches!(self.key.counted, Counted::Unlisted | Counted::Meter(Meter::WebSearch))
    }

    /// Id of the model, or a word for what has none.
    pub(super) fn model(&self) -> &str {
        if self.key.model.is_empty() { "unknown" } else { &self.key.model }
    }

    pub(super) fn model_name(&self) -> String {
        match identify(self.model()).target.model() {
            Some(model) => model.name.to_string(),
            None if self.key.model.is_empty() => "an unknown model".to_string(),
            None => self.key.model.to_string(),
        }
    }

    /// What makes the price another than the standard one: everything that a price list has a row of its own for.
    pub(super) fn variant(&self) -> String {
        let Key { terms, provider, tier, region, .. } = self.key;
        let mut words: Vec<String> = Vec::new();
        if !tier.is_empty() {
            words.push(tier.to_ascii_lowercase());
        }
        if terms.speed > 1 {
            words.push("fast".into());
        }
        if terms.batch {
            words.push("batch".into());
        }
        match (terms.place, provider) {
            (0..=1000, _) => {}
            (1001..=1100, Provider::Bedrock | Provider::Google) => words.push("regional".into()),
            (1001..=1100, _) => words.push("us".into()),
            _ => words.push("gov".into()),
        }
        if terms.above > 0 {
            words.push(format!("above-{}", terms.above));
        }
        if terms.special {
            words.push(format!("special-{region}"));
        }
        if words.is_empty() { "standard".to_string() } else { words.join("-") }
    }

    /// The price by contract for a million tokens, for one search, or for one dollar of unlisted money. What was booked by
    /// prices nobody knows any more has the price it comes to.
    pub(super) fn price(&self) -> Money {
        let quotient = || {
            let scaled = self.cost.0.saturating_mul(if self.counts_tokens() { 1_000_000 } else { 1 });
            Money(scaled / i128::from(self.quantity.max(1)))
        };
        self.key.price.unwrap_or_else(quotient)
    }

    pub(super) fn has_known_price(&self) -> bool {
        self.key.price.is_some()
    }

    pub(super) fn tags(&self) -> BTreeMap<&'static str, &str> {
        let values = self.accounts.tags.iter().zip(&self.key.tags);
        values
            .filter(|(_, value)| !value.is_empty())
            .map(|(tag, value)| (tag.name(), value.as_str()))
            .collect()
    }

    pub(super) fn tag(&self, wanted: Tag) -> &str {
        let mut values = self.accounts.tags.iter().zip(&self.key.tags);
        values.find(|(tag, _)| **tag == wanted).map_or("", |(_, value)| value)
    }

    pub(super) fn call(&self) -> &str {
        &self.key.call
    }

    /// A name for the row that is the same in every export, whatever the row comes to: 32 hexadecimal digits.
    pub(super) fn id(&self) -> String {
        let key = self.key;
        let mut text = format!("{}|{}|{}|", self.period.start, self.period.end, self.accounts.aws_account);
        for part in
            [&key.call, key.provider.name(), &key.region, &key.model, self.meter(), &key.project, &key.tier]
        {
            text.push_str(part);
            text.push('\0');
        }
        for (tag, value) in self.tags() {
            text.push_str(&format!("{tag}={value}\0"));
        }
        text.push_str(&format!("{}|{}|{:?}|{}", self.variant(), key.list_price, key.price, key.estimated));
        let first = fingerprint(text.as_bytes());
        text.push('2');
        format!("{first:016x}{:016x}", fingerprint(text.as_bytes()))
    }
}
