//! `cost-hook session`: what one session cost, by model.

use std::process::ExitCode;

use super::args::ZoneArgs;
use super::report;
use super::shop::{self, Shop};
use super::success;
use crate::base::env;
use crate::base::error::{Error, Result};
use crate::base::money::Money;
use crate::base::time::{Time, Window};
use crate::base::width::shown;
use crate::base::words::{Language, say, word};
use crate::ledger::{Ledger, Writer};
use crate::report::fold::{By, fold};
use crate::report::query::{self, Query};
use crate::report::table::grouped;
use crate::report::{json, table};

const EXAMPLES: &str = "\
Examples:
  cost-hook session                    this session, or the newest
  cost-hook session 91a7               the session whose id begins so";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The session's id or its beginning [default: the session the command is run in, else the newest]
    id: Option<String>,
    #[command(flatten)]
    zone: ZoneArgs,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let (setup, language) = (shop.setup(), shop.out.language);
    let cut = args.zone.cut(&setup)?;
    let here = shop.world.var(env::CLAUDE_CODE_SESSION_ID);
    let wanted = args.id.as_deref().map(|id| (id, true)).or(here.as_deref().map(|id| (id, false)));
    let prefix = wanted.map_or("", |(id, _)| id);
    // With the checkpoint at hand only the session's own months have to be read; while somebody else has it, the
    // ledger tells the same, slower.
    let known = match shop.catch_up(&setup, |writer| from_checkpoint(writer, prefix)) {
        Some(known) => known,
        None => from_ledger(&setup.ledger, prefix)?,
    };
    let (id, window) = choose(known, wanted, || report::is_installed(&setup), language)?;
    let query = Query { window, ..Query::of_session(&id) };
    let folded = fold(&setup.ledger, &query, By::Session, &cut)?;
    let Some(group) = folded.groups.first() else {
        return Err(Error::user(say!(language, "nothing-booked-for-session", session = &id))
            .hint(language.word(word!("nothing-booked-for-session-cure"))));
    };
    if shop.json {
        shop.say(&json::session(group, &folded.total))?;
        return success();
    }
    let sum = &group.sum;
    let mark = if sum.estimated == Money::ZERO { "" } else { "~" };
    let costs = say!(
        language,
        "session-cost",
        cost = format!("{mark}{}", shop.heading(&sum.cost.show())),
        calls = say!(language, "call-count", calls = sum.calls),
        tokens = grouped(sum.tokens.total()),
        first = language.moment(group.first, &cut.zone),
        last = language.moment(group.last, &cut.zone)
    );
    let head = format!(
        "{} {}\n{}\n{costs}\n\n",
        shop.heading(language.word(word!("heading-session"))),
        group.name,
        shop.faint(&shown(&group.project, usize::MAX)),
    );
    let look = shop::look(&shop.out);
    shop.say(&(head + &shop.table(&table::models(&folded, look))))?;
    success()
}

fn from_ledger(ledger: &Ledger, prefix: &str) -> Result<Vec<(String, Window)>> {
    if !ledger.exists() {
        return Ok(Vec::new());
    }
    let with_window = |(id, last): (String, Time)| (id, Window { start: Time::MIN, end: last.plus_ms(1) });
    Ok(query::sessions(ledger, prefix)?.into_iter().map(with_window).collect())
}

fn from_checkpoint(writer: &mut Writer, prefix: &str) -> Result<Vec<(String, Window)>> {
    let mut known = Vec::new();
    for id in writer.session_ids()?.into_iter().filter(|id| id.starts_with(prefix)) {
        if let Some(session) = writer.peek_session(&id)?
            && let (Some(first), Some(last)) = (session.first, session.last)
        {
            known.push((id, Window { start: first, end: last.plus_ms(1) }));
        }
    }
    Ok(known)
}

/// `wanted` comes with whether a person typed it: only then may it be the beginning of an id.
fn choose(
    known: Vec<(String, Window)>,
    wanted: Option<(&str, bool)>,
    is_installed: impl Fn() -> bool,
    language: Language,
) -> Result<(String, Window)> {
    let newest = |known: Vec<(String, Window)>| known.into_iter().max_by_key(|(_, window)| window.end);
    let Some((id, typed)) = wanted else {
        return newest(known).ok_or_else(|| {
            let cure = match is_installed() {
                true => word!("no-session-booked-with-hooks"),
                false => word!("no-session-booked-cure"),
            };
            Error::user(language.word(word!("no-session-booked"))).hint(language.word(cure))
        });
    };
    if let Some(exact) = known.iter().find(|(name, _)| name == id) {
        return Ok(exact.clone());
    }
    let none = || Error::user(say!(language, "session-not-booked", session = id));
    if !typed {
        return Err(none().hint(language.word(word!("session-not-booked-why"))));
    }
    match known.as_slice() {
        [] => Err(none().hint(language.word(word!("session-not-booked-cure")))),
        [only] => Ok(only.clone()),
        several => {
            let names: Vec<&str> = several.iter().take(4).map(|(name, _)| name.as_str()).collect();
            Err(Error::user(say!(language, "session-not-clear", beginning = id, count = several.len()))
                .hint(say!(language, "session-not-clear-cure", names = names.join(", "))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<(String, Window)> {
        let at = |end| Window { start: Time(0), end: Time(end) };
        vec![("aa1".into(), at(3)), ("aa2".into(), at(5)), ("b".into(), at(4)), ("bb".into(), at(2))]
    }

    fn with(prefix: &str) -> Vec<(String, Window)> {
        known().into_iter().filter(|(id, _)| id.starts_with(prefix)).collect()
    }

    #[test]
    fn the_newest_the_exact_or_the_only_one() {
        assert_eq!(choose(known(), None, || true, Language::English).unwrap().0, "aa2");
        assert_eq!(choose(with("b"), Some(("b", true)), || true, Language::English).unwrap().0, "b");
        assert_eq!(choose(with("bb"), Some(("bb", true)), || true, Language::English).unwrap().0, "bb");
        assert_eq!(choose(with("aa1"), Some(("aa1", false)), || true, Language::English).unwrap().0, "aa1");
    }

    #[test]
    fn what_is_not_clear_is_asked_for() {
        let error = choose(with("aa"), Some(("aa", true)), || true, Language::English).unwrap_err();
        assert_eq!(error.to_string(), "`aa` is the beginning of 2 sessions");
        assert!(
            choose(with("aa1"), Some(("aa", false)), || true, Language::English).is_err(),
            "the environment names whole ids"
        );
        assert!(choose(Vec::new(), Some(("c", true)), || true, Language::English).is_err());
        assert!(choose(Vec::new(), None, || true, Language::English).is_err());
    }
}
