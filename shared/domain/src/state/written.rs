//! What a decision wrote, beside the rows: as a store takes it.

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
    /// The delivery or person it is about.
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
