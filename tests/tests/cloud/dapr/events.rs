//! Dapr's pub/sub over the real Kafka.

use crate::{
    dispatch::{Function, Running},
    kit::{Publishing, all_in_order, until},
};
use bus::{
    dapr::DaprBus,
    kafka::{Found, Record, Settings},
};
use serde_json::json;
use sidecar::Sidecar;
use std::sync::Arc;
use store::suite::kit;
use testkit::{
    daprd::Daprd,
    kafka::{kafka, published},
};

/// A store with people, whose relay goes out through a sidecar of its own.
async fn through_dapr() -> Option<(Publishing, Daprd)> {
    let settings = kafka().await?;
    let sidecar = Daprd::of("clock", None)?;
    let mut sidecar = sidecar.with("ERRAND_KAFKA_BROKERS", &settings.brokers);
    sidecar.start().await;
    let publishing = Publishing::over(bus(&sidecar, &settings), settings).await;
    Some((publishing, sidecar))
}

fn bus(sidecar: &Daprd, settings: &Settings) -> Arc<DaprBus> {
    let sidecar = Sidecar::at(sidecar.grpc, None).unwrap();
    Arc::new(DaprBus::new(sidecar, "events", &settings.prefix))
}

/// Names of the headers, and those values that are the same whoever publishes.
fn shape(found: &Found) -> Vec<(String, String)> {
    let own = [
        "ce_specversion",
        "ce_type",
        "ce_source",
        "content-type",
        "ce_taskversion",
    ];
    let headers = found.record.headers.iter();
    let mut headers: Vec<_> = headers
        .map(|(name, value)| {
            let value = if own.contains(&name.as_str()) {
                value.clone()
            } else {
                Vec::new()
            };
            (name.clone(), String::from_utf8(value).unwrap())
        })
        .collect();
    headers.sort();
    headers
}

fn created(found: &[Found]) -> &Found {
    let created = |record: &Record| record.get("ce_type") == Some("errand.task.created.v1");
    found.iter().find(|found| created(&found.record)).unwrap()
}

#[tokio::test]
async fn r_7_2_events_through_dapr_are_the_same_as_our_own_client_s_and_are_dispatched() {
    let Some((publishing, _sidecar)) = through_dapr().await else {
        return;
    };
    publishing.write(20).await;
    // As large as they come.
    let large = json!({ "title": "large", "notes": "😀".repeat(99_000) });
    kit::create(&publishing.store, &publishing.people[0], large).await;
    publishing.is_out().await;
    let found = published(&publishing.settings).await;
    all_in_order(&found, &publishing.store, &publishing.people).await;

    let native = Publishing::to(kafka().await.unwrap()).await;
    native.write(1).await;
    native.is_out().await;
    let by_us = published(&native.settings).await;
    assert_eq!(shape(created(&found)), shape(created(&by_us)));

    let running = Running::start(&publishing.settings, Function::default());
    let ann = publishing.people[0].home.to_string();
    let all: Vec<u64> = (2..23).collect();
    until("all of it is delivered", async || {
        running.function.got(&ann) == all
    })
    .await;
    running.stop().await;
}

#[tokio::test]
async fn r_7_2_the_sidecar_is_killed_and_comes_back_and_the_relay_catches_up() {
    let Some((publishing, mut sidecar)) = through_dapr().await else {
        return;
    };
    publishing.write(20).await;
    publishing.is_out().await;
    let ((), ()) = tokio::join!(publishing.write(20), async { sidecar.kill() });
    publishing.write(10).await;
    sidecar.start().await;
    publishing.is_out().await;
    assert_eq!(publishing.store.dead(10).await.unwrap().len(), 0);
    let found = published(&publishing.settings).await;
    all_in_order(&found, &publishing.store, &publishing.people).await;
}
