//! The rules the code keeps without a compiler to watch over them: which layer may import which, where a dependency
//! and the disk may be touched, how files begin and how long they get. `docs/design/architecture.md` gives the
//! reasons; the tables here and in `tables` are the rules. Every check is also run on made-up sources that break it.

mod tables;
mod variables;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tables::{DEPENDENCIES, IMPORTS, OUT_OF_BOUNDS};

/// The one file that may change the disk by path, and how that is done.
const WRITER: &str = "src/base/disk.rs";
const WRITES: &[&str] = &[
    "fs::write",
    "fs::rename",
    "fs::copy",
    "fs::hard_link",
    "fs::remove_file",
    "fs::remove_dir",
    "fs::remove_dir_all",
    "fs::create_dir",
    "fs::create_dir_all",
    "fs::set_permissions",
    "File::create",
    "File::create_new",
    "File::options",
    "OpenOptions",
    "DirBuilder",
];

/// Longer files are split by subject. Tests count too: a test file is read as often as what it tests, and one that
/// grows beyond this covers more than one subject.
const MAX_LINES: usize = 600;

/// Data in the shape of code, which nobody reads from top to bottom.
const LONG: &[&str] = &[];

/// Marks of unfinished work. In pieces, so that this file may be searched as well.
const FORBIDDEN: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("HA", "CK"),
    concat!("TB", "D"),
    concat!("W", "IP"),
    concat!("to", "do!"),
    concat!("un", "implemented!"),
    concat!("db", "g!"),
];

#[derive(Debug, Clone)]
struct Source {
    /// From the root of the repository, with `/`.
    path: String,
    text: String,
}

impl Source {
    #[cfg(test)]
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_string(), text: text.to_string() }
    }

    /// `src/hook/mod.rs` and `src/setup.rs` are `hook` and `setup`.
    fn layer(&self) -> Option<&str> {
        let inner = self.path.strip_prefix("src/")?;
        Some(inner.split('/').next()?.trim_end_matches(".rs"))
    }

    /// How many modules deep the file's own module is.
    fn depth(&self) -> usize {
        let parts = self.path.trim_start_matches("src/").trim_end_matches(".rs").split('/');
        parts.filter(|part| *part != "mod").count()
    }

    /// Without comments and the insides of strings, so that words are not taken for code.
    fn code(&self) -> String {
        code_of(&self.text)
    }
}

/// Blanks comments and string contents; good enough for formatted Rust.
fn code_of(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if let Some(raw) = raw_string(rest) {
            out.push_str("\"\"");
            rest = &rest[raw..];
        } else if rest.starts_with("'\"'") {
            out.push_str("' '");
            rest = &rest[3..];
        } else if c == '"' {
            let mut escaped = false;
            let inside = rest[1..].find(|c| {
                let end = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                end
            });
            out.push_str("\"\"");
            rest = &rest[inside.map_or(rest.len(), |at| at + 2)..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// The length of the raw string that begins here.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let at = body.find(&end).unwrap_or(body.len());
    Some((text.len() - body.len() + at + end.len()).min(text.len()))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where `word` stands on its own.
fn occurrences<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        let end = at + word.len();
        let glued_before = word.starts_with(is_word) && text[..at].ends_with(is_word);
        let glued_after = word.ends_with(is_word) && text[end..].starts_with(is_word);
        !glued_before && !glued_after
    })
}

/// The paths that begin at `text`, a `use` tree or a plain path, as lists of names of at most two parts.
fn paths(text: &str) -> Vec<String> {
    let text = text.trim_start();
    if let Some(group) = text.strip_prefix('{') {
        return members(group).into_iter().flat_map(paths).collect();
    }
    let name: String = text.chars().take_while(|c| is_word(*c)).collect();
    if name.is_empty() {
        return Vec::new();
    }
    match text[name.len()..].trim_start().strip_prefix("::") {
        Some(rest) => {
            let inner = paths(rest);
            if inner.is_empty() {
                vec![name]
            } else {
                inner.iter().map(|inner| format!("{name}::{inner}")).collect()
            }
        }
        None => vec![name],
    }
}

/// The members of a group whose opening brace has been read.
fn members(text: &str) -> Vec<&str> {
    let mut depth = 0;
    let mut start = 0;
    let mut found = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                found.push(&text[start..at]);
                return found;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found
}

