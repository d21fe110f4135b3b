//! Copying a task.

use super::{Status, Task};
use crate::{
    event::EventKind,
    id::{TaskId, derived},
    refusal::Refusal,
    reminder,
    state::State,
};
use jiff::Timestamp;

/// Makes an open copy of a task and its steps beside it. The copy is no part of a series and was not imported.
///
/// # Errors
/// No such task; the id is in use.
pub fn duplicate(
    state: &mut State,
    id: TaskId,
    copy: TaskId,
    now: Timestamp,
) -> Result<(), Refusal> {
    if state.row::<Task>(copy.0).is_ok() {
        return Err(Refusal::IdTaken(copy.to_string()));
    }
    let parent = state.row::<Task>(id.0)?.value.parent_id;
    copy_tree(state, id, copy, parent, now, &|task| {
        task.recurrence = None;
        task.series_id = None;
        task.occurrence = None;
    })
}

/// Copies a task and, below it, its steps that are not in the trash, open again, with derived ids.
pub(crate) fn copy_tree(
    state: &mut State,
    id: TaskId,
    copy: TaskId,
    parent: Option<TaskId>,
    now: Timestamp,
    edit: &dyn Fn(&mut Task),
) -> Result<(), Refusal> {
    let row = state.row::<Task>(id.0)?;
    let stream = row.stream;
    let mut task = Task {
        status: Status::Open,
        source: None,
        parent_id: parent,
        created_at: now,
        closed_at: None,
        deleted_at: None,
        position: crate::task::place::last(now),
        ..row.value.clone()
    };
    if state.row::<Task>(copy.0).is_ok() {
        return Ok(());
    }
    edit(&mut task);
    state.create(EventKind::TaskCreated, stream, copy.0, now, &task);
    reminder::settle(state, copy, now, None);
    for child in state.children(id) {
        if state
            .row::<Task>(child.0)
            .is_ok_and(|row| row.value.deleted_at.is_none())
        {
            let child_copy = TaskId(derived(&["step", &copy.to_string(), &child.to_string()]));
            copy_tree(state, child, child_copy, Some(copy), now, edit)?;
        }
    }
    Ok(())
}
