//! Where this program lies, and the path of it that an upgrade leaves right. What is written into Claude Code's settings
//! is `install`'s.

use std::path::{Component, Path, PathBuf};

use crate::base::env;
use crate::base::error::{Error, Result};
use crate::base::platform::{self, Platform};
use crate::base::world::World;

/// The path of this program behind all links.
pub(super) fn real_path() -> Result<String> {
    in_words(&found()?)
}

/// The path Claude Code is told to run. Not a link in general, since a link may lead elsewhere tomorrow, and no bare name,
/// which would be looked for in whatever PATH a session has. But Homebrew and Nix keep each version in a folder of
/// its own, which goes with the next one: there it is the link they keep for it, as long as it leads to this program.
pub(super) fn lasting_path(world: &World) -> Result<String> {
    let real = found()?;
    let links = links_to(&real, &world.home(), world.os_user().as_deref());
    let same = |link: &PathBuf| platform::real_path(link).is_ok_and(|path| path == real);
    in_words(links.iter().find(|link| same(link)).unwrap_or(&real))
}

/// The same for settings that all users of the machine share: it may lie in nobody's home folder, which others cannot look
/// into, and whose owner could put another program in its place.
pub(super) fn shared_path(world: &World) -> Result<String> {
    let real = found()?;
    let home = world.home();
    let links = links_to(&real, &home, world.os_user().as_deref());
    let is_shared = |path: &Path| !is_in_a_home(path, &home, platform::HERE);
    let same = |link: &&PathBuf| platform::real_path(link).is_ok_and(|path| path == real);
    if let Some(link) = links.iter().filter(|link| is_shared(link)).find(same) {
        return in_words(link);
    }
    let path = in_words(&real)?;
    if real.starts_with("/nix/store") {
        return Err(Error::user(format!("this program is in no profile that all users share: {path}")).hint(
            "add it to `environment.systemPackages`, or to the profile /nix/var/nix/profiles/default",
        ));
    }
    if is_shared(&real) {
        return Ok(path);
    }
    let error =
        Error::user(format!("this program lies in a home folder, where other users cannot run it: {path}"));
    Err(if cfg!(windows) {
        error.hint(r"copy it to a folder that is the administrator's, such as C:\Program Files\cost-hook, and run that one")
    } else {
        error
            .hint(format!("put a copy where all can: sudo install -m 755 '{path}' /usr/local/bin/cost-hook"))
            .hint("then run that one: sudo /usr/local/bin/cost-hook install --scope managed")
    })
}

