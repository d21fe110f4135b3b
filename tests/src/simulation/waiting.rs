//! How actors wait: at a seam, asleep, for one another, or for the database.

use super::world::{Actor, Moment, Seam, Sleep, Ticket, Timer, Verdict, World};
use std::{
    pin::Pin,
    task::{Context, Poll},
};

impl World {
    /// Stands at a seam until the seed says what happens.
    pub(crate) fn stand(&self, seam: Seam, what: impl Into<String>) -> Standing {
        self.stand_from(seam, what, 0)
    }

    /// The same, and not before a while has passed.
    pub(crate) fn stand_from(
        &self,
        seam: Seam,
        what: impl Into<String>,
        after: Moment,
    ) -> Standing {
        let guard = self.waiting();
        let mut state = self.state();
        let id = state.fresh();
        let actor = state.current;
        let ticket = Ticket {
            actor,
            process: state.process_of(actor),
            seam,
            what: what.into(),
            since: state.now,
            not_before: state.now + after,
            verdict: None,
            waker: None,
        };
        state.tickets.insert(id, ticket);
        drop(state);
        Standing {
            world: self.clone(),
            id,
            _guard: guard,
        }
    }

    /// Sleeps so long.
    pub(crate) fn nap(&self, time: Moment, sleep: Sleep) -> Nap {
        let guard = (sleep != Sleep::Deadline).then(|| self.waiting());
        let mut state = self.state();
        let id = state.fresh();
        let at = state.now + time.max(0);
        state.timers.insert(
            id,
            Timer {
                at,
                sleep,
                rung: false,
                waker: None,
            },
        );
        drop(state);
        Nap {
            world: self.clone(),
            id,
            _guard: guard,
        }
    }

    /// As long as it is held, the actor waits for something that is known.
    pub(crate) fn waiting(&self) -> Guard {
        self.guard(|actor| &mut actor.standing)
    }

    /// As long as it is held, the actor waits for the database.
    pub(crate) fn working(&self) -> Guard {
        self.guard(|actor| &mut actor.working)
    }

    fn guard(&self, of: fn(&mut Actor) -> &mut u32) -> Guard {
        let mut state = self.state();
        let actor = state.current;
        if let Some(actor) = state.actors.get_mut(&actor) {
            *of(actor) += 1;
        }
        drop(state);
        Guard {
            world: self.clone(),
            actor,
            of,
        }
    }
}

/// Held while an actor waits.
pub(crate) struct Guard {
    world: World,
    actor: usize,
    of: fn(&mut Actor) -> &mut u32,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(actor) = self.world.state().actors.get_mut(&self.actor) {
            *(self.of)(actor) -= 1;
        }
    }
}

/// An actor at a seam.
pub(crate) struct Standing {
    world: World,
    id: u64,
    _guard: Guard,
}

impl Future for Standing {
    type Output = Verdict;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Verdict> {
        let mut state = self.world.state();
        let Some(ticket) = state.tickets.get_mut(&self.id) else {
            return Poll::Ready(Verdict::Fail);
        };
        if let Some(verdict) = ticket.verdict {
            return Poll::Ready(verdict);
        }
        ticket.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        self.world.state().tickets.remove(&self.id);
    }
}

/// An actor asleep.
pub(crate) struct Nap {
    world: World,
    id: u64,
    _guard: Option<Guard>,
}

impl Future for Nap {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.world.state();
        let now = state.now;
        let Some(timer) = state.timers.get_mut(&self.id) else {
            return Poll::Ready(());
        };
        if timer.rung || (timer.at <= now && timer.sleep == Sleep::Exact) {
            return Poll::Ready(());
        }
        timer.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Nap {
    fn drop(&mut self) {
        self.world.state().timers.remove(&self.id);
    }
}
