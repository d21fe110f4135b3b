//! Folding the log again and comparing it with the rows.

use super::{
    SqliteStore,
    batch::Batch,
    load::{id, text},
    log, write,
};
use crate::{
    StoreError,
    error::failed,
    plan::{Flat, Fold, Plan, RecordRow, TaskRow},
};
use domain::id::*;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Lines folded at once.
const LINES: u32 = 5_000;

impl SqliteStore {
    pub(super) async fn rebuild(&self, repair: bool) -> Result<Vec<String>, StoreError> {
        let streams = self.heads().await?;
        let mut differs = Vec::new();
        for (stream, _, _) in streams {
            let found = self
                .write(move |c| Box::pin(rebuild(c, stream, repair)))
                .await?;
            differs.extend(found);
        }
        Ok(differs)
    }
}

/// One stream, in one transaction with the writes.
async fn rebuild(
    c: &mut SqliteConnection,
    stream: StreamId,
    repair: bool,
) -> Result<Vec<String>, StoreError> {
    let sql = "select coalesce((select id from person where home = $1), $1), at from stream_head where stream = $1";
    let head = sqlx::query(sql)
        .bind(stream.to_string())
        .fetch_one(&mut *c)
        .await
        .map_err(failed)?;
    // A stream without events has the time at which it was made.
    let mut fold = Fold::new(
        stream,
        UserId(id(&head, 0)?),
        head.try_get(1).map_err(failed)?,
    );
    loop {
        let lines = log::lines(c, stream, fold.n(), LINES).await?;
        for line in &lines {
            fold.line(line)?;
        }
        if lines.len() < LINES as usize {
            break;
        }
    }
    let plan = fold.rows();
    let wrong = compare(c, stream, &fold, &plan).await?;
    let mut words = fold.broken.clone();
    words.extend(wrong.words(stream));
    if repair && wrong.is_any() {
        mend(c, stream, plan, &wrong).await?;
    }
    Ok(words)
}

/// What differs.
#[derive(Default)]
struct Wrong {
    head: bool,
    tags: bool,
    tasks: BTreeSet<Uuid>,
    records: BTreeSet<Uuid>,
}

impl Wrong {
    fn is_any(&self) -> bool {
        self.head || self.tags || !self.tasks.is_empty() || !self.records.is_empty()
    }

    fn words(&self, stream: StreamId) -> Vec<String> {
        let mut words = Vec::new();
        words.extend(
            self.head
                .then(|| format!("stream {stream}: the head is not what the log says")),
        );
        words.extend(
            self.tags
                .then(|| format!("stream {stream}: the tags are not what the log says")),
        );
        words.extend(
            self.tasks
                .iter()
                .map(|id| format!("task {id} is not what the log says")),
        );
        words.extend(
            self.records
                .iter()
                .map(|id| format!("record {id} is not what the log says")),
        );
        words
    }
}

async fn compare(
    c: &mut SqliteConnection,
    stream: StreamId,
    fold: &Fold,
    plan: &Plan,
) -> Result<Wrong, StoreError> {
    let mut wrong = Wrong::default();
    let tasks: Vec<&TaskRow> = plan.fresh_tasks.values().collect();
    let records: Vec<&RecordRow> = plan.fresh_records.values().collect();
    let mut batch = Batch::default();
    batch.part(&differing::<TaskRow>(0), &(stream, tasks));
    batch.part(&differing::<RecordRow>(1), &(stream, records));
    let tags: Vec<_> = plan.tags.keys().collect();
    batch.part(
        "select 2, '' from (select j.value->>0, j.value->>1, j.value->>2, j.value->>3 from json_each($1, '$[1]') j \
            except select stream, tag, task, name from task_tag where stream = $1->>0) \
        union all select 2, '' from (select stream, tag, task, name from task_tag where stream = $1->>0 \
            except select j.value->>0, j.value->>1, j.value->>2, j.value->>3 from json_each($1, '$[1]') j)",
        &(stream, tags),
    );
    let heads: Vec<_> = plan.heads.values().collect();
    batch.part(
        "select 3, '' from json_each($1) j join stream_head h on h.stream = j.value->>0 where (h.n, h.at, h.hash, h.open_tasks, h.lists) \
            is not (j.value->>1, j.value->>2, j.value->>3, j.value->>4, j.value->>5)",
        &heads,
    );
    for row in batch.run(c).await.map_err(failed)? {
        match row.try_get::<i64, _>(0).map_err(failed)? {
            0 => drop(wrong.tasks.insert(id(&row, 1)?)),
            1 => drop(wrong.records.insert(id(&row, 1)?)),
            2 => wrong.tags = true,
            _ => wrong.head = true,
        }
    }
    forgive(c, fold, &mut wrong.tasks).await?;
    Ok(wrong)
}

