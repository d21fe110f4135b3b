//! What is answered when it went well.

use crate::PageQuery;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use store::{Committed, Doc, Page, StoreError};

/// A JSON answer with its version as the ETag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    said: store::Answer,
    replayed: bool,
    location: Option<String>,
}

impl Answer {
    /// 200 with this as JSON.
    pub fn json(value: &impl Serialize) -> Self {
        Self::raw(200, contract::doc::json(value))
    }

    /// A status with JSON that is written already; empty for none.
    pub fn raw(status: u16, body: impl Into<String>) -> Self {
        Self {
            said: store::Answer {
                status,
                body: body.into(),
                version: None,
            },
            replayed: false,
            location: None,
        }
    }

    /// 204: done, and there is nothing to say.
    pub fn empty() -> Self {
        Self::raw(204, "")
    }

    /// A record with its version.
    pub fn doc(doc: Doc) -> Self {
        let mut answer = Self::raw(200, doc.json);
        answer.said.version = Some(doc.version);
        answer
    }

    /// A page of a listing: `{"items", "next", "cursor"}`.
    pub fn page(page: &Page) -> Self {
        let items = page.items.iter().map(|doc| doc.json.as_str());
        Self::listing(items, page.next.as_deref(), &page.cursor)
    }

    /// The same of items that are written already.
    pub fn listing<'a>(
        items: impl IntoIterator<Item = &'a str>,
        next: Option<&str>,
        cursor: &str,
    ) -> Self {
        let items = items.into_iter().collect::<Vec<_>>().join(",");
        let next = contract::doc::json(&next);
        let cursor = contract::doc::json(&cursor);
        Self::raw(
            200,
            format!("{{\"items\":[{items}],\"next\":{next},\"cursor\":{cursor}}}"),
        )
    }

    /// The same of few items that were read whole, each with a name of its own: the cursor is the name of the last.
    ///
    /// # Errors
    /// `cursor_invalid` when no item has that name.
    pub fn part(
        items: &[(String, String)],
        query: &PageQuery,
        cursor: &str,
    ) -> Result<Self, StoreError> {
        let from = match &query.after {
            None => 0,
            Some(last) => {
                let place = items.iter().position(|(name, _)| name == last);
                place.ok_or(StoreError::CursorInvalid)? + 1
            }
        };
        let rest = &items[from..];
        let shown = &rest[..rest.len().min(query.limit.0 as usize)];
        let next = (shown.len() < rest.len()).then(|| shown.last()).flatten();
        let items = shown.iter().map(|(_, json)| json.as_str());
        Ok(Self::listing(
            items,
            next.map(|(name, _)| name.as_str()),
            cursor,
        ))
    }

    /// Says that it was given before, and nothing was done now.
    #[must_use]
    pub fn replayed(mut self, replayed: bool) -> Self {
        self.replayed = replayed;
        self
    }

    /// Says of a 201 where the new record is: below this path, by the id in the body.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        #[derive(Deserialize)]
        struct New {
            id: String,
        }
        if self.said.status == 201
            && let Ok(new) = serde_json::from_str::<New>(&self.said.body)
        {
            self.location = Some(format!("{path}/{}", new.id));
        }
        self
    }

    /// The body.
    pub fn body(&self) -> &str {
        &self.said.body
    }
}

impl From<Committed> for Answer {
    fn from(done: Committed) -> Self {
        Self {
            said: done.answer,
            replayed: done.replayed,
            location: None,
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let store::Answer {
            status,
            body,
            version,
        } = self.said;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
        let mut response = if body.is_empty() {
            status.into_response()
        } else {
            (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
        };
        let headers = response.headers_mut();
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-cache"),
        );
        if let Some(tag) =
            version.and_then(|version| HeaderValue::try_from(format!("\"{version}\"")).ok())
        {
            headers.insert(header::ETAG, tag);
        }
        if self.replayed {
            headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
        }
        if let Some(location) = self
            .location
            .and_then(|location| HeaderValue::try_from(location).ok())
        {
            headers.insert(header::LOCATION, location);
        }
        response
    }
}
