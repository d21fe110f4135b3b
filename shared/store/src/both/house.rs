//! Keeping house: leases, tidying, counts.

use super::tasks::settings;
use crate::{
    Reader, StoreError, TagUse,
    ask::{Columns, Statement, Whose, moment, values},
    backend::{Backend, Row, dialect},
};
use domain::filter::{Clock, Moment};
use jiff::Timestamp;

/// Rows forgotten at once, so that tidying never holds up a write for long.
const TIDY: i64 = 10_000;

pub(super) async fn lease<B: Backend>(
    db: &B,
    name: &str,
    holder: &str,
    ttl: i64,
) -> Result<Option<u64>, StoreError> {
    // The epoch rises with every new holder, so that the one before can be told apart. A lease that ends much later than one given
    // now would was given before the clock was set back: it is nobody's, or its holder would have to live for all to go on. Now is
    // when this is written: by a time that was read before a long wait, one that was given meanwhile would look the same.
    let sql = "insert into lease (name, holder, epoch, until) values ($1, $2, 1, $4 + $3) \
        on conflict (name) do update set epoch = lease.epoch + case when lease.holder = excluded.holder then 0 else 1 end, \
            holder = excluded.holder, until = excluded.until \
        where lease.holder = excluded.holder or lease.until <= $4 or lease.until > $4 + 2 * $3 returning epoch";
    let values = values![name, holder, ttl.saturating_mul(1000)];
    let statements = vec![Statement::new(sql, values).timed()];
    let rows = db.tell(Whose::House, statements).await?;
    rows.first().map(|row| row.number(0)).transpose()
}

pub(super) async fn leader<B: Backend>(
    db: &B,
    name: &str,
) -> Result<Option<Timestamp>, StoreError> {
    let now = db.clock().await?;
    let sql = "select until from lease where name = $1 and until > $2";
    let rows = db.ask(Whose::House, sql.into(), values![name, now]).await?;
    rows.first().map(|row| row.moment(0)).transpose()
}

pub(super) async fn tidy<B: Backend>(db: &B, before: Timestamp) -> Result<(), StoreError> {
    loop {
        let forget = |(table, key, age)| {
            let sql = format!(
                "delete from {table} where ({key}) in (select {key} from {table} where {age} < $1 limit $2) returning 1"
            );
            Statement::new(sql, values![before, TIDY])
        };
        let tables = [
            ("idempotency", "person, route, key", "at"),
            ("consumed", "source, id", "at"),
            ("note", "person, key", "expires_at"),
            ("credential", "id", "expires_at"),
        ];
        let statements = tables.into_iter().map(forget).collect();
        let gone = db.tell(Whose::House, statements).await?;
        if gone.len() < TIDY as usize {
            return Ok(());
        }
    }
}

pub(super) async fn raise_epoch<B: Backend>(db: &B) -> Result<(), StoreError> {
    let sql = "update meta set value = cast(cast(value as bigint) + 1 as text) where key = 'epoch'";
    db.tell(Whose::House, vec![Statement::new(sql, vec![])])
        .await
        .map(drop)
}

pub(super) async fn imported_at<B: Backend>(db: &B) -> Result<Option<Timestamp>, StoreError> {
    let sql = "select value from meta where key = 'imported_at' and value <> ''";
    let rows = db.ask(Whose::House, sql.into(), vec![]).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let micros = row.text(0)?.parse();
    let micros = micros.map_err(|_| StoreError::Corrupt("the moment of an import".to_owned()))?;
    moment(micros).map(Some)
}

pub(super) async fn import_settled<B: Backend>(db: &B) -> Result<(), StoreError> {
    let sql = "update meta set value = '' where key = 'imported_at'";
    db.tell(Whose::House, vec![Statement::new(sql, vec![])])
        .await
        .map(drop)
}

pub(super) async fn counts<B: Backend>(
    db: &B,
    who: &Reader,
    now: Timestamp,
) -> Result<Vec<(String, String, u64)>, StoreError> {
    let settings = settings(db, who).await?;
    let today = Moment::days_from_today(0).range(&Clock {
        now,
        zone: settings.zone(),
    });
    let values = values![who.person.to_string(), now, today.until];
    let sql = counts_sql(dialect::<B>().first_left());
    let rows = db
        .ask(Whose::Person(who.person), sql.into(), values)
        .await?;
    rows.iter()
        .map(|row| Ok((row.owned(0)?, row.owned(1)?, row.number(2)?)))
        .collect()
}

pub(super) async fn tags<B: Backend>(db: &B, who: &Reader) -> Result<Vec<TagUse>, StoreError> {
    let sql = "select min(g.name), count(case when t.status = 'open' then 1 end), count(*) \
        from member m join task_tag g on g.stream = m.stream join task t on t.id = g.task and t.deleted_at is null \
        where m.person = $1 group by g.tag order by g.tag";
    let values = values![who.person.to_string()];
    let rows = db
        .ask(Whose::Person(who.person), sql.into(), values)
        .await?;
    let read = |row: &Row<B>| {
        Ok(TagUse {
            name: row.owned(0)?,
            open: row.number(1)?,
            tasks: row.number(2)?,
        })
    };
    rows.iter().map(read).collect()
}

/// The open tasks of the person `$1` that are not hidden at `$2`; today ends at `$3`.
fn counts_sql(join: &str) -> String {
    let open = format!(
        "from member m {join} task t on t.stream = m.stream and t.status = 'open' and t.deleted_at is null and t.start_key <= $2"
    );
    let mine = format!("{open} where m.person = $1");
    format!(
        "select 'view', 'inbox', count(*) {mine} and t.list_id is null \
        union all select 'view', 'today', count(*) {mine} and t.due_key < $3 \
        union all select 'view', 'upcoming', count(*) {mine} and t.due_key >= $3 and t.due_key < 9223372036854775807 \
        union all select 'view', 'overdue', count(*) {mine} and t.due_end <= $2 \
        union all select 'view', 'all', count(*) {mine} \
        union all select 'list', t.list_id, count(*) {mine} and t.list_id is not null group by t.list_id \
        union all select 'tag', min(g.name), count(*) {open} join task_tag g on g.task = t.id where m.person = $1 group by g.tag"
    )
}
