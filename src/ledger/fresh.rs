//! The index while the checkpoint is made anew. What this process found is in memory; what its predecessors found, who
//! were ended before all was read, comes from a file they appended to. Only when everything is read does the index go
//! into the checkpoint: sorted by key, its rows are appended to the table's tree instead of scattered over it. Scattered,
//! each part of the work would write all of the tree again.
//!
//! The file is never synced: it is believed only in the boot it was made in, and only as far as the growing checkpoint
//! says that it goes.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::PathBuf;

use super::checkpoint::Place;
use crate::base::disk;
use crate::base::error::{Error, Result};

/// Key, offset, length, month.
const ROW: usize = 24;
/// So many rows share a bucket.
const IN_A_BUCKET: u64 = 8;

type Row = (i64, u64, u32, u32);

#[derive(Debug)]
pub(super) struct Fresh {
    path: PathBuf,
    saved: u64,
    before: Found,
    new: HashMap<i64, Place>,
    /// What is not in the file yet.
    unsaved: Vec<u8>,
}

impl Fresh {
    /// The first so many rows of the file are what was found before.
    pub(super) fn open(path: PathBuf, rows: u64) -> Result<Self> {
        if rows == 0 {
            disk::remove(&path)?;
        }
        let before = Found::read(&path, rows)?;
        Ok(Self { path, saved: rows, before, new: HashMap::new(), unsaved: Vec::new() })
    }

    /// How many rows the file holds.
    pub(super) fn saved(&self) -> u64 {
        self.saved
    }

    pub(super) fn get(&self, key: i64) -> Option<Place> {
        self.new.get(&key).copied().or_else(|| self.before.get(key))
    }

    pub(super) fn put(&mut self, key: i64, place: Place) {
        self.new.insert(key, place);
        self.unsaved.extend_from_slice(&to_bytes(key, place));
    }

    /// Appends what is new to the file. Returns how many rows it holds.
    pub(super) fn save(&mut self) -> Result<u64> {
        let failed = |error| Error::io("write", &self.path, error);
        let mut file = disk::open_append(&self.path)?;
        // A predecessor that was ended here left rows nobody counts.
        let len = self.saved * ROW as u64;
        if file.metadata().map_err(failed)?.len() != len {
            file.set_len(len).map_err(failed)?;
        }
        file.write_all(&self.unsaved).map_err(failed)?;
        self.saved += (self.unsaved.len() / ROW) as u64;
        self.unsaved.clear();
        Ok(self.saved)
    }

    /// Everything that was found and saved, each key once, in the order of the keys behind `after`.
    pub(super) fn sorted(self, after: Option<i64>) -> Result<impl Iterator<Item = (i64, Place)>> {
        let found = if self.new.is_empty() {
            self.before
        } else {
            drop((self.before, self.new));
            Found::read(&self.path, self.saved)?
        };
        let first = after.map_or(0, |key| found.bucket(key));
        let buckets = (first..found.ends.len()).flat_map(move |bucket| {
            let mut rows: Vec<Row> = found.rows_of(bucket).to_vec();
            // Stable: of a key's rows the last one holds.
            rows.sort_by_key(|row| row.0);
            let of_key = rows.chunk_by(|one, other| one.0 == other.0);
            of_key.filter_map(|rows| rows.last().copied()).collect::<Vec<_>>()
        });
        Ok(buckets.map(place_of).filter(move |(key, _)| after.is_none_or(|after| *key > after)))
    }
}

/// Rows by the first bits of their keys, which are hashes: nothing has to be sorted to find one.
#[derive(Debug, Default)]
struct Found {
    shift: u32,
    /// Where each bucket ends.
    ends: Vec<usize>,
    rows: Vec<Row>,
}

impl Found {
    fn read(path: &std::path::Path, rows: u64) -> Result<Self> {
        if rows == 0 {
            return Ok(Self::default());
        }
        let buckets = (rows / IN_A_BUCKET + 1).next_power_of_two();
        let mut found =
            Self { shift: 63 - buckets.trailing_zeros(), ends: vec![0; buckets as usize], rows: Vec::new() };
        // Twice through the file: how many rows each bucket has, then where each row goes.
        each_row(path, rows, |row| found.ends[bucket(row.0, found.shift)] += 1)?;
        let mut end = 0;
        for bucket in &mut found.ends {
            end += *bucket;
            *bucket = end - *bucket;
        }
        found.rows = vec![(0, 0, 0, 0); end];
        each_row(path, rows, |row| {
            let at = &mut found.ends[bucket(row.0, found.shift)];
            found.rows[*at] = row;
            *at += 1;
        })?;
        Ok(found)
    }

