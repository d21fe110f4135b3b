//! What each function costs: its memory, and how long its process takes until it is there.

use super::{
    figures::figure,
    kit::{kubectl, objects},
    release::{HELLO, Release, release},
};
use jiff::Timestamp;
use reqwest::Method;
use std::time::Duration;

/// What each is asked, often, by people.
const IN_USE: [(&str, &str); 5] = [
    ("errand-web", "/openapi.json"),
    ("errand-tasks", "/api/v1/tasks?limit=50"),
    ("errand-chat", "/api/v1/assistant/conversations"),
    ("errand-accounts", "/api/v1/me"),
    ("errand-live", "/api/v1/changes?after=now"),
];
const TIMES: usize = 200;
const MOST_IMAGE: f64 = 40.0;

#[tokio::test]
async fn r_7_2_what_each_function_costs() {
    let Some(release) = release() else {
        return;
    };
    release.sleeps().await;
    for service in objects(&["get", "ksvc", "--namespace", &release.space]) {
        let name = service["metadata"]["name"].as_str().unwrap();
        if name != HELLO {
            let api = release.inside(name);
            let ready = api
                .http
                .get(format!("{}/ready", api.base))
                .send()
                .await
                .unwrap();
            assert!(ready.status().is_success(), "{name}");
        }
    }
    let at_rest = memory(release);
    for process in release.processes() {
        if let Some(took) = until_ready(release, &process.pod, process.began()) {
            figure(
                &format!("start to ready in its pod: {}", process.words),
                format!("{} ms", took.as_millis()),
                "-",
            );
        }
    }
    for (service, path) in IN_USE {
        let api = release.inside(service);
        for _ in 0..TIMES {
            let asked = api.http.request(Method::GET, format!("{}{path}", api.base));
            let answer = asked.bearer_auth(&api.token).send().await.unwrap();
            assert!(answer.status().is_success(), "{service}");
        }
    }
    let in_use = memory(release);
    for (words, all, own) in &at_rest {
        let used = in_use.iter().find(|(name, ..)| name == words);
        let used = used.map_or("-".to_owned(), |(_, all, own)| {
            format!("{own:.0} of {all:.0}")
        });
        figure(
            &format!("memory: {words}"),
            format!("at rest {own:.0} of {all:.0} MB its own, after {TIMES} requests {used}"),
            "-",
        );
    }
    let size = image();
    figure(
        "the image, as the node keeps it, not compressed",
        format!("{size:.0} MB"),
        format!("{MOST_IMAGE} MB"),
    );
}

/// Megabytes of each: all, and its own.
fn memory(release: &Release) -> Vec<(String, f64, f64)> {
    let of = |process: super::processes::Process| {
        let (all, own) = process.memory()?;
        Some((process.words, all / 1e3, own / 1e3))
    };
    release.processes().into_iter().filter_map(of).collect()
}

/// From its start until it says that it serves.
fn until_ready(release: &Release, pod: &str, began: Option<Timestamp>) -> Option<Duration> {
    let words = [
        "logs",
        pod,
        "--namespace",
        &release.space,
        "--container",
        "errand",
    ];
    let said = kubectl(&words);
    let line = said
        .lines()
        .find(|line| line.contains("\"serves\"") || line.contains("\"hands on\""))?;
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    let at: Timestamp = line["timestamp"].as_str()?.parse().ok()?;
    at.duration_since(began?).try_into().ok()
}

/// Megabytes of the image, as the node keeps it.
fn image() -> f64 {
    let name = std::env::var("ERRAND_TEST_IMAGE").unwrap();
    let nodes = objects(&["get", "nodes"]);
    let images = nodes[0]["status"]["images"].as_array().unwrap();
    let own = images
        .iter()
        .find(|image| image["names"].to_string().contains(&name));
    own.unwrap()["sizeBytes"].as_f64().unwrap() / 1e6
}
