//! The edge as clients meet it: real store, real identity, every refusal a problem.

mod identity;
mod kit;

use super::*;
use crate::{Answer, Body as Json, Id, Precondition, Reads, Writes};
use axum::routing::{get, post};
use domain::{id::TaskId, need::Need};
use kit::*;
use serde::Deserialize;
use serde_json::json;
use std::sync::atomic::Ordering;
use store::Kind;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewList {
    name: String,
}

async fn create(deps: Deps, who: Writes, Json(new): Json<NewList>) -> Result<Answer, Problem> {
    let done = deps
        .store
        .commit(
            &who,
            Need::default(),
            makes_a_list(deps.ids.uuid(), new.name),
        )
        .await?;
    Ok(Answer::from(done).at("/api/v1/lists"))
}

async fn say(who: Writes, at: Precondition) -> Answer {
    let keyed = who.idempotency.as_ref().map(|one| (&one.route, &one.key));
    Answer::json(&json!({
        "client": who.client, "kind": who.kind.name(), "correlation": who.correlation, "at": format!("{at:?}"), "key": keyed
    }))
}

async fn read(_: Reads, Id(_): Id<TaskId>) -> Result<Answer, Problem> {
    Ok(Answer::doc(store::Doc {
        id: uuid::Uuid::nil(),
        version: 3,
        json: "{\"a\":1}".to_owned(),
    }))
}

async fn panics() -> Answer {
    panic!("as a test")
}

async fn hangs() -> Answer {
    futures::future::pending().await
}

async fn takes(Json(_): Json<serde_json::Value>) -> Answer {
    Answer::empty()
}

fn router(house: &House) -> Router {
    let routes = Router::new()
        .route("/api/v1/lists", post(create))
        .route("/api/v1/lists/{id}", get(read))
        .route("/api/v1/commands", post(takes))
        .route("/say/{id}", post(say))
        .route("/panics", get(panics))
        .route("/hangs", get(hangs))
        .with_state(house.deps.clone());
    edge(routes, &house.deps)
}

const SCOPES: &str = "tasks:read tasks:write";

