//! Why a command is not done. Nothing of HTTP here: the last step translates.

use crate::filter::FilterError;
use crate::recurrence::RuleError;
use crate::{id::UserId, task::TaskPatch};
use jiff::Timestamp;
use serde::Serialize;

/// A command that cannot be done as it was asked, in words that say what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// There is no such thing, or it is somebody else's.
    #[error("There is no such {0}. It may have been deleted, or it belongs to somebody else.")]
    NotFound(&'static str),
    /// The content was removed for good.
    #[error("This task was removed for good.")]
    Purged,
    /// A create names an id that is in use with other content.
    #[error("The id {0} is already in use. Leave `id` out and one is made.")]
    IdTaken(String),
    /// If-Match names another version.
    #[error("The {what} is at version {current}, not {asked}. Read it again, then decide.")]
    VersionMismatch {
        /// What was to change.
        what: &'static str,
        /// Its version now.
        current: u64,
        /// The version named.
        asked: u64,
    },
    /// Both changed the same since the base.
    #[error(
        "Somebody changed the same since you read it. Choose a value for each field and send it again."
    )]
    Conflict {
        /// The version now.
        version: u64,
        /// What collides.
        conflicts: Vec<Conflict>,
    },
    /// A field has a value that it cannot have.
    #[error("{words}")]
    Field {
        /// JSON pointer.
        pointer: String,
        /// The problem's code: field_invalid, date_impossible, zone_unknown, …
        code: &'static str,
        /// What to do.
        words: String,
    },
    /// Too much of something.
    #[error("At most {limit} {what}.")]
    Limit {
        /// Of what.
        what: &'static str,
        /// How many.
        limit: u64,
        /// JSON pointer.
        pointer: String,
    },
    /// A recurrence rule that cannot be.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// A filter that cannot be read.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// Something named does not exist.
    #[error("{pointer} names a {what} that does not exist.")]
    Reference {
        /// JSON pointer.
        pointer: String,
        /// What was looked for.
        what: &'static str,
    },
    /// A task would wait for itself.
    #[error("That would make the tasks wait for each other in a circle.")]
    Cycle,
    /// Subtasks too deep, or inside themselves.
    #[error("Subtasks go {0} deep at most, and a task cannot stand inside itself.")]
    Depth(u64),
    /// What was to be undone was changed again.
    #[error("It cannot be taken back: {}", because(.0))]
    UndoBlocked(Vec<Left>),
    /// There is nothing to undo.
    #[error("There is nothing to undo: no change of yours by this client in the last 30 days.")]
    NothingToUndo,
    /// Some of many commands were refused, so none was done: (place, the client's key, why).
    #[error("None of the commands was done, because {} of them cannot be.", .0.len())]
    Many(Vec<(usize, Option<String>, Refusal)>),
    /// Nothing was to be done but said: the answer.
    #[error("nothing was done, as asked")]
    DryRun(String),
    /// A write that is not right now.
    #[error("{0}")]
    Unfit(String),
}

fn because(left: &[Left]) -> String {
    left.iter()
        .map(|left| left.because.as_str())
        .collect::<Vec<_>>()
        .join("; ")
}

/// A field that two people changed; each patch holds that field alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// Its name.
    pub field: &'static str,
    /// As both read it.
    pub base: TaskPatch,
    /// As the command would have it.
    pub yours: TaskPatch,
    /// As it is.
    pub theirs: TaskPatch,
    /// Who changed it.
    pub by: Option<UserId>,
    /// When.
    pub at: Option<Timestamp>,
}

/// What an undo did not take back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Left {
    /// The event, as `stream:n`.
    pub event_id: String,
    /// Why.
    pub because: String,
}

impl Refusal {
    /// A field with an unfit value.
    pub fn field(pointer: impl Into<String>, words: impl Into<String>) -> Self {
        Self::Field {
            pointer: pointer.into(),
            code: "field_invalid",
            words: words.into(),
        }
    }
}
