//! What was loaded for a batch of commands, and what the ones before wrote: each command's state is taken out of here.

use crate::{
    Reader, StoreError, Writer,
    plan::{HeadRow, Plan, Shelf, doc_of},
};
use domain::{
    event::Logged,
    id::*,
    ledger::{Delivery, Scheduled},
    list::{Comment, List, Section, Tag, View},
    need::Need,
    series::Series,
    settings::Settings,
    state::{Head, Kept, Row, State},
    task::{Source, Task},
};
use jiff::Timestamp;
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

/// What is found by asking the database, not by id; only for a command that stands alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Also {
    /// Tasks, loaded with their families.
    pub tasks: Vec<TaskId>,
    /// Other records.
    pub records: Vec<Uuid>,
    /// Events, oldest first.
    pub past: Vec<Logged>,
    /// The run that "the last" was found to mean.
    pub undoing: Option<RunId>,
}

impl Overlay {
    /// A stream that a person may see, and its head.
    pub(crate) fn put_head(&mut self, person: UserId, head: HeadRow) {
        self.streams
            .entry(person)
            .or_default()
            .insert(head.stream.into());
        self.heads.insert(head.stream.into(), head);
    }

    /// A task out of its columns; its schedule is a JSON array of (reminder, generation, person, stream, moment, state).
    pub(crate) fn put_task(
        &mut self,
        id: Uuid,
        place: (Uuid, u64, Timestamp),
        doc: &str,
        reminders: &str,
        schedule: &str,
    ) -> Result<(), StoreError> {
        let value =
            contract::doc::read_task(doc, reminders).map_err(|why| damaged("task", id, &why))?;
        let (stream, version, updated_at) = place;
        self.set_task(
            id,
            Arc::new(Row {
                stream: stream.into(),
                version,
                updated_at,
                value,
            }),
        );
        type Flat = (ReminderId, u64, UserId, StreamId, i64, String);
        let flat: Vec<Flat> =
            serde_json::from_str(schedule).map_err(|why| damaged("schedule of task", id, &why))?;
        for (reminder, generation, person, stream, moment, state) in flat {
            let read = || {
                let moment = Timestamp::from_microsecond(moment).ok()?;
                let state = domain::ledger::ScheduleState::named(&state)?;
                Some(Scheduled {
                    task: TaskId(id),
                    reminder,
                    generation,
                    person,
                    stream,
                    moment,
                    state,
                })
            };
            let row =
                read().ok_or_else(|| StoreError::Corrupt(format!("the schedule of task {id}")))?;
            self.schedule
                .entry(TaskId(id))
                .or_default()
                .insert(reminder, row);
        }
        Ok(())
    }

    /// Any other record out of its columns.
    pub(crate) fn put_record(
        &mut self,
        kind: &str,
        id: Uuid,
        place: (Uuid, u64, Timestamp),
        doc: &str,
    ) -> Result<(), StoreError> {
        let (stream, version, at) = place;
        let mut read = || -> serde_json::Result<()> {
            match kind {
                Series::WHAT => self
                    .rows
                    .load(id, Arc::new(doc_of::<Series>(stream, version, at, doc)?)),
                List::WHAT => self
                    .rows
                    .load(id, Arc::new(doc_of::<List>(stream, version, at, doc)?)),
                Section::WHAT => self
                    .rows
                    .load(id, Arc::new(doc_of::<Section>(stream, version, at, doc)?)),
                View::WHAT => self
                    .rows
                    .load(id, Arc::new(doc_of::<View>(stream, version, at, doc)?)),
                Comment::WHAT => self
                    .rows
                    .load(id, Arc::new(doc_of::<Comment>(stream, version, at, doc)?)),
                Settings::WHAT => self
                    .rows
                    .load(id, Arc::new(doc_of::<Settings>(stream, version, at, doc)?)),
                Tag::WHAT => {
                    let row = doc_of::<Tag>(stream, version, at, doc)?;
                    self.tags.insert((row.stream, row.value.name.clone()), id);
                    self.rows.load(id, Arc::new(row));
                }
                _ => {}
            }
            Ok(())
        };
        read().map_err(|why| damaged(kind, id, &why))
    }

    /// A delivery out of its JSON.
    pub(crate) fn put_delivery(&mut self, doc: &str) -> Result<(), StoreError> {
        let delivery: Delivery = serde_json::from_str(doc)
            .map_err(|why| StoreError::Corrupt(format!("a delivery: {why}")))?;
        self.rows.deliveries.insert(delivery.id, delivery);
        Ok(())
    }

    /// An answer to repeat.
    pub(crate) fn put_answer(&mut self, key: (UserId, String, String), kept: Repeat) {
        self.answers.insert(key, kept);
    }

    /// An event whose effect was made.
    pub(crate) fn put_consumed(&mut self, source: String, id: String) {
        self.consumed.insert((source, id));
    }

    /// A task whose content was removed for good.
    pub(crate) fn put_purged(&mut self, id: TaskId) {
        self.purged.insert(id);
    }

