//! SQLite as a [`Backend`].

use super::{SqliteStore, copy, dialect::Lite, shut_queue};
use crate::{
    Committed, StoreError,
    ask::{Ask, Bind, Sql, Statement, Whose},
    backend::{Backend, Desk},
    both::rebuild,
    decide::Command,
    dialect::Dialect,
    error::failed,
    moving::{self, Ends, Imported, Lines, Moves, Take},
    sql::made,
};
use domain::id::StreamId;
use jiff::Timestamp;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteRow};
use std::path::Path;
use tokio::sync::mpsc::Sender;

impl Ask for SqliteConnection {
    type Row = SqliteRow;
    const DIALECT: &'static dyn Dialect = &Lite;

    async fn ask(&mut self, sql: Sql, values: Vec<Bind>) -> Result<Vec<SqliteRow>, StoreError> {
        let mut query = sqlx::query(made(sql.into_owned()));
        for value in values {
            query = match value {
                Bind::Int(value) => query.bind(value),
                Bind::MaybeInt(value) => query.bind(value),
                Bind::Text(value) => query.bind(value),
            };
        }
        query.fetch_all(self).await.map_err(failed)
    }
}

/// There is one writer, nobody's rows are hidden from it, and all that a row has goes.
impl Take for SqliteConnection {
    async fn alone(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn act_as(&mut self, _whose: Whose) -> Result<(), StoreError> {
        Ok(())
    }

    fn beside(_table: &str) -> [&'static str; 2] {
        ["", ""]
    }
}

impl Moves for SqliteStore {
    async fn tell_all(&self, since: Option<Ends>, to: Sender<String>) -> Result<(), StoreError> {
        let mut reader = self.readers.take().await?;
        let mut transaction = reader.begin().await.map_err(failed)?;
        moving::tell(&mut *transaction, since.as_ref(), &to).await
    }

    async fn take_all(&self, from: Lines) -> Result<Imported, StoreError> {
        let now = self.options.moment();
        self.write(move |c| Box::pin(moving::take(c, from, now)))
            .await
    }
}

/// Whose question it is makes no difference: the file belongs to this process.
impl Backend for SqliteStore {
    type Connection = SqliteConnection;

    fn desk(&self) -> &Desk {
        &self.desk
    }

    async fn ask(
        &self,
        _whose: Whose,
        sql: Sql,
        values: Vec<Bind>,
    ) -> Result<Vec<SqliteRow>, StoreError> {
        self.readers.take().await?.ask(sql, values).await
    }

    async fn tell(
        &self,
        _whose: Whose,
        statements: Vec<Statement>,
    ) -> Result<Vec<SqliteRow>, StoreError> {
        let options = self.options.clone();
        self.write(move |c| {
            Box::pin(async move {
                let mut rows = Vec::new();
                for mut statement in statements {
                    if statement.timed {
                        statement.values.push(options.moment().into());
                    }
                    rows.extend(c.ask(statement.sql, statement.values).await?);
                }
                Ok(rows)
            })
        })
        .await
    }

    async fn decided(&self, command: Command) -> Result<Committed, StoreError> {
        self.commit(command).await
    }

    async fn clock(&self) -> Result<Timestamp, StoreError> {
        Ok(self.options.moment())
    }

    async fn hinted(&self) {
        self.hint.notified().await;
    }

    async fn refold(&self, stream: StreamId, repair: bool) -> Result<Vec<String>, StoreError> {
        self.write(move |c| {
            Box::pin(async move {
                let found = rebuild::refold(c, stream, repair).await?;
                Ok(found.words(stream))
            })
        })
        .await
    }

    async fn copy_to(&self, to: &Path) -> Result<(), StoreError> {
        copy::to(self, to).await
    }

    async fn shut(&self) {
        // The readers first: only a connection that may write, and is the last, takes the write-ahead log into the file.
        self.readers.close().await;
        shut_queue(self).await;
    }
}