    fn bucket(&self, key: i64) -> usize {
        bucket(key, self.shift)
    }

    fn rows_of(&self, bucket: usize) -> &[Row] {
        let start = bucket.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.rows[start..self.ends[bucket]]
    }

    fn get(&self, key: i64) -> Option<Place> {
        if self.rows.is_empty() {
            return None;
        }
        let rows = self.rows_of(self.bucket(key));
        rows.iter().rev().find(|row| row.0 == key).map(|row| place_of(*row).1)
    }
}

/// In the order of the keys, which have a sign.
fn bucket(key: i64, shift: u32) -> usize {
    ((key.cast_unsigned() ^ (1 << 63)) >> 1 >> shift) as usize
}

fn each_row(path: &std::path::Path, rows: u64, mut take: impl FnMut(Row)) -> Result<()> {
    let failed = |error| Error::io("read", path, error);
    let file = File::open(path).map_err(failed)?;
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut bytes = [0; ROW];
    for _ in 0..rows {
        reader.read_exact(&mut bytes).map_err(failed)?;
        let (key, rest) = bytes.split_at(8);
        let (at, rest) = rest.split_at(8);
        let (len, month) = rest.split_at(4);
        let wide = |part: &[u8]| u64::from_le_bytes(part.try_into().unwrap_or_default());
        let narrow = |part: &[u8]| u32::from_le_bytes(part.try_into().unwrap_or_default());
        take((wide(key).cast_signed(), wide(at), narrow(len), narrow(month)));
    }
    Ok(())
}

/// A line has less than 4 GB: it is read in one piece.
fn to_bytes(key: i64, place: Place) -> [u8; ROW] {
    let mut bytes = [0; ROW];
    bytes[..8].copy_from_slice(&key.to_le_bytes());
    bytes[8..16].copy_from_slice(&place.at.to_le_bytes());
    bytes[16..20].copy_from_slice(&u32::try_from(place.len).unwrap_or(u32::MAX).to_le_bytes());
    bytes[20..].copy_from_slice(&place.month.to_le_bytes());
    bytes
}

fn place_of((key, at, len, month): Row) -> (i64, Place) {
    (key, Place { month, at, len: u64::from(len) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn place(at: u64) -> Place {
        Place { month: 202_611, at, len: at % 1000 }
    }

    /// By several processes, one of which was ended after it wrote and before that counted.
    #[test]
    fn what_one_process_found_the_next_one_knows() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("index");
        let mut truth = BTreeMap::new();
        let mut dice = 1_u64;
        let mut rows = 0;
        for process in 0..5 {
            let mut fresh = Fresh::open(path.clone(), rows).unwrap();
            for at in 0..700 {
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let hash = dice.cast_signed();
                // Some are found again elsewhere; some lie next to each other, as those of one hash do.
                let known = truth.keys().nth(at % 97).copied().unwrap_or(hash);
                let key = [hash, known, hash.wrapping_add(1)][at % 3];
                assert_eq!(fresh.get(key), truth.get(&key).copied());
                let place = place(process * 1000 + at as u64);
                fresh.put(key, place);
                truth.insert(key, place);
            }
            rows = fresh.save().unwrap();
            assert!(truth.iter().all(|(key, place)| fresh.get(*key) == Some(*place)));
            fresh.put(5, place(1));
            fresh.save().unwrap();
        }
        let all: Vec<(i64, Place)> = Fresh::open(path.clone(), rows).unwrap().sorted(None).unwrap().collect();
        assert!(all.iter().copied().eq(truth.iter().map(|(key, place)| (*key, *place))));
        let (middle, _) = all[all.len() / 2];
        let rest: Vec<_> = Fresh::open(path.clone(), rows).unwrap().sorted(Some(middle)).unwrap().collect();
        assert_eq!(rest, all[all.len() / 2 + 1..]);
        assert_eq!(Fresh::open(path, 0).unwrap().sorted(None).unwrap().count(), 0);
    }
}
