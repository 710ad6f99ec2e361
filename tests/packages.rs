//! The packages agree with each other: one version, the same platforms, names that lead to what is built. That they
//! install and run is tried by `tests/packages/run`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::support::Env;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const VERSION: &str = env!("CARGO_PKG_VERSION");
const REPOSITORY: &str = "https://code.example/ada/cost-hook";

/// A line of `.packages/platforms`.
struct Platform {
    target: String,
    npm: String,
    archive: String,
}

impl Platform {
    fn program(&self) -> &'static str {
        if self.target.contains("-windows-") { "cost-hook.exe" } else { "cost-hook" }
    }

    fn archive_name(&self) -> String {
        format!("cost-hook-{}.{}", self.target, self.archive)
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(path)).unwrap()
}

fn platforms() -> Vec<Platform> {
    let table = read(".packages/platforms");
    let rows = table.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let cells: Vec<String> = line.split_whitespace().map(String::from).collect();
        let [target, npm, archive, _runner] = cells.try_into().unwrap();
        Platform { target, npm, archive }
    });
    rows.collect()
}

fn run(script: &str, args: &[&Path]) -> Output {
    let mut command = Command::new(Path::new(ROOT).join(script));
    command.args(args).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).output().unwrap()
}

fn printed(script: &str, args: &[&Path]) -> String {
    let output = run(script, args);
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What Cargo makes of the manifest.
fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(ROOT)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn files_of(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(inner).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().display().to_string());
            }
        }
    }
    found
}

/// A program for each platform, which are their own names, without a mode.
fn programs() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for platform in platforms() {
        fs::create_dir(folder.path().join(&platform.target)).unwrap();
        fs::write(folder.path().join(&platform.target).join(platform.program()), &platform.target).unwrap();
    }
    folder
}

#[test]
fn a_platform_stands_in_the_table_once() {
    let all = platforms();
    assert!(all.len() >= 5);
    for column in [|one: &Platform| one.target.clone(), |one: &Platform| one.npm.clone()] {
        assert_eq!(all.iter().map(column).collect::<BTreeSet<_>>().len(), all.len());
    }
    for Platform { target, npm, archive } in &all {
        let system = match target {
            _ if target.ends_with("-linux-musl") => "linux",
            _ if target.ends_with("-apple-darwin") => "darwin",
            _ if target.contains("-windows-") => "win32",
            _ => panic!("{target} is no system that npm knows"),
        };
        let processor = if target.starts_with("aarch64-") { "arm64" } else { "x64" };
        assert_eq!(npm, &format!("{system}-{processor}"), "{target}");
        assert_eq!(archive, if system == "win32" { "zip" } else { "tar.xz" }, "{target}");
    }
}

#[test]
fn dist_builds_what_the_table_says() {
    let dist = &metadata()["metadata"]["dist"];
    let targets: Vec<&str> =
        dist["targets"].as_array().unwrap().iter().map(|target| target.as_str().unwrap()).collect();
    assert_eq!(targets, platforms().iter().map(|platform| &*platform.target).collect::<Vec<_>>());
    assert_eq!((&dist["unix-archive"], &dist["windows-archive"]), (&".tar.xz".into(), &".zip".into()));
}

#[test]
fn the_workflow_gets_the_table() {
    assert_eq!(printed(".packages/plan", &[Path::new("version")]).trim(), VERSION);
    let matrix: Value = serde_json::from_str(&printed(".packages/plan", &[Path::new("matrix")])).unwrap();
    let rows = matrix["include"].as_array().unwrap();
    let all = platforms();
    assert_eq!(rows.len(), all.len());
    for (row, platform) in rows.iter().zip(&all) {
        assert_eq!(
            (&row["target"], &row["archive"]),
            (&(*platform.target).into(), &(*platform.archive).into())
        );
        assert!(row["runner"].as_str().is_some_and(|runner| !runner.is_empty()));
    }
    let workflow = read(".github/workflows/release.yml");
    for platform in &all {
        assert!(!workflow.contains(&platform.target), "{} is written in the workflow too", platform.target);
    }
    for word in workflow.split_whitespace().map(|word| word.trim_start_matches("version=$(")) {
        let word = word.trim_start_matches("\"matrix=$(");
        if word.starts_with(".packages/") || word.starts_with("tests/") {
            assert!(Path::new(ROOT).join(word).is_file(), "the workflow runs {word}, which is not there");
        }
    }
}

