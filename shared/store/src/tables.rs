//! How the tables of a database stand, without bringing them up to date.

use crate::{OpenError, open::is_memory, postgres, sqlite};
use sqlx::{
    ConnectOptions,
    migrate::{Migrate, Migrator},
    postgres::PgConnectOptions,
    sqlite::SqliteConnectOptions,
};
use std::{str::FromStr, time::Duration};

/// How the tables stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tables {
    /// There are none.
    Missing,
    /// So many steps of this release were not taken yet.
    Behind(usize),
    /// As this release knows them, or newer and still fit for it.
    Current,
}

/// How long a server may take to let us in.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks at the tables behind an address; nothing is made or changed. A file must be there.
///
/// # Errors
/// When the database cannot be reached, or was written by a newer release whose tables do not serve this one.
pub async fn tables(url: &str) -> Result<Tables, OpenError> {
    let wrong = |why: sqlx::Error| OpenError::Address(why.to_string());
    if url.starts_with("sqlite:") {
        if is_memory(url) {
            return Ok(Tables::Missing);
        }
        let connect = SqliteConnectOptions::from_str(url).map_err(wrong)?;
        let connect = connect.create_if_missing(false).disable_statement_logging();
        let path = connect.get_filename().display().to_string();
        let mut connection = OpenError::check(&path, connect.connect().await)?;
        let there = "select count(*) > 0 from sqlite_master where name = '_sqlx_migrations'";
        let there = sqlx::query_scalar(there).fetch_one(&mut connection).await;
        return compare(&path, there, &mut connection, &sqlite::MIGRATIONS).await;
    }
    let connect = PgConnectOptions::from_str(url).map_err(wrong)?;
    let connect = connect
        .application_name("errand")
        .disable_statement_logging();
    let path = postgres::shown(&connect);
    let first = tokio::time::timeout(PATIENCE, connect.connect()).await;
    let first = first.unwrap_or(Err(sqlx::Error::PoolTimedOut));
    let mut connection = OpenError::check(&path, first)?;
    let there = "select to_regclass('_sqlx_migrations') is not null";
    let there = sqlx::query_scalar(there).fetch_one(&mut connection).await;
    match compare(&path, there, &mut connection, &postgres::MIGRATIONS).await {
        Err(OpenError::Newer { .. })
            if OpenError::check(&path, postgres::serves(&mut connection).await)? =>
        {
            Ok(Tables::Current)
        }
        other => other,
    }
}

async fn compare(
    path: &str,
    there: sqlx::Result<bool>,
    connection: &mut impl Migrate,
    known: &Migrator,
) -> Result<Tables, OpenError> {
    let there = OpenError::check(path, there)?;
    if !there {
        return Ok(Tables::Missing);
    }
    let applied = connection.list_applied_migrations(&known.table_name).await;
    let applied = match applied {
        Ok(applied) => applied,
        Err(why) => return OpenError::migrated(path, known, Err(why)).map(|()| Tables::Missing),
    };
    if let Some(newer) = applied
        .iter()
        .find(|one| !known.version_exists(one.version))
    {
        return Err(OpenError::Newer {
            path: path.to_owned(),
            step: newer.version,
        });
    }
    let is_applied = |version| applied.iter().any(|one| one.version == version);
    let behind = known
        .iter()
        .filter(|step| !is_applied(step.version))
        .count();
    Ok(match behind {
        0 => Tables::Current,
        behind => Tables::Behind(behind),
    })
}
