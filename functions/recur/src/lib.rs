//! Makes the next occurrence when one is closed.
//!
//! Reads the task and its series; writes the next task, once, however often the event comes.

mod handler;
#[cfg(test)]
mod tests;

use axum::Router;
use domain::event::EventKind;
use host::Deps;

/// What wakes it.
pub const SUBSCRIBES: &[EventKind] = &[EventKind::TaskCompleted, EventKind::TaskDropped];
/// What comes of it.
pub const EMITS: &[EventKind] = &[
    EventKind::TaskCreated,
    EventKind::TaskRestored,
    EventKind::TaskChanged,
    EventKind::SeriesEnded,
];

/// Its routes: `POST /` takes the events.
pub fn router(deps: Deps) -> Router {
    Router::new()
        .route("/", host::events::route(SUBSCRIBES, handler::on_closed))
        .with_state(deps)
}
