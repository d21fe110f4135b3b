//! A data folder with a million tasks of twenty people, each task with its line in the log and an open reminder.
//!
//! One task of each person is made by the store; the others are written beside it as copies under ids of their own, with a
//! chain of hashes as whole as the store's, because a million creates would take minutes.

use crate::house::local_person;
use anyhow::{Context, Result};
use domain::{
    command::Command,
    event::EventKind,
    id::{ReminderId, TaskId, UserId, derived},
    task::change::Expect,
};
use serde_json::json;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{path::Path, sync::Arc};
use store::{ClientKind, LogRow, Reader, Store, Writer, chain};
use tempfile::TempDir;
use uuid::Uuid;

/// People, each with a stream.
const PEOPLE: u32 = 20;
/// Lines written at once.
const LINES: usize = 2_000;
/// The first reminder; the others come a second after each other.
pub(crate) const FIRST_REMINDER: &str = "2036-11-29T14:45:00Z";

/// The folder, and who is in it.
pub(crate) struct Million {
    folder: TempDir,
    /// Tasks in all.
    pub(crate) tasks: u32,
    /// Somebody who may see all the streams.
    pub(crate) everybody: Reader,
    /// Each person, and the number of their stream's last event.
    pub(crate) people: Vec<(Reader, u64)>,
}

impl Million {
    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }

    /// Makes it; half a minute.
    pub(crate) async fn fill(tasks: u32) -> Result<Self> {
        eprintln!("filling a database with {tasks} tasks");
        let folder = crate::rows::folder()?;
        let file = folder.path().join("errand.db");
        let store = store::open(&format!("sqlite:{}", file.display()), options()).await?;
        let mut people = Vec::new();
        for number in 0..PEOPLE {
            people.push(person(&store, number).await?);
        }
        let everybody = store
            .person(UserId(derived(&["everybody"])), "everybody", "UTC")
            .await?;
        store.close().await;
        let witness = store::witness::Witness::open(&folder.path().join("witness.db")).await?;
        witness.close().await;

        let mut connection = connect(&file).await?;
        let each = tasks / PEOPLE;
        let mut ends = Vec::new();
        for (number, (reader, last)) in people.into_iter().enumerate() {
            copy_task(&mut connection, &last, number, each).await?;
            let end = copy_lines(&mut connection, &last, number, each).await?;
            ends.push((reader, end));
        }
        finish(&mut connection, &everybody).await?;
        connection.close().await?;
        Ok(Self {
            folder,
            tasks: each * PEOPLE,
            everybody,
            people: ends,
        })
    }
}

fn options() -> store::Options {
    host::deps::options(Arc::new(host::SystemClock), Arc::new(host::SystemIds))
}

async fn connect(file: &Path) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Memory)
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", "-262144");
    Ok(options.connect().await?)
}

/// A person with one task, and the line that made it. The first is the local person.
async fn person(store: &Arc<dyn Store>, number: u32) -> Result<(Reader, LogRow)> {
    let id = match number {
        0 => local_person(),
        other => UserId(derived(&["person", &other.to_string()])),
    };
    let reader = store.person(id, "somebody", "Europe/Berlin").await?;
    let reminder = ReminderId(derived(&["reminder", &number.to_string()]));
    let draft = json!({
        "title": "call mom about the party", "notes": "ask what she would like to eat", "priority": "high",
        "due": {"at": "2036-11-29T15:00:00", "time_zone": "UTC"},
        "reminders": [{"id": reminder, "person": reader.person, "at": FIRST_REMINDER}],
    });
    let command = Command::CreateTask {
        id: TaskId(derived(&["task", &number.to_string()])),
        draft: serde_json::from_value(draft)?,
        repeat: None,
    };
    let who = Writer {
        reader: reader.clone(),
        client: "bench".to_owned(),
        kind: ClientKind::Person,
        run: domain::id::RunId(derived(&["run", &number.to_string()])),
        correlation: "bench".to_owned(),
        causation: None,
        idempotency: None,
        once: None,
        keeps: None,
    };
    let need = command.need(Expect::Any);
    let decide = Arc::new(move |state: &mut domain::state::State, now| {
        command.decide(state, Expect::Any, now)?;
        Ok(store::Answer {
            status: 201,
            body: String::new(),
            version: Some(1),
        })
    });
    store.commit(&who, need, decide).await?;
    let lines = store.lines(reader.home, 0, 100).await?;
    let last = lines
        .into_iter()
        .last()
        .context("a person without a line")?;
    Ok((reader, last))
}

/// The id of a copy.
fn copy_id(person: usize, copy: u32) -> String {
    format!("{person:08x}-0000-7000-8000-{copy:012x}")
}

