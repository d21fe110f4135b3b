//! Tells other processes that something was committed, and hears it of them: NOTIFY and LISTEN on one connection of its own.
//!
//! A NOTIFY inside a write would have all writes commit one after the other, so one is sent for all commits of some moments.

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use std::{sync::Arc, time::Duration};
use tokio::sync::{Notify, mpsc};

const CHANNEL: &str = "errand";

/// How long commits are collected before they are told of.
const COLLECT: Duration = Duration::from_millis(10);

/// How long to leave a database alone that does not answer. Whoever waits for a hint asks by itself meanwhile.
const PAUSE: Duration = Duration::from_secs(1);

/// What the herald needs to know.
pub(super) struct Herald {
    pub options: PgConnectOptions,
    /// What tells this process's own messages from others'.
    pub name: String,
    /// Something was committed here; closed when the store is.
    pub commits: mpsc::Receiver<()>,
    /// Whoever waits for a commit.
    pub hint: Arc<Notify>,
}

impl Herald {
    /// Until the store is closed.
    pub(super) async fn run(mut self) {
        while let Err(why) = self.serve().await {
            tracing::debug!(%why, "no word of other processes' commits");
            if self.commits.is_closed() {
                return;
            }
            pause(PAUSE).await;
        }
    }

    async fn serve(&mut self) -> sqlx::Result<()> {
        let pool = PgPoolOptions::new().max_connections(1);
        let pool = pool.connect_with(self.options.clone()).await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(CHANNEL).await?;
        // Something may have been said before.
        self.hint.notify_waiters();
        loop {
            tokio::select! {
                heard = listener.recv() => {
                    if heard?.payload() != self.name {
                        self.hint.notify_waiters();
                    }
                }
                commit = self.commits.recv() => {
                    if commit.is_none() {
                        return Ok(());
                    }
                    pause(COLLECT).await;
                    let told = sqlx::query("select pg_notify($1, $2)").bind(CHANNEL).bind(&self.name);
                    told.execute(&mut listener).await?;
                }
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "no decision waits for this: a simulation has no other processes"
)]
async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}
