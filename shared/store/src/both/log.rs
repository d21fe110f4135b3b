//! Reading the log.

use super::pages;
use crate::{
    LogPage, LogRow, Page, PastLine, Reader, StoreError,
    ask::{Ask, Bind, Columns, Whose, values},
    backend::{Backend, dialect},
    query::LogCursor,
};
use domain::{event::EventKind, id::*};
use jiff::Timestamp;
use uuid::Uuid;

/// The columns that [`line`] reads, and the column that histories are filed under.
pub(crate) const COLUMNS: &str = "l.stream, l.n, l.kind, l.subject, l.version, l.payload, l.actor, l.client, l.client_kind, l.run, \
    l.correlation, l.causation, l.at, l.salt, l.digest, l.hash, l.about";

/// Where [`COLUMNS`] has `about`.
pub(crate) const ABOUT: usize = 16;

/// The epoch that cursors belong to.
const EPOCH: &str = "select value from meta where key = 'epoch'";

/// The epoch and where each stream of the person `$1` ends, as a cursor.
pub(super) const CURSOR: &str = "select (select value from meta where key = 'epoch') || coalesce((select string_agg('.' || h.stream || ':' || h.n, '') \
    from member m join stream_head h on h.stream = m.stream where m.person = $1), '')";

/// Whether the log can be followed from there.
pub(super) async fn follow<B: Backend>(
    db: &B,
    who: &Reader,
    after: &str,
) -> Result<(), StoreError> {
    let mut asked = LogCursor::parse(after)?;
    let here = cursor(db, who).await?;
    let here = LogCursor::parse(&here)?;
    asked.check(here.epoch())?;
    // Past the end: of a log that was put back to what it had been.
    let past = |(stream, n): (&String, &u64)| here.streams.get(stream).is_some_and(|end| n > end);
    if asked.streams.iter().any(past) {
        return Err(StoreError::CursorGone);
    }
    Ok(())
}

/// A query of the lines of the person `$1`.
pub(crate) fn select(which: &str, order: &str) -> String {
    format!(
        "select {COLUMNS} from log l where {which} and l.stream in (select stream from member where person = $1) {order}"
    )
}

