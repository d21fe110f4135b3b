//! Two people on every route: what is Ann's is not there for Bob, and no answer shows a byte of it.

mod hers;

use crate::{MONDAY, routes};
use hers::{MARK, TAG, lives};
use house_tests::house;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::Got;

/// Whether an answer to Bob gives nothing of Ann's away. What he sent himself may come back.
fn shows_nothing(what: &str, sent: &str, got: &Got, ids: &BTreeSet<String>) {
    let headers = format!("{:?}", got.headers);
    for text in [&got.body, &headers] {
        assert!(
            what.contains(MARK) || sent.contains(MARK) || !text.contains(MARK),
            "{what} {sent}: {text}"
        );
        let told = ids.iter().find(|id| {
            text.contains(id.as_str()) && !what.contains(id.as_str()) && !sent.contains(id.as_str())
        });
        assert_eq!(told, None, "{what} {sent}: {text}");
    }
    assert!(got.status < 500, "{what} {sent}: {}", got.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_6_2_nothing_of_anns_is_there_for_bob_on_any_route() {
    let house = house(MONDAY).await;
    let hers = lives(&house).await;
    let ids = hers.ids(&house);
    let stream = house.ann.reader.home;
    let head = async || {
        house
            .heads()
            .await
            .into_iter()
            .find(|(own, ..)| *own == stream)
    };
    let before = head().await;
    house
        .bob
        .create(json!({"title": "bob's own", "tags": ["blue"]}))
        .await;
    for route in routes::all() {
        if route.ends_with("/changes/socket")
            || route.ends_with("/changes/stream")
            || route.contains("/sign-")
        {
            continue; // the stories of live and of accounts
        }
        let path = hers.path(&route);
        let bodies = if routes::writes(&route) {
            hers.bodies(&route)
        } else {
            vec![Value::Null]
        };
        for (query, body) in hers
            .queries(&route)
            .iter()
            .flat_map(|query| bodies.iter().map(move |body| (query, body)))
        {
            let what = format!("{path}{query}");
            let ask = house.bob.raw(&what);
            let got = if body.is_null() || route.starts_with("DELETE") {
                ask.await
            } else {
                ask.json(body).await
            };
            shows_nothing(&what, &body.to_string(), &got, &ids);
            let named = route.contains("{id}");
            assert!(
                !named || got.status == 404,
                "{what} {body}: {} {}",
                got.status,
                got.body
            );
            assert_eq!(head().await, before, "{what} {body} wrote to what is Ann's");
        }
    }
    assert_eq!(house.bob.ask("POST /me/sign-out").await.status, 204);
    assert_eq!(
        house.ann.task(hers.task).await["notes"],
        MARK,
        "and all of it is there for Ann"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_6_2_bobs_retries_are_not_anns_answers_and_his_pages_and_mails_are_his() {
    let house = house(MONDAY).await;
    let hers = lives(&house).await;
    let ids = hers.ids(&house);
    let key = |who: &testkit::Person| {
        who.ask("POST /tasks")
            .header("idempotency-key", "same")
            .json(&json!({"title": "same"}))
    };
    let (first, second) = (key(&house.ann).await, key(&house.bob).await);
    assert_eq!(
        (
            first.status,
            second.status,
            second.header("idempotency-replayed")
        ),
        (201, 201, "")
    );
    assert_ne!(first.json()["id"], second.json()["id"]);
    let counts = house.bob.get("/counts").await;
    assert!(!counts.to_string().contains(TAG), "{counts}");
    let export = house.bob.ask("GET /export").await;
    shows_nothing("GET /export", "", &export, &ids);
    let report = house.bob.get("/audit/verify").await;
    assert_eq!(report["streams"], 1);
    // Bob's reminder is told to Bob, Ann's to Ann.
    house
        .bob
        .add("feed the cat today at 12:00, remind me at 12:00")
        .await;
    house.clock_to("2026-11-23T12:01").await;
    for mail in house.mailbox.mails() {
        let hers = mail.lines.iter().any(|line| line.title.contains(MARK));
        assert_eq!(
            hers,
            mail.to == "ann@example.org",
            "{}: {}",
            mail.to,
            mail.subject
        );
    }
    assert_eq!(
        house.bob.get("/deliveries").await["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_6_2_who_is_not_signed_in_gets_nowhere() {
    let house = house(MONDAY).await;
    let hers = lives(&house).await;
    let before = house.heads().await;
    for route in &routes::all() {
        let path = hers.path(route);
        for body in hers.bodies(route) {
            let ask = house.stranger().raw(&path);
            let got = if body.is_null() {
                ask.await
            } else {
                ask.json(&body).await
            };
            assert_eq!(
                (got.status, got.code().as_str()),
                (401, "unauthenticated"),
                "{path}: {}",
                got.body
            );
        }
    }
    assert_eq!(house.heads().await, before);
}
