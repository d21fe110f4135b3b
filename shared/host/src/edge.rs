//! What stands around every router once: the right host, the right origin, a body of a bearable size, time, panics, the log.

mod accept;
mod guard;

use crate::{Code, Deps, Problem, body, health, rates::Slot};
use axum::{
    Router,
    body::Body,
    extract::{MatchedPath, Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use jiff::SignedDuration;
use std::{panic::AssertUnwindSafe, time::Instant};
use tracing::Instrument;

/// How long a request may take to be answered. Streams are answered at once and flow on.
const DEADLINE: SignedDuration = SignedDuration::from_secs(60);

/// Puts the edge around all routers of a process: `edge(tasks::router(..).merge(web::router(..)), &deps)`.
/// Adds `/health`, `/ready` and `/live`; what no route takes is answered with a problem.
pub fn edge(router: Router, deps: &Deps) -> Router {
    router
        .merge(health::routes().router(deps.clone()))
        .fallback(nothing)
        .method_not_allowed_fallback(not_that_way)
        .layer(from_fn_with_state(deps.clone(), around))
}

async fn nothing(request: Request) -> Problem {
    let words = format!(
        "There is nothing at {}. /openapi.json lists what there is.",
        request.uri().path()
    );
    Problem::new(Code::NotFound, words)
}

async fn not_that_way(request: Request) -> Problem {
    let words = format!(
        "{} does not take {}. The Allow header names what it takes.",
        request.uri().path(),
        request.method()
    );
    Problem::new(Code::MethodNotAllowed, words)
}

async fn around(State(deps): State<Deps>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let slot = Slot::default();
    request.extensions_mut().insert(slot.clone());
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("-", MatchedPath::as_str)
        .to_owned();
    let tag = seen_tag(&method, request.headers());
    let span = tracing::info_span!("request", %method, route);
    let answer = AssertUnwindSafe(admitted(&deps, request, &route, next)).catch_unwind();
    let mut response = async {
        tokio::select! {
            biased;
            answer = answer => answer
                .unwrap_or_else(|_| Err(Problem::internal(&"a handler panicked")))
                .unwrap_or_else(IntoResponse::into_response),
            () = deps.clock.sleep_until(deps.clock.now() + DEADLINE) => {
                tracing::error!("no answer within {} s", DEADLINE.as_secs());
                Problem::unavailable("It took too long. It may have been done all the same: look before you send it again.").into_response()
            }
        }
    }
    .instrument(span.clone())
    .await;
    if tag.is_some_and(|tag| unchanged(&response, &tag)) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_TYPE);
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    if let Some(standing) = slot.standing() {
        standing.say(response.headers_mut());
    }
    response.headers_mut().insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    let ms = began.elapsed().as_secs_f64() * 1_000.0;
    span.in_scope(|| tracing::debug!(status = response.status().as_u16(), ms, "answered"));
    response
}

/// Looks at who asks from where, and reads the body once.
async fn admitted(
    deps: &Deps,
    request: Request,
    route: &str,
    next: Next,
) -> Result<Response, Problem> {
    guard::host(&deps.config, request.uri(), request.headers())?;
    guard::origin(&deps.config, &request)?;
    accept::accept(request.uri().path(), request.headers())?;
    if matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    ) {
        return Ok(next.run(request).await);
    }
    let limit = if body::LARGE.contains(&route) {
        body::LARGE_LIMIT
    } else {
        body::LIMIT
    };
    let (mut parts, body) = request.into_parts();
    let bytes = body::read(body, limit).await?;
    parts.extensions.insert(body::Raw(bytes.clone()));
    Ok(next
        .run(Request::from_parts(parts, Body::from(bytes)))
        .await)
}

/// The ETag that the caller has already (`If-None-Match`).
fn seen_tag(method: &Method, headers: &HeaderMap) -> Option<String> {
    let asked = matches!(*method, Method::GET | Method::HEAD);
    let tag = headers.get(header::IF_NONE_MATCH).filter(|_| asked)?;
    tag.to_str().ok().map(str::to_owned)
}

fn unchanged(response: &Response, seen: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let tag = response
        .headers()
        .get(header::ETAG)
        .and_then(|tag| tag.to_str().ok())
        .map(bare);
    response.status() == StatusCode::OK
        && tag.is_some_and(|tag| seen.split(',').any(|seen| bare(seen) == tag))
}

#[cfg(test)]
mod tests;
