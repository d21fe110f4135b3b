//! Behaviour, told as data.

use crate::{Bell, Clockwork, ticks};
use axum::{Json, Router, body::Body, extract::State, routing::post};
use bus::Subscriber;
use domain::event::EventKind;
use futures::FutureExt;
use host::{Secret, config::Cron};
use http::{Method, Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use store::{Settled, Undelivered, suite::kit};
use testkit::{House, Wiring, house::Ground};
use tower::ServiceExt;

type Seen = Arc<Mutex<Vec<String>>>;

/// A house whose clock wakes or does not; told are the moments at which who sends reminders was woken. Beside the clock that goes on
/// there is one that was just started, at each turn.
async fn house(warms: bool) -> (House, Seen) {
    let seen = Seen::default();
    let told = seen.clone();
    let wire = async |ground: &Ground| {
        let clock = ground.deps.clock.clone();
        let note = move |State(seen): State<Seen>, Json(_): Json<Value>| async move {
            let time = clock.now().strftime("%H:%M:%S").to_string();
            seen.lock().unwrap().push(time);
            StatusCode::NO_CONTENT
        };
        let (deps, people) = (ground.deps.clone(), ground.people.clone());
        let fresh = move || {
            let clockwork = Clockwork::new(deps.clone(), people.clone());
            if warms {
                clockwork.warming()
            } else {
                clockwork
            }
        };
        let lasting = Arc::new(tokio::sync::Mutex::new(fresh()));
        Wiring {
            router: Router::new(),
            subscribers: vec![Subscriber {
                name: "remind",
                kinds: &[EventKind::ReminderSoon],
                router: Router::new().route("/", post(note)).with_state(told),
            }],
            turn: Box::new(move || {
                let (lasting, mut other) = (lasting.clone(), fresh());
                async move {
                    lasting.lock().await.turn().await?;
                    other.turn().await.map(drop)
                }
                .boxed()
            }),
            kept: Box::new(()),
        }
    };
    (House::at("2026-11-23T09:59 UTC", wire).await, seen)
}

async fn remind(house: &House, at: &str) {
    let me = kit::person(&house.deps.store).await;
    let reminder =
        json!({ "id": kit::fresh(), "person": me.person, "at": format!("2026-11-23T{at}Z") });
    let task = json!({ "title": "stretch", "reminders": [reminder] });
    kit::create(&house.deps.store, &me, task).await;
}

#[tokio::test]
async fn who_sends_reminders_is_woken_ten_seconds_ahead_and_once_in_thirty() {
    let check = async |warms: bool, expected: &[&str]| {
        let (house, seen) = house(warms).await;
        for at in ["10:00:00", "10:00:20", "10:01:00"] {
            remind(&house, at).await;
        }
        for _ in 0..13 {
            house
                .clock
                .set(house.deps.clock.now() + SignedDuration::from_secs(10));
            house.settle().await;
        }
        assert_eq!(*seen.lock().unwrap(), expected);
    };
    check(true, &["09:59:50", "10:00:50"]).await;
    check(false, &[]).await;
}

#[tokio::test]
async fn it_sleeps_until_ten_seconds_before_the_next() {
    let check = async |warms: bool, expected: &str| {
        let (house, _seen) = house(warms).await;
        remind(&house, "09:59:45").await;
        let mut clockwork = Clockwork::new(house.deps.clone(), Vec::new());
        if warms {
            clockwork = clockwork.warming();
        }
        let expected: Timestamp = format!("2026-11-23T{expected}Z").parse().unwrap();
        assert_eq!(clockwork.turn().await.unwrap(), expected);
    };
    check(true, "09:59:35").await;
    check(false, "09:59:45").await;
}

/// An event that the relay has yet to try again is not the clock's to wait for, or it would look without end.
#[tokio::test]
async fn it_sleeps_while_an_event_is_late() {
    let (house, _seen) = house(false).await;
    remind(&house, "09:59:45").await;
    let (store, now) = (&house.deps.store, house.deps.clock.now());
    let waiting = store.outgoing(now, 1).await.unwrap().remove(0);
    let late = Undelivered {
        subscriber: "recur".to_owned(),
        attempt: 1,
        next_at: Some(now - SignedDuration::from_secs(1)),
        why: "no answer".to_owned(),
    };
    let left = Settled::Left(waiting.id, vec![late]);
    store.settle(vec![left]).await.unwrap();
    let until = Clockwork::new(house.deps.clone(), Vec::new()).turn().await;
    assert_eq!(until.unwrap(), "2026-11-23T09:59:45Z".parse().unwrap());
}

#[tokio::test]
async fn r_7_2_only_who_shows_the_token_ticks() {
    let (house, _seen) = house(false).await;
    let cron = Cron {
        name: "tick".to_owned(),
        token: Secret::new("hush"),
    };
    let router = ticks(house.deps.clone(), &cron, Bell::default());
    let check = async |method: Method, token: Option<&str>, expected: StatusCode| {
        let mut request = Request::builder().method(method).uri("/tick");
        if let Some(token) = token {
            request = request.header("dapr-api-token", token);
        }
        let request = request.body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), expected, "{token:?}");
    };
    check(Method::OPTIONS, None, StatusCode::NO_CONTENT).await;
    check(Method::POST, Some("hush"), StatusCode::NO_CONTENT).await;
    check(Method::POST, None, StatusCode::UNAUTHORIZED).await;
    check(Method::POST, Some(""), StatusCode::UNAUTHORIZED).await;
    check(Method::POST, Some("hush!"), StatusCode::UNAUTHORIZED).await;
}

#[tokio::test]
async fn a_bell_wakes_who_sleeps_and_is_not_heard_by_who_works() {
    let bell = Bell::default();
    bell.ring();
    assert!(bell.rings().now_or_never().is_none(), "it rang before");
    let mut sleeps = Box::pin(bell.rings());
    assert!(sleeps.as_mut().now_or_never().is_none());
    bell.ring();
    bell.ring();
    assert!(sleeps.now_or_never().is_some());
}
