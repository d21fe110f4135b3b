//! The trash: in, out, and for good.

use super::Task;
use crate::{
    event::{Detail, EventKind},
    id::TaskId,
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

/// Takes a task out of the trash, with the steps that went with it; under its parent only where that is not in the trash.
pub fn restore(state: &mut State, id: TaskId, now: Timestamp) -> Result<(), Refusal> {
    let task = state.row::<Task>(id.0)?.value.clone();
    let Some(deleted_at) = task.deleted_at else {
        return Ok(());
    };
    let gone = |parent: TaskId| {
        state
            .row::<Task>(parent.0)
            .is_ok_and(|row| row.value.deleted_at.is_some())
    };
    let orphaned = task.parent_id.is_some_and(gone);
    let list_gone = task.list_id.is_some_and(|list| {
        state
            .row::<crate::list::List>(list.0)
            .map_or(true, |row| row.value.deleted_at.is_some())
    });
    state.change::<Task>(
        EventKind::TaskRestored,
        id.0,
        now,
        Detail::default(),
        |task| {
            task.deleted_at = None;
            if orphaned {
                task.parent_id = None;
            }
            if list_gone {
                task.list_id = None;
                task.section_id = None;
            }
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

/// Removes a task in the trash for good: its rows and the content of its events.
pub fn purge(state: &mut State, id: TaskId, now: Timestamp) -> Result<(), Refusal> {
    let row = state.row::<Task>(id.0)?;
    if row.value.deleted_at.is_none() {
        return Err(Refusal::Unfit(
            "Only what is in the trash can be removed for good. Delete it first.".to_owned(),
        ));
    }
    state.purge(id, now);
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
    gone.iter().for_each(|id| state.purge(*id, now));
    gone.len()
}
