//! Tasks and what they are kept in, over HTTP: everything under `/api/v1` that reads or changes them.
//!
//! Woken by requests only. Emits what the commands of `domain` say happened.

mod act;
mod bulk;
mod comment;
mod history;
mod interpret;
mod keep;
mod label;
mod ledger;
mod list;
mod preview;
mod routes;
mod series;
mod task;
mod transfer;
mod undo;
mod verbs;

pub use transfer::parts;

use axum::Router;
use domain::event::EventKind;
use host::{Deps, api::Operation};

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
    EventKind::TaskPurged,
    EventKind::SeriesChanged,
    EventKind::SeriesPaused,
    EventKind::SeriesResumed,
    EventKind::SeriesEnded,
    EventKind::ReminderSnoozed,
    EventKind::ReminderCancelled,
    EventKind::ReminderDue,
    EventKind::ListCreated,
    EventKind::ListChanged,
    EventKind::ListDeleted,
    EventKind::ListRestored,
    EventKind::SectionCreated,
    EventKind::SectionChanged,
    EventKind::SectionDeleted,
    EventKind::TagChanged,
    EventKind::ViewChanged,
    EventKind::CommentCreated,
    EventKind::CommentChanged,
    EventKind::CommentDeleted,
    EventKind::RunUndone,
    EventKind::ImportFinished,
];

/// Its routes.
pub fn router(deps: Deps) -> Router {
    routes::all().router(deps)
}

/// Its routes, described.
pub fn operations() -> Vec<Operation> {
    routes::all().operations()
}
