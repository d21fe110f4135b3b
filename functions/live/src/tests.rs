//! Windows over a real store.

use crate::Feed;
use axum::Router;
use serde_json::json;
use store::{StoreError, suite::kit};
use testkit::{House, Wiring};

const MONDAY: &str = "2026-11-23T09:00 Europe/Berlin";

#[tokio::test]
async fn r_4_1_windows_of_one_person_at_one_place_share_a_reading_until_the_next_beat() {
    let house = House::at(MONDAY, async |_| Wiring::of(Router::new())).await;
    let (store, ann, bob) = (&house.deps.store, &house.ann.reader, &house.bob.reader);
    let feed = Feed::new(house.deps.clone());
    let count = async |who, after: &str| feed.shared(who, after).await.unwrap().count;
    let start = store.cursor(ann).await.unwrap();
    assert_eq!(count(ann, &start).await, 0);
    kit::create(store, ann, json!({"title": "call mom"})).await;
    // Nothing is read again until something may have come; what came is then everybody's.
    assert_eq!(count(ann, &start).await, 0);
    feed.beat();
    let next = feed.shared(ann, &start).await.unwrap();
    assert_eq!(next.count, 1);
    // Elsewhere in the log, and somebody else, is another reading.
    assert_eq!(count(ann, &next.cursor).await, 0);
    let bobs = feed.shared(bob, &start).await.unwrap();
    assert!(!bobs.events.contains("call mom"));
    // What went wrong is not shared.
    store.raise_epoch().await.unwrap();
    feed.beat();
    for _ in 0..2 {
        let gone = feed.shared(ann, &start).await;
        assert!(matches!(gone, Err(StoreError::CursorGone)));
    }
}