/// Everything a source names of this crate, from the root down.
fn imports(source: &Source) -> BTreeSet<String> {
    let code = source.code();
    let mut found = BTreeSet::new();
    for root in ["crate", "cost_hook"] {
        for at in occurrences(&code, root) {
            if let Some(rest) = code[at + root.len()..].strip_prefix("::") {
                found.extend(paths(rest));
            }
        }
    }
    // `super` climbs: past the file's own modules it names the root as well. Inline modules are a step deeper.
    let inline = code.find("mod tests {").unwrap_or(code.len());
    for at in occurrences(&code, "super") {
        if code[..at].trim_end().ends_with("super::") {
            continue;
        }
        let mut rest = &code[at..];
        let mut steps = 0;
        while let Some(after) = rest.strip_prefix("super::") {
            rest = after;
            steps += 1;
        }
        if steps >= source.depth() + usize::from(at > inline) {
            found.extend(paths(rest));
        }
    }
    found
}

fn is_within(path: &str, module: &str) -> bool {
    path == module || path.strip_prefix(module).is_some_and(|rest| rest.starts_with("::"))
}

fn wrong_imports(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        let Some(layer) = source.layer().filter(|layer| *layer != "lib") else { continue };
        let Some((_, allowed)) = IMPORTS.iter().find(|(name, _)| *name == layer) else {
            wrong.push(format!("{}: `{layer}` is not in the import table", source.path));
            continue;
        };
        for path in imports(source) {
            let own = is_within(&path, layer);
            let known = IMPORTS.iter().any(|(name, _)| is_within(&path, name));
            let listed = allowed.iter().any(|module| is_within(&path, module));
            let closed = OUT_OF_BOUNDS.iter().any(|(who, module)| *who == layer && is_within(&path, module));
            if !own && (closed || known && !listed) {
                wrong.push(format!("{}: `{layer}` may not import `{path}`", source.path));
            }
        }
    }
    wrong
}

fn wrong_dependencies(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| source.path.starts_with("src/")) {
        let code = product_code(source);
        for (name, places) in DEPENDENCIES {
            let allowed = places
                .iter()
                .any(|place| source.path == *place || place.ends_with('/') && source.path.starts_with(place));
            let used = occurrences(&code, name).any(|at| {
                let after = &code[at + name.len()..];
                after.starts_with("::") || code[..at].ends_with("use ") && after.starts_with(';')
            });
            if used && !allowed {
                wrong.push(format!("{}: `{name}` belongs into {}", source.path, places.join(" or ")));
            }
        }
    }
    wrong
}

/// The code without the tests, which may do what the product may not.
fn product_code(source: &Source) -> String {
    if source.path.ends_with("/tests.rs") || source.path.ends_with("_tests.rs") {
        return String::new();
    }
    let code = source.code();
    let end = ["#[cfg(test)]", "#[cfg(all(test"].iter().filter_map(|mark| code.find(mark)).min();
    code[..end.unwrap_or(code.len())].to_string()
}

fn wrong_writes(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| source.path.starts_with("src/") && source.path != WRITER) {
        let code = product_code(source);
        for write in WRITES {
            if occurrences(&code, write).next().is_some() {
                wrong.push(format!("{}: `{write}` belongs into {WRITER}", source.path));
            }
        }
    }
    wrong
}

fn wrong_shapes(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| source.path.ends_with(".rs")) {
        if !source.text.starts_with("//!") {
            wrong.push(format!("{}: does not begin by saying what it owns (`//!`)", source.path));
        }
        let lines = source.text.lines().count();
        if lines > MAX_LINES && !LONG.contains(&source.path.as_str()) {
            wrong.push(format!("{}: {lines} lines, at most {MAX_LINES}: split it by subject", source.path));
        }
    }
    wrong
}

fn forbidden_words(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        for (number, line) in source.text.lines().enumerate() {
            for word in FORBIDDEN.iter().filter(|word| occurrences(line, word).next().is_some()) {
                wrong.push(format!("{}:{}: `{word}`", source.path, number + 1));
            }
        }
    }
    wrong
}

