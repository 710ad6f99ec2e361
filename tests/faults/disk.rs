//! A model of a disk that loses power: from what a program did to its files, as the shim wrote it down, the contents the
//! disk may have afterwards. Knows nothing of the ledger.
//!
//! What a file system promises, and nothing more: what was synced is there; names change in their order (a journalled
//! file system keeps that), and a sync makes all earlier changes of names last; the bytes of un-synced writes may be
//! there, or not, or in parts, in any order, and where a file had already grown there may be zeros in their place.

use std::collections::{BTreeMap, HashMap};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::world::Tree;

const PAGE: u64 = 4096;

#[derive(Debug)]
pub enum Op {
    Create { file: usize, path: PathBuf },
    Rename { from: PathBuf, to: PathBuf },
    Unlink { path: PathBuf },
    Folder { path: PathBuf },
    Write { file: usize, at: u64, bytes: Vec<u8> },
    Truncate { file: usize, len: u64 },
    Sync { file: Option<usize> },
}

/// What became of an un-synced change of a file's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Kept,
    Lost,
    /// The first half of the bytes.
    Torn,
    /// The file is as long as it was to be, and the bytes are zeros.
    Zeros,
    /// Of each page the fate is another, by these bits; a lost one is zeros where the file grew.
    Pages(u64),
}

/// A disk on which all of `before` is safe, and what was done since.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    contents: Vec<Vec<u8>>,
    names: BTreeMap<PathBuf, usize>,
    folders: Vec<PathBuf>,
    pub ops: Vec<Op>,
}

impl Disk {
    /// The files below `root` as they are now.
    pub fn new(root: &Path) -> (Self, Inodes) {
        let mut disk = Self {
            root: root.to_path_buf(),
            contents: Vec::new(),
            names: BTreeMap::new(),
            folders: Vec::new(),
            ops: Vec::new(),
        };
        let mut inodes = Inodes::default();
        for (below, bytes) in crate::world::tree(root) {
            let path = root.join(below);
            match bytes {
                None => disk.folders.push(path),
                Some(bytes) => {
                    inodes.0.insert(std::fs::metadata(&path).unwrap().ino(), disk.contents.len());
                    disk.names.insert(path, disk.contents.len());
                    disk.contents.push(bytes);
                }
            }
        }
        (disk, inodes)
    }

    /// Adds what the shim wrote down.
    pub fn follow(&mut self, log: &[u8], mut inodes: Inodes) {
        let mut rest = log;
        while let Some((&what, after)) = rest.split_first() {
            let number = |at: usize| u64::from_le_bytes(after[at * 8..at * 8 + 8].try_into().unwrap());
            let (inode, at, path_len, len) = (number(0), number(1), number(2) as usize, number(3) as usize);
            let text = |bytes: &[u8]| PathBuf::from(String::from_utf8(bytes.to_vec()).unwrap());
            let path = text(&after[32..32 + path_len]);
            let bytes = after[32 + path_len..32 + path_len + len].to_vec();
            rest = &after[32 + path_len + len..];
            if !path.starts_with(&self.root) {
                continue;
            }
            let known = inodes.0.get(&inode).copied();
            let known_file =
                || known.unwrap_or_else(|| panic!("{what} on {}, which nobody made", path.display()));
            self.ops.push(match what {
                b'C' => {
                    inodes.0.insert(inode, self.contents.len());
                    self.contents.push(Vec::new());
                    Op::Create { file: self.contents.len() - 1, path }
                }
                b'R' => Op::Rename { from: path, to: text(&bytes) },
                b'U' => Op::Unlink { path },
                b'M' => Op::Folder { path },
                b'W' => Op::Write { file: known_file(), at, bytes },
                b'T' => Op::Truncate { file: known_file(), len: at },
                b'S' => Op::Sync { file: known },
                other => panic!("the log has a record {other}"),
            });
        }
    }

    /// The files something was written to, by the last name each had.
    pub fn changed(&self) -> BTreeMap<usize, PathBuf> {
        let mut names: HashMap<usize, PathBuf> =
            self.names.iter().map(|(path, file)| (*file, path.clone())).collect();
        let mut changed = BTreeMap::new();
        for op in &self.ops {
            match op {
                Op::Create { file, path } => drop(names.insert(*file, path.clone())),
                Op::Rename { from, to } => {
                    let file = names.iter().find(|(_, name)| *name == from).map(|(file, _)| *file);
                    names.extend(file.map(|file| (file, to.clone())));
                }
                Op::Write { file, .. } | Op::Truncate { file, .. } => {
                    drop(changed.insert(*file, PathBuf::new()))
                }
                _ => {}
            }
        }
        changed.into_keys().map(|file| (file, names[&file].clone())).collect()
    }

    /// How many of the changes last whatever happens to names.
    fn last_sync(&self) -> usize {
        self.ops.iter().rposition(|op| matches!(op, Op::Sync { .. })).map_or(0, |at| at + 1)
    }

