//! A recurring task as a whole: what its next occurrences will be.

mod spawn;
#[cfg(test)]
mod tests;

pub(crate) use spawn::{is_untouched, rebase};
pub use spawn::{spawn, successor};

use crate::{
    event::{Detail, EventKind},
    id::{SeriesId, TaskId, UserId},
    record::record,
    recurrence::Recurrence,
    refusal::Refusal,
    reminder, repeat,
    state::State,
    task::{Estimate, Link, Priority, Reminder, Task},
    when::When,
};
use jiff::{Timestamp, tz::TimeZone};

record! {
    /// The template that occurrences are made from. Editing one occurrence does not touch it. Where they stand is not part of it:
    /// the next one stands where the last one stood, because a task that was moved stays moved.
    Series,
    /// Some fields of a series.
    SeriesPatch {
        /// The next occurrences' title.
        title: String,
        /// Their notes.
        notes: String,
        /// Their priority.
        priority: Priority,
        /// Their tags.
        tags: Vec<String>,
        /// Who is to do them.
        assignee: Option<UserId>,
        /// How long they take.
        estimate: Option<Estimate>,
        /// Their links.
        links: Vec<Link>,
        /// Their reminders.
        reminders: Vec<Reminder>,
        /// The due date of the occurrence that the template was taken from.
        due: Option<When>,
        /// That occurrence's start, which keeps its distance to the due date.
        start: Option<When>,
        /// The rule.
        recurrence: Option<Recurrence>,
        /// When it was made.
        created_at: Timestamp,
        /// Since when it makes no new occurrences.
        paused_at: Option<Timestamp>,
        /// When it ended for good.
        ended_at: Option<Timestamp>,
    }
}

impl Series {
    /// The template as an occurrence has it.
    pub fn of(task: &Task, created_at: Timestamp) -> Self {
        Self {
            created_at,
            ..Self::default()
        }
        .with(task)
    }

    /// This series with what the task has now.
    #[must_use]
    pub fn with(self, task: &Task) -> Self {
        let task = task.clone();
        Self {
            title: task.title,
            notes: task.notes,
            priority: task.priority,
            tags: task.tags,
            assignee: task.assignee,
            estimate: task.estimate,
            links: task.links,
            reminders: task.reminders,
            due: task.due,
            start: task.start,
            recurrence: task.recurrence,
            ..self
        }
    }
}

/// Whether a series still makes occurrences.
pub fn goes_on(state: &State, id: SeriesId) -> bool {
    state
        .row::<Series>(id.0)
        .is_ok_and(|row| row.value.ended_at.is_none())
}

/// Ends a series: its open occurrence stays, as a task that does not come back.
///
/// # Errors
/// No such series.
pub fn end(state: &mut State, id: SeriesId, now: Timestamp) -> Result<(), Refusal> {
    let ended = state.change::<Series>(
        EventKind::SeriesEnded,
        id.0,
        now,
        Detail::default(),
        |series| {
            series.ended_at = series.ended_at.or(Some(now));
        },
    )?;
    if ended {
        for task in occurrences(state, id) {
            state.change::<Task>(
                EventKind::TaskChanged,
                task.0,
                now,
                Detail::default(),
                |task| task.recurrence = None,
            )?;
        }
    }
    Ok(())
}

/// Stops making occurrences for now.
///
/// # Errors
/// No such series.
pub fn pause(state: &mut State, id: SeriesId, now: Timestamp) -> Result<(), Refusal> {
    state.change::<Series>(
        EventKind::SeriesPaused,
        id.0,
        now,
        Detail::default(),
        |series| {
            series.paused_at = series.paused_at.or(Some(now));
        },
    )?;
    Ok(())
}

/// Makes occurrences again; at once where the last one was closed meanwhile.
///
/// # Errors
/// No such series.
pub fn resume(state: &mut State, id: SeriesId, now: Timestamp) -> Result<(), Refusal> {
    state.change::<Series>(
        EventKind::SeriesResumed,
        id.0,
        now,
        Detail::default(),
        |series| series.paused_at = None,
    )?;
    if occurrences(state, id).is_empty()
        && let Some(last) = last(state, id)
    {
        spawn::follow(state, last, now, now)?;
    }
    Ok(())
}

/// The open occurrences that were loaded.
fn occurrences(state: &State, id: SeriesId) -> Vec<TaskId> {
    let of_series =
        |task: &Task| task.series_id == Some(id) && task.is_live() && task.occurrence.is_some();
    state
        .rows::<Task>()
        .filter(|(_, row)| of_series(&row.value))
        .map(|(id, _)| TaskId(id))
        .collect()
}

/// The latest occurrence that was loaded.
fn last(state: &State, id: SeriesId) -> Option<TaskId> {
    let of_series = |task: &Task| {
        task.series_id == Some(id) && task.occurrence.is_some() && task.deleted_at.is_none()
    };
    let rows = state
        .rows::<Task>()
        .filter(|(_, row)| of_series(&row.value));
    rows.max_by_key(|(_, row)| row.value.occurrence)
        .map(|(id, _)| TaskId(id))
}

/// Passes over this occurrence: the task moves to the next one, its open steps with it. Where there is none it is dropped and
/// the series ends.
///
/// # Errors
/// The task is not an open occurrence of a series.
pub fn skip(state: &mut State, id: TaskId, now: Timestamp) -> Result<(), Refusal> {
    let task = state.row::<Task>(id.0)?.value.clone();
    let (Some(series), Some(recurrence), Some(occurrence), true) = (
        task.series_id,
        &task.recurrence,
        task.occurrence,
        task.is_live(),
    ) else {
        return Err(Refusal::Unfit(
            "Only an open task that repeats can be skipped. Change its due date instead.".into(),
        ));
    };
    let Some(next) = recurrence.next(occurrence) else {
        crate::task::close::drop(state, id, now)?;
        return end(state, series, now);
    };
    let settings = state.my_settings();
    let zone = settings.zone();
    let detail = Detail {
        note: spawn::words(recurrence, next, zone),
        ..Detail::default()
    };
    let to = repeat::due(next.occurrence, recurrence.time_zone.clone());
    let from = spawn::stood(&task);
    state.change::<Task>(EventKind::TaskSkipped, id.0, now, detail, |task| {
        spawn::shift(task, from.as_ref(), &to, zone);
        task.due = Some(to.clone());
        task.occurrence = Some(next.occurrence);
    })?;
    reminder::settle(state, id, now, Some("skipped"));
    shift_steps(state, id, (from.as_ref(), &to), zone, now)
}

/// Open steps keep their distance to the task above.
fn shift_steps(
    state: &mut State,
    id: TaskId,
    (from, to): (Option<&When>, &When),
    zone: &TimeZone,
    now: Timestamp,
) -> Result<(), Refusal> {
    for step in state.children(id) {
        if state.row::<Task>(step.0)?.value.is_live() {
            let kind = EventKind::TaskChanged;
            state.change::<Task>(kind, step.0, now, Detail::default(), |task| {
                spawn::shift(task, from, to, zone);
            })?;
            reminder::settle(state, step, now, Some("skipped"));
            shift_steps(state, step, (from, to), zone, now)?;
        }
    }
    Ok(())
}
