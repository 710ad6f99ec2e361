//! The one door to the disk: reading whole files, replacing them atomically, private folders, backups, and files
//! opened for appending. Locks are `base::lock`'s, what is written is the caller's.
//!
//! Every error names the path. Nothing here truncates a file in place: a reader sees the old bytes or the new.

#![allow(clippy::disallowed_methods)]

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use super::error::{Error, Result};
use super::words::word;

/// The mode of files that did not exist before.
pub const PRIVATE_FILE: u32 = 0o600;
/// The mode of folders that did not exist before.
pub const PRIVATE_FOLDER: u32 = 0o700;
/// The mode of a new file that all users of the machine read.
pub const SHARED_FILE: u32 = 0o644;
/// The mode of a new folder whose files all users of the machine read.
#[cfg(unix)]
const SHARED_FOLDER: u32 = 0o755;
/// What `backup` appends to the file name. Not `.json`, so that a backup in `managed-settings.d` is no settings.
const BACKUP_SUFFIX: &str = ".cost-hook-backup";

/// More links than any sane chain has; the kernel gives up at the same number.
const MAX_LINKS: usize = 40;

/// The whole file, or None when there is none.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    read_at_most(path, u64::MAX)
}

/// Like `read`, and an error for files larger than `limit` bytes, which are not read at all.
pub fn read_at_most(path: &Path, limit: u64) -> Result<Option<Vec<u8>>> {
    // Looked at before it is opened: opening a pipe would wait for its writer.
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if is_absence(&error) => return Ok(None),
        Err(error) => return Err(Error::io("read", path, error)),
    };
    refuse_what_is_no_file("read", path, &found)?;
    let size = found.len();
    if size > limit {
        let message = format!("`{}` is too large: {size} bytes, at most {limit} are read", path.display());
        return Err(Error::user(message));
    }
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if is_absence(&error) => return Ok(None),
        Err(error) => return Err(Error::io("read", path, error)),
    };
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    file.read_to_end(&mut bytes).map_err(|error| Error::io("read", path, error))?;
    Ok(Some(bytes))
}

/// The paths of the files directly inside a folder, sorted by name; empty when there is no such folder.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if is_absence(&error) => return Ok(Vec::new()),
        Err(error) => return Err(Error::io("list", folder, error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|error| Error::io("list", folder, error))?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Replaces or creates a file in one step; a new file is private.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    replace_with_mode(path, bytes, PRIVATE_FILE)
}

/// Replaces or creates a file in one step. An existing file keeps its mode, its owner where the system lets us,
/// and its place behind symbolic links; `new_mode` is for a file that did not exist.
pub fn replace_with_mode(path: &Path, bytes: &[u8], new_mode: u32) -> Result<()> {
    let mut fresh = Replacement::begin(path, new_mode)?;
    fresh.write_all(bytes).map_err(|error| Error::io("write", path, error))?;
    fresh.finish()
}

/// The same for a file that nobody has a reason to keep elsewhere: a link of that name is somebody's trap, and is
/// replaced itself.
pub fn replace_here(path: &Path, bytes: &[u8], new_mode: u32) -> Result<()> {
    let mut fresh = Replacement::begin_here(path, new_mode)?;
    fresh.write_all(bytes).map_err(|error| Error::io("write", path, error))?;
    fresh.finish()
}

/// A file that is being written piece by piece and takes the other's place only when it is finished. Dropped before
/// that, it leaves nothing behind.
#[derive(Debug)]
pub struct Replacement {
    fresh: tempfile::NamedTempFile,
    target: PathBuf,
}

impl Replacement {
    /// In the way of `replace_with_mode`.
    pub fn begin(path: &Path, new_mode: u32) -> Result<Self> {
        Self::begin_at(follow_links(path)?, new_mode)
    }

    /// In the way of `replace_here`.
    fn begin_here(path: &Path, new_mode: u32) -> Result<Self> {
        Self::begin_at(path.to_path_buf(), new_mode)
    }

