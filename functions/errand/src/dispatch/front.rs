//! One address for all functions: each request goes to the function that answers its path. For `errand dispatch
//! --scale-to-zero`, and by itself as `errand front`, where Knative runs the functions: that routes by host name alone.

use super::{
    processes::{Lent, Processes},
    targets,
};
use anyhow::{Context, bail};
use axum::{
    Router,
    body::{Body, HttpBody},
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::get,
};
use errand::{FUNCTIONS, Function};
use futures::StreamExt;
use host::{Answer, Config, Problem, serve, telemetry};
use http::{HeaderMap, HeaderName, StatusCode, header};
use hyper_util::rt::TokioIo;
use std::{collections::BTreeMap, sync::Arc};

/// What belongs to one connection, and is not handed on.
const HOP: [HeaderName; 5] = [
    header::CONNECTION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Where `errand front` finds the functions.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Where a function is, as tasks=http://tasks.example; each that answers requests must be named
    #[arg(
        long = "to",
        value_name = "NAME=URL",
        value_delimiter = ',',
        env = "ERRAND_FRONT_TO"
    )]
    to: Vec<String>,
}

/// Hands requests on until it is asked to stop. It opens no database and knows no secret.
pub(crate) async fn front(config: Config, options: Options) -> anyhow::Result<()> {
    telemetry::init(&config.log).map_err(anyhow::Error::msg)?;
    let targets = targets(&options.to)?;
    let answering = || FUNCTIONS.iter().filter(|one| !one.paths.is_empty());
    if let Some(lost) = answering().find(|one| !targets.contains_key(one.name)) {
        bail!("--to: where is {}? Say --to {0}=URL", lost.name);
    }
    let listener = serve::bind(config.listen)
        .await
        .map_err(anyhow::Error::msg)?;
    let stop = serve::shutdown_on_signals()?;
    let up = || async { Answer::raw(200, r#"{"status":"ok"}"#) };
    let probes = Router::new()
        .route("/health", get(up))
        .route("/live", get(up))
        .route("/ready", get(up));
    let router = probes.merge(router(Places::Addresses(Arc::new(targets)))?);
    tracing::info!(listen = %listener.local_addr()?, "hands on");
    serve::serve(listener, router, stop).await?;
    Ok(())
}

/// Where functions are.
#[derive(Clone)]
pub(super) enum Places {
    /// Processes of our own, started when they are needed.
    Processes(Arc<Processes>),
    /// Somewhere else, each known by a host name of its own.
    Addresses(Arc<BTreeMap<&'static str, String>>),
}

/// Where one is, while this is held.
enum Place {
    Process(Lent),
    Address(String),
}

impl Places {
    async fn find(&self, name: &str) -> anyhow::Result<Place> {
        Ok(match self {
            Self::Processes(processes) => Place::Process(processes.lend(name).await?),
            Self::Addresses(addresses) => {
                let address = addresses.get(name).context("it has no address")?;
                Place::Address(address.clone())
            }
        })
    }
}

impl Place {
    fn base(&self) -> &str {
        match self {
            Self::Process(lent) => lent.base(),
            Self::Address(address) => address,
        }
    }
}

#[derive(Clone)]
struct Front {
    places: Places,
    client: reqwest::Client,
}

/// Answers everything.
pub(super) fn router(places: Places) -> anyhow::Result<Router> {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()?;
    let front = Front { places, client };
    Ok(Router::new().fallback(forward).with_state(front))
}

async fn forward(State(front): State<Front>, request: Request) -> Response {
    let Some(function) = Function::answering(request.uri().path()) else {
        return Problem::not_found("function").into_response();
    };
    let place = match front.places.find(function.name).await {
        Ok(place) => place,
        Err(error) => return unavailable(function, &error),
    };
    match hand_on(&front.client, place, request).await {
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
    place: Place,
    mut request: Request,
) -> anyhow::Result<Response> {
    let upgrade = request.headers().get(header::UPGRADE).cloned();
    let theirs = upgrade.is_some().then(|| hyper::upgrade::on(&mut request));
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut headers = end_to_end(&parts.headers);
    if let Place::Address(_) = place {
        headers.remove(header::HOST); // it is called by its own name, which is how it is found
    }
    if let Some(kind) = upgrade {
        headers.insert(
            header::CONNECTION,
            header::HeaderValue::from_static("upgrade"),
        );
        headers.insert(header::UPGRADE, kind);
    }
    let mut sent = client
        .request(parts.method, format!("{}{path}", place.base()))
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
            drop(place);
        });
        let mut response = status.into_response();
        *response.headers_mut() = headers;
        return Ok(response);
    }
    // The process is held until the last byte has gone through.
    let flowing = answer.bytes_stream().map(move |bytes| {
        let _held = &place;
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
