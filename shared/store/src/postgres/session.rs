//! One transaction: whose it is, what it may, and how long it may take.

use super::dialect;
use crate::{
    Options, StoreError,
    ask::{Ask, Bind, Columns, Sql, Statement, Whose, moment, values},
    dialect::Dialect,
    error::failed,
    moving::Take,
    sql::made,
};
use jiff::Timestamp;
use sqlx::{
    Connection, PgConnection, Postgres, Transaction, pool::PoolConnection, postgres::PgRow,
};
use std::time::Duration;
use tokio::time::error::Elapsed;

/// How long a transaction may take, the wait for locks included.
pub(super) const LIMIT: Duration = Duration::from_secs(15);

/// What a transaction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    /// Reads, and sees one moment all the time.
    Snapshot,
    Write,
    /// Writes, and nobody else to the streams of the person from the beginning on.
    Lock,
}

impl Ask for PgConnection {
    type Row = PgRow;
    const DIALECT: &'static dyn Dialect = &dialect::Postgres;

    async fn ask(&mut self, sql: Sql, values: Vec<Bind>) -> Result<Vec<PgRow>, StoreError> {
        let mut query = sqlx::query(made(sql.into_owned()));
        for value in values {
            query = match value {
                Bind::Int(value) => query.bind(value),
                Bind::MaybeInt(value) => query.bind(value),
                // PostgreSQL has no NUL in a text.
                Bind::Text(value) if value.contains('\0') => query.bind(value.replace('\0', "")),
                Bind::Text(value) => query.bind(value),
            };
        }
        query.fetch_all(self).await.map_err(failed)
    }
}

/// The heads of a person's streams, in the order of their ids.
const LOCK: &str = "; select 1 from stream_head where stream in (select stream from member where person = '{}') \
    order by stream for no key update";

/// How statements are planned on our connections: once, because no plan depends on the values, and planning behind the policies takes
/// ten times as long as running. So a plan is made while a table is as good as empty, and must hold when it is full: rows are
/// found by an index for each that is looked for, never by reading a table whole. Never compiled, which took a second where the
/// planner, which cannot know how long a JSON array is, expected many rows; and as many rows get no table of megabytes either,
/// which was cleared at each run.
#[doc(hidden)]
pub const PLANS: &str = "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_hashjoin = off; \
    set enable_mergejoin = off; set jit = off; set work_mem = '256kB'; set hash_mem_multiplier = 1";

/// Begins: role and viewer are set in the same message, and end with the transaction.
pub(super) async fn begin(
    connection: &mut PgConnection,
    access: Access,
    whose: Whose,
) -> sqlx::Result<Transaction<'_, Postgres>> {
    let read = match access {
        Access::Read => " read only",
        Access::Snapshot => " isolation level repeatable read read only",
        Access::Write | Access::Lock => "",
    };
    let sql = match whose {
        // An id is hex and dashes: there is nothing in it to be quoted.
        Whose::Person(person) => {
            let lock = if access == Access::Lock {
                LOCK.replace("{}", &person.to_string())
            } else {
                String::new()
            };
            format!(
                "begin{read}; select set_config('role', 'errand_person', true), set_config('errand.viewer', '{person}', true), \
                    set_config('lock_timeout', '2s', true){lock}"
            )
        }
        Whose::House => format!(
            "begin{read}; select set_config('role', 'errand_house', true), set_config('lock_timeout', '10s', true)"
        ),
    };
    connection.begin_with(made(sql)).await
}

/// What was done on a connection within the limit. After an error, or when it took too long, the connection is closed and never
/// used again: nobody knows what it is still doing.
pub(super) fn kept<T, E: From<StoreError>>(
    mut connection: PoolConnection<Postgres>,
    done: Result<Result<T, E>, Elapsed>,
) -> Result<T, E> {
    let late = |_| Err(StoreError::Unavailable(sqlx::Error::PoolTimedOut).into());
    let done = done.unwrap_or_else(late);
    if done.is_err() {
        connection.close_on_drop();
    }
    done
}

