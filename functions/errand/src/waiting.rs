//! A function that is started while its database is away: it says that it is not ready, and does not end, so that nobody starts it
//! again and again; and it goes on when the database is back.

use crate::app::App;
use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use host::{Answer, Config, Problem};
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};
use store::OpenError;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// Between two tries.
const PAUSE: Duration = Duration::from_secs(1);

/// What answers until the function does, and then hands on to it.
#[derive(Clone, Default)]
pub(crate) struct Waiting(Arc<OnceLock<Router>>);

impl Waiting {
    /// For the listener.
    pub(crate) fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    /// From now on the function answers.
    pub(crate) fn is_over(&self, function: Router) {
        let _once = self.0.set(function);
    }
}

async fn answer(State(waiting): State<Waiting>, request: Request) -> Response {
    if let Some(function) = waiting.0.get() {
        let Ok(response) = function.clone().oneshot(request).await;
        return response;
    }
    // It lives; whoever restarts what does not would only begin anew. `/health` is asked by who waits for it to be open.
    if request.uri().path() == "/live" {
        return Answer::raw(200, r#"{"status":"ok"}"#).into_response();
    }
    Problem::unavailable("The database does not answer.").into_response()
}

/// Opens the house, as soon as its database lets it; none when it was asked to stop before.
///
/// # Errors
/// For whatever else is wrong: a setting, a password, tables that are not ours.
pub(crate) async fn open(config: &Config, stop: &CancellationToken) -> anyhow::Result<Option<App>> {
    let mut said = String::new();
    loop {
        let words = match App::open(config.clone()).await {
            Err(error) if is_away(&error) => format!("{error:#}"),
            opened => return opened.map(Some),
        };
        if words != said {
            tracing::error!("{words}; it is tried again");
            said = words;
        }
        let pause = stop.run_until_cancelled(tokio::time::sleep(PAUSE));
        if pause.await.is_none() {
            return Ok(None);
        }
    }
}

/// Whether it may come back by itself.
fn is_away(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref(),
        Some(OpenError::Unreachable { .. } | OpenError::Unavailable { .. })
    )
}
