//! A whole stream as rows, out of the state that its log folds to: what `rebuild` compares with.

use super::{HeadRow, Plan, RecordRow, Shelf, TagRow, TextRow, task_row};
use crate::{LogRow, StoreError, chain};
use domain::{
    id::*,
    list::{Comment, List, Section, Tag, View},
    series::Series,
    settings::Settings,
    state::State,
    task::Task,
};
use uuid::Uuid;

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

    /// The task of that id, to be compared where only its columns differ.
    pub(crate) fn task(&self, id: Uuid) -> Option<&domain::state::Row<Task>> {
        self.state.row::<Task>(id).ok()
    }

    /// Every row that the stream should have. All are in the `fresh` tables of the plan.
    pub(crate) fn rows(&self) -> Plan {
        let (state, settings) = (&self.state, self.state.my_settings());
        let mut plan = Plan::default();
        let (mut open_tasks, mut lists) = (0, 0);
        for (id, row) in state.rows::<Task>() {
            open_tasks += u64::from(row.value.is_live());
            for tag in &row.value.tags {
                let row = TagRow {
                    stream: row.stream.to_string(),
                    tag: tag.to_lowercase(),
                    task: id.to_string(),
                    name: tag.clone(),
                };
                plan.tags.insert(row, true);
            }
            plan.texts.insert(id, TextRow::of(id, row));
            plan.fresh_tasks
                .insert(id, task_row(TaskId(id), row, &settings));
        }
        lists += state
            .rows::<List>()
            .filter(|(_, row)| !row.value.is_deleted())
            .count() as u64;
        shelve::<Series>(state, &mut plan);
        shelve::<List>(state, &mut plan);
        shelve::<Section>(state, &mut plan);
        shelve::<Tag>(state, &mut plan);
        shelve::<View>(state, &mut plan);
        shelve::<Comment>(state, &mut plan);
        shelve::<Settings>(state, &mut plan);
        let head = HeadRow {
            stream: self.stream.0,
            n: self.n,
            at: self.at,
            hash: self.hash.clone(),
            open_tasks,
            lists,
        };
        plan.heads.insert(self.stream, head);
        plan
    }
}

fn shelve<R: Shelf>(state: &State, plan: &mut Plan) {
    plan.fresh_records.extend(
        state
            .rows::<R>()
            .map(|(id, row)| (id, RecordRow::of(id, row))),
    );
}
