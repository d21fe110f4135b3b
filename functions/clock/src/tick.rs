//! What Dapr's cron binding calls. A tick is only a hint: it wakes the scan where it sleeps, and is ignored where it runs.

use axum::{Router, extract::State, routing::post};
use host::{Code, Deps, Problem, config::Cron};
use http::{HeaderMap, StatusCode};
use std::sync::Arc;
use tokio::sync::Notify;

/// Wakes a clock that sleeps.
#[derive(Clone, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    /// Rings. Nobody hears it while a turn is under way.
    pub fn ring(&self) {
        self.0.notify_waiters();
    }

    /// Returns at the next ring.
    pub(crate) async fn rings(&self) {
        self.0.notified().await;
    }
}

/// Who may ring, and what.
#[derive(Clone)]
struct Ticks {
    deps: Deps,
    bell: Bell,
    /// The hash of the sidecar's token, so that comparing takes as long whatever is shown.
    token: String,
}

/// `POST /NAME` is a tick, and `OPTIONS /NAME` says that it may come.
pub fn ticks(deps: Deps, cron: &Cron, bell: Bell) -> Router {
    let token = deps.key.hash("tick", cron.token.reveal());
    let path = format!("/{}", cron.name);
    Router::new()
        .route(&path, post(tick).options(bound))
        .with_state(Ticks { deps, bell, token })
}

/// The answer is thrown away, so it is given at once: slow ticks would only pile up.
async fn tick(State(ticks): State<Ticks>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    let shown = headers.get("dapr-api-token");
    let shown = shown.and_then(|token| token.to_str().ok());
    let known = shown.is_some_and(|token| ticks.deps.key.hash("tick", token) == ticks.token);
    if !known {
        let words = "Only the sidecar ticks: it shows APP_API_TOKEN in the header dapr-api-token.";
        return Err(Problem::new(Code::Unauthenticated, words));
    }
    tracing::debug!("a tick");
    ticks.bell.ring();
    Ok(StatusCode::NO_CONTENT)
}

async fn bound() -> StatusCode {
    StatusCode::NO_CONTENT
}
