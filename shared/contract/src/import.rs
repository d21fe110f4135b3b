//! Records as an export tells them, to be taken in as they were.

use crate::{
    commands::{read, settings},
    input::ReminderInput,
};
use domain::{
    command::Command,
    id::*,
    import::Import,
    list::TagPatch,
    refusal::Refusal,
    task::{Reminder, TaskPatch},
};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// The kinds of records in an export, in an order in which each finds what it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    Settings,
    List,
    Section,
    Tag,
    View,
    Series,
    Task,
    Comment,
}

/// The person in an export, and the one who takes it in: what was the one's is the other's.
#[derive(Clone, Copy, Debug)]
pub struct People {
    /// Whose export it is, where it says so.
    pub from: Option<UserId>,
    /// Who takes it in.
    pub to: UserId,
}

/// The command that takes a record in; one without an id, which no export has, is given the id `fresh`.
///
/// # Errors
/// A field that is unknown, missing or unfit.
pub fn command(
    kind: Kind,
    mut record: Value,
    people: People,
    fresh: Uuid,
) -> Result<Command, Refusal> {
    let id = id(kind, &record)?.unwrap_or(fresh);
    for field in ["id", "version", "updated_at", "warnings"] {
        if let Some(fields) = record.as_object_mut() {
            fields.remove(field);
        }
    }
    let import = match kind {
        Kind::Settings => {
            let set = Box::new(settings(record)?);
            return Ok(Command::UpdateSettings { set });
        }
        Kind::Tag => return tag(record),
        Kind::List => Import::List {
            id: ListId(id),
            set: read(record)?,
        },
        Kind::Section => Import::Section {
            id: SectionId(id),
            set: read(record)?,
        },
        Kind::View => Import::View {
            id: ViewId(id),
            set: read(record)?,
        },
        Kind::Series => {
            let mut set: Box<domain::series::SeriesPatch> = read(record)?;
            let reminders = set.reminders.iter_mut().flatten();
            reminders.for_each(|reminder| reminder.person = people.to);
            set.assignee = set.assignee.map(|to| to.map(|to| people.now(to)));
            let id = SeriesId(id);
            Import::Series { id, set }
        }
        Kind::Task => task(TaskId(id), record, people)?,
        Kind::Comment => Import::Comment {
            id: CommentId(id),
            set: read(record)?,
        },
    };
    Ok(Command::Import(Box::new(import)))
}

impl People {
    fn now(self, of: UserId) -> UserId {
        if self.from == Some(of) { self.to } else { of }
    }
}

fn id(kind: Kind, record: &Value) -> Result<Option<Uuid>, Refusal> {
    #[derive(Deserialize)]
    struct Identified {
        id: Option<Uuid>,
    }
    if matches!(kind, Kind::Settings | Kind::Tag) {
        // The person's own, and by name.
        return Ok(None);
    }
    let known: Identified = read(json!({ "id": record.get("id") }))?;
    Ok(known.id)
}

fn tag(record: Value) -> Result<Command, Refusal> {
    let mut set: TagPatch = read(record)?;
    let name = set.name.take();
    let name = name.ok_or_else(|| Refusal::field("/name", "`/name` is missing. Add it."))?;
    (set.created_at, set.deleted_at) = (None, None);
    Ok(Command::UpdateTag { name, set })
}

/// A task, whose reminders are its person's own.
fn task(id: TaskId, mut record: Value, people: People) -> Result<Import, Refusal> {
    let reminders = record
        .as_object_mut()
        .and_then(|fields| fields.remove("reminders"));
    let reminders: Vec<ReminderInput> = reminders.map(read).transpose()?.unwrap_or_default();
    let own = |(i, input): (usize, ReminderInput)| input.reminder(people.to, id, i);
    let reminders: Result<Vec<Reminder>, _> = reminders.into_iter().enumerate().map(own).collect();
    let mut set: Box<TaskPatch> = read(record)?;
    set.reminders = Some(reminders?);
    set.assignee = set.assignee.map(|to| to.map(|to| people.now(to)));
    Ok(Import::Task { id, set })
}
