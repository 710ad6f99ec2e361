//! Word left by a process that could not get the lock in time: which transcript has news. The next one that books
//! reads it too, so that nothing depends on the same session having another event.

use std::path::{Path, PathBuf};

use crate::base::disk;
use crate::base::error::Result;
use crate::ledger::segment::fingerprint;

fn folder(base: &Path) -> PathBuf {
    base.join("late")
}

/// Leaves word that `transcript` has news.
pub fn leave_word(base: &Path, transcript: &Path) -> Result<()> {
    let folder = folder(base);
    disk::create_dir_private(&folder)?;
    let text = transcript.to_string_lossy();
    // One word per transcript, however many processes leave it.
    disk::replace(&folder.join(format!("{:016x}", fingerprint(text.as_bytes()))), text.as_bytes())
}

/// The words left, each with the transcript it names.
pub fn words(base: &Path) -> Vec<(PathBuf, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(folder(base)) else { return Vec::new() };
    let read = |word: PathBuf| {
        let hidden = word.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let text = disk::read_at_most(&word, 8192).ok().flatten().filter(|_| !hidden)?;
        Some((word, PathBuf::from(String::from_utf8(text).ok()?)))
    };
    entries.flatten().filter_map(|entry| read(entry.path())).collect()
}

/// Removes words that were heard. Done after the commit: until then they stand.
pub fn forget(words: &[PathBuf]) {
    for word in words {
        let _ = disk::remove(word);
    }
}
