//! Opening: the tables are brought up to date by whoever may; who may not only looks whether they are.

use super::{
    PostgresStore,
    herald::Herald,
    session::{self, Access},
};
use crate::{Options, ask::Whose, backend::Desk, open::OpenError};
use sha2::{Digest, Sha256};
use sqlx::{
    ConnectOptions, Connection, Executor, PgConnection,
    migrate::{Migrate, MigrateError},
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{
    str::FromStr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::{Notify, mpsc, watch};

/// Connections, beside the one that hears of other processes' commits.
const CONNECTIONS: u32 = 8;

/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a connection may have been idle and still be taken as it is.
const PAUSE: Duration = Duration::from_secs(1);

pub(crate) static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// A name for the tables as this release makes them; another one once there is another migration.
pub fn tables() -> String {
    let mut digest = Sha256::new();
    for migration in MIGRATIONS.iter() {
        digest.update(&migration.checksum);
    }
    let digest = digest.finalize();
    let first = digest.iter().take(8);
    format!(
        "{:016x}",
        first.fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
    )
}

impl PostgresStore {
    /// Opens the database of that address (`postgres://…`), which must be there.
    pub(crate) async fn open(url: &str, options: Options) -> Result<Self, OpenError> {
        let connect =
            PgConnectOptions::from_str(url).map_err(|why| OpenError::Address(why.to_string()))?;
        let connect = connect
            .application_name("errand")
            .disable_statement_logging();
        let path = shown(&connect);
        let first = tokio::time::timeout(PATIENCE, connect.connect()).await;
        let first = first.unwrap_or(Err(sqlx::Error::PoolTimedOut));
        let mut first = OpenError::check(&path, first)?;
        OpenError::migrated(&path, &MIGRATIONS, bring_up(&mut first).await)?;
        let key = OpenError::check(&path, signing_key(&mut first, &options).await)?;
        OpenError::check(&path, first.close().await)?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(session::PLANS).await.map(drop) })
            })
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    // A trip only after a pause, in which the server may have gone and come back.
                    if meta.idle_for > PAUSE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_lazy_with(connect.clone());
        let hint = Arc::new(Notify::new());
        let gone = watch::Sender::new(false);
        let (commits, told) = mpsc::channel(1);
        let herald = Herald {
            options: connect,
            name: format!("{:032x}", (options.random)()),
            commits: told,
            hint: hint.clone(),
            gone: gone.clone(),
        };
        (options.spawn)(Box::pin(herald.run()));
        Ok(Self {
            options,
            pool,
            desk: Desk::new(&key),
            queue: super::queue::Queue::default(),
            hint,
            gone,
            commits: Mutex::new(Some(commits)),
        })
    }
}

/// The address without the password.
pub(crate) fn shown(connect: &PgConnectOptions) -> String {
    format!(
        "postgres://{}@{}:{}/{}",
        connect.get_username(),
        connect.get_host(),
        connect.get_port(),
        connect.get_database().unwrap_or(connect.get_username())
    )
}

/// Brings the tables up to date where they are not: that takes their owner, and one at a time (sqlx holds a lock meanwhile).
async fn bring_up(connection: &mut PgConnection) -> Result<(), MigrateError> {
    let table = MIGRATIONS.table_name.as_ref();
    let mut applied = Vec::new();
    let there = "select to_regclass('_sqlx_migrations') is not null";
    if sqlx::query_scalar(there)
        .fetch_one(&mut *connection)
        .await?
    {
        if let Some(step) = connection.dirty_version(table).await? {
            return Err(MigrateError::Dirty(step));
        }
        applied = connection.list_applied_migrations(table).await?;
    }
    let is_known = |version| MIGRATIONS.version_exists(version);
    if let Some(newer) = applied.iter().find(|one| !is_known(one.version))
        && !serves(connection).await?
    {
        return Err(MigrateError::VersionMissing(newer.version));
    }
    let find = |version| applied.iter().find(|one| one.version == version);
    for known in MIGRATIONS.iter() {
        match find(known.version) {
            Some(applied) if applied.checksum == known.checksum => {}
            Some(_) => return Err(MigrateError::VersionMismatch(known.version)),
            None => {
                let made = MIGRATIONS.run(&mut *connection).await;
                return made.map_err(|why| match why {
                    MigrateError::Execute(why) => {
                        MigrateError::ExecuteMigration(why, known.version)
                    }
                    other => other,
                });
            }
        }
    }
    Ok(())
}

/// Whether tables that a newer release made serve this one, which goes on while that one is brought out, and comes back when it is
/// taken back: a step only adds, unless it sets `least` in `meta` to the oldest step that a release must know.
pub(crate) async fn serves(connection: &mut PgConnection) -> sqlx::Result<bool> {
    let least = "select value from meta where key = 'least'";
    let least: Option<String> = sqlx::query_scalar(least).fetch_optional(connection).await?;
    let newest = MIGRATIONS.iter().map(|step| step.version).max();
    let known = |least: String| least.parse().is_ok_and(|least| newest >= Some(least));
    Ok(least.is_none_or(known))
}

/// The key that listing cursors are signed with, made once for a database; and the epoch that log cursors belong to.
async fn signing_key(connection: &mut PgConnection, options: &Options) -> sqlx::Result<String> {
    let random = || format!("{:032x}{:032x}", (options.random)(), (options.random)());
    let mut transaction = session::begin(connection, Access::Write, Whose::House).await?;
    sqlx::query("insert into meta (key, value) values ('cursor_key', $1), ('epoch', '1') on conflict do nothing")
        .bind(random())
        .execute(&mut *transaction)
        .await?;
    let key = sqlx::query_scalar("select value from meta where key = 'cursor_key'")
        .fetch_one(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(key)
}
