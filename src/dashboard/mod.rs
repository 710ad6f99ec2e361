//! The dashboard: one HTML page that holds the figures of a ledger and everything needed to look at them. Owns what the
//! page knows (`survey`, `cube`, `document`), says (`words`) and how it is put together (`html`); the files under `page` own what it
//! looks like and how it reacts. Writes and prints nothing.
//!
//! The ledger is read twice: first for the names and what each costs, so that it is known beforehand which of them the
//! page will tell apart, then for the figures. So memory stays with the number of names and the size of the page,
//! whatever the number of calls.

mod cube;
mod dimension;
mod document;
mod html;
mod names;
mod saving;
mod survey;
mod words;

use chrono::NaiveDate;

use crate::base::error::Result;
use crate::base::time::{Time, Zone};
use crate::base::words::Language;
use crate::budget::Standing;
use crate::ledger::Ledger;
use crate::ledger::entries::Sum;
use crate::model::price::PriceOverrides;
use crate::report::key::Cut;
use crate::report::query::Query;

/// What a page is made from.
pub struct Request<'a> {
    pub ledger: &'a Ledger,
    pub query: &'a Query,
    pub cut: &'a Cut,
    /// The user's own prices, for what caching saved.
    pub prices: &'a PriceOverrides,
    pub now: Time,
    pub standings: &'a [Standing],
    /// The zone of limits that name none.
    pub system: &'a Zone,
    /// Of the page.
    pub language: Language,
    /// Put numbers in the place of names that say who, where and what for.
    pub anonymous: bool,
}

/// A finished page.
pub struct Dashboard {
    pub html: String,
    /// Everything on the page.
    pub sum: Sum,
    /// Of the first and the last call.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// Sessions shown on their own, and all there are.
    pub sessions: (usize, usize),
    /// Lines that could not be read and are in no figure.
    pub unreadable_lines: usize,
}

/// Reads the ledger and makes the page.
pub fn make(request: &Request<'_>) -> Result<Dashboard> {
    let survey = survey::take(request)?;
    let (cube, bad) = cube::fill(request, &survey)?;
    let sum = cube.sum();
    let document = document::text(request, &survey, &cube, &sum, bad.len());
    Ok(Dashboard {
        html: html::page(&document, &sum, request.language),
        sum,
        days: cube.days(),
        sessions: (cube.sessions(&survey), survey.session_count()),
        unreadable_lines: bad.len(),
    })
}
