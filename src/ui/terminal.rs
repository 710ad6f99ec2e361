//! A screen of its own in the terminal: keys as they are pressed, the picture drawn over the one before, and everything as
//! it was when it goes away. What is drawn is the caller's business.

use std::io::{self, Write};
#[cfg(unix)]
use std::io::{IsTerminal, Read};
use std::time::Duration;

use crate::base::error::{Error, Result};

/// The other screen, with the cursor hidden.
#[cfg(unix)]
const OPEN: &str = "\x1b[?1049h\x1b[?25l\x1b[2J";
/// And back.
const CLOSE: &str = "\x1b[?25h\x1b[?1049l";
/// How long a key is waited for at once, in tenths of a second: so soon a change of the size is seen.
#[cfg(unix)]
const WAIT_TENTHS: u8 = 2;

/// What a person did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    None,
    /// `q`, Ctrl-C or Ctrl-D, or the terminal is gone.
    Quit,
    Other,
}

/// The terminal while it is ours. Dropped, it is as it was.
pub struct Terminal {
    #[cfg(unix)]
    saved: rustix::termios::Termios,
}

impl Terminal {
    /// None where standard input and output are not both a terminal, and where there is no way to read single keys.
    #[cfg(unix)]
    pub fn open() -> Result<Option<Self>> {
        use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Ok(None);
        }
        let failed = |error| Error::user("cannot set up the terminal").caused_by(io::Error::from(error));
        let saved = tcgetattr(io::stdin()).map_err(failed)?;
        let mut raw = saved.clone();
        // Ctrl-C comes as a key, so that the screen is put back first.
        raw.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG);
        raw.special_codes[SpecialCodeIndex::VMIN] = 0;
        raw.special_codes[SpecialCodeIndex::VTIME] = WAIT_TENTHS;
        tcsetattr(io::stdin(), OptionalActions::Flush, &raw).map_err(failed)?;
        let terminal = Self { saved };
        put(OPEN)?;
        Ok(Some(terminal))
    }

    #[cfg(not(unix))]
    pub fn open() -> Result<Option<Self>> {
        Ok(None)
    }

    /// Columns and rows.
    pub fn size(&self) -> (usize, usize) {
        terminal_size::terminal_size()
            .map_or((80, 24), |(width, height)| (usize::from(width.0), usize::from(height.0)))
    }

    /// Waits a moment for a key.
    #[cfg(unix)]
    pub fn key(&self) -> Key {
        let mut bytes = [0; 64];
        match io::stdin().lock().read(&mut bytes) {
            // Nothing was pressed; or nobody ever will.
            Ok(0) if rustix::termios::tcgetattr(io::stdin()).is_err() => Key::Quit,
            Ok(0) => Key::None,
            Ok(count) if bytes[..count].iter().any(|byte| matches!(byte, b'q' | b'Q' | 3 | 4)) => Key::Quit,
            Ok(_) => Key::Other,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Key::None,
            Err(_) => Key::Quit,
        }
    }

    #[cfg(not(unix))]
    pub fn key(&self) -> Key {
        Key::Quit
    }

    /// Draws lines from the top; none may be wider than the screen. Each is cleared to its end, so nothing flickers.
    pub fn draw(&self, lines: &[String]) -> Result<()> {
        let body = lines.iter().map(|line| format!("{line}\x1b[K")).collect::<Vec<_>>().join("\r\n");
        put(&format!("\x1b[H{body}\x1b[J"))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = put(CLOSE);
        #[cfg(unix)]
        {
            let _ =
                rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Flush, &self.saved);
        }
    }
}

fn put(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Error::user("cannot write to the terminal").caused_by(error))
}

/// Waits, and says whether somebody still reads standard output: a pipe tells when its reader goes.
#[cfg(unix)]
pub fn wait_while_read(time: Duration) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let out = io::stdout();
    let mut fds = [PollFd::new(&out, PollFlags::empty())];
    let wait =
        Timespec { tv_sec: time.as_secs().try_into().unwrap_or(3600), tv_nsec: time.subsec_nanos().into() };
    let gone = PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL;
    match poll(&mut fds, Some(&wait)) {
        Ok(0) => true,
        Ok(_) => !fds[0].revents().intersects(gone),
        Err(_) => true,
    }
}

#[cfg(not(unix))]
pub fn wait_while_read(time: Duration) -> bool {
    std::thread::sleep(time);
    true
}