#[tokio::test]
async fn bad_input_is_refused_by_the_edge_and_writes_nothing() {
    let house = House::new().await;
    let router = router(&house);
    let (_, token) = house.secret("token", SCOPES).await;
    let bearer = ("authorization", &*format!("Bearer {token}"));
    let json = ("content-type", "application/json");
    let good = r#"{"name":"Work"}"#.to_owned();
    let deep = format!("{{\"name\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let big = format!("{{\"name\":\"{}\"}}", "x".repeat(1 << 20));
    let form = ("content-type", "application/x-www-form-urlencoded");
    type Headers<'a> = Vec<(&'a str, &'a str)>;
    let cases: Vec<(&str, Headers<'_>, String, &str)> = vec![
        (
            "POST /api/v1/lists",
            vec![json],
            "{".to_owned(),
            "400 malformed_json",
        ),
        ("POST /api/v1/lists", vec![json], deep, "422 field_invalid"),
        (
            "POST /api/v1/lists",
            vec![json],
            r#"{"name":"\ud800"}"#.to_owned(),
            "400 malformed_json",
        ),
        (
            "POST /api/v1/lists",
            vec![json],
            r#"{"name":"a\u0000"}"#.to_owned(),
            "422 field_invalid",
        ),
        (
            "POST /api/v1/lists",
            vec![json],
            r#"{"name":5}"#.to_owned(),
            "422 field_invalid",
        ),
        (
            "POST /api/v1/lists",
            vec![json],
            r#"{"name":"a","b":1}"#.to_owned(),
            "422 field_unknown",
        ),
        ("POST /api/v1/lists", vec![json], big, "413 body_too_large"),
        (
            "POST /api/v1/lists",
            vec![form],
            "name=Work".to_owned(),
            "415 media_type_unsupported",
        ),
        (
            "POST /api/v1/lists",
            vec![],
            good.clone(),
            "415 media_type_unsupported",
        ),
        (
            "POST /api/v1/lists",
            vec![json, ("host", "evil.example")],
            good.clone(),
            "421 host_unknown",
        ),
        (
            "POST /api/v1/lists",
            vec![json, ("origin", "https://evil.example")],
            good.clone(),
            "403 origin_refused",
        ),
        (
            "POST /api/v1/lists",
            vec![json, ("sec-fetch-site", "cross-site")],
            good.clone(),
            "403 origin_refused",
        ),
        (
            "PUT /api/v1/lists",
            vec![json],
            good.clone(),
            "405 method_not_allowed",
        ),
        (
            "GET /api/v1/lists/nonsense",
            vec![],
            String::new(),
            "404 not_found",
        ),
        (
            "GET /api/v1/nothing",
            vec![],
            String::new(),
            "404 not_found",
        ),
        (
            "POST /say/1",
            vec![("if-match", "3")],
            String::new(),
            "400 parameter_invalid",
        ),
        (
            "POST /say/1",
            vec![("if-match", "\"3\""), ("base-version", "3")],
            String::new(),
            "400 parameter_invalid",
        ),
        ("GET /panics", vec![], String::new(), "500 internal"),
    ];
    for (what, mut headers, body, expected) in cases {
        headers.push(bearer);
        let began = Instant::now();
        let got = ask(&router, what, &headers, body).await;
        let took = began.elapsed();
        assert_eq!(
            format!("{} {}", got.status, got.code()),
            expected,
            "{what} {headers:?}: {}",
            got.body
        );
        assert_eq!(
            got.header("content-type"),
            "application/problem+json",
            "{what}"
        );
        assert!(!got.json()["detail"].as_str().unwrap().is_empty(), "{what}");
        assert!(
            took < std::time::Duration::from_millis(500),
            "{what}: {took:?}"
        ); // 50 ms on a machine of its own
    }
    let not_that_way = ask(&router, "PUT /api/v1/lists", &[bearer], "").await;
    assert_eq!(not_that_way.header("allow"), "POST");
    assert!(
        house
            .deps
            .store
            .records(&house.ann, Kind::List)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        house
            .deps
            .store
            .outgoing(house.deps.clock.now(), 100)
            .await
            .unwrap()
            .iter()
            .all(|row| row.row.is_some())
    );
}

#[tokio::test]
async fn commands_may_hold_8_mib() {
    let house = House::new().await;
    let router = router(&house);
    let json = ("content-type", "application/json");
    let body = |size: usize| format!("\"{}\"", "x".repeat(size));
    assert_eq!(
        ask(&router, "POST /api/v1/commands", &[json], body(7 << 20))
            .await
            .status,
        204
    );
    let got = ask(&router, "POST /api/v1/commands", &[json], body(8 << 20)).await;
    assert_eq!(
        (
            got.status,
            got.json()["errors"][0]["params"]["limit"].as_u64()
        ),
        (413, Some(8 << 20))
    );
}

#[tokio::test]
async fn what_is_known_already_is_not_sent_again() {
    let house = House::new().await;
    let router = router(&house);
    let (_, token) = house.secret("token", SCOPES).await;
    let bearer = ("authorization", &*format!("Bearer {token}"));
    let path = "GET /api/v1/lists/0193e3a4-7b1c-7000-8000-000000000001";
    for (seen, status) in [
        ("\"3\"", 304),
        ("W/\"3\"", 304),
        ("\"2\", \"3\"", 304),
        ("\"2\"", 200),
    ] {
        let got = ask(&router, path, &[bearer, ("if-none-match", seen)], "").await;
        assert_eq!(
            (got.status, got.header("etag"), got.body.is_empty()),
            (status, "\"3\"", status == 304),
            "{seen}"
        );
    }
}

#[tokio::test]
async fn probes_are_answered_and_what_hangs_is_cut_off() {
    let house = House::new().await;
    let router = router(&house);
    for path in ["/health", "/ready", "/live"] {
        let got = ask(&router, &format!("GET {path}"), &[], "").await;
        assert_eq!(got.status, 200, "{path}: {}", got.body);
    }
    house.clock.wakes_at_once.store(true, Ordering::Relaxed);
    let got = ask(&router, "GET /hangs", &[], "").await;
    assert_eq!((got.status, got.code().as_str()), (503, "unavailable"));
}
