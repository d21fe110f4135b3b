//! A PostgreSQL database of its own for each test, on the server that `cargo xtask test` starts.

mod server;

pub use server::Server;

use crate::skip;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use url::Url;
use uuid::Uuid;

/// An empty database; it goes, with whoever is still connected to it, when this value goes.
pub struct TestDatabase {
    /// `postgres://` of this database, as superuser.
    pub url: String,
    /// Its name.
    pub name: String,
    admin: String,
    open: bool,
}

/// A fresh database, or `None` after saying that the test is skipped where there is no PostgreSQL (`ERRAND_TEST_POSTGRES_URL`, the
/// superuser's address of the database `postgres`). Panics when the server is named and does not answer.
pub async fn database() -> Option<TestDatabase> {
    let admin = skip::unless("ERRAND_TEST_POSTGRES_URL", "no PostgreSQL")?;
    let name = format!("errand_test_{}", Uuid::now_v7().simple());
    let mut url = Url::parse(&admin).expect("ERRAND_TEST_POSTGRES_URL is a URL");
    url.set_path(&name);
    run(&admin, format!("create database {name}"))
        .await
        .expect("PostgreSQL makes a database");
    Some(TestDatabase {
        url: url.into(),
        name,
        admin,
        open: true,
    })
}

impl TestDatabase {
    /// Drops the database now, and says whether that worked.
    ///
    /// # Errors
    /// When the server is gone.
    pub async fn close(mut self) -> Result<(), sqlx::Error> {
        self.open = false;
        run(&self.admin, self.farewell()).await
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
                drop(runtime.block_on(run(&admin, farewell)));
            }
        });
        drop(thread.join());
    }
}

async fn run(admin: &str, statement: String) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(admin).await?;
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(&mut connection)
        .await?;
    connection.close().await
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn exists(database: &str, admin: &str) -> bool {
        let mut connection = PgConnection::connect(admin)
            .await
            .expect("PostgreSQL answers");
        let found = sqlx::query("select 1 from pg_database where datname = $1").bind(database);
        found
            .fetch_optional(&mut connection)
            .await
            .expect("a query")
            .is_some()
    }

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
        assert!(exists(&names[0], &admin).await && exists(&names[1], &admin).await);
        drop(dropped);
        closed.close().await.expect("closed");
        assert!(!exists(&names[0], &admin).await && !exists(&names[1], &admin).await);
        drop(visitor);
    }
}
