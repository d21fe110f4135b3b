//! What is to be published, and what was not taken.

use super::{
    SqliteStore,
    batch::Batch,
    load::{id, moment, text},
    log,
};
use crate::sql::made;
use crate::{Dead, LogRow, Outgoing, Settled, StoreError, error::failed};
use domain::{event::EventKind, id::*};
use jiff::Timestamp;
use sqlx::{Row, sqlite::SqliteRow};

/// The oldest of the outbox, and the retries whose moment has come. A retry's id is negative.
pub(super) fn outgoing_sql() -> String {
    format!(
        "select o.id, o.stream, o.kind, o.n, o.wake, o.subject, o.at, null, null, null, {0} from outbox o \
            left join log l on l.stream = o.stream and l.n = o.n order by o.id limit $2; \
        select -o.id, o.stream, o.kind, o.n, o.wake, o.subject, o.at, o.subscriber, o.attempt, o.why, {0} from retry o \
            left join log l on l.stream = o.stream and l.n = o.n where o.next_at <= $1 order by o.next_at, o.id limit $2",
        log::COLUMNS
    )
}

const LEFT: &str = "insert into retry (stream, n, kind, wake, subject, at, subscriber, attempt, next_at, why) \
    select o.stream, o.n, o.kind, o.wake, o.subject, o.at, j.value->>1, j.value->>2, j.value->>3, j.value->>4 \
    from json_each($1) j join (select id, stream, n, kind, wake, subject, at from outbox \
        union all select -id, stream, n, kind, wake, subject, at from retry) o on o.id = j.value->>0 order by j.key";

impl SqliteStore {
    pub(super) async fn outgoing(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Outgoing>, StoreError> {
        let query = sqlx::query(made(outgoing_sql()))
            .bind(now.as_microsecond())
            .bind(i64::from(limit));
        let rows = query
            .fetch_all(&mut *self.readers.take().await?)
            .await
            .map_err(failed)?;
        rows.iter().map(outgoing).collect()
    }

    pub(super) async fn settle(&self, settled: Vec<Settled>) -> Result<(), StoreError> {
        let (mut done, mut left) = (Vec::new(), Vec::new());
        for settled in settled {
            match settled {
                Settled::Done(id) => done.push(id),
                Settled::Left(id, undelivered) => {
                    done.push(id);
                    left.extend(undelivered.into_iter().map(|one| {
                        (
                            id,
                            one.subscriber,
                            one.attempt,
                            one.next_at.map(Timestamp::as_microsecond),
                            one.why,
                        )
                    }));
                }
            }
        }
        self.write(move |connection| {
            Box::pin(async move {
                let mut batch = Batch::default();
                batch.rows(LEFT, &left);
                // What was just added has a higher id than anything that was read.
                batch.part("delete from retry where id in (select -value from json_each($1) where value < 0)", &done);
                batch.part("delete from outbox where id in (select value from json_each($1) where value > 0)", &done);
                batch.run(connection).await.map(drop).map_err(failed)
            })
        })
        .await
    }

    pub(super) async fn dead(&self, limit: u32) -> Result<Vec<Dead>, StoreError> {
        let sql = format!(
            "select -o.id, o.stream, o.kind, o.n, o.wake, o.subject, o.at, o.subscriber, o.attempt, o.why, {} from retry o \
                left join log l on l.stream = o.stream and l.n = o.n where o.next_at is null order by o.id limit $1",
            log::COLUMNS
        );
        let query = sqlx::query(made(sql)).bind(i64::from(limit));
        let rows = query
            .fetch_all(&mut *self.readers.take().await?)
            .await
            .map_err(failed)?;
        rows.iter()
            .map(|row| {
                Ok(Dead {
                    event: outgoing(row)?,
                    why: text(row, 9)?.to_owned(),
                })
            })
            .collect()
    }

    pub(super) async fn revive(&self, ids: Vec<i64>, now: Timestamp) -> Result<(), StoreError> {
        self.write(move |connection| {
            Box::pin(async move {
                let sql = "update retry set next_at = $1->>0, attempt = 0 where next_at is null \
                    and id in (select -value from json_each($1, '$[1]'))";
                let mut batch = Batch::default();
                batch.part(sql, &(now.as_microsecond(), ids));
                batch.run(connection).await.map(drop).map_err(failed)
            })
        })
        .await
    }
}

fn outgoing(row: &SqliteRow) -> Result<Outgoing, StoreError> {
    let kind = text(row, 2)?;
    let stream = StreamId(id(row, 1)?);
    let maybe = |at: usize| row.try_get::<Option<String>, _>(at).map_err(failed);
    let n = row.try_get::<Option<i64>, _>(3).map_err(failed)?;
    let attempt = row.try_get::<Option<i64>, _>(8).map_err(failed)?;
    Ok(Outgoing {
        id: row.try_get(0).map_err(failed)?,
        stream,
        kind: EventKind::named(kind)
            .ok_or_else(|| StoreError::Corrupt(format!("an event of the unknown kind {kind}")))?,
        event_id: n.map_or(maybe(4)?.unwrap_or_default(), |n| format!("{stream}:{n}")),
        row: n.map(|_| line(row)).transpose()?,
        subject: id(row, 5)?,
        at: moment(row.try_get(6).map_err(failed)?)?,
        retry: maybe(7)?.map(|subscriber| (subscriber, attempt.unwrap_or_default() as u32)),
    })
}

fn line(row: &SqliteRow) -> Result<LogRow, StoreError> {
    log::line_from(row, 10)
}
