//! The copy's rows.

use super::Signed;
use crate::{LogRow, StoreError, error::failed};
use domain::{
    event::EventKind,
    id::{RunId, StreamId, UserId},
};
use jiff::Timestamp;
use sqlx::{Row, sqlite::SqliteRow};
use uuid::Uuid;

/// A statement with the columns of [`line`] and [`values`], in their order, after its first words.
macro_rules! sql {
    ($first:literal, $rest:literal) => {
        concat!(
            $first,
            " stream, n, kind, subject, version, actor, client, client_kind, run, correlation, causation, at, digest, hash ",
            $rest
        )
    };
}
pub(super) use sql;

/// Each stream once, as `s`: a step of the index for each, not a look at every line.
macro_rules! streams {
    () => {
        "with recursive s(stream) as (select min(stream) from line union all \
            select (select min(l.stream) from line l where l.stream > s.stream) from s where s.stream is not null) "
    };
}
pub(super) use streams;

/// A line, without content.
pub(super) fn line(row: &SqliteRow) -> Result<LogRow, StoreError> {
    let kind: String = column(row, 2)?;
    Ok(LogRow {
        stream: stream(row, 0)?,
        n: number(row, 1)?,
        kind: EventKind::named(&kind)
            .ok_or_else(|| StoreError::Corrupt(format!("an event of the unknown kind {kind}")))?,
        subject: id(row, 3)?,
        version: number(row, 4)?,
        payload: None,
        actor: UserId(id(row, 5)?),
        client: column(row, 6)?,
        client_kind: column(row, 7)?,
        run: RunId(id(row, 8)?),
        correlation: column(row, 9)?,
        causation: column(row, 10)?,
        at: moment(row, 11)?,
        salt: None,
        digest: column(row, 12)?,
        hash: column(row, 13)?,
    })
}

/// A line's columns, to be written.
pub(super) fn values(row: &LogRow) -> impl serde::Serialize + '_ {
    (
        row.stream.0,
        row.n,
        row.kind.name(),
        row.subject,
        row.version,
        row.actor.0,
        &row.client,
        &row.client_kind,
        row.run.0,
        &row.correlation,
        &row.causation,
        row.at.as_microsecond(),
        &row.digest,
        &row.hash,
    )
}

/// A signed head.
pub(super) fn signed(row: &SqliteRow) -> Result<Signed, StoreError> {
    Ok(Signed {
        stream: stream(row, 0)?,
        n: number(row, 1)?,
        hash: column(row, 2)?,
        at: moment(row, 3)?,
        key: column(row, 4)?,
        signature: column(row, 5)?,
    })
}

pub(super) fn stream(row: &SqliteRow, at: usize) -> Result<StreamId, StoreError> {
    id(row, at).map(StreamId)
}

pub(super) fn number(row: &SqliteRow, at: usize) -> Result<u64, StoreError> {
    column::<i64>(row, at).map(|n| n.max(0) as u64)
}

pub(super) fn moment(row: &SqliteRow, at: usize) -> Result<Timestamp, StoreError> {
    let micros = column(row, at)?;
    Timestamp::from_microsecond(micros).map_err(|why| StoreError::Corrupt(why.to_string()))
}

fn id(row: &SqliteRow, at: usize) -> Result<Uuid, StoreError> {
    let text: String = column(row, at)?;
    text.parse()
        .map_err(|_| StoreError::Corrupt(format!("{text:?} is no id")))
}

fn column<'r, T>(row: &'r SqliteRow, at: usize) -> Result<T, StoreError>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(at).map_err(failed)
}
