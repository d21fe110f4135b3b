//! A PostgreSQL database for a test, and the user who works on it.

use jiff::Timestamp;
use sqlx::{Connection, PgConnection};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use store::Options;
use testkit::postgres::TestDatabase;

/// A fresh database with its tables, made by their owner.
pub(crate) struct House {
    /// Of a user who owns nothing in it.
    pub(crate) url: String,
    /// The owner's.
    pub(crate) owner: TestDatabase,
}

impl House {
    /// None, said aloud, where there is no server.
    pub(crate) async fn new() -> Option<Self> {
        let owner = testkit::postgres::with_tables().await?;
        let url = owner.as_member_of(&["errand_person", "errand_house"]).await;
        Some(Self { url, owner })
    }

    /// A connection that may do everything.
    pub(crate) async fn as_owner(&self) -> PgConnection {
        PgConnection::connect(&self.owner.url).await.unwrap()
    }

    /// Does something behind the store's back.
    pub(crate) async fn by_hand(&self, sql: &'static str) {
        let mut owner = self.as_owner().await;
        sqlx::query(sql).execute(&mut owner).await.unwrap();
        owner.close().await.unwrap();
    }
}

/// Salts are counted; the clock is the database's own.
pub(crate) fn options() -> Options {
    static SALT: AtomicU64 = AtomicU64::new(1);
    let never = || -> Timestamp { unreachable!("PostgreSQL has a clock of its own") };
    Options::new(
        Arc::new(never),
        Arc::new(|| u128::from(SALT.fetch_add(1, Ordering::Relaxed)) << 64),
    )
}
