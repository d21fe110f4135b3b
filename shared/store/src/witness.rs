//! The witness's own copy of the log, in a database of its own whose rows can only be added.
//!
//! It holds who did what to what when, by which client, and the hash of each line; no content, so that what is purged is gone.

mod begun;
mod copy;
mod rows;

pub use begun::Begun;

use crate::{LogRow, OpenError, StoreError, error::failed, open};
use domain::{event::EventKind, id::StreamId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{
    ConnectOptions, Connection, Row, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous},
};
use std::{
    collections::HashMap,
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{MappedMutexGuard, MutexGuard};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/witness");

/// The copy. One connection, used in turn.
pub struct Witness {
    options: SqliteConnectOptions,
    connection: tokio::sync::Mutex<Option<SqliteConnection>>,
    /// How far each stream is copied, at least.
    ends: Mutex<HashMap<StreamId, u64>>,
}

/// A head that was signed: the log had that line there, and so all lines before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The stream.
    pub stream: StreamId,
    /// Its last line then.
    pub n: u64,
    /// That line's hash.
    pub hash: String,
    /// When it was signed; UTC, to the microsecond.
    pub at: Timestamp,
    /// The public key, in lowercase hex.
    pub key: String,
    /// Ed25519 (RFC 8032) over the fields before, in lowercase hex.
    pub signature: String,
}

impl Signed {
    /// The head that an `audit.head` says.
    pub fn published(line: &LogRow) -> Option<Self> {
        #[derive(Deserialize)]
        struct Data {
            note: String,
        }
        if line.kind != EventKind::AuditHead {
            return None;
        }
        let data: Data = serde_json::from_str(line.payload.as_deref()?).ok()?;
        serde_json::from_str(&data.note).ok()
    }
}

/// What the witness found wrong while it copied; kept for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The stream.
    pub stream: StreamId,
    /// The line.
    pub n: u64,
    /// In words.
    pub why: String,
    /// When it was found.
    pub at: Timestamp,
}

