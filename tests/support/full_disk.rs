//! Disks that are full: small file systems in memory, mounted in a mount namespace of a test's own, so that nothing is left
//! mounted.

use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

/// Tells a test that it is inside.
const INSIDE: &str = "COST_HOOK_FULL_INSIDE";

/// Runs the test of this name again inside a namespace, and `body` there. What was said there is returned.
pub fn inside(test: &str, body: impl FnOnce()) -> String {
    if std::env::var_os(INSIDE).is_some() {
        body();
        return String::new();
    }
    let root = fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
    let done = Command::new("unshare")
        .args(if root { ["-m", "--"].as_slice() } else { ["-r", "-m", "--"].as_slice() })
        .arg(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .expect("`unshare` is needed");
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
    said
}

pub fn mount(options: &str, at: &Path) {
    fs::create_dir_all(at).unwrap();
    let done = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).status().unwrap();
    assert!(done.success(), "cannot mount a file system in memory");
}

pub fn unmount(at: &Path) {
    assert!(Command::new("umount").arg(at).status().unwrap().success());
}

/// Takes all room there is but so many pages.
pub fn fill(at: &Path, free: u64) {
    let mut ballast = fs::File::create(at.join("ballast")).unwrap();
    while ballast.write_all(&[1; 4096]).is_ok() {}
    let len = ballast.metadata().unwrap().len() / 4096 * 4096;
    ballast.set_len(len.saturating_sub(free * 4096)).unwrap();
}
