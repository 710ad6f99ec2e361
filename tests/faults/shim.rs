//! The library that makes the disk misbehave (`shim.c`), built once with the system's compiler, and what a fault is.
//! A machine without `cc` fails here; `tests/run` leaves this target out by name then.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::world::World;

/// The built library. It outlives every test and goes with the folder of the build.
fn library() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/shim.c");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("faults-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let built = folder.join("shim.so");
        let done = Command::new("cc")
            .args(["-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o"])
            .arg(&built)
            .arg(source)
            .arg("-ldl")
            .output()
            .expect("`cc` is needed to build tests/faults/shim.c");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        built
    })
}

/// What goes wrong, and when.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// The calls that count.
    pub ops: &'static str,
    pub kind: &'static str,
    /// The how-manieth of them goes wrong.
    pub at: u64,
    pub errno: i32,
    /// All later ones fail too.
    pub lasts: bool,
}

impl Fault {
    pub const CHANGES: &'static str = "open,write,truncate,sync,rename,unlink,mkdir";

    pub fn kill(ops: &'static str, kind: &'static str, at: u64) -> Self {
        Self { ops, kind, at, errno: 0, lasts: false }
    }

    pub fn error(ops: &'static str, errno: i32, at: u64) -> Self {
        Self { ops, kind: "error", at, errno, lasts: false }
    }
}

/// Loads the library into a command, without a fault so far. What counts are the files of the data and the
/// configuration folder.
pub fn load(command: &mut Command, world: &World) {
    command.env("LD_PRELOAD", library());
    command.env("FAULT_UNDER", format!("{}:{}", world.env.data().display(), world.env.config().display()));
}

/// Makes a command meet a fault. `struck` then tells whether it did.
pub fn meet(command: &mut Command, world: &World, fault: &Fault) {
    load(command, world);
    let _ = std::fs::remove_file(mark(world));
    command.env("FAULT_OPS", fault.ops).env("FAULT_KIND", fault.kind);
    command.env("FAULT_AT", fault.at.to_string()).env("FAULT_ERRNO", fault.errno.to_string());
    command.env("FAULT_FIRED", mark(world));
    if fault.lasts {
        command.env("FAULT_LASTS", "1");
    }
}

fn mark(world: &World) -> PathBuf {
    world.env.root().join("fired")
}

/// Did the fault of the command that ran last come to pass?
pub fn struck(world: &World) -> bool {
    mark(world).exists()
}

/// The library takes hold of the binary at all: without this, a test that sees no fault would see nothing.
#[test]
fn the_library_counts_what_the_binary_does() {
    let world = World::busy(1);
    world.news();
    let mut rows = Vec::new();
    for ops in ["open", "read", "write"] {
        let before = world.save();
        let ended = world.run_with(world.hook("PostToolUse", "s1"), &Fault::kill(ops, "kill-before", 1));
        rows.push((ops, ended.killed, struck(&world)));
        world.restore(&before);
    }
    assert!(rows.iter().all(|(_, killed, struck)| *killed && *struck), "{rows:?}");
}