/// The ids of rows that are not there, not as they should be, or should not be there. The parameter is (stream, rows).
fn differing<R: Flat>(kind: u8) -> String {
    let columns = R::COLUMNS
        .iter()
        .map(|column| format!("t.{column}"))
        .collect::<Vec<_>>()
        .join(",");
    let values = (0..R::COLUMNS.len())
        .map(|at| format!("j.value->>{at}"))
        .collect::<Vec<_>>()
        .join(",");
    let table = R::TABLE;
    format!(
        "select {kind}, j.value->>0 from json_each($1, '$[1]') j left join {table} t on t.id = j.value->>0 \
            where ({columns}) is not ({values}) \
        union select {kind}, t.id from {table} t where t.stream = $1->>0 \
            and t.id not in (select j.value->>0 from json_each($1, '$[1]') j)"
    )
}

/// What is closed and floats keeps the place in time that it had when it was closed, wherever the person travels since.
async fn forgive(
    c: &mut SqliteConnection,
    fold: &Fold,
    tasks: &mut BTreeSet<Uuid>,
) -> Result<(), StoreError> {
    let closed: Vec<Uuid> = tasks
        .iter()
        .filter(|id| fold.task(**id).is_some_and(|row| !row.value.is_live()))
        .copied()
        .collect();
    if closed.is_empty() {
        return Ok(());
    }
    let mut batch = Batch::default();
    batch.part("select t.id, t.version, t.doc, t.reminders from json_each($1) j join task t on t.id = j.value where t.floats", &closed);
    for row in batch.run(c).await.map_err(failed)? {
        let is_same = |row: &SqliteRow| -> Result<bool, StoreError> {
            let Ok(stored) = contract::doc::read_task(text(row, 2)?, text(row, 3)?) else {
                return Ok(false);
            };
            let folded = fold.task(id(row, 0)?);
            Ok(folded.is_some_and(|folded| folded.value == stored)
                && folded.map(|row| row.version) == Some(super::load::number(row, 1)?))
        };
        if is_same(&row)? {
            tasks.remove(&id(&row, 0)?);
        }
    }
    Ok(())
}

/// Writes what differs anew.
async fn mend(
    c: &mut SqliteConnection,
    stream: StreamId,
    mut plan: Plan,
    wrong: &Wrong,
) -> Result<(), StoreError> {
    let mut batch = Batch::default();
    batch.part("delete from task_text where rowid in (select t.no from json_each($1) j join task t on t.id = j.value)", &wrong.tasks);
    batch.part(
        "delete from task where id in (select value from json_each($1))",
        &wrong.tasks,
    );
    batch.part(
        "delete from record where id in (select value from json_each($1))",
        &wrong.records,
    );
    batch.part(
        "delete from task_tag where stream in (select value from json_each($1))",
        &[stream],
    );
    plan.fresh_tasks.retain(|id, _| wrong.tasks.contains(id));
    plan.texts.retain(|id, _| wrong.tasks.contains(id));
    plan.fresh_records
        .retain(|id, _| wrong.records.contains(id));
    write::put(&mut batch, &plan);
    batch.run(c).await.map(drop).map_err(failed)
}
