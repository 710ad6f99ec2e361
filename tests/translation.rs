//! The Chinese README and guide are the English ones, page by page: each names the state of the page it translates, and
//! has its blocks, headings, tables, lists and links.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cost_hook::base::text::hex;
use sha2::{Digest, Sha256};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn read(path: &str) -> Option<String> {
    fs::read_to_string(Path::new(ROOT).join(path)).ok()
}

/// Every page that is to be there in Chinese, and where.
fn pages() -> Vec<(String, String)> {
    let mut pages = vec![("README.md".to_string(), "docs/zh/README.md".to_string())];
    for name in names("docs/guide") {
        pages.push((format!("docs/guide/{name}"), format!("docs/zh/guide/{name}")));
    }
    pages
}

fn names(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(Path::new(ROOT).join(folder)).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

/// What a translation begins with.
fn first_line(page: &str, text: &str) -> String {
    let hash = &hex(&Sha256::digest(text.as_bytes()))[..16];
    format!("<!-- Translation of {page}, sha256 {hash} -->")
}

/// What a translation has to have in common with its page.
#[derive(Debug, Default, PartialEq)]
struct Shape {
    blocks: Vec<String>,
    headings: Vec<usize>,
    /// How many cells each row of a table has.
    rows: Vec<usize>,
    items: usize,
    /// The files that are linked to, by their names.
    links: Vec<String>,
}

fn shape(text: &str) -> Shape {
    let mut shape = Shape::default();
    let mut block: Option<String> = None;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            match block.take() {
                Some(whole) => shape.blocks.push(whole),
                None => block = Some(line.trim_start().to_string()),
            }
            continue;
        }
        if let Some(block) = &mut block {
            *block += &format!("\n{line}");
            continue;
        }
        if line.starts_with('#') {
            shape.headings.push(line.chars().take_while(|c| *c == '#').count());
        }
        if line.trim_start().starts_with('|') {
            shape.rows.push(line.replace("\\|", "").matches('|').count());
        }
        shape.items += usize::from(line.trim_start().starts_with("- "));
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        shape.links.extend(targets.map(|(target, _)| {
            let file = target.split('#').next().unwrap_or_default();
            PathBuf::from(file)
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default()
        }));
    }
    shape.links.sort();
    shape
}

fn what_differs(page: &str, english: &str, translation: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let first = first_line(page, english);
    if translation.lines().next() != Some(first.as_str()) {
        wrong.push(format!("{page} has changed: translate what did, and make the first line `{first}`"));
    }
    let (one, other) = (shape(english), shape(translation));
    let mut differs = |what: &str, is: bool| {
        if is {
            wrong.push(format!("{page}: {what} are not the same in the translation"));
        }
    };
    differs("the blocks of code", one.blocks != other.blocks);
    differs("the headings", one.headings != other.headings);
    differs("the tables", one.rows != other.rows);
    differs("the lists", one.items != other.items);
    differs("the links", one.links != other.links);
    wrong
}

#[test]
fn every_page_is_there_as_it_is_now() {
    let mut wrong = Vec::new();
    for (page, place) in pages() {
        let english = read(&page).unwrap();
        match read(&place) {
            Some(translation) => wrong.extend(what_differs(&page, &english, &translation)),
            None => wrong.push(format!("{page} has no translation: {place}")),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(names("docs/zh/guide"), names("docs/guide"), "pages without an original");
}

#[test]
fn what_is_left_out_or_old_is_found() {
    let english = "# A\n\n- one [b](b.md#x)\n\n| a | b |\n|---|---|\n\n```sh\nls\n```\n";
    let good = format!(
        "{}\n{}",
        first_line("a.md", english),
        english.replace("one", "一").replace("b.md#x", "../zh/b.md#y")
    );
    assert_eq!(what_differs("a.md", english, &good), [""; 0]);
    let found = |bad: String| what_differs("a.md", english, &bad).len();
    assert_eq!(found(good.replace("# A", "## A")), 1);
    assert_eq!(found(good.replace("- 一", "一")), 1);
    assert_eq!(found(good.replace("| a | b |", "| a |")), 1);
    assert_eq!(found(good.replace("ls", "ls -l")), 1);
    assert_eq!(found(good.replace("b.md", "c.md")), 1);
    assert_eq!(what_differs("a.md", &format!("{english}more\n"), &good).len(), 1);
}
