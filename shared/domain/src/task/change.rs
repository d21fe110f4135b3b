//! Changing a task's fields.

use super::{Task, TaskPatch, check};
use crate::{
    event::{Detail, EventKind},
    id::{SeriesId, TaskId, UserId},
    list::Section,
    merge,
    record::{Patch, Record},
    refusal::Refusal,
    reminder,
    repeat::{self, Repeat},
    series::{self, Series},
    state::{Kept, State},
};
use jiff::Timestamp;

/// What is to change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edit {
    /// Fields replaced, objects whole.
    pub set: TaskPatch,
    /// The recurrence replaced, or ended.
    pub repeat: Option<Option<Repeat>>,
    /// Tags added.
    pub add_tags: Vec<String>,
    /// Tags taken off.
    pub remove_tags: Vec<String>,
    /// Blockers added.
    pub add_blockers: Vec<TaskId>,
    /// Blockers taken off.
    pub remove_blockers: Vec<TaskId>,
    /// Whether the series changes too, from here on.
    pub following: bool,
}

/// What the writer knows of the task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expect {
    /// Nothing: the last write wins, and the history keeps what lost.
    #[default]
    Any,
    /// It must be at this version (`If-Match`).
    Version(u64),
    /// It was read at this version; what others changed since is merged (`Base-Version`).
    Base(u64),
}

/// Changes a task's fields.
///
/// # Errors
/// A version or a field that does not fit; a conflict with what somebody else changed.
pub fn change(
    state: &mut State,
    id: TaskId,
    edit: &Edit,
    expect: Expect,
    now: Timestamp,
) -> Result<(), Refusal> {
    let row = state.row::<Task>(id.0)?;
    super::close::present(state, id)?;
    expected(Task::WHAT, row.version, expect)?;
    let was = row.value.clone();
    let mut edit = edit.clone();
    if let Expect::Base(base) = expect {
        merge::onto(state, id, base, &mut edit, now)?;
    }
    let mut next = was.clone();
    apply(&mut next, &edit, state.viewer);
    place(state, &was, &mut next, &edit);
    let detail = Detail {
        note: recur(state, id, &mut next, &edit, now)?,
        ..Detail::default()
    };
    follow_date(&was, &mut next, &edit)?;
    check::tidy(&mut next);
    let (_, changed) = was.diff(&next);
    check::task(state, id, &next, &changed)?;
    state.change::<Task>(EventKind::TaskChanged, id.0, now, detail, |task| {
        *task = next.clone();
    })?;
    follow_list(state, id, now)?;
    follow_series(state, &was, &next, &edit, now)?;
    reminder::settle(state, id, now, None);
    Ok(())
}

/// Holds a write to the version it names. A base of the future cannot be merged with.
pub(crate) fn expected(what: &'static str, current: u64, expect: Expect) -> Result<(), Refusal> {
    match expect {
        Expect::Version(asked) if asked != current => Err(Refusal::VersionMismatch {
            what,
            current,
            asked,
        }),
        Expect::Base(asked) if asked > current => Err(Refusal::VersionMismatch {
            what,
            current,
            asked,
        }),
        _ => Ok(()),
    }
}

/// The same for what is not merged: also with a base nothing is written over what the writer has not seen.
pub(crate) fn unmerged(what: &'static str, current: u64, expect: Expect) -> Result<(), Refusal> {
    let expect = match expect {
        Expect::Base(base) => Expect::Version(base),
        other => other,
    };
    expected(what, current, expect)
}

fn apply(task: &mut Task, edit: &Edit, viewer: UserId) {
    let had = task.reminders.clone();
    task.apply(&edit.set);
    if edit.set.reminders.is_some() {
        for reminder in &mut task.reminders {
            let same = had
                .iter()
                .find(|old| old.id == reminder.id && old.spec == reminder.spec);
            let snoozed = same.and_then(|old| old.snoozed_until);
            reminder.snoozed_until = reminder.snoozed_until.or(snoozed);
        }
        // A person replaces their own only.
        let others = had.into_iter().filter(|old| old.person != viewer);
        task.reminders.extend(others);
    }
    let is_gone = |tag: &String| {
        let gone = |gone: &String| gone.to_lowercase() == tag.to_lowercase();
        edit.remove_tags.iter().any(gone)
    };
    task.tags.retain(|tag| !is_gone(tag));
    task.tags.extend(edit.add_tags.iter().cloned());
    task.blocked_by
        .retain(|blocker| !edit.remove_blockers.contains(blocker));
    task.blocked_by.extend(&edit.add_blockers);
}

