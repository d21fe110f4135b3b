//! Lists.

use super::{color, gone, tasks, trim, update};
use crate::{
    event::{Detail, EventKind},
    id::ListId,
    list::{List, ListPatch},
    record::Record,
    refusal::Refusal,
    state::State,
    task::{Task, change::Expect, check, place, trash},
};
use jiff::Timestamp;

/// Makes a list. The same id with the same name again is not an error.
///
/// # Errors
/// A name or colour that cannot be; too many lists.
pub fn create_list(
    state: &mut State,
    id: ListId,
    set: &ListPatch,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut list = List {
        created_at: now,
        position: place::last(state, now),
        ..List::default()
    };
    list.apply(set);
    trim(&mut list.name);
    check::text("/name", &list.name, check::TITLE)?;
    color(list.color.as_ref())?;
    if let Ok(row) = state.row::<List>(id.0) {
        return if row.value.name == list.name {
            Ok(())
        } else {
            Err(Refusal::IdTaken(id.to_string()))
        };
    }
    let head = state.heads.get_mut(&state.home);
    if head.is_some_and(|head| head.lists >= check::LISTS) {
        return Err(Refusal::Limit {
            what: "lists",
            limit: check::LISTS,
            pointer: String::new(),
        });
    }
    let home = state.home;
    state.create(EventKind::ListCreated, home, id.0, now, &list);
    Ok(())
}

/// Changes a list.
///
/// # Errors
/// As for a creation; a version that does not fit.
pub fn update_list(
    state: &mut State,
    id: ListId,
    set: &ListPatch,
    expect: Expect,
    now: Timestamp,
) -> Result<(), Refusal> {
    update::<List>(
        state,
        id.0,
        EventKind::ListChanged,
        set,
        expect,
        now,
        |_, list| {
            gone::<List>(list.deleted_at)?;
            trim(&mut list.name);
            check::text("/name", &list.name, check::TITLE)?;
            color(list.color.as_ref())
        },
    )
}

/// Puts a list and the tasks in it into the trash.
///
/// # Errors
/// No such list.
pub fn delete_list(state: &mut State, id: ListId, now: Timestamp) -> Result<(), Refusal> {
    state.change::<List>(
        EventKind::ListDeleted,
        id.0,
        now,
        Detail::default(),
        |list| {
            list.deleted_at = list.deleted_at.or(Some(now));
        },
    )?;
    for task in tasks(state, |task| {
        task.list_id == Some(id) && task.deleted_at.is_none()
    }) {
        trash::delete(state, task, now)?;
    }
    Ok(())
}

/// Takes a list out of the trash with the tasks that went with it.
///
/// # Errors
/// No such list.
pub fn restore_list(state: &mut State, id: ListId, now: Timestamp) -> Result<(), Refusal> {
    let Some(deleted_at) = state.row::<List>(id.0)?.value.deleted_at else {
        return Ok(());
    };
    state.change::<List>(
        EventKind::ListRestored,
        id.0,
        now,
        Detail::default(),
        |list| list.deleted_at = None,
    )?;
    for task in tasks(state, |task| {
        task.list_id == Some(id) && task.deleted_at == Some(deleted_at)
    }) {
        // A step comes with the task above it.
        let above = state.row::<Task>(task.0)?.value.parent_id;
        let with_it = above.and_then(|above| state.row::<Task>(above.0).ok());
        if with_it.is_none_or(|row| row.value.deleted_at != Some(deleted_at)) {
            trash::restore(state, task, now)?;
        }
    }
    Ok(())
}
