//! What other programs reported, by id and in its newest state. Kept apart from the unlisted money of sessions, which is
//! held against the client's totals.

use std::collections::BTreeMap;

use super::writer::Writer;
use crate::base::error::Result;
use crate::model::entry::Unlisted;

/// The owner of such lines in the checkpoint, in the place of a session.
pub(super) const IMPORTED: &str = "imported";

impl Writer {
    /// Read once for each writer: most ledgers have none.
    pub fn imported(&mut self) -> Result<&BTreeMap<String, Unlisted>> {
        if self.imports.is_none() {
            let lines: Vec<Unlisted> = self.db.lines_of(IMPORTED).map_err(|fault| self.explain(fault))?;
            self.imports = Some(lines.into_iter().map(|line| (line.id.clone(), line)).collect());
        }
        Ok(self.imports.get_or_insert_default())
    }

    pub(super) fn note_imported(&mut self, line: &Unlisted) {
        if let Some(known) = self.imports.as_mut().filter(|_| line.imported.is_some()) {
            known.insert(line.id.clone(), line.clone());
        }
    }
}
