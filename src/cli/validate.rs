//! `cost-hook validate`: every problem of settings files, each over its source.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;

use super::shop::Shop;
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::jsonc;
use crate::base::text::counted;
use crate::base::time::Zone;
use crate::model::limit::Layer;
use crate::report::json::{self, SCHEMA_VERSION};
use crate::settings::layers::{MAX_FILE, unreadable};
use crate::settings::validate::{Context, validate};
use crate::settings::{Diagnostic, Place, Problem, Severity};
use crate::setup::Setup;
use crate::ui::diagnostics::render;
use crate::ui::style::Tone;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Settings files; `-` is standard input [default: all that apply in the current folder]
    files: Vec<PathBuf>,
    /// All settings files that apply in the current folder: managed, user, project and local
    #[arg(long, conflicts_with = "files")]
    all: bool,
}

/// One file with what was found in it.
struct Checked {
    name: String,
    layer: Option<Layer>,
    /// None when it could not be read.
    bytes: Option<Vec<u8>>,
    found: Vec<Diagnostic>,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let setup = Setup::of(shop.world, &shop.world.project_dir());
    let (checked, between) = if args.files.is_empty() || args.all {
        let checked: Vec<Checked> =
            setup.settings.files.iter().map(|place| check(&place.path, Some(place))).collect();
        let between = between(&setup.settings.problems, &checked);
        (checked, between)
    } else {
        let mut checked = Vec::new();
        for path in &args.files {
            checked.push(match path.to_str() {
                Some("-") => check_input()?,
                _ => check(path, place_of(&shop.world.cwd().join(path), &setup).as_ref()),
            });
        }
        (checked, Vec::new())
    };
    let severities = || {
        let of_files = checked.iter().flat_map(|file| &file.found).map(|found| found.severity);
        of_files.chain(between.iter().map(|problem| problem.severity))
    };
    let errors = severities().filter(|severity| *severity == Severity::Error).count();
    let warnings = severities().count() - errors;
    let text = if shop.json {
        document(&checked, &between, errors, warnings)
    } else {
        screen(shop, &checked, &between, errors, warnings)
    };
    shop.say(&text)?;
    Ok(ExitCode::from(u8::from(errors > 0)))
}

fn check(path: &Path, place: Option<&Place>) -> Checked {
    let name = path.display().to_string();
    let layer = place.map(|place| place.layer);
    let read = disk::read_at_most(path, MAX_FILE)
        .and_then(|bytes| bytes.ok_or_else(|| Error::user(format!("there is no file `{name}`"))));
    match read {
        Ok(bytes) => {
            let found = problems(&name, &bytes, layer, place.and_then(|place| place.root.as_deref()));
            Checked { name, layer, bytes: Some(bytes), found }
        }
        Err(error) => {
            let found = vec![unreadable(&name, &error)];
            Checked { name, layer, bytes: None, found }
        }
    }
}

fn check_input() -> Result<Checked> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(MAX_FILE).read_to_end(&mut bytes);
    read.map_err(|error| Error::user("cannot read standard input").caused_by(error))?;
    let name = "<stdin>".to_string();
    let found = problems(&name, &bytes, None, None);
    Ok(Checked { name, layer: None, bytes: Some(bytes), found })
}

fn problems(name: &str, bytes: &[u8], layer: Option<Layer>, root: Option<&Path>) -> Vec<Diagnostic> {
    let zone_exists = |name: &str| Zone::named(name).is_some();
    validate(bytes, &Context { file: name, layer, root, zone_exists })
}

/// Whose settings a file given by path is: one of those that apply here, or by its name and folder those of another
/// project.
fn place_of(path: &Path, setup: &Setup) -> Option<Place> {
    let same = |place: &&Place| {
        place.path == path
            || std::fs::canonicalize(path)
                .is_ok_and(|real| std::fs::canonicalize(&place.path).is_ok_and(|own| own == real))
    };
    if let Some(place) = setup.settings.files.iter().find(same) {
        return Some(place.clone());
    }
    let folder = path.parent().filter(|folder| folder.file_name().is_some_and(|name| name == ".claude"))?;
    let layer = match path.file_name()?.to_str()? {
        "settings.json" => Layer::Project,
        "settings.local.json" => Layer::Local,
        _ => return None,
    };
    Some(Place { layer, path: path.to_path_buf(), root: folder.parent().map(Path::to_path_buf) })
}

