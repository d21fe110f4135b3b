//! What a decision writes, as flat rows: both backends write these same structs, each in its own way.

mod rows;
mod shelf;
mod task;
mod whole;

pub(crate) use rows::*;
pub(crate) use shelf::{Shelf, doc_of};
pub(crate) use task::task_row;
pub(crate) use whole::Fold;

use crate::{Answer, Keeps, LogRow, Random, StoreError, Writer, chain, overlay::Overlay};
use contract::data::By;
use domain::{
    event::{Change, Event},
    id::*,
    list::{Comment, List, Section, Tag, View},
    refusal::Refusal,
    series::Series,
    settings::Settings,
    state::{Kept, State},
    task::Task,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The rows of one decision, or of a batch of them: later ones take the place of earlier ones.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub heads: BTreeMap<StreamId, HeadRow>,
    pub lines: Vec<LineRow>,
    pub fresh_tasks: BTreeMap<Uuid, TaskRow>,
    pub tasks: BTreeMap<Uuid, TaskRow>,
    /// Tags put on (true) or taken off.
    pub tags: BTreeMap<TagRow, bool>,
    pub texts: BTreeMap<Uuid, TextRow>,
    pub fresh_records: BTreeMap<Uuid, RecordRow>,
    pub records: BTreeMap<Uuid, RecordRow>,
    pub schedule: BTreeMap<(Uuid, Uuid, u64), ScheduleRow>,
    pub ledger: Vec<LedgerRow>,
    pub deliveries: BTreeMap<Uuid, DeliveryRow>,
    pub outbox: Vec<OutboxRow>,
    pub answers: Vec<AnswerRow>,
    pub consumed: Vec<ConsumedRow>,
    pub credentials: Vec<CredentialRow>,
    /// Credentials that go, by id and person.
    pub revoked: Vec<(Uuid, Uuid)>,
    pub purged: BTreeSet<TaskId>,
}

impl Plan {
    /// The rows of what was decided on `state`, for which the rows in `before` were loaded.
    pub(crate) fn of(
        state: &State,
        before: &Overlay,
        who: &Writer,
        answer: &Answer,
        at: Timestamp,
        random: &Random,
    ) -> Result<Self, StoreError> {
        let mut plan = Self::default();
        plan.chain(state, before, who, at, random)?;
        plan.tasks_of(state, before)?;
        plan.records_of::<Series>(state, before)?;
        plan.records_of::<List>(state, before)?;
        plan.records_of::<Section>(state, before)?;
        plan.records_of::<Tag>(state, before)?;
        plan.records_of::<View>(state, before)?;
        plan.records_of::<Comment>(state, before)?;
        plan.records_of::<Settings>(state, before)?;
        let written = state.written();
        plan.schedule = written.schedule.iter().map(ScheduleRow::keyed).collect();
        plan.ledger = written.ledger.iter().map(LedgerRow::of).collect();
        plan.deliveries = written
            .deliveries
            .values()
            .map(|delivery| (delivery.id.0, DeliveryRow::of(delivery)))
            .collect();
        plan.outbox
            .extend(written.wakes.iter().map(|wake| OutboxRow::wake(wake, at)));
        plan.purged.clone_from(&written.purged);
        plan.answers.extend(AnswerRow::of(who, answer, at));
        plan.consumed
            .extend(who.once.as_ref().map(|(source, id)| ConsumedRow {
                source: source.clone(),
                id: id.clone(),
                at: at.as_microsecond(),
            }));
        match &who.keeps {
            Some(Keeps::Credential(one)) => plan.credentials.push(CredentialRow::of(one)),
            Some(Keeps::NoMore(id)) => plan.revoked.push((*id, who.reader.person.0)),
            None => {}
        }
        Ok(plan)
    }