pub(super) async fn log<B: Backend>(
    db: &B,
    who: &Reader,
    after: &str,
    limit: u32,
) -> Result<LogPage, StoreError> {
    let mut cursor = LogCursor::parse(after)?;
    let dialect = dialect::<B>();
    let sql = dialect.headed(EPOCH, &dialect.log_page(COLUMNS), ABOUT + 1);
    let values = values![
        who.person.to_string(),
        cursor.streams_json(),
        i64::from(limit) + 1
    ];
    let rows = db
        .ask(Whose::Person(who.person), sql.into(), values)
        .await?;
    let (epoch, rows) = rows
        .split_first()
        .ok_or_else(|| StoreError::Corrupt("the epoch is gone".to_owned()))?;
    cursor.check(epoch.text(0)?)?;
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

pub(super) async fn cursor<B: Backend>(db: &B, who: &Reader) -> Result<String, StoreError> {
    let values = values![who.person.to_string()];
    let rows = db
        .ask(Whose::Person(who.person), CURSOR.into(), values)
        .await?;
    rows.first()
        .ok_or_else(|| StoreError::Corrupt("the epoch is gone".to_owned()))?
        .owned(0)
}

pub(super) async fn history<B: Backend>(
    db: &B,
    who: &Reader,
    subject: Uuid,
    after: Option<&str>,
    limit: u32,
) -> Result<Page<LogRow>, StoreError> {
    let bound = contract::doc::json(&("history", who.person, subject));
    let (at, n) = match pages::opened(db, after, &bound)?.as_deref() {
        None => (i64::MIN, 0),
        Some([at, n]) => at
            .as_i64()
            .zip(n.as_i64())
            .ok_or(StoreError::CursorInvalid)?,
        Some(_) => return Err(StoreError::CursorInvalid),
    };
    let rest = select(
        "l.about = $2 and (l.at, l.n) > ($3, $4)",
        "order by l.at, l.n limit $5",
    );
    let sql = dialect::<B>().headed(CURSOR, &rest, ABOUT + 1);
    let person = who.person.to_string();
    let values = values![person, subject.to_string(), at, n, i64::from(limit) + 1];
    let rows = db
        .ask(Whose::Person(who.person), sql.into(), values)
        .await?;
    pages::page(db, &rows, limit, &bound, |row| {
        let line = line(row)?;
        let keys = contract::doc::json(&(line.at.as_microsecond(), line.n));
        Ok((line, keys))
    })
}

/// What happened to `$2` until `$3`.
pub(crate) const PAST: &str = "select l.stream, l.kind, l.payload, l.at from log l where l.about = $2 and l.at <= $3 \
    and l.stream in (select stream from member where person = $1)";

pub(super) async fn past<B: Backend>(
    db: &B,
    who: &Reader,
    subject: Uuid,
    until: Timestamp,
) -> Result<Vec<PastLine>, StoreError> {
    let values = values![who.person.to_string(), subject.to_string(), until];
    let sql = format!("{PAST} order by l.at, l.n");
    let rows = db
        .ask(Whose::Person(who.person), sql.into(), values)
        .await?;
    let past = |row: &crate::backend::Row<B>| {
        Ok(PastLine {
            stream: StreamId(row.id(0)?),
            kind: kind(row.text(1)?)?,
            payload: row.maybe_owned(2)?,
            at: row.moment(3)?,
        })
    };
    rows.iter().map(past).collect()
}

const HEADS: &str = "select stream, n, hash from stream_head order by stream";

pub(super) async fn heads<B: Backend>(db: &B) -> Result<Vec<(StreamId, u64, String)>, StoreError> {
    let rows = db.ask(Whose::House, HEADS.into(), vec![]).await?;
    rows.iter()
        .map(|row| Ok((StreamId(row.id(0)?), row.number(1)?, row.owned(2)?)))
        .collect()
}

/// The lines of a stream after `n`, as many, as SQL with its values.
fn lines_sql(stream: StreamId, after: u64, limit: u32) -> (String, Vec<Bind>) {
    let sql = format!(
        "select {COLUMNS} from log l where l.stream = $1 and l.n > $2 order by l.n limit $3"
    );
    let values = values![stream.to_string(), after as i64, i64::from(limit)];
    (sql, values)
}

pub(super) async fn lines<B: Backend>(
    db: &B,
    stream: StreamId,
    after: u64,
    limit: u32,
) -> Result<Vec<LogRow>, StoreError> {
    let (sql, values) = lines_sql(stream, after, limit);
    let rows = db.ask(Whose::House, sql.into(), values).await?;
    rows.iter().map(line).collect()
}

/// The lines of a stream, within a transaction.
pub(super) async fn lines_in<C: Ask>(
    c: &mut C,
    stream: StreamId,
    after: u64,
    limit: u32,
) -> Result<Vec<LogRow>, StoreError> {
    let (sql, values) = lines_sql(stream, after, limit);
    c.ask(sql.into(), values).await?.iter().map(line).collect()
}

/// A line out of its columns.
pub(crate) fn line<R: Columns>(row: &R) -> Result<LogRow, StoreError> {
    line_from(row, 0)
}

/// A line whose columns begin at some place.
pub(super) fn line_from<R: Columns>(row: &R, from: usize) -> Result<LogRow, StoreError> {
    Ok(LogRow {
        stream: StreamId(row.id(from)?),
        n: row.number(from + 1)?,
        kind: kind(row.text(from + 2)?)?,
        subject: row.id(from + 3)?,
        version: row.number(from + 4)?,
        payload: row.maybe_owned(from + 5)?,
        actor: UserId(row.id(from + 6)?),
        client: row.owned(from + 7)?,
        client_kind: row.owned(from + 8)?,
        run: RunId(row.id(from + 9)?),
        correlation: row.owned(from + 10)?,
        causation: row.maybe_owned(from + 11)?,
        at: row.moment(from + 12)?,
        salt: row.maybe_owned(from + 13)?,
        digest: row.owned(from + 14)?,
        hash: row.owned(from + 15)?,
    })
}

fn kind(name: &str) -> Result<EventKind, StoreError> {
    EventKind::named(name)
        .ok_or_else(|| StoreError::Corrupt(format!("an event of the unknown kind {name}")))
}
