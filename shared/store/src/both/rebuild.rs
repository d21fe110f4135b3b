//! Folding the log again and comparing it with the rows.

use super::log;
use crate::{
    StoreError,
    ask::{Ask, Columns, values},
    backend::Backend,
    plan::{Flat, Fold, HeadRow, Plan, cells, columns},
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

/// A connection that can write rows anew.
pub(crate) trait Mend: Ask {
    /// Takes rows away and puts others in, of one stream that nobody else writes to meanwhile.
    fn mend(
        &mut self,
        gone: &Gone,
        rows: &Plan,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Rows to be taken away.
#[derive(Default)]
pub(crate) struct Gone {
    pub tasks: BTreeSet<Uuid>,
    pub records: BTreeSet<Uuid>,
    /// Tasks whose tags go, by their ids as they stand there.
    pub tagged: BTreeSet<String>,
}

impl Gone {
    fn is_empty(&self) -> bool {
        self.tasks.is_empty() && self.records.is_empty() && self.tagged.is_empty()
    }
}

/// What was found of a stream.
pub(crate) struct Found {
    /// Where its chain breaks.
    pub broken: Vec<String>,
    wrong: Wrong,
}

impl Found {
    /// Both what is broken in the log and what differs.
    pub(crate) fn words(self, stream: StreamId) -> Vec<String> {
        let mut words = self.broken;
        words.extend(self.wrong.words(stream));
        words
    }
}

/// Folds one stream, in a transaction in which nobody else writes to it, and compares its rows piece by piece; writes those that
/// differ anew when `repair`. What it needs in memory is what the stream holds now, however long its log is.
pub(crate) async fn refold<C: Mend>(
    c: &mut C,
    stream: StreamId,
    repair: bool,
) -> Result<Found, StoreError> {
    let fold = folded(c, stream).await?;
    let mut wrong = Wrong::default();
    let extra = extra(c, stream, &fold).await?;
    wrong.note(&extra);
    if repair && !extra.is_empty() {
        c.mend(&extra, &Plan::default()).await?;
    }
    for mut piece in fold.pieces() {
        let gone = compare(c, &fold, &piece).await?;
        wrong.note(&gone);
        if repair && !gone.is_empty() {
            piece.keep(&gone);
            c.mend(&gone, &piece).await?;
        }
    }
    let head = fold.head();
    wrong.head = head_differs(c, &head).await?;
    if repair && wrong.is_any() {
        let heads = [(stream, head)].into();
        let plan = Plan {
            heads,
            ..Plan::default()
        };
        c.mend(&Gone::default(), &plan).await?;
    }
    let broken = fold.broken;
    Ok(Found { broken, wrong })
}

async fn folded<C: Ask>(c: &mut C, stream: StreamId) -> Result<Fold, StoreError> {
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
            return Ok(fold);
        }
    }
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
    fn note(&mut self, gone: &Gone) {
        self.tags |= !gone.tagged.is_empty();
        self.tasks.extend(&gone.tasks);
        self.records.extend(&gone.records);
    }

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

/// Rows of the stream that its log knows nothing of.
async fn extra<C: Ask>(c: &mut C, stream: StreamId, fold: &Fold) -> Result<Gone, StoreError> {
    let stream = values![stream.to_string()];
    let mut gone = Gone::default();
    let sql = "select id from task where stream = $1";
    for row in &c.ask(sql.into(), stream.clone()).await? {
        gone.tasks.insert(row.id(0)?);
    }
    gone.tasks.retain(|id| fold.task(*id).is_none());
    let sql = "select id from record where stream = $1";
    for row in &c.ask(sql.into(), stream.clone()).await? {
        gone.records.insert(row.id(0)?);
    }
    gone.records.retain(|id| !fold.has_record(*id));
    let sql = "select distinct task from task_tag where stream = $1";
    for row in &c.ask(sql.into(), stream).await? {
        gone.tagged.insert(row.owned(0)?);
    }
    let is_known = |id: &String| id.parse().is_ok_and(|id| fold.task(id).is_some());
    gone.tagged.retain(|id| !is_known(id));
    Ok(gone)
}

/// The rows of a piece that are not there, or not as they should be.
async fn compare<C: Ask>(c: &mut C, fold: &Fold, piece: &Plan) -> Result<Gone, StoreError> {
    let tasks: Vec<_> = piece.fresh_tasks.values().collect();
    let records: Vec<_> = piece.fresh_records.values().collect();
    let mut gone = Gone {
        tasks: differing(c, &tasks).await?,
        records: differing(c, &records).await?,
        tagged: differently_tagged(c, piece).await?,
    };
    forgive(c, fold, &mut gone.tasks).await?;
    Ok(gone)
}

/// The ids of rows that are not there, or not as they should be.
async fn differing<C: Ask, R: Flat>(c: &mut C, rows: &[&R]) -> Result<BTreeSet<Uuid>, StoreError> {
    if rows.is_empty() {
        return Ok(BTreeSet::new());
    }
    let sql = format!(
        "select j.value->>0 from {} left join {} t on t.id = j.value->>0 where ({}) is distinct from ({})",
        C::DIALECT.each(1),
        R::TABLE,
        columns::<R>("t."),
        cells::<R>(),
    );
    let values = values![contract::doc::json(&rows)];
    let found = c.ask(sql.into(), values).await?;
    found.iter().map(|row| row.id(0)).collect()
}

/// The tasks of a piece whose tags are not those of their rows.
async fn differently_tagged<C: Ask>(
    c: &mut C,
    piece: &Plan,
) -> Result<BTreeSet<String>, StoreError> {
    if piece.fresh_tasks.is_empty() {
        return Ok(BTreeSet::new());
    }
    let should = format!(
        "select j.value->>0 as stream, j.value->>1 as tag, j.value->>2 as task, j.value->>3 as name from {}",
        C::DIALECT.each(2)
    );
    let are = format!(
        "select stream, tag, task, name from task_tag where {}",
        C::DIALECT.among("task", 1)
    );
    let sql = format!(
        "select task from ({should} except {are}) missing union select task from ({are} except {should}) other"
    );
    let (tasks, tags): (Vec<_>, Vec<_>) = (
        piece.fresh_tasks.keys().collect(),
        piece.tags.keys().collect(),
    );
    let values = values![contract::doc::json(&tasks), contract::doc::json(&tags)];
    let found = c.ask(sql.into(), values).await?;
    found.iter().map(|row| row.owned(0)).collect()
}

async fn head_differs<C: Ask>(c: &mut C, head: &HeadRow) -> Result<bool, StoreError> {
    let sql = format!(
        "select 1 from {} join stream_head h on h.stream = j.value->>0 where ({}) is distinct from ({})",
        C::DIALECT.each(1),
        columns::<HeadRow>("h."),
        cells::<HeadRow>(),
    );
    let values = values![contract::doc::json(&[head])];
    Ok(!c.ask(sql.into(), values).await?.is_empty())
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
