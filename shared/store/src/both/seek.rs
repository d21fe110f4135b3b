//! What a command asks of the database beside rows by id: properties, neighbours, the past.

/// The streams of the person who is `$1`.
macro_rules! of_mine {
    ($($sql:literal)*) => { concat!($($sql,)* " and t.stream in (select stream from member where person = $1)") };
}

mod undo;

use super::log;
use crate::{
    Reader, StoreError,
    ask::{Ask, Columns, Sql, values},
    decide::Command,
    overlay::Also,
};
use domain::{event::Logged, id::*, need::TasksOf};
use uuid::Uuid;

/// Finds what the command's need describes, in the transaction that then loads it.
pub(crate) async fn seek<C: Ask>(c: &mut C, command: &Command) -> Result<Also, StoreError> {
    let (who, need) = (&command.who.reader, &command.need);
    let mut also = Also::default();
    for wanted in &need.tasks_of {
        also.tasks.extend(tasks_of(c, who, wanted).await?);
    }
    for task in &need.after {
        also.tasks.push(*task);
        also.tasks.extend(neighbour(c, who, *task, NEXT).await?);
    }
    for task in &need.first {
        also.tasks.push(*task);
        also.tasks.extend(neighbour(c, who, *task, FIRST).await?);
    }
    for series in &need.series {
        also.tasks.extend(of_series(c, who, series.0).await?);
    }
    for (task, version) in &need.since {
        also.past.extend(since(c, who, *task, *version).await?);
    }
    if let Some(undo) = &need.undo {
        undo::past(c, who, undo, &mut also).await?;
    }
    Ok(also)
}

const SIBLINGS: &str = of_mine!(
    "select t.id from task t join task me on me.id = $2 and t.stream = me.stream \
    where t.list_id is not distinct from me.list_id and t.section_id is not distinct from me.section_id \
    and t.parent_id is not distinct from me.parent_id and t.deleted_at is null and t.status = 'open'"
);

const NEXT: &str = "and (t.position, t.id) > (me.position, me.id)";

const FIRST: &str = "and t.id <> me.id";

async fn neighbour<C: Ask>(
    c: &mut C,
    who: &Reader,
    task: TaskId,
    which: &str,
) -> Result<Vec<TaskId>, StoreError> {
    let sql = format!("{SIBLINGS} {which} order by t.position, t.id limit 1");
    ids(c, sql.into(), who, task.to_string()).await
}

async fn tasks_of<C: Ask>(
    c: &mut C,
    who: &Reader,
    wanted: &TasksOf,
) -> Result<Vec<TaskId>, StoreError> {
    let (sql, value) = match wanted {
        TasksOf::List(list) => (
            of_mine!("select t.id from task t where t.list_id = $2"),
            list.to_string(),
        ),
        TasksOf::Section(section) => (
            of_mine!("select t.id from task t where t.section_id = $2"),
            section.to_string(),
        ),
        TasksOf::Tag(tag) => (
            of_mine!(
                "select t.id from task_tag g join task t on t.id = g.task where g.tag = $2 and g.stream = t.stream"
            ),
            tag.to_lowercase(),
        ),
        TasksOf::Trash(before) => {
            let trash = of_mine!("select t.id from task t where t.deleted_at < cast($2 as bigint)");
            let sql = format!("{trash} order by t.deleted_at limit 1000");
            return ids(c, sql.into(), who, before.to_string()).await;
        }
        TasksOf::Floating => (
            of_mine!(
                "select t.id from task t where t.status = 'open' and t.deleted_at is null and t.floats and $2 = ''"
            ),
            String::new(),
        ),
    };
    ids(c, sql.into(), who, value).await
}

/// The open occurrences of a series, and the last one that was closed.
async fn of_series<C: Ask>(
    c: &mut C,
    who: &Reader,
    series: Uuid,
) -> Result<Vec<TaskId>, StoreError> {
    let open = of_mine!(
        "select t.id from task t where t.series_id = $2 and t.status = 'open' and t.deleted_at is null"
    );
    let closed =
        of_mine!("select t.id from task t where t.series_id = $2 and t.closed_at is not null");
    let last = format!("{closed} order by t.closed_at desc, t.id desc limit 1");
    let mut found = ids(c, open.into(), who, series.to_string()).await?;
    found.extend(ids(c, last.into(), who, series.to_string()).await?);
    Ok(found)
}

async fn ids<C: Ask>(
    c: &mut C,
    sql: Sql,
    who: &Reader,
    value: String,
) -> Result<Vec<TaskId>, StoreError> {
    let rows = c.ask(sql, values![who.person.to_string(), value]).await?;
    rows.iter().map(|row| Ok(TaskId(row.id(0)?))).collect()
}

async fn since<C: Ask>(
    c: &mut C,
    who: &Reader,
    task: TaskId,
    version: u64,
) -> Result<Vec<Logged>, StoreError> {
    let sql = log::select(
        "l.about = $2 and l.subject = $2 and l.version > $3",
        "order by l.n",
    );
    let values = values![who.person.to_string(), task.to_string(), version as i64];
    logged(&c.ask(sql.into(), values).await?)
}

fn logged<R: Columns>(rows: &[R]) -> Result<Vec<Logged>, StoreError> {
    let mut past = Vec::with_capacity(rows.len());
    for row in rows {
        let row = log::line(row)?;
        // A purged line says nothing any more.
        let Some(payload) = &row.payload else {
            continue;
        };
        let place = (row.n, row.at, row.actor, row.client.clone(), row.run);
        let read = contract::data::logged(row.kind, row.stream, payload, place);
        past.push(
            read.map_err(|why| {
                StoreError::Corrupt(format!("line {}:{}: {why}", row.stream, row.n))
            })?,
        );
    }
    Ok(past)
}
