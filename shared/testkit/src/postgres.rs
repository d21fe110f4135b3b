//! A PostgreSQL database of its own for each test, on the server that `cargo xtask test` starts.

mod server;

pub use server::Server;

use crate::skip;
use host::{SystemClock, SystemIds};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::sync::Arc;
use tokio::sync::OnceCell;
use url::Url;
use uuid::Uuid;

/// The superuser's address of the database `postgres`.
const SERVER: &str = "ERRAND_TEST_POSTGRES_URL";

/// A database; it goes, with whoever is still connected to it, when this value goes.
pub struct TestDatabase {
    /// `postgres://` of this database, as superuser.
    pub url: String,
    /// Its name.
    pub name: String,
    admin: String,
    open: bool,
}

/// An empty database, or `None` after saying that the test is skipped where there is no PostgreSQL (`ERRAND_TEST_POSTGRES_URL`, the
/// superuser's address of the database `postgres`). Panics when the server is named and does not answer.
pub async fn database() -> Option<TestDatabase> {
    let admin = skip::unless(SERVER, "no PostgreSQL")?;
    Some(TestDatabase::make(admin, "template1").await)
}

/// The same with Errand's tables in it, as its owner's first start would make them: a copy of a database that has them, because
/// copying is quicker than making. The first test makes that one; it stays on the server for the next run.
pub async fn with_tables() -> Option<TestDatabase> {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let admin = skip::unless(SERVER, "no PostgreSQL")?;
    let template = TEMPLATE.get_or_init(|| template(&admin)).await;
    Some(TestDatabase::make(admin, template).await)
}

/// The database with the tables of this release; one test program at a time makes it where it is not there.
async fn template(admin: &str) -> String {
    let name = format!("errand_template_{}", store::suite::postgres_tables());
    let mut server = PgConnection::connect(admin)
        .await
        .expect("PostgreSQL answers");
    // Held until this connection closes.
    let lock = "select pg_advisory_lock(hashtext('errand_template'))";
    let locked = sqlx::raw_sql(lock).execute(&mut server).await;
    locked.expect("a lock");
    if !exists(&mut server, &name).await {
        // One that stopped half-way has another name.
        let unfinished = format!("{name}_unfinished");
        let drop = format!("drop database if exists {unfinished} with (force)");
        let create = format!("create database {unfinished}");
        let rename = format!("alter database {unfinished} rename to {name}");
        let mut options = host::deps::options(Arc::new(SystemClock), Arc::new(SystemIds));
        // Nobody is to be told of commits: a database is copied while nobody is connected to it.
        options.spawn = Arc::new(std::mem::drop);
        for statement in [drop, create] {
            run(&mut server, statement)
                .await
                .expect("PostgreSQL makes a database");
        }
        let opened = store::open(&address(admin, &unfinished), options).await;
        opened.expect("the store makes its tables").close().await;
        run(&mut server, rename).await.expect("another name");
    }
    server.close().await.expect("it closes");
    name
}

async fn exists(server: &mut PgConnection, database: &str) -> bool {
    let found = sqlx::query("select 1 from pg_database where datname = $1").bind(database);
    let found = found.fetch_optional(server).await;
    found.expect("a query").is_some()
}

/// The address of another database on the server.
fn address(admin: &str, database: &str) -> String {
    let mut url = Url::parse(admin).expect("ERRAND_TEST_POSTGRES_URL is a URL");
    url.set_path(database);
    url.into()
}

impl TestDatabase {
    async fn make(admin: String, template: &str) -> Self {
        let name = format!("errand_test_{}", Uuid::now_v7().simple());
        let create = format!("create database {name} template {template}");
        let made = alone(&admin, create).await;
        made.expect("PostgreSQL makes a database");
        Self {
            url: address(&admin, &name),
            name,
            admin,
            open: true,
        }
    }

    /// Drops the database now, and says whether that worked.
    ///
    /// # Errors
    /// When the server is gone.
    pub async fn close(mut self) -> Result<(), sqlx::Error> {
        self.open = false;
        alone(&self.admin, self.farewell()).await
    }

    /// Its address for a user who owns nothing, and is a member of these roles, which must be there.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn as_member_of(&self, roles: &[&str]) -> String {
        let user = format!("{}_user", roles.join("_"));
        let membership = format!("grant {} to {user}", roles.join(", "));
        self.make_user(&user, "login", &membership).await
    }

    /// Its address for a user who may make roles, is no superuser, and owns it from now on.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn given_to(&self, user: &str) -> String {
        let gift = format!("alter database {} owner to {user}", self.name);
        self.make_user(user, "login createrole", &gift).await
    }

    async fn make_user(&self, user: &str, may: &str, then: &str) -> String {
        let mut admin = PgConnection::connect(&self.admin)
            .await
            .expect("PostgreSQL answers");
        // Roles are the server's: one test at a time makes them.
        let statement = format!(
            "begin; select pg_advisory_xact_lock(hashtext('testkit')); \
            do $$ begin if not exists (select from pg_roles where rolname = '{user}') then create role {user} {may}; end if; end $$; \
            {then}; commit"
        );
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut admin)
            .await
            .expect("PostgreSQL makes a user");
        admin.close().await.expect("it closes");
        let mut url = Url::parse(&self.url).expect("it was made as a URL");
        url.set_username(user).expect("the address has a host");
        url.into()
    }

    fn farewell(&self) -> String {
        format!("drop database if exists {} with (force)", self.name)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        let (admin, farewell) = (self.admin.clone(), self.farewell());
        // A thread and a runtime of its own: the test's may be gone, and must not wait for itself.
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            if let Ok(runtime) = runtime {
                // A server that is gone took the database with it.
                drop(runtime.block_on(alone(&admin, farewell)));
            }
        });
        drop(thread.join());
    }
}

/// One statement on a connection of its own.
async fn alone(admin: &str, statement: String) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(admin).await?;
    run(&mut connection, statement).await?;
    connection.close().await
}

async fn run(connection: &mut PgConnection, statement: String) -> Result<(), sqlx::Error> {
    let statement = sqlx::raw_sql(AssertSqlSafe(statement));
    statement.execute(connection).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_lives_as_long_as_its_value() {
        let Some(dropped) = database().await else {
            return;
        };
        let Some(closed) = database().await else {
            return;
        };
        let (admin, names) = (
            dropped.admin.clone(),
            [dropped.name.clone(), closed.name.clone()],
        );
        let visitor = PgConnection::connect(&dropped.url)
            .await
            .expect("the database can be used");
        let mut server = PgConnection::connect(&admin)
            .await
            .expect("PostgreSQL answers");
        for name in &names {
            assert!(exists(&mut server, name).await);
        }
        drop(dropped);
        closed.close().await.expect("closed");
        for name in &names {
            assert!(!exists(&mut server, name).await);
        }
        drop(visitor);
    }
}
