//! Events: what happened, with before and after of each changed field.

use crate::{
    id::{RunId, StreamId, UserId},
    list::{CommentPatch, ListPatch, SectionPatch, TagPatch, ViewPatch},
    record::Patch,
    series::SeriesPatch,
    settings::SettingsPatch,
    task::TaskPatch,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! kinds {
    ($($topic:ident { $($(#[doc = $doc:literal])* $kind:ident = $name:literal,)* })*) => {
        /// What can happen. On the wire the type is `errand.` + name + `.v1`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventKind { $($($(#[doc = $doc])* $kind,)*)* }

        impl EventKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$($(Self::$kind,)*)*];

            /// The name, as `task.created`.
            pub const fn name(self) -> &'static str {
                match self { $($(Self::$kind => $name,)*)* }
            }

            /// What it says, in words.
            pub fn about(self) -> &'static str {
                match self { $($(Self::$kind => concat!($($doc),*).trim(),)*)* }
            }

            /// The topic it is published on.
            pub const fn topic(self) -> Topic {
                match self { $($(Self::$kind => Topic::$topic,)*)* }
            }

            /// The kind of that name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name() == name)
            }
        }
    };
}

kinds! {
    TaskEvents {
        /// A task was made; `after` has the whole.
        TaskCreated = "task.created",
        /// Fields changed.
        TaskChanged = "task.changed",
        /// Done.
        TaskCompleted = "task.completed",
        /// Open again.
        TaskReopened = "task.reopened",
        /// Will not be done.
        TaskDropped = "task.dropped",
        /// This occurrence was passed over.
        TaskSkipped = "task.skipped",
        /// Put into the trash.
        TaskDeleted = "task.deleted",
        /// Taken out of the trash.
        TaskRestored = "task.restored",
        /// Its content removed for good.
        TaskPurged = "task.purged",
        /// Moved to another stream.
        TaskLeft = "task.left",
        /// Came from another stream; `after` has the whole.
        TaskEntered = "task.entered",
        /// A series was made or its template changed.
        SeriesChanged = "series.changed",
        /// It makes no new occurrences for now.
        SeriesPaused = "series.paused",
        /// It makes them again.
        SeriesResumed = "series.resumed",
        /// It makes no more.
        SeriesEnded = "series.ended",
    }
    Reminders {
        /// A reminder will be due within seconds (internal: it only wakes).
        ReminderSoon = "reminder.soon",
        /// A delivery is open and due (internal).
        ReminderDue = "reminder.due",
        /// A reminder went out on one channel.
        ReminderSent = "reminder.sent",
        /// It could not be delivered.
        ReminderFailed = "reminder.failed",
        /// Put off.
        ReminderSnoozed = "reminder.snoozed",
        /// It will not come.
        ReminderCancelled = "reminder.cancelled",
        /// A person's daily digest is due (internal).
        DigestDue = "digest.due",
    }
    TaskUpdates {
        /// A list was made.
        ListCreated = "list.created",
        /// A list changed.
        ListChanged = "list.changed",
        /// A list went into the trash with its tasks.
        ListDeleted = "list.deleted",
        /// A list came back.
        ListRestored = "list.restored",
        /// A section was made.
        SectionCreated = "section.created",
        /// A section changed.
        SectionChanged = "section.changed",
        /// A section went; its tasks stayed.
        SectionDeleted = "section.deleted",
        /// A tag got a colour, a name, or went.
        TagChanged = "tag.changed",
        /// A view was made, changed or deleted.
        ViewChanged = "view.changed",
        /// Somebody commented.
        CommentCreated = "comment.created",
        /// A comment changed.
        CommentChanged = "comment.changed",
        /// A comment was deleted.
        CommentDeleted = "comment.deleted",
        /// The person's settings changed.
        SettingsChanged = "settings.changed",
        /// A run, or one event of it, was taken back; `note` says which.
        RunUndone = "run.undone",
        /// An import ended.
        ImportFinished = "import.finished",
    }
    AuditEvents {
        /// Somebody signed in.
        SignedIn = "security.signed_in",
        /// Somebody failed to.
        SignInFailed = "security.sign_in_failed",
        /// An API token was made.
        TokenCreated = "security.token_created",
        /// An API token was revoked.
        TokenRevoked = "security.token_revoked",
        /// The witness signed the heads.
        AuditHead = "audit.head",
    }
}

impl EventKind {
    /// The CloudEvents type: `errand.task.created.v1`.
    pub fn type_name(self) -> String {
        format!("errand.{}.v1", self.name())
    }

    /// The kind that a CloudEvents type names, of whatever version.
    pub fn of_type(name: &str) -> Option<Self> {
        Self::named(name.strip_prefix("errand.")?.rsplit_once(".v")?.0)
    }

    /// Whether it is only for our own functions: never in feeds, history or webhooks, and not in the log.
    pub const fn is_internal(self) -> bool {
        matches!(
            self,
            Self::ReminderSoon | Self::ReminderDue | Self::DigestDue
        )
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A Kafka topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Topic {
    TaskEvents,
    Reminders,
    TaskUpdates,
    AuditEvents,
}

impl Topic {
    /// Every topic.
    pub const ALL: &'static [Self] = &[
        Self::TaskEvents,
        Self::Reminders,
        Self::TaskUpdates,
        Self::AuditEvents,
    ];

    /// The topic's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TaskEvents => "task-events",
            Self::Reminders => "reminders",
            Self::TaskUpdates => "task-updates",
            Self::AuditEvents => "audit-events",
        }
    }
}

/// The fields that changed: what they were, what they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound = "P: Patch")]
pub struct Fields<P> {
    /// Before; empty for a creation.
    pub before: P,
    /// After; the whole for a creation.
    pub after: P,
}

/// What an event says changed.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "a variant per record")]
pub enum Change {
    Task(Box<Fields<TaskPatch>>),
    Series(Box<Fields<SeriesPatch>>),
    List(Fields<ListPatch>),
    Section(Fields<SectionPatch>),
    Tag(Fields<TagPatch>),
    View(Fields<ViewPatch>),
    Comment(Fields<CommentPatch>),
    Settings(Box<Fields<SettingsPatch>>),
    /// Nothing that is kept as a row.
    None,
}

/// Something that happened, as `decide` says it; the store gives it its place and time.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Where.
    pub stream: StreamId,
    /// What.
    pub kind: EventKind,
    /// The record it is about.
    pub subject: Uuid,
    /// That record's version after it; 0 where the subject has none.
    pub version: u64,
    /// The fields.
    pub change: Change,
    /// What is not a field of a record.
    pub detail: Detail,
}

/// What an event says beside the fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// In words: why a date moved, which reminder, what was undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The task that a reminder, a comment or a series is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<Uuid>,
    /// The channel of a delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The task's title as it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// When what was sent is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// The delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Uuid>,
    /// The run that this one takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undoes: Option<RunId>,
}

/// An event with its place in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// What happened.
    pub event: Event,
    /// Its place in the stream, from 1.
    pub n: u64,
    /// When: the database's clock, never before the event before it.
    pub at: Timestamp,
    /// Who.
    pub actor: UserId,
    /// By which client.
    pub client: String,
    /// Together with what.
    pub run: RunId,
}
