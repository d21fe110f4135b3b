//! PostgreSQL as a [`Backend`].

use super::{
    PostgresStore, commit,
    session::{self, Access, LIMIT, kept},
};
use crate::{
    Committed, StoreError,
    ask::{Ask, Bind, Sql, Statement, Whose, values},
    backend::{Backend, Desk},
    both::rebuild,
    decide::Command,
    error::failed,
    moving::{self, Ends, Imported, Lines, Moves},
};
use domain::id::StreamId;
use jiff::Timestamp;
use sqlx::{PgConnection, postgres::PgRow};
use std::path::Path;
use tokio::{sync::mpsc::Sender, time::timeout};

impl Moves for PostgresStore {
    async fn tell_all(&self, since: Option<Ends>, to: Sender<String>) -> Result<(), StoreError> {
        let mut connection = self.pool.acquire().await.map_err(failed)?;
        // It takes as long as there is something to tell.
        let told = async {
            let begun = session::begin(&mut connection, Access::Snapshot, Whose::House).await;
            moving::tell(&mut *begun.map_err(failed)?, since.as_ref(), &to).await
        };
        let told = told.await;
        kept(connection, Ok(told))
    }

    async fn take_all(&self, from: Lines) -> Result<Imported, StoreError> {
        let now = self.clock().await?;
        let mut connection = self.pool.acquire().await.map_err(failed)?;
        let taken = async {
            let begun = session::begin(&mut connection, Access::Write, Whose::House).await;
            let mut transaction = begun.map_err(failed)?;
            let taken = moving::take(&mut *transaction, from, now).await?;
            transaction.commit().await.map_err(failed)?;
            Ok(taken)
        };
        let taken = taken.await;
        self.tell_of_commit();
        kept(connection, Ok(taken))
    }
}

impl Backend for PostgresStore {
    type Connection = PgConnection;

    fn desk(&self) -> &Desk {
        &self.desk
    }

    async fn ask(
        &self,
        whose: Whose,
        sql: Sql,
        values: Vec<Bind>,
    ) -> Result<Vec<PgRow>, StoreError> {
        let mut connection = self.connection().await?;
        let read = timeout(LIMIT, session::read(&mut connection, whose, sql, values)).await;
        kept(connection, read)
    }

    async fn tell(
        &self,
        whose: Whose,
        statements: Vec<Statement>,
    ) -> Result<Vec<PgRow>, StoreError> {
        let mut connection = self.connection().await?;
        let written = session::write(&mut connection, whose, statements, &self.options);
        let written = timeout(LIMIT, written).await;
        kept(connection, written)
    }

    async fn decided(&self, command: Command) -> Result<Committed, StoreError> {
        commit::commit(self, command).await
    }

    async fn clock(&self) -> Result<Timestamp, StoreError> {
        let rows = self.ask(Whose::House, session::clock(), vec![]).await?;
        Ok(self.options.time(session::told(&rows)?))
    }

    async fn hinted(&self) {
        self.hint.notified().await;
    }

    async fn refold(&self, stream: StreamId, repair: bool) -> Result<Vec<String>, StoreError> {
        let mut connection = self.connection().await?;
        // It takes as long as the stream is.
        let done = refold(&mut connection, stream, repair).await;
        kept(connection, Ok(done))
    }

    async fn copy_to(&self, _to: &Path) -> Result<(), StoreError> {
        Err(StoreError::Unsupported(
            "PostgreSQL is copied and restored by its own tools: pg_dump, pg_basebackup, or what your provider offers",
        ))
    }

    async fn shut(&self) {
        self.close_herald();
        self.pool.close().await;
    }
}

/// One stream, which nobody else writes to meanwhile.
async fn refold(
    connection: &mut PgConnection,
    stream: StreamId,
    repair: bool,
) -> Result<Vec<String>, StoreError> {
    let mut transaction = session::begin(connection, Access::Write, Whose::House)
        .await
        .map_err(failed)?;
    let lock = "select turn from stream_head where stream = $1 for no key update";
    transaction
        .ask(lock.into(), values![stream.to_string()])
        .await?;
    let found = rebuild::refold(&mut *transaction, stream, repair).await?;
    if repair {
        transaction.commit().await.map_err(failed)?;
    }
    Ok(found.words(stream))
}
