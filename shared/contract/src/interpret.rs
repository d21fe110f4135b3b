//! What `/interpret`, quick add and chat exchange: a line of text in, what it would do out (API.md section 4).
//!
//! Nothing here decides anything: `language` fills these shapes, the tasks function adds `command`, clients obey `decision`.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A line of text to read, with all that its reading depends on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(expecting = "an object with `text`, `now` and `time_zone`")]
pub struct InterpretRequest {
    /// What the person wrote: at most 500 characters for quick add, 10,000 in talk.
    pub text: String,
    /// Quick add only ever creates; talk may do anything.
    #[serde(default)]
    pub mode: Mode,
    /// The moment at which it was written: RFC 3339 with an offset.
    pub now: String,
    /// The person's IANA time zone.
    pub time_zone: String,
    /// BCP 47; decides the order of day and month. English unless told.
    #[serde(default)]
    pub language: Option<String>,
    /// Ranges of `text`, in UTF-16 code units, that are not to be read as anything.
    #[serde(default)]
    pub literal: Vec<[usize; 2]>,
    /// The conversation that "it" and "that one" refer to.
    #[serde(default)]
    pub conversation_id: Option<String>,
}

/// Where the text was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The quick-add line: whatever is written becomes a task.
    Add,
    /// The chat: whatever is written may be a wish, a question, or none of our business.
    #[default]
    Talk,
}

/// What a line of text would do. Nothing has been done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Interpretation {
    /// What a client does with it; the server's thresholds.
    pub decision: Decision,
    /// Probability, 0 to 1, that the person accepts it unchanged.
    pub confidence: f64,
    /// What to ask, where `decision` is `ask` or `confirm`.
    pub question: Option<String>,
    /// BCP 47 language in which it was read.
    pub language: String,
    /// What is wrong with the text, by the codes of API.md section 7.
    pub problems: Vec<Trouble>,
    /// One per thing to do, in the order written.
    pub items: Vec<Item>,
    /// Other readings, the likeliest first.
    pub alternatives: Vec<Item>,
    /// Which words became what.
    pub spans: Vec<Span>,
}

/// What a client does with an interpretation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Do it and say what was done.
    Act,
    /// Show what it touches and do it once a person says yes.
    Confirm,
    /// Ask `question`; do nothing.
    Ask,
    /// It is none of our business, or there is nothing to do.
    Ignore,
}

/// What a person wants.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the names are the meaning; API.md section 4 lists them"
)]
pub enum Intent {
    CreateTask,
    CreateReminder,
    UpdateTask,
    CompleteTask,
    ReopenTask,
    DropTask,
    DeleteTask,
    RestoreTask,
    ListTasks,
    FindTask,
    Reschedule,
    Skip,
    EndSeries,
    SnoozeReminder,
    DeleteReminder,
    CreateList,
    UpdateList,
    DeleteList,
    ListLists,
    Comment,
    Plan,
    Digest,
    Explain,
    Undo,
    NextPage,
    PreviousPage,
    Confirm,
    Cancel,
    Help,
    #[default]
    None,
}

impl Intent {
    /// Whether doing it changes nothing.
    pub fn only_reads(self) -> bool {
        matches!(
            self,
            Self::ListTasks
                | Self::FindTask
                | Self::ListLists
                | Self::Plan
                | Self::Digest
                | Self::Explain
                | Self::NextPage
                | Self::PreviousPage
                | Self::Confirm
                | Self::Cancel
                | Self::Help
                | Self::None
        )
    }

    /// Whether it takes something away, so that its target is never chosen by resemblance.
    pub fn destroys(self) -> bool {
        matches!(
            self,
            Self::DeleteTask
                | Self::DropTask
                | Self::EndSeries
                | Self::DeleteReminder
                | Self::DeleteList
        )
    }
}

