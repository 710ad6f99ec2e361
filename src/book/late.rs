//! Word left by a process that could not get the lock in time: which transcript has news. The next one that books
//! reads it too, so that nothing depends on the same session having another event.

use std::path::{Path, PathBuf};

use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::ledger::segment::fingerprint;

fn folder(base: &Path) -> PathBuf {
    base.join("late")
}

/// Leaves word that `transcript` has news.
pub fn leave_word(base: &Path, transcript: &Path) -> Result<()> {
    let folder = folder(base);
    disk::create_dir_private(&folder)?;
    if disk::is_link(&folder) {
        return Err(Error::user(format!("`{}` is a symbolic link", folder.display())).hint("remove it"));
    }
    let text = transcript.to_string_lossy();
    // One word per transcript, however many processes leave it.
    let name = format!("{:016x}", fingerprint(text.as_bytes()));
    disk::replace_here(&folder.join(name), text.as_bytes(), disk::PRIVATE_FILE)
}

/// The words left, each with the transcript it names. What was heard is removed: so nothing that is not named as a word, and
/// nothing in a folder that somebody put in the way by a link, is taken for one.
pub fn words(base: &Path) -> Vec<(PathBuf, PathBuf)> {
    let folder = folder(base);
    let Ok(entries) = std::fs::read_dir(&folder) else { return Vec::new() };
    let is_named = |word: &Path| {
        let name = word.file_name().unwrap_or_default().as_encoded_bytes();
        name.len() == 16 && name.iter().all(u8::is_ascii_hexdigit)
    };
    let read = |word: PathBuf| {
        let text = disk::read_at_most(&word, 8192).ok()??;
        Some((word, PathBuf::from(String::from_utf8(text).ok()?)))
    };
    let named = entries.flatten().map(|entry| entry.path()).filter(|word| is_named(word));
    let words: Vec<(PathBuf, PathBuf)> = named.filter_map(read).collect();
    // Asked only where there is something: every event comes this way.
    if !words.is_empty() && disk::is_link(&folder) { Vec::new() } else { words }
}

/// Removes words that were heard. Done after the commit: until then they stand.
pub fn forget(words: &[PathBuf]) {
    for word in words {
        let _ = disk::remove(word);
    }
}
