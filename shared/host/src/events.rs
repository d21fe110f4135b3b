//! What wakes a function: `POST /` with a CloudEvent in binary, structured or batch mode; `OPTIONS /` says that it may be sent.
//!
//! The answer tells the dispatcher what to do (DESIGN.md 4.4): 204 without a body is done; 503 means again; 400, 415 and 422
//! mean never again. An event of a type that is not subscribed is done; a version we do not know yet is 503. Of a batch the
//! events are handled in order and the first that is not done gives the answer; the header `errand-done` then says how many
//! were done before it.

mod attributes;
mod envelope;
mod incoming;

pub use envelope::{Data, Envelope};
pub use incoming::Incoming;

use crate::{Code, Problem, body};
use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::{MethodRouter, post},
};
use domain::{event::EventKind, refusal::Refusal};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use std::error::Error;
use store::{Committed, StoreError};

/// What a handler made of an event. There is no third kind of failure: again, or never.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has its effect, or needs none.
    Done,
    /// Not now: deliver it again.
    Later(String),
    /// Not ever: to the dead letters.
    Never(String),
}

impl From<StoreError> for Outcome {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(Refusal::NotFound(_) | Refusal::Purged) => Self::Done, // gone meanwhile: nothing to do
            StoreError::Refused(refusal) => Self::Never(refusal.to_string()),
            StoreError::KeyReused
            | StoreError::CursorInvalid
            | StoreError::CursorGone
            | StoreError::Unsupported(_)
            | StoreError::Unfit(_) => Self::Never(error.to_string()),
            StoreError::InFlight
            | StoreError::Unavailable(_)
            | StoreError::Full(_)
            | StoreError::Damaged(_)
            | StoreError::Corrupt(_) => {
                let cause = error.source().map(ToString::to_string);
                tracing::warn!(cause, "an event is put off: {error}");
                Self::Later(error.to_string())
            }
        }
    }
}

impl From<Result<Committed, StoreError>> for Outcome {
    fn from(result: Result<Committed, StoreError>) -> Self {
        result.map_or_else(Self::from, |_| Self::Done)
    }
}

impl From<Result<(), StoreError>> for Outcome {
    fn from(result: Result<(), StoreError>) -> Self {
        result.map_or_else(Self::from, |()| Self::Done)
    }
}

/// The route of a function's events: `Router::new().route("/", events::route(SUBSCRIBES, on_event)).with_state(deps)`, where
/// `async fn on_event(deps: Deps, event: Incoming) -> Outcome`.
pub fn route<S, H, F>(subscribes: &'static [EventKind], handler: H) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
    H: Fn(S, Incoming) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Outcome> + Send,
{
    let take = move |State(state): State<S>, request: Request| async move {
        match envelopes(request).await {
            Ok(envelopes) => {
                deliver(envelopes, subscribes, |event| handler(state.clone(), event)).await
            }
            Err(problem) => problem.into_response(),
        }
    };
    post(take).options(permission)
}

/// A sender asks beforehand whether it may send (CloudEvents' HTTP 1.1 Web Hooks, section 4): it may, as often as it likes. Who can
/// reach this route at all is the network's matter.
async fn permission(headers: HeaderMap) -> Response {
    let mut answer = HeaderMap::new();
    answer.insert(header::ALLOW, HeaderValue::from_static("POST, OPTIONS"));
    if let Some(origin) = headers.get("webhook-request-origin") {
        answer.insert("webhook-allowed-origin", origin.clone());
        answer.insert("webhook-allowed-rate", HeaderValue::from_static("*"));
    }
    (StatusCode::OK, answer).into_response()
}

async fn envelopes(request: Request) -> Result<Vec<Envelope>, Problem> {
    let (parts, body) = request.into_parts();
    let bytes = body::read(body, body::LARGE_LIMIT).await?;
    envelope::read(&parts.headers, &bytes)
}

async fn deliver<F>(
    envelopes: Vec<Envelope>,
    subscribes: &[EventKind],
    handle: impl Fn(Incoming) -> F,
) -> Response
where
    F: Future<Output = Outcome>,
{
    for (done, envelope) in envelopes.into_iter().enumerate() {
        let outcome = match Incoming::of(envelope, subscribes) {
            Ok(Some(event)) => handle(event).await,
            Ok(None) => Outcome::Done,
            Err(outcome) => outcome,
        };
        let problem = match outcome {
            Outcome::Done => continue,
            Outcome::Later(words) => Problem::unavailable(words),
            Outcome::Never(words) => Problem::new(Code::FieldInvalid, words),
        };
        let mut response = problem.into_response();
        response
            .headers_mut()
            .insert("errand-done", HeaderValue::from(done));
        return response;
    }
    StatusCode::NO_CONTENT.into_response()
}

#[cfg(test)]
mod tests;
