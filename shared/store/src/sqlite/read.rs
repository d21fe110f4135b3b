//! The connections that read.

use super::{load::text, shut};
use crate::{Doc, Kind, Reader, StoreError, error::failed};
use domain::{id::*, state::Kept, task::Reminder};
use sqlx::{ConnectOptions, Row, SqliteConnection, sqlite::SqliteConnectOptions};
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

impl super::SqliteStore {
    pub(super) async fn task(&self, who: &Reader, id: TaskId) -> Result<Option<Doc>, StoreError> {
        let sql = "select t.doc, t.reminders from task t join member m on m.stream = t.stream and m.person = $2 where t.id = $1";
        let query = sqlx::query(sql)
            .bind(id.to_string())
            .bind(who.person.to_string());
        let row = query
            .fetch_optional(&mut *self.readers.take().await?)
            .await
            .map_err(failed)?;
        row.map(|row| task_doc(text(&row, 0)?, text(&row, 1)?, who.person))
            .transpose()
    }

    pub(super) async fn records(&self, who: &Reader, kind: Kind) -> Result<Vec<Doc>, StoreError> {
        let (word, parent) = match kind {
            Kind::List => (domain::list::List::WHAT, None),
            Kind::Section => (domain::list::Section::WHAT, None),
            Kind::Tag => (domain::list::Tag::WHAT, None),
            Kind::View => (domain::list::View::WHAT, None),
            Kind::Settings => (domain::settings::Settings::WHAT, None),
            Kind::Series => (domain::series::Series::WHAT, None),
            Kind::Comment(task) => (domain::list::Comment::WHAT, Some(task.to_string())),
        };
        let sql = if parent.is_some() {
            "select r.id, r.version, r.doc from record r join member m on m.stream = r.stream and m.person = $1 \
                where r.kind = $2 and r.parent = $3 and not r.deleted order by r.sort, r.id"
        } else {
            "select r.id, r.version, r.doc from member m join record r on r.stream = m.stream \
                where m.person = $1 and r.kind = $2 and not r.deleted order by r.sort, r.id"
        };
        let query = sqlx::query(sql)
            .bind(who.person.to_string())
            .bind(word)
            .bind(parent);
        let rows = query
            .fetch_all(&mut *self.readers.take().await?)
            .await
            .map_err(failed)?;
        let doc = |row: &sqlx::sqlite::SqliteRow| {
            Ok(Doc {
                id: super::load::id(row, 0)?,
                version: super::load::number(row, 1)?,
                json: row.try_get(2).map_err(failed)?,
            })
        };
        rows.iter().map(doc).collect()
    }
}

/// A task as its reader sees it, out of what is stored.
pub(super) fn task_doc(doc: &str, reminders: &str, person: UserId) -> Result<Doc, StoreError> {
    let damaged = |why: &dyn std::fmt::Display| StoreError::Corrupt(format!("a task: {why}"));
    let (id, version) =
        crate::query::identity(doc).ok_or_else(|| damaged(&"it has no id or version"))?;
    let own: Vec<Reminder> = match reminders {
        "[]" => Vec::new(),
        some => serde_json::from_str(some).map_err(|why| damaged(&why))?,
    };
    Ok(Doc {
        id,
        version,
        json: contract::doc::with_reminders(doc, &own, person),
    })
}
