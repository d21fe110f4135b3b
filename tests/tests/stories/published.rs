//! What the outside is told holds: `/openapi.json` and `/asyncapi.json` against the house itself.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

mod answers;
mod day;
mod events;
mod rates;

use domain::event::Topic;
use errand::{FUNCTIONS, Functions};
use expect_test::expect_file;
use house_tests::house;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A route as `GET /api/v1/tasks`.
type Route = String;

fn documented() -> BTreeSet<Route> {
    let operations = Functions::operations();
    let routes = operations
        .iter()
        .map(|one| format!("{} {}", one.method(), one.path()));
    routes.collect()
}

/// The paths of a router, as it shows itself.
fn paths(router: &axum::Router) -> BTreeSet<String> {
    let shown = format!("{router:?}");
    let all = shown
        .split("RouteId(")
        .filter_map(|rest| rest.split_once("): \"")?.1.split('"').next());
    all.filter(|path| path.starts_with('/'))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn the_document_has_every_route_that_is_answered_and_no_other() {
    let house = house("2026-11-23T09:00 Europe/Berlin").await;
    let page = paths(&web::router());
    let mut answered = BTreeSet::new();
    for path in paths(&house.router()).difference(&page) {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let concrete = path
                .replace("{id}", "0193e3a4-7b1c-7000-8000-000000000001")
                .replace("{name}", "home");
            // A stranger is answered 401 wherever something is, and nothing waits.
            let got = house.stranger().raw(&format!("{method} {concrete}")).await;
            if got.status != 405 {
                answered.insert(format!("{method} {path}"));
            }
        }
    }
    assert_eq!(answered, documented());
    assert!(
        answered.len() > 70,
        "the routers show their paths: {answered:?}"
    );
}

#[tokio::test]
async fn the_documents_are_the_released_ones() {
    let house = house("2026-11-23T09:00 Europe/Berlin").await;
    let pretty = async |path: &str| {
        let got = house.stranger().raw(path).await;
        assert_eq!(got.header("content-type"), "application/json");
        serde_json::to_string_pretty(&got.ok()).unwrap() + "\n"
    };
    // The page's types can be made of this one.
    expect_file!["../../../functions/web/page/api.json"]
        .assert_eq(&pretty("GET /openapi.json").await);
    expect_file!["../../../docs/asyncapi.json"].assert_eq(&pretty("GET /asyncapi.json").await);
}

#[test]
fn the_chart_has_every_function_and_what_wakes_it() {
    let functions = FUNCTIONS.iter().map(|function| {
        let mut subscribes = BTreeMap::<_, Vec<_>>::new();
        for kind in function.subscribes {
            let of_topic = subscribes.entry(kind.topic().name()).or_default();
            of_topic.push(kind.name());
        }
        json!({
            "name": function.name,
            "paths": function.paths,
            "always_on": function.always_on,
            "witnesses": function.witnesses,
            "subscribes": subscribes,
        })
    });
    let house = json!({
        "topics": Topic::ALL.iter().map(|topic| topic.name()).collect::<Vec<_>>(),
        "functions": functions.collect::<Vec<_>>(),
    });
    // What the templates make Services, Triggers and addresses of.
    expect_file!["../../../knative/functions.json"]
        .assert_eq(&(serde_json::to_string_pretty(&house).unwrap() + "\n"));
}

#[tokio::test]
async fn the_page_needs_no_script_and_nothing_from_elsewhere() {
    let house = house("2026-11-23T09:00 Europe/Berlin").await;
    let page = house.stranger().raw("GET /docs").await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, "text/html; charset=utf-8")
    );
    assert!(
        page.header("content-security-policy")
            .starts_with("default-src 'none'; style-src 'self';")
    );
    assert_eq!(house.stranger().raw("GET /docs.css").await.status, 200);
}

#[test]
fn every_reference_of_the_document_leads_somewhere_and_every_operation_has_its_name() {
    fn check(document: &Value, value: &Value) {
        match value {
            Value::Object(all) => {
                if let Some(reference) = all.get("$ref").and_then(Value::as_str) {
                    assert!(
                        document
                            .pointer(reference.trim_start_matches('#'))
                            .is_some(),
                        "{reference} leads nowhere"
                    );
                }
                all.values().for_each(|value| check(document, value));
            }
            Value::Array(all) => all.iter().for_each(|value| check(document, value)),
            _ => {}
        }
    }
    let document = Functions::openapi();
    check(&document, &document);
    let mut names = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(
                !operation["summary"].as_str().unwrap().is_empty(),
                "{method} {path} says nothing"
            );
            assert!(
                names.insert(operation["operationId"].to_string()),
                "{method} {path} has the name of another"
            );
            let went_well = operation["responses"]
                .as_object()
                .unwrap()
                .keys()
                .any(|status| status.as_str() < "400");
            assert!(went_well, "{method} {path} never goes well");
        }
    }
}
