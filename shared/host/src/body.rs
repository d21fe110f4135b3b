//! JSON bodies: exactly the shape that is asked for, or a problem that names the place.

mod read_only;
mod strict;

pub use strict::decode;

use crate::{Code, Problem};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use http::{HeaderMap, header};
use serde::de::DeserializeOwned;

/// The most a body may hold.
pub const LIMIT: usize = 1 << 20;
/// The most it may hold where [`LARGE`] says so.
pub const LARGE_LIMIT: usize = 8 << 20;
/// Where 8 MiB are allowed (API.md 2); events come in batches, so their route too.
pub const LARGE: &[&str] = &["/api/v1/commands", "/api/v1/import", "/"];

/// The end of the one path where a body may be a list.
const LISTS: &str = "/interpret";

/// A JSON body of that shape. Unknown fields, wrong types, doubled keys and NUL characters are refused by their place.
#[derive(Clone, Debug)]
pub struct Body<T>(pub T);

/// The body's bytes, read once by the edge, so that identity can hash what the handler reads.
#[derive(Clone, Debug)]
pub struct Raw(pub Bytes);

impl<T, S> FromRequest<S> for Body<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        is_json(request.headers())?;
        let list = request.uri().path().ends_with(LISTS);
        let raw = match request.extensions().get::<Raw>() {
            Some(raw) => raw.0.clone(),
            None => read(request.into_body(), LIMIT).await?,
        };
        if !list {
            no_list(&raw)?;
        }
        decode(&raw).map(Self)
    }
}

/// Reads a body whole, up to a limit.
///
/// # Errors
/// 413 beyond it; 400 when the client went away in the middle.
pub async fn read(body: axum::body::Body, limit: usize) -> Result<Bytes, Problem> {
    let known = axum::body::HttpBody::size_hint(&body).lower();
    if known > limit as u64 {
        return Err(too_large(limit));
    }
    axum::body::to_bytes(body, limit).await.map_err(|error| {
        let mut cause: Option<&dyn std::error::Error> = Some(&error);
        while let Some(error) = cause {
            if error.to_string().contains("length limit exceeded") {
                return too_large(limit);
            }
            cause = error.source();
        }
        Problem::new(
            Code::MalformedJson,
            "The body ended before it was complete. Send it again.",
        )
    })
}

fn too_large(limit: usize) -> Problem {
    let words = format!(
        "A body may hold {} MiB here. Send it in parts.",
        limit >> 20
    );
    Problem::new(Code::BodyTooLarge, words).param("limit", limit)
}

/// Refuses a list where an object is wanted: serde would read its entries as fields, by their place.
fn no_list(raw: &[u8]) -> Result<(), Problem> {
    let list = raw.trim_ascii_start().starts_with(b"[");
    if !list || serde_json::from_slice::<serde::de::IgnoredAny>(raw).is_err() {
        return Ok(());
    }
    let words = "`the body` is not right: it takes an object, not a list.";
    Err(Problem::field("", Code::FieldInvalid, words))
}

/// Only JSON: a form can be sent by any page of the world without asking.
fn is_json(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let mime = kind.and_then(|kind| kind.parse::<mime::Mime>().ok());
    let json = mime.is_some_and(|mime| {
        let plus = mime.suffix().is_some_and(|suffix| suffix == mime::JSON);
        mime.type_() == mime::APPLICATION && (mime.subtype() == mime::JSON || plus)
    });
    if json {
        return Ok(());
    }
    Err(Problem::new(
        Code::MediaTypeUnsupported,
        "Send JSON, with the header `Content-Type: application/json`.",
    ))
}

#[cfg(test)]
mod tests;
