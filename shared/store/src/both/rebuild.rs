//! Folding the log again and comparing it with the rows.

use super::log;
use crate::{
    StoreError,
    ask::{Ask, Columns, values},
    backend::Backend,
    plan::{Flat, Fold, HeadRow, Plan, TagRow, cells, columns},
};
use domain::id::*;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Lines folded at once.
const LINES: u32 = 5_000;

pub(super) async fn rebuild<B: Backend>(db: &B, repair: bool) -> Result<Vec<String>, StoreError> {
    let mut differs = Vec::new();
    for (stream, _, _) in log::heads(db).await? {
        differs.extend(db.refold(stream, repair).await?);
    }
    Ok(differs)
}

/// What a stream's log folds to, and where the rows are not that.
pub(crate) struct Found {
    /// Every row as it should be, in the `fresh` tables.
    pub plan: Plan,
    pub wrong: Wrong,
    /// Both what is broken in the log and what differs.
    pub words: Vec<String>,
}

/// Folds one stream, in a transaction with the writes.
pub(crate) async fn refold<C: Ask>(c: &mut C, stream: StreamId) -> Result<Found, StoreError> {
    let sql = "select coalesce((select id from person where home = $1), $1), at from stream_head where stream = $1";
    let heads = c.ask(sql.into(), values![stream.to_string()]).await?;
    let gone = || StoreError::Corrupt(format!("stream {stream} has no head"));
    let head = heads.first().ok_or_else(gone)?;
    // A stream without events has the time at which it was made.
    let mut fold = Fold::new(stream, UserId(head.id(0)?), head.int(1)?);
    loop {
        let lines = log::lines_in(c, stream, fold.n(), LINES).await?;
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
    Ok(Found { plan, wrong, words })
}

/// What differs.
#[derive(Default)]
pub(crate) struct Wrong {
    head: bool,
    tags: bool,
    pub tasks: BTreeSet<Uuid>,
    pub records: BTreeSet<Uuid>,
}

impl Wrong {
    pub(crate) fn is_any(&self) -> bool {
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

async fn compare<C: Ask>(
    c: &mut C,
    stream: StreamId,
    fold: &Fold,
    plan: &Plan,
) -> Result<Wrong, StoreError> {
    let tasks: Vec<_> = plan.fresh_tasks.values().collect();
    let records: Vec<_> = plan.fresh_records.values().collect();
    let mut wrong = Wrong {
        tasks: differing(c, stream, &tasks).await?,
        records: differing(c, stream, &records).await?,
        ..Wrong::default()
    };
    let each = C::DIALECT.each(2);
    let (should, are) = (
        format!("select {} from {each}", cells::<TagRow>()),
        format!(
            "select {} from task_tag t where t.stream = $1",
            columns::<TagRow>("t.")
        ),
    );
    let tags: Vec<_> = plan.tags.keys().collect();
    let sql = format!(
        "select 1 from ({should} except {are}) missing union all select 1 from ({are} except {should}) extra"
    );
    let values = values![stream.to_string(), contract::doc::json(&tags)];
    wrong.tags = !c.ask(sql.into(), values).await?.is_empty();
    let heads: Vec<_> = plan.heads.values().collect();
    let sql = format!(
        "select 1 from {} join stream_head h on h.stream = j.value->>0 where ({}) is distinct from ({})",
        C::DIALECT.each(1),
        columns::<HeadRow>("h."),
        cells::<HeadRow>(),
    );
    wrong.head = !c
        .ask(sql.into(), values![contract::doc::json(&heads)])
        .await?
        .is_empty();
    forgive(c, fold, &mut wrong.tasks).await?;
    Ok(wrong)
}

/// The ids of rows that are not there, not as they should be, or should not be there.
async fn differing<C: Ask, R: Flat>(
    c: &mut C,
    stream: StreamId,
    rows: &[&R],
) -> Result<BTreeSet<Uuid>, StoreError> {
    let (table, each) = (R::TABLE, C::DIALECT.each(2));
    let sql = format!(
        "select j.value->>0 from {each} left join {table} t on t.id = j.value->>0 where ({}) is distinct from ({}) \
            union select t.id from {table} t where t.stream = $1 and t.id not in (select j.value->>0 from {each})",
        columns::<R>("t."),
        cells::<R>(),
    );
    let values = values![stream.to_string(), contract::doc::json(&rows)];
    c.ask(sql.into(), values)
        .await?
        .iter()
        .map(|row| row.id(0))
        .collect()
}

/// What is closed and floats keeps the place in time that it had when it was closed, wherever the person travels since.
async fn forgive<C: Ask>(
    c: &mut C,
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
    let sql = format!(
        "select t.id, t.version, t.doc, t.reminders from task t where t.floats and {}",
        C::DIALECT.among("t.id", 1)
    );
    for row in c
        .ask(sql.into(), values![contract::doc::json(&closed)])
        .await?
    {
        let is_same = || -> Result<bool, StoreError> {
            let Ok(stored) = contract::doc::read_task(row.text(2)?, row.text(3)?) else {
                return Ok(false);
            };
            let folded = fold.task(row.id(0)?);
            Ok(folded.is_some_and(|folded| folded.value == stored)
                && folded.map(|row| row.version) == Some(row.number(1)?))
        };
        if is_same()? {
            tasks.remove(&row.id(0)?);
        }
    }
    Ok(())
}
