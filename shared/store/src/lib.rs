//! Where everything is kept: one trait, two backends, one test suite.
//!
//! A write is a decision: the store loads what the decision needs, runs it, and writes rows, log, outbox and the answer to
//! repeat in one transaction. Nothing is visible before `commit` returns; when it fails nothing was written.

use async_trait::async_trait;
use domain::{
    event::{EventKind, Logged},
    id::*,
    ledger::Delivery,
    need::Need,
    refusal::Refusal,
    state::State,
};
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

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The decision refused; nothing was written.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The same key with another body.
    #[error("this Idempotency-Key was used with another request")]
    KeyReused,
    /// The same key is being worked on.
    #[error("a request with this Idempotency-Key is still being worked on")]
    InFlight,
    /// A cursor that is forged, or of another filter.
    #[error("this cursor does not belong to this listing")]
    CursorInvalid,
    /// A cursor from before a restore.
    #[error("this cursor is from before the data was restored")]
    CursorGone,
    /// Not now: full, read-only, unreachable. Nothing was written.
    #[error("the database cannot be used now")]
    Unavailable(#[source] sqlx::Error),
    /// Not at all: a fault of ours or of the file's.
    #[error("the database answered what it must not: {0}")]
    Corrupt(String),
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
pub struct Page {
    /// The records.
    pub items: Vec<Doc>,
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
    /// In publishing order.
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

/// The store. Times are UTC to the microsecond; every read is scoped to its reader.
#[async_trait]
pub trait Store: Send + Sync {
    // --- writing
    /// Loads what `need` names, runs `decide` on it (again when a head moved), writes everything as one.
    async fn commit(
        &self,
        who: &Writer,
        need: Need,
        decide: Decide,
    ) -> Result<Committed, StoreError>;

    // --- reading tasks and what they are kept in
    /// One task, also from the trash.
    async fn task(&self, who: &Reader, id: TaskId) -> Result<Option<Doc>, StoreError>;
    /// A page of tasks.
    async fn tasks(&self, who: &Reader, query: &TaskQuery) -> Result<Page, StoreError>;
    /// All records of a kind, trash not included, by position.
    async fn records(&self, who: &Reader, kind: Kind) -> Result<Vec<Doc>, StoreError>;
    /// How many tasks each built-in view, list and tag has: (what, id or name, count).
    async fn counts(
        &self,
        who: &Reader,
        now: Timestamp,
    ) -> Result<Vec<(String, String, u64)>, StoreError>;

    // --- reading the log
    /// The log after a cursor, stream by stream.
    async fn log(&self, who: &Reader, after: &str, limit: u32) -> Result<LogPage, StoreError>;
    /// Where the log ends now.
    async fn cursor(&self, who: &Reader) -> Result<String, StoreError>;
    /// Everything about one subject (a task, its comments and reminders), oldest first, from after version `after`.
    async fn history(
        &self,
        who: &Reader,
        subject: Uuid,
        until: Option<Timestamp>,
    ) -> Result<Vec<LogRow>, StoreError>;
    /// The lines of one stream after `n`, for folding, verifying and exporting; not scoped: for the owner's commands and the witness.
    async fn lines(
        &self,
        stream: StreamId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<LogRow>, StoreError>;
    /// The heads of all streams: (stream, n, hash).
    async fn heads(&self) -> Result<Vec<(StreamId, u64, String)>, StoreError>;

    // --- the ledger
    /// Scheduled reminders whose moment is not after `until`, oldest first.
    async fn due(&self, until: Timestamp, limit: u32) -> Result<Vec<DueReminder>, StoreError>;
    /// Open deliveries whose next try is not after `until`, oldest first.
    async fn due_deliveries(
        &self,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueDelivery>, StoreError>;
    /// One delivery and whose it is.
    async fn delivery(&self, id: DeliveryId) -> Result<Option<DueDelivery>, StoreError>;
    /// The next moment at which something is due: a reminder, a delivery, a retry of the outbox.
    async fn next_moment(&self) -> Result<Option<Timestamp>, StoreError>;
    /// A person's deliveries, newest first, as JSON.
    async fn deliveries(
        &self,
        who: &Reader,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, StoreError>;
    /// A person's scheduled reminders (open ones by moment), as JSON.
    async fn reminders(
        &self,
        who: &Reader,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, StoreError>;

    // --- publishing
    /// The oldest rows of the outbox, and retries that are due.
    async fn outgoing(&self, now: Timestamp, limit: u32) -> Result<Vec<Outgoing>, StoreError>;
    /// Takes rows out of the outbox; what was left goes to the retries or the dead letters.
    async fn settle(&self, settled: Vec<Settled>) -> Result<(), StoreError>;
    /// Leads, until `ttl` (milliseconds) after now, if nobody else does; answers the lease's epoch when it does.
    async fn lease(&self, name: &str, holder: &str, ttl: i64) -> Result<Option<u64>, StoreError>;
    /// Wakes when something was committed (a hint: it may be lost).
    async fn hint(&self);

    // --- people
    /// Makes a person with their own stream, once; gives theirs back when the id exists.
    async fn person(&self, id: UserId, name: &str, zone: &str) -> Result<Reader, StoreError>;
    /// The person of that id.
    async fn reader(&self, id: UserId) -> Result<Option<Reader>, StoreError>;
    /// Keeps a credential.
    async fn add_credential(&self, credential: &Credential) -> Result<(), StoreError>;
    /// The credential with that hash, not expired. A link is used up by this.
    async fn credential(
        &self,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<Credential>, StoreError>;
    /// A person's credentials of a kind.
    async fn credentials(&self, who: &Reader, kind: &str) -> Result<Vec<Credential>, StoreError>;
    /// Revokes one. Answers whether it was there.
    async fn remove_credential(&self, who: &Reader, id: Uuid) -> Result<bool, StoreError>;

    // --- conversations (kept 30 days, not in the log)
    /// Keeps a small JSON document of a person's under a key, replacing it.
    async fn put_note(
        &self,
        who: &Reader,
        key: &str,
        json: &str,
        expires_at: Timestamp,
    ) -> Result<(), StoreError>;
    /// Reads it.
    async fn note(
        &self,
        who: &Reader,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError>;
    /// The documents whose key begins so, newest first: (key, JSON).
    async fn notes(
        &self,
        who: &Reader,
        prefix: &str,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError>;

    // --- keeping house
    /// The database's clock.
    async fn now(&self) -> Result<Timestamp, StoreError>;
    /// Forgets idempotency answers, notes and consumed events older than `before`.
    async fn tidy(&self, before: Timestamp) -> Result<(), StoreError>;
    /// Folds the log again and compares it with the rows; writes the rows anew when `repair`. Answers what differs, in words.
    async fn rebuild(&self, repair: bool) -> Result<Vec<String>, StoreError>;
    /// Writes a copy of the database to a file (SQLite's online backup); PostgreSQL has its own tools.
    async fn backup(&self, to: &std::path::Path) -> Result<(), StoreError>;
    /// Raises the epoch, after a restore: cursors from before answer "gone".
    async fn raise_epoch(&self) -> Result<(), StoreError>;
    /// Finishes what is being written and closes.
    async fn close(&self);
}

/// The part of an event that history, undo and `?at=` read; see `contract` for how it is written.
pub type Past = Logged;
