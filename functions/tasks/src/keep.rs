//! Lists, sections, tags, views, comments and series.

use crate::act::{act, expect, nothing, record};
use axum::extract::Path;
use contract::commands::{self, CommentInput};
use domain::{
    command::Command,
    id::{CommentId, ListId, SectionId, SeriesId, TaskId, ViewId},
    keep,
    list::{Comment, List, Section, Tag, View},
    refusal::Refusal,
    task::change::Expect,
};
use host::{Answer, Body, Deletes, Deps, Id, Precondition, Problem, Reads, Writes};
use serde_json::Value;
use store::Kind;
use uuid::Uuid;

/// Takes a client's own id out of a create.
fn own_id(deps: &Deps, input: &mut Value) -> Result<Uuid, Problem> {
    match input.as_object_mut().and_then(|fields| fields.remove("id")) {
        None => Ok(deps.ids.uuid()),
        Some(id) => Ok(serde_json::from_value(id).map_err(|_| {
            Refusal::field("/id", "An id is a UUID; leave it out and one is made.")
        })?),
    }
}

async fn all(deps: Deps, who: Reads, kind: Kind) -> Result<Answer, Problem> {
    Ok(Answer::records(&deps.store.records(&who, kind).await?))
}

async fn one(deps: Deps, who: Reads, kind: Kind, id: Uuid, what: &str) -> Result<Answer, Problem> {
    let found = deps
        .store
        .records(&who, kind)
        .await?
        .into_iter()
        .find(|doc| doc.id == id);
    Ok(Answer::doc(found.ok_or_else(|| Problem::not_found(what))?))
}

/// `GET /lists`
pub(crate) async fn lists(deps: Deps, who: Reads) -> Result<Answer, Problem> {
    all(deps, who, Kind::List).await
}

/// `GET /lists/{id}`
pub(crate) async fn list(deps: Deps, who: Reads, Id(id): Id<ListId>) -> Result<Answer, Problem> {
    one(deps, who, Kind::List, id.0, "list").await
}

/// `POST /lists`
pub(crate) async fn create_list(
    deps: Deps,
    who: Writes,
    Body(mut input): Body<Value>,
) -> Result<Answer, Problem> {
    let id = ListId(own_id(&deps, &mut input)?);
    let command = Command::CreateList {
        id,
        set: commands::list(input)?,
    };
    Ok(
        act(&deps, &who, Expect::Any, command, record::<List>(201, id.0))
            .await?
            .at("/api/v1/lists"),
    )
}

/// `PATCH /lists/{id}`
pub(crate) async fn change_list(
    deps: Deps,
    who: Writes,
    at: Precondition,
    Id(id): Id<ListId>,
    Body(input): Body<Value>,
) -> Result<Answer, Problem> {
    let command = Command::UpdateList {
        id,
        set: commands::list(input)?,
    };
    act(&deps, &who, expect(at), command, record::<List>(200, id.0)).await
}

/// `DELETE /lists/{id}`: into the trash, its tasks with it.
pub(crate) async fn delete_list(
    deps: Deps,
    who: Deletes,
    Id(id): Id<ListId>,
) -> Result<Answer, Problem> {
    act(
        &deps,
        &who,
        Expect::Any,
        Command::DeleteList { id },
        nothing,
    )
    .await
}

/// `POST /lists/{id}/restore`
pub(crate) async fn restore_list(
    deps: Deps,
    who: Writes,
    Id(id): Id<ListId>,
) -> Result<Answer, Problem> {
    act(
        &deps,
        &who,
        Expect::Any,
        Command::RestoreList { id },
        record::<List>(200, id.0),
    )
    .await
}

/// `GET /sections`
pub(crate) async fn sections(deps: Deps, who: Reads) -> Result<Answer, Problem> {
    all(deps, who, Kind::Section).await
}

