//! The reminder ledger: what is to come, and what was sent.

use crate::id::{DeliveryId, ReminderId, StreamId, TaskId, UserId};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// One reminder's place in time. Every move raises the generation, so that it can come again, and cancels the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// Of which task.
    pub task: TaskId,
    /// Which of its reminders.
    pub reminder: ReminderId,
    /// From 1.
    pub generation: u64,
    /// Whose.
    pub person: UserId,
    /// In which stream the task stands.
    pub stream: StreamId,
    /// When it comes (UTC).
    pub moment: Timestamp,
    /// What became of it.
    pub state: ScheduleState,
}

/// What became of a scheduled reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleState {
    /// To come.
    Open,
    /// Handed to its deliveries.
    Fired,
    /// Moved, or its task was closed.
    Cancelled,
    /// Its moment had passed before it was set.
    Skipped,
}

impl ScheduleState {
    /// The word stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Fired => "fired",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
        }
    }

    /// The state of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Open, Self::Fired, Self::Cancelled, Self::Skipped]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// One message to one person on one channel, perhaps of several reminders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// Derived from its items, or from the end of the quiet hours that it waits for, so that two clocks make one; Message-ID and
    /// push topic come from it.
    pub id: DeliveryId,
    /// To whom.
    pub person: UserId,
    /// The person's own stream, where the receipt is written.
    pub stream: StreamId,
    /// By which channel: "email", "page".
    pub channel: String,
    /// What became of it.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempt: u32,
    /// When to try (again): the lease while it is being sent.
    pub next_at: Timestamp,
    /// Who holds the lease; only that one may record the outcome.
    pub token: String,
    /// The day that it is the daily digest of; none for reminders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Date>,
    /// The reminders, or the digest's tasks; frozen at the first claim.
    pub items: Vec<Item>,
    /// The provider's answer, or the last failure in words.
    pub receipt: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was sent or given up.
    pub closed_at: Option<Timestamp>,
}

/// One reminder within a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Of which task.
    pub task: TaskId,
    /// Which of its reminders; nil in a digest.
    pub reminder: ReminderId,
    /// Which time; 0 in a digest.
    pub generation: u64,
    /// When it was to come.
    pub moment: Timestamp,
    /// The task's title, once frozen.
    pub title: String,
    /// When the task is due, in the person's words for it, once frozen.
    pub due: Option<String>,
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// To be sent, being sent, or waiting for the next try.
    Open,
    /// The provider said yes.
    Sent,
    /// Given up after the last try; can be retried by hand.
    Failed,
    /// Nothing was left to say.
    Cancelled,
}

impl DeliveryState {
    /// The word stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Open, Self::Sent, Self::Failed, Self::Cancelled]
            .into_iter()
            .find(|state| state.name() == name)
    }
}
