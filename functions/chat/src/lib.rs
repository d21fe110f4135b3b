//! The assistant: what a person says becomes commands, or a question.
//!
//! Understands by the offline interpreter. What would delete, or touch more than one task, is shown and asked first; a person
//! says yes, never the interpreter. What a task's text says is never read as a wish.

mod confirm;
mod look;
mod memory;
mod plan;
mod question;
mod reply;
mod say;
mod take_back;
mod talk;
mod target;
#[cfg(test)]
mod tests;
mod turn;

use axum::{
    Router,
    routing::{get, post},
};
use domain::event::EventKind;
use host::Deps;

/// What wakes it beside requests: nothing.
pub const SUBSCRIBES: &[EventKind] = &[];
/// What comes of it.
pub const EMITS: &[EventKind] = &[
    EventKind::TaskCreated,
    EventKind::TaskChanged,
    EventKind::TaskCompleted,
    EventKind::TaskReopened,
    EventKind::TaskDropped,
    EventKind::TaskSkipped,
    EventKind::TaskDeleted,
    EventKind::TaskRestored,
    EventKind::SeriesChanged,
    EventKind::SeriesEnded,
    EventKind::ReminderSnoozed,
    EventKind::ReminderCancelled,
    EventKind::ListCreated,
    EventKind::CommentCreated,
    EventKind::RunUndone,
];

/// Its routes.
pub fn router(deps: Deps) -> Router {
    let api = Router::new()
        .route("/assistant/messages", post(talk::message))
        .route("/assistant/messages/{id}/stream", get(talk::resume))
        .route("/assistant/messages/{id}/cancel", post(talk::cancel))
        .route("/assistant/conversations", get(memory::conversations))
        .route("/assistant/conversations/{id}", get(memory::conversation))
        .route("/assistant/confirmations/{id}", post(confirm::confirm));
    Router::new().nest("/api/v1", api).with_state(deps)
}