    /// At the place itself, whatever is there.
    fn begin_at(target: PathBuf, new_mode: u32) -> Result<Self> {
        let failed = |error| Error::io("write", &target, error);
        let old = match fs::symlink_metadata(&target) {
            Ok(link) if link.is_symlink() => None,
            Ok(old) => Some(old),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        if let Some(old) = &old {
            refuse_what_is_no_file("write", &target, old)?;
            // A rename would get past this protection, which somebody set on purpose.
            if old.permissions().readonly() {
                let message = format!("cannot write `{}`: the file is read-only", target.display());
                return Err(Error::user(message).hint(word!("write-protected-cure")));
            }
        }
        let beside =
            tempfile::Builder::new().prefix(".cost-hook-").suffix(".tmp").tempfile_in(folder_of(&target));
        let fresh = beside.map_err(failed)?;
        // Owner before mode (changing the owner may clear mode bits), and both before the sync.
        set_owner_and_mode(fresh.as_file(), old.as_ref(), new_mode).map_err(failed)?;
        Ok(Self { fresh, target })
    }

    /// Where it lies until then.
    pub fn path(&self) -> &Path {
        self.fresh.path()
    }

    /// Makes what was written so far survive a power cut: then `finish` is quick.
    pub fn sync(&self) -> Result<()> {
        self.fresh.as_file().sync_all().map_err(|error| Error::io("write", &self.target, error))
    }

    pub fn finish(self) -> Result<()> {
        let Self { fresh, target } = self;
        let failed = |error| Error::io("write", &target, error);
        // Without it a power cut after the rename may leave a file of the right name and no content.
        fresh.as_file().sync_all().map_err(failed)?;
        fresh.persist(&target).map_err(|error| failed(error.error))?;
        sync_folder(folder_of(&target));
        Ok(())
    }
}

impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.fresh.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.fresh.flush()
    }
}

fn folder_of(target: &Path) -> &Path {
    target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Creates a folder and its missing parents, all private. An existing folder stays as it is.
pub fn create_dir_private(path: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, PRIVATE_FOLDER);
    builder.create(path).map_err(|error| Error::io("create", path, error))
}

/// Creates a folder and its missing parents for all users of the machine to look into, whatever the umask. An existing
/// folder stays as it is.
pub fn create_dir_shared(path: &Path) -> Result<()> {
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let made: Vec<&Path> = path.ancestors().take_while(is_missing).collect();
    create_dir_private(path)?;
    #[cfg(unix)]
    for folder in made {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(SHARED_FOLDER))
            .map_err(|error| Error::io("change the mode of", folder, error))?;
    }
    #[cfg(not(unix))]
    drop(made);
    Ok(())
}

/// A private folder that is removed, with everything in it, when this is dropped.
#[derive(Debug)]
pub struct TemporaryFolder(tempfile::TempDir);

