//! The next occurrence of a series.

use super::{Series, end};
use crate::{
    event::{Detail, EventKind},
    id::{SeriesId, TaskId, derived},
    recurrence::{CivilWhen, Next, Recurrence},
    refusal::Refusal,
    reminder, repeat,
    state::State,
    task::{ReminderSpec, Status, Task, copy::copies, place, trash},
    when::When,
};
use jiff::{Timestamp, tz::TimeZone};

/// The id of the occurrence that follows a task: the same for every delivery of the same event.
pub fn successor(series: SeriesId, task: TaskId) -> TaskId {
    TaskId(derived(&["next", &series.to_string(), &task.to_string()]))
}

/// Makes the next occurrence after a task that was closed at `closed_at`: once, however often it is asked for.
/// Nothing happens where the closing is no longer the task's last change of status, or the series is paused or over.
/// The task and its [`successor`] must be loaded.
///
/// # Errors
/// None that can be mended by trying again: the task or the series is gone.
pub fn spawn(
    state: &mut State,
    id: TaskId,
    closed_at: Timestamp,
    now: Timestamp,
) -> Result<(), Refusal> {
    if state.row::<Task>(id.0)?.value.closed_at != Some(closed_at) {
        return Ok(());
    }
    follow(state, id, closed_at, now)
}

/// The same, counted from a moment: what had passed by then is missed.
pub(super) fn follow(
    state: &mut State,
    id: TaskId,
    from: Timestamp,
    now: Timestamp,
) -> Result<(), Refusal> {
    let row = state.row::<Task>(id.0)?;
    let (task, stream) = (row.value.clone(), row.stream);
    let (Some(series_id), Some(occurrence)) = (task.series_id, task.occurrence) else {
        return Ok(());
    };
    let next_id = successor(series_id, id);
    if task.status == Status::Open
        || task.deleted_at.is_some()
        || is_below_closed(state, &task)
        || state.purged.contains(&next_id)
    {
        return Ok(());
    }
    let series = &state.row::<Series>(series_id.0)?.value;
    if series.paused_at.is_some() || series.ended_at.is_some() {
        return Ok(());
    }
    let Some(recurrence) = series.recurrence.clone() else {
        return Ok(());
    };
    if let Ok(next) = state.row::<Task>(next_id.0) {
        // Only what was put into the trash before the task was closed (by an undo) comes back; what a person deleted since does not.
        // Both may bear the same time: a stream's time stands still while a clock that was set back catches up.
        let before = next
            .value
            .deleted_at
            .filter(|at| task.closed_at >= Some(*at));
        return before.map_or(Ok(()), |_| trash::restore(state, next_id, now));
    }
    let settings = state.my_settings();
    let catch_up = recurrence.catch_up(occurrence, from, settings.zone());
    let Some(next) = catch_up.next else {
        return end(state, series_id, now);
    };
    let missed: Vec<_> = catch_up.missed.iter().map(ToString::to_string).collect();
    let missed = (!missed.is_empty()).then(|| format!("missed: {}", missed.join(", ")));
    let words: Vec<_> = [words(&recurrence, next, settings.zone()), missed]
        .into_iter()
        .flatten()
        .collect();
    let mut detail = Detail {
        note: (!words.is_empty()).then(|| words.join("; ")),
        ..Detail::default()
    };
    for (made_id, made) in occurrence_of(state, id, &recurrence, next.occurrence, now)? {
        let said = std::mem::take(&mut detail);
        state.create_with(EventKind::TaskCreated, stream, made_id.0, now, &made, said);
        reminder::settle(state, made_id, now, None);
    }
    Ok(())
}

/// A step comes back with the task above, so not while that is closed.
fn is_below_closed(state: &State, task: &Task) -> bool {
    let above = task.parent_id.map(|parent| state.row::<Task>(parent.0));
    above.is_some_and(|row| row.is_ok_and(|row| !row.value.is_live()))
}

/// Why an occurrence is not where the rule's words say.
pub(super) fn words(recurrence: &Recurrence, next: Next, zone: &TimeZone) -> Option<String> {
    let note = recurrence.placed(next, zone).note;
    note.map(|note| note.words().to_owned())
}

