//! Delivers what is due, and records the receipt.
//!
//! Woken by `reminder.due` and `digest.due` for a delivery, and by `reminder.soon` just to be up. "Why was this reminder sent" is
//! answered by `domain::reminder` (when), `clock` (fired) and here (sent); `GET /api/v1/deliveries` shows the record.

mod handler;
#[cfg(test)]
mod tests;

use axum::Router;
use domain::event::EventKind;
use host::Deps;
use notify::Channel;
use std::sync::Arc;

/// What wakes it.
pub const SUBSCRIBES: &[EventKind] = &[
    EventKind::ReminderSoon,
    EventKind::ReminderDue,
    EventKind::DigestDue,
];
/// What comes of it.
pub const EMITS: &[EventKind] = &[EventKind::ReminderSent, EventKind::ReminderFailed];

/// What it is given: the channels that the installation has.
#[derive(Clone)]
pub struct Reminding {
    /// Store, clock, ids.
    pub deps: Deps,
    /// Mail, where there is a server for it.
    pub channels: Vec<Arc<dyn Channel>>,
}

/// Its routes: `POST /` takes the events.
pub fn router(deps: Deps, channels: Vec<Arc<dyn Channel>>) -> Router {
    let reminding = Reminding { deps, channels };
    Router::new()
        .route("/", host::events::route(SUBSCRIBES, handler::on_due))
        .with_state(reminding)
}
