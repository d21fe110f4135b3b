//! What was loaded for a batch of commands, and what the ones before wrote: each command's state is taken out of here.

mod also;
mod put;
mod state;

pub(crate) use also::{Also, passed_over};

use crate::{
    Writer,
    plan::{HeadRow, Plan, Shelf},
};
use domain::{
    id::*,
    ledger::Scheduled,
    list::{Comment, List, Section, Tag, View},
    series::Series,
    settings::Settings,
    state::{Kept, Row, State},
    task::{Source, Task},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};
use uuid::Uuid;

/// An answer kept to be repeated.
#[derive(Clone, Debug)]
pub(crate) struct Repeat {
    pub body: String,
    pub answer: crate::Answer,
}

/// The rows of everybody whose command is in the batch; [`Overlay::state`] gives each only their own.
#[derive(Debug, Default)]
pub(crate) struct Overlay {
    rows: State,
    heads: HashMap<StreamId, HeadRow>,
    turns: HashMap<StreamId, u64>,
    streams: HashMap<UserId, BTreeSet<StreamId>>,
    children: HashMap<Uuid, BTreeSet<Uuid>>,
    schedule: HashMap<TaskId, BTreeMap<ReminderId, Scheduled>>,
    sources: BTreeMap<(StreamId, Source), TaskId>,
    tags: HashMap<(StreamId, String), Uuid>,
    answers: HashMap<(UserId, String, String), Repeat>,
    consumed: HashSet<(String, String)>,
    purged: HashSet<TaskId>,
    /// What a command that stands alone asked for beside what it names.
    pub also: Also,
}

impl Overlay {
    pub(crate) fn head(&self, stream: StreamId) -> Option<&HeadRow> {
        self.heads.get(&stream)
    }

    /// How often a stream had been written to when it was loaded.
    pub(crate) fn turn(&self, stream: StreamId) -> Option<u64> {
        self.turns.get(&stream).copied()
    }

    pub(crate) fn row<R: Kept>(&self, id: Uuid) -> Option<&Row<R>> {
        R::table(&self.rows).get(&id).map(Arc::as_ref)
    }

    pub(crate) fn answer(&self, person: UserId, route: &str, key: &str) -> Option<&Repeat> {
        self.answers
            .get(&(person, route.to_owned(), key.to_owned()))
    }

    pub(crate) fn was_consumed(&self, event: &(String, String)) -> bool {
        self.consumed.contains(event)
    }

    /// The latest time in the streams of a person.
    pub(crate) fn latest(&self, person: UserId) -> i64 {
        let streams = self.streams.get(&person).into_iter().flatten();
        streams
            .filter_map(|stream| self.heads.get(stream))
            .map(|head| head.at)
            .max()
            .unwrap_or(i64::MIN)
    }

    /// Takes over what a command wrote, for the ones after it.
    pub(crate) fn absorb(&mut self, state: &State, plan: &Plan, who: &Writer) {
        for head in plan.heads.values() {
            self.heads.insert(head.stream.into(), head.clone());
        }
        for id in state.touched::<Task>() {
            if let Some(row) = Task::table(state).get(&id) {
                self.set_task(id, row.clone());
            }
        }
        self.absorb_records::<Series>(state);
        self.absorb_records::<List>(state);
        self.absorb_records::<Section>(state);
        self.absorb_records::<View>(state);
        self.absorb_records::<Comment>(state);
        self.absorb_records::<Settings>(state);
        for id in self.absorb_records::<Tag>(state) {
            if let Some(row) = self.row::<Tag>(id) {
                self.tags.insert((row.stream, row.value.name.clone()), id);
            }
        }
        let written = state.written();
        for row in &written.schedule {
            // The last one written of a reminder is its latest generation or what became of it.
            let latest = self
                .schedule
                .entry(row.task)
                .or_default()
                .entry(row.reminder)
                .or_insert_with(|| row.clone());
            if row.generation >= latest.generation {
                *latest = row.clone();
            }
        }
        self.rows.deliveries.extend(written.deliveries.clone());
        for id in &written.purged {
            self.remove_task(id.0);
            self.purged.insert(*id);
        }
        for row in &plan.answers {
            let answer = crate::Answer {
                status: row.status,
                body: row.answer.clone(),
                version: row.version,
            };
            let key = (who.reader.person, row.route.clone(), row.key.clone());
            self.answers.insert(
                key,
                Repeat {
                    body: row.body.clone(),
                    answer,
                },
            );
        }
        self.consumed.extend(who.once.clone());
    }

    fn absorb_records<R: Shelf>(&mut self, state: &State) -> BTreeSet<Uuid> {
        let touched = state.touched::<R>();
        for id in &touched {
            if let Some(row) = R::table(state).get(id) {
                self.rows.load(*id, row.clone());
            }
        }
        touched
    }

    fn set_task(&mut self, id: Uuid, row: Arc<Row<Task>>) {
        self.remove_task(id);
        if let Some(parent) = row.value.parent_id {
            self.children.entry(parent.0).or_default().insert(id);
        }
        if let Some(source) = &row.value.source {
            self.sources
                .insert((row.stream, source.clone()), TaskId(id));
        }
        self.rows.load(id, row);
    }

    fn remove_task(&mut self, id: Uuid) {
        let Some(old) = Task::table_mut(&mut self.rows).remove(&id) else {
            return;
        };
        if let Some(children) = old
            .value
            .parent_id
            .and_then(|parent| self.children.get_mut(&parent.0))
        {
            children.remove(&id);
        }
        if let Some(source) = &old.value.source {
            self.sources.remove(&(old.stream, source.clone()));
        }
    }
}
