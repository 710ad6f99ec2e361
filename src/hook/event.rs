//! One event from payload to reply.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::slash::{self, Asked};
use super::{most, patience, team};
use crate::base::diagnostic::Severity;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::Time;
use crate::base::words::{Language, Reader, say};
use crate::base::world::World;
use crate::book::{Context, late, process, unlisted, watch};
use crate::budget::under_way::{self, Step};
use crate::budget::{self, Place, Standing, Weighed, allow};
use crate::claude::reply::{Reply, can_stop, hears_messages};
use crate::claude::wire::{HookInput, ToolInput};
use crate::claude::{command, paths};
use crate::ledger::Writer;
use crate::ledger::state::{Session, Thread};
use crate::model::entry::Override;
use crate::setup::Setup;
use crate::team::state::State;

/// How long to wait, at a limit's edge, for the transcript line of the call that asked for this tool.
const WAIT: Duration = Duration::from_millis(60);
const NAP: Duration = Duration::from_millis(4);

/// Two starts of a session so close together are one that two hooks were told of.
const ONE_START_MS: i64 = 10_000;

/// Books what is new and answers.
pub(super) fn handle(world: &World, setup: &Setup, payload: &HookInput, project: &Path) -> Result<Reply> {
    let mut turn = Turn::of(world, setup, payload, project);
    let mut verdict = turn.go(true)?;
    // The newest call may not be in the transcript yet. Far from every limit the next event counts it soon enough;
    // near one it may be the call that crosses.
    let wait = world.wait(WAIT);
    while verdict.worth_waiting && wait.nap(NAP) {
        let reply = std::mem::take(&mut verdict.reply);
        verdict = turn.go(false)?;
        verdict.reply.message = verdict.reply.message.or(reply.message);
    }
    if turn.sync_is_due {
        team::start_sync(world);
    }
    if let Some(asked) = &turn.asked {
        verdict.reply.answer = Some(asked.answer(world, setup.language));
    }
    Ok(verdict.reply)
}

struct Verdict {
    reply: Reply,
    worth_waiting: bool,
}

struct Turn<'a> {
    world: &'a World,
    setup: &'a Setup,
    payload: &'a HookInput,
    project: String,
    main: Option<PathBuf>,
    agent: Option<PathBuf>,
    began: Time,
    asked: Option<Asked>,
    /// What is remembered of the team's store.
    team: Option<State>,
    sync_is_due: bool,
}

