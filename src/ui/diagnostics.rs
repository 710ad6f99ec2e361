//! Problems of settings files as rustc shows problems of sources: the place, the line itself with the part marked,
//! and the cures. Finding them is `settings::validate`'s business.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};

use super::style::Screen;
use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::text::shown_painted;
use crate::base::width::shown;
use crate::base::words::word;

/// The problem over its source; without one (a file that could not be read) only the place is named.
pub fn render(screen: &Screen, found: &Diagnostic, text: Option<&str>) -> String {
    let language = screen.language;
    let level = match found.severity {
        Severity::Error => Level::ERROR.with_name(language.word(word!("diagnostic-error"))),
        Severity::Warning => Level::WARNING.with_name(language.word(word!("diagnostic-warning"))),
    };
    let message = found.message.within(language);
    let label = found.label.within(language);
    let hints: Vec<String> = found.hints.iter().map(|hint| hint.within(language)).collect();
    // The renderer clears the text itself, of all but what is beyond ASCII.
    let file = shown(&found.file, usize::MAX);
    let mut group = level.primary_title(message.as_str()).id(found.rule).elements(Vec::<Element<'_>>::new());
    match text.filter(|text| text.get(found.range.clone()).is_some()) {
        Some(text) => {
            let mut mark = AnnotationKind::Primary.span(found.range.clone());
            if !label.is_empty() {
                mark = mark.label(label.as_str());
            }
            group = group.element(Snippet::source(text).path(file.as_str()).annotation(mark));
        }
        None => {
            let place = Origin::path(file.as_str()).line(found.line).char_column(found.column);
            group = group.element(place);
        }
    }
    for hint in &hints {
        let help = Level::HELP.with_name(language.word(word!("diagnostic-help")));
        group = group.element(help.message(hint.as_str()));
    }
    let renderer = if screen.color { Renderer::styled() } else { Renderer::plain() };
    let decor = if screen.unicode && screen.color { DecorStyle::Unicode } else { DecorStyle::Ascii };
    shown_painted(&renderer.term_width(usize::from(screen.width)).decor_style(decor).render(&[group]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found() -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            rule: "unknown-key",
            file: "settings.json".into(),
            range: 14..27,
            line: 2,
            column: 13,
            key: "cost.dialyBudget".into(),
            message: "unknown key `dialyBudget` in `cost`".into(),
            label: "not known here".into(),
            hints: vec!["did you mean `dailyBudget`?".into()],
        }
    }

    #[test]
    fn a_problem_is_shown_at_its_place() {
        let text = "{\n  \"cost\": { \"dialyBudget\": 5 }\n}\n";
        let shown = render(&Screen::plain(80), &found(), Some(text));
        let expected = "\
error[unknown-key]: unknown key `dialyBudget` in `cost`
 --> settings.json:2:13
  |
2 |   \"cost\": { \"dialyBudget\": 5 }
  |             ^^^^^^^^^^^^^ not known here
  |
  = help: did you mean `dailyBudget`?";
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_file_nobody_could_read_is_still_named() {
        let shown = render(&Screen::plain(80), &found(), None);
        assert!(shown.contains("--> settings.json:2:13"), "{shown}");
        let elsewhere = render(&Screen::plain(80), &found(), Some("short"));
        assert!(elsewhere.contains("--> settings.json:2:13"), "{elsewhere}");
    }
}
