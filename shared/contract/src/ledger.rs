//! The reminder ledger as the API shows it: what is to come, what was sent.

use domain::{
    id::*,
    ledger::{Delivery, DeliveryState, Item, ScheduleState, Scheduled},
};
use jiff::Timestamp;
use serde::Serialize;

#[derive(Serialize)]
struct DeliveryDoc<'a> {
    id: DeliveryId,
    channel: &'a str,
    state: DeliveryState,
    attempt: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<jiff::civil::Date>,
    items: &'a [Item],
    receipt: &'a str,
    created_at: Timestamp,
    closed_at: Option<Timestamp>,
}

/// A delivery for its person; the lease's token stays inside.
pub fn delivery(delivery: &Delivery) -> String {
    crate::doc::json(&DeliveryDoc {
        id: delivery.id,
        channel: &delivery.channel,
        state: delivery.state,
        attempt: delivery.attempt,
        next_at: (delivery.state == DeliveryState::Open).then_some(delivery.next_at),
        digest: delivery.digest,
        items: &delivery.items,
        receipt: &delivery.receipt,
        created_at: delivery.created_at,
        closed_at: delivery.closed_at,
    })
}

#[derive(Serialize)]
struct ReminderDoc<'a> {
    id: ReminderId,
    task_id: TaskId,
    title: &'a str,
    generation: u64,
    moment: Timestamp,
    state: ScheduleState,
}

/// A scheduled reminder for its person, with its task's title.
pub fn reminder(reminder: &Scheduled, title: &str) -> String {
    crate::doc::json(&ReminderDoc {
        id: reminder.reminder,
        task_id: reminder.task,
        title,
        generation: reminder.generation,
        moment: reminder.moment,
        state: reminder.state,
    })
}
