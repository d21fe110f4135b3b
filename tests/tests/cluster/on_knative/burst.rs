//! Many at once: functions scale out, and go back.

use super::{figures::figure, kit::objects, release::release};
use futures::future::join_all;
use house_tests::Api;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const BURST: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_7_2_a_burst_of_creates_scales_out_and_back() {
    let Some(release) = release() else {
        return;
    };
    release.sleeps().await;
    let api = release.api();
    let began = Instant::now();
    let creates = (0..BURST).map(|n| {
        let api = api.clone();
        async move { create(&api, n).await }
    });
    let (made, repeated): (Vec<_>, Vec<_>) = join_all(creates).await.into_iter().unzip();
    let repeated: usize = repeated.iter().sum();
    let took = began.elapsed();
    let out = desired(&release.space);
    let there = api.all("/tasks?status=all").await;
    let there = there
        .iter()
        .filter(|task| made.iter().any(|one| one["id"] == task["id"]));
    assert_eq!(there.count(), BURST, "each is there once");
    assert!(out >= 2, "one replica had all of it: {out}");
    release.sleeps().await;
    let back = began.elapsed();
    figure(
        &format!("{BURST} creates at once, from zero"),
        format!(
            "{:.1} s, {repeated} asked again after a 503, out to {out} replicas, back at zero after {:.0} s",
            took.as_secs_f64(),
            back.as_secs_f64()
        ),
        "all there, once; out and back",
    );
}

/// Makes one, and how often it was asked for once more: who is told "not now" asks again, under the same key.
async fn create(api: &Api, n: usize) -> (Value, usize) {
    const PAUSE: Duration = Duration::from_millis(500);
    const MOST: usize = 60;
    let body = json!({ "title": format!("burst {n}") });
    for again in 0..MOST {
        let asked = api.request(Method::POST, "/tasks").json(&body);
        let sent = asked.header("idempotency-key", format!("burst {n}")).send();
        let sent = sent.await.unwrap();
        let (status, text) = (sent.status(), sent.text().await.unwrap());
        if status.is_success() {
            return (serde_json::from_str(&text).unwrap(), again);
        }
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{text}");
        tokio::time::sleep(PAUSE).await;
    }
    panic!("not made, asked {MOST} times");
}

/// How many replicas the autoscaler has asked for at last.
fn desired(space: &str) -> i64 {
    let selector = "serving.knative.dev/service=errand-tasks";
    let scalers = objects(&[
        "get",
        "podautoscalers",
        "--namespace",
        space,
        "--selector",
        selector,
    ]);
    let wanted = scalers
        .iter()
        .filter_map(|one| one["status"]["desiredScale"].as_i64());
    wanted.max().unwrap_or(0)
}
