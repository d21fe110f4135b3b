//! Deliveries: reminders whose moment has come, told to a person on each channel.

use super::{digest, quiet};
use crate::{
    event::{Detail, EventKind},
    id::{DeliveryId, ReminderId, TaskId, derived},
    ledger::{Delivery, DeliveryState, Item, ScheduleState, Scheduled},
    refusal::Refusal,
    settings::Settings,
    state::{LedgerRow, State, Wake},
    task::Task,
    when::When,
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

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
/// The channel that is quiet in quiet hours; the open page never is.
pub(super) const EMAIL: &str = "email";
/// The token of a delivery that waits for its next try.
pub(super) const WAITING: &str = "waiting";

/// Turns reminders whose moment has come into one delivery per channel, of several reminders where they come at once.
/// A reminder that meanwhile moved, or was fired by another clock, is left out. `waits` is what was [`quiet::held`] when it was looked
/// up, and is loaded where it is there: in quiet hours the reminders join it.
pub fn fire(
    state: &mut State,
    due: &[(TaskId, ReminderId, u64)],
    waits: Option<DeliveryId>,
    now: Timestamp,
) {
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
        let until = quiet::until(&settings, channel, now);
        let held =
            waits.filter(|id| until.is_some() && quiet::held(&settings, person, now) == Some(*id));
        let joined = held.filter(|id| quiet::join(state, *id, &items));
        let delivery = joined.unwrap_or_else(|| {
            let free = held.filter(|id| !state.deliveries.contains_key(id));
            let id = free.unwrap_or_else(|| of_items(channel, &items));
            open_delivery(state, id, channel, &items, until, now)
        });
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
        vec!["page", EMAIL]
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

fn of_items(channel: &str, items: &[Item]) -> DeliveryId {
    let keys = items
        .iter()
        .map(|item| format!("{}/{}/{}", item.task, item.reminder, item.generation));
    let keys = keys.collect::<Vec<_>>().join(" ");
    DeliveryId(derived(&["delivery", channel, &keys]))
}

fn open_delivery(
    state: &mut State,
    id: DeliveryId,
    channel: &str,
    items: &[Item],
    quiet_until: Option<Timestamp>,
    now: Timestamp,
) -> DeliveryId {
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
        digest: None,
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

/// Publishes a delivery again whose next try has come.
pub fn wake(state: &mut State, id: DeliveryId, now: Timestamp) {
    let Some(delivery) = state.deliveries.get(&id).cloned() else {
        return;
    };
    if delivery.state != DeliveryState::Open || delivery.next_at > now {
        return;
    }
    let kind = if delivery.digest.is_some() {
        if delivery.attempt == 0 {
            digest::follow(state, now);
        }
        EventKind::DigestDue
    } else {
        EventKind::ReminderDue
    };
    let wake = Wake {
        stream: delivery.stream,
        kind,
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
        let nothing = delivery.digest.map(|_| "nothing was due".to_owned());
        state.deliver(Delivery {
            state: DeliveryState::Cancelled,
            closed_at: Some(now),
            receipt: nothing.unwrap_or(delivery.receipt),
            ..delivery
        });
        return None;
    }
    delivery.attempt += 1;
    token.clone_into(&mut delivery.token);
    delivery.next_at = now + LEASE;
    state.deliver(delivery.clone());
    Some(delivery)
}

/// Whether it is still to be said: the task open, its reminder neither moved nor cancelled.
fn stands(state: &State, item: &Item) -> bool {
    let of_digest = item.generation == 0;
    let row = state.schedule.get(&(item.task, item.reminder));
    let same =
        |row: &Scheduled| row.generation == item.generation && row.state == ScheduleState::Fired;
    let live = state
        .row::<Task>(item.task.0)
        .is_ok_and(|row| row.value.is_live());
    live && (of_digest || row.is_some_and(same))
}

/// Keeps the words of the task as they are now.
pub(super) fn freeze(state: &State, item: &mut Item, settings: &Settings) {
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
            close(state, delivery, DeliveryState::Failed, why, now);
        }
    }
}

pub(super) fn close(
    state: &mut State,
    delivery: Delivery,
    to: DeliveryState,
    receipt: &str,
    now: Timestamp,
) {
    let kind = if to == DeliveryState::Sent {
        EventKind::ReminderSent
    } else {
        EventKind::ReminderFailed
    };
    let failure = (to == DeliveryState::Failed).then(|| receipt.to_owned());
    if delivery.digest.is_some() {
        let detail = Detail {
            channel: Some(delivery.channel.clone()),
            title: Some("daily digest".to_owned()),
            delivery: Some(delivery.id.0),
            note: failure.clone(),
            ..Detail::default()
        };
        state.say(delivery.stream, kind, delivery.id.0, now, detail);
    }
    let reminders = delivery.items.iter().filter(|item| item.generation > 0);
    for item in reminders {
        let detail = Detail {
            task: Some(item.task.0),
            channel: Some(delivery.channel.clone()),
            title: Some(item.title.clone()),
            due: item.due.clone(),
            delivery: Some(delivery.id.0),
            note: failure.clone(),
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
