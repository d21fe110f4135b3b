//! Copying: whatever the log has beyond the copy, checked against it line by line.

use super::{Alarm, Begun, Witness, begun, rows};
use crate::{LogRow, Store, StoreError, chain, error::failed};
use domain::id::StreamId;
use jiff::Timestamp;
use sqlx::{Connection, SqliteConnection};
use std::sync::PoisonError;

/// Lines copied in one transaction.
const BATCH: u32 = 500;

impl Witness {
    /// Copies what a stream's log has beyond the copy, so that an event that was lost, doubled or late makes no difference.
    /// Where the log is not what was copied before, or breaks, nothing more of that stream is copied; the alarm is kept,
    /// and given back the first time.
    pub async fn copy(
        &self,
        store: &dyn Store,
        stream: StreamId,
        now: Timestamp,
    ) -> Result<Option<Alarm>, StoreError> {
        loop {
            let mut connection = self.connection().await?;
            let mut transaction = connection
                .begin_with("begin immediate")
                .await
                .map_err(failed)?;
            let last = last(&mut transaction, stream).await?;
            let from = last.as_ref().map_or(0, |last| last.n - 1);
            let lines = store.lines(stream, from, BATCH).await?;
            let (fresh, wrong) = fresh(stream, last.as_ref(), &lines);
            add(&mut transaction, fresh).await?;
            if last.is_none() && !fresh.is_empty() {
                let n = length(store, stream, &lines).await?;
                let first = Begun { stream, n, at: now };
                begun::note(&mut transaction, &first).await?;
            }
            let mut alarm = None;
            if let Some((n, why)) = wrong {
                let found = Alarm {
                    stream,
                    n,
                    why,
                    at: now,
                };
                alarm = raise(&mut transaction, &found).await?.then_some(found);
            }
            let stopped = alarm.is_some() || lines.len() < BATCH as usize || fresh.is_empty();
            transaction.commit().await.map_err(failed)?;
            drop(connection);
            if let Some(end) = fresh.last().or(last.as_ref()) {
                let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
                ends.insert(stream, end.n);
            }
            if stopped {
                return Ok(alarm);
            }
        }
    }
}

/// How many lines a stream has, of which these are the first.
async fn length(store: &dyn Store, stream: StreamId, lines: &[LogRow]) -> Result<u64, StoreError> {
    if lines.len() < BATCH as usize {
        return Ok(lines.last().map_or(0, |line| line.n));
    }
    let heads = store.heads().await?;
    let head = heads.iter().find(|(known, ..)| *known == stream);
    Ok(head.map_or(0, |(_, n, _)| *n))
}

/// The lines after the last one copied, as far as they follow on it; and the first that does not, with the reason.
fn fresh<'l>(
    stream: StreamId,
    last: Option<&LogRow>,
    lines: &'l [LogRow],
) -> (&'l [LogRow], Option<(u64, String)>) {
    let (mut n, mut hash) = (0, chain::START);
    let mut rest = lines;
    if let Some(last) = last {
        let same = lines.first().filter(|line| line.n == last.n);
        let why = match same {
            None => format!("the log has lost line {}, which the witness saw", last.n),
            Some(line) if line.hash != last.hash => {
                format!(
                    "line {} is another than the witness saw: the log was forked",
                    last.n
                )
            }
            Some(_) => String::new(),
        };
        if !why.is_empty() {
            return (&[], Some((last.n, why)));
        }
        (n, hash, rest) = (last.n, &last.hash, &lines[1..]);
    }
    for (at, line) in rest.iter().enumerate() {
        if let Err(why) = chain::follows(stream, n, hash, line) {
            return (&rest[..at], Some((n + 1, why.to_string())));
        }
        (n, hash) = (line.n, &line.hash);
    }
    (rest, None)
}

async fn last(c: &mut SqliteConnection, stream: StreamId) -> Result<Option<LogRow>, StoreError> {
    let sql = rows::sql!(
        "select",
        "from line where stream = $1 order by n desc limit 1"
    );
    let query = sqlx::query(sql).bind(stream.to_string());
    let found = query.fetch_optional(c).await.map_err(failed)?;
    found.as_ref().map(rows::line).transpose()
}

async fn add(c: &mut SqliteConnection, lines: &[LogRow]) -> Result<(), StoreError> {
    if lines.is_empty() {
        return Ok(());
    }
    let values: Vec<_> = lines.iter().map(rows::values).collect();
    let sql = rows::sql!(
        "insert into line (",
        ") select j.value->>0, j.value->>1, j.value->>2, j.value->>3, j.value->>4, j.value->>5, j.value->>6, j.value->>7, \
            j.value->>8, j.value->>9, j.value->>10, j.value->>11, j.value->>12, j.value->>13 from json_each($1) j order by j.key"
    );
    let query = sqlx::query(sql).bind(contract::doc::json(&values));
    query.execute(c).await.map(drop).map_err(failed)
}

/// Keeps an alarm, one for a line. Answers whether it is new.
async fn raise(c: &mut SqliteConnection, alarm: &Alarm) -> Result<bool, StoreError> {
    let sql = "insert into alarm (stream, n, why, at) select $1, $2, $3, $4 \
        where not exists (select 1 from alarm where stream = $1 and n = $2)";
    let query = sqlx::query(sql)
        .bind(alarm.stream.to_string())
        .bind(alarm.n as i64)
        .bind(&alarm.why)
        .bind(alarm.at.as_microsecond());
    let done = query.execute(c).await.map_err(failed)?;
    Ok(done.rows_affected() > 0)
}
