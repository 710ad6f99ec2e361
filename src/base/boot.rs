//! Which run of the machine this is: what was written and not synced is safe as long as it lasts, and no longer.

use std::fs::File;
use std::io::Read;

/// A number of this run, never 0; None where the system does not say. Linux makes a random one at each boot.
pub fn id() -> Option<i32> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let mut text = [0; 8];
    File::open("/proc/sys/kernel/random/boot_id").ok()?.read_exact(&mut text).ok()?;
    let id = u32::from_str_radix(std::str::from_utf8(&text).ok()?, 16).ok()?;
    Some(id.max(1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_the_same_and_is_never_zero() {
        assert_eq!(id(), id());
        assert_ne!(id(), Some(0));
        assert_eq!(id().is_some(), cfg!(target_os = "linux"));
    }
}
