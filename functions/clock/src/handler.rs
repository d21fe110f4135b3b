//! One tick, and the loop that sleeps until the next moment at which something is due.

use crate::{
    tick::Bell,
    warm::{AHEAD, EVERY, warm},
};
use domain::{
    command::Command,
    id::{DeliveryId, ReminderId, TaskId},
    need::Need,
    reminder,
    state::State,
    task::change::Expect,
};
use futures::{StreamExt, stream};
use host::Deps;
use jiff::{SignedDuration, Timestamp};
use std::{collections::BTreeMap, sync::Arc};
use store::{Answer, DueDelivery, DueReminder, Reader, StoreError};
use tokio_util::sync::CancellationToken;

/// Reminders found at once; more are found by the next look, which follows at once.
pub(crate) const MOST: u32 = 1_000;
/// People's reminders fired side by side; they share the store's batches.
const SIDE_BY_SIDE: usize = 64;
/// How long it sleeps when nothing is known to come.
const LOOK: SignedDuration = SignedDuration::from_secs(60);
/// How long to wait after the database did not answer.
const AGAIN: SignedDuration = SignedDuration::from_secs(1);
/// How often the house is kept.
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// How long the trash keeps what is in it.
const TRASH: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Does what is due now. Answers whether more is due than was looked at.
///
/// # Errors
/// When the database does not answer; nothing is lost by it.
pub async fn tick(deps: &Deps, now: Timestamp) -> Result<bool, StoreError> {
    let due = deps.store.due(now, MOST).await?;
    let more = due.len() >= MOST as usize;
    let mut each = BTreeMap::<_, Vec<DueReminder>>::new();
    for reminder in due {
        each.entry(reminder.person).or_default().push(reminder);
    }
    let fired = stream::iter(each.into_values()).map(|due| fire(deps, due));
    let failed: Vec<_> = fired
        .buffer_unordered(SIDE_BY_SIDE)
        .filter_map(async |done| done.err())
        .collect()
        .await;
    let open = deps.store.due_deliveries(now, MOST).await?;
    let more = more || open.len() >= MOST as usize;
    let woken = stream::iter(open).map(|delivery| wake(deps, delivery));
    let late: Vec<_> = woken
        .buffer_unordered(SIDE_BY_SIDE)
        .filter_map(async |done| done.err())
        .collect()
        .await;
    failed.into_iter().chain(late).next().map_or(Ok(more), Err)
}

/// Fires one person's reminders together, so that those that come at once are one message.
async fn fire(deps: &Deps, due: Vec<DueReminder>) -> Result<(), StoreError> {
    let Some(first) = due.first() else {
        return Ok(());
    };
    let who = host::system(
        deps,
        Reader {
            person: first.person,
            home: first.home,
        },
        "clock",
    );
    let keys: Vec<(TaskId, ReminderId, u64)> = due
        .iter()
        .map(|due| (due.task, due.reminder, due.generation))
        .collect();
    let (settings, _) = host::person::settings(deps, &who.reader).await?;
    let waits = reminder::held(&settings, first.person, deps.clock.now());
    let need = Need {
        tasks: due.iter().map(|due| due.task).collect(),
        deliveries: waits.into_iter().collect(),
        ..Need::default()
    };
    let decide = Arc::new(move |state: &mut State, now| {
        reminder::fire(state, &keys, waits, now);
        Ok(done())
    });
    deps.store.commit(&who, need, decide).await.map(drop)
}

async fn wake(deps: &Deps, due: DueDelivery) -> Result<(), StoreError> {
    let id: DeliveryId = due.delivery.id;
    let who = host::system(deps, due.reader, "clock");
    let need = Need {
        deliveries: vec![id],
        ..Need::default()
    };
    let decide = Arc::new(move |state: &mut State, now| {
        reminder::wake(state, id, now);
        Ok(done())
    });
    deps.store.commit(&who, need, decide).await.map(drop)
}

pub(crate) fn done() -> Answer {
    Answer {
        status: 204,
        body: String::new(),
        version: None,
    }
}

/// The loop.
pub struct Clockwork {
    deps: Deps,
    people: Vec<Reader>,
    tidied: Option<Timestamp>,
    bell: Bell,
    /// Whether it wakes whoever sends reminders ahead of them, and when it did.
    warms: bool,
    warmed: Option<Timestamp>,
}

impl Clockwork {
    /// A clock that also empties these people's trash.
    pub fn new(deps: Deps, people: Vec<Reader>) -> Self {
        Self {
            deps,
            people,
            tidied: None,
            bell: Bell::default(),
            warms: false,
            warmed: None,
        }
    }

    /// The same, woken by that bell as well.
    #[must_use]
    pub fn rung_by(mut self, bell: Bell) -> Self {
        self.bell = bell;
        self
    }

    /// The same, for functions that may sleep: it wakes whoever sends reminders ten seconds ahead of them.
    #[must_use]
    pub fn warming(mut self) -> Self {
        self.warms = true;
        self
    }

    /// Ticks until `stop` is cancelled: at each moment that is due, when something was committed, when the bell rings, and once a
    /// minute.
    pub async fn run(mut self, stop: CancellationToken) {
        let store = self.deps.store.clone();
        while !stop.is_cancelled() {
            // What is committed during the turn may be due before the moment that the turn found.
            let hint = store::heed(&*store);
            let until = match self.turn().await {
                Ok(until) => until,
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the clock waits for the database"
                    );
                    self.deps.clock.now() + AGAIN
                }
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = self.deps.clock.sleep_until(until) => {}
                () = hint => {}
                () = self.bell.rings() => {}
            }
        }
    }

    /// One turn: what is due, the housekeeping, and until when to sleep.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn turn(&mut self) -> Result<Timestamp, StoreError> {
        let mut now = self.deps.clock.now();
        while tick(&self.deps, now).await? {
            now = self.deps.clock.now();
        }
        let ticked = now;
        let now = self.deps.clock.now();
        if self.tidied.is_none_or(|at| now.duration_since(at) > HOUR) {
            self.tidy(now).await?;
            self.tidied = Some(now);
        }
        self.warm(now).await?;
        // What was due by then is done, or somebody else's: an event that the relay is to try again.
        let next = self.deps.store.next_moment(ticked).await?;
        let next = next.map(|next| {
            if self.warms && now < next - AHEAD {
                next - AHEAD
            } else {
                next
            }
        });
        Ok(next.map_or(now + LOOK, |next| next.min(now + LOOK)))
    }

    async fn warm(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let lately = self
            .warmed
            .is_some_and(|at| now.duration_since(at).abs() < EVERY);
        if self.warms && !lately && warm(&self.deps, now).await? {
            self.warmed = Some(now);
        }
        Ok(())
    }

    /// Removes for good what was in the trash for 30 days, and forgets answers kept for retries.
    async fn tidy(&self, now: Timestamp) -> Result<(), StoreError> {
        for person in &self.people {
            let who = host::system(&self.deps, person.clone(), "clock");
            let command = Command::EmptyTrash {
                before: now - TRASH,
            };
            let need = command.need(Expect::Any);
            let decide = Arc::new(move |state: &mut State, now| {
                command.decide(state, Expect::Any, now)?;
                Ok(done())
            });
            self.deps.store.commit(&who, need, decide).await?;
        }
        self.deps.store.tidy(now - TRASH).await
    }
}
