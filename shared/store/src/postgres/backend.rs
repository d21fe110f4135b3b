//! PostgreSQL as a [`Backend`].

use super::{
    PostgresStore, commit,
    session::{self, Access, LIMIT, kept},
    write,
};
use crate::{
    Committed, StoreError,
    ask::{Ask, Bind, Columns, Sql, Statement, Whose, moment, values},
    backend::{Backend, Desk},
    both::rebuild,
    decide::Command,
    error::failed,
};
use domain::id::StreamId;
use jiff::Timestamp;
use sqlx::{PgConnection, postgres::PgRow};
use std::path::Path;
use tokio::time::timeout;

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
        let mut connection = self.pool.acquire().await.map_err(failed)?;
        let read = timeout(LIMIT, session::read(&mut connection, whose, sql, values)).await;
        kept(connection, read)
    }

    async fn tell(
        &self,
        whose: Whose,
        statements: Vec<Statement>,
    ) -> Result<Vec<PgRow>, StoreError> {
        let mut connection = self.pool.acquire().await.map_err(failed)?;
        let written = timeout(LIMIT, session::write(&mut connection, whose, statements)).await;
        kept(connection, written)
    }

    async fn decided(&self, command: Command) -> Result<Committed, StoreError> {
        commit::commit(self, command).await
    }

    async fn clock(&self) -> Result<Timestamp, StoreError> {
        let sql = format!("select {}", super::CLOCK);
        let rows = self.ask(Whose::House, sql.into(), vec![]).await?;
        let none = || StoreError::Corrupt("the database tells no time".to_owned());
        moment(rows.first().ok_or_else(none)?.int(0)?)
    }

    async fn hinted(&self) {
        self.hint.notified().await;
    }

    async fn refold(&self, stream: StreamId, repair: bool) -> Result<Vec<String>, StoreError> {
        let mut connection = self.pool.acquire().await.map_err(failed)?;
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
    let heads = transaction
        .ask(lock.into(), values![stream.to_string()])
        .await?;
    let turn = heads.first().map(|head| head.number(0)).transpose()?;
    let found = rebuild::refold(&mut *transaction, stream).await?;
    if repair && found.wrong.is_any() {
        let turns = [(stream, turn.unwrap_or_default())].into();
        write::mend(&mut transaction, found.plan, &found.wrong, &turns).await?;
        transaction.commit().await.map_err(failed)?;
    }
    Ok(found.words)
}
