//! The connections that read.

use super::shut;
use crate::StoreError;
use sqlx::{ConnectOptions, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    ops::{Deref, DerefMut},
    sync::{Mutex, PoisonError},
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// A few connections; whoever finds none waits in turn.
pub(super) struct Readers {
    free: Mutex<Vec<SqliteConnection>>,
    permits: Semaphore,
}

/// A connection, given back when dropped.
pub(super) struct Taken<'r> {
    connection: Option<SqliteConnection>,
    readers: &'r Readers,
    _permit: SemaphorePermit<'r>,
}

impl Readers {
    pub(super) async fn open(options: &SqliteConnectOptions, count: usize) -> sqlx::Result<Self> {
        let mut free = Vec::with_capacity(count);
        for _ in 0..count {
            free.push(options.connect().await?);
        }
        Ok(Self {
            free: Mutex::new(free),
            permits: Semaphore::new(count),
        })
    }

    pub(super) async fn take(&self) -> Result<Taken<'_>, StoreError> {
        let permit = self.permits.acquire().await.map_err(|_| super::closed())?;
        let connection = self
            .free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        Ok(Taken {
            connection: Some(connection.ok_or_else(super::closed)?),
            readers: self,
            _permit: permit,
        })
    }

    /// Closes what is not in use; what is in use closes when it is given back.
    pub(super) async fn close(&self) {
        self.permits.close();
        let free = std::mem::take(&mut *self.free.lock().unwrap_or_else(PoisonError::into_inner));
        for connection in free {
            shut(connection).await;
        }
    }
}

impl Deref for Taken<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.connection.as_ref().expect("taken out only in drop")
    }
}

impl DerefMut for Taken<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect("taken out only in drop")
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && !self.readers.permits.is_closed()
        {
            self.readers
                .free
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
        }
    }
}
