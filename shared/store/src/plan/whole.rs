//! A whole stream as rows, out of the state that its log folds to: what `rebuild` compares with.

use super::{HeadRow, Plan, RecordRow, Shelf, TagRow, TextRow, task_row};
use crate::{LogRow, StoreError, both::rebuild::Gone, chain};
use domain::{
    id::*,
    list::{Comment, List, Section, Tag, View},
    series::Series,
    settings::Settings,
    state::{Row, State},
    task::Task,
};
use uuid::Uuid;

/// Rows compared and written at once.
const PIECE: usize = 1_000;

/// The fold of a stream, line by line.
pub(crate) struct Fold {
    stream: StreamId,
    state: State,
    n: u64,
    at: i64,
    hash: String,
    /// Where the chain breaks, in words.
    pub broken: Vec<String>,
}

impl Fold {
    /// Of the stream of a person.
    pub(crate) fn new(stream: StreamId, person: UserId, at: i64) -> Self {
        Self {
            stream,
            state: State::new(person, stream),
            n: 0,
            at,
            hash: chain::START.to_owned(),
            broken: Vec::new(),
        }
    }

    /// The last line folded.
    pub(crate) fn n(&self) -> u64 {
        self.n
    }

    /// Takes the next line.
    pub(crate) fn line(&mut self, row: &LogRow) -> Result<(), StoreError> {
        if let Err(why) = chain::follows(self.stream, self.n, &self.hash, row) {
            self.broken.push(why.to_string());
        }
        (self.n, self.at) = (row.n, row.at.as_microsecond());
        self.hash.clone_from(&row.hash);
        // What was purged folds to nothing; the event that purged it says so.
        let Some(payload) = &row.payload else {
            return Ok(());
        };
        let event = contract::data::read(row.kind, row.stream, payload);
        let event = event
            .map_err(|why| StoreError::Corrupt(format!("line {}:{}: {why}", row.stream, row.n)))?;
        self.state.fold(&event, row.at);
        Ok(())
    }

    /// The task of that id.
    pub(crate) fn task(&self, id: Uuid) -> Option<&Row<Task>> {
        self.state.row::<Task>(id).ok()
    }

    /// Whether it has another record of that id.
    pub(crate) fn has_record(&self, id: Uuid) -> bool {
        let state = &self.state;
        state.row::<Series>(id).is_ok()
            || state.row::<List>(id).is_ok()
            || state.row::<Section>(id).is_ok()
            || state.row::<Tag>(id).is_ok()
            || state.row::<View>(id).is_ok()
            || state.row::<Comment>(id).is_ok()
            || state.row::<Settings>(id).is_ok()
    }

    /// Every row that the stream should have but its head, some at a time. All are in the `fresh` tables of the plans.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = Plan> + Send {
        let settings = self.state.my_settings();
        let mut tasks = self.state.rows::<Task>().peekable();
        let of_tasks = std::iter::from_fn(move || {
            tasks.peek()?;
            let mut plan = Plan::default();
            for (id, row) in tasks.by_ref().take(PIECE) {
                plan.whole_task(id, row, &settings);
            }
            Some(plan)
        });
        let mut records = self.records().peekable();
        let of_records = std::iter::from_fn(move || {
            records.peek()?;
            let fresh_records = records.by_ref().take(PIECE).collect();
            Some(Plan {
                fresh_records,
                ..Plan::default()
            })
        });
        of_tasks.chain(of_records)
    }

    fn records(&self) -> impl Iterator<Item = (Uuid, RecordRow)> + Send {
        shelved::<Series>(&self.state)
            .chain(shelved::<List>(&self.state))
            .chain(shelved::<Section>(&self.state))
            .chain(shelved::<Tag>(&self.state))
            .chain(shelved::<View>(&self.state))
            .chain(shelved::<Comment>(&self.state))
            .chain(shelved::<Settings>(&self.state))
    }

    /// The head that the stream should have.
    pub(crate) fn head(&self) -> HeadRow {
        let open = |row: &Row<Task>| row.value.is_live();
        let stands = |row: &Row<List>| !row.value.is_deleted();
        let state = &self.state;
        HeadRow {
            stream: self.stream.0,
            n: self.n,
            at: self.at,
            hash: self.hash.clone(),
            open_tasks: state.rows::<Task>().filter(|(_, row)| open(row)).count() as u64,
            lists: state.rows::<List>().filter(|(_, row)| stands(row)).count() as u64,
        }
    }
}

impl Plan {
    fn whole_task(&mut self, id: Uuid, row: &Row<Task>, settings: &Settings) {
        for tag in &row.value.tags {
            let row = TagRow {
                stream: row.stream.to_string(),
                tag: tag.to_lowercase(),
                task: id.to_string(),
                name: tag.clone(),
            };
            self.tags.insert(row, true);
        }
        self.texts.insert(id, TextRow::of(id, row));
        self.fresh_tasks
            .insert(id, task_row(TaskId(id), row, settings));
    }

    /// Leaves out all but what takes the place of these.
    pub(crate) fn keep(&mut self, gone: &Gone) {
        self.fresh_tasks.retain(|id, _| gone.tasks.contains(id));
        self.texts.retain(|id, _| gone.tasks.contains(id));
        self.fresh_records.retain(|id, _| gone.records.contains(id));
        self.tags.retain(|row, _| gone.tagged.contains(&row.task));
    }
}

fn shelved<R: Shelf + Send + Sync>(
    state: &State,
) -> impl Iterator<Item = (Uuid, RecordRow)> + Send + use<'_, R> {
    state
        .rows::<R>()
        .map(|(id, row)| (id, RecordRow::of(id, row)))
}
