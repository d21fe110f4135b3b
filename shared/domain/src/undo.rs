//! Taking back what was done. Undo is itself a change with events, and can be undone.

#[cfg(test)]
mod tests;

use crate::{
    event::{Change, Detail, Event, EventKind, Fields, Logged},
    id::{RunId, TaskId},
    keep,
    list::{Comment, List, Section, Tag, View},
    merge::group,
    need::Undo,
    record::{Patch, Record},
    refusal::{Left, Refusal},
    reminder,
    series::{self, Series},
    settings::{Settings, SettingsPatch},
    state::{Kept, State},
    task::{Status, Task, TaskPatch, trash},
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use uuid::Uuid;

/// How long something can be taken back.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What an undo did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Undone {
    /// The events taken back, as `stream:n`.
    pub undone: Vec<String>,
    /// What was not, and why.
    pub left: Vec<Left>,
    /// The run that was taken back.
    pub run: Option<RunId>,
}

/// Takes back what was meant: a run, one event of the person's home stream, or the last run (which the store has found).
///
/// # Errors
/// As [`undo`].
pub fn of(state: &mut State, what: &Undo, partly: bool, now: Timestamp) -> Result<Undone, Refusal> {
    let (home, last, oldest) = (state.home, state.undoing, now - KEPT);
    let meant = |logged: &Logged| match what {
        Undo::Run(run) => logged.run == *run,
        Undo::Event(n) => logged.n == *n && logged.event.stream == home,
        Undo::Last { .. } => Some(logged.run) == last,
    };
    let of = |logged: &Logged| logged.at > oldest && meant(logged);
    undo(state, of, partly, now)
}

/// Takes back the events of `state.past` for which `of` is true, newest first. Where later changes touched the same, nothing
/// is taken back, or with `partly` all but that.
///
/// # Errors
/// `UndoBlocked` names what blocks; `NothingToUndo` where there is no such event.
pub fn undo(
    state: &mut State,
    of: impl Fn(&Logged) -> bool,
    partly: bool,
    now: Timestamp,
) -> Result<Undone, Refusal> {
    let past = state.past.clone();
    let chosen: Vec<_> = past
        .iter()
        .filter(|logged| of(logged) && changes_something(logged))
        .collect();
    let places: BTreeSet<_> = chosen
        .iter()
        .map(|logged| (logged.event.stream, logged.n))
        .collect();
    if chosen.is_empty() {
        return Err(Refusal::NothingToUndo);
    }
    let later = |logged: &&Logged| !places.contains(&(logged.event.stream, logged.n));
    let later: Vec<_> = past.iter().filter(later).collect();
    let mut done = Undone {
        run: Some(chosen[0].run),
        ..Undone::default()
    };
    let mut open = Vec::new();
    for logged in chosen.into_iter().rev() {
        match blocked(logged, &later, state) {
            Some(because) => done.left.push(left(logged, because)),
            None => open.push(logged),
        }
    }
    if !done.left.is_empty() && (!partly || open.is_empty()) {
        return Err(Refusal::UndoBlocked(done.left));
    }
    for logged in &open {
        take_back(state, &logged.event, now, &mut done)?;
        done.undone.push(event_id(logged));
    }
    for logged in &open {
        mend(state, logged, now)?;
    }
    let of_these = |task: Uuid| open.iter().any(|logged| logged.event.subject == task);
    for logged in later {
        let Detail { task, channel, .. } = &logged.event.detail;
        let mailed =
            logged.event.kind == EventKind::ReminderSent && channel.as_deref() == Some("email");
        if mailed && task.is_some_and(of_these) {
            let because = "a mail was sent, which cannot be taken back";
            done.left.push(left(logged, because.into()));
        }
    }
    let (home, run) = (state.home, done.run.unwrap_or_default());
    let detail = Detail {
        note: match done.undone.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        },
        undoes: Some(run),
        ..Detail::default()
    };
    state.say(home, EventKind::RunUndone, run.0, now, detail);
    Ok(done)
}

fn left(logged: &Logged, because: String) -> Left {
    let event_id = event_id(logged);
    Left { event_id, because }
}

/// The id of an event, `stream:n`.
pub fn event_id(logged: &Logged) -> String {
    format!("{}:{}", logged.event.stream, logged.n)
}

