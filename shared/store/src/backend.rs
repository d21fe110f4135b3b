//! What a database must do itself. Everything else that the [`crate::Store`] promises is written once, over this, in `both`.

use crate::{
    Committed, StoreError,
    ask::{Ask, Sql, Statement, Whose},
    decide::Command,
    dialect::Dialect,
    moving::Moves,
    query::Signer,
};
use domain::id::{StreamId, UserId};
use jiff::Timestamp;
use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// A database with its connections.
pub(crate) trait Backend: Moves + 'static {
    /// What it is asked through.
    type Connection: Ask;

    /// What is kept in memory beside it.
    fn desk(&self) -> &Desk;

    /// Reads.
    fn ask(
        &self,
        whose: Whose,
        sql: Sql,
        values: Vec<crate::ask::Bind>,
    ) -> impl Future<Output = Result<Vec<Row<Self>>, StoreError>> + Send;

    /// Writes: all statements in one transaction. Answers the rows that they return.
    fn tell(
        &self,
        whose: Whose,
        statements: Vec<Statement>,
    ) -> impl Future<Output = Result<Vec<Row<Self>>, StoreError>> + Send;

    /// Decides and writes as one.
    fn decided(
        &self,
        command: Command,
    ) -> impl Future<Output = Result<Committed, StoreError>> + Send;

    /// The database's clock, to the microsecond.
    fn clock(&self) -> impl Future<Output = Result<Timestamp, StoreError>> + Send;

    /// Wakes when something was committed; may miss it.
    fn hinted(&self) -> impl Future<Output = ()> + Send;

    /// Folds one stream's log, in one transaction in which nobody else writes to it, and compares; mends when `repair`.
    fn refold(
        &self,
        stream: StreamId,
        repair: bool,
    ) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send;

    /// Copies the database to a file.
    fn copy_to(&self, to: &Path) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Finishes what is being written and closes.
    fn shut(&self) -> impl Future<Output = ()> + Send;
}

/// A row of a backend.
pub(crate) type Row<B> = <<B as Backend>::Connection as Ask>::Row;

/// What a backend says differently.
pub(crate) fn dialect<B: Backend>() -> &'static dyn Dialect {
    <B::Connection as Ask>::DIALECT
}

/// What is kept in memory beside a database.
pub(crate) struct Desk {
    /// Signs the cursors of listings.
    pub signer: Signer,
    streams: Mutex<HashMap<UserId, Arc<[StreamId]>>>,
}

impl Desk {
    /// With the database's own key.
    pub(crate) fn new(key: &str) -> Self {
        Self {
            signer: Signer::new(key),
            streams: Mutex::default(),
        }
    }

    /// The streams of a person, where they are known.
    pub(crate) fn streams(&self, person: UserId) -> Option<Arc<[StreamId]>> {
        let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        streams.get(&person).cloned()
    }

    /// Keeps the streams of a person, or forgets them.
    pub(crate) fn keep_streams(&self, person: UserId, known: Option<Arc<[StreamId]>>) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        match known {
            Some(known) => streams.insert(person, known),
            None => streams.remove(&person),
        };
    }
}