/// What only shows when the files are taken together.
fn between(problems: &[Problem], checked: &[Checked]) -> Vec<Problem> {
    let key =
        |problem: &Problem| (problem.file.clone(), problem.line, problem.column, problem.message.clone());
    let shown: BTreeSet<_> =
        checked.iter().flat_map(|file| &file.found).map(|found| key(&found.into())).collect();
    problems.iter().filter(|problem| !shown.contains(&key(problem))).cloned().collect()
}

fn screen(
    shop: &Shop<'_>,
    checked: &[Checked],
    between: &[Problem],
    errors: usize,
    warnings: usize,
) -> String {
    let mut text = String::new();
    for file in checked {
        let source = file.bytes.as_deref().and_then(|bytes| jsonc::decode(bytes).ok());
        for found in &file.found {
            text.push_str(&render(&shop.out, found, source.map(|source| source.text)));
            text.push_str("\n\n");
        }
    }
    for problem in between {
        let tone = if problem.severity == Severity::Error { Tone::Bad } else { Tone::Warning };
        let name = shop.out.paint(tone, format!("{}:", problem.severity.name()));
        text.push_str(&format!("{name} {}\n\n", problem.one_line()));
    }
    let files = counted(checked.len(), "settings file");
    let verdict = match (errors, warnings) {
        (0, 0) if checked.is_empty() => "There are no settings files here.".to_string(),
        (0, 0) => shop.out.paint(Tone::Good, format!("No problems in {files}.")),
        (0, _) => format!("{} in {files}.", counted(warnings, "warning")),
        (_, 0) => format!("{} in {files}.", counted(errors, "error")),
        _ => format!("{} and {} in {files}.", counted(errors, "error"), counted(warnings, "warning")),
    };
    text.push_str(&verdict);
    text.push('\n');
    for file in checked {
        let whose = file.layer.map_or("unknown", Layer::name);
        text.push_str(&shop.faint(&format!("  {} ({whose})", file.name)));
        text.push('\n');
    }
    text
}

fn document(checked: &[Checked], between: &[Problem], errors: usize, warnings: usize) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Row<'a> {
        severity: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        rule: Option<&'static str>,
        file: &'a str,
        line: usize,
        column: usize,
        #[serde(skip_serializing_if = "str::is_empty")]
        key: &'a str,
        message: &'a str,
        #[serde(skip_serializing_if = "str::is_empty")]
        expected: &'a str,
        hints: Vec<&'a str>,
    }
    #[derive(Serialize)]
    struct File<'a> {
        file: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        layer: Option<&'static str>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        files: Vec<File<'a>>,
        errors: usize,
        warnings: usize,
        problems: Vec<Row<'a>>,
    }
    let of_files = checked.iter().flat_map(|file| &file.found).map(|found| Row {
        severity: found.severity.name(),
        rule: Some(found.rule),
        file: &found.file,
        line: found.line,
        column: found.column,
        key: &found.key,
        message: &found.message,
        expected: &found.label,
        hints: found.hints.iter().map(String::as_str).collect(),
    });
    let of_all = between.iter().map(|problem| Row {
        severity: problem.severity.name(),
        rule: None,
        file: &problem.file,
        line: problem.line,
        column: problem.column,
        key: "",
        message: &problem.message,
        expected: "",
        hints: problem.hint.iter().map(String::as_str).collect(),
    });
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        files: checked
            .iter()
            .map(|file| File { file: &file.name, layer: file.layer.map(Layer::name) })
            .collect(),
        errors,
        warnings,
        problems: of_files.chain(of_all).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_judged_as_whose_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("shop/.claude");
        disk::create_dir_private(&folder).unwrap();
        let path = folder.join("settings.json");
        // A project may not switch booking off; the user may.
        disk::replace(&path, br#"{"cost": {"enabled": false}}"#).unwrap();
        let world = crate::base::world::World::made_up(&[], dir.path(), crate::base::time::Time(0));
        let setup = Setup::of(&world, dir.path());
        let place = place_of(&path, &setup).unwrap();
        assert_eq!(
            (place.layer, place.root.as_deref()),
            (Layer::Project, Some(dir.path().join("shop").as_path()))
        );
        assert_eq!(check(&path, Some(&place)).found.len(), 1);
        assert!(check(&path, None).found.is_empty());
        assert!(place_of(&dir.path().join("settings.json"), &setup).is_none());
    }

    #[test]
    fn a_missing_file_is_a_problem_of_its_own() {
        let checked = check(Path::new("/no/such/settings.json"), None);
        assert_eq!(checked.found.len(), 1);
        assert!(checked.found[0].message.contains("there is no file"), "{}", checked.found[0].message);
    }
}
