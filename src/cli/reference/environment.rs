//! The page that describes every environment variable, from the list in `base::env`.

use crate::base::env::{self, Whose};

pub(super) const PATH: &str = "docs/reference/environment.md";

const HEAD: &str = "\
# Environment variables

Every variable that cost-hook reads. Generated from the program itself by `cargo run -- reference --write`; a test fails
when it is not current. A variable that is set to nothing counts as not set.
";

const PARTS: [(Whose, &str, &str); 4] = [
    (Whose::Ours, "cost-hook's own", ""),
    (
        Whose::Client,
        "Claude Code's",
        "Claude Code sets them for its hooks, or its users set them for Claude Code. What a switch says is true for \
         `1`, `true`, `yes` and `on`.",
    ),
    (Whose::System, "The system's", "Set by the system or by custom, for any program."),
    (
        Whose::Contributors,
        "For contributors",
        "Known to debug builds only, for tests: a release build does not read them, so that no shell can move a \
         budget's day or lead around managed settings.",
    ),
];

pub(super) fn page() -> String {
    let all = env::all();
    let mut out = HEAD.to_string();
    for (whose, title, about) in PARTS {
        out.push_str(&format!("\n## {title}\n\n"));
        if !about.is_empty() {
            out.push_str(&format!("{about}\n\n"));
        }
        out.push_str("| variable | meaning | when it is not set |\n|---|---|---|\n");
        for one in all.iter().filter(|one| one.whose == whose) {
            out.push_str(&format!("| `{}` | {} | {} |\n", one.name, one.meaning, one.default));
        }
    }
    out
}
