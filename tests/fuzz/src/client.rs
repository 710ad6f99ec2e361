//! A made-up client that says the truth: what it did, the bytes it wrote, and what of its money no line explains.
//! It makes calls and money that no line tells of, shows its total, ends and is resumed, or is killed. When hooks run
//! is part of it too: after any byte. What the booking has to come to is counted here, not asked of the product.

use arbitrary::Arbitrary;
use cost_hook::base::money::Money;
use cost_hook::base::time::Time;
use serde_json::{Value, json};

/// The smallest amount told here: a millionth of a dollar.
const MICRO: Money = Money(1_000_000);
/// The first of its times, before `now` by more than all its steps take.
const BEGAN: i64 = 1_795_500_000_000;
/// Enough of them for several runs of the client.
pub const MOST_STEPS: usize = 48;

#[derive(Debug, Clone, Copy, Arbitrary)]
pub enum Step {
    /// A call in one line for each block; a growing one tells its whole output only in the last.
    Call { input: u16, output: u16, blocks: u8, growing: bool },
    /// Money the total knows of and no line does, in millionths of a dollar.
    Hidden(u16),
    /// A line that is no call.
    User,
    /// The status line shows the total, which is settled or not when the next one looks.
    Sight,
    /// A hook runs when so much of what is new has reached the disk, in 255ths.
    Hook(u8),
    /// It ends properly, which writes the total into the transcript, and is resumed. A hook runs when so much of what
    /// is new has reached the disk, in 255ths, and one when all has; and one that hears of the start, or none.
    Resume { told: bool, part: u8 },
    /// It is killed, and is resumed with the total it had saved.
    Kill,
    /// Time goes by.
    Wait(u16),
}

/// What happens to the booking, in order.
pub enum Event {
    /// These bytes reach the transcript.
    Write(Vec<u8>),
    /// A hook at this time; with it, word of a start or the total as the status line has it.
    Hook { now: Time, start: Option<&'static str>, sight: Option<Money> },
}

pub struct Story {
    /// As one reads them, for messages.
    pub steps: String,
    pub events: Vec<Event>,
    /// All that was written.
    pub text: Vec<u8>,
    pub ended: Time,
    /// What the calls cost.
    pub calls: Money,
    /// Money without lines that a total or a sight told of.
    pub told: Money,
    /// All money without lines.
    pub hidden: Money,
    /// A process was killed: who was not told of each start cannot know what the total went on from.
    pub killed: bool,
}

struct Client {
    story: Story,
    clock: i64,
    /// Written, and not on the disk yet.
    pending: Vec<u8>,
    total: Money,
    saved: Money,
    /// Money without lines since the total was saved, and how much of it the status line showed.
    since: Money,
    shown: Money,
    calls: u32,
    /// The process that runs has written nothing yet.
    silent: bool,
}

/// Tells what such a client does, from its first start to an end at which it saves its total.
pub fn tell(told: bool, steps: &[Step]) -> Story {
    let story = Story {
        steps: format!("told: {told}, {steps:?}"),
        events: Vec::new(),
        text: Vec::new(),
        ended: Time(BEGAN),
        calls: Money::ZERO,
        told: Money::ZERO,
        hidden: Money::ZERO,
        killed: false,
    };
    let zero = Money::ZERO;
    let (pending, clock) = (Vec::new(), BEGAN);
    let mut client = Client {
        story,
        clock,
        pending,
        total: zero,
        saved: zero,
        since: zero,
        shown: zero,
        calls: 0,
        silent: true,
    };
    // A hook that hears of a resumed session first can know nothing of what came before.
    let restarts = steps.iter().any(|step| matches!(step, Step::Resume { told: true, .. } | Step::Kill));
    if told || restarts {
        client.start("startup");
    }
    for step in steps {
        client.tick(1);
        client.step(*step);
    }
    client.tick(1);
    client.save();
    // Two looks: what the last total showed is settled by the second.
    for _ in 0..2 {
        client.tick(10_000);
        client.hook(None, None);
    }
    client.story.ended = Time(client.clock);
    client.story
}

impl Client {
    fn tick(&mut self, ms: i64) {
        self.clock += ms;
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Call { input, output, blocks, growing } => {
                self.call(input, output, blocks % 4 + 1, growing)
            }
            Step::Hidden(micros) => {
                // A title is made of something that was said.
                if self.silent {
                    self.user();
                }
                let amount = Money(MICRO.0 * i128::from(micros));
                self.total += amount;
                self.since += amount;
                self.story.hidden += amount;
            }
            Step::User => self.user(),
            Step::Sight => {
                self.shown = self.since;
                let total = self.total;
                self.hook(None, Some(total));
            }
            Step::Hook(part) => self.hook_at(part),
            Step::Resume { told, part } => {
                self.end(part);
                self.tick(2_000);
                self.silent = true;
                if told {
                    self.start("resume");
                }
            }
            Step::Kill => {
                self.story.killed = true;
                self.story.told += self.shown;
                (self.total, self.since, self.shown) = (self.saved, Money::ZERO, Money::ZERO);
                self.tick(2_000);
                self.start("resume");
            }
            Step::Wait(ms) => self.tick(i64::from(ms)),
        }
    }