fn changes_something(logged: &Logged) -> bool {
    logged.event.change != Change::None || logged.event.kind == EventKind::TaskPurged
}

fn blocked(logged: &Logged, later: &[&Logged], state: &State) -> Option<String> {
    let event = &logged.event;
    if event.kind == EventKind::TaskPurged || state.purged.contains(&TaskId(event.subject)) {
        return Some("its content was removed for good".to_owned());
    }
    let after = |other: &&&Logged| {
        other.event.subject == event.subject
            && (other.event.stream, other.n) > (event.stream, logged.n)
    };
    let after: Vec<_> = later.iter().filter(after).copied().collect();
    let differing = match &event.change {
        Change::Task(_) => differing::<Task>(state, event, &after),
        Change::Series(_) => differing::<Series>(state, event, &after),
        Change::List(_) => differing::<List>(state, event, &after),
        Change::Section(_) => differing::<Section>(state, event, &after),
        Change::Tag(_) => differing::<Tag>(state, event, &after),
        Change::View(_) => differing::<View>(state, event, &after),
        Change::Comment(_) => differing::<Comment>(state, event, &after),
        Change::Settings(_) => differing::<Settings>(state, event, &after),
        Change::None => None,
    };
    let Some(differing) = differing else {
        return Some("it is not there any more".to_owned());
    };
    let mine = groups(&event.change);
    let both: Vec<_> = mine.intersection(&differing).copied().collect();
    if both.is_empty() {
        return None;
    }
    let touches = |other: &&&Logged| {
        both.iter()
            .any(|it| groups(&other.event.change).contains(it))
    };
    let by = after.iter().rev().find(touches);
    let by = by.map_or_else(String::new, |by| {
        format!(" ({} at {})", event_id(by), by.at)
    });
    Some(format!("{} changed again later{by}", both.join(" and ")))
}

/// The groups in which a record differs from what it was before those events: what was changed and changed back does not.
fn differing<R: Kept>(
    state: &State,
    event: &Event,
    after: &[&Logged],
) -> Option<BTreeSet<&'static str>> {
    let now = &state.row::<R>(event.subject).ok()?.value;
    let mut then = now.clone();
    for logged in after.iter().rev() {
        if let Some(fields) = R::unwrap(&logged.event.change) {
            then.apply(&fields.before);
        }
    }
    let names = then.diff(now).1.names();
    Some(names.into_iter().map(group).collect())
}

fn groups(change: &Change) -> BTreeSet<&'static str> {
    let names = match change {
        Change::Task(fields) => fields.after.names(),
        Change::Series(fields) => fields.after.names(),
        Change::List(fields) => fields.after.names(),
        Change::Section(fields) => fields.after.names(),
        Change::Tag(fields) => fields.after.names(),
        Change::View(fields) => fields.after.names(),
        Change::Comment(fields) => fields.after.names(),
        Change::Settings(fields) => fields.after.names(),
        Change::None => Vec::new(),
    };
    names.into_iter().map(group).collect()
}

fn take_back(
    state: &mut State,
    event: &Event,
    now: Timestamp,
    done: &mut Undone,
) -> Result<(), Refusal> {
    use EventKind as K;
    match &event.change {
        Change::Task(fields) => task(state, TaskId(event.subject), fields, now, done),
        Change::Series(fields) => record::<Series>(
            state,
            event,
            fields,
            K::SeriesChanged,
            K::SeriesEnded,
            now,
            |series| {
                series.ended_at = Some(now);
            },
        ),
        Change::List(fields) => record::<List>(
            state,
            event,
            fields,
            K::ListChanged,
            K::ListDeleted,
            now,
            |list| list.deleted_at = Some(now),
        ),
        Change::Section(fields) => record::<Section>(
            state,
            event,
            fields,
            K::SectionChanged,
            K::SectionDeleted,
            now,
            |it| {
                it.deleted_at = Some(now);
            },
        ),
        Change::Tag(fields) => record::<Tag>(
            state,
            event,
            fields,
            K::TagChanged,
            K::TagChanged,
            now,
            |tag| tag.deleted_at = Some(now),
        ),
        Change::View(fields) => record::<View>(
            state,
            event,
            fields,
            K::ViewChanged,
            K::ViewChanged,
            now,
            |view| view.deleted_at = Some(now),
        ),
        Change::Comment(fields) => record::<Comment>(
            state,
            event,
            fields,
            K::CommentChanged,
            K::CommentDeleted,
            now,
            |it| {
                it.deleted_at = Some(now);
            },
        ),
        Change::Settings(fields) => settings(state, event, fields, now),
        Change::None => Ok(()),
    }
}

