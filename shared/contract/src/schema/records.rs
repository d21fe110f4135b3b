//! The records of `domain`, field by field.

use super::{
    Color, DateOrder, Day, DayOrTime, Due, Duration, FollowDevice, HourCycle, Link,
    MembersReminder, NextWeekday, Position, Priority, QuietHours, Recurrence, Reminder, Source,
    Status, Stored, TimeOfDay, Times, Weekday, When, ZoneName,
};
use jiff::{Timestamp, civil::Date};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use uuid::Uuid;

/// The fields of a task, as events carry them.
#[derive(JsonSchema)]
pub struct TaskFields {
    /// 1 to 500 characters.
    pub title: String,
    /// Markdown, up to 100,000 characters.
    pub notes: String,
    /// Open, done or dropped.
    pub status: Status,
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
    /// The list that it stands in; null is the inbox.
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
    /// Every member's own.
    pub reminders: Vec<MembersReminder>,
    /// How it comes back.
    pub recurrence: Option<Recurrence>,
    /// The series that it is an occurrence of.
    pub series_id: Option<Uuid>,
    /// The moment of the series that it stands for; an edited `due` does not move it.
    pub occurrence: Option<DayOrTime>,
    /// Where it stands among its siblings.
    pub position: Position,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was done or dropped.
    pub closed_at: Option<Timestamp>,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
}

/// A task as its person sees it.
pub struct Task;

impl JsonSchema for Task {
    fn schema_name() -> Cow<'static, str> {
        "Task".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Stored::<TaskFields>::json_schema(generator);
        let due = generator.subschema_for::<Option<Due>>();
        let reminders = generator.subschema_for::<Vec<Reminder>>();
        let own = json_schema!({ "properties": {
            "due": due,
            "start": due,
            "reminders": reminders,
            "warnings": { "type": "array", "items": { "type": "string" },
                "description": "Only after a change: what it did that you might not expect." },
        } });
        super::add(&mut schema, own);
        schema.insert(
            "description".to_owned(),
            "A task as its person sees it; reminders are their own.".into(),
        );
        schema
    }
}

/// The template that the occurrences of a recurring task are made from.
#[derive(JsonSchema)]
pub struct SeriesFields {
    /// The next occurrences' title.
    pub title: String,
    /// Their notes.
    pub notes: String,
    /// Their priority.
    pub priority: Priority,
    /// Their tags.
    pub tags: Vec<String>,
    /// Who is to do them.
    pub assignee: Option<Uuid>,
    /// How long they take.
    pub estimate: Option<Duration>,
    /// Their links.
    pub links: Vec<Link>,
    /// Their reminders.
    pub reminders: Vec<MembersReminder>,
    /// The due date of the occurrence that the template was taken from.
    pub due: Option<When>,
    /// That occurrence's start, which keeps its distance to the due date.
    pub start: Option<When>,
    /// The rule.
    pub recurrence: Option<Recurrence>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it makes no new occurrences.
    pub paused_at: Option<Timestamp>,
    /// When it ended for good.
    pub ended_at: Option<Timestamp>,
}

/// A list of tasks.
#[derive(JsonSchema)]
pub struct ListFields {
    /// 1 to 500 characters.
    pub name: String,
    /// A colour, or none.
    pub color: Option<Color>,
    /// Where it stands among the lists.
    pub position: Position,
    /// Hidden from the rail, its tasks from the views.
    pub archived: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was put into the trash, its tasks with it.
    pub deleted_at: Option<Timestamp>,
}

/// A section of a list.
#[derive(JsonSchema)]
pub struct SectionFields {
    /// 1 to 500 characters.
    pub name: String,
    /// The list that it divides.
    pub list_id: Uuid,
    /// Where it stands among the list's sections.
    pub position: Position,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was deleted; its tasks stay in the list.
    pub deleted_at: Option<Timestamp>,
}

/// What is known of a tag beside the tasks that carry it.
#[derive(JsonSchema)]
pub struct TagFields {
    /// Up to 60 characters.
    pub name: String,
    /// A colour, or none.
    pub color: Option<Color>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was deleted, and taken off every task.
    pub deleted_at: Option<Timestamp>,
}

/// A saved filter.
#[derive(JsonSchema)]
pub struct ViewFields {
    /// 1 to 500 characters.
    pub name: String,
    /// In the filter language: `due<today+7d and tag=home`.
    pub filter: String,
    /// As the `sort` parameter: `due,-priority`.
    pub sort: Option<String>,
    /// Where it stands among the views.
    pub position: Position,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// A comment on a task.
#[derive(JsonSchema)]
pub struct CommentFields {
    /// The task that it is about.
    pub task_id: Uuid,
    /// Who wrote it.
    pub author: Uuid,
    /// Markdown, 1 to 10,000 characters.
    pub text: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// A person's settings.
#[derive(JsonSchema)]
#[schemars(rename = "Settings")]
pub struct SettingsFields {
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
    /// What the parts of a day mean.
    pub times: Times,
    /// What a day without a time counts from for reminders.
    pub all_day_time: TimeOfDay,
    /// No reminder but the open page's in between; they come at the end.
    pub quiet_hours: Option<QuietHours>,
    /// Each day at this hour, what is due; null for never.
    pub digest_at: Option<TimeOfDay>,
    /// What happens where a device is in another zone than the person.
    pub follow_device: FollowDevice,
    /// The address that reminders go to by e-mail.
    pub email: Option<String>,
    /// Whether reminders go out by e-mail where there is an address.
    pub email_reminders: bool,
}
