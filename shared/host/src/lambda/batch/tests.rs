use super::*;
use axum::{extract::State, http::HeaderMap, routing::post};
use expect_test::{Expect, expect};
use http::StatusCode;
use std::sync::{Arc, Mutex};

type Seen = Arc<Mutex<Vec<String>>>;

/// Takes everything but events whose id begins with `later` or `never`, and notes what it is asked.
async fn take(State(seen): State<Seen>, headers: HeaderMap, body: String) -> (StatusCode, String) {
    let get = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let id = get("ce-id").unwrap_or("structured");
    let kind = get("content-type").unwrap_or("-");
    seen.lock().unwrap().push(format!("{id} {kind} {body}"));
    match id.split('-').next() {
        Some("later") => (StatusCode::SERVICE_UNAVAILABLE, "not now".to_owned()),
        Some("never") => (StatusCode::UNPROCESSABLE_ENTITY, "no".to_owned()),
        _ => (StatusCode::NO_CONTENT, String::new()),
    }
}

/// What was asked, and what is reported.
async fn check(payload: Value, expected: Expect) {
    let seen = Seen::default();
    let router = Router::new()
        .route("/", post(take))
        .with_state(seen.clone());
    let batch = read(&payload.to_string()).unwrap().expect("a batch");
    let report = match deliver(&router, batch).await {
        Ok(report) => report.to_string(),
        Err(error) => format!("fails: {error}"),
    };
    let seen = seen.lock().unwrap().join("\n");
    expected.assert_eq(&format!("{seen}\n=> {report}"));
}

fn kafka(offset: i64, id: &str) -> Value {
    let bytes = |text: &str| text.bytes().map(i64::from).collect::<Vec<_>>();
    json!({
        "topic": "tasks", "partition": 0, "offset": offset, "timestamp": 1_795_658_385_000_i64, "timestampType": "CREATE_TIME",
        "key": STANDARD.encode("stream"), "value": STANDARD.encode(format!("{{\"n\":{offset}}}")),
        "headers": [
            { "ce_specversion": bytes("1.0") }, { "ce_id": bytes(id) }, { "content-type": bytes("application/json") },
            { "traced": [-61, -87] }
        ]
    })
}

fn sqs(id: &str, group: Option<&str>) -> Value {
    let mut attributes = json!({ "ApproximateReceiveCount": "1" });
    if let Some(group) = group {
        attributes["MessageGroupId"] = group.into();
    }
    json!({
        "messageId": format!("m-{id}"), "receiptHandle": "x", "body": format!("{{\"of\":\"{id}\"}}"), "eventSource": "aws:sqs",
        "attributes": attributes,
        "messageAttributes": {
            "ce-specversion": { "stringValue": "1.0", "dataType": "String" },
            "ce_id": { "stringValue": id, "dataType": "String" },
            "content-type": { "stringValue": "application/json", "dataType": "String" }
        }
    })
}

#[tokio::test]
async fn a_partition_stops_at_the_first_that_is_not_taken() {
    let records = json!({
        "tasks-0": [kafka(7, "a"), kafka(8, "later-b"), kafka(9, "c")],
        "tasks-1": [kafka(3, "d"), kafka(4, "e")],
        "lists-0": [kafka(1, "never-f"), kafka(2, "g")]
    });
    for source in ["aws:kafka", "SelfManagedKafka"] {
        check(
            json!({ "eventSource": source, "bootstrapServers": "b:9092", "records": records }),
            expect![[r#"
            never-f application/json {"n":1}
            a application/json {"n":7}
            later-b application/json {"n":8}
            d application/json {"n":3}
            e application/json {"n":4}
            => {"batchItemFailures":[{"itemIdentifier":{"offset":1,"partition":"lists-0"}},{"itemIdentifier":{"offset":8,"partition":"tasks-0"}}]}"#]],
        )
        .await;
    }
}

#[tokio::test]
async fn each_message_of_a_queue_stands_for_itself_and_groups_stay_in_order() {
    let all = [sqs("a", None), sqs("later-b", None), sqs("c", None)];
    check(
        json!({ "Records": all }),
        expect![[r#"
            a application/json {"of":"a"}
            later-b application/json {"of":"later-b"}
            c application/json {"of":"c"}
            => {"batchItemFailures":[{"itemIdentifier":"m-later-b"}]}"#]],
    )
    .await;
    let all = [
        sqs("later-a", Some("1")),
        sqs("b", Some("1")),
        sqs("c", Some("2")),
    ];
    check(
        json!({ "Records": all }),
        expect![[r#"
            later-a application/json {"of":"later-a"}
            c application/json {"of":"c"}
            => {"batchItemFailures":[{"itemIdentifier":"m-later-a"},{"itemIdentifier":"m-b"}]}"#]],
    )
    .await;
    let mut structured = sqs("x", None);
    structured["messageAttributes"] = json!({});
    check(
        json!({ "Records": [structured] }),
        expect![[r#"
            structured application/cloudevents+json {"of":"x"}
            => {"batchItemFailures":[]}"#]],
    )
    .await;
}

#[tokio::test]
async fn where_none_is_taken_the_invocation_fails() {
    check(
        json!({ "Records": [sqs("later-a", None)] }),
        expect![[r#"
            later-a application/json {"of":"later-a"}
            => fails: no event was taken: 503 Service Unavailable: not now"#]],
    )
    .await;
    let records = json!({ "tasks-0": [kafka(1, "never-a"), kafka(2, "b")] });
    check(
        json!({ "eventSource": "aws:kafka", "records": records }),
        expect![[r#"
            never-a application/json {"n":1}
            => fails: no event was taken: 422 Unprocessable Entity: no"#]],
    )
    .await;
}

#[test]
fn a_request_is_no_batch_and_other_events_are_refused() {
    let none = |payload: Value| read(&payload.to_string()).unwrap().is_none();
    assert!(none(json!({ "version": "2.0", "rawPath": "/" })));
    assert!(none(json!({ "httpMethod": "GET", "path": "/" })));
    let sns = json!({ "Records": [{ "EventSource": "aws:sns" }] });
    let words = read(&sns.to_string()).err().map(|error| error.to_string());
    assert_eq!(words.as_deref(), Some("events of nobody are not read here"));
}
