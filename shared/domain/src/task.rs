//! A task and all its fields.

pub mod change;
pub mod check;
pub mod close;
pub mod copy;
pub mod create;
pub mod place;
#[cfg(test)]
mod tests;
pub mod trash;

use crate::{
    id::{ListId, ReminderId, SectionId, SeriesId, TaskId, UserId},
    record::record,
    recurrence::{CivilWhen, Recurrence},
    when::When,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

record! {
    /// A task as all its members share it. Times are UTC, to the microsecond.
    Task,
    /// Some fields of a task.
    TaskPatch {
        /// 1 to 500 characters.
        title: String,
        /// Markdown, up to 100,000 characters.
        notes: String,
        /// Open, done or dropped.
        status: Status,
        /// When it is due.
        due: Option<When>,
        /// Hidden until then.
        start: Option<When>,
        /// A date moved only by hand; recurrence and snooze never touch it.
        deadline: Option<Date>,
        /// How much it matters.
        priority: Priority,
        /// Up to 50 names of up to 60 characters, in the order given.
        tags: Vec<String>,
        /// The list it stands in; none is the inbox.
        list_id: Option<ListId>,
        /// The section of that list.
        section_id: Option<SectionId>,
        /// The task that this is a step of.
        parent_id: Option<TaskId>,
        /// Tasks of the same stream to be done first.
        blocked_by: Vec<TaskId>,
        /// Who is to do it.
        assignee: Option<UserId>,
        /// How long it takes (ISO 8601 duration).
        estimate: Option<Estimate>,
        /// Up to 50 links.
        links: Vec<Link>,
        /// Where it was imported from; a second import makes no twin.
        source: Option<Source>,
        /// Every member's own reminders.
        reminders: Vec<Reminder>,
        /// How it comes back.
        recurrence: Option<Recurrence>,
        /// The series it is an occurrence of.
        series_id: Option<SeriesId>,
        /// The moment of the series that this occurrence stands for; editing `due` does not move it.
        occurrence: Option<CivilWhen>,
        /// Where it stands among its siblings: a key that sorts bytewise.
        position: String,
        /// When it was made.
        created_at: Timestamp,
        /// When it was done or dropped.
        closed_at: Option<Timestamp>,
        /// When it was put into the trash.
        deleted_at: Option<Timestamp>,
    }
}

impl Task {
    /// Open and not in the trash: what lists show and reminders speak of.
    pub fn is_live(&self) -> bool {
        self.status == Status::Open && self.deleted_at.is_none()
    }
}

/// The state of a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// To be done.
    #[default]
    Open,
    /// Done.
    Done,
    /// Will not be done.
    Dropped,
}

impl Status {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }
}

/// How much a task matters; iCalendar's 0, 9, 5, 1 (RFC 5545 section 3.8.1.9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Not said.
    #[default]
    None,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
}

impl Priority {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// How long a task takes: an ISO 8601 duration, kept as it was written ("PT30M").
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Estimate(String);

impl Estimate {
    /// Reads an ISO 8601 duration that is not negative.
    pub fn parse(text: &str) -> Option<Self> {
        let span: jiff::Span = text.parse().ok()?;
        (text.starts_with('P') && !span.is_negative()).then(|| Self(text.to_owned()))
    }

    /// The duration as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Estimate {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("not an ISO 8601 duration such as PT30M"))
    }
}

/// A link on a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// An http, https or mailto address.
    pub url: String,
    /// What to show in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// Where a task came from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The other system's name.
    pub system: String,
    /// The task's id there.
    pub id: String,
}

/// One member's reminder of a task: a lead time, or a moment of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// Unique within the task.
    pub id: ReminderId,
    /// Whose it is.
    pub person: UserId,
    /// When it comes.
    #[serde(flatten)]
    pub spec: ReminderSpec,
    /// Put off until then, whatever the spec says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<Timestamp>,
}

/// When a reminder comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ReminderSpec {
    /// Some time before (negative) or after one of the task's dates. P1D is a calendar day, PT24H is elapsed.
    Lead {
        /// An ISO 8601 duration with its sign: "-PT15M".
        offset: String,
        /// What it counts from.
        #[serde(default)]
        of: Anchor,
    },
    /// A moment of its own.
    At {
        /// UTC.
        at: Timestamp,
    },
}

/// What a lead time counts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// The due date.
    #[default]
    Due,
    /// The start.
    Start,
    /// The deadline.
    Deadline,
}
