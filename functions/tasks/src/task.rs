//! One task: create, read (also as it was), change, delete.

use crate::act::{act, expect, nothing, task};
use contract::{commands::Scope, input::TaskInput};
use domain::{
    command::Command,
    id::TaskId,
    refusal::Refusal,
    task::change::{Edit, Expect},
};
use host::{Answer, Body, Deletes, Deps, Id, Params, Precondition, Problem, Reads, Writes};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use store::LogRow;

/// `POST /tasks`
pub(crate) async fn create(
    deps: Deps,
    who: Writes,
    Body(input): Body<TaskInput>,
) -> Result<Answer, Problem> {
    let given = input.id;
    let id = given.unwrap_or_else(|| TaskId(deps.ids.uuid()));
    let (draft, repeat) = input.fields(who.reader.person, id)?;
    if let Some(id) = given {
        let known = deps.store.task(&who.reader, id).await?.is_some();
        let command = Command::CreateTask {
            id,
            draft,
            repeat: repeat.flatten(),
        };
        let status = if known { 200 } else { 201 };
        return Ok(act(&deps, &who, Expect::Any, command, task(status, id))
            .await?
            .at("/api/v1/tasks"));
    }
    let command = Command::CreateTask {
        id,
        draft,
        repeat: repeat.flatten(),
    };
    Ok(act(&deps, &who, Expect::Any, command, task(201, id))
        .await?
        .at("/api/v1/tasks"))
}

/// Which moment is read.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AtQuery {
    /// A moment that has passed (UTC).
    at: Option<Timestamp>,
}

/// `GET /tasks/{id}`, with `?at=` as it was at that moment.
pub(crate) async fn read(
    deps: Deps,
    who: Reads,
    Id(id): Id<TaskId>,
    Params(query): Params<AtQuery>,
) -> Result<Answer, Problem> {
    if let Some(at) = query.at {
        return crate::history::as_of(&deps, &who, id, at).await;
    }
    match deps.store.task(&who, id).await? {
        Some(task) => Ok(Answer::doc(task)),
        None => Err(missing(&deps, &who, id).await?),
    }
}

/// Why there is no such task: it never was one of this person's, or its content was removed for good.
async fn missing(deps: &Deps, who: &Reads, id: TaskId) -> Result<Problem, Problem> {
    let first = deps.store.history(who, id.0, None, 1).await?;
    let was_a_task = |row: &LogRow| row.kind.name().starts_with("task.");
    if first.items.first().is_some_and(was_a_task) {
        return Ok(Refusal::Purged.into());
    }
    Ok(Problem::not_found("task"))
}

/// How much of a series a change concerns.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScopeQuery {
    /// `following` changes the series from here on.
    #[serde(default)]
    scope: Scope,
}

/// `PATCH /tasks/{id}`: replaces each field that is sent.
pub(crate) async fn change(
    deps: Deps,
    who: Writes,
    at: Precondition,
    Id(id): Id<TaskId>,
    Params(query): Params<ScopeQuery>,
    Body(input): Body<TaskInput>,
) -> Result<Answer, Problem> {
    if input.id.is_some_and(|given| given != id) {
        return Err(Problem::field(
            "/id",
            host::Code::FieldReadOnly,
            "The id of a task never changes. Leave it out.",
        ));
    }
    let (set, repeat) = input.fields(who.reader.person, id)?;
    let edit = Edit {
        set,
        repeat,
        following: query.scope == Scope::Following,
        ..Edit::default()
    };
    let command = Command::UpdateTask {
        id,
        edit: Box::new(edit),
    };
    act(&deps, &who, expect(at), command, task(200, id)).await
}

/// `DELETE /tasks/{id}`: into the trash, for 30 days.
pub(crate) async fn delete(
    deps: Deps,
    who: Deletes,
    at: Precondition,
    Id(id): Id<TaskId>,
) -> Result<Answer, Problem> {
    act(&deps, &who, expect(at), Command::DeleteTask { id }, nothing).await
}
