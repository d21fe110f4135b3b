//! What all actors share: time, the seams at which they stand, and what the seed has decided.
//!
//! An actor is a future. Whatever it waits for that is not the database it waits for here, so that the executor knows when
//! nothing moves any more and it is the seed's turn.

use super::{dice::Dice, trace::Trace, weather::Weather};
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Waker,
};

/// One run of one process; 0 is outside: clients and the world's own.
pub(crate) type ProcessId = u32;
pub(crate) const OUTSIDE: ProcessId = 0;

/// Microseconds since the world began, as no clock shows them: never set, never back.
pub(crate) type Moment = i64;
pub(crate) const MILLI: Moment = 1_000;
pub(crate) const SECOND: Moment = 1_000_000;

/// Where an actor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seam {
    /// A question to the store, before it is asked.
    Read,
    /// A write, before it is in the writer's queue.
    Ask,
    /// The writer, before its transaction.
    Begin,
    /// The writer, before COMMIT.
    Commit,
    /// The writer after COMMIT, before anybody is told.
    Answer,
    /// The bus, with events for a subscriber.
    Deliver,
    /// A second copy of an event, under way for a while.
    Stray,
    /// The mail server, with a mail.
    Mail,
    /// The mail server's yes on its way to us.
    Receipt,
    /// A request of a client's.
    Request,
}

/// What the seed says to who stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Go,
    /// It does not happen, and one is told.
    Fail,
    /// It does not arrive.
    Lost,
    /// It arrives; the answer does not.
    AnswerLost,
    /// It arrives, and once more later.
    Doubled,
    /// The mail server puts it off.
    Deferred,
    /// The mail server will never take it.
    Refused,
}

/// What may pass while a sleeper sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sleep {
    /// It wakes at its moment.
    Exact,
    /// A loop that looks now and then: it oversleeps for as long as there is nothing to find.
    Look,
    /// A deadline over something else; its actor is not at rest because of it.
    Deadline,
}

/// How the executor tells whether an actor waits for the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It says when it asks ([`World::working`]).
    Says,
    /// It does one thing after the other, so whatever is not known to be something else is the database.
    OneByOne,
    /// A store's writer: the same, and idle when it said so.
    Writer,
}

pub(crate) struct Actor {
    pub(crate) process: ProcessId,
    pub(crate) mode: Mode,
    pub(crate) name: String,
    pub(crate) working: u32,
    pub(crate) standing: u32,
    pub(crate) idle: bool,
}

impl Actor {
    pub(crate) fn waits_for_database(&self) -> bool {
        match self.mode {
            Mode::Says => self.working > 0,
            Mode::OneByOne => self.standing == 0,
            Mode::Writer => self.standing == 0 && !self.idle,
        }
    }
}

pub(crate) struct Ticket {
    pub(crate) actor: usize,
    pub(crate) process: ProcessId,
    pub(crate) seam: Seam,
    pub(crate) what: String,
    pub(crate) since: Moment,
    pub(crate) not_before: Moment,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) waker: Option<Waker>,
}

impl Ticket {
    /// Whether nothing was decided about it yet.
    pub(crate) fn is_open(&self) -> bool {
        self.verdict.is_none()
    }
}

pub(crate) struct Timer {
    pub(crate) at: Moment,
    pub(crate) sleep: Sleep,
    pub(crate) rung: bool,
    pub(crate) waker: Option<Waker>,
}

impl Timer {
    /// Whether it is still to ring.
    pub(crate) fn is_set(&self) -> bool {
        !self.rung
    }
}

/// A lease that was given, as the clock said then.
#[derive(Clone, Copy)]
pub(crate) struct Grant {
    pub(crate) order: u64,
    pub(crate) until: Timestamp,
    /// The same moment, whatever the clock is set to.
    pub(crate) ends: Moment,
}

