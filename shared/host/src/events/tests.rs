//! Events as they come over HTTP, in the three modes, and what is answered.

use super::*;
use axum::{Router, body::Body, body::to_bytes};
use http::{Request, header};
use serde_json::{Value, json};
use tower::ServiceExt;

const SUBSCRIBES: &[EventKind] = &[EventKind::TaskCompleted, EventKind::ReminderDue];
const KEY: &str = "0193e3a4-7b1c-7000-8000-000000000001";

/// Answers by the event's id: "later …" and "never …" fail, "5:n" and the like are done.
async fn by_id(_state: (), event: Incoming) -> Outcome {
    match event.id.split(' ').next() {
        Some("later") => Outcome::Later("not now".to_owned()),
        Some("never") => Outcome::Never("not ever".to_owned()),
        _ => Outcome::Done,
    }
}

async fn post(request: http::request::Builder, body: String) -> (u16, Option<String>, String) {
    let router: Router = Router::new()
        .route("/", route(SUBSCRIBES, by_id))
        .with_state(());
    let response = router
        .oneshot(request.body(Body::from(body)).unwrap())
        .await
        .unwrap();
    let done = response
        .headers()
        .get("errand-done")
        .map(|done| done.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, done, String::from_utf8(body.to_vec()).unwrap())
}

async fn status_of(kind: &str, body: &Value) -> u16 {
    let (status, _, answer) = post(
        Request::post("/").header(header::CONTENT_TYPE, kind),
        body.to_string(),
    )
    .await;
    assert!(
        status >= 300 || answer.is_empty(),
        "2xx with a body is a failure to the dispatcher: {answer}"
    );
    status
}

fn event(id: &str) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": "urn:x", "type": "errand.task.completed.v1", "subject": KEY,
        "time": "2026-11-23T09:00:00Z", "partitionkey": KEY, "taskversion": 3, "data": {"id": KEY}
    })
}

#[tokio::test]
async fn the_conformance_cases_are_judged_right() {
    #[derive(serde::Deserialize)]
    struct Case {
        id: String,
        content_type: String,
        body: Value,
        accept: bool,
    }
    let mut wrong = Vec::new();
    let cases = include_str!("../../tests/cases/cloudevents.jsonl");
    for line in cases.lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        let status = status_of(&case.content_type, &case.body).await;
        let fits = if case.accept {
            status == 204
        } else {
            status == 400
        };
        if !fits {
            wrong.push(format!("{}: {status}", case.id));
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "of {}", cases.lines().count());
}

#[tokio::test]
async fn r_5_1_attributes_hold_what_the_specification_says() {
    let check = async |name: &str, value: Value, good: bool| {
        let mut event = event("1");
        event["type"] = "io.cloudevents.test".into();
        event[name] = value.clone();
        let status = status_of("application/cloudevents+json", &event).await;
        assert_eq!(status, if good { 204 } else { 400 }, "{name} = {value}");
    };
    for good in [
        ("id", json!("ü")),
        ("source", json!("/relative?x=1#y")),
        ("source", json!("mailto:ann@example.org")),
        ("time", json!("2018-04-05T17:31:00.123456789123+02:00")),
        ("time", json!("2016-12-31T23:59:60Z")),
        ("time", json!("2018-04-05t17:31:00z")),
        ("time", Value::Null),
        ("dataschema", json!("https://example.org/s#x")),
        ("datacontenttype", json!("text/plain; charset=utf-8")),
        ("extinteger", json!(-2_147_483_648_i64)),
        ("extboolean", json!(false)),
        ("a1", json!("x")),
        ("averyveryveryverylongnameofanextension", json!("")),
    ] {
        check(good.0, good.1, true).await;
    }
    for bad in [
        ("id", json!("")),
        ("id", json!(1)),
        ("id", json!("a\u{7}")),
        ("source", json!("")),
        ("source", json!("two words")),
        ("source", json!("%zz")),
        ("source", json!("1a:b")),
        ("type", json!("")),
        ("type", json!(["x"])),
        ("specversion", json!("1.1")),
        ("specversion", Value::Null),
        ("subject", json!("")),
        ("time", json!("2018-04-05 17:31:00Z")),
        ("time", json!("2018-04-05T17:31:00")),
        ("time", json!("2018-02-30T17:31:00Z")),
        ("time", json!("2018-04-05T17:31:00.Z")),
        ("time", json!("2018-04-05T17:31:00Z[UTC]")),
        ("time", json!(1_522_949_460)),
        ("dataschema", json!("/relative")),
        ("datacontenttype", json!("xyz")),
        ("MyExt", json!("x")),
        ("my_ext", json!("x")),
        ("ext", json!(2_147_483_648_i64)),
        ("ext", json!(1.5)),
        ("ext", json!({})),
        ("data_base64", json!("TWE=")),
    ] {
        check(bad.0, bad.1, false).await;
    }
}

