//! The data of an event: what the log keeps, the feed shows and Kafka carries.

use domain::{
    event::{Change, Detail, Event, EventKind, Fields, Logged},
    id::*,
    record::Patch,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use uuid::Uuid;

/// By whom an event came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct By {
    /// The person.
    #[schemars(with = "Uuid")]
    pub user_id: UserId,
    /// The client: "page", "cli", a token's or a function's name.
    pub client: String,
    /// person, agent or system.
    pub kind: String,
}

#[derive(Serialize)]
struct Out<'a, F: Serialize> {
    #[serde(skip_serializing_if = "Option::is_none")]
    task_id: Option<Uuid>,
    id: Uuid,
    version: u64,
    before: &'a F,
    after: &'a F,
    #[serde(flatten)]
    detail: &'a Detail,
    by: &'a By,
    run_id: RunId,
}

/// What is read of it again.
#[derive(Deserialize)]
struct In<'a> {
    id: Uuid,
    version: u64,
    #[serde(borrow)]
    before: &'a RawValue,
    #[serde(borrow)]
    after: &'a RawValue,
    #[serde(flatten)]
    detail: Detail,
}

/// The JSON of an event's data. Its bytes are stored and hashed as they are, and never made again.
pub fn write(event: &Event, by: &By, run: RunId) -> String {
    match &event.change {
        Change::Task(fields) => put(event, &fields.before, &fields.after, by, run),
        Change::Series(fields) => put(event, &fields.before, &fields.after, by, run),
        Change::List(fields) => put(event, &fields.before, &fields.after, by, run),
        Change::Section(fields) => put(event, &fields.before, &fields.after, by, run),
        Change::Tag(fields) => put(event, &fields.before, &fields.after, by, run),
        Change::View(fields) => put(event, &fields.before, &fields.after, by, run),
        Change::Comment(fields) => put(event, &fields.before, &fields.after, by, run),
        Change::Settings(fields) => put(event, &fields.before, &fields.after, by, run),
        Change::None => put(event, &Empty {}, &Empty {}, by, run),
    }
}

#[derive(Serialize)]
struct Empty {}

fn put<F: Serialize>(event: &Event, before: &F, after: &F, by: &By, run: RunId) -> String {
    let is_task = matches!(event.change, Change::Task(_)) || event.kind == EventKind::TaskPurged;
    let task_id = if is_task {
        Some(event.subject)
    } else {
        event.detail.task
    };
    let detail = &Detail {
        task: None,
        ..event.detail.clone()
    };
    crate::doc::json(&Out {
        task_id,
        id: event.subject,
        version: event.version,
        before,
        after,
        detail,
        by,
        run_id: run,
    })
}

/// Reads an event back from its stored data.
///
/// # Errors
/// When the data is not of that kind's shape.
pub fn read(kind: EventKind, stream: StreamId, payload: &str) -> serde_json::Result<Event> {
    #[derive(Deserialize)]
    struct About {
        #[serde(default)]
        task_id: Option<Uuid>,
    }
    let payload = crate::upcast::today(kind, payload)?;
    let data: In<'_> = serde_json::from_str(&payload)?;
    let about: About = serde_json::from_str(&payload)?;
    let change = change(kind, data.before.get(), data.after.get())?;
    let task = about
        .task_id
        .filter(|_| !matches!(change, Change::Task(_)) && kind != EventKind::TaskPurged);
    Ok(Event {
        stream,
        kind,
        subject: data.id,
        version: data.version,
        change,
        detail: Detail {
            task,
            ..data.detail
        },
    })
}

fn change(kind: EventKind, before: &str, after: &str) -> serde_json::Result<Change> {
    use EventKind as K;
    fn fields<P: Patch + DeserializeOwned>(
        before: &str,
        after: &str,
    ) -> serde_json::Result<Fields<P>> {
        Ok(Fields {
            before: serde_json::from_str(before)?,
            after: serde_json::from_str(after)?,
        })
    }
    let boxed = |before, after| -> serde_json::Result<_> { Ok(Box::new(fields(before, after)?)) };
    Ok(match kind {
        K::TaskCreated
        | K::TaskChanged
        | K::TaskCompleted
        | K::TaskReopened
        | K::TaskDropped
        | K::TaskSkipped
        | K::TaskDeleted
        | K::TaskRestored
        | K::TaskLeft
        | K::TaskEntered
        | K::ReminderSnoozed => Change::Task(boxed(before, after)?),
        K::SeriesChanged | K::SeriesPaused | K::SeriesResumed | K::SeriesEnded => {
            Change::Series(Box::new(fields(before, after)?))
        }
        K::ListCreated | K::ListChanged | K::ListDeleted | K::ListRestored => {
            Change::List(fields(before, after)?)
        }
        K::SectionCreated | K::SectionChanged | K::SectionDeleted => {
            Change::Section(fields(before, after)?)
        }
        K::TagChanged => Change::Tag(fields(before, after)?),
        K::ViewChanged => Change::View(fields(before, after)?),
        K::CommentCreated | K::CommentChanged | K::CommentDeleted => {
            Change::Comment(fields(before, after)?)
        }
        K::SettingsChanged => Change::Settings(Box::new(fields(before, after)?)),
        K::TaskPurged
        | K::ReminderSoon
        | K::ReminderDue
        | K::ReminderSent
        | K::ReminderFailed
        | K::ReminderCancelled
        | K::DigestDue
        | K::RunUndone
        | K::ImportFinished
        | K::SignedIn
        | K::SignInFailed
        | K::TokenCreated
        | K::TokenRevoked
        | K::AuditHead => Change::None,
    })
}

/// An event with its place, out of what the log keeps.
///
/// # Errors
/// When the data is not of that kind's shape.
pub fn logged(
    kind: EventKind,
    stream: StreamId,
    payload: &str,
    place: (u64, Timestamp, UserId, String, RunId),
) -> serde_json::Result<Logged> {
    let (n, at, actor, client, run) = place;
    Ok(Logged {
        event: read(kind, stream, payload)?,
        n,
        at,
        actor,
        client,
        run,
    })
}

#[cfg(test)]
mod tests;
