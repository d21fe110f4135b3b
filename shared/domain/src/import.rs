//! What a person had elsewhere, taken in as it was there: with its id, its times, its place, closed or in the trash.
//!
//! The log says what happened here: each record came in by one event, marked as imported, in which it stands as it was, with the moments
//! of then. What had happened to it before is the other log's. What is here already stays as it is, so that whoever imports once more
//! finishes what was begun.

#[cfg(test)]
mod tests;

use crate::{
    event::{Detail, EventKind},
    id::*,
    keep,
    list::{Comment, CommentPatch, List, ListPatch, Section, SectionPatch, View, ViewPatch},
    need::Need,
    position,
    record::Record,
    refusal::Refusal,
    reminder,
    series::{Series, SeriesPatch},
    state::{Kept, State},
    task::{Status, Task, TaskPatch, check, create, place},
};
use jiff::Timestamp;

/// A record of another house.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "a variant per record")]
pub enum Import {
    List { id: ListId, set: ListPatch },
    Section { id: SectionId, set: SectionPatch },
    View { id: ViewId, set: ViewPatch },
    Series { id: SeriesId, set: Box<SeriesPatch> },
    Task { id: TaskId, set: Box<TaskPatch> },
    Comment { id: CommentId, set: CommentPatch },
}

impl Import {
    /// What must be loaded to take it in.
    pub fn need(&self) -> Need {
        let mut need = Need::default();
        match self {
            Self::List { id, .. } => need.lists.push(*id),
            Self::Section { id, set } => {
                need.sections.push(*id);
                need.lists.extend(set.list_id);
            }
            Self::View { id, .. } => need.views.push(*id),
            Self::Series { id, .. } => need.series.push(*id),
            Self::Task { id, set } => {
                need.tasks.push(*id);
                need.tasks.extend(set.parent_id.flatten());
                need.tasks.extend(set.blocked_by.iter().flatten());
                need.lists.extend(set.list_id.flatten());
                need.sections.extend(set.section_id.flatten());
                need.series.extend(set.series_id.flatten());
                need.sources.extend(set.source.clone().flatten());
            }
            Self::Comment { id, set } => {
                need.comments.push(*id);
                need.tasks.extend(set.task_id);
            }
        }
        need
    }

    /// Takes it in, unless it is here.
    ///
    /// # Errors
    /// A field that cannot be; what was removed here for good.
    pub fn decide(&self, state: &mut State, now: Timestamp) -> Result<(), Refusal> {
        fn is_here<R: Kept>(state: &State, id: uuid::Uuid) -> bool {
            state.row::<R>(id).is_ok()
        }
        match self.clone() {
            Self::List { id, .. } if is_here::<List>(state, id.0) => Ok(()),
            Self::Section { id, .. } if is_here::<Section>(state, id.0) => Ok(()),
            Self::View { id, .. } if is_here::<View>(state, id.0) => Ok(()),
            Self::Series { id, .. } if is_here::<Series>(state, id.0) => Ok(()),
            Self::Task { id, .. } if is_here::<Task>(state, id.0) => Ok(()),
            Self::Comment { id, .. } if is_here::<Comment>(state, id.0) => Ok(()),
            Self::List { id, mut set } => {
                placed(&mut set.position);
                set.created_at = set.created_at.map(|at| past(at, now));
                set.deleted_at = None;
                keep::create_list(state, id, &set, now)
            }
            Self::Section { id, mut set } => {
                placed(&mut set.position);
                set.created_at = set.created_at.map(|at| past(at, now));
                set.deleted_at = None;
                keep::create_section(state, id, &set, now)
            }
            Self::View { id, mut set } => {
                placed(&mut set.position);
                set.created_at = set.created_at.map(|at| past(at, now));
                set.deleted_at = None;
                keep::create_view(state, id, &set, now)
            }
            Self::Series { id, set } => series(state, id, &set, now),
            Self::Task { id, set } => task(state, id, &set, now),
            Self::Comment { id, set } => comment(state, id, &set, now),
        }
    }
}

/// A position that is none is left out: what has none stands last.
fn placed(at: &mut Option<String>) {
    *at = at.take().filter(|at| is_position(at));
}

fn is_position(text: &str) -> bool {
    position::between(Some(text), None).is_ok()
}

/// A moment as it is kept; never ahead, however wrong the clock elsewhere was.
fn past(at: Timestamp, now: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).map_or(now, |at| at.min(now))
}

fn series(
    state: &mut State,
    id: SeriesId,
    set: &SeriesPatch,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut series = Series {
        created_at: now,
        ..Series::default()
    };
    series.apply(set);
    series.created_at = past(series.created_at, now);
    series.paused_at = series.paused_at.map(|at| past(at, now));
    series.ended_at = series.ended_at.map(|at| past(at, now));
    let template = Task {
        title: series.title.clone(),
        notes: series.notes.clone(),
        tags: series.tags.clone(),
        links: series.links.clone(),
        reminders: series.reminders.clone(),
        due: series.due.clone(),
        start: series.start.clone(),
        recurrence: series.recurrence.clone(),
        ..Task::default()
    };
    check::task(state, TaskId(id.0), &template, &template.whole())?;
    let home = state.home;
    let kind = EventKind::SeriesChanged;
    state.create_with(kind, home, id.0, now, &series, imported(None));
    Ok(())
}

