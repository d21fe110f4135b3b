//! The columns of every table that decisions write. A row is JSON as an array in the order of its columns.

use super::Shelf;
use crate::{Answer, Credential, LogRow, Writer, types::Idempotency};
use domain::{
    ledger::{Delivery, Scheduled},
    state::{self, Row, Wake},
    task::Task,
};
use jiff::Timestamp;
use serde::{Serialize, Serializer, ser::SerializeTuple};
use uuid::Uuid;

/// A row of a table: its name, its columns with their types, and itself as an array in their order.
pub(crate) trait Flat: Serialize {
    const TABLE: &'static str;
    const COLUMNS: &'static [(&'static str, &'static str)];
}

/// A type of the databases.
trait Cell {
    const SQL: &'static str;
}

macro_rules! cells_are {
    ($($sql:literal: $($type:ty)*;)*) => { $($(impl Cell for $type { const SQL: &'static str = $sql; })*)* };
}

cells_are! {
    "text": String &'static str Uuid;
    "bigint": u64 i64 u16;
    "boolean": bool;
}

impl<T: Cell> Cell for Option<T> {
    const SQL: &'static str = T::SQL;
}

/// The columns of a row, each after a prefix, with commas between.
pub(crate) fn columns<R: Flat>(prefix: &str) -> String {
    let column = |(name, _): &(&str, &str)| format!("{prefix}{name}");
    R::COLUMNS.iter().map(column).collect::<Vec<_>>().join(",")
}

/// The columns of a row that is the array `j.value`.
pub(crate) fn cells<R: Flat>() -> String {
    let cell = |(at, (_, sql)): (usize, &(&str, &str))| match *sql {
        "text" => format!("j.value->>{at}"),
        sql => format!("cast(j.value->>{at} as {sql})"),
    };
    let cells = R::COLUMNS.iter().enumerate().map(cell);
    cells.collect::<Vec<_>>().join(",")
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident $table:literal $(($($derive:ident),*))? { $($field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq $($(, $derive)*)?)]
        pub(crate) struct $name { $(pub $field: $type,)* }

        impl Flat for $name {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [(&'static str, &'static str)] = &[$((stringify!($field), <$type as Cell>::SQL)),*];
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let mut row = to.serialize_tuple(<Self as Flat>::COLUMNS.len())?;
                $(row.serialize_element(&self.$field)?;)*
                row.end()
            }
        }
    )*};
}

rows! {
    /// The head of a stream.
    HeadRow "stream_head" { stream: Uuid, n: u64, at: i64, hash: String, open_tasks: u64, lists: u64, }
    /// A line of the log; `about` is what its history is filed under.
    LineRow "log" {
        stream: Uuid, n: u64, kind: &'static str, subject: Uuid, about: Uuid, version: u64, payload: Option<String>,
        actor: Uuid, client: String, client_kind: String, run: Uuid, correlation: String, causation: Option<String>,
        at: i64, salt: Option<String>, digest: String, hash: String,
    }
    /// A task: `doc` and `reminders` are what is read, the other columns are for filters and order.
    TaskRow "task" {
        id: Uuid, stream: Uuid, version: u64, updated_at: i64, title: String, notes: String, status: &'static str,
        due_key: i64, due_end: i64, start_key: i64, start_end: i64, deadline: Option<String>, priority: i64,
        list_id: Option<Uuid>, section_id: Option<Uuid>, parent_id: Option<Uuid>, assignee: Option<Uuid>,
        estimate: Option<i64>, source_system: Option<String>, source_id: Option<String>, series_id: Option<Uuid>,
        links: bool, recurs: bool, floats: bool, blocked_by: Option<String>, position: String,
        created_at: i64, closed_at: Option<i64>, deleted_at: Option<i64>, doc: String, reminders: String,
    }
    /// A tag on a task: `tag` in lower case, `name` as written.
    TagRow "task_tag" (PartialOrd, Ord) { stream: String, tag: String, task: String, name: String, }
    /// What full-text search reads.
    TextRow "task_text" { task: Uuid, stream: Uuid, title: String, notes: String, tags: String, }
    /// Any other record: `sort` orders its kind, `parent` is the list or task that it belongs to.
    RecordRow "record" {
        id: Uuid, stream: Uuid, kind: &'static str, version: u64, updated_at: i64, parent: Option<Uuid>, sort: String,
        deleted: bool, doc: String,
    }
    /// A reminder's place in time.
    ScheduleRow "reminder" {
        task: Uuid, reminder: Uuid, generation: u64, person: Uuid, stream: Uuid, moment: i64, state: &'static str,
    }
    /// A reminder claimed on a channel, once for ever.
    LedgerRow "ledger" { task: Uuid, reminder: Uuid, generation: u64, channel: String, delivery: Uuid, }
    /// A message to a person; `doc` is the whole.
    DeliveryRow "delivery" {
        id: Uuid, person: Uuid, stream: Uuid, state: &'static str, next_at: i64, created_at: i64, doc: String,
    }
    /// To be published: a line of the log (`n`), or a wake by its id.
    OutboxRow "outbox" { stream: Uuid, n: Option<u64>, kind: &'static str, wake: Option<String>, subject: Uuid, at: i64, }
    /// An answer to repeat.
    AnswerRow "idempotency" {
        person: Uuid, route: String, key: String, body: String, status: u16, version: Option<u64>, answer: String, at: i64,
    }
    /// A credential, kept as its hash.
    CredentialRow "credential" {
        id: Uuid, person: Uuid, hash: String, kind: String, name: String, scopes: String, created_at: i64,
        expires_at: Option<i64>,
    }
    /// An event whose effect was made.
    ConsumedRow "consumed" { source: String, id: String, at: i64, }
}

impl LineRow {
    pub(crate) fn of(row: &LogRow, about: Uuid) -> Self {
        Self {
            stream: row.stream.0,
            n: row.n,
            kind: row.kind.name(),
            subject: row.subject,
            about,
            version: row.version,
            payload: row.payload.clone(),
            actor: row.actor.0,
            client: row.client.clone(),
            client_kind: row.client_kind.clone(),
            run: row.run.0,
            correlation: row.correlation.clone(),
            causation: row.causation.clone(),
            at: row.at.as_microsecond(),
            salt: row.salt.clone(),
            digest: row.digest.clone(),
            hash: row.hash.clone(),
        }
    }
}

impl TextRow {
    pub(crate) fn of(id: Uuid, row: &Row<Task>) -> Self {
        let task = &row.value;
        Self {
            task: id,
            stream: row.stream.0,
            title: task.title.clone(),
            notes: task.notes.clone(),
            tags: task.tags.join(" "),
        }
    }
}

impl RecordRow {
    pub(crate) fn of<R: Shelf>(id: Uuid, row: &Row<R>) -> Self {
        Self {
            id,
            stream: row.stream.0,
            kind: R::WHAT,
            version: row.version,
            updated_at: row.updated_at.as_microsecond(),
            parent: row.value.parent(),
            sort: row.value.sort(),
            deleted: row.value.is_deleted(),
            doc: contract::doc::record(id, row),
        }
    }
}

impl ScheduleRow {
    pub(crate) fn keyed(row: &Scheduled) -> ((Uuid, Uuid, u64), Self) {
        let flat = Self {
            task: row.task.0,
            reminder: row.reminder.0,
            generation: row.generation,
            person: row.person.0,
            stream: row.stream.0,
            moment: row.moment.as_microsecond(),
            state: row.state.name(),
        };
        ((flat.task, flat.reminder, flat.generation), flat)
    }
}

impl LedgerRow {
    pub(crate) fn of(row: &state::LedgerRow) -> Self {
        Self {
            task: row.task.0,
            reminder: row.reminder.0,
            generation: row.generation,
            channel: row.channel.clone(),
            delivery: row.delivery.0,
        }
    }
}

impl DeliveryRow {
    pub(crate) fn of(delivery: &Delivery) -> Self {
        Self {
            id: delivery.id.0,
            person: delivery.person.0,
            stream: delivery.stream.0,
            state: delivery.state.name(),
            next_at: delivery.next_at.as_microsecond(),
            created_at: delivery.created_at.as_microsecond(),
            doc: contract::doc::json(delivery),
        }
    }
}

impl CredentialRow {
    pub(crate) fn of(one: &Credential) -> Self {
        Self {
            id: one.id,
            person: one.reader.person.0,
            hash: one.hash.clone(),
            kind: one.kind.clone(),
            name: one.name.clone(),
            scopes: one.scopes.clone(),
            created_at: one.created_at.as_microsecond(),
            expires_at: one.expires_at.map(Timestamp::as_microsecond),
        }
    }
}

impl OutboxRow {
    pub(crate) fn line(row: &LogRow) -> Self {
        Self {
            stream: row.stream.0,
            n: Some(row.n),
            kind: row.kind.name(),
            wake: None,
            subject: row.subject,
            at: row.at.as_microsecond(),
        }
    }

    pub(crate) fn wake(wake: &Wake, at: Timestamp) -> Self {
        Self {
            stream: wake.stream.0,
            n: None,
            kind: wake.kind.name(),
            wake: Some(format!("{}:{}:{}", wake.kind, wake.subject, wake.cause)),
            subject: wake.subject,
            at: at.as_microsecond(),
        }
    }
}

impl AnswerRow {
    pub(crate) fn of(who: &Writer, answer: &Answer, at: Timestamp) -> Option<Self> {
        let Idempotency { route, key, body } = who.idempotency.clone()?;
        Some(Self {
            person: who.reader.person.0,
            route,
            key,
            body,
            status: answer.status,
            version: answer.version,
            answer: answer.body.clone(),
            at: at.as_microsecond(),
        })
    }
}
