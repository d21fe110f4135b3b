//! Tags and saved views.

use crate::{
    act::{act, expect, nothing, record},
    keep::{all, one, own_id},
};
use axum::extract::Path;
use contract::commands;
use domain::{
    command::Command,
    id::ViewId,
    keep,
    list::{Tag, View},
    task::change::Expect,
};
use host::{Answer, Body, Deletes, Deps, Id, Precondition, Problem, Reads, Writes};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::Kind;

/// `GET /tags`: those with a record of their own, then all others that stand on an open task; `open` says on how many.
pub(crate) async fn tags(deps: Deps, who: Reads) -> Result<Answer, Problem> {
    let counts = deps.store.counts(&who, deps.clock.now()).await?;
    let used = counts.into_iter().filter(|(what, ..)| what == "tag");
    let mut open: BTreeMap<String, u64> = used.map(|(_, name, count)| (name, count)).collect();
    let mut items = Vec::new();
    for doc in deps.store.records(&who, Kind::Tag).await? {
        let mut tag: Value =
            serde_json::from_str(&doc.json).map_err(|error| Problem::internal(&error))?;
        let name = tag["name"].as_str().unwrap_or_default().to_lowercase();
        let same = open
            .keys()
            .find(|used| used.to_lowercase() == name)
            .cloned();
        let count = same.and_then(|same| open.remove(&same));
        tag["open"] = count.unwrap_or_default().into();
        items.push(tag);
    }
    let plain = |(name, open)| json!({ "name": name, "color": null, "open": open });
    items.extend(open.into_iter().map(plain));
    Ok(Answer::json(&json!({ "items": items, "next": null })))
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