/// Everything that is decided or known.
pub(crate) struct State {
    pub(crate) dice: Dice,
    pub(crate) weather: Weather,
    pub(crate) trace: Trace,
    /// How far it has come.
    pub(crate) now: Moment,
    /// What the machine's clock shows beyond that.
    pub(crate) wall: Timestamp,
    pub(crate) current: usize,
    pub(crate) actors: BTreeMap<usize, Actor>,
    pub(crate) newborn: Vec<(usize, BoxFuture<'static, ()>)>,
    pub(crate) tickets: BTreeMap<u64, Ticket>,
    pub(crate) timers: BTreeMap<u64, Timer>,
    pub(crate) alive: BTreeMap<ProcessId, super::process::Process>,
    pub(crate) dead: std::collections::BTreeSet<ProcessId>,
    /// Which process is between BEGIN IMMEDIATE and the end of its transaction.
    pub(crate) lock: Option<ProcessId>,
    /// How many transactions ended; what was read of the database holds as long as it is the same.
    pub(crate) commits: u64,
    pub(crate) grants: BTreeMap<ProcessId, Grant>,
    pub(crate) mails: super::mail::Mails,
    /// Between the functions, where they run alone; else each process has a bus of its own.
    pub(crate) kafka: Option<super::kafka::Kafka>,
    pub(crate) accepted: Vec<super::client::Accepted>,
    /// How many clients are not done yet.
    pub(crate) clients: u64,
    /// The first invariant that did not hold.
    pub(crate) broken: Option<String>,
    counter: u64,
}

/// Shared by all actors of one world.
#[derive(Clone)]
pub(crate) struct World(Arc<Mutex<State>>);

impl World {
    pub(crate) fn new(weather: Weather, dice: Dice) -> Self {
        Self(Arc::new(Mutex::new(State {
            dice,
            weather,
            trace: Trace::default(),
            now: 0,
            wall: super::START,
            current: 0,
            actors: BTreeMap::new(),
            newborn: Vec::new(),
            tickets: BTreeMap::new(),
            timers: BTreeMap::new(),
            alive: BTreeMap::new(),
            dead: std::collections::BTreeSet::new(),
            lock: None,
            commits: 0,
            grants: BTreeMap::new(),
            mails: super::mail::Mails::default(),
            kafka: None,
            accepted: Vec::new(),
            clients: 0,
            broken: None,
            counter: 0,
        })))
    }

    /// Everything, for a moment. Never held while something is awaited.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the machine's clock shows.
    pub(crate) fn wall(&self) -> Timestamp {
        self.state().wall()
    }

    /// Begins an actor of a process.
    pub(crate) fn spawn(
        &self,
        process: ProcessId,
        mode: Mode,
        name: impl Into<String>,
        future: BoxFuture<'static, ()>,
    ) -> usize {
        let mut state = self.state();
        let id = state.fresh() as usize;
        let actor = Actor {
            process,
            mode,
            name: name.into(),
            working: 0,
            standing: 0,
            idle: false,
        };
        state.actors.insert(id, actor);
        state.newborn.push((id, future));
        id
    }

    /// Says that an invariant does not hold. The first one is the story; what follows from it is not.
    pub(crate) fn broken(&self, words: impl Into<String>) {
        let mut state = self.state();
        if state.broken.is_none() {
            let words = words.into();
            state.trace.line(format!("BROKEN {words}"));
            state.broken = Some(words);
        }
    }
}

impl State {
    pub(crate) fn fresh(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    pub(crate) fn wall(&self) -> Timestamp {
        self.wall + SignedDuration::from_micros(self.now)
    }

    pub(crate) fn process_of(&self, actor: usize) -> ProcessId {
        self.actors
            .get(&actor)
            .map_or(OUTSIDE, |actor| actor.process)
    }

    /// Has the one who stands there go on.
    pub(crate) fn release(&mut self, ticket: u64, verdict: Verdict) {
        if let Some(ticket) = self.tickets.get_mut(&ticket) {
            ticket.verdict = Some(verdict);
            if let Some(waker) = ticket.waker.take() {
                waker.wake();
            }
        }
    }

    /// Whether somebody who only looks now and then would look now.
    pub(crate) fn somebody_looks(&self) -> bool {
        let looks = |timer: &Timer| timer.sleep == Sleep::Look && timer.at <= self.now;
        self.timers.values().any(looks)
    }

    /// Wakes those who slept until now; those who only look, where there is something to find.
    pub(crate) fn ring(&mut self, work: bool) {
        let now = self.now;
        let due = |timer: &&mut Timer| {
            timer.at <= now && !timer.rung && (work || timer.sleep != Sleep::Look)
        };
        for timer in self.timers.values_mut().filter(due) {
            timer.rung = true;
            if let Some(waker) = timer.waker.take() {
                waker.wake();
            }
        }
    }
}