/// Where a task is put by what the edit names: under a parent it stands where that stands; moved alone it leaves its parent.
fn place(state: &State, was: &Task, next: &mut Task, edit: &Edit) {
    let set = &edit.set;
    if let (None, None, Some(Some(section))) = (&set.list_id, &set.parent_id, &set.section_id)
        && let Ok(row) = state.row::<Section>(section.0)
    {
        next.list_id = Some(row.value.list_id);
    }
    if next.list_id != was.list_id && set.section_id.is_none() {
        next.section_id = None;
    }
    if set.parent_id.is_some() {
        super::create::inherit_list(state, next);
    } else if (next.list_id, next.section_id) != (was.list_id, was.section_id) {
        next.parent_id = None;
    }
}

/// Begins, changes or ends the recurrence; answers why the first date is not where the rule's words say. A change of the rule
/// always concerns the series.
fn recur(
    state: &mut State,
    id: TaskId,
    next: &mut Task,
    edit: &Edit,
    now: Timestamp,
) -> Result<Option<String>, Refusal> {
    let goes_on = |series: &SeriesId| series::goes_on(state, *series);
    let series = next.series_id.filter(goes_on);
    match (&edit.repeat, series) {
        (None, _) => Ok(None),
        (Some(None), series) => {
            next.recurrence = None;
            series.map_or(Ok(()), |series| series::end(state, series, now))?;
            Ok(None)
        }
        (Some(Some(again)), Some(_)) => super::create::recur(state, next, again, now),
        (Some(Some(again)), None) => {
            let note = super::create::begin_series(state, id, next, again, now)?;
            if let Some(series) = next.series_id {
                let stream = state.row::<Task>(id.0)?.stream;
                let template = Series::of(next, now);
                state.create(EventKind::SeriesChanged, stream, series.0, now, &template);
            }
            Ok(note)
        }
    }
}

/// A date moved by hand is what counts: a snooze ends, and with "following" the series goes on from there.
fn follow_date(was: &Task, next: &mut Task, edit: &Edit) -> Result<(), Refusal> {
    let moved = (&was.due, &was.start, was.deadline) != (&next.due, &next.start, next.deadline);
    if moved && edit.set.reminders.is_none() {
        next.reminders
            .iter_mut()
            .for_each(|reminder| reminder.snoozed_until = None);
    }
    let rule_given = matches!(edit.repeat, Some(Some(_)));
    if let (true, false, Some(Some(due)), Some(recurrence), Some(occurrence)) = (
        edit.following,
        rule_given,
        &edit.set.due,
        &mut next.recurrence,
        was.occurrence,
    ) {
        let to = repeat::civil(due);
        *recurrence = repeat::moved(recurrence, occurrence, to, due.zone().cloned())?;
        next.occurrence = Some(to);
    }
    Ok(())
}

/// Steps stand in the list of their parent.
fn follow_list(state: &mut State, id: TaskId, now: Timestamp) -> Result<(), Refusal> {
    let row = state.row::<Task>(id.0)?;
    let (list, section) = (row.value.list_id, row.value.section_id);
    for child in state.children(id) {
        let differs = state
            .row::<Task>(child.0)
            .is_ok_and(|row| (row.value.list_id, row.value.section_id) != (list, section));
        if differs {
            state.change::<Task>(
                EventKind::TaskChanged,
                child.0,
                now,
                Detail::default(),
                |task| {
                    task.list_id = list;
                    task.section_id = section;
                },
            )?;
            follow_list(state, child, now)?;
        }
    }
    Ok(())
}

/// "This and following": the template takes what changed on this occurrence.
fn follow_series(
    state: &mut State,
    was: &Task,
    next: &Task,
    edit: &Edit,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Some(series) = next.series_id else {
        return Ok(());
    };
    let rule_changed = matches!(edit.repeat, Some(Some(_)));
    if !(edit.following || rule_changed) || !series::goes_on(state, series) {
        return Ok(());
    }
    let (_, changed) =
        Series::of(was, Timestamp::UNIX_EPOCH).diff(&Series::of(next, Timestamp::UNIX_EPOCH));
    let changed = changed.only(|field| edit.following || matches!(field, "recurrence" | "due"));
    let dated = ["due", "start", "reminders", "recurrence"];
    let dated = changed.names().iter().any(|name| dated.contains(name));
    let settings = state.my_settings();
    state.change::<Series>(
        EventKind::SeriesChanged,
        series.0,
        now,
        Detail::default(),
        |series| {
            if dated {
                series::rebase(series, next, settings.zone());
            }
            series.apply(&changed);
        },
    )?;
    Ok(())
}
