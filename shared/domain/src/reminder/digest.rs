//! The daily digest: a delivery that waits in the ledger until the person's hour, and then says what is due that day.

use super::deliver::WAITING;
use crate::{
    id::{DeliveryId, ReminderId, TaskId, derived},
    ledger::{Delivery, DeliveryState, Item},
    settings::Settings,
    state::State,
};
use jiff::{Timestamp, ToSpan, civil::Date};

/// When the next digest comes: the first time after `now` that the person's clock shows their hour. None where they chose no hour,
/// or there is no address to send it to.
pub fn next_digest(settings: &Settings, now: Timestamp) -> Option<Timestamp> {
    let hour = settings.digest_at?.0;
    settings.email.as_ref()?;
    let zone = settings.zone();
    let today = now.to_zoned(zone.clone()).date();
    let moment = |day: i64| {
        let day: Date = today.checked_add(day.days()).ok()?;
        let there = zone.to_ambiguous_zoned(day.to_datetime(hour)).compatible();
        there.ok().map(|there| there.timestamp())
    };
    // A zone may leave a whole day out, so two days are looked ahead.
    (0..=2).filter_map(moment).find(|moment| *moment > now)
}

/// After the settings changed from `before`: the next digest is called off, or waits at its new moment.
pub(crate) fn plan(state: &mut State, before: &Settings, now: Timestamp) {
    let had = next_digest(before, now);
    let wanted = next_digest(&state.my_settings(), now);
    if had == wanted {
        return;
    }
    if let Some(moment) = had {
        put(state, moment, DeliveryState::Cancelled, now);
    }
    if let Some(moment) = wanted {
        put(state, moment, DeliveryState::Open, now);
    }
}

/// When one is due the next one is planned.
pub(super) fn follow(state: &mut State, now: Timestamp) {
    if let Some(moment) = next_digest(&state.my_settings(), now) {
        put(state, moment, DeliveryState::Open, now);
    }
}

/// The digest of a moment that lies ahead, which nobody can have claimed: it is written whole, without being read.
fn put(state: &mut State, moment: Timestamp, to: DeliveryState, now: Timestamp) {
    let (person, zone) = (state.viewer, state.my_settings().zone().clone());
    let (person_id, at) = (person.to_string(), moment.to_string());
    state.deliver(Delivery {
        id: DeliveryId(derived(&["digest", &person_id, &at])),
        person,
        stream: state.home,
        channel: "email".to_owned(),
        state: to,
        attempt: 0,
        next_at: moment,
        token: WAITING.to_owned(),
        digest: Some(moment.to_zoned(zone).date()),
        items: Vec::new(),
        receipt: String::new(),
        created_at: now,
        closed_at: (to == DeliveryState::Cancelled).then_some(now),
    });
}

/// What a digest says, before its first claim: these tasks, in this order.
pub fn gather(state: &mut State, id: DeliveryId, due: &[TaskId], now: Timestamp) {
    let Some(delivery) = state.deliveries.get(&id).cloned() else {
        return;
    };
    if delivery.digest.is_none() || delivery.attempt > 0 || delivery.state != DeliveryState::Open {
        return;
    }
    let item = |task: &TaskId| Item {
        task: *task,
        reminder: ReminderId::default(),
        generation: 0,
        moment: now,
        title: String::new(),
        due: None,
    };
    let items = due.iter().map(item).collect();
    state.deliver(Delivery { items, ..delivery });
}
