//! Every open window sees the same: the log by cursor, by WebSocket, server-sent events or long poll.
//!
//! Subscribes to nothing: it reads the log. A socket is a hint with a cursor; a dropped one is normal, and the client asks for
//! what it missed.

mod changes;
mod feed;
mod socket;
mod stream;
#[cfg(test)]
mod tests;

pub use feed::Feed;

use axum::{Router, extract::FromRef};
use contract::schema::answers::Changes;
use domain::event::EventKind;
use host::{Deps, Routes, api::Operation};

/// What wakes it: windows only.
pub const SUBSCRIBES: &[EventKind] = &[];
/// What comes of it: nothing.
pub const EMITS: &[EventKind] = &[];

/// What its handlers are given.
#[derive(Clone)]
pub(crate) struct Live {
    deps: Deps,
    feed: Feed,
}

impl FromRef<Live> for Deps {
    fn from_ref(live: &Live) -> Self {
        live.deps.clone()
    }
}

/// Its routes.
pub fn router(deps: Deps, feed: &Feed) -> Router {
    routes().router(Live {
        deps,
        feed: feed.clone(),
    })
}

/// Its routes, described.
pub fn operations() -> Vec<Operation> {
    routes().operations()
}

fn routes() -> Routes<Live> {
    Routes::about("changes")
        .get("/changes", changes::changes)
        .says("Follows the log after a cursor. Answers at once when there is something new, else within 25 seconds; `after=now` says where the log ends.")
        .answers::<Changes>(200)
        .may(410)
        .get("/changes/socket", socket::socket)
        .says("Follows the log by WebSocket. Messages: hello, events, reset, bye.")
        .answers_with(101, "")
        .may(410)
        .get("/changes/stream", stream::stream)
        .says("Follows the log by server-sent events. Events: hello, events, reset, bye.")
        .header("Last-Event-ID", "Goes before `after`: where the line was lost.")
        .answers_with(200, "text/event-stream")
        .may(410)
        .below("/api/v1")
}
