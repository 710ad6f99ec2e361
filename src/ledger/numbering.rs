//! Numbers of lines, which nobody counts while all goes well: only what is wrong is told by its line.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use memchr::memchr_iter;

use crate::base::error::{Error, Result};

/// Offsets to numbers, counted from 1. Asked for in their order, each stretch of a file is read once.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    last: Option<(PathBuf, u64, u64)>,
}

impl Numbering {
    pub(super) fn of(&mut self, file: &Path, at: u64) -> Result<u64> {
        let (from, before) = match &self.last {
            Some((last, from, line)) if last == file && *from <= at => (*from, *line),
            _ => (0, 1),
        };
        let line = before + newlines(file, from, at)?;
        self.last = Some((file.to_path_buf(), at, line));
        Ok(line)
    }
}

/// How many newlines stand in a stretch of a file.
pub(super) fn newlines(path: &Path, from: u64, to: u64) -> Result<u64> {
    let failed = |error| Error::io("read", path, error);
    let mut file = File::open(path).map_err(failed)?;
    file.seek(SeekFrom::Start(from)).map_err(failed)?;
    let mut rest = to - from;
    let mut buffer = vec![0; 256 * 1024];
    let mut count = 0;
    while rest > 0 {
        let most = buffer.len().min(usize::try_from(rest).unwrap_or(usize::MAX));
        let read = file.read(&mut buffer[..most]).map_err(failed)?;
        if read == 0 {
            break;
        }
        count += memchr_iter(b'\n', &buffer[..read]).count() as u64;
        rest -= read as u64;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::disk;

    #[test]
    fn in_any_order_a_line_has_its_number() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) = (dir.path().join("one"), dir.path().join("other"));
        disk::replace(&one, b"a\nbb\n\nc\n").unwrap();
        disk::replace(&other, b"a\nb\n").unwrap();
        let mut numbering = Numbering::default();
        let asked = [(&one, 0), (&one, 2), (&one, 5), (&one, 6), (&other, 2), (&one, 6), (&one, 2)];
        let numbers = asked.map(|(file, at)| numbering.of(file, at).unwrap());
        assert_eq!(numbers, [1, 2, 3, 4, 2, 4, 2]);
        assert!(numbering.of(&dir.path().join("none"), 1).is_err());
    }
}
