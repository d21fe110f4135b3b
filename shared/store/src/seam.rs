//! What the store is given from outside: clock, randomness, and where a simulation may step in.

use crate::StoreError;
use async_trait::async_trait;
use futures::future::BoxFuture;
use jiff::Timestamp;
use std::sync::Arc;

/// The database's clock, where the database is this process (SQLite). PostgreSQL has its own ([`Options::by_hand`]).
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Randomness, for salts and keys.
pub type Random = Arc<dyn Fn() -> u128 + Send + Sync>;

/// Runs a future of the store's own beside its caller (the writer).
pub type Spawn = Arc<dyn Fn(BoxFuture<'static, ()>) + Send + Sync>;

/// The points at which a simulation decides: go on, fail, or never come back.
#[async_trait]
pub trait Seam: Send + Sync {
    /// Reached before a transaction begins ("begin"), before its COMMIT ("commit"), and before its callers are told ("answer").
    async fn at(&self, name: &'static str) -> Result<(), StoreError>;

    /// Said just before waiting for another actor, so that an executor knows that it is not the database: by whoever waits for
    /// the writer ("queue"), and by the writer itself when it has nothing to do ("jobs").
    fn waits(&self, _on: &'static str) {}
}

/// Goes on everywhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSeam;

#[async_trait]
impl Seam for NoSeam {
    async fn at(&self, _name: &'static str) -> Result<(), StoreError> {
        Ok(())
    }
}

/// What a store is opened with.
#[derive(Clone)]
pub struct Options {
    /// The clock.
    pub now: Clock,
    /// Whether somebody sets that clock by hand: then it stands for PostgreSQL's own too, so that one story is told over both.
    pub by_hand: bool,
    /// The randomness.
    pub random: Random,
    /// Where a simulation steps in; [`NoSeam`] otherwise.
    pub seam: Arc<dyn Seam>,
    /// Runs the writer; tokio's `spawn` otherwise.
    pub spawn: Spawn,
    /// Connections that read beside it (4), where the database is this process.
    pub readers: usize,
}

impl Options {
    /// For production and most tests: no seams, tokio's tasks.
    pub fn new(now: Clock, random: Random) -> Self {
        Self {
            now,
            by_hand: false,
            random,
            seam: Arc::new(NoSeam),
            spawn: Arc::new(|writer| drop(tokio::spawn(writer))),
            readers: 4,
        }
    }

    /// Now, to the microsecond, which is what the database keeps.
    pub(crate) fn moment(&self) -> Timestamp {
        micros((self.now)())
    }

    /// The time, where a database has a clock of its own that says this.
    pub(crate) fn time(&self, database: Timestamp) -> Timestamp {
        if self.by_hand {
            self.moment()
        } else {
            database
        }
    }
}

/// The same moment to the microsecond.
pub(crate) fn micros(moment: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(moment.as_microsecond()).unwrap_or(moment)
}
