//! Problems (RFC 9457): the one shape of everything that goes wrong, with a code that stays and words that say what to do.

mod codes;
mod from;

pub use codes::Code;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};

/// What went wrong, for the person and for the program. Internals are logged where they happen and never stand in here.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem(Box<Parts>);

#[derive(Clone, Debug, PartialEq)]
struct Parts {
    code: Code,
    detail: String,
    errors: Vec<Fault>,
    more: Map<String, Value>,
    retry_after: Option<u32>,
}

/// One thing that is wrong with the request.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fault {
    /// Where, as a JSON pointer (RFC 6901); empty for the whole.
    pub pointer: String,
    /// What, as a code of API.md 7.
    pub code: &'static str,
    /// What a program needs to make its own words: limits, names.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub params: Map<String, Value>,
}

/// The answer of everything that can go wrong.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

impl Problem {
    /// A problem in words that say what to do; they become a sentence.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            code,
            detail: sentence(&detail.into()),
            errors: Vec::new(),
            more: Map::new(),
            retry_after: None,
        }))
    }

    /// Nothing of that kind, or somebody else's: the answer is the same.
    pub fn not_found(what: &str) -> Self {
        let words = format!(
            "There is no such {what}. It may have been deleted, or it belongs to somebody else."
        );
        Self::new(Code::NotFound, words)
    }

    /// One field is wrong.
    pub fn field(pointer: impl Into<String>, code: Code, detail: impl Into<String>) -> Self {
        Self::new(code, detail).with(pointer, code)
    }

    /// A fault of ours; the cause is logged here and not shown.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a fault of ours was answered with 500");
        Self::new(
            Code::Internal,
            "Something went wrong on our side. Nothing was changed; try again in a moment.",
        )
    }

    /// Not now.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(Code::Unavailable, detail).retry_after(2)
    }

    /// Names one more place that is wrong.
    #[must_use]
    pub fn with(mut self, pointer: impl Into<String>, code: Code) -> Self {
        self.0.errors.push(Fault {
            pointer: pointer.into(),
            code: code.name(),
            params: Map::new(),
        });
        self
    }

    /// Says a parameter of the last place named, or of the whole when none was.
    #[must_use]
    pub fn param(mut self, name: &str, value: impl Into<Value>) -> Self {
        if self.0.errors.is_empty() {
            let code = self.code();
            self = self.with("", code);
        }
        if let Some(last) = self.0.errors.last_mut() {
            last.params.insert(name.to_owned(), value.into());
        }
        self
    }

    /// A member of its own beside the standard ones: `conflicts`, `left`, `diff`.
    #[must_use]
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.more.insert(name.to_owned(), value.into());
        self
    }

    /// The record as it is now, for somebody who has to choose between two values.
    #[must_use]
    pub fn current(self, doc: &store::Doc) -> Self {
        let value = serde_json::from_str(&doc.json).unwrap_or(Value::Null);
        self.member("current", value)
    }

    /// When to try again, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The words.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The places that are wrong.
    pub fn errors(&self) -> &[Fault] {
        &self.0.errors
    }

    /// As JSON, for a place in a list of results.
    pub fn to_json(&self) -> Value {
        let Parts {
            code,
            detail,
            errors,
            more,
            ..
        } = &*self.0;
        let mut all = Map::new();
        all.insert(
            "type".into(),
            format!("urn:errand:problem:{}", code.name()).into(),
        );
        all.insert("title".into(), code.title().into());
        all.insert("status".into(), code.status().into());
        all.insert("detail".into(), detail.as_str().into());
        all.insert("code".into(), code.name().into());
        if !errors.is_empty() {
            all.insert(
                "errors".into(),
                serde_json::to_value(errors).unwrap_or_default(),
            );
        }
        all.extend(more.clone());
        Value::Object(all)
    }
}

/// The words with a capital letter and a full stop: what says them further down knows no sentences.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let end = if words.ends_with(['.', '?', '!']) {
        ""
    } else {
        "."
    };
    first.chain(letters).chain(end.chars()).collect()
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = self.to_json().to_string();
        let mut response = (
            status,
            [(header::CONTENT_TYPE, "application/problem+json")],
            body,
        )
            .into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.code() == Code::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests;
