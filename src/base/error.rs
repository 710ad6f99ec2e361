//! The one error type: a kind that decides the exit code, a message that names the path or setting, the cause,
//! and the cure as hints. Printing is `ui`'s and `hook`'s business, never this module's.

use std::fmt;
use std::path::Path;

use super::words::{Sentence, Word, word};

/// What went wrong in the widest sense; decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The command line cannot be understood.
    Usage,
    /// Something in the user's files or request.
    User,
    /// A lock that somebody else holds.
    Busy,
    /// A fault of this program.
    Internal,
}

impl Kind {
    /// The process exit code. Never 2: Claude Code reads 2 from a hook as "block this action".
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::User | Kind::Busy => 1,
            Kind::Usage => 64,
            Kind::Internal => 70,
        }
    }
}

/// An error with everything needed to tell the user what to do about it.
#[derive(Debug)]
pub struct Error {
    pub kind: Kind,
    /// Lower case, no full stop; a single trailing value follows a colon.
    pub message: String,
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
    /// Cures, each a sentence of its own, in the language of whoever is told.
    pub hints: Vec<Sentence>,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None, hints: Vec::new() }
    }

    pub fn user(message: impl Into<String>) -> Self {
        Self::new(Kind::User, message)
    }

    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    pub fn busy(message: impl Into<String>) -> Self {
        Self::new(Kind::Busy, message)
    }

    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Kind::Internal, message)
    }

    /// An I/O error, which by itself never says on which file: `verb` is "read", "write", "create" and so on.
    pub fn io(verb: &str, path: &Path, source: std::io::Error) -> Self {
        let mut error = Self::user(format!("cannot {verb} `{}`", path.display()));
        if let Some(hint) = io_hint(&source) {
            error.hints.push(hint.into());
        }
        error.caused_by(source)
    }

    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    pub fn hint(mut self, hint: impl Into<Sentence>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Message, causes and hints on one line and in English, for what is kept (journal). People are told by
    /// `Language::error`.
    pub fn one_line(&self) -> String {
        let mut text = self.to_string();
        for hint in &self.hints {
            text.push_str("; ");
            text.push_str(&hint.to_string());
        }
        text
    }
}

fn io_hint(source: &std::io::Error) -> Option<Word> {
    use std::io::ErrorKind;
    match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Some(word!("disk-full-cure")),
        ErrorKind::ReadOnlyFilesystem => Some(word!("read-only-cure")),
        ErrorKind::NotFound => Some(word!("not-there-cure")),
        ErrorKind::PermissionDenied => Some(word!("denied-cure")),
        _ => None,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        let mut cause = std::error::Error::source(self);
        while let Some(inner) = cause {
            write!(f, ": {inner}")?;
            cause = inner.source();
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_kind_exits_with_two() {
        for kind in [Kind::Usage, Kind::User, Kind::Busy, Kind::Internal] {
            assert_ne!(kind.exit_code(), 2);
            assert_ne!(kind.exit_code(), 0);
        }
    }

    #[test]
    fn an_io_error_names_its_file_cause_and_cure() {
        let cause = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let error = Error::io("write", Path::new("/x/ledger"), cause);
        assert_eq!(error.to_string(), "cannot write `/x/ledger`: no storage space");
        assert!(error.one_line().ends_with("; the disk is full: free some space"));
        let error =
            Error::io("write", Path::new("/x/page.html"), std::io::Error::from(std::io::ErrorKind::NotFound));
        assert!(error.one_line().ends_with("check the path, or make the folder first"));
    }
}
