//! The trash: in, out, and for good.

use super::Task;
use crate::{
    event::{Detail, EventKind},
    id::TaskId,
    list::{List, Section},
    refusal::Refusal,
    reminder,
    state::State,
};
use jiff::Timestamp;

/// Puts a task and its steps into the trash, where they stay for 30 days. Said twice it is not an error.
pub fn delete(state: &mut State, id: TaskId, now: Timestamp) -> Result<(), Refusal> {
    let deleted = state.change::<Task>(
        EventKind::TaskDeleted,
        id.0,
        now,
        Detail::default(),
        |task| {
            task.deleted_at = task.deleted_at.or(Some(now));
        },
    )?;
    if deleted {
        reminder::settle(state, id, now, Some("deleted"));
        for child in state.children(id) {
            delete(state, child, now)?;
        }
    }
    Ok(())
}

/// Takes a task out of the trash, with the steps that went with it; under its parent, in its list and section only where those
/// are not in the trash.
pub fn restore(state: &mut State, id: TaskId, now: Timestamp) -> Result<(), Refusal> {
    let Some(deleted_at) = state.row::<Task>(id.0)?.value.deleted_at else {
        return Ok(());
    };
    let mut free = state.row::<Task>(id.0)?.value.clone();
    set_free(state, &mut free);
    // Those above were loaded with the task; one that was not is gone for good.
    free.parent_id = free
        .parent_id
        .filter(|parent| state.row::<Task>(parent.0).is_ok());
    state.change::<Task>(
        EventKind::TaskRestored,
        id.0,
        now,
        Detail::default(),
        |task| {
            *task = free;
            task.deleted_at = None;
        },
    )?;
    reminder::settle(state, id, now, None);
    for child in state.children(id) {
        if state
            .row::<Task>(child.0)
            .is_ok_and(|row| row.value.deleted_at == Some(deleted_at))
        {
            restore(state, child, now)?;
        }
    }
    Ok(())
}

/// Takes a task out of what is in the trash: its parent, its list, its section. What was not loaded is taken to be there.
pub(crate) fn set_free(state: &State, task: &mut Task) {
    let parent = task.parent_id.map(|parent| state.row::<Task>(parent.0));
    if parent.is_some_and(|row| row.is_ok_and(|row| row.value.deleted_at.is_some())) {
        task.parent_id = None;
    }
    let list = task.list_id.map(|list| state.row::<List>(list.0));
    if list.is_some_and(|row| row.is_ok_and(|row| row.value.deleted_at.is_some())) {
        task.list_id = None;
        task.section_id = None;
    }
    let section = task
        .section_id
        .map(|section| state.row::<Section>(section.0));
    if section.is_some_and(|row| row.is_ok_and(|row| row.value.deleted_at.is_some())) {
        task.section_id = None;
    }
}

/// Removes a task in the trash for good, its steps there with it: their rows and the content of their events.
pub fn purge(state: &mut State, id: TaskId, now: Timestamp) -> Result<(), Refusal> {
    let row = state.row::<Task>(id.0)?;
    if row.value.deleted_at.is_none() {
        return Err(Refusal::Unfit(
            "Only what is in the trash can be removed for good. Delete it first.".to_owned(),
        ));
    }
    let steps = state.children(id);
    state.purge(id, now);
    for step in steps {
        if state
            .row::<Task>(step.0)
            .is_ok_and(|row| row.value.deleted_at.is_some())
        {
            purge(state, step, now)?;
        }
    }
    Ok(())
}

/// Removes everything that is in the trash and was loaded; answers how many tasks. Those put there after `before` stay.
pub fn empty(state: &mut State, before: Timestamp, now: Timestamp) -> usize {
    let old = |task: &Task| task.deleted_at.is_some_and(|at| at < before);
    let gone: Vec<_> = state
        .rows::<Task>()
        .filter(|(_, row)| old(&row.value))
        .map(|(id, _)| TaskId(id))
        .collect();
    for id in &gone {
        state.purge(*id, now);
    }
    gone.len()
}
