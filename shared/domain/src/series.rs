//! A recurring task as a whole: what its next occurrences will be.

use crate::{
    event::{Detail, EventKind},
    id::{ListId, SectionId, SeriesId, TaskId, UserId, derived},
    record::record,
    recurrence::{CivilWhen, Recurrence},
    refusal::Refusal,
    repeat,
    state::State,
    task::{Estimate, Link, Priority, Reminder, ReminderSpec, Task},
    when::When,
};
use jiff::{Timestamp, tz::TimeZone};

record! {
    /// The template that occurrences are made from. Editing one occurrence does not touch it.
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
        /// Their list.
        list_id: Option<ListId>,
        /// Their section.
        section_id: Option<SectionId>,
        /// Their parent.
        parent_id: Option<TaskId>,
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
            list_id: task.list_id,
            section_id: task.section_id,
            parent_id: task.parent_id,
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

/// The id of the occurrence that follows a task: the same for every delivery of the same event.
pub fn successor(series: SeriesId, task: TaskId) -> TaskId {
    TaskId(derived(&["next", &series.to_string(), &task.to_string()]))
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
        let closed_at = state.row::<Task>(last.0)?.value.closed_at;
        if let Some(closed_at) = closed_at {
            spawn(state, last, closed_at, now)?;
        }
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

/// Makes the next occurrence after a task that was closed at `closed_at`: once, however often it is asked for.
/// Nothing happens where the closing is no longer the task's last change of status, or the series is paused or over.
///
/// # Errors
/// None that can be mended by trying again: the task or the series is gone.
pub fn spawn(
    state: &mut State,
    id: TaskId,
    closed_at: Timestamp,
    now: Timestamp,
) -> Result<(), Refusal> {
    let row = state.row::<Task>(id.0)?;
    let (task, stream) = (row.value.clone(), row.stream);
    if task.status == crate::task::Status::Open
        || task.closed_at != Some(closed_at)
        || task.deleted_at.is_some()
    {
        return Ok(());
    }
    let (Some(series_id), Some(occurrence)) = (task.series_id, task.occurrence) else {
        return Ok(());
    };
    let series = state.row::<Series>(series_id.0)?.value.clone();
    let Some(recurrence) = series
        .recurrence
        .clone()
        .filter(|_| series.paused_at.is_none() && series.ended_at.is_none())
    else {
        return Ok(());
    };
    let next_id = successor(series_id, id);
    if let Ok(next) = state.row::<Task>(next_id.0) {
        return if next.value.deleted_at.is_some() {
            crate::task::trash::restore(state, next_id, now)
        } else {
            Ok(())
        };
    }
    let settings = state.my_settings();
    let catch_up = recurrence.catch_up(occurrence, closed_at, settings.zone());
    let Some(next) = catch_up.next else {
        if !catch_up.too_far_ahead {
            end(state, series_id, now)?;
        }
        return Ok(());
    };
    let moment = next.occurrence;
    let made = Task {
        series_id: Some(series_id),
        ..instance(&series, &recurrence, moment, now)
    };
    let missed = catch_up
        .missed
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>();
    let placed = recurrence.placed(next, settings.zone());
    let note = [
        placed.note.map(|note| note.words().to_owned()),
        (!missed.is_empty()).then(|| format!("missed: {}", missed.join(", "))),
    ];
    let note = note.into_iter().flatten().collect::<Vec<_>>().join("; ");
    let detail = Detail {
        note: (!note.is_empty()).then_some(note),
        ..Detail::default()
    };
    state.create_with::<Task>(
        EventKind::TaskCreated,
        stream,
        next_id.0,
        now,
        &made,
        detail,
    );
    crate::reminder::settle(state, next_id, now, None);
    let shift = |when: &When, by: &Task| shifted(when, by.due.as_ref(), made.due.as_ref());
    for child in state.children(id) {
        if state
            .row::<Task>(child.0)
            .is_ok_and(|row| row.value.deleted_at.is_none())
        {
            let copy = TaskId(derived(&["step", &next_id.to_string(), &child.to_string()]));
            crate::task::copy::copy_tree(state, child, copy, Some(next_id), now, &|step| {
                step.due = step.due.as_ref().map(|due| shift(due, &task));
                step.start = step.start.as_ref().map(|start| shift(start, &task));
                step.reminders
                    .iter_mut()
                    .for_each(|reminder| reminder.snoozed_until = None);
            })?;
        }
    }
    Ok(())
}

/// The occurrence at a moment, from the template.
fn instance(series: &Series, recurrence: &Recurrence, moment: CivilWhen, now: Timestamp) -> Task {
    let due = repeat::due(moment, recurrence.time_zone.clone());
    let template = series.clone();
    let reminders = template.reminders.into_iter().map(|reminder| Reminder {
        spec: match reminder.spec {
            ReminderSpec::At { at } => ReminderSpec::At {
                at: shifted_instant(at, series.due.as_ref(), &due),
            },
            lead @ ReminderSpec::Lead { .. } => lead,
        },
        snoozed_until: None,
        ..reminder
    });
    Task {
        title: template.title,
        notes: template.notes,
        priority: template.priority,
        tags: template.tags,
        list_id: template.list_id,
        section_id: template.section_id,
        parent_id: template.parent_id,
        assignee: template.assignee,
        estimate: template.estimate,
        links: template.links,
        reminders: reminders.collect(),
        start: template
            .start
            .as_ref()
            .map(|start| shifted(start, series.due.as_ref(), Some(&due))),
        due: Some(due),
        recurrence: Some(recurrence.clone()),
        occurrence: Some(moment),
        position: crate::task::place::last(now),
        created_at: now,
        ..Task::default()
    }
}

/// A date that keeps its distance to the due date, in wall time.
fn shifted(when: &When, from: Option<&When>, to: Option<&When>) -> When {
    let (Some(from), Some(to)) = (from, to) else {
        return when.clone();
    };
    let moved = || {
        when.civil()
            .checked_add(to.civil().since(from.civil()).ok()?)
            .ok()
    };
    moved().map_or_else(|| when.clone(), |civil| when.moved_to(civil))
}

fn shifted_instant(at: Timestamp, from: Option<&When>, to: &When) -> Timestamp {
    let moved = || {
        let zone = to
            .zone()
            .map_or(TimeZone::UTC, |zone| zone.time_zone().clone());
        let wall = at.to_zoned(zone.clone()).datetime();
        let wall = wall
            .checked_add(to.civil().since(from?.civil()).ok()?)
            .ok()?;
        zone.to_ambiguous_zoned(wall)
            .compatible()
            .ok()
            .map(|zoned| zoned.timestamp())
    };
    moved().unwrap_or(at)
}

/// Passes over this occurrence: the task moves to the next one. Where there is none it is dropped and the series ends.
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
    let due = repeat::due(next.occurrence, recurrence.time_zone.clone());
    state.change::<Task>(
        EventKind::TaskSkipped,
        id.0,
        now,
        Detail::default(),
        |task| {
            task.start = task
                .start
                .as_ref()
                .map(|start| shifted(start, task.due.as_ref(), Some(&due)));
            task.due = Some(due.clone());
            task.occurrence = Some(next.occurrence);
            task.reminders
                .iter_mut()
                .for_each(|reminder| reminder.snoozed_until = None);
        },
    )?;
    crate::reminder::settle(state, id, now, Some("skipped"));
    Ok(())
}