    fn start(&mut self, source: &'static str) {
        self.hook(Some(source), None);
        self.silent = true;
        self.tick(2_000);
    }

    fn user(&mut self) {
        self.line(&json!({"type": "user", "timestamp": Time(self.clock).to_string(), "sessionId": "s1",
            "cwd": "/w", "message": {"role": "user", "content": "go on"}}));
    }

    fn end(&mut self, part: u8) {
        self.save();
        self.hook_at(part);
        self.hook(None, None);
    }

    fn line(&mut self, line: &Value) {
        let mut bytes = line.to_string().into_bytes();
        bytes.push(b'\n');
        self.silent = false;
        self.story.text.extend_from_slice(&bytes);
        self.pending.extend_from_slice(&bytes);
    }

    fn call(&mut self, input: u16, output: u16, blocks: u8, growing: bool) {
        self.calls += 1;
        let name = self.calls;
        for block in 1..=blocks {
            let so_far = if growing && block < blocks { output / u16::from(blocks) } else { output };
            self.line(&json!({"type": "assistant", "sessionId": "s1", "cwd": "/w", "version": "2.1.330",
                "gitBranch": "main", "uuid": format!("u-{name}-{block}"), "requestId": format!("req_{name}"),
                "timestamp": Time(self.clock).to_string(),
                "message": {"id": format!("msg_{name}"), "type": "message", "role": "assistant",
                    "model": "claude-opus-5-5", "content": [{"type": "text", "text": "x"}],
                    "usage": {"input_tokens": input, "output_tokens": so_far}}}));
        }
        // USD 4 and 20 a million tokens.
        let cost = Money(MICRO.0 * (4 * i128::from(input) + 20 * i128::from(output)));
        self.total += cost;
        self.story.calls += cost;
    }

    fn save(&mut self) {
        // Of a process without a line nothing tells which one a total is of.
        if self.silent {
            self.user();
            self.tick(1);
        }
        let total = self.total.0 as f64 / 1e12;
        self.line(
            &json!({"type": "cost-state", "sessionId": "s1", "totalCostUSD": total, "startTime": BEGAN,
            "hasUnknownModelCost": false, "modelUsage": {}}),
        );
        self.saved = self.total;
        self.story.told += self.since;
        (self.since, self.shown) = (Money::ZERO, Money::ZERO);
    }

    fn hook_at(&mut self, part: u8) {
        let here = self.pending.len() * usize::from(part) / 255;
        let rest = self.pending.split_off(here);
        self.hook(None, None);
        self.pending = rest;
    }

    fn hook(&mut self, start: Option<&'static str>, sight: Option<Money>) {
        // Whoever starts, and whoever shows a total, has written what it has.
        let bytes = std::mem::take(&mut self.pending);
        self.story.events.push(Event::Write(bytes));
        self.story.events.push(Event::Hook { now: Time(self.clock), start, sight });
    }
}
