//! Reading the ledger: what is due, what was sent.

use super::{
    SqliteStore,
    load::{id, moment, number, text},
    log,
};
use crate::sql::made;
use crate::{Doc, DueDelivery, DueReminder, Page, Reader, StoreError, error::failed};
use domain::{
    id::*,
    ledger::{Delivery, ScheduleState, Scheduled},
};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::{Row, sqlite::SqliteRow};

pub(super) const DUE: &str = "select r.person, p.home, r.stream, r.task, r.reminder, r.generation, r.moment \
    from reminder r join person p on p.id = r.person where r.state = 'open' and r.moment <= $1 order by r.moment limit $2";

pub(super) const DUE_DELIVERIES: &str = "select d.doc, p.home from delivery d join person p on p.id = d.person \
    where d.state = 'open' and d.next_at <= $1 order by d.next_at limit $2";

pub(super) const NEXT: &str = "select min(at) from (select min(moment) at from reminder where state = 'open' \
    union all select min(next_at) from delivery where state = 'open' \
    union all select min(next_at) from retry where next_at is not null)";

const DELIVERIES: &str = "select d.doc, d.created_at, d.id from delivery d \
    where d.person = $1 and (d.created_at, d.id) < ($2, $3) order by d.created_at desc, d.id desc limit $4";

const REMINDERS: &str = "select r.task, r.reminder, r.generation, r.person, r.stream, r.moment, coalesce(t.doc->>'title', '') \
    from reminder r left join task t on t.id = r.task \
    where r.person = $1 and r.state = 'open' and (r.moment, r.task, r.reminder) > ($2, $3, $4) \
    order by r.moment, r.task, r.reminder limit $5";

