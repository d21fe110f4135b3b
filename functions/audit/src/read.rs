//! What a person sees of their own stream: each line, and whether all of it holds.

use crate::{House, Report, verify};
use axum::extract::State;
use domain::{event::EventKind, id::RunId, id::UserId};
use host::{Answer, Audits, Code, Limit, Params, Problem};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::HashMap;
use store::{LogRow, Reader, StoreError};
use uuid::Uuid;

/// The query string of `GET /audit`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Query {
    /// The last page's `next`.
    after: Option<String>,
    #[serde(default)]
    limit: Limit,
    /// Only what is about that task, its comments and its reminders.
    task: Option<Uuid>,
    /// Only what is of that kind, as `task.created`.
    kind: Option<String>,
}

/// A page of the log.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AuditPage")]
pub(crate) struct Page<'l> {
    items: Vec<Line<'l>>,
    /// To be sent as `after`; null at the beginning of the log.
    next: Option<String>,
    /// Where to start following `/changes`.
    cursor: String,
}

/// A line as the API shows it. `data` has before and after; null once its content was removed for good.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AuditLine")]
struct Line<'l> {
    n: u64,
    id: String,
    #[serde(rename = "type")]
    kind: String,
    time: Timestamp,
    subject: Uuid,
    version: u64,
    #[schemars(with = "contract::data::By")]
    by: By<'l>,
    #[schemars(with = "Uuid")]
    run_id: RunId,
    correlation_id: &'l str,
    causation_id: Option<&'l str>,
    digest: &'l str,
    hash: &'l str,
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    data: Option<&'l RawValue>,
}

#[derive(Serialize)]
struct By<'l> {
    user_id: UserId,
    client: &'l str,
    kind: &'l str,
}

/// `GET /audit`: who did what to what when, before and after, by which client; the newest first.
pub(crate) async fn lines(
    State(house): State<House>,
    who: Audits,
    Params(query): Params<Query>,
) -> Result<Answer, Problem> {
    let before = query.after.as_deref().map(place).transpose()?;
    let kind = query.kind.as_deref().map(kind).transpose()?;
    let limit = query.limit.0;
    let mut lines = match query.task {
        Some(task) => of_task(&house, &who, task, before, kind).await?,
        None => of_all(&house, &who, before, kind, limit + 1).await?,
    };
    let more = lines.len() > limit as usize;
    lines.truncate(limit as usize);
    Ok(Answer::json(&Page {
        items: lines.iter().map(line).collect(),
        next: lines.last().filter(|_| more).map(|last| last.n.to_string()),
        cursor: house.deps.store.cursor(&who).await?,
    }))
}

/// `GET /audit/verify`: whether the person's chain holds, or where it breaks.
pub(crate) async fn verify(State(house): State<House>, who: Audits) -> Result<Answer, Problem> {
    let store = house.deps.store.as_ref();
    let report: Report = verify::verify_one(store, &house.witness, who.home).await?;
    Ok(Answer::json(&report))
}

fn place(after: &str) -> Result<u64, Problem> {
    let words =
        "`after` takes what the last page said as `next`. Leave it out to begin with the newest.";
    after
        .parse()
        .map_err(|_| Problem::field("", Code::CursorInvalid, words).param("parameter", "after"))
}

fn kind(name: &str) -> Result<EventKind, Problem> {
    let words = format!(
        "There is no kind of event `{name}`. Write one as `task.created`; /asyncapi.json lists them."
    );
    EventKind::named(name)
        .ok_or_else(|| Problem::field("", Code::ParameterInvalid, words).param("parameter", "kind"))
}

async fn of_task(
    house: &House,
    who: &Reader,
    task: Uuid,
    before: Option<u64>,
    kind: Option<EventKind>,
) -> Result<Vec<LogRow>, StoreError> {
    let all = house.deps.store.history(who, task, None, u32::MAX).await?;
    let mut lines = all.items;
    lines.retain(|line| {
        line.stream == who.home
            && before.is_none_or(|before| line.n < before)
            && kind.is_none_or(|kind| line.kind == kind)
    });
    lines.sort_by_key(|line| std::cmp::Reverse(line.n));
    Ok(lines)
}

/// Which lines, says the witness, who has them by kind; what is in them, the log.
async fn of_all(
    house: &House,
    who: &Reader,
    before: Option<u64>,
    kind: Option<EventKind>,
    limit: u32,
) -> Result<Vec<LogRow>, StoreError> {
    let store = house.deps.store.as_ref();
    house
        .witness
        .copy(store, who.home, house.deps.clock.now())
        .await?;
    let mut lines = house
        .witness
        .copy
        .newest(who.home, before, kind, limit)
        .await?;
    let mut content = HashMap::new();
    for run in lines.chunk_by(|later, earlier| earlier.n + 1 == later.n) {
        let (Some(last), Some(first)) = (run.first(), run.last()) else {
            continue;
        };
        let count = u32::try_from(last.n - first.n + 1).unwrap_or(limit);
        let found = store.lines(who.home, first.n - 1, count).await?;
        content.extend(found.into_iter().map(|line| (line.n, line.payload)));
    }
    for line in &mut lines {
        line.payload = content.remove(&line.n).flatten();
    }
    Ok(lines)
}

fn line(row: &LogRow) -> Line<'_> {
    Line {
        n: row.n,
        id: format!("{}:{}", row.stream, row.n),
        kind: row.kind.type_name(),
        time: row.at,
        subject: row.subject,
        version: row.version,
        by: By {
            user_id: row.actor,
            client: &row.client,
            kind: &row.client_kind,
        },
        run_id: row.run,
        correlation_id: &row.correlation,
        causation_id: row.causation.as_deref(),
        digest: &row.digest,
        hash: &row.hash,
        data: row
            .payload
            .as_deref()
            .and_then(|data| serde_json::from_str(data).ok()),
    }
}