impl TemporaryFolder {
    pub fn create(prefix: &str) -> Result<Self> {
        let made = tempfile::Builder::new().prefix(prefix).tempdir();
        made.map(Self).map_err(|error| Error::io("create a folder in", &std::env::temp_dir(), error))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Copies a file beside itself and returns the copy's path; None when there is nothing to copy. There is one
/// backup per file: it is the state before the last change. A repository may bring a link of that name.
pub fn backup(path: &Path) -> Result<Option<PathBuf>> {
    let target = follow_links(path)?;
    let Some(bytes) = read(&target)? else { return Ok(None) };
    let copy = backup_of(&target);
    // A copy that only its owner may read would be in the way of the next one.
    replace_here(&copy, &bytes, mode_of(&target).unwrap_or(PRIVATE_FILE) | 0o200)?;
    Ok(Some(copy))
}

/// Where the backup of a file lies, itself behind no link.
pub fn backup_of(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_os_string();
    name.push(BACKUP_SUFFIX);
    target.with_file_name(name)
}

/// A private copy of a file, on the disk when this returns; a link in its place is replaced.
pub fn copy_private(from: &Path, to: &Path) -> Result<()> {
    let mut source = File::open(from).map_err(|error| Error::io("read", from, error))?;
    let mut copy = Replacement::begin_here(to, PRIVATE_FILE)?;
    std::io::copy(&mut source, &mut copy).map_err(|error| Error::io("write", to, error))?;
    copy.finish()
}

/// A copy with the same mode, in place of whatever was there; not synced.
pub fn copy_fresh(from: &Path, to: &Path) -> Result<()> {
    remove(to)?;
    fs::copy(from, to).map(drop).map_err(|error| Error::io("write", to, error))
}

/// Fills the buffer from an offset, as far as the file goes; nobody's position moves.
pub fn read_at(file: &File, buffer: &mut [u8], at: u64) -> std::io::Result<usize> {
    let mut done = 0;
    while done < buffer.len() {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(file, &mut buffer[done..], at + done as u64);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(file, &mut buffer[done..], at + done as u64);
        match read {
            Ok(0) => break,
            Ok(read) => done += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// Which file it is, whatever its name; where the system does not say, all are the same.
pub fn identity(found: &Metadata) -> (u64, u64) {
    #[cfg(unix)]
    return (std::os::unix::fs::MetadataExt::dev(found), std::os::unix::fs::MetadataExt::ino(found));
    #[cfg(not(unix))]
    {
        let _ = found;
        (0, 0)
    }
}

/// May this process write the file, or make files in the folder? Asked of the system without writing anything, since
/// modes alone know nothing of read-only file systems and of access lists.
pub fn can_write(path: &Path) -> bool {
    #[cfg(unix)]
    return rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok();
    #[cfg(not(unix))]
    return fs::metadata(path).is_ok_and(|found| !found.permissions().readonly());
}

/// Bytes that can still be written where the path lies; None where the system does not say.
pub fn free_space(path: &Path) -> Option<u64> {
    #[cfg(unix)]
    return rustix::fs::statvfs(path).ok().map(|found| found.f_bavail.saturating_mul(found.f_frsize));
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// May every user of the machine go the way to the file, and read it; or run it, where `runs`? The path itself, or the folder
/// around it, that is in the way; none where the system has no modes.
pub fn closed_to_others(path: &Path, runs: bool) -> Option<PathBuf> {
    let file = if runs { 0o005 } else { 0o004 };
    let mut way = path.ancestors().enumerate().filter(|(_, place)| !place.as_os_str().is_empty());
    way.find(|(depth, place)| {
        let wanted = if *depth == 0 { file } else { 0o001 };
        mode_of(place).is_some_and(|mode| mode & wanted != wanted)
    })
    .map(|(_, place)| place.to_path_buf())
}

/// May others than the owner read or change it? Never where the system has no modes.
pub fn is_open_to_others(path: &Path) -> bool {
    mode_of(path).is_some_and(|mode| mode & 0o077 != 0)
}

/// Takes away from everybody but the owner what `is_open_to_others` found.
pub fn make_private(path: &Path) -> Result<()> {
    #[cfg(unix)]
    if let Some(mode) = mode_of(path) {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700))
            .map_err(|error| Error::io("change the mode of", path, error))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Is it a symbolic link, whatever that leads to?
pub fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink())
}

/// Removes a file; says whether there was one.
pub fn remove(path: &Path) -> Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if is_absence(&error) => Ok(false),
        Err(error) => Err(Error::io("remove", path, error)),
    }
}

/// Removes a folder that has nothing in it; says whether it did.
pub fn remove_empty_folder(path: &Path) -> Result<bool> {
    let is_empty = fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
    if !is_empty || is_link(path) {
        return Ok(false);
    }
    match fs::remove_dir(path) {
        Ok(()) => Ok(true),
        // Somebody put something in it.
        Err(error) if is_absence(&error) || error.kind() == ErrorKind::DirectoryNotEmpty => Ok(false),
        Err(error) => Err(Error::io("remove", path, error)),
    }
}

/// Makes a file as it is now survive a power cut, its name included.
pub fn sync(path: &Path) -> Result<()> {
    let file = File::open(path).map_err(|error| Error::io("open", path, error))?;
    file.sync_all().map_err(|error| Error::io("write", path, error))?;
    sync_folder(folder_of(path));
    Ok(())
}

/// Moves a file within its folder, over an existing one.
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|error| Error::io("replace", to, error))
}

/// Opens for appending, creating a private file.
pub fn open_append(path: &Path) -> Result<File> {
    open(path, OpenOptions::new().append(true).create(true), true)
}

/// The same for a file that nobody has a reason to keep elsewhere: a link of that name is somebody's trap and an error.
pub fn open_append_here(path: &Path) -> Result<File> {
    open(path, OpenOptions::new().append(true).create(true), false)
}

/// Opens for reading and writing anywhere, creating a private file and never truncating.
pub fn open_rw(path: &Path) -> Result<File> {
    open(path, OpenOptions::new().read(true).write(true).create(true).truncate(false), true)
}

fn open(path: &Path, options: &mut OpenOptions, follow: bool) -> Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        // Opening a pipe waits for its reader; a file knows no such thing.
        let flags = if follow { OFlags::NONBLOCK } else { OFlags::NONBLOCK | OFlags::NOFOLLOW };
        options.mode(PRIVATE_FILE).custom_flags(flags.bits().cast_signed());
    }
    #[cfg(not(unix))]
    let _ = follow;
    options.open(path).map_err(|error| Error::io("open", path, error))
}

/// `NotADirectory` too: a path below a file does not exist.
fn is_absence(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// An error for a folder, a pipe, a device.
pub fn refuse_what_is_no_file(verb: &str, path: &Path, found: &Metadata) -> Result<()> {
    if found.is_file() {
        return Ok(());
    }
    let what = if found.is_dir() { "it is a folder" } else { "it is not a regular file" };
    Err(Error::user(format!("cannot {verb} `{}`: {what}", path.display())))
}

/// Where a write to `path` has to go. By hand and not through `canonicalize`, which fails for a link whose target
/// does not exist yet.
pub fn follow_links(path: &Path) -> Result<PathBuf> {
    let mut target = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        let Ok(next) = fs::read_link(&target) else { return Ok(target) };
        // An absolute link replaces the whole path in `join`.
        target = target.parent().unwrap_or(Path::new("")).join(next);
    }
    Err(Error::user(format!("`{}` is a symbolic link that leads nowhere", path.display())))
}

