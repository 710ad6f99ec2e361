//! Makes what the benches read: trees of transcripts as Claude Code writes them, and ledgers of any size. One file
//! without dependencies, so that `rustc -O` is all it takes. The same arguments make the same bytes.
//!
//!   generate transcripts FOLDER BYTES SEED    FOLDER/projects/..., and FOLDER/truth.json with what it all costs
//!   generate ledger FOLDER CALLS              FOLDER/ledger/2026-MM.jsonl
//!
//! The shape of a tree: sessions of log-normal length in a few projects, several lines per call of which only the last
//! has the final count, tool results up to 60 kB, contexts that grow and are compacted, subagents, and resumed sessions
//! that repeat the lines of their origin.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

const DAY: u64 = 86_400;
/// 2026-11-24T00:00:00Z: nothing is later.
const END: u64 = 1_795_478_400;
const DAYS: u64 = 90;

const PROJECTS: [&str; 8] = [
    "/home/dev/work/api-server",
    "/home/dev/work/web.client",
    "/home/dev/work/infra",
    "/home/dev/oss/parser",
    "/home/dev/oss/cost-tools",
    "/home/dev/play/notes_app",
    "/srv/data/pipeline",
    "/home/dev/work/mobile",
];
const BRANCHES: [&str; 6] =
    ["main", "develop", "feature/login", "feature/PROJ-123-budget", "fix/tz", "release/2.4"];
const TOOLS: [&str; 7] = ["Bash", "Read", "Edit", "Grep", "Write", "Glob", "Task"];
/// Model, and USD per million tokens times 100: input, output, writes for five minutes and an hour, reads.
const MODELS: [(&str, [u64; 5]); 4] = [
    ("claude-opus-4-6", [500, 2500, 625, 1000, 50]),
    ("claude-opus-4-5-20251101", [500, 2500, 625, 1000, 50]),
    ("claude-sonnet-4-5-20250929", [300, 1500, 375, 600, 30]),
    ("claude-haiku-4-5-20251001", [100, 500, 125, 200, 10]),
];
const WORDS: [&str; 30] = [
    "the", "function", "returns", "error", "value", "let", "const", "if", "Ok(())", "await", "config", "self.state",
    "// note", "\\\"usage\\\":", "tokens", "naïve", "→", "import", "fn main() {", "}", "0x7f", "SELECT * FROM t",
    "path/to/file.rs", "warning:", "cargo test", "assert_eq!(a, b);", "\\t", "日本", "print(f\\\"{x}\\\")", "\\n",
];

/// SplitMix64: small, and good enough to make texts and sizes.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Twelve uniform numbers make a normal one; the tail beyond six deviations is missed by nobody.
    fn log_normal(&mut self, mu: f64, sigma: f64) -> u64 {
        let normal: f64 = (0..12).map(|_| self.unit()).sum::<f64>() - 6.0;
        (mu + sigma * normal).exp() as u64
    }

    fn id(&mut self, prefix: &str, length: usize) -> String {
        const LETTERS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        let mut id = prefix.to_string();
        for _ in 0..length {
            id.push(*self.pick(LETTERS) as char);
        }
        id
    }

    fn uuid(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            a >> 32,
            (a >> 16) & 0xffff,
            a & 0xfff,
            0x8000 | (b >> 48) & 0x3fff,
            b & 0xffff_ffff_ffff
        )
    }
}

