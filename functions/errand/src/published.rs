//! What is published of the house: its routes as OpenAPI, its events as AsyncAPI, and both as a page to read.

mod page;

use crate::{FUNCTIONS, Functions};
use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use contract::asyncapi;
use domain::event::EventKind;
use host::{Problem, Routes, api::Operation};
use http::header;
use serde_json::Value;
use std::sync::LazyLock;

impl Functions {
    /// Every route that is open to the outside, but for the page's own files.
    pub fn operations() -> Vec<Operation> {
        let mut all = tasks::operations();
        all.extend(chat::operations());
        all.extend(live::operations());
        all.extend(audit::operations());
        all.extend(accounts::operations());
        all.extend(routes().operations());
        all.extend(host::health::routes().operations());
        all
    }

    /// The OpenAPI document.
    pub fn openapi() -> Value {
        host::api::document(&Self::operations())
    }

    /// The AsyncAPI document.
    pub fn asyncapi() -> Value {
        let functions = FUNCTIONS.iter().map(|function| asyncapi::Function {
            name: function.name,
            subscribes: function.subscribes,
            emits: function.emits,
        });
        asyncapi::document(&functions.collect::<Vec<_>>())
    }
}

/// What reads: anybody may, it says nothing of anybody.
pub(crate) fn routes() -> Routes<()> {
    Routes::about("documents")
        .get("/openapi.json", openapi)
        .says("Describes every route (OpenAPI 3.1).")
        .answers::<serde_json::Map<String, Value>>(200)
        .get("/asyncapi.json", asyncapi)
        .says("Describes every event (AsyncAPI 3.0).")
        .answers::<serde_json::Map<String, Value>>(200)
        .get("/schemas/{name}", schema)
        .says("Describes one type of event (JSON Schema 2020-12). By its type: `errand.task.created.v1`.")
        .answers_with(200, "application/schema+json")
        .may(404)
        .get("/docs", docs)
        .says("Shows the first two as a page.")
        .answers_with(200, "text/html")
        .get("/docs.css", style)
        .says("The look of that page.")
        .answers_with(200, "text/css")
}

// Made when they are first asked for: a start waits for none of them.
static OPENAPI: LazyLock<String> = LazyLock::new(|| Functions::openapi().to_string());
static ASYNCAPI: LazyLock<String> = LazyLock::new(|| Functions::asyncapi().to_string());
static PAGE: LazyLock<String> =
    LazyLock::new(|| page::written(&Functions::openapi(), &Functions::asyncapi()));

async fn openapi() -> Response {
    answer("application/json", &OPENAPI)
}

async fn asyncapi() -> Response {
    answer("application/json", &ASYNCAPI)
}

async fn schema(Path(name): Path<String>) -> Result<Response, Problem> {
    let mut kinds = EventKind::ALL.iter();
    let kind = kinds
        .find(|kind| kind.type_name() == name)
        .ok_or_else(|| Problem::not_found("type of event; /asyncapi.json lists them"))?;
    let schema = contract::schema::event::document(*kind).to_string();
    Ok(([(header::CONTENT_TYPE, "application/schema+json")], schema).into_response())
}

async fn docs() -> Response {
    answer("text/html; charset=utf-8", &PAGE)
}

async fn style() -> Response {
    answer(
        "text/css; charset=utf-8",
        include_str!("published/page.css"),
    )
}

/// There is no script on that page, and nothing of anybody else's.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn answer(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, text).into_response()
}
