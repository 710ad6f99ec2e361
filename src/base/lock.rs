//! The advisory lock, with a deadline. The only place that knows fs2.
//!
//! The lock sits on a file of its own, which is never deleted: locking the data itself would break when the data
//! is replaced while somebody waits, and deleting a lock file lets two holders in.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use super::disk;
use super::error::{Error, Kind, Result};
use super::words::{Sentence, word};

/// Held until dropped; the system lets go of it too when the process dies.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// Waits for at most `patience`. The sleeps grow and differ between processes, so that a thousand waiting
    /// hooks neither spin nor march in step.
    pub fn acquire(path: &Path, patience: Duration) -> Result<Lock> {
        let held = Self::of(disk::open_rw(path)?, path, patience);
        held.map_err(|error| match error.kind {
            Kind::Busy => error.hint(word!("another-at-work")),
            _ => error,
        })
    }

    /// Keeps others of us from changing the files of a folder that is not ours. The folder itself is locked: a lock
    /// file in it would be one more thing in a repository. Where folders cannot be opened it has to be one.
    pub fn of_folder(folder: &Path, patience: Duration) -> Result<Lock> {
        if cfg!(unix) {
            let opened = File::open(folder).map_err(|error| Error::io("open", folder, error))?;
            return Self::of(opened, folder, patience);
        }
        Self::acquire(&folder.join(".cost-hook.lock"), patience)
    }

    fn of(file: File, path: &Path, patience: Duration) -> Result<Lock> {
        let started = Instant::now();
        let mut nap = Duration::from_micros(100 + u64::from(std::process::id() % 97));
        loop {
            // Named in full: since Rust 1.89 `File` has methods of nearly the same names, and they win silently.
            match fs2::FileExt::try_lock_exclusive(&file) {
                Ok(()) => return Ok(Lock { file }),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) if error.raw_os_error() == fs2::lock_contended_error().raw_os_error() => {}
                Err(error) => return Err(Error::io("lock", path, error)),
            }
            if started.elapsed() >= patience {
                return Err(busy(path, patience));
            }
            std::thread::sleep(nap);
            nap = (nap * 3 / 2).min(Duration::from_millis(5));
        }
    }
}

/// A file of the data that this process alone is at, until it is dropped. Where a lock would keep readers out there is none.
#[derive(Debug)]
pub struct Sole {
    file: File,
}

impl Sole {
    /// None when somebody else is at the file; never waits.
    pub fn at(file: File, path: &Path) -> Result<Option<Sole>> {
        match cfg!(unix).then(|| fs2::FileExt::try_lock_exclusive(&file)) {
            None | Some(Ok(())) => Ok(Some(Sole { file })),
            Some(Err(error)) if error.raw_os_error() == fs2::lock_contended_error().raw_os_error() => {
                Ok(None)
            }
            Some(Err(error)) => Err(Error::io("lock", path, error)),
        }
    }

    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }
}

impl Drop for Sole {
    fn drop(&mut self) {
        if cfg!(unix) {
            let _ = fs2::FileExt::unlock(&self.file);
        }
    }
}

/// What a look at a lock found.
#[derive(Debug)]
pub enum Found {
    /// Nobody holds it. As long as this is kept nobody gets it for writing, which is a matter of milliseconds.
    Free(Lock),
    Held,
    /// There is no such lock yet.
    Absent,
}

/// Looks without waiting and without making the file. Shared, so that those who only look do not see each other.
pub fn look(path: &Path) -> Result<Found> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Absent),
        Err(error) => return Err(Error::io("open", path, error)),
    };
    match fs2::FileExt::try_lock_shared(&file) {
        Ok(()) => Ok(Found::Free(Lock { file })),
        Err(error) if error.raw_os_error() == fs2::lock_contended_error().raw_os_error() => Ok(Found::Held),
        Err(error) => Err(Error::io("lock", path, error)),
    }
}

/// Who holds the lock, where the system lists locks: `process 4711 (cost-hook)`.
pub fn holder(path: &Path) -> Option<Sentence> {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::MetadataExt;

        use super::words::sentence;

        let inode = std::fs::metadata(path).ok()?.ino().to_string();
        let locks = std::fs::read_to_string("/proc/locks").ok()?;
        // `1: FLOCK  ADVISORY  WRITE 4711 08:01:123456 0 EOF`; a line with `->` is one who waits.
        let holder = locks.lines().filter(|line| !line.contains("->")).find_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let place = words.get(5)?;
            (place.rsplit(':').next() == Some(&inode)).then(|| words[4].to_string())
        })?;
        let name = std::fs::read_to_string(format!("/proc/{holder}/comm")).unwrap_or_default();
        Some(match name.trim() {
            "" => sentence!("process", id = holder),
            name => sentence!("process-named", id = holder, name = name.to_string()),
        })
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = path;
        None
    }
}

fn busy(path: &Path, patience: Duration) -> Error {
    let waited = match u64::try_from(patience.as_millis()).unwrap_or(u64::MAX) {
        ms if ms >= 1_000 && ms % 1_000 == 0 => format!("{} s", ms / 1_000),
        ms => format!("{ms} ms"),
    };
    Error::busy(format!("`{}` was locked for {waited}", path.display()))
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file lets go as well; a child that inherited it, until it runs its own program, would hold on.
        let _ = fs2::FileExt::unlock(&self.file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_makes_no_file_and_sees_who_writes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        assert!(matches!(look(&path).unwrap(), Found::Absent));
        assert!(!path.exists());
        let held = Lock::acquire(&path, Duration::ZERO).unwrap();
        assert!(matches!(look(&path).unwrap(), Found::Held));
        drop(held);
        let first = look(&path).unwrap();
        assert!(matches!((&first, look(&path).unwrap()), (Found::Free(_), Found::Free(_))));
        let busy = Lock::acquire(&path, Duration::ZERO).unwrap_err();
        assert!(busy.one_line().ends_with("was locked for 0 ms; another cost-hook is at work"), "{busy:?}");
        assert!(super::busy(&path, Duration::from_secs(10)).to_string().ends_with("was locked for 10 s"));
        drop(first);
        assert!(Lock::acquire(&path, Duration::ZERO).is_ok());
    }
}
