//! Changing a file that others write too: planned on the bytes that are there, backed up, and replaced in one step
//! only when they are still the same. Among ourselves a lock keeps changes apart, so that of many processes at once
//! none undoes another's; a foreign writer (Claude Code, an editor) is noticed by reading again just before.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::disk;
use super::error::{Error, Kind, Result};
use super::lock::Lock;
use super::words::word;

/// How long to wait for others of us. A change takes a few milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often to plan again when somebody else keeps writing.
const ATTEMPTS: usize = 5;

/// What became of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    pub changed: bool,
    /// The file as it was, if there was one and it changed.
    pub backup: Option<PathBuf>,
}

/// Who may read a file that was not there before, and look into its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    Owner,
    /// Managed settings bind all users of the machine, whose programs have to read them.
    Everybody,
}

/// Replaces the file by what `plan` makes of its bytes (None: there is no file); where that is None, nothing is done.
/// What else `plan` found out comes back with it.
pub fn rewrite<T>(
    path: &Path,
    plan: impl Fn(Option<&[u8]>) -> Result<(Option<Vec<u8>>, T)>,
) -> Result<(T, Written)> {
    rewrite_for(Readers::Owner, path, plan)
}

/// The same for a file of other readers.
pub fn rewrite_for<T>(
    readers: Readers,
    path: &Path,
    plan: impl Fn(Option<&[u8]>) -> Result<(Option<Vec<u8>>, T)>,
) -> Result<(T, Written)> {
    let target = disk::follow_links(path)?;
    // Without a folder there is nothing to lock yet; made only when there is something to write.
    let mut lock = hold(&target)?;
    for _ in 0..ATTEMPTS {
        let before = disk::read(&target)?;
        let (after, told) = plan(before.as_deref())?;
        let Some(after) = after.filter(|after| before.as_ref() != Some(after)) else {
            return Ok((told, Written::default()));
        };
        if lock.is_none()
            && let Some(folder) = target.parent()
        {
            match readers {
                Readers::Owner => disk::create_dir_private(folder)?,
                Readers::Everybody => disk::create_dir_shared(folder)?,
            }
            lock = hold(&target)?;
        }
        let backup = disk::backup(&target)?;
        if disk::read(&target)? == before {
            match readers {
                Readers::Owner => disk::replace(&target, &after)?,
                Readers::Everybody => disk::replace_with_mode(&target, &after, disk::SHARED_FILE)?,
            }
            return Ok((told, Written { changed: true, backup }));
        }
    }
    Err(Error::busy(format!("`{}` keeps changing", path.display())).hint(word!("keeps-changing-cure")))
}

/// The lock on the folder of the file. A file system that knows no locks goes without: reading again stays.
fn hold(target: &Path) -> Result<Option<Lock>> {
    let Some(folder) = target.parent().filter(|folder| folder.is_dir()) else { return Ok(None) };
    match Lock::of_folder(folder, PATIENCE) {
        Ok(lock) => Ok(Some(lock)),
        Err(error) if error.kind == Kind::Busy => Err(error),
        Err(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_and_no_folder_made_without_a_change() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b.json");
        assert_eq!(rewrite(&path, |_| Ok((None, 7))).unwrap(), (7, Written::default()));
        assert!(!path.parent().unwrap().exists());
        let made = rewrite(&path, |before| Ok((Some(b"1".to_vec()), before.is_none()))).unwrap();
        assert_eq!(made, (true, Written { changed: true, backup: None }));
        let same = rewrite(&path, |_| Ok((Some(b"1".to_vec()), ()))).unwrap().1;
        assert_eq!(same, Written::default(), "the same bytes are no change");
        let (_, changed) = rewrite(&path, |_| Ok((Some(b"2".to_vec()), ()))).unwrap();
        assert_eq!(disk::read(&changed.backup.unwrap()).unwrap().unwrap(), b"1");
        assert_eq!(disk::read(&path).unwrap().unwrap(), b"2");
    }

    #[cfg(unix)]
    #[test]
    fn what_everybody_reads_is_open_and_the_rest_is_not() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        for (readers, folders, files) in [(Readers::Everybody, 0o755, 0o644), (Readers::Owner, 0o700, 0o600)]
        {
            let outer = dir.path().join(format!("{readers:?}"));
            let path = outer.join("below/a.json");
            assert!(rewrite_for(readers, &path, |_| Ok((Some(b"1".to_vec()), ()))).unwrap().1.changed);
            assert_eq!((mode(&outer), mode(path.parent().unwrap()), mode(&path)), (folders, folders, files));
        }
        let open = dir.path().join("Everybody/below/a.json");
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(disk::closed_to_others(&open, false), None);
        assert_eq!(disk::closed_to_others(&open, true), Some(open.clone()), "it is no program");
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(disk::closed_to_others(&open, false).as_deref(), Some(dir.path()));
    }

    #[test]
    fn a_foreign_write_in_between_is_not_undone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("b.json");
        disk::replace(&path, b"a").unwrap();
        let rounds = std::cell::Cell::new(0);
        let add = |before: Option<&[u8]>| {
            rounds.set(rounds.get() + 1);
            if rounds.get() == 1 {
                disk::replace(&path, b"foreign").unwrap();
            }
            Ok((Some([before.unwrap(), b"+"].concat()), ()))
        };
        assert!(rewrite(&path, add).unwrap().1.changed);
        assert_eq!((disk::read(&path).unwrap().unwrap(), rounds.get()), (b"foreign+".to_vec(), 2));
        let always = |before: Option<&[u8]>| {
            disk::replace(&path, &[before.unwrap(), b"!"].concat()).unwrap();
            Ok((Some(b"ours".to_vec()), ()))
        };
        assert!(rewrite(&path, always).unwrap_err().to_string().contains("keeps changing"));
    }

    #[test]
    fn of_many_changes_at_once_none_is_lost() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("counter");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        let add = |before: Option<&[u8]>| {
                            Ok((Some([before.unwrap_or_default(), b"x"].concat()), ()))
                        };
                        rewrite(&path, add).unwrap();
                    }
                });
            }
        });
        assert_eq!(disk::read(&path).unwrap().unwrap().len(), 200);
    }
}