impl SqliteStore {
    pub(super) async fn due(
        &self,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueReminder>, StoreError> {
        let query = sqlx::query(DUE)
            .bind(until.as_microsecond())
            .bind(i64::from(limit));
        let rows = query
            .fetch_all(&mut *self.readers.take().await?)
            .await
            .map_err(failed)?;
        let due = |row: &SqliteRow| {
            Ok(DueReminder {
                person: UserId(id(row, 0)?),
                home: StreamId(id(row, 1)?),
                stream: StreamId(id(row, 2)?),
                task: TaskId(id(row, 3)?),
                reminder: ReminderId(id(row, 4)?),
                generation: number(row, 5)?,
                moment: moment(row.try_get(6).map_err(failed)?)?,
            })
        };
        rows.iter().map(due).collect()
    }

    pub(super) async fn due_deliveries(
        &self,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        let query = sqlx::query(DUE_DELIVERIES)
            .bind(until.as_microsecond())
            .bind(i64::from(limit));
        let rows = query
            .fetch_all(&mut *self.readers.take().await?)
            .await
            .map_err(failed)?;
        rows.iter().map(due_delivery).collect()
    }

    pub(super) async fn delivery(&self, id: DeliveryId) -> Result<Option<DueDelivery>, StoreError> {
        let sql =
            "select d.doc, p.home from delivery d join person p on p.id = d.person where d.id = $1";
        let row = sqlx::query(sql)
            .bind(id.to_string())
            .fetch_optional(&mut *self.readers.take().await?)
            .await;
        row.map_err(failed)?.as_ref().map(due_delivery).transpose()
    }

    pub(super) async fn next_moment(&self) -> Result<Option<Timestamp>, StoreError> {
        let next: Option<i64> = sqlx::query_scalar(NEXT)
            .fetch_one(&mut *self.readers.take().await?)
            .await
            .map_err(failed)?;
        next.map(moment).transpose()
    }

    pub(super) async fn deliveries(
        &self,
        who: &Reader,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, StoreError> {
        let bound = contract::doc::json(&("deliveries", who.person));
        let (at, id) = match after
            .map(|cursor| self.signer.open(cursor, &bound))
            .transpose()?
            .as_deref()
        {
            None => (i64::MAX, String::new()),
            Some([Value::Number(at), Value::String(id)]) => {
                (at.as_i64().unwrap_or(i64::MAX), id.clone())
            }
            Some(_) => return Err(StoreError::CursorInvalid),
        };
        let sql = format!("{}; {DELIVERIES}", log::CURSOR);
        let query = sqlx::query(made(sql))
            .bind(who.person.to_string())
            .bind(at)
            .bind(id)
            .bind(i64::from(limit) + 1);
        let rows = query
            .fetch_all(&mut *self.readers.take().await?)
            .await
            .map_err(failed)?;
        self.page(&rows, limit, &bound, |row| {
            let delivery = read(text(row, 0)?)?;
            let keys =
                contract::doc::json(&(row.try_get::<i64, _>(1).map_err(failed)?, text(row, 2)?));
            let json = contract::ledger::delivery(&delivery);
            Ok((
                Doc {
                    id: delivery.id.0,
                    version: u64::from(delivery.attempt),
                    json,
                },
                keys,
            ))
        })
    }

    pub(super) async fn reminders(
        &self,
        who: &Reader,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, StoreError> {
        let bound = contract::doc::json(&("reminders", who.person));
        let (at, task, reminder) = match after
            .map(|cursor| self.signer.open(cursor, &bound))
            .transpose()?
            .as_deref()
        {
            None => (i64::MIN, String::new(), String::new()),
            Some(
                [
                    Value::Number(at),
                    Value::String(task),
                    Value::String(reminder),
                ],
            ) => (
                at.as_i64().unwrap_or(i64::MAX),
                task.clone(),
                reminder.clone(),
            ),
            Some(_) => return Err(StoreError::CursorInvalid),
        };
        let sql = format!("{}; {REMINDERS}", log::CURSOR);
        let query = sqlx::query(made(sql))
            .bind(who.person.to_string())
            .bind(at)
            .bind(task)
            .bind(reminder);
        let rows = query
            .bind(i64::from(limit) + 1)
            .fetch_all(&mut *self.readers.take().await?)
            .await
            .map_err(failed)?;
        self.page(&rows, limit, &bound, |row| {
            let scheduled = Scheduled {
                task: TaskId(id(row, 0)?),
                reminder: ReminderId(id(row, 1)?),
                generation: number(row, 2)?,
                person: UserId(id(row, 3)?),
                stream: StreamId(id(row, 4)?),
                moment: moment(row.try_get(5).map_err(failed)?)?,
                state: ScheduleState::Open,
            };
            let keys = contract::doc::json(&(
                scheduled.moment.as_microsecond(),
                scheduled.task,
                scheduled.reminder,
            ));
            let json = contract::ledger::reminder(&scheduled, text(row, 6)?);
            Ok((
                Doc {
                    id: scheduled.reminder.0,
                    version: scheduled.generation,
                    json,
                },
                keys,
            ))
        })
    }

    /// A page out of the feed's cursor and one row more than asked for.
    fn page(
        &self,
        rows: &[SqliteRow],
        limit: u32,
        bound: &str,
        read: impl Fn(&SqliteRow) -> Result<(Doc, String), StoreError>,
    ) -> Result<Page, StoreError> {
        let (cursor, rows) = rows
            .split_first()
            .ok_or_else(|| StoreError::Corrupt("a page has no rows".to_owned()))?;
        let mut read = rows
            .iter()
            .take(limit as usize)
            .map(read)
            .collect::<Result<Vec<_>, _>>()?;
        let more = rows.len() > limit as usize;
        let next = read
            .last()
            .filter(|_| more)
            .map(|(_, keys)| self.signer.seal(keys, bound));
        Ok(Page {
            items: read.drain(..).map(|(doc, _)| doc).collect(),
            next,
            cursor: text(cursor, 0)?.to_owned(),
        })
    }
}

fn due_delivery(row: &SqliteRow) -> Result<DueDelivery, StoreError> {
    let delivery = read(text(row, 0)?)?;
    Ok(DueDelivery {
        reader: Reader {
            person: delivery.person,
            home: StreamId(id(row, 1)?),
        },
        delivery,
    })
}

fn read(doc: &str) -> Result<Delivery, StoreError> {
    serde_json::from_str(doc).map_err(|why| StoreError::Corrupt(format!("a delivery: {why}")))
}
