//! The stand-in of the Messages API: a small HTTP server on loopback that answers by a `Script`, streaming, in
//! the wire formats of the Claude API, Bedrock and Google, and keeps a log of every call with the usage it
//! served. Not here: which answer (`script`) and its price (`price`).

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use serde_json::{Value, json};

use crate::eventstream;
use crate::price::{self, Pico};
use crate::script::{Ask, Block, Kind, Reply, Script, Usage};

/// One request that was answered, or refused.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) kind: Kind,
    /// The session the client says it belongs to.
    pub(crate) session: String,
    pub(crate) asked_model: String,
    /// What the tools asked for before came to.
    pub(crate) results: Vec<String>,
    /// All the model reads but the system prompt and the tools, as sent.
    pub(crate) messages: String,
    pub(crate) wire: Wire,
    pub(crate) usage: Usage,
    pub(crate) started: Instant,
    /// When the last byte was written; None while it is still answering.
    pub(crate) finished: Option<Instant>,
    pub(crate) outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Whole,
    /// Cut in the middle: a real server charges for what it produced, which only it knows.
    Cut,
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    Claude,
    Bedrock,
    Google,
}

impl Call {
    /// What the client should charge. It goes by the model it asked for, whatever the reply names.
    pub(crate) fn cost(&self) -> Pico {
        match self.outcome {
            Outcome::Whole => price::list(&self.asked_model, &self.usage),
            Outcome::Cut | Outcome::Refused => 0,
        }
    }

    /// The least and the most a call can have cost: a cut stream produced one token or all of them.
    pub(crate) fn bounds(&self) -> (Pico, Pico) {
        match self.outcome {
            Outcome::Cut => {
                let least = Usage { output: 1, ..self.usage.clone() };
                (price::list(&self.asked_model, &least), price::list(&self.asked_model, &self.usage))
            }
            Outcome::Whole | Outcome::Refused => (self.cost(), self.cost()),
        }
    }
}

pub(crate) struct Api {
    pub(crate) port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    script: Script,
    calls: Mutex<Vec<Call>>,
}

impl Api {
    pub(crate) fn start(script: Script) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared { script, calls: Mutex::default() });
        let server = Arc::clone(&shared);
        // The threads end with the process: a scenario's stand-in costs one sleeping thread.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = Arc::clone(&server);
                thread::spawn(move || {
                    // A client that goes away in the middle is part of several scenarios.
                    let _gone = server.serve(stream);
                });
            }
        });
        Self { port, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.shared.calls.lock().unwrap().clone()
    }

    /// Calls that cost money: answered whole or cut.
    pub(crate) fn charged(&self) -> usize {
        self.calls().iter().filter(|c| c.outcome != Outcome::Refused).count()
    }

    /// What was served in all.
    pub(crate) fn total(&self) -> Pico {
        self.calls().iter().map(Call::cost).sum()
    }

    pub(crate) fn session_total(&self, session: &str) -> Pico {
        self.calls().iter().filter(|c| c.session == session).map(Call::cost).sum()
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let started = Instant::now();
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream.try_clone()?);
        let request = Request::read(&mut reader)?;
        let Some((wire, model)) = request.model_call() else {
            return respond(stream, 200, "application/json", b"{}");
        };
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let ask = Ask::of(&body);
        let call = Call {
            kind: ask.kind,
            session: request.session.clone(),
            asked_model: model.or_else(|| Some(body["model"].as_str()?.to_owned())).unwrap_or_default(),
            results: ask.results.clone(),
            messages: body["messages"].to_string(),
            wire,
            usage: Usage::default(),
            started,
            finished: None,
            outcome: Outcome::Whole,
        };
        let (number, reply, call) = self.open(&ask, call);
        thread::sleep(reply.delay);
        let done = match reply.status {
            Some(status) => {
                let error =
                    json!({ "type": "error", "error": { "type": "api_error", "message": "scripted" } });
                respond(stream, status, "application/json", error.to_string().as_bytes())
            }
            None if body["stream"] == false || request.path.ends_with("/invoke") => {
                let message = whole(number, &reply, &call);
                respond(stream, 200, "application/json", message.to_string().as_bytes())
            }
            None => answer(stream, number, &reply, &call),
        };
        self.calls.lock().unwrap()[number].finished = Some(Instant::now());
        done
    }

    /// Gives the call its number, its reply and its usage in one step, so that parallel calls cannot share one.
    fn open(&self, ask: &Ask, mut call: Call) -> (usize, Reply, Call) {
        let mut calls = self.calls.lock().unwrap();
        let number = calls.len();
        let reply = self.script.answer(ask, number);
        call.usage = reply.usage.clone().unwrap_or_else(|| Usage {
            input: 1_001 + number as u64,
            output: 51 + number as u64,
            ..Usage::default()
        });
        if reply.status.is_some() {
            call.outcome = Outcome::Refused;
        } else if reply.cut_in.is_some() {
            call.outcome = Outcome::Cut;
        }
        calls.push(call.clone());
        (number, reply, call)
    }
}

struct Request {
    path: String,
    session: String,
    body: Vec<u8>,
    post: bool,
}

