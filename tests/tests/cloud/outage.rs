//! Kafka is away for a while. `ERRAND_KAFKA_AWAY` says for how many seconds (10).

use crate::{
    installation::{Installation, answers, api_of, free, metric, number},
    kit::{all_in_order, until},
};
use house_tests::Api;
use reqwest::{Client, Method, StatusCode};
use serde_json::json;
use std::time::{Duration, Instant};
use store::suite::kit;
use testkit::{
    kafka::{Broker, published},
    port,
};
use tokio::task::JoinSet;

/// How many write at once meanwhile.
const CLIENTS: usize = 8;

#[tokio::test]
async fn r_5_3_while_kafka_is_away_the_api_goes_on_and_afterwards_the_relay_catches_up() {
    let Some(mut broker) = Broker::start() else {
        return;
    };
    let Some(installation) = Installation::beside(&broker).await else {
        return;
    };
    let deps = installation.deps().await;
    let me = kit::person(&deps.store).await;
    let (port, listen) = (port::lasting(1), free());
    let tasks = installation
        .serve("tasks", &format!("127.0.0.1:{port}"))
        .await;
    let clock = installation.serve("clock", &listen).await;
    let api = api_of(&deps, &me, port).await;
    let is_out = async || {
        until("everything is published", async || {
            metric(&listen, "errand_outbox_age_seconds").await <= 0.0
        })
        .await;
    };
    write_for(&api, Duration::ZERO).await;
    is_out().await;

    broker.kill();
    let away = Duration::from_secs(number("ERRAND_KAFKA_AWAY", 10) as u64);
    let written = write_for(&api, away).await;
    assert!(
        answers(&format!("{}/ready", api.base)).await,
        "the API does not need Kafka"
    );
    let not_ready = Client::new().get(format!("http://{listen}/ready")).send();
    let not_ready = not_ready.await.unwrap();
    assert_eq!(not_ready.status(), StatusCode::SERVICE_UNAVAILABLE);
    let words = not_ready.text().await.unwrap();
    assert!(words.contains(&broker.address()), "{words}");
    let age = metric(&listen, "errand_outbox_age_seconds").await;
    assert!(
        age >= away.as_secs_f64() - 2.0,
        "the oldest waits since {age} s"
    );

    let before = metric(&listen, "errand_relay_published_total").await;
    broker.go_on();
    until("the first is published", async || {
        metric(&listen, "errand_relay_published_total").await > before
    })
    .await;
    let began = Instant::now();
    is_out().await;
    let took = began.elapsed().as_secs_f64();
    let caught_up = metric(&listen, "errand_relay_published_total").await - before;
    println!(
        "{written} events while Kafka was away for {away:?}; caught up in {took:.1} s: {:.0} events/s",
        caught_up / took
    );
    assert!(metric(&listen, "errand_relay_failures_total").await > 0.0);
    assert!(answers(&format!("http://{listen}/ready")).await);
    tasks.end();
    clock.end();
    let found = published(&installation.settings).await;
    all_in_order(&found, &deps.store, &[me]).await;
    deps.store.close().await;
}

/// Writes for so long, at least once each; every write is acknowledged. Answers how many there were.
async fn write_for(api: &Api, time: Duration) -> usize {
    let mut clients = JoinSet::new();
    for n in 0..CLIENTS {
        let api = api.clone();
        clients.spawn(async move {
            let (began, mut written) = (Instant::now(), 0);
            while written == 0 || began.elapsed() < time {
                let task = json!({ "title": format!("task {written} of {n}") });
                let sent = api.request(Method::POST, "/tasks").json(&task).send();
                assert_eq!(sent.await.unwrap().status(), StatusCode::CREATED);
                written += 1;
            }
            written
        });
    }
    let written: Vec<usize> = clients.join_all().await;
    written.into_iter().sum()
}
