//! The data of an event: what the log keeps, the feed shows and Kafka carries.

use domain::{
    event::{Change, Detail, Event, EventKind, Fields, Logged},
    id::*,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
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

/// What is read of it again, in one pass.
#[derive(Deserialize)]
struct In<P> {
    task_id: Option<Uuid>,
    id: Uuid,
    version: u64,
    before: P,
    after: P,
    note: Option<String>,
    channel: Option<String>,
    title: Option<String>,
    due: Option<String>,
    delivery: Option<Uuid>,
    undoes: Option<RunId>,
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
    use EventKind as K;
    let payload = &*crate::upcast::today(kind, payload)?;
    let stored = Stored {
        kind,
        stream,
        payload,
    };
    match kind {
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
        | K::ReminderSnoozed => stored.read(|fields| Change::Task(Box::new(fields))),
        K::SeriesChanged | K::SeriesPaused | K::SeriesResumed | K::SeriesEnded => {
            stored.read(|fields| Change::Series(Box::new(fields)))
        }
        K::ListCreated | K::ListChanged | K::ListDeleted | K::ListRestored => {
            stored.read(Change::List)
        }
        K::SectionCreated | K::SectionChanged | K::SectionDeleted => stored.read(Change::Section),
        K::TagChanged => stored.read(Change::Tag),
        K::ViewChanged => stored.read(Change::View),
        K::CommentCreated | K::CommentChanged | K::CommentDeleted => stored.read(Change::Comment),
        K::SettingsChanged => stored.read(|fields| Change::Settings(Box::new(fields))),
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
        | K::AuditHead => stored.read(|_: Fields<IgnoredAny>| Change::None),
    }
}

/// Data in today's shape, with what is known of it.
struct Stored<'a> {
    kind: EventKind,
    stream: StreamId,
    payload: &'a str,
}

impl Stored<'_> {
    /// Reads it, whose fields are of that patch.
    fn read<P: DeserializeOwned>(
        &self,
        change: impl FnOnce(Fields<P>) -> Change,
    ) -> serde_json::Result<Event> {
        let data: In<P> = serde_json::from_str(self.payload)?;
        let (before, after) = (data.before, data.after);
        let change = change(Fields { before, after });
        // Of a task the subject says it.
        let is_task = matches!(change, Change::Task(_)) || self.kind == EventKind::TaskPurged;
        Ok(Event {
            stream: self.stream,
            kind: self.kind,
            subject: data.id,
            version: data.version,
            change,
            detail: Detail {
                note: data.note,
                task: data.task_id.filter(|_| !is_task),
                channel: data.channel,
                title: data.title,
                due: data.due,
                delivery: data.delivery,
                undoes: data.undoes,
            },
        })
    }
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