fn task(state: &mut State, id: TaskId, set: &TaskPatch, now: Timestamp) -> Result<(), Refusal> {
    if state.purged.contains(&id) {
        return Err(Refusal::Purged);
    }
    let mut task = Task {
        created_at: now,
        ..Task::default()
    };
    task.apply(set);
    check::tidy(&mut task);
    create::no_twin(state, &task)?;
    if task.is_live() {
        check::room(state, 1)?;
    }
    at_times(&mut task, now);
    if !is_position(&task.position) {
        task.position = place::last(state, now);
    }
    let mut changed = stands(state, &mut task);
    let begins = recurs(state, id, &mut task);
    changed.recurrence = Some(task.recurrence.clone());
    check::task(state, id, &task, &changed)?;
    let home = state.home;
    let detail = Detail {
        note: Some(story(&task)),
        ..Detail::default()
    };
    state.create_with(EventKind::TaskCreated, home, id.0, now, &task, detail);
    if let Some(series) = begins {
        let template = Series::of(&task, now);
        let kind = EventKind::SeriesChanged;
        state.create_with(kind, home, series.0, now, &template, imported(None));
    }
    check::sound(state, id)?;
    // What should have come before now came elsewhere, or came too late: it is skipped.
    reminder::settle(state, id, now, None);
    Ok(())
}

/// The moments of a task, none of them ahead, each where its state has one.
fn at_times(task: &mut Task, now: Timestamp) {
    task.created_at = past(task.created_at, now);
    task.closed_at = match task.status {
        Status::Open => None,
        Status::Done | Status::Dropped => Some(past(task.closed_at.unwrap_or(now), now)),
    };
    task.deleted_at = task.deleted_at.map(|at| past(at, now));
}

/// Where the task stands, as far as that is here: a list that was not brought along leaves it in the inbox. Answers what is to be
/// checked of it.
fn stands(state: &State, task: &mut Task) -> TaskPatch {
    let list = |id: &ListId| {
        let row = state.row::<List>(id.0);
        row.is_ok_and(|row| row.value.deleted_at.is_none())
    };
    task.list_id = task.list_id.filter(list);
    let in_list = task.list_id;
    let section = |id: &SectionId| {
        let row = state.row::<Section>(id.0);
        row.is_ok_and(|row| row.value.deleted_at.is_none() && Some(row.value.list_id) == in_list)
    };
    task.section_id = task.section_id.filter(section);
    let above = task.parent_id.map(|id| state.row::<Task>(id.0));
    let above_in_trash = match above {
        Some(Ok(row)) => row.value.deleted_at.is_some(),
        _ => false,
    };
    if !matches!(above, Some(Ok(_))) || (above_in_trash && task.deleted_at.is_none()) {
        task.parent_id = None;
    }
    task.blocked_by.retain(|id| state.row::<Task>(id.0).is_ok());
    let mut changed = task.whole();
    if above_in_trash {
        // In the trash it stays below what it was thrown away with.
        changed.parent_id = None;
    } else {
        create::inherit_list(state, task);
    }
    changed
}

/// How the task comes back: as the occurrence of a series that is here, else, while it is open, as the first of one of its own, which
/// is to be made.
fn recurs(state: &State, id: TaskId, task: &mut Task) -> Option<SeriesId> {
    let is_here = |id: &SeriesId| state.row::<Series>(id.0).is_ok();
    task.series_id = task.series_id.filter(is_here);
    if task.series_id.is_some() {
        return None;
    }
    if !task.is_live() {
        (task.recurrence, task.occurrence) = (None, None);
    }
    if task.recurrence.is_none() {
        task.occurrence = None;
        return None;
    }
    let due = task.due.as_ref().map(crate::repeat::civil);
    task.occurrence = task.occurrence.or(due);
    task.series_id = Some(SeriesId(derived(&["series", &id.to_string(), "0"])));
    task.series_id
}

fn comment(
    state: &mut State,
    id: CommentId,
    set: &CommentPatch,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut comment = Comment {
        created_at: now,
        ..Comment::default()
    };
    comment.apply(set);
    comment.author = state.viewer;
    comment.created_at = past(comment.created_at, now);
    comment.deleted_at = None;
    keep::comment_text(&comment.text)?;
    let about = comment.task_id;
    let stream = state.row::<Task>(about.0)?.stream;
    let kind = EventKind::CommentCreated;
    let detail = imported(Some(about));
    state.create_with(kind, stream, id.0, now, &comment, detail);
    Ok(())
}

fn imported(task: Option<TaskId>) -> Detail {
    Detail {
        note: Some("imported".to_owned()),
        task: task.map(|id| id.0),
        ..Detail::default()
    }
}

/// What is told of a task that came in: when it was made, closed and thrown away.
fn story(task: &Task) -> String {
    let closed = task
        .closed_at
        .map(|at| format!(", {} at {at}", task.status.name()));
    let deleted = task
        .deleted_at
        .map(|at| format!(", put into the trash at {at}"));
    format!(
        "imported; made at {}{}{}",
        task.created_at,
        closed.unwrap_or_default(),
        deleted.unwrap_or_default()
    )
}
