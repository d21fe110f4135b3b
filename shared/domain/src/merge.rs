//! Two people changed one task: what merges, and what collides.

#[cfg(test)]
mod tests;

use crate::{
    event::{Change, Logged},
    id::TaskId,
    record::{Patch, Record},
    refusal::{Conflict, Refusal},
    state::State,
    task::{Reminder, Task, TaskPatch, change::Edit},
};
use jiff::Timestamp;

/// The group that a field merges in: a change to one member of a group collides with a change to another.
pub fn group(field: &'static str) -> &'static str {
    match field {
        "due" | "start" | "deadline" | "recurrence" | "reminders" | "occurrence" => "dates",
        "list_id" | "section_id" | "parent_id" | "position" => "place",
        "status" | "closed_at" => "status",
        other => other,
    }
}

/// Turns an edit made on version `base` into one of the task as it is: what the writer did not change is left to the others, tags,
/// blockers and reminders merge one by one. The events after the base are in `state.past`.
///
/// # Errors
/// `Conflict` with each field that both changed, to different values.
pub fn onto(
    state: &State,
    id: TaskId,
    base: u64,
    edit: &mut Edit,
    now: Timestamp,
) -> Result<(), Refusal> {
    let row = state.row::<Task>(id.0)?;
    let since = since(state, id, base);
    let (before, current) = (as_of(&row.value, &since), &row.value);
    let mut yours = edit.set.clone();
    yours.recurrence = match &edit.repeat {
        None => None,
        Some(None) => Some(None),
        Some(Some(again)) => {
            let due = yours.due.as_ref().unwrap_or(&current.due);
            let recurrence = again.resolve(due.as_ref(), &state.my_settings(), now)?;
            Some(Some(recurrence))
        }
    };
    let changed = changed(&before, &yours);
    edit.set = edit.set.only(|field| changed.contains(&field));
    if !changed.contains(&"recurrence") {
        edit.repeat = None;
    }
    let theirs = theirs(&before, current);
    let mut conflicts = Vec::new();
    for field in changed {
        let same_group = |other: &&'static str| group(other) == group(field);
        let merged = match field {
            "tags" | "blocked_by" => true,
            "reminders" => {
                theirs
                    .iter()
                    .filter(|other| same_group(other))
                    .all(|other| *other == field)
                    && (yours.reminders.as_ref())
                        .is_some_and(|yours| apart(&before.reminders, yours, &current.reminders))
            }
            _ => false,
        };
        if merged || !theirs.iter().any(&same_group) {
            continue;
        }
        let only = |patch: &TaskPatch| patch.only(|name| name == field);
        let (yours, theirs) = (only(&yours), only(&current.whole()));
        if yours != theirs {
            let touching = |logged: &&&Logged| fields(logged).iter().any(&same_group);
            let by = since.iter().rev().find(touching);
            conflicts.push(Conflict {
                field,
                base: only(&before.whole()),
                yours,
                theirs,
                by: by.map(|logged| logged.actor),
                at: by.map(|logged| logged.at),
            });
        }
    }
    if !conflicts.is_empty() {
        return Err(Refusal::Conflict {
            version: row.version,
            conflicts,
        });
    }
    if let Some(yours) = &mut edit.set.tags {
        *yours = three_way(&before.tags, yours, &current.tags);
    }
    if let Some(yours) = &mut edit.set.blocked_by {
        *yours = three_way(&before.blocked_by, yours, &current.blocked_by);
    }
    if let Some(yours) = &mut edit.set.reminders {
        *yours = one_by_one(&before.reminders, yours, &current.reminders);
    }
    Ok(())
}

/// The fields that the writer changed.
fn changed(before: &Task, yours: &TaskPatch) -> Vec<&'static str> {
    let mut next = before.clone();
    next.apply(yours);
    before.diff(&next).1.names()
}

/// The fields that others changed. A snooze is no change of plans.
fn theirs(before: &Task, current: &Task) -> Vec<&'static str> {
    let plain = |task: &Task| {
        let mut task = task.clone();
        task.reminders
            .iter_mut()
            .for_each(|reminder| reminder.snoozed_until = None);
        task
    };
    plain(before).diff(&plain(current)).1.names()
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

fn of_id<'a>(all: &'a [Reminder], one: &Reminder) -> Option<&'a Reminder> {
    all.iter().find(|reminder| reminder.id == one.id)
}

/// Whether no reminder was changed by both, to different values.
fn apart(base: &[Reminder], yours: &[Reminder], theirs: &[Reminder]) -> bool {
    let spec = |all: &[Reminder], one: &Reminder| of_id(all, one).map(|it| it.spec.clone());
    let all = base.iter().chain(yours).chain(theirs);
    all.map(|one| (spec(base, one), spec(yours, one), spec(theirs, one)))
        .all(|(base, yours, theirs)| yours == theirs || yours == base || theirs == base)
}

/// Each reminder as the one who changed it has it.
fn one_by_one(base: &[Reminder], yours: &[Reminder], theirs: &[Reminder]) -> Vec<Reminder> {
    let kept = theirs.iter().filter_map(|theirs| {
        let (base, yours) = (of_id(base, theirs), of_id(yours, theirs));
        match (base, yours) {
            (Some(base), Some(yours)) if yours.spec != base.spec => Some(yours),
            (Some(_), None) => None,
            _ => Some(theirs),
        }
    });
    let added = yours
        .iter()
        .filter(|yours| of_id(theirs, yours).is_none() && of_id(base, yours).is_none());
    kept.chain(added).cloned().collect()
}

fn since(state: &State, id: TaskId, base: u64) -> Vec<&Logged> {
    let later = |logged: &&Logged| {
        let event = &logged.event;
        event.subject == id.0 && event.version > base && matches!(event.change, Change::Task(_))
    };
    state.past.iter().filter(later).collect()
}

fn fields(logged: &Logged) -> Vec<&'static str> {
    match &logged.event.change {
        Change::Task(fields) => fields.after.names(),
        _ => Vec::new(),
    }
}

/// The task as it was before those events.
fn as_of(task: &Task, since: &[&Logged]) -> Task {
    let mut task = task.clone();
    for logged in since.iter().rev() {
        if let Change::Task(fields) = &logged.event.change {
            task.apply(&fields.before);
        }
    }
    task
}
