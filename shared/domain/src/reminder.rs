//! Reminders: when they come, and how they become deliveries.

use crate::{
    event::{Detail, EventKind},
    id::{DeliveryId, ReminderId, TaskId, UserId, derived},
    ledger::{Delivery, DeliveryState, Item, ScheduleState, Scheduled},
    refusal::Refusal,
    settings::{QuietHours, Settings},
    state::{LedgerRow, State, Wake},
    task::{Anchor, Reminder, ReminderSpec, Task, check},
    when::When,
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

/// A reminder set for a moment that passed longer ago than this does not come.
const GRACE: SignedDuration = SignedDuration::from_secs(60);
/// How long a delivery may be published and not taken before it is published again.
const PUBLISH_AGAIN: SignedDuration = SignedDuration::from_secs(10);
/// How long a claim holds: longer than a send may take (30 s).
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// How long to wait after each failure; after the last it is given up.
const RETRIES: [SignedDuration; 3] = [
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(15),
];
/// The token of a delivery that waits for its next try.
const WAITING: &str = "waiting";

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
                cancel(state, have, now, why.unwrap_or("it has no date any more"))
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
    gone.into_iter()
        .for_each(|row| cancel(state, row, now, why));
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
    let found = match which {
        Some(which) => {
            let known = task
                .reminders
                .iter()
                .filter(own)
                .any(|reminder| reminder.id == which);
            known
                .then_some(which)
                .ok_or(Refusal::NotFound("reminder"))?
        }
        None => {
            let mine = task.reminders.iter().filter(own);
            let latest = mine.max_by_key(|reminder| {
                state.schedule.get(&(id, reminder.id)).map(|row| row.moment)
            });
            latest.map_or_else(|| new_id(id, person, until), |reminder| reminder.id)
        }
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

/// Turns reminders whose moment has come into one delivery per channel, of several reminders where they come at once.
/// A reminder that meanwhile moved, or was fired by another clock, is left out.
pub fn fire(state: &mut State, due: &[(TaskId, ReminderId, u64)], now: Timestamp) {
    let person = state.viewer;
    let is_due = |state: &State, (task, reminder, generation): &(TaskId, ReminderId, u64)| {
        let row = state.schedule.get(&(*task, *reminder))?;
        let open = row.generation == *generation
            && row.state == ScheduleState::Open
            && row.person == person;
        (open && row.moment <= now).then(|| row.clone())
    };
    let mut rows: Vec<_> = due.iter().filter_map(|key| is_due(state, key)).collect();
    rows.sort_by_key(|row| (row.moment, row.task, row.reminder));
    if rows.is_empty() {
        return;
    }
    let items: Vec<_> = rows.iter().map(item).collect();
    let settings = state.my_settings();
    for channel in channels(&settings) {
        let delivery = open_delivery(
            state,
            channel,
            &items,
            quiet_until(&settings, channel, now),
            now,
        );
        for row in &rows {
            state.claim(LedgerRow {
                task: row.task,
                reminder: row.reminder,
                generation: row.generation,
                channel: channel.to_owned(),
                delivery,
            });
        }
    }
    for row in rows {
        state.schedule(Scheduled {
            state: ScheduleState::Fired,
            ..row
        });
    }
}

/// The channels that a person's reminders go out on.
pub fn channels(settings: &Settings) -> Vec<&'static str> {
    let email = settings.email.is_some() && settings.email_reminders.0;
    if email {
        vec!["page", "email"]
    } else {
        vec!["page"]
    }
}

fn item(row: &Scheduled) -> Item {
    Item {
        task: row.task,
        reminder: row.reminder,
        generation: row.generation,
        moment: row.moment,
        title: String::new(),
        due: None,
    }
}

fn open_delivery(
    state: &mut State,
    channel: &str,
    items: &[Item],
    quiet_until: Option<Timestamp>,
    now: Timestamp,
) -> DeliveryId {
    let keys = items
        .iter()
        .map(|item| format!("{}/{}/{}", item.task, item.reminder, item.generation));
    let id = DeliveryId(derived(&[
        "delivery",
        channel,
        &keys.collect::<Vec<_>>().join(" "),
    ]));
    let home = state.home;
    state.deliver(Delivery {
        id,
        person: state.viewer,
        stream: home,
        channel: channel.to_owned(),
        state: DeliveryState::Open,
        attempt: 0,
        next_at: quiet_until.unwrap_or(now + PUBLISH_AGAIN),
        token: if quiet_until.is_some() {
            WAITING.to_owned()
        } else {
            String::new()
        },
        items: items.to_vec(),
        receipt: String::new(),
        created_at: now,
        closed_at: None,
    });
    if quiet_until.is_none() {
        state.wake(Wake {
            stream: home,
            kind: EventKind::ReminderDue,
            subject: id.0,
            cause: "0".to_owned(),
        });
    }
    id
}

/// The end of the quiet hours that `now` lies in; the open page is never quiet.
fn quiet_until(settings: &Settings, channel: &str, now: Timestamp) -> Option<Timestamp> {
    let QuietHours { from, until } = settings
        .quiet_hours
        .filter(|quiet| channel != "page" && quiet.from != quiet.until)?;
    let here = now.to_zoned(settings.zone().clone());
    let (time, overnight) = (here.time(), until < from);
    let within = if overnight {
        time >= from.0 || time < until.0
    } else {
        time >= from.0 && time < until.0
    };
    let day = if overnight && time >= from.0 {
        here.date().tomorrow().ok()?
    } else {
        here.date()
    };
    let end = settings
        .zone()
        .to_ambiguous_zoned(day.to_datetime(until.0))
        .compatible()
        .ok()?
        .timestamp();
    within.then_some(end)
}

/// Publishes a delivery again whose next try has come.
pub fn wake(state: &mut State, id: DeliveryId, now: Timestamp) {
    let Some(delivery) = state.deliveries.get(&id).cloned() else {
        return;
    };
    if delivery.state != DeliveryState::Open || delivery.next_at > now {
        return;
    }
    let wake = Wake {
        stream: delivery.stream,
        kind: EventKind::ReminderDue,
        subject: id.0,
        cause: format!("{}-{}", delivery.attempt, now.as_microsecond()),
    };
    state.wake(wake);
    state.deliver(Delivery {
        token: String::new(),
        next_at: now + PUBLISH_AGAIN,
        ..delivery
    });
}

/// Takes a delivery to send it: the answer is what to send, or nothing when somebody else has it or nothing is left to say.
/// What it says is frozen at the first claim; what was cancelled since then is left out.
pub fn claim(state: &mut State, id: DeliveryId, token: &str, now: Timestamp) -> Option<Delivery> {
    let mut delivery = state.deliveries.get(&id).cloned()?;
    let free = delivery.token.is_empty() || delivery.next_at <= now;
    if delivery.state != DeliveryState::Open || !free {
        return None;
    }
    delivery.items.retain(|item| stands(state, item));
    if delivery.attempt == 0 {
        let settings = state.my_settings();
        for item in &mut delivery.items {
            freeze(state, item, &settings);
        }
    }
    if delivery.items.is_empty() {
        state.deliver(Delivery {
            state: DeliveryState::Cancelled,
            closed_at: Some(now),
            ..delivery
        });
        return None;
    }
    delivery.attempt += 1;
    delivery.token = token.to_owned();
    delivery.next_at = now + LEASE;
    state.deliver(delivery.clone());
    Some(delivery)
}

/// Whether the reminder is still to be said: neither moved nor cancelled, its task open.
fn stands(state: &State, item: &Item) -> bool {
    let row = state.schedule.get(&(item.task, item.reminder));
    let same =
        |row: &Scheduled| row.generation == item.generation && row.state == ScheduleState::Fired;
    let live = state
        .row::<Task>(item.task.0)
        .is_ok_and(|row| row.value.is_live());
    live && row.is_some_and(same)
}

/// Keeps the words of the task as they are now.
fn freeze(state: &State, item: &mut Item, settings: &Settings) {
    if let Ok(row) = state.row::<Task>(item.task.0) {
        item.title.clone_from(&row.value.title);
        let due = row.value.due.as_ref();
        item.due = due.map(|due| in_words(due, settings.zone()));
    }
}

/// A date as a reminder says it: "Sunday 29 November 2026, 15:00 (Europe/Berlin)".
pub fn in_words(when: &When, zone: &TimeZone) -> String {
    let day = when.date().strftime("%A %-d %B %Y").to_string();
    match when {
        When::Date(_) => day,
        When::At { at, zone: own } => {
            let time = at.strftime("%H:%M");
            match own
                .as_ref()
                .filter(|own| zone.iana_name() != Some(own.as_str()))
            {
                Some(own) => format!("{day}, {time} ({own})"),
                None => format!("{day}, {time}"),
            }
        }
    }
}

/// What became of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// The provider said yes; its receipt.
    Sent(String),
    /// Not now; why.
    Retry(String),
    /// Never; why.
    Stop(String),
}

