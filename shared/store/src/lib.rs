//! Where everything is kept: one trait, two backends, one test suite.
//!
//! A write is a decision: the store loads what the decision needs, runs it, and writes rows, log, outbox and the answer to
//! repeat in one transaction. Nothing is visible before `commit` returns; when it fails nothing was written.

mod ask;
mod backend;
mod both;
pub mod chain;
mod decide;
mod dialect;
mod error;
mod heed;
pub mod moving;
mod open;
mod overlay;
mod plan;
mod postgres;
mod query;
mod seam;
mod sql;
mod sqlite;
#[doc(hidden)]
pub mod suite;
mod tables;
mod types;
pub mod witness;

pub use error::StoreError;
pub use heed::heed;
pub use open::{OpenError, address, file, open};
pub use seam::{Clock, NoSeam, Options, Random, Seam, Spawn};
pub use tables::{Tables, tables};
pub use types::*;

use async_trait::async_trait;
use domain::{id::*, need::Need};
use jiff::Timestamp;
use moving::{Ends, Imported, Lines};
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

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
    /// A page of them.
    async fn page(
        &self,
        who: &Reader,
        kind: Kind,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, StoreError>;
    /// How many tasks each built-in view, list and tag has: (what, id or name, count).
    async fn counts(
        &self,
        who: &Reader,
        now: Timestamp,
    ) -> Result<Vec<(String, String, u64)>, StoreError>;

    /// The tags that tasks carry, the trash not included, by name.
    async fn tags(&self, who: &Reader) -> Result<Vec<TagUse>, StoreError>;

    // --- reading the log
    /// The log after a cursor, stream by stream.
    async fn log(&self, who: &Reader, after: &str, limit: u32) -> Result<LogPage, StoreError>;
    /// Where the log ends now.
    async fn cursor(&self, who: &Reader) -> Result<String, StoreError>;
    /// Whether the log can be followed from a cursor: `CursorGone` where it was put back since to what it had been before.
    async fn follow(&self, who: &Reader, after: &str) -> Result<(), StoreError>;
    /// A page of everything about one subject (a task, its comments and reminders), oldest first.
    async fn history(
        &self,
        who: &Reader,
        subject: Uuid,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<LogRow>, StoreError>;
    /// What of that happened until a moment, for folding: no more of each line than that takes.
    async fn past(
        &self,
        who: &Reader,
        subject: Uuid,
        until: Timestamp,
    ) -> Result<Vec<PastLine>, StoreError>;
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
    /// The first moment after that one at which something is due: a reminder, a delivery, a retry of the outbox.
    async fn next_moment(&self, after: Timestamp) -> Result<Option<Timestamp>, StoreError>;
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
    /// The oldest dead letters.
    async fn dead(&self, limit: u32) -> Result<Vec<Dead>, StoreError>;
    /// Has dead letters tried again, by their ids.
    async fn revive(&self, ids: &[i64], now: Timestamp) -> Result<(), StoreError>;
    /// Leads, until `ttl` (milliseconds) after now, if nobody else does; answers the lease's epoch when it does.
    async fn lease(&self, name: &str, holder: &str, ttl: i64) -> Result<Option<u64>, StoreError>;
    /// Until when somebody leads; none when nobody does.
    async fn leader(&self, name: &str) -> Result<Option<Timestamp>, StoreError>;
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
    /// Writes a copy of the database to a file, whole or not at all (SQLite's online backup); PostgreSQL has its own tools.
    async fn backup(&self, to: &std::path::Path) -> Result<(), StoreError>;
    /// Raises the epoch, after a restore: cursors from before answer "gone".
    async fn raise_epoch(&self) -> Result<(), StoreError>;
    /// Tells everything that is kept, as of one moment, while writes go on; or what came after where an earlier export ended. Some
    /// whole lines at a time.
    async fn export(&self, since: Option<Ends>, to: Sender<String>) -> Result<(), StoreError>;
    /// Takes in what was exported, whole or not at all: everything into an empty database, what came since into one that has the
    /// rest, and nothing else. Raises the epoch.
    async fn import(&self, from: Lines) -> Result<Imported, StoreError>;
    /// When everything here was imported: what was due until then is where it came from. Nothing once that was settled.
    async fn imported_at(&self) -> Result<Option<Timestamp>, StoreError>;
    /// Says that it was settled.
    async fn import_settled(&self) -> Result<(), StoreError>;
    /// Finishes what is being written and closes.
    async fn close(&self);
}
