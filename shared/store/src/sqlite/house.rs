//! Keeping house: leases, tidying, copies, counts.

use super::{
    SqliteStore,
    load::{number, text},
    tasks::settings,
};
use crate::sql::made;
use crate::{Reader, StoreError, error::failed};
use domain::filter::{Clock, Moment};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use std::path::Path;
use tokio::sync::oneshot;

/// Rows forgotten at once, so that tidying never holds up a write for long.
const TIDY: i64 = 10_000;

impl SqliteStore {
    pub(super) async fn lease(
        &self,
        name: &str,
        holder: &str,
        ttl: i64,
    ) -> Result<Option<u64>, StoreError> {
        let (name, holder, now) = (
            name.to_owned(),
            holder.to_owned(),
            self.options.moment().as_microsecond(),
        );
        self.write(move |c| {
            Box::pin(async move {
                // The epoch rises with every new holder, so that the one before can be told apart.
                let sql = "insert into lease (name, holder, epoch, until) values ($1, $2, 1, $3 + $4) \
                    on conflict (name) do update set epoch = epoch + (holder <> excluded.holder), \
                        holder = excluded.holder, until = excluded.until \
                    where holder = excluded.holder or until <= $3 returning epoch";
                let query = sqlx::query_scalar::<_, i64>(sql).bind(name).bind(holder).bind(now).bind(ttl.saturating_mul(1000));
                Ok(query.fetch_optional(c).await.map_err(failed)?.map(|epoch| epoch as u64))
            })
        })
        .await
    }

    pub(super) async fn tidy(&self, before: Timestamp) -> Result<(), StoreError> {
        loop {
            let left = self
                .write(move |c| {
                    Box::pin(async move {
                        let sql = "delete from idempotency where rowid in (select rowid from idempotency where at < $1 limit $2); \
                            delete from consumed where (source, id) in (select source, id from consumed where at < $1 limit $2); \
                            delete from note where rowid in (select rowid from note where expires_at < $1 limit $2); \
                            delete from credential where id in (select id from credential where expires_at < $1 limit $2)";
                        let query = sqlx::query(sql).bind(before.as_microsecond()).bind(TIDY);
                        query.execute(c).await.map(|done| done.rows_affected()).map_err(failed)
                    })
                })
                .await?;
            if left < TIDY as u64 {
                return Ok(());
            }
        }
    }

    pub(super) async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let Some(path) = to.to_str() else {
            return Err(StoreError::Corrupt(format!(
                "{} is not a name that SQLite can use",
                to.display()
            )));
        };
        let query = sqlx::query("vacuum into $1").bind(path.to_owned());
        query
            .execute(&mut *self.readers.take().await?)
            .await
            .map(drop)
            .map_err(failed)
    }

    pub(super) async fn raise_epoch(&self) -> Result<(), StoreError> {
        self.write(|c| {
            Box::pin(async move {
                let sql = "update meta set value = cast(value as integer) + 1 where key = 'epoch'";
                sqlx::query(sql).execute(c).await.map(drop).map_err(failed)
            })
        })
        .await
    }

    pub(super) async fn counts(
        &self,
        who: &Reader,
        now: Timestamp,
    ) -> Result<Vec<(String, String, u64)>, StoreError> {
        let mut reader = self.readers.take().await?;
        let settings = settings(&mut reader, who).await?;
        let today = Moment::days_from_today(0).range(&Clock {
            now,
            zone: settings.zone(),
        });
        let query = sqlx::query(made(counts_sql()))
            .bind(who.person.to_string())
            .bind(now.as_microsecond());
        let query = query
            .bind(today.from.as_microsecond())
            .bind(today.until.as_microsecond());
        let rows = query.fetch_all(&mut *reader).await.map_err(failed)?;
        let count = |row: &SqliteRow| {
            Ok((
                text(row, 0)?.to_owned(),
                text(row, 1)?.to_owned(),
                number(row, 2)?,
            ))
        };
        rows.iter().map(count).collect()
    }

    pub(super) async fn close(&self) {
        let (closed, done) = oneshot::channel();
        if self.send(super::writer::Job::Close(closed)).await.is_ok() {
            self.options.seam.waits("queue");
            // The writer answers, or is gone already.
            drop(done.await);
        }
        self.readers.close().await;
    }
}

/// The open tasks of the person `$1` that are not hidden at `$2`; today is from `$3` until `$4`.
fn counts_sql() -> String {
    let mine = "from member m cross join task t on t.stream = m.stream and t.status = 'open' and t.deleted_at is null \
        and t.start_key <= $2 where m.person = $1";
    format!(
        "select 'view', 'inbox', count(*) {mine} and t.list_id is null \
        union all select 'view', 'today', count(*) {mine} and t.due_key < $4 \
        union all select 'view', 'upcoming', count(*) {mine} and t.due_key >= $4 and t.due_key < 9223372036854775807 \
        union all select 'view', 'overdue', count(*) {mine} and t.due_end <= $2 and $3 = $3 \
        union all select 'view', 'all', count(*) {mine} \
        union all select 'list', t.list_id, count(*) {mine} and t.list_id is not null group by t.list_id \
        union all select 'tag', min(g.name), count(*) from member m cross join task t on t.stream = m.stream \
            and t.status = 'open' and t.deleted_at is null and t.start_key <= $2 \
            join task_tag g on g.task = t.id where m.person = $1 group by g.tag"
    )
}
