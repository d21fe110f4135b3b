//! Values that records are made of.

use jiff::{Timestamp, civil::Date};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use uuid::Uuid;

pub use crate::interpret::Priority;

/// Kinds of text, each with its form.
macro_rules! texts {
    ($($(#[doc = $doc:literal])* $name:ident: $form:tt)*) => {$(
        $(#[doc = $doc])*
        pub struct $name;

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let mut schema = json_schema!($form);
                schema.insert("type".to_owned(), "string".into());
                schema.insert("description".to_owned(), concat!($($doc),*).trim().into());
                schema
            }
        }
    )*};
}

texts! {
    /// A wall time without a zone.
    WallTime: { "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?$", "examples": ["2026-11-29T15:00:00"] }
    /// A day, or a wall time.
    DayOrTime: { "pattern": r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$", "examples": ["2026-11-29", "2026-11-29T15:00:00"] }
    /// A time of day.
    TimeOfDay: { "pattern": r"^([01]\d|2[0-3]):[0-5]\d$", "examples": ["09:00"] }
    /// A time zone by its IANA name.
    ZoneName: { "examples": ["Europe/Berlin"] }
    /// An ISO 8601 duration, with its sign where it counts back. P1D is a calendar day, PT24H is elapsed.
    Duration: { "pattern": r"^-?P", "examples": ["PT30M", "-PT15M"] }
    /// A recurrence rule of RFC 5545, without its name. What people mean by "monthly on the 31st" is RFC 7529's SKIP=BACKWARD.
    Rule: { "examples": ["FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"] }
    /// A colour.
    Color: { "pattern": "^#[0-9a-f]{6}$", "examples": ["#3d52d5"] }
    /// A key that sorts bytewise among its siblings.
    Position: {}
}

/// When something is due or starts.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum When {
    /// A day without a time.
    Day {
        /// The day.
        date: Date,
    },
    /// A wall time.
    Time {
        /// The wall time.
        at: WallTime,
        /// The zone that it is meant in; null floats with the person's.
        time_zone: Option<ZoneName>,
    },
}

/// When something is due or starts, with the moment that this is for the person.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum Due {
    /// A day without a time.
    Day {
        /// The day.
        date: Date,
    },
    /// A wall time.
    Time {
        /// The wall time.
        at: WallTime,
        /// The zone that it is meant in; null floats with the person's.
        time_zone: Option<ZoneName>,
        /// Read-only: computed anew when the person travels or the zone's rules change.
        instant: Option<Timestamp>,
    },
}

/// Open, done, or dropped (will not be done). Clients treat what they do not know as open.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Status {
    Open,
    Done,
    Dropped,
}

/// A link on a task.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Link {
    /// An http, https or mailto address.
    pub url: String,
    /// What to show in its place.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// Where a task was imported from; a second import makes no twin.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Source {
    /// The other system.
    pub system: String,
    /// The task's id there.
    pub id: String,
}

/// What a lead time counts from.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Anchor {
    Due,
    Start,
    Deadline,
}

/// A reminder of one's own: a lead time, or a moment.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum Reminder {
    /// Some time before (negative) or after one of the task's dates.
    Lead {
        /// Unique within the task.
        id: Uuid,
        /// How long before or after.
        offset: Duration,
        /// From what.
        of: Anchor,
        /// Put off until then.
        #[schemars(skip_serializing_if = "Option::is_none")]
        snoozed_until: Option<Timestamp>,
    },
    /// A moment of its own.
    At {
        /// Unique within the task.
        id: Uuid,
        /// The moment.
        at: Timestamp,
        /// Put off until then.
        #[schemars(skip_serializing_if = "Option::is_none")]
        snoozed_until: Option<Timestamp>,
    },
}

/// One member's reminder, as the log keeps it.
#[derive(JsonSchema)]
pub struct MembersReminder {
    /// Unique within the task.
    pub id: Uuid,
    /// Whose it is.
    pub person: Uuid,
    /// How long before or after one of the task's dates.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub offset: Option<Duration>,
    /// What `offset` counts from.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub of: Option<Anchor>,
    /// A moment of its own.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Put off until then.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<Timestamp>,
}

/// How a task comes back.
#[derive(JsonSchema)]
pub struct Recurrence {
    /// The rule.
    pub rrule: Rule,
    /// What the next occurrence is counted from.
    pub from: CountedFrom,
    /// The first occurrence; a day makes all of them all-day.
    pub start: DayOrTime,
    /// The zone of the wall times; null floats with the person's.
    pub time_zone: Option<ZoneName>,
    /// Further occurrences.
    pub include: Vec<DayOrTime>,
    /// Occurrences left out.
    pub exclude: Vec<DayOrTime>,
    /// What becomes of those that passed while the task stayed open.
    pub missed: Missed,
}

/// What the next occurrence is counted from: the rule's own calendar, or the day of completion.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum CountedFrom {
    Schedule,
    Completion,
}

/// What becomes of occurrences that passed: passed over, made each in turn, or passed over and named.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Missed {
    Skip,
    Each,
    List,
}

/// When a person is not to be disturbed, in wall time; past midnight where it ends before it begins.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct QuietHours {
    /// From then.
    pub from: TimeOfDay,
    /// Until then.
    pub until: TimeOfDay,
}

/// The first day of a week.
#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[expect(missing_docs, reason = "days of the week")]
pub enum Weekday {
    Monday,
    Saturday,
    Sunday,
}

/// How a date in figures is read: day, month, year by their order.
#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the letters say it")]
pub enum DateOrder {
    Dmy,
    Mdy,
    Ymd,
}

/// What "next friday" means: the one of the next calendar week, or the first to come.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum NextWeekday {
    NextWeek,
    Nearest,
}

/// A day of the week.
#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[expect(missing_docs, reason = "days of the week")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// How times are shown: 3 pm, or 15:00.
#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum HourCycle {
    H12,
    H23,
}

/// What happens where a device is in another zone than the person: they are asked, their zone follows, or nothing.
#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum FollowDevice {
    Ask,
    Always,
    Never,
}

/// What the parts of a day mean.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, transform = as_usual)]
#[expect(missing_docs, reason = "parts of a day")]
pub struct Times {
    pub morning: TimeOfDay,
    pub noon: TimeOfDay,
    pub afternoon: TimeOfDay,
    pub evening: TimeOfDay,
    pub night: TimeOfDay,
}

/// Those left out are as usual.
fn as_usual(schema: &mut Schema) {
    schema.remove("required");
}
