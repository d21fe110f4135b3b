//! Reminders: when they come, and how they become deliveries.

mod after;
mod deliver;
mod digest;
mod quiet;
#[cfg(test)]
mod tests;

pub use after::{give_up, release, skip};
pub use deliver::{Tried, channels, claim, fire, in_words, record, retry, wake};
pub(crate) use digest::plan as plan_digest;
pub use digest::{gather, next_digest};
pub use quiet::held;

use crate::{
    event::{Detail, EventKind},
    id::{ReminderId, TaskId, UserId, derived},
    ledger::{ScheduleState, Scheduled},
    refusal::Refusal,
    settings::Settings,
    state::{State, Wake},
    task::{Anchor, Reminder, ReminderSpec, Task, check},
    when::When,
};
use jiff::{SignedDuration, Timestamp};

/// A reminder set for a moment that passed longer ago than this does not come.
const GRACE: SignedDuration = SignedDuration::from_secs(60);
/// When a reminder of a task comes; `None` where the task has no such date.
pub fn moment(task: &Task, reminder: &Reminder, settings: &Settings) -> Option<Timestamp> {
    if reminder.snoozed_until.is_some() {
        return reminder.snoozed_until;
    }
    let (offset, of) = match &reminder.spec {
        ReminderSpec::At { at } => return Some(*at),
        ReminderSpec::Lead { offset, of } => (offset, of),
    };
    let deadline = task.deadline.map(When::Date);
    let anchor = match of {
        Anchor::Due => task.due.as_ref(),
        Anchor::Start => task.start.as_ref(),
        Anchor::Deadline => deadline.as_ref(),
    }?;
    let zone = anchor
        .zone()
        .map_or(settings.zone(), |zone| zone.time_zone());
    let anchor = anchor.instant(settings.zone(), settings.all_day_time.0.0)?;
    anchor
        .to_zoned(zone.clone())
        .checked_add(check::lead(offset)?)
        .ok()
        .map(|zoned| zoned.timestamp())
}

/// Brings the schedule of a task's reminders in line with the task: sets, moves, cancels. `why` is said of those cancelled.
pub fn settle(state: &mut State, id: TaskId, now: Timestamp, why: Option<&str>) {
    let Ok(row) = state.row::<Task>(id.0) else {
        return;
    };
    let (task, stream) = (row.value.clone(), row.stream);
    let settings = state.my_settings();
    let wanted = |reminder: &Reminder| {
        if task.is_live() {
            moment(&task, reminder, &settings)
        } else {
            None
        }
    };
    for reminder in &task.reminders {
        let key = (id, reminder.id);
        let have = state.schedule.get(&key).cloned();
        match (have, wanted(reminder)) {
            (Some(have), None) => {
                cancel(state, have, now, why.unwrap_or("it has no date any more"));
            }
            (None, Some(moment)) => state.schedule(set(id, reminder, stream, 1, moment, now)),
            (Some(have), Some(moment))
                if have.moment != moment || have.state == ScheduleState::Cancelled =>
            {
                let generation = have.generation + 1;
                if have.state == ScheduleState::Open {
                    state.schedule(Scheduled {
                        state: ScheduleState::Cancelled,
                        ..have
                    });
                }
                state.schedule(set(id, reminder, stream, generation, moment, now));
            }
            _ => {}
        }
    }
    let gone = |row: &&Scheduled| {
        row.task == id
            && !task
                .reminders
                .iter()
                .any(|reminder| reminder.id == row.reminder)
    };
    let gone: Vec<_> = state.schedule.values().filter(gone).cloned().collect();
    let why = why.unwrap_or("the reminder was taken away");
    for row in gone {
        cancel(state, row, now, why);
    }
}

fn set(
    task: TaskId,
    reminder: &Reminder,
    stream: crate::id::StreamId,
    generation: u64,
    moment: Timestamp,
    now: Timestamp,
) -> Scheduled {
    let passed = moment < now - GRACE;
    let state = if passed {
        ScheduleState::Skipped
    } else {
        ScheduleState::Open
    };
    Scheduled {
        task,
        reminder: reminder.id,
        generation,
        person: reminder.person,
        stream,
        moment,
        state,
    }
}

fn cancel(state: &mut State, row: Scheduled, now: Timestamp, why: &str) {
    if row.state != ScheduleState::Open {
        return;
    }
    let detail = Detail {
        task: Some(row.task.0),
        note: Some(why.to_owned()),
        ..Detail::default()
    };
    state.say(
        row.stream,
        EventKind::ReminderCancelled,
        row.reminder.0,
        now,
        detail,
    );
    state.schedule(Scheduled {
        state: ScheduleState::Cancelled,
        ..row
    });
}

/// Wakes whoever sends reminders ahead of one, so that it is up at the moment. Nothing changes by it.
pub fn soon(state: &mut State, id: ReminderId, moment: Timestamp) {
    state.wake(Wake {
        stream: state.home,
        kind: EventKind::ReminderSoon,
        subject: id.0,
        cause: moment.as_microsecond().to_string(),
    });
}

/// Puts a reminder off; the task's last one when none is named, a new one where there is none.
///
/// # Errors
/// No such task or reminder; a moment that has passed.
pub fn snooze(
    state: &mut State,
    id: TaskId,
    which: Option<ReminderId>,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), Refusal> {
    if until <= now {
        return Err(Refusal::field(
            "/until",
            "That moment has passed. Choose one ahead.",
        ));
    }
    let person = state.viewer;
    let task = state.row::<Task>(id.0)?.value.clone();
    if !task.is_live() {
        return Err(Refusal::Unfit(
            "This task is closed or in the trash, so nothing of it is left to remind of.".into(),
        ));
    }
    let own = |reminder: &&Reminder| reminder.person == person;
    let found = if let Some(which) = which {
        let known = task
            .reminders
            .iter()
            .filter(own)
            .any(|reminder| reminder.id == which);
        known
            .then_some(which)
            .ok_or(Refusal::NotFound("reminder"))?
    } else {
        let mine = task.reminders.iter().filter(own);
        let latest = mine
            .max_by_key(|reminder| state.schedule.get(&(id, reminder.id)).map(|row| row.moment));
        latest.map_or_else(|| new_id(id, person, until), |reminder| reminder.id)
    };
    state.change::<Task>(
        EventKind::ReminderSnoozed,
        id.0,
        now,
        Detail::default(),
        |task| match task
            .reminders
            .iter_mut()
            .find(|reminder| reminder.id == found)
        {
            Some(reminder) => reminder.snoozed_until = Some(until),
            None => task.reminders.push(Reminder {
                id: found,
                person,
                spec: ReminderSpec::At { at: until },
                snoozed_until: None,
            }),
        },
    )?;
    settle(state, id, now, None);
    Ok(())
}

fn new_id(task: TaskId, person: UserId, at: Timestamp) -> ReminderId {
    ReminderId(derived(&[
        "snoozed",
        &task.to_string(),
        &person.to_string(),
        &at.to_string(),
    ]))
}
