//! Tags and saved views.

use crate::{
    act::{act, expect, nothing, record},
    keep::{one, own_id, page},
};
use contract::commands;
use domain::{
    command::Command,
    id::ViewId,
    keep,
    list::{Tag, View},
    task::change::Expect,
};
use host::{
    Answer, Body, Deletes, Deps, Id, Name, PageQuery, Params, Precondition, Problem, Reads, Writes,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use store::{Kind, TagUse};

/// A tag that is in use, or that something is known of.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct TagInUse {
    /// Up to 60 characters.
    name: String,
    /// A colour, or none.
    color: Option<String>,
    /// For `If-Match`; 0 where nothing is known of it but the tasks that carry it.
    version: u64,
    /// How many open tasks carry it.
    #[serde(default)]
    open: u64,
    /// How many tasks carry it, those that are closed included.
    #[serde(default)]
    tasks: u64,
}

/// `GET /tags`: by name.
pub(crate) async fn tags(
    deps: Deps,
    who: Reads,
    Params(query): Params<PageQuery>,
) -> Result<Answer, Problem> {
    let cursor = deps.store.cursor(&who).await?;
    let mut all = BTreeMap::new();
    for known in deps.store.records(&who, Kind::Tag).await? {
        let known: TagInUse =
            serde_json::from_str(&known.json).map_err(|why| Problem::internal(&why))?;
        all.insert(known.name.to_lowercase(), known);
    }
    for TagUse { name, open, tasks } in deps.store.tags(&who).await? {
        let tag = all.entry(name.to_lowercase()).or_insert(TagInUse {
            name,
            color: None,
            version: 0,
            open,
            tasks,
        });
        (tag.open, tag.tasks) = (open, tasks);
    }
    let named = |(name, tag): (String, TagInUse)| (name, contract::doc::json(&tag));
    let items: Vec<_> = all.into_iter().map(named).collect();
    Ok(Answer::part(&items, &query, &cursor)?)
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
pub(crate) async fn views(
    deps: Deps,
    who: Reads,
    Params(query): Params<PageQuery>,
) -> Result<Answer, Problem> {
    page(deps, who, Kind::View, query).await
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
