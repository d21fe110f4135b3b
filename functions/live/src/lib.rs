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

use axum::{Router, extract::FromRef, routing::get};
use domain::event::EventKind;
use host::Deps;

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
    Router::new()
        .route("/api/v1/changes", get(changes::changes))
        .route("/api/v1/changes/socket", get(socket::socket))
        .route("/api/v1/changes/stream", get(stream::stream))
        .with_state(Live {
            deps,
            feed: feed.clone(),
        })
}
