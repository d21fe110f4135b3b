//! Tags and saved views.

use crate::{
    act::{act, expect, nothing, record},
    keep::{all, one, own_id},
};
use contract::commands;
use domain::{
    command::Command,
    id::ViewId,
    keep,
    list::{Tag, View},
    task::change::Expect,
};
use host::{Answer, Body, Deletes, Deps, Id, Name, Precondition, Problem, Reads, Writes};
use serde_json::Value;
use store::Kind;

/// `GET /tags`
pub(crate) async fn tags(deps: Deps, who: Reads) -> Result<Answer, Problem> {
    all(deps, who, Kind::Tag).await
}

/// `PATCH /tags/{name}`: its colour, or another name for it on every task.
pub(crate) async fn change_tag(
    deps: Deps,
    who: Writes,
    at: Precondition,
    Name(name): Name,
    Body(input): Body<Value>,
) -> Result<Answer, Problem> {
    let set = commands::tag(input)?;
    let now_named = set.name.clone().unwrap_or_else(|| name.clone());
    act(
        &deps,
        &who,
        expect(at),
        Command::UpdateTag { name, set },
        move |state| record::<Tag>(200, keep::tag_id(state, now_named.trim()).0)(state),
    )
    .await
}

/// `DELETE /tags/{name}`: off every task.
pub(crate) async fn delete_tag(
    deps: Deps,
    who: Deletes,
    at: Precondition,
    Name(name): Name,
) -> Result<Answer, Problem> {
    act(
        &deps,
        &who,
        expect(at),
        Command::DeleteTag { name },
        nothing,
    )
    .await
}

/// `GET /views`
pub(crate) async fn views(deps: Deps, who: Reads) -> Result<Answer, Problem> {
    all(deps, who, Kind::View).await
}

/// `GET /views/{id}`
pub(crate) async fn view(deps: Deps, who: Reads, Id(id): Id<ViewId>) -> Result<Answer, Problem> {
    one(deps, who, Kind::View, id.0, "view").await
}

/// `POST /views`
pub(crate) async fn create_view(
    deps: Deps,
    who: Writes,
    Body(mut input): Body<Value>,
) -> Result<Answer, Problem> {
    let id = ViewId(own_id(&deps, &mut input)?);
    let command = Command::CreateView {
        id,
        set: commands::view(input)?,
    };
    Ok(
        act(&deps, &who, Expect::Any, command, record::<View>(201, id.0))
            .await?
            .at("/api/v1/views"),
    )
}

/// `PATCH /views/{id}`
pub(crate) async fn change_view(
    deps: Deps,
    who: Writes,
    at: Precondition,
    Id(id): Id<ViewId>,
    Body(input): Body<Value>,
) -> Result<Answer, Problem> {
    let command = Command::UpdateView {
        id,
        set: commands::view(input)?,
    };
    act(&deps, &who, expect(at), command, record::<View>(200, id.0)).await
}

/// `DELETE /views/{id}`
pub(crate) async fn delete_view(
    deps: Deps,
    who: Deletes,
    at: Precondition,
    Id(id): Id<ViewId>,
) -> Result<Answer, Problem> {
    act(&deps, &who, expect(at), Command::DeleteView { id }, nothing).await
}
