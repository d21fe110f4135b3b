//! Many at once: functions scale out, and go back.

use super::{figures::figure, kit::objects, release::release, reminded::write};
use futures::future::join_all;
use serde_json::json;
use std::time::Instant;

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
        async move { write(&api, "/tasks", &json!({ "title": format!("burst {n}") })).await }
    });
    let made = join_all(creates).await;
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
            "{:.1} s, out to {out} replicas, back at zero after {:.0} s",
            took.as_secs_f64(),
            back.as_secs_f64()
        ),
        "all there, once; out and back",
    );
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