    pub(crate) fn head(&self, stream: StreamId) -> Option<&HeadRow> {
        self.heads.get(&stream)
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

    /// What one command may see of what it needs; nothing where the person's stream is not there.
    pub(crate) fn state(&self, who: &Reader, need: &Need) -> Option<State> {
        let streams = self
            .streams
            .get(&who.person)
            .filter(|streams| streams.contains(&who.home))?;
        let mut state = State::new(who.person, who.home);
        for head in streams.iter().filter_map(|stream| self.heads.get(stream)) {
            state.heads.insert(
                head.stream.into(),
                Head {
                    n: head.n,
                    open_tasks: head.open_tasks,
                    lists: head.lists,
                },
            );
        }
        for id in need
            .deliveries
            .iter()
            .filter_map(|id| self.rows.deliveries.get(id))
            .filter(|it| it.person == who.person)
        {
            state.deliveries.insert(id.id, id.clone());
        }
        let mut wanted = need.tasks.clone();
        wanted.extend(&self.also.tasks);
        wanted.extend(
            state
                .deliveries
                .values()
                .flat_map(|delivery| delivery.items.iter().map(|item| item.task)),
        );
        wanted.extend(need.sources.iter().flat_map(|source| {
            streams
                .iter()
                .filter_map(|stream| self.sources.get(&(*stream, source.clone())).copied())
        }));
        for id in self.families(&wanted) {
            self.give_task(&mut state, streams, id);
        }
        self.give::<Settings>(&mut state, streams, [who.person.0]);
        self.give::<List>(&mut state, streams, need.lists.iter().map(|id| id.0));
        self.give::<Section>(&mut state, streams, need.sections.iter().map(|id| id.0));
        self.give::<View>(&mut state, streams, need.views.iter().map(|id| id.0));
        self.give::<Comment>(&mut state, streams, need.comments.iter().map(|id| id.0));
        self.give::<Series>(&mut state, streams, need.series.iter().map(|id| id.0));
        let tags = need
            .tags
            .iter()
            .flat_map(|name| streams.iter().map(|stream| (*stream, name.clone())));
        self.give::<Tag>(
            &mut state,
            streams,
            tags.filter_map(|key| self.tags.get(&key).copied()),
        );
        for id in &self.also.records {
            self.give::<List>(&mut state, streams, [*id]);
            self.give::<Section>(&mut state, streams, [*id]);
            self.give::<View>(&mut state, streams, [*id]);
            self.give::<Comment>(&mut state, streams, [*id]);
            self.give::<Series>(&mut state, streams, [*id]);
            self.give::<Tag>(&mut state, streams, [*id]);
        }
        state.past.clone_from(&self.also.past);
        state.undoing = self.also.undoing;
        state.purged = wanted
            .into_iter()
            .filter(|id| self.purged.contains(id))
            .collect();
        Some(state)
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

    /// The tasks with their ancestors, descendants and blockers, all the way.
    fn families(&self, wanted: &[TaskId]) -> BTreeSet<Uuid> {
        let seeds: Vec<Uuid> = wanted.iter().map(|id| id.0).collect();
        let task = |id: &Uuid| self.row::<Task>(*id).map(|row| &row.value);
        let mut all = reach(&seeds, |id| {
            task(id)
                .and_then(|task| task.parent_id)
                .into_iter()
                .map(|id| id.0)
                .collect()
        });
        all.extend(reach(&seeds, |id| {
            self.children
                .get(id)
                .into_iter()
                .flatten()
                .copied()
                .collect()
        }));
        all.extend(reach(&seeds, |id| {
            task(id)
                .into_iter()
                .flat_map(|task| task.blocked_by.iter().map(|id| id.0))
                .collect()
        }));
        all
    }

    fn give_task(&self, state: &mut State, streams: &BTreeSet<StreamId>, id: Uuid) {
        let Some(row) = Task::table(&self.rows)
            .get(&id)
            .filter(|row| streams.contains(&row.stream))
        else {
            return;
        };
        self.give::<Series>(state, streams, row.value.series_id.map(|id| id.0));
        for scheduled in self
            .schedule
            .get(&TaskId(id))
            .into_iter()
            .flat_map(BTreeMap::values)
        {
            state
                .schedule
                .insert((scheduled.task, scheduled.reminder), scheduled.clone());
        }
        self.give::<List>(state, streams, row.value.list_id.map(|id| id.0));
        self.give::<Section>(state, streams, row.value.section_id.map(|id| id.0));
        state.load(id, row.clone());
    }

    fn give<R: Kept>(
        &self,
        state: &mut State,
        streams: &BTreeSet<StreamId>,
        ids: impl IntoIterator<Item = Uuid>,
    ) {
        for id in ids {
            if let Some(row) = R::table(&self.rows)
                .get(&id)
                .filter(|row| streams.contains(&row.stream))
            {
                state.load(id, row.clone());
            }
        }
    }
}

fn reach(seeds: &[Uuid], next: impl Fn(&Uuid) -> Vec<Uuid>) -> BTreeSet<Uuid> {
    let mut found = BTreeSet::new();
    let mut open = seeds.to_vec();
    while let Some(id) = open.pop() {
        if found.insert(id) {
            open.extend(next(&id));
        }
    }
    found
}

fn damaged(what: &str, id: Uuid, why: &serde_json::Error) -> StoreError {
    StoreError::Corrupt(format!("{what} {id}: {why}"))
}