/// `2026-11-24T10:00:20.125Z` of milliseconds since the epoch.
fn moment(ms: u64) -> String {
    let (days, rest) = (ms / (DAY * 1000), ms % (DAY * 1000));
    // Days to a date: years begin in March, so that the leap day is the last.
    let z = days as i64 + 719_468;
    let (era, day_of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (seconds, ms) = (rest / 1000, rest % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
}

/// The tokens of a call: input, output, writes for five minutes and an hour, reads.
type Tokens = [u64; 5];

struct Tree {
    dice: Dice,
    folder: PathBuf,
    /// Valid inside a JSON string.
    pool: String,
    written: u64,
    lines: u64,
    usage_lines: u64,
    files: u64,
    /// By message and request: which model and what counts, the largest seen.
    calls: HashMap<String, (usize, Tokens)>,
}

/// One file in the making.
struct Sheet {
    head: String,
    agent: String,
    text: String,
    previous: String,
    time: u64,
    model: usize,
    context: u64,
}

impl Tree {
    fn new(folder: &Path, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let mut pool = String::new();
        while pool.len() < 2_000_000 {
            let word: &str = WORDS[dice.below(WORDS.len() as u64) as usize];
            pool.push_str(word);
            pool.push(' ');
        }
        Self {
            dice,
            folder: folder.to_path_buf(),
            pool,
            written: 0,
            lines: 0,
            usage_lines: 0,
            files: 0,
            calls: HashMap::new(),
        }
    }

    /// About so many bytes of text; cut at blanks, so that neither a character nor an escape is torn.
    fn text(&mut self, bytes: u64) -> &str {
        let bytes = (bytes as usize).min(self.pool.len() / 2);
        let start = self.dice.below((self.pool.len() - bytes) as u64 - 100) as usize;
        let blank = |from: usize| from + self.pool.as_bytes()[from..].iter().position(|b| *b == b' ').unwrap_or(0);
        &self.pool[blank(start) + 1..blank(start + bytes) + 1]
    }

    fn run(&mut self, size: u64) -> std::io::Result<()> {
        while self.written < size {
            let left = size - self.written;
            let target = self.dice.log_normal(13.6, 1.1).min(25_000_000).min(left + 20_000).max(20_000);
            let project = *self.dice.pick(&PROJECTS);
            let slug: String = project.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
            let folder = self.folder.join("projects").join(slug);
            let start = (END - DAYS * DAY) * 1000 + self.dice.below((DAYS * DAY - DAY / 2) * 1000);
            let session = self.dice.uuid();
            let path = folder.join(format!("{session}.jsonl"));
            let (text, end) = self.session(&path, project, &session, start, target, None, "")?;
            let agents = [0, 0, 0, 0, 0, 0, 0, 1, 1, 3][self.dice.below(10) as usize];
            for _ in 0..agents {
                let agent = self.dice.id("", 16).to_lowercase();
                let path = folder.join(&session).join("subagents").join(format!("agent-{agent}.jsonl"));
                self.session(&path, project, &session, start + 180_000, (target / 8).max(20_000), Some(agent), "")?;
            }
            if self.dice.chance(6) && text.len() < 3_000_000 {
                // Resumed under another id: the history is repeated in the new file.
                let again = self.dice.uuid();
                let repeated = text.replace(&session, &again);
                let path = folder.join(format!("{again}.jsonl"));
                let target = repeated.len() as u64 + 100_000;
                self.session(&path, project, &again, end + 3_600_000, target, None, &repeated)?;
            }
        }
        self.truth()
    }

    #[allow(clippy::too_many_arguments)]
    fn session(
        &mut self,
        path: &Path,
        project: &str,
        session: &str,
        start: u64,
        target: u64,
        agent: Option<String>,
        repeated: &str,
    ) -> std::io::Result<(String, u64)> {
        let main = if agent.is_some() { 2 + self.dice.below(2) } else { self.dice.below(3) } as usize;
        let branch = self.dice.pick(&BRANCHES);
        let head = format!(
            "\"isSidechain\":{},\"userType\":\"external\",\"cwd\":\"{project}\",\"sessionId\":\"{session}\",\"version\":\"2.1.{}\",\"gitBranch\":\"{branch}\"",
            agent.is_some(),
            self.dice.between(60, 190)
        );
        let mut sheet = Sheet {
            head,
            agent: agent.as_ref().map(|id| format!(",\"agentId\":\"{id}\"")).unwrap_or_default(),
            text: repeated.to_string(),
            previous: "null".to_string(),
            time: start,
            model: main,
            context: self.dice.between(14_000, 26_000),
        };
        self.lines += repeated.bytes().filter(|b| *b == b'\n').count() as u64;
        while (sheet.text.len() as u64) < target {
            self.prompt(&mut sheet, target);
        }
        fs::create_dir_all(path.parent().expect("a folder"))?;
        fs::write(path, &sheet.text)?;
        let changed = std::time::UNIX_EPOCH + std::time::Duration::from_millis(sheet.time);
        File::open(path)?.set_modified(changed)?;
        self.written += sheet.text.len() as u64;
        self.files += 1;
        Ok((sheet.text, sheet.time))
    }

    fn line(&mut self, sheet: &mut Sheet, kind: &str, rest: &str) {
        let uuid = self.dice.uuid();
        let _ = writeln!(
            sheet.text,
            "{{\"parentUuid\":{},{}{},\"type\":\"{kind}\",{rest},\"uuid\":\"{uuid}\",\"timestamp\":\"{}\"}}",
            sheet.previous,
            sheet.head,
            sheet.agent,
            moment(sheet.time)
        );
        sheet.previous = format!("\"{uuid}\"");
        self.lines += 1;
    }

    fn prompt(&mut self, sheet: &mut Sheet, target: u64) {
        let length = self.dice.between(20, 1500);
        let content = self.text(length).to_string();
        self.line(sheet, "user", &format!("\"message\":{{\"role\":\"user\",\"content\":\"{content}\"}}"));
        for _ in 0..self.dice.between(2, 14) {
            sheet.time += self.dice.between(2_000, 25_000);
            self.call(sheet);
            if sheet.text.len() as u64 >= target {
                break;
            }
        }
        sheet.time += self.dice.between(20_000, 400_000);
    }

    fn call(&mut self, sheet: &mut Sheet) {
        let (message, request) = (self.dice.id("msg_01", 24), self.dice.id("req_011", 24));
        let blocks = [1, 1, 1, 2, 2, 2, 2, 3, 3, 4][self.dice.below(10) as usize];
        let written = self.dice.log_normal(6.8, 1.0).min(40_000);
        let (read, input) = (sheet.context, self.dice.between(1, 12));
        sheet.context =
            if read < 160_000 { (read + written).min(165_000) } else { self.dice.between(18_000, 40_000) };
        let output = self.dice.log_normal(5.6, 1.1).clamp(8, 16_000);
        let hour = if self.dice.chance(70) { written } else { 0 };
        let growing = self.dice.chance(50);
        let mut asked = Vec::new();
        for block in 0..blocks {
            let last = block + 1 == blocks;
            let now = if last || !growing { output } else { self.dice.between(1, 8).min(output) };
            let content = if last && self.dice.chance(92) || block > 0 && self.dice.chance(50) {
                let id = self.dice.id("toolu_01", 24);
                let name = *self.dice.pick(&TOOLS);
                asked.push(id.clone());
                let length = self.dice.between(20, 3000);
                let command = self.text(length).to_string();
                format!("{{\"type\":\"tool_use\",\"id\":\"{id}\",\"name\":\"{name}\",\"input\":{{\"command\":\"{command}\"}}}}")
            } else if block == 0 && self.dice.chance(40) {
                let length = self.dice.between(50, 2500);
                let text = self.text(length).to_string();
                let signature = self.dice.id("", 400);
                format!("{{\"type\":\"thinking\",\"thinking\":\"{text}\",\"signature\":\"{signature}\"}}")
            } else {
                let length = self.dice.between(30, 3000);
                format!("{{\"type\":\"text\",\"text\":\"{}\"}}", self.text(length))
            };
            let stop = match (last, asked.is_empty()) {
                (false, _) => "null",
                (true, true) => "\"end_turn\"",
                (true, false) => "\"tool_use\"",
            };
            let rest = format!(
                "\"message\":{{\"model\":\"{}\",\"id\":\"{message}\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[{content}],\"stop_reason\":{stop},\"stop_sequence\":null,\"usage\":{{\"input_tokens\":{input},\"cache_creation_input_tokens\":{written},\"cache_read_input_tokens\":{read},\"cache_creation\":{{\"ephemeral_5m_input_tokens\":{},\"ephemeral_1h_input_tokens\":{hour}}},\"output_tokens\":{now},\"service_tier\":\"standard\"}}}},\"requestId\":\"{request}\"",
                MODELS[sheet.model].0,
                written - hour,
            );
            self.line(sheet, "assistant", &rest);
            self.usage_lines += 1;
            let tokens = [input, now, written - hour, hour, read];
            let entry = self.calls.entry(format!("{message}:{request}")).or_insert((sheet.model, tokens));
            entry.1[1] = entry.1[1].max(now);
            sheet.time += self.dice.between(200, 2_000);
        }
        for id in asked {
            let length = self.dice.log_normal(7.6, 1.4).min(60_000);
            let body = self.text(length).to_string();
            let short = self.text(length / 2).to_string();
            let rest = format!(
                "\"message\":{{\"role\":\"user\",\"content\":[{{\"tool_use_id\":\"{id}\",\"type\":\"tool_result\",\"content\":\"{body}\",\"is_error\":false}}]}},\"toolUseResult\":{{\"stdout\":\"{short}\",\"stderr\":\"\",\"interrupted\":false,\"isImage\":false}}"
            );
            self.line(sheet, "user", &rest);
        }
    }

    /// What the calls come to, by integers: micro-dollars times 100.
    fn truth(&self) -> std::io::Result<()> {
        let mut tokens = [0u64; 5];
        let mut cost = 0u128;
        for (model, counts) in self.calls.values() {
            for (kind, count) in counts.iter().enumerate() {
                tokens[kind] += count;
                cost += u128::from(count * MODELS[*model].1[kind]);
            }
        }
        let text = format!(
            "{{\"files\":{},\"bytes\":{},\"lines\":{},\"usageLines\":{},\"calls\":{},\"tokens\":{tokens:?},\"cost\":\"{}.{:08}\"}}\n",
            self.files,
            self.written,
            self.lines,
            self.usage_lines,
            self.calls.len(),
            cost / 100_000_000,
            cost % 100_000_000
        );
        fs::write(self.folder.join("truth.json"), text)
    }
}

/// A year of calls, day by day, in sessions of a hundred.
fn ledger(folder: &Path, calls: u64) -> std::io::Result<()> {
    fs::create_dir_all(folder.join("ledger"))?;
    let first = 1_767_225_600_000; // 2026-01-01T00:00:00Z
    let span = (END * 1000 - first) / calls.max(1);
    let mut month = String::new();
    let mut out: Option<BufWriter<File>> = None;
    for number in 0..calls {
        let time = moment(first + number * span);
        if time[..7] != month {
            month = time[..7].to_string();
            if let Some(mut done) = out.take() {
                done.flush()?;
            }
            out = Some(BufWriter::with_capacity(1 << 20, File::create(folder.join(format!("ledger/{month}.jsonl")))?));
        }
        let (session, output, read) = (number / 100, 100 + number % 900, 20_000 + number * 37 % 100_000);
        let (model, rates) = MODELS[(session % 4) as usize];
        let cost = 10 * rates[0] + output * rates[1] + 1000 * rates[2] + read * rates[4];
        let line = format!(
            "{{\"kind\":\"call\",\"v\":1,\"id\":\"msg_{number:024}:req_{number:024}\",\"time\":\"{time}\",\"session\":\"00000000-0000-4000-8000-{session:012}\",\"project\":\"{}\",\"model\":\"{model}\",\"provider\":\"anthropic\",\"tokens\":{{\"input\":10,\"output\":{output},\"cacheWrite5m\":1000,\"cacheWrite1h\":0,\"cacheRead\":{read}}},\"feature\":\"tool:{tool}\",\"tools\":[\"{tool}\"],\"branch\":\"{}\",\"user\":\"dev@example.org\",\"cost\":\"{}\",\"prices\":\"2026-11-23\",\"stopReason\":\"tool_use\",\"client\":\"2.1.190\"}}\n",
            PROJECTS[(session % 8) as usize],
            BRANCHES[(session % 6) as usize],
            dollars(cost),
            tool = TOOLS[(number % 7) as usize],
        );
        if let Some(out) = &mut out {
            out.write_all(line.as_bytes())?;
        }
    }
    out.map_or(Ok(()), |mut out| out.flush())
}

/// As the ledger writes amounts: without needless zeros.
fn dollars(cost: u64) -> String {
    let text = format!("{}.{:08}", cost / 100_000_000, cost % 100_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<u64>().ok());
    match (arguments.first().map(String::as_str), arguments.get(1), number(2)) {
        (Some("transcripts"), Some(folder), Some(size)) => {
            Tree::new(Path::new(folder), number(3).unwrap_or(1)).run(size)
        }
        (Some("ledger"), Some(folder), Some(calls)) => ledger(Path::new(folder), calls),
        _ => {
            eprintln!("usage: generate transcripts FOLDER BYTES [SEED] | generate ledger FOLDER CALLS");
            std::process::exit(64)
        }
    }
}