/// `GET /sections/{id}`
pub(crate) async fn section(
    deps: Deps,
    who: Reads,
    Id(id): Id<SectionId>,
) -> Result<Answer, Problem> {
    one(deps, who, Kind::Section, id.0, "section").await
}

/// `POST /sections`
pub(crate) async fn create_section(
    deps: Deps,
    who: Writes,
    Body(mut input): Body<Value>,
) -> Result<Answer, Problem> {
    let id = SectionId(own_id(&deps, &mut input)?);
    let command = Command::CreateSection {
        id,
        set: commands::section(input, true)?,
    };
    Ok(act(
        &deps,
        &who,
        Expect::Any,
        command,
        record::<Section>(201, id.0),
    )
    .await?
    .at("/api/v1/sections"))
}

/// `PATCH /sections/{id}`
pub(crate) async fn change_section(
    deps: Deps,
    who: Writes,
    at: Precondition,
    Id(id): Id<SectionId>,
    Body(input): Body<Value>,
) -> Result<Answer, Problem> {
    let command = Command::UpdateSection {
        id,
        set: commands::section(input, false)?,
    };
    act(
        &deps,
        &who,
        expect(at),
        command,
        record::<Section>(200, id.0),
    )
    .await
}

/// `DELETE /sections/{id}`: its tasks stay in the list.
pub(crate) async fn delete_section(
    deps: Deps,
    who: Deletes,
    Id(id): Id<SectionId>,
) -> Result<Answer, Problem> {
    act(
        &deps,
        &who,
        Expect::Any,
        Command::DeleteSection { id },
        nothing,
    )
    .await
}

/// `GET /tags`
pub(crate) async fn tags(deps: Deps, who: Reads) -> Result<Answer, Problem> {
    all(deps, who, Kind::Tag).await
}

/// `PATCH /tags/{name}`: its colour, or another name for it on every task.
pub(crate) async fn change_tag(
    deps: Deps,
    who: Writes,
    Path(name): Path<String>,
    Body(input): Body<Value>,
) -> Result<Answer, Problem> {
    let set = commands::tag(input)?;
    let now_named = set.name.clone().unwrap_or_else(|| name.clone());
    act(
        &deps,
        &who,
        Expect::Any,
        Command::UpdateTag { name, set },
        move |state| record::<Tag>(200, keep::tag_id(state, now_named.trim()).0)(state),
    )
    .await
}

/// `DELETE /tags/{name}`: off every task.
pub(crate) async fn delete_tag(
    deps: Deps,
    who: Deletes,
    Path(name): Path<String>,
) -> Result<Answer, Problem> {
    act(
        &deps,
        &who,
        Expect::Any,
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
    Id(id): Id<ViewId>,
) -> Result<Answer, Problem> {
    act(
        &deps,
        &who,
        Expect::Any,
        Command::DeleteView { id },
        nothing,
    )
    .await
}

/// `GET /tasks/{id}/comments`
pub(crate) async fn comments(
    deps: Deps,
    who: Reads,
    Id(task): Id<TaskId>,
) -> Result<Answer, Problem> {
    deps.store
        .task(&who, task)
        .await?
        .ok_or_else(|| Problem::not_found("task"))?;
    all(deps, who, Kind::Comment(task)).await
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
        Expect::Any,
        command,
        record::<Comment>(200, id.0),
    )
    .await
}

/// `DELETE /comments/{id}`
pub(crate) async fn delete_comment(
    deps: Deps,
    who: Deletes,
    Id(id): Id<CommentId>,
) -> Result<Answer, Problem> {
    act(
        &deps,
        &who,
        Expect::Any,
        Command::UpdateComment { id, text: None },
        nothing,
    )
    .await
}

/// `GET /series/{id}`
pub(crate) async fn series(
    deps: Deps,
    who: Reads,
    Id(id): Id<SeriesId>,
) -> Result<Answer, Problem> {
    one(deps, who, Kind::Series, id.0, "series").await
}
