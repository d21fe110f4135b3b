//! What is to be undone.

use super::{ids, logged, of_series, tasks_of};
use crate::{
    Reader, StoreError,
    error::failed,
    overlay::{Also, passed_over},
    sql::made,
    sqlite::{load::text, log},
};
use domain::{
    id::*,
    need::{TasksOf, Undo},
};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use std::collections::BTreeSet;

/// How long something can be undone: 30 days, in microseconds.
const KEPT: i64 = 30 * 24 * 3600 * 1_000_000;

/// The events to undo, all that happened to the same things since, and those things.
pub(super) async fn past(
    c: &mut SqliteConnection,
    who: &Reader,
    undo: &Undo,
    also: &mut Also,
) -> Result<(), StoreError> {
    let chosen = chosen(c, who, undo, also).await?;
    let abouts: BTreeSet<&str> = chosen.iter().map(|(about, _)| about.as_str()).collect();
    let Some(first) = chosen.iter().map(|(_, n)| *n).min() else {
        return Ok(());
    };
    let which = "l.about in (select value from json_each($2)) and l.n >= $3";
    let query =
        sqlx::query(made(log::select(which, "order by l.at, l.n"))).bind(who.person.to_string());
    let query = query.bind(contract::doc::json(&abouts)).bind(first);
    also.past
        .extend(logged(&query.fetch_all(&mut *c).await.map_err(failed)?)?);
    if also.may_travel() {
        also.tasks
            .extend(tasks_of(c, who, &TasksOf::Floating).await?);
    }
    let named = also.named();
    let sql = of_mine!(
        "select distinct t.series_id from task t where t.id in (select value from json_each($2)) and t.series_id is not null"
    );
    for series in ids(c, sql.to_owned(), who, contract::doc::json(&named)).await? {
        also.records.push(series.0);
        also.tasks.extend(of_series(c, who, series.0).await?);
    }
    also.tasks.extend(named.iter().copied().map(TaskId));
    also.records.extend(named);
    Ok(())
}

/// The events themselves: what each is about, and its n.
async fn chosen(
    c: &mut SqliteConnection,
    who: &Reader,
    undo: &Undo,
    also: &mut Also,
) -> Result<Vec<(String, i64)>, StoreError> {
    let (which, value) = match undo {
        Undo::Event(n) => ("l.stream = $3 and l.n = cast($2 as integer)", n.to_string()),
        Undo::Run(run) => ("l.run = $2 and $3 = $3", run.to_string()),
        Undo::Last { client } => {
            let Some(run) = last_run(c, who, client).await? else {
                return Ok(Vec::new());
            };
            also.undoing = run.parse().ok();
            ("l.run = $2 and $3 = $3", run)
        }
    };
    let query = sqlx::query(made(log::select(which, "order by l.n"))).bind(who.person.to_string());
    let rows = query
        .bind(value)
        .bind(who.home.to_string())
        .fetch_all(c)
        .await
        .map_err(failed)?;
    let place = |row: &SqliteRow| {
        Ok((
            text(row, log::ABOUT)?.to_owned(),
            row.try_get(1).map_err(failed)?,
        ))
    };
    rows.iter().map(place).collect()
}

/// The last run of a person by a client that is neither undone nor itself an undo.
async fn last_run(
    c: &mut SqliteConnection,
    who: &Reader,
    client: &str,
) -> Result<Option<String>, StoreError> {
    let undos = "select run, payload->>'undoes' from log where stream = $1 and kind = 'run.undone' order by n desc";
    let undos: Vec<(String, Option<String>)> = sqlx::query_as(undos)
        .bind(who.home.to_string())
        .fetch_all(&mut *c)
        .await
        .map_err(failed)?;
    let sql = "select run from log where stream = $1 and actor = $2 and client = $3 \
        and substr(kind, 1, 9) not in ('reminder.', 'security.') and kind <> 'audit.head' \
        and at > (select at from stream_head where stream = $1) - $4 \
        and run not in (select value from json_each($5)) order by n desc limit 1";
    let query = sqlx::query_scalar(sql)
        .bind(who.home.to_string())
        .bind(who.person.to_string())
        .bind(client.to_owned());
    let query = query
        .bind(KEPT)
        .bind(contract::doc::json(&passed_over(undos)));
    query.fetch_optional(c).await.map_err(failed)
}
