//! SQLite: one connection that writes, owned by one task; a few beside it that read.

mod backend;
mod batch;
mod copy;
mod dialect;
mod hot;
mod load;
mod read;
mod write;
mod writer;

pub use hot::hot_queries;

use crate::{
    Committed, Options, StoreError,
    backend::Desk,
    decide::Command,
    open::{self, OpenError, is_memory},
};
use futures::future::BoxFuture;
use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{str::FromStr, sync::Arc, time::Duration};
use tokio::sync::{Notify, mpsc, oneshot};
use writer::Job;

pub(crate) static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");

/// The SQLite backend.
pub(crate) struct SqliteStore {
    options: Options,
    jobs: mpsc::Sender<Job>,
    readers: read::Readers,
    desk: Desk,
    hint: Arc<Notify>,
}

impl SqliteStore {
    /// Opens the file of that address (`sqlite:PATH`, `sqlite::memory:`), made where it is not there.
    pub(crate) async fn open(url: &str, options: Options) -> Result<Self, OpenError> {
        let memory = is_memory(url);
        let (base, path) = if memory {
            let name = format!("/errand-{:032x}", (options.random)());
            (
                SqliteConnectOptions::new().filename(&name).vfs("memdb"),
                "memory".to_owned(),
            )
        } else {
            let connect = SqliteConnectOptions::from_str(url)
                .map_err(|why| OpenError::Address(why.to_string()))?;
            let path = connect.get_filename().display().to_string();
            (connect.journal_mode(SqliteJournalMode::Wal), path)
        };
        let base = base
            .create_if_missing(true)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5))
            .foreign_keys(false)
            .statement_cache_capacity(256)
            .pragma("temp_store", "memory")
            .disable_statement_logging();
        let writing = base
            .clone()
            .pragma("wal_autocheckpoint", "2000")
            .pragma("journal_size_limit", "16777216")
            .pragma("cache_size", "-8192");
        let mut writer = OpenError::check(&path, open::connect(&writing).await)?;
        let migrated = open::migrate(&mut writer, &MIGRATIONS).await;
        OpenError::migrated(&path, &MIGRATIONS, migrated)?;
        let key = OpenError::check(&path, signing_key(&mut writer, &options).await)?;
        let reading = base
            .create_if_missing(false)
            .read_only(!memory)
            .pragma("cache_size", "-2048");
        let readers =
            OpenError::check(&path, read::Readers::open(&reading, options.readers).await)?;
        let (jobs, queue) = mpsc::channel(4096);
        let hint = Arc::new(Notify::new());
        (options.spawn)(Box::pin(writer::run(
            writer,
            queue,
            options.clone(),
            hint.clone(),
        )));
        Ok(Self {
            options,
            jobs,
            readers,
            desk: Desk::new(&key),
            hint,
        })
    }

    /// Puts a command into the writer's queue and waits for its answer.
    async fn commit(&self, command: Command) -> Result<Committed, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.send(Job::Commit(Box::new(command), answer)).await?;
        self.options.seam.waits("queue");
        answered.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Has the writer do some work in a transaction of its own.
    async fn write<T: Send + 'static>(
        &self,
        work: impl for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>>
        + Send
        + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let work: writer::Work = Box::new(move |connection| {
            Box::pin(async move {
                let outcome = match connection {
                    Ok(connection) => work(connection).await,
                    Err(why) => Err(why),
                };
                let done = outcome.is_ok();
                writer::Tell {
                    done,
                    tell: Box::new(move |committed| drop(answer.send(committed.and(outcome)))),
                }
            })
        });
        self.send(Job::Work(work)).await?;
        self.options.seam.waits("queue");
        answered.await.unwrap_or_else(|_| Err(closed()))
    }

    async fn send(&self, job: Job) -> Result<(), StoreError> {
        self.jobs.send(job).await.map_err(|_| closed())
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable(sqlx::Error::PoolClosed)
}

/// The key that listing cursors are signed with, made once for a database; and the epoch that log cursors belong to.
async fn signing_key(connection: &mut SqliteConnection, options: &Options) -> sqlx::Result<String> {
    let random = || format!("{:032x}{:032x}", (options.random)(), (options.random)());
    sqlx::query("insert into meta (key, value) values ('cursor_key', $1), ('epoch', '1') on conflict do nothing")
        .bind(random())
        .execute(&mut *connection)
        .await?;
    sqlx::query_scalar("select value from meta where key = 'cursor_key'")
        .fetch_one(connection)
        .await
}

async fn shut(connection: SqliteConnection) {
    if let Err(why) = connection.close().await {
        tracing::warn!(%why, "a connection to the database did not close cleanly");
    }
}

/// Closes the writer, after everything that waits.
async fn shut_queue(store: &SqliteStore) {
    let (closed, done) = oneshot::channel();
    if store.send(Job::Close(closed)).await.is_ok() {
        store.options.seam.waits("queue");
        // The writer answers, or is gone already.
        drop(done.await);
    }
}