/// One thing to do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// What is wanted.
    pub intent: Intent,
    /// The title of what is made, or the new title in a change.
    pub title: Option<String>,
    /// What is meant, in the person's words; `language::target` finds it.
    pub target: Option<Target>,
    /// When it is due.
    pub due: Option<Moment>,
    /// Hidden until.
    pub start: Option<Moment>,
    /// "by friday": a date moved only by hand.
    #[schemars(with = "Option<String>")]
    pub deadline: Option<Date>,
    /// How it comes back.
    pub recurrence: Option<Repeat>,
    /// When to be told.
    pub reminders: Vec<Alert>,
    /// `#tag`, without the sigil.
    pub tags: Vec<String>,
    /// `!high`, or in words.
    pub priority: Option<Priority>,
    /// `+list`, or "to my shopping list": a name, not an id.
    pub list: Option<String>,
    /// ISO 8601 duration.
    pub estimate: Option<String>,
    /// `@person`, without the sigil.
    pub assignee: Option<String>,
    /// A listing's filter, in the language of API.md section 2.
    pub filter: Option<String>,
    /// The words of a note or a comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// "an hour later": ISO 8601, to add to what the task has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift: Option<String>,
    /// Fields that are to be emptied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clear: Vec<Emptied>,
    /// The command of `/commands` that would do it; filled in where the tasks are known.
    #[serde(default)]
    pub command: Option<serde_json::Value>,
}

/// A field of a task that somebody wants to be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the task's fields")]
pub enum Emptied {
    Due,
    Start,
    Deadline,
    Priority,
    Tags,
    Estimate,
}

/// What a phrase points at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// The words, without articles and verbs: "buy groceries".
    pub phrase: Option<String>,
    /// "it", "that one": what the conversation was about last.
    pub last: bool,
    /// "all", "everything": more than one is meant.
    pub all: bool,
    /// "the second task": its place in what was shown last, from 1; -1 is the last.
    pub nth: Option<i32>,
}

/// A moment as people say it: a day, or a time on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Moment {
    /// A day without a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub date: Option<Date>,
    /// Wall-clock time in `time_zone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub at: Option<DateTime>,
    /// IANA name; the person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// `at` as an instant, for reading only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub instant: Option<Timestamp>,
    /// How precisely it was said.
    pub grain: Grain,
    /// The last day, or the last moment, of a range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// Only a time was said, so a task that has a day keeps it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub time_only: bool,
}

/// How precisely a moment was said.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "units of time")]
pub enum Grain {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// A recurrence as in a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Repeat {
    /// RFC 5545 RRULE without its name; made from words, so it may carry RFC 7529's SKIP=BACKWARD.
    pub rrule: String,
    /// What the next occurrence counts from.
    pub from: From,
    /// The first occurrence: a date, or a wall-clock time in `time_zone`.
    pub start: String,
    /// IANA name, where `start` has a time.
    pub time_zone: Option<String>,
    /// Extra occurrences, written as `start` is.
    pub include: Vec<String>,
    /// Occurrences left out, written as `start` is.
    pub exclude: Vec<String>,
    /// Whether missed ones are skipped, made, or listed; null is the person's setting.
    pub missed: Option<String>,
}

/// What the next occurrence counts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// The occurrence before.
    #[default]
    Schedule,
    /// The day on which it was completed.
    Completion,
}

/// A reminder: a distance from due, start or deadline, or its own moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Alert {
    /// So long before (negative) or after.
    Offset {
        /// ISO 8601, as "-PT15M"; "-P1D" is a calendar day.
        offset: String,
        /// due, start or deadline.
        of: String,
    },
    /// At a moment of its own.
    At {
        /// The instant.
        #[schemars(with = "String")]
        at: Timestamp,
    },
}

/// iCalendar's 0, 9, 5, 1.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the meaning")]
pub enum Priority {
    None,
    Low,
    Medium,
    High,
}

/// Words that became something. Offsets are UTF-16 code units of the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// First unit.
    pub from: usize,
    /// One past the last unit.
    pub to: usize,
    /// What they became: the item's field ("due", "tags"), "intent" for the words that say what to do, or "literal".
    pub is: String,
    /// Index into `items`.
    pub item: usize,
}

/// What is wrong with the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Trouble {
    /// A code of API.md section 7.
    pub code: String,
    /// The words for a person.
    pub detail: String,
    /// First unit of the words it is about, where there are such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<usize>,
    /// One past the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<usize>,
}
