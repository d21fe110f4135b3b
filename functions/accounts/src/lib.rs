//! The person: who they are, what they set, their programs' tokens, and how a browser is signed in.

mod link;
mod me;
mod tokens;

pub use link::{new_link, new_token};

use axum::{
    Router,
    routing::{delete, get, post},
};
use domain::event::EventKind;
use host::Deps;

/// What wakes it beside requests: nothing.
pub const SUBSCRIBES: &[EventKind] = &[];
/// What comes of it.
pub const EMITS: &[EventKind] = &[
    EventKind::SettingsChanged,
    EventKind::SignedIn,
    EventKind::TokenCreated,
    EventKind::TokenRevoked,
];

/// Its routes.
pub fn router(deps: Deps) -> Router {
    let api = Router::new()
        .route("/me", get(me::me))
        .route("/me/settings", get(me::settings).patch(me::change_settings))
        .route("/me/channels", get(me::channels))
        .route("/me/tokens", get(tokens::all).post(tokens::create))
        .route("/me/tokens/{id}", delete(tokens::revoke))
        .route("/me/sign-out", post(link::sign_out));
    Router::new()
        .route("/sign-in", get(link::sign_in))
        .nest("/api/v1", api)
        .with_state(deps)
}
