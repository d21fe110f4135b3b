//! AWS Lambda in place of a listener: each invocation is a request, or a batch of events, for the same router.
//!
//! Requests come from API Gateway (both kinds), a load balancer or a function's own address. Events come from MSK, a Kafka of one's
//! own or SQS, each record a CloudEvent; see [`batch`].

mod batch;

use axum::{Router, body::Body, response::Response};
use http::header;
use lambda_http::{
    Adapter, Error, LambdaEvent, RequestExt, Service,
    lambda_runtime::{self, FunctionResponse, MetadataPrelude, StreamResponse},
    request::{LambdaRequest, RequestContext},
    service_fn,
};
use serde_json::{Value, value::RawValue};
use tower::ServiceExt;

/// What flows where answers flow.
type Flow = axum::body::BodyDataStream;

/// Answers invocations until the process is ended. `streams`: answers flow, as a function's address in the mode RESPONSE_STREAM wants
/// them; nothing else can read them then.
///
/// # Errors
/// When Lambda itself does not answer.
pub async fn serve(router: Router, streams: bool) -> Result<(), Error> {
    let answer = move |event| answer(router.clone(), streams, event);
    lambda_runtime::run(service_fn(answer)).await
}

async fn answer(
    router: Router,
    streams: bool,
    LambdaEvent { payload, context }: LambdaEvent<Box<RawValue>>,
) -> Result<FunctionResponse<Value, Flow>, Error> {
    if let Some(batch) = batch::read(payload.get())? {
        let report = batch::deliver(&router, batch).await?;
        return Ok(FunctionResponse::BufferedResponse(report));
    }
    let request: LambdaRequest = serde_json::from_str(payload.get())?;
    if streams {
        let response = ask(router, request.into()).await;
        return Ok(FunctionResponse::StreamingResponse(flowing(response)));
    }
    let ask = move |request| {
        let router = router.clone();
        async move { Ok::<_, Error>(ask(router, request).await) }
    };
    let mut adapter = Adapter::from(service_fn(ask));
    let event = LambdaEvent {
        payload: request,
        context,
    };
    let response = adapter.call(event).await?;
    Ok(FunctionResponse::BufferedResponse(serde_json::to_value(
        response,
    )?))
}

async fn ask(router: Router, request: lambda_http::Request) -> Response {
    let path = path(&request);
    let (mut parts, body) = request.into_parts();
    let path = match parts.uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    // Path and query alone, as a listener gets them; the host is in its header.
    if let Ok(uri) = path.parse() {
        parts.uri = uri;
    }
    let request = http::Request::from_parts(parts, Body::from(body.to_vec()));
    let answered = router.oneshot(request).await;
    answered.unwrap_or_else(|never| match never {})
}

/// The path without the stage, which is API Gateway's own matter.
fn path(request: &lambda_http::Request) -> String {
    let path = request.raw_http_path();
    let stage = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.stage.as_deref(),
        _ => None,
    };
    let below = stage.and_then(|stage| path.strip_prefix('/')?.strip_prefix(stage));
    match below {
        Some("") => "/".to_owned(),
        Some(below) if below.starts_with('/') => below.to_owned(),
        _ => path.to_owned(),
    }
}

fn flowing(response: Response) -> StreamResponse<Flow> {
    let (mut parts, body) = response.into_parts();
    let cookies = parts.headers.get_all(header::SET_COOKIE).iter();
    let cookies = cookies.filter_map(|cookie| cookie.to_str().ok().map(str::to_owned));
    let cookies = cookies.collect();
    parts.headers.remove(header::SET_COOKIE);
    StreamResponse {
        metadata_prelude: MetadataPrelude {
            status_code: parts.status,
            headers: parts.headers,
            cookies,
        },
        stream: body.into_data_stream(),
    }
}