    /// Whether there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
            && self.schedule.is_empty()
            && self.ledger.is_empty()
            && self.deliveries.is_empty()
            && self.outbox.is_empty()
            && self.answers.is_empty()
            && self.consumed.is_empty()
            && self.credentials.is_empty()
            && self.revoked.is_empty()
    }

    /// The ids of the events, `stream:n`.
    pub(crate) fn events(&self) -> Vec<String> {
        self.lines
            .iter()
            .map(|line| format!("{}:{}", line.stream, line.n))
            .collect()
    }

    /// Adds what was decided after this.
    pub(crate) fn then(&mut self, next: Self) {
        self.heads.extend(next.heads);
        self.lines.extend(next.lines);
        self.fresh_tasks.extend(next.fresh_tasks);
        for (id, row) in next.tasks {
            let rows = if self.fresh_tasks.contains_key(&id) {
                &mut self.fresh_tasks
            } else {
                &mut self.tasks
            };
            rows.insert(id, row);
        }
        self.tags.extend(next.tags);
        self.texts.extend(next.texts);
        self.fresh_records.extend(next.fresh_records);
        for (id, row) in next.records {
            let rows = if self.fresh_records.contains_key(&id) {
                &mut self.fresh_records
            } else {
                &mut self.records
            };
            rows.insert(id, row);
        }
        self.schedule.extend(next.schedule);
        self.ledger.extend(next.ledger);
        self.deliveries.extend(next.deliveries);
        self.outbox.extend(next.outbox);
        self.answers.extend(next.answers);
        self.consumed.extend(next.consumed);
        self.credentials.extend(next.credentials);
        self.revoked.extend(next.revoked);
        self.purged.extend(next.purged);
    }

    /// Gives each event its place and hash.
    fn chain(
        &mut self,
        state: &State,
        before: &Overlay,
        who: &Writer,
        at: Timestamp,
        random: &Random,
    ) -> Result<(), StoreError> {
        let by = By {
            user_id: who.reader.person,
            client: who.client.clone(),
            kind: who.kind.name().to_owned(),
        };
        for event in &state.written().events {
            let head = match self.heads.get(&event.stream) {
                Some(head) => head.clone(),
                None => before
                    .head(event.stream)
                    .ok_or(Refusal::NotFound("stream"))?
                    .clone(),
            };
            let row = line(event, &head, who, &by, at, chain::salt(random()));
            self.heads.insert(
                event.stream,
                HeadRow {
                    n: row.n,
                    at: at.as_microsecond(),
                    hash: row.hash.clone(),
                    ..head
                },
            );
            if !event.kind.is_internal() {
                self.outbox.push(OutboxRow::line(&row));
            }
            self.lines.push(LineRow::of(&row, about(event, state)));
        }
        Ok(())
    }

    fn tasks_of(&mut self, state: &State, before: &Overlay) -> Result<(), StoreError> {
        let settings = state.my_settings();
        let touched = state.touched::<Task>();
        for id in touched.iter().chain(
            &state
                .written()
                .purged
                .iter()
                .map(|id| id.0)
                .collect::<BTreeSet<_>>(),
        ) {
            let old = before.row::<Task>(*id);
            let fresh = is_fresh(state, *id);
            if fresh && old.is_some() {
                return Err(Refusal::IdTaken(id.to_string()).into());
            }
            self.count(old.map(|row| (row.stream, row.value.is_live())), -1, 0)?;
            let now = state.row::<Task>(*id).ok();
            self.count(now.map(|row| (row.stream, row.value.is_live())), 1, 0)?;
            let Some(row) = now else { continue };
            self.tags(*id, old.map(|old| (old.stream, &old.value.tags)), false);
            self.tags(*id, Some((row.stream, &row.value.tags)), true);
            if old.is_none_or(|old| text(&old.value) != text(&row.value)) {
                self.texts.insert(*id, TextRow::of(*id, row));
            }
            let rows = if fresh {
                &mut self.fresh_tasks
            } else {
                &mut self.tasks
            };
            rows.insert(*id, task_row(TaskId(*id), row, &settings));
        }
        if !state.touched::<Settings>().is_empty() {
            // Where the person is has changed: what was loaded because it floats is placed anew.
            for (id, row) in state.rows::<Task>().filter(|(id, _)| !touched.contains(id)) {
                self.tasks.insert(id, task_row(TaskId(id), row, &settings));
            }
        }
        Ok(())
    }

    fn tags(&mut self, task: Uuid, tags: Option<(StreamId, &Vec<String>)>, on: bool) {
        for (stream, tag) in tags
            .iter()
            .flat_map(|(stream, tags)| tags.iter().map(|tag| (*stream, tag)))
        {
            let row = TagRow {
                stream: stream.to_string(),
                tag: tag.to_lowercase(),
                task: task.to_string(),
                name: tag.clone(),
            };
            // On again what was just taken off: nothing to write.
            if on && self.tags.get(&row) == Some(&false) {
                self.tags.remove(&row);
            } else {
                self.tags.insert(row, on);
            }
        }
    }

    fn records_of<R: Shelf>(&mut self, state: &State, before: &Overlay) -> Result<(), StoreError> {
        for id in state.touched::<R>() {
            let old = before.row::<R>(id);
            let fresh = is_fresh(state, id);
            if fresh && old.is_some() {
                return Err(Refusal::IdTaken(id.to_string()).into());
            }
            let Ok(row) = state.row::<R>(id) else {
                continue;
            };
            if R::WHAT == List::WHAT {
                self.count(old.map(|row| (row.stream, !row.value.is_deleted())), 0, -1)?;
                self.count(Some((row.stream, !row.value.is_deleted())), 0, 1)?;
            }
            let rows = if fresh {
                &mut self.fresh_records
            } else {
                &mut self.records
            };
            rows.insert(id, RecordRow::of(id, row));
        }
        Ok(())
    }

    /// Counts what is live into its stream's head, which every event about it wrote.
    fn count(
        &mut self,
        what: Option<(StreamId, bool)>,
        tasks: i64,
        lists: i64,
    ) -> Result<(), StoreError> {
        let Some((stream, true)) = what else {
            return Ok(());
        };
        let none = || {
            StoreError::Corrupt(format!(
                "a record of stream {stream} changed without an event there"
            ))
        };
        let head = self.heads.get_mut(&stream).ok_or_else(none)?;
        head.open_tasks = head.open_tasks.saturating_add_signed(tasks);
        head.lists = head.lists.saturating_add_signed(lists);
        Ok(())
    }
}

