//! Since when the witness watches. What it did not see happen rests on the chain alone, and on what was signed; so it says how much that is.

use super::{Witness, rows};
use crate::{StoreError, error::failed};
use domain::id::StreamId;
use jiff::Timestamp;
use sqlx::{SqliteConnection, sqlite::SqliteRow};

/// Where the witness began to watch a stream, or went on after more of it had come from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The stream.
    pub stream: StreamId,
    /// How many lines were there then.
    pub n: u64,
    /// When.
    pub at: Timestamp,
}

impl Witness {
    /// Where it began, stream by stream, the earliest first.
    pub async fn begun(&self) -> Result<Vec<Begun>, StoreError> {
        let sql = "select stream, n, at from begun order by stream, n";
        let found = sqlx::query(sql)
            .fetch_all(&mut *self.connection().await?)
            .await;
        let read = |row: &SqliteRow| {
            Ok(Begun {
                stream: rows::stream(row, 0)?,
                n: rows::number(row, 1)?,
                at: rows::moment(row, 2)?,
            })
        };
        found.map_err(failed)?.iter().map(read).collect()
    }

    /// Notes that the stream had so many lines when it began to watch, or to watch again.
    pub async fn begin(&self, begun: &Begun) -> Result<(), StoreError> {
        note(&mut *self.connection().await?, begun).await
    }
}

/// Keeps where it began, unless it began with as many before.
pub(super) async fn note(c: &mut SqliteConnection, begun: &Begun) -> Result<(), StoreError> {
    let sql = "insert into begun (stream, n, at) select $1, $2, $3 \
        where not exists (select 1 from begun where stream = $1 and n >= $2)";
    let query = sqlx::query(sql)
        .bind(begun.stream.to_string())
        .bind(begun.n as i64)
        .bind(begun.at.as_microsecond());
    query.execute(c).await.map(drop).map_err(failed)
}
