//! What a decision wrote, beside the rows: as a store takes it.

use super::State;
use crate::{
    event::{Event, EventKind},
    id::{DeliveryId, ReminderId, StreamId, TaskId},
    ledger::{Delivery, Scheduled},
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What a decision wrote.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// In order.
    pub events: Vec<Event>,
    /// Reminders set, moved, cancelled or handed on; several generations of one where it moved.
    pub schedule: Vec<Scheduled>,
    /// Deliveries as they are now.
    pub deliveries: BTreeMap<DeliveryId, Delivery>,
    /// Rows of the ledger to add: each (task, reminder, generation, channel) once for ever.
    pub ledger: Vec<LedgerRow>,
    /// Events for our own functions only.
    pub wakes: Vec<Wake>,
    /// What was removed for good: its payloads go from the log, its rows from the tables.
    pub purged: BTreeSet<TaskId>,
    /// Said with the answer.
    pub warnings: Vec<Warning>,
}

impl State {
    /// Says something with the answer.
    pub fn warn(&mut self, warning: Warning) {
        self.written.warnings.push(warning);
        self.writes += 1;
    }

    /// Sets a scheduled reminder, here and in what is written.
    pub fn schedule(&mut self, row: Scheduled) {
        self.schedule.insert((row.task, row.reminder), row.clone());
        self.written.schedule.push(row);
        self.writes += 1;
    }

    /// Sets a delivery, here and in what is written.
    pub fn deliver(&mut self, delivery: Delivery) {
        self.deliveries.insert(delivery.id, delivery.clone());
        self.written.deliveries.insert(delivery.id, delivery);
        self.writes += 1;
    }

    /// Claims a reminder on a channel for a delivery. The store keeps each key once for ever.
    pub fn claim(&mut self, row: LedgerRow) {
        self.written.ledger.push(row);
        self.writes += 1;
    }

    /// Wakes one of our own functions.
    pub fn wake(&mut self, wake: Wake) {
        self.written.wakes.push(wake);
        self.writes += 1;
    }
}

/// One reminder on one channel, claimed for a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the key and its delivery")]
pub struct LedgerRow {
    pub task: TaskId,
    pub reminder: ReminderId,
    pub generation: u64,
    pub channel: String,
    pub delivery: DeliveryId,
}

/// An internal event: published, not kept in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wake {
    /// The stream whose order it keeps.
    pub stream: StreamId,
    /// What.
    pub kind: EventKind,
    /// The delivery or reminder it is about.
    pub subject: Uuid,
    /// Makes the event's id unique, the same for the same cause: "3" for the third attempt.
    pub cause: String,
}

/// Something that was done all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// The task completed was still blocked by an open one.
    Blocked,
}
