//! Changing a task's fields.

use super::{Task, TaskPatch, check};
use crate::{
    event::{Detail, EventKind},
    id::TaskId,
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
    if row.value.deleted_at.is_some() {
        return Err(Refusal::Unfit(
            "This task is in the trash. Restore it first.".to_owned(),
        ));
    }
    expected(Task::WHAT, row.version, expect)?;
    if let Expect::Base(base) = expect {
        merge::check(state, id, base, &edit.set)?;
    }
    let mut next = state.row::<Task>(id.0)?.value.clone();
    apply(&mut next, edit);
    let moved_home = edit.set.parent_id.is_some();
    if moved_home {
        super::create::inherit_list(state, &mut next);
    }
    let was = state.row::<Task>(id.0)?.value.clone();
    recur(state, id, &mut next, edit, now)?;
    follow_date(&mut next, edit);
    check::tidy(&mut next);
    let (_, changed) = was.diff(&next);
    check::task(state, id, &next, &changed)?;
    state.change::<Task>(
        EventKind::TaskChanged,
        id.0,
        now,
        Detail::default(),
        |task| *task = next.clone(),
    )?;
    follow_list(state, id, now)?;
    follow_series(state, &was, &next, edit, now)?;
    reminder::settle(state, id, now, Some("the reminder was taken away"));
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

fn apply(task: &mut Task, edit: &Edit) {
    let own = edit
        .set
        .reminders
        .as_ref()
        .and_then(|new| new.first())
        .map(|reminder| reminder.person);
    let others: Vec<_> = task
        .reminders
        .iter()
        .filter(|old| own.is_some_and(|own| old.person != own))
        .cloned()
        .collect();
    task.apply(&edit.set);
    if own.is_some() {
        task.reminders.extend(others);
    }
    task.tags.retain(|tag| {
        !edit
            .remove_tags
            .iter()
            .any(|gone| gone.eq_ignore_ascii_case(tag))
    });
    task.tags.extend(edit.add_tags.iter().cloned());
    task.blocked_by
        .retain(|blocker| !edit.remove_blockers.contains(blocker));
    task.blocked_by.extend(&edit.add_blockers);
}

/// Begins, changes or ends the recurrence. A change of the rule always concerns the series.
fn recur(
    state: &mut State,
    id: TaskId,
    next: &mut Task,
    edit: &Edit,
    now: Timestamp,
) -> Result<(), Refusal> {
    match &edit.repeat {
        None => {}
        Some(None) => {
            next.recurrence = None;
            if let Some(series) = next.series_id {
                series::end(state, series, now)?;
            }
        }
        Some(Some(again)) => match next
            .series_id
            .filter(|series| series::goes_on(state, *series))
        {
            None => {
                super::create::begin_series(state, id, next, again, now)?;
                if let Some(series) = next.series_id {
                    let home = state.row::<Task>(id.0)?.stream;
                    state.create(
                        EventKind::SeriesChanged,
                        home,
                        series.0,
                        now,
                        &Series::of(next, now),
                    );
                }
            }
            Some(_) => {
                let settings = state.my_settings();
                next.recurrence = Some(again.resolve(next.due.as_ref(), &settings, now)?);
                next.occurrence = next.due.as_ref().map(repeat::civil);
            }
        },
    }
    Ok(())
}

/// A date moved by hand is what counts: a snooze ends, and with "following" the series starts anew from there.
fn follow_date(next: &mut Task, edit: &Edit) {
    let dated = edit.set.due.is_some() || edit.set.start.is_some() || edit.set.deadline.is_some();
    if dated && edit.set.reminders.is_none() {
        next.reminders
            .iter_mut()
            .for_each(|reminder| reminder.snoozed_until = None);
    }
    let rule_given = matches!(edit.repeat, Some(Some(_)));
    if let (true, false, Some(Some(due)), Some(recurrence)) = (
        edit.following,
        rule_given,
        &edit.set.due,
        &mut next.recurrence,
    ) {
        recurrence.start = repeat::civil(due);
        recurrence.time_zone = due.zone().cloned();
        next.occurrence = Some(repeat::civil(due));
    }
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
    state.change::<Series>(
        EventKind::SeriesChanged,
        series.0,
        now,
        Detail::default(),
        |series| series.apply(&changed),
    )?;
    Ok(())
}