    /// The disk after the power went, when the first `names` changes of names had reached it, and each change of bytes met
    /// its fate (by its number and the file it is of).
    pub fn left(&self, names: usize, mut fate: impl FnMut(usize, usize) -> Fate) -> Tree {
        let names = names.max(self.last_sync());
        let (mut contents, mut paths, mut folders) =
            (self.contents.clone(), self.names.clone(), self.folders.clone());
        for (number, op) in self.ops.iter().enumerate() {
            let synced = |file| {
                self.ops[number..]
                    .iter()
                    .any(|op| matches!(op, Op::Sync { file: Some(other) } if *other == file))
            };
            match op {
                Op::Write { file, at, bytes } => {
                    let fate = if synced(*file) { Fate::Kept } else { fate(number, *file) };
                    write(&mut contents[*file], *at, bytes, fate);
                }
                Op::Truncate { file, len } => {
                    if synced(*file) || !matches!(fate(number, *file), Fate::Lost | Fate::Torn) {
                        contents[*file].resize(usize::try_from(*len).unwrap(), 0);
                    }
                }
                _ if number >= names => {}
                Op::Create { file, path } => drop(paths.insert(path.clone(), *file)),
                Op::Rename { from, to } => {
                    if let Some(file) = paths.remove(from) {
                        paths.insert(to.clone(), file);
                    }
                }
                Op::Unlink { path } => drop(paths.remove(path)),
                Op::Folder { path } => folders.push(path.clone()),
                Op::Sync { .. } => {}
            }
        }
        let below = |path: &Path| path.strip_prefix(&self.root).unwrap().to_path_buf();
        let mut tree: Tree = folders.iter().map(|path| (below(path), None)).collect();
        tree.extend(paths.iter().map(|(path, file)| (below(path), Some(contents[*file].clone()))));
        tree
    }
}

/// Which file has which number of the system.
#[derive(Debug, Default)]
pub struct Inodes(HashMap<u64, usize>);

fn write(content: &mut Vec<u8>, at: u64, bytes: &[u8], fate: Fate) {
    let grow = |content: &mut Vec<u8>, to: u64| {
        let to = usize::try_from(to).unwrap();
        content.resize(content.len().max(to), 0);
    };
    let mut put = |from: u64, bytes: &[u8]| {
        grow(content, from + bytes.len() as u64);
        let from = usize::try_from(from).unwrap();
        content[from..from + bytes.len()].copy_from_slice(bytes);
    };
    match fate {
        Fate::Lost => {}
        Fate::Kept => put(at, bytes),
        Fate::Torn => put(at, &bytes[..bytes.len() / 2]),
        Fate::Zeros => grow(content, at + bytes.len() as u64),
        Fate::Pages(bits) => {
            let mut from = at;
            let end = at + bytes.len() as u64;
            while from < end {
                let to = end.min((from / PAGE + 1) * PAGE);
                if bits >> ((from / PAGE) % 64) & 1 == 1 {
                    put(from, &bytes[(from - at) as usize..(to - at) as usize]);
                }
                from = to;
            }
            grow(content, end);
        }
    }
}

#[test]
fn what_is_synced_stays_and_the_rest_meets_its_fate() {
    let root = PathBuf::from("/d");
    let (a, b) = (root.join("a"), root.join("b"));
    let mut disk = Disk {
        root,
        contents: vec![b"old".to_vec(), Vec::new()],
        names: BTreeMap::from([(a.clone(), 0)]),
        folders: Vec::new(),
        ops: Vec::new(),
    };
    disk.ops.push(Op::Write { file: 0, at: 3, bytes: b"+synced".to_vec() });
    disk.ops.push(Op::Sync { file: Some(0) });
    disk.ops.push(Op::Create { file: 1, path: b.clone() });
    disk.ops.push(Op::Write { file: 1, at: 0, bytes: b"1234".to_vec() });
    disk.ops.push(Op::Rename { from: b, to: a });
    let of =
        |names, fate| disk.left(names, |_, _| fate).into_iter().map(|(path, bytes)| (path, bytes.unwrap()));
    let left = |names, fate| of(names, fate).collect::<Vec<_>>();
    let file = |name: &str, bytes: &[u8]| (PathBuf::from(name), bytes.to_vec());
    assert_eq!(left(0, Fate::Lost), [file("a", b"old+synced")]);
    assert_eq!(left(3, Fate::Torn), [file("a", b"old+synced"), file("b", b"12")]);
    assert_eq!(left(5, Fate::Zeros), [file("a", b"\0\0\0\0")], "renamed before its bytes came");
    assert_eq!(left(5, Fate::Pages(1)), [file("a", b"1234")]);
    assert_eq!(left(5, Fate::Pages(0)), left(5, Fate::Zeros));
    assert_eq!(left(5, Fate::Lost), [file("a", b"")]);
}
