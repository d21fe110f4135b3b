//! PostgreSQL: several processes write, each transaction for one person or for the house, behind row-level security.

mod backend;
mod commit;
mod dialect;
mod herald;
mod hot;
mod load;
mod open;
mod queue;
mod session;
mod write;

pub use hot::hot_queries;
pub use open::tables;
pub(crate) use open::{MIGRATIONS, serves, shown};
pub use session::PLANS;

use crate::{Options, StoreError, backend::Desk, error::failed};
use sqlx::{Postgres, pool::PoolConnection, postgres::PgPool};
use std::{
    io::ErrorKind,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{Notify, mpsc, watch};

/// The database's clock, in microseconds.
const CLOCK: &str = "(extract(epoch from clock_timestamp()) * 1000000)::bigint";

/// The PostgreSQL backend.
pub(crate) struct PostgresStore {
    options: Options,
    pool: PgPool,
    desk: Desk,
    queue: queue::Queue,
    hint: Arc<Notify>,
    /// Whether nobody answers at the server's address, as far as the herald knows.
    gone: watch::Sender<bool>,
    /// To the herald; none once closed.
    commits: Mutex<Option<mpsc::Sender<()>>>,
}

impl PostgresStore {
    /// A connection, as soon as one is free.
    async fn connection(&self) -> Result<PoolConnection<Postgres>, StoreError> {
        let acquired = self.while_there(self.pool.acquire()).await?;
        acquired.map_err(failed)
    }

    /// What somebody waits for; an error at once where there is nobody to wait for.
    async fn while_there<T>(&self, waits: impl Future<Output = T>) -> Result<T, StoreError> {
        let mut gone = self.gone.subscribe();
        tokio::select! {
            biased;
            _ = gone.wait_for(|gone| *gone) => {
                let why = std::io::Error::new(ErrorKind::NotConnected, "nobody answers at its address");
                Err(StoreError::Unavailable(sqlx::Error::Io(why)))
            }
            done = waits => Ok(done),
        }
    }

    /// Wakes whoever waits here for a commit, and has other processes told.
    fn tell_of_commit(&self) {
        self.hint.notify_waiters();
        let commits = self.commits.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(commits) = &*commits {
            // One that is still to be told of stands for this one too.
            let _told_anyway = commits.try_send(());
        }
    }

    fn close_herald(&self) {
        let mut commits = self.commits.lock().unwrap_or_else(PoisonError::into_inner);
        drop(commits.take());
    }
}

/// The words of a text in lower case, with spaces between; accents are left on.
fn words(text: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c);
    text.to_lowercase()
        .chars()
        .map(|c| if is_word(c) { c } else { ' ' })
        .collect()
}
