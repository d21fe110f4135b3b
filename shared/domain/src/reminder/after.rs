//! What becomes of reminders after a crash, and after a restore.

use super::deliver::{WAITING, close, freeze, wake};
use crate::{
    id::{DeliveryId, ReminderId, TaskId},
    ledger::{Delivery, DeliveryState, ScheduleState, Scheduled},
    state::State,
};
use jiff::Timestamp;

/// After a crash: publishes a delivery again whose sender is gone, whatever is left of its lease. Only for whoever knows that
/// nobody else is sending. It comes twice only where the provider had said yes and that was not recorded.
pub fn release(state: &mut State, id: DeliveryId, now: Timestamp) {
    let Some(delivery) = open(state, id) else {
        return;
    };
    if delivery.token.is_empty() || delivery.token == WAITING {
        return; // nobody had it
    }
    state.deliver(Delivery {
        next_at: now,
        ..delivery
    });
    wake(state, id, now);
}

/// After a restore: a reminder whose moment passed does not come now; it came before, as far as anybody knows. Answers how many
/// were skipped.
pub fn skip(state: &mut State, due: &[(TaskId, ReminderId, u64)], now: Timestamp) -> usize {
    let passed = |row: &&Scheduled| row.state == ScheduleState::Open && row.moment <= now;
    let rows: Vec<_> = due
        .iter()
        .filter_map(|(task, reminder, generation)| {
            let row = state.schedule.get(&(*task, *reminder));
            row.filter(|row| row.generation == *generation)
                .filter(passed)
                .cloned()
        })
        .collect();
    for row in &rows {
        state.schedule(Scheduled {
            state: ScheduleState::Skipped,
            ..row.clone()
        });
    }
    rows.len()
}

/// After a restore: a delivery that was on its way is shown as failed, so that a person decides whether it goes out again.
/// Answers whether it was open.
pub fn give_up(state: &mut State, id: DeliveryId, why: &str, now: Timestamp) -> bool {
    let Some(mut delivery) = open(state, id) else {
        return false;
    };
    if delivery.attempt == 0 {
        let settings = state.my_settings();
        for item in &mut delivery.items {
            freeze(state, item, &settings);
        }
    }
    close(state, delivery, DeliveryState::Failed, why, now);
    true
}

fn open(state: &State, id: DeliveryId) -> Option<Delivery> {
    let delivery = state.deliveries.get(&id).cloned();
    delivery.filter(|delivery| delivery.state == DeliveryState::Open)
}
