//! The independent witness of the log: who did what to what when, before and after, by which client; and the proof of it.
//!
//! It keeps its own copy of every line (without content), notices when the log is not what it saw, signs the heads each hour and
//! at the end, and publishes them. `verify` compares the log with itself, with the copy and with what was signed.

mod handler;
mod head;
mod read;
#[cfg(test)]
mod tests;
mod verify;
mod witness;

pub use verify::{Broken, Report, SignedHead, Watched, verify_all};
pub use witness::{OpenError, Witness, signers, trust};

use axum::{Router, extract::FromRef};
use domain::event::EventKind;
use host::{Deps, Routes, api::Operation};
use std::sync::Arc;

/// What wakes it: all that is in the log. (A published head is copied as any other line; it is no reason to sign again.)
pub const SUBSCRIBES: &[EventKind] = &LOGGED;
/// What comes of it.
pub const EMITS: &[EventKind] = &[EventKind::AuditHead];

/// What is open to the outside: `GET /audit` and `GET /audit/verify`, of the person's own stream.
pub fn router(deps: Deps, witness: Arc<Witness>) -> Router {
    routes().router(House { deps, witness })
}

/// Its routes, described.
pub fn operations() -> Vec<Operation> {
    routes().operations()
}

fn routes() -> Routes<House> {
    Routes::about("audit")
        .get("/audit", read::lines)
        .says(
            "Lists who did what to what when. Before and after, by which client; the newest first.",
        )
        .answers::<read::Page<'static>>(200)
        .get("/audit/verify", read::verify)
        .says("Says whether the person's chain of events holds, or where it breaks.")
        .answers::<Report>(200)
        .below("/api/v1")
}

/// `POST /` takes the events.
pub fn events_router(deps: Deps, witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/", host::events::route(SUBSCRIBES, handler::on_event))
        .with_state(House { deps, witness })
}

/// What the handlers are given.
#[derive(Clone)]
struct House {
    deps: Deps,
    witness: Arc<Witness>,
}

impl FromRef<House> for Deps {
    fn from_ref(house: &House) -> Self {
        house.deps.clone()
    }
}

const LOGGED: [EventKind; count()] = {
    let mut kinds = [EventKind::AuditHead; count()];
    let (mut from, mut to) = (0, 0);
    while from < EventKind::ALL.len() {
        if !EventKind::ALL[from].is_internal() {
            kinds[to] = EventKind::ALL[from];
            to += 1;
        }
        from += 1;
    }
    kinds
};

const fn count() -> usize {
    let (mut at, mut count) = (0, 0);
    while at < EventKind::ALL.len() {
        if !EventKind::ALL[at].is_internal() {
            count += 1;
        }
        at += 1;
    }
    count
}
