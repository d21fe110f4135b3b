//! Requests, put together as a client would, and what came back.

use axum::{
    Router,
    body::{Body, BodyDataStream, to_bytes},
};
use futures::{FutureExt, StreamExt, future::BoxFuture};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header};
use serde_json::Value;
use std::future::IntoFuture;
use tower::ServiceExt;

/// A request on its way; awaiting it sends it.
#[must_use = "await it to send it"]
pub struct Ask {
    router: Router,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Body,
}

impl Ask {
    pub(crate) fn new(router: &Router, what: &str) -> Self {
        let (method, path) = what.split_once(' ').expect("a method and a path");
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("localhost:8700"));
        Self {
            router: router.clone(),
            method: method.parse().expect("a method"),
            path: path.to_owned(),
            headers,
            body: Body::empty(),
        }
    }

    /// With a header, in place of one of that name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header's name");
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header's value");
        self.headers.insert(name, value);
        self
    }

    /// Without a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// With a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    /// With whatever body.
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it, and reads what flows.
    pub async fn open(self) -> Pages {
        let response = self.send().await;
        let (parts, body) = response.into_parts();
        Pages {
            status: parts.status.as_u16(),
            flow: body.into_data_stream(),
            text: String::new(),
        }
    }

    async fn send(self) -> axum::response::Response {
        let mut request = Request::builder().method(self.method).uri(&self.path);
        *request.headers_mut().expect("a path that is a URI") = self.headers;
        let request = request.body(self.body).expect("a request");
        let sent = self.router.oneshot(request).await;
        sent.unwrap_or_else(|never| match never {})
    }
}

impl IntoFuture for Ask {
    type Output = Got;
    type IntoFuture = BoxFuture<'static, Got>;

    fn into_future(self) -> Self::IntoFuture {
        async {
            let (parts, body) = self.send().await.into_parts();
            let body = to_bytes(body, 1 << 26).await.expect("a whole body");
            Got {
                status: parts.status.as_u16(),
                headers: parts.headers,
                body: String::from_utf8_lossy(&body).into_owned(),
            }
        }
        .boxed()
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Got {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

impl Got {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The JSON of what went well.
    ///
    /// # Panics
    /// When it did not, with what was said.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!(
            (200..300).contains(&self.status),
            "{}: {}",
            self.status,
            self.body
        );
        self.json()
    }

    /// The problem's code; empty where there is none.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// A header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// Server-sent events, read one by one.
pub struct Pages {
    /// The status.
    pub status: u16,
    flow: BodyDataStream,
    text: String,
}

impl Pages {
    /// The next event: its name, its id and its data; none at the end.
    pub async fn next(&mut self) -> Option<(String, String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    let line = event.lines().find_map(|line| line.strip_prefix(name));
                    line.unwrap_or_default().trim_start().to_owned()
                };
                if event.lines().any(|line| line.starts_with("data:")) {
                    let data = serde_json::from_str(&field("data:")).unwrap_or_default();
                    return Some((field("event:"), field("id:"), data));
                }
                continue;
            }
            let piece = self.flow.next().await?.expect("the flow goes on");
            self.text.push_str(&String::from_utf8_lossy(&piece));
        }
    }
}
