//! A command decided and written: optimistically first, then behind a lock.

use super::{
    PostgresStore, load,
    session::{self, Access, LIMIT},
    write,
};
use crate::{
    Committed, StoreError,
    ask::Whose,
    decide::{Command, decide},
    error::{failed, is_taken},
    plan::{HeadRow, Plan},
};
use domain::refusal::Refusal;
use sqlx::{PgConnection, postgres::PgDatabaseError};
use tokio::time::timeout;

/// How often a command is tried: each time but the first it holds the heads of all its person's streams from the beginning.
const TRIES: usize = 5;

/// What came of a try.
enum Outcome {
    /// Written, or there was nothing to write, or it was refused.
    Done(Result<Committed, StoreError>),
    /// Somebody else wrote to a stream meanwhile.
    Moved,
    /// A unique key was there already; this is what to answer when a second try sees no reason either.
    Taken(StoreError),
    /// Somebody else holds what is needed for too long.
    Waited(sqlx::Error),
}

impl From<StoreError> for Outcome {
    fn from(why: StoreError) -> Self {
        Self::Done(Err(why))
    }
}

/// Decides and writes, in its stream's turn within this process.
pub(super) async fn commit(
    store: &PostgresStore,
    command: Command,
) -> Result<Committed, StoreError> {
    let turn = timeout(LIMIT, store.queue.turn(command.who.reader.home));
    let _turn = store
        .while_there(turn)
        .await?
        .map_err(|_| StoreError::Unavailable(sqlx::Error::PoolTimedOut))?;
    let (mut access, mut was_taken) = (Access::Write, false);
    for _ in 0..TRIES {
        match attempt(store, &command, access).await? {
            Outcome::Done(Ok(committed)) => {
                store.tell_of_commit();
                // Too late to take it back: who is not told asks again, with the same key.
                store.options.seam.at("answer").await?;
                return Ok(committed);
            }
            Outcome::Done(refused) => return refused,
            Outcome::Moved => access = Access::Lock,
            Outcome::Taken(why) if was_taken => return Err(why),
            Outcome::Taken(_) => was_taken = true,
            Outcome::Waited(_) if command.who.idempotency.is_some() => {
                return Err(StoreError::InFlight);
            }
            Outcome::Waited(why) => return Err(StoreError::Unavailable(why)),
        }
    }
    Err(StoreError::Unavailable(sqlx::Error::PoolTimedOut))
}

async fn attempt(
    store: &PostgresStore,
    command: &Command,
    access: Access,
) -> Result<Outcome, StoreError> {
    store.options.seam.at("begin").await?;
    let mut connection = store.connection().await?;
    let tried = timeout(LIMIT, transaction(store, &mut connection, command, access)).await;
    Ok(session::kept(connection, tried).unwrap_or_else(|failed| failed))
}

/// One try. An error is an outcome after which the connection is not used again.
async fn transaction(
    store: &PostgresStore,
    connection: &mut PgConnection,
    command: &Command,
    access: Access,
) -> Result<Outcome, Outcome> {
    let whose = Whose::Person(command.who.reader.person);
    let begun = session::begin(connection, access, whose).await;
    let mut transaction = begun.map_err(|why| outcome(why, None))?;
    let (mut overlay, now) = load::load(&mut transaction, command).await?;
    let now = store.options.time(now);
    let (committed, plan) = match decide(command, &mut overlay, now, &store.options.random) {
        Ok(decided) => decided,
        Err(refused) => return Ok(Outcome::Done(Err(refused))),
    };
    if plan.is_empty() {
        return Ok(Outcome::Done(Ok(committed)));
    }
    let home = command.who.reader.home;
    let turns = write::turns(&plan, &overlay, home).ok_or(Refusal::NotFound("stream"));
    let turns = turns.map_err(StoreError::from)?;
    let heads: Vec<&HeadRow> = turns.keys().filter_map(|it| overlay.head(*it)).collect();
    let taken = |why| outcome(why, Some(&plan));
    let written = write::write(&mut transaction, &plan, &heads, &turns).await;
    if !written.map_err(taken)? {
        return Ok(Outcome::Moved);
    }
    let purged = write::purge(&mut transaction, &plan).await;
    purged.map_err(taken)?;
    store.options.seam.at("commit").await?;
    transaction.commit().await.map_err(taken)?;
    Ok(Outcome::Done(Ok(committed)))
}

/// What an error of the database means for a try.
fn outcome(why: sqlx::Error, plan: Option<&Plan>) -> Outcome {
    if is_taken(&why) || is_others(&why) {
        return Outcome::Taken(taken(&why, plan));
    }
    let code = why
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    match code.as_deref() {
        Some("55P03") => Outcome::Waited(why),
        // A deadlock: whoever is chosen to give way begins again, in order.
        Some("40P01") => Outcome::Moved,
        _ => failed(why).into(),
    }
}

/// Whether a row that would have been written over is somebody else's: the same as a key that is taken, found by the policy.
fn is_others(why: &sqlx::Error) -> bool {
    why.as_database_error()
        .and_then(|why| why.try_downcast_ref::<PgDatabaseError>())
        .is_some_and(|why| why.routine() == Some("ExecWithCheckOptions"))
}

/// An id of somebody else's, or what a decision may not do twice. Which key it was says nothing: the parts of the statement run
/// in no order.
fn taken(why: &sqlx::Error, plan: Option<&Plan>) -> StoreError {
    let fresh = plan.and_then(|plan| {
        let mut fresh = plan.fresh_tasks.keys().chain(plan.fresh_records.keys());
        fresh.next().copied()
    });
    match fresh {
        Some(id) => Refusal::IdTaken(id.to_string()).into(),
        None => StoreError::Corrupt(why.to_string()),
    }
}
