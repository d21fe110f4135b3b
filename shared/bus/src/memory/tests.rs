//! What a function answers, and what the bus makes of it.

use super::*;
use axum::{
    extract::{Request as Asked, State},
    response::{IntoResponse, Response},
    routing::post,
};
use http::StatusCode;
use jiff::Timestamp;
use serde_json::value::RawValue;
use std::sync::Mutex;

/// A clock on which no time passes, or all of it at once.
struct Still {
    wakes_at_once: bool,
}

#[async_trait]
impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    async fn sleep_until(&self, _: Timestamp) {
        if !self.wakes_at_once {
            futures::future::pending::<()>().await;
        }
    }
}

fn event(id: &str) -> CloudEvent {
    CloudEvent {
        specversion: "1.0".to_owned(),
        id: id.to_owned(),
        source: "urn:x".to_owned(),
        kind: "errand.task.completed.v1".to_owned(),
        subject: "s".to_owned(),
        time: "2026-11-23T09:00:00Z".to_owned(),
        datacontenttype: "application/json".to_owned(),
        partitionkey: "k".to_owned(),
        taskversion: None,
        correlationid: None,
        causationid: None,
        traceparent: None,
        data: RawValue::from_string("{}".to_owned()).unwrap(),
    }
}

fn bus(router: Router, wakes_at_once: bool) -> MemoryBus {
    let kinds = &[EventKind::TaskCompleted];
    MemoryBus::new(
        vec![Subscriber {
            name: "recur",
            kinds,
            router,
        }],
        Arc::new(Still { wakes_at_once }),
    )
}

/// Answers with the status and body that the event's id names: "503 not now".
async fn as_told(request: Asked) -> Response {
    let body = to_bytes(request.into_body(), 1 << 20).await.unwrap();
    let event: CloudEvent = serde_json::from_slice(&body).unwrap();
    let (status, words) = event.id.split_once(' ').unwrap_or((&event.id, ""));
    (
        StatusCode::from_u16(status.parse().unwrap()).unwrap(),
        words.to_owned(),
    )
        .into_response()
}

#[tokio::test]
async fn r_5_2_answers_mean_done_again_or_never() {
    let bus = bus(Router::new().route("/", post(as_told)), false);
    let check = async |answer: &str, expected: &str| {
        let verdict = bus.deliver("recur", &[event(answer)]).await.remove(0);
        let said = match &verdict {
            Verdict::Taken => "taken",
            Verdict::Later(_) => "later",
            Verdict::Never(_) | Verdict::Broken(_) => "never",
        };
        assert_eq!(said, expected, "{answer}: {verdict:?}");
    };
    for answer in ["200", "202", "204"] {
        check(answer, "taken").await;
    }
    for answer in [
        "200 {}",
        "404",
        "408",
        "409",
        "429 slow down",
        "500",
        "502",
        "503 not now",
        "504",
    ] {
        check(answer, "later").await;
    }
    for answer in [
        "300",
        "304",
        "400",
        "401",
        "403",
        "405",
        "410",
        "412",
        "413",
        "415",
        "422 not ever",
        "428",
    ] {
        check(answer, "never").await;
    }
}

#[tokio::test]
async fn a_function_that_hangs_or_panics_is_asked_again() {
    let hangs = Router::new().route("/", post(async || futures::future::pending::<()>().await));
    let verdicts = bus(hangs, true).deliver("recur", &[event("1")]).await;
    assert_eq!(
        verdicts,
        [Verdict::Later("no answer within 30 s".to_owned())]
    );
    let panics = Router::new().route("/", post(async || -> () { panic!("as a test") }));
    let verdicts = bus(panics, false).deliver("recur", &[event("1")]).await;
    assert_eq!(
        verdicts,
        [Verdict::Later("the function panicked".to_owned())]
    );
    let nowhere = bus(Router::new(), false)
        .deliver("another", &[event("1")])
        .await;
    assert!(matches!(nowhere[..], [Verdict::Never(_)]), "{nowhere:?}");
}

#[tokio::test]
async fn events_come_in_order_and_one_failure_stops_nothing() {
    type Seen = Arc<Mutex<Vec<String>>>;
    async fn note(State(seen): State<Seen>, request: Asked) -> StatusCode {
        let body = to_bytes(request.into_body(), 1 << 20).await.unwrap();
        let event: CloudEvent = serde_json::from_slice(&body).unwrap();
        seen.lock().unwrap().push(event.id.clone());
        if event.id == "2" {
            StatusCode::SERVICE_UNAVAILABLE
        } else {
            StatusCode::NO_CONTENT
        }
    }
    let seen = Seen::default();
    let bus = bus(
        Router::new()
            .route("/", post(note))
            .with_state(Arc::clone(&seen)),
        false,
    );
    let verdicts = bus
        .deliver("recur", &[event("1"), event("2"), event("3")])
        .await;
    assert!(
        matches!(
            verdicts[..],
            [Verdict::Taken, Verdict::Later(_), Verdict::Taken]
        ),
        "{verdicts:?}"
    );
    assert_eq!(*seen.lock().unwrap(), ["1", "2", "3"]);
    assert_eq!(bus.subscribers(EventKind::TaskCompleted), ["recur"]);
    assert!(bus.subscribers(EventKind::TaskCreated).is_empty());
}
