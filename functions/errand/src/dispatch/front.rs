//! One address for all functions: each request goes to the function that answers its path.

use super::processes::{Lent, Processes};
use anyhow::Context;
use axum::{
    Router,
    body::{Body, HttpBody},
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use errand::Function;
use futures::StreamExt;
use host::Problem;
use http::{HeaderMap, HeaderName, StatusCode, header};
use hyper_util::rt::TokioIo;
use std::sync::Arc;

/// What belongs to one connection, and is not handed on.
const HOP: [HeaderName; 5] = [
    header::CONNECTION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

#[derive(Clone)]
struct Front {
    processes: Arc<Processes>,
    client: reqwest::Client,
}

/// Answers everything.
pub(super) fn router(processes: Arc<Processes>) -> anyhow::Result<Router> {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()?;
    let front = Front { processes, client };
    Ok(Router::new().fallback(forward).with_state(front))
}

async fn forward(State(front): State<Front>, request: Request) -> Response {
    let Some(function) = Function::answering(request.uri().path()) else {
        return Problem::not_found("function").into_response();
    };
    let lent = match front.processes.lend(function.name).await {
        Ok(lent) => lent,
        Err(error) => return unavailable(function, &error),
    };
    match hand_on(&front.client, lent, request).await {
        Ok(response) => response,
        Err(error) => unavailable(function, &error),
    }
}

fn unavailable(function: &Function, error: &anyhow::Error) -> Response {
    tracing::error!(function = function.name, "{error:#}");
    Problem::unavailable("This part of Errand does not answer now.").into_response()
}

async fn hand_on(
    client: &reqwest::Client,
    lent: Lent,
    mut request: Request,
) -> anyhow::Result<Response> {
    let upgrade = request.headers().get(header::UPGRADE).cloned();
    let theirs = upgrade.is_some().then(|| hyper::upgrade::on(&mut request));
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut headers = end_to_end(&parts.headers);
    if let Some(kind) = upgrade {
        headers.insert(
            header::CONNECTION,
            header::HeaderValue::from_static("upgrade"),
        );
        headers.insert(header::UPGRADE, kind);
    }
    let mut sent = client
        .request(parts.method, format!("{}{path}", lent.base()))
        .headers(headers);
    if !body.is_end_stream() {
        sent = sent.body(reqwest::Body::wrap_stream(body.into_data_stream()));
    }
    let answer = sent.send().await?;
    let status = answer.status();
    let headers = answer.headers().clone();
    if status == StatusCode::SWITCHING_PROTOCOLS {
        let theirs = theirs.context("it was not asked to switch")?;
        tokio::spawn(async move {
            if let (Ok(theirs), Ok(mut ours)) = (theirs.await, answer.upgrade().await) {
                let mut theirs = TokioIo::new(theirs);
                let _closed = tokio::io::copy_bidirectional(&mut theirs, &mut ours).await;
            }
            drop(lent);
        });
        let mut response = status.into_response();
        *response.headers_mut() = headers;
        return Ok(response);
    }
    // The process is held until the last byte has gone through.
    let flowing = answer.bytes_stream().map(move |bytes| {
        let _held = &lent;
        bytes
    });
    let mut response = (status, Body::from_stream(flowing)).into_response();
    *response.headers_mut() = end_to_end(&headers);
    Ok(response)
}

fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in HOP {
        headers.remove(name);
    }
    headers
}