impl Request {
    fn read(reader: &mut impl BufRead) -> std::io::Result<Self> {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let mut words = line.split(' ');
        let post = words.next() == Some("POST");
        let target = words.next().unwrap_or("").to_owned();
        let path = target.split('?').next().unwrap_or("").to_owned();
        let (mut length, mut session) = (0, String::new());
        loop {
            let mut header = String::new();
            if reader.read_line(&mut header)? == 0 || header.trim().is_empty() {
                break;
            }
            let Some((name, value)) = header.split_once(':') else { continue };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap_or(0),
                "x-claude-code-session-id" => session = value.trim().to_owned(),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        Ok(Self { path, session, body, post })
    }

    /// Whether this asks a model, over which wire, and which one where the path says so.
    fn model_call(&self) -> Option<(Wire, Option<String>)> {
        if !self.post {
            return None;
        }
        if self.path == "/v1/messages" {
            return Some((Wire::Claude, None));
        }
        if let Some(rest) = self.path.strip_prefix("/model/") {
            let id = rest.split('/').next().unwrap_or("").replace("%3A", ":");
            return Some((Wire::Bedrock, Some(id)));
        }
        let (_, rest) = self.path.split_once("/models/")?;
        let (id, verb) = rest.split_once(':')?;
        verb.ends_with("awPredict").then(|| (Wire::Google, Some(id.to_owned())))
    }
}

fn respond(mut stream: TcpStream, status: u16, kind: &str, body: &[u8]) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {status} scripted\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)?;
    stream.flush()
}

/// The model a reply names. A real Bedrock answers with the bare id however it was asked.
fn replied_model(reply: &Reply, call: &Call) -> String {
    match reply.model {
        Some(model) => model.to_owned(),
        None => call.asked_model.rsplit('.').next().unwrap_or_default().to_owned(),
    }
}

fn message(number: usize, reply: &Reply, call: &Call, content: Value, stop: Value, output: u64) -> Value {
    json!({
        "id": format!("msg_{number:04}_{}", call.session.get(..8).unwrap_or("")), "type": "message",
        "role": "assistant", "model": replied_model(reply, call), "content": content,
        "stop_reason": stop, "stop_sequence": null, "usage": call.usage.json(output),
    })
}

fn stop_reason(reply: &Reply) -> &'static str {
    if reply.blocks.iter().any(|b| matches!(b, Block::Tool { .. })) { "tool_use" } else { "end_turn" }
}

fn tool_id(number: usize, index: usize) -> String {
    format!("toolu_{number:04}_{index:02}")
}

/// The answer to a request that did not ask for a stream.
fn whole(number: usize, reply: &Reply, call: &Call) -> Value {
    let block = |(index, block): (usize, &Block)| match block {
        Block::Text(text) => json!({ "type": "text", "text": text }),
        Block::Tool { name, input } => {
            json!({ "type": "tool_use", "id": tool_id(number, index), "name": name, "input": input })
        }
    };
    let content: Vec<Value> = reply.blocks.iter().enumerate().map(block).collect();
    message(number, reply, call, content.into(), stop_reason(reply).into(), call.usage.output)
}

fn answer(mut stream: TcpStream, number: usize, reply: &Reply, call: &Call) -> std::io::Result<()> {
    let (kind, id) = match call.wire {
        Wire::Bedrock => ("application/vnd.amazon.eventstream", "x-amzn-requestid"),
        Wire::Claude | Wire::Google => ("text/event-stream", "request-id"),
    };
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\n{id}: req_{number:04}\r\nconnection: close\r\n\r\n"
    )?;
    let socket = stream.try_clone()?;
    let mut send = |event: Value| -> std::io::Result<()> {
        match call.wire {
            Wire::Bedrock => stream.write_all(&eventstream::chunk(&event))?,
            Wire::Claude | Wire::Google => {
                write!(stream, "event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap_or(""))?;
            }
        }
        stream.flush()
    };
    send(json!({ "type": "message_start",
        "message": message(number, reply, call, json!([]), Value::Null, 1) }))?;
    for (index, block) in reply.blocks.iter().enumerate() {
        let (start, delta) = match block {
            Block::Text(text) => {
                (json!({ "type": "text", "text": "" }), json!({ "type": "text_delta", "text": text }))
            }
            Block::Tool { name, input } => (
                json!({ "type": "tool_use", "id": tool_id(number, index), "name": name, "input": {} }),
                json!({ "type": "input_json_delta", "partial_json": input.to_string() }),
            ),
        };
        send(json!({ "type": "content_block_start", "index": index, "content_block": start }))?;
        send(json!({ "type": "content_block_delta", "index": index, "delta": delta }))?;
        if reply.cut_in == Some(index) {
            return socket.shutdown(Shutdown::Both);
        }
        thread::sleep(reply.hold);
        send(json!({ "type": "content_block_stop", "index": index }))?;
    }
    send(json!({ "type": "message_delta", "usage": call.usage.json(call.usage.output),
        "delta": { "stop_reason": stop_reason(reply), "stop_sequence": null } }))?;
    send(json!({ "type": "message_stop" }))
}
