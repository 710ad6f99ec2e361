//! The sessions a writer has met, as they are by now. Owns which of them changed; where they are stored is the
//! checkpoint's business.

use std::collections::HashMap;

use super::state::Session;

#[derive(Default)]
pub(super) struct Sessions {
    met: Vec<Met>,
    places: HashMap<String, usize>,
    /// The one asked for last: calls of one session come in runs, and each is asked about it several times.
    last: usize,
}

struct Met {
    id: String,
    session: Session,
    changed: bool,
}

impl Sessions {
    fn place(&mut self, id: &str) -> Option<usize> {
        if self.met.get(self.last).is_none_or(|met| met.id != id) {
            self.last = *self.places.get(id)?;
        }
        Some(self.last)
    }

    pub(super) fn knows(&mut self, id: &str) -> bool {
        self.place(id).is_some()
    }

    pub(super) fn get(&mut self, id: &str) -> Option<&Session> {
        let at = self.place(id)?;
        Some(&self.met[at].session)
    }

    /// Of a session that may be changed; one that was never met is new.
    pub(super) fn change(&mut self, id: &str) -> &mut Session {
        let at = self.place(id).unwrap_or_else(|| self.meet(id, Session::default()));
        self.met[at].changed = true;
        &mut self.met[at].session
    }

    /// Takes in a session as it is stored.
    pub(super) fn meet(&mut self, id: &str, session: Session) -> usize {
        self.last = self.met.len();
        self.met.push(Met { id: id.to_string(), session, changed: false });
        self.places.insert(id.to_string(), self.last);
        self.last
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &Session)> {
        self.met.iter().map(|met| (met.id.as_str(), &met.session))
    }

    /// Those that changed since this was asked last.
    pub(super) fn take_changed(&mut self) -> impl Iterator<Item = (&str, &Session)> {
        let changed = self.met.iter_mut().filter_map(|met| std::mem::take(&mut met.changed).then_some(&*met));
        changed.map(|met| (met.id.as_str(), &met.session))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_session_is_its_own_whoever_was_asked_for_last() {
        let mut sessions = Sessions::default();
        assert!(!sessions.knows("a") && sessions.get("a").is_none());
        sessions.meet("a", Session { calls: 1, ..Session::default() });
        sessions.change("b").calls += 2;
        assert_eq!(sessions.get("a").map(|session| session.calls), Some(1));
        sessions.change("b").calls += 2;
        assert_eq!(sessions.get("b").map(|session| session.calls), Some(4));
        let changed: Vec<_> = sessions.take_changed().map(|(id, session)| (id, session.calls)).collect();
        assert_eq!(changed, [("b", 4)]);
        sessions.change("a").calls += 1;
        assert_eq!(sessions.take_changed().map(|(id, _)| id).collect::<Vec<_>>(), ["a"]);
        assert_eq!(sessions.take_changed().count(), 0);
        assert_eq!(sessions.all().count(), 2);
    }
}
