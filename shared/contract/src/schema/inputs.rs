//! What requests carry where the code reads it field by field. A field that may be left out but is not null stands here by its
//! own type; [`optional`] takes it out of what is required.

use super::{
    Anchor, Color, CountedFrom, DateOrder, Day, DayOrTime, Duration, FollowDevice, HourCycle, Link,
    Missed, NextWeekday, Priority, QuietHours, Rule, Source, TimeOfDay, Times, Weekday, When,
    ZoneName,
};
use jiff::{Timestamp, civil::Date};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use std::borrow::Cow;
use uuid::Uuid;

/// The writable fields of a task. A change replaces each field that is sent, objects whole.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, transform = optional)]
pub struct TaskInput {
    /// In a create: chosen by the client. The same id and fields again make nothing new.
    pub id: Option<Uuid>,
    /// 1 to 500 characters; a create needs it.
    pub title: String,
    /// Markdown, up to 100,000 characters.
    pub notes: String,
    /// When it is due.
    pub due: Option<When>,
    /// Hidden until then.
    pub start: Option<When>,
    /// A day moved only by hand; recurrence and snooze never touch it.
    pub deadline: Option<Date>,
    /// How much it matters.
    pub priority: Priority,
    /// Up to 50 names of up to 60 characters.
    pub tags: Vec<String>,
    /// The list; null is the inbox.
    pub list_id: Option<Uuid>,
    /// The section of that list.
    pub section_id: Option<Uuid>,
    /// The task that it is a step of.
    pub parent_id: Option<Uuid>,
    /// Tasks to be done first.
    pub blocked_by: Vec<Uuid>,
    /// Who is to do it.
    pub assignee: Option<Uuid>,
    /// How long it takes.
    pub estimate: Option<Duration>,
    /// Up to 50.
    pub links: Vec<Link>,
    /// Where it was imported from.
    pub source: Option<Source>,
    /// One's own, up to 20.
    pub reminders: Vec<ReminderInput>,
    /// How it comes back; in a change of one occurrence this changes the series, and null ends it.
    pub recurrence: Option<RepeatInput>,
}

/// A reminder as it is asked for: either `offset` or `at`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ReminderInput {
    /// Left out, one is made.
    pub id: Option<Uuid>,
    /// How long before (negative) or after.
    pub offset: Option<Duration>,
    /// From what; the due date when left out.
    pub of: Option<Anchor>,
    /// A moment of its own.
    pub at: Option<Timestamp>,
    /// Put off until then.
    pub snoozed_until: Option<Timestamp>,
}

/// A recurrence as it is asked for; what is left out comes from the task.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, transform = only_rrule)]
pub struct RepeatInput {
    /// The rule.
    pub rrule: Rule,
    /// What the next occurrence is counted from; the schedule when left out.
    pub from: CountedFrom,
    /// The first occurrence.
    pub start: Option<DayOrTime>,
    /// The zone of the wall times; null floats with the person's.
    pub time_zone: Option<ZoneName>,
    /// Further occurrences.
    pub include: Vec<DayOrTime>,
    /// Occurrences left out.
    pub exclude: Vec<DayOrTime>,
    /// What becomes of those that passed; they are skipped when left out.
    pub missed: Missed,
}

/// The writable fields of a list.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, transform = optional)]
pub struct ListInput {
    /// In a create: chosen by the client.
    pub id: Option<Uuid>,
    /// 1 to 500 characters; a create needs it.
    pub name: String,
    /// A colour, or null for none.
    pub color: Option<Color>,
    /// Hidden from the rail, its tasks from the views.
    pub archived: bool,
}

/// The writable fields of a section.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, transform = optional)]
pub struct SectionInput {
    /// In a create: chosen by the client.
    pub id: Option<Uuid>,
    /// 1 to 500 characters; a create needs it.
    pub name: String,
    /// In a create: the list that it divides.
    pub list_id: Uuid,
}

/// The writable fields of a tag.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, transform = optional)]
pub struct TagInput {
    /// Another name, on every task that carries it.
    pub name: String,
    /// A colour, or null for none.
    pub color: Option<Color>,
}

/// The writable fields of a view.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, transform = optional)]
pub struct ViewInput {
    /// In a create: chosen by the client.
    pub id: Option<Uuid>,
    /// 1 to 500 characters; a create needs it.
    pub name: String,
    /// In the filter language; a create needs it.
    pub filter: String,
    /// As the `sort` parameter.
    pub sort: Option<String>,
}

/// A new comment.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NewComment {
    /// Chosen by the client.
    pub id: Option<Uuid>,
    /// Only the task of the path.
    pub task_id: Option<Uuid>,
    /// Markdown, 1 to 10,000 characters.
    pub text: String,
}

/// Where a task is to stand; what is left out stays.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Place {
    /// The list; null is the inbox.
    pub list_id: Option<Uuid>,
    /// The section of that list.
    pub section_id: Option<Uuid>,
    /// The task that it becomes a step of.
    pub parent_id: Option<Uuid>,
    /// The task after which it stands; null is the first place.
    pub after: Option<Uuid>,
}

/// A recurrence to be shown.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, transform = only_rrule)]
pub struct PreviewInput {
    /// How many occurrences, 10 when left out.
    #[schemars(range(min = 1, max = 200))]
    pub count: u16,
    /// The recurrence, as in a task.
    #[schemars(flatten)]
    pub recurrence: RepeatInput,
}

/// Settings to change; what is left out stays.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, transform = optional)]
pub struct SettingsInput {
    /// Where the person is; floating dates follow it.
    pub time_zone: ZoneName,
    /// BCP 47: "en-GB".
    pub locale: String,
    /// The first day of the week.
    pub week_starts: Weekday,
    /// The days on which one does not work.
    pub weekend: Vec<Day>,
    /// How 03/04 is read; null goes by the locale.
    pub date_order: Option<DateOrder>,
    /// How times are shown; null goes by the locale.
    pub hour_cycle: Option<HourCycle>,
    /// What "next friday" said on a Monday means.
    pub next_weekday: NextWeekday,
    /// Until then "today" is still yesterday's day.
    pub day_starts_at: TimeOfDay,
    /// What the parts of a day mean; those left out are as usual.
    pub times: Times,
    /// What a day without a time counts from for reminders.
    pub all_day_time: TimeOfDay,
    /// No reminder but the open page's in between.
    pub quiet_hours: Option<QuietHours>,
    /// Each day at this hour, what is due; null for never.
    pub digest_at: Option<TimeOfDay>,
    /// What happens where a device is in another zone than the person.
    pub follow_device: FollowDevice,
    /// The address that reminders go to by e-mail; null for none.
    pub email: Option<String>,
    /// Whether reminders go out by e-mail where there is an address.
    pub email_reminders: bool,
}

/// Nothing of it has to be sent.
fn optional(schema: &mut Schema) {
    schema.remove("required");
}

/// Only the rule has to be sent.
fn only_rrule(schema: &mut Schema) {
    schema.insert("required".to_owned(), ["rrule"].as_slice().into());
}

/// The shapes that the code reads are described by those above.
macro_rules! described {
    ($($read:ty as $described:ty;)*) => {$(
        impl JsonSchema for $read {
            fn schema_name() -> Cow<'static, str> {
                <$described>::schema_name()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                <$described>::json_schema(generator)
            }
        }
    )*};
}

described! {
    crate::input::TaskInput as TaskInput;
    crate::input::RepeatInput as RepeatInput;
}
