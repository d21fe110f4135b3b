//! Every route is asked, and every answer checked against the document: its status, its headers, its media type, its shape.

use super::{day, documented};
use errand::Functions;
use house_tests::house;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    sync::{LazyLock, Mutex},
};
use testkit::{Got, Person};

static DOCUMENT: LazyLock<Value> = LazyLock::new(Functions::openapi);

/// Somebody whose every answer is checked.
pub(super) struct Checked<'a> {
    pub(super) person: &'a Person,
    pub(super) asked: &'a Mutex<BTreeSet<String>>,
}

impl Checked<'_> {
    /// Asks a route: `POST /tasks/{id}/complete`, with what stands for `{…}`, and a body where it is not null.
    pub(super) async fn ask(&self, route: &str, with: &str, body: Value, status: u16) -> Value {
        self.with_headers(route, with, body, status, &[]).await
    }

    pub(super) async fn with_headers(
        &self,
        route: &str,
        with: &str,
        body: Value,
        status: u16,
        headers: &[(&str, &str)],
    ) -> Value {
        let (method, template) = route.split_once(' ').unwrap();
        let (template, query) = template
            .split_once('?')
            .map_or((template, String::new()), |(path, query)| {
                (path, format!("?{query}"))
            });
        let below = format!("/api/v1{template}");
        let known = DOCUMENT["paths"][&below].is_object();
        let template = if known { below } else { template.to_owned() };
        let path = template.replace("{id}", with).replace("{name}", with);
        let mut ask = self.person.raw(&format!("{method} {path}{query}"));
        for (name, value) in headers {
            ask = ask.header(name, value);
        }
        let got = if body.is_null() {
            ask.await
        } else {
            ask.json(&body).await
        };
        assert_eq!(got.status, status, "{method} {path}: {}", got.body);
        check(method, &template, &got);
        self.asked
            .lock()
            .unwrap()
            .insert(format!("{method} {template}"));
        got.json()
    }
}

/// An answer is as the document says.
pub(super) fn check(method: &str, path: &str, got: &Got) {
    let operation = &DOCUMENT["paths"][path][method.to_lowercase()];
    assert!(
        operation.is_object(),
        "{method} {path} is not in the document"
    );
    let mut answer = &operation["responses"][got.status.to_string()];
    assert!(
        answer.is_object(),
        "{method} {path} may not answer {}: {}",
        got.status,
        got.body
    );
    if let Some(reference) = answer["$ref"].as_str() {
        answer = DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap();
    }
    for name in ["etag", "location", "ratelimit"] {
        let said = answer["headers"]
            .as_object()
            .is_some_and(|all| all.keys().any(|key| key.eq_ignore_ascii_case(name)));
        let problem = got.status >= 400;
        assert!(
            problem || said != got.header(name).is_empty(),
            "{method} {path}: the header {name}"
        );
    }
    let media = got
        .header("content-type")
        .split(';')
        .next()
        .unwrap_or_default();
    let Some(content) = answer["content"].as_object() else {
        assert_eq!(got.body, "", "{method} {path}");
        return;
    };
    let content = content
        .get(media)
        .unwrap_or_else(|| panic!("{method} {path} answers {media}, not {content:?}"));
    if media.ends_with("json") {
        let faults = testkit::schema::faults(&DOCUMENT, &content["schema"], &got.json());
        assert_eq!(
            faults,
            Vec::<String>::new(),
            "{method} {path}: {}",
            got.body
        );
    }
}

pub(super) fn id(record: &Value) -> String {
    record["id"]
        .as_str()
        .unwrap_or_else(|| panic!("no id: {record}"))
        .to_owned()
}

#[tokio::test]
async fn every_answer_is_as_published() {
    let house = house("2026-11-23T09:00 Europe/Berlin").await;
    let asked = day::whole(&house).await;
    // Lines that stay open have stories of their own.
    let flows = [
        "GET /api/v1/changes/socket",
        "GET /api/v1/changes/stream",
        "GET /api/v1/assistant/messages/{id}/stream",
    ];
    let left: Vec<_> = documented()
        .into_iter()
        .filter(|route| !asked.contains(route) && !flows.contains(&route.as_str()))
        .collect();
    assert_eq!(left, Vec::<String>::new(), "routes that nobody asked");
}
