//! The reminder ledger.

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use uuid::Uuid;

/// A reminder to come.
#[derive(JsonSchema)]
pub struct ScheduledReminder {
    /// The reminder.
    pub id: Uuid,
    /// Its task.
    pub task_id: Uuid,
    /// That task's title.
    pub title: String,
    /// Raised each time its moment moves.
    pub generation: u64,
    /// When it comes.
    pub moment: Timestamp,
    /// What became of it.
    pub state: ScheduleState,
}

/// To come; handed to its deliveries; moved or its task closed; its moment had passed before it was set.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ScheduleState {
    Open,
    Fired,
    Cancelled,
    Skipped,
}

/// One message on one channel, perhaps of several reminders.
#[derive(JsonSchema)]
pub struct Delivery {
    /// Its id.
    pub id: Uuid,
    /// "email", "page".
    pub channel: String,
    /// What became of it.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempt: u32,
    /// When it is tried again, while it is open.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Timestamp>,
    /// The day of a daily digest.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub digest: Option<Date>,
    /// The reminders in it.
    pub items: Vec<DeliveredReminder>,
    /// What the provider said, or why it failed.
    pub receipt: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was sent or given up.
    pub closed_at: Option<Timestamp>,
}

/// To be sent or tried again; sent; given up; nothing was left to say.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum DeliveryState {
    Open,
    Sent,
    Failed,
    Cancelled,
}

/// One reminder within a delivery.
#[derive(JsonSchema)]
pub struct DeliveredReminder {
    /// Its task.
    pub task: Uuid,
    /// The reminder.
    pub reminder: Uuid,
    /// Which time.
    pub generation: u64,
    /// When it was to come.
    pub moment: Timestamp,
    /// The task's title when it was sent; empty before.
    pub title: String,
    /// When the task is due, in words.
    pub due: Option<String>,
}
