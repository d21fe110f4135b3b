//! What the store is asked and what it answers.

use domain::{event::EventKind, id::*, ledger::Delivery, refusal::Refusal, state::State};
use jiff::Timestamp;
use std::sync::Arc;
use uuid::Uuid;

/// Who reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// The signed-in person.
    pub person: UserId,
    /// Their own stream.
    pub home: StreamId,
}

/// Who writes, by which client, caused by what.
#[derive(Clone, Debug)]
pub struct Writer {
    /// The person on whose behalf.
    pub reader: Reader,
    /// The client: "page", "cli", a token's name, a function's name.
    pub client: String,
    /// What kind of client.
    pub kind: ClientKind,
    /// What this request does together, undone together.
    pub run: RunId,
    /// The request that everything came from.
    pub correlation: String,
    /// The event id that caused this, for functions.
    pub causation: Option<String>,
    /// The answer to keep and repeat.
    pub idempotency: Option<Idempotency>,
    /// The event whose effect this is: (source, id), recorded with the effect, at most once.
    pub once: Option<(String, String)>,
    /// What becomes of a credential with what is decided, so that neither is there without the other.
    pub keeps: Option<Keeps>,
}

/// What becomes of a credential.
#[derive(Clone, Debug)]
pub enum Keeps {
    /// It is kept.
    Credential(Credential),
    /// That one of the person's is kept no more: it is revoked.
    NoMore(Uuid),
}

/// What kind of client wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientKind {
    /// A person at a screen.
    Person,
    /// A program with a token.
    Agent,
    /// One of our own functions.
    System,
}

impl ClientKind {
    /// The word on the wire and in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Agent => "agent",
            Self::System => "system",
        }
    }
}

/// A request's `Idempotency-Key`, bound to its route and body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// Method and path template.
    pub route: String,
    /// Up to 255 characters.
    pub key: String,
    /// SHA-256 of method, path and body, in hex.
    pub body: String,
}

/// What is answered, and kept to be repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON; empty for none.
    pub body: String,
    /// The version that the ETag says.
    pub version: Option<u64>,
}

/// Decides on what was loaded: writes to the state and gives the answer, or refuses. May run several times; pure.
pub type Decide = Arc<dyn Fn(&mut State, Timestamp) -> Result<Answer, Refusal> + Send + Sync>;

/// What a commit did.
#[derive(Clone, Debug)]
pub struct Committed {
    /// The answer; the kept one when the request was repeated.
    pub answer: Answer,
    /// Whether it was repeated, and nothing written.
    pub replayed: bool,
    /// The ids of the events written, `stream:n`.
    pub events: Vec<String>,
}

/// A record as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doc {
    /// Its id.
    pub id: Uuid,
    /// Its version.
    pub version: u64,
    /// The JSON, with what is the reader's own spliced in.
    pub json: String,
}

/// A page of a listing.
#[derive(Clone, Debug)]
pub struct Page<T = Doc> {
    /// The records.
    pub items: Vec<T>,
    /// Where the next page begins, bound to filter and sort; none at the end.
    pub next: Option<String>,
    /// Where to start the feed so that nothing is missed.
    pub cursor: String,
}

/// Which tasks, in which order.
#[derive(Clone, Debug, Default)]
pub struct TaskQuery {
    /// Conditions of the filter language, anded; names of lists and sections still to be resolved.
    pub filters: Vec<domain::filter::Filter>,
    /// Words to search for in title, notes and tags.
    pub words: Option<String>,
    /// Tasks in the trash instead of the others.
    pub trash: bool,
    /// Also those whose start lies ahead.
    pub hidden: bool,
    /// In this order; ties by id. Default: due.
    pub sort: Vec<SortBy>,
    /// The last page's `next`.
    pub after: Option<String>,
    /// 1 to 200.
    pub limit: u32,
    /// Now, for relative dates.
    pub now: Option<Timestamp>,
}

/// One sort key; absent values come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortBy {
    /// The field.
    pub key: SortKey,
    /// From high to low.
    pub descending: bool,
}

