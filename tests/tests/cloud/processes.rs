//! Functions as processes of their own, as `errand` starts them.

use crate::{
    installation::{Installation, free},
    kit::until,
};
use futures::StreamExt;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::{collections::BTreeSet, path::Path, time::Duration};
use tokio_tungstenite::{connect_async, tungstenite::client::IntoClientRequest};

fn runs(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

#[tokio::test]
async fn a_function_alone_answers_probes_and_events_and_ends_when_it_is_asked() {
    let Some(installation) = Installation::new().await else {
        return;
    };
    let (listen, client) = (free(), Client::new());
    let recur = installation.serve("recur", &listen).await;
    let get = async |path: &str| client.get(format!("http://{listen}{path}")).send().await;
    for path in ["/health", "/ready", "/live"] {
        assert_eq!(get(path).await.unwrap().status(), StatusCode::OK, "{path}");
    }
    let nothing = get("/api/v1/tasks").await.unwrap();
    assert_eq!(
        nothing.status(),
        StatusCode::NOT_FOUND,
        "that is another function's"
    );
    let event = client
        .post(format!("http://{listen}/"))
        .header("ce-id", "1")
        .send();
    let answer = event.await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    recur.end();

    let (good, said) = installation.said(&["serve", "nobody"], &listen);
    assert!(!good && said.contains("recur"), "{said}");
    let mut keyless = installation.command(&["serve", "recur"], &listen);
    let output = keyless.env_remove("ERRAND_KEY").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && said.contains("ERRAND_KEY: "),
        "{said}"
    );
}

#[tokio::test]
async fn r_3_1_functions_are_started_by_what_comes_for_them_and_stopped_when_nothing_does() {
    let Some(installation) = Installation::new().await else {
        return;
    };
    let mut cloud = installation.start(
        &["dispatch", "--scale-to-zero", "--idle", "1"],
        "127.0.0.1:0",
    );
    let base = cloud.address();
    assert_eq!(cloud.names(), ["clock"], "nothing else runs");
    let listen = base.strip_prefix("http://").unwrap();
    let (good, token) = installation.said(&["token", "--name", "test"], listen);
    assert!(good, "{token}");
    let client = Client::builder().build().unwrap();
    let ask = async |method: reqwest::Method, path: &str, body: Value| {
        let asked = client.request(method, format!("{base}{path}"));
        let answer = asked
            .bearer_auth(token.trim())
            .json(&body)
            .send()
            .await
            .unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str::<Value>(&text).unwrap_or_default()
    };
    let page = client.get(&base).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);

    // A window hears of what happens, through the front.
    let mut window = format!("ws://{listen}/api/v1/changes/socket")
        .into_client_request()
        .unwrap();
    let bearer = format!("Bearer {}", token.trim()).parse().unwrap();
    window.headers_mut().insert("authorization", bearer);
    let (mut window, _) = connect_async(window).await.unwrap();
    let hello = window.next().await.unwrap().unwrap();
    assert!(hello.to_string().contains("hello"), "{hello}");

    let task = json!({
        "title": "water the plants",
        "due": { "at": "2026-11-29T15:00:00", "time_zone": "Europe/Berlin" },
        "recurrence": { "rrule": "FREQ=WEEKLY", "from": "schedule" },
    });
    let made = ask(reqwest::Method::POST, "/api/v1/tasks", task).await;
    let first = made["id"].as_str().unwrap().to_owned();
    ask(
        reqwest::Method::POST,
        &format!("/api/v1/tasks/{first}/complete"),
        Value::Null,
    )
    .await;
    // They may be stopped again before one looks.
    let mut started = BTreeSet::new();
    until("the next occurrence is there", async || {
        started.extend(cloud.names());
        let open = ask(
            reqwest::Method::GET,
            "/api/v1/tasks?status=open",
            Value::Null,
        )
        .await;
        let items = open["items"].as_array().unwrap();
        items
            .iter()
            .any(|task| task["title"] == "water the plants" && task["id"] != first.as_str())
    })
    .await;
    // A head that the witness signed may come before it.
    let hears = async {
        while let Some(heard) = window.next().await {
            if heard.unwrap().to_string().contains("water the plants") {
                return;
            }
        }
        panic!("the window was closed");
    };
    let patience = Duration::from_secs(30);
    tokio::time::timeout(patience, hears)
        .await
        .expect("the window hears of the task");
    until("the subscribers were started", async || {
        started.extend(cloud.names());
        ["recur", "audit"]
            .iter()
            .all(|name| started.contains(*name))
    })
    .await;
    until(
        "only the clock and the window's function are left",
        async || cloud.names() == ["clock", "live"],
    )
    .await;
    drop(window);
    let children = cloud.children();
    cloud.end();
    assert!(children.iter().all(|(pid, _)| !runs(*pid)));
}

#[tokio::test]
async fn functions_end_when_whoever_started_them_is_killed() {
    let Some(installation) = Installation::new().await else {
        return;
    };
    let mut cloud = installation.start(&["dispatch", "--scale-to-zero"], "127.0.0.1:0");
    cloud.address();
    let children = cloud.children();
    assert_eq!(children.len(), 1);
    cloud.kill();
    until("the clock ended", async || {
        children.iter().all(|(pid, _)| !runs(*pid))
    })
    .await;
}