/// A test file nobody lists is a test nobody runs: `autotests` is off.
fn unlisted_tests(sources: &[Source], manifest: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| source.path.starts_with("tests/")) {
        let Some(stem) = source.path.strip_suffix(".rs") else { continue };
        // What the benches time and read is compiled by `tests/bench/run` alone.
        if source.path.starts_with("tests/bench/") {
            continue;
        }
        // The fuzzers are a package of their own, whose manifest names each of them, and whose library its modules.
        if let Some(inside) = source.path.strip_prefix("tests/fuzz/") {
            let says = |path: &str, text: &str| {
                sources.iter().any(|other| other.path == path && other.text.contains(text))
            };
            let name = inside.strip_prefix("src/").and_then(|name| name.strip_suffix(".rs"));
            let listed = match name {
                Some(name) => name == "lib" || says("tests/fuzz/src/lib.rs", &format!("mod {name};")),
                None => says("tests/fuzz/Cargo.toml", &format!("path = \"{inside}\"")),
            };
            if !listed {
                wrong
                    .push(format!("{}: stands in neither tests/fuzz/Cargo.toml nor src/lib.rs", source.path));
            }
            continue;
        }
        if stem.ends_with("/main") {
            if !manifest.contains(&format!("path = \"{}\"", source.path)) {
                wrong.push(format!("{}: no `[[test]]` in Cargo.toml", source.path));
            }
            continue;
        }
        let module = stem.trim_end_matches("/mod");
        let (folder, name) = module.rsplit_once('/').unwrap_or(("", module));
        // The crate's root, or the folder's own module beside it or in it.
        let parents = [format!("{folder}/main.rs"), format!("{folder}/mod.rs"), format!("{folder}.rs")];
        let lists = |parent: &Source| {
            let code = parent.code();
            occurrences(&code, &format!("mod {name}")).any(|at| {
                let after = &code[at + 4 + name.len()..];
                after.starts_with(';')
            })
        };
        if !sources.iter().any(|parent| parents.contains(&parent.path) && lists(parent)) {
            wrong.push(format!("{}: `mod {name};` stands nowhere", source.path));
        }
    }
    wrong
}

fn read(folder: &str, wanted: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join(folder)];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let entry = entry.unwrap();
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            // What npm installs and cargo builds is not ours.
            if entry.file_type().unwrap().is_dir() && name != "node_modules" && name != "target" {
                folders.push(path);
            } else if wanted.iter().any(|ending| name.ends_with(ending)) {
                // Samples are not always text.
                let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                let path = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                sources.push(Source { path, text });
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

#[track_caller]
fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn manifest() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap()
}

#[test]
fn imports_go_down_only() {
    let sources = read("src", &[".rs"]);
    assert!(sources.len() > 30, "the sources were not found");
    none(&wrong_imports(&sources));
}

/// The table people read is the table that is enforced.
#[test]
fn the_documented_import_table_is_this_one() {
    let path = "docs/design/architecture.md";
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    for (layer, allowed) in IMPORTS {
        let allowed = match allowed {
            [] => "nothing".to_string(),
            names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        };
        let row = format!("| `{layer}` | {allowed} |");
        assert!(text.lines().any(|line| line.starts_with(&row)), "{path} has no row `{row}`");
    }
}

#[test]
fn dependencies_stay_in_their_places() {
    none(&wrong_dependencies(&read("src", &[".rs"])));
}

#[test]
fn there_is_one_door_to_the_disk() {
    none(&wrong_writes(&read("src", &[".rs"])));
}

#[test]
fn files_say_what_they_own_and_stay_short() {
    none(&wrong_shapes(&[read("src", &[".rs"]), read("tests", &[".rs"])].concat()));
}

#[test]
fn nothing_is_marked_as_unfinished() {
    let mut sources = read("src", &[".rs"]);
    sources.extend(read("tests", &[".rs", ".sh", "run", "setup", ".md", ".json"]));
    sources.extend(read("docs", &[".md"]));
    none(&forbidden_words(&sources));
}

#[test]
fn every_test_file_is_listed() {
    none(&unlisted_tests(&read("tests", &[".rs", "Cargo.toml"]), &manifest()));
}

/// The checks fail where they should.
mod bad {
    use super::*;

    fn one(path: &str, text: &str) -> Vec<Source> {
        vec![Source::new(path, text)]
    }

    #[test]
    fn imports_upwards() {
        for (path, text, named) in [
            ("src/base/a.rs", "use crate::model::price;", "model::price"),
            ("src/base/a.rs", "use crate::{base::error, model::limit as l};", "model::limit"),
            ("src/model/a.rs", "fn f() { crate::ledger::open() }", "ledger::open"),
            ("src/ledger/a.rs", "use crate::settings;", "settings"),
            ("src/claude/a.rs", "use crate::{base::{disk, lock}, book::call};", "book::call"),
            ("src/hook/mod.rs", "use super::cli::args;", "cli::args"),
            ("src/hook/a.rs", "use super::super::ui;", "ui"),
            ("src/hook/a.rs", "mod tests { use super::super::super::report::rows; }", "report::rows"),
            ("src/hook/a.rs", "use crate::settings::schema::schema_text;", "settings::schema::schema_text"),
            ("src/setup.rs", "use crate::hook;", "hook"),
            ("src/ui/a.rs", "use crate::{base::text, settings::layers};", "settings::layers"),
            ("src/main.rs", "use cost_hook::ledger::Ledger;", "ledger::Ledger"),
            ("src/brandnew/mod.rs", "//! New.", "not in the import table"),
        ] {
            let wrong = wrong_imports(&one(path, text));
            assert!(wrong.len() == 1 && wrong[0].contains(named), "{path} {text}: {wrong:?}");
        }
    }

