//! The page as one file: the parts under `page`, the figures and texts as a block of data, and a policy that lets the browser load
//! nothing and run nothing but these very parts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::words;
use crate::base::words::{Language, say};
use crate::ledger::entries::Sum;
use crate::report::table::grouped;

const FRAME: &str = include_str!("page/page.html");
const STYLE: &str = concat!(include_str!("page/page.css"), include_str!("page/charts.css"));
pub(super) const SCRIPT: &str = concat!(
    "'use strict';\n{\n",
    include_str!("page/words.js"),
    include_str!("page/amounts.js"),
    include_str!("page/cube.js"),
    include_str!("page/elements.js"),
    include_str!("page/plots.js"),
    include_str!("page/tables.js"),
    include_str!("page/cards.js"),
    include_str!("page/timeline.js"),
    include_str!("page/page.js"),
    "}\n"
);

/// `data` is JSON that is safe inside a script element.
pub(super) fn page(data: &str, sum: &Sum, language: Language) -> String {
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; base-uri 'none'; form-action 'none'",
        source(SCRIPT),
        source(STYLE)
    );
    let plain = say!(language, "page-needs-script", cost = sum.cost.show(), calls = grouped(sum.calls));
    let mut html = String::with_capacity(FRAME.len() + STYLE.len() + SCRIPT.len() + data.len() + 512);
    let mut rest = FRAME;
    // One pass over the frame: what is put in is never searched for places itself.
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else { break };
        html.push_str(before);
        html.push_str(match name {
            "policy" => &policy,
            "style" => STYLE,
            "script" => SCRIPT,
            "data" => data,
            "plain" => &plain,
            "language" => language.tag(),
            name => words::of_frame(name, language).unwrap_or_default(),
        });
        rest = after;
    }
    html.push_str(rest);
    html
}

/// How a policy names an inline part: by the hash of its bytes.
fn source(part: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(part.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_every_part_once() {
        let html = page("{\"a\":1}", &Sum::default(), Language::English);
        assert!(!html.contains("{{"), "a place in the frame was not filled");
        for part in [STYLE, SCRIPT, "{\"a\":1}", "$0.00 for 0 calls"] {
            assert_eq!(html.matches(part).count(), 1);
        }
        assert_eq!(html.matches("<script").count(), 2);
        assert_eq!(html.matches("<style>").count(), 1);
        // Parts that closed their own element would be cut off there.
        assert!(!SCRIPT.contains("</script") && !SCRIPT.contains("<!--") && !STYLE.contains("</style"));
    }

    #[test]
    fn hashes_are_those_of_the_standard() {
        // The example of the Content Security Policy specification.
        assert_eq!(source("alert('Hello, world.');"), "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
    }

    #[test]
    fn nothing_is_loaded_from_anywhere() {
        let html = page("{}", &Sum::default(), Language::English);
        for address in ["http:", "https:", "//cdn", "@import", "url(h", "url(/", " src=", "srcset", "fetch("]
        {
            let found = html.find(address).map(|at| &html[at.saturating_sub(40)..(at + 40).min(html.len())]);
            let namespace = found.is_some_and(|around| around.contains("www.w3.org/2000/svg"));
            assert!(found.is_none() || namespace, "{address}: {found:?}");
        }
    }
}
