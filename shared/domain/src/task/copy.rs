//! Copying a task.

use super::{Status, Task, close, place};
use crate::{
    event::EventKind,
    id::{TaskId, derived},
    refusal::Refusal,
    reminder,
    state::State,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Makes an open copy of a task and its steps beside it. The copy is no part of a series and was not imported.
///
/// # Errors
/// No such task, or it is in the trash; the id is in use; too many open tasks.
pub fn duplicate(
    state: &mut State,
    id: TaskId,
    copy: TaskId,
    now: Timestamp,
) -> Result<(), Refusal> {
    close::present(state, id)?;
    if state.row::<Task>(copy.0).is_ok() || state.purged.contains(&copy) {
        return Err(Refusal::IdTaken(copy.to_string()));
    }
    let stream = state.row::<Task>(id.0)?.stream;
    let copies = copies(state, id, copy, now)?;
    super::check::room(state, copies.len() as u64)?;
    for (copy, task) in copies {
        let task = Task {
            recurrence: None,
            series_id: None,
            occurrence: None,
            ..task
        };
        state.create(EventKind::TaskCreated, stream, copy.0, now, &task);
        reminder::settle(state, copy, now, None);
    }
    Ok(())
}

/// Open copies of a task, as `copy`, and of its steps that are not in the trash, with derived ids; each after the task above it.
/// What waited for one of them waits for its copy.
///
/// # Errors
/// No such task.
pub(crate) fn copies(
    state: &State,
    id: TaskId,
    copy: TaskId,
    now: Timestamp,
) -> Result<Vec<(TaskId, Task)>, Refusal> {
    let mut ids = vec![(id, copy)];
    let mut at = 0;
    while let Some((above, copy)) = ids.get(at).copied() {
        for step in state.children(above) {
            let known = ids.iter().any(|(known, _)| *known == step);
            if !known && state.row::<Task>(step.0)?.value.deleted_at.is_none() {
                let copy = derived(&["step", &copy.to_string(), &step.to_string()]);
                ids.push((step, TaskId(copy)));
            }
        }
        at += 1;
    }
    let of: BTreeMap<_, _> = ids.iter().copied().collect();
    let copied = |original: TaskId| of.get(&original).copied().unwrap_or(original);
    ids.into_iter()
        .map(|(original, copy)| {
            let task = state.row::<Task>(original.0)?.value.clone();
            let mut task = Task {
                status: Status::Open,
                source: None,
                parent_id: task.parent_id.map(copied),
                blocked_by: task.blocked_by.iter().copied().map(copied).collect(),
                created_at: now,
                closed_at: None,
                ..task
            };
            if original == id {
                task.position = place::last(state, now);
            }
            for reminder in &mut task.reminders {
                reminder.snoozed_until = None;
            }
            Ok((copy, task))
        })
        .collect()
}