    #[test]
    fn but_imports_downwards_words_and_own_modules_are_none() {
        for (path, text) in [
            ("src/model/a.rs", "use crate::base::money::Money;"),
            ("src/base/a.rs", "// like crate::model::price\nconst A: &str = \"crate::model\";"),
            ("src/base/a.rs", "const A: &str = r#\"use \"crate::model\"#;"),
            ("src/hook/a.rs", "use super::journal; use crate::hook::mod_a; use crate::settings::Settings;"),
            ("src/ui/a.rs", "use crate::base::diagnostic::Diagnostic;"),
            ("src/hook/a.rs", "mod tests { use super::*; use super::super::journal; }"),
            ("src/cli/a.rs", "use crate::{hook, report::rows, ui};"),
        ] {
            none(&wrong_imports(&one(path, text)));
        }
    }

    #[test]
    fn a_dependency_elsewhere() {
        for (path, text) in [
            ("src/hook/a.rs", "use clap::Parser;"),
            ("src/ledger/writer.rs", "fn f(db: &rusqlite::Connection) {}"),
            ("src/ledger/a.rs", "use fs2::FileExt;"),
            ("src/settings/a.rs", "use jsonc_parser;"),
        ] {
            assert_eq!(wrong_dependencies(&one(path, text)).len(), 1, "{path}");
        }
        none(&wrong_dependencies(&one("src/cli/args.rs", "use clap::Parser;")));
        none(&wrong_dependencies(&one("src/hook/a.rs", "// not clap::Parser\nfn fs2_like() {}")));
    }

    #[test]
    fn another_door_to_the_disk() {
        for text in
            ["fn f() { std::fs::write(a, b); }", "use std::fs::{self, OpenOptions};", "File::create(x)"]
        {
            assert_eq!(wrong_writes(&one("src/book/a.rs", text)).len(), 1, "{text}");
            none(&wrong_writes(&one(WRITER, text)));
        }
        none(&wrong_writes(&one(
            "src/book/a.rs",
            "fs::read(x); #[cfg(test)] mod tests { fs::write(a, b); }",
        )));
    }

    #[test]
    fn a_silent_or_endless_file() {
        assert_eq!(wrong_shapes(&one("src/a.rs", "fn f() {}")).len(), 1);
        assert_eq!(wrong_shapes(&one("tests/a.rs", &format!("//! A.\n{}", "\n".repeat(MAX_LINES)))).len(), 1);
        none(&wrong_shapes(&one("src/a.rs", "//! A.\n")));
    }

    #[test]
    fn marks_of_unfinished_work() {
        for word in FORBIDDEN {
            assert_eq!(
                forbidden_words(&one("docs/a.md", &format!("one\ntwo {word} three"))).len(),
                1,
                "{word}"
            );
        }
        none(&forbidden_words(&one("docs/a.md", "a HACKNEYED WIPER; mktemp /tmp/a.XXXXXX")));
    }

    #[test]
    fn a_test_nobody_runs() {
        let root = Source::new("tests/main.rs", "mod hook;\nmod hooked;");
        let folder = Source::new("tests/hook/mod.rs", "mod booking;");
        let fine = [
            Source::new("tests/hooked.rs", ""),
            Source::new("tests/hook/booking.rs", ""),
            folder.clone(),
            root.clone(),
        ];
        let manifest = "path = \"tests/main.rs\"";
        none(&unlisted_tests(&fine, manifest));
        for path in [
            "tests/other.rs",
            "tests/hook/other.rs",
            "tests/deep/er/mod.rs",
            "tests/client/main.rs",
            "tests/fuzz/src/other.rs",
            "tests/fuzz/fuzz_targets/other.rs",
        ] {
            let sources = [Source::new(path, ""), folder.clone(), root.clone()];
            assert_eq!(unlisted_tests(&sources, manifest).len(), 1, "{path}");
        }
    }
}