#[test]
fn actions_are_pinned() {
    let workflow = read(".github/workflows/release.yml");
    let used: Vec<&str> =
        workflow.lines().filter_map(|line| line.split_once("uses: ")).map(|(_, used)| used).collect();
    assert!(used.len() > 5);
    for used in used {
        let (_, version) = used.split_once('@').unwrap();
        let is_major = version.strip_prefix('v').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
        let is_commit = version.len() == 40 && version.bytes().all(|b| b.is_ascii_hexdigit());
        assert!(is_major || is_commit, "{used}");
    }
}

#[test]
fn binstall_looks_for_what_dist_builds() {
    let package = &metadata()["packages"][0];
    let binstall = &package["metadata"]["binstall"];
    for platform in platforms() {
        let special = &binstall["overrides"][&platform.target];
        let value = |key: &str| {
            let template = special[key].as_str().or(binstall[key].as_str()).unwrap();
            let ending = if platform.program().ends_with(".exe") { ".exe" } else { "" };
            let filled = [
                ("{ repo }", REPOSITORY),
                ("{ version }", VERSION),
                ("{ target }", &platform.target),
                ("{ bin }", "cost-hook"),
                ("{ binary-ext }", ending),
            ];
            filled.iter().fold(template.to_string(), |text, (name, value)| text.replace(name, value))
        };
        let url = format!("{REPOSITORY}/releases/download/v{VERSION}/{}", platform.archive_name());
        assert_eq!(value("pkg-url"), url);
        // dist puts a folder into archives of Unix, and none into a zip.
        let (inside, format) = match &*platform.archive {
            "zip" => (platform.program().to_string(), "zip"),
            _ => (format!("cost-hook-{}/{}", platform.target, platform.program()), "txz"),
        };
        assert_eq!((value("bin-dir"), &*value("pkg-fmt")), (inside, format));
    }
}

#[test]
fn npm_gets_a_launcher_and_a_package_for_each_platform() {
    let (programs, out) = (programs(), tempfile::tempdir().unwrap());
    printed(".packages/npm/build", &[programs.path(), out.path()]);
    let all = platforms();
    let folders: BTreeSet<String> =
        files_of(out.path()).iter().map(|file| file.split('/').next().unwrap().to_string()).collect();
    let names: BTreeSet<String> =
        all.iter().map(|platform| platform.npm.clone()).chain(["cost-hook".to_string()]).collect();
    assert_eq!(folders, names);

    let launcher = json(&out.path().join("cost-hook/package.json"));
    assert_eq!((&launcher["name"], &launcher["version"]), (&"cost-hook".into(), &VERSION.into()));
    assert_eq!(launcher["description"], metadata()["packages"][0]["description"]);
    let wanted = all.iter().map(|platform| (format!("@cost-hook/{}", platform.npm), Value::from(VERSION)));
    assert_eq!(launcher["optionalDependencies"], wanted.collect::<Value>());
    let file = launcher["bin"]["cost-hook"].as_str().unwrap();
    assert_eq!(
        fs::read(out.path().join("cost-hook").join(file)).unwrap(),
        read(".packages/npm/launcher.js").as_bytes()
    );

    for platform in &all {
        let folder = out.path().join(&platform.npm);
        let package = json(&folder.join("package.json"));
        let (system, processor) = platform.npm.split_once('-').unwrap();
        assert_eq!(package["name"], format!("@cost-hook/{}", platform.npm));
        assert_eq!(package["version"], VERSION);
        assert_eq!(package["license"], launcher["license"]);
        assert_eq!((&package["os"], &package["cpu"]), (&vec![system].into(), &vec![processor].into()));
        // An install script is what many forbid, and what nothing here needs.
        assert!(package["scripts"].is_null() && package["libc"].is_null(), "{package}");
        let program = format!("bin/{}", platform.program());
        let files = [&*program, "LICENSE-APACHE", "LICENSE-MIT", "README.md", "package.json"];
        assert_eq!(files_of(&folder), files.map(String::from).into());
        assert_eq!(fs::read_to_string(folder.join(&program)).unwrap(), platform.target);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.join(&program)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o755, "{program}");
        }
    }
}

#[test]
fn npm_packages_name_the_repository_when_it_is_known() {
    let (programs, out) = (programs(), tempfile::tempdir().unwrap());
    let output = Command::new(Path::new(ROOT).join(".packages/npm/build"))
        .args([programs.path(), out.path(), Path::new("linux-x64")])
        .env("COST_HOOK_REPOSITORY", REPOSITORY)
        .output()
        .unwrap();
    assert!(output.status.success());
    for name in ["cost-hook", "linux-x64"] {
        let package = json(&out.path().join(name).join("package.json"));
        assert_eq!(package["repository"]["url"], format!("git+{REPOSITORY}.git"));
    }
    assert!(!out.path().join("darwin-x64").exists(), "only what was asked for is made");
}