/// What can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields of a task")]
pub enum SortKey {
    Due,
    Deadline,
    Priority,
    Position,
    Title,
    Created,
    Updated,
    Closed,
}

/// A kind of record that is listed whole: there are few of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    List,
    Section,
    Tag,
    View,
    Settings,
    Series,
    /// The comments on one task.
    Comment(TaskId),
    /// The comments on all tasks.
    Comments,
}

/// A page of the log.
#[derive(Clone, Debug)]
pub struct LogPage {
    /// Events as CloudEvents data, oldest first within a stream.
    pub events: Vec<LogRow>,
    /// To go on from.
    pub cursor: String,
    /// Whether there is more now.
    pub more: bool,
}

/// One line of the log, as stored: the bytes that the chain covers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of STORE's log")]
pub struct LogRow {
    pub stream: StreamId,
    pub n: u64,
    pub kind: EventKind,
    pub subject: Uuid,
    pub version: u64,
    /// None once purged.
    pub payload: Option<String>,
    pub actor: UserId,
    pub client: String,
    pub client_kind: String,
    pub run: RunId,
    pub correlation: String,
    pub causation: Option<String>,
    pub at: Timestamp,
    /// Lowercase hex; none once purged.
    pub salt: Option<String>,
    /// SHA-256(salt, payload), lowercase hex.
    pub digest: String,
    /// The link: SHA-256 over the fields above and the link before, lowercase hex.
    pub hash: String,
}

/// What folding a line of the log takes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "some of LogRow's columns")]
pub struct PastLine {
    pub stream: StreamId,
    pub kind: EventKind,
    /// None once purged.
    pub payload: Option<String>,
    pub at: Timestamp,
}

/// A scheduled reminder whose moment has come.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the ledger's key and its moment")]
pub struct DueReminder {
    pub person: UserId,
    pub home: StreamId,
    pub stream: StreamId,
    pub task: TaskId,
    pub reminder: ReminderId,
    pub generation: u64,
    pub moment: Timestamp,
}

/// A tag that tasks carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagUse {
    /// As written on one of them.
    pub name: String,
    /// How many open tasks carry it.
    pub open: u64,
    /// How many tasks carry it.
    pub tasks: u64,
}

/// A delivery that is open and whose next try has come.
#[derive(Clone, Debug, PartialEq)]
pub struct DueDelivery {
    /// Whose.
    pub reader: Reader,
    /// What.
    pub delivery: Delivery,
}

/// Something to be published: a line of the log, or a wake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// In publishing order; negative for one that is tried again.
    pub id: i64,
    /// The partition key.
    pub stream: StreamId,
    /// What.
    pub kind: EventKind,
    /// The event's id: `stream:n`, or a wake's own.
    pub event_id: String,
    /// A line of the log.
    pub row: Option<LogRow>,
    /// For a wake: its subject.
    pub subject: Uuid,
    /// When it happened, or was asked for.
    pub at: Timestamp,
    /// For what must be tried again: the subscriber, and how often it was tried.
    pub retry: Option<(String, u32)>,
}

/// An outgoing event that a subscriber will not be offered again by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dead {
    /// The event, with the subscriber in `retry`.
    pub event: Outgoing,
    /// The last failure, in words.
    pub why: String,
}

/// What became of an outgoing event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Every subscriber has it.
    Done(i64),
    /// These subscribers did not take it: (subscriber, attempt, try again at or dead, why).
    Left(i64, Vec<Undelivered>),
}

/// An event that one subscriber did not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// The function.
    pub subscriber: String,
    /// How often it was tried.
    pub attempt: u32,
    /// When to try again; none: a dead letter.
    pub next_at: Option<Timestamp>,
    /// In words.
    pub why: String,
}

/// A person's API token, or a browser's session; the secret itself is never stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub reader: Reader,
    /// Keyed hash of the secret, in hex.
    pub hash: String,
    /// "token" or "session" or "link" (used once).
    pub kind: String,
    /// As the person named it; the client in the log.
    pub name: String,
    /// Space-separated.
    pub scopes: String,
    /// UTC.
    pub created_at: Timestamp,
    /// None: never.
    pub expires_at: Option<Timestamp>,
}
