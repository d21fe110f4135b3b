//! Completing, dropping and opening again.

use super::{Status, Task};
use crate::{
    event::{Detail, EventKind},
    id::TaskId,
    refusal::Refusal,
    reminder,
    state::{State, Warning},
};
use jiff::Timestamp;

/// Completes an open task. Open steps are closed with it; a blocked task may be completed, with a warning.
/// Said twice it is not an error.
pub fn complete(state: &mut State, id: TaskId, now: Timestamp) -> Result<(), Refusal> {
    if is_blocked(state, id)? {
        state.warn(Warning::Blocked);
    }
    close(state, id, EventKind::TaskCompleted, Status::Done, now)
}

/// Says that a task will not be done; its open steps neither.
pub fn drop(state: &mut State, id: TaskId, now: Timestamp) -> Result<(), Refusal> {
    close(state, id, EventKind::TaskDropped, Status::Dropped, now)
}

/// Opens a closed task again. Its steps stay as they are.
pub fn reopen(state: &mut State, id: TaskId, now: Timestamp) -> Result<(), Refusal> {
    present(state, id)?;
    state.change::<Task>(
        EventKind::TaskReopened,
        id.0,
        now,
        Detail::default(),
        |task| {
            task.status = Status::Open;
            task.closed_at = None;
        },
    )?;
    reminder::settle(state, id, now, None);
    Ok(())
}

fn close(
    state: &mut State,
    id: TaskId,
    kind: EventKind,
    status: Status,
    now: Timestamp,
) -> Result<(), Refusal> {
    present(state, id)?;
    let closed = state.change::<Task>(kind, id.0, now, Detail::default(), |task| {
        if task.status != status {
            task.status = status;
            task.closed_at = Some(now);
        }
    })?;
    if !closed {
        return Ok(());
    }
    let why = if status == Status::Done {
        "completed"
    } else {
        "dropped"
    };
    reminder::settle(state, id, now, Some(why));
    for child in state.children(id) {
        if state
            .row::<Task>(child.0)
            .is_ok_and(|row| row.value.is_live())
        {
            close(state, child, kind, status, now)?;
        }
    }
    Ok(())
}

pub(crate) fn present(state: &State, id: TaskId) -> Result<(), Refusal> {
    if state.row::<Task>(id.0)?.value.deleted_at.is_some() {
        return Err(Refusal::Unfit(
            "This task is in the trash. Restore it first.".to_owned(),
        ));
    }
    Ok(())
}

fn is_blocked(state: &State, id: TaskId) -> Result<bool, Refusal> {
    let task = &state.row::<Task>(id.0)?.value;
    Ok(task.is_live()
        && task
            .blocked_by
            .iter()
            .any(|id| state.row::<Task>(id.0).is_ok_and(|row| row.value.is_live())))
}
