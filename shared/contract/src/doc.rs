//! Records as the API shows them.

use domain::{
    id::*,
    record::Record,
    recurrence::{CivilWhen, Recurrence},
    settings::Settings,
    state::Row,
    task::{Estimate, Link, Priority, Reminder, ReminderSpec, Source, Status, Task},
    when::When,
};
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use serde::Serialize;
use uuid::Uuid;

/// A task as all its members share it; their own reminders are spliced in by [`with_reminders`].
#[derive(Serialize)]
struct TaskDoc<'a> {
    id: Uuid,
    version: u64,
    title: &'a str,
    notes: &'a str,
    status: Status,
    due: Option<WhenDoc<'a>>,
    start: Option<WhenDoc<'a>>,
    deadline: Option<Date>,
    priority: Priority,
    tags: &'a [String],
    list_id: Option<ListId>,
    section_id: Option<SectionId>,
    parent_id: Option<TaskId>,
    blocked_by: &'a [TaskId],
    assignee: Option<UserId>,
    estimate: &'a Option<Estimate>,
    links: &'a [Link],
    source: &'a Option<Source>,
    recurrence: &'a Option<Recurrence>,
    series_id: Option<SeriesId>,
    occurrence: Option<CivilWhen>,
    position: &'a str,
    created_at: Timestamp,
    updated_at: Timestamp,
    closed_at: Option<Timestamp>,
    deleted_at: Option<Timestamp>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum WhenDoc<'a> {
    Date {
        date: Date,
    },
    At {
        at: DateTime,
        time_zone: Option<&'a str>,
        instant: Option<Timestamp>,
    },
}

fn when<'a>(when: &'a When, settings: &Settings) -> WhenDoc<'a> {
    match when {
        When::Date(date) => WhenDoc::Date { date: *date },
        When::At { at, zone } => WhenDoc::At {
            at: *at,
            time_zone: zone.as_ref().map(domain::zone::ZoneName::as_str),
            instant: when.instant(settings.zone(), settings.all_day_time.0.0),
        },
    }
}

/// The JSON of a task without its reminders, for a person with these settings (they place floating times).
pub fn task(id: TaskId, row: &Row<Task>, settings: &Settings) -> String {
    let task = &row.value;
    let doc = TaskDoc {
        id: id.0,
        version: row.version,
        title: &task.title,
        notes: &task.notes,
        status: task.status,
        due: task.due.as_ref().map(|due| when(due, settings)),
        start: task.start.as_ref().map(|start| when(start, settings)),
        deadline: task.deadline,
        priority: task.priority,
        tags: &task.tags,
        list_id: task.list_id,
        section_id: task.section_id,
        parent_id: task.parent_id,
        blocked_by: &task.blocked_by,
        assignee: task.assignee,
        estimate: &task.estimate,
        links: &task.links,
        source: &task.source,
        recurrence: &task.recurrence,
        series_id: task.series_id,
        occurrence: task.occurrence,
        position: &task.position,
        created_at: task.created_at,
        updated_at: row.updated_at,
        closed_at: task.closed_at,
        deleted_at: task.deleted_at,
    };
    json(&doc)
}

/// A member's own view of a reminder.
#[derive(Serialize)]
struct ReminderDoc<'a> {
    id: ReminderId,
    #[serde(flatten)]
    spec: &'a ReminderSpec,
    #[serde(skip_serializing_if = "Option::is_none")]
    snoozed_until: Option<Timestamp>,
}

/// The shared JSON of a task with one member's own reminders at its end.
pub fn with_reminders(doc: &str, reminders: &[Reminder], person: UserId) -> String {
    let own: Vec<_> = reminders
        .iter()
        .filter(|reminder| reminder.person == person)
        .map(|reminder| ReminderDoc {
            id: reminder.id,
            spec: &reminder.spec,
            snoozed_until: reminder.snoozed_until,
        })
        .collect();
    let open = doc.strip_suffix('}').unwrap_or(doc);
    format!("{open},\"reminders\":{}}}", json(&own))
}

/// A task as its person sees it.
pub fn whole_task(id: TaskId, row: &Row<Task>, settings: &Settings, person: UserId) -> String {
    with_reminders(&task(id, row, settings), &row.value.reminders, person)
}

/// Any other record: its id, version, fields and time of change.
pub fn record<R: Record>(id: Uuid, row: &Row<R>) -> String {
    #[derive(Serialize)]
    #[serde(bound = "R: Record")]
    struct RecordDoc<'a, R> {
        id: Uuid,
        version: u64,
        #[serde(flatten)]
        fields: &'a R,
        updated_at: Timestamp,
    }
    json(&RecordDoc {
        id,
        version: row.version,
        fields: &row.value,
        updated_at: row.updated_at,
    })
}

/// Reads a task back out of its shared JSON and its reminders.
///
/// # Errors
/// When the text is not what [`task`] wrote.
pub fn read_task(doc: &str, reminders: &str) -> serde_json::Result<Task> {
    let mut task: Task = serde_json::from_str(doc)?;
    task.reminders = serde_json::from_str(reminders)?;
    Ok(task)
}

/// JSON of a value whose keys are all strings, which cannot fail.
pub fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}
