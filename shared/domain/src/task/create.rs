//! Making a task.

use super::{Task, TaskPatch, check};
use crate::{
    event::{Detail, EventKind},
    id::{SeriesId, TaskId, derived},
    record::Record,
    refusal::Refusal,
    reminder, repeat,
    repeat::Repeat,
    series::Series,
    state::State,
};
use jiff::Timestamp;

/// Makes a task in the person's own stream. The same id with the same content again is not an error.
///
/// # Errors
/// A field that cannot be; an id in use; too many open tasks.
pub fn create(
    state: &mut State,
    id: TaskId,
    draft: &TaskPatch,
    again: Option<&Repeat>,
    now: Timestamp,
) -> Result<(), Refusal> {
    if state.purged.contains(&id) {
        return Err(Refusal::Purged);
    }
    let mut task = Task::default();
    task.apply(draft);
    check::tidy(&mut task);
    if let Ok(row) = state.row::<Task>(id.0) {
        return if same(&row.value, &task, draft) {
            Ok(())
        } else {
            Err(Refusal::IdTaken(id.to_string()))
        };
    }
    no_twin(state, &task)?;
    check::room(state, 1)?;
    task.created_at = now;
    if task.position.is_empty() {
        task.position = crate::task::place::last(state, now);
    }
    inherit_list(state, &mut task);
    let mut detail = Detail::default();
    if let Some(again) = again {
        detail.note = begin_series(state, id, &mut task, again, now)?;
    }
    check::task(state, id, &task, &task.whole())?;
    let home = state.home;
    state.create_with(EventKind::TaskCreated, home, id.0, now, &task, detail);
    if let Some(series) = task.series_id.filter(|_| again.is_some()) {
        state.create(
            EventKind::SeriesChanged,
            home,
            series.0,
            now,
            &Series::of(&task, now),
        );
    }
    reminder::settle(state, id, now, None);
    Ok(())
}

/// Whether what a create names is what the task has.
fn same(have: &Task, want: &Task, draft: &TaskPatch) -> bool {
    let (_, differing) = have.diff(want);
    let named = crate::record::Patch::names(draft);
    crate::record::Patch::names(&differing)
        .iter()
        .all(|field| !named.contains(field) || *field == "recurrence")
}

/// Refuses what came from where another task came from.
pub(crate) fn no_twin(state: &State, task: &Task) -> Result<(), Refusal> {
    let of_it = |row: &Task| task.source.is_some() && row.source == task.source;
    match state.rows::<Task>().find(|(_, row)| of_it(&row.value)) {
        None => Ok(()),
        Some((twin, _)) => Err(Refusal::field(
            "/source",
            format!("This was imported already, as the task {twin}. Change that one instead."),
        )),
    }
}

/// A step stands in the list of the task it is a step of.
pub(crate) fn inherit_list(state: &State, task: &mut Task) {
    let parent = task
        .parent_id
        .and_then(|parent| state.row::<Task>(parent.0).ok());
    if let Some(parent) = parent {
        task.list_id = parent.value.list_id;
        task.section_id = parent.value.section_id;
    }
}

/// Makes the task the first occurrence of a series of its own. Without a due date it is due at the rule's first occurrence.
/// The answer is why that is not where the rule's words say.
pub(super) fn begin_series(
    state: &State,
    id: TaskId,
    task: &mut Task,
    again: &Repeat,
    now: Timestamp,
) -> Result<Option<String>, Refusal> {
    let note = recur(state, task, again, now)?;
    let version = state.row::<Task>(id.0).map_or(0, |row| row.version);
    task.series_id = Some(SeriesId(derived(&[
        "series",
        &id.to_string(),
        &version.to_string(),
    ])));
    Ok(note)
}

/// Gives a task a rule, with itself as the first occurrence. Without a due date it is due at the rule's first.
pub(super) fn recur(
    state: &State,
    task: &mut Task,
    again: &Repeat,
    now: Timestamp,
) -> Result<Option<String>, Refusal> {
    let settings = state.my_settings();
    let recurrence = again.resolve(task.due.as_ref(), &settings, now)?;
    let mut note = None;
    if task.due.is_none() {
        let first = recurrence.series().next();
        note = first.and_then(|first| recurrence.placed(first, settings.zone()).note);
        task.due = Some(repeat::first_due(&recurrence)?);
    }
    task.occurrence = task.due.as_ref().map(repeat::civil);
    task.recurrence = Some(recurrence);
    Ok(note.map(|note| note.words().to_owned()))
}