#[cfg(unix)]
fn set_owner_and_mode(file: &File, old: Option<&Metadata>, new_mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let mode = match old {
        Some(old) => {
            let own = file.metadata()?;
            if (own.uid(), own.gid()) != (old.uid(), old.gid()) {
                // Only root may give files away; for everybody else the owner changes, as with any editor.
                let _ = fchown(file, Some(old.uid()), Some(old.gid()));
            }
            old.mode() & 0o7777
        }
        None => new_mode,
    };
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_owner_and_mode(_: &File, _: Option<&Metadata>, _: u32) -> std::io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn mode_of(path: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    Some(fs::metadata(path).ok()?.mode() & 0o7777)
}

#[cfg(not(unix))]
fn mode_of(_: &Path) -> Option<u32> {
    None
}

/// Makes the rename itself survive a power cut. Some file systems refuse; the content is safe either way.
fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    #[cfg(not(unix))]
    let _ = folder;
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn mode(path: &Path) -> u32 {
        mode_of(path).expect("the file is there")
    }

    #[test]
    fn absent_files_are_none_and_folders_are_errors() {
        let dir = tempfile::tempdir().unwrap();
        assert!(read(&dir.path().join("no/such/file")).unwrap().is_none());
        let error = read(dir.path()).unwrap_err().to_string();
        assert_eq!(error, format!("cannot read `{}`: it is a folder", dir.path().display()));
        let file = dir.path().join("file");
        replace(&file, b"12345").unwrap();
        assert!(read(&file.join("below a file")).unwrap().is_none());
        assert!(read_at_most(&file, 4).unwrap_err().to_string().contains("too large: 5 bytes"));
    }

    #[test]
    fn replacing_keeps_mode_and_link() {
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real"), dir.path().join("link"));
        symlink("real", &link).unwrap();
        replace(&link, b"one").unwrap();
        assert_eq!(mode(&real), 0o600);
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        replace(&link, b"two").unwrap();
        assert_eq!(read(&real).unwrap().unwrap(), b"two");
        assert_eq!(mode(&real), 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(list(dir.path()).unwrap(), [link, real], "no temporary file is left");
    }

    #[test]
    fn a_read_only_file_and_a_circle_of_links_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        replace_with_mode(&file, b"kept", 0o444).unwrap();
        assert!(replace(&file, b"new").is_err());
        assert_eq!(read(&file).unwrap().unwrap(), b"kept");
        let circle = dir.path().join("circle");
        symlink("circle", &circle).unwrap();
        assert!(replace(&circle, b"x").unwrap_err().to_string().contains("leads nowhere"));
    }

    #[test]
    fn what_others_may_read_can_be_taken_from_them() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        replace_with_mode(&file, b"x", 0o644).unwrap();
        assert!(is_open_to_others(&file) && can_write(&file) && can_write(dir.path()));
        make_private(&file).unwrap();
        assert_eq!((mode(&file), is_open_to_others(&file)), (0o600, false));
        assert!(!can_write(&dir.path().join("absent")));
        assert!(free_space(dir.path()).is_some_and(|bytes| bytes > 0));
    }

    #[test]
    fn backups_sit_beside_the_file_and_new_things_are_private() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("a/b");
        create_dir_private(&folder).unwrap();
        create_dir_private(&folder).unwrap();
        assert_eq!(mode(&folder), 0o700);
        let file = folder.join("settings.json");
        assert_eq!(backup(&file).unwrap(), None);
        replace(&file, b"{}").unwrap();
        let copy = backup(&file).unwrap().unwrap();
        assert_eq!(copy.file_name().unwrap(), "settings.json.cost-hook-backup");
        assert_eq!(read(&copy).unwrap().unwrap(), b"{}");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
        fs::remove_file(&copy).unwrap();
        backup(&file).unwrap();
        backup(&file).unwrap();
        assert_eq!(mode(&copy), 0o600);
        open_append(&folder.join("log")).unwrap().write_all(b"x").unwrap();
        open_rw(&folder.join("log")).unwrap();
        assert_eq!(read(&folder.join("log")).unwrap().unwrap(), b"x");
        assert_eq!(mode(&folder.join("log")), 0o600);
        assert!(remove(&file).unwrap());
        assert!(!remove(&file).unwrap());
    }
}
