//! Environment variables have one list, which users read: nothing is read that is not in it, and nothing is in it that
//! nobody reads.

use std::collections::BTreeSet;

use super::{Source, none, occurrences, product_code, read};

/// The one file that may name an environment variable, how its constants are reached, and how names get to the reader.
const VARIABLES: &str = "src/base/env.rs";
const READERS: &[&str] = &["var(\"", "env(\"", "env_remove(\""];

/// A variable that is read by a name of its own escapes the table users read, and one that nothing reads misleads them.
fn wrong_variables(sources: &[Source], known: &[&str]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut used: BTreeSet<&&str> = BTreeSet::new();
    for source in sources.iter().filter(|source| source.path.starts_with("src/") && source.path != VARIABLES)
    {
        let code = product_code(source);
        used.extend(known.iter().filter(|name| occurrences(&code, &format!("env::{name}")).next().is_some()));
        // The text itself, because in the code strings are blank; as far as the tests, which make up surroundings.
        let text = &source.text[..source.text.find("#[cfg(test)]").unwrap_or(source.text.len())];
        let literal =
            |name: &&&str| text.contains(&format!("\"{name}\"")) || text.contains(&format!("\"{name}_{{"));
        wrong.extend(known.iter().filter(literal).map(|name| format!("{}: `{name}`", source.path)));
        let read = |reader: &&&str| {
            let hits = text.match_indices(**reader).map(|(at, _)| &text[at + reader.len()..]);
            let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            hits.filter_map(|rest| rest.split('"').next()).any(|name| name.chars().all(is_name))
        };
        wrong.extend(READERS.iter().filter(read).map(|reader| format!("{}: `{reader}`", source.path)));
    }
    let mut wrong: Vec<String> =
        wrong.into_iter().map(|what| format!("{what}: names of variables are {VARIABLES}'s")).collect();
    let unused = known.iter().filter(|name| !used.contains(*name));
    wrong.extend(unused.map(|name| format!("{VARIABLES}: nothing reads `{name}`")));
    wrong
}

#[test]
fn environment_variables_have_one_list() {
    let all = cost_hook::base::env::all();
    let known: Vec<&str> = all.iter().map(|one| one.name.trim_end_matches("_*")).collect();
    none(&wrong_variables(&read("src", &[".rs"]), &known));
}

#[test]
fn a_variable_nobody_lists_or_reads() {
    let fine =
        Source::new("src/a.rs", "fn f() { world.var(env::HOME) }\n#[cfg(test)] mod tests { \"HOME\" }");
    none(&wrong_variables(std::slice::from_ref(&fine), &["HOME"]));
    for text in ["world.var(\"SHELL\")", "[\"HOME\", x]", "command.env(\"A_1\", x)", "format!(\"HOME_{x}\")"]
    {
        let sources = [fine.clone(), Source::new("src/b.rs", text)];
        assert_eq!(wrong_variables(&sources, &["HOME"]).len(), 1, "{text}");
    }
    assert_eq!(wrong_variables(std::slice::from_ref(&fine), &["HOME", "LANG"]).len(), 1);
    none(&wrong_variables(&[fine, Source::new("src/b.rs", "x.var(\"lower\"); \"HOMELESS\"")], &["HOME"]));
}
