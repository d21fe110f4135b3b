//! What is to be undone.

use super::{ids, logged, of_series, tasks_of};
use crate::{
    Reader, StoreError,
    ask::{Ask, Columns, values},
    both::log,
    overlay::{Also, passed_over},
};
use domain::{
    id::*,
    need::{TasksOf, Undo},
};
use std::collections::BTreeSet;

/// How long something can be undone: 30 days, in microseconds.
const KEPT: i64 = 30 * 24 * 3600 * 1_000_000;

/// The events to undo, all that happened to the same things since, and those things.
pub(super) async fn past<C: Ask>(
    c: &mut C,
    who: &Reader,
    undo: &Undo,
    also: &mut Also,
) -> Result<(), StoreError> {
    let chosen = chosen(c, who, undo, also).await?;
    let abouts: BTreeSet<&str> = chosen.iter().map(|(about, _)| about.as_str()).collect();
    let Some(first) = chosen.iter().map(|(_, n)| *n).min() else {
        return Ok(());
    };
    let which = format!("{} and l.n >= $3", C::DIALECT.among("l.about", 2));
    let sql = log::select(&which, "order by l.at, l.n");
    let values = values![who.person.to_string(), contract::doc::json(&abouts), first];
    also.past.extend(logged(&c.ask(sql.into(), values).await?)?);
    if also.may_travel() {
        also.tasks
            .extend(tasks_of(c, who, &TasksOf::Floating).await?);
    }
    let named = also.named();
    let sql = format!(
        "{} and {}",
        of_mine!("select distinct t.series_id from task t where t.series_id is not null"),
        C::DIALECT.among("t.id", 2)
    );
    for series in ids(c, sql.into(), who, contract::doc::json(&named)).await? {
        also.records.push(series.0);
        also.tasks.extend(of_series(c, who, series.0).await?);
    }
    also.tasks.extend(named.iter().copied().map(TaskId));
    also.records.extend(named);
    Ok(())
}

/// The events themselves: what each is about, and its n.
async fn chosen<C: Ask>(
    c: &mut C,
    who: &Reader,
    undo: &Undo,
    also: &mut Also,
) -> Result<Vec<(String, i64)>, StoreError> {
    let (which, value) = match undo {
        Undo::Event(n) => ("l.stream = $3 and l.n = cast($2 as bigint)", n.to_string()),
        Undo::Run(run) => ("l.run = $2 and $3 = $3", run.to_string()),
        Undo::Last { client } => {
            let Some(run) = last_run(c, who, client).await? else {
                return Ok(Vec::new());
            };
            also.undoing = run.parse().ok();
            ("l.run = $2 and $3 = $3", run)
        }
    };
    let sql = log::select(which, "order by l.n");
    let values = values![who.person.to_string(), value, who.home.to_string()];
    let rows = c.ask(sql.into(), values).await?;
    rows.iter()
        .map(|row| Ok((row.owned(log::ABOUT)?, row.int(1)?)))
        .collect()
}

/// The last run of a person by a client that is neither undone nor itself an undo.
async fn last_run<C: Ask>(
    c: &mut C,
    who: &Reader,
    client: &str,
) -> Result<Option<String>, StoreError> {
    let undos = format!(
        "select l.run, {} from log l where l.stream = $1 and l.kind = 'run.undone' order by l.n desc",
        C::DIALECT.field("l.payload", "undoes")
    );
    let rows = c.ask(undos.into(), values![who.home.to_string()]).await?;
    let undos = rows
        .iter()
        .map(|row| Ok((row.owned(0)?, row.maybe_owned(1)?)))
        .collect::<Result<Vec<_>, StoreError>>()?;
    let sql = format!(
        "select run from log where stream = $1 and actor = $2 and client = $3 \
            and substr(kind, 1, 9) not in ('reminder.', 'security.') and kind <> 'audit.head' \
            and at > (select at from stream_head where stream = $1) - $4 \
            and not ({}) order by n desc limit 1",
        C::DIALECT.among("run", 5)
    );
    let values = values![
        who.home.to_string(),
        who.person.to_string(),
        client,
        KEPT,
        contract::doc::json(&passed_over(undos))
    ];
    let rows = c.ask(sql.into(), values).await?;
    rows.first().map(|row| row.owned(0)).transpose()
}
