//! Opens the store that an address names.

use crate::{Options, Store, sqlite::SqliteStore};
use sqlx::migrate::MigrateError;
use std::sync::Arc;

/// Why a store could not be opened, in words for the person who starts it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Not an address of a database.
    #[error(
        "ERRAND_DATABASE_URL is not an address that can be used: {0}. Write sqlite:PATH or postgres://USER@HOST/DATABASE"
    )]
    Address(String),
    /// The file's folder is not there, or may not be written.
    #[error(
        "the database {path} cannot be opened: make sure that its folder exists and may be written"
    )]
    Folder {
        /// The file.
        path: String,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// It may not be written.
    #[error(
        "the database {path} is read-only: make the file and its folder writable for this user"
    )]
    ReadOnly {
        /// The file.
        path: String,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// Not a database, or a damaged one.
    #[error(
        "the file {path} is not a database of Errand, or it is damaged: restore a backup, or move it away to start anew"
    )]
    Damaged {
        /// The file.
        path: String,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// Made by a newer release.
    #[error(
        "the database {path} was written by a newer version of Errand (its step {step} is unknown here): start that version"
    )]
    Newer {
        /// The database.
        path: String,
        /// The first migration that this release does not know.
        step: i64,
    },
    /// A released migration was changed, or one was interrupted.
    #[error("the database {path} could not be brought up to date: {words}")]
    Migration {
        /// The database.
        path: String,
        /// What is wrong.
        words: String,
    },
    /// It does not answer, is full, or refuses the user.
    #[error("the database {path} cannot be used now")]
    Unavailable {
        /// The database.
        path: String,
        /// What it said.
        #[source]
        source: sqlx::Error,
    },
}

/// Opens `sqlite:PATH`, `sqlite::memory:` or `postgres://…`, and brings its tables up to date.
pub async fn open(url: &str, options: Options) -> Result<Arc<dyn Store>, OpenError> {
    if url.starts_with("sqlite:") {
        return Ok(Arc::new(SqliteStore::open(url, options).await?));
    }
    Err(OpenError::Address(format!(
        "{:?} is neither sqlite: nor postgres:",
        url.split(':').next().unwrap_or_default()
    )))
}

impl OpenError {
    pub(crate) fn check<T>(path: &str, outcome: sqlx::Result<T>) -> Result<T, Self> {
        outcome.map_err(|source| Self::of(path, source))
    }

    pub(crate) fn migrated(path: &str, outcome: Result<(), MigrateError>) -> Result<(), Self> {
        let path = || path.to_owned();
        outcome.map_err(|why| match why {
            MigrateError::VersionMissing(step) | MigrateError::VersionTooNew(step, _) => {
                Self::Newer { path: path(), step }
            }
            MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => {
                Self::of(&path(), source)
            }
            other => Self::Migration {
                path: path(),
                words: other.to_string(),
            },
        })
    }

    fn of(path: &str, source: sqlx::Error) -> Self {
        let code = source
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .and_then(|code| code.parse::<u32>().ok());
        let path = path.to_owned();
        match code.map(|code| code & 0xff) {
            Some(14) => Self::Folder { path, source },
            Some(8 | 3) => Self::ReadOnly { path, source },
            Some(11 | 26) => Self::Damaged { path, source },
            _ => Self::Unavailable { path, source },
        }
    }
}