/// Whether this decision made the record.
fn is_fresh(state: &State, id: Uuid) -> bool {
    state
        .written()
        .events
        .iter()
        .any(|event| event.subject == id && event.version == 1)
}

fn text(task: &Task) -> (&str, &str, &[String]) {
    (&task.title, &task.notes, &task.tags)
}

fn line(
    event: &Event,
    head: &HeadRow,
    who: &Writer,
    by: &By,
    at: Timestamp,
    salt: String,
) -> LogRow {
    let payload = contract::data::write(event, by, who.run);
    let mut row = LogRow {
        stream: event.stream,
        n: head.n + 1,
        kind: event.kind,
        subject: event.subject,
        version: event.version,
        digest: chain::digest(&salt, &payload),
        payload: Some(payload),
        actor: who.reader.person,
        client: who.client.clone(),
        client_kind: by.kind.clone(),
        run: who.run,
        correlation: who.correlation.clone(),
        causation: who.causation.clone(),
        at,
        salt: Some(salt),
        hash: String::new(),
    };
    row.hash = chain::link(&head.hash, &row);
    row
}

/// What an event's history is filed under: the task it is about, else its subject.
fn about(event: &Event, state: &State) -> Uuid {
    let commented = || {
        state
            .row::<Comment>(event.subject)
            .ok()
            .map(|row| row.value.task_id.0)
    };
    match &event.change {
        Change::Comment(_) => event
            .detail
            .task
            .or_else(commented)
            .unwrap_or(event.subject),
        Change::None => event.detail.task.unwrap_or(event.subject),
        _ => event.subject,
    }
}
