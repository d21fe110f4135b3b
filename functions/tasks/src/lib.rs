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
mod series;
mod task;
mod transfer;
mod undo;
mod verbs;

use axum::{
    Router,
    routing::{get, patch, post},
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
    let api = about_tasks().merge(about_keeping()).merge(about_all());
    Router::new().nest("/api/v1", api).with_state(deps)
}

fn about_tasks() -> Router<Deps> {
    Router::new()
        .route("/tasks", get(list::tasks).post(task::create))
        .route(
            "/tasks/{id}",
            get(task::read).patch(task::change).delete(task::delete),
        )
        .route("/tasks/{id}/complete", post(verbs::complete))
        .route("/tasks/{id}/reopen", post(verbs::reopen))
        .route("/tasks/{id}/drop", post(verbs::drop))
        .route("/tasks/{id}/reschedule", post(verbs::reschedule))
        .route("/tasks/{id}/skip", post(verbs::skip))
        .route("/tasks/{id}/move", post(verbs::place))
        .route("/tasks/{id}/restore", post(verbs::restore))
        .route("/tasks/{id}/duplicate", post(verbs::duplicate))
        .route("/tasks/{id}/purge", post(verbs::purge))
        .route("/tasks/{id}/snooze", post(ledger::snooze_task))
        .route("/tasks/{id}/history", get(history::of_task))
        .route(
            "/tasks/{id}/comments",
            get(comment::comments).post(comment::comment),
        )
        .route(
            "/comments/{id}",
            patch(comment::change_comment).delete(comment::delete_comment),
        )
        .route("/trash", get(list::trash).delete(verbs::empty_trash))
        .route("/series/{id}", get(series::series))
        .route("/series/{id}/end", post(series::end_series))
        .route("/series/{id}/pause", post(series::pause_series))
        .route("/series/{id}/resume", post(series::resume_series))
}

fn about_keeping() -> Router<Deps> {
    Router::new()
        .route("/lists", get(keep::lists).post(keep::create_list))
        .route(
            "/lists/{id}",
            get(keep::list)
                .patch(keep::change_list)
                .delete(keep::delete_list),
        )
        .route("/lists/{id}/restore", post(keep::restore_list))
        .route("/sections", get(keep::sections).post(keep::create_section))
        .route(
            "/sections/{id}",
            get(keep::section)
                .patch(keep::change_section)
                .delete(keep::delete_section),
        )
        .route("/tags", get(label::tags))
        .route(
            "/tags/{name}",
            patch(label::change_tag).delete(label::delete_tag),
        )
        .route("/views", get(label::views).post(label::create_view))
        .route(
            "/views/{id}",
            get(label::view)
                .patch(label::change_view)
                .delete(label::delete_view),
        )
}

fn about_all() -> Router<Deps> {
    Router::new()
        .route("/search", get(list::search))
        .route("/counts", get(list::counts))
        .route("/commands", post(bulk::commands))
        .route("/undo", post(undo::take_back))
        .route("/interpret", post(interpret::interpret))
        .route("/recurrence/preview", post(preview::preview))
        .route("/reminders", get(ledger::reminders))
        .route("/reminders/{id}/snooze", post(ledger::snooze))
        .route("/deliveries", get(ledger::deliveries))
        .route("/deliveries/{id}/retry", post(ledger::retry))
        .route("/export", get(transfer::export))
        .route("/import", post(transfer::import))
}
