//! Every event that the house emits is as the published schema says, and comes of a function that says so.

use super::{FUNCTIONS, day};
use axum::{Json, Router, extract::State, routing::post};
use bus::Subscriber;
use domain::event::EventKind;
use errand::Function;
use house_tests::wiring;
use http::StatusCode;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};
use testkit::House;

/// What nobody emits yet: shared lists, and accounts with a password to get wrong.
const NOT_YET: &[EventKind] = &[
    EventKind::TaskLeft,
    EventKind::TaskEntered,
    EventKind::SignInFailed,
];

type Seen = Arc<Mutex<Vec<Value>>>;

async fn note(State(seen): State<Seen>, Json(event): Json<Value>) -> StatusCode {
    seen.lock().unwrap().push(event);
    StatusCode::NO_CONTENT
}

/// The whole house, and one more subscriber: it waits for everything.
async fn watched() -> (House, Seen) {
    let seen = Seen::default();
    let watcher = Subscriber {
        name: "watcher",
        kinds: EventKind::ALL,
        router: Router::new()
            .route("/", post(note))
            .with_state(seen.clone()),
    };
    let house = House::at("2026-11-23T09:00 Europe/Berlin", async |ground| {
        let mut wiring = wiring(ground).await;
        wiring.subscribers.push(watcher);
        wiring
    })
    .await;
    (house, seen)
}

fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

fn kind(event: &Value) -> EventKind {
    let name = event["type"].as_str().unwrap();
    let name = name
        .strip_prefix("errand.")
        .and_then(|name| name.strip_suffix(".v1"))
        .unwrap();
    EventKind::named(name).unwrap()
}

#[tokio::test]
async fn r_5_1_every_event_is_as_published() {
    let (house, seen) = watched().await;
    day::whole(&house).await;
    sign(&house).await;
    house.settle().await;
    let document = errand::Functions::asyncapi();
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    let mut kinds = BTreeSet::new();
    for event in &seen {
        let kind = kind(event);
        let schema = &document["components"]["schemas"][kind.type_name()];
        let faults = testkit::schema::faults(&document, schema, event);
        assert_eq!(faults, Vec::<String>::new(), "{event:#}");
        emitted_by_who_says_so(kind, event);
        extensions(kind, event);
        kinds.insert(kind);
    }
    let missing: Vec<_> = EventKind::ALL
        .iter()
        .filter(|kind| !kinds.contains(kind) && !NOT_YET.contains(kind))
        .collect();
    assert_eq!(
        missing,
        Vec::<&EventKind>::new(),
        "a day in the house has everything that can happen"
    );
}

/// A witness signs the heads when it ends.
async fn sign(house: &House) {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("witness.db");
    let witness = audit::Witness::open(&copy, folder.path(), || house.deps.ids.secret()).await;
    witness.unwrap().finish(&house.deps).await;
}

fn emitted_by_who_says_so(kind: EventKind, event: &Value) {
    let client = event["data"]["by"]["client"].as_str().unwrap_or_default();
    let emits = |function: &Function| function.emits.contains(&kind);
    match function(client) {
        Some(function) => assert!(emits(function), "{client} emits {kind} and does not say so"),
        // By a client of ours to the outside, or a wake.
        None => assert!(
            FUNCTIONS.iter().any(emits),
            "nobody says that {kind} comes of it"
        ),
    }
}

/// API.md 6: the extensions of events that stand in the log.
fn extensions(kind: EventKind, event: &Value) {
    let id = event["id"].as_str().unwrap();
    assert!(event["partitionkey"].is_string(), "{event:#}");
    if kind.is_internal() {
        return;
    }
    assert!(
        id.starts_with(event["partitionkey"].as_str().unwrap()),
        "{event:#}"
    );
    let correlation = event["correlationid"].as_str().unwrap();
    let function = event["data"]["by"]["kind"] == "system" && event["causationid"].is_string();
    if function {
        assert!(
            event["causationid"].as_str().unwrap().len() > 8,
            "{event:#}"
        );
    }
    let trace = contract::cloud::traceparent(correlation, id);
    assert_eq!(event["traceparent"].as_str(), trace.as_deref(), "{event:#}");
}

/// One trace from the request to what a function made of it.
#[tokio::test]
async fn r_5_1_an_event_belongs_to_the_trace_of_its_request() {
    let (house, seen) = watched().await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let task = house.ann.add("water the plants every day at 10:00").await;
    let done = house.ann.ask(&format!("POST /tasks/{task}/complete"));
    done.header("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01"))
        .await
        .ok();
    house.settle().await;
    let seen = seen.lock().unwrap();
    let made = seen
        .iter()
        .rfind(|event| event["type"] == "errand.task.created.v1")
        .unwrap();
    let completed = seen
        .iter()
        .find(|event| event["type"] == "errand.task.completed.v1")
        .unwrap();
    assert_eq!(made["data"]["by"]["client"], "recur");
    assert_eq!(made["causationid"], completed["id"]);
    assert_eq!(made["correlationid"], trace);
    let span = |event: &Value| {
        event["traceparent"]
            .as_str()
            .unwrap()
            .split('-')
            .nth(2)
            .unwrap()
            .to_owned()
    };
    assert!(
        made["traceparent"]
            .as_str()
            .unwrap()
            .starts_with(&format!("00-{trace}-"))
    );
    assert_ne!(span(made), span(completed));
}

#[tokio::test]
async fn every_function_is_woken_by_what_it_says() {
    House::at("2026-11-23T09:00 Europe/Berlin", async |ground| {
        let wiring = wiring(ground).await;
        let mut wired = Vec::new();
        for subscriber in &wiring.subscribers {
            let function = function(subscriber.name).expect("a function that is published");
            assert_eq!(subscriber.kinds, function.subscribes, "{}", subscriber.name);
            wired.push(function.name);
        }
        let waits = |function: &&Function| !function.subscribes.is_empty();
        let mut says: Vec<_> = FUNCTIONS
            .iter()
            .filter(waits)
            .map(|function| function.name)
            .collect();
        says.sort_unstable();
        wired.sort_unstable();
        assert_eq!(wired, says);
        wiring
    })
    .await;
}

#[test]
fn everything_that_can_happen_comes_of_a_function() {
    for kind in EventKind::ALL {
        let emitted = FUNCTIONS
            .iter()
            .any(|function| function.emits.contains(kind));
        assert_ne!(emitted, NOT_YET.contains(kind), "{kind}");
    }
}
