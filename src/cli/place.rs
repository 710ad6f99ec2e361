//! Where this program lies, and the path of it that an upgrade leaves right. What is written into Claude Code's settings
//! is `install`'s.

use std::path::{Component, Path, PathBuf};

use crate::base::env;
use crate::base::error::{Error, Result};
use crate::base::platform;
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
