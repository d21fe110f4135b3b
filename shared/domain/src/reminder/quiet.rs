//! Quiet hours: mail waits until they end, and then comes as one.

use super::deliver::{EMAIL, WAITING, channels};
use crate::{
    id::{DeliveryId, UserId, derived},
    ledger::{Delivery, DeliveryState, Item},
    settings::{QuietHours, Settings},
    state::State,
};
use jiff::Timestamp;

/// The delivery that waits for the end of the quiet hours that `now` lies in: whatever comes until then joins it.
pub fn held(settings: &Settings, person: UserId, now: Timestamp) -> Option<DeliveryId> {
    let until = until(settings, EMAIL, now)?.to_string();
    let id = derived(&["held", EMAIL, &person.to_string(), &until]);
    channels(settings)
        .contains(&EMAIL)
        .then_some(DeliveryId(id))
}

/// Joins a delivery that nobody claimed yet. Answers whether it could.
pub(super) fn join(state: &mut State, id: DeliveryId, items: &[Item]) -> bool {
    let waits =
        |it: &&Delivery| it.state == DeliveryState::Open && it.attempt == 0 && it.token == WAITING;
    let Some(mut delivery) = state.deliveries.get(&id).filter(waits).cloned() else {
        return false;
    };
    delivery.items.extend_from_slice(items);
    state.deliver(delivery);
    true
}

/// The end of the quiet hours that `now` lies in.
pub(super) fn until(settings: &Settings, channel: &str, now: Timestamp) -> Option<Timestamp> {
    let QuietHours { from, until } = settings
        .quiet_hours
        .filter(|quiet| channel == EMAIL && quiet.from != quiet.until)?;
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