#[tokio::test]
async fn binary_mode_is_read_from_headers() {
    let request = |id: &str| {
        Request::post("/")
            .header("ce-specversion", "1.0")
            .header("ce-id", id)
            .header("ce-source", "urn:x")
            .header("ce-type", "errand.task.completed.v1")
            .header("ce-time", "2026-11-23T09:00:00Z")
            .header("ce-subject", KEY)
            .header("ce-partitionkey", KEY)
            .header(header::CONTENT_TYPE, "application/json")
    };
    let data = || "{}".to_owned();
    assert_eq!(post(request("1"), data()).await.0, 204);
    assert_eq!(post(request("later%20%C3%BC"), data()).await.0, 503);
    assert_eq!(post(request("never%20"), data()).await.0, 422);
    assert_eq!(post(request("%zz"), data()).await.0, 400);
    assert_eq!(post(request("1"), "{".to_owned()).await.0, 400);
    assert_eq!(post(request("1").header("ce-id", "2"), data()).await.0, 400);
    assert_eq!(
        post(request("1").header("ce-specversion", "0.9"), data())
            .await
            .0,
        400
    );
    let bare = Request::post("/")
        .header("ce-specversion", "1.0")
        .header("ce-id", "1");
    assert_eq!(post(bare, data()).await.0, 400);
    assert_eq!(
        post(
            Request::post("/").header(header::CONTENT_TYPE, "application/json"),
            data()
        )
        .await
        .0,
        415
    );
    let avro = Request::post("/").header(header::CONTENT_TYPE, "application/cloudevents+avro");
    assert_eq!(post(avro, data()).await.0, 415);
}

#[tokio::test]
async fn the_answer_says_done_again_or_never() {
    let check = async |change: fn(&mut Value), expected: u16| {
        let mut event = event("1");
        change(&mut event);
        let status = status_of("application/cloudevents+json; charset=utf-8", &event).await;
        assert_eq!(status, expected, "{event}");
    };
    check(|_| (), 204).await;
    check(
        |event| event["type"] = "errand.task.completed.v2".into(),
        503,
    )
    .await; // a newer release will read it
    check(|event| event["type"] = "errand.task.created.v1".into(), 204).await; // not subscribed
    check(
        |event| event["type"] = "errand.task.exploded.v9".into(),
        204,
    )
    .await; // unknown
    check(
        |event| event["type"] = "dev.knative.kafka.event".into(),
        204,
    )
    .await;
    check(|event| event["partitionkey"] = "x".into(), 422).await;
    check(|event| event["subject"] = "x".into(), 422).await;
    check(|event| event["data"] = Value::Null, 204).await; // JSON null is data; a handler says what it thinks of it
    check(
        |event| {
            event.as_object_mut().unwrap().remove("data");
        },
        422,
    )
    .await;
    check(
        |event| {
            event.as_object_mut().unwrap().remove("time");
        },
        422,
    )
    .await;
}

#[tokio::test]
async fn a_batch_is_handled_in_order_and_says_how_far_it_came() {
    let check = async |ids: &[&str], expected: (u16, Option<&str>)| {
        let events: Vec<_> = ids.iter().map(|id| event(id)).collect();
        let request =
            Request::post("/").header(header::CONTENT_TYPE, "application/cloudevents-batch+json");
        let (status, done, _) = post(request, Value::from(events).to_string()).await;
        assert_eq!((status, done.as_deref()), expected, "{ids:?}");
    };
    check(&[], (204, None)).await;
    check(&["1", "2", "3"], (204, None)).await;
    check(&["1", "2", "later 3", "4"], (503, Some("2"))).await;
    check(&["never 1", "later 2"], (422, Some("0"))).await;
    check(&["1", ""], (400, None)).await; // one that is no event: none is handled
}

#[tokio::test]
async fn a_sender_may_ask_whether_it_may_send() {
    let ask = async |headers: &[(&str, &str)]| {
        let router: Router = Router::new()
            .route("/", route(SUBSCRIBES, by_id))
            .with_state(());
        let asked = headers
            .iter()
            .fold(Request::options("/"), |request, (name, value)| {
                request.header(*name, *value)
            });
        let response = router.oneshot(asked.body(Body::empty()).unwrap()).await;
        let response = response.unwrap();
        assert_eq!(response.status(), 200);
        let text = |name: &str| Some(response.headers().get(name)?.to_str().unwrap().to_owned());
        assert_eq!(text("allow").as_deref(), Some("POST, OPTIONS"));
        (text("webhook-allowed-origin"), text("webhook-allowed-rate"))
    };
    let asked = [
        ("webhook-request-origin", "eventemitter.example.com"),
        ("webhook-request-rate", "120"),
    ];
    let granted = (
        Some("eventemitter.example.com".to_owned()),
        Some("*".to_owned()),
    );
    assert_eq!(ask(&asked).await, granted);
    assert_eq!(ask(&[]).await, (None, None)); // Dapr's question whether there is anything here
}

#[tokio::test]
async fn hostile_events_are_refused() {
    let kind = "application/cloudevents+json";
    for body in [
        "",
        "[]",
        "{",
        "null",
        "\"x\"",
        "{\"id\":\"\\ud800\"}",
        "{\"a\":{}}",
    ] {
        let (status, ..) = post(
            Request::post("/").header(header::CONTENT_TYPE, kind),
            body.to_owned(),
        )
        .await;
        assert_eq!(status, 400, "{body}");
    }
    let deep = format!("{{\"id\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(
        post(Request::post("/").header(header::CONTENT_TYPE, kind), deep)
            .await
            .0,
        400
    );
    let huge = format!("{{\"id\":\"{}\"}}", "x".repeat(9 << 20));
    assert_eq!(
        post(Request::post("/").header(header::CONTENT_TYPE, kind), huge)
            .await
            .0,
        413
    );
}
