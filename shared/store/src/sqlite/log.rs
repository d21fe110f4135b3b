//! Reading the log.

use super::{
    SqliteStore,
    load::{id, moment, number, text},
};
use crate::sql::made;
use crate::{LogPage, LogRow, Reader, StoreError, error::failed, query::LogCursor};
use domain::{event::EventKind, id::*};
use jiff::Timestamp;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

/// The columns that [`line`] reads, and the column that histories are filed under.
pub(super) const COLUMNS: &str = "l.stream, l.n, l.kind, l.subject, l.version, l.payload, l.actor, l.client, l.client_kind, l.run, \
    l.correlation, l.causation, l.at, l.salt, l.digest, l.hash, l.about";

/// Where [`COLUMNS`] has `about`.
pub(super) const ABOUT: usize = 16;

/// The epoch and where each stream of the person `$1` ends, as a cursor.
pub(super) const CURSOR: &str = "select (select value from meta where key = 'epoch') || coalesce((select group_concat('.' || h.stream || ':' || h.n, '') \
    from member m join stream_head h on h.stream = m.stream where m.person = $1), '')";

/// A query of the lines of the person `$1`.
pub(super) fn select(which: &str, order: &str) -> String {
    format!(
        "select {COLUMNS} from log l where {which} and l.stream in (select stream from member where person = $1) {order}"
    )
}

/// The page after a cursor, stream by stream: `$2` is JSON of n by stream, `$3` how many.
pub(super) const PAGE: &str = "from member m cross join log l on l.stream = m.stream \
    and l.n > coalesce($2->>('$.\"' || m.stream || '\"'), 0) where m.person = $1 order by m.stream, l.n limit $3";

impl SqliteStore {
    pub(super) async fn log(
        &self,
        who: &Reader,
        after: &str,
        limit: u32,
    ) -> Result<LogPage, StoreError> {
        let mut cursor = LogCursor::parse(after)?;
        let mut reader = self.readers.take().await?;
        let sql = format!("select value from meta where key = 'epoch'; select {COLUMNS} {PAGE}");
        let query = sqlx::query(made(sql))
            .bind(who.person.to_string())
            .bind(cursor.streams_json())
            .bind(i64::from(limit) + 1);
        let rows = query.fetch_all(&mut *reader).await.map_err(failed)?;
        let (epoch, rows) = rows
            .split_first()
            .ok_or_else(|| StoreError::Corrupt("the epoch is gone".to_owned()))?;
        cursor.check(text(epoch, 0)?)?;
        let more = rows.len() > limit as usize;
        let events = rows
            .iter()
            .take(limit as usize)
            .map(line)
            .collect::<Result<Vec<_>, _>>()?;
        for row in &events {
            cursor.streams.insert(row.stream.to_string(), row.n);
        }
        Ok(LogPage {
            events,
            cursor: cursor.to_string(),
            more,
        })
    }

    pub(super) async fn cursor(&self, who: &Reader) -> Result<String, StoreError> {
        let query = sqlx::query_scalar(CURSOR).bind(who.person.to_string());
        query
            .fetch_one(&mut *self.readers.take().await?)
            .await
            .map_err(failed)
    }

    pub(super) async fn history(
        &self,
        who: &Reader,
        subject: Uuid,
        until: Option<Timestamp>,
    ) -> Result<Vec<LogRow>, StoreError> {
        let sql = select("l.about = $2 and l.at <= $3", "order by l.at, l.n");
        let until = until.map_or(i64::MAX, Timestamp::as_microsecond);
        let query = sqlx::query(made(sql))
            .bind(who.person.to_string())
            .bind(subject.to_string())
            .bind(until);
        let rows = query
            .fetch_all(&mut *self.readers.take().await?)
            .await
            .map_err(failed)?;
        rows.iter().map(line).collect()
    }

    pub(super) async fn lines(
        &self,
        stream: StreamId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<LogRow>, StoreError> {
        lines(&mut *self.readers.take().await?, stream, after, limit).await
    }

    pub(super) async fn heads(&self) -> Result<Vec<(StreamId, u64, String)>, StoreError> {
        let sql = "select stream, n, hash from stream_head order by stream";
        let rows = sqlx::query(sql)
            .fetch_all(&mut *self.readers.take().await?)
            .await
            .map_err(failed)?;
        rows.iter()
            .map(|row| {
                Ok((
                    StreamId(id(row, 0)?),
                    number(row, 1)?,
                    text(row, 2)?.to_owned(),
                ))
            })
            .collect()
    }
}

/// The lines of one stream after `n`.
pub(super) async fn lines(
    c: &mut SqliteConnection,
    stream: StreamId,
    after: u64,
    limit: u32,
) -> Result<Vec<LogRow>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from log l where l.stream = $1 and l.n > $2 order by l.n limit $3"
    );
    let query = sqlx::query(made(sql))
        .bind(stream.to_string())
        .bind(after as i64)
        .bind(i64::from(limit));
    query
        .fetch_all(c)
        .await
        .map_err(failed)?
        .iter()
        .map(line)
        .collect()
}

/// A line out of its columns.
pub(super) fn line(row: &SqliteRow) -> Result<LogRow, StoreError> {
    line_from(row, 0)
}

/// A line whose columns begin at some place.
pub(super) fn line_from(row: &SqliteRow, from: usize) -> Result<LogRow, StoreError> {
    let owned = |at: usize| text(row, from + at).map(str::to_owned);
    let maybe = |at: usize| row.try_get::<Option<String>, _>(from + at).map_err(failed);
    let kind = text(row, from + 2)?;
    Ok(LogRow {
        stream: StreamId(id(row, from)?),
        n: number(row, from + 1)?,
        kind: EventKind::named(kind)
            .ok_or_else(|| StoreError::Corrupt(format!("an event of the unknown kind {kind}")))?,
        subject: id(row, from + 3)?,
        version: number(row, from + 4)?,
        payload: maybe(5)?,
        actor: UserId(id(row, from + 6)?),
        client: owned(7)?,
        client_kind: owned(8)?,
        run: RunId(id(row, from + 9)?),
        correlation: owned(10)?,
        causation: maybe(11)?,
        at: moment(row.try_get(from + 12).map_err(failed)?)?,
        salt: maybe(13)?,
        digest: owned(14)?,
        hash: owned(15)?,
    })
}