fn settings(
    state: &mut State,
    event: &Event,
    fields: &Fields<SettingsPatch>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let (before, kind) = (state.my_settings(), EventKind::SettingsChanged);
    let to_default = |settings: &mut Settings| *settings = Settings::default();
    record::<Settings>(state, event, fields, kind, kind, now, to_default)?;
    keep::settle_all(state, &before, now);
    Ok(())
}

fn record<R: Kept>(
    state: &mut State,
    event: &Event,
    fields: &Fields<R::Patch>,
    changed: EventKind,
    removed: EventKind,
    now: Timestamp,
    remove: impl FnOnce(&mut R),
) -> Result<(), Refusal> {
    let undo = Detail {
        note: Some("undone".to_owned()),
        ..Detail::default()
    };
    if fields.before.is_empty() {
        state.change::<R>(removed, event.subject, now, undo, remove)?;
    } else {
        state.change::<R>(changed, event.subject, now, undo, |record| {
            record.apply(&fields.before);
        })?;
    }
    Ok(())
}

fn task(
    state: &mut State,
    id: TaskId,
    fields: &Fields<TaskPatch>,
    now: Timestamp,
    done: &mut Undone,
) -> Result<(), Refusal> {
    if fields.before.is_empty() {
        return trash::delete(state, id, now);
    }
    let (was, is) = (&fields.before, &fields.after);
    let kind = match (was.status, is.status) {
        (Some(Status::Open), _) => EventKind::TaskReopened,
        (Some(Status::Done), _) => EventKind::TaskCompleted,
        (Some(Status::Dropped), _) => EventKind::TaskDropped,
        (None, _) => match (&was.deleted_at, &is.deleted_at) {
            (Some(None), _) => EventKind::TaskRestored,
            (Some(Some(_)), _) => EventKind::TaskDeleted,
            (None, _) => EventKind::TaskChanged,
        },
    };
    let undo = Detail {
        note: Some("undone".to_owned()),
        ..Detail::default()
    };
    state.change::<Task>(kind, id.0, now, undo, |task| task.apply(was))?;
    reminder::settle(state, id, now, Some("undone"));
    if was.status == Some(Status::Open) {
        take_back_successor(state, id, now, done)?;
    }
    Ok(())
}

/// Undoing a completion takes back the occurrence that came of it, where nobody touched it.
fn take_back_successor(
    state: &mut State,
    id: TaskId,
    now: Timestamp,
    done: &mut Undone,
) -> Result<(), Refusal> {
    let Some(series) = state.row::<Task>(id.0)?.value.series_id else {
        return Ok(());
    };
    let next = series::successor(series, id);
    let Ok(row) = state.row::<Task>(next.0) else {
        return Ok(());
    };
    if row.value.deleted_at.is_some() {
        return Ok(());
    }
    if series::is_untouched(state, id, next) {
        return trash::delete(state, next, now);
    }
    let because = format!("the next occurrence, {next}, was edited and stays");
    done.left.push(Left {
        event_id: String::new(),
        because,
    });
    Ok(())
}

/// After all was taken back: nothing stands below what is in the trash, and nothing in a circle.
fn mend(state: &mut State, logged: &Logged, now: Timestamp) -> Result<(), Refusal> {
    let id = TaskId(logged.event.subject);
    let Ok(row) = state.row::<Task>(id.0) else {
        return Ok(());
    };
    if row.value.deleted_at.is_some() {
        return state
            .children(id)
            .into_iter()
            .try_for_each(|step| trash::delete(state, step, now));
    }
    let mut free = row.value.clone();
    trash::set_free(state, &mut free);
    let detail = Detail::default();
    state.change::<Task>(EventKind::TaskChanged, id.0, now, detail, |task| {
        *task = free;
    })?;
    let sound = crate::task::check::sound(state, id);
    sound.map_err(|why| Refusal::UndoBlocked(vec![left(logged, why.to_string())]))
}
