//! Warm, then fire: ten seconds before a reminder whoever sends it is woken, so that it is up at the moment.

use crate::handler::done;
use domain::{need::Need, reminder, state::State};
use host::Deps;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use store::{Reader, StoreError};

/// How far ahead: longer than any cold start.
pub(crate) const AHEAD: SignedDuration = SignedDuration::from_secs(10);
/// At most one in this time; a function that was woken stays up for longer.
pub(crate) const EVERY: SignedDuration = SignedDuration::from_secs(30);

/// Wakes whoever sends reminders where one is due within ten seconds, and no clock has done so in the last thirty. Answers
/// whether one is due so soon.
///
/// # Errors
/// When the database does not answer; then it is woken by the reminder itself, and that one is late by a cold start.
pub(crate) async fn warm(deps: &Deps, now: Timestamp) -> Result<bool, StoreError> {
    let soon = deps.store.due(now + AHEAD, 1).await?;
    let Some(first) = soon.into_iter().find(|due| due.moment > now) else {
        return Ok(false);
    };
    // A lease that nobody renews: of several clocks one gets it, and none before it has run out.
    let holder = deps.ids.uuid().to_string();
    let lease = deps.store.lease("warm", &holder, EVERY.as_millis() as i64);
    if lease.await?.is_none() {
        return Ok(true);
    }
    let reader = Reader {
        person: first.person,
        home: first.home,
    };
    let (reminder, moment) = (first.reminder, first.moment);
    let decide = Arc::new(move |state: &mut State, _| {
        reminder::soon(state, reminder, moment);
        Ok(done())
    });
    let who = host::system(deps, reader, "clock");
    deps.store.commit(&who, Need::default(), decide).await?;
    Ok(true)
}