/// Records what became of a try, where the token still holds.
pub fn record(state: &mut State, id: DeliveryId, token: &str, tried: &Tried, now: Timestamp) {
    let Some(delivery) = state.deliveries.get(&id).cloned() else {
        return;
    };
    if delivery.state != DeliveryState::Open || delivery.token != token {
        return;
    }
    let wait = RETRIES.get((delivery.attempt as usize).saturating_sub(1));
    match (tried, wait) {
        (Tried::Sent(receipt), _) => close(state, delivery, DeliveryState::Sent, receipt, now),
        (Tried::Retry(why), Some(wait)) => state.deliver(Delivery {
            token: WAITING.to_owned(),
            next_at: now + *wait,
            receipt: why.clone(),
            ..delivery
        }),
        (Tried::Retry(why) | Tried::Stop(why), _) => {
            close(state, delivery, DeliveryState::Failed, why, now)
        }
    }
}

fn close(state: &mut State, delivery: Delivery, to: DeliveryState, receipt: &str, now: Timestamp) {
    let kind = if to == DeliveryState::Sent {
        EventKind::ReminderSent
    } else {
        EventKind::ReminderFailed
    };
    for item in &delivery.items {
        let detail = Detail {
            task: Some(item.task.0),
            channel: Some(delivery.channel.clone()),
            title: Some(item.title.clone()),
            due: item.due.clone(),
            delivery: Some(delivery.id.0),
            note: (to == DeliveryState::Failed).then(|| receipt.to_owned()),
            ..Detail::default()
        };
        state.say(delivery.stream, kind, item.reminder.0, now, detail);
    }
    state.deliver(Delivery {
        state: to,
        receipt: receipt.to_owned(),
        closed_at: Some(now),
        token: String::new(),
        ..delivery
    });
}

/// Tries a failed delivery again.
///
/// # Errors
/// No such delivery; it did not fail.
pub fn retry(state: &mut State, id: DeliveryId, now: Timestamp) -> Result<(), Refusal> {
    let delivery = state
        .deliveries
        .get(&id)
        .cloned()
        .ok_or(Refusal::NotFound("delivery"))?;
    if delivery.state != DeliveryState::Failed {
        return Err(Refusal::Unfit(format!(
            "This delivery is {}; only a failed one can be tried again.",
            delivery.state.name()
        )));
    }
    // The items stay as they were frozen: attempt 1 is not a first claim any more.
    let open = Delivery {
        state: DeliveryState::Open,
        closed_at: None,
        next_at: now,
        token: String::new(),
        ..delivery
    };
    state.deliver(open);
    wake(state, id, now);
    Ok(())
}
