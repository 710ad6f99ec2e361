//! How much the ledger holds: of each month and altogether, and of what lies beside the segments.

use std::path::Path;

use super::census::{Census, Counts};
use super::{Ledger, aside, chain, health};
use crate::base::error::Result;

/// A month's figures.
#[derive(Debug)]
pub struct Month {
    pub month: u32,
    pub counts: Counts,
    /// Bytes that the last record of its chain covers; None without a chain.
    pub covered: Option<u64>,
}

/// Files beside the segments: lines and bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside {
    pub lines: u64,
    pub bytes: u64,
}

#[derive(Debug)]
pub struct Stats {
    pub months: Vec<Month>,
    pub sessions: usize,
    pub projects: usize,
    pub models: Vec<String>,
    pub checkpoint: u64,
    pub torn: Beside,
    pub unreadable: Beside,
}

pub fn stats(ledger: &Ledger) -> Result<Stats> {
    let census = Census::of(ledger)?;
    let mut months = Vec::new();
    for (segment, counts) in census.segments.iter().zip(&census.counts) {
        let covered = chain::covered(ledger, segment.month)?;
        months.push(Month { month: segment.month, counts: counts.clone(), covered });
    }
    Ok(Stats {
        months,
        sessions: census.names.sessions.len(),
        projects: census.names.projects.len(),
        models: census.names.models.into_iter().collect(),
        checkpoint: length(&ledger.checkpoint_path()),
        torn: beside(&health::torn_path(ledger))?,
        unreadable: beside(&aside::unreadable_path(ledger))?,
    })
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |facts| facts.len())
}

fn beside(path: &Path) -> Result<Beside> {
    let bytes = length(path);
    let lines = if bytes == 0 { 0 } else { super::numbering::newlines(path, 0, bytes)? };
    Ok(Beside { lines, bytes })
}
