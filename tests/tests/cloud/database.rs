//! PostgreSQL goes, and comes back.

use crate::{
    installation::{Installation, api_at, free},
    kit::until,
};
use bus::kafka::Settings;
use futures::future::join_all;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use testkit::postgres::Server;

/// Within two seconds it is said that it does not go now, and when to ask again.
async fn put_off(request: RequestBuilder) {
    let began = Instant::now();
    let answer = request.send().await.unwrap();
    let took = began.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let after = answer.headers()["retry-after"].to_str().unwrap();
    assert!(after.parse::<u32>().unwrap() > 0, "{after}");
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "unavailable");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_5_3_without_its_database_it_says_so_at_once_and_goes_on_when_it_is_back() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let Some(installation) = Installation::on(server.url(), Settings::new("127.0.0.1:1")) else {
        return;
    };
    let listen = free();
    let tasks = installation.serve("tasks", &listen).await;
    let ann = api_at(&installation, &listen);
    let create = |n: usize| {
        let request = ann.request(Method::POST, "/tasks");
        let request = request.json(&json!({ "title": n.to_string() }));
        request.header("idempotency-key", format!("task {n}"))
    };
    assert!(create(0).send().await.unwrap().status().is_success());
    let probe = |path: &str| ann.http.get(format!("{}{path}", ann.base));

    for round in 0..2 {
        server.kill();
        for _ in 0..3 {
            // Many who write to the same stream wait for each other, but not for a database that is not there.
            join_all((1..20).map(|n| put_off(create(100 * round + n)))).await;
            join_all([
                put_off(ann.request(Method::GET, "/tasks")),
                put_off(probe("/ready")),
            ])
            .await;
            assert_eq!(
                probe("/live").send().await.unwrap().status(),
                StatusCode::OK
            );
        }
        server.go_on();
        let began = Instant::now();
        let ready = async || probe("/ready").send().await.unwrap().status() == StatusCode::OK;
        until("it is ready", ready).await;
        let took = began.elapsed();
        assert!(took < Duration::from_secs(5), "{took:?}");
        for made in join_all((0..20).map(|n| create(100 * round + n).send())).await {
            assert_eq!(made.unwrap().status(), StatusCode::CREATED);
        }
        let all = ann.get("/tasks?limit=200").await;
        let wanted = 20 * (round + 1);
        assert_eq!(all["items"].as_array().unwrap().len(), wanted, "each once");
    }
    tasks.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_5_3_started_without_its_database_it_waits_for_it_and_does_not_end() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let Some(installation) = Installation::on(server.url(), Settings::new("127.0.0.1:1")) else {
        return;
    };
    server.kill();
    let listen = free();
    let mut tasks = installation.start(&["serve", "tasks"], &listen);
    let http = reqwest::Client::new();
    let probe = async |path: &str| {
        let answer = http.get(format!("http://{listen}{path}")).send().await;
        answer.ok().map(|answer| answer.status())
    };
    until("it lives", async || {
        probe("/live").await == Some(StatusCode::OK)
    })
    .await;
    assert_eq!(probe("/ready").await, Some(StatusCode::SERVICE_UNAVAILABLE));
    let write = http.post(format!("http://{listen}/api/v1/tasks"));
    put_off(write).await;
    assert!(tasks.runs());
    server.go_on();
    until("it is ready", async || {
        probe("/ready").await == Some(StatusCode::OK)
    })
    .await;
    tasks.end();
}