/// Writes the task's row and its reminder's again and again, a second apart.
async fn copy_task(
    connection: &mut SqliteConnection,
    made: &LogRow,
    person: usize,
    each: u32,
) -> Result<()> {
    let columns: Vec<String> = sqlx::query_scalar("select name from pragma_table_info('task')")
        .fetch_all(&mut *connection)
        .await?;
    let id = format!("printf('{person:08x}-0000-7000-8000-%012x', c.i)");
    let value = |column: &String| match column.as_str() {
        "no" => "null".to_owned(),
        "id" => id.clone(),
        "due_key" | "due_end" | "created_at" => format!("t.{column} + c.i * 1000000"),
        "doc" => format!("replace(t.doc, t.id, {id})"),
        other => format!("t.{other}"),
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    let sql = format!(
        "with recursive c(i) as (select 1 union all select i + 1 from c where i < {}) \
            insert into task ({}) select {} from c cross join task t where t.id = '{}'; \
        with recursive c(i) as (select 1 union all select i + 1 from c where i < {}) \
            insert into reminder (task, reminder, generation, person, stream, moment, state) \
            select {id}, r.reminder, 1, r.person, r.stream, r.moment + c.i * 1000000, r.state \
            from c cross join reminder r where r.task = '{}'",
        each - 1,
        columns.join(","),
        values.join(","),
        made.subject,
        each - 1,
        made.subject
    );
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await?;
    Ok(())
}

/// Writes the lines that made the copies, chained, and the head. Answers the last one's number.
async fn copy_lines(
    connection: &mut SqliteConnection,
    made: &LogRow,
    person: usize,
    each: u32,
) -> Result<u64> {
    let payload = made.payload.as_deref().context("a line without content")?;
    let of_copy = |id: &str| payload.replace(&made.subject.to_string(), id);
    let mut last = made.clone();
    let mut rows = Vec::with_capacity(LINES);
    for copy in 1..each {
        let id = copy_id(person, copy);
        let (salt, payload) = (chain::salt(u128::from(copy)), of_copy(&id));
        let mut row = LogRow {
            n: last.n + 1,
            subject: id.parse::<Uuid>()?,
            digest: chain::digest(&salt, &payload),
            payload: Some(payload),
            salt: Some(salt),
            ..last.clone()
        };
        row.hash = chain::link(&last.hash, &row);
        rows.push(columns(&row));
        last = row;
        if rows.len() == LINES {
            put_lines(connection, &rows).await?;
            rows.clear();
        }
    }
    put_lines(connection, &rows).await?;
    sqlx::query(
        "update stream_head set n = $2, hash = $3, at = $4, open_tasks = $5 where stream = $1",
    )
    .bind(last.stream.to_string())
    .bind(i64::try_from(last.n)?)
    .bind(&last.hash)
    .bind(last.at.as_microsecond())
    .bind(i64::from(each))
    .execute(connection)
    .await?;
    Ok(last.n)
}

type Columns = serde_json::Value;

fn columns(row: &LogRow) -> Columns {
    json!([
        row.stream,
        row.n,
        EventKind::name(row.kind),
        row.subject,
        row.subject,
        row.version,
        row.payload,
        row.actor,
        row.client,
        row.client_kind,
        row.run,
        row.correlation,
        row.causation,
        row.at.as_microsecond(),
        row.salt,
        row.digest,
        row.hash
    ])
}

async fn put_lines(connection: &mut SqliteConnection, rows: &[Columns]) -> Result<()> {
    let values: Vec<String> = (0..17).map(|at| format!("j.value->>{at}")).collect();
    let sql = format!(
        "insert into log (stream, n, kind, subject, about, version, payload, actor, client, client_kind, run, correlation, \
            causation, at, salt, digest, hash) select {} from json_each($1) j order by j.key",
        values.join(",")
    );
    let rows = serde_json::to_string(rows)?;
    sqlx::query(AssertSqlSafe(sql))
        .bind(rows)
        .execute(connection)
        .await?;
    Ok(())
}

/// Lets somebody see everything, shows the witness everything, and publishes nothing.
async fn finish(connection: &mut SqliteConnection, everybody: &Reader) -> Result<()> {
    let witness: String =
        sqlx::query_scalar("select file from pragma_database_list where name = 'main'")
            .fetch_one(&mut *connection)
            .await?;
    let witness = witness.replace("errand.db", "witness.db");
    let sql = format!(
        "insert into member (person, stream) select '{person}', stream from stream_head where stream <> '{home}'; \
        delete from outbox; \
        attach '{witness}' as witness; \
        insert into witness.line (stream, n, kind, subject, version, actor, client, client_kind, run, correlation, causation, \
            at, digest, hash) select stream, n, kind, subject, version, actor, client, client_kind, run, correlation, \
            causation, at, digest, hash from log order by stream, n; \
        detach witness",
        person = everybody.person,
        home = everybody.home
    );
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await?;
    Ok(())
}