#[test]
fn a_platform_without_its_program_is_named() {
    let (programs, out) = (programs(), tempfile::tempdir().unwrap());
    let gone = programs.path().join("x86_64-pc-windows-msvc/cost-hook.exe");
    fs::remove_file(&gone).unwrap();
    for (args, words) in [
        (vec![programs.path(), out.path()], gone.display().to_string()),
        (vec![programs.path(), out.path(), Path::new("plan9-x64")], "plan9-x64".to_string()),
    ] {
        let output = run(".packages/npm/build", &args);
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(&words), "{said}");
    }
}

#[test]
fn the_formula_has_each_archive_with_its_own_checksum() {
    let archives = tempfile::tempdir().unwrap();
    for platform in platforms() {
        fs::write(archives.path().join(platform.archive_name()), &platform.target).unwrap();
    }
    let formula = printed(".packages/homebrew/build", &[archives.path(), Path::new(REPOSITORY)]);
    let mut parts = 0;
    for platform in platforms().iter().filter(|platform| platform.archive != "zip") {
        let url = format!("{REPOSITORY}/releases/download/v{VERSION}/{}", platform.archive_name());
        let sum: String = Sha256::digest(&platform.target).iter().map(|byte| format!("{byte:02x}")).collect();
        let lines = format!("      url \"{url}\"\n      sha256 \"{sum}\"\n");
        assert!(formula.contains(&lines), "{lines}\n{formula}");
        parts += 1;
    }
    assert_eq!(formula.matches("sha256 ").count(), parts);
    assert!(!formula.contains('@') && formula.starts_with("class CostHook < Formula\n"), "{formula}");
    assert!(formula.contains(&format!("version \"{VERSION}\"")));

    fs::remove_file(archives.path().join("cost-hook-aarch64-apple-darwin.tar.xz")).unwrap();
    let output = run(".packages/homebrew/build", &[archives.path(), Path::new(REPOSITORY)]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("aarch64-apple-darwin"));
}

#[test]
fn the_flake_is_for_the_tables_platforms() {
    let flake = read(".packages/nix/flake.nix");
    let (_, rest) = flake.split_once("systems = [").unwrap();
    let (list, _) = rest.split_once("];").unwrap();
    let systems: Vec<String> =
        list.split_whitespace().map(|word| word.trim_matches('"').to_string()).collect();
    let wanted: Vec<String> = platforms()
        .iter()
        .filter_map(|platform| {
            let (processor, system) = platform.target.split_once('-')?;
            let system = if system.contains("linux") { "linux" } else { system.strip_prefix("apple-")? };
            Some(format!("{processor}-{system}"))
        })
        .collect();
    assert_eq!(systems, wanted);
    for path in flake.split_whitespace().filter_map(|word| word.strip_prefix("../../")) {
        let path = path.split([';', ')']).next().unwrap();
        assert!(Path::new(ROOT).join(path).exists(), "the flake reads {path}, which is not there");
    }
}

#[test]
fn the_image_is_built_from_what_is_there() {
    let lines = read(".packages/docker/Dockerfile");
    let lets_in = read(".packages/docker/Dockerfile.dockerignore");
    let mut copied = 0;
    for line in lines.lines().filter_map(|line| line.strip_prefix("COPY ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words[0].starts_with("--from=") {
            continue;
        }
        for source in &words[..words.len() - 1] {
            assert!(Path::new(ROOT).join(source).exists(), "the image takes {source}, which is not there");
            assert!(lets_in.lines().any(|line| line == format!("!{source}")), "{source} is ignored");
            copied += 1;
        }
    }
    assert!(copied >= 4);
    // The compiler is the one Cargo.toml asks for, Claude Code the one everything was measured with.
    let rust = metadata()["packages"][0]["rust_version"].as_str().unwrap().to_string();
    let rust = rust.strip_suffix(".0").unwrap_or(&rust);
    assert!(lines.contains(&format!("FROM rust:{rust}-alpine")));
    assert!(lines.contains(&format!("ARG CLAUDE_CODE={}\n", cost_hook::claude::program::TESTED)));
}

