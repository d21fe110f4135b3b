//! Why the store did not do it.

use domain::refusal::Refusal;

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
    /// Not now: read-only, unreachable. Nothing was written.
    #[error("the database cannot be used now")]
    Unavailable(#[source] sqlx::Error),
    /// This database does not do that; in words.
    #[error("{0}")]
    Unsupported(&'static str),
    /// What was to be imported is not what was exported, or does not belong here; in words. Nothing was written.
    #[error("{0}")]
    Unfit(String),
    /// Not until there is room on its disk. Nothing was written.
    #[error("the disk of the database is full")]
    Full(#[source] sqlx::Error),
    /// Not at all: what stands in its file cannot be read.
    #[error("the database is damaged")]
    Damaged(#[source] sqlx::Error),
    /// Not at all: a fault of ours, or of somebody who wrote into it.
    #[error("the database answered what it must not: {0}")]
    Corrupt(String),
}

/// A database error as what the caller can do about it.
pub(crate) fn failed(why: sqlx::Error) -> StoreError {
    match &why {
        sqlx::Error::Database(told) => match told.code().as_deref().and_then(lasting) {
            Some("room") => StoreError::Full(why),
            Some("damage") => StoreError::Damaged(why),
            Some(kind) => StoreError::Corrupt(format!("{kind}: {told}")),
            None => StoreError::Unavailable(why),
        },
        sqlx::Error::Io(told) if told.kind() == std::io::ErrorKind::StorageFull => {
            StoreError::Full(why)
        }
        sqlx::Error::RowNotFound | sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
            StoreError::Corrupt(why.to_string())
        }
        _ => StoreError::Unavailable(why),
    }
}

/// What trying again alone does not help against: SQLite's primary result codes (sqlite.org/rescode.html), PostgreSQL's SQLSTATE classes.
fn lasting(code: &str) -> Option<&'static str> {
    if code.len() == 5 {
        return match &code[..2] {
            "23" => Some("a constraint"),
            "42" => Some("a statement"),
            "22" => Some("a value"),
            "XX" => Some("damage"),
            "53" if code == "53100" => Some("room"),
            _ => None,
        };
    }
    match code.parse::<u32>().ok()? & 0xff {
        1 => Some("a statement"),
        11 | 26 => Some("damage"),
        13 => Some("room"),
        19 => Some("a constraint"),
        20 | 25 => Some("a value"),
        _ => None,
    }
}

/// Whether a unique key was already there.
pub(crate) fn is_taken(why: &sqlx::Error) -> bool {
    why.as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
