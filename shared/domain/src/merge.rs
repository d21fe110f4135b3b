//! Two people changed one task: what merges, and what collides.

use crate::{
    event::{Change, Logged},
    id::TaskId,
    record::{Patch, Record},
    refusal::{Conflict, Refusal},
    state::State,
    task::{Task, TaskPatch},
};

/// The group that a field merges in: a change to one member of a group collides with a change to another.
pub fn group(field: &'static str) -> &'static str {
    match field {
        "due" | "start" | "deadline" | "recurrence" | "reminders" | "occurrence" => "dates",
        "list_id" | "section_id" | "parent_id" | "position" => "place",
        "status" | "closed_at" => "status",
        other => other,
    }
}

/// Fields that merge as sets, so that two people's changes never collide.
fn is_set(field: &str) -> bool {
    matches!(field, "tags" | "blocked_by")
}

/// Checks a change made on version `base` against what others changed since: the events after it are in `state.past`.
///
/// # Errors
/// `Conflict` with each field that both changed, to different values.
pub fn check(state: &State, id: TaskId, base: u64, set: &TaskPatch) -> Result<(), Refusal> {
    let row = state.row::<Task>(id.0)?;
    let since: Vec<_> = since(state, id, base).collect();
    let before = as_of(&row.value, &since);
    let current = row.value.whole();
    let mut conflicts = Vec::new();
    for field in set.names() {
        let only = |patch: &TaskPatch| patch.only(|name| name == field);
        let touching = since.iter().rev().find(|(_, theirs)| {
            theirs
                .names()
                .iter()
                .any(|other| group(other) == group(field))
                && !is_set(field)
        });
        let Some((logged, _)) = touching else {
            continue;
        };
        let (yours, theirs) = (only(set), only(&current));
        if yours != theirs {
            conflicts.push(Conflict {
                field,
                base: only(&before.whole()),
                yours,
                theirs,
                by: Some(logged.actor),
                at: Some(logged.at),
            });
        }
    }
    if conflicts.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Conflict {
            version: row.version,
            conflicts,
        })
    }
}

/// What the writer's tags and blockers mean for a task that changed meanwhile: what they added and took off since the base.
pub fn sets(state: &State, id: TaskId, base: u64, set: &mut TaskPatch) {
    let Ok(row) = state.row::<Task>(id.0) else {
        return;
    };
    let since: Vec<_> = since(state, id, base).collect();
    let before = as_of(&row.value, &since);
    if let Some(yours) = &mut set.tags {
        *yours = three_way(&before.tags, yours, &row.value.tags);
    }
    if let Some(yours) = &mut set.blocked_by {
        *yours = three_way(&before.blocked_by, yours, &row.value.blocked_by);
    }
}

fn three_way<T: Clone + PartialEq>(base: &[T], yours: &[T], theirs: &[T]) -> Vec<T> {
    let kept = theirs
        .iter()
        .filter(|item| yours.contains(item) || !base.contains(item));
    let added = yours
        .iter()
        .filter(|item| !base.contains(item) && !theirs.contains(item));
    kept.chain(added).cloned().collect()
}

fn since(state: &State, id: TaskId, base: u64) -> impl Iterator<Item = (&Logged, &TaskPatch)> {
    state
        .past
        .iter()
        .filter_map(move |logged| match &logged.event.change {
            Change::Task(fields) if logged.event.subject == id.0 && logged.event.version > base => {
                Some((logged, &fields.after))
            }
            _ => None,
        })
}

/// The task as it was before those events.
fn as_of(task: &Task, since: &[(&Logged, &TaskPatch)]) -> Task {
    let mut task = task.clone();
    for (logged, _) in since.iter().rev() {
        if let Change::Task(fields) = &logged.event.change {
            task.apply(&fields.before);
        }
    }
    task
}
