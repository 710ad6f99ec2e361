//! Made-up time for many actors at once: who sleeps gives the word to whoever wakes next, so that a run is the same
//! every time although hooks, tools and agents of many sessions overlap. Each actor is a thread of its own, of which one
//! at a time goes on. Knows nothing of sessions or money.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use cost_hook::base::time::Time;
use cost_hook::base::world::Clock;

type Act = Box<dyn FnOnce() + Send>;

/// The stage with its clock; copies are the same stage.
#[derive(Clone)]
pub struct Stage {
    state: Arc<Mutex<State>>,
    back: Sender<()>,
}

struct State {
    now: i64,
    /// Numbers what is due, so that what is due at one moment comes in the order in which it was asked for.
    next: u64,
    due: BinaryHeap<Reverse<(i64, u64)>>,
    what: BTreeMap<u64, Due>,
    actors: Vec<Actor>,
    fault: Option<String>,
}

enum Due {
    Act(Act),
    /// An actor's sleep; another number than its present one means that it was woken before.
    Wake(usize, u64),
}

struct Actor {
    go: Option<Sender<()>>,
    sleep: u64,
}

thread_local! {
    static SELF: RefCell<Option<(usize, Receiver<()>)>> = const { RefCell::new(None) };
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stage")
    }
}

/// Keeps this thread and the actors of what it plays on one core. Only one of them goes on at a time, and giving the word
/// to a thread on another core that sleeps takes longer than most of what it then does.
#[cfg(target_os = "linux")]
pub fn stay_on_a_core(number: usize) {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let allowed = sched_getaffinity(None).unwrap();
    let cores: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core)).collect();
    let mut own = CpuSet::new();
    own.set(cores[number % cores.len()]);
    sched_setaffinity(None, &own).unwrap();
}

/// Elsewhere the system knows best.
#[cfg(not(target_os = "linux"))]
pub fn stay_on_a_core(_: usize) {}

impl Stage {
    /// Plays what `begin` sets going until nothing is due any more.
    pub fn play(now: Time, begin: impl FnOnce(&Stage)) {
        let (back, returned) = channel();
        let state = State {
            now: now.0,
            next: 0,
            due: BinaryHeap::new(),
            what: BTreeMap::new(),
            actors: Vec::new(),
            fault: None,
        };
        let stage = Stage { state: Arc::new(Mutex::new(state)), back };
        begin(&stage);
        while let Some(due) = stage.pop() {
            match due {
                Due::Act(act) => act(),
                Due::Wake(actor, _) => {
                    let go = stage.lock().actors[actor].go.clone();
                    if go.is_some_and(|go| go.send(()).is_ok()) {
                        returned.recv().unwrap();
                    }
                }
            }
            if stage.lock().fault.is_some() {
                break;
            }
        }
        let mut state = stage.lock();
        let left = state.actors.iter().filter(|actor| actor.go.is_some()).count();
        // Whoever still waits hears that nobody will call any more, and ends.
        state.actors.clear();
        if let Some(fault) = state.fault.take() {
            panic!("{fault}");
        }
        assert_eq!(left, 0, "actors nobody wakes");
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn pop(&self) -> Option<Due> {
        let mut state = self.lock();
        while let Some(Reverse((time, number))) = state.due.pop() {
            let due = state.what.remove(&number).unwrap();
            if let Due::Wake(actor, sleep) = &due
                && state.actors[*actor].sleep != *sleep
            {
                continue;
            }
            state.now = state.now.max(time);
            return Some(due);
        }
        None
    }

    fn push(&self, at: i64, due: Due) {
        let mut state = self.lock();
        let number = state.next;
        state.next += 1;
        state.due.push(Reverse((at, number)));
        state.what.insert(number, due);
    }

    pub fn now(&self) -> i64 {
        self.lock().now
    }

    /// Does something in `ms` milliseconds. It must not sleep.
    pub fn later(&self, ms: i64, act: impl FnOnce() + Send + 'static) {
        self.push(self.now() + ms, Due::Act(Box::new(act)));
    }

    /// A new actor begins in `ms` milliseconds.
    pub fn enter(&self, ms: i64, play: impl FnOnce() + Send + 'static) {
        let (go, called) = channel();
        let actor = {
            let mut state = self.lock();
            state.actors.push(Actor { go: Some(go), sleep: 0 });
            state.actors.len() - 1
        };
        self.push(self.now() + ms, Due::Wake(actor, 0));
        let stage = self.clone();
        std::thread::spawn(move || {
            if called.recv().is_err() {
                return;
            }
            SELF.set(Some((actor, called)));
            let result = catch_unwind(AssertUnwindSafe(play));
            let mut state = stage.lock();
            if let Err(fault) = result {
                let text = fault.downcast_ref::<String>().cloned();
                let text = text.or_else(|| fault.downcast_ref::<&str>().map(|text| text.to_string()));
                state.fault.get_or_insert(text.unwrap_or_else(|| "an actor panicked".into()));
            }
            if let Some(actor) = state.actors.get_mut(actor) {
                actor.go = None;
            }
            drop(state);
            let _ = stage.back.send(());
        });
    }

    /// The number of the actor that plays.
    pub fn me() -> usize {
        SELF.with_borrow(|me| me.as_ref().unwrap().0)
    }

    /// Sleeps, at most until woken.
    pub fn sleep_for(&self, ms: i64) {
        let me = Self::me();
        let sleep = self.lock().actors[me].sleep;
        self.push(self.now() + ms.max(0), Due::Wake(me, sleep));
        self.rest(me);
    }

    /// Sleeps until woken.
    pub fn wait(&self) {
        self.rest(Self::me());
    }

    fn rest(&self, me: usize) {
        self.back.send(()).unwrap();
        let called = SELF.with_borrow(|me| me.as_ref().unwrap().1.recv());
        assert!(called.is_ok(), "the play is over");
        self.lock().actors[me].sleep += 1;
    }

    /// Wakes a sleeping actor.
    pub fn wake(&self, actor: usize) {
        let sleep = self.lock().actors[actor].sleep;
        self.push(self.now(), Due::Wake(actor, sleep));
    }

    /// Several actors play at once; returns when all are done.
    pub fn together(&self, plays: Vec<Act>) {
        let (me, left) = (Self::me(), Arc::new(Mutex::new(plays.len())));
        for play in plays {
            let (stage, left) = (self.clone(), left.clone());
            self.enter(0, move || {
                play();
                *left.lock().unwrap() -= 1;
                if *left.lock().unwrap() == 0 {
                    stage.wake(me);
                }
            });
        }
        while *left.lock().unwrap() > 0 {
            self.wait();
        }
    }
}

impl Clock for Stage {
    fn now(&self) -> Time {
        Time(Stage::now(self))
    }

    fn sleep(&self, time: Duration) {
        let end = Stage::now(self) + i64::try_from(time.as_millis()).unwrap();
        // Somebody may wake the actor for another reason.
        while Stage::now(self) < end {
            self.sleep_for(end - Stage::now(self));
        }
    }
}
