//! Tells other processes that something was committed, and hears it of them: NOTIFY and LISTEN on one connection of its own.
//!
//! A NOTIFY inside a write would have all writes commit one after the other, so one is sent for all commits of some moments.
//! Always being connected, it is also the first to know that the server is gone, and that it is back.

use sqlx::{
    ConnectOptions, Connection,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use std::{io::ErrorKind, sync::Arc, time::Duration};
use tokio::{
    sync::{Notify, mpsc, watch},
    time::timeout,
};

const CHANNEL: &str = "errand";

/// How long commits are collected before they are told of.
const COLLECT: Duration = Duration::from_millis(10);

/// How long to leave a database alone that does not answer. Whoever waits for a hint asks by itself meanwhile.
const PAUSE: Duration = Duration::from_millis(500);

/// How long a server may take to let somebody in.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the herald needs to know.
pub(super) struct Herald {
    pub options: PgConnectOptions,
    /// What tells this process's own messages from others'.
    pub name: String,
    /// Something was committed here; closed when the store is.
    pub commits: mpsc::Receiver<()>,
    /// Whoever waits for a commit.
    pub hint: Arc<Notify>,
    /// Whether nobody answers at the server's address.
    pub gone: watch::Sender<bool>,
}

impl Herald {
    /// Until the store is closed.
    pub(super) async fn run(mut self) {
        while let Err(why) = self.serve().await {
            tracing::debug!(%why, "no word of other processes' commits");
            if self.commits.is_closed() {
                return;
            }
            // First of all, so that nobody waits for a server that is not there.
            self.gone.send_replace(self.is_gone().await);
            pause(PAUSE).await;
        }
    }

    async fn serve(&mut self) -> sqlx::Result<()> {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE);
        let pool = pool.connect_with(self.options.clone()).await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        self.gone.send_replace(false);
        // Something may have been said before.
        self.hint.notify_waiters();
        loop {
            tokio::select! {
                heard = listener.try_recv() => match heard? {
                    Some(heard) if heard.payload() == self.name => {}
                    Some(_) => self.hint.notify_waiters(),
                    None => return Err(sqlx::Error::Io(ErrorKind::UnexpectedEof.into())),
                },
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

    /// Whether nobody is there, or is only starting. A pool would keep trying, and not say why; who turns us away is there.
    async fn is_gone(&self) -> bool {
        match timeout(PATIENCE, self.options.connect()).await {
            Ok(Ok(connection)) => {
                drop(connection.close().await);
                false
            }
            Ok(Err(sqlx::Error::Database(told))) => told.code().as_deref() == Some("57P03"),
            Ok(Err(sqlx::Error::Io(_))) | Err(_) => true,
            Ok(Err(_)) => false,
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