impl Take for PgConnection {
    /// Whoever writes locks a head first, and waits there.
    async fn alone(&mut self) -> Result<(), StoreError> {
        let lock = "lock table stream_head in exclusive mode";
        self.ask(lock.into(), vec![]).await.map(drop)
    }

    async fn act_as(&mut self, whose: Whose) -> Result<(), StoreError> {
        let (role, viewer) = match whose {
            Whose::Person(person) => ("errand_person", person.to_string()),
            Whose::House => ("errand_house", String::new()),
        };
        let sql = "select set_config('role', $1, true), set_config('errand.viewer', $2, true)";
        self.ask(sql.into(), values![role, viewer]).await.map(drop)
    }

    /// Whose a claim is; deliveries come before claims.
    fn beside(table: &str) -> [&'static str; 2] {
        match table {
            "ledger" => [
                ", person",
                ", (select d.person from delivery d where d.id = j.value->>4)",
            ],
            _ => ["", ""],
        }
    }
}

/// Reads, in a transaction that is dropped: its ROLLBACK goes out while nobody waits.
pub(super) async fn read(
    connection: &mut PgConnection,
    whose: Whose,
    sql: Sql,
    values: Vec<Bind>,
) -> Result<Vec<PgRow>, StoreError> {
    let mut transaction = begin(connection, Access::Read, whose)
        .await
        .map_err(failed)?;
    transaction.ask(sql, values).await
}

/// Writes all statements; answers the rows that they return.
pub(super) async fn write(
    connection: &mut PgConnection,
    whose: Whose,
    statements: Vec<Statement>,
    options: &Options,
) -> Result<Vec<PgRow>, StoreError> {
    let mut transaction = begin(connection, Access::Write, whose)
        .await
        .map_err(failed)?;
    let mut rows = Vec::new();
    for mut statement in statements {
        if statement.timed {
            let now = told(&transaction.ask(clock(), vec![]).await?)?;
            statement.values.push(options.time(now).into());
        }
        rows.extend(transaction.ask(statement.sql, statement.values).await?);
    }
    transaction.commit().await.map_err(failed)?;
    Ok(rows)
}

/// Asks for the database's time.
pub(super) fn clock() -> Sql {
    format!("select {}", super::CLOCK).into()
}

/// What it answered to that.
pub(super) fn told(rows: &[PgRow]) -> Result<Timestamp, StoreError> {
    let none = || StoreError::Corrupt("the database tells no time".to_owned());
    moment(rows.first().ok_or_else(none)?.int(0)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::postgres::{PgPool, PgPoolOptions};
    use tokio::time::timeout;

    /// Which process of the server is at the other end, after work that takes so many seconds and must end within the time.
    async fn used(pool: &PgPool, seconds: i32, within: Duration) -> (i32, Result<(), StoreError>) {
        let mut connection = pool.acquire().await.unwrap();
        let process = sqlx::query_scalar("select pg_backend_pid()");
        let process = process.fetch_one(&mut *connection).await.unwrap();
        let work = async {
            let work = sqlx::query("select pg_sleep($1)").bind(f64::from(seconds));
            let worked = work.execute(&mut *connection).await;
            worked.map(drop).map_err(failed)
        };
        let done = timeout(within, work).await;
        (process, kept(connection, done))
    }

    #[tokio::test]
    async fn a_connection_on_which_something_took_too_long_is_never_used_again() {
        let Some(database) = testkit::postgres::database().await else {
            return;
        };
        let one = PgPoolOptions::new().max_connections(1);
        let pool = one.connect(&database.url).await.unwrap();
        let (first, done) = used(&pool, 0, LIMIT).await;
        done.unwrap();
        let (again, late) = used(&pool, 60, Duration::from_millis(50)).await;
        assert_eq!(again, first, "what went well is used again");
        assert!(matches!(late, Err(StoreError::Unavailable(_))), "{late:?}");
        let (other, done) = used(&pool, 0, LIMIT).await;
        done.unwrap();
        assert_ne!(other, first);
        pool.close().await;
    }
}
