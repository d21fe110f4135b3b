//! What is to be published, and what was not taken.

use super::log;
use crate::{
    Dead, Outgoing, Settled, StoreError,
    ask::{Columns, Statement, Whose, values},
    backend::{Backend, dialect},
};
use domain::{event::EventKind, id::*};
use jiff::Timestamp;

/// The oldest of the outbox; as many as `$2` says.
pub(crate) fn oldest_sql() -> String {
    format!(
        "select o.id, o.stream, o.kind, o.n, o.wake, o.subject, o.at, null, null, null, {0} from outbox o \
            left join log l on l.stream = o.stream and l.n = o.n order by o.id limit $2",
        log::COLUMNS
    )
}

/// The retries whose moment has come at `$1`; as many as `$2` says. A retry's id is negative.
pub(crate) fn retries_sql() -> String {
    format!(
        "select -o.id, o.stream, o.kind, o.n, o.wake, o.subject, o.at, o.subscriber, o.attempt, o.why, {0} from retry o \
            left join log l on l.stream = o.stream and l.n = o.n where o.next_at <= $1 order by o.next_at, o.id limit $2",
        log::COLUMNS
    )
}

/// What goes to the retries: `j` has the id, the subscriber, attempt, next try and why. A retry's id is below zero here.
const LEFT: &str = "insert into retry (stream, n, kind, wake, subject, at, subscriber, attempt, next_at, why) \
    select stream, n, kind, wake, subject, at, value->>1, cast(value->>2 as bigint), cast(value->>3 as bigint), value->>4 from ( \
        select o.stream, o.n, o.kind, o.wake, o.subject, o.at, j.key, j.value \
            from {} join outbox o on o.id = cast(j.value->>0 as bigint) \
        union all select o.stream, o.n, o.kind, o.wake, o.subject, o.at, j.key, j.value \
            from {} join retry o on o.id = -cast(j.value->>0 as bigint)) l order by key";

pub(super) async fn outgoing<B: Backend>(
    db: &B,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Outgoing>, StoreError> {
    let sql = dialect::<B>().then(&oldest_sql(), &retries_sql());
    let rows = db
        .ask(Whose::House, sql.into(), values![now, i64::from(limit)])
        .await?;
    rows.iter().map(row).collect()
}

pub(super) async fn settle<B: Backend>(db: &B, settled: Vec<Settled>) -> Result<(), StoreError> {
    let (mut sent, mut retried, mut left) = (Vec::new(), Vec::new(), Vec::new());
    for settled in settled {
        let (id, undelivered) = match settled {
            Settled::Done(id) => (id, Vec::new()),
            Settled::Left(id, undelivered) => (id, undelivered),
        };
        if id < 0 {
            retried.push(-id);
        } else {
            sent.push(id);
        }
        left.extend(undelivered.into_iter().map(|one| {
            let next_at = one.next_at.map(Timestamp::as_microsecond);
            (id, one.subscriber, one.attempt, next_at, one.why)
        }));
    }
    let each = dialect::<B>().each(1);
    let mut statements = Vec::new();
    if !left.is_empty() {
        let values = values![contract::doc::json(&left)];
        statements.push(Statement::new(LEFT.replace("{}", &each), values));
    }
    // What was just added has a higher id than anything that was read.
    for (table, done) in [("retry", retried), ("outbox", sent)] {
        if !done.is_empty() {
            let ids = dialect::<B>().among_numbers("id", 1);
            let sql = format!("delete from {table} where {ids}");
            statements.push(Statement::new(sql, values![contract::doc::json(&done)]));
        }
    }
    db.tell(Whose::House, statements).await.map(drop)
}

pub(super) async fn dead<B: Backend>(db: &B, limit: u32) -> Result<Vec<Dead>, StoreError> {
    let sql = format!(
        "select -o.id, o.stream, o.kind, o.n, o.wake, o.subject, o.at, o.subscriber, o.attempt, o.why, {} from retry o \
            left join log l on l.stream = o.stream and l.n = o.n where o.next_at is null order by o.id limit $1",
        log::COLUMNS
    );
    let rows = db
        .ask(Whose::House, sql.into(), values![i64::from(limit)])
        .await?;
    rows.iter()
        .map(|found| {
            Ok(Dead {
                event: row(found)?,
                why: found.owned(9)?,
            })
        })
        .collect()
}

pub(super) async fn revive<B: Backend>(
    db: &B,
    ids: &[i64],
    now: Timestamp,
) -> Result<(), StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| -id).collect();
    let sql = format!(
        "update retry set next_at = $1, attempt = 0 where next_at is null and {}",
        dialect::<B>().among_numbers("id", 2)
    );
    let values = values![now, contract::doc::json(&ids)];
    db.tell(Whose::House, vec![Statement::new(sql, values)])
        .await
        .map(drop)
}

fn row<R: Columns>(row: &R) -> Result<Outgoing, StoreError> {
    let kind = row.text(2)?;
    let stream = StreamId(row.id(1)?);
    let n = row.maybe_int(3)?;
    let wake = || row.maybe_owned(4).map(Option::unwrap_or_default);
    let attempt = row.maybe_int(8)?.unwrap_or_default() as u32;
    Ok(Outgoing {
        id: row.int(0)?,
        stream,
        kind: EventKind::named(kind)
            .ok_or_else(|| StoreError::Corrupt(format!("an event of the unknown kind {kind}")))?,
        event_id: n.map_or_else(wake, |n| Ok(format!("{stream}:{n}")))?,
        row: n.map(|_| log::line_from(row, 10)).transpose()?,
        subject: row.id(5)?,
        at: row.moment(6)?,
        retry: row.maybe_owned(7)?.map(|subscriber| (subscriber, attempt)),
    })
}
