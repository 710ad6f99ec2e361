//! What differs between operating systems beyond files: how programs are named and found, how a path is spelled. The
//! system is a value, so that what holds on one can be tested on any. Files and locks are `disk`'s and `lock`'s.

use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// Linux, and every other Unix that is not macOS.
    Unix,
    MacOs,
    Windows,
}

/// The one this program was built for.
pub const HERE: Platform = if cfg!(windows) {
    Platform::Windows
} else if cfg!(target_os = "macos") {
    Platform::MacOs
} else {
    Platform::Unix
};

impl Platform {
    /// The folders of a PATH.
    pub fn folders(self, path: &str) -> impl Iterator<Item = &str> {
        let separator = if self == Platform::Windows { ';' } else { ':' };
        path.split(separator).filter(|folder| !folder.is_empty())
    }

    /// What a program's name may end in, where it is named without; the first one wins.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            // Without any it is a script for another shell: npm puts one beside each `.cmd`.
            Platform::Windows => &[".exe", ".cmd", ".bat", ""],
            Platform::Unix | Platform::MacOs => &[""],
        }
    }

    /// A real path as other programs take it. On Windows it begins with `\\?\`, which lifts limits that paths of
    /// programs do not reach, and by which neither Git's shell nor PowerShell starts anything.
    fn spelled(self, real: &str) -> Option<String> {
        if self != Platform::Windows {
            return None;
        }
        let rest = real.strip_prefix(r"\\?\")?;
        if let Some(share) = rest.strip_prefix(r"UNC\") {
            return Some(format!(r"\\{share}"));
        }
        let is_drive = matches!(rest.as_bytes(), [letter, b':', b'\\', ..] if letter.is_ascii_alphabetic());
        is_drive.then(|| rest.to_string())
    }
}

/// The path behind all links, spelled so that it can be shown, compared and given to other programs.
pub fn real_path(path: &Path) -> std::io::Result<PathBuf> {
    let real = std::fs::canonicalize(path)?;
    Ok(real.to_str().and_then(|text| HERE.spelled(text)).map(PathBuf::from).unwrap_or(real))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_programs_are_separated_as_the_system_does() {
        let folders = |platform: Platform, path| platform.folders(path).map(String::from).collect::<Vec<_>>();
        assert_eq!(folders(Platform::Unix, "/bin::/usr/bin:"), ["/bin", "/usr/bin"]);
        assert_eq!(folders(Platform::MacOs, "/a;b:/c"), ["/a;b", "/c"]);
        assert_eq!(folders(Platform::Windows, r"C:\a;;D:\b c;"), [r"C:\a", r"D:\b c"]);
    }

    #[test]
    fn a_script_for_another_shell_comes_after_what_windows_can_start() {
        assert_eq!(Platform::Windows.endings(), [".exe", ".cmd", ".bat", ""]);
        assert_eq!(Platform::MacOs.endings(), [""]);
    }

    #[test]
    fn real_paths_of_windows_are_spelled_as_shells_take_them() {
        let spelled = |real: &str| Platform::Windows.spelled(real);
        let path = r"C:\Users\Ada L\npm\cost-hook.exe";
        assert_eq!(spelled(&format!(r"\\?\{path}")).as_deref(), Some(path));
        assert_eq!(spelled(r"\\?\UNC\server\share\x.exe").as_deref(), Some(r"\\server\share\x.exe"));
        // What has no other spelling keeps this one.
        assert_eq!(spelled(r"\\?\Volume{b75e2c83}\x.exe"), None);
        assert_eq!(spelled(path), None);
        for other in [Platform::Unix, Platform::MacOs] {
            assert_eq!(other.spelled(r"\\?\C:\odd but a name"), None);
        }
    }

    #[test]
    fn links_are_followed() {
        let folder = tempfile::tempdir().unwrap();
        let real = real_path(folder.path()).unwrap();
        assert_eq!(real_path(&real.join(".")).unwrap(), real);
        assert!(real_path(&real.join("absent")).is_err());
    }
}
