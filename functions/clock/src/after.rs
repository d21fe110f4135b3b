//! What is done with reminders once, before the clock goes on: after a crash, after a restore, and after an import of everything.

use crate::handler::{MOST, done};
use domain::{
    id::{DeliveryId, ReminderId, TaskId},
    need::Need,
    reminder,
    state::State,
};
use host::Deps;
use jiff::{SignedDuration, Timestamp};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use store::{DueDelivery, DueReminder, Reader, StoreError};

/// What a delivery says that was on its way when the backup was made.
const MAY_HAVE_GONE: &str =
    "the backup was made while this was on its way: it may have arrived; try again if it did not";

/// What a delivery says that was on its way when everything was exported.
const MAY_HAVE_COME: &str =
    "this was on its way when everything was moved: it may have arrived; try again if it did not";

/// How long a delivery may be on its way before it is tried again.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_secs(60);

/// What was left of the time between a backup and its restore, or until an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Reminders whose moment had passed, now skipped.
    pub skipped: usize,
    /// Deliveries that were on their way, now shown as failed.
    pub failed: usize,
}

/// Has deliveries tried again at once that a process was sending when it died. Only for the one process of an installation: another
/// one might be sending them.
///
/// # Errors
/// When the database does not answer; the leases then run out by themselves.
pub async fn after_crash(deps: &Deps) -> Result<(), StoreError> {
    for DueDelivery { reader, delivery } in deps.store.due_deliveries(Timestamp::MAX, MOST).await? {
        let id = delivery.id;
        let release = move |state: &mut State, now| {
            reminder::release(state, id, now);
            1
        };
        commit(deps, reader, need(id), release).await?;
    }
    Ok(())
}

/// Skips what was to come between a backup and now, and gives up what was on its way: it came then, as far as anybody knows.
///
/// # Errors
/// When the database does not answer; doing it again does the rest.
pub async fn after_restore(deps: &Deps) -> Result<Left, StoreError> {
    // Also what waits for its next try.
    settle(deps, deps.clock.now(), Timestamp::MAX, MAY_HAVE_GONE).await
}

/// The same once after everything was imported, for what was due until then: that is the matter of where it came from. What comes
/// later, and what waits for later, is ours.
///
/// # Errors
/// When the database does not answer; doing it again does the rest.
pub async fn after_import(deps: &Deps) -> Result<Left, StoreError> {
    let Some(until) = deps.store.imported_at().await? else {
        return Ok(Left::default());
    };
    let left = settle(deps, until, until + ON_ITS_WAY, MAY_HAVE_COME).await?;
    deps.store.import_settled().await?;
    Ok(left)
}

/// Skips reminders that were due until `due`, and gives up deliveries that were to be tried until `tried`.
async fn settle(
    deps: &Deps,
    due: Timestamp,
    tried: Timestamp,
    why: &'static str,
) -> Result<Left, StoreError> {
    let mut left = Left::default();
    loop {
        let skipped = skip_some(deps, due).await?;
        left.skipped += skipped;
        let failed = give_up_some(deps, tried, why).await?;
        left.failed += failed;
        if skipped + failed == 0 {
            return Ok(left);
        }
    }
}

/// Skips what is due of one person.
async fn skip_some(deps: &Deps, until: Timestamp) -> Result<usize, StoreError> {
    let mut due = deps.store.due(until, MOST).await?;
    let Some(DueReminder { person, home, .. }) = due.first().cloned() else {
        return Ok(0);
    };
    due.retain(|row| row.person == person);
    let key = |row: &DueReminder| (row.task, row.reminder, row.generation);
    let keys: Vec<(TaskId, ReminderId, u64)> = due.iter().map(key).collect();
    let need = Need {
        tasks: due.iter().map(|row| row.task).collect(),
        ..Need::default()
    };
    let skip = move |state: &mut State, now| reminder::skip(state, &keys, now);
    commit(deps, Reader { person, home }, need, skip).await
}

/// Gives up what is open.
async fn give_up_some(
    deps: &Deps,
    until: Timestamp,
    why: &'static str,
) -> Result<usize, StoreError> {
    let mut failed = 0;
    for DueDelivery { reader, delivery } in deps.store.due_deliveries(until, MOST).await? {
        let id = delivery.id;
        let give_up =
            move |state: &mut State, now| usize::from(reminder::give_up(state, id, why, now));
        failed += commit(deps, reader, need(id), give_up).await?;
    }
    Ok(failed)
}

fn need(id: DeliveryId) -> Need {
    Need {
        deliveries: vec![id],
        ..Need::default()
    }
}

/// Commits a change in a person's name, and answers how many it concerned.
async fn commit(
    deps: &Deps,
    reader: Reader,
    need: Need,
    change: impl Fn(&mut State, Timestamp) -> usize + Send + Sync + 'static,
) -> Result<usize, StoreError> {
    let count = Arc::<AtomicUsize>::default();
    let counted = count.clone();
    let decide = Arc::new(move |state: &mut State, now| {
        counted.store(change(state, now), Ordering::Relaxed);
        Ok(done())
    });
    let who = host::system(deps, reader, "clock");
    deps.store.commit(&who, need, decide).await?;
    Ok(count.load(Ordering::Relaxed))
}
