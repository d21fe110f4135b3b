//! The assistant: what a person says becomes commands, or a question.
//!
//! Understands by the offline interpreter. What would delete, or touch more than one task, is shown and asked first; a person
//! says yes, never the interpreter. What a task's text says is never read as a wish.

mod confirm;
mod look;
mod memory;
mod once;
mod open;
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

use axum::Router;
use contract::schema::answers::Page;
use domain::event::EventKind;
use host::{Deps, Routes, api::Operation};
use reply::Reply;

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
    routes().router(deps)
}

/// Its routes, described.
pub fn operations() -> Vec<Operation> {
    routes().operations()
}

fn routes() -> Routes<Deps> {
    Routes::about("assistant")
        .post("/assistant/messages", talk::message)
        .says("Says something to the assistant. With `Accept: text/event-stream` the answer streams: start, tool_call, tool_result, delta, confirm, question, done, or error.")
        .answers::<Reply>(200)
        .answers_with(200, "text/event-stream")
        .may(404)
        .may(409)
        .may(410)
        .may(412)
        .get("/assistant/messages/{id}/stream", talk::resume)
        .says("Streams an answer again. For who lost the line.")
        .header("Last-Event-ID", "The event that was read last: what comes after it is streamed.")
        .answers_with(200, "text/event-stream")
        .post("/assistant/messages/{id}/cancel", talk::cancel)
        .says("Cancels an answer that is still being given.")
        .nothing()
        .get("/assistant/conversations", memory::conversations)
        .says("Lists the conversations of the last 30 days.")
        .answers::<Page<memory::Short>>(200)
        .get("/assistant/conversations/{id}", memory::conversation)
        .says("Reads a conversation.")
        .answers::<memory::Conversation>(200)
        .post("/assistant/confirmations/{id}", confirm::confirm)
        .says("Answers what the assistant asked to confirm. When something changed meanwhile: 409 `confirmation_stale`, with what is asked now.")
        .answers::<Reply>(200)
        .may(409)
        .may(410)
        .may(412)
        .below("/api/v1")
}
