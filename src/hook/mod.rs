//! The hot lane: what Claude Code runs many times a minute. Owns the order of things for one event and the promise
//! that a fault of ours never breaks a session: every path ends in exit code 0, with nothing on stdout unless
//! something is meant. Booking itself is `book`'s, the verdict `budget`'s.

mod event;
pub mod journal;
mod plugin;
mod slash;
mod statusline;
mod team;

use slash::Asked;
pub use statusline::own as status;

use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use crate::base::error::{Error, Kind, Result};
use crate::base::width::shown;
use crate::base::words::say;
use crate::base::world::World;
use crate::book::late;
use crate::claude::lenient;
use crate::claude::reply::Reply;
use crate::claude::wire::HookInput;
use crate::settings::OnError;
use crate::setup::Setup;

/// More than this on stdin is no payload of the client.
const STDIN_BOUND: u64 = 256 << 20;

/// What the journal takes of a name, and of a message: whoever sends them may make them as long as the payload.
const NOTED: usize = 200;
const NOTED_MESSAGE: usize = 2_000;

/// Is this the first argument of a hot command? Then runs it.
pub fn run_if_hot(arguments: &[String], world: &World) -> bool {
    match arguments.first().map(String::as_str) {
        Some("hook") if arguments.len() == 1 => run(world),
        Some("statusline") => {
            let then =
                arguments.iter().position(|word| word == "--then").and_then(|at| arguments.get(at + 1));
            let plain = arguments.len() == 1 || (then.is_some() && arguments.len() == 3);
            if !plain {
                return false;
            }
            guard(world);
            statusline::run(world, then.map(String::as_str));
        }
        _ => return false,
    }
    true
}

/// A panic is a fault of ours like any other: it is written down, and the session goes on. Without this the process
/// would die with a signal, which the client shows as an error at every event.
#[allow(clippy::exit, clippy::disallowed_methods, reason = "there is nowhere left to return to")]
fn guard(world: &World) {
    let (base, temporary, now) = (world.data_dir(), world.temporary_dir(), world.now());
    std::panic::set_hook(Box::new(move |panic| {
        let message = format!("a fault of cost-hook itself: {panic}");
        let trouble = journal::Trouble { time: now, event: "panic".into(), session: None, message };
        journal::note(&base, &temporary, &trouble);
        std::process::exit(0);
    }));
}

fn run(world: &World) {
    guard(world);
    let mut input = Vec::new();
    let read = std::io::stdin().lock().take(STDIN_BOUND).read_to_end(&mut input);
    print(match read {
        Ok(_) => answer(world, &input),
        Err(error) => {
            let error = Error::user("cannot read the hook's input").caused_by(error);
            without_payload(world, &error);
            None
        }
    });
}

/// What `cost-hook hook` answers to the client's input: all of it but reading and printing.
pub fn answer(world: &World, input: &[u8]) -> Option<String> {
    let payload = match parse(input) {
        Ok(payload) => payload,
        Err(error) => {
            without_payload(world, &error);
            return None;
        }
    };
    plugin::remember(world, &payload);
    let project = world.project_dir();
    let setup = Setup::of(world, &project);
    if !setup.settings.enabled {
        return None;
    }
    let reply = match event::handle(world, &setup, &payload, &project) {
        Ok(reply) => reply,
        Err(error) => {
            let reply = fault(world, &setup, &payload, &error);
            // What was asked needs no call, and most of it not what is at fault either.
            match Asked::of(&payload) {
                Some(asked) => {
                    Reply { stop: None, answer: Some(asked.answer(world, setup.language)), ..reply }
                }
                None => reply,
            }
        }
    };
    reply.render(&payload.hook_event_name)
}

/// Without a payload there is no event to answer, and no project whose settings could ask for a stop.
fn without_payload(world: &World, error: &Error) {
    let setup = Setup::of(world, &world.project_dir());
    note(world, &setup, &HookInput::default(), error);
}

fn parse(input: &[u8]) -> Result<HookInput> {
    let input = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input);
    if input.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::user("the hook got nothing on stdin")
            .hint("Claude Code runs it with a payload; there is nothing to do by hand"));
    }
    // A list would pass for the struct's fields in their order.
    if input.trim_ascii_start().first() != Some(&b'{') {
        return Err(
            Error::user("the hook's input is no payload of Claude Code").hint("it has to be a JSON object")
        );
    }
    lenient::read::<HookInput>(input)
        .map_err(|error| Error::user("the hook's input is no payload of Claude Code").caused_by(error))
}

/// Writes a failure down and says what the settings want in such a case.
fn fault(world: &World, setup: &Setup, payload: &HookInput, error: &Error) -> Reply {
    if error.kind == Kind::Busy
        && let Some(transcript) = &payload.transcript_path
    {
        // Nothing is lost: the calls are in the transcript, and the next one who books hears of it.
        let _ = late::leave_word(setup.ledger.base(), Path::new(transcript));
    }
    let tell = note(world, setup, payload, error);
    let (language, error) = (setup.language, setup.language.error(error));
    match setup.settings.on_error {
        OnError::Block => {
            Reply { stop: Some(say!(language, "cannot-work-and-blocks", error = error)), ..Reply::default() }
        }
        OnError::Allow => {
            let message = tell.then(|| say!(language, "cannot-work", error = error));
            Reply { message, ..Reply::default() }
        }
    }
}

fn note(world: &World, setup: &Setup, payload: &HookInput, error: &Error) -> bool {
    let trouble = journal::Trouble {
        time: world.now(),
        event: shown(&payload.hook_event_name, NOTED),
        session: payload.session_id.as_deref().map(|id| shown(id, NOTED)),
        message: shown(&error.one_line(), NOTED_MESSAGE),
    };
    journal::note(setup.ledger.base(), &world.temporary_dir(), &trouble)
}

/// The only thing the hot lane prints. Whoever does not listen any more is no failure.
fn print(text: Option<String>) {
    if let Some(text) = text {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush());
    }
}

/// How long an event may wait for the lock. The client gives all SessionEnd hooks together 1.5 s.
fn patience(event: &str) -> Duration {
    Duration::from_millis(match event {
        "SessionEnd" => 900,
        "Status" => 250,
        _ => 2_000,
    })
}

/// How long an event may work on the checkpoint before it leaves the rest to the next ones, where it has to be made anew
/// and the ledger is large. Long, since budgets do not hold until it is complete, and well below the 30 seconds the
/// client waits for a hook.
fn most(event: &str) -> Duration {
    Duration::from_millis(match event {
        "SessionEnd" => 300,
        "Status" => 250,
        _ => 8_000,
    })
}
