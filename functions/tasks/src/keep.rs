//! Lists and sections; and what reading and making such records have in common.

use crate::act::{act, expect, nothing, record};
use contract::commands;
use domain::{
    command::Command,
    id::{ListId, SectionId},
    list::{List, Section},
    refusal::Refusal,
    task::change::Expect,
};
use host::{
    Answer, Body, Deletes, Deps, Id, PageQuery, Params, Precondition, Problem, Reads, Writes,
};
use serde_json::Value;
use store::Kind;
use uuid::Uuid;

/// Takes a client's own id out of a create.
pub(crate) fn own_id(deps: &Deps, input: &mut Value) -> Result<Uuid, Problem> {
    match input.as_object_mut().and_then(|fields| fields.remove("id")) {
        None => Ok(deps.ids.uuid()),
        Some(id) => Ok(serde_json::from_value(id).map_err(|_| {
            Refusal::field("/id", "An id is a UUID; leave it out and one is made.")
        })?),
    }
}

/// A page of a kind.
pub(crate) async fn page(
    deps: Deps,
    who: Reads,
    kind: Kind,
    query: PageQuery,
) -> Result<Answer, Problem> {
    let after = query.after.as_deref();
    let page = deps.store.page(&who, kind, after, query.limit.0).await?;
    Ok(Answer::page(&page))
}

pub(crate) async fn one(
    deps: Deps,
    who: Reads,
    kind: Kind,
    id: Uuid,
    what: &str,
) -> Result<Answer, Problem> {
    let found = deps
        .store
        .records(&who, kind)
        .await?
        .into_iter()
        .find(|doc| doc.id == id);
    Ok(Answer::doc(found.ok_or_else(|| Problem::not_found(what))?))
}

/// `GET /lists`
pub(crate) async fn lists(
    deps: Deps,
    who: Reads,
    Params(query): Params<PageQuery>,
) -> Result<Answer, Problem> {
    page(deps, who, Kind::List, query).await
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
    at: Precondition,
    Id(id): Id<ListId>,
) -> Result<Answer, Problem> {
    act(&deps, &who, expect(at), Command::DeleteList { id }, nothing).await
}

/// `POST /lists/{id}/restore`
pub(crate) async fn restore_list(
    deps: Deps,
    who: Writes,
    at: Precondition,
    Id(id): Id<ListId>,
) -> Result<Answer, Problem> {
    act(
        &deps,
        &who,
        expect(at),
        Command::RestoreList { id },
        record::<List>(200, id.0),
    )
    .await
}

/// `GET /sections`
pub(crate) async fn sections(
    deps: Deps,
    who: Reads,
    Params(query): Params<PageQuery>,
) -> Result<Answer, Problem> {
    page(deps, who, Kind::Section, query).await
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
    at: Precondition,
    Id(id): Id<SectionId>,
) -> Result<Answer, Problem> {
    act(
        &deps,
        &who,
        expect(at),
        Command::DeleteSection { id },
        nothing,
    )
    .await
}
