//! What a command asks of the database beside rows by id: properties, neighbours, the past.

/// The streams of the person who is `$1`.
macro_rules! of_mine {
    ($($sql:literal)*) => { concat!($($sql,)* " and t.stream in (select stream from member where person = $1)") };
}

mod undo;

use super::log;
use crate::sql::made;
use crate::{Reader, StoreError, decide::Command, error::failed, overlay::Also};
use domain::{event::Logged, id::*, need::TasksOf};
use sqlx::{SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

/// Finds what the command's need describes, in the transaction that then loads it.
pub(super) async fn seek(
    connection: &mut SqliteConnection,
    command: &Command,
) -> Result<Also, StoreError> {
    let (who, need) = (&command.who.reader, &command.need);
    let mut also = Also::default();
    for wanted in &need.tasks_of {
        also.tasks.extend(tasks_of(connection, who, wanted).await?);
    }
    for task in &need.after {
        also.tasks.push(*task);
        also.tasks
            .extend(neighbour(connection, who, *task, NEXT).await?);
    }
    for task in &need.first {
        also.tasks.push(*task);
        also.tasks
            .extend(neighbour(connection, who, *task, FIRST).await?);
    }
    for series in &need.series {
        also.tasks
            .extend(of_series(connection, who, series.0).await?);
    }
    for (task, version) in &need.since {
        also.past
            .extend(since(connection, who, *task, *version).await?);
    }
    if let Some(undo) = &need.undo {
        undo::past(connection, who, undo, &mut also).await?;
    }
    Ok(also)
}

const NEXT: &str = of_mine!("select t.id from task t join task me on me.id = $2 and t.stream = me.stream \
    where t.list_id is me.list_id and t.section_id is me.section_id and t.parent_id is me.parent_id \
    and t.deleted_at is null and (t.position, t.id) > (me.position, me.id)" " and t.status = 'open'");

const FIRST: &str = of_mine!("select t.id from task t join task me on me.id = $2 and t.stream = me.stream \
    where t.list_id is me.list_id and t.section_id is me.section_id and t.parent_id is me.parent_id \
    and t.deleted_at is null and t.id <> me.id" " and t.status = 'open'");

async fn neighbour(
    c: &mut SqliteConnection,
    who: &Reader,
    task: TaskId,
    sql: &'static str,
) -> Result<Vec<TaskId>, StoreError> {
    let sql = format!("{sql} order by t.position, t.id limit 1");
    ids(c, sql, who, task.to_string()).await
}

async fn tasks_of(
    c: &mut SqliteConnection,
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
            let sql = of_mine!("select t.id from task t where t.deleted_at < cast($2 as integer)");
            return ids(
                c,
                format!("{sql} order by t.deleted_at limit 1000"),
                who,
                before.to_string(),
            )
            .await;
        }
        TasksOf::Floating => (
            of_mine!(
                "select t.id from task t where t.status = 'open' and t.deleted_at is null and t.floats and $2 = ''"
            ),
            String::new(),
        ),
    };
    ids(c, sql.to_owned(), who, value).await
}

/// The open occurrences of a series, and the last one that was closed.
async fn of_series(
    c: &mut SqliteConnection,
    who: &Reader,
    series: Uuid,
) -> Result<Vec<TaskId>, StoreError> {
    let open = of_mine!(
        "select t.id from task t where t.series_id = $2 and t.status = 'open' and t.deleted_at is null"
    );
    let closed =
        of_mine!("select t.id from task t where t.series_id = $2 and t.closed_at is not null");
    let mut found = ids(c, open.to_owned(), who, series.to_string()).await?;
    found.extend(
        ids(
            c,
            format!("{closed} order by t.closed_at desc, t.id desc limit 1"),
            who,
            series.to_string(),
        )
        .await?,
    );
    Ok(found)
}

async fn ids(
    c: &mut SqliteConnection,
    sql: String,
    who: &Reader,
    value: String,
) -> Result<Vec<TaskId>, StoreError> {
    let query = sqlx::query(made(sql))
        .bind(who.person.to_string())
        .bind(value);
    let rows = query.fetch_all(c).await.map_err(failed)?;
    rows.iter()
        .map(|row| Ok(TaskId(super::load::id(row, 0)?)))
        .collect()
}

async fn since(
    c: &mut SqliteConnection,
    who: &Reader,
    task: TaskId,
    version: u64,
) -> Result<Vec<Logged>, StoreError> {
    let sql = log::select(
        "l.about = $2 and l.subject = $2 and l.version > $3",
        "order by l.n",
    );
    let query = sqlx::query(made(sql))
        .bind(who.person.to_string())
        .bind(task.to_string())
        .bind(version as i64);
    logged(&query.fetch_all(c).await.map_err(failed)?)
}

fn logged(rows: &[SqliteRow]) -> Result<Vec<Logged>, StoreError> {
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
