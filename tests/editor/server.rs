//! A JSON language server on the other end of two pipes: starting it, what it is told, what it asks for, and what it
//! answers. Which answers are right is the cases' business (`main`).

use std::cell::{Cell, RefCell};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// A server that says nothing for this long is taken for hung.
const PATIENCE: Duration = Duration::from_secs(120);

/// The servers, by the file that starts them below `node_modules`.
pub(crate) const SERVERS: [&str; 2] = [
    "vscode-json-languageserver/bin/vscode-json-languageserver",
    "vscode-langservers-extracted/bin/vscode-json-language-server",
];

/// Addresses under which SchemaStore keeps Claude Code's schema. The second one is where the first leads.
pub(crate) const SCHEMA_STORE: [&str; 2] = [
    "https://json.schemastore.org/claude-code-settings.json",
    "https://www.schemastore.org/claude-code-settings.json",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/editor")
}

/// What stands for SchemaStore's schema: the made-up one, or the real one when somebody has it at hand.
pub(crate) fn client_schema() -> Value {
    let path = std::env::var_os("COST_HOOK_TEST_SCHEMASTORE").map(PathBuf::from);
    let path = path.unwrap_or_else(|| folder().join("claude-code-settings.json"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Puts the servers in place, once. Without them nothing here can be tried, which is a failure and no pass.
fn prepare() {
    static DONE: OnceLock<Result<(), String>> = OnceLock::new();
    let done = DONE.get_or_init(|| {
        let setup = Command::new("bash").arg(folder().join("setup")).output();
        match setup {
            Ok(done) if done.status.success() => Ok(()),
            Ok(done) => Err(String::from_utf8_lossy(&done.stderr).into_owned()),
            Err(error) => Err(error.to_string()),
        }
    });
    if let Err(why) = done {
        panic!("the language servers cannot be had (tests/editor/setup, which needs node and npm): {why}");
    }
}

/// A place in a document, from 0, as the protocol counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At {
    pub(crate) line: u64,
    pub(crate) character: u64,
}

impl At {
    fn of(value: &Value) -> Self {
        let number = |key: &str| value[key].as_u64().unwrap();
        Self { line: number("line"), character: number("character") }
    }

    /// Where `|` stands in a text, and the text without it.
    pub(crate) fn cursor(text: &str) -> (Self, String) {
        let (before, after) = text.split_once('|').expect("a cursor");
        (Self::after(before), format!("{before}{after}"))
    }

    /// Where `part` begins in `text`.
    pub(crate) fn start_of(part: &str, text: &str) -> Self {
        Self::after(&text[..text.find(part).unwrap_or_else(|| panic!("{part} is not in {text}"))])
    }

    fn after(before: &str) -> Self {
        let line = before.rsplit('\n').next().unwrap_or_default();
        let count = |text: &str| u64::try_from(text.encode_utf16().count()).unwrap();
        Self { line: u64::try_from(before.matches('\n').count()).unwrap(), character: count(line) }
    }
}

/// A squiggle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    pub(crate) start: At,
    pub(crate) end: At,
    pub(crate) message: String,
}

pub(crate) struct Server {
    child: Child,
    stdin: Mutex<ChildStdin>,
    messages: Receiver<Value>,
    next: Cell<u64>,
    opened: Cell<u64>,
    /// What it asked the editor to fetch.
    fetched: RefCell<Vec<String>>,
    /// Where the documents are said to be; they are never written.
    folder: TempDir,
}

impl Server {
    /// Starts a server as an editor does that knows these associations of schemas with files.
    pub(crate) fn start(name: &str, associations: &Value) -> Self {
        prepare();
        let folder = tempfile::Builder::new().prefix("cost-hook-editor-").tempdir().unwrap();
        let mut child = Command::new("node")
            .arg(self::folder().join("node_modules").join(name))
            .arg("--stdio")
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (sender, messages) = channel();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            while let Some(message) = read(&mut stdout) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let stdin = Mutex::new(child.stdin.take().unwrap());
        let (next, opened) = (Cell::new(0), Cell::new(0));
        let server = Self { child, stdin, messages, next, opened, fetched: RefCell::default(), folder };
        server.ask(
            "initialize",
            &json!({
                "processId": null,
                "rootUri": null,
                "capabilities": { "textDocument": {
                    "completion": { "completionItem": { "documentationFormat": ["markdown", "plaintext"] } },
                    "hover": { "contentFormat": ["markdown", "plaintext"] },
                } },
                // The server reads files itself, everything else it has to ask for.
                "initializationOptions": { "handledSchemaProtocols": ["file"] },
            }),
        );
        server.tell("initialized", &json!({}));
        let settings = json!({ "json": { "validate": { "enable": true }, "schemas": associations } });
        server.tell("workspace/didChangeConfiguration", &json!({ "settings": settings }));
        server
    }

    /// The document that is open. Each has a name of its own, so that what is said of one is not taken for another.
    fn uri(&self) -> String {
        format!("file://{}/{}/.claude/settings.json", self.folder.path().display(), self.opened.get())
    }

    /// Opens a document; what the server has to say against it, half a second later.
    pub(crate) fn open(&self, text: &str) -> Vec<Problem> {
        let uri = self.show(text);
        loop {
            let message = self.next();
            if message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri {
                let found = message["params"]["diagnostics"].as_array().unwrap();
                let mut problems: Vec<Problem> = found.iter().map(problem).collect();
                problems.sort();
                return problems;
            }
        }
    }

    /// Opens a document and waits for nothing; its name.
    fn show(&self, text: &str) -> String {
        self.opened.set(self.opened.get() + 1);
        let uri = self.uri();
        let document = json!({ "uri": uri, "languageId": "json", "version": 1, "text": text });
        self.tell("textDocument/didOpen", &json!({ "textDocument": document }));
        uri
    }

    pub(crate) fn completions(&self, text: &str, at: At) -> Vec<Value> {
        self.show(text);
        let found = self.ask("textDocument/completion", &self.place(at));
        let items = found.get("items").unwrap_or(&found);
        items.as_array().cloned().unwrap_or_default()
    }

    /// The text shown beside the mouse.
    pub(crate) fn hover(&self, text: &str, at: At) -> String {
        self.show(text);
        let found = self.ask("textDocument/hover", &self.place(at));
        words(&found["contents"])
    }

    fn place(&self, at: At) -> Value {
        let position = json!({ "line": at.line, "character": at.character });
        json!({ "textDocument": { "uri": self.uri() }, "position": position })
    }

    /// Everything that was asked for over the network.
    pub(crate) fn fetched(&self) -> Vec<String> {
        self.fetched.borrow().clone()
    }

    fn ask(&self, method: &str, params: &Value) -> Value {
        let id = self.next.get() + 1;
        self.next.set(id);
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.next();
            if message["id"] == id && message.get("method").is_none() {
                assert!(message.get("error").is_none(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
        }
    }

    fn tell(&self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn send(&self, message: &Value) {
        let body = message.to_string();
        let mut stdin = self.stdin.lock().unwrap();
        write!(stdin, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        stdin.flush().unwrap();
    }

    /// The next message; what the server asks of the editor is answered on the way.
    fn next(&self) -> Value {
        loop {
            let message = self.messages.recv_timeout(PATIENCE).expect("the server went away or hangs");
            let (Some(id), Some(method)) = (message.get("id"), message["method"].as_str()) else {
                return message;
            };
            let answer = match method {
                "vscode/content" => self.content(&message["params"]),
                _ => Ok(Value::Null),
            };
            self.send(&match answer {
                Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
                Err(why) => json!({ "jsonrpc": "2.0", "id": id, "error": { "code": 1, "message": why } }),
            });
        }
    }

    /// What an editor would fetch.
    fn content(&self, params: &Value) -> Result<Value, String> {
        let address = params.as_str().or_else(|| params[0].as_str()).unwrap_or_default().to_string();
        self.fetched.borrow_mut().push(address.clone());
        if SCHEMA_STORE.contains(&address.as_str()) {
            Ok(client_schema().to_string().into())
        } else {
            Err(format!("nothing is fetched from {address}"))
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is ours, and nothing of it is needed any more.
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

fn problem(found: &Value) -> Problem {
    let message = found["message"].as_str().unwrap().to_string();
    Problem { start: At::of(&found["range"]["start"]), end: At::of(&found["range"]["end"]), message }
}

/// Text in any of the forms the protocol knows.
pub(crate) fn words(contents: &Value) -> String {
    match contents {
        Value::Array(parts) => parts.iter().map(words).collect::<Vec<_>>().join("\n"),
        Value::Object(part) => part["value"].as_str().unwrap_or_default().to_string(),
        other => other.as_str().unwrap_or_default().to_string(),
    }
}

fn read(stdout: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stdout.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim() {
            "" => break,
            line => {
                if let Some(count) = line.strip_prefix("Content-Length: ") {
                    length = count.parse().ok()?;
                }
            }
        }
    }
    let mut body = vec![0; length];
    stdout.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}
