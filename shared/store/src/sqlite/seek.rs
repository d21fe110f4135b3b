//! What a command asks of the database beside rows by id: properties, neighbours, the past.

use super::{load::text, log};
use crate::{Reader, StoreError, decide::Command, error::failed, overlay::Also};
use domain::{
    event::{Change, Logged},
    id::*,
    need::{TasksOf, Undo},
};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The streams of the person who is `$1`.
macro_rules! of_mine {
    ($($sql:literal)*) => { concat!($($sql,)* " and t.stream in (select stream from member where person = $1)") };
}

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
        past(connection, command, undo, &mut also).await?;
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
    let query = sqlx::query(sqlx::AssertSqlSafe(sql))
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
    let query = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(who.person.to_string())
        .bind(task.to_string())
        .bind(version as i64);
    logged(&query.fetch_all(c).await.map_err(failed)?)
}

/// The events to undo, all that happened to the same things since, and those things.
async fn past(
    c: &mut SqliteConnection,
    command: &Command,
    undo: &Undo,
    also: &mut Also,
) -> Result<(), StoreError> {
    let who = &command.who.reader;
    let chosen = match undo {
        Undo::Event(n) => {
            let sql = log::select("l.stream = $2 and l.n = $3", "");
            sqlx::query(sqlx::AssertSqlSafe(sql))
                .bind(who.person.to_string())
                .bind(who.home.to_string())
                .bind(*n as i64)
                .fetch_all(&mut *c)
                .await
        }
        Undo::Run(run) => of_run(c, who, &run.to_string()).await,
        Undo::Last { client } => match last_run(c, who, client).await? {
            Some(run) => {
                also.undoing = run.parse().ok();
                of_run(c, who, &run).await
            }
            None => return Ok(()),
        },
    };
    let chosen = chosen.map_err(failed)?;
    let about = |row: &SqliteRow| {
        Ok::<_, StoreError>((
            text(row, log::ABOUT)?.to_owned(),
            row.try_get::<i64, _>(1).map_err(failed)?,
        ))
    };
    let chosen = chosen.iter().map(about).collect::<Result<Vec<_>, _>>()?;
    let Some(first) = chosen.iter().map(|(_, n)| *n).min() else {
        return Ok(());
    };
    let abouts: BTreeSet<&str> = chosen.iter().map(|(about, _)| about.as_str()).collect();
    let sql = log::select(
        "l.about in (select value from json_each($2)) and l.n >= $3",
        "order by l.at, l.n",
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(who.person.to_string())
        .bind(contract::doc::json(&abouts))
        .bind(first);
    let rows = query.fetch_all(&mut *c).await.map_err(failed)?;
    also.past.extend(logged(&rows)?);
    let subjects: BTreeSet<Uuid> = also
        .past
        .iter()
        .map(|logged| logged.event.subject)
        .collect();
    let mut named = BTreeSet::new();
    for logged in &also.past {
        before(&logged.event.change, &mut named);
    }
    if also
        .past
        .iter()
        .any(|logged| matches!(logged.event.change, Change::Settings(_)))
    {
        also.tasks
            .extend(tasks_of(c, who, &TasksOf::Floating).await?);
    }
    let sql = of_mine!(
        "select distinct t.series_id from task t where t.id in (select value from json_each($2)) and t.series_id is not null"
    );
    for series in ids(c, sql.to_owned(), who, contract::doc::json(&subjects)).await? {
        also.records.push(series.0);
        also.tasks.extend(of_series(c, who, series.0).await?);
    }
    let all = subjects.into_iter().chain(named);
    for id in all {
        also.tasks.push(TaskId(id));
        also.records.push(id);
    }
    Ok(())
}

/// The tasks, lists and sections that a record named before it was changed, and would name again.
fn before(change: &Change, named: &mut BTreeSet<Uuid>) {
    match change {
        Change::Task(fields) => {
            let had = &fields.before;
            named.extend(had.list_id.flatten().map(|id| id.0));
            named.extend(had.section_id.flatten().map(|id| id.0));
            named.extend(had.parent_id.flatten().map(|id| id.0));
            named.extend(had.blocked_by.iter().flatten().map(|id| id.0));
        }
        Change::Section(fields) => named.extend(
            fields
                .before
                .list_id
                .or(fields.after.list_id)
                .map(|id| id.0),
        ),
        _ => {}
    }
}

async fn of_run(c: &mut SqliteConnection, who: &Reader, run: &str) -> sqlx::Result<Vec<SqliteRow>> {
    let sql = log::select("l.run = $2", "order by l.n");
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(who.person.to_string())
        .bind(run)
        .fetch_all(c)
        .await
}

/// The last run of a person by a client that is neither undone nor itself an undo, of the last 30 days.
async fn last_run(
    c: &mut SqliteConnection,
    who: &Reader,
    client: &str,
) -> Result<Option<String>, StoreError> {
    const DAYS_30: i64 = 30 * 24 * 3600 * 1_000_000;
    let undone = "select run, payload->>'undoes' from log where stream = $1 and kind = 'run.undone' order by n desc";
    let rows = sqlx::query(undone)
        .bind(who.home.to_string())
        .fetch_all(&mut *c)
        .await
        .map_err(failed)?;
    let (mut taken_back, mut undos) = (BTreeSet::new(), BTreeSet::new());
    for row in &rows {
        let by = text(row, 0)?;
        // An undo that was itself taken back undoes nothing any more.
        if !taken_back.contains(by) {
            taken_back.extend(row.try_get::<Option<String>, _>(1).map_err(failed)?);
        }
        undos.insert(by.to_owned());
    }
    let mut skip = taken_back;
    skip.extend(undos);
    let sql = "select run from log where stream = $1 and actor = $2 and client = $3 \
        and substr(kind, 1, 9) not in ('reminder.', 'security.') and kind <> 'audit.head' \
        and at > (select at from stream_head where stream = $1) - $4 \
        and run not in (select value from json_each($5)) order by n desc limit 1";
    let query = sqlx::query_scalar(sql)
        .bind(who.home.to_string())
        .bind(who.person.to_string())
        .bind(client)
        .bind(DAYS_30);
    query
        .bind(contract::doc::json(&skip))
        .fetch_optional(c)
        .await
        .map_err(failed)
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
