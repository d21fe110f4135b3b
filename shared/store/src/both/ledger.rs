//! Reading the ledger: what is due, what was sent.

use super::{
    log,
    pages::{opened, page},
};
use crate::{
    Doc, DueDelivery, DueReminder, Page, Reader, StoreError,
    ask::{Columns, Whose, values},
    backend::{Backend, dialect},
};
use domain::{
    id::*,
    ledger::{Delivery, ScheduleState, Scheduled},
};
use jiff::Timestamp;
use serde_json::Value;

pub(crate) const DUE: &str = "select r.person, p.home, r.stream, r.task, r.reminder, r.generation, r.moment \
    from reminder r join person p on p.id = r.person where r.state = 'open' and r.moment <= $1 order by r.moment limit $2";

pub(crate) const DUE_DELIVERIES: &str = "select d.doc, p.home from delivery d join person p on p.id = d.person \
    where d.state = 'open' and d.next_at <= $1 order by d.next_at limit $2";

const NEXT: &str = "select min(m.at) from (select min(moment) as at from reminder where state = 'open' and moment > $1 \
    union all select min(next_at) from delivery where state = 'open' and next_at > $1 \
    union all select min(next_at) from retry where next_at > $1) m";

const DELIVERIES: &str = "select d.doc, d.created_at, d.id from delivery d \
    where d.person = $1 and (d.created_at, d.id) < ($2, $3) order by d.created_at desc, d.id desc limit $4";

/// The last column is the title of the task.
const REMINDERS: &str = "select r.task, r.reminder, r.generation, r.person, r.stream, r.moment, coalesce({}, '') \
    from reminder r left join task t on t.id = r.task \
    where r.person = $1 and r.state = 'open' and (r.moment, r.task, r.reminder) > ($2, $3, $4) \
    order by r.moment, r.task, r.reminder limit $5";

pub(super) async fn due<B: Backend>(
    db: &B,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<DueReminder>, StoreError> {
    let rows = db
        .ask(Whose::House, DUE.into(), values![until, i64::from(limit)])
        .await?;
    rows.iter()
        .map(|row| {
            Ok(DueReminder {
                person: UserId(row.id(0)?),
                home: StreamId(row.id(1)?),
                stream: StreamId(row.id(2)?),
                task: TaskId(row.id(3)?),
                reminder: ReminderId(row.id(4)?),
                generation: row.number(5)?,
                moment: row.moment(6)?,
            })
        })
        .collect()
}

pub(super) async fn due_deliveries<B: Backend>(
    db: &B,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<DueDelivery>, StoreError> {
    let values = values![until, i64::from(limit)];
    let rows = db.ask(Whose::House, DUE_DELIVERIES.into(), values).await?;
    rows.iter().map(due_delivery).collect()
}

pub(super) async fn delivery<B: Backend>(
    db: &B,
    id: DeliveryId,
) -> Result<Option<DueDelivery>, StoreError> {
    let sql =
        "select d.doc, p.home from delivery d join person p on p.id = d.person where d.id = $1";
    let rows = db
        .ask(Whose::House, sql.into(), values![id.to_string()])
        .await?;
    rows.first().map(due_delivery).transpose()
}

pub(super) async fn next_moment<B: Backend>(
    db: &B,
    after: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let rows = db.ask(Whose::House, NEXT.into(), values![after]).await?;
    let next = rows.first().map(|row| row.maybe_int(0)).transpose()?;
    next.flatten().map(crate::ask::moment).transpose()
}

pub(super) async fn deliveries<B: Backend>(
    db: &B,
    who: &Reader,
    after: Option<&str>,
    limit: u32,
) -> Result<Page, StoreError> {
    let bound = contract::doc::json(&("deliveries", who.person));
    let (at, id) = match opened(db, after, &bound)?.as_deref() {
        None => (i64::MAX, String::new()),
        Some([Value::Number(at), Value::String(id)]) => {
            (at.as_i64().unwrap_or(i64::MAX), id.clone())
        }
        Some(_) => return Err(StoreError::CursorInvalid),
    };
    let values = values![who.person.to_string(), at, id, i64::from(limit) + 1];
    let sql = dialect::<B>().headed(log::CURSOR, DELIVERIES, 3);
    let rows = db
        .ask(Whose::Person(who.person), sql.into(), values)
        .await?;
    page(db, &rows, limit, &bound, |row| {
        let delivery = read(row.text(0)?)?;
        let keys = contract::doc::json(&(row.int(1)?, row.text(2)?));
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

pub(super) async fn reminders<B: Backend>(
    db: &B,
    who: &Reader,
    after: Option<&str>,
    limit: u32,
) -> Result<Page, StoreError> {
    let bound = contract::doc::json(&("reminders", who.person));
    let (at, task, reminder) = match opened(db, after, &bound)?.as_deref() {
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
    let person = who.person.to_string();
    let values = values![person, at, task, reminder, i64::from(limit) + 1];
    let dialect = dialect::<B>();
    let sql = REMINDERS.replace("{}", &dialect.field("t.doc", "title"));
    let sql = dialect.headed(log::CURSOR, &sql, 7);
    let rows = db
        .ask(Whose::Person(who.person), sql.into(), values)
        .await?;
    page(db, &rows, limit, &bound, |row| {
        let scheduled = Scheduled {
            task: TaskId(row.id(0)?),
            reminder: ReminderId(row.id(1)?),
            generation: row.number(2)?,
            person: UserId(row.id(3)?),
            stream: StreamId(row.id(4)?),
            moment: row.moment(5)?,
            state: ScheduleState::Open,
        };
        let keys = contract::doc::json(&(
            scheduled.moment.as_microsecond(),
            scheduled.task,
            scheduled.reminder,
        ));
        let json = contract::ledger::reminder(&scheduled, row.text(6)?);
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

fn due_delivery<R: Columns>(row: &R) -> Result<DueDelivery, StoreError> {
    let delivery = read(row.text(0)?)?;
    Ok(DueDelivery {
        reader: Reader {
            person: delivery.person,
            home: StreamId(row.id(1)?),
        },
        delivery,
    })
}

fn read(doc: &str) -> Result<Delivery, StoreError> {
    serde_json::from_str(doc).map_err(|why| StoreError::Corrupt(format!("a delivery: {why}")))
}
