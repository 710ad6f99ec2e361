//! The only writers of stdout and stderr in the cold lane. A reader that went away (`| head`) is no fault: what was
//! wanted of the output was read. Everything else that stops the output is an error with its cause.

use std::io::{self, BufWriter, ErrorKind, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::style::{Screen, Tone};
use crate::base::error::{Error, Result};
use crate::base::text::shown_lines;
use crate::base::words::{Sentence, Word, say, word};

/// Data.
pub fn out(text: &str) -> Result<()> {
    finish(put(&mut io::stdout().lock(), text), "standard output")
}

/// A JSON document, written while it is made: it may be longer than memory should hold.
pub fn json(document: &impl Serialize) -> Result<()> {
    let mut stream = BufWriter::new(io::stdout().lock());
    let written = serde_json::to_writer_pretty(&mut stream, document).map_err(io::Error::from);
    finish(written.and_then(|()| stream.write_all(b"\n")).and_then(|()| stream.flush()), "standard output")
}

/// Text for who goes on printing: false when the reader went away.
pub fn out_while_read(text: &str) -> Result<bool> {
    let written = put(&mut io::stdout().lock(), text);
    let is_read = written.is_ok();
    finish(written, "standard output").map(|()| is_read)
}

/// Data that is too much for one text. Remembers whether its reader went away.
#[derive(Debug, Default)]
pub struct Stream {
    reader_left: bool,
}

impl Stream {
    pub fn reader_left(&self) -> bool {
        self.reader_left
    }

    fn noted<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &done {
            self.reader_left |= error.kind() == ErrorKind::BrokenPipe;
        }
        done
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = io::stdout().lock().write_all(bytes);
        self.noted(done.map(|()| bytes.len()))
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = io::stdout().lock().flush();
        self.noted(done)
    }
}

/// Everything that is not data. What cannot be said there can be said nowhere.
pub fn err(text: &str) {
    let _ = put(&mut io::stderr().lock(), text);
}

fn put(stream: &mut impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

fn finish(written: io::Result<()>, stream: &str) -> Result<()> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::user(format!("cannot write to {stream}")).caused_by(error))
        }
        _ => Ok(()),
    }
}

/// One error, its causes and its cures. Messages hold names from files that others wrote.
pub fn error(screen: &Screen, error: &Error) {
    let mut text = labelled(screen, Tone::Bad, word!("error"), &error.to_string());
    let mut said: Vec<&Sentence> = Vec::new();
    for hint in &error.hints {
        if !said.contains(&hint) {
            said.push(hint);
            text.push_str(&labelled(screen, Tone::Command, word!("hint"), &hint.within(screen.language)));
        }
    }
    err(&text);
}

/// Something that does not keep the command from going on.
pub fn warning(screen: &Screen, message: &str) {
    err(&labelled(screen, Tone::Warning, word!("warning"), message));
}

fn labelled(screen: &Screen, tone: Tone, label: Word, text: &str) -> String {
    let language = screen.language;
    let label = screen.paint(tone, language.word(label));
    say!(language, "labelled", label = label, text = shown_lines(text)) + "\n"
}

/// How far a long job is. Nothing at all where stderr is no terminal.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// For a job of so many bytes.
    pub fn of_bytes(screen: &Screen, bytes: u64, what: &str) -> Self {
        if !screen.terminal {
            return Self { bar: ProgressBar::hidden() };
        }
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
        let template = say!(
            screen.language,
            "progress-of-bytes",
            what = "{msg}",
            bar = "{bar:24}",
            done = "{decimal_bytes}",
            total = "{decimal_total_bytes}",
            speed = "{decimal_bytes_per_sec}",
            left = "{eta}"
        );
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style.progress_chars(if screen.unicode { "█▓░" } else { "#>-" }));
        }
        bar.set_message(what.to_string());
        Self { bar }
    }

    pub fn advance(&self, bytes: u64) {
        self.bar.inc(bytes);
    }
}

impl Drop for Progress {
    /// The bar is not part of the output: it goes when the job is done, and when it fails.
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken(ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_went_away_is_no_fault_and_a_full_disk_is() {
        assert!(finish(put(&mut Broken(ErrorKind::BrokenPipe), "x"), "standard output").is_ok());
        let error = finish(put(&mut Broken(ErrorKind::StorageFull), "x"), "standard output").unwrap_err();
        assert_eq!(error.to_string(), "cannot write to standard output: no storage space");
    }

    #[test]
    fn progress_is_silent_where_nobody_watches() {
        let progress = Progress::of_bytes(&Screen::plain(80), 10, "Booking");
        progress.advance(5);
        assert!(progress.bar.is_hidden());
    }
}
