//! `/health`, `/ready` and `/live`: for probes, without identity.

use crate::{Answer, Deps, Problem};
use axum::{Router, routing::get};
use jiff::SignedDuration;

pub(crate) fn routes(deps: Deps) -> Router {
    Router::new()
        .route("/health", get(up))
        .route("/live", get(up))
        .route("/ready", get(ready))
        .with_state(deps)
}

/// The process answers: it is there, and not stuck.
async fn up() -> Answer {
    Answer::raw(200, r#"{"status":"ok"}"#)
}

/// The store answers within two seconds.
async fn ready(deps: Deps) -> Result<Answer, Problem> {
    let late = deps
        .clock
        .sleep_until(deps.clock.now() + SignedDuration::from_secs(2));
    tokio::select! {
        biased;
        now = deps.store.now() => { now?; }
        () = late => return Err(Problem::unavailable("The database does not answer.")),
    }
    Ok(Answer::raw(200, r#"{"status":"ready"}"#))
}
