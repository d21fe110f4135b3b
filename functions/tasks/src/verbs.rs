//! The verbs: what is done to a task beside changing its fields.

use crate::act::{act, expect, nothing, task};
use contract::commands::{self, RescheduleInput, Scope};
use domain::{command::Command, id::TaskId, task::change::Expect};
use host::{Answer, Body, Deletes, Deps, Id, Precondition, Problem, Writes};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

async fn on_task(
    deps: Deps,
    who: Writes,
    at: Precondition,
    id: TaskId,
    command: Command,
) -> Result<Answer, Problem> {
    act(&deps, &who, expect(at), command, task(200, id)).await
}

/// `POST /tasks/{id}/complete`
pub(crate) async fn complete(
    deps: Deps,
    who: Writes,
    at: Precondition,
    Id(id): Id<TaskId>,
) -> Result<Answer, Problem> {
    on_task(deps, who, at, id, Command::CompleteTask { id }).await
}

/// `POST /tasks/{id}/reopen`
pub(crate) async fn reopen(
    deps: Deps,
    who: Writes,
    at: Precondition,
    Id(id): Id<TaskId>,
) -> Result<Answer, Problem> {
    on_task(deps, who, at, id, Command::ReopenTask { id }).await
}

/// `POST /tasks/{id}/drop`
pub(crate) async fn drop(
    deps: Deps,
    who: Writes,
    at: Precondition,
    Id(id): Id<TaskId>,
) -> Result<Answer, Problem> {
    on_task(deps, who, at, id, Command::DropTask { id }).await
}

/// `POST /tasks/{id}/skip`
pub(crate) async fn skip(
    deps: Deps,
    who: Writes,
    at: Precondition,
    Id(id): Id<TaskId>,
) -> Result<Answer, Problem> {
    on_task(deps, who, at, id, Command::Skip { id }).await
}

/// `POST /tasks/{id}/restore`
pub(crate) async fn restore(
    deps: Deps,
    who: Writes,
    at: Precondition,
    Id(id): Id<TaskId>,
) -> Result<Answer, Problem> {
    on_task(deps, who, at, id, Command::RestoreTask { id }).await
}

/// `POST /tasks/{id}/reschedule`
pub(crate) async fn reschedule(
    deps: Deps,
    who: Writes,
    at: Precondition,
    Id(id): Id<TaskId>,
    Body(input): Body<RescheduleInput>,
) -> Result<Answer, Problem> {
    let following = input.scope == Scope::Following;
    on_task(
        deps,
        who,
        at,
        id,
        Command::Reschedule {
            id,
            due: input.due,
            following,
        },
    )
    .await
}

/// `POST /tasks/{id}/move`
pub(crate) async fn place(
    deps: Deps,
    who: Writes,
    at: Precondition,
    Id(id): Id<TaskId>,
    Body(input): Body<Value>,
) -> Result<Answer, Problem> {
    let to = commands::place(input)?;
    on_task(deps, who, at, id, Command::MoveTask { id, to }).await
}

/// The id of a copy, chosen by the client.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CopyInput {
    #[schemars(with = "Option<uuid::Uuid>")]
    id: Option<TaskId>,
}

/// `POST /tasks/{id}/duplicate`
pub(crate) async fn duplicate(
    deps: Deps,
    who: Writes,
    at: Precondition,
    Id(id): Id<TaskId>,
    Body(input): Body<CopyInput>,
) -> Result<Answer, Problem> {
    let copy = input.id.unwrap_or_else(|| TaskId(deps.ids.uuid()));
    let command = Command::DuplicateTask { id, copy };
    Ok(act(&deps, &who, expect(at), command, task(201, copy))
        .await?
        .at("/api/v1/tasks"))
}

/// `POST /tasks/{id}/purge`: out of the trash, for good.
pub(crate) async fn purge(
    deps: Deps,
    who: Deletes,
    at: Precondition,
    Id(id): Id<TaskId>,
) -> Result<Answer, Problem> {
    act(&deps, &who, expect(at), Command::PurgeTask { id }, nothing).await
}

/// `DELETE /trash`: everything in it, for good.
pub(crate) async fn empty_trash(deps: Deps, who: Deletes) -> Result<Answer, Problem> {
    let before = deps.clock.now() + jiff::SignedDuration::from_secs(1);
    act(
        &deps,
        &who,
        Expect::Any,
        Command::EmptyTrash { before },
        |state| {
            let body = format!("{{\"purged\":{}}}", state.written().purged.len());
            Ok(store::Answer {
                status: 200,
                body,
                version: None,
            })
        },
    )
    .await
}