impl Witness {
    /// Opens the copy in that file, made where it is not there; by several processes at once, once.
    ///
    /// # Errors
    /// In words for the person who starts it.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        let shown = path.display().to_string();
        // A power cut may lose the last lines: they are copied again from the log, which loses none.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(5))
            .pragma("cache_size", "-512")
            // Where it runs there may be no place for temporary files, and a large batch needs some.
            .pragma("temp_store", "memory")
            .disable_statement_logging();
        let mut connection = OpenError::check(&shown, open::connect(&options).await)?;
        let migrated = open::migrate(&mut connection, &MIGRATIONS).await;
        OpenError::migrated(&shown, &MIGRATIONS, migrated)?;
        Ok(Self {
            options,
            connection: tokio::sync::Mutex::new(Some(connection)),
            ends: Mutex::default(),
        })
    }

    /// Whether that line is copied; a no may be out of date.
    pub fn has(&self, stream: StreamId, n: u64) -> bool {
        let ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        ends.get(&stream).is_some_and(|end| *end >= n)
    }

    /// The lines of a stream after `n`, oldest first, without content.
    pub async fn lines(
        &self,
        stream: StreamId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<LogRow>, StoreError> {
        let sql = rows::sql!(
            "select",
            "from line where stream = $1 and n > $2 order by n limit $3"
        );
        let query = sqlx::query(sql)
            .bind(stream.to_string())
            .bind(after as i64)
            .bind(i64::from(limit));
        let found = query.fetch_all(&mut *self.connection().await?).await;
        found.map_err(failed)?.iter().map(rows::line).collect()
    }

    /// The lines of a stream before `n`, newest first, without content; of one kind, or of all.
    pub async fn newest(
        &self,
        stream: StreamId,
        before: Option<u64>,
        kind: Option<EventKind>,
        limit: u32,
    ) -> Result<Vec<LogRow>, StoreError> {
        let sql = match kind {
            None => rows::sql!(
                "select",
                "from line where stream = $1 and n < $2 order by n desc limit $3"
            ),
            Some(_) => rows::sql!(
                "select",
                "from line where stream = $1 and n < $2 and kind = $4 order by n desc limit $3"
            ),
        };
        let mut query = sqlx::query(sql)
            .bind(stream.to_string())
            .bind(before.map_or(i64::MAX, |n| i64::try_from(n).unwrap_or(i64::MAX)))
            .bind(i64::from(limit));
        if let Some(kind) = kind {
            query = query.bind(kind.name());
        }
        let found = query.fetch_all(&mut *self.connection().await?).await;
        found.map_err(failed)?.iter().map(rows::line).collect()
    }

    /// All streams and how far each is copied.
    pub async fn streams(&self) -> Result<Vec<(StreamId, u64)>, StoreError> {
        let sql = concat!(
            rows::streams!(),
            "select s.stream, (select max(n) from line l where l.stream = s.stream) from s where s.stream is not null"
        );
        let found = sqlx::query(sql)
            .fetch_all(&mut *self.connection().await?)
            .await;
        let read = |row: &SqliteRow| Ok((rows::stream(row, 0)?, rows::number(row, 1)?));
        found.map_err(failed)?.iter().map(read).collect()
    }

    /// The last line of each stream in which something happened since it was signed (a published head is nothing).
    pub async fn unsigned(&self) -> Result<Vec<LogRow>, StoreError> {
        let sql = concat!(
            rows::streams!(),
            rows::sql!(
                "select",
                "from s join line using (stream) \
                where n = (select max(l.n) from line l where l.stream = s.stream) and exists ( \
                select 1 from line f where f.stream = s.stream and f.kind <> 'audit.head' \
                and f.n > coalesce((select max(g.n) from signed g where g.stream = s.stream), 0))"
            )
        );
        let found = sqlx::query(sql)
            .fetch_all(&mut *self.connection().await?)
            .await;
        found.map_err(failed)?.iter().map(rows::line).collect()
    }

    /// Keeps a signed head. Answers whether it was new.
    pub async fn keep_signed(&self, head: &Signed) -> Result<bool, StoreError> {
        let sql = "insert into signed (stream, n, hash, at, key, signature) select $1, $2, $3, $4, $5, $6 \
            where not exists (select 1 from signed where stream = $1 and n = $2)";
        let query = sqlx::query(sql)
            .bind(head.stream.to_string())
            .bind(head.n as i64)
            .bind(&head.hash)
            .bind(head.at.as_microsecond())
            .bind(&head.key)
            .bind(&head.signature);
        let done = query.execute(&mut *self.connection().await?).await;
        Ok(done.map_err(failed)?.rows_affected() > 0)
    }

    /// The last head of a stream that was signed.
    pub async fn last_signed(&self, stream: StreamId) -> Result<Option<Signed>, StoreError> {
        let sql = "select stream, n, hash, at, key, signature from signed where stream = $1 order by n desc limit 1";
        let found = sqlx::query(sql)
            .bind(stream.to_string())
            .fetch_optional(&mut *self.connection().await?)
            .await;
        found
            .map_err(failed)?
            .as_ref()
            .map(rows::signed)
            .transpose()
    }

    /// What was found wrong in a stream, by line.
    pub async fn alarms(&self, stream: StreamId) -> Result<Vec<Alarm>, StoreError> {
        let sql = "select stream, n, why, at from alarm where stream = $1 order by n";
        let found = sqlx::query(sql)
            .bind(stream.to_string())
            .fetch_all(&mut *self.connection().await?)
            .await;
        let read = |row: &SqliteRow| {
            Ok(Alarm {
                stream: rows::stream(row, 0)?,
                n: rows::number(row, 1)?,
                why: row.try_get(2).map_err(failed)?,
                at: rows::moment(row, 3)?,
            })
        };
        found.map_err(failed)?.iter().map(read).collect()
    }

    /// Closes the file; afterwards nothing can be read.
    pub async fn close(&self) {
        let connection = self.connection.lock().await.take();
        if let Some(connection) = connection
            && let Err(why) = connection.close().await
        {
            tracing::warn!(%why, "the witness's database did not close cleanly");
        }
    }

    async fn connection(&self) -> Result<MappedMutexGuard<'_, SqliteConnection>, StoreError> {
        let mut guard = self.connection.lock().await;
        if let Some(connection) = guard.as_mut()
            && is_stuck(connection).await
        {
            *connection = self.options.connect().await.map_err(failed)?;
        }
        MutexGuard::try_map(guard, Option::as_mut)
            .map_err(|_| StoreError::Unavailable(sqlx::Error::PoolClosed))
    }
}

/// Whether sqlx counts a transaction that nobody is in: SQLite ends one by itself when its disk fails, and nothing can begin there
/// any more.
async fn is_stuck(connection: &mut SqliteConnection) -> bool {
    // What was dropped is rolled back before the answer to a ping.
    connection.is_in_transaction()
        && (connection.ping().await.is_err() || connection.is_in_transaction())
}

#[cfg(test)]
mod tests;
