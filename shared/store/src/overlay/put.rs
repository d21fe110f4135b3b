//! Rows as they were loaded, put in one by one.

use super::{Overlay, Repeat};
use crate::{
    StoreError,
    plan::{HeadRow, doc_of},
};
use domain::{
    id::*,
    ledger::{Delivery, Scheduled},
    list::{Comment, List, Section, Tag, View},
    series::Series,
    settings::Settings,
    state::{Kept, Row},
};
use jiff::Timestamp;
use std::sync::Arc;
use uuid::Uuid;

impl Overlay {
    /// A stream that a person may see, and its head; `turn` counts its writes, where they are guarded by that.
    pub(crate) fn put_head(&mut self, person: UserId, head: HeadRow, turn: u64) {
        self.turns.insert(head.stream.into(), turn);
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
}

fn damaged(what: &str, id: Uuid, why: &serde_json::Error) -> StoreError {
    StoreError::Corrupt(format!("{what} {id}: {why}"))
}
