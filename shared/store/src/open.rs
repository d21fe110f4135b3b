//! Opens the store that an address names.

use crate::{Options, Store, postgres::PostgresStore, sqlite::SqliteStore};
use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    migrate::{MigrateError, Migrator},
    sqlite::SqliteConnectOptions,
};
use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

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
    /// A migration that this release needs is not there, and cannot be made.
    #[error("the database {path} lacks the step {step} of its tables, and it cannot be made{hint}")]
    Behind {
        /// The database.
        path: String,
        /// The migration, as its file is named.
        step: String,
        /// What to do, where that is known.
        hint: &'static str,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// A released migration was changed, or one was interrupted.
    #[error("the database {path} could not be brought up to date: {words}")]
    Migration {
        /// The database.
        path: String,
        /// What is wrong.
        words: String,
    },
    /// Nothing answers there.
    #[error("nothing answers at {path}: see that the server runs, and that the address is right")]
    Unreachable {
        /// The database.
        path: String,
        /// What was said.
        #[source]
        source: sqlx::Error,
    },
    /// Wrong user or password.
    #[error(
        "the database {path} lets nobody in with this user and password: see ERRAND_DATABASE_URL"
    )]
    SignIn {
        /// The database.
        path: String,
        /// What it said.
        #[source]
        source: sqlx::Error,
    },
    /// The server has no such database.
    #[error("there is no database {path}: make it first, as `createdb` does, then start again")]
    Missing {
        /// The database.
        path: String,
        /// What the server said.
        #[source]
        source: sqlx::Error,
    },
    /// The user may not do what is needed.
    #[error(
        "in the database {path} this user may not do what is needed: start once as the owner of its tables, \
        and make this user a member of the roles errand_person and errand_house"
    )]
    Denied {
        /// The database.
        path: String,
        /// What it said.
        #[source]
        source: sqlx::Error,
    },
    /// There is no room for it.
    #[error("the disk of the database {path} is full: make room, then start again")]
    Full {
        /// The file.
        path: String,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// It does not answer, or refuses the user.
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
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        return Ok(Arc::new(PostgresStore::open(url, options).await?));
    }
    Err(OpenError::Address(format!(
        "{:?} is neither sqlite: nor postgres:",
        url.split(':').next().unwrap_or_default()
    )))
}

/// The file that an address names, where it names one.
pub fn file(url: &str) -> Option<PathBuf> {
    let options = SqliteConnectOptions::from_str(url).ok()?;
    let named = url.starts_with("sqlite:") && !is_memory(url);
    named.then(|| options.get_filename().to_owned())
}

/// The address of a file, whatever characters its name has.
pub fn address(file: &Path) -> String {
    let name = file.display().to_string();
    format!("sqlite:{}", name.replace('%', "%25").replace('?', "%3F"))
}

/// A migration as its file is named: 0001_start.
fn named(steps: &Migrator, version: i64) -> String {
    let step = steps.iter().find(|step| step.version == version);
    let words = step.map_or("", |step| &*step.description);
    format!("{version:04}_{}", words.replace(' ', "_"))
}

/// Whether it is kept in memory, and gone with the process.
pub(crate) fn is_memory(url: &str) -> bool {
    matches!(url, "sqlite::memory:" | "sqlite://:memory:" | "sqlite:")
}

/// How often a file is tried that others are making just now, and the pause between: five seconds in all.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// Connects to a file. Of several processes that make it at once, SQLite has some fail while another sets how it is written to,
/// whatever they would wait: these try again.
#[expect(
    clippy::disallowed_methods,
    reason = "the file opens before there is a clock"
)]
pub(crate) async fn connect(options: &SqliteConnectOptions) -> sqlx::Result<SqliteConnection> {
    for _ in 1..TRIES {
        match options.connect().await {
            Err(why) if is_busy(&why) => tokio::time::sleep(PAUSE).await,
            other => return other,
        }
    }
    options.connect().await
}

fn is_busy(why: &sqlx::Error) -> bool {
    let code = why
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    let code = code.and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 5 | 6))
}

/// Brings a file's tables up to date, in one transaction that nobody else is in: who comes at the same time finds them made.
pub(crate) async fn migrate(
    connection: &mut SqliteConnection,
    steps: &Migrator,
) -> Result<(), MigrateError> {
    let mut alone = connection.begin_with("begin immediate").await?;
    steps.run(&mut *alone).await?;
    alone.commit().await?;
    Ok(())
}

impl OpenError {
    pub(crate) fn check<T>(path: &str, outcome: sqlx::Result<T>) -> Result<T, Self> {
        outcome.map_err(|source| Self::of(path, source))
    }

    pub(crate) fn migrated(
        path: &str,
        steps: &Migrator,
        outcome: Result<(), MigrateError>,
    ) -> Result<(), Self> {
        let path = || path.to_owned();
        let wrong = |words| Self::Migration {
            path: path(),
            words,
        };
        outcome.map_err(|why| match why {
            MigrateError::VersionMissing(step) | MigrateError::VersionTooNew(step, _) => {
                Self::Newer { path: path(), step }
            }
            MigrateError::VersionMismatch(step) => wrong(format!(
                "its step {} is not the one of this release",
                named(steps, step)
            )),
            MigrateError::Dirty(step) => wrong(format!(
                "its step {} was begun and not ended: restore a backup",
                named(steps, step)
            )),
            MigrateError::Execute(source) => Self::of(&path(), source),
            MigrateError::ExecuteMigration(source, step) => {
                Self::behind(path(), named(steps, step), source)
            }
            other => wrong(other.to_string()),
        })
    }

    /// What a step failed of: something that would have stopped us without it too, or its own.
    fn behind(path: String, step: String, source: sqlx::Error) -> Self {
        let (hint, source) = match Self::of(&path, source) {
            Self::Denied { source, .. } => (": start once as the owner of the tables", source),
            Self::Unavailable { source, .. } => ("", source),
            other => return other,
        };
        Self::Behind {
            path,
            step,
            hint,
            source,
        }
    }

    fn of(path: &str, source: sqlx::Error) -> Self {
        let path = path.to_owned();
        if matches!(source, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut) {
            return Self::Unreachable { path, source };
        }
        let code = source
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .unwrap_or_default()
            .into_owned();
        // PostgreSQL's have five characters, SQLite's are numbers whose last byte is the kind.
        match code.as_str() {
            "28000" | "28P01" => Self::SignIn { path, source },
            "3D000" => Self::Missing { path, source },
            "53100" => Self::Full { path, source },
            "42501" => Self::Denied { path, source },
            sqlite if sqlite.len() < 5 => match sqlite.parse::<u32>().map(|code| code & 0xff) {
                Ok(14) => Self::Folder { path, source },
                Ok(8 | 3) => Self::ReadOnly { path, source },
                Ok(13) => Self::Full { path, source },
                Ok(11 | 26) => Self::Damaged { path, source },
                _ => Self::Unavailable { path, source },
            },
            _ => Self::Unavailable { path, source },
        }
    }
}
