//! Tags: a colour and a name for what tasks carry.

use super::{color, tasks};
use crate::{
    event::{Detail, EventKind},
    id::{SeriesId, TagId, derived},
    list::{Tag, TagPatch},
    refusal::Refusal,
    series::Series,
    state::State,
    task::{Task, check},
};
use jiff::Timestamp;

/// The id of a tag's own record, the same for each spelling by case.
pub fn tag_id(state: &State, name: &str) -> TagId {
    TagId(derived(&[
        "tag",
        &state.home.to_string(),
        &name.to_lowercase(),
    ]))
}

/// Gives a tag a colour or another name; the tasks that carry it carry the new one.
///
/// # Errors
/// A name or colour that cannot be.
pub fn update_tag(
    state: &mut State,
    name: &str,
    set: &TagPatch,
    now: Timestamp,
) -> Result<(), Refusal> {
    let new = set.name.as_deref().unwrap_or(name).trim().to_owned();
    check::text("/name", &new, check::TAG)?;
    color(set.color.as_ref().and_then(Option::as_ref))?;
    let id = tag_id(state, &new);
    let kept = |id: TagId| {
        let row = state.row::<Tag>(id.0).ok();
        row.filter(|row| row.value.deleted_at.is_none())
            .and_then(|row| row.value.color.clone())
    };
    let kept = kept(id).or_else(|| kept(tag_id(state, name)));
    let tag = Tag {
        name: new.clone(),
        color: set.color.clone().unwrap_or(kept),
        created_at: now,
        deleted_at: None,
    };
    put_tag(state, id, &tag, now)?;
    if new != name {
        let old = tag_id(state, name);
        if old != id && state.row::<Tag>(old.0).is_ok() {
            state.change::<Tag>(
                EventKind::TagChanged,
                old.0,
                now,
                Detail::default(),
                |tag| tag.deleted_at = tag.deleted_at.or(Some(now)),
            )?;
        }
        retag(state, name, Some(&new), now)?;
    }
    Ok(())
}

fn put_tag(state: &mut State, id: TagId, tag: &Tag, now: Timestamp) -> Result<(), Refusal> {
    if state.row::<Tag>(id.0).is_ok() {
        state.change::<Tag>(
            EventKind::TagChanged,
            id.0,
            now,
            Detail::default(),
            |kept| {
                kept.name.clone_from(&tag.name);
                kept.color.clone_from(&tag.color);
                kept.deleted_at = None;
            },
        )?;
    } else {
        let home = state.home;
        state.create(EventKind::TagChanged, home, id.0, now, tag);
    }
    Ok(())
}

/// Deletes a tag and takes it off every task.
///
/// # Errors
/// None: a tag that nothing carries is gone already.
pub fn delete_tag(state: &mut State, name: &str, now: Timestamp) -> Result<(), Refusal> {
    let id = tag_id(state, name);
    if state.row::<Tag>(id.0).is_ok() {
        state.change::<Tag>(EventKind::TagChanged, id.0, now, Detail::default(), |tag| {
            tag.deleted_at = tag.deleted_at.or(Some(now));
        })?;
    }
    retag(state, name, None, now)
}

fn retag(state: &mut State, old: &str, new: Option<&str>, now: Timestamp) -> Result<(), Refusal> {
    let is_old = |tag: &String| tag.to_lowercase() == old.to_lowercase();
    for task in tasks(state, |task| task.tags.iter().any(is_old)) {
        state.change::<Task>(
            EventKind::TaskChanged,
            task.0,
            now,
            Detail::default(),
            |task| {
                renamed(&mut task.tags, &is_old, new);
            },
        )?;
    }
    // The next occurrences too.
    let series: Vec<_> = state
        .rows::<Series>()
        .filter(|(_, row)| row.value.tags.iter().any(is_old))
        .map(|(id, _)| SeriesId(id))
        .collect();
    for id in series {
        let kind = EventKind::SeriesChanged;
        state.change::<Series>(kind, id.0, now, Detail::default(), |series| {
            renamed(&mut series.tags, &is_old, new);
        })?;
    }
    Ok(())
}

/// The tags with one renamed or taken away.
fn renamed(tags: &mut Vec<String>, is_old: &dyn Fn(&String) -> bool, new: Option<&str>) {
    match new {
        Some(new) => tags
            .iter_mut()
            .filter(|tag| is_old(tag))
            .for_each(|tag| new.clone_into(tag)),
        None => tags.retain(|tag| !is_old(tag)),
    }
    check::tidy_tags(tags);
}