impl<'a> Turn<'a> {
    fn of(world: &'a World, setup: &'a Setup, payload: &'a HookInput, project: &Path) -> Self {
        let main = payload.transcript_path.as_ref().map(PathBuf::from).filter(|path| path.is_absolute());
        let named =
            payload.agent_transcript_path.as_ref().map(PathBuf::from).filter(|path| path.is_absolute());
        let agent = named.or_else(|| {
            // Ids become file names: nothing may lead out of the session's folder.
            let id = payload
                .agent_id
                .as_ref()
                .filter(|id| id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))?;
            Some(paths::subagents_of(main.as_ref()?).join(format!("agent-{id}.jsonl")))
        });
        let (project, began) = (project.to_string_lossy().into_owned(), world.now());
        let asked = Asked::of(payload);
        let team = setup.team();
        Self { world, setup, payload, project, main, agent, began, asked, team, sync_is_due: false }
    }

    fn event(&self) -> &str {
        &self.payload.hook_event_name
    }

    /// One round: lock, book, weigh, commit.
    fn go(&mut self, first: bool) -> Result<Verdict> {
        let env = |name: &str| self.world.var(name);
        let context = Context {
            session: self.payload.session_id.as_deref().filter(|id| !id.is_empty()),
            project: Some(&self.project),
            ..self.setup.context(self.world, &env)
        };
        let mut writer =
            self.setup.ledger.write_in_time(context.now, patience(self.event()), most(self.event()))?;
        let place = Place { session: context.session, project: &self.project, ..Place::default() };
        let settings = &self.setup.settings;
        // Asked for once before anything is booked, so that the sums follow the booking.
        let team = self.team.as_ref();
        budget::standings(&mut writer, settings, team, &place, &self.setup.system)?;
        let caught = watch::catch_up(&mut writer, &context, self.main.as_deref(), self.agent.as_deref())?;
        if first {
            self.note_session(&mut writer, &context)?;
        }
        self.note_arrival(&mut writer, &context)?;
        if first && self.is_for_us() && !self.is_news(&mut writer)? {
            writer.commit()?;
            late::forget(&caught.heard);
            self.asked = None;
            return Ok(Verdict { reply: Reply::default(), worth_waiting: false });
        }
        let team = self.team.as_ref();
        let standings = budget::standings(&mut writer, settings, team, &place, &self.setup.system)?;
        self.sync_is_due = team::is_due(settings, team, self.event(), &standings, context.now);
        if first && let Some(reply) = self.carry_out(&mut writer, &context, &standings)? {
            writer.commit()?;
            late::forget(&caught.heard);
            return Ok(Verdict { reply, worth_waiting: false });
        }
        let session = match place.session {
            Some(id) => writer.peek_session(id)?,
            None => None,
        };
        let agent = self.payload.agent_id.as_deref();
        let model = self.next_model(session, agent);
        let place = Place { agent: self.payload.next_agent(), model: model.as_deref(), ..place };
        // An agent about to start is a thread nobody knows anything of.
        let thread = if self.step() == Step::Agent { Some("") } else { agent };
        let next = budget::next_call(session, thread, &self.setup.prices, context.now);
        let warn = settings.warnings && hears_messages(self.event());
        let weighed = budget::weigh(&mut writer, &standings, &place, next, warn, self.setup.reader())?;
        let unseen =
            self.payload.tool_ids().iter().any(|id| !caught.tool_ids.iter().any(|known| known == id));
        let worth_waiting = weighed.stop.is_none() && weighed.close && unseen && can_stop(self.event());
        let mut reply = self.reply(&mut writer, &standings, weighed)?;
        if self.asked.is_some() {
            // No call follows: nothing has to be held back, and nothing is under way.
            reply.stop = None;
        } else if reply.stop.is_none() {
            self.note_start(&mut writer, &context, next)?;
        }
        writer.commit()?;
        late::forget(&caught.heard);
        Ok(Verdict { reply, worth_waiting })
    }

    /// The model the next call goes to: the one about to be switched to, else what is known of the session.
    fn next_model(&self, session: Option<&Session>, agent: Option<&str>) -> Option<String> {
        let known = || session?.next_model(agent).map(str::to_string);
        self.payload.to_model.clone().or_else(known)
    }

    fn step(&self) -> Step {
        Step::of(self.event(), self.payload.tool_name.as_deref())
    }

    /// Does any limit here stop ahead of a call? Only then does anybody ask for the calls under way.
    fn looks_ahead(&self) -> bool {
        self.setup.settings.limits.iter().any(|limit| limit.hard)
    }

    /// The calls before this event are over.
    fn note_arrival(&self, writer: &mut Writer, context: &Context<'_>) -> Result<()> {
        let Some(id) = context.session.filter(|_| self.step() != Step::Aside) else { return Ok(()) };
        let known = writer.peek_session(id)?.filter(|session| !session.under_way.is_empty());
        if let Some(mut session) = known.cloned() {
            let (agent, tool) = (self.payload.agent_id.as_deref(), self.payload.tool_use_id.as_deref());
            if under_way::arrive(&mut session, agent, tool, self.began, context.now) {
                *writer.session(id)? = session;
            }
        }
        Ok(())
    }

    /// The call this event lets go ahead.
    fn note_start(&self, writer: &mut Writer, context: &Context<'_>, cost: Money) -> Result<()> {
        let Some(id) = context.session.filter(|_| self.looks_ahead()) else { return Ok(()) };
        let thread = match (self.step(), &self.payload.agent_id) {
            (Step::Call, None) => Thread::Main,
            (Step::Call, Some(agent)) => Thread::Agent(agent.clone()),
            (Step::Agent, _) => Thread::Starting(self.payload.tool_use_id.clone().unwrap_or_default()),
            (Step::Between | Step::Aside, _) => return Ok(()),
        };
        let project = self.project.as_str();
        let session = writer.session(id)?;
        if session.project.is_empty() {
            session.project = project.to_string();
        }
        under_way::start(session, thread, self.began, cost);
        Ok(())
    }

    /// Beginnings and ends of sessions.
    fn note_session(&self, writer: &mut Writer, context: &Context<'_>) -> Result<()> {
        let Some(id) = context.session else { return Ok(()) };
        match self.event() {
            // Compaction reports itself as a start, but the process and its total go on.
            "SessionStart" if self.payload.source.as_deref() != Some("compact") => {
                process::start(writer, context, id, self.payload.source.as_deref())?;
                if let Some(model) = &self.payload.model {
                    writer.session(id)?.hear_model(context.now, model);
                }
            }
            "SessionEnd" => unlisted::settle(writer, context, id, true)?,
            _ => {}
        }
        Ok(())
    }

    /// A prompt that is not for the model.
    fn is_for_us(&self) -> bool {
        self.asked.is_some() || self.is_allow_line()
    }

    fn is_allow_line(&self) -> bool {
        let prompt = self.payload.prompt.as_deref().unwrap_or_default();
        self.event() == "UserPromptSubmit" && allow::is_prompt(prompt)
    }

    /// Where the hooks are registered twice, as in settings and by the plugin, two processes get one prompt: the first of
    /// them does what it says.
    fn is_news(&self, writer: &mut Writer) -> Result<bool> {
        match &self.payload.prompt_id {
            Some(id) => writer.tell(&format!("prompt|{id}")),
            None => Ok(true),
        }
    }

    /// The same for a session's start, which has no id: two that come within moments of each other are one.
    fn is_first_at_this_start(&self, writer: &mut Writer) -> Result<bool> {
        let Some(id) = self.payload.session_id.as_deref() else { return Ok(true) };
        let starts = writer.peek_session(id)?.into_iter().flat_map(|session| &session.processes);
        let here =
            starts.map(|process| process.started).filter(|at| at.since(self.began).abs() < ONE_START_MS);
        let here: Vec<Time> = here.collect();
        match here[..] {
            [only] => writer.tell(&format!("start|{id}|{}", only.0)),
            // After a compaction, which starts nothing.
            [] => writer.tell(&format!("start|{id}|{}", self.began.0 / ONE_START_MS)),
            _ => Ok(false),
        }
    }

    /// A prompt that is an `allow` line is carried out here, and goes no further: it costs no call.
    fn carry_out(
        &self,
        writer: &mut Writer,
        context: &Context<'_>,
        standings: &[Standing],
    ) -> Result<Option<Reply>> {
        if !self.is_allow_line() {
            return Ok(None);
        }
        let prompt = self.payload.prompt.as_deref().unwrap_or_default();
        let (zone, language) = (self.setup.zone(), self.setup.language);
        let reader = Reader { zone: &zone, language };
        let Some(request) = allow::of_prompt(prompt, context.now, reader) else { return Ok(None) };
        let raised = request.and_then(|request| {
            let request = allow::Request { session: context.session.map(str::to_string), ..request };
            allow::raise(writer, standings, &request, context.user, context.now, language)
        });
        Ok(Some(match raised {
            Ok(raised) => {
                let told = |(standing, line): &(Standing, Override)| {
                    say!(language, "said", text = allow::done(standing, line, reader))
                };
                let lines: Vec<String> = raised.iter().map(told).collect();
                let text = Some(lines.join("\n"));
                if slash::is_command(prompt) {
                    Reply { answer: text, ..Reply::default() }
                } else {
                    Reply { done: text, ..Reply::default() }
                }
            }
            Err(error) => {
                let stop = say!(language, "said", text = language.error(&error));
                Reply { stop: Some(stop), ..Reply::default() }
            }
        }))
    }

    fn reply(&self, writer: &mut Writer, standings: &[Standing], weighed: Weighed) -> Result<Reply> {
        let mut reply = Reply::default();
        match self.event() {
            "PreModelSwitch" => {
                let cost =
                    self.payload.estimated_cache_write_usd.and_then(Money::from_f64).unwrap_or_default();
                reply.stop = weighed.left.filter(|left| cost > *left).map(|left| {
                    say!(self.setup.language, "model-switch-too-dear", cost = cost.show(), left = left.show())
                });
            }
            event if can_stop(event) => reply.stop = weighed.stop.clone(),
            _ => {}
        }
        if self.event() == "PreToolUse" && self.raises_a_limit() {
            reply.deny = Some(say!(self.setup.language, "not-by-the-model"));
        }
        let mut messages = weighed.warnings;
        if self.event() == "SessionStart" && self.setup.settings.warnings {
            let mut standing: Vec<String> =
                weighed.stop.filter(|_| reply.stop.is_none()).into_iter().collect();
            if messages.is_empty() && standing.is_empty() {
                standing.extend(near(standings, self.setup.language));
            }
            if !standing.is_empty() && self.is_first_at_this_start(writer)? {
                messages.extend(standing);
            }
            let mut heard = standings.iter().filter_map(|standing| standing.heard);
            let stale = heard.find(|heard| heard.is_stale && !heard.blocks);
            let language = self.setup.language;
            messages.extend(
                stale.map(|heard| say!(language, "team-totals-warn", old = budget::old(&heard, language))),
            );
        }
        if reply.stop.is_some() {
            // The stop says it all; the threshold it passed on the way is no further news.
            messages.clear();
        }
        messages.extend(self.troubles(writer)?);
        if !messages.is_empty() && hears_messages(self.event()) {
            reply.message = Some(messages.join("\n"));
        }
        Ok(reply)
    }

    /// Would this tool raise a limit? Typed by a person it comes as a prompt, or after `!`, and no PreToolUse sees it. What
    /// the model schedules comes as a prompt, too, and nothing in its payload says whose it is.
    fn raises_a_limit(&self) -> bool {
        let ToolInput { command, prompt, .. } = &self.payload.tool_input;
        command.as_deref().is_some_and(command::raises_a_limit)
            || prompt.as_deref().is_some_and(allow::is_prompt)
    }

    /// A setting that cannot be used means a budget that does not hold: said once a session.
    fn troubles(&self, writer: &mut Writer) -> Result<Option<String>> {
        let errors: Vec<_> = self
            .setup
            .settings
            .problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .collect();
        let Some(first) = errors.first() else { return Ok(None) };
        let session = self.payload.session_id.as_deref().unwrap_or_default();
        let text = first.one_line();
        if !hears_messages(self.event())
            || !writer.tell(&format!("settings|{session}|{}|{text}", errors.len()))?
        {
            return Ok(None);
        }
        let (more, text) = (errors.len() - 1, first.on_one_line(self.setup.language));
        Ok(Some(say!(self.setup.language, "setting-unusable", problem = text, more = more)))
    }
}

/// What is left of the limits a session starts near.
fn near(standings: &[Standing], language: Language) -> Option<String> {
    let near: Vec<String> = standings
        .iter()
        .filter(|standing| budget::is_near(standing))
        .map(|standing| budget::left_in_words(standing, language))
        .collect();
    (!near.is_empty()).then(|| say!(language, "limits-left", limits = language.facts(&near)))
}
