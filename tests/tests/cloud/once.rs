//! The same event many times at once: one effect.

use axum::body::Body;
use contract::commands::CommandInput;
use errand::Functions;
use futures::future::join_all;
use http::{Request, StatusCode};
use serde_json::json;
use std::sync::Arc;
use tower::ServiceExt;

#[tokio::test]
async fn r_5_2_the_same_event_fifty_times_at_once_has_one_effect() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("errand.db").display());
    let options = host::deps::options(Arc::new(host::SystemClock), Arc::new(host::SystemIds));
    let store = store::open(&url, options).await.unwrap();
    let config = Arc::new(host::Config::in_folder(folder.path()));
    let deps = host::Deps::new(store, config, Arc::new(host::Key::new([7; 32])));
    let copy = folder.path().join("witness.db");
    let witness = audit::Witness::open(&copy, folder.path(), || [7; 32])
        .await
        .unwrap();
    let functions = Functions {
        deps: deps.clone(),
        channels: Vec::new(),
        witness: Arc::new(witness),
    };
    let me = store::suite::kit::person(&deps.store).await;
    complete_a_weekly_task(&deps, &me).await;
    let rows = deps
        .store
        .outgoing(jiff::Timestamp::MAX, 100)
        .await
        .unwrap();
    let events: Vec<_> = rows
        .iter()
        .filter_map(|row| bus::cloud::event(row, "urn:errand"))
        .collect();
    for subscriber in functions.subscribers() {
        for event in &events {
            let body = serde_json::to_vec(event).unwrap();
            let post = || {
                let request = Request::post("/")
                    .header("content-type", "application/cloudevents+json")
                    .body(Body::from(body.clone()));
                subscriber.router.clone().oneshot(request.unwrap())
            };
            let answers = join_all((0..50).map(|_| post())).await;
            for answer in answers {
                assert_eq!(
                    answer.unwrap().status(),
                    StatusCode::NO_CONTENT,
                    "{}",
                    subscriber.name
                );
            }
        }
    }
    let query = store::TaskQuery {
        limit: 50,
        ..store::TaskQuery::default()
    };
    let open = deps.store.tasks(&me, &query).await.unwrap();
    let open = open
        .items
        .iter()
        .filter(|task| task.json.contains("\"status\":\"open\""));
    assert_eq!(open.count(), 1, "one next occurrence");
    deps.store.close().await;
}

async fn complete_a_weekly_task(deps: &host::Deps, me: &store::Reader) {
    let id = deps.ids.uuid();
    let create = json!({
        "type": "create_task", "id": id, "set": {
            "title": "water the plants",
            "due": { "at": "2026-11-29T15:00:00", "time_zone": "Europe/Berlin" },
            "recurrence": { "rrule": "FREQ=WEEKLY", "from": "schedule" },
        },
    });
    let complete = json!({ "type": "complete_task", "id": id });
    for command in [create, complete] {
        let input: CommandInput = serde_json::from_value(command).unwrap();
        let (command, expect) = input.command(me.person, &|| deps.ids.uuid()).unwrap();
        let need = command.need(expect);
        let decide = Arc::new(move |state: &mut domain::state::State, now| {
            command.decide(state, expect, now)?;
            Ok(store::suite::kit::done())
        });
        let who = host::system(deps, me.clone(), "test");
        deps.store.commit(&who, need, decide).await.unwrap();
    }
}
