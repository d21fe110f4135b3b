//! What is said about a task.

use crate::{
    act::{act, expect, nothing, record},
    keep::{own_id, page},
};
use contract::commands::{self, CommentInput};
use domain::{
    command::Command,
    id::{CommentId, TaskId},
    list::Comment,
    task::change::Expect,
};
use host::{
    Answer, Body, Deletes, Deps, Id, PageQuery, Params, Precondition, Problem, Reads, Writes,
};
use serde_json::Value;
use store::Kind;

/// `GET /tasks/{id}/comments`
pub(crate) async fn comments(
    deps: Deps,
    who: Reads,
    Id(task): Id<TaskId>,
    Params(query): Params<PageQuery>,
) -> Result<Answer, Problem> {
    deps.store
        .task(&who, task)
        .await?
        .ok_or_else(|| Problem::not_found("task"))?;
    page(deps, who, Kind::Comment(task), query).await
}

/// `POST /tasks/{id}/comments`
pub(crate) async fn comment(
    deps: Deps,
    who: Writes,
    Id(task): Id<TaskId>,
    Body(mut input): Body<Value>,
) -> Result<Answer, Problem> {
    let id = CommentId(own_id(&deps, &mut input)?);
    let text = commands::read::<CommentInput>(input)?.text;
    let command = Command::Comment { id, task, text };
    Ok(act(
        &deps,
        &who,
        Expect::Any,
        command,
        record::<Comment>(201, id.0),
    )
    .await?
    .at("/api/v1/comments"))
}

/// `PATCH /comments/{id}`
pub(crate) async fn change_comment(
    deps: Deps,
    who: Writes,
    at: Precondition,
    Id(id): Id<CommentId>,
    Body(input): Body<CommentInput>,
) -> Result<Answer, Problem> {
    let command = Command::UpdateComment {
        id,
        text: Some(input.text),
    };
    act(
        &deps,
        &who,
        expect(at),
        command,
        record::<Comment>(200, id.0),
    )
    .await
}

/// `DELETE /comments/{id}`
pub(crate) async fn delete_comment(
    deps: Deps,
    who: Deletes,
    at: Precondition,
    Id(id): Id<CommentId>,
) -> Result<Answer, Problem> {
    act(
        &deps,
        &who,
        expect(at),
        Command::UpdateComment { id, text: None },
        nothing,
    )
    .await
}