/// The occurrence after `last` at a moment: the task from the template, its steps as copies of those of `last`.
fn occurrence_of(
    state: &State,
    last: TaskId,
    recurrence: &Recurrence,
    moment: CivilWhen,
    now: Timestamp,
) -> Result<Vec<(TaskId, Task)>, Refusal> {
    let task = state.row::<Task>(last.0)?.value.clone();
    let Some(series_id) = task.series_id else {
        return Ok(Vec::new());
    };
    let template = state.row::<Series>(series_id.0)?.value.clone();
    let settings = state.my_settings();
    let due = repeat::due(moment, recurrence.time_zone.clone());
    let mut made = Task {
        title: template.title,
        notes: template.notes,
        priority: template.priority,
        tags: template.tags,
        list_id: task.list_id,
        section_id: task.section_id,
        parent_id: task.parent_id,
        assignee: template.assignee,
        estimate: template.estimate,
        links: template.links,
        reminders: template.reminders,
        start: template.start,
        recurrence: Some(recurrence.clone()),
        series_id: Some(series_id),
        occurrence: Some(moment),
        position: place::last(state, now),
        created_at: now,
        ..Task::default()
    };
    shift(&mut made, template.due.as_ref(), &due, settings.zone());
    let (next_id, from) = (successor(series_id, last), stood(&task));
    let steps = copies(state, last, next_id, now)?.into_iter().skip(1);
    let steps = steps.map(|(id, mut step)| {
        shift(&mut step, from.as_ref(), &due, settings.zone());
        step.deadline = None;
        (id, step)
    });
    made.due = Some(due.clone());
    Ok(std::iter::once((next_id, made)).chain(steps).collect())
}

/// Whether an occurrence and its steps are still what was made when the one before was closed.
pub(crate) fn is_untouched(state: &State, last: TaskId, next: TaskId) -> bool {
    let Ok(row) = state.row::<Task>(next.0) else {
        return false;
    };
    let (Some(recurrence), Some(moment)) = (&row.value.recurrence, row.value.occurrence) else {
        return false;
    };
    let Ok(made) = occurrence_of(state, last, recurrence, moment, Timestamp::UNIX_EPOCH) else {
        return false;
    };
    let comparable = |task: &Task| Task {
        created_at: Timestamp::UNIX_EPOCH,
        position: String::new(),
        ..task.clone()
    };
    let same = made.iter().all(|(id, made)| {
        let row = state.row::<Task>(id.0);
        row.is_ok_and(|row| comparable(&row.value) == comparable(made))
    });
    same && copies(state, next, next, Timestamp::UNIX_EPOCH)
        .is_ok_and(|all| all.len() == made.len())
}

/// Counts a template's start and the moments of its reminders from another occurrence.
pub(crate) fn rebase(template: &mut Series, to: &Task, person: &TimeZone) {
    let (from, Some(to)) = (template.due.take(), stood(to)) else {
        return;
    };
    let start = template.start.as_ref();
    template.start = start.map(|start| shifted(start, from.as_ref(), &to));
    for reminder in &mut template.reminders {
        if let ReminderSpec::At { at } = &mut reminder.spec {
            *at = shifted_instant(*at, from.as_ref(), &to, person);
        }
    }
    template.due = Some(to);
}

/// From where a task's dates are counted.
pub(super) fn stood(task: &Task) -> Option<When> {
    let by_rule = || {
        let zone = task.recurrence.as_ref()?.time_zone.clone();
        Some(repeat::due(task.occurrence?, zone))
    };
    task.due.clone().or_else(by_rule)
}

/// Moves the dates of a task and the moments of its reminders by as much as `to` is behind `from`, in wall time. What was
/// snoozed is not any more.
pub(super) fn shift(task: &mut Task, from: Option<&When>, to: &When, zone: &TimeZone) {
    task.due = task.due.as_ref().map(|due| shifted(due, from, to));
    task.start = task.start.as_ref().map(|start| shifted(start, from, to));
    for reminder in &mut task.reminders {
        reminder.snoozed_until = None;
        if let ReminderSpec::At { at } = &mut reminder.spec {
            *at = shifted_instant(*at, from, to, zone);
        }
    }
}

fn shifted(when: &When, from: Option<&When>, to: &When) -> When {
    let moved = || {
        let distance = to.civil().since(from?.civil()).ok()?;
        when.civil().checked_add(distance).ok()
    };
    let moved = moved().map(|civil| when.moved_to(civil));
    let plausible = moved.filter(When::is_plausible);
    plausible.unwrap_or_else(|| when.clone())
}

fn shifted_instant(at: Timestamp, from: Option<&When>, to: &When, person: &TimeZone) -> Timestamp {
    let zone = to.zone().map_or(person, |zone| zone.time_zone());
    let moved = || {
        let wall = at.to_zoned(zone.clone()).datetime();
        let wall = wall.checked_add(to.civil().since(from?.civil()).ok()?);
        let zoned = zone.to_ambiguous_zoned(wall.ok()?).compatible().ok()?;
        Some(zoned.timestamp())
    };
    moved().unwrap_or(at)
}