/// Below the home folder of this user or of another one?
fn is_in_a_home(path: &Path, own: &Path, system: Platform) -> bool {
    // Who has none, has the root in its place.
    if own.parent().is_some() && path.starts_with(own) {
        return true;
    }
    let path = path.to_string_lossy();
    let below = |folder: &str| path.strip_prefix(folder);
    match system {
        // Homebrew's own folder on Linux is there for all.
        Platform::Unix => {
            below("/root/").is_some() || below("/home/").is_some_and(|rest| !rest.starts_with("linuxbrew/"))
        }
        Platform::MacOs => below("/var/root/").is_some() || below("/Users/").is_some(),
        Platform::Windows => {
            let plain = path.to_lowercase().replace('/', "\\");
            plain.get(1..).is_some_and(|rest| rest.starts_with(r":\users\"))
        }
    }
}

/// The folder of this program, where its name alone does not start it: then the commands that are named everywhere cannot
/// be typed as they stand.
pub(super) fn outside_path(world: &World) -> Option<PathBuf> {
    let path = world.var(env::PATH).unwrap_or_default();
    let folders: Vec<PathBuf> = platform::HERE.folders(&path).map(PathBuf::from).collect();
    let names = platform::HERE.endings().iter().map(|ending| format!("cost-hook{ending}"));
    if names.into_iter().any(|name| folders.iter().any(|folder| folder.join(&name).is_file())) {
        return None;
    }
    Some(PathBuf::from(lasting_path(world).ok()?).parent()?.to_path_buf())
}

fn found() -> Result<PathBuf> {
    std::env::current_exe()
        .and_then(|path| platform::real_path(&path))
        .map_err(|error| Error::user("cannot find out where this program lies").caused_by(error))
}

fn in_words(path: &Path) -> Result<String> {
    match path.to_str() {
        Some(path) => Ok(path.to_string()),
        None => Err(Error::user(format!("the path of this program is not UTF-8: {}", path.display()))
            .hint("Claude Code's settings are JSON, which cannot hold it; move the program")),
    }
}

/// The links by which a package manager leads to whatever version there is, the best one first.
fn links_to(real: &Path, home: &Path, user: Option<&str>) -> Vec<PathBuf> {
    if real.starts_with("/nix/store") {
        let Some(name) = real.file_name() else { return Vec::new() };
        let mut profiles = vec![home.join(".nix-profile"), home.join(".local/state/nix/profile")];
        profiles.extend(user.map(|user| Path::new("/etc/profiles/per-user").join(user)));
        profiles.extend(["/run/current-system/sw", "/nix/var/nix/profiles/default"].map(PathBuf::from));
        return profiles.iter().map(|profile| profile.join("bin").join(name)).collect();
    }
    homebrew_link(real).into_iter().collect()
}

/// `PREFIX/Cellar/NAME/VERSION/REST` is `PREFIX/opt/NAME/REST` as well.
fn homebrew_link(real: &Path) -> Option<PathBuf> {
    let parts: Vec<Component<'_>> = real.components().collect();
    let cellar = parts.iter().rposition(|part| part.as_os_str() == "Cellar")?;
    let (name, rest) = (parts.get(cellar + 1)?, parts.get(cellar + 3..).filter(|rest| !rest.is_empty())?);
    let mut link: PathBuf = parts[..cellar].iter().collect();
    link.extend(["opt".as_ref(), name.as_os_str()]);
    link.extend(rest);
    Some(link)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Time;

    fn links(real: &str) -> Vec<String> {
        let found = links_to(Path::new(real), Path::new("/home/ada"), Some("ada"));
        found.iter().map(|link| link.display().to_string()).collect()
    }

    #[test]
    fn homebrew_keeps_a_link_without_the_version() {
        let brew = "/home/linuxbrew/.linuxbrew";
        assert_eq!(
            links(&format!("{brew}/Cellar/cost-hook/1.2.3/bin/cost-hook")),
            [format!("{brew}/opt/cost-hook/bin/cost-hook")]
        );
        assert_eq!(
            links("/opt/homebrew/Cellar/cost-hook/1.2.3_1/bin/x"),
            ["/opt/homebrew/opt/cost-hook/bin/x"]
        );
        for elsewhere in
            ["/opt/Cellar/cost-hook", "/Cellar/cost-hook/1.2.3", "/home/ada/.cargo/bin/cost-hook"]
        {
            assert!(links(elsewhere).is_empty(), "{elsewhere}");
        }
    }

    #[test]
    fn a_program_outside_path_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().display().to_string();
        let world = World::made_up(&[("PATH", &folder)], dir.path(), Time(0));
        assert_eq!(outside_path(&world), std::env::current_exe().unwrap().parent().map(Path::to_path_buf));
        let name = format!("cost-hook{}", std::env::consts::EXE_SUFFIX);
        crate::base::disk::replace(&dir.path().join(name), b"").unwrap();
        assert_eq!(outside_path(&world), None);
    }

    #[test]
    fn what_lies_in_a_home_folder_is_not_for_all() {
        let in_home = |system, path: &str| is_in_a_home(Path::new(path), Path::new("/work/ada"), system);
        for path in ["/home/ben/.cargo/bin/cost-hook", "/root/bin/cost-hook", "/work/ada/bin/cost-hook"] {
            assert!(in_home(Platform::Unix, path), "{path}");
        }
        let brew = "/home/linuxbrew/.linuxbrew/opt/cost-hook/bin/cost-hook";
        for path in ["/usr/local/bin/cost-hook", "/opt/home/cost-hook", "/work/adam/cost-hook", brew] {
            assert!(!in_home(Platform::Unix, path), "{path}");
        }
        assert!(in_home(Platform::MacOs, "/Users/ben/.cargo/bin/cost-hook"));
        assert!(!in_home(Platform::MacOs, "/opt/homebrew/opt/cost-hook/bin/cost-hook"));
        assert!(in_home(Platform::Windows, r"D:\Users\Ben\AppData\cost-hook.exe"));
        assert!(in_home(Platform::Windows, "c:/users/ben/cost-hook.exe"));
        assert!(!in_home(Platform::Windows, r"C:\Program Files\cost-hook\cost-hook.exe"));
        assert!(!is_in_a_home(Path::new("/usr/bin/cost-hook"), Path::new("/"), Platform::Unix));
    }

    #[test]
    fn nix_keeps_profiles() {
        assert_eq!(
            links("/nix/store/abc-cost-hook-1.2.3/bin/cost-hook"),
            [
                "/home/ada/.nix-profile/bin/cost-hook",
                "/home/ada/.local/state/nix/profile/bin/cost-hook",
                "/etc/profiles/per-user/ada/bin/cost-hook",
                "/run/current-system/sw/bin/cost-hook",
                "/nix/var/nix/profiles/default/bin/cost-hook",
            ]
        );
    }
}
