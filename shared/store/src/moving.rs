//! Everything that an installation keeps, as lines of text: out of one database and into another, of either kind.
//!
//! The first line says what it is, the last one how many lines there were and what they hash to. Between them is table after
//! table: a line that names its columns, then its rows, an array each. The log goes byte for byte, so that its chains verify.
//! The rows that follow from the log do not go: they are folded anew. So of two databases that keep the same the lines are the
//! same. An export that begins where an earlier one ended has what was written to the log since, and all that has no place in
//! the log; it is imported where the earlier one was.

pub(crate) mod file;
mod lines;
mod table;
mod take;
mod tell;

pub(crate) use take::{Take, take};
pub(crate) use tell::tell;

#[doc(hidden)]
pub use table::{LEFT, moved};

use crate::StoreError;
use std::collections::BTreeSet;
use tokio::sync::mpsc::Sender;

pub use file::{Ends, is_everything};

/// Lines of an export, or why there are no more.
pub type Lines = tokio::sync::mpsc::Receiver<std::io::Result<String>>;

/// What was imported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Whether it was everything; else what came since an earlier one.
    pub whole: bool,
    /// People, those who were there already included.
    pub people: usize,
    /// Streams that have more lines than before.
    pub streams: usize,
    /// Lines of the log.
    pub lines: u64,
    /// The public keys by which heads in the log are signed, in lowercase hex.
    pub signers: BTreeSet<String>,
}

/// A database that can be moved.
pub(crate) trait Moves: Send + Sync {
    /// Tells everything, or what came since, out of one transaction that sees one moment.
    fn tell_all(
        &self,
        since: Option<Ends>,
        to: Sender<String>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Takes everything in, in one transaction.
    fn take_all(&self, from: Lines) -> impl Future<Output = Result<Imported, StoreError>> + Send;
}