/// Everything else reads it from the manifest. Nor is there an address in it: the repository's is put in when a release
/// is made, and whose registry is used is the user's choice.
#[test]
fn the_version_is_written_once() {
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in [".packages", ".github/workflows", "tests/packages"] {
        let inside = Path::new(ROOT).join(folder);
        files.extend(files_of(&inside).into_iter().map(|file| inside.join(file)));
    }
    assert!(files.len() > 8);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let is_word = |part: &str| !part.starts_with(|c: char| c.is_ascii_digit() || c == '.');
        let found = text.split(VERSION).skip(1).any(is_word);
        assert!(!found, "{} says {VERSION}", file.display());
        for address in ["http://", "https://"] {
            assert!(!text.contains(address), "{} names an address", file.display());
        }
    }
}

#[test]
fn the_crate_holds_what_it_is_built_from_and_nothing_more() {
    let output = Command::new(env!("CARGO"))
        .args(["package", "--list", "--allow-dirty", "--offline"])
        .current_dir(ROOT)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let list = String::from_utf8(output.stdout).unwrap();
    let files: BTreeSet<&str> = list.lines().collect();
    for needed in [
        "Cargo.lock",
        "Cargo.toml",
        "CHANGELOG.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "docs/guide/install.md",
        "schema/claude-code-settings.schema.json",
        "schema/ledger.schema.json",
        "schema/settings.schema.json",
        "src/cli/init/bash.sh",
        "src/dashboard/page/page.html",
        "src/main.rs",
    ] {
        assert!(files.contains(needed), "{needed} is missing");
    }
    let made = [".cargo_vcs_info.json", "Cargo.toml.orig", "Cargo.lock", "Cargo.toml"];
    let papers = ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];
    let odd: Vec<_> = files
        .iter()
        .filter(|file| !made.contains(file) && !papers.contains(file))
        .filter(|file| !["src/", "schema/", "hooks/", "docs/"].iter().any(|folder| file.starts_with(folder)))
        .collect();
    assert!(odd.is_empty(), "{odd:?}");
}

/// Homebrew keeps each version in a folder of its own, and takes the old one away.
#[cfg(unix)]
#[test]
fn hooks_outlive_an_upgrade_by_homebrew() {
    use std::os::unix::fs::symlink;
    let env = Env::new();
    let prefix = fs::canonicalize(env.root()).unwrap().join("brew");
    let link = prefix.join("opt/cost-hook");
    // By a process of its own: while this one had the program open for writing, another test's could not be started.
    let pour = |version: &str| {
        let bin = prefix.join("Cellar/cost-hook").join(version).join("bin");
        fs::create_dir_all(&bin).unwrap();
        fs::create_dir_all(prefix.join("opt")).unwrap();
        let done =
            Command::new("cp").args([env!("CARGO_BIN_EXE_cost-hook").as_ref(), bin.as_os_str()]).status();
        assert!(done.unwrap().success());
        let _ = fs::remove_file(&link);
        symlink(Path::new("../Cellar/cost-hook").join(version), &link).unwrap();
        bin.join("cost-hook")
    };
    let run = |program: &Path, args: &[&str]| {
        let mut command = Command::new(program);
        let wanted = env.command(args);
        command.args(args).env_clear().current_dir(env.project());
        command.envs(wanted.get_envs().filter_map(|(name, value)| Some((name, value?)))).output().unwrap()
    };
    let old = pour("1.0.0");
    assert!(run(&old, &["install", "--no-import"]).status.success());
    let settings = fs::read_to_string(env.config().join("settings.json")).unwrap();
    let lasting = link.join("bin/cost-hook");
    assert!(settings.contains(&format!("'{}' hook", lasting.display())), "{settings}");
    assert!(!settings.contains("Cellar"), "{settings}");

    let new = pour("1.1.0");
    fs::remove_dir_all(prefix.join("Cellar/cost-hook/1.0.0")).unwrap();
    let report = run(&new, &["doctor", "--offline", "--json"]);
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    let hooks =
        report["checks"].as_array().unwrap().iter().find(|check| check["id"] == "hook-program").unwrap();
    assert_eq!(hooks["state"], "ok", "{hooks}");
    assert!(run(&new, &["install", "--no-import"]).status.success());
    assert_eq!(fs::read_to_string(env.config().join("settings.json")).unwrap(), settings);

    // A link that leads elsewhere is not believed.
    fs::remove_file(&link).unwrap();
    symlink("../nowhere", &link).unwrap();
    assert!(run(&new, &["install", "--no-import"]).status.success());
    let settings = fs::read_to_string(env.config().join("settings.json")).unwrap();
    assert!(settings.contains(&format!("'{}' hook", new.display())), "{settings}");
}
