//! What happened to a task, and how it was at a moment.

use contract::{data, doc};
use domain::{id::TaskId, state::State, task::Task};
use host::{Answer, Deps, Id, PageQuery, Params, Problem, Reads};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use store::{Doc, LogRow, Reader};

#[derive(Serialize)]
struct Line<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    time: Timestamp,
    version: u64,
    by: By<'a>,
    run_id: domain::id::RunId,
    correlation_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    causation_id: Option<&'a str>,
    data: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct By<'a> {
    user_id: domain::id::UserId,
    client: &'a str,
    kind: &'a str,
}

/// `GET /tasks/{id}/history`: every change, oldest first: who, what, when, by which client, caused by what.
pub(crate) async fn of_task(
    deps: Deps,
    who: Reads,
    Id(id): Id<TaskId>,
    Params(query): Params<PageQuery>,
) -> Result<Answer, Problem> {
    let after = query.after.as_deref();
    let page = deps.store.history(&who, id.0, after, query.limit.0).await?;
    let of_a_task = |row: &LogRow| row.kind.name().starts_with("task.");
    if after.is_none() && !page.items.iter().any(of_a_task) {
        return Err(Problem::not_found("task"));
    }
    let lines: Vec<_> = page.items.iter().map(|row| doc::json(&line(row))).collect();
    let lines = lines.iter().map(String::as_str);
    Ok(Answer::listing(lines, page.next.as_deref(), &page.cursor))
}

fn line(row: &LogRow) -> Line<'_> {
    Line {
        id: format!("{}:{}", row.stream, row.n),
        kind: row.kind.type_name(),
        time: row.at,
        version: row.version,
        by: By {
            user_id: row.actor,
            client: &row.client,
            kind: &row.client_kind,
        },
        run_id: row.run,
        correlation_id: &row.correlation,
        causation_id: row.causation.as_deref(),
        data: row
            .payload
            .as_deref()
            .and_then(|payload| serde_json::from_str(payload).ok()),
    }
}

/// A task as it was at a moment, folded from the log.
pub(crate) async fn as_of(
    deps: &Deps,
    who: &Reader,
    id: TaskId,
    at: Timestamp,
) -> Result<Answer, Problem> {
    let rows = deps.store.past(who, id.0, at).await?;
    let mut state = State::new(who.person, who.home);
    for row in &rows {
        let Some(payload) = &row.payload else {
            return Err(domain::refusal::Refusal::Purged.into());
        };
        let event =
            data::read(row.kind, row.stream, payload).map_err(|error| Problem::internal(&error))?;
        state.fold(&event, row.at);
    }
    let row = state
        .row::<Task>(id.0)
        .map_err(|_| Problem::not_found("task"))?;
    let (settings, _) = host::person::settings(deps, who).await?;
    let json = doc::whole_task(id, row, &settings, who.person);
    Ok(Answer::doc(Doc {
        id: id.0,
        version: row.version,
        json,
    }))
}
